"""A block of ours in a text that is people's otherwise (pure)."""

from __future__ import annotations

import re


def in_block(text: str, block: str) -> str:
    """``text`` with ``block`` in it once, everything around it left as it is.

    The first and the last line of ``block`` mark it: what stands from the one to the
    other is replaced. Where they do not stand in this order, the block comes first.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    ours = block.replace("\n", newline)
    first, *rest = block.split("\n")
    pattern = _line(first) + (rf".*?{_line(rest[-1])}" if rest else "")
    flags = re.MULTILINE | re.DOTALL
    replaced, count = re.subn(pattern, lambda _: ours, text, count=1, flags=flags)
    if count:
        return replaced
    return f"{ours}{newline * 2}{text}" if text.strip() else ours


def _line(words: str) -> str:
    return rf"^[ \t]*{re.escape(words)}[ \t]*(?=\r?$)"
