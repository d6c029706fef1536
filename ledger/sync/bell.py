"""What webhooks said is to be looked at: told by many threads, taken by one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW = 1.0
"""Seconds within which repeats become one run."""

MOST_KEYS = 1_000
"""Issues named for one run; what was changed beyond them shows in its read."""


@dataclass(slots=True)
class _Due:
    """One tracker's next run: when it may begin, and the issues that were named."""

    at: float
    keys: set[str] = field(default_factory=set)


class Bell:
    """Trackers that shall be synced soon, and the issues it was rung for.

    The first ring sets the time of the run; those that follow within the window
    join it and do not put it off.
    """

    def __init__(
        self, *, window: float = WINDOW, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Nothing is due yet; ``window`` and ``clock`` are in seconds."""
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._rung = threading.Event()
        self._due: dict[str, _Due] = {}

    def ring(self, tracker: str, key: str = "", *, after: float | None = None) -> None:
        """Have ``tracker`` synced after the window, or ``after`` seconds."""
        wait = self._window if after is None else after
        with self._lock:
            due = self._due.setdefault(tracker, _Due(self._clock() + wait))
            if key and len(due.keys) < MOST_KEYS:
                due.keys.add(key)
        self._rung.set()

    def due(self) -> tuple[str, frozenset[str]] | None:
        """Take the tracker whose time has come, with its issues."""
        with self._lock:
            now = self._clock()
            come = [(due.at, name) for name, due in self._due.items() if due.at <= now]
            if not come:
                return None
            _, name = min(come)
            return name, frozenset(self._due.pop(name).keys)

    def wait(self) -> None:
        """Return when something may be due, or was rung for."""
        with self._lock:
            self._rung.clear()
            now = self._clock()
            waits = [due.at - now for due in self._due.values()]
        self._rung.wait(max(0.0, min(waits)) if waits else None)
