"""Government work reports: the coming year's headings are the plans.

Such a report reviews the year, may look years ahead, and then sets the coming
year's work: one chapter with numbered headings, or several chapters in a row
whose own titles are the work. A chapter on the government itself beside them is
not counted; a numbered heading on it inside the chapter is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from checklists.entries import PLAN, Piece, items, outermost
from checklists.headings import Topic, topic
from checklists.marks import Mark, System, line_start, marks, runs
from checklists.outline import Section, titled
from checklists.view import View

_ADDRESS = re.compile(r"各位代表|向大会(?:报告|作)|提请(?:大会|本次会议)审议")
_TITLE = re.compile(r"(?<!法治)政府工作(?:的)?报告")
# A line of its own, not a sentence that speaks of such a report.
_NAMED = re.compile(
    rf"^[^,。;:《\n]{{0,60}}{_TITLE.pattern}[^,。;》\n]{{0,40}}$", re.MULTILINE
)


def is_work_report(source: View, title: str | None) -> bool:
    """Whether the document is a government's report to a people's congress."""
    head = source.text[:3000]
    named = bool(title and _TITLE.search(title)) or bool(_NAMED.search(head[:400]))
    return named or bool(_ADDRESS.search(head))


class Part(StrEnum):
    """What a chapter of a work report is for."""

    REVIEW = "review"
    YEARS = "several years"
    COMING = "coming year"  # its title names the year's work
    GENERAL = "requirements"  # requirements and targets of the coming year
    SELF = "government itself"
    WORK = "work"  # a title that is itself work


_REVIEW = re.compile(
    r"回顾|总结|过去[的一二三四五几0-9]|所做的工作|(?:取得|获得|实现).{0,12}(?:成就|成绩|进展|成效|胜利|佳绩)|工作(?:的)?(?:基本|主要)?情况|完成情况|执行情况|(?:主要|发展|新|历史性)成[就绩效]|成[就绩效]\Z"
)
_COMING = re.compile(
    r"(?:20[0-9]{2}|19[0-9]{2}|一九[〇零一二三四五六七八九]{2}|二[〇零○]{1}[〇零○一二三四五六七八九]{2})年(?!.{0,4}回顾).{0,24}(?:工作|任务|安排|重点|部署|建议|措施|计划|实事)|(?:今年|新的?一年|本年度|明年|下一年).{0,24}(?:工作|任务|安排|重点|部署|建议|措施)"
    r"|(?:主要|重点)(?:工作|任务)|工作(?:安排|任务|重点|部署|建议|措施)|政府工作(?:任务|安排|重点)"
)
_GENERAL = re.compile(
    r"(?:总体|基本|指导|奋斗|预期|主要|工作)(?:要求|思路|目标|思想|方针)|指导思想|总要求|总体部署|形势|思路|要求|目标"
)
_AIM = re.compile(
    r"(?:抓好|做好|突出抓|着力抓|重点抓|集中抓|落实|办好|完成|推进|实现|聚焦|突出|做到|把握|围绕|坚持|抓|做)[^。\n]{0,40}(?:工作|方面|任务|重点|事项|文章|事)[^。\n]{0,14}[:。]\Z"
)
_LONG = re.compile(
    r"今后五年|今后5年|未来五年|(?:今后|未来)一个时期|“?十[一二三四五六七八]?五”?(?:时期|期间|规划|计划|末)|[“\"][六七八九]五[”\"]|五年|到20[0-9]{2}年|远景目标"
)
_YEAR = re.compile(r"(?:20[0-9]{2}|19[0-9]{2})年|今年|全年|新的一年|年内|本年度")
_TARGETS = re.compile(
    r"(?:今年|(?:20|19)[0-9]{2}年)[^。\n]{0,60}(?:目标|要求|任务|思路|安排)|预期目标"
)


def coming_year(source: View, root: Section) -> list[tuple[Piece, str]]:
    """The plans of a work report: pieces and the chapter they stand in."""
    everything = [section for section in root.walk() if section is not root]
    everything = [section for section in everything if section.title.strip()]
    chapters = _chapters(everything)
    known = set(map(id, chapters))
    named = _named_section(
        source, [each for each in everything if id(each) not in known]
    )
    parts = _parts(source, chapters)
    lists = _candidates(source, chapters, parts)
    role = {id(chapter): part for chapter, part in zip(chapters, parts, strict=True)}
    work = [chapter for chapter in chapters if role[id(chapter)] is Part.WORK]
    coming = [each for each in lists if each[0] >= _SURE]
    if named and not any(role[id(each[1])] is Part.COMING for each in coming):
        return named
    best = max(coming, key=_score, default=None)
    if best and not (
        len(work) > 1 and role[id(best[1])] is Part.WORK and best[0] < _LED
    ):
        return [(_heading(source, section), best[1].title) for section in best[2]]
    if len(work) > 1:
        start = work[0].start
        return [
            (_heading(source, s), s.title)
            for s in chapters
            if s.start >= start and (role[id(s)] is Part.WORK or s is chapters[-1])
        ]
    likely = [each for each in lists if each[0] > 0]
    if likely:
        _, chapter, run = max(likely, key=_score)
        return [(_heading(source, section), chapter.title) for section in run]
    return []


_SURE = 3.0
_LED = 3.5  # a list in a chapter of work, with the year's targets and 抓好以下工作 before it
_Candidate = tuple[float, Section, list[Section]]


def _score(candidate: _Candidate) -> float:
    return candidate[0]


def _named_section(source: View, everything: list[Section]) -> list[tuple[Piece, str]]:
    """A section inside a chapter that names this year's work, with 一是 … in it."""
    for section in everything:
        if re.search(
            r"(?:今年|(?:20|19)[0-9]{2}年)(?:的)?(?:政府|重点|主要)?(?:的)?工作",
            section.title,
        ) and not _REVIEW.search(section.title):
            run = outermost(source, section.body, section.end)
            if run and not section.children:
                pieces = []
                for piece in items(source, run, section.end, PLAN):
                    stop = source.text.find("。", piece.start, piece.end)
                    end = stop + 1 if stop >= 0 else piece.end
                    pieces.append(
                        (
                            Piece(PLAN, piece.start, end, "coming year list", 0.8),
                            section.title,
                        )
                    )
                return pieces
    return []


def _chapters(everything: list[Section]) -> list[Section]:
    """The chapters: unnumbered headings that review and plan, else 一、 二、 and on."""
    titles = [s for s in everything if s.system is System.TITLE and _chapter_like(s)]
    reviews = any(_REVIEW.search(s.title) for s in titles)
    plans = any(_COMING.search(s.title) and not _REVIEW.search(s.title) for s in titles)
    if plans and (reviews or len(titles) > 1):
        return titles
    numbered = any(
        child.system <= System.CHINESE and child.mark
        for s in titles
        for child in s.children
    )
    if len(titles) > 1 and numbered:
        return titles
    return _numbered(everything) or titles


def _numbered(everything: list[Section]) -> list[Section]:
    for system in (System.PART, System.CHAPTER, System.CHINESE):
        run = _first_run([s for s in everything if s.system is system])
        if len(run) > 1:
            return run
    return []


def _chapter_like(section: Section) -> bool:
    title = section.title
    if len(title) > 40 or _TITLE.search(title):  # noqa: PLR2004 (no heading is so long)
        return False
    return bool(
        _REVIEW.search(title)
        or _COMING.search(title)
        or topic(title, None) in (Topic.YEARS, Topic.SELF, Topic.PLANS)
        or any(
            child.system is System.CHINESE and child.mark for child in section.children
        )
    )


def _parts(source: View, chapters: list[Section]) -> list[Part]:
    """What each chapter is for; the first of several is a review whatever its title."""
    parts = [
        _titled_part(chapter.title) or _told_part(source, chapter, index)
        for index, chapter in enumerate(chapters)
    ]
    if len(parts) > 1 and parts[0] is Part.COMING:
        parts[0] = Part.REVIEW
    return parts


# 在新征程上迈好第一步、干出新成效, but not 回顾.
_LOOKS_AHEAD = re.compile(
    r"(?!.*(?:回顾|总结|过去|所做)).*(?:新征程|迈[好出]|干出|再创|奋力(?:开创|谱写)).*"
)
_AND_COMING = re.compile(
    r"(?:和|及|暨|与).{0,6}(?:今年|20[0-9]{2}年).{0,10}(?:安排|任务|重点)"
)
_NAMES_YEAR = re.compile(r"(?:20[0-9]{2}|19[0-9]{2})年|今年|新的一年|本年度|明年")
_REQUIRES = re.compile(r"总体要求|基本要求|总体部署|指导思想|基本思路|总要求")


def _titled_part(title: str) -> Part | None:
    """What a chapter's title alone says it is for."""
    looks_back = _REVIEW.search(title) and not _AND_COMING.search(title)
    if looks_back and not _LOOKS_AHEAD.fullmatch(title):
        return Part.REVIEW
    if _NAMES_YEAR.search(title):
        return (
            Part.COMING
            if _COMING.search(title) and not _REQUIRES.search(title)
            else Part.GENERAL
        )
    return None


def _told_part(source: View, chapter: Section, index: int) -> Part:
    """What a chapter is for whose title names no year: by its words, then its opening."""
    title = chapter.title
    coming = _COMING.search(title) is not None
    about = topic(title, None)
    part = Part.WORK
    if index == 0 and not coming:
        part = Part.REVIEW
    elif about is Topic.YEARS or (_LONG.search(title) and _GENERAL.search(title)):
        part = Part.YEARS
    elif about is Topic.SELF:
        part = Part.SELF
    elif coming:
        part = Part.COMING
    elif _GENERAL.search(title) and len(title) < _SHORT_TITLE:
        part = Part.GENERAL
    else:
        opening = source.text[
            chapter.body : min(chapter.body + 2500, _first_child(chapter))
        ]
        if len(_LONG.findall(opening)) > len(_THIS_YEAR.findall(opening)):
            part = Part.YEARS
    return part


_SHORT_TITLE = 24  # 总体要求和主要目标 is short; a slogan that holds 目标 is longer
_THIS_YEAR = re.compile(r"今年|全年|本年|新的一年")


def _first_child(chapter: Section) -> int:
    return min((child.start for child in chapter.children), default=chapter.end)


def _first_run(sections: Sequence[Section]) -> list[Section]:
    """The sections numbered 1, 2, 3 …, up to where the numbers start again."""
    run: list[Section] = []
    for section in sections:
        number = section.mark.number if section.mark else None
        if number is None:
            continue
        last = run[-1].mark.number if run and run[-1].mark else 0
        if last is not None and last < number <= last + 2:
            run.append(section)
        elif run and number == 1:
            break
    return run


def _candidates(
    source: View, chapters: list[Section], parts: list[Part]
) -> list[_Candidate]:
    """The lists of headings that may be the coming year's, with their scores."""
    found: list[_Candidate] = []
    loose = parts.count(Part.WORK) < 2  # noqa: PLR2004 (else the chapters are the work)
    for index, (chapter, part) in enumerate(zip(chapters, parts, strict=True)):
        if part in (Part.REVIEW, Part.SELF):
            continue
        for run, lead in _lists(source, chapter) or (
            _loose(source, chapter) if part is Part.COMING and index and loose else []
        ):
            sentence = lead.rstrip().rpartition("\n")[2]
            score = {
                Part.COMING: 3.5,
                Part.GENERAL: 1.5,
                Part.WORK: 1.0,
                Part.YEARS: 0.0,
            }[part] + index / 10
            score += (
                bool(_AIM.search(sentence))
                + 1.5 * bool(_TARGETS.search(lead[-1200:]))
                + len(run) / 100
            )
            of_years = _LONG.search(sentence) and not _YEAR.search(sentence)
            if of_years and not _NAMES_YEAR.search(chapter.title):
                score -= 4
            if _REVIEWED.search(sentence):
                score -= 4
            if _PRINCIPLES.search(sentence):
                score -= 2
            found.append((score, chapter, run))
    return found


_PRINCIPLES = re.compile(
    r"(?:把握|原则|遵循|坚持|预期目标|主要目标|指标|理念)[^。\n]{0,16}[:。]\Z"
)
_REVIEWED = re.compile(r"(?:做了|开展了|完成了|取得了|一年来)[^。\n]{0,20}[:。]\Z")


def _lists(source: View, chapter: Section) -> list[tuple[list[Section], str]]:
    """The lists of headings of a chapter, each with the text that leads to it."""
    found = []
    position = chapter.body
    members = [
        child
        for child in chapter.walk()
        if child is not chapter and child.mark is not None and child.title.strip()
    ]
    top = min(
        (child.system for child in members if child.system >= System.CHAPTER),
        default=None,
    )
    members = [child for child in members if child.system is top]
    for run in _all_runs(members):
        if len(run) > 1:
            begin = max(position, run[0].start - 1500)
            found.append((run, source.text[begin : run[0].start]))
            position = run[-1].body
    return found


def _all_runs(members: Sequence[Section]) -> list[list[Section]]:
    """The members in runs that count up; 1 begins a new run."""
    found: list[list[Section]] = []
    for member in members:
        number = (member.mark.number if member.mark else None) or 0
        last = (found[-1][-1].mark.number or 0) if found and found[-1][-1].mark else 0
        if found and last < number <= last + 2:
            found[-1].append(member)
        elif number == 1 or not found:
            found.append([member])
    return found


def _loose(source: View, chapter: Section) -> list[tuple[list[Section], str]]:
    """Lists that open paragraphs without being headings: 一是, 第一，, —— and so on."""
    text = source.text
    found = []
    openings = [
        mark
        for mark in marks(text, chapter.body, chapter.end)
        if line_start(text, mark.start)
    ]
    for run in runs(openings):
        ends = [mark.start for mark in run[1:]] + [chapter.end]
        sections = (
            _as_section(source, mark, end) for mark, end in zip(run, ends, strict=True)
        )
        members = [section for section in sections if section.title.strip()]
        if len(members) > 2:  # noqa: PLR2004 (two are an aside)
            found.append(
                (members, text[max(chapter.body, run[0].start - 1500) : run[0].start])
            )
    return found


def _as_section(source: View, mark: Mark, end: int) -> Section:
    line = source.text.find("\n", mark.end, end)
    return titled(source, mark, end if line < 0 else line)


def _heading(source: View, section: Section) -> Piece:
    """The heading's own text; one that runs into its paragraph ends at its first stop."""
    text = source.text
    start, end = source.trim(section.title_start, section.title_end)
    if text[end : end + 1] == "。":
        end += 1
    if end - start > _LONG_TITLE and not section.bare:
        end = _unglue(text, start, end)
    return Piece(PLAN, start, end, "chapter heading", 0.9)


_LONG_TITLE = 24
# What a paragraph begins with when a heading runs into it without a mark.
_BODY = re.compile(
    r"以[^,。]{2,12}为|突出|加快|加大|加强|大力|开展|抓紧|进一步|发展壮大|实施|调整|长期|坚持|继续|深化|全面|积极|切实|认真|严格|要[把以在]|按照|围绕|优化|完善|建立|推进|提高|深入|稳步|今年|各级|我们|去年|当前|努力|扎实|充分|做好|抓好|着力|强化"
)


def _unglue(text: str, start: int, end: int) -> int:
    """The end of a heading glued to its paragraph: before the next opening verb.

    A heading has one or two clauses of 5 to 16 characters; the paragraph behind it
    begins like a paragraph.
    """
    comma = text.find(",", start, start + 20)
    clause = comma + 1 if comma >= 0 else start
    found = _BODY.search(text, clause + 5, min(end, clause + 22))
    return found.start() if found else end
