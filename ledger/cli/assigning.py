"""``assign``: who shall do what by when, one item or a whole file of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ledger.assignment import Wish
from ledger.cli.app import (
    Command,
    chosen,
    colour,
    confirm,
    option,
    say,
    session,
    width,
)
from ledger.errors import N_, UsageProblem
from ledger.i18n import _
from ledger.item import Rectification, Severity, State


@click.command("assign", cls=Command)
@click.argument("references", nargs=-1, metavar="[REF…]")
@option(
    "--unit",
    "units",
    multiple=True,
    metavar="UNIT",
    help=N_("Responsible unit; several times for several."),
)
@option(
    "--lead", metavar="UNIT", help=N_("The lead unit, where several are responsible.")
)
@option("--cooperating", multiple=True, metavar="UNIT", help=N_("Cooperating unit."))
@option(
    "--due",
    metavar="DATE",
    help=N_("Due date: 2026-12-31, 12-31, 20wd, 30d, 3m, year-end."),
)
@option(
    "--kind",
    help=N_("Kind of rectification: immediate, phased, ongoing."),
    type=click.Choice([kind.value for kind in Rectification]),
)
@option("--owner", metavar="NAME", help=N_("The person who answers for the work."))
@option("--leader", metavar="NAME", help=N_("The responsible leader."))
@option(
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    help=N_("How grave it is."),
)
@option("--target", metavar="TEXT", help=N_("What shall be reached."))
@option(
    "--measure",
    "measures",
    multiple=True,
    metavar="TEXT",
    help=N_("A measure; several times for several."),
)
@option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="TEXT",
    help=N_("A closure criterion."),
)
@option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help=N_("Assign the rows of a file."),
)
@option(
    "--template",
    is_flag=True,
    help=N_("Write such a file for the items not assigned yet."),
)
@option("--new-unit", is_flag=True, help=N_("Add units that are not registered yet."))
@option(
    "--all", "everything", is_flag=True, help=N_("All items that are not assigned yet.")
)
@option("--year", type=int, help=N_("With --all: of this year."))
@option("--yes", is_flag=True, help=N_("Do it without asking."))
def assign_command(
    references: tuple[str, ...],
    units: tuple[str, ...],
    source: Path | None,
    template: bool,
    new_unit: bool,
    everything: bool,
    year: int | None,
    yes: bool,
    **said: str | tuple[str, ...] | None,
) -> None:
    """Assign items to units.

    Name items and say --unit, --due and --kind; or assign the rows of a file
    (--from), which --template writes with what is known filled in. The whole
    plan is shown before anything is done, and all of it is done or nothing.
    """
    here = session()
    ledger = here.ledger
    if template:
        _template(references, year)
        return
    if source is not None:
        if references or units:
            raise UsageProblem(
                N_("Both a file and items are given."),
                N_("It must be clear what is assigned."),
                N_("Give --from FILE.csv alone, or references with --unit."),
            )
        from ledger.assignment import read_wishes

        rows = read_wishes(source)
        wishes = [wish for wish in rows if wish.units]
        if not wishes:
            raise UsageProblem(
                N_("{path} assigns nothing."),
                N_("No row names a unit."),
                N_("Fill the file in and run the command again."),
                path=source,
            )
        if len(wishes) < len(rows):
            # The template fills in what the report states, also where it names no unit.
            say(
                _("Rows that name no unit are left out: {refs}").format(
                    refs=_(", ").join(row.ref for row in rows if not row.units)
                )
            )
    else:
        items = chosen(
            ledger,
            references,
            everything=everything,
            state=State.REGISTERED.value if everything else None,
            year=year,
        )
        wishes = [_wish(item.ref, units, said) for item in items]
    actor = here.actor()
    if len(wishes) > 1:
        from ledger.views import assignments

        if not new_unit:
            plan = ledger.planned(wishes, actor, ledger.directory)
            say(
                assignments.screen(
                    plan, ledger.directory, width=width(), colour=colour()
                )
            )
        confirm(_("Assign these {count} items?").format(count=len(wishes)), yes=yes)
    done = ledger.assign(wishes, actor, new_units=new_unit)
    for item in done:
        say(
            _("{ref} is assigned to {unit}, due {due}.").format(
                ref=item.ref,
                unit=ledger.directory.unit_name(item.unit),
                due=item.due,
            )
        )


def _wish(
    ref: str, units: tuple[str, ...], said: dict[str, str | tuple[str, ...] | None]
) -> Wish:
    return Wish(
        ref=ref,
        units=units,
        **{key: value for key, value in said.items() if value},  # type: ignore[arg-type]  # click's values fit
    )


def _template(references: tuple[str, ...], year: int | None) -> None:
    from ledger import assignment

    ledger = session().ledger
    items = chosen(
        ledger,
        references,
        everything=not references,
        state=None if references else State.REGISTERED.value,
        year=year,
    )
    text = assignment.template(items, ledger.directory)
    if sys.stdout.isatty():
        say(text.splitlines())
        return
    # Spreadsheets tell UTF-8 by its mark; without it they show Chinese as noise.
    sys.stdout.buffer.write(text.encode("utf-8-sig"))
