"""Names and rules, as little of a directory as figures need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.rules import Rules
from ledger.storage.figures import FigureTables
from ledger.storage.sqlite import Store


class Names(NamedTuple):
    """The names of units and people by their ids, and the rules.

    A :class:`~ledger.directory.Directory` serves as well; loading its classes takes
    as long as ``ledger status`` may take in all.
    """

    units: Mapping[str, tuple[str, str | None]]
    people: Mapping[str, str]
    rules: Rules

    @classmethod
    def of(cls, store: Store) -> Names:
        """The names and rules of ``store``."""
        tables = FigureTables(store.connection)
        return cls(tables.unit_names(), tables.person_names(), Rules.of(tables.rules()))

    def unit_name(self, unit: str | None) -> str:
        """The present name of a unit, or an empty text."""
        return self.units[unit][0] if unit is not None and unit in self.units else ""

    def person_name(self, person: str | None) -> str:
        """The name of a person, or the text itself where it is no person's id."""
        return "" if person is None else self.people.get(person, person)

    def present(self, unit: str) -> str:
        """The unit that ``unit`` is now, merges followed."""
        while (into := self.units[unit][1]) is not None:
            unit = into
        return unit
