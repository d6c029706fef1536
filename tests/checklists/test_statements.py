"""What rectification documents state of a finding, in every form they have."""

from __future__ import annotations

import pytest

from checklists import Checklist, Document, Entry, derive
from checklists.progress import progress


def read(text: str) -> Checklist:
    return derive(Document(name="report.txt", text=text, sha256="0" * 64))


def stated(entry: Entry) -> dict[str, object]:
    """What is stated of an entry, what is not left out."""
    told: dict[str, object] = {
        "due": entry.due.raw if entry.due else None,
        "kind": entry.kind.value if entry.kind else None,
        "units": [f"{unit.name} {unit.role.value}" for unit in entry.units],
        "people": [f"{person.name} {person.duty.value}" for person in entry.people],
        "measures": list(entry.measures),
        "target": entry.target,
        "status": (entry.status.status.value, entry.status.raw)
        if entry.status
        else None,
        "result": entry.result,
    }
    return {key: value for key, value in told.items() if value}


PLAN = "清河县贯彻落实督察反馈意见整改方案\n一、督察反馈的问题\n"
PIPES = "（一）关于污水管网建设滞后的问题\n"
DUST = "（二）关于扬尘管控不到位的问题\n"
FORM: dict[str, object] = {
    "due": "2024年12月底前",
    "units": ["县住建局 lead", "县财政局 cooperating", "县发改局 cooperating"],
    "people": ["王强 leader", "张三 owner", "李明 owner"],
    "measures": ["落实建设资金，2024年6月底前到位", "加快施工"],
    "target": "建成管网20公里",
}
FIELDS = (
    "整改目标：建成管网20公里。\n整改措施：\n1.落实建设资金，2024年6月底前到位。\n2.加快施工\n牵头单位：县住建局\n"
    "配合单位：县财政局、县发改局\n责任领导：副县长王强\n责任人：张三（局长）、李 明\n整改时限：2024年12月底前\n"
)
CASES: dict[str, tuple[str, list[dict[str, object]]]] = {
    "fields below the heading of a finding": (
        PLAN + PIPES + "督察指出，管网建设滞后。\n" + FIELDS + DUST + "整改时限：长期坚持\n三、保障\n整改措施：加强领导。\n",
        [FORM, {"due": "长期坚持", "kind": "ongoing"}],
    ),
    "numbered fields": (
        PLAN + PIPES + "1.整改目标：扬尘达标。\n2.整改措施：开展专项检查；落实责任。\n3.责任单位及责任人：县住建局 刘德\n4.整改时限：立行立改\n" + DUST
        + "1.整改措施：开展检查。\n2.整改类型：分阶段整改\n",
        [
            {"due": "立行立改", "kind": "immediate", "units": ["县住建局 responsible"], "people": ["刘德 owner"],
             "measures": ["开展专项检查", "落实责任"], "target": "扬尘达标"},
            {"kind": "phased", "measures": ["开展检查"]},
        ],
    ),
    "fields whose labels are lines or stand in brackets": (
        PLAN + PIPES + "【整改目标】建成管网20公里。\n（1）整改措施\n加快施工。\n（2）责任单位\n县住建局\n" + DUST + "整改措施：开展检查。\n",
        [
            {"units": ["县住建局 responsible"], "measures": ["加快施工"], "target": "建成管网20公里"},
            {"measures": ["开展检查"]},
        ],
    ),
    "a form of one finding": (
        ("清河镇环保督察反馈问题整改情况公示\n整改任务：部分河段水质不达标。\n整改目标：水质达标。\n整改措施：改造管网。\n责任单位：县住建局\n整改时限：2024年6月底前\n"
        "整改完成情况：\n1.已改造管网5公里。\n2.水质达标。\n特此公示。\n公示时间：2024年1月8日至12日。\n"),
        [
            {"due": "2024年6月底前", "units": ["县住建局 responsible"], "measures": ["改造管网"], "target": "水质达标",
             "result": "1.已改造管网5公里。\n2.水质达标。"},
        ],
    ),
    "labelled problems with what became of them": (
        ("清河镇巡察反馈问题整改情况的通报\n一、存在问题及整改情况\n1.存在问题：支部活动少。\n整改情况：已完成。制定制度3项。\n"
        "2.存在问题：财务管理不规范。\n整改情况：正在推进\n清河镇党委\n"),
        [
            {"status": ("done", "已完成"), "result": "已完成。制定制度3项。"},
            {"status": ("under way", "正在推进")},
        ],
    ),
    "findings of an audit with what was done told below": (
        ("关于2021年度预算执行审计查出问题整改情况的报告\n一、财政管理问题整改情况\n（一）关于预算执行进度缓慢的问题。省财政厅提前下达指标，已整改到位。\n"
        "（二）关于会计核算不规范的问题。有关单位正在整改。\n以上报告，请予审议。\n省审计厅\n"),
        [
            {"status": ("done", "已整改到位"), "result": "省财政厅提前下达指标，已整改到位。"},
            {"status": ("under way", "有关单位正在整改")},
        ],
    ),
    "items that hold their fields, the last one too": (
        "清河县法治建设情况报告\n二、存在的问题\n（一）案卷制作不规范。整改措施：统一模板。责任单位：县司法局\n（二）文件备案不及时。整改措施：建立机制。\n责任单位：县政府办\n整改时限：立行立改\n",
        [
            {"units": ["县司法局 responsible"], "measures": ["统一模板"]},
            {"due": "立行立改", "kind": "immediate", "units": ["县政府办 responsible"], "measures": ["建立机制"]},
        ],
    ),
    "fields that follow several problems belong to no single one": (
        "清河县法治建设情况报告\n二、存在的问题及整改措施\n存在问题：\n1.执法力量不足。\n2.普法形式单一。\n整改措施：\n1.招录人员。\n2.开展宣讲。\n整改目标：全部整改。\n",
        [{}, {}],
    ),
    "what follows a list in a paragraph belongs to no single item": (
        "清河县法治建设情况报告\n二、存在的问题及整改措施\n存在问题：一是执法力量不足；二是普法形式单一。\n整改措施：招录人员，开展宣讲。\n",
        [{}, {}],
    ),
    "what follows a list whose items have no fields": (
        "清河县法治建设情况报告\n二、存在的问题\n（一）执法力量不足。\n（二）普法形式单一。\n整改目标：全部整改。\n",
        [{}, {}],
    ),
    "what a report on no rectification tells below a heading": (
        "省督察组反馈意见\n一、存在的主要问题\n（一）关于污水管网建设滞后的问题\n管网已完成整改的仅5公里。\n" + DUST + "抄送：县住建局、责任单位\n县财政局。\n",
        [{}, {}],
    ),
    "measures that name a unit and a deadline where no field does": (
        PLAN + PIPES + "整改措施：由县财政局牵头，2024年9月底前落实资金。\n责任人：县长、张三\n" + DUST + "整改措施：开展检查。\n责任人：镇长\n",
        [
            {"due": "2024年9月底前", "units": ["县财政局 lead"], "people": ["张三 owner"], "measures": ["由县财政局牵头，2024年9月底前落实资金"]},
            {"people": ["镇长 owner"], "measures": ["开展检查"]},
        ],
    ),
    "rows that are not all done": (
        "整改台账\n序号\t存在问题\t整改措施\t完成情况\n1\t案卷制作不规范\t统一模板\t已完成\n\t\t开展评查\t正在推进\n",
        [{"measures": ["统一模板", "开展评查"], "status": ("under way", "正在推进")}],
    ),
    "empty fields": (
        PLAN + PIPES + "整改目标：无\n整改措施：\n责任人：/\n整改情况：—\n" + DUST + "整改措施：开展检查。\n",
        [{}, {"measures": ["开展检查"]}],
    ),
    "a table": (
        ("整改台账\n序号\t问题描述\t整改目标\t整改措施\t牵头单位\t配合单位\t责任领导\t责任人\t整改类型\t整改时限\t完成情况\n"
        "1\t案卷制作不规范\t案卷合格\t1.统一模板。2.开展评查\t县司法局\t县财政局\t李四\t张三\t分阶段整改\t2024年6月底前\t达到序时进度，已评查2次\n"
        "\t\t合格率九成\t通报结果\t县委依法治县办\n2\t文件备案不及时\t\t建立机制\t县政府办\t\t\t\t立行立改\t\t已完成\n"),
        [
            {"due": "2024年6月底前", "kind": "phased",
             "units": ["县司法局 lead", "县财政局 cooperating", "县委依法治县办 lead"],
             "people": ["李四 leader", "张三 owner"], "measures": ["统一模板", "开展评查", "通报结果"],
             "target": "案卷合格", "status": ("under way", "达到序时进度"), "result": "达到序时进度，已评查2次"},
            {"due": "立行立改", "kind": "immediate", "units": ["县政府办 lead"], "measures": ["建立机制"], "status": ("done", "已完成")},
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_stated_of_findings_is_read_from(name: str) -> None:
    text, expected = CASES[name]
    assert [stated(entry) for entry in read(text).problems] == expected


def test_a_plan_has_the_unit_and_the_deadline_of_its_finding_and_no_more() -> None:
    plans = read(CASES["fields below the heading of a finding"][0]).plans
    assert stated(plans[0]) == {key: FORM[key] for key in ("due", "units")}


def test_a_measure_that_is_itself_a_plan_has_no_measure() -> None:
    plans = read(PLAN + PIPES + FIELDS + "二、下一步工作\n整改措施：加强领导。\n").plans
    assert plans[-1].text == "整改措施：加强领导。"
    assert not plans[-1].measures


def test_a_plan_in_a_row_of_a_problem_has_the_row_s_unit_and_deadline_only() -> None:
    plans = read(
        "整改台账\n存在问题|整改措施|整改目标|责任单位|责任人|整改时限\n案卷不规范|统一模板|案卷合格|县司法局|张三|立行立改\n"
    ).plans
    assert [stated(plan) for plan in plans] == [
        {"due": "立行立改", "kind": "immediate", "units": ["县司法局 responsible"]}
    ]


def test_a_table_of_tasks_states_their_goals() -> None:
    plans = read(
        "任务清单\n序号|重点任务|工作目标|责任单位|责任人\n1|建设管网|通水20公里|县住建局|张三\n"
    ).plans
    assert [stated(plan) for plan in plans] == [
        {
            "units": ["县住建局 responsible"],
            "people": ["张三 owner"],
            "target": "通水20公里",
        }
    ]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("已完成", "done"),
        ("是", "done"),
        ("100%", "done"),
        ("已于2024年5月底前完成", "done"),
        ("已完成整改，并长期坚持", "done"),
        ("基本完成,长期坚持", "ongoing"),
        ("长期坚持", "ongoing"),
        ("正在推进", "under way"),
        ("未完成", "under way"),
        ("尚未整改到位", "under way"),
        ("达到序时进度", "under way"),
        ("80%", "under way"),
        ("已完成80%", "under way"),
        ("已整改40项,正在整改10项", "under way"),
        ("已完成3项,2项未启动", "under way"),
        ("2项未启动,已完成3项", "under way"),
        ("已完成阶段性目标", "under way"),
        ("已完成9宗的测绘", "under way"),
        ("已办结11个", "under way"),
        ("已全部完成23项整改", "done"),
        ("均已完成", "done"),
        ("未启动", "not begun"),
        ("尚未整改", "not begun"),
        ("0%", "not begun"),
        ("已制定整改方案", None),
        ("已开展整改工作", None),
        ("否", None),
        ("无", None),
        ("已完成。县住建局建成管网20公里，新增污水处理能力1万吨，有效改善了水质，群众满意。", "done"),
        ("县住建局已完成第一标段，改造管网20公里，新增污水处理能力1万吨，有效改善了水质，群众满意。", None),
        ("县住建局改造管网20公里，新增污水处理能力1万吨，有效改善了水质，群众满意，该问题已解决。", "done"),
    ],
)  # fmt: skip
def test_the_status_is_read_from(text: str, status: str | None) -> None:
    found = progress(text.replace("，", ","))
    assert (found[0].value if found else None) == status
    assert found is None or found[1] < found[2]
