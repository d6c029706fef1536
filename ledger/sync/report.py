"""What a run did, what it left, and how a command ends because of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.tracker import (
    Forbidden,
    IncompleteRead,
    Moved,
    NotATracker,
    Throttled,
    TrackerError,
    Unauthenticated,
    Unreachable,
)
from ledger.errors import N_, LedgerError
from ledger.sync.matter import Hint
from ledger.sync.plan import Waiting

SCHEMA = "sync-run/1"

COUNTS = (
    "created",
    "adopted",
    "updated",
    "restored",
    "closed",
    "reopened",
    "commented",
    "attached",
    "pulled",
    "notes",
    "ticks",
    "evidence",
    "requested",
    "missing",
    "conflicts",
    "gone",
)


@dataclass(frozen=True, slots=True)
class Left:
    """An item that was not finished, and why."""

    ref: str
    error: LedgerError | TrackerError


@dataclass(slots=True)
class RunReport:
    """What one run did. ``reads``, ``writes`` and ``retries`` count calls.

    ``stopped`` is the error that ended it early, ``left`` what was not finished,
    ``waiting`` what may still come true, ``hints`` what a person should know.
    ``skew`` is by how many seconds the tracker's clock was ahead of ours.
    """

    tracker: str
    started: str
    finished: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    reads: int = 0
    writes: int = 0
    retries: int = 0
    waiting: tuple[Waiting, ...] = ()
    left: list[Left] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    stopped: LedgerError | TrackerError | None = None
    interrupted: bool = False
    skew: float = 0.0

    def count(self, name: str, number: int = 1) -> None:
        """Add to one of the counts."""
        self.counts[name] += number

    @property
    def anything(self) -> bool:
        """Whether the run changed or found anything."""
        return any(self.counts.values()) or bool(self.left or self.stopped)

    @property
    def exit_code(self) -> int:
        """0 when all was done, else what DESIGN §9 says."""
        if self.stopped is not None:
            return exit_code(self.stopped)
        if self.left or self.waiting or self.interrupted:
            codes = {exit_code(one.error) for one in self.left} - {6}
            return 5 if codes == {5} else 6
        return 0

    def to_json(self) -> dict[str, Any]:
        """The report as ``sync-run/1``."""
        return {
            "schema": SCHEMA,
            "tracker": self.tracker,
            "started": self.started,
            "finished": self.finished,
            "calls": {
                "reads": self.reads,
                "writes": self.writes,
                "retries": self.retries,
            },
            "counts": dict(self.counts),
            "waiting": [
                {"ref": one.ref, "act": one.act, "until": one.until}
                for one in self.waiting
            ],
            "left": [{"ref": one.ref, "error": str(one.error)} for one in self.left],
            "reports": [
                {"ref": one.ref, "key": one.key, "message": str(one.message)}
                for one in self.hints
            ],
            "stopped": str(self.stopped) if self.stopped else None,
            "interrupted": self.interrupted,
            "skew": self.skew,
            "exit_code": self.exit_code,
        }


_CODES: Mapping[type[TrackerError], int] = {
    Unauthenticated: 5,
    Forbidden: 5,
    Unreachable: 11,
    IncompleteRead: 11,
    NotATracker: 11,
    Moved: 11,
    Throttled: 11,
}


def exit_code(error: Exception) -> int:
    """The code that ``error`` ends a command with."""
    if isinstance(error, LedgerError):
        return error.exit_code
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), 6)


STOPPING: tuple[type[TrackerError], ...] = (
    Unauthenticated,
    Unreachable,
    NotATracker,
    Moved,
    Throttled,
)
"""Errors after which no other item would fare better."""


def unexpected(ref: str, error: Exception) -> LedgerError:
    """What nobody thought of, told of one item."""
    return LedgerError(
        N_("{ref} could not be synced."),
        "{kind}: {error}.",
        N_("Run it again; if it stays so, report it with --debug."),
        ref=ref,
        kind=type(error).__name__,
        error=error,
    )
