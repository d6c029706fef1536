"""Colour only where it is wanted, and never instead of words."""

from __future__ import annotations

import pytest

from ledger.views.style import PLAIN, Style, Tone, wants_colour

COLOUR = Style(colour=True)


@pytest.mark.parametrize(
    ("environ", "terminal", "wanted"),
    [
        ({}, True, True),
        ({"TERM": "xterm-256color"}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": "0"}, True, False),
        ({"NO_COLOR": ""}, True, True),  # no-color.org: present and not empty
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_follows_the_environment(
    environ: dict[str, str],
    terminal: bool,
    wanted: bool,
) -> None:
    assert wants_colour(environ, terminal=terminal) is wanted


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_is_painted_and_ended(tone: Tone) -> None:
    painted = COLOUR.paint("逾期6天", tone)
    assert painted.startswith("\x1b[")
    assert painted.endswith("逾期6天\x1b[0m")
    assert PLAIN.paint("逾期6天", tone) == "逾期6天"


def test_tones_differ_from_each_other() -> None:
    assert len({COLOUR.paint("x", tone) for tone in Tone}) == len(Tone)


def test_what_has_no_words_gets_no_colour() -> None:
    assert COLOUR.paint("  ", Tone.RED) == "  "
    assert COLOUR.paint("逾期", None) == "逾期"
