"""Rectification documents: findings with their measures, units and deadlines.

整改方案, 整改情况报告 and inspection feedback list findings under headings like
关于……的问题, each with fields (整改目标, 整改措施, 责任单位, 整改时限). The heading
is the problem; measures still to be taken are plans, measures told as done are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checklists.entries import PLAN, PROBLEM, Piece, closes, sentences
from checklists.headings import Topic, topic
from checklists.labels import AHEAD, FIELD, FINISHED, labelled
from checklists.outline import Section
from checklists.passages import Found, complains_of_something
from checklists.tone import faulty
from checklists.turns import plans_of, turn
from checklists.view import View

_KIND = re.compile(r"整改|反馈意见|督察|督导|审计|巡视|巡察|检查|问题清单|销号")
_ANNUAL = re.compile(r"法治(?:政府|建设)|依法行政|信息公开|政府工作报告|年度报告")
_ABOUT = re.compile(
    r"(?:[0-9]{1,3}[.、])?(?:关于|反馈)[^。;:\n]{3,90}?(?:问题|情况)?\Z"
)
_ABOUT_PROBLEM = re.compile(r"关于[^。;:\n]{3,90}问题\Z")
# 部分资金下达不及时的问题。已…… in a report on rectification
_THE_PROBLEM = re.compile(r"[^。;:\n]{4,90}的问题\Z")
_REPORTED = re.compile(r"整改[^。;:\n]{0,12}(?:情况|进展|结果)")


def is_rectification(source: View, title: str | None) -> bool:
    """Whether the document reports on or plans the rectification of findings."""
    head = title or source.text[:300]
    return bool(_KIND.search(head)) and not _ANNUAL.search(
        head.replace("整改情况的报告", "")
    )


def findings(source: View, root: Section, title: str | None) -> Iterator[Found]:
    """The findings of a rectification document, each with its open measures.

    What has measures or progress of its own is a finding, too, where one beside it is.
    """
    told = _REPORTED.search(title or source.text[:300]) is not None
    numbered = [
        (section, _fields(source, section))
        for section in root.walk()
        if section.mark is not None and section.title.strip()
    ]
    beside = {
        (id(section.parent), section.system)
        for section, fields in numbered
        if _answered(fields) and _complains(section)
    }
    for section, fields in numbered:
        if not complains_of_something(section.title):
            continue  # 存在的问题和整改措施
        if not _names_finding(section, told=told) and not (
            _answered(fields)
            and (
                _complains(section)
                or (
                    (id(section.parent), section.system) in beside
                    and topic(section.title, None) is Topic.OTHER
                )
            )
        ):
            continue
        start, end = _finding(source, section, fields)
        yield Found(
            Piece(PROBLEM, start, end, "heading of a finding", 0.85),
            section.title,
            "rectification",
            0.85,
        )
        if told and not fields:
            yield from _still_to_do(source, section, start)
        done = any(FINISHED.search(field[0]) for field in fields)
        for index, field in enumerate(fields):
            stop = fields[index + 1].start() if index + 1 < len(fields) else section.end
            first, last = _field_end(source, field.end(), stop)
            if done and not AHEAD.match(field["plan"] or ""):
                continue
            if field["plan"] and first < last:
                yield Found(
                    Piece(PLAN, first, last, "field", 0.85, start),
                    section.title,
                    "rectification",
                    0.85,
                )


def _names_finding(section: Section, *, told: bool) -> bool:
    """Whether a heading is a finding by its own words: 关于……的问题."""
    if _ABOUT_PROBLEM.match(section.title):
        return True
    return (
        told
        and not section.bare
        and _THE_PROBLEM.match(section.title) is not None
        and faulty(section.title.removesuffix("的问题"))
    )


def _still_to_do(source: View, section: Section, problem: int) -> Iterator[Found]:
    """What is told, behind what was done about a finding, that will be done."""
    at = turn(source, section.body, section.end)
    if at is None or _inner(section):
        return
    for piece in plans_of(source, at, section.end):
        plan = replace(piece, answers=problem)
        yield Found(plan, section.title, "rectification", 0.8)


def _finding(
    source: View, section: Section, fields: list[re.Match[str]]
) -> tuple[int, int]:
    """The words that name a finding: its heading, or what a label there opens."""
    label = FIELD.match(source.text, section.title_start)
    if label is not None and label["problem"]:
        following = (f.start() for f in fields if f.start() > label.start())
        stop = next(following, section.end)
        return _field_end(source, label.end(), stop)
    if fields:
        return source.trim(section.title_start, fields[0].start())
    start, end = source.trim(section.title_start, section.title_end)
    if source.text[end : end + 1] in ("。", ";"):
        end += 1
    behind = _IN_BRACKETS.match(source.text, end, section.end)
    return start, behind.end() if behind else end


# （牵头单位：扶贫办；责任单位：各村支部） belongs to the finding it stands behind.
_IN_BRACKETS = re.compile(r" ?\((?:牵头|责任|配合|整改|督导)[^()\n]{1,120}\)")


def fields_alone(source: View) -> list[Found]:
    """A document that is one form: 整改任务, 整改目标, 整改措施, 整改完成情况."""
    return [
        Found(piece, "", "labels", 0.8)
        for piece in labelled(source, 0, len(source.text))
    ]


def _fields(source: View, section: Section) -> list[re.Match[str]]:
    if _inner(section):
        return []
    return list(FIELD.finditer(source.text, section.body, section.end))


def _answered(fields: list[re.Match[str]]) -> bool:
    """Whether something was or will be done about it, so that it is a finding."""
    return any(
        field["plan"] or (field["other"] and FINISHED.search(field["other"]))
        for field in fields
    )


def _complains(section: Section) -> bool:
    return _ABOUT.match(section.title) is not None or faulty(section.title)


def _inner(section: Section) -> bool:
    """Whether findings stand below this section and not in it."""
    return any(
        _ABOUT.match(below.title) or faulty(below.title)
        for below in section.walk()
        if below is not section
    )


def _field_end(source: View, start: int, stop: int) -> tuple[int, int]:
    """A field's text: its paragraph, and those after it that are sentences too."""
    end = start
    for number, (first, last) in enumerate(sentences(source, start, stop)):
        if (
            number
            and "\n" in source.text[end:first]
            and source.text[last - 1] not in "。;"
        ):
            break
        if number and closes(source, first, last):
            break
        end = last
    return source.trim(start, end)
