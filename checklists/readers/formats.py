"""Numbers of a spreadsheet as its cell formats show them: dates and percentages.

A month must not become a day: ``2024年6月`` is stored as the first of June, and
only the format says what is meant. Source: ECMA-376 part 1, 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

GENERAL: Final = "General"
_YEAR_MONTH: Final = 'yyyy"年"m"月"'
_MONTH_DAY: Final = 'm"月"d"日"'
_HOUR_MINUTE: Final = 'h"时"mm"分"'
BUILT_IN: Final[dict[int, str]] = {
    9: "0%",
    10: "0.00%",
    14: "yyyy/m/d",
    15: "d-mm-yy",
    16: "d-mm",
    17: "yyyy-mm",
    18: "h:mm",
    19: "h:mm:ss",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: _YEAR_MONTH,
    28: _MONTH_DAY,
    29: _MONTH_DAY,
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: _HOUR_MINUTE,
    33: 'h"时"mm"分"ss"秒"',
    34: _HOUR_MINUTE,
    35: 'h"时"mm"分"ss"秒"',
    36: _YEAR_MONTH,
    45: "mm:ss",
    47: "mm:ss",
    50: _YEAR_MONTH,
    51: _MONTH_DAY,
    52: _YEAR_MONTH,
    53: _MONTH_DAY,
    54: _MONTH_DAY,
    55: _HOUR_MINUTE,
    56: 'h"时"mm"分"ss"秒"',
    57: _YEAR_MONTH,
    58: _MONTH_DAY,
}
"""The built-in formats of the Chinese edition that change what a number says."""

_TOKEN: Final = re.compile(
    r'"[^"]*"|\\.|\[[^\]]*\]|[_*].|y+|m+|d+|h+|s+|AM/PM|上午/下午|.',
    re.IGNORECASE | re.DOTALL,
)
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (dates of a sheet have no zone)
_LAST_DAY: Final = 2_958_465
"""9999-12-31, the last date of a sheet."""
DAYS_TO_1904: Final = 1462
_EXACT: Final = 1e15


def shown(value: str, code: str, *, shift: int = 0) -> str:
    """The number ``value`` under the format ``code``.

    ``shift`` is :data:`DAYS_TO_1904` in a workbook that counts its days from 1904.
    """
    try:
        number = float(value)
    except ValueError:
        return value
    section = code.partition(";")[0]
    tokens = [token for token in _TOKEN.findall(section) if token[0] not in "[_*"]
    if _is_date(tokens) and 0 <= number + shift <= _LAST_DAY:
        return _date(number + shift, tokens)
    if "%" in tokens:
        decimals = section.partition(".")[2].count("0")
        return f"{number * 100:.{min(decimals, 9)}f}%"
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    return f"{number:.15g}"


def _is_date(tokens: list[str]) -> bool:
    return any(
        token.lower().strip("ymdhs") == "" and not token.startswith('"')
        for token in tokens
    ) and GENERAL not in "".join(tokens)


def _date(serial: float, tokens: list[str]) -> str:
    moment = _EPOCH + timedelta(seconds=round(serial * 86_400))
    clock = False
    written = ""
    for index, token in enumerate(tokens):
        letter = token[0].lower()
        if token.startswith('"'):
            written += token[1:-1]
        elif token.startswith("\\"):
            written += token[1:]
        elif letter == "y":
            written += f"{moment:%Y}" if len(token) > 2 else f"{moment:%y}"  # noqa: PLR2004 (yy or yyyy)
        elif letter == "m":
            following = "".join(tokens[index + 1 : index + 3]).lower()
            minutes = clock or ":s" in following
            written += _padded(moment.minute if minutes else moment.month, token)
        elif letter == "d":
            written += _padded(moment.day, token)
        elif letter == "h":
            written += _padded(moment.hour, token)
        elif letter == "s":
            written += _padded(moment.second, token)
        elif "/" not in token or len(token) == 1:
            written += token
        clock = letter == "h" or (clock and not token.isalpha())
    return written


def _padded(number: int, token: str) -> str:
    return f"{number:02d}" if len(token) > 1 else str(number)
