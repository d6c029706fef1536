"""Where a document speaks of problems and where of plans.

Three ways lead to an entry: a heading that promises problems, plans or both; a
sentence in the text that announces problems (我们也清醒地认识到……); and, in a
government work report, the chapters of the coming year. Each piece says by which
rule it was found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
from checklists.fields import Field
from checklists.headings import Topic, topic
from checklists.outline import Mark, Section, System, line_start, marks, runs
from checklists.tone import complains, faulty, nothing
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


_PURE = re.compile(
    r"(?:存在|面临|主要|突出|当前|目前|法治政府建设|工作中?|的|方面|及|和|与|下一?步|下一?年度?|今后|明年|20[0-9]{2}年度?|改进|整改|工作|问题|不足|困难|差距|短板|薄弱环节|原因|措施|打算|安排|计划|思路|重点|任务|目标|努力方向|方向|举措|情况|、|推进|建设|依法行政|我[市县区局]|需要|有待|加强|解决|:|之处|对策|意见|建议|设想|主要|具体|基本|部署|要求|考虑|初步|展望|整改落实|情况说明|分析|地方|事项|环节|清单)*\Z"
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
    return _problems(source, start, end)


# What is asked of others (建议上级……) is nothing that the issuer will do.
_ASKS = re.compile(
    r"(?:建议|恳请|希望|请)(?:上级|省|市|县|区|国家|各级|能|给予|加大|对|在|进一步)"
)

# 存在问题：…… 整改措施：…… inside one section or item.
_NOTE = r"(?:\([^()\n]{1,8}\))?"  # 整改措施（计划）：
_CLOSED = rf"(?:\]:?|\)?{_NOTE}:)"  # 【问题1】 needs no colon
FIELD = re.compile(
    rf"(?:(?<=[\n。;) ])|(?<=[、.])|\A)[\[(]?(?P<problem>(?:20[0-9]{{2}}年度?)?(?:存在|主要|具体|(?:督察|检查|巡察|审计)?反馈|发现)的?(?:主要|突出)?(?:问题|不足|困难)|(?:督察|检查|巡察|审计|评审|核查)发现|问题(?:表现|描述|清单)?|督察反馈意见|整改任务(?:\([^()\n]{{1,12}}\))?|(?:事故|安全|风险)?隐患|不(?:符合|合格)项?(?:事实)?(?:描述)?|不足之处|不足)(?:[0-9一二三四五六七八九十]{{1,2}})?{_CLOSED}"
    rf"|(?:(?<=[\n。;) ])|\A)[\[(]?(?P<plan>(?:20[0-9]{{2}}年度?)?(?:整改|改进|解决|主要工作|重点工作|工作|应对|纠正|预防|下一?步(?:整改|工作|改进)?)的?(?:措施|举措|打算|对策|安排|计划|思路|方向)|措施|对策|下一?步)(?:[0-9一二三四五六七八九十]{{1,2}})?{_CLOSED}"
    rf"|(?:(?<=[\n。;) ])|\A)[\[(]?(?P<other>(?:产生|存在问题的?|主要|根本)?原因(?:分析)?|整改(?:目标|时限|期限|责任人|责任单位|(?:落实|完成)?情况|进展(?:情况)?|成效|结果|落实)|(?:工作|落实|办理|处理)?(?:进展|落实|办理|处理)情况|(?:主要)?责任(?:单位|部门|科室|处室|主体|人|领导)|牵头(?:单位|部门)|配合(?:单位|部门)|(?:计划)?完成(?:时限|时间|情况|日期)|目标|督导单位|验收单位|(?:风险|严重)?等级|(?:审计|检查|督察|工作)?建议){_CLOSED}"
)


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
        elif index in done or (_IS_DONE.search(words) and not _IS_OPEN.search(words)):
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


_TURN = re.compile(
    r"(?<=[。;!?\n,: ])(?:针对(?:以上|上述|这些|存在|此|该|所存)[^,。;:\n]{0,14}[,:]?|为此[,:]|对此[,:])?(?:(?:在)?(?:下一?步|下一?阶段|下一?年度?|今后|接下来|后续|明年|来年|新的一年)(?:[,:]|的?工作|我|将|要|打算|计划|整改|重点|拟|改进|措施|,|里|中)|改进措施|整改措施|下步打算)"
    r"|(?<=[。;!?\n: ])(?:在 ?)?20[0-9]{2}年度?(?:的?[^,。;:\n]{0,12}(?:工作中?|里|中))?,?(?:我[^,。;:\n]{1,8}?|全[省市县区州局]|[^,。;:\n]{0,10}?)(?:将|要|拟|计划|打算)(?!求)"
    r"|(?<=[。;!?\n])[^,。;:!?\n]{2,16}?将(?:于|在) ?20[0-9]{2}年"
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
    if sum(_border(source, piece) is not None for piece in inside) > 1:
        return [part for piece in inside for part in cut(source, piece)]
    at = turn(source, start, end)
    again = _begun_again(source, run, end)
    if again and (at is None or at > again[0].start):
        return [
            *split(source, start, again[0].start, PROBLEM),
            *items(source, again, end, PLAN),
        ]
    if at is None:
        return _by_tone(source, run, start, end)
    if run and run[-1].start < at:
        return [*split(source, start, at, PROBLEM), *_plans_after(source, at, end)]
    return [*_problems(source, start, at), *_plans_after(source, at, end)]


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


def _plans_after(source: View, start: int, end: int) -> list[Piece]:
    """The plans of what follows a turn; a turn that is all of it is itself the plan."""
    run = outermost(source, start, end)
    if run:
        return items(source, run, end, PLAN)
    pieces: list[Piece] = []
    for first, last in sentences(source, start, end):
        if announces(source, first, last):
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
    label = FIELD.search(text, piece.start, piece.end)
    if label is not None and label["plan"]:
        return piece.start, label.start(), label.end()
    at = turn(source, piece.start, piece.end)
    if at is None:
        clause = _NEXT_CLAUSE.search(text, piece.start, piece.end)
        at = clause.end() if clause else None
    return None if at is None else (piece.start, at, at)


# 设施陈旧，明年更换设备: in an item that names both, the plan's clause.
_NEXT_CLAUSE = re.compile(
    r"[,;。](?=(?:下一?步|明年|来年|今后|接下来|年内)[\u4e00-\u9fff]|(?:拟|计划|打算|准备)(?!生育|经济|外|内|书|表|任务)[\u4e00-\u9fff])"
)


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


def _problems(source: View, start: int, end: int) -> list[Piece]:
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


# An announcement in the running text.
_ANNOUNCEMENT = re.compile(
    r"(?:认识|看到|意识|正视(?!问题,)|直面(?=:)|存在|面临|深知|感到|发现(?!的)|还有|仍有|也有|不足|差距)[^。;!?:\n]{0,70}?(?:问题|困难|不足|差距|短板|矛盾|挑战|薄弱环节|弱项|缺点|错误|失误|因素)|(?:认识|看|意识)到[,:]|清醒认识,|(?:问题|困难|不足|短板|挑战)[^。;!?:\n]{0,10}:|(?:检查|抽查|督查|督察|核查|巡查|普查|排查|监测|自查)(?:中)?(?:也|还)?发现(?!的)[,:]"
)
_AWARE = re.compile(r"认识到|看到|意识到|正视|直面:|深知|清醒|感到|认识,")
_CONCEDES = re.compile(
    r"(?:虽|尽管|成绩|成效|进展|进步|肯定)[^。;!?]{0,40}(?:但|同时|然而)[^。;!?]{0,24}(?:存在|不足|差距|问题|短板)"
)
_MAINLY = re.compile(r"主要(?:的)?(?:问题|不足|困难)(?:是|有|为)?:")
_INSPECTED = re.compile(
    r"(?:检查|抽查|督查|督察|核查|巡查|普查|排查|监测|自查)(?:中)?(?:也|还)?发现"
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
    stops = [
        section.start
        for section in root.walk()
        if section is not root and section.bare and section.system < System.NUMBER
    ]
    for signs, first, last in _candidates(text, start, end):
        following = bisect_right(stops, last)
        stop = min(
            end, stops[following] if following < len(stops) else end, last + _REACH
        )
        score, pieces = _weigh(source, first, last, stop)
        if pieces and (best is None or score + signs > best[0]):
            best = (score + signs, pieces, text[first:last])
    if best is None or best[0] < sure:
        return []
    return [
        Found(piece, best[2][:40], "announcement", min(0.9, 0.5 + best[0] / 20))
        for piece in best[1]
    ]


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
    if _CONCEDES.search(sentence):
        score += 1
    return score


def plans_after(source: View, found: list[Found]) -> list[Found]:
    """The plans right behind announced problems: 下一步，…… in the same or next paragraph."""
    if not found:
        return []
    text = source.text
    start = found[-1].piece.end
    line = text.find("\n", start)
    first = source.trim(line, len(text))[0] if line >= 0 else len(text)
    stop = len(text)
    at = turn(source, start, stop if line < 0 else line)
    if at is None:
        at = turn(source, first, min(stop, first + 40))
        if at is None or source.text[first:at].strip():
            return []
    pieces = _plans_after(
        source, at, stop if outermost(source, at, stop) else _line_end(text, at)
    )
    return [Found(piece, "", "announcement", 0.7) for piece in pieces]


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
            pieces = _plans_after(source, first, end)
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
    faults = sum(faulty(text[piece.start : piece.end]) for piece in pieces)
    share = faults / len(pieces)
    if share < 0.6:  # noqa: PLR2004 (most of what follows must complain)
        return 0.0, []
    return score + share + min(len(pieces), 8) / 4, pieces
