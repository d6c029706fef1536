"""Seals: the head of the journal, kept where nobody of the ledger can change it.

An audit alone cannot see that a journal was cut short, or written anew from its
first line. A seal taken before can: the ledger that extends it has, at the sealed
number, the sealed hash, and with it every entry before. A seal does not say that
what it seals was right, only that it stood so.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.book import Ledger
from ledger.clock import stamp
from ledger.errors import N_, Message, UsageProblem
from ledger.storage.sqlite import damage_named
from ledger.storage.whole import new_file

SCHEMA = "seal/1"
_LARGEST = 1 << 16
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Seal:
    """``count`` entries of the ledger ``ledger`` end in ``head``, recorded ``at``.

    ``sealed_at`` is the moment of the sealing; both moments are the journal's text.
    """

    ledger: str
    count: int
    head: str
    at: str
    sealed_at: str


def seal(ledger: Ledger) -> Seal:
    """The seal of ``ledger`` as it stands."""
    with damage_named(ledger.store.path):
        head = ledger.store.journal.head()
    return Seal(ledger.id, head.seq, head.hash, head.at, stamp(ledger.clock.now()))


def document(sealed: Seal) -> dict[str, Any]:
    """``seal/1``."""
    return {
        "schema": SCHEMA,
        "ledger": sealed.ledger,
        "count": sealed.count,
        "head": sealed.head,
        "at": sealed.at,
        "sealed_at": sealed.sealed_at,
    }


def write_seal(sealed: Seal, path: Path) -> None:
    """Write ``sealed`` to the new file ``path``."""
    with new_file(path) as file:
        file.write(json.dumps(document(sealed), indent=2).encode() + b"\n")


def read_seal(path: Path) -> Seal:
    """The seal that stands in the file ``path``.

    Raises:
        UsageProblem: the file cannot be read or is no seal.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise _no_seal(path, Message("{error}.", error=error.strerror)) from error
    try:
        data = json.loads(content) if len(content) <= _LARGEST else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.pop("schema", None) != SCHEMA:
        raise _no_seal(path, Message(N_("It does not hold seal/1.")))
    texts = [data.get(name) for name in ("ledger", "head", "at", "sealed_at")]
    count = data.get("count")
    if (
        not all(isinstance(text, str) for text in texts)
        or not _HASH.fullmatch(str(data["head"]))
        or not all(_TIME.fullmatch(str(data[name])) for name in ("at", "sealed_at"))
        or isinstance(count, bool)
        or not isinstance(count, int)
        or count < 1
    ):
        raise _no_seal(path, Message(N_("A value in it is none that a seal has.")))
    return Seal(
        **{name: data[name] for name in ("ledger", "count", "head", "at", "sealed_at")}
    )


def _no_seal(path: Path, why: Message) -> UsageProblem:
    return UsageProblem(
        N_("{path} is no seal."),
        "{why}",
        N_("Name a file that ledger seal --out FILE wrote."),
        path=path,
        why=why,
    )
