"""What a document says about itself: title, issuer, the year it reports on, its date."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from checklists.marks import chinese_number
from checklists.view import View


@dataclass(frozen=True, slots=True)
class Front:
    """Title, issuer, year and date of a document; ``None`` where it does not say."""

    title: str | None
    issuer: str | None
    year: int | None
    published: date | None


_YEARS = "[12][0-9]{3}|[二一][〇零○ＯOo0一二三四五六七八九]{3}"
_DAY = re.compile(
    rf"(?P<year>{_YEARS})年(?P<month>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?P<day>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})日"
)
_DASHED = re.compile(
    r"(?P<year>20[0-9]{2})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})(?![0-9])"
)
_GENRE = re.compile(
    r"(?:报告|总结|通报|方案|公告|通知|说明|要点|计划|清单|年报|汇报|意见|台账|函|材料|情况)(?:\([^()]{1,40}\))?\Z"
)
_ORGAN = re.compile(
    r"(?:委|政府|局|厅|办|部|院|会|处|署|司|所|中心|街道|乡|镇|办事处|办公室|委员会|管委会|领导小组|指挥部|总队|支队|大队|公司|集团|站|队|社|行|联|团|组|校|大学|学院|区|县|市|州)\Z"
)
_NOT_NAME = re.compile(r"[,。;:!?、“”]")
_MATTER = re.compile(
    r"\A(?!关于)(?:20[0-9]{2}年度?)?(?P<issuer>(?:中共)?[^,。;:()《》“”]{2,30}?)(?:关于|(?:20[0-9]{2})年|(?:推进)?法治|依法行政|(?<!人民)政府(?:工作|信息)|(?<=人民政府)工作)"
)
_YEAR = re.compile(r"(?<![0-9—\-－~至])(20[0-9]{2}|19[0-9]{2})(?=年)")
_TELLS = re.compile(r"[,;。].|日[至到起—\-~]")  # a sentence and not a date line
_AND_NEXT = re.compile(
    r"(?:和|与|及|暨|、)(?:20|19)[0-9]{2}年[^,。]{0,12}(?:计划|安排|打算|思路|要点|草案)"
)
_LAST = 9999  # the year that a document without a date can report on at the latest
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2}) ?[、.](?![0-9])|\([一二三四五六七八九十0-9]{1,2}\)|第[一二三四五]"
)
_TITLE_LINES = 12
_LONGEST = 60  # characters of a title
_LONGEST_NAME = 40  # characters of an issuer
_TAIL_LINES = 14


def front(source: View) -> Front:
    """Read the head and the tail of a document."""
    text = source.text
    head = _lines(text[:4000])[:40]
    tail = _lines(text[-1500:])[-_TAIL_LINES:]
    title = _title(head)
    signed, published = _signature(tail)
    if published is None:
        signed, published = _signature([*tail[:-1], *_last_words(text)])
    if published is None:
        published = _head_date(head)
    year = _year(title, text[:3000], published)
    issuer = signed
    if issuer is None and title is not None:
        matter = _MATTER.match(title)
        if matter and _ORGAN.search(matter["issuer"].strip()):
            issuer = matter["issuer"].strip()
    return Front(title, issuer, year, published)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _title(head: list[str]) -> str | None:
    if head and head[0] == "---":  # the front matter of Markdown
        for line in head[1:_TITLE_LINES]:
            if line == "---":
                break
            if line.startswith("title:"):
                return line.removeprefix("title:").strip(" '\"") or None
    parts: list[str] = []
    for line in head[:_TITLE_LINES]:
        words = line.lstrip("# ")
        if len(words) > _LONGEST:  # a report on one line begins with its title
            first = words[:_LONGEST].partition(" ")[0]
            return first if _GENRE.search(first) else None
        if words[-1:] in "。;:,!?" or _NUMBERED.match(words):
            break
        if _GENRE.search(words) and not _NOT_NAME.search(re.sub(r"[“”、]", "", words)):
            if parts and words.startswith("关于"):
                return "".join([*parts, words])
            return words
        parts = [words] if _ORGAN.search(words) and not _NOT_NAME.search(words) else []
    return None


def _read(match: re.Match[str]) -> date | None:
    raw = match["year"]
    if not raw.isdecimal():
        raw = "".join(
            "0" if c in "〇零○ＯOo0" else str("〇一二三四五六七八九".index(c))
            for c in raw
        )
    month, day = (
        int(match[k]) if match[k].isdecimal() else chinese_number(match[k])
        for k in ("month", "day")
    )
    try:
        return date(int(raw), month or 0, day or 0)
    except ValueError:
        return None


def _signature(tail: list[str]) -> tuple[str | None, date | None]:
    """The issuer and the date of the last lines: the date stands alone, the issuer above it."""
    for index in range(len(tail) - 1, -1, -1):
        words = tail[index].replace(" ", "")
        match = _DAY.search(words)
        if match is None or len(words) - len(match[0]) > 40:  # noqa: PLR2004 (issuer and date on one line)
            continue
        before = words[: match.start()].strip("(日期:发布时间")
        if match.end() < len(words.rstrip(")。")) or (
            before and not _ORGAN.search(before)
        ):
            continue
        names = (
            [
                tail[index][
                    : tail[index].find(tail[index][match.start() : match.start() + 1])
                ].strip()
            ]
            if before
            else []
        )
        if before:
            names = [before]
        for line in reversed(tail[:index]):
            if (
                len(line) > _LONGEST_NAME
                or _NOT_NAME.search(line)
                or not _ORGAN.search(line.replace(" ", ""))
            ):
                break
            names.insert(0, " ".join(line.split()))
        return " ".join(names) or None, _read(match)
    return None, None


_SIGNED = re.compile(
    rf"[。;!] ?(?P<issuer>[^,。;:!?()“”\n]{{2,40}}?) ?(?P<day>(?:{_YEARS})年[0-9一二三四五六七八九十]{{1,2}}月[0-9一二三四五六七八九十]{{1,3}}日)[。)]?\s*\Z"
)


def _last_words(text: str) -> list[str]:
    """Issuer and day of a report that ends with them in its last line."""
    signed = _SIGNED.search(text[-160:])
    return [signed["issuer"], signed["day"]] if signed else []


def _head_date(head: list[str]) -> date | None:
    for line in head:
        if len(line) > 120:  # noqa: PLR2004 (a date line, not a paragraph)
            break
        words = line.replace(" ", "")
        match = _DAY.search(words) or _DASHED.search(line)
        if match and not _TELLS.search(words):
            found = _read(match)
            if found:
                return found
    return None


def _year(title: str | None, opening: str, published: date | None) -> int | None:
    latest = published.year + 1 if published else _LAST
    named = [int(year) for year in _YEAR.findall(title or "")]
    past = [year for year in named if year <= latest]
    if past:
        return past[0] if _AND_NEXT.search(title or "") else past[-1]
    early = Counter(_YEAR.findall(opening[:600]))
    if early:
        likely = [int(year) for year, _ in early.most_common()]
        if published is not None:
            near = [
                year for year in likely if published.year - 1 <= year <= published.year
            ]
            likely = near or likely
        return likely[0]
    return published.year - 1 if published else None
