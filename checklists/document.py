"""A document as it was read: its text, and where each piece of it stood.

Offsets are Unicode code points of :attr:`Document.text`. For a plain-text file
that text is the decoded file, a byte order mark left out, line ends kept and
nothing normalised; for other formats it is what ``--dump-text`` prints.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark ``text`` for the message catalogue without translating it here."""
    return text


class Phrase(str):
    """A message id that fills a place in another message, and is translated too."""

    __slots__ = ()


class DocumentError(Exception):
    """A document that cannot be read, in three parts.

    ``what``, ``why`` and ``todo`` are message ids with ``{name}`` places filled
    from ``values``; the command line translates them, ``str()`` gives English. A
    value that is a :class:`Phrase` is translated as well.
    """

    def __init__(
        self, what: str, why: str = "", todo: str = "", **values: object
    ) -> None:
        """Keep the three message ids and the values for their places."""
        super().__init__(what, why, todo)
        self.what = what
        self.why = why
        self.todo = todo
        self.values = values

    def parts(self, translate: Callable[[str], str] = str) -> tuple[str, str, str]:
        """What happened, why, and what to do next, in the language of ``translate``."""
        values = {
            key: translate(str(value)) if isinstance(value, Phrase) else value
            for key, value in self.values.items()
        }
        what, why, todo = (
            translate(text).format(**values) if text else ""
            for text in (self.what, self.why, self.todo)
        )
        return what, why, todo

    def __str__(self) -> str:
        return " ".join(part for part in self.parts() if part)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader should look at, as a message id and its values.

    ``claimed`` and ``found`` are numbers of problems (``found`` also of files),
    ``pages`` pages of the original, counted from 1 and in order; what the message does
    not name is empty.
    """

    message: str
    claimed: int = 0
    found: int = 0
    pages: tuple[int, ...] = ()

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The message in the language of ``translate``; pages as ``3, 7–9``."""
        ranges: list[list[int]] = []
        for page in self.pages:
            if ranges and page == ranges[-1][1] + 1:
                ranges[-1][1] = page
            else:
                ranges.append([page, page])
        shown = translate(N_(", ")).join(
            str(first) if first == last else f"{first}–{last}" for first, last in ranges
        )
        return translate(self.message).format(
            claimed=self.claimed, found=self.found, pages=shown
        )


@dataclass(frozen=True)
class Document:
    """One readable document.

    ``name`` is the file name (or address) as given, ``sha256`` the digest of the
    original bytes in hex, ``form`` the format (``text``, ``markdown``, ``html``,
    ``docx``, ``pdf``, ``xlsx`` …). ``marks`` gives, in order of ``start``, the
    place in the original (``page 3``, ``sheet 1 cell B4``) where each stretch of
    text begins; empty for plain text, where the line says it all. ``notes`` say what
    of the original is not in the text: pages that are pictures, files attached.
    """

    name: str
    text: str
    sha256: str
    form: str = "text"
    marks: tuple[tuple[int, str], ...] = ()
    notes: tuple[Note, ...] = ()

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        return starts

    def line(self, offset: int) -> int:
        """The line, counted from 1, that holds the character at ``offset``."""
        return bisect_right(self._line_starts, offset)

    def place(self, offset: int) -> str | None:
        """The place in the original that holds ``offset``, or ``None``."""
        index = bisect_right(self.marks, offset, key=lambda mark: mark[0])
        return self.marks[index - 1][1] if index else None
