"""The journal as a file that any program can check: one JSON object a line.

``{"body": text, "hash": hex}``: ``body`` is exactly the text that was hashed, so a
verifier needs a JSON parser and SHA-256 and nothing of this program
(``docs/journal.md``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ledger.book import Ledger
from ledger.storage.journal import Head, Row
from ledger.storage.sqlite import damage_named
from ledger.storage.whole import new_file


def line(row: Row) -> bytes:
    """One entry as a line of the file."""
    return (
        json.dumps({"body": row.body, "hash": row.hash}, ensure_ascii=False).encode()
        + b"\n"
    )


def lines(ledger: Ledger) -> Iterator[bytes]:
    """The whole journal, a line an entry, as it stands at one moment."""
    with damage_named(ledger.store.path), ledger.store.reading():
        for row in ledger.store.journal.rows():
            yield line(row)


def export(ledger: Ledger, path: Path) -> Head:
    """Write the journal to the new file ``path``; returns the head it ends in."""
    with damage_named(ledger.store.path), ledger.store.reading():
        head = ledger.store.journal.head()
        with new_file(path) as file:
            for row in ledger.store.journal.rows():
                file.write(line(row))
    return head
