"""A year's holiday notice as a file, for a year the package does not know yet.

The State Council's office publishes next year's rest days in November; until a
release of ``chinesecalendar`` brings them, a user writes them down as they stand
in the notice, in TOML::

    year = 2027
    source = "国务院办公厅关于2027年部分节假日安排的通知"
    make_up = [2027-02-20, 2027-10-09]      # weekend days that are worked (调休)

    [holidays]                              # first and last day, or one day
    "元旦" = [2027-01-01, 2027-01-03]
    "清明节" = 2027-04-05

(The dates above only show the form.) ``amends = true`` says that the file changes
a year that is known already. Weekends inside a holiday may be listed or left out.
A file is used whole or refused: a mistake here would move people's deadlines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from ledger.errors import N_, Message
from ledger.workdays import CalendarProblem, HolidayNotice

_KEYS = frozenset({"year", "source", "make_up", "holidays", "amends"})
_REQUIRED = ("year", "source", "make_up", "holidays")
_MAX_BYTES = 64 * 1024
_FIRST_YEAR, _LAST_YEAR = 2004, 2100
_LONGEST_HOLIDAY = 15  # days; the longest so far had ten (2020, with its extension)
_DECEMBER = 12
_SATURDAY = 5
# Fixed by 全国年节及纪念日放假办法; a notice that lacks one is not copied in full.
_STATUTORY = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))
_FORM = N_("Copy the year, source, make_up days and [holidays] from the notice itself.")


def read_holiday_notice(path: Path) -> HolidayNotice:
    """The notice that stands in the file ``path``.

    Raises:
        CalendarProblem: the file cannot be read, or is not a whole, sound notice.
    """
    import tomllib

    try:
        if not path.is_file():
            raise _unreadable(path.name, Message(N_("It is not a regular file.")))
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path.name, _foreign(error.strerror or error)) from error
    if len(content) > _MAX_BYTES:
        raise _unreadable(path.name, Message(N_("It is longer than any notice.")))
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _unreadable(path.name, Message(N_("It is not UTF-8 text."))) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(path.name, _foreign(error)) from error
    return parse_holiday_notice(data, name=path.name)


def parse_holiday_notice(data: Mapping[str, object], *, name: str) -> HolidayNotice:
    """The notice in ``data``, the decoded TOML of the file ``name``.

    Raises:
        CalendarProblem: something is missing, unknown or contradicts itself.
    """
    try:
        return _parse(data, name)
    except _Fault as fault:
        raise CalendarProblem(
            N_("The holiday notice {name} is not used."),
            "{fault}",
            _FORM,
            name=name,
            fault=fault.message,
        ) from None


class _Fault(Exception):
    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words)
        self.message = Message(words, **values)


def _foreign(text: object) -> Message:
    """The words of the system or of the TOML reader, which have no translation."""
    return Message("{text}", text=text)


def _unreadable(name: str, reason: Message) -> CalendarProblem:
    return CalendarProblem(
        N_("The holiday notice {name} cannot be read."),
        "{reason}",
        N_("Give a UTF-8 text file in TOML."),
        name=name,
        reason=reason,
    )


def _parse(data: Mapping[str, object], name: str) -> HolidayNotice:
    if unknown := sorted(data.keys() - _KEYS):
        raise _Fault(N_("Unknown key: {keys}."), keys=", ".join(unknown))
    if absent := [key for key in _REQUIRED if key not in data]:
        raise _Fault(N_("Missing: {keys}."), keys=", ".join(absent))
    year, source, amends = data["year"], data["source"], data.get("amends", False)
    if not isinstance(year, int) or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise _Fault(
            N_("year must be a whole number from {first} to {last}."),
            first=_FIRST_YEAR,
            last=_LAST_YEAR,
        )
    if not isinstance(source, str) or not source.strip() or not source.isprintable():
        raise _Fault(N_("source must name the notice, on one line."))
    if not isinstance(amends, bool):
        raise _Fault(N_("amends must be true or false."))
    holidays = _holidays(data["holidays"], year)
    work = _make_up(data["make_up"], year)
    if both := sorted(holidays & work):
        raise _Fault(N_("{day} is given as holiday and as make-up day."), day=both[0])
    for month, day in _STATUTORY:
        if date(year, month, day) not in holidays:
            raise _Fault(
                N_("{day} is a public holiday by law and is not among the holidays."),
                day=date(year, month, day),
            )
    return HolidayNotice(
        year=year,
        source=source.strip(),
        rest=frozenset(day for day in holidays if day.weekday() < _SATURDAY),
        work=work,
        name=name,
        amends=amends,
    )


def _holidays(table: object, year: int) -> frozenset[date]:
    if not isinstance(table, dict) or not table:
        raise _Fault(N_("[holidays] must hold names, each with its days."))
    days: set[date] = set()
    for name, value in table.items():
        for day in _span(name, value, year):
            if day in days:
                raise _Fault(N_("{day} is given twice."), day=day)
            days.add(day)
    return frozenset(days)


def _span(name: str, value: object, year: int) -> Iterator[date]:
    match value:
        case [first, last]:
            pass
        case [_, *_] | []:
            raise _Fault(N_("{name} must have a first and a last day."), name=name)
        case _:
            first = last = value
    start, end = _day(name, first, year), _day(name, last, year)
    length = (end - start).days + 1
    if not 1 <= length <= _LONGEST_HOLIDAY:
        raise _Fault(
            N_("{name} must last from 1 to {longest} days, not {length}."),
            name=name,
            longest=_LONGEST_HOLIDAY,
            length=length,
        )
    return (start + timedelta(days=offset) for offset in range(length))


def _make_up(values: object, year: int) -> frozenset[date]:
    if not isinstance(values, list):
        raise _Fault(N_("make_up must be a list of days; it may be empty."))
    days: set[date] = set()
    for value in values:
        day = _day("make_up", value, year)
        if day.weekday() < _SATURDAY:
            raise _Fault(N_("Make-up day {day} is no Saturday or Sunday."), day=day)
        if day in days:
            raise _Fault(N_("{day} is given twice."), day=day)
        days.add(day)
    return frozenset(days)


def _day(name: str, value: object, year: int) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Fault(
            N_("{name}: {value} is no date; write it like 2027-01-01, without quotes."),
            name=name,
            value=repr(value)[:40],
        )
    if value.year != year and (value.year, value.month) != (year - 1, _DECEMBER):
        raise _Fault(
            N_("{name}: {day} is neither in {year} nor in the December before."),
            name=name,
            day=value,
            year=year,
        )
    return value
