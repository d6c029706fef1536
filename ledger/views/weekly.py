"""The weekly brief: on the terminal, as Markdown, and as ``weekly/1``.

Terminal and Markdown are two printings of the same sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from ledger.errors import N_
from ledger.figures.values import DUE_WITHIN, Tally
from ledger.figures.week import Closing, Weekly
from ledger.i18n import _
from ledger.views import status as standing
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone, Toned
from ledger.views.text import Align, clean, wrap

_RIGHT = Align.RIGHT
_MOVEMENTS = {
    "new": N_("put on account"),
    "closed": N_("closed"),
    "requested": N_("closure requested"),
    "returned": N_("returned"),
    "extended": N_("extended"),
    "reopened": N_("reopened"),
}

Cells = Sequence[str | Toned]


class Section(NamedTuple):
    """A heading, sentences, and a table; ``after`` stands below the table."""

    title: str
    notes: Sequence[str | Toned] = ()
    spec: Sequence[Column] = ()
    rows: Sequence[Cells] = ()
    after: Sequence[str | Toned] = ()


def screen(figures: Weekly, *, width: int, colour: bool) -> list[str]:
    """The brief on a terminal ``width`` cells wide."""
    style = Style(colour)
    lines = list(_sentences([Toned(_heading(figures), Tone.TITLE)], width, style))
    for section in _sections(figures):
        lines.append("")
        lines += _sentences([Toned(section.title, Tone.TITLE)], width, style)
        lines += _sentences(section.notes, width, style)
        lines += columns(section.rows, section.spec, width, style=style) * bool(
            section.rows
        )
        lines += _sentences(section.after, width, style)
    return lines


def markdown(figures: Weekly) -> list[str]:
    """The brief as Markdown, to be pasted into a document or a message."""
    lines = [f"# {_escaped(_heading(figures))}"]
    for section in _sections(figures):
        lines += ["", f"## {_escaped(section.title)}"]
        lines += _paragraphs(section.notes)
        if section.rows:
            lines += ["", _row([column.title for column in section.spec])]
            lines.append(
                _row(
                    ["--:" if c.align is _RIGHT else ":--" for c in section.spec],
                    escape=False,
                )
            )
            lines += [_row(row) for row in section.rows]
        lines += _paragraphs(section.after)
    return lines


def _sentences(notes: Iterable[str | Toned], limit: int, style: Style) -> Iterator[str]:
    for note in notes:
        text, tone = note if isinstance(note, Toned) else (note, None)
        for line in wrap(text, limit, hanging="  "):
            yield style.paint(line, tone)


def _paragraphs(notes: Iterable[str | Toned]) -> Iterator[str]:
    for note in notes:
        yield ""
        yield _escaped(note.text if isinstance(note, Toned) else note)


_MARKS = re.compile(r"([\\`*_\[\]<>#|~&])")


def _escaped(text: str) -> str:
    """``text`` with nothing in it that Markdown would take for its own."""
    return _MARKS.sub(r"\\\1", clean(text))


def _row(cells: Iterable[str | Toned], *, escape: bool = True) -> str:
    texts = [cell.text if isinstance(cell, Toned) else cell for cell in cells]
    return f"| {' | '.join(_escaped(t) if escape else t for t in texts)} |"


# The sections


def _heading(figures: Weekly) -> str:
    return _("{ledger}: weekly brief, {day}").format(
        ledger=standing.title(figures.status), day=words.weekday(figures.status.today)
    )


def _sections(figures: Weekly) -> Iterator[Section]:
    yield _overall(figures)
    yield _by_rectification(figures)
    yield _week(figures)
    yield _overdue(figures)
    yield _due(figures)
    yield _waiting(figures)
    yield _ranking(figures)
    yield _uncovered(figures)
    number, digest = figures.head
    yield Section(
        _("Journal head"),
        [_("entry {seq}, SHA-256 {hash}").format(seq=number, hash=digest)],
    )


def _overall(figures: Weekly) -> Section:
    now = figures.status
    rows = [
        (
            words.many(kind),
            str(counted.total),
            str(counted.open),
            str(counted.closed),
            words.rate(counted.closure),
            words.rate(counted.completion),
            words.rate(counted.on_time),
            words.rate(counted.on_time_original),
            str(counted.ongoing),
        )
        for kind, counted in now.kinds.items()
    ]
    spec = [
        Column(_("Items")),
        Column(_("all"), _RIGHT, drop=1),
        Column(_("open"), _RIGHT, drop=2),
        Column(_("closed"), _RIGHT, drop=3),
        Column(_("closure rate")),
        Column(_("completion rate")),
        Column(_("on-time rate")),
        Column(_("by original date"), drop=4),
        Column(_("long-term"), _RIGHT, drop=5),
    ]
    notes: list[str | Toned] = [standing.two_person()] if now.two_person else []
    if not rows:
        notes.append(_("Nothing is on account yet."))
    after = [
        _("{state} {n}: {refs}").format(
            state=words.state(state),
            n=now.everything.states.get(state, 0),
            refs=_listed(refs, now.everything.states.get(state, 0)),
        )
        for state, refs in figures.set_aside.items()
        if refs
    ] or [_("Transferred 0, void 0.")]
    return Section(_("Overall"), notes, spec, rows, after)


def _listed(refs: Sequence[str], total: int) -> str:
    told = _(", ").join(refs)
    return f"{told} …" if total > len(refs) else told


def _by_rectification(figures: Weekly) -> Section:
    rows = [
        (
            words.rectification(kind) or _("not said yet"),
            str(counted.total),
            str(counted.open),
            _done(kind, counted),
            str(counted.closed),
            str(counted.overdue),
        )
        for kind, counted in figures.rectifications.items()
    ]
    spec = [
        Column(_("Rectification")),
        Column(_("all"), _RIGHT),
        Column(_("open"), _RIGHT),
        Column(_("completion rate")),
        Column(_("closed"), _RIGHT),
        Column(_("overdue"), _RIGHT),
    ]
    return Section(_("By kind of rectification, all items"), (), spec, rows)


def _done(kind: str, counted: Tally) -> str:
    """Long-term work has no rate: it would promise an end that nobody set."""
    return words.DASH if kind == "ongoing" else words.rate(counted.completion)


def _week(figures: Weekly) -> Section:
    monday = figures.monday
    rows = [
        (
            _(_MOVEMENTS[movement.name]),
            str(movement.now),
            str(movement.before),
            words.change(movement.now, movement.before),
            str(movement.findings),
        )
        for movement in figures.movements
    ]
    spec = [
        Column(_("What")),
        Column(_("this week"), _RIGHT),
        Column(_("last week"), _RIGHT),
        Column(_("change"), _RIGHT),
        Column(_("of these findings"), _RIGHT, drop=1),
    ]
    title = _("This week, {first} to {last}").format(
        first=monday, last=monday + timedelta(days=6)
    )
    return Section(title, (), spec, rows, list(_closings(figures.closings)))


def _closings(closings: Iterable[Closing]) -> Iterator[str | Toned]:
    for closing in closings:
        told = _("Closed: {ref} {title} ({people})").format(
            ref=closing.ref, title=closing.title, people=_(", ").join(closing.people)
        )
        if closing.account is None:
            yield told
        else:
            mark = _(
                "closed by {n} declared persons from one OS account ({account})"
            ).format(n=len(closing.people), account=closing.account)
            yield Toned(f"{told} ⚠ {mark}", Tone.YELLOW)


def _more(total: int, shown: int) -> list[str | Toned]:
    if total <= shown:
        return []
    return [Toned(_("… and {n} more").format(n=total - shown), Tone.DIM)]


def _overdue(figures: Weekly) -> Section:
    rows = [
        (
            line.ref,
            line.title,
            line.unit or _("not assigned"),
            line.owner or words.DASH,
            standing.due(line),
            words.lit(words.until(line.days or 0), line.light),
        )
        for line in figures.overdue
    ]
    return Section(
        _("Overdue: {n}").format(n=figures.status.everything.overdue),
        (),
        [*_item_spec(), Column(_("Owner"), drop=2), Column(_("Due"), drop=1), Column()],
        rows,
        _more(figures.status.everything.overdue, len(rows)),
    )


def _item_spec() -> list[Column]:
    return [
        Column(_("Item")),
        Column(_("Title"), flexible=True, least=14),
        Column(_("Unit"), flexible=True, least=8),
    ]


def _due(figures: Weekly) -> Section:
    rows = [
        (
            line.ref,
            line.title,
            line.unit or _("not assigned"),
            line.owner or words.DASH,
            standing.due(line),
            words.lit(words.until(line.days or 0), line.light),
        )
        for line in figures.due
    ]
    counts = _(", ").join(
        _("within {days} days {n}").format(days=ahead, n=figures.due_counts[ahead])
        for ahead in DUE_WITHIN
    )
    return Section(
        _("Due: {counts}").format(counts=counts),
        (),
        [*_item_spec(), Column(_("Owner"), drop=2), Column(_("Due"), drop=1), Column()],
        rows,
        _more(figures.due_counts[DUE_WITHIN[-1]], len(rows)),
    )


def _waiting(figures: Weekly) -> Section:
    rows = [
        (
            line.ref,
            line.title,
            line.unit,
            words.state(line.state),
            words.days(line.waiting or 0),
        )
        for line in figures.waiting
    ]
    return Section(
        _("Waiting for review, verification or closing: {n}").format(
            n=figures.status.everything.waiting
        ),
        (),
        [*_item_spec(), Column(_("State")), Column(_("waiting"), _RIGHT)],
        rows,
        _more(figures.status.everything.waiting, len(rows)),
    )


def _ranking(figures: Weekly) -> Section:
    rows = [
        (
            str(place) if unit.id else "",
            unit.name or f"({_('not assigned')})",
            standing.told(str(unit.tally.overdue), unit.tally.overdue, Tone.RED),
            words.rate(unit.tally.closure),
            words.rate(unit.tally.on_time),
            str(unit.tally.open),
            str(unit.tally.waiting),
            words.ago(unit.idle),
        )
        for place, unit in enumerate(figures.ranked, 1)
    ]
    spec = [
        Column("", _RIGHT, drop=3),
        Column(_("Unit"), flexible=True, least=12),
        Column(_("overdue"), _RIGHT),
        Column(_("closure rate")),
        Column(_("on-time rate"), drop=2),
        Column(_("open"), _RIGHT),
        Column(_("waiting"), _RIGHT, drop=4),
        Column(_("idle"), _RIGHT, drop=1),
    ]
    return Section(_("Units, the most overdue first"), (), spec, rows)


def _uncovered(figures: Weekly) -> Section:
    count = figures.uncovered_count
    if count is None:
        return Section(
            _("Problems that no plan answers"),
            [_("No plan entry is on account, so that nothing can be said of this.")],
        )
    rows = [
        (line.ref, line.title, line.unit or _("not assigned"), words.state(line.state))
        for line in figures.uncovered
    ]
    return Section(
        _("Problems that no plan answers: {n}").format(n=count),
        (),
        [*_item_spec(), Column(_("State"))],
        rows,
        _more(count, len(rows)),
    )


# The machine's document


def document(figures: Weekly) -> dict[str, Any]:
    """The brief as ``weekly/1``."""
    number, digest = figures.head
    return {
        "schema": "weekly/1",
        "day": figures.status.today.isoformat(),
        "week": standing.week(figures.status),
        "first": figures.monday.isoformat(),
        "last": (figures.monday + timedelta(days=6)).isoformat(),
        "status": standing.document(figures.status),
        "rectifications": {
            kind or "unsaid": standing.tally_document(counted)
            for kind, counted in figures.rectifications.items()
        },
        "movements": {
            movement.name: {
                "this_week": movement.now,
                "last_week": movement.before,
                "change": movement.now - movement.before,
                "findings_this_week": movement.findings,
                "findings_last_week": movement.findings_before,
            }
            for movement in figures.movements
        },
        "closings": [
            {
                "ref": closing.ref,
                "title": closing.title,
                "unit": closing.unit or None,
                "people": list(closing.people),
                "one_account": closing.account,
            }
            for closing in figures.closings
        ],
        "overdue": [standing.line_document(line) for line in figures.overdue],
        "due": [standing.line_document(line) for line in figures.due],
        "due_within": {str(days): n for days, n in figures.due_counts.items()},
        "waiting": [standing.line_document(line) for line in figures.waiting],
        "units_ranked": [standing.unit_document(unit) for unit in figures.ranked],
        "uncovered_count": figures.uncovered_count,
        "uncovered": None
        if figures.uncovered_count is None
        else [standing.line_document(line) for line in figures.uncovered],
        "set_aside": {state: list(refs) for state, refs in figures.set_aside.items()},
        "head": {"seq": number, "hash": digest},
    }
