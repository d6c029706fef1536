"""A dossier for people: what is said of one item, as Markdown and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ledger.clock import moment
from ledger.deadlines import explain
from ledger.dossier import Copy, Dossier
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Decision, Item
from ledger.views import words
from ledger.views.log import Telling
from ledger.views.paper import (
    Block,
    Code,
    Facts,
    Heading,
    Table,
    Text,
    markdown,
    page,
)
from ledger.views.text import clean


def pages(dossier: Dossier) -> dict[str, str]:
    """The dossier's pages by file name."""
    blocks = list(_Writing(dossier).blocks())
    title = f"{dossier.item.ref} {clean(dossier.item.title)}"
    return {"dossier.md": markdown(blocks), "dossier.html": page(blocks, title)}


# What is said


class _Writing:
    def __init__(self, dossier: Dossier) -> None:
        self._d = dossier
        self._item: Item = dossier.item
        self._zone = dossier.directory.rules.zone
        self._log = Telling(dossier.directory, dossier.refs)

    def blocks(self) -> Iterator[Block]:
        item = self._item
        yield Heading(f"{item.ref} {item.title}", 1)
        yield Text(
            _("Ledger {ledger}, as of {at}: {count} entries, head {head}").format(
                ledger=self._d.ledger,
                at=self._time(self._d.made),
                count=self._d.head.seq,
                head=self._d.head.hash,
            )
        )
        if item.closing is not None:
            yield from self._confirmation()
        yield Heading(_("The item"))
        yield Facts(self._facts())
        yield from self._source()
        yield from self._plan()
        yield from self._evidence()
        yield from self._decisions()
        yield Heading(_("Its path"))
        yield Table(
            (_("Entry"), _("Time"), _("Who"), _("What"), _("Said")),
            [
                (
                    str(step.event.seq),
                    self._time(moment(step.event.at)),
                    self._log.who(step.event),
                    self._log.what(step.event),
                    " · ".join(self._log.said(step.event)),
                )
                for step in self._d.steps
            ],
        )
        yield from self._involved()
        yield from self._journal()

    def _confirmation(self) -> Iterator[Block]:
        item = self._item
        request, verification, closing = item.request, item.verification, item.closing
        yield Heading(_("Closure confirmation"))
        rows = []
        if request is not None:
            said = _("Rectified on {day}. {statement}").format(
                day=request.rectified_on, statement=request.statement
            )
            if request.head != request.by:
                said += " " + _("Endorsed by {head}.").format(
                    head=self._person(request.head)
                )
            rows.append(
                self._signature(
                    _("Requested"), request.by, request.unit, request.added, said
                )
            )
        for name, decision in (
            (_("Reviewed"), item.review),
            (_("Verified"), verification),
            (_("Closed"), closing),
        ):
            if decision is not None:
                rows.append(
                    self._signature(
                        name,
                        decision.by,
                        decision.unit,
                        decision.added,
                        self._decided(decision),
                    )
                )
        yield Table(
            (_("Step"), _("Who"), _("Unit"), _("Time"), _("Opinion"), _("Signature")),
            rows,
            mark="signed",
        )
        for said in self._doubts():
            yield Text(said, "warning")

    def _doubts(self) -> Iterator[str]:
        """What the names alone do not prove."""
        item = self._item
        if (
            item.verification is not None
            and item.closing is not None
            and item.verification.by == item.closing.by
        ):
            yield _("Verifier and closer are one person (two-person mode).")
        elif dict(item.rules).get("closing") == "two-person":
            yield _(
                "The rules in force let one person verify and close (two-person mode);"
                " here they were two."
            )
        if self._d.account is not None:
            yield _(
                "{people} declared persons from one OS account ({account}): their names"
                " were declared, not proved."
            ).format(people=self._d.people, account=self._d.account)

    def _signature(
        self, step: str, by: str, unit: str | None, at: str, said: str
    ) -> tuple[str, ...]:
        name = self._person(by)
        return (step, name, self._unit(unit), self._time(moment(at)), said, "")

    def _decided(self, decision: Decision) -> str:
        told = [decision.opinion]
        if decision.method:
            method = RESULTS.get(decision.method)
            told.append(_(method) if method else decision.method)
        if decision.on:
            told.append(_("on {day}").format(day=decision.on))
        return " · ".join(part for part in told if part)

    def _facts(self) -> list[tuple[str, str]]:
        item = self._item
        severity = words.SEVERITIES[item.severity.value] if item.severity else ""
        due = [item.due.isoformat()] if item.due else []
        if item.due and item.due_provisional:
            due.append(_("provisional"))
        if item.due and item.due_basis:
            due.append(explain(item.due_basis).text(_))
        return [
            (_("State"), words.state(item.state.value)),
            (_("Kind"), words.kind(item.kind.value)),
            (_("Category"), item.category or ""),
            (_("Severity"), _(severity)),
            (
                _("Rectification"),
                words.rectification(item.rectification.value)
                if item.rectification
                else "",
            ),
            (_("Supervising office"), self._unit(item.supervising)),
            (_("Lead unit"), self._unit(item.lead)),
            (_("Responsible unit"), self._units(item.responsible)),
            (_("Cooperating unit"), self._units(item.cooperating)),
            (_("Responsible leader"), self._person(item.leader)),
            (_("Owner"), self._person(item.owner)),
            (_("Target"), item.target or ""),
            (_("Funds"), item.funds or ""),
            (_("Contingency"), item.contingency or ""),
            (_("Registered"), item.registered_on.isoformat()),
            (_("Original due date"), _iso(item.original_due)),
            (_("Due"), " · ".join(due)),
            (_("Review date"), _iso(item.review_on)),
            (_("Stage goal"), item.stage_goal or ""),
            (_("Rectified on"), _iso(item.rectified_on)),
            (_("Extensions"), str(item.extensions or "")),
            (_("Returns"), str(item.returns or "")),
            (_("Reopened"), str(item.reopened or "")),
            (
                _("Links"),
                _(", ").join(
                    f"{link.relation} {self._d.refs.get(link.item, link.item)}"
                    for link in item.links
                ),
            ),
        ]

    def _source(self) -> Iterator[Block]:
        item, source = self._item, self._item.source
        yield Heading(_("Its source"))
        yield Text(item.text, "quote")
        if source is None:
            yield Text(_("Added by hand; where it comes from is its category."))
            return
        yield Facts(
            [
                (_("Document"), source.title or source.name),
                (_("File"), source.name),
                (_("Issuer"), source.issuer or ""),
                (_("Year"), str(source.year or "")),
                (_("Published"), _iso(source.published)),
                (_("Place"), source.place or ""),
                (_("Entry"), source.entry),
                (_("Line"), str(source.line)),
                (
                    _("Span"),
                    _("code points {start} to {end}").format(
                        start=source.start, end=source.end
                    ),
                ),
                ("SHA-256", source.document),
            ]
        )
        for revision in item.revisions:
            yield Text(
                _("{document}, line {line}: {text}").format(
                    document=revision.name, line=revision.line, text=revision.text
                )
            )

    def _plan(self) -> Iterator[Block]:
        item = self._item
        if item.measures:
            yield Heading(_("Measures"))
            yield Table(
                (_("No."), _("Measure"), _("Owner"), _("Due"), _("Done")),
                [
                    (
                        str(measure.number),
                        measure.text,
                        self._person(measure.owner),
                        _iso(measure.due),
                        _iso(measure.done),
                    )
                    for measure in item.measures
                ],
            )
        if item.criteria:
            found = {
                conclusion.criterion: conclusion
                for conclusion in (
                    item.verification.conclusions if item.verification else ()
                )
            }
            yield Heading(_("Closure criteria"))
            yield Table(
                (_("No."), _("Criterion"), _("Conclusion")),
                [
                    (
                        str(criterion.number),
                        criterion.text,
                        _("met: {text}").format(text=found[criterion.number].text)
                        if criterion.number in found
                        else "",
                    )
                    for criterion in item.criteria
                ],
            )

    def _evidence(self) -> Iterator[Block]:
        item = self._item
        copies = {copy.evidence: copy for copy in self._d.copies}
        if item.evidence:
            yield Heading(_("Evidence"))
            yield Table(
                (
                    _("No."),
                    _("Name"),
                    _("Kind"),
                    _("Speaks of"),
                    _("Added"),
                    _("By"),
                    _("Bytes"),
                    "SHA-256",
                    _("File"),
                ),
                [
                    (
                        str(kept.number),
                        kept.name,
                        kept.kind,
                        _iso(kept.effective),
                        self._time(moment(kept.added)),
                        self._person(kept.by) or (kept.via or ""),
                        str(kept.size),
                        kept.digest,
                        copies[kept.number].place,
                    )
                    for kept in item.evidence
                ],
                links=[copies[kept.number].place for kept in item.evidence],
            )
        documents: list[Copy] = [
            copy for copy in self._d.copies if copy.evidence is None
        ]
        if documents:
            yield Heading(_("Documents of proposals"))
            yield Table(
                (_("Of"), "SHA-256", _("File")),
                [
                    (_(PROPOSED[copy.about]), copy.digest, copy.place)
                    for copy in documents
                ],
                links=[copy.place for copy in documents],
            )

    def _decisions(self) -> Iterator[Block]:
        item = self._item
        rows = [
            (
                name,
                self._person(decision.by),
                self._unit(decision.unit),
                self._time(moment(decision.added)),
                self._decided(decision),
            )
            for name, decision in (
                (_("Reviewed"), item.review),
                (_("Verified"), item.verification),
                (_("Closed"), item.closing),
                (_("Sent back"), item.returned),
                *((_("Looked back"), look) for look in item.look_backs),
            )
            if decision is not None
        ]
        if rows:
            yield Heading(_("Decisions that stand"))
            yield Table(
                (_("Decision"), _("Who"), _("Unit"), _("Time"), _("Opinion")), rows
            )
        if item.notice is not None:
            yield Facts(
                [
                    (
                        _("Public notice"),
                        _("{since} to {until}: {where}").format(
                            since=item.notice.since,
                            until=item.notice.until,
                            where=item.notice.where,
                        ),
                    )
                ]
            )

    def _involved(self) -> Iterator[Block]:
        item = self._item
        yield Heading(_("Took part"))
        yield Text(
            _(
                "Every unit and person of any round. None of them may review, verify or"
                " close it."
            )
        )
        yield Facts(
            [
                *(
                    (words.capacity(part.capacity.value), self._unit(part.unit))
                    for part in item.involvements
                ),
                (
                    _("People"),
                    _(", ").join(self._person(one) for one in item.involved_people),
                ),
            ]
        )

    def _journal(self) -> Iterator[Block]:
        steps, head = self._d.steps, self._d.head
        yield Heading(_("Journal"))
        yield Text(
            _(
                "The hash of an entry is the SHA-256 over the hash before it and its"
                " text. entries.jsonl has both for each entry of this item;"
                " path.txt the hash of every entry from {first} to the head, {last}."
                " That these lead from one to the next is proved by the whole journal"
                " (ledger journal export), and by a seal that nobody of the ledger"
                " keeps."
            ).format(first=steps[0].event.seq, last=head.seq)
        )
        yield Table(
            (_("Entry"), _("Hash before"), _("Hash")),
            [(str(step.event.seq), step.previous, step.hash) for step in steps],
            mark="hashes",
        )
        yield Facts([(_("Head"), f"{head.seq} {head.hash}")])
        yield Code("\n".join(step.body for step in steps))

    # Words

    def _person(self, person: str | None) -> str:
        return self._d.directory.person_name(person)

    def _unit(self, unit: str | None) -> str:
        return self._d.directory.unit_name(unit)

    def _units(self, units: Sequence[str]) -> str:
        return _(", ").join(map(self._unit, units))

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


PROPOSED = {
    "transfer.propose": N_("Transfer proposed"),
    "void.propose": N_("Voiding proposed"),
}
RESULTS = {"holds": N_("it holds"), "recurred": N_("it recurred")}


def _iso(day: object) -> str:
    return str(day) if day is not None else ""
