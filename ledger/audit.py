"""Everything a ledger can prove about itself, checked from the first event on.

The chain is computed again, every stored copy of an event's fields is compared
with what was hashed, items, units, people and rules are folded again and compared
with what is stored, every act is judged again by the rules that were in force,
and every evidence file is hashed again. What this cannot see — a journal cut
short, or written anew from the first line — shows only against a sealed head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from ledger.book import Ledger
from ledger.clock import moment
from ledger.directory import Directory
from ledger.errors import N_, LedgerError, Message
from ledger.guards import Case
from ledger.item import Item
from ledger.journal import FIRST_HASH, Event, NotCanonical, body_of, chain, event_of
from ledger.lifecycle import TRANSITIONS, decide
from ledger.projection import (
    directory_after,
    item_after,
    touches_directory,
    touches_item,
)
from ledger.storage.directory import expected_rows
from ledger.storage.items import parts_of, row_of, ties_of
from ledger.storage.journal import Head, Row

_JUDGED = frozenset(row.command for row in TRANSITIONS)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it should be: where, and what is wrong."""

    place: Message
    wrong: Message


@dataclass(frozen=True, slots=True)
class Declared:
    """A closing whose several people all came from one OS account."""

    ref: str
    people: int
    account: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found. ``faults`` empty means that everything held."""

    head: Head
    events: int
    items: int
    evidence: int
    closed: int
    faults: tuple[Fault, ...]
    declared: tuple[Declared, ...]


def audit(
    ledger: Ledger, *, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Check ``ledger``. ``progress`` is told events done and events in all."""
    with ledger.store.reading():
        checking = _Audit(ledger)
        faults = [
            *checking.file(),
            *checking.chain(progress),
            *checking.projection(),
            *checking.evidence(),
        ]
        return Report(
            head=ledger.store.journal.head(),
            events=checking.events,
            items=len(checking.items),
            evidence=len(checking.digests),
            closed=checking.closed,
            faults=tuple(faults),
            declared=tuple(checking.declared),
        )


class _Audit:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self.events = 0
        self.closed = 0
        self.items: dict[str, Item] = {}
        self.directory = Directory()
        self.digests: dict[str, list[tuple[str, str]]] = {}
        self.declared: list[Declared] = []
        self._acts: dict[str, dict[str, tuple[str, str]]] = {}

    def file(self) -> Iterator[Fault]:
        for text in self._store.file_faults():
            yield Fault(Message(N_("the file")), Message("SQLite: {text}", text=text))
        for name in self._store.missing_triggers():
            yield Fault(
                Message(N_("trigger {name}"), name=name),
                Message(N_("It is missing or was changed.")),
            )

    # The journal

    def chain(self, progress: Callable[[int, int], None] | None) -> Iterator[Fault]:
        total = self._store.journal.count()
        previous = FIRST_HASH
        for expected, row in enumerate(self._store.journal.rows(), 1):
            if row.seq != expected:
                yield _entry(row, N_("Entry {seq} is missing before it."), seq=expected)
                return
            event = self._event(row)
            if isinstance(event, Fault):
                yield event
                return
            if chain(previous, row.body) != row.hash:
                yield _entry(row, N_("Its hash does not follow from the entry before."))
                return
            previous = row.hash
            self.events += 1
            yield from self._folded(row, event)
            if progress is not None and expected % 1000 == 0:
                progress(expected, total)
        if progress is not None:
            progress(total, total)

    def _event(self, row: Row) -> Event | Fault:
        """The row's event if every stored copy of it says the same."""
        try:
            event = event_of(row.body)
            again = body_of(event)
        except (ValueError, TypeError, NotCanonical):
            return _entry(row, N_("Its text is no event."))
        if again != row.body:
            return _entry(row, N_("Its text is not in canonical form."))
        stored = (row.seq, row.at, row.kind, row.item, row.actor)
        if stored != (event.seq, event.at, event.kind, event.item, event.actor):
            return _entry(row, N_("Its columns differ from what was hashed."))
        if event.ledger != self._ledger.id:
            return _entry(row, N_("It belongs to another ledger."))
        return event

    def _folded(self, row: Row, event: Event) -> Iterator[Fault]:
        try:
            if event.kind in _JUDGED and event.item is not None:
                yield from self._judged(row, event)
            if touches_directory(event.kind):
                self.directory = directory_after(self.directory, event)
            if event.item is not None and touches_item(event.kind):
                item = item_after(self.items.get(event.item), event)
                self.items[event.item] = item
                self._followed(item, event)
        except (KeyError, TypeError, ValueError, AttributeError):
            yield _entry(row, N_("It does not fit what came before."))

    def _judged(self, row: Row, event: Event) -> Iterator[Fault]:
        """Judge the act again by the rules and people of its own day."""
        item = self.items[event.item or ""]
        person = self.directory.people.get(event.person or "")
        if person is None:
            if event.kind != "progress":
                yield _entry(row, N_("Nobody known did it."))
            return
        if event.kind == "progress" and "via" in event.data:
            return
        day = _day_of(event, self.directory)
        try:
            decide(event.kind, Case(item, person, self.directory, event.data, day))
        except LedgerError as error:
            yield Fault(
                Message(N_("entry {seq} ({ref})"), seq=row.seq, ref=item.ref),
                Message(
                    N_("{person} was not allowed to {command}: {reasons}"),
                    person=person.name,
                    command=event.kind,
                    reasons=error.values.get("reasons", ""),
                ),
            )

    def _followed(self, item: Item, event: Event) -> None:
        """Keep what the report says of closings and evidence."""
        acts = self._acts.setdefault(item.id, {})
        person = event.person
        account = event.recorded_by.get("account", "")
        if event.kind in ("request-closure", "verify.pass", "close") and person:
            acts[event.kind] = (person, account)
        if event.kind == "evidence.add":
            kept = item.evidence[-1]
            self.digests.setdefault(kept.digest, []).append((item.ref, kept.name))
        if event.kind == "close":
            self.closed += 1
            people = {who for who, _ in acts.values()}
            accounts = {where for _, where in acts.values()}
            if len(people) > 1 and len(accounts) == 1:
                self.declared.append(Declared(item.ref, len(people), accounts.pop()))

    # What is made of it

    def projection(self) -> Iterator[Fault]:
        seen = set()
        for row in self._store.items.rows():
            item = self.items.get(str(row[0]))
            seen.add(row[0])
            if item is None:
                yield _stored(row[1], N_("No entry of the journal registers it."))
            elif row != row_of(item):
                yield _stored(
                    row[1], N_("What is stored is not what the journal makes.")
                )
        for item in self.items.values():
            if item.id not in seen:
                yield _stored(item.ref, N_("It is in the journal and not stored."))
        parts = sorted(part for item in self.items.values() for part in parts_of(item))
        if parts != self._store.items.part_rows():
            yield _stored("parts", N_("What is stored is not what the journal makes."))
        ties = sorted(tie for item in self.items.values() for tie in ties_of(item))
        if ties != self._store.items.tie_rows():
            yield _stored("ties", N_("What is stored is not what the journal makes."))
        found, expected = self._store.directory.rows(), expected_rows(self.directory)
        for table, rows in expected.items():
            if rows != found[table]:
                yield _stored(
                    table, N_("What is stored is not what the journal makes.")
                )

    def evidence(self) -> Iterator[Fault]:
        for digest, fault in self._ledger.evidence.faults(self.digests):
            for ref, name in self.digests[digest]:
                yield Fault(
                    Message(
                        N_("evidence {name} of {ref} ({digest})"),
                        name=name,
                        ref=ref,
                        digest=digest[:12],
                    ),
                    Message(_EVIDENCE_FAULTS[fault]),
                )


_EVIDENCE_FAULTS = {
    "missing": N_("The file is missing."),
    "changed": N_("The file is not the one that was added."),
}


def _entry(row: Row, wrong: str, **values: object) -> Fault:
    return Fault(Message(N_("entry {seq}"), seq=row.seq), Message(wrong, **values))


def _stored(name: object, wrong: str) -> Fault:
    return Fault(Message(N_("stored {name}"), name=name), Message(wrong))


def _day_of(event: Event, directory: Directory) -> date:
    return moment(event.at).astimezone(directory.rules.zone).date()
