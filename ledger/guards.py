"""What a transition requires, one guard each.

A guard looks at a :class:`Case` and returns ``None`` when it is content, else the
sentence that says what is missing. Guards never change anything and never look
outside the case. The table that names them is :mod:`ledger.lifecycle`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.clock import moment
from ledger.directory import Directory
from ledger.errors import N_, Message
from ledger.item import (
    REQUESTED,
    Capacity,
    Item,
    Person,
    Rectification,
    Role,
    Severity,
)
from ledger.rules import Rules

LEAST_REQUIREMENT = 10
"""Characters that a rework requirement has at least (the field's practice)."""


DISPUTE_DAYS = 30
"""Days from receipt within which a unit may dispute (政府督查工作条例 art. 17)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One act somebody asks for: on which item, by whom, with what.

    ``data`` is what the journal would keep; ``today`` the ledger's present day.
    ``by_sync``: a tracker told it, the person did not come to the ledger.
    """

    item: Item
    person: Person
    directory: Directory
    data: Mapping[str, Any]
    today: date
    by_sync: bool = False

    @property
    def rules(self) -> Rules:
        """The rules in force for the item: frozen once closure was requested."""
        return Rules.of(self.item.rules) if self.item.rules else self.directory.rules


Guard = Callable[[Case], Message | None]
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _text(case: Case, key: str) -> str:
    return str(case.data.get(key) or "").strip()


def _day(case: Case, key: str) -> date | None:
    value = case.data.get(key)
    return date.fromisoformat(value) if value else None


# Whatever the command


_DAYS = frozenset({"on", "due", "review_on", "rectified_on", "effective"})
_TEXTS = frozenset(
    {
        *("reason", "opinion", "text", "statement", "requirement", "missing"),
        *("method", "where", "stage_goal", "body", "document", "target"),
        *("name", "kind", "head", "owner", "leader", "lead", "field"),
    }
)


def well_formed(case: Case) -> Message | None:
    """Days are days and texts are texts; judged before every other guard."""
    for name, value in case.data.items():
        if name in _DAYS and not _is_day(value):
            return Message(N_("{name} is no day: {value}."), name=name, value=value)
        if name in _TEXTS and not isinstance(value, str):
            return Message(N_("{name} is no text: {value}."), name=name, value=value)
    return None


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


# Assignment


def all_are_known(case: Case) -> Message | None:
    """Every unit and person named is registered, and has neither merged nor left."""
    data = case.data
    units = [*_listed(data, "responsible"), *_listed(data, "cooperating")]
    people = [data.get("owner"), data.get("leader")]
    if data.get("lead"):
        units.append(data["lead"])
    active = {unit.id for unit in case.directory.active_units()}
    there = {person.id for person in case.directory.active_people()}
    unknown = [str(unit) for unit in units if unit not in active]
    unknown += [str(person) for person in people if person and person not in there]
    if not unknown:
        return None
    return Message(
        N_("Not registered in this ledger: {names}."), names=", ".join(unknown)
    )


def _listed(data: Mapping[str, Any], key: str) -> list[Any]:
    said = data.get(key)
    return list(said) if isinstance(said, list | tuple) else []


def has_responsible_unit(case: Case) -> Message | None:
    """At least one responsible unit is named."""
    if _listed(case.data, "responsible"):
        return None
    return Message(N_("No responsible unit is named (--unit)."))


def has_lead_where_several(case: Case) -> Message | None:
    """Where several units are responsible, one of the ledger's units leads."""
    if len(_listed(case.data, "responsible")) < 2 or case.data.get("lead"):  # noqa: PLR2004 (several)
        return None
    return Message(N_("Several units are responsible and none leads (--lead)."))


def has_due(case: Case) -> Message | None:
    """A due date is set, and it is not before the day the item was registered."""
    due = _day(case, "due")
    if due is None:
        return Message(N_("No due date is set (--due)."))
    if due < case.item.registered_on:
        return Message(
            N_("The due date {due} lies before the registration on {day}."),
            due=due,
            day=case.item.registered_on,
        )
    return None


def keeps_due(case: Case) -> Message | None:
    """The due date stays: only an extension, granted by others, moves it."""
    if _day(case, "due") is None:
        return None
    return Message(
        N_("The due date moves by an extension only: ledger extend request {ref}"),
        ref=case.item.ref,
    )


def has_kind(case: Case) -> Message | None:
    """The kind of rectification is said: immediate, phased or ongoing."""
    if case.data.get("rectification"):
        return None
    return Message(N_("No kind of rectification is said (--kind)."))


def closers_remain(case: Case) -> Message | None:
    """A verifier and a closer who are not involved would remain."""
    named = [
        (unit, capacity)
        for capacity, units in (
            (Capacity.RESPONSIBLE, _listed(case.data, "responsible")),
            (Capacity.LEAD, [case.data["lead"]] if case.data.get("lead") else ()),
            (Capacity.COOPERATING, _listed(case.data, "cooperating")),
        )
        for unit in units
        if unit in case.directory.units  # all_are_known names the others
    ]
    people = {case.data.get("owner"), case.data.get("leader")}

    def free(role: Role) -> list[Person]:
        lead_may = role is Role.VERIFIER and _lead_may_verify(case)
        return [
            person
            for person in case.directory.active_people()
            if role in person.roles
            and person.id not in people
            and involvement(case, person, named, lead_may=lead_may) is None
        ]

    verifiers, closers = free(Role.VERIFIER), free(Role.APPROVER)
    if not verifiers:
        return Message(
            N_(
                "No verifier would remain who is not involved; add one of another"
                " unit: ledger people add NAME --unit UNIT --role verifier"
            )
        )
    if not closers:
        return Message(
            N_(
                "No approver would remain who is not involved; add one of another"
                " unit: ledger people add NAME --unit UNIT --role approver"
            )
        )
    if not case.rules.two_person and {person.id for person in verifiers + closers} == {
        verifiers[0].id
    }:
        return Message(
            N_(
                "Verifier and closer must be two people, and only {person} is left;"
                " add one: ledger people add NAME --unit UNIT --role approver"
            ),
            person=verifiers[0].name,
        )
    return None


# Work of the units


def has_plan(case: Case) -> Message | None:
    """A target, at least one measure and closure criteria are set."""
    missing = [
        word
        for word, there in (
            (N_("a target (--target)"), case.item.target or _text(case, "target")),
            (
                N_("a measure (--measure)"),
                case.item.measures or case.data.get("measures"),
            ),
            (
                N_("closure criteria (--criterion)"),
                case.item.criteria or case.data.get("criteria"),
            ),
        )
        if not there
    ]
    if not missing:
        return None
    return Message(
        N_("Missing: {what}."), what=tuple(Message(word) for word in missing)
    )


def plan_is_sound(case: Case) -> Message | None:
    """Each measure and criterion that is said says something; owners are registered."""
    measures, criteria = case.data.get("measures"), case.data.get("criteria")
    for said in (measures, criteria):
        if said is not None and not isinstance(said, list):
            return Message(N_("Measures and criteria are lists."))
    steps = [step if isinstance(step, Mapping) else {} for step in measures or ()]
    if not all(
        _written(text) for text in (*(s.get("text") for s in steps), *(criteria or ()))
    ):
        return Message(N_("A measure or a criterion says nothing."))
    there = {person.id for person in case.directory.active_people()}
    unknown = [
        str(s["owner"]) for s in steps if s.get("owner") and s["owner"] not in there
    ]
    if not unknown:
        return None
    return Message(
        N_("Not registered in this ledger: {names}."), names=", ".join(unknown)
    )


def has_text(case: Case) -> Message | None:
    """Something is written."""
    return None if _text(case, "text") else Message(N_("The text is empty."))


def has_reason(case: Case) -> Message | None:
    """A reason is given."""
    return (
        None if _text(case, "reason") else Message(N_("No reason is given (--reason)."))
    )


def has_opinion(case: Case) -> Message | None:
    """An opinion is written."""
    if _text(case, "opinion"):
        return None
    return Message(N_("No opinion is written (--opinion)."))


def has_measure(case: Case) -> Message | None:
    """The measure named is there and not yet done."""
    number = case.data.get("number")
    measure = next((m for m in case.item.measures if m.number == number), None)
    if measure is None:
        return Message(N_("There is no measure {number}."), number=number)
    if measure.done is not None:
        return Message(
            N_("Measure {number} was done on {day}."), number=number, day=measure.done
        )
    return None


def names_a_file(case: Case) -> Message | None:
    """A file is named by its SHA-256, with a name and a size above zero."""
    digest, size = case.data.get("digest"), case.data.get("size")
    if (
        isinstance(digest, str)
        and _DIGEST.fullmatch(digest)
        and isinstance(size, int)
        and size > 0
        and _text(case, "name")
    ):
        return None
    return Message(N_("No file with something in it is named."))


def not_after_today(case: Case) -> Message | None:
    """The day named is not in the future."""
    day = _day(case, "on")
    if day is None or day <= case.today:
        return None
    return Message(N_("{day} lies in the future."), day=day)


# Extensions, ongoing work and other proposals


def nothing_pending(case: Case) -> Message | None:
    """No other proposal waits for a decision."""
    if case.item.proposal is None:
        return None
    return Message(
        N_("A proposal of {day} ({matter}) is not decided yet."),
        day=case.item.proposal.added[:10],
        matter=case.item.proposal.matter,
    )


def is_pending(*matters: str) -> Guard:
    """A guard: a proposal on one of ``matters`` waits for a decision."""

    def pending(case: Case) -> Message | None:
        """A proposal of this kind waits for a decision."""
        if case.item.proposal is not None and case.item.proposal.matter in matters:
            return None
        return Message(N_("Nothing of the kind was proposed."))

    pending.__name__ = f"pending_{'_or_'.join(matters)}"
    return pending


def before_due(case: Case) -> Message | None:
    """The due date has not passed: extensions are asked for in time."""
    limit = case.item.bound
    if limit is None or case.today <= limit:
        return None
    return Message(N_("The time ran out on {day}; ask before it does."), day=limit)


def later_due(case: Case) -> Message | None:
    """The new date is later than the present one."""
    due = _day(case, "due")
    if due is None:
        return Message(N_("No new date is given (--due)."))
    present = case.item.bound
    if present is not None and due <= present:
        return Message(
            N_("{due} is not later than {present}."), due=due, present=present
        )
    return None


def has_stage(case: Case) -> Message | None:
    """A stage goal, a next review date and an expected end are set."""
    if (
        _text(case, "stage_goal")
        and _day(case, "review_on") is not None
        and _day(case, "due") is not None
    ):
        return None
    return Message(
        N_("A stage goal, a next review date and an expected end are needed.")
    )


def other_than_proposer(case: Case) -> Message | None:
    """Whoever decides is not the one who proposed."""
    if case.item.proposal is None or case.item.proposal.by != case.person.id:
        return None
    return Message(
        N_("{person} proposed it and cannot decide."), person=case.person.name
    )


def has_document(case: Case) -> Message | None:
    """The document that the step rests on is attached: its SHA-256 is named."""
    if _DIGEST.fullmatch(_text(case, "document")):
        return None
    return Message(N_("No document is attached (--document)."))


def has_receiver(case: Case) -> Message | None:
    """The receiving body is named."""
    return None if _text(case, "body") else Message(N_("No receiving body is named."))


def within_dispute_period(case: Case) -> Message | None:
    """What is disputed was received at most 30 days ago (政府督查工作条例 art. 17)."""
    returned = case.item.returned
    received = max(case.item.assigned_at, returned.added if returned else "")
    if not received:
        return Message(N_("The item was not assigned yet."))
    day = moment(received).astimezone(case.rules.zone).date()
    if (case.today - day).days > DISPUTE_DAYS:
        return Message(
            N_("The {days} days for a dispute ended; received on {day}."),
            days=DISPUTE_DAYS,
            day=day,
        )
    return None


def has_ruling(case: Case) -> Message | None:
    """The decision is to uphold, amend or withdraw."""
    if case.data.get("ruling") in {"uphold", "amend", "withdraw"}:
        return None
    return Message(N_("The ruling must be uphold, amend or withdraw."))


def amendable(case: Case) -> Message | None:
    """The field may be amended: never the source text, never a date that binds.

    Target and criteria bind from the closure request on: what is verified is what
    the unit was asked to reach.
    """
    name = case.data.get("field")
    if name not in AMENDABLE:
        return Message(
            N_("{field} cannot be amended. What can: {fields}."),
            field=name,
            fields=", ".join(sorted(AMENDABLE)),
        )
    if name in ("target", "criteria") and case.item.state in REQUESTED:
        return Message(
            N_("{field} binds since closure was requested; return the item first."),
            field=name,
        )
    return None


def has_fitting_value(case: Case) -> Message | None:
    """The new value is one that the field can have."""
    name, value = case.data.get("field"), case.data.get("value")
    if name in ("owner", "leader"):
        fits = value in {person.id for person in case.directory.active_people()}
    elif name in _WORDED:
        fits = value in {word.value for word in _WORDED[name]}
    elif name == "criteria":
        fits = isinstance(value, list) and bool(value) and all(map(_written, value))
    else:
        fits = _written(value)
    if fits:
        return None
    return Message(N_("{field} cannot be {value}."), field=name, value=value or "—")


_WORDED: dict[object, type[Severity | Rectification]] = {
    "severity": Severity,
    "rectification": Rectification,
}


def _written(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


AMENDABLE = frozenset(
    {
        "title",
        "category",
        "severity",
        "rectification",
        "leader",
        "owner",
        "target",
        "criteria",
        "funds",
        "contingency",
    }
)


# Closing


def measures_done(case: Case) -> Message | None:
    """Every measure is done."""
    left = [str(m.number) for m in case.item.measures if m.done is None]
    if not left:
        return None
    return Message(N_("Measures not done: {numbers}."), numbers=", ".join(left))


def has_evidence(case: Case) -> Message | None:
    """At least one piece of evidence is there."""
    return None if case.item.evidence else Message(N_("There is no evidence."))


def has_rectified_day(case: Case) -> Message | None:
    """The day of rectification is said; it is past, and not before registration."""
    day = _day(case, "rectified_on")
    if day is None:
        return Message(N_("The day of rectification is not said (--rectified-on)."))
    if day > case.today:
        return Message(N_("{day} lies in the future."), day=day)
    if day < case.item.registered_on:
        return Message(
            N_("{day} lies before the registration on {registered}."),
            day=day,
            registered=case.item.registered_on,
        )
    return None


def has_statement(case: Case) -> Message | None:
    """The unit states what was put right."""
    if _text(case, "statement"):
        return None
    return Message(N_("There is no statement of what was put right (--statement)."))


def head_endorses(case: Case) -> Message | None:
    """A head of a responsible unit asks, or is named."""
    head = case.directory.people.get(str(case.data.get("head") or ""))
    heads = case.directory.heads_of(case.item.responsible)
    if head is not None and head in heads:
        return None
    if heads:
        return Message(
            N_(
                "The head of the responsible unit must ask or be named (--head {head})."
            ),
            head=heads[0].name,
        )
    return Message(N_("The responsible unit has no registered head."))


def has_requirement(case: Case) -> Message | None:
    """The rework requirement has at least ten characters."""
    if len(_text(case, "requirement")) >= LEAST_REQUIREMENT:
        return None
    return Message(
        N_("The rework requirement needs at least {least} characters (--requirement)."),
        least=LEAST_REQUIREMENT,
    )


def names_what_is_missing(case: Case) -> Message | None:
    """What is missing is named."""
    if _text(case, "missing"):
        return None
    return Message(N_("What is missing is not named (--missing)."))


def concludes_each_criterion(case: Case) -> Message | None:
    """Each closure criterion has a conclusion, and each is met."""
    said = [c for c in _listed(case.data, "conclusions") if isinstance(c, Mapping)]
    given = {c.get("criterion"): c for c in said}
    left = [
        str(criterion.number)
        for criterion in case.item.criteria
        if not str((given.get(criterion.number) or {}).get("text") or "").strip()
    ]
    if left:
        return Message(
            N_("No conclusion for criterion {numbers} (--conclusion)."),
            numbers=", ".join(left),
        )
    if not case.item.criteria:
        return Message(N_("The item has no closure criterion to verify."))
    # Every conclusion counts: a second one does not hide that the first was no.
    unmet = [str(c.get("criterion")) for c in said if c.get("met") is not True]
    if unmet:
        return Message(N_("Criterion {numbers} is not met."), numbers=", ".join(unmet))
    if len(said) != len(case.item.criteria):
        return Message(N_("Each criterion takes one conclusion, and no other has any."))
    return None


def has_method(case: Case) -> Message | None:
    """How it was verified is said."""
    return (
        None if _text(case, "method") else Message(N_("No method is named (--method)."))
    )


def has_day(case: Case) -> Message | None:
    """The day it was done is said; it is past, and not before registration."""
    day = _day(case, "on")
    if day is None:
        return Message(N_("No day is given (--on)."))
    if day < case.item.registered_on:
        return Message(
            N_("{day} lies before the registration on {registered}."),
            day=day,
            registered=case.item.registered_on,
        )
    return not_after_today(case)


def has_place(case: Case) -> Message | None:
    """Where the public notice can be read is said."""
    return None if _text(case, "where") else Message(N_("No place is named (--where)."))


def notice_over(case: Case) -> Message | None:
    """The period of public notice is over."""
    if case.item.notice is not None and case.today > case.item.notice.until:
        return None
    return Message(
        N_("The public notice runs until {day}."),
        day=case.item.notice.until if case.item.notice else "—",
    )


def no_open_objection(case: Case) -> Message | None:
    """No objection is open."""
    if case.item.notice is None or not case.item.notice.objections:
        return None
    return Message(N_("An objection is not decided yet."))


def objection_open(case: Case) -> Message | None:
    """An objection is open."""
    if case.item.notice is not None and case.item.notice.objections:
        return None
    return Message(N_("There is no objection to decide."))


def has_result(case: Case) -> Message | None:
    """The look-back says whether the rectification holds."""
    if case.data.get("result") in {"holds", "recurred"}:
        return None
    return Message(N_("The result must be holds or recurred."))


def has_cause(case: Case) -> Message | None:
    """The cause is recurrence or sham rectification."""
    if case.data.get("cause") in {"recurrence", "sham"}:
        return None
    return Message(N_("The cause must be recurrence or sham."))


# Separation of duties


def uninvolved(case: Case) -> Message | None:
    """The person and the person's units took no part in the item."""
    return involvement(case, case.person)


def uninvolved_or_lead(case: Case) -> Message | None:
    """The person's units took no part, but for a lead unit where the rules allow it."""
    return involvement(case, case.person, lead_may=_lead_may_verify(case))


def _lead_may_verify(case: Case) -> bool:
    return case.rules["lead-may-verify"] == "yes"


def other_than_requester(case: Case) -> Message | None:
    """The person did not request the closure, and did not endorse it."""
    request = case.item.request
    if request is None or case.person.id not in (request.by, request.head):
        return None
    return Message(N_("{person} requested the closure."), person=case.person.name)


def other_than_verifier(case: Case) -> Message | None:
    """The person did not verify it, unless the rules let two people close."""
    verification = case.item.verification
    if (
        verification is None
        or verification.by != case.person.id
        or case.rules.two_person
    ):
        return None
    return Message(
        N_("{person} verified it; another person closes it."), person=case.person.name
    )


def was_requested_and_verified(case: Case) -> Message | None:
    """A request and a verification of this round stand."""
    if case.item.request is not None and case.item.verification is not None:
        return None
    return Message(N_("Closure was not requested and verified."))


def other_than_first_verifier(case: Case) -> Message | None:
    """The look-back is made by another verifier than the first."""
    verification = case.item.verification
    if verification is None or verification.by != case.person.id:
        return None
    return Message(
        N_("{person} verified it; another verifier looks back."),
        person=case.person.name,
    )


def involvement(
    case: Case,
    person: Person,
    named: Iterable[tuple[str, Capacity]] = (),
    *,
    lead_may: bool = False,
) -> Message | None:
    """Why ``person`` is involved in the item, or ``None``.

    Every unit that was responsible, lead or cooperating at any time counts, and
    units that stood below a responsible one at any time since registration; so
    does every unit the person belonged to since registration. ``named`` adds units
    that are about to take part. ``lead_may`` lets a unit off that was nothing but
    the lead.
    """
    item, directory = case.item, case.directory
    if person.id in item.involved_people:
        return Message(N_("{person} took part in this item."), person=person.name)
    taking_part = [(entry.unit, entry.capacity) for entry in item.involvements]
    taking_part.extend(named)
    since = item.registered_at
    for own in directory.units_since(person, since):
        for unit, capacity in taking_part:
            if capacity is Capacity.LEAD and lead_may:
                continue
            if directory.present(own) == directory.present(unit) or (
                capacity is Capacity.RESPONSIBLE
                and directory.within(own, unit, since=since)
            ):
                return Message(
                    N_(
                        "{person} is or was of {own}, and {unit} takes part in this item."
                    ),
                    person=person.name,
                    own=directory.unit_name(own),
                    unit=directory.unit_name(unit),
                )
    return None


PERSONAL: frozenset[Guard] = frozenset(
    {
        uninvolved,
        uninvolved_or_lead,
        other_than_requester,
        other_than_verifier,
        other_than_first_verifier,
        other_than_proposer,
    }
)
"""The guards that look at nothing but the item and who the person is."""
