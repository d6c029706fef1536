"""What a report itself states of an entry, in the ledger's terms.

It is kept beside the item as the report's word: nothing is assigned by it. An
assignment file begins with it (:func:`ledger.assignment.template`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

from ledger import clean
from ledger.item import Rectification, Stated

if TYPE_CHECKING:
    from checklists import Due, Entry


_PARTS = attrgetter(
    "due", "units", "people", "kind", "target", "measures", "status", "result"
)


def day_of(due: Due, published: date | None) -> tuple[date | None, bool]:
    """The day of a deadline in a report of ``published``, and whether it is provisional.

    ``None`` where neither the text nor the report's date gives a day. A day is
    provisional when the holidays of its year are not published yet.
    """
    from checklists.terms import resolve

    provisional = False

    def working_days(start: date, n: int) -> date:
        nonlocal provisional
        from ledger.workdays import published as calendar

        found = calendar().add_working_days(start, n)
        provisional = found.provisional
        return found.date

    if due.date is not None or published is None:
        return due.date, False
    return resolve(due, published, working_days), provisional


def stated(entry: Entry, published: date | None) -> Stated | None:
    """What the report of ``published`` states of ``entry``, or ``None``: nothing."""
    if not any(_PARTS(entry)):
        return None  # as most are: reports of a hundred thousand entries are registered
    day, provisional = day_of(entry.due, published) if entry.due else (None, False)
    leading = sorted(
        (unit for unit in entry.units if unit.role in ("lead", "responsible")),
        key=lambda unit: unit.role != "lead",
    )
    told = Stated(
        units=_tidy(unit.name for unit in leading),
        cooperating=_tidy(
            unit.name for unit in entry.units if unit.role == "cooperating"
        ),
        leaders=_tidy(one.name for one in entry.people if one.duty == "leader"),
        owners=_tidy(one.name for one in entry.people if one.duty == "owner"),
        due=day,
        due_words=_word(entry.due.raw) if entry.due else None,
        due_provisional=provisional,
        kind=Rectification(entry.kind.value) if entry.kind else None,
        target=_word(entry.target),
        measures=_tidy(entry.measures),
        status=_word(entry.status.raw) if entry.status else None,
        result=_word(entry.result),
    )
    return None if told == Stated() else told


def _word(text: str | None) -> str | None:
    return clean.text(text[: clean.LONGEST_TEXT]) or None if text else None


def _tidy(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in words if (word := _word(text))))
