"""How far rectification has come, as the text says it: 已完成, 正在推进, 长期坚持.

Read as folded by :class:`checklists.view.View`. A short text (a table's cell) is
judged by loose words; in a long one only what is said of the rectification itself
counts, because single measures are told as done there.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How far the rectification of a finding has come, where the text says so."""

    DONE = "done"  # 已完成, 已整改到位, 已销号
    UNDER_WAY = "under way"  # 正在整改, 基本完成, 达到序时进度
    ONGOING = "ongoing"  # 长期坚持, 持续整改
    NOT_BEGUN = "not begun"  # 未启动, 尚未整改


@dataclass(frozen=True, slots=True)
class Reported:
    """A status and the words that say it."""

    status: Status
    raw: str


_YET = "(?:尚|暂|还|仍|均)?未"
_WHOLE = r"(?:到位|完成|完毕|结束|彻底)"
# What is said of the rectification itself.
_PLAIN = {
    Status.NOT_BEGUN: rf"{_YET}(?:开始|启动|开展|着手|进行)?整改(?!{_WHOLE})|整改(?:工作)?{_YET}(?:启动|开始|开展)",
    Status.UNDER_WAY: rf"正在(?:抓紧|积极|有序|加快|持续|全力)?(?:推进)?(?:整改|办理)|整改中|{_YET}(?:全部|按期|按时)?(?:整改(?:到位|完成|完毕)|完成整改|销号)|部分(?:完成)?整改|基本(?:完成|整改)|(?:达到|符合)?序时(?:进度|推进)|阶段性(?:整改|完成|目标|任务)|(?:剩余|其余|余下)[^,。;]{{0,12}}(?:计划|将|拟|预计|力争|正在|待)|(?:尚有|尚余|还有|仍有)[^,。;]{{0,16}}(?:未|待)|(?:计划|预计|力争|将于)[^,。;]{{0,16}}(?:完成|完工|竣工|销号)",
    Status.ONGOING: r"长期(?:坚持|整改)|持续(?:整改|坚持)|常抓不懈",
    Status.DONE: rf"(?:已|全部|均|均已)(?:全部|按期|按时|如期|按要求|于[^,。;]{{1,16}})?(?:整改(?!中)(?!工作)|完成整改|销号|办结|整改任务)|(?<!未)整改(?:任务|工作)?(?:已|均已|已经|全部)?(?:全部)?{_WHOLE}|(?<!未)完成(?:整改(?!方案|报告)|销号|验收销号|整改销号)|(?:问题|任务)(?:已|均已)(?:全部)?(?:解决|完成|整改|办结)",
}
# 已完成9宗, but not 已完成80% or 已全部完成23项
_IN_PART = r"已经?(?:按期|按时|如期)?(?:完成|办结|解决|落实|纠正)[0-9]{1,6}(?![0-9.]*%)"
# What a cell or a short line says.
_LOOSE = {
    Status.NOT_BEGUN: rf"{_YET}(?:启动|开始|开展|着手|动工|开工|实施|落实)|\A0%\Z",
    Status.UNDER_WAY: rf"正在|{_IN_PART}|推进中|进行中|办理中|实施中|落实中|{_YET}(?:全部|按期|按时|如期)?(?:完成|办结|达标|解决)|部分完成|初步完成|(?:有序|加快|按计划|稳步)推进|\A(?:已?完成)?(?!0%)[0-9]{{1,2}}(?:\.[0-9]{{1,2}})?%\Z",
    Status.ONGOING: r"持续推进|长期任务|常态化",
    Status.DONE: rf"(?!{_IN_PART})(?:已|均|全部|已经)(?:全部|按期|按时|如期|于[^,。;]{{1,16}})?(?:完成(?!阶段|[0-9]{{1,2}}(?:\.[0-9]{{1,2}})?%)|办结|解决|落实|完结|改正|纠正|验收|到位)|\A(?:按期|按时|如期)?(?:完成|办结|销号|完结|是|已改|到位)[。;]?\Z|\A(?:已?完成)?100%\Z",
}
_ORDER = (Status.ONGOING, Status.UNDER_WAY, Status.NOT_BEGUN, Status.DONE)
_SHORT = 40
_VERDICT = 12
_LONG = 2000
_SENTENCE = re.compile(r"[^。;!?\n]*")
_STRICT = {status: re.compile(words) for status, words in _PLAIN.items()}
_ANY = {
    status: re.compile(f"{words}|{_LOOSE[status]}") for status, words in _PLAIN.items()
}


def progress(text: str) -> tuple[Status, int, int] | None:
    """The status that ``text`` states and the span of its words in it, or ``None``.

    What is done and kept up (已完成整改，并长期坚持) is done; what is basically done
    and kept up is ongoing.
    """
    words = text[:_LONG]
    patterns = _ANY if len(words) <= _SHORT else _STRICT
    opening = _SENTENCE.match(words)
    if opening is not None and len(opening[0]) <= _VERDICT < len(words):
        verdict = progress(opening[0])  # 已完成。县住建局……
        if verdict is not None:
            return verdict
    found = {
        status: match
        for status in _ORDER
        if (match := patterns[status].search(words)) is not None
    }
    if found.keys() == {Status.DONE, Status.ONGOING}:
        status: Status | None = Status.DONE
    elif found.keys() >= {Status.DONE, Status.NOT_BEGUN}:
        start, end = found[Status.DONE].start(), found[Status.NOT_BEGUN].end()
        return Status.UNDER_WAY, min(start, end), max(start, end)
    else:
        status = least(found)
    return None if status is None else (status, *found[status].span())


def least(statuses: Collection[Status]) -> Status | None:
    """The status of a whole whose parts have these: what is done in part is not done."""
    return next((status for status in _ORDER if status in statuses), None)
