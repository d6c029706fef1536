"""Backups: the whole ledger in one file, and back.

The file is a ZIP archive without compression: ``manifest.json`` (``backup/1``),
``ledger.db``, the evidence that its journal names (``evidence/ab/abcd…``), the
holiday notices and ``ledger.toml``. The manifest has size and SHA-256 of each.

How it comes back is :mod:`ledger.restore`.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ledger import __version__
from ledger.book import EVIDENCE_FOLDER, HOLIDAY_FOLDER, Ledger
from ledger.clock import stamp
from ledger.errors import N_, LedgerError
from ledger.journal import event_of
from ledger.storage import FILE_NAME
from ledger.storage.copying import snapshot
from ledger.storage.sqlite import Store, damage_named
from ledger.storage.whole import new_file

SCHEMA = "backup/1"
MANIFEST = "manifest.json"
PROJECT_FILE = "ledger.toml"

_CHUNK = 1 << 20
_LARGEST_TEXT = 1 << 20
EVIDENCE = re.compile(rf"{EVIDENCE_FOLDER}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")
"""The name of a file of evidence; its second group is its SHA-256."""
_NOTICE = re.compile(rf"{HOLIDAY_FOLDER}/\w[\w.-]{{0,99}}\.toml")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds; ``missing`` are digests of evidence that was not there."""

    ledger: str
    count: int
    head: str
    files: int
    size: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a backup as its manifest names it."""

    name: str
    size: int
    sha256: str


def backup(ledger: Ledger, path: Path) -> Backup:
    """Write ``ledger`` to the new file ``path``, consistent while others write.

    Evidence that is missing or changed cannot be saved; it is named in the backup
    and in what is returned.

    Raises:
        UsageProblem: the file is there already, or cannot be written.
    """
    with (
        damage_named(ledger.store.path),
        new_file(path) as file,
        tempfile.TemporaryDirectory(
            prefix=f".{path.name}-", dir=path.parent
        ) as temporary,
    ):
        copy = Path(temporary) / FILE_NAME
        # The database first: whatever its journal names was stored before.
        snapshot(ledger.store, copy)
        store = Store.open(copy)
        try:
            head, digests = store.journal.head(), _named_files(store)
        finally:
            store.close()
        missing = {digest for digest, _ in ledger.evidence.faults(digests)}
        files: list[File] = []
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, source in (
                (FILE_NAME, copy),
                *_settings(ledger.folder),
                *(
                    (_evidence_name(digest), ledger.evidence.path(digest))
                    for digest in digests
                    if digest not in missing
                ),
            ):
                files.append(_put(archive, name, source))
            manifest = {
                "schema": SCHEMA,
                "ledger": ledger.id,
                "count": head.seq,
                "head": head.hash,
                "made_at": stamp(ledger.clock.now()),
                "program": f"ledger {__version__}",
                "files": [
                    {"name": kept.name, "size": kept.size, "sha256": kept.sha256}
                    for kept in files
                ],
                "missing": sorted(missing),
            }
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        return Backup(
            ledger=ledger.id,
            count=head.seq,
            head=head.hash,
            files=len(files),
            size=sum(kept.size for kept in files),
            missing=tuple(sorted(missing)),
        )


def _named_files(store: Store) -> list[str]:
    """The digests that the journal names: evidence, and documents of proposals."""
    found: dict[str, None] = {}
    for row in store.journal.rows(
        kinds=("evidence.add", "transfer.propose", "void.propose")
    ):
        data = event_of(row.body).data
        found[str(data.get("digest") or data.get("document"))] = None
    return list(found)


def _evidence_name(digest: str) -> str:
    return f"{EVIDENCE_FOLDER}/{digest[:2]}/{digest}"


def _settings(folder: Path) -> Iterator[tuple[str, Path]]:
    """What else of the ledger's folder has a meaning: notices and the project file."""
    for path in (
        folder / PROJECT_FILE,
        *sorted((folder / HOLIDAY_FOLDER).glob("*.toml")),
    ):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and allowed(name, path.stat().st_size):
            yield name, path


def _put(archive: zipfile.ZipFile, name: str, source: Path) -> File:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o600 << 16
    with (
        source.open("rb") as read,
        archive.open(entry, "w", force_zip64=True) as written,
    ):
        size, digest = copy_bytes(read, written)
    evidence = EVIDENCE.fullmatch(name)
    if evidence is not None and evidence[2] != digest:
        raise LedgerError(
            N_("No backup was written."),
            N_("The evidence file {name} changed while it was read."),
            N_("See what is wrong with it: ledger audit"),
            name=name,
        )
    return File(name, size, digest)


def copy_bytes(source: IO[bytes], target: IO[bytes]) -> tuple[int, str]:
    """Copy all of ``source``; returns its size and SHA-256."""
    size, digest = 0, hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def allowed(name: str, size: int) -> bool:
    """Whether a file of settings belongs into a backup: by its name, and not large."""
    named = name == PROJECT_FILE or _NOTICE.fullmatch(name) is not None
    return named and size <= _LARGEST_TEXT
