"""People at work while a run is under way, and what that may cost where."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from integrations.tracker import UNSET, Issue, IssuePatch, Tracker

CALLS = (
    "issues",
    "comments",
    "issue",
    "closing",
    "create",
    "create_many",
    "update",
    "comment",
    "attach",
    "download",
)

Before = Callable[[str, tuple[Any, ...]], None]


def watched(tracker: Tracker, before: Before) -> Tracker:
    """``tracker``, whose every call, and every page of a list, is told beforehand."""

    def call(name: str, does: Callable[..., Any]) -> Callable[..., Any]:
        def told(*given: Any, **named: Any) -> Any:
            before(name, given)
            return does(*given, **named)

        def pages(*given: Any, **named: Any) -> Iterator[Any]:
            before(name, given)
            for page in does(*given, **named):
                yield page
                before(name, given)

        return pages if name in ("issues", "comments") else told

    for name in CALLS:
        if hasattr(tracker, name):
            setattr(tracker, name, call(name, getattr(tracker, name)))
    return tracker


def overwritten(seen: Issue, patch: IssuePatch, *, body_read: bool) -> set[str]:
    """What of people's writing ``patch`` replaces unseen; ``body_read``: it was.

    A server compares the text of an issue where it has a version, and nothing else;
    a run reads again what it writes a text to without one.
    """
    lost: set[str] = set()
    if body_read:
        return lost
    if patch.title is not UNSET:
        lost.add("title")
    if patch.due is not UNSET:
        lost.add("due")
    if patch.closed is not UNSET:
        lost.add("closed")
    if patch.body is not UNSET and seen.version is None:
        lost |= IN_THE_TEXT
    return lost


IN_THE_TEXT = {"margin", "inside", "tick", "pasted"}
"""What people write into the text of an issue."""

_FIELDS = {
    "title": {"title"},
    "summary": {"title"},
    "body": IN_THE_TEXT,
    "description": IN_THE_TEXT,
    "due_date": {"due"},
    "unset_due_date": {"due"},
    "duedate": {"due"},
    "state": {"closed"},
    "transition": {"closed"},
}


def held_back(request: dict[str, str]) -> tuple[str, set[str]] | None:
    """The key of the issue that a late request writes, and what it replaces there."""
    found = re.search(r"/issues?/([A-Z0-9-]+)(?:/transitions)?$", request["path"])
    if found is None or request["method"] == "DELETE":
        return None
    sent = json.loads(request["request"] or "{}")
    named = {*sent, *sent.get("fields", {})}
    if "content_version" in sent:
        named.discard("body")  # it is refused where the text is not as it was
    lost: set[str] = set()
    for name in named:
        lost |= _FIELDS.get(name, set())
    return found[1], lost
