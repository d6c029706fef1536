"""Word documents (docx): the text as it is shown, with its automatic numbering.

Read with the standard library alone: what matters here (numbering, tracked
changes, text boxes, table cells) office libraries pass through as raw XML anyway,
and three parts of the package are enough. Left out: headers, footers, notes,
comments, deleted and hidden text, field codes and tables of contents.

Source: ECMA-376 part 1, chapter 17 (WordprocessingML).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from checklists.document import Document
from checklists.readers.lines import Cell, Lines, column_name
from checklists.readers.numbering import Numbering
from checklists.readers.original import Original
from checklists.readers.package import Package, damaged
from checklists.readers.xmlparts import Element, read_blocks, read_children, related

_SKIPPED: Final = frozenset(
    {
        "del", "moveFrom", "instrText", "delText", "rPr", "pPr", "Fallback", "rt",
        "footnoteReference", "endnoteReference", "commentReference", "object",
        "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr",
    }
)  # fmt: skip
"""Elements whose inside is not shown text."""
_BREAKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_PRIVATE_USE: Final = range(0xE000, 0xF900)


def read_docx(original: Original, package: Package) -> Document:
    """The text of a Word document.

    Raises:
        DocumentError: damaged, protected, or hostile.
    """
    main = related(package, "", "officeDocument")
    if main is None or main not in package:
        raise damaged(original.name)
    numbering = _part(package, related(package, main, "numbering"), "numbering")
    styles = _part(package, related(package, main, "styles"), "styles")
    body = _Body(Lines(original), Numbering(numbering, styles))
    read_blocks(original.name, package.chunks(main), frozenset({"body"}), body.block)
    body.finish()
    return body.lines.document("docx")


def _part(package: Package, part: str | None, parent: str) -> list[Element]:
    return read_children(package.name, package.read(part), parent) if part else []


class _Body:
    """Walks the blocks of a document body and counts what they are called by."""

    def __init__(self, lines: Lines, numbering: Numbering) -> None:
        self.lines = lines
        self._numbering = numbering
        self._paragraphs = 0
        self._tables = 0
        self._carried = ""
        """Text of a paragraph whose own end is a tracked deletion."""

    def block(self, element: Element) -> None:
        """One child of the body, or of a container in it."""
        if element.tag == "p":
            self._paragraph(element)
        elif element.tag == "tbl":
            self._table(element)
        elif element.tag not in _SKIPPED and not _is_contents_list(element):
            for child in element:
                self.block(child)

    def finish(self) -> None:
        """Write what was carried over to a paragraph that never came."""
        self._write(self._carried, None)

    def _paragraph(self, element: Element) -> None:
        self._paragraphs += 1
        properties = element.find("pPr")
        if self._numbering.is_contents(properties):
            return
        text = self._marked(element)
        self._carried += text
        if not _end_deleted(properties):
            text, self._carried = self._carried, ""
            self._write(text, properties)
        for box in _boxes(element):
            for child in box:
                self.block(child)

    def _marked(self, paragraph: Element) -> str:
        """The text with its mark. Word counts an empty paragraph, but not a deleted."""
        text = _text(paragraph)
        properties = paragraph.find("pPr")
        if not text.strip() and _end_deleted(properties):
            return ""
        mark = self._numbering.mark(properties)
        return mark + text if text.strip() else ""

    def _write(self, text: str, properties: Element | None) -> None:
        level = self._numbering.heading(properties)
        heading = f", heading {level}" if level else ""
        self.lines.add(text, f"paragraph {self._paragraphs}{heading}")

    def _table(self, element: Element) -> None:
        self._tables += 1
        table = self._tables
        for number, row in enumerate(_descend(element, "tr"), start=1):
            if row.find("trPr/del") is not None:
                continue
            self._row(row, table, number)

    def _row(self, row: Element, table: int, number: int) -> None:
        cells: list[Cell] = []
        full: list[Element] = []
        column = 0
        for cell in _descend(row, "tc"):
            place = f"table {table} cell {column_name(column)}{number}"
            text = "" if _continues(cell) else self._cell_text(cell)
            if text.strip():
                full.append(cell)
            cells.append(Cell(column, text, place))
            column += _span(cell)
        if len(full) == 1 and full[0].find("tbl") is not None:
            # A cell around everything is a frame: its blocks stand by themselves.
            for child in full[0]:
                self.block(child)
            return
        self.lines.add_row(cells)

    def _cell_text(self, cell: Element) -> str:
        """The paragraphs of a cell, those of tables inside it among them."""
        return "\n".join(map(self._marked, _descend(cell, "p")))


def _text(paragraph: Element) -> str:
    """The shown text of one paragraph, without that of text boxes in it."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == "t":
            parts.append(element.text or "")
        elif element.tag == "sym":
            parts.append(_symbol(element.get("char", "")))
        elif element.tag in _BREAKS:
            parts.append(_BREAKS[element.tag])
        elif element.tag == "r" and _is_hidden(element):
            continue
        elif element.tag not in _SKIPPED and element.tag != "txbxContent":
            stack.extend(reversed(element))
    return "".join(parts)


def _symbol(code: str) -> str:
    """A sign by its code; those of symbol fonts have no meaning outside them."""
    try:
        number = int(code, 16)
        return "" if number in _PRIVATE_USE else chr(number)
    except (ValueError, OverflowError):
        return ""


def _boxes(paragraph: Element) -> Iterator[Element]:
    """The text boxes anchored in a paragraph, each in its newer form only."""
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == "txbxContent":
            yield element
        elif element.tag not in _SKIPPED:
            stack.extend(reversed(element))


def _descend(element: Element, tag: str) -> Iterator[Element]:
    """The nearest descendants named ``tag``, through containers, in order."""
    stack = list(reversed(element))
    while stack:
        found = stack.pop()
        if found.tag == tag:
            yield found
        elif found.tag not in _SKIPPED:
            stack.extend(reversed(found))


def _is_hidden(run: Element) -> bool:
    vanish = run.find("rPr/vanish")
    return vanish is not None and vanish.get("val", "1") not in {"0", "false", "off"}


def _end_deleted(properties: Element | None) -> bool:
    return properties is not None and properties.find("rPr/del") is not None


def _is_contents_list(element: Element) -> bool:
    gallery = element.find("sdtPr/docPartObj/docPartGallery")
    return gallery is not None and gallery.get("val") == "Table of Contents"


def _continues(cell: Element) -> bool:
    """Whether the cell only continues a vertically merged one above it."""
    merge = cell.find("tcPr/vMerge")
    return merge is not None and merge.get("val", "continue") == "continue"


def _span(cell: Element) -> int:
    span = cell.find("tcPr/gridSpan")
    value = "1" if span is None else span.get("val", "1")
    return int(value) if value.isdecimal() and value != "0" and len(value) < 4 else 1  # noqa: PLR2004 (three figures)
