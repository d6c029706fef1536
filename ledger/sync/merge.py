"""What people changed in an issue since both sides last knew it (pure).

Three texts are compared: what the ledger last told the issue, what the issue
shows, and what the ledger wants now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from integrations.tracker import Issue
from ledger.sync import marker
from ledger.sync.harmless import tidied
from ledger.sync.link import Base, Field, Told
from ledger.sync.marker import Placing

_TASK = re.compile(r"^\s*[-*+]\s+\[(?P<box>[ xX])\]\s+(?P<text>.*\S)\s*$")
_NUMBERED = re.compile(r"^(?P<number>\d{1,4})[.．、)]\s*(?P<text>.*)$")

LONGEST_PROPOSAL = 500


@dataclass(frozen=True, slots=True)
class Boxes:
    """A block taken apart: ticks by measure number, other tasks, and the rest."""

    ticks: Mapping[int, bool] = field(default_factory=dict)
    proposed: tuple[str, ...] = ()
    rest: str = ""


def read_block(inner: str, measures: frozenset[int]) -> Boxes:
    """Take the block apart; ``measures`` are the numbers that the ledger knows."""
    ticks: dict[int, bool] = {}
    proposed: list[str] = []
    rest: list[str] = []
    for written in inner.split("\n"):
        task = _TASK.match(written)
        if task is None:
            if written.strip():
                rest.append(written.strip())
            continue
        numbered = _NUMBERED.match(task["text"])
        number = int(numbered["number"]) if numbered else 0
        if number in measures and number not in ticks:
            ticks[number] = task["box"] != " "
            rest.append(f"- [ ] {task['text']}")
        else:
            text = numbered["text"] if numbered else task["text"]
            proposed.append(tidied(text[:LONGEST_PROPOSAL]))
    return Boxes(ticks, tuple(proposed), "\n".join(rest))


@dataclass(frozen=True, slots=True)
class Contrary:
    """A field of the ledger's that people changed: our value, and theirs."""

    field: Field
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Edits:
    """What people did to an issue's own fields since the base.

    ``ticks`` are only those that changed. ``placing`` is how the block stands.
    """

    contrary: tuple[Contrary, ...] = ()
    ticks: Mapping[int, bool] = field(default_factory=dict)
    proposed: tuple[str, ...] = ()
    assignees: frozenset[str] | None = None
    placing: Placing = Placing.WHOLE


def edits(
    base: Base,
    now: Issue,
    wanted: Told,
    *,
    ledger: str,
    item: str,
    known: frozenset[int] | None = None,
) -> Edits:
    """What changed in ``now`` since ``base`` against what the ledger says.

    ``known`` are the numbers of the item's measures. A field that shows what the
    ledger wants, or what it showed at the base, was not edited.
    """
    seen, told = base.issue, base.told
    measures = known if known is not None else frozenset()
    contrary = []
    if now.title not in (seen.title, wanted.title, told.title):
        contrary.append(Contrary(Field.TITLE, wanted.title, now.title))
    if now.due not in (seen.due, wanted.due, told.due):
        contrary.append(Contrary(Field.DUE, _day(wanted.due), _day(now.due)))
    found = marker.find(now.body, ledger, item)
    ticks: dict[int, bool] = {}
    proposed: tuple[str, ...] = ()
    if now.body != seen.body:
        shown = read_block(found.inner, measures)
        before = read_block(told.block, measures)
        if found.placing in (Placing.WHOLE, Placing.DOUBLED):
            previous = read_block(
                marker.find(seen.body, ledger, item).inner, measures
            ).ticks
            ticks = {
                number: done
                for number, done in shown.ticks.items()
                if done != previous.get(number, before.ticks.get(number))
            }
            proposed = shown.proposed
        seen_rest = read_block(
            marker.find(seen.body, ledger, item).inner, measures
        ).rest
        wanted_rest = read_block(wanted.block, measures).rest
        if shown.rest not in (seen_rest, wanted_rest, before.rest):
            contrary.append(Contrary(Field.BLOCK, wanted.block, found.inner))
    return Edits(
        contrary=tuple(contrary),
        ticks=ticks,
        proposed=proposed,
        assignees=now.assignees if now.assignees != seen.assignees else None,
        placing=found.placing,
    )


def with_ticks(inner: str, ticks: Mapping[int, bool]) -> str:
    """``inner`` with the boxes of measures as ``ticks`` says."""
    lines = []
    for written in inner.split("\n"):
        task = _TASK.match(written)
        numbered = _NUMBERED.match(task["text"]) if task else None
        number = int(numbered["number"]) if numbered else 0
        if task is not None and number in ticks:
            box = "x" if ticks[number] else " "
            lines.append(
                written[: task.start("box")] + box + written[task.end("box") :]
            )
        else:
            lines.append(written)
    return "\n".join(lines)


def same_block(one: str, other: str) -> bool:
    """Whether two blocks show the same; blanks at line ends do not count."""
    return _tidy(one) == _tidy(other)


def _tidy(block: str) -> str:
    return "\n".join(line.rstrip() for line in block.strip().split("\n"))


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
