"""What a sync costs in time at a slow server, with the calls counted.

``python -m tests.benchmarks.syncing [ITEMS]`` prints the table (default 1,000). The
fake server runs in a process of its own and answers each request 200 ms late, so
that the waiting counts and not the machine: this is wall-clock time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.harness import Measured, table
from tests.fakes.client import FakeGitea
from tests.fakes.fixtures import PEOPLE
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, add_many, gitea_place

LATENCY = 0.2
WORKERS = 4
ITEMS = 1000


def sync_costs(folder: Path, items: int = ITEMS) -> Iterator[Measured]:
    """Creating ``items`` issues: seconds beside N·L ÷ workers."""
    fake = FakeGitea()
    try:
        fake.reset(users=PEOPLE)
        office = Office.begin(folder / "ledger")
        # A real ledger waits for the disk at each step.
        office.ledger.store.connection.execute("PRAGMA synchronous = FULL")
        desk = Desk.set_up(office, gitea_place(fake))
        add_many(office, 1)
        desk.sync()
        add_many(office, items)
        fake.latency(LATENCY)
        fake.forget_calls()
        began = time.monotonic()
        report = desk.sync(yes=True)
        took = time.monotonic() - began
        assert report.counts["created"] == items, report.to_json()
        assert sum(fake.calls().values()) == items + 2
        fake.latency(0.0)
        office.ledger.close()
    finally:
        fake.stop()
    name = f"{items:,} creates at {LATENCY * 1000:.0f} ms"
    yield Measured(
        f"sync, {name}, {WORKERS} workers", took, items * LATENCY / WORKERS, 1.25
    )


def main(items: int) -> int:
    """Print the table; 1 when a budget is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        measured = list(sync_costs(Path(folder), items))
    sys.stdout.write("\n".join([*table(measured), ""]))
    return 0 if all(one.kept for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if sys.argv[1:] else ITEMS))
