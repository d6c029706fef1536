"""Cleaning, measuring, cutting, padding and wrapping mixed Chinese and Latin text."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from ledger.views.text import Align, clean, cut, pad, width, wrap

CLOSING = "，。、；：？！）》」』】〕〉”’"
OPENING = "（《「『【〔〈“‘"

# What people write in a ledger, with everything that breaks an alignment.
mixed = st.text(
    st.one_of(
        st.sampled_from("整改台账问题市司法局abcXYZ 0129-_/·…—█░①" + CLOSING + OPENING),
        st.sampled_from("\u0301\u200b\u202e\ufe0f\U0001f600\u3000\t\n\r\x1b[m"),
        st.characters(),
    ),
    max_size=80,
)
# Chinese sentences: closing marks at most two in a row, as people write.
sentence = st.lists(
    st.sampled_from(
        [
            "整改",
            "台账",
            "（一）",
            "“销号”",
            "，",
            "。",
            "；",
            "《条例》。",
            "ISO 8601",
            "3.5%",
            "——",
        ]
    ),
    max_size=40,
).map("".join)


class TestWidth:
    @pytest.mark.parametrize(
        ("text", "cells"),
        [
            ("", 0),
            ("ledger", 6),
            ("整改台账", 8),
            ("R-2023-004 市司法局", 19),
            ("（一）", 6),
            ("ｆｕｌｌ", 8),
            ("ﾊﾝｶｸ", 4),
            ("cafe\u0301", 4),
            ("한글", 4),
            ("\u1112\u1161\u11ab", 2),  # the same syllable in three parts
            ("😀", 2),
            ("🇨🇳", 2),
            ("█░…—“”·", 7),
            ("𠮷", 2),
            ("\U00031350", 2),  # newer than Python's tables, in a plane of ideographs
        ],
    )
    def test_a_text_fills_its_cells(self, text: str, cells: int) -> None:
        assert width(text) == cells

    @pytest.mark.parametrize(
        "block", [(0x20, 0x7F), (0x3000, 0x3220), (0x4E00, 0xA000)]
    )
    def test_common_characters_are_as_wide_as_rich_draws_them(
        self, block: tuple[int, int]
    ) -> None:
        for code in range(*block):
            char = chr(code)
            if unicodedata.category(char) not in {"Mn", "Mc", "Cn"}:
                assert width(char) == cell_len(char), hex(code)


class TestClean:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("整改\x1b[31m台账\x1b[0m", "整改台账"),
            ("\x1b]0;title\x07问题", "问题"),
            ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
            ("\x9b31mred", "red"),
            ("\x1bP1$r0m\x1b\\dcs", "dcs"),
            ("\x1bcreset\x1b7", "reset"),
            ("\x1b]unfinished", "]unfinished"),
            ("a\x1b", "a"),
            ("\x1b\u200b[31mred", "[31mred"),
            ("a\x00\x07\x08\x7f\x85b", "a b"),
            ("a\tb\r\nc\u2028d", "a b c d"),
            ("user\u202etxt.exe", "usertxt.exe"),
            ("\u2066局\u2069长\u200f", "局长"),
            ("市\u200b司\u200d法\ufeff局\u00ad", "市司法局"),
            ("葛\U000e0100城", "葛城"),
            ("❤\ufe0f👍🏽", "❤👍"),
            ("👨\u200d👩\u200d👧", "👨👩👧"),
            ("\u3164\u115f空\uffa0", "空"),
            ("tag\U000e0041", "tag"),
            ("\ud800半", "\N{REPLACEMENT CHARACTER}半"),
            ("\u0301leading", "leading"),
            ("z" + "\u0301" * 50 + "algo", "z" + "\u0301" * 3 + "algo"),
            ("　　缩进", "　　缩进"),
            ("[bold]不是标记[/bold]", "[bold]不是标记[/bold]"),
        ],
    )
    def test_what_acts_or_deceives_is_removed(self, text: str, left: str) -> None:
        assert clean(text) == left

    def test_line_ends_stay_where_lines_are_wanted(self) -> None:
        assert clean("一\r\n二\u2029\x1b[1m三\t四", lines=True) == "一\n二\n三 四"

    @given(mixed)
    @example("\x1b[\x1b[31m31m")
    def test_clean_text_is_printable_and_cleaning_it_again_changes_nothing(
        self, text: str
    ) -> None:
        cleaned = clean(text)
        assert clean(cleaned) == cleaned
        cleaned.encode()
        kinds = {unicodedata.category(char) for char in cleaned}
        assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}

    @given(mixed)
    def test_every_visible_character_of_a_text_without_escapes_is_kept(
        self, text: str
    ) -> None:
        text = re.sub("[\x1b\x80-\x9f]", "", text)
        letters = [char for char in text if char.isalnum() and width(char)]
        assert [
            char for char in clean(text) if char.isalnum() and width(char)
        ] == letters


class TestCutAndPad:
    @pytest.mark.parametrize(
        ("text", "limit", "left"),
        [
            ("整改台账", 8, "整改台账"),
            ("整改台账", 7, "整改台…"),
            ("整改台账", 6, "整改…"),
            ("整改台账", 2, "…"),
            ("整改台账", 1, "…"),
            ("整改台账", 0, ""),
            ("ledger", 5, "ledg…"),
            ("a整b", 3, "a…"),
            ("cafe\u0301s", 4, "caf…"),
            ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ],
    )
    def test_a_cut_never_splits_a_character_and_shows_itself(
        self, text: str, limit: int, left: str
    ) -> None:
        assert cut(text, limit) == left

    @given(mixed.map(clean), st.integers(0, 90))
    def test_a_cut_text_fits_and_begins_as_the_text_does(
        self, text: str, limit: int
    ) -> None:
        short = cut(text, limit)
        assert width(short) <= limit
        if short != text:
            assert text.startswith(short.removesuffix("…"))
            # It is no shorter than it had to be.
            assert width(short) >= limit - 1

    def test_padding_fills_the_cells_left_or_right(self) -> None:
        assert pad("整改", 6) == "整改  "
        assert pad("6天", 6, Align.RIGHT) == "   6天"
        assert pad("整改台账", 7) == "整改台…"
        assert pad("整改台账", 6) == "整改… "

    @given(mixed.map(clean), st.integers(0, 90), st.sampled_from(Align))
    def test_padded_text_fills_exactly_its_cells(
        self, text: str, cells: int, align: Align
    ) -> None:
        assert width(pad(text, cells, align)) == cells


TEXT = (
    "二是基层政务服务能力“逐级递减”，部分乡镇（街道）政务服务大厅存在人员不足、"
    "业务不熟等问题；参见《条例》第七十六条，see ISO 8601 and https://example.org/a。"
)


class TestWrap:
    @pytest.mark.parametrize(
        ("limit", "lines"),
        [
            (
                60,
                [
                    "  二是基层政务服务能力“逐级递减”，部分乡镇（街道）政务服务大",
                    "    厅存在人员不足、业务不熟等问题；参见《条例》第七十六条，",
                    "    see ISO 8601 and https://example.org/a。",
                ],
            ),
            (
                80,
                [
                    "  二是基层政务服务能力“逐级递减”，部分乡镇（街道）政务服务大厅存在人员不足、业务",
                    "    不熟等问题；参见《条例》第七十六条，see ISO 8601 and https://example.org/a。",
                ],
            ),
            (
                120,
                [
                    "  二是基层政务服务能力“逐级递减”，部分乡镇（街道）政务服务大厅存在人员不足、业务不熟等问题；参见《条例》第七十六条，see",
                    "    ISO 8601 and https://example.org/a。",
                ],
            ),
        ],
    )
    def test_chinese_text_wraps_with_indentation(
        self, limit: int, lines: list[str]
    ) -> None:
        assert wrap(TEXT, limit, indent="  ", hanging="    ") == lines

    def test_closing_marks_take_the_character_before_them_along(self) -> None:
        assert wrap("整改台账。", 8) == ["整改台", "账。"]
        assert wrap("整改（台账）", 10) == ["整改（台", "账）"]
        assert wrap("整改台（账）", 8) == ["整改台", "（账）"]

    def test_latin_words_stay_whole_unless_they_are_longer_than_a_line(self) -> None:
        assert wrap("the rectification ledger", 14) == [
            "the",
            "rectification",
            "ledger",
        ]
        assert wrap("see https://example.org/path", 10) == [
            "see",
            "https://ex",
            "ample.org/",
            "path",
        ]

    def test_paragraphs_stay_apart_and_their_own_indentation_goes(self) -> None:
        assert wrap("　　第一段。\n\n　　第二段。", 20, indent="> ") == [
            "> 第一段。",
            ">",
            "> 第二段。",
        ]

    def test_an_empty_text_is_one_empty_line(self) -> None:
        assert wrap("", 20) == [""]

    def test_an_indent_without_room_for_text_is_left_out(self) -> None:
        assert wrap("整改", 4, indent="    ") == ["整改"]

    def test_hostile_text_is_cleaned(self) -> None:
        assert wrap("\x1b[31m整改\u202e台账", 20) == ["整改台账"]

    @given(mixed, st.integers(2, 90), st.integers(0, 8), st.integers(0, 8))
    def test_no_line_is_too_wide_and_no_character_is_lost(
        self, text: str, limit: int, indent: int, hanging: int
    ) -> None:
        lines = wrap(text, limit, indent=" " * indent, hanging=" " * hanging)
        assert all(width(line) <= limit for line in lines)
        seen = "".join("".join(lines).split())
        assert seen == "".join(clean(text, lines=True).split())

    @given(sentence, st.integers(24, 90))
    def test_no_line_begins_or_ends_with_the_wrong_punctuation(
        self, text: str, limit: int
    ) -> None:
        assume(_closers(text) <= 8)  # with the word before them they fill 24 cells
        lines = wrap("问题" + text, limit)
        assert not any(line[0] in CLOSING for line in lines)
        assert not any(line[-1] in OPENING for line in lines)

    @given(st.text("整改台账", min_size=1), st.integers(2, 60))
    def test_chinese_lines_are_filled_to_the_last_cell(
        self, text: str, limit: int
    ) -> None:
        for line in wrap(text, limit)[:-1]:
            assert width(line) == limit - limit % 2


def _closers(text: str) -> int:
    """The longest run of closing marks in ``text``."""
    longest = run = 0
    for char in text:
        run = run + 1 if char in CLOSING else 0
        longest = max(longest, run)
    return longest


def test_importing_it_brings_no_heavy_module() -> None:
    code = (
        "import sys, ledger.views.columns\n"
        "print(sorted({'rich', 'click', 'requests', 'sqlite3'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
