"""An hour of an office of ten, by script, in the ledger and in a Gitea or Forgejo.

Ten people of whom each changes something every minute make six hundred edits in an
hour, and the ledger is synced every few of them. :data:`HOUR` says what they do and
how often; in which order, and to which item, a seed decides. Some runs die on their
way, and in the midst of some somebody does something. Every quarter of an hour all must agree, and what people did is looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import pytest

from checklists import derive, read_document
from ledger import registration
from ledger.errors import Braked
from ledger.item import Item, Kind, State
from ledger.sync import run
from ledger.sync.link import Field
from ledger.sync.rendering import report_title
from ledger.sync.run import registered
from tests.fakes.client import ROOT
from tests.ledger.office import LI
from tests.ledger.sync.agreement import agrees, summary
from tests.ledger.sync.days import Killed, dying
from tests.ledger.sync.life import Idle
from tests.ledger.sync.meanwhile import watched
from tests.ledger.sync.work import Work

SAMPLE = ROOT / "checklists" / "samples" / "siping-2023.txt"

IN_THE_LEDGER: Mapping[str, int] = {
    "register": 8,
    "go_on": 150,
    "send_back": 6,
    "note": 70,
    "prove": 15,
    "amend": 25,
    "add_a_measure": 12,
    "extend": 6,
    "move_to_another_unit": 4,
}
"""How often each thing is done; ``go_on`` is the next step of an item's life."""

IN_THE_TRACKER: Mapping[str, int] = {
    "comment": 60,
    "comment_with_a_file": 25,
    "reword": 15,
    "attach": 8,
    "tick": 40,
    "finish": 16,
    "close": 15,
    "reopen": 12,
    "retitle": 15,
    "redate": 15,
    "write_in_the_margin": 40,
    "spoil": 24,
    "label": 20,
    "unlabel": 10,
    "assign": 15,
    "set_a_milestone": 8,
}

HOUR: Mapping[str, int] = {**IN_THE_LEDGER, **IN_THE_TRACKER}

MOST_AT_ONCE = 6
"""Edits between two runs, at most."""

DEADLY = 0.15
"""How many of the runs die on their way."""

DISTURBED = 0.4
"""In how many of the runs somebody does something while they are under way."""

MEANWHILE = IN_THE_TRACKER.keys() - {"reword"}
"""What can be done in the midst of a run, without a look into the ledger."""

RUNS = (
    "edits in the midst of a run",
    "runs",
    "runs that died",
    "reads",
    "writes",
    "settlings",
)

PATIENCE = 100
"""How often what nothing was ready for is tried again after the hour."""

STEPS = {
    "assign",
    "start",
    "measure.done",
    "evidence.add",
    "request-closure",
    "review",
    "verify.pass",
    "close",
    "reopen",
}
"""The steps of a life; each is taken at least once in an hour."""


class Midst:
    """Something that is done before the call numbered ``call`` of a run."""

    def __init__(self, call: int, does: Callable[[], bool]) -> None:
        """Do ``does``, which says whether it could."""
        self.call = call
        self.does = does
        self.did: bool | None = None

    def before(self, name: str, given: tuple[Any, ...]) -> None:
        """The call ``name`` is about to be made."""
        # Where a text has no version, an edit between the last read and the write is
        # lost, as the documentation says: there people wait a moment.
        if name != "update" or given[0].version is not None:
            self.call -= 1
            if self.call == 0:
                self.did = self.does()


class Hour(Work):
    """The people of the office, and an hour of what they do."""

    def live(self, edits: int | None = None) -> None:
        """Do everything in :data:`HOUR`, or about ``edits`` in its proportions."""
        share = 1 if edits is None else edits / sum(HOUR.values())
        todo = [
            name
            for name, count in HOUR.items()
            for _ in range(max(1, round(count * share)))
        ]
        self.dice.shuffle(todo)
        self.begin()
        quarter = -(-len(todo) // 4)
        put_off: list[str] = []
        while todo:
            now, todo = put_off + todo[:quarter], todo[quarter:]
            put_off = self.work(now)
            self.agree()
        for _ in range(PATIENCE):
            if not put_off:
                break
            # What nothing was ready for: the others go on until something is.
            put_off = self.work(["go_on", *put_off])
        assert not put_off, f"nothing was ready for these: {put_off}"
        self.agree()

    def figures(self) -> str:
        """What was done, in one line."""
        here, there = (
            sum(self.tally[name] for name in names)
            for names in (IN_THE_LEDGER, IN_THE_TRACKER)
        )
        comments = [
            c for page in self.desk.tracker().comments(None) for c in page.entries
        ]
        conflicts = self.office.ledger.store.sync.conflicts()
        told = {
            "edits": here + there,
            "edits in the ledger": here,
            "edits in the tracker": there,
            **{name: self.tally[name] for name in RUNS},
            "items": len(self.done.refs),
            "struck off": self.steps["close"],
            "comments": len(comments),
            "conflicts recorded": len(conflicts),
        }
        return summary(told)

    def begin(self) -> None:
        """The problems of a report and a few others stand at any step, with issues."""
        checklist = derive(read_document(SAMPLE))
        made = registration.register(
            self.office.ledger, checklist, self.office.who(LI), only=Kind.FINDING
        )
        self.done.refs.extend(made.added)
        for _ in range(14):
            self.register()
        for place, ref in enumerate(self.done.refs):
            for _ in range(place % 8):
                self._advance(ref)
        self._sync()

    def work(self, acts: list[str]) -> list[str]:
        """Do ``acts``, with a run every few; those that nothing was ready for."""
        put_off = []
        while acts:
            few = self.dice.randint(1, MOST_AT_ONCE)
            now, acts = acts[:few], acts[few:]
            self.look_around()
            put_off += [name for name in now if not self._does(name)]
            self.look_around()
            fate = self.dice.random()
            if fate < DEADLY:
                self._sync_and_die()
            elif fate < DEADLY + DISTURBED and not MEANWHILE.isdisjoint(acts):
                name = next(name for name in acts if name in MEANWHILE)
                acts.remove(name)
                put_off += [] if self._sync_and_meanwhile(name) else [name]
            else:
                self._sync()
        return put_off

    def _does(self, name: str) -> bool:
        try:
            getattr(self, name)()
        except Idle:
            return False
        self.tally[name] += 1
        return True

    def _sync_and_die(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            # A process dies with all its hands: one that works alone knows where.
            patch.setattr(run, "WORKERS", 1)
            with dying(self.dice.randint(1, 12)):
                try:
                    self._sync()
                except Killed:
                    self.tally["runs that died"] += 1

    def _sync_and_meanwhile(self, name: str) -> bool:
        """A run in whose midst, before one of its calls, somebody does ``name``."""
        midst = Midst(self.dice.randint(1, 6), lambda: self._does(name))
        connect = self.desk.connect
        with pytest.MonkeyPatch.context() as patch:
            # Between two calls of one thread: where the server has no versions of
            # texts, an edit between a read and the write after it is overwritten.
            patch.setattr(run, "WORKERS", 1)
            patch.setattr(
                self.desk,
                "connect",
                lambda *given: watched(connect(*given), midst.before),
            )
            self._sync()
        self.tally["edits in the midst of a run"] += midst.did is not None
        return self._does(name) if midst.did is None else midst.did

    def _sync(self) -> None:
        self.tally["runs"] += 1
        try:
            report = self.desk.sync()
        except Braked:
            report = self.desk.sync(yes=True)
        self.tally["reads"] += report.reads
        self.tally["writes"] += report.writes

    def agree(self) -> None:
        """Let all settle, and look for everything that people did."""
        self.tally["settlings"] += 1
        self.desk.settle()
        agrees(self.desk, self.done)
        for ref in self.done.refs:
            self._kept(self.desk.item(ref))
        self._milestone_tells()
        with self._no_look_back():
            self.desk.idle()

    @contextmanager
    def _no_look_back(self) -> Iterator[None]:
        """Runs that read only what is new.

        A run reads again what was written in the two minutes before the one before
        it. In an hour that is little; by script it is a good part of the hour.
        """
        ledger = self.office.ledger
        row = registered(ledger, "t")
        with ledger.writing():
            none = {**row.options, "overlap": "0"}
            ledger.store.sync.change_tracker("t", options=none)
        yield
        with ledger.writing():
            ledger.store.sync.change_tracker("t", options=row.options)

    def _milestone_tells(self) -> None:
        """The milestone of the report says how far the report is."""
        items = [self.desk.item(ref) for ref in self.done.refs]
        found = [item for item in items if item.kind is Kind.FINDING]
        closed = sum(item.state is State.CLOSED for item in found)
        (shown,) = [
            one
            for one in self.wang.who.send("GET", "/milestones?state=all")
            if one["title"] == report_title(found[0])
        ]
        assert f"Struck off {closed} of {len(found)}" in shown["description"]
        assert (shown["state"] == "closed") == (closed == len(found))

    def _kept(self, item: Item) -> None:
        """What :func:`agrees` does not look for: labels, milestones, files, edits."""
        ref, issue = item.ref, self.desk.issue(item.ref)
        assert self.labels.get(ref, set()) <= issue.labels
        if ref in self.milestones:
            assert issue.milestone == self.milestones[ref]
        texts = [note.text for note in item.notes]
        for (where, _), new in self.reworded.items():
            if where == ref:
                assert sum(new in text for text in texts) == 1, (new, texts)
        refused = {
            one.theirs
            for one in self.office.ledger.store.sync.conflicts(item=item.id)
            if one.field == Field.EVIDENCE
        }
        kept = {one.name: one.digest for one in item.evidence}
        for name, data in self.files.get(ref, {}).items():
            assert name in refused or kept[name] == sha256(data).hexdigest(), name
        attached = Counter(one.name for one in issue.attachments)
        ours = [one for one in item.evidence if one.via is None]
        for one in ours:
            assert attached[f"E{one.number}-{one.digest[:8]}-{one.name}"] == 1, one
