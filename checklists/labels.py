"""Problems and plans that stand behind labels: 存在问题：…… 整改措施：……."""

from __future__ import annotations

import re
from bisect import bisect_right

from checklists.entries import PLAN, PROBLEM, Piece, closes, outermost, sentences, split
from checklists.tone import complains
from checklists.view import View

# 存在问题：…… 整改措施：…… inside one section or item.
_NOTE = r"(?:\([^()\n]{1,8}\))?"  # 整改措施（计划）：
_CLOSED = rf"(?:\]:?|\)?{_NOTE}:)"  # 【问题1】 needs no colon
FIELD = re.compile(
    rf"(?:(?<=[\n。;) ])|(?<=[、.])|\A)[\[(]?(?P<problem>(?:20[0-9]{{2}}年度?)?(?:存在|主要|具体|(?:督察|检查|巡察|审计)?反馈|发现)的?(?:主要|突出)?(?:问题|不足|困难)|(?:督察|检查|巡察|审计|评审|核查)发现|问题(?:表现|描述|清单)?|督察反馈意见|整改任务(?:\([^()\n]{{1,12}}\))?|(?:事故|安全|风险)?隐患|不(?:符合|合格)项?(?:事实)?(?:描述)?|不足之处|(?:不足|问题)之[一二三四五六七八九十]|不足)(?:[0-9一二三四五六七八九十]{{1,2}})?{_CLOSED}"
    rf"|(?:(?<=[\n。;) ])|\A)[\[(]?(?P<plan>(?:20[0-9]{{2}}年度?)?(?:整改|改进|解决|主要工作|重点工作|工作|应对|纠正|预防|下一?步(?:整改|工作|改进)?)的?(?:措施|举措|打算|对策|安排|计划|思路|方向|办法)|整改(?:要求|意见)|措施|对策|下一?步)(?:[0-9一二三四五六七八九十]{{1,2}})?{_CLOSED}"
    rf"|(?:(?<=[\n。;) ])|\A)[\[(]?(?P<other>(?:产生|存在问题的?|主要|根本)?原因(?:分析)?|整改(?:目标|时限|期限|责任人|责任单位|(?:落实|完成)?情况|进展(?:情况)?|成效|结果|落实)|(?:工作|落实|办理|处理)?(?:进展|落实|办理|处理)情况|(?:主要)?责任(?:单位|部门|科室|处室|主体|人|领导)|牵头(?:单位|部门)|配合(?:单位|部门)|(?:计划)?完成(?:时限|时间|情况|日期)|目标|督导单位|验收单位|(?:风险|严重)?等级|(?:审计|检查|督察|工作)?建议){_CLOSED}"
)


AHEAD = re.compile(r"下|今后|后续")  # 下步措施 beside what is told as done
FINISHED = re.compile(r"(?:完成|整改|落实|办理|处理)情况|进展|成效|结果|整改落实")
# 立即清理，已于3月13日完成 is no plan; 已停岗，计划4月底前复训 still is.
_IS_DONE = re.compile(r"已(?!有|知|成|达|久|然)")
_IS_OPEN = re.compile(r"将|计划|拟|力争|[0-9日底末]前")


def labelled(source: View, start: int, end: int) -> list[Piece]:
    """Problems and plans that stand behind labels (存在问题：, 整改措施：)."""
    text = source.text
    fields = list(FIELD.finditer(text, start, end))
    if all(field["problem"] for field in fields) or not any(
        field["problem"] for field in fields
    ):
        return []
    several = sum(field["problem"] is not None for field in fields) > 1
    marks = [mark.start for mark in outermost(source, start, end)] if several else []
    pieces: list[Piece] = []
    problem = None  # where the last one began
    done = _finished(fields)
    for index, field in enumerate(fields):
        stop = fields[index + 1].start() if index + 1 < len(fields) else end
        following = bisect_right(marks, field.start())
        if following < len(marks):
            stop = min(stop, marks[following])
        if field["other"]:
            continue
        kind = PROBLEM if field["problem"] else PLAN
        first, last = source.trim(
            field.end(), _paragraph_end(source, field.end(), stop)
        )
        words = text[first:last]
        if "整改任务" in field[0] and not complains(words):
            kind = PLAN  # a task to do, not a finding
        if kind == PROBLEM:
            problem = first
        elif (index in done and not AHEAD.match(field["plan"] or "")) or (
            _IS_DONE.search(words) and not _IS_OPEN.search(words)
        ):
            continue
        if first < last:
            answers = problem if kind == PLAN else None
            pieces.append(Piece(kind, first, last, "label", 0.95, answers))
    if sum(piece.kind == PROBLEM for piece in pieces) > 1:
        return pieces
    return [
        part
        for piece in pieces
        for part in split(
            source, piece.start, piece.end, piece.kind, led=piece.kind == PROBLEM
        )
    ]


def _finished(fields: list[re.Match[str]]) -> set[int]:
    """Which fields stand with a problem of which it is told how it was rectified."""
    found: set[int] = set()
    beside: list[int] = []
    for index, field in enumerate(fields):
        if field["problem"]:
            beside = []
        beside.append(index)
        if field["other"] and FINISHED.search(field["other"]):
            found.update(beside)
        elif found.intersection(beside):
            found.add(index)
    return found


def _paragraph_end(source: View, start: int, end: int) -> int:
    """The end of the text under a label: further paragraphs only if they are numbered."""
    stop = start
    for number, (first, last) in enumerate(sentences(source, start, end)):
        if (
            number
            and "\n" in source.text[stop:first]
            and source.text[last - 1] not in "。;!?"
        ):
            break
        if number and closes(source, first, last):
            break
        stop = last
    return stop
