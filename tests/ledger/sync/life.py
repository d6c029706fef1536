"""One random life: its ground, its clock, and what it holds for true.

:class:`Life` is what :mod:`tests.ledger.sync.acts` and :mod:`tests.ledger.sync.days`
build upon.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from shutil import copytree
from typing import Any, ClassVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from integrations.tracker import Issue, Missing
from ledger.item import State
from ledger.sync.link import base_of
from tests.fakes.client import FakeProcess
from tests.ledger.office import SUN, Office
from tests.ledger.sync.agreement import Done, link_of
from tests.ledger.sync.desk import Desk, Hands, Place

MOST_ITEMS = 10


@dataclass(frozen=True)
class Weather:
    """How a server is in one life; a place without a fake has its own.

    ``page`` is how many rows a page of a list has, ``lag`` by how many seconds the
    index of Jira is behind, ``flavour`` which Gitea it is: gitea, forgejo, or old (a
    Gitea without versions of texts).
    """

    zone: str = "Asia/Shanghai"
    page: int = 50
    lag: int = 0
    flavour: str = "gitea"


WEATHER = st.builds(
    Weather,
    zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
    page=st.sampled_from([50, 3, 2]),
    lag=st.sampled_from([0, 50, 290]),
    flavour=st.sampled_from(["gitea", "forgejo", "old"]),
)


@dataclass(frozen=True)
class Ground:
    """Where lives are lived: a fresh place for each, and the server, if it is a fake.

    The place may keep its files in the folder that it is given.
    """

    place: Callable[[Path, Weather], Place]
    server: FakeProcess | None = None


class Idle(Exception):
    """There was nothing to do."""


Act = Callable[["Life", st.DataObject], None]

IN_THE_TRACKER: dict[str, Act] = {}
"""What people do in the tracker, at any time: also while a run is under way."""


def act(does: Callable[..., None]) -> Any:
    """A rule that counts as a step if there was something to do."""

    @wraps(does)
    def counted(self: Life, data: st.DataObject) -> None:
        self.story.append(does.__name__)
        try:
            does(self, data)
        except Idle:
            self.story.append("  idle")
            self.tally["idle rules"] += 1
        except Exception as error:
            error.add_note("\n".join(self.story))
            raise
        else:
            self.tally["steps"] += 1

    return rule(data=st.data())(counted)


def act_in_the_tracker(does: Any) -> Any:
    """An :func:`act` of people in the tracker."""
    IN_THE_TRACKER[does.__name__] = does
    return act(does)


class Hours(Office):
    """An office with whose clock that of a fake server goes, ``wrong`` seconds off."""

    server: FakeProcess | None = None
    wrong: int = 0

    def later(self, days: float = 0, minutes: float = 1) -> None:
        super().later(days, minutes)
        self.strike()

    def strike(self) -> None:
        """Tell the server what time it is."""
        if self.server is not None:
            now = self.ledger.clock.now().timestamp()
            self.server.clock(frozen=now, wrong=self.wrong)


class Life(RuleBasedStateMachine):
    """One ledger before one tracker, and what people did."""

    furnished: ClassVar[Path]
    ground: ClassVar[Ground]
    tally: ClassVar[Counter[str]]

    office: Hours
    desk: Desk

    def __init__(self) -> None:
        super().__init__()
        self.room = tempfile.TemporaryDirectory()
        self.done = Done()
        self.words = 0
        self.story: list[str] = []
        self.tally["lives"] += 1

    @property
    def server(self) -> FakeProcess | None:
        """The fake that does what it is told, or nothing of the kind."""
        return self.ground.server

    @initialize(weather=WEATHER)
    def begin(self, weather: Weather) -> None:
        """Two items are at work, and the tracker knows them."""
        self.story.append(str(weather))
        folder = Path(self.room.name)
        self.office = cast(
            "Hours", Hours.reopen(copytree(self.furnished, folder / "l"))
        )
        place = self.ground.place(folder, weather)
        self.office.server = self.server
        self.office.strike()
        self.desk = Desk.set_up(self.office, place)
        # People look on all day: one connection will do.
        looker = place.opens({})
        self.desk.tracker = lambda: looker  # type: ignore[method-assign]  # for speed
        self.desk.know(SUN, place.stranger_login)
        for _ in range(2):
            self.register_one()
            self.office.assign(self.done.refs[-1])
        self.office.act("start", self.done.refs[0], SUN)
        self.desk.sync()

    def teardown(self) -> None:
        try:
            if hasattr(self, "desk"):
                self.agree()
                self._count()
        except Exception as error:
            error.add_note("\n".join(self.story))
            raise
        finally:
            if hasattr(self, "office"):
                self.office.ledger.close()
            self.room.cleanup()

    def some_run(self, data: st.DataObject) -> None:
        """A run of one kind or another."""
        raise NotImplementedError

    def agree(self) -> None:
        """Let everything settle, and look whether all agrees."""
        raise NotImplementedError

    def _count(self) -> None:
        self.tally["items"] += len(self.done.refs)
        conflicts = self.office.ledger.store.sync.conflicts()
        self.tally["conflicts recorded"] += len(conflicts)

    # What acts begin with

    def register_one(self) -> bool:
        """Put one more item on account, if there is room."""
        room = len(self.done.refs) < MOST_ITEMS
        if room:
            self.done.refs.append(self.office.registered(f"问题{len(self.done.refs)}"))
        return room

    def item_at(self, data: st.DataObject, states: Container[State]) -> str:
        """Some item in one of ``states``."""
        refs = [ref for ref in self.done.refs if self.desk.item(ref).state in states]
        ref = _one(data, refs)
        self.story.append(f"  {ref}, {self.desk.item(ref).state.value}")
        return ref

    def issue_of(
        self, data: st.DataObject, fits: Callable[[Issue], bool] = lambda _: True
    ) -> tuple[str, Issue]:
        """Some item that has an issue people find fit, and the issue as it is.

        People see an issue although its answer was lost on the way to us.
        """
        ours = {issue.key: issue for issue in self.desk.issues() if self.ours(issue)}
        there: dict[str, Issue] = {}
        for ref in self.done.refs:
            link = link_of(self.desk, ref)
            if link is not None and link.key in ours:
                there[ref] = ours.pop(link.key)
        for issue in ours.values():
            ref = issue.title.split()[0] if issue.title else ""
            if ref in self.done.refs:
                there.setdefault(ref, issue)
        ref = _one(data, [ref for ref, issue in sorted(there.items()) if fits(issue)])
        # A list may be behind; a person looks at the issue itself.
        try:
            issue = self.desk.tracker().issue(there[ref].key)
        except Missing:
            raise Idle from None
        if not fits(issue):
            raise Idle
        self.story.append(f"  {ref}, issue {issue.key}")
        return ref, issue

    def seen(self, ref: str, issue: Issue) -> Issue:
        """The issue as the ledger knows it: what is so again was never changed.

        Of an issue that it does not know yet it knows what it was made with.
        """
        link = link_of(self.desk, ref)
        base = base_of(link) if link is not None else None
        return base.issue if base is not None else issue

    def ours(self, issue: Issue) -> bool:
        """Whether the ledger's account made the issue."""
        return issue.author == "ledger"

    def somebody(self, *, known: bool) -> Hands:
        """The head of the unit, or an account that is 孙洁's."""
        return self.desk.place.wang if known else self.desk.stranger

    def say(self) -> str:
        """Words that nobody said before."""
        self.words += 1
        self.story.append(f"  第{self.words}句话")
        return f"第{self.words}句话"


def _one(data: st.DataObject, refs: list[str]) -> str:
    """One of ``refs``; what is drawn does not depend on how many there are."""
    number = data.draw(st.integers(0, MOST_ITEMS - 1))
    if not refs:
        raise Idle
    return refs[number % len(refs)]
