"""Word documents: what a reader of the printed page sees, and nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from checklists.document import Document, DocumentError
from checklists.readers import read_document
from checklists.readers.numerals import chinese, written

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def read(document: Any) -> Document:
    return read_document("report.docx", content=saved(document))


NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)


def xml(markup: str) -> Any:
    """An element of raw WordprocessingML."""
    return parse_xml(f"<outer {NAMESPACES}>{markup}</outer>")[0]


def put(document: Any, *blocks: str) -> None:
    """Put blocks of raw WordprocessingML at the end of the body."""
    for block in blocks:
        document.element.body.insert_element_before(xml(block), "w:sectPr")


def numbered(document: Any, levels: str, nums: str) -> None:
    """Replace the document's lists by the given ones."""
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    numbering.append(
        xml(f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>')
    )
    wrapped = xml(f"<w:numbering>{nums}</w:numbering>")
    for child in list(wrapped):
        numbering.append(child)


def item(text: str, num: int = 1, level: int = 0) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/>'
        f"</w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
    )


def level(index: int, form: str, text: str, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


OFFICIAL = (
    level(0, "chineseCounting", "%1、")
    + level(1, "chineseCountingThousand", "（%2）")
    + level(2, "decimal", "%3.")
    + level(3, "decimalEnclosedCircle", "%4")
)
ONE = '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'


def test_the_sample_comes_back_line_by_line() -> None:
    lines = SAMPLE.read_bytes().decode().split("\n")
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    result = read(document)
    assert result.form == "docx"
    assert result.text.split() == "\n".join(lines).split()
    assert result.place(result.text.index("存在的")) is not None


def test_automatic_numbers_become_the_marks_that_are_shown() -> None:
    document = docx.Document()
    numbered(document, OFFICIAL, ONE)
    put(
        document,
        item("主要举措"),
        item("履行职能", level=1),
        item("精简事项。", level=2),
        item("压缩时间。", level=2),
        item("细目", level=3),
        item("依法决策", level=1),
        item("3次会审。", level=2),
        item("存在的问题"),
        item("意识不强", level=1),
    )
    assert read(document).text.splitlines() == [
        "一、主要举措",
        "（一）履行职能",
        "1. 精简事项。",
        "2. 压缩时间。",
        "① 细目",
        "（二）依法决策",
        "1. 3次会审。",
        "二、存在的问题",
        "（一）意识不强",
    ]


def test_lists_of_one_definition_count_on_and_an_override_begins_anew_once() -> None:
    document = docx.Document()
    two = '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    three = (
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    numbered(document, OFFICIAL, ONE + two + three)
    put(document, item("甲"), item("乙", 2), item("丙", 3), item("丁", 3), item("戊"))
    assert read(document).text.split() == [
        "一、甲",
        "二、乙",
        "一、丙",
        "二、丁",
        "三、戊",
    ]


def test_a_level_that_never_restarts_and_one_that_shows_its_parents() -> None:
    document = docx.Document()
    levels = (
        level(0, "chineseCounting", "第%1条")
        + level(1, "decimal", "%1.%2", more="<w:isLgl/>")
        + level(2, "decimal", "(%3)", more='<w:lvlRestart w:val="0"/>')
    )
    numbered(document, levels, ONE)
    put(document, *(item("x", level=depth) for depth in (0, 1, 2, 0, 1, 2, 1)))
    assert read(document).text.splitlines() == [
        "第一条 x", "1.1 x", "(1)x", "第二条 x", "2.1 x", "(2)x", "2.2 x",
    ]  # fmt: skip


def test_a_style_numbers_its_headings_and_zero_switches_numbering_off() -> None:
    document = docx.Document()
    numbered(
        document,
        level(0, "chineseCounting", "%1、", more='<w:pStyle w:val="Heading1"/>'),
        ONE,
    )
    style = document.styles["Heading 1"].element
    style.get_or_add_pPr().append(xml('<w:numPr><w:numId w:val="1"/></w:numPr>'))
    document.add_heading("工作情况", 1)
    document.add_heading("问题", 1)
    document.add_heading("附件", 1)
    off = xml('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>')
    document.paragraphs[-1]._p.get_or_add_pPr().append(off)
    result = read(document)
    assert result.text.splitlines() == ["一、工作情况", "二、问题", "附件"]
    assert result.place(0) == "paragraph 1, heading 1"


def test_an_empty_numbered_paragraph_counts_unless_it_was_deleted() -> None:
    document = docx.Document()
    numbered(document, OFFICIAL, ONE)
    deleted = item("").replace("<w:numPr>", "<w:rPr><w:del/></w:rPr><w:numPr>")
    put(document, item("甲"), item(""), deleted, item("乙"))
    assert read(document).text.split() == ["一、甲", "三、乙"]


def test_bullets_of_symbol_fonts_become_a_bullet() -> None:
    document = docx.Document()
    numbered(document, level(0, "bullet", "\uf0b7"), ONE)
    put(document, item("执法不规范"))
    assert read(document).text == "• 执法不规范\n"


def test_deleted_hidden_and_moved_text_is_out_and_inserted_text_is_in() -> None:
    document = docx.Document()
    put(
        document,
        "<w:p><w:r><w:t>问题</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>移走</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>可见</w:t></w:r></w:p>',
    )
    assert read(document).text == "问题新可见\n"


def test_a_deleted_paragraph_end_joins_the_two_paragraphs() -> None:
    document = docx.Document()
    put(
        document,
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>",
        "<w:p><w:r><w:t>后</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>末</w:t></w:r></w:p>",
    )
    assert read(document).text == "前后\n末\n"


def test_fields_show_their_result_and_tables_of_contents_are_out() -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、问题\t3", style="toc 1")
    put(
        document,
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
        "</w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>目录</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>",
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件中的文字</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:p><w:r><w:instrText>PAGEREF x</w:instrText></w:r><w:r><w:t>见第2页</w:t></w:r></w:p>",
    )
    assert read(document).text == "控件中的文字\n见第2页\n"


def test_text_boxes_come_once_after_their_paragraph() -> None:
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    put(
        document,
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><wps:txbx>{box}</wps:txbx></mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>",
    )
    assert read(document).text == "正文\n框内\n"


def test_breaks_tabs_and_phonetic_guides() -> None:
    document = docx.Document()
    run = document.add_paragraph("一、问题").add_run()
    run.add_break(WD_BREAK.LINE)
    run.add_text("执法\t不规范")
    put(
        document,
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>yá</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>崖</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>",
    )
    assert read(document).text == "一、问题\n执法\t不规范\n崖\n"


def test_headers_footers_and_footnotes_are_no_part_of_the_text() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚"
    put(
        document,
        '<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r></w:p>',
    )
    assert read(document).text == "正文\n"


def test_a_table_comes_row_by_row_with_the_place_of_each_cell() -> None:
    document = docx.Document()
    document.add_paragraph("三张清单")
    table = document.add_table(rows=3, cols=3)
    rows = [
        ("序号", "问题", "单位"),
        ("1", "台账不实。\n更新不及时。", "甲局"),
        ("2", "人员不足", ""),
    ]
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    result = read(document)
    assert result.text == (
        "三张清单\n序号\t问题\t单位\n1\t台账不实。 更新不及时。\t甲局\n2\t人员不足\n"
    )
    assert result.place(result.text.index("甲局")) == "table 1 cell C2"
    assert result.place(result.text.index("人员")) == "table 1 cell B3"


def test_merged_cells_keep_the_others_in_their_column() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    result = read(document)
    assert result.text == "00\t01 02\n10 20\t11\t12\n\t21\t22\n"
    assert result.place(result.text.index("21")) == "table 1 cell B3"


def test_deleted_rows_and_the_inside_of_merged_cells_are_out() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    begin = '<w:vMerge w:val="restart"/>'
    document = docx.Document()
    put(
        document,
        "<w:tbl>"
        f"<w:tr>{cell('甲', begin)}{cell('一')}</w:tr>"
        f"<w:tr>{cell('遗留', '<w:vMerge/>')}{cell('二')}{cell('三')}</w:tr>"
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('删')}{cell('除')}</w:tr>"
        "</w:tbl>",
    )
    assert read(document).text == "甲\t一\n\t二\t三\n"


def test_a_frame_around_everything_gives_its_paragraphs_and_its_table() -> None:
    document = docx.Document()
    frame = document.add_table(rows=1, cols=1).cell(0, 0)
    frame.text = "一、问题"
    inner = frame.add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "执法", "甲局"
    frame.add_paragraph("二、安排")
    assert read(document).text == "一、问题\n执法\t甲局\n二、安排\n"


def rezipped(data: bytes, part: str, change: bytes | None, **extra: bytes) -> bytes:
    """The package with one part replaced (``None``: left out)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = change if name == part else old.read(name)
            if content is not None:
                new.writestr(name, content)
        for name, content in extra.items():
            new.writestr(name, content)
    return stream.getvalue()


def plain_docx() -> bytes:
    document = docx.Document()
    document.add_paragraph("一、问题")
    return saved(document)


def test_strict_namespaces_are_read_too() -> None:
    data = plain_docx()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = package.read("word/document.xml")
    strict = body.replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert strict != body
    changed = rezipped(data, "word/document.xml", strict)
    assert read_document("r.docx", content=changed).text == "一、问题\n"


@pytest.mark.parametrize(
    "markup",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode(
            "utf-16"
        ),
        b"<w>" * 5_000,
        b"<w>" + b"<x/>" * 20_000 + b"</w>",
    ],
)
def test_declared_entities_and_endless_nesting_are_refused(
    markup: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checklists.readers.xmlparts.MAX_BLOCK_ELEMENTS", 10_000)
    data = rezipped(plain_docx(), "word/document.xml", markup)
    with pytest.raises(DocumentError, match="as attacks do"):
        read_document("r.docx", content=data)


@pytest.mark.parametrize("part", ["word/document.xml", "_rels/.rels"])
@pytest.mark.parametrize("content", [b"", b"no xml", b"<a><b></a>", None])
def test_a_package_with_a_broken_part_is_damaged(
    part: str, content: bytes | None
) -> None:
    with pytest.raises(DocumentError, match=r"is damaged|is empty"):
        read_document("r.docx", content=rezipped(plain_docx(), part, content))


def test_a_truncated_package_is_damaged() -> None:
    data = plain_docx()
    for length in range(4, len(data), max(1, len(data) // 50)):
        with pytest.raises(DocumentError):
            read_document("r.docx", content=data[:length])


def test_lists_and_styles_that_refer_in_circles_end() -> None:
    document = docx.Document()
    numbered(document, level(0, "decimal", "%1%2%9.", start=3), ONE)
    for one, other in (("Heading1", "Heading2"), ("Heading2", "Heading1")):
        style = next(s for s in document.styles if s.style_id == one)
        style.element.basedOn_val = other
        assert style.element.find(qn("w:basedOn")).get(qn("w:val")) == other
    document.add_heading("问题", 1)
    put(document, item("甲"))
    assert read(document).text.splitlines() == ["问题", "311. 甲"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 100: "一百", 105: "一百零五", 110: "一百一十", 2024: "二千零二十四"}),
        ("japaneseDigitalTenThousand", {10: "一〇", 24: "二四"}),
        ("ideographTraditional", {1: "甲", 10: "癸"}),
        ("ideographZodiac", {12: "亥"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 12: "壹拾贰"}),
        ("decimalEnclosedCircleChinese", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedParen", {2: "⑵"}),
        ("ideographEnclosedCircle", {3: "㊂"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalZero", {7: "07"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa"}),
        ("upperRoman", {4: "IV", 1999: "MCMXCIX"}),
        ("none", {5: ""}),
        ("somethingNew", {5: "5"}),
    ],
)  # fmt: skip
def test_numbers_are_written_as_word_shows_them(
    form: str, expected: dict[int, str]
) -> None:
    assert {number: written(number, form) for number in expected} == expected


@given(st.integers(1, 9999))
def test_chinese_numbers_mean_what_they_say(number: int) -> None:
    values = {"十": 10, "百": 100, "千": 1000}
    total, figure = 0, 0
    for sign in chinese(number):
        if sign in values:
            total, figure = total + (figure or 1) * values[sign], 0
        else:
            figure = "零一二三四五六七八九".index(sign)
    assert total + figure == number


@given(
    st.integers(-10, 10**12),
    st.sampled_from(
        [
            "chineseCounting",
            "lowerLetter",
            "lowerRoman",
            "decimalEnclosedCircle",
            "chineseLegalSimplified",
        ]
    ),
)
def test_any_number_is_written_and_stays_short(number: int, form: str) -> None:
    assert len(written(number, form)) <= 400
