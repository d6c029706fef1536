"""Random days: both sides work, answers are lost, runs die; in the end all agrees.

What is done at random stands in :mod:`tests.ledger.sync.days`, what must hold in
:mod:`tests.ledger.sync.agreement`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.client import FakeGitea, FakeJira
from tests.ledger.sync.agreement import summary
from tests.ledger.sync.days import RULES, Ground, Weather, live
from tests.ledger.sync.desk import Place, folder_place, gitea_place
from tests.ledger.sync.jiraplace import jira_place

KINDS = ["folder", "gitea", "jira cloud", "jira datacenter"]


@pytest.fixture(params=KINDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    """Each kind of place, with a fresh project for each life."""
    kind: str = request.param
    if kind == "folder":
        return Ground(lambda folder, _: folder_place(folder / "issues"))
    if kind == "gitea":
        gitea: FakeGitea = request.getfixturevalue("gitea_process")
        return Ground(lambda _, weather: _gitea(gitea, weather), gitea)
    jira: FakeJira = request.getfixturevalue("jira_process")
    jira.reset(edition=kind.removeprefix("jira "))
    return Ground(
        lambda _, weather: jira_place(
            jira, zone=weather.zone, page_max=weather.page, lag=weather.lag
        ),
        jira,
    )


def _gitea(fake: FakeGitea, weather: Weather) -> Place:
    return gitea_place(
        fake,
        zone=weather.zone,
        page_max=weather.page,
        flavour="forgejo" if weather.flavour == "forgejo" else "gitea",
        content_version=weather.flavour == "gitea",
    )


def test_random_days_end_in_agreement(ground: Ground, furnished: Path) -> None:
    live(ground, furnished, steps=40, rules=20, same=True)


@pytest.mark.long
def test_many_random_days_end_in_agreement(
    ground: Ground,
    furnished: Path,
    trials: int | None,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    steps = trials or 10_000
    few = steps <= 1000  # as in CI, whose verdict must not be chance
    rules = 20 if few else RULES
    tally = live(ground, furnished, steps=steps, rules=rules, same=few)
    with capsys.disabled():
        print(f"\n{request.node.callspec.id}: {summary(tally)}")  # noqa: T201
