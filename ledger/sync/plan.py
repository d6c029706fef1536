"""The plan of a run: what would be done, as data (pure).

``sync-plan/1`` is its JSON: what ``--dry-run`` shows, and what a reviewed plan is
compared with before it is carried out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.errors import N_, Braked
from ledger.item import Item
from ledger.journal import canonical
from ledger.sync.closing import Complete, Lacking
from ledger.sync.inbound import Decided, Inbound, inbound, predicted, request, requested
from ledger.sync.link import LinkState, digest
from ledger.sync.matter import Hint, Matter
from ledger.sync.outbound import Outbound, outbound
from ledger.sync.rendering import rendered

SCHEMA = "sync-plan/1"
LEAST_CHANGES = 20
SHARE_OF_CHANGES = 5
MOST_CREATES = 200
LEAST_VANISHED = 5


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that would be done. ``act`` is the word for it, ``detail`` what of.

    Towards the tracker: create, adopt, update, restore, close, reopen, comment,
    attach. Towards the ledger: note, tick, proposed-measure, evidence, owner,
    request-closure, missing, conflict. For a person: report.
    """

    act: str
    ref: str | None
    key: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The action as JSON values."""
        return {
            "act": self.act,
            "ref": self.ref,
            "key": self.key,
            "detail": dict(self.detail),
        }


@dataclass(frozen=True, slots=True)
class MilestoneChange:
    """What would become of the milestone of a report.

    ``acts``: of create, update, close and reopen those that would be done; ``says``
    is our line in it then.
    """

    title: str
    acts: tuple[str, ...]
    says: str

    def to_json(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {"title": self.title, "acts": list(self.acts), "says": self.says}


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """What would be done for one item.

    ``then`` is the item as it will be, as far as that is known. ``basis`` is a hash of
    what the plan was made from: the item's entry and what the issue showed; a plan
    whose basis moved is stale.
    """

    matter: Matter
    state: LinkState
    then: Item
    actions: tuple[Action, ...]
    basis: str
    changes_issue: bool = False

    @property
    def creates(self) -> bool:
        """Whether an issue would be created."""
        return any(action.act == "create" for action in self.actions)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that was lost: what was sent, and when it is settled at the latest."""

    ref: str
    act: str
    until: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run would do. ``linked`` counts the issues that are linked now."""

    tracker: str
    made: str
    items: tuple[ItemPlan, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    hints: tuple[Hint, ...] = ()
    linked: int = 0
    vanished: tuple[str, ...] = ()
    milestones: tuple[MilestoneChange, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """All actions in the order of their items."""
        return tuple(action for one in self.items for action in one.actions)

    @property
    def id(self) -> str:
        """A hash of what the plan does; two plans that do the same have the same."""
        steps = [action.to_json() for action in self.actions]
        steps += [milestone.to_json() for milestone in self.milestones]
        text = canonical(steps)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The plan as ``sync-plan/1``."""
        counts: dict[str, int] = {}
        for action in self.actions:
            counts[action.act] = counts.get(action.act, 0) + 1
        return {
            "schema": SCHEMA,
            "id": self.id,
            "tracker": self.tracker,
            "made": self.made,
            "counts": counts,
            "linked": self.linked,
            "items": [
                {
                    "ref": one.matter.item.ref,
                    "item": one.matter.item.id,
                    "basis": one.basis,
                    "actions": [action.to_json() for action in one.actions],
                }
                for one in self.items
                if one.actions
            ],
            "milestones": [one.to_json() for one in self.milestones],
            "waiting": [
                {"ref": one.ref, "act": one.act, "until": one.until}
                for one in self.waiting
            ],
            "reports": [
                {"ref": hint.ref, "key": hint.key, "message": str(hint.message)}
                for hint in self.hints
            ],
        }


def item_plan(matter: Matter, state: LinkState, *, adopts: bool = False) -> ItemPlan:
    """What would be done for the item of ``matter``, judged on a prediction of it.

    ``adopts``: its issue is ours, and was never recorded.
    """
    if state is not LinkState.LINKED:
        return ItemPlan(matter, state, matter.item, (_created(matter),), basis(matter))
    came = inbound(matter)
    then = predicted(matter.item, came, matter)
    result = request(matter, then)
    if isinstance(result, Complete):
        then = requested(then, matter)
    out = outbound(matter, then, came, result)
    return ItemPlan(
        matter,
        state,
        then,
        (
            *_adopted(matter, adopts=adopts),
            *_inward(matter, came, result),
            *_outward(matter, came, out),
        ),
        basis(matter),
        changes_issue=not out.patch.empty,
    )


def basis(matter: Matter) -> str:
    """A hash of what a decision about this item rests on."""
    seen = digest(matter.now) if matter.now else ""
    news = sorted(comment.id for comment in matter.comments)
    text = canonical([matter.item.id, matter.item.seq, seen, news])
    return hashlib.sha256(text.encode()).hexdigest()


def brake(
    plan: Plan, *, yes: bool = False, max_creates: int | None = None
) -> Braked | None:
    """Why a person should look before this plan is carried out."""
    if yes:
        return None
    if len(plan.vanished) > max(LEAST_VANISHED, plan.linked // SHARE_OF_CHANGES):
        return Braked(
            N_("{count} issues of {tracker} have vanished; nothing was written."),
            N_("So many at once point to another project or to lost rights."),
            N_(
                "Look at the tracker. If it is meant: ledger sync sweep {tracker} --yes"
            ),
            count=len(plan.vanished),
            tracker=plan.tracker,
        )
    creates = sum(one.creates for one in plan.items)
    allowed = MOST_CREATES if max_creates is None else max_creates
    if creates > allowed:
        return Braked(
            N_("{count} issues would be created in {tracker}; nothing was written."),
            N_("More than {allowed} at once are not created unasked."),
            N_(
                "Look at them with --dry-run. If they are meant: ledger sync {tracker}"
                " --max-creates {count}"
            ),
            count=creates,
            tracker=plan.tracker,
            allowed=allowed,
        )
    changes = sum(one.changes_issue for one in plan.items)
    limit = max(LEAST_CHANGES, plan.linked // SHARE_OF_CHANGES)
    if changes > limit:
        return Braked(
            N_(
                "{count} of {linked} linked issues would be changed in {tracker};"
                " nothing was written."
            ),
            N_("More than {limit} at once are not changed unasked."),
            N_(
                "Look at them with --dry-run. If they are meant: ledger sync {tracker}"
                " --yes"
            ),
            count=changes,
            linked=plan.linked,
            tracker=plan.tracker,
            limit=limit,
        )
    return None


def unreviewed(plan: Plan, reviewed: Mapping[str, Any]) -> frozenset[str]:
    """References of ``plan`` that were not reviewed as they stand now.

    ``reviewed`` is the JSON of the plan that a person looked at.
    """
    seen = {
        one["item"]: (one["basis"], one["actions"]) for one in reviewed.get("items", ())
    }
    return frozenset(
        one.matter.item.ref
        for one in plan.items
        if one.actions
        and seen.get(one.matter.item.id)
        != (one.basis, [action.to_json() for action in one.actions])
    )


def _created(matter: Matter) -> Action:
    told = rendered(matter.item, matter.style)
    return Action(
        "create",
        matter.item.ref,
        None,
        {"title": told.title, "due": told.due.isoformat() if told.due else None},
    )


def _adopted(matter: Matter, *, adopts: bool) -> Iterator[Action]:
    if adopts and matter.now is not None:
        detail = {"url": matter.now.url}
        yield Action("adopt", matter.item.ref, matter.now.key, detail)


def _inward(
    matter: Matter, came: Inbound, result: Complete | Lacking | None
) -> Iterator[Action]:
    ref, key = matter.item.ref, matter.now.key if matter.now else None
    for note in came.notes:
        who = note.person.name if note.person else None
        yield Action(
            "note", ref, key, {"login": note.login, "person": who, "text": note.text}
        )
    for number, done in sorted(came.ticks.items()):
        yield Action("tick", ref, key, {"measure": number, "done": done})
    for text in came.proposed:
        yield Action("proposed-measure", ref, key, {"text": text})
    for kept in came.files:
        if kept.person is not None:
            yield Action(
                "evidence",
                ref,
                key,
                {"name": kept.attachment.name, "person": kept.person.name},
            )
        elif kept.refused is not None:
            yield _decision(matter, kept.refused)
    if came.owner is not None:
        yield Action(
            "owner", ref, key, {"person": matter.directory.person_name(came.owner)}
        )
    if isinstance(result, Complete):
        yield Action("request-closure", ref, key, {"person": result.person.name})
    elif isinstance(result, Lacking):
        yield Action(
            "missing", ref, key, {"reasons": [str(reason) for reason in result.reasons]}
        )


def _outward(matter: Matter, came: Inbound, out: Outbound) -> Iterator[Action]:
    ref, key = matter.item.ref, matter.now.key if matter.now else None
    restored = set()
    for one in (*came.decided, *out.decided):
        restored.add(one.contrary.field.value)
        yield _decision(matter, one)
    for say in out.says:
        yield Action("comment", ref, key, {"mark": say.mark, "text": say.text})
    for name in out.fields:
        if name == "closed":
            yield Action("close", ref, key)
        elif name == "open":
            yield Action("reopen", ref, key)
    fields = [
        name
        for name in out.fields
        if name not in {"closed", "open"} and name not in restored
    ]
    if fields:
        yield Action("update", ref, key, {"fields": fields})
    for kept in out.files:
        yield Action("attach", ref, key, {"evidence": kept.number, "name": kept.name})


def _decision(matter: Matter, one: Decided) -> Action:
    return Action(
        "restore" if one.outcome == "restored" else "conflict",
        matter.item.ref,
        matter.now.key if matter.now else None,
        {
            "field": one.contrary.field.value,
            "ours": one.contrary.ours,
            "theirs": one.contrary.theirs,
        },
    )
