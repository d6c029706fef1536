"""Printed pages (of a PDF, an OFD) as a document, and what of them is no text.

Pages that are pictures, or whose fonts do not say which characters they show, are
named in the document's notes: a report must not lose a page in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from checklists.document import N_, Document, DocumentError, Note
from checklists.readers.encoding import common_share
from checklists.readers.lines import Cell, Lines, column_name
from checklists.readers.original import Original
from checklists.readers.paragraphs import (
    PrintedCell,
    PrintedPage,
    PrintedTable,
    glue,
    paragraphs,
)

_UNMAPPED_SHARE: Final = 0.15
_FEW_CHARACTERS: Final = 80
"""What stands on a scanned page beside its picture: a number, a stamp, the line of
the program that made it."""
_PICTURED: Final = 0.5
"""The share of a page that a scan covers at least."""
_MARGINAL: Final = 0.05
"""The share of an empty page from which a picture on it says something."""
_OUTLINES: Final = 40
"""Shapes on an empty page from which they may be letters drawn as curves."""
_HEAD_ROWS: Final = 3
"""Rows at the top of a table that may be printed again on the next page."""
_SAME_COLUMN: Final = 4.0
_EVERYDAY_SHARE: Final = 0.4
_SAMPLE: Final = 60
_SYMBOLS: Final = frozenset(map(chr, range(0xF000, 0xF100)))
"""Signs of fonts like Wingdings, which are bullets as a rule."""
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")


def printed(original: Original, pages: Sequence[PrintedPage], form: str) -> Document:
    """The text of ``pages`` as a document of the format ``form``.

    Raises:
        DocumentError: none of the pages has text.
    """
    pictures = {page.number for page in pages if _is_picture(page)}
    garbled = {page.number for page in pages if _is_garbled(page)}
    unread = pictures | garbled
    readable = [
        replace(page, lines=()) if page.number in garbled else page for page in pages
    ]
    found = list(paragraphs(readable))
    if not found or all(p.number in unread for p in readable if p.lines):
        raise (_without_unicode if garbled else _scanned)(original.name, len(pages))
    tables = _Tables(Lines(original))
    for each in found:
        if isinstance(each, PrintedTable):
            tables.add(each)
        else:
            tables.end()
            tables.lines.add_pieces([(text, f"page {page}") for text, page in each])
    tables.end()
    return tables.lines.document(form, notes=_notes(pictures, garbled))


class _Tables:
    """Writes tables row by row; one that goes on on the next page goes on here.

    The row that is open waits for the rest that may have come to stand on the next
    page; headings that are printed again there are left out.
    """

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._columns: tuple[float, ...] = ()
        self._head: list[tuple[PrintedCell, ...]] = []
        self._open: list[Cell] = []
        self._last: tuple[PrintedCell, ...] = ()

    def add(self, table: PrintedTable) -> None:
        """Write the rows of a table, or of a part of it."""
        rows = list(table.rows)
        if self._is_same(table):
            for head in self._head:
                if not rows or _words(rows[0][1]) != _words(head):
                    break
                del rows[0]
            if rows and self._is_rest(rows[0][1]):
                self._complete(rows.pop(0)[1])
        else:
            self.end()
            self._columns = table.columns
            first, *further = [cells for _, cells in rows[:_HEAD_ROWS]]
            lower = takewhile(lambda cells: cells[0].column > 0, further)
            self._head = [first, *lower]  # beside headings that are two rows high
        place = f"page {table.page}, table {table.number} cell "
        for number, cells in rows:
            self._write()
            self._last = cells
            self._open = [
                Cell(
                    cell.column, cell.text, f"{place}{column_name(cell.column)}{number}"
                )
                for cell in cells
            ]

    def end(self) -> None:
        """Nothing of the table follows any more."""
        self._write()
        self._columns = ()

    def _write(self) -> None:
        self.lines.add_row(self._open)
        self._open = []

    def _is_same(self, table: PrintedTable) -> bool:
        return len(self._columns) == len(table.columns) and all(
            abs(one - other) < _SAME_COLUMN
            for one, other in zip(self._columns, table.columns, strict=True)
        )

    def _is_rest(self, cells: tuple[PrintedCell, ...]) -> bool:
        """Whether a row is the rest of the open one, and no row of its own.

        A cell of it goes on in mid-sentence; cells that ended on the page before, the
        first and the last among them, are empty.
        """
        before = {cell.column for cell in self._last}
        broken = {cell.column for cell in self._last if cell.goes_on}
        here = {cell.column for cell in cells}
        if here <= broken:
            return True
        ends = {min(before, default=0), max(before, default=0)}
        return here <= before and bool(here & broken) and not here & ends

    def _complete(self, cells: tuple[PrintedCell, ...]) -> None:
        """Put the rest of the open row to its cells."""
        rest = {cell.column: cell for cell in cells}
        going = {cell.column for cell in self._last if cell.goes_on}
        for index, cell in enumerate(self._open):
            if (more := rest.get(cell.column)) is not None:
                joint = glue(cell.text, more.text) if cell.column in going else "\n"
                self._open[index] = replace(cell, text=cell.text + joint + more.text)
        self._last = tuple(
            replace(cell, goes_on=cell.column in rest and rest[cell.column].goes_on)
            for cell in self._last
        )


def _words(cells: tuple[PrintedCell, ...]) -> list[tuple[int, str]]:
    return [(cell.column, "".join(cell.text.split())) for cell in cells]


def _text(page: PrintedPage) -> str:
    """All that is on the page, without white space."""
    cells = (
        cell
        for line in page.lines
        if isinstance(line, PrintedTable)
        for _, row in line.rows
        for cell in row
    )
    texts = [*(line.text for line in page.plain), *(cell.text for cell in cells)]
    return "".join("".join(text.split()) for text in texts)


def _is_picture(page: PrintedPage) -> bool:
    """Whether the words of a page are in a picture, as a scanner makes it.

    Few characters on one are a page number, a stamp or an office's line. A page with
    none may also be drawn; without a drawing it is only empty.
    """
    characters = len(_text(page)) + page.unmapped
    if characters:
        return characters < _FEW_CHARACTERS and page.pictured >= _PICTURED
    return page.pictured >= _MARGINAL or page.shapes >= _OUTLINES


def _is_garbled(page: PrintedPage) -> bool:
    """Whether the characters of a page are not those that it shows.

    Fonts may name none, or names of their own (private use), or wrong ones: then
    hardly any is among the everyday ones of Chinese.
    """
    text = _text(page)
    words = sum(map(str.isalnum, text))
    private = [sign for sign in text if unicodedata.category(sign) == "Co"]
    bullets = sum(sign in _SYMBOLS for sign in private)
    unknown = page.unmapped + len(private) - bullets
    if unknown > _UNMAPPED_SHARE * (words + unknown) or bullets > words:
        return True
    chinese = "".join(_CHINESE.findall(text))
    return len(chinese) >= _SAMPLE and common_share(chinese) < _EVERYDAY_SHARE


def _notes(pictures: set[int], garbled: set[int]) -> tuple[Note, ...]:
    notes: list[Note] = []
    if pictures:
        message = N_(
            "Not read, because they are pictures and have no text: pages {pages}. Run"
            " OCR on the file, as a PDF (for example ocrmypdf --skip-text -l chi_sim),"
            " and derive the result."
        )
        notes.append(Note(message, pages=tuple(sorted(pictures))))
    if garbled:
        message = N_(
            "Not read, because their fonts do not say which characters they show: pages"
            " {pages}. Run OCR on the file, as a PDF (for example ocrmypdf --force-ocr"
            " -l chi_sim), and derive the result."
        )
        notes.append(Note(message, pages=tuple(sorted(garbled))))
    return tuple(notes)


def _scanned(name: str, pages: int) -> DocumentError:
    return DocumentError(
        N_("{name} holds no text."),
        N_("Every page of it is a picture, as a scanner makes them: {pages} in all."),
        N_(
            "Run OCR on it, as a PDF (for example ocrmypdf -l chi_sim); give the result."
        ),
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
