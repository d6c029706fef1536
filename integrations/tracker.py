"""What every tracker can do, and what became of each call.

A tracker is written against :class:`Tracker`; the caller never sees HTTP, files
or the tracker's own JSON. Three things are fixed here because the safety of
sync hangs on them:

* **A read is whole or an error.** ``issues`` and ``comments`` yield pages and
  raise :class:`IncompleteRead` (or another :class:`TrackerError`) unless every
  page was seen. An iterator that ends normally was complete.
* **A write says its outcome.** It returns what the tracker now shows
  (*acknowledged*), or raises an error whose ``outcome`` tells whether the
  request surely changed nothing (*not sent*), was answered by a redirect
  (*moved*), or may have been carried out (*unknown*).
* **No write is repeated** by a tracker, but for an answer 429.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, ClassVar, Generic, Protocol, TypeVar, runtime_checkable


Entry = TypeVar("Entry")


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark ``text`` for the message catalogue without translating it here."""
    return text


class Outcome(StrEnum):
    """What is known of a request after it was tried."""

    ACKNOWLEDGED = "acknowledged"
    NOT_SENT = "not-sent"
    MOVED = "moved"
    UNKNOWN = "unknown"


class TrackerError(Exception):
    """A tracker could not do what was asked, in three parts.

    ``what``, ``why`` and ``todo`` are message ids with ``{name}`` places filled
    from ``values``; the command line translates them, ``str()`` gives English.

        TrackerError
        ├── Unreachable        no connection: nothing was sent
        ├── UnknownOutcome     the answer was lost: it may have been done
        ├── Moved              the repository answers with a redirect
        ├── Refused            the tracker understood and said no
        │   ├── Unauthenticated   401
        │   ├── Forbidden         403, 404 that hides
        │   ├── Missing           404, 410 of one issue
        │   ├── Invalid           400, 412, 413, 422
        │   ├── Stale             409: somebody wrote in between
        │   ├── ReadOnly          423: archived, locked
        │   └── Throttled         429 that outlasted the waiting
        ├── IncompleteRead     a page is missing: nothing may be concluded
        └── NotATracker        HTML or another service answers at this address
    """

    outcome: ClassVar[Outcome] = Outcome.NOT_SENT
    permanent: ClassVar[bool] = True

    def __init__(self, what: str, why: str = "", todo: str = "", **values: object) -> None:
        """Keep the three message ids and the values for their places."""
        super().__init__(what, why, todo)
        self.what = what
        self.why = why
        self.todo = todo
        self.values = values

    def parts(self, translate: Callable[[str], str] = str) -> tuple[str, str, str]:
        """What happened, why, and what to do next, in the language of ``translate``."""
        what, why, todo = (
            translate(text).format(**self.values) if text else ""
            for text in (self.what, self.why, self.todo)
        )
        return what, why, todo

    def __str__(self) -> str:
        return " ".join(part for part in self.parts() if part)


class Unreachable(TrackerError):
    """No connection could be made; nothing was sent."""

    permanent = False


class UnknownOutcome(TrackerError):
    """The request left, and no answer says what became of it."""

    outcome = Outcome.UNKNOWN
    permanent = False


class Moved(TrackerError):
    """The address answers with a redirect; nothing was written."""

    outcome = Outcome.MOVED


class Refused(TrackerError):
    """The tracker answered that it will not do this."""


class Unauthenticated(Refused):
    """The token is missing, wrong or expired (401)."""


class Forbidden(Refused):
    """The account lacks a right, a scope, or may not see the project (403, 404)."""


class Missing(Refused):
    """One issue, comment or attachment is not there, or not for this account (404)."""


class Invalid(Refused):
    """The tracker does not accept the values (400, 412, 413, 422)."""


class Stale(Refused):
    """Somebody changed the issue between reading and writing (409)."""

    permanent = False


class ReadOnly(Refused):
    """The project is archived or the issue is locked (423)."""


class Throttled(Refused):
    """The tracker asked to wait longer than this run is willing to (429)."""

    permanent = False


class IncompleteRead(TrackerError):
    """A page could not be read; absence proves nothing."""

    permanent = False


class NotATracker(TrackerError):
    """Something answers at this address, but not this kind of tracker."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at an issue. ``size`` in bytes; ``author`` is a login or ``None``."""

    id: str
    name: str
    size: int | None
    author: str | None
    created: datetime | None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as the tracker shows it now.

    ``id`` is the tracker's own stable id, ``key`` what its interface addresses
    and people say (``"12"``, ``"PROJ-12"``). ``body`` has ``\\n`` line ends.
    Times are aware. ``version`` is the tracker's counter for optimistic locking
    where it has one.
    """

    id: str
    key: str
    url: str
    title: str
    body: str
    closed: bool
    author: str | None
    labels: frozenset[str]
    assignees: frozenset[str]
    due: date | None
    milestone: str | None
    created: datetime
    updated: datetime
    version: int | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; ``issue`` is the key of its issue, ``author`` a login."""

    id: str
    issue: str
    author: str | None
    body: str
    created: datetime
    updated: datetime
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed or reopened an issue last, and when."""

    login: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """What a new issue shall be. ``identity`` is the marker it carries."""

    identity: str
    title: str
    body: str
    labels: frozenset[str] = frozenset()
    assignees: frozenset[str] = frozenset()
    due: date | None = None
    milestone: str | None = None


class Unset(StrEnum):
    """The one value that means *leave as it is*."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True)
class IssuePatch:
    """Only what shall change; ``UNSET`` leaves a field alone, ``due=None`` clears it."""

    title: str | Unset = UNSET
    body: str | Unset = UNSET
    closed: bool | Unset = UNSET
    due: date | Unset | None = UNSET
    assignees: frozenset[str] | Unset = UNSET
    milestone: str | Unset | None = UNSET
    add_labels: frozenset[str] = frozenset()
    remove_labels: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether nothing would be sent."""
        return self == IssuePatch()


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    """One page of a read. ``server_time`` is the tracker's clock as it answered."""

    entries: tuple[Entry, ...]
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of tracker offers, so that the caller need not ask which it is.

    ``locking``: ``update`` refuses with :class:`Stale` when the body changed since
    the issue was read. ``bulk``: creates per call. ``title_bytes`` or
    ``title_characters``: the longest title kept as sent (``None``: no limit).
    ``comment_feed``: comments of the whole project are read in one go.
    """

    locking: bool
    bulk: int = 1
    title_bytes: int | None = None
    title_characters: int | None = None
    labels: bool = True
    milestones: bool = True
    assignees: bool = True
    attachments: bool = True
    local: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tracker says of the account and the project.

    ``problems`` are message ids with values, ready to be shown: what will not
    work, and what to do about it. Empty means ready.
    """

    login: str | None
    project: str
    version: str
    problems: tuple[TrackerError, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A label to exist before it is used. ``color`` as ``rrggbb``."""

    name: str
    color: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a tracker was registered: no secret is ever among it.

    ``address`` is the server's base URL, or the folder's path. ``project`` is
    ``owner/repository`` in Gitea, the project key in Jira, empty for a folder.
    """

    name: str
    kind: str
    address: str
    project: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Meter:
    """Counts what goes over the wire, for run reports and call budgets."""

    reads: int = 0
    writes: int = 0
    retries: int = 0


@runtime_checkable
class Tracker(Protocol):
    """One project of one tracker.

    A tracker class is called as ``Kind(settings, secret, memory)``: ``secret()``
    returns the token when it is first needed, and ``memory`` is a JSON-able
    mapping that the caller keeps between runs (label ids, the account, the
    server's zone, the project's id). Methods are safe to call from several
    threads for different issues. ``meter`` counts calls.
    """

    capabilities: Capabilities
    meter: Meter

    def check(self) -> Standing:
        """Ask who we are, whether the project is there, and what we may do."""
        ...

    def prepare(self, labels: Sequence[Label]) -> None:
        """Make sure these labels exist; nothing is sent when memory knows them."""
        ...

    def issues(self, since: datetime | None) -> Iterator[Page[Issue]]:
        """All issues changed at or after ``since`` (``None``: all), open and closed."""
        ...

    def comments(self, since: datetime | None) -> Iterator[Page[Comment]]:
        """All comments of the project written or edited at or after ``since``."""
        ...

    def issue(self, key: str) -> Issue:
        """One issue as it is now. Raises :class:`Missing`."""
        ...

    def create(self, draft: IssueDraft) -> Issue:
        """Create one issue, once. The answer is checked against the draft."""
        ...

    def update(self, seen: Issue, patch: IssuePatch) -> Issue:
        """Change ``seen`` by ``patch``; only what differs is sent."""
        ...

    def comment(self, key: str, body: str) -> Comment:
        """Write one comment, once."""
        ...

    def closing(self, key: str) -> Closing:
        """Who closed this issue last (or reopened it, if it is open)."""
        ...

    def attach(self, key: str, name: str, content: BinaryIO) -> Attachment:
        """Attach a file, once."""
        ...

    def download(self, attachment: Attachment) -> BinaryIO:
        """The bytes of an attachment, to be closed by the caller."""
        ...


TrackerFactory = Callable[
    [Settings, Callable[[], str], MutableMapping[str, object]], Tracker
]
