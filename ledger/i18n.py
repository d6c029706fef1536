"""Messages in the user's language.

The language is ``--lang``, else the locale (``LC_ALL``, ``LC_MESSAGES``,
``LANG``). Message ids are the English sentences; the Chinese catalogue stands in
``locale/zh/LC_MESSAGES``. Data that is kept (reasons, opinions, report text) is
never translated.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES = ("zh", "en")

_language = "en"
_catalogue: Callable[[str], str] = str


def preferred() -> str:
    """The language that the environment asks for: ``zh`` or ``en``."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def activate(language: str | None) -> None:
    """Speak ``language`` from now on; ``None`` means what the locale says."""
    global _language, _catalogue  # noqa: PLW0603 (one language a process)
    _language = language or preferred()
    if _language == "en":
        _catalogue = str
        return
    import gettext as library  # noqa: PLC0415 (6 ms that English need not pay)

    path = Path(__file__).parent / "locale" / _language / "LC_MESSAGES" / "ledger.mo"
    with path.open("rb") as file:
        _catalogue = library.GNUTranslations(file).gettext


def language() -> str:
    """The language spoken now."""
    return _language


def _(text: str) -> str:
    """``text`` in the language spoken now."""
    return _catalogue(text) if text else ""
