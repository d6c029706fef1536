"""Registering 100,000 entries in one call, against plain SQL with the same hashing."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from pathlib import Path

from checklists import Checklist, Document, Entry
from ledger.book import Actor, Ledger
from ledger.clock import Clock
from ledger.journal import FIRST_HASH
from ledger.registration import register
from ledger.storage import FILE_NAME, schema
from tests.benchmarks.harness import Measured

BUDGET = 3.0


def report(count: int) -> Checklist:
    """A checklist of ``count`` problems, each of some fifty characters."""
    entries, parts, place = [], [], 0
    for number in range(1, count + 1):
        text = f"第{number}项工作落实不到位,责任压得不实,制度执行有偏差,群众反映的问题解决得不及时。"
        entries.append(
            Entry(
                id=f"P{number}",
                title=f"第{number}项工作落实不到位",
                text=text,
                start=place,
                end=place + len(text),
                line=number,
                due=None,
                units=(),
                kind=None,
                measures=(),
                confidence=0.9,
                rule="enumeration",
                place=None,
            )
        )
        parts.append(text)
        place += len(text) + 1
    document = Document("many.txt", "\n".join(parts), "ab" * 32)
    return Checklist(document, None, None, 2023, None, tuple(entries), (), (), ())


def measured(folder: Path, count: int) -> Measured:
    """Register ``count`` entries, then write the same rows plainly."""
    checklist = report(count)
    with Ledger.create(
        folder / "ours", unit="督查室", actor="李明", clock=Clock()
    ) as book:
        actor = Actor(book.directory.people["p1"])
        began = time.process_time()
        register(book, checklist, actor)
        ours = time.process_time() - began
        read = book.store.connection.execute
        journal = read("SELECT * FROM journal ORDER BY seq").fetchall()
        items = read("SELECT * FROM items ORDER BY seq").fetchall()
    return Measured(
        f"register {count:,} entries",
        ours,
        _plainly(folder / FILE_NAME, journal, items),
        BUDGET,
    )


def _plainly(
    path: Path, journal: list[tuple[object, ...]], items: list[tuple[object, ...]]
) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(schema.TABLES)
    began = time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    previous = FIRST_HASH
    rows = []
    for row in journal:
        body = str(row[5])
        previous = hashlib.sha256(previous.encode() + body.encode()).hexdigest()
        assert previous == row[6]
        rows.append((*row[:6], previous))
    for table, values in (("journal", rows), ("items", items)):
        places = ", ".join("?" * len(values[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", values)  # noqa: S608 (placeholders)
    connection.execute("COMMIT")
    used = time.process_time() - began
    connection.close()
    return used
