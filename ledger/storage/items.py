"""The items' table: one row an item, its whole value in ``doc``."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.item import Capacity, Item, Source, State
from ledger.journal import Event, written
from ledger.plain import to_plain
from ledger.storage.documents import value_of

_COLUMNS = (
    "id",
    "ref",
    "kind",
    "state",
    "year",
    "number",
    "title",
    "unit",
    "rectification",
    "due",
    "original_due",
    "rectified_on",
    "bound",
    "milestone",
    "waits",
    "registered_on",
    "moved",
    "source",
    "seq",
    "doc",
)
_NUMBERED = re.compile(r"(?:(\d{4})-)?(\d{1,9})", re.ASCII)
_WILD = re.compile(r"[!%_]")
_INSERT = (
    f"INSERT INTO items ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_TIE = "INSERT INTO ties (item, relation, other) VALUES (?, ?, ?)"
_UPSERT = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS[1:]
)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items are meant; what is empty or ``None`` does not narrow.

    ``units`` are ids of units that take part; ``due_before`` selects open dates.
    """

    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    year: int | None = None


class ItemTable:
    """Reads and writes items."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection

    def get(self, item: str) -> Item | None:
        """The item with this ULID."""
        row = self._connection.execute(
            "SELECT doc FROM items WHERE id = ?", (item,)
        ).fetchone()
        return _item(row[0]) if row else None

    def by_tail(self, tail: str, most: int = 5) -> list[tuple[str, str]]:
        """Id and reference of the items that ``tail`` may mean.

        The whole reference or id; else the number, with or without its year (``4``,
        ``2023-4``); else what a reference ends in.
        """
        found = self._connection.execute(
            "SELECT id, ref FROM items WHERE ref = ? OR id = ?", (tail, tail)
        ).fetchall()
        numbered = _NUMBERED.fullmatch(tail)
        if not found and numbered is not None:
            found = self._connection.execute(
                "SELECT id, ref FROM items WHERE number = ? AND year = coalesce(?, year)"
                " ORDER BY year LIMIT ?",
                (int(numbered[2]), numbered[1] and int(numbered[1]), most),
            ).fetchall()
        if not found:
            pattern = "%" + _WILD.sub(r"!\g<0>", tail)
            found = self._connection.execute(
                "SELECT id, ref FROM items WHERE ref LIKE ? ESCAPE '!'"
                " ORDER BY year, number LIMIT ?",
                (pattern, most),
            ).fetchall()
        return found

    def references(self) -> dict[str, str]:
        """Every reference by its item's id, in order."""
        return dict(
            self._connection.execute("SELECT id, ref FROM items ORDER BY year, number")
        )

    def of_source(self, sources: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Id and reference of the items registered from ``sources``, by source."""
        found = {}
        wanted = list(sources)
        for begin in range(0, len(wanted), 500):
            part = wanted[begin : begin + 500]
            rows = self._connection.execute(
                "SELECT source, id, ref FROM items"
                f" WHERE source IN ({', '.join('?' * len(part))})",
                part,
            )
            found.update({source: (item, ref) for source, item, ref in rows})
        return found

    def last_number(self, year: int) -> int:
        """The highest number given in ``year``; 0 when none was."""
        (number,) = self._connection.execute(
            "SELECT max(number) FROM items WHERE year = ?", (year,)
        ).fetchone()
        return number or 0

    def select(
        self,
        selection: Selection,
        *,
        after: tuple[int, int] | None = None,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """The items of ``selection`` by year and number; ``after`` continues a page."""
        conditions: list[str] = []
        values: list[object] = []
        for name, wanted in (("kind", selection.kinds), ("state", selection.states)):
            if wanted:
                conditions.append(f"{name} IN ({', '.join('?' * len(wanted))})")
                values.extend(wanted)
        if selection.year is not None:
            conditions.append("year = ?")
            values.append(selection.year)
        if selection.units:
            conditions.append(
                "id IN (SELECT item FROM parts WHERE unit IN"
                f" ({', '.join('?' * len(selection.units))}))"
            )
            values.extend(selection.units)
        if after is not None:
            conditions.append("(year, number) > (?, ?)")
            values.extend(after)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        page = f" LIMIT {int(limit)}" if limit is not None else ""
        cursor = self._connection.execute(
            f"SELECT doc FROM items{where} ORDER BY year, number{page}",
            values,
        )
        for (doc,) in cursor:
            yield _item(doc)

    def changed_after(self, seq: int) -> Iterator[Item]:
        """The items that an event later than ``seq`` made what they are."""
        for (doc,) in self._connection.execute(
            "SELECT doc FROM items WHERE seq > ? ORDER BY seq", (seq,)
        ):
            yield _item(doc)

    def register(self, events: Sequence[Event]) -> None:
        """Add the items that ``events``, all registrations, put on account."""
        self._connection.executemany(_INSERT, map(registered_row, events))
        self._connection.executemany(
            _TIE,
            (
                (event.item, link["relation"], link["item"])
                for event in events
                for link in event.data.get("links") or ()
            ),
        )

    def insert(self, items: Sequence[Item]) -> None:
        """Add items as they are."""
        self._connection.executemany(_INSERT, map(row_of, items))
        self._place(items)

    def save(self, item: Item) -> None:
        """Write ``item`` over what is stored under its id."""
        self._connection.execute(_UPSERT, row_of(item))
        self._connection.execute("DELETE FROM parts WHERE item = ?", (item.id,))
        self._connection.execute("DELETE FROM ties WHERE item = ?", (item.id,))
        self._place([item])

    def _place(self, items: Sequence[Item]) -> None:
        """Write who takes part in ``items``, and what they are tied to."""
        self._connection.executemany(
            "INSERT INTO parts (item, unit, capacity) VALUES (?, ?, ?)",
            (part for item in items for part in parts_of(item)),
        )
        self._connection.executemany(
            _TIE,
            (tie for item in items for tie in ties_of(item)),
        )

    def rows(self) -> Iterator[tuple[object, ...]]:
        """Every row as stored, for an audit to compare, by id."""
        yield from self._connection.execute(
            f"SELECT {', '.join(_COLUMNS)} FROM items ORDER BY id"
        )

    def part_rows(self) -> list[tuple[str, str, str]]:
        """Every row of who takes part in what, in order."""
        return self._connection.execute(
            "SELECT item, unit, capacity FROM parts ORDER BY item, unit, capacity"
        ).fetchall()

    def tie_rows(self) -> list[tuple[str, str, str]]:
        """Every row of what is tied to what, in order."""
        return self._connection.execute(
            "SELECT item, relation, other FROM ties ORDER BY item, relation, other"
        ).fetchall()


def _item(doc: str) -> Item:
    return value_of(Item, doc)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def row_of(item: Item) -> tuple[object, ...]:
    """The row that stores ``item``, in the order of the table's columns."""
    return (
        item.id,
        item.ref,
        item.kind.value,
        item.state.value,
        item.year,
        item.number,
        item.title,
        item.unit,
        item.rectification.value if item.rectification else None,
        _iso(item.due),
        _iso(item.original_due),
        _iso(item.rectified_on),
        _iso(item.bound),
        _iso(item.milestone),
        item.waits,
        _iso(item.registered_on),
        item.moved,
        source_key(item.source, item.kind) if item.source else None,
        item.seq,
        written(to_plain(item)),
    )


def registered_row(event: Event) -> tuple[object, ...]:
    """The row of the item that a registration makes, straight from its event.

    The same as ``row_of(item_after(None, event))``, at a third of the cost: a report
    of a hundred thousand entries is registered in one call.
    """
    data = event.data
    source = data.get("source")
    return (
        event.item,
        data["ref"],
        data["kind"],
        State.REGISTERED.value,
        data["year"],
        data["number"],
        data["title"],
        *(None,) * 8,
        data["registered_on"],
        event.at,
        f"{source['document']}:{data['kind']}:{source['start']}-{source['end']}"
        if source
        else None,
        event.seq,
        written(
            {
                **data,
                "id": event.item,
                "registered_at": event.at,
                "moved": event.at,
                "seq": event.seq,
            }
        ),
    )


def source_key(source: Source, kind: str) -> str:
    """What makes an entry of a document one and the same when registered again."""
    return f"{source.document}:{kind}:{source.start}-{source.end}"


def parts_of(item: Item) -> list[tuple[str, str, str]]:
    """Who takes part in ``item`` now: item, unit, capacity."""
    return sorted(
        {
            *((item.id, unit, Capacity.RESPONSIBLE.value) for unit in item.responsible),
            *((item.id, unit, Capacity.COOPERATING.value) for unit in item.cooperating),
            *([(item.id, item.lead, Capacity.LEAD.value)] if item.lead else []),
        }
    )


def ties_of(item: Item) -> list[tuple[str, str, str]]:
    """What ``item`` is tied to: item, relation, other item.

    A void item answers nothing any more.
    """
    return sorted(
        {
            (item.id, link.relation, link.item)
            for link in item.links
            if item.state is not State.VOID or link.relation != "answers"
        }
    )
