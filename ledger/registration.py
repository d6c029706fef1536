"""Putting entries on account: from a checklist, or one by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from ledger import assignment, clean
from ledger.book import Actor, Draft, Ledger, needed, new_id, require
from ledger.errors import N_, Refused
from ledger.item import Item, Kind, Role, Source
from ledger.plain import to_plain
from ledger.rules import Rules
from ledger.storage.items import source_key

if TYPE_CHECKING:
    from checklists import Checklist


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registration did: references put on account now, and known before."""

    added: tuple[str, ...]
    known: tuple[str, ...]


def register(
    ledger: Ledger,
    checklist: Checklist,
    actor: Actor,
    *,
    only: Kind | None = None,
    progress: Callable[[int], None] | None = None,
) -> Registered:
    """Put the entries of ``checklist`` on account; known ones stay as they are.

    Raises:
        Refused: the checklist has no entry, or the actor is no supervisor.
    """
    entries = [
        (kind, listed)
        for kind, part in (
            (Kind.FINDING, checklist.problems),
            (Kind.PLAN, checklist.plans),
        )
        if only in (None, kind)
        for listed in part
    ]
    if not entries:
        raise Refused(
            N_("{name} has nothing to register."),
            N_("No problem and no plan was found in it."),
            N_("See what was read with: ledger derive {name} --dump-text"),
            name=checklist.document.name,
        )
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
        today = ledger.today(directory.rules)
        year = checklist.year or (checklist.published or today).year
        sources = {
            listed.id: Source(
                document=checklist.document.sha256,
                name=_short(checklist.document.name),
                entry=listed.id,
                start=listed.start,
                end=listed.end,
                line=listed.line,
                title=checklist.title,
                issuer=checklist.issuer,
                year=checklist.year,
                published=checklist.published,
                place=listed.place,
            )
            for _, listed in entries
        }
        keys = {
            listed.id: source_key(sources[listed.id], kind) for kind, listed in entries
        }
        known = ledger.store.items.of_source(keys.values())
        items = {
            name: known[key][0] if key in known else new_id(ledger.clock)
            for name, key in keys.items()
        }
        answers: dict[str, list[dict[str, str]]] = {}
        for link in checklist.links:
            if link.problem in items and link.plan in items:
                answers.setdefault(link.plan, []).append(
                    {"relation": "answers", "item": items[link.problem]}
                )
        numbers = _Numbers(ledger, directory.rules)
        drafts, added = [], []
        for kind, listed in entries:
            if keys[listed.id] in known:
                continue
            number, ref = numbers.next(year)
            added.append(ref)
            data = {
                "ref": ref,
                "year": year,
                "number": number,
                "kind": kind.value,
                "title": clean.text(listed.title),
                "text": listed.text,
                "registered_on": today.isoformat(),
                "supervising": actor.person.unit if actor.person else None,
                "source": to_plain(sources[listed.id]),
            }
            if listed.id in answers:
                data["links"] = answers[listed.id]
            drafts.append(Draft("register", data, actor, items[listed.id]))
            if progress is not None:
                progress(1)
        if drafts:
            ledger.record(drafts, directory)
    return Registered(tuple(added), tuple(ref for _, ref in known.values()))


def add(
    ledger: Ledger,
    actor: Actor,
    *,
    title: str,
    text: str,
    origin: str,
    kind: Kind = Kind.MANUAL,
    year: int | None = None,
) -> Item:
    """Put one item on account by hand; ``origin`` says where it comes from."""
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
        today = ledger.today(directory.rules)
        number, ref = _Numbers(ledger, directory.rules).next(year or today.year)
        item = new_id(ledger.clock)
        data = assignment.stated(
            {
                "ref": ref,
                "year": year or today.year,
                "number": number,
                "kind": kind.value,
                "title": needed(title, "title"),
                "text": clean.text(text) or clean.text(title),
                "category": needed(origin, "origin"),
                "registered_on": today,
                "supervising": actor.person.unit if actor.person else None,
            }
        )
        ledger.record([Draft("register", data, actor, item)], directory)
        return ledger.find(item)


def _short(name: str) -> str:
    """The file's own name; an address is kept whole. Folders are of one machine."""
    return name if "://" in name else PurePath(name).name


class _Numbers:
    """Gives out references: gap-free within a year, never one twice."""

    def __init__(self, ledger: Ledger, rules: Rules) -> None:
        self._ledger = ledger
        self._prefix, self._width = rules["prefix"], int(rules["width"])
        self._last: dict[int, int] = {}

    def next(self, year: int) -> tuple[int, str]:
        if year not in self._last:
            self._last[year] = self._ledger.store.items.last_number(year)
        self._last[year] += 1
        number = self._last[year]
        return number, f"{self._prefix}-{year}-{number:0{self._width}d}"
