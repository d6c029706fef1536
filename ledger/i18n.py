"""Messages in the user's language.

The language is ``--lang``, else the locale (``LC_ALL``, ``LC_MESSAGES``,
``LANG``). Message ids are the English sentences; the Chinese catalogue stands in
``locale/zh/LC_MESSAGES`` and is kept whole by ``python -m tests.catalogue``. Data
that is kept (reasons, opinions, report text) is never translated.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES = ("zh", "en")

_DOMAIN = "ledger"
_NO_DOMAIN = "messages"  # the standard library's own default, for which nothing exists
_FOLDER = Path(__file__).parent / "locale"

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
    before, _language = _language, language or preferred()
    if _language == before == "en" and _catalogue is str:
        return  # English asks for nothing to be read
    import gettext as library

    if _language == "en":
        _catalogue = str
        library.textdomain(_NO_DOMAIN)
        return
    _catalogue = library.translation(_DOMAIN, _FOLDER, [_language]).gettext
    # click looks its own words up in the default domain, in the languages of the
    # environment; there --lang has to stand, for it to be heard.
    library.bindtextdomain(_DOMAIN, str(_FOLDER))
    library.textdomain(_DOMAIN)
    if library.find(_DOMAIN, _FOLDER) is None:
        os.environ["LANGUAGE"] = _language


def language() -> str:
    """The language spoken now."""
    return _language


def _(text: str) -> str:
    """``text`` in the language spoken now."""
    return _catalogue(text) if text else ""


def catalogue(language: str) -> Callable[[str], str]:
    """What puts messages into ``language``, whatever language is spoken now.

    Texts in a tracker keep the language that was chosen for them, so that two
    people's locales do not rewrite them in turns.
    """
    if language == "en":
        return str
    import gettext as library

    return library.translation(_DOMAIN, _FOLDER, [language], fallback=True).gettext
