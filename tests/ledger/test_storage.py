"""Files that are no ledger, held, cut short, too new, or in the wrong place."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from ledger import registration
from ledger.audit import audit
from ledger.book import Actor, Ledger
from ledger.clock import Clock
from ledger.errors import Busy, Damaged, LedgerError, NoLedger, UsageProblem
from ledger.journal import event_of
from ledger.storage import schema, sqlite
from ledger.storage.items import Selection
from ledger.storage.sqlite import refuse_network
from tests.ledger.office import BEGINNING, LI, SUN, Office

CLOCK = Clock(BEGINNING)


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    return copytree(furnished, tmp_path / "ledger")


def told(error: LedgerError, code: int) -> tuple[str, str, str]:
    """The three parts of an error, each of which says something."""
    assert error.exit_code == code
    parts = error.parts()
    assert all(parts), parts
    assert "{" not in "".join(parts)
    return parts


def begin(folder: Path) -> Ledger:
    return Ledger.create(folder, unit="司法局", actor="李明", clock=CLOCK)


# No ledger


def test_nothing_there_is_no_ledger(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing", tmp_path / "ledger.db"):
        with pytest.raises(NoLedger) as error:
            Ledger.open(place, clock=CLOCK)
        assert "ledger init" in told(error.value, 12)[2]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"# a report\n", b"SQLite format 3\x00", b"\x00" * 4096, b"PK\x03\x04" * 99],
)
def test_a_file_that_is_no_ledger_is_told_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(Damaged) as error:
        Ledger.open(tmp_path, clock=CLOCK)
    told(error.value, 8)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_database_of_another_program_is_told_and_left_as_it_is(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE journal (seq INTEGER)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(Damaged, match="is no ledger"):
        Ledger.open(tmp_path, clock=CLOCK)
    assert path.read_bytes() == before


def test_a_ledger_begun_and_never_finished_is_none(folder: Path) -> None:
    connection = sqlite3.connect(folder / "ledger.db")
    connection.execute("DROP TRIGGER journal_no_delete")
    connection.execute("DELETE FROM journal")
    connection.commit()
    connection.close()
    with pytest.raises(NoLedger, match="never finished") as error:
        Ledger.open(folder, clock=CLOCK)
    told(error.value, 12)


# Too new


def test_a_newer_ledger_is_refused_and_left_untouched(folder: Path) -> None:
    connection = sqlite3.connect(folder / "ledger.db")
    connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    before = (folder / "ledger.db").read_bytes()
    with pytest.raises(Damaged, match="newer program") as error:
        Ledger.open(folder, clock=CLOCK)
    assert "pip install --upgrade" in told(error.value, 8)[2]
    assert (folder / "ledger.db").read_bytes() == before


# Cut short and torn


def look_everywhere(folder: Path) -> bool:
    """Whether a ledger reads whole; what is wrong is told in three parts."""
    try:
        with Ledger.open(folder, clock=CLOCK) as ledger:
            items = ledger.select(Selection())
            for item in items:
                ledger.find(item.ref)
            return not audit(ledger).faults and bool(ledger.directory.people)
    except LedgerError as error:
        told(error, error.exit_code if error.exit_code in (1, 8, 12) else 8)
        return False


def test_a_file_cut_short_anywhere_is_damaged(folder: Path) -> None:
    path = folder / "ledger.db"
    whole = path.read_bytes()
    assert look_everywhere(folder)
    for length in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        assert not look_everywhere(folder), length
        for rest in folder.glob("ledger.db-*"):
            rest.unlink()
    path.write_bytes(whole)
    assert look_everywhere(folder)


def test_a_page_overwritten_is_damaged_or_harmless(folder: Path) -> None:
    path = folder / "ledger.db"
    whole = path.read_bytes()
    chance = random.Random(5)  # noqa: S311 (no secret)
    found = 0
    for begin_ in range(0, len(whole), 4096):
        path.write_bytes(
            whole[:begin_] + chance.randbytes(4096) + whole[begin_ + 4096 :]
        )
        found += not look_everywhere(folder)
        for rest in folder.glob("ledger.db-*"):
            rest.unlink()
    assert found > 5


# Held


@contextmanager
def held(folder: Path, how: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """Another process holds the ledger."""
    connection = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    if how == "EXCLUSIVE":
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute(f"BEGIN {how}")
    if how == "EXCLUSIVE":
        connection.execute("PRAGMA user_version = 1")
    yield connection
    connection.execute("ROLLBACK")
    connection.close()


def test_a_writer_that_waited_long_enough_is_told_so_and_wrote_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.05)
    ref = office.started()
    head = office.ledger.store.journal.head()
    with held(office.ledger.folder):
        with pytest.raises(Busy) as error:
            office.act("progress", ref, SUN, text="继续")
        assert "nothing was written" in told(error.value, 10)[0]
        assert office.find(ref).ref == ref  # readers go on
        assert audit(office.ledger).faults == ()
    assert office.ledger.store.journal.head() == head
    assert office.act("progress", ref, SUN, text="继续").notes


def test_a_writer_waits_for_another_and_then_writes(office: Office) -> None:
    ref = office.started()
    release = threading.Event()
    waiting = threading.Event()

    def hold() -> None:
        with held(office.ledger.folder):
            waiting.set()
            release.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    waiting.wait(5)
    threading.Timer(0.1, release.set).start()
    assert office.act("progress", ref, SUN, text="等到了").notes
    holder.join()


def test_a_ledger_held_alone_is_busy_on_opening(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "READ_WAIT_MS", 20)
    with held(folder, "EXCLUSIVE"):
        with pytest.raises(Busy) as error:
            Ledger.open(folder, clock=CLOCK)
        told(error.value, 10)


def test_an_act_that_fails_half_way_leaves_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = office.started()
    before = office.ledger.store.journal.head()

    def fail(*_: object) -> None:
        raise RuntimeError("the light went out")

    monkeypatch.setattr(office.ledger.store.items, "save", fail)
    with pytest.raises(RuntimeError, match="light"):
        office.act("progress", ref, SUN, text="继续")
    monkeypatch.undo()
    assert office.ledger.store.journal.head() == before
    assert audit(office.ledger).faults == ()
    assert office.act("progress", ref, SUN, text="继续").notes


# Beginning


def test_a_second_ledger_in_a_folder_is_refused_and_the_first_kept(
    tmp_path: Path,
) -> None:
    begin(tmp_path).close()
    before = (tmp_path / "ledger.db").read_bytes()
    with pytest.raises(UsageProblem, match="never overwritten") as error:
        begin(tmp_path)
    told(error.value, 2)
    assert (tmp_path / "ledger.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_of_two_that_begin_at_once_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sqlite.Store.create.__func__  # type: ignore[attr-defined]  # a class method

    def meanwhile(cls: type[sqlite.Store], path: Path) -> sqlite.Store:
        monkeypatch.undo()
        begin(tmp_path).close()
        store: sqlite.Store = first(cls, path)
        return store

    monkeypatch.setattr(sqlite.Store, "create", classmethod(meanwhile))
    with pytest.raises(UsageProblem, match="already"):
        begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]
    assert look_everywhere(tmp_path)


def test_what_a_killed_beginning_left_behind_stops_no_later_one(
    tmp_path: Path,
) -> None:
    (tmp_path / ".ledger.db-1234").write_bytes(b"half")
    begin(tmp_path).close()
    assert look_everywhere(tmp_path)


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_ledger_begins_in_no_place_that_cannot_be_a_folder(
    tmp_path: Path, where: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LedgerError) as error:
        begin(tmp_path / where)
    told(error.value, error.value.exit_code)


@pytest.mark.parametrize(
    "said",
    [
        {"unit": ""},
        {"unit": "司\x1b法局"},
        {"actor": "李" * 121},
        {"actor": "\u202e李明"},
        {"actor": "\udce6"},
    ],
)
def test_a_ledger_begins_with_names_only(tmp_path: Path, said: dict[str, str]) -> None:
    with pytest.raises(UsageProblem):
        Ledger.create(
            tmp_path / "new",
            clock=CLOCK,
            unit=said.get("unit", "司法局"),
            actor=said.get("actor", "李明"),
        )
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("zone", "Nowhere/City"),
        ("zone", "../../etc/passwd"),
        ("zone", ""),
        ("notice", "0"),
        ("notice", "１"),
        ("notice", "-1"),
        ("closing", "one-person"),
        ("prefix", "R-"),
        ("prefix", ""),
        ("width", "10"),
        ("identity", "ldap"),
        ("nonsense", "on"),
    ],
)
def test_a_rule_takes_only_what_it_can_be(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(UsageProblem) as error:
        Ledger.create(
            tmp_path / "new",
            unit="司法局",
            actor="李明",
            clock=CLOCK,
            rules={key: value},
        )
    told(error.value, 2)
    assert not (tmp_path / "new").exists()


# Network file systems

MOUNTS = (
    "/dev/vda / ext4 rw 0 0\n"
    "nas:/share /mnt/share nfs4 rw 0 0\n"
    "/dev/vdb /mnt/share/local ext4 rw 0 0\n"
    "//win/c /mnt/with\\040space cifs rw 0 0\n"
    "broken line\n"
    "\n"
    "me@host: /home/me/remote fuse.sshfs rw 0 0\n"
)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/mnt/share", "nfs4"),
        ("/mnt/share/台账", "nfs4"),
        ("/mnt/with space/x", "cifs"),
        ("/home/me/remote/a/b", "fuse.sshfs"),
    ],
)
def test_a_network_file_system_is_refused_with_the_alternatives(
    place: str, kind: str
) -> None:
    with pytest.raises(UsageProblem) as error:
        refuse_network(Path(place), MOUNTS)
    what, _, todo = told(error.value, 2)
    assert kind in what
    assert "local disk" in todo


@pytest.mark.parametrize(
    "place", ["/", "/srv", "/mnt", "/mnt/share2", "/mnt/share/local/x", "/home/me"]
)
def test_a_local_folder_is_no_network_file_system(place: str) -> None:
    refuse_network(Path(place), MOUNTS)


def test_the_last_of_several_mounts_on_one_point_counts() -> None:
    over = MOUNTS + "tmpfs /mnt/share tmpfs rw 0 0\n"
    refuse_network(Path("/mnt/share"), over)


def test_neither_beginning_nor_opening_touches_a_network_file_system(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.read_text

    def mounts(path: Path, *said: object, **more: object) -> str:
        if str(path) == "/proc/self/mounts":
            return f"nas:/ {tmp_path} nfs rw 0 0\n"
        return real(path, *said, **more)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(Path, "read_text", mounts)
    with pytest.raises(UsageProblem, match="network"):
        Ledger.open(folder, clock=CLOCK)
    with pytest.raises(UsageProblem, match="network"):
        begin(tmp_path / "new")
    assert not list((tmp_path / "new").glob("*"))


# Time


def test_events_stay_ordered_when_the_clock_jumps_back_and_the_jump_is_noted(
    office: Office,
) -> None:
    ref = office.started()
    office.ledger.clock = Clock(BEGINNING - timedelta(days=400))
    office.act("progress", ref, SUN, text="时钟倒退")
    office.ledger.clock = Clock(BEGINNING + timedelta(days=400))
    office.act("progress", ref, SUN, text="时钟恢复")
    rows = list(office.ledger.store.journal.rows())
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    back, on = (event_of(row.body).recorded_by for row in rows[-2:])
    assert back["clock_read"].startswith("2023-01-29T")
    assert back["clock"] == on["clock"] == "LEDGER_CLOCK"
    assert "clock_read" not in on
    assert audit(office.ledger).faults == ()


def test_a_set_clock_leaves_its_trace_and_the_systems_clock_none(
    furnished: Path, tmp_path: Path
) -> None:
    folder = copytree(furnished, tmp_path / "ledger")
    with Ledger.open(folder, clock=Clock()) as ledger:
        registration.add(
            ledger, Actor(ledger.person(LI)), title="题", text="文", origin="督察"
        )
        recorded = [event_of(r.body).recorded_by for r in ledger.store.journal.rows()]
    assert recorded[0]["clock"] == "LEDGER_CLOCK"
    assert set(recorded[-1]) == {"account", "host", "program"}
