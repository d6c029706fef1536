"""What people type as a due date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.terms import Unit
from ledger.deadlines import BadDate, Deadline, explain, parse_deadline, resolve
from ledger.errors import UsageProblem
from ledger.workdays import published

CALENDAR = published()
TODAY = date(2024, 6, 7)
LAST = max(CALENDAR.years)


def parsed(text: str, today: date = TODAY, anchor: date | None = None) -> Deadline:
    return parse_deadline(text, today=today, calendar=CALENDAR, anchor=anchor)


@pytest.mark.parametrize(
    "text",
    [
        "2024-12-31",
        "2024/12/31",
        "2024.12.31",
        " 2024-12-31\n",
        "２０２４－１２－３１",
        "2024年12月31日",
        "2024 年 12 月 31 日",
        "2024年12月31号",
        "12-31",
        "12/31",
        "12月31日",
    ],
)
def test_a_day_is_understood_as_it_is_written(text: str) -> None:
    assert parsed(text) == Deadline(date(2024, 12, 31))


def test_a_day_that_is_written_out_stays_on_a_rest_day() -> None:
    assert parsed("2024-10-01") == Deadline(date(2024, 10, 1))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("6-7", date(2024, 6, 7)),
        ("06-08", date(2024, 6, 8)),
        ("6-6", date(2025, 6, 6)),
        ("1月5日", date(2025, 1, 5)),
    ],
)
def test_a_day_without_a_year_is_the_next_one_and_may_be_today(
    text: str, day: date
) -> None:
    assert parsed(text).date == day


@pytest.mark.parametrize("text", ["20wd", "20 wd", "20WD", "20个工作日", "20工作日"])
def test_working_days_count_from_the_anchor(text: str) -> None:
    due = parsed(text, anchor=date(2024, 2, 6))
    assert due == Deadline(date(2024, 3, 11), "20wd after 2024-02-06")


@pytest.mark.parametrize("text", ["60d", "60日", "60天", "60个自然日", "60自然日"])
def test_calendar_days_count_from_the_anchor_and_roll(text: str) -> None:
    due = parsed(text, anchor=date(2024, 8, 2))
    assert due == Deadline(date(2024, 10, 8), "60d after 2024-08-02")


@pytest.mark.parametrize("text", ["3m", "3个月", "3 个月", "03M"])
def test_months_count_from_the_anchor(text: str) -> None:
    due = parsed(text, anchor=date(2024, 1, 31))
    assert due == Deadline(date(2024, 4, 30), "3m after 2024-01-31")


def test_periods_count_from_today_when_no_anchor_is_given() -> None:
    assert parsed("3d") == Deadline(date(2024, 6, 11), "3d after 2024-06-07")


@pytest.mark.parametrize(
    ("text", "day", "basis"),
    [
        ("月底", date(2024, 6, 30), "end of 2024-06"),
        ("月末", date(2024, 6, 30), "end of 2024-06"),
        ("本月底前", date(2024, 6, 30), "end of 2024-06"),
        ("month-end", date(2024, 6, 30), "end of 2024-06"),
        ("下月底", date(2024, 7, 31), "end of 2024-07"),
        ("季末", date(2024, 6, 30), "end of 2024-06"),
        ("本季度末", date(2024, 6, 30), "end of 2024-06"),
        ("quarter-end", date(2024, 6, 30), "end of 2024-06"),
        ("年底", date(2024, 12, 31), "end of 2024"),
        ("今年底", date(2024, 12, 31), "end of 2024"),
        ("year-end", date(2024, 12, 31), "end of 2024"),
        ("明年底", date(2025, 12, 31), "end of 2025"),
        ("2026年底", date(2026, 12, 31), "end of 2026"),
        ("2026年末前", date(2026, 12, 31), "end of 2026"),
        ("2028年2月", date(2028, 2, 29), "end of 2028-02"),
        ("2026年12月底前", date(2026, 12, 31), "end of 2026-12"),
        ("9月底", date(2024, 9, 30), "end of 2024-09"),
        ("6月底", date(2024, 6, 30), "end of 2024-06"),
        ("2月末", date(2025, 2, 28), "end of 2025-02"),
    ],
)
def test_the_end_of_a_period_is_its_last_day(text: str, day: date, basis: str) -> None:
    assert parsed(text) == Deadline(day, basis)


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (date(2024, 12, 5), "下月底", date(2025, 1, 31)),
        (date(2024, 12, 31), "月底", date(2024, 12, 31)),
        (date(2024, 10, 1), "季末", date(2024, 12, 31)),
        (date(2024, 11, 1), "季末", date(2024, 12, 31)),
        (date(2024, 1, 1), "季末", date(2024, 3, 31)),
        (date(2024, 1, 31), "下月底", date(2024, 2, 29)),
    ],
)
def test_periods_end_rightly_at_the_edges_of_the_year(
    today: date, text: str, day: date
) -> None:
    assert parsed(text, today=today).date == day


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-30", "Month 2 of 2026 has 28 days."),
        ("2026年2月29日", "Month 2 of 2026 has 28 days."),
        ("2-29", "Month 2 of 2025 has 28 days."),
        ("2026-13-01", "There is no month 13."),
        ("2026-00-10", "There is no month 0."),
        ("2026-04-00", "Month 4 of 2026 has 30 days."),
        ("13月底", "There is no month 13."),
        ("2026年13月", "There is no month 13."),
        ("0206-12-31", "The year must be from 2000 to 2099."),
        ("3000年底", "The year must be from 2000 to 2099."),
    ],
)
def test_a_day_that_does_not_exist_is_refused_and_the_reason_given(
    text: str, why: str
) -> None:
    with pytest.raises(BadDate) as refused:
        parsed(text)
    assert refused.value.parts() == (
        f"There is no such day: {text}.",
        why,
        "Write a day that exists, as year-month-day.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "soon",
        "尽快",
        "-5d",
        "1.5m",
        "3月",
        "20261231",
        "2026-12/31",
        "26-12-31",
        "2026-12",
        "31.12",
        "20wd after",
        "wd",
        "٣d",
        "12-31-",
        "今明年底",
        "\x1b[31m2026-12-31",
        "9" * 10_000,
        "二十个工作日",
    ],
)
def test_nonsense_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadDate) as refused:
        parsed(text)
    what, why, todo = refused.value.parts()
    assert what.isprintable()
    assert len(what) < 80
    assert "expected" in why
    assert "20wd" in todo
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, UsageProblem)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    "text", ["2026年12月31日前", "12-31前", "3月1日以前", "before 3-1"]
)
def test_before_a_day_is_refused_because_it_is_ambiguous(text: str) -> None:
    with pytest.raises(BadDate, match="leaves open whether the day itself"):
        parsed(text)


@pytest.mark.parametrize("text", ["0d", "0wd", "3651d", "2501wd", "121m", "99999个月"])
def test_a_period_of_nothing_or_of_more_than_ten_years_is_refused(text: str) -> None:
    with pytest.raises(BadDate, match="no usable period"):
        parsed(text)


def test_a_period_into_an_unknown_year_is_provisional_and_names_it() -> None:
    due = parsed("40wd", anchor=date(LAST, 12, 1))
    assert due.provisional
    assert due.missing == (LAST + 1,)
    assert not parsed(f"{LAST + 1}-02-01").provisional
    assert not parsed(f"{LAST + 1}年底").provisional


def test_what_a_report_counts_is_resolved_without_rolling_when_it_says_so() -> None:
    start = date(2024, 8, 2)
    assert resolve(60, "cal", start, roll=False, calendar=CALENDAR) == Deadline(
        date(2024, 10, 1), "60d after 2024-08-02 unrolled"
    )
    assert resolve(2, "mon", start, roll=True, calendar=CALENDAR) == Deadline(
        date(2024, 10, 8), "2m after 2024-08-02"
    )
    assert resolve(2, "wd", date(2024, 9, 30), roll=False, calendar=CALENDAR) == (
        Deadline(date(2024, 10, 9), "2wd after 2024-09-30")
    )
    with pytest.raises(KeyError, match="fortnight"):
        resolve(2, "fortnight", start, roll=True, calendar=CALENDAR)
    for n in (-1, 0, 10**12):
        with pytest.raises(BadDate, match="no usable period"):
            resolve(n, "wd", start, roll=True, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("unit", "basis"),
    [
        ("day", "2d after 2024-08-02"),
        ("cal", "2d after 2024-08-02"),
        ("week", "14d after 2024-08-02"),
        ("workday", "2wd after 2024-08-02"),
        ("month", "2m after 2024-08-02"),
        ("quarter", "6m after 2024-08-02"),
        ("half", "12m after 2024-08-02"),
        ("year", "24m after 2024-08-02"),
    ],
)
def test_every_unit_of_a_report_is_counted_in_days_or_months(
    unit: str, basis: str
) -> None:
    due = resolve(2, unit, date(2024, 8, 2), roll=True, calendar=CALENDAR)
    assert due.basis == basis
    assert due.date == parsed(basis.split(maxsplit=1)[0], anchor=date(2024, 8, 2)).date


def test_the_units_of_a_report_are_all_known() -> None:
    for unit in Unit:
        assert resolve(1, unit, TODAY, roll=True, calendar=CALENDAR).date > TODAY


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("20wd after 2024-02-06", "20 working days after 2024-02-06"),
        ("60d after 2024-08-02", "60 days after 2024-08-02"),
        ("3m after 2024-01-31", "3 months after 2024-01-31"),
        (
            "60d after 2024-08-02 unrolled",
            "60 days after 2024-08-02, also on a rest day",
        ),
        ("end of 2024-06", "end of month 6 of 2024"),
        ("end of 2024", "end of 2024"),
        ("2024年底前 {完成}", "2024年底前 {完成}"),
    ],
)
def test_a_basis_is_put_into_words(basis: str, words: str) -> None:
    assert str(explain(basis)) == words


def test_a_basis_is_put_into_the_readers_language() -> None:
    chinese = {
        "{n} days after {anchor}": "{anchor}起{n}日",
        "{counted}, also on a rest day": "{counted}，遇休息日不顺延",
    }
    words = explain("60d after 2024-08-02 unrolled").text(
        lambda text: chinese.get(text, text)
    )
    assert words == "2024-08-02起60日，遇休息日不顺延"


@given(
    st.dates(date(2005, 1, 1), date(2040, 12, 31)),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_every_written_form_of_a_day_is_that_day(today: date, day: date) -> None:
    for text in (
        f"{day}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert parsed(text, today=today) == Deadline(day)


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_refused_in_three_printable_parts(text: str) -> None:
    try:
        parsed(text)
    except BadDate as refused:
        parts = refused.parts()
        assert all(parts)
        assert all(part.isprintable() for part in parts)


@given(
    st.dates(date(2005, 1, 1), date(2040, 12, 31)),
    st.integers(1, 120),
    st.sampled_from(["wd", "d", "m"]),
)
def test_a_basis_tells_everything_needed_to_find_the_day_again(
    anchor: date, n: int, letters: str
) -> None:
    due = parsed(f"{n}{letters}", anchor=anchor)
    assert due.basis is not None
    period, _, start = due.basis.partition(" after ")
    assert parsed(period, anchor=date.fromisoformat(start)) == due
