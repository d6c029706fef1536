"""Issue files as people leave them: nothing is lost, one bad file is one problem."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations import safefile
from integrations.folder import MAX_FILE, FolderTracker
from integrations.issuefile import FileProblem, IssueFile, moment, trimmed
from integrations.tracker import (
    Forbidden,
    Invalid,
    IssueDraft,
    IssuePatch,
    Missing,
    Settings,
    Stale,
    UnknownOutcome,
    Unreachable,
    Unreadable,
)
from tests.fakes.client import ROOT

Memory = dict[str, object]


def tracker(
    folder: Path, memory: Memory | None = None, **options: str
) -> FolderTracker:
    settings = Settings("files", "folder", str(folder), options=options)
    return FolderTracker(settings, str, {} if memory is None else memory)


def draft(name: str = "x", **fields: object) -> IssueDraft:
    return IssueDraft(name, f"title {name}", f"body {name}", **fields)  # type: ignore[arg-type]  # fields as the test names them


def file(folder: Path, key: int = 1) -> Path:
    (found,) = folder.glob(f"{key:04d}*")
    return found


def problems(folder: Path) -> dict[str, str]:
    pages = list(tracker(folder).issues(None))
    return {one.key: str(one) for page in pages for one in page.problems}


def keys(folder: Path) -> list[str]:
    return [one.key for page in tracker(folder).issues(None) for one in page.entries]


SMALL = "---\ntitle: t\nstate: open\n---\nbody\n"


# -- the file ----------------------------------------------------------------------------


def test_a_new_file_reads_like_a_page(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    settings = Settings("files", "folder", str(tmp_path))
    made = FolderTracker(settings, str, {}, now=lambda: at).create(
        IssueDraft(
            "m",
            "行政执法不严格、不规范: “三项制度”",
            "正文\n\n<!-- m -->",
            labels=frozenset({"severity/major", "ledger"}),
            assignees=frozenset({"wangwu"}),
            due=date(2024, 6, 30),
            milestone="2023 年度",
        )
    )
    assert made.key == "1"
    path = tmp_path / "0001-行政执法不严格-不规范-三项制度.md"
    stamp = at.astimezone().isoformat(timespec="minutes")
    assert path.read_text("utf-8") == (
        "---\n"
        "number: 1\n"
        "title: 行政执法不严格、不规范: “三项制度”\n"
        "state: open\n"
        "closed_by:\n"
        "assignees: wangwu\n"
        "labels: ledger, severity/major\n"
        "due: 2024-06-30\n"
        "milestone: 2023 年度\n"
        "author: ledger\n"
        f"created: {stamp}\n"
        "---\n"
        "\n"
        "正文\n"
        "\n"
        "<!-- m -->\n"
        "\n"
        "## Comments\n"
    )


def test_a_change_touches_only_its_own_lines(tmp_path: Path) -> None:
    git = tracker(tmp_path)
    git.create(draft())
    path = file(tmp_path)
    path.write_text(
        "---\nnumber: 1\ntitle:   t\nx-ours: keep  me\nstate: open\n# note\nX: 1\nX: 2\n"
        "---\n\n\nbody\n\n\n## 留言\n\n\n### 王五 · 2026-11-23\nwell\n",
        "utf-8",
    )
    before = path.read_text("utf-8").split("\n")
    git.update(git.issue("1"), IssuePatch(closed=True, due=date(2026, 1, 1)))
    after = path.read_text("utf-8").split("\n")
    assert [line for line in before if line not in after] == ["state: open"]
    new = [line.split(":")[0] for line in after if line not in before]
    assert new == ["state", "closed_by", "closed_on", "due"]
    git.comment("1", "more")
    assert path.read_text("utf-8").startswith("\n".join(after).rstrip("\n"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay_as_the_editor_made_them(
    tmp_path: Path, newline: str, mark: str
) -> None:
    path = tmp_path / "0001.md"
    text = f"{mark}{SMALL}\n## Comments\n\n### a\n\nb\n".replace("\n", newline)
    path.write_bytes(text.encode())
    git = tracker(tmp_path)
    seen = git.issue("1")
    assert seen.body == "body"
    git.update(seen, IssuePatch(title="new", body="one\ntwo"))
    git.comment("1", "three\nfour")
    data = path.read_bytes().decode()
    assert data.startswith(f"{mark}---{newline}title: new{newline}")
    assert data.count("\n") == data.count(newline)
    assert data.count("\ufeff") == len(mark)
    assert git.issue("1").body == "one\ntwo"


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_body_comes_back(body: str) -> None:
    start = IssueFile.parse(SMALL.encode())
    made = IssueFile.parse(start.with_text(body).with_note("a", "note").encode())
    assert made.text() == trimmed(body)
    assert [note.text for note in made.notes("1")] == ["note"]


@given(
    st.lists(
        st.sampled_from(
            ["## Comments", "\\## Comments", "## 留言 ", "### x", "\\### x", "\\\\### y",
             "---", "", " ", "a", "- [ ] b", "##  comments ##", "# c", "title: x"]
        ).map(str),
        max_size=8,
    ).map("\n".join)
)  # fmt: skip
def test_text_that_looks_like_the_format_comes_back(text: str) -> None:
    start = IssueFile.parse(SMALL.encode())
    made = IssueFile.parse(start.with_text(text).encode())
    assert made.text() == trimmed(text)
    if trimmed(text):
        noted = IssueFile.parse(made.with_note("a · 2026-01-02", text).encode())
        assert noted.text() == trimmed(text)
        assert [note.text for note in noted.notes("1")] == [trimmed(text)]
        again = IssueFile.parse(noted.with_note("b", text).encode())
        assert [note.text for note in again.notes("1")] == [trimmed(text)] * 2


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fall_over(data: bytes) -> None:
    for start in (b"", b"---\n", b"---\ntitle: x\n---\n## Comments\n### "):
        try:
            made = IssueFile.parse(start + data)
        except FileProblem as problem:
            assert problem.why  # noqa: PT017 (any bytes may or may not be a file)
        else:
            made.text(), made.notes("1"), made.version()
            assert IssueFile.parse(made.encode()).notes("1") == made.notes("1")


def test_keys_may_be_written_as_a_chinese_keyboard_gives_them(tmp_path: Path) -> None:
    text = "---\nTitle：标题\nSTATE : Open\nlabels: [a，b, c]\ndue：2026年6月5日\n---\n"
    (tmp_path / "0007.md").write_text(text, "utf-8")
    (tmp_path / "0008 x.MD").write_text(text, "utf-8")
    assert keys(tmp_path) == ["7", "8"]
    found = tracker(tmp_path).issue("7")
    assert found.title == "标题"
    assert found.labels == {"a", "b", "c"}
    assert found.due == date(2026, 6, 5)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23", "2026-11-23"),
        ("2026/1/2", "2026-01-02"),
        ("2026.1.2", "2026-01-02"),
        ("2026年1月2日", "2026-01-02"),
        ("2026-11-23 08:05+08:00", "2026-11-23"),
        ("2026-11-23T08:05:06Z", "2026-11-23"),
        ("2026-02-30", None),
        ("2026-11-23 25:00", None),
        ("2026", None),
        ("tomorrow", None),
        ("", None),
        ("0000-01-01", None),
    ],
)
def test_dates_are_read_in_the_ways_people_write_them(
    text: str, day: str | None
) -> None:
    found = moment(text)
    assert (found and found.date().isoformat()) == day
    assert found is None or found.tzinfo is not None


# -- comments ----------------------------------------------------------------------------


def test_comments_are_read_however_they_are_headed(tmp_path: Path) -> None:
    (tmp_path / "0001.md").write_text(
        f"{SMALL}\n## Comments\nat once\n### 王五 · 2026-11-23\none\n###   李四\ntwo\n"
        "### a b|2026-11-24 08:00+08:00\n\nthree\n### empty\n\n### z · not a day\nfour",
        "utf-8",
    )
    pages = tracker(tmp_path).comments(None)
    found = [one for page in pages for one in page.entries]
    assert [(one.author, one.body) for one in found] == [
        (None, "at once"),
        ("王五", "one"),
        ("李四", "two"),
        ("a b", "three"),
        ("z · not a day", "four"),
    ]
    assert found[1].created.date() == date(2026, 11, 23)
    assert found[3].created == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_comment_keeps_its_id_wherever_it_moves(tmp_path: Path) -> None:
    path = tmp_path / "0001.md"
    notes = ["### a\n\none\n", "### b · 2026-11-23\n\ntwo\n", "### a\n\none\n"]

    def ids(*order: int) -> list[str]:
        body = "\n".join(notes[at] for at in order)
        path.write_text(f"{SMALL}\n## Comments\n\n{body}", "utf-8")
        return [o.id for page in tracker(tmp_path).comments(None) for o in page.entries]

    first, second, third = ids(0, 1, 2)
    assert len({first, second, third}) == 3
    assert ids(1, 0) == [second, first]
    other = tmp_path / "other"
    other.mkdir()
    path.rename(other / "0002.md")
    there = [o.id for page in tracker(other).comments(None) for o in page.entries]
    assert not {first, second} & set(there)


# -- one bad file ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"just text\n", "does not begin"),
        (b"---\ntitle: x\nstate: open\n", "does not end"),
        (b"---\ntitle: x\nstate open\n---\n", "Line 3"),
        (b"---\ntitle: x\nstate: open\ntitle: y\n---\n", "twice"),
        (b"---\nstate: open\n---\n", "title is missing"),
        (b"---\ntitle:\nstate: open\n---\n", "title is missing"),
        (b"---\ntitle: x\n---\n", "state is"),
        (b"---\ntitle: x\nstate: done\n---\n", "“done”"),
        (b"---\ntitle: x\nstate: open\ndue: soon\n---\n", "“soon”"),
        (b"---\nnumber: 3\ntitle: x\nstate: open\n---\n", "number 3"),
        (b"---\nnumber: x\ntitle: x\nstate: open\n---\n", "number x"),
        ("---\ntitle: 标题\nstate: open\n---\n".encode("gb18030"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00", "not UTF-8"),
        (SMALL.encode() + b"x" * MAX_FILE, "more than"),
    ],
)
def test_a_bad_file_is_named_and_the_others_are_read(
    tmp_path: Path, data: bytes, says: str
) -> None:
    git = tracker(tmp_path)
    for name in "abc":
        git.create(draft(name))
    path = file(tmp_path, 2)
    path.write_bytes(data)
    assert keys(tmp_path) == ["1", "3"]
    (problem,) = problems(tmp_path).items()
    assert problem[0] == "2"
    assert says in problem[1]
    assert path.name in problem[1]
    with pytest.raises(Unreadable):
        git.issue("2")
    seen = git.issue("1")
    for call in (
        lambda: git.update(replace(seen, key="2"), IssuePatch(title="x", body="x")),
        lambda: git.comment("2", "x"),
        lambda: git.closing("2"),
    ):
        with pytest.raises(Unreadable) as caught:
            call()
        assert all(caught.value.parts())
    assert path.read_bytes() == data
    assert git.create(draft("d")).key == "4"


def test_two_files_of_one_number_are_one_problem(tmp_path: Path) -> None:
    git = tracker(tmp_path)
    git.create(draft("a"))
    git.create(draft("b"))
    (tmp_path / "0001 copy.md").write_bytes(file(tmp_path).read_bytes())
    assert keys(tmp_path) == ["2"]
    assert "0001 copy.md, 0001-title-a.md" in problems(tmp_path)["1"]


def test_a_file_is_found_under_any_name_with_its_number(tmp_path: Path) -> None:
    git = tracker(tmp_path)
    made = git.create(draft())
    file(tmp_path).rename(tmp_path / "1 renamed 标题 v2.final.md")
    assert git.update(made, IssuePatch(title="x")).title == "x"
    assert (tmp_path / "1 renamed 标题 v2.final.md").exists()
    for name in (
        "README.md",
        "notes.txt",
        "0001.md.bak",
        ".0003.md",
        "x1.md",
        "0000.md",
    ):
        (tmp_path / name).write_text(SMALL)
    assert keys(tmp_path) == ["1"]
    assert problems(tmp_path) == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_links_directories_and_pipes_are_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.write_text(SMALL)
    folder = tmp_path / "issues"
    folder.mkdir()
    (folder / "0001.md").symlink_to(outside)
    (folder / "0002.md").mkdir()
    os.mkfifo(folder / "0003.md")
    (folder / "0004.md").symlink_to(folder / "nowhere")
    assert keys(folder) == []
    assert set(problems(folder)) == {"1", "2", "3", "4"}
    with pytest.raises(Unreadable):
        tracker(folder).comment("1", "x")
    assert outside.read_text() == SMALL


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    tracker(tmp_path).create(draft())
    file(tmp_path).chmod(0)
    assert set(problems(tmp_path)) == {"1"}


# -- the folder --------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_no_empty_one(tmp_path: Path) -> None:
    gone = tracker(tmp_path / "gone")
    for call in (
        lambda: list(gone.issues(None)),
        lambda: list(gone.comments(None)),
        lambda: gone.issue("1"),
        lambda: gone.create(draft()),
    ):
        with pytest.raises(Unreachable):
            call()
    (problem,) = gone.check().problems
    assert isinstance(problem, Unreachable)
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreachable):
        list(tracker(tmp_path / "file").issues(None))


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    (problem,) = tracker(tmp_path).check().problems
    assert isinstance(problem, Forbidden)
    with pytest.raises(Forbidden):
        tracker(tmp_path).create(draft())


def test_an_empty_folder_is_one_empty_page(tmp_path: Path) -> None:
    (page,) = tracker(tmp_path).issues(None)
    assert (page.entries, page.problems) == ((), ())


def test_numbers_have_no_gaps_and_are_not_given_twice(tmp_path: Path) -> None:
    memory: Memory = {}
    git = tracker(tmp_path, memory)
    assert [git.create(draft(name)).key for name in "abc"] == ["1", "2", "3"]
    file(tmp_path, 3).unlink()
    assert tracker(tmp_path, memory).create(draft("d")).key == "4"
    git.attach("4", "x.txt", io.BytesIO(b"x"))
    file(tmp_path, 4).unlink()
    assert tracker(tmp_path).create(draft("e")).key == "5"


def test_two_processes_never_take_the_same_number(tmp_path: Path) -> None:
    code = (
        "import sys; from tests.integrations.test_folder import *\n"
        "git = tracker(Path(sys.argv[1]))\n"
        "for n in range(20): git.create(draft(f'{sys.argv[2]}-{n}'))"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(n)], cwd=ROOT)
        for n in range(3)
    ]
    assert [one.wait(30) for one in running] == [0, 0, 0]
    assert sorted(map(int, keys(tmp_path))) == list(range(1, 61))
    assert problems(tmp_path) == {}


def test_a_write_that_is_cut_short_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = tracker(tmp_path)
    made = git.create(draft())
    before = file(tmp_path).read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for call in (
        lambda: git.update(made, IssuePatch(body="new")),
        lambda: git.comment("1", "x"),
        lambda: git.create(draft("b")),
    ):
        with pytest.raises(Unreachable, match="No space"):
            call()
    assert [path.name for path in tmp_path.iterdir()] == [file(tmp_path).name]
    assert file(tmp_path).read_bytes() == before


def at_once(monkeypatch: pytest.MonkeyPatch, act: Callable[[Path], object]) -> None:
    """Let ``act`` happen to each issue file right after it was written."""
    for name in ("create_file", "replace_file"):
        write = getattr(safefile, name)

        def then(path: Path, content: object, write: Any = write) -> None:
            write(path, content)
            act(path)

        monkeypatch.setattr(safefile, name, then)


def test_a_file_that_is_gone_at_once_was_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = tracker(tmp_path)
    git.create(draft("a"))
    at_once(monkeypatch, Path.unlink)
    with pytest.raises(UnknownOutcome):
        git.create(draft("b"))
    with pytest.raises(UnknownOutcome):
        git.comment("1", "c")
    assert list(tmp_path.glob("*.md")) == []


def test_what_people_make_of_a_file_at_once_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = tracker(tmp_path)

    def edit(path: Path) -> None:
        text = path.read_text("utf-8").replace("state: open", "state: closed")
        text = re.sub("(body x|ours)\n", r"\1 by hand\n", text, count=1)
        path.write_text(f"{text}\n### wang\n\ntheirs\n", "utf-8")

    at_once(monkeypatch, edit)
    made = git.create(draft())
    assert (made.body, made.closed) == ("body x", False)
    with pytest.raises(Stale):
        git.update(made, IssuePatch(body="ours"))
    told = git.update(git.issue("1"), IssuePatch(body="ours"))
    assert told.body == "ours"
    assert git.issue("1").body == "ours by hand"
    assert git.issue("1").version != told.version
    assert git.comment("1", "from us").body == "from us"


def test_an_edit_by_hand_since_the_reading_is_not_overwritten(tmp_path: Path) -> None:
    git = tracker(tmp_path)
    seen = git.create(draft())
    path = file(tmp_path)
    path.write_text(path.read_text("utf-8").replace("body x", "by hand"), "utf-8")
    with pytest.raises(Stale):
        git.update(seen, IssuePatch(body="ours"))
    assert git.issue("1").body == "by hand"


def test_only_what_changed_since_is_read(tmp_path: Path) -> None:
    git = tracker(tmp_path)
    for name in "abcd":
        git.create(draft(name))
    git.attach("3", "x.txt", io.BytesIO(b"x"))
    old = (datetime.now(UTC) - timedelta(days=1)).timestamp()
    for path in tmp_path.glob("*.md"):
        os.utime(path, (old, old))
    # ctime cannot be set back, so the moment of reading is set forth instead.
    later = datetime.now(UTC) + timedelta(hours=1)
    assert [page.entries for page in git.issues(later)] == [()]
    recent = datetime.now(UTC) - timedelta(minutes=1)
    assert len(next(iter(git.issues(recent))).entries) == 4


def test_closing_by_hand_names_whom_it_says(tmp_path: Path) -> None:
    git = tracker(tmp_path)
    git.create(draft())
    path = file(tmp_path)
    text = path.read_text("utf-8").replace("state: open", "state: closed")
    path.write_text(text, "utf-8")
    assert git.closing("1").login is None
    path.write_text(
        text.replace("closed_by:", "closed_by: 王五\nclosed_on: 2026-11-23")
    )
    closing = git.closing("1")
    assert closing.login == "王五"
    assert closing.at is not None
    assert closing.at.date() == date(2026, 11, 23)
    again = git.update(git.issue("1"), IssuePatch(closed=False))
    assert not again.closed
    assert "王五" not in path.read_text("utf-8")


def test_the_program_writes_under_the_login_it_was_given(tmp_path: Path) -> None:
    git = tracker(tmp_path, login="督办室")
    assert git.check().login == git.create(draft()).author == "督办室"
    assert git.comment("1", "x").author == "督办室"


@pytest.mark.parametrize(
    "asked",
    [
        draft(labels=frozenset({"a,b"})),
        draft(labels=frozenset({"a，b"})),
        draft(labels=frozenset({""})),
        draft(assignees=frozenset({"a\nb"})),
        draft(milestone="a\nstate: closed"),
        IssueDraft("x", "a\ntitle: b", "x"),
        IssueDraft("x", "\x85", "x"),
        IssueDraft("x", "t", "half \ud800"),
        IssueDraft("x", "t", "x" * MAX_FILE),
    ],
)
def test_what_would_not_come_back_is_refused(tmp_path: Path, asked: IssueDraft) -> None:
    with pytest.raises(Invalid):
        tracker(tmp_path).create(asked)
    assert list(tmp_path.iterdir()) == []


# -- attachments -------------------------------------------------------------------------


def linked(folder: Path, *targets: str) -> list[str]:
    links = "\n".join(f"[x]({target})" for target in targets)
    (folder / "0001.md").write_text(
        f"{SMALL}\n## Comments\n\n### a\n\n{links}\n", "utf-8"
    )
    (page,) = tracker(folder).comments(None)
    return [one.id for comment in page.entries for one in comment.attachments]


def test_links_are_followed_in_the_ways_people_write_them(tmp_path: Path) -> None:
    place = tmp_path / "attachments" / "0001"
    place.mkdir(parents=True)
    for name in ("报告 (1).pdf", "b.txt"):
        (place / name).write_text("x")
    assert linked(
        tmp_path,
        "attachments/0001/%E6%8A%A5%E5%91%8A%20%281%29.pdf",
        "<attachments/0001/报告 (1).pdf>",
        "./attachments/0001/b.txt",
        'attachments\\0001\\b.txt "title"',
        "https://example.org/attachments/0001/b.txt",
        "../README.md",
        "#anchor",
    ) == ["attachments/0001/报告 (1).pdf", "attachments/0001/b.txt"]
    assert problems(tmp_path) == {}


def test_a_link_out_of_the_folder_is_a_problem_and_no_attachment(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "issues"
    (folder / "attachments").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    (folder / "attachments" / "link").symlink_to(tmp_path / "secret")
    (folder / "attachments" / "0001").symlink_to(tmp_path)
    for target in (
        "attachments/../../secret",
        "attachments/%2e%2e/%2e%2e/secret",
        "attachments/link",
        "attachments/0001/secret",
    ):
        assert linked(folder, target) == []
        assert "no attachment of this folder" in problems(folder)["1"]
        assert keys(folder) == ["1"]
    with pytest.raises(Invalid):
        tracker(folder).attach("1", "x", io.BytesIO(b"x"))
    assert not (tmp_path / "x").exists()


def test_a_linked_file_that_is_not_there_has_no_size(tmp_path: Path) -> None:
    assert linked(tmp_path, "attachments/0001/none.pdf")
    (page,) = tracker(tmp_path).comments(None)
    (attachment,) = page.entries[0].attachments
    assert (attachment.size, attachment.author) == (None, "a")
    with pytest.raises(Missing):
        tracker(tmp_path).download(attachment)


def test_a_file_put_beside_without_a_link_belongs_to_the_issue(tmp_path: Path) -> None:
    (tmp_path / "0001.md").write_text(SMALL)
    place = tmp_path / "attachments" / "0001"
    place.mkdir(parents=True)
    (place / "照片.jpg").write_bytes(b"x")
    (place / ".hidden").write_bytes(b"x")
    (attachment,) = tracker(tmp_path).issue("1").attachments
    assert (attachment.name, attachment.author) == ("照片.jpg", None)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.doc", "x.doc"),
        ("a\x00b\nc.txt", "a-b-c.txt"),
        ("", "file"),
        ("...", "file"),
        (".bashrc", "bashrc"),
        ("题" * 200 + ".pdf", "题" * 40 + ".pdf"),
    ],
)
def test_a_name_is_made_fit_and_never_leads_away(
    tmp_path: Path, name: str, kept: str
) -> None:
    git = tracker(tmp_path)
    git.create(draft())
    for expected in (kept, f"-2{Path(kept).suffix}"):
        made = git.attach("1", name, io.BytesIO(b"data"))
        assert made.name.endswith(expected)
        with git.download(made) as content:
            assert content.read() == b"data"
    assert len(git.issue("1").attachments) == 2
