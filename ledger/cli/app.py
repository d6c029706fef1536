"""The root command, what all commands share, and the one place that shows errors."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ledger import __version__, i18n
from ledger.errors import N_, LedgerError, UsageProblem
from ledger.i18n import _

if TYPE_CHECKING:
    from ledger.book import Actor, Ledger
    from ledger.clock import Clock
    from ledger.item import Item
    from ledger.storage import Store

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module, first line of its help)
    "demo": ("demo", N_("Show the whole round on the bundled report.")),
    "init": ("begin", N_("Begin a ledger.")),
    "derive": ("reports", N_("Derive the checklist from a report.")),
    "register": ("reports", N_("Put the entries of a report on account.")),
    "add": ("reports", N_("Put one item on account by hand.")),
    "assign": ("assigning", N_("Assign items to units.")),
    "list": ("looking", N_("List items.")),
    "show": ("looking", N_("Show everything about one item.")),
    "log": ("looking", N_("Show the journal.")),
    "status": ("standing", N_("Show how the ledger stands.")),
    "weekly": ("standing", N_("Show the weekly brief.")),
    "audit": ("looking", N_("Prove that the ledger is whole.")),
    "dossier": ("proving", N_("Write everything about one item into a folder.")),
    "seal": (
        "proving",
        N_("Seal the journal, to prove later that it was only added to."),
    ),
    "journal": ("proving", N_("Hand the journal out for others to check.")),
    "lifecycle": ("proving", N_("Show every step of an item's life.")),
    "backup": ("proving", N_("Write the whole ledger to one file.")),
    "restore": ("proving", N_("Put a ledger back from a backup.")),
    "inbox": ("proving", N_("Show what waits for me, with the next commands.")),
    "start": ("working", N_("Start the rectification.")),
    "progress": ("working", N_("Write a progress note.")),
    "measure": ("working", N_("Add measures, and mark them done.")),
    "evidence": ("working", N_("Add evidence, list it, open it, check it.")),
    "request-closure": ("working", N_("Request the closure of an item.")),
    "review": ("deciding", N_("Accept the papers of a closure request.")),
    "return": ("deciding", N_("Send an item back with a rework requirement.")),
    "verify": ("deciding", N_("Verify an item, criterion by criterion.")),
    "close": ("deciding", N_("Strike an item off.")),
    "publish": ("deciding", N_("Begin the public notice.")),
    "objection": ("deciding", N_("Keep an objection to a notice, and decide on it.")),
    "look-back": ("deciding", N_("Look back at a closed item.")),
    "reopen": ("deciding", N_("Take a closed item back into work.")),
    "hand-back": ("changing", N_("Hand a wrongly assigned item back.")),
    "reassign": ("changing", N_("Assign an item to other units.")),
    "amend": ("changing", N_("Amend a field of an item.")),
    "extend": ("changing", N_("Ask for a later due date, and decide on it.")),
    "ongoing": ("changing", N_("Make an item ongoing: ask, and decide.")),
    "dated": ("changing", N_("Give an ongoing item a due date: ask, and decide.")),
    "transfer": ("changing", N_("Transfer an item: propose, and decide.")),
    "void": ("changing", N_("Void an item: propose, and decide.")),
    "reinstate": ("changing", N_("Take a transferred or void item back.")),
    "dispute": ("changing", N_("Dispute an item, and decide on the dispute.")),
    "units": ("people", N_("Add units, and list them.")),
    "people": ("people", N_("Add people, list them, link their tracker accounts.")),
    "rules": ("people", N_("Show the rules, and set them.")),
    "tracker": ("trackers", N_("Add trackers, list them, test them.")),
    "doctor": ("trackers", N_("Ask a tracker everything that could go wrong.")),
    "sync": ("trackers", N_("Sync items with trackers, both ways.")),
}


NARROWEST = 40
"""Cells below which no screen is laid out."""


@dataclass(slots=True)
class Session:
    """What the options common to all commands said; opens the ledger when asked."""

    ledger_path: str | None = None
    acting: str | None = None
    language: str | None = None
    debug: bool = False
    machine: bool = False
    _ledger: Ledger | None = None
    _store: Store | None = None

    @property
    def clock(self) -> Clock:
        """The one clock."""
        from ledger.clock import Clock

        return Clock.from_environment()

    @property
    def store(self) -> Store:
        """The store of the ledger that was named, or of the nearest."""
        if self._ledger is not None:
            return self._ledger.store
        if self._store is None:
            from ledger.config import find_ledger
            from ledger.storage import Store

            self._store = Store.open(find_ledger(self.ledger_path))
        return self._store

    @property
    def ledger(self) -> Ledger:
        """The ledger that was named, or the nearest."""
        if self._ledger is None:
            from ledger.book import Ledger
            from ledger.config import find_ledger

            self._ledger = Ledger.open(find_ledger(self.ledger_path), clock=self.clock)
        return self._ledger

    def named(self, error: Exception) -> Exception:
        """``error``; a complaint of the database says which ledger is damaged."""
        store = self._store if self._ledger is None else self._ledger.store
        if store is None:
            return error
        from ledger.storage.sqlite import damage_named

        try:
            with damage_named(store.path):
                raise error  # noqa: TRY301 (only to be named)
        except LedgerError as known:
            return known
        except Exception as same:  # noqa: BLE001 (handed back as it came)
            return same

    def actor(self) -> Actor:
        """Who acts: ``--as``, else ``LEDGER_AS``, else the configuration.

        Where none of them names anybody and exactly one person of the ledger is
        bound to this OS account, it is that person.
        """
        from ledger.book import Actor, os_account
        from ledger.config import acting_name

        name = acting_name(self.acting)
        if name is None:
            account = os_account()
            bound = [
                person
                for person in self.ledger.directory.active_people()
                if person.account == account
            ]
            if len(bound) != 1:
                raise UsageProblem(
                    N_("Nobody is named who acts."),
                    N_("The journal keeps who did what."),
                    N_("Give --as NAME, set LEDGER_AS, or write it into {path}."),
                    path="~/.config/ledger/config.toml",
                )
            name = bound[0].id
        return Actor(self.ledger.person(name))

    def close(self) -> None:
        """Close the ledger if it was opened."""
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None
        if self._store is not None:
            self._store.close()
            self._store = None


def session() -> Session:
    """The session of the command that runs."""
    return click.get_current_context().ensure_object(Session)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(context: click.Context, _option: click.Parameter, value: Any) -> None:  # noqa: ANN401
        if value:
            setattr(context.ensure_object(Session), name, value)

    return keep


def _language(
    context: click.Context, _option: click.Parameter, value: str | None
) -> None:
    if value:
        context.ensure_object(Session).language = value
        i18n.activate(value)


class Option(click.Option):
    """An option whose help speaks the user's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Translate the help before click lays it out."""
        if self.help:
            self.help, kept = _(self.help), self.help
            try:
                return super().get_help_record(ctx)
            finally:
                self.help = kept
        return super().get_help_record(ctx)


def _common() -> list[click.Option]:
    """The options that every command takes, wherever they are typed."""
    return [
        Option(
            ["--as", "acting"],
            metavar="NAME",
            expose_value=False,
            callback=_keep("acting"),
            help=N_("Act as this person."),
        ),
        Option(
            ["--ledger", "ledger_path"],
            metavar="PATH",
            expose_value=False,
            callback=_keep("ledger_path"),
            help=N_("The ledger's folder; else LEDGER, else the nearest upwards."),
        ),
        Option(
            ["--lang"],
            type=click.Choice(i18n.LANGUAGES),
            expose_value=False,
            is_eager=True,
            callback=_language,
            help=N_("Language of messages; else the locale's."),
        ),
        Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_keep("debug"),
            help=N_("Show the traceback of an unexpected error."),
        ),
    ]


class Context(click.Context):
    """A context whose help pages count cells."""

    def make_formatter(self) -> click.HelpFormatter:
        """The page that help is laid out on."""
        from ledger.cli.page import Page

        return Page(width=self.terminal_width, max_width=self.max_content_width)


class Spoken(click.Command):
    """What takes the common options, and has its help in the user's language."""

    context_class = Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (click's own)
        """Add the common options behind the command's own."""
        super().__init__(*args, **kwargs)
        self.params.extend(_common())

    def format_help_text(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Translate the help."""
        self.help, kept = _(_paragraphs(self.help)), self.help
        try:
            super().format_help_text(ctx, formatter)
        finally:
            self.help = kept

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first line of the help, translated."""
        first = _paragraphs(self.help).split("\n", 1)[0]
        return _(first) if first else super().get_short_help_str(limit)


def _paragraphs(text: str | None) -> str:
    import inspect

    return inspect.cleandoc(text or "")


class Command(Spoken):
    """A command."""


class Group(Spoken, click.Group):
    """A group of commands."""

    command_class = Command
    group_class = type


class Root(Group):
    """The root: loads the module of a command when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module now."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module = importlib.import_module(f"ledger.cli.{place[0]}")
        command = getattr(module, cmd_name.replace("-", "_") + "_command")
        assert isinstance(command, click.Command)  # noqa: S101 (ours)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section(_("Commands")):
            formatter.write_dl(
                [(name, _(line)) for name, (_m, line) in COMMANDS.items()]
            )


def _version(context: click.Context, _option: click.Parameter, value: object) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"ledger {__version__}")
        context.exit()


@click.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "The rectification ledger: problems of a report put on account, assigned,"
        " and struck off by other people on evidence."
    ),
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help=N_("Print the version."),
    cls=Option,
)
def root() -> None:
    """Parse what stands before the command."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line in this process and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _speak(words)
    state = Session()
    try:
        done = root.main(words, prog_name="ledger", standalone_mode=False, obj=state)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped; nothing more was done."), err=True)
        return 130
    except BrokenPipeError:
        # The reader has gone (head, less): nothing to say and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 (the one place that shows errors)
        return _show(state.named(error), state)
    finally:
        state.close()
    return done if isinstance(done, int) else 0


def _speak(words: Sequence[str]) -> None:
    """Set the language before anything is said, help included."""
    chosen = None
    for place, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang" and place + 1 < len(words):
            chosen = words[place + 1]
        elif word.startswith("--lang="):
            chosen = word.removeprefix("--lang=")
    i18n.activate(chosen if chosen in i18n.LANGUAGES else None)


def _show(error: Exception, state: Session) -> int:
    from ledger.cli.failing import explain

    return explain(error, debug=state.debug, machine=state.machine)


Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def format_option(*more: str) -> Callable[[Decorated], Decorated]:
    """``--format text|json`` (and ``more``); JSON also makes errors machine-readable."""

    def keep(context: click.Context, _option: click.Parameter, value: str) -> str:
        context.ensure_object(Session).machine = value == "json"
        return value

    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", *more, "json"]),
        default="text",
        callback=keep,
        cls=Option,
        help=N_("Form of the output."),
    )


def option(*names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:  # noqa: ANN401
    """A click option whose help is translated."""
    return click.option(*names, cls=Option, **attributes)


def width() -> int:
    """Cells of a line: the terminal's, else ``COLUMNS``, else 80."""
    # What shutil.get_terminal_size does, without the 2 ms that importing it takes.
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns):
        return max(NARROWEST, int(columns))
    try:
        return max(NARROWEST, os.get_terminal_size(sys.__stdout__.fileno()).columns)  # type: ignore[union-attr]  # the next line
    except (AttributeError, OSError, ValueError):
        return 80


def colour() -> bool:
    """Whether styles are wanted: a terminal that is not dumb, and no ``NO_COLOR``."""
    return (
        sys.stdout.isatty()
        and "NO_COLOR" not in os.environ
        and os.environ.get("TERM") != "dumb"
    )


def say(lines: Iterable[str] | str) -> None:
    """Print ``lines`` as they are; styles were decided by the view."""
    if isinstance(lines, str):
        lines = (lines,)
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def say_json(document: dict[str, Any]) -> None:
    """Print one machine-readable document."""
    import json

    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def confirm(question: str, *, yes: bool) -> None:
    """Ask on a terminal; without one and without ``--yes`` change nothing, exit 2."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageProblem(
            N_("Nothing was done: this wants a confirmation."),
            N_("There is no terminal to ask on."),
            N_("Look at the plan above and repeat the command with --yes."),
        )
    if not click.confirm(question, default=False, err=True):
        raise click.Abort


def chosen(
    ledger: Ledger,
    references: Sequence[str],
    *,
    everything: bool = False,
    state: str | None = None,
    unit: str | None = None,
    year: int | None = None,
) -> list[Item]:
    """The items meant by references, commas, ranges, or ``--all`` with a selection."""
    from ledger.selecting import by_references, by_selection

    if references and (everything or state or unit or year):
        raise UsageProblem(
            N_("Both references and a selection are given."),
            N_("It must be clear which items are meant."),
            N_("Give references, or --all with --state, --unit, --year."),
        )
    if references:
        return by_references(ledger, references)
    if not everything:
        raise UsageProblem(
            N_("No item is named."),
            N_("A command changes only what is named."),
            N_(
                "Give references (3, R-2023-001..004), or --all with --state, --unit, --year."
            ),
        )
    return by_selection(ledger, state=state, unit=unit, year=year)


def file_argument(text: str) -> Path:
    """A path as typed."""
    return Path(text)


def errors_of(error: LedgerError) -> tuple[str, str, str]:
    """The three parts of an error in the user's language."""
    return error.parts(_)
