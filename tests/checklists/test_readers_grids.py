"""Tables that are printed: cells between ruled lines, over pages, in PDF and OFD."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from types import SimpleNamespace

import pytest

from checklists import derive
from checklists.document import Document
from checklists.readers import grids, ofd, pdf_pages
from checklists.readers.grids import with_tables
from checklists.readers.original import Original
from checklists.readers.paragraphs import PrintedLine, PrintedPage
from checklists.readers.printed import printed
from tests.checklists.test_readers_ofd import ofd_file, written
from tests.checklists.test_readers_ofd import page as ofd_page
from tests.checklists.test_readers_ofd import read as read_ofd
from tests.checklists.test_readers_pdf import HIGH, LEFT, WIDE, Printed, read, width

HEAD = ("序号", "存在问题", "整改措施", "责任单位", "整改时限")
XS = (80.0, 120.0, 250.0, 380.0, 450.0, 520.0)
Rows = Sequence[Sequence[str]]


def lines_of(text: str, room: float) -> list[str]:
    """The text as it is broken to fit a cell; ``/`` begins a paragraph."""
    lines: list[str] = []
    for part in text.split("/"):
        lines.append("")
        for sign in part:
            if width(lines[-1] + sign) > room - 10:
                lines.append("")
            lines[-1] += sign
    return lines


class Ledger(Printed):
    """A PDF with ruled tables; a cell ``^`` is one with the cell above it."""

    def table(self, rows: Rows, top: float, *, boxes: bool = False) -> float:
        """Draw the table, its rules as strokes or as thin boxes; where it ends."""
        y = top
        for row in rows:
            cells = list(zip(row, pairwise(XS), strict=True))
            high = 8 + 20 * max(len(lines_of(t, b - a)) for t, (a, b) in cells)
            for text, (left, right) in cells:
                if text != "^":
                    self._rule(left, y, right, y, boxes=boxes)
                    for index, line in enumerate(lines_of(text, right - left)):
                        self.write(line, left + 5, y - 20 * (index + 1))
            y -= high
        for x in XS:
            self._rule(x, top, x, y, boxes=boxes)
        self._rule(XS[0], y, XS[-1], y, boxes=boxes)
        return y

    def _rule(
        self, x: float, y: float, to_x: float, to_y: float, *, boxes: bool
    ) -> None:
        if boxes:
            wide, high = max(to_x - x, 0.6), max(y - to_y, 0.6)
            self.canvas.rect(x, to_y, wide, high, stroke=0, fill=1)
        else:
            self.canvas.line(x, y, to_x, to_y)


def problem(number: int) -> tuple[str, ...]:
    return (
        str(number),
        f"第{number}个乡镇污水管网建设滞后，雨污混流问题突出。",
        f"1.加快推进第{number}期工程。/2.排查修复破损管网，健全管护机制。",
        "县住建局",
        "2024年6月底",
    )


def row(number: int) -> str:
    cells = (cell.replace("/", " ") for cell in problem(number))
    return "\t".join(cells)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_table_on_a_turned_page_is_read_as_it_is_shown(turn: int) -> None:
    ledger = Ledger()
    ledger.canvas.setPageRotation(turn)
    right, up = {90: (WIDE, 0.0), 180: (WIDE, HIGH), 270: (0.0, HIGH)}[turn]
    ledger.canvas.translate(right, up)
    ledger.canvas.rotate(turn)
    ledger.table([HEAD, problem(1)], 560)
    assert read(ledger.data()).text.splitlines() == ["\t".join(HEAD), row(1)]


@pytest.mark.parametrize("boxes", [False, True])
def test_a_ruled_table_of_a_pdf_is_rows_of_cells(boxes: bool) -> None:
    ledger = Ledger()
    ledger.write("整改台账", LEFT, 780)
    end = ledger.table([HEAD, problem(1), problem(2)], 760, boxes=boxes)
    ledger.write("以上问题由县整改办督办。", LEFT, end - 30)
    document = read(ledger.data())
    assert document.text.splitlines() == [
        "整改台账",
        "\t".join(HEAD),
        row(1),
        row(2),
        "以上问题由县整改办督办。",
    ]
    places = [
        document.place(document.text.index(text)) for text in ("序号", "第2个", "以上")
    ]
    assert places == ["page 1, table 1 cell A1", "page 1, table 1 cell B3", "page 1"]
    found = derive(document)
    assert [entry.text for entry in found.problems] == [problem(1)[1], problem(2)[1]]
    assert [unit.name for unit in found.problems[0].units] == ["县住建局"]
    assert found.problems[0].due is not None


def test_a_table_goes_on_on_the_next_page_without_its_headings_again() -> None:
    ledger = Ledger()
    ledger.table([HEAD, problem(1), problem(2)], 780)
    ledger.canvas.showPage()
    ledger.table([HEAD, problem(3)], 780)
    ledger.canvas.showPage()
    ledger.table([problem(4)], 780)
    document = read(ledger.data())
    assert document.text.splitlines() == ["\t".join(HEAD), *map(row, (1, 2, 3, 4))]
    assert document.place(document.text.index("第3个")) == "page 2, table 1 cell B2"
    assert document.place(document.text.index("第4个")) == "page 3, table 1 cell B1"


def test_headings_of_two_rows_are_left_out_again_and_rows_that_are_alike_are_not() -> (
    None
):
    ledger = Ledger()
    upper = ("序号", "问题", "整改", "责任", "时限")
    lower = ("^", "^", "措施", "单位", "^")
    alike = ("同", "执法不规范", "加强培训", "县司法局", "年底")
    ledger.table([upper, lower, alike], 780)
    ledger.canvas.showPage()
    ledger.table([upper, lower, alike], 780)
    rows = read(ledger.data()).text.splitlines()
    assert rows == ["\t".join(upper), "\t\t措施\t单位", *["\t".join(alike)] * 2]


def test_a_row_that_breaks_at_the_end_of_a_page_is_one_row() -> None:
    ledger = Ledger()
    first = (
        "1",
        "第一个乡镇的污水管网建设工作",
        "1.加快推进。",
        "县住建局",
        "2024年6月底",
    )
    rest = ("", "滞后，雨污混流问题突出。", "2.健全机制。", "", "")
    ledger.table([HEAD, first], 780)
    ledger.canvas.showPage()
    ledger.table([HEAD, rest, problem(2)], 780)
    text = "1\t第一个乡镇的污水管网建设工作滞后，雨污混流问题突出。\t1.加快推进。 2.健全机制。\t县住建局\t2024年6月底"
    assert read(ledger.data()).text.splitlines() == ["\t".join(HEAD), text, row(2)]


def test_a_row_under_a_merged_cell_is_a_row_of_its_own_also_on_the_next_page() -> None:
    ledger = Ledger()
    again = ("^", "^", "3.追责问责。", "县纪委监委", "长期坚持")
    ledger.table([HEAD, problem(1), again], 780)
    ledger.canvas.showPage()
    ledger.table([("", "", "4.举一反三。", "县水务局", "长期坚持")], 780)
    assert read(ledger.data()).text.splitlines()[2:] == [
        "\t\t3.追责问责。\t县纪委监委\t长期坚持",
        "\t\t4.举一反三。\t县水务局\t长期坚持",
    ]


def page_of(*lines: tuple[str, float, float], number: int = 1) -> PrintedPage:
    """A page of lines, each given by its text and where it begins; signs are 10 wide."""
    return PrintedPage(
        number,
        595,
        842,
        tuple(
            PrintedLine(
                text,
                left,
                left + 10 * len(text),
                base,
                tuple((left + 10 * n, left + 10 * n + 10) for n in range(len(text))),
            )
            for text, left, base in lines
        ),
    )


def grid(xs: Sequence[float], ys: Sequence[float]) -> list[grids.Path]:
    return [
        *((True, [(x, ys[0]), (x, ys[-1])]) for x in xs),
        *((True, [(xs[0], y), (xs[-1], y)]) for y in ys),
    ]


def text_of(page: PrintedPage, paths: Sequence[grids.Path]) -> str:
    document: Document = printed(Original("x", b""), [with_tables(page, paths)], "pdf")
    return document.text


def test_one_printed_line_through_several_cells_is_parted_at_the_rules() -> None:
    page = page_of(("甲乙丙丁", 105, 505), ("戊己庚辛", 105, 455))
    assert (
        text_of(page, grid((100, 125, 200), (550, 500, 450)))
        == "甲乙\t丙丁\n戊己\t庚辛\n"
    )


def test_cells_that_no_rule_parts_are_one() -> None:
    paths: list[grids.Path] = [
        *((True, [(x, 600), (x, 450)]) for x in (100, 300)),
        (True, [(200, 550), (200, 450)]),  # the uppermost row is one cell
        *((True, [(100, y), (300, y)]) for y in (600, 550, 450)),
        (True, [(200, 500), (300, 500)]),  # the left cell is two rows high
    ]
    page = page_of(
        ("一、生态环境", 110, 570),
        ("问题", 110, 480),
        ("措施", 210, 520),
        ("时限", 210, 470),
    )
    assert text_of(page, paths) == "一、生态环境\n问题\t措施\n\t时限\n".replace(
        "\n\t时限", "\n时限"
    )


def test_open_sides_and_double_rules_make_the_same_table() -> None:
    page = page_of(
        ("问题", 110, 520), ("措施", 210, 520), ("甲", 110, 470), ("乙", 210, 470)
    )
    open_sides = [*grid((200,), (550, 450)), (True, [(100, 500), (300, 500)])]
    open_sides += [(True, [(100, y), (300, y)]) for y in (550, 450)]
    double = grid((100, 102, 200, 300), (550, 548, 500, 450))
    assert text_of(page, open_sides) == text_of(page, double) == "问题\t措施\n甲\t乙\n"


@pytest.mark.parametrize(
    "paths",
    [
        [],
        [(True, [(100, 500), (400, 500)])],  # the rule of a letterhead
        grid((100, 400), (600, 400)),  # a frame
        grid((100, 140, 400), (600, 400)),  # a page in two columns
        [(False, [(100, 600), (400, 600), (400, 400), (100, 400)])],  # a background
        [(True, [(100 + n, 600), (100, 500 - n)]) for n in range(200)],
        grid([9.0 * n for n in range(300)], [9.0 * n for n in range(300)]),
        grid((20, 30, 40), (100, 90, 80)),  # elsewhere on the page
    ],
)
def test_without_a_grid_around_them_lines_stay_lines(paths: list[grids.Path]) -> None:
    page = page_of(("一、存在的问题", 110, 570), ("二、下一步打算", 110, 470))
    found = with_tables(page, paths)
    assert [(line.text, line.base) for line in found.plain] == [
        (line.text, line.base) for line in page.plain
    ]
    assert len(found.lines) == len(page.lines)


def test_a_ruled_table_of_an_ofd_is_rows_of_cells() -> None:
    def rule(x: float, y: float, to_x: float, to_y: float) -> str:
        return (
            f'<ofd:PathObject Boundary="{x} {y} {to_x - x + 1} {to_y - y + 1}"'
            ' LineWidth="0.3"><ofd:AbbreviatedData>'
            f"M 0 0 L {to_x - x} {to_y - y}</ofd:AbbreviatedData></ofd:PathObject>"
        )

    def box(x: float, y: float, wide: float, high: float) -> str:
        return (
            f'<ofd:PathObject Boundary="{x} {y} {wide} {high}" Stroke="false" Fill="true">'
            f"<ofd:AbbreviatedData>S 0 0 L {wide} 0 L {wide} {high} L 0 {high} C"
            "</ofd:AbbreviatedData></ofd:PathObject>"
        )

    rules = [rule(x, 50, x, 90) for x in (20, 100, 180)]
    rules += [box(20, y, 160, 0.4) for y in (50, 70, 90)]
    words = [
        written("存在问题", 22, 60),
        written("整改措施", 102, 60),
        written("执法不规范", 22, 80),
        written("加强培训", 102, 80),
    ]
    document = read_ofd(ofd_file(ofd_page(*words, *rules)))
    assert document.text == "存在问题\t整改措施\n执法不规范\t加强培训\n"
    assert document.place(0) == "page 1, table 1 cell A1"


@pytest.mark.parametrize("kind", ["rows", "columns", "pieces", "signs"])
def test_a_larger_grid_takes_linear_time(kind: str) -> None:
    def seconds(count: int) -> float:
        xs: list[float] = [100, 200, 300]
        ys: list[float] = [600, 500, 400]
        lines = [("甲乙丙丁", 160.0, 590 - 170 * n / count) for n in range(count)]
        if kind == "rows":
            ys = [600 - 10 * n for n in range(count)]
        elif kind == "columns":
            xs = [100 + 10 * n for n in range(count)]
        elif kind == "signs":
            lines = [("甲" * count, 105, 550)]
        paths = grid(xs, ys) * (count // 20 if kind == "pieces" else 1)
        page = page_of(*lines)
        best = 9.0
        for _ in range(3):
            begun = time.process_time()
            text_of(page, paths)
            best = min(best, time.process_time() - begun)
        return best

    small, large = seconds(500), seconds(4_000)
    assert large < 0.1 or large < 24 * small


def test_beyond_so_many_corners_tables_are_read_line_by_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A drawing on every page must not cost what a table on one does."""
    ledger = Ledger()
    for _ in range(3):
        ledger.table([HEAD, problem(1)], 780)
        ledger.canvas.showPage()
    given = SimpleNamespace(buffer=io.BytesIO(ledger.data()))
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", given)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    with monkeypatch.context() as patch:
        patch.setattr(pdf_pages, "_MAX_TRACED", 20)
        pdf_pages.run()
    records = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [len(record["paths"]) > 9 for record in records[:-1]] == [True, False, False]
    placed = [any(line["places"] for line in page["lines"]) for page in records[:-1]]
    assert placed == [True, False, False]
    given.buffer.seek(0)
    out.seek(0)
    monkeypatch.setattr(pdf_pages, "_MAX_PAGE_PLACED", 9)
    pdf_pages.run()
    first = json.loads(out.getvalue().splitlines()[0])
    assert not any(line["places"] for line in first["lines"])

    page = ofd_page(
        *(
            f'<ofd:PathObject Boundary="0 0 1 1"><ofd:AbbreviatedData>M {shape}'
            "</ofd:AbbreviatedData></ofd:PathObject>"
            for shape in ("20 50 L 180 50", "20 70 L 180 70", "20 90 L 180 90")
        ),
        *(
            f'<ofd:PathObject Boundary="0 0 1 1"><ofd:AbbreviatedData>M {x} 50 L {x} 90'
            "</ofd:AbbreviatedData></ofd:PathObject>"
            for x in (100, 180)
        ),
        written("问题", 22, 62),
        written("措施", 102, 62),
    )
    monkeypatch.setattr(ofd, "MAX_TRACED", 15)
    assert read_ofd(ofd_file(page, page)).text == "问题\t措施\n问题 措施\n"
