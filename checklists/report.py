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
from checklists.entries import split
from checklists.front import Front, front
from checklists.outline import sections
from checklists.passages import HEADING, Passage, passages
from checklists.terms import Due, Kind, NamedUnit, Role, deadline, kind, units
from checklists.view import View, view

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
    head = front(source, document.name)
    root = sections(source, HEADING)
    found: dict[str, list[Entry]] = {"problem": [], "plan": []}
    for passage in passages(source, root, head.year):
        entries = found[passage.kind]
        for piece in split(source, passage.start, passage.end, passage.kind):
            start, end = source.span(piece.start, piece.end)
            if entries and start < entries[-1].end:
                continue
            number = len(entries) + 1
            entries.append(
                _entry(document, source, (piece.start, piece.end), passage, head,
                       f"{'P' if passage.kind == 'problem' else 'W'}{number}",
                       f"{passage.rule}, {piece.rule}", min(passage.confidence, piece.confidence))
            )  # fmt: skip
    problems, plans = tuple(found["problem"]), tuple(found["plan"])
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


_CLAUSE = re.compile(r"[^,;。:!?\n]{1,60}")
_YEAR = re.compile(r"20[0-9]{2}(?=年)")


def _entry(
    document: Document,
    source: View,
    span: tuple[int, int],
    passage: Passage,
    head: Front,
    identity: str,
    rule: str,
    confidence: float,
) -> Entry:
    words = source.text[span[0] : span[1]]
    start, end = source.span(*span)
    stated = _YEAR.search(passage.title)
    year = int(stated[0]) if stated and passage.kind == "plan" else None
    clause = _CLAUSE.search(words)
    first = span[0] + (clause.start() if clause else 0)
    last = span[0] + (clause.end() if clause else len(words))
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
        confidence=confidence,
        rule=rule,
        place=document.place(start),
    )
