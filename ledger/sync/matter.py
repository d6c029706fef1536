"""All that is known of one item and its issue when it is decided what to do (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from integrations.tracker import Comment, Issue
from ledger.directory import Directory
from ledger.errors import Message
from ledger.item import Item, Person
from ledger.storage.sync import ConflictRow
from ledger.sync.closing import Closed, Said
from ledger.sync.link import Base, Field, round_of
from ledger.sync.options import Options
from ledger.sync.rendering import Style


@dataclass(frozen=True, slots=True)
class Matter:
    """One item, its issue as it was known and as it is, and what people wrote.

    ``now`` is the issue as it was read, or as it was known where it did not change.
    ``comments`` are people's new ones; ``said`` all that is known of what people
    said. ``marks`` are those of our comments and attachments that were sent or
    decided; ``files`` the attachments that were looked at. ``tries`` counts the
    contrary edits of a field in this round. ``proposals`` are measures people
    proposed, decided or not; ``open_proposals`` those not decided. ``reason`` is
    why the item was set aside.
    """

    item: Item
    tracker: str
    style: Style
    options: Options
    today: date
    base: Base | None = None
    now: Issue | None = None
    fresh: bool = False
    comments: tuple[Comment, ...] = ()
    edited: frozenset[str] = frozenset()
    said: tuple[Said, ...] = ()
    marks: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    tries: Mapping[Field, int] = field(default_factory=dict)
    proposals: frozenset[str] = frozenset()
    open_proposals: tuple[str, ...] = ()
    closed: Closed | None = None
    reason: str = ""

    @property
    def directory(self) -> Directory:
        """Units and people."""
        return self.style.directory

    @property
    def yielded(self) -> frozenset[Field]:
        """The fields that are not fought for as long as this round lasts."""
        if self.base is None or self.base.round != round_of(self.item):
            return frozenset()
        return frozenset(Field(name) for name in self.base.yielded)

    @property
    def newly_closed(self) -> bool:
        """Whether the issue was open when both sides last knew it, and is closed."""
        return bool(
            self.base and self.now and self.now.closed and not self.base.issue.closed
        )

    def person(self, login: str | None) -> Person | None:
        """Who ``login`` is at this tracker."""
        if login is None:
            return None
        return self.directory.person_of_login(self.tracker, login)

    def acting(self, login: str | None) -> Person | None:
        """Who ``login`` is, if the person's unit takes part in the item."""
        person = self.person(login)
        if person is None or not self.directory.capacities(person, self.item):
            return None
        return person


@dataclass(frozen=True, slots=True)
class Hint:
    """Something a person should know; nothing is done about it."""

    message: Message
    ref: str | None = None
    key: str | None = None


def with_decisions(matter: Matter, decided: Iterable[ConflictRow]) -> Matter:
    """``matter`` with what was decided of its issue so far."""
    tries: dict[Field, int] = {}
    proposals: list[ConflictRow] = []
    for one in decided:
        if one.round == round_of(matter.item) and one.settled is None:
            tries[Field(one.field)] = tries.get(Field(one.field), 0) + 1
        if one.field == Field.MEASURE:
            proposals.append(one)
    return replace(
        matter,
        tries=tries,
        proposals=frozenset(one.theirs for one in proposals),
        open_proposals=tuple(one.theirs for one in proposals if one.settled is None),
    )
