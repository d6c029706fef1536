"""The budgets of looking, held. Run with ``pytest -m benchmark``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.benchmarks.looking import grown, start_up

pytestmark = pytest.mark.benchmark


def test_version_and_status_start_within_their_budgets(tmp_path: Path) -> None:
    over = [one for one in start_up(tmp_path) if not one.kept]
    assert over == []


def test_a_large_ledger_costs_status_one_grouping_and_a_page_of_list_nothing(
    tmp_path: Path,
) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("the sqlite3 shell is not installed, which is the yardstick")
    over = [one for one in grown(tmp_path, 200_000) if not one.kept]
    assert over == []
