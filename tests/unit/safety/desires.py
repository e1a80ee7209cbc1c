# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Random desired states, made from the declarations of the fields themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ansible_collections.community.redis.plugins.module_utils._core.fields import CREATE, UNSET, Field

Values = dict[str, Any]
PEM = "-----BEGIN CERTIFICATE-----\n{0}\n-----END CERTIFICATE-----\n"
MEGABYTE = 1024 * 1024
RULES = [{"regex": r".*\{(?<tag>.*)\}.*"}, {"regex": "(?<tag>.*)"}]

# Texts that have a form which no declaration describes, by the path of the option
TEXTS: dict[str, dict[str, tuple[Any, ...]]] = {
    "cloud": {
        "redis_version": ("8.0", "8.2", "8.4"),
        "query_performance_factor": ("Standard", "2x", "4x", "8x"),
        "throughput_measurement.by": ("operations-per-second",),
        "modules.name": ("RedisJSON", "RediSearch"),
        "regex_rules": ("(?<tag>.*)x", "(?<tag>.*)y", ".*"),
        "source_ip": ("192.0.2.0/24", "198.51.100.7/32", "10.0.0.0/8"),
        "alerts.name": ("dataset-size", "throughput-higher-than", "throughput-lower-than", "latency"),
        "client_tls_certificates.public_certificate_pem_string": (PEM.format("QQ=="), PEM.format("Qg==")),
        "client_ssl_certificate": (PEM.format("QQ=="), PEM.format("Qg==")),
        "replica.sync_sources.endpoint": ("redis://one.example:6379", "redis://two.example:6379"),
        "replica.sync_sources.server_cert": (PEM.format("QQ=="),),
        "replica_of": ("redis://one.example:6379", "redis://user:canary-one@two.example:6379"),
        "remote_backup.time_utc": ("00:00", "03:00", "11:00", "14:00"),
        "remote_backup.interval": ("every-24-hours", "every-12-hours"),
        "remote_backup.storage_path": ("s3://backups", "s3://backups/more"),
        "periodic_backup_path": ("ftp://one.example/dumps", "ftp://two.example/dumps"),
    },
    "enterprise": {
        "redis_version": ("7.2", "7.4", "8.0"),
        "module_list.module_name": ("search", "ReJSON", "timeseries", "bf"),
        "port": (0, 12345, 12346),
        "memory_size": (100 * MEGABYTE, 200 * MEGABYTE, 1024 * MEGABYTE),
        "shard_key_regex.regex": (".*", "(?<tag>.*)"),
        "avoid_nodes": ("1", "2", "3"),
        "use_nodes": ("1", "2", "3"),
        "active_defrag_ignore_bytes": ("100mb", "200mb", "104857600"),
        "authentication_ssl_client_certs.client_cert": (PEM.format("QQ=="), PEM.format("Qg==")),
        "authentication_ssl_crdt_certs.client_cert": (PEM.format("QQ=="), PEM.format("Qg==")),
        "disabled_commands": ("flushall", "keys,flushall", ""),
        "replica_sources.uri": (
            "redis://admin:canary-two@one.example.com:12000",
            "redis://two.example.com:12000",
        ),
        "repl_backlog_size": ("auto", "10mb", "20mb"),
        "crdt_repl_backlog_size": ("auto", "10mb"),
        "slave_buffer": ("auto", "1024", "2048"),
        "tags.key": ("team", "env", "Team", "_cost"),
    },
}
# Options whose values belong together, or that are the way to address the resource: set by the tests, not drawn
FIXED = {
    "cloud": {
        "name": "how the database is found",
        "dataset_size_in_gb": "one of the two sizes is always given",
        "memory_limit_in_gb": "one of the two sizes is always given",
        "protocol": "memcached takes away half of the options; its own tests have it",
        "local_throughput_measurement": "only for Active-Active databases, which the module refuses",
        "ram_percentage": "only in subscriptions with memoryStorage ram-and-flash",
        "average_item_size_in_bytes": "only in subscriptions with memoryStorage ram-and-flash",
        "sasl_username": "only with memcached",
        "sasl_password": "only with memcached",
        "port": "create-only, and its own tests have it",
        "modules": "refused from Redis 8 on",
    },
    "enterprise": {
        "name": "how the database is found",
        "create_uid": "must then be given for every later database",
        "type": "memcached takes away half of the options; its own tests have it",
        "bigstore": "create-only, and its own tests have it",
        "replica_read_only": "create-only, and its own tests have it",
        "crdt": "create-only, and its own tests have it",
        "version": "create-only, and its own tests have it",
        "db_conns_auditing": "moves audit_settings, and cannot be combined with it",
        "shards_blueprint": "describes the placement on real nodes",
        "module_list": "create-only, and its own tests have it",
        "redis_version": "create-only, and its own tests have it",
        "backup": "needs interval and place, which the tests of the module give",
        "backup_interval": "belongs to backup",
        "backup_interval_offset": "belongs to backup",
        "backup_location": "the required keys depend on the type; its own tests have it",
        "dataset_import_sources": "never read back",
        "authentication_sasl_uname": "only together with the password, which is never read back",
        "authentication_sasl_pass": "never read back as it was sent",
        "data_persistence": "snapshot needs a policy; fitting() gives it",
        "rack_aware": "needs a rack aware cluster",
    },
}


def drawable(product: str, fields: tuple[Field, ...]) -> list[Field]:
    return [field for field in fields if field.name not in FIXED[product]]


def value_of(product: str, field: Field, path: str = "") -> st.SearchStrategy[Any]:
    """Values of one option as a task gives them."""
    path = path + field.name
    texts = TEXTS[product].get(path)
    if field.options:
        entry = _entry(product, field.options, path + ".")
        return st.lists(entry, max_size=2, unique_by=_identity) if field.type == "list" else entry
    if field.type == "list":
        # an empty list of addresses is not established: the server shows its default instead
        least = 1 if field.name == "source_ip" else 0
        return st.lists(
            st.sampled_from(texts or ("one", "two", "three")), min_size=least, max_size=3, unique=True
        )
    if texts is not None or field.choices:
        return st.sampled_from(texts or field.choices)
    return _scalar(field)


def _entry(product: str, options: tuple[Field, ...], prefix: str) -> st.SearchStrategy[Values]:
    """A dictionary with all required keys and some of the others."""
    required = {item.name: value_of(product, item, prefix) for item in options if item.required}
    others = {item.name: value_of(product, item, prefix) for item in options if not item.required}
    return st.fixed_dictionaries(required, optional=others)


def _identity(entry: Values) -> str:
    return str(next(iter(entry.values()), ""))


def _scalar(field: Field) -> st.SearchStrategy[Any]:
    low = field.low
    makers: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
        "bool": st.booleans,
        "int": lambda: st.integers(int(low or 0), int(min(field.high or 100000, 100000))),
        "bytes": lambda: st.integers(int(low or 0), 2**40),
        "float": lambda: st.sampled_from((0.25, 0.5, 0.75)),
    }
    if field.type in makers:
        made = makers[field.type]()
        return made.map(lambda value: value - value % field.step) if field.step else made
    length = min(field.max_length or 20, 20)
    return st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=4, max_size=length)


@st.composite
def some(draw: st.DrawFn, product: str, fields: tuple[Field, ...], creating: bool, most: int = 6) -> Values:
    """Values for a few options, now and then a null for one that can be reset."""
    usable = [field for field in drawable(product, fields) if creating or field.mode != CREATE]
    chosen = draw(st.lists(st.sampled_from(usable), max_size=most, unique_by=lambda field: field.name))
    values: Values = {}
    for field in chosen:
        if field.reset is not UNSET and not creating and draw(st.integers(0, 4)) == 0:
            values[field.name] = None
        else:
            values[field.name] = draw(value_of(product, field))
    return values


def fitting(product: str, values: Values, present: Values) -> Values:
    """The same without what no server takes together with the rest. ``present``: what the database has already."""
    fits = dict(values)
    both = {**present, **fits}
    return _fitting_cloud(fits, both) if product == "cloud" else _fitting_enterprise(fits, both)


def _fitting_cloud(fits: Values, both: Values) -> Values:
    for pair in (
        ("replica", "replica_of"),
        ("client_tls_certificates", "client_ssl_certificate"),
        ("remote_backup", "periodic_backup_path"),
    ):
        if any(both.get(name) is not None for name in pair[:1]):
            fits.pop(pair[1], None)
    if not both.get("support_oss_cluster_api"):
        fits.pop("use_external_endpoint_for_oss_cluster_api", None)
    if not both.get("enable_tls"):
        fits.pop("client_tls_certificates", None)
        fits.pop("client_ssl_certificate", None)
    if both.get("sharding_type") != "custom-regex-rules":
        fits.pop("regex_rules", None)
    if fits.get("regex_rules") == []:
        fits.pop("regex_rules")
    if both.get("enable_default_user") is False:
        fits.pop("password", None)
    if isinstance(fits.get("remote_backup"), dict) and fits["remote_backup"].get("active"):
        fits["remote_backup"] = {
            "interval": "every-24-hours",
            "storage_type": "aws-s3",
            "storage_path": "s3://backups",
            **fits["remote_backup"],
        }
    return fits


def _fitting_enterprise(fits: Values, both: Values) -> Values:
    if both.get("sharding"):
        if not both.get("shard_key_regex"):
            fits["shard_key_regex"] = RULES
    else:
        fits.pop("shards_count", None)
    if both.get("oss_cluster") and both.get("hash_slots_policy") == "legacy":
        fits.pop("hash_slots_policy", None)
        fits.pop("oss_cluster", None)
    if both.get("data_persistence") == "snapshot":
        fits.setdefault("snapshot_policy", [{"secs": 3600, "writes": 1}])
    return fits
