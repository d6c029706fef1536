"""No token of the tests stands where it must not; looked for in the whole run.

Looked through are: what tests and commands print (also what a test read back before
it could be seen), what programs that were started print, and the words they were
started with, every error that is made, what urllib3 logs, every JSON document that
is held against its schema, and every file that the run left in its temporary
folders, with all values of databases and all members of archives.

A test that keeps a token in a file, as a user does, names that file to
:func:`keeps_tokens`; it must be readable by its owner alone. Nothing else is allowed.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import subprocess
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from integrations.tracker import TrackerError
from ledger.errors import LedgerError
from tests.fakes.tokens import MARK

_PIECE = 1 << 20
_LARGEST_MEMBER = 64 << 20


def _forms(secret: str) -> Iterator[bytes]:
    """A secret as it may stand in a text: plain, or within something in Base64."""
    plain = secret.encode()
    yield plain
    for before in range(3):
        code = b64encode(b"\0" * before + plain)
        # The first and the last sign also depend on what stands beside.
        whole = (before + len(plain)) // 3 * 4
        yield code[-(-before * 8 // 6) : whole]


def _of_servers() -> Iterator[str]:
    """The tokens of real servers that the environment names."""
    for name, value in os.environ.items():
        if name.startswith("LEDGER_TEST_") and not name.endswith("_URL") and value:
            yield value


class Watch:
    """Looks for secrets; ``found`` says where they were."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Look for these."""
        self.forms = tuple(dict.fromkeys(f for one in secrets for f in _forms(one)))
        self.allowed: set[Path] = set()
        self.found: list[str] = []
        self.texts = self.files = self.bytes = 0

    def look(self, what: str, said: object) -> None:
        """Look into something that was said."""
        if not said:
            return
        data = said if isinstance(said, bytes) else str(said).encode(errors="replace")
        self.texts += 1
        self.bytes += len(data)
        if self._has(data):
            test = os.environ.get("PYTEST_CURRENT_TEST", "outside of a test")
            self.found.append(f"{what}, {test}")

    def search(self, folder: Path) -> None:
        """Look into every file below ``folder``, and at their names."""
        for place, _, names in os.walk(folder):
            for name in names:
                path = Path(place, name)
                if path.is_file() and not path.is_symlink():
                    self._search_file(path)
                elif self._has(name.encode(errors="replace")):
                    self.found.append(f"name of {path}")

    def _search_file(self, path: Path) -> None:
        self.files += 1
        if self._has(path.name.encode(errors="replace")):
            self.found.append(f"name of {path}")
        if path in self.allowed:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                self.found.append(f"{path}, which others may read")
            return
        if any(map(self._has, self._contents(path))):
            self.found.append(str(path))

    def _contents(self, path: Path) -> Iterator[bytes]:
        """The bytes of a file, then what they stand for."""
        with path.open("rb") as file:
            head = last = b""
            while piece := file.read(_PIECE):
                head = head or piece[:16]
                self.bytes += len(piece)
                yield last + piece
                last = piece[-100:]
        if head.startswith(b"SQLite format 3"):
            yield from _values(path)
        elif head.startswith(b"PK\3\4"):
            yield from _members(path)

    def _has(self, data: bytes) -> bool:
        return any(form in data for form in self.forms)


def _values(path: Path) -> Iterator[bytes]:
    """Every value of a database: a long one is torn apart in the file itself."""
    # What a test damaged on purpose was searched as it is.
    with suppress(sqlite3.Error):
        link = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        try:
            link.text_factory = bytes
            names = link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in names.fetchall():
                for row in link.execute(f'SELECT * FROM "{name.decode()}"'):  # noqa: S608 (the names are the file's own)
                    yield b"\0".join(v for v in row if isinstance(v, bytes))
        finally:
            link.close()


def _members(path: Path) -> Iterator[bytes]:
    """The members of an archive, unpacked."""
    broken = (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError)
    with suppress(*broken), zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.file_size <= _LARGEST_MEMBER:
                yield archive.read(member)


WATCH = Watch([MARK, *_of_servers()])
"""What looks at this run."""


def keeps_tokens(path: Path) -> Path:
    """Say that a test keeps tokens in exactly this file, as a user does."""
    WATCH.allowed.add(path)
    return path


class _Log(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        WATCH.look("log", record.getMessage())


def _afterwards(owner: Any, name: str, look: Callable[..., None]) -> None:
    """Look at each call of a method when it has ended."""
    method = getattr(owner, name)

    @wraps(method)
    def watched(self: Any, *said: Any, **more: Any) -> Any:
        result = method(self, *said, **more)
        look(result, *said, **more)
        return result

    setattr(owner, name, watched)


def _printed(result: Any, *_: Any, **__: Any) -> None:
    for said in result:
        WATCH.look("print", said)


def _started(_: Any, words: Any, *__: Any, **___: Any) -> None:
    WATCH.look("words of a command", repr(words))


def _failed(_: Any, *said: Any, **more: Any) -> None:
    WATCH.look("error", repr((said, more)))


def pytest_configure(config: pytest.Config) -> None:
    """Begin to look."""
    del config
    _afterwards(pytest.CaptureFixture, "readouterr", _printed)
    _afterwards(subprocess.Popen, "communicate", _printed)
    _afterwards(subprocess.Popen, "__init__", _started)
    _afterwards(TrackerError, "__init__", _failed)
    _afterwards(LedgerError, "__init__", _failed)
    log = logging.getLogger("urllib3")
    log.setLevel(logging.DEBUG)
    log.addHandler(_Log())


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test printed and did not read back."""
    if not hasattr(report, "node"):  # else a worker looked at it already
        for _, said in report.sections:
            WATCH.look("print", said)


@pytest.fixture(autouse=True)
def nothing_leaks() -> Iterator[None]:
    """Let the test fail in which a token was seen."""
    before = len(WATCH.found)
    yield
    _demand_nothing_since(before)


@pytest.fixture(scope="session", autouse=True)
def searched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Search what the run left behind, when everything has ended."""
    yield
    WATCH.search(tmp_path_factory.getbasetemp())
    sums = (WATCH.texts, WATCH.files, WATCH.bytes)
    if hasattr(request.config, "workeroutput"):
        request.config.workeroutput["searched"] = sums
    else:
        _SUMS.append(sums)
    _demand_nothing_since(0)


def _demand_nothing_since(before: int) -> None:
    """Name every place where something was found."""
    places = dict.fromkeys(WATCH.found[before:])
    if places:
        pytest.fail("\n".join(["Tokens stand here:", *places]), pytrace=False)


_SUMS: list[tuple[int, int, int]] = []


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker searched."""
    _SUMS.extend(filter(None, [getattr(node, "workeroutput", {}).get("searched")]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was looked through."""
    if _SUMS:
        texts, files, size = (sum(column) for column in zip(*_SUMS, strict=True))
        terminalreporter.write_line(
            f"Searched for tokens: {files:,} files, {texts:,} texts, "
            f"{size / 1e6:,.0f} MB."
        )
