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
from tests.ledger import crew
from tests.ledger.office import Office

WRITERS = 8
_START = multiprocessing.get_context("forkserver")
_START.set_forkserver_preload(["tests.ledger.crew", "ledger.workdays", "ulid"])


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


def kill(folder: Path, count: int) -> int:
    chance = random.Random(count)  # noqa: S311 (no secret)
    acts = 0
    for number in range(count):
        told = Hand(crew.live, folder, number).killed_after(chance.uniform(0, 0.08))
        assert told
        acts += len(told)
        survives(folder, told)
    return acts


def test_a_ledger_survives_kills_at_random_moments_with_every_acknowledged_act(
    folder: Path, trials: int | None
) -> None:
    assert kill(folder, trials or 30) > 30


@pytest.mark.long
def test_a_ledger_survives_many_kills(
    furnished: Path,
    tmp_path: Path,
    trials: int | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    left, acts = trials or 300, 0
    for number in range(max(1, left // 25)):
        place = copytree(furnished, tmp_path / f"ledger{number}")
        acts += kill(place, min(left, 25))
    with capsys.disabled():
        sys.stdout.write(f"[{left} kills, {acts} acknowledged acts]")


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
