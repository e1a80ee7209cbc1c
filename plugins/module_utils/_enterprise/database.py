# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fields of a Redis Enterprise database (facts 4.1, object bdb)."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_float,
    check_type_int,
    check_type_str,
)

from .._core import compare
from .._core.errors import InvalidInput
from .._core.fields import CREATE, UNSET, Field
from .._core.plan import Resource
from .._core.redact import is_secret_name
from .matching import (
    read_eviction_policy,
    read_port,
    read_secret,
    read_tags,
    same_certificates,
    same_commands,
    same_location,
    same_modules,
    same_port,
    same_rows,
    same_settings,
    same_size,
    same_sources,
    same_subjects,
    unreadable,
)
from .search import MAX_INT, SEARCH

Values = dict[str, t.Any]

MEGABYTE = 1024 * 1024
NAME_PATTERN = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
SIZE = r"(?i)\d+(?:b|kb|mb|gb)?"
SIZE_RULE = 'a size such as "100mb"'
BACKLOG = SIZE + "|auto"
BACKLOG_RULE = SIZE_RULE + ', or "auto"'
NAME_RULE = "at most 63 letters, digits and hyphens, starting and ending with a letter or digit"
EVICTION = (
    "volatile-lru",
    "volatile-ttl",
    "volatile-random",
    "allkeys-lru",
    "allkeys-random",
    "noeviction",
    "volatile-lfu",
    "allkeys-lfu",
    "allkeys-lrm",
    "volatile-lrm",
)
ON_OFF = ("enabled", "disabled")
SYNC_STATES = ("enabled", "disabled", "paused", "stopped")
LOCATION_TYPES = ("url", "sftp", "s3", "gs", "abs", "mount_point")
LOCATION_NEEDS = (
    ("type", "url", ("url",)),
    ("type", "sftp", ("sftp_url",)),
    ("type", "s3", ("bucket_name", "access_key_id", "secret_access_key")),
    ("type", "gs", ("bucket_name", "client_id", "client_email", "private_key_id", "private_key")),
    ("type", "abs", ("container", "account_name")),
    ("type", "mount_point", ("path",)),
)


def F(name: str, type: str = "str", **options: t.Any) -> Field:
    """A Field whose documented default is also what a null resets it to."""
    if "default" in options and "reset" not in options:
        options["reset"] = options["default"]
    return Field(name, type, **options)


def secret(name: str, **options: t.Any) -> Field:
    return F(name, secret=True, read=read_secret(name), **options)


def _check_port(value: t.Any) -> None:
    if value and not 1024 <= value <= 65535:
        raise InvalidInput("must be 0 (the cluster chooses one) or between 1024 and 65535, not {0}.".format(value))


def _yes_no(value: t.Any) -> str:
    return "yes" if value else "no"


def _location(*more: Field) -> tuple[Field, ...]:
    return (
        F("type", choices=LOCATION_TYPES, required=True),
        F("url"),
        F("sftp_url"),
        F("key", secret=True),
        F("bucket_name"),
        F("access_key_id", secret=True),
        F("secret_access_key", secret=True),
        F("region_name"),
        F("client_id"),
        F("client_email"),
        F("private_key_id", no_log=False),
        F("private_key", secret=True),
        F("container"),
        F("account_name"),
        F("account_key", secret=True),
        F("sas_token", secret=True),
        F("subdir"),
        F("path"),
        *more,
    )


MODULE = (F("module_name", required=True), F("module_args"), F("module_id"), F("semantic_version"))
SUBJECT = (
    F("cn", api="CN", required=True),
    F("o", api="O"),
    F("ou", "raw", api="OU"),
    F("l", api="L"),
    F("st", api="ST"),
    F("c", api="C"),
)
SOURCE = (
    F("uri", required=True),
    F("compression", "int", low=0, high=6),
    F("encryption", "bool"),
    F("client_cert"),
    F("client_key", secret=True),
    F("server_cert"),
    F("replication_tls_sni"),
)
AUDIT = (
    F("audit_mode", choices=("disabled", "connection", "connection_and_crud"), default="disabled"),
    F("max_total_key_bytes", "int", low=0, default=131072, no_log=False),
    F(
        "username_filter",
        "dict",
        options=(
            F("enabled", "bool", default=False),
            F("usernames", "list", elements="str", default=[], max_length=512),
            F("filter_type", choices=("inclusive", "exclusive"), default="inclusive"),
            F("allow_while_username_unknown", "bool", default=False),
        ),
    ),
    F(
        "source_ip_filter",
        "dict",
        options=(
            F("enabled", "bool", default=False),
            F("ip_addresses", "list", elements="str", default=[]),
            F("cidr_ranges", "list", elements="str", default=[]),
            F("filter_type", choices=("inclusive", "exclusive"), default="inclusive"),
        ),
    ),
)
GRADUAL = (
    F("src_endpoint_limit", "int", default=1),
    F("dst_endpoint_limit", "int", default=-1),
    F("dst_shard_limit", "int", default=-1),
    F("src_node_limit", "int", default=-1),
)
PROBABILISTIC = (
    F("bf_error_rate", "float", api="bf-error-rate", low=0, high=1, default=0.01),
    F("bf_initial_size", "int", api="bf-initial-size", low=1, high=1048576, default=100),
    F("bf_expansion_factor", "int", api="bf-expansion-factor", low=0, high=32768, default=2),
    F("cf_initial_size", "int", api="cf-initial-size", low=1, high=1048576, default=1024),
    F("cf_bucket_size", "int", api="cf-bucket-size", low=1, high=255, default=2),
    F("cf_max_iterations", "int", api="cf-max-iterations", low=1, high=65535, default=20),
    F("cf_expansion_factor", "int", api="cf-expansion-factor", low=0, high=32768, default=1),
    F("cf_max_expansions", "int", api="cf-max-expansions", low=1, high=65536, default=32),
)
TIMESERIES = (
    F("ts_num_threads", "int", api="ts-num-threads", low=1, high=16),
    F("ts_compaction_policy", api="ts-compaction-policy"),
    F("ts_retention_policy", "int", api="ts-retention-policy", low=0, high=MAX_INT, default=0),
    F(
        "ts_duplicate_policy",
        api="ts-duplicate-policy",
        choices=("BLOCK", "FIRST", "LAST", "MIN", "MAX", "SUM"),
        default="BLOCK",
    ),
    F("ts_encoding", api="ts-encoding", choices=("COMPRESSED", "UNCOMPRESSED"), default="COMPRESSED"),
    F("ts_chunk_size_bytes", "int", api="ts-chunk-size-bytes", low=48, high=1048576, default=4096),
    F("ts_ignore_max_time_diff", "int", api="ts-ignore-max-time-diff", low=0, high=MAX_INT, default=0),
    F("ts_ignore_max_val_diff", "float", api="ts-ignore-max-val-diff", default=0),
)
BLUEPRINT = (
    F(
        "nodes",
        "list",
        elements="dict",
        required=True,
        options=(F("node_uid", required=True), F("role", choices=("master", "slave"), required=True)),
    ),
    F("slot_range", required=True),
)
CERTIFICATE = (F("client_cert", required=True),)

#: settings of modules, which the API tells only when asked for the extended database
EXTENDED = ("search", "timeseries", "probabilistic")

CREATE_ONLY = (
    F("create_uid", "int", api="uid", mode=CREATE, low=1),
    F("type", choices=("redis", "memcached"), mode=CREATE, default="redis"),
    F("redis_version", mode=CREATE, equal=compare.version_at_least, pattern=r"\d+\.\d+", rule='of the form "7.4"'),
    F("version", mode=CREATE, equal=compare.version_at_least),
    F("port", "int", mode=CREATE, read=read_port, equal=same_port, check=_check_port),
    F("module_list", "list", elements="dict", options=MODULE, mode=CREATE, equal=same_modules, default=[]),
    F("bigstore", "bool", mode=CREATE, default=False),
    F("crdt", "bool", mode=CREATE, default=False),
    F("replica_read_only", "bool", mode=CREATE, default=False),
    F("shards_blueprint", "list", elements="dict", options=BLUEPRINT, mode=CREATE, write_only=True),
)


def _memory(value: int) -> None:
    """An empty database takes more than that: most likely somebody has thought of gigabytes."""
    if 0 < value < MEGABYTE:
        raise InvalidInput("must be 0 or at least 1MB; {0} without a unit are bytes.".format(value))


CAPACITY = (
    F("name", pattern=NAME_PATTERN, rule=NAME_RULE),
    F("memory_size", "bytes", low=0, check=_memory),
    F("shards_count", "int", low=1, high=512, default=1),
    F("sharding", "bool", default=False),
    F(
        "shard_key_regex",
        "list",
        elements="dict",
        options=(F("regex", required=True),),
        default=[],
        no_log=False,
    ),
    F("hash_slots_policy", choices=("legacy", "16k")),
    F("implicit_shard_key", "bool", default=False, no_log=False),
    F("shard_block_crossslot_keys", "bool", default=False, no_log=False),
    F("shard_block_foreign_keys", "bool", default=True, no_log=False),
    F("shards_placement", choices=("dense", "sparse")),
    F("proxy_policy", choices=("single", "all-master-shards", "all-nodes")),
    F("oss_cluster", "bool", default=False),
    F("oss_cluster_api_preferred_ip_type", choices=("internal", "external"), default="internal"),
    F("oss_cluster_api_preferred_endpoint_type", choices=("ip", "hostname"), default="ip"),
    F("replication", "bool", default=False),
    F("rack_aware", "bool", default=False),
    F("avoid_nodes", "list", elements="str", equal=compare.unordered, reset=[]),
    F("use_nodes", "list", elements="str", equal=compare.unordered, reset=[]),
    F("bigstore_ram_size", "bytes", low=0, default=0),
    F("bigstore_version", "int", choices=(1, 2), default=1),
    F("search_on_bigstore", "bool", default=False),
    F(
        "query_performance_factor",
        "dict",
        merge=True,
        options=(F("active", "bool", default=False), F("scaling_factor", "int", low=0, high=16, default=0)),
        default={"active": False, "scaling_factor": 0},
    ),
)
PERSISTENCE = (
    F("data_persistence", choices=("disabled", "snapshot", "aof"), default="disabled"),
    F("aof_policy", choices=("appendfsync-every-sec", "appendfsync-always"), default="appendfsync-every-sec"),
    F(
        "snapshot_policy",
        "list",
        elements="dict",
        options=(F("secs", "int", required=True, low=1), F("writes", "int", required=True, low=1)),
        equal=same_rows("secs", "writes"),
        default=[],
    ),
    F("master_persistence", "bool", default=False),
    F("max_aof_file_size", "bytes", low=0),
    F("max_aof_load_time", "int", low=0, default=3600),
    F("backup", "bool", default=False),
    F("backup_interval", "int", low=1),
    F("backup_interval_offset", "int", low=0),
    F("backup_history", "int", low=0, default=0),
    F(
        "backup_location",
        "dict",
        options=_location(),
        required_if=LOCATION_NEEDS,
        equal=same_location,
        default={},
        reset=UNSET,
    ),
    F(
        "dataset_import_sources",
        "list",
        elements="dict",
        options=_location(F("filename")),
        required_if=LOCATION_NEEDS,
        read=unreadable,
        write_only=True,
        reset=[],
    ),
    F("skip_import_analyze", choices=ON_OFF),
    F("recovery_wait_time", "int", low=-1, default=-1),
)
MEMORY = (
    F("eviction_policy", choices=EVICTION, read=read_eviction_policy, default="volatile-lru"),
    F("activedefrag", "bool", to_wire=_yes_no, default=False, reset="no"),
    F("active_defrag_cycle_max", "int", low=1, high=99),
    F("active_defrag_cycle_min", "int", low=1, high=99, default=1),
    # documented as 100mb, and returned in bytes
    F("active_defrag_ignore_bytes", equal=same_size, default="104857600", pattern=SIZE, rule=SIZE_RULE),
    F("active_defrag_max_scan_fields", "int", low=1, default=1000),
    F("active_defrag_threshold_lower", "int", low=0, high=1000, default=10),
    F("active_defrag_threshold_upper", "int", low=0, high=1000, default=100),
    F("maxclients", "int", low=0, default=10000),
    F("max_connections", "int", low=0, default=0),
    F("tracking_table_max_keys", "int", low=0, no_log=False),
    F("use_selective_flush", "bool", default=True),
)
SECURITY = (
    F("tls_mode", choices=("enabled", "disabled", "replica_ssl"), default="disabled"),
    F("enforce_client_authentication", choices=ON_OFF, default="enabled"),
    F(
        "authentication_ssl_client_certs",
        "list",
        elements="dict",
        options=CERTIFICATE,
        equal=same_certificates,
        default=[],
    ),
    F(
        "authentication_ssl_crdt_certs",
        "list",
        elements="dict",
        options=CERTIFICATE,
        equal=same_certificates,
        default=[],
    ),
    F("client_cert_subject_validation_type", choices=("disabled", "san_cn", "full_subject"), default="disabled"),
    F("authorized_subjects", "list", elements="dict", options=SUBJECT, equal=same_subjects, default=[]),
    F("mtls_allow_weak_hashing", "bool", default=False),
    F("mtls_allow_outdated_certs", "bool", default=False),
    F("default_user", "bool", default=True),
    secret("authentication_redis_pass", reset=""),
    secret("authentication_admin_pass"),
    F("authentication_sasl_uname", default=""),
    secret("authentication_sasl_pass", reset=""),
    F("disabled_commands", equal=same_commands, default=""),
    F("disconnect_clients_on_password_removal", "bool", default=False, no_log=False),
    F(
        "roles_permissions",
        "list",
        elements="dict",
        options=(F("role_uid", "int", required=True), F("redis_acl_uid", "int", required=True)),
        equal=same_rows("role_uid", "redis_acl_uid"),
        default=[],
    ),
    F("audit_settings", "dict", merge=True, options=AUDIT, equal=same_settings, default={"audit_mode": "disabled"}),
    F("db_conns_auditing", "bool", default=False),
    F("data_internode_encryption", "bool"),
)
REPLICATION = (
    F("replica_sync", choices=SYNC_STATES, default="disabled"),
    F("replica_sources", "list", elements="dict", options=SOURCE, equal=same_sources, default=[]),
    F("replica_sync_connection_alarm_timeout_seconds", "int", low=0, default=0),
    F("replica_sync_dist", "bool"),
    F("replication_oom_threshold_percent", "int", low=0, high=20, default=5),
    F(
        "gradual_sync_policy",
        choices=("default", "non-gradual", "migration", "replica", "active-active", "custom"),
        default="default",
    ),
    F("gradual_sync_policy_parameters", "dict", merge=True, options=GRADUAL, equal=same_settings),
    F("gradual_src_mode", choices=ON_OFF),
    F("gradual_src_max_sources", "int", low=1, default=1),
    F("gradual_sync_mode", choices=("enabled", "disabled", "auto")),
    F("gradual_sync_max_shards_per_source", "int", low=1, default=1),
    F("repl_backlog_size", equal=same_size, pattern=BACKLOG, rule=BACKLOG_RULE),
    F("slave_buffer", pattern=r"auto|\d+|\d+:\d+:\d+", rule='"auto", a number of megabytes, or "hard:soft:time"'),
    F("support_syncer_reconf", "bool"),
    F("generate_text_monitor", "bool"),
    F("sync_dedicated_threads", "int", low=0, high=10, default=5),
    F(
        "syncer_log_level",
        choices=("crit", "error", "warn", "info", "trace", "debug"),
        default="info",
    ),
    F("crdt_sync", choices=SYNC_STATES, default="disabled"),
    F("crdt_repl_backlog_size", equal=same_size, pattern=BACKLOG, rule=BACKLOG_RULE),
    F("crdt_causal_consistency", "bool", default=False),
    F("crdt_sync_connection_alarm_timeout_seconds", "int", low=0, default=0),
    F("crdt_sync_dist", "bool"),
    F("crdt_syncer_auto_oom_unlatch", "bool", default=True),
    F("crdt_xadd_id_uniqueness_mode", choices=("liberal", "strict", "semi-strict"), default="strict"),
)
REST = (
    F("slave_ha", "bool"),
    F("slave_ha_priority", "int"),
    F("auto_upgrade", "bool", default=False),
    F("email_alerts", "bool", default=False),
    F("metrics_export_all", "bool"),
    F("resp3", "bool", default=True),
    F("mkms", "bool", default=True),
    F(
        "tags",
        "list",
        elements="dict",
        options=(
            F(
                "key",
                required=True,
                no_log=False,
                pattern=r"[A-Za-z_][A-Za-z0-9_]{0,63}",
                rule="at most 64 letters, digits and underscores, not starting with a digit",
            ),
            F(
                "value",
                required=True,
                pattern=r"[A-Za-z0-9 ._+\-@:/]{0,128}",
                rule="at most 128 letters, digits, spaces and characters of . _ + - @ : /",
            ),
        ),
        read=read_tags,
        equal=same_rows("key", "value"),
        reset=[],
        max_length=30,
    ),
    F("search", "dict", merge=True, options=SEARCH, equal=same_settings),
    F("timeseries", "dict", merge=True, options=TIMESERIES, equal=same_settings),
    F("probabilistic", "dict", merge=True, options=PROBABILISTIC, equal=same_settings),
)
# options of which a database can be given one
EXCLUSIVE = (("use_nodes", "avoid_nodes"), ("audit_settings", "db_conns_auditing"))
DATABASE_FIELDS: tuple[Field, ...] = CREATE_ONLY + CAPACITY + PERSISTENCE + MEMORY + SECURITY + REPLICATION + REST

# What may be given in ``extra``: fields that are for tuning, or for future or internal use. Fields that are not listed
# here nor below are passed on as they are, because releases add some.
EXTRA_FIELDS: tuple[Field, ...] = (
    F("conns", "int", default=5),
    F("conns_global_maximum_dedicated", "int", default=0),
    F("conns_minimum_dedicated", "int", default=2),
    F("conns_type", choices=("per-thread", "per-shard"), default="per-thread"),
    F("link_sconn_on_full_request", choices=("enabled", "disabled", "ssl_only"), default="disabled"),
    F("max_client_pipeline", "int", high=2047, default=200),
    F("max_pipelined", "int", default=2000),
    F("multi_commands_opt", choices=("disabled", "batch", "auto")),
    F("partial_request_timeout_seconds", "int", default=3),
    F("preemptive_drain_timeout_seconds", "int", default=2),
    F("replica_sconns_on_demand", choices=ON_OFF, default="enabled"),
    F("sched_policy", choices=("cmp", "mru", "spread", "mnp")),
    F("auto_shards_balancing", "bool", default=False),
    F("auto_shards_balancing_grace_period", "int", default=120),
    F("oss_sharding", "bool", default=False),
    F("shard_imbalance_threshold", "float", default=314572800),
    F("shard_imbalance_threshold_percentage", "int", default=20),
    F("internal", "bool", default=False),
    F("account_id", "int"),
    F("bigstore_ram_weights", "raw", equal=same_rows("shard_uid", "weight")),
)
# one spelling only: setting one of these moves the other (facts 4.1, "Aliases")
ALIASES = {
    "ssl": "tls_mode",
    "sync": "replica_sync",
    "sync_sources": "replica_sources",
    "authorized_names": "authorized_subjects",
    "uid": "create_uid",
}
READ_ONLY = frozenset(
    "action_uid background_op created_time last_changed_time last_backup_time last_export_time endpoints endpoint_ip "
    "endpoint_node dns_address_master shard_list status syncer_mode traffic_manually_disabled wait_command "
    "backup_status backup_progress backup_failure_reason export_status export_progress export_failure_reason "
    "import_status import_progress import_failure_reason".split()
)
_CHECKS: dict[str, t.Callable[[t.Any], t.Any]] = {
    "int": check_type_int,
    "bool": check_type_bool,
    "float": check_type_float,
    "str": check_type_str,
}


def _amend(body: Values, changed: set[str], desired: Values, reply: Values) -> None:
    """Nested settings are sent whole: whether the cluster would merge them is not documented."""
    for name in (field.wire for field in DATABASE_FIELDS if field.merge):
        if isinstance(body.get(name), dict) and isinstance(reply.get(name), dict):
            body[name] = _merged(reply[name], body[name])


def _merged(old: Values, new: Values) -> Values:
    whole = dict(old)
    for key, value in new.items():
        whole[key] = _merged(old[key], value) if isinstance(value, dict) and isinstance(old.get(key), dict) else value
    return whole


DATABASE = Resource(
    "database",
    "Redis Enterprise database",
    DATABASE_FIELDS,
    required_to_create=(("name",), ("memory_size",)),
    amend=_amend,
)


def resource_for(extra: Values, always_send: bool) -> Resource:
    """The declaration for one run: with a field for each key in ``extra``, so that each is compared on its own.

    :param always_send: also send what holds secrets that cannot be compared (update_password).
    """
    fields = tuple(
        # the secrets in these two may be masked by the cluster, while the rest can be compared
        dataclasses.replace(field, write_only=True)
        if always_send and field.name in ("backup_location", "replica_sources")
        else field
        for field in DATABASE_FIELDS
    )
    return dataclasses.replace(DATABASE, fields=fields + tuple(extra_field(name) for name in extra))


def extra_field(name: str) -> Field:
    known = next((field for field in EXTRA_FIELDS if field.name == name), None)
    if known is not None:
        return known
    return secret(name, type="raw") if is_secret_name(name) else Field(name, "raw", equal=same_settings)


def extra_values(extra: Values) -> Values:
    """The values of ``extra``, converted to the types that the API documents. Raises InvalidInput."""
    options = {field.name for field in DATABASE_FIELDS}
    values = {}
    for name, value in extra.items():
        if name in options or name in ALIASES:
            raise InvalidInput("extra.{0} has an option of its own: use {1}.".format(name, ALIASES.get(name, name)))
        if name in READ_ONLY:
            raise InvalidInput("extra.{0} is reported by the cluster and cannot be set.".format(name))
        values[name] = _converted(extra_field(name), value)
    return values


def _converted(field: Field, value: t.Any) -> t.Any:
    if value is None or field.type not in _CHECKS:
        return value
    try:
        converted = _CHECKS[field.type](value)
    except (TypeError, ValueError):
        raise InvalidInput("extra.{0} must be of type {1}, not {2!r}.".format(field.name, field.type, value)) from None
    if field.choices and converted not in field.choices:
        raise InvalidInput(
            "extra.{0} must be one of {1}, not {2!r}.".format(field.name, ", ".join(map(str, field.choices)), value)
        )
    return converted


def check_together(desired: Values) -> None:
    """Rules between options that hold whatever the database is like now. Raises InvalidInput."""
    if desired.get("type") == "memcached" and desired.get("module_list"):
        raise InvalidInput("module_list: a memcached database has no modules.")
    if desired.get("oss_cluster") and desired.get("hash_slots_policy") == "legacy":
        raise InvalidInput("oss_cluster=true needs hash_slots_policy=16k, not legacy.")
    if desired.get("data_persistence") == "snapshot" and desired.get("snapshot_policy") == []:
        raise InvalidInput("data_persistence=snapshot needs at least one entry in snapshot_policy.")
    tags = [tag["key"] for tag in desired.get("tags") or []]
    doubles = sorted({key for key in tags if tags.count(key) > 1})
    if doubles:
        raise InvalidInput("tags has {0} more than once.".format(", ".join(doubles)))
    places = [("backup_location", desired.get("backup_location"))]
    places += [("dataset_import_sources", source) for source in desired.get("dataset_import_sources") or []]
    for option, place in places:
        _check_location(option, place or {})


def _check_location(option: str, place: Values) -> None:
    if place.get("type") == "abs" and (place.get("account_key") is None) == (place.get("sas_token") is None):
        raise InvalidInput("{0} of type abs needs exactly one of account_key and sas_token.".format(option))
    if option == "dataset_import_sources" and place.get("type") in ("s3", "gs", "abs") and not place.get("filename"):
        raise InvalidInput("{0} of type {1} needs filename.".format(option, place["type"]))


def check_creation(desired: Values) -> None:
    """What can be known about a create before it is sent. Raises InvalidInput."""
    if desired.get("sharding") and not desired.get("shard_key_regex") and not desired.get("oss_sharding"):
        raise InvalidInput("sharding=true needs shard_key_regex to create a database.")
    if desired.get("data_persistence") == "snapshot" and not desired.get("snapshot_policy"):
        raise InvalidInput("data_persistence=snapshot needs snapshot_policy to create a database.")
    if desired.get("backup"):
        missing = [name for name in ("backup_interval", "backup_location") if not desired.get(name)]
        if missing:
            raise InvalidInput("backup=true needs {0} to create a database.".format(" and ".join(missing)))
    if bool(desired.get("authentication_sasl_uname")) != bool(desired.get("authentication_sasl_pass")):
        raise InvalidInput("authentication_sasl_uname and authentication_sasl_pass are needed together to create a database.")
