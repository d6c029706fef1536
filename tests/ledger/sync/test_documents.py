"""What sync prints for programs is what its schemas say, to the last key."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from integrations.tracker import IssuePatch
from ledger.sync import trackers
from ledger.sync.conflicts import listed, resolve
from ledger.sync.lease import Lease
from ledger.sync.plan import Plan
from ledger.sync.status import status
from ledger.views import sync as view
from tests.fakes.client import FakeGitea
from tests.ledger.office import LI, SUN, Office
from tests.ledger.schemas import hold, schema_of
from tests.ledger.sync.desk import Desk, add_many

NAMES = ("sync-plan/1", "sync-run/1", "sync-status/1", "conflicts/1", "trackers/1")


def documents(desk: Desk) -> dict[str, dict[str, Any]]:
    """What the three lists print now."""
    ledger = desk.office.ledger
    return {
        "status": view.status_document(status(ledger)),
        "conflicts": view.conflicts_document(listed(ledger, settled=True)),
        "trackers": view.trackers_document(trackers.listed(ledger)),
    }


def retitle(desk: Desk, ref: str, title: str) -> None:
    """Somebody writes another title."""
    tracker = desk.tracker()
    tracker.update(tracker.issue(desk.key(ref)), IssuePatch(title=title))


def test_lists_of_a_ledger_without_trackers_hold(office: Office) -> None:
    ledger = office.ledger
    hold(view.status_document(status(ledger)))
    hold(view.conflicts_document(listed(ledger)))
    hold(view.trackers_document(trackers.listed(ledger)))


def test_lists_hold_before_the_first_run_and_after(desk: Desk) -> None:
    for document in documents(desk).values():
        hold(document)
    ref = desk.office.assigned()
    desk.synced()
    for title in ("改了标题", "又改标题"):
        retitle(desk, ref, title)
        desk.sync()
    found = documents(desk)
    for document in found.values():
        hold(document)
    assert found["status"]["trackers"][0]["links"] == {"linked": 1}
    assert {one["outcome"] for one in found["conflicts"]["conflicts"]} == {
        "restored",
        "kept",
    }
    hold(found["status"]["trackers"][0]["last"])
    resolve(desk.office.ledger, ref, desk.office.who(LI), take="ledger")
    settled = documents(desk)["conflicts"]
    hold(settled)
    assert {one["settled"] for one in settled["conflicts"]} == {"ledger"}


def test_a_plan_and_a_run_with_everything_in_them_hold(desk: Desk) -> None:
    office = desk.office
    busy, ready = office.assigned(), office.started()
    desk.synced()
    add_many(office, 2)
    desk.finish_work(busy)
    desk.edit_body(ready, r"- \[ \] 1\.", "- [x] 1.")
    office.act("progress", ready, SUN, text="在办")
    office.add_evidence(ready, SUN)
    plan: Plan = desk.preview()
    told = plan.to_json()
    hold(told)
    assert {"create", "note", "tick", "evidence", "request-closure"} <= set(
        told["counts"]
    )
    hold(desk.sync().to_json())


def test_what_waits_is_stopped_or_runs_holds(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    add_many(desk.office, 2)
    fake_gitea.faults({"method": "POST", "path": r"/issues$", "do": "drop"})
    report = desk.sync()
    hold(report.to_json())
    assert len(report.waiting) == 1
    hold(desk.preview().to_json())
    Lease(desk.office.ledger, "t").take()
    with desk.office.ledger.writing():
        desk.office.ledger.store.sync.change_tracker("t", stopped="moved")
    (shown,) = documents(desk)["status"]["trackers"]
    for document in documents(desk).values():
        hold(document)
    assert shown["stopped"] == "moved"
    assert shown["running_until"] is not None
    assert shown["waiting"] == report.to_json()["waiting"]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_that_lacks_a_key_or_has_another_word_does_not_hold(
    desk: Desk, name: str
) -> None:
    ref = desk.office.assigned()
    run = desk.sync().to_json()
    retitle(desk, ref, "改了标题")
    plan = desk.preview().to_json()
    desk.sync()
    found = {one["schema"]: one for one in (run, plan, *documents(desk).values())}
    document = found[name]
    valid = Draft202012Validator(schema_of(name)).is_valid
    assert valid(document)
    for key in document:
        less = copy.deepcopy(document)
        del less[key]
        assert not valid(less), key
    assert not valid({**document, "schema": "other/1"})
