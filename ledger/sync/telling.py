"""What a tracker is told: decided and kept first, then sent, then kept as known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from integrations.tracker import (
    UNSET,
    Issue,
    IssuePatch,
    Missing,
    Outcome,
    PartlyDone,
    Stale,
    Tracker,
    TrackerError,
)
from ledger.errors import N_, Message
from ledger.item import Item
from ledger.storage.sync import OutboxRow
from ledger.sync import marker
from ledger.sync.closing import Complete, Lacking
from ledger.sync.inbound import Inbound
from ledger.sync.link import Base, Field, LinkState, digest, round_of
from ledger.sync.matter import Hint, Matter
from ledger.sync.merge import same_block
from ledger.sync.outbound import Outbound, file_name, outbound
from ledger.sync.pool import Call, Steps
from ledger.sync.records import Records, attached
from ledger.sync.report import STOPPING, Left, RunReport


@dataclass(slots=True)
class Standing:
    """An item as its job sees it now."""

    matter: Matter
    base: Base
    item: Item


class Teller:
    """Tells a tracker what the ledger says of one item."""

    def __init__(self, tracker: Tracker, records: Records, report: RunReport) -> None:
        """Write to ``tracker``; count in ``report``."""
        self._tracker = tracker
        self._records = records
        self._ledger = records.ledger
        self._report = report

    def has_more(self, standing: Standing) -> bool:
        """Whether a new issue is to be told more than it was created with."""
        matter = replace(standing.matter, marks=self._marks(standing))
        return not outbound(matter, standing.item, Inbound(), None).empty

    def tell(
        self,
        standing: Standing,
        came: Inbound,
        result: Complete | Lacking | None,
    ) -> Steps[bool]:
        """Decide, send, and keep what both sides know then."""
        item = standing.item
        matter = replace(
            standing.matter, item=item, base=standing.base, marks=self._marks(standing)
        )
        out = outbound(matter, item, came, result)
        base = self._decide(matter, item, came, out, result)
        # Comments first, so that people read why before they see it closed; files
        # last, because a file changes the version that a write of the body names.
        base, said = yield from self._send(item, base, "comment")
        seen = replace(matter, base=base, now=base.issue)
        if not out.patch.empty:
            base = yield from self._update(item, base, out)
        base, brought = yield from self._send(item, base, "attach")
        base = known(replace(base, told=out.wanted), seen)
        with self._records.step():
            self._records.link(
                item,
                base,
                seq=item.seq,
                todo="" if said and brought else "push",
                state=LinkState.LINKED,
            )
        return True

    def _decide(
        self,
        matter: Matter,
        item: Item,
        came: Inbound,
        out: Outbound,
        result: Complete | Lacking | None,
    ) -> Base:
        """Keep all decisions before any is carried out; the base moves on."""
        base, now = matter.base, matter.now
        if base is None or now is None:
            raise ValueError("an issue without a base")
        closed = matter.closed if matter.newly_closed else None
        decisions = (*came.decided, *out.decided)
        moved = replace(
            base,
            issue=now,
            round=round_of(item),
            yielded=frozenset(name.value for name in out.yielded),
            closer=closed.login if closed else base.closer,
            closed_at=closed.at if closed else base.closed_at,
        )
        note = ""
        if out.note:
            note = matter.style.words(out.note, key=now.key)
        closing = None
        if closed is not None and result is not None:
            closing = {
                "tracker": self._records.tracker,
                "key": now.key,
                "login": closed.login,
                "result": "requested" if isinstance(result, Complete) else "missing",
                "missing": [str(reason) for reason in result.reasons]
                if isinstance(result, Lacking)
                else [],
            }
            self._report.count("missing", int(isinstance(result, Lacking)))
        for one in decisions:
            self._report.count("restored" if one.outcome == "restored" else "conflicts")
        self._report.count("conflicts", len(came.proposed))
        if (
            moved != base
            or decisions
            or came.proposed
            or out.says
            or out.files
            or note
            or closing
        ):
            self._records.decided(
                item,
                moved,
                decisions,
                out=out,
                proposed=came.proposed,
                note=note,
                closing=closing,
            )
        return moved

    def _send(self, item: Item, base: Base, act: str) -> Steps[tuple[Base, bool]]:
        """What is new for this issue and was decided, in its order."""
        complete = True
        records = self._records
        rows = records.sync.outbox(records.tracker, item=item.id)
        for row in [row for row in rows if row.act == act]:
            if row.state != "planned":
                complete = False
                continue
            try:
                if act == "comment":
                    body = marker.remark(self._ledger.id, item.id, row.mark, row.said)
                    records.sending(row)
                    comment = yield self._comment(base.issue.key, body)
                    records.sent(row, comment.id, comment.body)
                    self._report.count("commented")
                else:
                    base = yield from self._attach(item, base, row)
            except TrackerError as error:
                self.failed(row, error)
                if isinstance(error, (Missing, *STOPPING)):
                    raise
                self._report.left.append(Left(item.ref, error))
                complete = False
        return base, complete

    def _comment(self, key: str, body: str) -> Call:
        return lambda: self._tracker.comment(key, body)

    def _attach(self, item: Item, base: Base, row: OutboxRow) -> Steps[Base]:
        number = int(row.said.partition(":")[0])
        kept = next((one for one in item.evidence if one.number == number), None)
        if kept is None:
            self._records.unsent(row)
            return base
        path = self._ledger.evidence.path(kept.digest)
        name = file_name(kept)
        key = base.issue.key

        def call() -> object:
            with path.open("rb") as content:
                return self._tracker.attach(key, name, content)

        self._records.sending(row)
        attachment = yield call
        self._records.sent(row, attachment.id, "")
        self._report.count("attached")
        return attached(base, attachment)

    def _update(self, item: Item, base: Base, out: Outbound) -> Steps[Base]:
        now = base.issue
        if now.version is None and self._replaces(out.patch):
            # The server has no version to compare: read again before the body is
            # written. What is edited between this read and the write is lost.
            issue = yield from self.read(base)
            if digest(issue) != digest(now):
                raise _changed(issue)
            now = issue
        patch: IssuePatch = out.patch
        try:
            shown: Issue = yield lambda: self._tracker.update(now, patch)
        except PartlyDone as error:
            shown = error.issue
            self.hint(item, error, shown.key)
        if "closed" in out.fields:
            self._report.count("closed")
        if "open" in out.fields:
            self._report.count("reopened")
        self._report.count("updated")
        return replace(base, issue=after(now, patch, shown))

    def _replaces(self, patch: IssuePatch) -> bool:
        """Whether more of people's work would be replaced than what the read missed.

        Where an index says what there is, that is minutes, and goes for every value;
        labels are added and taken away, and opened again is as good as open.
        """
        values: list[object] = [patch.body]
        if self._tracker.capabilities.lag:
            values += [patch.title, patch.due, patch.assignees]
        return any(value is not UNSET for value in values)

    def read(self, base: Base) -> Steps[Issue]:
        """The issue as it is now."""
        key = base.issue.key
        issue: Issue = yield lambda: self._tracker.issue(key)
        return issue

    def _marks(self, standing: Standing) -> frozenset[str]:
        """What of ours is there or decided, with what this run did meanwhile."""
        records, item = self._records, standing.item
        now = {one.mark for one in records.sync.remarks(records.tracker, item.id)}
        now |= {one.mark for one in records.sync.outbox(records.tracker, item=item.id)}
        return standing.matter.marks | frozenset(mark for mark in now if mark)

    def failed(self, row: OutboxRow, error: TrackerError) -> None:
        """Keep what is known of something new that was not acknowledged."""
        if error.outcome is Outcome.UNKNOWN:
            self._records.unknown(row)
        else:
            self._records.unsent(row)

    def hint(self, item: Item, error: TrackerError, key: str) -> None:
        """Tell what the tracker left out."""
        what, why, todo = error.parts()
        text = " ".join(part for part in (what, why, todo) if part)
        self._report.hints.append(Hint(Message("{text}", text=text), item.ref, key))


def known(base: Base, matter: Matter) -> Base:
    """``base`` with the fields yielded that the tracker will not show as they were told.

    A tracker that keeps a value otherwise than it was sent would be told again and
    again.
    """
    issue, told = base.issue, base.told
    inner = marker.find(issue.body, matter.style.ledger, matter.item.id).inner
    kept = set(base.yielded)
    if issue.title != told.title:
        kept.add(Field.TITLE.value)
    if issue.due != told.due:
        kept.add(Field.DUE.value)
    if not same_block(inner, told.block):
        kept.add(Field.BLOCK.value)
    return replace(base, yielded=frozenset(kept))


def after(now: Issue, patch: IssuePatch, shown: Issue) -> Issue:
    """The issue as it is known once ``patch`` was written and ``shown`` came back.

    Of what was not sent the value from before stays: what differs there was changed
    by people in between, and the next read must find it.
    """
    names = ("title", "body", "closed", "due", "assignees", "milestone")
    sent: dict[str, Any] = {
        name: getattr(shown, name)
        for name in names
        if getattr(patch, name) is not UNSET
    }
    if patch.add_labels or patch.remove_labels:
        sent["labels"] = shown.labels
    if patch.closed is not UNSET:
        sent["closed_at"] = shown.closed_at
    return replace(
        now, **sent, version=shown.version, status=shown.status, updated=shown.updated
    )


def _changed(issue: Issue) -> Stale:
    return Stale(
        N_("Issue {key} was changed by somebody else in between."),
        N_("It is not as it was read."),
        N_("It is read again and merged by the next run."),
        key=issue.key,
    )
