"""Pages for people, of a few kinds of blocks: as Markdown, and as HTML to print.

Whatever stands in a block was written by others: every text is cleaned and escaped.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ledger import i18n
from ledger.views.text import clean


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of ``level`` 1 or 2."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``mark`` is ``quote``, ``warning`` or empty."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values; the empty ones are left out."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """``links`` are the places of files that the last cell of each row names."""

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    mark: str = ""
    links: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Text that is shown character by character."""

    text: str


Block = Heading | Text | Facts | Table | Code


# Markdown

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!&])")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def markdown(blocks: Sequence[Block]) -> str:
    """``blocks`` as Markdown (CommonMark with tables)."""
    return "\n\n".join(filter(None, map(_markdown, blocks))) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_cell(text)}"
        case Text(text, mark):
            lines = _LEADING.sub(r"\1\\\2", _safe(text)).split("\n")
            if mark == "quote":
                return "\n".join(f"> {line}" for line in lines)
            told = "  \n".join(lines)
            return f"**{told}**" if mark == "warning" else told
        case Facts(pairs):
            rows = [
                f"| {_cell(name)} | {_cell(said)} |" for name, said in pairs if said
            ]
            return "\n".join(["| | |", "|---|---|", *rows]) if rows else ""
        case Table(titles, rows):
            table: list[Sequence[str]] = [titles, ["---"] * len(titles), *rows]
            return "\n".join(
                "| "
                + " | ".join(cell if cell == "---" else _cell(cell) for cell in line)
                + " |"
                for line in table
            )
        case Code(text):
            # JSON has its control characters escaped; no line of it is a fence.
            return f"```json\n{_spelled(text)}\n```"


def _safe(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", clean(text, lines=True))


def _cell(text: str) -> str:
    return _safe(text).replace("\n", "<br>")


def _spelled(text: str) -> str:
    """JSON text whose every character can be seen: the others as JSON escapes them."""
    return "".join(
        char if char == "\n" or clean(char) == char else json.dumps(char)[1:-1]
        for char in text
    )


# HTML

_STYLE = """
:root { --line: #999; --dim: #555; }
* { box-sizing: border-box; }
body { font: 11pt/1.5 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif;
  color: #111; background: #fff; max-width: 190mm; margin: 12mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; line-height: 1.3; margin: 0 0 2mm; }
h2 { font-size: 13pt; margin: 8mm 0 2mm; border-bottom: 1.5pt solid #111;
  break-after: avoid; }
p { margin: 2mm 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0; font-size: 9.5pt; }
th, td { border: .5pt solid var(--line); padding: 1mm 1.8mm; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { background: #f1f1f1; font-weight: 600; white-space: nowrap; }
tr { break-inside: avoid; }
table.facts th { width: 32mm; }
td.when, table.signed td:first-child { white-space: nowrap; }
table.signed { font-size: 10pt; }
table.signed td { height: 14mm; }
table.signed td:last-child { min-width: 26mm; }
td.digest { font: 7.5pt/1.3 "DejaVu Sans Mono", Consolas, monospace; min-width: 32mm; }
table.hashes td { font: 7.5pt/1.3 "DejaVu Sans Mono", Consolas, monospace; }
blockquote { margin: 2mm 0; padding: 1mm 4mm; border-left: 3pt solid #111;
  overflow-wrap: anywhere; }
.warning { border: 1pt solid #8a1c1c; color: #8a1c1c; padding: 1.5mm 3mm;
  font-weight: 600; }
pre { font: 7.5pt/1.35 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
  white-space: pre-wrap; overflow-wrap: anywhere; border: .5pt solid var(--line);
  padding: 2mm; }
@page { size: A4; margin: 15mm 14mm; }
@media print { body { margin: 0; max-width: none; padding: 0 .5pt; } }
"""


def page(blocks: Sequence[Block], title: str) -> str:
    """``blocks`` as one HTML page that needs nothing from anywhere."""
    language = "zh-CN" if i18n.language() == "zh" else "en"
    body = "\n".join(filter(None, map(_html, blocks)))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_text(text)}</h{level}>"
        case Text(text, "quote"):
            return f"<blockquote>{_text(text)}</blockquote>"
        case Text(text, mark):
            return (
                f'<p class="{mark}">{_text(text)}</p>'
                if mark
                else f"<p>{_text(text)}</p>"
            )
        case Facts(pairs):
            rows = "".join(
                f"<tr><th>{_text(name)}</th>{_data(said)}</tr>\n"
                for name, said in pairs
                if said
            )
            return f'<table class="facts">\n{rows}</table>' if rows else ""
        case Table(titles, rows, mark, links):
            head = "".join(f"<th>{_text(title)}</th>" for title in titles)
            told = []
            for at, row in enumerate(rows):
                cells = [_data(cell) for cell in row]
                if links:
                    cells[-1] = f"<td>{_link(links[at])}</td>"
                told.append(f"<tr>{''.join(cells)}</tr>\n")
            shown = f' class="{mark}"' if mark else ""
            return (
                f"<table{shown}>\n<thead><tr>{head}</tr></thead>\n"
                f"<tbody>\n{''.join(told)}</tbody>\n</table>"
            )
        case Code(text):
            return f"<pre>{html.escape(_spelled(text))}</pre>"


def _data(text: str) -> str:
    shown = ""
    if re.fullmatch(r"[0-9a-f]{64}", text):
        shown = ' class="digest"'
    elif re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", text, re.ASCII):
        shown = ' class="when"'
    return f"<td{shown}>{_text(text)}</td>"


def _link(place: str) -> str:
    return f'<a href="{html.escape(quote(place))}">{_text(place)}</a>'


def _text(text: str) -> str:
    return html.escape(clean(text, lines=True)).replace("\n", "<br>")
