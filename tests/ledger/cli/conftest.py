"""The command line, driven in this process as a person would drive it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.cli.app import run

SAMPLE = Path(__file__).parents[3] / "checklists" / "samples" / "siping-2023.txt"


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def parts(self) -> list[str]:
        """The labels of the error's parts."""
        return [line.split(":", 1)[0] for line in self.err.splitlines() if ":" in line]


@pytest.fixture
def ledger(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., Said]:
    """Run ``ledger WORDS…`` in a fresh folder, with no configuration around."""
    for name in ("LEDGER", "LEDGER_AS", "LEDGER_CLOCK", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    home = tmp_path / "work"
    home.mkdir()
    monkeypatch.chdir(home)

    def command(*words: str | os.PathLike[str]) -> Said:
        capfd.readouterr()
        code = run([os.fspath(word) for word in words])
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return command


@pytest.fixture
def siping(ledger: Callable[..., Said]) -> Callable[..., Said]:
    """The 四平 report on account, with two units and four people."""
    for words in (
        ("init", ".", "--unit", "依法治市办", "--actor", "李明"),
        ("register", SAMPLE),
        ("units", "add", "市政数局"),
        ("units", "add", "督查室", "--outside"),
        ("people", "add", "王强", "--unit", "市政数局", "--role", "unit-head"),
        ("people", "add", "赵敏", "--unit", "督查室", "--role", "verifier"),
        ("people", "add", "周涛", "--unit", "依法治市办", "--role", "approver"),
    ):
        said = ledger(*words)
        assert said.code == 0, said.err
    return ledger
