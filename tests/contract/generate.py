# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes cloud.json and enterprise.json, the compact form of what the two APIs accept.

    PYTHONPATH=tests python -m contract.generate redis-cloud-openapi.json redis-enterprise-endpoints.json

The first argument is the OpenAPI document of Redis Cloud, the second a table of the Redis Enterprise REST API in JSON,
made from its reference pages: lists of ``{method, path, params.query, request_object, body}``, and ``objects`` with the
fields of each request object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# What decides about a value; everything else of a schema is prose.
SCHEMA_KEYS = (
    "type",
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "required",
    "nullable",
)
REF = "#/components/schemas/"


def cloud(document: dict[str, Any]) -> dict[str, Any]:
    """Operations with their query parameters and body schema, and the schemas that they use."""
    schemas = document["components"]["schemas"]
    operations: dict[str, Any] = {}
    wanted: list[str] = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "data-integration" in path:
                continue
            entry: dict[str, Any] = {}
            query = [item for item in operation.get("parameters", []) if item["in"] == "query"]
            if query:
                entry["query"] = {item["name"]: compact(item["schema"]) for item in query}
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body:
                entry["body"] = compact(body["schema"])
                wanted += references(entry["body"])
            operations[f"{method.upper()} {path}"] = entry
    kept: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept[name] = compact(schemas[name])
            wanted += references(kept[name])
    return {"operations": dict(sorted(operations.items())), "schemas": dict(sorted(kept.items()))}


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without prose. Fields that only the server sets are left out, and unknown ones are refused: so does the API."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"].removeprefix(REF)}
    result = {key: schema[key] for key in SCHEMA_KEYS if key in schema}
    # OpenAPI 3.0 writes a flag where JSON Schema writes the number
    for flag, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if result.pop(flag, False) is True:
            result[flag] = result.pop(limit)
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema:
            result[key] = [compact(item) for item in schema[key]]
    if "items" in schema:
        result["items"] = compact(schema["items"])
    writable = {name: item for name, item in schema.get("properties", {}).items() if not item.get("readOnly")}
    if writable or ("properties" in schema and "oneOf" not in schema):
        result["properties"] = {name: compact(item) for name, item in writable.items()}
        result["additionalProperties"] = False
    elif isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = compact(schema["additionalProperties"])
    return result


def references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [name for item in schema for name in references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if "$ref" in schema else []
    return own + [name for item in schema.values() for name in references(item)]


def enterprise(table: dict[str, Any]) -> dict[str, Any]:
    """Methods and paths with the query parameters and the top-level fields that a body may have, as far as known."""
    operations: dict[str, Any] = {}
    used: set[str] = set()
    for row in table["registered_but_undocumented"] + table["legacy_endpoints"]:
        operations[f"{row['method']} {row['path']}"] = {}
    for row in table["endpoints"]:
        entry: dict[str, Any] = {}
        query = [item["name"] for item in row["params"]["query"]]
        if query:
            entry["query"] = sorted(query)
        if row["request_object"]:
            entry["object"] = row["request_object"]
            used.add(row["request_object"])
        fields = {item["name"].split("[")[0].split(".")[0] for item in row["body"]}
        if fields:
            entry["fields"] = sorted(fields)
        operations[f"{row['method']} {row['path']}"] = entry
    objects = {
        name: sorted(field for field, facts in table["objects"][name].items() if not facts.get("read_only"))
        for name in sorted(used)
    }
    return {"operations": dict(sorted(operations.items())), "objects": objects}


def write(name: str, facts: dict[str, Any]) -> None:
    """One line for each entry, so that a change of the API is a readable change of the file."""
    parts = []
    for part, entries in facts.items():
        lines = [f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items()]
        parts.append(f"  {json.dumps(part)}: {{\n" + ",\n".join(lines) + "\n  }")
    (HERE / name).write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def load(file: str) -> Any:
    return json.loads(Path(file).read_text(encoding="utf-8"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write("cloud.json", cloud(load(sys.argv[1])))
    write("enterprise.json", enterprise(load(sys.argv[2])))
