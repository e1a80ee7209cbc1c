# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declared fields hold everything that the APIs have, and the documentation everything that the declaration says.

That types, choices and required options are the same in both is what ``ansible-test sanity`` looks at.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from contract import facts

from ansible_collections.community.redis.plugins.module_utils._cloud.database import CREATION_FIELDS
from ansible_collections.community.redis.plugins.module_utils._cloud.database import (
    DATABASE_FIELDS as CLOUD_DATABASE,
)
from ansible_collections.community.redis.plugins.module_utils._cloud.subscription import SUBSCRIPTION_FIELDS
from ansible_collections.community.redis.plugins.module_utils._core.fields import CREATE, UPDATE, Field
from ansible_collections.community.redis.plugins.module_utils._enterprise.database import (
    DATABASE_FIELDS as ENTERPRISE_DATABASE,
)
from ansible_collections.community.redis.plugins.module_utils._enterprise.database import EXTRA_FIELDS
from ansible_collections.community.redis.plugins.module_utils._enterprise.matching import same_size
from simulator.enterprise.bdb_fields import BDB_FIELDS, MISSING

ROOT = Path(__file__).parents[2]
Fields = tuple[Field, ...]

# -- what the API has --------------------------------------------------------------------------------------------------

# schema, the fields that stand for it, what the schema has and the fields have not, and the other way round, with reasons
SCHEMAS: list[tuple[str, Fields, set[str], set[str]]] = [
    # dryRun is an option of the modules, and no field of the resource
    ("DatabaseCreateRequest", tuple(field for field in CLOUD_DATABASE if field.mode != UPDATE), {"dryRun"}, set()),
    ("DatabaseUpdateRequest", tuple(field for field in CLOUD_DATABASE if field.mode != CREATE), {"dryRun"}, set()),
    # several databases of one name could not be told apart
    ("SubscriptionDatabaseSpec", CREATION_FIELDS, {"quantity"}, set()),
    # the tags stand beside the provider: they can be changed, the provider cannot
    (
        "SubscriptionCreateRequest",
        SUBSCRIPTION_FIELDS,
        {"dryRun", "cloudProviders.resourceTags", "databases.quantity"},
        {"resourceTags"},
    ),
    # keys and tags are updated by requests of their own
    (
        "SubscriptionUpdateRequest",
        tuple(field for field in SUBSCRIPTION_FIELDS if field.mode != CREATE),
        set(),
        {"persistentStorageEncryptionKeys", "resourceTags"},
    ),
    (
        "SubscriptionUpdateCMKRequest",
        next(field.options for field in SUBSCRIPTION_FIELDS if field.name == "persistent_storage_encryption_keys"),
        set(),
        set(),
    ),
]
TYPES = {"integer": "int", "boolean": "bool", "string": "str", "number": "float", "array": "list", "object": "dict"}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return facts("cloud")["schemas"][schema["$ref"]] if "$ref" in schema else schema


def named(schema: dict[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """All properties of a schema by their dotted paths."""
    found = {}
    for name, item in schema.get("properties", {}).items():
        found[prefix + name] = resolved(item)
        inner = resolved(resolved(item).get("items", item))
        found.update(named(inner, f"{prefix}{name}."))
    return found


def declared(fields: Fields, prefix: str = "") -> dict[str, Field]:
    """All fields by the dotted paths of their names on the wire."""
    found = {}
    for field in fields:
        found[prefix + field.wire] = field
        found.update(declared(field.options, f"{prefix}{field.wire}."))
    return found


@pytest.mark.parametrize(
    ("schema", "fields", "left_out", "added"), [pytest.param(*row, id=row[0]) for row in SCHEMAS]
)
def test_every_property_of_the_api_is_an_option(schema: str, fields: Fields, left_out: set[str], added: set[str]) -> None:
    properties, options = named(facts("cloud")["schemas"][schema]), declared(fields)
    own = {path for path in options if path.partition(".")[0] not in added}
    parts_left_out = {path for path in properties if path.startswith(tuple(f"{name}." for name in left_out))}
    assert set(properties) - left_out - parts_left_out == own
    assert added <= set(options)
    for path in own:
        kind = properties[path].get("type", "object")
        assert TYPES[kind] == options[path].type, path
        # some choices stand in the prose of the schema only
        assert list(options[path].choices) == properties[path].get("enum", list(options[path].choices)), path
        minimum = properties[path].get("minimum")
        assert minimum is None or minimum == options[path].low, path


# the documents have a default, and want a value at the creation
REQUIRED = ("memory_size",)
REPORTED_OF_A_SOURCE = {"uid", "lag", "last_error", "last_update", "rdb_size", "rdb_transferred", "status"}
KINDS = {
    "int": ("integer",),
    "bytes": ("integer",),
    "bool": ("boolean", "string"),
    "str": ("string",),
    "float": ("number",),
    "dict": ("object",),
    "list": ("array of objects", "array of strings"),
    "raw": ("array of objects",),
}


@pytest.mark.parametrize("field", [*ENTERPRISE_DATABASE, *EXTRA_FIELDS], ids=lambda field: field.name)
def test_fields_of_a_cluster_are_what_its_documents_say(field: Field) -> None:
    """Held against what the simulated cluster, which knows nothing of the collection, was told of the documents."""
    documented = BDB_FIELDS[field.wire]
    assert documented.kind in KINDS[field.type]
    if field.type != "bool":
        assert field.choices == documented.choices
    for declared_limit, limit in ((field.low, documented.low), (field.high, documented.high)):
        assert limit is None or declared_limit == limit
    if documented.default is not MISSING and field.name not in REQUIRED:
        assert same_size(field.encode(field.default), documented.default)
    assert ("create-only" in documented.flags) <= (field.mode == CREATE)
    assert "read-only" not in documented.flags
    if field.options and documented.items and "." not in "".join(documented.items):
        reported = REPORTED_OF_A_SOURCE if field.name == "replica_sources" else set()
        assert {item.wire for item in field.options} == set(documented.items) - reported


# -- what the documentation says ----------------------------------------------------------------------------------------

MODULES = {
    "redis_cloud_database": CLOUD_DATABASE,
    "redis_cloud_subscription": SUBSCRIPTION_FIELDS,
    "redis_enterprise_database": ENTERPRISE_DATABASE,
}
CREATE_ONLY = re.compile(r"an only be set when|annot be changed afterwards|part of the creation only")
SECOND_REQUEST = "takes a second request"
# a limit that no number goes beyond
BOUNDLESS = 2**63 - 1


def documentation(module: str) -> dict[str, Any]:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION":
            loaded = yaml.safe_load(ast.literal_eval(node.value))
            assert isinstance(loaded, dict)
            return loaded
    raise AssertionError(f"{module} has no DOCUMENTATION")


def unsaid(fields: Fields, options: dict[str, Any], whole: str = "") -> Iterator[str]:
    """What the declaration says and the text does not. ``whole``: of what these fields are a part."""
    for field in fields:
        path, entry = whole + field.name, options[field.name]
        text = entry["description"] if isinstance(entry["description"], str) else " ".join(entry["description"])
        if field.mode == CREATE and not whole and not CREATE_ONLY.search(text):
            yield f"{path}: can only be set at the creation"
        if field.mode == UPDATE and SECOND_REQUEST not in text:
            yield f"{path}: {SECOND_REQUEST}"
        for limit in (field.low, field.high):
            # that a size or a number is not negative goes without saying
            if limit and abs(limit) < BOUNDLESS and not says(text, limit):
                yield f"{path}: the limit {limit:g}"
        if field.max_length and not says(text, field.max_length) and not says(text, field.max_length + 1):
            yield f"{path}: the length {field.max_length}"
        yield from unsaid(field.options, entry.get("suboptions", {}), f"{path}.")


def says(text: str, number: float) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(f'{number:.12g}')}(?!\d|\.\d)", text) is not None


@pytest.mark.parametrize("module", list(MODULES))
def test_documentation_says_limits_and_create_only(module: str) -> None:
    assert list(unsaid(MODULES[module], documentation(module)["options"])) == []


def test_what_is_unsaid_is_found() -> None:
    fields = (
        Field("port", "int", mode=CREATE, low=10, high=20),
        Field("rules", "list", elements="str", mode=UPDATE, max_length=32),
        Field("place", "dict", options=(Field("zone", "int", low=3),)),
    )
    said = {"place": {"description": "", "suboptions": {"zone": {"description": "At least 30 or 3.5."}}}}
    said["port"] = said["rules"] = {"description": ["From 100 to 20."]}
    assert list(unsaid(fields, said)) == [
        "port: can only be set at the creation",
        "port: the limit 10",
        "rules: takes a second request",
        "rules: the length 32",
        "place.zone: the limit 3",
    ]


def test_plural_modules_have_the_documentation_of_the_singular_ones() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "plural_docs.py"), "--check"]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""
