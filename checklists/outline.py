"""The numbering grammar of official documents: marks, lists and the tree of headings.

A *mark* is a number or sign that opens something: 第一章, 一、, （一）, 1., （1）, ①,
一是, 第一，, 首先，, ——, •, a Markdown heading. Which of them are marks and not part
of a sentence (3.3次, 统一是, 一、二、三产业) is decided by what stands before and
after. Marks at the beginning of a line make the tree of :class:`Section`; marks
inside a paragraph make lists, found by :func:`runs`.

Every regular expression here looks at a bounded number of characters, so that
time is linear in the size of the text, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice

from checklists.view import View


class System(IntEnum):
    """The numbering systems, the outermost first, as official documents nest them."""

    TITLE = 0  # an unnumbered heading
    PART = 1  # 第一部分, 第一篇, Ⅰ
    CHAPTER = 2  # 第一章
    CLAUSE = 3  # 第一节, 第一条
    CHINESE = 4  # 一、
    CHINESE_PAREN = 5  # （一）
    NUMBER = 6  # 1. 1、
    DECIMAL = 7  # 1.1
    SUB_DECIMAL = 8  # 1.1.1
    NUMBER_PAREN = 9  # （1） 1)
    CIRCLED = 10  # ①
    ORDINAL = 11  # 第一，
    IS = 12  # 一是, 一要
    FIRST = 13  # 首先，其次，最后，
    BULLET = 14  # ——, •, -


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: its system, its number (``None`` for bullets), its span in the view."""

    system: System
    number: int | None
    start: int
    end: int


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FIRSTS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 99} | {
    f"其{number}": value for value, number in enumerate("一二三四五", 1)
}
_CN = "[一二三四五六七八九十百]"
_MARK = re.compile(
    rf"""
      第\ ?(?P<unit_number>{_CN}{{1,4}}|[0-9]{{1,2}})\ ?(?P<unit>部分|[章节篇编])[、,:.。]?
    | 第(?P<ordinal>{_CN}{{1,3}})(?:个?方面)?(?:是要|是|要|[,、:])
    | \((?P<paren>{_CN}{{1,3}})\)(?:是|[、.,:。])?
    | \((?P<open>{_CN}{{1,3}})\ (?=[\u4e00-\u9fff])
    | (?P<half>{_CN}{{1,3}})\)[、.]?
    | (?P<chinese>{_CN}{{1,3}})(?:、|[.。](?![0-9])|:(?=.{{0,40}}\n))
    | (?P<is>{_CN}{{1,3}}|[—－](?=是[\u4e00-\u9fff]))(?:则是|是要|是|要|则)(?!否|么)
    | \((?P<number_paren>[0-9]{{1,3}})\)[、.,:]?
    | [0-9]{{1,2}}\.(?P<decimal>[0-9]{{1,2}})(?:\.(?P<sub_decimal>[0-9]{{1,2}}))?[.、]?\ ?(?=[\u4e00-\u9fff“《])
    | (?P<numeral>[0-9]{{1,2}})\ (?=[\u4e00-\u9fff][^,。;:!?\n]{{1,24}}(?:\n|\Z))
    | (?P<number>[0-9]{{1,3}})(?:[、)]|[.。](?![0-9]))[、.]?
    | (?P<circled>[①-⑳㉑-㉟㊱-㊿❶-❿➀-➉➊-➓㈠-㈩⑴-⒇⒈-⒛Ⅰ-Ⅻ])[、.,:]?
    | (?P<first>首先|其次|再次|再者|最后|其[一二三四五])(?:是|要)?[,:]?
    | (?P<dash>[—–－-]{{1,2}}\ ?|[•*+]\ |•|\|)
    | (?P<hash>\#{{1,6}}\ ?)
    """,
    re.VERBOSE,
)
_BEFORE = frozenset("。;:!?,. \n”)》…|、")
_SENTENCE_BEFORE = frozenset("。;:!?. \n”)》…|")
_SPACES = re.compile(r"[ ]*")
_CIRCLES = (("①", 20, 1), ("㉑", 15, 21), ("㊱", 15, 36), ("❶", 10, 1), ("➀", 10, 1), ("➊", 10, 1),
            ("㈠", 10, 1), ("⑴", 20, 1), ("⒈", 20, 1), ("Ⅰ", 12, 1))  # fmt: skip


_DASHES = ("—", "－")  # what a scanner makes of 一


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral up to 999, or ``None``."""
    total = digit = 0
    seen = False
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
            seen = True
        elif character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
            seen = True
        else:
            return None
    return total + digit if seen else None


def _circled(character: str) -> tuple[System, int]:
    for first, count, number in _CIRCLES:
        distance = ord(character) - ord(first)
        if 0 <= distance < count:
            system = {"㈠": System.CHINESE_PAREN, "⑴": System.NUMBER_PAREN,
                      "⒈": System.NUMBER, "Ⅰ": System.PART}.get(first, System.CIRCLED)  # fmt: skip
            return system, distance + number
    raise AssertionError(character)


_ARABIC = {
    "decimal": System.DECIMAL,
    "sub_decimal": System.SUB_DECIMAL,
    "numeral": System.NUMBER,
    "number": System.NUMBER,
    "number_paren": System.NUMBER_PAREN,
}


def _read(match: re.Match[str]) -> tuple[System, int | None]:
    kind = match.lastgroup
    if kind == "unit":
        raw = match["unit_number"]
        number = int(raw) if raw.isdecimal() else chinese_number(raw)
        unit = match["unit"]
        return (
            System.CLAUSE
            if unit == "节"
            else System.CHAPTER
            if unit == "章"
            else System.PART
        ), number
    if kind in _ARABIC:
        return _ARABIC[kind], int(match[kind])
    if kind == "circled":
        return _circled(match["circled"])
    if kind == "first":
        return System.FIRST, _FIRSTS[match["first"]]
    if kind in ("dash", "hash"):
        return (System.BULLET if kind == "dash" else System.TITLE), None
    system = {
        "ordinal": System.ORDINAL,
        "paren": System.CHINESE_PAREN,
        "half": System.CHINESE_PAREN,
        "open": System.CHINESE_PAREN,
        "chinese": System.CHINESE,
        "is": System.IS,
    }[str(kind)]
    raw = match[str(kind)]
    return system, 1 if raw in _DASHES else chinese_number(raw)


# Where a mark may begin: only the characters that can open one.
_OPENERS = frozenset(
    "第(一二三四五六七八九十百0123456789首其再最—–－-•*+#|"
    + "".join(chr(ord(first) + n) for first, count, _ in _CIRCLES for n in range(count))
)


def marks(text: str, start: int = 0, end: int | None = None) -> list[Mark]:
    """All marks of ``text[start:end]`` (folded as in :class:`View`), in order.

    A mark stands at the beginning of a line or after punctuation; a bullet and a
    Markdown heading only at the beginning of a line.
    """
    stop = len(text) if end is None else end
    found: list[Mark] = []
    opening = _SPACES.match(text, start, stop)
    first = mark_at(text, opening.end() if opening else start, stop, opening=True)
    if first is not None:
        found.append(first)
    for match in _INLINE.finditer(text, start, stop):
        mark = mark_at(text, match.end(), stop)
        if mark is not None and (not found or mark.start > found[-1].start):
            found.append(mark)
    return found


# After punctuation or white space, in front of a character that opens a mark.
_INLINE = re.compile(
    r"(?:\A|(?<=[。;:!?,.…”)》|、 \n]))(?=[第(一二三四五六七八九十0-9①-⑳㉑-㉟㊱-㊿❶-❿➀-➉➊-➓㈠-㈩⑴-⒇⒈-⒛Ⅰ-Ⅻ首其再最—–－\-•*+#|])"
)


def line_start(text: str, offset: int) -> bool:
    """Whether only spaces stand between the beginning of the line and ``offset``."""
    while offset and text[offset - 1] == " ":
        offset -= 1
    return not offset or text[offset - 1] == "\n"


def mark_at(
    text: str, offset: int, stop: int | None = None, *, opening: bool = False
) -> Mark | None:
    """The mark that begins at ``offset``, if one may begin there.

    ``opening`` says that a passage begins there, whatever stands before it.
    """
    end = len(text) if stop is None else stop
    if offset >= end or text[offset] not in _OPENERS:
        return None
    match = _MARK.match(text, offset, end)
    if match is None:
        return None
    system, number = _read(match)
    at_line = opening or line_start(text, offset)
    before = "\n" if at_line else text[offset - 1]
    if not _fits(system, match, text, before):
        return None
    after = _SPACES.match(text, match.end(), end)
    return Mark(system, number, offset, after.end() if after else match.end())


def _fits(system: System, match: re.Match[str], text: str, before: str) -> bool:
    """Whether the mark may stand after ``before`` and in front of what follows."""
    token = match[0]
    if before == "\n":
        return system is not System.FIRST or token[-1] in ",:是要"
    if (
        match["numeral"]
        or match["open"]
        or system
        in (
            System.BULLET,
            System.DECIMAL,
            System.SUB_DECIMAL,
            System.TITLE,
            System.PART,
            System.CHAPTER,
            System.CLAUSE,
        )
    ):
        return False
    if system in (System.IS, System.ORDINAL):
        # 、一是 never opens a list; after a comma only 一是, not 一要 or 第一,
        return before in _BEFORE and before != "、"
    if system is System.FIRST:
        return before in _SENTENCE_BEFORE and token[-1] in ",:是要"
    if system is System.CHINESE and token[-1] == "、":
        # 一、二、三产业; 。一、 is a heading on one line
        follows = text[match.end() : match.end() + 2]
        return before in _SENTENCE_BEFORE and not (
            follows[1:] in ("、", "产") and follows[:1] in _DIGITS
        )
    if (
        system is System.NUMBER
        and token[-1] == "、"
        and text[match.end() : match.end() + 1].isdecimal()
    ):
        return False
    return before in _SENTENCE_BEFORE or (before == "," and system is System.CIRCLED)


@dataclass(slots=True, eq=False)
class Section:
    """A heading and what stands under it, in offsets of the view.

    ``title`` is the heading's text without its mark; ``body`` begins after the
    heading (in the same paragraph for a heading that runs into it); ``end`` is
    where the next heading of the same or a higher level begins. ``bare`` says
    that the heading has its paragraph to itself.
    """

    mark: Mark | None
    system: System
    start: int
    title_start: int
    title_end: int
    body: int
    end: int
    title: str
    bare: bool
    parent: Section | None = None
    children: list[Section] = field(default_factory=list)

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in order, without recursion."""
        stack = [self]
        while stack:
            section = stack.pop()
            yield section
            stack.extend(reversed(section.children))


_TITLE_END = re.compile(r"[。;:!?\n]")
_GLUED = re.compile(
    r"(?<![统唯第之其])一是(?!否)|第一[,是]|首先,|①|(?<=[\u4e00-\u9fff ])(?:\(一\)|1[.、](?![0-9]))"
    r"|(?<=问题|不足|打算|安排|计划|思路|措施|情况|重点|任务|困难) (?=[\u4e00-\u9fff0-9(])"
)
_TITLE_LENGTH = 60
# Systems whose marks at the beginning of a line make headings or numbered paragraphs.
_STRUCTURE = frozenset(System) - {
    System.IS,
    System.FIRST,
    System.BULLET,
    System.ORDINAL,
}


def sections(source: View, heading: re.Pattern[str]) -> Section:
    """The tree of the document's numbered paragraphs and headings.

    ``heading`` tells which short unnumbered lines are headings (存在的问题).
    Nesting follows the order of :class:`System`; the root holds all.
    """
    text = source.text
    root = Section(None, System.TITLE, 0, 0, 0, 0, len(text), "", bare=False)
    last: Section = root
    inner: Section | None = (
        None  # the last item of a list that restarts under a heading
    )
    below: list[Section] = []  # what is open under that item, the outer first
    for section in _settled(list(_openings(source, heading))):
        if _restarts(source, last, section):
            section.parent = last
            last.children.append(section)
            inner = section
            continue
        if (
            inner is not None
            and _goes_on(inner, section)
            and not heading.match(section.title)
        ):
            _close([inner, *below], section.start)
            below.clear()
            section.parent = inner.parent
            last.children.append(section)
            inner = section
            continue
        if inner is not None and section.system > inner.system:
            while below and below[-1].system >= section.system:
                below.pop().end = section.start
            below.append(section)
            section.parent = inner
            inner.children.append(section)
            continue
        if inner is not None:
            _close([inner, *below], section.start)
            below.clear()
            inner = None
        parent = last
        while parent is not root and parent.system >= section.system:
            parent.end = section.start
            above = parent.parent
            parent = above if above is not None else root
        section.parent = parent
        parent.children.append(section)
        last = section
    return root


def _close(ended: Sequence[Section], at: int) -> None:
    for section in ended:
        section.end = at


def _restarts(source: View, last: Section, section: Section) -> bool:
    """Whether 一、 opens a list under 三、, the heading right before it."""
    return (
        section.mark is not None
        and last.mark is not None
        and section.system is last.system
        and section.mark.number == 1
        and (last.mark.number or 0) > 1
        and last.bare
        and not source.text[last.body : section.start].strip()
    )


def _goes_on(inner: Section, section: Section) -> bool:
    """Whether ``section`` is the next number of the list that ``inner`` stands in."""
    return (
        section.mark is not None
        and inner.mark is not None
        and section.system is inner.system
        and section.mark.number == (inner.mark.number or 0) + 1
    )


def _settled(found: list[Section]) -> Iterator[Section]:
    """Leave out unnumbered lines that stand between two numbers of one list."""
    following: dict[System, int] = {}  # the number that comes next, by system
    inside: set[int] = set()
    numbers: list[dict[System, int]] = []
    for section in reversed(found):
        numbers.append(dict(following))
        if section.mark is not None and section.mark.number is not None:
            following[section.system] = section.mark.number
    last: dict[System, int] = {}
    for index, (section, coming) in enumerate(
        zip(found, reversed(numbers), strict=True)
    ):
        if section.mark is not None and section.mark.number is not None:
            last[section.system] = section.mark.number
        elif section.mark is None and any(
            coming.get(system) == number + 1
            for system, number in last.items()
            if system <= System.NUMBER
        ):
            inside.add(index)
    for index, section in enumerate(found):
        if index not in inside:
            yield section


def _openings(source: View, heading: re.Pattern[str]) -> Iterator[Section]:
    text = source.text
    size = len(text)
    position = _matter(text)
    one_line = text.count("\n") * 400 < size
    while position < size:
        newline = text.find("\n", position)
        stop = newline if newline >= 0 else size
        start, end = source.trim(position, stop)
        if start < end:
            section = _opening(source, start, end, heading)
            if section is not None:
                yield section
            body = section.body if section else start
            run_in = list(_run_in(source, body, end))
            if (
                one_line
                or end - start > _NO_PARAGRAPH
                or _whole_report(run_in)
                or _has_chapters(text, body, end)
            ):
                yield from _inline_openings(source, body, end)
            else:
                yield from run_in or _led_to(source, body, end)
        position = stop + 1


def _matter(text: str) -> int:
    """Where the text begins after the front matter of Markdown."""
    if not text.startswith("---\n"):
        return 0
    end = text.find("\n---", 4, 4000)
    return 0 if end < 0 else end + 4


# （二）下一步打算。 inside a paragraph: a heading of an outer system, named as one.
_RUN_IN = re.compile(
    r"[(一二三四五六七八九十](?<=[。;! ].)[一二三四五六七八九十]{0,2}[)、](?:存在|主要|下一?步|今后|工作|整改|改进|原因|20[0-9]{2}年)[^。;:,\n]{0,20}(?:问题|不足|困难|打算|安排|计划|措施|思路|原因|分析|方向|重点)[。:; ]"
)


def _run_in(source: View, start: int, end: int) -> Iterator[Section]:
    for match in _RUN_IN.finditer(source.text, start, end):
        mark = mark_at(source.text, match.start(), end)
        if mark is not None:
            yield titled(source, mark, end)


def _led_to(source: View, start: int, end: int) -> Iterator[Section]:
    """抓好以下工作：（一）……: the first heading of several, behind what leads to them."""
    text = source.text
    at = text.find(":(一)", start, end)
    if at >= 0 and text.find("(二)", at, end) < 0:
        mark = mark_at(text, at + 1, end)
        if mark is not None:
            yield titled(source, mark, end)


_CHAPTER = re.compile(
    r"[一二三四五六七八九](?<=[。 ].)、[^。;:,\n]{0,24}(?:情况|问题|概述|打算|措施)"
)


def _has_chapters(text: str, start: int, end: int) -> bool:
    """Whether at least three headings stand in one paragraph."""
    found = _CHAPTER.finditer(text, start, end)
    return sum(1 for _ in islice(found, 3)) > 2  # noqa: PLR2004


_NO_PARAGRAPH = 1500  # characters; no paragraph is so long


def _whole_report(run_in: Sequence[Section]) -> bool:
    """Whether several of its outer headings stand in one paragraph."""
    return sum(section.system is System.CHINESE for section in run_in) > 1


def _inline_openings(source: View, start: int, end: int) -> Iterator[Section]:
    """Headings 一、 that stand inside a text written on one line."""
    for mark in marks(source.text, start, end):
        if (
            mark.system <= System.CHINESE_PAREN
            and source.text[mark.start - 1] in "。;:!?. ”"
        ):
            yield titled(source, mark, end)


_LIST_NAME = re.compile(
    r"(?:存在)?(?:问题|措施|任务|整改|责任)(?:整改)?清单(?:\([^()\n]{0,30}\))? *\Z"
)


def _opening(
    source: View, start: int, end: int, heading: re.Pattern[str]
) -> Section | None:
    text = source.text
    mark = mark_at(text, start, end)
    if mark is not None and mark.system is System.BULLET:
        named = _LIST_NAME.match(text, mark.end, end)
        if named is not None:  # ★ 问题清单
            mark = Mark(System.TITLE, None, start, mark.end)
            return titled(source, mark, end)
    if mark is not None and mark.system is System.TITLE:
        inner = mark_at(text, mark.end, end)
        if (
            inner is None
            or inner.system not in _STRUCTURE
            or inner.system is System.TITLE
        ):
            return titled(source, mark, end)
        mark = Mark(inner.system, inner.number, start, inner.end)
    if mark is not None and mark.system in _STRUCTURE:
        return titled(source, mark, end)
    if mark is None and end - start <= _TITLE_LENGTH and heading.match(text[start:end]):
        return Section(
            None,
            System.TITLE,
            start,
            start,
            end,
            end,
            len(text),
            text[start:end],
            bare=True,
        )
    return None


def titled(source: View, mark: Mark, end: int) -> Section:
    """The section that ``mark`` opens in the paragraph that ends at ``end``.

    Its title ends with the first sentence mark, where bold ends, where a list
    begins in the same line (存在的问题一是…), or at a space before such a list.
    """
    text = source.text
    limit = min(end, mark.end + 2 * _TITLE_LENGTH)
    stop = _TITLE_END.search(text, mark.end, limit)
    title_end, body = (stop.start(), stop.end()) if stop else (limit, limit)
    if source.bold:
        for offset in range(mark.end + 1, min(title_end, mark.end + _TITLE_LENGTH)):
            if offset in source.bold:
                title_end = body = offset
                break
    glued = _GLUED.search(text, mark.end + 2, title_end)
    if glued is not None:
        title_end = body = glued.start()
    while title_end > mark.end and text[title_end - 1] == " ":
        title_end -= 1
    return Section(
        mark=mark,
        system=mark.system,
        start=mark.start,
        title_start=mark.end,
        title_end=title_end,
        body=body,
        end=len(text),
        title=text[mark.end : title_end],
        bare=body >= end and title_end - mark.end <= _TITLE_LENGTH,
    )


def runs(found: Sequence[Mark]) -> list[list[Mark]]:
    """Group marks into runs that count up from 1 (bullets: that stand together).

    Runs come in the order of their first marks; one nested in another's item comes
    after it. A mark that repeats or skips one number is forgiven.
    """
    lists: list[list[Mark]] = []
    running: dict[System, list[Mark]] = {}
    for each in found:
        mark = _among_firsts(each, running)
        current = running.get(mark.system)
        if current is not None and _continues(current[-1], mark):
            current.append(mark)
        elif mark.number in (1, None):
            current = [mark]
            running[mark.system] = current
            lists.append(current)
    return lists


def _among_firsts(mark: Mark, running: dict[System, list[Mark]]) -> Mark:
    """第四， after 首先 … 再次 is the fourth of that list."""
    firsts = running.get(System.FIRST)
    if (
        mark.system is not System.ORDINAL
        or firsts is None
        or mark.number is None
        or firsts[-1].number != mark.number - 1
    ):
        return mark
    return Mark(System.FIRST, mark.number, mark.start, mark.end)


def _continues(last: Mark, mark: Mark) -> bool:
    if mark.number is None or last.number is None:
        return mark.number is last.number
    if mark.system is System.FIRST:
        return mark.number > last.number
    return last.number <= mark.number <= last.number + 2 and mark.number > 1
