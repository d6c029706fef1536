"""Carrying out a plan, one item at a time, in steps that survive a kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing as closed_after
from dataclasses import dataclass, replace
from typing import BinaryIO

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
from ledger.book import Actor
from ledger.errors import N_, Damaged, LedgerError, Message, Refused
from ledger.item import Item
from ledger.storage.evidence import Stored
from ledger.storage.sync import OutboxRow
from ledger.sync import marker
from ledger.sync.closing import Complete, Lacking, our_time
from ledger.sync.gather import gone_hint
from ledger.sync.inbound import Inbound, NewFile, inbound, request
from ledger.sync.link import Base, Field, LinkState, base_of, digest, round_of
from ledger.sync.matter import Hint, Matter
from ledger.sync.merge import same_block
from ledger.sync.outbound import Outbound, file_name, outbound
from ledger.sync.plan import ItemPlan
from ledger.sync.pool import Brakes, Call, Job, Steps
from ledger.sync.records import Records, attached
from ledger.sync.rendering import draft, rendered
from ledger.sync.report import STOPPING, Left, RunReport
from ledger.sync.settle import told_to_json

_TRIES = 3
_SAME_FAULTS = 10


@dataclass(slots=True)
class _Standing:
    """An item as its job sees it now."""

    matter: Matter
    base: Base
    item: Item


class Applier:
    """Carries out the plans of items as jobs for the pool."""

    def __init__(
        self, tracker: Tracker, records: Records, report: RunReport, brakes: Brakes
    ) -> None:
        """Write to ``tracker`` and keep what was done in ``records``."""
        self._tracker = tracker
        self._records = records
        self._ledger = records.ledger
        self._report = report
        self._brakes = brakes
        self._faults = 0
        self.unfinished: dict[str, str] = {}

    def jobs(self, plans: Iterator[ItemPlan]) -> Iterator[Job]:
        """A job for each plan."""
        for plan in plans:
            yield self._job(plan)

    def _count(self, name: str, number: int = 1) -> None:
        self._report.counts[name] += number

    def _job(self, plan: ItemPlan) -> Job:
        """One item, isolated: what goes wrong with it is told, and stays with it."""
        item = plan.matter.item
        # Until the job ends well, the item is looked at again by the next run.
        self.unfinished[item.id] = "push" if plan.state is LinkState.WANTED else "look"
        try:
            if plan.state is LinkState.WANTED:
                done = yield from self._create(plan.matter)
            else:
                done = yield from self._linked(plan)
            if done:
                del self.unfinished[item.id]
            self._faults = 0
        except Missing as error:
            yield from self._missing(item, error)
        except TrackerError as error:
            self._failed(item, error)
        except Damaged:
            raise
        except LedgerError as error:
            self._report.left.append(Left(item.ref, error))
        except Exception as error:  # noqa: BLE001 (one bad item never stops the others)
            self._report.left.append(Left(item.ref, _unexpected(item, error)))

    def _failed(self, item: Item, error: TrackerError) -> None:
        self._report.left.append(Left(item.ref, error))
        self._faults += 1
        hopeless = isinstance(error, STOPPING) or error.outcome is Outcome.MOVED
        if hopeless or self._faults >= _SAME_FAULTS:
            self._brakes.stop(error)

    def _missing(self, item: Item, error: Missing) -> Job:
        """The tracker says that something is not there: is it the issue?"""
        row = self._records.sync.link(self._records.tracker, item.id)
        if row is None or row.key is None or row.state != LinkState.LINKED:
            self._failed(item, error)
            return
        key = row.key
        try:
            yield lambda: self._tracker.issue(key)
        except Missing:
            self._records.gone(item, row)
            self._count("gone")
            self._report.hints.append(gone_hint(item, key))
            self.unfinished.pop(item.id, None)
        except TrackerError as again:
            self._failed(item, again)
        else:
            self._failed(item, error)

    # A new issue

    def _create(self, matter: Matter) -> Steps[bool]:
        item = self._reload(matter.item)
        told = rendered(item, matter.style)
        new = draft(item, told, matter.style)
        row = self._records.creating(item, new.identity, told_to_json(told))
        if row is None:
            return False
        try:
            issue = yield lambda: self._tracker.create(new)
        except PartlyDone as error:
            issue = error.issue
            self._hint(item, error, issue.key)
        except TrackerError as error:
            self._settle_failed(row, error)
            raise
        base = _known(Base(issue, told, round_of(item)), matter)
        self._records.created(item, base, row, "created")
        self._count("created")
        return (
            yield from self._rest(
                _Standing(replace(matter, item=item, base=base, now=issue), base, item),
                Inbound(),
                None,
            )
        )

    # An issue that is there

    def _linked(self, plan: ItemPlan) -> Steps[bool]:
        matter = plan.matter
        item = self._reload(matter.item)
        matter = replace(matter, item=item)
        base = matter.base
        if base is None or matter.now is None:
            return False
        row = self._records.sync.link(self._records.tracker, item.id)
        if row is None or row.state != LinkState.LINKED or row.remote != base.issue.id:
            self._adopt(item, base)
        for attempt in range(_TRIES):
            standing = _Standing(matter, base, item)
            try:
                return (yield from self._merged(standing))
            except Stale:
                if attempt == _TRIES - 1:
                    raise
                issue = yield from self._read(base)
                if issue.closed and not base.issue.closed:
                    # Who closed it, and with which words, is for the next run.
                    return False
                matter, base, item = self._again(standing, issue)
        return False

    def _merged(self, standing: _Standing) -> Steps[bool]:
        matter = standing.matter
        came = inbound(matter)
        self._report.hints.extend(came.hints)
        if matter.fresh or matter.comments:
            self._count("pulled")
        yield from self._take(matter, standing.item, came)
        standing.item = self._reload(standing.item)
        result = self._request(matter, standing.item)
        standing.item = self._reload(standing.item)
        return (yield from self._rest(standing, came, result))

    def _take(self, matter: Matter, item: Item, came: Inbound) -> Job:
        """What came goes into the ledger: evidence, ticks, the owner, notes.

        A comment is kept as read only after its files: a run that dies between the
        two must find them again.
        """
        for kept in came.files:
            if kept.person is not None:
                yield from self._evidence(item, kept)
            self._records.looked_at(item, kept)
        if came.ticks:
            self._records.ticked(item, came.ticks, matter.today.isoformat())
            self._count("ticks", len(came.ticks))
        if came.owner is not None:
            self._records.owner(item, came.owner)
        written = {comment.id: comment for comment in matter.comments}
        for note in came.notes:
            at = our_time(written.pop(note.remote).created, self._records.skew)
            self._records.note(item, note, at)
            self._count("notes")
        for comment in written.values():
            self._records.silent(item, comment)

    def _evidence(self, item: Item, kept: NewFile) -> Job:
        ledger = self._ledger

        def fetched() -> Stored:
            content: BinaryIO = self._tracker.download(kept.attachment)
            with closed_after(content):
                return ledger.evidence.add_stream(content, kept.attachment.name)

        stored = yield fetched
        via = f"{self._records.tracker}:{kept.login}"
        now = self._reload(item)
        if any(one.digest == stored.digest and one.via == via for one in now.evidence):
            return
        ledger.add_evidence(
            item.id, stored, Actor(kept.person, via=self._records.tracker), via=via
        )
        self._count("evidence")

    def _request(self, matter: Matter, item: Item) -> Complete | Lacking | None:
        result = request(replace(matter, item=item), item)
        if not isinstance(result, Complete):
            return result
        actor = Actor(result.person, via=self._records.tracker)
        try:
            if result.start:
                self._ledger.act("start", item.id, actor)
            self._ledger.act("request-closure", item.id, actor, **result.data)
        except Refused as refusal:
            reasons = refusal.values.get("reasons")
            return Lacking(reasons if isinstance(reasons, tuple) else ())
        self._count("requested")
        return result

    def _adopt(self, item: Item, base: Base) -> None:
        records = self._records
        with records.step() as directory:
            for row in records.sync.outbox(records.tracker, item=item.id):
                if row.act == "create":
                    records.sync.done(row)
            records.link(item, base, seq=0, todo="look", state=LinkState.LINKED)
            records.known_login(base.issue.author)
            records.linked(directory, item, base.issue, "adopted")
        self._count("adopted")

    # Telling the tracker

    def _rest(
        self,
        standing: _Standing,
        came: Inbound,
        result: Complete | Lacking | None,
    ) -> Steps[bool]:
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
        base = _known(replace(base, told=out.wanted), seen)
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
            self._count("missing", int(isinstance(result, Lacking)))
        for one in decisions:
            self._count("restored" if one.outcome == "restored" else "conflicts")
        self._count("conflicts", len(came.proposed))
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
                    self._count("commented")
                else:
                    base = yield from self._attach(item, base, row)
            except TrackerError as error:
                self._settle_failed(row, error)
                if isinstance(error, Missing | (*STOPPING,)):
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
        self._count("attached")
        return attached(base, attachment)

    def _update(self, item: Item, base: Base, out: Outbound) -> Steps[Base]:
        now = base.issue
        if out.patch.body is not UNSET and now.version is None:
            # The server has no version to compare: read again before the body is
            # written. What is edited between this read and the write is lost.
            issue = yield from self._read(base)
            if digest(issue) != digest(now):
                raise _changed(issue)
            now = issue
        patch: IssuePatch = out.patch
        try:
            shown: Issue = yield lambda: self._tracker.update(now, patch)
        except PartlyDone as error:
            shown = error.issue
            self._hint(item, error, shown.key)
        if "closed" in out.fields:
            self._count("closed")
        if "open" in out.fields:
            self._count("reopened")
        self._count("updated")
        return replace(base, issue=_with_files(shown, now))

    def _read(self, base: Base) -> Steps[Issue]:
        key = base.issue.key
        issue: Issue = yield lambda: self._tracker.issue(key)
        return issue

    def _again(self, standing: _Standing, issue: Issue) -> tuple[Matter, Base, Item]:
        """The matter after somebody changed the issue in between."""
        row = self._records.sync.link(self._records.tracker, standing.item.id)
        base = (base_of(row) if row else None) or standing.base
        item = self._reload(standing.item)
        matter = replace(
            standing.matter,
            item=item,
            base=base,
            now=issue,
            fresh=True,
            comments=(),
            files=standing.matter.files
            | {
                one.remote
                for one in self._records.sync.remarks(self._records.tracker, item.id)
            },
            tries=self._tries(item),
        )
        return matter, base, item

    def _tries(self, item: Item) -> dict[Field, int]:
        tries: dict[Field, int] = {}
        for one in self._records.sync.conflicts(
            tracker=self._records.tracker, item=item.id
        ):
            if one.round == round_of(item):
                tries[Field(one.field)] = tries.get(Field(one.field), 0) + 1
        return tries

    def _marks(self, standing: _Standing) -> frozenset[str]:
        """What of ours is there or decided, with what this run did meanwhile."""
        records, item = self._records, standing.item
        now = {one.mark for one in records.sync.remarks(records.tracker, item.id)}
        now |= {one.mark for one in records.sync.outbox(records.tracker, item=item.id)}
        return standing.matter.marks | frozenset(mark for mark in now if mark)

    # Failing

    def _settle_failed(self, row: OutboxRow, error: TrackerError) -> None:
        """Keep what is known of something new that was not acknowledged."""
        if error.outcome is Outcome.UNKNOWN:
            self._records.unknown(row)
        else:
            self._records.unsent(row)

    def _hint(self, item: Item, error: TrackerError, key: str) -> None:
        what, why, todo = error.parts()
        text = " ".join(part for part in (what, why, todo) if part)
        self._report.hints.append(Hint(Message("{text}", text=text), item.ref, key))

    def _reload(self, item: Item) -> Item:
        return self._ledger.store.items.get(item.id) or item


def _known(base: Base, matter: Matter) -> Base:
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


def _with_files(shown: Issue, before: Issue) -> Issue:
    """``shown`` with the attachments known before, where the answer left them out."""
    if shown.attachments or not before.attachments:
        return shown
    return replace(shown, attachments=before.attachments)


def _changed(issue: Issue) -> Stale:
    return Stale(
        N_("Issue {key} was changed by somebody else in between."),
        N_("It is not as it was read."),
        N_("It is read again and merged by the next run."),
        key=issue.key,
    )


def _unexpected(item: Item, error: Exception) -> LedgerError:
    return LedgerError(
        N_("{ref} could not be synced."),
        "{kind}: {error}.",
        N_("Run it again; if it stays so, report it with --debug."),
        ref=item.ref,
        kind=type(error).__name__,
        error=error,
    )
