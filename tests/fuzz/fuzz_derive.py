"""Fuzz the grammars: any text becomes a checklist whose entries quote the text.

An hour, from the top of the repository, with the extra ``fuzz`` installed::

    python -m tests.fuzz.fuzz_derive --seeds REPORTS CORPUS   # once
    python -m tests.fuzz.fuzz_derive CORPUS

Limits, options and what a defect leaves behind are those of :mod:`.fuzz_readers`.
An input is UTF-8. It is changed by characters, by lines and by the words that the
grammars look for: a change of bytes breaks nearly every Chinese character.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

from tests.fuzz.running import fuzz, instrumented, write_seeds

with instrumented(wanted=__name__ == "__main__"):
    from checklists.document import Document
    from checklists.report import Checklist, derive

WORDS: Final = (
    "一、", "二、", "十三、", "（一）", "(二)", "1.", "2．", "3、", "（1）", "2)", "①", "②", "⒈",
    "一是", "二要", "三则", "第一，", "第二方面", "首先，", "其次，", "最后，", "第一章", "第二节",
    "第三部分", "—— ", "• ", "- ", "# ", "### ", "**", "__", "|", "\t", "\n", "\r\n", "\n\n",
    "\u3000\u3000", " ", "。", "；", "，", "：", "、", ".", "“", "”", "《", "》", "（", "）",
    "存在的问题", "主要问题和不足", "存在的主要问题：", "下一步工作打算", "整改措施：", "整改情况",
    "责任单位：", "牵头单位：", "配合单位：市司法局、市财政局", "整改时限：", "整改任务", "整改目标",
    "整改完成情况", "关于", "问题", "不足", "困难", "措施", "计划", "虽然", "但", "主要表现在",
    "我们也清醒地认识到", "还存在", "不够", "不到位", "有待", "针对", "加强", "推进", "完善", "将",
    "2024年", "6月底前", "年底前", "2024年13月45日前", "二季度", "“十四五”末", "3个月内", "999999天内",
    "立行立改", "长期坚持", "反馈的12个问题", "上年度", "政府工作报告", "审计整改", "督察反馈意见",
    "法治政府建设年度报告", "2023年", "各位代表", "今年重点工作", "单位：某市人民政府", "市局", "县",
    "---\n", "\ufeff", "\u200b", "\xad", "\0", "𠮷", "3.3次", "100%", "第九百九十九条", "〇", "㈠", "Ⅻ",
)  # fmt: skip
_LONGEST: Final = 4_000


def one_input(data: bytes) -> None:
    """What the fuzzer calls."""
    text = data.decode("utf-8", "replace")
    digest = hashlib.sha256(data).hexdigest()
    check(derive(Document("report.txt", text, digest)))


def check(checklist: Checklist) -> None:
    """What holds for every checklist, whatever the text."""
    text = checklist.document.text
    for letter, entries in (("P", checklist.problems), ("W", checklist.plans)):
        for number, entry in enumerate(entries, 1):
            if entry.id != f"{letter}{number}" or not 0 < entry.confidence <= 1:
                raise AssertionError(entry)
            if not entry.text.strip() or entry.text != text[entry.start : entry.end]:
                raise AssertionError(entry)
            if entry.line != text.count("\n", 0, entry.start) + 1:
                raise AssertionError(entry)
        if any(after.start < before.end for before, after in pairwise(entries)):
            raise AssertionError(entries)
    known = {entry.id for entry in (*checklist.problems, *checklist.plans)}
    for link in checklist.links:
        if {link.problem, link.plan} - known or not 0 < link.score <= 1:
            raise AssertionError(link)


def mutated(data: bytes, length: int, seed: int) -> bytes:
    """``data`` changed in a few places, as libFuzzer asks its custom mutators to."""
    source = random.Random(seed)  # noqa: S311 (no secret)
    text = data.decode("utf-8", "replace")
    for _ in range(source.choice((1, 1, 2, 3, 5))):
        text = _changed(text, source)
    return text[:_LONGEST].encode("utf-8", "replace")[:length]


def _changed(text: str, source: random.Random) -> str:
    start = source.randrange(len(text) + 1)
    end = min(len(text), start + source.choice((0, 1, 2, 4, 9, 30, 200)))
    action = source.randrange(7)
    if action == 0:  # a word put in or over
        return text[:start] + source.choice(WORDS) + text[end:]
    if action == 1:
        return text[:start] + text[end:]
    if action == 2:  # repeated, now and then very often
        times = source.choice((1, 1, 2, 9, 100))
        return text[:start] + text[start:end] * times + text[start:]
    if action == 3:  # words in a row
        words = source.choices(WORDS, k=source.randint(2, 9))
        return text[:start] + "".join(words) + text[start:]
    if action == 4:  # lines in another order
        lines = text.split("\n")
        here, there = (source.randrange(len(lines)) for _ in range(2))
        lines[here], lines[there] = lines[there], lines[here]
        return "\n".join(lines)
    if action == 5:  # a piece that stands elsewhere
        other = source.randrange(len(text) + 1)
        return text[:start] + text[other : other + 60] + text[end:]
    block = source.choice((range(0x80), range(0x2000, 0x3020), range(0x4E00, 0xA000)))
    return text[:start] + chr(source.choice(block)) + text[end:]


def seeds(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The texts of ``folder``, their beginnings, ends and middles."""
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for name, piece in (
            ("head", text[:2000]),
            ("end", text[-3000:]),
            ("middle", text[len(text) // 2 :][:1000]),
        ):
            yield f"{path.stem}.{name}", piece.encode()


def main(arguments: list[str]) -> None:
    """Run libFuzzer with ``arguments`` over the defaults."""
    if arguments[1:2] == ["--seeds"]:
        write_seeds(arguments[3], seeds(Path(arguments[2])))
        return
    fuzz(one_input, arguments, length=3 * _LONGEST, mutator=mutated)


if __name__ == "__main__":
    main(sys.argv)
