"""Jira's JSON as values: what differs between Cloud and Data Center stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from integrations import adf, wiki
from integrations.decode import Fields
from integrations.tracker import N_, Attachment, Comment, Issue, NotATracker

PROPERTY = "ledger"
"""The entity property in which an issue carries the identity it was created with."""

FIELDS = (
    "summary",
    "description",
    "status",
    "creator",
    "labels",
    "assignee",
    "duedate",
    "created",
    "updated",
    "resolutiondate",
    "attachment",
    "project",
)
"""The fields of an issue that are asked for; ``comment`` comes beside them."""

_CHANGES = timedelta(hours=3)


class Edition(StrEnum):
    """Which Jira it is; the value is the version of its interface."""

    CLOUD = "3"
    DATA_CENTER = "2"


@dataclass(frozen=True, slots=True)
class Shape:
    """How one server's JSON is read and written. ``site`` is where people look."""

    edition: Edition
    site: str

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud."""
        return self.edition is Edition.CLOUD

    def text(self, value: object) -> str:
        """A description or a comment as Markdown."""
        if self.cloud and isinstance(value, dict):
            return adf.markdown(value)
        return wiki.markdown(value).strip("\n") if isinstance(value, str) else ""

    def markup(self, text: str) -> object:
        """Markdown as a description or a comment."""
        return adf.document(text) if self.cloud else wiki.wiki(text)

    def login(self, user: Fields | None) -> str | None:
        """What names an account in the interface: never its e-mail address."""
        if user is None:
            return None
        return user.maybe_text("accountId" if self.cloud else "name")

    def user(self, login: str) -> dict[str, str]:
        """An account as the interface wants it named."""
        return {"accountId" if self.cloud else "name": login}

    def issue(self, value: object) -> Issue:
        """An issue of a search or of its own."""
        whole = Fields.of(value, "issue")
        fields = whole.object("fields")
        key = whole.text("key")
        due = fields.maybe_text("duedate")
        assignee = self.login(fields.maybe_object("assignee"))
        closed = is_done(fields.object("status"))
        return Issue(
            id=whole.text("id"),
            key=key,
            url=f"{self.site}/browse/{key}",
            title=fields.maybe_text("summary") or "",
            body=self.text(fields.values.get("description")),
            closed=closed,
            author=self.login(fields.maybe_object("creator")),
            labels=frozenset(texts(fields, "labels")),
            assignees=frozenset({assignee} if assignee else ()),
            due=_day(due) if due else None,
            milestone=None,
            created=fields.moment("created"),
            updated=fields.moment("updated"),
            attachments=tuple(
                self.attachment(file) for file in fields.objects("attachment")
            ),
            closed_at=fields.maybe_moment("resolutiondate") if closed else None,
            identity=_identity(whole),
            status=fields.object("status").text("id"),
        )

    def comment(self, fields: Fields, key: str) -> Comment:
        """A comment of the issue ``key``."""
        return Comment(
            id=fields.text("id"),
            issue=key,
            author=self.login(fields.maybe_object("author")),
            body=self.text(fields.values.get("body")),
            created=fields.moment("created"),
            updated=fields.moment("updated"),
        )

    def attachment(self, fields: Fields) -> Attachment:
        """A file of an issue; it names its author itself. Ids may be numbers."""
        return Attachment(
            id=str(fields.values.get("id", "")),
            name=fields.text("filename"),
            size=fields.number("size"),
            author=self.login(fields.maybe_object("author")),
            created=fields.moment("created"),
        )


def is_done(status: Fields) -> bool:
    """Whether a status counts as closed: by its category, whatever it is called."""
    return status.object("statusCategory").text("key") == "done"


def texts(fields: Fields, key: str) -> list[str]:
    """A list of texts; absent is empty."""
    value = fields.values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise NotATracker(
            N_("The answer is not that of a tracker of this kind."),
            N_("{where} is no list of texts."),
            N_("Check the address and the kind of the tracker, and its version."),
            where=f"{fields.where}.{key}",
        )
    return value


def quoted(text: str) -> str:
    """A value for JQL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def jql_time(at: datetime, zone: tzinfo) -> str:
    """A time for JQL: whole minutes in the zone of the account, never too late.

    Around a change of the clocks a local time may mean two moments; then it goes
    back far enough to mean an earlier one in any case.
    """
    local = at.astimezone(zone)
    before, after = ((local + gap).utcoffset() for gap in (-_CHANGES, _CHANGES))
    if before != after:
        local = (at - _CHANGES).astimezone(zone)
    return local.strftime('"%Y-%m-%d %H:%M"')


def history_time(value: object) -> datetime | None:
    """The time of a change: Cloud's bulk answer writes it as text or as a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value / 1000 if value > 100_000_000_000 else value  # noqa: PLR2004 (milliseconds are larger)
        return datetime.fromtimestamp(seconds, UTC)
    return Fields("history", {"created": value}).maybe_moment("created")


def _identity(issue: Fields) -> str | None:
    properties = issue.maybe_object("properties")
    value = properties.values.get(PROPERTY) if properties else None
    identity = value.get("identity") if isinstance(value, dict) else None
    return identity if isinstance(identity, str) else None


def _day(text: str) -> date:
    return (
        Fields("issue.fields", {"duedate": f"{text}T00:00:00+00:00"})
        .moment("duedate")
        .date()
    )
