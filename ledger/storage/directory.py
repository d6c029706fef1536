"""The tables of units, people and rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from ledger.directory import Directory
from ledger.item import Person, Unit
from ledger.journal import canonical
from ledger.plain import to_plain
from ledger.rules import Rules
from ledger.storage.documents import Value, value_of


class DirectoryTables:
    """Reads the directory, and writes what changed in it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection
        self._units: dict[str, Unit] = {}
        self._people: dict[str, Person] = {}

    def load(self) -> Directory:
        """The units, people and rules as they stand.

        Every act asks for them under its lock; what is stored as it was the last time
        is not read anew from its text.
        """
        units, self._units = self._read(Unit, "units", self._units)
        people, self._people = self._read(Person, "people", self._people)
        rules = self._connection.execute("SELECT key, value FROM rules")
        return Directory(units, people, Rules.of(rules))

    def _read(
        self, kind: type[Value], table: str, known: Mapping[str, Value]
    ) -> tuple[dict[str, Value], dict[str, Value]]:
        """The values of a table by their ids, and by the texts they are kept as."""
        values: dict[str, Value] = {}
        texts: dict[str, Value] = {}
        query = f"SELECT id, doc FROM {table} ORDER BY place"
        for key, doc in self._connection.execute(query):
            value = known[doc] if doc in known else value_of(kind, doc)
            values[key] = texts[doc] = value
        return values, texts

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
