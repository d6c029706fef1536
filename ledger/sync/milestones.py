"""The milestone of a report is closed when every item of the report is (pure)."""

from __future__ import annotations

from collections.abc import Iterable

from integrations.tracker import Milestone
from ledger.item import SET_ASIDE, Item, State
from ledger.sync.rendering import milestone, report_title


def milestones(items: Iterable[Item], linked: frozenset[str]) -> list[Milestone]:
    """How the milestones shall be of reports that have a linked item.

    Every item of a report counts, also one that has no issue. ``linked`` are the
    ULIDs of the items that have one.
    """
    closed: dict[str, bool] = {}
    used: set[str] = set()
    for item in items:
        title = report_title(item)
        if title is None:
            continue
        done = item.state is State.CLOSED or item.state in SET_ASIDE
        closed[title] = closed.get(title, True) and done
        if item.id in linked:
            used.add(title)
    return [milestone(title, closed=closed[title]) for title in sorted(used)]
