"""The labelled fields of rectification documents: 整改目标：…, 责任单位：…, and so on.

A label stands at the beginning of a line or sentence, perhaps behind a mark, and ends
with a colon, with the bracket it began with (【整改措施】), or is a line of its own.
What follows belongs to it up to the next label. Columns of tables are fields too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from checklists.entries import closes, sentences
from checklists.marks import mark_at
from checklists.view import View


class Says(StrEnum):
    """What a field states of a finding."""

    PROBLEM = "problem"
    TARGET = "target"
    MEASURES = "measures"
    UNITS = "units"
    DUE = "due"
    KIND = "kind"
    OWNER = "owner"
    LEADER = "leader"
    PROGRESS = "progress"
    OTHER = "other"  # causes, remarks, telephone numbers: only where a field ends


@dataclass(frozen=True, slots=True)
class Field:
    """One field: what it states, its label as written (folded), its text's span."""

    says: Says
    label: str
    start: int
    end: int


LABELS = {
    Says.PROBLEM: r"(?:督察|督导|检查|巡视|巡察|审计)?(?:反馈|存在|发现|查出|指出|具体|主要)的?(?:主要|突出|具体)?(?:问题|不足|隐患)(?:描述|表述|内容|表现)?|问题(?:描述|表述|内容|表现|清单)?|(?:督察|审计|巡察)?反馈意见(?:问题)?|整改任务|不足(?:之处)?",
    Says.TARGET: r"(?:整改|工作|治理|验收|预期)?(?:目标(?:要求|任务)?|要达到的目标)",
    Says.MEASURES: r"(?:具体|主要|拟|已|所)?(?:采取的?)?(?:整改|改进|解决|工作|应对|治理|下一?步(?:整改|工作|改进)?)的?(?:具体)?(?:措施|举措|对策|打算|安排|计划|思路)|采取的?措施|(?:具体|主要)?(?:措施|举措)|对策|下一?步",
    Says.UNITS: r"(?:[省市县区州镇乡]级?直?)?(?:主要|整改|牵头|责任|配合|主办|协办|承办|主责|督办|督导|验收|实施|销号){1,3}(?:单位|部门|科室|处室|主体|机构)(?:(?:及|和|与|、|/)?(?:责任人|负责人))?",
    Says.DUE: r"(?:(?:整改|完成|办结|落实|销号|计划|责任|治理|拟){1,3}(?:时限|期限|时间|日期|时间节点)|时限|期限|时间节点|时间要求|时限要求|截止(?:时间|日期))(?:要求)?",
    Says.KIND: r"整改(?:类型|性质|方式|类别|分类|属性)",
    Says.OWNER: r"(?:整改|直接|具体|主要|第一|单位)?(?:责任人|负责人)(?:员)?|责任人员",
    Says.LEADER: r"(?:[省市县区州镇乡]级)?(?:整改)?(?:责任|牵头|包案|包抓|包保|包联|分管|主管|主要|挂帅)领导",
    Says.PROGRESS: r"(?:目前|当前|最新|阶段性?)?(?:整改|办理|落实|完成|处理|解决|推进|销号){1,2}(?:工作|措施|任务)?的?(?:完成|落实|进展|推进|开展)?(?:情况|进展|进度|成效|结果|效果|状态)(?:及成效)?|(?:目前|当前|工作)?(?:进展|进度)(?:情况)?|(?:取得)?(?:的)?成效|阶段性成效|是否(?:已?完成|整改|整改到位|销号|办结)(?:整改)?",
    Says.OTHER: r"(?:产生|存在)?(?:问题的?)?原因(?:分析)?|问题(?:来源|编号|序号)|(?:整改|政策|法律)?依据|(?:销号|验收|整改|完成)标准|(?:审计)?(?:处理|整改)?(?:意见|建议|要求)|(?:整改)?资金(?:来源)?|备注|(?:公示|公开)(?:时间|期限|期|日期|方式)|(?:监督|举报|联系|受理|咨询)(?:电话|人|方式|邮箱|单位|部门|地址|地点)|附件?|附表|邮箱|(?:通讯|通信)地址|督办领导|监督人",
}  # fmt: skip
"""What labels and headings of columns are called, by what they state."""

_LABEL = re.compile(
    r"(?:(?<=[\n。;)\] 、.:])|\A)[\[(]?(?:"
    + "|".join(f"(?P<{says.value}>{names})" for says, names in LABELS.items())
    + r")(?:[0-9一二三四五六七八九十]{1,3})?(?:\([^()\n]{1,12}\))?(?:[\])]? ?:|\]|(?= ?\n| ?\Z))"
)
# How labels that state something end: with a colon or bracket, or with their line.
_HINT = re.compile(
    r"[标施策算排划位门室体构限间点型质性人导况展度效果态](?=[:\]])|[标施措位限导况展效](?= ?\n)"
)
_ON_A_LINE = 24  # characters of a line that is only a mark and a label
_MARK = re.compile(
    r"[ \n]*(?:\(?[一二三四五六七八九十0-9]{1,3}(?:\)[、.]?|[、.])|[①-⑳]|[一二三四五六七八九十]是|[•*#—-]{1,3})? *[\[(]?\Z"
)
_LINE = re.compile(
    r"(?: *(?:\(?[一二三四五六七八九十0-9]{1,3}(?:\)[、.]?|[、.])|[①-⑳]|[•*#—-]{1,3}))? *"
    + _LABEL.pattern
)
_MARK_LENGTH = 10
_SHORT = frozenset({Says.UNITS, Says.DUE, Says.KIND, Says.OWNER, Says.LEADER})
_SHORT_LENGTH = 300


def any_labels(text: str) -> bool:
    """Whether the folded ``text`` has a labelled field that states something, at a glance."""
    for match in _HINT.finditer(text):
        if text[match.end()] in ":]":
            return True
        line = text.rfind("\n", max(0, match.end() - _ON_A_LINE), match.end()) + 1
        if line and _LINE.match(text, line):
            return True
    return False


def opens(source: View, start: int, end: int) -> bool:
    """Whether the first thing in ``[start, end)``, a mark left out, is a label."""
    text = source.text
    start, end = source.trim(start, min(end, start + _SHORT_LENGTH))
    mark = mark_at(text, start, end, opening=True)
    match = _LABEL.match(text, mark.end if mark else start, end)
    return match is not None and (match[0][-1] in ":]" or _alone(text, match.start()))


def fields(source: View, start: int, end: int) -> list[Field]:
    """The labelled fields of ``[start, end)`` in order; problems' own labels too."""
    text = source.text
    found = [
        match
        for match in _LABEL.finditer(text, start, end)
        if match[0][-1] in ":]" or _alone(text, match.start())
    ]
    result = []
    for index, match in enumerate(found):
        says = Says(str(match.lastgroup))
        stop = found[index + 1].start() if index + 1 < len(found) else end
        first, last = value(
            source, match.end(), before_mark(text, match.end(), stop), says
        )
        label = match[0].strip("[]():\n ")
        result.append(Field(says, label, first, last))
    return result


def _alone(text: str, start: int) -> bool:
    """Whether only a mark stands in front of a label that has its line to itself."""
    line = text.rfind("\n", max(0, start - _MARK_LENGTH), start) + 1
    return (line > 0 or start < _MARK_LENGTH) and _MARK.fullmatch(
        text, line, start
    ) is not None


def before_mark(text: str, start: int, end: int) -> int:
    """The end of what stands before the mark (二) that opens what comes at ``end``."""
    match = _MARK.search(text, max(start, end - _MARK_LENGTH), end)
    return match.start() if match else end


def value(source: View, start: int, end: int, says: Says) -> tuple[int, int]:
    """The span of a field's text in ``[start, end)``: a line, or paragraphs that go on."""
    start, end = source.trim(start, end)
    text = source.text
    if says in _SHORT:
        line = text.find("\n", start, end)
        return source.trim(start, min(end if line < 0 else line, start + _SHORT_LENGTH))
    stop = start
    for number, (first, last) in enumerate(sentences(source, start, end)):
        if number and (
            closes(source, first, last)
            or ("\n" in text[stop:first] and not _goes_on(text, first, last))
        ):
            break
        stop = last
    return start, stop


def _goes_on(text: str, first: int, last: int) -> bool:
    """Whether a further paragraph belongs to a field: numbered, or a whole sentence."""
    return text[last - 1] in "。;!?" or mark_at(text, first, last) is not None


def quoted(document_text: str, source: View, start: int, end: int) -> str:
    """The document's own words of a span, paragraph by paragraph, without bold marks."""
    return "\n".join(_paragraphs(document_text, source, start, end))


def _paragraphs(words: str, source: View, start: int, end: int) -> Iterator[str]:
    position = start
    for line in source.text[start:end].split("\n"):
        first, last = source.trim(position, position + len(line))
        position += len(line) + 1
        if first < last:
            begin, stop = source.span(first, last)
            yield (
                "".join(part.strip() for part in words[begin:stop].splitlines())
                .replace("**", "")
                .strip()
            )
