"""Evidence is opened only as it was added, and checked file by file."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from ledger.audit import audit
from ledger.cli.app import run
from tests.ledger.life import Life


@pytest.fixture
def life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Life:
    lived = Life(tmp_path / "ledger")
    lived.assign("001", "市司法局")
    lived.assign("002", "市政数局")
    lived.act("start", "001", "孙丽")
    lived.evidence("001", "孙丽", "一", paper="一.txt")
    lived.evidence("001", "孙丽", "二", paper="二.txt")
    lived.evidence("002", "王强", "三", paper="三.txt")
    document = lived.ledger.evidence.add(lived.paper("函.txt", "移交函")).digest
    lived.act(
        "transfer.propose",
        "002",
        "李明",
        body="市监委",
        document=document,
        reason="涉嫌",
    )
    monkeypatch.setenv("LEDGER", str(lived.folder))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return lived


def spoil(life: Life, digest: str) -> None:
    path = life.ledger.evidence.path(digest)
    path.chmod(0o644)
    path.write_text("另一份")


@pytest.mark.usefixtures("life")
def test_open_prints_where_the_file_stands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evidence", "open", "001", "2"]) == 0
    assert Path(capsys.readouterr().out.strip()).read_text() == "二"


def test_open_shows_nothing_that_is_not_what_was_added(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(life, life.ledger.find("001").evidence[1].digest)
    assert run(["evidence", "open", "001", "2"]) == 8
    assert capsys.readouterr().out == ""
    assert run(["evidence", "open", "001", "1"]) == 0
    assert run(["evidence", "open", "001", "3"]) == 2


@pytest.mark.usefixtures("life")
def test_a_program_is_started_only_when_asked_and_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(click, "launch", shown.append)
    assert run(["evidence", "open", "001", "1", "--show"]) == 0
    assert shown == []
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(["evidence", "open", "001", "1"]) == 0
    assert shown == []
    assert run(["evidence", "open", "001", "1", "--show"]) == 0
    (path,) = shown
    assert Path(path).is_absolute()
    assert Path(path).read_text() == "一"


def test_verify_counts_all_and_names_what_is_wrong(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evidence", "verify"]) == 0
    assert capsys.readouterr().out == "4 files checked, 0 of them wrong.\n"
    lost = life.ledger.find("002").evidence[0].digest
    life.ledger.evidence.path(lost).unlink()
    spoil(life, life.ledger.find("001").evidence[0].digest)
    assert run(["evidence", "verify"]) == 8
    first, second, last = capsys.readouterr().out.splitlines()
    assert "R-2023-001  1" in first
    assert "CHANGED" in first
    assert lost in second
    assert "MISSING" in second
    assert last == "4 files checked, 2 of them wrong."


@pytest.mark.usefixtures("life")
def test_verify_lists_every_file_of_the_items_named_with_their_documents(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["evidence", "verify", "002"]) == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.endswith("as it was added  三.txt")
    assert second.endswith("as it was added  document of the transfer")
    assert last == "2 files checked, 0 of them wrong."


def test_the_audit_checks_the_documents_of_proposals_too(life: Life) -> None:
    assert audit(life.ledger).faults == ()
    assert life.ledger.find("002").proposal is not None
    document = life.ledger.find("002").proposal.document  # type: ignore[union-attr]  # asked above
    assert document is not None
    spoil(life, document)
    (fault,) = audit(life.ledger).faults
    assert fault.digest == document
    assert "R-2023-002" in str(fault.place)
