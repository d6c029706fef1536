"""The milestone of a report: how far the report is, and closed with its last item (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from integrations.tracker import Milestone
from ledger.errors import N_
from ledger.item import REQUESTED, SET_ASIDE, Item, State
from ledger.sync.plan import MilestoneChange
from ledger.sync.rendering import Style, report_title


def milestones(
    items: Iterable[Item], linked: frozenset[str], style: Style
) -> list[Milestone]:
    """How the milestones shall be of reports that have a linked item.

    Every item of a report counts, also one that has no issue. ``linked`` are the
    ULIDs of the items that have one.
    """
    states: dict[str, Counter[State]] = {}
    used: set[str] = set()
    for item in items:
        title = report_title(item)
        if title is None:
            continue
        states.setdefault(title, Counter())[item.state] += 1
        if item.id in linked:
            used.add(title)
    return [
        Milestone(title, _block(states[title], style), closed=_done(states[title]))
        for title in sorted(used)
    ]


def change(milestone: Milestone, acts: tuple[str, ...]) -> MilestoneChange:
    """What would become of ``milestone`` by ``acts``, with the words between its marks."""
    _, says, _ = milestone.description.split("\n")
    return MilestoneChange(milestone.title, acts, says)


def _done(states: Counter[State]) -> bool:
    return not states.keys() - {State.CLOSED, *SET_ASIDE}


def _block(states: Counter[State], style: Style) -> str:
    """Our part of the description: the numbers of the design's closure rate."""
    aside = sum(states[state] for state in SET_ASIDE)
    parts = [
        style.words(
            N_("Struck off {closed} of {all}"),
            closed=states[State.CLOSED],
            all=states.total() - aside,
        )
    ]
    for text, count in (
        (
            N_("closure requested {count}"),
            sum(states[state] for state in REQUESTED),
        ),
        (N_("ongoing {count}"), states[State.ONGOING]),
        (N_("void {count}"), states[State.VOID]),
        (N_("transferred {count}"), states[State.TRANSFERRED]),
    ):
        if count:
            parts.append(style.words(text, count=count))
    mark = f"ledger:{style.ledger} report"
    return f"<!-- {mark} -->\n{' · '.join(parts)}\n<!-- /{mark} -->"
