"""What figures are made of, and the counting of items.

All values are named tuples: every ``ledger status`` defines them, and a frozen
dataclass takes ten times as long to define. States and kinds are their stored
words here, so that status need not load the classes of items; a test holds them to
be the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ledger.storage.figures import Cell

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
    """How a ledger stands on a day.

    ``needing`` is how many items need attention, of which ``lines`` are the most
    urgent; ``planned`` whether any plan is on account, without which nothing can be
    said of problems that no plan answers.
    """

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
    planned: bool
    waiting_long: int
    trackers: tuple[str, ...]

    @property
    def attention(self) -> bool:
        """Whether something is overdue, or waits longer than due-soon's days."""
        return bool(self.everything.overdue or self.waiting_long)


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


def tally(cells: Iterable[Cell]) -> Tally:
    """The cells as one."""
    states: dict[str, int] = defaultdict(int)
    overdue = soon = missed = on_track = long_term = 0
    due = in_time = first_due = first_in_time = 0
    for cell in cells:
        states[cell.state] += cell.items
        overdue += cell.overdue
        soon += cell.soon
        missed += cell.missed
        on_track += cell.on_track
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
        on_track=on_track,
        transferred=states.get("transferred", 0),
        void=states.get("void", 0),
        closure=Rate(closed, total),
        completion=Rate(waiting + closed, total - long_term),
        on_time=Rate(in_time, due),
        on_time_original=Rate(first_in_time, first_due),
    )
