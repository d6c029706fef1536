"""Putting entries on account, and assigning them from a file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checklists import Checklist, Document, derive, read_document
from ledger import registration
from ledger.assignment import COLUMNS, RowFaults, Wish, read_wishes, template
from ledger.audit import audit
from ledger.errors import Refused, UsageProblem
from ledger.item import Kind, Rectification, State, Stated
from ledger.storage.items import Selection
from tests.ledger.office import DATA, LI, SUN, TRAFFIC, WU, Office

SAMPLE = Path(__file__).parents[2] / "checklists" / "samples" / "siping-2023.txt"


@pytest.fixture(scope="module")
def checklist() -> Checklist:
    return derive(read_document(SAMPLE))


def refs(office: Office) -> list[str]:
    return [item.ref for item in office.ledger.select(Selection())]


# Registering


def test_the_entries_of_a_report_get_gap_free_references_of_its_year(
    office: Office, checklist: Checklist
) -> None:
    done = registration.register(office.ledger, checklist, office.who(LI))
    count = len(checklist.problems) + len(checklist.plans)
    assert list(done.added) == [f"R-2023-{n:03}" for n in range(1, count + 1)]
    assert refs(office) == list(done.added)
    for entry in checklist.problems:
        item = next(
            item
            for item in office.ledger.select(Selection(kinds=("finding",)))
            if item.source and item.source.entry == entry.id
        )
        assert item.text == entry.text
        assert item.state is State.REGISTERED
        assert (item.responsible, item.due) == ((), None)
        assert item.source is not None
        span = slice(item.source.start, item.source.end)
        assert checklist.document.text[span] == item.text


def test_registering_the_same_document_again_adds_nothing(
    office: Office, checklist: Checklist
) -> None:
    first = registration.register(office.ledger, checklist, office.who(LI))
    head = office.ledger.store.journal.head()
    again = registration.register(office.ledger, checklist, office.who(LI))
    assert (again.added, again.known) == ((), first.added)
    assert office.ledger.store.journal.head() == head
    other = Office.reopen(office.ledger.folder)
    third = registration.register(
        other.ledger, derive(read_document(SAMPLE)), other.who(LI)
    )
    assert third.added == ()
    other.ledger.close()


def test_what_one_kind_left_out_is_added_later_under_the_next_numbers(
    office: Office, checklist: Checklist
) -> None:
    li = office.who(LI)
    plans = registration.register(office.ledger, checklist, li, only=Kind.PLAN)
    both = registration.register(office.ledger, checklist, li)
    assert both.known == plans.added
    assert refs(office) == [*plans.added, *both.added]
    numbers = [item.number for item in office.ledger.select(Selection())]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_number_is_never_given_twice(office: Office, checklist: Checklist) -> None:
    li = office.who(LI)
    registration.register(office.ledger, checklist, li, only=Kind.FINDING)
    ref = refs(office)[-1]
    office.act("void.propose", ref, LI, document=office.file(), reason="误登")
    office.act("void.grant", ref, "钱进")
    added = registration.add(
        office.ledger, li, title="题", text="文", origin="督察", year=2023
    )
    assert added.number == len(checklist.problems) + 1
    later = registration.register(office.ledger, checklist, li)
    assert ref in later.known
    assert added.ref not in later.added
    assert len(set(refs(office))) == len(refs(office))


@pytest.mark.parametrize(
    "order",
    [[None], [Kind.FINDING, Kind.PLAN], [Kind.PLAN, Kind.FINDING], [Kind.PLAN, None]],
)
def test_a_plan_is_linked_to_the_problem_it_answers_whichever_comes_first(
    office: Office, checklist: Checklist, order: list[Kind | None]
) -> None:
    li = office.who(LI)
    for only in order:
        done = registration.register(office.ledger, checklist, li, only=only)
        again = registration.register(office.ledger, checklist, li, only=only)
        assert again.added == ()
        assert set(again.known) == {*done.added, *done.known}
    items = {item.id: item for item in office.ledger.select(Selection())}
    found = {
        (items[link.item].source.entry, item.source.entry)  # type: ignore[union-attr]  # all came from the report
        for item in items.values()
        for link in item.links
        if item.source and link.relation == "answers"
    }
    assert found == {(link.problem, link.plan) for link in checklist.links}
    assert audit(office.ledger).faults == ()


def test_an_empty_checklist_is_refused(office: Office) -> None:
    empty = derive(read_document("空.txt", content="没有问题。\n".encode()))
    head = office.ledger.store.journal.head()
    with pytest.raises(Refused, match="nothing to register") as error:
        registration.register(office.ledger, empty, office.who(LI))
    assert error.value.exit_code == 4
    assert office.ledger.store.journal.head() == head


def test_only_a_supervisor_registers(office: Office, checklist: Checklist) -> None:
    with pytest.raises(Refused, match="supervisor"):
        registration.register(office.ledger, checklist, office.who(SUN))
    assert refs(office) == []


def test_a_tail_finds_an_item_and_an_ambiguous_one_names_them(
    office: Office, checklist: Checklist
) -> None:
    registration.register(office.ledger, checklist, office.who(LI))
    first = office.find("R-2023-001")
    assert office.find("001") == office.find("1-001"[2:]) == office.find(first.id)
    registration.add(
        office.ledger, office.who(LI), title="题", text="文", origin="督察", year=2024
    )
    with pytest.raises(UsageProblem, match="R-2023-001, R-2024-001"):
        office.find("001")
    for nothing in ("999", "%", "_", "R-2023-%", "'"):
        with pytest.raises(UsageProblem, match="no item"):
            office.find(nothing)


# Assigning from a file


@pytest.fixture
def ready(office: Office, checklist: Checklist) -> Office:
    registration.register(office.ledger, checklist, office.who(LI), only=Kind.FINDING)
    return office


def written(office: Office, text: str, encoding: str = "utf-8") -> Path:
    path = office.ledger.folder / "交办.csv"
    path.write_bytes(text.encode(encoding))
    return path


HEAD = "ref,unit,due,kind,owner,target,measure,criterion\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_in_the_encodings_of_spreadsheets_assigns_all_its_rows(
    ready: Office, encoding: str
) -> None:
    text = (
        f"{HEAD}001,市政数局；市交通局,30d,phased,孙洁,一次办结,培训；轮岗,抽查合格\n"
        '002,市交通局,2024-12-31,立行立改,,"目标,含逗号",整改,合格;复查\n'
        "003,,,,,,,\n"
    )
    items = ready.ledger.assign(
        read_wishes(written(ready, text, encoding)), ready.who(LI)
    )
    one, two = items
    assert one.responsible == (ready.unit(DATA), ready.unit(TRAFFIC))
    assert one.lead == ready.unit(DATA)
    assert [m.text for m in one.measures] == ["培训", "轮岗"]
    assert one.owner == ready.person(SUN)
    assert two.target == "目标,含逗号"
    assert [c.text for c in two.criteria] == ["合格", "复查"]
    assert str(two.due) == "2024-12-31"
    assert ready.find("003").state is State.REGISTERED


def test_the_template_is_a_file_that_can_be_read_again(ready: Office) -> None:
    ready.assign("001")
    text = template(ready.ledger.select(Selection()), ready.ledger.directory)
    assert text.splitlines()[0] == ",".join(COLUMNS)
    (wish,) = read_wishes(written(ready, text))
    assert (wish.ref, wish.units, wish.kind) == ("R-2023-001", (DATA,), "phased")


PLAN = """清河县贯彻落实督察反馈意见整改方案
清河县人民政府
2024年3月1日
一、督察反馈的问题
（一）关于污水管网建设滞后的问题
整改目标：建成管网20公里。
整改措施：1.落实资金；2.=加快施工。
牵头单位：市政数局
责任单位：市水务局
配合单位：市财政局
责任领导：张立
责任人：孙洁
整改类型：分阶段整改
整改时限：3个月内
整改情况：正在推进，已建成5公里。
（二）关于扬尘管控不到位的问题
整改措施：=开展检查；及时通报。
"""
STATED = Stated(
    units=(DATA, "市水务局"),
    cooperating=("市财政局",),
    leaders=("张立",),
    owners=(SUN,),
    due=date(2024, 6, 1),
    due_words="3个月内",
    kind=Rectification.PHASED,
    target="建成管网20公里",
    measures=("落实资金", "=加快施工"),
    status="正在推进",
    result="正在推进，已建成5公里。",
)


@pytest.fixture
def planned(office: Office) -> Office:
    document = Document("plan.txt", PLAN, "ab" * 32)
    checklist = replace(derive(document), published=date(2024, 3, 1))
    registration.register(office.ledger, checklist, office.who(LI), only=Kind.FINDING)
    return office


def test_what_the_report_states_is_kept_and_nothing_assigned_by_it(
    planned: Office,
) -> None:
    first, second = planned.ledger.select(Selection())
    assert first.stated == STATED
    assert second.stated == Stated(measures=("=开展检查", "及时通报"))
    assert (first.state, first.responsible) == (State.REGISTERED, ())
    assert (first.measures, first.due, first.target) == ((), None, None)
    assert audit(planned.ledger).faults == ()


def test_an_entry_of_which_nothing_is_stated_has_nothing_stated(ready: Office) -> None:
    assert ready.find("001").stated is None


def test_the_template_begins_with_what_the_report_states(planned: Office) -> None:
    text = template(planned.ledger.select(Selection()), planned.ledger.directory)
    one, two = csv.DictReader(io.StringIO(text))
    assert one == {
        "ref": "R-2024-001",
        "unit": "市政数局；市水务局",
        "due": "2024-06-01",
        "kind": "phased",
        "owner": SUN,
        "target": "建成管网20公里",
        "measure": "落实资金；加快施工",
        "criterion": "",
    }
    # No cell begins with a sign that makes a spreadsheet reckon.
    assert two["measure"] == "开展检查；及时通报"
    assert two["unit"] == two["due"] == two["owner"] == ""


def test_the_template_holds_what_is_assigned_rather_than_what_was_stated(
    planned: Office,
) -> None:
    planned.ledger.assign(
        [
            Wish(
                "001",
                units=(TRAFFIC,),
                due="2024-12-31",
                kind="ongoing",
                owner=WU,
                target="全部建成",
                measures=("调度",),
            )
        ],
        planned.who(LI),
    )
    text = template(planned.ledger.select(Selection()), planned.ledger.directory)
    one = next(csv.DictReader(io.StringIO(text)))
    assert (one["unit"], one["due"], one["kind"]) == (TRAFFIC, "2024-12-31", "ongoing")
    assert (one["owner"], one["target"], one["measure"]) == (WU, "全部建成", "调度")


def test_an_owner_whom_nobody_knows_is_not_filled_in(office: Office) -> None:
    told = PLAN.replace(SUN, "何人")
    checklist = derive(Document("plan.txt", told, "ab" * 32))
    registration.register(office.ledger, checklist, office.who(LI))
    text = template(office.ledger.select(Selection()), office.ledger.directory)
    assert next(csv.DictReader(io.StringIO(text)))["owner"] == ""


def test_faults_are_all_told_by_row_and_nothing_is_written(ready: Office) -> None:
    head = ready.ledger.store.journal.head()
    text = (
        f"{HEAD}001,市政数,30d,phased,,,,\n"
        "002,市政数局,30d,phased,,,,\n"
        "002,市交通局,30d,phased,,,,\n"
        "777,市政数局,30d,phased,,,,\n"
        "003,市政数局,30d,phased,某某,,,\n"
        "004,市政数局,2020-01-01,never,,,,\n"
        ",市政数局,30d,phased,,,,\n"
    )
    with pytest.raises(RowFaults) as error:
        ready.ledger.assign(read_wishes(written(ready, text)), ready.who(LI))
    assert [row for row, _ in error.value.faults] == [2, 4, 5, 6, 7, 8]
    why = error.value.parts()[1]
    assert (
        "Row 2: There is no unit 市政数 in this ledger. The nearest is 市政数局." in why
    )
    assert "Row 4: R-2023-002 stands here twice." in why
    assert "Row 5: There is no item 777." in why
    assert "Row 7: never is no kind." in why
    assert "Row 6: There is no person 某某" in why
    assert error.value.exit_code == 2
    assert ready.ledger.store.journal.head() == head


def test_a_rule_broken_in_one_row_stops_them_all(ready: Office) -> None:
    text = (
        f"{HEAD}001,市政数局,30d,phased,,,,\n"
        "002,市政数局,,phased,,,,\n"
        "003,市政数局,2020-01-01,phased,,,,\n"
    )
    with pytest.raises(RowFaults) as error:
        ready.ledger.assign(read_wishes(written(ready, text)), ready.who(LI))
    why = error.value.parts()[1]
    assert "Row 3: assign is refused for R-2023-002. No due date" in why
    assert "Row 4: assign is refused for R-2023-003. The due date 2020-01-01" in why
    assert ready.find("001").state is State.REGISTERED


def test_new_units_are_added_with_the_assignment_or_not_at_all(ready: Office) -> None:
    li = ready.who(LI)
    good = f"{HEAD}001,市文旅局,30d,phased,,,,\n002,市水务局；市文旅局,30d,phased,,,,\n"
    bad = f"{good}777,市林业局,30d,phased,,,,\n"
    head = ready.ledger.store.journal.head()
    with pytest.raises(RowFaults):
        ready.ledger.assign(read_wishes(written(ready, bad)), li, new_units=True)
    assert ready.ledger.store.journal.head() == head
    names = {unit.name for unit in ready.ledger.directory.active_units()}
    assert not names & {"市文旅局", "市水务局", "市林业局"}
    items = ready.ledger.assign(read_wishes(written(ready, good)), li, new_units=True)
    assert [ready.ledger.directory.unit_name(item.unit) for item in items] == [
        "市文旅局",
        "市水务局",
    ]
    assert audit(ready.ledger).faults == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "Missing: ref, unit, due, kind"),
        ("ref,unit,due\n001,x,30d\n", "Missing: kind"),
        (HEAD.replace("owner", "所有者"), "Unknown: 所有者"),
        (HEAD.replace("owner", "unit"), "columns"),
        (f"{HEAD}001,a,b,c,d,e,f,g,h,i\n", "more cells than columns"),
        (f'{HEAD}001,"never closed' + "x" * 200_000, "no CSV"),
        ("\x00\x00\x00", "columns"),
    ],
)
def test_a_file_that_is_no_assignment_is_told(
    office: Office, text: str, what: str
) -> None:
    with pytest.raises(UsageProblem, match=what) as error:
        read_wishes(written(office, text))
    assert error.value.exit_code == 2
    assert all(error.value.parts())


def test_a_file_that_cannot_be_read_is_told(office: Office, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "没有.csv"):
        with pytest.raises(UsageProblem, match="cannot be read"):
            read_wishes(path)
    noise = written(office, "")
    noise.write_bytes(b"\xff\xff\xff\x00\x81")
    with pytest.raises(UsageProblem, match="no text"):
        read_wishes(noise)
    with noise.open("wb") as file:
        file.truncate((8 << 20) + 1)
    with pytest.raises(UsageProblem, match="too large"):
        read_wishes(noise)
