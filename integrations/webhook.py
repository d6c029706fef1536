"""A tracker's webhook: is it genuine, and which issue should be looked at.

The body is never applied: it may be late, out of order or forged in part. It only
says *look at this issue now*.

* Gitea and Forgejo: ``X-Gitea-Signature`` or ``X-Forgejo-Signature``, the hex
  HMAC-SHA256 of the JSON text, also where that is sent inside a form
  (services/webhook/deliver.go).
* Jira: ``X-Hub-Signature: sha256=…`` of the raw body (Cloud and Data Center).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs

_PLAIN = ("x-gitea-signature", "x-forgejo-signature")
_PREFIXED = ("x-hub-signature-256", "x-hub-signature")


@dataclass(frozen=True, slots=True)
class Hint:
    """The issue to look at: its project as the tracker names it, and its key."""

    project: str
    key: str


def genuine(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether somebody who knows ``secret`` sent this.

    ``body`` is the raw body. Compared in constant time; without a secret, and
    without a signature (an empty one is sent where none is set), nothing is genuine.
    """
    named = {name.lower(): text.strip() for name, text in headers.items()}
    offered = [named.get(name, "") for name in _PLAIN]
    offered += [
        named.get(name, "").removeprefix("sha256=")
        for name in _PREFIXED
        if named.get(name, "").startswith("sha256=")
    ]
    if not secret:
        return False
    signed = hmac.new(secret.encode(), _signed_part(named, body), sha256).hexdigest()
    return any(
        hmac.compare_digest(signed.encode(), one.lower().encode()) for one in offered
    )


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Which issue a genuine webhook is about; ``None`` if about none."""
    named = {name.lower(): text for name, text in headers.items()}
    try:
        value = json.loads(_signed_part(named, body))
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("is_pull") is True:
        return None
    issue, repository = value.get("issue"), value.get("repository")
    if not isinstance(issue, dict) or issue.get("pull_request") is not None:
        return None
    match issue, repository:
        case {"number": int(number)}, {"full_name": str(project)}:
            return Hint(project, str(number))
        case {"key": str(key)}, _:
            return Hint(key.rpartition("-")[0], key)
    return None


def _signed_part(named: Mapping[str, str], body: bytes) -> bytes:
    """The JSON text: the body, or the field ``payload`` of a form."""
    kind = named.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return body
    form = parse_qs(body, max_num_fields=8)
    return form.get(b"payload", [b""])[0]
