"""Items, units, people and rules as what the journal makes of them.

State is a fold of the journal and nothing else: :func:`item_after` for an item,
:func:`directory_after` for units, people and rules. Both are pure, and an audit
runs them again from the first event. Whatever a rule or a calendar decided is in
the event's data, so that a fold never depends on today's rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ledger.directory import Directory
from ledger.item import (
    Capacity,
    Conclusion,
    Criterion,
    Decision,
    Evidence,
    Involvement,
    Item,
    ItemLink,
    Measure,
    Membership,
    Note,
    Notice,
    Person,
    Proposal,
    Rectification,
    Request,
    Revision,
    Role,
    Severity,
    State,
    Unit,
)
from ledger.journal import Event
from ledger.plain import from_plain
from ledger.rules import Rules


def item_after(item: Item | None, event: Event) -> Item:
    """The item that ``event`` makes of ``item`` (``None``: not yet on account).

    Raises:
        KeyError: when no item event has this kind.
        ValueError: when an event comes before the registration, or a second one.
    """
    if event.kind == "register":
        if item is not None:
            raise ValueError(f"{item.ref} is registered already")
        return from_plain(
            Item,
            {
                **event.data,
                "id": event.item,
                "registered_at": event.at,
                "moved": event.at,
                "seq": event.seq,
            },
        )
    if item is None:
        raise ValueError(f"{event.kind} comes before the registration")
    changed = _ITEM_EVENTS[event.kind](item, event)
    return replace(
        changed,
        state=State(event.data["to"]) if "to" in event.data else item.state,
        moved=event.at,
        seq=event.seq,
    )


def touches_item(kind: str) -> bool:
    """Whether events of ``kind`` change an item."""
    return kind == "register" or kind in _ITEM_EVENTS


def _day(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    return date.fromisoformat(value) if value else None


def _with_people(item: Item, *people: str | None) -> tuple[str, ...]:
    known = item.involved_people
    return known + tuple(
        dict.fromkeys(person for person in people if person and person not in known)
    )


def _took_part(item: Item, event: Event) -> tuple[str, ...]:
    return _with_people(item, event.person)


def _plan(item: Item, data: Mapping[str, Any]) -> Item:
    """Target, measures and criteria that an assignment or a start brings."""
    measures = item.measures + tuple(
        Measure(
            number=len(item.measures) + place,
            text=measure["text"],
            owner=measure.get("owner"),
            due=_day(measure, "due"),
        )
        for place, measure in enumerate(data.get("measures") or (), 1)
    )
    criteria = item.criteria + tuple(
        Criterion(len(item.criteria) + place, text)
        for place, text in enumerate(data.get("criteria") or (), 1)
    )
    return replace(
        item,
        target=data.get("target") or item.target,
        measures=measures,
        criteria=criteria,
        involved_people=_with_people(
            item, *(measure.get("owner") for measure in data.get("measures") or ())
        ),
    )


def _assignment(item: Item, event: Event) -> Item:
    data = event.data
    responsible = tuple(data["responsible"])
    lead = data.get("lead")
    cooperating = tuple(data.get("cooperating") or ())
    taking_part = [
        *(Involvement(unit, Capacity.RESPONSIBLE) for unit in responsible),
        *(Involvement(unit, Capacity.RESPONSIBLE) for unit in data.get("below") or ()),
        *((Involvement(lead, Capacity.LEAD),) if lead else ()),
        *(Involvement(unit, Capacity.COOPERATING) for unit in cooperating),
    ]
    planned = _plan(item, data)
    due = _day(data, "due")
    severity = data.get("severity")
    rectification = data.get("rectification")
    return replace(
        planned,
        responsible=responsible,
        lead=lead,
        cooperating=cooperating,
        supervising=data.get("supervising") or item.supervising,
        owner=data.get("owner") or item.owner,
        leader=data.get("leader") or item.leader,
        rectification=Rectification(rectification)
        if rectification
        else item.rectification,
        severity=Severity(severity) if severity else item.severity,
        category=data.get("category") or item.category,
        funds=data.get("funds") or item.funds,
        contingency=data.get("contingency") or item.contingency,
        assigned_at=event.at,
        original_due=item.original_due or due,
        due=due or item.due,
        due_basis=data.get("due_basis") if due else item.due_basis,
        due_provisional=bool(data.get("due_provisional"))
        if due
        else item.due_provisional,
        involvements=item.involvements
        + tuple(
            dict.fromkeys(part for part in taking_part if part not in item.involvements)
        ),
        involved_people=_with_people(planned, data.get("owner"), data.get("leader")),
    )


def _handed_back(item: Item, _event: Event) -> Item:
    return replace(
        item, responsible=(), lead=None, cooperating=(), owner=None, leader=None
    )


def _amended(item: Item, event: Event) -> Item:
    name, value = event.data["field"], event.data["value"]
    made: Any = value
    if name == "severity":
        made = Severity(value)
    elif name == "rectification":
        made = Rectification(value)
    elif name == "criteria":
        made = tuple(Criterion(place, text) for place, text in enumerate(value, 1))
    people = (value,) if name in ("owner", "leader") else ()
    changed = replace(item, involved_people=_with_people(item, *people))
    return replace(changed, **{name: made})


def _started(item: Item, event: Event) -> Item:
    planned = _plan(item, event.data)
    return replace(planned, involved_people=_took_part(planned, event))


def _progressed(item: Item, event: Event) -> Item:
    note = Note(
        added=event.at,
        text=event.data["text"],
        by=event.person,
        unit=event.unit,
        via=event.data.get("via"),
    )
    return replace(
        item, notes=(*item.notes, note), involved_people=_took_part(item, event)
    )


def _measure_added(item: Item, event: Event) -> Item:
    planned = _plan(item, {"measures": [event.data]})
    return replace(planned, involved_people=_took_part(planned, event))


def _measure_done(item: Item, event: Event) -> Item:
    done = date.fromisoformat(event.data["on"])
    return replace(
        item,
        measures=tuple(
            replace(measure, done=done)
            if measure.number == event.data["number"]
            else measure
            for measure in item.measures
        ),
        involved_people=_took_part(item, event),
    )


def _measure_ticked(item: Item, event: Event) -> Item:
    """A tick in a tracker's task list: it says that, not who set it."""
    done = date.fromisoformat(event.data["on"]) if event.data["done"] else None
    return replace(
        item,
        measures=tuple(
            replace(measure, done=done)
            if measure.number == event.data["number"]
            else measure
            for measure in item.measures
        ),
    )


def _owner_taken(item: Item, event: Event) -> Item:
    owner = event.data["owner"]
    return replace(item, owner=owner, involved_people=_with_people(item, owner))


def _evidence_added(item: Item, event: Event) -> Item:
    data = event.data
    evidence = Evidence(
        number=len(item.evidence) + 1,
        digest=data["digest"],
        name=data["name"],
        size=data["size"],
        kind=data.get("kind") or "file",
        added=event.at,
        by=event.person,
        unit=event.unit,
        effective=_day(data, "effective"),
        via=data.get("via"),
    )
    return replace(
        item,
        evidence=(*item.evidence, evidence),
        involved_people=_took_part(item, event),
    )


def _proposed(item: Item, event: Event) -> Item:
    matter = event.kind.partition(".")[0]
    data = event.data
    units = matter in ("extend", "ongoing", "dated", "dispute")
    return replace(
        item,
        proposal=Proposal(
            matter=matter,
            added=event.at,
            by=event.person or event.actor,
            unit=event.unit,
            reason=data.get("reason") or data.get("text") or "",
            due=_day(data, "due"),
            review_on=_day(data, "review_on"),
            stage_goal=data.get("stage_goal"),
            document=data.get("document"),
            body=data.get("body"),
        ),
        involved_people=_took_part(item, event) if units else item.involved_people,
    )


def _settled(item: Item, _event: Event) -> Item:
    return replace(item, proposal=None)


def _extended(item: Item, _event: Event) -> Item:
    proposal = item.proposal
    if proposal is None:
        raise ValueError("an extension is granted that nobody asked for")
    if item.state is State.ONGOING:
        dated = replace(item, review_on=proposal.due)
    else:
        dated = replace(item, due=proposal.due, due_basis=None, due_provisional=False)
    return replace(dated, proposal=None, extensions=item.extensions + 1)


def _made_ongoing(item: Item, _event: Event) -> Item:
    proposal = item.proposal
    if proposal is None:
        raise ValueError("ongoing work is granted that nobody asked for")
    return replace(
        item,
        proposal=None,
        review_on=proposal.review_on,
        stage_goal=proposal.stage_goal,
        due=proposal.due,
        due_basis=None,
        due_provisional=False,
        rectification=Rectification.ONGOING,
    )


def _made_dated(item: Item, _event: Event) -> Item:
    proposal = item.proposal
    if proposal is None:
        raise ValueError("a due date is granted that nobody asked for")
    return replace(
        item,
        proposal=None,
        due=proposal.due,
        due_basis=None,
        due_provisional=False,
        review_on=None,
        stage_goal=None,
        rectification=Rectification.PHASED,
    )


def _requested(item: Item, event: Event) -> Item:
    data = event.data
    by = event.person or event.actor
    return replace(
        item,
        request=Request(
            added=event.at,
            by=by,
            head=data["head"],
            unit=event.unit,
            rectified_on=date.fromisoformat(data["rectified_on"]),
            statement=data["statement"],
        ),
        rectified_on=date.fromisoformat(data["rectified_on"]),
        rules=tuple(sorted(data["rules"].items())),
        involved_people=_with_people(item, by, data["head"]),
    )


def _decision(event: Event) -> Decision:
    data = event.data
    return Decision(
        added=event.at,
        by=event.person or event.actor,
        unit=event.unit,
        opinion=data.get("opinion") or "",
        on=_day(data, "on"),
        method=data.get("method"),
        conclusions=tuple(
            Conclusion(c["criterion"], c["met"], c["text"])
            for c in data.get("conclusions") or ()
        ),
    )


def _sent_back(item: Item, event: Event) -> Item:
    """A return, a failed verification or an upheld objection begins a new round."""
    data = event.data
    demanded = data.get("requirement") or data.get("missing") or ""
    opinion = " ".join(part for part in (data.get("opinion") or "", demanded) if part)
    return replace(
        item,
        returns=item.returns + 1,
        returned=replace(_decision(event), opinion=opinion),
        request=None,
        review=None,
        verification=None,
        notice=None,
        rectified_on=None,
        review_on=None,
        stage_goal=None,
        rules=(),
    )


def _reviewed(item: Item, event: Event) -> Item:
    return replace(item, review=_decision(event))


def _verified(item: Item, event: Event) -> Item:
    return replace(item, verification=_decision(event))


def _published(item: Item, event: Event) -> Item:
    data = event.data
    return replace(
        item,
        notice=Notice(
            since=date.fromisoformat(data["since"]),
            until=date.fromisoformat(data["until"]),
            where=data["where"],
            provisional=bool(data.get("provisional")),
        ),
    )


def _objections(item: Item, change: int) -> Item:
    if item.notice is None:
        raise ValueError("an objection without a public notice")
    return replace(
        item, notice=replace(item.notice, objections=item.notice.objections + change)
    )


def _closed(item: Item, event: Event) -> Item:
    return replace(item, closing=_decision(event), returned=None)


def _looked_back(item: Item, event: Event) -> Item:
    look = replace(_decision(event), method=event.data["result"])
    return replace(item, look_backs=(*item.look_backs, look))


def _reopened(item: Item, event: Event) -> Item:
    return replace(
        item,
        reopened=item.reopened + 1,
        due=_day(event.data, "due"),
        due_basis=event.data.get("due_basis"),
        due_provisional=bool(event.data.get("due_provisional")),
        returned=_decision(event),
        request=None,
        review=None,
        verification=None,
        notice=None,
        closing=None,
        rectified_on=None,
        review_on=None,
        stage_goal=None,
        rules=(),
    )


def _set_aside(item: Item, _event: Event) -> Item:
    return replace(item, proposal=None, before=item.state)


def _reinstated(item: Item, _event: Event) -> Item:
    return replace(item, before=None)


def _revised(item: Item, event: Event) -> Item:
    revision = from_plain(Revision, {**event.data, "added": event.at})
    return replace(item, revisions=(*item.revisions, revision))


def _linked(item: Item, event: Event) -> Item:
    link = ItemLink(event.data["relation"], event.data["other"])
    return replace(item, links=(*item.links, link))


_ITEM_EVENTS: dict[str, Callable[[Item, Event], Item]] = {
    "assign": _assignment,
    "hand-back": _handed_back,
    "reassign": _assignment,
    "amend": _amended,
    "start": _started,
    "progress": _progressed,
    "measure.add": _measure_added,
    "measure.done": _measure_done,
    "measure.tick": _measure_ticked,
    "owner.take": _owner_taken,
    "evidence.add": _evidence_added,
    "extend.request": _proposed,
    "extend.grant": _extended,
    "extend.refuse": _settled,
    "ongoing.request": _proposed,
    "ongoing.grant": _made_ongoing,
    "ongoing.refuse": _settled,
    "dated.request": _proposed,
    "dated.grant": _made_dated,
    "dated.refuse": _settled,
    "request-closure": _requested,
    "return": _sent_back,
    "review": _reviewed,
    "verify.fail": _sent_back,
    "verify.pass": _verified,
    "publish": _published,
    "objection.raise": lambda item, _event: _objections(item, 1),
    "objection.dismiss": lambda item, _event: _objections(item, -1),
    "objection.uphold": _sent_back,
    "close": _closed,
    "look-back": _looked_back,
    "reopen": _reopened,
    "transfer.propose": _proposed,
    "transfer.grant": _set_aside,
    "transfer.refuse": _settled,
    "void.propose": _proposed,
    "void.grant": _set_aside,
    "void.refuse": _settled,
    "reinstate": _reinstated,
    "dispute.open": _proposed,
    "dispute.decide": _settled,
    "link": _linked,
    "revise": _revised,
}


# Units, people and rules


def directory_after(directory: Directory, event: Event) -> Directory:
    """The directory that ``event`` makes of ``directory``; most leave it as it is."""
    make = _DIRECTORY_EVENTS.get(event.kind)
    return make(directory, event) if make else directory


def touches_directory(kind: str) -> bool:
    """Whether events of ``kind`` change units, people or rules."""
    return kind in _DIRECTORY_EVENTS


def _began(directory: Directory, event: Event) -> Directory:
    data = event.data
    unit = Unit(data["unit"]["id"], data["unit"]["name"])
    person = Person(
        data["person"]["id"],
        data["person"]["name"],
        frozenset(Role(role) for role in data["person"]["roles"]),
        (Membership(unit.id, event.at),),
        account=data["person"].get("account"),
    )
    return Directory(
        {**directory.units, unit.id: unit},
        {**directory.people, person.id: person},
        Rules.of(data["rules"]),
    )


def _unit_added(directory: Directory, event: Event) -> Directory:
    unit = from_plain(Unit, event.data)
    return replace(directory, units={**directory.units, unit.id: unit})


def _unit_renamed(directory: Directory, event: Event) -> Directory:
    old = directory.units[event.data["id"]]
    unit = replace(
        old, name=event.data["name"], former_names=(*old.former_names, old.name)
    )
    return replace(directory, units={**directory.units, unit.id: unit})


def _unit_moved(directory: Directory, event: Event) -> Directory:
    old = directory.units[event.data["id"]]
    left = ((old.parent, event.at),) if old.parent else ()
    unit = replace(
        old,
        parent=event.data.get("parent"),
        former_parents=(*old.former_parents, *left),
    )
    return replace(directory, units={**directory.units, unit.id: unit})


def _unit_merged(directory: Directory, event: Event) -> Directory:
    unit = replace(directory.units[event.data["id"]], merged_into=event.data["into"])
    return replace(directory, units={**directory.units, unit.id: unit})


def _person_added(directory: Directory, event: Event) -> Directory:
    data = event.data
    person = Person(
        data["id"],
        data["name"],
        frozenset(Role(role) for role in data["roles"]),
        (Membership(data["unit"], event.at),),
        account=data.get("account"),
    )
    return replace(directory, people={**directory.people, person.id: person})


def _with_person(directory: Directory, person: Person) -> Directory:
    return replace(directory, people={**directory.people, person.id: person})


def _person_moved(directory: Directory, event: Event) -> Directory:
    person = directory.people[event.data["id"]]
    *former, current = person.memberships
    return _with_person(
        directory,
        replace(
            person,
            memberships=(
                *former,
                replace(current, until=event.at),
                Membership(event.data["unit"], event.at),
            ),
        ),
    )


def _roles_set(directory: Directory, event: Event) -> Directory:
    person = directory.people[event.data["id"]]
    roles = frozenset(Role(role) for role in event.data["roles"])
    return _with_person(directory, replace(person, roles=roles))


def _person_left(directory: Directory, event: Event) -> Directory:
    person = directory.people[event.data["id"]]
    *former, current = person.memberships
    return _with_person(
        directory,
        replace(
            person,
            left=event.at,
            memberships=(*former, replace(current, until=event.at)),
        ),
    )


def _person_linked(directory: Directory, event: Event) -> Directory:
    login = event.data["login"]
    people = {
        key: replace(
            person,
            logins=tuple(known for known in person.logins if known != login),
        )
        for key, person in directory.people.items()
    }
    person = people[event.data["id"]]
    people[person.id] = replace(person, logins=(*person.logins, login))
    return replace(directory, people=people)


def _account_bound(directory: Directory, event: Event) -> Directory:
    person = directory.people[event.data["id"]]
    return _with_person(directory, replace(person, account=event.data["account"]))


def _rule_set(directory: Directory, event: Event) -> Directory:
    values = dict(directory.rules.values)
    values[event.data["key"]] = event.data["value"]
    return replace(directory, rules=Rules.of(values))


_DIRECTORY_EVENTS: dict[str, Callable[[Directory, Event], Directory]] = {
    "init": _began,
    "unit.add": _unit_added,
    "unit.rename": _unit_renamed,
    "unit.move": _unit_moved,
    "unit.merge": _unit_merged,
    "person.add": _person_added,
    "person.move": _person_moved,
    "person.roles": _roles_set,
    "person.leave": _person_left,
    "person.link": _person_linked,
    "person.account": _account_bound,
    "rules.set": _rule_set,
}


def fold(events: Iterable[Event]) -> tuple[dict[str, Item], Directory]:
    """All items by id, and the directory, after ``events`` in their order."""
    items: dict[str, Item] = {}
    directory = Directory()
    for event in events:
        directory = directory_after(directory, event)
        if event.item is not None and touches_item(event.kind):
            items[event.item] = item_after(items.get(event.item), event)
    return items, directory
