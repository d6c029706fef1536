"""One run of sync: read, settle, plan, look at the brakes, apply, report."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from integrations.registry import open_tracker
from integrations.tracker import (
    Label,
    Milestone,
    Missing,
    Moved,
    Settings,
    Tracker,
    TrackerError,
)
from ledger.book import Actor, Draft, Ledger, new_id
from ledger.clock import moment, stamp
from ledger.errors import N_, LedgerError, Message, Refused, UsageProblem
from ledger.storage.items import Selection
from ledger.storage.sync import RemarkRow, RunRow, TrackerRow
from ledger.sync.apply import Applier
from ledger.sync.gather import Gathered, Gatherer, gone_hint
from ledger.sync.lease import Lease
from ledger.sync.link import LinkState
from ledger.sync.matter import Hint
from ledger.sync.milestones import milestones
from ledger.sync.plan import ItemPlan, Plan, Waiting, brake, unreviewed
from ledger.sync.pool import WORKERS, Brakes, drive, interruptible
from ledger.sync.records import Records
from ledger.sync.rendering import Style, label, rendered
from ledger.sync.report import STOPPING, Left, RunReport

Connect = Callable[[Settings, MutableMapping[str, object]], Tracker]
"""Opens the tracker that settings name; the memory is kept between runs."""

Progress = Callable[[int, int], None]
"""Told how many items are done, and how many there are."""


def connecting(secret: Callable[[Settings], str]) -> Connect:
    """Opens trackers with tokens from ``secret``, asked for when first needed."""

    def connect(settings: Settings, memory: MutableMapping[str, object]) -> Tracker:
        return open_tracker(settings, lambda: secret(settings), memory)

    return connect


def sync(
    ledger: Ledger,
    name: str,
    *,
    connect: Connect,
    yes: bool = False,
    max_creates: int | None = None,
    reviewed: Mapping[str, Any] | None = None,
    sweep: bool = False,
    progress: Progress | None = None,
) -> RunReport:
    """Bring the ledger and the tracker ``name`` together.

    ``yes`` lifts the brakes, ``max_creates`` the one on new issues. With
    ``reviewed``, the JSON of a plan that a person looked at, only what stands in
    it is done, and only where nothing changed since. ``sweep`` reads everything
    and finds issues that are not there any more.

    Raises:
        UsageProblem: there is no such tracker.
        Busy: another run of this tracker is under way.
        Braked: so much would change that a person should look first.
        TrackerError: the tracker could not be read whole; nothing was done.
    """
    row = registered(ledger, name)
    if row.stopped is not None:
        raise _stopped(row)
    lease = Lease(ledger, name)
    lease.take()
    memory: dict[str, object] = copy.deepcopy(dict(row.memory))
    try:
        return _Run(ledger, name, lease, connect, memory).run(
            yes=yes,
            max_creates=max_creates,
            reviewed=reviewed,
            sweep=sweep,
            progress=progress,
        )
    except Moved as error:
        with ledger.writing():
            ledger.store.sync.change_tracker(name, stopped=str(error))
        raise
    finally:
        with suppress(LedgerError):
            if memory != row.memory:
                with ledger.writing():
                    ledger.store.sync.change_tracker(name, memory=memory)
            lease.give_back()


class _Run:
    """One run that holds the lease."""

    def __init__(
        self,
        ledger: Ledger,
        name: str,
        lease: Lease,
        connect: Connect,
        memory: MutableMapping[str, object],
    ) -> None:
        self._ledger = ledger
        self._name = name
        # Read again: another run may have ended just before we took the lease.
        self._row = registered(ledger, name)
        self._tracker = connect(settings_of(self._row), memory)
        self._records = Records(ledger, name, lease)
        self._report = RunReport(name, stamp(ledger.clock.now()))
        self._brakes = Brakes()

    def run(
        self,
        *,
        yes: bool,
        max_creates: int | None,
        reviewed: Mapping[str, Any] | None,
        sweep: bool,
        progress: Progress | None,
    ) -> RunReport:
        gathered = Gatherer(self._ledger, self._tracker, self._row).gather(sweep=sweep)
        plan = gathered.plan
        refusal = brake(plan, yes=yes, max_creates=max_creates)
        if refusal is not None:
            raise refusal
        self._records.skew = self._report.skew = gathered.pulled.skew
        self._report.hints.extend(plan.hints)
        self._report.left.extend(gathered.faults)
        plans = self._allowed(plan, reviewed)
        self._settle(gathered)
        for item, link in gathered.gone:
            self._records.gone(item, link)
            self._report.count("gone")
        applier = Applier(self._tracker, self._records, self._report, self._brakes)
        with interruptible(self._brakes):
            try:
                self._prepare(plans, gathered)
                drive(
                    applier.jobs(_told(plans, progress)),
                    self._brakes,
                    workers=1 if self._tracker.capabilities.local else WORKERS,
                    throttled=lambda: self._tracker.meter.throttled,
                )
                if gathered.moved and not self._brakes.stopping:
                    self._keep_milestones(gathered.style)
                if plan.vanished and not self._brakes.stopping:
                    self._look_for(plan.vanished)
            except TrackerError as error:
                self._brakes.stop(error)
        self._finish(gathered, {**gathered.held, **applier.unfinished})
        return self._report

    def _allowed(
        self, plan: Plan, reviewed: Mapping[str, Any] | None
    ) -> list[ItemPlan]:
        """The items to go on with: with a reviewed plan, those that stand in it."""
        if reviewed is None:
            return list(plan.items)
        stale = unreviewed(plan, reviewed)
        self._report.left += [
            Left(
                ref,
                Refused(
                    N_("{ref} was left as it is."),
                    N_("What would be done now is not what the plan says."),
                    N_("Make and review a new plan with --dry-run --out."),
                    ref=ref,
                ),
            )
            for ref in stale
        ]
        return [one for one in plan.items if one.matter.item.ref not in stale]

    def _settle(self, gathered: Gathered) -> None:
        """Record what a complete read said of answers that were lost."""
        found, records = gathered.settled, self._records
        if not (found.found or found.unsent or gathered.own or gathered.echoes):
            return
        with records.step():
            for row, remote in found.found:
                records.sync.done(row)
                records.sync.keep_remark(
                    RemarkRow(
                        self._name, remote, row.item, row.mark, "", None, row.at, ""
                    )
                )
            for row in found.unsent:
                if row.act == "create":
                    records.sync.done(row)
                else:
                    records.sync.step(row, "planned", at=row.at, since=None)
            for remark in gathered.own:
                records.sync.keep_remark(remark)
            for item, issue in gathered.echoes.items():
                records.echo(item, issue)

    def _prepare(self, plans: list[ItemPlan], gathered: Gathered) -> None:
        """Labels and milestones that are used for the first time."""
        labels: dict[str, Label] = {}
        used: dict[str, Milestone] = {}
        for one in plans:
            fields = {
                name
                for action in one.actions
                if action.act == "update"
                for name in action.detail["fields"]
            }
            if not one.creates and fields.isdisjoint({"labels", "milestone"}):
                continue
            told = rendered(one.matter.item, gathered.style)
            labels.update((name, label(name, gathered.style)) for name in told.labels)
            if told.milestone:
                used[told.milestone] = Milestone(told.milestone)
        if labels or used:
            self._tracker.prepare(tuple(labels.values()), tuple(used.values()))

    def _keep_milestones(self, style: Style) -> None:
        """Let milestones say how far their reports are; the last item closes one.

        One that cannot be written holds nothing up.
        """
        if not self._tracker.capabilities.milestones:
            return
        links = self._records.sync.links(self._name, state="linked")
        linked = frozenset(one.item for one in links)
        items = self._ledger.store.items.select(Selection())
        for one in milestones(items, linked, style):
            try:
                self._tracker.prepare((), (one,))
            except TrackerError as error:
                if isinstance(error, STOPPING):
                    raise
                text = " ".join(part for part in error.parts() if part)
                self._report.hints.append(Hint(Message("{text}", text=text)))

    def _look_for(self, vanished: tuple[str, ...]) -> None:
        """Ask for each issue that a whole read did not show; only that proves it."""
        for name in vanished:
            row = self._records.sync.link(self._name, name)
            item = self._ledger.store.items.get(name)
            if row is None or row.key is None or item is None:
                continue
            try:
                self._tracker.issue(row.key)
            except Missing:
                self._records.gone(item, row)
                self._report.counts["gone"] += 1
                self._report.hints.append(gone_hint(item, row.key))

    def _finish(self, gathered: Gathered, unfinished: Mapping[str, str]) -> None:
        """Move the cursors if everything that was read was seen to, and report."""
        report, meter = self._report, self._tracker.meter
        report.stopped = self._brakes.error
        report.interrupted = self._brakes.interrupted
        report.finished = stamp(self._ledger.clock.now())
        report.reads, report.writes = meter.reads, meter.writes
        report.retries = meter.retries
        refused = {one.ref for one in report.left}
        pulled = gathered.pulled
        with self._records.step() as directory:
            sync = self._records.sync
            if not self._brakes.stopping:
                values: dict[str, object] = {
                    "issues_since": stamp(pulled.issues_until),
                    "pushed": gathered.head,
                }
                late = [
                    comment.updated
                    for one in gathered.plan.items
                    if one.matter.item.id in unfinished
                    or one.matter.item.ref in refused
                    for comment in one.matter.comments
                ]
                late += gathered.late
                values["comments_since"] = stamp(min([pulled.comments_until, *late]))
                if pulled.whole and not pulled.problems:
                    values["read_whole"] = 1
                for one in gathered.plan.items:
                    item = one.matter.item
                    if item.ref in refused and item.id not in unfinished:
                        unfinished = {**unfinished, item.id: "look"}
                for item_id, todo in unfinished.items():
                    sync.set_todo(self._name, item_id, todo)
                for one_unread in gathered.unread:
                    link = sync.link_of(self._name, key=one_unread.key)
                    if link is not None and link.state == LinkState.LINKED:
                        sync.set_todo(self._name, link.item, "look")
                sync.change_tracker(self._name, **values)
            if self._brakes.error is not None and _moved(self._brakes.error):
                sync.change_tracker(self._name, stopped=str(self._brakes.error))
            report.waiting = tuple(
                Waiting(
                    self._ref(row.item),
                    row.act,
                    stamp(moment(row.at) + gathered.options.quiet),
                )
                for row in sync.outbox(self._name)
                if row.state in ("unknown", "sending")
            )
            sync.add_run(
                RunRow(
                    new_id(self._ledger.clock),
                    self._name,
                    report.started,
                    report.finished,
                    report.to_json(),
                )
            )
            if report.anything:
                self._ledger.record(
                    [
                        Draft(
                            "sync.run",
                            {
                                "tracker": self._name,
                                "counts": {
                                    key: count
                                    for key, count in report.counts.items()
                                    if count
                                },
                                "left": len(report.left),
                                "waiting": len(report.waiting),
                                "reads": report.reads,
                                "writes": report.writes,
                            },
                            Actor(None, via=self._name),
                        )
                    ],
                    directory,
                )

    def _ref(self, item: str) -> str:
        found = self._ledger.store.items.get(item)
        return found.ref if found else item


def _told(plans: list[ItemPlan], progress: Progress | None) -> Iterator[ItemPlan]:
    for done, one in enumerate(plans):
        if progress is not None:
            progress(done, len(plans))
        yield one
    if progress is not None:
        progress(len(plans), len(plans))


def _moved(error: LedgerError | TrackerError) -> bool:
    return isinstance(error, Moved)


def registered(ledger: Ledger, name: str) -> TrackerRow:
    """The tracker called ``name``.

    Raises:
        UsageProblem: there is none.
    """
    row = ledger.store.sync.tracker(name)
    if row is None:
        known = [one.name for one in ledger.store.sync.trackers()]
        raise UsageProblem(
            N_("There is no tracker {name}."),
            N_("The trackers are: {known}.") if known else N_("There is none yet."),
            N_("Add one: ledger tracker add NAME --kind KIND --url ADDRESS"),
            name=name,
            known=", ".join(known),
        )
    if row.kind == "folder":
        # A folder beside the ledger moves with it: it is kept relative to it.
        return replace(row, address=str(ledger.folder.resolve() / row.address))
    return row


def settings_of(row: TrackerRow) -> Settings:
    """The settings of a registered tracker, as integrations take them."""
    return Settings(row.name, row.kind, row.address, row.project, dict(row.options))


def _stopped(row: TrackerRow) -> Refused:
    return Refused(
        N_("The tracker {name} is stopped; nothing was sent."),
        "{why}",
        N_("Say where it is now: ledger tracker set-url {name} ADDRESS"),
        name=row.name,
        why=row.stopped or "",
    )
