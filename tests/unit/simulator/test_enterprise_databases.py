# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of databases on the simulated cluster."""

from __future__ import annotations

import pytest

from simulator.enterprise.harness import Cluster

GIB = 1024**3


def test_a_database_is_created_by_an_action_and_can_be_used_afterwards() -> None:
    cluster = Cluster()
    answer = cluster.call("POST", "/v1/bdbs", {"name": "cache", "memory_size": GIB})
    assert (answer["uid"], answer["status"]) == (1, "pending")
    cluster.advance(5)
    assert cluster.get(f"/v1/actions/{answer['action_uid']}")["status"] == "active"
    assert cluster.get("/v1/bdbs/1")["endpoints"] == []
    cluster.advance(6)
    bdb = cluster.get("/v1/bdbs/1")
    assert bdb["status"] == "active"
    assert bdb["port"] == 0
    assert bdb["endpoints"][0]["addr"] == ["127.0.0.1"]
    assert 10000 <= bdb["endpoints"][0]["port"] < 20000
    assert cluster.get(f"/v1/actions/{answer['action_uid']}")["status"] == "completed"


def test_what_was_not_asked_for_is_filled_in() -> None:
    cluster = Cluster(version="preview")
    cluster.create()
    bdb = cluster.get("/v1/bdbs/1")
    assert bdb["redis_version"] == "8.0"
    assert bdb["version"] == "8.0.0"
    assert [row["module_name"] for row in bdb["module_list"]] == ["timeseries", "bf", "search", "ReJSON"]
    assert bdb["active_defrag_ignore_bytes"] == "104857600"
    assert bdb["shard_key_regex"] == []
    assert len(bdb["authentication_admin_pass"]) == 48
    assert bdb["authentication_redis_pass"] == ""


def test_sizes_of_the_defragmentation_are_answered_in_bytes() -> None:
    cluster = Cluster()
    cluster.create(active_defrag_ignore_bytes="200mb")
    assert cluster.get("/v1/bdbs/1")["active_defrag_ignore_bytes"] == "209715200"


def test_names_may_exist_twice_but_not_uids_and_ports() -> None:
    cluster = Cluster()
    cluster.create("cache", port=12000)
    cluster.create("cache")
    assert [bdb["name"] for bdb in cluster.get("/v1/bdbs?fields=name")] == ["cache", "cache"]
    same_uid = {"name": "c", "memory_size": GIB, "uid": 1}
    assert cluster.error("POST", "/v1/bdbs", same_uid) == (409, "uid_exists")
    same_port = {"name": "c", "memory_size": GIB, "port": 12000}
    assert cluster.error("POST", "/v1/bdbs", same_port) == (406, "port_unavailable")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"name": None}, 400, "invalid_schema"),
        ({"name": "-bad"}, 400, "invalid_schema"),
        ({"name": "with_underscore"}, 400, "invalid_schema"),
        ({"memory_size": "1gb"}, 400, "invalid_schema"),
        ({"memory_size": True}, 400, "invalid_schema"),
        ({"colour": "red"}, 400, "invalid_schema"),
        ({"eviction_policy": "sometimes"}, 400, "invalid_schema"),
        ({"shards_count": 513}, 400, "invalid_schema"),
        ({"status": "active"}, 400, "invalid_schema"),
        ({"port": 80}, 400, "invalid_schema"),
        ({"port": 9443}, 406, "port_unavailable"),
        ({"backup_location": {"type": "s3"}}, 400, "invalid_schema"),
        ({"redis_version": "7.2.4"}, 406, "invalid_version"),
        ({"redis_version": "9.9"}, 406, "invalid_version"),
        ({"module_list": [{"module_name": "nope"}]}, 406, "missing_module"),
        ({"shards_count": 2}, 406, "invalid_sharding"),
        ({"sharding": True}, 406, "invalid_sharding"),
        ({"data_persistence": "snapshot"}, 406, "invalid_data_persistence"),
        ({"rack_aware": True}, 406, "not_rack_aware"),
        ({"oss_cluster": True, "hash_slots_policy": "legacy"}, 406, "invalid_oss_cluster_configuration"),
        ({"backup": True}, 406, "missing_backup_interval"),
        ({"type": "memcached", "module_list": [{"module_name": "bf"}]}, 406, "memcached_cannot_use_modules"),
        ({"authentication_sasl_uname": "u"}, 406, "invalid_sasl_credentials"),
        ({"memory_size": 8 * 1024**4}, 406, "insufficient_resources"),
        ({"tags": [{"key": "1st", "value": "x"}]}, 406, "invalid_bdb_tags"),
        ({"tags": [{"key": "a", "value": "x"}, {"key": "a", "value": "y"}]}, 406, "invalid_bdb_tags"),
        ({"authentication_ssl_client_certs": [{"client_cert": "text"}]}, 406, "invalid_certificate"),
    ],
)
def test_bad_creations_are_refused_and_leave_nothing(
    fields: dict[str, object], status: int, code: str
) -> None:
    cluster = Cluster()
    body = {"name": "cache", "memory_size": GIB, **fields}
    assert cluster.error("POST", "/v1/bdbs", body) == (status, code)
    cluster.advance(60)
    assert cluster.get("/v1/bdbs") == []


def test_name_and_size_are_required() -> None:
    cluster = Cluster()
    assert cluster.error("POST", "/v1/bdbs", {"memory_size": GIB}) == (406, "missing_db_name")
    assert cluster.error("POST", "/v1/bdbs", {"name": "cache"}) == (406, "missing_memory_size")
    assert cluster.error("POST", "/v1/bdbs", b"{") == (400, "invalid_schema")


def test_schema_errors_can_be_switched_off() -> None:
    cluster = Cluster(unknown_fields="ignore", wrong_types="ignore")
    cluster.create(colour="red", eviction_policy="sometimes")
    bdb = cluster.get("/v1/bdbs/1")
    assert "colour" not in bdb
    assert bdb["eviction_policy"] == "volatile-lru"


def test_the_version_must_be_given_to_7_4_6_as_recorded() -> None:
    cluster = Cluster(version="7.4.6")
    answer = cluster.send("POST", "/v1/bdbs", {"name": "cache", "memory_size": GIB})
    assert answer.status == 406
    assert answer.body == {
        "description": "Reject bdb_create with incompatible version constraints",
        "error_code": "invalid_version",
    }
    cluster.create(redis_version="7.2")
    assert cluster.get("/v1/bdbs/1?fields=redis_version,status") == {
        "redis_version": "7.2",
        "status": "active",
    }


def test_a_failed_creation_stays_listed_and_can_only_be_deleted() -> None:
    cluster = Cluster(fail_creates=1)
    answer = cluster.create()
    assert cluster.get("/v1/bdbs/1")["status"] == "creation-failed"
    action = cluster.get(f"/v1/actions/{answer['action_uid']}")
    assert (action["status"], action["error"]) == ("failed", cluster.options.failure_text)
    assert cluster.status("PUT", "/v1/bdbs/1", {"memory_size": GIB}) == 409
    cluster.call("DELETE", "/v1/bdbs/1")
    cluster.advance(60)
    assert cluster.status("GET", "/v1/bdbs/1") == 404
    cluster.create("second")
    assert cluster.get("/v1/bdbs/2")["status"] == "active"


def test_an_update_is_busy_work_and_shows_its_values_at_the_end() -> None:
    cluster = Cluster()
    cluster.create()
    answer = cluster.call("PUT", "/v1/bdbs/1", {"memory_size": 2 * GIB})
    assert (answer["status"], answer["memory_size"]) == ("active-change-pending", 2 * GIB)
    assert cluster.error("PUT", "/v1/bdbs/1", {"memory_size": GIB}) == (409, "db_busy")
    assert cluster.status("DELETE", "/v1/bdbs/1") == 409
    assert cluster.get("/v1/bdbs/1")["memory_size"] == GIB
    assert cluster.get("/v1/bdbs/1")["background_op"][0]["name"] == "SMUpdateBDB"
    cluster.advance(60)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["status"], bdb["memory_size"]) == ("active", 2 * GIB)
    assert bdb["background_op"] == [{"status": "idle"}]


def test_the_status_may_flip_late_while_the_database_is_busy_already() -> None:
    cluster = Cluster(update_status_lag_seconds=2)
    cluster.create()
    cluster.call("PUT", "/v1/bdbs/1", {"memory_size": 2 * GIB})
    assert cluster.get("/v1/bdbs/1")["status"] == "active"
    assert cluster.status("PUT", "/v1/bdbs/1", {"memory_size": GIB}) == 409
    cluster.advance(3)
    assert cluster.get("/v1/bdbs/1")["status"] == "active-change-pending"
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1")["status"] == "active"


@pytest.mark.parametrize("visible", ["start", "end"])
def test_a_failed_update_leaves_the_database_active_and_unchanged(visible: str) -> None:
    cluster = Cluster(fail_update_names="^cache$", update_visible=visible)
    cluster.create()
    answer = cluster.call("PUT", "/v1/bdbs/1", {"memory_size": 2 * GIB})
    assert cluster.get("/v1/bdbs/1")["memory_size"] == (2 * GIB if visible == "start" else GIB)
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1?fields=memory_size,status") == {"memory_size": GIB, "status": "active"}
    assert cluster.get(f"/v1/actions/{answer['action_uid']}")["status"] == "failed"


def test_create_only_fields_are_refused_or_ignored() -> None:
    cluster = Cluster()
    cluster.create(port=12000)
    assert cluster.error("PUT", "/v1/bdbs/1", {"port": 12001}) == (400, "invalid_schema")
    assert cluster.status("PUT", "/v1/bdbs/1", {"port": 12000}) == 200
    cluster.advance(60)
    cluster.options.create_only_fields = "ignore"
    cluster.call("PUT", "/v1/bdbs/1", {"port": 12001})
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1")["port"] == 12000


def test_an_empty_module_list_removed_the_modules_before_7_22() -> None:
    for version, status in (("7.4", 200), ("7.22", 400)):
        cluster = Cluster(version=version)
        cluster.create(module_list=[{"module_name": "bf"}])
        assert cluster.status("PUT", "/v1/bdbs/1", {"module_list": []}) == status
        cluster.advance(60)
        assert len(cluster.get("/v1/bdbs/1")["module_list"]) == (0 if status == 200 else 1)


def test_aliases_move_together() -> None:
    cluster = Cluster()
    cluster.create(tls_mode="enabled", audit_settings={"audit_mode": "connection"})
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["ssl"], bdb["db_conns_auditing"]) == (True, True)
    cluster.call("PUT", "/v1/bdbs/1", {"ssl": False, "sync": "paused", "authorized_names": ["a"]})
    cluster.advance(60)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["tls_mode"], bdb["replica_sync"]) == ("disabled", "paused")
    assert bdb["authorized_subjects"] == [{"CN": "a"}]


def test_lists_are_replaced_as_a_whole_and_get_server_fields() -> None:
    cluster = Cluster()
    cluster.create(
        tags=[{"key": "a", "value": "1"}], replica_sources=[{"uri": "redis://h:1", "compression": 6}]
    )
    bdb = cluster.get("/v1/bdbs/1")
    assert bdb["tags"] == [{"isSystem": False, "key": "a", "value": "1"}]
    assert bdb["replica_sources"][0]["status"] == "in-sync"
    cluster.call("PUT", "/v1/bdbs/1", {"tags": [{"key": "b", "value": "2"}]})
    cluster.advance(60)
    assert [tag["key"] for tag in cluster.get("/v1/bdbs/1")["tags"]] == ["b"]


def test_a_deletion_answers_the_database_and_then_both_are_gone() -> None:
    cluster = Cluster(version="7.4")
    created = cluster.create()
    answer = cluster.call("DELETE", "/v1/bdbs/1")
    assert answer["background_op"] == [{"name": "SMDeleteBDB", "progress": 0, "status": "pending"}]
    cluster.advance(3)
    assert cluster.get(f"/v1/actions/{answer['action_uid']}")["name"] == "SMDeleteBDB"
    assert cluster.get("/v1/bdbs/1")["status"] == "delete-pending"
    cluster.advance(3)
    assert cluster.status("GET", "/v1/bdbs/1") == 404
    gone = cluster.send("GET", f"/v1/actions/{answer['action_uid']}")
    assert gone.status == 404
    assert gone.body == {
        "description": f"Action {answer['action_uid']} does not exist",
        "error_code": "action_not_found",
    }
    assert cluster.status("GET", f"/v1/actions/{created['action_uid']}") == 200


def test_a_deletion_may_answer_nothing_fail_and_be_remembered() -> None:
    cluster = Cluster(delete_answers_bdb=False, fail_deletes=1, delete_action_vanishes=False)
    cluster.create()
    assert cluster.call("DELETE", "/v1/bdbs/1") is None
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1")["status"] == "active"
    cluster.call("DELETE", "/v1/bdbs/1")
    cluster.advance(60)
    assert cluster.status("GET", "/v1/bdbs/1") == 404
    machines = cluster.get("/v1/actions")["state-machines"]
    assert [row["status"] for row in machines] == ["completed", "failed", "completed"]


def test_dry_runs_change_nothing() -> None:
    cluster = Cluster()
    answer = cluster.call("POST", "/v1/bdbs?dry_run", {"name": "cache", "memory_size": GIB})
    assert answer["name"] == "cache"
    assert "action_uid" not in answer
    assert cluster.get("/v1/bdbs") == []
    cluster.create()
    assert cluster.call("PUT", "/v1/bdbs/1?dry_run=true", {"memory_size": 2 * GIB})["memory_size"] == 2 * GIB
    assert cluster.get("/v1/bdbs/1")["status"] == "active"
    assert cluster.error("PUT", "/v1/bdbs/1?dry_run", {"tags": [{"key": "-", "value": ""}]})[0] == 406
    cluster.call("PUT", "/v1/bdbs/1?dry_run=false", {"memory_size": 2 * GIB})
    assert cluster.get("/v1/bdbs/1")["status"] == "active-change-pending"


def test_v2_takes_the_database_inside_of_an_object() -> None:
    cluster = Cluster()
    cluster.call("POST", "/v2/bdbs", {"bdb": {"name": "cache", "memory_size": GIB}})
    assert cluster.error("POST", "/v2/bdbs", {"name": "cache", "memory_size": GIB})[0] == 400
    assert len(cluster.get("/v1/bdbs")) == 1


def test_flush_and_new_admin_password() -> None:
    cluster = Cluster(version="7.4")
    cluster.create()
    before = cluster.get("/v1/bdbs/1")["authentication_admin_pass"]
    assert cluster.status("PUT", "/v1/bdbs/1/flush") == 400  # a body was mandatory before 7.22
    assert cluster.call("PUT", "/v1/bdbs/1/flush", {})["status"] == "active-change-pending"
    cluster.advance(60)
    cluster.call("PUT", "/v1/bdbs/1/reset_admin_pass", {})
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1")["authentication_admin_pass"] != before
    assert Cluster().status("PUT", "/v1/bdbs/1/flush") == 404
    assert cluster.status("PUT", "/v1/bdbs/1/explode", {}) == 404


def test_upgrade_changes_the_database_version_and_refuses_a_second_time() -> None:
    cluster = Cluster(version="8.0")
    cluster.create(redis_version="7.4")
    assert cluster.get("/v1/bdbs/1")["module_list"] == []
    cluster.call("POST", "/v1/bdbs/1/upgrade", {"redis_version": "8.0"})
    cluster.advance(60)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["redis_version"], len(bdb["module_list"])) == ("8.0", 4)
    assert cluster.status("POST", "/v1/bdbs/1/upgrade", {"redis_version": "8.0"}) == 406
    assert cluster.error("POST", "/v1/bdbs/1/upgrade", {"redis_version": "7.2"}) == (406, "invalid_version")


def test_defaults_are_left_out_before_7_22_2_20() -> None:
    old, new = Cluster(version="7.22.0"), Cluster(version="7.22")
    for cluster in (old, new):
        cluster.create(eviction_policy="noeviction")
    assert "replication" not in old.get("/v1/bdbs/1")
    assert old.get("/v1/bdbs/1")["eviction_policy"] == "noeviction"
    assert new.get("/v1/bdbs/1")["replication"] is False


def test_fields_of_later_releases_are_absent_unless_somebody_set_them() -> None:
    cluster = Cluster(version="7.22")
    cluster.create()
    assert "use_selective_flush" not in cluster.get("/v1/bdbs/1")
    cluster.create("second", use_selective_flush=False)
    assert cluster.get("/v1/bdbs/2")["use_selective_flush"] is False
    cluster.options.newer_fields = "refuse"
    body = {"name": "third", "memory_size": GIB, "use_selective_flush": False}
    assert cluster.error("POST", "/v1/bdbs", body) == (400, "invalid_schema")


def test_module_settings_need_extended() -> None:
    cluster = Cluster()
    cluster.create(timeseries={"ts-retention-policy": 60})
    assert "timeseries" not in cluster.get("/v1/bdbs/1")
    assert cluster.get("/v1/bdbs/1?extended=true")["timeseries"]["ts-retention-policy"] == 60
    assert set(cluster.get("/v1/bdbs?extended=true&fields=uid,search")[0]) == {"uid", "search"}


def test_secrets_can_be_masked_from_8_0_on() -> None:
    cluster = Cluster(mask_bdb_credentials=True, return_redis_password=True)
    location = {"type": "abs", "container": "c", "account_name": "a", "account_key": "k"}
    cluster.create(authentication_redis_pass="secret", backup_location=location)
    bdb = cluster.get("/v1/bdbs/1")
    assert bdb["authentication_admin_pass"] == bdb["authentication_redis_pass"] == "***"
    assert bdb["backup_location"]["account_key"] == "***"
    cluster.options.version = "7.22"
    assert cluster.get("/v1/bdbs/1")["authentication_redis_pass"] == "secret"


def test_shards_follow_count_and_replication() -> None:
    cluster = Cluster()
    cluster.create()
    fields = {"sharding": True, "shards_count": 2, "replication": True, "shard_key_regex": [{"regex": ".*"}]}
    cluster.call("PUT", "/v1/bdbs/1", fields)
    cluster.advance(60)
    rows = cluster.get("/v1/bdbs/1/shards")
    assert [row["role"] for row in rows] == ["master", "master", "slave", "slave"]
    assert rows[0]["assigned_slots"] == "0-8191"
    assert len(cluster.get("/v1/bdbs/1")["shard_list"]) == 4


def test_one_node_cannot_replicate_and_an_expired_license_stops_changes() -> None:
    cluster = Cluster(nodes=1)
    body = {"name": "cache", "memory_size": GIB, "replication": True}
    assert cluster.error("POST", "/v1/bdbs", body) == (406, "invalid_replication")
    cluster.create()
    change = {"replication": True}
    assert cluster.error("PUT", "/v1/bdbs/1", change) == (406, "replication_node_violation")
    cluster.options.license_expired = True
    assert cluster.status("PUT", "/v1/bdbs/1", {"memory_size": 2 * GIB}) == 403
    assert cluster.status("POST", "/v1/bdbs", body) == 403
    assert cluster.status("GET", "/v1/bdbs/1") == 200


def test_five_hundred_databases_can_be_put_at_once() -> None:
    cluster = Cluster()
    made = cluster.api.seed({"bdbs": [{"name": "fleet", "count": 500}]})
    assert made["bdbs"] == list(range(1, 501))
    bdbs = cluster.get("/v1/bdbs")
    assert {bdb["status"] for bdb in bdbs} == {"active"}
    assert len({bdb["endpoints"][0]["port"] for bdb in bdbs}) == 500
    assert bdbs[499]["name"] == "fleet-500"


def test_answers_do_not_let_callers_into_the_state() -> None:
    cluster = Cluster()
    cluster.create(tags=[{"key": "a", "value": "1"}])
    answer = cluster.api.state()["bdbs"][0]
    answer["tags"].clear()
    answer["module_list"].clear()
    assert len(cluster.get("/v1/bdbs/1")["tags"]) == 1
    assert len(cluster.get("/v1/bdbs/1")["module_list"]) == 4
