"""The numbers of ``status`` and ``weekly``.

A figure is a pure function of a store, its directory and a moment; a past day is
asked by folding the journal up to it into another store. Definitions (``all`` is
every item but the void and the transferred):

* closure rate: closed ÷ all;
* completion rate: (closure requested and later, closed) ÷ all without *ongoing*;
* on-time rate on a day: (due by the day and rectified on or before the due date) ÷
  (due by the day), by the due date and by the original one, without *ongoing*;
* *ongoing*: items in long-term rectification, by kind or state, that have not
  requested closure; they are counted apart;
* overdue: past the day that binds while the work is with the unit (of ongoing work
  that is its review date). An item whose closure is requested is no longer overdue;
  that it was late shows in the on-time rate;
* waiting: closure requested and not yet closed; it is the supervising side's turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.figures.names import Names
    from ledger.figures.standing import status
    from ledger.figures.surroundings import beside
    from ledger.figures.week import weekly

__all__ = ["Names", "beside", "status", "weekly"]

_HOMES = {
    "Names": "names",
    "beside": "surroundings",
    "status": "standing",
    "weekly": "week",
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for (start-up time)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
