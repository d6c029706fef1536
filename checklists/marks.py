"""The numbering marks of official documents, and the lists that they make.

A *mark* is a number or sign that opens something: 第一章, 一、, （一）, 1., （1）, ①,
一是, 第一，, 首先，, ——, •, a Markdown heading. Which of them are marks and not part
of a sentence (3.3次, 统一是, 一、二、三产业) is decided by what stands before and
after.

Every regular expression here and in :mod:`checklists.outline` looks at a bounded
number of characters, so that time is linear in the size of the text, whatever the
text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


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
# 2.9月底前 is the second item, which begins with a number; 1.2加强 is none of that.
_COUNTED = "(?:个(?!百分点)|[月日号年名家项件位次宗处起条份台套座辆户])"
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
    | [0-9]{{1,2}}\.(?P<decimal>[0-9]{{1,2}})(?:\.(?P<sub_decimal>[0-9]{{1,2}}))?[.、]?\ ?(?!{_COUNTED})(?=[\u4e00-\u9fff“《])
    | (?P<numeral>[0-9]{{1,2}})\ (?=[\u4e00-\u9fff][^,。;:!?\n]{{1,24}}(?:\n|\Z))
    | (?P<number>[0-9]{{1,3}})(?:[、)]|[.。](?![0-9])|\.(?=[0-9]{{1,2}}{_COUNTED}))[、.]?
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
        and token[-1] in "、."
        and text[match.end() : match.end() + 1].isdecimal()
    ):
        return False
    return before in _SENTENCE_BEFORE or (before == "," and system is System.CIRCLED)


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
