"""``seal``, ``journal``, ``backup``, ``restore``, ``dossier``, ``lifecycle``, ``inbox``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ledger.cli.app import (
    Command,
    Group,
    Option,
    colour,
    format_option,
    option,
    say,
    say_json,
    session,
    width,
)
from ledger.errors import N_
from ledger.i18n import _

PARTLY = 6

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


@click.command("backup", cls=Command)
@click.argument("file", type=_PATH, metavar="FILE")
def backup_command(file: Path) -> int:
    """Write the whole ledger to the new file FILE: database, evidence, digests.

    It is the ledger of one moment, also while others write. Ends with 6 when
    evidence was missing and could not be saved.
    """
    from ledger.backup import backup

    done = backup(session().ledger, file)
    say(
        _("{file}: {count} entries, {files} files, {size} bytes; head {head}").format(
            file=file,
            count=done.count,
            files=done.files,
            size=done.size,
            head=done.head,
        )
    )
    return _without(done.missing)


@click.command("restore", cls=Command)
@click.argument("file", type=_PATH, metavar="FILE")
@click.argument("folder", default=".", type=_PATH, metavar="[DIR]")
def restore_command(file: Path, folder: Path) -> int:
    """Put the ledger that stands in a backup into DIR.

    Every digest is checked and the ledger audited before anything is put in place.
    A ledger that is there already is only added to, never cut or replaced. Sync
    then reads each tracker whole once before it creates anything there.
    """
    from ledger.clock import Clock
    from ledger.restore import restore

    done = restore(file, folder, clock=Clock.from_environment())
    say(
        _("{folder}: {count} entries, {added} of them new; head {head}").format(
            folder=done.folder, count=done.count, added=done.added, head=done.head
        )
    )
    return _without(done.missing)


def _without(missing: tuple[str, ...]) -> int:
    """Say which evidence a backup does not have; the exit code."""
    for digest in missing:
        click.echo(
            _("Evidence {digest} was missing or changed, and is not in it.").format(
                digest=digest
            ),
            err=True,
        )
    return PARTLY if missing else 0


@click.command("lifecycle", cls=Command)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown"]),
    default="text",
    cls=Option,
    help=N_("Form of the output."),
)
def lifecycle_command(form: str) -> None:
    """Show every step of an item's life: who may take it, and what it requires.

    Markdown adds the diagram (Mermaid).
    """
    from ledger.views import lifecycle as view

    if form == "markdown":
        sys.stdout.write(view.markdown())
    else:
        say(view.screen(width=width(), colour=colour()))


@click.command("inbox", cls=Command)
@option(
    "--limit",
    type=click.IntRange(1),
    default=20,
    help=N_("Show at most so many; all are counted."),
)
@format_option()
def inbox_command(limit: int, form: str) -> None:
    """Show what waits for me, oldest first, with the command that it needs.

    Capitals stand for what only you know. JSON has all of it.
    """
    from ledger.inbox import inbox
    from ledger.views import inbox as view

    here = session()
    person = here.actor().person
    assert person is not None  # noqa: S101 (a command is given by a person)
    tasks = inbox(here.ledger, person, acting=here.acting)
    directory, today = here.ledger.directory, here.ledger.today()
    if form == "json":
        say_json(view.document(tasks, person, directory, today=today))
        return
    say(
        view.screen(
            tasks,
            person,
            directory,
            today=today,
            limit=limit,
            cells=width(),
            colour=colour(),
        )
    )


@click.command("dossier", cls=Command)
@click.argument("ref")
@option(
    "--out",
    type=_PATH,
    metavar="FOLDER",
    help=N_("The new folder; else dossier-REF here."),
)
@option(
    "--chain",
    is_flag=True,
    help=N_("Add the whole journal, other items' entries too: it then proves itself."),
)
def dossier_command(ref: str, out: Path | None, chain: bool) -> None:
    """Write everything about one item into a folder: pages, evidence, journal.

    For a closed item it begins with the closure confirmation. The page is
    dossier.html, made to be printed; dossier.md says the same.
    """
    from ledger import dossier
    from ledger.views import dossier as view

    ledger = session().ledger
    whole = dossier.gather(ledger, ref)
    place = out if out is not None else Path(f"dossier-{whole.item.ref}")
    dossier.write(ledger, whole, place, pages=view.pages(whole), chain=chain)
    say(
        _("{ref}: {folder} has {entries} entries and {files} files.").format(
            ref=whole.item.ref,
            folder=place,
            entries=len(whole.steps),
            files=len(whole.copies),
        )
    )
