"""An hour of work in both, before a real Gitea or Forgejo and before the fake of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.client import FakeGitea
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, gitea_place, real_gitea_place
from tests.ledger.sync.hour import STEPS, Hour


@pytest.fixture(params=["gitea", "forgejo", "real gitea"])
def hour_desk(
    request: pytest.FixtureRequest, office: Office, gitea_process: FakeGitea
) -> Iterator[Desk]:
    """A desk before the fake in both flavours, and before the real one that is named."""
    if request.param == "real gitea":
        with real_gitea_place() as place:
            yield Desk.set_up(office, place)
    else:
        place = gitea_place(gitea_process, flavour=request.param, zone="Asia/Shanghai")
        yield Desk.set_up(office, place)


def test_some_minutes_of_work_in_both_end_in_agreement(hour_desk: Desk) -> None:
    Hour(hour_desk, seed=2026).live(edits=40)


@pytest.mark.long
def test_an_hour_of_work_in_both_ends_in_agreement(
    hour_desk: Desk, trials: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    hour = Hour(hour_desk, seed=2026)
    hour.live(edits=trials)
    with capsys.disabled():
        print(f"\n{hour_desk.tracker().check().version}: {hour.figures()}")  # noqa: T201
    if trials is None:
        assert hour.steps.keys() >= STEPS
