"""An item's issue as both sides last knew it: the base of every merge (pure)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from integrations.tracker import Attachment, Issue
from ledger.item import Item
from ledger.storage.sync import LinkRow


class LinkState(StrEnum):
    """What is known of an item's issue."""

    WANTED = "wanted"
    LINKED = "linked"
    GONE = "gone"
    DETACHED = "detached"


class Field(StrEnum):
    """What of an issue is the ledger's, or shared with it."""

    TITLE = "title"
    BLOCK = "block"
    DUE = "due"
    CLOSED = "closed"
    MILESTONE = "milestone"
    ASSIGNEES = "assignees"
    MEASURE = "measure"
    TICK = "tick"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger last wanted an issue to show."""

    title: str
    block: str
    due: date | None = None
    closed: bool = False
    milestone: str | None = None
    labels: frozenset[str] = frozenset()
    assignees: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Base:
    """The issue as it was seen last, and what it was told.

    ``yielded`` are the fields in which a second edit was not fought; it holds as
    long as the item stays in ``round``. ``closer`` is the login of who closed it.
    """

    issue: Issue
    told: Told
    round: str = ""
    yielded: frozenset[str] = frozenset()
    closer: str | None = None
    closed_at: datetime | None = None


def round_of(item: Item) -> str:
    """The item's state and how often it came back: one round of give and take."""
    return f"{item.state.value}.{item.returns}.{item.reopened}"


def digest(issue: Issue) -> str:
    """A hash of what people can see of an issue; times, version and status left out.

    The status of a tracker that has many says no more here than open and closed; it
    is kept only to save a question.
    """
    # Escaped, because a hostile tracker may send halves of characters.
    text = json.dumps(
        {
            "title": issue.title,
            "body": issue.body,
            "closed": issue.closed,
            "labels": sorted(issue.labels),
            "assignees": sorted(issue.assignees),
            "due": issue.due.isoformat() if issue.due else None,
            "milestone": issue.milestone,
            "attachments": sorted(kept.id for kept in issue.attachments),
            "key": issue.key,
        },
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def said_digest(text: str) -> str:
    """A hash of a comment's text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def base_to_json(base: Base) -> dict[str, Any]:
    """``base`` as JSON values."""
    return {
        "issue": _issue_to_json(base.issue),
        "told": {
            "title": base.told.title,
            "block": base.told.block,
            "due": _day(base.told.due),
            "closed": base.told.closed,
            "milestone": base.told.milestone,
            "labels": sorted(base.told.labels),
            "assignees": sorted(base.told.assignees),
        },
        "round": base.round,
        "yielded": sorted(base.yielded),
        "closer": base.closer,
        "closed_at": _time(base.closed_at),
    }


def base_of(row: LinkRow) -> Base | None:
    """The base that a link's row holds; ``None`` before there is an issue."""
    if not row.base:
        return None
    data, told = row.base, row.base["told"]
    return Base(
        issue=_issue_of(data["issue"], row.version),
        told=Told(
            title=told["title"],
            block=told["block"],
            due=_as_day(told["due"]),
            closed=told["closed"],
            milestone=told["milestone"],
            labels=frozenset(told["labels"]),
            assignees=frozenset(told["assignees"]),
        ),
        round=data["round"],
        yielded=frozenset(data["yielded"]),
        closer=data["closer"],
        closed_at=_as_time(data["closed_at"]),
    )


_ISSUE_FIELDS = frozenset(field.name for field in fields(Issue)) - {"version"}


def _issue_to_json(issue: Issue) -> dict[str, Any]:
    plain = asdict(issue)
    plain["labels"] = sorted(issue.labels)
    plain["assignees"] = sorted(issue.assignees)
    plain["due"] = _day(issue.due)
    for name in ("created", "updated", "closed_at"):
        plain[name] = _time(getattr(issue, name))
    plain["attachments"] = [
        {**asdict(kept), "created": _time(kept.created)} for kept in issue.attachments
    ]
    del plain["version"]
    return plain


def _issue_of(data: Mapping[str, Any], version: int | None) -> Issue:
    # A base may have been kept by another version of the program.
    plain = {name: kept for name, kept in data.items() if name in _ISSUE_FIELDS}
    plain["labels"] = frozenset(plain["labels"])
    plain["assignees"] = frozenset(plain["assignees"])
    plain["due"] = _as_day(plain["due"])
    for name in ("created", "updated", "closed_at"):
        plain[name] = _as_time(plain[name])
    plain["attachments"] = tuple(
        Attachment(**{**kept, "created": _as_time(kept["created"])})
        for kept in plain["attachments"]
    )
    return Issue(**plain, version=version)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _as_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _as_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
