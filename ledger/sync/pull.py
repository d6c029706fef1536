"""Reading what changed in a tracker: whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from integrations.tracker import Comment, Issue, Page, Tracker, Unreadable
from ledger.clock import Clock

Entry = TypeVar("Entry", Issue, Comment)


@dataclass(frozen=True, slots=True)
class Pulled:
    """Everything that was read; the read was complete.

    ``issues`` and ``comments`` by the tracker's id. ``issues_until`` and
    ``comments_until`` are the tracker's times from which the next read goes on.
    ``skew`` is by how many seconds the tracker's clock is ahead of ours, ``began``
    our time as the read began. ``whole``: every issue there is was read.
    """

    issues: dict[str, Issue]
    comments: dict[str, Comment]
    issues_until: datetime
    comments_until: datetime
    skew: float
    began: datetime
    whole: bool
    problems: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the last read ended: the tracker's time then, and ours."""

    theirs: datetime
    ours: datetime

    def set_back(self, theirs: datetime, ours: datetime) -> timedelta:
        """By how much the tracker's clock went back since, against ours."""
        return max((ours - self.ours) - (theirs - self.theirs), timedelta())


_STEADY = timedelta(seconds=120)
"""By less than this two clocks differ from one read to the next anyhow."""


class CommentsFrom(Protocol):
    """Says from when comments are read, once the issues are known."""

    def __call__(self, issues: dict[str, Issue], until: datetime) -> datetime | None:
        """The tracker's time to read comments from; ``None`` means all of them."""
        ...


def pull(
    tracker: Tracker,
    clock: Clock,
    *,
    since: datetime | None,
    comments_from: CommentsFrom,
    cursor: Cursor | None = None,
) -> Pulled:
    """Read issues changed at or after ``since`` (``None``: all), then comments.

    Issues come first: whoever writes a comment and then closes is never seen with
    the closing alone. A tracker whose clock went back by more than ``since`` looks
    back behind ``cursor`` is read from so much earlier: what changed meanwhile has
    older times.

    Raises:
        TrackerError: the read is not complete; nothing may be concluded from it.
    """
    began = clock.now()
    issues, until, problems = _read(tracker.issues(since))
    whole = since is None
    back_by = timedelta()
    if since is not None and cursor is not None:
        went = cursor.set_back(until, began)
        if went > max(cursor.theirs - since, _STEADY):
            back_by = went
            issues, until, problems = _read(tracker.issues(since - back_by))
    elif since is not None and until < since:
        issues, until, problems = _read(tracker.issues(None))
        whole = True
    comments, comments_until, more = _read(
        tracker.comments(
            None if whole and since else back(comments_from(issues, until), back_by)
        )
    )
    return Pulled(
        issues=issues,
        comments=comments,
        issues_until=until,
        comments_until=comments_until,
        skew=(until - began).total_seconds(),
        began=began,
        whole=whole,
        problems=tuple({one.key: one for one in (*problems, *more)}.values()),
    )


def _read(
    pages: Iterable[Page[Entry]],
) -> tuple[dict[str, Entry], datetime, list[Unreadable]]:
    found: dict[str, Entry] = {}
    until: datetime | None = None
    problems: list[Unreadable] = []
    for page in pages:
        until = until or page.server_time
        found.update((entry.id, entry) for entry in page.entries)
        problems += page.problems
    if until is None:
        raise ValueError("a read without a page says nothing")
    return found, until, problems


def earliest(*moments: datetime | None) -> datetime | None:
    """The earliest of the moments that are there."""
    there = [moment for moment in moments if moment is not None]
    return min(there) if there else None


def back(moment: datetime | None, overlap: timedelta) -> datetime | None:
    """``moment`` less the overlap."""
    return moment - overlap if moment is not None else None


def by_number(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Issues in the order they were made."""
    yield from sorted(
        issues, key=lambda issue: (issue.created, len(issue.key), issue.key)
    )
