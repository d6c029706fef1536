"""Plain text and everything that turns out to be none."""

from __future__ import annotations

import copy
import hashlib
import io
import os
import random
import socket
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.document import DocumentError
from checklists.readers import MAX_BYTES, MAX_CHARACTERS, Fetched, read_document

SAMPLE = Path(__file__).parents[2] / "checklists/samples/siping-2023.txt"
seeded = random.Random


def failure(source: Path | str, content: bytes | None = None) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(source, content=content)
    assert all(caught.value.parts()), "an error has three parts"
    return caught.value


@pytest.fixture(scope="module")
def sample() -> str:
    return SAMPLE.read_bytes().decode()


def test_a_text_file_is_the_decoded_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    text = "一、问题\r\n\r\n　　(一)执法不规范。\r全角，ｆｕｌｌ \t\n\n"
    path.write_bytes(text.encode())
    document = read_document(path)
    assert document.text == text
    assert document.form == "text"
    assert document.name == str(path)
    assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert document.marks == ()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_the_encoding_is_found_and_the_byte_order_mark_left_out(
    sample: str, encoding: str
) -> None:
    assert read_document("r.txt", content=sample.encode(encoding)).text == sample


def test_english_utf_16_without_a_mark_is_found() -> None:
    text = "One. The ledger is empty.\r\n"
    assert read_document("r.txt", content=text.encode("utf-16-be")).text == text


def test_rare_characters_of_gb18030_are_kept() -> None:
    text = "关于㵲阳镇、䢺街和𠮷林村的问题整改情况：一是制度不健全。"
    assert read_document("r.txt", content=text.encode("gb18030")).text == text


def test_an_inner_byte_order_mark_stays() -> None:
    text = "一、问题\ufeff二、安排"
    assert read_document("r.txt", content=text.encode("utf-8-sig")).text == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_any_utf_8_text_comes_back_as_it_is(text: str) -> None:
    try:
        document = read_document("r.txt", content=text.encode())
    except DocumentError:
        assert not any(c.isprintable() and not c.isspace() for c in text)
    else:
        assert document.text == text.removeprefix("\ufeff")


@pytest.mark.parametrize("suffix", [".md", ".MARKDOWN"])
def test_markdown_is_read_as_it_stands(suffix: str) -> None:
    text = "# 报告\n\n- **一是**执法不规范。\n"
    document = read_document(f"r{suffix}", content=text.encode())
    assert (document.form, document.text) == ("markdown", text)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    error = failure(tmp_path / "gone.txt")
    assert "not found" in error.what
    assert error.values["name"] == str(tmp_path / "gone.txt")


def test_a_folder_says_so(tmp_path: Path) -> None:
    assert "folder" in failure(tmp_path).what


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_that_nobody_writes_to_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    assert "no ordinary file" in failure(path).what


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_that_takes_a_files_place_after_the_look_does_not_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)
    regular = SimpleNamespace(st_mode=stat.S_IFREG)
    monkeypatch.setattr(Path, "stat", lambda *_args, **_keys: regular)
    assert "no ordinary file" in failure(path).what


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_a_device_without_end_is_not_read() -> None:
    assert "no ordinary file" in failure("/dev/zero").what


def test_a_socket_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no sockets in the file system here")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s.txt")
        assert "no ordinary file" in failure("s.txt").what


def test_a_file_without_permission_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.txt"
    path.write_text("一、问题", encoding="utf-8")

    def refuse(*_args: object, **_keys: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    assert "permission" in failure(path).why


def test_a_name_that_the_system_refuses_is_an_error_of_the_document() -> None:
    assert "cannot be read" in failure("a\0b.txt").what
    assert "cannot be read" in failure("x" * 5000).what


@pytest.mark.parametrize("text", ["", " \r\n\t　\n", "\ufeff", "\u200b \u2060"])
def test_nothing_but_white_space_is_empty(text: str) -> None:
    assert "is empty" in failure("r.txt", text.encode()).what


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x7fELF\x02", "Linux program"),
        (b"MZ\x90\0", "Windows program"),
        (b"Rar!\x1a\x07\x01", "RAR"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"RIFF\x10\0\0\0WEBP", "WebP"),
        (b"\0\0\0\x20ftypisom", "MP4"),
        (b"SQLite format 3\0", "SQLite"),
    ],
)
def test_a_binary_is_named_for_what_it_looks_like(begin: bytes, kind: str) -> None:
    error = failure("r.txt", begin + seeded(7).randbytes(4000))
    assert kind in error.parts()[1]


def test_what_it_looks_like_is_said_in_the_readers_language() -> None:
    error = failure("r.txt", b"\x89PNG\r\n\x1a\n\0\0\xff")
    chinese = {error.why: "从开头看是{kind}。", "a picture (PNG)": "图片（PNG）"}
    _, why, _ = error.parts(lambda text: chinese.get(text, text))
    assert why == "从开头看是图片（PNG）。"
    copied = copy.copy(error)  # as between processes
    assert copied.parts() == error.parts()


def test_a_text_that_begins_like_a_program_is_a_text() -> None:
    text = "MZ乡和BM乡的问题"
    assert read_document("r.txt", content=text.encode()).text == text


@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_no_text(seed: int) -> None:
    source = seeded(seed)
    assert "is not a text" in failure("r.txt", source.randbytes(3000)).what
    no_nul = bytes(source.randrange(1, 256) for _ in range(3000))
    assert "is not a text" in failure("r.txt", no_nul).what


def test_control_characters_alone_are_no_text() -> None:
    assert "is not a text" in failure("r.txt", b"\1\2\3" * 50).what


def test_a_form_feed_and_an_old_end_mark_do_not_make_a_text_binary() -> None:
    text = "一、问题\f二、安排" * 20 + "\x1a"
    assert read_document("r.txt", content=text.encode()).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_cut_in_mid_character_is_refused_as_cut(
    sample: str, encoding: str
) -> None:
    error = failure("r.txt", sample.rstrip("\n").rstrip("。").encode(encoding)[:-1])
    assert "breaks off" in error.what


def test_one_bad_byte_is_named_by_line_and_offset(sample: str) -> None:
    data = sample.encode()
    place = data.index(b"\n", 3000) + 1
    error = failure("r.txt", data[:place] + b"\xff" + data[place:])
    assert error.values["offset"] == place
    assert error.values["line"] == data.count(b"\n", 0, place) + 1
    assert error.values["encoding"] == "UTF-8"


@pytest.mark.parametrize("encoding", ["big5", "latin-1", "koi8-r"])
def test_an_encoding_that_is_not_known_is_refused_and_not_guessed(
    encoding: str,
) -> None:
    texts = {
        "big5": "關於問題的報告：一、執法不規範，機關作風還須改進。" * 20,
        "latin-1": "Le préfet a noté des problèmes répétés à l'été. " * 20,
        "koi8-r": "Отчёт о недостатках и мерах по их устранению. " * 20,
    }
    error = failure("r.txt", texts[encoding].encode(encoding))
    assert "unknown encoding" in error.what or "cannot be decoded" in error.what


def test_more_than_the_limit_is_refused_after_a_bounded_read(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(4 * MAX_BYTES)
    tracemalloc.start()
    assert "too large" in failure(path).what
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * MAX_BYTES


def test_a_text_of_too_many_characters_is_refused() -> None:
    assert "too long" in failure("r.txt", b"a" * (MAX_CHARACTERS + 1)).what


def test_standard_input_is_read_once_and_bounded(
    sample: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = SimpleNamespace(buffer=io.BytesIO(sample.encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    document = read_document("-")
    assert (document.name, document.text) == ("-", sample)


def test_an_address_goes_through_the_callable_that_was_handed_in(sample: str) -> None:
    asked: list[str] = []

    def fetch(address: str) -> Fetched:
        asked.append(address)
        return Fetched(sample.encode("gb18030"), "text/plain", address + "/r.txt")

    document = read_document("https://example.org/1", fetch=fetch)
    assert asked == ["https://example.org/1"]
    assert document.name == "https://example.org/1/r.txt"
    assert document.text == sample


@pytest.mark.parametrize("address", ["https://example.org/1", "http://example.org/1"])
def test_an_address_without_the_callable_or_without_tls_is_refused(
    address: str,
) -> None:
    assert "is not read" in failure(address).what
    if address.startswith("http:"):
        with pytest.raises(DocumentError, match="Only https"):
            read_document(address, fetch=lambda _address: Fetched(b"x"))


def test_a_fetched_body_over_the_limit_is_refused() -> None:
    def fetch(_address: str) -> Fetched:
        return Fetched(b"a" * (MAX_BYTES + 1))

    with pytest.raises(DocumentError, match="too large"):
        read_document("https://example.org/1", fetch=fetch)


def test_text_and_office_packages_are_read_with_the_standard_library_alone(
    tmp_path: Path,
) -> None:
    """A fresh process in which every package of the extras is out of reach."""
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(
            "_rels/.rels",
            '<Relationships><Relationship Type="x/officeDocument" Target="word/d.xml"/>'
            "</Relationships>",
        )
        file.writestr("word/d.xml", "<d><body><p><r><t>一、问题</t></r></p></body></d>")
    (tmp_path / "a.txt").write_text("一、问题", encoding="utf-8")
    (tmp_path / "a.md").write_text("# 问题", encoding="gb18030")
    (tmp_path / "a.docx").write_bytes(word.getvalue())
    program = (
        "import sys\n"
        "names = ('lxml', 'pypdfium2', 'openpyxl', 'docx', 'requests')\n"
        "sys.modules.update(dict.fromkeys(names))\n"
        "from checklists.readers import read_document\n"
        "for name in ('a.txt', 'a.md'):\n"
        "    print(read_document(name).form)\n"
        "heavy = {'xml.etree.ElementTree', 'zipfile', 'subprocess', 'csv', 'json'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "print(read_document('a.docx').form)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SAMPLE.parents[2])},
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout.split("\n")[:4] == ["text", "markdown", "[]", "docx"]
