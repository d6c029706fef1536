"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.leaks"]

# Before anything imports them: their assertions explain themselves like a test's.
pytest.register_assert_rewrite("integrations.conformance", "tests.integrations.specs")

from tests.ledger.office import Office  # noqa: E402 (see above)

settings.register_profile(
    "ledger",
    deadline=None,  # two cores shared by everybody: a slow moment proves nothing
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.load_profile("ledger")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the size of random runs be chosen."""
    parser.addoption(
        "--trials",
        type=int,
        default=None,
        help="how many trials each random test makes (kills, steps, changes)",
    )


@pytest.fixture(scope="session")
def trials(request: pytest.FixtureRequest) -> int | None:
    """What ``--trials`` says, or ``None``: then each test has its own small number."""
    chosen: int | None = request.config.getoption("--trials")
    return chosen


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger that has its people and no item; never written to."""
    folder = tmp_path_factory.mktemp("furnished") / "ledger"
    office = Office.begin(folder)
    office.ledger.close()
    return folder


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[Office]:
    """A ledger of one's own with its people and no item."""
    folder = copytree(furnished, tmp_path / "台账")
    opened = Office.reopen(folder)
    yield opened
    opened.ledger.close()
