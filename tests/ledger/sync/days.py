"""Random days: one ledger, one tracker, everybody at work, and servers that fail.

:class:`Days` is the machine, made of what people do (:mod:`tests.ledger.sync.acts`)
and of runs; what must hold whenever everything has settled is in
:mod:`tests.ledger.sync.agreement`. It runs before any :class:`Ground`: a fake, whose
server loses answers, or a place without faults, a real server or a folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from integrations.tracker import IncompleteRead
from ledger.clock import moment
from ledger.directory import Directory
from ledger.errors import Braked
from ledger.sync import records, run
from tests.ledger.sync.acts import Acts
from tests.ledger.sync.agreement import agrees
from tests.ledger.sync.life import (
    IN_THE_TRACKER,
    Ground,
    Idle,
    Weather,
    act,
)
from tests.ledger.sync.meanwhile import held_back, overwritten, watched

__all__ = ["Days", "Ground", "Weather", "live"]

FAULTS: list[dict[str, Any]] = [
    {"do": "drop"},
    {"do": "drop", "after": True},
    {"do": "late"},
    {"do": "cut"},
    {"do": "answer", "status": 502},
    {"do": "answer", "status": 503, "after": True},
]

RULES = 80
"""The longest life, in rules."""
LIVES = 4
"""The fewest lives that are drawn together."""

LATEST = timedelta(minutes=14)
"""When a request that was held back comes true at the latest: before the quiet period
is over."""

WRITES = r"^(?!.*/(?:search|bulkfetch))"
"""Paths of requests that write; Jira is also asked questions by POST."""


CREATES = r"/(?:issues|issue|issue/bulk)$"
WHERE = [("POST", CREATES), ("POST", WRITES), ("PUT|PATCH", WRITES)]
"""Which requests lose their answer."""


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def dying(commit: int) -> Iterator[None]:
    """Let a run die just before or after its commit numbered ``commit`` (halves)."""
    whole = records.Records.step
    count = 0

    @contextmanager
    def step(self: records.Records) -> Iterator[Directory]:
        nonlocal count
        with whole(self) as directory:
            yield directory
            count += 1
            if count == commit:
                raise Killed
        count += 1
        if count == commit:
            raise Killed

    records.Records.step = step  # type: ignore[method-assign]  # to die in
    try:
        yield
    finally:
        records.Records.step = whole  # type: ignore[method-assign]  # as it was


class Days(Acts):
    """One ledger, one tracker, and everybody at work."""

    sent_at = 0
    lost_at = datetime.min.replace(tzinfo=UTC)
    set_at = datetime.min.replace(tzinfo=UTC)

    # -- runs

    @act
    def sync(self, data: st.DataObject) -> None:
        self._run(data)

    @act
    def sweep(self, data: st.DataObject) -> None:
        del data
        self._sync(sweep=True)

    def some_run(self, data: st.DataObject) -> None:
        plain, *others = self._run, self._die, self._lose_an_answer, self._with_people
        data.draw(st.sampled_from([plain, plain, *others]))(data)

    @act
    def sync_and_die(self, data: st.DataObject) -> None:
        self._die(data)

    def _run(self, data: st.DataObject) -> None:
        del data
        self._sync()

    def _die(self, data: st.DataObject) -> None:
        commit = data.draw(st.integers(1, 40))
        self.story.append(f"  dying at {commit}")
        with dying(commit):
            try:
                self._sync()
            except Killed:
                self.tally["kills"] += 1

    def _sync(self, **how: Any) -> None:
        # What was held back comes true within the quiet period, or never; acts take
        # their time, too.
        if self.office.ledger.clock.now() >= self.lost_at + LATEST:
            self._release()
        self.tally["runs"] += 1
        self.story.append(f"  run {how or ''}")
        try:
            self.desk.sync(**how)
        except Braked:
            self.desk.sync(yes=True, **how)

    @act
    def sync_and_lose_an_answer(self, data: st.DataObject) -> None:
        self._lose_an_answer(data)

    def _lose_an_answer(self, data: st.DataObject) -> None:
        if self.server is None:
            self._sync()
            return
        fault = data.draw(st.sampled_from(FAULTS))
        method, path = data.draw(st.sampled_from(WHERE))
        skip = 0 if path == CREATES else data.draw(st.integers(0, 2))
        more = data.draw(st.integers(0, 2))
        self.story.append(f"  {method} {path} {skip} {fault}, {more} runs more")
        self.register_one()
        with suppress(Idle):
            self.note_something(data)
        self._release()
        self.server.faults({"method": method, "path": path, "skip": skip, **fault})
        self.sent_at = self.done.now
        self.lost_at = self.office.ledger.clock.now()
        self._sync()
        self.tally["lost answers"] += self.server.faults_left() == [0]
        self.server.faults()
        for _ in range(more):
            self._sync()

    @act
    def sync_while_people_work(self, data: st.DataObject) -> None:
        self._with_people(data)

    def _with_people(self, data: st.DataObject) -> None:
        """Somebody does something before one of the run's calls, or between two pages."""
        does = IN_THE_TRACKER[data.draw(st.sampled_from(sorted(IN_THE_TRACKER)))]
        countdown = data.draw(st.integers(0, 12))
        since = self.done.now
        read: set[str] = set()

        def before(name: str, given: tuple[Any, ...]) -> None:
            nonlocal countdown
            countdown -= 1
            if countdown == -1:
                self.story.append(f"  before {name}: {does.__name__}")
                with suppress(Idle):
                    does(self, data)
                    self.tally["acts during runs"] += 1
            if countdown >= 0:
                return
            # The call itself comes after what they did.
            if name == "issue":
                read.add(given[0])
            elif name == "update":
                seen, patch = given
                lost = overwritten(seen, patch, body_read=seen.key in read)
                self._lose(seen.key, lost, since)

        opens = self.desk.place.opens
        self.desk.place.opens = lambda memory: watched(opens(memory), before)
        try:
            self._sync()
        except IncompleteRead:
            self.tally["unsteady reads"] += 1
        finally:
            self.desk.place.opens = opens

    def _lose(self, key: str, whats: set[str], since: int) -> None:
        """Where no version is compared, what was written ``since`` may be replaced."""
        if self.desk.place.kind == "folder":
            return
        row = self.office.ledger.store.sync.link_of("t", key=key)
        for ref in self.done.refs:
            if row is not None and self.desk.item(ref).id == row.item:
                self.done.forget(ref, *whats, since=since)

    def _release(self) -> None:
        """What was held back comes true now."""
        if self.server is None:
            return
        late = [held_back(one) for one in self.server.held()]
        self.story.append(f"  late: {late}")
        if self.server.release():
            self.tally["late requests"] += len(late)
        for one in late:
            if one is not None:
                self._lose(*one, self.sent_at)
                self.done.ever |= {(ref, "late", True) for ref in self.done.refs}

    @act
    def late_requests_come_true(self, data: st.DataObject) -> None:
        del data
        if self.server is None or not self.server.held():
            raise Idle
        self._release()

    @act
    def time_passes(self, data: st.DataObject) -> None:
        minutes = data.draw(st.sampled_from([1, 16, 600]))
        if minutes > 1:
            self._release()  # before the quiet period is over
        self.office.later(minutes=minutes)

    @act
    def the_servers_clock_is_set(self, data: st.DataObject) -> None:
        """A clock may go wrong or be set right between any two runs."""
        last = next(self.office.ledger.store.sync.runs("t"))
        ended = last.report["stopped"] is None and moment(last.started) > self.set_at
        if self.server is None or not ended:
            # Forth and back without a run in between: nobody can know of it.
            raise Idle
        self.set_at = self.office.ledger.clock.now()
        self.office.wrong = data.draw(st.sampled_from([0, 37, 600, -600]))
        self.office.strike()

    @act
    def settle(self, data: st.DataObject) -> None:
        del data
        self.agree()

    # -- what holds

    def agree(self) -> None:
        self.tally["settlings"] += 1
        if self.server is not None:
            self.server.faults()
            self._release()
        self.office.later(minutes=8)  # so long an index may be behind
        self.desk.settle()
        self.office.later(minutes=16)
        self.desk.settle()
        # What was written is behind the overlap: nothing is read again.
        self.office.later(minutes=16)
        self.desk.idle()
        agrees(self.desk, self.done)


def live(
    ground: Ground,
    furnished: Path,
    *,
    steps: int,
    rules: int = RULES,
    same: bool = False,
) -> Counter[str]:
    """Live random lives until so many steps were taken; the figures of what happened.

    A life has ``rules`` rules at most.
    With ``same`` they are the same lives every time.
    """
    tally: Counter[str] = Counter()
    machine = type(
        "Lived", (Days,), {"furnished": furnished, "ground": ground, "tally": tally}
    )
    with pytest.MonkeyPatch.context() as patch:
        # One call at a time, so that a life can be lived again and be made shorter.
        patch.setattr(run, "WORKERS", 1)
        while tally["steps"] < steps:
            # Hypothesis ends a life when it likes, and the first ones soon: only what
            # was done is counted.
            lives = max(LIVES, (steps - tally["steps"]) // rules)
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=lives,
                    stateful_step_count=rules,
                    deadline=None,
                    derandomize=same,
                ),
            )
    return tally
