"""Time grows with the size of the text and no faster, whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checklists import Document, derive
from tests.checklists.test_report import PIECES

SMALL = 6_000
TIMES = 8  # the large text is this many times the small one
# Linear work takes TIMES times as long, quadratic work TIMES squared. Half-way, on
# a logarithmic scale, with room for a busy machine; processor time, not the clock.
LIMIT = 26
NOISE = 0.02  # seconds under which a ratio says nothing


def seconds(text: str) -> float:
    document = Document(name="x", text=text, sha256="")
    times = []
    for _ in range(2):
        begun = time.process_time()
        derive(document)
        times.append(time.process_time() - begun)
    return min(times)


def growth(unit: str) -> tuple[float, float]:
    small = unit * (SMALL // len(unit) + 1)
    return seconds(small), seconds(small * TIMES)


@pytest.mark.parametrize(
    "unit",
    [
        "_",
        "*",
        "(",
        "“",
        "存在的问题",
        "认识到，",
        "一、",
        "1.1 不足\n",
        "**不足**",
        "**不足**加强\n",
        "存在不足，加强\n",
        "下一步，将加强\n",
        "针对不足的问题，",
        "虽然取得成绩，但",
        "：（一）",
        "检查发现，不足",
        "其一，不足；",
        "【问题1】不足",
        "（一）不足。\n",
        "存在的问题：\n",
        "1.",
        "a|b\n",
        "整改措施：\n1.",
        "由",
        "关于不足的问题整改情况：",
        "存在问题：不足。\n整改措施：1.加强。\n",
        "（一）关于不足的问题\n整改情况：已完成。\n",
        "（一）不足。整改目标：\n",
        "问题|整改措施\n不足|加强\n|加强\n",
        "问题\t整改措施\t责任单位\n\t加强\t甲局\n",
        "二是不足；",
        "一是不足。对此，我们将加强。",
        "发现以下问题：慢；",
        "慢，甲局要加强；",
        "（一）不足的问题。下一步，将加强。\n",
        "序号\n问题\n措施\n1\n",
        "1.针对不足的问题，加强。\n",
        "还有差距：",
        "— 1 —\n头\n",
        "( 一 ",
        "2.9月\n",
        "责令整改：",
        "\n",
        " ",
        "\t",
        "一",
        "2024年",
        "十五",
    ],
)
def test_one_mark_repeated_takes_linear_time(unit: str) -> None:
    small, large = growth(unit)
    assert large < NOISE or large < LIMIT * small


@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=6).map("".join))
@settings(max_examples=15, deadline=None)
@example("**1.")
@example("检查通报一、情况\n（一）加强。\n（二）不足。\n")
@example("存在的问题和措施\n1.不足。\n整改措施：加强。\n")
@example("主要是：")
@example("一、存在的问题\n（一）不足。\n")
@example("一、2024年工作安排\n（一）加强。\n")
def test_any_marks_repeated_take_linear_time(unit: str) -> None:
    small, large = growth(unit)
    assert large < NOISE or large < LIMIT * small
