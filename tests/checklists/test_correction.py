"""What a corrected entry keeps of what was stated of those it was made of."""

from __future__ import annotations

from checklists import Checklist, Document, Entry, derive
from checklists.correction import corrected, written
from checklists.progress import Status

TEXT = (
    "整改台账\n序号|存在问题|整改目标|整改措施|责任单位|责任人|整改时限|完成情况\n"
    "1|案卷制作不规范，漏项较多|案卷合格|统一模板|县司法局|张三|2024年6月底前|已完成\n"
    "2|文件备案不及时|及时备案|建立机制|县政府办|李四|2024年6月底前|正在推进，已备案3件\n"
)


def derived() -> Checklist:
    return derive(Document("ledger.txt", TEXT, "ab" * 32))


def after(change: tuple[str, str]) -> tuple[Entry, ...]:
    checklist = derived()
    text = written(checklist)
    assert change[0] in text
    return corrected(text.replace(*change), checklist)[0].problems


def test_a_merged_entry_has_what_was_stated_of_its_parts() -> None:
    (entry,) = after(("## P2 文件备案不及时\n", ""))
    assert entry.measures == ("统一模板", "建立机制")
    assert entry.target == "案卷合格\n及时备案"
    assert [unit.name for unit in entry.units] == ["县司法局", "县政府办"]
    assert [person.name for person in entry.people] == ["张三", "李四"]
    assert entry.status is not None
    assert entry.status.status is Status.UNDER_WAY
    assert entry.result == "正在推进，已备案3件"
    assert entry.due is not None
    assert entry.due.raw == "2024年6月底前"


def test_deadlines_that_differ_are_none_of_the_merged_entry() -> None:
    checklist = derive(
        Document("ledger.txt", TEXT.replace("2024年6月底前", "立行立改", 1), "ab" * 32)
    )
    text = written(checklist).replace("## P2 文件备案不及时\n", "")
    (entry,) = corrected(text, checklist)[0].problems
    assert (entry.due, entry.kind) == (None, None)


def test_a_retitled_entry_keeps_what_was_stated() -> None:
    first = after(("## P1 案卷制作不规范", "## P1 案卷不合格"))[0]
    assert (first.title, first.measures) == ("案卷不合格", ("统一模板",))


def test_the_halves_of_a_split_entry_have_nothing_that_was_stated_of_the_whole() -> (
    None
):
    problems = after(
        ("案卷制作不规范，漏项较多\n", "案卷制作不规范，\n\n## P 漏项\n\n漏项较多\n")
    )
    assert [entry.measures for entry in problems] == [(), (), ("建立机制",)]
