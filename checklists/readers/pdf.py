"""PDF: the text layer, its lines joined to paragraphs, each with its page.

PDFium (through pypdfium2) was chosen over pypdf and pdfminer.six: it reads the
Chinese fonts that are not embedded, which official PDFs are full of, and is ten
times faster. It runs in a process of its own, see :mod:`.pdf_pages`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Any, Final

from checklists.document import N_, Document, DocumentError, Note
from checklists.readers.encoding import common_share
from checklists.readers.lines import Lines, too_long
from checklists.readers.original import Original
from checklists.readers.package import damaged, protected
from checklists.readers.paragraphs import PrintedLine, PrintedPage, paragraphs
from checklists.readers.pdf_pages import MAX_PAGES

TIME_OUT: Final = 90
"""Seconds that one PDF may take."""
_PROGRAM: Final = Path(__file__).with_name("pdf_pages.py")
_UNMAPPED_SHARE: Final = 0.3
_FEW_CHARACTERS: Final = 80
"""What stands on a scanned page beside its picture: a number, a stamp, the line of
the program that made it."""
_PICTURED: Final = 0.5
"""The share of a page that a scan covers at least."""
_MARGINAL: Final = 0.05
"""The share of an empty page from which a picture on it says something."""
_OUTLINES: Final = 40
"""Shapes on an empty page from which they may be letters drawn as curves."""
_EVERYDAY_SHARE: Final = 0.4
_SAMPLE: Final = 60
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")


def read_pdf(original: Original) -> Document:
    """The text of a PDF; its notes name the pages of which none could be had.

    Raises:
        DocumentError: damaged, protected, without a text layer, without Unicode,
            too long or too slow; or the ``pdf`` extra is not installed.
    """
    pages: list[PrintedPage] = []
    pictures: list[int] = []
    garbled: list[int] = []
    for record in _records(original):
        if "failed" in record:
            raise _failure(original.name, record["failed"])
        if "page" in record:
            page = _page(record)
            text = "".join("".join(line.text.split()) for line in page.lines)
            if _is_picture(record, len(text)):
                pictures.append(page.number)
            if _is_garbled(text, record["unmapped"]):
                garbled.append(page.number)
                page = replace(page, lines=())
            pages.append(page)
    unread = {*pictures, *garbled}
    found = list(paragraphs(pages))
    if not found or not any(p.lines for p in pages if p.number not in unread):
        raise (_without_unicode if garbled else _scanned)(original.name, len(pages))
    lines = Lines(original)
    for paragraph in found:
        lines.add_pieces([(text, f"page {number}") for text, number in paragraph])
    return lines.document("pdf", notes=_notes(pictures, garbled))


def _is_picture(record: dict[str, Any], characters: int) -> bool:
    """Whether the words of a page are in a picture, as a scanner makes it.

    Few characters on one are a page number, a stamp or an office's line. A page with
    none may also be drawn; without a drawing it is only empty.
    """
    pictured: float = record["pictured"]
    shapes: int = record["drawn"]
    if characters + record["unmapped"]:
        return characters < _FEW_CHARACTERS and pictured >= _PICTURED
    return pictured >= _MARGINAL or shapes >= _OUTLINES


def _is_garbled(text: str, unmapped: int) -> bool:
    """Whether the characters of a page are not those that it shows.

    Fonts may name none, or names of their own (private use), or wrong ones: then
    hardly any is among the everyday ones of Chinese.
    """
    if unmapped > _UNMAPPED_SHARE * (len(text) + unmapped):
        return True
    chinese = "".join(_CHINESE.findall(text))
    return len(chinese) >= _SAMPLE and common_share(chinese) < _EVERYDAY_SHARE


def _notes(pictures: Sequence[int], garbled: Sequence[int]) -> tuple[Note, ...]:
    notes: list[Note] = []
    if pictures:
        message = N_(
            "Not read, because they are pictures and have no text: pages {pages}. Run"
            " OCR on the file (for example ocrmypdf --skip-text -l chi_sim) and derive"
            " the result."
        )
        notes.append(Note(message, pages=tuple(pictures)))
    if garbled:
        message = N_(
            "Not read, because their fonts do not say which characters they show: pages"
            " {pages}. Run OCR on the file (for example ocrmypdf --force-ocr -l"
            " chi_sim) and derive the result."
        )
        notes.append(Note(message, pages=tuple(garbled)))
    return tuple(notes)


def _records(original: Original) -> Iterator[dict[str, Any]]:
    """What the program says of each page.

    ``-P`` keeps the folder of the program off its path, where our own modules
    could stand in for the standard library's.
    """
    if find_spec("pypdfium2") is None:
        raise DocumentError(
            N_("{name} is a PDF, which needs one more package."),
            N_("PDFs are read with pypdfium2, which is not installed."),
            N_("Install it: pip install 'rectification-ledger[pdf]'"),
            name=original.name,
        )
    try:
        answer = subprocess.run(  # noqa: S603 (our own program, no shell)
            [sys.executable, "-P", str(_PROGRAM)],
            input=original.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIME_OUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_slow(original.name) from None
    whole = [line for line in answer.stdout.splitlines() if line.endswith(b"}")]
    records = [json.loads(line) for line in whole]
    if not records or not records[-1].keys() & {"done", "failed"}:
        raise _too_slow(original.name)  # it fell over: a crash or a limit
    yield from records


def _page(record: dict[str, Any]) -> PrintedPage:
    lines = (
        PrintedLine(
            line["text"], *(_length(line[k]) for k in ("left", "right", "base"))
        )
        for line in record["lines"]
    )
    width, height = _length(record["width"]), _length(record["height"])
    return PrintedPage(record["page"], width, height, tuple(lines))


def _length(points: float) -> float:
    """A length that can be reckoned with; a PDF's own numbers may run over."""
    return points if isfinite(points) else 0.0


def _failure(name: str, reason: str) -> DocumentError:
    if reason == "password":
        return protected(name)
    if reason == "pages":
        return DocumentError(
            N_("{name} is too long to read."),
            N_("It has more than {limit} pages, the limit for one."),
            N_("Give the report itself, or split the file."),
            name=name,
            limit=MAX_PAGES,
        )
    return too_long(name) if reason == "long" else damaged(name)


def _too_slow(name: str) -> DocumentError:
    return DocumentError(
        N_("{name} could not be read to its end."),
        N_("Reading it took too much time or memory, or broke the PDF reader."),
        N_("Print it to a new PDF, or save it as text or docx, and give that file."),
        name=name,
    )


def _scanned(name: str, pages: int) -> DocumentError:
    return DocumentError(
        N_("{name} holds no text."),
        N_("Its {pages} pages are pictures, as a scanner makes them."),
        N_("Run OCR on it (for example ocrmypdf -l chi_sim) and give the result."),
        name=name,
        pages=pages,
    )


def _without_unicode(name: str, _pages: int) -> DocumentError:
    return DocumentError(
        N_("{name} shows text but does not say which characters it is."),
        N_("Its fonts carry no Unicode table, so the text cannot be copied out."),
        N_(
            "Run OCR on it (for example ocrmypdf --force-ocr -l chi_sim), or ask for the original document."
        ),
        name=name,
    )
