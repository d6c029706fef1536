"""The main path, typed: from a report to an item struck off."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.cli.conftest import SAMPLE, Said

Run = Callable[..., Said]


def test_the_checklist_of_the_sample_is_what_the_report_says(ledger: Run) -> None:
    said = ledger("derive", SAMPLE, "--format", "json")
    assert said.code == 0
    document = json.loads(said.out)
    assert document["schema"] == "checklist/1"
    (report,) = document["documents"]
    text = SAMPLE.read_bytes().decode("utf-8-sig")
    assert report["title"] is None
    assert report["year"] == 2023
    assert report["published"] == "2024-01-29"
    assert report["issuer"] == "中共四平市委 四平市人民政府"
    assert [entry["id"] for entry in report["problems"]] == ["P1", "P2", "P3", "P4"]
    assert [entry["id"] for entry in report["plans"]] == ["W1", "W2", "W3", "W4"]
    for entry in report["problems"] + report["plans"]:
        assert text[entry["start"] : entry["end"]] == entry["text"]
    pairs = {
        (one["problem"], plan) for one in report["coverage"] for plan in one["plans"]
    }
    assert pairs == {("P1", "W1"), ("P3", "W2"), ("P4", "W3")}
    assert report["uncovered"] == ["P2"]
    assert report["unanswering"] == ["W4"]


def test_dumped_text_is_the_decoded_file(ledger: Run) -> None:
    said = ledger("derive", SAMPLE, "--dump-text")
    assert said.out == SAMPLE.read_bytes().decode("utf-8-sig")


def test_an_item_goes_from_the_report_to_closure(siping: Run) -> None:
    Path("签到表.txt").write_text("23 人到训", encoding="utf-8")
    steps = (
        "assign 2 --unit 市政数局 --due 30d --kind phased --owner 王强",
        "start 2 --target 提升能力 --measure 培训 --criterion 抽查合格 --as 王强",
        "progress 2 已完成培训 --as 王强",
        "measure add 2 统一指南 --as 王强",
        "measure done 2 1 --as 王强",
        "measure done 2 2 --as 王强",
        "evidence add 2 签到表.txt --as 王强",
        "request-closure 2 --statement 已整改到位 --as 王强",
        "review 2 --opinion 材料齐全",
        "verify 2 --pass --conclusion 1:抽查合格 --method 现场核查 --as 赵敏",
        "close 2 --opinion 同意销号 --as 周涛",
    )
    for step in steps:
        said = siping(*step.split(" "))
        assert said.code == 0, (step, said.err)
    item = json.loads(siping("show", "2", "--format", "json").out)
    assert item["schema"] == "item/1"
    assert "closed" in json.dumps(item)
    assert siping("audit").code == 0
    said = siping("status", "--format", "json")
    assert json.loads(said.out)["schema"] == "status/1"
    for words in (("status",), ("weekly",), ("list",), ("log", "2"), ("show", "2")):
        said = siping(*words)
        assert said.code == 0
        assert "R-2023-00" in said.out or words == ("status",)


def test_a_returned_item_can_be_requested_again(siping: Run) -> None:
    Path("a.txt").write_text("材料", encoding="utf-8")
    for step in (
        "assign 2 --unit 市政数局 --due 30d --kind phased --target 目标 --measure 措施 --criterion 标准",
        "start 2 --as 王强",
        "measure done 2 1 --as 王强",
        "evidence add 2 a.txt --as 王强",
        "request-closure 2 --statement 已整改 --as 王强",
    ):
        assert siping(*step.split(" ")).code == 0, step
    said = siping("return", "2", "--opinion", "不够", "--requirement", "再补材料")
    assert said.code == 4, "a requirement of four characters is too short"
    said = siping(
        "return", "2", "--opinion", "不够", "--requirement", "请补充五个乡镇的培训记录"
    )
    assert said.code == 0
    assert (
        siping("request-closure", "2", "--statement", "已补充", "--as", "王强").code
        == 0
    )


def test_registering_twice_adds_nothing(siping: Run) -> None:
    before = siping("list").out
    said = siping("register", SAMPLE)
    assert said.code == 0
    assert "8 items were on account already" in said.out
    assert siping("list").out == before


def test_the_template_of_an_assignment_can_be_filled_in_and_used(siping: Run) -> None:
    text = siping("assign", "--template").out.lstrip("\ufeff")
    rows = text.splitlines()
    assert rows[0] == "ref,unit,due,kind,owner,target,measure,criterion"
    assert len(rows) == 9
    filled = [rows[0], *(f"R-2023-00{n},市政数局,30d,phased,,,," for n in (1, 2, 3))]
    Path("plan.csv").write_text("\ufeff" + "\r\n".join(filled), encoding="utf-8")
    said = siping("assign", "--from", "plan.csv", "--yes")
    assert said.code == 0, said.err
    assert said.out.count("is assigned to 市政数局") == 3


def test_rows_of_a_template_that_name_no_unit_are_left_out_and_told(
    siping: Run,
) -> None:
    rows = [
        "ref,unit,due,kind,owner,target,measure,criterion",
        "R-2023-001,市政数局,30d,phased,,,,",
        "R-2023-002,,2099-12-31,phased,,,,",
    ]
    Path("plan.csv").write_text("\n".join(rows), encoding="utf-8")
    said = siping("assign", "--from", "plan.csv", "--yes")
    assert said.code == 0, said.err
    assert "Rows that name no unit are left out: R-2023-002" in said.out
    assert said.out.count("is assigned to") == 1
    Path("plan.csv").write_text("\n".join([rows[0], rows[2]]), encoding="utf-8")
    said = siping("assign", "--from", "plan.csv", "--yes")
    assert said.code == 2
    assert "No row names a unit." in said.err


def test_every_person_word_is_kept_in_the_journal(siping: Run) -> None:
    assert siping("progress", "2", "x", "--as", "王强").code == 4
    said = siping("log")
    assert "王强" in said.out
    assert "市政数局" in said.out


def test_the_only_person_of_this_account_need_not_be_named(ledger: Run) -> None:
    ledger("init", ".", "--unit", "办公室", "--actor", "李明")
    assert ledger("units", "add", "某局").code == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demo_goes_the_whole_round(
    ledger: Run, language: str, tmp_path: Path
) -> None:
    said = ledger("demo", tmp_path / "round", "--lang", language)
    assert said.code == 0, said.err
    commands = [line for line in said.out.splitlines() if line.startswith("$ ledger ")]
    assert [line.split(" ")[2] for line in commands[-3:]] == [
        "status",
        "weekly",
        "audit",
    ]
    status = json.loads(
        ledger("status", "--format", "json", "--ledger", tmp_path / "round").out
    )
    assert "1" in json.dumps(status)
    listed = ledger("list", "--state", "closed", "--ledger", tmp_path / "round")
    assert "R-2023-002" in listed.out
    (issue,) = (tmp_path / "round" / "issues").glob("0002-*.md")
    assert "state: closed" in issue.read_text(encoding="utf-8")
    said = ledger("sync", "--ledger", tmp_path / "round", "--format", "json")
    assert json.loads(said.out)["calls"]["writes"] == 0


def test_the_demo_keeps_away_from_a_folder_in_use(ledger: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    said = ledger("demo", tmp_path / "mine")
    assert said.code == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
