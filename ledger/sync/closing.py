"""Whether an issue that somebody closed makes a request for closure (pure).

The request is the act of the person who closed, never of whoever runs ``sync``.
What is missing is said in words that fit into a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

from ledger.clock import stamp
from ledger.directory import Directory
from ledger.errors import N_, Message, Refused
from ledger.guards import Case
from ledger.item import Capacity, Item, Person, Role, State
from ledger.lifecycle import decide

_LINK = re.compile(r"!?\[[^\]\n]{0,500}\]\([^()\n]{0,1000}\)")


@dataclass(frozen=True, slots=True)
class Said:
    """A comment of a tracker's account: when in our time, and its text."""

    login: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Who closed an issue, at which moment of ours."""

    login: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Complete:
    """The request that a closing makes: what ``request-closure`` is told.

    ``start`` says that the work was never started in the ledger, and is now.
    """

    person: Person
    data: dict[str, Any]
    start: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is missing before a closing can make a request."""

    reasons: tuple[Message, ...]


def judged(
    item: Item,
    closed: Closed,
    said: Iterable[Said],
    *,
    tracker: str,
    directory: Directory,
    today: date,
) -> Complete | Lacking:
    """The request that the closing of the issue of ``item`` makes, or what it lacks.

    ``item`` is as it is with everything that came from the tracker. The statement
    is the closer's latest comment since the item last came back.
    """
    person = (
        directory.person_of_login(tracker, closed.login)
        if closed.login is not None
        else None
    )
    if person is None:
        return Lacking((_unknown(closed, tracker),))
    if item.state is State.REGISTERED:
        return Lacking((Message(N_("This item is assigned to no unit yet.")),))
    if Capacity.RESPONSIBLE not in directory.capacities(person, item):
        return Lacking(
            (
                Message(
                    N_(
                        "{person} closed it, but does not act for the responsible unit"
                        " ({units})."
                    ),
                    person=person.name,
                    units="、".join(directory.unit_name(u) for u in item.responsible),
                ),
            )
        )
    statement = _statement(item, said, person, tracker)
    head, heads = _head(item, person, directory)
    reasons = _reasons(item, statement, head, heads)
    if reasons:
        return Lacking(tuple(reasons))
    day = min(closed.at.astimezone(_zone(directory)).date(), today)
    data = {
        "rectified_on": day.isoformat(),
        "statement": statement,
        "head": head.id if head else None,
    }
    start = item.state is State.ASSIGNED
    try:
        if start:
            decide("start", Case(item, person, directory, {}, today, by_sync=True))
        started = replace(item, state=State.IN_PROGRESS) if start else item
        decide(
            "request-closure",
            Case(started, person, directory, data, today, by_sync=True),
        )
    except Refused as refusal:
        return refused(refusal)
    return Complete(person, data, start)


def refused(refusal: Refused) -> Lacking:
    """What a refusal of the lifecycle says is missing."""
    reasons = refusal.values.get("reasons")
    if isinstance(reasons, tuple) and reasons:
        return Lacking(reasons)
    return Lacking((Message(refusal.why or refusal.what, **refusal.values),))


def _reasons(
    item: Item, statement: str, head: Person | None, heads: int
) -> list[Message]:
    reasons = []
    if not (item.target and item.measures and item.criteria):
        reasons.append(
            Message(
                N_(
                    "The target, the measures or the closure criteria are not set in"
                    " the ledger yet; the supervising office or the unit does that."
                )
            )
        )
    left = [str(m.number) for m in item.measures if m.done is None]
    if left:
        reasons.append(
            Message(
                N_("Not every measure is done; tick what is: {numbers}."),
                numbers=", ".join(left),
            )
        )
    if not item.evidence:
        reasons.append(
            Message(
                N_(
                    "There is no evidence; somebody of the unit attaches it to a"
                    " comment."
                )
            )
        )
    if not statement:
        reasons.append(
            Message(
                N_(
                    "It is not stated what was put right; whoever closes the issue"
                    " writes that in a comment first."
                )
            )
        )
    if head is None:
        reasons.append(
            Message(
                N_(
                    "The responsible unit has {count} registered heads; one of them"
                    " must close the issue."
                ),
                count=heads,
            )
            if heads
            else Message(
                N_(
                    "The responsible unit has no registered head; the supervising"
                    " office registers one."
                )
            )
        )
    if item.proposal is not None:
        reasons.append(
            Message(
                N_("A proposal of {day} ({matter}) is not decided yet."),
                day=item.proposal.added[:10],
                matter=item.proposal.matter,
            )
        )
    return reasons


def _unknown(closed: Closed, tracker: str) -> Message:
    if closed.login is None:
        return Message(
            N_(
                "Nobody says who closed it; in a folder that is the line closed_by at"
                " the top of the file."
            )
        )
    return Message(
        N_(
            "The account {login} is nobody the ledger knows; a supervisor links it:"
            " ledger people link NAME {account}"
        ),
        login=closed.login,
        account=f"{tracker}:{closed.login}",
    )


def _statement(item: Item, said: Iterable[Said], person: Person, tracker: str) -> str:
    since = item.returned.added if item.returned else ""
    own = [
        comment
        for comment in said
        if f"{tracker}:{comment.login}" in person.logins
        and comment.at >= since
        and worded(comment.text)
    ]
    return worded(max(own, key=lambda comment: comment.at).text) if own else ""


def worded(text: str) -> str:
    """``text`` if it says something beside the files it links to."""
    return text.strip() if _LINK.sub("", text).strip() else ""


def _head(
    item: Item, person: Person, directory: Directory
) -> tuple[Person | None, int]:
    heads = directory.heads_of(item.responsible)
    if Role.UNIT_HEAD in person.roles and person in heads:
        return person, len(heads)
    return (heads[0] if len(heads) == 1 else None), len(heads)


def _zone(directory: Directory) -> tzinfo:
    return directory.rules.zone


def our_time(moment: datetime, skew: float) -> str:
    """A tracker's time as a stamp of our clock; ``skew`` is its lead in seconds."""
    return stamp(datetime.fromtimestamp(moment.timestamp() - skew, moment.tzinfo))
