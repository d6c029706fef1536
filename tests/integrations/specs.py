"""Requests and fake answers against the descriptions that the trackers publish.

The descriptions lie beside the repository (``../shared/specs``) and are not part
of it; without them what asks for them is skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.fakes.client import ROOT, FakeProcess

SPECS = ROOT.parent / "shared" / "specs"

EXCUSED = [
    (
        r"request of POST \S+/issues 422: .*'title' is a required property",
        "the test of the token's scope: refused on purpose, so that nothing is written",
    ),
    (
        r" of GET /(attachments|secure/attachment)/\S+ \d+: PathNotFound",
        "the bytes of a file come from the web side, which is not described",
    ),
    (
        r" of GET /rest/api/2/serverInfo 200: PathNotFound",
        "asked before the edition is known; Cloud's description of v3 has v3 only",
    ),
    (
        r"answer of PATCH \S+/issues/\d+ (404|500): ResponseNotFound",
        "not described, but seen in Gitea 1.27 and Forgejo 15 (test_fake_gitea.py)",
    ),
    (
        r"answer of PATCH \S+/issues/\d+ 409: ResponseNotFound",
        "Gitea's description has it in words only (content_version)",
    ),
    (
        r"answer of POST \S+/comments? (404|500): ResponseNotFound",
        "not described; Gitea and Forgejo were seen to do so",
    ),
]
"""What a description has against an exchange and why that is no fault of ours."""


class Exchange:
    """One request in the shape that openapi-core asks for."""

    def __init__(self, row: Mapping[str, Any], host_url: str) -> None:
        self.host_url = host_url
        self.path = quote(str(row["path"]))
        self.method = str(row["method"]).lower()
        self.body = str(row["request"]).encode() or None
        self.content_type = str(row["content_type"]).split(";")[0]
        self.parameters = RequestParameters(query=ImmutableMultiDict(row["query"]))


@dataclass
class Answer:
    """The answer of an exchange."""

    row: Mapping[str, Any]

    @property
    def status_code(self) -> int:
        return int(self.row["status"])

    @property
    def data(self) -> bytes:
        return str(self.row["answer"]).encode()

    @property
    def content_type(self) -> str:
        return str(self.row["answer_type"]).split(";")[0]

    @property
    def headers(self) -> Headers:
        return Headers()


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of a JSON value, the inner ones first."""
    if isinstance(value, dict):
        for one in list(value.values()):
            yield from walk(one)
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from walk(one)


def mend_gitea(api: dict[str, Any]) -> None:
    """Go writes null for what is not there; the descriptions do not say so."""
    for schema in walk(api["components"]["schemas"]):
        if isinstance(schema.get("type"), str):
            schema["nullable"] = True


def mend_jira(api: dict[str, Any]) -> None:
    """Take out what the descriptions' own examples contradict.

    Times have an offset without a colon, and an answer 204 has no body.
    """
    for schema in walk(api):
        if schema.get("format") == "date-time":
            del schema["format"]
    for path in api["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "204" in operation.get("responses", {}):
                operation["responses"]["204"].pop("content", None)


def mend_data_center(api: dict[str, Any]) -> None:
    """Values of fields are said to be objects, and lists to be one of their items.

    (Known defects of this description: see the COMPATIBILITY notes of others who
    test against it.)
    """
    schemas = api["components"]["schemas"]
    for name in ("IssueBean", "IssueUpdateBean"):
        schemas[name]["properties"]["fields"]["additionalProperties"] = {}
    schemas["IssueUpdateBean"]["properties"]["update"]["additionalProperties"] = {}
    schemas["FieldMetaBean"]["properties"]["allowedValues"]["items"] = {}
    for path, method in (
        ("/api/2/status", "get"),
        ("/api/2/issue/{issueIdOrKey}/attachments", "post"),
    ):
        content = api["paths"][path][method]["responses"]["200"]["content"]
        body = content["application/json"]
        body["schema"] = {"type": "array", "items": body["schema"]}


def modern(old: dict[str, Any]) -> dict[str, Any]:
    """A Swagger 2.0 description as OpenAPI 3, as far as JSON bodies go."""
    text = json.dumps(old).replace("#/definitions/", "#/components/schemas/")
    text = text.replace("#/responses/", "#/components/responses/")
    new = json.loads(text)

    def response(one: dict[str, Any]) -> dict[str, Any]:
        schema = one.pop("schema", None)
        one.pop("headers", None)
        return (
            {**one, "content": {"application/json": {"schema": schema}}}
            if schema
            else one
        )

    for path in new["paths"].values():
        for operation in path.values():
            kept: list[dict[str, Any]] = []
            for one in operation.pop("parameters", []):
                if one["in"] == "body":
                    content = {"application/json": {"schema": one["schema"]}}
                    operation["requestBody"] = {"content": content}
                elif one["in"] != "formData":
                    named = {
                        k: one.pop(k) for k in ("name", "in", "required") if k in one
                    }
                    one.pop("description", None)
                    one.pop("collectionFormat", None)
                    kept.append({**named, "schema": one})
            operation["parameters"] = kept
            for name in ("consumes", "produces"):
                operation.pop(name, None)
            operation["responses"] = {
                status: one if "$ref" in one else response(one)
                for status, one in operation["responses"].items()
            }
    return {
        "openapi": "3.0.3",
        "info": new["info"],
        "servers": [{"url": new["basePath"]}],
        "paths": new["paths"],
        "components": {
            "schemas": new["definitions"],
            "responses": {
                name: response(one) for name, one in new["responses"].items()
            },
        },
    }


@cache
def description(name: str) -> OpenAPI:
    """A description by its file name."""
    path = SPECS / name
    if not path.exists():
        pytest.skip(f"{path.relative_to(ROOT.parent)} is not beside this repository")
    value = json.loads(path.read_text("utf-8"))
    if "swagger" in value:
        value = modern(value)
    if name.startswith("jira"):
        mend_jira(value)
    else:
        mend_gitea(value)
    if name.startswith("jira-dc"):
        mend_data_center(value)
        value["servers"] = [{"url": "/rest"}]
    if name.startswith("jira-cloud"):
        value["servers"] = [{"url": "/"}]
    # Who asks is proved elsewhere; the schemes of the descriptions differ widely.
    value.pop("security", None)
    for path in value["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return OpenAPI.from_dict(value, config=Config(spec_validator_cls=None))  # type: ignore[arg-type]  # documented: None switches it off


def faults(api: OpenAPI, row: Mapping[str, Any], host: str) -> Iterator[str]:
    """What a description has against an exchange."""
    request = Exchange(row, host)
    for part in ("request", "answer"):
        try:
            if part == "answer":
                api.validate_response(request, Answer(row))
            elif "multipart" not in request.content_type:
                # A form with a file is no JSON; its answer is checked.
                api.validate_request(request)
        except OpenAPIError as error:
            cause = error.__cause__ or error
            details = getattr(cause, "schema_errors", ())
            shown = "; ".join(
                f"{list(one.path)}: {one.message[:200]}" for one in details
            )
            yield f"{part} of {row['method']} {row['path']} {row['status']}: {type(error).__name__} {error} {shown}"


def check(fake: FakeProcess, name: str) -> int:
    """Check all exchanges of a fake; how many there were."""
    api = description(name)
    rows = fake.exchanges()
    found = [text for row in rows for text in faults(api, row, fake.address)]
    unknown = [
        text
        for text in found
        if not any(re.search(pattern, text, re.DOTALL) for pattern, _ in EXCUSED)
    ]
    assert unknown == []
    excused = len(found) - len(unknown)
    print(f"\n{name}: {len(rows)} requests and answers checked, {excused} excused")  # noqa: T201 (the figure is asked for)
    return len(rows)
