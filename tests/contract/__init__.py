# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is a request one that the API has? Held against the facts in cloud.json and enterprise.json (see generate.py).

The unit tests ask this for every request as it leaves the collection, the integration tests for every request that the
simulator has received.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema

HERE = Path(__file__).parent
# What the simulator's journal shows in the place of a secret; it may stand for anything.
MASK = "***"
# Asking which methods a route has is not a call of it (RFC 9110, 9.3.7)
UNLISTED = ("OPTIONS",)


def violations(product: str, method: str, path: str, query: Mapping[str, str], body: Any) -> list[str]:
    """What is wrong with a request to ``cloud`` or ``enterprise``, in words; empty when nothing is."""
    if method in UNLISTED:
        return []
    operation = find(product, method, path)
    if operation is None:
        return [f"the API has no {method} {path}"]
    wrong = [
        f"{method} {path} has no query parameter {name}"
        for name in query
        if name not in operation.get("query", ())
    ]
    if product == "enterprise":
        return wrong + _enterprise_body(operation, body)
    for name, schema in operation.get("query", {}).items():
        if schema.get("type") == "integer" and not re.fullmatch(r"-?\d+", query.get(name, "0")):
            wrong.append(f"query parameter {name} is no integer: {query[name]}")
    return wrong + _cloud_body(operation, body)


def find(product: str, method: str, path: str) -> dict[str, Any] | None:
    """The facts about an operation; a path without placeholders wins over one with."""
    matches = [
        operation
        for name, pattern, operation in _table(product)
        if name == method and pattern.fullmatch(path.rstrip("/"))
    ]
    return matches[0] if matches else None


@functools.cache
def facts(product: str) -> dict[str, Any]:
    loaded = json.loads((HERE / f"{product}.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@functools.cache
def _table(product: str) -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    rows = []
    for key, operation in facts(product)["operations"].items():
        method, path = key.split(" ", 1)
        pattern = "".join(
            "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", path)
        )
        rows.append((path.count("{"), method, re.compile(pattern.rstrip("/")), operation))
    rows.sort(key=lambda row: row[0])
    return [row[1:] for row in rows]


def _cloud_body(operation: dict[str, Any], body: Any) -> list[str]:
    schema = operation.get("body")
    if schema is None:
        return [] if body is None else [f"this operation has no body: {json.dumps(body)}"]
    if body is None:
        return ["this operation needs a body"]
    return [
        f"{'.'.join(str(part) for part in error.absolute_path) or 'body'}: {error.message}"
        for error in _validator(json.dumps(schema)).iter_errors(body)
        if error.instance != MASK
    ]


@functools.cache
def _validator(schema: str) -> jsonschema.Draft202012Validator:
    resolved = _as_json_schema(json.loads(schema))
    definitions = {name: _as_json_schema(item) for name, item in facts("cloud")["schemas"].items()}
    return jsonschema.Draft202012Validator({**resolved, "$defs": definitions})


def _as_json_schema(schema: Any) -> Any:
    """References as JSON Schema writes them."""
    if isinstance(schema, list):
        return [_as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"#/$defs/{value}" if key == "$ref" and isinstance(value, str) else _as_json_schema(value)
        for key, value in schema.items()
    }


def _enterprise_body(operation: dict[str, Any], body: Any) -> list[str]:
    """Only names are known for all fields; the simulated cluster looks at types and ranges."""
    known = set(operation.get("fields", ()))
    if operation.get("object"):
        known.update(facts("enterprise")["objects"][operation["object"]])
    if not known or not isinstance(body, dict):
        return []
    return [f"the request has no field {name}" for name in body if name not in known]
