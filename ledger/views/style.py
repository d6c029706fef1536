"""Colour by role, and only where it is wanted.

Colour repeats what a word already says; a screen without it says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Tone(StrEnum):
    """The part a text plays on the screen."""

    TITLE = "title"
    DIM = "dim"
    GOOD = "good"
    YELLOW = "yellow"
    RED = "red"
    LINK = "link"


class Toned(NamedTuple):
    """A text and its tone."""

    text: str
    tone: Tone


# The sixteen colours of the terminal's own theme: readable on light and dark.
_CODES = {
    Tone.TITLE: "1",
    Tone.DIM: "2",
    Tone.GOOD: "32",
    Tone.YELLOW: "33",
    Tone.RED: "1;31",
    Tone.LINK: "4;36",
}


class Style(NamedTuple):
    """Paints, or leaves as it is."""

    colour: bool

    def paint(self, text: str, tone: Tone | None) -> str:
        """The clean ``text`` in ``tone``; blank text and ``None`` stay plain."""
        if not self.colour or tone is None or not text.strip():
            return text
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m"


PLAIN = Style(colour=False)


def wants_colour(environ: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether output may be coloured; ``terminal`` says whether it goes to one.

    ``NO_COLOR`` (https://no-color.org: present and not empty) and ``TERM=dumb`` turn
    it off.
    """
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
