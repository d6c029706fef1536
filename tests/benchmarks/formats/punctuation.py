"""How many entries are lost or invented when the punctuation has the other width.

Swaps half-width for full-width punctuation and back in the labelled documents of
``../shared/reports`` (texts and labels alike), derives them, and counts errors beside
those on the documents as they stand::

    python -m tests.benchmarks.formats.punctuation [--show]

Exit code 1 when a swap costs more errors than issue 3 allows.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from checklists import Document, read_document
from tests.benchmarks.formats.entries import errors
from tests.benchmarks.formats.survival import REPORTS

FURTHER = 5
_HALF, _FULL = ",;:()!?", "，；：（）！？"
SWAPS = {
    "half to full": str.maketrans(_HALF, _FULL),
    "full to half": str.maketrans(_FULL, _HALF),
}


def swapped(text: str, table: dict[int, int]) -> str:
    """``text`` in the other width; between Latin digits and letters nothing changes."""
    kept = list(text.translate(table))
    for place in range(1, len(text) - 1):
        if text[place - 1].isascii() and text[place + 1].isascii():
            before, after = text[place - 1], text[place + 1]
            if before.isalnum() and after.isalnum():
                kept[place] = text[place]
    return "".join(kept)


def main() -> int:
    """Swap, derive, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="name the documents")
    options = parser.parse_args()
    if not REPORTS.is_dir():
        sys.exit(f"There are no labelled documents in {REPORTS}.")
    further = dict.fromkeys(SWAPS, 0)
    count = plain_errors = 0
    for path in sorted(REPORTS.glob("*.spans.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        if labels["doubtful"]:
            continue
        count += 1
        document = read_document(Path(str(path).replace(".spans.json", ".txt")))
        plain = errors(document, labels)
        plain_errors += plain
        for name, table in SWAPS.items():
            text = swapped(document.text, table)
            digest = hashlib.sha256(text.encode()).hexdigest()
            changed = {
                kind: [{"text": swapped(one["text"], table)} for one in labels[kind]]
                for kind in ("problems", "plans")
            }
            more = errors(Document(document.name, text, digest), changed) - plain
            further[name] += more
            if options.show and more:
                print(f"  {name} {path.stem[:44]:44} {more:+}")
    print(f"{count} documents; as they stand {plain_errors} errors")
    for name, more in further.items():
        print(f"{name}: {more:+} further errors (allowed: {FURTHER})")
    return int(max(further.values()) > FURTHER)


if __name__ == "__main__":
    sys.exit(main())
