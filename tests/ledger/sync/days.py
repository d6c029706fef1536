"""Random days: one ledger, one tracker, and everybody at work in both.

:class:`Days` is the machine; what must hold whenever everything has settled is in
:mod:`tests.ledger.sync.agreement`. It runs before any :class:`Ground`: a fake, whose
server loses answers, or a place without faults, a real server or a folder.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from pathlib import Path
from shutil import copytree
from typing import Any, ClassVar, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from ledger.directory import Directory
from ledger.errors import Braked, Refused
from ledger.item import WORKING, State
from ledger.sync import records, run
from tests.fakes.client import FakeProcess
from tests.ledger.office import CHEN, FENG, LI, QIAN, SUN, Office
from tests.ledger.sync.agreement import Done, agrees, link_of
from tests.ledger.sync.desk import Desk, Place

FAULTS: list[dict[str, Any]] = [
    {"do": "drop"},
    {"do": "drop", "after": True},
    {"do": "late"},
    {"do": "cut"},
    {"do": "answer", "status": 502},
    {"do": "answer", "status": 503, "after": True},
]

RULES = 40
"""The longest life, in rules."""
LIVES = 4
"""The fewest lives that are drawn together."""

WRITES = r"^(?!.*/(?:search|bulkfetch))"
"""Paths of requests that write; Jira is also asked questions by POST."""


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def dying(commit: int) -> Iterator[None]:
    """Let a run die just before or after its commit numbered ``commit`` (halves)."""
    whole = records.Records.step
    count = 0

    @contextmanager
    def step(self: records.Records) -> Iterator[Directory]:
        nonlocal count
        with whole(self) as directory:
            yield directory
            count += 1
            if count == commit:
                raise Killed
        count += 1
        if count == commit:
            raise Killed

    records.Records.step = step  # type: ignore[method-assign]  # to die in
    try:
        yield
    finally:
        records.Records.step = whole  # type: ignore[method-assign]  # as it was


@dataclass(frozen=True)
class Ground:
    """Where lives are lived: a fresh place for each, and the server, if it is a fake.

    The place may keep its files in the folder that it is given.
    """

    place: Callable[[Path], Place]
    server: FakeProcess | None = None


class Idle(Exception):
    """There was nothing to do."""


def act(**drawn: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule that counts as a step if there was something to do."""

    def made(does: Callable[..., None]) -> Any:
        @wraps(does)
        def counted(self: Days, **given: Any) -> None:
            try:
                does(self, **given)
            except Idle:
                self.tally["idle rules"] += 1
            else:
                self.tally["steps"] += 1

        return cast("Any", rule)(**drawn)(counted)

    return made


class Days(RuleBasedStateMachine):
    """One ledger, one tracker, and everybody at work."""

    furnished: ClassVar[Path]
    ground: ClassVar[Ground]
    tally: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.room = tempfile.TemporaryDirectory()
        folder = Path(self.room.name)
        self.office = Office.reopen(copytree(self.furnished, folder / "l"))
        self.desk = Desk.set_up(self.office, self.ground.place(folder))
        self.desk.know(SUN, self.desk.place.stranger_login)
        self.done = Done()
        self.words = 0
        self.runs_since_late = 0
        self.tally["lives"] += 1

    @property
    def server(self) -> FakeProcess | None:
        """The fake that does what it is told, or nothing of the kind."""
        return self.ground.server

    def teardown(self) -> None:
        try:
            self.agree()
            self._count()
        finally:
            self.office.ledger.close()
            self.room.cleanup()

    def _count(self) -> None:
        conflicts = self.office.ledger.store.sync.conflicts()
        self.tally["items"] += len(self.done.refs)
        self.tally["conflicts recorded"] += len(conflicts)

    @initialize()
    def begin(self) -> None:
        """Two items are at work, and the tracker knows them."""
        for _ in range(2):
            self._register()
            self.office.assign(self.done.refs[-1])
        self.office.act("start", self.done.refs[0], SUN)
        self._sync()

    # -- the ledger's side

    @act()
    def register(self) -> None:
        if not self._register():
            raise Idle

    def _register(self) -> bool:
        room = len(self.done.refs) < 8
        if room:
            self.done.refs.append(self.office.registered(f"问题{len(self.done.refs)}"))
        return room

    @act(data=st.data(), steps=st.integers(1, 4))
    def go_on(self, data: st.DataObject, steps: int) -> None:
        """The next steps of an item's life in the ledger."""
        ref = self._pick(data, self.done.refs)
        self._step(ref)
        with suppress(Idle):
            for _ in range(steps - 1):
                self._step(ref)

    def _step(self, ref: str) -> None:
        office, item = self.office, self.desk.item(ref)
        try:
            match item.state:
                case State.REGISTERED:
                    office.assign(ref)
                case State.ASSIGNED:
                    office.act("start", ref, SUN)
                case State.IN_PROGRESS:
                    self._work(ref)
                case State.CLOSURE_REQUESTED:
                    office.act("review", ref, CHEN, opinion="材料齐全")
                case State.VERIFYING:
                    office.verify(ref, FENG)
                case State.VERIFIED:
                    office.act("close", ref, QIAN, opinion="同意销号")
                case State.CLOSED:
                    office.act(
                        "reopen",
                        ref,
                        CHEN,
                        cause="recurrence",
                        opinion="问题反弹",
                        due=office.today.replace(year=2025),
                    )
        except Refused:
            raise Idle from None

    def _work(self, ref: str) -> None:
        item = self.desk.item(ref)
        if item.measures and item.measures[0].done is None:
            self.office.act("measure.done", ref, SUN, number=1, on=self.office.today)
        elif not item.evidence:
            self.office.add_evidence(ref, SUN, self._words())
        else:
            self.office.request(ref)

    @act(data=st.data())
    def send_back(self, data: st.DataObject) -> None:
        ref = self._pick(data, self.done.refs)
        if self.desk.item(ref).state not in (State.CLOSURE_REQUESTED, State.VERIFYING):
            raise Idle
        self.office.act(
            "return", ref, CHEN, opinion="不足", requirement="补充培训签到表和照片"
        )

    @act(data=st.data())
    def note(self, data: st.DataObject) -> None:
        self._note(data)

    def _note(self, data: st.DataObject) -> None:
        ref = self._pick(data, self.done.refs)
        if self.desk.item(ref).state not in WORKING:
            raise Idle
        text = self._words()
        self.office.act("progress", ref, SUN, text=text)
        self.done.notes.setdefault(ref, []).append(text)

    @act(data=st.data())
    def amend(self, data: st.DataObject) -> None:
        ref = self._pick(data, self.done.refs)
        field = data.draw(st.sampled_from(["title", "target"]))
        try:
            self.office.act(
                "amend", ref, LI, field=field, value=self._words(), reason="更正"
            )
        except Refused:
            raise Idle from None

    # -- people in the tracker

    def _linked(self, data: st.DataObject) -> tuple[str, str]:
        """An item that has an issue, and the issue's key."""
        keys: dict[str, str] = {}
        for ref in self.done.refs:
            link = link_of(self.desk, ref)
            if link is not None and link.key is not None:
                keys[ref] = link.key
        if len(keys) < len(self.done.refs):
            # People see an issue although its answer was lost on the way to us.
            for issue in self.desk.issues():
                ref = issue.title.split()[0]
                if issue.author == "ledger" and ref in self.done.refs:
                    keys.setdefault(ref, issue.key)
        refs = sorted(keys)
        ref = self._pick(data, refs)
        if not ref:
            raise Idle
        return ref, keys[ref]

    @staticmethod
    def _pick(data: st.DataObject, refs: list[str]) -> str:
        """One of ``refs``; what is drawn does not depend on how many there are."""
        number = data.draw(st.integers(0, 7))
        return refs[number % len(refs)] if refs else ""

    @act(data=st.data(), with_file=st.booleans(), whose=st.booleans())
    def comment(self, data: st.DataObject, with_file: bool, whose: bool) -> None:
        ref, key = self._linked(data)
        hands = self.desk.place.wang if whose else self.desk.stranger
        text = self._words()
        if with_file:
            hands.comment_with_file(key, text, f"{text}.txt", text.encode())
        else:
            hands.comment(key, text)
        self.done.said.setdefault(ref, []).append(text)

    @act(data=st.data(), done=st.booleans())
    def tick(self, data: st.DataObject, done: bool) -> None:
        _, key = self._linked(data)
        body = self.desk.tracker().issue(key).body
        box = "x" if done else " "
        self.desk.place.wang.write_body(
            key, re.sub(r"- \[.\] 1\.", f"- [{box}] 1.", body, count=1)
        )

    @act(data=st.data(), order=st.permutations(["tick", "say", "close"]))
    def finish(self, data: st.DataObject, order: list[str]) -> None:
        """The unit does all that is asked of it, in any order."""
        ref, key = self._linked(data)
        for act in order:
            issue = self.desk.tracker().issue(key)
            if act == "tick":
                body = re.sub(r"- \[ \] 1\.", "- [x] 1.", issue.body, count=1)
                self.desk.place.wang.write_body(key, body)
            elif act == "say":
                text = self._words()
                self.desk.place.wang.comment_with_file(
                    key, text, f"{text}.txt", text.encode()
                )
                self.done.said.setdefault(ref, []).append(text)
            elif not issue.closed:
                self.desk.place.wang.close(key)

    @act(data=st.data())
    def close(self, data: st.DataObject) -> None:
        _, key = self._linked(data)
        if self.desk.tracker().issue(key).closed:
            raise Idle
        self.desk.place.wang.close(key)

    @act(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        _, key = self._linked(data)
        if not self.desk.tracker().issue(key).closed:
            raise Idle
        self.desk.place.wang.reopen(key)

    @act(data=st.data())
    def retitle(self, data: st.DataObject) -> None:
        _, key = self._linked(data)
        self.desk.place.wang.retitle(key, self._words())

    @act(data=st.data(), days=st.none() | st.integers(0, 400))
    def redate(self, data: st.DataObject, days: int | None) -> None:
        _, key = self._linked(data)
        day = None if days is None else date(2024, 3, 1) + timedelta(days)
        self.desk.place.wang.redate(key, day)

    @act(data=st.data())
    def write_in_the_margin(self, data: st.DataObject) -> None:
        ref, key = self._linked(data)
        body = self.desk.tracker().issue(key).body
        old = self.done.margin.get(ref)
        text = f"旁注：{self._words()}"
        self.desk.place.wang.write_body(
            key, body.replace(old, text) if old else f"{body}\n\n{text}"
        )
        self.done.margin[ref] = text

    @act(
        data=st.data(),
        how=st.sampled_from(["begin", "end", "both", "inner", "doubled", "proposal"]),
    )
    def spoil(self, data: st.DataObject, how: str) -> None:
        """Somebody damages the block."""
        _, key = self._linked(data)
        body = self.desk.tracker().issue(key).body
        spoilt = {
            "begin": lambda: re.sub(r"<!-- ledger:.*?-->\n", "", body, count=1),
            "end": lambda: re.sub(r"\n<!-- /ledger:.*?-->", "", body, count=1),
            "both": lambda: re.sub(r"<!-- /?ledger:.*?-->\n?", "", body),
            "inner": lambda: body.replace("**R-", "**X-", 1),
            "doubled": lambda: body + "\n\n" + re.sub("旁注.*", "", body),
            "proposal": lambda: body.replace(
                "\n<!-- /ledger", f"\n- [ ] {self._words()}\n<!-- /ledger", 1
            ),
        }[how]()
        if spoilt == body or not spoilt.strip():
            raise Idle
        self.desk.place.wang.write_body(key, spoilt)

    # -- runs

    @act()
    def sync(self) -> None:
        self._sync()

    @act(commit=st.integers(1, 40))
    def sync_and_die(self, commit: int) -> None:
        with dying(commit):
            try:
                self._sync()
            except Killed:
                self.tally["kills"] += 1

    def _sync(self) -> None:
        # What was held back comes true within the quiet period, or never.
        self.runs_since_late += 1
        if self.server is not None and self.runs_since_late > 5:
            self.server.release()
        self.tally["runs"] += 1
        try:
            self.desk.sync()
        except Braked:
            self.desk.sync(yes=True)

    @act(
        fault=st.sampled_from(FAULTS),
        method=st.sampled_from(["POST", "PUT|PATCH"]),
        skip=st.integers(0, 2),
        data=st.data(),
    )
    def sync_and_lose_an_answer(
        self, fault: dict[str, Any], method: str, skip: int, data: st.DataObject
    ) -> None:
        self._register()
        with suppress(Idle):
            self._note(data)
        if self.server is not None:
            self.server.release()
            self.server.faults(
                {"method": method, "path": WRITES, "skip": skip, **fault}
            )
        self._sync()
        self.runs_since_late = 0
        if self.server is not None:
            self.tally["lost answers"] += self.server.faults_left() == [0]
            self.server.faults()

    @act()
    def late_requests_come_true(self) -> None:
        if self.server is None or not self.server.release():
            raise Idle

    @act(minutes=st.sampled_from([1, 16, 600]))
    def time_passes(self, minutes: int) -> None:
        if self.server is not None and minutes > 1:
            self.server.release()  # before the quiet period is over
        self.office.later(minutes=minutes)

    @act()
    def settle(self) -> None:
        self.agree()

    # -- what holds

    def agree(self) -> None:
        self.tally["settlings"] += 1
        if self.server is not None:
            self.server.faults()
            self.server.release()
        self.desk.settle()
        self.desk.idle()
        agrees(self.desk, self.done)

    def _words(self) -> str:
        self.words += 1
        return f"第{self.words}句话"


def live(ground: Ground, furnished: Path, *, steps: int) -> Counter[str]:
    """Live random lives until so many steps were taken; the figures of what happened."""
    tally: Counter[str] = Counter()
    machine = type(
        "Lived", (Days,), {"furnished": furnished, "ground": ground, "tally": tally}
    )
    with pytest.MonkeyPatch.context() as patch:
        # One call at a time, so that a life can be lived again and be made shorter.
        patch.setattr(run, "WORKERS", 1)
        while tally["steps"] < steps:
            # Hypothesis ends a life when it likes, and the first ones soon: only what
            # was done is counted.
            lives = max(LIVES, (steps - tally["steps"]) // RULES)
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=lives, stateful_step_count=RULES, deadline=None
                ),
            )
    return tally
