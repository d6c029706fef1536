"""Keep the Chinese catalogue whole: ``python -m tests.catalogue [--check]``.

Collects every message id, merges them into ``ledger.po`` (translations stay, what
nobody uses any more goes) and compiles ``ledger.mo`` beside it. Both are committed,
and neither changes when no message does: sorted, no dates, no line numbers.

``--check`` changes nothing, prints what does not hold, and ends with 1 if anything
does not.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Final

import click
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from ledger.cli.app import Root, root
from ledger.lifecycle import TRANSITIONS
from ledger.views.lifecycle import requirement

ROOT: Final = Path(__file__).parents[1]
PO: Final = ROOT / "ledger" / "locale" / "zh" / "LC_MESSAGES" / "ledger.po"
MO: Final = PO.with_suffix(".mo")

CLICK: Final = "click"
CLICKS_OWN: Final[tuple[str | tuple[str, str], ...]] = (
    # What users of our commands can meet, in the words of click 8.2 to 8.5. A list
    # and not read out of the click installed: the catalogue serves all of them.
    "Options",
    "Commands",
    "Show this message and exit.",
    "required",
    "default: {default}",
    "Missing command.",
    "Missing argument",
    "Missing option",
    "Missing parameter",
    "Choose from:\n\t{choices}",
    "No such command {name!r}.",
    "No such option: {name}",
    "No such option {name!r}.",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
    "Option {name!r} does not take a value.",
    (
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ),
    "Argument {name!r} takes {nargs} values.",
    (
        "Got unexpected extra argument ({args})",
        "Got unexpected extra arguments ({args})",
    ),
    "file",
    "directory",
    "path",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.",
    "Could not open file {filename!r}: {message}",
    "unknown error",
    "Error: {message}",
    "Error: invalid input",
    "Aborted!",
)

_HEADER = """\
# The Chinese of the rectification ledger.
# Terms: the closure of an item is 销号, to register it 挂账, to assign it 交办.
# Update with: python -m tests.catalogue"""


class _Catalogue(Catalog):
    """A catalogue whose header says nothing of the day or the tool."""

    def __init__(self) -> None:
        super().__init__(locale="zh", header_comment=_HEADER, fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "rectification-ledger"),
            ("Language", "zh"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", "nplurals=1; plural=0;"),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: object) -> None:
        """What another catalogue's header says changes nothing here."""


@dataclass(slots=True)
class Wanted:
    """A message id that the code uses: its plural if it has one, and where it is."""

    plural: str | None
    places: set[str]


@cache
def collected() -> Mapping[str, Wanted]:
    """Every message id of the three packages, of their help and of click."""
    found: dict[str, Wanted] = {}
    for text, place in (
        *_marked(),
        *_help(),
        *_requirements(),
        *((text, CLICK) for text in CLICKS_OWN),
    ):
        single, plural = (text, None) if isinstance(text, str) else text
        wanted = found.setdefault(single, Wanted(plural, set()))
        wanted.places.add(place)
    return found


def _marked() -> Iterator[tuple[str, str]]:
    """What stands in ``_()`` and ``N_()``, also inside an f-string.

    Read from the syntax tree, because babel's own reader does not look into
    f-strings before Python 3.12.
    """
    for package in ("ledger", "checklists", "integrations"):
        for path in sorted((ROOT / package).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_bytes(), place)):
                match node:
                    case ast.Call(
                        func=ast.Name(id="_" | "N_"),
                        args=[ast.Constant(value=str(text))],
                    ):
                        yield text, place
                    case ast.Call(func=ast.Name(id="N_")):
                        raise ValueError(f"{place}:{node.lineno}: N_() of no text")
                    case _:
                        pass


def _requirements() -> Iterator[tuple[str, str]]:
    """What each guard of the lifecycle wants; its documentation says it."""
    for row in TRANSITIONS:
        for guard in row.guards:
            yield requirement(guard), "ledger/guards.py"


def _help() -> Iterator[tuple[str, str]]:
    """The help of every command and option; a command's docstring is its help."""
    yield from _help_of(root, listed_by=None)


def _help_of(
    command: click.Command, *, listed_by: click.Group | None
) -> Iterator[tuple[str, str]]:
    callback = inspect.unwrap(command.callback or _help_of)
    place = Path(inspect.getfile(callback)).relative_to(ROOT).as_posix()
    whole = inspect.cleandoc(command.help or "")
    if whole:
        yield whole, place
        if listed_by is not None and not isinstance(listed_by, Root):
            # The root has a line of its own for each command, other groups take
            # the first of its help.
            yield whole.split("\n", 1)[0], place
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield parameter.help, place
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None, name
            yield from _help_of(below, listed_by=command)


def stored() -> dict[str, Message]:
    """The catalogue as it stands in ``ledger.po``."""
    if not PO.exists():
        return {}
    with PO.open("rb") as file:
        return {_forms(message)[0]: message for message in read_po(file) if message.id}


def merged(wanted: Mapping[str, Wanted], known: Mapping[str, Message]) -> Catalog:
    """The catalogue of what is ``wanted`` with the translations that are ``known``."""
    catalogue = _Catalogue()
    for single, entry in wanted.items():
        old = known.get(single)
        strings = strings_of(old) if old is not None else ("",)
        message = catalogue.add(
            single if entry.plural is None else (single, entry.plural),
            strings[0] if entry.plural is None else strings[:1],
            locations=[(place, 0) for place in sorted(entry.places)],
        )
        # What else babel flags differs from release to release.
        message.flags = {"fuzzy"} if old is not None and old.fuzzy else set()
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """The bytes of ``ledger.mo``."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def faults() -> list[str]:
    """What does not hold, a line each."""
    wanted, known = collected(), stored()
    lines = [f"missing: {text!r}" for text in sorted(wanted.keys() - known.keys())]
    lines += [f"unused: {text!r}" for text in sorted(known.keys() - wanted.keys())]
    for single, message in sorted(known.items()):
        strings = strings_of(message)
        if message.fuzzy:
            lines.append(f"fuzzy: {single!r}")
        if not all(strings):
            lines.append(f"untranslated: {single!r}")
            continue
        # Of two English forms, the Chinese may follow either, or both.
        forms = [placeholders(form) for form in _forms(message)]
        forms.append(set().union(*forms))
        lines += [
            f"other places than {single!r}: {text!r}"
            for text in strings
            if placeholders(text) not in forms
        ]
    if not MO.exists() or _strings(MO.read_bytes()) != _strings(
        compiled(merged(wanted, known))
    ):
        lines.append("stale: ledger.mo is not what ledger.po compiles to")
    return lines


def placeholders(text: str) -> set[tuple[str, str | None, str | None]]:
    """The ``{name}`` places of ``text``: name, format and conversion."""
    return {
        (name, form, conversion)
        for _literal, name, form, conversion in Formatter().parse(text)
        if name is not None
    }


def update() -> None:
    """Write ``ledger.po`` and ``ledger.mo``, and say what is left to translate."""
    wanted, known = collected(), stored()
    catalogue = merged(wanted, known)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, include_lineno=False)
    MO.write_bytes(compiled(catalogue))
    for text in sorted(known.keys() - wanted.keys()):
        print(f"dropped: {text!r} = {known[text].string!r}")  # noqa: T201 (a tool for the terminal)
    for line in faults():
        print(line)  # noqa: T201 (a tool for the terminal)
    print(f"{len(wanted)} messages")  # noqa: T201 (a tool for the terminal)


def strings_of(message: Message) -> tuple[str, ...]:
    """The translations of ``message``: one, for Chinese has no plural."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _forms(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(content: bytes) -> dict[str, tuple[str, ...]]:
    catalogue = read_mo(BytesIO(content))
    return {
        _forms(message)[0]: strings_of(message) for message in catalogue if message.id
    }


def main(words: list[str]) -> int:
    """Update, or with ``--check`` only look."""
    if words == ["--check"]:
        found = faults()
        for line in found:
            print(line)  # noqa: T201 (a tool for the terminal)
        return 1 if found else 0
    if words:
        print(__doc__)  # noqa: T201 (a tool for the terminal)
        return 2
    update()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
