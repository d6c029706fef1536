"""A run that is killed leaves nothing twice and nothing undone."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from shutil import copytree

import pytest

from ledger import audit
from ledger.item import State
from ledger.storage.items import Selection
from tests.fakes.client import ROOT, FakeGitea
from tests.fakes.fixtures import PEOPLE
from tests.ledger.office import CHEN, SUN, Office
from tests.ledger.sync.desk import Desk, add_many, folder_place, gitea_place

STEPS = 70
"""About as many steps as the run of :class:`Busy` has."""

ALL = Selection()


class Busy:
    """A desk where a run has something of everything to do."""

    def __init__(self, desk: Desk, token: str = "") -> None:
        self.desk = desk
        self.token = token
        office = desk.office
        self.finished = office.assigned()
        self.sent_back = office.assigned()
        self.noted = office.started()
        desk.synced(yes=True)
        desk.finish_work(self.sent_back)
        desk.synced(yes=True)
        office.act(
            "return",
            self.sent_back,
            CHEN,
            opinion="不足",
            requirement="补充培训签到表原件和照片",
        )
        office.act("progress", self.noted, SUN, text="在办")
        office.add_evidence(self.noted, SUN, "照片")
        self.fresh = add_many(office, 3)
        desk.finish_work(self.finished)
        office.later()

    def start(self, step: int) -> subprocess.Popen[bytes]:
        office, place = self.desk.office, self.desk.place
        now = office.ledger.clock.fixed
        assert now is not None
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.ledger.sync.mortal",
                str(office.ledger.folder),
                place.address,
                place.project,
                now.isoformat(),
                str(step),
            ],
            cwd=ROOT,
            env={**os.environ, "MORTAL_TOKEN": self.token},
            stdout=subprocess.PIPE,
        )

    def run(self, step: int) -> int:
        """Run until the step; how many steps there are when it lived."""
        process = self.start(step)
        out, _ = process.communicate(timeout=60)
        return int(out) if process.returncode == 0 else 0

    def check(self) -> None:
        """Afterwards everything is there once, and then nothing is to be done."""
        desk = self.desk
        desk.settle()
        desk.idle()
        refs = [item.ref for item in desk.office.ledger.store.items.select(ALL)]
        titles = Counter(issue.title.split()[0] for issue in desk.issues())
        assert titles == dict.fromkeys(refs, 1)
        for ref in refs:
            comments = desk.comments(desk.key(ref))
            marks = [
                found[0]
                for comment in comments
                if (found := re.search(r"mark:\S+", comment))
            ]
            assert len(marks) == len(set(marks)), comments
        item = desk.item(self.finished)
        assert item.state is State.CLOSURE_REQUESTED
        assert len(item.evidence) == len(item.notes) == 1
        assert not desk.issue(self.sent_back).closed
        assert len(desk.issue(self.noted).attachments) == 1
        assert len(desk.comments(desk.key(self.noted))) == 1
        assert audit.audit(desk.office.ledger).faults == ()


@pytest.fixture(params=["folder", "gitea"])
def busy(request: pytest.FixtureRequest, office: Office, tmp_path: Path) -> Busy:
    if request.param == "folder":
        return Busy(Desk.set_up(office, folder_place(tmp_path / "issues")))
    fake: FakeGitea = request.getfixturevalue("fake_gitea")
    return Busy(Desk.set_up(office, gitea_place(fake)), fake.token)


def test_a_run_that_lives_does_all_of_it(busy: Busy) -> None:
    steps = busy.run(0)
    assert STEPS - 15 < steps < STEPS + 15, steps
    busy.check()


def busy_in(folder: Path, furnished: Path, fake: FakeGitea) -> Busy:
    """A fresh ledger before a fresh server."""
    fake.reset(users=PEOPLE)
    office = Office.reopen(copytree(furnished, folder))
    return Busy(Desk.set_up(office, gitea_place(fake)), fake.token)


@pytest.mark.parametrize("step", range(2, STEPS, STEPS // 15))
def test_a_run_killed_at_a_step_is_made_good_by_the_next(
    furnished: Path, tmp_path: Path, fake_gitea: FakeGitea, step: int
) -> None:
    busy = busy_in(tmp_path / "l", furnished, fake_gitea)
    assert busy.run(step) == 0
    busy.check()


@pytest.mark.long
def test_a_run_killed_at_each_of_its_steps_is_made_good(
    furnished: Path, tmp_path: Path, fake_gitea: FakeGitea
) -> None:
    step = 1
    while True:
        busy = busy_in(tmp_path / str(step), furnished, fake_gitea)
        lived = busy.run(step)
        busy.check()
        busy.desk.office.ledger.close()
        if lived:
            break
        step += 1
    assert step > STEPS // 2


@pytest.mark.long
def test_runs_killed_at_any_moment_are_made_good(
    furnished: Path, tmp_path: Path, fake_gitea: FakeGitea, trials: int | None
) -> None:
    chance = random.Random(2024)  # noqa: S311 (moments to die, no secret)
    for trial in range(trials or 60):
        busy = busy_in(tmp_path / str(trial), furnished, fake_gitea)
        for _ in range(chance.randint(1, 3)):
            process = busy.start(0)
            time.sleep(chance.uniform(0.15, 1.2))
            process.kill()
            process.communicate()
            if chance.random() < 0.5:
                busy.desk.quiet()
        busy.check()
        busy.desk.office.ledger.close()
