"""Documents of every format that an office has, read into one shape.

:func:`read_document` reads one original. What it is, its bytes decide first and
its name second; a format that needs a library of its own is read by the module
named after it, and the library is imported there, when it is needed.
"""

from __future__ import annotations

from pathlib import Path

from checklists.document import N_, Document, DocumentError
from checklists.readers.encoding import decode
from checklists.readers.original import MAX_BYTES, Fetch, Fetched, Original, obtain
from checklists.readers.signatures import Form, foreign_kind, known_form

__all__ = ["MAX_BYTES", "MAX_CHARACTERS", "Fetch", "Fetched", "read_document"]

MAX_CHARACTERS = 10_000_000
"""The longest text that is taken from one document, in code points."""


def read_document(
    source: Path | str, *, content: bytes | None = None, fetch: Fetch | None = None
) -> Document:
    """Read ``source``: a file, ``-`` for standard input, or an ``https://`` address.

    ``content`` hands in bytes that the caller has already; ``source`` is then only
    their name. ``fetch`` gets addresses; without it they are refused.

    Raises:
        DocumentError: always this, whatever the bytes; exit code 9.
    """
    original = obtain(source, content=content, fetch=fetch)
    document = _read(original)
    if not any(mark.isprintable() and not mark.isspace() for mark in document.text):
        raise DocumentError(
            N_("{name} is empty."),
            N_("It holds no text, only white space or nothing at all."),
            N_("Check that it is the right file and that it was saved whole."),
            name=original.name,
        )
    if len(document.text) > MAX_CHARACTERS:
        raise DocumentError(
            N_("{name} is too long to read."),
            N_("Its text has more than {limit} characters, the limit for one."),
            N_("Give the report itself, or split the file."),
            name=original.name,
            limit=MAX_CHARACTERS,
        )
    return document


def _read(original: Original) -> Document:
    form = known_form(original.data)
    if form is not None:
        raise _unsupported(original, str(form))
    try:
        text = decode(original.name, original.data)
    except DocumentError:
        kind = foreign_kind(original.data)
        if kind is None:
            raise
        raise _unsupported(original, kind) from None
    form = Form.MARKDOWN if original.suffix in {".md", ".markdown"} else Form.TEXT
    return Document(
        name=original.name, text=text, sha256=original.sha256, form=str(form)
    )


def _unsupported(original: Original, kind: str) -> DocumentError:
    return DocumentError(
        N_("{name} is not a document that can be read."),
        N_("By its first bytes it is {kind}."),
        N_("Give the report as text, Markdown, HTML, docx, PDF, xlsx or csv."),
        name=original.name,
        kind=kind,
    )
