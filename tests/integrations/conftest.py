"""Fixtures of the tests of trackers."""

from __future__ import annotations

import pytest

from tests.fakes.fixtures import fake_gitea, fake_jira, gitea_process, jira_process

# Asserts of the suite that lives in the package are shown in full as well.
pytest.register_assert_rewrite("integrations.conformance", "tests.integrations.specs")

__all__ = ["fake_gitea", "fake_jira", "gitea_process", "jira_process"]
