"""One run per tracker at a time, and none that waits for a dead one."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from ledger.book import Ledger, new_id
from ledger.clock import moment, stamp
from ledger.errors import N_, Busy

LASTS = timedelta(minutes=10)


class Lease:
    """The right to sync one tracker, renewed as the run goes on.

    It outlives a killed run by at most :data:`LASTS`; on the same machine a dead
    process is noticed at once.
    """

    def __init__(self, ledger: Ledger, tracker: str) -> None:
        """Prepare to hold ``tracker``; :meth:`take` does it."""
        self._ledger = ledger
        self._tracker = tracker
        self._holder = f"{os.uname().nodename}:{os.getpid()}:{new_id(ledger.clock)}"
        self._renew_at: datetime | None = None

    def take(self) -> None:
        """Take the lease. What a dead run was sending is unknown from now on.

        Raises:
            Busy: another run holds it.
        """
        store = self._ledger.store
        with self._ledger.writing():
            row = store.sync.tracker(self._tracker)
            if row is not None and _dead(row.held_by):
                store.sync.release(self._tracker, row.held_by or "")
            if not self._hold():
                raise Busy(
                    N_("{tracker} is being synced already; nothing was done."),
                    N_("Another run holds it until {until} at the latest."),
                    N_("Wait for it; a run that died gives it free by then."),
                    tracker=self._tracker,
                    until=_clock_text(row.held_until if row else None),
                )
            store.sync.orphan(self._tracker)

    def keep(self) -> None:
        """Renew the lease; the store's write lock must be held.

        Raises:
            Busy: another run took over; this one must write nothing more.
        """
        now = self._ledger.clock.now()
        if self._renew_at is not None and now < self._renew_at:
            row = self._ledger.store.sync.tracker(self._tracker)
            if row is not None and row.held_by == self._holder:
                return
        if not self._hold():
            raise Busy(
                N_("Another run of {tracker} took over; this one stopped."),
                N_("This process stood still for longer than {minutes} minutes."),
                N_("Nothing is lost; the other run goes on."),
                tracker=self._tracker,
                minutes=int(LASTS.total_seconds() // 60),
            )

    def give_back(self) -> None:
        """Let the next run begin."""
        with self._ledger.writing():
            self._ledger.store.sync.release(self._tracker, self._holder)

    def _hold(self) -> bool:
        now = self._ledger.clock.now()
        self._renew_at = now + LASTS / 2
        return self._ledger.store.sync.hold(
            self._tracker, self._holder, until=stamp(now + LASTS), now=stamp(now)
        )


def _dead(holder: str | None) -> bool:
    """Whether the holder was a process of this machine that is no more."""
    if holder is None:
        return False
    host, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    if host != os.uname().nodename or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _clock_text(until: str | None) -> str:
    return moment(until).astimezone().strftime("%H:%M") if until else "—"
