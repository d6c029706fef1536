"""The one door to a ledger: every command goes through :class:`Ledger`.

Each act takes the write lock once: read the head, judge by the lifecycle's table,
append to the journal, project, commit. What cannot be written whole is not
written at all.
"""

from __future__ import annotations

import os
import pwd
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ledger import __version__, assignment, clean
from ledger.assignment import Resolved, Wish
from ledger.clock import Clock, stamp
from ledger.directory import Directory
from ledger.errors import (
    N_,
    Damaged,
    LedgerError,
    Message,
    NoLedger,
    Refused,
    UsageProblem,
)
from ledger.guards import Case
from ledger.item import Item, Person, Role
from ledger.journal import Entry, Event, entry, event_of
from ledger.lifecycle import WHO_NAMES, Who, decide
from ledger.projection import (
    directory_after,
    item_after,
    touches_directory,
    touches_item,
)
from ledger.rules import Rules, checked
from ledger.storage.evidence import EvidenceStore, Stored
from ledger.storage.items import Selection
from ledger.storage.sqlite import FILE_NAME, Store, damage_named

if TYPE_CHECKING:
    from ledger.workdays import Calendar

EVIDENCE_FOLDER = "evidence"
HOLIDAY_FOLDER = "holidays"

DERIVED = frozenset({"to", "rules", "evidence", "since", "until", "provisional"})
"""What an event says that the ledger works out itself; no command may say it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, or a sync (``via``) for a person it may not know."""

    person: Person | None
    via: str | None = None

    @property
    def name(self) -> str:
        """What the journal's ``actor`` says."""
        if self.via is not None:
            return f"sync:{self.via}"
        if self.person is None:
            raise ValueError("an act without a person needs a sync")
        return self.person.id


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it has its number and time."""

    kind: str
    data: Mapping[str, Any]
    actor: Actor
    item: str | None = None


class Ledger:
    """An open ledger. Use as a context manager, or :meth:`close` it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Wrap an open store; use :meth:`open` or :meth:`create`."""
        self.store = store
        self.clock = clock
        self.folder = store.path.parent
        self.evidence = EvidenceStore(self.folder / EVIDENCE_FOLDER)
        self._moment: datetime | None = None
        with damage_named(store.path):
            self.id = self._identity()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    # Beginning

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        unit: str,
        actor: str,
        clock: Clock,
        rules: Mapping[str, str] | None = None,
    ) -> Self:
        """A new ledger in ``folder``, kept by ``unit``; ``actor`` is its first person.

        The first person is supervisor, approver and verifier, and the ledger is in
        two-person mode until the rules say otherwise.
        """
        unit, actor = clean.name(unit), clean.name(actor)
        values = {"closing": "two-person", **(rules or {})}
        for key, value in values.items():
            checked(key, value)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageProblem(
                N_("No ledger can begin in {folder}."),
                "{error}.",
                N_("Choose another folder."),
                folder=folder,
                error=error.strerror,
            ) from error
        path = folder / FILE_NAME
        if path.exists():
            raise UsageProblem(
                N_("There is a ledger in {folder} already."),
                N_("A ledger is never overwritten."),
                N_("Choose another folder."),
                folder=folder,
            )
        # Whole or not at all: the file gets its name when the first event is in it.
        coming = folder / f".{FILE_NAME}-{secrets.token_hex(8)}"
        with damage_named(path):
            store = Store.create(coming)
        try:
            person = Person("p1", actor, frozenset({Role.SUPERVISOR}), ())
            event = Event(
                ledger=new_id(clock),
                seq=1,
                at=stamp(clock.now()),
                recorded_by=_recorder(clock),
                actor=person.id,
                unit="u1",
                kind="init",
                data={
                    "unit": {"id": "u1", "name": unit},
                    "person": {
                        "id": person.id,
                        "name": actor,
                        "roles": ["approver", "supervisor", "verifier"],
                        "account": os_account(),
                    },
                    "rules": values,
                },
            )
            head = store.journal.head()
            with store.write():
                store.journal.append([entry(head.hash, event)])
                store.directory.save(Directory(), directory_after(Directory(), event))
            store.gather()
            store.close()
            os.link(coming, path)
        except FileExistsError as error:
            raise UsageProblem(
                N_("There is a ledger in {folder} already."),
                N_("A ledger is never overwritten."),
                N_("Choose another folder."),
                folder=folder,
            ) from error
        finally:
            store.close()
            for leftover in folder.glob(f"{coming.name}*"):
                leftover.unlink()
        return cls.open(folder, clock=clock)

    @classmethod
    def open(cls, place: Path, *, clock: Clock) -> Self:
        """The ledger at ``place``: its folder, or its database file."""
        path = place / FILE_NAME if place.is_dir() else place
        store = Store.open(path)
        try:
            return cls(store, clock)
        except BaseException:
            store.close()
            raise

    def _identity(self) -> str:
        first = next(self.store.journal.rows(), None)
        if first is None:
            raise NoLedger(
                N_("{path} holds no ledger."),
                N_("It was begun and never finished."),
                N_("Begin one with: ledger init DIR --unit UNIT --actor NAME"),
                path=self.store.path,
            )
        try:
            return event_of(first.body).ledger
        except ValueError as error:
            raise Damaged(
                N_("{path} is damaged."),
                N_("Entry {seq} of its journal is no event."),
                N_("Restore the latest backup, and keep this file for examination."),
                path=self.store.path,
                seq=first.seq,
            ) from error

    # Looking

    @property
    def directory(self) -> Directory:
        """The units, people and rules as they stand now."""
        with damage_named(self.store.path):
            return self.store.directory.load()

    def today(self, rules: Rules | None = None) -> date:
        """The present day in the ledger's zone."""
        zone = (rules or self.directory.rules).zone
        return (self._moment or self.clock.now()).astimezone(zone).date()

    @cached_property
    def calendar(self) -> Calendar:
        """The published working days, and the notices in the ``holidays`` folder.

        Raises:
            CalendarProblem: a notice there cannot be read.
        """
        from ledger.holidays import read_holiday_notice
        from ledger.workdays import calendar

        return calendar(
            read_holiday_notice(path)
            for path in sorted(self.folder.glob(f"{HOLIDAY_FOLDER}/*.toml"))
        )

    def find(self, ref: str) -> Item:
        """The item whose reference is ``ref`` or ends in it.

        Raises:
            UsageProblem: there is none, or there are several.
        """
        tail = clean.name(ref)
        with damage_named(self.store.path):
            found = self.store.items.by_tail(tail)
            item = self.store.items.get(found[0][0]) if len(found) == 1 else None
        if item is not None:
            return item
        if found:
            raise UsageProblem(
                N_("{ref} is ambiguous."),
                N_("It may be {refs}."),
                N_("Give more of the reference."),
                ref=tail,
                refs=", ".join(reference for _, reference in found),
            )
        raise UsageProblem(
            N_("There is no item {ref}."),
            N_("No reference is or ends in it."),
            N_("See the references with: ledger list"),
            ref=tail,
        )

    def person(self, name: str) -> Person:
        """The person who acts as ``name``, if this OS account may.

        Raises:
            UsageProblem: nobody is called so.
            Refused: the rule ``identity = os`` binds the person to another account.
        """
        directory = self.directory
        person = directory.find_person(name)
        _bound(person, directory)
        return person

    # Writing

    @contextmanager
    def writing(self) -> Iterator[Directory]:
        """Hold the write lock; yields the directory as it stands under it.

        The clock is read once: an act is judged and recorded at one moment, also
        when midnight passes between the two.
        """
        with damage_named(self.store.path), self.store.write():
            self._moment = self.clock.now()
            try:
                yield self.store.directory.load()
            finally:
                self._moment = None

    def record(self, drafts: Iterable[Draft], directory: Directory) -> list[Entry]:
        """Append ``drafts`` to the journal and project them; the lock must be held."""
        head = self.store.journal.head()
        now = stamp(self._moment or self.clock.now())
        recorder = _recorder(self.clock)
        if now < head.at:
            # Events stay ordered when a clock jumped back; the jump is kept.
            recorder, now = {**recorder, "clock_read": now}, head.at
        entries: list[Entry] = []
        previous = head.hash
        new: list[Event] = []
        changed: dict[str, Item] = {}
        after = directory
        said_by, actor = None, None
        for draft in drafts:
            if actor is None or draft.actor is not said_by:
                said_by, actor = draft.actor, present(draft.actor, directory)
            person = actor.person
            made = entry(
                previous,
                Event(
                    ledger=self.id,
                    seq=head.seq + len(entries) + 1,
                    at=now,
                    recorded_by=recorder,
                    actor=actor.name,
                    on_behalf=person.id if person and actor.via else None,
                    unit=person.unit if person else None,
                    kind=draft.kind,
                    item=draft.item,
                    data=draft.data,
                ),
            )
            entries.append(made)
            previous = made.hash
            if draft.kind == "register":
                new.append(made.event)
            elif draft.item is not None and touches_item(draft.kind):
                item = changed.get(draft.item) or self.store.items.get(draft.item)
                changed[draft.item] = item_after(item, made.event)
            elif touches_directory(draft.kind):
                after = directory_after(after, made.event)
        self.store.journal.append(entries)
        self.store.items.register(new)
        for item in changed.values():
            self.store.items.save(item)
        if after is not directory:
            self.store.directory.save(directory, after)
        return entries

    def act(self, command: str, ref: str, actor: Actor, **said: object) -> Item:
        """Carry out ``command`` of the lifecycle on one item and return it.

        ``said`` is what the command says, as Python values; ``command`` has a dot
        before its outcome (``verify.pass``).

        Raises:
            Refused: a rule forbids it; nothing was done.
        """
        with self.writing() as directory:
            item = self.find(ref)
            data = assignment.stated(clean.texts(said))
            self.record(
                [self._judged(command, item, actor, directory, data)], directory
            )
            return self.find(item.id)

    def _judged(
        self,
        command: str,
        item: Item,
        actor: Actor,
        directory: Directory,
        data: dict[str, Any],
    ) -> Draft:
        """The event that ``command`` makes of the item, or a refusal."""
        if actor.person is None:
            raise Refused(
                N_("{command} is refused for {ref}."),
                N_("Nobody is known to have done it."),
                N_("Link the account: ledger people link NAME TRACKER:LOGIN"),
                command=command,
                ref=item.ref,
            )
        if not DERIVED.isdisjoint(data):
            raise ValueError(f"only the ledger says {sorted(DERIVED & data.keys())}")
        actor = present(actor, directory)
        assert actor.person is not None  # noqa: S101 (asked above)
        case = Case(
            item,
            actor.person,
            directory,
            data,
            self.today(directory.rules),
            by_sync=actor.via is not None,
        )
        row = decide(command, case)
        self._files_are_there(command, item, data)
        target = row.goes_to(item)
        if target is not item.state:
            data["to"] = target.value
        if command in ("request-closure", "close"):
            data["rules"] = dict(case.rules.all())
        if command == "close":
            data["evidence"] = sorted({kept.digest for kept in item.evidence})
        if command == "publish":
            data.update(self._notice(case.rules, case.today))
        return Draft(command, data, actor, item.id)

    def _files_are_there(self, command: str, item: Item, data: dict[str, Any]) -> None:
        """Refuse evidence that is only spoken of: its file must be in the store."""
        if command == "evidence.add":
            digests = {data["digest"]}
        elif command in ("transfer.propose", "void.propose"):
            digests = {data["document"]}
        elif command in ("request-closure", "close"):
            digests = {kept.digest for kept in item.evidence}
        else:
            return
        gone = [
            digest for digest in digests if not self.evidence.path(digest).is_file()
        ]
        if gone:
            raise Refused(
                N_("{command} is refused for {ref}."),
                N_("These files are missing from the evidence folder: {digests}."),
                N_("Add them again: ledger evidence add {ref} FILE"),
                command=command,
                ref=item.ref,
                digests=", ".join(digest[:12] for digest in sorted(gone)),
            )

    def _notice(self, rules: Rules, today: date) -> dict[str, Any]:
        until = self.calendar.add_working_days(today, rules.notice_days or 0)
        return assignment.stated(
            {
                "since": today,
                "until": until.date,
                "provisional": until.provisional or None,
            }
        )

    def add_evidence(
        self,
        ref: str,
        stored: Stored,
        actor: Actor,
        *,
        kind: str = "file",
        effective: date | None = None,
        via: str | None = None,
    ) -> Item:
        """Attach a stored file to an item as evidence."""
        return self.act(
            "evidence.add",
            ref,
            actor,
            digest=stored.digest,
            name=clean.name(stored.name),
            size=stored.size,
            kind=kind,
            effective=effective,
            via=via,
        )

    def assign(
        self, wishes: Sequence[Wish], actor: Actor, *, new_units: bool = False
    ) -> list[Item]:
        """Assign several items, all of them or none.

        Raises:
            RowFaults: for rows of a file, each with its reason.
            Refused, UsageProblem: for a single wish.
        """
        with self.writing() as directory:
            if new_units:
                self.record(self._missing_units(wishes, actor, directory), directory)
            known = self.directory if new_units else directory
            drafts = [
                self._judged("assign", resolved.item, actor, known, dict(resolved.data))
                for resolved in self.planned(wishes, actor, known)
            ]
            self.record(drafts, known)
            return [self.find(draft.item or "") for draft in drafts]

    def reassign(self, wish: Wish, actor: Actor, *, reason: str) -> Item:
        """Assign an item anew to other units; the due date stays."""
        with self.writing() as directory:
            item = self.find(wish.ref)
            resolved = assignment.resolve(
                wish,
                item,
                directory=directory,
                calendar=self.calendar,
                today=self.today(directory.rules),
            )
            data = {**resolved.data, "reason": clean.text(reason)}
            self.record(
                [self._judged("reassign", item, actor, directory, data)], directory
            )
            return self.find(item.id)

    def planned(
        self, wishes: Sequence[Wish], actor: Actor, directory: Directory
    ) -> list[Resolved]:
        """The wishes in the ledger's words, judged but not recorded."""
        today = self.today(directory.rules)
        plan: list[Resolved] = []
        faults: list[tuple[int, LedgerError]] = []
        seen: set[str] = set()
        for wish in wishes:
            try:
                item = self.find(wish.ref)
                if item.id in seen:
                    raise UsageProblem(
                        N_("{ref} stands here twice."),
                        N_("An item is assigned once."),
                        ref=item.ref,
                    )
                seen.add(item.id)
                resolved = assignment.resolve(
                    wish,
                    item,
                    directory=directory,
                    calendar=self.calendar,
                    today=today,
                )
                self._judged("assign", item, actor, directory, dict(resolved.data))
            except LedgerError as error:
                if wish.row is None:
                    raise
                faults.append((wish.row, error))
            else:
                plan.append(resolved)
        if faults:
            raise assignment.RowFaults(N_("The file"), faults)
        return plan

    def _missing_units(
        self, wishes: Iterable[Wish], actor: Actor, directory: Directory
    ) -> Iterator[Draft]:
        require(actor, Role.SUPERVISOR, directory)
        known = {unit.name for unit in directory.active_units()}
        number = len(directory.units)
        names = dict.fromkeys(
            clean.name(unit)
            for wish in wishes
            for unit in (*wish.units, *wish.cooperating, wish.lead)
            if unit
        )
        for name in names:
            if name not in known:
                number += 1
                yield Draft("unit.add", {"id": f"u{number}", "name": name}, actor)

    def select(self, selection: Selection, *, limit: int | None = None) -> list[Item]:
        """The items of ``selection`` in the order of their references."""
        with damage_named(self.store.path):
            return list(self.store.items.select(selection, limit=limit))


def needed(written: str, name: str) -> str:
    """``written`` tidied; an option that must say something says it."""
    tidy = clean.text(written)
    if not tidy:
        raise UsageProblem(
            N_("The {name} is empty."),
            N_("It is kept in the journal and must say something."),
            N_("Give it with --{name}."),
            name=name,
        )
    return tidy


def present(actor: Actor, directory: Directory) -> Actor:
    """``actor`` with the person as the directory under the lock has it.

    Whoever was looked up before the lock was taken may have moved, left, or lost a
    role since; an act is judged by what holds now.

    Raises:
        Refused: the person has left, or may not act from this OS account.
    """
    if actor.person is None:
        return actor
    person = directory.people.get(actor.person.id)
    if person is None or person.left is not None:
        raise Refused(
            N_("{person} cannot act."),
            N_("The person has left, or is not of this ledger."),
            N_("See who is there with: ledger people list"),
            person=actor.person.name,
        )
    if actor.via is None:
        _bound(person, directory)
    return replace(actor, person=person)


def _bound(person: Person, directory: Directory) -> None:
    """Refuse a person whom the rule ``identity = os`` binds to another account."""
    if directory.rules["identity"] != "os" or person.account == os_account():
        return
    raise Refused(
        N_("You cannot act as {person}."),
        N_("The rule identity = os binds people to their OS accounts."),
        N_("Log in as {account}, or act as yourself."),
        person=person.name,
        account=person.account or "—",
    )


def require(actor: Actor, role: Role, directory: Directory) -> None:
    """Refuse an actor who does not have ``role`` in ``directory`` as it stands."""
    person = present(actor, directory).person
    if person is not None and role in person.roles:
        return
    raise Refused(
        N_("{person} cannot do this."),
        N_("It takes the role {role}."),
        N_("See who has it with: ledger people list"),
        person=person.name if person else actor.name,
        role=Message(WHO_NAMES[Who(role.value)]),
    )


def os_account() -> str:
    """The name of the OS account this process runs under."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _recorder(clock: Clock) -> dict[str, str]:
    recorder = {
        "account": os_account(),
        "host": os.uname().nodename,
        "program": f"ledger {__version__}",
    }
    if clock.fixed is not None:
        recorder["clock"] = "LEDGER_CLOCK"
    return recorder


def new_id(clock: Clock) -> str:
    """A new ULID, of the clock's moment."""
    from ulid import ULID

    return str(ULID.from_datetime(clock.now()))
