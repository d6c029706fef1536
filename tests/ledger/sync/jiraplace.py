"""The fake Jira, in either edition, as a place before which a desk stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from integrations import adf, wiki
from integrations.jira import JiraTracker
from integrations.tracker import Settings
from tests.fakes.client import FakeJira, JiraPerson
from tests.fakes.fixtures import JIRA_PEOPLE
from tests.ledger.sync.desk import NO_WAITING, Place

PEOPLE = {**JIRA_PEOPLE, "lisi": "write"}


@dataclass(frozen=True)
class JiraHands:
    """Somebody who edits with Jira's own editor, which keeps boxes, lists and code."""

    who: JiraPerson

    def markup(self, text: str) -> object:
        """Markdown as the editor of this edition keeps it."""
        return adf.document(text) if self.who.cloud else wiki.wiki(text)

    def create(self, title: str, body: str) -> str:
        """Open an issue; its key."""
        key = self.who.create(title, "…")
        self.write_body(key, body)
        return key

    def write_body(self, key: str, body: str) -> None:
        """Replace the description."""
        self.who.edit(key, description=self.markup(body))

    def retitle(self, key: str, title: str) -> None:
        """Write another summary."""
        self.who.edit(key, summary=title)

    def redate(self, key: str, day: date | None) -> None:
        """Set the due date, or take it away."""
        self.who.edit(key, duedate=day.isoformat() if day else None)

    def close(self, key: str) -> None:
        """Take the step to the last status."""
        self.who.close(key)

    def reopen(self, key: str) -> None:
        """Take the step back to work."""
        self.who.reopen(key)

    def label(self, key: str, name: str) -> None:
        """Put a label on it."""
        self.who.label(key, name)

    def unlabel(self, key: str, name: str) -> None:
        """Take a label off it."""
        self.who.unlabel(key, name)

    def delete(self, key: str) -> None:
        """Delete it."""
        self.who.delete(key)

    def comment(self, key: str, body: str) -> None:
        """Write a comment."""
        self.who.comment(key, body)

    def comment_with_file(self, key: str, body: str, name: str, data: bytes) -> None:
        """Upload a file and write a comment about it."""
        self.who.comment_with_file(key, body, name, data)


def jira_options(fake: FakeJira) -> dict[str, str]:
    """The options of a tracker in this edition."""
    if fake.cloud:
        return {"edition": "cloud", "email": "ledger@example.test"}
    return {"edition": "datacenter"}


def jira_place(fake: FakeJira, **options: Any) -> Place:
    """The fake with an empty project, in the edition it was last reset to."""
    edition = "cloud" if fake.cloud else "datacenter"
    fake.reset(edition=edition, users=PEOPLE, **options)
    settings = Settings("t", "jira", fake.address, fake.project, jira_options(fake))
    return Place(
        "jira",
        fake.address,
        fake.project,
        lambda memory: JiraTracker(
            settings, lambda: fake.token, memory, pace=NO_WAITING
        ),
        JiraHands(fake.person("wangwu")),
        "wangwu",
        JiraHands(fake.person("lisi")),
        "lisi",
        jira_options(fake),
        JiraHands(fake.person("wangwu")),
    )
