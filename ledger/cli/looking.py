"""``list``, ``show``, ``log``, ``audit``: looking, never changing."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

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
from ledger.cli.progress import bar
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Kind

DAMAGED = 8


@click.command("list", cls=Command)
@option(
    "--state",
    metavar="STATE",
    help=N_("Only items in this state; several with commas."),
)
@option(
    "--unit", metavar="UNIT", help=N_("Only items of this unit and those below it.")
)
@option("--year", type=int, help=N_("Only items of this year."))
@option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    help=N_("Only items of this kind."),
)
@option("--limit", type=click.IntRange(1), help=N_("At most so many."))
@as_of_option
@format_option()
def list_command(
    state: str | None,
    unit: str | None,
    year: int | None,
    kind: str | None,
    limit: int | None,
    day: date | None,
    form: str,
) -> None:
    """List items.

    On a terminal as a table. Through a pipe one line an item for other programs,
    tab-separated: reference, kind, state, unit, due date, days left, title.
    """
    from ledger.selecting import by_selection
    from ledger.views import items as view

    ledger = ledger_of(day)
    found = by_selection(
        ledger, state=state, unit=unit, year=year, kind=kind, limit=limit
    )
    directory = ledger.directory
    today = ledger.today(directory.rules)
    if form == "json":
        say_json(view.items_document(found, directory, today=today))
    elif sys.stdout.isatty():
        say(
            view.list_screen(
                found, directory, today=today, width=width(), colour=colour()
            )
        )
    else:
        say(view.list_plain(found, directory, today=today))


@click.command("show", cls=Command)
@click.argument("ref")
@as_of_option
@format_option()
def show_command(ref: str, day: date | None, form: str) -> None:
    """Show everything about one item."""
    ledger = ledger_of(day)
    item, directory = ledger.find(ref), ledger.directory
    today = ledger.today(directory.rules)
    if form == "json":
        from ledger.views.items import item_document

        say_json(item_document(item, directory, today=today))
        return
    from ledger.figures import beside
    from ledger.views.show import show_screen

    say(
        show_screen(
            item,
            directory,
            today=today,
            width=width(),
            colour=colour(),
            beside=beside(ledger.store, item.id),
        )
    )


@click.command("log", cls=Command)
@click.argument("ref", required=False)
def log_command(ref: str | None) -> None:
    """Show the journal, of one item or of the whole ledger."""
    from ledger.journal import event_of
    from ledger.views import log as view

    ledger = session().ledger
    item = ledger.find(ref) if ref else None
    directory = ledger.directory
    rows = ledger.store.journal.rows(item=item.id if item else None)
    refs = ledger.store.items.references()
    events = ((event_of(row.body), row.hash) for row in rows)
    say(view.screen(events, directory, refs, width=width(), colour=colour()))


@click.command("audit", cls=Command)
@option(
    "--seal",
    "sealed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("Prove that the journal extends this seal."),
)
@format_option()
def audit_command(sealed: Path | None, form: str) -> int:
    """Prove that the ledger is whole.

    Computes the chain again, folds the journal again, judges every act again and
    hashes every evidence file. Exits with 8 when anything does not hold. Whether
    the journal was cut short or written anew shows only against a seal.
    """
    from ledger.audit import audit
    from ledger.seal import read_seal
    from ledger.views import audit as view

    ledger = session().ledger
    seal = read_seal(sealed) if sealed is not None else None
    with bar(_("Audit")) as progress:
        report = audit(ledger, seal=seal, progress=progress)
    if form == "json":
        say_json(view.document(report))
    else:
        say(view.screen(report, width=width(), colour=colour()))
    if report.faults:
        click.echo(_("The ledger is NOT whole."), err=True)
        return DAMAGED
    if seal is not None and form == "text":
        say(
            _(
                "It extends the seal of {at}: entry {count} and all before it stand."
            ).format(at=seal.sealed_at, count=seal.count)
        )
    return 0
