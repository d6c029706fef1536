"""Text of reports and people made fit to stand in a tracker (pure).

Nothing in it pings a person (``@``), links an issue (``#1``, ``!1``, an issue's
address), closes one (``closes #1``), opens HTML or looks like our markers: a word
joiner, which is not shown, stands behind the character that would do it.
"""

from __future__ import annotations

import re
import unicodedata

from ledger import clean

JOINER = "\u2060"
_LONGEST_READ = clean.LONGEST_TEXT - 100

_ACTIVE = re.compile(
    r"@(?=\S)"
    r"|[#!](?=\d)"
    r"|/(?:issues|pulls|pull|merge_requests)/(?=\d)"
    r"|<(?=[A-Za-z/!?])"
    r"|\[(?=[~^])"
)


def harmless(text: str) -> str:
    """``text`` with every character that a tracker would act on made inert."""
    return _ACTIVE.sub(lambda found: found[0] + JOINER, text)


def line(text: str) -> str:
    """``text`` harmless and in one line."""
    return harmless(" ".join(_visible(text).split()))


def quoted(text: str) -> str:
    """``text`` harmless, as a Markdown quotation."""
    lines = _visible(text).strip().split("\n")
    return "\n".join(f"> {harmless(part.strip())}".rstrip() for part in lines)


def plain(text: str) -> str:
    """``text`` as people meant it: our joiners taken out again."""
    return text.replace(JOINER, "")


def tidied(text: str) -> str:
    """What people wrote in a tracker, as the ledger keeps it: tidied and bounded."""
    tidy = clean.text(plain(text)[:_LONGEST_READ])
    if len(text) > _LONGEST_READ:
        tidy = f"{tidy[: _LONGEST_READ - 1]}…"
    return tidy


def name(text: str, otherwise: str) -> str:
    """A file's or account's name from a tracker, made one that the ledger keeps."""
    tidy = " ".join(tidied(text[: clean.LONGEST_NAME * 4]).split())
    if len(tidy) > clean.LONGEST_NAME:
        stem, dot, ending = tidy.rpartition(".")
        room = clean.LONGEST_NAME - len(dot + ending) - 1
        tidy = f"{stem[:room]}…{dot}{ending}" if dot and room > 0 else tidy
    return tidy[: clean.LONGEST_NAME].strip() or otherwise


def cut(
    text: str, *, limit_bytes: int | None = None, limit_characters: int | None = None
) -> str:
    """``text`` no longer than a tracker keeps, an ellipsis where it was cut."""

    def fits(candidate: str) -> bool:
        return (limit_bytes is None or len(candidate.encode()) <= limit_bytes) and (
            limit_characters is None or len(candidate) <= limit_characters
        )

    if fits(text):
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(text[:middle].rstrip() + "…"):
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def _visible(text: str) -> str:
    return "".join(
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
    )
