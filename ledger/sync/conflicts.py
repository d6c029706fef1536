"""Edits that met another will: shown, and settled by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger import clean
from ledger.book import Actor, Draft, Ledger, require
from ledger.errors import N_, Refused, UsageProblem
from ledger.item import Item, Role
from ledger.storage.sync import ConflictRow
from ledger.sync.link import Field, base_of, base_to_json

LEDGER, TRACKER = "ledger", "tracker"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One contrary edit: ``outcome`` is restored or kept, ``settled`` how it ended.

    ``restored``: the ledger's value was written back, people's is a suggestion.
    ``kept``: both values stand, each on its side.
    """

    id: str
    tracker: str
    ref: str
    field: str
    ours: str
    theirs: str
    outcome: str
    at: str
    settled: str | None

    def to_json(self) -> dict[str, Any]:
        """The conflict as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def listed(
    ledger: Ledger,
    *,
    tracker: str | None = None,
    ref: str | None = None,
    settled: bool = False,
) -> list[Conflict]:
    """The conflicts that wait for a person, oldest first; all with ``settled``."""
    item = ledger.find(ref).id if ref else None
    return [
        _shown(ledger, row)
        for row in ledger.store.sync.conflicts(tracker=tracker, item=item)
        if settled or row.settled is None
    ]


def resolve(
    ledger: Ledger,
    ref: str,
    actor: Actor,
    *,
    take: str,
    field: str | None = None,
    tracker: str | None = None,
) -> list[Conflict]:
    """Settle the conflicts of an item: ``ledger``, ``tracker``, or a text of one's own.

    With ``ledger`` the next run writes the ledger's value once more. With
    ``tracker``, or a text, the ledger takes that value by the ordinary command for
    it, and is refused where there is none: dates are extended, a closing is
    decided by people.

    Raises:
        UsageProblem: there is nothing to settle, or several fields wait and none
            is named.
        Refused: the actor may not, or the value cannot come this way.
    """
    require(actor, Role.SUPERVISOR, ledger.directory)
    item = ledger.find(ref)
    rows = [
        row
        for row in ledger.store.sync.conflicts(tracker=tracker, item=item.id)
        if row.settled is None and field in (None, row.field)
    ]
    _one_field(item, rows)
    latest = rows[-1]
    if take != LEDGER:
        _take(ledger, item, actor, latest, take)
    with ledger.writing() as directory:
        for row in rows:
            ledger.store.sync.settle_conflict(row.id, take)
        _look_again(ledger, item, latest, keep=take == TRACKER)
        data = {
            "tracker": latest.tracker,
            "field": latest.field,
            "conflicts": [row.id for row in rows],
            "take": take if take in (LEDGER, TRACKER) else "text",
        }
        ledger.record([Draft("sync.resolved", data, actor, item.id)], directory)
    wanted = {row.id for row in rows}
    return [
        _shown(ledger, row)
        for row in ledger.store.sync.conflicts(item=item.id)
        if row.id in wanted
    ]


def _one_field(item: Item, rows: list[ConflictRow]) -> None:
    if not rows:
        raise UsageProblem(
            N_("{ref} has no conflict that waits."),
            N_("Nothing is left to settle."),
            N_("See what waits with: ledger sync conflicts"),
            ref=item.ref,
        )
    fields = sorted({row.field for row in rows})
    if len(fields) > 1 or len({row.tracker for row in rows}) > 1:
        raise UsageProblem(
            N_("{ref} has several conflicts."),
            N_("They are about {fields}."),
            N_("Name one: --field {field}, and --tracker where there are several."),
            ref=item.ref,
            fields=", ".join(fields),
            field=fields[0],
        )


def _take(
    ledger: Ledger, item: Item, actor: Actor, row: ConflictRow, take: str
) -> None:
    """The ledger takes people's value, or a text, by the command that sets it."""
    value = clean.text(row.theirs if take == TRACKER else take)
    field = Field(row.field)
    if field is Field.TITLE:
        title = value.removeprefix(item.ref).strip()
        _amend(ledger, item, actor, "title", title)
    elif field is Field.MEASURE:
        ledger.act("measure.add", item.id, actor, text=value)
    elif field is Field.ASSIGNEES:
        person = (
            ledger.directory.person_of_login(row.tracker, value)
            if take == TRACKER
            else ledger.directory.find_person(value)
        )
        if person is None:
            raise _no_way(item, row, N_("The account is nobody the ledger knows."))
        _amend(ledger, item, actor, "owner", person.id)
    elif field is Field.CLOSED and take == TRACKER:
        return  # the issue stays as people left it
    else:
        raise _no_way(item, row, _WAYS.get(field, N_("The ledger alone says this.")))


_WAYS: Mapping[Field, str] = {
    Field.DUE: N_("A due date is extended: ledger extend request REF."),
    Field.BLOCK: N_("What the block says is amended: ledger amend REF."),
    Field.TICK: N_("The item is past its work; send it back to change a measure."),
    Field.EVIDENCE: N_("Evidence is added by the unit: ledger evidence add REF FILE."),
    Field.CLOSED: N_("Closing is requested and decided by people."),
}


def _amend(ledger: Ledger, item: Item, actor: Actor, name: str, value: str) -> None:
    ledger.act("amend", item.id, actor, field=name, value=value, reason="sync conflict")


def _no_way(item: Item, row: ConflictRow, why: str) -> Refused:
    return Refused(
        N_("The {field} of {ref} cannot be taken from the tracker."),
        why,
        N_("Keep the ledger's: ledger sync resolve {ref} --take ledger"),
        field=row.field,
        ref=item.ref,
    )


def _look_again(ledger: Ledger, item: Item, row: ConflictRow, *, keep: bool) -> None:
    """Let the next run look at the issue anew, and settle the field as it was decided.

    ``keep`` leaves a closed or open issue as people have it.
    """
    link = ledger.store.sync.link(row.tracker, item.id)
    base = base_of(link) if link is not None else None
    if base is None:
        return
    field = Field.BLOCK.value if row.field == Field.TICK else row.field
    if not (keep and field == Field.CLOSED):
        base = replace(base, yielded=base.yielded - {field})
    if not keep and field == Field.ASSIGNEES:
        # As if those who are there had been ours, so that ours replace them.
        told = replace(base.told, assignees=base.issue.assignees)
        base = replace(base, told=told)
    ledger.store.sync.rebase(row.tracker, item.id, base_to_json(base), todo="look")


def _shown(ledger: Ledger, row: ConflictRow) -> Conflict:
    item = ledger.store.items.get(row.item)
    return Conflict(
        id=row.id,
        tracker=row.tracker,
        ref=item.ref if item else row.item,
        field=row.field,
        ours=row.ours,
        theirs=row.theirs,
        outcome=row.outcome,
        at=row.at,
        settled=row.settled,
    )
