"""The rules of a ledger: how it closes, counts and warns.

They belong to the ledger and are journalled; an approver changes them with a
reason. No number of days that law leaves open is shipped as a default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from zoneinfo import ZoneInfo

from ledger.errors import N_, UsageProblem


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its key, its value before anybody sets it, and what it means."""

    key: str
    default: str
    meaning: str
    check: Callable[[str], bool]
    form: str


def _one_of(*words: str) -> Callable[[str], bool]:
    return lambda value: value in words


def _count(least: int, most: int) -> Callable[[str], bool]:
    return lambda value: (
        value.isascii() and value.isdigit() and least <= int(value) <= most
    )


def _zone(value: str) -> bool:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # an unknown zone is a KeyError
        return False
    return True


def _prefix(value: str) -> bool:
    return 1 <= len(value) <= 8 and value.isalnum()  # noqa: PLR2004 (what fits a list)


RULES: tuple[Rule, ...] = (
    Rule(
        "closing",
        "three-person",
        N_(
            "how many people close an item: requester, verifier and closer are three, or verifier and closer may be one"
        ),
        _one_of("three-person", "two-person"),
        "three-person | two-person",
    ),
    Rule(
        "desk-review",
        "on",
        N_("whether papers are reviewed before the verification"),
        _one_of("on", "off"),
        "on | off",
    ),
    Rule(
        "notice",
        "off",
        N_("working days of public notice before closing, or off"),
        lambda value: value == "off" or _count(1, 250)(value),
        "off | N",
    ),
    Rule(
        "lead-may-verify",
        "no",
        N_("whether a lead unit that was never responsible may verify"),
        _one_of("yes", "no"),
        "yes | no",
    ),
    Rule(
        "identity",
        "declared",
        N_("whether people are whom they say, or bound to their OS accounts"),
        _one_of("declared", "os"),
        "declared | os",
    ),
    Rule("prefix", "R", N_("what references begin with"), _prefix, "1–8 letters"),
    Rule("width", "3", N_("digits of the number in a reference"), _count(1, 9), "1–9"),
    Rule(
        "due-soon",
        "7",
        N_("days before the due date from which the light is yellow"),
        _count(1, 365),
        "1–365",
    ),
    Rule(
        "zone",
        "Asia/Shanghai",
        N_("time zone in which days begin and end"),
        _zone,
        "IANA name",
    ),
)
_BY_KEY = {rule.key: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in force: what was set, over the defaults."""

    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, str] | Iterable[tuple[str, str]]) -> Rules:
        """The rules that differ from the defaults as ``values`` says."""
        return cls(tuple(sorted(dict(values).items())))

    def __getitem__(self, key: str) -> str:
        for name, value in self.values:
            if name == key:
                return value
        return _BY_KEY[key].default

    def all(self) -> tuple[tuple[str, str], ...]:
        """Every rule with the value in force, as a closing records it."""
        return tuple((rule.key, self[rule.key]) for rule in RULES)

    @property
    def desk_review(self) -> bool:
        """Whether papers are reviewed before the verification."""
        return self["desk-review"] == "on"

    @property
    def notice_days(self) -> int | None:
        """Working days of public notice, or ``None`` where there is none."""
        value = self["notice"]
        return None if value == "off" else int(value)

    @property
    def two_person(self) -> bool:
        """Whether verifier and closer may be one person."""
        return self["closing"] == "two-person"

    @property
    def due_soon(self) -> timedelta:
        """How long before the due date the light turns yellow."""
        return timedelta(days=int(self["due-soon"]))

    @property
    def zone(self) -> tzinfo:
        """The zone in which the ledger's days begin and end."""
        return ZoneInfo(self["zone"])


def checked(key: str, value: str) -> tuple[str, str]:
    """``key`` and ``value`` if such a rule may hold it.

    Raises:
        UsageProblem: for an unknown rule or a value that it cannot have.
    """
    rule = _BY_KEY.get(key)
    if rule is None:
        raise UsageProblem(
            N_("There is no rule {key}."),
            N_("The rules are: {keys}."),
            N_("See them with: ledger rules"),
            key=key,
            keys=", ".join(_BY_KEY),
        )
    if not rule.check(value):
        raise UsageProblem(
            N_("The rule {key} cannot be {value}."),
            N_("It takes: {form}."),
            N_("See the rules in force with: ledger rules"),
            key=key,
            value=value,
            form=rule.form,
        )
    return key, value
