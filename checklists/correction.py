"""A checklist as a small file that people correct, and back.

The file is Markdown. Each entry is a heading and the report's own words below it::

    ## P1 法治政府建设发展不均衡
    法治政府建设发展不均衡,个别县(市)区法治政府建设未达标。

Taking a heading away merges an entry into the one above, a new heading splits one,
taking both away drops it, and the heading's words are its title. ``P`` entries are
problems, ``W`` entries plans; their numbers are given anew by their place. The words
below a heading must stand in the report as they are: that is how each entry keeps
its exact place.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, pairwise
from typing import TypeVar

from checklists.document import N_, Document, DocumentError
from checklists.progress import least
from checklists.report import Checklist, Entry, links
from checklists.terms import deadline, kind, units
from checklists.view import view

Value = TypeVar("Value")
SUFFIX = ".checklist.md"
_SOURCE = re.compile(
    r"<!-- checklist of (?P<name>.+) sha256:(?P<digest>[0-9a-f]{64}) -->"
)
_HEADING = re.compile(r"##[ \t]+(?P<list>[PW])(?P<number>\d*)[ \t]*(?P<title>.*)")
_SPACE = re.compile(r"\s+")
_BLANK = re.compile(r"\n[ \t]*\n")
_LARGEST = 4 << 20

HEAD = N_(
    "Correct the entries below; what stands before the first heading is left alone.\n"
    "Take a heading away to merge its entry into the one above, add a heading\n"
    "(## P or ## W) to split one, take heading and words away to drop one, change a\n"
    "heading's words to give another title. The words must be the report's own."
)


class Change(StrEnum):
    """What a person made of an entry."""

    RETITLED = "retitled"
    ADDED = "added"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Correction:
    """One difference between what was derived and what a person made of it.

    ``start`` and ``end`` are code points of the document's text.
    """

    change: Change
    list: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """The document a checklist file is about: its name and SHA-256."""

    name: str
    digest: str


def written(checklist: Checklist, head: str = HEAD) -> str:
    """``checklist`` as a file to be corrected."""
    document = checklist.document
    parts = [
        f"<!-- checklist of {document.name} sha256:{document.sha256} -->",
        "",
        *(f"> {line}" for line in head.splitlines()),
        "",
    ]
    for entry in (*checklist.problems, *checklist.plans):
        words = "\n".join(line.strip() for line in entry.text.splitlines())
        parts += [f"## {entry.id} {entry.title}", "", words, ""]
    return "\n".join(parts)


def source_of(text: str) -> Source | None:
    """The document that ``text`` is a checklist file of; ``None`` when it is none."""
    found = _SOURCE.match(text.lstrip("\ufeff"))
    return Source(found["name"], found["digest"]) if found else None


def corrected(
    text: str, derived: Checklist
) -> tuple[Checklist, tuple[Correction, ...]]:
    """The checklist that the file ``text`` makes of ``derived``, and what changed.

    Raises:
        DocumentError: the file is of another document, an entry has no words, its
            words do not stand in the report, or two entries overlap.
    """
    document = derived.document
    source = source_of(text)
    if source is None or source.digest != document.sha256 or len(text) > _LARGEST:
        raise DocumentError(
            N_("This is no checklist file of {name}."),
            N_("Its first line names another document, or none."),
            N_("Make one with: ledger derive {name} --edit"),
            name=document.name,
        )
    finder = _Finder(document)
    lists: dict[str, list[Entry]] = {"P": [], "W": []}
    before = {
        (entry.id[0], entry.start, entry.end): entry
        for entry in (*derived.problems, *derived.plans)
    }
    for letter, title, words in _entries(text):
        start, end = finder.span(words, title)
        known = before.get((letter, start, end))
        lists[letter].append(
            replace(known, title=title or known.title)
            if known is not None
            else _entry(
                document, start, end, title, _within(derived, letter, start, end)
            )
        )
    problems, plans = (
        _numbered(document, letter, lists[letter]) for letter in ("P", "W")
    )
    after = {
        (entry.id[0], entry.start, entry.end): entry for entry in (*problems, *plans)
    }
    checklist = replace(
        derived, problems=problems, plans=plans, links=links(problems, plans)
    )
    return checklist, tuple(_differences(before, after))


def _entries(text: str) -> list[tuple[str, str, str]]:
    """List letter, title and words of each entry of the file."""
    found: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        heading = _HEADING.fullmatch(line.strip())
        if heading is not None:
            found.append((heading["list"], heading["title"].strip(), []))
        elif found:
            found[-1][2].append(line)
    return [(letter, title, "\n".join(lines)) for letter, title, lines in found]


class _Finder:
    """Finds words in the document whatever became of its white space."""

    def __init__(self, document: Document) -> None:
        self._places = [
            place
            for place, character in enumerate(document.text)
            if not character.isspace()
        ]
        self._text = "".join(document.text[place] for place in self._places)
        self._after = 0

    def span(self, words: str, title: str) -> tuple[int, int]:
        """From the first to the last of the paragraphs, each found after the other.

        What stands between two of them in the report (a mark such as 二是) belongs
        to the entry: so it is when two entries are merged.
        """
        paragraphs = [part for part in _BLANK.split(words) if part.strip()] or [""]
        spans = [self._find(paragraph, title) for paragraph in paragraphs]
        return min(start for start, _ in spans), max(end for _, end in spans)

    def _find(self, words: str, title: str) -> tuple[int, int]:
        """The span of ``words``; the next after the entry before, where it repeats."""
        sought = _SPACE.sub("", words)
        if not sought:
            raise DocumentError(
                N_("The entry {title} has no words."),
                N_("Below each heading stand the report's own words."),
                N_("Write them there, or take the heading away."),
                title=title or "—",
            )
        place = self._text.find(sought, self._after)
        if place < 0:
            place = self._text.find(sought)
        if place < 0:
            raise DocumentError(
                N_("The words of {title} do not stand in the report."),
                N_("They begin: {words}"),
                N_("Copy them from the report; ledger derive --dump-text prints it."),
                title=title or "—",
                words=words.strip()[:60],
            )
        self._after = place + len(sought)
        return self._places[place], self._places[self._after - 1] + 1


def _entry(
    document: Document, start: int, end: int, title: str, merged: Sequence[Entry]
) -> Entry:
    """The entry of a span, with what was stated of those that are ``merged`` in it."""
    words = view(document.text[start:end]).text
    status = least([entry.status.status for entry in merged if entry.status])
    return Entry(
        id="",
        title=title or document.text[start:end].split("\n")[0][:60],
        text=document.text[start:end],
        start=start,
        end=end,
        line=document.line(start),
        due=_same([entry.due for entry in merged]) if merged else deadline(words, None),
        units=_all(entry.units for entry in merged) if merged else units(words),
        kind=_same([entry.kind for entry in merged]) if merged else kind(words),
        measures=_all(entry.measures for entry in merged),
        confidence=1.0,
        rule="corrected by hand",
        place=document.place(start),
        target="\n".join(_all([entry.target] for entry in merged if entry.target))
        or None,
        status=next(
            (
                one.status
                for one in merged
                if one.status and one.status.status is status
            ),
            None,
        ),
        result="\n".join(_all([entry.result] for entry in merged if entry.result))
        or None,
        people=_all(entry.people for entry in merged),
        answers=_same([entry.answers for entry in merged]),
    )


def _within(derived: Checklist, letter: str, start: int, end: int) -> list[Entry]:
    """The derived entries that stand in a span."""
    entries = derived.problems if letter == "P" else derived.plans
    first = bisect_left(entries, start, key=lambda entry: entry.start)
    last = bisect_right(entries, end, key=lambda entry: entry.end)
    return list(entries[first:last])


def _all(parts: Iterable[Iterable[Value]]) -> tuple[Value, ...]:
    """Everything in ``parts``, each thing once."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def _same(parts: Sequence[Value | None]) -> Value | None:
    """What all of ``parts`` are, if they are the same."""
    return parts[0] if parts and all(part == parts[0] for part in parts) else None


def _numbered(
    document: Document, letter: str, entries: Sequence[Entry]
) -> tuple[Entry, ...]:
    ordered = sorted(entries, key=lambda entry: entry.start)
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise DocumentError(
                N_("Two entries overlap: {one} and {other}."),
                N_("The same words of {name} stand below both headings."),
                N_("Take them away from one of the two."),
                one=earlier.title,
                other=later.title,
                name=document.name,
            )
    return tuple(
        replace(entry, id=f"{letter}{number}")
        for number, entry in enumerate(ordered, 1)
    )


def _differences(
    before: dict[tuple[str, int, int], Entry], after: dict[tuple[str, int, int], Entry]
) -> list[Correction]:
    changes = [
        Correction(Change.DROPPED, letter, entry.title, start, end)
        for (letter, start, end), entry in before.items()
        if (letter, start, end) not in after
    ]
    for (letter, start, end), entry in after.items():
        known = before.get((letter, start, end))
        if known is None:
            changes.append(Correction(Change.ADDED, letter, entry.title, start, end))
        elif known.title != entry.title:
            changes.append(Correction(Change.RETITLED, letter, entry.title, start, end))
    return sorted(changes, key=lambda change: (change.list, change.start))
