"""The budgets of sync, held. Run with ``pytest -m benchmark``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.syncing import sync_costs

pytestmark = pytest.mark.benchmark


def test_creating_issues_takes_little_more_than_waiting_for_them(
    tmp_path: Path,
) -> None:
    over = [one for one in sync_costs(tmp_path, 200) if not one.kept]
    assert over == []
