"""Reading and writing files of a shared folder without trusting what lies there.

A write is whole or not there: temporary name, fsync, rename. A new name is taken
by ``link``, which fails when somebody else has it already. Symbolic links and
devices are never followed, and no more is read than was allowed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class NotAPlainFile(OSError):
    """A link, a directory or a device stands where a file should."""


class TooLarge(OSError):
    """A file is larger than it may be."""


def open_plain(path: Path, limit: int) -> BinaryIO:
    """Open a regular file of at most ``limit`` bytes for reading."""
    if path.is_symlink():
        raise NotAPlainFile
    number = os.open(path, os.O_RDONLY | _NO_FOLLOW | getattr(os, "O_BINARY", 0))
    file = os.fdopen(number, "rb")
    status = os.fstat(number)
    plain = stat.S_ISREG(status.st_mode)
    if plain and status.st_size <= limit:
        return file
    file.close()
    raise TooLarge if plain else NotAPlainFile


def read_plain(path: Path, limit: int) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes."""
    with open_plain(path, limit) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise TooLarge
    return data


def replace_file(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path``, which keeps its permissions."""
    mode = stat.S_IMODE(path.stat().st_mode)
    with _temporary(path.parent) as (temporary, file):
        file.write(data)
        _finish(file)
        temporary.chmod(mode)
        temporary.replace(path)
    sync_directory(path.parent)


def create_file(path: Path, content: BinaryIO) -> None:
    """Write a new file. Raises :class:`FileExistsError` when the name is taken."""
    with _temporary(path.parent) as (temporary, file):
        copyfileobj(content, file)
        _finish(file)
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links: take the name, then fill it.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            temporary.replace(path)
    sync_directory(path.parent)


def sync_directory(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the system can."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other processes that ask out of ``folder`` meanwhile.

    The kernel's lock on the folder itself: it leaves no file behind and ends with
    the process. Where there is none (Windows, some network file systems) the
    exclusive creation of names must do alone.
    """
    try:
        import fcntl

        number = os.open(folder, os.O_RDONLY)
    except (ImportError, PermissionError):
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in ``folder`` that is gone afterwards unless it was renamed."""
    path = folder / f".{secrets.token_hex(8)}.tmp"
    number = os.open(
        path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o666
    )
    try:
        with os.fdopen(number, "wb") as file:
            yield path, file
    finally:
        # What cannot be tidied up must not hide that the file itself was written.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _finish(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
