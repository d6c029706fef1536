"""Conflicts, links and plans that a person settles."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from integrations.tracker import IssuePatch
from ledger.errors import Refused, UsageProblem
from ledger.item import State
from ledger.sync import conflicts, linking, run, status, trackers
from tests.fakes.client import FakeGitea
from tests.ledger.office import LI, SUN, WANG, ZHOU
from tests.ledger.sync.days import Killed, dying
from tests.ledger.sync.desk import Desk, add_many, done


def patch(desk: Desk, ref: str, **fields: Any) -> None:
    """Somebody changes an issue's fields."""
    tracker = desk.tracker()
    tracker.update(tracker.issue(desk.key(ref)), IssuePatch(**fields))


@pytest.fixture
def quarrel(desk: Desk) -> tuple[Desk, str]:
    """An issue whose title was edited twice: restored, then left."""
    ref = desk.office.registered()
    desk.synced()
    patch(desk, ref, title="第一次改")
    desk.synced()
    patch(desk, ref, title="第二次改")
    desk.synced()
    return desk, ref


def test_both_values_of_a_conflict_are_kept_until_a_person_decides(
    quarrel: tuple[Desk, str],
) -> None:
    desk, ref = quarrel
    first, second = conflicts.listed(desk.office.ledger)
    assert (first.outcome, second.outcome) == ("restored", "kept")
    assert (second.ref, second.field, second.theirs) == (ref, "title", "第二次改")
    assert ref in second.ours


def test_taking_the_ledger_s_value_writes_it_once_more(
    quarrel: tuple[Desk, str],
) -> None:
    desk, ref = quarrel
    conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="ledger")
    assert conflicts.listed(desk.office.ledger) == []
    assert desk.synced()["updated"] == 1
    assert desk.issue(ref).title.startswith(ref)
    desk.idle()


def test_taking_the_tracker_s_value_amends_the_item(quarrel: tuple[Desk, str]) -> None:
    desk, ref = quarrel
    conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="tracker")
    assert desk.item(ref).title == "第二次改"
    desk.synced()
    assert desk.issue(ref).title == f"{ref} 第二次改"
    desk.idle()


def test_a_text_of_one_s_own_settles_it_on_both_sides(
    quarrel: tuple[Desk, str],
) -> None:
    desk, ref = quarrel
    conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="第三种")
    desk.synced()
    assert desk.issue(ref).title == f"{ref} 第三种"
    assert desk.item(ref).title == "第三种"


def test_only_a_supervisor_resolves_and_only_what_waits(
    quarrel: tuple[Desk, str],
) -> None:
    desk, ref = quarrel
    ledger = desk.office.ledger
    with pytest.raises(Refused):
        conflicts.resolve(ledger, ref, desk.office.who(SUN), take="ledger")
    conflicts.resolve(ledger, ref, desk.office.who(LI), take="ledger")
    with pytest.raises(UsageProblem):
        conflicts.resolve(ledger, ref, desk.office.who(LI), take="ledger")


def test_a_due_date_never_comes_from_a_tracker(desk: Desk) -> None:
    ref = desk.office.assigned()
    desk.synced()
    due = desk.item(ref).due
    patch(desk, ref, due=None)
    assert desk.synced() == {"pulled": 1, "restored": 1, "updated": 1}
    assert desk.issue(ref).due == due
    with pytest.raises(Refused, match="extended"):
        conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="tracker")


def test_a_proposed_measure_is_taken_by_whoever_may_add_one(desk: Desk) -> None:
    ref = desk.office.started()
    desk.synced()
    desk.edit_body(ref, r"(?<=培训窗口人员)\n", "\n- [ ] 增设自助终端\n")
    desk.synced()
    with pytest.raises(Refused):
        conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="tracker")
    desk.office.act("measure.add", ref, SUN, text="增设自助终端")
    conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="ledger")
    desk.synced()
    body = desk.issue(ref).body
    assert "- [ ] 2. 增设自助终端" in body
    assert "not decided yet" not in body
    desk.idle()


def test_an_assignee_changed_there_becomes_the_owner(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    patch(desk, ref, assignees=frozenset({"wangwu"}))
    desk.synced()
    assert desk.item(ref).owner == desk.office.person(WANG)
    desk.settle()
    assert desk.issue(ref).assignees == {"wangwu"}
    desk.idle()


def test_assignees_changed_on_both_sides_keep_both_values(gitea_desk: Desk) -> None:
    desk = gitea_desk
    desk.know(SUN, "lisi")
    ref = desk.office.assigned()
    desk.synced()
    desk.office.act(
        "amend", ref, LI, field="owner", value=desk.office.person(SUN), reason="分工"
    )
    patch(desk, ref, assignees=frozenset({"wangwu"}))
    assert desk.synced()["conflicts"] == 1
    assert desk.issue(ref).assignees == {"wangwu"}
    assert desk.item(ref).owner == desk.office.person(SUN)
    desk.idle()
    conflicts.resolve(desk.office.ledger, ref, desk.office.who(LI), take="ledger")
    desk.synced()
    assert desk.issue(ref).assignees == {"lisi"}
    desk.idle()


def test_an_issue_made_by_hand_is_adopted_with_its_comments(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    desk.synced()
    key = desk.place.wang.create("窗口的事", "先记在这里")
    desk.place.wang.comment(key, "已经在办")
    desk.synced()
    ref = desk.office.assigned()
    linked = linking.adopt(
        desk.office.ledger,
        ref,
        key,
        desk.office.who(LI),
        tracker="t",
        connect=desk.connect,
    )
    assert linked.key == key
    desk.settle()
    assert len(desk.issues()) == 1
    issue = desk.issue(ref)
    assert issue.title.startswith(ref)
    assert issue.body.endswith("-->\n\n先记在这里")
    assert desk.item(ref).notes[0].text == "已经在办"
    desk.idle()
    with pytest.raises(UsageProblem, match="already"):
        linking.adopt(
            desk.office.ledger,
            ref,
            key,
            desk.office.who(LI),
            tracker="t",
            connect=desk.connect,
        )


def test_an_issue_belongs_to_one_item(desk: Desk) -> None:
    first, second = (desk.office.registered() for _ in range(2))
    desk.synced()
    with pytest.raises(Refused, match=first):
        linking.relink(
            desk.office.ledger,
            second,
            desk.office.who(LI),
            tracker="t",
            connect=desk.connect,
            key=desk.key(first),
        )


def test_a_detached_item_is_left_alone_and_its_issue_too(desk: Desk) -> None:
    ref = desk.office.registered()
    desk.synced()
    before = desk.issues()
    linking.detach(desk.office.ledger, ref, desk.office.who(LI), tracker="t")
    desk.office.assign(ref)
    desk.synced()
    assert desk.issues() == before
    desk.idle()
    how: dict[str, Any] = {"tracker": "t", "connect": desk.connect}
    with pytest.raises(Refused, match="still there"):
        linking.relink(desk.office.ledger, ref, desk.office.who(LI), **how)
    key = before[0].key
    linking.relink(desk.office.ledger, ref, desk.office.who(LI), key=key, **how)
    desk.synced()
    assert len(desk.issues()) == 1
    assert desk.issue(ref).due is not None


def test_a_deleted_issue_is_gone_and_a_person_chooses(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref, other = desk.office.assigned(), desk.office.assigned()
    desk.synced()
    fake_gitea.person("org").delete(desk.key(ref))
    desk.synced()
    assert desk.synced() == {}
    desk.office.act("start", ref, SUN)
    report = desk.sync()
    assert done(report) == {"gone": 1}
    assert report.exit_code == 0
    assert "relink" in str(report.hints[0].message)
    desk.idle()
    assert len(desk.issues()) == 1
    (stands,) = status.status(desk.office.ledger)
    assert stands.links == {"gone": 1, "linked": 1}
    linking.relink(
        desk.office.ledger, ref, desk.office.who(LI), tracker="t", connect=desk.connect
    )
    assert desk.synced() == {"created": 1}
    assert {issue.title.split()[0] for issue in desk.issues()} == {ref, other}


def test_a_sweep_finds_what_was_deleted(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref, _ = desk.office.assigned(), desk.office.assigned()
    desk.synced()
    fake_gitea.person("org").delete(desk.key(ref))
    assert done(desk.sync(sweep=True)) == {"gone": 1}


def test_a_reviewed_plan_is_done_and_what_moved_since_is_not(desk: Desk) -> None:
    first, second = desk.office.registered(), desk.office.registered()
    desk.synced()
    desk.office.assign(first)
    desk.office.assign(second)
    reviewed = json.loads(json.dumps(desk.preview().to_json()))
    assert reviewed["schema"] == "sync-plan/1"
    desk.office.act("start", second, SUN)
    third = desk.office.registered()
    report = desk.sync(reviewed=reviewed)
    assert done(report) == {"updated": 1}
    assert report.exit_code == 6
    assert {left.ref for left in report.left} == {second, third}
    assert desk.synced() == {"updated": 1, "created": 1}
    desk.idle()


def test_the_status_says_what_is_left_and_waits(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 2)
    assert status.unsynced(desk.office.ledger) == 2
    fake_gitea.faults({"method": "POST", "path": "/issues$", "do": "drop"})
    desk.sync()
    (stands,) = status.status(desk.office.ledger, "t")
    assert stands.links["linked"] == 1
    assert stands.left == status.unsynced(desk.office.ledger) == 1
    (waiting,) = stands.waiting
    assert waiting.act == "create"
    assert stands.last is not None
    assert stands.last["counts"]["created"] == 1
    json.dumps(stands.to_json())


def test_the_doctor_names_doubled_markers_and_a_wrong_clock(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    desk.place.wang.create("抄来的", desk.issue(ref).body)
    found = status.doctor(desk.office.ledger, "t", connect=desk.connect)
    assert found.faults == ()
    said = " ".join(str(one) for one in found.findings)
    assert ref in said
    assert "clock" in said  # the ledger of a test lives in 2024


def test_a_tracker_is_registered_once_by_a_supervisor(desk: Desk) -> None:
    with pytest.raises(Refused):
        trackers.add(
            desk.office.ledger,
            "t",
            desk.office.who(LI),
            kind="folder",
            address="x",
            connect=desk.connect,
        )
    with pytest.raises(Refused):
        trackers.add(
            desk.office.ledger,
            "u",
            desk.office.who(ZHOU),
            kind="folder",
            address="x",
            connect=desk.connect,
        )
    (listed,) = trackers.listed(desk.office.ledger)
    assert (listed.name, listed.kind) == ("t", desk.place.kind)
    assert listed.options["language"] == "en"
    assert desk.office.registered()
    assert desk.item("001").state is State.REGISTERED


@pytest.mark.parametrize(
    "option", ["language=fr", "quiet=soon", "scope=some", "kinds=bug"]
)
def test_an_option_that_is_none_is_refused(desk: Desk, option: str) -> None:
    key, _, value = option.partition("=")
    with pytest.raises(UsageProblem, match=key):
        trackers.add(
            desk.office.ledger,
            "u",
            desk.office.who(LI),
            kind="folder",
            address="x",
            options={key: value},
            connect=desk.connect,
        )


@pytest.mark.parametrize("commit", range(1, 13))
def test_a_file_that_is_no_evidence_is_told_of_once_though_a_run_dies(
    desk: Desk, commit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = desk.office.started()
    desk.synced()
    desk.stranger.comment_with_file(desk.key(ref), "路过", "路过.txt", b"1")
    # A process dies with all its hands; one is enough to die at a known place.
    monkeypatch.setattr(run, "WORKERS", 1)
    with dying(commit), suppress(Killed):
        desk.sync()
    desk.settle()
    (one,) = conflicts.listed(desk.office.ledger)
    assert (one.field, one.theirs, one.outcome) == ("evidence", "路过.txt", "kept")
    (note,) = desk.item(ref).notes
    assert note.text.startswith("路过")
