"""The inbox shows what waits for whom, and its commands lead an item to its closure."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger import roster
from ledger.assignment import Wish
from ledger.audit import audit
from ledger.cli.app import run
from ledger.inbox import STEPS, Task, inbox
from ledger.item import SET_ASIDE, Item, Role, State
from ledger.lifecycle import TRANSITIONS, needs_proposal
from ledger.rules import RULES
from ledger.storage.items import Selection
from tests.ledger.life import PEOPLE, Life
from tests.ledger.schemas import hold

EVERYBODY = ("李明", *(name for name, _unit, _roles in PEOPLE))


@pytest.fixture
def life(tmp_path: Path) -> Life:
    return Life(tmp_path / "ledger")


def of(life: Life, name: str) -> list[Task]:
    return inbox(life.ledger, life.ledger.person(name))


def acts(life: Life, name: str, ref: str) -> list[str]:
    return [task.command for task in of(life, name) if task.item.ref.endswith(ref)]


def waiting(life: Life, ref: str) -> dict[str, list[str]]:
    """For whom anything about the item waits, and what."""
    found = {name: acts(life, name, ref) for name in EVERYBODY}
    return {name: waits for name, waits in found.items() if waits}


def test_every_step_of_an_items_life_waits_for_those_who_may_take_it(
    life: Life,
) -> None:
    assert waiting(life, "001") == {"李明": ["assign"]}
    life.assign("001", "市司法局")
    assert waiting(life, "001") == {"孙丽": ["start"], "周凯": ["start"]}
    life.act("start", "001", "孙丽")
    assert waiting(life, "001") == {"孙丽": ["measure.done"], "周凯": ["measure.done"]}
    life.act("measure.done", "001", "孙丽", number=1, on=life.day)
    assert waiting(life, "001") == {"孙丽": ["evidence.add"], "周凯": ["evidence.add"]}
    life.evidence("001", "周凯", "签到表")
    assert waiting(life, "001") == {
        "孙丽": ["request-closure"],
        "周凯": ["request-closure"],
    }
    life.request("001", "孙丽")
    assert waiting(life, "001") == {"李明": ["review"]}
    life.act("review", "001", "李明", opinion="材料齐全")
    assert waiting(life, "001") == {
        "李明": ["verify.pass"],
        "陈洁": ["verify.pass"],
        "赵敏": ["verify.pass"],
    }
    life.act(
        "verify.pass",
        "001",
        "赵敏",
        conclusions=[{"criterion": 1, "met": True, "text": "到位"}],
        method="现场",
        on=life.day,
    )
    # Three persons is not the rule of a new ledger: 赵敏 may close what she verified.
    assert waiting(life, "001") == {"李明": ["close"], "赵敏": ["close"]}
    life.close("001", "李明")
    assert waiting(life, "001") == {}


def test_the_verifier_is_not_asked_to_close_where_three_persons_are_the_rule(
    tmp_path: Path,
) -> None:
    life = Life(tmp_path / "three", closing="three-person")
    life.assign("001", "市司法局")
    life.work("001", "孙丽")
    life.verify("001", "赵敏")
    assert waiting(life, "001") == {"李明": ["close"]}


def test_whoever_took_part_is_not_asked_to_decide(life: Life) -> None:
    li = life.who("李明")
    roster.add_person(
        life.ledger,
        "吴迪",
        li,
        unit="市司法局",
        roles=[Role.SUPERVISOR, Role.VERIFIER, Role.APPROVER],
    )
    life.assign("001", "市司法局", owner="陈洁")
    life.work("001", "孙丽")
    assert acts(life, "吴迪", "001") == []
    life.act("review", "001", "李明", opinion="齐")
    assert acts(life, "吴迪", "001") == []
    assert acts(life, "陈洁", "001") == []
    assert acts(life, "赵敏", "001") == ["verify.pass"]


def test_a_unit_sees_what_is_its_own_and_what_its_superior_unit_has(life: Life) -> None:
    li = life.who("李明")
    roster.add_unit(life.ledger, "法治科", li, under="市司法局")
    roster.add_person(life.ledger, "何苗", li, unit="法治科", roles=[Role.RESPONSIBLE])
    life.assign("001", "市司法局")
    life.assign("002", "市政数局")
    assert acts(life, "何苗", "001") == ["start"]
    assert acts(life, "何苗", "002") == []
    assert acts(life, "王强", "001") == []


def test_a_proposal_waits_for_an_approver_who_did_not_make_it(life: Life) -> None:
    life.assign("001", "市司法局")
    life.act("start", "001", "孙丽")
    life.act("extend.request", "001", "孙丽", due=date(2024, 8, 1), reason="需政策")
    assert acts(life, "李明", "001") == ["extend.grant"]
    assert acts(life, "赵敏", "001") == ["extend.grant"]
    life.act("extend.refuse", "001", "赵敏", opinion="不足")
    assert acts(life, "赵敏", "001") == []
    document = life.ledger.evidence.add(life.paper("依据.txt", "重复")).digest
    life.act("void.propose", "004", "李明", document=document, reason="重复")
    assert acts(life, "李明", "004") == ["assign"]
    assert acts(life, "赵敏", "004") == ["void.grant"]


def test_nothing_is_to_be_closed_while_the_notice_runs_or_an_objection_is_open(
    tmp_path: Path,
) -> None:
    life = Life(tmp_path / "notice", notice="5")
    life.assign("001", "市司法局")
    life.work("001", "孙丽")
    life.verify("001")
    assert waiting(life, "001") == {"李明": ["publish"]}
    life.act("publish", "001", "李明", where="市政府网站")
    assert waiting(life, "001") == {}
    life.act("objection.raise", "001", "李明", text="群众反映")
    assert waiting(life, "001") == {"李明": ["objection.dismiss"]}
    life.act("objection.dismiss", "001", "李明", opinion="查无实据")
    notice = life.ledger.find("001").notice
    assert notice is not None
    life.on(notice.until)
    assert waiting(life, "001") == {}
    life.on(notice.until + timedelta(days=1))
    assert waiting(life, "001") == {"李明": ["close"], "赵敏": ["close"]}
    (task,) = of(life, "赵敏")
    # It waits since the midnight after the last day of the notice.
    assert task.since == f"{notice.until}T16:00:00.000000Z"


def test_a_recurrence_waits_to_be_reopened_until_it_is(life: Life) -> None:
    life.through("001", "市司法局", "孙丽")
    life.through("002", "市政数局", "王强")
    for ref, result in (("001", "recurred"), ("002", "holds")):
        life.act("look-back", ref, "赵敏", result=result, opinion="看过", on=life.day)
    assert waiting(life, "001") == {"李明": ["reopen"]}
    assert waiting(life, "002") == {}
    life.act(
        "reopen",
        "001",
        "李明",
        cause="recurrence",
        due=date(2024, 9, 2),
        opinion="反弹",
    )
    assert waiting(life, "001") == {
        "孙丽": ["request-closure"],
        "周凯": ["request-closure"],
    }


def test_an_item_closed_again_does_not_wait_for_its_old_recurrence(life: Life) -> None:
    life.through("001", "市司法局", "孙丽")
    life.act("look-back", "001", "赵敏", result="recurred", opinion="反弹", on=life.day)
    life.act(
        "reopen",
        "001",
        "李明",
        cause="recurrence",
        due=date(2024, 9, 2),
        opinion="反弹",
    )
    life.request("001", "孙丽")
    life.verify("001")
    life.close("001")
    assert waiting(life, "001") == {}


def test_what_waits_longest_comes_first(life: Life) -> None:
    for number, ref in enumerate(("003", "001", "002")):
        life.on(date(2024, 3, 11 + number))
        life.assign(ref, "市司法局")
        life.work(ref, "孙丽")
    life.on(date(2024, 4, 1))
    refs = [task.item.ref for task in of(life, "李明") if task.command == "review"]
    assert refs == ["R-2023-003", "R-2023-001", "R-2023-002"]
    assert [task.since for task in of(life, "李明")] == sorted(
        task.since for task in of(life, "李明")
    )


def test_a_returned_item_waits_since_its_return(life: Life) -> None:
    life.assign("001", "市司法局")
    life.work("001", "孙丽")
    life.on(date(2024, 3, 20))
    life.act(
        "return", "001", "李明", opinion="不足", requirement="请补充考核成绩与样卷"
    )
    (task,) = of(life, "孙丽")
    assert task.since.startswith("2024-03-20")


def test_every_row_that_moves_an_item_on_or_decides_is_in_the_inbox() -> None:
    """A new row of the table must be thought of here."""
    known = {*STEPS, *(other for others in STEPS.values() for other in others)}
    # Not what the ledger waits for: a wrong assignment, an end of another kind.
    never = {"hand-back"}
    for row in TRANSITIONS:
        moves = row.target not in (None, *SET_ASIDE)
        if moves or needs_proposal(row):
            assert row.command in known | never, row.command


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"desk_review": "off"},
        {"notice": "3"},
        {"closing": "three-person", "notice": "1"},
    ],
)
def test_typing_what_the_inboxes_say_brings_every_item_to_its_closure(
    rules: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert {key.replace("_", "-") for key in rules} <= {rule.key for rule in RULES}
    life = Life(tmp_path / "ledger", date(2024, 3, 4), **rules)
    monkeypatch.setenv("LEDGER", str(life.folder))
    monkeypatch.setenv("LEDGER_TESTING", "1")
    life.act(
        "amend", "001", "李明", field="criteria", value=["甲", "乙"], reason="细化"
    )
    said = {
        "UNIT": "市司法局",
        "DATE": "2024-12-31",
        "KIND": "phased",
        "TEXT": "已经办妥并核对无误",
        "FILE": str(life.paper("佐证.txt", "签到表")),
    }
    typed = 0
    for day in range(40):
        today = date(2024, 3, 5) + timedelta(days=day)
        life.on(today)
        monkeypatch.setenv("LEDGER_CLOCK", f"{today}T18:00:00+08:00")
        for name in EVERYBODY:
            person = life.ledger.person(name)
            for task in inbox(life.ledger, person, acting=name)[:3]:
                line = re.sub(
                    r"\b(UNIT|DATE|KIND|TEXT|FILE)\b", lambda m: said[m[0]], task.line
                )
                assert not re.search(r"\b[A-Z]{4,}\b", line.replace("R-2023", ""))
                assert run(shlex.split(line)[1:]) == 0, line
                typed += 1
        if all(item.state is State.CLOSED for item in _all(life)):
            break
    capsys.readouterr()
    assert {item.state for item in _all(life)} == {State.CLOSED}
    assert typed >= 8 * 6
    assert [of(life, name) for name in EVERYBODY] == [[]] * len(EVERYBODY)
    assert audit(life.ledger).faults == ()


def _all(life: Life) -> list[Item]:
    return life.ledger.select(Selection())


def test_the_command_prints_lines_to_copy_and_a_document(
    life: Life, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    life.assign("001", "市司法局")
    life.act("start", "001", "周凯")
    monkeypatch.setenv("LEDGER", str(life.folder))
    monkeypatch.setenv("LEDGER_TESTING", "1")
    monkeypatch.setenv("LEDGER_CLOCK", "2024-03-14T09:00:00+08:00")
    monkeypatch.setenv("COLUMNS", "60")
    assert run(["inbox", "--as", "周凯", "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert "    ledger measure done R-2023-001 1 --as 周凯\n" in printed
    assert "10 days" in printed
    assert run(["inbox", "--as", "李明", "--limit", "2", "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert "7 waiting" in printed
    assert "and 5 more: ledger inbox --limit 7" in printed
    assert run(["inbox", "--as", "周凯", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "inbox/1"
    hold(document)
    assert document["person"] == {"id": "p3", "name": "周凯", "unit": "市司法局"}
    (task,) = document["tasks"]
    assert (task["act"], task["days"], task["instead"]) == ("measure.done", 10, [])


def test_a_person_without_a_name_in_the_ledger_has_no_inbox(
    life: Life, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEDGER", str(life.folder))
    assert run(["inbox", "--as", "无此人"]) == 2
    assert "无此人" in capsys.readouterr().err


def test_several_units_and_a_lead_are_asked_as_the_table_says(life: Life) -> None:
    life.tick()
    wish = Wish(
        "001",
        ("市司法局", "市政数局"),
        "60d",
        "phased",
        lead="市司法局",
        target="到位",
        measures=("一",),
        criteria=("甲",),
    )
    life.ledger.assign([wish], life.who("李明"))
    assert sorted(waiting(life, "001")) == ["周凯", "孙丽", "王强"]
