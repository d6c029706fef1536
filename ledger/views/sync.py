"""What sync would do, what it did, and which trackers there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any

from integrations.tracker import Standing
from ledger.errors import N_
from ledger.i18n import _
from ledger.sync.conflicts import Conflict
from ledger.sync.plan import Action, Plan, Waiting
from ledger.sync.report import RunReport
from ledger.sync.status import Diagnosis, TrackerStatus
from ledger.sync.trackers import Listed
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone, Toned
from ledger.views.text import clean, wrap

ACTS = {
    "create": N_("create the issue"),
    "adopt": N_("link the issue that is there"),
    "update": N_("update the issue"),
    "restore": N_("restore in the issue"),
    "close": N_("close the issue"),
    "reopen": N_("reopen the issue"),
    "comment": N_("comment in the issue"),
    "attach": N_("attach to the issue"),
    "note": N_("keep as progress note"),
    "tick": N_("measure ticked"),
    "proposed-measure": N_("add as measure"),
    "evidence": N_("keep as evidence"),
    "owner": N_("new owner"),
    "request-closure": N_("closure requested"),
    "missing": N_("closure not requested yet"),
    "conflict": N_("conflict, both values kept"),
    "report": N_("for your attention"),
}
_MILESTONE_ACTS = {
    "create": N_("create the milestone"),
    "update": N_("update the milestone"),
    "close": N_("close the milestone"),
    "reopen": N_("reopen the milestone"),
}
_COUNTS = {
    "created": N_("created"),
    "adopted": N_("linked"),
    "updated": N_("updated"),
    "restored": N_("restored"),
    "closed": N_("issues closed"),
    "reopened": N_("issues reopened"),
    "commented": N_("comments written"),
    "attached": N_("files attached"),
    "pulled": N_("issues read anew"),
    "notes": N_("progress notes"),
    "ticks": N_("measures ticked"),
    "evidence": N_("evidence files"),
    "requested": N_("closures requested"),
    "missing": N_("requests incomplete"),
    "conflicts": N_("conflicts"),
    "gone": N_("issues gone"),
}


def plan_screen(plan: Plan, *, width: int, colour: bool, zone: tzinfo) -> list[str]:
    """The plan as a table: what would be done, for which item, in which issue."""
    style = Style(colour)
    if not (plan.actions or plan.milestones or plan.waiting or plan.hints):
        return [_("{tracker}: nothing to do.").format(tracker=plan.tracker)]
    spec = [
        Column(_("Item")),
        Column(_("Issue"), drop=1),
        Column(_("Would"), least=12),
        Column(_("What"), flexible=True, least=10),
    ]
    rows = [
        (
            action.ref or "",
            action.key or "",
            _(ACTS.get(action.act, action.act)),
            _what(action),
        )
        for action in plan.actions
    ]
    rows += [
        (
            "",
            "",
            _(", ").join(_(_MILESTONE_ACTS[act]) for act in one.acts),
            f"{one.title}: {one.says}",
        )
        for one in plan.milestones
    ]
    lines = [
        _("{tracker}: {count} steps; nothing is written now.").format(
            tracker=plan.tracker, count=len(rows)
        )
    ]
    if rows:
        lines += columns(rows, spec, width, style=style)
    lines += _waiting(plan.waiting, zone, width)
    for hint in plan.hints:
        lines += _hint(hint.ref or hint.key, hint.message.text(_), width)
    return lines


def _what(action: Action) -> str:
    detail = action.detail
    if action.act == "update":
        return ", ".join(detail.get("fields", ()))
    if action.act == "missing":
        return " ".join(detail.get("reasons", ()))
    if action.act in ("restore", "conflict"):
        return f"{detail.get('field')}: {detail.get('ours')} | {detail.get('theirs')}"
    if action.act == "tick":
        done = _("done") if detail.get("done") else _("not done")
        return f"{detail.get('measure')} {done}"
    shown = (
        detail.get("title")
        or detail.get("name")
        or detail.get("text")
        or detail.get("person")
        or ""
    )
    return " ".join(str(shown).split())


def report_screen(
    report: RunReport, *, width: int, colour: bool, zone: tzinfo
) -> list[str]:
    """What a run did, left undone, and wants a person to know."""
    style = Style(colour)
    done = [
        f"{_(name)} {report.counts[key]}"
        for key, name in _COUNTS.items()
        if report.counts.get(key)
    ]
    calls = _("{reads} reads, {writes} writes").format(
        reads=report.reads, writes=report.writes
    )
    head = _("{tracker}: {done} ({calls})").format(
        tracker=report.tracker,
        done=_(", ").join(done) if done else _("nothing to do"),
        calls=calls,
    )
    lines = wrap(clean(head), width, hanging="  ")
    lines += _waiting(report.waiting, zone, width)
    for left in report.left:
        what, why, todo = left.error.parts(_)
        text = " ".join(part for part in (what, why, todo) if part)
        lines += wrap(clean(f"{left.ref}  {text}"), width, hanging="  ")
    for hint in report.hints:
        lines += _hint(hint.ref or hint.key, hint.message.text(_), width)
    if report.interrupted:
        lines.append(_("Interrupted; the next run goes on where this one stopped."))
    return [style.paint(lines[0], Tone.TITLE), *lines[1:]]


def _waiting(waiting: Sequence[Waiting], zone: tzinfo, width: int) -> list[str]:
    lines: list[str] = []
    for one in waiting:
        until = datetime.fromisoformat(one.until).astimezone(zone)
        text = _(
            "{ref}: an answer was lost; waiting until {time} before it is sent again."
        )
        lines += wrap(
            text.format(ref=one.ref, time=f"{until:%H:%M}"), width, hanging="  "
        )
    return lines


def _hint(name: str | None, text: str, width: int) -> list[str]:
    return wrap(clean(f"{name}: {text}" if name else text), width, hanging="  ")


def trackers_screen(
    trackers: Iterable[Listed], *, width: int, colour: bool
) -> list[str]:
    """One line a tracker."""
    style = Style(colour)
    rows = [
        (
            one.name,
            one.kind,
            f"{one.address} {one.project}".strip(),
            str(one.links.get("linked", 0)),
            Toned(_("stopped"), Tone.RED) if one.stopped else "",
        )
        for one in trackers
    ]
    if not rows:
        return [
            _("No tracker yet. Add one: {command}").format(
                command="ledger tracker add NAME --kind folder --url DIR"
            )
        ]
    spec = [
        Column(_("Name")),
        Column(_("Kind")),
        Column(_("Address"), flexible=True),
        Column(_("Issues")),
        Column(""),
    ]
    return columns(rows, spec, width, style=style)


def standing_screen(name: str, standing: Standing, *, width: int) -> Iterator[str]:
    """Who we are at the tracker, and what will not work."""
    yield from wrap(
        clean(
            _("{name}: {project}, {version}, as {login}.").format(
                name=name,
                project=standing.project or words.DASH,
                version=standing.version,
                login=standing.login or words.DASH,
            )
        ),
        width,
    )
    if not standing.problems:
        yield _("Ready.")
    for problem in standing.problems:
        what, why, todo = problem.parts(_)
        yield from wrap(
            clean(" ".join(part for part in (what, why, todo) if part)),
            width,
            hanging="  ",
        )


def trackers_document(trackers: Iterable[Listed]) -> dict[str, Any]:
    """The trackers as ``trackers/1``."""
    return {"schema": "trackers/1", "trackers": [one.to_json() for one in trackers]}


def status_screen(
    found: Iterable[TrackerStatus], *, width: int, colour: bool, zone: tzinfo
) -> Iterator[str]:
    """How each tracker stands, and how its last run ended."""
    style = Style(colour)
    for one in found:
        linked = one.links.get("linked", 0)
        told = [
            _("{count} issues linked").format(count=linked),
            _("{count} items left for the next run").format(count=one.left),
            _("{count} conflicts wait").format(count=one.conflicts),
        ]
        if one.links.get("gone"):
            told.append(_("{count} issues gone").format(count=one.links["gone"]))
        if one.read_until:
            until = datetime.fromisoformat(one.read_until).astimezone(zone)
            told.append(_("read until {time}").format(time=f"{until:%Y-%m-%d %H:%M}"))
        head = f"{one.name} ({one.kind}): {_(', ').join(told)}"
        first, *rest = wrap(clean(head), width, hanging="  ")
        yield style.paint(first, Tone.TITLE)
        yield from rest
        yield from _waiting(one.waiting, zone, width)
        if one.stopped:
            yield from wrap(clean(f"  {one.stopped}"), width, hanging="  ")
        if one.last:
            ended = datetime.fromisoformat(one.last["finished"]).astimezone(zone)
            yield _(
                "  last run {time}: {reads} reads, {writes} writes, exit code {code}"
            ).format(
                time=f"{ended:%Y-%m-%d %H:%M}",
                reads=one.last["calls"]["reads"],
                writes=one.last["calls"]["writes"],
                code=one.last["exit_code"],
            )


def status_document(found: Iterable[TrackerStatus]) -> dict[str, Any]:
    """The trackers' standing as ``sync-status/1``."""
    return {"schema": "sync-status/1", "trackers": [one.to_json() for one in found]}


def conflicts_screen(
    found: Sequence[Conflict], *, width: int, colour: bool
) -> list[str]:
    """One line a conflict, both values beside each other."""
    if not found:
        return [_("No conflict waits.")]
    spec = [
        Column(_("Item")),
        Column(_("Tracker"), drop=2),
        Column(_("Field")),
        Column(_("Ledger"), flexible=True, least=8),
        Column(_("Tracker's"), flexible=True, least=8),
        Column(_("Now"), drop=1),
    ]
    rows = [
        (
            one.ref,
            one.tracker,
            one.field,
            " ".join(one.ours.split()),
            " ".join(one.theirs.split()),
            one.settled
            or (_("restored") if one.outcome == "restored" else _("both kept")),
        )
        for one in found
    ]
    return columns(rows, spec, width, style=Style(colour))


def conflicts_document(found: Sequence[Conflict]) -> dict[str, Any]:
    """The conflicts as ``conflicts/1``."""
    return {
        "schema": "conflicts/1",
        "conflicts": [
            {
                "id": one.id,
                "tracker": one.tracker,
                "ref": one.ref,
                "field": one.field,
                "ours": one.ours,
                "theirs": one.theirs,
                "outcome": one.outcome,
                "at": one.at,
                "settled": one.settled,
            }
            for one in found
        ],
    }


def diagnosis_screen(name: str, found: Diagnosis, *, width: int) -> Iterator[str]:
    """What ``doctor`` found: who we are, what will not work, what is worth a word."""
    yield from standing_screen(name, found.standing, width=width)
    for fault in found.faults:
        if fault in found.standing.problems:
            continue
        text = " ".join(part for part in fault.parts(_) if part)
        yield from wrap(clean(text), width, hanging="  ")
    if found.skew is not None and not found.standing.problems:
        yield _("Clock: {seconds} seconds from ours.").format(
            seconds=f"{found.skew.total_seconds():+.0f}"
        )
    if found.issues is not None:
        yield _("Issues: {issues} read, {ours} of them of this ledger.").format(
            issues=found.issues, ours=found.ours
        )
    for finding in found.findings:
        yield from wrap(clean(finding.text(_)), width, hanging="  ")
