"""A block of ours is replaced in people's text, and nothing around it changes."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from integrations.block import in_block

OLD, NEW = "<!-- a -->\n1 of 4\n<!-- /a -->", "<!-- a -->\n2 of 4\n<!-- /a -->"


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("", NEW),
        (" \n", NEW),
        ("看板", f"{NEW}\n\n看板"),
        (OLD, NEW),
        (f"前\n{OLD}\n后", f"前\n{NEW}\n后"),
        (
            f"前\n{OLD}\n后".replace("\n", "\r\n"),
            f"前\n{NEW}\n后".replace("\n", "\r\n"),
        ),
        (f"  {OLD}  ", NEW),
        # Of a half nothing is known: it stays, and the block comes first.
        ("<!-- a -->\n半", f"{NEW}\n\n<!-- a -->\n半"),
        ("半\n<!-- /a -->", f"{NEW}\n\n半\n<!-- /a -->"),
        ("<!-- /a -->\n<!-- a -->", f"{NEW}\n\n<!-- /a -->\n<!-- a -->"),
        # Of two the first counts.
        (f"{OLD}\n{OLD}", f"{NEW}\n{OLD}"),
    ],
)
def test_the_block_is_put_where_it_was(text: str, then: str) -> None:
    assert in_block(text, NEW) == then


def test_a_block_of_one_line_stands_where_it_is() -> None:
    assert in_block("a\nb\nc", "b") == "a\nb\nc"
    assert in_block("a", "b") == "b\n\na"


@given(st.text(), st.text())
def test_whatever_stands_around_it_stays_and_the_same_block_changes_nothing(
    before: str, after: str
) -> None:
    assume("<!--" not in before + after)
    text = f"{before}\n{OLD}\n{after}"
    newline = "\r\n" if "\r\n" in text else "\n"
    then = in_block(text, NEW)
    assert then == text.replace(OLD, NEW.replace("\n", newline))
    assert in_block(then, NEW) == then
