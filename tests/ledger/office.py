"""A ledger with its people, driven through the one door as the commands drive it.

市司法局督察科   李明  supervisor, approver, verifier (the first person)
市政数局         王强  head    孙洁  responsible
  信息中心       郑爽  responsible, verifier
市交通局         周杰  head    吴敏  responsible
市委依法治市办   陈立  supervisor   冯远  verifier   钱进  approver
                 赵敏  supervisor, approver, verifier
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ledger import registration, roster
from ledger.assignment import Wish
from ledger.book import Actor, Draft, Ledger
from ledger.clock import Clock
from ledger.item import Item, Role, State

BEGINNING = datetime(2024, 3, 4, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Shanghai
LI, WANG, SUN, ZHENG, HE = "李明", "王强", "孙洁", "郑爽", "何平"
ZHOU, WU, CHEN, FENG, QIAN, ZHAO = "周杰", "吴敏", "陈立", "冯远", "钱进", "赵敏"
DATA, CENTRE, TRAFFIC = "市政数局", "信息中心", "市交通局"
INSPECTION, ABOVE = "市司法局督察科", "市委依法治市办"

STAFF: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    (WANG, DATA, (Role.UNIT_HEAD,)),
    (SUN, DATA, (Role.RESPONSIBLE,)),
    (HE, DATA, tuple(Role)),
    (ZHENG, CENTRE, (Role.RESPONSIBLE, Role.VERIFIER)),
    (ZHOU, TRAFFIC, (Role.UNIT_HEAD,)),
    (WU, TRAFFIC, (Role.RESPONSIBLE,)),
    (CHEN, ABOVE, (Role.SUPERVISOR,)),
    (FENG, ABOVE, (Role.VERIFIER,)),
    (QIAN, ABOVE, (Role.APPROVER,)),
    (ZHAO, ABOVE, (Role.SUPERVISOR, Role.APPROVER, Role.VERIFIER)),
)


class Office:
    """An open ledger, its clock, and short ways to bring an item to a state."""

    def __init__(self, ledger: Ledger) -> None:
        """Drive ``ledger``; it is no data to keep, so nothing waits for the disk."""
        self.ledger = ledger
        ledger.store.connection.execute("PRAGMA synchronous = OFF")

    @classmethod
    def begin(cls, folder: Path, **rules: str) -> Office:
        """A new ledger in three-person mode with everybody in it."""
        values = {"closing": "three-person"}
        values.update({key.replace("_", "-"): value for key, value in rules.items()})
        office = cls(
            Ledger.create(
                folder, unit=INSPECTION, actor=LI, clock=Clock(BEGINNING), rules=values
            )
        )
        li = office.who(LI)
        roster.add_unit(office.ledger, DATA, li)
        roster.add_unit(office.ledger, CENTRE, li, under=DATA)
        roster.add_unit(office.ledger, TRAFFIC, li)
        roster.add_unit(office.ledger, ABOVE, li, outside=True)
        for name, unit, roles in STAFF:
            roster.add_person(office.ledger, name, li, unit=unit, roles=roles)
        return office

    @classmethod
    def reopen(cls, folder: Path) -> Office:
        """The ledger in ``folder``, a day after its last entry."""
        ledger = Ledger.open(folder, clock=Clock(BEGINNING))
        office = cls(ledger)
        last = datetime.fromisoformat(ledger.store.journal.head().at)
        ledger.clock = Clock(last)
        return office

    # Time and people

    @property
    def today(self) -> date:
        return self.ledger.today()

    def later(self, days: float = 0, minutes: float = 1) -> None:
        """Let time pass."""
        fixed = self.ledger.clock.fixed
        assert fixed is not None
        self.ledger.clock = Clock(fixed + timedelta(days=days, minutes=minutes))

    def who(self, name: str) -> Actor:
        return Actor(self.ledger.directory.find_person(name))

    def unit(self, name: str) -> str:
        return self.ledger.directory.find_unit(name).id

    def person(self, name: str) -> str:
        return self.ledger.directory.find_person(name).id

    def record(self, kind: str, by: str = LI, /, **data: Any) -> None:
        """An event that has no command yet, as its command will record it."""
        with self.ledger.writing() as directory:
            self.ledger.record([Draft(kind, data, self.who(by))], directory)

    # Acts

    def act(self, command: str, ref: str, by: str, /, **said: Any) -> Item:
        self.later()
        return self.ledger.act(command, ref, self.who(by), **said)

    def find(self, ref: str) -> Item:
        return self.ledger.find(ref)

    def file(self, content: str = "培训签到表") -> str:
        """The digest of a file in the store."""
        path = self.ledger.folder / "附件.txt"
        path.write_text(content, encoding="utf-8")
        return self.ledger.evidence.add(path).digest

    def add_evidence(self, ref: str, by: str, content: str = "培训签到表") -> Item:
        path = self.ledger.folder / "附件.txt"
        path.write_text(content, encoding="utf-8")
        self.later()
        return self.ledger.add_evidence(
            ref, self.ledger.evidence.add(path), self.who(by)
        )

    # Ways to a state: each returns the reference

    def registered(self, title: str = "政务服务能力逐级递减") -> str:
        self.later()
        return registration.add(
            self.ledger, self.who(LI), title=title, text=title, origin="督察反馈"
        ).ref

    def wish(self, ref: str, **changes: Any) -> Wish:
        plan = Wish(
            ref,
            (DATA,),
            "30d",
            "phased",
            target="窗口一次办结",
            measures=("培训窗口人员",),
            criteria=("抽查十件全部合格",),
        )
        return replace(plan, **changes)

    def assign(self, ref: str, **changes: Any) -> Item:
        self.later()
        return self.ledger.assign([self.wish(ref, **changes)], self.who(LI))[0]

    def assigned(self, **changes: Any) -> str:
        ref = self.registered()
        self.assign(ref, **changes)
        return ref

    def started(self, **changes: Any) -> str:
        ref = self.assigned(**changes)
        self.act("start", ref, SUN)
        return ref

    def worked(self, **changes: Any) -> str:
        """In progress, all measures done, evidence there: ready to be requested."""
        ref = self.started(**changes)
        self.act("measure.done", ref, SUN, number=1, on=self.today)
        self.add_evidence(ref, SUN)
        return ref

    def request(self, ref: str, by: str = SUN, **changes: Any) -> Item:
        said = {
            "rectified_on": self.today,
            "statement": "已按要求整改到位",
            "head": self.person(WANG),
        }
        return self.act("request-closure", ref, by, **{**said, **changes})

    def requested(self, **changes: Any) -> str:
        ref = self.worked(**changes)
        self.request(ref)
        return ref

    def verifying(self, **changes: Any) -> str:
        ref = self.requested(**changes)
        if self.find(ref).state is State.CLOSURE_REQUESTED:
            self.act("review", ref, CHEN, opinion="材料齐全")
        return ref

    def verify(self, ref: str, by: str = FENG, **changes: Any) -> Item:
        said = {
            "conclusions": [{"criterion": 1, "met": True, "text": "抽查十件合格"}],
            "method": "现场核查",
            "on": self.today,
        }
        return self.act("verify.pass", ref, by, **{**said, **changes})

    def verified(self, **changes: Any) -> str:
        ref = self.verifying(**changes)
        self.verify(ref)
        return ref

    def closed(self, **changes: Any) -> str:
        ref = self.verified(**changes)
        self.act("close", ref, QIAN, opinion="同意销号")
        return ref

    def published(self, **changes: Any) -> str:
        """Under public notice; the rules must have a period."""
        ref = self.verified(**changes)
        self.act("publish", ref, CHEN, where="政府网站")
        return ref

    def ongoing(self, **changes: Any) -> str:
        ref = self.started(**changes)
        self.act("ongoing.request", ref, SUN, **self.stage())
        self.act("ongoing.grant", ref, QIAN)
        return ref

    def stage(self) -> dict[str, Any]:
        return {
            "reason": "机制建设需要时间",
            "stage_goal": "制度印发",
            "review_on": self.today + timedelta(days=60),
            "due": self.today + timedelta(days=300),
        }
