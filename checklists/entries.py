"""A passage becomes entries: by its own enumeration, else by its sentences.

The rules are those of a careful reader: one mark of the outermost list is one
entry with all its sentences and sub-points; without a list, ； and 。 separate
entries; what only leads in or closes is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklists.outline import Mark, System, line_start, marks, runs
from checklists.view import View

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry found in a passage, as a span of the view, and what found it."""

    start: int
    end: int
    rule: str
    confidence: float


_MANY = "一些|不少|许多|诸多|很多|较多|以下|如下|下列|一定|几个|几方面|若干|部分|多方面|各种|这样那样|[0-9一二三四五六七八九十两几]+(?:个|大|项|方面|点|条)"
_FAULTS = "问题|困难|不足|差距|挑战|短板|矛盾|薄弱环节|弱项|缺点|地方|方面|风险|隐患|制约因素|不足之处|难题|距离"
# A sentence that announces problems without naming one.
_ANNOUNCES = re.compile(
    rf"(?:{_MANY})(?:的|主要|突出|明显|深层次|亟待解决的?|需要(?:改进|解决|加强)的?|不容忽视的?|新的?|急需解决的?)*(?:{_FAULTS})"
    rf"(?:(?:和|与|及|、|以及)(?:{_FAULTS}))*(?:(?:需要|有待|亟待|仍需).{{0,12}})?(?:[。;:,!]|(?:主要|具体|突出)?(?:是|有|为|表现在|体现在|表现为|包括)?[。;:,!]?)\Z"
    rf"|(?:存在|还有|仍有|面临|表现|不足|问题|体现|问题是|不足是|如下|以下|方面|工作|看到|认识到|困难|挑战|重点|打算|安排|措施|做好|抓好|任务):\Z"
)
_CLOSES = re.compile(
    r"(?:对此|对(?:于|以上|上述|这些|存在的?)|针对(?:以上|上述|这些|存在|此)|(?:以上|上述|这些|这几).{0,6}(?:问题|不足|困难|矛盾|短板|差距|情况)|为此|我们(?:将|一定|必须|要)|下一?步,?(?:我|将)|今后,?(?:我|将)|所有这些|面对这些)"
)
_PLAIN_CLOSES = re.compile(
    r"(?:特此|以上报告|以上(?:汇报|总结)|附件|附:|附表|联系人|联系电话|专此|此页|扫一扫|相关链接|信息来源|来源:|责任编辑|编辑:|打印|关闭|分享|上一篇|下一篇|主办单位|版权所有|抄送|印发|网站地图|\(此件|\(联系|\(主动公开)"
)
_SENTENCE = re.compile(r"[^。;!?\n]*(?:[。;!?]+[”’\"')]?|\n|\Z)")
_LABEL = re.compile(
    r"(?:存在(?:的)?(?:主要)?(?:问题|不足|困难)|问题(?:表现|描述)?|主要问题|不足(?:之处)?|整改措施|改进措施|下一步(?:工作)?(?:措施|打算)?|解决措施|整改(?:情况|方向|目标|打算)|措施|对策|工作措施|具体措施):"
)


def sentences(source: View, start: int, end: int) -> Iterator[Span]:
    """The sentences of a span, split at 。；！？ and line ends, trimmed, none empty."""
    for match in _SENTENCE.finditer(source.text, start, end):
        first, last = source.trim(match.start(), match.end())
        if first < last:
            yield first, last


def closes(source: View, start: int, end: int) -> bool:
    """Whether the sentence only closes a passage (对此，我们将…… ; 特此报告)."""
    text = source.text
    return bool(
        _CLOSES.match(text, start, end) or _PLAIN_CLOSES.match(text, start, end)
    )


def outermost(source: View, start: int, end: int) -> list[Mark]:
    """The marks of the outermost list of a passage, or none.

    It is the first run of at least two marks that no other run opens before; a
    lone first mark counts where its line begins with it (texts that break off).
    """
    found = runs(marks(source.text, start, end))
    for run in found:
        if len(run) > 1 and (
            run[0].number is not None
            or all(line_start(source.text, mark.start) for mark in run)
        ):
            return run
    for run in found:
        if (
            line_start(source.text, run[0].start)
            and run[0].system is not System.NUMBER_PAREN
        ):
            return run
    return []


def split(source: View, start: int, end: int, kind: str) -> list[Piece]:
    """The entries of the passage ``[start, end)``; ``kind`` is problem or plan."""
    run = outermost(source, start, end)
    if run:
        return _items(source, run, end)
    return _sentences(source, start, end, kind)


def _items(source: View, run: list[Mark], end: int) -> list[Piece]:
    pieces = []
    several = False  # whether an item has more than one paragraph
    for index, mark in enumerate(run):
        if index + 1 < len(run):
            stop = run[index + 1].start
            first, last = source.trim(mark.end, stop)
            several = several or "\n" in source.text[first:last]
        else:
            stop = _last_end(source, mark.end, end, several=several)
        first, last = source.trim(mark.end, stop)
        label = _LABEL.match(source.text, first, last)
        if label is not None:
            first, last = source.trim(label.end(), last)
        if first < last:
            pieces.append(
                Piece(first, last, f"enumeration {mark.system.name.lower()}", 0.95)
            )
    return pieces


def _last_end(source: View, start: int, end: int, *, several: bool) -> int:
    """Where the last item of a list ends: before closings and signatures."""
    text = source.text
    stop = start
    for number, (first, last) in enumerate(sentences(source, start, end)):
        new_paragraph = "\n" in text[stop:first]
        if number and new_paragraph and not (several and _belongs(source, first, last)):
            break
        if number and closes(source, first, last):
            break
        stop = last
    return stop


def _belongs(source: View, start: int, end: int) -> bool:
    """Whether a further paragraph can belong to the last item of a list."""
    return source.text[end - 1] in "。;!?" and not _PLAIN_CLOSES.match(
        source.text, start, end
    )


def _sentences(source: View, start: int, end: int, kind: str) -> list[Piece]:
    pieces = []
    text = source.text
    for first, last in sentences(source, start, end):
        if closes(source, first, last):
            break
        if announces(source, first, last) or text[last - 1] not in "。;!?":
            continue
        pieces.append(Piece(first, last, f"{kind} sentence", 0.7))
    return pieces


def announces(source: View, start: int, end: int) -> bool:
    """Whether the sentence only leads in."""
    return source.text[end - 1] == ":" or bool(
        _ANNOUNCES.search(source.text, max(start, end - 60), end)
    )
