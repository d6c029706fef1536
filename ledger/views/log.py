"""The journal, readable: who did what, when, to which item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ledger.directory import Directory
from ledger.errors import N_
from ledger.i18n import _
from ledger.journal import Event
from ledger.views import words
from ledger.views.style import Style, Tone
from ledger.views.text import wrap

_HASH = 8


def screen(
    events: Iterable[tuple[Event, str]],
    directory: Directory,
    refs: Mapping[str, str],
    *,
    width: int,
    colour: bool,
) -> Iterator[str]:
    """Each event with its hash as a few lines; ``refs`` are references by item.

    Lines come as they are made, so that a long journal begins at once.
    """
    style = Style(colour)
    zone = directory.rules.zone
    telling = Telling(directory, refs)
    for event, digest in events:
        at = datetime.fromisoformat(event.at).astimezone(zone)
        head = f"{event.seq:>5}  {at:%Y-%m-%d %H:%M}  {digest[:_HASH]}  "
        item = refs.get(event.item or "", event.item or "")
        who = telling.who(event)
        words_of = " ".join(part for part in (who, telling.what(event), item) if part)
        told = [words_of, *telling.said(event)]
        first, *more = wrap(" · ".join(told), width, indent=head, hanging="       ")
        yield style.paint(head, Tone.DIM) + first.removeprefix(head)
        yield from more


_ACTS: dict[str, str] = {
    "init": N_("began the ledger"),
    "checklist.correct": N_("corrected the checklist of a report"),
    "revise": N_("kept a later version of"),
    "register": N_("put on account"),
    "assign": N_("has assigned"),
    "hand-back": N_("handed back"),
    "reassign": N_("reassigned"),
    "amend": N_("amended"),
    "start": N_("started"),
    "progress": N_("wrote on the progress of"),
    "measure.add": N_("added a measure to"),
    "measure.done": N_("has done a measure of"),
    "measure.tick": N_("ticked a measure of"),
    "owner.take": N_("changed the owner of"),
    "evidence.add": N_("added evidence to"),
    "extend.request": N_("asked to extend"),
    "extend.grant": N_("granted the extension of"),
    "extend.refuse": N_("refused the extension of"),
    "ongoing.request": N_("asked for long-term work on"),
    "ongoing.grant": N_("granted long-term work on"),
    "ongoing.refuse": N_("refused long-term work on"),
    "dated.request": N_("asked for a due date again for"),
    "dated.grant": N_("granted a due date again for"),
    "dated.refuse": N_("refused a due date again for"),
    "request-closure": N_("requested the closure of"),
    "return": N_("has returned"),
    "review": N_("accepted the papers of"),
    "verify.fail": N_("did not pass"),
    "verify.pass": N_("has verified"),
    "publish": N_("published"),
    "objection.raise": N_("kept an objection to"),
    "objection.dismiss": N_("dismissed the objection to"),
    "objection.uphold": N_("upheld the objection to"),
    "close": N_("has closed"),
    "look-back": N_("looked back at"),
    "reopen": N_("has reopened"),
    "transfer.propose": N_("proposed to transfer"),
    "transfer.grant": N_("granted the transfer of"),
    "transfer.refuse": N_("refused the transfer of"),
    "void.propose": N_("proposed to void"),
    "void.grant": N_("voided"),
    "void.refuse": N_("refused to void"),
    "reinstate": N_("reinstated"),
    "dispute.open": N_("disputed"),
    "dispute.decide": N_("decided the dispute of"),
    "link": N_("linked"),
    "unit.add": N_("added the unit"),
    "unit.rename": N_("renamed the unit"),
    "unit.move": N_("moved the unit"),
    "unit.merge": N_("merged the unit"),
    "person.add": N_("added the person"),
    "person.move": N_("moved the person"),
    "person.roles": N_("set the roles of"),
    "person.leave": N_("noted that there left"),
    "person.link": N_("linked the account of"),
    "person.account": N_("bound the OS account of"),
    "rules.set": N_("set the rule"),
    "tracker.add": N_("added the tracker"),
    "tracker.set-url": N_("gave another address to the tracker"),
    "sync.linked": N_("linked an issue to"),
    "sync.unlinked": N_("has no issue any more for"),
    "sync.closed": N_("saw people close the issue of"),
    "sync.conflict": N_("saw a contrary edit in the issue of"),
    "sync.resolved": N_("settled the conflict about"),
    "sync.run": N_("finished a run"),
}
"""What was done, between the person and the reference, for every kind of event."""


class Telling:
    """Tells events in words, names from the directory."""

    def __init__(self, directory: Directory, refs: Mapping[str, str]) -> None:
        self._directory = directory
        self._refs = refs

    def who(self, event: Event) -> str:
        """Who did it, for whom, of which unit."""
        name = self._directory.person_name(event.actor)
        if event.on_behalf:
            behalf = self._directory.person_name(event.on_behalf)
            name = _("{actor} for {person}").format(actor=event.actor, person=behalf)
        unit = self._directory.unit_name(event.unit)
        return f"{name} ({unit})" if unit else name

    def what(self, event: Event) -> str:
        """What was done, as a predicate before the reference."""
        # A newer program may know more kinds than this one.
        return _(_ACTS[event.kind]) if event.kind in _ACTS else event.kind

    def said(self, event: Event) -> Iterator[str]:
        """What the event says, the words people wrote last."""
        data = event.data
        if event.kind == "init":
            yield data["unit"]["name"]
            return
        if event.kind.startswith(("sync.", "tracker.")):
            yield from _of_tracker(data)
            return
        if event.kind == "register":
            yield words.kind(data["kind"])
            yield data["title"]
            return
        if event.kind.startswith(("unit.", "person.")):
            yield from self._roster(event.kind, data)
            return
        if event.kind == "rules.set":
            yield f"{data['key']} = {data['value']}"
        for key, tell in self._tellers().items():
            if data.get(key) not in (None, "", [], ()):
                yield tell(data[key])

    def _roster(self, kind: str, data: Mapping[str, Any]) -> Iterator[str]:
        known = self._directory
        named = (
            known.unit_name(data["id"])
            if kind.startswith("unit.")
            else known.person_name(data["id"])
        )
        yield str(data["name"]) if "name" in data else named
        if kind == "unit.rename" and data["name"] != named:
            yield _("now {name}").format(name=named)
        if data.get("unit"):
            yield known.unit_name(data["unit"])
        if data.get("parent"):
            yield _("below {unit}").format(unit=known.unit_name(data["parent"]))
        if data.get("into"):
            yield _("into {unit}").format(unit=known.unit_name(data["into"]))
        if data.get("roles"):
            yield _(", ").join(words.role(role) for role in data["roles"])
        for key in ("login", "account", "reason"):
            if data.get(key):
                yield str(data[key])

    def _tellers(self) -> dict[str, Callable[[Any], str]]:
        """How each field of an item's event is told, in the order of telling."""
        unit, person = self._directory.unit_name, self._directory.person_name
        return {
            "responsible": lambda units: _(", ").join(map(unit, units)),
            "lead": lambda one: _("lead {unit}").format(unit=unit(one)),
            "cooperating": lambda units: _("with {units}").format(
                units=_(", ").join(map(unit, units))
            ),
            "owner": lambda one: _("owner {person}").format(person=person(one)),
            "leader": lambda one: _("leader {person}").format(person=person(one)),
            "rectification": words.rectification,
            "due": lambda day: _("due {day}").format(day=day),
            "review_on": lambda day: _("review on {day}").format(day=day),
            "field": str,
            "value": self._value,
            "number": lambda number: _("measure {n}").format(n=number),
            "on": str,
            "name": str,
            "digest": lambda digest: str(digest)[:12],
            "rectified_on": lambda day: _("rectified on {day}").format(day=day),
            "head": lambda one: _("endorsed by {head}").format(head=person(one)),
            "relation": str,
            "other": lambda item: self._refs.get(item, str(item)),
            "ruling": str,
            "result": str,
            "cause": str,
            "method": str,
            "where": str,
            "until": lambda day: _("until {day}").format(day=day),
            "body": str,
            "target": str,
            "stage_goal": str,
            "text": str,
            "statement": str,
            "reason": str,
            "opinion": str,
            "requirement": str,
            "missing": str,
            "via": lambda account: _("via {account}").format(account=account),
        }

    def _value(self, value: object) -> str:
        if isinstance(value, list):
            return _(", ").join(map(str, value))
        return self._directory.person_name(str(value))


_OF_TRACKER = ("name", "tracker", "key", "address", "project", "field", "take", "why")


def _of_tracker(data: Mapping[str, Any]) -> Iterator[str]:
    """What an event of a tracker says: the short facts, and what a run counted."""
    for name in _OF_TRACKER:
        if isinstance(value := data.get(name), str) and value:
            yield value
    for name, count in (data.get("counts") or {}).items():
        yield f"{name} {count}"
