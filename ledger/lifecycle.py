"""The life of an item: one table of transitions, and the one place that decides.

A row says from which states a command leads where, who may give it, and which
guards (:mod:`ledger.guards`) must be content. Everything else — refusals, what
is possible next, the documentation page — is read off this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce

from ledger import guards
from ledger.directory import Directory
from ledger.errors import N_, Message, Refused
from ledger.guards import Case, Guard
from ledger.item import OPEN, WORKING, Capacity, Item, Person, Role, State
from ledger.rules import Rules


class Who(StrEnum):
    """Who may give a command: by role, or by the unit's capacity in the item."""

    SUPERVISOR = "supervisor"
    APPROVER = "approver"
    VERIFIER = "verifier"
    UNIT_HEAD = "unit-head"
    RESPONSIBLE = "responsible"
    LEAD = "lead"
    COOPERATING = "cooperating"


WHO_NAMES: dict[Who, str] = {
    Who.SUPERVISOR: N_("supervisor"),
    Who.APPROVER: N_("approver"),
    Who.VERIFIER: N_("verifier"),
    Who.UNIT_HEAD: N_("unit head"),
    Who.RESPONSIBLE: N_("responsible person"),
    Who.LEAD: N_("lead unit"),
    Who.COOPERATING: N_("cooperating unit"),
}

UNITS = (Who.RESPONSIBLE, Who.LEAD, Who.COOPERATING)
DECIDERS = frozenset({Who.SUPERVISOR, Who.APPROVER, Who.VERIFIER})
"""Who decides comes to the ledger in person: no tracker speaks for them."""
STAYS: State | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: ``target`` ``None`` means that the state stays.

    ``command`` is what is typed, a dot before its outcome (``verify.pass``), and
    the kind of the journal's event. ``when`` narrows the row to some rules.
    """

    command: str
    source: frozenset[State]
    target: State | None
    who: tuple[Who, ...]
    guards: tuple[Guard, ...]
    when: Callable[[Rules], bool] | None = None
    back: bool = False

    def goes_to(self, item: Item) -> State:
        """The state that ``item`` has after this transition."""
        if self.back:
            return item.before or State.REGISTERED
        return self.target or item.state


def _row(
    command: str,
    source: State | frozenset[State],
    target: State | None,
    who: Who | tuple[Who, ...],
    *requires: Guard,
    when: Callable[[Rules], bool] | None = None,
    back: bool = False,
) -> Transition:
    states = source if isinstance(source, frozenset) else frozenset({source})
    people = (who,) if isinstance(who, Who) else who
    return Transition(command, states, target, people, requires, when, back)


_DATED = frozenset({State.IN_PROGRESS, State.ONGOING})
_EARLY = frozenset({State.REGISTERED, State.ASSIGNED, State.IN_PROGRESS})
_IN_REVIEW = frozenset({State.CLOSURE_REQUESTED, State.VERIFYING})
_CLOSING = (
    guards.was_requested_and_verified,
    guards.has_evidence,
    guards.has_opinion,
    guards.uninvolved,
    guards.other_than_requester,
    guards.other_than_verifier,
    guards.nothing_pending,
)
_PROPOSAL_DECIDED = (guards.uninvolved, guards.other_than_proposer)

TRANSITIONS: tuple[Transition, ...] = (
    _row(
        "assign",
        State.REGISTERED,
        State.ASSIGNED,
        Who.SUPERVISOR,
        guards.all_are_known,
        guards.has_responsible_unit,
        guards.has_lead_where_several,
        guards.has_due,
        guards.has_kind,
        guards.plan_is_sound,
        guards.closers_remain,
    ),
    _row(
        "hand-back",
        State.ASSIGNED,
        State.REGISTERED,
        Who.UNIT_HEAD,
        guards.has_reason,
    ),
    _row(
        "reassign",
        frozenset({State.ASSIGNED, State.IN_PROGRESS}),
        STAYS,
        Who.SUPERVISOR,
        guards.all_are_known,
        guards.has_responsible_unit,
        guards.has_lead_where_several,
        guards.has_reason,
        guards.keeps_due,
        guards.plan_is_sound,
        guards.closers_remain,
    ),
    _row(
        "amend",
        OPEN,
        STAYS,
        Who.SUPERVISOR,
        guards.amendable,
        guards.has_fitting_value,
        guards.has_reason,
    ),
    _row(
        "start",
        State.ASSIGNED,
        State.IN_PROGRESS,
        Who.RESPONSIBLE,
        guards.has_plan,
        guards.plan_is_sound,
    ),
    _row("progress", WORKING, STAYS, UNITS, guards.has_text, guards.not_after_today),
    _row("measure.add", WORKING, STAYS, UNITS, guards.has_text, guards.all_are_known),
    _row(
        "measure.done",
        WORKING,
        STAYS,
        UNITS,
        guards.has_measure,
        guards.not_after_today,
    ),
    _row("evidence.add", WORKING, STAYS, UNITS, guards.names_a_file),
    _row(
        "extend.request",
        _DATED,
        STAYS,
        Who.RESPONSIBLE,
        guards.before_due,
        guards.later_due,
        guards.has_reason,
        guards.nothing_pending,
    ),
    _row(
        "extend.grant",
        _DATED,
        STAYS,
        Who.APPROVER,
        guards.is_pending("extend"),
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "extend.refuse",
        _DATED,
        STAYS,
        Who.APPROVER,
        guards.is_pending("extend"),
        guards.has_opinion,
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "ongoing.request",
        State.IN_PROGRESS,
        STAYS,
        Who.RESPONSIBLE,
        guards.before_due,
        guards.has_reason,
        guards.has_stage,
        guards.nothing_pending,
    ),
    _row(
        "ongoing.grant",
        State.IN_PROGRESS,
        State.ONGOING,
        Who.APPROVER,
        guards.is_pending("ongoing"),
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "ongoing.refuse",
        State.IN_PROGRESS,
        STAYS,
        Who.APPROVER,
        guards.is_pending("ongoing"),
        guards.has_opinion,
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "dated.request",
        State.ONGOING,
        STAYS,
        Who.RESPONSIBLE,
        guards.has_due,
        guards.has_reason,
        guards.nothing_pending,
    ),
    _row(
        "dated.grant",
        State.ONGOING,
        State.IN_PROGRESS,
        Who.APPROVER,
        guards.is_pending("dated"),
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "dated.refuse",
        State.ONGOING,
        STAYS,
        Who.APPROVER,
        guards.is_pending("dated"),
        guards.has_opinion,
        *_PROPOSAL_DECIDED,
    ),
    *(
        _row(
            "request-closure",
            _DATED,
            target,
            (Who.UNIT_HEAD, Who.RESPONSIBLE),
            guards.measures_done,
            guards.has_evidence,
            guards.has_rectified_day,
            guards.has_statement,
            guards.head_endorses,
            guards.nothing_pending,
            when=when,
        )
        for target, when in (
            (State.CLOSURE_REQUESTED, lambda rules: rules.desk_review),
            (State.VERIFYING, lambda rules: not rules.desk_review),
        )
    ),
    _row(
        "return",
        _IN_REVIEW,
        State.IN_PROGRESS,
        Who.SUPERVISOR,
        guards.has_opinion,
        guards.has_requirement,
        guards.uninvolved,
    ),
    _row(
        "review",
        State.CLOSURE_REQUESTED,
        State.VERIFYING,
        Who.SUPERVISOR,
        guards.has_opinion,
        guards.uninvolved,
    ),
    _row(
        "verify.fail",
        State.VERIFYING,
        State.IN_PROGRESS,
        Who.VERIFIER,
        guards.names_what_is_missing,
        guards.uninvolved_or_lead,
        guards.other_than_requester,
    ),
    _row(
        "verify.pass",
        State.VERIFYING,
        State.VERIFIED,
        Who.VERIFIER,
        guards.concludes_each_criterion,
        guards.has_method,
        guards.has_day,
        guards.uninvolved_or_lead,
        guards.other_than_requester,
    ),
    _row(
        "publish",
        State.VERIFIED,
        State.PUBLIC_NOTICE,
        Who.SUPERVISOR,
        guards.has_place,
        when=lambda rules: rules.notice_days is not None,
    ),
    _row(
        "objection.raise", State.PUBLIC_NOTICE, STAYS, Who.SUPERVISOR, guards.has_text
    ),
    _row(
        "objection.dismiss",
        State.PUBLIC_NOTICE,
        STAYS,
        Who.SUPERVISOR,
        guards.objection_open,
        guards.has_opinion,
        guards.uninvolved,
    ),
    _row(
        "objection.uphold",
        State.PUBLIC_NOTICE,
        State.IN_PROGRESS,
        Who.SUPERVISOR,
        guards.objection_open,
        guards.has_opinion,
        guards.uninvolved,
    ),
    _row(
        "close",
        State.VERIFIED,
        State.CLOSED,
        Who.APPROVER,
        *_CLOSING,
        when=lambda rules: rules.notice_days is None,
    ),
    _row(
        "close",
        State.PUBLIC_NOTICE,
        State.CLOSED,
        Who.APPROVER,
        *_CLOSING,
        guards.notice_over,
        guards.no_open_objection,
    ),
    _row(
        "look-back",
        State.CLOSED,
        STAYS,
        Who.VERIFIER,
        guards.has_result,
        guards.has_opinion,
        guards.has_day,
        guards.uninvolved,
        guards.other_than_requester,
        guards.other_than_first_verifier,
    ),
    _row(
        "reopen",
        State.CLOSED,
        State.IN_PROGRESS,
        Who.SUPERVISOR,
        guards.has_cause,
        guards.has_opinion,
        guards.has_due,
        guards.uninvolved,
    ),
    _row(
        "transfer.propose",
        OPEN,
        STAYS,
        Who.SUPERVISOR,
        guards.has_receiver,
        guards.has_document,
        guards.has_reason,
        guards.nothing_pending,
    ),
    _row(
        "transfer.grant",
        OPEN,
        State.TRANSFERRED,
        Who.APPROVER,
        guards.is_pending("transfer"),
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "transfer.refuse",
        OPEN,
        STAYS,
        Who.APPROVER,
        guards.is_pending("transfer"),
        guards.has_opinion,
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "void.propose",
        _EARLY,
        STAYS,
        Who.SUPERVISOR,
        guards.has_document,
        guards.has_reason,
        guards.nothing_pending,
    ),
    _row(
        "void.grant",
        _EARLY,
        State.VOID,
        Who.APPROVER,
        guards.is_pending("void"),
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "void.refuse",
        _EARLY,
        STAYS,
        Who.APPROVER,
        guards.is_pending("void"),
        guards.has_opinion,
        *_PROPOSAL_DECIDED,
    ),
    _row(
        "reinstate",
        frozenset({State.TRANSFERRED, State.VOID}),
        STAYS,
        Who.APPROVER,
        guards.has_reason,
        guards.uninvolved,
        back=True,
    ),
    _row(
        "dispute.open",
        OPEN,
        STAYS,
        (Who.UNIT_HEAD, Who.RESPONSIBLE),
        guards.has_text,
        guards.within_dispute_period,
        guards.nothing_pending,
    ),
    _row(
        "dispute.decide",
        OPEN,
        STAYS,
        Who.APPROVER,
        guards.is_pending("dispute"),
        guards.has_ruling,
        guards.has_opinion,
        *_PROPOSAL_DECIDED,
    ),
)


def standing(person: Person, item: Item, directory: Directory) -> frozenset[Who]:
    """Everything that ``person`` is with regard to ``item``."""
    held = {
        Who(role.value)
        for role in person.roles
        if role in (Role.SUPERVISOR, Role.APPROVER, Role.VERIFIER)
    }
    capacities = directory.capacities(person, item)
    held.update(Who(capacity.value) for capacity in capacities)
    if Capacity.RESPONSIBLE in capacities and Role.UNIT_HEAD in person.roles:
        held.add(Who.UNIT_HEAD)
    return frozenset(held)


def possible(item: Item, rules: Rules) -> list[Transition]:
    """The transitions that lead on from the state ``item`` is in."""
    return [
        row
        for row in TRANSITIONS
        if item.state in row.source and (row.when is None or row.when(rules))
    ]


def decide(command: str, case: Case) -> Transition:
    """The transition that ``command`` makes in ``case``.

    Raises:
        Refused: with every rule that is not met, and what is possible instead.
    """
    rows = [row for row in possible(case.item, case.rules) if row.command == command]
    if not rows:
        raise _refused(
            command,
            case,
            Message(N_("It is {state}."), state=Message(STATE_NAMES[case.item.state])),
        )
    row = rows[0]
    if standing(case.person, case.item, case.directory).isdisjoint(row.who):
        raise _refused(
            command,
            case,
            Message(
                N_("{person} is not {who} of this item."),
                person=case.person.name,
                who=reduce(
                    lambda one, other: Message("{one} / {other}", one=one, other=other),
                    [Message(WHO_NAMES[who]) for who in row.who],
                ),
            ),
        )
    if case.by_sync and not DECIDERS.isdisjoint(row.who):
        raise _refused(
            command,
            case,
            Message(N_("It is decided in the ledger, not in a tracker.")),
        )
    malformed = guards.well_formed(case)
    if malformed is not None:
        raise _refused(command, case, malformed)
    missing = [said for guard in row.guards if (said := guard(case)) is not None]
    if missing:
        raise _refused(command, case, *missing)
    return row


def _refused(command: str, case: Case, *reasons: Message) -> Refused:
    return Refused(
        N_("{command} is refused for {ref}."),
        N_("{reasons}"),
        N_("Possible now: {acts}"),
        command=command,
        ref=case.item.ref,
        reasons=reasons,
        acts=whats_next(case.item, case.directory),
    )


def who_may(row: Transition, item: Item, directory: Directory) -> list[Person]:
    """The people whom ``row`` lets act, as far as it depends on who they are."""
    personal = [guard for guard in row.guards if guard in guards.PERSONAL]
    return [
        person
        for person in directory.active_people()
        if not standing(person, item, directory).isdisjoint(row.who)
        and all(
            guard(Case(item, person, directory, {}, date.min)) is None
            for guard in personal
        )
    ]


def whats_next(item: Item, directory: Directory) -> str:
    """The commands possible now with the people who may give them, for a refusal."""
    rules = Rules.of(item.rules) if item.rules else directory.rules
    acts: dict[str, list[str]] = {}
    for row in possible(item, rules):
        if needs_proposal(row) and item.proposal is None:
            continue
        acts[row.command] = [
            person.name for person in who_may(row, item, directory)
        ] or ["—"]
    return "; ".join(
        f"{command.replace('.', ' ')} ({', '.join(people[:3])})"
        for command, people in acts.items()
    )


def needs_proposal(row: Transition) -> bool:
    """Whether ``row`` decides something that was proposed before."""
    return any(guard.__name__.startswith("pending_") for guard in row.guards)


STATE_NAMES: dict[State, str] = {
    State.REGISTERED: N_("registered"),
    State.ASSIGNED: N_("assigned"),
    State.IN_PROGRESS: N_("in progress"),
    State.ONGOING: N_("ongoing"),
    State.CLOSURE_REQUESTED: N_("closure requested"),
    State.VERIFYING: N_("verifying"),
    State.VERIFIED: N_("verified"),
    State.PUBLIC_NOTICE: N_("public notice"),
    State.CLOSED: N_("closed"),
    State.TRANSFERRED: N_("transferred"),
    State.VOID: N_("void"),
}
