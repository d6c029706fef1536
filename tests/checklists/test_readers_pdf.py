"""PDFs: the text layer, its paragraphs whole, and everything that is none."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from checklists import derive
from checklists.document import Document, DocumentError
from checklists.readers import pdf, pdf_pages, read_document
from checklists.readers.paragraphs import PrintedLine, PrintedPage, paragraphs

pytest.importorskip("pypdfium2", reason="the pdf extra is not installed")

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"
FONT = "STSong-Light"
SIZE = 16
LEFT, WIDE, HIGH = 80.0, 595.0, 842.0
IN_A_LINE = 27
STOPS = "，。、；：！？）”》,"


def squeezed(text: str) -> str:
    return "".join(text.split())


def broken(text: str, indent: int) -> list[str]:
    """A paragraph in lines as a word processor breaks it.

    No stop begins a line, no opening bracket ends one, no number is cut.
    """
    lines: list[str] = []
    rest = "　" * indent + text
    while width(rest) > IN_A_LINE * SIZE:
        end = len(rest)
        while width(rest[:end]) > IN_A_LINE * SIZE:
            end -= 1
        while (
            rest[end] in STOPS
            or rest[end - 1] in "“（《"
            or (rest[end - 1].isascii() and rest[end].isascii())
        ):
            end -= 1
        lines.append(rest[:end])
        rest = rest[end:]
    return [*lines, rest]


def width(text: str) -> float:
    return float(pdfmetrics.stringWidth(text, FONT, SIZE))


pdfmetrics.registerFont(UnicodeCIDFont(FONT))


class Printed:
    """A PDF of Chinese paragraphs, in a font that is not embedded."""

    def __init__(self, *, head: str = "", foot: str = "", **options: Any) -> None:
        self._stream = io.BytesIO()
        self.canvas = Canvas(self._stream, pagesize=(WIDE, HIGH), **options)
        self._head, self._foot, self._page, self._lines = head, foot, 0, 0

    def paragraph(self, text: str, indent: int = 2) -> None:
        for line in broken(text, indent):
            if self._lines % 22 == 0:
                self._new_page()
            stripped = line.lstrip("　")
            shift = (len(line) - len(stripped)) * SIZE
            self.write(stripped, LEFT + shift, HIGH - 110 - (self._lines % 22) * 28)
            self._lines += 1

    def write(self, text: str, x: float, y: float) -> None:
        self.canvas.setFont(FONT, SIZE)
        self.canvas.drawString(x, y, text)

    def _new_page(self) -> None:
        if self._page:
            self.canvas.showPage()
        self._page += 1
        if self._head:
            self.write(self._head, LEFT, HIGH - 50)
        if self._foot:
            self.write(self._foot.format(self._page), WIDE / 2, 40)

    def data(self) -> bytes:
        self.canvas.save()
        return self._stream.getvalue()


def read(data: bytes) -> Document:
    return read_document("报告.pdf", content=data)


def sample_lines() -> list[str]:
    return [line for line in SAMPLE.read_bytes().decode().splitlines() if line.strip()]


@pytest.mark.parametrize(
    "foot", ["— {0} —", "- {0} -", "第{0}页 共9页", "{0}", "{0} / 9"]
)
def test_the_sample_comes_back_whole_without_heads_feet_and_numbers(foot: str) -> None:
    printed = Printed(head="四平市人民政府文件", foot=foot)
    for line in sample_lines():
        printed.paragraph(line)
    result = read(printed.data())
    assert result.form == "pdf"
    found = [squeezed(line) for line in result.text.splitlines()]
    assert found == [squeezed(line) for line in sample_lines()]


def test_the_number_of_an_only_page_is_left_out() -> None:
    printed = Printed(foot="— {0} —")
    printed.paragraph("一、存在的问题")
    assert read(printed.data()).text == "一、存在的问题\n"


def test_paragraphs_without_indentation_come_back_whole_too() -> None:
    printed = Printed(foot="{0}")
    for line in sample_lines():
        printed.paragraph(line, indent=0)
    found = [squeezed(line) for line in read(printed.data()).text.splitlines()]
    assert found == [squeezed(line) for line in sample_lines()]


def test_each_piece_knows_its_page() -> None:
    printed = Printed()
    for number in range(60):
        printed.paragraph(f"第{number}项问题，" + "需要整改落实到位" * 6 + "。")
    result = read(printed.data())
    assert result.place(0) == "page 1"
    pages = [place for _, place in result.marks]
    assert pages == [f"page {number + 1}" for number in range(len(pages))]
    assert len(pages) == 9
    assert result.place(len(result.text) - 2) == "page 9"


def test_a_line_of_the_text_that_looks_like_a_head_but_stands_in_it_is_kept() -> None:
    printed = Printed()
    for _ in range(70):
        printed.paragraph("2024")
    assert read(printed.data()).text.split().count("2024") == 70


def line(text: str, base: float, left: float = 80.0) -> PrintedLine:
    return PrintedLine(text, left, left + 16 * len(text), base)


def joined(*lines: PrintedLine) -> list[str]:
    page = PrintedPage(1, WIDE, HIGH, lines)
    return [
        "".join(text for text, _ in pieces)
        for pieces in paragraphs([page])
        if isinstance(pieces, list)
    ]


FULL = "这一行写满了二十七个字所以下一行还是同一个自然段的内容"


def test_a_wider_gap_an_indent_and_a_short_line_begin_paragraphs() -> None:
    assert len(FULL) == 27
    rows = [
        (FULL, 80),
        (FULL, 80),
        (FULL, 80),
        (FULL, 112),
        (FULL, 80),
        ("短行", 80),
        ("后段", 80),
    ]
    lines = [line(text, 700 - 24 * n, left) for n, (text, left) in enumerate(rows)]
    lines[3] = PrintedLine(FULL[:25], 112, 512, lines[3].base)
    assert joined(*lines) == [FULL * 3, FULL[:25] + FULL + "短行", "后段"]
    box = [line(FULL, 600), line(FULL, 576), line(FULL, 552), line(FULL, 700)]
    assert joined(*box) == [FULL * 3, FULL]
    apart = [line(FULL, 700), line(FULL, 676), line(FULL, 652), line(FULL, 600)]
    assert joined(*apart) == [FULL * 3, FULL]


def test_a_number_opens_a_paragraph_only_after_a_full_stop() -> None:
    done = FULL[:26] + "。"
    start = [line(FULL, 700), line(FULL, 676)]

    def after(last: str, following: str) -> list[str]:
        return joined(*start, line(last, 652), line(following, 628))[1:]

    assert after(done, "2.开展培训。") == ["2.开展培训。"]
    assert after(done, "（二）开展培训。") == ["（二）开展培训。"]
    assert after(done, "3.3次培训。") == []
    assert after(FULL, "2.开展培训。") == []
    assert after(done, "二是开展培训。") == []


def test_the_lines_of_a_title_are_one() -> None:
    def big(text: str, base: float) -> PrintedLine:
        middle = 297.0
        half = 22 * len(text) / 2
        return PrintedLine(text, middle - half, middle + half, base)

    lines = [line(FULL, 600 - 24 * n) for n in range(4)]
    title = ["四平市人民政府", "二〇二三年法治政府建设报告"]
    shown = [big(text, 760 - 34 * n) for n, text in enumerate(title)]
    assert joined(*shown, *lines) == ["".join(title), FULL * 4]


def test_a_space_is_kept_where_one_was_typed_and_none_made_up() -> None:
    printed = Printed()
    printed.write("比例为", LEFT, 700)
    printed.write("26", LEFT + 3 * SIZE + 4, 700)
    printed.write("分之一，共 12 项", LEFT + 4 * SIZE + 8, 700)
    assert read(printed.data()).text == "比例为26分之一，共 12 项\n"


def test_a_letter_alone_is_read_in_a_font_that_the_pdf_does_not_carry() -> None:
    printed = Printed()
    for row, sign in enumerate("1W一、"):
        printed.write(sign, LEFT, 600 - 40 * row)
    assert squeezed(read(printed.data()).text) == "1W一、"


@pytest.mark.parametrize(
    ("limit", "word"), [("MAX_CHARACTERS", "long"), ("MAX_PAGES", "pages")]
)
def test_the_program_stops_at_its_limits(
    limit: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = Printed()
    for _ in range(30):
        printed.paragraph("一、存在的问题")
    out = io.BytesIO()
    monkeypatch.setattr(pdf_pages, limit, 1)
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(printed.data()))
    )
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    pdf_pages.run()
    assert json.loads(out.getvalue().splitlines()[-1]) == {"failed": word}
    monkeypatch.setattr(pdf, "_records", lambda _original: iter([{"failed": word}]))
    assert "is too long" in failure(b"%PDF-1.4").what


def test_a_hyphen_at_the_end_of_a_line_stays_and_so_does_the_line() -> None:
    printed = Printed()
    printed.write("经孔李淮河大桥-", LEFT, 700)
    printed.write("S312公路，共三处", LEFT, 672)
    text = read(printed.data()).text
    assert text == "经孔李淮河大桥-\nS312公路，共三处\n"


def test_hyphens_late_signs_and_turned_pages_come_out_as_they_are_read() -> None:
    canvas = Canvas(stream := io.BytesIO(), pagesize=(WIDE, HIGH), pageCompression=0)
    canvas.setFont(FONT, SIZE)
    canvas.drawString(80, 700, "比例为26 40 33，路线经G206-")
    late = 80 + width("比例为26")
    canvas.drawString(late, 700, "∶")
    canvas.drawString(80, 672, "S312公路，共三处问题")
    canvas.showPage()
    canvas.setPageRotation(90)
    canvas.translate(WIDE, 0)
    canvas.rotate(90)
    canvas.setFont(FONT, SIZE)
    for row in range(4):
        canvas.drawString(80, 500 - 24 * row, FULL + FULL)
    canvas.save()
    text = read(stream.getvalue()).text
    assert "26∶4033" in squeezed(text)
    assert "G206-S312公路" in text.replace("\n", "")
    assert FULL * 8 in text


def test_radicals_that_stand_for_characters_are_mended() -> None:
    assert joined(line("⼀、存在⼈员不⾜的问题", 700)) == ["一、存在人员不足的问题"]


def test_latin_words_are_parted_and_numbers_are_not() -> None:
    def full(text: str, base: float) -> PrintedLine:
        return PrintedLine(text, 80, 512, base)

    rows = ["the ledger is", "open and 20", "24 entries"]
    lines = [full(text, 700 - 24 * n) for n, text in enumerate(rows)]
    assert joined(*lines, full("x", 628)) == [
        "the ledger is open and 2024 entriesx"
    ] or (joined(*lines, full("x", 628)) == ["the ledger is open and 2024 entries x"])


def test_a_scan_with_a_line_of_its_program_on_each_page_is_a_scan() -> None:
    printed = Printed()
    for _ in range(4):
        printed.write("扫描全能王 创建", 400, 30)
        printed.canvas.showPage()
    assert "ocrmypdf" in failure(printed.data()).parts()[2]


def test_a_scan_without_text_suggests_ocr() -> None:
    printed = Printed()
    printed.canvas.rect(100, 100, 300, 300, fill=1)
    error = failure(printed.data())
    assert "ocrmypdf" in error.parts()[2]
    assert "1 in all" in error.parts()[1]


def failure(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert all(caught.value.parts())
    return caught.value


def picture() -> ImageReader:
    return ImageReader(Image.new("L", (60, 85), 200))


def scan(printed: Printed, words: str = "", *, share: float = 1.0) -> None:
    """A page that is a picture, with at most a line of text on it."""
    printed.canvas.showPage()
    printed.canvas.drawImage(picture(), 0, 0, WIDE, HIGH * share)
    if words:
        printed.write(words, 250, 400)


def test_scanned_pages_among_others_are_named_and_the_others_are_read() -> None:
    printed = Printed()
    printed.paragraph("一、存在的问题")
    scan(printed, "2")
    scan(printed)
    printed.canvas.showPage()  # an empty page is no loss
    scan(printed, "扫描全能王 创建")
    printed.canvas.showPage()
    printed.write("二、下一步打算", LEFT, 700)
    document = read(printed.data())
    (note,) = document.notes
    assert note.pages == (2, 3, 5)
    assert "pages 2–3, 5. Run OCR" in note.text()
    assert "二、下一步打算" in document.text
    assert note in derive(document).warnings


def test_a_picture_that_leaves_room_for_the_text_is_no_scan() -> None:
    printed = Printed()
    printed.paragraph("一、存在的问题")
    scan(printed, "图一", share=0.4)
    scan(printed, FULL * 4)
    assert not read(printed.data()).notes


def test_a_scan_inside_a_form_and_letters_drawn_as_curves_are_named() -> None:
    printed = Printed()
    printed.paragraph("一、存在的问题")
    printed.canvas.showPage()
    printed.canvas.beginForm("scan")
    printed.canvas.drawImage(picture(), 0, 0, WIDE / 2, HIGH / 2)
    printed.canvas.endForm()
    printed.canvas.scale(2, 2)
    printed.canvas.doForm("scan")
    printed.canvas.showPage()
    for number in range(50):
        printed.canvas.circle(80 + 9 * number, 700, 4, fill=1)
    (note,) = read(printed.data()).notes
    assert note.pages == (2, 3)


def test_a_scan_of_every_page_is_refused_whatever_stamps_it_bears() -> None:
    printed = Printed()
    printed.paragraph("收文第12号")
    printed.canvas.drawImage(picture(), 0, 0, WIDE, HIGH)
    scan(printed, "2024年")
    assert (
        "is a picture, as a scanner makes them: 2 in all"
        in failure(printed.data()).parts()[1]
    )


def test_pages_whose_characters_are_made_up_are_named_and_left_out() -> None:
    private = "".join(chr(0xE100 + number) for number in range(30))
    wrong = "".join(chr(0x6900 + 37 * number) for number in range(80))
    bullets = "\uf06c加强培训 " * 9
    lines = {1: FULL, 2: private, 3: wrong, 4: f"{FULL}{chr(0xE863)}", 5: bullets}
    said = [
        {
            "page": page,
            "width": WIDE,
            "height": HIGH,
            "unmapped": 0,
            "pictured": 0.0,
            "drawn": 0,
            "paths": [],
            "lines": [
                {"text": text, "left": 80, "right": 500, "base": 700, "places": []}
            ],
        }
        for page, text in lines.items()
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "_records", lambda _original: iter(said))
        document = read(b"%PDF-1.7")
    (note,) = document.notes
    assert note.pages == (2, 3)
    assert "fonts" in note.text()
    assert squeezed(document.text) == squeezed(f"{FULL}{FULL}{chr(0xE863)}{bullets}")


def test_a_password_is_named_and_an_empty_one_is_no_obstacle() -> None:
    locked = Printed(encrypt=StandardEncryption("user", "owner"))
    locked.paragraph("一、问题")
    assert "password" in failure(locked.data()).what
    restricted = Printed(encrypt=StandardEncryption("", "owner", canCopy=0))
    restricted.paragraph("一、存在的问题和不足")
    assert read(restricted.data()).text == "一、存在的问题和不足\n"


def without_unicode() -> bytes:
    """A page whose font numbers its glyphs and says nothing of characters."""
    shown = (
        b"BT /F 12 Tf 72 700 Td <"
        + b"".join(b"%04X" % n for n in range(900, 990))
        + b"> Tj ET"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type0/BaseFont/Own/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Own/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 7 0 R>>",
        b"<</Type/FontDescriptor/FontName/Own/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
    ]
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        data
        + b"xref\n0 8\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 8/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(data)
    )


def test_fonts_that_do_not_say_which_characters_they_show_are_named() -> None:
    assert "Unicode" in failure(without_unicode()).why


def test_a_damaged_pdf_is_an_error() -> None:
    printed = Printed()
    printed.paragraph("一、问题")
    data = printed.data()
    for cut in (b"%PDF-1.7\n", data[: len(data) // 4], b"%PDF-1.4\n" + b"\xff" * 3000):
        assert "is damaged" in failure(cut).what


def test_a_pdf_under_another_name_is_still_a_pdf() -> None:
    printed = Printed()
    printed.paragraph("一、存在的问题")
    assert read_document("报告.txt", content=printed.data()).form == "pdf"


def test_a_reader_that_takes_too_long_or_falls_over_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    monkeypatch.setattr(pdf, "_PROGRAM", program)
    monkeypatch.setattr(pdf, "TIME_OUT", 0.5)
    for source in (
        "import time; time.sleep(30)",
        "import os; os.abort()",
        "print('{\"page\": 1', end='')",
        "raise MemoryError",
    ):
        program.write_text(source, encoding="utf-8")
        assert "could not be read to its end" in failure(b"%PDF-1.4").what


def test_the_reader_gets_no_shell_and_not_our_folder_on_its_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []
    run = subprocess.run

    def watched(*args: Any, **keys: Any) -> Any:
        seen.append((args, keys))
        return run(*args, **keys)

    monkeypatch.setattr(subprocess, "run", watched)
    printed = Printed()
    printed.paragraph("一、存在的问题")
    read(printed.data())
    ((command,), keys) = seen[0]
    assert command[1] == "-P"
    assert not keys.get("shell")


def test_without_the_library_the_error_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(_name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(pdf, "find_spec", nothing)
    assert "pip install 'rectification-ledger[pdf]'" in failure(b"%PDF-1.4").parts()[2]


def test_lengths_that_are_no_numbers_are_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium's floats run over in hostile files (found by fuzzing)."""
    places = [("NaN", "NaN"), ("Infinity", "1"), ("1", "-Infinity"), ("9", "Infinity")]
    word = "findings"
    said = "".join(
        f'{{"page": {number}, "width": 595.0, "height": {height}, "unmapped": 0, '
        f'"pictured": {base}, "drawn": 0, "paths": [], '
        f'"lines": [{{"text": "{number * word}", "left": {base}, "right": 9.5, '
        f'"base": {base}, "places": []}}]}}\n'
        for number, (height, base) in enumerate(places, 1)
    )
    answer = SimpleNamespace(stdout=f'{said}{{"done": 4}}\n'.encode())
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert 4 * word in read(b"%PDF-1.7").text
