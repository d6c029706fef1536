"""Items that wait for somebody, narrowed down before any of them is read whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from ledger.item import SET_ASIDE, Item, State
from ledger.storage.documents import value_of

# In canonical JSON no text can hold this: its quotes would be escaped.
_PENDING = '%"proposal":{%'


class WaitingTables:
    """Asks for items by what they wait for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use ``connection``."""
        self._connection = connection

    def in_states(
        self, states: Iterable[State], *, units: Iterable[str] | None = None
    ) -> Iterator[Item]:
        """The items in one of ``states``; with ``units``, of which one takes part."""
        values: list[str] = [state.value for state in states]
        query = f"SELECT doc FROM items WHERE state IN ({_places(values)})"
        if units is not None:
            taking_part = list(units)
            query += (
                " AND id IN (SELECT item FROM parts WHERE unit IN"
                f" ({_places(taking_part)}))"
            )
            values += taking_part
        for (doc,) in self._connection.execute(query, values):
            yield value_of(Item, doc)

    def proposed(self) -> Iterator[Item]:
        """The items on account that have a proposal which is not decided."""
        ended = [state.value for state in (*SET_ASIDE, State.CLOSED)]
        for (doc,) in self._connection.execute(
            f"SELECT doc FROM items WHERE state NOT IN ({_places(ended)})"
            " AND doc LIKE ?",
            [*ended, _PENDING],
        ):
            yield value_of(Item, doc)

    def looked_back(self) -> Iterator[Item]:
        """The closed items that were looked back at."""
        for (doc,) in self._connection.execute(
            "SELECT doc FROM items WHERE state = ? AND id IN"
            " (SELECT item FROM journal WHERE kind = 'look-back')",
            (State.CLOSED.value,),
        ):
            yield value_of(Item, doc)


def _places(values: list[str]) -> str:
    return ", ".join("?" * len(values))
