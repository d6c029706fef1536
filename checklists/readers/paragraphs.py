"""Lines of printed pages, joined to the paragraphs they were broken from.

A line goes on in the next one when it is *full*: the next word would not have
fitted before the right edge. What shows a new paragraph all the same is an
indented line, a wider gap, or, after a full stop, a number that opens something.
Running heads, running feet and page numbers are no part of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final

_PAGE_NUMBER: Final = re.compile(
    r"[-—–―─_·.\s〔\[(（]{0,6}(?:第\s{0,3})?[0-9０-９]{1,4}(?:\s{0,3}页)?"
    r"(?:[\s,，/]{0,3}共?\s{0,3}[0-9]{1,4}\s{0,3}页?)?[-—–―─_·.\s〕\])）]{0,6}"
)
_SENTENCE_END: Final = re.compile(r"[。；：！？;:!?…][”’」』）)]?$")
_CHINESE_MARK: Final = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|第[一二三四五六七八九十百]{1,4}[章节条部]|[①-⑳]|[#*•●]"
)
_HEADING: Final = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]{1,3}[章节部])[^，。；：,;:]{0,60}"
)
"""A heading of the first level; it stands alone even where it fills its line."""
_CLAUSE: Final = re.compile(r"[，。；：,;:]")
_NUMBER_MARK: Final = re.compile(
    r"[0-9]{1,2}(?:[.．](?![0-9])|[、)）])|[（(][0-9]{1,2}[）)]"
)
_MID_SENTENCE: Final = ("，", "、", ",", "（", "(", "《", "“", "‘")
_MARGIN: Final = 0.12
"""The share of a page's height in which heads and feet stand."""
_EDGE_LINES: Final = 2
"""Lines from the top and the bottom that may be heads or feet."""
_RUNNING_PAGES: Final = 3
_FULL_LINES: Final = 3
"""Lines that end at the same place before it counts as the edge of the column."""
_WIDTH_SHARE: Final = 0.75
_STOP: Final = re.compile(r"[，。、；：！？,.;:!?”’）)》]\s*$")
_LATIN_WIDTH: Final = 0.58
_TITLE_SIZE: Final = 1.2
_SAME_HEIGHT: Final = 4.0
_WIDER_GAP: Final = 1.45
_RADICALS: Final = range(0x2E80, 0x2FE0)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line on a page; lengths in points from the lower left corner."""

    text: str
    left: float
    right: float
    base: float
    """The height on the page that the letters stand on."""
    places: tuple[tuple[float, float], ...] = ()
    """Where each sign of the text begins and ends, where that is known."""

    @property
    def em(self) -> float:
        """The width of a Chinese character in this line."""
        return max(self.right - self.left, 1.0) / max(_units(self.text), 1.0)


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell of a row; ``goes_on`` where its last line is full, in mid-sentence."""

    column: int
    text: str
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table, or the part of one on a page, where ``number`` counts tables.

    ``columns`` is where they begin and the last ends; each row is its number, from 1,
    and its full cells from left to right.
    """

    page: int
    number: int
    columns: tuple[float, ...]
    rows: tuple[tuple[int, tuple[PrintedCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page and its lines in reading order.

    ``unmapped`` counts characters of which no one knows what they are, ``pictured``
    is the share of the page that pictures cover, ``shapes`` counts what is drawn.
    """

    number: int
    width: float
    height: float
    lines: tuple[PrintedLine | PrintedTable, ...]
    unmapped: int = 0
    pictured: float = 0.0
    shapes: int = 0

    @property
    def plain(self) -> list[PrintedLine]:
        """The lines that stand in no table."""
        return [line for line in self.lines if isinstance(line, PrintedLine)]


@dataclass(frozen=True, slots=True)
class _Column:
    """The text column of a page: its edges, the usual type and line distance."""

    left: float
    right: float
    em: float
    pitch: float


def paragraphs(
    pages: Sequence[PrintedPage],
) -> Iterator[list[tuple[str, int]] | PrintedTable]:
    """Each paragraph as its ``(text, page number)`` pieces, and each table."""
    kept = _without_running_lines(pages)
    if not any(page.lines for page in kept):
        return
    columns = _columns(kept)
    open_paragraph: list[tuple[str, int]] = []
    previous: PrintedLine | None = None
    page_before = 0
    for page, column in zip(kept, columns, strict=True):
        for line in page.lines:
            if isinstance(line, PrintedTable):
                if open_paragraph:
                    yield open_paragraph
                yield line
                open_paragraph, previous = [], None
                continue
            text = tidy(line.text)
            if previous is not None and _goes_on(
                previous, line, column, same_page=page.number == page_before
            ):
                joint = glue(open_paragraph[-1][0], text)
                open_paragraph.append((joint + text, page.number))
            else:
                if open_paragraph:
                    yield open_paragraph
                open_paragraph = [(text, page.number)]
            previous, page_before = line, page.number
    if open_paragraph:
        yield open_paragraph


def _goes_on(
    line: PrintedLine, following: PrintedLine, column: _Column, *, same_page: bool
) -> bool:
    if same_page and _is_title(line, following, column):
        return True
    room = column.right - line.right
    slack = 3.0 if line.text.rstrip().endswith(_MID_SENTENCE) else 0.4
    if room > first_word(following) + slack * column.em:
        return False
    if same_page and line.base - following.base > _WIDER_GAP * column.pitch:
        return False
    if same_page and following.base > line.base - 0.3 * column.em:
        return False  # beside or above: another column or a text box
    hanging = begins(line.text) and following.left < line.left + 4 * column.em
    if following.left > column.left + 0.8 * column.em and not (
        hanging and following.left > line.left + 0.8 * column.em
    ):
        return False
    if _HEADING.fullmatch(line.text.strip()) and _CLAUSE.search(following.text):
        return False
    done = ended(line.text)
    if _CHINESE_MARK.match(following.text.lstrip()):
        return not done and room < column.em
    return not (done and _NUMBER_MARK.match(following.text.lstrip()))


def _is_title(line: PrintedLine, following: PrintedLine, column: _Column) -> bool:
    """Whether both are lines of one title: of the same larger type, close together."""
    return (
        line.em > _TITLE_SIZE * column.em
        and abs(line.em - following.em) < 0.08 * line.em
        and 0 < line.base - following.base < 2.2 * line.em
    )


def ended(text: str) -> bool:
    """Whether a line ends with the end of a sentence."""
    return _SENTENCE_END.search(text.rstrip()) is not None


def begins(text: str) -> bool:
    """Whether a line begins with the mark of an item or a heading."""
    start = text.lstrip()
    return bool(_CHINESE_MARK.match(start) or _NUMBER_MARK.match(start))


def first_word(line: PrintedLine) -> float:
    """The width of what could not have been parted from the line's first sign."""
    text = line.text.lstrip()
    word = re.match(
        r"[(（“‘《〈「『【\[]{0,3}(?:[!-~]{1,60}|.)[,，。、；：！？”’》）)%％]{0,3}",
        text,
    )
    return _units(word[0] if word else text[:1]) * line.em


def _units(text: str) -> float:
    """The width of ``text`` in Chinese characters, Latin ones narrower."""
    wide = sum(unicodedata.east_asian_width(sign) in "WFA" for sign in text)
    return wide + (len(text) - wide) * _LATIN_WIDTH


def glue(before: str, after: str) -> str:
    """A space between two Latin words, nothing where Chinese is involved."""
    joined = before[-1:] + after[:1]
    return " " if joined.isascii() and joined.isalpha() else ""


def tidy(text: str) -> str:
    """One line without outer space; radicals that stand for characters mended.

    Some programs write 一 as U+2F00 KANGXI RADICAL ONE, which looks the same and is
    found by no search; its compatibility decomposition is the character meant.
    """
    return "".join(
        unicodedata.normalize("NFKC", sign) if ord(sign) in _RADICALS else sign
        for sign in text.strip()
    )


def _columns(pages: Sequence[PrintedPage]) -> list[_Column]:
    """The column of each page, that of the whole document where a page has little."""
    lines = [line for page in pages for line in page.plain]
    if not lines:
        return [_Column(0.0, page.width, 1.0, 1.5) for page in pages]
    em = median(line.em for line in lines)
    left = _edge([line.left for line in lines], em)
    pitches = [
        above.base - below.base
        for page in pages
        for above, below in pairwise(page.plain)
        if 0 < above.base - below.base < 4 * em
    ]
    pitch = median(pitches) if pitches else 1.5 * em
    least = _WIDTH_SHARE * (median(page.width for page in pages) - left)
    whole = _right_edge(lines, em, least)
    columns: list[_Column] = []
    for page in pages:
        right = _right_edge(page.plain, em, least) or whole or page.width - left
        columns.append(_Column(left, right, em, pitch))
    return columns


def _edge(values: Sequence[float], em: float) -> float:
    """The lowest value that a second one shares, so that one stray does not count."""
    ordered = sorted(values)
    for value, following in pairwise(ordered):
        if following - value < em:
            return value
    return ordered[0]


def _right_edge(lines: Sequence[PrintedLine], em: float, least: float) -> float | None:
    """Where full lines end: the outermost place where many do, if there is one.

    Lines that end with a stop are no witnesses: it may hang over the edge. An edge
    further left than ``least``, or crossed by a line, is a coincidence.
    """
    least = max([least, *(line.right - 1.5 * em for line in lines)])
    rights = sorted(
        (line.right for line in lines if not _STOP.search(line.text)), reverse=True
    )
    needed = max(_FULL_LINES, len(rights) // 8)
    for index, right in enumerate(rights[: len(rights) - needed + 1]):
        if right - rights[index + needed - 1] < 0.5 * em:
            return right if right >= least else None
    return None


def _without_running_lines(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    counted = Counter(
        key for page in pages for key in {_key(page, line) for line in _outer(page)}
    )
    needed = max(min(_RUNNING_PAGES, len(pages)), len(pages) // 3, 2)
    kept: list[PrintedPage] = []
    for page in pages:
        outer = _outer(page)
        dropped = {
            line
            for line in outer
            if _PAGE_NUMBER.fullmatch(line.text.strip())
            or any(counted[key] >= needed for key in _near(_key(page, line)))
        }
        lines = tuple(line for line in page.lines if line not in dropped)
        kept.append(replace(page, lines=lines))
    return kept


def _outer(page: PrintedPage) -> list[PrintedLine]:
    """The lines in the upper and lower margin: heads and feet, if there are any."""
    by_height = sorted(page.plain, key=lambda line: line.base)
    edge = page.height * _MARGIN
    low = [line for line in by_height[:_EDGE_LINES] if line.base < edge]
    high = [line for line in by_height[-_EDGE_LINES:] if line.base > page.height - edge]
    return low + high


def _key(page: PrintedPage, line: PrintedLine) -> tuple[str, int]:
    """What makes two lines the same running line: the words but for numbers, the height."""
    words = re.sub(r"[0-9０-９]+", "#", "".join(line.text.split()))
    from_edge = min(line.base, page.height - line.base)
    return words, round(from_edge / _SAME_HEIGHT)


def _near(key: tuple[str, int]) -> Iterator[tuple[str, int]]:
    words, height = key
    yield from ((words, height + step) for step in (-1, 0, 1))
