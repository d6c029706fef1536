"""Fixtures that start the fakes; a ``conftest.py`` imports those it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.client import FakeGitea, FakeJira

PEOPLE = {"ledger": "write", "wangwu": "write", "lisi": "write", "guest": "read"}
"""The accounts of a fresh fake and their rights on its repository."""


@pytest.fixture(scope="session")
def gitea_process() -> Iterator[FakeGitea]:
    """One fake Gitea for the whole run."""
    fake = FakeGitea()
    yield fake
    fake.stop()


@pytest.fixture
def fake_gitea(gitea_process: FakeGitea) -> FakeGitea:
    """The fake with an empty repository, all faults and counts forgotten."""
    gitea_process.reset(users=PEOPLE)
    return gitea_process


JIRA_PEOPLE = {"ledger": "write", "wangwu": "write", "guest": "read"}
"""The accounts of a fresh fake Jira and their rights in its project."""


@pytest.fixture(scope="session")
def jira_process() -> Iterator[FakeJira]:
    """One fake Jira for the whole run."""
    fake = FakeJira()
    yield fake
    fake.stop()


@pytest.fixture(params=["cloud", "datacenter"])
def fake_jira(request: pytest.FixtureRequest, jira_process: FakeJira) -> FakeJira:
    """The fake in both editions, empty, all faults and counts forgotten."""
    jira_process.reset(edition=request.param, users=JIRA_PEOPLE)
    return jira_process
