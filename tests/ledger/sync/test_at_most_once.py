"""At most one issue per item, one comment per remark, whatever answer is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ledger.book import Ledger
from ledger.sync import linking, marker
from tests.fakes.client import FakeGitea
from tests.ledger.office import LI, SUN
from tests.ledger.sync.desk import Desk, add_many, done

ISSUES = r"/issues$"
COMMENTS = r"/issues/\d+/comments$"
ASSETS = r"/assets$"

LOST: dict[str, dict[str, Any]] = {
    "dropped before it was carried out": {"do": "drop"},
    "dropped after it was carried out": {"do": "drop", "after": True},
    "answered 502 before": {"do": "answer", "status": 502},
    "answered 502 after": {"do": "answer", "status": 502, "after": True},
    "answered 200 instead of 201": {
        "do": "answer",
        "status": 200,
        "after": True,
        "body": "[]",
        "headers": {"Content-Type": "application/json"},
    },
    "cut in the middle": {"do": "cut"},
}


@pytest.mark.parametrize("how", LOST)
def test_a_lost_answer_to_a_create_makes_no_second_issue(
    gitea_desk: Desk, fake_gitea: FakeGitea, how: str
) -> None:
    desk = gitea_desk
    refs = add_many(desk.office, 3)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "skip": 1, **LOST[how]})
    report = desk.sync()
    assert done(report)["created"] == 2
    (waiting,) = report.waiting
    assert waiting.act == "create"
    assert report.exit_code == 6
    report = desk.sync()
    if report.waiting:
        assert report.writes == 0
        desk.quiet()
        assert desk.sync().exit_code == 0
    assert sorted(issue.title.split()[0] for issue in desk.issues()) == sorted(refs)
    desk.idle()


def test_a_request_that_comes_true_late_is_found_and_not_repeated(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 2)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "late"})
    assert desk.sync().exit_code == 6
    for _ in range(3):
        assert desk.sync().exit_code == 6
    assert len(desk.issues()) == 1
    assert fake_gitea.release() == [201]
    assert desk.synced() == {"adopted": 1}
    assert len(desk.issues()) == 2
    desk.idle()


def test_a_late_issue_that_bears_the_time_of_its_request_is_found(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.synced()
    add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "late"})
    desk.sync()
    fake_gitea.clock(ahead=600)
    desk.sync()  # reads on, far past the time of the request
    fake_gitea.clock(ahead=0)
    assert fake_gitea.release() == [201]
    fake_gitea.clock(ahead=700)
    desk.quiet()
    assert desk.synced() == {"adopted": 1}
    assert len(desk.issues()) == 1
    desk.idle()


def test_a_marker_pasted_into_another_issue_makes_that_no_issue_of_its_item(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    (old,) = add_many(desk.office, 1)
    desk.synced()
    (new,) = add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": True})
    desk.sync()
    lost = next(issue for issue in desk.issues() if issue.title.startswith(new))
    first = desk.issue(old)
    both = f"{first.body}\n\n{lost.body}"
    desk.place.wang.write_body(first.key, both)
    assert desk.synced()["adopted"] == 1
    assert desk.key(new) == lost.key
    assert desk.key(old) == first.key
    desk.settle()
    assert desk.issue(old).body == both
    assert len(desk.issues()) == 2


def test_a_marker_of_an_item_that_has_no_issue_links_no_issue_twice(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.synced()
    refs = add_many(desk.office, 2)
    fake_gitea.faults(
        {"method": "POST", "path": ISSUES, "do": "drop", "after": True},
        {"method": "POST", "path": ISSUES, "do": "drop"},
    )
    desk.sync()
    (lost,) = desk.issues()
    one, other = sorted(refs, key=lambda ref: not lost.title.startswith(ref))
    pasted = marker.block(desk.office.ledger.id, desk.item(other).id, "抄来的")
    desk.place.wang.write_body(lost.key, f"{lost.body}\n\n{pasted}")
    desk.settle()
    assert desk.key(one) == lost.key
    assert len(desk.issues()) == 2


def test_an_issue_from_which_people_took_the_marker_is_still_found(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.synced()
    (ref,) = add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": True})
    desk.sync()
    (lost,) = desk.issues()
    desk.place.wang.write_body(lost.key, "有人重写了正文")
    desk.settle()
    assert [issue.key for issue in desk.issues()] == [desk.key(ref)] == [lost.key]
    assert desk.issue(ref).body.endswith("有人重写了正文")


def test_an_issue_that_nobody_can_tell_from_a_lost_one_forbids_another(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.synced()
    (ref,) = add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": True})
    desk.sync()
    (lost,) = desk.issues()
    desk.place.wang.write_body(lost.key, "有人重写了正文")
    desk.place.wang.retitle(lost.key, "和标题")
    for _ in range(3):
        desk.quiet()
        report = desk.sync()
        assert [one.ref for one in report.waiting] == [ref]
    assert any(lost.key == hint.key for hint in report.hints)
    assert len(desk.issues()) == 1
    desk.office.later(minutes=60)
    linking.relink(
        desk.office.ledger, ref, desk.office.who(LI), tracker="t", connect=desk.connect
    )
    assert desk.synced() == {"created": 1}


def test_what_is_written_while_the_servers_clock_goes_back_is_read(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk, noon = gitea_desk, 1_800_000_000
    fake_gitea.clock(frozen=noon, wrong=600)
    ref = desk.office.assigned()
    desk.synced()
    fake_gitea.clock(frozen=noon + 60)  # from here on it goes right
    desk.place.wang.comment(desk.key(ref), "已开班")
    fake_gitea.clock(frozen=noon + 900)
    desk.office.later(minutes=14)
    assert desk.synced()["notes"] == 1
    fake_gitea.clock(frozen=noon + 1200)
    desk.office.later(minutes=4)
    desk.idle()


def test_a_late_issue_is_found_though_the_servers_clock_was_set_meanwhile(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk, noon = gitea_desk, 1_800_000_000
    fake_gitea.clock(frozen=noon, wrong=600)
    desk.synced()
    add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "late"})
    assert desk.sync().exit_code == 6
    fake_gitea.clock(frozen=noon + 240, wrong=-600)
    assert fake_gitea.release() == [201]
    fake_gitea.clock(frozen=noon + 1320)
    desk.office.later(minutes=20)
    assert desk.synced() == {"adopted": 1}
    assert len(desk.issues()) == 1


def test_no_token_is_ever_kept(gitea_desk: Desk, fake_gitea: FakeGitea) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    plan = desk.preview()
    report = desk.sync()
    desk.finish_work(ref)
    desk.synced()
    fake_gitea.faults(
        {"method": "GET", "path": ISSUES, "do": "answer", "status": 401, "times": 9}
    )
    with pytest.raises(Exception, match=r".") as caught:
        desk.sync()
    dump = "".join(desk.office.ledger.store.connection.iterdump())
    for place in (dump, plan.to_json(), report.to_json(), repr(caught.value)):
        assert fake_gitea.token not in str(place)
    assert fake_gitea.token not in repr(desk.last)


def test_what_people_do_to_an_issue_that_is_not_known_yet_is_not_lost(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.synced()
    ref = desk.office.assigned()
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": True})
    desk.sync()
    (issue,) = desk.issues()
    desk.edit_body_of(issue.key, r"- \[ \] 1\.", "- [x] 1.")
    desk.place.wang.comment_with_file(issue.key, "已整改", "签到表.txt", b"1")
    desk.place.wang.close(issue.key)
    fake_gitea.clock(ahead=600)
    counts = desk.synced()
    assert counts["adopted"] == counts["ticks"] == counts["evidence"] == 1
    assert counts["notes"] == counts["requested"] == 1
    assert desk.key(ref) == issue.key
    desk.settle()
    desk.idle()


def test_what_people_overwrite_in_an_issue_that_is_not_known_yet_is_a_decision(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.synced()
    ref = desk.office.assigned()
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": True})
    desk.sync()
    (issue,) = desk.issues()
    desk.edit_body_of(issue.key, r"- \[ \] 1\.", "有人的话\n- [x] 1.")
    desk.place.wang.retitle(issue.key, "有人的标题")
    desk.place.wang.redate(issue.key, date(2024, 9, 1))
    desk.office.act("start", ref, SUN)  # so our block changes meanwhile, too
    counts = desk.synced()
    assert (counts["adopted"], counts["ticks"], counts["restored"]) == (1, 1, 3)
    kept = desk.office.ledger.store.sync.conflicts(tracker="t")
    theirs = {one.field: one.theirs for one in kept}
    assert "有人的话" in theirs["block"]
    assert (theirs["title"], theirs["due"]) == ("有人的标题", "2024-09-01")
    assert desk.issue(ref).title.startswith(ref)
    desk.settle()
    desk.idle()


def test_while_one_answer_is_awaited_everything_else_goes_on(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop", "after": False})
    desk.sync()
    add_many(desk.office, 2)
    report = desk.sync()
    assert done(report)["created"] == 2
    (waiting,) = report.waiting
    assert waiting.until > report.started
    desk.quiet()
    assert desk.synced() == {"created": 1}
    assert len(desk.issues()) == 3
    desk.idle()


@pytest.mark.parametrize("how", LOST)
def test_a_lost_answer_to_a_comment_makes_no_second_comment(
    gitea_desk: Desk, fake_gitea: FakeGitea, how: str
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    desk.office.act("progress", ref, SUN, text="在办")
    fake_gitea.faults({"method": "POST", "path": COMMENTS, **LOST[how]})
    report = desk.sync()
    (waiting,) = report.waiting
    assert waiting.act == "comment"
    desk.sync()
    desk.quiet()
    assert desk.sync().exit_code == 0
    (comment,) = desk.comments(desk.key(ref))
    assert "在办" in comment
    desk.sync()
    desk.idle()


@pytest.mark.parametrize("how", LOST)
def test_a_lost_answer_to_an_attachment_makes_no_second_one(
    gitea_desk: Desk, fake_gitea: FakeGitea, how: str
) -> None:
    desk = gitea_desk
    ref = desk.office.started()
    desk.synced()
    desk.office.add_evidence(ref, SUN)
    fake_gitea.faults({"method": "POST", "path": ASSETS, **LOST[how]})
    report = desk.sync()
    (waiting,) = report.waiting
    assert waiting.act == "attach"
    desk.sync()
    desk.quiet()
    assert desk.sync().exit_code == 0
    assert len(desk.issue(ref).attachments) == 1
    desk.sync()
    desk.idle()


def test_a_change_whose_answer_was_lost_is_looked_at_before_it_is_repeated(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref = desk.office.registered()
    desk.synced()
    desk.office.assign(ref)
    fake_gitea.faults({"method": "PATCH", "do": "drop", "after": True})
    assert desk.sync().exit_code == 6
    fake_gitea.forget_calls()
    assert desk.sync().exit_code == 0
    assert "PATCH /repos/{repo}/issues/{n}" not in fake_gitea.calls()
    desk.idle()


def test_an_issue_of_ours_is_adopted_by_a_ledger_that_does_not_know_it(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    add_many(desk.office, 3)
    ref = desk.office.assigned()
    desk.synced()
    desk.edit_body(ref, r"- \[ \] 1\.", "- [x] 1.")
    forget(desk.office.ledger)
    counts = desk.synced()
    assert counts["adopted"] == 4
    assert counts["ticks"] == 1
    assert "created" not in counts
    assert len(desk.issues()) == 4
    desk.idle()


def test_a_copied_marker_is_reported_and_not_followed(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    desk.place.wang.create("抄来的", desk.issue(ref).body)
    report = desk.sync()
    (hint,) = report.hints
    assert hint.ref == ref
    assert hint.key != desk.key(ref)
    assert done(report) == {}
    desk.office.act("start", ref, SUN)
    assert desk.synced() == {"updated": 1}


def test_a_copy_made_before_ours_was_recorded_is_not_adopted(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    (ref,) = add_many(desk.office, 1)
    fake_gitea.faults({"method": "POST", "path": ISSUES, "do": "drop"})
    desk.sync()
    plan = desk.item(ref)
    body = f"<!-- ledger:{desk.office.ledger.id} item:{plan.id} -->\nx\n"
    desk.place.wang.create("抢先", body)
    desk.quiet()
    report = desk.sync()
    assert done(report)["created"] == 1
    assert desk.issue(ref).author == "ledger"


def test_a_first_read_that_is_not_whole_forbids_creating(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 2)
    fake_gitea.faults(
        {"method": "GET", "path": ISSUES, "do": "answer", "status": 502, "times": 9}
    )
    with pytest.raises(Exception, match=r"."):
        desk.sync()
    fake_gitea.faults()
    assert desk.issues() == []
    assert desk.synced() == {"created": 2}


def forget(ledger: Ledger) -> None:
    """The ledger is one from before its issues: what sync remembers is gone."""
    with ledger.writing():
        for table in ("links", "outbox", "remarks", "conflicts"):
            ledger.store.connection.execute(f"DELETE FROM {table}")  # noqa: S608
        ledger.store.connection.execute(
            "UPDATE trackers SET read_whole = 0, issues_since = NULL,"
            " comments_since = NULL, pushed = 0"
        )
