"""Zip packages (docx, xlsx, archives), opened so that a hostile one stays small.

The directory is judged before anything is unpacked: number of members, their
declared sizes, encryption. Unpacking is in pieces and counted, since the
directory may lie.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from checklists.document import N_, DocumentError

MAX_MEMBERS: Final = 10_000
_MAX_ENTRIES: Final = 4 * MAX_MEMBERS
MAX_PART_BYTES: Final = 128 * 1024 * 1024
"""The largest part that is unpacked, in bytes."""
MAX_TOTAL_BYTES: Final = 512 * 1024 * 1024
"""The most that all members of a package may hold unpacked, in bytes."""
MAX_RATIO: Final = 250
"""Unpacked to packed, judged from :data:`RATIO_FROM` on: a small part of one
repeated line packs far better than that and does no harm."""
RATIO_FROM: Final = 32 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_ENCRYPTED: Final = 0x1

UNPACK_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
)
"""What ``zipfile`` raises on damaged packages."""


class Package:
    """One zip package whose members are read within limits."""

    def __init__(self, name: str, data: bytes) -> None:
        """Open the package.

        Raises:
            DocumentError: damaged, encrypted, or a bomb.
        """
        self.name = name
        # Before zipfile makes an object of each; archives stored inside count too.
        if data.count(b"PK\x01\x02") > _MAX_ENTRIES:
            raise bomb(name)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except UNPACK_ERRORS as error:
            raise damaged(name) from error
        members = self._zip.infolist()
        self._members = {member.filename: member for member in members}
        total = sum(member.file_size for member in members)
        if len(members) > MAX_MEMBERS or total > MAX_TOTAL_BYTES:
            raise bomb(name)
        for member in members:
            packed = max(member.compress_size, 1)
            if member.file_size > RATIO_FROM and (
                member.file_size > MAX_RATIO * packed
            ):
                raise bomb(name)

    def members(self) -> list[zipfile.ZipInfo]:
        """The members in the order of the directory."""
        return list(self._members.values())

    def __contains__(self, part: str) -> bool:
        return part in self._members

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of ``part`` piece by piece; nothing when it is not there."""
        member = self._members.get(part)
        if member is None:
            return
        if member.flag_bits & _ENCRYPTED:
            raise protected(self.name)
        taken = 0
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    taken += len(chunk)
                    if taken > MAX_PART_BYTES:
                        raise bomb(self.name)
                    yield chunk
        except UNPACK_ERRORS as error:
            raise damaged(self.name) from error

    def read(self, part: str) -> bytes:
        """The bytes of ``part``, empty when it is not there."""
        return b"".join(self.chunks(part))


def damaged(name: str) -> DocumentError:
    """The file cannot be parsed as what it is."""
    return DocumentError(
        N_("{name} is damaged."),
        N_("It begins like a document of its kind, but its inside does not hold."),
        N_("Copy or download it again; or open it, save it anew and give that file."),
        name=name,
    )


def protected(name: str) -> DocumentError:
    """The file wants a password."""
    return DocumentError(
        N_("{name} is protected by a password."),
        N_("Its content is encrypted, and passwords are not asked for here."),
        N_("Open it with its password, save it without one and give that file."),
        name=name,
    )


def bomb(name: str) -> DocumentError:
    """The file unpacks to more than any report holds."""
    return DocumentError(
        N_("{name} is not unpacked."),
        N_("It would unpack to far more than a report holds, as archive bombs do."),
        N_("If you trust it, unpack it yourself and give the documents inside."),
        name=name,
    )


def contrived(name: str) -> DocumentError:
    """The markup is of a kind that only attacks use."""
    return DocumentError(
        N_("{name} is built in a way that is not read."),
        N_("Its markup declares entities or nests without end, as attacks do."),
        N_("Open it in an office program, save it anew and give that file."),
        name=name,
    )
