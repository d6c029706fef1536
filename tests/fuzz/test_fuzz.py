"""The fuzzers themselves: their inputs reach what they are for, and they find nothing."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from checklists.document import Document
from checklists.readers import read_document
from checklists.report import derive
from tests.fuzz import fuzz_derive, fuzz_readers, running

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "checklists" / "samples"


def test_the_parts_of_office_files_are_read_as_what_they_are_put_together_to() -> None:
    word = read_document("x.docx", content=fuzz_readers.word_file(fuzz_readers.WORD))
    assert "三、存在的问题" in word.text
    book = read_document("x.xlsx", content=fuzz_readers.workbook(fuzz_readers.SHEET))
    assert "问题\t措施二" in book.text
    pdf = read_document("x.pdf", content=fuzz_readers.PRINTED)
    assert pdf.text == "Finding\tMeasure\na\tb\na\tb\n"
    ofd = read_document("x.ofd", content=fuzz_readers.ofd_of(fuzz_readers.OFD))
    assert "存在的问题" in ofd.text
    assert "文件" in ofd.text


@pytest.mark.parametrize("way", range(len(fuzz_readers.WAYS)))
def test_each_way_to_read_an_input_stands_every_first_input(way: int) -> None:
    for _, data in fuzz_readers.seeds(SAMPLES):
        fuzz_readers.one_input(bytes([way]) + data[1:])


def test_the_first_inputs_of_the_grammars_have_entries_and_stand() -> None:
    found = 0
    for _, data in fuzz_derive.seeds(SAMPLES):
        fuzz_derive.one_input(data)
        found += len(derive(Document("x", data.decode(), "")).problems)
    assert found


def test_an_entry_that_does_not_quote_the_text_is_a_defect() -> None:
    text = (SAMPLES / "siping-2023.txt").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    checklist = derive(Document("x", text, digest))
    object.__setattr__(checklist.problems[0], "text", "别的话")
    with pytest.raises(AssertionError):
        fuzz_derive.check(checklist)


@pytest.mark.parametrize("program", ["fuzz_readers", "fuzz_derive"])
def test_a_few_hundred_inputs_find_no_defect(program: str, tmp_path: Path) -> None:
    if not running.INSTALLED:
        pytest.skip("atheris is not installed (the extra fuzz)")
    corpus = str(tmp_path / "corpus")
    run = [sys.executable, "-m", f"tests.fuzz.{program}"]
    subprocess.run([*run, "--seeds", str(SAMPLES), corpus], cwd=ROOT, check=True)
    left = f"-artifact_prefix={tmp_path}/"
    done = subprocess.run(
        [*run, "-runs=300", "-seed=1", "-max_len=2000", left, corpus],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 300 runs" in done.stderr
