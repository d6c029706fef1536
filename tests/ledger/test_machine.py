"""A state machine whose actors keep to no rule drives a ledger through its one door."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger import guards, registration, roster
from ledger.assignment import Wish
from ledger.audit import audit
from ledger.book import Actor
from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.item import Item, Person, Role, State
from ledger.journal import event_of
from ledger.lifecycle import TRANSITIONS, Transition, possible, standing
from ledger.projection import directory_after, fold, item_after, touches_item
from ledger.rules import Rules
from tests.ledger.office import (
    ABOVE,
    CHEN,
    DATA,
    FENG,
    LI,
    QIAN,
    SUN,
    TRAFFIC,
    WANG,
    WU,
    ZHAO,
    ZHOU,
    Office,
)
from tests.ledger.witness import Witness

COMMANDS = sorted({row.command for row in TRANSITIONS})
picks = st.integers(0, 10_000)
faults = st.sampled_from(
    [
        None,
        None,
        None,
        "",
        " ",
        7,
        True,
        [],
        ["x"],
        {"a": 1},
        "p99",
        "u99",
        "2024-01-01",
    ]
)


NO_ISSUE = "The item had no issue there."


class Hostile(RuleBasedStateMachine):
    """People who try everything; after each step the ledger must be what it says."""

    template: ClassVar[Path]
    steps: ClassVar[int] = 0
    acts: ClassVar[int] = 0
    closings: ClassVar[int] = 0
    audits: ClassVar[int] = 0

    @initialize(
        closing=st.sampled_from(["three-person", "two-person"]),
        desk=st.sampled_from(["on", "off"]),
        notice=st.sampled_from(["off", "off", "2"]),
        lead=st.sampled_from(["no", "yes"]),
    )
    def begin(self, closing: str, desk: str, notice: str, lead: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.office = Office.reopen(
            shutil.copytree(self.template, self.folder / "ledger")
        )
        self.ledger = self.office.ledger
        self.witness = Witness()
        self.read = self.due = self.told_by_no_issue = 0
        self.items: dict[str, Item] = {}
        self.directory = fold([])[1]
        self.stale: list[Actor] = []
        for key, value in (
            ("closing", closing),
            ("desk-review", desk),
            ("notice", notice),
            ("lead-may-verify", lead),
        ):
            if self.ledger.directory.rules[key] != value:
                roster.set_rule(self.ledger, key, value, "试行", self.office.who(LI))
        self.follow()

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.proved()
            type(self).closings += self.witness.closings
            self.ledger.close()
            shutil.rmtree(self.folder)

    # What the actors find there

    def anyone(self, pick: int) -> Actor:
        people = list(self.ledger.directory.people.values())
        return Actor(people[pick % len(people)])

    def some_unit(self, pick: int) -> str:
        units = self.ledger.directory.active_units()
        return units[pick % len(units)].id

    def some_item(self, pick: int) -> Item:
        return list(self.items.values())[pick % len(self.items)]

    def tried(self, attempt: Any) -> bool:
        """Whether the attempt succeeded; a refusal leaves the journal as it was."""
        head = self.ledger.store.journal.head()
        self.tick()
        type(self).steps += 1
        try:
            attempt()
        except LedgerError:
            assert self.ledger.store.journal.head() == head
            return False
        except ValueError as error:
            # Only what no command can say ends so, and it ends before it is written.
            if "only the ledger says" not in str(error):
                raise
            assert self.ledger.store.journal.head() == head
            return False
        type(self).acts += 1
        return True

    def tick(self) -> None:
        self.office.later(minutes=0.5)

    def done(self, kind: str, **said: Any) -> None:
        """An act on people or units that has no command yet; it always succeeds."""
        type(self).steps += 1
        type(self).acts += 1
        self.tick()
        self.office.record(kind, **said)

    # Time

    @rule(days=st.sampled_from([0, 0, 1, 3, 20, 40]))
    def time_passes(self, days: int) -> None:
        type(self).steps += 1
        self.office.later(days=days)

    @rule(hours=st.integers(1, 60))
    def the_clock_jumps_back(self, hours: int) -> None:
        type(self).steps += 1
        fixed = self.ledger.clock.fixed
        assert fixed is not None
        self.ledger.clock = Clock(fixed - timedelta(hours=hours))

    def put_the_clock_right(self) -> None:
        fixed, head = self.ledger.clock.fixed, self.ledger.store.journal.head()
        assert fixed is not None
        self.ledger.clock = Clock(max(fixed, datetime.fromisoformat(head.at)))

    # The house

    @rule(title=st.sampled_from(["执法不规范", "服务能力不足"]), pick=picks)
    def someone_registers(self, title: str, pick: int) -> None:
        by = self.office.who(LI) if pick % 3 else self.anyone(pick)
        self.tried(
            lambda: registration.add(
                self.ledger, by, title=title, text=title, origin="督察反馈"
            )
        )

    @rule(pick=picks, unit=picks)
    def someone_is_moved(self, pick: int, unit: int) -> None:
        person = self.anyone(pick)
        self.stale.append(person)
        assert person.person is not None
        if unit % 3 == 0:
            self.done("person.move", id=person.person.id, unit=self.some_unit(unit))

    @rule(pick=picks, roles=st.sets(st.sampled_from([*Role]), min_size=1))
    def someone_is_given_roles(self, pick: int, roles: set[Role]) -> None:
        person = self.anyone(pick)
        self.stale.append(person)
        assert person.person is not None
        if pick % 4 == 0 and person.person.id != "p1":
            kept = person.person.roles if pick % 8 else frozenset[Role]()
            self.done("person.roles", id=person.person.id, roles=sorted(roles | kept))

    @rule(pick=picks, unit=picks, roles=st.sets(st.sampled_from([*Role]), min_size=1))
    def someone_is_added(self, pick: int, unit: int, roles: set[Role]) -> None:
        self.tried(
            lambda: roster.add_person(
                self.ledger,
                f"新人{pick % 7}",
                self.anyone(unit),
                unit=self.some_unit(unit),
                roles=roles,
            )
        )

    @precondition(lambda self: len(self.ledger.directory.active_units()) > 4)
    @rule(child=picks, parent=picks)
    def a_unit_is_moved_or_merged(self, child: int, parent: int) -> None:
        one, other = self.some_unit(child), self.some_unit(parent)
        directory = self.ledger.directory
        if parent % 3:
            return
        if directory.within(other, one):
            self.done("unit.move", id=one, parent=None)
        elif child % 4:
            self.done("unit.move", id=one, parent=other)
        elif one != "u1" and not directory.within(one, other):
            self.done("unit.merge", id=one, into=other)

    @rule(pick=picks, under=picks)
    def a_unit_is_added(self, pick: int, under: int) -> None:
        self.tried(
            lambda: roster.add_unit(
                self.ledger,
                f"新单位{pick % 5}",
                self.anyone(pick),
                under=self.some_unit(under) if under % 2 else None,
            )
        )

    @rule(
        pick=picks,
        setting=st.sampled_from(
            [
                ("closing", "two-person"),
                ("closing", "three-person"),
                ("desk-review", "off"),
                ("desk-review", "on"),
                ("notice", "off"),
                ("notice", "2"),
                ("lead-may-verify", "yes"),
            ]
        ),
    )
    def someone_sets_a_rule(self, pick: int, setting: tuple[str, str]) -> None:
        self.tried(
            lambda: roster.set_rule(self.ledger, *setting, "试行", self.anyone(pick))
        )

    # The items

    @precondition(lambda self: self.items)
    @rule(pick=picks, count=st.integers(1, 9))
    def the_next_steps_are_taken(self, pick: int, count: int) -> None:
        """The way to closure as good people go it, so that there is much to attack."""
        for _ in range(count):
            self.next_step(self.some_item(pick), pick)
            self.follow()

    @precondition(lambda self: self.items)
    @rule(pick=picks)
    def the_next_step_is_taken(self, pick: int) -> None:
        """One step of that way, between the tries of others."""
        self.next_step(self.some_item(pick), pick)

    def next_step(self, item: Item, pick: int) -> None:
        self.put_the_clock_right()
        head, worker, unit = (WANG, SUN, DATA) if pick % 2 else (ZHOU, WU, TRAFFIC)
        if item.responsible:
            worker, head = (SUN, WANG) if item.responsible[0] == "u2" else (WU, ZHOU)
        office, ledger = self.office, self.ledger

        def step() -> None:
            match item.state:
                case State.REGISTERED:
                    lead = ABOVE if pick % 11 == 0 else ""
                    wish = office.wish(item.ref, units=(unit,), lead=lead)
                    ledger.assign([wish], office.who(LI))
                case State.ASSIGNED:
                    ledger.act("start", item.ref, office.who(worker))
                case State.IN_PROGRESS | State.ONGOING:
                    self.work(item, worker, head, rash=pick % 4 == 0)
                case _:
                    self.decision(item, pick)

        self.tried(step)

    def work(self, item: Item, worker: str, head: str, *, rash: bool) -> None:
        left = [m.number for m in item.measures if m.done is None]
        today, who = self.office.today, self.office.who(worker)
        if left and not rash:
            self.ledger.act("measure.done", item.ref, who, number=left[0], on=today)
        elif not item.evidence and not rash:
            self.office.add_evidence(item.ref, worker)
        else:
            self.office.request(item.ref, by=worker, head=self.office.person(head))

    def decision(self, item: Item, pick: int) -> None:
        office, ledger = self.office, self.ledger
        match item.state:
            case State.CLOSURE_REQUESTED:
                ledger.act("review", item.ref, office.who(CHEN), opinion="材料齐全")
            case State.VERIFYING:
                office.verify(
                    item.ref,
                    by=ZHAO if pick % 3 else FENG,
                    conclusions=[
                        {"criterion": c.number, "met": True, "text": "合格"}
                        for c in item.criteria
                    ],
                )
            case State.VERIFIED | State.PUBLIC_NOTICE:
                self.finish(item, pick)
            case State.CLOSED:
                due = office.today + timedelta(days=30)
                ledger.act(
                    "reopen",
                    item.ref,
                    office.who(CHEN),
                    cause="recurrence",
                    due=due,
                    opinion="问题反弹",
                )
            case _:
                ledger.act("reinstate", item.ref, office.who(QIAN), reason="继续办理")

    def finish(self, item: Item, pick: int) -> None:
        by = self.office.who(ZHAO if pick % 2 else QIAN)
        if item.notice is not None and self.office.today <= item.notice.until:
            self.office.later(days=5)
        if item.state is State.VERIFIED and dict(item.rules)["notice"] != "off":
            self.ledger.act(
                "publish", item.ref, self.office.who(CHEN), where="政府网站"
            )
        else:
            self.ledger.act("close", item.ref, by, opinion="同意销号")

    @precondition(lambda self: self.items)
    @rule(
        pick=picks,
        who=picks,
        command=st.sampled_from(COMMANDS),
        unit=picks,
        fault=faults,
        place=picks,
        via=st.sampled_from([None, None, None, "gitea"]),
    )
    def someone_tries_something(
        self,
        *,
        pick: int,
        who: int,
        command: str,
        unit: int,
        fault: object,
        place: int,
        via: str | None,
    ) -> None:
        item = self.some_item(pick)
        by = self.anyone(who)
        if place % 8:  # aim: what is possible here, by somebody of the right standing
            row = self.some_row(item, place)
            fit = self.fitting(item, row)
            command = row.command
            by = Actor(fit[who % len(fit)]) if fit else by
        if self.stale and who % 5 == 0:
            by = self.stale[who % len(self.stale)]
        said = self.plausible(command, item, unit)
        if fault is not None and place % 3 == 0:
            said[sorted(said)[place % len(said)]] = fault
        if place % 29 == 0:
            said["to"] = "closed"
        before = self.entries()
        self.tried(
            lambda: self.ledger.act(command, item.ref, Actor(by.person, via), **said)
        )
        if via is not None:
            self.told_by_no_issue += self.entries() - before

    def entries(self) -> int:
        """How long the journal is."""
        rows = self.ledger.store.connection.execute("SELECT count(*) FROM journal")
        return int(rows.fetchone()[0])

    @precondition(lambda self: self.items)
    @rule(pick=picks, unit=picks, who=picks, lead=st.booleans())
    def someone_reassigns(self, pick: int, unit: int, who: int, lead: bool) -> None:
        item = self.some_item(pick)
        units = (self.some_unit(unit), self.some_unit(unit // 7))
        wish = Wish(
            item.ref, units[:1] if unit % 2 else units, lead=units[1] if lead else ""
        )
        self.tried(
            lambda: self.ledger.reassign(wish, self.anyone(who), reason="机构改革")
        )

    def some_row(self, item: Item, pick: int) -> Transition:
        """A row that leads on from here; deciding rows more often than working ones."""
        rows = possible(item, Rules.of(item.rules))
        judged = [row for row in rows if guards.uninvolved in row.guards]
        chosen = judged if judged and pick % 3 else rows
        return chosen[pick % len(chosen)]

    def fitting(self, item: Item, row: Transition) -> list[Person]:
        directory = self.ledger.directory
        return [
            person
            for person in directory.active_people()
            if not standing(person, item, directory).isdisjoint(row.who)
        ]

    def plausible(self, command: str, item: Item, pick: int) -> dict[str, Any]:
        """What a command may say, good enough to pass where the person may."""
        today = self.office.today
        people = list(self.ledger.directory.people)
        said: dict[str, Any] = {
            "reason": "机构改革",
            "opinion": "同意",
            "text": "进展正常",
            "number": 1 + pick % 2,
            "on": today,
            "due": today + timedelta(days=20 + pick % 200),
            "review_on": today + timedelta(days=60),
            "stage_goal": "制度印发",
            "rectified_on": today,
            "statement": "已整改",
            "head": people[pick % len(people)],
            "requirement": "请补充全部窗口的培训签到记录",
            "missing": "两个窗口未培训",
            "method": "现场核查",
            "where": "政府网站",
            "result": "holds",
            "cause": "sham",
            "body": "市监委",
            "document": self.office.file(),
            "ruling": "uphold",
            "digest": self.office.file(),
            "name": "附件.txt",
            "size": 15,
            "kind": "file",
            "responsible": [self.some_unit(pick)],
            "rectification": "phased",
            "field": ("title", "owner", "criteria", "leader")[pick % 4],
            "value": (
                "标题",
                people[pick % len(people)],
                ["抽查合格"],
                people[pick // 5 % len(people)],
            )[pick % 4],
            "conclusions": [
                {"criterion": c.number, "met": True, "text": "合格"}
                for c in item.criteria
            ],
        }
        if command == "reassign":
            del said["due"]
        return said

    # What must hold

    @invariant()
    def follow(self) -> None:
        """Stored state is the fold of the journal; the witness saw nothing wrong."""
        if not hasattr(self, "ledger"):
            return
        touched: dict[str, None] = {}
        rows = self.ledger.store.connection.execute(
            "SELECT body FROM journal WHERE seq > ? ORDER BY seq", (self.read,)
        ).fetchall()
        for (body,) in rows:
            event = event_of(body)
            self.read = event.seq
            self.witness.read(body)
            self.directory = directory_after(self.directory, event)
            if event.item is not None and touches_item(event.kind):
                self.items[event.item] = item_after(self.items.get(event.item), event)
                touched[event.item] = None
        assert not self.witness.wrongs
        for item in touched:
            assert self.ledger.find(item) == self.items[item]
            assert self.items[item].state == self.witness.lives[item].state
        if rows:
            assert self.ledger.directory == self.directory
        if self.steps >= self.due:
            self.due = self.steps + 50
            self.proved()

    def proved(self) -> None:
        type(self).audits += 1
        faults = audit(self.ledger).faults
        # What is said to come from a tracker where no item has an issue is named.
        assert {str(fault.wrong) for fault in faults} <= {NO_ISSUE}
        assert len(faults) == self.told_by_no_issue


def drive(
    template: Path, examples: int, steps: int, told: pytest.CaptureFixture[str]
) -> None:
    """Run the machine and say what it did."""
    Hostile.template = template
    Hostile.steps = Hostile.acts = Hostile.closings = Hostile.audits = 0
    run_state_machine_as_test(
        Hostile,
        settings=settings(
            settings.get_profile("ledger"),
            max_examples=examples,
            stateful_step_count=steps,
            database=None,
            # A life of a hundred steps takes minutes to shrink and is read as it is.
            phases=[Phase.explicit, Phase.generate],
        ),
    )
    with told.disabled():
        sys.stdout.write(
            f"[{Hostile.steps} steps, {Hostile.acts} acts, {Hostile.closings} closings,"
            f" {Hostile.audits} audits]"
        )


def test_hostile_actors_bring_no_item_to_closure_past_the_rules(
    furnished: Path, trials: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = trials or 2_000
    drive(furnished, max(1, steps // 80), 100, capsys)
    assert Hostile.steps >= steps // 2
    assert Hostile.acts > Hostile.steps // 10


@pytest.mark.long
def test_hostile_actors_bring_no_item_to_closure_in_a_long_run(
    furnished: Path, trials: int | None, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = trials or 24_000
    drive(furnished, steps // 100, 150, capsys)
    assert Hostile.steps >= steps * 5 // 6
    assert Hostile.closings > 0
