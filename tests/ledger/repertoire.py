"""Every command that writes, each with an act of it that can be done at once.

:func:`prepare` brings a ledger to where all acts of one set of rules are possible,
so that a process can do them one after the other, in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checklists import Checklist, derive, read_document
from checklists.correction import Change, Correction
from ledger import registration, roster
from ledger.assignment import Wish
from ledger.item import Role
from ledger.sync import linking, trackers
from ledger.sync.run import Connect, connecting
from tests.ledger.office import (
    ABOVE,
    CENTRE,
    DATA,
    LI,
    QIAN,
    SUN,
    TRAFFIC,
    Office,
)
from tests.ledger.walks import WALKS, Walk

SAMPLE = Path(__file__).parents[2] / "checklists" / "samples" / "siping-2023.txt"
RULES: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "public": {"desk_review": "off", "notice": "3"},
}

Ready = Callable[[Office], str]
Do = Callable[[Office, str], object]


@dataclass(frozen=True)
class Act:
    """One act: under which rules, what must be there before, and the act itself.

    ``do`` is given what ``ready`` returned: a reference, or a name.
    """

    ready: Ready
    do: Do
    rules: str = "plain"


def _walked(command: str, walk: Walk) -> Act:
    def do(office: Office, ref: str) -> object:
        return office.act(command, ref, walk.by, **walk.said(office))

    return Act(walk.ready, do, walk.rules)


@cache
def report() -> Checklist:
    """A report of a year ago."""
    return derive(read_document(SAMPLE))


@cache
def later_report() -> Checklist:
    """The same report, an entry of it in other words."""
    text = SAMPLE.read_text(encoding="utf-8")
    words = report().problems[0].text
    with TemporaryDirectory() as folder:
        path = Path(folder) / SAMPLE.name
        half = len(words) * 3 // 4
        path.write_text(text.replace(words, words[:half]), encoding="utf-8")
        return derive(read_document(path))


def _register(office: Office, _name: str) -> object:
    return registration.register(office.ledger, report(), office.who(LI))


def _register_later(office: Office, _name: str) -> object:
    version = registration.other_version(office.ledger, later_report())
    assert version is not None
    assert version.changed
    entry = later_report().problems[0]
    dropped = Correction(Change.DROPPED, "P", entry.title, entry.start, entry.end)
    return registration.register(
        office.ledger,
        later_report(),
        office.who(LI),
        version=version,
        corrections=[dropped],
    )


def _registered_report(office: Office) -> str:
    _register(office, "")
    return ""


def _add(office: Office, _name: str) -> object:
    return registration.add(
        office.ledger, office.who(LI), title="窗口少", text="窗口少", origin="信访"
    )


def _three(office: Office) -> str:
    return " ".join(office.registered() for _ in range(3))


def _assign_many(office: Office, refs: str) -> object:
    wishes = [
        Wish(ref, (f"新单位{ref}", DATA), "30d", "phased", row=row)
        for row, ref in enumerate(refs.split(), 2)
    ]
    return office.ledger.assign(wishes, office.who(LI), new_units=True)


def _reassign(office: Office, ref: str) -> object:
    return office.ledger.reassign(
        Wish(ref, (TRAFFIC,)), office.who(LI), reason="职责调整"
    )


def _keep_file(office: Office, ref: str) -> object:
    """A file of several pieces, into the store and then onto the item."""
    path = office.ledger.folder / "现场照片.jpg"
    path.write_bytes(ref.encode() * (2_300_000 // len(ref)))
    stored = office.ledger.evidence.add(path)
    return office.ledger.add_evidence(ref, stored, office.who(SUN))


def _unit(name: str) -> Ready:
    def ready(office: Office) -> str:
        roster.add_unit(office.ledger, name, office.who(LI))
        return name

    return ready


def _person(name: str) -> Ready:
    def ready(office: Office) -> str:
        roles = (Role.RESPONSIBLE,)
        roster.add_person(office.ledger, name, office.who(LI), unit=DATA, roles=roles)
        return name

    return ready


def _nothing(_office: Office) -> str:
    return ""


def _house(change: Callable[..., object], *said: Any, **more: Any) -> Do:
    """A change by the supervisor of what ``ready`` made."""

    def do(office: Office, name: str) -> object:
        named = (name,) if name else ()
        return change(office.ledger, *named, *said, office.who(LI), **more)

    return do


def _set_rule(office: Office, _name: str) -> None:
    roster.set_rule(office.ledger, "due-soon", "10", "上级要求", office.who(QIAN))


def _connect() -> Connect:
    return connecting(lambda _settings: "")  # a folder asks for no token


def _tracked(name: str, ready: Ready) -> Ready:
    """Also a tracker ``name``: a folder in the ledger's own."""

    def add(office: Office) -> str:
        _add_tracker(office, name)
        return ready(office)

    return add


def _add_tracker(office: Office, name: str) -> object:
    return trackers.add(
        office.ledger,
        name,
        office.who(LI),
        kind="folder",
        address=str(office.ledger.folder / name),
        connect=_connect(),
    )


def _set_url(office: Office, name: str) -> object:
    there = office.ledger.folder / "another"
    there.mkdir()
    return trackers.set_url(
        office.ledger, name, office.who(LI), address=str(there), connect=_connect()
    )


def _detach(office: Office, ref: str) -> object:
    return linking.detach(office.ledger, ref, office.who(LI), tracker="b")


def _relink(office: Office, ref: str) -> object:
    return linking.relink(
        office.ledger, ref, office.who(LI), tracker="c", connect=_connect()
    )


_WORK = (Role.RESPONSIBLE,)

ACTS: Mapping[str, Act] = {
    **{
        f"{command} from {state} ({walk.rules})": _walked(command, walk)
        for ((command, state), _), walk in WALKS.items()
    },
    "register": Act(_nothing, _register, "public"),
    "register a later version, corrected": Act(_registered_report, _register_later),
    "add": Act(_nothing, _add),
    "assign many to new units": Act(_three, _assign_many),
    "reassign as wished": Act(Office.started, _reassign),
    "evidence add of a file": Act(Office.started, _keep_file),
    "units add": Act(_nothing, _house(roster.add_unit, "新处", under=CENTRE)),
    "units rename": Act(_unit("甲处"), _house(roster.rename_unit, "甲局")),
    "units move": Act(_unit("乙处"), _house(roster.move_unit, DATA)),
    "units merge": Act(_unit("丙处"), _house(roster.merge_units, TRAFFIC)),
    "people add": Act(
        _nothing, _house(roster.add_person, "新人", unit=DATA, roles=_WORK)
    ),
    "people move": Act(_person("甲某"), _house(roster.move_person, ABOVE)),
    "people roles": Act(
        _person("乙某"), _house(roster.set_roles, (Role.UNIT_HEAD,), "任职")
    ),
    "people account": Act(_person("丙某"), _house(roster.bind_account, "bing")),
    "people leave": Act(_person("丁某"), _house(roster.leave)),
    "people link": Act(_person("戊某"), _house(roster.link_login, "gitea:wu")),
    "rules set": Act(_nothing, _set_rule),
    "tracker add": Act(lambda _office: "new", _add_tracker),
    "tracker set-url": Act(_tracked("a", lambda _office: "a"), _set_url),
    "sync detach": Act(_tracked("b", Office.started), _detach),
    "sync relink": Act(_tracked("c", Office.started), _relink),
}


def prepare(folder: Path, rules: str) -> dict[str, str]:
    """A ledger in ``folder`` where each act under ``rules`` can be done.

    Returns what each act is to be done to, by the act's name.
    """
    office = Office.begin(folder, **RULES[rules])
    ready = {
        name: act.ready(office) for name, act in ACTS.items() if act.rules == rules
    }
    office.registered()  # the journal's last time is when the acts begin
    office.ledger.close()
    return ready
