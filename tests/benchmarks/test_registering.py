"""The budget of registering, held. Run with ``pytest -m benchmark``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.registering import measured

pytestmark = pytest.mark.benchmark


def test_a_hundred_thousand_entries_are_registered_within_the_budget(
    tmp_path: Path,
) -> None:
    found = measured(tmp_path, 100_000)
    assert found.kept, found
