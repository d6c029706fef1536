"""The tables of sync: trackers, links, outbox, remarks, conflicts and runs.

They are no part of the truth. What was decided stands in the journal; these rows
remember what a tracker was told and has shown, so that nothing is said twice.
Rows are plain: ``options``, ``memory``, ``logins`` and ``base`` are JSON values.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ledger.item import Item
from ledger.plain import from_plain

_KEPT_RUNS = 200


@dataclass(frozen=True, slots=True)
class TrackerRow:
    """A registered tracker and how far it was read.

    ``issues_since`` and ``comments_since`` are times of the tracker's own clock.
    ``read_whole`` says that every issue was read once since the tracker was added
    or the ledger restored. ``pushed`` is the journal entry up to which items were
    considered. ``stopped`` holds why nothing is sent any more.
    """

    name: str
    kind: str
    address: str
    project: str
    options: Mapping[str, str]
    logins: tuple[str, ...]
    memory: Mapping[str, Any]
    issues_since: str | None
    comments_since: str | None
    read_whole: bool
    pushed: int
    stopped: str | None
    held_by: str | None
    held_until: str | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An item and its issue. ``state``: wanted, linked, gone or detached.

    ``todo`` is empty, ``push`` (something is still to be sent) or ``look`` (the
    issue must be read again first). ``seq`` is the item's journal entry that the
    issue shows; ``digest`` and ``version`` are those of the issue in ``base``.
    """

    tracker: str
    item: str
    state: str
    remote: str | None
    key: str | None
    url: str | None
    seq: int
    todo: str
    digest: str
    version: int | None
    base: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something new that a tracker is to get. ``state``: planned, sending, unknown.

    ``at`` is our time of the last step; ``since`` the tracker's time as it was
    sent; ``mark`` tells it from everything else about this item.
    """

    id: str
    tracker: str
    item: str
    act: str
    mark: str
    state: str
    at: str
    since: str | None
    said: str


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """A comment or attachment that both sides have. ``mark`` is set on ours."""

    tracker: str
    remote: str
    item: str
    mark: str | None
    digest: str
    author: str | None
    at: str | None
    said: str


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """An edit that met another will. ``outcome``: restored or kept.

    ``round`` is the item's state and how often it came back, as text.
    """

    id: str
    tracker: str
    item: str
    field: str
    round: str
    ours: str
    theirs: str
    outcome: str
    at: str
    settled: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """What one run did; ``report`` is its JSON."""

    id: str
    tracker: str
    started: str
    finished: str
    report: Mapping[str, Any]


def _names(kind: Any) -> str:  # noqa: ANN401 (a dataclass)
    return ", ".join(field.name for field in fields(kind))


_TRACKER = _names(TrackerRow)
_LINK = _names(LinkRow)
_OUTBOX = _names(OutboxRow)
_REMARK = _names(RemarkRow)
_CONFLICT = _names(ConflictRow)
_RUN = _names(RunRow)


def _text(value: object) -> str:
    # Escaped, because what a tracker sent may hold halves of characters.
    return json.dumps(value, sort_keys=True)


class SyncTables:
    """Reads and writes what sync remembers; writes need the store's write lock."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection

    def _all(self, query: str, *values: object) -> list[Any]:
        return self._connection.execute(query, values).fetchall()

    def _do(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    # Trackers

    def tracker(self, name: str) -> TrackerRow | None:
        """The tracker called ``name``."""
        rows = self._all(f"SELECT {_TRACKER} FROM trackers WHERE name = ?", name)
        return _tracker(rows[0]) if rows else None

    def trackers(self) -> list[TrackerRow]:
        """All trackers by name."""
        return [
            _tracker(row)
            for row in self._all(f"SELECT {_TRACKER} FROM trackers ORDER BY name")
        ]

    def add_tracker(
        self,
        name: str,
        *,
        kind: str,
        address: str,
        project: str,
        options: Mapping[str, str],
        logins: Iterable[str],
        memory: Mapping[str, object],
    ) -> None:
        """Register a tracker."""
        self._do(
            "INSERT INTO trackers"
            " (name, kind, address, project, options, logins, memory)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            name,
            kind,
            address,
            project,
            _text(dict(options)),
            _text(sorted(logins)),
            _text(dict(memory)),
        )

    def change_tracker(self, name: str, **values: object) -> None:
        """Set columns of a tracker; mappings and tuples are written as JSON."""
        columns = {
            key: value
            if value is None or isinstance(value, str | int)
            else _text(value)
            for key, value in values.items()
        }
        self._do(
            f"UPDATE trackers SET {', '.join(f'{key} = ?' for key in columns)}"
            " WHERE name = ?",
            *columns.values(),
            name,
        )

    def hold(self, name: str, holder: str, *, until: str, now: str) -> bool:
        """Take or renew the lease of a tracker; false when another one holds it."""
        return bool(
            self._do(
                "UPDATE trackers SET held_by = ?, held_until = ? WHERE name = ? AND"
                " (held_by IS NULL OR held_by = ? OR held_until < ?)",
                holder,
                until,
                name,
                holder,
                now,
            )
        )

    def release(self, name: str, holder: str) -> None:
        """Give the lease back if ``holder`` still has it."""
        self._do(
            "UPDATE trackers SET held_by = NULL, held_until = NULL"
            " WHERE name = ? AND held_by = ?",
            name,
            holder,
        )

    def forget_reads(self) -> None:
        """After a restore: every tracker is read whole before anything is created."""
        self._do(
            "UPDATE trackers SET read_whole = 0, issues_since = NULL,"
            " comments_since = NULL, held_by = NULL, held_until = NULL"
        )

    # Links

    def link(self, tracker: str, item: str) -> LinkRow | None:
        """The link of an item."""
        rows = self._all(
            f"SELECT {_LINK} FROM links WHERE tracker = ? AND item = ?", tracker, item
        )
        return _link(rows[0]) if rows else None

    def link_of(
        self, tracker: str, *, remote: str | None = None, key: str | None = None
    ) -> LinkRow | None:
        """The link of an issue, by the tracker's id or by its key."""
        column, value = ("remote", remote) if remote is not None else ("key", key)
        rows = self._all(
            f"SELECT {_LINK} FROM links WHERE tracker = ? AND {column} = ?",
            tracker,
            value,
        )
        return _link(rows[0]) if rows else None

    def links(
        self, tracker: str, *, state: str = "", todo: bool = False
    ) -> Iterator[LinkRow]:
        """Links of a tracker: those in ``state``, or with something left to do."""
        narrowed = (" AND state = ?" if state else "") + (
            " AND todo <> ''" if todo else ""
        )
        values = (tracker, state) if state else (tracker,)
        for row in self._all(
            f"SELECT {_LINK} FROM links WHERE tracker = ?{narrowed} ORDER BY item",
            *values,
        ):
            yield _link(row)

    def count_links(self, tracker: str) -> dict[str, int]:
        """How many links there are in each state."""
        return dict(
            self._all(
                "SELECT state, count(*) FROM links WHERE tracker = ? GROUP BY state",
                tracker,
            )
        )

    def keep_link(self, row: LinkRow) -> None:
        """Write a link over what is stored for its item."""
        names = _LINK.split(", ")
        self._do(
            f"INSERT INTO links ({_LINK}) VALUES ({', '.join('?' * len(names))})"
            " ON CONFLICT (tracker, item) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in names[2:]),
            *(getattr(row, name) for name in names[:-1]),
            _text(dict(row.base)),
        )

    def set_todo(self, tracker: str, item: str, todo: str) -> None:
        """Remember that something is left; an unlinked item becomes wanted."""
        self._do(
            "INSERT INTO links (tracker, item, state, todo) VALUES (?, ?, 'wanted', ?)"
            " ON CONFLICT (tracker, item) DO UPDATE SET todo = excluded.todo",
            tracker,
            item,
            todo,
        )

    def rebase(
        self, tracker: str, item: str, base: Mapping[str, Any], *, todo: str
    ) -> None:
        """Write another base to a link, and what is left to do."""
        self._do(
            "UPDATE links SET base = ?, todo = ? WHERE tracker = ? AND item = ?",
            _text(dict(base)),
            todo,
            tracker,
            item,
        )

    def unlink(self, tracker: str, item: str) -> None:
        """Forget an item's issue, and everything that was said there."""
        for table in ("links", "remarks", "outbox"):
            self._do(
                f"DELETE FROM {table} WHERE tracker = ? AND item = ?", tracker, item
            )

    def count_unpushed(self, tracker: str, after: int) -> int:
        """How many items changed later than their issue shows."""
        ((count,),) = self._all(
            "SELECT count(*) FROM items i LEFT JOIN links l"
            " ON l.tracker = ? AND l.item = i.id"
            " WHERE (i.seq > ? AND (l.seq IS NULL OR l.seq < i.seq)) OR l.todo <> ''",
            tracker,
            after,
        )
        return int(count)

    def unpushed(self, tracker: str, after: int) -> Iterator[Item]:
        """Items that changed after entry ``after`` and later than their issue shows."""
        for (doc,) in self._all(
            "SELECT i.doc FROM items i LEFT JOIN links l"
            " ON l.tracker = ? AND l.item = i.id"
            " WHERE i.seq > ? AND (l.seq IS NULL OR l.seq < i.seq)"
            " ORDER BY i.year, i.number",
            tracker,
            after,
        ):
            yield from_plain(Item, json.loads(doc))

    # Outbox

    def outbox(self, tracker: str, *, item: str | None = None) -> list[OutboxRow]:
        """What is planned, under way or unsettled, in the order it was decided."""
        narrowed = "" if item is None else " AND item = ?"
        values = (tracker,) if item is None else (tracker, item)
        return [
            OutboxRow(*row)
            for row in self._all(
                f"SELECT {_OUTBOX} FROM outbox WHERE tracker = ?{narrowed} ORDER BY id",
                *values,
            )
        ]

    def put(self, row: OutboxRow) -> bool:
        """Add to the outbox; false when this item has this mark there already."""
        names = _OUTBOX.split(", ")
        return bool(
            self._do(
                f"INSERT INTO outbox ({_OUTBOX}) VALUES ({', '.join('?' * len(names))})"
                " ON CONFLICT (tracker, item, act, mark) DO NOTHING",
                *(getattr(row, name) for name in names),
            )
        )

    def step(self, row: OutboxRow, state: str, *, at: str, since: str | None) -> None:
        """Move an entry on."""
        self._do(
            "UPDATE outbox SET state = ?, at = ?, since = ? WHERE id = ?",
            state,
            at,
            since,
            row.id,
        )

    def mark_unknown(self, row: OutboxRow) -> None:
        """No answer came; the times of its sending stay."""
        self._do("UPDATE outbox SET state = 'unknown' WHERE id = ?", row.id)

    def done(self, row: OutboxRow) -> None:
        """Take an entry out."""
        self._do("DELETE FROM outbox WHERE id = ?", row.id)

    def orphan(self, tracker: str) -> int:
        """What a dead run was sending is unknown from now on."""
        return self._do(
            "UPDATE outbox SET state = 'unknown'"
            " WHERE tracker = ? AND state = 'sending'",
            tracker,
        )

    # Remarks

    def remark(self, tracker: str, remote: str) -> RemarkRow | None:
        """The comment or attachment with the tracker's id ``remote``."""
        rows = self._all(
            f"SELECT {_REMARK} FROM remarks WHERE tracker = ? AND remote = ?",
            tracker,
            remote,
        )
        return RemarkRow(*rows[0]) if rows else None

    def remarks(self, tracker: str, item: str) -> list[RemarkRow]:
        """All comments and attachments about an item, oldest first."""
        return [
            RemarkRow(*row)
            for row in self._all(
                f"SELECT {_REMARK} FROM remarks WHERE tracker = ? AND item = ?"
                " ORDER BY at, remote",
                tracker,
                item,
            )
        ]

    def keep_remark(self, row: RemarkRow) -> None:
        """Write a remark over what is stored under its id."""
        names = _REMARK.split(", ")
        self._do(
            f"INSERT INTO remarks ({_REMARK}) VALUES ({', '.join('?' * len(names))})"
            " ON CONFLICT (tracker, remote) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in names[2:]),
            *(getattr(row, name) for name in names),
        )

    # Conflicts

    def conflicts(
        self, *, tracker: str | None = None, item: str | None = None
    ) -> list[ConflictRow]:
        """Conflicts, oldest first."""
        wanted = {"tracker": tracker, "item": item}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in given) or "1 = 1"
        return [
            ConflictRow(*row)
            for row in self._all(
                f"SELECT {_CONFLICT} FROM conflicts WHERE {where} ORDER BY id",
                *given.values(),
            )
        ]

    def add_conflict(self, row: ConflictRow) -> None:
        """Keep a conflict."""
        names = _CONFLICT.split(", ")
        self._do(
            f"INSERT INTO conflicts ({_CONFLICT})"
            f" VALUES ({', '.join('?' * len(names))})",
            *(getattr(row, name) for name in names),
        )

    def settle_conflict(self, conflict: str, settled: str) -> None:
        """Say how a conflict was settled."""
        self._do("UPDATE conflicts SET settled = ? WHERE id = ?", settled, conflict)

    # Runs

    def add_run(self, row: RunRow) -> None:
        """Keep a run's report, and drop the oldest of many."""
        self._do(
            f"INSERT INTO runs ({_RUN}) VALUES (?, ?, ?, ?, ?)",
            row.id,
            row.tracker,
            row.started,
            row.finished,
            _text(dict(row.report)),
        )
        self._do(
            "DELETE FROM runs WHERE tracker = ? AND id NOT IN (SELECT id FROM runs"
            " WHERE tracker = ? ORDER BY started DESC, id DESC LIMIT ?)",
            row.tracker,
            row.tracker,
            _KEPT_RUNS,
        )

    def runs(self, tracker: str) -> Iterator[RunRow]:
        """The runs of a tracker that are kept, the latest first."""
        for identity, name, started, finished, report in self._all(
            f"SELECT {_RUN} FROM runs WHERE tracker = ? ORDER BY started DESC, id DESC",
            tracker,
        ):
            yield RunRow(identity, name, started, finished, json.loads(report))

    def last_run(self, tracker: str) -> RunRow | None:
        """The latest run of a tracker."""
        return next(self.runs(tracker), None)


def _tracker(row: tuple[Any, ...]) -> TrackerRow:
    values = dict(zip(_TRACKER.split(", "), row, strict=True))
    values["options"] = json.loads(values["options"])
    values["memory"] = json.loads(values["memory"])
    values["logins"] = tuple(json.loads(values["logins"]))
    values["read_whole"] = bool(values["read_whole"])
    return TrackerRow(**values)


def _link(row: tuple[Any, ...]) -> LinkRow:
    values = dict(zip(_LINK.split(", "), row, strict=True))
    return LinkRow(**{**values, "base": json.loads(values["base"])})
