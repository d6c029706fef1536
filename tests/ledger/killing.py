"""Processes that write to a ledger and are killed, and what they left behind.

A warm process forks for each kill, so that a kill costs no start of Python. The
child says what it is about to commit and what it has committed; after the kill the
journal must be what was there before, all that was committed, and of what was about
to be: all or nothing.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

from ledger.audit import audit
from ledger.book import Draft, Ledger
from ledger.clock import Clock
from ledger.directory import Directory
from ledger.errors import LedgerError
from ledger.journal import Entry
from ledger.storage import evidence
from tests.ledger.office import Office
from tests.ledger.repertoire import ACTS, RULES, prepare

Told = tuple[str, Any]
Tell = Callable[[str, Any], None]

_READS = ("SELECT", "PRAGMA", "WITH", "--")


class Telling(Ledger):
    """A ledger that tells what it is about to commit, and what it has committed."""

    tell: Tell
    _made: list[Entry]

    def record(self, drafts: Iterable[Draft], directory: Directory) -> list[Entry]:
        """As the ledger does; what was made is kept to be told."""
        entries = super().record(drafts, directory)
        self._made += entries
        return entries

    @contextmanager
    def writing(self) -> Iterator[Directory]:
        """As the ledger does; tells before and after the commit."""
        self._made = []
        with super().writing() as directory:
            yield directory
            hashes = [made.hash for made in self._made]
            self.tell("coming", hashes)
        self.tell("kept", hashes)


def _office(folder: Path, tell: Tell) -> Office:
    """The ledger in ``folder``, which waits for the disk as it does for everybody."""
    ledger = Telling.open(folder, clock=Clock())
    ledger.tell = tell
    ledger.clock = Clock(datetime.fromisoformat(ledger.store.journal.head().at))
    office = Office.__new__(Office)
    office.ledger = ledger
    return office


def do_all(folder: Path, todo: Sequence[tuple[str, str]], told: Connection) -> None:
    """Do ``todo`` (names of acts, and what to do them to), then wait to be killed."""

    def tell(kind: str, what: object) -> None:
        told.send((kind, what))

    office = _office(folder, tell)
    # Half the processes bring the log into the file again and again.
    pages = random.choice((10, 1000))  # noqa: S311 (no secret)
    office.ledger.store.connection.execute(f"PRAGMA wal_autocheckpoint = {pages}")
    tell("open", None)
    for name, what in todo:
        tell("begin", name)
        ACTS[name].do(office, what)
        tell("acknowledged", name)
    tell("end", None)
    signal.alarm(60)  # should nobody be left to kill it
    signal.pause()


class Steps:
    """The steps of one act in their order; at one of them the process dies."""

    def __init__(self, at: int | None) -> None:
        """Die at step ``at``, or never."""
        self.at = at
        self.seen: list[str] = []

    def reach(self, step: str) -> None:
        """This step comes now."""
        if len(self.seen) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen.append(step)

    def watch_statements(self, connection: sqlite3.Connection) -> None:
        """Each statement that writes is a step, before it is carried out."""

        def statement(sql: str) -> None:
            words = sql.split(None, 3)[:3]
            if not sql.lstrip().upper().startswith(_READS):
                self.reach(f"before {' '.join(words)}")

        connection.set_trace_callback(statement)

    def watch_files(self) -> None:
        """Before and after each call that writes a file are steps."""
        for place, name in (
            (tempfile, "mkstemp"),
            (os, "fsync"),
            (os, "fchmod"),
            (Path, "replace"),
            (Path, "mkdir"),
            (Path, "unlink"),
        ):
            setattr(place, name, self._around(name, getattr(place, name)))
        read = evidence._pieces  # between two pieces there is no call to watch

        def pieces(*said: Any) -> Iterator[bytes]:
            for piece in read(*said):
                self.reach("before a piece is written")
                yield piece

        setattr(evidence, read.__name__, pieces)

    def _around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def around(*said: Any, **more: Any) -> Any:
            self.reach(f"before {name}")
            try:
                return call(*said, **more)
            finally:
                self.reach(f"after {name}")

        return around


def do_until(
    folder: Path, name: str, what: str, at: int | None, told: Connection
) -> None:
    """Do one act and die at its step ``at``; else tell its steps."""
    steps = Steps(at)

    def tell(kind: str, said: object) -> None:
        if kind == "kept":
            steps.reach("after COMMIT")
        told.send((kind, said))

    office = _office(folder, tell)
    steps.watch_statements(office.ledger.store.connection)
    steps.watch_files()
    told.send(("begin", name))
    ACTS[name].do(office, what)
    told.send(("steps", steps.seen))


class Child:
    """A forked process that does ``work`` until it is killed."""

    def __init__(self, work: Callable[..., None], *said: Any) -> None:
        self.told, theirs = Pipe(duplex=False)
        self.heard: list[Told] = []
        self.id = os.fork()
        if self.id == 0:
            try:
                work(*said, theirs)
            except BaseException:  # noqa: BLE001 (told to the parent, which raises)
                theirs.send(("failed", traceback.format_exc()))
            finally:
                os._exit(0)
        theirs.close()

    def hear(self) -> str | None:
        """What kind of word comes next; ``None``: none will."""
        try:
            self.heard.append(self.told.recv())
        except (EOFError, OSError):
            return None
        kind, what = self.heard[-1]
        if kind == "failed":
            raise AssertionError(what)
        return kind

    def ended(self) -> bool:
        """Hear all that was told, wait for the end: was it SIGKILL?"""
        while self.hear():
            pass
        self.told.close()
        _, status = os.waitpid(self.id, 0)
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def all(self, kind: str) -> list[Any]:
        """What was told under ``kind``."""
        return [what for said, what in self.heard if said == kind]


@dataclass
class Figures:
    """What many kills did."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    damaged: int = 0
    whole: int = 0
    faults: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    def add(self, other: Figures) -> None:
        """Count what another process found."""
        for name in ("kills", "acknowledged", "lost", "damaged", "whole"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults
        self.struck.update(other.struck)
        self.done.update(other.done)

    def examine(self, folder: Path, known: list[str], child: Child) -> list[str]:
        """Judge the ledger that the killed ``child`` left; returns its journal.

        ``known`` are the hashes of the journal before the child began.
        """
        kept = [each for made in child.all("kept") for each in made]
        announced = child.all("coming")
        coming = announced[-1] if len(announced) > len(child.all("kept")) else []
        self.kills += 1
        self.acknowledged += len(child.all("kept"))
        begun, done = child.all("begin"), child.all("acknowledged")
        self.done.update(done)
        if len(begun) > len(done):
            self.struck[begun[-1]] += 1
        faults: list[str] = []
        hashes: list[str] = []
        try:
            with Ledger.open(folder, clock=Clock()) as ledger:
                faults += map(str, audit(ledger).faults)
                faults += ledger.store.file_faults()
                hashes = [row.hash for row in ledger.store.journal.rows()]
        except LedgerError as error:
            faults.append(" ".join(error.parts()))
        for path in (folder / "evidence").glob("[0-9a-f][0-9a-f]/*"):
            if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
                faults.append(f"{path.name} is not whole")
        must = known + kept
        if hashes[: len(must)] != must:
            self.lost += 1
            faults.append("acknowledged acts are lost")
        rest = hashes[len(must) :]
        if rest == coming and coming:
            self.whole += 1
        elif rest:
            faults.append(f"{len(rest)} of {len(coming)} entries of an act were kept")
        if faults:
            self.damaged += 1
            self.faults.append(f"{begun[-1:]}: {'; '.join(faults)}")
        return hashes


def _hashes(folder: Path) -> list[str]:
    with Ledger.open(folder, clock=Clock()) as ledger:
        return [row.hash for row in ledger.store.journal.rows()]


def kill_at_random(folder: Path, count: int, seed: int, told: Connection) -> None:
    """Kill ``count`` processes at random moments of all acts; tells the figures."""
    chance = random.Random(seed)  # noqa: S311 (no secret)
    figures = Figures()
    ready = {rules: prepare(folder / rules, rules) for rules in RULES}
    place, hashes = folder / "ledger", list[str]()
    left: list[tuple[str, str]] = []
    while figures.kills < count:
        if len(left) < 4:  # so many acts are done before a kill at most
            rules = chance.choice(("plain", "plain", "plain", "public"))
            rmtree(place, ignore_errors=True)
            copytree(folder / rules, place)
            hashes = _hashes(place)
            left = list(ready[rules].items())
            chance.shuffle(left)
        random.seed(chance.random())
        child = Child(do_all, place, left)
        acts = chance.randrange(4)
        while len(child.all("acknowledged")) < acts or not child.all("open"):
            assert child.hear()
        time.sleep(chance.uniform(0, 0.02))
        os.kill(child.id, signal.SIGKILL)
        assert child.ended()
        if child.all("end"):
            left = []  # it had nothing left to do: that is no kill
            continue
        begun = set(child.all("begin"))
        left = [act for act in left if act[0] not in begun]
        hashes = figures.examine(place, hashes, child)
        if figures.faults:
            left = []
    told.send(figures)


def kill_at_each_step(folder: Path, names: Sequence[str], told: Connection) -> None:
    """Kill each of the acts once at each of its steps; tells figures and steps."""
    figures = Figures()
    steps: dict[str, list[str]] = {}
    ready = {rules: prepare(folder / rules, rules) for rules in RULES}
    known = {rules: _hashes(folder / rules) for rules in RULES}
    place = folder / "ledger"
    for name in names:
        rules = ACTS[name].rules
        at: int | None = None
        while at is None or at < len(steps[name]):
            rmtree(place, ignore_errors=True)
            copytree(folder / rules, place)
            child = Child(do_until, place, name, ready[rules][name], at)
            killed = child.ended()
            if at is None:
                assert not killed
                (steps[name],) = child.all("steps")
                at = 0
                continue
            assert killed
            hashes = figures.examine(place, known[rules], child)
            # The act is there from its commit on, and nothing of it before.
            if (hashes != known[rules]) != ("before COMMIT" in steps[name][:at]):
                figures.faults.append(f"{name}, killed {steps[name][at]}")
            at += 1
    told.send((figures, steps))
