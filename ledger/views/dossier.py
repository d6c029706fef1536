"""A dossier for people: the same blocks as Markdown and as one HTML page to print.

Whatever stands in it was written by others: every text is cleaned and escaped.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger import i18n
from ledger.clock import moment
from ledger.deadlines import explain
from ledger.dossier import Copy, Dossier
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Decision, Item
from ledger.views import words
from ledger.views.log import Telling
from ledger.views.text import clean


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of ``level`` 1 or 2."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``mark`` is ``quote``, ``warning`` or empty."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values; the empty ones are left out."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """``links`` are the places of files that the last cell of each row names."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    mark: str = ""
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is shown character by character."""

    text: str


Block = Heading | Text | Facts | Table | Code


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


# Markdown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&])")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def markdown(blocks: Sequence[Block]) -> str:
    """``blocks`` as Markdown (CommonMark with tables)."""
    return "\n\n".join(filter(None, map(_markdown, blocks))) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_cell(text)}"
        case Text(text, mark):
            lines = _LEADING.sub(r"\1\\\2", _safe(text)).split("\n")
            if mark == "quote":
                return "\n".join(f"> {line}" for line in lines)
            told = "  \n".join(lines)
            return f"**{told}**" if mark == "warning" else told
        case Facts(pairs):
            rows = [
                f"| {_cell(name)} | {_cell(said)} |" for name, said in pairs if said
            ]
            return "\n".join(["| | |", "|---|---|", *rows]) if rows else ""
        case Table(titles, rows):
            table: list[Sequence[str]] = [titles, ["---"] * len(titles), *rows]
            return "\n".join(
                "| "
                + " | ".join(cell if cell == "---" else _cell(cell) for cell in line)
                + " |"
                for line in table
            )
        case Code(text):
            # JSON has its control characters escaped; no line of it is a fence.
            return f"```json\n{_spelled(text)}\n```"


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text, lines=True))


def _cell(text: str) -> str:
    return _safe(text).replace("\n", "<br>")


def _spelled(text: str) -> str:
    """JSON text whose every character can be seen: the others as JSON escapes them."""
    return "".join(
        char if char == "\n" or clean(char) == char else json.dumps(char)[1:-1]
        for char in text
    )


# HTML

_STYLE = """
:root { --line: #999; --dim: #555; }
* { box-sizing: border-box; }
body { font: 11pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif;
  color: #111; background: #fff; max-width: 190mm; margin: 12mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; line-height: 1.3; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 8mm 0 2mm; border-bottom: 1.5pt solid #111;
  break-after: avoid; }
p { margin: 2mm 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0; font-size: 9.5pt; }
th, td { border: .5pt solid var(--line); padding: 1mm 1.8mm; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { background: #f1f1f1; font-weight: 600; white-space: nowrap; }
tr { break-inside: avoid; }
table.facts th { width: 32mm; }
td.when, table.signed td:first-child { white-space: nowrap; }
table.signed { font-size: 10pt; }
table.signed td { height: 14mm; }
table.signed td:last-child { min-width: 26mm; }
td.digest { font: 7.5pt/1.3 "DejaVu Sans Mono", Consolas, monospace; min-width: 32mm; }
table.hashes td { font: 7.5pt/1.3 "DejaVu Sans Mono", Consolas, monospace; }
blockquote { margin: 2mm 0; padding: 1mm 4mm; border-left: 3pt solid #111;
  overflow-wrap: anywhere; }
.warning { border: 1pt solid #8a1c1c; color: #8a1c1c; padding: 1.5mm 3mm;
  font-weight: 600; }
pre { font: 7.5pt/1.35 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; border: .5pt solid var(--line);
  padding: 2mm; }
@page { size: A4; margin: 15mm 14mm; }
@media print { body { margin: 0; max-width: none; padding: 0 .5pt; } }
"""


def page(blocks: Sequence[Block], title: str) -> str:
    """``blocks`` as one HTML page that needs nothing from anywhere."""
    language = "zh-CN" if i18n.language() == "zh" else "en"
    body = "\n".join(filter(None, map(_html, blocks)))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_text(text)}</h{level}>"
        case Text(text, "quote"):
            return f"<blockquote>{_text(text)}</blockquote>"
        case Text(text, mark):
            return (
                f'<p class="{mark}">{_text(text)}</p>'
                if mark
                else f"<p>{_text(text)}</p>"
            )
        case Facts(pairs):
            rows = "".join(
                f"<tr><th>{_text(name)}</th>{_data(said)}</tr>\n"
                for name, said in pairs
                if said
            )
            return f'<table class="facts">\n{rows}</table>' if rows else ""
        case Table(titles, rows, mark, links):
            head = "".join(f"<th>{_text(title)}</th>" for title in titles)
            told = []
            for at, row in enumerate(rows):
                cells = [_data(cell) for cell in row]
                if links:
                    cells[-1] = f"<td>{_link(links[at])}</td>"
                told.append(f"<tr>{''.join(cells)}</tr>\n")
            shown = f' class="{mark}"' if mark else ""
            return (
                f"<table{shown}>\n<thead><tr>{head}</tr></thead>\n"
                f"<tbody>\n{''.join(told)}</tbody>\n</table>"
            )
        case Code(text):
            return f"<pre>{html.escape(_spelled(text))}</pre>"


def _data(text: str) -> str:
    shown = ""
    if re.fullmatch(r"[0-9a-f]{64}", text):
        shown = ' class="digest"'
    elif re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", text, re.ASCII):
        shown = ' class="when"'
    return f"<td{shown}>{_text(text)}</td>"


def _link(place: str) -> str:
    from urllib.parse import quote

    return f'<a href="{html.escape(quote(place))}">{_text(place)}</a>'


def _text(text: str) -> str:
    return html.escape(clean(text, lines=True)).replace("\n", "<br>")
