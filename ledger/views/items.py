"""Lists of items, and items as machine documents; one item's screen is ``show``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from ledger.directory import Directory
from ledger.figures.values import light
from ledger.i18n import _
from ledger.item import Decision, Evidence, Item, Proposal
from ledger.plain import to_plain
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone
from ledger.views.text import clean


def list_screen(
    items: Iterable[Item],
    directory: Directory,
    *,
    today: date,
    width: int,
    colour: bool,
) -> list[str]:
    """One line an item: reference, title, unit, due date, days, state."""
    style = Style(colour)
    found = list(items)
    if not found:
        return [style.paint(_("No item is meant by this."), Tone.DIM)]
    spec = [
        Column(_("Item")),
        Column(_("Title"), flexible=True, least=20),
        Column(_("Unit"), flexible=True, least=8, drop=2),
        Column(_("Due"), drop=1),
        Column(_("Days")),
        Column(_("State")),
    ]
    soon = directory.rules.due_soon
    rows = []
    for item in found:
        left = days(item, today)
        shade = light(item.bound, item.milestone, today, soon)
        rows.append(
            (
                item.ref,
                item.title,
                directory.unit_name(item.unit),
                due(item),
                "" if left is None else words.lit(words.until(left), shade),
                words.state(item.state),
            )
        )
    return columns(rows, spec, width, style=style)


def list_plain(
    items: Iterable[Item], directory: Directory, *, today: date
) -> list[str]:
    """One line an item for other programs: tab-separated, nothing cut, no heading.

    The columns are reference, kind, state, unit, due date, days left, title; what
    is not known is empty. States and kinds are the stored words in every language.
    """
    lines = []
    for item in items:
        left = days(item, today)
        cells = (
            item.ref,
            item.kind.value,
            item.state.value,
            directory.unit_name(item.unit),
            item.due.isoformat() if item.due else "",
            "" if left is None else str(left),
            item.title,
        )
        lines.append("\t".join(map(clean, cells)))
    return lines


def days(item: Item, today: date) -> int | None:
    """Days left until the day that binds; ``None`` where nothing binds."""
    return (item.bound - today).days if item.bound else None


def due(item: Item) -> str:
    """The day that binds, else the due date; ``~`` before a provisional one."""
    day = item.bound or item.due
    if day is None:
        return ""
    return f"{'~' if item.due_provisional else ''}{day.isoformat()}"


# The machine's documents


def items_document(
    items: Sequence[Item], directory: Directory, *, today: date
) -> dict[str, Any]:
    """The items as ``items/1``."""
    return {
        "schema": "items/1",
        "day": today.isoformat(),
        "items": [_item(item, directory, today) for item in items],
    }


def item_document(item: Item, directory: Directory, *, today: date) -> dict[str, Any]:
    """One item as ``item/1``."""
    return {
        "schema": "item/1",
        "day": today.isoformat(),
        "item": _item(item, directory, today),
    }


def _item(item: Item, directory: Directory, today: date) -> dict[str, Any]:
    shade = light(item.bound, item.milestone, today, directory.rules.due_soon)
    return {
        "id": item.id,
        "ref": item.ref,
        "kind": item.kind.value,
        "state": item.state.value,
        "light": shade.value if shade else None,
        "days_left": days(item, today),
        "title": item.title,
        "text": item.text,
        "year": item.year,
        "number": item.number,
        "registered_on": item.registered_on.isoformat(),
        "registered_at": item.registered_at or None,
        "assigned_at": item.assigned_at or None,
        "source": None
        if item.source is None
        else {
            "document": item.source.document,
            "name": item.source.name,
            "entry": item.source.entry,
            "start": item.source.start,
            "end": item.source.end,
            "line": item.source.line,
            "title": item.source.title,
            "issuer": item.source.issuer,
            "year": item.source.year,
            "published": _day(item.source.published),
            "place": item.source.place,
        },
        "stated": None
        if item.stated is None
        else {
            "units": list(item.stated.units),
            "cooperating": list(item.stated.cooperating),
            "leaders": list(item.stated.leaders),
            "owners": list(item.stated.owners),
            "due": _day(item.stated.due),
            "due_words": item.stated.due_words,
            "due_provisional": item.stated.due_provisional,
            "kind": item.stated.kind.value if item.stated.kind else None,
            "target": item.stated.target,
            "measures": list(item.stated.measures),
            "status": item.stated.status,
            "result": item.stated.result,
        },
        "category": item.category,
        "severity": item.severity.value if item.severity else None,
        "rectification": item.rectification.value if item.rectification else None,
        "supervising": _unit(item.supervising, directory),
        "lead": _unit(item.lead, directory),
        "responsible": [_unit(unit, directory) for unit in item.responsible],
        "cooperating": [_unit(unit, directory) for unit in item.cooperating],
        "leader": _person(item.leader, directory),
        "owner": _person(item.owner, directory),
        "target": item.target,
        "measures": [
            {
                "number": measure.number,
                "text": measure.text,
                "owner": _person(measure.owner, directory),
                "due": _day(measure.due),
                "done": _day(measure.done),
            }
            for measure in item.measures
        ],
        "criteria": [
            {"number": criterion.number, "text": criterion.text}
            for criterion in item.criteria
        ],
        "funds": item.funds,
        "contingency": item.contingency,
        "original_due": _day(item.original_due),
        "due": _day(item.due),
        "due_basis": item.due_basis,
        "due_provisional": item.due_provisional,
        "review_on": _day(item.review_on),
        "stage_goal": item.stage_goal,
        "notes": [
            {
                "added": note.added,
                "text": note.text,
                "by": _person(note.by, directory),
                "unit": _unit(note.unit, directory),
                "via": note.via,
            }
            for note in item.notes
        ],
        "evidence": [_evidence(kept, directory) for kept in item.evidence],
        "rectified_on": _day(item.rectified_on),
        "request": None
        if item.request is None
        else {
            "added": item.request.added,
            "by": _person(item.request.by, directory),
            "head": _person(item.request.head, directory),
            "unit": _unit(item.request.unit, directory),
            "rectified_on": _day(item.request.rectified_on),
            "statement": item.request.statement,
        },
        "review": _decision(item.review, directory),
        "verification": _decision(item.verification, directory),
        "notice": None
        if item.notice is None
        else {
            "since": item.notice.since.isoformat(),
            "until": item.notice.until.isoformat(),
            "where": item.notice.where,
            "provisional": item.notice.provisional,
            "objections": item.notice.objections,
        },
        "closing": _decision(item.closing, directory),
        "returned": _decision(item.returned, directory),
        "look_backs": [_decision(look, directory) for look in item.look_backs],
        "proposal": _proposal(item.proposal, directory),
        "extensions": item.extensions,
        "returns": item.returns,
        "reopened": item.reopened,
        "revisions": [to_plain(revision) for revision in item.revisions],
        "links": [
            {"relation": link.relation, "item": link.item} for link in item.links
        ],
        "involved_units": [
            {"unit": _unit(part.unit, directory), "capacity": part.capacity.value}
            for part in item.involvements
        ],
        "involved_people": [
            _person(person, directory) for person in item.involved_people
        ],
        "rules": dict(item.rules) or None,
        "moved": item.moved,
        "seq": item.seq,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _unit(unit: str | None, directory: Directory) -> dict[str, str] | None:
    return {"id": unit, "name": directory.unit_name(unit)} if unit else None


def _person(person: str | None, directory: Directory) -> dict[str, str] | None:
    return {"id": person, "name": directory.person_name(person)} if person else None


def _evidence(kept: Evidence, directory: Directory) -> dict[str, Any]:
    return {
        "number": kept.number,
        "digest": kept.digest,
        "name": kept.name,
        "size": kept.size,
        "kind": kept.kind,
        "added": kept.added,
        "by": _person(kept.by, directory),
        "unit": _unit(kept.unit, directory),
        "effective": _day(kept.effective),
        "via": kept.via,
    }


def _decision(decision: Decision | None, directory: Directory) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "added": decision.added,
        "by": _person(decision.by, directory),
        "unit": _unit(decision.unit, directory),
        "opinion": decision.opinion,
        "on": _day(decision.on),
        "method": decision.method,
        "conclusions": [
            {"criterion": c.criterion, "met": c.met, "text": c.text}
            for c in decision.conclusions
        ],
    }


def _proposal(proposal: Proposal | None, directory: Directory) -> dict[str, Any] | None:
    if proposal is None:
        return None
    return {
        "matter": proposal.matter,
        "added": proposal.added,
        "by": _person(proposal.by, directory),
        "unit": _unit(proposal.unit, directory),
        "reason": proposal.reason,
        "due": _day(proposal.due),
        "review_on": _day(proposal.review_on),
        "stage_goal": proposal.stage_goal,
        "document": proposal.document,
        "body": proposal.body,
    }
