"""How the trackers stand: what is linked, left, waiting, and wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from integrations.tracker import Standing, TrackerError
from ledger.book import Ledger
from ledger.clock import moment, stamp
from ledger.errors import N_, LedgerError, Message
from ledger.storage.sync import TrackerRow
from ledger.sync import marker
from ledger.sync.options import Options
from ledger.sync.plan import Waiting
from ledger.sync.run import Connect, registered, settings_of

SKEW = timedelta(seconds=60)
"""A clock that differs by more is worth a word; sync itself bears any difference."""


@dataclass(frozen=True, slots=True)
class TrackerStatus:
    """One tracker as ``sync status`` shows it.

    ``links`` counts issues by state, ``left`` the items that the next run has to
    look at, ``conflicts`` those that wait for a person. ``read_until`` is how far
    it was read, in the tracker's own time; ``last`` the report of the last run.
    """

    name: str
    kind: str
    links: Mapping[str, int]
    left: int
    conflicts: int
    waiting: tuple[Waiting, ...]
    read_until: str | None
    stopped: str | None
    running_until: str | None
    last: Mapping[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """The status as JSON values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "links": dict(self.links),
            "left": self.left,
            "conflicts": self.conflicts,
            "waiting": [
                {"ref": one.ref, "act": one.act, "until": one.until}
                for one in self.waiting
            ],
            "read_until": self.read_until,
            "stopped": self.stopped,
            "running_until": self.running_until,
            "last": dict(self.last) if self.last else None,
        }


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What ``doctor`` found. ``faults`` stop sync; ``findings`` are worth a word.

    ``skew`` is by how much the tracker's clock is ahead. ``issues`` counts those that
    were read, and ``ours`` those of them with this ledger's marker; ``None`` where
    faults forbade to read any.
    """

    standing: Standing
    skew: timedelta | None
    faults: tuple[LedgerError | TrackerError, ...]
    findings: tuple[Message, ...]
    issues: int | None = None
    ours: int | None = None


def status(ledger: Ledger, name: str | None = None) -> list[TrackerStatus]:
    """How the tracker ``name`` stands, or all of them; nothing is asked of them."""
    rows = [registered(ledger, name)] if name else ledger.store.sync.trackers()
    return [_status(ledger, row) for row in rows]


def unsynced(ledger: Ledger) -> int:
    """How many items the next runs have to look at."""
    sync = ledger.store.sync
    return sum(sync.count_unpushed(row.name, row.pushed) for row in sync.trackers())


def doctor(ledger: Ledger, name: str, *, connect: Connect) -> Diagnosis:
    """Ask a tracker everything that could go wrong; nothing is written there.

    Raises:
        UsageProblem: there is no such tracker.
    """
    row = registered(ledger, name)
    tracker = connect(settings_of(row), dict(row.memory))
    asked = ledger.clock.now()
    standing = tracker.check()
    faults: list[LedgerError | TrackerError] = list(standing.problems)
    findings: list[Message] = []
    skew = standing.server_time - asked if standing.server_time else None
    if skew is not None and abs(skew) > SKEW:
        findings.append(
            Message(
                N_(
                    "The tracker's clock differs from this machine's by {seconds}"
                    " seconds; sync works, but times will look odd."
                ),
                seconds=int(skew.total_seconds()),
            )
        )
    if standing.login and row.logins and standing.login not in row.logins:
        findings.append(
            Message(
                N_("The token is of {login}; issues were written by {logins}."),
                login=standing.login,
                logins=", ".join(row.logins),
            )
        )
    stands = _status(ledger, row)
    if stands.links.get("gone"):
        findings.append(
            Message(
                N_("{count} items lost their issues; see: ledger sync status"),
                count=stands.links["gone"],
            )
        )
    issues: int | None = None
    owners: dict[str, list[str]] = {}
    if not faults:
        try:
            issues = 0
            for page in tracker.issues(None):
                faults.extend(page.problems)
                issues += len(page.entries)
                for issue in page.entries:
                    for item in marker.items_named(issue.body, ledger.id):
                        owners.setdefault(item, []).append(issue.key)
        except TrackerError as error:
            faults.append(error)
        else:
            findings += [
                Message(
                    N_("The issues {keys} carry the marker of one item, {ref}."),
                    keys=", ".join(keys),
                    ref=_ref(ledger, item),
                )
                for item, keys in owners.items()
                if len(keys) > 1
            ]
    ours = (
        None
        if issues is None
        else len({key for keys in owners.values() for key in keys})
    )
    return Diagnosis(standing, skew, tuple(faults), tuple(findings), issues, ours)


def _status(ledger: Ledger, row: TrackerRow) -> TrackerStatus:
    sync = ledger.store.sync
    options = Options.read(row.options)
    last = sync.last_run(row.name)
    now = stamp(ledger.clock.now())
    # A tracker that lags lets a run wait for longer than the options say.
    told = {
        (one["ref"], one["act"]): str(one["until"])
        for one in (last.report.get("waiting", ()) if last else ())
    }
    return TrackerStatus(
        name=row.name,
        kind=row.kind,
        links=sync.count_links(row.name),
        left=sync.count_unpushed(row.name, row.pushed),
        conflicts=sum(
            conflict.settled is None for conflict in sync.conflicts(tracker=row.name)
        ),
        waiting=tuple(
            Waiting(
                ref := _ref(ledger, entry.item),
                entry.act,
                max(
                    stamp(moment(entry.at) + options.quiet),
                    told.get((ref, entry.act), ""),
                ),
            )
            for entry in sync.outbox(row.name)
            if entry.state != "planned"
        ),
        read_until=row.issues_since,
        stopped=row.stopped,
        running_until=row.held_until if (row.held_until or "") > now else None,
        last=last.report if last else None,
    )


def _ref(ledger: Ledger, item: str) -> str:
    found = ledger.store.items.get(item)
    return found.ref if found else item
