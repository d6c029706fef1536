"""Which trackers a ledger has: added, listed, tested, moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.tracker import Settings, Standing
from ledger import clean
from ledger.book import Actor, Draft, Ledger, require
from ledger.errors import N_, Refused, UsageProblem
from ledger.i18n import language
from ledger.item import Role
from ledger.storage.sync import TrackerRow
from ledger.sync.options import Options
from ledger.sync.run import Connect, registered, settings_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A tracker as a list shows it; ``links`` counts its issues by state."""

    name: str
    kind: str
    address: str
    project: str
    options: Mapping[str, str]
    links: Mapping[str, int]
    stopped: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The tracker as JSON values; no secret is among them."""
        return {
            "name": self.name,
            "kind": self.kind,
            "address": self.address,
            "project": self.project,
            "options": dict(self.options),
            "links": dict(self.links),
            "stopped": self.stopped,
        }


def add(
    ledger: Ledger,
    name: str,
    actor: Actor,
    *,
    kind: str,
    address: str,
    connect: Connect,
    project: str = "",
    options: Mapping[str, str] | None = None,
) -> tuple[Listed, Standing]:
    """Register a tracker that answers, and say how it stands.

    A folder that is not there is made. The language of what is written there is
    kept, so that two people's locales do not rewrite it in turns.

    Raises:
        UsageProblem: the name is taken or odd, or an option is none.
        Refused: the actor is no supervisor.
        TrackerError: the tracker cannot be used as it is.
    """
    name = clean.name(name)
    require(actor, Role.SUPERVISOR, ledger.directory)
    if ":" in name or "/" in name:
        raise UsageProblem(
            N_("This is no name of a tracker: {name}"),
            N_("Accounts are written TRACKER:LOGIN, so a name has no : and no /."),
            N_("Choose a short name, like gitea."),
            name=name,
        )
    given = {"language": language(), **(options or {})}
    Options.read(given)
    if ledger.store.sync.tracker(name) is not None:
        raise Refused(
            N_("There is a tracker {name} already."),
            N_("Two trackers cannot bear one name."),
            N_("See them with: ledger tracker list"),
            name=name,
        )
    if kind == "folder":
        folder = Path(address).expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
        address = str(folder)
    settings = Settings(name, kind, address, project, given)
    address = _beside(ledger, kind, address)
    memory: dict[str, object] = {}
    standing = _standing(connect, settings, memory)
    with ledger.writing() as directory:
        ledger.store.sync.add_tracker(
            name,
            kind=kind,
            address=address,
            project=project,
            options=given,
            logins=[standing.login] if standing.login else [],
            memory=memory,
        )
        data = {
            "name": name,
            "kind": kind,
            "address": address,
            "project": project,
            "options": given,
        }
        ledger.record([Draft("tracker.add", data, actor)], directory)
    return _listed(ledger, registered(ledger, name)), standing


def listed(ledger: Ledger) -> list[Listed]:
    """All trackers by name."""
    return [_listed(ledger, row) for row in ledger.store.sync.trackers()]


def test(ledger: Ledger, name: str, *, connect: Connect) -> Standing:
    """Ask a tracker who we are and what we may do there; its problems are told.

    Raises:
        UsageProblem: there is no such tracker.
        TrackerError: it cannot be asked at all.
    """
    row = registered(ledger, name)
    memory: dict[str, object] = dict(row.memory)
    standing = connect(settings_of(row), memory).check()
    with ledger.writing():
        values: dict[str, object] = {"memory": memory}
        if standing.login and standing.login not in row.logins:
            values["logins"] = tuple(sorted({*row.logins, standing.login}))
        ledger.store.sync.change_tracker(name, **values)
    return standing


def set_url(
    ledger: Ledger,
    name: str,
    actor: Actor,
    *,
    connect: Connect,
    address: str = "",
    project: str = "",
) -> Standing:
    """Say where a tracker is now; what was linked stays linked by the issues' ids.

    Everything is read once before anything is created there.

    Raises:
        UsageProblem: there is no such tracker, or nothing new is said.
        TrackerError: the new place cannot be used.
    """
    require(actor, Role.SUPERVISOR, ledger.directory)
    row = registered(ledger, name)
    if not (address or project):
        raise UsageProblem(
            N_("Nothing new is said of {name}."),
            N_("Its address or its project must be given."),
            N_("Give the address, or --project OWNER/REPOSITORY."),
            name=name,
        )
    settings = Settings(
        name, row.kind, address or row.address, project or row.project, row.options
    )
    memory: dict[str, object] = dict(row.memory)
    standing = _standing(connect, settings, memory)
    with ledger.writing() as directory:
        ledger.store.sync.change_tracker(
            name,
            address=_beside(ledger, row.kind, settings.address),
            project=settings.project,
            memory=memory,
            stopped=None,
            read_whole=0,
        )
        data = {
            "name": name,
            "address": settings.address,
            "project": settings.project,
        }
        ledger.record([Draft("tracker.set-url", data, actor)], directory)
    return standing


def _beside(ledger: Ledger, kind: str, address: str) -> str:
    """The address as it is kept: of a folder within the ledger's, the part from there."""
    here = ledger.folder.resolve()
    if kind == "folder" and Path(address).is_relative_to(here):
        return str(Path(address).relative_to(here))
    return address


def _standing(
    connect: Connect, settings: Settings, memory: dict[str, object]
) -> Standing:
    standing = connect(settings, memory).check()
    for problem in standing.problems:
        raise problem
    return standing


def _listed(ledger: Ledger, row: TrackerRow) -> Listed:
    return Listed(
        name=row.name,
        kind=row.kind,
        address=row.address,
        project=row.project,
        options=row.options,
        links=ledger.store.sync.count_links(row.name),
        stopped=row.stopped,
    )
