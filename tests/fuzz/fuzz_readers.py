"""Fuzz the readers: any bytes under any extension are documents or errors.

An hour, from the top of the repository, with the extra ``fuzz`` installed::

    python -m tests.fuzz.fuzz_readers --seeds DOCUMENTS CORPUS   # once
    python -m tests.fuzz.fuzz_readers CORPUS

What follows the program's name goes to libFuzzer, over these defaults:
``-max_total_time=3600 -timeout=10 -rss_limit_mb=2048 -max_len=8192``. A crash, a
hang (more than 10 s) or more than 2 GiB ends the run and leaves ``crash-…``,
``timeout-…`` or ``oom-…`` behind; give that file as the only argument to see it
again, with ``-minimize_crash=1 -runs=10000`` to make it small.

The first byte of an input chooses what the rest of it is, as :data:`WAYS` says: a
file of one extension, or parts that are put together to a docx, xlsx, OFD or zip (no
mutation gets through deflate and its check sums), or the lines of a printed page.
LibreOffice is left out: its conversions are its own.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import random
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from unittest.mock import patch

from tests.fuzz.running import fuzz, instrumented, write_seeds

with instrumented(wanted=__name__ == "__main__"):
    from checklists.document import Document, DocumentError
    from checklists.readers import (  # noqa: F401 (instrumented before their first use)
        archive,
        mht,
        ofd,
        office,
        pdf,
        pdf_pages,
        read_documents,
        sheets,
        webpage,
        word,
    )
    from checklists.readers.original import Original
    from checklists.readers.paragraphs import PrintedPage
    from checklists.readers.printed import printed

_BORDER: Final = b"\n%%%%\n"
"""Stands between the parts of one input."""
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD: Final = (
    "<document><body><p><pPr><pStyle val='a'/><numPr><ilvl val='0'/><numId val='1'/>"
    "</numPr><outlineLvl val='0'/></pPr><r><rPr><vanish val='0'/></rPr><t>存在的问题</t>"
    "<tab/><br/><sym char='2460'/></r><ins><r><t>一</t></r></ins><del><r><delText>二"
    "</delText></r></del></p><p><r><t>三</t><pict><txbxContent><p><r><t>四</t></r></p>"
    "</txbxContent></pict></r></p><tbl><tr><tc><tcPr><gridSpan val='2'/><vMerge/>"
    "</tcPr><p><r><t>五</t></r></p></tc><tc><tbl><tr><tc><p/></tc></tr></tbl></tc></tr>"
    "</tbl><sdt><sdtContent><p><pPr><rPr><del/></rPr></pPr></p></sdtContent></sdt>"
    "</body></document>\n%%%%\n<numbering><abstractNum abstractNumId='0'><lvl ilvl='0'>"
    "<start val='1'/><numFmt val='chineseCounting'/><lvlText val='%1、'/><isLgl/>"
    "<lvlRestart val='0'/><pStyle val='a'/></lvl><numStyleLink val='b'/></abstractNum>"
    "<num numId='1'><abstractNumId val='0'/><lvlOverride ilvl='0'><startOverride"
    " val='3'/></lvlOverride></num></numbering>\n%%%%\n<styles><style type='paragraph'"
    " default='1' styleId='a'><name val='heading 1'/><basedOn val='b'/><pPr><outlineLvl"
    " val='0'/><numPr><numId val='1'/></numPr></pPr></style><style styleId='b'><name"
    " val='toc'/></style></styles>"
).encode()
"""A small docx in its parts, with one of each thing that the reader looks at."""
SHEET: Final = (
    "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1'"
    " t='inlineStr'><is><t>措施</t><r><t>二</t></r></is></c></row><row r='2'><c r='A2'"
    " s='1'><v>45292.5</v></c><c t='b'><v>1</v></c><c s='2'><v>0.35</v></c><c t='e'>"
    "<v>#N/A</v></c></row></sheetData></worksheet>\n%%%%\n<sst><si><t>问题</t></si></sst>"
    "\n%%%%\n<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy&quot;年&quot;"
    "m;[Red]-0.0%;@'/></numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='164'/>"
    "<xf numFmtId='10'/></cellXfs></styleSheet>\n%%%%\n<workbook><workbookPr"
    " date1904='1'/><sheets><sheet name='S' id='worksheet' state='visible'/></sheets>"
    "</workbook>"
).encode()
OFD: Final = (
    "<Page><Area><PhysicalBox>0 0 210 297</PhysicalBox></Area><Template TemplateID='1'/>"
    "<Content><Layer><TextObject Boundary='28 60 160 7' Size='5.6' CTM='1 0 0 1 0 0'>"
    "<TextCode X='0' Y='5.6' DeltaX='g 4 5.6 5.6' DeltaY='0 9 0'>一、存在的问题</TextCode>"
    "</TextObject><PageBlock><ImageObject Boundary='0 0 90 90'/><CompositeObject"
    " ResourceID='7' Boundary='9 90 9 9'/></PageBlock><PathObject Boundary='20 40 150 1'"
    " CTM='1 0 0 -1 0 0'><AbbreviatedData>M 0 0 L 150 0 L 150 50 L 0 50 C"
    "</AbbreviatedData></PathObject><PathObject Boundary='20 40 150 90'><AbbreviatedData>"
    "S 70 0 L 70 50 M 0 25 L 150 25 B 1 2 3 4 5 6 Q 1 2 3 4 A 1 1 0 0 1 9 9"
    "</AbbreviatedData></PathObject></Layer></Content></Page>\n%%%%\n<Page><Content><Layer>"
    "<TextObject Boundary='60 120 99 9' Size='5'><TextCode X='0' Y='5'>文件</TextCode>"
    "</TextObject></Layer></Content></Page>\n%%%%\n<Res><CompositeGraphicUnits>"
    "<CompositeGraphicUnit ID='7'><Content><TextObject Boundary='0 0 9 9' Size='5'>"
    "<TextCode X='0' Y='5'>问</TextCode></TextObject></Content></CompositeGraphicUnit>"
    "</CompositeGraphicUnits></Res>\n%%%%\n<Document><CommonData><PublicRes>res.xml"
    "</PublicRes><TemplatePage ID='1' BaseLoc='under.xml'/></CommonData><Pages><Page"
    " BaseLoc='page.xml'/><Page BaseLoc='/page.xml'/></Pages></Document>"
).encode()
"""A small OFD in its parts: a page, a template, resources and the document."""
_SHOWN: Final = (
    b"BT /F1 12 Tf 55 700 Td (Finding) Tj 100 0 Td (Measure) Tj -100 -30 Td (a) Tj 100 0 Td"
    b" (b) Tj ET 50 720 m 250 720 l 250 690 l 50 690 l h 50 660 200 30 re 150 660 m 150 720"
    b" l S 40 40 300 1 re f 9 9 m 1 2 3 4 5 6 c S q 200 0 0 200 300 300 cm BI /W 1 /H 1 /BPC"
    b" 8 /CS /G ID 0 EI Q /X Do"
)
PRINTED: Final = (
    b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R"
    b" 3 0 R]/Count 2>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/Rotate 0/MediaBox[0 0 595"
    b" 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica"
    b">>>>/XObject<</X 5 0 R>>>>>>endobj\n4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
    b"5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Matrix[1 0 0 1 9 9]/Length 17>>"
    b"stream\n0 0 m 50 0 l S  \nendstream endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%%%EOF"
) % (len(_SHOWN), _SHOWN)
"""A PDF of a ruled table, a curve, a picture and a form, twice."""
MHT: Final = (
    b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
    b'\tboundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<html><p>=E9=97=AE=E9=A2=98=\r\n"
    b"\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type:"
    b" text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+eA==\r\n--c--\r\n--b--\r\n"
)
"""A small saved page."""
WORDS: Final = tuple(
    word.encode()
    for word in (
        "<p>", "</p>", "<r>", "<t>", "</t></r></p>", "<tbl>", "<tr>", "<tc>", "<del/>", "val='9'",
        "val='-1'", "val='99999999999'", "val='%9%1'", "val='chineseCountingThousand'",
        "val='upperRoman'", "val='lowerLetter'", "val='decimalEnclosedCircle'", "val='ideographTraditional'",
        "<numFmt val='bullet'/>", "formatCode='[$-804]yyyy年m月d日 h:mm AM/PM'", "formatCode='# ?/?'",
        "formatCode='0.00E+00'", "formatCode='[h]:mm:ss.000'", "<v>1e308</v>", "<v>-1</v>", "<v>nan</v>",
        "<v>Infinity</v>", "<v>2958466</v>", "r='XFD1048576'", "<!DOCTYPE x>", "<![CDATA[", "]]>",
        "<!--", "-->", "&#x1F;", "&#xD800;", "&amp;", "<?xml version='1.0' encoding='utf-16'?>",
        "<table>", "<tr><td rowspan=9>", "<td colspan=99999>", "<ol start=99999 type=I>", "<ol reversed>",
        "<li value=-9>", "<pre>", "<br>", "<script>", "<template>", "<svg>", "<div id=zoom>", "<h1>",
        "<title>", "<meta charset=gb18030>", "<meta name=ArticleTitle content=x>", "<ruby><rt>", "<select>",
        "<div style='display:none'>", "&nbsp;", "&#0;", "<a href=x>", '"', ",", ";", "\t", "\r", "\f",
        "<TextObject>", "</TextObject>", "<TextCode X='9' Y='99'>", "DeltaX='g 99999999 1'", "DeltaY='g 3 -5'",
        "CTM='0 1 -1 0 9 9'", "CTM='1e99 0 0 1e-99 0 0'", "Size='0'", "Size='1e9'", "Visible='false'",
        "Boundary='0 0 999999 1e6'", "M 0 0 L 0 99", "<PageBlock>", "</PageBlock>", "<Layer>", "TemplateID='1'",
        " re ", " m ", " l ", " c ", " h ", " S ", " f ", " cm ", " Do ", " 1e30 ", " -99999 ", "/Rotate 270",
        "ResourceID='7'", "MIME-Version: 1.0\n", "Content-Type: multipart/mixed; boundary=b\n\n", "\n--b\n", "\n--b--\n",
        "Content-Type: text/html; charset=gb2312\n", "Content-Transfer-Encoding: base64\n", "=E3=80=82", "=\n",
        "Content-Transfer-Encoding: quoted-printable\n", "<frameset>", "\ufeff", "\0", "𠮷", "\u2028", "\x85", "一、", "问题，", "。", "2024年1月", "- 3 -", "第3页",
    )
)  # fmt: skip
_BOOK: Final = b'<workbook><sheets><sheet name="S" id="worksheet"/></sheets></workbook>'
_PAGES: Final = b"<Document><Pages><Page BaseLoc='page.xml'/></Pages></Document>"
_SUFFIXES: Final = (".txt", ".md", ".html", ".docx", ".xlsx", ".csv", ".zip", ".pdf")
_LONGEST: Final = 8_192
_RULES: Final = tuple(
    bytes(rule)
    for rule in ((20, 0, 20, 250), (60, 0, 60, 250), (140, 0, 140, 250), (20, 0, 140, 0),
                 (20, 90, 140, 90), (20, 150, 140, 150), (20, 250, 140, 250))
)  # fmt: skip
_SCALE: Final = 4.0
_ODD: Final = {255: math.nan, 254: math.inf, 253: -math.inf, 252: -1e30, 251: 1e300}
_PLACE: Final = ("left", "right", "base")
_LEAST: Final = 4
_AS_PROGRAM: Final = 64


def _relations(*kinds: str) -> bytes:
    """Relations to one part each, named as the kind of the relation is."""
    relations = (
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{kind}.xml"/>'
        for kind in kinds
    )
    return f"<Relationships>{''.join(relations)}</Relationships>".encode()


def _packed(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, data in members.items():
            package.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


def _package(folder: str, main: bytes, parts: dict[str, bytes]) -> bytes:
    """An office package of a main part and those that it names."""
    start = _relations("officeDocument").replace(
        b'Target="', f'Target="{folder}/'.encode()
    )
    return _packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": start,
            f"{folder}/officeDocument.xml": main,
            f"{folder}/_rels/officeDocument.xml.rels": _relations(*parts),
            **{f"{folder}/{kind}.xml": data for kind, data in parts.items() if data},
        }
    )


def word_file(body: bytes) -> bytes:
    """A docx of the main part, numbering and styles, in this order."""
    main, *rest = body.split(_BORDER)
    return _package(
        "word", main, dict(zip(("numbering", "styles"), rest, strict=False))
    )


def workbook(body: bytes) -> bytes:
    """An xlsx of a sheet, strings, styles and the workbook, in this order."""
    names = ("worksheet", "sharedStrings", "styles", "book")
    parts = dict(zip(names, body.split(_BORDER), strict=False))
    return _package("xl", parts.pop("book", _BOOK), parts)


def ofd_of(body: bytes) -> bytes:
    """An OFD of a page, a template, resources and the document, in this order."""
    names = ("page.xml", "under.xml", "res.xml", "document.xml")
    start = b"<OFD><DocBody><DocRoot>document.xml</DocRoot></DocBody></OFD>"
    parts = dict(zip(names, body.split(_BORDER), strict=False))
    return _packed({"OFD.xml": start, "document.xml": _PAGES, **parts})


def archive_of(body: bytes) -> bytes:
    """A zip of members, each its name's length, its name and its data."""
    members: dict[str, bytes] = {}
    for part in body.split(_BORDER):
        name, _, data = part.partition(b"\n")
        members[name.decode("latin-1").replace("\0", "") or "a"] = data
    return _packed(members)


def _read(name: str, data: bytes) -> None:
    for result in read_documents(name, content=data):
        if isinstance(result, Document):
            _check(result)
        elif not all(result.parts()):
            raise AssertionError(result.parts())


def _check(document: Document) -> None:
    """What holds for every document, whatever it was read from."""
    starts = [start for start, _ in document.marks]
    if starts != sorted(starts) or any(s >= len(document.text) for s in starts):
        raise AssertionError(starts)
    document.text.encode()  # no half characters
    for offset in (0, len(document.text) - 1):
        document.place(offset)
        if document.line(offset) < 1:
            raise AssertionError(offset)


def _length(byte: int) -> float:
    """Points on a page from one byte; the last ones are what a broken page has."""
    return _ODD.get(byte, byte * _SCALE)


def _printed(data: bytes) -> None:
    """Lines of pages as the PDF program gives them: three bytes of place, and text."""
    pages: list[PrintedPage] = []
    for number, page in enumerate(data.split(b"\f"), 1):
        rows = page.split(b"\n")
        lines = [
            {
                "text": text,
                "places": [(_length(raw[0]) + 8 * n,) * 2 for n in range(len(text))],
                **dict(zip(_PLACE, map(_length, raw), strict=False)),
            }
            for raw in rows
            if (text := raw[len(_PLACE) :].decode("utf-8", "ignore")).strip()
        ]
        ends = [[_length(byte) for byte in raw[1:5]] for raw in rows if raw[:1] == b"#"]
        rules = [(True, (end[:2], end[2:])) for end in ends if end[3:]]
        record = {"page": number, "width": 595.0, "height": 842.0, "lines": lines}
        drawn = {"unmapped": 0, "pictured": 0.0, "drawn": 0, "paths": rules}
        pages.append(pdf._page(record | drawn))
    with suppress(DocumentError):
        _check(printed(Original("x", data), pages, "pdf"))


def _read_pdf(data: bytes) -> None:
    if not _survived(data):
        return  # the program's limits make it an error: tests of hostile files
    if hashlib.sha256(data).digest()[0] % _AS_PROGRAM:
        with patch("checklists.readers.pdf.subprocess.run", _in_this_process):
            _read("x.pdf", data)
    else:
        _read("x.pdf", data)


def _survived(data: bytes) -> bool:
    """Whether PDFium reads it within limits like its program's, which we have not.

    On a root of the pages that is a page itself it takes memory without end.
    """
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
        resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
        with suppress(BaseException):
            _in_this_process([], input=data)
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _in_this_process(
    _: list[str],
    *,
    input: bytes,  # noqa: A002 (as subprocess.run calls it)
    **_options: object,
) -> SimpleNamespace:
    """What the program of PDFs writes for ``input``; nothing when it falls over."""
    given, written = SimpleNamespace(buffer=io.BytesIO(input)), io.BytesIO()
    with (
        patch.object(sys, "stdin", given),
        patch.object(sys, "stdout", SimpleNamespace(buffer=written)),
    ):
        pdf_pages.run()
    return SimpleNamespace(stdout=written.getvalue())


def _as(suffix: str, make: Callable[[bytes], bytes]) -> Callable[[bytes], None]:
    return lambda body: _read(f"x{suffix}", make(body))


WAYS: Final[tuple[Callable[[bytes], None], ...]] = (
    *(_as(suffix, bytes) for suffix in _SUFFIXES[:-1]),
    *(_as(".docx", word_file),) * 3,
    *(_as(".xlsx", workbook),) * 2,
    *(_as(".zip", archive_of),) * 2,
    *(_printed,) * 2,
    *(_as(".ofd", ofd_of),) * 2,
    _as(".mht", bytes),
)
"""What an input is, by its first byte; more often what has more code behind it.

The byte 255 is a PDF. Its program runs in this process, where its branches are seen;
one in :data:`_AS_PROGRAM` runs as a process of its own, as it does in earnest, which
takes as long as a hundred others. What ends PDFium itself is left out.
"""
PDF: Final = 255


def one_input(data: bytes) -> None:
    """What the fuzzer calls."""
    if not data:
        return
    if data[0] == PDF:
        _read_pdf(data[1:])
    else:
        WAYS[data[0] % len(WAYS)](data[1:])


def mutated(data: bytes, length: int, seed: int) -> bytes:
    """``data`` changed by libFuzzer, or a word of a format put in or over."""
    import atheris

    source = random.Random(seed)  # noqa: S311 (no secret)
    if source.random() < 0.5 or len(data) < _LEAST:
        return bytes(atheris.Mutate(data, length))
    start = source.randrange(1, len(data))
    end = min(len(data), start + source.choice((0, 0, 1, 4, 16, 64)))
    new = source.choice(WORDS) * source.choice((1, 1, 1, 2, 50))
    if source.random() < 0.3:  # now and then a piece of its own
        other = source.randrange(1, len(data))
        new = data[other : other + source.choice((8, 40, 200))]
    return (data[:start] + new + data[end:])[:length]


def seeds(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Inputs to begin with: the files of ``folder``, and one of each kind of package."""
    ways = {"md": 1, "html": 2, "docx": 3, "xlsx": 4, "csv": 5, "zip": 6, "pdf": PDF}
    for path in sorted(folder.iterdir()):
        kind = path.suffix[1:]
        data = path.read_bytes()
        yield path.name, bytes([ways.get(kind, 0)]) + data
        if kind == "txt":
            yield f"{path.name}.printed", bytes([14]) + _as_printed(data)
    yield "word", bytes([7]) + WORD
    yield "sheet", bytes([10]) + SHEET
    yield "ofd", bytes([16]) + OFD
    yield "pdf", bytes([PDF]) + PRINTED
    yield "mht", bytes([18]) + MHT
    yield "archive", bytes([12]) + "a.txt\n问题。".encode() + _BORDER + b"b.md\n# x"


def _as_printed(data: bytes) -> bytes:
    text = data.decode("utf-8", "ignore").replace("\n", "")
    rows = [text[at : at + 28] for at in range(0, min(len(text), 3000), 28)]
    return b"\f".join(
        b"\n".join(
            bytes([22, 125, 200 - 5 * number]) + row.encode()
            for number, row in enumerate(rows[at : at + 30])
        )
        + b"\n#"
        + b"\n#".join(_RULES)
        for at in range(0, len(rows), 30)
    )


def _without_office() -> None:
    office.office_program = lambda: None


def main(arguments: list[str]) -> None:
    """Run libFuzzer with ``arguments`` over the defaults."""
    if arguments[1:2] == ["--seeds"]:
        write_seeds(arguments[3], seeds(Path(arguments[2])))
        return
    _without_office()
    fuzz(one_input, arguments, length=_LONGEST, mutator=mutated)


if __name__ == "__main__":
    main(sys.argv)
