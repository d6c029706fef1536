"""Numbers of problems that a document claims, against those that were found."""

from __future__ import annotations

import pytest

from checklists import Document, derive

TITLE = "清河县贯彻落实省督察反馈意见整改方案\n"
FINDINGS = (
    "一、整改任务\n"
    "（一）关于污水管网建设滞后的问题\n整改措施：建成管网。\n"
    "（二）关于扬尘管控不到位的问题\n整改措施：开展检查。\n"
)


def notes(text: str) -> list[tuple[int, int]]:
    checklist = derive(Document(name="report.txt", text=text, sha256="0" * 64))
    return [(note.claimed, note.found) for note in checklist.warnings]


@pytest.mark.parametrize(
    "claim",
    [
        "省督察组反馈的{n}个问题已分解。",
        "省督察组共反馈问题{n}个，移交问题线索7件。",
        "本次检查共发现问题{n}项。",
        "审计查出5个方面{n}项具体问题。",
        "《报告》反映涉及4个方面、29个单位共计{n}项具体问题。",
        "涉及我县的{n}项整改任务已分解。",
        "反馈意见涉及我县整改任务{n}项。",
        "我县共承担{n}项整改任务。",
        "全省共反馈问题43个，其中涉及我县{n}个问题。",
        "排查梳理问题{n}条。",
        "存在以下{n}个方面的问题。",
    ],
)
@pytest.mark.parametrize(("n", "expected"), [("12", 12), ("十二", 12), ("2", None)])
def test_a_claim_is_held_against_what_was_found(
    claim: str, n: str, expected: int | None
) -> None:
    found = notes(TITLE + claim.format(n=n) + "\n" + FINDINGS)
    assert found == ([(expected, 2)] if expected else [])


@pytest.mark.parametrize(
    "words",
    [
        "移交问题线索7件。",
        "移交的7个问题线索已办结。",
        "完成第7项问题整改。",
        "坚持7个问题导向。",
        "整改率达到3.7个百分点，问题减少。",
    ],
)
def test_other_numbers_are_no_claims(words: str) -> None:
    assert notes(TITLE + words + "\n" + FINDINGS) == []


def test_a_report_that_lists_its_own_problems_may_count_others_elsewhere() -> None:
    head = "清河县2023年法治政府建设情况报告\n一、主要做法\n省督察反馈的12项问题已整改11项。"
    rest = "加强领导，落实责任。" * 20
    problems = "\n二、存在的问题\n{lead}\n一是执法力量不足。二是普法形式单一。\n"
    assert notes(head + rest + problems.format(lead="")) == []
    lead = "还存在以下三个方面的问题："
    assert notes(head + rest + problems.format(lead=lead)) == [(3, 2)]


def test_claimed_problems_none_of_which_was_found_are_noted() -> None:
    assert notes("审计查出问题整改情况的报告\n共反映50项问题，均已整改。\n") == [
        (50, 0)
    ]


def test_a_claim_of_tasks_fits_the_plans_as_well() -> None:
    text = (
        "清河县督察整改任务清单\n涉及我县的{n}项整改任务如下。\n"
        "序号|重点任务|责任单位\n1|建设管网|县住建局\n2|开展检查|县住建局\n"
    )
    assert notes(text.format(n=2)) == []
    assert notes(text.format(n=5)) == [(5, 0)]
