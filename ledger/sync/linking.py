"""Which issue an item has, where a person decides it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from integrations.tracker import Issue, Missing, Tracker
from ledger.book import Actor, Draft, Ledger, require
from ledger.clock import moment, stamp
from ledger.errors import N_, Refused, UsageProblem
from ledger.item import Item, Role
from ledger.storage.sync import LinkRow, TrackerRow
from ledger.sync.link import Base, LinkState, Told, base_to_json, digest, round_of
from ledger.sync.run import Connect, registered, settings_of
from ledger.sync.settle import SET


@dataclass(frozen=True, slots=True)
class Linked:
    """An item and what became of its issue; ``key`` is ``None`` without one."""

    ref: str
    tracker: str
    state: str
    key: str | None = None
    url: str | None = None


def adopt(
    ledger: Ledger,
    ref: str,
    key: str,
    actor: Actor,
    *,
    tracker: str,
    connect: Connect,
) -> Linked:
    """Take the issue ``key``, which people made by hand, as the issue of ``ref``.

    The next run adds our block above what stands there, and brings its comments.

    Raises:
        UsageProblem: there is no such tracker or item.
        Refused: the item has an issue, or the issue an item.
        TrackerError: there is no such issue, or it cannot be read.
    """
    require(actor, Role.SUPERVISOR, ledger.directory)
    row, item = registered(ledger, tracker), ledger.find(ref)
    link = ledger.store.sync.link(tracker, item.id)
    if link is not None and link.state == LinkState.LINKED:
        raise _has_one(item, link)
    return _linked(
        ledger, row, item, key=key, actor=actor, connect=connect, how="by hand"
    )


def relink(
    ledger: Ledger,
    ref: str,
    actor: Actor,
    *,
    tracker: str,
    connect: Connect,
    key: str | None = None,
) -> Linked:
    """Give ``ref`` the issue ``key`` instead of its own; without one, a new issue.

    A new issue is created by the next run, which then says there all that the
    ledger said before.

    Raises:
        UsageProblem: there is no such tracker or item.
        Refused: the issue has another item, or a new one is wanted beside one
            that is still there.
        TrackerError: there is no such issue, or it cannot be read.
    """
    require(actor, Role.SUPERVISOR, ledger.directory)
    row, item = registered(ledger, tracker), ledger.find(ref)
    if key is not None:
        return _linked(
            ledger, row, item, key=key, actor=actor, connect=connect, how="relinked"
        )
    old = ledger.store.sync.link(tracker, item.id)
    if old is not None and old.key is not None:
        _demand_gone(connect(settings_of(row), dict(row.memory)), item, old.key)
    with ledger.writing() as directory:
        _demand_settled(ledger, tracker, item)
        ledger.store.sync.unlink(tracker, item.id)
        ledger.store.sync.set_todo(tracker, item.id, "push")
        data = {
            "tracker": tracker,
            "key": old.key if old else None,
            "why": "anew",
        }
        ledger.record([Draft("sync.unlinked", data, actor, item.id)], directory)
    return Linked(item.ref, tracker, LinkState.WANTED.value)


def detach(ledger: Ledger, ref: str, actor: Actor, *, tracker: str) -> Linked:
    """Keep ``ref`` out of the tracker from now on; nothing is deleted there.

    Raises:
        UsageProblem: there is no such tracker or item.
    """
    require(actor, Role.SUPERVISOR, ledger.directory)
    registered(ledger, tracker)
    item = ledger.find(ref)
    with ledger.writing() as directory:
        _demand_settled(ledger, tracker, item)
        old = ledger.store.sync.link(tracker, item.id)
        ledger.store.sync.unlink(tracker, item.id)
        ledger.store.sync.keep_link(
            LinkRow(
                tracker=tracker,
                item=item.id,
                state=LinkState.DETACHED.value,
                remote=old.remote if old else None,
                key=old.key if old else None,
                url=old.url if old else None,
                seq=item.seq,
                todo="",
                digest="",
                version=None,
                base={},
            )
        )
        data = {
            "tracker": tracker,
            "key": old.key if old else None,
            "why": "detached",
        }
        ledger.record([Draft("sync.unlinked", data, actor, item.id)], directory)
    return Linked(
        item.ref,
        tracker,
        LinkState.DETACHED.value,
        old.key if old else None,
        old.url if old else None,
    )


def _linked(
    ledger: Ledger,
    row: TrackerRow,
    item: Item,
    *,
    key: str,
    actor: Actor,
    connect: Connect,
    how: str,
) -> Linked:
    issue = connect(settings_of(row), dict(row.memory)).issue(key)
    with ledger.writing() as directory:
        sync = ledger.store.sync
        taken = sync.link_of(row.name, remote=issue.id)
        if taken is not None and taken.item != item.id:
            other = ledger.store.items.get(taken.item)
            raise Refused(
                N_("Issue {key} cannot be the issue of {ref}."),
                N_("It is that of {other}."),
                N_("Detach {other} first, or name another issue."),
                key=issue.key,
                ref=item.ref,
                other=other.ref if other else taken.item,
            )
        _demand_settled(ledger, row.name, item)
        sync.unlink(row.name, item.id)
        base = _as_found(issue, item)
        sync.keep_link(
            LinkRow(
                tracker=row.name,
                item=item.id,
                state=LinkState.LINKED.value,
                remote=issue.id,
                key=issue.key,
                url=issue.url,
                seq=0,
                todo="look",
                digest=digest(base.issue),
                version=issue.version,
                base=base_to_json(base),
            )
        )
        # Its comments are older than the last read: go back to them once.
        created = stamp(issue.created)
        if row.comments_since is not None and moment(row.comments_since) > moment(
            created
        ):
            sync.change_tracker(row.name, comments_since=created)
        data = {
            "tracker": row.name,
            "remote": issue.id,
            "key": issue.key,
            "url": issue.url,
            "how": how,
        }
        ledger.record([Draft("sync.linked", data, actor, item.id)], directory)
    return Linked(item.ref, row.name, LinkState.LINKED.value, issue.key, issue.url)


def _as_found(issue: Issue, item: Item) -> Base:
    """The base of an issue that the ledger never told anything."""
    told = Told(
        title=issue.title,
        block="",
        due=issue.due,
        milestone=issue.milestone,
        assignees=issue.assignees,
    )
    return Base(replace(issue, closed=False), told, round_of(item))


def _demand_gone(tracker: Tracker, item: Item, key: str) -> None:
    """A new issue is not made beside one that is still there."""
    try:
        issue = tracker.issue(key)
    except Missing:
        return
    raise Refused(
        N_("{ref} gets no new issue."),
        N_("Its issue {key} is still there, and an item has at most one."),
        N_("Link it again with: ledger sync relink {ref} {key}"),
        ref=item.ref,
        key=issue.key,
    )


def _demand_settled(ledger: Ledger, tracker: str, item: Item) -> None:
    """Nothing of the item may be on its way, or it would come true beside it.

    An issue that did not show for an hour is given up: a person decided.
    """
    waits = []
    for entry in ledger.store.sync.outbox(tracker, item=item.id):
        old = moment(entry.at) + SET <= ledger.clock.now()
        if entry.act == "create" and entry.state == "unknown" and old:
            ledger.store.sync.done(entry)
        elif entry.state != "planned":
            waits.append(entry)
    if waits:
        raise Refused(
            N_("{ref} waits for an answer of {tracker}."),
            N_("Something was sent of which nothing is known yet."),
            N_("Run ledger sync {tracker} until nothing waits, then try again."),
            ref=item.ref,
            tracker=tracker,
        )


def _has_one(item: Item, link: LinkRow) -> UsageProblem:
    return UsageProblem(
        N_("{ref} has the issue {key} already."),
        N_("An item has at most one issue in a tracker."),
        N_("Give it another one with: ledger sync relink {ref} KEY"),
        ref=item.ref,
        key=link.key,
    )
