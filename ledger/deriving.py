"""Many reports at once: on all cores, in bounded memory, none stopping the others."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
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
        ".docx",
        ".doc",
        ".wps",
        ".rtf",
        ".odt",
        ".pdf",
        ".xlsx",
        ".xls",
        ".et",
        ".ods",
        ".csv",
        ".tsv",
        ".zip",
    ]
)
"""The endings of files in a folder that are taken for reports."""

_AHEAD = 4
_TASKS_PER_CHILD = 400


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
    """Read and derive one file, an archive member by member; never raises."""
    from ledger import i18n
    from ledger.views import checklist as view

    i18n.activate(language)
    documents: list[dict[str, Any]] = []
    errors: list[tuple[str, str, str]] = []
    for read in read_documents(Path(path)):
        if isinstance(read, DocumentError):
            errors.append(read.parts(i18n._))
        else:
            documents.extend(view.document([derive(read)])["documents"])
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
    while True:
        finished = yield from _drained(waiting, cores, language, suspects)
        if finished:
            break
    for path in suspects:
        yield _alone(path, language)


def _drained(
    waiting: Iterator[Path], cores: int, language: str, suspects: list[Path]
) -> Generator[Outcome, None, bool]:
    """Run a pool until it breaks or all is done; returns whether all was done."""
    under_way: dict[Future[Outcome], Path] = {}
    with _pool(cores) as pool:
        try:
            while True:
                for path in islice(waiting, cores * _AHEAD - len(under_way)):
                    under_way[pool.submit(derive_one, str(path), language)] = path
                if not under_way:
                    return True
                done, _left = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    outcome = future.result()
                    del under_way[future]
                    yield outcome
        except BrokenProcessPool:
            suspects.extend(under_way.values())
            return False


def _pool(cores: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        cores,
        mp_context=multiprocessing.get_context("forkserver"),
        max_tasks_per_child=_TASKS_PER_CHILD,
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
