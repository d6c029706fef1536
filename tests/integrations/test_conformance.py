"""Every tracker of ours passes the suite that others must pass."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.conformance import Lab, TrackerConformance
from tests.fakes.client import FakeGitea, FakeJira, FakeProcess
from tests.integrations.labs import (
    fake_gitea_lab,
    fake_jira_lab,
    folder_lab,
    real_gitea_lab,
)

GITEAS: dict[str, dict[str, object]] = {
    "gitea": {},
    "gitea-shanghai": {"zone": "Asia/Shanghai"},
    "gitea-new-york": {"zone": "America/New_York"},
    "gitea-1.25": {"content_version": False, "version": "1.25.4"},
    "gitea-small-pages": {"page_max": 20},
    "forgejo-shanghai": {"flavour": "forgejo", "zone": "Asia/Shanghai"},
    "forgejo-bogota": {"flavour": "forgejo", "zone": "America/Bogota"},
}


def described(fake: FakeProcess, name: str) -> None:
    """Hold all that was said to the tracker's own description, if that is asked for."""
    if os.environ.get("LEDGER_TEST_SPECS"):
        # A second to import, so only where it is wanted.
        from tests.integrations.specs import check

        check(fake, name)


class TestFolder(TrackerConformance):
    @pytest.fixture
    def lab(self, tmp_path: Path) -> Lab:
        return folder_lab(tmp_path)


class TestFakeGitea(TrackerConformance):
    @pytest.fixture(params=GITEAS, ids=str)
    def lab(
        self, request: pytest.FixtureRequest, gitea_process: FakeGitea
    ) -> Iterator[Lab]:
        options = GITEAS[request.param]
        yield fake_gitea_lab(gitea_process, **options)
        described(gitea_process, f"{options.get('flavour', 'gitea')}-swagger.json")


JIRAS: dict[str, dict[str, object]] = {
    "cloud": {"edition": "cloud"},
    "cloud-required": {"edition": "cloud", "resolution": "required", "page_max": 30},
    "cloud-new-york": {
        "edition": "cloud",
        "zone": "America/New_York",
        "comments_shown": 20,
        "step_screen": ["labels", "duedate", "assignee", "summary", "description"],
    },
    "datacenter": {"edition": "datacenter"},
    "datacenter-small-pages": {
        "edition": "datacenter",
        "page_max": 20,
        "resolution": "none",
        "zone": "UTC",
    },
}


class TestFakeJira(TrackerConformance):
    @pytest.fixture(params=JIRAS, ids=str)
    def lab(
        self, request: pytest.FixtureRequest, jira_process: FakeJira
    ) -> Iterator[Lab]:
        yield fake_jira_lab(jira_process, **JIRAS[request.param])
        described(
            jira_process,
            "jira-cloud-v3.json" if jira_process.cloud else "jira-dc-v2.json",
        )


@pytest.fixture(scope="module")
def real_project() -> Iterator[Lab]:
    """One repository for the whole suite; it is deleted afterwards."""
    with real_gitea_lab() as lab:
        yield lab


class TestRealGitea(TrackerConformance):
    @pytest.fixture
    def lab(self, real_project: Lab) -> Lab:
        return real_project
