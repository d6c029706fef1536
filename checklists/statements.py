"""What a rectification document states of each finding beside its own words.

Only the fields of the finding itself count: those inside it, those of its table row,
and those that follow it directly (its label's or heading's), up to the next finding
or the end of its section. What the text does not state stays empty. Where several
problems share one label, a field below them is no single one's, and none gets it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from checklists.document import Document
from checklists.entries import PLAN, PROBLEM, items, outermost, sentences
from checklists.fields import (
    Field,
    Says,
    any_labels,
    fields,
    opens,
    quoted,
    value,
)
from checklists.outline import Section
from checklists.passages import Found
from checklists.progress import Reported, Status, least, progress
from checklists.terms import is_unit, names
from checklists.view import View


class Duty(StrEnum):
    """As what a person answers for an entry."""

    OWNER = "owner"  # 责任人
    LEADER = "leader"  # 责任领导


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person (or an office, where the text names no person) and as what."""

    name: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Statement:
    """What is stated of one entry.

    ``context`` holds its units, deadline and kind as labelled words, ``further`` the
    words of its measures, which may name units and a deadline where no field does.
    """

    context: str = ""
    further: str = ""
    measures: tuple[str, ...] = ()
    target: str | None = None
    status: Reported | None = None
    result: str | None = None
    people: tuple[NamedPerson, ...] = ()


_NOTHING = Statement()
# The title of a report on rectification: what stands below a finding is what was done.
_REPORTS = re.compile(r"整改[^,。;:\n]{0,8}(?:情况|进展|结果|成效)|整改(?:工作)?报告")
_EMPTY = re.compile(r"[-—/\\.。;,、 \n无暂]*")
_LEAD = re.compile(r"[^。;]{0,60}:\Z")
_CLOSING = "。；;.，, \n"
_CLAUSE_ENDS = ",。;:!?\n"
_TITLE_LENGTH = 300
_FURTHER = 400  # characters of a measure in which units and a deadline are looked for


def statements(
    document: Document,
    source: View,
    root: Section,
    found: Sequence[Found],
    title: str | None,
) -> list[Statement]:
    """The statement of each of ``found``, which are in order.

    A plan below a problem has the problem's units and deadline; the other fields are
    the problem's.
    """
    labels = any_labels(source.text)
    if not labels and not any(
        each.fields or each.rule == "rectification" for each in found
    ):
        return [_NOTHING] * len(found)
    reports = _REPORTS.search(title or source.text[:_TITLE_LENGTH]) is not None
    reach = _Reach(source, root, found, labels=labels)
    result: list[Statement] = []
    head, end = _NOTHING, 0
    for index, each in enumerate(found):
        if each.piece.kind == PLAN and each.piece.start < end:
            result.append(Statement(head.context, head.further))
            continue
        own, stop = reach.of(index)
        if not own and reports and each.rule == "rectification":
            own = _told(source, each, stop)
        said = _read(document, source, own)
        result.append(said)
        if stop > each.piece.end:
            head, end = said, stop
    return result


class _Reach:
    """Which fields belong to which entry."""

    def __init__(
        self, source: View, root: Section, found: Sequence[Found], *, labels: bool
    ) -> None:
        self._source = source
        self._found = found
        self._labels = labels
        self._sections = list(root.walk())
        self._starts = [section.start for section in self._sections]
        self._problems: list[Found | None] = []  # the next problem behind each entry
        problem: Found | None = None
        for each in reversed(found):
            self._problems.append(problem)
            problem = each if each.piece.kind == PROBLEM else problem
        self._problems.reverse()

    def of(self, index: int) -> tuple[list[Field], int]:
        """The fields of an entry, and up to where what follows belongs to it."""
        each = self._found[index]
        start, end = each.piece.start, each.piece.end
        if each.fields:
            return list(each.fields), end
        if each.piece.kind == PLAN and opens(self._source, start, end):
            return [], end  # 整改措施：…… taken as a plan is itself the measure
        stop = self._stop(index) if self._reaches(index) else end
        return (fields(self._source, start, stop) if self._labels else []), stop

    def _stop(self, index: int) -> int:
        """The next finding or the end of the entry's own section."""
        start = self._found[index].piece.start
        following = self._next(index)
        stop = len(self._source.text) if following is None else following.piece.start
        section = self._section(start)
        # 1.整改任务：…… 2.整改目标：…… : fields that are sections themselves
        while section.parent is not None and opens(
            self._source, section.title_start, section.end
        ):
            section = section.parent
        return min(stop, section.end)

    def _section(self, offset: int) -> Section:
        section = self._sections[bisect_right(self._starts, offset) - 1]
        while section.parent is not None and section.end <= offset:
            section = section.parent
        return section

    def _next(self, index: int) -> Found | None:
        """The next entry that is no measure of this one."""
        if self._found[index].piece.kind == PROBLEM:
            return self._problems[index]
        return self._found[index + 1] if index + 1 < len(self._found) else None

    def _reaches(self, index: int) -> bool:
        """Whether fields behind an entry are its own and no other's."""
        each = self._found[index]
        if each.rule == "rectification":
            return each.piece.kind == PROBLEM
        if not self._labels:
            return False
        if each.rule == "labels":
            return self._labelled(index)
        return self._has_its_plan(index) or self._like_siblings(index)

    def _has_its_plan(self, index: int) -> bool:
        """Whether the plan that stands with an entry was cut off from its item."""
        each, following = self._found[index], self._found[index + 1 : index + 2]
        return any(one.piece.answers == each.piece.start for one in following)

    def _labelled(self, index: int) -> bool:
        """Whether an entry stands right behind the label of a problem."""
        start = self._found[index].piece.start
        before = fields(self._source, max(0, start - 40), start)
        return (
            bool(before)
            and before[-1].says is Says.PROBLEM
            and before[-1].start >= before[-1].end
        )

    def _like_siblings(self, index: int) -> bool:
        """Whether the last entry of a list goes on with fields, as those before have.

        A list's last item ends with its last sentence, and 责任单位：县住建局 is none.
        """
        if index == 0:
            return False
        each, before = self._found[index], self._found[index - 1]
        return (
            (each.rule, each.title) == (before.rule, before.title)
            and each.piece.rule == before.piece.rule
            and each.piece.rule.startswith("enumeration")
            and opens(self._source, each.piece.end, len(self._source.text))
            and bool(fields(self._source, before.piece.start, before.piece.end))
        )


def _told(source: View, each: Found, stop: int) -> list[Field]:
    """What stands below the heading of a finding in a report on rectification."""
    text = source.text
    start = each.piece.end
    while start < stop and text[start] in "。;:, \n":
        start += 1
    start, end = value(source, start, stop, Says.PROGRESS)
    return [Field(Says.PROGRESS, "", start, end)] if start < end else []


def _read(document: Document, source: View, own: Sequence[Field]) -> Statement:
    """What the fields ``own`` state."""
    if not own:
        return _NOTHING
    text = source.text
    stated = {
        says: [
            field
            for field in own
            if field.says is says and not _EMPTY.fullmatch(text, field.start, field.end)
        ]
        for says in Says
    }
    context: list[str] = []
    people: dict[NamedPerson, None] = {}
    for field in own:
        words = text[field.start : field.end]
        if field.says is Says.UNITS:
            units, others = _parted_names(words, field.label)
            context.append(f"{_role(field.label)}单位:{units};")
            people |= dict.fromkeys(NamedPerson(name, Duty.OWNER) for name in others)
        elif field.says is Says.DUE:
            context.append(f"整改时限:{words};")
        elif field.says is Says.KIND:
            context.append(f"{words};")
        elif field.says in _DUTIES and not _EMPTY.fullmatch(words):
            duty = _DUTIES[field.says]
            people |= dict.fromkeys(NamedPerson(name, duty) for name in _people(words))
    target = "\n".join(
        quoted(document.text, source, field.start, field.end)
        for field in stated[Says.TARGET]
    )
    status, result = _progress(document, source, stated[Says.PROGRESS])
    measures = stated[Says.MEASURES]
    return Statement(
        context="".join(context),
        further="".join(
            f"{text[field.start : min(field.end, field.start + _FURTHER)]};"
            for field in measures
        ),
        measures=tuple(
            dict.fromkeys(
                measure
                for field in measures
                for measure in _measures(document, source, field)
            )
        ),
        target=target.rstrip(_CLOSING) or None,
        status=status,
        result=result,
        people=tuple(people),
    )


def _measures(document: Document, source: View, field: Field) -> Iterable[str]:
    """One measure for each mark of the field's list, else for each sentence."""
    run = outermost(source, field.start, field.end)
    spans = (
        [(piece.start, piece.end) for piece in items(source, run, field.end, PLAN)]
        if run
        else list(sentences(source, field.start, field.end))
    )
    for start, end in spans:
        if not _LEAD.fullmatch(source.text, start, end):
            words = quoted(document.text, source, start, end).replace("\n", "")
            if words.rstrip(_CLOSING):
                yield words.rstrip(_CLOSING)


def _progress(
    document: Document, source: View, stated: Sequence[Field]
) -> tuple[Reported | None, str | None]:
    """The status that the fields report, and their text where it says more."""
    reported: dict[Status, str] = {}
    told = []
    for field in stated:
        words = source.text[field.start : field.end]
        found = progress(words.rstrip("。;"))
        rest = words
        if found is not None:
            start, end = _clause(source.text, field, found[1], found[2])
            said = quoted(document.text, source, start, end).strip(_CLOSING)
            reported.setdefault(found[0], said)
            rest = words[: start - field.start] + words[end - field.start :]
        if rest.strip("。;,"):
            told.append(quoted(document.text, source, field.start, field.end))
    status = least(reported)
    return (
        Reported(status, reported[status]) if status is not None else None,
        "\n".join(told) or None,
    )


def _clause(text: str, field: Field, first: int, last: int) -> tuple[int, int]:
    """The clause of a field in which a status is said."""
    start, end = field.start + first, field.start + last
    while start > field.start and text[start - 1] not in _CLAUSE_ENDS:
        start -= 1
    while end < field.end and text[end] not in _CLAUSE_ENDS:
        end += 1
    return start, end


_DUTIES = {Says.OWNER: Duty.OWNER, Says.LEADER: Duty.LEADER}
_ROLE = re.compile(
    "牵头责任|验收责任|牵头|主办|主责|承办|配合|协办|督办|督导|验收|销号|实施|责任"
)
_POST = re.compile(
    r".*(?:书记|[省市县区州镇乡局厅部处科院校所站队组行会村社]长|主任|委员|常委|经理|主席|巡视员|调研员|同志)(?=[\u4e00-\u9fff·]{2,4}\Z)"
)
_ONLY_POST = re.compile(
    r".*(?:书记|[省市县区州镇乡局厅部处科院校所站队组行会村社]长|主任|委员|常委|经理|主席|负责人|责任人|领导)\Z"
)
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}\Z")


def _role(label: str) -> str:
    """The word of a label that says as what the units take part."""
    found = _ROLE.search(label)
    return found[0] if found else "责任"


def _parted_names(words: str, label: str) -> tuple[str, list[str]]:
    """Units, and the people named with them where the label asks for both."""
    words = words.partition("。")[0]
    if "人" not in label:
        return words, []
    units: list[str] = []
    others: list[str] = []
    for name in names(words.replace(":", "、")):
        (units if is_unit(name) else others).append(name)
    return "、".join(units), [one for name in others for one in _people(name)]


def _people(words: str) -> list[str]:
    """The people that a field names, without posts and brackets."""
    parts = [
        re.sub(r"\([^()]*\)", "", part).strip()
        for part in re.split(r"[、,;/。\n]", words.replace("；", ";"))
    ]
    found: list[str] = []
    for part in parts:
        spaced = part.split()
        if len(spaced) > 1 and all(len(word) == 1 for word in spaced):
            found.append("".join(spaced))  # 李 明
        else:
            found += spaced
    found = [_POST.sub("", name) if _POST.match(name) else name for name in found]
    named = [name for name in found if _NAME.match(name) and not _ONLY_POST.match(name)]
    return named or found
