"""Extracted text as it grows: line by line, each with its place in the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from checklists.document import N_, Document, DocumentError, Note
from checklists.readers.original import Original

MAX_CHARACTERS: Final = 10_000_000
"""The longest text that is taken from one document, in code points."""

MAX_TABS: Final = 64
"""The most tabs that stand between two full cells of a row."""

_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: its column counted from 0, its text and its place."""

    column: int
    text: str
    place: str


def column_name(column: int) -> str:
    """The letters of a column counted from 0: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, _LETTERS)
        name = chr(ord("A") + letter) + name
    return name


class Lines:
    """Gathers lines and cells; :meth:`document` joins them.

    One paragraph is one line, one row of a table is one line with its cells apart
    by a tab, so that neither is cut where its text is not.
    """

    def __init__(self, original: Original) -> None:
        """Start with no text, for ``original``."""
        self._original = original
        self._parts: list[str] = []
        self._marks: list[tuple[int, str]] = []
        self._length = 0

    def add(self, text: str, place: str) -> None:
        """Add a paragraph; where it has line breaks of its own, they are kept."""
        for line in text.splitlines():
            if stripped := line.strip():
                self._mark(place)
                self._append(stripped)
                self._append("\n")

    def add_pieces(self, pieces: Sequence[tuple[str, str]]) -> None:
        """Add one paragraph made of ``(text, place)`` pieces that follow directly."""
        for text, place in pieces:
            self._mark(place)
            self._append(text)
        self._append("\n")

    def add_row(self, cells: Sequence[Cell]) -> None:
        """Add a row; a row of one full cell is a paragraph.

        Line breaks inside a cell become spaces: the row is one thing said in
        several columns. Empty cells keep their tab, so that columns stay columns.
        """
        full = sorted(
            (cell for cell in cells if cell.text.strip()), key=lambda cell: cell.column
        )
        if len(full) == 1:
            self.add(full[0].text, full[0].place)
            return
        previous = 0
        for index, cell in enumerate(full):
            tabs = max(cell.column - previous, 1 if index else 0)
            self._append("\t" * min(tabs, MAX_TABS))
            previous = cell.column
            self._mark(cell.place)
            self._append(" ".join(cell.text.split()))
        if full:
            self._append("\n")

    def document(self, form: str, *, notes: tuple[Note, ...] = ()) -> Document:
        """What was gathered, as a document of the format ``form``."""
        return Document(
            name=self._original.name,
            text="".join(self._parts),
            sha256=self._original.sha256,
            form=form,
            marks=tuple(self._marks),
            notes=notes,
        )

    def _mark(self, place: str) -> None:
        if not self._marks or self._marks[-1][1] != place:
            self._marks.append((self._length, place))

    def _append(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_CHARACTERS:
            raise too_long(self._original.name)
        self._parts.append(text)


def too_long(name: str, limit: int = MAX_CHARACTERS) -> DocumentError:
    """More text than ``limit`` characters."""
    return DocumentError(
        N_("{name} is too long to read."),
        N_("Its text has more than {limit} characters, the limit for one."),
        N_("Give the report itself, or split the file."),
        name=name,
        limit=limit,
    )
