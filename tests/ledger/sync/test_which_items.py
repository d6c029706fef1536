"""Which items get an issue, and what becomes of those that are set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import registration
from ledger.item import Kind, State
from ledger.sync import trackers
from tests.fakes.client import FakeGitea
from tests.ledger.office import CHEN, LI, QIAN, TRAFFIC, Office
from tests.ledger.sync.desk import Desk, folder_place, gitea_place


def titles(desk: Desk) -> set[str]:
    """The references that have an issue."""
    return {issue.title.split()[0] for issue in desk.issues()}


def test_items_of_another_scope_get_an_issue_when_they_come_into_it(
    office: Office, tmp_path: Path
) -> None:
    desk = Desk.set_up(office, folder_place(tmp_path / "i"), scope="assigned")
    waiting, given = office.registered(), office.assigned()
    desk.synced()
    assert titles(desk) == {given}
    desk.idle()
    office.assign(waiting)
    desk.synced()
    assert titles(desk) == {given, waiting}


def test_only_the_units_that_are_named_get_issues(
    office: Office, tmp_path: Path
) -> None:
    desk = Desk.set_up(office, folder_place(tmp_path / "i"), units=f"{TRAFFIC}，别处")
    office.assigned()
    theirs = office.assigned(units=(TRAFFIC,))
    desk.synced()
    assert titles(desk) == {theirs}


def test_only_the_kinds_that_are_named_get_issues(
    office: Office, tmp_path: Path
) -> None:
    desk = Desk.set_up(office, folder_place(tmp_path / "i"), kinds="plan")
    office.registered()
    plan = registration.add(
        office.ledger,
        office.who(LI),
        title="普法宣传",
        text="普法宣传",
        origin="年度安排",
        kind=Kind.PLAN,
    )
    desk.synced()
    assert titles(desk) == {plan.ref}


def test_what_is_closed_before_it_had_an_issue_gets_none(
    office: Office, tmp_path: Path
) -> None:
    office.closed()
    desk = Desk.set_up(office, folder_place(tmp_path / "i"))
    assert desk.synced() == {}
    desk.idle()


@pytest.mark.parametrize("matter", ["void", "transfer"])
def test_what_is_set_aside_closes_its_issue_with_the_reason(
    gitea_desk: Desk, matter: str
) -> None:
    desk, office = gitea_desk, gitea_desk.office
    ref = office.assigned()
    desk.synced()
    said = {"reason": "与另一事项重复 @all", "document": office.file()}
    if matter == "transfer":
        said["body"] = "市纪委"
    office.act(f"{matter}.propose", ref, CHEN, **said)
    office.act(f"{matter}.grant", ref, QIAN, opinion="同意")
    counts = desk.synced()
    assert counts["closed"] == counts["commented"] == 1
    assert desk.issue(ref).closed
    said_there = desk.comments(desk.key(ref))[-1]
    assert "与另一事项重复" in said_there
    assert "@all" not in said_there
    desk.idle()
    office.act("reinstate", ref, QIAN, reason="仍需整改")
    assert desk.synced()["reopened"] == 1
    assert desk.item(ref).state is State.ASSIGNED
    desk.idle()


def test_a_doubled_block_is_told_and_the_first_one_is_kept(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    body = desk.issue(ref).body
    desk.place.wang.write_body(desk.key(ref), f"{body}\n\n{body}")
    report = desk.sync()
    assert any("several times" in str(hint.message) for hint in report.hints)
    assert report.counts["updated"] == 0
    desk.idle()


def test_a_file_at_the_issue_itself_is_nobody_s_and_no_evidence(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    ref = desk.office.assigned()
    desk.synced()
    fake_gitea.person("wangwu").attach(desk.key(ref), "照片.txt", b"x")
    report = desk.sync()
    assert any("no evidence" in str(hint.message) for hint in report.hints)
    assert desk.item(ref).evidence == ()
    desk.idle()


def test_a_large_file_is_not_attached(office: Office, fake_gitea: FakeGitea) -> None:
    desk = Desk.set_up(office, gitea_place(fake_gitea), attach="4")
    ref = office.worked()
    desk.synced()
    assert desk.issue(ref).attachments == ()
    assert desk.item(ref).evidence[0].digest in desk.issue(ref).body
    desk.idle()


def test_testing_a_tracker_says_who_we_are_and_leaves_nothing_there(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    before = fake_gitea.dump()
    standing = trackers.test(gitea_desk.office.ledger, "t", connect=gitea_desk.connect)
    assert standing.login == "ledger"
    assert standing.problems == ()
    assert fake_gitea.dump() == before
