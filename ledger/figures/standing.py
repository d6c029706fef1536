"""How a ledger stands on a day: the numbers of ``ledger status``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, TypeVar

from ledger.figures.values import (
    KINDS,
    SET_ASIDE,
    Line,
    Status,
    UnitFigures,
    light,
    tally,
)
from ledger.storage.figures import Cell, FigureTables, Row

if TYPE_CHECKING:
    from ledger.directory import Directory
    from ledger.figures.names import Names
    from ledger.storage.sqlite import Store

Key = TypeVar("Key")

# Of ten lines: overdue, due soon, measure missed, waiting, not assigned.
_SHARES = (4, 2, 1, 2, 1)
MOST_ATTENTION = sum(_SHARES)
_ENDED = SET_ASIDE | {"closed"}


def status(
    store: Store, names: Directory | Names, *, now: datetime, most: int = MOST_ATTENTION
) -> Status:
    """How the ledger stands at ``now``, with at most ``most`` lines of attention."""
    with store.reading():
        return Standing(store, names, now).status(most)


class Standing:
    """One asking: the store, and what every question needs."""

    def __init__(self, store: Store, names: Directory | Names, now: datetime) -> None:
        self.tables = FigureTables(store.connection)
        self.names = names
        self._rules = names.rules
        self._zone = self._rules.zone
        self.today = now.astimezone(self._zone).date()
        self._soon = self._rules.due_soon
        self.cells = self.tables.cells(iso(self.today), iso(self.today + self._soon))

    def status(self, most: int) -> Status:
        """How the ledger stands, with at most ``most`` lines of attention."""
        tables, cells = self.tables, self.cells
        kinds = grouped(cells, lambda cell: cell.kind)
        everything = tally(cells)
        findings = tally(kinds.get("finding", ()))
        years = tables.years()
        planned = "plan" in kinds
        return Status(
            today=self.today,
            issuer=(tables.issuer(years[1]) if years else None) or self._keeper(),
            years=years,
            soon_days=self._soon.days,
            two_person=self._rules.two_person,
            desk_review=self._rules.desk_review,
            findings=findings,
            kinds={kind: tally(kinds[kind]) for kind in KINDS if kind in kinds},
            everything=everything,
            units=self._units(),
            lines=self._attention(most, planned=planned),
            needing=everything.overdue
            + everything.soon
            + everything.missed
            + everything.waiting
            + findings.unassigned,
            planned=planned,
            waiting_long=tables.waiting_since(self.moment(self.today - self._soon)),
            trackers=tuple(tables.trackers()),
        )

    def _keeper(self) -> str:
        """The unit that keeps the ledger: the first."""
        first = next(iter(self.names.units), None)
        return self.names.unit_name(first)

    def _units(self) -> tuple[UnitFigures, ...]:
        def present(cell: Cell) -> str | None:
            return self.names.present(cell.unit) if cell.unit else None

        found = []
        for unit, cells in grouped(self.cells, present).items():
            counted = tally(cells)
            still = min(
                (cell.still for cell in cells if cell.state not in _ENDED), default=None
            )
            idle = None if still is None else (self.today - self._day(still)).days
            name = self.names.unit_name(unit)
            if counted.total:
                found.append(UnitFigures(unit, name, counted, idle))
        return tuple(sorted(found, key=_urgency))

    def _attention(self, most: int, *, planned: bool) -> tuple[Line, ...]:
        tables, today = self.tables, iso(self.today)
        soon = iso(self.today + self._soon)
        groups = [
            tables.overdue(today, most),
            tables.due_between(today, soon, most),
            tables.missed(today, soon, most),
            tables.waiting(most),
            tables.unassigned("finding", most),
        ]
        return self.lines(_shared(groups, most), planned=planned)

    def lines(self, rows: list[Row], *, planned: bool) -> tuple[Line, ...]:
        """Rows as lines; ``planned`` says whether plans are on account at all."""
        answered: set[str] = set()
        for begin in range(0, len(rows), 500):
            part = [row.id for row in rows[begin : begin + 500]]
            answered |= self.tables.answered_among(part)
        return tuple(
            self._line(
                row,
                uncovered=planned
                and row.kind == "finding"
                and row.state not in _ENDED
                and row.id not in answered,
            )
            for row in rows
        )

    def _line(self, row: Row, *, uncovered: bool) -> Line:
        bound = date.fromisoformat(row.bound) if row.bound else None
        milestone = date.fromisoformat(row.milestone) if row.milestone else None
        late = (self.today - milestone).days if milestone else 0
        return Line(
            id=row.id,
            ref=row.ref,
            kind=row.kind,
            state=row.state,
            title=row.title,
            unit=self.names.unit_name(row.unit),
            owner=self.names.person_name(row.owner),
            bound=bound,
            provisional=row.provisional,
            days=(bound - self.today).days if bound else None,
            light=light(bound, milestone, self.today, self._soon),
            missed=late if late > 0 else None,
            waiting=(self.today - self._day(row.waits)).days if row.waits else None,
            idle=(self.today - self._day(row.moved)).days,
            uncovered=uncovered,
        )

    def _day(self, moment: str) -> date:
        return datetime.fromisoformat(moment).astimezone(self._zone).date()

    def moment(self, day: date) -> str:
        """The journal's text for the begin of ``day`` in the ledger's zone."""
        begin = datetime.combine(day, time(), self._zone).astimezone(UTC)
        return begin.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def grouped(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, list[Cell]]:
    """The cells by what ``key`` says of them."""
    found: dict[Key, list[Cell]] = defaultdict(list)
    for cell in cells:
        found[key(cell)].append(cell)
    return dict(found)


def _urgency(unit: UnitFigures) -> tuple[object, ...]:
    """Units with the most to be done first; items without a unit last."""
    counted = unit.tally
    return (
        unit.id is None,
        -counted.overdue,
        -counted.soon,
        -counted.waiting,
        -counted.open,
        unit.name,
    )


def _shared(groups: list[list[Row]], most: int) -> list[Row]:
    """At most ``most`` rows: each group its share, what is left to the first ones."""
    taken = [group[:share] for group, share in zip(groups, _SHARES, strict=True)]
    for place, group in enumerate(groups):
        room = most - sum(map(len, taken))
        taken[place] = group[: len(taken[place]) + max(room, 0)]
    found = {row.id: row for rows in taken for row in rows}
    return list(found.values())[:most]


def iso(day: date) -> str:
    """``day`` as it is stored."""
    return day.isoformat()
