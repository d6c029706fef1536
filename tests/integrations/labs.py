"""The projects on which the conformance suite runs, and the people in them."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from integrations.conformance import Lab
from integrations.folder import FolderTracker
from integrations.gitea import GiteaTracker
from integrations.jira import JiraTracker
from integrations.tracker import Settings
from tests.fakes.client import FakeGitea, FakeJira, Person, exchange
from tests.fakes.fixtures import JIRA_PEOPLE, PEOPLE


@dataclass(frozen=True)
class FolderPerson:
    """Somebody with an editor and the folder of issues."""

    folder: Path
    login: str = "wangwu"

    def path(self, key: str) -> Path:
        """The file of an issue."""
        (found,) = self.folder.glob(f"{int(key):04d}*.md")
        return found

    def rewrite(self, key: str, pattern: str, new: str) -> None:
        """Replace what matches ``pattern`` in the file, which must match."""
        path = self.path(key)
        text, count = re.subn(
            pattern, lambda _: new, path.read_text("utf-8"), count=1, flags=re.DOTALL
        )
        assert count == 1, pattern
        path.write_text(text, "utf-8")

    def create(self, title: str, body: str) -> str:
        """Write a new file with the fewest keys."""
        numbers = [int(path.name[:4]) for path in self.folder.glob("*.md")]
        number = max(numbers, default=0) + 1
        text = f"---\ntitle: {title}\nstate: open\nauthor: {self.login}\n---\n{body}\n"
        (self.folder / f"{number:04d} 新.md").write_text(text, "utf-8")
        return str(number)

    def write_body(self, key: str, body: str) -> None:
        """Replace all between the front matter and the comments."""
        self.rewrite(key, r"\n---\n.*?(?=\n## Comments)", f"\n---\n\n{body}\n")

    def retitle(self, key: str, title: str) -> None:
        """Write another title."""
        self.rewrite(key, r"\ntitle:[^\n]*\n", f"\ntitle: {title}\n")

    def redate(self, key: str, day: date | None) -> None:
        """Set the due date, or take its line away."""
        due = f"\ndue: {day}" if day else ""
        self.rewrite(key, r"(?:\ndue:[^\n]*)?(?=\n(?:milestone|author):)", due)

    def close(self, key: str) -> None:
        """Close it and say who."""
        self.rewrite(key, r"state: open\n", "state: closed\n")
        self.rewrite(key, r"closed_by:[^\n]*\n", f"closed_by: {self.login}\n")

    def reopen(self, key: str) -> None:
        """Open it again."""
        self.rewrite(key, r"state: closed\n", "state: open\n")

    def comment(self, key: str, body: str) -> None:
        """Append a comment under a heading."""
        with self.path(key).open("a", encoding="utf-8") as file:
            file.write(f"\n### {self.login} · 2026-11-23\n\n{body}\n")

    def rewrite_comment(self, key: str, old: str, new: str) -> None:
        """Change the text."""
        self.rewrite(key, re.escape(old), new)

    def label(self, key: str, name: str) -> None:
        """Add a word to the labels."""
        self.rewrite(key, r"\nlabels:[ \t]*", f"\nlabels: {name}, ")

    def unlabel(self, key: str, name: str) -> None:
        """Take a word out of the labels."""
        self.rewrite(key, rf"(?<=[ ,]){re.escape(name)}(?:, |(?=\n)|$)", "")

    def delete(self, key: str) -> None:
        """Throw the file away."""
        self.path(key).unlink()

    def comment_with_file(self, key: str, body: str, name: str, data: bytes) -> None:
        """Put the file beside the others and link to it."""
        place = self.folder / "attachments" / f"{int(key):04d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
        self.comment(key, f"{body} [{name}](attachments/{int(key):04d}/{name})")


def folder_lab(folder: Path) -> Lab:
    """An empty folder."""
    settings = Settings("files", "folder", str(folder))
    return Lab(
        lambda memory: FolderTracker(settings, str, memory),
        person=FolderPerson(folder),
    )


@dataclass(frozen=True)
class GiteaPerson:
    """Somebody with an account of a Gitea server."""

    who: Person
    login: str

    def create(self, title: str, body: str) -> str:
        """Open an issue."""
        return self.who.create(title, body)

    def write_body(self, key: str, body: str) -> None:
        """Replace the body."""
        self.who.edit(key, body=body)

    def retitle(self, key: str, title: str) -> None:
        """Write another title."""
        self.who.edit(key, title=title)

    def redate(self, key: str, day: date | None) -> None:
        """Set the due date, or take it away."""
        if day is None:
            self.who.edit(key, unset_due_date=True)
        else:
            # This way the server takes the day in its own zone, as its pages do.
            deadline = {"due_date": f"{day}T10:00:00Z"}
            self.who.send("POST", f"/issues/{key}/deadline", deadline)

    def close(self, key: str) -> None:
        """Close it."""
        self.who.close(key)

    def reopen(self, key: str) -> None:
        """Open it again."""
        self.who.reopen(key)

    def comment(self, key: str, body: str) -> None:
        """Write a comment."""
        self.who.comment(key, body)

    def rewrite_comment(self, key: str, old: str, new: str) -> None:
        """Change a comment, found by its text."""
        found = self.who.send("GET", f"/issues/{key}/comments")
        (id_,) = [one["id"] for one in found if one["body"] == old]
        self.who.edit_comment(str(id_), new)

    def label(self, key: str, name: str) -> None:
        """Put a label on it."""
        self.who.label(key, name)

    def unlabel(self, key: str, name: str) -> None:
        """Take a label off it."""
        self.who.unlabel(key, name)

    def delete(self, key: str) -> None:
        """Delete it, which only administrators may."""
        self.who.delete(key)

    def comment_with_file(self, key: str, body: str, name: str, data: bytes) -> None:
        """Write a comment and upload a file to it."""
        self.who.attach_to_comment(self.who.comment(key, body), name, data)


def fake_gitea_lab(fake: FakeGitea, **options: object) -> Lab:
    """A fresh repository of the fake server."""
    fake.reset(users=PEOPLE, **options)
    return gitea_lab(
        fake.address, fake.token, fake.repo, fake.person("wangwu"), "wangwu"
    )


def gitea_lab(
    address: str, token: str, repo: str, who: Person | None, login: str
) -> Lab:
    """A repository of any Gitea or Forgejo."""
    settings = Settings("git", "gitea", address, repo)
    return Lab(
        lambda memory: GiteaTracker(settings, lambda: token, memory),
        person=GiteaPerson(who, login) if who else None,
        secret=token,
    )


@contextmanager
def real_gitea_lab() -> Iterator[Lab]:
    """A repository made for this run on the server that the environment names.

    ``LEDGER_TEST_GITEA_URL`` and ``LEDGER_TEST_GITEA_TOKEN`` (scope ``all``);
    ``LEDGER_TEST_GITEA_PERSON`` may hold the token of a second account.
    """
    address = os.environ.get("LEDGER_TEST_GITEA_URL", "").rstrip("/")
    token = os.environ.get("LEDGER_TEST_GITEA_TOKEN", "")
    if not address or not token:
        pytest.skip("LEDGER_TEST_GITEA_URL and LEDGER_TEST_GITEA_TOKEN name no server")
    api, headers = f"{address}/api/v1", {"Authorization": f"token {token}"}
    status, made = exchange(
        "POST",
        f"{api}/user/repos",
        {"name": f"ledger-test-{uuid.uuid4().hex[:12]}", "private": True},
        headers=headers,
    )
    assert status == 201, made
    repo = made["full_name"]
    try:
        who, login = None, ""
        if theirs := os.environ.get("LEDGER_TEST_GITEA_PERSON"):
            _, account = exchange(
                "GET", f"{api}/user", headers={"Authorization": f"token {theirs}"}
            )
            login = account["login"]
            path = f"{api}/repos/{repo}/collaborators/{login}"
            exchange("PUT", path, {"permission": "write"}, headers=headers)
            who = Person(address, theirs, repo)
        yield gitea_lab(address, token, repo, who, login)
    finally:
        exchange("DELETE", f"{api}/repos/{repo}", headers=headers)


def jira_settings(fake: FakeJira, **options: str) -> Settings:
    """How the fake is registered: with an e-mail address in Cloud, without elsewhere."""
    if fake.cloud:
        options = {"email": "ledger@example.test", **options}
    return Settings("jira", "jira", fake.address, fake.project, options)


def fake_jira_lab(fake: FakeJira, **options: object) -> Lab:
    """A fresh project of the fake Jira."""
    fake.reset(users=JIRA_PEOPLE, **options)
    settings = jira_settings(fake)
    return Lab(
        lambda memory: JiraTracker(settings, lambda: fake.token, memory),
        person=fake.person("wangwu"),
        secret=fake.token,
    )
