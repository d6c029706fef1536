from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists import Checklist, Document, Entry, derive
from checklists.progress import Status
from tests.checklists import layouts

SWAP = str.maketrans("，；：（）？！", ",;:()?!")
HEAD = (
    "清河镇2023年法治政府建设工作情况报告\n2023年，清河镇扎实推进法治政府建设。现将有关情况报告如下：\n"
    "一、主要做法\n（一）加强领导。一是党委研究3次。二是镇长述法1次。\n"
    "（二）规范执法。坚持问题导向，解决突出问题5个。\n"
)
TAIL = "\n清河镇人民政府\n2024年1月8日\n"


def read(text: str) -> Checklist:
    return derive(Document(name="report.txt", text=text, sha256="0" * 64))


def folded(entries: Iterator[str]) -> list[str]:
    return ["".join(text.split()).translate(SWAP) for text in entries]


def texts(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.text for entry in entries]


def quotes(entry: Entry) -> list[str]:
    """All that an entry gives in the document's own words."""
    told = [*entry.measures]
    told += [entry.target or "", entry.status.raw if entry.status else ""]
    return [line for words in (*told, entry.result or "") for line in words.split("\n")]


def bare(words: str) -> str:
    """Words without what a reader of them does not see."""
    return "".join(words.replace("*", "").split())


def check(checklist: Checklist) -> None:
    """What holds for every checklist of every text."""
    text = checklist.document.text
    for entries in (checklist.problems, checklist.plans):
        end = 0
        for entry in entries:
            assert text[entry.start : entry.end] == entry.text
            assert entry.text
            assert entry.start >= end
            end = entry.end
            assert 0 < entry.confidence <= 1
            assert entry.rule
            assert all(bare(words) in bare(text) for words in quotes(entry))
    known = {entry.id for entry in (*checklist.problems, *checklist.plans)}
    for link in checklist.links:
        assert {link.problem, link.plan} <= known
        assert 0 < link.score <= 1


reports = st.fixed_dictionaries(
    {
        "problem_heading": st.sampled_from(layouts.PROBLEM_HEADINGS),
        "plan_heading": st.sampled_from(layouts.PLAN_HEADINGS),
        "problem_style": st.sampled_from(layouts.STYLES),
        "plan_style": st.sampled_from(layouts.STYLES),
        "problem_lead": st.sampled_from(layouts.PROBLEM_LEADS),
        "plan_lead": st.sampled_from(layouts.PLAN_LEADS),
        "problems": st.integers(2, 5).map(lambda n: layouts.PROBLEMS[:n]),
        "plans": st.integers(2, 5).map(lambda n: layouts.PLANS[:n]),
        "plans_first": st.booleans(),
        "closing": st.sampled_from(
            (
                "",
                "对此，我们将采取有力措施，认真加以解决。",
                "以上问题，需要在今后工作中切实加以改进。",
            )
        ),
    }
)


@given(reports, st.sampled_from(sorted(layouts.FORMS)))
@settings(max_examples=150, deadline=None)
def test_every_numbering_heading_and_layout_gives_the_same_entries(
    options: dict[str, object], form: str
) -> None:
    paragraphs = layouts.report(**options)  # type: ignore[arg-type]  # one strategy per keyword
    checklist = read(layouts.FORMS[form](paragraphs))
    check(checklist)
    assert folded(iter(texts(checklist.problems))) == folded(iter(options["problems"]))  # type: ignore[call-overload]  # the strategy gives tuples
    assert folded(iter(texts(checklist.plans))) == folded(iter(options["plans"]))  # type: ignore[call-overload]  # the strategy gives tuples


@given(reports, st.sampled_from(layouts.INLINE_STYLES))
@settings(max_examples=80, deadline=None)
def test_lists_inside_a_paragraph_give_the_same_entries(
    options: dict[str, object], style: str
) -> None:
    options = {**options, "problem_style": style, "plan_style": style, "inline": True}
    paragraphs = layouts.report(**options)  # type: ignore[arg-type]  # one strategy per keyword
    checklist = read(layouts.plain(paragraphs))
    check(checklist)
    assert texts(checklist.problems) == list(options["problems"])  # type: ignore[call-overload]  # the strategy gives tuples
    assert texts(checklist.plans) == list(options["plans"])  # type: ignore[call-overload]  # the strategy gives tuples


@given(reports, st.data())
@settings(max_examples=80, deadline=None)
def test_half_and_full_width_punctuation_lose_no_entry(
    options: dict[str, object], data: st.DataObject
) -> None:
    text = layouts.plain(layouts.report(**options))  # type: ignore[arg-type]  # one strategy per keyword
    wide = "，；：（）"
    places = [index for index, character in enumerate(text) if character in wide]
    chosen = data.draw(st.sets(st.sampled_from(places), max_size=40))
    swapped = "".join(
        character.translate(SWAP) if index in chosen else character
        for index, character in enumerate(text)
    )
    before, after = read(text), read(swapped)
    assert [(e.start, e.end) for e in after.problems] == [
        (e.start, e.end) for e in before.problems
    ]
    assert [(e.start, e.end) for e in after.plans] == [
        (e.start, e.end) for e in before.plans
    ]


PIECES = (
    "一、", "（一）", "(二)", "1.", "2、", "①", "一是", "二是", "第一，", "首先，", "——", "• ", "# ", "**", "|", "\t",
    "存在的问题", "下一步工作打算", "2024年工作安排", "整改措施：", "责任单位：", "责任人：", "整改目标：", "整改情况：", "关于执法不规范的问题\n", "存在问题：", "已完成", "认识到，", "问题", "不足", "有待提高", "。", "；", "，",
    "：", "\n", "\r\n", "\n\n", "\u3000\u3000", " ", "各位代表", "政府工作报告", "回顾", "今年", "十四五", "2024年6月底前", "3个月内",
    "由市司法局牵头", "2024年，我局将", "针对", "虽然取得成绩，但", "检查发现，", "其一，", "【问题1】", "1.1 ", "**", "★ 问题清单\n", "第四，", "—是", "对此，我们将", "请贵镇高度重视，", "各单位要对照上述问题", "第一条", "整改要求：", "\n— 3 —\n", "万水政〔2021〕3号\n", "( 一 )", "2．9月", "序号\n主要问题\n整改措施\n", "\n1\n", "\n2\n", "抓好以下工作：", "改进措施：", "拟", "將",
    "《", "》", "“", "”", "（", "）", "加强", "推进", "执法", "普法", "---\n", "title: 报告", "2024年1月8日", "\u200b", "\x00", "😀",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
@settings(max_examples=400, deadline=None)
def test_no_text_made_of_marks_and_headings_breaks_derive(text: str) -> None:
    check(read(text))


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_text_at_all_breaks_derive(text: str) -> None:
    check(read(text))


def test_what_is_punctuation_alone_is_no_entry() -> None:
    assert not read("一、整改措施：，").plans
    checklist = read(
        "各位代表：\n我们看到，存在以下问题：\n（一）制度不健全。\n整改措施：\n（二）人员不足。\n整改措施：。\n"
    )
    check(checklist)
    assert len(checklist.problems) == 2
    assert not checklist.plans


@pytest.mark.parametrize("lead", ["2024年，我局将。", "我局将：", "接下来，我们会；"])
def test_a_sentence_that_only_leads_in_to_plans_is_none(lead: str) -> None:
    checklist = read(f"二、存在的问题和改进措施\n执法力量不足。\n{lead}\n")
    check(checklist)
    assert texts(checklist.problems) == ["执法力量不足。"]
    assert not checklist.plans


CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "problems and plans under one heading": (
        HEAD + "二、存在的问题及下一步打算\n2023年我镇法治建设取得一定成绩，但还存在一些不足：一是执法力量不足，持证人员仅3名。二是普法形式单一，群众参与度不高。\n"
        "下一步，我镇将重点做好以下工作：一是充实执法力量，新增持证人员2名。二是丰富普法形式，开展巡回宣讲10场。" + TAIL,
        ["执法力量不足，持证人员仅3名。", "普法形式单一，群众参与度不高。"],
        ["充实执法力量，新增持证人员2名。", "丰富普法形式，开展巡回宣讲10场。"],
    ),
    "each problem with its own measure": (
        HEAD + "二、存在的问题及整改措施\n（一）执法力量不足。持证人员仅3名。下一步，将通过招录充实力量。\n（二）普法形式单一。群众参与度不高。下一步，我们将开展巡回宣讲。" + TAIL,
        ["执法力量不足。持证人员仅3名。", "普法形式单一。群众参与度不高。"],
        ["下一步，将通过招录充实力量。", "下一步，我们将开展巡回宣讲。"],
    ),
    "labels in each item": (
        HEAD + "二、存在的问题及整改措施\n（一）存在问题：执法力量不足。持证人员仅3名。\n整改措施：招录2名执法人员。\n（二）存在问题：普法形式单一。\n整改措施：开展巡回宣讲。" + TAIL,
        ["执法力量不足。持证人员仅3名。", "普法形式单一。"],
        ["招录2名执法人员。", "开展巡回宣讲。"],
    ),
    "problem and plan in one sentence": (
        "七、存在的主要问题和改进措施\n公开存在的主要问题是内容公开不够全面,下步打算将进一步扩大公开内容,确保及时有效。\n",
        ["内容公开不够全面"],
        ["下步打算将进一步扩大公开内容,确保及时有效。"],
    ),
    "no heading at all": (
        "2023年，我局认真开展政府信息公开工作，取得了一定成效，但仍存在公开内容不够全面、更新不够及时等问题。下一步，我局将进一步充实公开内容，提高更新频率。\n",
        ["公开内容不够全面、更新不够及时等问题。"],
        ["下一步，我局将进一步充实公开内容，提高更新频率。"],
    ),
    "sub-headings for problems and plans": (
        HEAD + "二、存在的问题和下一步工作安排\n（一）存在的问题\n1.执法力量不足。\n2.普法形式单一。\n（二）下一步工作安排\n1.充实执法力量。\n2.丰富普法形式。" + TAIL,
        ["执法力量不足。", "普法形式单一。"],
        ["充实执法力量。", "丰富普法形式。"],
    ),
    "sub-headings that run into one paragraph": (
        HEAD + "二、存在不足和下一步打算\n（一）存在不足。一是执法力量不足；二是普法形式单一。（二）下一步打算。一是充实执法力量；二是丰富普法形式。" + TAIL,
        ["执法力量不足；", "普法形式单一。"],
        ["充实执法力量；", "丰富普法形式。"],
    ),
    "last year's problems are not this year's": (
        HEAD + "二、上年度问题整改落实情况\n一是执法力量不足问题，已招录2名执法人员。二是普法形式单一问题，已开展宣讲。\n"
        "三、存在的不足\n我镇法治建设仍有短板：合法性审查质量不高；村级法律顾问作用发挥不充分。\n四、2024年工作打算\n我镇将：1.健全审查机制；2.建立考核制度。" + TAIL,
        ["合法性审查质量不高；", "村级法律顾问作用发挥不充分。"],
        ["健全审查机制；", "建立考核制度。"],
    ),
    "causes are no problems": (
        HEAD + "二、存在的不足和原因\n（一）存在的不足\n一是执法力量不足。二是普法形式单一。\n（二）原因分析\n一是思想认识不到位。二是经费保障不足。" + TAIL,
        ["执法力量不足。", "普法形式单一。"],
        [],
    ),
    "causes behind unnumbered problems": (
        HEAD
        + "二、存在的不足和原因\n还存在一些不足。执法人员业务能力不强；普法宣传不够精准。究其原因，主要是思想认识有偏差。"
        + TAIL,
        ["执法人员业务能力不强；", "普法宣传不够精准。"],
        [],
    ),
    "a form with one finding, already rectified": (
        """关于清河镇环保督察反馈问题整改情况的公示
整改任务：部分河段水质不达标，一些单位仍存在推诿等问题。
整改目标：水质达标。
整改措施：完成管网改造。
整改完成情况：已完成改造。
清河镇人民政府
2024年1月8日
""",
        ["部分河段水质不达标，一些单位仍存在推诿等问题。"],
        [],
    ),
    "a section that found none": (
        HEAD + "二、存在问题\n从自查情况看，各项工作均按要求完成，未发现明显问题。" + TAIL,
        [],
        [],
    ),
    "everything on one line, glued": (
        HEAD.replace("\n", "") + "二、存在的问题一是执法力量不足，持证人员仅3名。二是普法形式单一。三、党政主要负责人履职情况一是带头学法。二是带头督办。"
        "四、2024年工作打算（一）充实执法力量。新增2人。（二）丰富普法形式。宣讲10场。清河镇人民政府2024年1月8日",
        ["执法力量不足，持证人员仅3名。", "普法形式单一。"],
        ["充实执法力量。新增2人。", "丰富普法形式。宣讲10场。"],
    ),
    "sub-points belong to their item": (
        HEAD + "二、存在的问题\n（一）执法方面\n1.执法力量不足。\n2.程序不规范。\n（二）普法方面\n1.形式单一。" + TAIL,
        ["执法方面\n1.执法力量不足。\n2.程序不规范。", "普法方面\n1.形式单一。"],
        [],
    ),
    "a table": (
        "整改工作台账\n序号|存在问题|整改措施|责任单位|整改时限\n1|执法案卷制作不规范|统一文书模板|县司法局|2024年6月底前\n2|文件未按时备案|建立提醒机制|县政府办|立行立改\n",
        ["执法案卷制作不规范", "文件未按时备案"],
        ["统一文书模板", "建立提醒机制"],
    ),
    "a rectification plan": (
        ("某县贯彻落实督察反馈意见整改方案\n一、督察反馈的问题\n（一）关于污水管网建设滞后的问题\n整改目标：建成管网20公里。\n整改措施：落实建设资金。\n"
        "责任单位：县住建局\n整改时限：2024年12月底前\n（二）关于扬尘管控不到位的问题\n整改措施：开展专项检查。\n责任单位：县住建局\n整改时限：长期坚持\n"),
        ["关于污水管网建设滞后的问题", "关于扬尘管控不到位的问题"],
        ["落实建设资金。", "开展专项检查。"],
    ),
    "a finding that does not complain, beside one that does": (
        ("某县问题整改方案\n一、督察发现的问题\n（一）污水管网建设滞后。\n整改措施：落实建设资金。\n（二）规范性文件备案。\n整改措施：建立提醒机制。\n"
        "（三）下一步工作打算。\n整改措施：加强领导。\n"),
        ["污水管网建设滞后。", "规范性文件备案。"],
        ["落实建设资金。", "建立提醒机制。", "整改措施：加强领导。"],
    ),
    "numbers that are no marks": (
        HEAD + "二、存在的问题\n一是企业平均跑动次数由3.3次降至1次，但仍有2.5%的事项不能网办。二是《条例》第3.1条落实不够。" + TAIL,
        ["企业平均跑动次数由3.3次降至1次，但仍有2.5%的事项不能网办。", "《条例》第3.1条落实不够。"],
        [],
    ),
    "each problem named before what will be done about it": (
        HEAD + "二、存在的问题和改进措施\n对照要求，2024年将有针对性地加以改进。\n1.针对执法力量不足、持证人员仅3名的问题，将招录执法人员。\n2.针对普法形式单一的问题，将开展巡回宣讲。" + TAIL,
        ["执法力量不足、持证人员仅3名的问题", "普法形式单一的问题"],
        ["将招录执法人员。", "将开展巡回宣讲。"],
    ),
    "named before its measure, without numbers": (
        HEAD + "二、存在的问题和改进措施\n针对执法力量不足的问题，将招录执法人员。针对普法形式单一的问题，将开展巡回宣讲。" + TAIL,
        ["执法力量不足的问题", "普法形式单一的问题"],
        ["将招录执法人员。", "将开展巡回宣讲。"],
    ),
    "first, next, fourth, last": (
        HEAD + "二、下一步工作\n首先，抓教育。其次，抓改革。再次，抓规范。第四，抓公开。第五，抓服务。最后，抓考核。" + TAIL,
        [],
        ["抓教育。", "抓改革。", "抓规范。", "抓公开。", "抓服务。", "抓考核。"],
    ),
    "paragraphs with labels and no headings": (
        "2023年存在的主要问题：法治力量薄弱，专业人员少；执法改革推进缓慢。\n2024年主要工作安排：全面推行三项制度，6月底前完成；加强应诉工作。\n",
        ["法治力量薄弱，专业人员少；", "执法改革推进缓慢。"],
        ["全面推行三项制度，6月底前完成；", "加强应诉工作。"],
    ),
    "a lead-in to several plans in one sentence": (
        HEAD + "二、下一步工作\n我镇将以问题为导向，进一步加强法治建设：强化干部学法；加快执法人员培训。" + TAIL,
        [],
        ["强化干部学法；", "加快执法人员培训。"],
    ),
    "what is asked of others is no plan": (
        HEAD + "二、下一步打算\n一是充实力量。二是丰富形式。\n三、意见建议\n建议上级加大培训力度。" + TAIL,
        [],
        ["充实力量。", "丰富形式。"],
    ),
    "what was achieved before what is wrong": (
        "某部检查情况的通报\n通报指出，督导组发现，虽然已取得积极进展，但各地大检查不同程度存在发动不充分、进度不一致等问题。消防设施管理存在严重漏洞。\n",
        ["各地大检查不同程度存在发动不充分、进度不一致等问题。", "消防设施管理存在严重漏洞。"],
        [],
    ),
    "some problems, such as": (
        HEAD + "二、存在问题\n虽然取得了初步成效，但还存在一些问题如宣传培训不足，人员业务不熟。" + TAIL,
        ["宣传培训不足，人员业务不熟。"],
        [],
    ),
    "next year's work in the section of this year's problems": (
        HEAD + "二、存在的主要问题及改进情况\n一是人员不足。二是形式单一。\n在 2024年的法治政府建设工作中，我镇将从以下方面进行改进：一是充实力量；二是丰富形式。" + TAIL,
        ["人员不足。", "形式单一。"],
        ["充实力量；", "丰富形式。"],
    ),
    "findings still open, with the day they will be done": (
        ("关于2022年度审计查出问题整改情况的报告\n一、尚未整改到位的问题及下一步措施\n1.关于往来款长期未清理的问题。尚有230万元未清理。区财政局将于2024年6月底前完成清理。\n"
        "2.关于工程进度缓慢的问题。下一步将倒排工期，2024年底前完工。\n"),
        ["关于往来款长期未清理的问题。", "关于工程进度缓慢的问题。"],
        ["区财政局将于2024年6月底前完成清理。", "下一步将倒排工期，2024年底前完工。"],
    ),
    "what an inspection fed back, and how it was rectified": (
        ("某局党组关于巡察整改进展情况的通报\n一、巡察反馈问题整改落实情况\n（一）关于“学习不深入”问题的整改落实情况\n1．反馈问题：中心组学习不规范。\n整改情况：已开展研讨4次。\n"
        "2．反馈问题：意识形态工作责任制落实不到位。\n整改情况：已召开专题会2次。\n二、下一步工作打算\n一是强化理论武装。二是巩固整改成果。\n"),
        ["中心组学习不规范。", "意识形态工作责任制落实不到位。"],
        ["强化理论武装。", "巩固整改成果。"],
    ),
    "findings by their headings, each with its progress": (
        ("某局党组关于巡察整改进展情况的通报\n一、聚焦反馈问题，逐项整改落实\n（一）理论学习方面\n1.“第一议题”制度执行不严格。\n整改情况：（1）完善制度。（2）每月开展学习。已完成整改。\n"
        "2.河湖长制工作推进不力。\n整改情况：清理“四乱”问题23个。基本完成。\n二、需要长期整改的问题\n1.供水保障水平不高。进展情况：已完成工程5处，剩余3处计划2024年6月底前完工。\n"),
        ["“第一议题”制度执行不严格。", "河湖长制工作推进不力。", "供水保障水平不高。"],
        [],
    ),
    "hidden dangers, each with its measure, done or not": (
        ("整改报告\n县安委办：\n检查发现隐患，现将整改情况报告如下：\n隐患1：消防通道堵塞。\n整改措施：立即清理，已于3月13日完成。\n"
        "隐患2：作业人员证件过期1人。\n整改措施：已停止上岗，计划4月30日前完成复训换证。\n"),
        ["消防通道堵塞。", "作业人员证件过期1人。"],
        ["已停止上岗，计划4月30日前完成复训换证。"],
    ),
    "whose fault it is": (
        "某区门户网站普查情况通报\n一、存在问题\n从普查情况看，各网站运行平稳，但是部分网站（频道）仍存在严重表述错误、断错链等问题。\n",
        ["部分网站（频道）仍存在严重表述错误、断错链等问题。"],
        [],
    ),
    "found and already mended": (
        "某区门户网站自查情况\n一、存在问题\n但是，通过自查也发现网站个别信息存在表述错误等问题，所发现的问题均已及时整改到位。\n",
        ["网站个别信息存在表述错误等问题"],
        [],
    ),
    "what a check found, told in one sentence": (
        "某省政府网站抽查情况通报\n本次抽查网站20家，合格16家。抽查发现，“扶贫网”存在大量更新不及时栏目；“建筑网”未解析英文域名；“物价网”网址变更后未及时更新；“采购网”未添加监督入口。\n",
        ["“扶贫网”存在大量更新不及时栏目；", "“建筑网”未解析英文域名；", "“物价网”网址变更后未及时更新；", "“采购网”未添加监督入口。"],
        [],
    ),
    "a title that ends with work": (
        "某局2013年度信息公开工作\n年度报告\n一、主动公开信息的情况:\n主动公开信息5条;\n二、信息公开工作存在的主要问题\n信息公开工作主要存在公开不及时等问题。\n",
        ["公开不及时等问题。"],
        [],
    ),
    "a report that speaks of a work report": (
        "一、总体情况\n对新出台的政策文件、政府工作报告等进行解读。\n二、存在问题\n1.公开不及时。部分单位更新滞后。\n2.解读形式单一。\n",
        ["公开不及时。部分单位更新滞后。", "解读形式单一。"],
        [],
    ),
    "words that were masked": (
        HEAD + "二、存在问题\n一是***息载体有待完善。二是形式单一。" + TAIL,
        ["***息载体有待完善。", "形式单一。"],
        [],
    ),
    "a long way to what the faults are": (
        HEAD + "二、存在的不足\n过去一年，我镇法治政府建设取得了一定成绩，但与上级要求和群众期盼相比仍有差距，主要表现在：个别科室对法治建设重要性认识不足，年度任务推进前松后紧；普法形式单一。" + TAIL,
        ["个别科室对法治建设重要性认识不足，年度任务推进前松后紧；", "普法形式单一。"],
        [],
    ),
    "a first sentence that says only that there are faults": (
        HEAD + "二、存在问题\n对照职责清单，我在推进法治建设中仍有差距。学习的系统性不强。调度不够经常。" + TAIL,
        ["学习的系统性不强。", "调度不够经常。"],
        [],
    ),
    "work that does not yet meet what is needed": (
        HEAD + "二、存在问题\n当前我镇依法行政工作还不能完全适应生态文明建设的需要。执法队伍不稳定。档案信息化程度低，查询一份平均需要两天。" + TAIL,
        ["执法队伍不稳定。", "档案信息化程度低，查询一份平均需要两天。"],
        [],
    ),
    "a fault among faults that no word gives away": (
        HEAD + "二、存在问题\n看病难、上学挤等问题突出；茶叶、油茶多以初级产品销售；干部作风不实。" + TAIL,
        ["看病难、上学挤等问题突出；", "茶叶、油茶多以初级产品销售；", "干部作风不实。"],
        [],
    ),
    "problems with a labelled measure below each": (
        HEAD + "二、存在的问题及改进措施\n还有以下差距：\n· 复议作用发挥不够充分。\n改进措施：设立复议受理点。\n· 公证服务半径大，偏远群众需跑两趟。\n改进措施：开通“流动公证车”。" + TAIL,
        ["复议作用发挥不够充分。", "公证服务半径大，偏远群众需跑两趟。"],
        ["设立复议受理点。", "开通“流动公证车”。"],
    ),
    "what will be done in the last clause of each item": (
        HEAD + "二、存在的问题及下步打算\n1.办案时对证据标准吃不准，明年组织全员跟班学习。\n2.审查意见停留在“过一遍”，拟出台审查规程。\n3.队伍不稳定，计划增补30名。" + TAIL,
        ["办案时对证据标准吃不准", "审查意见停留在“过一遍”", "队伍不稳定"],
        ["明年组织全员跟班学习。", "拟出台审查规程。", "计划增补30名。"],
    ),
    "decimal numbers": (
        ("某集团2023年法治建设工作报告\n3 存在的不足\n3.1 合规意识不强。培训不够。\n3.2 信息化支撑不足。\n3.2.1 系统未打通，需人工核对。\n3.2.2 时效性差。\n4 原因剖析\n4.1 思想认识有差距。\n"
        "5 2024年工作计划\n5.1 开展专项行动。举办培训6场。\n5.2 推行派驻制。\n"),
        ["合规意识不强。培训不够。", "信息化支撑不足。\n3.2.1 系统未打通，需人工核对。\n3.2.2 时效性差。"],
        ["开展专项行动。举办培训6场。", "推行派驻制。"],
    ),
    "findings of an audit, some rectified": (
        ("某学院内部审计发现问题及整改计划\nF-01\n审计发现：采购未按规定比价。2022年未留存询价记录；9张缺少签字。\n风险等级：高\n审计建议：建立询价机制。\n整改措施（计划）：实行每周询价。\n责任部门：后勤处\n"
        "F-02\n审计发现：备用金超额借支，超过限额1.5万元。\n整改结果：审计期间已全额归还。\n"),
        ["采购未按规定比价。2022年未留存询价记录；9张缺少签字。", "备用金超额借支，超过限额1.5万元。"],
        ["实行每周询价。"],
    ),
    "findings told at length before their fields": (
        ("某县督察反馈意见整改措施清单\n一、管网建设滞后。截至2022年底，分流率仅为43.7%。\n责任单位：县住建局\n整改措施：完善管网建设。\n"
        "二、矿山修复推进缓慢。应完成17处，实际完工9处。\n整改措施：加快修复。\n\n（本清单由县整改办负责解释。）\n"),
        ["管网建设滞后。截至2022年底，分流率仅为43.7%。", "矿山修复推进缓慢。应完成17处，实际完工9处。"],
        ["完善管网建设。", "加快修复。"],
    ),
    "a notice that calls on others to look for problems": (
        "某区教育局\n关于开展校外培训收费问题自查自纠的通知\n各学校：\n一、自查内容\n重点查摆以下问题：一是超期收费的问题；二是未使用合同的问题。\n二、工作安排\n（一）全面自查。\n（二）集中整改。\n",
        [],
        [],
    ),
    "paragraphs that open in bold": (
        HEAD + "二、2024年工作安排\n2024年重点抓好以下工作：\n\n**健全执法监督体系。**每个科室配备监督员，6月底前到位。\n\n**加快数字建设。**建成统一平台。\n\n以上报告，请审阅。\n" + TAIL,
        [],
        ["健全执法监督体系。**每个科室配备监督员，6月底前到位。", "加快数字建设。**建成统一平台。"],
    ),
    "who will do it and when is no part of the plan": (
        HEAD + "二、2024年工作计划\n2024年，清河镇将坚持问题导向，健全学法制度。\n" + TAIL,
        [],
        ["坚持问题导向，健全学法制度。"],
    ),
    "a sentence that breaks off with its document": (
        HEAD + "二、存在的主要问题及下步安排\n仍存在一些不足：一是更新不及时；二是功能开发不够。\n下一步，我镇将强化网络安全，提高防护能力；检测数据按季度发布；继续充实专业团队，形成镇、村、",
        ["更新不及时；", "功能开发不够。"],
        ["下一步，我镇将强化网络安全，提高防护能力；", "检测数据按季度发布；", "继续充实专业团队，形成镇、村、"],
    ),
    "lines broken by a page, between tables": (
        "维 纠 结\n持 正 果\n0 0 0 0\n0 0 0 0\n0 0 0 0\n0 0 0 0\n0 0 0 0\n五、存在的主要问题及改进情况\n2020年，在区政府及上级主管部门的大力支持和我局各科\n室的全力配合下，我局信息公开工作取得了一些成绩，但仍存\n在一些不足，如政务公开内容、\n创新方式有待提升。\n",
        ["政务公开内容、\n创新方式有待提升。"],
        [],
    ),
    "what was done about a problem, told behind it": (
        HEAD + "二、存在问题及整改情况\n（一）栏目更新不及时。部分单位没有及时更新。已通知所属单位及时整改。\n（二）互动回应较差。目前已督促整改到位。\n" + TAIL,
        ["栏目更新不及时。部分单位没有及时更新。", "互动回应较差。"],
        [],
    ),
    "the last words of a brief": (
        "本次评查抽取案卷120宗，总体质量较好。\n下一步，市法治办将对本次评查结果逐卷复核，并向全市通报。\n",
        [],
        ["下一步，市法治办将对本次评查结果逐卷复核，并向全市通报。"],
    ),
    "what a check found is all mended": (
        "今年扣分56份。目前巡查发现的扬尘问题已全部完成整改。对督察发现的问题进行通报，要求切实扛起责任。\n",
        [],
        [],
    ),
    "labels in brackets": (
        ("某镇审计整改情况报告\n【问题1】公务接待费超预算。超支7.67万元。\n【整改情况】已压减支出。\n【问题2】补贴发放不精准。\n【整改情况】已追回。\n"),
        ["公务接待费超预算。超支7.67万元。", "补贴发放不精准。"],
        [],
    ),
    "problem one, measure one": (
        ("某局专项检查发现问题整改方案\n二、存在问题和整改措施\n问题一：检查计划落实打折扣。实际检查97家。\n措施一：年底前补齐23家。\n问题二：电梯底数不清。\n措施二：开展普查。\n"),
        ["检查计划落实打折扣。实际检查97家。", "电梯底数不清。"],
        ["年底前补齐23家。", "开展普查。"],
    ),
    "lists behind stars": (
        "某局整改工作方案\n★ 问题清单\n1．认定周期长。平均37天。\n2．知晓率低。\n★ 措施清单（采取的措施及时限）\n1．下放认定权限。2024年9月底前完成。\n2．制作短视频。\n",
        ["认定周期长。平均37天。", "知晓率低。"],
        ["下放认定权限。2024年9月底前完成。", "制作短视频。"],
    ),
    "brackets lost on the way": (
        HEAD + "二、2024年工作打算\n(一 开展学法活动。组织考试2次。\n(二 推进执法改革。\n(三 健全执法档案。\n" + TAIL,
        [],
        ["开展学法活动。组织考试2次。", "推进执法改革。", "健全执法档案。"],
    ),
    "last year's problems before this year's": (
        HEAD + "二、存在的主要问题\n对2022年度报告中提出的“解读形式单一”等问题，积极改进，问题得到有效解决。\n2023年，工作取得一定成效，但仍存在以下不足：源头把关不严；更新不及时。" + TAIL,
        ["源头把关不严；", "更新不及时。"],
        [],
    ),
    "a table with a foot": (
        "某区督察反馈问题整改清单\n序号\t反馈问题\t整改措施（计划）\t牵头单位\t时限\n1\t目录编制不规范\t出台编制指引\t区司法局\t2024.10.31\n2\t报备超期3件\t明确报备联络员\t区司法局\t2024.9.30\n合计\t2项\n填表人：林某\t审核人：郑某\n",
        ["目录编制不规范", "报备超期3件"],
        ["出台编制指引", "明确报备联络员"],
    ),
    "a list that begins again with what will be done": (
        HEAD + "二、存在的主要问题及改进情况\n还存在一些薄弱环节，一是覆盖面存在短板。二是传播力有待增强。\n结合工作中存在的问题，从以下两个方面改进。一是规范公开内容。二是丰富公开载体。" + TAIL,
        ["覆盖面存在短板。", "传播力有待增强。"],
        ["规范公开内容。", "丰富公开载体。"],
    ),
    "traditional characters": (
        "小龍門鄉2024年法治政府建設情況報告\n二、存在的問題\n一是執法力量不足。二是普法宣傳不夠深入。\n三、2025年工作打算\n（一）充實執法力量。\n（二）創新普法方式。\n",
        ["執法力量不足。", "普法宣傳不夠深入。"],
        ["充實執法力量。", "創新普法方式。"],
    ),
    "demands of a scheme whose measures stand with its problems": (
        "某局巡察整改方案\n一、反馈问题\n（一）关于学习不深入的问题\n整改措施：制定学习计划。\n（二）关于执法不规范的问题\n整改措施：开展案卷评查。\n二、工作要求\n各股室要提高站位，每周报送进展。\n",
        ["关于学习不深入的问题", "关于执法不规范的问题"],
        ["制定学习计划。", "开展案卷评查。"],
    ),
    "a list whose heading is lost": (
        "一是整改主体责任压实不到位。后续未召开会议。\n二是整改措施不精准，部分问题整改不彻底。\n三是整改成果运用不足。例如，在整改",
        ["整改主体责任压实不到位。后续未召开会议。", "整改措施不精准，部分问题整改不彻底。", "整改成果运用不足。例如，在整改"],
        [],
    ),
    "a whole report in one paragraph": (
        "一、概述 本报告由概述等组成。 二、主动公开情况 公开信息18条。 三、依申请公开情况 未收到申请。 五、政府信息公开工作存在的主要问题和改进措施 回顾一年来的工作,存在的主要问题有:1.时效性有待加强;2.平台建设有待完善。 改进措施:1.提高认识;2.拓宽渠道。\n",
        ["时效性有待加强;", "平台建设有待完善。"],
        ["提高认识;", "拓宽渠道。"],
    ),
    "faults in an address, one after the other": (
        "政府工作报告\n各位代表：\n一、工作回顾\n还有不少困难，我们的工作也有不少缺点。主要是：落实政策抓得不紧。利用外资还没有打开局面。经济建设的后劲不足。为了进一步开创新局面，我们要努力克服缺点。\n",
        ["落实政策抓得不紧。", "利用外资还没有打开局面。", "经济建设的后劲不足。"],
        [],
    ),
    "faults of a check below any heading": (
        "某县政府网站第四季度自查通报\n一、自查情况\n（一）主动公开意识不强。如：县发改局未及时公开规划。\n（二）运营管理不规范。微信公众号长期无原创信息。\n二、整改情况\n以上问题已经反馈给相关责任单位。\n",
        ["主动公开意识不强。如：县发改局未及时公开规划。", "运营管理不规范。微信公众号长期无原创信息。"],
        [],
    ),
    "what was looked for and not found": (
        "某局自查情况通报\n一、自查结果\n（一）组织收入方面。围绕是否存在虚收空转等问题开展检查，未发现上述问题。\n（二）执法程序方面。围绕是否存在超时限办理等问题开展检查，未发现违规情形。\n",
        [],
        [],
    ),
    "the one, the other": (
        "市督导组督导简报\n督导组对街道进行督导检查，发现以下两处问题：其一，院内堆积废旧物3处，情况严重；其二，修理院内杂乱无章，卫生脏乱差。随后，督导组责令限期整改。\n",
        ["院内堆积废旧物3处，情况严重；", "修理院内杂乱无章，卫生脏乱差。"],
        [],
    ),
    "measures carried out": (
        "某市审计查出问题整改情况的报告\n一、整改工作推进情况\n（一）市政府高度重视审计整改工作。召开会议。\n（二）责任部门积极落实审计整改措施。市级牵头部门能够履行责任；区政府积极协同推进。\n",
        [],
        [],
    ),
    "a report among several in one file": (
        "范文五篇\n第一篇：政务公开问题排查整改情况报告\n一、存在问题\n（一）政府会议方面\n本年度未公开会议信息。\n（二）财政资金方面\n未公开预算草案报告；\n未公开分配结果。\n",
        ["政府会议方面\n本年度未公开会议信息。", "财政资金方面\n未公开预算草案报告；\n未公开分配结果。"],
        [],
    ),
    "each problem with 对此": (
        HEAD + "二、存在问题及改进措施\n（一）执法方式单一，容易引发对立。对此，我们将推行柔性执法，设置便民点3处。\n（二）夜间监管薄弱。对此，我们将建立夜间联勤机制。" + TAIL,
        ["执法方式单一，容易引发对立。", "夜间监管薄弱。"],
        ["我们将推行柔性执法，设置便民点3处。", "我们将建立夜间联勤机制。"],
    ),
    "what each unit must do stands in the same sentence": (
        "督查情况的通报\n督查发现问题及整改意见如下：一是政策兑现慢，仍有资金未拨付到位，县财政局要在9月底前全部兑现；二是检查频次过高，县司法局应牵头制定检查计划。\n县政府督查室将适时回头看。\n",
        ["政策兑现慢，仍有资金未拨付到位", "检查频次过高"],
        ["县财政局要在9月底前全部兑现；", "县司法局应牵头制定检查计划。"],
    ),
    "an audit's findings told with what was done and what is still to do": (
        "某局关于审计查出问题整改情况的报告\n一、整改总体情况\n已完成整改1项。\n二、具体整改情况\n（一）部分专项资金下达不及时的问题。滞留的资金已全部下达。下一步，将把时限嵌入系统。\n（二）租赁费用超标准的问题。已收回超标准费用。该问题已整改到位。\n特此报告。\n",
        ["部分专项资金下达不及时的问题。", "租赁费用超标准的问题。"],
        ["下一步，将把时限嵌入系统。"],
    ),
    "a form that asks for rectification": (
        "责令整改通知书\n存在问题：①暂存间未设防渗设施；②灭菌记录缺失。\n整改要求：①立即做防渗处理；②完善灭菌登记。\n整改时限：2023年9月20日前\n",
        ["暂存间未设防渗设施；", "灭菌记录缺失。"],
        ["立即做防渗处理；", "完善灭菌登记。"],
    ),
    "steps to come beside what is told as done": (
        "关于巡察反馈意见整改进展情况的通报\n二、逐项整改落实情况\n1.党的建设方面\n反馈问题：学习制度执行不到位。\n整改进展：已制定学习清单。\n下步措施：每季度检查学习情况。\n2.资金方面\n反馈问题：补贴审核把关不严。\n整改进展：已追回违规资金。\n下步措施：建立月度比对机制。\n欢迎广大群众对整改情况进行监督。联系电话：000。\n",
        ["学习制度执行不到位。", "补贴审核把关不严。"],
        ["每季度检查学习情况。", "建立月度比对机制。"],
    ),
    "a letter that asks a town": (
        "关于督促解决河道问题的函\n石塘镇人民政府：\n近日进行了暗访，发现仍存在以下问题：岸坡堆放建筑垃圾约40立方米；养殖户粪污直排入河；巡河记录系事后填写。\n为维护河湖健康，请贵镇高度重视，于7月15日前清除岸坡垃圾；督促养殖户建设收集池。\n专此函达。\n",
        ["岸坡堆放建筑垃圾约40立方米；", "养殖户粪污直排入河；", "巡河记录系事后填写。"],
        ["于7月15日前清除岸坡垃圾；", "督促养殖户建设收集池。"],
    ),
    "what a notice asks of all": (
        "关于开学工作检查情况的通报\n检查中也发现一些不足。有的学校隔离观察室设置不规范。少数学校教师配备不足。\n各校要对照上述问题立行立改，于5月15日前完成改造。\n",
        ["有的学校隔离观察室设置不规范。", "少数学校教师配备不足。"],
        ["各校要对照上述问题立行立改，于5月15日前完成改造。"],
    ),
    "a measure in a table that was taken": (
        "隐患台账\n序号\t存在隐患\t整改措施\t责任人\t状态\n1\t管道老化\t更换管道\t甲\t整改中\n2\t螺栓锈蚀\t已更换螺栓\t乙\t已完成\n\n填报人：丙        审核人：丁\n",
        ["管道老化", "螺栓锈蚀"],
        ["更换管道"],
    ),
    "rules are no problems": (
        "某市停车场管理办法\n第一条 为了加强管理，制定本办法。\n第二条 停车场应当消除安全隐患。\n第三条 主管部门发现存在下列问题的，责令整改：\n（一）擅自改变用途的；\n（二）未设置无障碍车位的。\n",
        [],
        [],
    ),
    "a year's chapter that begins with the plan of five years": (
        "政府工作报告\n各位代表：\n一、2019年工作回顾\n实现新发展。\n二、2020年政府工作重点任务\n编制好“十四五”规划，谋划好未来五年的蓝图。\n（一）在动能转换上下功夫。聚焦产业。\n（二）在乡村振兴上下功夫。培养人才。\n（三）在改善民生上下功夫。办好实事。\n",
        [],
        ["在动能转换上下功夫。", "在乡村振兴上下功夫。", "在改善民生上下功夫。"],
    ),
    "who will do it leads in to unnumbered plans": (
        HEAD + "在看到成绩的同时，也要看到工作中还有短板。一是学法不够自觉。二是装备落后。\n\n2024年，清河镇将落实班子成员会前学法制度。积极争取资金配齐装备。" + TAIL,
        ["学法不够自觉。", "装备落后。"],
        ["落实班子成员会前学法制度。", "积极争取资金配齐装备。"],
    ),
    "numbered paragraphs behind a colon that look like headings": (
        "关于规范公文报送的通知\n从近年来的公文看，总体是好的，但存在以下几个方面的问题：\n一、报送的公文未由负责人签发。\n二、报告中夹带请示事项。\n三、一文多事。如有的请示写了两件事。\n",
        ["报送的公文未由负责人签发。", "报告中夹带请示事项。", "一文多事。如有的请示写了两件事。"],
        [],
    ),
    "an order, its findings and what it tells to do": (
        "环境整改通知书\n某饲料厂：\n经调查核实，你单位存在以下环境违法、违规行为：\n1、噪声超过标准，影响居民；\n2、废水不经处理直接排放。\n上述行为违反了环境保护法。\n责令你单位于8月31日前按以下要求进行整改：\n1、对厂房设隔音板；\n2、安装污水处理设施。\n",
        ["噪声超过标准，影响居民；", "废水不经处理直接排放。"],
        ["对厂房设隔音板；", "安装污水处理设施。"],
    ),
    "faults told of some, below no heading": (
        "环境卫生检查通报\n绝大多数村能积极响应，取得了成果。\n但还有个别村机制不够健全，宣传不到位。特别是和平村垃圾成片，垃圾池形同虚设。\n对排名前三的村予以表彰。\n",
        ["个别村机制不够健全，宣传不到位。", "特别是和平村垃圾成片，垃圾池形同虚设。"],
        [],
    ),
    "faults shown by what is behind a colon": (
        "督查通报\n从督查结果看，整体较为良好。但也发现个别同志存在纪律松散的问题，具体表现为：部分人员上班时间处理私事；个别科室接待不够热情。\n针对上述问题，已对相关人员进行提醒谈话。下一步，我单位将持续加大监督力度。\n",
        ["部分人员上班时间处理私事；", "个别科室接待不够热情。"],
        ["下一步，我单位将持续加大监督力度。"],
    ),
    "what is not rectified yet behind what is": (
        "关于审计查出问题整改情况的报告\n一、主要问题的整改情况\n（一）关于预算编制不细化的问题。已全部细化。\n（二）关于滞留补贴资金的问题。已全部发放。\n二、尚未整改到位的问题\n1.污水处理费欠缴214万元。暂时难以追缴；\n2.两宗闲置土地未处置到位。\n三、下一步工作安排\n1.逐项挂号。整改一个销号一个。\n2.完善制度。\n",
        ["关于预算编制不细化的问题。", "关于滞留补贴资金的问题。", "污水处理费欠缴214万元。暂时难以追缴；", "两宗闲置土地未处置到位。"],
        ["逐项挂号。整改一个销号一个。", "完善制度。"],
    ),
    "labels that count: 不足之一, 改进办法": (
        HEAD + "三、问题与改进\n不足之一：执法队伍专业性不强。队员9人中仅2人有法律背景。\n改进办法：选派队员跟班学习；采取师徒结对。\n不足之二：村规民约审查不严。\n改进办法：由司法所逐条审查。" + TAIL,
        ["执法队伍专业性不强。队员9人中仅2人有法律背景。", "村规民约审查不严。"],
        ["选派队员跟班学习；采取师徒结对。", "由司法所逐条审查。"],
    ),
    "a table of gaps and steps": (
        HEAD + "四、存在的差距和下步举措\n\n| 存在的差距 | 下步举措（2025年） | 牵头单位 |\n|---|---|---|\n| 文件清理不及时 | 建立预警机制 | 区司法局 |\n| 审核力量不足 | 组建审核中心 | 区司法局 |\n" + TAIL,
        ["文件清理不及时", "审核力量不足"],
        ["建立预警机制", "组建审核中心"],
    ),
    "a table of faults alone": (
        "消防安全检查情况的通报\n检查发现的问题如下表：\n| 序号 | 单位 | 发现问题 | 责任社区 |\n| --- | --- | --- | --- |\n| 1 | 鸿福家园 | 值班人员未持证 | 桂花社区 |\n| 2 | 好又多超市 | 防盗网未留逃生口 | 南坊社区 |\n",
        ["值班人员未持证", "防盗网未留逃生口"],
        [],
    ),
    "a bullet that breaks off at a comma": (
        HEAD + "【差距与不足】\n● 监管力量薄弱，均为兼职\n● 监管手段滞后\n\n【2024年重点任务】\n● 推进规范化建设\n● 建立监测机制，\n每月开展一次巡查\n● 实施能力提升工程" + TAIL,
        ["监管力量薄弱，均为兼职", "监管手段滞后"],
        ["推进规范化建设", "建立监测机制，\n每月开展一次巡查", "实施能力提升工程"],
    ),
    "aims and thanks around the plans": (
        HEAD + "三、工作中的不足\n执法能力不强。\n四、今后的打算\n2024年，我乡将以此次督导为契机，扬长补短，推动法治建设更上新台阶。开展夜学活动，每周一次。为司法所增配1名人员。我们坚信，法治建设一定会越来越好。\n\n汇报完毕，谢谢大家！" + TAIL,
        ["执法能力不强。"],
        ["开展夜学活动，每周一次。", "为司法所增配1名人员。"],
    ),
    "the year's main work is what was done": (
        "教育局2023年法治政府建设年度报告\n一、2023年法治建设主要工作\n①健全决策机制。制定规则。\n②推进依法治校。核准章程。\n二、存在的不足\n①监管有盲区。\n②治理水平不均衡。\n三、2024年工作思路\n（一）完善监管。\n（二）深化依法治校。\n2024年1月8日\n",
        ["监管有盲区。", "治理水平不均衡。"],
        ["完善监管。", "深化依法治校。"],
    ),
    "measures taken under a heading of their own": (
        "审计查出问题整改情况的公告\n一、审计查出的主要问题\n（一）固定资产账实不符。9台有账无物。\n（二）超标准收取检查费用。\n二、已采取的整改措施\n（一）组织资产清查，盘亏资产已核销。\n（二）修订采购办法。\n",
        ["固定资产账实不符。9台有账无物。", "超标准收取检查费用。"],
        [],
    ),
    "one fault without its stop": (
        "五、存在的主要问题及改进情况\n（一）工作中存在的主要问题\n公开数量少，公开比较单一，信息更新不够及时\n（二）改进措施\n1、充实公开内容。\n2、提高公开水平。\n",
        ["公开数量少，公开比较单一，信息更新不够及时"],
        ["充实公开内容。", "提高公开水平。"],
    ),
    "difficulties behind a colon, whatever leads to it": (
        "政府工作报告\n各位代表：\n一、2021年工作回顾\n我们也清醒认识到，发展不够仍是最大实际，在前进中仍然面临不少困难：经济恢复基础还不稳固；工业质效不高；民生短板不少。对此，我们将认真解决。\n二、2022年工作安排\n（一）稳增长。聚焦项目。\n（二）惠民生。办好实事。\n",
        ["经济恢复基础还不稳固；", "工业质效不高；", "民生短板不少。"],
        ["稳增长。", "惠民生。"],
    ),
    "a table with each cell on a line": (
        "游客投诉集中问题的整改台账\n序号\n主要问题\n整改措施\n责任单位\n完成时限\n1\n售票窗口排队时间长\n扩容预约系统\n票务中心\n4月30日\n2\n个别观光车驾驶员服务态度差，存在甩客、拼客行为\n开展全员培训考试，投诉查实一次停岗、两次辞退\n运营公司\n立行立改\n3\n厕所数量不足\n（1）新建厕所4座；\n（2）改造2处厕所\n规划建设科\n9月底\n填报人：某某\n",
        ["售票窗口排队时间长", "个别观光车驾驶员服务态度差，存在甩客、拼客行为", "厕所数量不足"],
        ["扩容预约系统", "开展全员培训考试，投诉查实一次停岗、两次辞退", "（1）新建厕所4座；\n（2）改造2处厕所"],
    ),
    "plans that name the problems nothing else names": (
        HEAD + "三、下一步工作举措\n1.针对风险防控不够精准的问题，进一步完善内控机制。\n2.针对公职律师占比低的问题，加大激励力度。" + TAIL,
        ["风险防控不够精准的问题", "公职律师占比低的问题"],
        ["进一步完善内控机制。", "加大激励力度。"],
    ),
    "a gap, and what it is behind a colon": (
        "石塘乡2023年法治政府建设工作总结\n取得了一定成绩，但与群众期望相比还有不小差距：干部学法多停留在读文件上；仅有1名司法助理员；村规民约千篇一律。\n2024年，我乡将坚持每月一次学法日；选送5名干部参加考试。力争使法治建设水平再上新台阶。\n",
        ["干部学法多停留在读文件上；", "仅有1名司法助理员；", "村规民约千篇一律。"],
        ["坚持每月一次学法日；", "选送5名干部参加考试。"],
    ),
    "a gap that is mainly one thing": (
        HEAD + "三、存在的主要问题。2023年，工作虽然取得了成效，但离高质量发展要求仍有差距，主要是法律主体地位不够明确，企业合规意识不足。\n四、下一步计划。推动立法进程。" + TAIL,
        ["法律主体地位不够明确，企业合规意识不足。"],
        ["推动立法进程。"],
    ),
    "a time to come of one report": (
        HEAD + "四、薄弱环节\n（一）决策有缺项。\n（二）协同有断点。\n五、今后一个时期努力方向\n第一，严程序。未履行程序的不上会。\n第二，强协同。编制职责清单。" + TAIL,
        ["决策有缺项。", "协同有断点。"],
        ["严程序。未履行程序的不上会。", "强协同。编制职责清单。"],
    ),
    "how many are rectified is no problem": (
        "环保督察问题整改这样干\n锁定目标抓落实。截至目前，反馈26个问题已完成整改25个，整改率96.2%，还有1个长期整改问题正有力推进。\n",
        [],
        [],
    ),
    "each paragraph a problem and its plan": (
        HEAD + "（三）问题与对策\n执法队伍专业化程度不够，仅7人有专业背景。2024年将通过公开招录补充力量。\n\n裁量不够统一，差异较大。2024年将细化裁量基准。" + TAIL,
        ["执法队伍专业化程度不够，仅7人有专业背景。", "裁量不够统一，差异较大。"],
        ["2024年将通过公开招录补充力量。", "2024年将细化裁量基准。"],
    ),
    "plans two paragraphs behind announced problems": (
        "燃气安全专项检查情况的通报\n检查中也发现，一些场所安全隐患仍然突出：①报警装置形同虚设。87家未安装。②连接软管老化超期。\n上述问题，检查组已现场移交。\n下一阶段，专班办公室将每月对整改情况进行复查；依托社区开展培训。\n区燃气安全专班\n",
        ["报警装置形同虚设。87家未安装。", "连接软管老化超期。"],
        ["下一阶段，专班办公室将每月对整改情况进行复查；", "依托社区开展培训。"],
    ),
    "measures as follows behind problems": (
        "我市信息公开还存在一些不足：一是公开的意识仍需加强；二是渠道还应完善。为此，我们将采取以下措施积极改进。\n（一）加强制度建设，促进规范化。\n（二）清理审批事项。\n",
        ["公开的意识仍需加强；", "渠道还应完善。"],
        ["加强制度建设，促进规范化。", "清理审批事项。"],
    ),
    "对此 in a passage of both": (
        "五、政府信息公开工作存在的主要问题和改进措施\n仍存在的以下问题有：一是载体有待拓宽；二是分类不明确。\n对此，我们加强对工作人员的培训。同时制定公开目录。\n六、其他事项\n无。\n",
        ["载体有待拓宽；", "分类不明确。"],
        ["我们加强对工作人员的培训。", "同时制定公开目录。"],
    ),
    "sub-headings that end in a colon": (
        "六、政府信息公开工作存在的主要问题和改进措施\n（一）政府信息公开工作存在的问题：\n1、公开的内容不够全面；\n2、制度有待健全。\n（二）解决办法和改进措施：\n1、拓宽信息来源；\n2、健全制度。\n",
        ["公开的内容不够全面；", "制度有待健全。"],
        ["拓宽信息来源；", "健全制度。"],
    ),
    "a form whose task is told as done": (
        "关于督察整改任务完成情况的公示\n整改任务：建成管网20公里。\n整改目标：按期完成。\n整改完成情况：已完成建设。\n",
        [],
        [],
    ),
    "labels in announced items": (
        "各位代表：\n看到成绩的同时，我们也看到还存在以下问题：\n（一）存在问题：执法标准化水平不高。全年有17宗案卷不合格。\n整改措施：编印操作指引，每半年通报一次结果。\n（二）存在问题：法制审核力量薄弱。\n整改措施：统筹编制资源。\n",
        ["执法标准化水平不高。全年有17宗案卷不合格。", "法制审核力量薄弱。"],
        ["编印操作指引，每半年通报一次结果。", "统筹编制资源。"],
    ),
    "items that begin with a number": (
        HEAD + "二、存在的问题\n1．有盲区。\n2．2宗闲置土地未处置。\n3．7个单位未登记。\n三、下步工作\n1．进行约谈。\n2．9月底前开展回头看。\n3．建立台账。" + TAIL,
        ["有盲区。", "2宗闲置土地未处置。", "7个单位未登记。"],
        ["进行约谈。", "9月底前开展回头看。", "建立台账。"],
    ),
    "a table of what was found, done, and comes after": (
        "审计查出问题整改情况的公告\n| 序号 | 审计查出的问题 | 目前整改进展 | 后续整改措施 | 责任单位 |\n|--|--|--|--|--|\n| 1 | 前期工作不实 | 已收回资金 | 对2个项目办理撤项 | 县财政局 |\n| 2 | 资产底数不清 | 已测绘 | 建立动态台账 | 县国资中心 |\n",
        ["前期工作不实", "资产底数不清"],
        ["对2个项目办理撤项", "建立动态台账"],
    ),
    "marks that a scanner set apart": (
        "关于2023年度法治政府建设情况的报告\n\n二 、存 在 的 问 题\n( 一 )法治思维不强。\n( 二 )备案不及时。\n\n三 、2 0 2 4 年 工 作 重 点\n( 一 )强化学法用法。\n( 二 )强化文件监督。\n",
        ["法治思维不强。", "备案不及时。"],
        ["强化学法用法。", "强化文件监督。"],
    ),
    "bullets that go on in an indented line": (
        HEAD + "二、来年工作谋划\n● 建立风险清单\n● 出台免罚清单\n　让执法有温度\n● 设立法律服务点" + TAIL,
        [],
        ["建立风险清单", "出台免罚清单\n　让执法有温度", "设立法律服务点"],
    ),
    "page numbers with a running head": (
        HEAD + "三、2024年工作安排\n（一）健全决策机制。公布目录。\n    — 1 —\n万水政〔2021〕3号\n（二）夯实执法基础，配备记录仪、执法服\n装。\n    — 2 —\n万水政〔2021〕3号\n（三）提升应诉水平，\n    — 3 —\n万水政〔2021〕3号\n建立约谈制度。" + TAIL,
        [],
        ["健全决策机制。公布目录。", "夯实执法基础，配备记录仪、执法服\n装。", "提升应诉水平，\n    — 3 —\n万水政〔2021〕3号\n建立约谈制度。"],
    ),
    "a coming year's title that boasts": (
        "政府工作报告\n各位代表：\n一、牢记嘱托，发展取得新成就\n过去一年经济增长。\n二、踔厉奋发，在新征程上迈好第一步、干出新成效\n今年要重点抓好2个方面的工作：\n（一）发展实体经济，在产业上取得新突破\n聚焦工业。\n（二）挖掘市场潜力，在扩大内需上取得新突破\n促进消费。\n",
        [],
        ["发展实体经济，在产业上取得新突破", "挖掘市场潜力，在扩大内需上取得新突破"],
    ),
    "a section that sees nothing wrong": (
        "五、存在的主要问题及改进情况\n2023年我镇信息公开工作总体平稳，无明显问题。下一步，我镇将继续规范公开。\n",
        [],
        ["下一步，我镇将继续规范公开。"],
    ),
    "what is done about problems sorted by subject": (
        "审计查出问题整改情况的报告\n一、审计查出的主要问题\n审计反映了两类问题：一是预算编制不够细化。二是专项资金闲置。\n二、整改工作推进情况\n（一）关于预算编制方面的问题。已压减代编预算。\n（二）关于专项资金使用方面的问题。闲置资金已收回。\n三、下一步工作安排\n（一）持续督促落实。\n（二）健全长效机制。\n",
        ["预算编制不够细化。", "专项资金闲置。"],
        ["持续督促落实。", "健全长效机制。"],
    ),
    "findings with progress and steps to come": (
        "督察反馈问题整改进展情况的公示\n（一）草原超载过牧问题依然存在。\n整改进展：落实草畜平衡。\n下一步打算：加快推进舍饲圈养。\n（二）矿山生态修复滞后。\n整改进展：已全部完成治理。\n",
        ["草原超载过牧问题依然存在。", "矿山生态修复滞后。"],
        ["加快推进舍饲圈养。"],
    ),
    "achievements only": (HEAD + "二、工作成效\n针对存在的问题，制定整改措施，群众反映的突出问题全部得到解决。一是信访量下降。二是满意度提升。" + TAIL, [], []),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_careful_reader_finds(name: str) -> None:
    text, problems, plans = CASES[name]
    checklist = read(text)
    check(checklist)
    assert (texts(checklist.problems), texts(checklist.plans)) == (problems, plans)


def test_a_heading_of_one_word_over_and_over_takes_no_time() -> None:
    # A word that stood twice in the list of a heading's words took 2 to the power of 58 steps.
    for word in ("主要", "工作", "工作中", "下一步", "方向"):
        check(read(f"整改方案\n一、存在的{word * 58}甲\n整改措施：加强。\n"))


def test_a_row_s_unit_and_deadline_belong_to_its_entries() -> None:
    checklist = read(CASES["a table"][0])
    assert [unit.name for unit in checklist.problems[0].units] == ["县司法局"]
    assert checklist.problems[0].due is not None
    assert checklist.problems[0].due.raw == "2024年6月底前"
    assert checklist.plans[1].kind == "immediate"


def test_the_year_of_the_heading_makes_a_plan_s_month_a_date() -> None:
    checklist = read(
        HEAD + "二、2025年工作安排\n一是充实力量，6月底前完成。二是丰富形式。" + TAIL
    )
    due = checklist.plans[0].due
    assert due is not None
    assert due.date is not None
    assert due.date.isoformat() == "2025-06-30"


def test_a_claimed_number_that_differs_is_noted() -> None:
    told = CASES["a rectification plan"][0].replace(
        "一、督察反馈的问题", "一、督察反馈的12个问题"
    )
    notes = read(told).warnings
    assert [(note.claimed, note.found) for note in notes] == [(12, 2)]
    assert "12" in notes[0].text()
    assert not read(told.replace("12个", "2个")).warnings


def test_a_work_report_may_break_off_behind_a_dash() -> None:
    dashes = "".join(f"——加强第{n}项工作。\n" for n in "一二三")
    checklist = read(
        f"政府工作报告\n各位代表：\n一、2023年工作回顾\n二、2024年工作安排\n{dashes}——"
    )
    check(checklist)
    assert texts(checklist.plans) == [f"加强第{n}项工作。" for n in "一二三"]


def test_a_work_report_s_plans_are_the_headings_of_the_coming_year() -> None:
    text = (
        "政府工作报告\n\n各位代表：\n\n现在，我代表市人民政府向大会报告工作。\n\n**一、2023年工作回顾**\n\n"
        "（一）产业升级提速。增长8%。\n\n（二）民生持续改善。就业稳定。\n\n"
        "同时，我们也清醒地认识到，发展中还面临不少困难和问题：经济总量不大；民生领域还有短板。对此，我们将认真加以解决。\n\n"
        "**二、2024年工作安排**\n\n今年的主要预期目标是：增长6%。重点抓好以下工作：\n\n"
        "（一）加快产业升级。培育企业30家。\n\n（二）持续改善民生。新建学校2所。\n\n**三、加强政府自身建设**\n\n（一）坚持依法行政。接受监督。\n"
    )
    checklist = read(text)
    assert texts(checklist.problems) == ["经济总量不大；", "民生领域还有短板。"]
    assert texts(checklist.plans) == ["加快产业升级。", "持续改善民生。"]


@pytest.mark.parametrize(
    "name",
    [
        "each problem named before what will be done about it",
        "labels in each item",
        "a table",
        "a rectification plan",
    ],
)
def test_a_plan_that_stands_with_its_problem_answers_it(name: str) -> None:
    links = read(CASES[name][0]).links
    assert [(link.problem, link.plan, link.score, link.terms) for link in links] == [
        ("P1", "W1", 1.0, ()),
        ("P2", "W2", 1.0, ()),
    ]


def test_a_title_does_not_break_off_inside_a_bracket() -> None:
    (plan,) = read(
        HEAD
        + "三、下一步打算\n（一）必须上污水处理设施（如：厌氧设施），处理废水。"
        + TAIL
    ).plans
    assert plan.title == "必须上污水处理设施"


def test_the_title_of_an_entry_leaves_out_the_mark_it_begins_with() -> None:
    checklist = read(
        "某县督察反馈意见整改方案\n一、思想认识有差距。\n整改措施：\n1．开展培训。\n2．加强考核。\n"
    )
    assert [plan.title for plan in checklist.plans] == ["开展培训"]


def test_what_is_done_in_part_is_under_way_and_due_when_the_rest_is() -> None:
    problems = read(
        CASES["findings by their headings, each with its progress"][0]
    ).problems
    assert [problem.status and problem.status.status for problem in problems] == [
        Status.DONE,
        Status.UNDER_WAY,
        Status.UNDER_WAY,
    ]
    due = problems[2].due
    assert due is not None
    assert due.raw == "2024年6月底前"
