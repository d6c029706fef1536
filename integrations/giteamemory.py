"""What a Gitea tracker learns and need not ask again (no I/O)."""

from __future__ import annotations

import threading
from collections.abc import Iterable, MutableMapping
from datetime import date, datetime
from typing import cast

from integrations.giteajson import deadline, month


class GiteaMemory:
    """The caller's mapping, with names for what stands in it and a lock around it.

    ``account`` is our login (``""`` where the token may not ask for it), ``labels``
    and ``milestones`` map names to their ids (the lowest first), ``offsets`` maps
    months to the server's offset from UTC, ``page_size`` is the most rows of a page,
    ``closed`` and ``told`` say of milestones by their ids whether they were made
    closed, and which block was put into their descriptions. The descriptions that
    this run's writes showed are kept beside it, for no longer than the run.
    """

    def __init__(self, kept: MutableMapping[str, object], repository: str) -> None:
        """Take over what is kept, unless it is of another repository.

        Ids of another repository would be dropped by the server in silence.
        """
        self._kept = kept
        self._lock = threading.RLock()
        self._shown: dict[int, str] = {}
        if kept.get("repository") != repository:
            kept.clear()
            kept["repository"] = repository

    @property
    def account(self) -> str | None:
        """Our login, ``""`` when it cannot be known, ``None`` when not asked yet."""
        value = self._kept.get("account")
        return value if isinstance(value, str) else None

    @account.setter
    def account(self, login: str) -> None:
        self._kept["account"] = login

    @property
    def page_size(self) -> int | None:
        """The most rows the server gives at a time, if it was asked."""
        value = self._kept.get("page_size")
        return value if isinstance(value, int) else None

    @page_size.setter
    def page_size(self, rows: int) -> None:
        self._kept["page_size"] = rows

    def ids(self, kind: str, name: str) -> list[int]:
        """The ids of all labels or milestones (``kind``) of this name."""
        with self._lock:
            return list(self._known(kind).get(name, []))

    def learn_id(self, kind: str, name: str, number: int) -> None:
        """Add one id to those of a name."""
        with self._lock:
            known = self._known(kind)
            if number not in known.get(name, []):
                known[name] = sorted([*known.get(name, []), number])

    def learn_all(self, kind: str, rows: Iterable[tuple[str, int]]) -> None:
        """Replace all names of a kind by those of a whole list."""
        with self._lock:
            self._kept[kind] = {}
            for name, number in rows:
                self.learn_id(kind, name, number)

    def learn_closed(self, number: int, *, closed: bool) -> None:
        """Note whether the milestone with this id is closed."""
        with self._lock:
            self._closed()[str(number)] = closed

    def closed(self, number: int) -> bool | None:
        """Whether the milestone with this id was closed when it was last looked at."""
        with self._lock:
            return self._closed().get(str(number))

    def learn_told(self, number: int, block: str) -> None:
        """Note the block that stands in the description of a milestone."""
        with self._lock:
            self._told()[str(number)] = block

    def told(self, number: int) -> str | None:
        """The block that was put into the description of a milestone."""
        with self._lock:
            return self._told().get(str(number))

    def show(self, number: int, description: str) -> None:
        """Note what a milestone says, as an answer shows it now."""
        with self._lock:
            self._shown[number] = description

    def shown(self, number: int) -> str | None:
        """What a milestone said when a write of this run showed it."""
        with self._lock:
            return self._shown.get(number)

    def forget_ids(self) -> None:
        """Forget labels and milestones: one of them is not there any more."""
        with self._lock:
            self._kept.pop("labels", None)
            self._kept.pop("milestones", None)
            self._kept.pop("closed", None)
            self._kept.pop("told", None)

    def learn_offset(self, at: datetime) -> None:
        """Note the offset in which the server wrote a time of its own."""
        name, offset = month(at)
        with self._lock:
            self._offsets()[name] = offset

    def deadline(self, day: date) -> str:
        """The end of a day in the server's zone, as far as that is known."""
        with self._lock:
            return deadline(day, self._offsets())

    def _known(self, kind: str) -> dict[str, list[int]]:
        return cast("dict[str, list[int]]", self._kept.setdefault(kind, {}))

    def _closed(self) -> dict[str, bool]:
        return cast("dict[str, bool]", self._kept.setdefault("closed", {}))

    def _told(self) -> dict[str, str]:
        return cast("dict[str, str]", self._kept.setdefault("told", {}))

    def _offsets(self) -> dict[str, int]:
        return cast("dict[str, int]", self._kept.setdefault("offsets", {}))
