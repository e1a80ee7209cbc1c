# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cluster refuses in the body of a database request before it looks at the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .bdb_fields import BDB_FIELDS, Field
from .errors import ApiError, bad_request, refused
from .options import EnterpriseOptions
from .versions import Version

MAXIMUM_TAGS = 30
TAG_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
TAG_VALUE = re.compile(r"[A-Za-z0-9 ._+\-@:/]{0,128}")
BDB_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
DEFRAG_SIZE = re.compile(r"(\d+)(b|kb|mb|gb)?", re.IGNORECASE)
UNITS = {"": 1, "b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}

# Fields of the location objects: (required, optional) by type. Imports add a file name for the object stores.
LOCATIONS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "url": (frozenset({"url"}), frozenset()),
    "sftp": (frozenset({"sftp_url"}), frozenset({"key"})),
    "s3": (
        frozenset({"bucket_name", "access_key_id", "secret_access_key"}),
        frozenset({"subdir", "region_name"}),
    ),
    "gs": (
        frozenset({"bucket_name", "client_id", "client_email", "private_key_id", "private_key"}),
        frozenset({"subdir"}),
    ),
    "abs": (frozenset({"container", "account_name"}), frozenset({"account_key", "sas_token", "subdir"})),
    "mount_point": (frozenset({"path"}), frozenset()),
}
OBJECT_STORES = frozenset({"s3", "gs", "abs"})
PRIVATE_PATHS = ("/opt/redislabs", "/var/opt/redislabs", "/etc/opt/redislabs")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _array(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


TYPE_CHECKS: dict[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: _is_integer(value) or isinstance(value, float),
    "string": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "array of strings": _array(lambda item: isinstance(item, str)),
    "array of integers": _array(_is_integer),
    "array of objects": _array(lambda item: isinstance(item, dict)),
}


def checked_fields(body: dict[str, Any], options: EnterpriseOptions, version: Version) -> dict[str, Any]:
    """``body`` without what is ignored. Raises :class:`ApiError` 400 for what is refused."""
    kept: dict[str, Any] = {}
    for name, value in body.items():
        field = BDB_FIELDS.get(name)
        if field is None:
            if options.unknown_fields == "refuse":
                raise bad_request(f"Additional properties are not allowed ('{name}' was unexpected)")
            continue
        if field.since > version and options.newer_fields == "refuse":
            raise bad_request(f"Additional properties are not allowed ('{name}' was unexpected)")
        fault = _fault(field, value)
        if not fault:
            kept[name] = value
        elif options.wrong_types == "refuse":
            raise bad_request(f"{name}: {fault}")
    return kept


def _fault(field: Field, value: Any) -> str:
    """What is wrong with a value; empty if nothing is."""
    if not TYPE_CHECKS[field.kind](value):
        return f"the value is not of type {field.kind}"
    if field.choices and value not in field.choices:
        return f"the value is not one of {list(field.choices)}"
    if (field.low is not None and value < field.low) or (field.high is not None and value > field.high):
        return f"the value is not between {field.low} and {field.high}"
    rows = value if isinstance(value, list) else [value]
    unknown = [
        key for row in rows if field.items and isinstance(row, dict) for key in row if key not in field.items
    ]
    return f"additional properties are not allowed: {unknown}" if unknown else ""


def check_location(value: Any, importing: bool = False) -> None:
    """A backup, export or import location. Raises :class:`ApiError` 400."""
    if not isinstance(value, dict) or value.get("type") not in LOCATIONS:
        raise bad_request(f"a location needs a type, one of {sorted(LOCATIONS)}")
    kind = value["type"]
    required, optional = LOCATIONS[kind]
    if importing and kind in OBJECT_STORES:
        required = required | {"filename"}
    given = set(value) - {"type"}
    if required - given:
        raise bad_request(f"location of type {kind}: missing {sorted(required - given)}")
    if given - required - optional:
        raise bad_request(f"location of type {kind}: unexpected {sorted(given - required - optional)}")
    if kind == "abs" and len(given & {"account_key", "sas_token"}) != 1:
        raise bad_request("location of type abs: give account_key or sas_token")
    if not all(isinstance(value[key], str) for key in given):
        raise bad_request(f"location of type {kind}: every value is a string")


def check_import_paths(sources: list[dict[str, Any]], version: Version) -> None:
    """8.2 does not read from the cluster's own directories."""
    for source in sources:
        path = str(source.get("path", ""))
        if version >= (8, 2) and any(path == root or path.startswith(root + "/") for root in PRIVATE_PATHS):
            raise refused("invalid_mount_point", f"Import from {path} is not allowed")


def check_tags(tags: list[dict[str, Any]]) -> None:
    """Raises :class:`ApiError` 406 ``invalid_bdb_tags``."""
    keys = [str(tag.get("key", "")) for tag in tags]
    if len(tags) > MAXIMUM_TAGS:
        raise refused("invalid_bdb_tags", f"A database has at most {MAXIMUM_TAGS} tags")
    if len(set(keys)) != len(keys):
        raise refused("invalid_bdb_tags", "Tag keys must be unique")
    for tag in tags:
        if not TAG_KEY.fullmatch(str(tag.get("key", ""))):
            raise refused("invalid_bdb_tags", f"Invalid tag key '{tag.get('key', '')}'")
        if not TAG_VALUE.fullmatch(str(tag.get("value", ""))):
            raise refused("invalid_bdb_tags", f"Invalid tag value '{tag.get('value', '')}'")


def check_name(name: str) -> None:
    """Letters, digits, hyphens; starts and ends with a letter or digit; at most 63 characters."""
    if not BDB_NAME.fullmatch(name):
        raise bad_request(f"name: '{name}' is not a valid database name")


def check_certificates(certificates: list[dict[str, Any]]) -> None:
    """PEM, and each only once. Raises :class:`ApiError` 406."""
    texts = [str(item.get("client_cert", "")).strip() for item in certificates]
    for text in texts:
        if not (
            text.startswith("-----BEGIN CERTIFICATE-----") and text.endswith("-----END CERTIFICATE-----")
        ):
            raise refused("invalid_certificate", "A certificate is not in PEM format")
    if len(set(texts)) != len(texts):
        raise refused("duplicated_certs", "A certificate is given twice")


def size_in_bytes(text: str) -> str:
    """``100mb`` -> ``104857600``: sizes of the defragmentation settings are answered in bytes, as a string."""
    match = DEFRAG_SIZE.fullmatch(text.strip())
    if match is None:
        raise bad_request(f"active_defrag_ignore_bytes: '{text}' is not a size")
    return str(int(match[1]) * UNITS[(match[2] or "").lower()])


@dataclass(frozen=True)
class ClusterFacts:
    """What of the cluster decides whether a database is possible. ``free_memory`` None = any amount."""

    nodes: int
    rack_aware: bool
    free_memory: int | None
    creating: bool


def check_combination(bdb: dict[str, Any], cluster: ClusterFacts) -> None:
    """Rules between the fields of the whole database, as it will be. Raises :class:`ApiError` 406."""
    sharded = bdb.get("sharding", False)
    if bdb.get("shards_count", 1) > 1 and not sharded:
        raise refused("invalid_sharding", "More than one shard needs sharding")
    if sharded and not bdb.get("shard_key_regex") and not bdb.get("oss_sharding"):
        raise refused("invalid_sharding", "Sharding needs shard_key_regex")
    if bdb.get("data_persistence") == "snapshot" and not bdb.get("snapshot_policy"):
        raise refused("invalid_data_persistence", "Persistence by snapshots needs snapshot_policy")
    if bdb.get("replication") and cluster.nodes < 2:
        # The documents list different codes for the two requests.
        code = "invalid_replication" if cluster.creating else "replication_node_violation"
        raise refused(code, "Replication needs at least two nodes")
    if bdb.get("rack_aware") and not cluster.rack_aware:
        raise refused("not_rack_aware", "The cluster is not rack aware")
    if bdb.get("oss_cluster") and bdb.get("hash_slots_policy") == "legacy":
        raise refused("invalid_oss_cluster_configuration", "The OSS Cluster API needs hash_slots_policy 16k")
    if bdb.get("backup") and not (bdb.get("backup_interval") and bdb.get("backup_location")):
        raise refused("missing_backup_interval", "A backup needs backup_interval and backup_location")
    if bool(bdb.get("authentication_sasl_uname")) != bool(bdb.get("authentication_sasl_pass")):
        raise refused("invalid_sasl_credentials", "SASL needs a user name and a password")
    needed = bdb.get("memory_size", 0) * (2 if bdb.get("replication") else 1)
    if cluster.free_memory is not None and needed > cluster.free_memory:
        raise refused("insufficient_resources", "Not enough memory in the cluster")


def check_redis_version(asked: str, known: list[str]) -> None:
    """Format is major.minor; anything the cluster cannot run is refused as recorded on 7.4.6."""
    if asked not in known:
        raise refused("invalid_version", "Reject bdb_create with incompatible version constraints")


def not_found(uid: int) -> ApiError:
    return ApiError(404, "db_not_found", f"Database {uid} does not exist")
