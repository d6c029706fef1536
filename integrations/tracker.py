"""What every tracker can do, and what became of each call.

A tracker is written against :class:`Tracker`; the caller never sees HTTP, files
or the tracker's own JSON. Three things are fixed here because the safety of
sync hangs on them:

* **A read is whole or an error.** ``issues`` and ``comments`` yield pages and
  raise :class:`IncompleteRead` (or another :class:`TrackerError`) unless every
  page was seen. An iterator that ends normally was complete. An entry may come
  twice when pages shifted while they were read; the later one holds. A single
  issue that is there but cannot be read is named in :attr:`Page.problems`: it is
  neither an entry nor *gone*, and the rest of the read still counts.
* **A write says its outcome.** It returns what the tracker now shows
  (*acknowledged*), or raises an error whose ``outcome`` tells whether the
  request surely changed nothing (*not sent*), was answered by a redirect
  (*moved*), or may have been carried out (*unknown*).
* **No write is repeated** by a tracker, but for an answer 429. ``create``,
  ``comment`` and ``attach`` make something new, so an *unknown* outcome of them
  must be settled by reading before they are called again. ``update`` and
  ``prepare`` state how things shall be: after an error, read again and call
  them with what still differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import BinaryIO, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

Entry = TypeVar("Entry")

MAX_DOWNLOAD = 100 * 1024 * 1024
"""The most bytes ``download`` brings unless it is told another limit."""


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
        ├── Unreachable        no connection, or no answer to a read
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
        ├── PartlyDone         written, but not all that was asked
        ├── IncompleteRead     a page is missing: nothing may be concluded
        ├── Unreadable         one issue is there, but cannot be read
        └── NotATracker        HTML or another service answers at this address
    """

    outcome: ClassVar[Outcome] = Outcome.NOT_SENT
    permanent: ClassVar[bool] = True

    def __init__(
        self, what: str, why: str = "", todo: str = "", **values: object
    ) -> None:
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
    """No connection could be made, or a read got no answer: nothing was changed."""

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


class PartlyDone(TrackerError):
    """The issue was written, but the tracker left something of it out.

    ``issue`` is what the tracker shows now: it exists, and must be recorded. A
    tracker drops labels, a due date or assignees in silence where the account
    may not set them.
    """

    outcome = Outcome.ACKNOWLEDGED

    def __init__(
        self,
        what: str,
        why: str = "",
        todo: str = "",
        *,
        issue: Issue,
        **values: object,
    ) -> None:
        """Keep the issue as it now is beside the message."""
        super().__init__(what, why, todo, **values)
        self.issue = issue


class IncompleteRead(TrackerError):
    """A page could not be read; absence proves nothing."""

    permanent = False


class Unreadable(TrackerError):
    """One issue (``key``) is there, but cannot be read; it is not *gone*."""

    def __init__(
        self, what: str, why: str = "", todo: str = "", *, key: str, **values: object
    ) -> None:
        """Keep the key of the issue beside the message."""
        super().__init__(what, why, todo, key=key, **values)
        self.key = key


class NotATracker(TrackerError):
    """Something answers at this address, but not this kind of tracker."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at an issue. ``size`` in bytes; ``author`` is a login.

    ``author`` is ``None`` where the tracker does not say who uploaded it; a file
    at a comment has the comment's author. ``size`` is ``None`` when the file is
    named but not there.
    """

    id: str
    name: str
    size: int | None
    author: str | None
    created: datetime | None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as the tracker shows it now.

    ``id`` is the tracker's own stable id, ``key`` what its interface addresses
    and people say (``"12"``, ``"PROJ-12"``). ``body`` has LF line ends.
    Times are aware. ``version`` is the tracker's counter for optimistic locking;
    ``None`` means that ``update`` cannot notice an edit made in between, so the
    caller reads the issue again before it writes the body. ``identity`` is the
    marker where the tracker holds it beside the body (Jira's issue property);
    ``None`` says only that it must be looked for in the body. ``status`` is the id
    of the status in a tracker that has more than open and closed; kept with the
    issue it saves asking for it before the next change. ``created`` and ``updated``
    of an issue that a write returned may differ from what the next read shows.
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
    closed_at: datetime | None = None
    identity: str | None = None
    status: str | None = None


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
    """What a new issue shall be.

    ``identity`` is the marker that finds it again; ``body`` contains it. ``body``
    neither begins nor ends with blank lines (not every tracker keeps them), and
    ``title`` is one line without blanks around it, within the tracker's limit.
    """

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
    """One page of a read. ``server_time`` is the tracker's clock as it answered.

    ``problems`` names issues that are there but could not be read (wholly or in
    part); nothing may be concluded about them from this read.
    """

    entries: tuple[Entry, ...]
    server_time: datetime
    problems: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of tracker offers, so that the caller need not ask which it is.

    ``locking``: ``update`` refuses with :class:`Stale` when the body changed since
    an issue with a ``version`` was read. ``bulk``: creates per call; more than one
    means the tracker is a :class:`BulkTracker`. ``title_bytes`` or
    ``title_characters``: the longest title kept as sent (``None``: no limit); a
    longer one is refused, cutting is the caller's. ``one_assignee``: an issue has
    at most one. ``local``: reads and writes cost no network call. ``lag``: seconds
    by which a read of changes may be behind (a search index); the caller's overlap
    and its quiet period must be longer.
    """

    locking: bool
    bulk: int = 1
    title_bytes: int | None = None
    title_characters: int | None = None
    labels: bool = True
    milestones: bool = True
    assignees: bool = True
    one_assignee: bool = False
    attachments: bool = True
    local: bool = False
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tracker says of the account and the project.

    ``version`` is the product and its version (``"Gitea 1.26.3"``). ``problems``
    are errors ready to be shown, not raised: what will not work, and what to do
    about it. Empty means ready. ``server_time`` is the tracker's clock.
    """

    login: str | None
    project: str
    version: str
    problems: tuple[TrackerError, ...] = ()
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A label to exist before it is used. ``color`` as ``rrggbb``.

    ``exclusive``: of the labels that share the text before the last ``/`` an issue
    carries one; adding another takes the first away in the same call.
    """

    name: str
    color: str
    description: str = ""
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone to exist before it is used, known by its title.

    ``description`` is a block that its first and last lines mark; a tracker puts it
    into what people wrote there (:func:`integrations.block.in_block`). Empty, it
    leaves that as it is. ``closed`` says whether it shall be closed; ``None`` leaves
    that as it is.
    """

    title: str
    description: str = ""
    due: date | None = None
    closed: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How a tracker was registered: no secret is ever among it.

    ``address`` is the server's base URL, or the folder's path. ``project`` is
    ``owner/repository`` in Gitea, the project key in Jira, empty for a folder.
    ``options`` are what this kind documents, each a text; a switch is on when it
    is ``yes``, ``true``, ``on`` or ``1``.
    """

    name: str
    kind: str
    address: str
    project: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def switch(self, name: str) -> bool:
        """Whether the option ``name`` is switched on."""
        return self.options.get(name, "").strip().lower() in {"yes", "true", "on", "1"}


@dataclass(slots=True)
class Meter:
    """Counts what goes over the wire, for run reports and call budgets.

    ``reads`` and ``writes`` count requests asked for, ``retries`` the further
    tries of one of them, so that all three together are the calls on the wire.
    ``throttled`` counts the answers 429, for a pool that adapts to them.
    """

    reads: int = 0
    writes: int = 0
    retries: int = 0
    throttled: int = 0


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

    def prepare(
        self, labels: Sequence[Label], milestones: Sequence[Milestone] = ()
    ) -> None:
        """Make sure these exist; nothing is sent when memory knows them.

        What a milestone shall say, and whether it shall be closed, is made so once;
        what people make of it afterwards is theirs until it shall be otherwise.
        """
        ...

    def issues(self, since: datetime | None) -> Iterator[Page[Issue]]:
        """All issues changed at or after ``since`` (``None``: all), open and closed."""
        ...

    def comments(self, since: datetime | None) -> Iterator[Page[Comment]]:
        """All comments of the project written or edited at or after ``since``.

        A tracker that cannot tell exactly yields more, never less.
        """
        ...

    def issue(self, key: str) -> Issue:
        """One issue as it is now.

        Raises :class:`Missing` only when this one issue is not there; a project
        that is hidden or gone raises :class:`Forbidden` or :class:`Moved`.
        """
        ...

    def create(self, draft: IssueDraft) -> Issue:
        """Create one issue, once. The answer is checked against the draft."""
        ...

    def update(self, seen: Issue, patch: IssuePatch) -> Issue:
        """Change ``seen`` by ``patch``; only what differs from ``seen`` is sent.

        Several calls may be needed; an error can leave the first of them done.
        """
        ...

    def comment(self, key: str, body: str) -> Comment:
        """Write one comment, once."""
        ...

    def closing(self, key: str, *, since: datetime | None = None) -> Closing:
        """Who closed this issue last (or reopened it, if it is open).

        ``since`` (such as ``closed_at``) may be handed in to read less history. An
        issue that is gone raises :class:`Missing`.
        """
        ...

    def attach(self, key: str, name: str, content: BinaryIO) -> Attachment:
        """Attach a file, once."""
        ...

    def download(
        self, attachment: Attachment, *, limit: int = MAX_DOWNLOAD
    ) -> BinaryIO:
        """The bytes of an attachment, to be closed by the caller.

        More than ``limit`` bytes raise
        :class:`Invalid`.
        """
        ...


@runtime_checkable
class BulkTracker(Tracker, Protocol):
    """A tracker that creates several issues in one call."""

    def create_many(
        self, drafts: Sequence[IssueDraft]
    ) -> tuple[Issue | TrackerError, ...]:
        """Create at most ``capabilities.bulk`` issues, each once.

        One result for each draft, in their order: the issue, or the error that
        says what became of this one. An error that is raised holds for all.
        """
        ...


@runtime_checkable
class MilestoneTracker(Tracker, Protocol):
    """A tracker whose milestones say something and may be closed."""

    def preparing(self, milestone: Milestone) -> tuple[str, ...]:
        """What :meth:`prepare` would do for ``milestone`` now; nothing is written.

        Of ``create``, ``update`` (its description), ``close`` and ``reopen`` those
        that it would, in this order.

        Raises:
            TrackerError: it could not be read; :class:`Missing` when somebody deleted
                a milestone that is remembered.
        """
        ...


TrackerFactory = Callable[
    [Settings, Callable[[], str], MutableMapping[str, object]], Tracker
]
