"""What waits for a person, with the command that each needs next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

from ledger.clock import moment
from ledger.directory import Directory
from ledger.i18n import _
from ledger.inbox import Task
from ledger.item import Person
from ledger.views import words
from ledger.views.show import typed
from ledger.views.style import Style, Tone
from ledger.views.text import clean, cut, width


def screen(
    tasks: Sequence[Task],
    person: Person,
    directory: Directory,
    *,
    today: date,
    limit: int,
    cells: int,
    colour: bool,
) -> list[str]:
    """Two lines a task: since when and what; then the command to type."""
    style = Style(colour)
    head = _("{person} ({unit}): {count} waiting").format(
        person=person.name,
        unit=directory.unit_name(person.unit),
        count=len(tasks),
    )
    lines = [style.paint(cut(clean(head), cells), Tone.TITLE)]
    zone = directory.rules.zone
    for task in tasks[:limit]:
        item = task.item
        waited = words.days(_days(task, today, zone))
        about = f"{item.ref}  {words.state(item.state.value)}  {waited}  "
        lines += [
            about + cut(clean(item.title), max(cells - width(about), 2)),
            # A command is never cut: it is there to be copied.
            "    " + style.paint(clean(task.line), Tone.LINK),
        ]
        if task.instead:
            others = ", ".join(map(typed, task.instead))
            lines.append(
                style.paint(
                    "    " + _("or: {commands}").format(commands=others), Tone.DIM
                )
            )
    if len(tasks) > limit:
        more = _("and {count} more: ledger inbox --limit {all}").format(
            count=len(tasks) - limit, all=len(tasks)
        )
        lines.append(style.paint(more, Tone.DIM))
    return lines


def document(
    tasks: Sequence[Task], person: Person, directory: Directory, *, today: date
) -> dict[str, Any]:
    """``inbox/1``."""
    zone = directory.rules.zone
    return {
        "schema": "inbox/1",
        "person": {
            "id": person.id,
            "name": person.name,
            "unit": directory.unit_name(person.unit),
        },
        "tasks": [
            {
                "ref": task.item.ref,
                "title": task.item.title,
                "state": task.item.state.value,
                "act": task.command,
                "since": task.since,
                "days": _days(task, today, zone),
                "due": task.item.bound.isoformat() if task.item.bound else None,
                "command": task.line,
                "instead": list(task.instead),
            }
            for task in tasks
        ],
    }


def _days(task: Task, today: date, zone: tzinfo) -> int:
    """Whole days since the task began to wait."""
    return (today - moment(task.since).astimezone(zone).date()).days
