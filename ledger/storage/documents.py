"""Values kept whole, as JSON text in one column."""

from __future__ import annotations

import json
from typing import TypeVar

from ledger.errors import N_, Damaged
from ledger.plain import from_plain

Value = TypeVar("Value")


def value_of(kind: type[Value], doc: str) -> Value:
    """The value of ``kind`` that is kept as ``doc``.

    Raises:
        Damaged: something else than this program wrote the text.
    """
    try:
        return from_plain(kind, json.loads(doc))
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:
        raise Damaged(
            N_("The ledger is damaged."),
            N_("What is stored of one {kind} cannot be read: {error}."),
            N_("Find the place with: ledger audit"),
            kind=kind.__name__.lower(),
            error=error,
        ) from error
