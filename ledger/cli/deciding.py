"""What the supervising side decides: review, return, verify, close. One item each."""

from __future__ import annotations

import re

import click

from ledger.cli.app import Command, Group, option, say, session
from ledger.cli.working import day, stands
from ledger.errors import N_, UsageProblem
from ledger.i18n import _

_CONCLUSION = re.compile(r"\s*(\d{1,4})\s*[:：=]\s*(.+)", re.DOTALL)


@click.command("review", cls=Command)
@click.argument("ref")
@option(
    "--opinion", default="", metavar="TEXT", help=N_("What was found in the papers.")
)
def review_command(ref: str, opinion: str) -> None:
    """Accept the papers of a closure request; verification comes next."""
    here = session()
    stands(here.ledger.act("review", ref, here.actor(), opinion=opinion))


@click.command("return", cls=Command)
@click.argument("ref")
@option("--opinion", default="", metavar="TEXT", help=N_("Why it is sent back."))
@option(
    "--requirement",
    default="",
    metavar="TEXT",
    help=N_("What has to be done yet (10 characters or more)."),
)
def return_command(ref: str, opinion: str, requirement: str) -> None:
    """Send an item back with a rework requirement."""
    here = session()
    stands(
        here.ledger.act(
            "return", ref, here.actor(), opinion=opinion, requirement=requirement
        )
    )


@click.command("verify", cls=Command)
@click.argument("ref")
@option(
    "--pass/--fail",
    "passed",
    default=None,
    help=N_("Whether the rectification stands."),
)
@option(
    "--conclusion",
    "conclusions",
    multiple=True,
    metavar="N:TEXT",
    help=N_("What was found for closure criterion N; once for each."),
)
@option(
    "--method",
    default="",
    metavar="TEXT",
    help=N_("How it was verified: on site, examined, interviewed, tested."),
)
@option("--on", metavar="DATE", help=N_("The day of the verification; else today."))
@option("--opinion", default="", metavar="TEXT", help=N_("What else is to be said."))
@option(
    "--missing", default="", metavar="TEXT", help=N_("With --fail: what is missing.")
)
def verify_command(
    ref: str,
    passed: bool | None,
    conclusions: tuple[str, ...],
    method: str,
    on: str | None,
    opinion: str,
    missing: str,
) -> None:
    """Verify an item, criterion by criterion."""
    here = session()
    ledger = here.ledger
    if passed is None:
        item = ledger.find(ref)
        raise UsageProblem(
            N_("It is not said whether {ref} passes."),
            N_("Its criteria: {criteria}."),
            N_(
                'Write: ledger verify {ref} --pass --conclusion "1:…" --method … , or --fail --missing …'
            ),
            ref=item.ref,
            criteria="; ".join(f"{c.number} {c.text}" for c in item.criteria) or "—",
        )
    if not passed:
        stands(
            ledger.act(
                "verify.fail", ref, here.actor(), missing=missing, opinion=opinion
            )
        )
        return
    stands(
        ledger.act(
            "verify.pass",
            ref,
            here.actor(),
            conclusions=[_conclusion(text) for text in conclusions],
            method=method,
            on=day(on) or ledger.today(),
            opinion=opinion,
        )
    )


def _conclusion(text: str) -> dict[str, object]:
    match = _CONCLUSION.fullmatch(text)
    if match is None:
        raise UsageProblem(
            N_("{text} is no conclusion."),
            N_("It must name the criterion and say what was found."),
            N_('Write it like --conclusion "1:on site, the files are complete".'),
            text=text,
        )
    return {"criterion": int(match[1]), "met": True, "text": match[2].strip()}


@click.command("publish", cls=Command)
@click.argument("ref")
@option("--where", default="", metavar="TEXT", help=N_("Where the notice can be read."))
def publish_command(ref: str, where: str) -> None:
    """Begin the public notice of a verified item (where the rule `notice` is on)."""
    here = session()
    item = here.ledger.act("publish", ref, here.actor(), where=where)
    if item.notice is not None:
        say(
            _("{ref}: public notice until {day}.").format(
                ref=item.ref, day=item.notice.until
            )
        )


@click.group("objection", cls=Group)
def objection_command() -> None:
    """Keep an objection to a public notice, and decide on it."""


@objection_command.command("raise")
@click.argument("ref")
@click.argument("text")
def objection_raise(ref: str, text: str) -> None:
    """Keep an objection; the item cannot be closed until it is decided."""
    here = session()
    stands(here.ledger.act("objection.raise", ref, here.actor(), text=text))


@objection_command.command("dismiss")
@click.argument("ref")
@option("--opinion", default="", metavar="TEXT", help=N_("Why it is dismissed."))
def objection_dismiss(ref: str, opinion: str) -> None:
    """Dismiss the objection."""
    here = session()
    stands(here.ledger.act("objection.dismiss", ref, here.actor(), opinion=opinion))


@objection_command.command("uphold")
@click.argument("ref")
@option("--opinion", default="", metavar="TEXT", help=N_("What has to be done yet."))
def objection_uphold(ref: str, opinion: str) -> None:
    """Uphold the objection: the item goes back to work."""
    here = session()
    stands(here.ledger.act("objection.uphold", ref, here.actor(), opinion=opinion))


@click.command("look-back", cls=Command)
@click.argument("ref")
@option(
    "--holds/--recurred",
    "holds",
    default=None,
    help=N_("Whether the rectification holds."),
)
@option("--opinion", default="", metavar="TEXT", help=N_("What was found."))
@option("--on", metavar="DATE", help=N_("The day of the look-back; else today."))
def look_back_command(
    ref: str, holds: bool | None, opinion: str, on: str | None
) -> None:
    """Look back at a closed item; by another verifier than the first."""
    here = session()
    ledger = here.ledger
    result = {True: "holds", False: "recurred", None: None}[holds]
    item = ledger.act(
        "look-back",
        ref,
        here.actor(),
        result=result,
        opinion=opinion,
        on=day(on) or ledger.today(),
    )
    stands(item)
    if holds is False:
        say(
            _("Next: {command}").format(
                command=f"ledger reopen {item.ref} --cause recurrence --due DATE --opinion …"
            )
        )


@click.command("reopen", cls=Command)
@click.argument("ref")
@option(
    "--cause",
    type=click.Choice(["recurrence", "sham"]),
    help=N_("Recurrence, or sham rectification."),
)
@option("--due", metavar="DATE", help=N_("The new due date; the original one stays."))
@option("--opinion", default="", metavar="TEXT", help=N_("What was found."))
def reopen_command(ref: str, cause: str | None, due: str | None, opinion: str) -> None:
    """Take a closed item back into work, under the same reference."""
    here = session()
    stands(
        here.ledger.act(
            "reopen", ref, here.actor(), cause=cause, due=day(due), opinion=opinion
        )
    )


@click.command("close", cls=Command)
@click.argument("ref")
@option(
    "--opinion",
    default="",
    metavar="TEXT",
    help=N_("The opinion on which it is struck off."),
)
def close_command(ref: str, opinion: str) -> None:
    """Strike an item off.

    The evidence list is frozen into the journal with the rules in force. Only an
    approver may who is not involved; one item at a time, each with its opinion.
    """
    here = session()
    item = here.ledger.act("close", ref, here.actor(), opinion=opinion)
    stands(item)
    verification = item.verification
    if verification and item.closing and verification.by == item.closing.by:
        say(_("Verifier and closer are one person (two-person mode)."))
