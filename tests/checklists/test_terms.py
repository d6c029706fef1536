from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.terms import (
    Anchor,
    Kind,
    NamedUnit,
    Role,
    Unit,
    deadline,
    deadlines,
    kind,
    resolve,
    units,
)

REPORT = date(2024, 1, 29)  # the 四平 report's day; a Monday


def add_workdays(day: date, n: int) -> date:
    """The ``n``-th working day after ``day`` by the State Council's notices."""
    while n:
        day += timedelta(days=1)
        n -= chinese_calendar.is_workday(day)
    return day


# phrase, the day it means for a report of 29 January 2024, why
STATED = [
    ("2024年6月底前完成", date(2024, 6, 30), "month end"),
    ("确保2024年9月底前全部投入使用", date(2024, 9, 30), "month end, after 确保"),
    ("于2024年6月30日前报送", date(2024, 6, 30), "a full date"),
    ("2024年6月30日之前", date(2024, 6, 30), "之前 as 前"),
    ("2024年6月30日以前办结", date(2024, 6, 30), "以前 as 前"),
    (
        "2024年3月中旬前完成",
        date(2024, 3, 20),
        "the second third of a month ends on the 20th",
    ),
    ("2024年3月上旬前完成", date(2024, 3, 10), "the first third ends on the 10th"),
    (
        "2024年2月下旬前完成",
        date(2024, 2, 29),
        "the last third ends with the month, a leap year's",
    ),
    ("2025年2月底前", date(2025, 2, 28), "no leap year"),
    ("2024年一季度末", date(2024, 3, 31), "quarter end"),
    ("2024年第二季度末前", date(2024, 6, 30), "quarter end, 第"),
    ("2024年三季度前完成", date(2024, 9, 30), "by the third quarter means by its end"),
    ("2024年4季度内完成", date(2024, 12, 31), "an Arabic quarter"),
    (
        "2024年上半年完成",
        date(2024, 6, 30),
        "half-year end, because it is to be completed",
    ),
    ("2024年下半年前完成整改", date(2024, 12, 31), "second half-year"),
    ("2024年底前", date(2024, 12, 31), "year end"),
    ("2024年年底前", date(2024, 12, 31), "年 written twice"),
    ("2024年末完成", date(2024, 12, 31), "末 as 底"),
    ("2024年内完成", date(2024, 12, 31), "within the year"),
    ("到2025年底", date(2025, 12, 31), "after 到"),
    ("2025年前完成", date(2024, 12, 31), "before 2025 begins"),
    ("2025年实现全覆盖", date(2025, 12, 31), "the year in which it is to be reached"),
    ("“十四五”末", date(2025, 12, 31), "the 14th five-year plan ends with 2025"),
    ("“十四五”期末", date(2025, 12, 31), "期末 as 末"),
    ("到十四五末建成", date(2025, 12, 31), "without quotation marks"),
    ("“八五”末建成", date(1995, 12, 31), "the 8th five-year plan ended with 1995"),
    ("“十五五”末", date(2030, 12, 31), "the 15th ends with 2030"),
    ("“十三五”期间建成", date(2020, 12, 31), "within a plan that is over"),
    ("整改时限:2024年12月", date(2024, 12, 31), "a bare month behind a label"),
    ("完成时限:2024年12月31日", date(2024, 12, 31), "a bare date behind a label"),
    ("完成时间:2024年6月", date(2024, 6, 30), "another label"),
    ("二〇二四年六月底前", date(2024, 6, 30), "Chinese numerals"),
    ("2024年六月底前", date(2024, 6, 30), "mixed numerals"),
    ("2024年十一月底前", date(2024, 11, 30), "十一月 is November"),
    ("2024年元旦前", date(2023, 12, 31), "the day before a feast"),
    ("2024年国庆节前", date(2024, 9, 30), "the day before 1 October"),
]
RELATIVE = [
    ("年底前持证率达到85%", date(2024, 12, 31), "the next year end"),
    ("年内达到规定配备比例", date(2024, 12, 31), "within the year"),
    ("全年完成12场", None, "全年 counts, it is no deadline"),
    ("今年年底前", date(2024, 12, 31), "this year's end"),
    ("今年6月底前", date(2024, 6, 30), "this year's June"),
    ("明年6月底前", date(2025, 6, 30), "next year's June"),
    ("明年底前", date(2025, 12, 31), "next year's end"),
    ("下一年度3月底前", date(2025, 3, 31), "next year's March"),
    ("6月30日前", date(2024, 6, 30), "the next 30 June"),
    ("6月底前", date(2024, 6, 30), "the next end of June"),
    ("1月15日前", date(2025, 1, 15), "this year's is past, so next year's"),
    ("1月底前", date(2024, 1, 31), "two days away"),
    ("一季度末前", date(2024, 3, 31), "the next first quarter's end"),
    ("整改时限:二季度", date(2024, 6, 30), "a bare quarter behind a label"),
    ("上半年完成", date(2024, 6, 30), "the next half-year's end"),
    ("国庆节前", date(2024, 9, 30), "the day before the next 1 October"),
    ("五一前", date(2024, 4, 30), "the day before 1 May"),
    ("本月底前", date(2024, 1, 31), "the report's month"),
    ("下月底前", date(2024, 2, 29), "the month after"),
    ("本季度末", date(2024, 3, 31), "the report's quarter"),
    ("本周内", date(2024, 2, 4), "the report's week ends on Sunday"),
    ("3个月内", date(2024, 4, 29), "the corresponding day (Civil Code art. 202)"),
    ("三个月内完成整改", date(2024, 4, 29), "Chinese numeral"),
    (
        "1个月内",
        date(2024, 2, 29),
        "no 29th but the last day: a leap year's 29 February",
    ),
    ("30日内", date(2024, 2, 28), "calendar days, the first not counted"),
    ("30天内", date(2024, 2, 28), "天 as 日"),
    ("两周内", date(2024, 2, 12), "fourteen days"),
    ("半年内", date(2024, 7, 29), "six months"),
    ("一年内", date(2025, 1, 29), "a year"),
    ("两年之内", date(2026, 1, 29), "之内 as 内"),
    ("6个月以内", date(2024, 7, 29), "以内 as 内"),
    ("10个工作日内", date(2024, 2, 9), "working days, with 4 February made up"),
    ("五个工作日内", date(2024, 2, 4), "a Sunday that is a make-up day counts"),
    (
        "20个工作日内",
        date(2024, 2, 29),
        "over the Spring Festival, with two make-up Sundays",
    ),
    ("立行立改", date(2024, 1, 29), "at once"),
    ("边查边改", date(2024, 1, 29), "at once"),
    ("即知即改", date(2024, 1, 29), "at once"),
]
WITHOUT_DAY = [
    ("长期坚持", Anchor.OPEN),
    ("持续整改", Anchor.OPEN),
    ("自收到通知之日起15个工作日内", Anchor.EVENT),
    ("收到反馈意见后2个月内", Anchor.EVENT),
    ("方案印发之日起30日内", Anchor.EVENT),
    ("春节前", Anchor.EVENT),
    ("汛期前", Anchor.EVENT),
]
NO_DEADLINE = [
    "《法治政府建设实施纲要(2021—2025年)》",
    "2023年组织培训12次",
    "国内生产总值增长5.5%",
    "第一季度工作会议",
    "2个月内部审计",
    "全市上下一年来",
    "3.3次降至1次",
    "办理提案98件",
    "三年行动计划(2023—2025年)",
]


@pytest.mark.parametrize(("phrase", "day", "why"), STATED)
def test_a_deadline_that_the_text_states_fully_is_a_date(
    phrase: str, day: date, why: str
) -> None:
    due = deadline(phrase)
    assert due is not None, why
    assert due.anchor is Anchor.STATED, why
    assert due.date == day, why
    assert due.raw in phrase


@pytest.mark.parametrize(("phrase", "day", "why"), RELATIVE)
def test_a_relative_deadline_is_resolved_against_the_report(
    phrase: str, day: date | None, why: str
) -> None:
    due = deadline(phrase)
    if day is None:
        assert due is None, why
        return
    assert due is not None, why
    assert due.date is None, why
    assert resolve(due, REPORT, add_workdays) == day, why


@pytest.mark.parametrize(("phrase", "anchor"), WITHOUT_DAY)
def test_a_deadline_without_a_day_keeps_its_words_and_says_what_it_waits_for(
    phrase: str, anchor: Anchor
) -> None:
    due = deadline(phrase)
    assert due is not None
    assert due.anchor is anchor
    assert resolve(due, REPORT, add_workdays) is None
    if anchor is Anchor.EVENT:
        assert due.event


@pytest.mark.parametrize("phrase", NO_DEADLINE)
def test_a_mention_of_time_is_no_deadline(phrase: str) -> None:
    assert deadline(phrase) is None


def test_sixty_phrases_are_tried() -> None:
    assert len(STATED) + len(RELATIVE) >= 60


def test_a_year_in_the_heading_makes_a_month_a_date() -> None:
    due = deadline("6月底前完成", 2025)
    assert due is not None
    assert due.date == date(2025, 6, 30)


def test_working_days_wait_for_a_calendar() -> None:
    due = deadline("10个工作日内")
    assert due is not None
    assert due.unit is Unit.WORKDAY
    assert resolve(due, REPORT) is None


def test_the_labelled_deadline_wins_else_the_last() -> None:
    steps = deadline("6月底前出台方案,年底前全部完成")
    assert steps is not None
    assert steps.raw == "年底前"
    labelled = deadline("整改时限:2024年6月底前;年底前开展回头看")
    assert labelled is not None
    assert labelled.date == date(2024, 6, 30)


def test_a_day_wins_over_at_once_and_for_good() -> None:
    due = deadline("立行立改,2024年6月底前完成,长期坚持")
    assert due is not None
    assert due.date == date(2024, 6, 30)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "责任单位:市司法局、各县(市、区)人民政府;配合单位:市委编办",
            (
                NamedUnit("市司法局", Role.RESPONSIBLE),
                NamedUnit("各县(市、区)人民政府", Role.RESPONSIBLE),
                NamedUnit("市委编办", Role.COOPERATING),
            ),
        ),
        (
            "(市司法局牵头,市财政局、各县区配合)",
            (
                NamedUnit("市司法局", Role.LEAD),
                NamedUnit("市财政局", Role.COOPERATING),
                NamedUnit("各县区", Role.COOPERATING),
            ),
        ),
        ("由区委编办牵头负责,年底前完成。", (NamedUnit("区委编办", Role.LEAD),)),
        (
            "牵头单位:县住建局\n督办单位:县政府督查室",
            (
                NamedUnit("县住建局", Role.LEAD),
                NamedUnit("县政府督查室", Role.SUPERVISING),
            ),
        ),
        ("坚持党委领导、政府负责,完善牵头抓总机制。", ()),
        ("没有单位的一句话。", ()),
    ],
)
def test_units_are_named_with_their_roles(
    text: str, expected: tuple[NamedUnit, ...]
) -> None:
    assert units(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("立行立改", Kind.IMMEDIATE),
        ("限期整改到位", Kind.PHASED),
        ("分阶段整改", Kind.PHASED),
        ("长期坚持", Kind.ONGOING),
        ("加强领导", None),
    ],
)
def test_the_kind_of_rectification_is_the_one_named(
    text: str, expected: Kind | None
) -> None:
    assert kind(text) is expected


@given(
    st.text(
        alphabet="0123456789年月日底前末内个工作之起后半一二三十季度上下五“”至—(), ",
        max_size=40,
    ),
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
)
def test_any_text_gives_deadlines_that_resolve_or_say_that_they_do_not(
    text: str, day: date
) -> None:
    for due in deadlines(text):
        assert due.raw in text
        found = resolve(due, day, add_days)
        assert found is None or isinstance(found, date)


def add_days(day: date, n: int) -> date:
    return day + timedelta(days=n)
