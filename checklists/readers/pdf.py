"""PDF: the text layer, its lines joined to paragraphs, each with its page.

PDFium (through pypdfium2) was chosen over pypdf and pdfminer.six: it reads the
Chinese fonts that are not embedded, which official PDFs are full of, and is ten
times faster. It runs in a process of its own, see :mod:`.pdf_pages`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from math import isfinite
from pathlib import Path
from typing import Any, Final

from checklists.document import N_, Document, DocumentError
from checklists.readers.lines import Lines, too_long
from checklists.readers.original import Original
from checklists.readers.package import damaged, protected
from checklists.readers.paragraphs import PrintedLine, PrintedPage, paragraphs
from checklists.readers.pdf_pages import MAX_PAGES

TIME_OUT: Final = 90
"""Seconds that one PDF may take."""
_PROGRAM: Final = Path(__file__).with_name("pdf_pages.py")
_UNMAPPED_SHARE: Final = 0.3
_FEW_CHARACTERS: Final = 4
"""A page of a text PDF has more characters than this on average."""


def read_pdf(original: Original) -> Document:
    """The text of a PDF.

    Raises:
        DocumentError: damaged, protected, without a text layer, without Unicode,
            too long or too slow; or the ``pdf`` extra is not installed.
    """
    pages: list[PrintedPage] = []
    unmapped = 0
    for record in _records(original):
        if "failed" in record:
            raise _failure(original.name, record["failed"])
        if "page" in record:
            pages.append(_page(record))
            unmapped += record["unmapped"]
    count = sum(len("".join(line.text.split())) for p in pages for line in p.lines)
    if unmapped > _UNMAPPED_SHARE * (count + unmapped):
        raise _without_unicode(original.name)
    found = list(paragraphs(pages))
    if not found or count < _FEW_CHARACTERS * len(pages):
        raise _scanned(original.name, len(pages))
    lines = Lines(original)
    for paragraph in found:
        lines.add_pieces([(text, f"page {number}") for text, number in paragraph])
    return lines.document("pdf")


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


def _without_unicode(name: str) -> DocumentError:
    return DocumentError(
        N_("{name} shows text but does not say which characters it is."),
        N_("Its fonts carry no Unicode table, so the text cannot be copied out."),
        N_(
            "Run OCR on it (for example ocrmypdf --force-ocr -l chi_sim), or ask for the original document."
        ),
        name=name,
    )
