"""Text in terminal cells: cleaned, measured, cut, padded, wrapped.

A Chinese character fills two cells, a combining mark none. Widths are those of
``unicodedata``, kept per character as it is met; ``rich.cells`` gives the same for
the text of a ledger, but costs more to import. Characters of *ambiguous* width (``…``, ``“``, ``█``) count one cell, as
modern terminals draw them.

What comes from a report or a tracker is hostile until :func:`clean` has seen it.
:func:`wrap` cleans by itself; the others expect clean text.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import accumulate
from unicodedata import category, east_asian_width

_ELLIPSIS = "…"
_MOST_MARKS = 3  # on one letter; more is no language but a stack over other lines

# Whole sequences, so that no "[31m" stays behind. A string sequence that never ends
# loses its introducer only: dropping the rest would hide text.
_ESCAPE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-Z\\`-~]"
)
# Invisible, though no category says so: blank letters, joiners, variation selectors
# and what Unicode keeps free for more of them; and skin tones, which some terminals
# merge into the character before and others draw apart.
_INVISIBLE = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0"
    "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
)
_INVISIBLE_RANGES = (
    ("\ufe00", "\ufe0f"),
    ("\ufff0", "\ufffb"),
    ("\U000e0000", "\U000e0fff"),
)

_CLOSING = frozenset("，。、；：？！）》」』】〕〉”’·％,.;:?!)]}>%")
_OPENING = frozenset("（《「『【〔〈“‘([{<")


class Align(StrEnum):
    """At which side of its cells a text stands."""

    LEFT = "left"
    RIGHT = "right"


class _Shown(dict[str, str]):
    """What is shown for each character, filled as characters are met."""

    def __missing__(self, char: str) -> str:
        kind = category(char)
        if char == "\t":
            shown = " "
        elif kind == "Cs":
            shown = "\N{REPLACEMENT CHARACTER}"  # half a pair cannot be printed
        elif (
            kind in {"Cc", "Cf"}
            or char in _INVISIBLE
            or any(first <= char <= last for first, last in _INVISIBLE_RANGES)
        ):
            shown = ""
        else:
            shown = char
        self[char] = shown
        return shown


class _Cells(dict[str, int]):
    """The cells of each character, filled as characters are met."""

    def __missing__(self, char: str) -> int:
        if (
            category(char) in {"Mn", "Me"}
            or "\u1160" <= char <= "\u11ff"  # the later parts of a Korean syllable
            or not _shown(char)
        ):
            cells = 0
        else:
            cells = 2 if east_asian_width(char) in "WF" else 1
        self[char] = cells
        return cells


_shown = _Shown().__getitem__
_cells = _Cells().__getitem__


def width(text: str) -> int:
    """How many cells the clean ``text`` fills."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def clean(text: str, *, lines: bool = False) -> str:
    """``text`` without anything that acts on a terminal or deceives the eye.

    Escape sequences, control characters, writing-direction overrides and invisible
    characters go; half a surrogate pair becomes ``�``; tabs and line ends become a
    space, or with ``lines`` each line end between two lines one line feed.
    """
    if text.isprintable() and (text.isascii() or 0 not in map(_cells, text)):
        return text
    text = re.sub(_ESCAPE, "", text)
    return ("\n" if lines else " ").join(map(_clean_line, text.splitlines()))


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` cells; where something is left out stands ``…``."""
    if width(text) <= limit:
        return text
    if limit < 1:
        return ""
    ends = accumulate(map(_cells, text))
    kept = next(index for index, end in enumerate(ends) if end >= limit)
    return text[:kept] + _ELLIPSIS


def pad(text: str, cells: int, align: Align = Align.LEFT) -> str:
    """``text`` in exactly ``cells`` cells, cut or filled with spaces."""
    text = cut(text, cells)
    blank = " " * (cells - width(text))
    return blank + text if align is Align.RIGHT else text + blank


def wrap(
    text: str, limit: int, *, indent: str = "", hanging: str | None = None
) -> list[str]:
    """``text`` in lines of at most ``limit`` cells (two or more).

    Chinese breaks between characters, Latin at spaces; no line begins with closing
    punctuation or ends with opening punctuation, unless it has no other place. The
    first line begins with ``indent``, the others with ``hanging`` (else ``indent``).
    """
    hanging = indent if hanging is None else hanging
    if max(width(indent), width(hanging)) > limit - 2:
        indent = hanging = ""  # no room for both; the text matters more
    lines: list[str] = []
    for paragraph in clean(text, lines=True).split("\n"):
        line = ""
        for piece in _pieces(paragraph.strip(), limit - width(hanging)):
            start = hanging if lines else indent
            if line and width(start) + width(line) + width(piece.rstrip()) > limit:
                lines.append(start + line.rstrip())
                line = ""
            line += piece
        lines.append((hanging if lines else indent) + line.rstrip())
    return [line.rstrip() for line in lines]


def _clean_line(line: str) -> str:
    line = "".join(map(_shown, line))
    if 0 not in map(_cells, line):
        return line
    kept: list[str] = []
    marks = _MOST_MARKS  # a mark at the beginning would sit on somebody else's cell
    for char in line:
        marks = 0 if _cells(char) else marks + 1
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _pieces(text: str, room: int) -> list[str]:
    """``text`` cut where a line may end; a piece wider than ``room`` is split."""
    pieces: list[str] = []
    piece = ""
    for char in text:
        if piece and (_may_part(piece[-1], char) or width(piece) + _cells(char) > room):
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece] if piece else pieces


def _may_part(before: str, after: str) -> bool:
    if before.isspace():
        return not after.isspace()
    return (
        _cells(before) + _cells(after) > 2  # noqa: PLR2004 (at least one is Chinese)
        and before not in _OPENING
        and after not in _CLOSING
    )
