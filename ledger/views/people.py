"""The units as a tree, the people, and the rules of the house."""

from __future__ import annotations

from ledger.directory import Directory
from ledger.i18n import _
from ledger.item import Unit
from ledger.rules import RULES, Rules
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone, Toned
from ledger.views.text import wrap


def units_screen(directory: Directory, *, width: int, colour: bool) -> list[str]:
    """The units below each other, with who belongs to them."""
    people: dict[str, list[str]] = {}
    for person in directory.active_people():
        people.setdefault(directory.present(person.unit), []).append(person.name)
    below: dict[str | None, list[Unit]] = {}
    for unit in directory.active_units():
        parent = directory.present(unit.parent) if unit.parent else None
        below.setdefault(parent, []).append(unit)
    rows: list[tuple[str | Toned, ...]] = []

    def grow(parent: str | None, trunk: str) -> None:
        branch = below.get(parent, [])
        for place, unit in enumerate(branch, 1):
            last = place == len(branch)
            stem = "" if parent is None else "└ " if last else "├ "
            rows.append(
                (
                    f"{trunk}{stem}{unit.name}",
                    unit.id,
                    _("outside the tree") if unit.outside else "",
                    _(", ").join(people.get(unit.id, [])),
                    _(", ").join(unit.former_names),
                )
            )
            further = "" if parent is None else "  " if last else "│ "
            grow(unit.id, trunk + further)

    grow(None, "")
    spec = [
        Column(_("Unit"), flexible=True, least=16),
        Column(_("Id")),
        Column(drop=1),
        Column(_("People"), flexible=True, least=10),
        # Former names only where there are any.
        Column(
            _("Formerly") if any(row[-1] for row in rows) else "",
            flexible=True,
            drop=2,
        ),
    ]
    return columns(rows, spec, width, style=Style(colour))


def people_screen(directory: Directory, *, width: int, colour: bool) -> list[str]:
    """The people with unit, roles, tracker accounts and OS account."""
    rows: list[tuple[str | Toned, ...]] = []
    for person in directory.people.values():
        gone = person.left is not None
        roles = _(", ").join(words.role(role) for role in sorted(person.roles))
        rows.append(
            (
                Toned(person.name, Tone.DIM) if gone else person.name,
                person.id,
                directory.unit_name(person.unit),
                Toned(_("has left"), Tone.DIM) if gone else roles,
                " ".join(person.logins),
                person.account or "",
            )
        )
    spec = [
        Column(_("Name")),
        Column(_("Id")),
        Column(_("Unit"), flexible=True, least=8),
        Column(_("Roles"), flexible=True, least=12),
        Column(
            _("Tracker accounts") if any(row[4] for row in rows) else "",
            flexible=True,
            drop=1,
        ),
        Column(_("OS account") if any(row[5] for row in rows) else "", drop=2),
    ]
    return columns(rows, spec, width, style=Style(colour))


def rules_screen(rules: Rules, *, width: int, colour: bool) -> list[str]:
    """Every rule with its value, what it may be, and below it what it means."""
    style = Style(colour)
    rows = [
        (
            rule.key,
            rules[rule.key]
            if rules[rule.key] == rule.default
            else Toned(rules[rule.key], Tone.TITLE),
            rule.default,
            rule.form,
        )
        for rule in RULES
    ]
    spec = [
        Column(_("Rule")),
        Column(_("Value")),
        Column(_("Default"), drop=1),
        Column(_("May be"), flexible=True, least=25),
    ]
    head, *table = columns(rows, spec, width, style=style)
    lines = [head]
    for rule, line in zip(RULES, table, strict=True):
        lines.append(line)
        lines += [
            style.paint(told, Tone.DIM)
            for told in wrap(_(rule.meaning), width, indent="  ")
        ]
    return lines
