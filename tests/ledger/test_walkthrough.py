"""The walkthrough prints what it says it prints."""

from __future__ import annotations

import pytest

from tests.ledger.walkthrough import PAGES, replayed, settled, typed


@pytest.mark.parametrize("language", PAGES)
def test_typing_the_page_again_prints_what_the_page_shows(language: str) -> None:
    page = PAGES[language].read_text(encoding="utf-8")
    assert settled(replayed(page, language)) == settled(page), (
        "look at what changed, then: python -m tests.ledger.walkthrough"
    )


def test_both_pages_type_the_same_on_the_same_days() -> None:
    english, chinese = (
        list(typed(path.read_text(encoding="utf-8"))) for path in PAGES.values()
    )
    assert english == chinese


def test_a_page_that_shows_something_else_is_found_out() -> None:
    page = PAGES["en"].read_text(encoding="utf-8")
    wrong = page.replace("R-2023-002 is closed.", "R-2023-002 is verified.", 1)
    assert wrong != page
    assert settled(replayed(wrong, "en")) != settled(wrong)


def test_at_least_four_people_type_every_turn_of_an_items_life() -> None:
    page = PAGES["en"].read_text(encoding="utf-8")
    lines = list(typed(page))
    assert len({name for _day, name, _command in lines}) >= 4
    commands = [command for _day, _name, command in lines]
    for wanted in (
        "hand-back",
        "extend request",
        "extend grant",
        "return",
        "publish",
        "objection uphold",
        "objection dismiss",
        "look-back",
        "reopen",
        "close",
        "seal",
        "audit --seal",
        "dossier",
    ):
        assert any(command.startswith(f"ledger {wanted}") for command in commands)
    assert "closure rate 4/4 100%" in page
    assert page.count("Error: ") >= 5
