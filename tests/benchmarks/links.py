"""How well plans are matched to problems, against links labelled by hand.

``python -m tests.benchmarks.links [--show]`` prints precision and recall with n.
The links (``tests/data/coverage-links.json``) count the hand-made labels of
``../shared/reports``, so that only the matching is measured.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checklists.coverage import cover
from checklists.view import view
from tests.benchmarks.accuracy import REPORTS

LABELS = Path(__file__).resolve().parents[1] / "data" / "coverage-links.json"
_CLAUSE = re.compile(r"[^,;。:!?\n]{1,60}")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Links found and labelled of one document."""

    name: str
    found: frozenset[tuple[int, int]]
    labelled: frozenset[tuple[int, int]]


def measure(reports: Path = REPORTS) -> list[Agreement]:
    """Match the labelled entries of every document that has labelled links."""
    links: dict[str, list[tuple[int, int, str]]] = json.loads(
        LABELS.read_text(encoding="utf-8")
    )["links"]
    results = []
    for name, expected in links.items():
        spans = json.loads((reports / f"{name}.spans.json").read_text(encoding="utf-8"))
        problems, plans = (
            [_entry(span["text"]) for span in spans[kind]]
            for kind in ("problems", "plans")
        )
        found = frozenset(
            (match.problem + 1, match.plan + 1) for match in cover(problems, plans)
        )
        results.append(
            Agreement(name, found, frozenset((link[0], link[1]) for link in expected))
        )
    return results


def _entry(text: str) -> tuple[str, str]:
    words = view(text).text
    clause = _CLAUSE.search(words)
    return (clause[0] if clause else words), words


def rates(results: Sequence[Agreement]) -> tuple[int, int, int]:
    """Right, found and labelled links over all documents."""
    return (
        sum(len(each.found & each.labelled) for each in results),
        sum(len(each.found) for each in results),
        sum(len(each.labelled) for each in results),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument(
        "--show", action="store_true", help="show each link that is wrong or missing"
    )
    chosen = parser.parse_args(arguments)
    results = measure()
    for each in results:
        print(
            f"{each.name:44.44s} right {len(each.found & each.labelled)}  found {len(each.found)}  labelled {len(each.labelled)}"
        )
        if chosen.show:
            print(
                "      wrong",
                sorted(each.found - each.labelled),
                "missing",
                sorted(each.labelled - each.found),
            )
    right, found, labelled = rates(results)
    print(
        f"precision {right}/{found} = {right / found:.2f}   recall {right}/{labelled} = {right / labelled:.2f}   documents {len(results)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
