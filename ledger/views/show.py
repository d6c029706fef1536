"""The screen of ``ledger show``: everything about one item, readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo

from ledger.deadlines import explain
from ledger.directory import Directory
from ledger.errors import N_
from ledger.figures.surroundings import Beside
from ledger.figures.values import light
from ledger.i18n import _
from ledger.item import SET_ASIDE, Decision, Item, Proposal
from ledger.lifecycle import needs_proposal, possible, who_may
from ledger.rules import Rules
from ledger.views import words
from ledger.views.columns import Column, columns
from ledger.views.style import Style, Tone
from ledger.views.text import Align, width, wrap

_DIGEST = 12
_NOTHING_BESIDE = Beside((), ())


def show_screen(
    item: Item,
    directory: Directory,
    *,
    today: date,
    width: int,
    colour: bool,
    beside: Beside = _NOTHING_BESIDE,
) -> list[str]:
    """Everything about ``item``; ``beside`` is what the ledger ties to it."""
    return list(_Card(item, directory, today, width, Style(colour)).lines(beside))


def evidence_screen(
    item: Item, directory: Directory, *, width: int, colour: bool
) -> list[str]:
    """The evidence of ``item``, one line a file, with whole digests where they fit."""
    style = Style(colour)
    if not item.evidence:
        return [style.paint(_("There is no evidence."), Tone.DIM)]
    spec = [
        Column(_("No."), Align.RIGHT),
        Column(_("File"), flexible=True, least=12),
        Column(_("Size"), Align.RIGHT),
        Column(_("Added"), drop=1),
        Column(_("By"), drop=2),
        Column("SHA-256", flexible=True, least=_DIGEST),
    ]
    zone = directory.rules.zone
    rows = [
        (
            str(kept.number),
            kept.name,
            size(kept.size),
            local_day(kept.added, zone),
            directory.person_name(kept.by) or kept.via or words.DASH,
            kept.digest,
        )
        for kept in item.evidence
    ]
    return columns(rows, spec, width, style=style)


def size(count: int) -> str:
    """A number of bytes, readable."""
    value, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":  # noqa: PLR2004 (what the units mean)
            break
        value /= 1024
    return f"{count} B" if unit == "B" else f"{value:.1f} {unit}"


def local_day(moment: str, zone: tzinfo) -> str:
    """The day of a journal's moment in the ledger's zone."""
    return datetime.fromisoformat(moment).astimezone(zone).date().isoformat()


class _Card:
    def __init__(
        self, item: Item, directory: Directory, today: date, limit: int, style: Style
    ) -> None:
        self._item = item
        self._directory = directory
        self._today = today
        self._limit = limit
        self._style = style
        self._zone = directory.rules.zone

    def lines(self, beside: Beside) -> Iterator[str]:
        yield from self._head()
        yield from self._text()
        yield from self._facts()
        yield from self._part(_("The report states"), self._stated())
        yield from self._part(_("Measures"), self._measures())
        yield from self._part(_("Closure criteria"), self._criteria())
        yield from self._part(_("Evidence"), self._evidence())
        yield from self._part(_("Progress"), self._notes())
        yield from self._part(_("Decisions"), self._decisions())
        yield from self._part(_("Took part"), self._took_part())
        yield from self._part(_("Links"), self._links(beside))
        yield from self._part(_("Possible now"), self._next())

    # Pieces

    def _part(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        body = list(lines)
        if body:
            yield ""
            yield self._style.paint(title, Tone.TITLE)
            yield from body

    def _wrapped(self, text: str, first: str = "  ") -> list[str]:
        return wrap(text, self._limit, indent=first, hanging=" " * width(first))

    def _unit(self, unit: str | None) -> str:
        return self._directory.unit_name(unit)

    def _units(self, units: Iterable[str]) -> str:
        return _(", ").join(self._unit(unit) for unit in units)

    def _who(self, person: str | None, unit: str | None = None) -> str:
        name = self._directory.person_name(person) or words.DASH
        return f"{name} ({self._unit(unit)})" if unit else name

    def _day(self, moment: str) -> str:
        return local_day(moment, self._zone)

    # Sections

    def _head(self) -> Iterator[str]:
        item = self._item
        for line in wrap(f"{item.ref}  {item.title}", self._limit, hanging="  "):
            yield self._style.paint(line, Tone.TITLE)
        told = [words.kind(item.kind), words.state(item.state)]
        shade = light(
            item.bound, item.milestone, self._today, self._directory.rules.due_soon
        )
        if item.bound is not None:
            told.append(words.until((item.bound - self._today).days))
        if item.milestone is not None and item.milestone < self._today:
            late = words.days((self._today - item.milestone).days)
            told.append(_("measure {days} late").format(days=late))
        if item.waits is not None:
            since = date.fromisoformat(self._day(item.waits))
            waited = words.days((self._today - since).days)
            told.append(_("waiting {days}").format(days=waited))
        tone = words.TONES[shade] if shade else None
        for line in wrap(" · ".join(told), self._limit):
            yield self._style.paint(line, tone)

    def _text(self) -> Iterator[str]:
        item = self._item
        yield ""
        for line in wrap(item.text, self._limit - 2):
            yield f"{self._style.paint('│', Tone.DIM)} {line}"
        source = item.source
        if source is None:
            return
        told = [
            _("{name}, line {line} ({entry})").format(
                name=source.name, line=source.line, entry=source.entry
            )
        ]
        if source.place:
            told.append(source.place)
        if source.title or source.issuer:
            told.append(source.title or source.issuer or "")
        if source.year:
            told.append(str(source.year))
        if source.published:
            told.append(_("published {day}").format(day=source.published))
        for line in self._wrapped(_(", ").join(told), "└ "):
            yield self._style.paint(line, Tone.DIM)
        for revision in item.revisions:
            told_of = _("{document}, line {line}: {text}").format(
                document=revision.name, line=revision.line, text=revision.text
            )
            yield from self._wrapped(told_of, "↻ ")

    def _facts(self) -> Iterator[str]:
        item = self._item
        severity = words.SEVERITIES[item.severity] if item.severity else ""
        facts = [
            (_("Registered"), item.registered_on.isoformat()),
            (_("Supervising office"), self._unit(item.supervising)),
            (_("Lead unit"), self._unit(item.lead)),
            (_("Responsible unit"), self._units(item.responsible)),
            (_("Cooperating unit"), self._units(item.cooperating)),
            (_("Responsible leader"), self._directory.person_name(item.leader)),
            (_("Owner"), self._directory.person_name(item.owner)),
            (_("Rectification"), words.rectification(item.rectification or "")),
            (_("Due"), self._due()),
            (_("Review date"), item.review_on.isoformat() if item.review_on else ""),
            (_("Stage goal"), item.stage_goal or ""),
            (_("Rectified on"), _iso(item.rectified_on)),
            (_("Severity"), _(severity)),
            (_("Category"), item.category or ""),
            (_("Target"), item.target or ""),
            (_("Funds"), item.funds or ""),
            (_("Contingency"), item.contingency or ""),
            (_("Rounds"), self._rounds()),
        ]
        if not item.responsible:
            facts.insert(2, (_("Responsible unit"), _("not assigned")))
        yield ""
        yield from self._named(facts)

    def _named(self, facts: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The facts that have a value, one below the other, each behind its name."""
        told = [(name, value) for name, value in facts if value]
        names = max(width(name) for name, _value in told)
        for name, value in told:
            blank = " " * (names - width(name) + 2)
            first, *more = wrap(value, max(self._limit - names - 2, 8))
            yield self._style.paint(name, Tone.DIM) + blank + first
            for line in more:
                yield " " * (names + 2) + line

    def _stated(self) -> Iterator[str]:
        """What the report itself states of the entry; nobody has ordered it here."""
        told = self._item.stated
        if told is None:
            return
        due = [told.due_words or "", _iso(told.due)]
        if told.due_provisional:
            due.append(_("provisional"))
        yield from self._named(
            [
                (_("Responsible unit"), _(", ").join(told.units)),
                (_("Cooperating unit"), _(", ").join(told.cooperating)),
                (_("Responsible leader"), _(", ").join(told.leaders)),
                (_("Owner"), _(", ").join(told.owners)),
                (_("Due"), " · ".join(part for part in due if part)),
                (_("Rectification"), words.rectification(told.kind or "")),
                (_("Target"), told.target or ""),
                *(
                    ("" if number else _("Measures"), text)
                    for number, text in enumerate(told.measures)
                ),
                (_("Status"), told.status or ""),
                (_("Result"), told.result or ""),
            ]
        )

    def _due(self) -> str:
        item = self._item
        if item.due is None:
            return ""
        told = [item.due.isoformat()]
        if item.bound == item.due:
            told.append(words.until((item.due - self._today).days))
        if item.due_provisional:
            told.append(
                _("provisional: the holidays of that year are not published yet")
            )
        if item.original_due is not None and item.original_due != item.due:
            told.append(_("originally {day}").format(day=item.original_due))
        if item.extensions:
            told.append(_("extended {n}×").format(n=item.extensions))
        if item.due_basis:
            told.append(explain(item.due_basis).text(_))
        return " · ".join(told)

    def _rounds(self) -> str:
        told = []
        if self._item.returns:
            told.append(_("returned {n}×").format(n=self._item.returns))
        if self._item.reopened:
            told.append(_("reopened {n}×").format(n=self._item.reopened))
        return " · ".join(told)

    def _measures(self) -> Iterator[str]:
        for measure in self._item.measures:
            told = [measure.text]
            if measure.owner:
                told.append(self._directory.person_name(measure.owner))
            late = (
                measure.due is not None
                and measure.done is None
                and measure.due < self._today
            )
            if measure.due:
                told.append(_("due {day}").format(day=measure.due))
            if measure.due and late:
                told.append(words.until((measure.due - self._today).days))
            if measure.done:
                told.append(_("done {day}").format(day=measure.done))
            mark = "✓" if measure.done else "·"
            for line in self._wrapped(" · ".join(told), f"  {measure.number} {mark} "):
                yield self._style.paint(line, Tone.RED if late else None)

    def _criteria(self) -> Iterator[str]:
        verification = self._item.verification
        found = (
            {c.criterion: c for c in verification.conclusions} if verification else {}
        )
        for criterion in self._item.criteria:
            yield from self._wrapped(criterion.text, f"  {criterion.number} ")
            conclusion = found.get(criterion.number)
            if conclusion is not None:
                met = _("met") if conclusion.met else _("not met")
                yield from self._wrapped(f"{met}: {conclusion.text}", "    → ")

    def _evidence(self) -> Iterator[str]:
        for kept in self._item.evidence:
            told = [
                kept.name,
                size(kept.size),
                kept.digest[:_DIGEST],
                f"{self._day(kept.added)} {self._who(kept.by, kept.unit)}",
            ]
            if kept.effective:
                told.append(_("of {day}").format(day=kept.effective))
            if kept.via:
                told.append(_("via {account}").format(account=kept.via))
            yield from self._wrapped(" · ".join(told), f"  {kept.number} ")

    def _notes(self) -> Iterator[str]:
        for note in self._item.notes:
            who = self._who(note.by, note.unit) if note.by else note.via or words.DASH
            yield from self._wrapped(f"{self._day(note.added)} {who}: {note.text}")

    def _decisions(self) -> Iterator[str]:
        item = self._item
        if item.request is not None:
            request = item.request
            told = f"{self._day(request.added)} {self._who(request.by, request.unit)}"
            if request.head != request.by:
                head = self._directory.person_name(request.head)
                told += _(", endorsed by {head}").format(head=head)
            yield from self._wrapped(
                f"{_('Closure requested')} {told}: {request.statement}"
            )
        for title, decision in (
            (_("Returned"), item.returned),
            (_("Reviewed"), item.review),
            (_("Verified"), item.verification),
        ):
            if decision is not None:
                yield from self._wrapped(self._decided(title, decision))
        if item.notice is not None:
            notice = item.notice
            yield from self._wrapped(
                _("Public notice {since} to {until}: {where}").format(
                    since=notice.since, until=notice.until, where=notice.where
                )
                + (f" ({_('provisional')})" if notice.provisional else "")
            )
        if item.closing is not None:
            yield from self._wrapped(self._decided(_("Closed"), item.closing))
        for look in item.look_backs:
            yield from self._wrapped(self._decided(_("Look-back"), look))
        if item.proposal is not None:
            yield from self._wrapped(self._proposed(item.proposal))

    def _decided(self, title: str, decision: Decision) -> str:
        who = self._who(decision.by, decision.unit)
        told = [f"{title} {self._day(decision.added)} {who}"]
        if decision.on and decision.on.isoformat() != self._day(decision.added):
            told.append(_("on {day}").format(day=decision.on))
        if decision.method:
            told.append(decision.method)
        head = _(", ").join(told)
        return f"{head}: {decision.opinion}" if decision.opinion else head

    def _proposed(self, proposal: Proposal) -> str:
        who = self._who(proposal.by, proposal.unit)
        told = [
            _(PROPOSALS[proposal.matter]),
            f"{self._day(proposal.added)} {who}: {proposal.reason}",
        ]
        if proposal.due:
            told.append(_("new due date {day}").format(day=proposal.due))
        if proposal.review_on:
            told.append(_("review on {day}").format(day=proposal.review_on))
        if proposal.body:
            told.append(_("to {body}").format(body=proposal.body))
        return " · ".join(told)

    def _took_part(self) -> Iterator[str]:
        item = self._item
        units: dict[str, list[str]] = {}
        for part in item.involvements:
            units.setdefault(part.unit, []).append(words.capacity(part.capacity))
        told = [
            f"{self._unit(unit)} ({_(', ').join(capacities)})"
            for unit, capacities in units.items()
        ]
        if told:
            yield from self._wrapped(f"{_('Units')}: {_(', ').join(told)}")
        people = [
            self._directory.person_name(person) for person in item.involved_people
        ]
        if people:
            yield from self._wrapped(f"{_('People')}: {_(', ').join(people)}")

    def _links(self, beside: Beside) -> Iterator[str]:
        for tie in beside.ties:
            relation = _(RELATIONS[tie.relation, tie.outgoing])
            yield from self._wrapped(f"{relation} {tie.ref} {tie.title}")
        for link in beside.trackers:
            yield from self._wrapped(
                f"{link.tracker}: {link.key} {link.url} ({link.state})"
            )

    def _next(self) -> Iterator[str]:
        """The steps that lead on, each with who may take it; then the others."""
        item, directory = self._item, self._directory
        rules = Rules.of(item.rules) if item.rules else directory.rules
        steps: dict[str, list[str]] = {}
        others: dict[str, None] = {}
        for row in possible(item, rules):
            if needs_proposal(row) and item.proposal is None:
                continue
            command = typed(row.command)
            if row.goes_to(item) in (item.state, *SET_ASIDE):
                others[command] = None
            else:
                steps[command] = [
                    person.name for person in who_may(row, item, directory)
                ]
        rows = [
            (f"  {command} {item.ref}", _(", ").join(people) or _("nobody yet"))
            for command, people in steps.items()
        ]
        yield from columns(
            rows, [Column(), Column(flexible=True)], self._limit, style=self._style
        )
        if others:
            told = _("also: {commands}").format(commands=_(", ").join(others))
            for line in self._wrapped(told):
                yield self._style.paint(line, Tone.DIM)


def typed(command: str) -> str:
    """A transition's command as it is typed."""
    words_of = command.replace(".", " ")
    return words_of.replace("verify ", "verify --")


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


PROPOSALS = {
    "extend": N_("Asks for an extension"),
    "ongoing": N_("Asks to be long-term"),
    "dated": N_("Asks for a due date again"),
    "transfer": N_("Transfer proposed"),
    "void": N_("Voiding proposed"),
    "dispute": N_("Disputed"),
}
RELATIONS = {
    ("answers", True): N_("answers"),
    ("answers", False): N_("is answered by"),
    ("recurs", True): N_("is a recurrence of"),
    ("recurs", False): N_("recurred as"),
    ("duplicates", True): N_("duplicates"),
    ("duplicates", False): N_("is duplicated by"),
}
