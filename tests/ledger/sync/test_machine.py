"""Random days: both sides work, answers are lost, runs die; in the end all agrees.

After every settling: never two issues for an item, every comment and note on both
sides once, people's own text where they left it, the ledger's fields as the ledger
has them but where a conflict is recorded, the journal sound, and a run that finds
nothing to do.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree
from typing import Any, ClassVar, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from integrations.tracker import IssuePatch
from ledger import audit
from ledger.directory import Directory
from ledger.errors import Braked, Refused
from ledger.item import WORKING, State
from ledger.sync import marker, records, rendering, run
from ledger.sync.link import Field, base_of, round_of
from ledger.sync.merge import same_block
from tests.fakes.client import FakeGitea
from tests.fakes.fixtures import PEOPLE
from tests.ledger.office import CHEN, FENG, LI, QIAN, SUN, Office
from tests.ledger.sync.desk import Desk, Place, folder_place, gitea_place

FAULTS: list[dict[str, Any]] = [
    {"do": "drop"},
    {"do": "drop", "after": True},
    {"do": "late"},
    {"do": "cut"},
    {"do": "answer", "status": 502},
    {"do": "answer", "status": 503, "after": True},
]


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


class Days(RuleBasedStateMachine):
    """One ledger, one tracker, and everybody at work."""

    furnished: ClassVar[Path]
    fake: ClassVar[FakeGitea | None]
    steps_done: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.room = tempfile.TemporaryDirectory()
        folder = Path(self.room.name)
        self.office = Office.reopen(copytree(self.furnished, folder / "l"))
        self.desk = Desk.set_up(self.office, self._place(folder))
        self.desk.know(SUN, self.desk.place.stranger_login)
        self.refs: list[str] = []
        self.said: dict[str, list[str]] = {}
        self.notes: dict[str, list[str]] = {}
        self.margin: dict[str, str] = {}
        self.words = 0
        self.runs_since_late = 0

    def _place(self, folder: Path) -> Place:
        if self.fake is None:
            return folder_place(folder / "issues")
        return gitea_place(self.fake, zone="Asia/Shanghai")

    def teardown(self) -> None:
        try:
            self.agree()
        finally:
            self.office.ledger.close()
            self.room.cleanup()

    @initialize()
    def begin(self) -> None:
        """Two items are at work, and the tracker knows them."""
        for _ in range(2):
            self._register()
            self.office.assign(self.refs[-1])
        self.office.act("start", self.refs[0], SUN)
        self._sync()

    # -- the ledger's side

    @rule()
    def register(self) -> None:
        self._register()

    def _register(self) -> None:
        if len(self.refs) < 8:
            self.refs.append(self.office.registered(f"问题{len(self.refs)}"))

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), steps=st.integers(1, 4))
    def go_on(self, data: st.DataObject, steps: int) -> None:
        """The next steps of an item's life in the ledger."""
        ref = self._pick(data, self.refs)
        for _ in range(steps):
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
            pass

    def _work(self, ref: str) -> None:
        item = self.desk.item(ref)
        if item.measures and item.measures[0].done is None:
            self.office.act("measure.done", ref, SUN, number=1, on=self.office.today)
        elif not item.evidence:
            self.office.add_evidence(ref, SUN, self._words())
        else:
            self.office.request(ref)

    @precondition(lambda self: self.refs)
    @rule(data=st.data())
    def send_back(self, data: st.DataObject) -> None:
        ref = self._pick(data, self.refs)
        if self.desk.item(ref).state in (State.CLOSURE_REQUESTED, State.VERIFYING):
            self.office.act(
                "return", ref, CHEN, opinion="不足", requirement="补充培训签到表和照片"
            )

    @rule(data=st.data())
    def note(self, data: st.DataObject) -> None:
        self._note(data)

    def _note(self, data: st.DataObject) -> None:
        ref = self._pick(data, self.refs)
        if self.desk.item(ref).state in WORKING:
            text = self._words()
            self.office.act("progress", ref, SUN, text=text)
            self.notes.setdefault(ref, []).append(text)

    @precondition(lambda self: self.refs)
    @rule(data=st.data())
    def amend(self, data: st.DataObject) -> None:
        ref = self._pick(data, self.refs)
        field = data.draw(st.sampled_from(["title", "target"]))
        with suppress(Refused):
            self.office.act(
                "amend", ref, LI, field=field, value=self._words(), reason="更正"
            )

    # -- people in the tracker

    def _linked(self, data: st.DataObject) -> tuple[str, str] | None:
        keys: dict[str, str] = {}
        for ref in self.refs:
            link = self._link(ref)
            if link is not None and link.key is not None:
                keys[ref] = link.key
        if len(keys) < len(self.refs):
            # People see an issue although its answer was lost on the way to us.
            for issue in self.desk.issues():
                ref = issue.title.split()[0]
                if issue.author == "ledger" and ref in self.refs:
                    keys.setdefault(ref, issue.key)
        refs = sorted(keys)
        ref = self._pick(data, refs)
        return (ref, keys[ref]) if ref else None

    @staticmethod
    def _pick(data: st.DataObject, refs: list[str]) -> str:
        """One of ``refs``; what is drawn does not depend on how many there are."""
        number = data.draw(st.integers(0, 7))
        return refs[number % len(refs)] if refs else ""

    def _link(self, ref: str) -> Any:
        return self.office.ledger.store.sync.link("t", self.desk.item(ref).id)

    @rule(data=st.data(), with_file=st.booleans(), whose=st.booleans())
    def comment(self, data: st.DataObject, with_file: bool, whose: bool) -> None:
        if (found := self._linked(data)) is None:
            return
        ref, key = found
        hands = self.desk.place.wang if whose else self.desk.stranger
        text = self._words()
        if with_file:
            hands.comment_with_file(key, text, f"{text}.txt", text.encode())
        else:
            hands.comment(key, text)
        self.said.setdefault(ref, []).append(text)

    @rule(data=st.data(), done=st.booleans())
    def tick(self, data: st.DataObject, done: bool) -> None:
        if (found := self._linked(data)) is None:
            return
        body = self.desk.tracker().issue(found[1]).body
        box = "x" if done else " "
        self.desk.place.wang.write_body(
            found[1], re.sub(r"- \[.\] 1\.", f"- [{box}] 1.", body, count=1)
        )

    @rule(data=st.data(), order=st.permutations(["tick", "say", "close"]))
    def finish(self, data: st.DataObject, order: list[str]) -> None:
        """The unit does all that is asked of it, perhaps with a run in between."""
        if (found := self._linked(data)) is None:
            return
        ref, key = found
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
                self.said.setdefault(ref, []).append(text)
            elif not issue.closed:
                self.desk.place.wang.close(key)

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        found = self._linked(data)
        if found and not self.desk.tracker().issue(found[1]).closed:
            self.desk.place.wang.close(found[1])

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        found = self._linked(data)
        if found and self.desk.tracker().issue(found[1]).closed:
            self.desk.place.wang.reopen(found[1])

    @rule(data=st.data())
    def retitle(self, data: st.DataObject) -> None:
        if (found := self._linked(data)) is not None:
            self._patch(found[1], title=self._words())

    @rule(data=st.data())
    def undate(self, data: st.DataObject) -> None:
        if (found := self._linked(data)) is not None:
            self._patch(found[1], due=None)

    def _patch(self, key: str, **fields: Any) -> None:
        if self.fake is not None:
            self.fake.faults()
        tracker = self.desk.tracker()
        tracker.update(tracker.issue(key), IssuePatch(**fields))

    @rule(data=st.data())
    def write_in_the_margin(self, data: st.DataObject) -> None:
        if (found := self._linked(data)) is None:
            return
        ref, key = found
        body = self.desk.tracker().issue(key).body
        old = self.margin.get(ref)
        text = f"旁注：{self._words()}"
        self.desk.place.wang.write_body(
            key, body.replace(old, text) if old else f"{body}\n\n{text}"
        )
        self.margin[ref] = text

    @rule(
        data=st.data(),
        how=st.sampled_from(["begin", "end", "both", "inner", "doubled", "proposal"]),
    )
    def spoil(self, data: st.DataObject, how: str) -> None:
        """Somebody damages the block."""
        if (found := self._linked(data)) is None:
            return
        body = self.desk.tracker().issue(found[1]).body
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
        if spoilt.strip():
            self.desk.place.wang.write_body(found[1], spoilt)

    # -- runs

    @rule()
    def sync(self) -> None:
        self._sync()

    @rule(commit=st.integers(1, 40))
    def sync_and_die(self, commit: int) -> None:
        with dying(commit), suppress(Killed):
            self._sync()

    def _sync(self) -> None:
        # What was held back comes true within the quiet period, or never.
        self.runs_since_late += 1
        if self.fake is not None and self.runs_since_late > 5:
            self.fake.release()
        try:
            self.desk.sync()
        except Braked:
            self.desk.sync(yes=True)

    @rule(
        fault=st.sampled_from(FAULTS),
        method=st.sampled_from(["POST", "PATCH"]),
        skip=st.integers(0, 2),
        data=st.data(),
    )
    def sync_and_lose_an_answer(
        self, fault: dict[str, Any], method: str, skip: int, data: st.DataObject
    ) -> None:
        self._register()
        self._note(data)
        if self.fake is not None:
            self.fake.release()
            self.fake.faults({"method": method, "skip": skip, **fault})
        self._sync()
        self.runs_since_late = 0
        if self.fake is not None:
            self.fake.faults()

    @rule()
    def late_requests_come_true(self) -> None:
        if self.fake is not None:
            self.fake.release()

    @rule(minutes=st.sampled_from([1, 16, 600]))
    def time_passes(self, minutes: int) -> None:
        if self.fake is not None and minutes > 1:
            self.fake.release()  # before the quiet period is over
        self.office.later(minutes=minutes)

    @rule()
    def settle(self) -> None:
        self.agree()

    # -- what holds

    def agree(self) -> None:
        type(self).steps_done += 1
        if self.fake is not None:
            self.fake.faults()
            self.fake.release()
        self.desk.settle()
        self.desk.idle()
        ours = [issue for issue in self.desk.issues() if issue.author == "ledger"]
        names = Counter(
            name
            for issue in ours
            for name in marker.items_named(issue.body, self.office.ledger.id)[:1]
        )
        assert len(ours) == len([r for r in self.refs if self._link(r) is not None])
        for ref in self.refs:
            item = self.desk.item(ref)
            if (link := self._link(ref)) is None:
                assert item.state is State.CLOSED
                continue
            assert names[item.id] <= 1
            self._agrees(ref, link)
        assert audit.audit(self.office.ledger).faults == ()

    def _agrees(self, ref: str, link: Any) -> None:
        item, issue = self.desk.item(ref), self.desk.issue(ref)
        texts = [re.sub(r" ?\[.*", "", note.text) for note in item.notes]
        for said in self.said.get(ref, []):
            assert texts.count(said) == 1, (said, texts)
        comments = self.desk.comments(issue.key)
        for note in self.notes.get(ref, []):
            assert sum(note in comment for comment in comments) == 1, note
        marks = [m[0] for c in comments if (m := re.search(r"mark:\S+", c))]
        assert len(marks) == len(set(marks)), marks
        if ref in self.margin:
            assert self.margin[ref] in issue.body
        base = base_of(link)
        assert base is not None
        yielded = base.yielded if base.round == round_of(item) else frozenset()
        style = cast("Any", self._style())
        proposals = tuple(
            one.theirs
            for one in self.office.ledger.store.sync.conflicts(item=item.id)
            if one.field == Field.MEASURE and one.settled is None
        )
        wanted = rendering.rendered(item, style, proposals)
        if Field.TITLE not in yielded:
            assert issue.title == wanted.title
        if Field.DUE not in yielded:
            assert issue.due == wanted.due
        if Field.BLOCK not in yielded:
            inner = marker.find(issue.body, self.office.ledger.id, item.id).inner
            assert same_block(inner, wanted.block)
        if Field.CLOSED not in yielded:
            if item.state is State.CLOSED:
                assert issue.closed
            elif item.state in (State.REGISTERED, *WORKING):
                assert not issue.closed

    def _style(self) -> rendering.Style:
        from ledger.sync.gather import style_of
        from ledger.sync.run import registered

        ledger = self.office.ledger
        return style_of(
            ledger, registered(ledger, "t"), self.desk.tracker(), ledger.directory
        )

    def _words(self) -> str:
        self.words += 1
        return f"第{self.words}句话"


def run_days(
    fake: FakeGitea | None, furnished: Path, *, examples: int, steps: int
) -> None:
    """Live ``examples`` random lives of ``steps`` steps."""
    if fake is not None:
        fake.reset(users=PEOPLE)
    machine = type("Lived", (Days,), {"furnished": furnished, "fake": fake})
    with pytest.MonkeyPatch.context() as patch:
        # One call at a time, so that a life can be lived again and be made shorter.
        patch.setattr(run, "WORKERS", 1)
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples, stateful_step_count=steps, deadline=None
            ),
        )


@pytest.mark.parametrize("kind", ["folder", "gitea"])
def test_random_days_end_in_agreement(
    request: pytest.FixtureRequest, furnished: Path, kind: str
) -> None:
    fake = request.getfixturevalue("gitea_process") if kind == "gitea" else None
    run_days(fake, furnished, examples=6, steps=15)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["folder", "gitea"])
def test_many_random_days_end_in_agreement(
    request: pytest.FixtureRequest, furnished: Path, kind: str, trials: int | None
) -> None:
    fake = request.getfixturevalue("gitea_process") if kind == "gitea" else None
    run_days(fake, furnished, examples=(trials or 10_000) // 40, steps=40)
