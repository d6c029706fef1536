"""Whole copies of a store, taken while others write, and put back in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ledger.errors import N_, Refused
from ledger.storage import schema
from ledger.storage.sqlite import Store
from ledger.storage.sync import SyncTables

_OWN_TABLES = (
    "SELECT name FROM main.sqlite_master"
    " WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    " AND name <> 'journal'"
)
_FIRST_DIFFERENCE = (
    "SELECT min(m.seq) FROM main.journal m LEFT JOIN restored.journal r"
    " ON r.seq = m.seq WHERE r.seq IS NOT NULL AND (r.hash <> m.hash"
    " OR r.body <> m.body OR r.at <> m.at OR r.kind <> m.kind"
    " OR r.item IS NOT m.item OR r.actor <> m.actor)"
)


def snapshot(store: Store, path: Path) -> None:
    """Copy ``store`` as it stands at one moment to the new file ``path``."""
    with closing(sqlite3.connect(path)) as target:
        store.connection.backup(target)


def foreign_schema(store: Store) -> list[str]:
    """The names of tables, indexes, triggers and views that are not as we make them."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(schema.TABLES)
        for trigger in schema.TRIGGERS.values():
            fresh.execute(trigger)
        ours, theirs = _schema(fresh), _schema(store.connection)
    return sorted({str(row[1]) for row in ours ^ theirs})


def _schema(connection: sqlite3.Connection) -> set[tuple[object, ...]]:
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master"
        " WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    return set(rows.fetchall())


def forget_reads(store: Store) -> None:
    """Let no tracker get anything new before it was read whole once."""
    with store.write():
        SyncTables(store.connection).forget_reads()
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def extend(store: Store, path: Path, *, before: Callable[[], None]) -> int:
    """Bring ``store`` to what stands in the file ``path``, and mark it as restored.

    The file's journal must begin with all that ``store`` has; then ``before`` is
    called. Returns the number of entries added; everything else is taken over as it
    stands there. All or nothing.

    Raises:
        Refused: the store has entries that the file does not have.
    """
    connection = store.connection
    connection.execute("ATTACH DATABASE ? AS restored", (str(path),))
    try:
        with store.write():
            added = _check(store)
            before()
            connection.execute(
                "INSERT INTO main.journal SELECT * FROM restored.journal"
                " WHERE seq > (SELECT coalesce(max(seq), 0) FROM main.journal)"
            )
            for (table,) in connection.execute(_OWN_TABLES).fetchall():
                connection.execute(f"DELETE FROM main.{table}")
                connection.execute(
                    f"INSERT INTO main.{table} SELECT * FROM restored.{table}"
                )
            SyncTables(connection).forget_reads()
    finally:
        connection.execute("DETACH DATABASE restored")
    return added


def _check(store: Store) -> int:
    (here,), (there,), (differs,) = (
        store.connection.execute(query).fetchone()
        for query in (
            "SELECT coalesce(max(seq), 0) FROM main.journal",
            "SELECT coalesce(max(seq), 0) FROM restored.journal",
            _FIRST_DIFFERENCE,
        )
    )
    if differs is not None:
        raise Refused(
            N_("The ledger in {path} is not what was backed up."),
            N_("Entry {seq} of its journal is another one."),
            N_("Restore into another folder, and compare: ledger journal export FILE"),
            path=store.path,
            seq=differs,
        )
    if here > there:
        raise Refused(
            N_("The ledger in {path} is longer than the backup."),
            N_("It has {here} entries, the backup {there}: the others would be lost."),
            N_("Restore into another folder, or make a new backup."),
            path=store.path,
            here=here,
            there=there,
        )
    return int(there) - int(here)
