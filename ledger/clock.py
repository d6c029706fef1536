"""The one clock. Every time in a ledger comes from here.

Tests drive it through ``LEDGER_CLOCK`` (an ISO time with zone), which is refused
unless ``LEDGER_TESTING=1`` and leaves its trace in every event.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from ledger.errors import N_, UsageProblem


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time. ``fixed`` is set only in tests."""

    fixed: datetime | None = None

    @classmethod
    def from_environment(cls) -> Clock:
        """The system's clock, or the one that ``LEDGER_CLOCK`` gives to a test."""
        text = os.environ.get("LEDGER_CLOCK")
        if not text:
            return cls()
        if os.environ.get("LEDGER_TESTING") != "1":
            raise UsageProblem(
                N_("LEDGER_CLOCK is set, and was not used."),
                N_("A ledger's time can be set only in tests (LEDGER_TESTING=1)."),
                N_("Unset LEDGER_CLOCK."),
            )
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise UsageProblem(
                N_("LEDGER_CLOCK is no time: {text}"),
                N_("It must be an ISO 8601 time with its zone."),
                N_("Write it like 2024-06-07T09:00:00+08:00."),
                text=text,
            )
        return cls(moment.astimezone(UTC))

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self.fixed or datetime.now(UTC)

    def today(self, zone: tzinfo) -> date:
        """The present day in ``zone``."""
        return self.now().astimezone(zone).date()


def stamp(moment: datetime) -> str:
    """``moment`` as the journal writes it: ``YYYY-MM-DDTHH:MM:SS.ffffffZ``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The aware time that :func:`stamp` wrote."""
    return datetime.fromisoformat(text)
