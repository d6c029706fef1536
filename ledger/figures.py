"""The numbers of ``status`` and ``weekly``.

A figure is a pure function of a store, its directory and a moment; a past day is
asked by folding the journal up to it into another store. Definitions (``all`` is
every item but the void and the transferred):

* closure rate: closed ÷ all;
* completion rate: (closure requested and later, closed) ÷ all without *ongoing*;
* on-time rate on a day: (due by the day and rectified on or before the due date) ÷
  (due by the day), by the due date and by the original one, without *ongoing*;
* *ongoing*: items in long-term rectification, by kind or state, that have not
  requested closure; they are counted apart;
* overdue: past the day that binds while the work is with the unit (of ongoing work
  that is its review date). An item whose closure is requested is no longer overdue;
  that it was late shows in the on-time rate;
* waiting: closure requested and not yet closed; it is the supervising side's turn.

All values are named tuples: every ``ledger status`` defines them, and a frozen
dataclass takes ten times as long to define. States and kinds are their stored
words here, so that status need not load the classes of items.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ledger.storage.figures import Cell, FigureTables, Row

if TYPE_CHECKING:
    from ledger.directory import Directory
    from ledger.rules import Rules
    from ledger.storage.sqlite import Store

Key = TypeVar("Key")

STATES = (
    "registered",
    "assigned",
    "in_progress",
    "ongoing",
    "closure_requested",
    "verifying",
    "verified",
    "public_notice",
    "closed",
    "transferred",
    "void",
)
"""Every state, in the order of an item's life."""

KINDS = ("finding", "plan", "duty", "manual")
RECTIFICATIONS = ("immediate", "phased", "ongoing")
SET_ASIDE = frozenset({"transferred", "void"})
WAITING = frozenset({"closure_requested", "verifying", "verified", "public_notice"})
COMPLETED = WAITING | {"closed"}

DUE_WITHIN = (7, 15, 30)
"""The days ahead that the weekly brief looks."""

_MOST_ATTENTION = 10
# Of ten lines: overdue, due soon, measure missed, waiting, not assigned.
_SHARES = (4, 2, 1, 2, 1)
_MOST_LISTED = 200


class Light(StrEnum):
    """The warning light of an item whose work is to be done."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Rate(NamedTuple):
    """``part`` of ``whole``; without a whole there is no rate."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The rate from 0 to 1, or ``None``."""
        return self.part / self.whole if self.whole else None


class Tally(NamedTuple):
    """Some items, counted. ``total`` leaves out void and transferred ones."""

    states: Mapping[str, int]
    total: int
    open: int
    closed: int
    ongoing: int
    waiting: int
    unassigned: int
    overdue: int
    soon: int
    missed: int
    on_track: int
    transferred: int
    void: int
    closure: Rate
    completion: Rate
    on_time: Rate
    on_time_original: Rate


class UnitFigures(NamedTuple):
    """How one unit stands; ``name`` is empty for items that no unit answers for.

    ``idle`` is how many days ago the longest unmoved of its open items moved.
    """

    id: str | None
    name: str
    tally: Tally
    idle: int | None


class Line(NamedTuple):
    """One item in a list of what needs attention.

    ``days`` are left until the day that binds (negative: overdue); ``waiting`` how
    many days it waits for the supervising side; ``missed`` how many days a measure
    is late.
    """

    id: str
    ref: str
    kind: str
    state: str
    title: str
    unit: str
    owner: str
    bound: date | None
    provisional: bool
    days: int | None
    light: Light | None
    missed: int | None
    waiting: int | None
    idle: int
    uncovered: bool


class Status(NamedTuple):
    """How a ledger stands on a day."""

    today: date
    issuer: str
    years: tuple[int, int] | None
    soon_days: int
    two_person: bool
    desk_review: bool
    findings: Tally
    kinds: Mapping[str, Tally]
    everything: Tally
    units: tuple[UnitFigures, ...]
    lines: tuple[Line, ...]
    needing: int
    waiting_long: int
    uncovered: int | None
    trackers: tuple[str, ...]

    @property
    def attention(self) -> bool:
        """Whether something is overdue, or waits longer than due-soon's days."""
        return bool(self.everything.overdue or self.waiting_long)


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
    ranked: tuple[UnitFigures, ...]
    set_aside: Mapping[str, tuple[str, ...]]
    head: tuple[int, str]


class Tie(NamedTuple):
    """Another item that an item is tied to; ``outgoing``: the item says so itself."""

    relation: str
    outgoing: bool
    ref: str
    title: str


class TrackerLink(NamedTuple):
    """The issue that stands for an item in a tracker."""

    tracker: str
    key: str
    url: str
    state: str


class Beside(NamedTuple):
    """What the ledger knows of an item beside the item itself."""

    ties: tuple[Tie, ...]
    trackers: tuple[TrackerLink, ...]


def light(
    bound: date | None, milestone: date | None, today: date, soon: timedelta
) -> Light | None:
    """The light of an item bound to a day, with its earliest measure to be done."""
    if bound is not None and bound < today:
        return Light.RED
    if (bound is not None and bound <= today + soon) or (
        milestone is not None and milestone < today
    ):
        return Light.YELLOW
    return Light.GREEN if bound is not None else None


def status(
    store: Store, directory: Directory, *, now: datetime, most: int = _MOST_ATTENTION
) -> Status:
    """How the ledger stands at ``now``, with at most ``most`` lines of attention."""
    return _Asking(store, directory, now).status(most)


def weekly(
    store: Store, directory: Directory, *, now: datetime, most: int = _MOST_LISTED
) -> Weekly:
    """The brief of the week of ``now``; its lists have at most ``most`` lines each."""
    return _Asking(store, directory, now).weekly(most)


def beside(store: Store, item: str) -> Beside:
    """What is tied to the item with the id ``item``, and where trackers hold it."""
    tables = FigureTables(store.connection)
    return Beside(
        tuple(Tie(*row) for row in tables.ties(item)),
        tuple(TrackerLink(*row) for row in tables.links(item)),
    )


class _Asking:
    """One asking: the store, and what every question needs."""

    def __init__(self, store: Store, directory: Directory, now: datetime) -> None:
        self._tables = FigureTables(store.connection)
        self._directory = directory
        self._rules: Rules = directory.rules
        self._zone = self._rules.zone
        self._today = now.astimezone(self._zone).date()
        self._soon = self._rules.due_soon
        self._cells = self._tables.cells(
            _iso(self._today), _iso(self._today + self._soon)
        )

    def status(self, most: int) -> Status:
        tables, cells = self._tables, self._cells
        kinds = _by(cells, lambda cell: cell.kind)
        everything = tally(cells)
        findings = tally(kinds.get("finding", ()))
        years = tables.years()
        planned = "plan" in kinds
        return Status(
            today=self._today,
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
            waiting_long=tables.waiting_since(self._moment(self._today - self._soon)),
            uncovered=tables.uncovered_count() if planned else None,
            trackers=tuple(tables.trackers()),
        )

    def weekly(self, most: int) -> Weekly:
        tables, today = self._tables, self._today
        standing = self.status(_MOST_ATTENTION)
        monday = today - timedelta(days=today.weekday())
        last = today + timedelta(days=DUE_WITHIN[-1])
        days = tables.due_days(_iso(today), _iso(last))
        planned = standing.uncovered is not None
        return Weekly(
            status=standing,
            monday=monday,
            movements=tuple(self._movements(monday)),
            rectifications={
                kind: tally(cells)
                for kind, cells in sorted(
                    _by(self._cells, lambda cell: cell.rectification or "").items(),
                    key=lambda pair: (*RECTIFICATIONS, "").index(pair[0]),
                )
            },
            closings=tuple(self._closings(monday, most)),
            overdue=self._lines(tables.overdue(_iso(today), most), planned=planned),
            due=self._lines(
                tables.due_between(_iso(today), _iso(last), most), planned=planned
            ),
            due_counts={
                ahead: sum(
                    count
                    for day, count in days
                    if day <= _iso(today + timedelta(days=ahead))
                )
                for ahead in DUE_WITHIN
            },
            waiting=self._lines(tables.waiting(most), planned=planned),
            uncovered=self._lines(tables.uncovered(most), planned=True)
            if planned
            else (),
            ranked=tuple(sorted(standing.units, key=_rank)),
            set_aside={
                state: tuple(row.ref for row in tables.in_state(state, most))
                for state in ("transferred", "void")
            },
            head=tables.head(),
        )

    def _keeper(self) -> str:
        """The unit that keeps the ledger: the first."""
        first = next(iter(self._directory.units), None)
        return self._directory.unit_name(first)

    def _units(self) -> tuple[UnitFigures, ...]:
        def present(cell: Cell) -> str | None:
            return self._directory.present(cell.unit) if cell.unit else None

        found = []
        for unit, cells in _by(self._cells, present).items():
            counted = tally(cells)
            still = min(
                (cell.still for cell in cells if cell.state not in _ENDED), default=None
            )
            idle = None if still is None else (self._today - self._day(still)).days
            name = self._directory.unit_name(unit)
            if counted.total:
                found.append(UnitFigures(unit, name, counted, idle))
        return tuple(sorted(found, key=_urgency))

    def _attention(self, most: int, *, planned: bool) -> tuple[Line, ...]:
        tables, today = self._tables, _iso(self._today)
        soon = _iso(self._today + self._soon)
        groups = [
            tables.overdue(today, most),
            tables.due_between(today, soon, most),
            tables.missed(today, soon, most),
            tables.waiting(most),
            tables.unassigned("finding", most),
        ]
        return self._lines(_shared(groups, most), planned=planned)

    def _lines(self, rows: list[Row], *, planned: bool) -> tuple[Line, ...]:
        uncovered: set[str] = set()
        if planned:
            for begin in range(0, len(rows), 500):
                part = [row.id for row in rows[begin : begin + 500]]
                uncovered |= self._tables.uncovered_among(part)
        return tuple(self._line(row, row.id in uncovered) for row in rows)

    def _line(self, row: Row, uncovered: bool) -> Line:  # noqa: FBT001 (a field)
        bound = date.fromisoformat(row.bound) if row.bound else None
        milestone = date.fromisoformat(row.milestone) if row.milestone else None
        late = (self._today - milestone).days if milestone else 0
        return Line(
            id=row.id,
            ref=row.ref,
            kind=row.kind,
            state=row.state,
            title=row.title,
            unit=self._directory.unit_name(row.unit),
            owner=self._directory.person_name(row.owner),
            bound=bound,
            provisional=row.provisional,
            days=(bound - self._today).days if bound else None,
            light=light(bound, milestone, self._today, self._soon),
            missed=late if late > 0 else None,
            waiting=(self._today - self._day(row.waits)).days if row.waits else None,
            idle=(self._today - self._day(row.moved)).days,
            uncovered=uncovered,
        )

    def _movements(self, monday: date) -> Iterator[Movement]:
        week = timedelta(days=7)
        kinds = [kind for _, events in _MOVEMENTS for kind in events]
        now, before = (
            self._tables.happened(
                kinds, self._moment(first), self._moment(first + week)
            )
            for first in (monday, monday - week)
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

    def _closings(self, monday: date, most: int) -> Iterator[Closing]:
        from ledger.journal import event_of

        closed = self._tables.closed_between(
            self._moment(monday), self._moment(monday + timedelta(days=7))
        )[:most]
        rows = {
            row.id: row
            for begin in range(0, len(closed), 500)
            for row in self._tables.of_ids(closed[begin : begin + 500])
        }
        for item in closed:
            acts: dict[str, tuple[str, str]] = {}
            for body in self._tables.bodies(item, _CLOSING_ACTS):
                event = event_of(body)
                account = event.recorded_by.get("account", "")
                acts[event.kind] = (event.person or "", account)
            people = tuple(dict.fromkeys(person for person, _ in acts.values()))
            accounts = {account for _, account in acts.values()}
            several = len(people) > 1 and len(accounts) == 1
            row = rows[item]
            yield Closing(
                ref=row.ref,
                title=row.title,
                unit=self._directory.unit_name(row.unit),
                people=tuple(self._directory.person_name(person) for person in people),
                account=accounts.pop() if several else None,
            )

    def _day(self, moment: str) -> date:
        return datetime.fromisoformat(moment).astimezone(self._zone).date()

    def _moment(self, day: date) -> str:
        """The journal's text for the begin of ``day`` in the ledger's zone."""
        begin = datetime.combine(day, time(), self._zone).astimezone(UTC)
        return begin.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


_ENDED = SET_ASIDE | {"closed"}
_CLOSING_ACTS = ("request-closure", "verify.pass", "close")
_MOVEMENTS = (
    ("new", ("register",)),
    ("closed", ("close",)),
    ("requested", ("request-closure",)),
    ("returned", ("return", "verify.fail", "objection.uphold")),
    ("extended", ("extend.grant",)),
    ("reopened", ("reopen",)),
)


def tally(cells: Iterable[Cell]) -> Tally:
    """The cells as one."""
    states: dict[str, int] = defaultdict(int)
    dated = overdue = soon = missed = long_term = 0
    due = in_time = first_due = first_in_time = 0
    for cell in cells:
        states[cell.state] += cell.items
        dated += cell.dated
        overdue += cell.overdue
        soon += cell.soon
        missed += cell.missed
        apart = cell.state not in COMPLETED and "ongoing" in (
            cell.state,
            cell.rectification,
        )
        if cell.state in SET_ASIDE:
            continue
        if apart:
            long_term += cell.items
            continue
        due += cell.due
        in_time += cell.in_time
        first_due += cell.first_due
        first_in_time += cell.first_in_time
    total = sum(n for state, n in states.items() if state not in SET_ASIDE)
    closed = states.get("closed", 0)
    waiting = sum(states.get(state, 0) for state in WAITING)
    return Tally(
        states={state: states[state] for state in STATES if state in states},
        total=total,
        open=total - closed,
        closed=closed,
        ongoing=long_term,
        waiting=waiting,
        unassigned=states.get("registered", 0),
        overdue=overdue,
        soon=soon,
        missed=missed,
        on_track=dated - overdue - soon - missed,
        transferred=states.get("transferred", 0),
        void=states.get("void", 0),
        closure=Rate(closed, total),
        completion=Rate(waiting + closed, total - long_term),
        on_time=Rate(in_time, due),
        on_time_original=Rate(first_in_time, first_due),
    )


def _by(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, list[Cell]]:
    grouped: dict[Key, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[key(cell)].append(cell)
    return dict(grouped)


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


def _rank(unit: UnitFigures) -> tuple[object, ...]:
    """Most overdue first, then the lowest closure rate; items without a unit last."""
    return (
        unit.id is None,
        -unit.tally.overdue,
        unit.tally.closure.value or 0.0,
        -unit.tally.open,
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


def _iso(day: date) -> str:
    return day.isoformat()
