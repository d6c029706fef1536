"""How long looking takes: start-up, ``status`` and ``list`` on ledgers of all sizes.

``python -m tests.benchmarks.looking [ITEMS…]`` prints the table of ratios; the
budgets are those of the design. The large ledger has 1,000,000 items unless another
number is given first; it takes a minute to make and some 2 GB of disk.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ledger.storage.figures import CELLS
from tests.benchmarks.filled import TODAY, filled
from tests.benchmarks.harness import PASS, Measured, best_of, ledger, table

SMALL, LARGE = 10_000, 1_000_000


def start_up(folder: Path, runs: int = 30) -> Iterator[Measured]:
    """A cold ``ledger --version`` and ``ledger status`` beside an empty interpreter."""
    place = str(filled(folder / "small", SMALL))
    best = best_of(
        {
            "pass": PASS,
            "version": ledger("--version"),
            "status": ledger("status", "--ledger", place),
        },
        runs,
    )
    yield Measured("ledger --version", best["version"], best["pass"], 6)
    yield Measured(
        f"ledger status, {SMALL:,} items, cold", best["status"], best["pass"], 8
    )


def grown(folder: Path, large: int = LARGE, runs: int = 5) -> Iterator[Measured]:
    """``status`` beside SQLite's own shell, and a page of ``list``, on a large ledger."""
    one = str(filled(folder / "one", 1))
    small = str(filled(folder / "small-list", SMALL))
    place = filled(folder / "large", large)
    page = ("list", "--limit", "50")
    commands = {
        "start": ledger("status", "--ledger", one),
        "status": ledger("status", "--ledger", str(place)),
        "small page": ledger(*page, "--ledger", small),
        "large page": ledger(*page, "--ledger", str(place)),
    }
    shell = shutil.which("sqlite3")
    if shell is not None:
        query = CELLS.replace("?", f"'{TODAY}'")
        commands["shell"] = (shell, "-readonly", str(place / "ledger.db"), query)
    best = best_of(commands, runs)
    if shell is not None:
        yield Measured(
            f"ledger status, {large:,} items, less start-up",
            best["status"],
            best["shell"],
            2,
            allowance=best["start"],
        )
    yield Measured(
        f"ledger list --limit 50, {large:,} items beside {SMALL:,}",
        best["large page"],
        best["small page"],
        1.2,
    )


def main(large: int) -> int:
    """Print the table; 1 when a budget is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        measured = [*start_up(Path(folder)), *grown(Path(folder), large)]
    print("\n".join(table(measured)))
    return 0 if all(one.kept for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if sys.argv[1:] else LARGE))
