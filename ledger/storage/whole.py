"""New files that are there whole or not at all, and never in the place of another."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ledger.errors import N_, UsageProblem


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write into, which gets the name ``path`` when all is written.

    It is readable by its owner alone, and gone when anything fails. A name that is
    taken is refused before anything is written, and again when the name is given.

    Raises:
        UsageProblem: something bears the name already, or the folder cannot be
            written.
    """
    if os.path.lexists(path):
        raise taken(path)
    coming = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        number = os.open(coming, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except OSError as error:
        raise UsageProblem(
            N_("{path} cannot be written."),
            "{error}.",
            N_("Choose another place."),
            path=path,
            error=error.strerror,
        ) from error
    try:
        with os.fdopen(number, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(coming, path)
        except FileExistsError as error:
            raise taken(path) from error
        except OSError:
            # A file system without hard links: take the name, then fill it.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            coming.replace(path)
    finally:
        coming.unlink(missing_ok=True)


def taken(path: Path) -> UsageProblem:
    """The refusal to write where something is already."""
    return UsageProblem(
        N_("{path} is there already."),
        N_("Nothing is ever overwritten."),
        N_("Choose another name, or move it away."),
        path=path,
    )
