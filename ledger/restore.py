"""Putting a ledger back from a backup.

A backup is hostile until it is proved: every name, size and digest is checked, the
database must have our tables and nothing else, and the ledger in it must pass its
audit, all in a folder of its own, before anything is put in place.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ledger.audit import audit
from ledger.backup import (
    EVIDENCE,
    MANIFEST,
    PROJECT_FILE,
    SCHEMA,
    File,
    allowed,
    copy_bytes,
)
from ledger.book import EVIDENCE_FOLDER, HOLIDAY_FOLDER, Ledger
from ledger.clock import Clock
from ledger.errors import N_, Damaged, Message, NoLedger, Refused, UsageProblem
from ledger.storage import FILE_NAME
from ledger.storage.copying import extend, foreign_schema, forget_reads
from ledger.storage.evidence import EvidenceStore
from ledger.storage.sqlite import Store, damage_named

_LARGEST_MANIFEST = 1 << 27
_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What :mod:`zipfile` raises on files that are no sound archive."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: ``added`` entries came to those that were there."""

    folder: Path
    ledger: str
    count: int
    head: str
    added: int
    missing: tuple[str, ...]


def restore(path: Path, folder: Path, *, clock: Clock) -> Restored:
    """Put the ledger that stands in the backup ``path`` into ``folder``.

    A ledger that is there already is only ever added to. Every tracker must then be
    read whole once before anything is created in it: what was created after the
    backup is not known to it.

    Raises:
        UsageProblem: the file cannot be read, or is no sound backup.
        Damaged: the ledger in it does not pass its audit.
        Refused: there is a longer, another or a damaged ledger in ``folder``.
    """
    base = folder
    while not base.is_dir():
        base = base.parent
    try:
        with path.open("rb") as file:
            staging = Path(tempfile.mkdtemp(prefix=".restore-", dir=base))
            try:
                with _readable(path):
                    manifest = _unpack(file, path, staging)
                _proved(path, staging, manifest, clock)
                return _placed(staging, folder, manifest)
            finally:
                shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise UsageProblem(
            N_("{path} was not restored into {folder}."),
            "{error}.",
            N_("Check the file, and the disk and rights of the folder."),
            path=path,
            folder=folder,
            error=error.strerror or error,
        ) from error


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        why = str(error) or type(error).__name__
        raise _unsound(
            path, Message(N_("The archive is damaged: {error}."), error=why)
        ) from error


def _unsound(path: Path, why: Message) -> UsageProblem:
    return UsageProblem(
        N_("{path} is no sound backup; nothing was restored."),
        "{why}",
        N_("Use another backup, and keep this one for examination."),
        path=path,
        why=why,
    )


def _unpack(file: BinaryIO, path: Path, staging: Path) -> Mapping[str, Any]:
    """Unpack the archive below ``staging``, every byte checked by the manifest."""
    whole = file.seek(0, 2)
    with zipfile.ZipFile(file) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        if len(entries) != len(archive.infolist()):
            raise _unsound(path, Message(N_("A name stands in it twice.")))
        if sum(entry.file_size for entry in entries.values()) > whole or any(
            entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1
            for entry in entries.values()
        ):
            raise _unsound(path, Message(N_("It is packed as no backup is.")))
        if MANIFEST not in entries or entries[MANIFEST].file_size > _LARGEST_MANIFEST:
            raise _unsound(path, Message(N_("It has no manifest.")))
        manifest, files = _manifest(archive.read(MANIFEST))
        if manifest is None:
            raise _unsound(path, Message(N_("Its manifest is none of ours.")))
        if entries.keys() - {MANIFEST} != files.keys():
            raise _unsound(path, Message(N_("Its manifest names other files.")))
        for name, kept in files.items():
            target = staging / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entries[name]) as read, target.open("xb") as written:
                size, digest = copy_bytes(read, written)
            if (size, digest) != (kept.size, kept.sha256):
                raise _unsound(
                    path, Message(N_("{name} is not what was saved."), name=name)
                )
        return manifest


def _manifest(content: bytes) -> tuple[Mapping[str, Any] | None, dict[str, File]]:
    """The manifest and the files it names; ``None`` when anything in it is odd."""
    try:
        data = json.loads(content)
        sound = (
            data["schema"] == SCHEMA
            and isinstance(data["ledger"], str)
            and isinstance(data["count"], int)
            and all(map(_sound, data["files"]))
            and all(map(_digest, (data["head"], *data["missing"])))
        )
        files = [File(**entry) for entry in data["files"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, {}
    named = {file.name: file for file in files}
    if not sound or len(named) != len(files) or FILE_NAME not in named:
        return None, {}
    return data, named


def _sound(entry: Mapping[str, Any]) -> bool:
    """Whether a file of the manifest is one that a backup may have."""
    name, size, digest = entry["name"], entry["size"], entry["sha256"]
    if not (isinstance(name, str) and isinstance(size, int) and _digest(digest)):
        return False
    evidence = EVIDENCE.fullmatch(name)
    if evidence is not None:
        return bool(evidence[2] == digest)
    return name == FILE_NAME or allowed(name, size)


def _digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _proved(
    path: Path, staging: Path, manifest: Mapping[str, Any], clock: Clock
) -> None:
    """The unpacked ledger has our tables, the head it should, and passes its audit."""
    try:
        store = Store.open(staging / FILE_NAME)
        try:
            # Before anything is read: a view in a table's place could be anything.
            with damage_named(path):
                foreign = foreign_schema(store)
        finally:
            store.close()
        if foreign:
            raise _unsound(
                path,
                Message(
                    N_("Its database is not built as ours: {names}."),
                    names=", ".join(foreign[:5]),
                ),
            )
        with Ledger.open(staging, clock=clock) as ledger:
            head = ledger.store.journal.head()
            found = (ledger.id, head.seq, head.hash)
            if found != (manifest["ledger"], manifest["count"], manifest["head"]):
                raise _unsound(path, Message(N_("Its manifest names another head.")))
            report = audit(ledger)
    except (Damaged, NoLedger) as error:
        raise _unsound(path, Message(error.why, **error.values)) from error
    known = set(manifest["missing"])
    faults = [fault for fault in report.faults if fault.digest not in known]
    if faults:
        raise Damaged(
            N_("The ledger in {path} does not pass its audit; nothing was restored."),
            N_("{place}: {wrong}"),
            N_("Use another backup, and keep this one for examination."),
            path=path,
            place=faults[0].place,
            wrong=faults[0].wrong,
        )


def _placed(staging: Path, folder: Path, manifest: Mapping[str, Any]) -> Restored:
    database = folder / FILE_NAME
    if not database.exists():
        left = [
            name
            for name in (f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", f"{FILE_NAME}-journal")
            if (folder / name).exists()
        ]
        if left:
            # SQLite would mix what stands in them with the restored database.
            raise Refused(
                N_("There is the rest of a ledger in {folder}."),
                N_("These files belong to a database that is gone: {names}."),
                N_("Restore into another folder, or move them away."),
                folder=folder,
                names=", ".join(left),
            )
        folder.mkdir(parents=True, exist_ok=True)
        _place_files(staging, folder)
        store = Store.open(staging / FILE_NAME)
        try:
            forget_reads(store)
        finally:
            store.close()
        database.hardlink_to(staging / FILE_NAME)
        added = int(manifest["count"])
    else:
        added = _extended(staging, folder)
    return Restored(
        folder=folder,
        ledger=manifest["ledger"],
        count=manifest["count"],
        head=manifest["head"],
        added=added,
        missing=tuple(manifest["missing"]),
    )


def _extended(staging: Path, folder: Path) -> int:
    """Add to the ledger that is there what the backup has more."""
    path = folder / FILE_NAME
    with damage_named(path):
        store = Store.open(path)
        try:
            if foreign_schema(store):
                raise Refused(
                    N_("The ledger in {path} is damaged or of another version."),
                    N_("A backup is added only to a ledger that is built as ours."),
                    N_("Move it away, or restore into another folder."),
                    path=path,
                )
            return extend(
                store,
                staging / FILE_NAME,
                before=lambda: _place_files(staging, folder),
            )
        finally:
            store.close()


def _place_files(staging: Path, folder: Path) -> None:
    """Move evidence into its store, and settings that are not there yet.

    Evidence is named by what it holds: files that stay behind when the rest fails
    change nothing.
    """
    kept = EvidenceStore(folder / EVIDENCE_FOLDER)
    unpacked = EvidenceStore(staging / EVIDENCE_FOLDER)
    for source in sorted(unpacked.folder.glob("*/*")):
        digest = source.name
        if next(kept.faults([digest]), None) is None:
            continue
        source.chmod(0o444)
        kept.path(digest).parent.mkdir(parents=True, exist_ok=True)
        source.replace(kept.path(digest))
    for source in (staging / PROJECT_FILE, *(staging / HOLIDAY_FOLDER).glob("*")):
        target = folder / source.relative_to(staging)
        if source.is_file():
            target.parent.mkdir(exist_ok=True)
            with suppress(FileExistsError):
                target.hardlink_to(source)
