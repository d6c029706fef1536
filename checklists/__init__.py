"""A document becomes a checklist: problems, plans, and which plan answers which problem.

    >>> from checklists import derive, read_document
    >>> checklist = derive(read_document("report.txt"))  # doctest: +SKIP

:func:`read_document` reads a file of any supported format, :func:`derive` is pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checklists.document import Document, DocumentError

if TYPE_CHECKING:
    from checklists.readers import read_document
    from checklists.report import Checklist, Due, Entry, Link, NamedUnit, derive

__all__ = [
    "Checklist",
    "Document",
    "DocumentError",
    "Due",
    "Entry",
    "Link",
    "NamedUnit",
    "derive",
    "read_document",
]


def __getattr__(name: str) -> object:
    """Import the grammars and the readers when they are first used (start-up time)."""
    if name == "read_document":
        from checklists.readers import read_document

        return read_document
    if name in __all__:
        from checklists import report

        return getattr(report, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
