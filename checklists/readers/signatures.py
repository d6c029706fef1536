"""What bytes are, by the first of them: a format we read, or one we can name.

Sources: the published signatures of each format (PNG, JPEG, ELF, Mach-O, …); the
office ones from ECMA-376 (a zip with ``[Content_Types].xml``), ODF 1.3 (a zip
with ``mimetype``), MS-CFB (the compound file of doc, xls and wps), and
GB/T 33190 (an OFD is a zip with ``OFD.xml``).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from checklists.document import N_

if TYPE_CHECKING:
    from checklists.readers.package import Package


class Form(StrEnum):
    """The formats that are read, and those that are told from them."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    MHT = "mht"  # also eml
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"
    OFD = "ofd"
    RTF = "rtf"
    ODT = "odt"
    ODS = "ods"
    DOC = "doc"  # also wps
    XLS = "xls"  # also et
    XLSB = "xlsb"
    ZIP = "zip"
    # Told apart further, or told that they are not read:
    COMPOUND = "compound"
    LOCKED = "locked"
    SLIDES = "slides"


_KNOWN: Final = (
    (b"%PDF-", Form.PDF),
    (b"{\\rtf", Form.RTF),
    (b"PK\x03\x04", Form.ZIP),
    (b"PK\x05\x06", Form.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Form.COMPOUND),
)

_FOREIGN: Final = (
    (b"\x89PNG\r\n\x1a\n", N_("a picture (PNG)")),
    (b"\xff\xd8\xff", N_("a picture (JPEG)")),
    (b"GIF87a", N_("a picture (GIF)")),
    (b"GIF89a", N_("a picture (GIF)")),
    (b"BM", N_("a picture (BMP)")),
    (b"II*\0", N_("a picture (TIFF)")),
    (b"MM\0*", N_("a picture (TIFF)")),
    (b"MZ", N_("a Windows program")),
    (b"\x7fELF", N_("a Linux program")),
    (b"\xcf\xfa\xed\xfe", N_("a macOS program")),
    (b"\xca\xfe\xba\xbe", N_("a Java class or macOS program")),
    (b"Rar!\x1a\x07", N_("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", N_("a 7z archive")),
    (b"\x1f\x8b", N_("a gzip archive")),
    (b"BZh", N_("a bzip2 archive")),
    (b"\xfd7zXZ\0", N_("an xz archive")),
    (b"\x28\xb5\x2f\xfd", N_("a zstd archive")),
    (b"SQLite format 3\0", N_("an SQLite database")),
    (b"ID3", N_("a sound recording (MP3)")),
    (b"OggS", N_("a sound or film recording (Ogg)")),
    (b"fLaC", N_("a sound recording (FLAC)")),
    (b"\x1aE\xdf\xa3", N_("a film (Matroska)")),
    (b"wOFF", N_("a font")),
    (b"\0\1\0\0\0", N_("a font")),
    (b"CAJ", N_("a CAJ document")),
    (b"%!PS", N_("a PostScript document")),
)
"""Begin-marks of what is not read. Those made of two ASCII letters (``BM``,
``MZ``) also begin English words: a match counts only for bytes that are no text."""

_BOXED: Final = ((b"ftyp", 4, N_("a film or sound recording (MP4)")),)
_RIFF: Final = ((b"WEBP", N_("a picture (WebP)")), (b"WAVE", N_("a sound recording")))


def known_form(data: bytes) -> Form | None:
    """The binary format whose begin-mark ``data`` carries, else ``None``.

    A PDF may have up to 1,024 bytes before its mark (ISO 32000-1, annex H.3.4.1).
    """
    for mark, form in _KNOWN:
        if data.startswith(mark):
            return form
    if b"%PDF-" in data[:1024] and b"\0" not in data[: data.find(b"%PDF-")]:
        return Form.PDF
    return None


def foreign_kind(data: bytes) -> str | None:
    """What ``data`` looks like when it is none of ours: a message id, or ``None``."""
    for mark, kind in _FOREIGN:
        if data.startswith(mark):
            return kind
    for mark, offset, kind in _BOXED:
        if data[offset : offset + len(mark)] == mark:
            return kind
    if data.startswith(b"RIFF"):
        for mark, kind in _RIFF:
            if data[8:12] == mark:
                return kind
    return None


_OPEN_DOCUMENT: Final = {
    "application/vnd.oasis.opendocument.text": Form.ODT,
    "application/vnd.oasis.opendocument.spreadsheet": Form.ODS,
    "application/vnd.oasis.opendocument.presentation": Form.SLIDES,
}
_FOLDERS: Final = (("word/", Form.DOCX), ("xl/", Form.XLSX), ("ppt/", Form.SLIDES))


def package_form(package: Package) -> Form:
    """What a zip is: an office document, or :attr:`Form.ZIP` when just an archive."""
    if "xl/workbook.bin" in package:
        return Form.XLSB
    if "[Content_Types].xml" in package:
        for folder, form in _FOLDERS:
            if any(part.filename.startswith(folder) for part in package.members()):
                return form
    if "OFD.xml" in package:
        return Form.OFD
    if "mimetype" in package:
        declared = package.read("mimetype")[:200].decode("latin-1").strip()
        return _OPEN_DOCUMENT.get(declared.removesuffix("-template"), Form.ZIP)
    return Form.ZIP


_STREAMS: Final = (
    ("EncryptedPackage", Form.LOCKED),
    ("PowerPoint Document", Form.SLIDES),
    ("WordDocument", Form.DOC),
    ("Workbook", Form.XLS),
)


def compound_form(data: bytes, suffix: str) -> Form:
    """What a compound file is, by the names of the streams in it (MS-CFB 2.6.1)."""
    for stream, form in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return form
    return Form.XLS if suffix in {".xls", ".et"} else Form.DOC


_SUFFIXES: Final = {
    ".md": Form.MARKDOWN,
    ".markdown": Form.MARKDOWN,
    ".csv": Form.CSV,
    ".tsv": Form.CSV,
    ".html": Form.HTML,
    ".htm": Form.HTML,
    ".shtml": Form.HTML,
    ".xhtml": Form.HTML,
}
_PAGE: Final = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)


_MESSAGE: Final = re.compile(rb"[!-9;-~]{1,60}:[ \t]*[^\r\n]")
_MESSAGE_KIND: Final = re.compile(
    rb"^content-type:\s{0,9}(?:multipart/|text/html)", re.IGNORECASE | re.MULTILINE
)
_MESSAGE_HEADERS: Final = 16_384


def _is_message(data: bytes) -> bool:
    """Whether ``data`` begins with headers, among them that of a saved page."""
    if not _MESSAGE.match(data):
        return False
    headers, _, _ = data[:_MESSAGE_HEADERS].replace(b"\r", b"").partition(b"\n\n")
    return bool(_MESSAGE_KIND.search(headers)) and b"mime-version:" in headers.lower()


def text_form(data: bytes, suffix: str, content_type: str) -> Form:
    """What a text is marked up as: by its begin, its server, its name."""
    head = data[:2048].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff")
    if _PAGE.match(head):
        return Form.HTML
    if _is_message(data):
        return Form.MHT
    kind = content_type.partition(";")[0].strip().lower()
    form = (
        Form.HTML
        if kind in {"text/html", "application/xhtml+xml"}
        else (_SUFFIXES.get(suffix, Form.TEXT))
    )
    # A page without a single tag is a text: its line ends mean something.
    return Form.TEXT if form is Form.HTML and b"<" not in data else form
