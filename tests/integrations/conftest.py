"""Fixtures of the tests of trackers."""

from __future__ import annotations

from tests.fakes.fixtures import fake_gitea, fake_jira, gitea_process, jira_process

__all__ = ["fake_gitea", "fake_jira", "gitea_process", "jira_process"]
