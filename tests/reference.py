"""Writes docs/reference.md from the commands themselves: python -m tests.reference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ledger import i18n
from ledger.cli.app import COMMANDS, root

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
COMMON = {"acting", "ledger_path", "lang", "debug"}

HEAD = """# Reference of the commands

Written from the commands themselves by `python -m tests.reference`; a test holds it.

Every command takes, before or behind its own words: `--as NAME` (who acts; else
`LEDGER_AS`, else the user's configuration, else the one person bound to this OS
account), `--ledger PATH` (else `LEDGER`, else the nearest upwards), `--lang zh|en`
(else the locale), `--debug`, `--help`.

**REF** is a reference (`R-2023-004`), its number with or without the year
(`2023-4`, `4`), or any tail of it that is unambiguous. Where several items are taken:
also commas (`1,4`), ranges (`R-2023-001..004`), or `--all` with a selection.

**Dates**: `2026-12-31`, `12-31`, `2026年12月31日`, `20wd` or `20个工作日` (working days
from today), `30d` or `30日`, `3m` or `3个月`, `month-end` or `月底`, `year-end` or `年底`.

**Exit codes**: 0 done · 1 unexpected error · 2 usage, unknown or ambiguous reference ·
3 attention needed (`status --check`) · 4 refused by a rule · 5 authentication or
permission at a tracker · 6 partly done or waiting · 7 stopped by a brake · 8 ledger
damaged or too new · 9 unreadable document · 10 ledger busy · 11 tracker unreachable ·
12 no ledger found. Errors go to standard error: what happened, why, what to do next;
with `--format json` as one `error/1` document.
"""


def page() -> str:
    """The whole page."""
    i18n.activate("en")
    context = click.Context(root, info_name="ledger")
    parts = [HEAD]
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None, name
        parts.extend(section(command, f"ledger {name}", 2))
    return "\n".join(parts)


def section(command: click.Command, path: str, depth: int) -> Iterator[str]:
    """The part of one command, and of those below it."""
    context = click.Context(command, info_name=path)
    usage = " ".join(
        piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"
    )
    yield f"{'#' * depth} `{path}`\n"
    yield f"`{path}{' ' + usage if usage else ''}`\n"
    with context:
        formatter = context.make_formatter()
        command.format_help_text(context, formatter)
    text = formatter.getvalue().strip()
    yield "\n".join(line.strip() for line in text.splitlines()) + "\n"
    rows = [
        record
        for option in command.get_params(context)
        if isinstance(option, click.Option)
        and option.name not in COMMON
        and "--help" not in option.opts
        and (record := option.get_help_record(context))
    ]
    if rows:
        yield "| option | |\n|---|---|"
        for names, meaning in rows:
            shown = names.replace("|", r"\|")
            yield f"| `{shown}` | {meaning} |"
        yield ""
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from section(below, f"{path} {name}", depth + 1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
