"""The milestone of a report tells how far it is and ends with it; people's say stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from checklists import derive, read_document
from ledger import registration
from ledger.item import Item, Kind, Source, State
from ledger.sync import linking
from ledger.sync.gather import style_of
from ledger.sync.milestones import milestones
from ledger.sync.run import registered
from ledger.views.sync import plan_screen
from tests.fakes.client import FakeGitea
from tests.fakes.fixtures import PEOPLE
from tests.integrations.labs import GiteaPerson
from tests.ledger.office import CHEN, LI, QIAN, SUN, Office
from tests.ledger.sync.desk import Desk, folder_place, gitea_place, real_gitea_place

SAMPLE = Path(__file__).parents[3] / "checklists" / "samples" / "siping-2023.txt"


class Milestones:
    """The milestones of a repository as people see and change them, fake or real."""

    def __init__(self, desk: Desk) -> None:
        """Look as the person who works at ``desk``."""
        assert isinstance(desk.place.wang, GiteaPerson)
        self.person = desk.place.wang.who

    def all(self) -> list[dict[str, Any]]:
        found = self.person.send("GET", "/milestones?state=all")
        return cast("list[dict[str, Any]]", found)

    def states(self) -> dict[str, str]:
        """Whether each is open, by title."""
        return {one["title"]: one["state"] for one in self.all()}

    def text(self) -> str:
        """What the only one says."""
        (one,) = self.all()
        return str(one["description"])

    def change(self, **fields: object) -> None:
        """Change the only one."""
        (one,) = self.all()
        self.person.send("PATCH", f"/milestones/{one['id']}", fields)


@pytest.fixture(params=["gitea", "forgejo", "real gitea"])
def anywhere(request: pytest.FixtureRequest, office: Office) -> Iterator[Desk]:
    """A desk before the fake in both flavours, and the real server that is named."""
    if request.param == "real gitea":
        with real_gitea_place() as place:
            yield Desk.set_up(office, place)
    else:
        fake: FakeGitea = request.getfixturevalue("fake_gitea")
        fake.reset(users=PEOPLE, flavour=request.param)
        yield Desk.set_up(office, gitea_place(fake))


@pytest.fixture
def reported(gitea_desk: Desk) -> tuple[Desk, list[str]]:
    """A desk with the problems of a report, all of them issues."""
    return gitea_desk, report(gitea_desk)


def report(desk: Desk) -> list[str]:
    """Put the problems of a report on account and into the tracker."""
    checklist = derive(read_document(SAMPLE))
    office = desk.office
    made = registration.register(
        office.ledger, checklist, office.who(LI), only=Kind.FINDING
    )
    desk.synced()
    return list(made.added)


def says(desk: Desk, words: str) -> str:
    """Our block with these words."""
    mark = f"ledger:{desk.office.ledger.id} report"
    return f"<!-- {mark} -->\n{words}\n<!-- /{mark} -->"


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


def test_the_milestone_is_closed_with_the_last_item_and_by_one_call(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    *others, last = refs
    there = Milestones(desk)
    (title,) = there.states()
    for ref in others:
        close(desk.office, ref)
    desk.settle()
    assert there.states() == {title: "open"}
    close(desk.office, last)
    fake_gitea.forget_calls()
    desk.synced()
    assert there.states() == {title: "closed"}
    assert fake_gitea.calls()["PATCH /repos/{repo}/milestones/{n}"] == 1
    assert "GET /repos/{repo}/milestones" not in fake_gitea.calls()
    desk.settle()
    desk.idle()


def test_it_is_opened_again_with_an_item_and_not_because_people_closed_it(
    reported: tuple[Desk, list[str]],
) -> None:
    desk, refs = reported
    office, there = desk.office, Milestones(desk)
    (title,) = there.states()
    there.change(state="closed")
    close(office, refs[0])
    desk.settle()
    assert there.states() == {title: "closed"}
    for ref in refs[1:]:
        close(office, ref)
    desk.settle()
    assert there.states() == {title: "closed"}
    due = office.today + timedelta(days=30)
    office.act("reopen", refs[0], CHEN, cause="recurrence", due=due, opinion="反弹")
    desk.settle()
    assert there.states() == {title: "open"}
    desk.idle()


def test_it_says_how_far_the_report_is(anywhere: Desk) -> None:
    desk, refs = anywhere, report(anywhere)
    office, there = desk.office, Milestones(anywhere)
    count = len(refs)
    assert there.text() == says(desk, f"Struck off 0 of {count}")
    close(office, refs[0])
    office.assign(refs[1])
    desk.settle()
    assert there.text() == says(desk, f"Struck off 1 of {count}")
    for act, by in (("void.propose", CHEN), ("void.grant", QIAN)):
        said = {"document": office.file(), "reason": "重复"} if by == CHEN else {}
        office.act(act, refs[2], by, **said)
    desk.settle()
    assert there.text() == says(desk, f"Struck off 1 of {count - 1} · void 1")


def test_what_people_write_around_our_words_stays(anywhere: Desk) -> None:
    desk, refs = anywhere, report(anywhere)
    there, count = Milestones(anywhere), len(refs)
    old = says(desk, f"Struck off 0 of {count}")
    # Nothing tells us of this before we write.
    there.change(description=f"市长每月听取一次汇报。\n\n{old}\n\n- 台账在档案室")
    close(desk.office, refs[0])
    desk.settle()
    new = says(desk, f"Struck off 1 of {count}")
    assert there.text() == f"市长每月听取一次汇报。\n\n{new}\n\n- 台账在档案室"


@pytest.mark.parametrize("theirs", ["", "看板见三楼", "{begin}\n只剩一半"])
def test_words_of_ours_that_people_took_away_come_back_with_other_numbers(
    reported: tuple[Desk, list[str]], theirs: str
) -> None:
    desk, refs = reported
    there, count = Milestones(desk), len(refs)
    begin = says(desk, "").split("\n")[0]
    there.change(description=theirs.format(begin=begin))
    desk.office.act("progress", desk.office.started(), SUN, text="另一件事")
    desk.settle()
    assert there.text() == theirs.format(begin=begin)
    close(desk.office, refs[0])
    desk.settle()
    ours = says(desk, f"Struck off 1 of {count}")
    rest = theirs.format(begin=begin)
    assert there.text() == (f"{ours}\n\n{rest}" if rest else ours)
    close(desk.office, refs[1])
    desk.settle()
    ours = says(desk, f"Struck off 2 of {count}")
    assert there.text() == (f"{ours}\n\n{rest}" if rest else ours)


def test_other_numbers_take_one_call_and_none_when_they_are_the_same(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    close(desk.office, refs[0])
    fake_gitea.forget_calls()
    desk.synced()
    calls = fake_gitea.calls()
    assert calls["PATCH /repos/{repo}/milestones/{n}"] == 1
    assert "GET /repos/{repo}/milestones/{n}" not in calls
    desk.office.assign(refs[1])
    fake_gitea.forget_calls()
    desk.synced()
    assert not [one for one in fake_gitea.calls() if "milestones" in one]


def test_an_item_without_an_issue_counts_and_the_text_is_read_before_it_is_written(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    linking.detach(desk.office.ledger, refs[0], desk.office.who(LI), tracker="t")
    desk.settle()
    there = Milestones(desk)
    there.change(description=f"看板\n{there.text()}")
    close(desk.office, refs[0])
    fake_gitea.clock(ahead=900)  # its time passes as ours did meanwhile
    fake_gitea.forget_calls()
    report = desk.sync()
    assert (report.reads, report.writes) == (3, 1)
    assert fake_gitea.calls()["GET /repos/{repo}/milestones/{n}"] == 1
    assert there.text() == f"看板\n{says(desk, f'Struck off 1 of {len(refs)}')}"
    desk.idle()


def test_a_milestone_somebody_deleted_holds_nothing_up_and_is_made_anew(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    (one,) = Milestones(desk).all()
    fake_gitea.person("org").send("DELETE", f"/milestones/{one['id']}")
    close(desk.office, refs[0])
    report = desk.sync()
    assert report.counts["closed"] == 1
    assert any("milestone" in str(one.message) for one in report.hints), report.hints
    close(desk.office, refs[1])
    desk.settle()
    assert Milestones(desk).text() == says(desk, f"Struck off 2 of {len(refs)}")


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


def foretold(desk: Desk) -> list[tuple[tuple[str, ...], str]]:
    """What a dry run shows of milestones; it must write nothing."""
    before = Milestones(desk).all()
    plan = desk.preview()
    assert Milestones(desk).all() == before
    return [(one.acts, one.says) for one in plan.milestones]


def test_a_dry_run_shows_what_would_become_of_milestones(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk, office = gitea_desk, gitea_desk.office
    checklist = derive(read_document(SAMPLE))
    made = registration.register(
        office.ledger, checklist, office.who(LI), only=Kind.FINDING
    )
    first, *others = made.added
    count = len(made.added)
    assert foretold(desk) == [(("create",), f"Struck off 0 of {count}")]
    desk.synced()
    assert foretold(desk) == []
    desk.office.assign(first)
    desk.office.act("start", first, SUN)
    desk.synced()
    desk.finish_work(first)
    asked = f"Struck off 0 of {count} · closure requested 1"
    assert foretold(desk) == [(("update",), asked)]
    desk.synced()
    assert Milestones(desk).text() == says(desk, asked)
    for ref in others:
        close(office, ref)
    desk.settle()
    office.act("review", first, CHEN, opinion="材料齐全")
    office.verify(first)
    office.act("close", first, QIAN, opinion="同意销号")
    ended = f"Struck off {count} of {count}"
    fake_gitea.forget_calls()
    assert foretold(desk) == [(("update", "close"), ended)]
    assert not [one for one in fake_gitea.calls() if not one.startswith("GET ")]
    shown = plan_screen(desk.preview(), width=200, colour=False, zone=UTC)
    assert any("update the milestone, close the milestone" in one for one in shown)
    assert any(one.endswith(ended) for one in shown)
    desk.settle()
    assert foretold(desk) == []
    due = office.today + timedelta(days=30)
    office.act("reopen", first, CHEN, cause="recurrence", due=due, opinion="反弹")
    assert [acts for acts, _ in foretold(desk)] == [("update", "reopen")]


def test_a_dry_run_tells_of_a_milestone_that_somebody_deleted(
    reported: tuple[Desk, list[str]], fake_gitea: FakeGitea
) -> None:
    desk, refs = reported
    (one,) = Milestones(desk).all()
    fake_gitea.person("org").send("DELETE", f"/milestones/{one['id']}")
    close(desk.office, refs[0])
    plan = desk.preview()
    assert plan.milestones == ()
    assert any("milestone" in str(hint.message) for hint in plan.hints)


def item(office: Office, title: str | None, state: State) -> Item:
    """An item of a report, in a state."""
    source = Source("5f" * 32, "a.txt", "P1", 0, 1, 1, title=title)
    made = office.find(office.registered())
    return replace(made, source=source if title else None, state=state)


def test_every_item_of_the_report_counts_also_one_without_an_issue(
    office: Office, tmp_path: Path
) -> None:
    done = item(office, "甲", State.CLOSED)
    void = item(office, "甲", State.VOID)
    left = item(office, "甲", State.ASSIGNED)
    asked = item(office, "甲", State.VERIFYING)
    long = item(office, "甲", State.ONGOING)
    moved = item(office, "甲", State.TRANSFERRED)
    other = item(office, "乙", State.ASSIGNED)
    alone = item(office, None, State.ASSIGNED)
    linked = frozenset({done.id, void.id, alone.id})
    row = Desk.set_up(office, folder_place(tmp_path / "issues"))
    style = style_of(
        office.ledger,
        registered(office.ledger, "t"),
        row.tracker(),
        office.ledger.directory,
    )

    def told(*items: Item) -> dict[str, tuple[bool | None, str]]:
        return {
            one.title: (one.closed, one.description.split("\n")[1])
            for one in milestones(items, linked, style)
        }

    assert told(done, void, other, alone) == {
        "甲": (True, "Struck off 1 of 1 · void 1")
    }
    assert told(done, left) == {"甲": (False, "Struck off 1 of 2")}
    assert told(done, asked, long, moved, left) == {
        "甲": (
            False,
            "Struck off 1 of 4 · closure requested 1 · ongoing 1 · transferred 1",
        )
    }
    assert told(other, alone) == {}
