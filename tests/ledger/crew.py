"""What other processes do to a ledger while a test looks on."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from ledger import registration
from ledger.book import Actor, Ledger
from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.item import Item, State
from ledger.storage.evidence import EvidenceStore
from ledger.storage.items import Selection
from tests.ledger.office import CHEN, FENG, LI, QIAN, SUN, WANG, Office


def write_progress(folder: Path, mine: str, count: int, told: Connection) -> None:
    """Write ``count`` progress notes to the first item and tell the longest wait."""
    with Ledger.open(folder, clock=Clock()) as ledger:
        actor = Actor(ledger.person(SUN))
        longest = 0.0
        for number in range(count):
            begin = datetime.now(UTC)
            ledger.act("progress", "001", actor, text=f"{mine}-{number}")
            longest = max(longest, (datetime.now(UTC) - begin).total_seconds())
    told.send(longest)


def register_many(folder: Path, mine: str, count: int, told: Connection) -> None:
    """Put ``count`` items on account, each by itself."""
    with Ledger.open(folder, clock=Clock()) as ledger:
        actor = Actor(ledger.person(LI))
        for number in range(count):
            title = f"{mine}-{number}"
            registration.add(ledger, actor, title=title, text=title, origin="督察")
    told.send(0.0)


def live(folder: Path, seed: int, told: Connection) -> None:
    """Take items through their lives for ever; tell each act once it is committed."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    ledger = Ledger.open(folder, clock=Clock())
    office = Office.__new__(Office)  # as it is on disk: waiting for the disk
    office.ledger = ledger
    while True:
        items = [
            item
            for item in ledger.store.items.select(Selection())
            if item.state is not State.CLOSED
        ][-4:]
        if not items or chance.random() < 0.2:
            registration.add(
                ledger, office.who(LI), title="问题", text="问题", origin="督察"
            )
            kind, item = "register", None
        else:
            item = chance.choice(items)
            kind = advance(office, item)
        told.send((kind, item.id if item else "", ledger.store.journal.head().seq))


def advance(office: Office, item: Item) -> str:
    """One step on the way to closing; returns the kind of its event."""
    ledger, today, ref = office.ledger, office.today, item.id
    if item.state is State.REGISTERED:
        ledger.assign([office.wish(ref)], office.who(LI))
        return "assign"
    if item.state is State.IN_PROGRESS and item.measures[0].done is None:
        ledger.act("measure.done", ref, office.who(SUN), number=1, on=today)
        return "measure.done"
    if item.state is State.IN_PROGRESS and not item.evidence:
        path = ledger.folder / f"附件-{os.getpid()}.txt"
        path.write_text(f"{item.ref} {os.getpid()}" * 2000)
        ledger.add_evidence(ref, ledger.evidence.add(path), office.who(SUN))
        return "evidence.add"
    steps: dict[State, tuple[str, str, dict[str, object]]] = {
        State.ASSIGNED: ("start", SUN, {}),
        State.IN_PROGRESS: (
            "request-closure",
            SUN,
            {
                "rectified_on": today,
                "statement": "已整改",
                "head": office.person(WANG),
            },
        ),
        State.CLOSURE_REQUESTED: ("review", CHEN, {"opinion": "材料齐全"}),
        State.VERIFYING: (
            "verify.pass",
            FENG,
            {
                "conclusions": [{"criterion": 1, "met": True, "text": "合格"}],
                "method": "现场核查",
                "on": today,
            },
        ),
        State.VERIFIED: ("close", QIAN, {"opinion": "同意销号"}),
    }
    command, by, said = steps[item.state]
    ledger.act(command, ref, office.who(by), **said)
    return command


def begin_many(folder: Path, seed: int, told: Connection) -> None:
    """Begin ledgers for ever, each in a folder of its own."""
    number = 0
    while True:
        place = folder / f"{seed}-{number}"
        Ledger.create(place, unit="司法局", actor="李明", clock=Clock()).close()
        told.send(("init", place.name, 1))
        number += 1


def as_nobody(folder: Path, told: Connection) -> None:
    """What a person who may only read the folder is told; ``None``: it worked."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    found: list[tuple[str, int, tuple[str, str, str]] | None] = []
    attempts: list[Callable[[], object]] = [
        lambda: _add(folder),
        lambda: Ledger.create(
            folder / "neu", unit="司法局", actor="李明", clock=Clock()
        ).close(),
        lambda: _keep(folder),
    ]
    for attempt in attempts:
        try:
            attempt()
        except LedgerError as error:
            found.append((type(error).__name__, error.exit_code, error.parts()))
        else:
            found.append(None)
    told.send(found)


def _add(folder: Path) -> None:
    with Ledger.open(folder, clock=Clock()) as ledger:
        registration.add(
            ledger, Actor(ledger.person(LI)), title="题", text="文", origin="督察"
        )


def _keep(folder: Path) -> None:
    EvidenceStore(folder / "evidence").add(folder / "ledger.db")
