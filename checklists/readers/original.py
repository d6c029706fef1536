"""The bytes of a document as they came: from a file, standard input or an address.

Everything here is bounded: nothing is read that is no regular file, and no more
than :data:`MAX_BYTES`, whatever the file system or the server says about size.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Final

from checklists.document import N_, DocumentError

MAX_BYTES: Final = 64 * 1024 * 1024
"""The largest original that is read, in bytes (64 MiB)."""

STDIN: Final = "-"
"""The source that stands for standard input."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered.

    ``content`` is the whole body, ``content_type`` the header of that name with
    its parameters (``""`` when there was none), ``address`` where the redirects
    ended (``""``: where it was asked).
    """

    content: bytes
    content_type: str = ""
    address: str = ""


Fetch = Callable[[str], Fetched]
"""Gets one ``https://`` address. It limits size, time and redirects itself and
raises :class:`DocumentError` when the address cannot be had."""


@dataclass(frozen=True)
class Original:
    """One original before it is understood.

    ``name`` is the source as it was given, ``content_type`` the type that a server
    declared, with its parameters.
    """

    name: str
    data: bytes
    content_type: str = ""

    @cached_property
    def sha256(self) -> str:
        """Digest of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def suffix(self) -> str:
        """The name's ending in small letters with its dot, or ``""``."""
        if is_address(self.name):
            from urllib.parse import unquote, urlsplit

            return PurePath(unquote(urlsplit(self.name).path)).suffix.lower()
        return PurePath(self.name).suffix.lower()


def is_address(source: str) -> bool:
    """Whether ``source`` is a web address rather than a file name."""
    return source.lower().startswith(("https://", "http://"))


def obtain(
    source: Path | str, *, content: bytes | None = None, fetch: Fetch | None = None
) -> Original:
    """The bytes of ``source``; ``content`` where the caller has them already.

    Raises:
        DocumentError: there is nothing to read there, or too much of it.
    """
    name = str(source)
    if content is not None:
        return _within_limit(Original(name, content))
    if isinstance(source, str):
        if source == STDIN:
            return _within_limit(Original(name, sys.stdin.buffer.read(MAX_BYTES + 1)))
        if is_address(source):
            return _within_limit(_from_address(source, fetch))
    return _within_limit(Original(name, _from_file(Path(source))))


def _within_limit(original: Original) -> Original:
    if len(original.data) > MAX_BYTES:
        raise DocumentError(
            N_("{name} is too large to read."),
            N_("It has more than {limit} MiB, the limit for one document."),
            N_("Give the report itself, without scans, or split the file."),
            name=original.name,
            limit=MAX_BYTES // (1024 * 1024),
        )
    return original


def _from_address(address: str, fetch: Fetch | None) -> Original:
    if fetch is None or not address.lower().startswith("https://"):
        raise DocumentError(
            N_("{name} is not read."),
            N_("Only https:// addresses are fetched, and only where fetching is on."),
            N_("Save the page or the attachment and give the saved file."),
            name=address,
        )
    answer = fetch(address)
    return Original(answer.address or address, answer.content, answer.content_type)


def _from_file(path: Path) -> bytes:
    """The bytes of a regular file, at most one more than the limit.

    The kind is looked at before opening (opening some devices acts on them) and
    again after it (the name may have been given to something else meanwhile);
    ``O_NONBLOCK`` keeps a pipe that slipped in from holding us up.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        _only_regular(path, path.stat().st_mode)
        descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123 (a descriptor, no path)
            _only_regular(path, os.fstat(descriptor).st_mode)
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise DocumentError(
            N_("{name} was not found."),
            N_("There is no file of this name in this place."),
            N_("Check the spelling and the folder; a name with spaces needs quotes."),
            name=str(path),
        ) from None
    except PermissionError:
        raise DocumentError(
            N_("{name} cannot be opened."),
            N_("You have no permission to read it."),
            N_("Ask its owner for permission, or copy it to a folder of your own."),
            name=str(path),
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise DocumentError(
            N_("{name} cannot be read."),
            N_("The system says: {reason}."),
            N_("Check the name and the disk, then try again."),
            name=str(path),
            reason=getattr(error, "strerror", None) or str(error),
        ) from error


def _only_regular(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise DocumentError(
            N_("{name} is a folder."),
            N_("One document is read at a time here."),
            N_("Give the file inside it."),
            name=str(path),
        )
    raise DocumentError(
        N_("{name} is no ordinary file."),
        N_("It is a device, a pipe or a socket, which may have no end."),
        N_("Save what it gives to a file, or hand it in on standard input with -."),
        name=str(path),
    )
