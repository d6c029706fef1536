"""A past day's answer is the one that was given on that day."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import figures, roster
from ledger.book import Ledger
from ledger.cli.app import run
from ledger.clock import Clock
from ledger.errors import Damaged, LedgerError, UsageProblem
from ledger.past import as_of
from ledger.plain import to_plain
from ledger.storage.items import Selection
from tests.ledger.life import Life

Step = Callable[[Life], object]

STEPS: tuple[Step, ...] = (
    lambda life: life.assign("001", "市司法局", "30d"),
    lambda life: life.assign("002", "市政数局", "60d"),
    lambda life: life.act("start", "001", "孙丽"),
    lambda life: roster.rename_unit(
        life.ledger, "市政数局", "市数据局", life.who("李明")
    ),
    lambda life: life.act("progress", "001", "周凯", text="过半"),
    lambda life: roster.set_rule(
        life.ledger, "due-soon", "10", "按市里要求", life.who("赵敏")
    ),
    lambda life: life.act(
        "extend.request", "001", "孙丽", due=date(2024, 6, 28), reason="需政策出台"
    ),
    lambda life: life.act("extend.grant", "001", "赵敏", opinion="同意延期"),
    lambda life: life.act("measure.done", "001", "孙丽", number=1, on=life.day),
    lambda life: life.evidence("001", "孙丽", "签到表"),
    lambda life: life.request("001", "孙丽"),
    lambda life: life.act(
        "return", "001", "李明", opinion="不足", requirement="请补充考核成绩和试卷样本"
    ),
    lambda life: life.request("001", "孙丽"),
    lambda life: life.verify("001"),
    lambda life: life.close("001"),
    lambda life: roster.set_rule(
        life.ledger, "zone", "Asia/Tokyo", "换个时区", life.who("赵敏")
    ),
    lambda life: life.act("start", "002", "王强"),
)


def answer(ledger: Ledger) -> object:
    """Everything that list, show, status and weekly are made of."""
    directory, now = ledger.directory, ledger.clock.now()
    return (
        [to_plain(item) for item in ledger.select(Selection())],
        to_plain(dict(directory.units)),
        to_plain(dict(directory.people)),
        directory.rules,
        figures.status(ledger.store, directory, now=now),
        figures.weekly(ledger.store, directory, now=now),
    )


def end_of(ledger: Ledger, day: date) -> Clock:
    """The last moment of ``day`` where the ledger is."""
    following = day + timedelta(days=1)
    begin = datetime(
        following.year,
        following.month,
        following.day,
        tzinfo=ledger.directory.rules.zone,
    )
    return Clock(begin.astimezone(UTC) - timedelta(microseconds=1))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(gaps=st.lists(st.integers(0, 3), min_size=len(STEPS), max_size=len(STEPS)))
def test_as_of_each_day_says_what_the_ledger_said_on_that_day(
    gaps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    life = Life(tmp_path_factory.mktemp("life") / "ledger")
    said: dict[date, object] = {}
    # Two steps share a day where the gap is nothing.
    for gap, step in zip(gaps, STEPS, strict=True):
        for _ in range(gap):
            life.ledger.clock = end_of(life.ledger, life.day)
            said[life.day] = answer(life.ledger)
            life.on(life.day + timedelta(days=1))
        step(life)
    last = life.day
    life.ledger.clock = end_of(life.ledger, last)
    said[last] = answer(life.ledger)
    life.ledger.clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    for day, then in said.items():
        with as_of(life.ledger, day) as past:
            assert answer(past) == then, day
    life.ledger.close()


def test_the_present_day_is_asked_at_the_present_moment(tmp_path: Path) -> None:
    life = Life(tmp_path / "ledger")
    with as_of(life.ledger, life.day) as past:
        assert past.clock.now() == life.ledger.clock.now()
        assert answer(past) == answer(life.ledger)
    life.ledger.close()


def test_midnight_is_that_of_the_ledgers_zone(tmp_path: Path) -> None:
    life = Life(tmp_path / "ledger")
    # 16:00 UTC is midnight in China: the first belongs to the 4th, the second not.
    life.ledger.clock = Clock(datetime(2024, 3, 4, 15, 59, 59, 999999, tzinfo=UTC))
    roster.add_unit(life.ledger, "甲局", life.who("李明"))
    life.ledger.clock = Clock(datetime(2024, 3, 4, 16, 0, tzinfo=UTC))
    roster.add_unit(life.ledger, "乙局", life.who("李明"))
    with as_of(life.ledger, date(2024, 3, 4)) as past:
        names = {unit.name for unit in past.directory.active_units()}
    assert "甲局" in names
    assert "乙局" not in names
    life.ledger.close()


def test_the_past_cannot_be_written(tmp_path: Path) -> None:
    life = Life(tmp_path / "ledger")
    with as_of(life.ledger, life.day) as past:
        before = past.store.journal.head()
        said = {"field": "title", "value": "新", "reason": "试"}
        with pytest.raises(LedgerError, match="could not be read or written"):
            past.act("amend", "001", life.who("李明"), **said)
        assert past.store.journal.head() == before
    assert life.ledger.store.journal.head() == before
    life.ledger.close()


def test_a_day_to_come_and_a_day_before_the_ledger_are_refused(tmp_path: Path) -> None:
    life = Life(tmp_path / "ledger")
    with pytest.raises(UsageProblem, match="still to come"):
        as_of(life.ledger, life.day + timedelta(days=1))
    with pytest.raises(UsageProblem, match="2024-03-04"):
        as_of(life.ledger, life.day - timedelta(days=1))
    life.ledger.close()


def test_a_journal_that_cannot_be_folded_is_named_as_damaged(tmp_path: Path) -> None:
    life = Life(tmp_path / "ledger")
    connection = life.ledger.store.connection
    connection.execute("DROP TRIGGER journal_no_update")
    connection.execute("UPDATE journal SET body = '{}' WHERE seq = 12")
    with pytest.raises(Damaged, match="Entry 12"):
        as_of(life.ledger, life.day)
    life.ledger.close()


def test_the_looking_commands_take_a_past_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    life = Life(tmp_path / "ledger")
    life.on(date(2024, 4, 1))
    life.through("001", "市司法局", "孙丽")
    life.ledger.close()
    monkeypatch.setenv("LEDGER", str(tmp_path / "ledger"))
    monkeypatch.setenv("LEDGER_TESTING", "1")
    monkeypatch.setenv("LEDGER_CLOCK", "2024-04-02T09:00:00+08:00")
    states = []
    for day in ("2024-03-31", "2024-04-01"):
        assert run(["show", "001", "--as-of", day, "--format", "json"]) == 0
        states.append(json.loads(capsys.readouterr().out)["item"]["state"])
        assert run(["list", "--as-of", day]) == 0
        assert run(["status", "--as-of", day]) == 0
        assert run(["weekly", "--as-of", day]) == 0
        capsys.readouterr()
    assert states == ["registered", "closed"]
    assert run(["status", "--as-of", "yesterday"]) == 2
    assert "--as-of 2024-06-07" in capsys.readouterr().err
