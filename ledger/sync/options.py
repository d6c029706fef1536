"""How one tracker is synced: its options, read and checked (pure).

=============  ==========================  =============================================
option         value                       meaning
=============  ==========================  =============================================
language       zh or en                    language of the block and of our comments
quiet          minutes (15)                how long a lost answer may still come true
overlap        seconds (120)               how far a read looks back behind the last one
scope          open, assigned (open)       which items get an issue: all that are open,
                                           or those that are assigned
kinds          finding,plan,duty,manual    kinds of items that get an issue (all)
units          names, separated by commas  units whose items get an issue (all)
attach         bytes (20971520), or 0      largest evidence file that is attached
=============  ==========================  =============================================

Options of the tracker itself (``login``, ``allow_plain_http`` …) stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from ledger.errors import N_, UsageProblem
from ledger.i18n import LANGUAGES
from ledger.item import OPEN, Item, Kind, State

OURS = ("language", "quiet", "overlap", "scope", "kinds", "units", "attach")
_MANY = 10**12


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one tracker. ``units`` are names; empty sets do not narrow."""

    language: str = "en"
    quiet: timedelta = timedelta(minutes=15)
    overlap: timedelta = timedelta(seconds=120)
    scope: str = "open"
    kinds: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    attach: int = 20 * 1024 * 1024

    @classmethod
    def read(cls, options: Mapping[str, str]) -> Options:
        """The options that ``options`` gives, the rest as by default.

        Raises:
            UsageProblem: a value is not such as the option takes.
        """
        return cls(
            language=_one_of(options, "language", LANGUAGES, cls().language),
            quiet=timedelta(minutes=_number(options, "quiet", 15)),
            overlap=timedelta(seconds=_number(options, "overlap", 120)),
            scope=_one_of(options, "scope", ("open", "assigned"), "open"),
            kinds=_kinds(options),
            units=_names(options, "units"),
            attach=_number(options, "attach", cls().attach),
        )

    def behind(self, lag: int) -> Options:
        """With times longer than ``lag``, the seconds by which a read may be behind."""
        if not lag:
            return self
        least = timedelta(seconds=lag + 120)
        return replace(
            self, quiet=max(self.quiet, least), overlap=max(self.overlap, least)
        )

    def wants(self, item: Item, unit_names: frozenset[str]) -> bool:
        """Whether ``item``, with units of these names, gets an issue."""
        if item.state not in OPEN:
            return False
        if self.scope == "assigned" and item.state is State.REGISTERED:
            return False
        if self.kinds and item.kind.value not in self.kinds:
            return False
        return not self.units or not self.units.isdisjoint(unit_names)


def _names(options: Mapping[str, str], key: str) -> frozenset[str]:
    text = options.get(key, "").replace("，", ",").replace("、", ",")
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def _kinds(options: Mapping[str, str]) -> frozenset[str]:
    kinds = _names(options, "kinds")
    known = [kind.value for kind in Kind]
    for kind in sorted(kinds):
        if kind not in known:
            raise _unfit("kinds", kind, ", ".join(known))
    return kinds


def _one_of(
    options: Mapping[str, str], key: str, words: tuple[str, ...], default: str
) -> str:
    value = options.get(key, default)
    if value not in words:
        raise _unfit(key, value, " | ".join(words))
    return value


def _number(options: Mapping[str, str], key: str, default: int) -> int:
    value = options.get(key, str(default))
    if not (value.isascii() and value.isdigit() and int(value) < _MANY):
        raise _unfit(key, value, N_("a whole number"))
    return int(value)


def _unfit(key: str, value: str, form: str) -> UsageProblem:
    return UsageProblem(
        N_("The option {key} cannot be {value}."),
        N_("It takes: {form}."),
        N_("Correct it: --option {key}=VALUE"),
        key=key,
        value=value,
        form=form,
    )
