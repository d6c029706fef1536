"""What changes an item's terms, at once or proposed by one and decided by another."""

from __future__ import annotations

from pathlib import Path

import click

from ledger.assignment import Wish
from ledger.cli.app import Command, Group, option, say, session
from ledger.cli.working import day, stands
from ledger.errors import N_
from ledger.i18n import _
from ledger.item import Item

_REASON = N_("Why; kept in the journal.")
_OPINION = N_("The opinion; kept in the journal.")
_DUE = N_("Due date: 2026-12-31, 12-31, 20wd, 30d, 3m, year-end.")
_DOCUMENT = N_("The document it rests on; kept like evidence.")


def _act(command: str, ref: str, **said: object) -> Item:
    here = session()
    return here.ledger.act(command, ref, here.actor(), **said)


def _document(path: Path | None) -> str | None:
    return session().ledger.evidence.add(path).digest if path is not None else None


@click.command("hand-back", cls=Command)
@click.argument("ref")
@option("--reason", default="", metavar="TEXT", help=_REASON)
def hand_back_command(ref: str, reason: str) -> None:
    """Hand a wrongly assigned item back; for the head of the unit."""
    stands(_act("hand-back", ref, reason=reason))


@click.command("reassign", cls=Command)
@click.argument("ref")
@option(
    "--unit",
    "units",
    multiple=True,
    required=True,
    metavar="UNIT",
    help=N_("Responsible unit; several times for several."),
)
@option(
    "--lead",
    default="",
    metavar="UNIT",
    help=N_("The lead unit, where several are responsible."),
)
@option("--cooperating", multiple=True, metavar="UNIT", help=N_("Cooperating unit."))
@option(
    "--owner",
    default="",
    metavar="NAME",
    help=N_("The person who answers for the work."),
)
@option("--reason", default="", metavar="TEXT", help=_REASON)
def reassign_command(
    ref: str,
    units: tuple[str, ...],
    lead: str,
    cooperating: tuple[str, ...],
    owner: str,
    reason: str,
) -> None:
    """Assign an item to other units; those of before stay involved."""
    here = session()
    wish = Wish(ref=ref, units=units, lead=lead, cooperating=cooperating, owner=owner)
    stands(here.ledger.reassign(wish, here.actor(), reason=reason))


@click.command("amend", cls=Command)
@click.argument("ref")
@click.argument("field")
@click.argument("values", nargs=-1, required=True, metavar="VALUE…")
@option("--reason", default="", metavar="TEXT", help=_REASON)
def amend_command(ref: str, field: str, values: tuple[str, ...], reason: str) -> None:
    """Amend a field of an item.

    FIELD is title, category, severity, rectification, leader, owner, target,
    criteria, funds or contingency. Never the source text, never a date that binds. `criteria` takes several values.
    """
    here = session()
    value: object = list(values) if field == "criteria" else " ".join(values)
    if field in ("owner", "leader"):
        value = here.ledger.directory.find_person(" ".join(values)).id
    item = here.ledger.act(
        "amend", ref, here.actor(), field=field, value=value, reason=reason
    )
    say(_("{ref}: {field} is amended.").format(ref=item.ref, field=field))


def _deciders(group: click.Group, matter: str, granted: str, refused: str) -> None:
    """Give ``group`` its commands ``grant`` and ``refuse``, with these helps."""
    for outcome, meaning in (("grant", granted), ("refuse", refused)):

        def decide(ref: str, opinion: str, outcome: str = outcome) -> None:
            item = _act(f"{matter}.{outcome}", ref, opinion=opinion)
            say(_("Granted.") if outcome == "grant" else _("Refused."))
            stands(item)

        opinion = option("--opinion", default="", metavar="TEXT", help=_OPINION)
        named = click.argument("ref")(opinion(decide))
        group.command(outcome, help=meaning)(named)


@click.group("extend", cls=Group)
def extend_command() -> None:
    """Ask for a later due date, and decide on it. The original due date stays."""


@extend_command.command("request")
@click.argument("ref")
@option("--due", metavar="DATE", help=_DUE)
@option("--reason", default="", metavar="TEXT", help=_REASON)
def extend_request(ref: str, due: str | None, reason: str) -> None:
    """Ask for a later due date; before the present one has passed."""
    item = _act("extend.request", ref, due=day(due), reason=reason)
    say(_("{ref}: asked for; an approver decides.").format(ref=item.ref))


_deciders(
    extend_command,
    "extend",
    N_("Grant the extension that was asked for."),
    N_("Refuse the extension that was asked for."),
)


@click.group("ongoing", cls=Group)
def ongoing_command() -> None:
    """Ask to make an item ongoing, and decide on it: a next review date instead of an end."""


@ongoing_command.command("request")
@click.argument("ref")
@option("--reason", default="", metavar="TEXT", help=_REASON)
@option(
    "--stage-goal",
    default="",
    metavar="TEXT",
    help=N_("What shall be reached by the next review."),
)
@option("--review-on", metavar="DATE", help=N_("The day of the next review."))
@option("--end", metavar="DATE", help=N_("The expected end."))
def ongoing_request(
    ref: str, reason: str, stage_goal: str, review_on: str | None, end: str | None
) -> None:
    """Ask to make an item ongoing."""
    item = _act(
        "ongoing.request",
        ref,
        reason=reason,
        stage_goal=stage_goal,
        review_on=day(review_on),
        due=day(end),
    )
    say(_("{ref}: asked for; an approver decides.").format(ref=item.ref))


_deciders(
    ongoing_command,
    "ongoing",
    N_("Make the item ongoing as asked for."),
    N_("Leave the item dated."),
)


@click.group("dated", cls=Group)
def dated_command() -> None:
    """Ask to give an ongoing item a due date again, and decide on it."""


@dated_command.command("request")
@click.argument("ref")
@option("--due", metavar="DATE", help=_DUE)
@option("--reason", default="", metavar="TEXT", help=_REASON)
def dated_request(ref: str, due: str | None, reason: str) -> None:
    """Ask to give an ongoing item a due date."""
    item = _act("dated.request", ref, due=day(due), reason=reason)
    say(_("{ref}: asked for; an approver decides.").format(ref=item.ref))


_deciders(
    dated_command,
    "dated",
    N_("Give the item the due date asked for."),
    N_("Leave the item ongoing."),
)


@click.group("transfer", cls=Group)
def transfer_command() -> None:
    """Propose to transfer an item to another body, and decide on it."""


@transfer_command.command("propose")
@click.argument("ref")
@option("--to", "body", default="", metavar="BODY", help=N_("The receiving body."))
@option("--document", type=click.Path(path_type=Path), metavar="FILE", help=_DOCUMENT)
@option("--reason", default="", metavar="TEXT", help=_REASON)
def transfer_propose(ref: str, body: str, document: Path | None, reason: str) -> None:
    """Propose to transfer an item."""
    item = _act(
        "transfer.propose", ref, body=body, document=_document(document), reason=reason
    )
    say(_("{ref}: proposed; an approver decides.").format(ref=item.ref))


_deciders(
    transfer_command,
    "transfer",
    N_("Transfer the item as proposed by another person."),
    N_("Keep the item."),
)


@click.group("void", cls=Group)
def void_command() -> None:
    """Propose to void an item, and decide on it."""


@void_command.command("propose")
@click.argument("ref")
@option("--document", type=click.Path(path_type=Path), metavar="FILE", help=_DOCUMENT)
@option("--reason", default="", metavar="TEXT", help=_REASON)
def void_propose(ref: str, document: Path | None, reason: str) -> None:
    """Propose to void an item: registered by mistake, a duplicate, not sustained."""
    item = _act("void.propose", ref, document=_document(document), reason=reason)
    say(_("{ref}: proposed; an approver decides.").format(ref=item.ref))


_deciders(
    void_command,
    "void",
    N_("Void the item as proposed by another person."),
    N_("Keep the item on account."),
)


@click.command("reinstate", cls=Command)
@click.argument("ref")
@option("--reason", default="", metavar="TEXT", help=_REASON)
def reinstate_command(ref: str, reason: str) -> None:
    """Take a transferred or void item back onto the account, as it was."""
    stands(_act("reinstate", ref, reason=reason))


@click.group("dispute", cls=Group)
def dispute_command() -> None:
    """Dispute an item or a decision, and decide on the dispute."""


@dispute_command.command("open")
@click.argument("ref")
@click.argument("text")
def dispute_open(ref: str, text: str) -> None:
    """Dispute what was assigned or sent back, within 30 days of receiving it."""
    item = _act("dispute.open", ref, text=text)
    say(_("{ref}: disputed; others decide.").format(ref=item.ref))


@dispute_command.command("decide")
@click.argument("ref")
@click.argument("ruling", type=click.Choice(["uphold", "amend", "withdraw"]))
@option("--opinion", default="", metavar="TEXT", help=_OPINION)
def dispute_decide(ref: str, ruling: str, opinion: str) -> None:
    """Uphold what was decided, have it amended, or withdraw it.

    Amending and withdrawing are then carried out by their own commands (amend,
    reassign, void), so that each stands in the journal by itself.
    """
    stands(_act("dispute.decide", ref, ruling=ruling, opinion=opinion))
