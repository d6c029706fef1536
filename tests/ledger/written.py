"""A ledger written event by event, each at its own moment: what views are tried on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ledger.directory import Directory
from ledger.item import Item
from ledger.journal import Event, entry
from ledger.projection import (
    directory_after,
    item_after,
    touches_directory,
    touches_item,
)
from ledger.storage.sqlite import Store

CHINA = timezone(timedelta(hours=8))


class Written:
    """A store in ``folder`` whose journal the test writes itself.

    ``self.day`` is the day of the next events, which happen at nine o'clock in
    China; ``account`` is the OS account they come from.
    """

    def __init__(
        self, folder: Path, begun: date, rules: dict[str, str] | None = None
    ) -> None:
        """Begin with unit ``u1`` (市司法局督察科) and person ``p1`` (李明)."""
        folder.mkdir(parents=True, exist_ok=True)
        self.store = Store.create(folder / "ledger.db")
        # Nobody cuts the power in these tests.
        self.store.connection.execute("PRAGMA synchronous = OFF")
        self.day = begun
        self.account = "liming"
        self.directory = Directory()
        self.items: dict[str, Item] = {}
        self.happen(
            "init",
            {
                "unit": {"id": "u1", "name": "市司法局督察科"},
                "person": {
                    "id": "p1",
                    "name": "李明",
                    "roles": ["approver", "supervisor", "verifier"],
                },
                "rules": rules or {},
            },
        )

    def happen(
        self,
        kind: str,
        data: dict[str, Any],
        *,
        item: str | None = None,
        actor: str = "p1",
        on_behalf: str | None = None,
    ) -> None:
        """Append one event and keep what it makes."""
        head = self.store.journal.head()
        moment = datetime(
            self.day.year, self.day.month, self.day.day, 9, tzinfo=CHINA
        ).astimezone(UTC) + timedelta(seconds=head.seq)
        person = self.directory.people.get(on_behalf or actor)
        event = Event(
            ledger="01HQZZZZZZZZZZZZZZZZZZZZZZ",
            seq=head.seq + 1,
            at=moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            recorded_by={"account": self.account, "host": "h", "program": "ledger"},
            actor=actor,
            on_behalf=on_behalf,
            unit=person.unit if person else None,
            kind=kind,
            item=item,
            data=data,
        )
        with self.store.write():
            self.store.journal.append([entry(head.hash, event)])
            if touches_directory(kind):
                after = directory_after(self.directory, event)
                self.store.directory.save(self.directory, after)
                self.directory = after
            if item is not None and touches_item(kind):
                self.items[item] = item_after(self.items.get(item), event)
                self.store.items.save(self.items[item])

    def register(
        self,
        item: str,
        number: int,
        title: str,
        *,
        kind: str = "finding",
        text: str | None = None,
        **more: Any,
    ) -> None:
        """Put an item on account; ``item`` is its id."""
        self.happen(
            "register",
            {
                "ref": f"R-2023-{number:03d}",
                "year": 2023,
                "number": number,
                "kind": kind,
                "title": title,
                "text": text or f"{title}。",
                "registered_on": self.day.isoformat(),
                "supervising": "u1",
                **more,
            },
            item=item,
        )

    def assign(
        self, item: str, unit: str, due: date, kind: str = "phased", **more: Any
    ) -> None:
        """Assign an item to a unit."""
        self.happen(
            "assign",
            {
                "responsible": [unit],
                "due": due.isoformat(),
                "rectification": kind,
                "to": "assigned",
                **more,
            },
            item=item,
        )

    def start(self, item: str, by: str, **more: Any) -> None:
        """Start the work on an item."""
        self.happen("start", {"to": "in_progress", **more}, item=item, actor=by)

    def evidence(self, item: str, by: str, name: str = "整改情况.pdf") -> None:
        """Add evidence to an item."""
        self.happen(
            "evidence.add",
            {"digest": "ab" * 32, "name": name, "size": 123456},
            item=item,
            actor=by,
        )

    def request(self, item: str, by: str) -> None:
        """Request the closure of an item, rectified on the present day."""
        self.happen(
            "request-closure",
            {
                "head": by,
                "rectified_on": self.day.isoformat(),
                "statement": "已按要求整改到位。",
                "rules": dict(self.directory.rules.all()),
                "to": "closure_requested",
            },
            item=item,
            actor=by,
        )

    def review(self, item: str, by: str = "p1") -> None:
        """Accept the papers of a request."""
        self.happen(
            "review", {"opinion": "材料齐全", "to": "verifying"}, item=item, actor=by
        )

    def verify(self, item: str, by: str = "p1") -> None:
        """Pass the verification of an item."""
        self.happen(
            "verify.pass",
            {
                "conclusions": [
                    {"criterion": c.number, "met": True, "text": "达到"}
                    for c in self.items[item].criteria
                ],
                "method": "现场核查",
                "on": self.day.isoformat(),
                "to": "verified",
            },
            item=item,
            actor=by,
        )

    def close(self, item: str, by: str) -> None:
        """Strike an item off."""
        self.happen(
            "close",
            {
                "opinion": "同意销号",
                "rules": dict(self.directory.rules.all()),
                "evidence": ["ab" * 32],
                "to": "closed",
            },
            item=item,
            actor=by,
        )
