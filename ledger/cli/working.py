"""What the units do: start, progress, measures, evidence, the closure request."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from ledger.cli.app import Command, Group, colour, option, say, session, width
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Item

DAMAGED = 8


def day(text: str | None) -> date | None:
    """A day as typed, or ``None``."""
    if text is None:
        return None
    from ledger.deadlines import parse_deadline

    ledger = session().ledger
    return parse_deadline(text, today=ledger.today(), calendar=ledger.calendar).date


def stands(item: Item) -> None:
    """Say in which state the item is now."""
    from ledger.lifecycle import STATE_NAMES

    say(_("{ref} is {state}.").format(ref=item.ref, state=_(STATE_NAMES[item.state])))


@click.command("start", cls=Command)
@click.argument("ref")
@option("--target", metavar="TEXT", help=N_("What shall be reached."))
@option(
    "--measure",
    "measures",
    multiple=True,
    metavar="TEXT",
    help=N_("A measure; several times for several."),
)
@option(
    "--criterion",
    "criteria",
    multiple=True,
    metavar="TEXT",
    help=N_("A closure criterion."),
)
def start_command(
    ref: str, target: str | None, measures: tuple[str, ...], criteria: tuple[str, ...]
) -> None:
    """Start the rectification: target, measures and closure criteria must be set."""
    here = session()
    stands(
        here.ledger.act(
            "start",
            ref,
            here.actor(),
            target=target,
            measures=[{"text": text} for text in measures],
            criteria=list(criteria),
        )
    )


@click.command("progress", cls=Command)
@click.argument("ref")
@click.argument("text")
def progress_command(ref: str, text: str) -> None:
    """Write a progress note."""
    here = session()
    item = here.ledger.act("progress", ref, here.actor(), text=text)
    say(_("{ref}: note {number} is kept.").format(ref=item.ref, number=len(item.notes)))


@click.group("measure", cls=Group)
def measure_command() -> None:
    """Add measures, and mark them done."""


@measure_command.command("add")
@click.argument("ref")
@click.argument("text")
@option("--owner", metavar="NAME", help=N_("Who answers for it."))
@option(
    "--due",
    metavar="DATE",
    help=N_("Due date: 2026-12-31, 12-31, 20wd, 30d, 3m, year-end."),
)
def add_measure(ref: str, text: str, owner: str | None, due: str | None) -> None:
    """Add a measure."""
    here = session()
    ledger = here.ledger
    item = ledger.act(
        "measure.add",
        ref,
        here.actor(),
        text=text,
        owner=ledger.directory.find_person(owner).id if owner else None,
        due=day(due),
    )
    say(
        _("{ref}: measure {number} is added.").format(
            ref=item.ref, number=item.measures[-1].number
        )
    )


@measure_command.command("done")
@click.argument("ref")
@click.argument("number", type=int)
@option("--on", metavar="DATE", help=N_("The day it was done; else today."))
def measure_done(ref: str, number: int, on: str | None) -> None:
    """Mark a measure done."""
    here = session()
    ledger = here.ledger
    item = ledger.act(
        "measure.done", ref, here.actor(), number=number, on=day(on) or ledger.today()
    )
    left = sum(1 for measure in item.measures if measure.done is None)
    say(
        _("{ref}: measure {number} is done, {left} to go.").format(
            ref=item.ref, number=number, left=left
        )
    )


@click.group("evidence", cls=Group)
def evidence_command() -> None:
    """Add evidence, list it, open it, check it."""


@evidence_command.command("add")
@click.argument("ref")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…"
)
@option(
    "--kind",
    default="file",
    metavar="WORD",
    help=N_("What it is: document, photo, voucher …"),
)
@option("--effective", metavar="DATE", help=N_("The day that the file speaks of."))
def add_evidence(
    ref: str, files: tuple[Path, ...], kind: str, effective: str | None
) -> None:
    """Add files as evidence; each is kept under the SHA-256 of its bytes."""
    here = session()
    ledger, actor = here.ledger, here.actor()
    for path in files:
        stored = ledger.evidence.add(path)
        item = ledger.add_evidence(
            ref, stored, actor, kind=kind, effective=day(effective)
        )
        say(
            _("{ref}: {name} is evidence {number}, SHA-256 {digest}.").format(
                ref=item.ref,
                name=stored.name,
                number=len(item.evidence),
                digest=stored.digest,
            )
        )


@evidence_command.command("list")
@click.argument("ref")
def list_evidence(ref: str) -> None:
    """List the evidence of an item."""
    from ledger.views.show import evidence_screen

    ledger = session().ledger
    item = ledger.find(ref)
    say(evidence_screen(item, ledger.directory, width=width(), colour=colour()))


@evidence_command.command("open")
@click.argument("ref")
@click.argument("number", type=int)
@option(
    "--show",
    is_flag=True,
    help=N_("On a terminal, show it with the desktop's program for it."),
)
def open_evidence(ref: str, number: int, show: bool) -> None:
    """Print where a file of evidence stands; its bytes are checked first."""
    from ledger.evidence import evidence_file

    path = evidence_file(session().ledger, ref, number).resolve()
    say(str(path))
    if show and sys.stdout.isatty():
        click.launch(str(path))


@evidence_command.command("verify")
@click.argument("references", nargs=-1, metavar="[REF…]")
def verify_evidence(references: tuple[str, ...]) -> int:
    """Hash files of evidence again, of some items or of all.

    The documents of proposals are checked too. Ends with 8 when a file is missing
    or was changed.
    """
    from ledger.evidence import check
    from ledger.selecting import by_references
    from ledger.views.evidence import line

    ledger = session().ledger
    items = by_references(ledger, references) if references else None
    count = wrong = 0
    for checked in check(ledger, items):
        count += 1
        wrong += checked.fault is not None
        if checked.fault is not None or items is not None:
            say(line(checked))
    say(
        _("{count} files checked, {wrong} of them wrong.").format(
            count=count, wrong=wrong
        )
    )
    return DAMAGED if wrong else 0


@click.command("request-closure", cls=Command)
@click.argument("ref")
@option(
    "--rectified-on", metavar="DATE", help=N_("The day it was put right; else today.")
)
@option(
    "--statement", default="", metavar="TEXT", help=N_("What was put right, and how.")
)
@option(
    "--head",
    metavar="NAME",
    help=N_("The unit head who endorses it; else whoever asks."),
)
def request_closure_command(
    ref: str, rectified_on: str | None, statement: str, head: str | None
) -> None:
    """Request the closure of an item.

    Every measure must be done and evidence be there. Closing is then for other
    people of another unit.
    """
    here = session()
    ledger, actor = here.ledger, here.actor()
    endorser = ledger.directory.find_person(head) if head else actor.person
    stands(
        ledger.act(
            "request-closure",
            ref,
            actor,
            rectified_on=day(rectified_on) or ledger.today(),
            statement=statement,
            head=endorser.id if endorser else None,
        )
    )
