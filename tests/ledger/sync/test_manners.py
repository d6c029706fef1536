"""Brakes, leases, faults in mid-run, and edits in between: nothing lost, rest goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, MutableMapping
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest

from integrations.folder import FolderTracker
from integrations.tracker import (
    Forbidden,
    IssuePatch,
    Moved,
    NotATracker,
    Settings,
    Tracker,
    TrackerError,
    Unauthenticated,
)
from ledger import audit
from ledger.clean import LONGEST_TEXT
from ledger.errors import Braked, Busy, Refused
from ledger.sync import run, trackers
from ledger.sync.lease import LASTS, Lease
from ledger.sync.report import exit_code
from tests.fakes.client import FakeGitea
from tests.fakes.fixtures import PEOPLE
from tests.ledger.office import LI, SUN, Office
from tests.ledger.sync.desk import Desk, add_many, done, folder_place, gitea_place

ISSUES = r"/issues$"


class Between:
    """A tracker that lets something happen just before a call."""

    def __init__(self, tracker: Tracker, name: str, act: Callable[[], None]) -> None:
        self._tracker = tracker
        self._name = name
        self._act: Callable[[], None] | None = act

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tracker, name)
        if name != self._name:
            return found

        def call(*given: Any, **named: Any) -> Any:
            act, self._act = self._act, None
            if act is not None:
                act()
            return found(*given, **named)

        return call


def sync_with(desk: Desk, name: str, act: Callable[[], None]) -> dict[str, int]:
    """A run in which ``act`` happens just before the first call of ``name``."""

    def connect(settings: Settings, memory: MutableMapping[str, object]) -> Tracker:
        return cast("Tracker", Between(desk.connect(settings, memory), name, act))

    desk.office.later()
    report = run.sync(desk.office.ledger, "t", connect=connect)
    assert report.exit_code == 0, report.to_json()
    return done(report)


# -- brakes -----------------------------------------------------------------------


def test_more_than_two_hundred_new_issues_are_not_made_unasked(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 201)
    fake_gitea.forget_calls()
    with pytest.raises(Braked) as caught:
        desk.sync()
    assert caught.value.exit_code == 7
    assert not any(name.startswith("POST") for name in fake_gitea.calls())
    with pytest.raises(Braked):
        desk.sync(max_creates=200)
    assert desk.synced(max_creates=201) == {"created": 201}


def test_many_changes_at_once_are_not_made_unasked(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    refs = add_many(desk.office, 40)
    desk.synced()
    office = desk.office
    office.later()
    office.ledger.assign([office.wish(ref) for ref in refs[:20]], office.who(LI))
    assert desk.synced() == {"updated": 20}
    office.ledger.assign([office.wish(ref) for ref in refs[20:]], office.who(LI))
    office.act("start", refs[0], SUN)
    fake_gitea.forget_calls()
    with pytest.raises(Braked, match="21 of 40"):
        desk.sync()
    assert not any(name.startswith("PATCH") for name in fake_gitea.calls())
    assert desk.synced(yes=True) == {"updated": 21}


def test_many_vanished_issues_stop_a_run_before_it_writes(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    refs = add_many(desk.office, 10)
    desk.synced()
    for ref in refs[:6]:
        fake_gitea.person("org").delete(desk.key(ref))
    add_many(desk.office, 1)
    with pytest.raises(Braked, match="6 issues"):
        desk.sync(sweep=True)
    assert len(desk.issues()) == 4
    assert done(desk.sync(sweep=True, yes=True)) == {"created": 1, "gone": 6}


# -- one run at a time --------------------------------------------------------------


def test_a_second_run_is_refused_while_one_holds_the_tracker(desk: Desk) -> None:
    lease = Lease(desk.office.ledger, "t")
    lease.take()
    with pytest.raises(Busy) as caught:
        desk.sync()
    assert caught.value.exit_code == 10
    lease.give_back()
    desk.idle()


def test_a_lease_that_nobody_renews_ends(desk: Desk) -> None:
    first = Lease(desk.office.ledger, "t")
    first.take()
    desk.office.later(minutes=LASTS / timedelta(minutes=1) + 1)
    desk.idle()
    second = Lease(desk.office.ledger, "t")
    second.take()
    with desk.office.ledger.writing(), pytest.raises(Busy, match="took over"):
        first.keep()


# -- faults in mid-run ----------------------------------------------------------------


def test_a_token_that_expires_in_mid_run_stops_it_and_loses_nothing(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 12)
    fake_gitea.faults(
        {
            "method": "POST",
            "path": ISSUES,
            "do": "answer",
            "status": 401,
            "skip": 3,
            "times": 99,
            "body": '{"message": "token expired"}',
            "headers": {"Content-Type": "application/json"},
        }
    )
    report = desk.sync()
    assert isinstance(report.stopped, Unauthenticated)
    assert report.exit_code == 5
    assert 3 <= done(report)["created"] < 12
    fake_gitea.faults()
    desk.settle()
    assert len(desk.issues()) == 12
    desk.idle()


def test_a_server_that_goes_down_in_mid_run_loses_nothing(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 12)
    fake_gitea.faults(
        {"method": "POST", "path": ISSUES, "do": "drop", "skip": 3, "times": 99}
    )
    report = desk.sync()
    assert report.exit_code == 6
    assert report.waiting
    fake_gitea.faults()
    desk.settle()
    assert len(desk.issues()) == 12
    desk.idle()


def test_one_item_that_the_tracker_refuses_does_not_stop_the_others(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    refs = add_many(desk.office, 5)
    desk.synced()
    office = desk.office
    office.ledger.assign([office.wish(ref) for ref in refs], office.who(LI))
    fake_gitea.faults(
        {
            "method": "PATCH",
            "path": f"/issues/{desk.key(refs[2])}$",
            "do": "answer",
            "status": 422,
            "body": '{"message": "no"}',
            "headers": {"Content-Type": "application/json"},
        }
    )
    report = desk.sync()
    assert done(report)["updated"] == 4
    (left,) = report.left
    assert left.ref == refs[2]
    assert report.exit_code == 6
    assert desk.synced() == {"updated": 1}
    desk.idle()


def test_a_moved_repository_stops_the_tracker_until_it_is_said_where_it_is(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 2)
    desk.synced()
    fake_gitea.person("org").send("PATCH", "", {"name": "renamed"})
    add_many(desk.office, 1)
    with pytest.raises(Moved) as caught:
        desk.sync()
    assert exit_code(caught.value) == 11
    with pytest.raises(Refused, match="set-url"):
        desk.sync()
    fake_gitea.repo, before = "org/renamed", fake_gitea.repo
    try:
        desk.place = gitea_place(fake_gitea)
        trackers.set_url(
            desk.office.ledger,
            "t",
            desk.office.who(LI),
            connect=desk.connect,
            project="org/renamed",
        )
        assert desk.synced() == {"created": 1}
        assert len(desk.issues()) == 3
    finally:
        fake_gitea.repo = before


def test_html_where_issues_should_be_concludes_nothing(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    refs = add_many(desk.office, 2)
    desk.synced()
    fake_gitea.faults(
        {
            "method": "GET",
            "path": ISSUES,
            "do": "answer",
            "status": 200,
            "body": "<html>",
        }
    )
    with pytest.raises(NotATracker) as caught:
        desk.sync(sweep=True)
    assert exit_code(caught.value) == 11
    assert desk.key(refs[0])
    desk.idle()


def test_a_failed_read_of_comments_moves_no_cursor(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    desk.place.wang.comment(desk.key(ref), "在办")
    fake_gitea.faults(
        {
            "method": "GET",
            "path": "/issues/comments$",
            "do": "answer",
            "status": 500,
            "times": 9,
        }
    )
    with pytest.raises(TrackerError):
        desk.sync()
    assert desk.item(ref).notes == ()
    fake_gitea.faults()
    assert desk.synced() == {"pulled": 1, "notes": 1}


def test_evidence_that_cannot_be_fetched_is_fetched_by_the_next_run(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    desk.finish_work(ref)
    fake_gitea.clock(ahead=3600)  # the comment is older than the overlap
    fake_gitea.faults(
        {"method": "GET", "path": "/attachments/", "do": "answer", "status": 422}
    )
    report = desk.sync()
    assert report.left
    assert not desk.item(ref).evidence
    fake_gitea.faults()
    counts = done(desk.sync())
    assert counts["evidence"] == counts["requested"] == counts["notes"] == 1
    assert desk.issue(ref).closed
    desk.settle()
    desk.idle()


def test_ctrl_c_ends_a_run_between_two_calls_and_the_next_goes_on(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    add_many(desk.office, 30)

    def connect(settings: Settings, memory: MutableMapping[str, object]) -> Tracker:
        def press() -> None:
            os.kill(os.getpid(), signal.SIGINT)

        return cast("Tracker", Between(desk.connect(settings, memory), "create", press))

    report = run.sync(desk.office.ledger, "t", connect=connect)
    assert report.interrupted
    assert report.exit_code == 6
    assert not report.waiting
    made = len(desk.issues())
    assert 1 <= made < 30
    assert desk.synced() == {"created": 30 - made}
    desk.idle()


@pytest.mark.parametrize("ahead", [-600, 600])
def test_a_clock_ten_minutes_off_loses_and_doubles_nothing(
    gitea_desk: Desk, fake_gitea: FakeGitea, ahead: int
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    fake_gitea.clock(ahead=ahead)
    desk.finish_work(ref)
    add_many(desk.office, 2)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": True})
    counts = done(desk.sync())
    assert counts["requested"] == 1
    desk.settle()
    assert len(desk.issues()) == 3
    assert len(desk.item(ref).notes) == 1
    desk.idle()


# -- edits in between -------------------------------------------------------------------


def test_a_tick_set_between_reading_and_writing_is_kept(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.started()
    desk.synced()
    desk.office.act("amend", ref, LI, field="target", value="半日办结", reason="加压")
    key = desk.key(ref)
    counts = sync_with(
        desk,
        "update",
        lambda: desk.edit_body_of(key, r"- \[ \] 1\.", "- [x] 1."),
    )
    assert counts["ticks"] == 1
    body = desk.issue(ref).body
    assert "- [x] 1." in body
    assert "半日办结" in body
    desk.idle()


def test_a_tick_that_comes_too_late_is_not_taken_but_put_back(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.set_up(office, folder_place(tmp_path / "issues"))
    ref = office.worked()
    desk.settle()
    desk.edit_body(ref, r"- \[x\] 1\.", "- [ ] 1.")
    desk.place.wang.comment_with_file(desk.key(ref), "照片", "照片.jpg", b"1")
    download = FolderTracker.download

    def while_fetched(self: FolderTracker, *of: Any, **how: Any) -> BinaryIO:
        office.request(ref)
        return download(self, *of, **how)

    with monkeypatch.context() as patched:
        patched.setattr(FolderTracker, "download", while_fetched)
        report = desk.sync()
    (left,) = report.left
    assert left.ref == ref
    assert isinstance(left.error, Refused)
    assert desk.item(ref).measures[0].done is not None
    assert desk.synced()["restored"] == 1
    assert "- [x] 1." in desk.issue(ref).body
    assert audit.audit(office.ledger).faults == ()
    desk.idle()


def test_text_written_between_reading_and_writing_is_kept(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.started()
    desk.synced()
    desk.office.act("amend", ref, LI, field="target", value="半日办结", reason="加压")

    key, body = desk.key(ref), desk.issue(ref).body

    def write() -> None:
        desk.place.wang.write_body(key, f"{body}\n\n旁注")

    sync_with(desk, "update", write)
    body = desk.issue(ref).body
    assert body.endswith("-->\n\n旁注")
    assert "半日办结" in body
    desk.idle()


def test_a_title_edited_between_reading_and_writing_is_found_afterwards(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    ref = desk.office.started()
    desk.synced()
    desk.office.act("amend", ref, LI, field="target", value="半日办结", reason="加压")
    tracker, key = desk.tracker(), desk.key(ref)

    def retitle() -> None:
        tracker.update(tracker.issue(key), IssuePatch(title="插队的标题"))

    sync_with(desk, "update", retitle)
    assert desk.synced() == {"pulled": 1, "restored": 1, "updated": 1}
    assert desk.issue(ref).title.startswith(ref)
    desk.idle()


def test_a_closing_between_reading_and_writing_is_judged_afterwards(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    ref = desk.office.worked()
    desk.synced()
    desk.place.wang.comment(desk.key(ref), "已整改")
    desk.office.act("amend", ref, LI, field="target", value="半日办结", reason="加压")
    key = desk.key(ref)
    sync_with(desk, "update", lambda: desk.place.wang.close(key))
    assert done(desk.sync())["requested"] == 1
    assert desk.issue(ref).closed
    desk.idle()


# -- what people write ----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "x" * 60_000,
        "一行\r\n二行\r\n",
        "😀 \u202eأهلا <script>alert(1)</script> \x1b[31m红",
        "**粗** [链接](https://example.org) `代码` <!-- 注 -->",
    ],
)
def test_whatever_people_write_is_kept_as_a_note_once(
    gitea_desk: Desk, text: str
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    desk.place.wang.comment(desk.key(ref), text)
    assert desk.synced() == {"pulled": 1, "notes": 1}
    (note,) = desk.item(ref).notes
    assert len(note.text) <= LONGEST_TEXT
    assert "\x1b" not in note.text
    desk.idle()


@pytest.mark.parametrize("text", ["y" * 65_000, "\r\n甲\r\n乙", "<script>", "😀\u202e"])
def test_whatever_stands_around_the_block_stays(gitea_desk: Desk, text: str) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    body = desk.issue(ref).body
    desk.place.wang.write_body(desk.key(ref), f"{text}\n{body}\n{text}")
    desk.synced()
    desk.office.act("start", ref, SUN)
    desk.synced()
    after = desk.issue(ref).body.replace("\r\n", "\n")
    plain = text.replace("\r\n", "\n")
    assert after.startswith(f"{plain}\n<!-- ledger:")
    assert after.endswith(f"-->\n{plain}")
    desk.idle()


def test_a_comment_edited_later_is_a_second_note(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    person = cast("Any", desk.place.wang).who
    comment = person.comment(desk.key(ref), "办了一半")
    desk.synced()
    person.edit_comment(comment, "办完了")
    assert desk.synced() == {"pulled": 1, "notes": 1}
    assert [note.text for note in desk.item(ref).notes] == [
        "办了一半",
        "(edited) 办完了",
    ]
    desk.idle()


def test_a_label_that_somebody_deleted_does_not_stop_new_items(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 1)
    desk.synced()
    (label,) = fake_gitea.person("org").send("GET", "/labels")
    fake_gitea.person("org").send("DELETE", f"/labels/{label['id']}")
    add_many(desk.office, 2)
    desk.settle()
    assert len(desk.issues()) == 3
    desk.idle()


def test_an_account_without_the_right_to_write_is_told_so(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    fake_gitea.reset(users={**PEOPLE, "ledger": "read"})
    desk = gitea_desk
    desk.office.assigned()
    report = desk.sync()
    assert isinstance(report.stopped, Forbidden)
    assert report.exit_code == 5
    assert desk.issues() == []


def test_an_issue_that_cannot_be_read_forbids_creating_until_it_can(
    office: Office, tmp_path: Path
) -> None:
    place = folder_place(tmp_path / "issues")
    odd = tmp_path / "issues" / "0001-odd.md"
    odd.write_text("no front matter", encoding="utf-8")
    desk = Desk.set_up(office, place)
    add_many(office, 2)
    report = desk.sync()
    assert done(report) == {}
    assert report.hints
    odd.write_text("---\ntitle: 别的事\nstate: open\n---\n", encoding="utf-8")
    assert desk.synced() == {"created": 2}
    desk.idle()


def test_a_linked_issue_that_cannot_be_read_is_left_and_never_gone(
    office: Office, tmp_path: Path
) -> None:
    desk = Desk.set_up(office, folder_place(tmp_path / "issues"))
    ref, other = office.assigned(), office.assigned()
    desk.synced()
    (path,) = (tmp_path / "issues").glob("0001*.md")
    text = path.read_text(encoding="utf-8")
    path.write_text("kaputt", encoding="utf-8")
    office.act("start", ref, SUN)
    office.act("start", other, SUN)
    report = desk.sync(sweep=True)
    assert done(report) == {"updated": 1}
    assert report.hints
    path.write_text(text, encoding="utf-8")
    assert desk.synced() == {"updated": 1}
    desk.idle()


def test_a_timeline_that_cannot_be_read_leaves_its_item_and_no_other(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref, other = desk.office.worked(), desk.office.worked()
    desk.synced()
    for one in (ref, other):
        desk.place.wang.comment(desk.key(one), "已整改")
        desk.place.wang.close(desk.key(one))
    fake_gitea.faults(
        {
            "method": "GET",
            "path": f"/issues/{desk.key(ref)}/timeline",
            "do": "answer",
            "status": 403,
            "body": '{"message": "no"}',
            "headers": {"Content-Type": "application/json"},
        }
    )
    report = desk.sync()
    assert done(report)["requested"] == 1
    assert [left.ref for left in report.left] == [ref]
    counts = done(desk.sync())
    assert counts["requested"] == 1
    assert len(desk.item(ref).notes) == 1
    desk.settle()
    desk.idle()
