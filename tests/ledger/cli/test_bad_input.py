"""Bad input: one error in three parts, the documented exit code, nothing lost."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.cli.conftest import SAMPLE, Said

Run = Callable[..., Said]


def explained(said: Said, code: int, *words: str) -> None:
    """Hold that ``said`` is one error in three parts with ``code`` and ``words``."""
    assert said.code == code, said.err
    assert said.parts == ["Error", "Why", "Next"], said.err
    for word in words:
        assert word in said.err
    assert "Traceback" not in said.err


def journal(folder: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "ledger.db") as connection:
        return connection.execute("SELECT * FROM journal ORDER BY seq").fetchall()


@pytest.mark.parametrize("command", ["derive", "register"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.txt", None),
        ("empty.txt", b""),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("odd.txt", b"\xff\xfe\xff\xff" + bytes(range(128, 256)) * 4),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_exit_9(
    siping: Run, command: str, name: str, content: bytes | None
) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    before = journal(Path())
    explained(siping(command, name), 9, name)
    assert journal(Path()) == before


def test_a_folder_is_no_report_to_register(siping: Run) -> None:
    Path("folder").mkdir()
    explained(siping("register", "folder"), 9, "folder")


def test_a_report_without_problems_derives_nothing_and_says_so(siping: Run) -> None:
    Path("news.txt").write_text("今天天气很好。我们去公园走走。\n", encoding="utf-8")
    said = siping("derive", "news.txt", "--format", "json")
    assert said.code == 0
    (document,) = json.loads(said.out)["documents"]
    assert (document["problems"], document["plans"]) == ([], [])
    assert said.err.count("\n") == 1
    assert "news.txt" in said.err
    before = journal(Path())
    said = siping("register", "news.txt")
    assert said.code == 4
    assert journal(Path()) == before


def test_without_a_ledger_a_command_says_how_to_begin_one(ledger: Run) -> None:
    explained(ledger("status"), 12, "ledger init")
    explained(ledger("list", "--ledger", "nowhere"), 12, "nowhere")


def test_a_ledger_of_a_newer_program_is_left_untouched(siping: Run) -> None:
    with sqlite3.connect("ledger.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = Path("ledger.db").read_bytes()
    explained(siping("status"), 8, "newer")
    assert Path("ledger.db").read_bytes() == before


def test_a_ledger_cut_short_is_named_as_damaged(siping: Run) -> None:
    with sqlite3.connect("ledger.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    os.truncate("ledger.db", 20_000)
    for words in (("list",), ("show", "2"), ("audit",), ("log",)):
        explained(siping(*words), 8, "ledger.db")


def test_a_file_that_is_no_ledger_is_named(ledger: Run) -> None:
    Path("ledger.db").write_bytes(b"")
    explained(ledger("status"), 8, "ledger.db")


def test_a_ledger_locked_by_another_process_is_busy(
    siping: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.storage.sqlite.WAIT_SECONDS", 0.05)
    other = sqlite3.connect("ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    before = journal(Path())
    explained(siping("units", "add", "市司法局"), 10)
    assert siping("status").code == 0, "readers never wait"
    other.execute("ROLLBACK")
    other.close()
    assert journal(Path()) == before
    assert siping("units", "add", "市司法局").code == 0


def test_an_unknown_reference_is_named(siping: Run) -> None:
    explained(siping("show", "99"), 2, "99", "ledger list")


def test_an_ambiguous_reference_names_what_it_may_mean(siping: Run) -> None:
    assert siping("add", "另一年的事项", "--origin", "检查", "--year", "2022").code == 0
    explained(siping("show", "1"), 2, "R-2022-001", "R-2023-001")
    assert siping("show", "2023-1").code == 0


def test_a_transition_that_is_not_allowed_says_what_is(siping: Run) -> None:
    said = siping("close", "2", "--opinion", "同意", "--as", "周涛")
    explained(said, 4, "R-2023-002", "assign")


def test_an_unknown_unit_is_refused_with_the_line_that_adds_it(siping: Run) -> None:
    words = ("assign", "2", "--due", "30d", "--kind", "phased", "--unit")
    explained(
        siping(*words, "市政数字局"), 2, "ledger units add 市政数字局", "市政数局"
    )
    said = siping(*words, "市档案局", "--new-unit")
    assert said.code == 0, said.err


def test_an_unknown_person_is_refused(siping: Run) -> None:
    explained(siping("start", "2", "--as", "王小强"), 2, "王小强", "王强")


@pytest.mark.parametrize(
    "due", ["2026-02-30", "13月1日", "yesterday", "0d", "2026-13-01", "明天的明天"]
)
def test_a_date_that_does_not_exist_is_refused(siping: Run, due: str) -> None:
    before = journal(Path())
    said = siping("assign", "2", "--unit", "市政数局", "--kind", "phased", "--due", due)
    explained(said, 2, due)
    assert journal(Path()) == before


def test_a_due_date_before_registration_is_refused(siping: Run) -> None:
    said = siping(
        "assign", "2", "--unit", "市政数局", "--kind", "phased", "--due", "2020-01-06"
    )
    explained(said, 4, "2020-01-06")


def test_a_csv_with_a_wrong_column_assigns_nothing(siping: Run) -> None:
    Path("plan.csv").write_text("ref,unit,until,kind\n2,市政数局,30d,phased\n")
    before = journal(Path())
    explained(siping("assign", "--from", "plan.csv", "--yes"), 2, "until", "due")
    assert journal(Path()) == before


def test_a_csv_with_faults_names_each_row_and_assigns_nothing(siping: Run) -> None:
    Path("plan.csv").write_text(
        "ref,unit,due,kind\n1,市政数局,30d,phased\n2,无此局,30d,phased\n3,市政数局,某日,phased\n",
        encoding="utf-8",
    )
    before = journal(Path())
    explained(siping("assign", "--from", "plan.csv", "--yes"), 2, "Row 3", "Row 4")
    assert journal(Path()) == before


def test_without_a_terminal_many_items_want_yes(siping: Run) -> None:
    before = journal(Path())
    said = siping(
        "assign", "--all", "--unit", "市政数局", "--due", "30d", "--kind", "phased"
    )
    explained(said, 2, "--yes")
    assert "R-2023-004" in said.out, "the plan was shown"
    assert journal(Path()) == before


def test_json_errors_are_one_document(siping: Run) -> None:
    said = siping("show", "99", "--format", "json")
    assert said.code == 2
    error = json.loads(said.err)
    assert error["schema"] == "error/1"
    assert error["exit_code"] == 2
    assert error["what"]
    assert error["next"]


def test_a_name_with_control_characters_is_no_unit(siping: Run) -> None:
    before = journal(Path())
    for name in ("市\x1b[31m局", "\u202e局市", "", " ", "长" * 10_000):
        explained(siping("units", "add", name), 2)
    assert journal(Path()) == before


def test_wrong_words_are_usage_with_exit_2(siping: Run) -> None:
    for words in (
        ("frobnicate",),
        ("show",),
        ("list", "--state", "lost"),
        ("list", "--unit", "无此单位"),
        ("rules", "set", "colour", "red", "--reason", "x"),
        ("rules", "set", "notice", "-3", "--reason", "x"),
    ):
        said = siping(*words)
        assert said.code == 2, (words, said)
        assert said.err.startswith("Error: ")
        assert "Next: " in said.err


def test_the_clock_is_refused_outside_tests(
    siping: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_CLOCK", "2024-06-07T09:00:00+08:00")
    monkeypatch.delenv("LEDGER_TESTING", raising=False)
    explained(siping("units", "add", "某局"), 2, "LEDGER_CLOCK")


def test_derive_goes_on_after_a_bad_file(siping: Run) -> None:
    said = siping("derive", "missing.txt", SAMPLE, "--format", "json")
    assert said.code == 9
    assert len(json.loads(said.out)["documents"]) == 1
