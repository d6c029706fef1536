"""Web pages of government sites, down to the words of the document."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from checklists.document import DocumentError
from checklists.readers import Fetched, read_document
from checklists.readers.webpage import MAX_TAGS

pytest.importorskip("lxml", reason="the html extra is not installed")

PAGES = Path(__file__).parents[1] / "data" / "pages"

REPORT = """青川市2023年法治政府建设年度报告
2023年，青川市坚持以习近平法治思想为指导，认真落实省委、省政府决策部署，法治政府建设取得新进展。现将有关情况报告如下。
一、主要工作情况
（一）依法履行政府职能。动态调整权责清单1204项，取消证明事项36项，政务服务事项网上可办率达到98.7%。
（二）规范行政执法。开展执法案卷评查2次，评查案卷320份，办理行政复议案件87件。
二、存在的问题和不足
2023年，我市法治政府建设虽然取得一定成效，但仍存在一些不足：
（一）依法行政意识有待增强。
（二）执法力量不足，个别乡镇（街道）“两头忙”现象较为突出。
（三）行政复议应诉能力还需提升，负责人出庭率仅为86%。
三、2024年工作安排
（一）强化学习培训。组织领导干部旁听庭审不少于4次。
（二）充实执法力量。6月底前完成执法人员资格考试。
（三）提升复议应诉质效。负责人出庭率达到95%以上。
青川市人民政府
2024年1月29日
"""


def text_of(page: str, name: str = "page.html") -> str:
    return read_document(name, content=page.encode()).text


def test_a_modern_page_gives_title_day_and_text_and_nothing_of_the_site() -> None:
    title, _, rest = REPORT.partition("\n")
    document = read_document(PAGES / "modern.html")
    assert document.form == "html"
    assert document.text == f"{title}\n2024-01-29 16:20 来源：市司法局\n{rest}"
    assert document.place(0) == "title"


def test_a_page_of_tables_in_gb2312_gives_the_text() -> None:
    title, _, rest = REPORT.partition("\n")
    text = read_document(PAGES / "trs-gb2312.html").text
    assert text == f"{title}\n时间：2024-01-29\xa0\xa0来源：市司法局\n{rest}"


def test_a_page_of_line_breaks_that_names_a_wrong_encoding_gives_the_text() -> None:
    assert read_document(PAGES / "breaks.html").text == REPORT


def test_a_table_in_the_text_comes_row_by_row_with_the_place_of_each_cell() -> None:
    document = read_document(PAGES / "catalogue.html")
    assert document.text == (
        REPORT
        + "序号\t存在问题\t整改措施\t责任单位\t整改时限\n"
        + "1\t执法不规范\t开展培训\t市司法局\t2024年6月底\n"
        + "2\t复议纠错率偏高\t案件评查\t市政府办\t立行立改\n"
        + "3\t\t建立台账\t市司法局\t长期坚持\n"
    )
    assert document.place(document.text.index("案件评查")) == "table 1 cell C3"
    assert document.place(document.text.index("建立台账")) == "table 1 cell C4"


@pytest.mark.parametrize("name", ["modern", "trs-gb2312", "breaks", "catalogue"])
def test_each_mark_stands_where_a_line_or_cell_begins(name: str) -> None:
    document = read_document(PAGES / f"{name}.html")
    starts = [start for start, _ in document.marks]
    assert starts == sorted(set(starts))
    assert all(start == 0 or document.text[start - 1] in "\n\t" for start in starts)


def test_without_a_named_element_the_text_is_where_the_sentences_are() -> None:
    page = (PAGES / "modern.html").read_text(encoding="utf-8")
    renamed = page.replace("pages_content", "x1").replace("UCAP-CONTENT", "x2")
    assert all(line in text_of(renamed) for line in REPORT.splitlines())
    for foreign in ("首页", "ICP备", "分享到", "上一篇", "无障碍", "主办单位"):
        assert foreign not in text_of(renamed)


def test_a_named_element_with_little_of_the_page_is_not_the_document() -> None:
    tools = "本页提供放大和缩小功能，按加号放大，按减号缩小，" * 4
    report = "".join(f"<p>第{n}项问题，整改不到位，需要落实。</p>" for n in range(40))
    page = f"<div id=zoom>{tools}</div><div><div>{report}</div></div>"
    assert "第7项问题" in text_of(page)


def test_lists_of_links_inside_the_text_are_left_out() -> None:
    page = (
        "<div id=zoom><p>一、执法不规范的问题较为突出，需要整改。</p>"
        "<ul><li><a href=1>市政府召开常务会议</a></li><li><a href=2>部署安全生产</a></li></ul>"
        "<p>二、<a href=3>复议条例</a>落实得不到位，需要整改。</p></div>"
    )
    assert text_of(page).splitlines() == [
        "一、执法不规范的问题较为突出，需要整改。",
        "二、复议条例落实得不到位，需要整改。",
    ]


def test_paragraphs_in_divs_and_short_headings_are_all_kept() -> None:
    page = (PAGES / "modern.html").read_text(encoding="utf-8")
    in_divs = page.replace("<p style", "<div style").replace(
        "</span></p>", "</span></div>"
    )
    assert in_divs != page
    assert REPORT.partition("\n")[2] in text_of(in_divs)


def test_a_page_that_an_office_program_wrote_keeps_every_line() -> None:
    page = "<html><body><h2>二、问题</h2><pre>（一）<b>制度</b>\n不健全。</pre><p>完</p></body></html>"
    document = read_document("x.html", content=page.encode())
    assert document.text == "二、问题\n（一）制度\n不健全。\n完\n"
    assert document.place(0) == "paragraph 1, heading 2"


def test_line_ends_of_the_source_do_not_part_chinese_words() -> None:
    page = "<p>执法\n  人员<b>不\n足</b>，占 3\n%，see\nthis</p>"
    assert text_of(page) == "执法人员不足，占 3 %，see this\n"


def test_numbers_of_lists_become_visible_and_are_not_doubled() -> None:
    page = (
        "<p>问题如下，逐条列出。</p><ol start=3><li>制度不健全。<li>人员不足。</ol>"
        "<ol type=A><li>甲类。</ol><ul><li>台账不实。</ul>"
        "<ol><li>1.已有编号。<li>（二）也有编号。</ol>"
        "<ul style='list-style: none'><li>没有符号。</ul>"
    )
    assert text_of(page).splitlines() == [
        "问题如下，逐条列出。",
        "3. 制度不健全。",
        "4. 人员不足。",
        "A. 甲类。",
        "• 台账不实。",
        "1.已有编号。",
        "（二）也有编号。",
        "没有符号。",
    ]


def test_hidden_text_and_scripts_are_left_out() -> None:
    page = (
        "<p>看得见。<script>x='脚本'</script><span style='DISPLAY : none'>看不见</span>"
        "<span hidden>藏起</span></p>"
    )
    assert text_of(page) == "看得见。\n"


def test_cells_that_span_rows_and_columns_keep_the_others_in_their_column() -> None:
    page = (
        "<table><tr><td colspan=2>问题</td><td>单位</td></tr>"
        "<tr><td rowspan=2>一</td><td>执法</td><td>甲局</td></tr>"
        "<tr><td>复议</td><td>乙局</td></tr>"
        "<tr><td>二</td><td>应诉</td></tr></table>"
    )
    document = read_document("x.html", content=page.encode())
    assert document.text == ("问题\t\t单位\n一\t执法\t甲局\n\t复议\t乙局\n二\t应诉\n")
    assert document.place(document.text.index("乙局")) == "table 1 cell C3"


def test_a_table_that_lays_out_the_page_gives_paragraphs() -> None:
    lines = [f"（{n}）第{n}个方面的问题，需要整改。" for n in range(1, 40)]
    page = "<table><tr><td>导航</td><td>" + "<br>".join(lines) + "</td></tr></table>"
    assert [line for line in text_of(page).splitlines() if "方面" in line] == lines


def test_a_page_under_another_name_is_still_a_page() -> None:
    page = "<!DOCTYPE html><html><body><p>一、问题</p></body></html>"
    assert read_document("report.doc", content=page.encode()).form == "html"
    assert read_document("report.txt", content=page.encode("utf-16")).form == "html"


def test_a_text_named_html_without_a_tag_keeps_its_lines() -> None:
    text = "一、问题\n二、安排\n"
    document = read_document("report.html", content=text.encode())
    assert (document.form, document.text) == ("text", text)


def test_the_server_says_that_it_is_a_page_and_in_which_encoding() -> None:
    page = "<p>法規制度仍須健全，機關作風還要改進。</p>"

    def fetch(_address: str) -> Fetched:
        return Fetched(page.encode("big5"), "text/html; charset=Big5")

    document = read_document("https://example.org/a?b=1", fetch=fetch)
    assert document.text == "法規制度仍須健全，機關作風還要改進。\n"


def test_depth_without_end_is_read_or_refused_in_bounded_time() -> None:
    unclosed = "<p>一、问题。" + "<font>" * 1_500 + "二、安排。"
    assert text_of(unclosed) == "一、问题。二、安排。\n"
    with pytest.raises(DocumentError, match="nests without end"):
        text_of("<div>" * 50_000 + "一、问题。" + "</div>" * 50_000)
    with pytest.raises(DocumentError, match="tags"):
        read_document("x.html", content=b"<p>" * (MAX_TAGS + 1))


def test_a_page_without_any_text_is_empty() -> None:
    with pytest.raises(DocumentError, match="is empty"):
        read_document("x.html", content=b"<html><body><img src=a.png></body></html>")


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("密码", encoding="utf-8")
    page = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        "<html><body><p>问题：&x;。</p></body></html>"
    )
    assert "密码" not in text_of(page)


def test_without_the_library_the_error_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = importlib.util.find_spec

    def found(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "lxml" else find(name, package)

    monkeypatch.setattr("checklists.readers.webpage.find_spec", found)
    with pytest.raises(DocumentError) as caught:
        read_document("x.html", content=b"<p>a</p>")
    assert "pip install 'rectification-ledger[html]'" in caught.value.parts()[2]
