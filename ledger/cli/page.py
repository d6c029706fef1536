"""Help pages in terminal cells: click counts characters, and Chinese ones are wide."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ledger.i18n import _
from ledger.views.text import width, wrap

_LEAST = 20  # cells beside a name; with fewer the explanation goes below it


class Page(click.HelpFormatter):
    """A help page whose lines hold, and break, where Chinese ones may."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The usage line; what does not fit hangs below the first argument."""
        named = _("Usage: {command}").format(command=prog)
        start = (named if prefix is None else prefix + prog) + " "
        if self.width - width(start) < _LEAST:
            self._lines([start.rstrip()])
            start = " " * self.indent_increment
        self._lines(wrap(args, self.width, indent=start, hanging=" " * width(start)))

    def write_heading(self, heading: str) -> None:
        """The heading of a section."""
        self._lines([_("{heading}:").format(heading=heading)])

    def write_text(self, text: str) -> None:
        """Paragraphs, which blank lines part; their lines are joined and wrapped."""
        indent = " " * self.current_indent
        for place, paragraph in enumerate(text.strip().split("\n\n")):
            if place:
                self.write_paragraph()
            joined = " ".join(paragraph.split())
            self._lines(wrap(joined, self.width, indent=indent))

    def write_dl(
        self,
        rows: Iterable[tuple[str, str]],
        col_max: int = 30,
        col_spacing: int = 2,
    ) -> None:
        """Names with what they mean beside them."""
        rows = list(rows)
        named = min(max((width(name) for name, _said in rows), default=0), col_max)
        hanging = " " * (self.current_indent + named + col_spacing)
        if self.width - width(hanging) < _LEAST:
            hanging = " " * (self.current_indent + self.indent_increment)
        for name, said in rows:
            indent = " " * self.current_indent + name
            room = width(hanging) - width(indent)
            if room < col_spacing:
                self._lines([indent])
                indent = hanging
            else:
                indent += " " * room
            self._lines(wrap(said, self.width, indent=indent, hanging=hanging))

    def _lines(self, lines: Iterable[str]) -> None:
        self.write("".join(f"{line}\n" for line in lines))
