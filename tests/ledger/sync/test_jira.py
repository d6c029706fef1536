"""The whole sync with Jira: creating by the fifty, an index that lags, exact calls.

What people and the ledger do to each other's issues is in ``test_both_ways`` and its
neighbours, which stand before Jira too.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ledger.item import State
from ledger.sync import conflicts, linking
from ledger.sync.status import status
from tests.fakes.client import FakeJira
from tests.ledger.office import CHEN, LI, SUN, Office
from tests.ledger.sync.desk import Desk, add_many, done
from tests.ledger.sync.jiraplace import jira_place

BULK = r"/issue/bulk$"
LOST: dict[str, dict[str, Any]] = {
    "dropped before it was carried out": {"do": "drop"},
    "dropped after it was carried out": {"do": "drop", "after": True},
    "answered 502 after": {"do": "answer", "status": 502, "after": True},
    "answered 200 instead of 201": {
        "do": "answer",
        "status": 200,
        "after": True,
        "body": "{}",
        "headers": {"Content-Type": "application/json"},
    },
    "cut in the middle": {"do": "cut"},
}


@pytest.fixture(params=["cloud", "datacenter"])
def jira(request: pytest.FixtureRequest, jira_process: FakeJira) -> FakeJira:
    """The fake in both editions."""
    jira_process.reset(edition=request.param)
    return jira_process


@pytest.fixture
def desk(office: Office, jira: FakeJira) -> Desk:
    """A desk before each edition."""
    return Desk.set_up(office, jira_place(jira))


def lagging(office: Office, jira: FakeJira, seconds: float, **options: str) -> Desk:
    """A desk before a Jira whose search is behind."""
    place = jira_place(jira, lag=seconds)
    return Desk.set_up(office, place, **options)


def counted(desk: Desk, jira: FakeJira) -> Counter[str]:
    """The calls of one run, as the server saw them; they are those of the report."""
    jira.forget_calls()
    report = desk.sync(yes=True)
    assert report.exit_code == 0, report.to_json()
    calls = Counter(jira.calls())
    assert sum(calls.values()) == report.reads + report.writes, calls
    return calls


def warm(desk: Desk, jira: FakeJira) -> None:
    """Everything was read once, the workflow is known, nothing is in the overlap."""
    add_many(desk.office, 1)
    desk.synced(yes=True)
    behind(desk, jira, 900)


def behind(desk: Desk, jira: FakeJira, ahead: float) -> None:
    """Let the server's time go on, so that what was written is behind the overlap."""
    jira.clock(ahead=ahead)
    desk.synced()
    assert counted(desk, jira).total() == 2


def titles(jira: FakeJira) -> list[str]:
    """What there is, whatever the index knows: the references in the titles."""
    issues = jira.dump()["issues"]
    return sorted(one["fields"]["summary"].split()[0] for one in issues)


# -- calls ---------------------------------------------------------------------------


def test_a_status_change_is_a_call_of_its_own_beside_the_fields(
    desk: Desk, jira: FakeJira
) -> None:
    warm(desk, jira)
    refs = [desk.office.requested() for _ in range(2)]
    counted(desk, jira)
    behind(desk, jira, 1800)
    seen: list[Counter[str]] = []
    for ref in refs:
        desk.office.act("review", ref, CHEN, opinion="材料齐全")
        desk.office.verify(ref)
        desk.office.act("close", ref, "钱进", opinion="同意销号")
        seen.append(counted(desk, jira))
        assert desk.issue(ref).closed
        behind(desk, jira, 3600 * (1 + len(seen)))
    # The steps of the workflow are asked for once, then they are known.
    first, second = seen
    assert first - second == {"GET /issue/{key}/transitions": 1}
    assert second["POST /issue/{key}/transitions"] == 1
    comments = second["POST /issue/{key}/comment"]
    assert second.total() == 2 + 1 + 1 + 1 + comments, second


def test_a_close_seen_costs_one_call_and_a_request_the_change_it_makes(
    desk: Desk, jira: FakeJira
) -> None:
    warm(desk, jira)
    refs = [desk.office.worked() for _ in range(2)]
    counted(desk, jira)
    behind(desk, jira, 1800)
    seen: list[Counter[str]] = []
    for ref in refs:
        desk.place.wang.comment(desk.key(ref), "已整改")
        desk.place.wang.close(desk.key(ref))
        seen.append(counted(desk, jira))
        assert desk.item(ref).state is State.CLOSURE_REQUESTED
        behind(desk, jira, 3600 * (1 + len(seen)))
    # Which statuses count as closed is asked for once, then it is known.
    first, second = seen
    assert first - second == {"GET /status": 1}
    # Who closed it, the read before the block is written, and the write.
    assert second.total() == 2 + 1 + 1 + 1, second


# -- at most once --------------------------------------------------------------------


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("lag", [0.0, 200.0])
def test_a_lost_answer_to_a_bulk_create_makes_no_second_issue(
    office: Office, jira: FakeJira, how: str, lag: float
) -> None:
    desk = lagging(office, jira, lag)
    count = 51 if how == "dropped after it was carried out" else 3
    refs = add_many(office, count)
    jira.faults({"method": "POST", "path": BULK, **LOST[how]})
    report = desk.sync(yes=True)
    assert len(report.waiting) in (1, 3, 50)
    assert report.counts["created"] + len(report.waiting) == count
    carried_out = len(titles(jira)) == count
    report = desk.sync(yes=True)
    assert report.writes == 0
    # What the index does not know yet is waited for, not made again.
    assert bool(report.waiting) == (lag > 0 or not carried_out)
    jira.clock(ahead=lag + 30)
    report = desk.sync(yes=True)
    assert bool(report.waiting) == (not carried_out)
    assert report.writes == 0
    desk.quiet()
    desk.sync(yes=True)
    jira.clock(ahead=2 * lag + 60)
    desk.settle()
    assert titles(jira) == sorted(refs)


def test_a_bulk_create_that_comes_true_late_is_found_and_not_repeated(
    office: Office, jira: FakeJira
) -> None:
    desk = lagging(office, jira, 200.0)
    refs = add_many(office, 3)
    jira.faults({"method": "POST", "path": BULK, "do": "late"})
    assert len(desk.sync().waiting) == 3
    assert jira.release() == [201]
    assert len(desk.sync().waiting) == 3
    jira.clock(ahead=230)
    assert desk.synced() == {"adopted": 3}
    assert titles(jira) == sorted(refs)
    desk.idle()


def test_settling_waits_for_the_index_whatever_the_options_say(
    office: Office, jira: FakeJira
) -> None:
    desk = lagging(office, jira, 290.0, quiet="0", overlap="0")
    refs = add_many(office, 2)
    jira.faults({"method": "POST", "path": BULK, "do": "drop", "after": True})
    desk.sync()
    office.later(minutes=4)
    report = desk.sync()
    assert len(report.waiting) == 2
    assert report.writes == 0
    (stands,) = status(office.ledger)
    assert stands.waiting == report.waiting
    jira.clock(ahead=295)
    assert desk.synced() == {"adopted": 2}
    assert titles(jira) == sorted(refs)


def test_an_edit_that_the_index_learns_late_is_not_missed(
    office: Office, jira: FakeJira
) -> None:
    desk = lagging(office, jira, 290.0, overlap="0")
    ref = office.assigned()
    desk.synced()
    jira.clock(ahead=400)
    desk.settle()
    desk.place.wang.comment(desk.key(ref), "迟到的进展")
    # Runs between the edit and its showing move the cursor on.
    for ahead in (500, 600, 680):
        jira.clock(ahead=ahead)
        assert desk.synced() == {}
    jira.clock(ahead=700)
    assert desk.synced()["notes"] == 1
    assert [note.text for note in desk.item(ref).notes] == ["迟到的进展"]


def test_what_the_index_learns_after_the_servers_clock_was_set_forward_is_read(
    office: Office, jira: FakeJira
) -> None:
    desk, now = lagging(office, jira, 290.0), 1_800_000_000

    def run_after(minutes: int, *, wrong: int = 0) -> dict[str, int]:
        nonlocal now
        now += 60 * minutes
        jira.clock(frozen=now, wrong=wrong)
        office.later(minutes=minutes - 1)  # to which a run adds one
        return desk.synced()

    ref = office.assigned()
    run_after(1)
    run_after(20)
    assert run_after(20) == {}
    desk.place.wang.comment(desk.key(ref), "已开班")
    # Its time is that of the clock as it was; the index shows it only later.
    assert run_after(1, wrong=600) == {}
    assert run_after(2, wrong=600) == {}
    assert run_after(2, wrong=600)["notes"] == 1
    assert run_after(20, wrong=600) == {}
    desk.idle()


def test_an_edit_that_the_index_does_not_show_yet_is_not_overwritten_unseen(
    office: Office, jira: FakeJira
) -> None:
    desk = lagging(office, jira, 200.0)
    ref = office.assigned()
    desk.synced()
    jira.clock(ahead=300)
    desk.settle()
    desk.place.wang.retitle(desk.key(ref), "他们的标题")
    office.act("amend", ref, LI, field="title", value="我们的标题", reason="更正")
    desk.synced()
    assert desk.issue(ref).title.endswith("我们的标题")
    assert [one.theirs for one in conflicts.listed(office.ledger)] == ["他们的标题"]


def test_what_the_index_shows_from_before_a_write_of_ours_is_nobodys_edit(
    office: Office, jira: FakeJira
) -> None:
    desk = lagging(office, jira, 200.0)
    ref = office.worked()
    desk.synced()
    jira.clock(ahead=300)
    desk.settle()
    jira.clock(ahead=310)
    office.act("amend", ref, LI, field="title", value="更正的标题", reason="更正")
    office.request(ref)
    desk.synced()
    jira.clock(ahead=320)
    assert desk.synced() == {}
    assert conflicts.listed(office.ledger, settled=True) == []
    jira.clock(ahead=900)
    desk.idle()
    assert desk.issue(ref).title == f"{ref} 更正的标题"


def test_what_the_index_shows_from_before_the_servers_clock_was_set_back_is_no_edit(
    office: Office, jira: FakeJira
) -> None:
    desk, noon = lagging(office, jira, 200.0), 1_800_000_000
    jira.clock(frozen=noon, wrong=7200)
    ref = office.started()
    desk.synced()
    for minutes in (20, 40, 60):  # from here on it goes right
        jira.clock(frozen=noon + 60 * minutes)
        office.later(minutes=19)
        desk.settle()
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    desk.synced()
    jira.clock(frozen=noon + 3660)
    assert desk.synced() == {}
    assert desk.item(ref).measures[0].done is not None


def test_what_nobody_had_read_before_the_clock_was_set_back_is_no_edit_either(
    office: Office, jira: FakeJira
) -> None:
    desk, noon = lagging(office, jira, 200.0), 1_800_000_000
    jira.clock(frozen=noon, wrong=600)
    ref = office.started()
    desk.synced()
    jira.clock(frozen=noon + 300, wrong=600)
    office.later(minutes=4)
    desk.settle()
    desk.place.wang.comment(desk.key(ref), "已开班")
    jira.clock(frozen=noon + 360)  # from here on it goes right
    office.act("amend", ref, LI, field="title", value="更正的标题", reason="更正")
    desk.synced()
    jira.clock(frozen=noon + 510)
    office.later(minutes=2)
    assert desk.synced()["notes"] == 1
    assert conflicts.listed(office.ledger, settled=True) == []
    assert desk.issue(ref).title == f"{ref} 更正的标题"


def test_an_issue_that_only_the_index_still_shows_is_not_adopted(
    office: Office, jira: FakeJira
) -> None:
    desk = lagging(office, jira, 200.0)
    ref = office.assigned()
    desk.synced()
    jira.clock(ahead=300)
    desk.settle()
    old = desk.key(ref)
    assert desk.place.owner is not None
    desk.place.owner.delete(old)
    linking.relink(
        office.ledger, ref, office.who(LI), tracker="t", connect=desk.connect
    )
    assert desk.synced() == {"created": 1}
    assert desk.key(ref) != old
    jira.clock(ahead=900)
    desk.settle()
    assert titles(jira) == [ref]


def test_one_refused_item_of_a_bulk_create_does_not_touch_the_others(
    desk: Desk, jira: FakeJira
) -> None:
    desk.know(SUN, "ghost")
    others = add_many(desk.office, 3)
    ref = desk.office.assigned(owner=SUN)
    report = desk.sync()
    assert done(report)["created"] == 3
    (left,) = report.left
    assert left.ref == ref
    assert "ghost" in str(left.error)
    assert titles(jira) == sorted(others)
    assert report.waiting == ()


def test_a_project_that_demands_a_field_says_which_and_creates_nothing(
    office: Office, jira: FakeJira
) -> None:
    place = jira_place(jira)
    desk = Desk.set_up(office, place)
    add_many(office, 2)
    jira.faults(
        {
            "method": "POST",
            "path": BULK,
            "do": "answer",
            "status": 400,
            "headers": {"Content-Type": "application/json"},
            "body": '{"errorMessages":[],"errors":{"customfield_1":"来源 is required."}}',
        }
    )
    report = desk.sync()
    assert [left.ref for left in report.left] == sorted(
        left.ref for left in report.left
    )
    assert all("来源 is required." in str(left.error) for left in report.left)
    assert titles(jira) == []
    assert desk.synced() == {"created": 2}


# -- a whole life ----------------------------------------------------------------------


def test_a_whole_life_goes_through_jira(desk: Desk, jira: FakeJira) -> None:
    office = desk.office
    ref = office.assigned()
    assert desk.synced() == {"created": 1}
    desk.finish_work(ref)
    assert desk.synced()["requested"] == 1
    office.act(
        "return", ref, CHEN, opinion="证据不足", requirement="补充全部培训照片和签到表"
    )
    assert desk.synced()["reopened"] == 1
    assert "补充全部培训照片和签到表" in desk.comments(desk.key(ref))[-1]
    desk.idle()
    desk.place.wang.comment_with_file(
        desk.key(ref), "照片和签到表已补充", "照片.jpg", b"2"
    )
    desk.place.wang.close(desk.key(ref))
    assert desk.synced()["requested"] == 1
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref)
    office.act("close", ref, "钱进", opinion="同意销号")
    desk.synced()
    assert desk.item(ref).state is State.CLOSED
    assert desk.issue(ref).closed
    assert "同意销号" in desk.comments(desk.key(ref))[-1]
    desk.idle()
    assert len(titles(jira)) == 1
