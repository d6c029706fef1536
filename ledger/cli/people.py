"""``units``, ``people`` and ``rules``: who is there, and the rules of the house."""

from __future__ import annotations

import click

from ledger.cli.app import Group, colour, option, say, session, width
from ledger.errors import N_, UsageProblem
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


@units_command.command("rename")
@click.argument("name")
@click.argument("new")
def rename_unit(name: str, new: str) -> None:
    """Give a unit another name; its history stays its own."""
    from ledger import roster

    here = session()
    unit = roster.rename_unit(here.ledger, name, new, here.actor())
    say(_("{old} is now called {name}.").format(old=name, name=unit.name))


@units_command.command("move")
@click.argument("name")
@option("--under", metavar="UNIT", help=N_("The unit it stands below."))
@option("--top", is_flag=True, help=N_("At the top of the tree."))
def move_unit(name: str, under: str | None, top: bool) -> None:
    """Put a unit below another, or at the top."""
    from ledger import roster

    if bool(under) is top:
        raise UsageProblem(
            N_("It is not clear where {name} shall stand."),
            N_("Exactly one of --under and --top must be given."),
            N_("Write: ledger units move {name} --under UNIT"),
            name=name,
        )
    here = session()
    roster.move_unit(here.ledger, name, under, here.actor())
    say(_("{name} is moved.").format(name=name))


@units_command.command("merge")
@click.argument("name")
@click.argument("into")
def merge_units(name: str, into: str) -> None:
    """Merge a unit into another, which takes part wherever it did."""
    from ledger import roster

    here = session()
    unit = roster.merge_units(here.ledger, name, into, here.actor())
    say(_("{name} is now part of {into}.").format(name=name, into=unit.name))


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
            name=person.name, id=person.id, unit=unit, roles=_named(roles)
        )
    )


def _named(roles: tuple[str, ...]) -> str:
    from ledger.views import words

    return _(", ").join(map(words.role, roles))


@people_command.command("list")
def list_people() -> None:
    """List the people with units, roles and tracker accounts."""
    from ledger.views import people

    directory = session().ledger.directory
    say(people.people_screen(directory, width=width(), colour=colour()))


@people_command.command("move")
@click.argument("name")
@option(
    "--unit", required=True, metavar="UNIT", help=N_("The person's unit from now on.")
)
def move_person(name: str, unit: str) -> None:
    """Let a person belong to another unit from now on."""
    from ledger import roster

    here = session()
    roster.move_person(here.ledger, name, unit, here.actor())
    say(_("{name} is now of {unit}.").format(name=name, unit=unit))


@people_command.command("roles")
@click.argument("name")
@option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help=N_("What the person may do; may be given several times."),
)
@option("--reason", required=True, metavar="TEXT", help=N_("Why; kept in the journal."))
def set_roles(name: str, roles: tuple[str, ...], reason: str) -> None:
    """Give a person these roles instead of those of before; never oneself."""
    from ledger import roster

    here = session()
    roster.set_roles(
        here.ledger, name, [Role(role) for role in roles], reason, here.actor()
    )
    say(_("{name}: {roles}.").format(name=name, roles=_named(roles)))


@people_command.command("account")
@click.argument("name")
@click.argument("account")
def bind_account(name: str, account: str) -> None:
    """Bind a person to an OS account, for the rule `identity = os`."""
    from ledger import roster

    here = session()
    roster.bind_account(here.ledger, name, account, here.actor())
    say(_("{name} is the OS account {account}.").format(name=name, account=account))


@people_command.command("leave")
@click.argument("name")
def leave(name: str) -> None:
    """Let a person leave: nothing can be done in that name any more."""
    from ledger import roster

    here = session()
    roster.leave(here.ledger, name, here.actor())
    say(_("{name} has left.").format(name=name))


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
