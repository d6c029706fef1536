"""A second judge: reads nothing but the journal, and shares no code with the guards.

It keeps who was where and when, who touched which item, and says of every closing
whether the separation of duties was kept. The state machine asks it after each
step, so that a fault in the guards is not repeated in what checks them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

Said = dict[str, Any]
_BACK = {"return", "verify.fail", "objection.uphold", "reopen"}
_WORK = {"start", "progress", "measure.add", "measure.done", "evidence.add"}
_ASKED = {"extend.request", "ongoing.request", "dated.request", "dispute.open"}
_JUDGED = {
    "review",
    "return",
    "verify.pass",
    "verify.fail",
    "close",
    "extend.grant",
    "ongoing.grant",
    "dated.grant",
    "transfer.grant",
    "void.grant",
    "dispute.decide",
    "reopen",
    "look-back",
    "reinstate",
}


@dataclass
class Life:
    """What happened to one item."""

    since: str
    people: set[str] = field(default_factory=set)
    responsible: set[str] = field(default_factory=set)
    lead: set[str] = field(default_factory=set)
    cooperating: set[str] = field(default_factory=set)
    responsible_now: set[str] = field(default_factory=set)
    evidence: int = 0
    request: Said | None = None
    verified_by: str | None = None
    state: str = "registered"


class Witness:
    """Reads entries in order; ``wrongs`` collects what must never happen."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self.stays: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.ends: dict[tuple[str, str], str] = {}
        self.parents: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        self.merged: dict[str, str] = {}
        self.rules: dict[str, str] = {}
        self.lives: dict[str, Life] = {}
        self.wrongs: list[str] = []
        self.closings = 0

    def read(self, body: str) -> None:
        """Take in one entry."""
        event = json.loads(body)
        kind, data, at = event["kind"], event["data"], event["at"]
        actor = event["on_behalf"] or event["actor"]
        if event["item"] is None:
            self._house(kind, data, at)
            return
        item = event["item"]
        if kind == "register":
            self.lives[item] = Life(at)
            return
        life = self.lives[item]
        if kind in _JUDGED:
            self._judge(kind, actor, life, event["seq"])
        self._lived(kind, data, actor, life)
        if kind == "close":
            self._closing(actor, life, event["seq"])
        life.state = data.get("to", life.state)

    def _house(self, kind: str, data: Said, at: str) -> None:
        if kind == "init":
            self.rules.update(data["rules"])
            self.stays[data["person"]["id"]].append((data["unit"]["id"], at))
        elif kind == "person.add":
            self.stays[data["id"]].append((data["unit"], at))
        elif kind == "person.move":
            self.ends[data["id"], str(len(self.stays[data["id"]]) - 1)] = at
            self.stays[data["id"]].append((data["unit"], at))
        elif kind in ("unit.add", "unit.move"):
            unit = data["id"]
            if self.parents[unit]:
                parent, _until = self.parents[unit].pop()
                self.parents[unit].append((parent, at))
            if data.get("parent"):
                self.parents[unit].append((data["parent"], None))
        elif kind == "unit.merge":
            self.merged[data["id"]] = data["into"]
        elif kind == "rules.set":
            self.rules[data["key"]] = data["value"]

    def _lived(self, kind: str, data: Said, actor: str, life: Life) -> None:
        if kind in ("assign", "reassign"):
            life.responsible_now = set(data["responsible"])
            life.responsible |= life.responsible_now
            life.lead |= {data["lead"]} if data.get("lead") else set()
            life.cooperating |= set(data.get("cooperating", ()))
            life.people |= {data[key] for key in ("owner", "leader") if data.get(key)}
        elif kind == "amend" and data["field"] in ("owner", "leader"):
            life.people.add(data["value"])
        elif kind == "request-closure":
            life.people |= {actor, data["head"]}
            life.request = {**data, "by": actor}
            if not self._of(actor, life.responsible_now):
                self.wrongs.append(f"{actor} asked for closure and is not responsible")
        elif kind == "verify.pass":
            life.verified_by = actor
        elif kind in _BACK:
            life.request, life.verified_by = None, None
        if kind in _WORK | _ASKED:
            life.people.add(actor)
        if kind == "evidence.add":
            life.evidence += 1
        measures = [*data.get("measures", ()), data if kind == "measure.add" else {}]
        life.people |= {step["owner"] for step in measures if step.get("owner")}

    def _now(self, unit: str) -> str:
        while unit in self.merged:
            unit = self.merged[unit]
        return unit

    def _of(self, person: str, units: set[str]) -> bool:
        """Whether the person is of one of ``units`` now, or of a unit below one."""
        return any(
            self._below(self.stays[person][-1][0], unit, since="~") for unit in units
        )

    def _below(self, unit: str, above: str, since: str) -> bool:
        goal, reached, fresh = self._now(above), set[str](), {unit}
        while fresh:
            reached |= fresh
            if goal in map(self._now, fresh):
                return True
            ups = {self.merged[here] for here in fresh if here in self.merged}
            ups |= {
                parent
                for here in fresh
                for parent, until in self.parents[here]
                if parent and (until is None or until >= since)
            }
            fresh = ups - reached
        return False

    def _units(self, person: str, since: str) -> set[str]:
        return {
            unit
            for place, (unit, _from) in enumerate(self.stays[person])
            if self.ends.get((person, str(place)), "~") >= since
        }

    def _involved(self, person: str, life: Life, *, lead_may: bool) -> bool:
        if person in life.people:
            return True
        named = life.responsible | life.cooperating
        if not lead_may:
            named |= life.lead
        for own in self._units(person, life.since):
            if self._now(own) in map(self._now, named):
                return True
            if any(self._below(own, unit, life.since) for unit in life.responsible):
                return True
        return False

    def _judge(self, kind: str, actor: str, life: Life, seq: int) -> None:
        rules = life.request["rules"] if life.request else self.rules
        lead_may = (
            kind.startswith("verify") and rules.get("lead-may-verify", "no") == "yes"
        )
        if self._involved(actor, life, lead_may=lead_may):
            self.wrongs.append(f"{seq}: {actor} is involved and did {kind}")

    def _closing(self, actor: str, life: Life, seq: int) -> None:
        self.closings += 1
        request, verifier = life.request, life.verified_by
        if request is None:
            self.wrongs.append(f"{seq}: closed without a request")
            return
        if not life.evidence:
            self.wrongs.append(f"{seq}: closed without evidence")
        if verifier is None:
            self.wrongs.append(f"{seq}: closed without a verification")
        if {actor, verifier} & {request["by"], request["head"]}:
            self.wrongs.append(f"{seq}: the requester verified or closed")
        if actor == verifier and request["rules"]["closing"] != "two-person":
            self.wrongs.append(f"{seq}: one person verified and closed")
        if life.state not in ("verified", "public_notice"):
            self.wrongs.append(f"{seq}: closed from {life.state}")
        if request["rules"]["notice"] != "off" and life.state != "public_notice":
            self.wrongs.append(f"{seq}: closed without the public notice")
