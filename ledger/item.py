"""What the ledger holds: items, and the units and people around them.

Frozen values without I/O. Days are :class:`datetime.date`; moments are the
journal's own text (``2024-06-07T01:00:00.000000Z``), so that what is shown is
what was hashed. Units and people are named by their ids (``u2``, ``p5``), which
outlive every change of name; :mod:`ledger.directory` resolves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """The stored states of an item. Overdue and due soon are derived, never stored."""

    REGISTERED = "registered"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ONGOING = "ongoing"
    CLOSURE_REQUESTED = "closure_requested"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    PUBLIC_NOTICE = "public_notice"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    VOID = "void"


SET_ASIDE = frozenset({State.TRANSFERRED, State.VOID})
OPEN = frozenset(State) - SET_ASIDE - {State.CLOSED}
REQUESTED = frozenset(
    {
        State.CLOSURE_REQUESTED,
        State.VERIFYING,
        State.VERIFIED,
        State.PUBLIC_NOTICE,
    }
)
WORKING = frozenset({State.ASSIGNED, State.IN_PROGRESS, State.ONGOING})
_WORK_TO_DO = WORKING | {State.REGISTERED}


class Kind(StrEnum):
    """What an item is: a problem, a plan entry, a statutory duty, or added by hand."""

    FINDING = "finding"
    PLAN = "plan"
    DUTY = "duty"
    MANUAL = "manual"


class Rectification(StrEnum):
    """How an item is to be put right (立行立改, 分阶段整改, 长期整改)."""

    IMMEDIATE = "immediate"
    PHASED = "phased"
    ONGOING = "ongoing"


class Severity(StrEnum):
    """How grave a finding is (重大, 较大, 一般)."""

    MAJOR = "major"
    CONSIDERABLE = "considerable"
    ORDINARY = "ordinary"


class Role(StrEnum):
    """What a person is registered to do, whatever the item."""

    SUPERVISOR = "supervisor"
    APPROVER = "approver"
    VERIFIER = "verifier"
    UNIT_HEAD = "unit-head"
    RESPONSIBLE = "responsible"


class Capacity(StrEnum):
    """As what a unit takes part in an item."""

    RESPONSIBLE = "responsible"
    LEAD = "lead"
    COOPERATING = "cooperating"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an item's text stands: document, entry, and span in code points.

    ``document`` is the SHA-256 of the original file, ``entry`` the checklist's id
    (``P1``, ``W2``), ``start`` and ``end`` offsets into the text that
    ``ledger derive --dump-text`` prints.
    """

    document: str
    name: str
    entry: str
    start: int
    end: int
    line: int
    title: str | None = None
    issuer: str | None = None
    year: int | None = None
    published: date | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """What the report itself states of an entry, in its own words and by its names.

    ``units`` are those responsible, the leading ones first. ``due`` is the day that
    ``due_words`` give in a report of its date, if they give one.
    """

    units: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    due: date | None = None
    due_words: str | None = None
    due_provisional: bool = False
    kind: Rectification | None = None
    target: str | None = None
    measures: tuple[str, ...] = ()
    status: str | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One step of the rectification; ``done`` is the day it was done."""

    number: int
    text: str
    owner: str | None = None
    due: date | None = None
    done: date | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One closure criterion (销号标准)."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file that proves something: ``digest`` is its SHA-256, ``size`` in bytes.

    ``effective`` is the day the file speaks of, ``added`` the moment it came into
    the ledger; the two are never mixed.
    """

    number: int
    digest: str
    name: str
    size: int
    kind: str
    added: str
    by: str | None
    unit: str | None
    effective: date | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A progress note. ``via`` names the tracker account when it came from one."""

    added: str
    text: str
    by: str | None = None
    unit: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """The unit's request to strike the item off, endorsed by its head."""

    added: str
    by: str
    head: str
    unit: str | None
    rectified_on: date
    statement: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the verifier found for one closure criterion."""

    criterion: int
    met: bool
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person of the supervising side decided, and on what ground."""

    added: str
    by: str
    unit: str | None
    opinion: str
    on: date | None = None
    method: str | None = None
    conclusions: tuple[Conclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something asked for and not yet decided by another person.

    ``matter`` is ``extend``, ``ongoing``, ``dated``, ``transfer``, ``void`` or
    ``dispute``; ``data`` is what was asked, as the journal has it.
    """

    matter: str
    added: str
    by: str
    unit: str | None
    reason: str
    due: date | None = None
    review_on: date | None = None
    stage_goal: str | None = None
    document: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice: since when, until which day, and where it can be read."""

    since: date
    until: date
    where: str
    provisional: bool = False
    objections: int = 0


@dataclass(frozen=True, slots=True)
class Involvement:
    """A unit that ever took part in the item, and as what."""

    unit: str
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Revision:
    """The item's entry in a later version of the report; its first text stays."""

    added: str
    document: str
    name: str
    start: int
    end: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ItemLink:
    """A link to another item: ``answers``, ``recurs`` or ``duplicates``."""

    relation: str
    item: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item on account.

    ``original_due`` never changes once set. ``involvements`` and
    ``involved_people`` only grow: they hold every unit and person of any round,
    which is what separation of duties is judged by. ``rules`` are the rules in
    force since closure was requested. ``seq`` is the journal entry that made the
    item what it is.
    """

    id: str
    ref: str
    kind: Kind
    title: str
    text: str
    registered_on: date
    registered_at: str = ""
    state: State = State.REGISTERED
    year: int = 0
    number: int = 0
    source: Source | None = None
    stated: Stated | None = None
    category: str | None = None
    severity: Severity | None = None
    rectification: Rectification | None = None
    supervising: str | None = None
    lead: str | None = None
    responsible: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    leader: str | None = None
    owner: str | None = None
    target: str | None = None
    measures: tuple[Measure, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    funds: str | None = None
    contingency: str | None = None
    original_due: date | None = None
    due: date | None = None
    due_basis: str | None = None
    due_provisional: bool = False
    review_on: date | None = None
    stage_goal: str | None = None
    notes: tuple[Note, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    rectified_on: date | None = None
    request: Request | None = None
    review: Decision | None = None
    verification: Decision | None = None
    notice: Notice | None = None
    closing: Decision | None = None
    returned: Decision | None = None
    assigned_at: str = ""
    proposal: Proposal | None = None
    extensions: int = 0
    returns: int = 0
    reopened: int = 0
    look_backs: tuple[Decision, ...] = ()
    before: State | None = None
    links: tuple[ItemLink, ...] = ()
    revisions: tuple[Revision, ...] = ()
    involvements: tuple[Involvement, ...] = ()
    involved_people: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    moved: str = ""
    seq: int = 0

    @property
    def unit(self) -> str | None:
        """The unit the item is counted under: the lead unit, else the responsible one."""
        return self.lead or (self.responsible[0] if self.responsible else None)

    @property
    def bound(self) -> date | None:
        """The day that binds the unit now: the due date, of ongoing work the review date.

        ``None`` where nothing binds: no date is set, or the unit has done its part.
        """
        if self.state is State.ONGOING:
            return self.review_on or self.due
        return self.due if self.state in _WORK_TO_DO else None

    @property
    def milestone(self) -> date | None:
        """The earliest day of a measure that is still to be done."""
        if self.state not in _WORK_TO_DO:
            return None
        return min(
            (m.due for m in self.measures if m.due is not None and m.done is None),
            default=None,
        )

    @property
    def waits(self) -> str | None:
        """Since which moment the item waits for the supervising side, if it does."""
        if self.state is State.CLOSURE_REQUESTED:
            stage: Request | Decision | None = self.request
        elif self.state is State.VERIFYING:
            stage = self.review or self.request
        elif self.state in (State.VERIFIED, State.PUBLIC_NOTICE):
            stage = self.verification
        else:
            stage = None
        return stage.added if stage is not None else None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's time in one unit; ``until`` is ``None`` while it lasts."""

    unit: str
    since: str
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (单位). ``outside`` marks a body outside the tree, such as a superior's.

    ``former_parents`` pairs each unit it stood below with the moment it left there:
    who stood below a responsible unit stays involved after a reorganisation.
    """

    id: str
    name: str
    parent: str | None = None
    outside: bool = False
    merged_into: str | None = None
    former_names: tuple[str, ...] = ()
    former_parents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person. ``logins`` are tracker accounts as ``tracker:login``.

    ``account`` is the OS account the person is bound to where the rule
    ``identity = os`` holds. ``left`` is the moment the person left.
    """

    id: str
    name: str
    roles: frozenset[Role]
    memberships: tuple[Membership, ...]
    logins: tuple[str, ...] = ()
    account: str | None = None
    left: str | None = None

    @property
    def unit(self) -> str:
        """The unit the person belongs to now."""
        return self.memberships[-1].unit
