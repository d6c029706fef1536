"""The life of an item as a page and a diagram, read off the table of transitions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from ledger.errors import N_
from ledger.guards import Guard
from ledger.i18n import _
from ledger.item import OPEN, State
from ledger.lifecycle import TRANSITIONS, Transition
from ledger.rules import Rules
from ledger.views import words
from ledger.views.show import typed
from ledger.views.style import Style, Tone
from ledger.views.text import wrap

_RULES_ASKED: tuple[tuple[str, str, str], ...] = (
    ("desk-review", "on", N_("where desk review is on")),
    ("desk-review", "off", N_("where desk review is off")),
    ("notice", "5", N_("where public notice is on")),
    ("notice", "off", N_("where public notice is off")),
)


def requirement(guard: Guard) -> str:
    """What ``guard`` wants, as its documentation says it: a message id."""
    return inspect.getdoc(guard).split("\n", 1)[0]  # type: ignore[union-attr]  # every guard has one, a test asks


def screen(*, width: int, colour: bool) -> list[str]:
    """Every transition with who may give it and what it requires."""
    style = Style(colour)
    lines = []
    for row in TRANSITIONS:
        head = f"{typed(row.command)}: {_source(row)} → {_target(row)}"
        lines += [
            style.paint(line, Tone.TITLE)
            for line in wrap(head, width, indent="", hanging="    ")
        ]
        lines += wrap(_who(row), width, indent="  ")
        for wanted in _requires(row):
            lines += wrap(wanted, width, indent="  - ", hanging="    ")
        lines.append("")
    return lines[:-1]


def markdown() -> str:
    """The page ``docs/lifecycle.md``: diagram and table."""
    table = [
        [
            _("Command"),
            _("From"),
            _("To"),
            _("Who"),
            _("Requires"),
        ],
        ["---"] * 5,
        [
            "`register`, `add`",
            "–",
            words.state(State.REGISTERED.value),
            words.role("supervisor"),
            _("A title and where it comes from."),
        ],
        *(
            [
                f"`{typed(row.command)}`",
                _source(row),
                _target(row),
                _who(row),
                " ".join(_requires(row)) or "–",
            ]
            for row in TRANSITIONS
        ),
    ]
    return "\n".join(
        [
            f"# {_('The life of an item')}",
            "",
            _(
                "This page is what `ledger lifecycle --format markdown` prints: it is"
                " read off the table that decides. A command that is refused says"
                " which of these requirements is not met, and who can do what next."
            ),
            "",
            "```mermaid",
            *diagram(),
            "```",
            "",
            *("| " + " | ".join(cells) + " |" for cells in table),
            "",
        ]
    )


def diagram() -> list[str]:
    """The states and what leads from one to another, as a Mermaid state diagram."""
    names = {
        state: words.state(state.value)
        for state in State
        if state.value in words.STATES
    }
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        for begin, end in _arrows(row):
            said = arrows.setdefault((begin, end), [])
            if (word := row.command.replace(".", " ")) not in said:
                said.append(word)
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_("any open")}" as open {{']
    lines += [
        f'        state "{names[state]}" as {state}' for state in State if state in OPEN
    ]
    lines += ["    }"]
    lines += [
        f'    state "{names[state]}" as {state}' for state in State if state not in OPEN
    ]
    lines += ["    [*] --> registered: register, add"]
    lines += [
        f"    {begin} --> {end}: {', '.join(said)}"
        for (begin, end), said in arrows.items()
    ]
    return lines


def _arrows(row: Transition) -> Iterator[tuple[str, str]]:
    if row.back:
        for state in sorted(row.source):
            yield state.value, "open"
    elif row.target is not None:
        if row.source == OPEN:
            yield "open", row.target.value
            return
        for state in State:
            if state in row.source:
                yield state.value, row.target.value


def _source(row: Transition) -> str:
    if row.source == OPEN:
        return _("any open")
    return ", ".join(words.state(state.value) for state in State if state in row.source)


def _target(row: Transition) -> str:
    if row.back:
        return _("the state before")
    return words.state(row.target.value) if row.target else _("stays")


def _who(row: Transition) -> str:
    return ", ".join(words.role(who.value) for who in row.who)


def _requires(row: Transition) -> list[str]:
    """What must hold: the rules under which the row is there, and its guards."""
    asked = []
    if row.when is not None:
        asked = [
            _("Only {where}.").format(where=_(said))
            for key, value, said in _RULES_ASKED
            if row.when(Rules.of({key: value}))
            and not row.when(Rules.of({key: _other(key, value)}))
        ]
    return asked + [_(requirement(guard)) for guard in row.guards]


def _other(key: str, value: str) -> str:
    return next(
        known for name, known, _s in _RULES_ASKED if name == key and known != value
    )
