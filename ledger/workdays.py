"""Counting in calendar days, working days and months, as Chinese law counts.

* The first day is not counted (民法典 art. 201; 民诉法 art. 85).
* A last day that is a rest day moves to the next working day (民法典 art. 203).
* Months end on the corresponding day, or on the last day of a month that has none
  (民法典 art. 202).
* A weekend day that the yearly notice turns into a working day (调休) is a working
  day, for counting and for rolling.

Rest days come from the State Council's yearly notices: those that the package
``chinesecalendar`` holds, and those that a user adds (:mod:`ledger.holidays`).
Where no notice is known, Monday to Friday are taken as working days and the result
is *provisional* (暂定) and names the missing year. A holiday is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ledger.errors import N_, UsageProblem

_ONE = timedelta(days=1)
_SATURDAY = 5
# A notice reaches back over New Year: that of 2019 made 2018-12-29 a working day and
# 2018-12-31 a rest day. No notice since 2004 reached further back than 29 December.
_TURN_OF_YEAR = (12, 29)
# Six days of difference show what is wrong; a whole year would bury it.
_SHOWN = 6


class CalendarProblem(UsageProblem, ValueError):
    """A year's holiday notice cannot be used as it stands."""


@dataclass(frozen=True, slots=True)
class Day:
    """The last day of a period.

    ``missing`` names, in order, the years whose notice would have been needed.
    """

    date: date
    missing: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether a notice still to come may move the day."""
        return bool(self.missing)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of working days; ``missing`` as in :class:`Day`."""

    days: int
    missing: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether a notice still to come may change the number."""
        return bool(self.missing)


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """One year's notice: ``rest`` are weekdays off, ``work`` weekend days worked.

    ``name`` is the file it came from, ``source`` the notice's title and number.
    With ``amends`` it may change a year that is known already.
    """

    year: int
    source: str
    rest: frozenset[date]
    work: frozenset[date]
    name: str
    amends: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days.

    ``rest`` holds the days from Monday to Friday that are off, ``work`` the weekend
    days that are worked, ``years`` the years whose notice is known.
    """

    rest: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is worked, as far as the notices are known."""
        if day.weekday() < _SATURDAY:
            return day not in self.rest
        return day in self.work

    def missing_for(self, day: date) -> tuple[int, ...]:
        """The years without whose notice ``day`` cannot be judged for good."""
        return tuple(
            year
            for year in sorted({day.year, settled_by(day)})
            if year not in self.years
        )

    def add_working_days(self, start: date, n: int) -> Day:
        """The ``n``-th working day after ``start``; for 0 ``start`` itself, rolled.

        Raises:
            ValueError: ``n`` is negative.
        """
        if _counted(n) == 0:
            return self._roll(start)
        missing: set[int] = set()
        day = start
        while n:
            day += _ONE
            missing.update(self.missing_for(day))
            n -= self.is_working_day(day)
        return Day(day, tuple(sorted(missing)))

    def add_calendar_days(self, start: date, n: int, *, roll: bool = True) -> Day:
        """The ``n``-th day after ``start``, rolled forward from a rest day.

        Raises:
            ValueError: ``n`` is negative.
        """
        end = start + timedelta(days=_counted(n))
        return self._roll(end) if roll else Day(end)

    def add_months(self, start: date, n: int, *, roll: bool = True) -> Day:
        """The corresponding day ``n`` months after ``start``, or that month's end.

        Raises:
            ValueError: ``n`` is negative.
        """
        from dateutil.relativedelta import relativedelta

        end = start + relativedelta(months=_counted(n))
        return self._roll(end) if roll else Day(end)

    def working_days_between(self, start: date, end: date) -> Count:
        """The working days after ``start`` up to and with ``end``.

        Negative when ``end`` lies before ``start``. It undoes
        :meth:`add_working_days`.
        """
        first, last = min(start, end), max(start, end)
        missing: set[int] = set()
        days = 0
        day = first
        while day < last:
            day += _ONE
            missing.update(self.missing_for(day))
            days += self.is_working_day(day)
        return Count(days if start <= end else -days, tuple(sorted(missing)))

    def with_notice(self, notice: HolidayNotice) -> Calendar:
        """This calendar and one more year's notice.

        Raises:
            CalendarProblem: the year is known already and the notice differs from
                it without saying that it amends it.
        """
        known_rest = _settled(self.rest, notice.year)
        known_work = _settled(self.work, notice.year)
        if notice.year in self.years and not notice.amends:
            differing = sorted((known_rest ^ notice.rest) | (known_work ^ notice.work))
            if differing:
                raise CalendarProblem(
                    N_("The holiday notice of {year} in {name} is not used."),
                    N_("{year} is known already, and these days differ: {days}{more}."),
                    N_(
                        "Correct or remove the file; if a later notice changed the "
                        "year, write amends = true."
                    ),
                    year=notice.year,
                    name=notice.name,
                    days=", ".join(map(str, differing[:_SHOWN])),
                    more=" …" if len(differing) > _SHOWN else "",
                )
        return Calendar(
            rest=(self.rest - known_rest) | notice.rest,
            work=(self.work - known_work) | notice.work,
            years=self.years | {notice.year},
        )

    def _roll(self, day: date) -> Day:
        missing = set(self.missing_for(day))
        while not self.is_working_day(day):
            day += _ONE
            missing.update(self.missing_for(day))
        return Day(day, tuple(sorted(missing)))


def settled_by(day: date) -> int:
    """The year whose notice has the last word on ``day``: mostly its own."""
    return day.year + ((day.month, day.day) >= _TURN_OF_YEAR)


@cache
def published() -> Calendar:
    """The calendar of all notices that the installed ``chinesecalendar`` knows."""
    import chinese_calendar

    holidays = chinese_calendar.holidays
    return Calendar(
        rest=frozenset(day for day in holidays if day.weekday() < _SATURDAY),
        work=frozenset(chinese_calendar.workdays),
        years=frozenset(day.year for day in holidays),
    )


def calendar(notices: Iterable[HolidayNotice] = ()) -> Calendar:
    """The published calendar, and what the user's files add to it.

    Raises:
        CalendarProblem: two notices speak of one year, or one differs from the
            published year without amending it.
    """
    result = published()
    names: dict[int, str] = {}
    for notice in notices:
        if notice.year in names:
            raise CalendarProblem(
                N_("There are two holiday notices of {year}: {first} and {second}."),
                N_("Only one may speak of a year."),
                N_("Remove one of the two files."),
                year=notice.year,
                first=names[notice.year],
                second=notice.name,
            )
        names[notice.year] = notice.name
        result = result.with_notice(notice)
    return result


def _settled(days: frozenset[date], year: int) -> frozenset[date]:
    return frozenset(day for day in days if settled_by(day) == year)


def _counted(n: int) -> int:
    if n < 0:
        raise ValueError(f"a period of {n} cannot be counted")
    return n
