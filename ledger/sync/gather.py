"""From what was read and what is remembered to one plan; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from integrations.tracker import (
    Comment,
    Issue,
    Missing,
    Tracker,
    TrackerError,
    Unreadable,
)
from ledger.book import Ledger
from ledger.clock import moment, stamp
from ledger.directory import Directory
from ledger.errors import N_, LedgerError, Message
from ledger.i18n import catalogue
from ledger.item import Item
from ledger.storage.sync import LinkRow, OutboxRow, RemarkRow, RunRow, TrackerRow
from ledger.sync import marker
from ledger.sync.link import LinkState, base_of, digest
from ledger.sync.matter import Hint
from ledger.sync.matters import Matters
from ledger.sync.news import Adopted, News, adopting
from ledger.sync.options import Options
from ledger.sync.plan import ItemPlan, Plan, Waiting, item_plan
from ledger.sync.pull import Cursor, Pulled, back, earliest, pull
from ledger.sync.rendering import Style
from ledger.sync.report import STOPPING, Left, unexpected
from ledger.sync.settle import SET, Settled, settled, told_of

_GRAIN = timedelta(seconds=1)
"""How exactly an answer to a write tells its time."""


@dataclass(slots=True)
class Gathered:
    """What a run knows before it begins to write.

    ``held`` are items that could not be decided about now, with what is left to do
    for them; ``faults`` say why, where it is an error. ``late`` are the times of
    comments that must be read again, ``gone`` the items whose issues are not there.
    ``changed``: an item changed here since the last run, whether it has an issue or
    not.
    """

    plan: Plan
    pulled: Pulled
    settled: Settled
    head: int
    style: Style
    options: Options
    changed: bool = False
    echoes: dict[str, Issue] = field(default_factory=dict)
    own: list[RemarkRow] = field(default_factory=list)
    unread: tuple[Unreadable, ...] = ()
    held: dict[str, str] = field(default_factory=dict)
    faults: list[Left] = field(default_factory=list)
    gone: list[tuple[Item, LinkRow]] = field(default_factory=list)
    late: list[datetime] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether milestones may have to say something new."""
        return self.changed or bool(self.plan.actions)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """What came for one item: an issue that is ours, a changed issue, comments."""

    adopted: Adopted | None
    issue: Issue | None
    comments: tuple[Comment, ...]


@dataclass(slots=True)
class _Reading:
    """What one read says of all items, and what could not be decided by it."""

    pulled: Pulled
    found: Settled
    own: tuple[RemarkRow, ...]
    unsure: bool
    hints: list[Hint]
    held: dict[str, str] = field(default_factory=dict)
    faults: list[Left] = field(default_factory=list)
    gone: list[tuple[Item, LinkRow]] = field(default_factory=list)
    late: list[datetime] = field(default_factory=list)


class Gatherer:
    """Reads a tracker and decides what is to be done."""

    def __init__(self, ledger: Ledger, tracker: Tracker, row: TrackerRow) -> None:
        """Gather for the tracker that ``row`` registers."""
        self.ledger = ledger
        self.tracker = tracker
        self.row = row
        self.sync = ledger.store.sync
        self.options = Options.read(row.options).behind(tracker.capabilities.lag)
        self.directory = ledger.directory
        self.style = style_of(ledger, row, tracker, self.directory)
        self.outbox = self.sync.outbox(row.name)
        self._matters = Matters(
            ledger,
            tracker,
            row.name,
            style=self.style,
            options=self.options,
            outbox=self.outbox,
        )
        self._now = ledger.clock.now()

    def gather(self, *, sweep: bool = False) -> Gathered:
        """Read, settle, and plan.

        Raises:
            TrackerError: the read was not complete.
        """
        head = self.ledger.store.journal.head().seq
        pulled = self._up_to_date(self._pull(whole=sweep or not self.row.read_whole))
        found = settled(
            self.outbox,
            pulled,
            ledger=self.style.ledger,
            logins=frozenset(self.row.logins),
            quiet=self.options.quiet,
            linked=self._remote_of,
            holder=self._holder,
        )
        hints: list[Hint] = []
        seen = News(self.ledger, self.row, self.style, self.outbox)
        adopted = self._there(seen.adopted(pulled, found, hints))
        news, own = seen.comments(pulled, adopted)
        rows, echoes = seen.changed(pulled)
        for key in news:
            rows.setdefault(key, None)
        unpushed = list(self.sync.unpushed(self.row.name, self.row.pushed))
        items = self._items(unpushed, rows, adopted, found)
        vanished = seen.vanished(pulled) if pulled.whole else ()
        unsure = seen.unsure(pulled)
        reading = _Reading(pulled, found, tuple(own), unsure, hints)
        plans: list[ItemPlan] = []
        for item, row in items:
            arrived = _Arrived(
                adopted=adopted.get(item.id),
                issue=rows.get(item.id),
                comments=tuple(
                    sorted(news.get(item.id, []), key=lambda one: (one.created, one.id))
                ),
            )
            one = self._isolated(item, row, arrived, reading)
            if one is not None:
                plans.append(one)
            elif item.id in reading.held:
                reading.late += [comment.updated for comment in arrived.comments]
        hints += [gone_hint(item, row.key or "") for item, row in reading.gone]
        hints += [self._doubt(*one) for one in found.doubtful]
        hints += [Hint(_problem(one), key=one.key) for one in pulled.problems]
        plan = Plan(
            tracker=self.row.name,
            made=stamp(self._now),
            items=tuple(plans),
            waiting=tuple(
                Waiting(self._ref(one.item), one.act, until)
                for one, until in found.waiting
            ),
            hints=tuple(hints),
            linked=self.sync.count_links(self.row.name).get("linked", 0),
            vanished=vanished,
        )
        return Gathered(
            plan=plan,
            pulled=pulled,
            settled=found,
            head=head,
            style=self.style,
            options=self.options,
            changed=bool(unpushed),
            echoes=echoes,
            own=own,
            unread=pulled.problems,
            held=reading.held,
            faults=reading.faults,
            gone=reading.gone,
            late=reading.late,
        )

    # Reading

    def _pull(self, *, whole: bool) -> Pulled:
        overlap = self._overlap()
        asked = [
            moment(one.since) - SET
            for one in self.outbox
            if one.state != "planned" and one.since
        ]
        issues_since = moment(self.row.issues_since) if self.row.issues_since else None
        comments_since = (
            moment(self.row.comments_since) if self.row.comments_since else None
        )

        def comments_from(issues: dict[str, Issue], until: datetime) -> datetime | None:
            if comments_since is not None and not whole:
                return back(earliest(comments_since, *asked), overlap)
            known = bool(self.sync.count_links(self.row.name)) or any(
                marker.items_named(issue.body, self.style.ledger)
                for issue in issues.values()
            )
            return None if known else back(until, overlap)

        return pull(
            self.tracker,
            self.ledger.clock,
            since=None
            if whole or issues_since is None
            else back(earliest(issues_since, *asked), overlap),
            comments_from=comments_from,
            cursor=self._cursor(issues_since),
        )

    def _overlap(self) -> timedelta:
        """How far to look back behind the cursor, by the clock that it was read from.

        What an index did not show yet to the last run, and what came since, has the
        times of clocks that may have shown less.
        """
        runs = list(self._lately())
        ended = next((skew for run, skew in runs if _ended(run)), None)
        if ended is None:
            return self.options.overlap
        least = min(skew for _, skew in runs)
        return self.options.overlap + timedelta(seconds=ended - least)

    def _lately(self) -> Iterator[tuple[RunRow, float]]:
        """The last runs, and how far the tracker's clock was ahead: the latest first.

        They are those of the overlap, the last that ended before it, and those of
        the overlap before that: what their reads missed may show only now.
        """
        since, before = self._now - self.options.overlap, False
        for run in self.sync.runs(self.row.name):
            started, skew = moment(run.started), run.report.get("skew")
            if skew is None:  # a run of an earlier version
                return
            yield run, skew
            if started > since:
                continue
            if before:
                return
            if _ended(run):
                since, before = started - self.options.overlap, True

    def _cursor(self, issues_since: datetime | None) -> Cursor | None:
        """Where the last run that read to its end got to."""
        for run in self.sync.runs(self.row.name):
            if _ended(run):
                return (
                    Cursor(issues_since, moment(run.started)) if issues_since else None
                )
        return None

    def _up_to_date(self, pulled: Pulled) -> Pulled:
        """With issues read anew that an index shows as they were before our write.

        Taken for news they would undo what was done, and look like people's doing.
        What is older than our write has a later time where the clock went back.
        """
        if not self.tracker.capabilities.lag:
            return pulled
        least, went_back = pulled.skew, 0.0
        for _, skew in self._lately():
            went_back = max(went_back, skew - least)
            least = min(least, skew)
        unsure = _GRAIN + timedelta(seconds=went_back)
        issues = dict(pulled.issues)
        for issue in pulled.issues.values():
            row = self.sync.link_of(self.row.name, remote=issue.id)
            base = base_of(row) if row is not None else None
            if row is None or base is None or row.digest == digest(issue):
                continue
            if issue.updated <= base.issue.updated + unsure:
                try:
                    issues[issue.id] = self.tracker.issue(issue.key)
                except Missing:
                    del issues[issue.id]
        return replace(pulled, issues=issues)

    def _there(self, adopted: dict[str, Adopted]) -> dict[str, Adopted]:
        """The issues to adopt, without those that only an index still shows."""
        if not self.tracker.capabilities.lag:
            return adopted
        there = {}
        for item, one in adopted.items():
            with suppress(Missing):
                there[item] = replace(one, issue=self.tracker.issue(one.issue.key))
        return there

    def _remote_of(self, item: str) -> LinkRow | None:
        return self.sync.link(self.row.name, item)

    def _holder(self, remote: str) -> str | None:
        row = self.sync.link_of(self.row.name, remote=remote)
        return row.item if row is not None else None

    # What changed

    def _items(
        self,
        unpushed: Iterable[Item],
        rows: dict[str, Issue | None],
        adopted: dict[str, Adopted],
        found: Settled,
    ) -> list[tuple[Item, LinkRow | None]]:
        """Every item that something may have to be done for, in their order."""
        items = {item.id: item for item in unpushed}
        more = {
            *rows,
            *adopted,
            *(row.item for row in self.sync.links(self.row.name, todo=True)),
            *(one.item for one in self.outbox),
            *(one.item for one, _ in found.found),
        }
        for name in more - items.keys():
            item = self.ledger.store.items.get(name)
            if item is not None:
                items[name] = item
        return [
            (item, self.sync.link(self.row.name, item.id))
            for item in sorted(items.values(), key=lambda one: (one.year, one.number))
        ]

    # One item

    def _isolated(
        self, item: Item, row: LinkRow | None, arrived: _Arrived, reading: _Reading
    ) -> ItemPlan | None:
        """The plan of one item; what goes wrong with it stays with it."""
        try:
            if arrived.adopted is None and (
                row is None or row.state == LinkState.WANTED
            ):
                return self._new(item, reading)
            return self._known(item, row, arrived, reading)
        except STOPPING:
            raise
        except (TrackerError, LedgerError) as error:
            reading.faults.append(Left(item.ref, error))
        except Exception as error:  # noqa: BLE001 (one bad item never stops the others)
            reading.faults.append(Left(item.ref, unexpected(item.ref, error)))
        reading.held[item.id] = "look"
        return None

    def _new(self, item: Item, reading: _Reading) -> ItemPlan | None:
        """The plan of an item without an issue."""
        if not self._wanted(item):
            return None
        if reading.found.blocks(item.id) or reading.unsure:
            reading.held[item.id] = "push"
            return None
        return item_plan(self._matters.of(item), LinkState.WANTED)

    def _known(
        self, item: Item, row: LinkRow | None, arrived: _Arrived, reading: _Reading
    ) -> ItemPlan | None:
        """The plan of an item that has an issue."""
        issue, base = arrived.issue, base_of(row) if row else None
        if arrived.adopted is not None:
            issue = arrived.adopted.issue
            base = adopting(arrived.adopted, self.style, item)
        elif row is None or row.state == LinkState.DETACHED:
            return None
        elif row.key in {one.key for one in reading.pulled.problems}:
            reading.held[item.id] = "look"
            return None
        elif row.state == LinkState.GONE and issue is None:
            return None
        elif issue is None and self._doubtful(row, reading.found):
            try:
                issue = self.tracker.issue(row.key or "")
            except Missing:
                reading.gone.append((item, row))
                return None
        if base is None:
            return None
        matter = self._matters.of(
            item,
            base=base,
            now=issue or base.issue,
            fresh=issue is not None,
            comments=arrived.comments,
            skew=reading.pulled.skew,
            own=reading.own,
        )
        matter = self._matters.with_closer(matter, reading.pulled.skew)
        adopts = arrived.adopted is not None
        return item_plan(matter, LinkState.LINKED, adopts=adopts)

    @staticmethod
    def _doubtful(row: LinkRow, found: Settled) -> bool:
        """Whether the issue must be read before it is written to."""
        return row.todo == "look" or any(one.item == row.item for one in found.unsent)

    def _wanted(self, item: Item) -> bool:
        units = (*item.responsible, *item.cooperating, *filter(None, (item.lead,)))
        return self.options.wants(
            item, frozenset(self.directory.unit_name(unit) for unit in units)
        )

    def _doubt(self, row: OutboxRow, issue: Issue) -> Hint:
        ref, told = self._ref(row.item), told_of(row)
        return Hint(
            Message(
                N_(
                    "Issue {key} of the ledger's account names no item; it may be that"
                    " of {ref}, so no other is created. If it is, give it the title"
                    " {title}; if not: ledger sync relink {ref}"
                ),
                key=issue.key,
                ref=ref,
                title=told.title if told else ref,
            ),
            ref,
            issue.key,
        )

    def _ref(self, item: str) -> str:
        found = self.ledger.store.items.get(item)
        return found.ref if found else item


def _ended(run: RunRow) -> bool:
    return not (run.report.get("stopped") or run.report.get("interrupted"))


def style_of(
    ledger: Ledger, row: TrackerRow, tracker: Tracker, directory: Directory
) -> Style:
    """How texts are made for this tracker."""
    here = f"{row.name}:"
    return Style(
        ledger=ledger.id,
        directory=directory,
        capabilities=tracker.capabilities,
        say=catalogue(Options.read(row.options).language),
        logins={
            person.id: login.removeprefix(here)
            for person in directory.active_people()
            for login in person.logins
            if login.startswith(here)
        },
    )


def gone_hint(item: Item, key: str) -> Hint:
    """What to tell of an issue that is not there any more."""
    return Hint(
        Message(
            N_(
                "The issue {key} of {ref} is not there any more. Choose: ledger sync"
                " relink {ref} KEY, for a new one ledger sync relink {ref}, or ledger sync"
                " detach {ref}."
            ),
            key=key,
            ref=item.ref,
        ),
        item.ref,
        key,
    )


def _problem(problem: Unreadable) -> Message:
    what, why, todo = problem.parts()
    return Message("{text}", text=" ".join(part for part in (what, why, todo) if part))
