"""A backup is the whole ledger of one moment, and comes back whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import queue
import random
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger import backup as module
from ledger.audit import audit
from ledger.backup import backup
from ledger.book import Actor, Ledger
from ledger.cli.app import run
from ledger.clock import Clock
from ledger.errors import Damaged, LedgerError, Refused, UsageProblem
from ledger.past import as_of
from ledger.restore import restore
from tests.ledger.life import Life
from tests.ledger.schemas import hold

Parts = dict[str, bytes]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    lived = Life(tmp_path / "ledger")
    lived.through("001", "市司法局", "孙丽")
    document = lived.ledger.evidence.add(lived.paper("撤账依据.txt", "重复登记")).digest
    lived.act("void.propose", "004", "李明", document=document, reason="重复登记")
    (lived.folder / "ledger.toml").write_text('language = "zh"\n')
    (lived.folder / "holidays").mkdir()
    (lived.folder / "holidays" / "2027.toml").write_text("year = 2027\n")
    return lived


def journal(folder: Path) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(folder / "ledger.db")
    try:
        return connection.execute("SELECT * FROM journal ORDER BY seq").fetchall()
    finally:
        connection.close()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` but SQLite's own beside the database."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("ledger.db-")
    }


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, parts: Parts, **how: Any) -> Path:
    with zipfile.ZipFile(path, "w", how.pop("method", zipfile.ZIP_STORED)) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def resealed(parts: Parts, **changes: Any) -> Parts:
    """``parts`` with a manifest that says what they are, as a forger would write it."""
    manifest = json.loads(parts["manifest.json"])
    manifest["files"] = [
        {
            "name": name,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        for name, content in parts.items()
        if name != "manifest.json"
    ]
    manifest.update(changes)
    return {**parts, "manifest.json": json.dumps(manifest).encode()}


def changed_database(parts: Parts, folder: Path, *statements: str) -> Parts:
    """``parts`` with a database in which ``statements`` were carried out."""
    path = folder / "forged.db"
    path.write_bytes(parts["ledger.db"])
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return resealed({**parts, "ledger.db": path.read_bytes()})


def test_a_restored_ledger_is_the_one_that_was_saved(
    life: Life, tmp_path: Path
) -> None:
    done = backup(life.ledger, tmp_path / "b.zip")
    back = restore(tmp_path / "b.zip", tmp_path / "new" / "place", clock=Clock())
    head = life.ledger.store.journal.head()
    assert (done.count, done.head) == (back.count, back.head) == (head.seq, head.hash)
    assert back.added == head.seq
    assert journal(back.folder) == journal(life.folder)
    before, after = tree(life.folder), tree(back.folder)
    before.pop("ledger.db"), after.pop("ledger.db")
    assert after == before
    assert sum(name.startswith("evidence/") for name in after) == 2
    with Ledger.open(back.folder, clock=life.ledger.clock) as ledger:
        assert audit(ledger).faults == ()
        mode = ledger.store.connection.execute("PRAGMA journal_mode").fetchone()
        assert mode == ("wal",)
        assert ledger.find("001").closing is not None
    assert [path.name for path in back.folder.glob(".*")] == []


def test_every_digest_stands_in_the_manifest(life: Life, tmp_path: Path) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    parts = parts_of(tmp_path / "b.zip")
    manifest = json.loads(parts.pop("manifest.json"))
    assert manifest["schema"] == "backup/1"
    hold(manifest)
    assert {kept["name"]: kept["sha256"] for kept in manifest["files"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in parts.items()
    }
    assert manifest["missing"] == []


def test_what_others_write_meanwhile_is_in_it_whole_or_not_at_all(
    life: Life, tmp_path: Path
) -> None:
    stop = threading.Event()
    written: queue.SimpleQueue[int] = queue.SimpleQueue()

    def keep_writing() -> None:
        with Ledger.open(life.folder, clock=life.ledger.clock) as other:
            li = Actor(other.person("李明"))
            while not stop.is_set():
                other.act("amend", "002", li, field="funds", value="1", reason="试")
                written.put(other.store.journal.head().seq)

    thread = threading.Thread(target=keep_writing)
    thread.start()
    try:
        for number in range(4):
            before = written.get(timeout=20)
            path = tmp_path / f"{number}.zip"
            done = backup(life.ledger, path)
            back = restore(path, tmp_path / str(number), clock=Clock())
            assert back.count == done.count >= before
    finally:
        stop.set()
        thread.join()


def test_a_backup_is_never_written_over_a_file(life: Life, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(UsageProblem, match="already"):
        backup(life.ledger, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "mine"


def test_a_backup_that_fails_leaves_nothing(
    life: Life, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(module, "copy_bytes", full)
    with pytest.raises((OSError, LedgerError)):
        backup(life.ledger, tmp_path / "b.zip")
    assert sorted(tmp_path.iterdir()) == before


def test_a_ledger_that_is_there_is_brought_up_to_the_backup(
    life: Life, tmp_path: Path
) -> None:
    backup(life.ledger, tmp_path / "early.zip")
    life.on(date(2024, 4, 1))
    life.through("002", "市政数局", "王强")
    backup(life.ledger, tmp_path / "late.zip")
    place = tmp_path / "place"
    restore(tmp_path / "early.zip", place, clock=Clock())
    back = restore(tmp_path / "late.zip", place, clock=Clock())
    assert 0 < back.added < back.count
    assert journal(place) == journal(life.folder)
    with Ledger.open(place, clock=life.ledger.clock) as ledger:
        assert audit(ledger).faults == ()
    again = restore(tmp_path / "late.zip", place, clock=Clock())
    assert again.added == 0


def test_a_longer_ledger_is_not_cut(life: Life, tmp_path: Path) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    life.assign("002", "市政数局")
    before = tree(life.folder), journal(life.folder)
    with pytest.raises(Refused, match="is longer than"):
        restore(tmp_path / "b.zip", life.folder, clock=Clock())
    assert (tree(life.folder), journal(life.folder)) == before


def test_a_diverging_ledger_is_not_replaced(life: Life, tmp_path: Path) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    place = tmp_path / "place"
    restore(tmp_path / "b.zip", place, clock=Clock())
    life.assign("002", "市政数局")
    life.evidence("002", "王强", "只在原处的佐证")
    backup(life.ledger, tmp_path / "other.zip")
    with Ledger.open(place, clock=life.ledger.clock) as ledger:
        ledger.act(
            "amend",
            "003",
            Actor(ledger.person("李明")),
            field="funds",
            value="5",
            reason="x",
        )
    before = tree(place), journal(place)
    with pytest.raises(Refused, match="another one"):
        restore(tmp_path / "other.zip", place, clock=Clock())
    assert (tree(place), journal(place)) == before


def test_the_ledger_of_another_office_is_not_replaced(
    life: Life, tmp_path: Path
) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    place = tmp_path / "place"
    Ledger.create(place, unit="某办", actor="某人", clock=Clock()).close()
    with pytest.raises(Refused):
        restore(tmp_path / "b.zip", place, clock=Clock())


def test_no_tracker_gets_anything_new_before_it_was_read_whole(
    life: Life, tmp_path: Path
) -> None:
    connection = life.ledger.store.connection
    connection.execute(
        "INSERT INTO trackers (name, kind, address, project, options, issues_since,"
        " comments_since, read_whole, held_by, held_until) VALUES ('g', 'gitea',"
        " 'http://127.0.0.1:3000', 'o/r', '{}', 'x', 'y', 1, 'me', 'z')"
    )
    connection.execute(
        "INSERT INTO links (tracker, item, state) VALUES ('g', 'i', 'w')"
    )
    backup(life.ledger, tmp_path / "b.zip")
    place = tmp_path / "place"
    for _ in range(2):  # into a new folder, and over the ledger that is there
        restore(tmp_path / "b.zip", place, clock=Clock())
        with Ledger.open(place, clock=Clock()) as ledger:
            row = ledger.store.connection.execute(
                "SELECT read_whole, issues_since, comments_since, held_by, held_until"
                " FROM trackers"
            ).fetchone()
            links = ledger.store.connection.execute("SELECT item FROM links").fetchall()
            assert row == (0, None, None, None, None)
            assert links == [("i",)]
            ledger.store.connection.execute(
                "UPDATE trackers SET read_whole = 1, issues_since = 'x', held_by = 'm'"
            )
    assert connection.execute("SELECT read_whole FROM trackers").fetchone() == (1,)


def test_missing_evidence_is_named_and_the_rest_saved(
    life: Life, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kept,) = life.ledger.find("001").evidence
    life.ledger.evidence.path(kept.digest).unlink()
    path = tmp_path / "b.zip"
    assert run(["backup", str(path), "--ledger", str(life.folder)]) == 6
    assert kept.digest in capsys.readouterr().err
    assert run(["restore", str(path), str(tmp_path / "place")]) == 6
    assert kept.digest in capsys.readouterr().err
    with Ledger.open(tmp_path / "place", clock=life.ledger.clock) as ledger:
        (fault,) = audit(ledger).faults
    assert fault.digest == kept.digest


def test_changed_evidence_is_not_saved_as_if_it_were_right(
    life: Life, tmp_path: Path
) -> None:
    (kept,) = life.ledger.find("001").evidence
    path = life.ledger.evidence.path(kept.digest)
    path.chmod(0o644)
    path.write_text("另一份")
    done = backup(life.ledger, tmp_path / "b.zip")
    assert done.missing == (kept.digest,)
    assert not any(kept.digest in name for name in parts_of(tmp_path / "b.zip"))


def test_the_rest_of_a_lost_database_is_not_mixed_with_a_restored_one(
    life: Life, tmp_path: Path
) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    place = tmp_path / "place"
    place.mkdir()
    (place / "ledger.db-wal").write_bytes(b"old")
    with pytest.raises(Refused, match=r"ledger\.db-wal"):
        restore(tmp_path / "b.zip", place, clock=Clock())
    assert sorted(path.name for path in place.iterdir()) == ["ledger.db-wal"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with evidence, made once."""
    folder = tmp_path_factory.mktemp("sound")
    lived = Life(folder / "ledger")
    lived.through("001", "市司法局", "孙丽")
    (lived.folder / "ledger.toml").write_text('language = "zh"\n')
    backup(lived.ledger, folder / "b.zip")
    lived.ledger.close()
    return folder / "b.zip"


Forge = Callable[[Parts, Path], Parts]


def without(name: str) -> Forge:
    return lambda parts, _: {key: kept for key, kept in parts.items() if key != name}


def renamed(old: str, new: str, *, said: bool) -> Forge:
    def forge(parts: Parts, _folder: Path) -> Parts:
        made = {new if key == old else key: kept for key, kept in parts.items()}
        return resealed(made) if said else made

    return forge


def added(name: str, content: bytes, *, said: bool) -> Forge:
    def forge(parts: Parts, _folder: Path) -> Parts:
        made = {**parts, name: content}
        return resealed(made) if said else made

    return forge


def evidence_changed(parts: Parts, _folder: Path) -> Parts:
    name = next(name for name in parts if name.startswith("evidence/"))
    return {**parts, name: parts[name][:-1] + b"!"}


def evidence_changed_and_said(parts: Parts, folder: Path) -> Parts:
    return resealed(evidence_changed(parts, folder))


def evidence_left_out(parts: Parts, _folder: Path) -> Parts:
    name = next(name for name in parts if name.startswith("evidence/"))
    return resealed({key: kept for key, kept in parts.items() if key != name})


def said(**changes: Any) -> Forge:
    def forge(parts: Parts, _folder: Path) -> Parts:
        manifest = {**json.loads(parts["manifest.json"]), **changes}
        return {**parts, "manifest.json": json.dumps(manifest).encode()}

    return forge


def sql(*statements: str) -> Forge:
    return lambda parts, folder: changed_database(parts, folder, *statements)


_NO_UPDATE = "DROP TRIGGER journal_no_update"
HOSTILE: dict[str, Forge] = {
    "a path that climbs": added("../evil", b"x", said=True),
    "a path that climbs, unsaid": added("../../evil", b"x", said=False),
    "an absolute path": added("/etc/evil-restored", b"x", said=True),
    "a path with a backslash": added("holidays\\..\\..\\e.toml", b"x", said=True),
    "a hidden notice": added("holidays/.e.toml", b"x", said=True),
    "a notice in a folder": added("holidays/a/e.toml", b"x", said=True),
    "a script": added("run.sh", b"x", said=True),
    "a settings file too large": added("ledger.toml", b"#" * (1 << 21), said=True),
    "settings changed": lambda p, _: {**p, "ledger.toml": b'language = "en"\n'},
    "a file nobody named": added("holidays/e.toml", b"x", said=False),
    "no manifest": without("manifest.json"),
    "no database": without("ledger.db"),
    "a manifest that is no JSON": lambda p, _: {**p, "manifest.json": b"{"},
    "a deep manifest": lambda p, _: {**p, "manifest.json": b"[" * 100_000},
    "a manifest that is a list": lambda p, _: {**p, "manifest.json": b"[]"},
    "another schema": said(schema="backup/2"),
    "another ledger": said(ledger="01HQZZZZZZZZZZZZZZZZZZZZZZ"),
    "another count": said(count=3),
    "another head": said(head="ab" * 32),
    "a size that is text": said(
        files=[{"name": "ledger.db", "size": "1", "sha256": ""}]
    ),
    "evidence changed": evidence_changed,
    "evidence changed and said so": evidence_changed_and_said,
    "evidence that is not what its name says": added(
        f"evidence/ab/{'ab' * 32}", b"x", said=True
    ),
    "evidence left out": evidence_left_out,
    "evidence under another name": renamed("ledger.toml", "evidence/aa/b", said=True),
    "no database inside": lambda p, _: resealed({**p, "ledger.db": b"not a database"}),
    "an empty database": lambda p, _: resealed({**p, "ledger.db": b""}),
    "a database cut short": lambda p, _: resealed(
        {**p, "ledger.db": p["ledger.db"][:8192]}
    ),
    "a changed entry": sql(
        _NO_UPDATE, "UPDATE journal SET body = replace(body, '李明', '李四')"
    ),
    "a changed item": sql("UPDATE items SET state = 'closed' WHERE number = 2"),
    "a dropped trigger": sql("DROP TRIGGER journal_no_delete"),
    "a trigger of its own": sql(
        "CREATE TRIGGER evil AFTER INSERT ON items BEGIN DELETE FROM rules; END"
    ),
    "a view": sql("CREATE VIEW evil AS SELECT * FROM items"),
    "a newer schema": sql("PRAGMA user_version = 99"),
    "another program's": sql("PRAGMA application_id = 1"),
    "an empty journal": sql("DROP TRIGGER journal_no_delete", "DELETE FROM journal"),
}


@pytest.mark.parametrize("forge", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_backup_writes_nothing_and_ends_with_one_error(
    forge: Forge, sound: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    forged = packed(work / "f.zip", forge(parts_of(sound), work))
    outer = tmp_path / "outer"
    outer.mkdir()
    before = tree(tmp_path)
    with pytest.raises((UsageProblem, Damaged)) as raised:
        restore(forged, outer / "in" / "place", clock=Clock())
    assert all(raised.value.parts())
    assert list(outer.iterdir()) == []
    assert tree(tmp_path) == before
    assert not Path("/etc/evil-restored").exists()


def test_a_view_in_a_tables_place_is_never_read(sound: Path, tmp_path: Path) -> None:
    """It could count for ever, and the audit would wait for it."""
    endless = (
        "CREATE VIEW journal AS WITH RECURSIVE n(x) AS"
        " (SELECT 1 UNION ALL SELECT x FROM n) SELECT x AS seq, '' AS at, '' AS kind,"
        " '' AS item, '' AS actor, '' AS body, '' AS hash FROM n WHERE x > 1"
    )
    forge = sql("ALTER TABLE journal RENAME TO other", endless)
    forged = packed(tmp_path / "f.zip", forge(parts_of(sound), tmp_path))
    with pytest.raises(UsageProblem, match="not built as ours"):
        restore(forged, tmp_path / "place", clock=Clock())


def test_packed_archives_and_bombs_are_refused_before_they_are_unpacked(
    life: Life, tmp_path: Path
) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    parts = parts_of(tmp_path / "b.zip")
    bomb = resealed({**parts, "ledger.toml": b"\0" * (50 << 20)})
    path = packed(tmp_path / "bomb.zip", bomb, method=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(UsageProblem, match="It is packed as no"):
        restore(path, tmp_path / "place", clock=Clock())
    with zipfile.ZipFile(tmp_path / "part.zip", "w") as archive:
        for name, content in parts.items():
            how = zipfile.ZIP_DEFLATED if name == "manifest.json" else None
            archive.writestr(name, content, how)
    with pytest.raises(UsageProblem, match="It is packed as no"):
        restore(tmp_path / "part.zip", tmp_path / "place", clock=Clock())
    claims = bytearray((tmp_path / "b.zip").read_bytes())
    at = claims.index(b"PK\x01\x02")  # the table of contents: sizes at 20 and 24
    claims[at + 20 : at + 28] = b"\0\0\0\x7f" * 2
    (tmp_path / "claims.zip").write_bytes(claims)
    with pytest.raises(UsageProblem, match="It is packed as no"):
        restore(tmp_path / "claims.zip", tmp_path / "place", clock=Clock())
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("ledger.toml", parts["ledger.toml"])
    with pytest.raises(UsageProblem, match="stands in it twice"):
        restore(tmp_path / "twice.zip", tmp_path / "place", clock=Clock())
    assert not (tmp_path / "place").exists()


def test_damaged_archives_are_refused_whatever_the_damage(
    life: Life, tmp_path: Path
) -> None:
    backup(life.ledger, tmp_path / "b.zip")
    sound = (tmp_path / "b.zip").read_bytes()
    original = parts_of(tmp_path / "b.zip")
    dice = random.Random(7)  # noqa: S311 (damage, no secret)
    path = tmp_path / "d.zip"
    for number in range(60):
        damaged = bytearray(sound)
        if number % 3 == 0:
            damaged = damaged[: dice.randrange(len(sound))]
        else:
            # The table of contents is at the end: hit it as often as the rest.
            begin = 0 if number % 3 == 1 else len(sound) - 900
            at = dice.randrange(begin, len(sound))
            damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        place = tmp_path / f"place-{number}"
        try:
            restore(path, place, clock=Clock())
        except (UsageProblem, Damaged):
            assert not place.exists()
        else:
            # A bit that says nothing, such as a time: what came back is the same.
            assert journal(place) == journal(life.folder)
            for name, content in original.items():
                if name not in ("manifest.json", "ledger.db"):
                    assert (place / name).read_bytes() == content


def test_files_that_are_no_archive_are_refused(tmp_path: Path) -> None:
    for name, content in (("empty", b""), ("text", b"hello"), ("zip", b"PK\x05\x06")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(UsageProblem):
            restore(path, tmp_path / "place", clock=Clock())
    with pytest.raises(UsageProblem):
        restore(tmp_path / "none", tmp_path / "place", clock=Clock())
    with pytest.raises(UsageProblem):
        restore(tmp_path, tmp_path / "place", clock=Clock())
    assert not (tmp_path / "place").exists()


def test_an_archive_may_be_larger_than_four_gigabytes() -> None:
    entry = zipfile.ZipInfo("x")
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w") as archive,
        archive.open(entry, "w", force_zip64=True) as file,
    ):
        file.write(b"x")
    # Written so, a size of eight bytes has its place from the beginning.
    assert b"\x01\x00\x10\x00" in buffer.getvalue()
    assert "force_zip64=True" in Path(module.__file__).read_text()


def test_a_restored_ledger_knows_its_past_too(life: Life, tmp_path: Path) -> None:
    life.on(date(2024, 4, 1))
    life.assign("002", "市政数局")
    backup(life.ledger, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "place", clock=Clock())
    with (
        Ledger.open(tmp_path / "place", clock=life.ledger.clock) as ledger,
        as_of(ledger, date(2024, 3, 31)) as past,
    ):
        assert past.find("002").state == "registered"
