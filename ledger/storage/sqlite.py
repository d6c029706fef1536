"""SQLite: one file in write-ahead mode, one writer at a time, readers never wait."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import N_, Busy, Damaged, LedgerError, NoLedger, UsageProblem
from ledger.storage import schema

if TYPE_CHECKING:
    from ledger.storage.directory import DirectoryTables
    from ledger.storage.items import ItemTable
    from ledger.storage.journal import JournalTable
    from ledger.storage.sync import SyncTables

FILE_NAME = "ledger.db"
"""The database file in a ledger's folder."""

APPLICATION_ID = 0x5A475A48
"""The bytes ``ZGZH`` (整改账号) in the file's header: this file is a ledger."""

WAIT_SECONDS = 20.0
"""How long a writer waits for another before it gives up with a message."""

READ_WAIT_MS = 2000
"""How long a reader waits, which it must only while a file is being recovered."""

_NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ncpfs",
        "ceph",
        "lustre",
        "davfs",
        "vboxsf",
        "fuse.sshfs",
        "fuse.ceph",
        "fuse.glusterfs",
        "fuse.davfs",
        "fuse.rclone",
        "fuse.s3fs",
    ]
)


class Store:
    """An open ledger file: its tables, and the lock around every write.

    Raises (on opening):
        NoLedger: there is no such file.
        Damaged: it is no ledger, cut short, or of a newer program.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Wrap an open connection; use :meth:`open` or :meth:`create`."""
        self.path = path
        self.connection = connection

    # Each table's module is loaded when it is first used: `ledger status` needs
    # none of these, and may take only milliseconds.

    @cached_property
    def journal(self) -> JournalTable:
        """The journal."""
        from ledger.storage.journal import JournalTable

        return JournalTable(self.connection)

    @cached_property
    def items(self) -> ItemTable:
        """The items."""
        from ledger.storage.items import ItemTable

        return ItemTable(self.connection)

    @cached_property
    def directory(self) -> DirectoryTables:
        """Units, people and rules."""
        from ledger.storage.directory import DirectoryTables

        return DirectoryTables(self.connection)

    @cached_property
    def sync(self) -> SyncTables:
        """What the trackers were told."""
        from ledger.storage.sync import SyncTables

        return SyncTables(self.connection)

    @classmethod
    def create(cls, path: Path) -> Store:
        """A new, empty ledger file at ``path``; the file must not exist."""
        refuse_network(path.parent)
        if path.exists():
            raise UsageProblem(
                N_("{path} is there already."),
                N_("A ledger is never overwritten."),
                N_("Choose another folder."),
                path=path,
            )
        connection = _connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(schema.TABLES)
        for trigger in schema.TRIGGERS.values():
            connection.execute(trigger)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {schema.VERSION}")
        return cls(path, connection)

    @classmethod
    def open(cls, place: Path) -> Store:
        """The ledger at ``place``: its folder, or its database file."""
        path = place / FILE_NAME if place.is_dir() else place
        if not path.is_file():
            raise NoLedger(
                N_("No ledger at {path}."),
                N_("There is no such file."),
                N_("Begin one with: ledger init DIR --unit UNIT --actor NAME"),
                path=path,
            )
        refuse_network(path.parent)
        with damage_named(path):
            connection = _connect(path)
            try:
                (identity,) = connection.execute("PRAGMA application_id").fetchone()
                (version,) = connection.execute("PRAGMA user_version").fetchone()
            except BaseException:
                connection.close()
                raise
        if identity != APPLICATION_ID or version > schema.VERSION:
            connection.close()
        if identity != APPLICATION_ID:
            raise Damaged(
                N_("{path} is no ledger."),
                N_("The file is empty or of another program."),
                N_("Name the ledger with --ledger, or restore a backup."),
                path=path,
            )
        if version > schema.VERSION:
            raise Damaged(
                N_("{path} was written by a newer program."),
                N_("It has schema {version}; this program understands {known}."),
                N_("Upgrade: pip install --upgrade rectification-ledger"),
                path=path,
                version=version,
                known=schema.VERSION,
            )
        return cls(path, connection)

    def gather(self) -> None:
        """Bring everything from the write-ahead log into the one file."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """Hold the write lock; all that is done inside is kept, or none of it.

        Raises:
            Busy: when another process holds the lock for :data:`WAIT_SECONDS`.
        """
        self._begin()
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            raise

    def _begin(self) -> None:
        import random

        # Own waiting: SQLite's own grows to 100 ms steps and lets late comers
        # overtake, so that one of many writers may starve.
        began = time.monotonic()
        while True:
            try:
                self.connection.execute("PRAGMA busy_timeout = 0")
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                waited = time.monotonic() - began
                if waited > WAIT_SECONDS:
                    raise Busy(
                        N_("The ledger is busy; nothing was written."),
                        N_("Another process has been writing for {seconds} seconds."),
                        N_("Try again; if it stays so, look for a hanging process."),
                        seconds=int(WAIT_SECONDS),
                    ) from error
                # Who has waited longer asks more often, so that nobody starves.
                nap = random.uniform(0.001, 0.015)  # noqa: S311 (spreads writers)
                time.sleep(nap / (1 + 10 * waited))
            else:
                return
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {READ_WAIT_MS}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One unchanging view of all tables while others write."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("COMMIT")

    @contextmanager
    def examining(self) -> Iterator[None]:
        """As :meth:`reading`, and text that is no text comes as it is, to be found."""
        self.connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        try:
            with self.reading():
                yield
        finally:
            self.connection.text_factory = str

    def missing_triggers(self) -> list[str]:
        """The names of triggers that are gone, say something else, or are not ours."""
        found = dict(
            self.connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
        )
        return sorted(
            name
            for name in found.keys() | schema.TRIGGERS.keys()
            if found.get(name) != schema.TRIGGERS.get(name)
        )

    def file_faults(self) -> list[str]:
        """What SQLite itself finds wrong with the file's structure."""
        rows = self.connection.execute("PRAGMA integrity_check(20)").fetchall()
        return [text for (text,) in rows if text != "ok"]


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    # An acknowledged act survives a power cut, not only a killed process.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA busy_timeout = {READ_WAIT_MS}")
    return connection


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn SQLite's own complaints about ``path`` into errors that help."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise Busy(
                N_("The ledger is busy; nothing was written."),
                N_("Another process holds it."),
                N_("Try again; if it stays so, look for a hanging process."),
            ) from error
        if error.sqlite_errorcode & 0xFF in (
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_IOERR,
        ):
            raise LedgerError(
                N_("{path} could not be read or written."),
                "{error}.",
                N_("Check the disk, its free space and the rights on the folder."),
                path=path,
                error=error,
            ) from error
        raise Damaged(
            N_("{path} is damaged."),
            "SQLite: {error}.",
            N_("Restore the latest backup, and keep this file for examination."),
            path=path,
            error=error,
        ) from error
    except sqlite3.DatabaseError as error:
        raise Damaged(
            N_("{path} is damaged."),
            "SQLite: {error}.",
            N_("Restore the latest backup, and keep this file for examination."),
            path=path,
            error=error,
        ) from error


def refuse_network(folder: Path, mounts: str | None = None) -> None:
    """Refuse a folder on a network file system, where SQLite's locks do not hold.

    ``mounts`` is the text of ``/proc/self/mounts``; elsewhere than on Linux
    nothing is known and nothing refused.
    """
    if mounts is None:
        try:
            mounts = Path("/proc/self/mounts").read_text(errors="surrogateescape")
        except OSError:
            return
    target = os.path.realpath(folder)
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:  # noqa: PLR2004 (device, mount point, type)
            continue
        point = fields[1].replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    if kind in _NETWORK:
        raise UsageProblem(
            N_("{folder} is on a network file system ({kind})."),
            N_("Locks do not hold there, and the ledger could be damaged."),
            N_("Keep the ledger on a local disk of one machine where people log in."),
            folder=folder,
            kind=kind,
        )
