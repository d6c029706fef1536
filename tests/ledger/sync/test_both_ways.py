"""What the ledger says shows in the tracker, and what people do there comes back."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import audit
from ledger.item import State
from tests.ledger.office import CHEN, FENG, LI, SUN, WANG
from tests.ledger.sync.desk import Desk, add_many
from tests.ledger.sync.meanwhile import watched


def test_each_open_item_gets_one_issue_and_a_second_run_finds_nothing(
    desk: Desk,
) -> None:
    refs = add_many(desk.office, 3)
    assert desk.synced() == {"created": 3}
    assert sorted(issue.title.split()[0] for issue in desk.issues()) == sorted(refs)
    desk.idle()


def test_what_changes_in_the_ledger_changes_in_the_issue(desk: Desk) -> None:
    ref = desk.office.registered()
    desk.synced()
    desk.office.assign(ref)
    assert desk.synced() == {"updated": 1}
    issue = desk.issue(ref)
    assert issue.due == desk.item(ref).due
    assert "市政数局" in issue.body
    assert "- [ ] 1. 培训窗口人员" in issue.body
    desk.idle()


def test_a_note_written_in_the_ledger_becomes_a_comment_once(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.office.act("progress", ref, SUN, text="已开班，通知 @all，见 #12")
    assert desk.synced() == {"commented": 1}
    (comment,) = desk.comments(desk.key(ref))
    assert "孙洁" in comment
    assert "@all" not in comment
    assert "#12" not in comment
    desk.idle()


def test_evidence_of_the_ledger_is_attached_once(desk: Desk) -> None:
    ref = desk.office.started()
    desk.synced()
    desk.office.add_evidence(ref, SUN)
    assert desk.synced() == {"updated": 1, "attached": 1}
    (attachment,) = desk.issue(ref).attachments
    assert attachment.name.startswith("E1-")
    assert desk.item(ref).evidence[0].digest in desk.issue(ref).body
    desk.idle()


def test_a_comment_becomes_a_progress_note_of_the_person_once(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.place.wang.comment(desk.key(ref), "第一期培训结束")
    assert desk.synced() == {"pulled": 1, "notes": 1}
    (note,) = desk.item(ref).notes
    assert (note.text, note.by) == ("第一期培训结束", desk.office.person(WANG))
    assert note.via == f"t:{desk.place.wang_login}"
    desk.idle()


def test_a_comment_of_an_unknown_account_is_a_note_of_nobody(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.stranger.comment(desk.key(ref), "路过看看")
    assert desk.synced() == {"pulled": 1, "notes": 1}
    (note,) = desk.item(ref).notes
    assert note.by is None
    assert desk.office.person(WANG) not in desk.item(ref).involved_people


def test_a_supervisor_who_comments_is_not_involved_by_it(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    stranger = desk.stranger
    desk.know(FENG, desk.place.stranger_login)
    stranger.comment(desk.key(ref), "请抓紧")
    desk.synced()
    assert desk.office.person(FENG) not in desk.item(ref).involved_people


def test_a_tick_is_a_measure_done_and_unticking_takes_it_back(desk: Desk) -> None:
    ref = desk.office.started()
    desk.synced()
    desk.edit_body(ref, r"- \[ \] 1\.", "- [x] 1.")
    assert desk.synced() == {"pulled": 1, "ticks": 1}
    assert desk.item(ref).measures[0].done == desk.office.today
    desk.idle()
    desk.edit_body(ref, r"- \[x\] 1\.", "- [ ] 1.")
    assert desk.synced() == {"pulled": 1, "ticks": 1}
    assert desk.item(ref).measures[0].done is None
    desk.idle()


def test_a_finished_issue_closed_by_the_head_requests_closure(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.finish_work(ref)
    counts = desk.synced()
    assert counts["requested"] == counts["evidence"] == counts["ticks"] == 1
    item = desk.item(ref)
    assert item.state is State.CLOSURE_REQUESTED
    assert item.request is not None
    assert item.request.by == item.request.head == desk.office.person(WANG)
    assert "窗口人员已全部培训" in item.request.statement
    assert item.rectified_on == desk.office.today
    assert desk.issue(ref).closed
    desk.idle()
    assert audit.audit(desk.office.ledger).faults == ()


def test_whoever_runs_sync_is_not_the_requester(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.finish_work(ref)
    desk.synced()
    rows = desk.office.ledger.store.journal.rows(kinds=["request-closure"])
    (row,) = rows
    assert row.actor == "sync:t"
    assert f'"on_behalf":"{desk.office.person(WANG)}"' in row.body


@pytest.mark.parametrize(
    ("lacks", "says"),
    [
        ("measures", "tick what is: 1"),
        ("evidence", "There is no evidence"),
        ("statement", "not stated what was put right"),
        ("account", "people link NAME t:"),
    ],
)
def test_an_incomplete_closing_says_what_is_missing_and_reopens_once(
    desk: Desk, lacks: str, says: str
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    key, wang = desk.key(ref), desk.place.wang
    if lacks != "measures":
        desk.edit_body(ref, r"- \[ \] 1\.", "- [x] 1.")
    if lacks == "evidence":
        wang.comment(key, "已整改")
    elif lacks == "statement":
        link = "[签到表.txt](attachments/签到表.txt)"
        wang.comment_with_file(key, link, "签到表.txt", b"1")
    else:
        wang.comment_with_file(key, "已整改", "签到表.txt", b"1")
    closer = desk.stranger if lacks == "account" else wang
    closer.close(key)
    counts = desk.synced()
    assert counts["missing"] == counts["reopened"] == 1
    assert "requested" not in counts
    assert not desk.issue(ref).closed
    assert says in desk.comments(key)[-1]
    desk.idle()
    closer.close(key)
    counts = desk.synced()
    assert counts["missing"] == counts["conflicts"] == 1
    assert "reopened" not in counts
    assert desk.issue(ref).closed
    desk.idle()


def test_what_was_missing_may_come_after_the_second_closing(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    key = desk.key(ref)
    for _ in range(2):
        desk.place.wang.close(key)
        desk.synced()
    assert desk.issue(ref).closed
    desk.edit_body(ref, r"- \[ \] 1\.", "- [x] 1.")
    desk.place.wang.comment_with_file(key, "已整改", "签到表.txt", b"1")
    assert desk.synced()["requested"] == 1
    assert desk.item(ref).state is State.CLOSURE_REQUESTED


def test_a_returned_item_is_reopened_with_the_opinion(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.finish_work(ref)
    desk.synced()
    desk.office.act(
        "return", ref, CHEN, opinion="证据不足", requirement="补充全部培训照片和签到表"
    )
    counts = desk.synced()
    assert counts["reopened"] == counts["commented"] == 1
    assert not desk.issue(ref).closed
    assert "补充全部培训照片和签到表" in desk.comments(desk.key(ref))[-1]
    desk.idle()


def test_a_closed_item_closes_its_issue_with_the_confirmation(desk: Desk) -> None:
    ref = desk.office.requested()
    desk.synced()
    office = desk.office
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref)
    office.act("close", ref, "钱进", opinion="同意销号")
    counts = desk.synced()
    assert counts["closed"] == counts["commented"] == 1
    assert desk.issue(ref).closed
    assert "同意销号" in desk.comments(desk.key(ref))[-1]
    desk.idle()


def test_a_reopened_issue_of_a_closed_item_is_closed_again_once(desk: Desk) -> None:
    ref = desk.office.requested()
    desk.synced()
    office = desk.office
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref)
    office.act("close", ref, "钱进", opinion="同意销号")
    desk.synced()
    desk.place.wang.reopen(desk.key(ref))
    counts = desk.synced()
    assert counts["closed"] == counts["commented"] == counts["restored"] == 1
    assert desk.issue(ref).closed
    assert "look back" in desk.item(ref).notes[-1].text
    desk.idle()
    desk.place.wang.reopen(desk.key(ref))
    assert desk.synced()["conflicts"] == 1
    assert not desk.issue(ref).closed
    desk.idle()


def test_a_reopened_issue_under_verification_is_noted_and_stays_open(
    desk: Desk,
) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.finish_work(ref)
    desk.synced()
    desk.place.wang.reopen(desk.key(ref))
    desk.synced()
    assert "reopened by people" in desk.item(ref).notes[-1].text
    assert not desk.issue(ref).closed
    desk.idle()


def test_a_title_edited_by_people_is_restored_once_and_then_left(desk: Desk) -> None:
    ref = desk.office.registered()
    desk.synced()
    title = desk.issue(ref).title
    retitle(desk, ref, "改了标题")
    assert desk.synced() == {"pulled": 1, "restored": 1, "updated": 1}
    assert desk.issue(ref).title == title
    desk.idle()
    retitle(desk, ref, "又改标题")
    assert desk.synced() == {"pulled": 1, "conflicts": 1}
    assert desk.issue(ref).title == "又改标题"
    desk.idle()


def test_people_s_text_around_the_block_is_never_touched(desk: Desk) -> None:
    ref = desk.office.registered()
    desk.synced()
    body = desk.issue(ref).body
    desk.place.wang.write_body(desk.key(ref), f"前言\n\n{body}\n\n- [ ] 自己的清单")
    assert desk.synced() == {"pulled": 1}
    desk.office.assign(ref)
    desk.synced()
    after = desk.issue(ref).body
    assert after.startswith("前言\n\n<!-- ledger:")
    assert after.endswith("-->\n\n- [ ] 自己的清单")
    desk.idle()


def test_a_removed_block_comes_back_and_is_not_fought_for(desk: Desk) -> None:
    ref = desk.office.registered()
    desk.synced()
    desk.place.wang.write_body(desk.key(ref), "我自己写")
    assert desk.synced() == {"pulled": 1, "restored": 1, "updated": 1}
    assert desk.issue(ref).body.endswith("-->\n\n我自己写")
    desk.idle()
    desk.place.wang.write_body(desk.key(ref), "我自己写")
    assert desk.synced() == {"pulled": 1, "conflicts": 1}
    desk.idle()


def test_a_new_box_in_the_block_is_a_proposed_measure(desk: Desk) -> None:
    ref = desk.office.started()
    desk.synced()
    desk.edit_body(ref, r"(?<=培训窗口人员)\n", "\n- [ ] 增设自助终端\n")
    assert desk.synced() == {"pulled": 1, "conflicts": 1, "updated": 1}
    (kept,) = desk.office.ledger.store.sync.conflicts(tracker="t")
    assert (kept.field, kept.theirs) == ("measure", "增设自助终端")
    assert "- 增设自助终端" in desk.issue(ref).body
    desk.idle()


def test_a_proposed_measure_is_kept_once_though_people_write_on_meanwhile(
    desk: Desk,
) -> None:
    ref = desk.office.started()
    desk.synced()
    desk.edit_body(ref, r"(?<=培训窗口人员)\n", "\n- [ ] 增设自助终端\n")
    key, body = desk.key(ref), desk.issue(ref).body
    written: list[str] = []

    def write_on(name: str, given: tuple[Any, ...]) -> None:
        del given
        if name in ("issue", "update") and not written:
            written.append(name)
            desk.place.wang.write_body(key, f"{body}\n\n旁注")

    opens = desk.place.opens
    desk.place.opens = lambda memory: watched(opens(memory), write_on)
    desk.synced()
    assert written
    (kept,) = desk.office.ledger.store.sync.conflicts(tracker="t")
    assert (kept.field, kept.theirs) == ("measure", "增设自助终端")
    assert desk.issue(ref).body.endswith("旁注")
    assert desk.issue(ref).body.count("增设自助终端") == 1
    desk.settle()


def test_a_dry_run_writes_nothing_anywhere(desk: Desk) -> None:
    add_many(desk.office, 2)
    ref = desk.office.assigned()
    desk.synced()
    desk.office.act("progress", ref, SUN, text="在办")
    desk.finish_work(ref)
    store = desk.office.ledger.store
    before = list(store.connection.iterdump())
    issues = desk.issues()
    plan = desk.preview()
    assert {"comment", "note", "tick", "evidence", "request-closure", "update"} <= {
        action.act for action in plan.actions
    }
    assert list(store.connection.iterdump()) == before
    assert desk.issues() == issues
    assert desk.last is not None
    assert desk.last.meter.writes == 0


def retitle(desk: Desk, ref: str, title: str) -> None:
    """Somebody writes another title."""
    tracker = desk.tracker()
    from integrations.tracker import IssuePatch

    tracker.update(tracker.issue(desk.key(ref)), IssuePatch(title=title))


def test_the_journal_of_a_busy_day_passes_the_audit(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    desk.finish_work(ref)
    desk.synced()
    desk.office.act("review", ref, CHEN, opinion="材料齐全")
    desk.office.verify(ref)
    desk.office.act("close", ref, "钱进", opinion="同意销号")
    desk.synced()
    kinds = {row.kind for row in desk.office.ledger.store.journal.rows()}
    assert {"tracker.add", "sync.linked", "sync.closed", "sync.run"} <= kinds
    assert audit.audit(desk.office.ledger).faults == ()
    assert desk.office.who(LI).name
