"""The one door to a ledger: every command goes through :class:`Ledger`.

Each act takes the write lock once: read the head, judge by the lifecycle's table,
append to the journal, project, commit. What cannot be written whole is not
written at all.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from ledger import __version__, assignment, clean
from ledger.assignment import Resolved, Wish
from ledger.clock import Clock, stamp
from ledger.directory import Directory
from ledger.errors import N_, LedgerError, NoLedger, Refused, UsageProblem
from ledger.guards import Case
from ledger.item import Item, Person, Role
from ledger.journal import Entry, Event, entry, event_of
from ledger.lifecycle import decide
from ledger.projection import (
    directory_after,
    item_after,
    touches_directory,
    touches_item,
)
from ledger.rules import Rules, checked
from ledger.storage.evidence import EvidenceStore, Stored
from ledger.storage.items import Selection
from ledger.storage.sqlite import Store, damage_named

FILE_NAME = "ledger.db"
EVIDENCE_FOLDER = "evidence"


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
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE_NAME
        if path.exists():
            raise UsageProblem(
                N_("There is a ledger in {folder} already."),
                N_("A ledger is never overwritten."),
                N_("Choose another folder."),
                folder=folder,
            )
        # Whole or not at all: the file gets its name when the first event is in it.
        coming = folder / f".{FILE_NAME}-{os.getpid()}"
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
            store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
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
        return cls(Store.open(path), clock)

    def _identity(self) -> str:
        first = next(self.store.journal.rows(kinds=["init"]), None)
        if first is None:
            raise NoLedger(
                N_("{path} holds no ledger."),
                N_("It was begun and never finished."),
                N_("Begin one with: ledger init DIR --unit UNIT --actor NAME"),
                path=self.store.path,
            )
        return event_of(first.body).ledger

    # Looking

    @property
    def directory(self) -> Directory:
        """The units, people and rules as they stand now."""
        return self.store.directory.load()

    def today(self, rules: Rules | None = None) -> date:
        """The present day in the ledger's zone."""
        return self.clock.today((rules or self.directory.rules).zone)

    def find(self, ref: str) -> Item:
        """The item whose reference is ``ref`` or ends in it.

        Raises:
            UsageProblem: there is none, or there are several.
        """
        tail = clean.name(ref)
        found = self.store.items.by_tail(tail)
        if len(found) == 1:
            item = self.store.items.get(found[0][0])
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
        if directory.rules["identity"] == "os" and person.account != os_account():
            raise Refused(
                N_("You cannot act as {person}."),
                N_("The rule identity = os binds people to their OS accounts."),
                N_("Log in as {account}, or act as yourself."),
                person=person.name,
                account=person.account or "—",
            )
        return person

    # Writing

    @contextmanager
    def writing(self) -> Iterator[Directory]:
        """Hold the write lock; yields the directory as it stands under it."""
        with damage_named(self.store.path), self.store.write():
            yield self.store.directory.load()

    def record(self, drafts: Iterable[Draft], directory: Directory) -> list[Entry]:
        """Append ``drafts`` to the journal and project them; the lock must be held."""
        head = self.store.journal.head()
        now = stamp(self.clock.now())
        recorder = _recorder(self.clock)
        if now < head.at:
            # Events stay ordered when a clock jumped back; the jump is kept.
            recorder, now = {**recorder, "clock": now}, head.at
        entries: list[Entry] = []
        previous = head.hash
        new: list[Item] = []
        changed: dict[str, Item] = {}
        after = directory
        for draft in drafts:
            person = draft.actor.person
            made = entry(
                previous,
                Event(
                    ledger=self.id,
                    seq=head.seq + len(entries) + 1,
                    at=now,
                    recorded_by=recorder,
                    actor=draft.actor.name,
                    on_behalf=person.id if person and draft.actor.via else None,
                    unit=person.unit if person else None,
                    kind=draft.kind,
                    item=draft.item,
                    data=draft.data,
                ),
            )
            entries.append(made)
            previous = made.hash
            if draft.kind == "register":
                new.append(item_after(None, made.event))
            elif draft.item is not None and touches_item(draft.kind):
                item = changed.get(draft.item) or self.store.items.get(draft.item)
                changed[draft.item] = item_after(item, made.event)
            elif touches_directory(draft.kind):
                after = directory_after(after, made.event)
        self.store.journal.append(entries)
        self.store.items.insert(new)
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
            data = assignment.stated(
                {
                    key: clean.text(value) if isinstance(value, str) else value
                    for key, value in said.items()
                }
            )
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
        case = Case(item, actor.person, directory, data, self.today(directory.rules))
        row = decide(command, case)
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

    def _notice(self, rules: Rules, today: date) -> dict[str, Any]:
        from ledger.workdays import published

        until = published().add_working_days(today, rules.notice_days or 0)
        return assignment.stated(
            {
                "since": today,
                "until": until.date,
                "provisional": until.provisional or None,
            }
        )

    def note(self, item: Item, actor: Actor, text: str, via: str) -> None:
        """Keep a progress note that came from a tracker, whoever wrote it.

        Unlike ``act("progress")`` this asks for no standing: a comment by an
        unknown account is kept as such and involves nobody.
        """
        with self.writing() as directory:
            self.record(
                [
                    Draft(
                        "progress",
                        {"text": clean.text(text), "via": via},
                        actor,
                        item.id,
                    )
                ],
                directory,
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

    def planned(
        self, wishes: Sequence[Wish], actor: Actor, directory: Directory
    ) -> list[Resolved]:
        """The wishes in the ledger's words, judged but not recorded."""
        from ledger.workdays import published

        today, calendar = self.today(directory.rules), published()
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
                    wish, item, directory=directory, calendar=calendar, today=today
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
        require(actor, Role.SUPERVISOR)
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


def require(actor: Actor, role: Role) -> None:
    """Refuse an actor who does not have ``role``."""
    if actor.person is not None and role in actor.person.roles:
        return
    raise Refused(
        N_("{person} cannot do this."),
        N_("It takes the role {role}."),
        N_("See who has it with: ledger people list"),
        person=actor.person.name if actor.person else actor.name,
        role=role.value,
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
