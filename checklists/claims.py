"""How many problems a document says it has: 反馈的12个问题, 涉及我市的5项整改任务.

Numbers of 问题线索 (leads handed over to other bodies) are none: leads are not listed
as problems. Read as folded by :class:`checklists.view.View`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklists.document import N_, Note
from checklists.marks import chinese_number
from checklists.view import View

_NUMBER = r"(?<![第0-9.])(?:[0-9]{1,4}|[一二三四五六七八九十百]{1,4})(?![0-9.])"
_COUNTED = r"(?:个|项|条|类|件|处|方面)(?:方面)?"
_MANNER = "的?(?:具体|突出|主要|反馈|共性|个性)?"
_FAULT = "(?:问题|不足|意见|隐患)(?!线索|导向|清单)"
_TASK = "(?:整改任务|反馈意见整改任务)"
_TOLD = "(?:反馈|指出|查出|发现|存在|提出|交办|移交|反映|梳理|排查出|检查出|通报)"
_US = "(?P<ours{}>我[省市县区州旗镇乡局委院校](?:[^,。;:]{{0,6}}?))?"
_CLAIM = re.compile(
    # 反馈的5个方面12项问题; 涉及我市的5个问题
    rf"(?:{_TOLD}|涉及|承担|承接|共|共计|合计){_US.format(1)}的?(?:以下|如下)?(?:{_NUMBER}个?方面[,、的共计]{{0,3}})?"
    rf"(?P<before>{_NUMBER}){_COUNTED}{_MANNER}(?:(?P<faults1>{_FAULT})|(?P<tasks1>{_TASK}))"
    # 共反馈问题12个; 涉及我市整改任务5项
    rf"|(?:{_TOLD}|涉及|承担|承接|共有){_US.format(2)}{_MANNER}(?:(?P<faults2>{_FAULT})|(?P<tasks2>{_TASK}))(?:共|共有|共计|合计|为)?"
    rf"(?P<after>{_NUMBER})(?:个|项|条|类|件|处)(?!方面)"
)
_LEAD = 120  # characters before the first problem in which its lead-in can count


@dataclass(frozen=True, slots=True)
class _Claim:
    number: int
    tasks: bool  # of tasks, which may be listed as problems or as plans
    ours: bool  # of the issuer's own, not of all that were found elsewhere


def claims(
    source: View, problems: int, plans: int, *, first: int, whole: bool
) -> tuple[Note, ...]:
    """A note where the text says how many problems there are and others were found.

    ``whole`` says that the whole document is about its problems (a rectification
    document); in others only the lead-in to the first of them, at ``first`` of the
    view, speaks of those that it lists. One number that fits is enough: the text may
    count the problems of others as well. Its own come first.
    """
    start, end = (0, len(source.text)) if whole else (max(0, first - _LEAD), first)
    told = list(_claims(source.text, start, end)) if whole or problems else []
    if any(claim.number == problems for claim in told) or any(
        claim.tasks and claim.number == plans for claim in told
    ):
        return ()
    for claim in sorted(told, key=lambda claim: not claim.ours)[:1]:
        if claim.tasks:
            message = N_(
                "The text speaks of {claimed} tasks of rectification; {found} problems were found."
            )
        else:
            message = N_("The text speaks of {claimed} problems; {found} were found.")
        return (Note(message, claim.number, problems),)
    return ()


def _claims(text: str, start: int, end: int) -> Iterator[_Claim]:
    for match in _CLAIM.finditer(text, start, end):
        raw = match["before"] or match["after"]
        number = int(raw) if raw.isdecimal() else chinese_number(raw)
        if number:
            tasks = bool(match["tasks1"] or match["tasks2"])
            ours = bool(match["ours1"] or match["ours2"])
            yield _Claim(number, tasks, ours)
