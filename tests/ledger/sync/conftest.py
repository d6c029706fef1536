"""Desks before each kind of tracker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.client import FakeGitea, FakeJira
from tests.fakes.fixtures import fake_gitea, gitea_process, jira_process
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, folder_place, gitea_place, real_gitea_place
from tests.ledger.sync.jiraplace import jira_place

__all__ = ["fake_gitea", "gitea_process", "jira_process"]


@pytest.fixture(params=["folder", "gitea", "jira cloud", "jira", "real gitea"])
def desk(
    request: pytest.FixtureRequest, office: Office, tmp_path: Path
) -> Iterator[Desk]:
    """A desk before a folder, a fake Gitea, and the real one that is named."""
    if request.param == "folder":
        yield Desk.set_up(office, folder_place(tmp_path / "issues"))
    elif request.param == "gitea":
        fake: FakeGitea = request.getfixturevalue("fake_gitea")
        yield Desk.set_up(office, gitea_place(fake))
    elif request.param.startswith("jira"):
        jira: FakeJira = request.getfixturevalue("jira_process")
        jira.reset(edition="cloud" if request.param == "jira cloud" else "datacenter")
        yield Desk.set_up(office, jira_place(jira))
    else:
        with real_gitea_place() as place:
            yield Desk.set_up(office, place)


@pytest.fixture
def gitea_desk(office: Office, fake_gitea: FakeGitea) -> Desk:
    """A desk before a fake Gitea."""
    return Desk.set_up(office, gitea_place(fake_gitea))
