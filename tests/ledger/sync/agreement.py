"""What holds of a ledger and a tracker once everything has settled between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from integrations.tracker import Issue
from ledger import audit
from ledger.item import WORKING, Item, State
from ledger.sync import marker, rendering
from ledger.sync.gather import style_of
from ledger.sync.link import Field, LinkState, base_of, round_of
from ledger.sync.merge import same_block
from ledger.sync.run import registered
from tests.ledger.sync.desk import Desk


@dataclass
class Done:
    """What people did so far, by reference: what must not be lost.

    ``said`` are comments in the tracker, ``notes`` progress notes in the ledger,
    ``labels`` people's own; ``posted`` are issues of people, by key, ``gone`` the
    items whose issue somebody deleted. ``now`` counts what was written.

    What people wrote into an issue is kept with the count at which they did. The
    last of it is shown or was recorded as a decision; older texts are replaced by
    people themselves. ``ever`` is all that they wrote.
    """

    refs: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, set[str]] = field(default_factory=dict)
    posted: dict[str, tuple[str, str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    now: int = 0
    written: dict[tuple[str, str], list[tuple[int, Any]]] = field(default_factory=dict)
    ever: set[tuple[str, str, object]] = field(default_factory=set)

    def wrote(self, ref: str, what: str, value: object) -> None:
        """Note what people wrote."""
        self.now += 1
        self.written.setdefault((ref, what), []).append((self.now, value))
        self.ever.add((ref, what, value))

    def last(self, ref: str, what: str) -> Any:
        """What people wrote last, or ``None``."""
        entries = self.written.get((ref, what))
        return entries[-1][1] if entries else None

    def forget(self, ref: str, *whats: str, since: int = 0) -> None:
        """People took back what they wrote, or it was lost where that is no fault."""
        for what in whats:
            entries = self.written.get((ref, what), [])
            self.written[ref, what] = [one for one in entries if one[0] <= since]

    def taken_out(self, ref: str, before: str, after: str) -> None:
        """People themselves took texts out of an issue that stood there before."""
        for what in ("margin", "inside", "pasted"):
            entries = self.written.get((ref, what), [])
            if what == "margin":
                entries = entries[-1:]  # those before it they replaced
            self.written[ref, what] = [
                (at, text)
                for at, text in entries
                if text in after or text not in before
            ]

    def deleted(self, ref: str, desk: Desk) -> None:
        """The issue of ``ref`` is gone, and what nobody took from it with it."""
        taken = " ".join(note.text for note in desk.item(ref).notes)
        self.said[ref] = [one for one in self.said.get(ref, []) if one in taken]
        for written, what in list(self.written):
            if written == ref:
                self.forget(ref, what)
        self.labels.pop(ref, None)
        if link_of(desk, ref) is not None:
            self.gone.add(ref)

    def kept(self, desk: Desk, ref: str, issue: Issue, *whats: str) -> None:
        """What people wrote last is shown, or was recorded."""
        for what in whats:
            entries = self.written.get((ref, what), [])
            if what not in ("inside", "pasted"):
                entries = entries[-1:]
            for _, value in entries:
                assert self._there(desk, ref, issue, what, value), (ref, what, value)

    def invented(self, desk: Desk, ref: str) -> list[object]:
        """Decisions about titles and dates that are not about what people wrote.

        A request of ours that comes true late may look like theirs.
        """
        rows = desk.office.ledger.store.sync.conflicts(item=desk.item(ref).id)
        titles = {
            value for of, what, value in self.ever if (of, what) == (ref, "title")
        }
        days = {_day(day) for of, what, day in self.ever if (of, what) == (ref, "due")}
        late = (ref, "late", True) in self.ever
        return [
            row
            for row in rows
            if (row.field == Field.TITLE and row.theirs not in titles)
            or (row.field == Field.DUE and row.theirs not in days)
            if not late
        ]

    def _there(self, desk: Desk, ref: str, issue: Issue, what: str, value: Any) -> bool:
        item = desk.item(ref)
        rows = desk.office.ledger.store.sync.conflicts(item=item.id)
        theirs = {
            name: [one.theirs for one in rows if one.field == name] for name in Field
        }
        match what:
            case "title":
                return issue.title == value or value in theirs[Field.TITLE]
            case "due":
                return issue.due == value or _day(value) in theirs[Field.DUE]
            case "inside":
                seen = [issue.body, *theirs[Field.BLOCK], *theirs[Field.MEASURE]]
                return any(value in text for text in seen)
            case "tick":
                since, done = value
                if since != round_of(item) or item.state not in WORKING:
                    return True
                return (item.measures[0].done is not None) == done or bool(
                    theirs[Field.TICK]
                )
            case "closed":
                if value != round_of(item):
                    return True
                return issue.closed or any(
                    one.round == value for one in rows if one.field == Field.CLOSED
                )
        return value in issue.body


def agrees(desk: Desk, done: Done) -> None:
    """Both sides say the same of everything, each thing once, and nothing is lost."""
    issues = desk.issues()
    ours = [issue for issue in issues if issue.key not in done.posted]
    names = Counter(_item_of(desk, issue) for issue in ours)
    assert max(names.values(), default=0) <= 1, names
    comments: dict[str, list[str]] = {}
    for page in desk.tracker().comments(None):
        for one in page.entries:
            comments.setdefault(one.issue, []).append(one.body)
    style = style_of(
        desk.office.ledger,
        registered(desk.office.ledger, "t"),
        desk.tracker(),
        desk.office.ledger.directory,
    )
    there = {issue.key: issue for issue in ours}
    for ref in done.refs:
        item, link = desk.item(ref), link_of(desk, ref)
        if link is None or link.state == LinkState.WANTED:
            # Only an item that is open gets an issue, also after a relink.
            assert item.state is State.CLOSED, ref
        elif link.key not in there:
            assert ref in done.gone, ref
        else:
            assert link.state == LinkState.LINKED
            issue = there.pop(link.key)
            _all_is_said(item, comments.get(issue.key, []), done)
            assert done.labels.get(ref, set()) <= issue.labels
            whats = ("title", "due", "margin", "inside", "tick", "closed", "pasted")
            done.kept(desk, ref, issue, *whats)
            assert done.invented(desk, ref) == []
            _shows(desk, item, issue, link, style)
    assert not there, there.keys()
    for issue in issues:
        if issue.key in done.posted:
            assert (issue.title, issue.body) == done.posted[issue.key]
            assert not issue.closed
            assert issue.key not in comments
    assert audit.audit(desk.office.ledger).faults == ()


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def link_of(desk: Desk, ref: str) -> Any:
    """What is known of the issue of ``ref``."""
    return desk.office.ledger.store.sync.link("t", desk.item(ref).id)


def _item_of(desk: Desk, issue: Issue) -> str:
    """The item whose issue this is: the link says so, or the title it was made with."""
    link = desk.office.ledger.store.sync.link_of("t", remote=issue.id)
    return link.item if link is not None else f"nobody's: {issue.title}"


def _all_is_said(item: Item, comments: Sequence[str], done: Done) -> None:
    """Every comment is a note, and every note a comment, once."""
    texts = [re.sub(r" ?\[.*", "", note.text) for note in item.notes]
    for said in done.said.get(item.ref, []):
        assert texts.count(said) == 1, (said, texts)
    for note in done.notes.get(item.ref, []):
        assert sum(note in comment for comment in comments) == 1, note
    marks = [m[0] for c in comments if (m := re.search(r"mark:\S+", c))]
    assert len(marks) == len(set(marks)), marks


def _shows(
    desk: Desk, item: Item, issue: Issue, link: Any, style: rendering.Style
) -> None:
    """The issue shows the ledger's fields, but where a conflict left them to people."""
    base = base_of(link)
    assert base is not None
    yielded = base.yielded if base.round == round_of(item) else frozenset()
    proposals = tuple(
        one.theirs
        for one in desk.office.ledger.store.sync.conflicts(item=item.id)
        if one.field == Field.MEASURE and one.settled is None
    )
    wanted = rendering.rendered(item, style, proposals)
    if Field.TITLE not in yielded:
        assert issue.title == wanted.title, item.ref
    if Field.DUE not in yielded:
        assert issue.due == wanted.due, item.ref
    if Field.BLOCK not in yielded:
        inner = marker.find(issue.body, desk.office.ledger.id, item.id).inner
        assert same_block(inner, wanted.block), (item.ref, issue.body, wanted.block)
    if Field.CLOSED not in yielded:
        if item.state is State.CLOSED:
            assert issue.closed, item.ref
        elif item.state in (State.REGISTERED, *WORKING):
            assert not issue.closed, item.ref


def summary(tally: Mapping[str, int]) -> str:
    """The figures of a run in one line."""
    return " · ".join(f"{count} {name}" for name, count in sorted(tally.items()))
