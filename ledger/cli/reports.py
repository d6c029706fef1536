"""``derive``, ``register`` and ``add``: from a report to items on account."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ledger.cli.app import (
    Command,
    colour,
    confirm,
    format_option,
    option,
    say,
    say_json,
    session,
    width,
)
from ledger.cli.progress import bar
from ledger.errors import N_, UsageProblem
from ledger.i18n import _, language
from ledger.item import Kind

if TYPE_CHECKING:
    from checklists import Checklist, Document
    from checklists.correction import Correction
    from checklists.document import Note
    from checklists.readers import Fetched

UNREADABLE = 9


@click.command("derive", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@option("--dump-text", is_flag=True, help=N_("Print the text that offsets count in."))
@option(
    "--explain",
    is_flag=True,
    help=N_("Say which rule found each entry, where, and how sure it is."),
)
@option(
    "--edit",
    is_flag=True,
    help=N_("Correct the checklist in your editor, as a small file to register."),
)
@option(
    "--jobs",
    type=click.IntRange(1),
    help=N_("For a folder: reports read at once (all cores)."),
)
@format_option()
def derive_command(
    files: tuple[str, ...],
    dump_text: bool,
    explain: bool,
    edit: bool,
    jobs: int | None,
    form: str,
) -> int:
    """Derive the checklist from a report.

    Prints its problems, its plans, and which plan answers which problem. Nothing
    is written, but for the file that --edit makes. `-` reads standard input, a
    folder every report below it.
    """
    if any(Path(name).is_dir() for name in files):
        if dump_text or edit or explain:
            raise UsageProblem(
                N_("{folder} is a folder."),
                N_("--dump-text, --explain and --edit are for single reports."),
                N_("Name the report."),
                folder=next(name for name in files if Path(name).is_dir()),
            )
        return _many(files, jobs, form)
    if edit:
        return _edited(files)
    return _each(files, form, dump_text=dump_text, explain=explain)


def _each(files: Sequence[str], form: str, *, dump_text: bool, explain: bool) -> int:
    from checklists import DocumentError
    from ledger.views import checklist as view

    checklists: list[Checklist] = []
    worst = 0
    for name in files:
        try:
            document = read(name)
        except DocumentError as error:
            if len(files) == 1:
                raise
            from ledger.cli.failing import explain as told

            worst = told(error, debug=False, machine=form == "json")
            continue
        if dump_text or form == "json" or not sys.stdout.isatty():
            tell_unread(document.name, document.notes)
        if dump_text:
            sys.stdout.write(document.text)
            continue
        checklists.append(derived(document))
    if dump_text:
        return worst
    if form == "json":
        say_json(view.document(checklists))
        return worst
    for place, checklist in enumerate(checklists):
        if place:
            say("")
        say(view.screen(checklist, width=width(), colour=colour(), explain=explain))
    return worst


def _many(files: Sequence[str], jobs: int | None, form: str) -> int:
    """Derive folders: one line a report, or one JSON document written as it comes."""
    from ledger.deriving import derive_many, reports_in
    from ledger.views import checklist as view

    paths = [
        path
        for name in files
        for path in (reports_in(Path(name)) if Path(name).is_dir() else [Path(name)])
    ]
    failed = 0
    rows = []
    if form == "json":
        sys.stdout.write('{\n  "schema": "checklist/1",\n  "documents": [')
    comma = ""
    with bar(_("Reports")) as progress:
        for number, outcome in enumerate(
            derive_many(paths, language=language(), jobs=jobs), 1
        ):
            if progress is not None:
                progress(number, len(paths))
            for error in outcome.errors:
                failed += 1
                click.echo(" ".join(part for part in error if part), err=True)
            for document in outcome.documents:
                for warning in document["warnings"]:
                    if warning["pages"]:
                        click.echo(f"{document['source']}: {warning['text']}", err=True)
                if form == "json":
                    text = json.dumps(document, ensure_ascii=False)
                    sys.stdout.write(f"{comma}\n{text}")
                    comma = ","
                else:
                    rows.append(view.row(document))
    if form == "json":
        sys.stdout.write("\n  ]\n}\n")
    else:
        say(view.table(rows, failed, width=width(), colour=colour()))
    return UNREADABLE if failed else 0


def _edited(files: Sequence[str]) -> int:
    """Make the checklist file of one report, open it, and read it back."""
    from checklists.correction import SUFFIX, corrected, written

    if len(files) != 1 or not sys.stdin.isatty():
        raise UsageProblem(
            N_("Nothing was opened."),
            N_("--edit takes one report, and a terminal to edit on."),
            N_("Write: ledger derive REPORT --edit"),
        )
    name = files[0]
    path = Path(f"{Path(name).name}{SUFFIX}")
    checklist = derived(_read_told(name))
    if not path.exists():
        with path.open("x", encoding="utf-8") as file:
            file.write(written(checklist, head=_(_HEAD)))
    click.edit(filename=str(path))
    _checked, corrections = corrected(path.read_text(encoding="utf-8"), checklist)
    for one in corrections:
        say(f"  {_CHANGES[one.change.value]()} {one.list}  {one.title}")
    say(_("Next: {command}").format(command=f"ledger register {path}"))
    return 0


_HEAD = N_(
    "Correct the entries below; what stands before the first heading is left alone.\n"
    "Take a heading away to merge its entry into the one above, add a heading\n"
    "(## P or ## W) to split one, take heading and words away to drop one, change a\n"
    "heading's words to give another title. The words must be the report's own."
)
_CHANGES = {
    "retitled": lambda: _("retitled"),
    "added": lambda: _("added"),
    "dropped": lambda: _("dropped"),
}


def read(name: str) -> Document:
    """The document called ``name`` on the command line."""
    from checklists import read_document

    if name == "-":
        return read_document("-", content=sys.stdin.buffer.read())
    if "://" in name:
        return read_document(name, fetch=_fetch)
    return read_document(Path(name))


def _fetch(address: str) -> Fetched:
    """Get a page through the one HTTP session, for the readers."""
    from checklists import DocumentError
    from checklists.readers import Fetched
    from integrations.page import fetch_page
    from integrations.tracker import TrackerError

    try:
        page = fetch_page(address)
    except TrackerError as error:
        raise DocumentError(
            error.what, error.why, error.todo, **error.values
        ) from error
    return Fetched(page.content, page.content_type, page.address)


def derived(document: Document) -> Checklist:
    """The checklist of ``document``; says on standard error when it is empty."""
    from checklists import derive

    checklist = derive(document)
    if not checklist.problems and not checklist.plans:
        click.echo(
            _("{name}: no problem and no plan was found in it.").format(
                name=document.name
            ),
            err=True,
        )
    return checklist


def tell_unread(name: str, notes: Iterable[Note]) -> None:
    """Say on standard error what of a document is not in its text."""
    for note in notes:
        click.echo(f"{name}: {note.text(_)}", err=True)


def _read_told(name: str) -> Document:
    document = read(name)
    tell_unread(document.name, document.notes)
    return document


def _to_register(name: str) -> tuple[Checklist, tuple[Correction, ...]]:
    """The checklist of a report, or the one that a checklist file makes of it."""
    from checklists.correction import corrected, source_of

    path = Path(name)
    if path.suffix == ".md" and path.is_file():
        with path.open(encoding="utf-8", errors="replace") as file:
            text = file.read(8 << 20)
        source = source_of(text)
        if source is not None:
            beside = path.parent / source.name
            name = str(beside if beside.exists() else source.name)
            return corrected(text, derived(_read_told(name)))
    return derived(_read_told(name)), ()


@click.command("register", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@option(
    "--only",
    type=click.Choice(["problems", "plans"]),
    help=N_("Only the problems, or only the plans."),
)
@option("--yes", is_flag=True, help=N_("Do it without asking."))
def register_command(files: tuple[str, ...], only: str | None, yes: bool) -> None:
    """Put the entries of a report on account.

    Registering the same report again adds nothing. Another version of a report on
    account (same issuer and year) shows what changed, entry by entry, and asks. The
    file that `derive --edit` made is registered as it was corrected.
    """
    from ledger import registration

    here = session()
    actor, ledger = here.actor(), here.ledger
    kind = {"problems": Kind.FINDING, "plans": Kind.PLAN}.get(only or "")
    for name in files:
        checklist, corrections = _to_register(name)
        version = registration.other_version(ledger, checklist, only=kind)
        if version is not None:
            from ledger.views import checklist as view

            say(view.version_screen(version, width=width(), colour=colour()))
            confirm(
                _("Keep {name} as a later version of the report?").format(name=name),
                yes=yes,
            )
        done = registration.register(
            ledger,
            checklist,
            actor,
            only=kind,
            version=version,
            corrections=corrections,
        )
        if done.added:
            say(
                _("{name}: {count} items on account, {first} to {last}.").format(
                    name=name,
                    count=len(done.added),
                    first=done.added[0],
                    last=done.added[-1],
                )
            )
        if done.known:
            say(
                _("{name}: {count} items were on account already.").format(
                    name=name, count=len(done.known)
                )
            )
    say(_("Next: {command}").format(command="ledger assign --template > assign.csv"))


@click.command("add", cls=Command)
@click.argument("title")
@option("--origin", required=True, metavar="TEXT", help=N_("Where it comes from."))
@option(
    "--text", default="", metavar="TEXT", help=N_("Its whole text; else the title.")
)
@option(
    "--year", type=click.IntRange(1949, 2199), help=N_("The year of its reference.")
)
def add_command(title: str, origin: str, text: str, year: int | None) -> None:
    """Put one item on account by hand."""
    from ledger import registration

    here = session()
    item = registration.add(
        here.ledger, here.actor(), title=title, text=text, origin=origin, year=year
    )
    say(_("{ref} is on account.").format(ref=item.ref))
