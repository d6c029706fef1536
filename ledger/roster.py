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
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
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
    """Add a person with roles.

    Nobody grants roles to himself, so nobody adds a person of his own name; and an
    OS account is one person's for good, also when that person has left: a second
    record would make one human two.
    """
    name = clean.name(name)
    account = clean.name(account) if account else None
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
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
        if actor.person is not None and actor.person.name == name:
            raise Refused(
                N_("{name} cannot add {name}."),
                N_("Nobody grants roles to himself."),
                N_("Another supervisor adds a person of the same name."),
                name=name,
            )
        bound = next(
            (
                person
                for person in directory.people.values()
                if account == person.account
            ),
            None,
        )
        if account and bound is not None:
            raise Refused(
                N_("The OS account {account} is bound already."),
                N_("It is the account of {person}, and an account is one person's."),
                N_("Give the account that {name} alone logs in with."),
                account=account,
                person=bound.name,
                name=name,
            )
        data = assignment.stated(
            {
                "id": f"p{len(directory.people) + 1}",
                "name": name,
                "unit": home.id,
                "roles": sorted({role.value for role in roles}),
                "account": account,
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
    tracker, colon, account = clean.name(login).partition(":")
    if not (tracker and colon and account):
        raise UsageProblem(
            N_("{login} names no tracker account."),
            N_("It must be TRACKER:LOGIN."),
            N_("Write it like gitea:wangqiang."),
            login=login,
        )
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
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
    with ledger.writing() as directory:
        require(actor, Role.APPROVER, directory)
        data = {"key": key, "value": value, "reason": needed(reason, "reason")}
        ledger.record([Draft("rules.set", data, actor)], directory)
