from __future__ import annotations

from tests.reference import PAGE, page


def test_the_reference_page_says_what_the_commands_themselves_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m tests.reference"
