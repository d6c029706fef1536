"""What both fuzzers share: instrumented imports, and libFuzzer with our defaults."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

INSTALLED = find_spec("atheris") is not None
SECONDS = 3600
DEFAULTS = (f"-max_total_time={SECONDS}", "-timeout=10", "-rss_limit_mb=2048")
"""An hour; a hang is an input of more than 10 s, a blow-up one of more than 2 GiB."""

Mutator = Callable[[bytes, int, int], bytes]


def instrumented(*, wanted: bool) -> AbstractContextManager[Any]:
    """Have what is imported inside report its branches, where ``wanted``.

    Tests import a fuzzer for its checks alone, without atheris and its cost.
    """
    if not wanted or not INSTALLED:
        return nullcontext()
    import atheris

    return _quietly(atheris.instrument_imports(include=["checklists"]))


@contextmanager
def _quietly(inner: AbstractContextManager[Any]) -> Iterator[None]:
    """``inner`` without the line that atheris prints for each module."""
    error, sys.stderr = sys.stderr, _Silent()
    try:
        with inner:
            yield
    finally:
        sys.stderr = error


class _Silent:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """There is nothing to write out."""


def fuzz(
    one_input: Callable[[bytes], None],
    arguments: Sequence[str],
    *,
    length: int,
    mutator: Mutator | None = None,
) -> None:
    """Give ``one_input`` what libFuzzer makes; ends the process, 0 for no defect."""
    import atheris

    program, *given = arguments
    whole = [program, *DEFAULTS, f"-max_len={length}", *given]
    if mutator is None:
        atheris.Setup(whole, one_input)
    else:
        atheris.Setup(whole, one_input, custom_mutator=mutator)
    atheris.Fuzz()


def write_seeds(folder: str, seeds: Iterator[tuple[str, bytes]]) -> None:
    """Put ``seeds`` into ``folder``, one file each."""
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    for name, data in seeds:
        (where / name).write_bytes(data)
