"""``seal``, ``journal``, ``backup``, ``restore``, ``dossier``, ``lifecycle``, ``inbox``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ledger.cli.app import (
    Command,
    Group,
    format_option,
    option,
    say,
    say_json,
    session,
)
from ledger.errors import N_
from ledger.i18n import _

_PATH = click.Path(path_type=Path)


@click.command("seal", cls=Command)
@option("--out", type=_PATH, metavar="FILE", help=N_("Write the seal to this file."))
@format_option()
def seal_command(out: Path | None, form: str) -> None:
    """Seal the journal: print its head, to be kept elsewhere.

    A seal kept where nobody of the ledger can change it proves later, by `ledger
    audit --seal FILE`, that the journal was neither cut short nor written anew.
    """
    from ledger import seal

    sealed = seal.seal(session().ledger)
    if out is not None:
        seal.write_seal(sealed, out)
    if form == "json":
        say_json(seal.document(sealed))
        return
    say(
        [
            _("Ledger {ledger}").format(ledger=sealed.ledger),
            _("{count} entries, the last of {at}").format(
                count=sealed.count, at=sealed.at
            ),
            _("Head {head}").format(head=sealed.head),
            _("Sealed at {at}").format(at=sealed.sealed_at),
        ]
    )
    if out is not None:
        say(_("Next: {command}").format(command=f"ledger audit --seal {out}"))


@click.group("journal", cls=Group)
def journal_command() -> None:
    """Hand the journal out for others to check."""


@journal_command.command("export")
@click.argument("file", metavar="FILE")
def export_journal(file: str) -> None:
    """Write the whole journal to FILE, one JSON object a line; `-` prints it.

    Each line has the exact text that was hashed, and its hash: a program of forty
    lines can check the chain. The documentation has one.
    """
    from ledger import journalfile

    ledger = session().ledger
    if file == "-":
        for line in journalfile.lines(ledger):
            sys.stdout.buffer.write(line)
        return
    head = journalfile.export(ledger, Path(file))
    say(
        _("{count} entries are in {file}; head {head}").format(
            count=head.seq, file=file, head=head.hash
        )
    )
