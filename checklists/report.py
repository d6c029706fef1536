"""A document's tree becomes a checklist: problems, plans, and what they state.

:func:`derive` is pure: the same document always gives the same checklist, and
every entry's ``text`` is ``document.text[entry.start:entry.end]``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from checklists.coverage import cover
from checklists.document import Document
from checklists.entries import PLAN, PROBLEM
from checklists.front import Front, front
from checklists.headings import Topic
from checklists.outline import Section, sections
from checklists.passages import HEADING, Found, announced, section_topic, under_headings
from checklists.terms import Due, Kind, NamedUnit, Role, deadline, kind, units
from checklists.view import View, view
from checklists.workreport import coming_year, is_work_report

__all__ = ["Checklist", "Due", "Entry", "Kind", "Link", "NamedUnit", "Role", "derive"]


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


@dataclass(frozen=True, slots=True)
class Link:
    """A plan that answers a problem: how well (0 to 1), and by which shared words."""

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
    warnings: tuple[str, ...]

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
    for found in find(source, root, head):
        kept = entries[found.piece.kind]
        entry = _entry(
            document, source, found, f"{_LETTER[found.piece.kind]}{len(kept) + 1}"
        )
        if not kept or entry.start >= kept[-1].end:
            kept.append(entry)
    problems, plans = tuple(entries[PROBLEM]), tuple(entries[PLAN])
    links = tuple(
        Link(problems[match.problem].id, plans[match.plan].id, match.score, match.terms)
        for match in cover(
            [(e.title, e.text) for e in problems], [(e.title, e.text) for e in plans]
        )
    )
    return Checklist(
        document,
        head.title,
        head.issuer,
        head.year,
        head.published,
        problems,
        plans,
        links,
        (),
    )


def find(source: View, root: Section, head: Front) -> list[Found]:
    """All entries of the document as pieces of its view, in order."""
    if is_work_report(source, head.title):
        plans = coming_year(source, root)
        border = min((piece.start for piece, _ in plans), default=len(source.text))
        found = announced(source, root, 0, border, sure=2.2)
        found += [
            Found(piece, title, "coming year", piece.confidence)
            for piece, title in plans
        ]
        return found
    found = list(under_headings(source, root, head.year))
    if not any(each.piece.kind == PROBLEM for each in found) and not _heads(root, head):
        found += announced(source, root, 0, len(source.text))
    return sorted(found, key=lambda each: each.piece.start)


def _heads(root: Section, head: Front) -> bool:
    """Whether a heading promises problems (then none are looked for elsewhere)."""
    return any(
        section_topic(section, head.year) in (Topic.PROBLEMS, Topic.BOTH)
        for section in root.walk()
        if section.bare
    )


_LETTER = {PROBLEM: "P", PLAN: "W"}
_CLAUSE = re.compile(r"[^,;。:!?\n]{1,60}")
_YEAR = re.compile(r"20[0-9]{2}(?=年)")


def _entry(document: Document, source: View, found: Found, identity: str) -> Entry:
    piece = found.piece
    words = source.text[piece.start : piece.end]
    start, end = source.span(piece.start, piece.end)
    stated = _YEAR.findall(found.title)
    year = int(stated[-1]) if stated and piece.kind == PLAN else None
    clause = _CLAUSE.search(words)
    first = piece.start + (clause.start() if clause else 0)
    last = piece.start + (clause.end() if clause else len(words))
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
        due=deadline(words, year),
        units=units(words),
        kind=kind(words),
        measures=(),
        confidence=min(found.confidence, piece.confidence),
        rule=f"{found.rule}, {piece.rule}",
        place=document.place(start),
    )
