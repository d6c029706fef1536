"""Saved web pages and messages: the page in them, whole or not at all."""

from __future__ import annotations

import base64
import quopri
import time
from contextlib import suppress
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from checklists import derive
from checklists.document import Document, DocumentError
from checklists.readers import mht, read_document
from tests.checklists.test_readers_html import REPORT

pytest.importorskip("lxml", reason="the html extra is not installed")

PAGE = (
    "<html><head><title>报告</title></head><body>"
    + "".join(f"<p>{line}</p>" for line in REPORT.splitlines())
    + "</body></html>"
)
WORDS = [line for line in REPORT.splitlines() if line]


def saved(
    *parts: tuple[str, str, bytes], end: bool = True, newline: str = "\r\n"
) -> bytes:
    """What a browser saves: type, way of packing and bytes of each part."""
    lines = [
        "From: <Saved by Blink>",
        "Snapshot-Content-Location: https://www.example.gov.cn/report.html",
        "Subject: =?utf-8?Q?=E6=8A=A5=E5=91=8A?=",
        "MIME-Version: 1.0",
        "Content-Type: multipart/related;",
        '\ttype="text/html";',
        '\tboundary="----MultipartBoundary--x----"',
        "",
        "",
    ]
    data = newline.join(lines).encode()
    for kind, way, content in parts:
        head = [
            "------MultipartBoundary--x----",
            f"Content-Type: {kind}",
            "Content-ID: <frame-1@mhtml.blink>",
            f"Content-Transfer-Encoding: {way}",
            "Content-Location: https://www.example.gov.cn/report.html",
            "",
            "",
        ]
        data += newline.join(head).encode() + content + newline.encode()
    return data + (b"------MultipartBoundary--x------\r\n" if end else b"")


def html_part(encoding: str = "utf-8", way: str = "quoted-printable") -> bytes:
    raw = PAGE.encode(encoding)
    if way == "base64":
        return base64.encodebytes(raw)
    return quopri.encodestring(raw) if way == "quoted-printable" else raw


IMAGE = ("image/png", "base64", base64.encodebytes(b"\x89PNG\r\n\x1a\n" * 9))


def read(data: bytes, name: str = "报告.mht") -> Document:
    return read_document(name, content=data)


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("way", ["quoted-printable", "base64", "8bit", "binary"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gb18030"])
def test_a_saved_page_is_its_page(encoding: str, way: str, newline: str) -> None:
    part = (f'text/html; charset="{encoding}"', way, html_part(encoding, way))
    document = read(saved(part, IMAGE, newline=newline))
    assert document.form == "mht"
    assert document.text.splitlines()[-len(WORDS) :] == WORDS
    assert document.place(0) == "paragraph 1"
    assert len(derive(document).problems) == 3


def test_the_charset_of_the_part_decides_where_the_bytes_leave_a_choice() -> None:
    page = "<html><body><p>政府工作報告：存在的問題與改進措施。</p></body></html>"
    part = ('text/html; charset="big5"', "8bit", page.encode("big5"))
    assert "存在的問題與改進措施" in read(saved(part)).text


@pytest.mark.parametrize("name", ["报告.doc", "report.txt", "x.eml", "x"])
def test_a_message_is_told_by_its_headers_whatever_its_name(name: str) -> None:
    part = ("text/html; charset=utf-8", "quoted-printable", html_part())
    assert read(saved(part), name).form == "mht"


def test_a_text_that_only_looks_like_headers_is_a_text() -> None:
    for text in (
        "Subject: 存在的问题\n\n一、执法不规范。\n",
        "问题: 执法不规范\nContent-Type: text/html\nMIME-Version: 1.0\n\n措施\n",
    ):
        document = read(text.encode(), "x.mht")
        assert (document.form, document.text) == ("text", text)


def test_messages_in_messages_give_the_page_before_the_plain_text() -> None:
    message = MIMEMultipart("mixed")
    inner = MIMEMultipart("alternative")
    inner.attach(MIMEText("纯文本，不是网页。", "plain", "utf-8"))
    inner.attach(MIMEText(PAGE, "html", "utf-8"))
    message.attach(inner)
    message.attach(MIMEText("附件里的话。", "plain", "gb18030"))
    text = read(message.as_bytes(), "x.eml").text
    assert text.splitlines()[-len(WORDS) :] == WORDS
    assert "附件" not in text


def test_a_message_without_a_page_is_its_text() -> None:
    message = MIMEMultipart("mixed")
    message.attach(MIMEText(REPORT, "plain", "gb18030"))
    assert read(message.as_bytes(), "x.eml").text.split() == REPORT.split()


def test_what_is_attached_to_a_message_is_named_and_never_taken_for_its_text() -> None:
    message = EmailMessage()
    message["Subject"] = "报告"
    message.set_content("见附件。\n")
    message.add_attachment("附件里的话。", filename="清单.txt")
    message.add_attachment(b"PK", "application", "zip", filename="报告.zip")
    document = read(message.as_bytes(), "x.eml")
    assert document.text.split() == ["见附件。"]
    assert [note.text() for note in document.notes] == [
        "Files attached to the message and not read: 2. Save and read them, too."
    ]


def test_a_message_that_is_only_attached_files_says_so() -> None:
    message = EmailMessage()
    message.set_content("\n")
    message.add_attachment(PAGE, subtype="html", filename="报告.html")
    assert (
        failure(message.as_bytes())
        == "{name} holds no text but what is attached to it."
    )


def test_a_message_that_is_only_a_page_has_no_parts() -> None:
    message = EmailMessage()
    message["Subject"] = "报告"
    message.set_content(PAGE, subtype="html", charset="utf-8", cte="base64")
    assert read(message.as_bytes(), "x.eml").text.splitlines()[-len(WORDS) :] == WORDS


def test_the_pages_of_frames_are_read_one_after_the_other() -> None:
    frames = b"<html><frameset cols=9><frame src=a><frame src=b></frameset></html>"
    sheet = "<html><table><tr><td>问题</td><td>措施</td></tr><tr><td>{}</td><td>改</td></tr></table></html>"
    document = read(
        saved(
            ("text/html", "8bit", frames),
            ("text/html", "8bit", sheet.format("执法不规范").encode()),
            ("text/html", "8bit", sheet.format("公开不及时").encode()),
        )
    )
    assert document.text == "问题\t措施\n执法不规范\t改\n问题\t措施\n公开不及时\t改\n"
    assert document.place(0) == "frame 1, table 1 cell A1"
    assert document.place(len(document.text) - 2) == "frame 2, table 1 cell B2"


def failure(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert all(caught.value.parts())
    return caught.value.what


def test_a_page_that_is_cut_short_is_not_read_in_part() -> None:
    part = ("text/html; charset=utf-8", "quoted-printable", html_part())
    whole = saved(part, IMAGE)
    assert "is damaged" in failure(whole[: len(whole) // 2])
    assert "is damaged" in failure(saved(part, end=False))
    assert read(saved(part, IMAGE, end=False)).text  # only a picture may be cut
    assert "is damaged" in failure(saved(("text/html", "base64", b"PGh0b")))
    assert "is damaged" in failure(whole.replace(b"boundary", b"border"))
    assert "is empty" in failure(saved(IMAGE))


def nested(depth: int) -> bytes:
    data = b"Content-Type: text/html\r\n\r\n" + PAGE.encode()
    for number in range(depth):
        head = (
            f"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b{number}x"
        )
        mark = f"--b{number}x".encode()
        data = b"\r\n".join([head.encode(), b"", mark, data, mark + b"--", b""])
    return data


def test_messages_nest_so_far_and_no_further() -> None:
    assert read(nested(mht.MAX_DEPTH)).text
    assert "is built in a way" in failure(nested(mht.MAX_DEPTH + 1))


def test_a_mark_that_begins_like_another_does_not_end_a_part() -> None:
    page = PAGE.replace("<p>", "\r\n------MultipartBoundary--x----y\r\n<p>")
    text = read(saved(("text/html; charset=utf-8", "8bit", page.encode()))).text
    assert WORDS[-1] in text


@pytest.mark.parametrize(
    "repeated",
    [
        b"------MultipartBoundary--x----\r\nContent-Type: text/html\r\n\r\n",
        b"------MultipartBoundary--x----\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n",
        b"\r\n------MultipartBoundary--x----" + b" " * 50,
        b"\r\n--",
        b'Content-Type: text/html;";";";\r\n',
        b"=\r\n",
        b"\r\n\r\n",
    ],
)
def test_what_a_message_repeats_takes_linear_time(repeated: bytes) -> None:
    def seconds(count: int) -> float:
        data = saved(end=False) + repeated * count
        best = 9.0
        for _ in range(2):
            begun = time.process_time()
            with suppress(DocumentError):
                read(data)
            best = min(best, time.process_time() - begun)
        return best

    small, large = seconds(2_000), seconds(16_000)
    assert large < 0.05 or large < 24 * small
