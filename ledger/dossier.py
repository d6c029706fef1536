"""One item, one dossier (一案一档): what an auditor needs to prove one closing.

A folder, written whole or not at all, never over another: the dossier as Markdown
and as HTML, copies of the evidence, the item's journal entries as they were hashed
(``entries.jsonl``), and the hashes from its first entry to the head (``path.txt``).
With ``chain`` also the whole journal (``journal.jsonl``), other items' entries too:
then the folder alone proves that this item's entries lead to the head.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ledger import journalfile
from ledger.book import Ledger
from ledger.directory import Directory
from ledger.errors import N_, Damaged, UsageProblem
from ledger.item import Item
from ledger.journal import FIRST_HASH, Event, event_of
from ledger.storage.journal import Head, Row
from ledger.storage.sqlite import damage_named
from ledger.storage.whole import taken

_CHUNK = 1 << 20
_SIGNED = ("request-closure", "verify.pass", "close")
_UNFIT = re.compile(r"[^\w.（）()-]+")


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the item: the event, its text, its hash and the hash before it."""

    event: Event
    body: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of the dossier: ``place`` below its folder; ``about`` says whose it is.

    ``evidence`` is the number of the evidence, ``None`` for a proposal's document.
    """

    place: str
    digest: str
    evidence: int | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of one item, at one moment.

    ``account`` is set when the ``people`` who requested, verified and closed it were
    several and all acted from one OS account: names were declared, not proved.
    """

    ledger: str
    item: Item
    directory: Directory
    steps: tuple[Step, ...]
    copies: tuple[Copy, ...]
    head: Head
    made: datetime
    people: int
    account: str | None
    refs: Mapping[str, str]


def gather(ledger: Ledger, ref: str) -> Dossier:
    """The dossier of the item ``ref`` means, as it stands now."""
    with damage_named(ledger.store.path), ledger.store.reading():
        item = ledger.find(ref)
        journal = ledger.store.journal
        steps = tuple(_steps(journal.rows(item=item.id), journal.hash_of))
        people, account = _signed(steps)
        return Dossier(
            ledger=ledger.id,
            item=item,
            directory=ledger.directory,
            steps=steps,
            copies=tuple(_copies(item, steps)),
            head=journal.head(),
            made=ledger.clock.now(),
            people=people,
            account=account,
            refs={item.id: item.ref, **_others(ledger, item)},
        )


def _steps(rows: Iterator[Row], hash_of: Callable[[int], str | None]) -> Iterator[Step]:
    for row in rows:
        before = hash_of(row.seq - 1) or FIRST_HASH
        yield Step(event_of(row.body), row.body, before, row.hash)


def _others(ledger: Ledger, item: Item) -> dict[str, str]:
    linked = (ledger.store.items.get(link.item) for link in item.links)
    return {other.id: other.ref for other in linked if other is not None}


def _signed(steps: tuple[Step, ...]) -> tuple[int, str | None]:
    """How many people the last closing had, and their one account if it was one."""
    acts: dict[str, tuple[str, str]] = {}
    closed: dict[str, tuple[str, str]] = {}
    for step in steps:
        event = step.event
        if event.kind in _SIGNED and event.person is not None:
            account = event.recorded_by.get("account", "")
            acts[event.kind] = (event.person, account)
        if event.kind == "close":
            closed = dict(acts)
    people = {person for person, _ in closed.values()}
    accounts = {account for _, account in closed.values()}
    one = len(people) > 1 and len(accounts) == 1
    return len(people), accounts.pop() if one else None


def _copies(item: Item, steps: tuple[Step, ...]) -> Iterator[Copy]:
    for kept in item.evidence:
        yield Copy(
            f"evidence/{kept.number:02d}-{file_name(kept.name)}",
            kept.digest,
            kept.number,
        )
    for step in steps:
        if step.event.kind in ("transfer.propose", "void.propose"):
            digest = step.event.data["document"]
            yield Copy(
                f"documents/{step.event.seq}-{digest[:12]}",
                digest,
                None,
                step.event.kind,
            )


def file_name(name: str) -> str:
    """``name`` as a file's name on any system: no separators, no odd signs, short."""
    return _UNFIT.sub("_", name).lstrip(".")[-70:] or "file"


def write(
    ledger: Ledger,
    dossier: Dossier,
    out: Path,
    *,
    pages: Mapping[str, str],
    chain: bool = False,
) -> None:
    """Write ``dossier`` with ``pages`` (text by file name) as the new folder ``out``.

    Raises:
        UsageProblem: something is there already, or it cannot be written.
        Damaged: a file of evidence is missing or changed.
    """
    if out.is_symlink() or out.exists():
        raise taken(out)
    coming = out.with_name(f".{out.name}-{secrets.token_hex(8)}")
    try:
        coming.mkdir()
        try:
            for name, text in pages.items():
                (coming / name).write_text(text, encoding="utf-8", newline="\n")
            for copy in dossier.copies:
                _copy(ledger, dossier.item, copy, coming / copy.place)
            _write_entries(dossier, coming / "entries.jsonl")
            _write_path(ledger, dossier, coming, chain=chain)
            if out.is_symlink() or out.exists():
                raise taken(out)
            coming.rename(out)
        finally:
            shutil.rmtree(coming, ignore_errors=True)
    except OSError as error:
        raise UsageProblem(
            N_("{path} cannot be written."),
            "{error}.",
            N_("Choose another place."),
            path=out,
            error=error.strerror or error,
        ) from error


def _copy(ledger: Ledger, item: Item, copy: Copy, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    digest = hashlib.sha256()
    try:
        with (
            ledger.evidence.path(copy.digest).open("rb") as source,
            target.open("xb") as written,
        ):
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                written.write(chunk)
    except FileNotFoundError:
        digest = hashlib.sha256()
    if digest.hexdigest() != copy.digest:
        raise Damaged(
            N_("No dossier of {ref} was written."),
            N_("The file {digest} is missing from the evidence folder or was changed."),
            N_("Put it back from a backup; see the others with: ledger audit"),
            ref=item.ref,
            digest=copy.digest,
        )


def _write_entries(dossier: Dossier, path: Path) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        for step in dossier.steps:
            entry = {"previous": step.previous, "body": step.body, "hash": step.hash}
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _write_path(ledger: Ledger, dossier: Dossier, folder: Path, *, chain: bool) -> None:
    """Number and hash of every entry from before the item's first to the head.

    With ``chain`` the whole journal up to the head too, as an export.
    """
    first, last = dossier.steps[0], dossier.head.seq
    whole = (folder / "journal.jsonl").open("xb") if chain else None
    try:
        with (
            damage_named(ledger.store.path),
            ledger.store.reading(),
            (folder / "path.txt").open("x", encoding="ascii", newline="\n") as file,
        ):
            file.write(f"{first.event.seq - 1} {first.previous}\n")
            since = None if chain else first.event.at
            for row in ledger.store.journal.rows(since=since):
                if first.event.seq <= row.seq <= last:
                    file.write(f"{row.seq} {row.hash}\n")
                if whole is not None and row.seq <= last:
                    whole.write(journalfile.line(row))
    finally:
        if whole is not None:
            whole.close()
