"""Many reports at once: every file gives its outcome, whatever becomes of others."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Self

import pytest

from checklists import Checklist, Document
from ledger import deriving
from ledger.deriving import Outcome, derive_many, derive_one, reports_in

REPORT = "一、存在的问题\n一是执法不规范。二是制度不健全。\n二、下一步打算\n一是加强执法培训。\n"


def folder_of(place: Path, *names: str) -> list[Path]:
    for name in names:
        (place / name).write_text(REPORT, encoding="utf-8")
    return list(reports_in(place))


def deadly(path: str, language: str) -> Outcome:
    """Stands in for :func:`derive_one` in the processes of the pool."""
    if "deadly" in path:
        os._exit(1)
    return derive_one(path, language)


def names_of(outcomes: list[Outcome]) -> list[str]:
    return sorted(Path(outcome.path).name for outcome in outcomes)


def test_reports_of_a_folder_are_the_readable_endings_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/2.DOCX", "b/1.pdf", "a.txt", ".x.txt", "~$a.docx", "x.exe", ".git/a.md"):  # fmt: skip
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in reports_in(tmp_path)]
    assert found == ["a.txt", "b/1.pdf", "b/2.DOCX"]


def test_more_files_than_the_processes_of_one_pool_take_are_all_derived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deriving, "_FILES_PER_CHILD", 3)
    paths = folder_of(tmp_path, *(f"{number}.txt" for number in range(8)))
    outcomes = list(derive_many(paths, language="en", jobs=1))
    assert names_of(outcomes) == [f"{number}.txt" for number in range(8)]
    assert all(len(o.documents[0]["problems"]) == 2 for o in outcomes)


def test_a_file_that_kills_its_process_is_named_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deriving, "derive_one", deadly)
    good = [f"{number}.txt" for number in range(6)]
    paths = folder_of(tmp_path, *good, "0-deadly.txt")
    outcomes = list(derive_many(paths, language="en", jobs=1))
    (failed,) = [outcome for outcome in outcomes if outcome.errors]
    assert failed.path.endswith("0-deadly.txt")
    assert "ended the process" in failed.errors[0][1]
    assert names_of([o for o in outcomes if o.documents]) == good


def test_a_file_that_finds_the_pool_broken_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        """A pool that breaks when it is handed its second file."""

        def __init__(self, pool: ProcessPoolExecutor) -> None:
            self.pool = pool
            self.handed = 0

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.pool.shutdown()

        def submit(self, *what: Any) -> object:
            self.handed += 1
            if self.handed == 2:
                raise BrokenProcessPool
            return self.pool.submit(*what)

    pools: list[object] = []
    real = deriving._pool

    def pool(cores: int) -> object:
        pools.append(None)
        return Broken(real(cores)) if len(pools) == 1 else real(cores)

    monkeypatch.setattr(deriving, "_pool", pool)
    paths = folder_of(tmp_path, "a.txt", "b.txt", "c.txt")
    outcomes = list(derive_many(paths, language="en", jobs=1))
    assert names_of(outcomes) == ["a.txt", "b.txt", "c.txt"]
    assert all(outcome.documents for outcome in outcomes)


def test_a_defect_of_ours_is_the_error_of_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(document: Document) -> Checklist:
        raise RecursionError(document.name)

    monkeypatch.setattr(deriving, "derive", broken)
    (path,) = folder_of(tmp_path, "a.txt")
    outcome = derive_one(str(path), "en")
    assert outcome.documents == ()
    ((what, why, todo),) = outcome.errors
    assert "a.txt" in what
    assert "RecursionError" in why
    assert "--debug" in todo
