"""Problem lists kept as tables: 问题清单, 整改台账, 三张清单.

A table reaches the text as lines of cells parted by ``|`` or tabs (the view turns
a tab between words into ``|``), or, copied from a page, with each cell on a line of
its own. The header names the columns; each row below it gives a problem, its measure,
and the units and deadline that belong to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklists.entries import PLAN, PROBLEM, Piece
from checklists.fields import LABELS, Field, Says
from checklists.view import View

_COLUMNS = (
    (PROBLEM, re.compile(r"(?:存在|主要|具体|反馈|发现|查出|突出|督察|检查|审计|巡察|巡视)*(?:的)?(?:主要|具体|突出)?(?:问题|不足|隐患|差距|短板|困难|薄弱环节)(?:(?:和|与|及|、)?(?:短板|差距|困难))?(?:或隐患|与不足|和不足|描述|内容|表述|清单|事项|表现|情况)?|不足之处|反馈意见(?:问题)?|问题隐患")),
    (PLAN, re.compile(r"(?:拟?采取的?)?(?:整改|改进|工作|具体|主要|下一?步|后续)*(?:措施|举措|任务|安排|打算|计划)(?:内容|要求|及要求)?|重点(?:工作|任务)(?:内容)?|任务内容|工作内容|整改要求")),
    ("due", re.compile(r"(?:整改|完成|办结|落实|销号|计划完成|责任)*(?:时限|期限|时间|时间节点|日期)(?:要求)?")),
    ("unit", re.compile(r"(?:整改|牵头|责任|配合|主办|协办|承办|督办|督导|验收|实施)+(?:单位|部门|科室|主体|处室)(?:及责任人)?")),
    ("target", re.compile(LABELS[Says.TARGET])),
    ("kind", re.compile(LABELS[Says.KIND])),
    ("leader", re.compile(LABELS[Says.LEADER])),
    ("owner", re.compile(LABELS[Says.OWNER])),
    ("done", re.compile(r"(?:目前)?(?:整改)?(?:完成|进展|落实|整改|办理)(?:情况|结果|成效)|整改状态|是否(?:完成|整改|销号).{0,2}")),
    ("state", re.compile(LABELS[Says.PROGRESS])),
)  # fmt: skip
_SAYS = {
    PLAN: Says.MEASURES, "due": Says.DUE, "unit": Says.UNITS, "target": Says.TARGET, "kind": Says.KIND,
    "leader": Says.LEADER, "owner": Says.OWNER, "done": Says.PROGRESS, "state": Says.PROGRESS,
}  # fmt: skip
_NO_MEASURES = re.compile(r".*(?:任务|要求)(?:内容)?|.*内容")
_RULE = re.compile(r"[|\-: ]+")
_NUMBER = re.compile(r"[0-9一二三四五六七八九十.、()\-]*")
_AHEAD = re.compile(r"下|后续")  # 后续整改措施 beside 目前整改进展
_TAKEN = re.compile(r"已(?!有|知)")  # 已更换螺栓: a measure that is no plan any more
_TO_FILL_IN = re.compile(r"\([^()]{0,60}\)|_+|/|无")
_BESIDE = re.compile(r"\A20[0-9]{2}年度?|\([^()]{0,8}\)\Z")
# The rows below the last one: sums, and who filled the table in.
_FOOT = re.compile(r"合计|总计|小计|填表人|填报[人:]|制表人|审核人|备注:|注:|说明:")
_ORDER = re.compile(r"序号|编号|问题编号|问题序号|号")
_BETWEEN = 2  # lines of one cell in a table, at most, one after the other
_GROUP_ROW = 60  # characters of such a line


@dataclass(frozen=True, slots=True)
class Row:
    """A problem and a plan of one table row, and what its other cells state.

    ``more`` says that the row goes on with the problem of a row above it, whose cell
    is merged with its own: its measures and units are that problem's, too.
    """

    problem: Piece | None
    plan: Piece | None
    fields: tuple[Field, ...]
    more: bool


def rows(source: View) -> Iterator[Row]:
    """The rows of every table whose header names problems or measures."""
    text = source.text
    if "|" not in text:
        yield from _rows_of_lines(source)
        return
    columns: dict[int, str] = {}
    headers: list[str] = []
    position = between = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        if line.count("|") < 1:
            between += bool(line.strip())
            if between > _BETWEEN or len(line) > _GROUP_ROW:
                columns = {}
            continue
        if _RULE.fullmatch(line):
            continue
        cells = list(_cells(line, start, len(headers) if columns else 0))
        words = [text[first:last].replace(" ", "") for first, last in cells]
        if columns and any(_FOOT.match(word) for word in words[:2]):
            columns = {}
            continue
        found = _header(words)
        if found:
            columns, headers = found, words
        elif between and not _goes_on(words, headers):
            columns = {}
        elif columns:
            yield from _row(source, cells, columns, headers)
        between = 0


def _rows_of_lines(source: View) -> Iterator[Row]:
    """The rows of tables of which each cell is a line: 序号, 主要问题, …; 1, ……, …."""
    text = source.text
    spans: list[tuple[int, int]] = []  # of the lines that are not empty
    position = 0
    for line in text.split("\n"):
        spans.append(source.trim(position, position + len(line)))
        position += len(line) + 1
    lines = [(first, last) for first, last in spans if first < last]
    words = [text[first:last].replace(" ", "") for first, last in lines]
    index = 0
    while index < len(words):
        if not _ORDER.fullmatch(words[index]):
            index += 1
            continue
        stop = index + _MOST_COLUMNS
        body = next(
            (i for i in range(index, min(stop, len(words))) if words[i] == "1"), 0
        )
        headers = words[index:body]
        columns = _header(headers)
        index = max(body, index + 1)
        if not columns:
            continue
        for first, last in _records(words, body, len(headers)):
            cells = _spread(lines[first:last], columns, len(headers))
            yield from _row(source, cells, columns, headers)
            index = last


_MOST_COLUMNS = 13  # with the first number


def _records(words: list[str], start: int, width: int) -> Iterator[tuple[int, int]]:
    """The lines of each row, from its number to the next; the last has as many as columns."""
    number = 1
    while start < len(words) and words[start] == str(number):
        reach = min(len(words), start + width + _MOST_LINES)
        number += 1
        end = next(
            (
                i
                for i in range(start + 1, reach)
                if words[i] == str(number) or _FOOT.match(words[i])
            ),
            min(len(words), start + width),
        )
        yield start, end
        start = end


_MOST_LINES = 20  # of a row beyond one for each column


def _spread(
    lines: list[tuple[int, int]], columns: dict[int, str], width: int
) -> list[tuple[int, int]]:
    """The cells of a row; lines that are too many belong to its measure, or problem."""
    extra = len(lines) - width
    if extra <= 0:
        return lines
    kinds = {kind: index for index, kind in reversed(columns.items())}
    broad = kinds.get(PLAN, kinds.get(PROBLEM, 0))
    whole = (lines[broad][0], lines[broad + extra][1])
    return [*lines[:broad], whole, *lines[broad + extra + 1 :]]


def _goes_on(words: list[str], headers: list[str]) -> bool:
    """Whether a row behind a line that is none belongs to the table before it.

    Tables are parted by rows of one cell (一、大气污染防治方面), which reach the text
    as lines of their own.
    """
    if headers and _ORDER.fullmatch(headers[0]):
        return len(words) <= len(headers) and bool(_NUMBER.fullmatch(words[0]))
    return len(words) == len(headers)


def _cells(line: str, start: int, width: int) -> Iterator[tuple[int, int]]:
    """The spans of a row's cells.

    Tabs that open a row of a table ``width`` cells wide are empty cells (merged with
    those above); the view made spaces of them.
    """
    offset = start
    opening = len(line) - len(line.lstrip(" "))
    if 0 < opening <= width - line.count("|") - 1:
        yield from [(start, start)] * opening
    parts = line.split("|")
    for index, part in enumerate(parts):
        outer = index in (0, len(parts) - 1) and not part.strip()
        if not outer:
            stripped = part.strip()
            first = offset + part.find(stripped) if stripped else offset
            yield first, first + len(stripped)
        offset += len(part) + 1


def _header(words: list[str]) -> dict[int, str]:
    """The kinds of the columns, or nothing when the row is no header."""
    found = {}
    for index, word in enumerate(words):
        name = _BESIDE.sub("", word)
        kind = next(
            (kind for kind, pattern in _COLUMNS if pattern.fullmatch(name)), None
        )
        if kind is not None:
            found[index] = kind
    has = set(found.values())
    numbered = PROBLEM in has and _ORDER.fullmatch(words[0]) is not None
    return found if numbered or (len(has) > 1 and has & {PROBLEM, PLAN}) else {}


def _row(
    source: View,
    cells: list[tuple[int, int]],
    columns: dict[int, str],
    headers: list[str],
) -> Iterator[Row]:
    text = source.text
    kinds = set(columns.values())
    pieces: dict[str, Piece] = {}
    stated = []
    for index, (first, last) in enumerate(cells):
        kind = columns.get(index)
        if kind is None or first == last:
            continue
        if (
            kind in (PROBLEM, PLAN)
            and not _NUMBER.fullmatch(text[first:last])
            and not _TO_FILL_IN.fullmatch(text, first, last)
            and kind not in pieces
            and not (
                kind == PLAN and "done" in kinds and not _AHEAD.match(headers[index])
            )
            and not (kind == PLAN and _TAKEN.match(text, first, last))
        ):
            pieces[kind] = Piece(kind, first, last, "table row", 0.9)
        if kind in _SAYS and not (
            kind == PLAN
            and (_NO_MEASURES.fullmatch(headers[index]) or PROBLEM not in kinds)
        ):
            stated.append(Field(_SAYS[kind], headers[index], first, last))
    more = PROBLEM in kinds and PROBLEM not in pieces
    if pieces or (more and stated):
        yield Row(pieces.get(PROBLEM), pieces.get(PLAN), tuple(stated), more)
