"""What moved in a week: the numbers of ``ledger weekly``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ledger.figures.standing import MOST_ATTENTION, Standing, grouped, iso
from ledger.figures.values import (
    DUE_WITHIN,
    RECTIFICATIONS,
    Line,
    Status,
    Tally,
    UnitFigures,
    tally,
)
from ledger.journal import event_of

if TYPE_CHECKING:
    from ledger.directory import Directory
    from ledger.figures.names import Names
    from ledger.storage.sqlite import Store

_WEEK = timedelta(days=7)
_MOST_LISTED = 200
_CLOSING_ACTS = ("request-closure", "verify.pass", "close")
_MOVEMENTS = (
    ("new", ("register",)),
    ("closed", ("close",)),
    ("requested", ("request-closure",)),
    ("returned", ("return", "verify.fail", "objection.uphold")),
    ("extended", ("extend.grant",)),
    ("reopened", ("reopen",)),
)


class Movement(NamedTuple):
    """How often something happened this week and in the week before."""

    name: str
    now: int
    before: int
    findings: int
    findings_before: int


class Closing(NamedTuple):
    """An item closed this week. ``people`` who requested, verified and closed it.

    ``account`` is set when they were several and all acted from one OS account:
    names were declared, not proved.
    """

    ref: str
    title: str
    unit: str
    people: tuple[str, ...]
    account: str | None


class Weekly(NamedTuple):
    """A week's brief: how the ledger stands, and what moved."""

    status: Status
    monday: date
    movements: tuple[Movement, ...]
    rectifications: Mapping[str, Tally]
    closings: tuple[Closing, ...]
    overdue: tuple[Line, ...]
    due: tuple[Line, ...]
    due_counts: Mapping[int, int]
    waiting: tuple[Line, ...]
    uncovered: tuple[Line, ...]
    uncovered_count: int | None
    ranked: tuple[UnitFigures, ...]
    set_aside: Mapping[str, tuple[str, ...]]
    head: tuple[int, str]


def weekly(
    store: Store, names: Directory | Names, *, now: datetime, most: int = _MOST_LISTED
) -> Weekly:
    """The brief of the week of ``now``; its lists have at most ``most`` lines each."""
    with store.reading():
        return _brief(Standing(store, names, now), most)


def _brief(asking: Standing, most: int) -> Weekly:
    tables, today = asking.tables, asking.today
    standing = asking.status(MOST_ATTENTION)
    monday = today - timedelta(days=today.weekday())
    last = today + timedelta(days=DUE_WITHIN[-1])
    days = tables.due_days(iso(today), iso(last))
    planned = standing.planned
    return Weekly(
        status=standing,
        monday=monday,
        movements=tuple(_movements(asking, monday)),
        rectifications={
            kind: tally(cells)
            for kind, cells in sorted(
                grouped(asking.cells, lambda cell: cell.rectification or "").items(),
                key=lambda pair: (*RECTIFICATIONS, "").index(pair[0]),
            )
        },
        closings=tuple(_closings(asking, monday, most)),
        overdue=asking.lines(tables.overdue(iso(today), most), planned=planned),
        due=asking.lines(
            tables.due_between(iso(today), iso(last), most), planned=planned
        ),
        due_counts={
            ahead: sum(
                count
                for day, count in days
                if day <= iso(today + timedelta(days=ahead))
            )
            for ahead in DUE_WITHIN
        },
        waiting=asking.lines(tables.waiting(most), planned=planned),
        uncovered=asking.lines(tables.uncovered(most), planned=True) if planned else (),
        uncovered_count=tables.uncovered_count() if planned else None,
        ranked=tuple(sorted(standing.units, key=_rank)),
        set_aside={
            state: tuple(row.ref for row in tables.in_state(state, most))
            for state in ("transferred", "void")
        },
        head=tables.head(),
    )


def _movements(asking: Standing, monday: date) -> Iterator[Movement]:
    kinds = [kind for _, events in _MOVEMENTS for kind in events]
    now, before = (
        asking.tables.happened(
            kinds, asking.moment(first), asking.moment(first + _WEEK)
        )
        for first in (monday, monday - _WEEK)
    )
    for name, events in _MOVEMENTS:
        counts = [
            (
                sum(n for (event, _), n in happened.items() if event in events),
                sum(happened.get((event, "finding"), 0) for event in events),
            )
            for happened in (now, before)
        ]
        yield Movement(name, counts[0][0], counts[1][0], counts[0][1], counts[1][1])


def _closings(asking: Standing, monday: date, most: int) -> Iterator[Closing]:
    since, before = asking.moment(monday), asking.moment(monday + _WEEK)
    closed = asking.tables.closed_between(since, before)[:most]
    rows = {
        row.id: row
        for begin in range(0, len(closed), 500)
        for row in asking.tables.of_ids(closed[begin : begin + 500])
    }
    for item in closed:
        acts: dict[str, tuple[str, str]] = {}
        last: dict[str, tuple[str, str]] = {}
        for body in asking.tables.bodies(item, _CLOSING_ACTS):
            event = event_of(body)
            account = event.recorded_by.get("account", "")
            acts[event.kind] = (event.person or "", account)
            if event.kind == "close" and since <= event.at < before:
                last = dict(acts)
        people = tuple(dict.fromkeys(person for person, _ in last.values()))
        accounts = {account for _, account in last.values()}
        several = len(people) > 1 and len(accounts) == 1
        row = rows[item]
        yield Closing(
            ref=row.ref,
            title=row.title,
            unit=asking.names.unit_name(row.unit),
            people=tuple(asking.names.person_name(person) for person in people),
            account=accounts.pop() if several else None,
        )


def _rank(unit: UnitFigures) -> tuple[object, ...]:
    """Most overdue first, then the lowest closure rate; items without a unit last."""
    return (
        unit.id is None,
        -unit.tally.overdue,
        unit.tally.closure.value or 0.0,
        -unit.tally.open,
        unit.name,
    )
