"""Who is there: units, people, their tracker accounts, and the rules of the house."""

from __future__ import annotations

from collections.abc import Iterable

from ledger import assignment, clean
from ledger.book import Actor, Draft, Ledger, needed, require
from ledger.errors import N_, Refused, UsageProblem
from ledger.item import Person, Role, Unit
from ledger.rules import checked


def add_unit(
    ledger: Ledger,
    name: str,
    actor: Actor,
    *,
    under: str | None = None,
    outside: bool = False,
) -> Unit:
    """Add a unit, below another or outside the tree."""
    name = clean.name(name)
    require(actor, Role.SUPERVISOR)
    with ledger.writing() as directory:
        if any(unit.name == name for unit in directory.active_units()):
            raise Refused(
                N_("There is a unit {name} already."),
                N_("Two units cannot bear one name."),
                N_("See them with: ledger units list"),
                name=name,
            )
        parent = directory.find_unit(under).id if under else None
        data = assignment.stated(
            {
                "id": f"u{len(directory.units) + 1}",
                "name": name,
                "parent": parent,
                "outside": outside or None,
            }
        )
        ledger.record([Draft("unit.add", data, actor)], directory)
        return ledger.directory.find_unit(name)


def add_person(
    ledger: Ledger,
    name: str,
    actor: Actor,
    *,
    unit: str,
    roles: Iterable[Role],
    account: str | None = None,
) -> Person:
    """Add a person with roles. Nobody adds himledger: names are told apart."""
    name = clean.name(name)
    require(actor, Role.SUPERVISOR)
    with ledger.writing() as directory:
        home = directory.find_unit(unit)
        if any(
            person.name == name and directory.present(person.unit) == home.id
            for person in directory.active_people()
        ):
            raise Refused(
                N_("{name} of {unit} is registered already."),
                N_("A person is added once; the roles stay as they were given."),
                N_("See the people with: ledger people list"),
                name=name,
                unit=home.name,
            )
        data = assignment.stated(
            {
                "id": f"p{len(directory.people) + 1}",
                "name": name,
                "unit": home.id,
                "roles": sorted({role.value for role in roles}),
                "account": clean.name(account) if account else None,
            }
        )
        if "roles" not in data:
            raise UsageProblem(
                N_("{name} has no role."),
                N_("A person without a role can do nothing."),
                N_("Give at least one: --role {roles}"),
                name=name,
                roles="|".join(role.value for role in Role),
            )
        ledger.record([Draft("person.add", data, actor)], directory)
        return ledger.directory.people[data["id"]]


def link_login(ledger: Ledger, name: str, login: str, actor: Actor) -> Person:
    """Say that ``login`` (``tracker:account``) is the person ``name``."""
    require(actor, Role.SUPERVISOR)
    tracker, colon, account = clean.name(login).partition(":")
    if not (tracker and colon and account):
        raise UsageProblem(
            N_("{login} names no tracker account."),
            N_("It must be TRACKER:LOGIN."),
            N_("Write it like gitea:wangqiang."),
            login=login,
        )
    with ledger.writing() as directory:
        person = directory.find_person(name)
        ledger.record(
            [
                Draft(
                    "person.link",
                    {"id": person.id, "login": clean.name(login)},
                    actor,
                )
            ],
            directory,
        )
        return ledger.directory.people[person.id]


def set_rule(ledger: Ledger, key: str, value: str, reason: str, actor: Actor) -> None:
    """Set one rule; approver only, with a reason."""
    checked(key, value)
    require(actor, Role.APPROVER)
    with ledger.writing() as directory:
        data = {"key": key, "value": value, "reason": needed(reason, "reason")}
        ledger.record([Draft("rules.set", data, actor)], directory)
