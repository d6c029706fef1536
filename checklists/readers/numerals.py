"""Numbers as the numbering of office documents shows them.

Names of the formats: ECMA-376 part 1, 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_DIGITS: Final = "〇一二三四五六七八九"
_UNITS: Final = ("", "十", "百", "千")
_LEGAL_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_UNITS: Final = ("", "拾", "佰", "仟")
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST: Final = 9999
_LARGEST_ROMAN: Final = 3999
_LETTERS: Final = 26


def chinese(number: int, digits: str = _DIGITS, units: tuple[str, ...] = _UNITS) -> str:
    """``number`` in counting characters: 12 is 十二, 20 二十, 105 一百零五."""
    if not 0 < number <= _LARGEST:
        return str(number)
    written = ""
    gap = False
    for place, figure in zip(
        range(len(str(number)) - 1, -1, -1), str(number), strict=True
    ):
        if figure == "0":
            gap = True
            continue
        written += ("零" if gap and written else "") + digits[int(figure)]
        written += units[place]
        gap = False
    if digits is _DIGITS and written.startswith("一十"):
        return written[1:]
    return written


def _legal(number: int) -> str:
    return chinese(number, _LEGAL_DIGITS, _LEGAL_UNITS)


def _digital(number: int) -> str:
    return "".join(_DIGITS[int(figure)] for figure in str(number))


def _letters(number: int) -> str:
    """1 is a, 27 aa, 28 bb, as office programs count."""
    if not 0 < number <= _LARGEST:
        return str(number)
    return chr(ord("a") + (number - 1) % _LETTERS) * ((number - 1) // _LETTERS + 1)


def _roman(number: int) -> str:
    if not 0 < number <= _LARGEST_ROMAN:
        return str(number)
    written = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        written += sign * count
    return written


def _from_row(row: str) -> Callable[[int], str]:
    return lambda number: row[(number - 1) % len(row)]


def _enclosed(first: str, count: int) -> Callable[[int], str]:
    """Signs that stand in a row in Unicode, plain numbers beyond them."""
    return lambda number: (
        chr(ord(first) + number - 1) if 0 < number <= count else str(number)
    )


def _full_width(number: int) -> str:
    return "".join(chr(ord(figure) + 0xFEE0) for figure in str(number))


_FORMATS: Final[dict[str, Callable[[int], str]]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalHalfWidth": str,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "japaneseDigitalTenThousand": _digital,
    "ideographDigital": _digital,
    "taiwaneseDigital": _digital,
    "chineseLegalSimplified": _legal,
    "ideographLegalTraditional": _legal,
    "ideographTraditional": _from_row(_STEMS),
    "ideographZodiac": _from_row(_BRANCHES),
    "decimalEnclosedCircle": _enclosed("①", 20),
    "decimalEnclosedCircleChinese": _enclosed("①", 20),
    "decimalEnclosedParen": _enclosed("⑴", 20),
    "decimalEnclosedFullstop": _enclosed("⒈", 20),
    "ideographEnclosedCircle": _enclosed("㊀", 10),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "none": lambda _number: "",
}


def written(number: int, form: str) -> str:
    """``number`` in the number format ``form``; plain where the format is unknown."""
    return _FORMATS.get(form, str)(number)
