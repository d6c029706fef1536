"""What waits for a person: the steps that only somebody like them can take now.

A step waits when it moves an item on, or decides what was proposed, and the person
may take it: by role or unit, and by separation of duties. What only needs words yet
(an opinion, a method) waits; what something else has to happen for does not.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ledger import guards
from ledger.book import Ledger
from ledger.clock import stamp
from ledger.directory import Directory
from ledger.guards import Case, Guard
from ledger.item import WORKING, Item, Person, Role, State
from ledger.lifecycle import Transition, possible, standing
from ledger.rules import Rules
from ledger.storage.sqlite import damage_named
from ledger.storage.waiting import WaitingTables

STEPS: dict[str, tuple[str, ...]] = {
    "assign": (),
    "start": (),
    "request-closure": (),
    "review": ("return",),
    "verify.pass": ("verify.fail", "return"),
    "publish": (),
    "objection.dismiss": ("objection.uphold",),
    "close": (),
    "reopen": (),
    "extend.grant": ("extend.refuse",),
    "ongoing.grant": ("ongoing.refuse",),
    "dated.grant": ("dated.refuse",),
    "transfer.grant": ("transfer.refuse",),
    "void.grant": ("void.refuse",),
    "dispute.decide": (),
}
"""The commands that wait, each with those that decide the same otherwise."""

_UNIT_DOES = ("measure.done", "evidence.add", "request-closure")

# What stands in the way whatever words are said with the command.
_STANDING: frozenset[Guard] = guards.PERSONAL | {
    guards.has_evidence,
    guards.measures_done,
    guards.no_open_objection,
    guards.nothing_pending,
    guards.notice_over,
    guards.objection_open,
    guards.was_requested_and_verified,
}


@dataclass(frozen=True, slots=True)
class Task:
    """``command`` (as the lifecycle has it) waits for the person since ``since``.

    ``line`` is what to type, with capitals for what only the person knows;
    ``instead`` are commands that decide the same otherwise.
    """

    item: Item
    command: str
    since: str
    line: str
    instead: tuple[str, ...] = ()


def inbox(ledger: Ledger, person: Person, *, acting: str | None = None) -> list[Task]:
    """Everything that waits for ``person``, what waits longest first.

    ``acting`` is the name that was given with ``--as``; the commands repeat it.
    """
    with damage_named(ledger.store.path), ledger.store.reading():
        directory = ledger.store.directory.load()
        tables = WaitingTables(ledger.store.connection)
        found = {item.id: item for item in _candidates(tables, person, directory)}
    today = ledger.today(directory.rules)
    tasks = [
        task
        for item in found.values()
        for task in _tasks(item, person, directory, today)
    ]
    if acting is not None:
        name = _word(acting)
        tasks = [
            Task(t.item, t.command, t.since, f"{t.line} --as {name}", t.instead)
            for t in tasks
        ]
    return sorted(
        tasks, key=lambda task: (task.since, task.item.year, task.item.number)
    )


def _candidates(
    tables: WaitingTables, person: Person, directory: Directory
) -> Iterator[Item]:
    """The items of which one may wait for somebody with these roles."""
    states: set[State] = set()
    if Role.SUPERVISOR in person.roles:
        states |= {
            State.REGISTERED,
            State.CLOSURE_REQUESTED,
            State.VERIFIED,
            State.PUBLIC_NOTICE,
        }
        yield from tables.looked_back()
    if Role.VERIFIER in person.roles:
        states.add(State.VERIFYING)
    if Role.APPROVER in person.roles:
        states |= {State.VERIFIED, State.PUBLIC_NOTICE}
        yield from tables.proposed()
    if states:
        yield from tables.in_states(sorted(states))
    if not person.roles.isdisjoint({Role.RESPONSIBLE, Role.UNIT_HEAD}):
        units = [
            unit for unit in directory.units if directory.within(person.unit, unit)
        ]
        yield from tables.in_states(sorted(WORKING), units=units)


def _tasks(
    item: Item, person: Person, directory: Directory, today: date
) -> Iterator[Task]:
    case = Case(item, person, directory, {}, today)
    held = standing(person, item, directory)
    for row in possible(item, case.rules):
        if row.command not in STEPS or held.isdisjoint(row.who):
            continue
        if row.command == "reopen" and not _recurred(item):
            continue
        if row.command == "request-closure":
            yield from _work(row, case)
        elif _free(row.guards, case):
            yield Task(
                item,
                row.command,
                _since(row.command, item, case.rules),
                _line(row.command, case),
                STEPS[row.command],
            )


def _free(wanted: Iterable[Guard], case: Case) -> bool:
    return all(
        guard(case) is None
        for guard in wanted
        if guard in _STANDING or guard.__name__.startswith("pending_")
    )


def _work(row: Transition, case: Case) -> Iterator[Task]:
    """What the unit has to do next until it can request the closure."""
    item = case.item
    # The head endorses what the others of the unit do; both see it.
    undone = [measure.number for measure in item.measures if measure.done is None]
    if undone:
        command, line = (
            "measure.done",
            f"ledger measure done {item.ref} {undone[0]}",
        )
    elif not item.evidence:
        command, line = "evidence.add", f"ledger evidence add {item.ref} FILE"
    elif _free(row.guards, case):
        command, line = row.command, _line(row.command, case)
    else:
        return
    yield Task(item, command, _since(command, item, case.rules), line)


def _recurred(item: Item) -> bool:
    last = item.look_backs[-1] if item.look_backs else None
    return (
        last is not None
        and item.closing is not None
        and last.method == "recurred"
        and last.added > item.closing.added
    )


def _since(command: str, item: Item, rules: Rules) -> str:
    """The moment from which on the step could have been taken."""
    if command == "assign":
        # Handed back, or just put on account.
        return item.moved if item.assigned_at else item.registered_at
    if command in ("start", *_UNIT_DOES):
        return max(item.assigned_at, item.returned.added if item.returned else "")
    if command in ("review", "verify.pass", "publish"):
        return item.waits or item.moved
    if command == "close":
        if item.notice is None:
            return item.waits or item.moved
        over = item.notice.until + timedelta(days=1)
        return max(
            stamp(datetime.combine(over, time(), tzinfo=rules.zone)), item.waits or ""
        )
    if command == "reopen":
        return item.look_backs[-1].added
    return item.proposal.added if item.proposal is not None else item.moved


def _line(command: str, case: Case) -> str:
    """What to type; capitals stand for what only the person knows."""
    item = case.item
    typed = f"ledger {command.replace('.', ' ')} {item.ref}"
    if command == "assign":
        kind = item.rectification.value if item.rectification else "KIND"
        return f"{typed} --unit UNIT --due DATE --kind {kind}"
    if command == "start":
        missing = [
            word
            for word, there in (
                ("--target TEXT", item.target),
                ("--measure TEXT", item.measures),
                ("--criterion TEXT", item.criteria),
            )
            if not there
        ]
        return " ".join([typed, *missing])
    if command == "request-closure":
        heads = case.directory.heads_of(item.responsible)
        head = (
            ""
            if any(known.id == case.person.id for known in heads)
            else f" --head {_word(heads[0].name) if heads else 'NAME'}"
        )
        return f"{typed} --statement TEXT{head}"
    if command == "verify.pass":
        told = " ".join(f"--conclusion {c.number}:TEXT" for c in item.criteria)
        return f"ledger verify {item.ref} --pass {told} --method TEXT"
    if command == "publish":
        return f"{typed} --where TEXT"
    if command == "reopen":
        return f"{typed} --cause recurrence --due DATE --opinion TEXT"
    if command == "dispute.decide":
        return f"{typed} RULING --opinion TEXT"
    return f"{typed} --opinion TEXT"


def _word(name: str) -> str:
    """``name`` as one word of a shell; Chinese names need no quotes."""
    return name if re.fullmatch(r"\w+", name) else shlex.quote(name)
