"""Markdown to and from the wiki markup of Jira Data Center (pure).

Texts of ours come back exactly, line by line: a line becomes a heading, a list
entry or rich text only if reading that back gives the same line, and otherwise
plain text in which everything that Jira would take for markup is escaped (so that
``[~name]`` pings nobody). Texts that people wrote in Jira become Markdown as well
as it can say them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_HEADING = re.compile(r"(#{1,6}) (\S.*)")
_TASK = re.compile(r"- \[([ x])\] (\S.*)")
_BULLET = re.compile(r"- (\S.*)")
_FENCE = re.compile(r"```([\w+#.-]*)")
_INLINE = re.compile(
    r"`(?P<code>[^`{}\n]+)`"
    r"|\*\*(?P<strong>[^*\n]+)\*\*"
    r"|\[(?P<text>[^\[\]|\n]+)\]\((?P<href>https?://[^()\s|\[\]]+)\)"
)
_SPECIAL = re.compile(
    r"\\|&(?=amp;|#92;)|[{}\[\]*_!|^~+]|\?(?=\?)|(?<=\?)\?"
    r"|^(?:-|#|h[1-6]\.|bq\.)|(?<!\w)-(?=\S)|(?<=\S)-(?!\w)"
)
_ESCAPED = re.compile(r"\\(?P<mark>[{}\[\]*_!|^~+?#hb-])|(?P<entity>&#92;|&amp;)")

_WIKI_HEADING = re.compile(r"h([1-6])\. (.*)")
_WIKI_TASK = re.compile(r"\* \\?\[([ xX])\\?\] (.*)")
_WIKI_BULLET = re.compile(r"([*-]+) (.*)")
_WIKI_NUMBER = re.compile(r"#+ (.*)")
_WIKI_CODE = re.compile(r"\{(?:code(?::(?P<lang>[\w+#.-]*)[^}]*)?|noformat[^}]*)\}")
_WIKI_INLINE = re.compile(
    r"\\(?P<mark>[{}\[\]*_!|^~+?#hb-])|(?P<entity>&#92;|&amp;)"
    r"|\{\{(?P<code>[^{}\n]+)\}\}"
    r"|(?<![\w*\\])\*(?P<strong>[^*\s\\](?:[^*\n\\]*[^*\s\\])?)\*(?![\w*])"
    r"|\[(?P<text>[^\[\]|\n~]+)\|(?P<href>https?://[^\[\]|\s]+)\]"
)


def wiki(text: str) -> str:
    """Wiki markup that reads back as ``text``."""
    rich = "\n".join(_written(text))
    return rich if markdown(rich) == text else "\n".join(map(_plain, text.split("\n")))


def markdown(text: str) -> str:
    """Wiki markup as Markdown."""
    lines: list[str] = []
    code = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        fence = _WIKI_CODE.fullmatch(line.strip())
        if fence:
            lines.append("```" if code else f"```{fence['lang'] or ''}")
            code = not code
        else:
            lines.append(line if code else _read(line))
    return "\n".join(lines)


def _written(text: str) -> list[str]:
    """The lines of ``text`` in wiki markup, with its code between ``{code}``."""
    lines: list[str] = []
    source = text.split("\n")
    closing = ""
    for at, line in enumerate(source):
        fence = _FENCE.fullmatch(line)
        if closing:
            lines.append(closing if line == "```" else line)
            closing = "" if line == "```" else closing
        elif fence and "```" in source[at + 1 :]:
            closing = "{code}" if fence[1] else "{noformat}"
            lines.append(f"{{code:{fence[1]}}}" if fence[1] else closing)
        else:
            lines.append(_line(line))
    return lines


def _line(line: str) -> str:
    """The best markup for a line that reads back as it."""
    for inline in (_rich, _plain):
        for start, rest in _starts(line):
            made = start + inline(rest)
            if _read(made) == line:
                return made
    return _plain(line)


def _starts(line: str) -> Iterator[tuple[str, str]]:
    """What a line may begin with in wiki markup, and the rest of it."""
    if found := _HEADING.fullmatch(line):
        yield f"h{len(found[1])}. ", found[2]
    if found := _TASK.fullmatch(line):
        yield rf"* \[{found[1]}\] ", found[2]
    if found := _BULLET.fullmatch(line):
        yield "* ", found[1]
    yield "", line


def _rich(line: str) -> str:
    parts: list[str] = []
    done = 0
    for found in _INLINE.finditer(line):
        parts.append(_plain(line[done : found.start()]))
        if found["code"]:
            parts.append(f"{{{{{found['code']}}}}}")
        elif found["strong"]:
            parts.append(f"*{_plain(found['strong'])}*")
        else:
            parts.append(f"[{_plain(found['text'])}|{found['href']}]")
        done = found.end()
    parts.append(_plain(line[done:]))
    return "".join(parts)


def _plain(text: str) -> str:
    """``text`` with everything escaped that would be markup."""

    def escape(found: re.Match[str]) -> str:
        mark = found[0]
        return {"\\": "&#92;", "&": "&amp;"}.get(mark, f"\\{mark}")

    return _SPECIAL.sub(escape, text)


def _unescaped(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        return found["mark"] or {"&#92;": "\\", "&amp;": "&"}[found["entity"]]

    return _ESCAPED.sub(plain, text)


def _read(line: str) -> str:
    """One line of wiki markup as Markdown."""
    if found := _WIKI_HEADING.fullmatch(line):
        return f"{'#' * int(found[1])} {_inline(found[2])}"
    if found := _WIKI_TASK.fullmatch(line):
        return f"- [{found[1].lower()}] {_inline(found[2])}"
    if found := _WIKI_BULLET.fullmatch(line):
        return f"{'  ' * (len(found[1]) - 1)}- {_inline(found[2])}"
    if found := _WIKI_NUMBER.fullmatch(line):
        return f"1. {_inline(found[1])}"
    return _inline(line)


def _inline(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        readers: dict[str, Callable[[], str]] = {
            "code": lambda: f"`{found['code']}`",
            "strong": lambda: f"**{_unescaped(found['strong'])}**",
            "href": lambda: f"[{_unescaped(found['text'])}]({found['href']})",
        }
        for name, read in readers.items():
            if found[name]:
                return read()
        return _unescaped(found[0])

    return _WIKI_INLINE.sub(one, text)
