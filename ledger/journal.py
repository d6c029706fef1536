"""The journal: events in canonical form, chained by SHA-256.

The hash of an event is the hex SHA-256 over the previous hash (64 ASCII hex
characters; 64 zeros before the first) followed by the event's canonical bytes
(RFC 8785). What is hashed is stored as it is, so any program can check a chain
with a hash function and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

FIRST_HASH = "0" * 64
VERSION = 1
_LARGEST = 2**53


class NotCanonical(ValueError):
    """A value that RFC 8785 cannot write, or that this journal does not allow."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    ``seq`` counts from 1 without gaps; ``at`` is UTC text with microseconds;
    ``recorded_by`` tells OS account, host and program; ``actor`` is a person's id,
    or ``sync:<tracker>`` with the person in ``on_behalf``; ``unit`` is the actor's
    unit at that moment; ``item`` the ULID it is about, if any.
    """

    ledger: str
    seq: int
    at: str
    recorded_by: Mapping[str, str]
    actor: str
    kind: str
    data: Mapping[str, Any]
    item: str | None = None
    unit: str | None = None
    on_behalf: str | None = None
    v: int = VERSION

    @property
    def person(self) -> str | None:
        """The person whose act this is: the actor, or whom a sync acted for."""
        return self.on_behalf if self.actor.startswith("sync:") else self.actor


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it stands in the journal: its canonical text and its hash."""

    event: Event
    body: str
    hash: str


def canonical(value: object) -> str:
    """``value`` in the canonical form of RFC 8785, as text.

    Only what the journal uses is accepted: objects with ASCII keys, arrays, text
    without lone surrogates, integers below 2^53, true, false and null. For these
    the compact, key-sorted output of :mod:`json` is the canonical form (the
    sorting by UTF-16 units that RFC 8785 asks for is that by code points here).

    Raises:
        NotCanonical: for floats, large integers, other keys, lone surrogates, and
            for values nested too deeply.
    """
    try:
        _allow(value)
    except RecursionError as error:
        raise NotCanonical("values nested too deeply") from error
    text = written(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical("text with half a character (a lone surrogate)") from error
    return text


written: Callable[[object], str] = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    separators=(",", ":"),
    sort_keys=True,
    check_circular=False,
).encode
"""The text of a value that is known to be canonical; asks nothing (for projections)."""


def _allow(value: object) -> None:
    if value is None or value.__class__ is str or value.__class__ is bool:
        return
    if isinstance(value, int):
        if not -_LARGEST < value < _LARGEST:
            raise NotCanonical(f"integer {value} is not below 2^53")
    elif isinstance(value, dict):
        _allow_members(value)
    elif isinstance(value, list | tuple):
        for kept in value:
            _allow(kept)
    elif not isinstance(value, str):
        raise NotCanonical(f"{type(value).__name__} has no canonical form here")


def _allow_members(value: Mapping[Any, object]) -> None:
    for key, kept in value.items():
        if key.__class__ is not str or not key.isascii():
            raise NotCanonical(f"key {key!r} is not ASCII text")
        # Asked of every value of every event: text and nothing need no call.
        if kept.__class__ is not str and kept is not None:
            _allow(kept)


def body_of(event: Event) -> str:
    """The canonical text of ``event``: what is hashed and stored."""
    return canonical(
        {
            "v": event.v,
            "ledger": event.ledger,
            "seq": event.seq,
            "at": event.at,
            "recorded_by": event.recorded_by,
            "actor": event.actor,
            "on_behalf": event.on_behalf,
            "unit": event.unit,
            "kind": event.kind,
            "item": event.item,
            "data": event.data,
        }
    )


def event_of(body: str) -> Event:
    """The event whose canonical text is ``body``.

    Raises:
        ValueError: when ``body`` is no event.
    """
    try:
        return Event(**json.loads(body))
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def chain(previous: str, body: str) -> str:
    """The hash of the event with canonical text ``body`` after ``previous``."""
    return hashlib.sha256(previous.encode("ascii") + body.encode()).hexdigest()


def entry(previous: str, event: Event) -> Entry:
    """``event`` as the journal's next entry after the hash ``previous``."""
    body = body_of(event)
    return Entry(event, body, chain(previous, body))
