"""Ledgers and problem lists kept as tables, as the readers flatten them."""

from __future__ import annotations

from checklists import Checklist, Document, derive

HEAD = (
    "清河县环保督察整改台账\n"
    "序号\t存在问题\t整改目标\t整改措施\t责任单位\t责任人\t整改时限\t完成情况\n"
)
FIRST = (
    "1\t河段水质不达标\t水质达标\t建成管网\t县住建局\t张三\t2024年12月底前\t已完成\n"
)
SECOND = (
    "2\t扬尘管控不到位\t扬尘达标\t专项检查\t县生态环境局\t李四\t长期坚持\t正在推进\n"
)


def read(text: str) -> Checklist:
    return derive(Document(name="ledger.xlsx", text=text, sha256="0" * 64))


def problems(text: str) -> list[tuple[str, list[str]]]:
    return [
        (entry.text, [unit.name for unit in entry.units])
        for entry in read(text).problems
    ]


BOTH = [("河段水质不达标", ["县住建局"]), ("扬尘管控不到位", ["县生态环境局"])]


def test_a_long_row_does_not_swallow_the_next() -> None:
    long = "河段水质不达标" + "，污水直排河道，群众反映强烈，长期没有得到有效解决" * 3
    found = problems(HEAD + FIRST.replace("河段水质不达标", long) + SECOND)
    assert found == [(long, ["县住建局"]), BOTH[1]]


def test_cells_merged_with_those_above_leave_the_columns_in_place() -> None:
    merged = "\t\t\t排查排污口\t县水务局\t王五\t2024年6月底前\t已完成\n"
    found = problems(HEAD + FIRST + merged + SECOND)
    assert found == [("河段水质不达标", ["县住建局", "县水务局"]), BOTH[1]]


def test_rows_of_one_cell_do_not_end_a_table() -> None:
    text = (
        f"{HEAD}一、水污染防治方面\n{FIRST}排查排污口\n二、大气污染防治方面\n{SECOND}"
    )
    assert problems(text) == BOTH


def test_what_stands_behind_a_table_is_no_row_of_it() -> None:
    other = "领导小组会议\t整改调度会\t专题会\t现场会\t碰头会\t周例会\t月例会\t季例会\n"
    assert problems(HEAD + FIRST + SECOND + "附：会议安排\n" + other) == BOTH
