"""Archives of several documents, and what hides in archives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from checklists.document import Document, DocumentError
from checklists.readers import package, read_document, read_documents


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, content in members:
            file.writestr(name, content)
    return stream.getvalue()


def results(data: bytes, name: str = "a.zip") -> list[Document | DocumentError]:
    return list(read_documents(name, content=data))


def errors(data: bytes) -> list[str]:
    return [
        str(result) for result in results(data) if isinstance(result, DocumentError)
    ]


def test_each_member_is_a_document_or_an_error_of_its_own() -> None:
    found = results(
        archive(
            ("甲/一.txt", "一、问题".encode()),
            ("二.md", "# 安排".encode("gb18030")),
            ("空.txt", b""),
            ("图.png", b"\x89PNG\r\n\x1a\n\0\0"),
            ("三.csv", "序号,问题\n1,执法\n".encode()),
        )
    )
    assert [(r.name, r.form) for r in found if isinstance(r, Document)] == [
        ("a.zip/甲/一.txt", "text"),
        ("a.zip/二.md", "markdown"),
        ("a.zip/三.csv", "csv"),
    ]
    names = [r.values["name"] for r in found if isinstance(r, DocumentError)]
    assert names == ["a.zip/空.txt", "a.zip/图.png"]


def test_a_file_that_is_no_archive_yields_itself(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_text("一、问题", encoding="utf-8")
    (document,) = read_documents(path)
    assert document == read_document(path)
    (error,) = read_documents(tmp_path / "gone.txt")
    assert isinstance(error, DocumentError)


def test_one_document_in_an_archive_is_that_document_and_several_are_refused() -> None:
    one = archive(("r.txt", "一、问题".encode()), ("__MACOSX/r.txt", b"\0"))
    assert read_document("a.zip", content=one).name == "a.zip/r.txt"
    for data in (archive(), archive(("a.txt", b"a"), ("b.txt", b"b"))):
        with pytest.raises(DocumentError, match="is an archive and no document"):
            read_document("a.zip", content=data)


def test_names_from_chinese_windows_are_decoded() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("12345678.txt", b"x")
    raw = stream.getvalue().replace(b"12345678.txt", "整改清单.txt".encode("gb18030"))
    (document,) = results(raw)
    assert isinstance(document, Document)
    assert document.name == "a.zip/整改清单.txt"


def test_archives_in_archives_end_at_the_second() -> None:
    inner = archive(("r.txt", "一、问题".encode()))
    middle = archive(("inner.zip", inner))
    (document,) = results(middle)
    assert isinstance(document, Document)
    assert document.name == "a.zip/inner.zip/r.txt"
    (error,) = errors(archive(("middle.zip", middle)))
    assert "in 2 other archives" in error


def test_a_bomb_is_told_by_its_directory() -> None:
    bomb = archive(("r.txt", b"\0" * (package.RATIO_FROM + 1)))
    assert len(bomb) < 100_000
    assert "archive bombs" in errors(bomb)[0]


def test_many_members_and_many_bytes_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = archive(*((f"{n}.txt", b"x") for n in range(30)))
    monkeypatch.setattr(package, "MAX_MEMBERS", 20)
    assert "archive bombs" in errors(many)[0]
    monkeypatch.setattr(package, "MAX_TOTAL_BYTES", 100)
    assert "archive bombs" in errors(archive(("a.txt", b"x" * 101)))[0]


def test_a_member_over_the_limit_of_one_document_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = archive(("a.txt", b"x" * 101), ("b.txt", b"y" * 99))
    monkeypatch.setattr("checklists.readers.archive.MAX_BYTES", 100)
    error, document = results(data)
    assert isinstance(error, DocumentError)
    assert isinstance(document, Document)
    assert document.text == "y" * 99


def test_nested_archives_share_one_allowance(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = archive(("r.txt", b"one " * 200), method=zipfile.ZIP_STORED)
    outer = archive(*((f"{n}.zip", inner) for n in range(4)))
    assert len(results(outer)) == 4
    monkeypatch.setattr("checklists.readers.archive.MAX_TOTAL_BYTES", 3_000)
    assert any("archive bombs" in error for error in errors(outer))


def test_a_member_larger_than_its_directory_says_is_not_trusted() -> None:
    data = archive(("r.txt", b"a" * 5000))
    lying = data.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != data
    assert "is damaged" in errors(lying)[0]


def test_a_password_is_named() -> None:
    data = bytearray(archive(("r.txt", b"secret"), method=zipfile.ZIP_STORED))
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1
    assert "password" in errors(bytes(data))[0]


@pytest.mark.parametrize("seed", range(0, 140, 3))
def test_a_damaged_archive_is_an_error_and_nothing_else(seed: int) -> None:
    data = bytearray(archive(("r.txt", b"one two three"), ("s.txt", b"four")))
    data[seed % len(data)] ^= 0xFF
    for result in results(bytes(data)):
        assert isinstance(result, Document | DocumentError)


def test_other_office_packages_are_named() -> None:
    slides = ("ppt/presentation.xml", b"<x/>")
    with pytest.raises(DocumentError, match="presentation"):
        read_document("x", content=archive(("[Content_Types].xml", b"<x/>"), slides))


def test_a_member_without_a_name_is_passed_over() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(zipfile.ZipInfo(""), b"one")
        file.writestr("r.txt", b"two")
    (document,) = results(stream.getvalue())
    assert isinstance(document, Document)
    assert document.name == "a.zip/r.txt"
