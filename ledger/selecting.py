"""Which items are meant: references, commas, ranges, or a selection."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ledger.book import Ledger
from ledger.errors import N_, UsageProblem
from ledger.item import Item, State
from ledger.storage.items import Selection

_RANGE = re.compile(r"(.+?)\.\.(.+)")


def by_references(ledger: Ledger, references: Sequence[str]) -> list[Item]:
    """The items of references as typed: ``3``, ``1,4``, ``R-2023-001..004``.

    Each item once, in the order named.

    Raises:
        UsageProblem: a reference is unknown or ambiguous, or a range runs backward.
    """
    found: dict[str, Item] = {}
    for typed in references:
        for part in re.split(r"[,，、]", typed):
            name = part.strip()
            if not name:
                continue
            for item in _range(ledger, name):
                found[item.id] = item
    if not found:
        raise UsageProblem(
            N_("No item is named."),
            N_("The reference is empty."),
            N_("See the references with: ledger list"),
        )
    return list(found.values())


def _range(ledger: Ledger, name: str) -> list[Item]:
    ends = _RANGE.fullmatch(name)
    if ends is None:
        return [ledger.find(name)]
    first = ledger.find(ends[1])
    last_name = ends[2]
    if last_name.isdigit() and "-" not in last_name:
        # "R-2023-001..004": the end is a number of the same year.
        last_name = f"{first.ref.rsplit('-', 1)[0]}-{last_name.zfill(len(first.ref.rsplit('-', 1)[1]))}"
    last = ledger.find(last_name)
    if (first.year, first.number) > (last.year, last.number) or first.year != last.year:
        raise UsageProblem(
            N_("{name} is no range."),
            N_("A range runs forward within one year."),
            N_("Write it like R-2023-001..004."),
            name=name,
        )
    return [
        item
        for item in ledger.select(Selection(year=first.year))
        if first.number <= item.number <= last.number
    ]


def by_selection(
    ledger: Ledger,
    *,
    state: str | None = None,
    unit: str | None = None,
    year: int | None = None,
    kind: str | None = None,
    limit: int | None = None,
) -> list[Item]:
    """The items in a state, of a unit (and those below it), of a year, of a kind."""
    return ledger.select(
        selection(ledger, state=state, unit=unit, year=year, kind=kind), limit=limit
    )


def selection(
    ledger: Ledger,
    *,
    state: str | None = None,
    unit: str | None = None,
    year: int | None = None,
    kind: str | None = None,
) -> Selection:
    """The selection these words mean.

    Raises:
        UsageProblem: there is no such unit or state.
    """
    units: tuple[str, ...] = ()
    if unit:
        directory = ledger.directory
        above = directory.find_unit(unit)
        units = tuple(
            known.id
            for known in directory.active_units()
            if directory.within(known.id, above.id)
        )
    states: tuple[str, ...] = ()
    if state:
        states = tuple(_state(word) for word in re.split(r"[,，、]", state))
    return Selection(
        kinds=(kind,) if kind else (), states=states, units=units, year=year
    )


def _state(word: str) -> str:
    wanted = word.strip().replace("-", "_")
    if wanted in [state.value for state in State]:
        return wanted
    raise UsageProblem(
        N_("There is no state {word}."),
        N_("The states are: {states}."),
        N_("Correct it and try again."),
        word=word,
        states=", ".join(state.value for state in State),
    )
