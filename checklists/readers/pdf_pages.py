"""The program that takes the text lines out of a PDF, run in a process of its own.

PDFium is C++ and reads what strangers wrote: here it may crash, hang or fill its
memory without taking the ledger with it. Standard input is the PDF; standard
output is one JSON line for each page, or ``{"failed": reason}``::

    {"page": 1, "width": 595.3, "height": 841.9, "unmapped": 0,
     "pictured": 0.0, "drawn": 12, "paths": [[true, [[56.7, 80], [538.5, 80]]], …],
     "lines": [{"text": "…", "left": 56.7, "right": 538.5, "base": 770.1,
                "places": [[56.7, 72.7], …]}, …]}

Lengths are points from the lower left corner of the page; ``unmapped`` counts the
characters that no Unicode table explains, ``pictured`` is the share of the page that
pictures cover (0 to 1), ``drawn`` how many shapes are on it. This file imports
nothing of the project, so that it starts fast and runs as a plain script.

Chinese fonts that a PDF names and does not carry are never looked for on the
machine: all of them are ``square.ttf``, a font of 660 bytes in which every
character is the same square of one em, and those of ASCII half of it. PDFium drops characters of no height, which
is what they have where no such font is installed (a server), and so the same PDF
would read differently on another machine. How far each character moves on stands
in the PDF.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pypdfium2 import PdfPage, PdfTextPage

    Turn = Callable[[float, float], tuple[float, float]]

Matrix = tuple[float, float, float, float, float, float]
MEMORY = 2 * 1024**3
"""Address space of the process, in bytes (where the system can limit it)."""
SECONDS = 60
"""Processor time of the process."""
MAX_PAGES = 5_000
MAX_CHARACTERS = 10_000_000
_LINE_ENDS = "\r\n"
_UNPRINTABLE = "\0\ufffe\uffff\ufffd"
_OTHER_LINE = 6.0
"""Points up or down that no raised sign stands off its line."""
_WIDE = 0x2E80
_SURROGATES = range(0xD800, 0xE000)
_MAX_OBJECTS = 50_000
"""Objects that are looked at on one page, those of forms in it among them."""
_MAX_FORMS = 4
"""Forms (XObjects), one inside the other."""
_MAX_CORNERS = 20_000
"""Corners of shapes on one page; a drawing has more, a table some hundreds."""
_MAX_TRACED = 1_000_000
"""Corners on all pages together; tables on further pages are read line by line."""
_MAX_PLACED = 1_000_000
_MAX_PAGE_PLACED = 50_000
"""Characters in all, and on one page, of which the places are told."""
_EAST_ASIAN = (128, 129, 134, 136)
"""Character sets as PDFium names them: Japanese, Korean, Chinese in both writings."""


def limit() -> None:
    """Bound memory and processor time, where the system knows how."""
    try:
        import resource
    except ImportError:
        return
    for kind, amount in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # a lower limit stands already
            resource.setrlimit(kind, (amount, amount))


class Fonts:
    """The only fonts that PDFium finds beside its own Latin ones: squares.

    PDFium calls the functions of ``FPDF_SYSFONTINFO`` until the process ends, so an
    instance is kept as long.
    """

    kept: ClassVar[Fonts | None] = None

    def __init__(self, raw: ModuleType) -> None:
        """Make the structure and its functions for PDFium's C side."""
        self._font = Path(__file__).with_name("square.ttf").read_bytes()
        self._info = raw.FPDF_SYSFONTINFO(version=1)
        kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
        for name, function in (("MapFont", self._map), ("GetFontData", self._data)):
            setattr(self._info, name, kinds[name](function))
        for name in ("Release", "EnumFonts", "DeleteFont"):
            setattr(self._info, name, kinds[name](lambda *_: None))
        for name in ("GetFont", "GetFaceName", "GetFontCharset"):
            setattr(self._info, name, kinds[name](lambda *_: 0))
        raw.FPDF_SetSystemFontInfo(self._info)

    def _map(self, *asked: object) -> int | None:
        """A font's handle for its character set, the fourth of what is asked."""
        return 1 if asked[3] in _EAST_ASIAN else None

    def _data(self, _info: object, _font: int, table: int, room: int, size: int) -> int:
        """Copy the whole font where there is room for it; its size in bytes."""
        if table:
            return 0
        if room and size >= len(self._font):
            ctypes.memmove(room, self._font, len(self._font))
        return len(self._font)


def write(record: dict[str, Any]) -> None:
    """One JSON line on standard output."""
    sys.stdout.buffer.write(json.dumps(record).encode("ascii") + b"\n")


Signs = list[tuple[int, str, float, float]]


def _whole_characters(line: Signs) -> Signs:
    """``line`` with what PDFium gave in halves as one; a half alone is dropped."""
    whole: Signs = []
    first: tuple[int, str, float, float] | None = None
    for sign in line:
        if "\udc00" <= sign[1] <= "\udfff":
            if first is not None:
                pair = (first[1] + sign[1]).encode("utf-16", "surrogatepass")
                whole.append((first[0], pair.decode("utf-16"), *first[2:]))
            first = None
        elif "\ud800" <= sign[1] <= "\udbff":
            first = sign
        else:
            whole.append(sign)
            first = None
    return whole


class Page:
    """One page on its way to lines: the characters in PDFium's reading order."""

    def __init__(self, raw: ModuleType, page: PdfPage, text: PdfTextPage) -> None:
        """Keep the C functions, the page's size and the text page they work on."""
        self._raw = raw
        self._handle = text.raw
        self._turn = page.get_rotation() // 90
        self.width, self.height = page.get_size()
        self._placed = False
        self.unmapped = 0
        self.lines: list[dict[str, Any]] = []

    def read(self, *, placed: bool) -> None:
        """Split the characters at line ends, PDFium's and those it ran over.

        ``placed`` also tells where each stands.
        """
        count = max(self._raw.FPDFText_CountChars(self._handle), 0)
        self._placed = placed and count <= _MAX_PAGE_PLACED
        line: Signs = []
        for index in range(count):
            code = self._raw.FPDFText_GetUnicode(self._handle, index)
            character = self._character(code, index)
            if self._raw.FPDFText_IsHyphen(self._handle, index) == 1:
                character = "-"  # PDFium takes it for the sign of a broken word
            if character and character in _LINE_ENDS:
                self._close(line)
                line = []
            elif character >= " ":
                x, base = self._origin(index)
                if line and abs(base - line[0][3]) > _OTHER_LINE and character != " ":
                    self._close(line)
                    line = []
                line.append((index, character, x, base))
        self._close(line)

    def _character(self, code: int, index: int) -> str:
        if code in _SURROGATES:  # PDFium gives what lies beyond 16 bits in two
            return chr(code)
        character = chr(code) if 0 < code <= sys.maxunicode else ""
        if character in _UNPRINTABLE or (
            self._raw.FPDFText_HasUnicodeMapError(self._handle, index) == 1
        ):
            self.unmapped += 1
        if character == " " and self._between_scripts(index):
            return ""
        return "" if character in _UNPRINTABLE else character

    def _is_made_up(self, index: int) -> bool:
        """Whether PDFium put a character in that the document has not."""
        return bool(self._raw.FPDFText_IsGenerated(self._handle, index) == 1)

    def _between_scripts(self, index: int) -> bool:
        """Whether PDFium made this space up where Chinese and Latin type meet."""
        if index == 0 or not self._is_made_up(index):
            return False
        around = (index - 1, index + 1)
        codes = [self._raw.FPDFText_GetUnicode(self._handle, at) for at in around]
        return any(code >= _WIDE for code in codes)

    def _close(self, line: Signs) -> None:
        """Add a line; signs that were drawn later are put where they stand."""
        places = [x for _, character, x, _ in line if character != " "]
        if any(after < before - 1 for before, after in zip(places, places[1:])):  # noqa: B905, RUF007 (starts fast)
            line = [sign for sign in line if not self._is_made_up(sign[0])]
            line.sort(key=lambda sign: sign[2])
        line = _whole_characters(line)
        visible = [sign for sign in line if not sign[1].isspace()]
        if visible:
            first, last = visible[0], visible[-1]
            self.lines.append(
                {
                    "text": "".join(character for _, character, _, _ in line),
                    "left": round(first[2], 1),
                    "right": round(self._end(last[0]), 1),
                    "base": round(first[3], 1),
                    "places": [
                        (round(x, 1), round(self._end(index), 1))
                        for index, _, x, _ in line
                    ]
                    if self._placed
                    else [],
                }
            )

    def _origin(self, index: int) -> tuple[float, float]:
        """Where a character stands: on what line is the same in any font."""
        x, y = ctypes.c_double(), ctypes.c_double()
        self._raw.FPDFText_GetCharOrigin(
            self._handle, index, ctypes.byref(x), ctypes.byref(y)
        )
        return self.turned(x.value, y.value)

    def _end(self, index: int) -> float:
        """Right side of a character, with the room it takes and not just its ink."""
        box = self._raw.FS_RECTF()
        self._raw.FPDFText_GetLooseCharBox(self._handle, index, box)
        corners = ((box.left, box.bottom), (box.right, box.top))
        return max(self.turned(*corner)[0] for corner in corners)

    def turned(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page as it is shown, where the page is turned."""
        return (
            (x, y),
            (y, self.height - x),
            (self.width - x, self.height - y),
            (self.width - y, x),
        )[self._turn % 4]


class Drawing:
    """What is on a page beside its text: pictures and shapes."""

    def __init__(
        self, raw: ModuleType, page: PdfPage, turned: Turn, *, traced: bool
    ) -> None:
        """Look at the objects of ``page``, and at those of the forms among them.

        ``turned`` says where a point of the page stands as it is shown, ``traced``
        whether the corners of shapes are wanted.
        """
        self._raw = raw
        self._turned = turned
        self._corners = 0 if traced else _MAX_CORNERS
        self.paths: list[tuple[bool, list[tuple[float, float]]]] = []
        self._left = _MAX_OBJECTS
        self._pictures = 0.0
        self.shapes = 0
        raw_page = page.raw
        self._look(
            raw.FPDFPage_CountObjects(raw_page),
            lambda index: raw.FPDFPage_GetObject(raw_page, index),
            (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
            _MAX_FORMS,
        )
        width, height = page.get_size()
        share = self._pictures / max(width * height, 1.0)
        self.pictured = share if share < 1 else 1.0  # also where it is no number

    def _look(
        self, count: int, get: Callable[[int], Any], place: Matrix, forms: int
    ) -> None:
        raw = self._raw
        for index in range(min(count, self._left)):
            self._left -= 1
            thing = get(index)
            kind = raw.FPDFPageObj_GetType(thing)
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                self._pictures += self._area(thing, place)
            elif kind == raw.FPDF_PAGEOBJ_PATH:
                self.shapes += 1
                self._trace(thing, self._placed(thing, place))
            elif kind == raw.FPDF_PAGEOBJ_FORM and forms:
                self._look(
                    raw.FPDFFormObj_CountObjects(thing),
                    partial(raw.FPDFFormObj_GetObject, thing),
                    self._placed(thing, place),
                    forms - 1,
                )

    def _trace(self, thing: object, place: Matrix) -> None:
        """Keep the shapes of straight lines that a path is made of."""
        raw = self._raw
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(thing, ctypes.byref(filled), ctypes.byref(stroked))
        count = raw.FPDFPath_CountSegments(thing)
        self._corners += max(count, 0)
        if self._corners > _MAX_CORNERS:
            self.paths = []
            return
        corners: list[tuple[float, float]] = []
        shapes = [corners]
        a, b, c, d, e, f = place
        x, y = ctypes.c_float(), ctypes.c_float()
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(thing, index)
            kind = raw.FPDFPathSegment_GetType(segment)
            if kind not in (raw.FPDF_SEGMENT_MOVETO, raw.FPDF_SEGMENT_LINETO):
                return
            if kind == raw.FPDF_SEGMENT_MOVETO:
                corners = []
                shapes.append(corners)
            raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            point = self._turned(
                a * x.value + c * y.value + e, b * x.value + d * y.value + f
            )
            corners.append((round(point[0], 1), round(point[1], 1)))
            if raw.FPDFPathSegment_GetClose(segment):
                corners.append(corners[0])
        if filled.value or stroked.value:
            self.paths += ((bool(stroked.value), each) for each in shapes if each[1:])

    def _area(self, thing: object, place: Matrix) -> float:
        left, low, right, high = (ctypes.c_float() for _ in range(4))
        corners = map(ctypes.byref, (left, low, right, high))
        self._raw.FPDFPageObj_GetBounds(thing, *corners)
        a, b, c, d, _, _ = place
        return abs(
            (right.value - left.value) * (high.value - low.value) * (a * d - b * c)
        )

    def _placed(self, thing: object, place: Matrix) -> Matrix:
        """How the inside of ``thing`` comes to stand on the page."""
        own = self._raw.FS_MATRIX()
        self._raw.FPDFPageObj_GetMatrix(thing, own)
        a, b, c, d, e, f = place
        return (
            a * own.a + c * own.b,
            b * own.a + d * own.b,
            a * own.c + c * own.d,
            b * own.c + d * own.d,
            a * own.e + c * own.f + e,
            b * own.e + d * own.f + f,
        )


def run() -> None:
    """Read the PDF from standard input and write its pages."""
    import pypdfium2
    from pypdfium2 import raw

    data = sys.stdin.buffer.read()
    Fonts.kept = Fonts(raw)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        write({"failed": "password" if "assword" in str(error) else "damaged"})
        return
    if len(document) > MAX_PAGES:
        write({"failed": "pages"})
        return
    taken = corners = 0
    for number in range(len(document)):
        try:
            page = document[number]
            handle = page.get_textpage()
        except pypdfium2.PdfiumError:
            write({"failed": "damaged"})
            return
        reader = Page(raw, page, handle)
        traced = corners < _MAX_TRACED and taken < _MAX_PLACED
        drawing = Drawing(raw, page, reader.turned, traced=traced)
        paths = drawing.paths
        corners += sum(len(shape) for _, shape in paths)
        reader.read(placed=bool(paths))
        taken += sum(len(line["text"]) for line in reader.lines)
        if taken > MAX_CHARACTERS:
            write({"failed": "long"})
            return
        write(
            {
                "page": number + 1,
                "width": round(reader.width, 1),
                "height": round(reader.height, 1),
                "unmapped": reader.unmapped,
                "pictured": round(drawing.pictured, 3),
                "drawn": drawing.shapes,
                "paths": paths,
                "lines": reader.lines,
            }
        )
        handle.close()
        page.close()
    write({"done": len(document)})


if __name__ == "__main__":
    limit()
    run()
