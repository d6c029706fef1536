"""Automatic numbering of Word documents, turned into the marks a reader sees.

Word stores ``一、`` not in the text but as "level 0 of list 3"; what is shown
follows from numbering.xml, styles.xml and everything numbered before it
(ECMA-376 part 1, 17.9). Lists that share an abstract definition go on counting
together; a start override begins anew, once for each list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from checklists.readers.numerals import written
from checklists.readers.xmlparts import Element

_LEVELS: Final = 9
_PLACE: Final = re.compile(r"%([1-9])")
_BULLET: Final = "•"
_NO_LIST: Final = "0"
_FIGURES: Final = 9
_CLOSED: Final = ("、", "）", ")", "．", "，", "：", "】", "〕", " ")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False
    restarts: bool = True
    style: str = ""


@dataclass(slots=True)
class _Style:
    based_on: str = ""
    name: str = ""
    list_id: str | None = None
    level: int | None = None
    outline: int | None = None


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists and styles of one document, counting as its paragraphs go by."""

    def __init__(self, numbering: list[Element], styles: list[Element]) -> None:
        """Take the children of numbering.xml and styles.xml."""
        self._styles = {
            style.get("styleId", ""): _read_style(style)
            for style in styles
            if style.tag == "style" and style.get("type", "paragraph") == "paragraph"
        }
        self._default = next(
            (
                style.get("styleId", "")
                for style in styles
                if style.get("type") == "paragraph" and _on(style.get("default", "0"))
            ),
            "",
        )
        self._abstract: dict[str, dict[int, Level]] = {}
        self._linked: dict[str, str] = {}
        self._lists: dict[str, _List] = {}
        for child in numbering:
            if child.tag == "abstractNum":
                self._add_abstract(child)
            elif child.tag == "num":
                self._lists[child.get("numId", "")] = _read_list(child)
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()

    def heading(self, properties: Element | None) -> int | None:
        """The heading level (1 …) of a paragraph with these properties, if any."""
        direct = _number(properties, "outlineLvl")
        outlines = [direct, *(style.outline for style in self._chain(properties))]
        outline = next((level for level in outlines if level is not None), None)
        return outline + 1 if outline is not None and outline < _LEVELS else None

    def is_contents(self, properties: Element | None) -> bool:
        """Whether the paragraph is a line of a table of contents."""
        return any(
            re.match(r"(?:toc|目录) ?\d", style.name.lower())
            for style in self._chain(properties)
        )

    def mark(self, properties: Element | None) -> str:
        """The visible mark of the next paragraph with these properties, or ``""``."""
        list_id, level = self._place(properties)
        found = self._lists.get(list_id)
        if found is None:
            return ""
        return self._count(list_id, found, min(max(level, 0), _LEVELS - 1))

    def _place(self, properties: Element | None) -> tuple[str, int]:
        """The list and level of a paragraph: its own word first, then its style's."""
        numbered = None if properties is None else properties.find("numPr")
        list_id = _value(numbered, "numId")
        level = _number(numbered, "ilvl")
        if list_id is not None:
            return list_id, level or 0
        for style_id, style in self._chain_items(self._style_id(properties)):
            if style.list_id is None:
                continue
            levels = self._levels(self._lists.get(style.list_id))
            own = next(
                (index for index, item in levels.items() if item.style == style_id),
                style.level or 0,
            )
            return style.list_id, own if level is None else level
        return _NO_LIST, 0

    def _count(self, list_id: str, found: _List, level: int) -> str:
        levels = self._levels(found)
        counts = self._counts.setdefault(found.abstract, [None] * _LEVELS)
        start = levels.get(level, Level()).start
        if level in found.starts and (list_id, level) not in self._started:
            self._started.add((list_id, level))
            start = found.starts[level]
            counts[level] = None
        current = counts[level]
        counts[level] = start if current is None else current + 1
        for deeper in range(level + 1, _LEVELS):
            if levels.get(deeper, Level()).restarts:
                counts[deeper] = None
        return _shown(levels, counts, level)

    def _levels(self, found: _List | None) -> dict[int, Level]:
        if found is None:
            return {}
        abstract = found.abstract
        style = self._styles.get(self._linked.get(abstract, ""))
        if style is not None and style.list_id in self._lists:
            abstract = self._lists[style.list_id].abstract
        return {**self._abstract.get(abstract, {}), **found.levels}

    def _add_abstract(self, element: Element) -> None:
        identity = element.get("abstractNumId", "")
        self._abstract[identity] = {
            _integer(level.get("ilvl", "")) or 0: _read_level(level)
            for level in element.findall("lvl")
        }
        link = _value(element, "numStyleLink")
        if link is not None:
            self._linked[identity] = link

    def _style_id(self, properties: Element | None) -> str:
        return _value(properties, "pStyle") or self._default

    def _chain(self, properties: Element | None) -> list[_Style]:
        return [style for _, style in self._chain_items(self._style_id(properties))]

    def _chain_items(self, style_id: str) -> list[tuple[str, _Style]]:
        """The style and those it is based on, each once."""
        chain: dict[str, _Style] = {}
        while style_id in self._styles and style_id not in chain:
            chain[style_id] = self._styles[style_id]
            style_id = chain[style_id].based_on
        return list(chain.items())


def _shown(levels: dict[int, Level], counts: list[int | None], level: int) -> str:
    shown = levels.get(level, Level())
    if shown.form == "bullet":
        return f"{_BULLET} "

    def fill(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        other = levels.get(index, Level())
        count = counts[index]
        form = "decimal" if shown.legal and index != level else other.form
        return written(other.start if count is None else count, form)

    mark = _PLACE.sub(fill, shown.text)
    # "1." before "3次" would read as 1.3次: what Word sets apart stays apart.
    return mark if not mark.strip() or mark.endswith(_CLOSED) else f"{mark} "


def _read_style(element: Element) -> _Style:
    properties = element.find("pPr")
    numbered = None if properties is None else properties.find("numPr")
    return _Style(
        based_on=_value(element, "basedOn") or "",
        name=_value(element, "name") or "",
        list_id=_value(numbered, "numId"),
        level=_number(numbered, "ilvl"),
        outline=_number(properties, "outlineLvl"),
    )


def _read_list(element: Element) -> _List:
    found = _List(abstract=_value(element, "abstractNumId") or "")
    for override in element.findall("lvlOverride"):
        index = _integer(override.get("ilvl", "")) or 0
        start = _number(override, "startOverride")
        if start is not None:
            found.starts[index] = start
        level = override.find("lvl")
        if level is not None:
            found.levels[index] = _read_level(level)
    return found


def _read_level(element: Element) -> Level:
    restart = _number(element, "lvlRestart")
    form = _value(element, "numFmt")
    return Level(
        start=_number(element, "start") or 0,
        form="decimal" if form is None else form,
        text=_value(element, "lvlText") or "",
        legal=_switched(element, "isLgl"),
        restarts=restart != 0,
        style=_value(element, "pStyle") or "",
    )


def _value(element: Element | None, child: str) -> str | None:
    found = None if element is None else element.find(child)
    return None if found is None else found.get("val")


def _number(element: Element | None, child: str) -> int | None:
    value = _value(element, child)
    return None if value is None else _integer(value)


def _integer(value: str) -> int | None:
    """A count as XML gives it; nothing for what is none, or absurdly large."""
    return int(value) if value.isdecimal() and len(value) < _FIGURES else None


def _switched(element: Element, child: str) -> bool:
    found = element.find(child)
    return found is not None and _on(found.get("val", "1"))


def _on(value: str) -> bool:
    return value not in {"0", "false", "off"}
