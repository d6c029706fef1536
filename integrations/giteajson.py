"""Gitea's and Forgejo's JSON as values, and values as what they accept (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from urllib.parse import urlsplit

from integrations.decode import Fields
from integrations.tracker import Attachment, Comment, Issue

_NOBODY = -1
"""The id of the account that stands for deleted ones (``Ghost``)."""


def issue(fields: Fields) -> Issue | None:
    """An issue; ``None`` for a pull request, which the same lists may hold."""
    if fields.maybe_object("pull_request") is not None:
        return None
    due = fields.maybe_moment("due_date")
    milestone = fields.maybe_object("milestone")
    return Issue(
        id=str(fields.number("id")),
        key=str(fields.number("number")),
        url=fields.maybe_text("html_url") or "",
        title=fields.text("title"),
        body=_lines(fields.maybe_text("body")),
        closed=fields.text("state") == "closed",
        author=login(fields.maybe_object("user")),
        labels=frozenset(label.text("name") for label in fields.objects("labels")),
        assignees=frozenset(
            name for user in fields.objects("assignees") if (name := login(user))
        ),
        # All times come in the server's zone, so this is the day it shows.
        due=due.date() if due else None,
        milestone=milestone.text("title") if milestone else None,
        created=fields.moment("created_at"),
        updated=fields.moment("updated_at"),
        version=fields.maybe_number("content_version"),
        attachments=tuple(
            attachment(asset, None) for asset in fields.objects("assets")
        ),
        closed_at=fields.maybe_moment("closed_at"),
    )


def comment(fields: Fields) -> Comment | None:
    """A comment; ``None`` when it is one of a pull request."""
    address = fields.maybe_text("issue_url")
    number = urlsplit(address).path.rsplit("/", 1)[-1] if address else ""
    if not number.isdecimal():
        return None
    author = login(fields.maybe_object("user"))
    return Comment(
        id=str(fields.number("id")),
        issue=number,
        author=author,
        body=_lines(fields.maybe_text("body")),
        created=fields.moment("created_at"),
        updated=fields.moment("updated_at"),
        attachments=tuple(
            attachment(asset, author) for asset in fields.objects("assets")
        ),
    )


def attachment(fields: Fields, author: str | None) -> Attachment:
    """An attachment; its id is the UUID under which it is downloaded."""
    return Attachment(
        id=fields.text("uuid"),
        name=fields.text("name"),
        size=fields.number("size"),
        author=author,
        created=fields.maybe_moment("created_at"),
    )


def login(user: Fields | None) -> str | None:
    """The login of an account; ``None`` for a deleted one."""
    if user is None or user.maybe_number("id") == _NOBODY:
        return None
    return user.maybe_text("login")


def product(version: str) -> str:
    """``Gitea 1.26.3`` or ``Forgejo 15.0.3``, from what ``/version`` says.

    Forgejo says ``15.0.3+gitea-1.22.0``, which is no version of Gitea.
    """
    own, forgejo, _ = version.partition("+gitea-")
    return f"Forgejo {own}" if forgejo else f"Gitea {version}"


def instant(at: datetime) -> str:
    """A time as a query takes it: UTC, whole seconds, rounded down."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def deadline(day: date, offsets: Mapping[str, int]) -> str:
    """The instant that the server shows as ``day`` whichever way it stores it.

    Creating stores the instant as sent, editing moves it to 23:59:59 in the
    offset sent, the web interface to 23:59:59 of the server's zone: the last
    second of the day in the server's own offset is the same for all three.
    ``offsets`` are those seen so far (seconds east of UTC by month, ``2026-11``);
    a month not seen takes the same month of another year, else the nearest one.
    """
    offset = timezone(timedelta(seconds=_offset(day, offsets)))
    return datetime.combine(day, time(23, 59, 59), offset).isoformat()


def month(at: datetime) -> tuple[str, int]:
    """The month of ``at`` and the offset in which it was written, in seconds."""
    offset = at.utcoffset() or timedelta()
    return f"{at.year:04d}-{at.month:02d}", int(offset.total_seconds())


def _offset(day: date, offsets: Mapping[str, int]) -> int:
    def distance(seen: str) -> tuple[int, int]:
        year, number = int(seen[:4]), int(seen[5:])
        apart = abs(day.month - number)
        return min(apart, 12 - apart), abs(day.year - year)

    return offsets[min(offsets, key=distance)] if offsets else 0


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")
