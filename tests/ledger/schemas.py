"""The schemas of ``docs/schemas``, with no key allowed that they do not name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.leaks import WATCH

_SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def schema_of(name: str) -> dict[str, Any]:
    """The schema of the documents called ``name`` (``status/1``)."""
    path = _SCHEMAS / f"{name.replace('/', '-')}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def hold(document: dict[str, Any]) -> None:
    """Fail unless ``document`` is what its schema says, to the last key."""
    WATCH.look(document["schema"], json.dumps(document, ensure_ascii=False))
    again = json.loads(json.dumps(document, ensure_ascii=False))
    assert list(_strict(document["schema"]).iter_errors(again)) == []


@cache
def _strict(name: str) -> Draft202012Validator:
    """What judges documents called ``name``; its schema is itself one."""
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(_closed(schema))


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        closed.setdefault("additionalProperties", False)
    return closed
