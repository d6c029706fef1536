"""What a tracker says of an item, and when it may be believed (pure).

Comments, ticks and assignees stand in no row of :mod:`ledger.lifecycle`: nobody came
to the ledger and gave a command. Sync asks here before it records one, and an audit
asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.directory import Directory
from ledger.errors import N_, Message
from ledger.item import WORKING, Item, Person


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that is said to come from a tracker.

    ``tracker`` is ``None`` when the event names none; ``person`` is who did it there,
    or ``None`` where that is not known. ``data`` is what the journal keeps, ``today``
    the ledger's day at that moment.
    """

    item: Item
    tracker: str | None
    person: Person | None
    directory: Directory
    data: Mapping[str, Any]
    today: date


Doubt = Callable[[Saying], Message | None]


def doubt(kind: str, said: Saying) -> Message | None:
    """Why an event of ``kind`` must not be believed; ``None`` when it may be."""
    found = (one(said) for one in DOUBTS[kind])
    return next((why for why in found if why is not None), None)


def from_a_tracker(said: Saying) -> Message | None:
    """A tracker said it, and it is the one that the event speaks of."""
    place = str(said.data.get("via") or "").partition(":")[0]
    if said.tracker is not None and place == said.tracker:
        return None
    return Message(N_("No tracker said it."))


def of_who_takes_part(said: Saying) -> Message | None:
    """Whoever is named acts for a unit that takes part; nobody need be named."""
    if said.person is None or _takes_part(said.person, said):
        return None
    return Message(
        N_("{person} acts for no unit that takes part."), person=said.person.name
    )


def while_worked_on(said: Saying) -> Message | None:
    """The units are at work on the item."""
    if said.item.state in WORKING:
        return None
    return Message(N_("The item was not being worked on."))


def has_words(said: Saying) -> Message | None:
    """A comment says something."""
    text = said.data.get("text")
    if isinstance(text, str) and text.strip():
        return None
    return Message(N_("It says nothing."))


def of_a_measure(said: Saying) -> Message | None:
    """The measure is there."""
    number = said.data.get("number")
    if any(measure.number == number for measure in said.item.measures):
        return None
    return Message(N_("There is no measure {number}."), number=number)


def says_done_or_not(said: Saying) -> Message | None:
    """A box is ticked or it is not, on a day since registration."""
    if not isinstance(said.data.get("done"), bool):
        return Message(N_("It does not say whether the measure is done."))
    day = date.fromisoformat(said.data["on"])
    if said.item.registered_on <= day <= said.today:
        return None
    return Message(N_("{day} is no day on which it can have been done."), day=day)


def to_who_takes_part(said: Saying) -> Message | None:
    """The new owner is there, and acts for a unit that takes part."""
    owner = said.directory.people.get(said.data["owner"])
    if owner is not None and owner.left is None and _takes_part(owner, said):
        return None
    name = owner.name if owner is not None else str(said.data["owner"])
    return Message(N_("{person} acts for no unit that takes part."), person=name)


def _takes_part(person: Person, said: Saying) -> bool:
    return bool(said.directory.capacities(person, said.item))


DOUBTS: Mapping[str, tuple[Doubt, ...]] = {
    "progress": (from_a_tracker, of_who_takes_part, has_words),
    "measure.tick": (
        from_a_tracker,
        of_who_takes_part,
        while_worked_on,
        of_a_measure,
        says_done_or_not,
    ),
    "owner.take": (
        from_a_tracker,
        of_who_takes_part,
        while_worked_on,
        to_who_takes_part,
    ),
}
"""What each kind of event must stand, the first doubt being told."""
