"""The numbers of status and weekly, against the definitions they are printed with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.figures import Names, beside, status, weekly
from ledger.figures.values import Light, Rate, Status, Tally, light
from ledger.figures.week import Weekly
from ledger.item import (
    OPEN,
    REQUESTED,
    SET_ASIDE,
    Item,
    Kind,
    Measure,
    Rectification,
    State,
)
from tests.ledger.siping import NOW, siping
from tests.ledger.written import Written

DAY = timedelta(days=1)
TODAY = date(2024, 6, 7)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Written]:
    written = Written(tmp_path / "ledger", date(2024, 1, 2))
    written.happen("unit.add", {"id": "u2", "name": "市司法局"})
    written.happen("unit.add", {"id": "u3", "name": "市政数局"})
    written.happen(
        "person.add", {"id": "p2", "name": "孙丽", "unit": "u2", "roles": ["unit-head"]}
    )
    written.happen(
        "person.add", {"id": "p3", "name": "赵敏", "unit": "u1", "roles": ["approver"]}
    )
    yield written
    written.store.close()


def _status(book: Written, now: datetime = NOW) -> Status:
    return status(book.store, Names.of(book.store), now=now)


def _weekly(book: Written, now: datetime = NOW) -> Weekly:
    return weekly(book.store, Names.of(book.store), now=now)


def _working(book: Written, item: str, number: int, due: date, **more: object) -> None:
    book.register(item, number, f"问题{number}")
    book.assign(item, "u2", due, **more)  # type: ignore[arg-type]  # the event's own data
    book.start(item, "p2")


def _finished(book: Written, item: str, number: int, due: date, on: date) -> None:
    """An item whose closure was requested and granted on the day ``on``."""
    _working(book, item, number, due)
    before, book.day = book.day, on
    book.request(item, "p2")
    book.review(item)
    book.verify(item)
    book.close(item, "p3")
    book.day = before


class TestRates:
    def test_the_sample_has_one_of_four_closed_and_two_of_four_completed(
        self, tmp_path: Path
    ) -> None:
        written = siping(tmp_path / "ledger")
        found = _status(written).findings
        written.store.close()
        assert found.closure == Rate(1, 4)
        assert found.completion == Rate(2, 4)
        assert found.on_time == Rate(0, 1)
        assert (found.overdue, found.soon, found.waiting) == (1, 1, 1)

    def test_void_and_transferred_items_are_counted_beside(self, book: Written) -> None:
        for number, state in enumerate(("void", "transferred", "registered"), 1):
            item = f"F{number}"
            book.register(item, number, "问题")
            if state != "registered":
                command = {"void": "void.grant", "transferred": "transfer.grant"}
                book.happen(command[state], {"to": state}, item=item)
        found = _status(book).findings
        assert (found.total, found.void, found.transferred) == (1, 1, 1)
        assert found.closure == Rate(0, 1)
        assert _weekly(book).set_aside == {
            "void": ("R-2023-001",),
            "transferred": ("R-2023-002",),
        }

    def test_nothing_due_yet_has_no_on_time_rate(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY + DAY)
        found = _status(book).findings
        assert found.on_time == Rate(0, 0)
        assert found.on_time.value is None
        assert _status(book).kinds["finding"].closure.value == 0

    def test_what_is_due_today_counts_as_due(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY)
        _finished(book, "F2", 2, TODAY, TODAY)
        assert _status(book).findings.on_time == Rate(1, 2)

    def test_rectified_on_the_due_day_is_on_time_and_a_day_later_is_not(
        self, book: Written
    ) -> None:
        due = TODAY - 10 * DAY
        _finished(book, "F1", 1, due, due)
        _finished(book, "F2", 2, due, due + DAY)
        assert _status(book).findings.on_time == Rate(1, 2)

    def test_an_extension_helps_only_by_the_current_due_date(
        self, book: Written
    ) -> None:
        _working(book, "F1", 1, TODAY - 20 * DAY)
        later = {"due": (TODAY - 2 * DAY).isoformat(), "reason": "批复未到"}
        book.day = TODAY - 25 * DAY
        book.happen("extend.request", later, item="F1", actor="p2")
        book.happen("extend.grant", {}, item="F1", actor="p3")
        book.day = TODAY - 5 * DAY
        book.request("F1", "p2")
        found = _status(book).findings
        assert found.on_time == Rate(1, 1)
        assert found.on_time_original == Rate(0, 1)

    def test_long_term_work_is_counted_apart_until_it_requests_closure(
        self, book: Written
    ) -> None:
        _working(book, "F1", 1, TODAY - DAY, kind="ongoing")
        _working(book, "F2", 2, TODAY - DAY)
        found = _status(book).findings
        assert (found.ongoing, found.total) == (1, 2)
        assert found.completion == Rate(0, 1)
        assert found.on_time == Rate(0, 1)
        assert found.closure == Rate(0, 2)
        book.day = TODAY - 2 * DAY
        book.request("F1", "p2")
        found = _status(book).findings
        assert (found.ongoing, found.completion) == (0, Rate(1, 2))

    def test_findings_are_the_headline_and_plans_stand_beside(
        self, book: Written
    ) -> None:
        book.register("F1", 1, "问题")
        book.register("W1", 2, "安排", kind="plan")
        book.register("M1", 3, "其他", kind="manual")
        told = _status(book)
        assert told.findings.total == 1
        assert {kind: t.total for kind, t in told.kinds.items()} == {
            "finding": 1,
            "plan": 1,
            "manual": 1,
        }
        assert told.everything.total == 3


class TestLights:
    @pytest.mark.parametrize(
        ("left", "expected"),
        [
            (-1, Light.RED),
            (0, Light.YELLOW),
            (7, Light.YELLOW),
            (8, Light.GREEN),
        ],
    )
    def test_a_light_turns_yellow_a_week_before_and_red_the_day_after(
        self, left: int, expected: Light
    ) -> None:
        assert light(TODAY + left * DAY, None, TODAY, 7 * DAY) is expected

    def test_a_measure_past_its_day_is_yellow_however_far_the_due_date(self) -> None:
        far = TODAY + 90 * DAY
        assert light(far, TODAY - DAY, TODAY, 7 * DAY) is Light.YELLOW
        assert light(far, TODAY, TODAY, 7 * DAY) is Light.GREEN
        assert light(None, None, TODAY, 7 * DAY) is None

    def test_a_requested_item_is_no_longer_overdue(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY - 9 * DAY)
        assert _status(book).findings.overdue == 1
        book.day = TODAY - 3 * DAY
        book.request("F1", "p2")
        found = _status(book).findings
        assert (found.overdue, found.waiting) == (0, 1)
        assert found.on_time == Rate(0, 1)

    def test_ongoing_work_is_overdue_past_its_review_date(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY + 90 * DAY)
        asked = {
            "reason": "长期任务",
            "stage_goal": "完成第一阶段",
            "review_on": (TODAY - 4 * DAY).isoformat(),
            "due": (TODAY + 300 * DAY).isoformat(),
        }
        book.happen("ongoing.request", asked, item="F1", actor="p2")
        book.happen("ongoing.grant", {"to": "ongoing"}, item="F1", actor="p3")
        (line,) = _status(book).lines
        assert (line.days, line.light) == (-4, Light.RED)

    def test_the_rule_says_how_long_before_is_soon(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY + 12 * DAY)
        assert _status(book).findings.soon == 0
        book.happen("rules.set", {"key": "due-soon", "value": "14", "reason": "试行"})
        told = _status(book)
        assert (told.findings.soon, told.soon_days) == (1, 14)

    def test_the_day_begins_in_the_ledgers_zone(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY)
        late = datetime(2024, 6, 7, 15, 59, tzinfo=UTC)
        assert _status(book, late).findings.overdue == 0
        assert _status(book, late + timedelta(minutes=1)).findings.overdue == 1


class TestAttention:
    def test_each_sort_of_trouble_gets_its_share_of_ten_lines(
        self, book: Written
    ) -> None:
        for number in range(1, 13):
            _working(book, f"A{number}", number, TODAY - number * DAY)
        for number in range(13, 16):
            _working(book, f"B{number}", number, TODAY + (number - 12) * DAY)
        book.day = TODAY - 5 * DAY
        _working(book, "C16", 16, TODAY + 60 * DAY)
        book.request("C16", "p2")
        book.register("D17", 17, "未交办")
        told = _status(book)
        assert [line.ref[-3:] for line in told.lines] == [
            *("012", "011", "010", "009", "008", "007"),
            *("013", "014"),
            "016",
            "017",
        ]
        assert told.needing == 12 + 3 + 1 + 1
        assert told.attention

    def test_waiting_longer_than_soon_needs_attention(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY + 60 * DAY)
        book.day = TODAY - 7 * DAY
        book.request("F1", "p2")
        assert not _status(book).attention
        told = _status(book, NOW + DAY)
        assert (told.waiting_long, told.attention) == (1, True)
        assert told.lines[0].waiting == 8

    def test_a_problem_is_uncovered_until_a_plan_answers_it(
        self, book: Written
    ) -> None:
        book.register("F1", 1, "甲")
        book.register("F2", 2, "乙")
        assert _weekly(book).uncovered_count is None
        assert not any(line.uncovered for line in _status(book).lines)
        links = [{"relation": "answers", "item": "F1"}]
        book.register("W1", 3, "安排", kind="plan", links=links)
        told = _weekly(book)
        assert told.uncovered_count == 1
        assert [line.ref for line in told.uncovered] == ["R-2023-002"]
        marked = {line.ref: line.uncovered for line in _status(book).lines}
        assert marked == {"R-2023-001": False, "R-2023-002": True}

    def test_a_void_plan_answers_nothing(self, book: Written) -> None:
        book.register("F1", 1, "甲")
        links = [{"relation": "answers", "item": "F1"}]
        book.register("W1", 2, "安排", kind="plan", links=links)
        assert _weekly(book).uncovered_count == 0
        book.happen("void.grant", {"to": "void"}, item="W1")
        assert _weekly(book).uncovered_count == 1

    def test_ties_are_told_from_both_ends(self, book: Written) -> None:
        book.register("F1", 1, "甲")
        links = [{"relation": "answers", "item": "F1"}]
        book.register("W1", 2, "安排", kind="plan", links=links)
        (tie,) = beside(book.store, "F1").ties
        assert (tie.relation, tie.outgoing, tie.ref) == ("answers", False, "R-2023-002")
        (tie,) = beside(book.store, "W1").ties
        assert (tie.outgoing, tie.ref) == (True, "R-2023-001")


class TestUnits:
    def test_items_count_for_the_unit_that_theirs_was_merged_into(
        self, book: Written
    ) -> None:
        _working(book, "F1", 1, TODAY - DAY)
        book.happen("unit.merge", {"id": "u2", "into": "u3"})
        (unit,) = _status(book).units
        assert (unit.name, unit.tally.overdue) == ("市政数局", 1)

    def test_the_most_overdue_is_first_and_then_the_lowest_rate(
        self, book: Written
    ) -> None:
        names = ("甲局", "乙局", "丙局")
        for number, name in enumerate(names, 4):
            book.happen("unit.add", {"id": f"u{number}", "name": name})
        for number, (unit, due) in enumerate(
            (("u4", 30), ("u5", -3), ("u6", 40), ("u6", 41)), 1
        ):
            book.register(f"F{number}", number, "问题")
            book.assign(f"F{number}", unit, TODAY + due * DAY)
        book.register("F9", 9, "未交办")
        book.day = TODAY - 2 * DAY
        book.start("F4", "p2")
        book.request("F4", "p2")
        book.review("F4")
        book.verify("F4")
        book.close("F4", "p3")
        ranked = _weekly(book).ranked
        assert [unit.name for unit in ranked] == ["乙局", "甲局", "丙局", ""]
        assert ranked[2].tally.closure == Rate(1, 2)

    def test_idle_is_since_the_longest_unmoved_open_item(self, book: Written) -> None:
        book.day = TODAY - 40 * DAY
        _working(book, "F1", 1, TODAY + DAY)
        book.day = TODAY - 3 * DAY
        _working(book, "F2", 2, TODAY + DAY)
        (unit,) = _status(book).units
        assert unit.idle == 40


class TestWeek:
    def test_movements_are_those_of_the_week_beside_the_week_before(
        self, book: Written
    ) -> None:
        monday = date(2024, 6, 3)
        book.day = monday - DAY
        book.register("F1", 1, "上周日")
        book.day = monday
        book.register("F2", 2, "周一")
        book.register("W1", 3, "安排", kind="plan")
        told = {movement.name: movement for movement in _weekly(book).movements}
        new = told["new"]
        assert (new.now, new.before, new.findings, new.findings_before) == (2, 1, 1, 1)

    def test_a_week_begins_at_midnight_of_the_ledgers_zone(self, book: Written) -> None:
        book.day = date(2024, 6, 3)
        book.register("F1", 1, "问题")
        # Sunday, a minute before midnight in China, of the week that follows.
        sunday = datetime(2024, 6, 9, 15, 59, tzinfo=UTC)
        assert _weekly(book, sunday).movements[0].now == 1
        assert _weekly(book, sunday + timedelta(minutes=1)).movements[0].now == 0
        assert _weekly(book, sunday + timedelta(minutes=1)).movements[0].before == 1

    def test_an_item_returned_twice_was_returned_twice(self, book: Written) -> None:
        _working(book, "F1", 1, TODAY + DAY)
        book.day = TODAY - 2 * DAY
        for _round in range(2):
            book.request("F1", "p2")
            sent = {"opinion": "不足", "requirement": "请补充材料", "to": "in_progress"}
            book.happen("return", sent, item="F1")
        told = {movement.name: movement.now for movement in _weekly(book).movements}
        assert (told["requested"], told["returned"]) == (2, 2)

    def test_a_closing_names_its_people_and_one_account_when_all_used_it(
        self, book: Written
    ) -> None:
        _finished(book, "F1", 1, TODAY, TODAY - DAY)
        _working(book, "F2", 2, TODAY)
        book.day = TODAY - DAY
        book.account = "sunli"
        book.request("F2", "p2")
        book.account = "liming"
        book.review("F2")
        book.verify("F2")
        book.close("F2", "p3")
        one, other = _weekly(book).closings
        assert one.people == ("孙丽", "李明", "赵敏")
        assert one.account == "liming"
        assert other.account is None

    def test_a_closing_is_judged_by_its_own_round(self, book: Written) -> None:
        _finished(book, "F1", 1, TODAY, TODAY - 2 * DAY)
        book.day = TODAY - DAY
        book.account = "elsewhere"
        again = {"cause": "sham", "opinion": "反弹", "due": "2024-08-01"}
        book.happen("reopen", {**again, "to": "in_progress"}, item="F1")
        book.request("F1", "p2")
        (closing,) = _weekly(book).closings
        assert closing.account == "liming"

    def test_what_is_due_is_counted_for_a_week_a_fortnight_and_a_month(
        self, book: Written
    ) -> None:
        for number, left in enumerate((0, 7, 8, 15, 16, 30, 31, -1), 1):
            _working(book, f"F{number}", number, TODAY + left * DAY)
        told = _weekly(book)
        assert told.due_counts == {7: 2, 15: 4, 30: 6}
        assert [line.days for line in told.due] == [0, 7, 8, 15, 16, 30]
        assert [line.days for line in told.overdue] == [-1]

    def test_lists_are_cut_and_numbers_are_not(self, book: Written) -> None:
        for number in range(1, 8):
            _working(book, f"F{number}", number, TODAY - number * DAY)
        told = weekly(book.store, Names.of(book.store), now=NOW, most=3)
        assert [line.days for line in told.overdue] == [-7, -6, -5]
        assert told.status.everything.overdue == 7


def _plain(items: list[Item], today: date, soon: timedelta) -> Tally:
    """The definitions once more, item by item and without SQL."""
    counted = [item for item in items if item.state not in SET_ASIDE]
    long_term = [
        item
        for item in counted
        if (item.state is State.ONGOING or item.rectification is Rectification.ONGOING)
        and item.state not in REQUESTED | {State.CLOSED}
    ]
    dated = [item for item in counted if item not in long_term]
    closed = [item for item in items if item.state is State.CLOSED]
    asked = [item for item in items if item.state in REQUESTED]
    due = [item for item in dated if item.due and item.due <= today]
    first = [i for i in dated if i.original_due and i.original_due <= today]
    lights = [light(i.bound, i.milestone, today, soon) for i in items]
    near = [i for i in items if i.bound and today <= i.bound <= today + soon]
    states = [state.value for state in State]
    return Tally(
        states={
            state: count
            for state in states
            if (count := sum(item.state.value == state for item in items))
        },
        total=len(counted),
        open=sum(item.state in OPEN for item in items),
        closed=len(closed),
        ongoing=len(long_term),
        waiting=len(asked),
        unassigned=sum(item.state is State.REGISTERED for item in items),
        overdue=lights.count(Light.RED),
        soon=len(near),
        missed=lights.count(Light.YELLOW) - len(near),
        on_track=lights.count(Light.GREEN),
        transferred=sum(item.state is State.TRANSFERRED for item in items),
        void=sum(item.state is State.VOID for item in items),
        closure=Rate(len(closed), len(counted)),
        completion=Rate(len(asked) + len(closed), len(dated)),
        on_time=Rate(
            sum(
                i.rectified_on is not None
                and i.due is not None
                and i.rectified_on <= i.due
                for i in due
            ),
            len(due),
        ),
        on_time_original=Rate(
            sum(
                i.rectified_on is not None
                and i.original_due is not None
                and i.rectified_on <= i.original_due
                for i in first
            ),
            len(first),
        ),
    )


_DAYS = st.none() | st.integers(-40, 40).map(lambda left: TODAY + left * DAY)
_ITEMS = st.lists(
    st.builds(
        Item,
        id=st.just(""),
        ref=st.just(""),
        kind=st.sampled_from(Kind),
        title=st.just("问题"),
        text=st.just("问题。"),
        registered_on=st.just(date(2024, 1, 2)),
        state=st.sampled_from(State),
        rectification=st.none() | st.sampled_from(Rectification),
        responsible=st.sampled_from([(), ("u2",), ("u3",)]),
        due=_DAYS,
        original_due=_DAYS,
        review_on=_DAYS,
        rectified_on=_DAYS,
        measures=st.lists(
            st.builds(
                Measure, number=st.just(1), text=st.just("培训"), due=_DAYS, done=_DAYS
            ),
            max_size=2,
        ).map(tuple),
        moved=st.just("2024-05-01T01:00:00.000000Z"),
    ),
    max_size=12,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(items=_ITEMS)
def test_sql_counts_what_the_definitions_say(book: Written, items: list[Item]) -> None:
    from dataclasses import replace

    named = [
        replace(item, id=f"I{n}", ref=f"R-2023-{n}", year=2023, number=n)
        for n, item in enumerate(items, 1)
    ]
    with book.store.write():
        book.store.connection.execute("DELETE FROM items")
        book.store.connection.execute("DELETE FROM parts")
        book.store.items.insert(named)
    told = _status(book)
    soon = timedelta(days=7)
    assert told.everything == _plain(named, TODAY, soon)
    findings = [item for item in named if item.kind is Kind.FINDING]
    assert told.findings == _plain(findings, TODAY, soon)
    by_unit = {unit.id: unit.tally for unit in told.units}
    for unit in (None, "u2", "u3"):
        own = [item for item in named if item.unit == unit]
        if any(item.state not in SET_ASIDE for item in own):
            assert by_unit[unit] == _plain(own, TODAY, soon)
