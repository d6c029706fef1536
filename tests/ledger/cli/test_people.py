"""Units and people, typed: what changes, what is refused, and what no change allows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.cli.conftest import Said
from tests.ledger.cli.test_bad_input import explained, journal

Run = Callable[..., Said]

VERIFY = "verify 1 --pass --conclusion 1:合格 --method 现场核查"


def typed(run: Run, line: str) -> Said:
    """Type a line that must be carried out."""
    said = run(*line.split(" "))
    assert said.code == 0, (line, said.err)
    return said


def refused(run: Run, line: str, code: int, *words: str) -> Said:
    """Type a line that must be refused in three parts and leave no trace."""
    before = journal(Path())
    said = run(*line.split(" "))
    explained(said, code, *words)
    assert journal(Path()) == before, line
    return said


def last() -> tuple[str, str]:
    """The kind of the journal's last event, and what it says."""
    body = json.loads(str(journal(Path())[-1][5]))
    return body["kind"], json.dumps(body["data"], ensure_ascii=False)


@pytest.fixture
def verifying(siping: Run) -> Run:
    """Item 1 waits for verification; 王强 of 市政数局 asked for its closure."""
    Path("签到表.txt").write_text("23 人到训", encoding="utf-8")
    for line in (
        "units add 下属中心 --under 市政数局",
        "people add 郑爽 --unit 下属中心 --role verifier",
        "people add 何平 --unit 依法治市办 --role supervisor",
        "assign 1 --unit 市政数局 --due 30d --kind phased --target 目标 --measure 措施 --criterion 标准",
        "start 1 --as 王强",
        "measure done 1 1 --as 王强",
        "evidence add 1 签到表.txt --as 王强",
        "request-closure 1 --statement 已整改到位 --as 王强",
        "review 1 --opinion 材料齐全",
    ):
        typed(siping, line)
    return siping


# What is done


def test_units_are_renamed_moved_and_merged(siping: Run) -> None:
    assert "大数据局" in typed(siping, "units rename 市政数局 大数据局").out
    assert last()[0] == "unit.rename"
    typed(siping, "units add 信息中心")
    typed(siping, "units move 信息中心 --under 大数据局")
    assert last() == ("unit.move", '{"id": "u4", "parent": "u2"}')
    typed(siping, "units move 信息中心 --top")
    assert last() == ("unit.move", '{"id": "u4"}')
    typed(siping, "units merge 信息中心 大数据局")
    assert last() == ("unit.merge", '{"id": "u4", "into": "u2"}')
    listed = typed(siping, "units list").out.splitlines()
    (line,) = [line for line in listed if line.startswith("大数据局")]
    assert line.endswith("市政数局")  # the name of before
    assert not [line for line in listed if line.startswith(("市政数局", "信息中心"))]
    typed(siping, "audit")


def test_people_move_get_roles_and_accounts_and_leave(siping: Run) -> None:
    typed(siping, "people move 王强 --unit 督查室")
    assert last() == ("person.move", '{"id": "p2", "unit": "u3"}')
    typed(siping, "people roles 王强 --role verifier --reason 调任")
    assert json.loads(last()[1])["roles"] == ["verifier"]
    assert json.loads(last()[1])["reason"] == "调任"
    typed(siping, "people account 王强 wangqiang")
    assert last() == ("person.account", '{"account": "wangqiang", "id": "p2"}')
    assert "王强" in typed(siping, "people list").out
    typed(siping, "people leave 王强")
    assert last() == ("person.leave", '{"id": "p2"}')
    refused(siping, "add 题 --origin 督察 --as 王强", 2, "王强")
    typed(siping, "audit")


# What is refused


REFUSED = [
    ("units move 市政数局 --under 市政数局", 4, "市政数局"),
    ("units move 市政数局 --under 下属中心", 4, "下属中心"),
    ("units move 市政数局", 2, "--under"),
    ("units move 市政数局 --under 督查室 --top", 2, "--top"),
    ("units move 无此局 --top", 2, "无此局"),
    ("units move 市政数局 --under 无此局", 2, "无此局"),
    ("units merge 市政数局 市政数局", 4, "市政数局"),
    ("units merge 市政数局 下属中心", 4, "下属中心"),
    ("units merge 无此局 市政数局", 2, "无此局"),
    ("units merge 市政数局 无此局", 2, "无此局"),
    ("units rename 市政数局 督查室", 4, "督查室"),
    ("units rename 市政数局 市政数局", 4, "市政数局"),
    ("units rename 无此局 某局", 2, "无此局"),
    ("units rename 市政数局 \u200e", 2, "Next"),
    ("people move 李明 --unit 督查室", 4, "李明"),
    ("people roles 李明 --role responsible --reason 调任", 4, "李明"),
    ("people account 李明 root2", 4, "李明"),
    ("people leave 李明", 4, "李明"),
    ("people move 王刚 --unit 督查室", 2, "王强"),
    ("people move 王强 --unit 无此局", 2, "无此局"),
    ("people roles 王刚 --role verifier --reason 调任", 2, "王强"),
    ("people roles 王强 --role verifier --reason \u200e", 2, "reason"),
    ("people account 王刚 wg", 2, "王强"),
    ("people leave 王刚", 2, "王强"),
    ("units rename 市政数局 某局 --as 赵敏", 4, "赵敏"),
    ("units move 市政数局 --under 督查室 --as 赵敏", 4, "赵敏"),
    ("units merge 市政数局 督查室 --as 赵敏", 4, "赵敏"),
    ("people move 王强 --unit 督查室 --as 周涛", 4, "周涛"),
    ("people roles 王强 --role verifier --reason 调任 --as 周涛", 4, "周涛"),
    ("people account 王强 wq --as 周涛", 4, "周涛"),
    ("people leave 王强 --as 周涛", 4, "周涛"),
]
"""What is typed, the exit code, and a word of the refusal."""


def test_a_change_that_cannot_be_is_refused_and_leaves_no_trace(siping: Run) -> None:
    typed(siping, "units add 下属中心 --under 市政数局")
    for line, code, word in REFUSED:
        refused(siping, line, code, word)


def test_a_merged_unit_takes_no_more_people_or_units(siping: Run) -> None:
    typed(siping, "units merge 督查室 依法治市办")
    for line in (
        "people move 王强 --unit 督查室",
        "units move 市政数局 --under 督查室",
        "units merge 市政数局 督查室",
        "units rename 督查室 某室",
    ):
        refused(siping, line, 2, "督查室")


def test_an_account_of_somebody_who_left_is_nobody_elses(siping: Run) -> None:
    typed(siping, "people account 王强 wangqiang")
    typed(siping, "people leave 王强")
    refused(siping, "people account 赵敏 wangqiang", 4, "王强")


# What no change of units or people allows


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            (
                "people move 王强 --unit 督查室 --as 何平",
                "people roles 王强 --role verifier --reason 调任 --as 何平",
                f"4! {VERIFY} --as 王强",
            ),
            id="the head who asked moves into the verifying office",
        ),
        pytest.param(
            ("people move 郑爽 --unit 督查室", f"4! {VERIFY} --as 郑爽"),
            id="one of a unit below moves into the verifying office",
        ),
        pytest.param(
            ("units move 下属中心 --top", f"4! {VERIFY} --as 郑爽"),
            id="the unit below is taken out of the tree",
        ),
        pytest.param(
            ("units merge 下属中心 督查室", f"4! {VERIFY} --as 郑爽"),
            id="the unit below is merged into the verifying office",
        ),
        pytest.param(
            ("units merge 市政数局 督查室", f"4! {VERIFY} --as 赵敏"),
            id="the responsible unit is merged into the verifying office",
        ),
        pytest.param(
            ("units move 督查室 --under 市政数局", f"4! {VERIFY} --as 赵敏"),
            id="the verifying office comes below the responsible unit",
        ),
        pytest.param(
            ("people move 赵敏 --unit 市政数局", f"4! {VERIFY} --as 赵敏"),
            id="the verifier moves into the responsible unit",
        ),
        pytest.param(
            (
                "people move 赵敏 --unit 市政数局",
                "people move 赵敏 --unit 督查室",
                f"4! {VERIFY} --as 赵敏",
            ),
            id="the verifier was in the responsible unit for a moment",
        ),
        pytest.param(
            (
                "units rename 市政数局 旧局",
                "units add 市政数局",
                "people move 王强 --unit 市政数局",
                "people roles 王强 --role verifier --reason 调任",
                f"4! {VERIFY} --as 王强",
            ),
            id="the responsible unit gets another name, and another unit its name",
        ),
        pytest.param(
            ("people leave 赵敏", f"2! {VERIFY} --as 赵敏"),
            id="the verifier has left",
        ),
    ],
)
def test_no_change_of_units_or_people_gets_round_the_separation_of_duties(
    verifying: Run, lines: tuple[str, ...]
) -> None:
    for line in lines:
        code, mark, act = line.partition("! ")
        if mark:
            refused(verifying, act, int(code), line.split(" ")[-1])
        else:
            typed(verifying, line)
    item = json.loads(typed(verifying, "show 1 --format json").out)
    assert '"verifying"' in json.dumps(item)
    typed(verifying, "audit")


def test_a_verifier_whom_no_change_touched_verifies(verifying: Run) -> None:
    typed(verifying, "units rename 市政数局 大数据局")
    typed(verifying, f"{VERIFY} --as 赵敏")
