"""A store in memory: what a past day's answer is made in, and thrown away with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from ledger.directory import Directory
from ledger.item import Item
from ledger.storage import schema
from ledger.storage.journal import Row
from ledger.storage.sqlite import Store


def in_memory(
    path: Path, *, rows: Iterable[Row], items: Iterable[Item], directory: Directory
) -> Store:
    """A store that stands for the file ``path`` and holds this much; it is read only.

    ``rows`` are the journal's, as they are stored; ``items`` and ``directory`` what
    they make.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(schema.TABLES)
    store = Store(path, connection)
    with store.write():
        connection.executemany(
            "INSERT INTO journal (seq, at, kind, item, actor, body, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (row.seq, row.at, row.kind, row.item, row.actor, row.body, row.hash)
                for row in rows
            ),
        )
        store.items.insert(list(items))
        store.directory.save(Directory(), directory)
    connection.execute("PRAGMA query_only = ON")
    return store
