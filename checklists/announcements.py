"""Problems that no heading promises but a sentence announces.

我们也清醒地认识到……: of all sentences that may announce problems the one with the
most signs, and with complaints behind it, is taken; its plans are what follows. A
document may also be one list of faults, or end with what will be done.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from checklists.entries import (
    PLAN,
    PROBLEM,
    Piece,
    announces,
    bare,
    items,
    outermost,
    sentences,
)
from checklists.labels import FIELD, labelled
from checklists.marks import System, line_start
from checklists.outline import Section
from checklists.passages import Found
from checklists.tone import complains, faulty, of_some
from checklists.turns import cut_where_paired, plans_of, turn
from checklists.view import View


def labels_of_paragraphs(source: View) -> list[Found]:
    """A report without headings whose paragraphs are labelled: 存在的主要问题：……."""
    first = FIELD.search(source.text)
    while first is not None and not first["problem"]:
        first = FIELD.search(source.text, first.end())
    if first is None or not line_start(source.text, first.start()):
        return []
    return [
        Found(piece, "", "labels", 0.85)
        for piece in labelled(source, first.start(), len(source.text))
    ]


# An announcement in the running text.
_ANNOUNCEMENT = re.compile(
    r"(?:认识|看到|意识|正视(?!问题,)|直面(?=:)|存在|面临|深知|感到|发现(?!的)|还有|仍有|也有|不足|差距)[^。;!?:\n]{0,70}?(?:问题|困难|不足|差距|短板|矛盾|挑战|薄弱环节|弱项|缺点|错误|失误|因素)|存在(?:以下|如下|下列)[^,。;:\n]{0,16}:|[但仍还][^。;!?\n]{0,6}(?:有|存在)[^,。;]{0,4}(?:部分|个别|少数|一些)|(?:认识|看|意识)到[,:]|清醒认识,|(?:问题|困难|不足|短板|挑战)[^。;!?:\n]{0,10}:|(?:检查|抽查|督查|督察|核查|巡查|普查|排查|监测|自查)(?:中)?(?:也|还)?发现(?!的)[,:]"
)
_AWARE = re.compile(r"认识到|看到|意识到|正视|直面:|深知|清醒|感到|认识,")
_CONCEDES = re.compile(
    r"(?:虽|尽管|成绩|成效|进展|进步|肯定)[^。;!?]{0,40}(?:但|同时|然而)[^。;!?]{0,24}(?:存在|不足|差距|问题|短板)"
)
_MAINLY = re.compile(
    r"主要(?:的)?(?:问题|不足|困难)(?:是|有|为)?:|存在的?(?:主要)?(?:问题|不足)(?:如下|有|是)?:"
)
_INSPECTED = re.compile(
    r"(?:检查|抽查|督查|督察|核查|巡查|普查|排查|监测|自查)(?:中)?(?:也|还)?发现"
)
_SOME = re.compile(
    r"[但仍还][^。;!?\n]{0,6}(?:有|存在)[^,。;]{0,4}(?:部分|个别|少数|一些)"
)
_TOLD = re.compile(r"指出|反馈|通报|发现")
_YET = re.compile(r"也|但|同时|还|仍|尽管|虽然|然而|不过")


def announced(
    source: View, root: Section, start: int, end: int, *, sure: float = 3.0
) -> list[Found]:
    """The problems behind the best announcement of ``[start, end)``, or none.

    ``sure`` is the score it must reach: two signs and complaints behind it.
    """
    text = source.text
    best: tuple[float, list[Piece], str] | None = None
    headings = [
        section
        for section in root.walk()
        if section is not root and section.bare and section.system < System.NUMBER
    ]
    for signs, first, last in _candidates(text, start, end):
        stop = min(end, _stop(text, headings, last), last + _REACH)
        score, pieces = _weigh(source, first, last, stop)
        if pieces and (best is None or score + signs > best[0]):
            best = (score + signs, pieces, text[first:last])
    if best is None or best[0] < sure:
        return []
    return [
        Found(piece, best[2][:40], "announcement", min(0.9, 0.5 + best[0] / 20))
        for piece in cut_where_paired(source, best[1]) or best[1]
    ]


def _stop(text: str, headings: Sequence[Section], last: int) -> int:
    """Where the list behind an announcement ends at the latest: at the next heading.

    What stands right behind a colon is the list itself: 存在以下问题：一、……二、…….
    """
    at = bisect_left(headings, last, key=lambda section: section.start)
    following = headings[at:]
    if (
        following
        and text[last - 1 : last] in (":", "\n")
        and text[:last].rstrip().endswith(":")
        and not text[last : following[0].start].strip()
    ):
        of_list = following[0].system
        following = [each for each in following if each.system < of_list]
    return following[0].start if following else len(text)


_TRIED = 40  # announcements weighed in one document, those with the most signs first
_REACH = 8000  # characters behind an announcement in which its list can stand


def _candidates(text: str, start: int, end: int) -> list[tuple[float, int, int]]:
    """The sentences that may announce problems, with their signs, in order."""
    found: list[tuple[float, int, int]] = []
    seen = start
    for match in _ANNOUNCEMENT.finditer(text, start, end):
        if match.start() < seen:
            continue
        back = max(seen, match.start() - 400)
        first = max(
            [back, *(text.rfind(mark, back, match.start()) + 1 for mark in "。;!?\n")]
        )
        last = _sentence_end(text, match.end(), end)
        seen = last
        found.append((_signs(text[first:last]), first, last))
    if len(found) > _TRIED:
        found = sorted(
            sorted(found, key=lambda each: -each[0])[:_TRIED], key=lambda each: each[1]
        )
    return found


def _signs(sentence: str) -> float:
    """How much a sentence speaks like an announcement of problems."""
    score = 0.0
    if _AWARE.search(sentence) or _INSPECTED.search(sentence):
        score += 2
    elif _TOLD.search(sentence):
        score += 1
    if _YET.search(sentence):
        score += 1
    if _MAINLY.search(sentence):
        score += 1
    if _EXPRESSLY.search(sentence):
        score += 1
    if _SOME.search(sentence):
        score += 0.5
    if _CONCEDES.search(sentence):
        score += 1
    return score


# 请贵镇高度重视，于7月15日前……; 各校要对照上述问题……: what a notice asks for.
_ASKED = re.compile(
    r"(?:为[^,。;:\n]{2,24},)?(?:(?P<letter>请(?:贵|你)(?:单位|公司|[局镇乡办委院校处])(?:高度重视,|认真[^,。;:\n]{1,10},)?)"
    r"|(?:各|有关|相关)[^,。;:\n]{1,16}(?:要|应|须)[^,。;:\n]{0,4}(?:对照|针对|根据|按照)(?:以上|上述|通报|存在|检查|此次|本次|反馈)[^,。;:\n]{0,10})"
)


_PARAGRAPHS = 3  # behind announced problems, the last of which may turn to plans


def plans_after(source: View, found: list[Found]) -> list[Found]:
    """The plans behind announced problems: 下一步，…… in the same or a next paragraph."""
    if not found:
        return []
    text = source.text
    start = found[-1].piece.end
    line = text.find("\n", start)
    first = source.trim(line, len(text))[0] if line >= 0 else len(text)
    stop = len(text)
    at = turn(source, start, stop if line < 0 else line)
    for _ in range(_PARAGRAPHS):
        if at is not None or first >= stop:
            break
        at = turn(source, first, min(stop, first + 40))
        if at is not None and text[first:at].strip():
            at = None
        elif at is None and (asked := _ASKED.match(text, first, stop)):
            at = asked.end() if asked["letter"] else asked.start()
        first = source.trim(_line_end(text, first), stop)[0]
    if at is None:
        return []
    pieces = plans_of(
        source, at, stop if outermost(source, at, stop) else _line_end(text, at)
    )
    return [Found(piece, "", "announcement", 0.7) for piece in pieces]


_ORDERS = re.compile(r"责令|挂牌督办|督办|限期(?:整改|改正)|整改通知")
_AS_FOLLOWS = re.compile(
    r"(?:责令|要求|提出|按)[^。;:!?\n]{0,60}(?:要求|整改|改正|意见|如下)[^。;:!?\n]{0,14}:"
)


def ordered(source: View, found: list[Found]) -> list[Found]:
    """What an order tells its receiver to do: 责令你单位按以下要求整改：1.……."""
    text = source.text
    start = found[-1].piece.end if found else 0
    if _ORDERS.search(text, 0, _REACH) is None:
        return []
    order = _AS_FOLLOWS.search(text, start, start + _REACH)
    run = outermost(source, order.end(), len(text)) if order else []
    if order is None or not run or text[order.end() : run[0].start].strip():
        return []
    return [
        Found(piece, order[0], "order", 0.75)
        for piece in items(source, run, len(text), PLAN)
    ]


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


# 下一步，市司法局将……: the last paragraph of a brief that has no headings.
_IN_THE_END = re.compile(r"(?:下一?步|接下来|今后)[,:][^。;!?\n]{0,60}(?:将|要|拟)")


def in_the_end(source: View) -> list[Found]:
    """What a brief without headings says in its last paragraph that it will do."""
    text = source.text
    end = source.trim(0, len(text))[1]
    for _ in range(3):  # signature and day may stand below it
        start = text.rfind("\n", 0, end) + 1
        first = source.trim(start, end)[0]
        if _IN_THE_END.match(text, first, end):
            pieces = plans_of(source, first, end)
            return [Found(piece, "", "closing", 0.6) for piece in pieces]
        end = source.trim(0, max(0, start - 1))[1]
    return []


def list_of_faults(source: View, root: Section, *, checked: bool) -> list[Found]:
    """A document that is one list of faults, its heading lost.

    Where something was ``checked``, such a list may stand below any heading.
    """
    start, end = source.trim(0, len(source.text))
    found = _all_faulty(source, start, end)
    for section in root.walk() if checked else ():
        found = found or _all_faulty(source, section.body, section.end)
    return [Found(piece, "", "list of faults", 0.6) for piece in found]


def _all_faulty(source: View, start: int, end: int) -> list[Piece]:
    run = outermost(source, start, end)
    if len(run) < 2 or source.trim(start, end)[0] < run[0].start:  # noqa: PLR2004 (one is no list)
        return []
    pieces = items(source, run, end, PROBLEM)
    first = (next(sentences(source, piece.start, piece.end)) for piece in pieces)
    return pieces if all(complains(source.text[slice(*span)]) for span in first) else []


_LEADS = re.compile(r"[ \n]*(?:[^。;!?\n]{0,24}:)?[ \n]*")


def _sentence_end(text: str, start: int, end: int) -> int:
    ends = [
        found + 1
        for mark in "。!?\n"
        if (found := text.find(mark, start, min(end, start + 400))) >= 0
    ]
    return min(ends, default=min(end, start + 400))


# Behind 存在以下问题： and 还有不小差距： it is a fault whatever its words.
_EXPRESSLY = re.compile(
    r"(?:存在|发现|有)(?:着|了|的)?(?:以下|如下|下列)[^。;:\n]{0,16}(?:问题|不足|隐患|行为|情形)[^,。;:\n]{0,6}:"
    r"|(?:还有|仍有|存在|面临)[^,。;:\n]{0,8}(?:差距|问题|不足|短板|困难):"
)


_MOST = 0.6  # of what follows an announcement must complain


def _weigh(source: View, first: int, last: int, stop: int) -> tuple[float, list[Piece]]:
    """How surely a sentence announces problems, and the problems it announces."""
    text = source.text
    score = 0.0
    paragraph_end = text.find("\n", last - 1, stop)
    paragraph_end = stop if paragraph_end < 0 else paragraph_end
    run = outermost(source, first, stop)
    if (
        run
        and run[0].start <= last + 400
        and _LEADS.fullmatch(text, last, run[0].start)
    ) or (run and run[0].start < last):
        pieces = items(source, run, stop, PROBLEM)
        score += 1
    else:
        pieces = bare(source, first, paragraph_end, PROBLEM)
        if not pieces and announces(source, first, last):
            follow = source.trim(paragraph_end, stop)[0]
            line = text.find("\n", follow, stop)
            pieces = bare(source, follow, stop if line < 0 else line, PROBLEM)
    if not pieces:
        return 0.0, []
    words = (text[piece.start : piece.end] for piece in pieces)
    faults = sum(faulty(each) or of_some(each) for each in words)
    share = faults / len(pieces)
    listed = _EXPRESSLY.search(text, first, pieces[0].start) is not None
    if share < _MOST and not listed:
        return 0.0, []
    return score + share + min(len(pieces), 8) / 4, pieces
