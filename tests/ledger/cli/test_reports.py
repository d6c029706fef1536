"""Many reports, corrected checklists, and later versions of a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from checklists import derive, read_document
from checklists.correction import written
from tests.ledger.cli.conftest import SAMPLE, Said

Run = Callable[..., Said]


def test_a_folder_of_reports_gives_one_table_and_names_the_bad_ones(
    ledger: Run,
) -> None:
    folder = Path("reports")
    (folder / "below").mkdir(parents=True)
    (folder / "a.txt").write_bytes(SAMPLE.read_bytes())
    (folder / "below" / "b.md").write_bytes(SAMPLE.read_bytes())
    (folder / "bad.txt").write_bytes(b"\x00\x01\x02" * 50)
    (folder / "~$lock.docx").write_bytes(b"x")
    (folder / "notes.py").write_text("print()")
    said = ledger("derive", folder, "--jobs", "2")
    assert said.code == 9
    assert "bad.txt" in said.err
    assert "2 reports: 8 problems, 8 plans; 1 unreadable." in said.out
    said = ledger("derive", folder, "--format", "json")
    document = json.loads(said.out)
    assert document["schema"] == "checklist/1"
    assert {len(one["problems"]) for one in document["documents"]} == {4}
    assert len(document["documents"]) == 2


def partly_scanned() -> Path:
    """A PDF of a page of text and two that are pictures."""
    path = Path("scan.pdf")
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.setFont("STSong-Light", 16)
    canvas.drawString(80, 700, "一、存在的问题：执法不规范。")
    for _ in range(2):
        canvas.showPage()
        picture = Image.new("L", (60, 85), 200)
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    canvas.save()
    return path


def test_pages_that_were_not_read_are_named_wherever_a_report_is_read(
    ledger: Run,
) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    path = partly_scanned()
    ledger("init", ".", "--unit", "依法治市办", "--actor", "李明")
    for command in (
        ("derive", path),
        ("derive", path, "--dump-text"),
        ("derive", path, "--format", "json"),
        ("derive", "."),
        ("derive", ".", "--format", "json"),
        ("register", path),
    ):
        assert "pages 2–3" in ledger(*command).err, command
    assert "pages 2–3" in ledger("derive", path).out.replace("\n", " ")
    assert "第 2–3 页" in ledger("--lang", "zh", "derive", path).err
    said = json.loads(ledger("derive", path, "--format", "json").out)
    (warning,) = said["documents"][0]["warnings"]
    assert warning["pages"] == [2, 3]


def corrected_file() -> Path:
    checklist = derive(read_document(SAMPLE))
    text = (
        written(checklist)
        .replace("## P2 基层政务服务能力仍需提高\n", "")  # merged into P1
        .replace("## P4 行政执法不严格不规范", "## P4 行政执法不规范")
        .replace(str(SAMPLE), SAMPLE.name)
    )
    head, _, last = text.partition("## W4")
    assert last
    path = Path("siping-2023.txt.checklist.md")
    path.write_text(head, encoding="utf-8")
    Path(SAMPLE.name).write_bytes(SAMPLE.read_bytes())
    return path


def test_a_corrected_checklist_is_registered_as_corrected_and_the_journal_says_so(
    ledger: Run,
) -> None:
    ledger("init", ".", "--unit", "依法治市办", "--actor", "李明")
    path = corrected_file()
    said = ledger("register", path)
    assert said.code == 0, said.err
    items = json.loads(ledger("list", "--format", "json").out)["items"]
    assert len(items) == 6, "four problems less one, four plans less one"
    text = SAMPLE.read_bytes().decode("utf-8")
    for item in items:
        source = item["source"]
        assert text[source["start"] : source["end"]] == item["text"]
    assert "行政执法不规范" in [item["title"] for item in items]
    assert "二是" in items[0]["text"], "the merged entry holds what stood between"
    log = ledger("log").out
    assert "corrected the checklist" in log
    assert ledger("audit").code == 0
    assert ledger("register", path).code == 0
    assert ledger("log").out == log, "registering it again adds nothing"


def test_words_that_are_not_the_reports_are_refused(ledger: Run) -> None:
    ledger("init", ".", "--unit", "依法治市办", "--actor", "李明")
    path = corrected_file()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("执法案卷制作质量", "执法案卷质量"), encoding="utf-8")
    said = ledger("register", path)
    assert said.code == 9
    assert "行政执法不规范" in said.err
    assert ledger("list").out == ""


def test_a_later_version_shows_what_changed_and_asks(siping: Run) -> None:
    text = SAMPLE.read_bytes().decode("utf-8")
    changed = text.replace(
        "执法案卷制作质量有待提高", "执法案卷制作和评查质量仍有待提高"
    ).replace(
        "二是基层政务服务能力仍需提高,存在政务服务能力逐级递减情况。",
        "二是政府采购档案保存不全。",
    )
    assert changed != text
    Path("later.txt").write_text(changed, encoding="utf-8")
    before = siping("log").out
    said = siping("register", "later.txt")
    assert said.code == 2, "no terminal to ask on"
    for word in ("changed R-2023-004", "new: 政府采购", "no longer there: R-2023-002"):
        assert word in said.out
    assert siping("log").out == before
    assert siping("register", "later.txt", "--yes").code == 0
    items = json.loads(siping("list", "--format", "json").out)["items"]
    assert len(items) == 9
    fourth = next(item for item in items if item["ref"] == "R-2023-004")
    assert "制作质量有待提高" in fourth["text"], "the first text stays"
    assert "仍有待提高" in json.dumps(
        json.loads(siping("show", "4", "--format", "json").out), ensure_ascii=False
    )
    assert siping("audit").code == 0
    log = siping("log").out
    assert siping("register", "later.txt", "--yes").code == 0
    assert siping("log").out == log, "registering it again adds nothing"


def test_explain_names_rule_span_and_confidence(ledger: Run) -> None:
    said = ledger("derive", SAMPLE, "--explain")
    assert said.out.count("found by: ") == 8
    assert "characters 2814–2843" in said.out
