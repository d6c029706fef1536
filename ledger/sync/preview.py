"""The plan of a run as a person looks at it; nothing is written, anywhere."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

from integrations.tracker import MilestoneTracker, Tracker, TrackerError
from ledger.book import Ledger
from ledger.errors import Message
from ledger.storage.items import Selection
from ledger.sync.gather import Gathered, Gatherer
from ledger.sync.link import LinkState
from ledger.sync.matter import Hint
from ledger.sync.milestones import change, milestones
from ledger.sync.plan import MilestoneChange, Plan
from ledger.sync.report import STOPPING
from ledger.sync.run import Connect, registered, settings_of


def preview(
    ledger: Ledger, name: str, *, connect: Connect, sweep: bool = False
) -> Plan:
    """What a run would do; nothing is written, anywhere.

    Raises:
        UsageProblem: there is no such tracker.
        TrackerError: the tracker could not be read whole.
    """
    row = registered(ledger, name)
    tracker = connect(settings_of(row), copy.deepcopy(dict(row.memory)))
    gathered = Gatherer(ledger, tracker, row).gather(sweep=sweep)
    hints = [
        Hint(Message("{text}", text=str(one.error)), one.ref) for one in gathered.faults
    ]
    changes = tuple(_milestones(ledger, tracker, gathered, hints))
    plan = gathered.plan
    return replace(plan, milestones=changes, hints=(*plan.hints, *hints))


def _milestones(
    ledger: Ledger, tracker: Tracker, gathered: Gathered, hints: list[Hint]
) -> Iterator[MilestoneChange]:
    """What would become of milestones once the items are as they will be."""
    if not isinstance(tracker, MilestoneTracker) or not gathered.moved:
        return
    plan = gathered.plan
    then = {one.matter.item.id: one.then for one in plan.items}
    links = ledger.store.sync.links(plan.tracker, state=LinkState.LINKED)
    linked = {one.item for one in links} | then.keys()
    linked -= {item.id for item, _ in gathered.gone}
    items = (then.get(one.id, one) for one in ledger.store.items.select(Selection()))
    for wanted in milestones(items, frozenset(linked), gathered.style):
        try:
            acts = tracker.preparing(wanted)
        except TrackerError as error:
            if isinstance(error, STOPPING):
                raise
            hints.append(Hint(Message("{text}", text=str(error))))
        else:
            if acts:
                yield change(wanted, acts)
