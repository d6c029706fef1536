"""Passages that give problems and what will be done about them together.

Where such a passage turns from the one to the other is told by its words (下一步，
针对以上问题，), by a list that begins anew, or, sentence by sentence, by the tone.
"""

from __future__ import annotations

import re

from checklists.entries import (
    PLAN,
    PROBLEM,
    Piece,
    after_aim,
    after_lead,
    announces,
    bare,
    closes,
    is_cut_off,
    items,
    outermost,
    sentences,
    split,
)
from checklists.labels import FIELD
from checklists.marks import Mark, marks, runs
from checklists.tone import faulty, nothing
from checklists.view import View

_TURN = re.compile(
    r"(?<=[。;!?\n,: ])(?:针对(?:以上|上述|这些|存在|此|该|所存)[^,。;:\n]{0,14}[,:]?|为此[,:]|对此[,:])?(?:(?:在)?(?:下一?步|下一?阶段|下一?年度?|今后|接下来|后续|明年|来年|新的一年)(?:[,:]|的?工作|我|将|要|打算|计划|整改|重点|拟|改进|措施|,|里|中)|改进措施|整改措施|下步打算)"
    r"|(?<=[。;!?\n: ])(?:在 ?)?20[0-9]{2}年度?(?:的?[^,。;:\n]{0,12}(?:工作中?|里|中))?,?(?:我[^,。;:\n]{1,8}?|全[省市县区州局]|[^,。;:\n]{0,10}?)(?:将|要|拟|计划|打算)(?!求)"
    r"|(?<=[。;!?\n])[^,。;:!?\n]{2,16}?将(?:于|在) ?20[0-9]{2}年"
    r"|(?<=[。;!?\n ])(?:为此|对此|针对[^,。;:\n]{2,14}),[^,。;:\n]{0,8}(?:将|要|拟)[^。;:\n]{0,24}(?:以下|如下)[^。;:\n]{0,12}[。:]"
    r"|(?<=[。;!?\n ])针对(?:[^,。;:\n]{0,10}(?:以上|上述|这些)|存在|此|该|所存)[^,。;:\n]{0,14}[,:]"
)


def turn(source: View, start: int, end: int) -> int | None:
    """Where a passage turns from problems to what will be done, or ``None``."""
    for match in _TURN.finditer(source.text, max(0, start - 1), end):
        if match.start() >= start:
            return match.start()
    return None


def both(source: View, start: int, end: int) -> list[Piece]:
    """A passage that gives problems and plans together."""
    run = outermost(source, start, end)
    inside = items(source, run, end, PROBLEM)
    paired = cut_where_paired(source, inside)
    if paired:
        return paired
    lines = [] if run else _lines(source, start, end)
    if len(lines) > 1 and all(_names_both(source, line) for line in lines):
        return [part for line in lines for part in cut(source, line)]
    at = turn(source, start, end)
    if at is None and run:
        at = _answer(source, run[-1].end, end)
    again = _begun_again(source, run, end)
    if again and (at is None or at > again[0].start):
        return [
            *split(source, start, again[0].start, PROBLEM),
            *items(source, again, end, PLAN),
        ]
    if at is None:
        return _by_tone(source, run, start, end)
    if run and run[-1].start < at:
        return [*split(source, start, at, PROBLEM), *plans_of(source, at, end)]
    return [*problems_of(source, start, at), *plans_of(source, at, end)]


def _lines(source: View, start: int, end: int) -> list[Piece]:
    """The paragraphs of a passage that has no list, without signatures."""
    lines = []
    position = start
    for line in source.text[start:end].split("\n"):
        first, last = source.trim(position, position + len(line))
        position += len(line) + 1
        ends = source.text[last - 1 : last] in ("。", ";", "!", "?")
        if first < last and ends and not closes(source, first, last):
            lines.append(Piece(PROBLEM, first, last, "paragraph", 0.8))
    return lines


def _names_both(source: View, piece: Piece) -> bool:
    border = _border(source, piece)
    return border is not None and border[0] < border[1]


# 对此，我们加强培训: behind the problems of a passage that promises plans, too.
_ANSWER = re.compile(
    r"(?<=[。;\n ])(?:对此|为此|针对(?:以上|上述|这些|存在)[^,。;:\n]{0,10}),(?=我)"
)


def _answer(source: View, start: int, end: int) -> int | None:
    found = _ANSWER.search(source.text, start, end)
    return found.end() if found else None


def _begun_again(source: View, run: list[Mark], end: int) -> list[Mark]:
    """A second list of the same marks behind ``run``: 一是 … 三是 … 一是 … 三是."""
    if len(run) < 2:  # noqa: PLR2004 (what is no list cannot begin again)
        return []
    found = marks(source.text, run[-1].end, end)
    same = [mark for mark in found if mark.system is run[0].system]
    return next((again for again in runs(same) if len(again) > 1), [])


def _by_tone(source: View, run: list[Mark], start: int, end: int) -> list[Piece]:
    """Problems and plans told apart by their words alone."""
    text = source.text
    if run:
        listed = []
        for piece in items(source, run, end, PROBLEM):
            kind = PROBLEM if faulty(text[piece.start : piece.end]) else PLAN
            listed.append(Piece(kind, piece.start, piece.end, piece.rule, 0.85))
        if any(piece.kind == PROBLEM for piece in listed):
            return listed
        return [*bare(source, start, run[0].start, PROBLEM), *listed]
    pieces: list[Piece] = []
    for first, last in sentences(source, start, end):
        begin = after_lead(source, first, last)
        words = text[begin:last]
        if not words or closes(source, begin, last) or words[-1] not in "。;!?":
            continue
        if _AGAINST.match(words):
            pieces += cut(source, Piece(PROBLEM, begin, last, "sentence", 0.8))
            continue
        kind = PROBLEM if faulty(words) else PLAN
        if kind == PLAN and not any(piece.kind == PLAN for piece in pieces):
            begin = after_aim(source, first, last)
        if begin < last:
            pieces.append(Piece(kind, begin, last, "sentence", 0.7))
    return pieces


# 针对上述问题，已……: what was done about it is no plan.
_TAKEN = re.compile(r"(?:针对[^,。;]{2,14},|目前,?)?已(?!有|知)[^。;]{0,60}")


def plans_of(source: View, start: int, end: int) -> list[Piece]:
    """The plans of what follows a turn; a turn that is all of it is itself the plan."""
    run = outermost(source, start, end)
    if run:
        return items(source, run, end, PLAN)
    pieces: list[Piece] = []
    for first, last in sentences(source, start, end):
        if announces(source, first, last) or _TAKEN.match(source.text, first, last):
            continue
        if source.text[last - 1] not in "。;!?" and not is_cut_off(source, first, last):
            continue
        if pieces and closes(source, first, last):
            break
        begin = first if pieces else after_aim(source, first, last)
        if begin < last:
            pieces.append(Piece(PLAN, begin, last, "sentence", 0.75))
    return pieces


# 针对执法力量不足的问题，将……: the problem, and what will be done about it.
_AGAINST = re.compile(
    r"(?:针对|对于?)(?P<problem>[^。;!?\n]{4,120}?(?:问题|不足|短板|弱项|情况|情形|现象|困难|薄弱环节)),"
)


def _border(source: View, piece: Piece) -> tuple[int, int, int] | None:
    """Where a problem begins and ends in an item, and where its plan begins."""
    text = source.text
    against = _AGAINST.match(text, piece.start, piece.end)
    if against is not None:
        return *against.span("problem"), against.end()
    labels = list(FIELD.finditer(text, piece.start, piece.end))
    measure = next((label for label in labels if label["plan"]), None)
    if measure is not None:
        opened = labels[0]["problem"] and labels[0].start() == piece.start
        first = labels[0].end() if opened else piece.start
        return first, measure.start(), measure.end()
    at = turn(source, piece.start, piece.end)
    if at is None:
        clause = _NEXT_CLAUSE.search(text, piece.start, piece.end)
        if clause is None:
            return None
        answer = clause["answer"] is not None
        return piece.start, clause.start() if answer else clause.end(), clause.end()
    return piece.start, at, at


# 设施陈旧，明年更换设备: in an item that names both, the plan's clause.
_NEXT_CLAUSE = re.compile(
    r"[,;。](?=(?:下一?步|明年|来年|今后|接下来|年内)[\u4e00-\u9fff]|(?:拟|计划|打算|准备)(?!生育|经济|外|内|书|表|任务)[\u4e00-\u9fff]"
    r"|[^,。;:!?\n]{2,24}[局委办镇乡区道司位门校院厅站所队村心](?:要|应|须)(?!求)[^,。;]{2})"
    r"|(?<=[。;])(?P<answer>(?:对此|为此),)(?=我|[^,。;:]{0,12}(?:将|要|拟))"
)


def cut_where_paired(source: View, pieces: list[Piece]) -> list[Piece]:
    """The problems and plans of a list whose items give both, or nothing."""
    if sum(_border(source, piece) is not None for piece in pieces) > 1:
        return [part for piece in pieces for part in cut(source, piece)]
    return []


def cut_against(source: View, piece: Piece) -> list[Piece]:
    """A plan that begins with its problem (针对……问题，……) in two, else as it is."""
    begins = _AGAINST.match(source.text, piece.start, piece.end)
    return [piece] if begins is None else cut(source, piece)


def cut(source: View, piece: Piece) -> list[Piece]:
    """An item that names a problem and then what will be done about it, in two."""
    border = _border(source, piece)
    if border is None:
        return [piece]
    text = source.text
    first, last = source.trim(*border[:2])
    while last > first and text[last - 1] in ",: ":
        last -= 1
    field = FIELD.search(text, border[2], piece.end)  # 责任单位：…… behind the measure
    begin, end = source.trim(border[2], field.start() if field else piece.end)
    parts = [Piece(PROBLEM, first, last, piece.rule, 0.85)] if first < last else []
    answers = first if parts else None
    return [*parts, Piece(PLAN, begin, end, f"{piece.rule}, clause", 0.85, answers)]


def problems_of(source: View, start: int, end: int) -> list[Piece]:
    """The problems of a passage made for them."""
    run = outermost(source, start, end)
    if run:
        found = items(source, run, end, PROBLEM)
        return [
            piece
            for piece in found
            if not nothing(source.text[piece.start : piece.end])
        ]
    pieces = bare(source, start, end, PROBLEM)
    at = turn(source, start, end)
    return [
        _before(source, piece, at) for piece in pieces if at is None or piece.start < at
    ]


def _before(source: View, piece: Piece, at: int | None) -> Piece:
    if at is None or at >= piece.end:
        return piece
    last = at
    while last > piece.start and source.text[last - 1] in ",: \n":
        last -= 1
    return Piece(piece.kind, piece.start, last, piece.rule, piece.confidence)
