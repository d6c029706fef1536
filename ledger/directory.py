"""The units, people and rules of a ledger as they stand, and who is above whom."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ledger.errors import N_, UsageProblem
from ledger.item import Capacity, Item, Person, Role, Unit
from ledger.rules import Rules


@dataclass(frozen=True, slots=True)
class Directory:
    """Units and people by id, and the rules in force."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)

    def unit_name(self, unit: str | None) -> str:
        """The present name of a unit, or an empty text."""
        return self.units[unit].name if unit is not None and unit in self.units else ""

    def person_name(self, person: str | None) -> str:
        """The name of a person, or the text itself where it is no person's id."""
        if person is None:
            return ""
        return self.people[person].name if person in self.people else person

    def present(self, unit: str) -> str:
        """The unit that ``unit`` is now, merges followed."""
        while (into := self.units[unit].merged_into) is not None:
            unit = into
        return unit

    def within(self, unit: str, above: str, *, since: str | None = None) -> bool:
        """Whether ``unit`` is ``above`` or stands somewhere below it.

        With ``since`` (a stamp) also whether it stood there at any time from then
        on, whatever was moved or merged in between.
        """
        above = self.present(above)
        waiting, seen = [unit], set[str]()
        while waiting:
            current = waiting.pop()
            if self.present(current) == above:
                return True
            if current in seen:
                continue
            seen.add(current)
            here = self.units[current]
            ups = [here.merged_into or here.parent]
            if since is not None:
                ups.append(here.parent)
                ups.extend(up for up, until in here.former_parents if until >= since)
            waiting.extend(up for up in ups if up is not None)
        return False

    def active_units(self) -> list[Unit]:
        """The units that exist now, in the order they were added."""
        return [unit for unit in self.units.values() if unit.merged_into is None]

    def active_people(self) -> list[Person]:
        """The people who have not left, in the order they were added."""
        return [person for person in self.people.values() if person.left is None]

    def find_unit(self, name: str) -> Unit:
        """The unit called ``name`` (or with that id).

        Raises:
            UsageProblem: when there is none; the nearest name and the line that
                adds it are named.
        """
        for unit in self.active_units():
            if name in (unit.name, unit.id):
                return unit
        raise unknown_unit(name, [unit.name for unit in self.active_units()])

    def find_person(self, name: str) -> Person:
        """The person called ``name`` (or with that id).

        Raises:
            UsageProblem: when there is none, or several bear the name.
        """
        found = [
            person
            for person in self.active_people()
            if name in (person.name, person.id)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageProblem(
                N_("Several people are called {name}."),
                N_("They are: {people}."),
                N_("Give the id instead of the name."),
                name=name,
                people=", ".join(
                    f"{person.id} ({self.unit_name(person.unit)})" for person in found
                ),
            )
        raise UsageProblem(
            N_("There is no person {name} in this ledger."),
            nearest([person.name for person in self.active_people()], name)[0],
            N_("Add the person: ledger people add {name} --unit UNIT --role ROLE"),
            name=name,
            nearest=nearest([person.name for person in self.active_people()], name)[1],
        )

    def person_of_login(self, tracker: str, login: str) -> Person | None:
        """The person who is ``login`` at ``tracker``, if that was said."""
        wanted = f"{tracker}:{login}"
        return next(
            (person for person in self.active_people() if wanted in person.logins), None
        )

    def heads_of(self, units: Iterable[str]) -> list[Person]:
        """The unit heads of any of ``units``."""
        wanted = {self.present(unit) for unit in units}
        return [
            person
            for person in self.active_people()
            if Role.UNIT_HEAD in person.roles and self.present(person.unit) in wanted
        ]

    def capacities(self, person: Person, item: Item) -> frozenset[Capacity]:
        """As what the person's unit takes part in ``item`` now.

        A unit below a responsible unit acts for it; below a lead or cooperating
        unit likewise.
        """
        if person.roles.isdisjoint({Role.RESPONSIBLE, Role.UNIT_HEAD}):
            return frozenset()
        taking_part = {
            Capacity.RESPONSIBLE: item.responsible,
            Capacity.LEAD: (item.lead,) if item.lead else (),
            Capacity.COOPERATING: item.cooperating,
        }
        return frozenset(
            capacity
            for capacity, units in taking_part.items()
            if any(self.within(person.unit, unit) for unit in units)
        )

    def units_since(self, person: Person, since: str) -> frozenset[str]:
        """Every unit the person belonged to at any time from ``since`` on."""
        return frozenset(
            membership.unit
            for membership in person.memberships
            if membership.until is None or membership.until >= since
        )


def unknown_unit(name: str, known: list[str]) -> UsageProblem:
    """The refusal of a unit name that is not registered."""
    why, near = nearest(known, name)
    return UsageProblem(
        N_("There is no unit {name} in this ledger."),
        why,
        N_("Add the unit: ledger units add {name}"),
        name=name,
        nearest=near,
    )


def nearest(known: list[str], name: str) -> tuple[str, str]:
    """A sentence that names what is most like ``name`` among ``known``, and it."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return N_("The nearest is {nearest}."), close[0]
    return N_("Nothing like it is registered."), ""
