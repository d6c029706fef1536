"""What a journal may say that a tracker told, and what an audit makes of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ledger import roster
from ledger.audit import audit
from ledger.book import Actor, Draft
from ledger.journal import event_of
from tests.ledger.office import FENG, LI, QIAN, SUN, WANG, WU, Office

TRACKER = "gitea"


def tell(
    office: Office,
    ref: str,
    kind: str,
    data: Mapping[str, Any],
    *,
    of: str | None = None,
    via: str | None = TRACKER,
) -> int:
    """Write an event past all rules, as whoever has the file could; its number."""
    office.later()
    person = office.ledger.directory.find_person(of) if of else None
    with office.ledger.writing() as directory:
        item = office.find(ref).id
        draft = Draft(kind, data, Actor(person, via=via), item)
        return office.ledger.record([draft], directory)[0].event.seq


@pytest.fixture
def ref(office: Office) -> str:
    """An item that is worked on and has an issue."""
    found = office.started()
    issue = {"tracker": TRACKER, "remote": "7", "key": "1", "url": "", "how": "created"}
    tell(office, found, "sync.linked", issue)
    return found


def tick(office: Office, **changes: Any) -> dict[str, Any]:
    """A box of the first measure that was ticked today."""
    return {
        "number": 1,
        "done": True,
        "on": office.today.isoformat(),
        "via": TRACKER,
        **changes,
    }


def owner(office: Office, name: str = WANG) -> dict[str, Any]:
    """The issue was given to somebody."""
    return {"owner": office.person(name), "via": TRACKER}


def comment(**changes: Any) -> dict[str, Any]:
    """Somebody wrote a comment."""
    return {"text": "已开两次会", "via": f"{TRACKER}:wangwu", **changes}


def found(office: Office) -> list[tuple[str, str]]:
    """What the audit names, and why."""
    return [(str(one.place), str(one.wrong)) for one in audit(office.ledger).faults]


def test_what_sync_writes_of_a_tracker_passes_the_audit(
    office: Office, ref: str
) -> None:
    tell(office, ref, "measure.tick", tick(office))
    tell(office, ref, "measure.tick", tick(office, done=False))
    tell(office, ref, "owner.take", owner(office))
    tell(office, ref, "progress", comment(), of=SUN)
    tell(office, ref, "progress", comment())
    office.act("measure.done", ref, SUN, number=1, on=office.today)
    office.add_evidence(ref, SUN)
    office.request(ref)
    tell(office, ref, "progress", comment(), of=SUN)
    assert found(office) == []


TICKS: dict[str, tuple[dict[str, Any], str]] = {
    "of no measure": ({"number": 7}, "no measure 7"),
    "of the future": ({"on": "2034-01-01"}, "2034-01-01 is no day"),
    "before registration": ({"on": "2004-01-01"}, "2004-01-01 is no day"),
    "neither done nor not": ({"done": "yes"}, "whether the measure is done"),
    "of another tracker": ({"via": "jira"}, "No tracker said it"),
}


@pytest.mark.parametrize("how", TICKS)
def test_a_forged_tick_is_named(office: Office, ref: str, how: str) -> None:
    changes, why = TICKS[how]
    seq = tell(office, ref, "measure.tick", tick(office, **changes))
    ((place, wrong),) = found(office)
    assert f"entry {seq} ({ref})" == place
    assert why in wrong


@pytest.mark.parametrize("by", [WU, FENG, QIAN])
@pytest.mark.parametrize("kind", ["measure.tick", "owner.take", "progress"])
def test_what_is_said_to_be_of_somebody_who_takes_no_part_is_named(
    office: Office, ref: str, kind: str, by: str
) -> None:
    data = {
        "measure.tick": tick(office),
        "owner.take": owner(office),
        "progress": comment(),
    }
    seq = tell(office, ref, kind, data[kind], of=by)
    assert found(office) == [
        (f"entry {seq} ({ref})", f"{by} acts for no unit that takes part.")
    ]


@pytest.mark.parametrize("kind", ["measure.tick", "owner.take"])
def test_what_only_a_tracker_says_is_not_taken_from_a_person(
    office: Office, ref: str, kind: str
) -> None:
    data = tick(office) if kind == "measure.tick" else owner(office)
    seq = tell(office, ref, kind, data, of=SUN, via=None)
    assert found(office) == [(f"entry {seq} ({ref})", "No tracker said it.")]


@pytest.mark.parametrize("kind", ["measure.tick", "owner.take"])
@pytest.mark.parametrize("state", ["registered", "requested", "verified", "closed"])
def test_what_is_told_of_an_item_nobody_works_on_is_named(
    office: Office, kind: str, state: str
) -> None:
    ref: str = getattr(office, state)()
    tell(office, ref, "sync.linked", {"tracker": TRACKER})
    data = tick(office) if kind == "measure.tick" else owner(office)
    seq = tell(office, ref, kind, data)
    assert found(office) == [
        (f"entry {seq} ({ref})", "The item was not being worked on.")
    ]


@pytest.mark.parametrize("name", [WU, FENG])
def test_an_owner_of_no_unit_that_takes_part_is_named(
    office: Office, ref: str, name: str
) -> None:
    seq = tell(office, ref, "owner.take", owner(office, name))
    assert found(office)[0] == (
        f"entry {seq} ({ref})",
        f"{name} acts for no unit that takes part.",
    )


def test_an_owner_nobody_knows_or_who_left_is_named(office: Office, ref: str) -> None:
    gone = owner(office, SUN)
    roster.leave(office.ledger, SUN, office.who(LI))
    for data in (gone, {"owner": "p99", "via": TRACKER}):
        seq = tell(office, ref, "owner.take", data)
        place, wrong = found(office)[-1]
        assert place == f"entry {seq} ({ref})"
        assert "acts for no unit" in wrong


@pytest.mark.parametrize("kind", ["measure.tick", "owner.take", "progress"])
def test_what_is_told_of_an_item_without_an_issue_is_named(
    office: Office, kind: str
) -> None:
    ref = office.started()
    data = {
        "measure.tick": tick(office),
        "owner.take": owner(office),
        "progress": comment(),
    }
    seq = tell(office, ref, kind, data[kind])
    assert found(office) == [(f"entry {seq} ({ref})", "The item had no issue there.")]


@pytest.mark.parametrize("data", [{"text": " "}, {"text": None}, {"via": "jira:x"}])
def test_a_comment_that_is_none_is_named(
    office: Office, ref: str, data: dict[str, Any]
) -> None:
    seq = tell(office, ref, "progress", comment(**data))
    assert [place for place, _ in found(office)] == [f"entry {seq} ({ref})"]


def test_a_request_of_a_tracker_without_an_issue_is_named(office: Office) -> None:
    ref = office.worked()
    office.later()
    office.ledger.act(
        "request-closure",
        ref,
        Actor(office.who(SUN).person, via=TRACKER),
        rectified_on=office.today,
        statement="已整改到位",
        head=office.person(WANG),
    )
    seq = office.ledger.store.journal.head().seq
    assert found(office) == [(f"entry {seq} ({ref})", "The item had no issue there.")]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("sync.linked", {"tracker": "jira"}),
        ("sync.unlinked", {"tracker": "jira", "key": "1", "why": "gone"}),
        ("sync.closed", {"tracker": "jira", "key": "1"}),
        ("sync.conflict", {"tracker": "jira"}),
    ],
)
def test_a_tracker_that_speaks_for_another_is_named(
    office: Office, ref: str, kind: str, data: dict[str, Any]
) -> None:
    seq = tell(office, ref, kind, data)
    assert found(office) == [(f"entry {seq}", "No tracker said it.")]


@pytest.mark.parametrize(
    "kind", ["sync.linked", "sync.unlinked", "sync.resolved", "tracker.add"]
)
def test_links_and_trackers_are_a_supervisors(
    office: Office, ref: str, kind: str
) -> None:
    tell(office, ref, kind, {"tracker": TRACKER}, of=LI, via=None)
    assert found(office) == []
    seq = tell(office, ref, kind, {"tracker": TRACKER}, of=WANG, via=None)
    ((place, wrong),) = found(office)
    assert place == f"entry {seq}"
    assert "role" in wrong


def test_what_only_a_run_says_is_not_taken_from_a_person(
    office: Office, ref: str
) -> None:
    seq = tell(office, ref, "sync.closed", {"tracker": TRACKER}, of=LI, via=None)
    assert [place for place, _ in found(office)] == [f"entry {seq}"]


def test_no_item_is_registered_in_another_state(office: Office, ref: str) -> None:
    row = next(office.ledger.store.journal.rows(kinds=["register"]))
    data = {**event_of(row.body).data, "ref": "R-2024-002", "number": 2}
    for number, state in enumerate(["registered", "closed"], 2):
        said = {**data, "ref": f"R-2024-00{number}", "number": number, "state": state}
        with office.ledger.writing() as directory:
            draft = Draft("register", said, office.who(LI), f"{ref}-{number}")
            office.ledger.record([draft], directory)
    seq = office.ledger.store.journal.head().seq
    entries = [one for one in found(office) if one[0].startswith("entry")]
    assert entries == [
        (
            f"entry {seq} (R-2024-003)",
            "What it says came of the act did not follow from it.",
        )
    ]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("link", {"relation": "recurs", "other": "x", "to": "closed"}),
        ("measure.tick", {"to": "verified"}),
    ],
)
def test_no_event_outside_the_lifecycle_changes_a_state(
    office: Office, ref: str, kind: str, data: dict[str, Any]
) -> None:
    whole = {**tick(office), **data} if kind == "measure.tick" else data
    by = None if kind == "measure.tick" else LI
    via = TRACKER if kind == "measure.tick" else None
    seq = tell(office, ref, kind, whole, of=by, via=via)
    place, wrong = found(office)[0]
    assert place == f"entry {seq} ({ref})"
    assert "did not follow" in wrong
