"""Putting entries on account: from a checklist, or one by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from ledger import assignment, clean
from ledger.book import Actor, Draft, Ledger, needed, new_id, require
from ledger.errors import N_, Refused
from ledger.item import Item, Kind, Role, Source
from ledger.plain import to_plain
from ledger.rules import Rules
from ledger.stated import stated
from ledger.storage.items import Selection, source_key
from ledger.versions import Comparison, compare, earlier

if TYPE_CHECKING:
    from checklists import Checklist, Entry
    from checklists.correction import Correction


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
    version: Comparison | None = None,
    corrections: Sequence[Correction] = (),
    progress: Callable[[int], None] | None = None,
) -> Registered:
    """Put the entries of ``checklist`` on account; known ones stay as they are.

    With ``version``, the entries that it pairs with items become revisions of these:
    the first text stays, the new one is kept beside it. ``corrections`` are what a
    person made of the derived checklist; the journal keeps them under the actor.

    Raises:
        Refused: the checklist has no entry, or the actor is no supervisor.
    """
    entries = _entries(checklist, only)
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
        today = ledger.today(directory.rules)
        year = checklist.year or (checklist.published or today).year
        # All entries are looked up, also where some are registered only: a plan
        # answers a problem that is on account already.
        sources = {
            listed.id: _source(checklist, listed) for _, listed in _all(checklist)
        }
        keys = {
            listed.id: source_key(sources[listed.id], kind)
            for kind, listed in _all(checklist)
        }
        known = {
            **ledger.store.items.of_source(keys.values()),
            **_revised(ledger, checklist.document.sha256, year),
        }
        paired = version.entries if version else {}
        chosen = {listed.id for _, listed in entries}
        items = {
            name: paired[name].id
            if name in paired
            else known[key][0]
            if key in known
            else new_id(ledger.clock)
            for name, key in keys.items()
            if name in chosen or name in paired or key in known
        }
        answers: dict[str, list[dict[str, str]]] = {}
        for link in checklist.links:
            if link.problem in items and link.plan in items:
                answers.setdefault(link.plan, []).append(
                    {"relation": "answers", "item": items[link.problem]}
                )
        fresh = {
            items[name]
            for name in chosen
            if name not in paired and keys[name] not in known
        }
        numbers = _Numbers(ledger, directory.rules)
        drafts, added = [], []
        for kind, listed in entries:
            if keys[listed.id] in known:
                continue
            if listed.id in paired:
                drafts.append(
                    Draft(
                        "revise",
                        _revision(sources[listed.id], listed.text),
                        actor,
                        items[listed.id],
                    )
                )
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
            if (told := stated(listed, checklist.published)) is not None:
                data["stated"] = to_plain(told)
            if listed.id in answers:
                data["links"] = answers[listed.id]
            drafts.append(Draft("register", data, actor, items[listed.id]))
            if progress is not None:
                progress(1)
        drafts += [
            Draft(
                "link",
                {"relation": "answers", "other": said["item"]},
                actor,
                items[plan],
            )
            for plan, links in answers.items()
            for said in links
            if items[plan] not in fresh and said["item"] in fresh
        ]
        if drafts and corrections:
            drafts.insert(0, _corrected(checklist, corrections, actor))
        ledger.record(drafts, directory)
    seen = (
        *(item.ref for item in paired.values()),
        *(
            known[keys[name]][1]
            for name in keys
            if name in chosen and keys[name] in known
        ),
    )
    return Registered(tuple(added), seen)


def _entries(checklist: Checklist, only: Kind | None) -> list[tuple[Kind, Entry]]:
    """The entries to register, each with the kind of item it becomes."""
    entries = [entry for entry in _all(checklist) if only in (None, entry[0])]
    if not entries:
        raise Refused(
            N_("{name} has nothing to register."),
            N_("No problem and no plan was found in it."),
            N_("See what was read with: ledger derive {name} --dump-text"),
            name=checklist.document.name,
        )
    return entries


def _all(checklist: Checklist) -> list[tuple[Kind, Entry]]:
    return [
        *((Kind.FINDING, listed) for listed in checklist.problems),
        *((Kind.PLAN, listed) for listed in checklist.plans),
    ]


def _source(checklist: Checklist, listed: Entry) -> Source:
    return Source(
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


def _revised(ledger: Ledger, document: str, year: int) -> dict[str, tuple[str, str]]:
    """The items that have a revision from ``document``, by its source key."""
    return {
        f"{document}:{item.kind}:{seen.start}-{seen.end}": (item.id, item.ref)
        for item in ledger.select(Selection(year=year))
        for seen in item.revisions
        if seen.document == document
    }


def other_version(
    ledger: Ledger, checklist: Checklist, *, only: Kind | None = None
) -> Comparison | None:
    """The comparison with an earlier version on account, or ``None``."""
    if checklist.issuer is None or checklist.year is None:
        return None
    known = earlier(checklist, ledger.select(Selection(year=checklist.year)))
    return compare(checklist, known, only) if known else None


def _revision(source: Source, text: str) -> dict[str, object]:
    return {
        "document": source.document,
        "name": source.name,
        "start": source.start,
        "end": source.end,
        "line": source.line,
        "text": text,
    }


def _corrected(
    checklist: Checklist, corrections: Sequence[Correction], actor: Actor
) -> Draft:
    """The event that keeps who corrected what of a derived checklist."""
    changes = [
        {
            "change": one.change.value,
            "list": one.list,
            "title": one.title,
            "start": one.start,
            "end": one.end,
        }
        for one in corrections
    ]
    data = {"document": checklist.document.sha256, "changes": changes}
    return Draft("checklist.correct", data, actor)


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


@cache
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
