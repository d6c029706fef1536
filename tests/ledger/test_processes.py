"""Several processes on one ledger, and processes that are killed at any moment."""

from __future__ import annotations

import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest

from ledger.audit import audit
from ledger.book import Ledger
from ledger.clock import Clock
from ledger.item import State
from ledger.journal import event_of
from ledger.storage.items import Selection
from ledger.storage.sqlite import WAIT_SECONDS
from tests.ledger import crew, killing
from tests.ledger.killing import Figures
from tests.ledger.office import Office
from tests.ledger.repertoire import ACTS

WRITERS = 8
FULL_RUN = 800
"""So many random kills meet every act, done and struck."""

_START = multiprocessing.get_context("forkserver")
_START.set_forkserver_preload(["tests.ledger.killing", "ledger.workdays", "ulid"])


class Hand:
    """Another process that does ``work`` and tells what it did."""

    def __init__(self, work: Callable[..., None], *said: Any) -> None:
        self.told, theirs = _START.Pipe(duplex=False)
        self.process = _START.Process(target=work, args=(*said, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def heard(self) -> list[Any]:
        """Everything told until the process ended or was killed."""
        found = []
        try:
            while True:
                found.append(self.told.recv())
        except (EOFError, OSError):
            return found
        finally:
            self.told.close()
            self.process.join()

    def killed_after(self, seconds: float) -> list[Any]:
        """What it told before SIGKILL; the clock runs from its first word."""
        ready: list[Any] = wait([self.told], timeout=30)
        assert ready, "the process never said a word"
        time.sleep(seconds)
        self.process.kill()
        return self.heard()


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    """A ledger with one item in progress."""
    office = Office.reopen(copytree(furnished, tmp_path / "ledger"))
    office.started()
    office.ledger.close()
    return tmp_path / "ledger"


def crowd(folder: Path, work: Callable[..., None], count: int) -> float:
    """Let all writers work at once; returns the longest wait of any act, in seconds."""
    hands = [Hand(work, folder, f"w{number}", count) for number in range(WRITERS)]
    told = [hand.heard() for hand in hands]
    assert all(hand.process.exitcode == 0 for hand in hands)
    return max(float(longest) for (longest,) in told)


def writers_lose_nothing(folder: Path, count: int) -> float:
    longest = crowd(folder, crew.write_progress, count)
    with Ledger.open(folder, clock=Clock()) as ledger:
        texts = [note.text for note in ledger.find("001").notes]
        rows = list(ledger.store.journal.rows())
        assert sorted(texts) == sorted(
            f"w{writer}-{number}"
            for writer in range(WRITERS)
            for number in range(count)
        )
        for writer in range(WRITERS):
            mine = [text for text in texts if text.startswith(f"w{writer}-")]
            assert mine == [f"w{writer}-{number}" for number in range(count)]
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert [row.at for row in rows] == sorted(row.at for row in rows)
        assert audit(ledger).faults == ()
    assert longest < WAIT_SECONDS
    return longest


def test_eight_writers_at_once_lose_nothing_and_the_chain_is_whole(
    folder: Path,
) -> None:
    writers_lose_nothing(folder, 20)


@pytest.mark.long
def test_eight_writers_of_500_events_lose_nothing(
    folder: Path, trials: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    longest = writers_lose_nothing(folder, trials or 500)
    with capsys.disabled():
        sys.stdout.write(f"[longest wait {longest:.2f} s]")


def test_items_registered_at_once_have_gap_free_references(folder: Path) -> None:
    crowd(folder, crew.register_many, 10)
    with Ledger.open(folder, clock=Clock()) as ledger:
        numbers: dict[int, list[int]] = {}
        for item in ledger.select(Selection()):
            numbers.setdefault(item.year, []).append(item.number)
        for found in numbers.values():
            assert found == list(range(1, len(found) + 1))
        assert sum(map(len, numbers.values())) == 1 + WRITERS * 10


def survives(folder: Path, told: list[tuple[str, str, int]]) -> None:
    """The ledger opens, passes its audit, and has every act that was acknowledged."""
    with Ledger.open(folder, clock=Clock()) as ledger:
        assert audit(ledger).faults == ()
        rows = {row.seq: event_of(row.body) for row in ledger.store.journal.rows()}
        for kind, item, seq in told:
            assert rows[seq].kind == kind
            assert not item or rows[seq].item == item
        kept = ledger.evidence
        for item_ in ledger.store.items.select(Selection()):
            assert not list(kept.faults(e.digest for e in item_.evidence))
            if item_.state is State.CLOSED:
                assert item_.closing is not None
                assert item_.evidence


def all_of(hands: list[Hand]) -> list[Any]:
    """What each of the processes found."""
    told = [hand.heard() for hand in hands]
    assert all(hand.process.exitcode == 0 for hand in hands)
    return [found for (found,) in told]


def kill_at_random(folder: Path, count: int, helpers: int) -> Figures:
    """Kill ``count`` processes while they do any act; nothing may be lost."""
    hands = []
    for number in range(helpers):
        (folder / str(number)).mkdir()
        share = count // helpers + (number < count % helpers)
        hands.append(
            Hand(killing.kill_at_random, folder / str(number), share, count + number)
        )
    figures = Figures()
    for found in all_of(hands):
        figures.add(found)
    assert figures.faults == []
    assert (figures.lost, figures.damaged, figures.kills) == (0, 0, count)
    assert figures.acknowledged > count // 2
    assert figures.whole > 0
    return figures


def test_a_ledger_survives_kills_at_random_moments_with_every_acknowledged_act(
    tmp_path: Path,
) -> None:
    kill_at_random(tmp_path, 20, 1)


@pytest.mark.long
def test_a_ledger_survives_many_random_kills_over_all_writing_commands(
    tmp_path: Path, trials: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    count = trials or 1000
    began = time.monotonic()
    figures = kill_at_random(tmp_path, count, 2)
    if count >= FULL_RUN:
        assert figures.done.keys() == ACTS.keys()
        assert figures.struck.keys() == ACTS.keys()
    tell(capsys, figures, began)


def tell(
    capsys: pytest.CaptureFixture[str], figures: Figures, began: float, more: str = ""
) -> None:
    with capsys.disabled():
        sys.stdout.write(
            f"[{figures.kills} kills in {time.monotonic() - began:.0f} s{more}; "
            f"{figures.acknowledged} acts acknowledged, {figures.lost} lost; "
            f"{figures.whole} acts whole without acknowledgement; "
            f"{figures.damaged} ledgers damaged; {len(figures.done)} kinds of act "
            f"acknowledged, {len(figures.struck)} of {len(ACTS)} struck]\n"
        )


def kill_at_each_step(folder: Path, shares: list[list[str]]) -> tuple[Figures, int]:
    """Kill each act at each of its steps; returns the figures and how many steps."""
    hands = []
    for number, names in enumerate(shares):
        (folder / str(number)).mkdir()
        hands.append(Hand(killing.kill_at_each_step, folder / str(number), names))
    figures, count = Figures(), 0
    for found, steps in all_of(hands):
        figures.add(found)
        for seen in steps.values():
            assert [*seen].count("before COMMIT") == 1
            assert seen[-2:] == ["before COMMIT", "after COMMIT"]
            count += len(seen)
    assert figures.faults == []
    assert (figures.lost, figures.damaged, figures.kills) == (0, 0, count)
    return figures, count


@pytest.mark.parametrize("name", ["evidence add of a file", "people leave"])
def test_an_act_killed_at_any_of_its_steps_is_there_whole_or_not_at_all(
    tmp_path: Path, name: str
) -> None:
    figures, _ = kill_at_each_step(tmp_path, [[name]])
    assert figures.whole == 1  # after its commit, before anybody was told


@pytest.mark.long
def test_every_act_killed_at_any_of_its_steps_is_there_whole_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    names = list(ACTS)
    figures, count = kill_at_each_step(tmp_path, [names[::2], names[1::2]])
    assert figures.whole == len(ACTS)
    tell(capsys, figures, began, f" at {count} steps")


def test_two_processes_killed_while_both_write_leave_a_whole_ledger(
    folder: Path,
) -> None:
    for number in range(4):
        first = Hand(crew.live, folder, number)
        second = Hand(crew.live, folder, 100 + number)
        told = first.killed_after(0.03 * number)
        told += second.killed_after(0)
        survives(folder, told)


def test_a_kill_while_a_ledger_begins_leaves_a_whole_one_or_none(
    tmp_path: Path,
) -> None:
    chance = random.Random(3)  # noqa: S311 (no secret)
    whole = half = 0
    for number in range(12):
        told = Hand(crew.begin_many, tmp_path, number).killed_after(
            chance.uniform(0, 0.04)
        )
        for _, name, _seq in told:
            assert (tmp_path / name / "ledger.db").exists()
        for place in tmp_path.glob(f"{number}-*"):
            if (place / "ledger.db").exists():
                whole += 1
                with Ledger.open(place, clock=Clock()) as ledger:
                    assert audit(ledger).faults == ()
                    assert ledger.directory.find_person("李明").id == "p1"
            else:
                half += 1
                Ledger.create(place, unit="司法局", actor="李明", clock=Clock()).close()
    assert whole >= 12
    assert half <= 12


@pytest.fixture
def readable(furnished: Path) -> Iterator[Path]:
    """A ledger that everybody may read and nobody but its owner may write."""
    above = Path(tempfile.mkdtemp())
    folder = copytree(furnished, above / "ledger")
    (folder / "evidence").mkdir(exist_ok=True)
    above.chmod(0o755)
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    rmtree(above)


def test_a_folder_that_may_only_be_read_is_told_in_three_parts(readable: Path) -> None:
    (found,) = Hand(crew.as_nobody, readable).heard()
    for told in found:
        assert told is not None
        _name, code, parts = told
        assert code in (1, 2)
        assert all(parts)
        assert "Traceback" not in str(parts)
