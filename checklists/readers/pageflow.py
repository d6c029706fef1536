"""The blocks of a web page in reading order, as a browser would break the lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from checklists.readers.numerals import written

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEFT_OUT: Final = frozenset(
    {
        "script", "style", "noscript", "template", "head", "iframe", "object", "embed",
        "button", "select", "textarea", "input", "svg", "canvas", "audio", "video",
        "nav", "footer", "rt", "rp", "map", "applet", "frameset",
    }
)  # fmt: skip
_INLINE: Final = frozenset(
    {
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "em",
        "font", "i", "img", "ins", "kbd", "label", "mark", "q", "ruby", "rb", "s",
        "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
        "var", "wbr", "nobr", "data", "center-inline",
    }
)  # fmt: skip
"""Elements that do not break the line; every other one does."""
_HIDDEN: Final = re.compile(r"display\s{0,9}:\s{0,9}none", re.IGNORECASE)
_UNMARKED: Final = re.compile(r"list-style(?:-type)?\s{0,9}:\s{0,9}none", re.IGNORECASE)
_MARKED: Final = re.compile(
    r"\s*(?:[(（]?[0-9一二三四五六七八九十]{1,3}[)）.．、]|[①-⑳•·●○■—*-]|第[一二三四五六七八九十]|[一二三四五六七八九十]是)"
)
_BREAK: Final = re.compile(r"[ \t\r\n\f]*\n[ \t\r\n\f]*")
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LIST_FORMS: Final = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
}
_LAYOUT_LINES: Final = 20
_LAYOUT_LENGTH: Final = 3000
"""A cell with more lines or characters than these lays out a page."""
_MOST_COLUMNS: Final = 256
"""A table with more columns (cells that reach down from above are some) lays out a
page too: what is taken in each row must not grow with the rows."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line of text as shown; ``heading`` is its level 1–6, or 0."""

    text: str
    heading: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its full cells by column; ``first`` opens a table."""

    cells: tuple[tuple[int, str], ...]
    first: bool


@dataclass(slots=True)
class _State:
    """The line being gathered."""

    pieces: list[str] = field(default_factory=list)
    mark: str = ""
    heading: int = 0
    kept_breaks: int = 0
    """How many elements around keep the line ends of their source (``pre``)."""
    items: dict[HtmlElement, int] = field(default_factory=dict)
    """How many items each numbered list had so far."""


def tag_of(element: HtmlElement) -> str:
    """The name of an element in small letters, empty for comments and the like."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def is_left_out(element: HtmlElement) -> bool:
    """Whether nothing of the element is shown, or nothing that is text."""
    tag = tag_of(element)
    return (
        not tag
        or tag in _LEFT_OUT
        or element.get("hidden") is not None
        or _HIDDEN.search(element.get("style", "")) is not None
    )


def flow(root: HtmlElement, *, skip: set[HtmlElement]) -> Iterator[Block | Row]:
    """The lines and rows in ``root``, without the elements in ``skip``."""
    state = _State()
    stack: list[tuple[HtmlElement, bool]] = [(root, False)]
    while stack:
        element, done = stack.pop()
        tag = tag_of(element)
        block = tag not in _INLINE
        if done:
            if block:
                yield from _closed(state)
                state.heading = 0
            state.kept_breaks -= tag == "pre"
        elif element is root or not (is_left_out(element) or element in skip):
            rows = _rows(element) if tag == "table" else None
            if block:
                yield from _closed(state)
            if rows is not None:
                yield from rows
            else:
                _open(element, tag, state)
                stack.append((element, True))
                stack.extend((child, False) for child in reversed(element))
                continue
        if tag == "br":
            yield from _closed(state)
        if element is not root:
            state.pieces.append(element.tail or "")
    yield from _closed(state)


def _open(element: HtmlElement, tag: str, state: _State) -> None:
    state.kept_breaks += tag == "pre"
    state.heading = _HEADINGS.get(tag, state.heading)
    if tag == "li":
        state.mark = _list_mark(element, state.items)
    state.pieces.append(element.text or "")


def _closed(state: _State) -> Iterator[Block]:
    text = "".join(state.pieces)
    state.pieces.clear()
    if state.kept_breaks:
        yield from (
            Block(line, state.heading) for line in text.split("\n") if line.strip()
        )
        return
    text = collapsed(text)
    if text.strip():
        mark = "" if _MARKED.match(text) else state.mark
        state.mark = ""
        yield Block(mark + text.strip(), state.heading)


def collapsed(text: str) -> str:
    """White space as it is shown: one space, and none for a line end in Chinese."""

    def joined(match: re.Match[str]) -> str:
        around = (
            text[max(match.start() - 1, 0) : match.start()],
            text[match.end() :][:1],
        )
        return "" if all(_is_wide(sign) for sign in around) else " "

    return _SPACES.sub(" ", _BREAK.sub(joined, text))


def _is_wide(sign: str) -> bool:
    return bool(sign) and unicodedata.east_asian_width(sign) in "WF"


def _list_mark(item: HtmlElement, items: dict[HtmlElement, int]) -> str:
    """The mark that a browser puts before a list item, counted in ``items``."""
    parent = item.getparent()
    style = (
        item.get("style", "")
        + ";"
        + ("" if parent is None else parent.get("style", ""))
    )
    if parent is None or _UNMARKED.search(style):
        return ""
    if tag_of(parent) != "ol":
        return "• "
    before = items.get(parent, 0)
    items[parent] = before + 1
    value = item.get("value") or ""
    number = _count(value)
    if number is None:
        start = _count(parent.get("start") or "")
        number = (1 if start is None else start) + before
    return f"{written(number, _LIST_FORMS.get(parent.get('type', '1'), 'decimal'))}. "


def _count(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 6 else None  # noqa: PLR2004 (no huge numbers)


def _free(taken: dict[int, int], column: int) -> int:
    """The first column from ``column`` on that no cell from above reaches into."""
    while taken.get(column, 0) > 0:
        column += 1
    return column


def _rows(table: HtmlElement) -> list[Row] | None:
    """The rows of a table that is one, ``None`` for one that lays out a page."""
    if next(table.iterdescendants("table"), None) is not None:
        return None
    rows: list[tuple[tuple[int, str], ...]] = []
    taken: dict[int, int] = {}
    for tr in table.iterdescendants("tr"):
        cells: list[tuple[int, str]] = []
        column = 0
        for cell in tr.iterchildren("td", "th"):
            column = _free(taken, column)
            if column >= _MOST_COLUMNS:
                return None
            lines = [
                block.text
                for block in flow(cell, skip=set())
                if isinstance(block, Block)
            ]
            text = "\n".join(lines)
            if len(lines) > _LAYOUT_LINES or len(text) > _LAYOUT_LENGTH:
                return None
            if text:
                cells.append((column, text))
            high = _count(cell.get("rowspan") or "") or 1
            for _ in range(min(_count(cell.get("colspan") or "") or 1, 64)):
                taken[column] = high
                column += 1
        taken = {index: rest - 1 for index, rest in taken.items() if rest > 1}
        if cells:
            rows.append(tuple(cells))
    if all(len(row) < 2 for row in rows):  # noqa: PLR2004 (one column lays out a page)
        return None
    return [Row(row, first=index == 0) for index, row in enumerate(rows)]
