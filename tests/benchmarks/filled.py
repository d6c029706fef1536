"""Ledgers of any size for measuring: items of all states, spread over units and days."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

from ledger.item import (
    Capacity,
    Decision,
    Involvement,
    Item,
    ItemLink,
    Kind,
    Measure,
    Rectification,
    Request,
    Source,
    State,
)
from ledger.storage.items import row_of
from tests.ledger.written import Written

UNITS = 40
TODAY = date(2024, 6, 7)
_SHAPES = 997
_ID, _REF, _NUMBER = "01HQ0000000000000000000000", "R-2023-000000000", 987654321


def filled(folder: Path, count: int) -> Path:
    """A ledger in ``folder`` with ``count`` items; its journal holds no acts on them.

    Rows are what the ledger itself would store for such items, written in bulk.
    """
    written = Written(folder, date(2024, 1, 2))
    for number in range(2, UNITS + 2):
        written.happen("unit.add", {"id": f"u{number}", "name": f"第{number}责任单位"})
    connection = written.store.connection
    rows = _rows(count)
    first = next(rows)
    places = ", ".join("?" * len(first))
    with written.store.write():
        connection.executemany(
            f"INSERT INTO items VALUES ({places})",  # noqa: S608 (placeholders)
            chain([first], rows),
        )
        connection.execute(
            "INSERT INTO parts SELECT id, unit, 'responsible' FROM items"
            " WHERE unit IS NOT NULL"
        )
        # Two of three findings are answered by the plan of the same number.
        connection.execute(
            "INSERT INTO ties SELECT plan.id, 'answers', finding.id"
            " FROM items AS plan JOIN items AS finding"
            " ON finding.number = plan.number - 1 AND finding.year = plan.year"
            " WHERE plan.kind = 'plan' AND plan.number % 3"
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    written.store.close()
    return folder


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    """``count`` rows made of a few hundred shapes, each with its own identity."""
    seeded = random.Random(20240607)  # noqa: S311 (the same ledger every time)
    shapes = [row_of(_shape(seeded)) for _ in range(_SHAPES)]
    for number in range(1, count + 1):
        row = shapes[number * 7919 % _SHAPES]
        identity, ref = f"01HQ{number:022d}", f"R-2023-{number:09d}"
        own = {_ID: identity, _REF: ref, _NUMBER: number}
        *columns, doc = (own.get(cell, cell) for cell in row)
        columns[15 + 2] = f"document:{number}"
        doc = (
            str(doc)
            .replace(_ID, identity)
            .replace(_REF, ref)
            .replace(str(_NUMBER), str(number))
        )
        yield (*columns, doc)


def _shape(seeded: random.Random) -> Item:
    """An item as it may stand on :data:`TODAY`."""
    state = seeded.choice(
        [State.REGISTERED] * 2
        + [State.ASSIGNED] * 3
        + [State.IN_PROGRESS] * 5
        + [State.ONGOING, State.CLOSURE_REQUESTED, State.VERIFYING, State.VERIFIED]
        + [State.CLOSED] * 8
        + [State.VOID, State.TRANSFERRED]
    )
    assigned = state is not State.REGISTERED
    unit = f"u{seeded.randrange(2, UNITS + 2)}"
    due = TODAY + timedelta(days=seeded.randrange(-60, 200))
    done = TODAY - timedelta(days=seeded.randrange(1, 90))
    asked = state in (
        State.CLOSURE_REQUESTED,
        State.VERIFYING,
        State.VERIFIED,
        State.CLOSED,
    )
    moment = f"{done}T01:00:00.000000Z"
    decision = Decision(moment, "p1", "u1", "同意", done, "现场核查")
    return Item(
        id=_ID,
        ref=_REF,
        kind=seeded.choice([Kind.FINDING, Kind.PLAN]),
        title=seeded.choice(["行政执法不严格不规范", "基层政务服务能力仍需提高"]),
        text="个别执法人员法治意识不强，执法程序不够规范，" * 4,
        registered_on=date(2024, 1, 2),
        registered_at="2024-01-02T01:00:00.000000Z",
        state=state,
        year=2023,
        number=_NUMBER,
        source=Source("5f" * 32, "report.txt", "P1", 0, 40, 7, issuer="某市人民政府"),
        rectification=seeded.choice(list(Rectification)) if assigned else None,
        responsible=(unit,) if assigned else (),
        owner="p1" if assigned else None,
        target="整改到位" if assigned else None,
        measures=(
            Measure(1, "开展专题培训", due=due - timedelta(days=20)),
            Measure(2, "修订工作制度", done=done),
        )
        if assigned
        else (),
        original_due=due - timedelta(days=seeded.choice([0, 0, 0, 30]))
        if assigned
        else None,
        due=due if assigned else None,
        review_on=due if state is State.ONGOING else None,
        rectified_on=done if asked else None,
        request=Request(moment, "p1", "p1", unit, done, "已整改") if asked else None,
        review=decision if asked and state is not State.CLOSURE_REQUESTED else None,
        verification=decision if state in (State.VERIFIED, State.CLOSED) else None,
        links=(ItemLink("answers", _ID),) if not assigned else (),
        involvements=(Involvement(unit, Capacity.RESPONSIBLE),) if assigned else (),
        moved=f"{TODAY - timedelta(days=seeded.randrange(0, 90))}T02:00:00.000000Z",
        seq=1,
    )
