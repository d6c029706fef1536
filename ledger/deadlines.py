"""What people type as a due date, and what a report counts, as a day.

Written out: ``2026-12-31`` (also with ``/`` or ``.``), ``2026年12月31日``. Without
the year, ``12-31`` or ``12月31日`` is the next such day, today included. Counted
from an anchor day: ``20wd`` or ``20个工作日``, ``30d`` or ``30日`` / ``30天`` /
``30个自然日``, ``3m`` or ``3个月``. Ends of periods: ``月底``, ``季末``, ``年底``
(``month-end``, ``quarter-end``, ``year-end``), ``下月底``, ``明年底``, ``12月底``,
``2026年12月``, ``2026年底``.

A counted day rolls forward from a rest day; a day that was written out, and the end
of a period, stay as they are: whoever named them meant them.

How the day was found is kept with the item as a *basis*, a short text that no
language changes (``20wd after 2024-02-06``); :func:`explain` puts it into words.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ledger.errors import N_, Message, UsageProblem
from ledger.workdays import Calendar, Day

_LONGEST = 40  # characters; nothing that means a day is longer
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_MONTHS = 12

_DATE = re.compile(r"(?:(\d{4})([-/.]))?(\d{1,2})(?(2)\2|[-/])(\d{1,2})", re.ASCII)
_CHINESE_DATE = re.compile(
    r"(?:(\d{4}) ?年 ?)?(?:(\d{1,2}) ?月 ?)(\d{1,2}) ?[日号]", re.ASCII
)
_COUNT = re.compile(
    r"(\d{1,5}) ?(?:(wd|个?工作日)|(d|日|天|个?自然日)|(m|个月))", re.ASCII
)
_MONTH_END = re.compile(
    r"(?:(\d{4}) ?年 ?(\d{1,2}) ?月(?:[底末]前?)?|(\d{1,2}) ?月[底末]前?)", re.ASCII
)
_YEAR_END = re.compile(r"(\d{4}) ?年[底末]前?", re.ASCII)
_NAMED = {
    "月底": ("month", 0),
    "month-end": ("month", 0),
    "下月底": ("month", 1),
    "季底": ("quarter", 0),
    "季度底": ("quarter", 0),
    "quarter-end": ("quarter", 0),
    "年底": ("year", 0),
    "year-end": ("year", 0),
    "明年底": ("year", 1),
}
_BASIS = re.compile(
    r"(?:(\d{1,5})(wd|d|m) after (\d{4}-\d\d-\d\d)( unrolled)?"
    r"|end of (\d{4})(?:-(\d\d))?)",
    re.ASCII,
)
_BEFORE = re.compile(r"(?:之前|以前|前|before .*)$")


class DayKind(StrEnum):
    """In what a period is counted."""

    CALENDAR = "cal"
    WORKING = "wd"
    MONTH = "mon"


_LETTERS = {DayKind.WORKING: "wd", DayKind.CALENDAR: "d", DayKind.MONTH: "m"}
_KINDS = {letters: kind for kind, letters in _LETTERS.items()}
# The words of checklists.terms.Unit, and of the duty packs.
_UNITS = {kind.value: (kind, 1) for kind in DayKind} | {
    "day": (DayKind.CALENDAR, 1),
    "workday": (DayKind.WORKING, 1),
    "week": (DayKind.CALENDAR, 7),
    "month": (DayKind.MONTH, 1),
    "quarter": (DayKind.MONTH, 3),
    "half": (DayKind.MONTH, 6),
    "year": (DayKind.MONTH, 12),
}
# Ten years: what lies further away was mistyped.
_MOST = {DayKind.WORKING: 2500, DayKind.CALENDAR: 3650, DayKind.MONTH: 120}
_WORDS = {
    DayKind.WORKING: N_("{n} working days after {anchor}"),
    DayKind.CALENDAR: N_("{n} days after {anchor}"),
    DayKind.MONTH: N_("{n} months after {anchor}"),
}


class BadDate(UsageProblem, ValueError):
    """What was typed as a date is none, or names a day that does not exist."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due date and how it was found.

    ``basis`` is ``None`` when the day itself was written out. ``missing`` names the
    years whose holiday notice would have been needed.
    """

    date: date
    basis: str | None = None
    missing: tuple[int, ...] = ()

    @property
    def provisional(self) -> bool:
        """Whether a holiday notice still to come may move the day (暂定)."""
        return bool(self.missing)


def parse_deadline(
    text: str, *, today: date, calendar: Calendar, anchor: date | None = None
) -> Deadline:
    """The day that ``text`` means; periods count from ``anchor``, else from today.

    Raises:
        BadDate: no such day exists, or ``text`` is no due date.
    """
    typed = _normal(text)
    if count := _COUNT.fullmatch(typed):
        n, working, days, _months = count.groups()
        kind = (
            DayKind.WORKING if working else DayKind.CALENDAR if days else DayKind.MONTH
        )
        return resolve(int(n), kind, anchor or today, roll=True, calendar=calendar)
    if stated := _DATE.fullmatch(typed):
        year, _, month, day = stated.groups()
        return Deadline(_stated(typed, year, int(month), int(day), today))
    if stated := _CHINESE_DATE.fullmatch(typed):
        year, month, day = stated.groups()
        return Deadline(_stated(typed, year, int(month), int(day), today))
    if end := _end_of_period(typed, today):
        return end
    raise _nonsense(typed)


def resolve(
    n: int, unit: str, anchor_date: date, *, roll: bool, calendar: Calendar
) -> Deadline:
    """The end of a period of ``n`` units after a day.

    ``unit`` is a :class:`DayKind`, or one of ``day``, ``workday``, ``week``,
    ``month``, ``quarter``, ``half`` and ``year`` as reports have them. Working days
    always end on a working day, whatever ``roll`` says.

    Raises:
        KeyError: ``unit`` is none of these.
        BadDate: ``n`` is not positive, or more than ten years.
    """
    kind, times = _UNITS[unit]
    n *= times
    if not 1 <= n <= _MOST[kind]:
        raise BadDate(
            N_("{period} is no usable period."),
            N_("It must be from 1 to {most}."),
            N_("Write a date instead, such as {example}."),
            period=f"{n}{_LETTERS[kind]}",
            most=_MOST[kind],
            example=date(anchor_date.year, _MONTHS, 31),
        )
    end: Day
    match kind:
        case DayKind.WORKING:
            end = calendar.add_working_days(anchor_date, n)
        case DayKind.CALENDAR:
            end = calendar.add_calendar_days(anchor_date, n, roll=roll)
        case DayKind.MONTH:
            end = calendar.add_months(anchor_date, n, roll=roll)
    basis = f"{n}{_LETTERS[kind]} after {anchor_date}"
    if not roll and kind is not DayKind.WORKING:
        basis += " unrolled"
    return Deadline(end.date, basis, end.missing)


def explain(basis: str) -> Message:
    """``basis`` in words; a text that is no basis of ours stands as it is."""
    parts = _BASIS.fullmatch(basis)
    if parts is None:
        return Message("{text}", text=basis)
    n, letters, anchor, unrolled, year, month = parts.groups()
    if month:
        return Message(
            N_("end of month {month} of {year}"), year=year, month=int(month)
        )
    if year:
        return Message(N_("end of {year}"), year=year)
    counted = Message(_WORDS[_KINDS[letters]], n=n, anchor=anchor)
    if unrolled:
        return Message(N_("{counted}, also on a rest day"), counted=counted)
    return counted


def _stated(typed: str, year: str | None, month: int, day: int, today: date) -> date:
    if year is None:
        passed = (month, day) < (today.month, today.day)
        return _existing(typed, today.year + passed, month, day)
    return _existing(typed, int(year), month, day)


def _existing(typed: str, year: int, month: int, day: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        reason = Message(
            N_("The year must be from {first} to {last}."),
            first=_FIRST_YEAR,
            last=_LAST_YEAR,
        )
    elif not 1 <= month <= _MONTHS:
        reason = Message(N_("There is no month {month}."), month=month)
    else:
        days = monthrange(year, month)[1]
        if 1 <= day <= days:
            return date(year, month, day)
        reason = Message(
            N_("Month {month} of {year} has {days} days."),
            month=month,
            year=year,
            days=days,
        )
    raise BadDate(
        N_("There is no such day: {text}."),
        "{reason}",
        N_("Write a day that exists, as year-month-day."),
        text=typed,
        reason=reason,
    )


def _end_of_period(typed: str, today: date) -> Deadline | None:
    if stated := _MONTH_END.fullmatch(typed):
        year, of_year, alone = stated.groups()
        month = int(of_year or alone)
        return _month_end(
            typed, int(year) if year else today.year + (month < today.month), month
        )
    if stated := _YEAR_END.fullmatch(typed):
        return _year_end(typed, int(stated[1]))
    name = re.sub(r"^[本今这](?=[年月季])", "", typed).removesuffix("前")
    period, later = _NAMED.get(name.replace("末", "底"), ("", 0))
    if period == "year":
        return _year_end(typed, today.year + later)
    if not period:
        return None
    month = today.month + later
    if period == "quarter":
        month += -month % 3
    return _month_end(typed, today.year + (month > _MONTHS), (month - 1) % _MONTHS + 1)


def _month_end(typed: str, year: int, month: int) -> Deadline:
    first = _existing(typed, year, month, 1)
    last = first.replace(day=monthrange(year, month)[1])
    return Deadline(last, f"end of {last:%Y-%m}")


def _year_end(typed: str, year: int) -> Deadline:
    return Deadline(_existing(typed, year, _MONTHS, 31), f"end of {year}")


def _nonsense(typed: str) -> BadDate:
    if _BEFORE.search(typed):
        why = N_("“Before” leaves open whether the day itself still counts.")
        todo = N_("Write the last day on which it may be done, such as {example}.")
    else:
        why = N_("A date, a period or the end of a period is expected.")
        todo = N_("Write it like {example}, 12-31, 20wd, 30d, 3m or 月底.")
    return BadDate(
        N_("“{text}” is no due date."), why, todo, text=typed, example="2026-12-31"
    )


def _normal(text: str) -> str:
    """``text`` in half-width lower case, short and printable enough to be quoted."""
    from unicodedata import normalize

    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    text = " ".join(normalize("NFKC", text).lower().split())
    return "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text
    )
