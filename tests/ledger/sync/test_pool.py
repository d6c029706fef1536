"""Calls of several jobs at once: never more than may be, and none waits for the disk."""

from __future__ import annotations

import threading

import pytest

from ledger.sync.pool import Brakes, Halted, Job, drive

PATIENCE = 20.0
"""Seconds after which a test has failed; none waits for them."""


class Crowd:
    """Counts how many calls are under way, and the most that ever were."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = self.made = 0

    def call(self) -> None:
        with self.lock:
            self.now += 1
            self.made += 1
            self.most = max(self.most, self.now)
        with self.lock:
            self.now -= 1


def test_the_next_call_is_under_way_while_the_last_is_written_down() -> None:
    begun, written = threading.Event(), threading.Event()

    def first() -> Job:
        yield lambda: None
        # This is where its answer is kept: the third call has begun by then.
        assert begun.wait(PATIENCE)
        written.set()

    def second() -> Job:
        yield lambda: written.wait(PATIENCE)

    def third() -> Job:
        yield begun.set

    drive(iter([first(), second(), third()]), Brakes(), workers=2)
    assert written.is_set()


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_never_more_calls_are_under_way_than_workers(workers: int) -> None:
    crowd = Crowd()

    def job() -> Job:
        for _ in range(5):
            yield crowd.call

    drive((job() for _ in range(30)), Brakes(), workers=workers)
    assert crowd.made == 150
    assert crowd.most <= workers


@pytest.mark.parametrize("workers", [1, 4])
def test_when_it_stops_no_call_is_made_and_every_job_is_told(workers: int) -> None:
    brakes, crowd = Brakes(), Crowd()
    told: list[int] = []

    def job(number: int) -> Job:
        yield crowd.call
        if number == 0:
            brakes.interrupted = True
        try:
            yield crowd.call
        except Halted:
            told.append(number)

    drive((job(number) for number in range(20)), brakes, workers=workers)
    # Of those that had begun, the last is told at its second call at the latest.
    assert told
    assert crowd.made <= 2 * workers
    assert len(told) + crowd.made >= workers
