"""``units``, ``people`` and ``rules``: who is there, and the rules of the house."""

from __future__ import annotations

import click

from ledger.cli.app import Group, colour, option, say, session, width
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Role


@click.group("units", cls=Group)
def units_command() -> None:
    """Add units, and list them."""


@units_command.command("add")
@click.argument("name")
@option("--under", metavar="UNIT", help=N_("The unit it stands below."))
@option(
    "--outside", is_flag=True, help=N_("A body outside the tree, such as a superior's.")
)
def add_unit(name: str, under: str | None, outside: bool) -> None:
    """Add a unit."""
    from ledger import roster

    here = session()
    unit = roster.add_unit(
        here.ledger, name, here.actor(), under=under, outside=outside
    )
    say(_("Added {name} ({id}).").format(name=unit.name, id=unit.id))


@units_command.command("list")
def list_units() -> None:
    """List the units and who is in them."""
    from ledger.views import people

    directory = session().ledger.directory
    say(people.units_screen(directory, width=width(), colour=colour()))


@click.group("people", cls=Group)
def people_command() -> None:
    """Add people, list them, link their tracker accounts."""


@people_command.command("add")
@click.argument("name")
@option("--unit", required=True, metavar="UNIT", help=N_("The person's unit."))
@option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help=N_("What the person may do; may be given several times."),
)
@option("--account", metavar="NAME", help=N_("The OS account, for identity = os."))
def add_person(
    name: str, unit: str, roles: tuple[str, ...], account: str | None
) -> None:
    """Add a person with roles."""
    from ledger import roster

    here = session()
    person = roster.add_person(
        here.ledger,
        name,
        here.actor(),
        unit=unit,
        roles=[Role(role) for role in roles],
        account=account,
    )
    say(
        _("Added {name} ({id}) of {unit}: {roles}.").format(
            name=person.name, id=person.id, unit=unit, roles=", ".join(roles)
        )
    )


@people_command.command("list")
def list_people() -> None:
    """List the people with units, roles and tracker accounts."""
    from ledger.views import people

    directory = session().ledger.directory
    say(people.people_screen(directory, width=width(), colour=colour()))


@people_command.command("link")
@click.argument("name")
@click.argument("login", metavar="TRACKER:LOGIN")
def link(name: str, login: str) -> None:
    """Say which tracker account is this person."""
    from ledger import roster

    here = session()
    person = roster.link_login(here.ledger, name, login, here.actor())
    say(_("{login} is {name}.").format(login=person.logins[-1], name=person.name))


@click.group("rules", cls=Group, invoke_without_command=True)
@click.pass_context
def rules_command(context: click.Context) -> None:
    """Show the rules, and set them."""
    if context.invoked_subcommand is None:
        from ledger.views import people

        rules = session().ledger.directory.rules
        say(people.rules_screen(rules, width=width(), colour=colour()))


@rules_command.command("set")
@click.argument("key")
@click.argument("value")
@option("--reason", required=True, metavar="TEXT", help=N_("Why; kept in the journal."))
def set_rule(key: str, value: str, reason: str) -> None:
    """Set a rule; approvers only. Closings already requested keep the old ones."""
    from ledger import roster

    here = session()
    roster.set_rule(here.ledger, key, value, reason, here.actor())
    say(_("The rule {key} is now {value}.").format(key=key, value=value))
