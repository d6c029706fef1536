"""A ledger that several people keep, driven through the book day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from checklists import derive, read_document
from ledger import registration, roster
from ledger.assignment import Wish
from ledger.book import Actor, Ledger
from ledger.clock import Clock
from ledger.item import Item, Role

CHINA = ZoneInfo("Asia/Shanghai")
SAMPLE = Path(__file__).parents[2] / "checklists" / "samples" / "siping-2023.txt"
PEOPLE = (
    ("孙丽", "市司法局", (Role.UNIT_HEAD,)),
    ("周凯", "市司法局", (Role.RESPONSIBLE,)),
    ("王强", "市政数局", (Role.UNIT_HEAD,)),
    ("陈洁", "市司法局督察科", (Role.VERIFIER,)),
    ("赵敏", "市委依法治市办", (Role.APPROVER, Role.VERIFIER)),
)


class Life:
    """The 四平 items of 2023, kept by 李明 of 市司法局督察科.

    Every act happens on ``self.day``, a minute after the one before.
    """

    def __init__(
        self, folder: Path, begun: date = date(2024, 3, 4), **rules: str
    ) -> None:
        """Begin: three units, six people, eight items on account."""
        self.day = begun
        self._acts = 0
        self.folder = folder
        self.papers = folder.parent / f"{folder.name}-papers"
        self.papers.mkdir(parents=True)
        named = {key.replace("_", "-"): value for key, value in rules.items()}
        self.ledger = Ledger.create(
            folder,
            unit="市司法局督察科",
            actor="李明",
            clock=self._clock(),
            rules=named,
        )
        # Nothing here is about power cuts, and flushing takes most of the time.
        self.ledger.store.connection.execute("PRAGMA synchronous = OFF")
        li = self.who("李明")
        for name, outside in (
            ("市司法局", False),
            ("市政数局", False),
            ("市委依法治市办", True),
        ):
            self.tick()
            roster.add_unit(self.ledger, name, li, outside=outside)
        for name, unit, roles in PEOPLE:
            self.tick()
            roster.add_person(self.ledger, name, li, unit=unit, roles=roles)
        self.tick()
        registration.register(self.ledger, derive(read_document(SAMPLE)), li)

    def _clock(self) -> Clock:
        morning = datetime(self.day.year, self.day.month, self.day.day, 9, tzinfo=CHINA)
        return Clock(morning + timedelta(minutes=self._acts))

    def tick(self) -> None:
        """Let a minute pass; the clock follows ``self.day``."""
        self._acts += 1
        self.ledger.clock = self._clock()

    def on(self, day: date) -> None:
        """Go on to a later day."""
        self.day = day
        self._acts = 0
        self.tick()

    def who(self, name: str) -> Actor:
        """The actor called ``name``."""
        return Actor(self.ledger.person(name))

    def act(self, command: str, ref: str, name: str, **said: object) -> Item:
        """``name`` gives ``command`` of the lifecycle."""
        self.tick()
        return self.ledger.act(command, ref, self.who(name), **said)

    def assign(self, ref: str, unit: str, due: str = "60d", **more: Any) -> Item:
        """李明 assigns an item with its whole plan."""
        self.tick()
        wish = Wish(
            ref,
            (unit,),
            due,
            more.pop("kind", "phased"),
            target="问题整改到位",
            measures=("开展专题培训",),
            criteria=("培训覆盖率达到100%",),
            **more,
        )
        return self.ledger.assign([wish], self.who("李明"))[0]

    def paper(self, name: str, text: str) -> Path:
        """A file to be added as evidence."""
        path = self.papers / name
        path.write_text(text, encoding="utf-8")
        return path

    def evidence(self, ref: str, name: str, text: str, *, paper: str = "") -> Item:
        """``name`` adds a file."""
        self.tick()
        path = self.paper(paper or f"佐证-{ref}.txt", text)
        return self.ledger.add_evidence(
            ref, self.ledger.evidence.add(path), self.who(name), kind="document"
        )

    def work(self, ref: str, name: str) -> None:
        """``name`` does the work on an assigned item and requests its closure."""
        self.act("start", ref, name)
        self.act("progress", ref, name, text="已制定培训方案")
        self.act("measure.done", ref, name, number=1, on=self.day)
        self.evidence(ref, name, f"{ref} 培训签到表")
        self.request(ref, name)

    def request(self, ref: str, name: str) -> Item:
        """``name``, the head of the unit, requests the closure."""
        head = self.ledger.person(name).id
        return self.act(
            "request-closure",
            ref,
            name,
            rectified_on=self.day,
            statement="培训已全部完成。",
            head=head,
        )

    def verify(self, ref: str, name: str = "陈洁") -> Item:
        """李明 reviews the papers and ``name`` verifies."""
        self.act("review", ref, "李明", opinion="材料齐全")
        return self.act(
            "verify.pass",
            ref,
            name,
            conclusions=[{"criterion": 1, "met": True, "text": "现场查看，全部到位"}],
            method="现场核查",
            on=self.day,
        )

    def close(self, ref: str, name: str = "赵敏") -> Item:
        """``name`` strikes the item off."""
        return self.act("close", ref, name, opinion="同意销号")

    def through(self, ref: str, unit: str, head: str) -> Item:
        """The shortest life of an item, from its assignment to its closure."""
        self.assign(ref, unit)
        self.work(ref, head)
        self.verify(ref)
        return self.close(ref)
