"""An error or a refusal, as a person reads it."""

from __future__ import annotations

from ledger.i18n import _
from ledger.views.style import Style, Tone
from ledger.views.text import wrap


def screen(what: str, why: str, todo: str, *, width: int, colour: bool) -> list[str]:
    """What happened, why, and what to do next; parts that are empty are left out.

    Steps that are joined by semicolons, as a refusal lists what is possible
    instead, stand each on a line of its own where they do not fit on one.
    """
    style = Style(colour)
    lines: list[str] = []
    for said, tone, part in (
        (_("Error: {text}"), Tone.RED, what),
        (_("Why: {text}"), None, why),
        (_("Next: {text}"), None, todo),
    ):
        if not part:
            continue
        whole = wrap(said.format(text=part), width, hanging="  ")
        steps = part.split("; ")
        if len(whole) > 1 and len(steps) > 1:
            head, first = _parted(steps[0])
            whole = wrap(said.format(text=head), width)
            for step in (first, *steps[1:]):
                whole += wrap(step, width, indent="  ", hanging="    ")
        lines += [style.paint(line, tone) for line in whole]
    return lines


def _parted(text: str) -> tuple[str, str]:
    """What introduces the first step, with its colon, and that step."""
    for colon in (": ", "："):
        head, found, first = text.partition(colon)
        if found:
            return head + colon.rstrip(), first
    return "", text
