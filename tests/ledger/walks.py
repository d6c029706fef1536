"""For each row of the lifecycle's table: an act that passes, and acts that must not.

``WALKS`` brings an item to where each row begins and says what a good command
says. ``SPOILT`` turns it, for each guard of the row, into an act that this guard
objects to. :mod:`tests.ledger.test_guards` takes the guards away one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ledger.book import Draft
from ledger.item import State
from ledger.lifecycle import TRANSITIONS, Transition
from tests.ledger.office import (
    ABOVE,
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
    ZHAO,
    ZHOU,
    Office,
)

Ready = Callable[[Office], str]
Said = Callable[[Office], Mapping[str, Any]]
Spoil = Callable[["Walk"], "Walk"]
Key = tuple[str, State]


@dataclass(frozen=True)
class Walk:
    """One act: on which item, by whom, saying what, under which rules."""

    ready: Ready
    by: str
    said: Said = lambda _office: {}
    rules: str = "plain"

    def saying(self, **changes: Any) -> Walk:
        """The same act, saying something else (``None``: not at all)."""

        def said(office: Office) -> Mapping[str, Any]:
            values = {
                key: value(office) if callable(value) else value
                for key, value in changes.items()
            }
            return {**self.said(office), **values}

        return replace(self, said=said)

    def after(self, step: Callable[[Office, str], object]) -> Walk:
        """The same act, after ``step`` was done to the item."""

        def ready(office: Office) -> str:
            ref = self.ready(office)
            step(office, ref)
            return ref

        return replace(self, ready=ready)


def key_of(row: Transition) -> Key:
    """A row's name: its command and the first state that it begins in."""
    return row.command, min(row.source, key=list(State).index)


def row_of(key: Key, rules: str) -> Transition:
    """The row that is meant where two rows bear one name."""
    found = [row for row in TRANSITIONS if key_of(row) == key]
    return found[-1] if rules == "public" else found[0]


def _days(count: int) -> Callable[[Office], object]:
    return lambda office: office.today + timedelta(days=count)


def _proposed(command: str, by: str, ready: Ready, **said: Any) -> Ready:
    def propose(office: Office) -> str:
        ref = ready(office)
        values = {k: v(office) if callable(v) else v for k, v in said.items()}
        office.act(command, ref, by, **values)
        return ref

    return propose


def _extending(by: str = SUN) -> Ready:
    return _proposed(
        "extend.request", by, Office.started, due=_days(60), reason="招标延误"
    )


def _staging(by: str = SUN) -> Ready:
    def propose(office: Office) -> str:
        ref = office.started()
        office.act("ongoing.request", ref, by, **office.stage())
        return ref

    return propose


def _dating(by: str = SUN) -> Ready:
    return _proposed(
        "dated.request", by, Office.ongoing, due=_days(90), reason="制度已印发"
    )


def _transferring(by: str = CHEN) -> Ready:
    return _proposed(
        "transfer.propose",
        by,
        Office.started,
        body="市监委",
        document=Office.file,
        reason="涉嫌职务犯罪",
    )


def _voiding(by: str = CHEN) -> Ready:
    return _proposed(
        "void.propose", by, Office.assigned, document=Office.file, reason="重复登记"
    )


def _disputing(by: str = SUN) -> Ready:
    return _proposed("dispute.open", by, Office.assigned, text="不属本单位职责")


def _noticed(office: Office) -> str:
    ref = office.published()
    office.later(days=10)
    return ref


def _objected(office: Office) -> str:
    ref = office.published()
    office.act("objection.raise", ref, CHEN, text="群众反映未到位")
    return ref


def _voided(office: Office) -> str:
    ref = _voiding()(office)
    office.act("void.grant", ref, QIAN)
    return ref


def _evidence(office: Office) -> Mapping[str, Any]:
    return {"digest": office.file(), "name": "附件.txt", "size": 15, "kind": "file"}


def _stage(office: Office) -> Mapping[str, Any]:
    return office.stage()


_REASON = {"reason": "机构改革"}
_OPINION = {"opinion": "同意"}
_PUBLIC = "public"


def _walk(ready: Ready, by: str, rules: str = "plain", /, **said: Any) -> Walk:
    return Walk(ready, by, rules=rules).saying(**said)


def _unit(name: str) -> Callable[[Office], list[str]]:
    return lambda office: [office.unit(name)]


_REQUEST: Mapping[str, Any] = {
    "rectified_on": _days(0),
    "statement": "已整改到位",
    "head": lambda office: office.person(WANG),
}
_VERIFY: Mapping[str, Any] = {
    "conclusions": [{"criterion": 1, "met": True, "text": "抽查合格"}],
    "method": "现场核查",
    "on": _days(0),
}
_OPEN, _EARLY = State.REGISTERED, State.REGISTERED

WALKS: Mapping[tuple[Key, str], Walk] = {
    (key, walk.rules): walk
    for key, walk in (
        (
            ("assign", State.REGISTERED),
            _walk(
                Office.registered,
                LI,
                responsible=_unit(DATA),
                due=_days(30),
                rectification="phased",
            ),
        ),
        (("hand-back", State.ASSIGNED), _walk(Office.assigned, WANG, **_REASON)),
        (
            ("reassign", State.ASSIGNED),
            _walk(Office.assigned, LI, responsible=_unit(TRAFFIC), **_REASON),
        ),
        (
            ("amend", _OPEN),
            _walk(Office.assigned, LI, field="title", value="标题", **_REASON),
        ),
        (("start", State.ASSIGNED), _walk(Office.assigned, SUN)),
        (
            ("progress", State.ASSIGNED),
            _walk(Office.started, SUN, text="已开两次会", on=_days(0)),
        ),
        (("measure.add", State.ASSIGNED), _walk(Office.started, SUN, text="增设窗口")),
        (
            ("measure.done", State.ASSIGNED),
            _walk(Office.started, SUN, number=1, on=_days(0)),
        ),
        (("evidence.add", State.ASSIGNED), Walk(Office.started, SUN, _evidence)),
        (
            ("extend.request", State.IN_PROGRESS),
            _walk(Office.started, SUN, due=_days(60), **_REASON),
        ),
        (("extend.grant", State.IN_PROGRESS), _walk(_extending(), QIAN)),
        (("extend.refuse", State.IN_PROGRESS), _walk(_extending(), QIAN, **_OPINION)),
        (("ongoing.request", State.IN_PROGRESS), Walk(Office.started, SUN, _stage)),
        (("ongoing.grant", State.IN_PROGRESS), _walk(_staging(), QIAN)),
        (("ongoing.refuse", State.IN_PROGRESS), _walk(_staging(), QIAN, **_OPINION)),
        (
            ("dated.request", State.ONGOING),
            _walk(Office.ongoing, SUN, due=_days(90), **_REASON),
        ),
        (("dated.grant", State.ONGOING), _walk(_dating(), QIAN)),
        (("dated.refuse", State.ONGOING), _walk(_dating(), QIAN, **_OPINION)),
        (
            ("request-closure", State.IN_PROGRESS),
            _walk(Office.worked, SUN, **_REQUEST),
        ),
        (
            ("request-closure", State.IN_PROGRESS),
            _walk(Office.worked, SUN, _PUBLIC, **_REQUEST),
        ),
        (
            ("return", State.CLOSURE_REQUESTED),
            _walk(
                Office.requested,
                CHEN,
                requirement="请补充全部窗口的培训签到记录",
                **_OPINION,
            ),
        ),
        (
            ("review", State.CLOSURE_REQUESTED),
            _walk(Office.requested, CHEN, **_OPINION),
        ),
        (
            ("verify.fail", State.VERIFYING),
            _walk(Office.verifying, FENG, missing="两个窗口未培训"),
        ),
        (("verify.pass", State.VERIFYING), _walk(Office.verifying, FENG, **_VERIFY)),
        (
            ("publish", State.VERIFIED),
            _walk(Office.verified, CHEN, _PUBLIC, where="政府网站"),
        ),
        (
            ("objection.raise", State.PUBLIC_NOTICE),
            _walk(Office.published, CHEN, _PUBLIC, text="群众反映未到位"),
        ),
        (
            ("objection.dismiss", State.PUBLIC_NOTICE),
            _walk(_objected, CHEN, _PUBLIC, **_OPINION),
        ),
        (
            ("objection.uphold", State.PUBLIC_NOTICE),
            _walk(_objected, CHEN, _PUBLIC, **_OPINION),
        ),
        (("close", State.VERIFIED), _walk(Office.verified, QIAN, **_OPINION)),
        (("close", State.PUBLIC_NOTICE), _walk(_noticed, QIAN, _PUBLIC, **_OPINION)),
        (
            ("look-back", State.CLOSED),
            _walk(Office.closed, ZHAO, result="holds", on=_days(0), **_OPINION),
        ),
        (
            ("reopen", State.CLOSED),
            _walk(Office.closed, CHEN, cause="sham", due=_days(30), **_OPINION),
        ),
        (
            ("transfer.propose", _OPEN),
            _walk(Office.started, CHEN, body="市监委", document=Office.file, **_REASON),
        ),
        (("transfer.grant", _OPEN), _walk(_transferring(), QIAN)),
        (("transfer.refuse", _OPEN), _walk(_transferring(), QIAN, **_OPINION)),
        (
            ("void.propose", _EARLY),
            _walk(Office.assigned, CHEN, document=Office.file, **_REASON),
        ),
        (("void.grant", _EARLY), _walk(_voiding(), QIAN)),
        (("void.refuse", _EARLY), _walk(_voiding(), QIAN, **_OPINION)),
        (("reinstate", State.TRANSFERRED), _walk(_voided, QIAN, **_REASON)),
        (
            ("dispute.open", _OPEN),
            _walk(Office.assigned, SUN, text="不属本单位职责"),
        ),
        (
            ("dispute.decide", _OPEN),
            _walk(_disputing(), QIAN, ruling="uphold", **_OPINION),
        ),
    )
}


# What each guard objects to


def _without_proposal(ready: Ready) -> Spoil:
    return lambda walk: replace(walk, ready=ready)


def _dispute(office: Office, ref: str) -> None:
    office.act("dispute.open", ref, SUN, text="不属本单位职责")


def _transfer(office: Office, ref: str) -> None:
    office.act(
        "transfer.propose",
        ref,
        CHEN,
        body="市监委",
        document=office.file(),
        reason="涉嫌职务犯罪",
    )


def _raw(office: Office, ref: str, kind: str, by: str, **data: Any) -> None:
    """An event written past all rules, as whoever has the file could."""
    office.later()
    with office.ledger.writing() as directory:
        item = office.ledger.find(ref)
        office.ledger.record([Draft(kind, data, office.who(by), item.id)], directory)


def _never_requested(office: Office) -> str:
    ref = office.worked()
    _raw(office, ref, "progress", SUN, text="直接核查", to="verified")
    return ref


def _never_requested_but_noticed(office: Office) -> str:
    ref = office.worked()
    _raw(
        office,
        ref,
        "publish",
        CHEN,
        since="2024-03-04",
        until="2024-03-05",
        where="政府网站",
        to="public_notice",
    )
    return ref


def _requested_bare(office: Office) -> str:
    ref = office.started()
    rules = dict(office.ledger.directory.rules.all())
    _raw(
        office,
        ref,
        "request-closure",
        SUN,
        rectified_on=office.today.isoformat(),
        statement="已整改",
        head=office.person(WANG),
        rules=rules,
        to="verifying",
    )
    office.verify(ref)
    return ref


def _noticed_bare(office: Office) -> str:
    ref = _requested_bare(office)
    office.act("publish", ref, CHEN, where="政府网站")
    office.later(days=10)
    return ref


def _requested_by_he(office: Office) -> str:
    ref = office.worked()
    office.request(ref, by=HE)
    if office.find(ref).state is State.CLOSURE_REQUESTED:
        office.act("review", ref, CHEN, opinion="材料齐全")
    return ref


def _verified_of_he(office: Office) -> str:
    ref = _requested_by_he(office)
    office.verify(ref)
    return ref


def _noticed_of_he(office: Office) -> str:
    ref = _verified_of_he(office)
    office.act("publish", ref, CHEN, where="政府网站")
    office.later(days=10)
    return ref


def _closed_of_he(office: Office) -> str:
    ref = _verified_of_he(office)
    office.act("close", ref, QIAN, opinion="同意")
    return ref


def _verified_by_zhao(office: Office) -> str:
    ref = office.verifying()
    office.verify(ref, by=ZHAO)
    return ref


def _noticed_of_zhao(office: Office) -> str:
    ref = _verified_by_zhao(office)
    office.act("publish", ref, CHEN, where="政府网站")
    office.later(days=10)
    return ref


def _proposed_by(make: Callable[[str], Ready], by: str) -> Spoil:
    return lambda walk: replace(walk, ready=make(by), by=by)


GENERAL: Mapping[str, Spoil] = {
    "has_reason": lambda walk: walk.saying(reason=" "),
    "has_opinion": lambda walk: walk.saying(opinion=""),
    "has_text": lambda walk: walk.saying(text="\u200e"),
    "has_due": lambda walk: walk.saying(due=None),
    "has_day": lambda walk: walk.saying(on=None),
    "not_after_today": lambda walk: walk.saying(on=_days(1)),
    "has_document": lambda walk: walk.saying(document="一号文"),
    "all_are_known": lambda walk: walk.saying(owner="p99"),
    "has_responsible_unit": lambda walk: walk.saying(responsible=[]),
    "has_lead_where_several": lambda walk: walk.saying(
        responsible=lambda office: [office.unit(DATA), office.unit(TRAFFIC)]
    ),
    "plan_is_sound": lambda walk: walk.saying(criteria=["\u200e"]),
    "closers_remain": lambda walk: walk.saying(
        responsible=lambda office: [office.unit(INSPECTION), office.unit(DATA)],
        lead=lambda office: office.unit(DATA),
        cooperating=_unit(ABOVE),
    ),
    "uninvolved": lambda walk: replace(walk, by=HE),
    "uninvolved_or_lead": lambda walk: replace(walk, by=HE),
    "nothing_pending": lambda walk: walk.after(_dispute),
    "before_due": lambda walk: walk.after(lambda office, _ref: office.later(days=40)),
    "objection_open": _without_proposal(Office.published),
}

SPOILT: Mapping[tuple[str, str], Spoil] = {
    ("measure.add", "all_are_known"): lambda walk: walk.saying(owner="冯远"),
    ("assign", "has_kind"): lambda walk: walk.saying(rectification=None),
    ("reassign", "keeps_due"): lambda walk: walk.saying(due=_days(90)),
    ("amend", "amendable"): lambda walk: walk.saying(field="text"),
    ("amend", "has_fitting_value"): lambda walk: walk.saying(
        field="severity", value="gross"
    ),
    ("start", "has_plan"): lambda walk: replace(
        walk, ready=lambda office: office.assigned(criteria=())
    ),
    ("measure.done", "has_measure"): lambda walk: walk.saying(number=7),
    ("evidence.add", "names_a_file"): lambda walk: walk.saying(size=0),
    ("extend.request", "later_due"): lambda walk: walk.saying(due=_days(10)),
    ("extend.grant", "pending_extend"): _without_proposal(Office.started),
    ("extend.refuse", "pending_extend"): _without_proposal(Office.started),
    ("extend.grant", "other_than_proposer"): _proposed_by(_extending, HE),
    ("extend.refuse", "other_than_proposer"): _proposed_by(_extending, HE),
    ("ongoing.request", "has_stage"): lambda walk: walk.saying(stage_goal=""),
    ("ongoing.grant", "pending_ongoing"): _without_proposal(Office.started),
    ("ongoing.refuse", "pending_ongoing"): _without_proposal(Office.started),
    ("ongoing.grant", "other_than_proposer"): _proposed_by(_staging, HE),
    ("ongoing.refuse", "other_than_proposer"): _proposed_by(_staging, HE),
    ("dated.grant", "pending_dated"): _without_proposal(Office.ongoing),
    ("dated.refuse", "pending_dated"): _without_proposal(Office.ongoing),
    ("dated.grant", "other_than_proposer"): _proposed_by(_dating, HE),
    ("dated.refuse", "other_than_proposer"): _proposed_by(_dating, HE),
    ("request-closure", "measures_done"): lambda walk: walk.after(
        lambda office, ref: office.act("measure.add", ref, SUN, text="再培训一次")
    ),
    ("request-closure", "has_evidence"): lambda walk: replace(
        walk, ready=_done_without_evidence
    ),
    ("request-closure", "has_rectified_day"): lambda walk: walk.saying(
        rectified_on=_days(1)
    ),
    ("request-closure", "has_statement"): lambda walk: walk.saying(statement=""),
    ("request-closure", "head_endorses"): lambda walk: walk.saying(
        head=lambda office: office.person(ZHOU)
    ),
    ("return", "has_requirement"): lambda walk: walk.saying(requirement="请补充材料"),
    ("verify.fail", "names_what_is_missing"): lambda walk: walk.saying(missing=""),
    ("verify.fail", "other_than_requester"): lambda walk: replace(
        walk, ready=_requested_by_he, by=HE
    ),
    ("verify.pass", "other_than_requester"): lambda walk: replace(
        walk, ready=_requested_by_he, by=HE
    ),
    ("verify.pass", "concludes_each_criterion"): lambda walk: walk.saying(
        conclusions=[{"criterion": 1, "met": False, "text": "一件不合格"}]
    ),
    ("verify.pass", "has_method"): lambda walk: walk.saying(method=""),
    ("publish", "has_place"): lambda walk: walk.saying(where=""),
    ("close", "was_requested_and_verified"): lambda walk: replace(
        walk,
        ready=_never_requested_but_noticed
        if walk.rules == _PUBLIC
        else _never_requested,
    ),
    ("close", "has_evidence"): lambda walk: replace(
        walk, ready=_noticed_bare if walk.rules == _PUBLIC else _requested_bare
    ),
    ("close", "other_than_requester"): lambda walk: replace(
        walk, ready=_noticed_of_he if walk.rules == _PUBLIC else _verified_of_he, by=HE
    ),
    ("close", "other_than_verifier"): lambda walk: replace(
        walk,
        ready=_noticed_of_zhao if walk.rules == _PUBLIC else _verified_by_zhao,
        by=ZHAO,
    ),
    ("close", "nothing_pending"): lambda walk: walk.after(_transfer),
    ("close", "notice_over"): lambda walk: replace(walk, ready=Office.published),
    ("close", "no_open_objection"): lambda walk: walk.after(
        lambda office, ref: office.act("objection.raise", ref, CHEN, text="未到位")
    ),
    ("look-back", "has_result"): lambda walk: walk.saying(result="perhaps"),
    ("look-back", "other_than_requester"): lambda walk: replace(
        walk, ready=_closed_of_he, by=HE
    ),
    ("look-back", "other_than_first_verifier"): lambda walk: replace(walk, by=FENG),
    ("reopen", "has_cause"): lambda walk: walk.saying(cause="other"),
    ("transfer.propose", "has_receiver"): lambda walk: walk.saying(body=""),
    ("transfer.grant", "pending_transfer"): _without_proposal(Office.started),
    ("transfer.refuse", "pending_transfer"): _without_proposal(Office.started),
    ("transfer.grant", "other_than_proposer"): _proposed_by(_transferring, ZHAO),
    ("transfer.refuse", "other_than_proposer"): _proposed_by(_transferring, ZHAO),
    ("void.grant", "pending_void"): _without_proposal(Office.assigned),
    ("void.refuse", "pending_void"): _without_proposal(Office.assigned),
    ("void.grant", "other_than_proposer"): _proposed_by(_voiding, ZHAO),
    ("void.refuse", "other_than_proposer"): _proposed_by(_voiding, ZHAO),
    ("dispute.open", "within_dispute_period"): lambda walk: walk.after(
        lambda office, _ref: office.later(days=31)
    ),
    ("dispute.decide", "pending_dispute"): _without_proposal(Office.assigned),
    ("dispute.decide", "has_ruling"): lambda walk: walk.saying(ruling="maybe"),
    ("dispute.decide", "other_than_proposer"): _proposed_by(_disputing, HE),
}


def _done_without_evidence(office: Office) -> str:
    ref = office.started()
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    return ref


def spoilt(walk: Walk, command: str, guard: str) -> Walk | None:
    """The act that ``guard`` objects to, if one is listed."""
    spoil = SPOILT.get((command, guard)) or GENERAL.get(guard)
    return spoil(walk) if spoil is not None else None
