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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ledger.errors import N_, LedgerError, Message, UsageProblem

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
        descriptor = _opened(path)
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            os.close(descriptor)
            raise _unusable(path, Message(N_("It is no ordinary file.")))
        with os.fdopen(descriptor, "rb") as source:
            if before.st_size == 0:
                raise _unusable(path, Message(N_("The file is empty.")))

            def unchanged() -> None:
                after = os.fstat(source.fileno())
                if (before.st_size, before.st_mtime_ns) != (
                    after.st_size,
                    after.st_mtime_ns,
                ):
                    raise _unusable(path, Message(N_("It changed while it was read.")))

            pieces = _pieces(source, path, before.st_size)
            return self._keep(pieces, path.name, progress, unchanged)

    def add_stream(
        self,
        source: BinaryIO,
        name: str,
        *,
        progress: Callable[[int], None] | None = None,
    ) -> Stored:
        """Copy what ``source`` still yields into the store, under ``name``."""
        return self._keep(iter(lambda: source.read(_CHUNK), b""), name, progress)

    def _keep(
        self,
        pieces: Iterable[bytes],
        name: str,
        progress: Callable[[int], None] | None,
        check: Callable[[], None] = lambda: None,
    ) -> Stored:
        """Store ``pieces``; what ``check`` objects to at their end is not kept."""
        digest = hashlib.sha256()
        size = 0
        with self._coming() as (target, temporary):
            for piece in pieces:
                digest.update(piece)
                with _writing(self.folder):
                    target.write(piece)
                size += len(piece)
                if progress is not None:
                    progress(len(piece))
            check()
            with _writing(self.folder):
                target.flush()
                os.fsync(target.fileno())
                os.fchmod(target.fileno(), 0o444)
                self._name(temporary, self.path(digest.hexdigest()))
        return Stored(digest.hexdigest(), name, size)

    def _name(self, temporary: Path, final: Path) -> None:
        if final.exists():
            return
        if not final.parent.exists():
            final.parent.mkdir(exist_ok=True)
            _flush_folder(self.folder)
        temporary.replace(final)
        _flush_folder(final.parent)

    @contextmanager
    def _coming(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A file to write to, which is gone afterwards unless it got its name."""
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=".coming-", dir=self.folder)
        target = os.fdopen(descriptor, "wb")
        try:
            yield target, Path(name)
        finally:
            with suppress(OSError):  # a full disk has been told by then
                target.close()
            with suppress(FileNotFoundError):
                Path(name).unlink()

    def faults(self, digests: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The digests whose file is ``missing`` or ``changed``."""
        for digest in digests:
            try:
                with self.path(digest).open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except (OSError, ValueError):  # a name with a zero byte is a ValueError
                yield digest, "missing"
                continue
            if found != digest:
                yield digest, "changed"


def _opened(path: Path) -> int:
    """A descriptor to read ``path``, a link only where it stays in its folder."""
    try:
        real = path.resolve(strict=True)
        if path.is_symlink() and not real.is_relative_to(path.parent.resolve()):
            raise _unusable(path, Message(N_("It is a link to {target}."), target=real))
        # Never blocks on a pipe, never opens a device for its side effects.
        return os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise _unusable(path, Message("{error}.", error=error.strerror)) from error
    except (ValueError, RuntimeError) as error:  # a zero byte; a circle of links
        raise _unusable(path, Message("{error}.", error=error)) from error


def _pieces(source: BinaryIO, path: Path, size: int) -> Iterator[bytes]:
    """What ``source`` holds, piece by piece; failing to read is the file's fault.

    A file that grows while it is read is not followed for ever: what lies behind
    ``size`` ends the reading.
    """
    left = size
    while left >= 0:
        try:
            piece = source.read(_CHUNK)
        except OSError as error:
            raise _unusable(path, Message("{error}.", error=error.strerror)) from error
        if not piece:
            return
        left -= len(piece)
        yield piece


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that helps; nothing is kept then."""
    try:
        yield
    except OSError as error:
        raise LedgerError(
            N_("{path} could not be read or written."),
            "{error}.",
            N_("Check the disk, its free space and the rights on the folder."),
            path=folder,
            error=error.strerror,
        ) from error


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
