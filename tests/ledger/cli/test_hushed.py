"""Whatever goes wrong at a tracker, and with ``--debug``: no token is told.

The servers here say the token themselves wherever they can. ``tests/leaks.py`` looks
through everything that these tests print and leave behind, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integrations import http
from integrations.http import Pace
from tests.fakes.client import FakeGitea, FakeJira
from tests.fakes.fixtures import (
    JIRA_PEOPLE,
    PEOPLE,
    fake_gitea,
    gitea_process,
    jira_process,
)
from tests.fakes.tokens import MARK, token_of
from tests.leaks import Watch, keeps_tokens
from tests.ledger.cli.conftest import Said

__all__ = ["fake_gitea", "gitea_process", "jira_process"]

TOLD = f"the token {token_of('ledger')} is not good"
JSON = {"Content-Type": "application/json"}
ELSEWHERE = {"Location": f"https://elsewhere.example/?t={token_of('ledger')}"}
FAILURES: dict[str, dict[str, Any]] = {
    "401": {"do": "answer", "status": 401, "body": TOLD},
    "403": {"do": "answer", "status": 403, "body": json.dumps({"message": TOLD})},
    "404": {"do": "answer", "status": 404, "body": TOLD},
    "redirect": {"do": "answer", "status": 302, "headers": ELSEWHERE},
    "429": {"do": "answer", "status": 429, "body": TOLD},
    "500": {"do": "answer", "status": 500, "body": TOLD},
    "web page": {"do": "answer", "status": 200, "body": f"<html>{TOLD}</html>"},
    "no tracker's answer": {
        "do": "answer",
        "status": 200,
        "headers": JSON,
        "body": json.dumps({"errorMessages": [TOLD], "message": TOLD}),
    },
    "cut": {"do": "cut"},
    "dropped": {"do": "drop"},
}
WRITES = {"gitea": r"/issues$", "jira": r"/issue/bulk$"}
Command = Callable[..., Said]


@pytest.fixture(params=["gitea", "forgejo", "jira cloud", "jira"])
def fake(request: pytest.FixtureRequest) -> FakeGitea | FakeJira:
    """Each kind of tracker in each edition."""
    if request.param.startswith("jira"):
        jira: FakeJira = request.getfixturevalue("jira_process")
        edition = "cloud" if request.param == "jira cloud" else "datacenter"
        jira.reset(edition=edition, users=JIRA_PEOPLE)
        return jira
    gitea: FakeGitea = request.getfixturevalue("fake_gitea")
    gitea.reset(users=PEOPLE, flavour=request.param)
    return gitea


@pytest.fixture
def command(
    fake: FakeGitea | FakeJira,
    ledger: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Command]:
    """A ledger with one item and the tracker ``t``; the user keeps the token as usual."""
    impatient = Pace(sleep=lambda _seconds: None)
    monkeypatch.setattr(http, "Pace", lambda: impatient)
    kept = keeps_tokens(tmp_path / "config" / "ledger" / "credentials.toml")
    kept.parent.mkdir(parents=True)
    entries = (
        f'[[tracker]]\naddress = "{address}"\ntoken = "{fake.token}"\n'
        for address in (fake.address, fake.address.replace("http:", "https:"))
    )
    kept.write_text("\n".join(entries), encoding="utf-8")
    kept.chmod(0o600)
    assert ledger("init", ".", "--unit", "依法治市办", "--actor", "李明").code == 0
    monkeypatch.setenv("LEDGER_AS", "李明")
    assert ledger("add", "窗口排队过长", "--origin", "督察反馈").code == 0
    if isinstance(fake, FakeJira):
        words = ["--kind", "jira", "--project", fake.project]
        edition = "cloud" if fake.cloud else "datacenter"
        words += ["--option", f"edition={edition}"]
        words += ["--option", "email=ledger@example.test"] if fake.cloud else []
    else:
        words = ["--kind", "gitea", "--project", fake.repo]
    added = ledger("tracker", "add", "t", "--url", fake.address, *words)
    assert added.code == 0, added.err
    yield ledger
    watch = Watch([MARK])
    watch.search(tmp_path / "work")
    assert watch.found == []
    assert watch.files


def hushed(said: Said, *, failed: bool = True) -> Said:
    """What was said, when it went wrong and told no token."""
    assert said.code != 0 or not failed, said.out
    watch = Watch([MARK])
    watch.look("print", said.out + said.err)
    assert watch.found == [], said.err
    return said


@pytest.mark.parametrize("how", FAILURES)
def test_a_read_that_fails_tells_no_token(
    command: Command, fake: FakeGitea | FakeJira, how: str
) -> None:
    fake.faults({"times": 999, **FAILURES[how]})
    for words in (
        ("--debug", "sync", "t"),
        ("--debug", "sync", "t", "--dry-run"),
        ("--debug", "sync", "t", "--format", "json"),
    ):
        said = hushed(command(*words))
        assert "Traceback" in said.err
    hushed(command("--debug", "tracker", "test", "t"))
    hushed(command("--debug", "doctor", "t"))


@pytest.mark.parametrize("how", FAILURES)
def test_a_write_that_fails_tells_no_token_and_keeps_none(
    command: Command, fake: FakeGitea | FakeJira, how: str
) -> None:
    path = WRITES["jira" if isinstance(fake, FakeJira) else "gitea"]
    fault = {"times": 999, "method": "POST", "path": path, **FAILURES[how]}
    fake.faults(fault)
    hushed(command("--debug", "sync", "t"))
    # What came true although its answer was lost is found by the second run.
    hushed(command("--debug", "sync", "t", "--format", "json"), failed=False)
    hushed(command("--debug", "sync", "status", "t", "--format", "json"), failed=False)


def test_an_address_without_a_token_gets_none_and_one_that_speaks_no_tls_neither(
    command: Command, fake: FakeGitea | FakeJira
) -> None:
    fake.forget_calls()
    other = fake.address.replace("127.0.0.1", "localhost")
    said = hushed(command("--debug", "tracker", "set-url", "t", other))
    assert "No token is configured" in said.err
    secure = fake.address.replace("http:", "https:")
    said = hushed(command("--debug", "tracker", "set-url", "t", secure))
    assert "Traceback" in said.err
    assert fake.calls() == {}


def test_a_ledger_keeps_and_plans_without_the_token(
    command: Command, tmp_path: Path
) -> None:
    plan = tmp_path / "work" / "plan.json"
    assert command("sync", "t", "--dry-run", "--out", plan).code == 0
    assert json.loads(plan.read_text(encoding="utf-8"))["items"]
    assert command("sync", "t", "--plan", plan).code == 0
    for words in (
        ("journal", "export", "journal.jsonl"),
        ("backup", "backup.zip"),
        ("tracker", "list", "--format", "json"),
        ("weekly",),
        ("log",),
    ):
        said = command(*words)
        assert said.code == 0, said.err
        assert MARK not in said.out + said.err
