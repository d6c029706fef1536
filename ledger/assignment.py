"""Who shall do what by when: names as people type them become one plan.

The plan is made whole before anything is written: every row is resolved, and all
faults are told by row.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger import clean
from ledger.directory import Directory
from ledger.errors import N_, LedgerError, Message, UsageProblem
from ledger.item import Item, Rectification, Severity, Stated
from ledger.plain import to_plain

if TYPE_CHECKING:
    from ledger.workdays import Calendar

COLUMNS = ("ref", "unit", "due", "kind", "owner", "target", "measure", "criterion")
"""The columns of an assignment file; ``unit``, ``measure`` and ``criterion`` may
hold several, separated by semicolons (； or ;), the first unit leading."""

_LARGEST_FILE = 8 << 20


@dataclass(frozen=True, slots=True)
class Wish:
    """One assignment as typed; empty means not said. ``row`` counts from 2 in a file."""

    ref: str
    units: tuple[str, ...] = ()
    due: str = ""
    kind: str = ""
    lead: str = ""
    cooperating: tuple[str, ...] = ()
    owner: str = ""
    leader: str = ""
    severity: str = ""
    category: str = ""
    target: str = ""
    funds: str = ""
    contingency: str = ""
    measures: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A wish in the ledger's own words, ready to be recorded."""

    wish: Wish
    item: Item
    data: Mapping[str, Any] = field(default_factory=dict)


def resolve(
    wish: Wish,
    item: Item,
    *,
    directory: Directory,
    calendar: Calendar,
    today: date,
) -> Resolved:
    """``wish`` for ``item`` with names as ids and the due date as a day.

    Raises:
        UsageProblem: an unknown unit or person, a date or kind that is none.
    """
    from ledger.deadlines import parse_deadline

    responsible = tuple(
        dict.fromkeys(directory.find_unit(unit).id for unit in wish.units)
    )
    lead = directory.find_unit(wish.lead).id if wish.lead else None
    if lead is None and wish.row is not None and len(responsible) > 1:
        lead = responsible[0]
    cooperating = tuple(directory.find_unit(unit).id for unit in wish.cooperating)
    due = parse_deadline(wish.due, today=today, calendar=calendar) if wish.due else None
    data: dict[str, Any] = {
        "responsible": responsible,
        "below": tuple(
            unit.id
            for unit in directory.active_units()
            if unit.id not in responsible
            and any(directory.within(unit.id, above) for above in responsible)
        ),
        "lead": lead,
        "cooperating": cooperating,
        "due": due.date if due else None,
        "due_basis": due.basis if due else None,
        "due_provisional": due.provisional if due else None,
        "rectification": _word(Rectification, wish.kind, "kind"),
        "severity": _word(Severity, wish.severity, "severity"),
        "owner": directory.find_person(wish.owner).id if wish.owner else None,
        "leader": directory.find_person(wish.leader).id if wish.leader else None,
        "category": clean.text(wish.category),
        "target": clean.text(wish.target),
        "funds": clean.text(wish.funds),
        "contingency": clean.text(wish.contingency),
        "measures": [{"text": clean.text(text)} for text in wish.measures],
        "criteria": [clean.text(text) for text in wish.criteria],
    }
    return Resolved(wish, item, stated(data))


def stated(data: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` as plain values, what was not said left out."""
    plain = {key: to_plain(value) for key, value in data.items()}
    return {key: value for key, value in plain.items() if value not in (None, "", [])}


_WORDS = {
    "立行立改": "immediate",
    "分阶段整改": "phased",
    "限期整改": "phased",
    "长期整改": "ongoing",
    "长期坚持": "ongoing",
    "重大": "major",
    "较大": "considerable",
    "一般": "ordinary",
}


def _word(kind: type[Rectification | Severity], typed: str, name: str) -> str | None:
    if not typed:
        return None
    word = _WORDS.get(typed, typed)
    if word in [member.value for member in kind]:
        return word
    raise UsageProblem(
        N_("{typed} is no {name}."),
        N_("It must be one of: {known}."),
        N_("Correct it and try again."),
        typed=typed,
        name=name,
        known=", ".join(member.value for member in kind),
    )


class RowFaults(UsageProblem):
    """Rows of an assignment file that cannot be carried out, each with its reason."""

    def __init__(self, name: str, faults: Sequence[tuple[int, LedgerError]]) -> None:
        """``faults`` pairs the row's number in the file with what is wrong."""
        super().__init__(
            N_("{name}: {count} rows cannot be assigned; nothing was written."),
            "{faults}",
            N_("Correct these rows and run the command again."),
            name=name,
            count=len(faults),
            faults=tuple(
                Message(
                    N_("Row {row}: {what} {why}"),
                    row=row,
                    what=Message(error.what, **error.values),
                    why=Message(error.why, **error.values) if error.why else "",
                )
                for row, error in faults
            ),
        )
        self.faults = tuple(faults)


def read_wishes(path: Path) -> list[Wish]:
    """The rows of an assignment file (CSV; UTF-8 with or without BOM, or GB18030).

    Rows whose unit, due date and kind are all empty are left out: nothing is
    asked for there.

    Raises:
        UsageProblem: it cannot be read, or a column is missing, unknown or doubled.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise UsageProblem(
            N_("{path} cannot be read."),
            "{error}.",
            N_("Name a CSV file; ledger assign --template writes one."),
            path=path,
            error=error.strerror,
        ) from error
    if len(content) > _LARGEST_FILE:
        raise UsageProblem(
            N_("{path} is too large."),
            N_("An assignment file has at most 8 MiB."),
            N_("Split it."),
            path=path,
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            decoded = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UsageProblem(
            N_("{path} is no text."),
            N_("It is neither UTF-8 nor GB18030."),
            N_("Save it as CSV, UTF-8."),
            path=path,
        )
    try:
        return _wishes(path, decoded)
    except csv.Error as error:
        raise UsageProblem(
            N_("{path} is no CSV."),
            "{error}.",
            N_("Look for a quote that is never closed."),
            path=path,
            error=error,
        ) from error


def _wishes(path: Path, decoded: str) -> list[Wish]:
    rows = csv.DictReader(io.StringIO(decoded, newline=""), restkey="+", restval="")
    columns = [column.strip() for column in rows.fieldnames or []]
    wrong = [column for column in columns if column not in COLUMNS]
    missing = [column for column in COLUMNS[:4] if column not in columns]
    if wrong or missing or len(set(columns)) != len(columns):
        raise UsageProblem(
            N_("{path} does not have the columns of an assignment file."),
            N_("Unknown: {wrong}. Missing: {missing}."),
            N_("The columns are {columns}; ledger assign --template writes them."),
            path=path,
            wrong=", ".join(wrong) or "—",
            missing=", ".join(missing) or "—",
            columns=", ".join(COLUMNS),
        )
    rows.fieldnames = columns
    wishes = []
    for row in rows:
        if "+" in row:
            raise UsageProblem(
                N_("{path}, line {line}: there are more cells than columns."),
                N_("A comma inside a cell needs quotes around the cell."),
                N_("Correct the line and run the command again."),
                path=path,
                line=rows.line_num,
            )
        cells = {key: (value or "").strip() for key, value in row.items()}
        if not any(cells.get(key) for key in ("unit", "due", "kind")):
            continue
        wishes.append(
            Wish(
                ref=cells["ref"],
                units=_several(cells["unit"]),
                due=cells["due"],
                kind=cells["kind"],
                owner=cells.get("owner", ""),
                target=cells.get("target", ""),
                measures=_several(cells.get("measure", "")),
                criteria=_several(cells.get("criterion", "")),
                row=rows.line_num,
            )
        )
    return wishes


def _several(cell: str) -> tuple[str, ...]:
    parts = cell.replace("；", ";").split(";")
    return tuple(part.strip() for part in parts if part.strip())


def template(items: Iterable[Item], directory: Directory) -> str:
    """An assignment file with a row for each of ``items``, to be filled in.

    What an item does not have yet is filled with what its report states.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*COLUMNS])
    people = {person.name for person in directory.active_people()}
    for item in items:
        told = item.stated or Stated()
        kind = item.rectification or told.kind
        due = item.due or told.due
        owner = directory.person_name(item.owner) or next(
            (name for name in told.owners if name in people), ""
        )
        units = [directory.unit_name(unit) for unit in item.responsible]
        measures = [measure.text for measure in item.measures]
        writer.writerow(
            [
                item.ref,
                "；".join(units or map(_typed, told.units)),
                due.isoformat() if due else "",
                kind.value if kind else "",
                owner,
                item.target or _typed(told.target or ""),
                "；".join(measures or map(_typed, told.measures)),
                "；".join(criterion.text for criterion in item.criteria),
            ]
        )
    return text.getvalue()


def _typed(words: str) -> str:
    """A report's words without what would make a spreadsheet reckon with them."""
    return words.lstrip("=+-@\t\r\n ")
