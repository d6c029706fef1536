"""One sync in a process of its own that kills itself at a step.

``python -m tests.ledger.sync.mortal FOLDER ADDRESS PROJECT NOW STEP`` dies by
SIGKILL as it comes to the step numbered STEP; 0 lives, and prints how many there
are. A step is a moment before or after a call to the tracker, and before or after
a commit to the ledger.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from integrations.folder import FolderTracker
from integrations.gitea import GiteaTracker
from integrations.tracker import Settings, Tracker
from ledger.book import Ledger
from ledger.clock import Clock
from ledger.directory import Directory
from ledger.sync import records, run

WRITES = ("create", "update", "comment", "attach", "download", "closing", "prepare")


class Steps:
    """Counts moments, and dies at one."""

    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.count = 0

    def pass_by(self) -> None:
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """A tracker of which every call is a step before and a step after."""

    def __init__(self, tracker: Tracker, steps: Steps) -> None:
        self._tracker = tracker
        self._steps = steps

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tracker, name)
        if name not in WRITES:
            return found

        def call(*given: Any, **named: Any) -> Any:
            self._steps.pass_by()
            result = found(*given, **named)
            self._steps.pass_by()
            return result

        return call


def watch_commits(steps: Steps) -> None:
    """Every commit of a run is a step before and a step after."""
    whole: Callable[[records.Records], Any] = records.Records.step

    @contextmanager
    def step(self: records.Records) -> Iterator[Directory]:
        with whole(self) as directory:
            yield directory
            steps.pass_by()
        steps.pass_by()

    records.Records.step = step  # type: ignore[method-assign]  # to be watched


def main() -> None:
    """Run once, or die."""
    folder, address, project, now, fatal = sys.argv[1:6]
    token = os.environ.get("MORTAL_TOKEN", "")
    steps = Steps(int(fatal))
    watch_commits(steps)

    def connect(settings: Settings, memory: MutableMapping[str, object]) -> Tracker:
        del settings
        made: Tracker
        if project:
            made = GiteaTracker(
                Settings("t", "gitea", address, project), lambda: token, memory
            )
        else:
            made = FolderTracker(Settings("t", "folder", address), str, memory)
        return cast("Tracker", Watched(made, steps))

    ledger = Ledger.open(Path(folder), clock=Clock(datetime.fromisoformat(now)))
    run.sync(ledger, "t", connect=connect, yes=True)
    sys.stdout.write(f"{steps.count}\n")


if __name__ == "__main__":
    main()
