"""Evidence files, kept under the SHA-256 of their bytes.

A file is copied to a temporary name, hashed on the way, flushed to disk, made
read-only and renamed; a copy that is already there is kept. Nothing is ever
overwritten or removed.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ledger.errors import N_, Message, UsageProblem

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: SHA-256 in hex, its name outside, its size in bytes."""

    digest: str
    name: str
    size: int


class EvidenceStore:
    """The ``evidence`` folder of a ledger."""

    def __init__(self, folder: Path) -> None:
        """Keep files below ``folder``, which is made when first needed."""
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file with this digest stands."""
        return self.folder / digest[:2] / digest

    def add(
        self, path: Path, *, progress: Callable[[int], None] | None = None
    ) -> Stored:
        """Copy the file at ``path`` into the store.

        ``progress`` is told the number of bytes of each piece copied.

        Raises:
            UsageProblem: it is missing, a folder, a device, empty, unreadable, or
                changed while it was read.
        """
        try:
            # Never blocks on a pipe, never opens a device for its side effects.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise _unusable(path, Message("{error}.", error=error.strerror)) from error
        with os.fdopen(descriptor, "rb") as source:
            before = os.fstat(source.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise _unusable(path, Message(N_("It is no ordinary file.")))
            if before.st_size == 0:
                raise _unusable(path, Message(N_("The file is empty.")))
            stored = self.add_stream(source, path.name, progress=progress)
            after = os.fstat(source.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise _unusable(path, Message(N_("It changed while it was read.")))
        return stored

    def add_stream(
        self,
        source: BinaryIO,
        name: str,
        *,
        progress: Callable[[int], None] | None = None,
    ) -> Stored:
        """Copy what ``source`` still yields into the store, under ``name``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        size = 0
        descriptor, temporary = tempfile.mkstemp(prefix=".coming-", dir=self.folder)
        try:
            with os.fdopen(descriptor, "wb") as target:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
                    size += len(chunk)
                    if progress is not None:
                        progress(len(chunk))
                target.flush()
                os.fsync(target.fileno())
                os.fchmod(target.fileno(), 0o444)
            final = self.path(digest.hexdigest())
            if not final.exists():
                final.parent.mkdir(exist_ok=True)
                Path(temporary).replace(final)
                _flush_folder(final.parent)
        finally:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
        return Stored(digest.hexdigest(), name, size)

    def faults(self, digests: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The digests whose file is ``missing`` or ``changed``."""
        for digest in digests:
            try:
                with self.path(digest).open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                yield digest, "missing"
                continue
            if found != digest:
                yield digest, "changed"


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(path: Path, why: Message) -> UsageProblem:
    return UsageProblem(
        N_("{path} cannot be evidence."),
        "{why}",
        N_("Name a file that can be read and has something in it."),
        path=path,
        why=why,
    )
