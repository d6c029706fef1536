"""Hostile input under every extension: one error for each file, in bounded time."""

from __future__ import annotations

import contextlib
import io
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.document import Document, DocumentError
from checklists.readers import office, read_document, read_documents, xmlparts
from tests.checklists.test_readers_mht import saved
from tests.checklists.test_readers_ofd import ofd_file, report, written
from tests.checklists.test_readers_ofd import page as ofd_page

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"
PAGES = Path(__file__).parents[1] / "data" / "pages"
SUFFIXES = (
    ".txt", ".md", ".html", ".htm", ".docx", ".xlsx", ".csv", ".pdf", ".doc", ".wps",
    ".rtf", ".odt", ".ods", ".xls", ".et", ".zip", ".ofd", ".mht", ".eml", ".exe", "",
)  # fmt: skip
seeded = random.Random


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice has tests of its own; here it would only cost time."""
    monkeypatch.setattr(office, "office_program", lambda: None)


def outcome(name: str, data: bytes) -> Document | DocumentError:
    """What became of it: anything but these two fails the test by itself."""
    results = list(read_documents(name, content=data))
    assert all(isinstance(result, Document | DocumentError) for result in results)
    for result in results:
        if isinstance(result, DocumentError):
            assert all(result.parts())
        else:
            check(result)
    with contextlib.suppress(DocumentError):
        return read_document(name, content=data)
    return DocumentError("several, or none that can be read")


def check(document: Document) -> None:
    """What holds for every document."""
    starts = [start for start, _ in document.marks]
    assert starts == sorted(starts)
    assert all(0 <= start < len(document.text) for start in starts)
    assert len(document.sha256) == 64
    document.text.encode()  # no half characters


def seeds() -> dict[str, bytes]:
    """One good document of each kind that is read here."""
    text = SAMPLE.read_bytes()
    word, book, stream = docx.Document(), openpyxl.Workbook(), io.BytesIO()
    for line in text.decode().splitlines():
        word.add_paragraph(line)
        book.worksheets[0].append([line, "市司法局"])
    word.add_table(2, 2).cell(0, 0).text = "问题"
    word.save(stream)
    sheet, archive = io.BytesIO(), io.BytesIO()
    book.save(sheet)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", text)
        file.writestr("b.docx", stream.getvalue())
    return {
        ".txt": text,
        ".html": (PAGES / "modern.html").read_bytes(),
        ".docx": stream.getvalue(),
        ".xlsx": sheet.getvalue(),
        ".csv": "序号,问题\n1,执法不规范\n".encode("gb18030"),
        ".zip": archive.getvalue(),
        ".ofd": ofd_file(*report(text.decode().splitlines())),
        ".mht": saved(("text/html", "8bit", (PAGES / "modern.html").read_bytes())),
    }


SEEDS = seeds()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_random_bytes_under_each_extension_are_an_error(suffix: str) -> None:
    source = seeded(suffix)
    for size in (1, 10, 1_000, 100_000):
        result = outcome(f"x{suffix}", source.randbytes(size))
        assert isinstance(result, DocumentError) or size == 1


@given(st.sampled_from(SUFFIXES), st.binary(max_size=200))
def test_any_bytes_under_any_extension_are_a_document_or_an_error(
    suffix: str, data: bytes
) -> None:
    if b"%PDF-" not in data:  # a process for each, see the test of PDFs
        outcome(f"x{suffix}", data)


@given(st.sampled_from(SUFFIXES), st.text(max_size=200))
def test_any_text_under_any_extension_is_a_document_or_an_error(
    suffix: str, text: str
) -> None:
    if "%PDF-" not in text:
        outcome(f"x{suffix}", text.encode("utf-8", "surrogatepass"))


@given(
    st.sampled_from([".html", ".csv"]),
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<table>", "<tr>", "<td rowspan=9>", "<td colspan=99999>", "</table>",
             "<li>", "<ol start=99999>", "<ul>", "<pre>", "<br>", "<a href=x>", "<!--", "<![CDATA[",
             "<html>", "<title>", "<h1>", "<div id=zoom>", "&nbsp;", "&#0;", "&x;", "<?xml?>",
             "问题，", "一、", "。", "\n", '"', ",", "\t", "\ufeff", "\0", "𠮷"]
        ),
        max_size=40,
    ),
)  # fmt: skip
def test_any_mix_of_marks_is_a_document_or_an_error(
    suffix: str, parts: list[str]
) -> None:
    outcome(f"x{suffix}", "".join(parts).encode())


def mutated(source: random.Random, data: bytes) -> bytes:
    """``data`` cut, overwritten, doubled or spliced in a few places."""
    changed = bytearray(data)
    for _ in range(source.randint(1, 8)):
        place = source.randrange(len(changed) + 1)
        length = source.choice([1, 1, 2, 4, 32, 500])
        action = source.randrange(4)
        if action == 0:
            changed[place : place + length] = source.randbytes(length)
        elif action == 1:
            del changed[place : place + length]
        elif action == 2:
            changed[place:place] = changed[place : place + length] * source.randint(
                1, 3
            )
        else:
            changed[place : place + 4] = source.choice(
                [
                    b"\0\0\0\0",
                    b"\xff\xff\xff\xff",
                    b"\xff\xff\xff\x7f",
                    b"<!DO",
                    b"]]>>",
                ]
            )
    return bytes(changed)


def mutated_inside(source: random.Random, data: bytes) -> bytes:
    """A package whose parts, not its zip, were changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, mutated(source, part) if source.random() < 0.3 else part)
    return stream.getvalue()


def hammer(suffix: str, rounds: int, seed: int) -> None:
    source = seeded(seed)
    packed = suffix in {".docx", ".xlsx", ".ofd"}
    for round_ in range(rounds):
        change = mutated_inside if packed and round_ % 2 else mutated
        data = change(source, SEEDS[suffix])
        outcome(f"x{source.choice(SUFFIXES) if round_ % 5 == 0 else suffix}", data)


@pytest.mark.parametrize("suffix", SEEDS)
def test_changed_documents_are_read_or_refused(suffix: str) -> None:
    hammer(suffix, 25, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("suffix", SEEDS)
def test_many_changed_documents_are_read_or_refused(suffix: str) -> None:
    hammer(suffix, 3_000, seed=2)


def small_pdf() -> bytes:
    content = b"BT /F1 12 Tf 72 700 Td (Findings of the year 2023, in a list.) Tj ET"
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        b"endobj\n4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R/Size 5>>\n%%%%EOF" % (len(content), content)
    )


def test_changed_pdfs_are_read_or_refused() -> None:
    pytest.importorskip("pypdfium2", reason="the pdf extra is not installed")
    assert "Findings" in read_document("x.pdf", content=small_pdf()).text
    source = seeded(3)
    for _ in range(20):
        outcome("x.pdf", mutated(source, small_pdf()))


@pytest.mark.long
def test_many_changed_pdfs_are_read_or_refused() -> None:
    pytest.importorskip("pypdfium2", reason="the pdf extra is not installed")
    source = seeded(4)
    for _ in range(500):
        outcome("x.pdf", mutated(source, small_pdf()))


def seconds_of(name: str, data: bytes) -> float:
    """Processor time, which a busy machine does not lengthen."""
    begun = time.process_time()
    outcome(name, data)
    return time.process_time() - begun


def many_pages(count: int) -> bytes:
    """A PDF that shows one page ``count`` times."""
    kids = b"3 0 R " * count
    return small_pdf().replace(b"[3 0 R]/Count 1", b"[%s]/Count %d" % (kids, count))


def test_a_pdf_of_very_many_pages_is_read_or_refused_in_bounded_time() -> None:
    pytest.importorskip("pypdfium2", reason="the pdf extra is not installed")
    assert seconds_of("x.pdf", many_pages(100_000)) < 60


LINES = 100_000


def hundred_thousand_marks(suffix: str) -> bytes:
    """The same mark on 100,000 lines, in one format."""
    if suffix == ".html":
        return b"<p>1.</p>" * LINES
    if suffix == ".csv":
        return "序号,问题\n".encode() + "1,（一）\n".encode() * LINES
    if suffix == ".docx":
        return repacked(
            SEEDS[".docx"],
            "word/document.xml",
            '<w:document xmlns:w="w"><w:body>'
            + "<w:p><w:r><w:t>（一）</w:t></w:r></w:p>" * LINES
            + "</w:body></w:document>",
        )
    if suffix == ".xlsx":
        return repacked(
            SEEDS[".xlsx"],
            "xl/worksheets/sheet1.xml",
            "<worksheet><sheetData>"
            + '<row><c t="inlineStr"><is><t>（一）</t></is></c></row>' * LINES
            + "</sheetData></worksheet>",
        )
    return "（一）\n".encode() * LINES


def repacked(data: bytes, part: str, markup: str) -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, markup if name == part else old.read(name))
    return stream.getvalue()


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".csv", ".docx", ".xlsx"])
def test_a_hundred_thousand_lines_of_one_mark_take_bounded_time(suffix: str) -> None:
    data = hundred_thousand_marks(suffix)
    start = time.process_time()
    result = outcome(f"x{suffix}", data)
    assert isinstance(result, Document)
    assert result.text.count("\n") >= LINES
    assert time.process_time() - start < 30  # twice read; 2 s on two slow cores


def test_a_long_word_document_is_read_paragraph_by_paragraph() -> None:
    paragraphs = "<p><r><t>（一）</t></r></p>" * 20_000
    body = f"<document><body>{paragraphs}</body></document>"
    data = repacked(SEEDS[".docx"], "word/document.xml", body)
    tracemalloc.start()
    read_document("x.docx", content=data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 13_000_000  # its whole tree takes half as much again


LAUGHS = '<!ENTITY e0 "laugh">' + "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)
)


BOMB = f"<!DOCTYPE w [{LAUGHS}]><w>&e9;</w>"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        (
            "x.docx",
            lambda: repacked(SEEDS[".docx"], "word/document.xml", BOMB),
        ),
        (
            "x.xlsx",
            lambda: repacked(SEEDS[".xlsx"], "xl/workbook.xml", BOMB),
        ),
        ("x.html", f"<!DOCTYPE html [{LAUGHS}]><p>&e9;</p>".encode),
        (
            "x.docx",
            lambda: repacked(SEEDS[".docx"], "word/document.xml", " " * 90_000_000),
        ),
        (
            "x.xlsx",
            lambda: repacked(SEEDS[".xlsx"], "xl/workbook.xml", "<" * 40_000_000),
        ),
        ("x.ofd", lambda: repacked(SEEDS[".ofd"], "OFD.xml", BOMB)),
        (
            "x.ofd",
            lambda: repacked(
                SEEDS[".ofd"], "Doc_0/Pages/Page_0/Content.xml", " " * 90_000_000
            ),
        ),
    ],
)
def test_bombs_cost_little_memory_and_time(
    name: str, make: Callable[[], bytes]
) -> None:
    data = make()
    tracemalloc.start()
    took = seconds_of(name, data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 20
    assert peak < 200_000_000


@settings(max_examples=30)
@given(
    st.sampled_from(
        [
            "<p>",
            "<table><tr><td>",
            "<ol><li>",
            "（一）",
            " ",
            "\n",
            "&nbsp;",
            "<a>",
            "，",
            "<!--",
            "%",
            '"',
        ]
    )
)
def test_time_grows_with_size_and_not_faster(repeated: str) -> None:
    def seconds(count: int) -> float:
        data = (repeated * count + "一、问题。").encode()
        best = 9.0
        for _ in range(3):
            best = min(best, seconds_of("x.html", data))
        return best

    small, large = seconds(2_000), seconds(16_000)
    assert large < 0.05 or large / small < 24  # eight times as much, thrice the slack


@pytest.mark.parametrize(
    "repeated",
    ["<ol>{}", "<table>{}", "<p {}>问题</p>"],
    ids=["items of a numbered list", "cells that reach far down", "attributes"],
)
def test_what_a_page_repeats_takes_linear_time(repeated: str) -> None:
    pytest.importorskip("lxml", reason="the html extra is not installed")
    parts = {
        "<ol>{}": "<li>x",
        "<table>{}": "<tr><td rowspan=65534 colspan=1000>x",
        "<p {}>问题</p>": " a{}=1",
    }

    def page(count: int) -> bytes:
        piece = parts[repeated]
        inside = "".join(piece.format(number) for number in range(count))
        return repeated.format(inside).encode()

    # Each took minutes when it was compared with all before it.
    assert seconds_of("x.html", page(20_000)) < 8


def test_numbers_of_a_list_go_on_around_a_list_inside() -> None:
    pytest.importorskip("lxml", reason="the html extra is not installed")
    page = "<ol start=3><li>甲<ol><li>子<li>丑</ol><li>乙</ol>"
    text = read_document("x.html", content=page.encode()).text
    assert text.split("\n") == ["3. 甲", "1. 子", "2. 丑", "4. 乙", ""]


def office_file(suffix: str, **parts: bytes) -> bytes:
    """A package of the given parts: the main one, and those that it names."""
    folder = {"docx": "word", "xlsx": "xl"}[suffix]
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = "".join(
        f'<Relationship Id="{kind}" Type="{kinds}/{kind}" Target="{kind}.xml"/>'
        for kind in parts
    )
    start = f'<Relationship Type="{kinds}/officeDocument" Target="{folder}/main.xml"/>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("_rels/.rels", f"<Relationships>{start}</Relationships>")
        file.writestr(
            f"{folder}/_rels/main.xml.rels", f"<Relationships>{names}</Relationships>"
        )
        for kind, data in parts.items():
            file.writestr(f"{folder}/{kind}.xml", data)
    return stream.getvalue()


BODY = b"<document><body><p><r><t>x</t></r></p></body></document>"


@pytest.mark.parametrize(
    "parts",
    [
        {"main": BODY, "numbering": b"<numbering>%s</numbering>" % (b"<a/>" * 4_000)},
        {"main": b"<document>%s</document>" % ((b"<a/>" * 900 + BODY[10:-11]) * 4)},
    ],
    ids=["children of a part", "between the blocks"],
)
def test_elements_that_are_kept_are_counted_wherever_they_stand(
    parts: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = office_file("docx", **parts)
    assert read_document("x.docx", content=data).text == "x\n" * (
        4 if len(parts) == 1 else 1
    )
    monkeypatch.setattr(xmlparts, "MAX_BLOCK_ELEMENTS", 1_000)
    refused = outcome("x.docx", data)
    assert isinstance(refused, DocumentError)
    assert "built in a way" in refused.what or "several" in refused.what
    with pytest.raises(DocumentError, match="built in a way"):
        read_document("x.docx", content=data)


@pytest.mark.parametrize(
    ("inside", "unit"),
    [
        (written("问", 20, 40), ""),
        (written("{}", 20, 40), "问"),
        (written("问题", 20, 40).replace('DeltaX="', 'DeltaX="{}'), "g 99999999 1 "),
        ("<ofd:PageBlock>{}</ofd:PageBlock>", "<ofd:PathObject/>"),
        ('<ofd:CompositeObject ResourceID="7" Boundary="0 0 9 9"/>', ""),
    ],
    ids=["objects", "signs", "steps", "blocks", "units"],
)
def test_what_a_page_of_an_ofd_repeats_takes_linear_time(
    inside: str, unit: str
) -> None:
    units = (
        f'<ofd:CompositeGraphicUnit ID="7"><ofd:Content>{written("问", 9, 9) * 9}'
        "</ofd:Content></ofd:CompositeGraphicUnit>"
    )

    def data(count: int) -> bytes:
        text = inside.replace("{}", unit * count) if unit else inside * count
        return ofd_file(ofd_page(text), units=units)

    small, large = (
        min(seconds_of("x.ofd", data(count)) for _ in range(2))
        for count in (1_000, 8_000)
    )
    assert large < 0.05 or large < 24 * small


def test_a_table_of_empty_cells_alone_is_refused_by_its_length() -> None:
    with pytest.raises(DocumentError, match="too long"):
        read_document("x.csv", content=b"," * 10_000_001)


def test_a_directory_of_very_many_members_is_not_even_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def opened(_file: object) -> None:
        raise AssertionError

    monkeypatch.setattr(zipfile, "ZipFile", opened)
    with pytest.raises(DocumentError, match="not unpacked"):
        read_document("x.zip", content=b"PK\x03\x04" + b"PK\x01\x02" * 40_001)
