"""Workbooks and csv files: ledgers and problem lists, row by row."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from checklists.document import Document, DocumentError
from checklists.readers import read_document
from checklists.readers.formats import DAYS_TO_1904, shown
from checklists.readers.lines import column_name

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"


def read(book: openpyxl.Workbook) -> Document:
    stream = io.BytesIO()
    book.save(stream)
    return read_document("清单.xlsx", content=stream.getvalue())


def book_of(rows: list[list[object]], title: str = "问题清单") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


LEDGER: list[list[object]] = [
    ["四平市整改问题清单"],
    ["序号", "存在问题", "责任单位", "整改时限"],
    [1, "执法不严格\n不规范", "市司法局", date(2024, 6, 30)],
    [2, "政务服务能力递减", None, "长期坚持"],
]


def test_each_row_is_a_line_and_each_cell_has_its_place_and_heading() -> None:
    result = read(book_of(LEDGER))
    assert result.form == "xlsx"
    assert result.text == (
        "四平市整改问题清单\n序号\t存在问题\t责任单位\t整改时限\n"
        "1\t执法不严格 不规范\t市司法局\t2024-06-30\n2\t政务服务能力递减\t\t长期坚持\n"
    )
    places = {
        "四平": "sheet 问题清单 cell A1",
        "存在": "sheet 问题清单 cell B2",
        "市司法局": "sheet 问题清单 cell C3 (责任单位)",
        "长期": "sheet 问题清单 cell D4 (整改时限)",
    }
    assert {text: result.place(result.text.index(text)) for text in places} == places


def test_a_table_without_headings_gets_none() -> None:
    result = read(
        book_of(
            [["一、执法不规范，须整改。", "市司法局"], ["二、人员不足。", "市编办"]]
        )
    )
    assert result.place(result.text.index("市编办")) == "sheet 问题清单 cell B2"


def test_sheets_come_in_their_order_and_hidden_ones_not_at_all() -> None:
    book = book_of([["甲表", "问题"]], "甲")
    hidden = book.create_sheet("字典")
    hidden["A1"] = "选项"
    hidden.sheet_state = "veryHidden"
    book.create_sheet("乙")["C5"] = "乙表"
    result = read(book)
    assert result.text == "甲表\t问题\n乙表\n"
    assert result.place(result.text.index("乙")) == "sheet 乙 cell C5"


def test_dates_say_no_more_than_their_format_shows() -> None:
    book = book_of([[date(2024, 6, 1)] * 5, [datetime(2024, 6, 1, 9, 5, tzinfo=None)]])  # noqa: DTZ001 (a sheet's times have no zone)
    sheet = book.worksheets[0]
    for cell, code in zip(
        sheet[1],
        [
            'yyyy"年"m"月"',
            'yyyy"年"m"月"d"日";@',
            "[$-804]m月d日",
            "yyyy\\.mm",
            "General",
        ],
        strict=True,
    ):
        cell.number_format = code
    sheet["A2"].number_format = "yyyy-mm-dd h:mm:ss"
    assert read(book).text == (
        "2024年6月\t2024年6月1日\t6月1日\t2024.06\t45444\n2024-06-01 9:05:00\n"
    )


def test_percentages_numbers_and_truth_values_are_as_shown() -> None:
    book = book_of([[0.95, 0.9545, 12.0, 0.1 + 0.2, True, "=1/0"]])
    sheet = book.worksheets[0]
    sheet["A1"].number_format = "0%"
    sheet["B1"].number_format = "0.00%"
    assert read(book).text == "95%\t95.45%\t12\t0.3\tTRUE\n"


def test_a_workbook_that_counts_from_1904_gives_the_same_day() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0]["A1"] = date(2024, 6, 30)
    assert read(book).text == "2024-06-30\n"


def test_rich_text_is_joined() -> None:
    book = openpyxl.Workbook()
    bold = TextBlock(InlineFont(b=True), "执法")
    book.worksheets[0]["A1"] = CellRichText("问题：", bold, "不规范")
    assert read(book).text == "问题：执法不规范\n"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("45473", "yyyy/m/d", "2024/6/30"),
        ("45473.5", "m/d/yy h:mm", "6/30/24 12:00"),
        ("0.5", "mm:ss", "00:00"),
        ("-1", "yyyy/m/d", "-1"),
        ("1e308", "yyyy/m/d", "1e+308"),
        ("nan", "yyyy/m/d", "nan"),
        ("inf", "General", "inf"),
        ("3.0", '0"月"', "3"),
        ("3", '"d"0', "3"),
        ("没有数", "0%", "没有数"),
        ("0.125", "0.0%", "12.5%"),
    ],
)
def test_a_number_under_a_format(value: str, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_the_first_day_of_1904_is_shifted() -> None:
    assert shown("0", "yyyy-mm-dd", shift=DAYS_TO_1904) == "1904-01-01"


@pytest.mark.parametrize(
    ("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16383, "XFD")]
)
def test_columns_are_named_as_in_a_sheet(column: int, name: str) -> None:
    assert column_name(column) == name


def sheet_xml(rows: str, text: str = "<t>x</t>") -> bytes:
    """A workbook of raw SpreadsheetML: the rows, and ``text`` as its string 0."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{office}/officeDocument" Target="/xl/book.xml"/></Relationships>',
        "xl/_rels/book.xml.rels": f'<Relationships><Relationship Id="b" Type="{office}/worksheet" Target="one.xml"/>'
        f'<Relationship Id="c" Type="{office}/sharedStrings" Target="../xl/strings.xml"/></Relationships>',
        "xl/book.xml": f'<workbook xmlns:r="{office}"><sheets><sheet name="问题清单" r:id="b"/></sheets></workbook>',
        "xl/one.xml": f'<worksheet><dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData></worksheet>',
        "xl/strings.xml": f"<sst><si>{text}</si></sst>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


def test_a_sheet_that_claims_to_be_huge_costs_what_it_holds() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="XFD{0}"><v>2</v></c></row>'
    rows = "".join(row.format(number) for number in range(1, 3001))
    result = read_document("x.xlsx", content=sheet_xml(rows))
    assert result.text.count("\n") == 3000
    assert result.place(result.text.rindex("2")) == "sheet 问题清单 cell XFD3000"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>99999</v></c>',
        '<c r="A1" t="s"><v>-1</v></c>',
        '<c r="ZZZZ1"><v>1</v></c>',
        '<c r="ZZZ1"><v>1</v></c>',
        '<c t="inlineStr"/>',
        '<c r="A1" s="99999999999"><v>x</v></c>',
        "<c/>",
    ],
)
def test_cells_that_point_nowhere_do_no_harm(cell: str) -> None:
    rows = f'<row r="x">{cell}<c r="B1"><v>7</v></c></row>'
    result = read_document("x.xlsx", content=sheet_xml(rows))
    assert "7" in result.text.split()


def test_a_shared_text_is_joined_from_its_runs_without_its_phonetic_guide() -> None:
    text = "<r><t>执法</t></r><r><rPr/><t>不规范</t></r><rPh><t>zhí fǎ</t></rPh>"
    rows = '<row><c t="s"><v>0</v></c><c t="str"><v>市司法局</v></c></row>'
    document = read_document("x.xlsx", content=sheet_xml(rows, text=text))
    assert document.text == "执法不规范\t市司法局\n"


def test_one_text_in_very_many_cells_ends_at_the_limit() -> None:
    rows = '<row><c t="s"><v>0</v></c></row>' * 20_000
    data = sheet_xml(rows, text=f"<t>{'问题' * 3000}</t>")
    tracemalloc.start()
    with pytest.raises(DocumentError, match="too long"):
        read_document("x.xlsx", content=data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000  # and not 20,000 times 12,000 bytes


def test_csv_is_read_like_a_sheet() -> None:
    text = '序号,问题,单位\r\n1,"执法不严格,\r\n不规范",市司法局\r\n2,,市政数局\r\n'
    for data in (text.encode("gb18030"), text.encode("utf-8-sig")):
        result = read_document("清单.csv", content=data)
        assert (result.form, result.text) == (
            "csv",
            "序号\t问题\t单位\n1\t执法不严格, 不规范\t市司法局\n2\t\t市政数局\n",
        )
        assert result.place(result.text.index("市政")) == "cell C3 (单位)"


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_the_sign_that_parts_the_cells_is_found(sign: str) -> None:
    text = f"序号{sign}问题\n1{sign}执法；不规范\n"
    assert (
        read_document("x.csv", content=text.encode()).text
        == "序号\t问题\n1\t执法；不规范\n"
    )


def test_a_quotation_mark_that_is_never_closed_is_named() -> None:
    text = '序号,问题\n1,"没有关上\n' + "很长的文字" * 40_000
    with pytest.raises(DocumentError, match="quotation mark"):
        read_document("x.csv", content=text.encode())


def test_the_sample_comes_back_from_a_column() -> None:
    lines = SAMPLE.read_bytes().decode().splitlines()
    result = read(book_of([[line] for line in lines]))
    assert result.text.splitlines() == [line for line in lines if line]
