"""Every request of a tracker's whole use, and every answer of a fake to it.

Checked with openapi-core against what the trackers publish (see ``specs``);
``pytest -s`` prints how many were checked. ``LEDGER_TEST_SPECS=1`` checks those of
the conformance suite as well.
"""

from __future__ import annotations

import copy
import io
import json
import re
from contextlib import suppress
from datetime import date, datetime

import pytest

from integrations.gitea import GiteaTracker
from integrations.jira import JiraTracker
from integrations.tracker import (
    BulkTracker,
    Issue,
    IssueDraft,
    IssuePatch,
    Label,
    Milestone,
    Settings,
    Tracker,
    TrackerError,
)
from tests.fakes.client import FakeGitea, FakeJira
from tests.fakes.fixtures import JIRA_PEOPLE, PEOPLE
from tests.integrations.labs import jira_settings
from tests.integrations.specs import check, description, faults


def exercise(tracker: Tracker) -> None:
    """Every method, with everything it can send, and some that are refused."""
    can = tracker.capabilities
    tracker.check()
    labels = [
        Label("ledger", "ff0000", "x"),
        Label("a/b", "00ff00", "", exclusive=True),
    ]
    tracker.prepare(labels, [Milestone("2023", "x", date(2026, 1, 1))])
    who = tracker.check().login or ""
    text = "## a\n\n- [ ] b **c**\n- [x] [d](https://e.org)\n\n```\nf\n```\n\n- g\n\n1. h\n\ni\nj"
    full = IssueDraft(
        "mark",
        "标题",
        f"{text}\n\nmark",
        frozenset({"ledger"}),
        frozenset({who}),
        date(2026, 12, 31),
        "2023" if can.milestones else None,
    )
    made = tracker.create(full)
    bare = tracker.create(IssueDraft("m", "t", "m"))
    if isinstance(tracker, BulkTracker):
        unknown = IssueDraft("n", "t", "n", assignees=frozenset({"nobody"}))
        tracker.create_many([full, unknown])
        tracker.create_many([unknown])
    with suppress(TrackerError):
        tracker.create(IssueDraft("n", "t", "n", assignees=frozenset({"nobody"})))
    tracker.comment(made.key, text)
    file = tracker.attach(made.key, "报告.pdf", io.BytesIO(b"data"))
    tracker.download(file).close()
    patches = [
        IssuePatch(title="x", body="y", due=date(2026, 1, 1)),
        IssuePatch(due=None, assignees=frozenset()),
        IssuePatch(add_labels=frozenset({"a/b"})),
        IssuePatch(remove_labels=frozenset({"a/b", "ledger"})),
        IssuePatch(closed=True),
        IssuePatch(closed=False),
        IssuePatch(closed=True, title="z"),
    ]
    if can.milestones:
        patches += [IssuePatch(milestone=None), IssuePatch(milestone="2023")]
    for patch in patches:
        tracker.update(tracker.issue(made.key), patch)
    read: list[Issue] = [one for page in tracker.issues(None) for one in page.entries]
    assert {made.key, bare.key} <= {one.key for one in read}
    since = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
    for moment in (None, since):
        list(tracker.issues(moment))
        list(tracker.comments(moment))
    tracker.closing(made.key)
    missing = re.sub(r"\d+$", "999", made.key)
    for call in (
        lambda: tracker.issue(missing),
        lambda: tracker.update(read[0], IssuePatch(assignees=frozenset({"nobody"}))),
        lambda: tracker.comment(missing, "x"),
    ):
        with suppress(TrackerError):
            call()


@pytest.mark.parametrize(
    ("flavour", "name"),
    [
        ("gitea", "gitea-swagger.json"),
        ("gitea", "gitea-openapi3-1.27.0-rc0.json"),
        ("forgejo", "forgejo-swagger.json"),
    ],
)
def test_what_gitea_and_its_fake_say_is_as_described(
    gitea_process: FakeGitea, flavour: str, name: str
) -> None:
    description(name)
    gitea_process.reset(users=PEOPLE, flavour=flavour)
    settings = Settings("git", "gitea", gitea_process.address, gitea_process.repo)
    memory: dict[str, object] = {}
    exercise(GiteaTracker(settings, lambda: gitea_process.token, memory))
    assert check(gitea_process, name) > 40


@pytest.mark.parametrize(
    ("edition", "name"),
    [("cloud", "jira-cloud-v3.json"), ("datacenter", "jira-dc-v2.json")],
)
def test_what_jira_and_its_fake_say_is_as_described(
    jira_process: FakeJira, edition: str, name: str
) -> None:
    description(name)
    screen = ["labels", "duedate", "assignee", "summary", "description"]
    jira_process.reset(edition=edition, users=JIRA_PEOPLE, step_screen=screen)
    settings = jira_settings(jira_process)
    exercise(JiraTracker(settings, lambda: jira_process.token, {}))
    assert check(jira_process, name) > 40


def test_the_check_itself_finds_a_wrong_request_and_a_wrong_answer(
    gitea_process: FakeGitea,
) -> None:
    name = "gitea-swagger.json"
    api = description(name)
    gitea_process.reset(users=PEOPLE)
    person = gitea_process.person("wangwu")
    person.create("t")
    row = gitea_process.exchanges()[-1]
    assert list(faults(api, row, gitea_process.address)) == []
    wrong = copy.deepcopy(row)
    wrong["request"] = json.dumps({"title": 5, "labels": ["x"]})
    wrong["answer"] = json.dumps({"id": "x"})
    assert len(list(faults(api, wrong, gitea_process.address))) == 2
