"""Tables: Excel workbooks (xlsx) and csv, one line for each row.

The visible sheets in their order, values as they are shown as far as text can.
Where a row of headings is recognised, each cell's place carries its column's
heading. Read with the standard library: a row is taken as it goes by, so that
neither a claimed size of a million columns nor a long sheet fills the memory.

Source: ECMA-376 part 1, chapter 18 (SpreadsheetML).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

from checklists.document import N_, Document, DocumentError
from checklists.readers.formats import BUILT_IN, DAYS_TO_1904, GENERAL, shown
from checklists.readers.lines import (
    MAX_CHARACTERS,
    Cell,
    Lines,
    column_name,
    too_long,
)
from checklists.readers.original import Original
from checklists.readers.package import Package, damaged
from checklists.readers.xmlparts import (
    Element,
    read_blocks,
    read_children,
    related,
    relations,
)

_HEADING_ROWS: Final = 10
"""Rows from the top among which the headings are looked for."""
_HEADING_LENGTH: Final = 20
_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NO_HEADING: Final = re.compile(r"[-0-9./年月日%\s]+|.*[。；;]", re.DOTALL)
_DELIMITERS: Final = ",\t;|"


class _Table:
    """Rows of one table on their way to the lines, the headings being looked for."""

    def __init__(self, lines: Lines, prefix: str) -> None:
        self._lines = lines
        self._prefix = prefix
        self._waiting: list[tuple[int, list[tuple[int, str]]]] = []
        self._headings: dict[int, str] | None = None

    def row(self, number: int, cells: list[tuple[int, str]]) -> None:
        """Row ``number``, counted from 1, with its full cells by column."""
        if self._headings is not None:
            self._write(number, cells, self._headings)
            return
        self._waiting.append((number, cells))
        if len(self._waiting) >= _HEADING_ROWS:
            self.finish()

    def finish(self) -> None:
        """Decide on the headings with the rows that there are, and write these."""
        rows = [cells for _, cells in self._waiting]
        index = _heading_row(rows)
        self._headings = {} if index is None else dict(rows[index])
        for place, (number, cells) in enumerate(self._waiting):
            before = index is None or place <= index
            self._write(number, cells, {} if before else self._headings)
        self._waiting.clear()

    def _write(
        self, number: int, cells: list[tuple[int, str]], headings: dict[int, str]
    ) -> None:
        row: list[Cell] = []
        for column, text in cells:
            heading = " ".join(headings.get(column, "").split())
            suffix = f" ({heading})" if heading else ""
            place = f"{self._prefix}cell {column_name(column)}{number}{suffix}"
            row.append(Cell(column, text, place))
        self._lines.add_row(row)


def _heading_row(rows: Sequence[list[tuple[int, str]]]) -> int | None:
    """Which of the first rows names the columns: short words side by side.

    It has at least two cells, half as many as the widest row, only short words
    (no number, no sentence), and a row below it.
    """
    widest = max((len(cells) for cells in rows), default=0)
    for index, cells in enumerate(rows[:-1]):
        words = [text.strip() for _, text in cells]
        if len(words) < max(2, widest / 2):
            continue
        named = all(
            len(word) <= _HEADING_LENGTH and not _NO_HEADING.fullmatch(word)
            for word in words
        )
        return index if named else None
    return None


def read_csv(original: Original, text: str) -> Document:
    """A table of separated values, its separator found in its first lines.

    Raises:
        DocumentError: a quotation mark that is never closed, or far too long (empty
            cells take more memory than the text that they are made from).
    """
    if len(text) > MAX_CHARACTERS:
        raise too_long(original.name)
    lines = Lines(original)
    table = _Table(lines, "")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, row in enumerate(rows, start=1):
            cells = [
                (column, value) for column, value in enumerate(row) if value.strip()
            ]
            table.row(number, cells)
    except csv.Error as error:
        raise DocumentError(
            N_("{name} is no table."),
            N_("From line {line} on it cannot be split into cells ({reason})."),
            N_("Look for a quotation mark that is not closed, or save it as xlsx."),
            name=original.name,
            line=rows.line_num,
            reason=str(error),
        ) from None
    table.finish()
    return lines.document("csv")


def _delimiter(text: str) -> str:
    """The sign that divides the first line most often outside quotation marks."""
    outside = re.sub(r'"[^"]*"', "", text[:4096].lstrip().partition("\n")[0])
    return max(_DELIMITERS, key=outside.count)


def read_xlsx(original: Original, package: Package) -> Document:
    """The visible sheets of a workbook.

    Raises:
        DocumentError: damaged, protected, or hostile.
    """
    book = related(package, "", "officeDocument")
    if book is None or book not in package:
        raise damaged(original.name)
    workbook = _Workbook(package, book)
    lines = Lines(original)
    for name, part in workbook.sheets():
        workbook.read_sheet(part, _Table(lines, f"sheet {name} "))
    return lines.document("xlsx")


class _Workbook:
    """What the sheets of a workbook share: strings, formats, the first day."""

    def __init__(self, package: Package, book: str) -> None:
        self._package = package
        self._book = book
        self._strings = self._read_strings(related(package, book, "sharedStrings"))
        self._formats = self._read_formats(related(package, book, "styles"))
        self._shift = 0
        for child in read_children(package.name, package.read(book), "workbook"):
            if child.tag == "workbookPr" and child.get("date1904") in {"1", "true"}:
                self._shift = DAYS_TO_1904

    def sheets(self) -> list[tuple[str, str]]:
        """Name and part of each visible sheet."""
        name = self._package.name
        parts = dict(relations(self._package, self._book, "worksheet"))
        found: list[tuple[str, str]] = []
        for sheet in read_children(name, self._package.read(self._book), "sheets"):
            part = parts.get(sheet.get("id", ""))
            if part and sheet.get("state", "visible") == "visible":
                found.append((sheet.get("name", ""), part))
        return found

    def read_sheet(self, part: str, table: _Table) -> None:
        """Give ``table`` the rows of the sheet in ``part``."""
        last = 0

        def row(element: Element) -> None:
            nonlocal last
            number = element.get("r", "")
            last = int(number) if number.isdecimal() and len(number) < 8 else last + 1  # noqa: PLR2004 (a million rows)
            table.row(last, self._cells(element))

        chunks = self._package.chunks(part)
        read_blocks(self._package.name, chunks, frozenset({"sheetData"}), row)
        table.finish()

    def _cells(self, row: Element) -> list[tuple[int, str]]:
        cells: list[tuple[int, str]] = []
        column = -1
        for cell in row.findall("c"):
            column = _column(cell.get("r", ""), column + 1)
            text = self._value(cell)
            if text.strip():
                cells.append((column, text))
        return cells

    def _value(self, cell: Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("is")
            return "" if inline is None else _string(inline)
        value = cell.findtext("v") or ""
        if kind == "s":
            index = int(value) if value.isdecimal() and len(value) < 9 else -1  # noqa: PLR2004 (no huge numbers)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind != "n" or not value:
            return value
        return shown(
            value, self._formats.get(cell.get("s", "0"), GENERAL), shift=self._shift
        )

    def _read_strings(self, part: str | None) -> list[str]:
        strings: list[str] = []
        taken = 0

        def string(element: Element) -> None:
            nonlocal taken
            text = _string(element)
            taken += len(text)
            if taken > MAX_CHARACTERS:
                raise too_long(self._package.name)
            strings.append(text)

        if part and part in self._package:
            chunks = self._package.chunks(part)
            read_blocks(self._package.name, chunks, frozenset({"sst"}), string)
        return strings

    def _read_formats(self, part: str | None) -> dict[str, str]:
        """Format code by the number that cells name their style with."""
        data = self._package.read(part) if part else b""
        codes = {str(number): code for number, code in BUILT_IN.items()}
        for custom in read_children(self._package.name, data, "numFmts"):
            codes[custom.get("numFmtId", "")] = custom.get("formatCode", "")[:200]
        styles = read_children(self._package.name, data, "cellXfs")
        return {
            str(index): codes.get(style.get("numFmtId", ""), GENERAL)
            for index, style in enumerate(styles)
        }


def _string(element: Element) -> str:
    """The text of a string, its runs joined, its phonetic guide left out."""
    parts = [element.findtext("t") or ""]
    parts += [run.findtext("t") or "" for run in element.findall("r")]
    return "".join(parts)


def _column(reference: str, otherwise: int) -> int:
    """The column of a reference like ``B4``, counted from 0."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return otherwise
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
