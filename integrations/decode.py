"""Taking values out of a tracker's JSON without trusting its shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from integrations.tracker import N_, NotATracker


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object; ``where`` says what it is, for the error that names a field.

    Every method raises :class:`NotATracker` when a value is not of its type. A
    field that may be absent or ``null`` is asked for by the ``maybe_`` methods.
    """

    where: str
    values: dict[str, object]

    @classmethod
    def of(cls, value: object, where: str) -> Fields:
        """``value`` as an object."""
        if not isinstance(value, dict):
            raise _unexpected(where, value)
        return cls(where, value)

    def text(self, key: str) -> str:
        """A text."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise _unexpected(f"{self.where}.{key}", value)
        return value

    def maybe_text(self, key: str) -> str | None:
        """A text, or ``None`` where it is absent, null or empty."""
        return None if self.values.get(key) in (None, "") else self.text(key)

    def number(self, key: str) -> int:
        """A whole number."""
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _unexpected(f"{self.where}.{key}", value)
        return value

    def maybe_number(self, key: str) -> int | None:
        """A whole number, or ``None``."""
        return None if self.values.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        """A truth value; absent is false."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise _unexpected(f"{self.where}.{key}", value)
        return value

    def moment(self, key: str) -> datetime:
        """An aware time in ISO 8601, in the zone in which it was written."""
        value = self.text(key)
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise _unexpected(f"{self.where}.{key}", value) from None
        if at.tzinfo is None:
            raise _unexpected(f"{self.where}.{key}", value)
        return at

    def maybe_moment(self, key: str) -> datetime | None:
        """A time, or ``None``."""
        return None if self.values.get(key) in (None, "") else self.moment(key)

    def object(self, key: str) -> Fields:
        """An object."""
        return Fields.of(self.values.get(key), f"{self.where}.{key}")

    def maybe_object(self, key: str) -> Fields | None:
        """An object, or ``None``."""
        return None if self.values.get(key) is None else self.object(key)

    def objects(self, key: str) -> Iterator[Fields]:
        """The objects of a list; absent or null is an empty list."""
        return objects(self.values.get(key), f"{self.where}.{key}")


def objects(value: object, where: str) -> Iterator[Fields]:
    """The objects of a JSON list; Gitea writes an empty list as ``null``."""
    if value is None:
        return
    if not isinstance(value, list):
        raise _unexpected(where, value)
    for one in value:
        yield Fields.of(one, where)


def _unexpected(where: str, value: object) -> NotATracker:
    return NotATracker(
        N_("The answer is not that of a tracker of this kind."),
        N_("{where} is {found}, which is not what its interface promises."),
        N_("Check the address and the kind of the tracker, and its version."),
        where=where,
        found="null" if value is None else type(value).__name__,
    )
