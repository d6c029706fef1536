"""Every error of the application, with the exit code it ends a command with.

    LedgerError                     1   unexpected
    ├── UsageProblem                2   wrong words, unknown or ambiguous reference
    ├── Refused                     4   a rule of the lifecycle or of separation
    ├── Partly                      6   partly done, or waiting
    ├── Braked                      7   stopped before writing
    ├── Damaged                     8   ledger damaged, cut short, or too new
    ├── Busy                       10   another process holds the ledger
    └── NoLedger                   12   none found

Errors of the two packages below keep their own classes; their codes stand in
:data:`EXIT_CODES` too: authentication or permission at a tracker 5, unreadable
document 9, tracker unreachable 11. Exit code 3 (attention needed) is no error:
``status --check`` gives it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark ``text`` for the message catalogue without translating it here."""
    return text


_JOINED = N_("{before} {after}")  # two sentences; Chinese ones touch


class LedgerError(Exception):
    """What happened, why, and what to do next.

    The three parts are English message ids with ``{name}`` places filled from
    ``values``; the command line translates them, ``str()`` gives English.
    """

    exit_code: ClassVar[int] = 1

    def __init__(
        self, what: str, why: str = "", todo: str = "", /, **values: object
    ) -> None:
        """Keep the three message ids and the values for their places."""
        super().__init__(what, why, todo)
        self.what = what
        self.why = why
        self.todo = todo
        self.values = values

    def parts(self, translate: Callable[[str], str] = str) -> tuple[str, str, str]:
        """What, why and what next, in the language of ``translate``."""
        what, why, todo = (
            fill(translate, text, self.values) if text else ""
            for text in (self.what, self.why, self.todo)
        )
        return what, why, todo

    def __str__(self) -> str:
        return " ".join(part for part in self.parts() if part)


def fill(translate: Callable[[str], str], text: str, values: dict[str, object]) -> str:
    """``text`` translated and filled; messages, and tuples of them, translate too."""
    return translate(text).format(
        **{name: _worded(translate, value) for name, value in values.items()}
    )


def _worded(translate: Callable[[str], str], value: object) -> object:
    if isinstance(value, Message):
        return value.text(translate)
    if isinstance(value, tuple):
        return reduce(
            lambda before, after: translate(_JOINED).format(before=before, after=after),
            [str(_worded(translate, part)) for part in value] or [""],
        )
    return value


class Message:
    """A sentence that is put into words only when it is shown."""

    def __init__(self, words: str, /, **values: object) -> None:
        """Keep the message id and the values for its places."""
        self.words = words
        self.values = values

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of ``translate``."""
        return fill(translate, self.words, self.values)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class UsageProblem(LedgerError):
    """The words of the command do not fit; nothing was done."""

    exit_code = 2


class Refused(LedgerError):
    """A rule forbids it; nothing was done."""

    exit_code = 4


class Partly(LedgerError):
    """Some of it is done, the rest is named."""

    exit_code = 6


class Braked(LedgerError):
    """So much would change that a person should look first."""

    exit_code = 7


class Damaged(LedgerError):
    """The ledger file is damaged, cut short, or newer than this program."""

    exit_code = 8


class Busy(LedgerError):
    """Another process holds the ledger's write lock."""

    exit_code = 10


class NoLedger(LedgerError):
    """No ledger was found where one was looked for."""

    exit_code = 12
