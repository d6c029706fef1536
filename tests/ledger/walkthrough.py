"""Type the commands of the walkthrough again: ``python -m tests.ledger.walkthrough``.

A page of ``docs/`` has blocks like::

    ```console 2024-03-04
    李明$ ledger list
    what it prints
    ```

The day of the block is the ledger's day; the name before ``$`` is who types
(``LEDGER_AS``). Run as a program it writes what each command prints now into the
pages; the test asks that nothing would change.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Final
from unittest import mock

from ledger import i18n
from ledger.cli.app import run

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {
    "en": ROOT / "docs" / "walkthrough.md",
    "zh": ROOT / "docs" / "walkthrough.zh-CN.md",
}
SAMPLE: Final = ROOT / "checklists" / "samples" / "siping-2023.txt"

_BLOCK = re.compile(
    r"^```console (\d{4}-\d\d-\d\d)\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
_PROMPT = re.compile(r"(\w+)\$ (.+)")
_ECHO = re.compile(r"echo (\S+) > (\S+)")
_HOME = "/home/office"
# What differs from run to run: identifiers, and the hashes that follow from them.
_RANDOM = re.compile(
    r"\b(?:[0-9a-f]{64}|[0-9a-f]{8,16}|[0-9A-HJKMNP-TV-Z]{26}|\d+ (?=bytes|字节))\b"
)


class _Terminal(io.StringIO):
    """What the commands print on: they are read by a person here."""

    def isatty(self) -> bool:
        """Say so; only progress, which is overwritten as it goes, is left out."""
        return True


class _Errors(io.TextIOBase):
    """Standard error, which shows on the same screen."""

    def __init__(self, screen: _Terminal) -> None:
        self._screen = screen

    def write(self, text: str) -> int:
        return self._screen.write(text)


def typed(page: str) -> Iterator[tuple[str, str, str]]:
    """Day, name and command of every line that is typed, in order."""
    for block in _BLOCK.finditer(page):
        for line in block[2].splitlines():
            if prompt := _PROMPT.fullmatch(line):
                yield block[1], prompt[1], prompt[2]


def replayed(page: str, language: str) -> str:
    """``page`` with what its commands print now, begun in an empty folder."""
    with _office(language) as folder:
        minute = 0

        def block(match: re.Match[str]) -> str:
            nonlocal minute
            lines = []
            for prompt in filter(None, map(_PROMPT.fullmatch, match[2].splitlines())):
                minute += 1
                at = f"{match[1]}T{9 + minute // 60 % 8:02d}:{minute % 60:02d}:00+08:00"
                lines.append(f"{prompt[0]}\n")
                with mock.patch.dict(
                    os.environ, {"LEDGER_CLOCK": at, "LEDGER_AS": prompt[1]}
                ):
                    lines.append(_printed(prompt[2]).replace(folder, _HOME))
            return f"```console {match[1]}\n{''.join(lines)}```"

        return _BLOCK.sub(block, page)


def _printed(command: str) -> str:
    """What ``command`` prints on the screen, errors included."""
    if echo := _ECHO.fullmatch(command):
        Path(echo[2]).write_text(f"{echo[1]}\n", encoding="utf-8")
        return ""
    program, *words = shlex.split(command)
    if program == "cd":
        os.chdir(words[0])
        return ""
    assert program == "ledger", command
    screen = _Terminal()
    with (
        mock.patch.object(sys, "stdout", screen),
        mock.patch.object(sys, "stderr", _Errors(screen)),
    ):
        run(words)
    return screen.getvalue()


@contextmanager
def _office(language: str) -> Iterator[str]:
    """An empty folder with the report in it, one OS account, a screen of 80 cells."""
    environ = {
        "LC_ALL": "zh_CN.UTF-8" if language == "zh" else "C.UTF-8",
        "LANGUAGE": language,
        "LEDGER_TESTING": "1",
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "TERM": "xterm",
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        chdir(folder),
        mock.patch.dict(os.environ, {**environ, "XDG_CONFIG_HOME": folder}),
        mock.patch("ledger.book.os_account", return_value="office"),
    ):
        os.environ.pop("LEDGER", None)
        Path(SAMPLE.name).write_bytes(SAMPLE.read_bytes())
        try:
            yield str(Path.cwd())
        finally:
            i18n.activate(None)


def settled(page: str) -> str:
    """``page`` with what differs from run to run taken out."""
    return _RANDOM.sub("…", page)


def main() -> None:
    """Write what the commands print now into the pages."""
    for language, path in PAGES.items():
        before = path.read_text(encoding="utf-8")
        after = replayed(before, language)
        if settled(after) != settled(before):
            path.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
