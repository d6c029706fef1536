"""How a kind of tracker is found: ours by name, others by their entry point."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from integrations.conformance import Lab, TrackerConformance
from integrations.folder import FolderTracker
from integrations.gitea import GiteaTracker
from integrations.jira import JiraTracker
from integrations.registry import kinds, open_tracker
from integrations.tracker import BulkTracker, Invalid, Settings, Tracker
from tests.fakes.client import ROOT
from tests.integrations.example_tracker import BoardTracker


def in_a_fresh_python(code: str, path: Path | None = None) -> str:
    """What ``code`` prints in a process of its own."""
    start = (
        f"import sys; sys.path[:0] = {[str(ROOT), *([str(path)] if path else [])]!r}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", start + code], check=True, capture_output=True, text=True
    ).stdout.strip()


class TestExampleTracker(TrackerConformance):
    """The suite as a plug-in uses it."""

    @pytest.fixture
    def lab(self) -> Lab:
        settings = Settings("board", "board", uuid.uuid4().hex)
        return Lab(lambda memory: BoardTracker(settings, str, memory))


def test_our_kinds_are_opened_by_name(tmp_path: Path) -> None:
    folder = open_tracker(Settings("a", "folder", str(tmp_path)), str, {})
    assert isinstance(folder, FolderTracker)
    git = open_tracker(Settings("b", "gitea", "https://git.invalid", "o/r"), str, {})
    assert isinstance(git, GiteaTracker)
    jira = open_tracker(Settings("c", "jira", "https://x.invalid", "AUD"), str, {})
    assert isinstance(jira, JiraTracker)
    for made in (folder, git, jira):
        assert isinstance(made, Tracker)
    assert isinstance(jira, BulkTracker)
    assert not isinstance(git, BulkTracker)


def test_opening_one_of_ours_costs_no_heavy_import(tmp_path: Path) -> None:
    code = (
        "from integrations.registry import open_tracker\n"
        "from integrations.tracker import Settings\n"
        f"open_tracker(Settings('a', 'folder', {str(tmp_path)!r}), str, {{}})\n"
        "open_tracker(Settings('b', 'gitea', 'https://x.invalid', 'o/r'), str, {})\n"
        "open_tracker(Settings('c', 'jira', 'https://x.invalid', 'AUD'), str, {})\n"
        "heavy = {'requests', 'urllib3', 'importlib.metadata', 'pytest'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert in_a_fresh_python(code) == "[]"


def test_an_unknown_kind_is_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(Invalid, match=r"called bugs\..*folder, gitea, jira"):
        open_tracker(Settings("a", "bugs", "x"), str, {})
    assert {"folder", "gitea", "jira"} <= set(kinds())


def test_a_kind_of_another_package_is_opened_by_its_entry_point(tmp_path: Path) -> None:
    info = tmp_path / "board_tracker-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: board-tracker\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(
        "[ledger.trackers]\nboard = tests.integrations.example_tracker:BoardTracker\n"
    )
    code = (
        "from integrations.registry import kinds, open_tracker\n"
        "from integrations.tracker import Settings\n"
        "made = open_tracker(Settings('a', 'board', 'here'), str, {})\n"
        "print(type(made).__name__, 'board' in kinds())"
    )
    assert in_a_fresh_python(code, tmp_path) == "BoardTracker True"
