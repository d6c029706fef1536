"""The option ``--as-of``, for the commands that only look."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from ledger.cli.app import option, session
from ledger.errors import N_, UsageProblem

if TYPE_CHECKING:
    from ledger.book import Ledger


def _as_of(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageProblem(
            N_("“{text}” is no past day."),
            N_("It must be a date with its year."),
            N_("Write it like --as-of 2024-06-07."),
            text=value[:40],
        ) from error


as_of_option = option(
    "--as-of",
    "day",
    metavar="DATE",
    callback=_as_of,
    help=N_("As the ledger stood at the end of this day: what was recorded by then."),
)


def ledger_of(day: date | None) -> Ledger:
    """The ledger as it stands, or as it stood at the end of ``day``."""
    ledger = session().ledger
    if day is None:
        return ledger
    from ledger.past import as_of

    past = as_of(ledger, day)
    click.get_current_context().call_on_close(past.close)
    return past
