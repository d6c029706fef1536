"""``tracker`` and ``sync``: where the items are issues, and keeping both alike."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ledger.cli.app import (
    Command,
    Group,
    colour,
    format_option,
    option,
    say,
    say_json,
    session,
    width,
)
from ledger.cli.progress import bar
from ledger.errors import N_, UsageProblem
from ledger.i18n import _

if TYPE_CHECKING:
    from ledger.sync.run import Connect


def connect() -> Connect:
    """How trackers are opened: with tokens from the user's own configuration."""
    from ledger import config
    from ledger.sync.run import connecting

    return connecting(lambda settings: config.credential(settings.address).secret())


@click.group("tracker", cls=Group)
def tracker_command() -> None:
    """Add trackers, list them, test them."""


@tracker_command.command("add")
@click.argument("name")
@option(
    "--kind",
    required=True,
    metavar="KIND",
    help=N_("folder, gitea (also Forgejo), jira."),
)
@option(
    "--url",
    required=True,
    metavar="ADDRESS",
    help=N_("The server's address, or the folder."),
)
@option(
    "--project",
    default="",
    metavar="PROJECT",
    help=N_("owner/repository, or the project's key."),
)
@option(
    "--option",
    "options",
    multiple=True,
    metavar="KEY=VALUE",
    help=N_("An option, such as quiet=30 or scope=assigned."),
)
@option(
    "--token-stdin",
    is_flag=True,
    help=N_("Read the token from standard input and keep it for this address."),
)
def add_tracker(
    name: str,
    kind: str,
    url: str,
    project: str,
    options: tuple[str, ...],
    token_stdin: bool,
) -> None:
    """Add a tracker.

    The token stands in your own configuration (mode 0600) for this scheme, host and
    port only, never in the ledger: give it here with --token-stdin, or before with
    `ledger tracker token`.
    """
    from ledger.sync import trackers
    from ledger.views import sync as view

    here = session()
    if token_stdin:
        _keep_token(url, sys.stdin.readline())
    given: dict[str, str] = {}
    for one in options:
        key, equals, value = one.partition("=")
        if not equals:
            raise UsageProblem(
                N_("{option} is no option."),
                N_("It must be KEY=VALUE."),
                N_("Write it like --option quiet=30."),
                option=one,
            )
        given[key.strip()] = value.strip()
    listed, standing = trackers.add(
        here.ledger,
        name,
        here.actor(),
        kind=kind,
        address=url,
        project=project,
        options=given,
        connect=connect(),
    )
    say(view.standing_screen(listed.name, standing, width=width()))
    say(_("Next: {command}").format(command=f"ledger sync {listed.name} --dry-run"))


@tracker_command.command("token")
@click.argument("address")
def keep_token(address: str) -> None:
    """Keep a token for an address in your own configuration.

    Asks on a terminal without showing what is typed, else reads standard input.
    """
    if sys.stdin.isatty():
        token = str(click.prompt(_("Token"), hide_input=True, err=True))
    else:
        token = sys.stdin.readline()
    _keep_token(address, token)


def _keep_token(address: str, token: str) -> None:
    from ledger import config

    token = token.strip()
    if not token:
        raise UsageProblem(
            N_("No token was given."),
            N_("Standard input was empty."),
            N_("Pipe the token in, or type it when asked."),
        )
    path = config.keep_token(address, token)
    click.echo(
        _("The token for {origin} is kept in {path}.").format(
            origin=config.origin(address), path=path
        ),
        err=True,
    )


@tracker_command.command("list")
@format_option()
def list_trackers(form: str) -> None:
    """List the trackers and how many issues each has."""
    from ledger.sync import trackers
    from ledger.views import sync as view

    listed = trackers.listed(session().ledger)
    if form == "json":
        say_json(view.trackers_document(listed))
    else:
        say(view.trackers_screen(listed, width=width(), colour=colour()))


@tracker_command.command("test")
@click.argument("name")
def test_tracker(name: str) -> int:
    """Ask a tracker who we are and what we may do there."""
    from ledger.sync import trackers
    from ledger.sync.report import exit_code
    from ledger.views import sync as view

    standing = trackers.test(session().ledger, name, connect=connect())
    say(view.standing_screen(name, standing, width=width()))
    return max((exit_code(problem) for problem in standing.problems), default=0)


@tracker_command.command("set-url")
@click.argument("name")
@click.argument("address", default="")
@option(
    "--project",
    default="",
    metavar="PROJECT",
    help=N_("owner/repository, or the project's key."),
)
def set_url(name: str, address: str, project: str) -> None:
    """Say where a tracker is now; what was linked stays linked."""
    from ledger.sync import trackers
    from ledger.views import sync as view

    here = session()
    standing = trackers.set_url(
        here.ledger,
        name,
        here.actor(),
        connect=connect(),
        address=address,
        project=project,
    )
    say(view.standing_screen(name, standing, width=width()))


class SyncGroup(Group):
    """``ledger sync NAME`` runs; the words of subcommands are no tracker's name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` before what names no subcommand."""
        first = next((word for word in args if not word.startswith("-")), None)
        asks = first is None and any(word in ("-h", "--help") for word in args)
        if first not in self.commands and not asks:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("sync", cls=SyncGroup)
def sync_command() -> None:
    """Sync items with trackers, both ways: ledger sync [NAME] [--dry-run].

    Without a name, all trackers in turn. Closing an issue is a request: items are
    closed only by other people in the ledger. With --dry-run the plan is shown and
    nothing is written, anywhere; --help of `ledger sync run` lists the options.
    """


@sync_command.command("run")
@click.argument("name", required=False)
@option("--dry-run", is_flag=True, help=N_("Show what would be done; write nothing."))
@option("--yes", is_flag=True, help=N_("Go on where a brake would stop."))
@option(
    "--max-creates",
    type=click.IntRange(0),
    help=N_("New issues allowed in this run (200)."),
)
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("With --dry-run: save the plan for review."),
)
@option(
    "--plan",
    "reviewed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("Do only what this reviewed plan says; stale steps are refused."),
)
@format_option()
def run_sync(
    name: str | None,
    dry_run: bool,
    yes: bool,
    max_creates: int | None,
    out: Path | None,
    reviewed: Path | None,
    form: str,
) -> int:
    """Bring the ledger and a tracker together; all trackers when none is named."""
    from ledger.sync import trackers

    ledger = session().ledger
    names = [name] if name else [one.name for one in trackers.listed(ledger)]
    if not names:
        raise UsageProblem(
            N_("This ledger has no tracker."),
            N_("There is nothing to sync with."),
            N_("Add one: ledger tracker add NAME --kind folder --url DIR"),
        )
    if (out or reviewed) and len(names) != 1:
        raise UsageProblem(
            N_("A plan is one tracker's."),
            N_("The ledger has {count} trackers."),
            N_("Name one: ledger sync NAME"),
            count=len(names),
        )
    codes = [
        _preview(one, out, form)
        if dry_run
        else _run(one, form, yes=yes, max_creates=max_creates, reviewed=reviewed)
        for one in names
    ]
    return max(codes)


def _preview(name: str, out: Path | None, form: str) -> int:
    from ledger.sync.preview import preview
    from ledger.views import sync as view

    ledger = session().ledger
    plan = preview(ledger, name, connect=connect())
    if out is not None:
        with out.open("x", encoding="utf-8") as file:
            json.dump(plan.to_json(), file, ensure_ascii=False, indent=2)
    if form == "json":
        say_json(plan.to_json())
    else:
        say(
            view.plan_screen(
                plan, width=width(), colour=colour(), zone=ledger.directory.rules.zone
            )
        )
    return 0


def _run(
    name: str,
    form: str,
    *,
    yes: bool,
    max_creates: int | None = None,
    reviewed: Path | None = None,
    sweep: bool = False,
) -> int:
    from ledger.sync.run import sync
    from ledger.views import sync as view

    ledger = session().ledger
    with bar(name) as progress:
        report = sync(
            ledger,
            name,
            connect=connect(),
            yes=yes,
            max_creates=max_creates,
            reviewed=_plan(reviewed) if reviewed else None,
            sweep=sweep,
            progress=progress,
        )
    if form == "json":
        say_json(report.to_json())
    else:
        say(
            view.report_screen(
                report,
                width=width(),
                colour=colour(),
                zone=ledger.directory.rules.zone,
            )
        )
    if report.stopped is not None:
        from ledger.cli.failing import explain

        explain(report.stopped, debug=False, machine=form == "json")
    return report.exit_code


def _plan(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            plan = json.loads(file.read(64 << 20))
    except (OSError, ValueError) as error:
        raise UsageProblem(
            N_("{path} is no saved plan."),
            N_("It cannot be read, or is no JSON."),
            N_("Save one with: ledger sync NAME --dry-run --out FILE"),
            path=path,
        ) from error
    if not isinstance(plan, dict) or plan.get("schema") != "sync-plan/1":
        raise UsageProblem(
            N_("{path} is no saved plan."),
            N_("It is of another kind."),
            N_("Save one with: ledger sync NAME --dry-run --out FILE"),
            path=path,
        )
    return plan


@sync_command.command("status")
@click.argument("name", required=False)
@format_option()
def sync_status(name: str | None, form: str) -> None:
    """Show how the trackers stand: linked, left, waiting, conflicts, last run."""
    from ledger.sync.status import status
    from ledger.views import sync as view

    ledger = session().ledger
    found = status(ledger, name)
    if form == "json":
        say_json(view.status_document(found))
    else:
        zone = ledger.directory.rules.zone
        say(view.status_screen(found, width=width(), colour=colour(), zone=zone))


@sync_command.command("conflicts")
@click.argument("ref", required=False)
@option("--tracker", metavar="NAME", help=N_("Only of this tracker."))
@option("--all", "settled", is_flag=True, help=N_("Also those that are settled."))
@format_option()
def list_conflicts(
    ref: str | None, tracker: str | None, settled: bool, form: str
) -> None:
    """List edits in trackers that contradict the ledger; both values are kept."""
    from ledger.sync.conflicts import listed
    from ledger.views import sync as view

    ledger = session().ledger
    found = listed(ledger, tracker=tracker, ref=ref, settled=settled)
    if form == "json":
        say_json(view.conflicts_document(found))
    else:
        say(view.conflicts_screen(found, width=width(), colour=colour()))


@sync_command.command("resolve")
@click.argument("ref")
@option(
    "--take",
    required=True,
    metavar="ledger|tracker|TEXT",
    help=N_("Which value holds: the ledger's, the tracker's, or this text."),
)
@option(
    "--field", metavar="FIELD", help=N_("The field, where several are in conflict.")
)
@option("--tracker", metavar="NAME", help=N_("Only of this tracker."))
def resolve_conflict(
    ref: str, take: str, field: str | None, tracker: str | None
) -> None:
    """Settle the conflict of an item."""
    from ledger.sync.conflicts import resolve

    here = session()
    for one in resolve(
        here.ledger, ref, here.actor(), take=take, field=field, tracker=tracker
    ):
        say(
            _("{ref}: the conflict about {field} is settled.").format(
                ref=one.ref, field=one.field
            )
        )


def _tracker_named(name: str | None) -> str:
    """The tracker that is meant: the one named, or the only one there is."""
    from ledger.sync import trackers

    names = [one.name for one in trackers.listed(session().ledger)]
    if name is not None:
        return name
    if len(names) == 1:
        return names[0]
    raise UsageProblem(
        N_("It is not said which tracker is meant."),
        N_("This ledger has: {names}."),
        N_("Name it with --tracker NAME."),
        names=", ".join(names) or "—",
    )


@sync_command.command("adopt")
@click.argument("ref")
@click.argument("key")
@option("--tracker", metavar="NAME", help=N_("The tracker, where there are several."))
def adopt_issue(ref: str, key: str, tracker: str | None) -> None:
    """Link an issue that people made by hand to an item."""
    from ledger.sync.linking import adopt

    here = session()
    name = _tracker_named(tracker)
    done = adopt(here.ledger, ref, key, here.actor(), tracker=name, connect=connect())
    say(
        _("{ref} is issue {key} of {tracker}.").format(
            ref=done.ref, key=done.key, tracker=name
        )
    )


@sync_command.command("relink")
@click.argument("ref")
@click.argument("key", required=False)
@option("--tracker", metavar="NAME", help=N_("The tracker, where there are several."))
def relink_issue(ref: str, key: str | None, tracker: str | None) -> None:
    """Link an item to another issue; without KEY a new one is created."""
    from ledger.sync.linking import relink

    here = session()
    name = _tracker_named(tracker)
    done = relink(
        here.ledger, ref, here.actor(), tracker=name, key=key, connect=connect()
    )
    say(_("{ref}: {state}.").format(ref=done.ref, state=done.key or done.state))


@sync_command.command("detach")
@click.argument("ref")
@option("--tracker", metavar="NAME", help=N_("The tracker, where there are several."))
def detach_issue(ref: str, tracker: str | None) -> None:
    """Stop syncing an item with a tracker; the issue stays as it is."""
    from ledger.sync.linking import detach

    here = session()
    name = _tracker_named(tracker)
    done = detach(here.ledger, ref, here.actor(), tracker=name)
    say(
        _("{ref} is not synced with {tracker} any more.").format(
            ref=done.ref, tracker=name
        )
    )


@sync_command.command("sweep")
@click.argument("name", required=False)
@option("--yes", is_flag=True, help=N_("Go on where a brake would stop."))
@format_option()
def sweep_tracker(name: str | None, yes: bool, form: str) -> int:
    """Read everything, and find the issues that are not there any more."""
    return _run(_tracker_named(name), form, yes=yes, sweep=True)


@sync_command.command("serve")
@option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    help=N_("Where to listen; only this machine by default."),
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8479,
    metavar="N",
    help=N_("The port (8479); 0 takes one that is free."),
)
@option(
    "--tracker",
    "names",
    multiple=True,
    metavar="NAME",
    help=N_("Only of this tracker; may be given several times."),
)
def serve_webhooks(host: str, port: int, names: tuple[str, ...]) -> None:
    """Receive the webhooks of Gitea, Forgejo and Jira, and sync when one comes.

    A webhook is a hint to look at an issue now; what it says is never applied, and
    the next sync finds what a lost one was about. The secret stands in your
    credentials.toml, as webhook_secret in the entry of the tracker's address. Point
    each webhook to the address that is printed, and give it the same secret.
    """
    from ledger.cli.serving import serve

    serve(host, port, names)


@click.command("doctor", cls=Command)
@click.argument("name", required=False)
def doctor_command(name: str | None) -> int:
    """Ask a tracker everything that could go wrong, and say what to do.

    Checks address, token, rights, labels, clock and version; writes nothing.
    """
    from ledger.sync.report import exit_code
    from ledger.sync.status import doctor
    from ledger.views import sync as view

    name = _tracker_named(name)
    found = doctor(session().ledger, name, connect=connect())
    say(view.diagnosis_screen(name, found, width=width()))
    return max((exit_code(fault) for fault in found.faults), default=0)
