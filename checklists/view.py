"""A document's text as the grammars read it, and the way back to the document.

Grammars need one spelling: half-width punctuation, simplified characters, no
Markdown bold, no line break in mid-sentence. :class:`View` gives that text and maps every span of it
to the exact span of the document, so that entries always quote the original.
Folding is one character to one character; dropping is recorded as pieces.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise

_BULLETS = "•●○◆◇■□▪▲△★☆※➢►‣·∙・"


def _simplified() -> dict[int, int]:
    """Traditional characters and their simplified ones, of ``data/traditional.txt``."""
    lines = (
        resources.files("checklists")
        .joinpath("data/traditional.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    ours, theirs = (line for line in lines if not line.startswith("#"))
    return str.maketrans(ours, theirs)


_FOLD = (
    str.maketrans(
        dict(
            zip("，；：（）！？．｡［］【】〔〕＊＃", ",;:()!?.。[][][]*#", strict=True)
        )
        | dict(zip("１２３４５６７８９０", "1234567890", strict=True))
        | dict.fromkeys("\u3000\xa0\u2002\u2003\u2009\u200a\v\f", " ")
        | dict.fromkeys(_BULLETS, "•")
    )
    | _simplified()
)
# A full stop typed as "." between Chinese characters ends a sentence; in "1.",
# "3.3", "No.5" and after a lone Chinese numeral ("一.") it does not.
_LATIN_STOP = re.compile(
    r"(?<=[\u4e00-\u9fff)”’》%\]])(?<![\n(一二三四五六七八九十])\.(?=[\s\u4e00-\u9fff“‘《(*]|\Z)"
)
# A tab between words is a table's cell border; other tabs are white space.
_CELL = re.compile(r"(?<=\S)\t++(?=[^\n])")
_DROP = re.compile(
    r"(?<!\*)\*\*(?:\*\*)?(?!\*)|(?<!_)__++(?=[\u4e00-\u9fff第（(0-9])|[\u200b-\u200f\u2060\ufeff\xad\r]"
    r"|(?<=\() +(?=[一二三四五六七八九十]{1,3} *\))|(?:(?<=\([一二三四五六七八九十])|(?<=\( [一二三四五六七八九十])) +(?=\))|(?m:(?<=^[一二三四五六七八九十])) +(?=、)"  # ( 一 ), 一 、
)
_PAGE = re.compile(
    r"[-—–－~· ]{0,4}(?:第 ?)?[0-9]{1,4}(?: ?页)?(?:[/ ,共]{0,3}[0-9]{1,4} ?页?)?[-—–－~· ]{0,4}\Z"
)
# The first characters of a line that starts something new, whatever came before.
_STARTER = re.compile(
    r"[#>|•*]|[-—–+] ?[-—–]?\s?|\(?[一二三四五六七八九十]{1,3}[、.)是]|第[一二三四五六七八九十]{1,3}[章节部分篇,、:是]"
    r"|\(?[0-9]{1,2}[.、)](?![0-9])|[①-⓿❶-➓㈠-㈩⑴-⒛]|(?:首先|其次|再次|最后|此外)[,:]|(?:整改|责任|牵头|配合|完成|存在|督导|验收|反馈|发布|信息|来源|索引|公开|文号)[^,。;:\n]{0,8}:|(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]"
)
_TERMINAL = frozenset("。;:!?…|")
_MIDDLE = frozenset(",、;。)%”’》")
_WRAP_LINES = 4
_PAGE_LINE = 14  # characters of a line that is only a page number
_WRAP_WIDTH = 120
_FULL = 0.85
_LONG_LINE = 60
_INDENTED_LINE = 20  # where paragraphs are indented, a line that is not goes on


@dataclass(frozen=True)
class View:
    """Folded ``text``; ``bold`` holds the offsets in it where a bold mark was dropped."""

    text: str
    bold: frozenset[int]
    _starts: tuple[int, ...]
    _origins: tuple[int, ...]

    def origin(self, offset: int) -> int:
        """The document's offset of the character at ``offset`` of the view."""
        piece = bisect_right(self._starts, offset) - 1
        return self._origins[piece] + offset - self._starts[piece]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The document's span of the view's ``[start, end)``, which is not empty."""
        return self.origin(start), self.origin(end - 1) + 1

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """The span without white space at its ends (``start == end`` when empty)."""
        while start < end and self.text[start] in " \n":
            start += 1
        while end > start and self.text[end - 1] in " \n":
            end -= 1
        return start, end


def view(text: str) -> View:
    """Fold ``text``, drop what is no text, join lines that break in mid-sentence."""
    folded = text.translate(_FOLD)
    if "\t" in folded:
        folded = _CELL.sub(lambda match: "|" * len(match[0]), folded).replace("\t", " ")
    if "." in folded:
        folded = _LATIN_STOP.sub("。", folded)
    gaps = [match.span() for match in _DROP.finditer(folded)]
    bold_at = {start for start, end in gaps if folded[start] in "*_"}
    furniture = list(_furniture(folded))
    gaps += furniture + _joins(_numbered_alone(folded, furniture))
    gaps.sort()
    pieces: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    bold: set[int] = set()
    position = size = 0
    for start, end in gaps:
        if end <= position:
            continue
        start = max(start, position)  # noqa: PLW2901 (gaps may touch)
        if start > position:
            pieces.append(folded[position:start])
            starts.append(size)
            origins.append(position)
            size += start - position
        if start in bold_at:
            bold.add(size)
        position = end
    pieces.append(folded[position:])
    starts.append(size)
    origins.append(position)
    return View("".join(pieces), frozenset(bold), tuple(starts), tuple(origins))


# — 3 —, and the running head that stands at it.
_FOLIO = re.compile(
    r"^(?P<above>[^\n]{0,40})\n *[-—–－~·] ?[0-9]{1,4} ?[-—–－~·] *(?:\n(?P<below>[^\n]{0,40})$|\Z)",
    re.MULTILINE,
)


def _furniture(folded: str) -> Iterator[tuple[int, int]]:
    """Page numbers between dashes, with the line beside them that every page repeats."""
    found = list(_FOLIO.finditer(folded))
    heads = Counter(
        words
        for match in found
        for words in (match["above"].strip(), (match["below"] or "").strip())
        if words
    )
    for match in found:
        above, below = match["above"].strip(), (match["below"] or "").strip()
        start = match.start() if heads[above] > 1 else match.end("above")
        at_end = match["below"] is None or heads[below] > 1
        yield start, match.end() if at_end else match.start("below") - 1


def _numbered_alone(folded: str, furniture: Sequence[tuple[int, int]]) -> str:
    """The text, as long, with nothing but a page number in each of those lines."""
    pieces: list[str] = []
    position = 0
    for start, end in furniture:
        pieces.append(folded[position:start])
        lines = folded[start:end].split("\n")
        pieces.append("\n".join("1".rjust(len(line)) if line else "" for line in lines))
        position = end
    return "".join([*pieces, folded[position:]])


def _joins(folded: str) -> list[tuple[int, int]]:
    """The line breaks (with page numbers between them) that stand in mid-sentence."""
    lines: list[tuple[int, int]] = []  # of the words of each line, white space left out
    of_cells = _ORDER_LINE.search(folded) is not None
    indented: list[bool] = []
    position = 0
    blank = [False]  # before line i
    for raw in folded.split("\n"):
        words = raw.strip(" \r*")
        if not words:
            blank[-1] = True
        elif of_cells or not (
            len(words) <= _PAGE_LINE
            and any(c.isdigit() for c in words)
            and _PAGE.match(words)
        ):
            start = position + len(raw) - len(raw.lstrip(" \r*"))
            lines.append((start, start + len(words)))
            indented.append(raw[:1] == " ")
            blank.append(False)
        position += len(raw) + 1
    width = _wrap_width(folded, lines)
    tables = "|" in folded
    indents = sum(indented) * 4 >= len(lines) > 0 and not all(indented)
    page = _Page(width, indents=indents)
    found = []
    for index, ((start, end), (after, stop)) in enumerate(pairwise(lines)):
        if _STARTER.match(folded, after) or (indents and indented[index + 1]):
            continue
        if of_cells and _number_near(folded, lines[max(0, index - 9) : index + 10]):
            continue  # cells of a table, each on a line
        if tables and folded.find("|", start, stop) >= 0:
            continue  # a row of a table ends where it ends, however long
        if page.goes_on(folded, (start, end), (after, stop), blank=blank[index + 1]):
            found.append((end, after))
    return found


# Over a table of which each cell is a line; the number of each row is one, too.
_ORDER_LINE = re.compile(r"^ *(?:序号|编号) *$", re.MULTILINE)


_ROW_DIGITS = 3  # of the number of a table's row


def _number_near(folded: str, lines: list[tuple[int, int]]) -> bool:
    return any(
        end - start <= _ROW_DIGITS and folded[start:end].isdigit()
        for start, end in lines
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """How a text is set: the width it was broken at (0 for none), and its indents."""

    width: int
    indents: bool

    def goes_on(
        self,
        folded: str,
        line: tuple[int, int],
        following: tuple[int, int],
        *,
        blank: bool,
    ) -> bool:
        """Whether a sentence runs from one line into the next (``blank`` between)."""
        (start, end), (after, _) = line, following
        last, first = folded[end - 1], folded[after]
        length = end - start
        if (first in _MIDDLE or last in "、,") and not blank:
            return True
        if self.width:
            joined = length >= self.width * _FULL and (
                last not in _TERMINAL or self.indents
            )
            return joined and not (blank and last in _TERMINAL)
        if blank:
            return False
        return _wrapped_here(folded, line, following) or (
            length > (_INDENTED_LINE if self.indents else _LONG_LINE)
            and last not in _TERMINAL
            and folded[start] != "#"
            and (
                last > "\u2e7f" or last in ",、“‘(" or (self.indents and last.isdigit())
            )
        )


def _wrapped_here(
    folded: str, line: tuple[int, int], following: tuple[int, int]
) -> bool:
    """Whether two lines of about one width are one sentence (a page between tables)."""
    (start, end), (after, stop) = line, following
    width, width_after = end - start, stop - after
    if not _NARROW <= width <= _LONG_LINE or folded[end - 1] in _TERMINAL:
        return False
    if folded.find(",", start, end) < 0 or folded[end - 1] < "\u2e80":
        return False
    return abs(width - width_after) <= 3 or (  # noqa: PLR2004 (a stop may hang over)
        width_after < width and folded[stop - 1] in _TERMINAL
    )


_NARROW = 22  # characters; a narrower line is a table's


def _wrap_width(folded: str, lines: list[tuple[int, int]]) -> int:
    """The width at which the text was broken hard, or 0 when it was not."""
    widths = sorted(end - start for start, end in lines)
    if len(widths) < _WRAP_LINES:
        return 0
    width = widths[int(len(widths) * 0.9)]
    if width > _WRAP_WIDTH or width < _NARROW:
        return 0
    full = [end for start, end in lines if end - start >= width * _FULL]
    broken = sum(folded[end - 1] not in _TERMINAL for end in full)
    return (
        width
        if broken >= _WRAP_LINES - 1
        and broken * 2 >= len(full)
        and len(full) * 5 >= len(widths) * 2
        else 0
    )
