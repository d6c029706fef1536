"""Archives of several documents (zip), member by member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from zipfile import ZipInfo

from checklists.document import N_, Document, DocumentError
from checklists.readers.original import MAX_BYTES, Original
from checklists.readers.package import MAX_TOTAL_BYTES, Package, bomb

MAX_NESTING: Final = 2
"""How deep archives may lie in archives; the outermost is 1."""
_UTF_8: Final = 0x800
_IGNORED: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


class Allowance:
    """What one archive, with all archives in it, may still unpack."""

    def __init__(self) -> None:
        """Start with the whole allowance."""
        self._left = MAX_TOTAL_BYTES

    def take(self, name: str, amount: int) -> None:
        """Use up ``amount`` bytes.

        Raises:
            DocumentError: there are not so many left.
        """
        self._left -= amount
        if self._left < 0:
            raise bomb(name)


def read_members(
    original: Original,
    package: Package,
    read: Callable[[Original], Iterator[Document | DocumentError]],
    allowance: Allowance,
) -> Iterator[Document | DocumentError]:
    """Each document in the archive, or why it could not be read.

    ``read`` reads one member, which may be an archive again.
    """
    for member in package.members():
        inner = member_name(member)
        if not inner or inner.endswith("/") or any(part in inner for part in _IGNORED):
            continue
        name = f"{original.name}/{inner}"
        try:
            if member.file_size > MAX_BYTES:
                raise bomb(name)
            allowance.take(name, member.file_size)
            data = package.read(member.filename)
        except DocumentError as error:
            error.values["name"] = name
            yield error
            continue
        yield from read(Original(name, data))


def member_name(member: ZipInfo) -> str:
    """A member's name; without the UTF-8 flag it is GB18030 from a Chinese system."""
    if member.flag_bits & _UTF_8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def check_depth(name: str, depth: int) -> None:
    """Refuse an archive that is the ``depth``-th, one inside the other.

    Raises:
        DocumentError: it lies too deep.
    """
    if depth > MAX_NESTING:
        raise DocumentError(
            N_("{name} is not unpacked."),
            N_("It lies in {limit} other archives, one inside the other."),
            N_("Unpack it yourself and give the documents inside."),
            name=name,
            limit=MAX_NESTING,
        )
