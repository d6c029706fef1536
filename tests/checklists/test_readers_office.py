"""What only an office program understands, converted by LibreOffice."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from checklists.document import DocumentError
from checklists.readers import office, read_document
from checklists.readers.original import Original
from tests.fakes.tokens import token_of

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

needs_office = pytest.mark.skipif(
    office.office_program() is None, reason="LibreOffice is not installed"
)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The sample in each format, written by LibreOffice."""
    folder = tmp_path_factory.mktemp("office")
    source = folder / "sample.txt"
    source.write_bytes(SAMPLE.read_bytes())
    table = folder / "table.csv"
    table.write_text("序号,问题,单位\n1,执法不规范,市司法局\n", encoding="utf-8")
    program = office.office_program()
    assert program is not None
    profile = (folder / "profile").as_uri()
    for path, infilter, forms in (
        (
            source,
            "Text (encoded):UTF8,LF,,,",
            ("doc", "rtf", "odt", "docx", "html", "pdf"),
        ),
        (table, "CSV:44,34,76", ("xls", "ods", "xlsx")),
    ):
        for form in forms:
            subprocess.run(
                [program, f"-env:UserInstallation={profile}", "--headless",
                 f"--infilter={infilter}", "--convert-to", form, "--outdir",
                 str(folder), str(path)],
                check=True, capture_output=True, timeout=120,
            )  # fmt: skip
    return {path.suffix: path.read_bytes() for path in folder.glob("*.*")}


@needs_office
@pytest.mark.parametrize(
    "suffix", [".doc", ".wps", ".rtf", ".odt", ".docx", ".html", ".pdf"]
)
def test_the_sample_survives_every_format(made: dict[str, bytes], suffix: str) -> None:
    sample = SAMPLE.read_bytes().decode()
    data = made[".doc" if suffix == ".wps" else suffix]
    document = read_document(f"报告{suffix}", content=data)
    assert squeezed(document.text) == squeezed(sample)
    found = [squeezed(line) for line in document.text.splitlines()]
    assert found == [squeezed(line) for line in sample.splitlines() if line.strip()]


def test_a_binary_workbook_is_for_libreoffice_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []

    def convert(_original: Original, suffix: str, target: str) -> bytes:
        asked.append((suffix, target))
        return workbook

    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    workbook = stream.getvalue()
    binary = io.BytesIO()
    with zipfile.ZipFile(binary, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.bin", b"\x83\x01\0")
    monkeypatch.setattr(office, "convert", convert)
    with pytest.raises(DocumentError, match="is empty"):
        read_document("清单.xlsb", content=binary.getvalue())
    assert asked == [(".xlsb", "xlsx")]


@needs_office
@pytest.mark.parametrize("suffix", [".xls", ".et", ".ods", ".xlsx"])
def test_a_table_survives_every_format(made: dict[str, bytes], suffix: str) -> None:
    data = made[".xls" if suffix == ".et" else suffix]
    document = read_document(f"清单{suffix}", content=data)
    assert document.text == "序号\t问题\t单位\n1\t执法不规范\t市司法局\n"
    assert document.place(document.text.index("执法")) == "sheet table cell B2 (问题)"


@needs_office
def test_the_format_is_told_from_the_bytes_whatever_the_name(
    made: dict[str, bytes],
) -> None:
    for suffix in (".rtf", ".doc", ".odt"):
        text = read_document("报告.txt", content=made[suffix]).text
        assert squeezed(text) == squeezed(SAMPLE.read_bytes().decode())


@needs_office
@pytest.mark.parametrize(
    "data", [COMPOUND, COMPOUND + "WordDocument".encode("utf-16-le")]
)
def test_a_damaged_compound_file_is_an_error(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document("报告.doc", content=data)
    assert all(caught.value.parts())


@needs_office
def test_nothing_is_left_behind(
    made: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_document("报告.doc", content=made[".doc"])
    assert list(tmp_path.iterdir()) == []


def program(tmp_path: Path, script: str) -> str:
    """A stand-in for LibreOffice that runs ``script`` on its arguments."""
    path = tmp_path / "soffice"
    path.write_text(
        f"#!{sys.executable}\nimport sys, os, time\n{script}\n", encoding="utf-8"
    )
    path.chmod(0o755)
    return str(path)


posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script")


@posix
def test_the_program_sees_a_profile_of_its_own_and_no_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.txt"
    script = f"open({str(report)!r}, 'w').write(repr((sys.argv, dict(os.environ))))"
    monkeypatch.setattr(office, "office_program", lambda: program(tmp_path, script))
    monkeypatch.setenv("LEDGER_GITEA_TOKEN", token_of("environment"))
    with pytest.raises(DocumentError, match="could not be converted"):
        office.convert(Original("a;b $(x).doc", COMPOUND), ".doc", "docx")
    seen = report.read_text(encoding="utf-8")
    assert token_of("environment") not in seen
    assert "--headless" in seen
    assert "-env:UserInstallation=file:///" in seen
    assert "$(x)" not in seen


@posix
def test_a_program_that_hangs_is_ended_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "child"
    script = (
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    monkeypatch.setattr(office, "office_program", lambda: program(tmp_path, script))
    monkeypatch.setattr(office, "TIME_OUT", 1.0)
    with pytest.raises(DocumentError, match="took more than"):
        office.convert(Original("a.doc", COMPOUND), ".doc", "docx")
    child = int(note.read_text(encoding="utf-8"))
    deadline = time.monotonic() + 10
    while running(child) and time.monotonic() < deadline:
        pass
    assert not running(child)


def running(pid: int) -> bool:
    """Whether a process is there and no zombie that nobody waits for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").split()[2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_without_libreoffice_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office, "office_program", lambda: None)
    for name, data in (("a.wps", COMPOUND), ("a.rtf", b"{\\rtf1 x}")):
        with pytest.raises(DocumentError) as caught:
            read_document(name, content=data)
        what, _, todo = caught.value.parts()
        assert "needs LibreOffice" in what
        assert "docx" in todo


def test_an_encrypted_office_file_is_named_without_libreoffice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office, "office_program", lambda: None)
    data = COMPOUND + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(DocumentError, match="password"):
        read_document("报告.docx", content=data)
