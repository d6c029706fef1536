"""What a sync costs in time at a slow server, with the calls counted.

``python -m tests.benchmarks.syncing [ITEMS]`` prints the table (default 1,000). The
fake server runs in a process of its own and answers each request 200 ms late, so
that the waiting counts and not the machine: this is wall-clock time. Beside it stand
the seconds of processor time of the sync and of the fake, and what the same fake
takes at that moment when it is asked by loops that do nothing else: what a busy
machine adds is in both.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks.harness import Measured, table
from tests.fakes.client import FakeGitea, FakeJira, FakeProcess
from tests.fakes.fixtures import PEOPLE
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, Place, add_many, gitea_place
from tests.ledger.sync.jiraplace import jira_place

LATENCY = 0.2
WORKERS = 4
ITEMS = 1000
BUDGET = 1.25
_BARE = 200
"""Calls by which is measured what the machine and the fake take by themselves."""


def sync_costs(folder: Path, items: int = ITEMS) -> Iterator[Measured]:
    """Creating ``items`` issues: seconds beside N·L ÷ workers."""
    gitea = FakeGitea()
    try:
        gitea.reset(users=PEOPLE)
        calls = {
            "GET /repos/{repo}/issues": 1,
            "GET /repos/{repo}/issues/comments": 1,
            "POST /repos/{repo}/issues": items,
        }
        place = gitea_place(gitea)
        yield _created(folder / "gitea", gitea, place, items=items, calls=calls)
    finally:
        gitea.stop()
    jira = FakeJira()
    try:
        jira.reset(edition="cloud")
        calls = {
            "GET /myself": 1,
            "POST /search/jql": 1,
            "POST /issue/bulk": -(-items // 50),
        }
        place = jira_place(jira)
        yield _created(folder / "jira", jira, place, items=items, calls=calls)
    finally:
        jira.stop()


def _created(
    folder: Path, fake: FakeProcess, place: Place, *, items: int, calls: dict[str, int]
) -> Measured:
    """Create ``items`` issues by exactly these calls."""
    office = Office.begin(folder)
    # A real ledger waits for the disk at each step.
    office.ledger.store.connection.execute("PRAGMA synchronous = FULL")
    desk = Desk.set_up(office, place)
    add_many(office, 1)
    desk.sync()
    add_many(office, items)
    fake.latency(LATENCY)
    fake.forget_calls()
    began, ours, theirs = time.monotonic(), time.process_time(), fake.cpu()
    report = desk.sync(yes=True)
    took = time.monotonic() - began
    ours, theirs = time.process_time() - ours, fake.cpu() - theirs
    assert report.counts["created"] == items, report.to_json()
    assert fake.calls() == calls
    bare = _bare(fake) / (_BARE * LATENCY / WORKERS)
    fake.latency(0.0)
    office.ledger.close()
    what = f"{place.kind}: {items:,} creates by {max(calls.values()):,} calls"
    sys.stdout.write(
        f"{what}, processor {ours:.1f} s, the fake's {theirs:.1f} s;"
        f" the fake asked by nobody but {WORKERS} bare loops {bare:.2f}×\n"
    )
    return Measured(
        f"{what} at {LATENCY * 1000:.0f} ms", took, items * LATENCY / WORKERS, BUDGET
    )


def _bare(fake: FakeProcess) -> float:
    """Seconds that loops which do nothing else need for some calls of the fake."""

    def loop(count: int) -> None:
        link = HTTPConnection(urlsplit(fake.address).netloc)
        for _ in range(count):
            link.request("POST", "/", b"{}")
            link.getresponse().read()
        link.close()

    began = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(loop, [_BARE // WORKERS] * WORKERS))
    return time.monotonic() - began


def main(items: int) -> int:
    """Print the table; 1 when a budget is not kept."""
    with tempfile.TemporaryDirectory() as folder:
        measured = list(sync_costs(Path(folder), items))
    sys.stdout.write("\n".join([*table(measured), ""]))
    return 0 if all(one.kept for one in measured) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if sys.argv[1:] else ITEMS))
