"""What ``ledger derive`` shows: problems, plans, and which plan answers which problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

from checklists import Checklist, Due, Entry, Link
from ledger.i18n import _
from ledger.stated import day_of
from ledger.versions import Comparison, latest
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone
from ledger.views.text import Align, wrap
from ledger.views.text import width as cells


def screen(
    checklist: Checklist, *, width: int, colour: bool, explain: bool = False
) -> list[str]:
    """The checklist of one report on a terminal ``width`` cells wide.

    ``explain`` adds the rule that found each entry, its span, and how sure it is.
    """
    style = Style(colour)
    lines = [style.paint(line, Tone.TITLE) for line in wrap(_title(checklist), width)]
    about = [
        part
        for part in (
            checklist.document.name,
            str(checklist.year) if checklist.year else "",
            _("published {day}").format(day=checklist.published)
            if checklist.published
            else "",
        )
        if part
    ]
    lines += wrap(_(", ").join(about), width)
    answered = _grouped(checklist.links, by_problem=True)
    answering = _grouped(checklist.links, by_problem=False)
    lines += [
        "",
        style.paint(_("Problems {n}").format(n=len(checklist.problems)), Tone.TITLE),
    ]
    for entry in checklist.problems:
        lines += _entry(entry, width, style, explain=explain)
        links = answered.get(entry.id, [])
        lines += _links(links, width, style)
        if not links and checklist.plans:
            lines += _remark(_("no plan answers it"), Tone.YELLOW, width, style)
    lines += [
        "",
        style.paint(_("Plans {n}").format(n=len(checklist.plans)), Tone.TITLE),
    ]
    for entry in checklist.plans:
        lines += _entry(entry, width, style, explain=explain)
        links = answering.get(entry.id, [])
        if links:
            told = _(", ").join(link.problem for link in links)
            lines += _remark(
                _("answers {problems}").format(problems=told), None, width, style
            )
        elif checklist.problems:
            lines += _remark(_("answers no listed problem"), Tone.DIM, width, style)
    lines += ["", *wrap(_summary(checklist), width)]
    for warning in checklist.warnings:
        lines += [
            style.paint(line, Tone.YELLOW) for line in wrap(warning.text(_), width)
        ]
    return lines


def _title(checklist: Checklist) -> str:
    return checklist.title or checklist.issuer or checklist.document.name


def _grouped(links: Iterable[Link], *, by_problem: bool) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(link.problem if by_problem else link.plan, []).append(link)
    return found


def _entry(entry: Entry, limit: int, style: Style, *, explain: bool) -> Iterator[str]:
    head = f"{entry.id:<3} "
    first, *more = wrap(entry.title, limit, indent=head, hanging=" " * cells(head))
    yield style.paint(first, Tone.TITLE)
    for line in more:
        yield style.paint(line, Tone.TITLE)
    if _squeezed(entry.text) != _squeezed(entry.title):
        yield from wrap(
            " ".join(entry.text.split()), limit, indent="    ", hanging="    "
        )
    told = [_("line {n}").format(n=entry.line)]
    if entry.place:
        told.append(entry.place)
    if entry.due is not None:
        told.append(_("due {due}").format(due=entry.due.raw))
    if entry.kind is not None:
        told.append(words.rectification(entry.kind))
    told.extend(f"{unit.name} ({words.capacity(unit.role)})" for unit in entry.units)
    told.extend(f"{one.name} ({words.duty(one.duty)})" for one in entry.people)
    if entry.status is not None:
        told.append(words.progress(entry.status.status, entry.status.raw))
    yield from _remark(" · ".join(told), Tone.DIM, limit, style)
    for text in (
        _("target: {text}").format(text=entry.target) if entry.target else "",
        *(_("measure: {text}").format(text=text) for text in entry.measures),
        _("result: {text}").format(text=entry.result) if entry.result else "",
    ):
        if text:
            yield from _remark(" ".join(text.split()), Tone.DIM, limit, style)
    if explain:
        found = _(
            "found by: {rule}; characters {start}–{end}; confidence {sure}"
        ).format(
            rule=entry.rule,
            start=entry.start,
            end=entry.end,
            sure=f"{entry.confidence:.2f}",
        )
        yield from _remark(found, Tone.DIM, limit, style)


def _squeezed(text: str) -> str:
    return "".join(text.split()).rstrip("。；;.")


def _remark(text: str, tone: Tone | None, limit: int, style: Style) -> Iterator[str]:
    for line in wrap(text, limit, indent="    ", hanging="      "):
        yield style.paint(line, tone)


def _links(links: Iterable[Link], limit: int, style: Style) -> Iterator[str]:
    """Each link with its score and the shared words that made it."""
    for link in links:
        told = (
            _("answered by {plan} (score {score}: {terms})")
            if link.terms
            else _("answered by {plan}, which stands with it")
        ).format(
            plan=link.plan,
            score=f"{link.score:.2f}",
            terms=_(", ").join(link.terms),
        )
        yield from _remark(told, Tone.GOOD, limit, style)


def _summary(checklist: Checklist) -> str:
    if not checklist.problems or not checklist.plans:
        return _("{problems} problems, {plans} plans.").format(
            problems=len(checklist.problems), plans=len(checklist.plans)
        )
    return _(
        "{problems} problems, {plans} plans. No plan answers: {uncovered}."
        " Answers no problem: {unanswering}."
    ).format(
        problems=len(checklist.problems),
        plans=len(checklist.plans),
        uncovered=_(", ").join(checklist.uncovered) or words.DASH,
        unanswering=_(", ").join(checklist.unanswering) or words.DASH,
    )


def row(document: dict[str, Any]) -> tuple[str, ...]:
    """The line of one report in a table of many; ``document`` is of ``checklist/1``."""
    return (
        PurePath(document["source"]).name,
        document["issuer"] or document["title"] or "",
        str(document["year"] or ""),
        str(len(document["problems"])),
        str(len(document["plans"])),
        str(len(document["uncovered"])),
    )


def table(
    rows: Sequence[tuple[str, ...]], failed: int, *, width: int, colour: bool
) -> list[str]:
    """Many reports in one table, with the totals below."""
    spec = [
        Column(_("Report"), flexible=True, least=16),
        Column(_("Issuer"), flexible=True, least=8, drop=1),
        Column(_("Year")),
        Column(_("Problems"), Align.RIGHT),
        Column(_("Plans"), Align.RIGHT),
        Column(_("Uncovered"), Align.RIGHT, drop=2),
    ]
    total = _(
        "{reports} reports: {problems} problems, {plans} plans; {failed} unreadable."
    ).format(
        reports=len(rows),
        problems=sum(int(one[3]) for one in rows),
        plans=sum(int(one[4]) for one in rows),
        failed=failed,
    )
    return [*columns(sorted(rows), spec, width, style=Style(colour)), "", total]


def version_screen(version: Comparison, *, width: int, colour: bool) -> list[str]:
    """What another version of a report on account changes, entry by entry."""
    style = Style(colour)
    lines = [
        style.paint(
            _(
                "Another version of a report on account: {same} entries as before."
            ).format(same=len(version.same)),
            Tone.TITLE,
        )
    ]
    for pair in version.changed:
        lines += wrap(
            _("changed {ref}: {text}").format(
                ref=pair.item.ref, text=latest(pair.item)
            ),
            width,
            hanging="    ",
        )
        lines += wrap(
            _("now: {text}").format(text=pair.entry.text),
            width,
            indent="    ",
            hanging="    ",
        )
    for _kind, entry in version.added:
        lines += wrap(_("new: {text}").format(text=entry.text), width, hanging="    ")
    for item in version.gone:
        lines += wrap(
            _("no longer there: {ref} {title} (it stays on account)").format(
                ref=item.ref, title=item.title
            ),
            width,
            hanging="    ",
        )
    return lines


def document(checklists: Sequence[Checklist]) -> dict[str, Any]:
    """The checklists as ``checklist/1``."""
    return {
        "schema": "checklist/1",
        "documents": [_document(checklist) for checklist in checklists],
    }


def _document(checklist: Checklist) -> dict[str, Any]:
    answered = _grouped(checklist.links, by_problem=True)
    return {
        "source": checklist.document.name,
        "title": checklist.title,
        "issuer": checklist.issuer,
        "year": checklist.year,
        "published": checklist.published.isoformat() if checklist.published else None,
        "problems": [_stated(entry, checklist) for entry in checklist.problems],
        "plans": [_stated(entry, checklist) for entry in checklist.plans],
        "coverage": [
            {
                "problem": problem,
                "plans": [link.plan for link in links],
                "score": max(link.score for link in links),
                "links": [
                    {"plan": link.plan, "score": link.score, "terms": list(link.terms)}
                    for link in links
                ],
            }
            for problem, links in answered.items()
        ],
        "uncovered": list(checklist.uncovered),
        "unanswering": list(checklist.unanswering),
        "warnings": [
            {"text": note.text(_), "pages": list(note.pages)}
            for note in checklist.warnings
        ],
    }


def _stated(entry: Entry, checklist: Checklist) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "text": entry.text,
        "start": entry.start,
        "end": entry.end,
        "line": entry.line,
        "place": entry.place,
        "due": _due(entry.due, checklist.published),
        "units": [{"name": unit.name, "role": unit.role.value} for unit in entry.units],
        "people": [{"name": one.name, "duty": one.duty.value} for one in entry.people],
        "kind": entry.kind.value if entry.kind else None,
        "target": entry.target,
        "measures": list(entry.measures),
        "status": {"value": entry.status.status.value, "raw": entry.status.raw}
        if entry.status
        else None,
        "result": entry.result,
        "confidence": round(entry.confidence, 3),
        "rule": entry.rule,
    }


def _due(due: Due | None, published: date | None) -> dict[str, Any] | None:
    """The due date as stated; a day where the text, or the report's date, gives one."""
    if due is None:
        return None
    day, provisional = day_of(due, published)
    return {
        "raw": due.raw,
        "date": day.isoformat() if day else None,
        "provisional": provisional,
    }
