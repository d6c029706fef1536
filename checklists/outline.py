"""The outline of an official document: its numbered paragraphs and headings as a tree.

Marks (:mod:`checklists.marks`) at the beginning of a line make the tree of
:class:`Section`, and within a line where a document was written on one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from checklists.marks import Mark, System, mark_at, marks
from checklists.view import View


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
    r"[(一二三四五六七八九十](?<=[。;! ].)[一二三四五六七八九十]{0,2}[)、](?:存在|主要|下一?步|今后|工作|整改|改进|原因|20[0-9]{2}年)[^。;:,\n]{0,20}(?:问题|不足|困难|打算|安排|计划|措施|思路|原因|分析|方向|重点|要求|建议)[。:; ]"
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
    if (
        mark is None
        and end - start <= _TITLE_LENGTH
        and "|" not in text[start:end]  # a row of a table
        and heading.match(text[start:end])
    ):
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
