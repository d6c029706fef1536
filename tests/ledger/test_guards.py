"""The lifecycle's table, row by row and guard by guard, through the book."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import lifecycle
from ledger.audit import audit
from ledger.errors import Refused
from ledger.item import OPEN, State
from ledger.lifecycle import TRANSITIONS, Transition, Who
from tests.ledger.office import (
    CHEN,
    HE,
    LI,
    QIAN,
    SUN,
    WANG,
    ZHAO,
    ZHOU,
    Office,
)
from tests.ledger.walks import WALKS, Walk, row_of, spoilt

S, W = State, Who
_UNITS = {W.RESPONSIBLE, W.LEAD, W.COOPERATING}
_EARLY = {S.REGISTERED, S.ASSIGNED, S.IN_PROGRESS}
_WORKING = {S.ASSIGNED, S.IN_PROGRESS, S.ONGOING}
_DATED = {S.IN_PROGRESS, S.ONGOING}

# The table of the design, written down a second time by another hand.
DESIGNED: list[tuple[str, set[State], State | None, set[Who]]] = [
    ("assign", {S.REGISTERED}, S.ASSIGNED, {W.SUPERVISOR}),
    ("hand-back", {S.ASSIGNED}, S.REGISTERED, {W.UNIT_HEAD}),
    ("reassign", {S.ASSIGNED, S.IN_PROGRESS}, None, {W.SUPERVISOR}),
    ("amend", set(OPEN), None, {W.SUPERVISOR}),
    ("start", {S.ASSIGNED}, S.IN_PROGRESS, {W.RESPONSIBLE}),
    ("progress", _WORKING, None, _UNITS),
    ("measure.add", _WORKING, None, _UNITS),
    ("measure.done", _WORKING, None, _UNITS),
    ("evidence.add", _WORKING, None, _UNITS),
    ("extend.request", _DATED, None, {W.RESPONSIBLE}),
    ("extend.grant", _DATED, None, {W.APPROVER}),
    ("extend.refuse", _DATED, None, {W.APPROVER}),
    ("ongoing.request", {S.IN_PROGRESS}, None, {W.RESPONSIBLE}),
    ("ongoing.grant", {S.IN_PROGRESS}, S.ONGOING, {W.APPROVER}),
    ("ongoing.refuse", {S.IN_PROGRESS}, None, {W.APPROVER}),
    ("dated.request", {S.ONGOING}, None, {W.RESPONSIBLE}),
    ("dated.grant", {S.ONGOING}, S.IN_PROGRESS, {W.APPROVER}),
    ("dated.refuse", {S.ONGOING}, None, {W.APPROVER}),
    ("request-closure", _DATED, S.CLOSURE_REQUESTED, {W.UNIT_HEAD, W.RESPONSIBLE}),
    ("request-closure", _DATED, S.VERIFYING, {W.UNIT_HEAD, W.RESPONSIBLE}),
    ("return", {S.CLOSURE_REQUESTED, S.VERIFYING}, S.IN_PROGRESS, {W.SUPERVISOR}),
    ("review", {S.CLOSURE_REQUESTED}, S.VERIFYING, {W.SUPERVISOR}),
    ("verify.fail", {S.VERIFYING}, S.IN_PROGRESS, {W.VERIFIER}),
    ("verify.pass", {S.VERIFYING}, S.VERIFIED, {W.VERIFIER}),
    ("publish", {S.VERIFIED}, S.PUBLIC_NOTICE, {W.SUPERVISOR}),
    ("objection.raise", {S.PUBLIC_NOTICE}, None, {W.SUPERVISOR}),
    ("objection.dismiss", {S.PUBLIC_NOTICE}, None, {W.SUPERVISOR}),
    ("objection.uphold", {S.PUBLIC_NOTICE}, S.IN_PROGRESS, {W.SUPERVISOR}),
    ("close", {S.VERIFIED}, S.CLOSED, {W.APPROVER}),
    ("close", {S.PUBLIC_NOTICE}, S.CLOSED, {W.APPROVER}),
    ("look-back", {S.CLOSED}, None, {W.VERIFIER}),
    ("reopen", {S.CLOSED}, S.IN_PROGRESS, {W.SUPERVISOR}),
    ("transfer.propose", set(OPEN), None, {W.SUPERVISOR}),
    ("transfer.grant", set(OPEN), S.TRANSFERRED, {W.APPROVER}),
    ("transfer.refuse", set(OPEN), None, {W.APPROVER}),
    ("void.propose", _EARLY, None, {W.SUPERVISOR}),
    ("void.grant", _EARLY, S.VOID, {W.APPROVER}),
    ("void.refuse", _EARLY, None, {W.APPROVER}),
    ("reinstate", {S.TRANSFERRED, S.VOID}, None, {W.APPROVER}),
    ("dispute.open", set(OPEN), None, {W.UNIT_HEAD, W.RESPONSIBLE}),
    ("dispute.decide", set(OPEN), None, {W.APPROVER}),
]

Worlds = dict[str, Office]
RULES: dict[str, dict[str, str]] = {
    "plain": {},
    "public": {"desk_review": "off", "notice": "3"},
}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Two ledgers: desk review and no notice; notice and no desk review."""
    folder = tmp_path_factory.mktemp("worlds")
    made = {name: Office.begin(folder / name, **said) for name, said in RULES.items()}
    yield made
    for office in made.values():
        office.ledger.close()


def attempt(office: Office, command: str, ref: str, walk: Walk) -> str:
    """What comes of an act: ``done``, or the reasons of its refusal."""
    try:
        office.act(command, ref, walk.by, **walk.said(office))
    except Refused as error:
        return error.parts()[1]
    except Exception as error:  # noqa: BLE001 (without its guard an act may break)
        return repr(error)
    return "done"


def test_the_table_is_the_one_that_was_designed() -> None:
    table = [
        (row.command, set(row.source), row.target, set(row.who)) for row in TRANSITIONS
    ]
    assert table == DESIGNED


def test_every_row_has_a_walk() -> None:
    rows = [row_of(key, rules) for key, rules in WALKS]
    assert len(rows) == len(TRANSITIONS)
    assert set(map(id, rows)) == set(map(id, TRANSITIONS))


@pytest.mark.parametrize(
    ("key", "rules"), WALKS, ids=[f"{key[0]}-{key[1]}-{rules}" for key, rules in WALKS]
)
def test_a_row_can_be_walked_through_the_book(
    worlds: Worlds, key: tuple[str, State], rules: str
) -> None:
    office, walk, row = worlds[rules], WALKS[key, rules], row_of(key, rules)
    ref = walk.ready(office)
    before = office.find(ref)
    after = office.act(row.command, ref, walk.by, **walk.said(office))
    assert after.state is row.goes_to(before)
    assert after.seq == office.ledger.store.journal.head().seq


@pytest.mark.parametrize("rules", ["plain", "public"])
def test_what_was_walked_passes_an_audit(tmp_path: Path, rules: str) -> None:
    office = Office.begin(tmp_path, **RULES[rules])
    for (key, of), walk in WALKS.items():
        if of == rules:
            office.act(key[0], walk.ready(office), walk.by, **walk.said(office))
    report = audit(office.ledger)
    office.ledger.close()
    assert report.faults == ()
    assert report.closed > 0


GUARDED = [
    (key, rules, guard.__name__)
    for key, rules in WALKS
    for guard in row_of(key, rules).guards
]


# Where a second guard or the store refuses too, the reason that is told changes: who
# requests or proposes for a unit is involved already, and a document is looked for.
HELD_TWICE = {
    *((command, "other_than_requester") for command in ("verify.fail", "verify.pass")),
    *((command, "other_than_requester") for command in ("close", "look-back")),
    *(
        (f"{matter}.{decision}", "other_than_proposer")
        for matter in ("extend", "ongoing", "dated")
        for decision in ("grant", "refuse")
    ),
    ("dispute.decide", "other_than_proposer"),
    ("transfer.propose", "has_document"),
    ("void.propose", "has_document"),
}


@pytest.mark.parametrize(
    ("key", "rules", "guard"),
    GUARDED,
    ids=[f"{key[0]}-{key[1]}-{rules}-{guard}" for key, rules, guard in GUARDED],
)
def test_without_this_guard_something_else_happens(
    worlds: Worlds,
    monkeypatch: pytest.MonkeyPatch,
    key: tuple[str, State],
    rules: str,
    guard: str,
) -> None:
    office, row = worlds[rules], row_of(key, rules)
    walk = spoilt(WALKS[key, rules], row.command, guard)
    assert walk is not None, f"no behaviour depends on {guard} of {row.command}"
    ref = walk.ready(office)
    with_guard = attempt(office, row.command, ref, walk)
    assert with_guard != "done"
    kept = tuple(kept for kept in row.guards if kept.__name__ != guard)
    assert len(kept) == len(row.guards) - 1
    monkeypatch.setattr(lifecycle, "TRANSITIONS", _with(row, replace(row, guards=kept)))
    without = attempt(office, row.command, ref, walk)
    assert without != with_guard
    passed = without == "done" or without.startswith(("KeyError", "ValueError"))
    assert passed == ((row.command, guard) not in HELD_TWICE), without


def _with(old: Transition, new: Transition) -> tuple[Transition, ...]:
    return tuple(new if row is old else row for row in TRANSITIONS)


# Refusals


def test_a_refusal_tells_the_rule_what_is_missing_and_who_can_do_what(
    office: Office,
) -> None:
    ref = office.worked()
    with pytest.raises(Refused) as refusal:
        office.request(ref, statement="", head=office.person(ZHOU))
    what, why, todo = refusal.value.parts()
    assert what == f"request-closure is refused for {ref}."
    assert "no statement of what was put right (--statement)" in why
    assert f"--head {WANG}" in why
    assert f"request-closure ({WANG}, {SUN}, {HE})" in todo
    assert refusal.value.exit_code == 4


def test_a_refusal_by_state_names_the_state(office: Office) -> None:
    ref = office.assigned()
    with pytest.raises(Refused, match="It is assigned") as refusal:
        office.verify(ref)
    assert f"start ({WANG}, {SUN}, {HE})" in str(refusal.value)


def test_a_refusal_by_standing_names_who_it_takes(office: Office) -> None:
    ref = office.verifying()
    with pytest.raises(Refused, match=f"{QIAN} is not verifier") as refusal:
        office.verify(ref, by=QIAN)
    assert "verify pass" in str(refusal.value)


def test_every_missing_thing_is_told_at_once(office: Office) -> None:
    ref = office.registered()
    with pytest.raises(Refused) as refusal:
        office.act("assign", ref, LI)
    why = refusal.value.parts()[1]
    assert "--unit" in why
    assert "--due" in why
    assert "--kind" in why


def test_what_decides_a_proposal_is_offered_only_while_one_waits(
    office: Office,
) -> None:
    ref = office.started()
    with pytest.raises(Refused) as before:
        office.verify(ref)
    office.act(
        "extend.request",
        ref,
        SUN,
        due=office.today + timedelta(days=90),
        reason="招标延误",
    )
    with pytest.raises(Refused) as after:
        office.verify(ref)
    assert "extend grant" not in str(before.value)
    assert "extend grant" in str(after.value)


def test_a_refusal_offers_nobody_who_would_be_refused_as_involved(
    office: Office,
) -> None:
    ref = office.verified()
    with pytest.raises(Refused) as refusal:
        office.act("review", ref, CHEN, opinion="材料齐全")
    assert f"close ({LI}, {QIAN}, {ZHAO})" in str(refusal.value)
    office.act("close", ref, QIAN, opinion="同意销号")
    with pytest.raises(Refused) as refusal:
        office.act("review", ref, CHEN, opinion="材料齐全")
    assert f"look-back ({LI}, {ZHAO})" in str(refusal.value)


@pytest.mark.parametrize(
    "name", ["to", "rules", "evidence", "since", "until", "provisional"]
)
def test_no_command_can_say_what_the_ledger_works_out(
    office: Office, name: str
) -> None:
    ref = office.worked()
    with pytest.raises(ValueError, match=name):
        office.act("progress", ref, SUN, text="直接销号", **{name: "closed"})
    assert office.find(ref).state is State.IN_PROGRESS


def test_every_state_but_those_of_the_row_refuses_the_command(
    worlds: Worlds,
) -> None:
    office = worlds["plain"]
    there = {
        State.REGISTERED: office.registered(),
        State.ASSIGNED: office.assigned(),
        State.IN_PROGRESS: office.worked(),
        State.ONGOING: office.ongoing(),
        State.CLOSURE_REQUESTED: office.requested(),
        State.VERIFYING: office.verifying(),
        State.VERIFIED: office.verified(),
        State.CLOSED: office.closed(),
    }
    tried = 0
    for (key, rules), walk in WALKS.items():
        allowed = {
            state
            for command, sources, _target, _who in DESIGNED
            if command == key[0]
            for state in sources
        }
        for state, ref in there.items():
            if rules == "plain" and state not in allowed:
                tried += 1
                with pytest.raises(Refused, match="It is "):
                    office.act(key[0], ref, walk.by, **walk.said(office))
    assert tried > 100


@pytest.mark.parametrize(
    "value", ["2024-02-30", "p99", "", " ", 7, True, ["2024-03-04"], {"a": 1}]
)
def test_a_day_that_is_none_is_refused_whichever_command_says_it(
    office: Office, value: object
) -> None:
    ref = office.worked()
    before = office.find(ref)
    for command, name in (
        ("progress", "on"),
        ("extend.request", "due"),
        ("ongoing.request", "review_on"),
        ("request-closure", "rectified_on"),
        ("evidence.add", "effective"),
    ):
        walk = next(w for (key, _), w in WALKS.items() if key[0] == command)
        said = {**walk.said(office), name: value}
        if value in ("", " ") and command in ("progress", "evidence.add"):
            continue  # not said at all, where it need not be
        with pytest.raises(Refused):
            office.act(command, ref, SUN, **said)
    assert office.find(ref) == before


@pytest.mark.parametrize("value", [7, True, ["x"], {"a": 1}])
def test_a_text_that_is_none_is_refused_whichever_command_says_it(
    office: Office, value: object
) -> None:
    ref = office.worked()
    before = office.find(ref)
    for command, name in (
        ("progress", "text"),
        ("extend.request", "reason"),
        ("evidence.add", "name"),
        ("evidence.add", "kind"),
        ("request-closure", "head"),
    ):
        walk = next(w for (key, _), w in WALKS.items() if key[0] == command)
        with pytest.raises(Refused, match=f"{name} is no text"):
            office.act(command, ref, SUN, **{**walk.said(office), name: value})
    assert office.find(ref) == before
