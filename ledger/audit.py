"""Everything a ledger can prove about itself, checked from the first event on.

The chain is computed again, every stored copy of an event's fields is compared
with what was hashed, items, units, people and rules are folded again and compared
with what is stored, every act is judged again by the rules that were in force,
and every evidence file is hashed again. What this cannot see — a journal cut
short, or written anew from the first line — shows only against a sealed head.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ledger.book import Ledger
from ledger.clock import moment
from ledger.directory import Directory
from ledger.errors import N_, LedgerError, Message
from ledger.guards import Case
from ledger.item import Item, Role, State
from ledger.journal import FIRST_HASH, Event, NotCanonical, body_of, chain, event_of
from ledger.lifecycle import TRANSITIONS, Transition, decide
from ledger.projection import (
    directory_after,
    item_after,
    touches_directory,
    touches_item,
)
from ledger.seal import Seal
from ledger.storage.directory import expected_rows
from ledger.storage.items import parts_of, row_of, ties_of
from ledger.storage.journal import Head, Row
from ledger.storage.sqlite import damage_named
from ledger.told import DOUBTS, Saying, doubt

_JUDGED = frozenset(row.command for row in TRANSITIONS)
_TAKES = {
    "register": Role.SUPERVISOR,
    "revise": Role.SUPERVISOR,
    "link": Role.SUPERVISOR,
    "unit.add": Role.SUPERVISOR,
    "unit.rename": Role.SUPERVISOR,
    "unit.move": Role.SUPERVISOR,
    "unit.merge": Role.SUPERVISOR,
    "person.add": Role.SUPERVISOR,
    "person.move": Role.SUPERVISOR,
    "person.roles": Role.SUPERVISOR,
    "person.leave": Role.SUPERVISOR,
    "person.link": Role.SUPERVISOR,
    "person.account": Role.SUPERVISOR,
    "rules.set": Role.APPROVER,
    "tracker.add": Role.SUPERVISOR,
    "tracker.set-url": Role.SUPERVISOR,
    "sync.linked": Role.SUPERVISOR,
    "sync.unlinked": Role.SUPERVISOR,
    "sync.resolved": Role.SUPERVISOR,
}
"""The role that an act outside the lifecycle takes, by the kind of its event."""
_BY_ITSELF = frozenset(
    {"sync.linked", "sync.unlinked", "sync.closed", "sync.conflict", "sync.run"}
)
"""What a run of sync does without a person: it speaks of its own tracker."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it should be: where, and what is wrong.

    ``digest`` is set when it is a file of evidence.
    """

    place: Message
    wrong: Message
    digest: str | None = None


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
    ledger: Ledger,
    *,
    seal: Seal | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check ``ledger``, and that it extends what ``seal`` sealed.

    ``progress`` is told events done and events in all.
    """
    with damage_named(ledger.store.path), ledger.store.examining():
        checking = _Audit(ledger, seal)
        faults = [
            *checking.file(),
            *checking.chain(progress),
            *checking.extends_seal(),
        ]
        if checking.whole:
            # Behind a broken entry everything would differ, and bury the entry.
            faults += [*checking.projection(), *checking.evidence()]
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
    def __init__(self, ledger: Ledger, seal: Seal | None) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._seal = seal
        self._at_seal: str | None = None
        self.events = 0
        self.whole = True
        self.closed = 0
        self.items: dict[str, Item] = {}
        self.directory = Directory()
        self.digests: dict[str, list[tuple[str, str]]] = {}
        self.declared: list[Declared] = []
        self._acts: dict[str, dict[str, tuple[str, str]]] = {}
        self._linked: set[tuple[str | None, str]] = set()

    def file(self) -> Iterator[Fault]:
        for text in self._store.file_faults():
            yield Fault(Message(N_("the file")), Message("SQLite: {text}", text=text))
        for name in self._store.missing_triggers():
            yield Fault(
                Message(N_("trigger {name}"), name=name),
                Message(N_("It is missing, was changed, or is none of the ledger's.")),
            )

    # The journal

    def chain(self, progress: Callable[[int, int], None] | None) -> Iterator[Fault]:
        total = self._store.journal.count()
        previous = FIRST_HASH
        for expected, row in enumerate(self._store.journal.rows(), 1):
            event = self._event(row, expected, previous)
            if isinstance(event, Fault):
                self.whole = False
                yield event
                return
            previous = row.hash
            if self._seal is not None and row.seq == self._seal.count:
                self._at_seal = row.hash
            self.events += 1
            yield from self._folded(row, event)
            if progress is not None and expected % 1000 == 0:
                progress(expected, total)
        if progress is not None:
            progress(total, total)

    def extends_seal(self) -> Iterator[Fault]:
        """Whether the entry that was the head is still there, with all before it."""
        seal = self._seal
        if seal is None:
            return
        place = Message(N_("the seal of {at}"), at=seal.sealed_at)
        if seal.ledger != self._ledger.id:
            yield Fault(place, Message(N_("It is of another ledger.")))
        elif self._at_seal is None and self.whole:
            yield Fault(
                place,
                Message(
                    N_("It sealed {count} entries, and only {left} are there."),
                    count=seal.count,
                    left=self.events,
                ),
            )
        elif self._at_seal is None:
            yield Fault(
                place,
                Message(N_("The chain breaks before entry {seq}."), seq=seal.count),
            )
        elif self._at_seal != seal.head:
            yield Fault(
                place,
                Message(
                    N_("Entry {seq}, or one before it, is not what was sealed."),
                    seq=seal.count,
                ),
            )

    def _event(self, row: Row, expected: int, previous: str) -> Event | Fault:
        """The row's event if it continues the chain and every copy says the same."""
        if row.seq != expected:
            return _entry(row, N_("Entry {seq} is missing before it."), seq=expected)
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
        if chain(previous, row.body) != row.hash:
            return _entry(row, N_("Its hash does not follow from the entry before."))
        return event

    def _folded(self, row: Row, event: Event) -> Iterator[Fault]:
        try:
            told = event.kind in DOUBTS and _tracker(event) is not None
            judged = event.kind in _JUDGED and not told
            if event.item is not None and (judged or event.kind in DOUBTS):
                yield from self._of_an_item(row, event, judged=judged)
            elif event.kind in _BY_ITSELF and event.person is None:
                yield from self._by_itself(row, event)
            elif event.kind in _TAKES or event.kind in _BY_ITSELF:
                yield from self._by_role(row, event)
            if event.kind == "sync.linked":
                self._linked.add((event.item, event.data["tracker"]))
            if touches_directory(event.kind):
                self.directory = directory_after(self.directory, event)
            if event.item is not None and touches_item(event.kind):
                before = self.items.get(event.item)
                item = item_after(before, event)
                if not judged and item.state is not _standing(before):
                    yield _of(row, item, _DOES_NOT_FOLLOW)
                self.items[event.item] = item
                self._followed(item, event)
        except (KeyError, TypeError, ValueError, AttributeError):
            yield _entry(row, N_("It does not fit what came before."))

    def _of_an_item(self, row: Row, event: Event, *, judged: bool) -> Iterator[Fault]:
        """What was done to an item, or told of it by a tracker."""
        item, tracker = self.items[event.item or ""], _tracker(event)
        if tracker is not None and (item.id, tracker) not in self._linked:
            yield _of(row, item, Message(N_("The item had no issue there.")))
        elif judged:
            yield from self._judged(row, event, item)
        else:
            yield from self._told(row, event, item)

    def _judged(self, row: Row, event: Event, item: Item) -> Iterator[Fault]:
        """Judge the act again by the rules and people of its own day."""
        person = self.directory.people.get(event.person or "")
        if person is None:
            yield _of(row, item, _NOBODY)
            return
        day = _day_of(event, self.directory)
        sync = event.actor != event.person
        case = Case(item, person, self.directory, event.data, day, by_sync=sync)
        try:
            done = decide(event.kind, case)
        except LedgerError as error:
            yield _of(
                row,
                item,
                Message(
                    N_("{person} was not allowed to {command}: {reasons}"),
                    person=person.name,
                    command=event.kind,
                    reasons=error.values.get("reasons", ""),
                ),
            )
            return
        if not _follows(done, case):
            yield _of(row, item, _DOES_NOT_FOLLOW)

    def _told(self, row: Row, event: Event, item: Item) -> Iterator[Fault]:
        """Ask again whether this may be believed of a tracker."""
        person = self.directory.people.get(event.person or "")
        if event.person is not None and (person is None or person.left is not None):
            yield _of(row, item, _NOBODY)
            return
        day = _day_of(event, self.directory)
        why = doubt(
            event.kind,
            Saying(item, _tracker(event), person, self.directory, event.data, day),
        )
        if why is not None:
            yield _of(row, item, why)

    def _by_itself(self, row: Row, event: Event) -> Iterator[Fault]:
        """A run of sync speaks of its own tracker, and of items that there are."""
        tracker = _tracker(event)
        known = event.item is None or event.item in self.items
        if tracker is None or event.data["tracker"] != tracker or not known:
            yield _entry(row, N_("No tracker said it."))

    def _by_role(self, row: Row, event: Event) -> Iterator[Fault]:
        person = self.directory.people.get(event.person or "")
        role = _TAKES.get(event.kind)
        if person is None or role not in person.roles or person.left:
            yield _entry(row, N_("Whoever did it did not have the role it takes."))

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
        if event.kind in ("transfer.propose", "void.propose"):
            self.digests.setdefault(event.data["document"], []).append(
                (item.ref, event.kind)
            )
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
                yield _stored(item.ref, _DIFFERS)
        for item in self.items.values():
            if item.id not in seen:
                yield _stored(item.ref, N_("It is in the journal and not stored."))
        items = list(self.items.values())
        yield from self._differing(
            "parts",
            (part for item in items for part in parts_of(item)),
            self._store.items.part_rows(),
        )
        yield from self._differing(
            "ties",
            (tie for item in items for tie in ties_of(item)),
            self._store.items.tie_rows(),
        )
        found = self._store.directory.rows()
        for table, rows in expected_rows(self.directory).items():
            yield from self._differing(table, rows, found[table])

    def _differing(
        self,
        table: str,
        made: Iterable[tuple[object, ...]],
        stored: Iterable[tuple[object, ...]],
    ) -> Iterator[Fault]:
        """Name each row, once, that is stored otherwise than the journal makes it."""
        should, found = Counter(made), Counter(stored)
        differing = [*(should - found), *(found - should)]
        for key in dict.fromkeys(row[0] for row in differing):
            item = self.items.get(str(key))
            yield _stored(f"{table} {item.ref if item else key}", _DIFFERS)

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
                    digest,
                )


_DIFFERS = N_("What is stored is not what the journal makes.")
_EVIDENCE_FAULTS = {
    "missing": N_("The file is missing."),
    "changed": N_("The file is not the one that was added."),
}


_NOBODY = Message(N_("Nobody known did it."))
_DOES_NOT_FOLLOW = Message(N_("What it says came of the act did not follow from it."))


def _tracker(event: Event) -> str | None:
    """The tracker that told it, if one did."""
    told, _, tracker = event.actor.partition(":")
    return tracker if told == "sync" and tracker else None


def _standing(item: Item | None) -> State:
    """The state that an item keeps when nothing is done to it; new ones are on account."""
    return State.REGISTERED if item is None else item.state


def _of(row: Row, item: Item, wrong: Message) -> Fault:
    return Fault(Message(N_("entry {seq} ({ref})"), seq=row.seq, ref=item.ref), wrong)


def _entry(row: Row, wrong: str, **values: object) -> Fault:
    return Fault(Message(N_("entry {seq}"), seq=row.seq), Message(wrong, **values))


def _stored(name: object, wrong: str) -> Fault:
    return Fault(Message(N_("stored {name}"), name=name), Message(wrong))


def _day_of(event: Event, directory: Directory) -> date:
    """The day by which the act was judged: what the clock read, if it had jumped back."""
    read = event.recorded_by.get("clock_read", event.at)
    return moment(read).astimezone(directory.rules.zone).date()


def _follows(done: Transition, case: Case) -> bool:
    """Whether the event says of itself what the ledger works out for such an act."""
    data, item = case.data, case.item
    target = done.goes_to(item)
    if data.get("to") != (None if target is item.state else target.value):
        return False
    if done.command == "close" and data.get("evidence") != sorted(
        {kept.digest for kept in item.evidence}
    ):
        return False
    if done.command in ("request-closure", "close"):
        return bool(data.get("rules") == dict(case.rules.all()))
    return True
