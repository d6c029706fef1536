"""What people write, made fit to keep: names refused when odd, texts tidied.

What is kept is what was meant to be read: no control characters that move a
terminal's cursor, no marks that turn the reading direction round, no halves of
characters.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from ledger.errors import N_, UsageProblem

LONGEST_NAME = 120
LONGEST_TEXT = 20_000

_TURNING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Letters, marks and spaces that print nothing, or another space than the one typed.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


def _odd(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in {
        "Cc",
        "Cs",
        "Co",
        "Zl",
        "Zp",
    }


def _unseen(character: str) -> bool:
    """Whether nobody sees the character: two names that look alike would differ."""
    return character in _BLANK or unicodedata.category(character) in {"Cf", "Cn"}


def name(text: str) -> str:
    """``text`` as the name of a unit, person or tracker.

    Raises:
        UsageProblem: it is empty, too long, or holds characters no name has.
    """
    tidy = unicodedata.normalize("NFC", text).strip()
    if (
        not tidy
        or len(tidy) > LONGEST_NAME
        or any(_odd(character) or _unseen(character) for character in tidy)
    ):
        raise UsageProblem(
            N_("This is no name: {shown}"),
            N_(
                "A name has 1 to {longest} characters, without control characters,"
                " direction marks and characters that nobody sees."
            ),
            N_("Type the name again."),
            shown=ascii(text[:40]),
            longest=LONGEST_NAME,
        )
    return tidy


def text(written: str) -> str:
    """``written`` without control characters; every line end is a line feed.

    Raises:
        UsageProblem: it is longer than :data:`LONGEST_TEXT` characters.
    """
    if len(written) > LONGEST_TEXT:
        raise UsageProblem(
            N_("The text has {length} characters."),
            N_("At most {longest} are kept as text."),
            N_("Attach it as evidence: ledger evidence add REF FILE"),
            length=len(written),
            longest=LONGEST_TEXT,
        )
    if written.isprintable() and unicodedata.is_normalized("NFC", written):
        return written.strip()
    lines = written.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        character
        for character in unicodedata.normalize("NFC", lines)
        if character in "\n\t" or not _odd(character)
    ).strip()


def texts(value: Any) -> Any:  # noqa: ANN401 (whatever a command says)
    """``value`` with every text in it tidied, also inside lists and objects."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {key: texts(kept) for key, kept in value.items()}
    if isinstance(value, list | tuple):
        return [texts(kept) for kept in value]
    return value
