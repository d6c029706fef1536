"""The budgets of sync, held. Run with ``pytest -m benchmark``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.harness import table
from tests.benchmarks.syncing import sync_costs

pytestmark = pytest.mark.benchmark


def test_creating_issues_takes_little_more_than_waiting_for_them(
    tmp_path: Path,
) -> None:
    measured = list(sync_costs(tmp_path))
    sys.stdout.write("\n".join([*table(measured), ""]))
    over = [one for one in measured if not one.kept]
    assert over == []
