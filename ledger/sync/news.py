"""What of a complete read is news: issues, comments, and issues that are ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from integrations.tracker import Comment, Issue
from ledger.book import Ledger
from ledger.errors import N_, Message
from ledger.item import Item
from ledger.storage.sync import OutboxRow, RemarkRow, TrackerRow
from ledger.sync import marker
from ledger.sync.closing import our_time
from ledger.sync.link import Base, LinkState, Told, digest, said_digest
from ledger.sync.matter import Hint
from ledger.sync.merge import read_block, with_ticks
from ledger.sync.pull import Pulled, by_number
from ledger.sync.rendering import Style, rendered
from ledger.sync.settle import Settled, by_us, carried, told_of


@dataclass(frozen=True, slots=True)
class Adopted:
    """An issue that is ours but was never recorded, and what it was told.

    ``sent``: exactly that was sent, as the outbox says. Of an issue that only its
    marker tells of, nobody knows any more; ``told`` is what it would be told now.
    """

    issue: Issue
    told: Told
    sent: bool = False


class News:
    """Compares what was read with what is remembered; nothing is written here."""

    def __init__(
        self, ledger: Ledger, row: TrackerRow, style: Style, outbox: list[OutboxRow]
    ) -> None:
        """Look at the tracker that ``row`` registers."""
        self._store = ledger.store
        self._sync = ledger.store.sync
        self._name = row.name
        self._logins = frozenset(row.logins)
        self._style = style
        self._outbox = outbox

    def changed(
        self, pulled: Pulled
    ) -> tuple[dict[str, Issue | None], dict[str, Issue]]:
        """Linked issues that are not as they were known, by item; and echoes.

        An echo shows nothing new, but its version or status is to be remembered.
        """
        changed: dict[str, Issue | None] = {}
        echoes: dict[str, Issue] = {}
        for issue in pulled.issues.values():
            row = self._sync.link_of(self._name, remote=issue.id)
            if row is None or row.state == LinkState.DETACHED:
                continue
            if row.digest != digest(issue) or row.state == LinkState.GONE:
                changed[row.item] = issue
            elif (row.version, row.base["issue"].get("status")) != (
                issue.version,
                issue.status,
            ):
                echoes[row.item] = issue
        return changed, echoes

    def comments(
        self, pulled: Pulled, adopted: Mapping[str, Adopted]
    ) -> tuple[dict[str, list[Comment]], list[RemarkRow]]:
        """People's comments that are new or edited, and ours that are not known yet.

        Those of issues that are adopted only now are among them.
        """
        items = {one.issue.key: item for item, one in adopted.items()}
        news: dict[str, list[Comment]] = {}
        own: list[RemarkRow] = []
        for comment in pulled.comments.values():
            known = self._sync.remark(self._name, comment.id)
            if known is not None and (
                known.mark is not None or known.digest == said_digest(comment.body)
            ):
                continue
            row = self._sync.link_of(self._name, key=comment.issue)
            if row is not None and row.state in (LinkState.LINKED, LinkState.GONE):
                items.setdefault(comment.issue, row.item)
            item = items.get(comment.issue)
            if item is None:
                continue
            mark = marker.mark_of(comment.body, self._style.ledger)
            if (
                mark is not None
                and mark[0] == item
                and by_us(comment.author, self._logins)
            ):
                own.append(
                    RemarkRow(
                        tracker=self._name,
                        remote=comment.id,
                        item=item,
                        mark=mark[1],
                        digest=said_digest(comment.body),
                        author=comment.author,
                        at=our_time(comment.created, pulled.skew),
                        said="",
                    )
                )
                continue
            news.setdefault(item, []).append(comment)
        return news, own

    def adopted(
        self, pulled: Pulled, found: Settled, hints: list[Hint]
    ) -> dict[str, Adopted]:
        """Issues of ours that no item is linked to, though their marker names one."""
        adopted = {
            one.item: Adopted(issue, told, sent=True)
            for one, issue in found.created
            if (told := told_of(one)) is not None
        }
        for issue in by_number(pulled.issues.values()):
            row = self._sync.link_of(self._name, remote=issue.id)
            taken = {adopted[name].issue.id for name in adopted}
            for name in carried(issue, self._style.ledger):
                if (row is not None and row.item == name) or (
                    name in adopted and adopted[name].issue.id == issue.id
                ):
                    continue
                item = self._store.items.get(name)
                link = self._sync.link(self._name, name)
                free = link is None or link.state == LinkState.WANTED
                mine = by_us(issue.author, self._logins)
                if item is None:
                    hints.append(_stranger(issue))
                elif (
                    free
                    and mine
                    and row is None
                    and name not in adopted
                    and issue.id not in taken
                ):
                    adopted[name] = Adopted(issue, rendered(item, self._style))
                    taken.add(issue.id)
                elif link is None or link.state != LinkState.DETACHED:
                    hints.append(_copy(issue, item))
        return adopted

    def vanished(self, pulled: Pulled) -> tuple[str, ...]:
        """Linked items whose issue a whole read did not show and that is not there."""
        unread = {one.key for one in pulled.problems}
        return tuple(
            row.item
            for row in self._sync.links(self._name, state=LinkState.LINKED)
            if row.remote not in pulled.issues and row.key not in unread
        )

    def unsure(self, pulled: Pulled) -> bool:
        """Whether an issue that could not be read may be one that is looked for."""
        return any(
            self._sync.link_of(self._name, key=one.key) is None
            for one in pulled.problems
        ) and (pulled.whole or bool(self._outbox))


def adopting(one: Adopted, style: Style, item: Item) -> Base:
    """The base of an issue that is ours but was never recorded.

    It is taken as it was told, so that what people changed since comes in as
    theirs. Where that is not known, only ticks and that it was closed do.
    """
    issue, told = one.issue, replace(one.told, closed=False)
    seen = replace(issue, closed=False)
    inner = marker.find(issue.body, style.ledger, item.id).inner
    before = told.block
    if one.sent:
        seen = replace(seen, title=told.title, due=told.due, assignees=told.assignees)
    else:
        numbers = frozenset(measure.number for measure in item.measures)
        before = with_ticks(inner, read_block(told.block, numbers).ticks)
    if inner:
        body = marker.replace(issue.body, style.ledger, item.id, before)
        seen = replace(seen, body=body)
    return Base(seen, told)


def _copy(issue: Issue, item: Item) -> Hint:
    return Hint(
        Message(
            N_(
                "Issue {key} carries a copy of the marker of {ref}; it is not followed."
            ),
            key=issue.key,
            ref=item.ref,
        ),
        item.ref,
        issue.key,
    )


def _stranger(issue: Issue) -> Hint:
    return Hint(
        Message(
            N_(
                "Issue {key} carries the marker of an item that this ledger does not"
                " have; was an old backup restored?"
            ),
            key=issue.key,
        ),
        None,
        issue.key,
    )
