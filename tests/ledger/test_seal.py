"""A seal shows what the chain alone cannot: an end cut off, a past written anew."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.audit import audit
from ledger.book import Ledger
from ledger.cli.app import run
from ledger.clock import Clock
from ledger.directory import Directory
from ledger.errors import UsageProblem
from ledger.journal import FIRST_HASH, Event, entry, event_of
from ledger.projection import fold
from ledger.seal import Seal, document, read_seal, seal, write_seal
from tests.ledger.life import Life
from tests.ledger.schemas import hold


@pytest.fixture
def life(tmp_path: Path) -> Life:
    lived = Life(tmp_path / "ledger")
    lived.through("001", "市司法局", "孙丽")
    return lived


def written_anew(ledger: Ledger, events: list[Event]) -> None:
    """What the owner of the file can do: a whole new journal, and all it makes."""
    connection = ledger.store.connection
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    items, directory = fold(events)
    with ledger.store.write():
        for table in ("journal", "items", "parts", "ties", "units", "people", "rules"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 (our own names)
        previous, entries = FIRST_HASH, []
        for event in events:
            entries.append(entry(previous, event))
            previous = entries[-1].hash
        ledger.store.journal.append(entries)
        ledger.store.items.insert(list(items.values()))
        ledger.store.directory.save(Directory(), directory)
    for _, text in triggers:
        connection.execute(text)


def events(ledger: Ledger) -> list[Event]:
    return [event_of(row.body) for row in ledger.store.journal.rows()]


def test_a_seal_names_the_ledger_its_count_its_head_and_both_times(life: Life) -> None:
    taken = seal(life.ledger)
    last = list(life.ledger.store.journal.rows())[-1]
    assert taken == Seal(
        life.ledger.id,
        last.seq,
        last.hash,
        last.at,
        "2024-03-04T01:18:00.000000Z",
    )


def test_a_ledger_that_went_on_extends_its_seal(life: Life, tmp_path: Path) -> None:
    write_seal(seal(life.ledger), tmp_path / "seal.json")
    kept = read_seal(tmp_path / "seal.json")
    assert audit(life.ledger, seal=kept).faults == ()
    life.assign("002", "市政数局")
    assert audit(life.ledger, seal=kept).faults == ()


def test_a_journal_cut_short_passes_audit_and_fails_against_the_seal(
    life: Life,
) -> None:
    taken = seal(life.ledger)
    written_anew(life.ledger, events(life.ledger)[:-2])
    assert audit(life.ledger).faults == ()
    (fault,) = audit(life.ledger, seal=taken).faults
    assert str(taken.count) in str(fault.wrong)
    assert str(taken.count - 2) in str(fault.wrong)


def test_a_journal_written_anew_passes_audit_and_fails_against_the_seal(
    life: Life,
) -> None:
    taken = seal(life.ledger)
    forged = [
        replace(event, data={**event.data, "opinion": "已到现场逐项核对，同意销号"})
        if event.kind == "close"
        else event
        for event in events(life.ledger)
    ]
    written_anew(life.ledger, forged)
    life.assign("002", "市政数局")
    assert audit(life.ledger).faults == ()
    (fault,) = audit(life.ledger, seal=taken).faults
    assert f"Entry {taken.count}" in str(fault.wrong)


def test_a_changed_entry_breaks_the_seal_too(life: Life) -> None:
    taken = seal(life.ledger)
    connection = life.ledger.store.connection
    connection.execute("DROP TRIGGER journal_no_update")
    connection.execute(
        "UPDATE journal SET body = replace(body, '同意销号', '不同意销') WHERE kind = 'close'"
    )
    places = [str(fault.place) for fault in audit(life.ledger, seal=taken).faults]
    assert any("seal" in place for place in places)


def test_the_seal_of_another_ledger_is_told_apart(life: Life, tmp_path: Path) -> None:
    with Ledger.create(
        tmp_path / "other", unit="某办", actor="某人", clock=Clock()
    ) as other:
        (fault,) = audit(life.ledger, seal=seal(other)).faults
    assert "another ledger" in str(fault.wrong)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 5000,
        b'{"schema": "seal/2"}',
        b'{"schema": "seal/1"}',
        b" " * 70_000,
    ],
)
def test_a_file_that_is_no_seal_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "seal.json"
    path.write_bytes(content)
    with pytest.raises(UsageProblem, match="no seal"):
        read_seal(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("count", 0),
        ("count", "21"),
        ("count", True),
        ("head", "AB" * 32),
        ("head", 5),
        ("at", "yesterday"),
        ("ledger", None),
    ],
)
def test_a_seal_with_a_value_that_none_has_is_refused(
    key: str, value: object, tmp_path: Path
) -> None:
    time = "2024-06-07T01:00:00.000000Z"
    good = document(Seal("01HQZZZZZZZZZZZZZZZZZZZZZZ", 21, "ab" * 32, time, time))
    path = tmp_path / "seal.json"
    path.write_text(json.dumps({**good, key: value}))
    with pytest.raises(UsageProblem, match="no seal"):
        read_seal(path)
    path.write_text(json.dumps(good))
    assert document(read_seal(path)) == good


def test_a_seal_keeps_its_schema(life: Life) -> None:
    hold(document(seal(life.ledger)))


def test_a_seal_is_never_written_over_a_file(life: Life, tmp_path: Path) -> None:
    path = tmp_path / "seal.json"
    path.write_text("mine")
    with pytest.raises(UsageProblem, match="already"):
        write_seal(seal(life.ledger), path)
    assert path.read_text() == "mine"
    assert [entry.name for entry in tmp_path.glob(".*")] == []


def test_the_commands_seal_and_prove(
    life: Life, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seal.json"
    place = ["--ledger", str(life.folder)]
    assert run(["seal", "--out", str(path), *place]) == 0
    printed = capsys.readouterr().out
    assert read_seal(path).head in printed
    assert run(["audit", "--seal", str(path), *place]) == 0
    assert "extends the seal" in capsys.readouterr().out
    written_anew(life.ledger, events(life.ledger)[:-1])
    assert run(["audit", *place]) == 0
    assert run(["audit", "--seal", str(path), *place]) == 8
    assert "extends the seal" not in capsys.readouterr().out
