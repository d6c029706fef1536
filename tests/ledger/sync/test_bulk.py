"""A tracker that creates several issues by one call gets them so, each at most once."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.folder import FolderTracker
from integrations.tracker import (
    Invalid,
    Issue,
    IssueDraft,
    Settings,
    TrackerError,
    UnknownOutcome,
)
from tests.ledger.office import Office
from tests.ledger.sync.desk import Desk, add_many, done, folder_place


class BulkFolder(FolderTracker):
    """A folder that takes at most three issues a call, and can be told to fail."""

    lose: bool = False
    refuse: str = ""

    def __init__(self, folder: Path, memory: MutableMapping[str, object]) -> None:
        super().__init__(Settings("t", "folder", str(folder)), str, memory)
        self.capabilities = replace(self.capabilities, bulk=3)
        self.sizes: list[int] = []

    def create(self, draft: IssueDraft) -> Issue:
        raise AssertionError(draft)

    def create_many(
        self, drafts: Sequence[IssueDraft]
    ) -> tuple[Issue | TrackerError, ...]:
        """Each draft is created or refused; the answer may be lost."""
        self.sizes.append(len(drafts))
        results = tuple(
            Invalid("no") if self.refuse in draft.title else super_create(self, draft)
            for draft in drafts
        )
        if self.lose:
            raise UnknownOutcome("lost")
        return results


def super_create(tracker: FolderTracker, draft: IssueDraft) -> Issue:
    """The folder's own create."""
    return FolderTracker.create(tracker, draft)


@pytest.fixture
def bulk(office: Office, tmp_path: Path) -> Desk:
    """A desk before a folder that takes three at a time."""
    place = folder_place(tmp_path / "issues")
    place.opens = lambda memory: BulkFolder(Path(place.address), memory)
    BulkFolder.lose, BulkFolder.refuse = False, "\0"
    return Desk.set_up(office, place)


def test_items_are_created_as_many_at_a_time_as_the_tracker_takes(bulk: Desk) -> None:
    add_many(bulk.office, 7)
    assert bulk.synced() == {"created": 7}
    assert isinstance(bulk.last, BulkFolder)
    assert bulk.last.sizes == [3, 3, 1]
    assert len(bulk.issues()) == 7
    bulk.idle()


def test_one_refused_item_of_a_call_does_not_touch_the_others(bulk: Desk) -> None:
    refs = add_many(bulk.office, 5)
    BulkFolder.refuse = refs[1]
    report = bulk.sync()
    assert done(report)["created"] == 4
    (left,) = report.left
    assert (left.ref, report.waiting) == (refs[1], ())
    BulkFolder.refuse = "\0"
    assert bulk.synced() == {"created": 1}
    bulk.idle()


def test_a_lost_answer_is_settled_for_each_item_of_the_call(bulk: Desk) -> None:
    add_many(bulk.office, 3)
    BulkFolder.lose = True
    report = bulk.sync()
    assert len(report.waiting) == 3
    BulkFolder.lose = False
    assert bulk.synced() == {"adopted": 3}
    assert len(bulk.issues()) == 3
    bulk.idle()
