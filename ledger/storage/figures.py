"""The questions that status and the weekly brief ask, each one statement.

Dates are compared as ISO text. Everything here returns named tuples: ``ledger
status`` imports this on every start, and a frozen dataclass takes ten times as
long to define.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Cell(NamedTuple):
    """How many items are alike in kind, state, unit and rectification, and how they stand.

    ``overdue`` are past the day that binds them, ``soon`` within the days that the
    rules say, ``missed`` neither but with a measure past its day; ``on_track`` are
    the others that a day binds. ``due`` were due by the day asked, ``in_time`` of them
    rectified by then; ``first_…`` the same by the original due date. ``still`` is
    the moment of the oldest last movement.
    """

    kind: str
    state: str
    unit: str | None
    rectification: str | None
    items: int
    overdue: int
    soon: int
    missed: int
    on_track: int
    due: int
    in_time: int
    first_due: int
    first_in_time: int
    still: str


# One pass over the index items_figures, whose order is that of the groups.
CELLS = """SELECT kind, state, unit, rectification, count(*),
 count(*) FILTER (WHERE bound < ?),
 count(*) FILTER (WHERE bound >= ? AND bound <= ?),
 count(*) FILTER (WHERE milestone < ? AND (bound IS NULL OR bound > ?)),
 count(*) FILTER (WHERE bound > ? AND (milestone IS NULL OR milestone >= ?)),
 count(*) FILTER (WHERE due <= ?),
 count(*) FILTER (WHERE due <= ? AND rectified_on <= due),
 count(*) FILTER (WHERE original_due <= ?),
 count(*) FILTER (WHERE original_due <= ? AND rectified_on <= original_due),
 min(moved)
 FROM items GROUP BY kind, state, unit, rectification"""
"""The one grouping of ``status``: eleven days to fill in, of which the third, fifth
and sixth are the last day that counts as soon, the others the day asked for."""


class Row(NamedTuple):
    """What lists show of an item, without the rest of it."""

    id: str
    ref: str
    kind: str
    state: str
    title: str
    unit: str | None
    bound: str | None
    milestone: str | None
    waits: str | None
    moved: str
    owner: str | None
    provisional: bool


_ROW = "id, ref, kind, state, title, unit, bound, milestone, waits, moved, doc"
_UNCOVERED = (
    "kind = 'finding' AND state NOT IN ('closed', 'transferred', 'void')"
    " AND NOT EXISTS (SELECT 1 FROM ties"
    " WHERE ties.other = items.id AND ties.relation = 'answers')"
)


class FigureTables:
    """Answers questions about all items at once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection

    def cells(self, day: str, soon: str) -> list[Cell]:
        """How the items stand on ``day``; ``soon`` is the last day that is soon."""
        days = (day, day, soon, day, soon, soon, day, day, day, day, day)
        return [Cell(*row) for row in self._connection.execute(CELLS, days)]

    def overdue(self, day: str, most: int) -> list[Row]:
        """Items past the day that binds them, the longest first."""
        return self._rows("bound < ? ORDER BY bound, year, number", (day,), most)

    def due_between(self, first: str, last: str, most: int) -> list[Row]:
        """Items whose day comes from ``first`` to ``last``, the nearest first."""
        return self._rows(
            "bound >= ? AND bound <= ? ORDER BY bound, year, number",
            (first, last),
            most,
        )

    def due_days(self, first: str, last: str) -> list[tuple[str, int]]:
        """How many items each day from ``first`` to ``last`` binds."""
        return self._connection.execute(
            "SELECT bound, count(*) FROM items"
            " WHERE bound >= ? AND bound <= ? GROUP BY bound",
            (first, last),
        ).fetchall()

    def missed(self, day: str, soon: str, most: int) -> list[Row]:
        """Items that miss a measure's day, though their own is still far."""
        return self._rows(
            "milestone < ? AND (bound IS NULL OR bound > ?)"
            " ORDER BY milestone, year, number",
            (day, soon),
            most,
        )

    def waiting(self, most: int) -> list[Row]:
        """Items that wait for the supervising side, the longest first."""
        return self._rows("waits IS NOT NULL ORDER BY waits, year, number", (), most)

    def waiting_since(self, moment: str) -> int:
        """How many items have been waiting since before ``moment``."""
        (count,) = self._connection.execute(
            "SELECT count(*) FROM items WHERE waits < ?", (moment,)
        ).fetchone()
        return int(count)

    def unassigned(self, kind: str, most: int) -> list[Row]:
        """Items of ``kind`` that are on account and not assigned."""
        return self._rows(
            "kind = ? AND state = 'registered' ORDER BY year, number", (kind,), most
        )

    def uncovered(self, most: int) -> list[Row]:
        """Open findings that no plan answers."""
        return self._rows(f"{_UNCOVERED} ORDER BY year, number", (), most)

    def uncovered_count(self) -> int:
        """How many open findings no plan answers."""
        (count,) = self._connection.execute(
            f"SELECT count(*) FROM items WHERE {_UNCOVERED}"
        ).fetchone()
        return int(count)

    def answered_among(self, items: Sequence[str]) -> frozenset[str]:
        """Which of these items some plan answers."""
        rows = self._connection.execute(
            "SELECT DISTINCT other FROM ties"
            f" WHERE other IN ({', '.join('?' * len(items))})"
            " AND relation = 'answers'",
            items,
        )
        return frozenset(item for (item,) in rows)

    def in_state(self, state: str, most: int) -> list[Row]:
        """Items in ``state``, by their references."""
        return self._rows("state = ? ORDER BY year, number", (state,), most)

    def of_ids(self, items: Sequence[str]) -> list[Row]:
        """These items, by their references."""
        places = ", ".join("?" * len(items))
        return self._rows(
            f"id IN ({places}) ORDER BY year, number", tuple(items), len(items)
        )

    def _rows(self, which: str, values: tuple[str, ...], most: int) -> list[Row]:
        found = self._connection.execute(
            f"SELECT {_ROW} FROM items WHERE {which} LIMIT ?", (*values, most)
        )
        rows = []
        for *columns, doc in found:
            kept = json.loads(doc)
            more = (kept.get("owner"), kept.get("due_provisional", False))
            rows.append(Row._make((*columns, *more)))
        return rows

    def years(self) -> tuple[int, int] | None:
        """The first and the last year of the references; ``None`` without items."""
        (first,) = self._connection.execute("SELECT min(year) FROM items").fetchone()
        (last,) = self._connection.execute("SELECT max(year) FROM items").fetchone()
        return None if first is None else (int(first), int(last))

    def issuer(self, year: int) -> str | None:
        """Who issued the first report of ``year`` that names its issuer."""
        row = self._connection.execute(
            "SELECT doc FROM items WHERE year = ? AND source IS NOT NULL"
            " ORDER BY year, number LIMIT 1",
            (year,),
        ).fetchone()
        return json.loads(row[0])["source"].get("issuer") if row else None

    def trackers(self) -> list[str]:
        """The names of the trackers."""
        rows = self._connection.execute("SELECT name FROM trackers ORDER BY name")
        return [name for (name,) in rows]

    def ties(self, item: str) -> list[tuple[str, bool, str, str]]:
        """What ``item`` is tied to: relation, whether from it, reference, title."""
        rows = self._connection.execute(
            "SELECT relation, 1, ref, title FROM ties JOIN items ON items.id = other"
            " WHERE item = ? UNION ALL"
            " SELECT relation, 0, ref, title FROM ties JOIN items ON items.id = item"
            " WHERE other = ? ORDER BY 2 DESC, 1, 3",
            (item, item),
        )
        return [(relation, bool(out), ref, title) for relation, out, ref, title in rows]

    def links(self, item: str) -> list[tuple[str, str, str, str]]:
        """Where ``item`` stands in trackers: tracker, key, address, state of the link."""
        return self._connection.execute(
            "SELECT tracker, key, url, state FROM links WHERE item = ?"
            " ORDER BY tracker",
            (item,),
        ).fetchall()

    def unit_names(self) -> dict[str, tuple[str, str | None]]:
        """Each unit's name, and the unit it was merged into, in the order added."""
        rows = self._connection.execute("SELECT id, doc FROM units ORDER BY place")
        kept = [(unit, json.loads(doc)) for unit, doc in rows]
        return {unit: (doc["name"], doc.get("merged_into")) for unit, doc in kept}

    def person_names(self) -> dict[str, str]:
        """Each person's name."""
        rows = self._connection.execute("SELECT id, doc FROM people ORDER BY place")
        return {person: json.loads(doc)["name"] for person, doc in rows}

    def rules(self) -> list[tuple[str, str]]:
        """The rules that were set."""
        return self._connection.execute("SELECT key, value FROM rules").fetchall()

    # From the journal

    def happened(
        self, kinds: Iterable[str], since: str, before: str
    ) -> dict[tuple[str, str], int]:
        """How often each kind of event happened, by kind of event and of item.

        ``since`` and ``before`` are moments, half open.
        """
        wanted = tuple(kinds)
        rows = self._connection.execute(
            "SELECT journal.kind, items.kind, count(*) FROM journal"
            " JOIN items ON items.id = journal.item"
            f" WHERE journal.kind IN ({', '.join('?' * len(wanted))})"
            " AND journal.at >= ? AND journal.at < ?"
            " GROUP BY journal.kind, items.kind",
            (*wanted, since, before),
        )
        return {(event, kind): count for event, kind, count in rows}

    def closed_between(self, since: str, before: str) -> list[str]:
        """The items that were closed from ``since`` to ``before``, each once."""
        rows = self._connection.execute(
            "SELECT item, min(at) FROM journal"
            " WHERE kind = 'close' AND at >= ? AND at < ? GROUP BY item"
            " ORDER BY min(at), item",
            (since, before),
        )
        return [item for item, _ in rows]

    def bodies(self, item: str, kinds: Sequence[str]) -> list[str]:
        """The texts of the events of ``item`` of these kinds, in order."""
        rows = self._connection.execute(
            "SELECT body FROM journal WHERE item = ?"
            f" AND kind IN ({', '.join('?' * len(kinds))}) ORDER BY seq",
            (item, *kinds),
        )
        return [body for (body,) in rows]

    def head(self) -> tuple[int, str]:
        """Number and hash of the journal's last entry."""
        number, digest = self._connection.execute(
            "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return int(number), str(digest)
