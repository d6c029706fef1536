"""Where a document speaks of problems and where of plans.

:func:`passages` walks the tree of headings once and returns the stretches of
text made for problems or plans, each with the rule that found it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checklists.headings import Topic, topic
from checklists.outline import Section
from checklists.view import View

HEADING = re.compile(
    r"问题|不足|困难|差距|短板|薄弱|打算|安排|计划|思路|措施|下一?步|改进|方向|情况|成效|建设|工作|任务|目标|概述|履职"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the view that speaks of ``kind`` (problem or plan)."""

    kind: str
    start: int
    end: int
    title: str
    rule: str
    confidence: float


def passages(source: View, root: Section, year: int | None) -> list[Passage]:
    """The problem and plan passages under headings, in order."""
    return list(_under_headings(source, root, year))


def _under_headings(source: View, root: Section, year: int | None) -> Iterator[Passage]:
    stack = list(reversed(root.children))
    while stack:
        section = stack.pop()
        about = topic(section.title, year)
        if about is Topic.PROBLEMS:
            yield Passage(
                "problem",
                section.body,
                section.end,
                section.title,
                "problem heading",
                0.95,
            )
        elif about is Topic.PLANS:
            yield Passage(
                "plan", section.body, section.end, section.title, "plan heading", 0.95
            )
        elif about is not Topic.PAST:
            stack.extend(reversed(section.children))
