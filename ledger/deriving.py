"""Many reports at once: on all cores, in bounded memory, none stopping the others."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from checklists import DocumentError, derive
from checklists.readers import read_documents
from ledger.errors import N_

SUFFIXES = frozenset(
    [
        ".txt",
        ".md",
        ".markdown",
        ".html",
        ".htm",
        ".mht",
        ".mhtml",
        ".eml",
        ".docx",
        ".doc",
        ".wps",
        ".rtf",
        ".odt",
        ".pdf",
        ".ofd",
        ".xlsx",
        ".xls",
        ".xlsb",
        ".et",
        ".ods",
        ".csv",
        ".tsv",
        ".zip",
    ]
)
"""The endings of files in a folder that are taken for reports."""

_AHEAD = 4
_FILES_PER_CHILD = 400
"""After so many files a core the processes are new ones, which bounds what a library
leaks. Not by ``max_tasks_per_child``: a pool whose last processes reach it while
tasks still wait starts none in their place and hangs (seen with CPython 3.11)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one file gave: ``checklist/1`` documents, and errors in three parts each."""

    path: str
    documents: tuple[dict[str, Any], ...]
    errors: tuple[tuple[str, str, str], ...]


def reports_in(folder: Path) -> Iterator[Path]:
    """The files below ``folder`` that may be reports, by name; hidden ones are not."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith((".", "~$")) and path.suffix.lower() in SUFFIXES:
                yield path


def derive_one(path: str, language: str) -> Outcome:
    """Read and derive one file, an archive member by member; never raises.

    Not even for a defect of ours, which is told as the file's error: it would stop
    all others.
    """
    from ledger import i18n
    from ledger.views import checklist as view

    i18n.activate(language)
    documents: list[dict[str, Any]] = []
    errors: list[tuple[str, str, str]] = []
    try:
        for read in read_documents(Path(path)):
            if isinstance(read, DocumentError):
                errors.append(read.parts(i18n._))
            else:
                documents.extend(view.document([derive(read)])["documents"])
    except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
        errors.append(_unforeseen(path, error))
    return Outcome(path, tuple(documents), tuple(errors))


def derive_many(
    paths: Iterable[Path], *, language: str, jobs: int | None = None
) -> Iterator[Outcome]:
    """Derive ``paths`` on ``jobs`` cores (all by default), in the order they finish.

    At most a few files a core are under way, so memory does not grow with their
    number. A file that kills its process is tried once more alone, and then named.
    """
    waiting = iter(paths)
    cores = jobs or os.cpu_count() or 1
    suspects: list[Path] = []
    for path in waiting:
        share = chain([path], islice(waiting, cores * _FILES_PER_CHILD - 1))
        yield from _drained(share, cores, language, suspects)
    for path in suspects:
        yield _alone(path, language)


def _drained(
    waiting: Iterator[Path], cores: int, language: str, suspects: list[Path]
) -> Iterator[Outcome]:
    """Run a pool until all is done, or until it breaks.

    What was under way then goes to ``suspects``; what was not begun stays in
    ``waiting``.
    """
    under_way: dict[Future[Outcome], Path] = {}
    with _pool(cores) as pool:
        try:
            while True:
                for path in islice(waiting, cores * _AHEAD - len(under_way)):
                    suspects.append(path)  # until the pool has it
                    under_way[pool.submit(derive_one, str(path), language)] = path
                    suspects.pop()
                if not under_way:
                    return
                done, _left = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = future.result()
                    del under_way[future]
                    yield outcome
        except BrokenProcessPool:
            suspects.extend(under_way.values())


def _pool(cores: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        cores, mp_context=multiprocessing.get_context("forkserver")
    )


def _alone(path: Path, language: str) -> Outcome:
    with _pool(1) as pool:
        try:
            return pool.submit(derive_one, str(path), language).result()
        except BrokenProcessPool:
            from ledger.i18n import _

            return Outcome(
                str(path),
                (),
                (
                    (
                        _(N_("{name} cannot be read.")).format(name=path),
                        _(N_("Reading it ended the process that read it.")),
                        _(N_("Save it in another format, or look at what it is.")),
                    ),
                ),
            )


def _unforeseen(path: str, error: Exception) -> tuple[str, str, str]:
    from ledger.i18n import _

    reason = ": ".join(part for part in (type(error).__name__, str(error)) if part)
    return (
        _("{name} cannot be read.").format(name=path),
        _("This was not foreseen: {error}").format(error=reason),
        _(
            "Nothing half-written is kept. Repeat with --debug and report what it prints."
        ),
    )
