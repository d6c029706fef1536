"""The number of calls of a run is exactly what the design allows, and no more."""

from __future__ import annotations

import pytest

from tests.fakes.client import FakeGitea
from tests.ledger.office import DATA, LI, SUN
from tests.ledger.sync.desk import Desk, add_many

SIZES = [
    0,
    1,
    50,
    51,
    pytest.param(1000, marks=pytest.mark.long),
]


def pages(count: int) -> int:
    """Reads of 50 rows each, at least one."""
    return max(1, -(-count // 50))


def warm(desk: Desk) -> None:
    """Labels are there, everything was read once, and nothing is in the overlap."""
    add_many(desk.office, 1)
    desk.synced(yes=True)


def counted(desk: Desk, fake: FakeGitea) -> int:
    """The calls of one run, as the server saw them; they are those of the report."""
    fake.forget_calls()
    report = desk.sync(yes=True)
    assert report.exit_code == 0, report.to_json()
    calls = fake.calls()
    assert sum(calls.values()) == report.reads + report.writes, calls
    return sum(calls.values())


def pass_overlap(fake: FakeGitea, seconds: float) -> None:
    """Let the server's time go on, so that what was written is behind the overlap."""
    fake.clock(ahead=seconds)


def test_a_run_with_nothing_to_do_takes_two_reads(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    warm(gitea_desk)
    assert counted(gitea_desk, fake_gitea) == 2
    assert fake_gitea.calls() == {
        "GET /repos/{repo}/issues": 1,
        "GET /repos/{repo}/issues/comments": 1,
    }


@pytest.mark.parametrize("new", SIZES)
def test_new_items_take_one_call_each(
    gitea_desk: Desk, fake_gitea: FakeGitea, new: int
) -> None:
    warm(gitea_desk)
    add_many(gitea_desk.office, new)
    assert counted(gitea_desk, fake_gitea) == new + 2
    # What was just made is read once more as an echo, and nothing is written.
    assert counted(gitea_desk, fake_gitea) == pages(new + 1) + 1
    pass_overlap(fake_gitea, 300)
    counted(gitea_desk, fake_gitea)
    assert counted(gitea_desk, fake_gitea) == 2


@pytest.mark.parametrize("changed", SIZES)
def test_changed_items_take_one_call_each(
    gitea_desk: Desk, fake_gitea: FakeGitea, changed: int
) -> None:
    warm(gitea_desk)
    refs = add_many(gitea_desk.office, changed)
    counted(gitea_desk, fake_gitea)
    pass_overlap(fake_gitea, 300)
    counted(gitea_desk, fake_gitea)
    if refs:
        office = gitea_desk.office
        office.later()
        office.ledger.assign([office.wish(ref) for ref in refs], office.who(LI))
    assert counted(gitea_desk, fake_gitea) == changed + 2


@pytest.mark.parametrize("edited", SIZES)
def test_issues_changed_there_cost_their_pages(
    gitea_desk: Desk, fake_gitea: FakeGitea, edited: int
) -> None:
    warm(gitea_desk)
    refs = add_many(gitea_desk.office, edited)
    counted(gitea_desk, fake_gitea)
    pass_overlap(fake_gitea, 300)
    counted(gitea_desk, fake_gitea)
    person = fake_gitea.person("wangwu")
    for ref in refs:
        person.label(gitea_desk.key(ref), "重点")
    assert counted(gitea_desk, fake_gitea) == pages(edited) + 1


@pytest.mark.parametrize("said", [0, 1, 50, 51])
def test_comments_of_people_cost_their_pages(
    gitea_desk: Desk, fake_gitea: FakeGitea, said: int
) -> None:
    warm(gitea_desk)
    ref = gitea_desk.office.assigned()
    counted(gitea_desk, fake_gitea)
    pass_overlap(fake_gitea, 300)
    counted(gitea_desk, fake_gitea)
    for number in range(said):
        gitea_desk.place.wang.comment(gitea_desk.key(ref), f"进展{number}")
    assert counted(gitea_desk, fake_gitea) == 1 + pages(said)
    assert len(gitea_desk.item(ref).notes) == said


@pytest.mark.parametrize("posted", [1, 50])
def test_notes_of_the_ledger_take_one_call_each(
    gitea_desk: Desk, fake_gitea: FakeGitea, posted: int
) -> None:
    warm(gitea_desk)
    ref = gitea_desk.office.assigned()
    counted(gitea_desk, fake_gitea)
    for number in range(posted):
        gitea_desk.office.act("progress", ref, SUN, text=f"进展{number}")
    assert counted(gitea_desk, fake_gitea) == 2 + posted


def test_a_label_change_is_a_second_call_and_a_file_one(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    warm(gitea_desk)
    first, second = (gitea_desk.office.registered() for _ in range(2))
    counted(gitea_desk, fake_gitea)
    gitea_desk.office.assign(first, severity="major")
    counted(gitea_desk, fake_gitea)  # makes the label
    gitea_desk.office.assign(second, severity="major")
    assert counted(gitea_desk, fake_gitea) == 2 + 1 + 1
    gitea_desk.office.act("start", first, SUN)
    gitea_desk.office.add_evidence(first, SUN)
    assert counted(gitea_desk, fake_gitea) == 2 + 1 + 1


def test_a_close_seen_costs_one_call_and_a_request_one_change(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    warm(gitea_desk)
    ref = gitea_desk.office.worked()
    counted(gitea_desk, fake_gitea)
    gitea_desk.place.wang.comment(gitea_desk.key(ref), "已整改")
    gitea_desk.place.wang.close(gitea_desk.key(ref))
    assert counted(gitea_desk, fake_gitea) == 2 + 1 + 1
    assert gitea_desk.item(ref).request is not None


def test_without_a_version_a_body_is_read_again_before_it_is_written(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    fake_gitea.reset(users={"ledger": "write", "wangwu": "write"}, flavour="forgejo")
    warm(gitea_desk)
    refs = add_many(gitea_desk.office, 3)
    counted(gitea_desk, fake_gitea)
    office = gitea_desk.office
    office.later()
    office.ledger.assign([office.wish(ref) for ref in refs], office.who(LI))
    assert counted(gitea_desk, fake_gitea) == 2 + 3 + 3
    assert DATA in gitea_desk.issue(refs[0]).body
