from __future__ import annotations

from datetime import date

import pytest

from checklists import Document, derive
from checklists.report import Checklist


def read(text: str) -> Checklist:
    return derive(Document(name="report.txt", text=text, sha256="0" * 64))


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("某局2024年工作总结及2025年工作计划", 2024),
        ("关于2022年预算执行情况与2023年预算草案的报告", 2022),
        ("关于2021年督察反馈意见2022年整改情况的报告", 2022),
        ("关于某省“九五”计划和2030年远景规划纲要的报告", 2023),
        ("某市第十六届人民代表大会政府工作报告(2025年)", 2025),
        ("某市2023年法治政府建设年度报告", 2023),
    ],
)
def test_the_year_is_the_one_that_is_reported_on(title: str, year: int) -> None:
    checklist = read(
        f"{title}\n2023年，各项工作有序开展。\n\n某市人民政府\n2024年3月1日\n"
    )
    assert checklist.year == year


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("2019年某某局法治政府建设工作报告", "某某局"),
        ("某省人民政府工作报告", "某省人民政府"),
        ("某县司法局关于2023年度法治政府建设情况的报告", "某县司法局"),
        ("中共某区教育局党组关于巡察整改进展情况的通报", "中共某区教育局党组"),
        ("关于2023年度法治政府建设情况的报告", None),
    ],
)
def test_the_issuer_is_named_by_the_title_where_nobody_signs(
    title: str, issuer: str | None
) -> None:
    assert read(f"{title}\n一、主要做法\n加强领导。\n").issuer == issuer


def test_a_day_told_in_a_sentence_is_not_the_day_of_publication() -> None:
    told = "2022年3月1日至4月30日，第一巡察组进行了巡察。现予以公布。"
    assert read(f"关于巡察整改情况的通报\n{told}\n").published is None
    dated = read(f"关于巡察整改情况的通报\n发布日期：2022-09-01\n{told}\n")
    assert dated.published == date(2022, 9, 1)
