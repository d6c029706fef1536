"""The journal's table: appended to, read in order, never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.journal import FIRST_HASH, Entry


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number (0 when there is none), hash and time."""

    seq: int
    hash: str
    at: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the journal as it is stored, believed in nothing."""

    seq: int
    at: str
    kind: str
    item: str | None
    actor: str
    body: str
    hash: str


_COLUMNS = "seq, at, kind, item, actor, body, hash"


class JournalTable:
    """Reads and appends journal rows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection

    def head(self) -> Head:
        """The last entry."""
        row = self._connection.execute(
            "SELECT seq, hash, at FROM journal ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return Head(*row) if row else Head(0, FIRST_HASH, "")

    def append(self, entries: Iterable[Entry]) -> None:
        """Add ``entries``, which continue the chain."""
        self._connection.executemany(
            f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    entry.event.seq,
                    entry.event.at,
                    entry.event.kind,
                    entry.event.item,
                    entry.event.actor,
                    entry.body,
                    entry.hash,
                )
                for entry in entries
            ),
        )

    def rows(
        self,
        *,
        item: str | None = None,
        kinds: Iterable[str] = (),
        actor: str | None = None,
        since: str | None = None,
        before: str | None = None,
    ) -> Iterator[Row]:
        """Rows in order; ``since`` and ``before`` are stamps, half open."""
        conditions, values = [], []
        for condition, value in (
            ("item = ?", item),
            ("actor = ?", actor),
            ("at >= ?", since),
            ("at < ?", before),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        wanted = tuple(kinds)
        if wanted:
            conditions.append(f"kind IN ({', '.join('?' * len(wanted))})")
            values.extend(wanted)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        cursor = self._connection.execute(
            f"SELECT {_COLUMNS} FROM journal {where} ORDER BY seq",
            values,
        )
        for row in cursor:
            yield Row(*row)

    def hash_of(self, seq: int) -> str | None:
        """The hash of entry ``seq``; ``None`` where there is none."""
        row = self._connection.execute(
            "SELECT hash FROM journal WHERE seq = ?", (seq,)
        ).fetchone()
        return row[0] if row else None

    def count(self) -> int:
        """How many rows there are."""
        (count,) = self._connection.execute("SELECT count(*) FROM journal").fetchone()
        return int(count)
