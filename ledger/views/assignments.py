"""The plan of an assignment: all of it is shown before any of it is done."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.assignment import Resolved
from ledger.directory import Directory
from ledger.i18n import _
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone, Toned
from ledger.views.text import Align, wrap


def screen(
    plan: Sequence[Resolved], directory: Directory, *, width: int, colour: bool
) -> list[str]:
    """One line an item: who shall do it, until when, in which way."""
    rows = []
    for resolved in plan:
        data = resolved.data
        units = _(", ").join(
            directory.unit_name(unit) for unit in data.get("responsible", ())
        )
        due = data.get("due", "")
        provisional = bool(data.get("due_provisional"))
        rows.append(
            (
                resolved.item.ref,
                resolved.item.title,
                units,
                directory.unit_name(data.get("lead")),
                Toned(f"~{due}", Tone.YELLOW) if provisional else due,
                words.rectification(data.get("rectification", "")),
                directory.person_name(data.get("owner")),
                str(len(data.get("measures", ()))),
                str(len(data.get("criteria", ()))),
            )
        )
    leads = any(row[3] for row in rows)
    owners = any(row[6] for row in rows)
    spec = [
        Column(_("Item")),
        Column(_("Title"), flexible=True, least=12),
        Column(_("Responsible unit"), flexible=True, least=8),
        Column(_("Lead") if leads else "", flexible=True, drop=1),
        Column(_("Due")),
        Column(_("Kind")),
        Column(_("Owner") if owners else "", drop=2),
        Column(_("Measures"), Align.RIGHT, drop=3),
        Column(_("Criteria"), Align.RIGHT, drop=4),
    ]
    lines = columns(rows, spec, width, style=Style(colour))
    if any(resolved.data.get("due_provisional") for resolved in plan):
        told = _("~ provisional: the holidays of that year are not published yet")
        lines += [Style(colour).paint(line, Tone.YELLOW) for line in wrap(told, width)]
    return lines
