"""How many entries are lost or invented when a report comes in another format.

Turns the labelled documents of ``../shared/reports`` into each format, derives
them, and counts errors against the labels (text without white space, similarity
at least 0.8, one to one), beside those on the plain text::

    python -m tests.benchmarks.formats.entries [--format pdf] [--show] [FOLDER]

Exit code 1 when a format costs more errors than issue 3 allows.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from checklists import Document, DocumentError, derive, read_document
from tests.benchmarks.formats.survival import FORMATS, REPORTS, convert, squeezed

SIMILAR = 0.8
FURTHER = dict.fromkeys(FORMATS, 5) | {"pdf": 10}
"""Errors that a format may cost in all, beyond those on plain text."""


def matches(found: Sequence[str], expected: Sequence[str]) -> int:
    """How many of ``expected`` have a partner of their own among ``found``."""
    left = [squeezed(text) for text in found]
    count = 0
    for text in map(squeezed, expected):
        best = max(left, key=lambda other: similarity(text, other), default=None)
        if best is not None and similarity(text, best) >= SIMILAR:
            left.remove(best)
            count += 1
    return count


def similarity(one: str, other: str) -> float:
    """0 to 1; texts of too different a length are not looked at."""
    if 2 * min(len(one), len(other)) < SIMILAR * (len(one) + len(other)):
        return 0.0
    return 1.0 if one == other else SequenceMatcher(None, one, other, False).ratio()


def errors(document: Document, labels: dict[str, list[dict[str, str]]]) -> int:
    """Entries missed and invented."""
    checklist = derive(document)
    wrong = 0
    for kind, entries in (("problems", checklist.problems), ("plans", checklist.plans)):
        expected = [label["text"] for label in labels[kind]]
        found = [entry.text for entry in entries]
        hits = matches(found, expected)
        wrong += len(expected) - hits + len(found) - hits
    return wrong


def main() -> int:
    """Convert, derive, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=REPORTS)
    parser.add_argument("--format", action="append", choices=FORMATS, default=[])
    parser.add_argument("--show", action="store_true", help="name the documents")
    options = parser.parse_args()
    labelled = {}
    for path in sorted(options.folder.glob("*.spans.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        if not labels["doubtful"]:
            labelled[path.with_name(path.name.replace(".spans.json", ".txt"))] = labels
    if not labelled:
        sys.exit(f"There are no labelled documents in {options.folder}.")
    plain = {
        path: errors(read_document(path), labels) for path, labels in labelled.items()
    }
    print(f"{len(labelled)} documents; on plain text {sum(plain.values())} errors")
    failed = False
    with tempfile.TemporaryDirectory() as place:
        for form in options.format or FORMATS:
            folder = Path(place) / form
            folder.mkdir()
            convert(labelled, form, folder)
            further = 0
            for path, labels in labelled.items():
                try:
                    document = read_document(folder / f"{path.stem}.{form}")
                    count = errors(document, labels)
                except DocumentError as error:
                    print(f"{form} {path.stem}: {error}")
                    count = sum(len(labels[kind]) for kind in ("problems", "plans"))
                further += count - plain[path]
                if options.show and count != plain[path]:
                    print(f"  {form:5} {path.stem[:44]:44} {count - plain[path]:+}")
            failed |= further > FURTHER[form]
            print(f"{form:5} {further:+} further errors (allowed: {FURTHER[form]})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
