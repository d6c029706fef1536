"""Aligned columns, bars and sparklines in a given number of cells.

Plain padded lines: rich takes fifty times as long for two thousand Chinese rows.
Values here are named tuples because ``ledger status`` imports this on every start,
and a frozen dataclass takes ten times as long to define.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ledger.views.style import PLAIN, Style, Tone, Toned
from ledger.views.text import Align, clean, cut, width

_FULL, _EMPTY = "█", "░"
_LEVELS = "▁▂▃▄▅▆▇█"
_NO_VALUE = "·"
_LEAST = 3  # one Chinese character and the sign that something is left out


class Column(NamedTuple):
    """How one column behaves when there is little room.

    First the columns with ``drop`` go, the highest number first, as long as the
    others do not fit with every ``flexible`` one at ``least`` cells; then the
    flexible ones shrink, the widest first; only then the rest, and the first column,
    which names the row, last of all. ``most`` limits a column however much room
    there is.
    """

    title: str = ""
    align: Align = Align.LEFT
    flexible: bool = False
    least: int = 8
    most: int | None = None
    drop: int = 0


def columns(
    rows: Iterable[Sequence[str | Toned]],
    spec: Sequence[Column],
    limit: int,
    *,
    style: Style = PLAIN,
    gap: int = 2,
) -> list[str]:
    """``rows`` as lines of at most ``limit`` cells, each column in the same cells.

    A line of titles comes first if any column has one. Cells are cleaned here.
    Columns that are empty throughout and have no title take no room.

    Raises:
        ValueError: a row has more or fewer cells than ``spec``.
    """
    measured = cache(_measured)  # units, states and days stand in many rows
    titles = [Toned(column.title, Tone.DIM) for column in spec]
    head = [titles] if any(column.title for column in spec) else []
    table = [
        [measured(cell) for _, cell in zip(spec, row, strict=True)]
        for row in (*head, *rows)
    ]
    widest = [
        max((row[at].cells for row in table), default=0) for at in range(len(spec))
    ]
    room = _fit(spec, widest, max(limit, 1), gap)
    shown = [(at, room[at], spec[at].align is Align.RIGHT) for at in sorted(room)]
    between = " " * gap
    return [
        between.join(
            [_filled(row[at], cells, style, right=right) for at, cells, right in shown]
        ).rstrip()
        for row in table
    ]


def bar(value: float, total: float, cells: int) -> str:
    """``value`` of ``total`` as a bar: something always shows, not all is never full."""
    share = min(max(value / total, 0), 1) if total > 0 else 0
    filled = round(share * cells)
    if share > 0:
        filled = max(filled, 1)
    if share < 1:
        filled = min(filled, max(cells - 1, 0))
    return _FULL * filled + _EMPTY * (cells - filled)


def sparkline(values: Iterable[float | None], *, top: float | None = None) -> str:
    """One character for each value, from 0 to ``top`` (else the greatest value).

    ``None`` (nothing known) is a dot; only 0 gets the lowest level.
    """
    known = list(values)
    highest = max((value for value in known if value is not None), default=0)
    if top is not None:
        highest = top
    return "".join(_level(value, highest) for value in known)


def _level(value: float | None, highest: float) -> str:
    if value is None:
        return _NO_VALUE
    if value <= 0 or highest <= 0:
        return _LEVELS[0]
    steps = len(_LEVELS) - 1
    return _LEVELS[min(max(round(value / highest * steps), 1), steps)]


class _Cell(NamedTuple):
    text: str
    tone: Tone | None
    cells: int


def _measured(cell: str | Toned) -> _Cell:
    if isinstance(cell, Toned):
        text = clean(cell.text)
        return _Cell(text, cell.tone, width(text))
    text = clean(cell)
    return _Cell(text, None, width(text))


def _filled(cell: _Cell, cells: int, style: Style, *, right: bool) -> str:
    text, tone, used = cell
    if used > cells:
        text = cut(text, cells)
        used = width(text)
    blank = " " * (cells - used)
    if tone is not None:
        text = style.paint(text, tone)
    return blank + text if right else text + blank


def _fit(
    spec: Sequence[Column], widest: Sequence[int], limit: int, gap: int
) -> dict[int, int]:
    """The cells of each column that is shown, by its place in ``spec``."""
    wanted = {
        at: min(widest[at], limit, limit if column.most is None else column.most)
        for at, column in enumerate(spec)
        if widest[at]
    }
    floor = {
        at: min(cells, spec[at].least) if spec[at].flexible else cells
        for at, cells in wanted.items()
    }

    def room() -> int:
        return limit - gap * (len(wanted) - 1)

    for at in sorted(wanted, key=lambda at: (spec[at].drop, at), reverse=True):
        if not spec[at].drop or sum(floor[at] for at in wanted) <= room():
            break
        del wanted[at]
    _shrink(wanted, floor, room())
    for at in wanted:
        floor[at] = _LEAST if spec[at].flexible else floor[at]
    _shrink(wanted, floor, room())
    while len(wanted) > max(room(), 1):
        del wanted[max(wanted)]
    # The first column names the row: it is cut last of all.
    first = min(wanted, default=0)
    _shrink(
        wanted,
        {at: 1 for at in wanted if at != first} | {first: floor.get(first, 1)},
        room(),
    )
    _shrink(wanted, dict.fromkeys(wanted, 1), room())
    return wanted


def _shrink(wanted: dict[int, int], floor: dict[int, int], room: int) -> None:
    """Take cells from the widest column above its floor until all fit into ``room``."""
    over = sum(wanted.values()) - room
    while over > 0:
        above = [at for at, cells in wanted.items() if cells > floor[at]]
        if not above:
            return
        wanted[max(above, key=wanted.__getitem__)] -= 1
        over -= 1
