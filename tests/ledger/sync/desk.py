"""A ledger with one tracker, and people who work in both.

The same desk stands before a folder, a fake Gitea and a real one: what a person does
in the tracker goes through :attr:`Desk.wang` (head of 市政数局) or the bare
:class:`~tests.fakes.client.Person`.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pytest

from integrations.folder import FolderTracker
from integrations.gitea import GiteaTracker
from integrations.http import Pace
from integrations.tracker import Issue, Settings, Tracker
from ledger import registration, roster
from ledger.errors import LedgerError
from ledger.item import Item
from ledger.sync import run, trackers
from ledger.sync.plan import Plan
from ledger.sync.preview import preview
from ledger.sync.report import RunReport
from tests.fakes.client import FakeGitea, Person, exchange
from tests.fakes.fixtures import PEOPLE
from tests.integrations.labs import FolderPerson, GiteaPerson
from tests.ledger.office import LI, SUN, WANG, Office
from tests.ledger.schemas import hold

NO_WAITING = Pace(sleep=lambda _seconds: None)


class Hands(Protocol):
    """What a person can do in any tracker."""

    def create(self, title: str, body: str) -> str: ...

    def write_body(self, key: str, body: str) -> None: ...

    def retitle(self, key: str, title: str) -> None: ...

    def redate(self, key: str, day: date | None) -> None: ...

    def close(self, key: str) -> None: ...

    def reopen(self, key: str) -> None: ...

    def label(self, key: str, name: str) -> None: ...

    def unlabel(self, key: str, name: str) -> None: ...

    def delete(self, key: str) -> None: ...

    def comment(self, key: str, body: str) -> None: ...

    def comment_with_file(
        self, key: str, body: str, name: str, data: bytes
    ) -> None: ...


Opens = Callable[[MutableMapping[str, object]], Tracker]


@dataclass
class Place:
    """A project of some tracker, the people in it, and how it is opened.

    ``options`` are those it is registered with; ``owner`` is somebody who may delete.
    """

    kind: str
    address: str
    project: str
    opens: Opens
    wang: Hands
    wang_login: str
    stranger: Hands | None = None
    stranger_login: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    owner: Hands | None = None


@dataclass
class Desk:
    """An office with the tracker ``t``, and everything in between."""

    office: Office
    place: Place
    last: Tracker | None = field(default=None, init=False)

    @classmethod
    def set_up(cls, office: Office, place: Place, **options: str) -> Desk:
        desk = cls(office, place)
        trackers.add(
            office.ledger,
            "t",
            office.who(LI),
            kind=place.kind,
            address=place.address,
            project=place.project,
            options={"language": "en", **place.options, **options},
            connect=desk.connect,
        )
        desk.know(WANG, place.wang_login)
        return desk

    def connect(
        self, settings: Settings, memory: MutableMapping[str, object]
    ) -> Tracker:
        del settings
        self.last = self.place.opens(memory)
        return self.last

    def know(self, name: str, login: str) -> None:
        roster.link_login(self.office.ledger, name, f"t:{login}", self.office.who(LI))

    # Running

    def sync(self, **how: Any) -> RunReport:
        self.office.later()
        report = run.sync(self.office.ledger, "t", connect=self.connect, **how)
        for left in report.left:
            # That class itself is for what nobody thought of.
            assert type(left.error) is not LedgerError, left.error
        hold(report.to_json())
        return report

    def preview(self) -> Plan:
        plan = preview(self.office.ledger, "t", connect=self.connect)
        hold(plan.to_json())
        return plan

    def quiet(self) -> None:
        """Let the quiet period pass."""
        self.office.later(minutes=16)

    def synced(self, **how: Any) -> dict[str, int]:
        """What a run that ends well did."""
        report = self.sync(**how)
        assert report.exit_code == 0, report.to_json()
        return done(report)

    def settle(self) -> None:
        """Run until nothing is left to do; more than a few runs are a quarrel."""
        for _ in range(6):
            report = self.sync(yes=True)
            if report.waiting or report.left:
                self.quiet()
            elif not any(report.counts.values()):
                return
        raise AssertionError(report.to_json())

    def idle(self) -> None:
        """A run that finds nothing: the two reads and no write."""
        report = self.sync()
        assert done(report) == {}, report.to_json()
        assert (report.writes, report.retries) == (0, 0)
        if self.place.kind != "folder":
            assert report.reads == 2, report.to_json()

    # Looking

    def tracker(self) -> Tracker:
        return self.place.opens({})

    def issues(self) -> list[Issue]:
        return [issue for page in self.tracker().issues(None) for issue in page.entries]

    def comments(self, key: str) -> list[str]:
        return [
            comment.body
            for page in self.tracker().comments(None)
            for comment in page.entries
            if comment.issue == key
        ]

    def key(self, ref: str) -> str:
        link = self.office.ledger.store.sync.link("t", self.office.find(ref).id)
        assert link is not None
        assert link.key is not None
        return link.key

    def issue(self, ref: str) -> Issue:
        return self.tracker().issue(self.key(ref))

    def item(self, ref: str) -> Item:
        return self.office.find(ref)

    # People

    @property
    def stranger(self) -> Hands:
        """Somebody whose account is nobody's."""
        if self.place.stranger is None:
            pytest.skip("LEDGER_TEST_GITEA_STRANGER names no third account")
        return self.place.stranger

    def edit_body(self, ref: str, pattern: str, new: str) -> None:
        self.edit_body_of(self.key(ref), pattern, new)

    def edit_body_of(self, key: str, pattern: str, new: str) -> None:
        body, count = re.subn(
            pattern,
            lambda _: new,
            self.tracker().issue(key).body,
            count=1,
            flags=re.DOTALL,
        )
        assert count == 1, pattern
        self.place.wang.write_body(key, body)

    def finish_work(self, ref: str, *, tick: bool = True) -> None:
        """The unit does its work in the issue, as the block asks it to, and closes."""
        key = self.key(ref)
        if tick:
            self.edit_body(ref, r"- \[ \] 1\.", "- [x] 1.")
        self.place.wang.comment_with_file(key, "窗口人员已全部培训", "签到表.txt", b"1")
        self.place.wang.close(key)


def done(report: RunReport) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: count for name, count in report.counts.items() if count}


def folder_place(folder: Path) -> Place:
    """An empty folder; a person has an editor."""
    folder.mkdir(exist_ok=True)
    settings = Settings("t", "folder", str(folder))
    return Place(
        "folder",
        str(folder),
        "",
        lambda memory: FolderTracker(settings, str, memory),
        FolderPerson(folder, "王强"),
        "王强",
        FolderPerson(folder, "路人"),
        "路人",
        owner=FolderPerson(folder, "王强"),
    )


def gitea_place(fake: FakeGitea, **options: Any) -> Place:
    """The fake with an empty repository."""
    if options:
        fake.reset(users=PEOPLE, **options)
    settings = Settings("t", "gitea", fake.address, fake.repo)
    return Place(
        "gitea",
        fake.address,
        fake.repo,
        lambda memory: GiteaTracker(
            settings, lambda: fake.token, memory, pace=NO_WAITING
        ),
        GiteaPerson(fake.person("wangwu"), "wangwu"),
        "wangwu",
        GiteaPerson(fake.person("lisi"), "lisi"),
        "lisi",
        owner=GiteaPerson(fake.person("org"), "org"),
    )


@contextmanager
def real_gitea_place() -> Iterator[Place]:
    """A repository made for this test on the server that the environment names.

    ``LEDGER_TEST_GITEA_URL`` and ``LEDGER_TEST_GITEA_TOKEN`` (scope ``all``);
    ``LEDGER_TEST_GITEA_PERSON`` is the token of a second account, and
    ``LEDGER_TEST_GITEA_STRANGER`` that of a third.
    """
    address = os.environ.get("LEDGER_TEST_GITEA_URL", "").rstrip("/")
    token = os.environ.get("LEDGER_TEST_GITEA_TOKEN", "")
    theirs = os.environ.get("LEDGER_TEST_GITEA_PERSON", "")
    other = os.environ.get("LEDGER_TEST_GITEA_STRANGER", "")
    if not (address and token and theirs):
        pytest.skip("LEDGER_TEST_GITEA_URL, _TOKEN and _PERSON name no server")
    api = f"{address}/api/v1"
    headers = {"Authorization": f"token {token}"}
    name = f"ledger-sync-{uuid.uuid4().hex[:12]}"
    status, made = exchange(
        "POST", f"{api}/user/repos", {"name": name, "private": True}, headers=headers
    )
    assert status == 201, made
    repo = str(made["full_name"])

    def someone(their_token: str) -> GiteaPerson:
        _, account = exchange(
            "GET", f"{api}/user", headers={"Authorization": f"token {their_token}"}
        )
        login = str(account["login"])
        path = f"{api}/repos/{repo}/collaborators/{login}"
        exchange("PUT", path, {"permission": "write"}, headers=headers)
        return GiteaPerson(Person(address, their_token, repo), login)

    try:
        wang = someone(theirs)
        stranger = someone(other) if other else None
        settings = Settings("t", "gitea", address, repo)
        yield Place(
            "gitea",
            address,
            repo,
            lambda memory: GiteaTracker(settings, lambda: token, memory),
            wang,
            wang.login,
            stranger,
            stranger.login if stranger else "",
            owner=GiteaPerson(Person(address, token, repo), ""),
        )
    finally:
        exchange("DELETE", f"{api}/repos/{repo}", headers=headers)


def add_many(office: Office, count: int) -> list[str]:
    """Put ``count`` items on account; their references."""
    actor = office.who(LI)
    office.later()
    return [
        registration.add(
            office.ledger, actor, title=f"问题{n}", text=f"问题{n}", origin="督察反馈"
        ).ref
        for n in range(count)
    ]


__all__ = [
    "LI",
    "SUN",
    "WANG",
    "Desk",
    "Place",
    "add_many",
    "done",
    "folder_place",
    "gitea_place",
]
