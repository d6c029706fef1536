"""The files that a ledger rests on: evidence, and the documents of proposals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.book import Ledger
from ledger.errors import N_, Damaged, UsageProblem
from ledger.item import Item
from ledger.journal import event_of
from ledger.storage.items import Selection
from ledger.storage.sqlite import damage_named


@dataclass(frozen=True, slots=True)
class Named:
    """A file that an item names; ``number`` is ``None`` for a proposal's document."""

    ref: str
    number: int | None
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A file and what is wrong with it: ``missing``, ``changed`` or nothing."""

    file: Named
    fault: str | None


def named_files(ledger: Ledger, items: Sequence[Item] | None = None) -> Iterator[Named]:
    """The files of ``items``, or of the whole ledger, item by item."""
    if items is None:
        items = ledger.select(Selection())
    documents: dict[str, list[tuple[str, str]]] = {}
    with damage_named(ledger.store.path):
        for row in ledger.store.journal.rows(
            kinds=("transfer.propose", "void.propose")
        ):
            digest = str(event_of(row.body).data["document"])
            documents.setdefault(row.item or "", []).append((row.kind, digest))
    for item in items:
        for kept in item.evidence:
            yield Named(item.ref, kept.number, kept.name, kept.digest)
        for kind, digest in documents.get(item.id, ()):
            yield Named(item.ref, None, kind, digest)


def check(ledger: Ledger, items: Sequence[Item] | None = None) -> Iterator[Checked]:
    """Hash every file again; each comes as soon as it is known."""
    for file in named_files(ledger, items):
        fault = next(ledger.evidence.faults([file.digest]), None)
        yield Checked(file, fault[1] if fault else None)


def evidence_file(ledger: Ledger, ref: str, number: int) -> Path:
    """Where evidence ``number`` of an item stands, its bytes proved.

    Raises:
        UsageProblem: the item has no such evidence.
        Damaged: the file is missing, or is not the one that was added.
    """
    item = ledger.find(ref)
    kept = next((kept for kept in item.evidence if kept.number == number), None)
    if kept is None:
        raise UsageProblem(
            N_("{ref} has no evidence {number}."),
            N_("It has {count} files."),
            N_("See them with: ledger evidence list {ref}"),
            ref=item.ref,
            number=number,
            count=len(item.evidence),
        )
    if next(ledger.evidence.faults([kept.digest]), None) is not None:
        raise Damaged(
            N_("Evidence {number} of {ref} is missing or was changed."),
            N_("Its file {digest} is not the one that was added."),
            N_(
                "Put it back from a backup; see the others with: ledger evidence verify"
            ),
            ref=item.ref,
            number=number,
            digest=kept.digest,
        )
    return ledger.evidence.path(kept.digest)
