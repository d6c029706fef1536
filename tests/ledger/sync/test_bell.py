"""Repeats within the window are one run, and nothing that was rung for is lost."""

from __future__ import annotations

import threading

from ledger.errors import N_, Busy
from ledger.sync.bell import MOST_KEYS, Bell
from ledger.sync.serve import AGAIN, attend


class Hand:
    """A clock that stands until it is put on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_repeats_within_the_window_are_one_run_for_all_that_was_named() -> None:
    clock = Hand()
    bell = Bell(window=2, clock=clock)
    for key in ("1", "2", "1"):
        bell.ring("t", key)
        clock.now += 0.5
    assert bell.due() is None
    clock.now += 0.5
    assert bell.due() == ("t", frozenset({"1", "2"}))
    assert bell.due() is None


def test_a_stream_of_rings_does_not_put_the_run_off() -> None:
    clock = Hand()
    bell = Bell(window=2, clock=clock)
    taken = []
    for _ in range(10):
        bell.ring("t", "1")
        clock.now += 1
        taken.append(bell.due())
    assert len([one for one in taken if one is not None]) == 5


def test_each_tracker_has_its_own_run_the_longest_waiting_first() -> None:
    clock = Hand()
    bell = Bell(window=2, clock=clock)
    bell.ring("b", "1")
    clock.now += 1
    bell.ring("a", "2")
    clock.now += 5
    assert bell.due() == ("b", frozenset({"1"}))
    assert bell.due() == ("a", frozenset({"2"}))


def test_however_many_are_named_only_so_many_are_kept() -> None:
    bell = Bell(window=0, clock=Hand())
    for number in range(MOST_KEYS + 5):
        bell.ring("t", str(number))
    due = bell.due()
    assert due is not None
    assert len(due[1]) == MOST_KEYS


def test_waiting_ends_when_it_is_rung_or_due() -> None:
    bell = Bell(window=0)
    ringing = threading.Thread(target=bell.ring, args=("t", "7"))
    ringing.start()
    while (due := bell.due()) is None:
        bell.wait()
    ringing.join()
    assert due == ("t", frozenset({"7"}))


def test_where_another_run_is_under_way_it_is_tried_again_later() -> None:
    class Restless(Bell):
        def wait(self) -> None:
            raise AssertionError("nothing would ever come")

    clock = Hand()
    bell = Restless(window=0, clock=clock)
    bell.ring("t", "1")
    runs: list[frozenset[str]] = []

    def run(_name: str, keys: frozenset[str]) -> None:
        runs.append(keys)
        if len(runs) == 1:
            raise Busy(N_("busy"))

    def stopped() -> bool:
        if len(runs) == 1:
            assert bell.due() is None
            clock.now += AGAIN
        return len(runs) == 2

    attend(bell, run, stopped=stopped)
    assert runs == [frozenset({"1"}), frozenset()]
