"""Tables that align at every width, bars and sparklines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.views.columns import Column, bar, columns, sparkline
from ledger.views.style import Style, Tone, Toned
from ledger.views.text import Align, clean, width

SPEC = (
    Column("编号"),
    Column("事项", flexible=True, least=18),
    Column("责任单位", flexible=True, least=10),
    Column("整改时限", align=Align.RIGHT),
    Column("预警灯", align=Align.RIGHT),
    Column("状态"),
    Column("说明", drop=1),
    Column("最久未动", align=Align.RIGHT, drop=2),
)
ROWS = (
    (
        "R-2023-004",
        "行政执法不严格不规范",
        "市司法局",
        "06-01",
        "逾期6天",
        "整改中",
        "",
        "12天",
    ),
    (
        "R-2023-002",
        "基层政务服务能力仍需提高 (service halls)",
        "市政务服务和数字化建设管理局",
        "06-12",
        "还有5天",
        "已交办",
        "无对应安排",
        "3天",
    ),
    (
        "W-2023-011",
        "Publish the yearly report 公开年度报告",
        "Bureau of Justice",
        "12-31",
        "207 days",
        "待核查",
        "",
        "—",
    ),
)
GOLDEN = {
    60: """\
编号        事项       责任单位   整改时限    预警灯  状态
R-2023-004  行政执法…  市司法局      06-01   逾期6天  整改中
R-2023-002  基层政务…  市政务服…     06-12   还有5天  已交办
W-2023-011  Publish …  Bureau o…     12-31  207 days  待核查
""",
    80: """\
编号        事项                 责任单位             整改时限    预警灯  状态
R-2023-004  行政执法不严格不规…  市司法局                06-01   逾期6天  整改中
R-2023-002  基层政务服务能力仍…  市政务服务和数字化…     06-12   还有5天  已交办
W-2023-011  Publish the yearly…  Bureau of Justice       12-31  207 days  待核查
""",
    120: """\
编号        事项                          责任单位                      整改时限    预警灯  状态    说明        最久未动
R-2023-004  行政执法不严格不规范          市司法局                         06-01   逾期6天  整改中                  12天
R-2023-002  基层政务服务能力仍需提高 (s…  市政务服务和数字化建设管理局     06-12   还有5天  已交办  无对应安排       3天
W-2023-011  Publish the yearly report …   Bureau of Justice                12-31  207 days  待核查                     —
""",
}

cell = st.one_of(
    st.text(
        st.sampled_from("整改台账问题市局（），。abcXYZ 019-…█\u0301\u200b\x1b[m\n😀"),
        max_size=30,
    ),
    st.builds(Toned, st.text("逾期green ", max_size=10), st.sampled_from(Tone)),
)
column = st.builds(
    Column,
    title=st.sampled_from(["", "编号", "Unit", "整改时限"]),
    align=st.sampled_from(Align),
    flexible=st.booleans(),
    least=st.integers(1, 20),
    most=st.none() | st.integers(1, 30),
    drop=st.integers(0, 3),
)
tables = st.lists(column, min_size=1, max_size=8).flatmap(
    lambda spec: st.tuples(
        st.just(spec),
        st.lists(st.tuples(*[cell] * len(spec)), max_size=5),
    )
)


@pytest.mark.parametrize("limit", GOLDEN)
def test_chinese_and_latin_align_at_the_usual_widths(limit: int) -> None:
    lines = columns(ROWS, SPEC, limit)
    assert "\n".join([*lines, ""]) == GOLDEN[limit]
    assert all(width(line) <= limit for line in lines)


def test_optional_columns_go_in_their_order_before_the_others_shrink() -> None:
    def titles(limit: int) -> list[str]:
        return columns(ROWS, SPEC, limit)[0].split()

    assert titles(120)[-2:] == ["说明", "最久未动"]
    assert titles(85)[-2:] == ["状态", "说明"]
    assert titles(80)[-1] == "状态"


def test_the_first_column_is_cut_last() -> None:
    for limit in (30, 40, 50):
        lines = columns(ROWS, SPEC, limit)
        assert lines[1].startswith("R-2023-004 "), limit
        assert all(width(line) <= limit for line in lines)


def test_a_column_grows_no_wider_than_its_most() -> None:
    spec = [Column(most=6), Column()]
    assert columns([("整改台账", "x")], spec, 80) == ["整改…   x"]


def test_columns_that_are_empty_throughout_take_no_room() -> None:
    spec = [Column(), Column(), Column()]
    assert columns([("a", "", "b"), ("c", "", "d")], spec, 80) == ["a  b", "c  d"]
    assert columns([], spec, 80) == []
    assert columns([("", "", "")], spec, 80) == [""]


def test_titles_stand_over_a_table_without_rows() -> None:
    assert columns([], [Column("编号"), Column("状态")], 80) == ["编号  状态"]


def test_a_row_of_the_wrong_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="shorter"):
        columns([("a",)], [Column(), Column()], 80)


def test_cells_are_cleaned_and_stay_on_one_line() -> None:
    row = ("整改\x1b[2J\n台账", "a\u202eb")
    assert columns([row], [Column(), Column()], 80) == ["整改 台账  ab"]


def test_colour_changes_no_cell() -> None:
    rows = [
        (Toned("逾期6天", Tone.RED), Toned("R-2023-004", Tone.LINK), "整改中"),
        (Toned("green", Tone.GOOD), Toned("R-2023-002", Tone.LINK), ""),
    ]
    spec = [Column("预警灯", align=Align.RIGHT), Column("编号"), Column("状态")]
    plain = columns(rows, spec, 60)
    painted = columns(rows, spec, 60, style=Style(colour=True))
    assert painted[1].count("\x1b[") == 4
    assert [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in painted] == plain
    assert not any("\x1b" in line for line in plain)


def test_a_cut_cell_keeps_its_colour_closed() -> None:
    (line,) = columns(
        [("x", Toned("整改台账整改台账", Tone.RED))],
        [Column(), Column(flexible=True)],
        10,
        style=Style(colour=True),
    )
    assert line == "x  \x1b[1;31m整改台…\x1b[0m"


@given(tables, st.integers(-1, 130))
def test_no_line_is_wider_than_the_screen(
    table: tuple[list[Column], list[tuple[str | Toned, ...]]], limit: int
) -> None:
    spec, rows = table
    lines = columns(rows, spec, limit)
    assert len(lines) == len(rows) + any(column.title for column in spec)
    for line in lines:
        assert width(line) <= max(limit, 1)
        assert clean(line) == line


@given(
    st.lists(
        st.tuples(*[st.text("整改台账abc…（", min_size=1, max_size=9)] * 3),
        min_size=1,
        max_size=6,
    ),
    st.integers(40, 120),
)
def test_every_column_begins_in_the_same_cell_of_every_line(
    rows: list[tuple[str, str, str]], limit: int
) -> None:
    spec = [Column(flexible=True), Column(flexible=True), Column()]
    marked = [tuple(f"<{text}" for text in row) for row in rows]
    starts = {
        tuple(width(line[: match.start()]) for match in re.finditer("<", line))
        for line in columns(marked, spec, limit)
    }
    assert len(starts) == 1
    assert len(starts.pop()) == 3


@given(
    st.lists(
        st.tuples(*[st.text("整改天019", min_size=1, max_size=9)] * 2),
        min_size=1,
        max_size=6,
    )
)
def test_right_aligned_columns_end_in_the_same_cell(
    rows: list[tuple[str, str]],
) -> None:
    spec = [Column(align=Align.RIGHT), Column(align=Align.RIGHT)]
    assert len({width(line) for line in columns(rows, spec, 80)}) == 1


class TestBar:
    @pytest.mark.parametrize(
        ("value", "total", "drawn"),
        [
            (0, 4, "░░░░░░░░"),
            (1, 4, "██░░░░░░"),
            (4, 4, "████████"),
            (1, 1000, "█░░░░░░░"),
            (999, 1000, "███████░"),
            (5, 4, "████████"),
            (-1, 4, "░░░░░░░░"),
            (0, 0, "░░░░░░░░"),
            (3, 0, "░░░░░░░░"),
        ],
    )
    def test_a_bar_shows_the_share(self, value: int, total: int, drawn: str) -> None:
        assert bar(value, total, 8) == drawn

    @given(st.integers(-5, 2000), st.integers(0, 1000), st.integers(2, 60))
    def test_only_nothing_is_empty_and_only_everything_is_full(
        self, value: int, total: int, cells: int
    ) -> None:
        drawn = bar(value, total, cells)
        assert len(drawn) == width(drawn) == cells
        assert ("█" in drawn) is (total > 0 and value > 0)
        assert ("░" not in drawn) is (total > 0 and value >= total)

    def test_a_bar_of_one_or_no_cell_still_fits(self) -> None:
        assert bar(1, 2, 1) == "░"
        assert bar(2, 2, 1) == "█"
        assert bar(1, 2, 0) == ""


class TestSparkline:
    @pytest.mark.parametrize(
        ("values", "drawn"),
        [
            ([], ""),
            ([0, 0], "▁▁"),
            ([0, 1, 4, 7], "▁▂▅█"),
            ([1, None, 7], "▂·█"),
            ([None], "·"),
            ([0, 1, 1000], "▁▂█"),
            ([3, 3], "██"),
        ],
    )
    def test_a_sparkline_has_one_character_for_each_value(
        self, values: list[float | None], drawn: str
    ) -> None:
        assert sparkline(values) == drawn

    def test_a_given_top_makes_sparklines_comparable(self) -> None:
        assert sparkline([1, 2], top=4) == "▃▅"
        assert sparkline([8], top=4) == "█"

    @given(st.lists(st.integers(0, 100), min_size=2))
    def test_a_greater_value_is_never_drawn_lower(self, values: list[int]) -> None:
        drawn = dict(zip(values, sparkline(values), strict=True))
        levels = [drawn[value] for value in sorted(drawn)]
        assert levels == sorted(levels)
        assert all((drawn[value] == "▁") is (value == 0) for value in drawn)
