"""What came from a tracker goes into the ledger, in acts that can be repeated."""

from __future__ import annotations

from contextlib import closing as closed_after
from dataclasses import replace
from typing import BinaryIO

from integrations.tracker import Tracker
from ledger.book import Actor
from ledger.errors import Refused
from ledger.item import Item
from ledger.storage.evidence import Stored
from ledger.sync import harmless
from ledger.sync.closing import Complete, Lacking, our_time, refused
from ledger.sync.inbound import Inbound, NewFile, request
from ledger.sync.matter import Matter
from ledger.sync.pool import Job
from ledger.sync.records import Records
from ledger.sync.report import RunReport


class Taker:
    """Brings what people did in a tracker into the ledger."""

    def __init__(self, tracker: Tracker, records: Records, report: RunReport) -> None:
        """Read files from ``tracker``; count in ``report``."""
        self._tracker = tracker
        self._records = records
        self._ledger = records.ledger
        self._report = report

    def take(self, matter: Matter, item: Item, came: Inbound) -> Job:
        """What came goes into the ledger: evidence, ticks, the owner, notes.

        A comment is kept as read only after its files: a run that dies between the
        two must find them again.
        """
        for kept in came.files:
            if kept.person is not None:
                yield from self._evidence(item, kept)
            self._records.looked_at(item, kept)
            self._report.count("conflicts", int(kept.refused is not None))
        if came.ticks:
            self._records.ticked(item, came.ticks, matter.today.isoformat())
            self._report.count("ticks", len(came.ticks))
        if came.owner is not None:
            self._records.owner(item, came.owner)
        written = {comment.id: comment for comment in matter.comments}
        for note in came.notes:
            at = our_time(written.pop(note.remote).created, self._records.skew)
            self._records.note(item, note, at)
            self._report.count("notes")
        for comment in written.values():
            self._records.silent(item, comment)

    def _evidence(self, item: Item, kept: NewFile) -> Job:
        ledger = self._ledger

        def fetched() -> Stored:
            content: BinaryIO = self._tracker.download(kept.attachment)
            with closed_after(content):
                name = harmless.name(kept.attachment.name, "file")
                return ledger.evidence.add_stream(content, name)

        stored = yield fetched
        via = f"{self._records.tracker}:{harmless.name(kept.login or '', '?')}"
        now = self._records.item(item)
        if any(one.digest == stored.digest and one.via == via for one in now.evidence):
            return
        ledger.add_evidence(
            item.id, stored, Actor(kept.person, via=self._records.tracker), via=via
        )
        self._report.count("evidence")

    def request(self, matter: Matter, item: Item) -> Complete | Lacking | None:
        """Request closure where a closed issue asks for it and nothing is missing."""
        result = request(replace(matter, item=item), item)
        if not isinstance(result, Complete):
            return result
        actor = Actor(result.person, via=self._records.tracker)
        try:
            if result.start:
                self._ledger.act("start", item.id, actor)
            self._ledger.act("request-closure", item.id, actor, **result.data)
        except Refused as refusal:
            return refused(refusal)
        self._report.count("requested")
        return result
