"""Frozen dataclasses as plain JSON values, and back.

Days become ISO text, enums their values, tuples lists, sets sorted lists; fields
that hold their default are left out, so that stored values stay short and a new
field does not change what is already stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache, partial
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


_AS_THEY_ARE = frozenset({str, int, bool, NoneType})


@cache
def _parts(kind: Any) -> tuple[tuple[str, ...], tuple[object, ...], Any]:  # noqa: ANN401
    """Names and defaults of the fields, and what gets all their values at once."""
    names = tuple(field.name for field in fields(kind))
    getter = attrgetter(*names) if len(names) > 1 else _only(names[0])
    return names, tuple(field.default for field in fields(kind)), getter


def _only(name: str) -> Callable[[Any], tuple[Any]]:
    return lambda value: (getattr(value, name),)


def to_plain(value: Any) -> Any:  # noqa: ANN401 (any field's value)
    """``value`` as JSON-able plain data."""
    if value.__class__ in _AS_THEY_ARE:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: to_plain(kept) for key, kept in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(entry) for entry in value]
    if isinstance(value, frozenset):
        return sorted(to_plain(entry) for entry in value)
    if is_dataclass(value):
        names, defaults, getter = _parts(value.__class__)
        return {
            name: kept if kept.__class__ in _AS_THEY_ARE else to_plain(kept)
            for name, default, kept in zip(names, defaults, getter(value), strict=True)
            if kept is not default and kept != default
        }
    raise TypeError(f"{type(value).__name__} cannot be stored")


def from_plain(kind: type[Value], data: Mapping[str, Any]) -> Value:
    """The dataclass ``kind`` that :func:`to_plain` made ``data`` of.

    Raises:
        TypeError, ValueError, KeyError: when ``data`` was not made so.
    """
    readers = _readers(cast("Any", kind))
    return kind(**{name: readers[name](kept) for name, kept in data.items()})


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], Any]]:  # noqa: ANN401
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401 (a type form)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = _reader(next(part for part in get_args(hint) if part is not NoneType))
        return lambda kept: None if kept is None else inner(kept)
    if origin is tuple:
        parts = get_args(hint)
        if parts[1:] == (...,):
            inner = _reader(parts[0])
            return lambda kept: tuple(inner(entry) for entry in kept)
        each = [_reader(part) for part in parts]
        return lambda kept: tuple(
            read(entry) for read, entry in zip(each, kept, strict=True)
        )
    if origin is frozenset:
        inner = _reader(get_args(hint)[0])
        return lambda kept: frozenset(inner(entry) for entry in kept)
    if is_dataclass(hint):
        return partial(from_plain, cast("Any", hint))
    if hint is date:
        return date.fromisoformat
    if issubclass(hint, Enum):
        return partial(hint)
    return _same


def _same(kept: object) -> object:
    return kept
