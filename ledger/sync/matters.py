"""All that is remembered of one item and its issue, put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from integrations.tracker import Comment, Issue, Tracker
from ledger.book import Ledger
from ledger.clock import moment
from ledger.item import SET_ASIDE, WORKING, Item, State
from ledger.journal import event_of
from ledger.storage.sync import OutboxRow, RemarkRow
from ledger.sync.closing import Closed, Said, our_time
from ledger.sync.harmless import tidied
from ledger.sync.inbound import ours
from ledger.sync.link import Base, Field
from ledger.sync.matter import Matter, with_decisions
from ledger.sync.options import Options
from ledger.sync.rendering import Style


class Matters:
    """Makes the matters of one run from what the store remembers."""

    def __init__(
        self,
        ledger: Ledger,
        tracker: Tracker,
        name: str,
        *,
        style: Style,
        options: Options,
        outbox: list[OutboxRow],
    ) -> None:
        """For the tracker called ``name``."""
        self._ledger = ledger
        self._sync = ledger.store.sync
        self._tracker = tracker
        self._name = name
        self._style = style
        self._options = options
        self._outbox = outbox

    def of(
        self,
        item: Item,
        *,
        base: Base | None = None,
        now: Issue | None = None,
        fresh: bool = False,
        comments: tuple[Comment, ...] = (),
        skew: float = 0.0,
        own: Iterable[RemarkRow] = (),
    ) -> Matter:
        """The matter of an item; ``own`` are remarks of ours found only now."""
        remarks = self._sync.remarks(self._name, item.id)
        decided = self._sync.conflicts(tracker=self._name, item=item.id)
        marks = {
            one.mark for one in (*remarks, *own) if one.mark and one.item == item.id
        }
        marks |= {one.mark for one in self._outbox if one.item == item.id}
        if now is not None:
            marks |= {
                f"evidence:{kept.number}"
                for attachment in now.attachments
                if (kept := ours(attachment, item)) is not None
            }
        known = {one.remote for one in remarks}
        matter = Matter(
            item=item,
            tracker=self._name,
            style=self._style,
            options=self._options,
            today=self._ledger.today(self._style.directory.rules),
            base=base,
            now=now,
            fresh=fresh,
            comments=comments,
            edited=frozenset(one.id for one in comments if one.id in known),
            said=(
                *(
                    Said(one.author, one.at or "", one.said)
                    for one in remarks
                    if one.mark is None and one.author and one.said
                ),
                *(
                    Said(
                        one.author or "", our_time(one.created, skew), tidied(one.body)
                    )
                    for one in comments
                ),
            ),
            marks=frozenset(marks),
            files=frozenset(known),
            reason=self._reason(item) if item.state in SET_ASIDE else "",
        )
        return with_decisions(matter, decided)

    def with_closer(self, matter: Matter, skew: float) -> Matter:
        """The matter with who closed the issue: asked once for each closing seen."""
        base, now = matter.base, matter.now
        if base is None or now is None or not now.closed:
            return matter
        if matter.newly_closed and closing_matters(matter.item):
            closing = self._tracker.closing(now.key, since=now.closed_at)
            at = closing.at or now.closed_at or now.updated
            return replace(
                matter,
                closed=Closed(closing.login, moment(our_time(at, skew))),
            )
        if Field.CLOSED in matter.yielded and base.closed_at is not None:
            return replace(matter, closed=Closed(base.closer, base.closed_at))
        return matter

    def _reason(self, item: Item) -> str:
        kinds = ("void.propose", "transfer.propose")
        rows = list(self._ledger.store.journal.rows(item=item.id, kinds=kinds))
        if not rows:
            return ""
        return str(event_of(rows[-1].body).data.get("reason") or "")


def closing_matters(item: Item) -> bool:
    """Whether it must be known who closed the issue of ``item``."""
    return item.state in WORKING or item.state is State.REGISTERED
