"""``derive``, ``register`` and ``add``: from a report to items on account."""

from __future__ import annotations

import sys
from pathlib import Path
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
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Kind

if TYPE_CHECKING:
    from checklists import Checklist, Document


@click.command("derive", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@option("--dump-text", is_flag=True, help=N_("Print the text that offsets count in."))
@format_option()
def derive_command(files: tuple[str, ...], dump_text: bool, form: str) -> int:
    """Derive the checklist from a report.

    Prints its problems, its plans, and which plan answers which problem. Nothing
    is written. `-` reads standard input.
    """
    from checklists import DocumentError
    from ledger.views import checklist as view

    checklists: list[Checklist] = []
    worst = 0
    for name in files:
        try:
            document = read(name)
        except DocumentError as error:
            if len(files) == 1:
                raise
            from ledger.cli.failing import explain

            worst = explain(error, debug=False, machine=form == "json")
            continue
        if dump_text:
            sys.stdout.write(document.text)
            continue
        checklists.append(derived(document))
    if dump_text:
        return worst
    if form == "json":
        say_json(view.document(checklists))
        return worst
    for place, checklist in enumerate(checklists):
        if place:
            say("")
        say(view.screen(checklist, width=width(), colour=colour()))
    return worst


def read(name: str) -> Document:
    """The document called ``name`` on the command line."""
    from checklists import read_document

    if name == "-":
        return read_document("-", content=sys.stdin.buffer.read())
    return read_document(Path(name))


def derived(document: Document) -> Checklist:
    """The checklist of ``document``; says on standard error when it is empty."""
    from checklists import derive

    checklist = derive(document)
    if not checklist.problems and not checklist.plans:
        click.echo(
            _("{name}: no problem and no plan was found in it.").format(
                name=document.name
            ),
            err=True,
        )
    return checklist


@click.command("register", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@option(
    "--only",
    type=click.Choice(["problems", "plans"]),
    help=N_("Only the problems, or only the plans."),
)
def register_command(files: tuple[str, ...], only: str | None) -> None:
    """Put the entries of a report on account.

    Registering the same report again adds nothing.
    """
    from ledger import registration

    here = session()
    actor, ledger = here.actor(), here.ledger
    kind = {"problems": Kind.FINDING, "plans": Kind.PLAN}.get(only or "")
    for name in files:
        done = registration.register(ledger, derived(read(name)), actor, only=kind)
        if done.added:
            say(
                _("{name}: {count} items on account, {first} to {last}.").format(
                    name=name,
                    count=len(done.added),
                    first=done.added[0],
                    last=done.added[-1],
                )
            )
        if done.known:
            say(
                _("{name}: {count} items were on account already.").format(
                    name=name, count=len(done.known)
                )
            )
    say(_("Next: {command}").format(command="ledger assign --template"))


@click.command("add", cls=Command)
@click.argument("title")
@option("--origin", required=True, metavar="TEXT", help=N_("Where it comes from."))
@option(
    "--text", default="", metavar="TEXT", help=N_("Its whole text; else the title.")
)
@option(
    "--year", type=click.IntRange(1949, 2199), help=N_("The year of its reference.")
)
def add_command(title: str, origin: str, text: str, year: int | None) -> None:
    """Put one item on account by hand."""
    from ledger import registration

    here = session()
    item = registration.add(
        here.ledger, here.actor(), title=title, text=text, origin=origin, year=year
    )
    say(_("{ref} is on account.").format(ref=item.ref))
