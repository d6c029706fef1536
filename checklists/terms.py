"""What the text of an entry itself states: deadlines, units, kinds of rectification.

Nothing is resolved here that needs a calendar: a deadline stays a :class:`Due`
of ``{n, unit, anchor, roll}``; :func:`resolve` turns it into a day once the
report's date (and an arithmetic of working days) is handed in. The text is read
as folded by :class:`checklists.view.View` (half-width punctuation).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from checklists.marks import chinese_number


class Anchor(StrEnum):
    """Where a deadline is counted from."""

    STATED = "stated"  # the text (or its heading) states the day: see ``date``
    NEXT = "next"  # the first such day on or after the report's date
    YEAR = "year"  # in the report's year plus ``years``
    REPORT = "report"  # ``n`` units after the report's date
    EVENT = "event"  # ``n`` units after ``event``, which is no date yet
    AT_ONCE = "at once"  # 立行立改
    OPEN = "open"  # 长期坚持: no end


class Unit(StrEnum):
    """What ``n`` counts."""

    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class Roll(StrEnum):
    """Where in the period that ``n`` and ``unit`` name the deadline falls."""

    EXACT = "exact"
    END = "end"  # the last day of the period
    BEFORE = "before"  # the day before the period begins


class Kind(StrEnum):
    """How long rectification takes, where the text says so (the ledger's words)."""

    IMMEDIATE = "immediate"  # 立行立改
    PHASED = "phased"  # 限期整改, 分阶段整改
    ONGOING = "ongoing"  # 长期坚持, 持续整改


class Role(StrEnum):
    """What a named unit has to do with an entry."""

    RESPONSIBLE = "responsible"
    LEAD = "lead"
    COOPERATING = "cooperating"
    SUPERVISING = "supervising"
    VERIFYING = "verifying"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as the text gives it, verbatim in ``raw``.

    ``date`` is set when the text or its heading states the day fully. Otherwise
    ``anchor`` says how to count: ``next`` and ``year`` name the ``n``-th ``unit``
    of a year (month 6, quarter 2, half 1, or the year itself), with ``day`` for a
    day of that month and ``years`` to add; ``report`` and ``event`` count ``n``
    units. ``roll`` says where in that period the deadline falls.
    """

    raw: str
    anchor: Anchor
    date: date | None = None
    n: int | None = None
    unit: Unit | None = None
    roll: Roll = Roll.EXACT
    day: int | None = None
    years: int = 0
    event: str | None = None


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit that the text names, and as what."""

    name: str
    role: Role


_CN = "一二三四五六七八九十"
_END = "(?:以前|之前|前|底前|底之前|底|末前|末|内|以内|之内|为止|止)"
_DOES = "(?:[^,。;:!?]{0,10})(?:完成|实现|建成|到位|竣工|投入|上线|出台|销号|整改|达标|达到|验收|印发|交付|启用|见效)"
_DONE = f"(?={_DOES})"
_DEADLINE = re.compile(
    rf"""
    (?P<lead>(?:到|至|于|截至|截止到?|力争|确保|在)?)
    (?:
      (?P<plan>[“"]?(?P<plan_number>十?[{_CN}])五[”"]?(?:规划)?(?:时期|期间)?(?:末|末期|收官之年|结束前|期末|期间(?=[^,。;]{{0,12}}(?:完成|实现|建成))))
    | (?P<year>(?:20[0-9]{{2}}|[二两]〇[一二三四五六七八九〇零]{{2}})年度?|今年|本年度?|当年|明年|来年|次年|下一?年度?|后年)?
      (?:
        (?P<month>1[0-2]|0?[1-9]|十[一二]?|[{_CN}])月份?
        (?:(?P<day>3[01]|[12][0-9]|0?[1-9]|[{_CN}]{{1,3}})[日号]|(?P<third>[上中下]旬))?
      | 第?(?P<quarter>[一二三四1-4])季度
      | (?P<half>上半年|下半年)
      | (?P<middle>年中)
      | (?P<whole>(?:年|全年|岁|年终|年度)(?=底|末|内|前|终|终前))
      | (?<=年)(?=前|底|末|内)
      | (?<=年度)(?=前|底|末|内)
      | (?<=[年度])(?={_DOES})
      )
      (?P<end>(?:终前|终|{_END})(?!期)|(?P<done>{_DONE}))?
    | (?P<count>[0-9]{{1,3}}|半|[{_CN}两百]{{1,4}})个?半?
      (?P<unit>工作日|自然日|日历日|季度|星期|礼拜|月|周|年|日|天)(?:时间)?(?:之内|以内|内)(?!容|部|外|涵|生|控)
    | (?P<relative>本|当|这|下|次)(?:个)?(?P<relative_unit>月|周|季度|季)(?P<relative_end>底前|底|末前|末|内|前)
    | (?P<feast_year>20[0-9]{{2}}年)?(?P<feast>元旦|春节|五一|国庆节?|中秋节?|汛期(?:来临)?|主汛期|供暖期|采暖季|入冬|秋季开学|新学期开学)(?:之前|前)
    | (?P<at_once>立行立改|立改立行|即知即改|立查立改|边查边改|边督边改|即行即改|即刻整改|立即整改|立整立改|即改即成)
    | (?P<open>长期坚持|长期整改|持续整改|持续坚持|长期推进|常抓不懈|长期任务)
    )
    """,
    re.VERBOSE,
)
# A text without any of these holds no deadline; most entries are such.
_HINT = re.compile(
    r"[年月天日周季期节旦星礼五入学立即边长持常]"  # one set first: searched fastest
    r"(?:(?<=[年月天日周])|(?<=季)度|(?<=[期节旦])之?前|(?<=星)期|(?<=礼)拜|(?<=五)[一”\"规时期末]|(?<=入)冬"
    r"|(?<=学)期|(?<=[立即])[行改知查刻即整]|(?<=边)[查督]|(?<=长)期|(?<=持)续[整坚]|(?<=常)抓)"
)
_LONGEST = 40  # characters from the beginning of a deadline to its first such sign

_LABEL = re.compile(
    r"(?:整改|完成|办理|办结|落实|责任|解决|工作|销号|治理)?(?:时限|期限|完成时间|整改时间|时间节点|时间要求|截止时间|截止日期)(?:要求|为|是)?[:|]?\s?\Z"
)
_FEASTS = {"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1), "国庆节": (10, 1)}
_UNITS = {"工作日": Unit.WORKDAY, "自然日": Unit.DAY, "日历日": Unit.DAY, "日": Unit.DAY, "天": Unit.DAY, "周": Unit.WEEK,
          "星期": Unit.WEEK, "礼拜": Unit.WEEK, "月": Unit.MONTH, "季度": Unit.QUARTER, "年": Unit.YEAR}  # fmt: skip
_THIS = {"今年", "本年", "本年度", "当年"}
_SIXTH_PLAN = 6  # 六五 ended with 1985; every later plan ends five years after
_MONTHS = 12


def _number(raw: str) -> int | None:
    return int(raw) if raw.isdecimal() else chinese_number(raw)


def deadlines(text: str, year: int | None = None) -> Iterator[Due]:
    """The deadlines of ``text`` in order; ``year`` is the year its heading states."""
    for match in _DEADLINE.finditer(text):
        due = _due(text, match, year)
        if due is not None:
            yield due


def deadline(text: str, year: int | None = None) -> Due | None:
    """The deadline of an entry: the one after 整改时限：, else the last one stated.

    Where steps have their own deadlines (6月底前出台方案，年底前完成), the last is
    the day by which the entry is done. 立行立改 and 长期坚持 count only where no
    day is named.
    """
    found = None
    hint = _HINT.search(text)
    if hint is None:
        return None
    for match in _DEADLINE.finditer(text, max(0, hint.start() - _LONGEST)):
        due = _due(text, match, year)
        if due is None:
            continue
        if _LABEL.search(text, max(0, match.start() - 12), match.start()):
            return due
        if (
            found is None
            or due.anchor not in (Anchor.AT_ONCE, Anchor.OPEN)
            or found.anchor in (Anchor.AT_ONCE, Anchor.OPEN)
        ):
            found = due
    return found


def _due(text: str, match: re.Match[str], year: int | None) -> Due | None:
    raw = match[0][len(match["lead"] or "") :]
    if match["at_once"]:
        return Due(raw, Anchor.AT_ONCE, n=0, unit=Unit.DAY)
    if match["open"]:
        return Due(raw, Anchor.OPEN)
    if match["feast"]:
        stated = match["feast_year"]
        return _feast(raw, match["feast"], int(stated[:-1]) if stated else year)
    if match["relative"]:
        unit = {"月": Unit.MONTH, "周": Unit.WEEK}.get(
            match["relative_unit"], Unit.QUARTER
        )
        ahead = int(match["relative"] in "下次")
        roll = Roll.BEFORE if match["relative_end"] == "前" else Roll.END
        return Due(raw, Anchor.REPORT, n=ahead, unit=unit, roll=roll)
    if match["unit"]:
        return _counted(text, match)
    if match["plan"]:
        number = chinese_number(match["plan_number"])
        return (
            None
            if number is None or number < _SIXTH_PLAN
            else Due(
                raw, Anchor.STATED, date=date(1985 + 5 * (number - _SIXTH_PLAN), 12, 31)
            )
        )
    labelled = _LABEL.search(text, max(0, match.start() - 12), match.start())
    if not (match["end"] is not None or labelled) or (
        text[max(0, match.start() - 1) : match.start()] in tuple("—-－~至")
    ):
        return None
    return _named(raw, match, year)


def _feast(raw: str, feast: str, year: int | None) -> Due | None:
    if feast not in _FEASTS:
        return Due(raw, Anchor.EVENT, n=0, unit=Unit.DAY, roll=Roll.BEFORE, event=feast)
    month, day = _FEASTS[feast]
    return _placed(raw, year, 0, None, Unit.MONTH, n=month, roll=Roll.BEFORE, day=day)


# 自印发之日起 before 30日内: what the days are counted from.
_EVENT = re.compile(
    r"自?(?P<event>[^,。;:!?\n()“”]{0,14}(?:之日起|后起|起|之后|后))的?,?\Z"
)


def _counted(text: str, match: re.Match[str]) -> Due | None:
    start = match.start("count")
    since = _EVENT.search(text, max(0, start - _LONGEST), start)
    raw = text[since.start() if since else start : match.end()]
    unit = _UNITS[match["unit"]]
    half = "半" in raw[raw.find(match["count"]) :]
    if match["count"] == "半":
        n: int | None = {Unit.YEAR: 6, Unit.MONTH: 15}.get(unit)
        unit = {Unit.YEAR: Unit.MONTH, Unit.MONTH: Unit.DAY}.get(unit, unit)
    else:
        n = _number(match["count"])
        if half and n is not None and unit is Unit.YEAR:
            n, unit = n * 12 + 6, Unit.MONTH
    if n is None or n == 0:
        return None
    if since is not None:
        event = re.sub(r"之?日?起\Z|之?后\Z", "", since["event"])
        event = event.removeprefix("自")
        if event not in ("", "即", "本报告印发", "本报告发布"):
            return Due(raw, Anchor.EVENT, n=n, unit=unit, event=event)
    return Due(raw, Anchor.REPORT, n=n, unit=unit)


def _named(raw: str, match: re.Match[str], year: int | None) -> Due | None:
    """A day, month, quarter, half or year that the text names."""
    stated = match["year"]
    absolute, years = _stated_year(stated, year)
    relative = bool(stated) and absolute is None
    period = _period(match)
    if period is None:
        return None
    unit, n, day = period
    roll = Roll.END
    if unit is Unit.YEAR and not match["whole"] and match["end"] in _BEFORE:
        roll = Roll.BEFORE  # 2025年前 ends with 2024
    return _placed(raw, absolute, years, relative, unit, n=n, day=day, roll=roll)


_BEFORE = ("前", "之前", "以前")
_DIGIT_WORDS = str.maketrans("〇零一二三四五六七八九两", "001234567892")


def _stated_year(stated: str | None, year: int | None) -> tuple[int | None, int]:
    """The year that the text (or its heading) states, and years to add to the report's."""
    if not stated:
        return year, 0
    digits = stated.rstrip("年度").translate(_DIGIT_WORDS)
    if digits.isdecimal():
        return int(digits), 0
    if stated in _THIS:
        return None, 0
    return None, 2 if stated == "后年" else 1


def _period(match: re.Match[str]) -> tuple[Unit, int | None, int | None] | None:
    """The unit, its number in the year, and the day of the month."""
    if match["month"]:
        month = _number(match["month"])
        bare = not (match["day"] or match["third"] or match["year"])
        if month is None or month > _MONTHS or (bare and match["end"] is None):
            return None
        thirds = {"上旬": 10, "中旬": 20}
        return (
            Unit.MONTH,
            month,
            _number(match["day"]) if match["day"] else thirds.get(match["third"] or ""),
        )
    if match["quarter"]:
        return Unit.QUARTER, _number(match["quarter"]), None
    if match["half"] or match["middle"]:
        return Unit.HALF, 2 if match["half"] == "下半年" else 1, None
    return (Unit.YEAR, None, None) if match["year"] or match["whole"] else None


def _placed(
    raw: str,
    absolute: int | None,
    years: int,
    relative: bool | None,  # noqa: FBT001 (private; whether the text says 今年, 明年)
    unit: Unit,
    *,
    n: int | None,
    roll: Roll = Roll.END,
    day: int | None = None,
) -> Due | None:
    roll = Roll.EXACT if day is not None and roll is Roll.END else roll
    if absolute is not None:
        stated = _in_year(absolute, unit, n, day, roll)
        return (
            None
            if stated is None
            else Due(
                raw, Anchor.STATED, date=stated, n=n, unit=unit, roll=roll, day=day
            )
        )
    anchor = Anchor.YEAR if relative else Anchor.NEXT
    return Due(raw, anchor, n=n, unit=unit, roll=roll, day=day, years=years)


def _in_year(
    year: int, unit: Unit, n: int | None, day: int | None, roll: Roll
) -> date | None:
    """The day that a deadline names within ``year``; ``None`` for a 31 June."""
    span = {Unit.QUARTER: 3, Unit.HALF: 6, Unit.YEAR: 12}.get(unit, 1)
    month = (n or 1) * span
    if not 1 <= month <= _MONTHS:
        return None
    length = monthrange(year, month)[1]
    if day is not None and not 1 <= day <= length:
        return None
    if roll is Roll.BEFORE:
        return date(year, month - span + 1, day or 1) - timedelta(days=1)
    return date(year, month, day or length)


def resolve(
    due: Due,
    report: date,
    workdays: Callable[[date, int], date] | None = None,
) -> date | None:
    """The day of ``due`` for a report of the day ``report``, or ``None``.

    ``workdays(day, n)`` adds ``n`` working days; without it, and for an event that
    has no date yet or a deadline without end, there is no day. Months are added
    as the Civil Code's article 202 says: the same day, or the month's last.
    """
    if due.date is not None:
        return due.date
    if due.anchor is Anchor.AT_ONCE:
        return report
    if due.anchor in (Anchor.OPEN, Anchor.EVENT) or due.unit is None:
        return None
    if due.anchor is Anchor.REPORT:
        return _after(due, report, workdays)
    year = report.year + due.years
    found = _in_year(year, due.unit, due.n, due.day, due.roll)
    if due.anchor is Anchor.NEXT and found is not None and found < report:
        found = _in_year(year + 1, due.unit, due.n, due.day, due.roll)
    return found


def _after(
    due: Due, report: date, workdays: Callable[[date, int], date] | None
) -> date | None:
    from dateutil.relativedelta import relativedelta

    n = due.n or 0
    if due.unit is Unit.WORKDAY:
        return None if workdays is None else workdays(report, n)
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}.get(due.unit or Unit.DAY)
    if due.roll is Roll.EXACT:
        step = (
            relativedelta(months=n * months)
            if months
            else relativedelta(days=n * (7 if due.unit is Unit.WEEK else 1))
        )
        return report + step
    if due.unit is Unit.WEEK:
        monday = report - relativedelta(days=report.weekday()) + relativedelta(weeks=n)
        return monday + relativedelta(days=-1 if due.roll is Roll.BEFORE else 6)
    span = months or 1
    first = date(report.year, (report.month - 1) // span * span + 1, 1) + relativedelta(
        months=n * span
    )
    return (
        first - relativedelta(days=1)
        if due.roll is Roll.BEFORE
        else first + relativedelta(months=span, days=-1)
    )


_KINDS = (
    (
        re.compile(
            "立行立改|立改立行|即知即改|立查立改|边查边改|边督边改|即行即改|立即整改|立整立改"
        ),
        Kind.IMMEDIATE,
    ),
    (re.compile("分阶段整改|限期整改|分步整改|阶段性整改|限时整改"), Kind.PHASED),
    (re.compile("长期坚持|长期整改|持续整改|持续坚持|长期任务"), Kind.ONGOING),
)


def kind(text: str) -> Kind | None:
    """The kind of rectification that ``text`` names, or ``None``."""
    return next((kind for pattern, kind in _KINDS if pattern.search(text)), None)


_ROLES = {
    "牵头": Role.LEAD, "主办": Role.LEAD, "主责": Role.LEAD, "责任": Role.RESPONSIBLE, "整改": Role.RESPONSIBLE,
    "承办": Role.RESPONSIBLE, "实施": Role.RESPONSIBLE, "被检查": Role.RESPONSIBLE, "整改责任": Role.RESPONSIBLE,
    "配合": Role.COOPERATING, "协办": Role.COOPERATING, "参与": Role.COOPERATING, "协同": Role.COOPERATING,
    "督办": Role.SUPERVISING, "督导": Role.SUPERVISING, "监督": Role.SUPERVISING, "验收": Role.VERIFYING,
    "验收责任": Role.VERIFYING, "销号": Role.VERIFYING, "市级责任": Role.RESPONSIBLE, "牵头责任": Role.LEAD,
}  # fmt: skip
_UNIT_FIELD = re.compile(
    r"(?P<role>整改责任|验收责任|市级责任|牵头责任|牵头|主办|主责|责任|整改|承办|实施|被检查|配合|协办|参与|协同|督办|督导|监督|验收|销号)"
    r"(?:单位|部门|处室|科室|机构|主体)(?:为|是)?[:|]\s?(?P<names>[^。;:|\n]{2,200})"
)
_LEADS = re.compile(r"(?:负责)?牵头(?:负责)?|负责")
_WITH = re.compile(r"[,、](?P<others>[^,。;:()\n]{2,80}?)(?:配合|参与|协同|协助)")
_NOBODY = frozenset(
    {
        "政府",
        "党委",
        "社会",
        "市场",
        "单位",
        "部门",
        "各单位",
        "各部门",
        "有关部门",
        "主管部门",
    }
)
_LEADERS = 60  # characters in front of 牵头 that can name the units
_ORGAN = re.compile(
    r"(?:局|委|办|厅|部|院|会|处|科|队|所|中心|政府|办事处|街道|乡|镇|县|区|市|公司|集团|单位|部门|行|站|校|组|社|馆|厂|口岸|海关|管委会|联|团|委员会|办公室)(?:\([^()]{1,20}\))?(?:等)?\Z"
)


def units(text: str) -> tuple[NamedUnit, ...]:
    """The units that ``text`` names with their roles, each once, in order."""
    if not (":" in text or "|" in text or "牵头" in text or "负责" in text):
        return ()
    found: dict[NamedUnit, None] = {}
    for match in _UNIT_FIELD.finditer(text):
        for name in names(match["names"]):
            found[NamedUnit(name, _ROLES[match["role"]])] = None
    for match in () if found else _LEADS.finditer(text):
        follows = text[match.end() : match.end() + 1]
        if follows and follows not in ",、。;)":
            continue
        role = Role.LEAD if "牵头" in match[0] else Role.RESPONSIBLE
        others = _WITH.match(text, match.end())
        for named, each in (
            (_before(text, match.start()), role),
            (others["others"] if others else "", Role.COOPERATING),
        ):
            for name in names(named):
                if is_unit(name):
                    found[NamedUnit(name, each)] = None
    return tuple(found)


def _before(text: str, end: int) -> str:
    """The clause in front of 牵头 or 负责; brackets inside it belong to a name."""
    depth = 0
    for index in range(end - 1, max(-1, end - _LEADERS), -1):
        character = text[index]
        if character == ")":
            depth += 1
        elif character == "(" and depth:
            depth -= 1
        elif not depth and character in "(,;。:由\n":
            return text[index + 1 : end]
    return text[max(0, end - _LEADERS) : end]


def is_unit(name: str) -> bool:
    """Whether a name is called like a unit and not a word for all of them."""
    return _ORGAN.search(name) is not None and name not in _NOBODY


def names(raw: str) -> Iterator[str]:
    """Split a list of units at 、，和 outside brackets (各县（市、区）人民政府 is one)."""
    depth = start = 0
    for index, character in enumerate(raw + "、"):
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
            if raw[start:index].count("(") < raw[start : index + 1].count(")"):
                yield from _name(raw[start:index])
                return
        elif character in "、, " and not depth:
            yield from _name(raw[start:index])
            start = index + 1


def _name(raw: str) -> Iterator[str]:
    name = raw.strip(" .。'\"“”")
    if len(name) > 1:
        yield name
