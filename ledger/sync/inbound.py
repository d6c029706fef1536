"""What came from a tracker for one item, and what the ledger makes of it (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from integrations.tracker import Attachment
from ledger.errors import N_, Message
from ledger.item import WORKING, Evidence, Item, Person, State
from ledger.sync.closing import Complete, Lacking, judged
from ledger.sync.harmless import tidied
from ledger.sync.link import Field
from ledger.sync.marker import Placing
from ledger.sync.matter import Hint, Matter
from ledger.sync.merge import Contrary, Edits, edits
from ledger.sync.rendering import rendered

OURS = re.compile(r"E(?P<number>\d{1,6})-(?P<digest>[0-9a-f]{8})-", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NewNote:
    """A comment that becomes a progress note; ``person`` of a unit that takes part."""

    remote: str
    person: Person | None
    login: str | None
    text: str
    body: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """An attachment: evidence of ``person``, or looked at and not taken (``None``)."""

    attachment: Attachment
    person: Person | None
    login: str | None

    @property
    def refused(self) -> Decided | None:
        """That it is no evidence: both sides keep what they have."""
        if self.person is not None:
            return None
        return Decided(Contrary(Field.EVIDENCE, "", self.attachment.name), "kept")


@dataclass(frozen=True, slots=True)
class Decided:
    """A contrary edit, and what becomes of it: ``restored`` or ``kept``."""

    contrary: Contrary
    outcome: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """Everything that came for an item. ``owner`` is a person's id."""

    notes: tuple[NewNote, ...] = ()
    ticks: Mapping[int, bool] = field(default_factory=dict)
    files: tuple[NewFile, ...] = ()
    decided: tuple[Decided, ...] = ()
    proposed: tuple[str, ...] = ()
    owner: str | None = None
    hints: tuple[Hint, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the ledger need not be told anything."""
        return self == Inbound(hints=self.hints)


def inbound(matter: Matter) -> Inbound:
    """What came for the item of ``matter`` since both sides last knew it."""
    if matter.base is None or matter.now is None:
        return Inbound()
    item = matter.item
    found = edits(
        matter.base,
        matter.now,
        rendered(item, matter.style, matter.open_proposals),
        ledger=matter.style.ledger,
        item=item.id,
        known=frozenset(measure.number for measure in item.measures),
    )
    done = {measure.number: measure.done is not None for measure in item.measures}
    ticks = {n: tick for n, tick in found.ticks.items() if done.get(n) != tick}
    working = item.state in WORKING
    contraries = [*found.contrary]
    if ticks and not working:
        contraries.append(_refused_ticks(ticks))
        ticks = {}
    files = tuple(_files(matter))
    decided = [_decision(matter, one) for one in contraries]
    proposed = tuple(
        dict.fromkeys(
            text for text in found.proposed if text and text not in matter.proposals
        )
    )
    owner, conflict = _assigned(matter, found)
    if conflict is not None:
        decided.append(Decided(conflict, "kept"))
    return Inbound(
        notes=tuple(_notes(matter)),
        ticks=ticks,
        files=files,
        decided=tuple(decided),
        proposed=proposed,
        owner=owner,
        hints=tuple(_hints(matter, found)),
    )


def predicted(item: Item, came: Inbound, matter: Matter) -> Item:
    """The item as it will be with what came, for a plan that carries nothing out."""
    measures = tuple(
        replace(measure, done=matter.today if came.ticks[measure.number] else None)
        if measure.number in came.ticks
        else measure
        for measure in item.measures
    )
    evidence = item.evidence + tuple(
        Evidence(
            number=len(item.evidence) + place,
            digest="?",
            name=kept.attachment.name,
            size=kept.attachment.size or 0,
            kind="file",
            added="",
            by=None,
            unit=None,
            via=f"{matter.tracker}:",
        )
        for place, kept in enumerate((f for f in came.files if f.person), 1)
    )
    return replace(
        item, measures=measures, evidence=evidence, owner=came.owner or item.owner
    )


def request(matter: Matter, item: Item) -> Complete | Lacking | None:
    """The closure request that a closed issue makes; ``None``: nothing to judge.

    ``item`` is as it is with everything that came.
    """
    if matter.base is None or matter.now is None or not matter.now.closed:
        return None
    if item.state not in WORKING and item.state is not State.REGISTERED:
        return None
    if not matter.newly_closed and Field.CLOSED not in matter.yielded:
        return None
    if matter.closed is None:
        return None
    return judged(
        item,
        matter.closed,
        matter.said,
        tracker=matter.tracker,
        directory=matter.directory,
        today=matter.today,
    )


def requested(item: Item, matter: Matter) -> Item:
    """The item as it will be once the request was made."""
    review = matter.directory.rules.desk_review
    return replace(item, state=State.CLOSURE_REQUESTED if review else State.VERIFYING)


def ours(attachment: Attachment, item: Item) -> Evidence | None:
    """The evidence that we attached under this name, if it is one of ours."""
    named = OURS.match(attachment.name)
    if named is None:
        return None
    return next(
        (
            kept
            for kept in item.evidence
            if kept.number == int(named["number"])
            and kept.digest.startswith(named["digest"].lower())
        ),
        None,
    )


def _notes(matter: Matter) -> Iterator[NewNote]:
    for comment in matter.comments:
        text = tidied(comment.body)
        if not text:
            continue
        if comment.id in matter.edited:
            text = f"{matter.style.words(N_('(edited)'))} {text}"
        yield NewNote(
            remote=comment.id,
            person=matter.acting(comment.author),
            login=comment.author,
            text=text,
            body=comment.body,
        )


def _files(matter: Matter) -> Iterator[NewFile]:
    if matter.now is None:
        return
    attached = [(kept, kept.author) for kept in matter.now.attachments]
    attached += [
        (kept, kept.author or comment.author)
        for comment in matter.comments
        for kept in comment.attachments
    ]
    seen = set(matter.files)
    for attachment, login in attached:
        if attachment.id in seen or ours(attachment, matter.item) is not None:
            continue
        seen.add(attachment.id)
        person = matter.acting(login) if matter.item.state in WORKING else None
        if attachment.size is None:
            person = None
        yield NewFile(attachment, person, login)


def _refused_ticks(ticks: Mapping[int, bool]) -> Contrary:
    changed = ", ".join(
        f"{number}: [{'x' if done else ' '}]" for number, done in sorted(ticks.items())
    )
    before = ", ".join(
        f"{number}: [{' ' if done else 'x'}]" for number, done in sorted(ticks.items())
    )
    return Contrary(Field.TICK, before, changed)


def _decision(matter: Matter, contrary: Contrary) -> Decided:
    fought = matter.tries.get(contrary.field, 0)
    return Decided(contrary, "kept" if fought else "restored")


def _assigned(matter: Matter, found: Edits) -> tuple[str | None, Contrary | None]:
    """The owner that people's assignment means, or the conflict it makes."""
    if found.assignees is None or matter.base is None:
        return None, None
    told = matter.base.told.assignees
    wanted = rendered(matter.item, matter.style).assignees
    if found.assignees == wanted:
        return None, None
    if wanted != told:
        return None, Contrary(
            Field.ASSIGNEES,
            ", ".join(sorted(wanted)),
            ", ".join(sorted(found.assignees)),
        )
    if len(found.assignees) != 1 or matter.item.state not in WORKING:
        return None, None
    person = matter.acting(next(iter(found.assignees)))
    if person is None or person.id == matter.item.owner:
        return None, None
    return person.id, None


def _hints(matter: Matter, found: Edits) -> Iterator[Hint]:
    if matter.now is None or matter.base is None:
        return
    ref, key = matter.item.ref, matter.now.key
    if matter.now.body != matter.base.issue.body and found.placing is Placing.DOUBLED:
        yield Hint(
            Message(
                N_("Our block stands several times in issue {key}; the first counts."),
                key=key,
            ),
            ref,
            key,
        )
    for kept in _files(matter):
        if kept.person is None:
            yield Hint(
                Message(
                    N_(
                        "{name} at issue {key} is no evidence: its uploader ({login})"
                        " is nobody of a unit that works on it now."
                    ),
                    name=kept.attachment.name,
                    key=key,
                    login=kept.login or "?",
                ),
                ref,
                key,
            )
