from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checklists.coverage import cover

PROBLEMS = [
    ("行政执法不规范", "行政执法不规范，案卷制作质量有待提高。"),
    ("普法形式单一", "普法形式单一，群众参与度不高。"),
    ("经费保障不足", "经费保障不足，设备陈旧。"),
]
PLANS = [
    ("丰富普法形式", "丰富普法形式，开展巡回宣讲。"),
    ("提升执法质量", "提升执法质量，统一文书模板，开展案卷评查。"),
    ("做好信访工作", "做好信访工作，化解积案。"),
]


def test_a_plan_answers_the_problem_it_shares_words_with() -> None:
    matches = cover(PROBLEMS, PLANS)
    assert {(match.problem, match.plan) for match in matches} == {(0, 1), (1, 0)}


def test_the_reason_is_in_the_words_of_the_texts() -> None:
    reasons = {match.problem: match.terms for match in cover(PROBLEMS, PLANS)}
    assert "普法形式" in reasons[1]
    assert "案卷" in reasons[0]


def test_what_stands_in_every_entry_links_nothing() -> None:
    problems = [
        (f"法治政府建设{word}", f"法治政府建设{word}。")
        for word in ("人手短缺", "经费紧张")
    ]
    plans = [
        (f"法治政府建设{word}", f"法治政府建设{word}。")
        for word in ("宣讲培训", "办公用房")
    ]
    assert cover(problems, plans) == []


def test_one_problem_may_have_several_plans() -> None:
    plans = [
        ("开展案卷评查", "开展案卷评查。"),
        ("统一案卷模板", "统一案卷模板。"),
        ("做好信访工作", "做好信访工作。"),
    ]
    assert [(m.problem, m.plan) for m in cover(PROBLEMS[:1], plans)] == [(0, 0), (0, 1)]


entries = st.lists(
    st.text(alphabet="执法普案卷宣传质量复议，。", min_size=1, max_size=20).map(
        lambda t: (t[:6], t)
    ),
    max_size=8,
)


@given(entries, entries)
def test_scores_stay_between_nothing_and_one(
    problems: list[tuple[str, str]], plans: list[tuple[str, str]]
) -> None:
    for match in cover(problems, plans):
        assert 0 < match.score <= 1.001
        assert match.problem < len(problems)
        assert match.plan < len(plans)
