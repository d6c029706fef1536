"""The milestone of a report is closed with its last item, and people's say is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from checklists import derive, read_document
from ledger import registration
from ledger.item import Item, Kind, Source, State
from ledger.sync.milestones import milestones
from tests.fakes.client import FakeGitea
from tests.ledger.office import CHEN, LI, QIAN, SUN, Office
from tests.ledger.sync.desk import Desk

SAMPLE = Path(__file__).parents[3] / "checklists" / "samples" / "siping-2023.txt"


@pytest.fixture
def reported(gitea_desk: Desk) -> tuple[Desk, list[str]]:
    """A desk with the problems of a report, all of them issues."""
    office = gitea_desk.office
    checklist = derive(read_document(SAMPLE))
    made = registration.register(
        office.ledger, checklist, office.who(LI), only=Kind.FINDING
    )
    gitea_desk.synced()
    return gitea_desk, list(made.added)


def close(office: Office, ref: str) -> None:
    """Bring an item to its end."""
    office.assign(ref)
    office.act("start", ref, SUN)
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    office.add_evidence(ref, SUN)
    office.request(ref)
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref)
    office.act("close", ref, QIAN, opinion="同意销号")


def shown(fake: FakeGitea) -> dict[str, str]:
    """The milestones there are, and whether they are open."""
    found = cast(
        "list[dict[str, Any]]",
        fake.person("wangwu").send("GET", "/milestones?state=all"),
    )
    return {one["title"]: one["state"] for one in found}


def test_the_milestone_is_closed_with_the_last_item_and_by_one_call(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    *others, last = refs
    (title,) = shown(fake_gitea)
    for ref in others:
        close(desk.office, ref)
    desk.settle()
    assert shown(fake_gitea) == {title: "open"}
    close(desk.office, last)
    fake_gitea.forget_calls()
    desk.synced()
    assert shown(fake_gitea) == {title: "closed"}
    assert fake_gitea.calls()["PATCH /repos/{repo}/milestones/{n}"] == 1
    assert "GET /repos/{repo}/milestones" not in fake_gitea.calls()
    desk.settle()
    desk.idle()


def test_it_is_opened_again_with_an_item_and_not_because_people_closed_it(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    office = desk.office
    person = fake_gitea.person("wangwu")
    (found,) = person.send("GET", "/milestones?state=all")
    path = f"/milestones/{found['id']}"
    person.send("PATCH", path, {"state": "closed"})
    close(office, refs[0])
    desk.settle()
    assert shown(fake_gitea) == {found["title"]: "closed"}
    for ref in refs[1:]:
        close(office, ref)
    desk.settle()
    assert shown(fake_gitea) == {found["title"]: "closed"}
    due = office.today + timedelta(days=30)
    office.act("reopen", refs[0], CHEN, cause="recurrence", due=due, opinion="反弹")
    desk.settle()
    assert shown(fake_gitea) == {found["title"]: "open"}
    desk.idle()


def test_a_milestone_that_may_not_be_written_holds_nothing_up(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    for ref in refs:
        close(desk.office, ref)
    fake_gitea.faults(
        {"method": "PATCH", "path": r"/milestones/", "do": "answer", "status": 403}
    )
    report = desk.sync()
    assert report.counts["closed"] == len(refs)
    assert report.exit_code == 0
    assert any("403" in str(one.message) for one in report.hints)


def item(office: Office, title: str | None, state: State) -> Item:
    """An item of a report, in a state."""
    source = Source("5f" * 32, "a.txt", "P1", 0, 1, 1, title=title)
    made = office.find(office.registered())
    return replace(made, source=source if title else None, state=state)


def test_every_item_of_the_report_counts_also_one_without_an_issue(
    office: Office,
) -> None:
    done = item(office, "甲", State.CLOSED)
    void = item(office, "甲", State.VOID)
    left = item(office, "甲", State.ASSIGNED)
    other = item(office, "乙", State.ASSIGNED)
    alone = item(office, None, State.ASSIGNED)
    linked = frozenset({done.id, void.id, alone.id})

    def closed(*items: Item) -> dict[str, bool | None]:
        return {one.title: one.closed for one in milestones(items, linked)}

    assert closed(done, void, other, alone) == {"甲": True}
    assert closed(done, left) == {"甲": False}
    assert closed(other, alone) == {}
