"""Who may ask for closure by closing an issue, and in whose name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integrations.tracker import UNSET
from ledger.item import State
from ledger.sync.inbound import inbound
from ledger.sync.outbound import outbound
from tests.fakes.client import FakeGitea
from tests.ledger.office import FENG, LI, SUN, TRAFFIC, WU, ZHENG, ZHOU
from tests.ledger.sync.desk import Desk, done


def worked_on(desk: Desk, unit: str | None = None) -> str:
    """An item with everything but the request and its statement."""
    if unit is None:
        ref = desk.office.worked()
    else:
        ref = desk.office.assigned(units=(unit,))
        desk.office.act("start", ref, WU)
        desk.office.act("measure.done", ref, WU, number=1, on=desk.office.today)
        desk.office.add_evidence(ref, WU)
    desk.synced()
    return ref


def closes(desk: Desk, ref: str, *, says: str = "已整改到位") -> dict[str, int]:
    """The third account says something and closes the issue; what a run does."""
    if says:
        desk.stranger.comment(desk.key(ref), says)
    desk.stranger.close(desk.key(ref))
    return done(desk.sync())


def test_a_member_closes_in_the_name_of_the_only_head(gitea_desk: Desk) -> None:
    desk = gitea_desk
    desk.know(WU, desk.place.stranger_login)
    ref = worked_on(desk, TRAFFIC)
    assert closes(desk, ref)["requested"] == 1
    request = desk.item(ref).request
    assert request is not None
    assert request.by == desk.office.person(WU)
    assert request.head == desk.office.person(ZHOU)


def test_where_a_unit_has_two_heads_one_of_them_must_close(gitea_desk: Desk) -> None:
    desk = gitea_desk
    desk.know(SUN, desk.place.stranger_login)
    ref = worked_on(desk)
    assert closes(desk, ref)["missing"] == 1
    assert "2 registered heads" in desk.comments(desk.key(ref))[-1]


def test_a_member_of_a_unit_below_the_responsible_one_acts_for_it(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    desk.know(ZHENG, desk.place.stranger_login)
    ref = worked_on(desk)
    assert closes(desk, ref)["missing"] == 1
    assert "heads" in desk.comments(desk.key(ref))[-1]


@pytest.mark.parametrize("name", [LI, FENG, WU])
def test_nobody_of_another_unit_asks_for_closure(gitea_desk: Desk, name: str) -> None:
    desk = gitea_desk
    desk.know(name, desk.place.stranger_login)
    ref = worked_on(desk)
    assert closes(desk, ref)["missing"] == 1
    assert desk.item(ref).state is State.IN_PROGRESS
    assert name in desk.comments(desk.key(ref))[-1]


def test_a_statement_from_before_the_return_does_not_count(gitea_desk: Desk) -> None:
    desk = gitea_desk
    desk.know(WU, desk.place.stranger_login)
    ref = worked_on(desk, TRAFFIC)
    assert closes(desk, ref)["requested"] == 1
    desk.office.act(
        "return", ref, LI, opinion="证据不足", requirement="补充全部培训照片和签到表"
    )
    desk.synced()
    assert closes(desk, ref, says="")["missing"] == 1
    assert "not stated" in desk.comments(desk.key(ref))[-1]
    desk.office.later(minutes=5)
    assert closes(desk, ref, says="照片和签到表已补")["requested"] == 1
    request = desk.item(ref).request
    assert request is not None
    assert request.statement == "照片和签到表已补"


def test_an_item_without_a_plan_says_so_in_its_issue(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.assigned(target="", measures=(), criteria=())
    desk.synced()
    desk.place.wang.close(desk.key(ref))
    desk.synced()
    said = desk.comments(desk.key(ref))[-1]
    assert "target, the measures or the closure criteria" in said


def test_an_item_that_nobody_was_given_says_so(gitea_desk: Desk) -> None:
    desk = gitea_desk
    ref = desk.office.registered()
    desk.synced()
    desk.place.wang.close(desk.key(ref))
    assert desk.synced()["missing"] == 1
    assert "assigned to no unit" in desk.comments(desk.key(ref))[-1]


def test_the_day_of_rectification_is_the_day_it_was_closed(
    gitea_desk: Desk, fake_gitea: FakeGitea
) -> None:
    desk = gitea_desk
    desk.know(WU, desk.place.stranger_login)
    ref = worked_on(desk, TRAFFIC)
    desk.stranger.comment(desk.key(ref), "已整改")
    desk.stranger.close(desk.key(ref))
    closed_on = desk.office.today
    # The run comes three days later, on both clocks.
    desk.office.later(days=3)
    fake_gitea.clock(ahead=3 * 86_400)
    assert done(desk.sync())["requested"] == 1
    assert desk.item(ref).rectified_on == closed_on
    assert desk.office.today > closed_on


def test_a_tick_after_the_request_is_put_back_and_kept_as_a_suggestion(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    desk.know(WU, desk.place.stranger_login)
    ref = worked_on(desk, TRAFFIC)
    closes(desk, ref)
    desk.edit_body(ref, r"- \[x\] 1\.", "- [ ] 1.")
    counts = desk.synced()
    assert counts["restored"] == counts["updated"] == 1
    assert desk.item(ref).measures[0].done is not None
    assert "- [x] 1." in desk.issue(ref).body
    desk.idle()


def test_a_closing_of_which_nothing_is_known_yet_is_not_undone(
    gitea_desk: Desk,
) -> None:
    desk = gitea_desk
    ref = worked_on(desk)
    desk.place.wang.close(desk.key(ref))
    (one,) = desk.preview().items
    matter = replace(one.matter, closed=None)  # the item came back in between
    assert matter.newly_closed
    out = outbound(matter, matter.item, inbound(matter), None)
    assert out.patch.closed is UNSET
    assert out.says == ()
