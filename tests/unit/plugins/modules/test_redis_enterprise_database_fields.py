# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_enterprise_database: every field through create, repeat, update, reset, check mode and diff."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from contract import facts

from ansible_collections.community.redis.plugins.module_utils._core.fields import CREATE, UNSET
from ansible_collections.community.redis.plugins.module_utils._enterprise.database import (
    ALIASES,
    DATABASE_FIELDS,
    EXTRA_FIELDS,
    READ_ONLY,
)
from unit.harness import Bench, Run

MODULE = "redis_enterprise_database"
FIELDS = {field.name: field for field in DATABASE_FIELDS}
DATABASE = {"name": "cache", "memory_size": 1024 * 1024 * 1024}
PEM = "-----BEGIN CERTIFICATE-----\n{0}\n-----END CERTIFICATE-----\n"
RULES = [{"regex": r".*\{(?<tag>.*)\}.*"}, {"regex": "(?<tag>.*)"}]
S3 = {
    "type": "s3",
    "bucket_name": "backups",
    "access_key_id": "canary-id",
    "secret_access_key": "canary-key",
    "subdir": "nightly",
}
BACKUP: dict[str, Any] = {"backup": True, "backup_interval": 86400, "backup_location": S3}
# The cluster owns the layer that these belong to
CRDB_LAYER = {
    "crdt_config_version",
    "crdt_featureset_version",
    "crdt_ghost_replica_ids",
    "crdt_guid",
    "crdt_modules",
    "crdt_protocol_version",
    "crdt_replica_id",
    "crdt_replicas",
    "crdt_sources",
}


@dataclasses.dataclass(frozen=True)
class Sample:
    """Two values of a field. ``needs``: other options without which it cannot be set. ``shown``: it is read back."""

    first: Any
    second: Any
    needs: dict[str, Any] = dataclasses.field(default_factory=dict)
    shown: bool = True


def s(first: Any, second: Any, *, shown: bool = True, **needs: Any) -> Sample:
    return Sample(first, second, needs, shown)


SAMPLES: dict[str, Sample] = {
    "create_uid": s(41, 42),
    "type": s("memcached", "redis"),
    "redis_version": s("7.2", "7.4"),
    "version": s("7.4.2", "8.0.1", redis_version="7.4"),
    "port": s(12345, 12346),
    "module_list": s([{"module_name": "search"}], [{"module_name": "ReJSON"}], redis_version="7.4"),
    "bigstore": s(True, False),
    "crdt": s(True, False),
    "replica_read_only": s(True, False),
    "shards_blueprint": s(
        [{"nodes": [{"node_uid": "1", "role": "master"}], "slot_range": "0-16383"}], [], shown=False
    ),
    "name": s("cache", "other"),
    "memory_size": s(1024**3, 2 * 1024**3),
    "shards_count": s(2, 3, sharding=True, shard_key_regex=RULES),
    "sharding": s(True, False, shard_key_regex=RULES),
    "shard_key_regex": s(RULES, RULES[:1]),
    "hash_slots_policy": s("legacy", "16k"),
    "implicit_shard_key": s(True, False),
    "shard_block_crossslot_keys": s(True, False),
    "shard_block_foreign_keys": s(False, True),
    "shards_placement": s("sparse", "dense"),
    "proxy_policy": s("all-nodes", "single"),
    "oss_cluster": s(True, False),
    "oss_cluster_api_preferred_ip_type": s("external", "internal"),
    "oss_cluster_api_preferred_endpoint_type": s("hostname", "ip"),
    "replication": s(True, False),
    "rack_aware": s(True, False),
    "avoid_nodes": s(["2", "3"], ["1"]),
    "use_nodes": s(["2", "3"], ["1"]),
    "bigstore_ram_size": s(100 * 1024**2, 200 * 1024**2),
    "bigstore_version": s(2, 1),
    "search_on_bigstore": s(True, False),
    "query_performance_factor": s({"active": True, "scaling_factor": 4}, {"scaling_factor": 8}),
    "data_persistence": s("aof", "disabled"),
    "aof_policy": s("appendfsync-always", "appendfsync-every-sec"),
    "snapshot_policy": s([{"secs": 3600, "writes": 1}], [{"secs": 60, "writes": 9}]),
    "master_persistence": s(True, False),
    "max_aof_file_size": s(1024**3, 2 * 1024**3),
    "max_aof_load_time": s(600, 700),
    "backup": s(True, False, backup_interval=86400, backup_location=S3),
    "backup_interval": s(3600, 7200, backup=True, backup_location=S3),
    "backup_interval_offset": s(60, 120, **BACKUP),
    "backup_history": s(3, 7),
    "backup_location": s(S3, {"type": "mount_point", "path": "/mnt/backups"}),
    "dataset_import_sources": s(
        [dict(S3, filename="dump.rdb")], [{"type": "url", "url": "ftp://host/dump.rdb"}], shown=False
    ),
    "skip_import_analyze": s("enabled", "disabled"),
    "recovery_wait_time": s(30, 60),
    "eviction_policy": s("allkeys-lfu", "noeviction"),
    "activedefrag": s(True, False),
    "active_defrag_cycle_max": s(50, 60),
    "active_defrag_cycle_min": s(5, 6),
    "active_defrag_ignore_bytes": s("200mb", "300mb"),
    "active_defrag_max_scan_fields": s(500, 600),
    "active_defrag_threshold_lower": s(20, 30),
    "active_defrag_threshold_upper": s(200, 300),
    "maxclients": s(5000, 6000),
    "max_connections": s(100, 200),
    "tracking_table_max_keys": s(5000, 6000),
    "use_selective_flush": s(False, True),
    "tls_mode": s("enabled", "replica_ssl"),
    "enforce_client_authentication": s("disabled", "enabled"),
    "authentication_ssl_client_certs": s(
        [{"client_cert": PEM.format("QQ==")}, {"client_cert": PEM.format("Qg==")}],
        [{"client_cert": PEM.format("Qw==")}],
    ),
    "authentication_ssl_crdt_certs": s(
        [{"client_cert": PEM.format("QQ==")}], [{"client_cert": PEM.format("Qg==")}]
    ),
    "client_cert_subject_validation_type": s("san_cn", "full_subject"),
    "authorized_subjects": s([{"cn": "one", "ou": "web"}, {"cn": "two"}], [{"cn": "two", "o": "Example"}]),
    "mtls_allow_weak_hashing": s(True, False),
    "mtls_allow_outdated_certs": s(True, False),
    "default_user": s(False, True),
    "authentication_redis_pass": s("canary-redis-1", "canary-redis-2", shown=False),
    "authentication_admin_pass": s("canary-admin-1", "canary-admin-2"),
    "authentication_sasl_uname": s("user-1", "user-2", authentication_sasl_pass="canary-sasl-0"),
    "authentication_sasl_pass": s("canary-sasl-1", "canary-sasl-2", authentication_sasl_uname="user"),
    "disabled_commands": s("flushall,keys", "keys"),
    "disconnect_clients_on_password_removal": s(True, False),
    "roles_permissions": s(
        [{"role_uid": 1, "redis_acl_uid": 1}, {"role_uid": 2, "redis_acl_uid": 3}],
        [{"role_uid": 2, "redis_acl_uid": 1}],
    ),
    "audit_settings": s(
        {"audit_mode": "connection", "username_filter": {"enabled": True, "usernames": ["a", "b"]}},
        {"username_filter": {"usernames": ["c"]}},
    ),
    "db_conns_auditing": s(True, False),
    "data_internode_encryption": s(True, False),
    "replica_sync": s("enabled", "paused"),
    "replica_sources": s(
        [{"uri": "redis://admin:canary-uri@one.example.com:12000", "compression": 3, "client_key": "canary-client"}],
        [{"uri": "redis://two.example.com:12000"}],
    ),
    "replica_sync_connection_alarm_timeout_seconds": s(30, 60),
    "replica_sync_dist": s(True, False),
    "replication_oom_threshold_percent": s(10, 20),
    "gradual_sync_policy": s("custom", "migration"),
    "gradual_sync_policy_parameters": s({"src_endpoint_limit": 2}, {"dst_shard_limit": 3}),
    "gradual_src_mode": s("enabled", "disabled"),
    "gradual_src_max_sources": s(2, 3),
    "gradual_sync_mode": s("auto", "disabled"),
    "gradual_sync_max_shards_per_source": s(2, 3),
    "support_syncer_reconf": s(True, False),
    "generate_text_monitor": s(True, False),
    "repl_backlog_size": s("10mb", "20mb"),
    "slave_buffer": s("1024", "2048"),
    "sync_dedicated_threads": s(3, 7),
    "syncer_log_level": s("debug", "warn"),
    "crdt_sync": s("enabled", "paused"),
    "crdt_repl_backlog_size": s("10mb", "20mb"),
    "crdt_causal_consistency": s(True, False),
    "crdt_sync_connection_alarm_timeout_seconds": s(30, 60),
    "crdt_sync_dist": s(False, True),
    "crdt_syncer_auto_oom_unlatch": s(False, True),
    "crdt_xadd_id_uniqueness_mode": s("liberal", "semi-strict"),
    "slave_ha": s(True, False),
    "slave_ha_priority": s(2, 5),
    "auto_upgrade": s(True, False),
    "email_alerts": s(True, False),
    "metrics_export_all": s(True, False),
    "resp3": s(False, True),
    "mkms": s(False, True),
    "tags": s([{"key": "team", "value": "web"}, {"key": "env", "value": "test"}], [{"key": "env", "value": "live"}]),
    "search": s({"search_timeout": 1000, "search_numeric_compress": True}, {"search_timeout": 2000}),
    "timeseries": s({"ts_retention_policy": 1000}, {"ts_encoding": "UNCOMPRESSED"}),
    "probabilistic": s({"bf_error_rate": 0.5, "cf_bucket_size": 4}, {"bf_initial_size": 200}),
}
CREATE_ONLY = [name for name, field in FIELDS.items() if field.mode == CREATE and SAMPLES[name].shown]
CHANGEABLE = [name for name, field in FIELDS.items() if field.mode != CREATE and name != "name"]
COMPARED = [name for name in CHANGEABLE if SAMPLES[name].shown]
HIDDEN = [name for name in CHANGEABLE if not SAMPLES[name].shown]
RESETTABLE = [name for name, field in FIELDS.items() if field.reset is not UNSET and field.mode != CREATE]
NOT_RESETTABLE = [name for name, field in FIELDS.items() if field.reset is UNSET and name not in DATABASE]
SECRETS = {"authentication_admin_pass", "authentication_redis_pass", "authentication_sasl_pass"}
WITH_SECRETS = [name for name, sample in SAMPLES.items() if "canary" in repr(sample)]
# neither can be reset alone
TOGETHER = {
    "authentication_sasl_pass": "authentication_sasl_uname",
    "authentication_sasl_uname": "authentication_sasl_pass",
}
# the values that are sent merged into what the cluster has
MERGED = {name for name, field in FIELDS.items() if field.merge}


class Case:
    """One field of a database."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.name = name
        self.field = FIELDS[name]
        self.sample = SAMPLES[name]
        bench.options("enterprise", rack_aware=True)

    def task(self, *value: Any, **more: Any) -> dict[str, Any]:
        options = {**DATABASE, **self.sample.needs}
        if value:
            options[self.name] = value[0]
        if value == (None,) and self.name in TOGETHER:
            options[TOGETHER[self.name]] = None
        return {**options, **more}

    def run(self, *value: Any, **more: Any) -> Run:
        return self.bench.ok(MODULE, self.task(*value), **more)

    def predicted(self, *value: Any, **more: Any) -> Run:
        """A real run, after a run in check mode that has to have said the same."""
        told = self.run(*value, check=True, diff=True, **more)
        done = self.run(*value, diff=True, **more)
        assert told.changed == done.changed
        assert told["diff"] == done["diff"]
        return done


@pytest.fixture(params=[])
def case(bench: Bench, request: pytest.FixtureRequest) -> Case:
    return Case(bench, request.param)


def test_every_field_has_a_sample() -> None:
    assert set(SAMPLES) == set(FIELDS)


def test_every_field_of_the_api_has_its_place() -> None:
    """An option, ``extra``, or a reason why not."""
    known = {name for name in facts("enterprise")["objects"]["bdb"] if "." not in name and "[" not in name}
    options = {field.wire for field in DATABASE_FIELDS}
    extra = {field.name for field in EXTRA_FIELDS}
    aliases = set(ALIASES) - {"uid"}
    left = known - options - extra - aliases - READ_ONLY - CRDB_LAYER
    assert left == {"endpoint", "email_notification"} & known
    assert not options & (extra | aliases | READ_ONLY)


@pytest.mark.parametrize("case", sorted(FIELDS), indirect=True)
def test_create_then_repeat(case: Case) -> None:
    created = case.predicted(case.sample.first)
    assert created.changed
    (body,) = created.bodies("POST")
    assert body[case.field.wire] == case.field.encode(case.sample.first)
    assert created.bodies("PUT") == []
    again = case.predicted(case.sample.first)
    assert not again.changed
    assert again.writes == []
    assert again["diff"] == {"before": {}, "after": {}}


@pytest.mark.parametrize("case", COMPARED, indirect=True)
def test_update_sends_this_field_alone(case: Case) -> None:
    case.run(case.sample.first)
    updated = case.predicted(case.sample.second)
    assert updated.changed
    (body,) = updated.bodies("PUT")
    assert list(body) == [case.field.wire]
    sent, meant = body[case.field.wire], case.field.encode(case.sample.second)
    if case.name in MERGED:
        kept = case.field.encode(case.sample.first)
        assert {key: sent[key] for key in (*kept, *meant)} == merged(kept, meant)
        assert set(updated["diff"]["before"][case.name]) <= set(case.sample.second)
    else:
        assert sent == meant
    assert list(updated["diff"]["before"]) == [case.name] == list(updated["diff"]["after"])
    assert updated["diff"]["before"] != updated["diff"]["after"] or case.name in SECRETS
    assert case.predicted(case.sample.second).writes == []


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """``new`` over ``old``, at every level."""
    both = {**old, **new}
    for key in old:
        if key in new and isinstance(old[key], dict):
            both[key] = merged(old[key], new[key])
    return both


@pytest.mark.parametrize("case", COMPARED, indirect=True)
def test_left_out_is_left_alone(case: Case) -> None:
    case.run(case.sample.first)
    assert case.run().writes == []
    assert case.run(case.sample.first).writes == []


@pytest.mark.parametrize("case", HIDDEN, indirect=True)
def test_what_the_api_hides_is_changed_only_on_request(case: Case) -> None:
    case.run(case.sample.first)
    assert case.run(case.sample.second).writes == []
    forced = case.predicted(case.sample.second, update_password="always")
    assert forced.changed
    assert forced.bodies("PUT") == [{case.field.wire: case.field.encode(case.sample.second)}]


@pytest.mark.parametrize("case", CREATE_ONLY, indirect=True)
def test_create_only_field_refuses_a_change(case: Case) -> None:
    case.run(case.sample.first)
    for check in (True, False):
        refused = case.bench.run(MODULE, case.task(case.sample.second), check=check)
        assert refused.failed
        assert refused.message.startswith(f"{case.name} of a Redis Enterprise database cannot be changed")
        assert refused.writes == []
        assert not refused.changed


@pytest.mark.parametrize("case", RESETTABLE, indirect=True)
def test_null_resets_once(case: Case) -> None:
    case.run(case.sample.first)
    if case.name in HIDDEN:
        assert case.run(None).writes == []
        return
    reset = case.predicted(None)
    assert reset.changed
    sent = reset.bodies("PUT")[0]
    if case.name in MERGED:
        assert case.field.reset.items() <= sent[case.field.wire].items()
    else:
        assert sent[case.field.wire] == case.field.reset
    again = case.predicted(None)
    assert not again.changed
    assert again.writes == []


@pytest.mark.parametrize("case", NOT_RESETTABLE, indirect=True)
def test_null_that_the_api_cannot_do_is_refused_before_anything_is_sent(case: Case) -> None:
    refused = case.bench.fails(MODULE, case.task(None))
    assert refused.message.startswith(f"{case.name} cannot be reset")
    assert refused.requests == []


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("case", WITH_SECRETS, indirect=True)
def test_secrets_do_not_show(case: Case, masked: bool) -> None:
    case.bench.options("enterprise", mask_bdb_credentials=masked)
    first = case.run(case.sample.first, diff=True)
    again = case.run(case.sample.first, diff=True)
    assert again.writes == []
    shown = str(first.result) + str(again.result)
    assert "canary" not in shown
    (state,) = case.bench.state("enterprise")["bdbs"]
    assert masked or state["authentication_admin_pass"] not in shown


WITH_DEFAULT = [
    name
    for name, field in FIELDS.items()
    if field.default is not UNSET and name not in MERGED and name not in ("backup_location", "module_list")
]


@pytest.mark.parametrize("name", WITH_DEFAULT)
def test_missing_key_means_the_default(bench: Bench, name: str) -> None:
    """Before 7.22.2-20 what has its default value is left out of the reply."""
    bench.options("enterprise", version="7.4", omit_defaults="on")
    wanted = {**DATABASE, "redis_version": "7.2"}
    bench.ok(MODULE, wanted)
    same = bench.ok(MODULE, {**wanted, name: FIELDS[name].default})
    assert not same.changed
    assert same.writes == []
    assert same.warnings == []


def test_lists_of_fields_cover_all() -> None:
    assert set(CREATE_ONLY) | set(COMPARED) | set(HIDDEN) == set(FIELDS) - {"name", "shards_blueprint"}
    assert (set(RESETTABLE) | set(NOT_RESETTABLE)).issuperset(set(COMPARED) - set(DATABASE))
    assert min(map(len, (COMPARED, HIDDEN, CREATE_ONLY, RESETTABLE, NOT_RESETTABLE, WITH_SECRETS))) > 1
