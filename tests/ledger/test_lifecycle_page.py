"""The page of the lifecycle says what the table decides by, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger import guards, i18n
from ledger.cli.app import COMMANDS, run
from ledger.item import OPEN, State
from ledger.lifecycle import TRANSITIONS
from ledger.views import lifecycle as page
from ledger.views.show import typed

DOCUMENT = Path(__file__).parents[2] / "docs" / "lifecycle.md"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.activate("en")
    yield
    i18n.activate(None)


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ][2:]


def arrows(lines: list[str]) -> set[tuple[str, str]]:
    found = (re.fullmatch(r" +(\S+) --> (\S+): .+", line) for line in lines)
    return {(match[1], match[2]) for match in found if match}


def test_the_document_is_what_the_command_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["lifecycle", "--format", "markdown", "--lang", "en"]) == 0
    assert capsys.readouterr().out == DOCUMENT.read_text(encoding="utf-8"), (
        "run: ledger lifecycle --format markdown --lang en > docs/lifecycle.md"
    )


def test_every_transition_has_a_row_and_every_guard_its_sentence() -> None:
    table = rows(page.markdown())
    assert len(table) == len(TRANSITIONS) + 1
    for cells, row in zip(table[1:], TRANSITIONS, strict=True):
        assert cells[0] == f"`{typed(row.command)}`"
        for guard in row.guards:
            assert page.requirement(guard) in cells[4]


def test_each_guard_says_what_it_wants_in_one_whole_sentence() -> None:
    for guard in {guard for row in TRANSITIONS for guard in row.guards}:
        said = page.requirement(guard)
        assert re.fullmatch(r"[A-Z][^`]+\.", said), guard
    told_apart = {
        page.requirement(guard)
        for row in TRANSITIONS
        for guard in row.guards
        if not guard.__name__.startswith("pending_")
    }
    named = {
        guard.__name__
        for row in TRANSITIONS
        for guard in row.guards
        if not guard.__name__.startswith("pending_")
    }
    assert len(told_apart) == len(named)


def test_every_command_of_the_table_can_be_typed() -> None:
    for row in TRANSITIONS:
        assert typed(row.command).split(" ", maxsplit=1)[0] in COMMANDS


def test_the_diagram_leads_wherever_the_table_leads_and_nowhere_else() -> None:
    drawn = arrows(page.diagram())
    inside = {state.value for state in State if state in OPEN}
    expected = {("[*]", "registered")}
    for row in TRANSITIONS:
        if row.back:
            expected |= {(state.value, "open") for state in row.source}
        elif row.target is not None:
            expected |= {(state.value, row.target.value) for state in row.source}
    spread = {
        (state, end)
        for begin, end in drawn
        for state in (inside if begin == "open" else {begin})
    }
    assert spread == expected


def test_a_row_that_only_some_rules_have_says_which() -> None:
    only = {
        (cells[0], cells[1]): re.findall(r"Only ([^.]+)\.", cells[4])
        for cells in rows(page.markdown())
    }
    assert only["`publish`", "verified"] == ["where public notice is on"]
    assert only["`close`", "verified"] == ["where public notice is off"]
    assert only["`close`", "public notice"] == []
    sent = [c for c in rows(page.markdown()) if c[0] == "`request-closure`"]
    assert ["desk review is on" in cells[4] for cells in sent] == [True, False]
    assert ["desk review is off" in cells[4] for cells in sent] == [False, True]


def test_a_guard_taken_away_changes_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    before = page.markdown()
    weaker = tuple(
        replace(
            row, guards=tuple(g for g in row.guards if g is not guards.has_evidence)
        )
        for row in TRANSITIONS
    )
    monkeypatch.setattr(page, "TRANSITIONS", weaker)
    assert page.markdown() != before


def test_the_screen_names_every_command_and_fits_its_width() -> None:
    from ledger.views.text import width

    for language in ("en", "zh"):
        i18n.activate(language)
        for cells in (60, 100):
            lines = page.screen(width=cells, colour=False)
            assert max(map(width, lines)) <= cells
            for row in TRANSITIONS:
                assert any(line.startswith(f"{typed(row.command)}:") for line in lines)
