"""A corrected version of a registered report: what changed, entry by entry (pure).

A report is taken for another version of one on account when issuer and year are the
same and its bytes are not. Entries are paired by how much of their text agrees; a
pair is *same* when the text does, *changed* when at least :data:`ALIKE` of it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from ledger.item import Item, Kind

if TYPE_CHECKING:
    from checklists import Checklist, Entry

ALIKE = 0.6
"""The share of the text (difflib's ratio) from which two entries are one."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An item on account and the entry of the new version that it is."""

    item: Item
    entry: Entry


@dataclass(frozen=True, slots=True)
class Comparison:
    """The new version beside what is on account."""

    same: tuple[Pair, ...]
    changed: tuple[Pair, ...]
    added: tuple[tuple[Kind, Entry], ...]
    gone: tuple[Item, ...]
    before: str

    @property
    def entries(self) -> dict[str, Item]:
        """The item that each paired entry is, by the entry's id."""
        return {pair.entry.id: pair.item for pair in (*self.same, *self.changed)}


def earlier(checklist: Checklist, items: Iterable[Item]) -> list[Item]:
    """The items of earlier versions of the checklist's document.

    None when this very version is on account already.
    """
    found = [
        item
        for item in items
        if item.source is not None
        and checklist.issuer is not None
        and item.source.issuer == checklist.issuer
        and item.source.year == checklist.year
        and item.source.title == checklist.title
    ]
    seen = {document for item in found for document in _documents(item)}
    return [] if checklist.document.sha256 in seen else found


def _documents(item: Item) -> Iterable[str]:
    if item.source is not None:
        yield item.source.document
    for revision in item.revisions:
        yield revision.document


def compare(
    checklist: Checklist, items: Sequence[Item], only: Kind | None = None
) -> Comparison:
    """What the new version says beside ``items``, which came from an earlier one."""
    same: list[Pair] = []
    changed: list[Pair] = []
    added: list[tuple[Kind, Entry]] = []
    gone: list[Item] = []
    for kind, entries in (
        (Kind.FINDING, checklist.problems),
        (Kind.PLAN, checklist.plans),
    ):
        if only not in (None, kind):
            continue
        left = [item for item in items if item.kind is kind]
        texts = {item.id: _squeezed(latest(item)) for item in left}
        new = list(entries)
        same.extend(_alike(left, new, texts, 1.0))
        changed.extend(_alike(left, new, texts, ALIKE))
        added.extend((kind, entry) for entry in new)
        gone.extend(left)
    before = items[0].source.document if items and items[0].source else ""
    return Comparison(tuple(same), tuple(changed), tuple(added), tuple(gone), before)


def latest(item: Item) -> str:
    """The text of the item's entry in the latest version registered."""
    return item.revisions[-1].text if item.revisions else item.text


def _alike(
    left: list[Item], new: list[Entry], texts: dict[str, str], least: float
) -> Iterable[Pair]:
    """Pair off what agrees best first; what is paired leaves both lists."""
    scored = sorted(
        (
            (-agreement, place, number)
            for place, item in enumerate(left)
            for number, entry in enumerate(new)
            if (agreement := _ratio(texts[item.id], _squeezed(entry.text), least))
            >= least
        ),
    )
    items, entries = list(left), list(new)
    for _agreement, place, number in scored:
        item, entry = items[place], entries[number]
        if item in left and entry in new:
            left.remove(item)
            new.remove(entry)
            yield Pair(item, entry)


def _ratio(one: str, other: str, least: float) -> float:
    if one == other:
        return 1.0
    if least == 1.0:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()


def _squeezed(text: str) -> str:
    return "".join(text.split())
