"""What a report itself states of its entries, as it is shown and told to machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from checklists import Checklist, Document, derive
from ledger import i18n
from ledger.directory import Directory
from ledger.item import Item, Kind, Rectification, Stated
from ledger.stated import stated
from ledger.views import checklist as checklist_view
from ledger.views import items as items_view
from ledger.views.show import show_screen
from tests.ledger.schemas import hold

TODAY = date(2024, 6, 7)
TEXT = """清河县整改情况的通报
一、存在问题及整改情况
1.存在问题：案卷制作不规范。
整改目标：案卷合格。
整改措施：统一模板；开展评查。
责任单位：县财政局
牵头单位：县司法局
配合单位：县档案馆
责任人：张三
整改时限：10个工作日内
整改情况：正在推进，已评查2次。
"""


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.language()
    i18n.activate("en")
    yield
    i18n.activate(before)


@pytest.fixture
def checklist() -> Checklist:
    found = derive(Document("plan.txt", TEXT, "5f" * 32))
    return replace(found, published=date(2024, 3, 1))


def test_the_checklist_s_document_tells_all_that_is_stated(
    checklist: Checklist,
) -> None:
    told = checklist_view.document([checklist])
    hold(told)
    entry = told["documents"][0]["problems"][0]
    assert entry["due"] == {
        "raw": "10个工作日内",
        "date": "2024-03-15",
        "provisional": False,
    }
    assert entry["people"] == [{"name": "张三", "duty": "owner"}]
    assert entry["target"] == "案卷合格"
    assert entry["measures"] == ["统一模板", "开展评查"]
    assert entry["status"] == {"value": "under way", "raw": "正在推进"}
    assert entry["result"] == "正在推进，已评查2次。"
    assert entry["kind"] is None
    assert 0 < entry["confidence"] <= 1
    assert entry["rule"] == checklist.problems[0].rule


def test_the_checklist_s_screen_shows_all_that_is_stated(checklist: Checklist) -> None:
    shown = "\n".join(checklist_view.screen(checklist, width=100, colour=False))
    for words in (
        "张三 (owner)",
        "stated as under way (正在推进)",
        "target: 案卷合格",
        "measure: 统一模板",
        "measure: 开展评查",
        "result: 正在推进，已评查2次。",
    ):
        assert words in shown


def test_a_working_day_of_a_year_without_published_holidays_is_provisional(
    checklist: Checklist,
) -> None:
    told = stated(checklist.problems[0], date(2090, 3, 1))
    assert told is not None
    assert told.due is not None
    assert told.due_provisional
    later = replace(checklist, published=date(2090, 3, 1))
    entry = checklist_view.document([later])["documents"][0]["problems"][0]
    assert entry["due"]["provisional"] is True


def test_an_item_s_card_and_document_keep_the_report_s_word_apart(
    checklist: Checklist,
) -> None:
    item = Item(
        id="01HQ",
        ref="R-2024-001",
        kind=Kind.FINDING,
        title="案卷制作不规范",
        text="案卷制作不规范。",
        registered_on=TODAY,
        registered_at="2024-06-07T01:00:00.000000Z",
        moved="2024-06-07T01:00:00.000000Z",
        year=2024,
        number=1,
        seq=1,
        stated=stated(checklist.problems[0], checklist.published),
    )
    shown = show_screen(item, Directory(), today=TODAY, width=80, colour=False)
    at = shown.index("The report states")
    assert shown[at + 1 : shown.index("", at)] == [
        "Responsible unit  县司法局, 县财政局",
        "Cooperating unit  县档案馆",
        "Owner             张三",
        "Due               10个工作日内 · 2024-03-15",
        "Target            案卷合格",
        "Measures          统一模板",
        "                  开展评查",
        "Status            正在推进",
        "Result            正在推进，已评查2次。",
    ]
    told = items_view.item_document(item, Directory(), today=TODAY)
    hold(told)
    assert told["item"]["stated"] == {
        "units": ["县司法局", "县财政局"],
        "cooperating": ["县档案馆"],
        "leaders": [],
        "owners": ["张三"],
        "due": "2024-03-15",
        "due_words": "10个工作日内",
        "due_provisional": False,
        "kind": None,
        "target": "案卷合格",
        "measures": ["统一模板", "开展评查"],
        "status": "正在推进",
        "result": "正在推进，已评查2次。",
    }
    assert told["item"]["measures"] == []
    bare = replace(item, stated=None)
    assert "The report states" not in show_screen(
        bare, Directory(), today=TODAY, width=80, colour=False
    )
    assert (
        items_view.item_document(bare, Directory(), today=TODAY)["item"]["stated"]
        is None
    )


def test_what_is_too_long_to_keep_is_cut_and_control_characters_go(
    checklist: Checklist,
) -> None:
    entry = replace(
        checklist.problems[0],
        result="长" * 30_000,
        measures=("统一\x1b[31m模板", "\u202e"),
    )
    told = stated(entry, None)
    assert told is not None
    assert told.result == "长" * 20_000
    assert told.measures == ("统一[31m模板",)
    assert (told.due, told.due_words) == (None, "10个工作日内")


def test_every_kind_that_reports_state_is_one_of_the_ledger(
    checklist: Checklist,
) -> None:
    from checklists.terms import Kind as Stating

    for kind in Stating:
        told = stated(replace(checklist.problems[0], kind=kind), None)
        assert told is not None
        assert told.kind is Rectification(kind.value)
    assert Stated().kind is None
