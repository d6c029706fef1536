"""Only who knows the secret is heard, and only an issue's name is taken from him."""

from __future__ import annotations

import hmac
import json
from hashlib import sha1, sha256
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.webhook import Hint, genuine, hint
from tests.fakes.tokens import token_of

GITEA = json.dumps(
    {"action": "closed", "issue": {"number": 12}, "repository": {"full_name": "o/r"}}
).encode()
JIRA = json.dumps(
    {"webhookEvent": "jira:issue_updated", "issue": {"key": "A_B-7"}}
).encode()
SECRET = token_of("值")


def mac(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, sha256).hexdigest()


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("X-Gitea-Signature", ""),
        ("x-forgejo-signature", ""),
        ("X-Hub-Signature-256", "sha256="),
        ("X-Hub-Signature", "sha256="),
    ],
)
def test_a_right_signature_is_genuine_and_any_other_is_not(
    name: str, prefix: str
) -> None:
    right = mac(GITEA)
    assert genuine({name: prefix + right}, GITEA, SECRET)
    assert genuine({name: prefix + right.upper()}, GITEA, SECRET)
    for wrong in (
        "",
        right[:-1],
        "0" * 64,
        mac(GITEA, "other"),
        mac(GITEA + b" "),
        "é",
    ):
        assert not genuine({name: prefix + wrong}, GITEA, SECRET)
    assert not genuine({name: prefix + right}, GITEA + b" ", SECRET)
    assert not genuine({name: prefix + mac(GITEA, "")}, GITEA, "")


def test_without_a_signature_nothing_is_genuine() -> None:
    assert not genuine({}, GITEA, SECRET)
    # What Gitea sends where no secret is set.
    assert not genuine(
        {"X-Gitea-Signature": "", "X-Hub-Signature-256": "sha256="}, GITEA, SECRET
    )


def test_weaker_hashes_are_not_taken() -> None:
    weak = hmac.new(SECRET.encode(), GITEA, sha1).hexdigest()
    assert not genuine({"X-Hub-Signature": f"sha1={weak}"}, GITEA, SECRET)
    assert not genuine({"X-Hub-Signature": mac(GITEA)}, GITEA, SECRET)


def test_the_text_within_a_form_is_what_was_signed() -> None:
    body = b"payload=" + quote_plus(GITEA).encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Gitea-Signature": mac(GITEA),
    }
    assert genuine(headers, body, SECRET)
    assert hint(headers, body) == Hint("o/r", "12")
    assert not genuine({**headers, "X-Gitea-Signature": mac(body)}, body, SECRET)


def test_the_issue_is_named_by_project_and_key() -> None:
    assert hint({}, GITEA) == Hint("o/r", "12")
    assert hint({}, JIRA) == Hint("A_B", "A_B-7")


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        None,
        {"issue": None},
        {"issue": {"number": "12"}, "repository": {"full_name": "o/r"}},
        {"issue": {"number": 12}},
        {"issue": {"number": 12}, "is_pull": True, "repository": {"full_name": "o/r"}},
        {
            "issue": {"number": 1, "pull_request": {}},
            "repository": {"full_name": "o/r"},
        },
        {"issue": {"key": 5}},
    ],
)
def test_what_is_about_no_issue_is_no_hint(value: object) -> None:
    assert hint({}, json.dumps(value).encode()) is None


@given(
    st.binary(max_size=200),
    st.dictionaries(st.text(max_size=20), st.text(max_size=80), max_size=4),
)
def test_no_bytes_make_it_fall_over(body: bytes, headers: dict[str, str]) -> None:
    assert not genuine(headers, body, SECRET)
    hint(headers, body)
    hint({"content-type": "application/x-www-form-urlencoded"}, body)
