"""Names that deceive are refused; texts are tidied; nothing odd reaches the journal."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import clean, registration, roster
from ledger.errors import UsageProblem
from ledger.item import Role
from tests.ledger.office import DATA, FENG, LI, SUN, Office

ODD_NAMES = [
    "",
    "   ",
    "\u3000",
    "李\x00明",
    "李\x1b[31m明",
    "李\n明",
    "李\u2028明",
    "李\u202e明",
    "\u200f李明",
    "李\u2066明\u2069",
    "李\u200b明",
    "李\ufeff明",
    "李\u00ad明",
    "李\ufe0f明",
    "李\U000e0101明",
    "李\ue000明",
    "\u3164",
    "李" * 121,
    "x" * 10_000,
    os.fsdecode(b"\xe6\x9d"),
]


@pytest.mark.parametrize("name", ODD_NAMES, ids=ascii)
def test_a_name_that_deceives_is_refused_and_shown_harmless(name: str) -> None:
    with pytest.raises(UsageProblem) as error:
        clean.name(name)
    assert error.value.exit_code == 2
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    "name", ["李明", "O’Brien", "市司法局(督察科)", "José", "阿不都·热合曼", "Ⅱ处"]
)
def test_a_name_people_have_is_kept(name: str) -> None:
    assert clean.name(f"  {name} ") == unicodedata.normalize("NFC", name)


def test_one_name_written_in_two_ways_is_one() -> None:
    assert clean.name("Jose\u0301") == clean.name("José")


@given(st.text())
def test_whatever_is_written_ends_as_text_that_can_be_kept(written: str) -> None:
    kept = clean.text(written)
    kept.encode()
    assert clean.text(kept) == kept
    assert not any(
        unicodedata.category(character) in {"Cc", "Cs", "Co"}
        for character in kept.replace("\n", "").replace("\t", "")
    )
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_line_ends_become_line_feeds_and_tabs_stay() -> None:
    assert clean.text("一\r\n二\r三\n四\t五\x0b\x85 ") == "一\n二\n三\n四\t五"


def test_a_text_too_long_is_refused_with_another_way() -> None:
    with pytest.raises(UsageProblem, match="evidence add"):
        clean.text("字" * (clean.LONGEST_TEXT + 1))


def test_texts_inside_what_a_command_says_are_tidied_too(office: Office) -> None:
    ref = office.verifying()
    item = office.verify(
        ref,
        conclusions=[{"criterion": 1, "met": True, "text": "合\u202e格\udce6\x1b[2J"}],
    )
    assert item.verification is not None
    assert item.verification.conclusions[0].text == "合格[2J"


@pytest.mark.parametrize("name", ODD_NAMES[3:], ids=ascii)
@pytest.mark.parametrize(
    "attempt",
    [
        lambda office, name: roster.add_unit(office.ledger, name, office.who(LI)),
        lambda office, name: roster.add_person(
            office.ledger, name, office.who(LI), unit=DATA, roles=[Role.RESPONSIBLE]
        ),
        lambda office, name: roster.link_login(
            office.ledger, SUN, f"gitea:{name}", office.who(LI)
        ),
        lambda office, name: office.find(name),
    ],
    ids=["unit", "person", "login", "reference"],
)
def test_no_door_takes_a_name_that_deceives(
    furnished_office: Office, attempt: Callable[[Office, str], object], name: str
) -> None:
    head = furnished_office.ledger.store.journal.head()
    with pytest.raises(UsageProblem):
        attempt(furnished_office, name)
    assert furnished_office.ledger.store.journal.head() == head


@pytest.fixture(scope="module")
def furnished_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.begin(tmp_path_factory.mktemp("names"))


def test_what_must_say_something_says_something_after_tidying(office: Office) -> None:
    li = office.who(LI)
    for said in ({"title": "\u200f"}, {"origin": "\x1b"}):
        with pytest.raises(UsageProblem, match="is empty"):
            registration.add(
                office.ledger,
                li,
                **{"title": "题", "text": "文", "origin": "督察", **said},  # type: ignore[arg-type]  # texts all
            )
    with pytest.raises(UsageProblem, match="is empty"):
        roster.set_rule(office.ledger, "notice", "3", "\u202e ", office.who("钱进"))


def test_an_unknown_unit_or_person_names_the_nearest(office: Office) -> None:
    with pytest.raises(UsageProblem, match=DATA):
        office.unit("市政数据局")
    with pytest.raises(UsageProblem, match=FENG):
        office.person("冯运")
    with pytest.raises(UsageProblem, match="Nothing like it"):
        office.unit("XYZ")


def test_of_two_people_with_one_name_neither_is_guessed(office: Office) -> None:
    roster.add_person(
        office.ledger, SUN, office.who(LI), unit="市交通局", roles=[Role.RESPONSIBLE]
    )
    with pytest.raises(UsageProblem, match=r"Several people .* p3 \(市政数局\)"):
        office.person(SUN)
    assert office.who("p3").person is not None
