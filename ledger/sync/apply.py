"""Carrying out a plan, one item at a time, in steps that survive a kill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from integrations.tracker import (
    BulkTracker,
    Issue,
    Missing,
    Outcome,
    PartlyDone,
    Stale,
    Tracker,
    TrackerError,
)
from ledger.errors import Damaged, LedgerError
from ledger.item import Item
from ledger.storage.sync import OutboxRow
from ledger.sync.gather import gone_hint
from ledger.sync.inbound import Inbound, inbound
from ledger.sync.link import Base, LinkState, Told, base_of, digest, round_of
from ledger.sync.matter import Matter, with_decisions
from ledger.sync.plan import ItemPlan
from ledger.sync.pool import Brakes, Job, Steps
from ledger.sync.records import Records
from ledger.sync.rendering import draft, rendered
from ledger.sync.report import STOPPING, Left, RunReport, unexpected
from ledger.sync.settle import told_to_json
from ledger.sync.taking import Taker
from ledger.sync.telling import Standing, Teller, known

_TRIES = 3
_SAME_FAULTS = 10


class Applier:
    """Carries out the plans of items as jobs for the pool."""

    def __init__(
        self, tracker: Tracker, records: Records, report: RunReport, brakes: Brakes
    ) -> None:
        """Write to ``tracker`` and keep what was done in ``records``."""
        self._tracker = tracker
        self._records = records
        self._report = report
        self._brakes = brakes
        self._taker = Taker(tracker, records, report)
        self._teller = Teller(tracker, records, report)
        self._faults = 0
        self.unfinished: dict[str, str] = {}

    def jobs(self, plans: Iterator[ItemPlan]) -> Iterator[Job]:
        """A job for each plan, and one for each call that creates several issues."""
        tracker = self._tracker
        several = tracker.capabilities.bulk
        if several == 1 or not isinstance(tracker, BulkTracker):
            yield from map(self._job, plans)
            return
        new: list[ItemPlan] = []
        for plan in plans:
            if plan.state is LinkState.WANTED:
                new.append(plan)
            else:
                yield self._job(plan)
        rest = iter(new)
        while part := list(islice(rest, several)):
            yield self._created_together(tracker, part)

    def _job(self, plan: ItemPlan) -> Job:
        """One item, isolated: what goes wrong with it is told, and stays with it."""
        item = plan.matter.item
        # Until the job ends well, the item is looked at again by the next run.
        wanted = plan.state is LinkState.WANTED
        self.unfinished[item.id] = "push" if wanted else "look"
        steps = self._create(plan.matter) if wanted else self._linked(plan)
        yield from self._isolated(item, steps)

    def _isolated(self, item: Item, steps: Steps[bool]) -> Job:
        try:
            if (yield from steps):
                self.unfinished.pop(item.id, None)
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
            self._report.left.append(Left(item.ref, unexpected(item.ref, error)))

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
            self._report.count("gone")
            self._report.hints.append(gone_hint(item, key))
            self.unfinished.pop(item.id, None)
        except TrackerError as again:
            self._failed(item, again)
        else:
            self._failed(item, error)

    # New issues

    def _create(self, matter: Matter) -> Steps[bool]:
        item = self._records.item(matter.item)
        told = rendered(item, matter.style)
        new = draft(item, told, matter.style)
        rows = self._records.creating([(item, new.identity, told_to_json(told))])
        if item.id not in rows:
            return False
        row = rows[item.id]
        try:
            issue = yield lambda: self._tracker.create(new)
        except PartlyDone as error:
            issue = error.issue
            self._teller.hint(item, error, issue.key)
        except TrackerError as error:
            self._teller.failed(row, error)
            raise
        return (yield from self._created(matter, item, told, row, issue))

    def _created(
        self, matter: Matter, item: Item, told: Told, row: OutboxRow, issue: Issue
    ) -> Steps[bool]:
        """Keep what was created, then tell it what a new issue cannot carry."""
        base = known(Base(issue, told, round_of(item)), matter)
        here = replace(matter, item=item, base=base, now=issue)
        standing = Standing(here, base, item)
        rest = self._teller.has_more(standing)
        self._records.created(item, base, row, "created", todo="push" if rest else "")
        self._report.count("created")
        if not rest:
            return True
        return (yield from self._teller.tell(standing, Inbound(), None))

    def _created_together(self, tracker: BulkTracker, plans: Sequence[ItemPlan]) -> Job:
        """Several issues by one call; what became of each is its own."""
        items = [self._records.item(plan.matter.item) for plan in plans]
        tolds = [rendered(item, plans[0].matter.style) for item in items]
        drafts = [
            draft(item, told, plans[0].matter.style)
            for item, told in zip(items, tolds, strict=True)
        ]
        for item in items:
            self.unfinished[item.id] = "push"
        rows = self._records.creating(
            [
                (item, new.identity, told_to_json(told))
                for item, new, told in zip(items, drafts, tolds, strict=True)
            ]
        )
        ours = [at for at, item in enumerate(items) if item.id in rows]
        if not ours:
            return
        results: Sequence[Issue | TrackerError]
        try:
            results = yield lambda: tracker.create_many([drafts[at] for at in ours])
        except TrackerError as error:
            results = [error] * len(ours)
        for at, result in zip(ours, results, strict=True):
            item, row = items[at], rows[items[at].id]
            if isinstance(result, PartlyDone):
                self._teller.hint(item, result, result.issue.key)
                result = result.issue  # noqa: PLW2901 (it was created)
            if isinstance(result, TrackerError):
                self._teller.failed(row, result)
                self._failed(item, result)
                continue
            steps = self._created(plans[at].matter, item, tolds[at], row, result)
            yield from self._isolated(item, steps)

    # Issues that are there

    def _linked(self, plan: ItemPlan) -> Steps[bool]:
        item = self._records.item(plan.matter.item)
        matter = replace(plan.matter, item=item)
        base = matter.base
        if base is None or matter.now is None:
            return False
        row = self._records.sync.link(self._records.tracker, item.id)
        if row is None or row.state != LinkState.LINKED or row.remote != base.issue.id:
            self._records.adopted(item, base)
            self._report.count("adopted")
        for attempt in range(_TRIES):
            standing = Standing(matter, base, item)
            try:
                return (yield from self._merged(standing))
            except Stale:
                if attempt == _TRIES - 1:
                    raise
                issue = yield from self._teller.read(base)
                if issue.closed and not base.issue.closed:
                    # Who closed it, and with which words, is for the next run.
                    return False
                matter, base, item = self._again(standing, issue)
        return False

    def _merged(self, standing: Standing) -> Steps[bool]:
        matter = standing.matter
        if matter.now is None:
            return False
        came = inbound(matter)
        self._report.hints.extend(came.hints)
        if matter.comments or digest(matter.now) != digest(standing.base.issue):
            self._report.count("pulled")
        yield from self._taker.take(matter, standing.item, came)
        standing.item = self._records.item(standing.item)
        result = self._taker.request(matter, standing.item)
        standing.item = self._records.item(standing.item)
        return (yield from self._teller.tell(standing, came, result))

    def _again(self, standing: Standing, issue: Issue) -> tuple[Matter, Base, Item]:
        """The matter after somebody changed the issue in between."""
        row = self._records.sync.link(self._records.tracker, standing.item.id)
        base = (base_of(row) if row else None) or standing.base
        item = self._records.item(standing.item)
        again = replace(
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
        )
        # What was decided at the first try is not decided once more.
        decided = self._records.sync.conflicts(
            tracker=self._records.tracker, item=item.id
        )
        return with_decisions(again, decided), base, item
