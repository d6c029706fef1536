"""Every machine document is what its schema in ``docs/schemas`` says."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from checklists import Document, derive
from ledger.audit import Declared, Fault, Report
from ledger.errors import Message
from ledger.figures import Names, status, weekly
from ledger.item import Item
from ledger.storage.journal import Head
from ledger.views import audit as audit_view
from ledger.views import checklist as checklist_view
from ledger.views import items as items_view
from ledger.views import status as status_view
from ledger.views import weekly as weekly_view
from tests.ledger.schemas import hold, schema_of
from tests.ledger.siping import NOW, siping
from tests.ledger.written import Written

SAMPLE = Path(__file__).parents[3] / "checklists" / "samples" / "siping-2023.txt"
TODAY = date(2024, 6, 7)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Written]:
    written = siping(tmp_path / "ledger")
    yield written
    written.store.close()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Written]:
    written = Written(tmp_path / "bare", TODAY)
    yield written
    written.store.close()


def test_status_and_weekly_keep_their_schemas(book: Written, bare: Written) -> None:
    for written in (book, bare):
        names = Names.of(written.store)
        hold(status_view.document(status(written.store, names, now=NOW)))
        hold(weekly_view.document(weekly(written.store, names, now=NOW)))


def test_items_keep_their_schema_at_every_stage(book: Written) -> None:
    book.happen(
        "extend.request",
        {"reason": "等待上级批复", "due": "2024-08-01"},
        item="F4",
        actor="p4",
    )
    book.happen("progress", {"text": "已制定方案", "via": "gitea:sunli"}, item="F4")
    book.happen(
        "look-back",
        {"result": "holds", "opinion": "保持良好", "on": "2024-06-06"},
        item="F1",
        actor="p3",
    )
    items = list(book.items.values())
    hold(items_view.items_document(items, book.directory, today=TODAY))
    for item in items:
        hold(items_view.item_document(item, book.directory, today=TODAY))


def test_every_field_of_an_item_has_its_place_in_the_document(book: Written) -> None:
    told = items_view.item_document(book.items["F1"], book.directory, today=TODAY)
    fields = {field.name for field in dataclasses.fields(Item)}
    # ``before`` is where a reinstated item returns to; involvements are told as units.
    elsewhere = {"before", "involvements"}
    assert fields - set(told["item"]) == elsewhere


def test_a_public_notice_is_told_with_all_its_fields(book: Written) -> None:
    book.review("F3")
    book.verify("F3")
    book.happen(
        "publish",
        {
            "since": "2024-06-07",
            "until": "2024-06-17",
            "where": "市政府网站",
            "to": "public_notice",
        },
        item="F3",
    )
    told = items_view.item_document(book.items["F3"], book.directory, today=TODAY)
    hold(told)
    assert told["item"]["notice"]["objections"] == 0


def test_the_checklist_of_the_sample_keeps_its_schema_and_quotes_the_file() -> None:
    text = SAMPLE.read_bytes().decode("utf-8-sig")
    checklist = derive(Document(SAMPLE.name, text, "5f" * 32))
    told = checklist_view.document([checklist])
    hold(told)
    (document,) = told["documents"]
    assert document["issuer"] == "中共四平市委 四平市人民政府"
    assert document["published"] == "2024-01-29"
    assert [link["problem"] for link in document["coverage"]] == ["P1", "P3", "P4"]
    assert document["uncovered"] == ["P2"]
    assert document["unanswering"] == ["W4"]
    for entry in document["problems"] + document["plans"]:
        assert entry["text"] == text[entry["start"] : entry["end"]]


def test_a_document_without_entries_gives_empty_lists() -> None:
    told = checklist_view.document(
        [derive(Document("x.txt", "今天天气好。", "5f" * 32))]
    )
    hold(told)
    assert told["documents"][0]["problems"] == []


def test_a_due_date_is_a_day_where_the_report_gives_one() -> None:
    text = (
        "某县2023年法治政府建设报告\n某县人民政府 2024年1月29日\n"
        "二、存在的问题\n1.执法不规范。责任单位：县司法局，6月底前完成。\n"
        "2.培训不到位。整改方案印发之日起15日内完成。\n"
    )
    told = checklist_view.document([derive(Document("x.txt", text, "5f" * 32))])
    hold(told)
    dues = [entry["due"] for entry in told["documents"][0]["problems"]]
    assert dues[0] is not None
    assert dues[0]["date"] == "2024-06-30"
    assert dues[1] is not None
    assert dues[1]["date"] is None


def test_an_audit_keeps_its_schema() -> None:
    report = Report(
        head=Head(3, "ab" * 32, "2024-06-07T01:00:00.000000Z"),
        events=3,
        items=1,
        evidence=0,
        closed=1,
        faults=(Fault(Message("entry {seq}", seq=2), Message("It is missing.")),),
        declared=(Declared("R-2023-001", 3, "root"),),
    )
    told = audit_view.document(report)
    hold(told)
    assert not told["whole"]


def test_an_error_keeps_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    from ledger.cli.failing import explain
    from ledger.errors import UsageProblem

    explain(UsageProblem("Nothing."), debug=False, machine=True)
    hold(json.loads(capsys.readouterr().err))


def test_keys_may_be_added_within_a_version(book: Written) -> None:
    told = status_view.document(status(book.store, Names.of(book.store), now=NOW))
    told["added later"] = datetime.now(UTC).isoformat()
    assert Draft202012Validator(schema_of("status/1")).is_valid(told)
    del told["findings"]
    assert not Draft202012Validator(schema_of("status/1")).is_valid(told)
