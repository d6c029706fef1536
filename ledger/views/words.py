"""The words of states, kinds, roles and lights, and of days left and gone.

Keys are the stored words, so that ``ledger status`` need not load the classes of
items; a test holds them to be the same.
"""

from __future__ import annotations

from datetime import date

from ledger.errors import N_
from ledger.figures.values import Light, Rate
from ledger.i18n import _
from ledger.views.style import Tone, Toned

DASH = "—"

STATES = {
    "registered": N_("registered"),
    "assigned": N_("assigned"),
    "in_progress": N_("in progress"),
    "ongoing": N_("ongoing"),
    "closure_requested": N_("closure requested"),
    "verifying": N_("verifying"),
    "verified": N_("verified"),
    "public_notice": N_("public notice"),
    "closed": N_("closed"),
    "transferred": N_("transferred"),
    "void": N_("void"),
}
KINDS = {
    "finding": N_("finding"),
    "plan": N_("plan entry"),
    "duty": N_("statutory duty"),
    "manual": N_("added by hand"),
}
MANY = {
    "finding": N_("Findings"),
    "plan": N_("Plan entries"),
    "duty": N_("Statutory duties"),
    "manual": N_("Added by hand"),
}
RECTIFICATIONS = {
    "immediate": N_("immediate"),
    "phased": N_("phased"),
    "ongoing": N_("long-term"),
}
SEVERITIES = {
    "major": N_("major"),
    "considerable": N_("considerable"),
    "ordinary": N_("ordinary"),
}
ROLES = {
    "supervisor": N_("supervisor"),
    "approver": N_("approver"),
    "verifier": N_("verifier"),
    "unit-head": N_("unit head"),
    "responsible": N_("responsible person"),
    "lead": N_("lead unit"),
    "cooperating": N_("cooperating unit"),
}
CAPACITIES = {
    "responsible": N_("responsible unit"),
    "lead": N_("lead unit"),
    "cooperating": N_("cooperating unit"),
    "supervising": N_("supervising office"),
    "verifying": N_("verifying unit"),
}
DUTIES = {
    "owner": N_("owner"),
    "leader": N_("responsible leader"),
}
PROGRESS = {
    "done": N_("done"),
    "under way": N_("under way"),
    "ongoing": N_("kept up"),
    "not begun": N_("not begun"),
}
LIGHTS = {
    Light.GREEN: N_("on track"),
    Light.YELLOW: N_("yellow"),
    Light.RED: N_("overdue"),
}
TONES = {Light.GREEN: Tone.GOOD, Light.YELLOW: Tone.YELLOW, Light.RED: Tone.RED}

_WEEKDAYS = (
    N_("Mon"),
    N_("Tue"),
    N_("Wed"),
    N_("Thu"),
    N_("Fri"),
    N_("Sat"),
    N_("Sun"),
)


def state(value: str) -> str:
    """The name of a state."""
    return _(STATES[value])


def kind(value: str) -> str:
    """What kind of item it is."""
    return _(KINDS[value])


def many(value: str) -> str:
    """The plural of a kind, as a heading."""
    return _(MANY[value])


def rectification(value: str) -> str:
    """The name of a kind of rectification; empty where none is said."""
    return _(RECTIFICATIONS[value]) if value else ""


def role(value: str) -> str:
    """The name of a role, or of a capacity by which somebody may act."""
    return _(ROLES[value])


def capacity(value: str) -> str:
    """As what a unit takes part."""
    return _(CAPACITIES[value])


def duty(value: str) -> str:
    """As what a person answers for an entry."""
    return _(DUTIES[value])


def progress(value: str, raw: str) -> str:
    """How far rectification has come, with the report's own words for it."""
    return _("stated as {status} ({words})").format(
        status=_(PROGRESS[value]), words=raw
    )


def weekday(day: date) -> str:
    """``day`` with its weekday and ISO week: ``2024-06-07 Fri, week 23``."""
    return _("{day} {weekday}, week {week}").format(
        day=day.isoformat(),
        weekday=_(_WEEKDAYS[day.weekday()]),
        week=day.isocalendar()[1],
    )


def days(count: int) -> str:
    """A number of days."""
    return _("1 day") if count == 1 else _("{n} days").format(n=count)


def ago(gone: int | None) -> str:
    """How long ago something was; ``None``: it never was."""
    if gone is None:
        return DASH
    return days(gone) if gone else _("today")


def until(left: int) -> str:
    """How far a due date is: ``in 5 days``, ``today``, ``6 days overdue``."""
    if left == 0:
        return _("due today")
    if left < 0:
        return (
            _("1 day overdue") if left == -1 else _("{n} days overdue").format(n=-left)
        )
    return _("in 1 day") if left == 1 else _("in {n} days").format(n=left)


def rate(rate: Rate, *, per_cent: bool = True) -> str:
    """A rate with its numbers beside it: ``1/4 25%``; without a whole ``—``.

    Per cent are rounded down, so that 100% is said of nothing but all.
    """
    if not rate.whole:
        return DASH
    shown = f"{rate.part}/{rate.whole}"
    return f"{shown} {rate.part * 100 // rate.whole}%" if per_cent else shown


def lit(text: str, light: Light | None) -> str | Toned:
    """``text`` in the tone of ``light``."""
    return text if light is None else Toned(text, TONES[light])


def change(now: int, before: int) -> str:
    """The change against before: ``+2``, ``−1``, ``±0``."""
    if now == before:
        return "±0"
    return f"+{now - before}" if now > before else f"−{before - now}"
