"""Saved web pages and messages (mht, mhtml, eml): the page among their parts.

Browsers and Word save a page with its pictures as one MIME message. Its headers are
read by the standard library, piece by piece and only so far; its parts are split
here, since the library's own reading of a whole message grows with the square of
what a hostile one repeats.

Source: RFC 2045 and 2046 (MIME), RFC 2557 (MHTML).
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.parser import BytesHeaderParser
from typing import Final

from checklists.document import N_, Document, DocumentError, Note
from checklists.readers.encoding import decode
from checklists.readers.original import Original
from checklists.readers.package import contrived, damaged

MAX_PARTS: Final = 10_000
MAX_DEPTH: Final = 4
"""Messages of several parts, one inside the other."""
MAX_HEADERS: Final = 16_384
"""The longest headers of a part, in bytes."""
MAX_TYPE: Final = 1_000
"""The longest content type that is looked at, in characters."""
_HEADERS_END: Final = re.compile(rb"\n\r?\n")
_BOUNDARY: Final = re.compile(
    r"boundary\s{0,9}=\s{0,9}(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE
)
_FRAMES: Final = re.compile(rb"<frameset\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part that is no container: its type as stated, how it is packed, its bytes.

    ``whole`` says that it was not cut short: what follows it is there; ``attached``
    that it is a file beside the message (RFC 2183).
    """

    content_type: str
    encoding: str
    data: bytes
    whole: bool
    attached: bool

    def is_a(self, kind: str) -> bool:
        return self.content_type.partition(";")[0].strip().lower() == kind


def read_mht(original: Original) -> Document:
    """The page of a saved web page; of one made of frames, the pages in them.

    Files attached to a message are not read, and a note says how many there are.

    Raises:
        DocumentError: damaged, cut short, or hostile; what a page or text may be.
    """
    every = list(_parts(original, original.data, 1, ended=False))
    parts = [part for part in every if not part.attached]
    attached = len(every) - len(parts)
    document = _read(original, parts)
    if not attached:
        return document
    if not document.text.strip():
        raise DocumentError(
            N_("{name} holds no text but what is attached to it."),
            N_("It is a message; files attached to it and not read here: {count}."),
            N_("Save the attached files, and give them instead."),
            name=original.name,
            count=attached,
        )
    note = N_(
        "Files attached to the message and not read: {found}. Save and read them, too."
    )
    return replace(document, notes=(*document.notes, Note(note, found=attached)))


def _read(original: Original, parts: list[_Part]) -> Document:
    pages = [part for part in parts if part.is_a("text/html")]
    texts = [part for part in parts if part.is_a("text/plain")]
    if not pages:
        text = "".join(_decoded(original, part) for part in texts[:1])
        return Document(original.name, text, original.sha256, "mht")
    first = _unpacked(original, pages[0])
    if not _FRAMES.search(first) or len(pages) == 1:
        return _page(original, pages[0], first)
    framed = [_page(original, part, _unpacked(original, part)) for part in pages[1:]]
    return _joined(original, framed)


def _page(original: Original, part: _Part, data: bytes) -> Document:
    from checklists.readers.webpage import read_html

    page = read_html(Original(original.name, data, part.content_type))
    return replace(page, sha256=original.sha256, form="mht")


def _joined(original: Original, pages: list[Document]) -> Document:
    """Several pages as one, each place with the number of its page."""
    texts: list[str] = []
    marks: list[tuple[int, str]] = []
    length = 0
    for number, page in enumerate(pages, 1):
        marks += [(length + at, f"frame {number}, {place}") for at, place in page.marks]
        texts.append(page.text)
        length += len(page.text)
    text = "".join(texts)
    return Document(original.name, text, original.sha256, "mht", tuple(marks))


def _decoded(original: Original, part: _Part) -> str:
    return decode(original.name, _unpacked(original, part), declared=part.content_type)


def _unpacked(original: Original, part: _Part) -> bytes:
    """The bytes of a part as they were before they were packed for the way."""
    if not part.whole:
        raise damaged(original.name)
    if part.encoding == "quoted-printable":
        return quopri.decodestring(part.data)
    if part.encoding == "base64":
        try:
            return base64.b64decode(part.data)
        except binascii.Error as error:
            raise damaged(original.name) from error
    return part.data


def _parts(
    original: Original, data: bytes, depth: int, *, ended: bool
) -> Iterator[_Part]:
    """The parts of a message that are no containers, in their order.

    ``ended`` says that something follows the message, so that it was not cut short.
    """
    end = _HEADERS_END.search(data, 0, MAX_HEADERS)
    if end is None:
        raise damaged(original.name)
    headers = BytesHeaderParser().parsebytes(data[: end.end()].lstrip(b"\r\n"))
    body = data[end.end() :]
    kind = str(headers.get("Content-Type", "text/plain"))[:MAX_TYPE]
    if not kind.lower().lstrip().startswith("multipart/"):
        encoding = str(headers.get("Content-Transfer-Encoding", "")).strip().lower()
        placed = str(headers.get("Content-Disposition", ""))[:MAX_TYPE]
        attached = placed.lower().lstrip().startswith("attachment")
        yield _Part(kind, encoding, body, ended or depth == 1, attached)
        return
    boundary = _BOUNDARY.search(kind)
    if boundary is None:
        raise damaged(original.name)
    mark = (boundary[1] or boundary[2]).encode("ascii", "replace")
    line = re.compile(rb"\r?\n--" + re.escape(mark) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    pieces = line.split(b"\n" + body, MAX_PARTS)  # each but the first after its mark
    if depth > MAX_DEPTH or len(pieces) > MAX_PARTS:
        raise contrived(original.name)
    for index in range(1, len(pieces), 2):
        if pieces[index] is not None:
            return
        piece = b"\n" + pieces[index + 1].removeprefix(b"\r").removeprefix(b"\n")
        followed = index + 2 < len(pieces)
        yield from _parts(original, piece, depth + 1, ended=ended or followed)
