"""What a run writes down: each step whole, under the lease, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from integrations.tracker import Attachment, Comment, Issue
from ledger.book import Actor, Draft, Ledger, present
from ledger.clock import stamp
from ledger.directory import Directory
from ledger.errors import N_, Refused
from ledger.item import Item, Person
from ledger.storage.sync import ConflictRow, LinkRow, OutboxRow, RemarkRow
from ledger.sync import harmless
from ledger.sync.closing import our_time
from ledger.sync.inbound import Decided, NewFile, NewNote
from ledger.sync.lease import Lease
from ledger.sync.link import (
    Base,
    Field,
    LinkState,
    base_of,
    base_to_json,
    digest,
    round_of,
    said_digest,
)
from ledger.sync.merge import Contrary
from ledger.sync.outbound import Outbound
from ledger.told import Saying, doubt


class Records:
    """Writes for one tracker; every step asks whether this run still may."""

    def __init__(self, ledger: Ledger, tracker: str, lease: Lease) -> None:
        """Write for ``tracker`` as long as ``lease`` is held."""
        self.ledger = ledger
        self.tracker = tracker
        self.sync = ledger.store.sync
        self._lease = lease
        self.skew = 0.0
        self._given = 0
        self._own = secrets.token_hex(4)

    def _id(self) -> str:
        """An id that sorts in the order in which ids were given."""
        self._given += 1
        return f"{stamp(self.ledger.clock.now())}-{self._given:06d}-{self._own}"

    def item(self, item: Item) -> Item:
        """The item as it is stored now."""
        return self.ledger.store.items.get(item.id) or item

    @contextmanager
    def step(self) -> Iterator[Directory]:
        """One transaction; raises ``Busy`` when another run took over."""
        with self.ledger.writing() as directory:
            self._lease.keep()
            yield directory

    def event(
        self,
        directory: Directory,
        kind: str,
        item: str | None,
        data: Mapping[str, Any],
        *,
        person: Actor | None = None,
    ) -> None:
        """Append one event of this sync to the journal."""
        actor = person or Actor(None, via=self.tracker)
        self.ledger.record([Draft(kind, data, actor, item)], directory)

    def told(
        self,
        directory: Directory,
        kind: str,
        item: Item,
        data: Mapping[str, Any],
        *,
        person: Person | None = None,
    ) -> None:
        """Append what the tracker said of an item, if it may be believed now.

        Raises:
            Refused: the item is not any more as it was when this was decided.
        """
        actor = present(Actor(person, via=self.tracker), directory)
        said = Saying(
            self.item(item),
            self.tracker,
            actor.person,
            directory,
            data,
            self.ledger.today(directory.rules),
        )
        why = doubt(kind, said)
        if why is not None:
            raise Refused(
                N_("What {tracker} says of {ref} was not taken over."),
                N_("{reason}"),
                N_("The next run looks at it again."),
                tracker=self.tracker,
                ref=item.ref,
                reason=why,
            )
        self.event(directory, kind, item.id, data, person=actor)

    # Links

    def link(
        self, item: Item, base: Base, *, seq: int, todo: str, state: LinkState
    ) -> None:
        """Keep what both sides know; the write lock must be held.

        The time kept is the latest that the issue ever had: a clock may go back, and
        an index may show it as it was before.
        """
        before = self.sync.link(self.tracker, item.id)
        known = base_of(before) if before is not None else None
        if known is not None and known.issue.id == base.issue.id:
            latest = max(known.issue.updated, base.issue.updated)
            base = replace(base, issue=replace(base.issue, updated=latest))
        issue = base.issue
        self.sync.keep_link(
            LinkRow(
                tracker=self.tracker,
                item=item.id,
                state=state.value,
                remote=issue.id,
                key=issue.key,
                url=issue.url,
                seq=seq,
                todo=todo,
                digest=digest(issue),
                version=issue.version,
                base=base_to_json(base),
            )
        )

    def echo(self, item: str, issue: Issue) -> None:
        """An issue that shows nothing new: its version and status are kept."""
        row = self.sync.link(self.tracker, item)
        if row is not None:
            known = {**row.base["issue"], "status": issue.status}
            self.sync.keep_link(
                replace(row, version=issue.version, base={**row.base, "issue": known})
            )

    def linked(self, directory: Directory, item: Item, issue: Issue, how: str) -> None:
        """Journal that an item has an issue from now on."""
        self.event(
            directory,
            "sync.linked",
            item.id,
            {
                "tracker": self.tracker,
                "remote": issue.id,
                "key": issue.key,
                "url": issue.url,
                "how": how,
            },
        )

    def known_login(self, login: str | None) -> None:
        """Remember an account under which we write; the write lock must be held."""
        row = self.sync.tracker(self.tracker)
        if login and row is not None and login not in row.logins:
            self.sync.change_tracker(
                self.tracker, logins=tuple(sorted({*row.logins, login}))
            )

    def gone(self, item: Item, row: LinkRow) -> None:
        """The issue is not there any more; the item stays as it is."""
        with self.step() as directory:
            self.sync.keep_link(
                replace(row, state=LinkState.GONE.value, todo="", seq=item.seq)
            )
            for entry in self.sync.outbox(self.tracker, item=item.id):
                self.sync.done(entry)
            self.event(
                directory,
                "sync.unlinked",
                item.id,
                {"tracker": self.tracker, "key": row.key, "why": "gone"},
            )

    def adopted(self, item: Item, base: Base) -> None:
        """An issue that is ours is linked from now on; its own outbox entry is done."""
        with self.step() as directory:
            for row in self.sync.outbox(self.tracker, item=item.id):
                if row.act == "create":
                    self.sync.done(row)
            self.link(item, base, seq=0, todo="look", state=LinkState.LINKED)
            self.known_login(base.issue.author)
            self.linked(directory, item, base.issue, "adopted")

    # What came

    def note(self, item: Item, note: NewNote, at: str) -> None:
        """Keep a comment as a progress note, and that it was read."""
        via = f"{self.tracker}:{_account(note.login) or '?'}"
        with self.step() as directory:
            self.told(
                directory,
                "progress",
                item,
                {"text": note.text, "via": via},
                person=note.person,
            )
            self.sync.keep_remark(
                RemarkRow(
                    tracker=self.tracker,
                    remote=note.remote,
                    item=item.id,
                    mark=None,
                    digest=said_digest(note.body),
                    author=_account(note.login),
                    at=at,
                    said=note.text,
                )
            )

    def silent(self, item: Item, comment: Comment) -> None:
        """A comment that says nothing but carries files was read."""
        with self.step():
            self.sync.keep_remark(
                RemarkRow(
                    tracker=self.tracker,
                    remote=comment.id,
                    item=item.id,
                    mark=None,
                    digest=said_digest(comment.body),
                    author=_account(comment.author),
                    at=our_time(comment.created, self.skew),
                    said="",
                )
            )

    def looked_at(self, item: Item, kept: NewFile) -> None:
        """An attachment was looked at; one that is no evidence is a conflict.

        Both in one step: what was looked at is not looked at again.
        """
        with self.step() as directory:
            if kept.refused is not None:
                now = stamp(self.ledger.clock.now())
                self._conflict(directory, item, kept.refused, now)
            self.sync.keep_remark(
                RemarkRow(
                    tracker=self.tracker,
                    remote=kept.attachment.id,
                    item=item.id,
                    mark=None,
                    digest="",
                    author=_account(kept.login),
                    at=stamp(self.ledger.clock.now()),
                    said="",
                )
            )

    def ticked(self, item: Item, ticks: Mapping[int, bool], today: str) -> None:
        """Measures were ticked or unticked in the issue."""
        with self.step() as directory:
            for number, done in sorted(ticks.items()):
                self.told(
                    directory,
                    "measure.tick",
                    item,
                    {"number": number, "done": done, "on": today, "via": self.tracker},
                )

    def owner(self, item: Item, owner: str) -> None:
        """The issue was given to somebody of the unit."""
        with self.step() as directory:
            said = {"owner": owner, "via": self.tracker}
            self.told(directory, "owner.take", item, said)

    # What was decided

    def decided(
        self,
        item: Item,
        base: Base,
        decisions: Iterable[Decided],
        *,
        out: Outbound,
        proposed: Iterable[str],
        note: str,
        closing: Mapping[str, Any] | None,
    ) -> None:
        """Everything decided about an item, before any of it is carried out."""
        now = stamp(self.ledger.clock.now())
        with self.step() as directory:
            for one in decisions:
                self._conflict(directory, item, one, now)
            for text in proposed:
                self._proposal(directory, item, text, now)
            for say in out.says:
                self._put(item, "comment", say.mark, say.text, now)
            for kept in out.files:
                self._put(
                    item,
                    "attach",
                    f"evidence:{kept.number}",
                    f"{kept.number}:{kept.digest[:8]}",
                    now,
                )
            if closing is not None:
                self.event(directory, "sync.closed", item.id, closing)
            if note:
                via = f"{self.tracker}:?"
                self.told(directory, "progress", item, {"text": note, "via": via})
            self.link(item, base, seq=item.seq, todo="push", state=LinkState.LINKED)

    def _conflict(
        self, directory: Directory, item: Item, one: Decided, now: str
    ) -> None:
        contrary = one.contrary
        row = ConflictRow(
            id=self._id(),
            tracker=self.tracker,
            item=item.id,
            field=contrary.field.value,
            round=round_of(item),
            ours=harmless.tidied(contrary.ours),
            theirs=harmless.tidied(contrary.theirs),
            outcome=one.outcome,
            at=now,
            settled=None,
        )
        self.sync.add_conflict(row)
        self.event(
            directory,
            "sync.conflict",
            item.id,
            {
                "tracker": self.tracker,
                "conflict": row.id,
                "field": row.field,
                "ours": row.ours,
                "theirs": row.theirs,
                "outcome": row.outcome,
            },
        )

    def _proposal(self, directory: Directory, item: Item, text: str, now: str) -> None:
        self._conflict(
            directory, item, Decided(Contrary(Field.MEASURE, "", text), "kept"), now
        )

    def _put(self, item: Item, act: str, mark: str, said: str, now: str) -> None:
        self.sync.put(
            OutboxRow(
                id=self._id(),
                tracker=self.tracker,
                item=item.id,
                act=act,
                mark=mark,
                state="planned",
                at=now,
                since=None,
                said=said,
            )
        )

    # The outbox

    def sending(self, row: OutboxRow) -> None:
        """Committed before the request leaves: from now on it may have come true."""
        now = self.ledger.clock.now()
        with self.step():
            self.sync.step(
                row, "sending", at=stamp(now), since=our_time(now, -self.skew)
            )

    def creating(self, new: Sequence[tuple[Item, str, str]]) -> dict[str, OutboxRow]:
        """The outbox entries of new issues, by item: what was told goes with them.

        Committed before the request leaves. An item that another run has linked or
        is creating gets none.
        """
        now = self.ledger.clock.now()
        rows = {}
        with self.step():
            for item, mark, said in new:
                row = OutboxRow(
                    id=self._id(),
                    tracker=self.tracker,
                    item=item.id,
                    act="create",
                    mark=mark,
                    state="sending",
                    at=stamp(now),
                    since=our_time(now, -self.skew),
                    said=said,
                )
                link = self.sync.link(self.tracker, item.id)
                free = link is None or link.state == LinkState.WANTED
                if free and self.sync.put(row):
                    rows[item.id] = row
        return rows

    def unsent(self, row: OutboxRow) -> None:
        """It surely changed nothing: it is planned again, a create anew."""
        with self.step():
            if row.act == "create":
                self.sync.done(row)
            else:
                self.sync.step(
                    row, "planned", at=stamp(self.ledger.clock.now()), since=None
                )

    def unknown(self, row: OutboxRow) -> None:
        """No answer says what became of it."""
        with self.step():
            self.sync.mark_unknown(row)

    def sent(self, row: OutboxRow, remote: str, said: str) -> None:
        """It is there: a comment or an attachment of ours."""
        with self.step():
            self.sync.done(row)
            self.sync.keep_remark(
                RemarkRow(
                    tracker=self.tracker,
                    remote=remote,
                    item=row.item,
                    mark=row.mark,
                    digest=said_digest(said),
                    author=None,
                    at=stamp(self.ledger.clock.now()),
                    said="",
                )
            )

    def created(
        self, item: Item, base: Base, row: OutboxRow, how: str, *, todo: str
    ) -> None:
        """It is there: an item's issue. ``todo`` says whether it is told more."""
        with self.step() as directory:
            self.sync.done(row)
            self.link(item, base, seq=item.seq, todo=todo, state=LinkState.LINKED)
            self.known_login(base.issue.author)
            self.linked(directory, item, base.issue, how)


def _account(login: str | None) -> str | None:
    """An account's name as it is kept; one that people were linked to stays as it is."""
    return harmless.name(login, "?") if login is not None else None


def attached(base: Base, attachment: Attachment) -> Base:
    """``base`` with an attachment of ours, so that it is no news next time."""
    issue = base.issue
    return replace(
        base, issue=replace(issue, attachments=(*issue.attachments, attachment))
    )
