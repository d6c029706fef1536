"""What became of creates whose answer was lost (pure).

Nothing is sent again before the tracker was read for it, after the quiet period in
which a lost request may still come true. Until then everything else goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from integrations.tracker import Issue
from ledger.clock import moment, stamp
from ledger.journal import canonical
from ledger.storage.sync import LinkRow, OutboxRow
from ledger.sync import marker
from ledger.sync.inbound import OURS
from ledger.sync.link import Told
from ledger.sync.pull import Pulled, by_number

SET = timedelta(hours=1)
"""How far a tracker's clock may have been set back before a lost request came true."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a complete read says of everything unsettled.

    ``created`` came true as these issues, ``found`` as these comments or
    attachments (the tracker's id); ``unsent`` did not come true and may be sent
    again; ``waiting`` may still come true until the stamp beside it, or may have come
    true as one of ``doubtful``, issues of ours from which people took every name.
    """

    created: tuple[tuple[OutboxRow, Issue], ...] = ()
    found: tuple[tuple[OutboxRow, str], ...] = ()
    unsent: tuple[OutboxRow, ...] = ()
    waiting: tuple[tuple[OutboxRow, str], ...] = ()
    doubtful: tuple[tuple[OutboxRow, Issue], ...] = ()

    def blocks(self, item: str) -> bool:
        """Whether the creation of an issue for ``item`` must wait."""
        return any(row.item == item and row.act == "create" for row, _ in self.waiting)


def settled(
    outbox: Iterable[OutboxRow],
    pulled: Pulled,
    *,
    ledger: str,
    logins: frozenset[str],
    quiet: timedelta,
    linked: Callable[[str], LinkRow | None],
    holder: Callable[[str], str | None],
) -> Settled:
    """Settle every entry of ``outbox`` that is unknown, by what was read.

    ``linked`` gives the link of an item, ``holder`` the item that an issue is linked
    to, by the tracker's id.
    """
    created, found, unsent, waiting, doubtful = [], [], [], [], []
    for row in outbox:
        if row.state == "planned":
            continue
        if row.act == "create":
            ours = [
                issue
                for issue in by_number(pulled.issues.values())
                if by_us(issue.author, logins) and holder(issue.id) in (None, row.item)
            ]
            bare = [
                issue
                for issue in ours
                if not carried(issue, ledger) and _since(row, issue)
            ]
            issue = _issue(row.item, ours, ledger, linked) or _titled(row, bare)
            if issue is not None:
                created.append((row, issue))
                continue
            doubtful += [(row, one) for one in bare if logins]
        else:
            remote = (
                _comment(row, pulled, ledger, logins)
                if row.act == "comment"
                else _attachment(row, pulled, linked(row.item))
            )
            if remote is not None:
                found.append((row, remote))
                continue
        over = moment(row.at) + quiet
        doubt = any(one is row for one, _ in doubtful)
        if row.state == "unknown" and pulled.began >= over and not doubt:
            unsent.append(row)
        else:
            waiting.append((row, stamp(over)))
    return Settled(
        tuple(created), tuple(found), tuple(unsent), tuple(waiting), tuple(doubtful)
    )


def by_us(author: str | None, logins: frozenset[str]) -> bool:
    """Whether ``author`` may be our account; where none is known, anybody may."""
    return author is None or not logins or author in logins


def carried(issue: Issue, ledger: str) -> tuple[str, ...]:
    """The items of ``ledger`` that an issue names: the one it was made for first.

    People may paste another item's marker into it; that stands behind, unless they
    put it before our block.
    """
    names = marker.items_named(issue.body, ledger)
    match (issue.identity or "").split():
        case [whose, item] if whose == f"ledger:{ledger}":
            names = (item.removeprefix("item:"), *names)
    return tuple(dict.fromkeys(names))


def _issue(
    item: str,
    ours: Iterable[Issue],
    ledger: str,
    linked: Callable[[str], LinkRow | None],
) -> Issue | None:
    """The issue that the create for ``item`` became: the oldest that carries its mark.

    One that names another item before it is that item's, if that has no issue yet.
    """
    behind: Issue | None = None
    for issue in ours:
        names = carried(issue, ledger)
        if item not in names:
            continue
        if names[0] == item:
            return issue
        first = linked(names[0])
        if first is not None and first.remote not in (None, issue.id):
            behind = behind or issue
    return behind


def _titled(row: OutboxRow, bare: Iterable[Issue]) -> Issue | None:
    """The issue without a marker that has the title that was sent."""
    told = told_of(row)
    return next((one for one in bare if told and one.title == told.title), None)


def _since(row: OutboxRow, issue: Issue) -> bool:
    """Whether ``issue`` may have been made by the request of ``row``."""
    return row.since is not None and issue.created >= moment(row.since) - SET


def _comment(
    row: OutboxRow, pulled: Pulled, ledger: str, logins: frozenset[str]
) -> str | None:
    for comment in pulled.comments.values():
        if marker.mark_of(comment.body, ledger) == (row.item, row.mark) and by_us(
            comment.author, logins
        ):
            return comment.id
    return None


def _attachment(row: OutboxRow, pulled: Pulled, link: LinkRow | None) -> str | None:
    issue = pulled.issues.get(link.remote or "") if link is not None else None
    if issue is None:
        return None
    for attachment in issue.attachments:
        named = OURS.match(attachment.name)
        if named is not None and row.said.startswith(
            f"{int(named['number'])}:{named['digest'].lower()}"
        ):
            return attachment.id
    return None


def told_to_json(told: Told) -> str:
    """What an issue was told as it was created, to be found again in the outbox."""
    return canonical(
        {
            "title": told.title,
            "block": told.block,
            "due": told.due.isoformat() if told.due else None,
            "milestone": told.milestone,
            "labels": sorted(told.labels),
            "assignees": sorted(told.assignees),
        }
    )


def told_of(row: OutboxRow) -> Told | None:
    """What the create of ``row`` told."""
    if not row.said:
        return None
    data: dict[str, Any] = json.loads(row.said)
    return Told(
        title=data["title"],
        block=data["block"],
        due=date.fromisoformat(data["due"]) if data["due"] else None,
        milestone=data["milestone"],
        labels=frozenset(data["labels"]),
        assignees=frozenset(data["assignees"]),
    )
