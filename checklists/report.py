"""A document's tree becomes a checklist: problems, plans, and what they state.

:func:`derive` is pure: the same document always gives the same checklist, and
every entry's ``text`` is ``document.text[entry.start:entry.end]``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from checklists.announcements import (
    announced,
    in_the_end,
    labels_of_paragraphs,
    list_of_faults,
    ordered,
    plans_after,
)
from checklists.claims import claims
from checklists.coverage import cover
from checklists.document import Document, Note
from checklists.entries import PLAN, PROBLEM, Piece
from checklists.fields import Field, Says
from checklists.findings import fields_alone, findings, is_rectification
from checklists.front import Front, front
from checklists.headings import Topic
from checklists.marks import mark_at
from checklists.outline import Section, sections
from checklists.passages import HEADING, Found, section_topic, under_headings
from checklists.progress import Reported, Status
from checklists.statements import Duty, NamedPerson, Statement, statements
from checklists.tables import rows
from checklists.terms import Due, Kind, NamedUnit, Role, deadline, kind, units
from checklists.turns import cut_against
from checklists.view import View, view
from checklists.workreport import coming_year, is_work_report

__all__ = [
    "Checklist",
    "Due",
    "Duty",
    "Entry",
    "Kind",
    "Link",
    "NamedPerson",
    "NamedUnit",
    "Note",
    "Reported",
    "Role",
    "Status",
    "derive",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem (``P1`` …) or plan (``W1`` …) with its exact place.

    ``start`` and ``end`` are code points of the document's text, ``line`` counts
    from 1, ``place`` is the place in the original (page, cell) where there is one.
    ``rule`` names the path that found the entry and ``confidence`` (0 to 1) how
    far to trust it. ``due``, ``kind`` and ``units`` are what the text states.
    """

    id: str
    title: str
    text: str
    start: int
    end: int
    line: int
    due: Due | None
    units: tuple[NamedUnit, ...]
    kind: Kind | None
    measures: tuple[str, ...]
    confidence: float
    rule: str
    place: str | None
    target: str | None = None
    status: Reported | None = None
    result: str | None = None
    people: tuple[NamedPerson, ...] = ()
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A plan that answers a problem: how well (0 to 1), and by which shared words.

    A plan that stands with its problem answers it (1, by no words).
    """

    problem: str
    plan: str
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a document says is wrong and what it will do; what it does not state is ``None``."""

    document: Document
    title: str | None
    issuer: str | None
    year: int | None
    published: date | None
    problems: tuple[Entry, ...]
    plans: tuple[Entry, ...]
    links: tuple[Link, ...]
    warnings: tuple[Note, ...]

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The problems that no plan answers."""
        answered = {link.problem for link in self.links}
        return tuple(entry.id for entry in self.problems if entry.id not in answered)

    @property
    def unanswering(self) -> tuple[str, ...]:
        """The plans that answer no listed problem."""
        answering = {link.plan for link in self.links}
        return tuple(entry.id for entry in self.plans if entry.id not in answering)


def derive(document: Document) -> Checklist:
    """Read problems, plans and their links out of ``document``; never raises."""
    source = view(document.text)
    head = front(source)
    root = sections(source, HEADING)
    entries: dict[str, list[Entry]] = {PROBLEM: [], PLAN: []}
    found = find(source, root, head)
    for each, said in zip(
        found, statements(document, source, root, found, head.title), strict=True
    ):
        kept = entries[each.piece.kind]
        identity = f"{_LETTER[each.piece.kind]}{len(kept) + 1}"
        entry = _entry(document, source, each, said, identity)
        if not kept or entry.start >= kept[-1].end:
            kept.append(entry)
    problems, plans = tuple(entries[PROBLEM]), tuple(entries[PLAN])
    first = next((e.piece.start for e in found if e.piece.kind == PROBLEM), 0)
    return Checklist(
        document,
        head.title,
        head.issuer,
        head.year,
        head.published,
        problems,
        plans,
        links(problems, plans),
        (
            *document.notes,
            *claims(
                source,
                len(problems),
                len(plans),
                first=first,
                whole=is_rectification(source, head.title),
            ),
        ),
    )


def links(problems: Sequence[Entry], plans: Sequence[Entry]) -> tuple[Link, ...]:
    """Which plans answer which problems: those that stand with them, then by words."""
    place = {problem.start: problem.id for problem in problems}
    found = [
        Link(place[plan.answers], plan.id, 1.0, ())
        for plan in plans
        if plan.answers in place
    ]
    settled = {link.plan for link in found}
    for match in cover(
        [(e.title, e.text) for e in problems], [(e.title, e.text) for e in plans]
    ):
        problem, plan = problems[match.problem].id, plans[match.plan].id
        if plan not in settled:
            found.append(Link(problem, plan, match.score, match.terms))
    return tuple(found)


# A notice that calls on others to look for problems has none of its own.
_CALLS = re.compile(
    r"关于(?:组织|集中|认真|切实|深入|全面|进一步)*(?:开展|做好|加强|举办|召开|报送|申报|征集|填报)[^《》]{0,60}通知\Z"
)


_RULES = re.compile(
    r"(?<!整改)(?<!销号)(?<!解决)(?:条例|办法|规定|规则|细则|章程)(?:\([^()]{1,12}\))?\Z"
)
_ARTICLES = re.compile(r"^ *第([一二三])条", re.MULTILINE)


def _is_rules(source: View, title: str) -> bool:
    """Whether the document lays down rules: 停车场管理办法 with 第一条, 第二条, 第三条."""
    numbers = set(_ARTICLES.findall(source.text[:6000]))
    return _RULES.search(title) is not None and numbers == set("一二三")


def find(source: View, root: Section, head: Front) -> list[Found]:
    """All entries of the document as pieces of its view, in order."""
    return sorted(
        (
            each
            for each in _find(source, root, head)
            if _WORD.search(source.text, each.piece.start, each.piece.end)
        ),
        key=lambda each: each.piece.start,
    )


_WORD = re.compile(r"\w")  # what is punctuation alone is no entry


def _find(source: View, root: Section, head: Front) -> list[Found]:
    title = head.title or source.text.lstrip().partition("\n")[0][:80].rstrip()
    if _CALLS.search(title) or _is_rules(source, title):
        return []
    if is_work_report(source, head.title):
        return _of_work_report(source, root)
    found = _named_by_plans(source, _by_structure(source, root, head))
    if not _heads(source, root, head):
        found = found or labels_of_paragraphs(source)
        if not _problems(found):
            checked = _CHECKED.search(head.title or source.text[:300]) is not None
            told = list_of_faults(source, root, checked=checked) or announced(
                source, root, 0, len(source.text)
            )
            found = [
                *(found or plans_after(source, told) or ordered(source, told)),
                *told,
            ]
    return found or in_the_end(source)


def _named_by_plans(source: View, found: list[Found]) -> list[Found]:
    """Cut plans in two that name the problem (针对……问题，……) where nothing else does."""
    if _problems(found):
        return found
    cuts = [cut_against(source, each.piece) for each in found]
    if sum(len(parts) > 1 for parts in cuts) < 2:  # noqa: PLR2004 (one is a way of speaking)
        return found
    return [
        replace(each, piece=part)
        for each, parts in zip(found, cuts, strict=True)
        for part in parts
    ]


def _of_work_report(source: View, root: Section) -> list[Found]:
    plans = coming_year(source, root)
    border = min((piece.start for piece, _ in plans), default=len(source.text))
    return [
        *announced(source, root, 0, border, sure=2.2),
        *(
            Found(piece, title, "coming year", piece.confidence)
            for piece, title in plans
        ),
    ]


def _by_structure(source: View, root: Section, head: Front) -> list[Found]:
    """What stands in tables, in findings, and under headings."""
    rectification = is_rectification(source, head.title)
    found = list(table_rows(source))
    if rectification:
        found += findings(source, root, head.title)
    headed = list(under_headings(source, root, head.year))
    if found and _only_sorted(source, found, headed):
        found = []
        headed = [each for each in headed if not _SUBJECT.match(each.title)]
    taken = sorted((each.piece.start, each.piece.end) for each in found)
    for each in headed:
        piece = each.piece
        before = bisect_right(taken, (piece.end - 1, len(source.text))) - 1
        beyond = before < 0 or taken[before][1] <= piece.start
        if not taken or (beyond and (piece.kind == PLAN or _LEFT.match(each.title))):
            found.append(each)
    if any(each.piece.answers is not None for each in found):
        # What is to be done stands with the problems: 工作要求 only drives at it.
        found = [each for each in found if not _DEMANDS.search(each.title)]
    if rectification and not _problems(found):
        alone = fields_alone(source)
        found += _problems(alone) if found else alone
    return found


# 关于预算编制方面的问题: names no problem, but sorts what was done about them.
_SUBJECT = re.compile(r"关于[^。;:\n]{1,16}方面的问题(?=[。\n]|\Z)")


def _only_sorted(source: View, found: list[Found], headed: list[Found]) -> bool:
    """Whether findings only sort by subject what was done about problems named before."""
    begun = found[0].piece.start
    return all(_SUBJECT.match(source.text, each.piece.start) for each in found) and any(
        each.piece.kind == PROBLEM and each.piece.end <= begun for each in headed
    )


# Behind the findings that were rectified, those that are not.
_LEFT = re.compile(r"(?:尚|仍|还)?未[^,。;]{0,6}(?:整改|完成|解决|销号)")
_CHECKED = re.compile(r"检查|抽查|自查|督查|督导|督察|普查|巡查|监测|评估|通报")
_DEMANDS = re.compile(r"(?:要求|保障(?:措施)?)\Z")


def _problems(found: list[Found]) -> list[Found]:
    return [each for each in found if each.piece.kind == PROBLEM]


_SHARED = frozenset({Says.MEASURES, Says.UNITS, Says.OWNER, Says.LEADER, Says.PROGRESS})
_PLAN_S_OWN = frozenset({Says.UNITS, Says.DUE, Says.KIND})


def table_rows(source: View) -> Iterator[Found]:
    """The problems and plans that stand in tables, with what their rows state."""
    problem: Piece | None = None  # whose further rows may follow
    stated: list[Field] = []
    for row in rows(source):
        if not row.more or problem is None:
            if problem is not None:
                yield _in_row(problem, stated)
            problem, stated = row.problem, list(row.fields)
        else:
            stated += (field for field in row.fields if field.says in _SHARED)
        if row.plan is not None:
            answers = row.problem is not None or row.more
            own = [
                field
                for field in row.fields
                if not answers or field.says in _PLAN_S_OWN
            ]
            plan = (
                replace(row.plan, answers=problem.start)
                if answers and problem
                else row.plan
            )
            yield _in_row(plan, own)
    if problem is not None:
        yield _in_row(problem, stated)


def _in_row(piece: Piece, stated: Sequence[Field]) -> Found:
    return Found(piece, "", "table", 0.9, tuple(stated))


def _heads(source: View, root: Section, head: Front) -> bool:
    """Whether a heading promises problems (then none are looked for elsewhere)."""
    return any(
        section_topic(source, section, head.year) in (Topic.PROBLEMS, Topic.BOTH)
        for section in root.walk()
        if section.bare
    )


_LETTER = {PROBLEM: "P", PLAN: "W"}
_CLAUSE = re.compile(r"[^,;。:!?\n]{1,60}")
_YEAR = re.compile(r"20[0-9]{2}(?=年)")


def _entry(
    document: Document, source: View, found: Found, said: Statement, identity: str
) -> Entry:
    piece = found.piece
    words = source.text[piece.start : piece.end]
    start, end = source.span(piece.start, piece.end)
    stated_in = f"{words};{said.context}" if said.context else words
    stated = _YEAR.findall(found.title)
    year = int(stated[-1]) if stated and piece.kind == PLAN else None
    mark = mark_at(source.text, piece.start, piece.end, opening=True)
    clause = _CLAUSE.search(words, mark.end - piece.start if mark else 0)
    first = piece.start + (clause.start() if clause else 0)
    last = piece.start + (clause.end() if clause else len(words))
    bracket = source.text.rfind("(", first + 1, last)
    if bracket > source.text.rfind(")", first, last):  # (如: breaks off inside
        last = bracket
    title_start, title_end = source.span(first, last)
    return Entry(
        id=identity,
        title="".join(document.text[title_start:title_end].split("\n")).strip(
            " \r\u3000*"
        ),
        text=document.text[start:end],
        start=start,
        end=end,
        line=document.line(start),
        due=deadline(stated_in, year)
        or deadline(said.further, year)
        or _still_due(said, year),
        units=units(stated_in) or units(said.further),
        kind=kind(stated_in),
        measures=said.measures,
        confidence=min(found.confidence, piece.confidence),
        rule=f"{found.rule}, {piece.rule}",
        place=document.place(start),
        target=said.target,
        status=said.status,
        result=said.result,
        people=said.people,
        answers=None if piece.answers is None else source.origin(piece.answers),
    )


def _still_due(said: Statement, year: int | None) -> Due | None:
    """The deadline in the progress of what is under way: 剩余3处计划6月底前完工."""
    if said.result is None or said.status is None:
        return None
    if said.status.status is Status.DONE:
        return None
    return deadline(view(said.result).text, year)
