"""The program that takes the text lines out of a PDF, run in a process of its own.

PDFium is C++ and reads what strangers wrote: here it may crash, hang or fill its
memory without taking the ledger with it. Standard input is the PDF; standard
output is one JSON line for each page, or ``{"failed": reason}``::

    {"page": 1, "width": 595.3, "height": 841.9, "unmapped": 0,
     "lines": [{"text": "…", "left": 56.7, "right": 538.5, "base": 770.1}, …]}

Lengths are points from the lower left corner of the page. This file imports
nothing of the project, so that it starts fast and runs as a plain script.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import sys
from types import ModuleType
from typing import Any

MEMORY = 2 * 1024**3
"""Address space of the process, in bytes (where the system can limit it)."""
SECONDS = 60
"""Processor time of the process."""
MAX_PAGES = 5_000
MAX_CHARACTERS = 10_000_000
_LINE_ENDS = "\r\n"
_UNPRINTABLE = "\0\ufffe\uffff\ufffd"
_WIDE = 0x2E80
_SURROGATES = range(0xD800, 0xE000)


def limit() -> None:
    """Bound memory and processor time, where the system knows how."""
    try:
        import resource
    except ImportError:
        return
    for kind, amount in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        with contextlib.suppress(ValueError, OSError):  # a lower limit stands already
            resource.setrlimit(kind, (amount, amount))


def write(record: dict[str, Any]) -> None:
    """One JSON line on standard output."""
    sys.stdout.buffer.write(json.dumps(record).encode("ascii") + b"\n")


class Page:
    """One page on its way to lines: the characters in PDFium's reading order."""

    def __init__(self, raw: ModuleType, handle: object) -> None:
        """Keep the C functions and the text page they work on."""
        self._raw = raw
        self._handle = handle
        self.unmapped = 0
        self.lines: list[dict[str, Any]] = []

    def read(self) -> None:
        """Split the characters at PDFium's line ends and measure each line."""
        start = 0
        text: list[str] = []
        count = self._raw.FPDFText_CountChars(self._handle)
        for index in range(max(count, 0)):
            code = self._raw.FPDFText_GetUnicode(self._handle, index)
            character = self._character(code, index)
            if character in _LINE_ENDS and character:
                self._close(text, start, index)
                text, start = [], index + 1
            elif character:
                text.append(character)
        self._close(text, start, max(count, 0))

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

    def _between_scripts(self, index: int) -> bool:
        """Whether PDFium made this space up where Chinese and Latin type meet."""
        if self._raw.FPDFText_IsGenerated(self._handle, index) != 1 or index == 0:
            return False
        around = (index - 1, index + 1)
        codes = [self._raw.FPDFText_GetUnicode(self._handle, at) for at in around]
        return any(code >= _WIDE for code in codes)

    def _close(self, text: list[str], start: int, end: int) -> None:
        joined = "".join(text)
        joined = joined.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
        if not joined.strip():
            return
        first, last = self._ends(start, end)
        self.lines.append(
            {
                "text": joined,
                "left": min(self._sides(first)[0], self._sides(last)[0]),
                "right": max(self._sides(first)[1], self._sides(last)[1]),
                "base": self._base(first),
            }
        )

    def _ends(self, start: int, end: int) -> tuple[int, int]:
        """First and last visible character of a line."""
        while start < end - 1 and self._blank(start):
            start += 1
        while end - 1 > start and self._blank(end - 1):
            end -= 1
        return start, end - 1

    def _blank(self, index: int) -> bool:
        code = self._raw.FPDFText_GetUnicode(self._handle, index)
        return code <= 0x20 or chr(code).isspace()  # noqa: PLR2004 (control characters)

    def _sides(self, index: int) -> tuple[float, float]:
        """Left and right of a character with the room it takes, not of its ink."""
        box = self._raw.FS_RECTF()
        self._raw.FPDFText_GetLooseCharBox(self._handle, index, box)
        return round(box.left, 1), round(box.right, 1)

    def _base(self, index: int) -> float:
        """The height of the line that a character stands on, the same in any font."""
        x, y = ctypes.c_double(), ctypes.c_double()
        self._raw.FPDFText_GetCharOrigin(
            self._handle, index, ctypes.byref(x), ctypes.byref(y)
        )
        return round(y.value, 1)


def run() -> None:
    """Read the PDF from standard input and write its pages."""
    import pypdfium2
    from pypdfium2 import raw

    data = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        write({"failed": "password" if "assword" in str(error) else "damaged"})
        return
    taken = 0
    for number in range(min(len(document), MAX_PAGES)):
        try:
            page = document[number]
            handle = page.get_textpage()
        except pypdfium2.PdfiumError:
            write({"failed": "damaged"})
            return
        reader = Page(raw, handle.raw)
        reader.read()
        taken += sum(len(line["text"]) for line in reader.lines)
        if taken > MAX_CHARACTERS:
            write({"failed": "long"})
            return
        width, height = page.get_size()
        write(
            {
                "page": number + 1,
                "width": round(width, 1),
                "height": round(height, 1),
                "unmapped": reader.unmapped,
                "lines": reader.lines,
            }
        )
        handle.close()
        page.close()
    write({"done": len(document)})


if __name__ == "__main__":
    limit()
    run()
