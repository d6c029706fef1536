"""The screen of ``ledger status``: how the ledger stands, at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ledger.figures.values import STATES, Line, Rate, Status, Tally, UnitFigures
from ledger.i18n import _
from ledger.views import words
from ledger.views.columns import Column, bar, columns
from ledger.views.style import Style, Tone, Toned
from ledger.views.text import Align, clean, cut, width, wrap

_BAR = 8
_MOST_UNITS = 8
_RIGHT = Align.RIGHT


def screen(figures: Status, *, width: int, colour: bool) -> list[str]:
    """The lines of the screen, each at most ``width`` cells."""
    style = Style(colour)
    lines = [*_title(figures, width, style), "", *_headline(figures, width, style)]
    if not figures.everything.states:
        return [*lines, "", *_steps(figures, width, style)]
    lines += ["", *_life(figures.findings, width, style)]
    lines += ["", *_units(figures.units, figures.soon_days, width, style)]
    listed = _attention(figures, width, style)
    if listed:
        lines += ["", style.paint(_("Needs attention"), Tone.TITLE), *listed]
        if figures.needing > len(figures.lines):
            lines.append(
                style.paint(
                    _("… and {n} more: ledger weekly").format(
                        n=figures.needing - len(figures.lines)
                    ),
                    Tone.DIM,
                )
            )
    return [*lines, "", *_steps(figures, width, style)]


def title(figures: Status) -> str:
    """What ledger this is: issuer, years."""
    years = figures.years
    span = ""
    if years is not None:
        span = str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"
    return " ".join(
        _("{issuer} {years} · rectification ledger")
        .format(issuer=figures.issuer, years=span)
        .split()
    )


def _title(figures: Status, limit: int, style: Style) -> Iterator[str]:
    name, day = clean(title(figures)), words.weekday(figures.today)
    room = limit - width(day) - 2
    if width(name) <= room:
        blank = " " * (limit - width(name) - width(day))
        yield style.paint(name, Tone.TITLE) + blank + day
    else:
        yield style.paint(cut(name, limit), Tone.TITLE)
        yield day


def _headline(figures: Status, limit: int, style: Style) -> Iterator[str]:
    found = figures.findings
    yield from flowed(
        [
            Toned(_("Findings {n}").format(n=found.total), Tone.TITLE),
            _("closure rate {rate}").format(rate=words.rate(found.closure)),
            _("completion rate {rate}").format(rate=words.rate(found.completion)),
            on_time(found),
        ],
        limit,
        style,
    )
    yield from flowed(standing(found, figures.soon_days), limit, style)
    others = [
        _("{kinds} {n} (closed {closed}, overdue {overdue})").format(
            kinds=words.many(kind),
            n=counted.total,
            closed=counted.closed,
            overdue=counted.overdue,
        )
        for kind, counted in figures.kinds.items()
        if kind != "finding"
    ]
    yield from flowed(others, limit, style)
    if figures.two_person:
        yield from wrap(two_person(), limit)


def two_person() -> str:
    """What every figure says where verifier and closer may be one person."""
    return _("Rule closing = two-person: verifier and closer may be one person.")


def on_time(counted: Tally) -> str:
    """The on-time rate, and by original due dates where that differs."""
    shown = _("on-time rate {rate}").format(rate=words.rate(counted.on_time))
    if counted.on_time_original == counted.on_time:
        return shown
    original = words.rate(counted.on_time_original)
    return f"{shown} ({_('original due dates {rate}').format(rate=original)})"


def standing(counted: Tally, soon: int) -> list[str | Toned]:
    """The numbers beside the rates; what is wrong is always said, even when it is 0."""
    parts: list[str | Toned] = [
        told(_("overdue {n}").format(n=counted.overdue), counted.overdue, Tone.RED),
        told(
            _("due in {days} days {n}").format(days=soon, n=counted.soon),
            counted.soon,
            Tone.YELLOW,
        ),
    ]
    if counted.missed:
        parts.append(Toned(_("measure late {n}").format(n=counted.missed), Tone.YELLOW))
    parts.append(_("waiting for us {n}").format(n=counted.waiting))
    if counted.unassigned:
        parts.append(_("not assigned {n}").format(n=counted.unassigned))
    if counted.ongoing:
        parts.append(_("long-term {n}").format(n=counted.ongoing))
    parts.append(_("transferred {n}").format(n=counted.transferred))
    parts.append(_("void {n}").format(n=counted.void))
    return parts


def told(text: str, count: int, tone: Tone) -> str | Toned:
    """``text`` in ``tone`` where there is something to count."""
    return Toned(text, tone) if count else text


def flowed(parts: Iterable[str | Toned], limit: int, style: Style) -> Iterator[str]:
    """``parts`` beside each other, three cells apart, in as many lines as they need."""
    line, used = "", 0
    for part in parts:
        text, tone = (part.text, part.tone) if isinstance(part, Toned) else (part, None)
        text = cut(clean(text), limit)
        if used and used + 3 + width(text) > limit:
            yield line
            line, used = "", 0
        if used:
            line, used = line + "   ", used + 3
        line, used = line + style.paint(text, tone), used + width(text)
    if line:
        yield line


def _life(found: Tally, limit: int, style: Style) -> Iterator[str]:
    """The states that findings are in, each with its number and a bar."""
    cells = [
        (words.state(state), found.states.get(state, 0))
        for state in STATES
        if state in found.states or state in _MAIN
    ]
    names = max(width(name) for name, _count in cells)
    numbers = max(len(str(count)) for _name, count in cells)
    each = names + 1 + _BAR + 1 + numbers
    beside = max(1, (limit + 3) // (each + 3))
    rows = -(-len(cells) // beside)
    beside = -(-len(cells) // rows)
    for begin in range(0, len(cells), beside):
        yield "   ".join(
            name
            + " " * (names - width(name) + 1)
            + style.paint(
                bar(count, found.total, _BAR), Tone.DIM if not count else Tone.LINK
            )
            + f" {count:>{numbers}}"
            for name, count in cells[begin : begin + beside]
        )


_MAIN = frozenset({"registered", "assigned", "in_progress", "verifying", "closed"})


def unit_table(
    units: Iterable[UnitFigures], soon: int, limit: int, style: Style
) -> list[str]:
    """How each unit stands, all kinds of items together."""
    spec = [
        Column(_("Unit"), flexible=True, least=12),
        Column(_("open"), _RIGHT),
        Column(_("overdue"), _RIGHT),
        Column(_("≤{days} days").format(days=soon), _RIGHT),
        Column(_("waiting"), _RIGHT),
        Column(_("closed"), _RIGHT),
        Column(_("idle"), _RIGHT, drop=1),
    ]
    rows = [
        (
            unit.name or Toned(f"({_('not assigned')})", Tone.DIM),
            str(unit.tally.open),
            told(str(unit.tally.overdue), unit.tally.overdue, Tone.RED),
            told(str(unit.tally.soon), unit.tally.soon, Tone.YELLOW),
            str(unit.tally.waiting),
            str(unit.tally.closed),
            words.ago(unit.idle),
        )
        for unit in units
    ]
    return columns(rows, spec, limit, style=style)


def _units(
    units: tuple[UnitFigures, ...], soon: int, limit: int, style: Style
) -> Iterator[str]:
    yield from unit_table(units[:_MOST_UNITS], soon, limit, style)
    left = len(units) - _MOST_UNITS
    if left > 0:
        yield style.paint(
            _("… and {n} more units: ledger weekly").format(n=left), Tone.DIM
        )


def _attention(figures: Status, limit: int, style: Style) -> list[str]:
    """One line an item: what it is, whose, until when, and what is the matter."""
    spec = [
        Column(),
        Column(flexible=True, least=24),
        Column(flexible=True, least=8, drop=1),
        Column(drop=3),
        Column(),
        Column(drop=4),
        Column(drop=2),
    ]
    rows = [
        (
            line.ref,
            line.title,
            line.unit or Toned(_("not assigned"), Tone.YELLOW),
            due(line),
            _matter(line, figures.soon_days),
            words.state(line.state),
            Toned(_("no plan"), Tone.YELLOW) if line.uncovered else "",
        )
        for line in figures.lines
    ]
    return columns(rows, spec, limit, style=style)


def due(line: Line) -> str:
    """The day that binds, ``~`` before a provisional one."""
    if line.bound is None:
        return ""
    return f"{'~' if line.provisional else ''}{line.bound.isoformat()}"


def _matter(line: Line, soon: int) -> str | Toned:
    """What is the matter with an item, in days."""
    if line.waiting is not None:
        return _("waiting {days}").format(days=words.days(line.waiting))
    if line.days is not None and line.days <= soon:
        return words.lit(words.until(line.days), line.light)
    if line.missed is not None:
        late = _("measure {days} late").format(days=words.days(line.missed))
        return words.lit(late, line.light)
    if line.days is not None:
        return words.lit(words.until(line.days), line.light)
    if not line.idle:
        return _("new today")
    return _("not moved for {days}").format(days=words.days(line.idle))


def _steps(figures: Status, limit: int, style: Style) -> Iterator[str]:
    """What to do next, as commands that can be typed as they stand."""
    steps = [
        Toned(step, Tone.LINK if place else Tone.TITLE)
        for place, step in enumerate(steps_of(figures))
    ]
    yield from flowed([f"{_('Next')}:", *steps], limit, style)


_DECIDED_BY = {
    "closure_requested": "review",
    "verifying": "verify",
    "verified": "close",
    "public_notice": "show",
}


def steps_of(figures: Status) -> Iterator[str]:
    """The commands that the figures suggest, the most urgent first."""
    if not figures.everything.states:
        yield "ledger derive FILE"
        yield "ledger register FILE"
        return
    worst = next((line for line in figures.lines if (line.days or 0) < 0), None)
    if worst is not None:
        yield f"ledger show {worst.ref}"
    longest = next((line for line in figures.lines if line.waiting is not None), None)
    if longest is not None:
        yield f"ledger {_DECIDED_BY[longest.state]} {longest.ref}"
    if figures.everything.unassigned:
        yield "ledger assign --template > assign.csv"
    if figures.trackers:
        yield "ledger sync --dry-run"
    yield "ledger weekly"


# The machine's document


def document(figures: Status) -> dict[str, Any]:
    """The status as ``status/1``."""
    return {
        "schema": "status/1",
        "day": figures.today.isoformat(),
        "week": week(figures),
        "issuer": figures.issuer,
        "years": list(figures.years) if figures.years else None,
        "rules": {
            "two_person": figures.two_person,
            "desk_review": figures.desk_review,
            "due_soon": figures.soon_days,
        },
        "findings": tally_document(figures.findings),
        "kinds": {
            kind: tally_document(counted) for kind, counted in figures.kinds.items()
        },
        "all": tally_document(figures.everything),
        "units": [unit_document(unit) for unit in figures.units],
        "needing_attention": figures.needing,
        "waiting_long": figures.waiting_long,
        "attention": [line_document(line) for line in figures.lines],
        "next": list(steps_of(figures)),
    }


def week(figures: Status) -> str:
    """The ISO week: ``2024-W23``."""
    year, number, _weekday = figures.today.isocalendar()
    return f"{year}-W{number:02d}"


def rate_document(rate: Rate) -> dict[str, Any]:
    """A rate: its numbers, and the quotient or null."""
    value = rate.value
    return {
        "part": rate.part,
        "whole": rate.whole,
        "rate": None if value is None else round(value, 4),
    }


def tally_document(counted: Tally) -> dict[str, Any]:
    """The numbers of some items."""
    return {
        "total": counted.total,
        "open": counted.open,
        "closed": counted.closed,
        "ongoing": counted.ongoing,
        "waiting": counted.waiting,
        "unassigned": counted.unassigned,
        "transferred": counted.transferred,
        "void": counted.void,
        "states": dict(counted.states),
        "lights": {
            "green": counted.on_track,
            "yellow": counted.soon + counted.missed,
            "red": counted.overdue,
        },
        "overdue": counted.overdue,
        "due_soon": counted.soon,
        "measure_late": counted.missed,
        "closure_rate": rate_document(counted.closure),
        "completion_rate": rate_document(counted.completion),
        "on_time_rate": rate_document(counted.on_time),
        "on_time_rate_original": rate_document(counted.on_time_original),
    }


def unit_document(unit: UnitFigures) -> dict[str, Any]:
    """The numbers of a unit; ``unit`` null stands for items without one."""
    return {
        "unit": {"id": unit.id, "name": unit.name} if unit.id else None,
        "idle_days": unit.idle,
        **tally_document(unit.tally),
    }


def line_document(line: Line) -> dict[str, Any]:
    """One item that needs attention."""
    return {
        "id": line.id,
        "ref": line.ref,
        "kind": line.kind,
        "state": line.state,
        "title": line.title,
        "unit": line.unit or None,
        "owner": line.owner or None,
        "due": line.bound.isoformat() if line.bound else None,
        "provisional": line.provisional,
        "days_left": line.days,
        "light": line.light.value if line.light else None,
        "measure_days_late": line.missed,
        "waiting_days": line.waiting,
        "idle_days": line.idle,
        "uncovered": line.uncovered,
    }
