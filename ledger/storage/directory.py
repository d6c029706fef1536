"""The tables of units, people and rules."""

from __future__ import annotations

import sqlite3

from ledger.directory import Directory
from ledger.item import Person, Unit
from ledger.journal import canonical
from ledger.plain import to_plain
from ledger.rules import Rules
from ledger.storage.documents import value_of


class DirectoryTables:
    """Reads the directory, and writes what changed in it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection

    def load(self) -> Directory:
        """The units, people and rules as they stand."""
        return Directory(
            {
                unit: value_of(Unit, doc)
                for unit, doc in self._connection.execute(
                    "SELECT id, doc FROM units ORDER BY place"
                )
            },
            {
                person: value_of(Person, doc)
                for person, doc in self._connection.execute(
                    "SELECT id, doc FROM people ORDER BY place"
                )
            },
            Rules.of(self._connection.execute("SELECT key, value FROM rules")),
        )

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row as stored, by table, for an audit to compare."""
        return {
            table: self._connection.execute(query).fetchall()
            for table, query in (
                ("units", "SELECT id, place, doc FROM units ORDER BY place"),
                ("people", "SELECT id, place, doc FROM people ORDER BY place"),
                ("rules", "SELECT key, value FROM rules ORDER BY key"),
            )
        }

    def save(self, before: Directory, after: Directory) -> None:
        """Write what differs between ``before`` and ``after``."""
        for table, old, new in (
            ("units", before.units, after.units),
            ("people", before.people, after.people),
        ):
            self._connection.executemany(
                f"INSERT INTO {table} (id, place, doc) VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
                [
                    (key, place, canonical(to_plain(value)))
                    for place, (key, value) in enumerate(new.items())
                    if old.get(key) != value
                ],
            )
        if before.rules != after.rules:
            self._connection.executemany(
                "INSERT INTO rules (key, value) VALUES (?, ?)"
                " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                after.rules.values,
            )


def expected_rows(directory: Directory) -> dict[str, list[tuple[object, ...]]]:
    """The rows that :meth:`DirectoryTables.rows` must show for ``directory``."""
    return {
        "units": [
            (key, place, canonical(to_plain(unit)))
            for place, (key, unit) in enumerate(directory.units.items())
        ],
        "people": [
            (key, place, canonical(to_plain(person)))
            for place, (key, person) in enumerate(directory.people.items())
        ],
        "rules": list(directory.rules.values),
    }
