"""A passage becomes entries: by its own enumeration, else by its sentences.

The rules are those of a careful reader: one mark of the outermost list is one
entry with all its sentences and sub-points; without a list, ； and 。 separate
entries; what only leads in or closes is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from checklists.marks import Mark, line_start, mark_at, marks, runs
from checklists.tone import complains, nothing, of_some
from checklists.view import View

Span = tuple[int, int]
PROBLEM, PLAN = "problem", "plan"


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry, as a span of the view, and what found it.

    ``answers`` is where the problem begins that a plan stands with: in one item, one
    row, or as a field of one finding.
    """

    kind: str
    start: int
    end: int
    rule: str
    confidence: float
    answers: int | None = None


_MANY = "一些|不少|许多|诸多|很多|较多|以下|如下|下列|一定|几个|几方面|若干|部分|多方面|各种|这样那样|一系列|新的|深层次|不小|不同程度|[0-9一二三四五六七八九十两几]+(?:个|大|项|方面|点|条)"
_FAULTS = "问题|困难|不足|差距|挑战|短板|矛盾|薄弱环节|薄弱地方|弱项|缺点|地方|方面|风险|隐患|制约因素|不稳定因素|不利因素|不足之处|难题|距离|欠缺|考验|困难挑战|问题不足|矛盾问题|困难问题|问题短板|短板弱项|短板不足"
_FAULT_LIST = rf"(?:{_FAULTS})(?:(?:和|与|及|、|以及)?(?:{_FAULTS})){{0,3}}"
# A sentence that announces problems without naming one.
_ANNOUNCES = re.compile(
    rf"(?:{_MANY})[^,。;:]{{0,16}}{_FAULT_LIST}[^,。;:]{{0,8}}[。;:,!]?(?:(?:主要|具体|突出|集中)?(?:是|有|为|表现|体现|反映|包括)?(?:在|为|是|有)?(?:以下|如下)?(?:[0-9一二三四五六七八九十几]+个?方面)?)?[。;:,!]?\Z"
    rf"|(?:存在|面临|还有|仍有|也有|正视|看到|认识到|遇到)(?:的|着|了)?[^,。;:]{{0,8}}{_FAULT_LIST}(?:仍然|依然|还)?(?:较|很|不)?(?:多|少)?[。;:,!]?(?:(?:主要|具体|突出|集中)?(?:是|有|为|表现|体现|反映|包括)(?:在|为|是|有)?(?:以下|如下)?[^,。;:]{{0,8}})?[。;:,!]?\Z"
    rf"|(?:主要|具体|突出|集中)?(?:表现|体现|反映)(?:在|为|于)?(?:以下|如下)?(?:[0-9一二三四五六七八九十几]+个?方面)?[:,。]?\Z"
    rf"|[:]\Z"
)
_CLOSES = re.compile(
    r"(?:随后[,:]|力争(?:使|让)[^,。;]{2,40}(?:台阶|水平)。|(?:努力)?(?:开创|谱写)[^,。;]{2,30}新(?:局面|篇章)。|究其原因|究其根源|分析(?:其|上述|以上|存在|产生|问题)[^,。;:]{0,10}原因|(?:产生|造成|导致|存在|出现)(?:上述|以上|这些|这一)[^,。;:]{0,12}原因|对此|为此|为了?(?:进一步|切实|全面|认真|扎实|深入|着力|抓好|做好|确保)|(?:对于?|针对)(?:[^,。;:]{0,10}(?:以上|上述|这些)|此|存在|所有|前述|此类)|(?:以上|上述|这些|这几|所有这些|对于这些|面对这些|存在的这些|存在这些|产生这些).{0,14}(?:问题|不足|困难|矛盾|短板|差距|情况|方面|挑战|,|是)"
    r"|(?:必须|要|需要)(?:高度重视|引起)|我们(?:一定|必须|将|要|决不|绝不)|我[局市县区镇乡].{0,4}(?:将|一定)(?:直面|正视|高度重视|认真|采取|下)|所有这些|面对(?:这些|问题|困难|挑战)|各位代表[,!:]?(?:我们|尽管|回顾|成绩|过去|面对|新|展望|今|20)|问题就是|(?:我们)?(?:将|要)?(?:直面|正视)|在(?:今后|新的一年|下一步)|今后(?:的)?工作中|解决(?:这些|上述|以上)|恳请)"
)
_PLAIN_CLOSES = re.compile(
    r"(?:\(?本(?:清单|方案|报告|办法)(?:自|由|经|未|解释)|特此|欢迎(?:广大|社会各界|各界|干部|群众)|(?:监督|举报|咨询)电话|相关[^,。;:]{0,8}(?:报告|阅读|文章|范文|推荐):|我们(?:坚信|相信)|我们有[^,。;]{0,6}(?:决心|信心)|总之,|汇报完毕|谢谢|不妥之处|邮政地址|电子邮箱|[^,。;]{0,20}请(?:各[^,。;]{1,8})?(?:于|在)[^,。;]{2,18}前,?(?:将)?[^。;]{0,30}报|以上(?:报告|汇报|总结|是|为)|附件|附:|附表|联系人|联系电话|专此|此页|扫一扫|相关链接|信息来源|来源:|责任编辑|编辑:|打印|关闭|分享|上一篇|下一篇|主办单位|版权所有|抄送|印发|网站地图|\(此件|\(联系|\(主动公开|现(?:将|向)|请(?:予)?审议)"
)
_SENTENCE = re.compile(r"[^。;!?\n]*(?:[。;!?]+[”’\"')]?|\n|\Z)")


def sentences(source: View, start: int, end: int) -> Iterator[Span]:
    """The sentences of a span, split at 。；！？ and line ends, trimmed, none empty.

    Inside brackets and quotation marks a sentence does not end.
    """
    text = source.text
    begun: int | None = None
    for match in _SENTENCE.finditer(text, start, end):
        first = match.start() if begun is None else begun
        last = match.end()
        if (
            last < end
            and text[last - 1 : last] not in ("\n", "。")
            and _open(text, first, last)
        ):
            begun = first
            continue
        begun = None
        first, last = source.trim(first, last)
        if first < last:
            yield first, last


def _open(text: str, start: int, end: int) -> bool:
    if end - start > 400:  # noqa: PLR2004 (a bracket that never closes)
        return False
    return any(
        text.count(one, start, end) > text.count(other, start, end)
        for one, other in ("()", "“”", "《》")
    )


def closes(source: View, start: int, end: int) -> bool:
    """Whether the sentence only closes a passage (对此，我们将…… ; 特此报告)."""
    text = source.text
    return bool(
        _CLOSES.match(text, start, end) or _PLAIN_CLOSES.match(text, start, end)
    )


def outermost(source: View, start: int, end: int) -> list[Mark]:
    """The marks of the outermost list of a passage, or none.

    It is the first run of at least two marks that no other run opens before; a
    lone first mark counts where a line begins with it (texts that break off).
    """
    text = source.text
    found = [_together(source, run) for run in runs(marks(text, start, end))]
    for run in found:
        if len(run) > 1:
            return run
    for run in found:
        if run and run[0].number in (1, None):
            first = source.trim(start, run[0].start)
            if (
                first[0] >= first[1]
                or (line_start(text, run[0].start) and run[0].number == 1)
                or announces(source, *first)
                or _AIM_LEAD.search(text, max(start, first[1] - 30), first[1])
                or is_cut_off(source, run[0].start, source.trim(start, end)[1])
            ):
                return run
    return []


# A further line of an item: with a label, or indented.
_CONTINUES = re.compile(r" *[^,。;:\n]{2,10}:.| +[^\n]{1,60}\Z")


def _together(source: View, run: list[Mark]) -> list[Mark]:
    """Of bullets, those whose lines follow each other."""
    if run[0].number is not None:
        return run
    kept = [run[0]]
    for last, mark in pairwise(run):
        lines = source.text[last.start : mark.start].strip().split("\n")
        if any(line.strip() and not _CONTINUES.match(line) for line in lines[1:]):
            break
        kept.append(mark)
    return kept


def split(
    source: View, start: int, end: int, kind: str, *, led: bool = True
) -> list[Piece]:
    """The entries of the passage ``[start, end)``; ``kind`` is problem or plan.

    ``led`` says that its first sentence may lead in (a field's text does not).
    """
    run = outermost(source, start, end)
    if run:
        return items(source, run, end, kind)
    return bold_led(source, start, end, kind) or bare(source, start, end, kind, led=led)


def bold_led(source: View, start: int, end: int, kind: str) -> list[Piece]:
    """One entry for each paragraph that opens in bold, where several do."""
    text = source.text
    opened = [
        at
        for at in _paragraphs(text, start, end)
        if at in source.bold and text[at : at + 1] != "\n"
    ]
    if len(opened) < 2:  # noqa: PLR2004 (one is a word in bold)
        return []
    stop = next(
        (
            at
            for at in _paragraphs(text, opened[-1] + 1, end)
            if closes(source, at, end)
        ),
        end,
    )
    found = (source.trim(*border) for border in pairwise([*opened, stop]))
    return [Piece(kind, first, last, "bold", 0.85) for first, last in found]


def _paragraphs(text: str, start: int, end: int) -> Iterator[int]:
    """Where the paragraphs of a span begin, behind their white space."""
    position = start
    while position < end:
        match = _SPACE.match(text, position, end)
        yield match.end() if match else position
        newline = text.find("\n", position, end)
        position = end if newline < 0 else newline + 1


_SPACE = re.compile(r"[ ]*")


_WORD = re.compile(r"\w")


def items(source: View, run: list[Mark], end: int, kind: str) -> list[Piece]:
    """One entry for each mark of ``run``; the last ends before what only closes."""
    pieces = []
    several = False  # whether an item has more than one paragraph
    answered = False  # whether items say what will be done: 对此，我们将……
    for index, mark in enumerate(run):
        if index + 1 < len(run):
            first, last = source.trim(mark.end, run[index + 1].start)
            several = several or "\n" in source.text[first:last]
            answered = (
                answered or _THEREUPON.search(source.text, first, last) is not None
            )
        else:
            stop = _last_end(source, mark, end, several=several, answered=answered)
            first, last = source.trim(mark.end, stop)
        if _WORD.search(source.text, first, last):  # else the line under a header
            pieces.append(
                Piece(
                    kind, first, last, f"enumeration {mark.system.name.lower()}", 0.95
                )
            )
    return pieces


_THEREUPON = re.compile(r"(?<=[。;\n])[对为]此,")


def _last_end(
    source: View, mark: Mark, end: int, *, several: bool, answered: bool
) -> int:
    """Where the last item of a list ends: before closings and signatures."""
    text = source.text
    stop = mark.end
    for number, (first, last) in enumerate(sentences(source, mark.end, end)):
        new_paragraph = "\n" in text[stop:first]
        inner = mark_at(text, first, last) if new_paragraph else None
        below = inner is not None and inner.system > mark.system
        if (
            number
            and new_paragraph
            and not below
            and not (several and _belongs(source, first, last))
        ):
            break
        if not _WORD.search(text, first, last):
            continue  # what a broken table leaves behind
        if number and _SIGNED.fullmatch(text, first, last):
            break
        answer = answered and not new_paragraph and _THEREUPON.match(text, first, last)
        if number and not answer and closes(source, first, last):
            break
        stop = last
    return stop


_SIGNED = re.compile(
    r"[^,。;:!?\n]{0,50}(?:[12][0-9]{3}|二[〇零○][〇零○一二三四五六七八九]{2})年[^,。;:!?\n]{2,6}日[)]?"
)


def _belongs(source: View, start: int, end: int) -> bool:
    """Whether a further paragraph can belong to the last item of a list."""
    whole = source.text[end - 1] in "。;!?" or is_cut_off(source, start, end)
    return whole and not _PLAIN_CLOSES.match(source.text, start, end)


def bare(
    source: View, start: int, end: int, kind: str, *, led: bool = True
) -> list[Piece]:
    """The sentences of a passage without a list that are entries.

    Only what stands before the first entry can lead in.
    """
    pieces: list[Piece] = []
    text = source.text
    for first, last in sentences(source, start, end):
        begin = _begin(source, first, last, kind) if led and not pieces else first
        if len(pieces) == 1 and kind == PROBLEM:
            namely = _AND_NAMELY.match(text, first, last)
            if namely is not None:
                pieces.clear()  # what came before only led in
                begin = namely.end()
        words = text[begin:last]
        if not words or words[-1] == ":":
            continue
        if kind == PROBLEM and (_OF_LAST_YEAR.match(words) or _COUNTS.search(words)):
            continue
        cause = kind == PROBLEM and _CAUSE.match(words) is not None
        if pieces and (cause or closes(source, begin, last)):
            break
        in_list = bool(pieces) and text[pieces[-1].end - 1] == ";"
        opens_list = not pieces and words[-1] == ";" and text[begin - 1] == ":"
        goes_on = (in_list and words[-1] in ";。") or (opens_list and begin > first)
        cut_off = bool(pieces) and is_cut_off(source, begin, last)
        if not closes(source, begin, last) and (
            goes_on or cut_off or _is_entry(text[first:last], words, kind)
        ):
            if kind == PROBLEM and (mended := _MENDED.search(words)):
                words = words[: mended.start()]
            length = len(words.rstrip(", "))  # a problem may be cut off before its plan
            pieces.append(Piece(kind, begin, begin + length, "sentence", 0.75))
    if led and len(pieces) > 1 and _is_general(source, pieces[0], kind):
        return pieces[1:]
    return pieces


# 对2022年度报告中提出的……等问题，积极改进，得到有效解决。
_OF_LAST_YEAR = re.compile(
    r"(?:对于?|针对|就)?(?:20[0-9]{2}年度?|上一?年度?|去年)[^。;]{0,20}(?:提出|存在|指出|反馈|查找|列出|查摆)[^。]{0,160}(?:得到|已|均)[^。]{0,30}(?:解决|整改|改进|完成|销号)"
)


# 反馈的25个问题，已完成整改19个，整改完成率76%: how far they are, and not which.
_COUNTS = re.compile(r"整改(?:完成)?率|已?完成整改[0-9]+[个项]")


def is_cut_off(source: View, start: int, end: int) -> bool:
    """Whether the document breaks off in this sentence."""
    text = source.text
    if text[end - 1] in "。;!?" or _BLANK.match(text, end) is None:
        return False
    return text[end - 1] in ",、" or (
        end - start >= _HALF_SENTENCE and "," in text[start:end]
    )


_BLANK = re.compile(r"[ \n]*+\Z")
_HALF_SENTENCE = 20  # characters; a signature is shorter


def _is_general(source: View, piece: Piece, kind: str) -> bool:
    """Whether a first sentence says only that there are faults, or aims, not which."""
    words = source.text[piece.start : piece.end]
    if kind == PLAN:
        return _OPENS_NEW.fullmatch(words) is not None
    return _FALLS_SHORT.search(words) is not None or (
        announces(source, piece.start, piece.end)
        and _OF_ALL_WORK.search(words) is not None
        and not complains(plain(words))
    )


_OF_ALL_WORK = re.compile(r"工作|建设|我|要求|期[盼待]|相比|对照|对标")
# 明年是开局之年，我局将守正创新，努力开创新局面。
_OPENS_NEW = re.compile(
    r"[^。;!?]*?(?:是[^,。]{2,30}之年|以[^,。]{2,30}为(?:契机|统领|引领|指导)),[^;!?]{0,80}(?:新?局面|新?台阶|新?水平|新?篇章|建设)。"
)
_FALLS_SHORT = re.compile(
    r"\A[^,;:]{0,30}不(?:能)?(?:完全|很好|充分)?(?:适应|满足|符合)[^,。;:]{0,24}(?:需要|要求|期[待盼])。\Z"
)


# 存在表述错误等问题，所发现的问题均已整改到位。: the last clause tells what was done.
_MENDED = re.compile(
    r",(?:所发现|上述|以上|相关|有关|该)?的?(?:问题|[^,。;]{2,6}(?:单位|部门))?(?:现|目前)?(?:均|都|全部)?已[^,。;]{0,12}(?:整改|完成|纠正|修正|处理|解决)[^,。;]{0,8}[。;]\Z"
)


def _begin(source: View, start: int, end: int, kind: str) -> int:
    """Where the first entry begins in a sentence that may lead in to it."""
    lead = after_lead if kind == PROBLEM else after_aim
    return lead(source, start, end)


_BROKEN_OFF = 40  # characters from which words without a stop are a sentence cut off


def _is_entry(sentence: str, words: str, kind: str) -> bool:
    """Whether the words of a sentence can be an entry of a passage without a list."""
    line = kind == PROBLEM and len(words) >= _LINE and "," in words
    if words[-1] not in "。;!?," and len(sentence) < _BROKEN_OFF and not line:
        return False  # a heading or a signature
    return kind == PLAN or (
        (complains(words) or of_some(words)) and not nothing(sentence)
    )


_LINE = 16  # characters of an entry whose stop is missing


def announces(source: View, start: int, end: int) -> bool:
    """Whether the sentence only leads in."""
    return bool(_ANNOUNCES.search(source.text, max(start, end - 60), end))


_AWARE = re.compile(
    r"(?:认识|看到|意识|感到|指出|深知|发现|认识到|察觉)(?:到)?[,:]"
    r"|(?:检查|抽查|督查|督察|核查|巡查|普查|排查|自查)(?:中|时)?(?:也|还)?发现(?!的)(?:了)?[,:]?"
)
_MANY_FAULTS = re.compile(
    rf"(?:存在|面临|有|遇到|正视|看到|认识到)?(?:的|着|了)?(?:{_MANY})[^,。;:]{{0,16}}?{_FAULT_LIST}(?:,?(?:例如|比如|诸如|如)[,:]?(?!何|今|果|期|实|下)|[^,。;:]{{0,8}}[,:。])"
    rf"|(?:存在|面临|遇到|正视|看到)(?:的|着|了)?[^,。;:]{{0,8}}?{_FAULT_LIST}(?:仍然|依然|还)?(?:较|很|不)?(?:多|少)?[,:。]"
    rf"|[^,。;:]{{0,24}}(?:{_FAULTS}):"
)
_NAMELY = re.compile(
    r"[^,。;:]{0,24}?(?:(?:主要|具体|突出|集中)?(?:表现|体现|反映)(?:在|为|于|是)?|(?:存在|面临)?的?(?:主要|突出|最大)(?:的)?(?:问题|不足|困难|短板)?(?:是|有|为)|(?:问题|不足)(?:主要)?(?:是|有|为))(?:以下|如下)?[^,。;:]{0,6}?[:,]?(?=[\u4e00-\u9fff“])"
)
_SHOWN_IN = re.compile(
    r"(?:主要|具体|突出|集中)(?:表现|体现|反映)?(?:在|为|于|是|有)(?:以下[^,。;:]{0,8})?:"
    r"|(?<=差距|不足|短板|问题),(?:主要|一个)是(?=[\u4e00-\u9fff])"
)
_CAUSE = re.compile(
    r"(?:其|这|主要|分析)?(?:主要|深层次|根本|具体)?(?:的)?原因(?:主要)?(?:是|在于|有|为|:)"
)
_AND_NAMELY = re.compile(
    r"(?:(?:这)?(?:主要|具体|突出|集中)(?:表现|体现|反映)?(?:在|为|是|有)|(?:表现|体现|反映)(?:在|为))(?:以下[^,。;:]{0,8})?[:,]"
)
_THERE_IS = re.compile(
    r"(?:但|同时|仍|还|也|目前|当前|尚|主要|我(?:单位|部门|[局镇乡办院校区县市委们]))[^,。;:]{0,12}?存在(?:着|的)?"
)


# 但是部分网站仍存在……: whose fault it is belongs to the problem.
_WHOSE = re.compile(
    r"(?:部分|个别|少数|一些|有些|有的|某些|多数|少量|“|《)[^,。;:]{1,30}存在(?:着|的)?\Z"
)


def _after_existence(text: str, begin: int, end: int) -> int:
    """Behind 但也存在, or before whoever it is with whom something 存在."""
    there = _THERE_IS.search(text, begin, min(end, begin + 160))
    if there is None or complains(plain(text[begin : there.start()])):
        return begin
    clause = max(begin, text.rfind(",", begin, there.end()) + 1)
    yet = _CONTRARY.match(text, clause, there.end())
    subject = yet.end() if yet else clause
    if _WHOSE.match(text[subject : there.end()]) is None:
        return there.end()
    return subject if yet else begin


_YET_SOME = re.compile(
    r"(?:但是|但|同时|然而|不过),?[仍还也]?有(?=部分|个别|少数|一些)"
)
_CONTRARY = re.compile(r"(?:但是|但|同时|然而|不过),?")


def _after_awareness(text: str, start: int, stop: int) -> int:
    """Behind 通报指出，督导组发现，."""
    begin = start
    for _ in range(2):
        aware = _AWARE.search(text, begin, stop)
        if aware is not None and not complains(plain(text[begin : aware.start()])):
            begin = aware.end()
    return begin


def after_lead(source: View, start: int, end: int) -> int:
    """Where the problem itself begins in a sentence that leads in, or ``end``.

    Cut off in this order: 我们也清醒地认识到，; 仍面临不少困难和问题，;
    主要表现在：; 虽然已取得进展，但; and, where nothing else led in, 但也存在.
    """
    text = source.text
    stop = min(end, start + 200)
    begin = _after_awareness(text, start, stop)
    expressly = _FAULTS_ARE.match(text, begin, end)
    if expressly is not None:
        return source.trim(expressly.end(), end)[0]
    many = _MANY_FAULTS.search(text, begin, min(end, begin + 160))
    led = many is not None and not complains(plain(text[begin : many.end()]))
    if many is not None and led:
        begin = min(many.end(), end)
    shown = _SHOWN_IN.search(text, begin, stop)
    listed = text[end - 1] == ";"  # 存在松散的问题，具体表现为：……；……
    if shown is not None and (
        led or listed or not complains(plain(text[begin : shown.start()]))
    ):
        begin = shown.end()
    namely = _NAMELY.match(text, begin, min(end, begin + 60))
    if namely is not None and not complains(plain(namely[0])):
        begin = namely.end()
    although = _ALTHOUGH.match(text, begin, stop)
    if although is not None and not complains(plain(although[0])):
        begin = although.end()
    begin = source.trim(begin, end)[0]
    if begin >= end or text[begin:end] in ("。", ":", ";"):
        return end
    if begin == start or not complains(text[begin:end]):
        begin = _after_existence(text, begin, end)
    yet = _YET_SOME.match(text, begin, end)
    if yet is not None:
        return yet.end()
    if text[end - 1] == ":" and announces(source, begin, end):
        return end
    return begin


# 发现的问题有：, 仍然面临不少困难：: what stands before is no fault that is named.
_FAULTS_ARE = re.compile(
    rf"[^。;:\n]{{0,80}}?(?:{_FAULTS})(?:主要)?(?:是|有|为|如下|包括)?:(?=[^。\n]{{6}})"
)
# 虽然已取得积极进展,但: what was achieved before what is wrong.
_ALTHOUGH = re.compile(
    r"(?:(?:虽然|虽|尽管)[^。;:!?\n]{2,80}?|[^。;:!?\n]{0,80}(?:取得|提[高升]了|扩大了|成[效绩]|进[展步]|改善)[^。;:!?\n]{0,60}?),(?:但是?|然而|却),?(?!与|对照|和|离|同)(?:(?:仍然?|还|也|依然|尚)存在着?)?"
)


def plain(words: str) -> str:
    """Words without the nouns that lead-ins are made of."""
    return _LEAD_NOUNS.sub("", words)


_LEAD_NOUNS = re.compile(
    rf"{_FAULTS}|{_MANY}|突出|不足|尽管|不同程度|[仍还尚也]|一定|有|同时|依然|没有"
)
_AIM_LEAD = re.compile(
    r"[:]\Z|(?:以下|如下|几个?方面|[0-9一二三四五六七八九十]+(?:个方面|项|大|点))[^,。;]{0,10}(?:工作|任务|措施)?[。:]\Z"
)


_AIM_OF_SEVERAL = re.compile(
    r"[^。;:!?\n]{0,60}(?:将|要|拟|计划|下一?步|今后|接下来|20[0-9]{2}年)[^。;:!?\n]{0,60}:(?=[\u4e00-\u9fff“])"
)


# 2022年，罗塘区将: who will do it and when is no part of what will be done.
_WILL = re.compile(
    r"(?:针对(?:以上|上述|这些|存在的?)[^,。;:]{0,8}(?:问题|不足),)?(?:(?:我们)?在?(?:20[0-9]{2} ?年度?|今年|新的一年|接下来|今后)(?:的?[^,。;:]{0,12}工作中?)?,?(?:我们|[^,。;:将会]{2,10})?|我[们局镇乡县市区街办委][^,。;:]{0,4})(?:将|会)(?!于|在|按|从|以|把|其|对)"
)


def after_aim(source: View, start: int, end: int) -> int:
    """Where the first plan begins in a sentence that may lead in; ``end`` for none.

    我局将重点做好以下工作： only leads in; 我局将进一步加强建设：强化学习； leads in to
    the first of several.
    """
    text = source.text
    if _AIM_LEAD.search(text, max(start, end - 30), end):
        return end
    several = _AIM_OF_SEVERAL.match(text, start, end) if text[end - 1] == ";" else None
    lead = several or _WILL.match(text, start, end)
    if lead is None:
        return start
    begin = source.trim(lead.end(), end)[0]
    return begin if _WORD.search(text, begin, end) else end
