"""What a 4xx answer means: which error, and what to do about it."""

from __future__ import annotations

import json
from http import HTTPStatus

from integrations.tracker import (
    N_,
    Forbidden,
    Invalid,
    Missing,
    ReadOnly,
    Refused,
    Stale,
    Unauthenticated,
)

_REFUSALS: dict[int, tuple[type[Refused], str, str]] = {
    HTTPStatus.UNAUTHORIZED: (
        Unauthenticated,
        N_("{host} does not accept the token."),
        N_("Check the token of this tracker, or make a new one."),
    ),
    HTTPStatus.FORBIDDEN: (
        Forbidden,
        N_("{host} does not allow this."),
        N_("Give the account and its token the rights the tracker needs."),
    ),
    HTTPStatus.NOT_FOUND: (
        Missing,
        N_("{host} does not find this, or hides it from the account."),
        N_("Check address and project, and what the account may see."),
    ),
    HTTPStatus.CONFLICT: (
        Stale,
        N_("The issue was changed by somebody else in between."),
        N_("Read it again and repeat what still differs."),
    ),
    HTTPStatus.LOCKED: (
        ReadOnly,
        N_("{host} holds this project or issue read-only."),
        N_("Un-archive the project or unlock the issue, then try again."),
    ),
}
_REFUSALS[HTTPStatus.GONE] = _REFUSALS[HTTPStatus.NOT_FOUND]
_INVALID = (
    Invalid,
    N_("{host} does not accept the values that were sent."),
    N_("Correct what the tracker names, then try again."),
)


def refusal(status: int, host: str, said: str) -> Refused:
    """The error for a 4xx ``status``; ``said`` is the server's text, made harmless."""
    kind, what, todo = _REFUSALS.get(status, _INVALID)
    return kind(
        what,
        N_("It answered {status} {said}"),
        todo,
        host=host,
        status=status,
        said=said,
    )


def explanation(body: bytes) -> str:
    """The words of an error's body: of Gitea (``message``) or Jira, else nothing.

    HTML and other text is left out; it helps nobody in one line.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(value, dict):
        return ""
    words: list[str] = []
    for key in ("message", "error", "errorMessages", "errors"):
        match value.get(key):
            case str(text):
                words.append(text)
            case list(texts):
                words += [text for text in texts if isinstance(text, str)]
            case dict(texts):
                words += [f"{name}: {text}" for name, text in texts.items()]
    return "; ".join(word for word in words if word)
