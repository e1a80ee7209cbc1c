# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated cluster answers in the shapes that were recorded from a real one.

``RECORDED`` holds only names and types, of the answers of a fresh one-node cluster with one database (software
100.0.21-16135, a preview of 8.0), and of single examples in the vendor's documents where nothing was recorded.
"""

from __future__ import annotations

from typing import Any

import pytest

from simulator.enterprise.harness import Cluster

# An empty list was recorded empty: nothing is known about its items.
RECORDED: dict[str, Any] = {
    "/v1/actions": {
        "actions": [
            {
                "action_uid": "str",
                "creation_time": "str",
                "name": "str",
                "node_uid": "str",
                "progress": "str",
                "status": "str",
                "task_id": "str",
            }
        ],
        "state-machines": [
            {"action_uid": "str", "heartbeat": "int", "name": "str", "object_name": "str", "status": "str"}
        ],
    },
    "/v1/bdb_groups": {"bdb_groups": []},
    "/v1/bdbs": [
        {
            "acl": [],
            "active_defrag_cycle_max": "int",
            "active_defrag_cycle_min": "int",
            "active_defrag_ignore_bytes": "str",
            "active_defrag_max_scan_fields": "int",
            "active_defrag_threshold_lower": "int",
            "active_defrag_threshold_upper": "int",
            "activedefrag": "str",
            "aof_policy": "str",
            "authentication_admin_pass": "str",
            "authentication_redis_pass": "str",
            "authentication_sasl_pass": "str",
            "authentication_sasl_uname": "str",
            "authentication_ssl_client_certs": [],
            "authentication_ssl_crdt_certs": [],
            "authorized_subjects": [],
            "auto_upgrade": "bool",
            "background_op": [{"status": "str"}],
            "backup": "bool",
            "backup_failure_reason": "str",
            "backup_history": "int",
            "backup_interval": "int",
            "backup_progress": "float",
            "backup_status": "str",
            "bigstore": "bool",
            "bigstore_max_ram_ratio": "int",
            "bigstore_ram_size": "int",
            "bigstore_version": "int",
            "client_cert_subject_validation_type": "str",
            "compare_key_hslot": "bool",
            "conns": "int",
            "conns_type": "str",
            "crdt": "bool",
            "crdt_causal_consistency": "bool",
            "crdt_config_version": "int",
            "crdt_ghost_replica_ids": "str",
            "crdt_guid": "str",
            "crdt_modules": "str",
            "crdt_repl_backlog_size": "str",
            "crdt_replica_id": "int",
            "crdt_replicas": "str",
            "crdt_sources": [],
            "crdt_sync": "str",
            "crdt_sync_connection_alarm_timeout_seconds": "int",
            "crdt_sync_dist": "bool",
            "crdt_syncer_auto_oom_unlatch": "bool",
            "crdt_xadd_id_uniqueness_mode": "str",
            "created_time": "str",
            "data_internode_encryption": "bool",
            "data_persistence": "str",
            "dataset_import_sources": [],
            "db_conns_auditing": "bool",
            "default_user": "bool",
            "dns_address_master": "str",
            "dns_suffixes": [],
            "email_alerts": "bool",
            "endpoints": [
                {
                    "addr": ["str"],
                    "addr_type": "str",
                    "dns_name": "str",
                    "oss_cluster_api_preferred_endpoint_type": "str",
                    "oss_cluster_api_preferred_ip_type": "str",
                    "port": "int",
                    "proxy_policy": "str",
                    "uid": "str",
                }
            ],
            "eviction_policy": "str",
            "export_failure_reason": "str",
            "export_progress": "float",
            "export_status": "str",
            "flush_on_fullsync": "bool",
            "generate_text_monitor": "bool",
            "gradual_src_max_sources": "int",
            "gradual_src_mode": "str",
            "gradual_sync_max_shards_per_source": "int",
            "gradual_sync_mode": "str",
            "group_uid": "int",
            "hash_slots_policy": "str",
            "implicit_shard_key": "bool",
            "import_failure_reason": "str",
            "import_progress": "float",
            "import_status": "str",
            "internal": "bool",
            "last_changed_time": "str",
            "master_persistence": "bool",
            "max_aof_file_size": "int",
            "max_aof_load_time": "int",
            "max_client_pipeline": "int",
            "max_connections": "int",
            "max_pipelined": "int",
            "maxclients": "int",
            "memory_size": "int",
            "metrics_export_all": "bool",
            "mkms": "bool",
            "module_list": [
                {"module_args": "str", "module_id": "str", "module_name": "str", "semantic_version": "str"}
            ],
            "mtls_allow_outdated_certs": "bool",
            "mtls_allow_weak_hashing": "bool",
            "multi_commands_opt": "str",
            "name": "str",
            "oss_cluster": "bool",
            "oss_cluster_api_preferred_endpoint_type": "str",
            "oss_cluster_api_preferred_ip_type": "str",
            "oss_sharding": "bool",
            "port": "int",
            "proxy_policy": "str",
            "rack_aware": "bool",
            "recovery_wait_time": "int",
            "redis_cluster_enabled": "bool",
            "redis_version": "str",
            "repl_backlog_size": "str",
            "replica_read_only": "bool",
            "replica_sources": [],
            "replica_sync": "str",
            "replica_sync_connection_alarm_timeout_seconds": "int",
            "replica_sync_dist": "bool",
            "replication": "bool",
            "resp3": "bool",
            "roles_permissions": [],
            "sched_policy": "str",
            "shard_block_crossslot_keys": "bool",
            "shard_block_foreign_keys": "bool",
            "shard_key_regex": [],
            "shard_list": ["int"],
            "sharding": "bool",
            "shards_count": "int",
            "shards_placement": "str",
            "skip_import_analyze": "str",
            "slave_buffer": "str",
            "slave_ha": "bool",
            "slave_ha_priority": "int",
            "snapshot_policy": [],
            "ssl": "bool",
            "status": "str",
            "support_syncer_reconf": "bool",
            "sync": "str",
            "sync_dedicated_threads": "int",
            "sync_sources": [],
            "syncer_log_level": "str",
            "syncer_mode": "str",
            "throughput_ingress": "int",
            "tls_mode": "str",
            "topology_epoch": "int",
            "tracking_table_max_keys": "int",
            "type": "str",
            "uid": "int",
            "use_selective_flush": "bool",
            "version": "str",
            "wait_command": "bool",
        }
    ],
    "/v1/bootstrap": {
        "bootstrap_status": {"end_time": "str", "start_time": "str", "state": "str"},
        "local_node_info": {
            "architecture": "str",
            "available_addresses": [{"address": "str", "format": "str", "if_name": "str", "private": "bool"}],
            "bigredis_storage_path": "str",
            "bridge_interfaces": [],
            "cnm_version_sha": "str",
            "cores": "int",
            "ephemeral_storage_path": "str",
            "ephemeral_storage_size": "float",
            "fips_enabled": "bool",
            "os_family": "str",
            "os_name": "str",
            "os_semantic_version": "str",
            "os_version": "str",
            "persistent_storage_path": "str",
            "persistent_storage_size": "float",
            "short_hostname": "str",
            "software_version": "str",
            "supported_bigstore_drivers": ["str"],
            "supported_database_versions": [
                {"db_type": "str", "major": "bool", "redis_version": "str", "version": "str"}
            ],
            "total_memory": "int",
            "uid": "str",
            "uptime": "int",
        },
    },
    "/v1/cluster": {
        "alert_settings": {
            "cluster_ca_cert_about_to_expire": {"enabled": "bool", "threshold": "str"},
            "cluster_certs_about_to_expire": {"enabled": "bool", "threshold": "str"},
            "cluster_license_about_to_expire": {"enabled": "bool", "threshold": "str"},
            "cluster_node_operation_failed": "bool",
            "cluster_ocsp_query_failed": "bool",
            "cluster_ocsp_status_revoked": "bool",
            "node_checks_error": "bool",
            "node_ephemeral_storage": {"enabled": "bool", "threshold": "str"},
            "node_free_flash": {"enabled": "bool", "threshold": "str"},
            "node_internal_certs_about_to_expire": {"enabled": "bool", "threshold": "str"},
            "node_persistent_storage": {"enabled": "bool", "threshold": "str"},
        },
        "availability_lag_tolerance_ms": "int",
        "bigstore_driver": "str",
        "block_cluster_changes": "bool",
        "ccs_internode_encryption": "bool",
        "cluster_api_internal_port": "int",
        "cluster_ssh_public_key": "str",
        "cm_port": "int",
        "cm_server_version": "int",
        "cm_session_timeout_minutes": "int",
        "cnm_http_max_threads_per_worker": "int",
        "cnm_http_port": "int",
        "cnm_http_workers": "int",
        "cnm_https_port": "int",
        "control_cipher_suites": "str",
        "control_cipher_suites_tls_1_3": "str",
        "crdb_coordinator_ignore_requests": "bool",
        "crdb_coordinator_port": "int",
        "crdt_supported_featureset_version": "int",
        "crdt_supported_protocol_versions": ["str"],
        "created_time": "str",
        "data_cipher_list": "str",
        "data_cipher_suites_tls_1_3": [],
        "debuginfo_path": "str",
        "email_alerts": "bool",
        "encrypt_pkeys": "bool",
        "entra_id_cache_ttl": "int",
        "envoy_admin_port": "int",
        "envoy_external_authorization": "bool",
        "envoy_max_downstream_connections": "int",
        "envoy_mgmt_server_port": "int",
        "gossip_envoy_admin_port": "int",
        "handle_metrics_redirects": "bool",
        "handle_redirects": "bool",
        "http_support": "bool",
        "logrotate_settings": {"maxage": "int", "maxsize": "str", "rotate": "int"},
        "mask_bdb_credentials": "bool",
        "metrics_system": "int",
        "min_control_TLS_version": "str",
        "min_data_TLS_version": "str",
        "min_sentinel_TLS_version": "str",
        "module_upload_max_size_mb": "int",
        "mtls_authorized_subjects": [],
        "mtls_certificate_authentication": "bool",
        "mtls_client_cert_subject_validation_type": "str",
        "multi_commands_opt": "str",
        "name": "str",
        "options_method_forbidden": "bool",
        "password_complexity": "bool",
        "password_expiration_duration": "int",
        "password_hashing_algorithm": "str",
        "password_min_length": "int",
        "proxy_certificate": "str",
        "rack_aware": "bool",
        "reserved_ports": [],
        "robust_crdt_syncer": "bool",
        "s3_certificate_verification": "bool",
        "sentinel_cipher_suites": [],
        "sentinel_cipher_suites_tls_1_3": "str",
        "sentinel_tls_mode": "str",
        "slave_ha": "bool",
        "slave_ha_bdb_cooldown_period": "int",
        "slave_ha_cooldown_period": "int",
        "slave_ha_grace_period": "int",
        "slowlog_in_sanitized_support": "bool",
        "smtp_tls_mode": "str",
        "smtp_use_tls": "bool",
        "syncer_certificate": "str",
        "system_reserved_ports": ["int"],
        "upgrade_in_progress": "bool",
        "upgrade_mode": "bool",
        "use_external_ipv6": "bool",
        "use_ipv6": "bool",
        "wait_command": "bool",
    },
    "/v1/crdbs": {"crdbs": []},
    "/v1/license": {
        "activation_date": "str",
        "cluster_name": "null",
        "expiration_date": "str",
        "expired": "bool",
        "features": ["str"],
        "flash_shards_in_use": "int",
        "flash_shards_limit": "null",
        "key": "str",
        "license": "str",
        "owner": "null",
        "ram_shards_in_use": "int",
        "ram_shards_limit": "null",
        "shards_limit": "int",
    },
    "/v1/modules": [
        {
            "author": "str",
            "bigstore_version_2_support": "bool",
            "capabilities": ["str"],
            "capability_name": "str",
            "command_line_args": "str",
            "compatible_redis_version": "str",
            "config_command": "str",
            "crdb": {},
            "dependencies": {},
            "description": "str",
            "display_name": "str",
            "email": "str",
            "homepage": "str",
            "is_bundled": "bool",
            "license": "str",
            "min_redis_version": "str",
            "module_name": "str",
            "semantic_version": "str",
            "uid": "str",
            "version": "int",
        }
    ],
    "/v1/nodes": [
        {
            "accept_servers": "bool",
            "addr": "str",
            "architecture": "str",
            "bigredis_storage_path": "str",
            "bigstore_enabled": "bool",
            "cores": "int",
            "ephemeral_storage_path": "str",
            "ephemeral_storage_size": "float",
            "external_addr": [],
            "fips_enabled": "bool",
            "flash_shard_count": "int",
            "max_listeners": "int",
            "max_redis_forks": "int",
            "max_redis_servers": "int",
            "max_slave_full_syncs": "int",
            "os_family": "str",
            "os_name": "str",
            "os_semantic_version": "str",
            "os_version": "str",
            "persistent_storage_path": "str",
            "persistent_storage_size": "float",
            "rack_id": "str",
            "ram_shard_count": "int",
            "second_rack_id": "str",
            "shard_count": "int",
            "shard_list": ["int"],
            "software_version": "str",
            "status": "str",
            "supported_database_versions": [
                {"db_type": "str", "major": "bool", "redis_version": "str", "version": "str"}
            ],
            "total_memory": "int",
            "uid": "int",
            "uptime": "int",
            "use_internal_ipv6": "bool",
        }
    ],
    "/v1/shards": [
        {
            "assigned_slots": "str",
            "bdb_uid": "int",
            "detailed_status": "str",
            "loading": {"status": "str"},
            "node_uid": "str",
            "redis_info": {},
            "report_timestamp": "str",
            "role": "str",
            "status": "str",
            "uid": "str",
        }
    ],
    "/v1/users": [
        {
            "auth_method": "str",
            "certificate_subject_line": "str",
            "email": "str",
            "email_alerts": "bool",
            "name": "str",
            "password_issue_date": "str",
            "role": "str",
            "role_uids": ["int"],
            "status": "str",
            "uid": "int",
        }
    ],
}

# Examples of the documents: they may leave fields out, so the simulator may have more.
DOCUMENTED: dict[str, Any] = {
    "machine at work, v1": {
        "action_uid": "str",
        "heartbeat": "int",
        "name": "str",
        "object_name": "str",
        "pending_ops": {},
        "progress": "float",
        "state": "str",
        "status": "str",
    },
    "task, v2": {
        "action_type": "str",
        "action_uid": "str",
        "additional_info": {"object_type": "str", "object_uid": "str"},
        "creation_time": "int",
        "name": "str",
        "progress": "float",
        "status": "str",
    },
    "node action": {"name": "str", "node_uid": "str", "progress": "int", "status": "str"},
    "node status": {
        "cores": "int",
        "free_provisional_ram": "int",
        "free_ram": "int",
        "hostname": "str",
        "maintenance_snapshot": {"created_time": "str", "name": "str", "node_uid": "str"},
        "master_shards": [],
        "node_overbooking_depth": "int",
        "node_status": "str",
        "role": "str",
        "slave_shards": [],
        "software_version": "str",
        "software_version_sha": "str",
        "total_memory": "int",
        "total_provisional_ram": "int",
    },
    "cluster action": {"name": "str", "progress": "float", "status": "str"},
    "start of a node action": {"status": "str", "task_id": "str"},
    "deletion": {
        "action_uid": "str",
        "background_op": [{"name": "str", "progress": "int", "status": "str"}],
        "uid": "int",
        "authentication_admin_pass": "str",
    },
}


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "null" if value is None else type(value).__name__


def differences(recorded: Any, actual: Any, path: str = "", more: bool = False) -> list[str]:
    """Where ``actual`` has another shape; ``more``: it may have keys that are not in ``recorded``."""
    if isinstance(recorded, dict) and isinstance(actual, dict):
        keys = set(recorded) if more else set(recorded) | set(actual)
        return [
            text
            for key in sorted(keys)
            for text in differences(
                recorded.get(key, "absent"), actual.get(key, "absent"), f"{path}.{key}", more
            )
        ]
    if isinstance(recorded, list) and isinstance(actual, list):
        both = recorded and actual
        return differences(recorded[0], actual[0], f"{path}[]", more) if both else []
    return [] if recorded == actual else [f"{path}: recorded {recorded}, simulated {actual}"]


@pytest.fixture(name="cluster")
def _cluster() -> Cluster:
    cluster = Cluster(version="preview", nodes=1)
    cluster.create("default-db")
    return cluster


@pytest.mark.parametrize("path", sorted(RECORDED))
def test_recorded_answers_have_the_same_keys_and_types(path: str, cluster: Cluster) -> None:
    assert differences(RECORDED[path], shape(cluster.get(path))) == []


def test_one_object_reads_like_its_row_in_the_list(cluster: Cluster) -> None:
    for path in ("/v1/bdbs", "/v1/nodes", "/v1/users"):
        assert differences(RECORDED[path][0], shape(cluster.get(f"{path}/1"))) == []


def test_documented_answers_have_at_least_the_same_keys_and_types(cluster: Cluster) -> None:
    cluster.options.version = "8.2"
    answers: dict[str, Any] = {"task, v2": cluster.get("/v2/actions")[1]}
    update = cluster.call("PUT", "/v1/bdbs/1", {"maxclients": 1})
    cluster.advance(3)
    answers["machine at work, v1"] = cluster.get(f"/v1/actions/{update['action_uid']}")
    cluster.advance(60)
    answers["start of a node action"] = cluster.call("POST", "/v1/nodes/1/actions/maintenance_on")
    answers["node action"] = cluster.get("/v1/nodes/1/actions")["actions"][0]
    cluster.call("POST", "/v1/cluster/actions/change_master", {"node_uid": "1"})
    answers["cluster action"] = cluster.get("/v1/cluster/actions/change_master")
    cluster.advance(60)
    answers["node status"] = cluster.get("/v1/nodes/1/status")
    answers["deletion"] = cluster.call("DELETE", "/v1/bdbs/1")
    assert set(answers) == set(DOCUMENTED)
    for name, recorded in DOCUMENTED.items():
        assert differences(recorded, shape(answers[name]), name, more=True) == []


def test_the_comparison_finds_what_differs() -> None:
    recorded = {"a": "int", "b": [{"c": "str"}], "d": "bool"}
    assert differences(recorded, {"a": "str", "b": [{"c": "str"}], "d": "bool"}) == [
        ".a: recorded int, simulated str"
    ]
    assert differences(recorded, {"a": "int", "b": [{"c": "int"}], "d": "bool"}) == [
        ".b[].c: recorded str, simulated int"
    ]
    assert differences(recorded, {"a": "int", "b": [], "e": "int"}) == [
        ".d: recorded bool, simulated absent",
        ".e: recorded absent, simulated int",
    ]
