"""``init``: begin a ledger."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ledger.cli.app import Command, option, say, session
from ledger.errors import N_, UsageProblem
from ledger.i18n import _


@click.command("init", cls=Command)
@click.argument("folder", default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@option(
    "--unit", metavar="UNIT", help=N_("The supervising office that keeps the ledger.")
)
@option("--actor", metavar="NAME", help=N_("Its first person."))
@option("--prefix", metavar="LETTERS", help=N_("What references begin with (R)."))
@option("--zone", metavar="ZONE", help=N_("Time zone of its days (Asia/Shanghai)."))
def init_command(
    folder: Path,
    unit: str | None,
    actor: str | None,
    prefix: str | None,
    zone: str | None,
) -> None:
    """Begin a ledger in DIR.

    The first person is supervisor, approver and verifier of the supervising
    office; verifier and closer may be one person (two-person mode) until the
    rule `closing` says otherwise.
    """
    from ledger.book import Ledger
    from ledger.clock import Clock

    unit = unit or _asked(_("Supervising office"), "--unit")
    actor = actor or _asked(_("First person"), "--actor")
    rules = {key: value for key, value in (("prefix", prefix), ("zone", zone)) if value}
    with Ledger.create(
        folder, unit=unit, actor=actor, clock=Clock.from_environment(), rules=rules
    ) as ledger:
        person = ledger.directory.people["p1"]
        say(_("A ledger begins in {folder}.").format(folder=ledger.folder.resolve()))
        say(
            _("{person} of {unit} is supervisor, approver and verifier.").format(
                person=person.name, unit=unit
            )
        )
        say(
            _("Verifier and closer may be one person until: {command}").format(
                command="ledger rules set closing three-person --reason …"
            )
        )
        say(_("Next: {command}").format(command="ledger register REPORT.txt"))
    session().close()


def _asked(question: str, name: str) -> str:
    if not sys.stdin.isatty():
        raise UsageProblem(
            N_("{name} is missing."),
            N_("There is no terminal to ask on."),
            N_("Write: ledger init DIR --unit UNIT --actor NAME"),
            name=name,
        )
    return str(click.prompt(question, err=True))
