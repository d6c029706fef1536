"""What an audit finds by itself, and what only a seal can show."""
# ruff: noqa: S608 (nothing but the names of our own tables and columns is put in)

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from ledger.audit import Report, audit
from ledger.book import Ledger
from ledger.clock import Clock
from ledger.errors import Damaged, LedgerError
from ledger.journal import FIRST_HASH, body_of, chain, event_of
from ledger.projection import fold
from ledger.storage import schema
from tests.ledger.office import BEGINNING, CHEN, LI, QIAN, SUN, Office

TEXT_COLUMNS = ("at", "kind", "item", "actor", "body", "hash")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which much has happened; never written to."""
    folder = tmp_path_factory.mktemp("lived") / "ledger"
    office = Office.begin(folder)
    office.closed()
    office.verifying()
    ref = office.started()
    office.act(
        "transfer.propose",
        ref,
        CHEN,
        body="市监委",
        document=office.file("移送函"),
        reason="涉嫌职务犯罪",
    )
    office.registered("行政执法不规范\u3000不严格")
    office.ledger.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    office.ledger.close()
    return folder


@pytest.fixture
def folder(lived: Path, tmp_path: Path) -> Path:
    return copytree(lived, tmp_path / "ledger")


@pytest.fixture
def file(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database as somebody has it who may write the file: triggers dropped."""
    connection = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    drop_triggers(connection)
    yield connection
    connection.close()


def drop_triggers(connection: sqlite3.Connection) -> None:
    for name in schema.TRIGGERS:
        connection.execute(f"DROP TRIGGER {name}")


def restore_triggers(connection: sqlite3.Connection) -> None:
    for text in schema.TRIGGERS.values():
        connection.execute(text)


def report(folder: Path) -> Report:
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        return audit(ledger)


def places(folder: Path) -> list[str]:
    """What the audit names, the triggers that the test itself dropped left out."""
    return [
        str(fault.place)
        for fault in report(folder).faults
        if not str(fault.place).startswith("trigger ")
    ]


def named(folder: Path) -> str:
    """What the audit, or the refusal to open, says first."""
    try:
        return "; ".join(places(folder))
    except Damaged as error:
        return str(error)


def test_an_untouched_ledger_passes(folder: Path) -> None:
    found = report(folder)
    assert found.faults == ()
    assert (found.items, found.closed, found.evidence) == (4, 1, 2)
    assert found.events == found.head.seq > 30


def test_progress_is_told_to_the_end(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        found = audit(ledger, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (found.events, found.events)


def test_an_audit_changes_nothing(folder: Path) -> None:
    before = (folder / "ledger.db").read_bytes()
    report(folder)
    assert (folder / "ledger.db").read_bytes() == before


# The journal


def change(text: str, place: int, chance: random.Random) -> str:
    """``text`` with one character changed, left out or added at ``place``."""
    other = chance.choice([c for c in '0aZ"}{,\\ 销\u200b' if c != text[place]])
    return chance.choice(
        [
            text[:place] + other + text[place + 1 :],
            text[:place] + text[place + 1 :],
            text[:place] + other + text[place:],
        ]
    )


@pytest.mark.parametrize("column", TEXT_COLUMNS)
def test_one_character_changed_in_any_text_of_any_row_is_found_and_the_row_named(
    file: sqlite3.Connection, folder: Path, column: str, trials: int | None
) -> None:
    chance = random.Random(column)  # noqa: S311 (no secret)
    rows = file.execute(
        f"SELECT seq, {column} FROM journal WHERE {column} IS NOT NULL ORDER BY seq"
    ).fetchall()
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        for _ in range(max(1, (trials or 0) // len(rows))):
            for seq, text in rows:
                changed = change(text, chance.randrange(len(text)), chance)
                file.execute(
                    f"UPDATE journal SET {column} = ? WHERE seq = ?", (changed, seq)
                )
                faults = audit(ledger).faults
                file.execute(
                    f"UPDATE journal SET {column} = ? WHERE seq = ?", (text, seq)
                )
                assert f"entry {seq}" in {str(fault.place) for fault in faults}, (
                    column,
                    seq,
                    changed,
                )


@pytest.mark.parametrize("column", TEXT_COLUMNS)
def test_a_change_of_the_first_row_is_named_on_opening_or_by_the_audit(
    file: sqlite3.Connection, folder: Path, column: str
) -> None:
    text = file.execute(f"SELECT {column} FROM journal WHERE seq = 1").fetchone()[0]
    for place in range(len(text or "")):
        chance = random.Random(place)  # noqa: S311 (no secret)
        file.execute(
            f"UPDATE journal SET {column} = ? WHERE seq = 1",
            (change(text, place, chance),),
        )
        assert "ntry 1" in named(folder)


def test_the_characters_of_a_body_all_count(
    file: sqlite3.Connection, folder: Path
) -> None:
    (seq, body) = file.execute(
        "SELECT seq, body FROM journal WHERE kind = 'close'"
    ).fetchone()
    chance = random.Random(7)  # noqa: S311 (no secret)
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        for place in range(0, len(body), 4):
            file.execute(
                "UPDATE journal SET body = ? WHERE seq = ?",
                (change(body, place, chance), seq),
            )
            found = {str(fault.place) for fault in audit(ledger).faults}
            assert f"entry {seq}" in found


@pytest.mark.parametrize("value", [b"\xff\xfe", 7, 7.5, None, "", "\x00", b""])
@pytest.mark.parametrize("column", ["at", "kind", "actor", "body", "hash"])
def test_a_value_that_is_no_text_is_found(
    file: sqlite3.Connection, folder: Path, column: str, value: object
) -> None:
    file.execute("PRAGMA writable_schema = ON")
    file.execute(
        "UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')"
        " WHERE name = 'journal'"
    )
    file.execute("PRAGMA writable_schema = RESET")
    file.execute(f"UPDATE journal SET {column} = ? WHERE seq = 5", (value,))
    assert "entry 5" in named(folder)


def test_text_that_is_no_utf_8_is_found(file: sqlite3.Connection, folder: Path) -> None:
    file.execute("UPDATE journal SET kind = CAST(x'ff61' AS TEXT) WHERE seq = 5")
    assert places(folder) == ["entry 5"]


def test_rows_swapped_deleted_doubled_and_added_are_found(
    file: sqlite3.Connection, folder: Path
) -> None:
    last = file.execute("SELECT max(seq) FROM journal").fetchone()[0]
    changes: dict[str, tuple[str, str]] = {
        "swapped": (
            """UPDATE journal SET seq = CASE seq WHEN 4 THEN -5 ELSE -4 END
            WHERE seq IN (4, 5); UPDATE journal SET seq = -seq WHERE seq < 0""",
            "entry 4",
        ),
        "deleted": ("DELETE FROM journal WHERE seq = 6", "entry 7"),
        "first deleted": ("DELETE FROM journal WHERE seq = 1", "entry 2"),
        "doubled": (
            f"""INSERT INTO journal SELECT {last + 1}, at, kind, item, actor, body, hash
            FROM journal WHERE seq = {last}""",
            f"entry {last + 1}",
        ),
        "renumbered": (
            f"UPDATE journal SET seq = {last + 9} WHERE seq = {last}",
            f"entry {last + 9}",
        ),
        "put before": (
            """INSERT INTO journal SELECT 0, at, kind, item, actor, body, hash
            FROM journal WHERE seq = 1""",
            "entry 0",
        ),
    }
    for name, (script, place) in changes.items():
        file.execute("BEGIN")
        for statement in script.split(";"):
            file.execute(statement)
        file.execute("COMMIT")
        assert place in named(folder), name
        _copy_back(file, folder)


def _copy_back(file: sqlite3.Connection, folder: Path) -> None:
    """Put the journal back from the untouched copy that lies beside it."""
    source = folder.parent / "untouched.db"
    if not source.exists():
        pytest.fail("the untouched copy is missing")
    file.execute("ATTACH ? AS whole", (str(source),))
    file.execute("DELETE FROM journal")
    file.execute("INSERT INTO journal SELECT * FROM whole.journal")
    file.execute("DETACH whole")


@pytest.fixture(autouse=True)
def untouched(lived: Path, tmp_path: Path) -> None:
    (tmp_path / "untouched.db").write_bytes((lived / "ledger.db").read_bytes())


def test_an_entry_of_another_ledger_is_found(
    file: sqlite3.Connection, folder: Path
) -> None:
    last, body, before = file.execute(
        "SELECT seq, body, (SELECT hash FROM journal p WHERE p.seq = j.seq - 1)"
        " FROM journal j ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        forged = body.replace(ledger.id, ledger.id[::-1])
    file.execute(
        "UPDATE journal SET body = ?, hash = ? WHERE seq = ?",
        (forged, chain(before, forged), last),
    )
    assert places(folder) == [f"entry {last}"]


def test_a_broken_entry_is_not_buried_under_what_follows_from_it(
    file: sqlite3.Connection, folder: Path
) -> None:
    file.execute("UPDATE journal SET hash = ? WHERE seq = 5", ("0" * 64,))
    assert places(folder) == ["entry 5"]


# What is made of the journal


@pytest.mark.parametrize(
    "table", ["items", "parts", "ties", "units", "people", "rules"]
)
def test_every_value_of_every_projected_table_is_compared(
    file: sqlite3.Connection, folder: Path, table: str
) -> None:
    columns = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
    rows = file.execute(f"SELECT rowid, * FROM {table}").fetchall()
    tried = 0
    for rowid, *values in rows:
        for column, value in zip(columns, values, strict=True):
            changed = value + 1 if isinstance(value, int) else f"{value or ''}x"
            file.execute(
                f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, rowid)
            )
            assert named(folder), (table, column, value)
            file.execute(
                f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid)
            )
            tried += 1
    assert tried or table == "ties"
    assert places(folder) == []


def test_a_changed_item_is_named_by_its_reference(
    file: sqlite3.Connection, folder: Path
) -> None:
    file.execute("UPDATE items SET state = 'closed' WHERE ref = 'R-2024-002'")
    assert places(folder) == ["stored R-2024-002"]
    file.execute("UPDATE items SET ref = 'R-2024-999' WHERE ref = 'R-2024-002'")
    assert places(folder) == ["stored R-2024-002"]


def test_a_unit_struck_from_who_takes_part_is_named_by_the_item(
    file: sqlite3.Connection, folder: Path
) -> None:
    file.execute(
        "DELETE FROM parts WHERE item = (SELECT id FROM items WHERE ref = 'R-2024-001')"
    )
    assert places(folder) == ["stored parts R-2024-001"]


@pytest.mark.parametrize(
    ("script", "place"),
    [
        ("DELETE FROM people WHERE id = 'p3'", "stored people p3"),
        ("UPDATE rules SET value = 'two-person'", "stored rules closing"),
        ("INSERT INTO rules VALUES ('notice', '9')", "stored rules notice"),
        ("INSERT INTO units VALUES ('u9', 9, '{}')", "stored units u9"),
        ("DELETE FROM items WHERE ref = 'R-2024-003'", "stored R-2024-003"),
        (
            "INSERT INTO parts SELECT id, 'u5', 'lead' FROM items LIMIT 1",
            "stored parts R-2024-00",
        ),
    ],
)
def test_a_row_too_few_or_too_many_is_named(
    file: sqlite3.Connection, folder: Path, script: str, place: str
) -> None:
    file.execute(script)
    assert named(folder).startswith(place)


def test_an_item_no_entry_registers_is_named(
    file: sqlite3.Connection, folder: Path
) -> None:
    columns = [row[1] for row in file.execute("PRAGMA table_info(items)")]
    chosen = ", ".join(
        {"id": "'01FORGED'", "ref": "'R-2024-777'", "source": "NULL"}.get(name, name)
        for name in columns
    )
    file.execute(f"INSERT INTO items SELECT {chosen} FROM items LIMIT 1")
    assert places(folder) == ["stored R-2024-777"]


def test_a_value_nobody_can_read_is_damage_that_points_to_the_audit(
    file: sqlite3.Connection, folder: Path
) -> None:
    file.execute("UPDATE items SET doc = '{' WHERE ref = 'R-2024-002'")
    file.execute("UPDATE people SET doc = '{\"id\":\"p2\"}' WHERE id = 'p2'")
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        with pytest.raises(Damaged, match="ledger audit"):
            ledger.find("002")
        with pytest.raises(Damaged, match="ledger audit"):
            _ = ledger.directory
        assert {str(f.place) for f in audit(ledger).faults} >= {
            "stored R-2024-002",
            "stored people p2",
        }


# Triggers


def test_missing_changed_and_foreign_triggers_are_named(
    file: sqlite3.Connection, folder: Path
) -> None:
    assert [str(f.place) for f in report(folder).faults] == [
        "trigger journal_no_delete",
        "trigger journal_no_update",
    ]
    restore_triggers(file)
    assert report(folder).faults == ()
    file.execute("DROP TRIGGER journal_no_update")
    file.execute(
        "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT 1; END"
    )
    file.execute(
        "CREATE TRIGGER helper AFTER INSERT ON journal BEGIN"
        " UPDATE items SET title = title; END"
    )
    assert [str(f.place) for f in report(folder).faults] == [
        "trigger helper",
        "trigger journal_no_update",
    ]


@pytest.mark.parametrize(
    "script",
    ["UPDATE journal SET actor = 'p9' WHERE seq = 3", "DELETE FROM journal"],
)
def test_the_triggers_stop_accidents(folder: Path, script: str) -> None:
    connection = sqlite3.connect(folder / "ledger.db")
    with pytest.raises(sqlite3.IntegrityError, match="the journal is never"):
        connection.execute(script)
    connection.close()


# Evidence


def _evidence(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "evidence").rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes() + b" "),
    ],
    ids=["missing", "cut", "emptied", "longer"],
)
def test_an_evidence_file_missing_or_changed_is_named_with_its_items(
    folder: Path, damage: Callable[[Path], object]
) -> None:
    for path in _evidence(folder):
        path.chmod(0o644)
        content = path.read_bytes()
        damage(path)
        found = places(folder)
        assert found
        assert all(path.name[:12] in place for place in found)
        assert all("R-2024-00" in place for place in found)
        path.write_bytes(content)
    assert places(folder) == []


def test_the_document_of_a_transfer_is_looked_at_too(folder: Path) -> None:
    for path in _evidence(folder):
        if "移送函" in path.read_text(encoding="utf-8"):
            path.unlink()
    assert [place.split(" (")[0] for place in places(folder)] == [
        "evidence transfer.propose of R-2024-003"
    ]


def test_a_file_nobody_speaks_of_is_no_fault(folder: Path) -> None:
    (folder / "evidence" / ".coming-x").write_text("half")
    assert places(folder) == []


# What only a seal shows


def test_a_journal_cut_short_with_its_projection_passes_until_there_is_a_seal(
    file: sqlite3.Connection, folder: Path, lived: Path
) -> None:
    """Documented: truncation needs a sealed head to be seen."""
    before = report(lived).head
    file.execute("DELETE FROM journal WHERE seq > 22")
    file.execute("DELETE FROM items")
    file.execute("DELETE FROM parts")
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        _rebuild(ledger)
    restore_triggers(file)
    after = report(folder)
    assert after.faults == ()
    assert after.head != before


def test_a_journal_written_anew_from_the_first_line_passes_until_there_is_a_seal(
    file: sqlite3.Connection, folder: Path
) -> None:
    """Documented: full recomputation needs a sealed head to be seen."""
    before = report(folder).head
    previous = FIRST_HASH
    rows = file.execute("SELECT seq, body FROM journal ORDER BY seq").fetchall()
    for seq, body in rows:
        forged = body.replace("同意销号", "同意销号。")
        previous = chain(previous, forged)
        assert body_of(event_of(forged)) == forged
        file.execute(
            "UPDATE journal SET body = ?, hash = ? WHERE seq = ?",
            (forged, previous, seq),
        )
    file.execute("DELETE FROM items")
    file.execute("DELETE FROM parts")
    with Ledger.open(folder, clock=Clock(BEGINNING)) as ledger:
        _rebuild(ledger)
    restore_triggers(file)
    after = report(folder)
    assert after.faults == ()
    assert after.head.seq == before.seq
    assert after.head.hash != before.hash


def _rebuild(ledger: Ledger) -> None:
    items, _ = fold(event_of(row.body) for row in ledger.store.journal.rows())
    with ledger.store.write():
        for item in items.values():
            ledger.store.items.save(item)


# Random changes anywhere


def test_a_random_byte_changed_in_the_file_is_never_taken_for_health(
    folder: Path, trials: int | None
) -> None:
    """Each either leaves every stored value as it is, or is told in three parts."""
    whole = (folder / "ledger.db").read_bytes()
    before = _values(folder)
    chance = random.Random(11)  # noqa: S311 (no secret)
    told = 0
    for _ in range(trials or 60):
        place = chance.randrange(len(whole))
        flipped = bytes([whole[place] ^ (1 << chance.randrange(8))])
        (folder / "ledger.db").write_bytes(whole[:place] + flipped + whole[place + 1 :])
        try:
            healthy = not report(folder).faults
        except LedgerError as error:
            healthy = not all(error.parts()[:2])
        if healthy:
            assert _values(folder) == before
        else:
            told += 1
        for rest in folder.glob("ledger.db-*"):
            rest.unlink()
    assert told


def _values(folder: Path) -> list[object]:
    connection = sqlite3.connect(folder / "ledger.db")
    tables = ("journal", "items", "parts", "ties", "units", "people", "rules")
    try:
        return [
            connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables
        ]
    finally:
        connection.close()


def test_an_audit_sees_one_moment_while_others_write(office: Office) -> None:
    ref = office.started()
    other = Office.reopen(office.ledger.folder)
    with office.ledger.store.reading():
        before = office.ledger.store.journal.head()
        other.act("progress", ref, SUN, text="继续")
        assert office.ledger.store.journal.head() == before
    assert office.ledger.store.journal.head() != before
    other.ledger.close()
    assert audit(office.ledger).faults == ()


def test_a_clock_that_jumped_back_and_on_again_does_not_trouble_the_audit(
    office: Office,
) -> None:
    ref = office.started()
    due = office.find(ref).due
    assert due is not None
    office.ledger.clock = Clock(BEGINNING.replace(month=8))
    office.act("progress", ref, SUN, text="时钟走快了")
    office.ledger.clock = Clock(BEGINNING.replace(day=6))
    office.act("extend.request", ref, SUN, due=due.replace(year=2025), reason="延误")
    office.act("extend.grant", ref, QIAN)
    row = list(office.ledger.store.journal.rows())[-1]
    assert row.at.startswith("2024-08-04")
    assert event_of(row.body).recorded_by["clock_read"].startswith("2024-03-06")
    assert audit(office.ledger).faults == ()
    assert office.person(LI) == "p1"
