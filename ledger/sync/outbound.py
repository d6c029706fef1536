"""What a tracker is to be told about one item (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from integrations.tracker import Issue, IssuePatch
from ledger.errors import N_
from ledger.item import REQUESTED, SET_ASIDE, WORKING, Evidence, Item, State
from ledger.sync import marker
from ledger.sync.closing import Complete, Lacking
from ledger.sync.harmless import harmless, line
from ledger.sync.inbound import Decided, Inbound
from ledger.sync.link import Field, Told, round_of
from ledger.sync.matter import Matter
from ledger.sync.merge import Contrary, same_block
from ledger.sync.rendering import Style, rendered


@dataclass(frozen=True, slots=True)
class Say:
    """A comment of ours and the mark that finds it again."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """What is to be told. ``note`` is what the supervisors should read in the ledger.

    ``yielded`` are the fields that are left as people made them from now on;
    ``decided`` what this step itself found contrary (closing and reopening).
    """

    wanted: Told
    patch: IssuePatch
    fields: tuple[str, ...] = ()
    says: tuple[Say, ...] = ()
    files: tuple[Evidence, ...] = ()
    decided: tuple[Decided, ...] = ()
    yielded: frozenset[Field] = frozenset()
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether the tracker need not be told anything."""
        return self.patch.empty and not self.says and not self.files


@dataclass(frozen=True, slots=True)
class _Stance:
    """Whether the issue shall be open or closed; ``None`` leaves it as it is."""

    closed: bool | None = None
    says: tuple[Say, ...] = ()
    decided: Decided | None = None
    note: str = ""


def outbound(
    matter: Matter,
    item: Item,
    came: Inbound,
    result: Complete | Lacking | None,
) -> Outbound:
    """What the tracker is to be told once ``came`` and the request are in the ledger.

    ``item`` is as it is then; ``result`` is what a closed issue came to.
    """
    proposals = (*matter.open_proposals, *came.proposed)
    wanted = rendered(item, matter.style, proposals)
    if matter.base is None or matter.now is None:
        raise ValueError("an issue that is not there cannot be told anything")
    stance = _stance(matter, item, result)
    kept = {
        Field.BLOCK if one.contrary.field is Field.TICK else one.contrary.field
        for one in (*came.decided, *((stance.decided,) if stance.decided else ()))
        if one.outcome == "kept"
    }
    held = matter.yielded if round_of(item) == round_of(matter.item) else frozenset()
    yielded = held | frozenset(kept - {Field.EVIDENCE, Field.ASSIGNEES, Field.MEASURE})
    closed = matter.now.closed if stance.closed is None else stance.closed
    wanted = replace(wanted, closed=closed)
    patch, fields = _patch(matter, wanted, yielded)
    says = (*_comments(matter, item), *stance.says)
    return Outbound(
        wanted=wanted,
        patch=patch,
        fields=fields,
        says=tuple(say for say in says if say.mark not in matter.marks),
        files=tuple(_files(matter, item)),
        decided=(stance.decided,) if stance.decided else (),
        yielded=frozenset(yielded),
        note=stance.note,
    )


def _patch(
    matter: Matter, wanted: Told, yielded: frozenset[Field]
) -> tuple[IssuePatch, tuple[str, ...]]:
    """What differs from what is wanted, as a patch and as names of fields.

    A field that was yielded is left alone until the ledger itself wants another
    value. Labels and the milestone are set when the ledger's change, and never
    fought for.
    """
    base, now = matter.base, matter.now
    if base is None or now is None:
        return IssuePatch(), ()
    told = base.told
    changes: dict[str, Any] = {}
    fields: list[str] = []
    if _sends(Field.TITLE, yielded, (now.title, wanted.title, told.title)):
        changes["title"] = wanted.title
    body = _body(matter, now, wanted, told, yielded)
    if body is not None:
        changes["body"] = body
    if _sends(Field.DUE, yielded, (now.due, wanted.due, told.due)):
        changes["due"] = wanted.due
    if wanted.milestone not in (told.milestone, now.milestone):
        changes["milestone"] = wanted.milestone
    assignees = _assignees(matter, now, told, wanted)
    if assignees is not None:
        changes["assignees"] = assignees
    if now.closed != wanted.closed:
        changes["closed"] = wanted.closed
    fields = [_FIELD_NAMES.get(name, name) for name in changes if name != "closed"]
    add = wanted.labels - told.labels - now.labels
    remove = (told.labels - wanted.labels) & now.labels
    if add or remove:
        changes.update(add_labels=add, remove_labels=remove)
        fields.append("labels")
    if "closed" in changes:
        fields.append("closed" if wanted.closed else "open")
    return IssuePatch(**changes), tuple(fields)


_FIELD_NAMES = {"body": "block"}


def _sends(
    name: Field, yielded: frozenset[Field], values: tuple[object, object, object]
) -> bool:
    """Whether a field is sent: ``values`` are what is shown, wanted, and was told."""
    shown, wanted, told = values
    return shown != wanted and not (name in yielded and wanted == told)


def _body(
    matter: Matter, now: Issue, wanted: Told, told: Told, yielded: frozenset[Field]
) -> str | None:
    """The body with our block as it is wanted; ``None`` where it need not be sent."""
    ledger, item = matter.style.ledger, matter.item.id
    if same_block(marker.find(now.body, ledger, item).inner, wanted.block):
        return None
    if Field.BLOCK in yielded and same_block(wanted.block, told.block):
        return None
    return marker.replace(now.body, ledger, item, wanted.block, told=told.block)


def _assignees(
    matter: Matter, now: Issue, told: Told, wanted: Told
) -> frozenset[str] | None:
    """The assignees to set: ours changed, and people's did not."""
    if matter.base is None or wanted.assignees == told.assignees:
        return None
    if now.assignees != matter.base.issue.assignees:
        return None
    merged = (now.assignees - told.assignees) | wanted.assignees
    if matter.style.capabilities.one_assignee and wanted.assignees:
        merged = wanted.assignees
    return merged if merged != now.assignees else None


def _stance(matter: Matter, item: Item, result: Complete | Lacking | None) -> _Stance:
    """The steady state of open and closed."""
    base, now = matter.base, matter.now
    if base is None or now is None:
        return _Stance()
    if item.state in WORKING or item.state is State.REGISTERED:
        return _working(matter, item, now, result)
    if item.state in REQUESTED:
        if base.issue.closed and not now.closed:
            return _Stance(
                note=N_("The issue {key} was reopened by people; it stays as it is.")
            )
        return _Stance()
    return _struck(matter, item, now)


def _working(
    matter: Matter, item: Item, now: Issue, result: Complete | Lacking | None
) -> _Stance:
    if not now.closed:
        return _Stance()
    if isinstance(result, Complete):
        return _Stance()
    if isinstance(result, Lacking):
        if not matter.newly_closed:
            return _Stance()
        tries = matter.tries.get(Field.CLOSED, 0)
        contrary = Contrary(Field.CLOSED, "open", "closed")
        mark = f"lacking:{round_of(item)}.{tries}"
        say = Say(mark, _lacking(result, matter.style, again=bool(tries)))
        if tries:
            return _Stance(says=(say,), decided=Decided(contrary, "kept"))
        return _Stance(closed=False, says=(say,), decided=Decided(contrary, "restored"))
    if Field.CLOSED in matter.yielded or matter.newly_closed:
        return _Stance()
    return _Stance(closed=False)


def _struck(matter: Matter, item: Item, now: Issue) -> _Stance:
    if now.closed:
        return _Stance()
    reopened = matter.base is not None and matter.base.issue.closed
    if not (reopened and matter.base and matter.base.told.closed):
        return _Stance(closed=None if Field.CLOSED in matter.yielded else True)
    contrary = Contrary(Field.CLOSED, "closed", "open")
    if matter.tries.get(Field.CLOSED, 0):
        return _Stance(decided=Decided(contrary, "kept"))
    note = (
        N_("The issue {key} of this closed item was reopened by people; look back.")
        if item.state is State.CLOSED
        else N_("The issue {key} was reopened by people.")
    )
    say = Say(
        f"again:{round_of(item)}",
        matter.style.words(
            N_(
                "This item is not open in the ledger, so the issue is closed again. The"
                " supervising office was told that somebody reopened it."
            )
        ),
    )
    return _Stance(
        closed=True, says=(say,), decided=Decided(contrary, "restored"), note=note
    )


def _lacking(result: Lacking, style: Style, *, again: bool) -> str:
    head = (
        N_("Closing this issue asks for closure, and something is still missing:")
        if not again
        else N_("Still missing before closure can be requested:")
    )
    tail = (
        N_("The issue was reopened. Close it again when this is done.")
        if not again
        else N_(
            "The issue stays closed; the supervising office decides. Closure is not"
            " requested until this is done."
        )
    )
    reasons = "\n".join(
        f"- {harmless(reason.text(style.say))}" for reason in result.reasons
    )
    return f"{style.words(head)}\n\n{reasons}\n\n{style.words(tail)}"


def _comments(matter: Matter, item: Item) -> Iterator[Say]:
    """Every comment that the item calls for, said before or not."""
    style, here = matter.style, f"{matter.tracker}:"
    names = style.directory
    for place, note in enumerate(item.notes, 1):
        if note.via is not None and note.via.startswith(here):
            continue
        who = names.person_name(note.by) or (note.via or "")
        unit = f" ({line(names.unit_name(note.unit))})" if note.unit else ""
        yield Say(
            f"note:{place}",
            f"**{style.words(N_('Progress'))}** · {line(who)}{unit} ·"
            f" {note.added[:10]}\n\n{harmless(note.text)}",
        )
    if item.returned is not None and item.state in WORKING:
        opinion = item.returned
        yield Say(
            f"back:{item.returns}.{item.reopened}",
            f"**{style.words(N_('Sent back'))}** · {line(names.person_name(opinion.by))}"
            f" · {opinion.added[:10]}\n\n{harmless(opinion.opinion)}",
        )
    if item.state is State.CLOSED and item.closing is not None:
        closing = item.closing
        yield Say(
            f"closed:{item.reopened}",
            f"**{style.words(N_('Struck off'))}** · {line(names.person_name(closing.by))}"
            f" · {closing.added[:10]}\n\n{harmless(closing.opinion)}",
        )
    if item.state in SET_ASIDE:
        title = N_("Transferred") if item.state is State.TRANSFERRED else N_("Void")
        text = f"**{style.words(title)}**"
        if matter.reason:
            text += f"\n\n{harmless(matter.reason)}"
        yield Say(f"aside:{round_of(item)}", text)


def _files(matter: Matter, item: Item) -> Iterator[Evidence]:
    """The evidence that the tracker does not have and may have."""
    if not matter.style.capabilities.attachments:
        return
    for kept in item.evidence:
        here = kept.via is not None and kept.via.startswith(f"{matter.tracker}:")
        if here or f"evidence:{kept.number}" in matter.marks:
            continue
        if 0 < kept.size <= matter.options.attach:
            yield kept


def file_name(evidence: Evidence) -> str:
    """The name under which evidence is attached, so that it is found again."""
    return f"E{evidence.number}-{evidence.digest[:8]}-{evidence.name}"
