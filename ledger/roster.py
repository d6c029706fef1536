"""Who is there: units, people, their tracker accounts, and the rules of the house."""

from __future__ import annotations

from collections.abc import Iterable

from ledger import assignment, clean
from ledger.book import Actor, Draft, Ledger, needed, require
from ledger.directory import Directory
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
        if account:
            _free_account(directory, account, name)
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


def rename_unit(ledger: Ledger, name: str, new: str, actor: Actor) -> Unit:
    """Give a unit another name; its history and involvements stay its own."""
    new = clean.name(new)
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
        unit = directory.find_unit(name)
        if any(known.name == new for known in directory.active_units()):
            raise Refused(
                N_("There is a unit {name} already."),
                N_("Two units cannot bear one name."),
                N_("Merge them: ledger units merge {old} {name}"),
                name=new,
                old=unit.name,
            )
        ledger.record(
            [Draft("unit.rename", {"id": unit.id, "name": new}, actor)], directory
        )
        return ledger.directory.units[unit.id]


def move_unit(ledger: Ledger, name: str, under: str | None, actor: Actor) -> Unit:
    """Put a unit below another, or at the top of the tree (``None``)."""
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
        unit = directory.find_unit(name)
        parent = directory.find_unit(under) if under else None
        if parent is not None and directory.within(parent.id, unit.id):
            raise Refused(
                N_("{name} cannot stand below {parent}."),
                N_("{parent} is {name}, or stands below it."),
                N_("See the tree with: ledger units list"),
                name=unit.name,
                parent=parent.name,
            )
        data = assignment.stated(
            {"id": unit.id, "parent": parent.id if parent else None}
        )
        ledger.record([Draft("unit.move", data, actor)], directory)
        return ledger.directory.units[unit.id]


def merge_units(ledger: Ledger, name: str, into: str, actor: Actor) -> Unit:
    """Merge a unit into another: its people and its involvements become the other's."""
    with ledger.writing() as directory:
        require(actor, Role.SUPERVISOR, directory)
        unit, target = directory.find_unit(name), directory.find_unit(into)
        if directory.within(target.id, unit.id):
            raise Refused(
                N_("{name} cannot merge into {into}."),
                N_("{into} is {name}, or stands below it."),
                N_("Move {into} first: ledger units move {into} --top"),
                name=unit.name,
                into=target.name,
            )
        data = {"id": unit.id, "into": target.id}
        ledger.record([Draft("unit.merge", data, actor)], directory)
        return ledger.directory.units[target.id]


def move_person(ledger: Ledger, name: str, unit: str, actor: Actor) -> Person:
    """Let a person belong to another unit from now on.

    The unit of before still counts for items that were on account then.
    """
    with ledger.writing() as directory:
        person = _another(directory, name, actor)
        home = directory.find_unit(unit)
        data = {"id": person.id, "unit": home.id}
        ledger.record([Draft("person.move", data, actor)], directory)
        return ledger.directory.people[person.id]


def set_roles(
    ledger: Ledger, name: str, roles: Iterable[Role], reason: str, actor: Actor
) -> Person:
    """Give a person these roles instead of those of before; never to oneself."""
    with ledger.writing() as directory:
        person = _another(directory, name, actor)
        data = {
            "id": person.id,
            "roles": sorted({role.value for role in roles}),
            "reason": needed(reason, "reason"),
        }
        ledger.record([Draft("person.roles", data, actor)], directory)
        return ledger.directory.people[person.id]


def bind_account(ledger: Ledger, name: str, account: str, actor: Actor) -> Person:
    """Bind a person to an OS account, for the rule ``identity = os``."""
    account = clean.name(account)
    with ledger.writing() as directory:
        person = _another(directory, name, actor)
        _free_account(directory, account, name)
        data = {"id": person.id, "account": account}
        ledger.record([Draft("person.account", data, actor)], directory)
        return ledger.directory.people[person.id]


def leave(ledger: Ledger, name: str, actor: Actor) -> None:
    """Let a person leave: nothing can be done in that name any more."""
    with ledger.writing() as directory:
        person = _another(directory, name, actor)
        ledger.record([Draft("person.leave", {"id": person.id}, actor)], directory)


def _another(directory: Directory, name: str, actor: Actor) -> Person:
    """The person called ``name``, who is not the actor himself."""
    require(actor, Role.SUPERVISOR, directory)
    person = directory.find_person(name)
    if actor.person is not None and person.id == actor.person.id:
        raise Refused(
            N_("{name} cannot do this to himself."),
            N_(
                "Unit, roles and account of a person are another supervisor's to change."
            ),
            N_("See who is supervisor with: ledger people list"),
            name=person.name,
        )
    return person


def _free_account(directory: Directory, account: str, name: str) -> None:
    """Refuse an OS account that is a person's already, also one who left."""
    for person in directory.people.values():
        if person.account == account:
            raise Refused(
                N_("The OS account {account} is bound already."),
                N_("It is the account of {person}, and an account is one person's."),
                N_("Give the account that {name} alone logs in with."),
                account=account,
                person=person.name,
                name=name,
            )


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
