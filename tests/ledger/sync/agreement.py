"""What holds of a ledger and a tracker once everything has settled between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.tracker import Issue
from ledger import audit
from ledger.item import WORKING, Item, State
from ledger.sync import marker, rendering
from ledger.sync.gather import style_of
from ledger.sync.link import Field, base_of, round_of
from ledger.sync.merge import same_block
from ledger.sync.run import registered
from tests.ledger.sync.desk import Desk


@dataclass
class Done:
    """What people did so far, by reference: what must not be lost.

    ``said`` are comments in the tracker, ``notes`` progress notes in the ledger,
    ``margin`` is people's own text beside our block.
    """

    refs: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    margin: dict[str, str] = field(default_factory=dict)


def agrees(desk: Desk, done: Done) -> None:
    """Both sides say the same of everything, each thing once, and nothing is lost."""
    ours = [issue for issue in desk.issues() if issue.author == "ledger"]
    names = Counter(
        name
        for issue in ours
        for name in marker.items_named(issue.body, desk.office.ledger.id)[:1]
    )
    links = {ref: link_of(desk, ref) for ref in done.refs}
    assert len(ours) == len([link for link in links.values() if link is not None])
    style = style_of(
        desk.office.ledger,
        registered(desk.office.ledger, "t"),
        desk.tracker(),
        desk.office.ledger.directory,
    )
    for ref, link in links.items():
        item = desk.item(ref)
        if link is None:
            assert item.state is State.CLOSED
            continue
        assert names[item.id] <= 1
        issue = desk.issue(ref)
        _all_is_said(item, issue, desk.comments(issue.key), done)
        _shows(desk, item, issue, link, style)
    assert audit.audit(desk.office.ledger).faults == ()


def link_of(desk: Desk, ref: str) -> Any:
    """What is known of the issue of ``ref``."""
    return desk.office.ledger.store.sync.link("t", desk.item(ref).id)


def _all_is_said(item: Item, issue: Issue, comments: Sequence[str], done: Done) -> None:
    """Every comment is a note, and every note a comment, once."""
    texts = [re.sub(r" ?\[.*", "", note.text) for note in item.notes]
    for said in done.said.get(item.ref, []):
        assert texts.count(said) == 1, (said, texts)
    for note in done.notes.get(item.ref, []):
        assert sum(note in comment for comment in comments) == 1, note
    marks = [m[0] for c in comments if (m := re.search(r"mark:\S+", c))]
    assert len(marks) == len(set(marks)), marks
    if item.ref in done.margin:
        assert done.margin[item.ref] in issue.body


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
        assert issue.title == wanted.title
    if Field.DUE not in yielded:
        assert issue.due == wanted.due
    if Field.BLOCK not in yielded:
        inner = marker.find(issue.body, desk.office.ledger.id, item.id).inner
        assert same_block(inner, wanted.block)
    if Field.CLOSED not in yielded:
        if item.state is State.CLOSED:
            assert issue.closed
        elif item.state in (State.REGISTERED, *WORKING):
            assert not issue.closed


def summary(tally: Mapping[str, int]) -> str:
    """The figures of a run in one line."""
    return " · ".join(f"{count} {name}" for name, count in tally.items())
