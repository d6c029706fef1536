"""Desks before each kind of tracker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.client import FakeGitea
from tests.fakes.fixtures import fake_gitea, gitea_process
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, folder_place, gitea_place

__all__ = ["fake_gitea", "gitea_process"]


@pytest.fixture(params=["folder", "gitea"])
def desk(request: pytest.FixtureRequest, office: Office, tmp_path: Path) -> Desk:
    """A desk before a folder, and before a fake Gitea."""
    if request.param == "folder":
        return Desk.set_up(office, folder_place(tmp_path / "issues"))
    fake: FakeGitea = request.getfixturevalue("fake_gitea")
    return Desk.set_up(office, gitea_place(fake))


@pytest.fixture
def gitea_desk(office: Office, fake_gitea: FakeGitea) -> Desk:
    """A desk before a fake Gitea."""
    return Desk.set_up(office, gitea_place(fake_gitea))
