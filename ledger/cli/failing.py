"""How an error is shown, and with which exit code the command ends."""

from __future__ import annotations

import json
import os
import sys
import traceback

import click

from checklists.document import DocumentError
from integrations.tracker import (
    Forbidden,
    Moved,
    TrackerError,
    Unauthenticated,
    Unreachable,
)
from ledger.errors import LedgerError
from ledger.i18n import _

UNEXPECTED, USAGE, TRACKER_RIGHTS, PARTLY, DOCUMENT, UNREACHABLE = 1, 2, 5, 6, 9, 11


def exit_code(error: BaseException) -> int:
    """The documented exit code of ``error``."""
    if isinstance(error, LedgerError):
        return error.exit_code
    if isinstance(error, DocumentError):
        return DOCUMENT
    if isinstance(error, Unauthenticated | Forbidden):
        return TRACKER_RIGHTS
    if isinstance(error, Unreachable | Moved):
        return UNREACHABLE
    if isinstance(error, TrackerError):
        return PARTLY
    if isinstance(error, click.ClickException):
        return USAGE
    return UNEXPECTED


def parts(error: BaseException) -> tuple[str, str, str]:
    """What happened, why, and what to do next."""
    if isinstance(error, LedgerError | DocumentError | TrackerError):
        return error.parts(_)
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx is not None else "ledger"
        return _usage(error), "", f"{path} --help"
    if isinstance(error, click.ClickException):
        return error.format_message(), "", ""
    return (
        _("This was not foreseen: {error}").format(error=type(error).__name__),
        str(error),
        _(
            "Nothing half-written is kept. Repeat with --debug and report what it prints."
        ),
    )


def _usage(error: click.UsageError) -> str:
    """What click says, but for the full stop that it always sets in English."""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = error.param.get_error_hint(error.ctx)
        return _("{name} is missing.").format(name=name)
    return error.format_message()


def explain(error: Exception, *, debug: bool, machine: bool) -> int:
    """Print ``error`` to standard error in three parts; returns the exit code."""
    code = exit_code(error)
    what, why, todo = (_visible(part) for part in parts(error))
    if debug:
        traceback.print_exception(error)
    if machine:
        document = {
            "schema": "error/1",
            "what": what,
            "why": why or None,
            "next": todo or None,
            "exit_code": code,
        }
        sys.stderr.write(json.dumps(document, ensure_ascii=False) + "\n")
        return code
    from ledger.cli.app import width
    from ledger.views import failure

    # On a terminal wrapped for people; elsewhere one line a part, for programs.
    terminal = sys.stderr.isatty()
    lines = failure.screen(
        what,
        why,
        todo,
        width=width() if terminal else sys.maxsize,
        colour=terminal and "NO_COLOR" not in os.environ,
    )
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return code


def _visible(part: str) -> str:
    from ledger.views.text import clean

    return clean(part)
