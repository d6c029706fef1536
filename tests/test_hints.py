"""Every command that a message tells people to type is one, with these options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from ledger.cli.app import root
from tests.catalogue import collected

HINT = re.compile(r"(?:^|: |[`(“])(ledger [a-z][^.;`”)]*)")


def hints() -> Iterator[tuple[str, str]]:
    for message in sorted(collected()):
        for found in HINT.findall(message):
            yield found.strip(), message


def check(words: list[str]) -> str | None:
    """What is wrong with the words of a command, or nothing."""
    command: click.Command = root
    context = click.Context(root, info_name="ledger")
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        below = command.get_command(context, rest[0])
        if below is None:
            if command.name == "sync":
                below = command.get_command(context, "run")
                assert below is not None
                command = below
                break
            return f"no command {rest[0]!r} in {command.name}"
        command, rest = below, rest[1:]
        context = click.Context(command, info_name=command.name, parent=context)
    known = {name for option in command.params for name in option.opts}
    known |= {name for option in command.params for name in option.secondary_opts}
    if isinstance(command, click.Group) and command.name == "sync":
        run = command.get_command(context, "run")
        assert run is not None
        known |= {name for option in run.params for name in option.opts}
    for word in rest:
        if word.startswith("--") and word.split("=")[0] not in known:
            return f"{command.name} has no option {word}"
    return None


@pytest.mark.parametrize(("hint", "message"), list(hints()))
def test_the_command_in_a_message_exists(hint: str, message: str) -> None:
    text = re.split(
        r"[,，。：]|\s(?:and|or|writes|shows|prints|to|lists|asks|once)\s", hint
    )[0]
    words = shlex.split(text.replace("{", "").replace("}", "").replace('"', ""))
    wrong = check([word for word in words if word not in ("…", "REF", "NAME")])
    assert wrong is None, f"{wrong}: {message}"
