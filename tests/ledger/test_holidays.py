"""A user's file with one year's holiday notice."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from ledger.holidays import parse_holiday_notice, read_holiday_notice
from ledger.workdays import CalendarProblem, calendar

# An invented year: only its form is that of a notice.
SOUND = """\
year = 2098
source = "关于2098年部分节假日安排的通知"
make_up = [2098-02-01, 2098-10-11]

[holidays]
"元旦" = [2097-12-31, 2098-01-01]
"春节" = [2098-02-02, 2098-02-08]
"清明节" = 2098-04-04
"劳动节" = [2098-05-01, 2098-05-03]
"国庆节" = [2098-10-01, 2098-10-07]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "2098.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(CalendarProblem) as refused:
        read_holiday_notice(written(folder, text))
    what, why, todo = refused.value.parts()
    assert "2098.toml" in what
    assert todo
    assert refused.value.exit_code == 2
    return why


def test_a_sound_notice_makes_its_year_known(tmp_path: Path) -> None:
    notice = read_holiday_notice(written(tmp_path, SOUND))
    assert (notice.year, notice.amends) == (2098, False)
    assert notice.source == "关于2098年部分节假日安排的通知"
    assert date(2098, 2, 8) not in notice.rest  # a Saturday rests anyway
    assert date(2098, 4, 4) in notice.rest
    known = calendar([notice])
    assert not known.is_working_day(date(2097, 12, 31))
    assert known.is_working_day(date(2098, 2, 1))
    end = known.add_working_days(date(2098, 1, 31), 2)
    assert end.date == date(2098, 2, 10)  # Sunday the 1st is worked, then the festival
    assert not end.provisional


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_text(SOUND, encoding="utf-8-sig")
    assert read_holiday_notice(path).year == 2098


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("year = 2098\n", "", "Missing: year."),
        ("year = 2098", 'year = "2098"', "year must be a whole number"),
        ("year = 2098", "year = true", "year must be a whole number"),
        ("year = 2098", "year = 1890", "year must be a whole number"),
        ("year = 2098", "year = 2099", "neither in 2099 nor in the December before"),
        ("source = ", "sauce = ", "Unknown key: sauce."),
        ("关于2098年部分节假日安排的通知", "  ", "source must name the notice"),
        ("关于2098年", "\\u001b[31m", "source must name the notice"),
        ("make_up = [", "amends = 1\nmake_up = [", "amends must be true or false"),
        ("2098-10-11]", "2098-10-10]", "Make-up day 2098-10-10 is no Saturday"),
        ("2098-10-11]", "2098-02-01]", "2098-02-01 is given twice"),
        ("2098-10-11]", "2098-10-05]", "holiday and as make-up day"),
        ("2098-10-11]", '"2098-10-11"]', "is no date"),
        ("2098-10-11]", "2098-10-11T08:00:00]", "is no date"),
        ("make_up = [2098-02-01, 2098-10-11]", "make_up = 1", "must be a list"),
        ("2098-02-08]", "2098-02-01]", "春节 must last from 1 to 15 days, not 0"),
        ("2098-02-08]", "2098-03-08]", "春节 must last from 1 to 15 days, not 35"),
        ("[2098-02-02, 2098-02-08]", "[2098-02-02]", "a first and a last day"),
        ("[2098-02-02, 2098-02-08]", "[]", "a first and a last day"),
        ('"清明节" = 2098-04-04', '"清明节" = 2098-05-03', "2098-05-03 is given twice"),
        ('"清明节" = 2098-04-04', '"清明节" = "4月4日"', "清明节: '4月4日' is no date"),
        ("2098-10-01, 2098", "2098-10-02, 2098", "2098-10-01 is a public holiday"),
        ("2098-05-01, 2098", "2098-05-02, 2098", "2098-05-01 is a public holiday"),
        ("[2097-12-31, 2098-01-01]", "2097-12-31", "2098-01-01 is a public holiday"),
        ("[2097-12-31, 2098", "[2097-12-01, 2098", "元旦 must last from 1 to 15 days"),
        ("[2097-12-31, 2098", "[2097-11-30, 2098", "2097-11-30 is neither in 2098"),
        ("2098-02-01,", "2098-02-30,", "Invalid date"),
        ("[holidays]", "[holidays", "Expected"),
    ],
)
def test_a_mistake_is_refused_and_named(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    assert old in SOUND
    assert reason in refusal(tmp_path, SOUND.replace(old, new, 1))


def test_a_notice_without_holidays_is_refused(tmp_path: Path) -> None:
    head = SOUND.split("[holidays]", maxsplit=1)[0]
    assert "Missing: holidays" in refusal(tmp_path, head)
    assert "[holidays] must hold names" in refusal(tmp_path, head + "holidays = 3\n")
    assert "[holidays] must hold names" in refusal(tmp_path, head + "[holidays]\n")


def test_every_public_holiday_of_fixed_date_must_be_listed() -> None:
    with pytest.raises(CalendarProblem, match="2098-10-02 is a public holiday"):
        parse_holiday_notice(
            {
                "year": 2098,
                "source": "x",
                "make_up": [],
                "holidays": {
                    name: date(2098, *day)
                    for name, day in {
                        "a": (1, 1),
                        "b": (5, 1),
                        "c": (10, 1),
                        "d": (10, 3),
                    }.items()
                },
            },
            name="2098.toml",
        )


def test_what_is_no_readable_text_file_is_refused(tmp_path: Path) -> None:
    def why(path: Path) -> str:
        with pytest.raises(CalendarProblem) as refused:
            read_holiday_notice(path)
        return refused.value.parts()[1]

    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    long = tmp_path / "long.toml"
    long.write_text("#" * 100_000, encoding="utf-8")
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    nested = tmp_path / "nested.toml"
    nested.write_text("a = " + "[" * 30_000, encoding="utf-8")
    assert why(binary) == "It is not UTF-8 text."
    assert why(long) == "It is longer than any notice."
    assert why(tmp_path) == "It is not a regular file."
    assert why(pipe) == "It is not a regular file."
    assert why(tmp_path / "absent.toml") == "It is not a regular file."
    assert why(nested)
