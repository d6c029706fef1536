"""A whole tracker in a hundred lines, as another package would bring it.

It keeps its issues in memory, under the address it was registered with, and
stands for any tracker that is not ours: the conformance suite runs on it, and a
test installs it and opens it through the entry point.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import BinaryIO

from integrations.tracker import (
    MAX_DOWNLOAD,
    UNSET,
    Attachment,
    Capabilities,
    Closing,
    Comment,
    Invalid,
    Issue,
    IssueDraft,
    IssuePatch,
    Label,
    Meter,
    Milestone,
    Missing,
    Page,
    Settings,
    Standing,
)


@dataclass
class Board:
    """The server's side: what everybody who has the address sees."""

    issues: dict[str, Issue] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    closings: dict[str, Closing] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)


BOARDS: dict[str, Board] = {}


class BoardTracker:
    """Issues on a board of this process."""

    def __init__(
        self,
        settings: Settings,
        secret: Callable[[], str],
        memory: MutableMapping[str, object],
    ) -> None:
        del secret, memory
        self.capabilities = Capabilities(locking=False, title_characters=80, local=True)
        self.meter = Meter()
        self._name = settings.options.get("login", "board")
        self._board = BOARDS.setdefault(settings.address, Board())

    def check(self) -> Standing:
        now = datetime.now(UTC)
        return Standing(self._name, "board", "board 1", server_time=now)

    def prepare(
        self, labels: Sequence[Label], milestones: Sequence[Milestone] = ()
    ) -> None:
        """Any word is a label here."""

    def issues(self, since: datetime | None) -> Iterator[Page[Issue]]:
        found = self._board.issues.values()
        wanted = tuple(one for one in found if since is None or one.updated >= since)
        yield Page(wanted, datetime.now(UTC))

    def comments(self, since: datetime | None) -> Iterator[Page[Comment]]:
        found = self._board.comments.values()
        wanted = tuple(one for one in found if since is None or one.updated >= since)
        yield Page(wanted, datetime.now(UTC))

    def issue(self, key: str) -> Issue:
        if key not in self._board.issues:
            why, todo = "Nobody put it there.", "Look at the link of the item."
            raise Missing("There is no issue {key}.", why, todo, key=key)
        return self._board.issues[key]

    def create(self, draft: IssueDraft) -> Issue:
        self._fit(draft.title)
        with self._board.lock:
            key, now = str(len(self._board.issues) + 1), datetime.now(UTC)
            self._board.issues[key] = Issue(
                id=key,
                key=key,
                url="",
                title=draft.title,
                body=draft.body,
                closed=False,
                author=self._name,
                labels=draft.labels,
                assignees=draft.assignees,
                due=draft.due,
                milestone=draft.milestone,
                created=now,
                updated=now,
            )
            self.meter.writes += 1
            return self._board.issues[key]

    def update(self, seen: Issue, patch: IssuePatch) -> Issue:
        now = self.issue(seen.key)
        wanted = replace(
            now,
            title=now.title if patch.title is UNSET else patch.title,
            body=now.body if patch.body is UNSET else patch.body,
            closed=now.closed if patch.closed is UNSET else patch.closed,
            due=now.due if patch.due is UNSET else patch.due,
            assignees=now.assignees if patch.assignees is UNSET else patch.assignees,
            milestone=now.milestone if patch.milestone is UNSET else patch.milestone,
            labels=(now.labels - patch.remove_labels) | patch.add_labels,
        )
        if wanted == now:
            return now
        self._fit(wanted.title)
        at = datetime.now(UTC)
        if wanted.closed != now.closed:
            self._board.closings[now.key] = Closing(self._name, at)
            wanted = replace(wanted, closed_at=at if wanted.closed else None)
        self.meter.writes += 1
        self._board.issues[now.key] = replace(wanted, updated=at)
        return self._board.issues[now.key]

    def comment(self, key: str, body: str) -> Comment:
        with self._board.lock:
            id_, now = str(len(self._board.comments) + 1), datetime.now(UTC)
            made = Comment(id_, self.issue(key).key, self._name, body, now, now)
            self._board.comments[id_] = made
            self.meter.writes += 1
            return made

    def closing(self, key: str, *, since: datetime | None = None) -> Closing:
        del since
        return self._board.closings.get(self.issue(key).key, Closing(None, None))

    def attach(self, key: str, name: str, content: BinaryIO) -> Attachment:
        with self._board.lock:
            issue, data = self.issue(key), content.read()
            id_, now = str(len(self._board.files) + 1), datetime.now(UTC)
            made = Attachment(id_, name, len(data), None, now)
            self._board.files[id_] = data
            files = (*issue.attachments, made)
            self._board.issues[key] = replace(issue, attachments=files, updated=now)
            self.meter.writes += 1
            return made

    def download(
        self, attachment: Attachment, *, limit: int = MAX_DOWNLOAD
    ) -> BinaryIO:
        data = self._board.files.get(attachment.id)
        if data is None:
            raise Missing(
                "There is no such file.", "Nobody put it there.", "Look again."
            )
        if len(data) > limit:
            raise Invalid(
                "The file is too large.", "It is beyond the limit.", "Cut it."
            )
        return io.BytesIO(data)

    def _fit(self, title: str) -> None:
        if not title or title != title.strip() or len(title) > 80 or "\n" in title:
            raise Invalid("The title does not fit.", "It is not one line.", "Cut it.")
