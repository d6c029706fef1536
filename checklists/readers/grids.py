"""Tables on printed pages: cells between ruled lines, each with the text in it.

A page knows no tables, only lines and signs. Rules that touch make a grid; where no
rule parts two of its fields they are one cell; what is printed in a field is the
cell's text. A page without such a grid stays as it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from checklists.readers.paragraphs import (
    PrintedCell,
    PrintedLine,
    PrintedPage,
    PrintedTable,
    begins,
    ended,
    first_word,
    glue,
    tidy,
)

Path = tuple[bool, Sequence[tuple[float, float]]]
"""A shape: whether it is stroked (else it is filled), and its corners in order."""

_NEAR: Final = 3.0
"""Points between rules that are one: a double line, a line in pieces, a corner."""
_SHORTEST: Final = 4.0
_THICKEST: Final = 3.0
"""Points: what is shorter or thicker is no rule."""
_MOST: Final = 10_000
"""Crossings that are looked at; a drawing has more, a table some hundreds."""
_MOST_RULES: Final = 5_000
_LEAST_WALLS: Final = 3
_LEAST_FIELDS: Final = 3
"""A table has two columns at least; two fields alone are the columns of a page."""
_LETTER: Final = 3.0
"""Points above its base where a letter surely stands."""
_PADDING: Final = 11.0
"""Points that a cell leaves free at its sides, both together (Word's usual)."""
_SAME_LINE: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight line: how far along the other axis it lies, and from where to where."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class _Grid:
    """Fields between ``xs`` from left to right and ``ys`` from below to above.

    ``cells`` gives the cell (row from above, column) that each such field belongs to.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: dict[tuple[int, int], tuple[int, int]]

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """The cell around a point, if the point is in the grid."""
        column = bisect_right(self.xs, x) - 1
        row = len(self.ys) - 1 - bisect_right(self.ys, y)
        return self.cells.get((row, column))


def with_tables(page: PrintedPage, paths: Iterable[Path]) -> PrintedPage:
    """``page`` with the lines that stand in grids gathered to tables."""
    across, down = _rules(paths)
    found = [_Found(grid) for grid in _grids(across, down)]
    if not found:
        return _unplaced(page)
    lines: list[PrintedLine | PrintedTable | _Found] = []
    for line in page.lines:
        if isinstance(line, PrintedLine):
            for piece, table in _parted(line, found):
                if table is None:
                    lines.append(piece)
                elif table.first(line, piece):
                    lines.append(table)
    return _unplaced(replace(page, lines=tuple(_settled(lines, page.number))))


def _unplaced(page: PrintedPage) -> PrintedPage:
    """``page`` without what only its tables were found by, which takes much room."""
    lines = (
        replace(line, places=()) if isinstance(line, PrintedLine) else line
        for line in page.lines
    )
    return replace(page, lines=tuple(lines))


class _Found:
    """A grid with what has been found in it so far."""

    def __init__(self, grid: _Grid) -> None:
        self.grid = grid
        self.lines: list[PrintedLine] = []
        self.pieces: dict[tuple[int, int], list[PrintedLine]] = {}

    def first(self, line: PrintedLine, piece: PrintedLine) -> bool:
        """Put ``piece`` of ``line`` into its cell; whether it is the first here."""
        if not self.lines or self.lines[-1] is not line:
            self.lines.append(line)
        x, y = _middle(piece)
        cell = self.grid.cell(x, y) or (0, 0)
        self.pieces.setdefault(cell, []).append(piece)
        return sum(map(len, self.pieces.values())) == 1

    def is_table(self) -> bool:
        """Whether any row has text in two cells."""
        rows = [row for row, _ in self.pieces]
        return len(rows) > len(set(rows))


def _settled(
    lines: Sequence[PrintedLine | PrintedTable | _Found], page: int
) -> Iterator[PrintedLine | PrintedTable]:
    """The lines and tables; a frame around text is no table, its lines are lines."""
    number = 0
    for line in lines:
        if not isinstance(line, _Found):
            yield line
        elif line.is_table():
            number += 1
            yield _table(line, page, number)
        else:
            yield from line.lines


def _table(found: _Found, page: int, number: int) -> PrintedTable:
    """The rows that hold text, counted from 1; places name page, table and cell."""
    rows: dict[int, list[PrintedCell]] = {}
    grid = found.grid
    widths = _widths(grid)
    for (row, column), pieces in sorted(found.pieces.items()):
        text, open_end = _text(pieces, widths[row, column])
        rows.setdefault(row, []).append(PrintedCell(column, text, open_end))
    return PrintedTable(
        page,
        number,
        grid.xs,
        tuple(sorted((row + 1, tuple(cells)) for row, cells in rows.items())),
    )


def _widths(grid: _Grid) -> dict[tuple[int, int], float]:
    """How wide each cell is, in its own row."""
    widths: dict[tuple[int, int], float] = {}
    for (row, column), cell in grid.cells.items():
        if row == cell[0]:
            width = grid.xs[column + 1] - grid.xs[column]
            widths[cell] = widths.get(cell, 0.0) + width
    return widths


def _text(pieces: list[PrintedLine], width: float) -> tuple[str, bool]:
    """The text of a cell, and whether its last line is full and ends no sentence."""
    lines = _beside(sorted(pieces, key=lambda piece: (-piece.base, piece.left)))
    text = tidy(lines[0].text)
    for above, below in pairwise(lines):
        words = tidy(below.text)
        room = width - (above.right - above.left) - _PADDING
        full = room < first_word(below) + 0.5 * above.em
        if full and not (ended(above.text) and begins(words)):
            text += glue(text, words) + words
        else:
            text += "\n" + words
    last = lines[-1]
    room = width - (last.right - last.left) - _PADDING
    return text, room < 1.5 * last.em and not ended(last.text)


def _beside(pieces: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Pieces on the same base put together to lines."""
    rows: list[list[PrintedLine]] = []
    for piece in pieces:
        if rows and rows[-1][0].base - piece.base < _SAME_LINE:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [_one_line(sorted(row, key=lambda piece: piece.left)) for row in rows]


def _one_line(row: Sequence[PrintedLine]) -> PrintedLine:
    text = row[0].text
    for before, piece in pairwise(row):
        text += " " if piece.left - before.right > piece.em else ""
        text += piece.text
    return PrintedLine(text, row[0].left, row[-1].right, row[0].base)


def _middle(piece: PrintedLine) -> tuple[float, float]:
    return (piece.left + piece.right) / 2, piece.base + _LETTER


def _parted(
    line: PrintedLine, found: Sequence[_Found]
) -> Iterator[tuple[PrintedLine, _Found | None]]:
    """The pieces of a line in the cells that it runs through."""
    height = line.base + _LETTER
    near = [each for each in found if each.grid.ys[0] < height < each.grid.ys[-1]]
    if not near or len(line.places) != len(line.text):
        yield line, None
        return
    start = 0
    before: tuple[_Found | None, tuple[int, int] | None] | None = None
    for index, ((left, right), sign) in enumerate(
        zip(line.places, line.text, strict=True)
    ):
        if sign.isspace():
            continue
        now = _where((left + right) / 2, height, near)
        if before is not None and now != before:
            yield from _piece(line, start, index, before[0])
            start = index
        before = now
    if before is not None:
        yield from _piece(line, start, len(line.text), before[0])


def _where(
    x: float, y: float, found: Sequence[_Found]
) -> tuple[_Found | None, tuple[int, int] | None]:
    for each in found:
        cell = each.grid.cell(x, y)
        if cell is not None:
            return each, cell
    return None, None


def _piece(
    line: PrintedLine, start: int, end: int, table: _Found | None
) -> Iterator[tuple[PrintedLine, _Found | None]]:
    text = line.text[start:end]
    start += len(text) - len(text.lstrip())
    text = text.strip()
    places = line.places[start : start + len(text)]
    right = max(right for _, right in places)
    yield PrintedLine(text, places[0][0], right, line.base, tuple(places)), table


def _rules(paths: Iterable[Path]) -> tuple[list[_Rule], list[_Rule]]:
    """The rules that lie and those that stand, pieces of one put together."""
    across: list[_Rule] = []
    down: list[_Rule] = []
    for stroked, corners in paths:
        for (x, y), (to_x, to_y) in _edges(corners) if stroked else _bars(corners):
            wide, high = abs(to_x - x), abs(to_y - y)
            if wide >= _SHORTEST and high <= 1:
                across.append(_Rule((y + to_y) / 2, min(x, to_x), max(x, to_x)))
            elif high >= _SHORTEST and wide <= 1:
                down.append(_Rule((x + to_x) / 2, min(y, to_y), max(y, to_y)))
    if max(len(across), len(down)) > _MOST_RULES:
        return [], []
    return _joined(across), _joined(down)


_Edge = tuple[tuple[float, float], tuple[float, float]]


def _edges(corners: Sequence[tuple[float, float]]) -> Iterator[_Edge]:
    yield from pairwise(corners)


def _bars(corners: Sequence[tuple[float, float]]) -> Iterator[_Edge]:
    """A line that was drawn as a thin filled box."""
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    left, right, low, high = min(xs), max(xs), min(ys), max(ys)
    if high - low <= _THICKEST:
        yield (left, (low + high) / 2), (right, (low + high) / 2)
    elif right - left <= _THICKEST:
        yield ((left + right) / 2, low), ((left + right) / 2, high)


def _joined(rules: list[_Rule]) -> list[_Rule]:
    """Rules on the same height (or beside one another) as one where they touch."""
    rules = sorted(rules, key=lambda rule: rule.at)
    groups: list[list[_Rule]] = []
    for rule in rules:
        if groups and rule.at - groups[-1][0].at < _NEAR:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    joined: list[_Rule] = []
    for group in groups:
        at = sum(rule.at for rule in group) / len(group)
        group.sort(key=lambda rule: rule.start)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start > end + _NEAR:
                joined.append(_Rule(at, start, end))
                start, end = rule.start, rule.end
            end = max(end, rule.end)
        joined.append(_Rule(at, start, end))
    return joined


def _grids(across: list[_Rule], down: list[_Rule]) -> Iterator[_Grid]:
    """The grids that rules which touch make up, of two columns at least."""
    if len(across) * len(down) > _MOST:
        return
    group = _Groups(len(across) + len(down))
    for index, lying in enumerate(across):
        for other, standing in enumerate(down, len(across)):
            if (
                lying.start - _NEAR < standing.at < lying.end + _NEAR
                and standing.start - _NEAR < lying.at < standing.end + _NEAR
            ):
                group.join(index, other)
    members: dict[int, tuple[list[_Rule], list[_Rule]]] = {}
    for index, rule in enumerate((*across, *down)):
        lying_ones, standing_ones = members.setdefault(group.of(index), ([], []))
        (lying_ones if index < len(across) else standing_ones).append(rule)
    for lying_ones, standing_ones in members.values():
        if lying_ones and standing_ones:
            xs = _lines_at(standing_ones, lying_ones)
            ys = _lines_at(lying_ones, standing_ones)
            fields = (len(xs) - 1) * (len(ys) - 1)
            if len(xs) >= _LEAST_WALLS and fields >= _LEAST_FIELDS:
                yield _grid(xs, ys, lying_ones, standing_ones)


def _lines_at(rules: list[_Rule], crossing: list[_Rule]) -> tuple[float, ...]:
    """Where the rules are, and the ends of those that cross them: an open side."""
    places = sorted(
        [
            *(rule.at for rule in rules),
            min(rule.start for rule in crossing),
            max(rule.end for rule in crossing),
        ]
    )
    kept = places[:1]
    for place in places[1:]:
        if place - kept[-1] > 2 * _NEAR:
            kept.append(place)
    return tuple(kept)


def _grid(
    xs: tuple[float, ...], ys: tuple[float, ...], across: list[_Rule], down: list[_Rule]
) -> _Grid:
    """The fields between the rules, and the cells that they are parts of."""
    columns, rows = len(xs) - 1, len(ys) - 1
    group = _Groups(columns * rows)
    left_walls = set(_walls(xs, ys, down))
    upper_walls = set(_walls(ys, xs, across))
    for row in range(rows):
        for column in range(columns):
            field = row * columns + column
            if column and (column, rows - 1 - row) not in left_walls:
                group.join(field - 1, field)
            if row and (rows - row, column) not in upper_walls:
                group.join(field - columns, field)
    cells = {
        (row, column): divmod(group.of(row * columns + column), columns)
        for row in range(rows)
        for column in range(columns)
    }
    return _Grid(xs, ys, cells)


def _walls(
    places: tuple[float, ...], crossed: tuple[float, ...], rules: list[_Rule]
) -> Iterator[tuple[int, int]]:
    """Which place has a rule beside which field, both counted along their axes."""
    middles = [(low + high) / 2 for low, high in pairwise(crossed)]
    for rule in rules:
        place = bisect_left(places, rule.at - _NEAR)
        place = min(
            range(max(place - 1, 0), min(place + 2, len(places))),
            key=lambda index: abs(places[index] - rule.at),
        )
        first = bisect_left(middles, rule.start)
        for field in range(first, bisect_right(middles, rule.end)):
            yield place, field


class _Groups:
    """Numbers that belong together; each group is named by its least."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def of(self, number: int) -> int:
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.of(one), self.of(other)))
        self._parent[second] = first
