# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuses request bodies that the real service's JSON parser would refuse, with its wording where that is recorded.

``request_schemas.json`` holds field names, types, choices and minima of the request bodies, as published by the vendor.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..messages import Request
from .errors import HttpProblem

SCHEMAS: dict[str, Any] = json.loads(
    Path(__file__).with_name("request_schemas.json").read_text(encoding="utf-8")
)
PREFIX = "Bad Request: JSON parameter contains unsupported fields / values. JSON parse error: "
# The vendor's SDK sends certificates of Pro databases as plain strings, the published schema says objects.
STRING_OR_OBJECT = {"DatabaseCertificateSpec"}
TYPES: dict[str, tuple[str, tuple[type, ...]]] = {
    "string": ("java.lang.String", (str,)),
    "integer": ("java.lang.Integer", (int,)),
    "number": ("java.lang.Double", (int, float)),
    "boolean": ("java.lang.Boolean", (bool,)),
    "object": ("java.util.Map", (dict,)),
}

JSON_KINDS = {str: "String", bool: "Boolean", int: "Integer", float: "Double", list: "Array", dict: "Object"}


def read_body(schema: str, request: Request) -> dict[str, Any]:
    """The body of ``request`` if it follows ``schema``, else ``HttpProblem`` 400."""
    return check_body(schema, read_json(request))


def read_json(request: Request) -> Any:
    """The decoded body, ``None`` if there is none, ``HttpProblem`` 400 if it is not JSON."""
    try:
        return request.json()
    except ValueError:
        raise HttpProblem(400, f"{PREFIX}Unexpected character") from None


def check_body(schema: str, body: Any) -> dict[str, Any]:
    """``body`` if it follows ``schema``, else ``HttpProblem`` 400. A null counts as absent, except in lists."""
    if body is None:
        raise HttpProblem(400, "Bad Request: Required request body is missing")
    if not isinstance(body, dict):
        raise HttpProblem(400, _cannot(schema, body))
    definition = SCHEMAS[schema]
    for name, value in body.items():
        rule = definition["fields"].get(name)
        if rule is None:
            known = ", ".join(f'"{known}"' for known in definition["fields"])
            raise HttpProblem(
                400, f'{PREFIX}Unrecognized field "{name}" (class {schema}), known properties: [{known}]'
            )
        if value is not None:
            _check_value(rule, value, name)
    for name in definition["required"]:
        if body.get(name) is None:
            raise HttpProblem(400, f"Bad Request: {name}: must not be null")
    return body


def _check_value(rule: dict[str, Any], value: Any, name: str) -> None:
    if "list" in rule:
        if not isinstance(value, list):
            raise HttpProblem(400, _cannot("java.util.ArrayList", value))
        for item in value:
            _check_value(rule["list"], item, name)
        return
    if "object" in rule:
        if rule["object"] in STRING_OR_OBJECT and isinstance(value, str):
            return
        check_body(rule["object"], value)
        return
    java_name, accepted = TYPES[rule["type"]]
    if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
        raise HttpProblem(400, _cannot(java_name, value))
    choices = rule.get("enum")
    if choices and value not in choices:
        listed = ", ".join(choices)
        raise HttpProblem(
            400, f"{_cannot(name, value)}: not one of the values accepted for Enum class: [{listed}]"
        )
    minimum = rule.get("minimum")
    if minimum is not None and value < minimum:
        raise HttpProblem(400, f"Bad Request: {name}: must be greater than or equal to {minimum}")


def _cannot(target: str, value: Any) -> str:
    kind = JSON_KINDS.get(type(value), "Null")
    shown = value if isinstance(value, str) else json.dumps(value)
    return f'{PREFIX}Cannot deserialize value of type `{target}` from {kind} "{shown}"'
