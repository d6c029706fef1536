"""An item as an issue shows it: title, block, labels, dates (pure).

The same item always gives the same text, so that nothing is written that is
already there. Words are in the tracker's language; report text keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from integrations.tracker import Capabilities, IssueDraft, Label
from ledger.directory import Directory
from ledger.errors import N_, fill
from ledger.item import REQUESTED, SET_ASIDE, WORKING, Item, Severity, State
from ledger.lifecycle import STATE_NAMES
from ledger.sync import marker
from ledger.sync.harmless import cut, line, quoted
from ledger.sync.link import Told

COLORS = {
    Severity.MAJOR: "b60205",
    Severity.CONSIDERABLE: "d93f0b",
    Severity.ORDINARY: "fbca04",
}
LABEL = "ledger"


@dataclass(frozen=True, slots=True)
class Style:
    """How texts are made for one tracker. ``logins`` names people's accounts there."""

    ledger: str
    directory: Directory
    capabilities: Capabilities
    say: Callable[[str], str]
    logins: Mapping[str, str]

    def words(self, text: str, **values: object) -> str:
        """A message in the tracker's language."""
        return fill(self.say, text, values)


def rendered(item: Item, style: Style, proposals: tuple[str, ...] = ()) -> Told:
    """What the issue of ``item`` shall show; ``proposals`` are measures not decided."""
    can = style.capabilities
    owner = style.logins.get(item.owner or "")
    return Told(
        title=cut(
            line(f"{item.ref} {item.title}"),
            limit_bytes=can.title_bytes,
            limit_characters=can.title_characters,
        ),
        block="\n".join(_block(item, style, proposals)).strip(),
        due=item.review_on or item.due,
        closed=item.state is State.CLOSED or item.state in SET_ASIDE,
        milestone=report_title(item) if can.milestones else None,
        labels=_labels(item) if can.labels else frozenset(),
        assignees=frozenset({owner} if owner and can.assignees else ()),
    )


def draft(item: Item, told: Told, style: Style) -> IssueDraft:
    """The new issue of ``item``."""
    return IssueDraft(
        identity=marker.identity(style.ledger, item.id),
        title=told.title,
        body=marker.block(style.ledger, item.id, told.block),
        labels=told.labels,
        assignees=told.assignees,
        due=told.due,
        milestone=told.milestone,
    )


def label(name: str, style: Style) -> Label:
    """How the label ``name`` of ours is made."""
    for severity, color in COLORS.items():
        if name == f"severity/{severity.value}":
            return Label(name, color, exclusive=True)
    return Label(name, "0e8a16", style.words(N_("An item of the rectification ledger")))


def _labels(item: Item) -> frozenset[str]:
    severity = {f"severity/{item.severity.value}"} if item.severity else set()
    return frozenset({LABEL, *severity})


def report_title(item: Item) -> str | None:
    """The title of the milestone for the report that ``item`` comes from."""
    source = item.source
    if source is None:
        return None
    title = source.title or " ".join(
        part for part in (source.issuer, str(source.year or "")) if part
    )
    return cut(line(title or source.name), limit_bytes=255) or None


def _block(item: Item, style: Style, proposals: tuple[str, ...]) -> Iterator[str]:
    words = style.words
    yield f"**{item.ref}** · {words(STATE_NAMES[item.state])}"
    yield ""
    yield from _source(item)
    yield ""
    for name, value in _facts(item, style):
        yield f"- {name}: {value}"
    heading = N_(
        "**Measures** (tick what is done; a new line “- [ ] …” here proposes one)"
    )
    yield from _part(words(heading), _measures(item, style, proposals))
    criteria = (f"{one.number}. {line(one.text)}" for one in item.criteria)
    yield from _part(words(N_("**Closure criteria**")), criteria)
    evidence = (
        f"- E{kept.number} {line(kept.name)} · SHA-256 `{kept.digest}`"
        for kept in item.evidence
    )
    yield from _part(words(N_("**Evidence**")), evidence)
    advice = _advice(item)
    yield from _part(words(N_("**What to do**")), [words(advice)] if advice else [])


def _part(heading: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and its lines; nothing where there are none."""
    there = list(lines)
    if there:
        yield from ("", heading, "", *there)


def _source(item: Item) -> Iterator[str]:
    yield quoted(item.text)
    if item.source is not None:
        place = item.source.title or item.source.issuer or item.source.name
        year = f" ({item.source.year})" if item.source.year else ""
        yield ">"
        yield f"> — {line(place)}{year}, {line(item.source.entry)}"


def _measures(item: Item, style: Style, proposals: tuple[str, ...]) -> Iterator[str]:
    for measure in item.measures:
        yield measure_line(
            measure.number,
            _measure(measure.text, measure.owner, measure.due, style),
            done=measure.done is not None,
        )
    for text in proposals:
        yield f"- {line(text)} — {style.words(N_('proposed, not decided yet'))}"


def measure_line(number: int, text: str, *, done: bool) -> str:
    """A measure as a line of the task list."""
    return f"- [{'x' if done else ' '}] {number}. {text}"


def _measure(text: str, owner: str | None, due: object, style: Style) -> str:
    beside = [
        part
        for part in (
            line(style.directory.person_name(owner)) if owner else "",
            str(due) if due else "",
        )
        if part
    ]
    return f"{line(text)} ({', '.join(beside)})" if beside else line(text)


def _facts(item: Item, style: Style) -> Iterator[tuple[str, str]]:
    directory, words = style.directory, style.words

    def units(ids: tuple[str, ...]) -> str:
        return "、".join(line(directory.unit_name(unit)) for unit in ids)

    facts = (
        (N_("Responsible unit"), units(item.responsible)),
        (N_("Lead unit"), units((item.lead,) if item.lead else ())),
        (N_("Cooperating units"), units(item.cooperating)),
        (
            N_("Supervising office"),
            units((item.supervising,) if item.supervising else ()),
        ),
        (N_("Responsible leader"), line(directory.person_name(item.leader))),
        (N_("Owner"), line(directory.person_name(item.owner))),
        (N_("Due"), _due(item, style)),
        (N_("Next review"), str(item.review_on or "")),
        (N_("Target"), line(item.target or "")),
        (N_("Stage goal"), line(item.stage_goal or "")),
    )
    for name, value in facts:
        if value:
            yield words(name), value


def _due(item: Item, style: Style) -> str:
    if item.due is None:
        return ""
    text = str(item.due)
    if item.due_provisional:
        text += f" ({style.words(N_('provisional'))})"
    if item.original_due and item.original_due != item.due:
        text += f" ({style.words(N_('originally {due}'), due=item.original_due)})"
    return text


def _advice(item: Item) -> str:
    if item.state is State.REGISTERED:
        return N_("Nobody is assigned yet; the supervising office does that.")
    if item.state in WORKING:
        return N_(
            "Do the measures and tick them. Attach the proof to a comment. Then write"
            " in a comment what was put right, and let the head of the responsible"
            " unit close this issue: that requests closure. People of another unit"
            " verify it; only they strike the item off."
        )
    if item.state in REQUESTED:
        return N_(
            "Closure was requested. If something is missing, this issue is reopened"
            " with the reason."
        )
    return ""
