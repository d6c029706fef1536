from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import checklists
from checklists import Checklist, Document, derive

SAMPLE = Path(checklists.__file__).parent / "samples" / "siping-2023.txt"


@pytest.fixture(scope="module")
def siping() -> Checklist:
    return derive(
        Document(
            name=SAMPLE.name, text=SAMPLE.read_text(encoding="utf-8"), sha256="0" * 64
        )
    )


def test_the_sample_says_who_issued_it_when_and_for_which_year(
    siping: Checklist,
) -> None:
    assert siping.title is None
    assert siping.issuer == "中共四平市委 四平市人民政府"
    assert siping.year == 2023
    assert siping.published == date(2024, 1, 29)


def test_the_sample_lists_four_problems_and_four_plans_by_their_leading_clauses(
    siping: Checklist,
) -> None:
    assert [(entry.id, entry.title) for entry in siping.problems] == [
        ("P1", "法治政府建设发展不均衡"),
        ("P2", "基层政务服务能力仍需提高"),
        ("P3", "落实依法行政制度不到位"),
        ("P4", "行政执法不严格不规范"),
    ]
    assert [(entry.id, entry.title) for entry in siping.plans] == [
        ("W1", "加快推进法治政府建设"),
        ("W2", "推进依法行政制度体系建设"),
        ("W3", "全面提升行政执法质量"),
        ("W4", "依法有效化解矛盾纠纷"),
    ]


def test_every_entry_quotes_its_exact_span(siping: Checklist) -> None:
    for entry in (*siping.problems, *siping.plans):
        assert siping.document.text[entry.start : entry.end] == entry.text
        assert siping.document.line(entry.start) == entry.line


def test_plans_of_the_sample_answer_three_problems_and_one_stays_uncovered(
    siping: Checklist,
) -> None:
    assert [(link.problem, link.plan) for link in siping.links] == [
        ("P1", "W1"),
        ("P3", "W2"),
        ("P4", "W3"),
    ]
    assert siping.uncovered == ("P2",)
    assert siping.unanswering == ("W4",)


def test_a_link_names_the_shared_words_that_made_it(siping: Checklist) -> None:
    reasons = {link.problem: link.terms for link in siping.links}
    assert "行政规范性文件" in reasons["P3"]
    assert "重大行政决策" in reasons["P3"]
    for link in siping.links:
        assert 0 < link.score <= 1
