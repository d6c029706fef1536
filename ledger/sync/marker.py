"""Our marked block in an issue's body, and the mark on our comments (pure).

    <!-- ledger:01HX… item:01HY… -->
    what the ledger writes
    <!-- /ledger:01HX… item:01HY… -->

Everything outside the two lines is people's and never changes. A quoted marker
(``> <!-- …``) is a quotation, not a marker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

_ID = "[0-9A-HJKMNP-TV-Z]{26}"
_LINE = re.compile(
    rf"^[ \t]*<!--[ \t]*(?P<end>/?)ledger:(?P<ledger>{_ID})[ \t]+item:(?P<item>{_ID})"
    r"[ \t]*-->[ \t\r]*$",
    re.MULTILINE,
)
_REMARK = re.compile(
    rf"\s*<!--[ \t]*ledger:(?P<ledger>{_ID})[ \t]+item:(?P<item>{_ID})[ \t]+"
    r"mark:(?P<mark>[a-z0-9_.:-]{1,80})[ \t]*-->[ \t\r]*(?:\n|\Z)"
)


class Placing(StrEnum):
    """How our block stands in a body."""

    WHOLE = "whole"
    ABSENT = "absent"
    DAMAGED = "damaged"
    DOUBLED = "doubled"


@dataclass(frozen=True, slots=True)
class Found:
    """Our block in a body: ``start`` and ``end`` are offsets of the whole of it.

    ``inner`` is what stands between the markers, with LF line ends; empty where
    the block is absent or damaged. Of a doubled block the first one counts.
    """

    placing: Placing
    start: int = 0
    end: int = 0
    inner: str = ""


def identity(ledger: str, item: str) -> str:
    """What finds an item's issue again."""
    return f"ledger:{ledger} item:{item}"


def block(ledger: str, item: str, inner: str) -> str:
    """``inner`` between its markers."""
    name = identity(ledger, item)
    return f"<!-- {name} -->\n{inner.strip()}\n<!-- /{name} -->"


def find(body: str, ledger: str, item: str) -> Found:
    """Our block of ``item`` in ``body``."""
    lines = [
        line
        for line in _LINE.finditer(body)
        if (line["ledger"], line["item"]) == (ledger, item)
    ]
    if not lines:
        return Found(Placing.ABSENT)
    for begin, end in pairwise(lines):
        if end["end"] and not begin["end"]:
            inner = body[begin.end() : end.start()].replace("\r\n", "\n").strip("\r\n")
            placing = Placing.WHOLE if len(lines) == 2 else Placing.DOUBLED  # noqa: PLR2004 (begin, end)
            return Found(placing, begin.start(), _bare(end), inner)
    first = lines[0]
    return Found(Placing.DAMAGED, first.start(), _bare(first))


def replace(body: str, ledger: str, item: str, inner: str, *, told: str = "") -> str:
    """``body`` with ``inner`` in our block; nothing outside of it changes.

    A block that is absent comes before people's text. Of a damaged one the lines
    next to the marker that was left go, as far as they are those of ``told``, the
    text we wrote last.
    """
    found = find(body, ledger, item)
    newline = "\r\n" if "\r\n" in body else "\n"
    ours = block(ledger, item, inner).replace("\n", newline)
    if found.placing is Placing.ABSENT:
        return f"{ours}{newline}{newline}{body}" if body.strip() else ours
    start, end = found.start, found.end
    if found.placing is Placing.DAMAGED:
        start, end = _widened(body, start, end, told)
    return body[:start] + ours + body[end:]


def items_named(body: str, ledger: str) -> tuple[str, ...]:
    """The items of ``ledger`` whose markers begin a block in ``body``."""
    return tuple(
        dict.fromkeys(
            line["item"]
            for line in _LINE.finditer(body)
            if line["ledger"] == ledger and not line["end"]
        )
    )


def remark(ledger: str, item: str, mark: str, text: str) -> str:
    """A comment of ours: a mark that is not shown, then ``text``."""
    return f"<!-- {identity(ledger, item)} mark:{mark} -->\n{text}"


def mark_of(body: str, ledger: str) -> tuple[str, str] | None:
    """The item and mark of a comment that begins as ours do."""
    found = _REMARK.match(body)
    if found is None or found["ledger"] != ledger:
        return None
    return found["item"], found["mark"]


def _bare(line: re.Match[str]) -> int:
    """The end of a marker's line without a carriage return, which is the body's."""
    return line.end() - (1 if line[0].endswith("\r") else 0)


def _widened(body: str, start: int, end: int, told: str) -> tuple[int, int]:
    """The span of a marker with the lines of ``told`` that still stand next to it."""
    ours = [line.rstrip() for line in told.strip().split("\n")] if told.strip() else []
    is_end = (
        body[start:end].lstrip().startswith("<!-- /") or "/ledger:" in (body[start:end])
    )
    if is_end:
        before = body[:start].split("\n")[:-1]
        for line in reversed(ours):
            if not before or before[-1].rstrip() != line:
                break
            start -= len(before.pop()) + 1
        return start, end
    after = body[end:].lstrip("\r").split("\n")[1:]
    for line in ours:
        if not after or after[0].rstrip() != line:
            break
        lead = body[end:]
        end += lead.index("\n") + 1 + len(after.pop(0).rstrip("\r"))
    return start, end
