"""Every screen, in both languages and at three widths, as it is kept under ``golden``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger import i18n, lifecycle, projection
from ledger.figures import Names, values, weekly
from ledger.item import SET_ASIDE, Capacity, Kind, Rectification, Role, Severity, State
from ledger.views import log, show, words
from ledger.views import weekly as weekly_view
from ledger.views.text import width as cells
from tests.ledger.siping import NOW, siping
from tests.ledger.views.screens import (
    GOLDEN,
    LANGUAGES,
    WIDTHS,
    Screen,
    file_of,
    kept,
    screens,
)

_PAINT = re.compile(r"␛\[[0-9;]*m")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Screen]]:
    with screens(tmp_path_factory.mktemp("screens")) as made:
        yield made


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    before = i18n.language()
    i18n.activate(request.param)
    yield request.param
    i18n.activate(before)


def test_every_screen_is_as_it_was_kept(
    found: dict[str, Screen], language: str
) -> None:
    for name, screen in found.items():
        file = file_of(name, language)
        assert kept(screen) == file.read_text(encoding="utf-8"), file.name


def test_no_screen_is_kept_that_is_not_made(found: dict[str, Screen]) -> None:
    made = {file_of(name, language) for name in found for language in LANGUAGES}
    assert set(GOLDEN.iterdir()) == made


def test_no_line_is_wider_than_the_terminal(
    found: dict[str, Screen], language: str
) -> None:
    del language
    for name, screen in found.items():
        for width in (*WIDTHS, 40, 47, 200):
            wide = [
                line for line in screen(width) if cells(_PAINT.sub("", line)) > width
            ]
            assert wide == [], (name, width)


def test_colour_says_nothing_that_words_do_not(
    found: dict[str, Screen], language: str
) -> None:
    del language
    for width in WIDTHS:
        coloured = [
            _PAINT.sub("", line) for line in found["status-siping-colour"](width)
        ]
        assert coloured == found["status-siping"](width)


def test_every_word_that_is_stored_has_a_name() -> None:
    assert {state.value: name for state, name in lifecycle.STATE_NAMES.items()} == (
        words.STATES
    )
    assert list(words.STATES) == list(values.STATES) == [s.value for s in State]
    assert list(words.KINDS) == list(words.MANY) == list(values.KINDS)
    assert list(values.KINDS) == [kind.value for kind in Kind]
    assert list(words.RECTIFICATIONS) == list(values.RECTIFICATIONS)
    assert list(values.RECTIFICATIONS) == [kind.value for kind in Rectification]
    assert set(words.SEVERITIES) == {severity.value for severity in Severity}
    assert set(words.ROLES) >= {role.value for role in Role}
    assert set(words.CAPACITIES) >= {capacity.value for capacity in Capacity}
    assert {state.value for state in SET_ASIDE} == values.SET_ASIDE


def test_every_kind_of_event_is_told_in_words() -> None:
    known = {*projection._ITEM_EVENTS, *projection._DIRECTORY_EVENTS, "register"}
    known.update(row.command for row in lifecycle.TRANSITIONS)
    assert known <= set(log._ACTS)


def test_every_proposal_has_a_name() -> None:
    asked = {
        row.command.partition(".")[0]
        for row in lifecycle.TRANSITIONS
        if lifecycle.needs_proposal(row)
    }
    assert set(show.PROPOSALS) == asked


def test_markdown_takes_nothing_of_a_report_for_its_own(tmp_path: Path) -> None:
    book = siping(tmp_path / "ledger")
    book.register("X1", 9, "[点此](http://evil) | `rm` **粗** <b>\x1b[31m红")
    book.assign("X1", "u2", NOW.date())
    lines = weekly_view.markdown(weekly(book.store, Names.of(book.store), now=NOW))
    book.store.close()
    (line,) = [line for line in lines if "R-2023-009" in line and "due today" in line]
    assert "\\[点此\\](http://evil) \\| \\`rm\\` \\*\\*粗\\*\\* \\<b\\>红" in line
    assert line.replace("\\|", "").count("|") == 7
