"""What ``derive`` costs, as a ratio to one ``re.findall`` pass over the same text.

``python -m tests.benchmarks.deriving`` prints two ratios (budgets of DESIGN §10):
time of derive to one pass of a pattern that finds every mark, and time of derive
on twice the text to that on the text.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable

from checklists import Document, derive
from tests.benchmarks.accuracy import REPORTS
from tests.checklists import layouts

# The yardstick: one pass that finds marks and the ends of sentences.
YARDSTICK = re.compile(r"[（(]?[一二三四五六七八九十]+[、）)]|[0-9]+[.、]|[。；：！？]")
BUDGET = 40.0
_SHORT = 50_000  # characters; what takes milliseconds is disturbed most, and asked most
GROWTH = 2.3


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Processor time of the fastest of ``rounds`` runs."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def texts() -> dict[str, str]:
    """A rule-of-law report, a long one, and (where they are) all labelled reports."""
    one = layouts.plain(
        layouts.report(
            "存在的问题", "下一步工作打算", problem_lead=layouts.PROBLEM_LEADS[1]
        )
    )
    found = {"one report": one, "fifty reports in one": one * 50}
    if REPORTS.is_dir():
        paths = sorted(REPORTS.glob("*.txt"))
        found["labelled reports, one after the other"] = "\n".join(
            path.read_text(encoding="utf-8") for path in paths
        )
        for path in paths:
            if path.stem.startswith(("siping", "041")):
                found[path.stem] = path.read_text(encoding="utf-8")
    return found


def ratios(text: str) -> tuple[float, float]:
    """Time of derive to the yardstick, and of derive on ``2n`` to ``n``."""
    rounds = 30 if len(text) < _SHORT else 7
    once = seconds(lambda: derive(Document("x", text, "")), rounds)
    twice = seconds(lambda: derive(Document("x", text + "\n" + text, "")), rounds)
    return once / seconds(lambda: YARDSTICK.findall(text), rounds), twice / once


def main() -> int:
    """Print the table; exit 1 when a budget is not kept."""
    kept = True
    print(f"{'':44s} characters   × findall   time(2n)/time(n)")
    for name, text in texts().items():
        ratio, growth = ratios(text)
        kept = kept and ratio <= BUDGET and growth <= GROWTH
        print(f"{name:44.44s} {len(text):10d}   {ratio:9.1f}   {growth:16.2f}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
