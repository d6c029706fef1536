"""A dossier holds what proves one item's closing, and can be checked without us."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ledger import dossier as module
from ledger import i18n
from ledger.cli.app import run
from ledger.dossier import Dossier, file_name, gather, write
from ledger.errors import Damaged, UsageProblem
from ledger.journal import FIRST_HASH
from ledger.views import dossier as view
from ledger.views import paper
from tests.ledger.life import Life

HOSTILE = '<script>alert(1)</script> [x](javascript:y) | `z` "q" \u202e\x1b[31m & *b*'


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.activate("en")
    yield
    i18n.activate(None)


@pytest.fixture
def life(tmp_path: Path) -> Life:
    lived = Life(tmp_path / "ledger", date(2024, 3, 4), closing="three-person")
    lived.assign("002", "市政数局", owner="王强")
    lived.act("start", "002", "王强")
    lived.act("measure.done", "002", "王强", number=1, on=lived.day)
    lived.evidence("002", "王强", "签到表", paper="签到表.txt")
    lived.request("002", "王强")
    lived.act(
        "return", "002", "李明", opinion="材料不足", requirement="请补充考核成绩与样卷"
    )
    lived.evidence("002", "王强", "成绩", paper="考核成绩.txt")
    lived.request("002", "王强")
    lived.verify("002")
    lived.assign("003", "市司法局")
    return lived


def made(life: Life, ref: str = "002") -> tuple[Dossier, dict[str, str]]:
    whole = gather(life.ledger, ref)
    return whole, view.pages(whole)


class Page(HTMLParser):
    """The tags with their attributes, and the text, of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_three_names_stand_in_the_closure_confirmation(life: Life) -> None:
    life.close("002")
    for text in made(life)[1].values():
        part = text[text.index("Closure confirmation") : text.index("The item")]
        for name in ("王强", "李明", "陈洁", "赵敏", "市政数局", "市委依法治市办"):
            assert name in part
        for said in ("培训已全部完成", "材料齐全", "现场核查", "同意销号"):
            assert said in part


def test_an_item_that_is_not_closed_has_no_closure_confirmation(life: Life) -> None:
    for text in made(life)[1].values():
        assert "Closure confirmation" not in text


def test_names_that_came_from_one_account_are_said_to_be_declared(life: Life) -> None:
    life.close("002")
    said = "3 declared persons from one OS account"
    assert all(said in text for text in made(life)[1].values())


def test_names_from_several_accounts_are_not_called_declared(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.book.os_account", lambda: "zhaomin")
    life.close("002")
    assert gather(life.ledger, "002").account is None
    assert all("declared persons" not in text for text in made(life)[1].values())


def test_two_person_mode_is_said(tmp_path: Path) -> None:
    life = Life(tmp_path / "two")
    for ref, closer in (("001", "赵敏"), ("002", "李明")):
        life.assign(ref, "市司法局")
        life.work(ref, "孙丽")
        life.verify(ref, "赵敏")
        life.close(ref, closer)
    one, two = (made(life, ref)[1]["dossier.md"] for ref in ("001", "002"))
    assert "Verifier and closer are one person" in one
    assert "Verifier and closer are one person" not in two
    assert "here they were two" in two


def test_the_source_sentence_stands_with_document_line_span_and_digest(
    life: Life,
) -> None:
    whole, pages = made(life)
    source = whole.item.source
    assert source is not None
    for text in pages.values():
        for said in (
            source.document,
            str(source.line),
            f"code points {source.start} to {source.end}",
        ):
            assert said in text
    assert whole.item.text.replace("\n", "") in Page(pages["dossier.html"]).texts


def test_the_path_tells_every_entry_with_who_when_and_why(life: Life) -> None:
    whole, pages = made(life)
    page = Page(pages["dossier.html"])
    kinds = [step.event.kind for step in whole.steps]
    assert kinds[:3] == ["register", "assign", "start"]
    assert kinds.count("request-closure") == 2
    for step in whole.steps:
        assert str(step.event.seq) in page.texts
    told = " ".join(page.texts)
    assert "请补充考核成绩与样卷" in told
    assert "王强 (市政数局)" in told


def test_each_entry_follows_from_the_hash_before_it_and_the_path_leads_to_the_head(
    life: Life, tmp_path: Path
) -> None:
    life.close("002")
    whole, pages = made(life)
    out = tmp_path / "dossier"
    write(life.ledger, whole, out, pages=pages)
    path = {
        int(seq): digest
        for seq, digest in (
            line.split() for line in (out / "path.txt").read_text().splitlines()
        )
    }
    lines = [
        json.loads(line)
        for line in (out / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) == len(whole.steps)
    for line in lines:
        found = hashlib.sha256((line["previous"] + line["body"]).encode()).hexdigest()
        seq = json.loads(line["body"])["seq"]
        assert (line["hash"], path[seq], path[seq - 1]) == (
            found,
            found,
            line["previous"],
        )
    head = life.ledger.store.journal.head()
    assert list(path) == list(range(min(path), head.seq + 1))
    assert path[head.seq] == head.hash
    assert head.hash in pages["dossier.md"]
    assert not (out / "journal.jsonl").exists()


def test_with_the_whole_journal_the_folder_proves_itself(
    life: Life, tmp_path: Path
) -> None:
    life.close("002")
    whole, pages = made(life)
    write(life.ledger, whole, tmp_path / "d", pages=pages, chain=True)
    life.assign("004", "市司法局")
    previous, hashes = FIRST_HASH, []
    for raw in (tmp_path / "d" / "journal.jsonl").read_bytes().splitlines():
        line = json.loads(raw)
        previous = hashlib.sha256((previous + line["body"]).encode()).hexdigest()
        assert line["hash"] == previous
        hashes.append(previous)
    assert hashes[-1] == whole.head.hash
    assert {step.hash for step in whole.steps} <= set(hashes)


def test_evidence_and_documents_are_copied_and_linked(
    life: Life, tmp_path: Path
) -> None:
    document = life.ledger.evidence.add(life.paper("移交函.txt", "移交")).digest
    life.act(
        "transfer.propose",
        "003",
        "李明",
        body="市监委",
        document=document,
        reason="违纪",
    )
    for ref in ("002", "003"):
        whole, pages = made(life, ref)
        out = tmp_path / ref
        write(life.ledger, whole, out, pages=pages)
        links = [
            attributes["href"]
            for tag, attributes in Page(pages["dossier.html"]).tags
            if tag == "a"
        ]
        assert len(links) == len(whole.copies) == (2 if ref == "002" else 1)
        for copy in whole.copies:
            content = (out / copy.place).read_bytes()
            assert hashlib.sha256(content).hexdigest() == copy.digest
            assert copy.digest in pages["dossier.md"]
    assert (tmp_path / "002" / "evidence" / "01-签到表.txt").read_text() == "签到表"


def test_every_text_is_escaped_and_nothing_is_loaded_or_run(
    life: Life, tmp_path: Path
) -> None:
    life.act("amend", "003", "李明", field="title", value=HOSTILE, reason=HOSTILE)
    life.act("start", "003", "孙丽")
    life.act("progress", "003", "孙丽", text=HOSTILE + "\n- [ ] x\n# y\n1. z")
    life.evidence("003", "孙丽", "x", paper="a<img src=x onerror=y>.txt")
    whole, pages = made(life, "003")
    page = Page(pages["dossier.html"])
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p"}
    allowed |= {"table", "thead", "tbody", "tr", "th", "td"}
    allowed |= {"a", "blockquote", "pre", "br"}
    assert {tag for tag, _ in page.tags} <= allowed
    names = {name for _, attributes in page.tags for name in attributes}
    assert names <= {
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
        "class",
        "href",
    }
    assert page.open == []
    hrefs = [kept["href"] for tag, kept in page.tags if tag == "a"]
    assert all(re.fullmatch(r"evidence/[\w.%-]+", href or "") for href in hrefs)
    for text in pages.values():
        assert "\u202e" not in text
        assert "\x1b" not in text
    outside = re.sub(r"```json\n.*?\n```", "", pages["dossier.md"], flags=re.DOTALL)
    assert not re.search(r"(?<!\\)<(?!br>)", outside)
    assert not re.search(r"(?<!\\)\]\(", outside)
    table = [line for line in outside.splitlines() if line.startswith("| ")]
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
    assert columns <= {3, 4, 6, 7, 10}
    write(life.ledger, whole, tmp_path / "d", pages=pages)


def test_what_deceives_the_eye_is_spelled_out_where_text_stands_as_it_was_hashed() -> (
    None
):
    code = [paper.Code('{"text":"a\u202eb\u200bc 中"}')]
    for text in (paper.markdown(code), paper.page(code, "t")):
        assert "\\u202eb\\u200bc 中" in text


def test_a_folder_that_is_there_is_never_written_into(
    life: Life, tmp_path: Path
) -> None:
    whole, pages = made(life)
    for name in ("full", "empty", "link"):
        out = tmp_path / name
        if name == "link":
            out.symlink_to(tmp_path / "nowhere")
        else:
            out.mkdir()
        if name == "full":
            (out / "mine").write_text("x")
        with pytest.raises(UsageProblem, match="already"):
            write(life.ledger, whole, out, pages=pages)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_without_its_evidence_no_dossier_is_written(
    how: str, life: Life, tmp_path: Path
) -> None:
    whole, pages = made(life)
    path = life.ledger.evidence.path(whole.copies[1].digest)
    if how == "missing":
        path.unlink()
    else:
        path.chmod(0o644)
        path.write_text("另一份")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Damaged, match=whole.copies[1].digest):
        write(life.ledger, whole, tmp_path / "d", pages=pages)
    assert sorted(tmp_path.iterdir()) == before


def test_a_dossier_that_fails_half_way_leaves_nothing(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    whole, pages = made(life)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(module, "_write_entries", full)
    with pytest.raises(UsageProblem, match="No space"):
        write(life.ledger, whole, tmp_path / "d", pages=pages)
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(UsageProblem, match="cannot be written"):
        write(life.ledger, whole, tmp_path / "none" / "d", pages=pages)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("签到表（一）.pdf", "签到表（一）.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*d", "a_b_c_d"),
        (".hidden", "hidden"),
        ("...", "file"),
        ("长" * 200 + ".pdf", "长" * 66 + ".pdf"),
    ],
)
def test_the_name_of_a_copy_is_one_that_any_system_has(name: str, kept: str) -> None:
    assert file_name(name) == kept
    assert len(f"01-{kept}".encode()) <= 255


def test_both_languages_say_the_same_things(life: Life) -> None:
    life.close("002")
    english = made(life)[1]
    i18n.activate("zh")
    chinese = made(life)[1]
    assert 'lang="zh-CN"' in chinese["dossier.html"]
    for name in english:
        for word in ("赵敏", "同意销号", life.ledger.id):
            assert chinese[name].count(word) == english[name].count(word)


def test_the_command_writes_the_folder_and_says_what_is_in_it(
    life: Life,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LEDGER", str(life.folder))
    monkeypatch.chdir(tmp_path)
    assert run(["dossier", "002", "--lang", "en"]) == 0
    assert "R-2023-002" in capsys.readouterr().out
    assert sorted(path.name for path in Path("dossier-R-2023-002").iterdir()) == [
        "dossier.html",
        "dossier.md",
        "entries.jsonl",
        "evidence",
        "path.txt",
    ]
    assert run(["dossier", "002"]) == 2
    assert run(["dossier", "002", "--out", "other", "--chain"]) == 0
    assert Path("other/journal.jsonl").exists()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []
