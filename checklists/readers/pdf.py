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
from checklists.readers.grids import with_tables
from checklists.readers.lines import too_long
from checklists.readers.original import Original
from checklists.readers.package import damaged, protected
from checklists.readers.paragraphs import PrintedLine, PrintedPage
from checklists.readers.pdf_pages import MAX_PAGES
from checklists.readers.printed import printed

TIME_OUT: Final = 90
"""Seconds that one PDF may take."""
_PROGRAM: Final = Path(__file__).with_name("pdf_pages.py")


def read_pdf(original: Original) -> Document:
    """The text of a PDF; its notes name the pages of which none could be had.

    Raises:
        DocumentError: damaged, protected, without a text layer, without Unicode,
            too long or too slow; or the ``pdf`` extra is not installed.
    """
    pages: list[PrintedPage] = []
    for record in _records(original):
        if "failed" in record:
            raise _failure(original.name, record["failed"])
        if "page" in record:
            pages.append(_page(record))
    return printed(original, pages, "pdf")


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
    if not whole or not json.loads(whole[-1]).keys() & {"done", "failed"}:
        raise _too_slow(original.name)  # it fell over: a crash or a limit
    yield from map(json.loads, whole)


def _page(record: dict[str, Any]) -> PrintedPage:
    lines = (
        PrintedLine(
            text=line["text"],
            left=_length(line["left"]),
            right=_length(line["right"]),
            base=_length(line["base"]),
            places=tuple((_length(x), _length(to_x)) for x, to_x in line["places"]),
        )
        for line in record["lines"]
    )
    page = PrintedPage(
        number=record["page"],
        width=_length(record["width"]),
        height=_length(record["height"]),
        lines=tuple(lines),
        unmapped=record["unmapped"],
        pictured=record["pictured"],
        shapes=record["drawn"],
    )
    paths = (
        (stroked, [(_length(x), _length(y)) for x, y in corners])
        for stroked, corners in record["paths"]
    )
    return with_tables(page, paths)


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
