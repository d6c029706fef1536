"""``status`` and ``weekly``: how the ledger stands.

They read the store and nothing else: the classes of items and of the journal take
longer to load than ``ledger status`` may take in all.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from ledger.cli.app import (
    Command,
    colour,
    format_option,
    option,
    say,
    say_json,
    session,
    width,
)
from ledger.cli.past import as_of_option, ledger_of
from ledger.errors import N_

if TYPE_CHECKING:
    from ledger.storage import Store

ATTENTION = 3


def _asked(day: date | None) -> tuple[Store, datetime]:
    """The store to count, and the moment to count it at."""
    if day is None:
        here = session()
        return here.store, here.clock.now()
    past = ledger_of(day)
    return past.store, past.clock.now()


@click.command("status", cls=Command)
@option(
    "--check",
    is_flag=True,
    help=N_("Exit with 3 when something is overdue or waits too long."),
)
@as_of_option
@format_option()
def status_command(check: bool, day: date | None, form: str) -> int:
    """Show how the ledger stands.

    Closure rate = closed / (all - void - transferred). Completion rate = (closure
    requested and later, closed) / the same without ongoing items. On-time rate =
    rectified by the due date / due so far. Findings are the headline.
    """
    from ledger import figures
    from ledger.views import status as view

    store, now = _asked(day)
    numbers = figures.status(store, figures.Names.of(store), now=now)
    if form == "json":
        say_json(view.document(numbers))
    else:
        say(view.screen(numbers, width=width(), colour=colour()))
    return ATTENTION if check and numbers.attention else 0


@click.command("weekly", cls=Command)
@as_of_option
@format_option("markdown")
def weekly_command(day: date | None, form: str) -> None:
    """Show the weekly brief."""
    from ledger import figures
    from ledger.views import weekly as view

    store, now = _asked(day)
    numbers = figures.weekly(store, figures.Names.of(store), now=now)
    if form == "json":
        say_json(view.document(numbers))
    elif form == "markdown":
        say(view.markdown(numbers))
    else:
        say(view.screen(numbers, width=width(), colour=colour()))
