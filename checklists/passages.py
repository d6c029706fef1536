"""Problems and plans under the headings that promise them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from checklists.entries import PLAN, PROBLEM, Piece, sentences, split
from checklists.fields import Field
from checklists.headings import Topic, topic
from checklists.labels import FIELD, labelled
from checklists.marks import System
from checklists.outline import Section
from checklists.turns import both, problems_of
from checklists.view import View

# Unnumbered lines that may be headings; they must also have a topic.
HEADING = re.compile(
    r"\A(?!.*[。;:])(?!.*,.*,|.{24}.*,|.*,.{24})(?:.*)(?:问题|不足|困难|差距|短板|薄弱|打算|安排|计划|思路|措施|下一?步|改进|方向|情况|成效|工作|任务|目标|概述|履职|回顾|重点|展望)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A piece and the heading or announcement that it was found by."""

    piece: Piece
    title: str
    rule: str
    confidence: float
    fields: tuple[Field, ...] = ()  # of the table row it stands in


def under_headings(source: View, root: Section, year: int | None) -> Iterator[Found]:
    """What stands under headings that promise problems, plans or both."""
    stack = list(reversed(root.children))
    while stack:
        section = stack.pop()
        about = section_topic(source, section, year)
        if about is Topic.PAST:
            continue
        if about in (Topic.PROBLEMS, Topic.PLANS, Topic.BOTH):
            fields = labelled(source, section.body, section.end)
            if fields:
                for piece in fields:
                    yield Found(piece, section.title, "labels", 0.95)
                continue
        if about in (Topic.PROBLEMS, Topic.PLANS, Topic.BOTH):
            inner = [child for child in section.children if _divides(child, year)]
            if inner:
                stack.extend(reversed(section.children))
                continue
            rule = f"heading of {about.value}"
            for piece in _read(source, section, about):
                yield Found(piece, section.title, rule, 0.95)
        else:
            stack.extend(reversed(section.children))


def section_topic(source: View, section: Section, year: int | None) -> Topic:
    """The topic of a section's heading, if it is one and not a sentence or a title."""
    if section.system <= System.PART and (
        _GENRE.search(section.title)
        or (
            section.mark is None
            and complains_of_something(section.title)
            and not source.text[: section.start].strip()
        )
    ):
        return Topic.OTHER
    if len(section.title) > 45 and not section.bare:  # noqa: PLR2004 (no heading is so long)
        return Topic.OTHER
    return topic(section.title, year)


_GENRE = re.compile(
    r"(?:报告|通报|方案|通知|公告|总结|台账|汇报|年报|说明)(?:\([^()]*\))?\Z"
)


def _divides(child: Section, year: int | None) -> bool:
    """Whether a sub-heading splits its section into problems and plans."""
    title = child.title
    if len(title) > 24 or complains_of_something(title):  # noqa: PLR2004
        return False
    return topic(title, year) in (Topic.PROBLEMS, Topic.PLANS, Topic.BOTH)


# Each word once: of two ways to read a run of them, many runs have very many.
_PURE = re.compile(
    r"(?:整改落实|情况说明|存在|面临|主要|突出|当前|目前|法治政府建设|工作中?|的|方面|及|和|与|下一?步|下一?年度?|今后|明年|20[0-9]{2}年度?|改进|整改|问题|不足|困难|差距|短板|薄弱环节|原因|措施|打算|安排|计划|思路|重点|任务|目标|努力方向|方向|举措|情况|、|推进|建设|依法行政|我[市县区局]|需要|有待|加强|解决|:|之处|对策|意见|建议|设想|具体|基本|部署|要求|考虑|初步|展望|分析|地方|事项|环节|清单|政府|政务|信息公开|办法)*+\Z"
)


def complains_of_something(title: str) -> bool:
    """Whether a title names a concrete matter and not only 存在的问题."""
    return _PURE.match(title) is None


def _read(source: View, section: Section, about: Topic) -> list[Piece]:
    found = _passage(source, section, about)
    if "整改" in section.title:
        return [_untold(source, piece) for piece in found]
    return found


# 目前已督促整改: what was done about a problem, told behind it.
_WAS_DONE = re.compile(
    r"(?:目前|现|对此|针对[^,。;]{0,16}|经[^,。;]{0,12}),?[^,。;]{0,10}已|(?:均|都|全部)?已(?:经)?(?:通知|督促|责令|要求|完成|全部|按|整改|对)"
)


def _untold(source: View, piece: Piece) -> Piece:
    """The problem without the sentences that tell what was done about it."""
    if piece.kind != PROBLEM:
        return piece
    for number, (first, _) in enumerate(sentences(source, piece.start, piece.end)):
        if number and _WAS_DONE.match(source.text, first, piece.end):
            return replace(piece, end=source.trim(piece.start, first)[1])
    return piece


def _passage(source: View, section: Section, about: Topic) -> list[Piece]:
    start, end = section.body, section.end
    if about is Topic.PLANS:
        pieces = split(source, start, end, PLAN)
        return [p for p in pieces if not _ASKS.match(source.text, p.start, p.end)]
    labels = FIELD.finditer(source.text, start, end)
    if about is Topic.BOTH or any(label["plan"] for label in labels):
        return both(source, start, end)
    return problems_of(source, start, end)


# What is asked of others (建议上级……) is nothing that the issuer will do.
_ASKS = re.compile(
    r"(?:建议|恳请|希望|请)(?:上级|省|市|县|区|国家|各级|能|给予|加大|对|在|进一步)"
)
