"""Counting rules and test vectors of DOMAIN §4 and §5."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.workdays import (
    CalendarProblem,
    Count,
    Day,
    HolidayNotice,
    calendar,
    published,
    settled_by,
)

CALENDAR = published()
FIRST, LAST = min(CALENDAR.years), max(CALENDAR.years)
ONE = timedelta(days=1)

known_days = st.dates(date(FIRST, 1, 1), date(LAST, 12, 31))
any_days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def iso(text: str) -> date:
    return date.fromisoformat(text)


def notice(
    year: int,
    rest: tuple[str, ...] = (),
    work: tuple[str, ...] = (),
    *,
    amends: bool = False,
    name: str = "notice.toml",
) -> HolidayNotice:
    return HolidayNotice(
        year=year,
        source="a notice",
        rest=frozenset(map(iso, rest)),
        work=frozenset(map(iso, work)),
        name=name,
        amends=amends,
    )


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2024-02-06", 20, "2024-03-11"),
        ("2024-09-27", 7, "2024-10-12"),
        ("2024-04-26", 5, "2024-05-07"),
        ("2025-01-24", 15, "2025-02-20"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2026-02-12", 7, "2026-02-28"),
        ("2026-09-18", 15, "2026-10-15"),
    ],
)
def test_working_days_skip_holidays_and_count_make_up_days(
    start: str, n: int, end: str
) -> None:
    assert CALENDAR.add_working_days(iso(start), n) == Day(iso(end))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2024-08-02", 60, "2024-10-08"),
        ("2024-07-03", 90, "2024-10-08"),
        ("2025-04-02", 30, "2025-05-06"),
        ("2025-12-29", 5, "2026-01-04"),
        ("2026-01-30", 15, "2026-02-14"),
    ],
)
def test_calendar_days_roll_from_a_rest_day_to_the_next_working_day(
    start: str, n: int, end: str
) -> None:
    assert CALENDAR.add_calendar_days(iso(start), n) == Day(iso(end))


def test_calendar_days_stay_on_a_rest_day_when_they_do_not_roll() -> None:
    assert CALENDAR.add_calendar_days(iso("2024-08-02"), 60, roll=False) == Day(
        iso("2024-10-01")
    )


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-01-31", 1, "2026-02-28"),  # no 31st: month end, a make-up Saturday
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2026-06-15", 2, "2026-08-17"),  # the 15th is a Saturday
        ("2026-08-01", 2, "2026-10-08"),  # into the national holiday
        ("2023-03-07", 12, "2024-03-07"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_month_end(
    start: str, n: int, end: str
) -> None:
    assert CALENDAR.add_months(iso(start), n) == Day(iso(end))


def test_months_do_not_roll_when_told_so() -> None:
    assert CALENDAR.add_months(iso("2026-06-15"), 2, roll=False) == Day(
        iso("2026-08-15")
    )


@pytest.mark.parametrize(
    ("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)]
)
def test_a_year_has_its_known_number_of_working_days(year: int, days: int) -> None:
    before, last = date(year - 1, 12, 31), date(year, 12, 31)
    assert CALENDAR.working_days_between(before, last).days == days


def test_every_day_of_the_known_years_is_judged_as_the_package_judges_it() -> None:
    day, last = date(FIRST, 1, 1), date(LAST, 12, 31)
    while day <= last:
        assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day), day
        day += ONE


def test_no_published_notice_reaches_further_back_than_the_turn_of_the_year() -> None:
    """The days called settled by their own year's notice really were."""
    for day in set(chinese_calendar.holidays) | set(chinese_calendar.workdays):
        if day.month == 12:
            assert settled_by(day) == day.year + 1, day


class TestBeyondTheKnownYears:
    def test_monday_to_friday_count_and_the_missing_year_is_named(self) -> None:
        start = date(LAST + 2, 9, 27)
        end = CALENDAR.add_working_days(start, 10)
        assert end.date == start + timedelta(
            days=14
        )  # ten weekdays, no holiday guessed
        assert end.missing == (LAST + 2,)
        assert end.provisional

    def test_a_period_over_several_unknown_years_names_each(self) -> None:
        end = CALENDAR.add_working_days(date(LAST + 1, 12, 1), 50)
        assert end.missing == (LAST + 1, LAST + 2)

    def test_a_period_that_ends_in_a_known_year_is_final(self) -> None:
        assert not CALENDAR.add_working_days(date(LAST, 6, 1), 20).provisional

    def test_years_before_the_first_notice_are_provisional_too(self) -> None:
        assert CALENDAR.add_working_days(date(FIRST - 2, 5, 1), 1).missing == (
            FIRST - 2,
        )

    def test_an_unrolled_calendar_day_is_never_provisional(self) -> None:
        end = CALENDAR.add_calendar_days(date(LAST + 5, 1, 1), 30, roll=False)
        assert not end.provisional

    def test_rolling_out_of_the_last_known_year_is_provisional(self) -> None:
        assert CALENDAR.add_calendar_days(date(LAST, 12, 1), 40).missing == (LAST + 1,)

    def test_the_last_days_of_december_wait_for_the_next_notice(self) -> None:
        """As in 2018: 29 December was worked and 31 December was off."""
        assert CALENDAR.add_calendar_days(date(LAST, 12, 1), 30).missing == (LAST + 1,)
        assert CALENDAR.missing_for(date(LAST, 12, 28)) == ()
        assert CALENDAR.missing_for(date(LAST - 1, 12, 31)) == ()

    def test_a_count_over_an_unknown_year_is_provisional(self) -> None:
        count = CALENDAR.working_days_between(date(LAST, 12, 25), date(LAST + 1, 1, 8))
        assert count.provisional
        assert count.missing == (LAST + 1,)


class TestNotices:
    NEXT = notice(
        LAST + 1,
        rest=(f"{LAST}-12-31", f"{LAST + 1}-01-01"),
        work=(),
    )

    def test_a_notice_makes_its_year_known(self) -> None:
        known = calendar([self.NEXT])
        new_year = date(LAST + 1, 1, 1)
        assert known.missing_for(new_year) == ()
        assert not known.is_working_day(new_year)
        assert CALENDAR.missing_for(new_year) == (LAST + 1,)

    def test_a_notice_settles_the_last_days_of_the_december_before(self) -> None:
        known = calendar([self.NEXT])
        assert CALENDAR.is_working_day(date(LAST, 12, 31)) is (
            date(LAST, 12, 31).weekday() < 5
        )
        assert not known.is_working_day(date(LAST, 12, 31))
        assert not known.add_working_days(date(LAST, 12, 28), 2).provisional

    def test_a_notice_that_repeats_a_known_year_changes_nothing(self) -> None:
        same = HolidayNotice(
            year=2024,
            source="again",
            rest=frozenset(day for day in CALENDAR.rest if settled_by(day) == 2024),
            work=frozenset(day for day in CALENDAR.work if settled_by(day) == 2024),
            name="2024.toml",
        )
        assert calendar([same]) == CALENDAR

    def test_a_notice_that_contradicts_a_known_year_is_refused_with_the_days(
        self,
    ) -> None:
        with pytest.raises(CalendarProblem) as refused:
            calendar([notice(2024, rest=("2024-01-01",), name="mine.toml")])
        what, why, todo = refused.value.parts()
        assert "mine.toml" in what
        assert "2024" in what
        assert "2024-02-04" in why
        assert why.endswith(" ….")
        assert "amends = true" in todo
        assert refused.value.exit_code == 2

    def test_an_amending_notice_replaces_the_known_year_and_no_other(self) -> None:
        amended = calendar([notice(2024, rest=("2024-06-03",), amends=True)])
        assert not amended.is_working_day(iso("2024-06-03"))
        assert amended.is_working_day(iso("2024-01-01"))  # no longer listed
        assert not amended.is_working_day(iso("2024-02-04"))  # a Sunday again
        assert not amended.is_working_day(iso("2025-01-01"))
        assert amended.years == CALENDAR.years

    def test_two_notices_of_one_year_are_refused(self) -> None:
        with pytest.raises(CalendarProblem, match=r"a\.toml and b\.toml"):
            calendar([notice(LAST + 1, name="a.toml"), notice(LAST + 1, name="b.toml")])


def test_a_negative_period_is_a_mistake_of_the_caller() -> None:
    for add in (
        CALENDAR.add_working_days,
        CALENDAR.add_calendar_days,
        CALENDAR.add_months,
    ):
        with pytest.raises(ValueError, match="-1"):
            add(date(2024, 1, 1), -1)


def test_zero_working_days_after_a_rest_day_is_the_next_working_day() -> None:
    assert CALENDAR.add_working_days(iso("2024-10-01"), 0).date == iso("2024-10-08")
    assert CALENDAR.add_working_days(iso("2024-10-12"), 0).date == iso("2024-10-12")


@given(any_days, st.integers(1, 400))
def test_counting_undoes_adding_working_days(start: date, n: int) -> None:
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.working_days_between(start, end.date) == Count(n, end.missing)
    assert CALENDAR.working_days_between(end.date, start) == Count(-n, end.missing)


@given(any_days, st.integers(0, 60), st.integers(0, 60))
def test_more_working_days_and_a_later_start_never_end_earlier(
    start: date, n: int, later: int
) -> None:
    end = CALENDAR.add_working_days(start, n).date
    assert CALENDAR.add_working_days(start, n + 1).date > end or n == 0
    assert CALENDAR.add_working_days(start + timedelta(days=later), n).date >= end


@given(any_days, st.integers(0, 800))
def test_a_rolled_end_is_a_working_day_not_before_the_unrolled_one(
    start: date, n: int
) -> None:
    for add in (CALENDAR.add_calendar_days, CALENDAR.add_months):
        rolled, plain = add(start, n % 120), add(start, n % 120, roll=False)
        assert CALENDAR.is_working_day(rolled.date)
        # nothing between the two is worked: it rolled no further than it had to
        assert CALENDAR.working_days_between(plain.date - ONE, rolled.date).days == 1
    assert CALENDAR.is_working_day(CALENDAR.add_working_days(start, n).date)


@given(known_days, st.integers(1, 300))
def test_working_days_agree_with_the_package_in_every_known_year(
    start: date, n: int
) -> None:
    end = CALENDAR.add_working_days(start, n)
    assume(end.date.year <= LAST)
    assert len(chinese_calendar.get_workdays(start + ONE, end.date)) == n
    assert chinese_calendar.is_workday(end.date)


@given(any_days, st.integers(0, 120))
def test_months_land_in_the_right_month_and_never_beyond_the_start_day(
    start: date, n: int
) -> None:
    end = CALENDAR.add_months(start, n, roll=False).date
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end.day < start.day and (end + ONE).day == 1)


@given(any_days, st.integers(0, 300))
def test_the_missing_years_are_exactly_the_unknown_ones_that_were_looked_at(
    start: date, n: int
) -> None:
    end = CALENDAR.add_working_days(start, n)
    looked_at = [
        start + timedelta(days=offset)
        for offset in range(1, (end.date - start).days + 1)
    ]
    years = {day.year for day in looked_at} | {
        day.year + 1 for day in looked_at if day.month == 12 and day.day >= 29
    }
    unknown = {year for year in years if not FIRST <= year <= LAST}
    if n:
        assert set(end.missing) == unknown
    assert end.provisional is bool(end.missing)
