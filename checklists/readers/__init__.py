"""Documents of every format that an office has, read into one shape.

:func:`read_document` reads one original, :func:`read_documents` also archives of
several. What an original is, its bytes decide first and its name second (a
``.doc`` is often a web page, a ``.txt`` sometimes a PDF). Each format has a module
named after it; one that needs a library imports it there, when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checklists.document import N_, Document, DocumentError, Phrase
from checklists.readers.encoding import decode
from checklists.readers.lines import MAX_CHARACTERS, too_long
from checklists.readers.original import MAX_BYTES, Fetch, Fetched, Original, obtain
from checklists.readers.signatures import (
    Form,
    compound_form,
    foreign_kind,
    known_form,
    package_form,
    text_form,
)

if TYPE_CHECKING:
    from checklists.readers.archive import Allowance
    from checklists.readers.package import Package

__all__ = [
    "MAX_BYTES",
    "MAX_CHARACTERS",
    "Fetch",
    "Fetched",
    "read_document",
    "read_documents",
]

_CONVERTED: Final = {
    Form.RTF: (".rtf", "docx"),
    Form.ODT: (".odt", "docx"),
    Form.ODS: (".ods", "xlsx"),
    Form.DOC: (".doc", "docx"),
    Form.XLS: (".xls", "xlsx"),
    Form.XLSB: (".xlsb", "xlsx"),
}

_FOREIGN_OFFICE: Final = {
    Form.SLIDES: N_("a presentation"),
}


def read_document(
    source: Path | str, *, content: bytes | None = None, fetch: Fetch | None = None
) -> Document:
    """Read ``source``: a file, ``-`` for standard input, or an ``https://`` address.

    ``content`` hands in bytes that the caller has already; ``source`` is then only
    their name. ``fetch`` gets addresses; without it they are refused.

    Raises:
        DocumentError: always this, whatever the bytes; exit code 9.
    """
    documents = read_documents(source, content=content, fetch=fetch)
    first = next(documents, None)
    if first is None or next(documents, None) is not None:
        raise DocumentError(
            N_("{name} is an archive and no document."),
            N_("It holds none or several, and one document is read at a time here."),
            N_("Unpack it and give one of its documents."),
            name=str(source),
        )
    if isinstance(first, DocumentError):
        raise first
    return first


def read_documents(
    source: Path | str, *, content: bytes | None = None, fetch: Fetch | None = None
) -> Iterator[Document | DocumentError]:
    """Read ``source`` as :func:`read_document` does, an archive member by member.

    Yields what each is, or why it could not be read; raises nothing. Archives in
    the archive are opened too, down to :data:`archive.MAX_NESTING` in all.
    """
    try:
        original = obtain(source, content=content, fetch=fetch)
    except DocumentError as error:
        yield error
    else:
        yield from _read_all(original, None, depth=1)


def _read_all(
    original: Original, allowance: Allowance | None, *, depth: int
) -> Iterator[Document | DocumentError]:
    """One document, or those of an archive ``depth`` archives deep."""
    try:
        package = _package(original)
        form = known_form(original.data) if package is None else package_form(package)
        if package is None or form is not Form.ZIP:
            yield _checked(_read(original, form, package))
            return
        from checklists.readers import archive

        archive.check_depth(original.name, depth)
    except DocumentError as error:
        yield error
        return
    shared = allowance or archive.Allowance()
    yield from archive.read_members(
        original,
        package,
        lambda member: _read_all(member, shared, depth=depth + 1),
        shared,
    )


def _package(original: Original) -> Package | None:
    """The zip package that ``original`` is, opened within limits, if it is one."""
    if known_form(original.data) is not Form.ZIP:
        return None
    from checklists.readers.package import Package

    return Package(original.name, original.data)


def _read(original: Original, form: Form | None, package: Package | None) -> Document:
    if form is Form.COMPOUND:
        form = compound_form(original.data, original.suffix)
    if form is Form.LOCKED:
        from checklists.readers.package import protected

        raise protected(original.name)
    if form in _FOREIGN_OFFICE:
        raise _unsupported(original, _FOREIGN_OFFICE[form])
    if form in _CONVERTED:
        package, form = _convert(original, form)
    if form is Form.PDF:
        from checklists.readers.pdf import read_pdf

        return read_pdf(original)
    if package is None:
        return _read_text(original)
    if form is Form.XLSX:
        from checklists.readers.sheets import read_xlsx

        return read_xlsx(original, package)
    if form is Form.OFD:
        from checklists.readers.ofd import read_ofd

        return read_ofd(original, package)
    from checklists.readers.word import read_docx

    return read_docx(original, package)


def _convert(original: Original, form: Form) -> tuple[Package, Form]:
    """``original`` in the newer format of its kind."""
    from checklists.readers.office import convert
    from checklists.readers.package import Package

    suffix, target = _CONVERTED[form]
    return Package(original.name, convert(original, suffix, target)), Form(target)


def _read_text(original: Original) -> Document:
    """Text, or text that is marked up as something."""
    form = text_form(original.data, original.suffix, original.content_type)
    try:
        if form is Form.HTML:
            from checklists.readers.webpage import read_html

            return read_html(original)
        if form is Form.MHT:
            from checklists.readers.mht import read_mht

            return read_mht(original)
        text = decode(original.name, original.data)
    except DocumentError:
        kind = foreign_kind(original.data)
        if kind is None:
            raise
        raise _unsupported(original, kind) from None
    if form is Form.CSV:
        from checklists.readers.sheets import read_csv

        return read_csv(original, text)
    return Document(
        name=original.name, text=text, sha256=original.sha256, form=str(form)
    )


def _checked(document: Document) -> Document:
    """The document, if it says anything and not too much."""
    if not any(mark.isprintable() and not mark.isspace() for mark in document.text):
        raise DocumentError(
            N_("{name} is empty."),
            N_("It holds no text, only white space or nothing at all."),
            N_("Check that it is the right file and that it was saved whole."),
            name=document.name,
        )
    if len(document.text) > MAX_CHARACTERS:
        raise too_long(document.name)
    return document


def _unsupported(original: Original, kind: str) -> DocumentError:
    return DocumentError(
        N_("{name} is not a document that can be read."),
        N_("By its first bytes it is {kind}."),
        N_("Give the report as text, Markdown, HTML, docx, PDF, OFD, xlsx or csv."),
        name=original.name,
        kind=Phrase(kind),
    )
