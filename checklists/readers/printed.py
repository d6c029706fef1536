"""Printed pages (of a PDF, an OFD) as a document, and what of them is no text.

Pages that are pictures, or whose fonts do not say which characters they show, are
named in the document's notes: a report must not lose a page in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from checklists.document import N_, Document, DocumentError, Note
from checklists.readers.encoding import common_share
from checklists.readers.lines import Lines
from checklists.readers.original import Original
from checklists.readers.paragraphs import PrintedPage, paragraphs

_UNMAPPED_SHARE: Final = 0.15
_FEW_CHARACTERS: Final = 80
"""What stands on a scanned page beside its picture: a number, a stamp, the line of
the program that made it."""
_PICTURED: Final = 0.5
"""The share of a page that a scan covers at least."""
_MARGINAL: Final = 0.05
"""The share of an empty page from which a picture on it says something."""
_OUTLINES: Final = 40
"""Shapes on an empty page from which they may be letters drawn as curves."""
_EVERYDAY_SHARE: Final = 0.4
_SAMPLE: Final = 60
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]+")


def printed(original: Original, pages: Sequence[PrintedPage], form: str) -> Document:
    """The text of ``pages`` as a document of the format ``form``.

    Raises:
        DocumentError: none of the pages has text.
    """
    pictures = {page.number for page in pages if _is_picture(page)}
    garbled = {page.number for page in pages if _is_garbled(page)}
    unread = pictures | garbled
    readable = [
        replace(page, lines=()) if page.number in garbled else page for page in pages
    ]
    found = list(paragraphs(readable))
    if not found or all(p.number in unread for p in readable if p.lines):
        raise (_without_unicode if garbled else _scanned)(original.name, len(pages))
    lines = Lines(original)
    for paragraph in found:
        lines.add_pieces([(text, f"page {number}") for text, number in paragraph])
    return lines.document(form, notes=_notes(pictures, garbled))


def _text(page: PrintedPage) -> str:
    return "".join("".join(line.text.split()) for line in page.lines)


def _is_picture(page: PrintedPage) -> bool:
    """Whether the words of a page are in a picture, as a scanner makes it.

    Few characters on one are a page number, a stamp or an office's line. A page with
    none may also be drawn; without a drawing it is only empty.
    """
    characters = len(_text(page)) + page.unmapped
    if characters:
        return characters < _FEW_CHARACTERS and page.pictured >= _PICTURED
    return page.pictured >= _MARGINAL or page.shapes >= _OUTLINES


def _is_garbled(page: PrintedPage) -> bool:
    """Whether the characters of a page are not those that it shows.

    Fonts may name none, or names of their own (private use), or wrong ones: then
    hardly any is among the everyday ones of Chinese.
    """
    text = _text(page)
    words = sum(map(str.isalnum, text))
    if page.unmapped > _UNMAPPED_SHARE * (words + page.unmapped):
        return True
    chinese = "".join(_CHINESE.findall(text))
    return len(chinese) >= _SAMPLE and common_share(chinese) < _EVERYDAY_SHARE


def _notes(pictures: set[int], garbled: set[int]) -> tuple[Note, ...]:
    notes: list[Note] = []
    if pictures:
        message = N_(
            "Not read, because they are pictures and have no text: pages {pages}. Run"
            " OCR on the file, as a PDF (for example ocrmypdf --skip-text -l chi_sim),"
            " and derive the result."
        )
        notes.append(Note(message, pages=tuple(sorted(pictures))))
    if garbled:
        message = N_(
            "Not read, because their fonts do not say which characters they show: pages"
            " {pages}. Run OCR on the file, as a PDF (for example ocrmypdf --force-ocr"
            " -l chi_sim), and derive the result."
        )
        notes.append(Note(message, pages=tuple(sorted(garbled))))
    return tuple(notes)


def _scanned(name: str, pages: int) -> DocumentError:
    return DocumentError(
        N_("{name} holds no text."),
        N_("Its {pages} pages are pictures, as a scanner makes them."),
        N_(
            "Run OCR on it, as a PDF (for example ocrmypdf -l chi_sim); give the result."
        ),
        name=name,
        pages=pages,
    )


def _without_unicode(name: str, _pages: int) -> DocumentError:
    return DocumentError(
        N_("{name} shows text but does not say which characters it is."),
        N_("Its fonts carry no Unicode table, so the text cannot be copied out."),
        N_(
            "Run OCR on it (for example ocrmypdf --force-ocr -l chi_sim), or ask for the original document."
        ),
        name=name,
    )
