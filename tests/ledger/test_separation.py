"""Tries to close an item with fewer persons, from an involved unit, without evidence.

Each test is one try of somebody who wants an item struck off that others should
judge. All of them must fail; what a declared identity cannot stop is said at the
end.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger import book, registration, roster
from ledger.assignment import Wish
from ledger.audit import audit
from ledger.book import Actor, Draft, Ledger
from ledger.errors import LedgerError, Refused, UsageProblem
from ledger.item import Role, State
from ledger.journal import event_of
from tests.ledger.office import (
    ABOVE,
    CENTRE,
    CHEN,
    DATA,
    FENG,
    HE,
    INSPECTION,
    LI,
    QIAN,
    SUN,
    TRAFFIC,
    WANG,
    WU,
    ZHAO,
    ZHENG,
    ZHOU,
    Office,
)


def refused(office: Office, ref: str, command: str, by: str, **said: Any) -> str:
    """Why ``command`` is refused; the item stays as it was."""
    before = office.find(ref)
    with pytest.raises(Refused) as refusal:
        office.act(command, ref, by, **said)
    assert office.find(ref) == before
    assert refusal.value.exit_code == 4
    return refusal.value.parts()[1]


def cannot_verify(office: Office, ref: str, by: str) -> str:
    before = office.find(ref)
    with pytest.raises(Refused) as refusal:
        office.verify(ref, by=by)
    assert office.find(ref) == before
    return refusal.value.parts()[1]


def cannot_close(office: Office, ref: str, by: str) -> str:
    return refused(office, ref, "close", by, opinion="同意销号")


def cannot_review(office: Office, ref: str, by: str) -> str:
    return refused(office, ref, "review", by, opinion="材料齐全")


def grant(office: Office, name: str, *roles: Role) -> None:
    """Give a person roles, as the command that is to come will."""
    office.record("person.roles", id=office.person(name), roles=[*roles])


def move(office: Office, name: str, unit: str) -> None:
    office.later()
    office.record("person.move", id=office.person(name), unit=office.unit(unit))
    office.later()


EVERYTHING = tuple(Role)


# Fewer persons


def test_whoever_asked_for_closure_neither_verifies_nor_closes(office: Office) -> None:
    ref = office.worked()
    office.request(ref, by=HE)
    assert "何平" in cannot_review(office, ref, HE)
    office.act("review", ref, CHEN, opinion="材料齐全")
    assert "何平" in cannot_verify(office, ref, HE)
    office.verify(ref)
    assert "何平" in cannot_close(office, ref, HE)


def test_the_head_who_was_only_named_counts_as_one_who_asked(office: Office) -> None:
    grant(office, WANG, *EVERYTHING)
    ref = office.requested()
    move(office, WANG, ABOVE)
    assert "王强 requested the closure" in cannot_verify_after_review(office, ref, WANG)
    office.verify(ref)
    assert "王强 requested the closure" in cannot_close(office, ref, WANG)


def cannot_verify_after_review(office: Office, ref: str, by: str) -> str:
    office.act("review", ref, CHEN, opinion="材料齐全")
    return cannot_verify(office, ref, by)


def test_one_person_does_not_verify_and_close_in_three_person_mode(
    office: Office,
) -> None:
    ref = office.verifying()
    office.verify(ref, by=ZHAO)
    assert "赵敏 verified it" in cannot_close(office, ref, ZHAO)


def test_two_person_mode_still_takes_a_requester_and_another_unit(
    tmp_path: Path,
) -> None:
    office = Office.begin(tmp_path, closing="two-person")
    ref = office.verifying()
    office.verify(ref, by=ZHAO)
    item = office.act("close", ref, ZHAO, opinion="同意销号")
    assert item.request is not None
    assert item.closing is not None
    assert item.request.by != item.closing.by
    other = office.worked()
    office.request(other, by=HE)
    office.act("review", other, CHEN, opinion="材料齐全")
    cannot_verify(office, other, HE)
    office.ledger.close()


def test_a_change_to_two_persons_does_not_reach_a_closure_already_requested(
    office: Office,
) -> None:
    ref = office.requested()
    roster.set_rule(
        office.ledger, "closing", "two-person", "人手不足", office.who(ZHAO)
    )
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref, by=ZHAO)
    assert "赵敏 verified it" in cannot_close(office, ref, ZHAO)


@pytest.mark.parametrize(
    ("key", "value"),
    [("desk-review", "off"), ("notice", "off"), ("lead-may-verify", "yes")],
)
def test_the_rules_of_a_closure_are_those_of_its_request(
    tmp_path: Path, key: str, value: str
) -> None:
    office = Office.begin(tmp_path, notice="3")
    ref = office.requested()
    roster.set_rule(office.ledger, key, value, "简化程序", office.who(ZHAO))
    assert "closure requested" in cannot_verify(office, ref, FENG)
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref)
    assert "verified" in cannot_close(office, ref, QIAN)
    office.act("publish", ref, CHEN, where="政府网站")
    assert "public notice runs" in cannot_close(office, ref, QIAN)
    office.ledger.close()


def test_a_rule_is_set_by_an_approver_with_a_reason_only(office: Office) -> None:
    for name in (WANG, CHEN, FENG):
        with pytest.raises(Refused, match="approver"):
            roster.set_rule(
                office.ledger, "closing", "two-person", "理由", office.who(name)
            )
    with pytest.raises(UsageProblem):
        roster.set_rule(
            office.ledger, "closing", "two-person", " \u200e", office.who(QIAN)
        )
    assert office.ledger.directory.rules["closing"] == "three-person"


# Involved persons


@pytest.mark.parametrize("act", ["progress", "measure.add", "measure.done", "evidence"])
def test_whoever_worked_on_it_never_judges_it_in_any_other_role_or_unit(
    office: Office, act: str
) -> None:
    ref = office.started()
    if act == "progress":
        office.act("progress", ref, ZHENG, text="已培训")
    elif act == "measure.add":
        office.act("measure.add", ref, ZHENG, text="再培训")
        office.act("measure.done", ref, SUN, number=2, on=office.today)
    elif act == "measure.done":
        office.act("measure.add", ref, SUN, text="再培训")
        office.act("measure.done", ref, ZHENG, number=2, on=office.today)
    else:
        office.add_evidence(ref, ZHENG, "另一份")
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    office.add_evidence(ref, SUN)
    office.request(ref)
    move(office, ZHENG, ABOVE)
    grant(office, ZHENG, Role.SUPERVISOR, Role.APPROVER, Role.VERIFIER)
    assert "took part" in cannot_review(office, ref, ZHENG)
    office.act("review", ref, CHEN, opinion="材料齐全")
    assert "took part" in cannot_verify(office, ref, ZHENG)
    office.verify(ref)
    assert "took part" in cannot_close(office, ref, ZHENG)


@pytest.mark.parametrize("part", ["owner", "leader"])
def test_an_owner_or_leader_of_an_earlier_round_never_judges(
    office: Office, part: str
) -> None:
    ref = office.assigned(**{part: FENG})
    office.act("hand-back", ref, WANG, reason="不属本单位职责")
    office.assign(ref, measures=())
    office.act("start", ref, SUN)
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    office.add_evidence(ref, SUN)
    office.request(ref)
    assert "冯远 took part" in cannot_verify_after_review(office, ref, FENG)


@pytest.mark.parametrize("field", ["owner", "leader"])
def test_an_owner_or_leader_named_by_an_amendment_never_judges(
    office: Office, field: str
) -> None:
    ref = office.worked()
    office.act(
        "amend", ref, CHEN, field=field, value=office.person(FENG), reason="换人"
    )
    office.act("amend", ref, CHEN, field=field, value=office.person(SUN), reason="再换")
    office.request(ref)
    assert "冯远 took part" in cannot_verify_after_review(office, ref, FENG)


def test_an_owner_is_named_by_his_id_and_not_by_words_that_match_nobody(
    office: Office,
) -> None:
    ref = office.worked()
    for value in (FENG, "p99", "", 7):
        assert "owner cannot be" in refused(
            office, ref, "amend", CHEN, field="owner", value=value, reason="换人"
        )


def test_a_measures_owner_never_judges(office: Office) -> None:
    ref = office.assigned()
    office.act(
        "start", ref, SUN, measures=[{"text": "自查", "owner": office.person(FENG)}]
    )
    for number in (1, 2):
        office.act("measure.done", ref, SUN, number=number, on=office.today)
    office.add_evidence(ref, SUN)
    office.request(ref)
    assert "冯远 took part" in cannot_verify_after_review(office, ref, FENG)


# Involved units


def test_no_one_of_a_unit_that_was_ever_responsible_judges(office: Office) -> None:
    ref = office.assigned()
    office.act("hand-back", ref, WANG, reason="不属本单位职责")
    office.assign(ref, units=(TRAFFIC,), measures=(), criteria=())
    office.act("start", ref, WU)
    office.act("measure.done", ref, WU, number=1, on=office.today)
    office.add_evidence(ref, WU)
    office.request(ref, by=WU, head=office.person(ZHOU))
    assert "市政数局" in cannot_review(office, ref, HE)
    office.act("review", ref, CHEN, opinion="材料齐全")
    assert "市政数局" in cannot_verify(office, ref, HE)
    assert "信息中心" in cannot_verify(office, ref, ZHENG)
    office.verify(ref)
    assert "市政数局" in cannot_close(office, ref, HE)


@pytest.mark.parametrize("cooperating", [True, False])
def test_a_reassignment_does_not_wash_the_former_units_clean(
    office: Office, cooperating: bool
) -> None:
    said = (
        {"units": (TRAFFIC,), "cooperating": (DATA,)}
        if cooperating
        else {"units": (DATA,)}
    )
    ref = office.assigned(**said)
    office.ledger.reassign(
        Wish(ref, units=(TRAFFIC,)), office.who(LI), reason="机构改革"
    )
    office.act("start", ref, WU)
    office.act("measure.done", ref, WU, number=1, on=office.today)
    office.add_evidence(ref, WU)
    office.request(ref, by=WU, head=office.person(ZHOU))
    assert "市政数局" in cannot_verify_after_review(office, ref, HE)


def test_moving_to_another_unit_takes_no_one_out_of_the_item(office: Office) -> None:
    ref = office.requested()
    move(office, HE, ABOVE)
    assert "何平 is or was of 市政数局" in cannot_review(office, ref, HE)
    office.act("review", ref, CHEN, opinion="材料齐全")
    assert "何平 is or was of 市政数局" in cannot_verify(office, ref, HE)
    office.verify(ref)
    assert "何平 is or was of 市政数局" in cannot_close(office, ref, HE)


def test_whoever_stays_a_moment_in_a_responsible_unit_is_of_it(office: Office) -> None:
    ref = office.requested()
    move(office, FENG, DATA)
    move(office, FENG, ABOVE)
    assert "冯远 is or was of" in cannot_verify_after_review(office, ref, FENG)


def test_whoever_left_the_unit_before_the_item_was_registered_may_judge(
    office: Office,
) -> None:
    move(office, HE, ABOVE)
    office.later(days=1)
    ref = office.verifying()
    assert office.verify(ref, by=HE).state is State.VERIFIED


def test_renaming_a_unit_changes_nothing(office: Office) -> None:
    ref = office.requested()
    office.record("unit.rename", id=office.unit(DATA), name="市数据局")
    assert "市数据局" in cannot_verify_after_review(office, ref, HE)


def test_merging_a_responsible_unit_involves_the_one_it_merged_into(
    office: Office,
) -> None:
    ref = office.requested()
    office.record("unit.merge", id=office.unit(DATA), into=office.unit(ABOVE))
    assert "市委依法治市办" in cannot_review(office, ref, CHEN)
    office.act("review", ref, LI, opinion="材料齐全")
    assert "took part" not in cannot_verify(office, ref, FENG)


def test_merging_ones_own_unit_into_another_does_not_wash_it_clean(
    office: Office,
) -> None:
    ref = office.requested()
    he = office.who(HE)
    office.record("unit.merge", id=office.unit(DATA), into=office.unit(TRAFFIC))
    office.act("review", ref, CHEN, opinion="材料齐全")
    with pytest.raises(Refused, match="is or was of"):
        office.ledger.act(
            "verify.pass",
            ref,
            he,
            conclusions=[{"criterion": 1, "met": True, "text": "合格"}],
            method="现场核查",
            on=office.today,
        )


def test_a_unit_below_a_responsible_one_is_involved(office: Office) -> None:
    ref = office.requested()
    assert "信息中心" in cannot_verify_after_review(office, ref, ZHENG)


def test_a_unit_taken_out_from_below_stays_involved(office: Office) -> None:
    ref = office.requested()
    office.later()
    office.record("unit.move", id=office.unit(CENTRE), parent=None)
    assert "信息中心" in cannot_verify_after_review(office, ref, ZHENG)


def test_a_unit_that_came_below_and_went_again_stays_involved(office: Office) -> None:
    ref = office.requested()
    office.later()
    office.record("unit.move", id=office.unit(ABOVE), parent=office.unit(CENTRE))
    office.later()
    office.record("unit.move", id=office.unit(ABOVE), parent=None)
    office.later()
    assert "市委依法治市办" in cannot_review(office, ref, CHEN)
    office.act("review", ref, LI, opinion="材料齐全")
    assert "市委依法治市办" in cannot_verify(office, ref, FENG)


def test_a_unit_that_stood_below_before_the_registration_only_is_free(
    office: Office,
) -> None:
    office.record("unit.move", id=office.unit(CENTRE), parent=None)
    office.later(days=1)
    ref = office.verifying()
    assert office.verify(ref, by=ZHENG).state is State.VERIFIED


def test_a_merged_unit_that_moved_below_another_stays_involved(office: Office) -> None:
    ref = office.requested()
    office.later()
    office.record("unit.add", id="u9", name="大数据中心", parent=office.unit(DATA))
    roster.add_person(
        office.ledger,
        "马骏",
        office.who(LI),
        unit="大数据中心",
        roles=[Role.VERIFIER],
    )
    office.record("unit.merge", id="u9", into=office.unit(TRAFFIC))
    assert "大数据中心" in cannot_verify_after_review(office, ref, "马骏")


def test_the_responsible_unit_cannot_be_left_without_anyone_else_to_judge(
    office: Office,
) -> None:
    ref = office.registered()
    tries: tuple[dict[str, Any], ...] = (
        {"units": (ABOVE, INSPECTION), "lead": ABOVE, "cooperating": (DATA,)},
        {"units": (ABOVE, DATA), "lead": ABOVE, "cooperating": (INSPECTION,)},
        {"units": (ABOVE, DATA), "lead": DATA, "leader": LI},
    )
    for said in tries:
        with pytest.raises(Refused, match=r"would remain|Verifier and closer"):
            office.assign(ref, **said)
    assert office.find(ref).state is State.REGISTERED


# The lead unit


def led(office: Office) -> str:
    """Asked for by the traffic bureau; the data bureau leads and is nothing else."""
    ref = office.assigned(units=(TRAFFIC,), lead=DATA)
    office.act("start", ref, WU)
    office.act("measure.done", ref, WU, number=1, on=office.today)
    office.add_evidence(ref, WU)
    office.request(ref, by=WU, head=office.person(ZHOU))
    office.act("review", ref, CHEN, opinion="材料齐全")
    return ref


def test_a_lead_unit_does_not_verify_unless_the_rules_say_so(office: Office) -> None:
    ref = led(office)
    assert "市政数局 takes part" in cannot_verify(office, ref, HE)


def test_a_lead_unit_that_may_verify_may_do_nothing_else(tmp_path: Path) -> None:
    office = Office.begin(tmp_path, lead_may_verify="yes")
    ref = led(office)
    assert office.verify(ref, by=HE).state is State.VERIFIED
    assert "takes part" in cannot_close(office, ref, HE)
    other = office.assigned(units=(TRAFFIC,), lead=DATA)
    office.act("start", other, WU)
    office.act("measure.done", other, WU, number=1, on=office.today)
    office.add_evidence(other, WU)
    office.request(other, by=WU, head=office.person(ZHOU))
    assert "takes part" in cannot_review(office, other, HE)
    office.ledger.close()


@pytest.mark.parametrize("before", ["responsible", "cooperating", "below"])
def test_a_lead_unit_that_was_anything_else_before_may_not_verify(
    tmp_path: Path, before: str
) -> None:
    office = Office.begin(tmp_path, lead_may_verify="yes")
    first = {
        "responsible": {"units": (DATA,)},
        "cooperating": {"units": (TRAFFIC,), "cooperating": (DATA,)},
        "below": {"units": (DATA,)},
    }[before]
    ref = office.assigned(**first)
    lead, by = (CENTRE, ZHENG) if before == "below" else (DATA, HE)
    office.ledger.reassign(
        Wish(ref, units=(TRAFFIC,), lead=lead), office.who(LI), reason="机构改革"
    )
    office.act("start", ref, WU)
    office.act("measure.done", ref, WU, number=1, on=office.today)
    office.add_evidence(ref, WU)
    office.request(ref, by=WU, head=office.person(ZHOU))
    assert "takes part" in cannot_verify_after_review(office, ref, by)
    office.ledger.close()


def test_whoever_of_the_lead_unit_worked_on_it_may_not_verify(tmp_path: Path) -> None:
    office = Office.begin(tmp_path, lead_may_verify="yes")
    ref = office.assigned(units=(TRAFFIC,), lead=DATA)
    office.act("start", ref, WU)
    office.act("progress", ref, HE, text="已督促")
    office.act("measure.done", ref, WU, number=1, on=office.today)
    office.add_evidence(ref, WU)
    office.request(ref, by=WU, head=office.person(ZHOU))
    assert "took part" in cannot_verify_after_review(office, ref, HE)
    office.ledger.close()


# Who decides on proposals


@pytest.mark.parametrize(
    "matter", ["extend", "ongoing", "dated", "transfer", "void", "dispute"]
)
@pytest.mark.parametrize("decision", ["grant", "refuse"])
def test_no_one_involved_decides_on_a_proposal(
    office: Office, matter: str, decision: str
) -> None:
    ref = office.ongoing() if matter == "dated" else office.started()
    if matter in ("transfer", "void"):
        office.act(
            f"{matter}.propose",
            ref,
            CHEN,
            body="市监委",
            document=office.file(),
            reason="移交",
        )
    elif matter == "dispute":
        office.act("dispute.open", ref, SUN, text="不属本单位职责")
    else:
        said = {**office.stage(), "reason": "需要时间"}
        office.act(f"{matter}.request", ref, SUN, **said)
    command = "dispute.decide" if matter == "dispute" else f"{matter}.{decision}"
    why = refused(office, ref, command, HE, opinion="同意", ruling="withdraw")
    assert "is or was of" in why
    assert office.find(ref).proposal is not None


@pytest.mark.parametrize("matter", ["transfer", "void"])
def test_whoever_proposed_to_set_an_item_aside_does_not_grant_it(
    office: Office, matter: str
) -> None:
    ref = office.started()
    office.act(
        f"{matter}.propose",
        ref,
        ZHAO,
        body="市监委",
        document=office.file(),
        reason="移交",
    )
    assert "赵敏 proposed it" in refused(office, ref, f"{matter}.grant", ZHAO)


def test_an_item_is_not_closed_past_a_proposal_that_waits(office: Office) -> None:
    ref = office.verified()
    office.act("dispute.open", ref, SUN, text="结论有误")
    assert "not decided yet" in cannot_close(office, ref, QIAN)
    office.act("dispute.decide", ref, ZHAO, ruling="uphold", opinion="维持")
    assert office.act("close", ref, QIAN, opinion="同意").state is State.CLOSED


def test_a_due_date_moves_by_a_granted_extension_only(office: Office) -> None:
    ref = office.assigned()
    due = office.find(ref).due
    assert "extension only" in refused(
        office,
        ref,
        "reassign",
        LI,
        responsible=[office.unit(DATA)],
        reason="延后",
        due="2030-01-01",
    )
    for field in ("due", "original_due", "registered_on", "text", "state", "rules"):
        assert "cannot be amended" in refused(
            office, ref, "amend", LI, field=field, value="2030-01-01", reason="延后"
        )
    assert office.find(ref).due == due
    assert office.find(ref).original_due == due


def test_the_original_due_date_survives_hand_back_extension_and_reopening(
    office: Office,
) -> None:
    ref = office.assigned()
    original = office.find(ref).original_due
    office.act("hand-back", ref, WANG, reason="不属本单位职责")
    office.assign(ref, due="90d")
    office.act("start", ref, SUN)
    office.act("extend.request", ref, SUN, due="2025-01-01", reason="招标延误")
    office.act("extend.grant", ref, QIAN)
    assert office.find(ref).due != original
    assert office.find(ref).original_due == original


@pytest.mark.parametrize("field", ["criteria", "target"])
def test_what_is_verified_is_what_was_asked_for(office: Office, field: str) -> None:
    ref = office.verifying()
    assert "binds since closure was requested" in refused(
        office, ref, "amend", CHEN, field=field, value=["随便"], reason="放宽"
    )


# Without evidence


def test_nothing_is_requested_without_evidence(office: Office) -> None:
    ref = office.started()
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    with pytest.raises(Refused, match="There is no evidence"):
        office.request(ref)


@pytest.mark.parametrize(
    "digest", ["0" * 64, "../../../../etc/passwd", "", "附件", "A" * 64, 7, None]
)
def test_evidence_that_is_only_spoken_of_is_refused(
    office: Office, digest: object
) -> None:
    ref = office.started()
    why = refused(
        office, ref, "evidence.add", SUN, digest=digest, name="x", size=1, kind="file"
    )
    assert "No file" in why or "missing from the evidence folder" in why
    assert office.find(ref).evidence == ()


def test_nothing_is_requested_or_closed_on_evidence_that_is_gone(
    office: Office,
) -> None:
    ref, other = office.worked(), office.verified()
    kept = office.ledger.evidence.path(office.find(ref).evidence[0].digest)
    kept.unlink()
    with pytest.raises(Refused, match="missing from the evidence folder"):
        office.request(ref)
    assert "missing from the evidence folder" in cannot_close(office, other, QIAN)


@pytest.mark.parametrize("by", [LI, CHEN, FENG, QIAN, ZHAO, WU, ZHOU])
def test_no_one_outside_the_item_adds_evidence_or_writes_progress(
    office: Office, by: str
) -> None:
    ref = office.started()
    assert "is not" in refused(office, ref, "progress", by, text="我来写")
    with pytest.raises(Refused, match="is not"):
        office.add_evidence(ref, by)


def test_no_evidence_is_added_once_closure_was_requested(office: Office) -> None:
    ref = office.requested()
    with pytest.raises(Refused, match="It is closure requested"):
        office.add_evidence(ref, SUN)


def test_the_closing_freezes_the_digests_of_the_evidence(office: Office) -> None:
    ref = office.worked()
    office.add_evidence(ref, SUN, "第二份")
    office.request(ref)
    office.act("review", ref, CHEN, opinion="材料齐全")
    office.verify(ref)
    office.act("close", ref, QIAN, opinion="同意销号")
    row = list(office.ledger.store.journal.rows(kinds=["close"]))[-1]
    data = event_of(row.body).data
    assert data["evidence"] == sorted(e.digest for e in office.find(ref).evidence)
    assert len(data["evidence"]) == 2
    assert data["rules"]["closing"] == "three-person"


# A closure without its steps


def test_no_step_between_request_and_closing_can_be_left_out(office: Office) -> None:
    ref = office.worked()
    for command in ("review", "verify.pass", "verify.fail", "close", "publish"):
        refused(office, ref, command, ZHAO, opinion="x", missing="x", where="x")
    office.request(ref)
    for command in ("verify.pass", "close", "publish"):
        refused(office, ref, command, ZHAO, opinion="x", where="x")
    office.act("review", ref, CHEN, opinion="材料齐全")
    cannot_close(office, ref, QIAN)


def test_a_new_round_begins_with_nothing_of_the_old_one(office: Office) -> None:
    ref = office.verifying()
    office.act("verify.fail", ref, FENG, missing="两个窗口未培训")
    item = office.find(ref)
    assert (item.request, item.review, item.verification) == (None, None, None)
    assert item.rules == ()
    cannot_close(office, ref, QIAN)
    cannot_verify(office, ref, FENG)


@pytest.mark.parametrize(
    "conclusions",
    [
        [],
        [{"criterion": 1, "met": True, "text": " "}],
        [{"criterion": 1, "met": "no", "text": "不合格"}],
        [{"criterion": 1, "met": 1, "text": "合格"}],
        [{"criterion": 1, "met": False, "text": "不合格"}],
        [{"criterion": 2, "met": True, "text": "合格"}],
        [
            {"criterion": 1, "met": False, "text": "不合格"},
            {"criterion": 1, "met": True, "text": "合格"},
        ],
        [
            {"criterion": 1, "met": True, "text": "合格"},
            {"criterion": 9, "met": True, "text": "合格"},
        ],
        ["合格"],
    ],
)
def test_a_verification_concludes_each_criterion_once_and_with_yes(
    office: Office, conclusions: list[Any]
) -> None:
    ref = office.verifying()
    before = office.find(ref)
    with pytest.raises(Refused, match="riterion"):
        office.verify(ref, conclusions=conclusions)
    assert office.find(ref) == before


@pytest.mark.parametrize("on", ["2024-03-03", "2024-03-06"])
def test_a_verification_is_neither_before_the_registration_nor_to_come(
    office: Office, on: str
) -> None:
    ref = office.verifying()
    with pytest.raises(Refused, match="2024-03-0"):
        office.verify(ref, on=on)


# Another identity


def test_a_person_looked_up_before_he_moved_acts_as_who_he_is_now(
    office: Office,
) -> None:
    ref = office.verifying()
    stale = office.who(FENG)
    move(office, FENG, DATA)
    with pytest.raises(Refused, match="冯远 is or was of 市政数局"):
        office.ledger.act(
            "verify.pass",
            ref,
            stale,
            conclusions=[{"criterion": 1, "met": True, "text": "合格"}],
            method="现场核查",
            on=office.today,
        )


def test_a_person_who_lost_the_role_or_left_acts_no_more(office: Office) -> None:
    ref = office.verified()
    stale = office.who(QIAN)
    grant(office, QIAN, Role.RESPONSIBLE)
    with pytest.raises(Refused, match="not approver"):
        office.ledger.act("close", ref, stale, opinion="同意")
    supervisor = office.who(CHEN)
    office.record("person.leave", id=office.person(CHEN))
    with pytest.raises(Refused, match="has left"):
        roster.add_unit(office.ledger, "新单位", supervisor)
    with pytest.raises(Refused, match="has left"):
        office.ledger.act("close", ref, supervisor, opinion="同意")


def test_a_person_made_up_has_no_standing(office: Office) -> None:
    ref = office.verified()
    real = office.who(QIAN).person
    assert real is not None
    for made_up in (
        replace(real, id="p99"),
        replace(office.who(HE).person or real, roles=frozenset(Role)),
    ):
        with pytest.raises(Refused):
            office.ledger.act("close", ref, Actor(made_up), opinion="同意")
    with pytest.raises(Refused):
        roster.set_rule(
            office.ledger,
            "closing",
            "two-person",
            "理由",
            Actor(replace(office.who(SUN).person or real, roles=frozenset(Role))),
        )


def test_nobody_grants_roles_to_himself(office: Office) -> None:
    with pytest.raises(Refused, match="Nobody grants roles to himself"):
        roster.add_person(
            office.ledger, LI, office.who(LI), unit=DATA, roles=[Role.UNIT_HEAD]
        )
    with pytest.raises(Refused, match="registered already"):
        roster.add_person(
            office.ledger, SUN, office.who(LI), unit=DATA, roles=[Role.VERIFIER]
        )


@pytest.mark.parametrize("by", [WANG, SUN, FENG, QIAN])
def test_only_supervisors_register_and_add(office: Office, by: str) -> None:
    actor = office.who(by)
    for attempt in (
        lambda: roster.add_unit(office.ledger, "新单位", actor),
        lambda: roster.add_person(
            office.ledger, "新人", actor, unit=ABOVE, roles=[Role.APPROVER]
        ),
        lambda: roster.link_login(office.ledger, SUN, "gitea:sun", actor),
        lambda: registration.add(
            office.ledger, actor, title="题", text="文", origin="督察"
        ),
    ):
        before = office.ledger.store.journal.head()
        with pytest.raises(Refused, match="supervisor"):
            attempt()
        assert office.ledger.store.journal.head() == before


@pytest.mark.parametrize(
    "name", ["孙洁\u200b", "孙\u2060洁", "孙洁\ufe0f", "孙\u00ad洁"]
)
def test_no_second_person_or_unit_has_a_name_that_looks_the_same(
    office: Office, name: str
) -> None:
    with pytest.raises(UsageProblem):
        roster.add_person(
            office.ledger, name, office.who(LI), unit=DATA, roles=[Role.VERIFIER]
        )
    with pytest.raises(UsageProblem):
        roster.add_unit(office.ledger, name, office.who(LI))


# Bound to OS accounts


@pytest.fixture
def bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A ledger whose people are bound to OS accounts; ``li`` is logged in."""
    monkeypatch.setattr(book, "os_account", lambda: "li")
    office = Office.begin(tmp_path)
    for person, account in (
        (WANG, "wang"),
        (SUN, "sun"),
        (FENG, "feng"),
        (QIAN, "qian"),
    ):
        office.record("person.account", id=office.person(person), account=account)
    roster.set_rule(office.ledger, "identity", "os", "统一身份", office.who(LI))
    return office


def test_no_one_acts_as_a_person_of_another_os_account(bound: Office) -> None:
    with pytest.raises(Refused, match="identity = os"):
        bound.ledger.person(FENG)
    ref = bound.registered()
    with pytest.raises(Refused, match="identity = os"):
        bound.act("amend", ref, FENG, field="title", value="x", reason="y")
    with pytest.raises(Refused, match="identity = os"):
        roster.set_rule(bound.ledger, "identity", "declared", "方便", bound.who(QIAN))
    with pytest.raises(Refused, match="identity = os"):
        roster.add_unit(bound.ledger, "新单位", bound.who(ZHAO))


def test_the_binding_holds_for_whom_was_looked_up_before_it_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "os_account", lambda: "li")
    office = Office.begin(tmp_path)
    ref, qian = office.verified(), office.who(QIAN)
    roster.set_rule(office.ledger, "identity", "os", "统一身份", office.who(LI))
    with pytest.raises(Refused, match="identity = os"):
        office.ledger.act("close", ref, qian, opinion="同意")


def test_an_os_account_is_one_persons_for_good(bound: Office) -> None:
    def again() -> None:
        roster.add_person(
            bound.ledger,
            "孙小洁",
            bound.who(LI),
            unit=ABOVE,
            roles=[Role.VERIFIER],
            account="sun",
        )

    with pytest.raises(Refused, match="It is the account of 孙洁"):
        again()
    bound.record("person.leave", id=bound.person(SUN))
    with pytest.raises(Refused, match="It is the account of 孙洁"):
        again()


# Through a tracker


@pytest.mark.parametrize(
    ("state", "command", "by"),
    [
        ("requested", "review", CHEN),
        ("verifying", "verify.pass", FENG),
        ("verifying", "verify.fail", FENG),
        ("verified", "close", QIAN),
        ("requested", "return", CHEN),
        ("started", "transfer.propose", CHEN),
        ("registered", "assign", LI),
        ("closed", "reopen", CHEN),
    ],
)
def test_nothing_is_decided_through_a_tracker(
    office: Office, state: str, command: str, by: str
) -> None:
    ref = getattr(office, state)()
    before = office.find(ref)
    with pytest.raises(Refused, match="not in a tracker"):
        office.ledger.act(
            command, ref, Actor(office.who(by).person, via="gitea"), opinion="同意"
        )
    assert office.find(ref) == before


def test_a_request_through_a_tracker_makes_its_person_the_requester(
    office: Office,
) -> None:
    ref = office.worked()
    office.later()
    item = office.ledger.act(
        "request-closure",
        ref,
        Actor(office.who(HE).person, via="gitea"),
        rectified_on=office.today,
        statement="已整改",
        head=office.person(WANG),
    )
    assert item.request is not None
    assert item.request.by == office.person(HE)
    office.act("review", ref, CHEN, opinion="材料齐全")
    assert "何平" in cannot_verify(office, ref, HE)


def test_an_unknown_tracker_account_requests_nothing(office: Office) -> None:
    ref = office.worked()
    with pytest.raises(Refused, match="Nobody is known"):
        office.ledger.act(
            "request-closure",
            ref,
            Actor(None, via="gitea"),
            rectified_on=office.today,
            statement="已整改",
            head=office.person(WANG),
        )


# Past the rules, into the journal


@pytest.mark.parametrize(
    ("kind", "by", "data"),
    [
        ("close", QIAN, {"opinion": "x", "to": "closed", "evidence": [], "rules": {}}),
        ("progress", SUN, {"text": "x", "to": "closed"}),
        ("progress", QIAN, {"text": "x"}),
        ("progress", QIAN, {"text": "x", "via": "gitea"}),
        ("verify.pass", HE, {"opinion": "x", "to": "verified"}),
        ("amend", LI, {"field": "title", "value": "x", "reason": "y", "to": "closed"}),
    ],
)
def test_an_act_written_past_the_rules_is_named_by_the_audit(
    office: Office, kind: str, by: str, data: dict[str, Any]
) -> None:
    ref = office.worked()
    assert audit(office.ledger).faults == ()
    with office.ledger.writing() as directory:
        item = office.find(ref)
        office.ledger.record([Draft(kind, data, office.who(by), item.id)], directory)
    seq = office.ledger.store.journal.head().seq
    faults = audit(office.ledger).faults
    assert [str(fault.place) for fault in faults] == [f"entry {seq} ({ref})"]


@pytest.mark.parametrize("left", ["evidence", "rules"])
def test_a_closing_that_froze_something_else_is_named_by_the_audit(
    office: Office, left: str
) -> None:
    ref = office.verified()
    item = office.find(ref)
    data: dict[str, Any] = {
        "opinion": "同意",
        "to": "closed",
        "evidence": sorted(kept.digest for kept in item.evidence),
        "rules": dict(item.rules),
    }
    data[left] = (
        [] if left == "evidence" else {**data["rules"], "closing": "two-person"}
    )
    with office.ledger.writing() as directory:
        office.ledger.record(
            [Draft("close", data, office.who(QIAN), item.id)], directory
        )
    assert "did not follow" in str(audit(office.ledger).faults[0].wrong)


@pytest.mark.parametrize(
    ("kind", "by", "data"),
    [
        ("rules.set", CHEN, {"key": "closing", "value": "two-person", "reason": "x"}),
        ("unit.add", WANG, {"id": "u9", "name": "新单位"}),
        ("person.add", QIAN, {"id": "p99", "name": "某", "unit": "u1", "roles": []}),
        ("person.roles", SUN, {"id": "p3", "roles": ["verifier"]}),
    ],
)
def test_an_act_on_people_or_rules_without_the_role_is_named_by_the_audit(
    office: Office, kind: str, by: str, data: dict[str, Any]
) -> None:
    office.record(kind, by, **data)
    seq = office.ledger.store.journal.head().seq
    faults = audit(office.ledger).faults
    assert [str(fault.place) for fault in faults] == [f"entry {seq}"]
    assert "role" in str(faults[0].wrong)


def test_a_second_registration_of_an_item_is_named_by_the_audit(
    office: Office,
) -> None:
    ref = office.closed()
    item = office.find(ref)
    row = next(office.ledger.store.journal.rows(kinds=["register"]))
    with pytest.raises(LedgerError), office.ledger.writing() as directory:
        office.ledger.record(
            [
                Draft(
                    "register",
                    dict(event_of(row.body).data),
                    office.who(LI),
                    item.id,
                )
            ],
            directory,
        )
    assert office.find(ref) == item


# What a declared identity cannot prove


def test_what_declared_names_cannot_prove_is_said_by_the_audit(
    office: Office,
) -> None:
    ref = office.closed()
    report = audit(office.ledger)
    assert [(d.ref, d.people) for d in report.declared] == [(ref, 3)]
    assert report.declared[0].account == book.os_account()


def test_a_ledger_begins_with_one_person_who_can_close_nothing_alone(
    tmp_path: Path, office: Office
) -> None:
    clock = office.ledger.clock
    with Ledger.create(tmp_path / "新", unit="司法局", actor="甲", clock=clock) as new:
        actor = Actor(new.person("甲"))
        ref = registration.add(new, actor, title="题", text="文", origin="督察").ref
        with pytest.raises(Refused, match="would remain"):
            new.assign([Wish(ref, ("司法局",), "30d", "phased")], actor)
