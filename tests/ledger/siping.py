"""The 四平 ledger in June 2024: four findings, four plans, two units at work."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.ledger.written import Written

NOW = datetime(2024, 6, 7, 1, 0, tzinfo=UTC)
"""Friday, nine o'clock in China."""

_SOURCE = {
    "document": "5f" * 32,
    "name": "siping-2023.txt",
    "issuer": "中共四平市委 四平市人民政府",
    "year": 2023,
    "published": "2024-01-29",
}


def _source(entry: str, start: int, line: int) -> dict[str, object]:
    return {**_SOURCE, "entry": entry, "start": start, "end": start + 40, "line": line}


def siping(folder: Path) -> Written:
    """The ledger as it stood on 2024-06-07."""
    book = Written(folder, date(2024, 3, 1))
    for number, (name, outside) in enumerate(
        (("市司法局", False), ("市政数局", False), ("市委依法治市办", True)), 2
    ):
        data = {"id": f"u{number}", "name": name}
        book.happen("unit.add", {**data, "outside": True} if outside else data)
    for number, (name, unit, roles) in enumerate(
        (
            ("王强", "u3", ["unit-head"]),
            ("赵敏", "u4", ["approver", "verifier"]),
            ("孙丽", "u2", ["unit-head"]),
        ),
        2,
    ):
        book.happen(
            "person.add",
            {"id": f"p{number}", "name": name, "unit": unit, "roles": roles},
        )
    findings = (
        ("F1", "部分领导干部法治意识需进一步强化"),
        ("F2", "基层政务服务能力仍需提高"),
        ("F3", "执法队伍专业化水平有待提升"),
        ("F4", "行政执法不严格不规范"),
    )
    for number, (item, title) in enumerate(findings, 1):
        book.register(
            item, number, title, source=_source(f"P{number}", 100 * number, 40)
        )
    plans = (
        ("W1", "强化领导干部学法用法", "F1"),
        ("W2", "提升执法队伍能力", "F3"),
        ("W3", "规范行政执法行为", "F4"),
        ("W4", "化解矛盾纠纷", None),
    )
    for number, (item, title, answered) in enumerate(plans, 1):
        links: dict[str, Any] = {"links": [{"relation": "answers", "item": answered}]}
        book.register(
            item,
            number + 4,
            title,
            kind="plan",
            source=_source(f"W{number}", 1000 + 100 * number, 50),
            **(links if answered else {}),
        )
    book.day = date(2024, 3, 4)
    plan: dict[str, Any] = {
        "target": "问题整改到位",
        "measures": [{"text": "开展专题培训"}],
        "criteria": ["培训覆盖率达到100%"],
    }
    book.assign("F1", "u2", date(2024, 6, 30), owner="p4", **plan)
    book.assign("F2", "u3", date(2024, 6, 12), owner="p2", **plan)
    book.assign("F3", "u2", date(2024, 6, 30), **plan)
    book.assign("F4", "u2", date(2024, 6, 1), "immediate", owner="p4", **plan)
    book.start("F3", "p4")
    book.start("F4", "p4")
    book.day = date(2024, 5, 20)
    book.happen(
        "measure.done", {"number": 1, "on": "2024-05-20"}, item="F3", actor="p4"
    )
    book.account = "sunli"
    book.evidence("F3", "p4")
    book.request("F3", "p4")
    book.account = "liming"
    book.day = date(2024, 5, 30)
    book.happen(
        "return",
        {
            "opinion": "佐证材料不足",
            "requirement": "请补充培训签到表和考核成绩",
            "to": "in_progress",
        },
        item="F3",
    )
    book.day = date(2024, 6, 3)
    book.account = "sunli"
    book.request("F3", "p4")
    book.start("F1", "p4")
    book.happen(
        "measure.done", {"number": 1, "on": "2024-06-03"}, item="F1", actor="p4"
    )
    book.evidence("F1", "p4", "学法计划和签到表.pdf")
    book.request("F1", "p4")
    book.account = "liming"
    book.review("F1")
    book.day = date(2024, 6, 5)
    book.verify("F1")
    book.account = "zhaomin"
    book.close("F1", "p3")
    return book
