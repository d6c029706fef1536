"""Signs that stand somewhere on a page, put together to lines.

A program that prints writes signs in any order: a letterhead last, a form's answers
after all its questions. What stands on one base is a line, from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from checklists.readers.paragraphs import PrintedLine

Matrix = tuple[float, float, float, float, float, float]
"""``(a, b, c, d, e, f)``: x becomes ``a x + c y + e``, y becomes ``b x + d y + f``."""

_SAME_BASE: Final = 0.4
"""Of its size, how far up or down a sign stands that is still on the line (raised)."""
_TWICE: Final = 0.1
"""Of its size, how near a sign stands to the same one that was printed before."""
_WORD_GAP: Final = 0.2
_WIDE_GAP: Final = 2.0
"""Gaps, in ems, that part two Latin words and any two signs."""
_WIDE: Final = "\u2e80"
_SLIM: Final = frozenset("iljtfrI.,;:'|!()[]{} -/")
_BROAD: Final = frozenset("mwMWQOGD%@&")


class Sign(NamedTuple):
    """One sign: where it begins and ends and what height it stands on.

    ``run`` is the same for signs that were written in one go.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    run: int


def advance(sign: str) -> float:
    """The usual width of a sign, in ems."""
    if sign >= _WIDE or sign in "“”‘’—…":
        return 1.0
    if sign in _SLIM:
        return 0.3
    return 0.8 if sign in _BROAD else 0.55


def placed(x: float, y: float, place: Matrix) -> tuple[float, float]:
    """Where the point ``(x, y)`` comes to stand."""
    a, b, c, d, e, f = place
    return a * x + c * y + e, b * x + d * y + f


def lines_of(
    signs: Sequence[Sign], height: float, scale: float
) -> Iterator[PrintedLine]:
    """The lines of a page from above to below.

    ``signs`` are measured from the upper left corner of a page ``height`` high, lines
    from its lower left one; a unit of the first is ``scale`` of the second.
    """
    row: list[Sign] = []
    for sign in sorted(signs, key=lambda sign: sign.base):
        if row and sign.base - row[0].base > _SAME_BASE * max(sign.size, row[0].size):
            yield from _line(row, height, scale)
            row = []
        row.append(sign)
    yield from _line(row, height, scale)


def _line(row: list[Sign], height: float, scale: float) -> Iterator[PrintedLine]:
    row = sorted(row, key=lambda sign: sign.left)
    pieces: list[str] = []
    places: list[tuple[float, float]] = []
    before: Sign | None = None
    for sign in row:
        if before is not None:
            if sign.text == before.text and (
                sign.left - before.left < _TWICE * sign.size
            ):
                continue
            if _space(before, sign):
                pieces.append(" ")
                places.append((before.right * scale, sign.left * scale))
        pieces.append(sign.text)
        places.append((sign.left * scale, sign.right * scale))
        before = sign
    shown = [sign for sign in row if not sign.text.isspace()]
    if shown:
        largest = max(shown, key=lambda sign: sign.size)
        yield PrintedLine(
            "".join(pieces),
            left=shown[0].left * scale,
            right=max(sign.right for sign in shown) * scale,
            base=(height - largest.base) * scale,
            places=tuple(places),
        )


def _space(before: Sign, sign: Sign) -> bool:
    """Whether a gap shows that a space is meant."""
    if before.text.isspace() or sign.text.isspace():
        return False
    gap = (sign.left - before.right) / max(sign.size, 1e-6)
    latin = before.text < _WIDE and sign.text < _WIDE and before.run != sign.run
    return gap > (_WORD_GAP if latin else _WIDE_GAP)
