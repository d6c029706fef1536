"""What the ledger knows of an item beside the item itself."""

from __future__ import annotations

from typing import NamedTuple

from ledger.storage.figures import FigureTables
from ledger.storage.sqlite import Store


class Tie(NamedTuple):
    """Another item that an item is tied to; ``outgoing``: the item says so itself."""

    relation: str
    outgoing: bool
    ref: str
    title: str


class TrackerLink(NamedTuple):
    """The issue that stands for an item in a tracker."""

    tracker: str
    key: str
    url: str
    state: str


class Beside(NamedTuple):
    """What the ledger knows of an item beside the item itself."""

    ties: tuple[Tie, ...]
    trackers: tuple[TrackerLink, ...]


def beside(store: Store, item: str) -> Beside:
    """What is tied to the item with the id ``item``, and where trackers hold it."""
    tables = FigureTables(store.connection)
    return Beside(
        tuple(Tie(*row) for row in tables.ties(item)),
        tuple(TrackerLink(*row) for row in tables.links(item)),
    )
