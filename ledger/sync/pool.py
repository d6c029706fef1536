"""Carrying out the jobs of a run: several calls at once, each job in its order.

A job is a generator. It runs in the calling thread, where the store may be used,
and yields the calls that shall be made to the tracker; each call runs in a thread
of the pool, and its result or error comes back into the generator.
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from integrations.tracker import N_, Outcome, TrackerError

WORKERS = 4
_GOOD_ANSWERS = 20

Call = Callable[[], Any]
Result = TypeVar("Result")
Steps = Generator[Call, Any, Result]
Job = Steps[None]


class Halted(TrackerError):
    """The run is stopping: this call was not made."""

    outcome = Outcome.NOT_SENT
    permanent = False

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            N_("It was not done any more."),
            N_("The run was stopped."),
            N_("Run it again; it goes on where it stopped."),
        )


class Brakes:
    """Whether a run shall stop; set by an interrupt or by an error that stops all."""

    def __init__(self) -> None:
        """Begin without a reason to stop."""
        self.error: TrackerError | None = None
        self.interrupted = False

    @property
    def stopping(self) -> bool:
        """Whether nothing new may be begun."""
        return self.interrupted or self.error is not None

    def stop(self, error: TrackerError) -> None:
        """Stop because of ``error``; the first one counts."""
        self.error = self.error or error


def drive(
    jobs: Iterator[Job],
    brakes: Brakes,
    *,
    workers: int = WORKERS,
    throttled: Callable[[], int] = lambda: 0,
) -> None:
    """Run ``jobs`` to their ends, at most ``workers`` at a time.

    ``throttled`` counts the times the tracker asked to slow down; each halves the
    number at work, and it grows again by one after twenty good answers.
    """
    if workers == 1:
        for job in jobs:
            if brakes.stopping:
                job.close()
                continue
            _alone(job, brakes)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="sync") as pool:
        _Driving(jobs, brakes, pool, workers, throttled).run()


class _Driving:
    """Several jobs at once, fewer of them while the tracker asks to slow down."""

    def __init__(
        self,
        jobs: Iterator[Job],
        brakes: Brakes,
        pool: ThreadPoolExecutor,
        workers: int,
        throttled: Callable[[], int],
    ) -> None:
        self._jobs: Iterator[Job] | None = jobs
        self._brakes = brakes
        self._pool = pool
        self._workers = self._width = workers
        self._throttled = throttled
        self._slowed = throttled()
        self._good = 0
        self._running: dict[Future[Any], Job] = {}
        self._ready: deque[tuple[Call, Job]] = deque()

    def run(self) -> None:
        self._fill()
        while self._running:
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            ended = [(self._running.pop(future), future) for future in done]
            # Others go on at once: the tracker does not wait while we write down
            # what it said.
            self._fill()
            for job, future in ended:
                self._proceed(job, future)
                self._good += 1
            self._adapt()
            self._fill()

    def _fill(self) -> None:
        """Let as many calls run as may: those that wait first, then new jobs."""
        while len(self._running) < self._width:
            if not self._ready and not self._begin():
                return
            if self._ready:
                self._go_on(*self._ready.popleft())

    def _go_on(self, call: Call | None, job: Job) -> None:
        while call is not None and self._brakes.stopping:
            call = _thrown(job, Halted())
        if call is not None:
            self._running[self._pool.submit(call)] = job

    def _begin(self) -> bool:
        """Begin the next job; whether there was one, and no reason to stop."""
        if self._jobs is None or self._brakes.stopping:
            return False
        job = next(self._jobs, None)
        if job is None:
            self._jobs = None
            return False
        self._proceed(job, None)
        return True

    def _proceed(self, job: Job, future: Future[Any] | None) -> None:
        call = _advance(job, future)
        if call is not None:
            self._ready.append((call, job))

    def _adapt(self) -> None:
        if (now := self._throttled()) > self._slowed:
            self._width, self._good, self._slowed = max(1, self._width // 2), 0, now
        elif self._good >= _GOOD_ANSWERS:
            self._width, self._good = min(self._workers, self._width + 1), 0


def _alone(job: Job, brakes: Brakes) -> None:
    call = _advance(job, None)
    while call is not None:
        if brakes.stopping:
            call = _thrown(job, Halted())
            continue
        future: Future[Any] = Future()
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 (handed to the job, as a pool does)
            future.set_exception(error)
        call = _advance(job, future)


def _advance(job: Job, future: Future[Any] | None) -> Call | None:
    """Hand a result to the job; the next call it wants, or ``None`` at its end."""
    if future is None:
        return next(job, None)
    error = future.exception()
    if error is not None:
        return _thrown(job, error)
    try:
        return job.send(future.result())
    except StopIteration:
        return None


def _thrown(job: Job, error: BaseException) -> Call | None:
    try:
        return job.throw(error)
    except StopIteration:
        return None


@contextmanager
def interruptible(brakes: Brakes) -> Iterator[None]:
    """Let Ctrl-C stop a run between two calls; a second one breaks it off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if brakes.interrupted:
            signal.default_int_handler(number, frame)
        brakes.interrupted = True

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
