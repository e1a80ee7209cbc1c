# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_enterprise_database and _info: life cycle, waiting, and everything that can go wrong on the way."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest
import requests

from ansible_collections.community.redis.plugins.module_utils._core import module as core_module
from unit.harness import Bench, RecordingAdapter, Run

MODULE = "redis_enterprise_database"
INFO = "redis_enterprise_database_info"
ACTION = "redis_enterprise_action"
GB = 1024**3
CACHE: dict[str, Any] = {"name": "cache", "memory_size": GB}
VERSIONS = ["7.4", "7.22", "8.2"]


def cluster_bdbs(bench: Bench) -> list[dict[str, Any]]:
    bdbs: list[dict[str, Any]] = bench.state("enterprise")["bdbs"]
    return bdbs


def methods(run: Run) -> list[str]:
    return [request.method for request in run.writes]


# -- life cycle --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_life_of_a_database(bench: Bench, version: str) -> None:
    bench.options("enterprise", version=version)
    wanted = dict(CACHE, redis_version="7.2")
    assert bench.ok(MODULE, wanted, check=True, diff=True)["diff"]["after"] == wanted

    created = bench.ok(MODULE, wanted, diff=True)
    assert created.changed
    assert not created["adopted"]
    assert created.seconds > 11
    assert created["action"]["state"] == "succeeded"
    assert created["action"]["kind"] == "SMCreateBDB"
    assert created["action"]["resource_id"] == created["database"]["uid"] == 1
    assert created["database"]["status"] == "active"
    assert created["database"]["port"] == created["database"]["endpoints"][0]["port"] > 0

    again = bench.ok(MODULE, wanted, diff=True)
    assert not again.changed
    assert again["action"] is None
    assert len(again.requests) == 2

    updated = bench.ok(MODULE, dict(wanted, memory_size="2GB"), diff=True)
    assert updated["diff"] == {"before": {"memory_size": GB}, "after": {"memory_size": 2 * GB}}
    assert updated["database"]["memory_size"] == 2 * GB
    assert updated["action"]["kind"] == "SMUpdateBDB"

    told = bench.ok(MODULE, name="cache", state="absent", check=True)
    assert told.changed
    deleted = bench.ok(MODULE, name="cache", state="absent", diff=True)
    assert deleted.changed
    assert deleted["database"]["uid"] == 1
    assert deleted["diff"]["before"]["memory_size"] == 2 * GB
    assert cluster_bdbs(bench) == []
    assert deleted["action"]["state"] == "succeeded"

    gone = bench.ok(MODULE, name="cache", state="absent")
    assert not gone.changed
    assert gone.writes == []


def test_result_knows_no_secrets_unless_asked(bench: Bench) -> None:
    bench.ok(MODULE, CACHE, authentication_redis_pass="canary")
    (state,) = cluster_bdbs(bench)
    admin = state["authentication_admin_pass"]
    assert admin not in str(bench.ok(MODULE, CACHE).result)
    assert admin not in str(bench.ok(INFO).result)
    shown = bench.ok(MODULE, CACHE, return_secrets=True)
    assert shown["database"]["authentication_admin_pass"] == admin
    assert bench.ok(INFO, return_secrets=True)["databases"][0]["authentication_admin_pass"] == admin


def test_rename_by_uid(bench: Bench) -> None:
    bench.ok(MODULE, CACHE)
    renamed = bench.ok(MODULE, uid=1, name="web")
    assert renamed.bodies("PUT") == [{"name": "web"}]
    assert renamed["database"]["name"] == "web"
    assert bench.ok(MODULE, uid=1, name="web").writes == []


def test_unknown_uid_is_a_mistake_only_where_it_should_exist(bench: Bench) -> None:
    refused = bench.fails(MODULE, uid=9, name="web", memory_size=GB)
    assert "uid 9 does not exist" in refused.message
    assert refused.writes == []
    assert not bench.ok(MODULE, uid=9, state="absent").changed


def test_two_databases_of_one_name_are_never_guessed_at(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "cache"}, {"name": "cache", "status": "creation-failed"}])
    for state in ("present", "absent"):
        refused = bench.fails(MODULE, CACHE, state=state)
        assert "2 databases are called 'cache': 1 (active), 2 (creation-failed)" in refused.message
        assert refused["uids"] == [1, 2]
        assert refused.writes == []
    assert bench.ok(MODULE, uid=2, state="absent").changed
    assert bench.ok(MODULE, name="cache").writes == []


def test_one_that_is_being_deleted_does_not_count(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "cache", "status": "delete-pending"}, {"name": "cache"}])
    assert bench.ok(MODULE, name="cache")["database"]["uid"] == 2


def test_local_part_of_an_active_active_database_is_not_deleted(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "cache", "crdt": True, "crdt_guid": "guid-1"}])
    for check in (True, False):
        refused = bench.run(MODULE, {"name": "cache", "state": "absent"}, check=check)
        assert refused.failed
        assert "Active-Active database guid-1" in refused.message
        assert refused.writes == []
    assert bench.ok(MODULE, name="cache", memory_size="1GB").changed


def test_system_tags_are_left_to_the_cluster(bench: Bench) -> None:
    bench.seed(
        "enterprise", bdbs=[{"name": "cache", "tags": [{"key": "cluster", "value": "x", "isSystem": True}]}]
    )
    bench.ok(MODULE, name="cache", tags=[{"key": "team", "value": "web"}])
    assert bench.ok(MODULE, name="cache", tags=[{"key": "team", "value": "web"}]).writes == []


# -- waiting -----------------------------------------------------------------------------------------------------------


def test_without_wait_the_handle_is_enough_to_go_on(bench: Bench) -> None:
    requested = bench.ok(MODULE, CACHE, wait=False)
    assert requested.changed
    assert requested.seconds < 1
    assert requested["action"]["state"] == "pending"
    handle = {"action_uid": requested["action"]["id"], "bdb_uid": requested["action"]["resource_id"]}
    finished = bench.ok(ACTION, handle)
    assert finished["action"]["state"] == "succeeded"
    assert cluster_bdbs(bench)[0]["status"] == "active"


def test_processing_ends_with_the_action(bench: Bench) -> None:
    run = bench.ok(MODULE, CACHE, wait_for="processing")
    assert run["action"]["state"] == "succeeded"


def test_work_under_way_is_joined(bench: Bench) -> None:
    bench.ok(MODULE, CACHE, wait=False)
    joined = bench.ok(MODULE, CACHE)
    assert joined["adopted"]
    assert not joined.changed
    assert joined.writes == []
    assert joined["database"]["status"] == "active"

    bench.ok(MODULE, dict(CACHE, memory_size="2GB"), wait=False)
    follow = bench.ok(MODULE, dict(CACHE, memory_size="3GB"))
    assert follow.changed
    assert methods(follow) == ["PUT"]

    bench.ok(MODULE, name="cache", state="absent", wait=False)
    gone = bench.ok(MODULE, name="cache", state="absent")
    assert gone["adopted"]
    assert not gone.changed
    assert gone.writes == []
    assert cluster_bdbs(bench) == []


def test_created_anew_after_somebody_has_deleted_it(bench: Bench) -> None:
    bench.ok(MODULE, CACHE)
    bench.ok(MODULE, name="cache", state="absent", wait=False)
    created = bench.ok(MODULE, CACHE)
    assert created.changed
    assert [bdb["uid"] for bdb in cluster_bdbs(bench)] == [2]


def test_timeout_returns_the_handle(bench: Bench) -> None:
    late = bench.fails(MODULE, CACHE, wait_timeout=5)
    assert late.seconds < 6
    assert late.changed
    assert late["action"]["resource_id"] == 1
    assert "redis_enterprise_action: {action_uid: " + late["action"]["id"] + ", bdb_uid: 1}" in late.message
    assert bench.ok(MODULE, CACHE)["adopted"]


def test_slices_end_where_one_run_ends(bench: Bench) -> None:
    bench.options("enterprise", create_seconds=300)
    run, handed = bench.sliced(MODULE, CACHE, 20)
    assert run.changed
    assert run["action"]["action_type"] == "state-machine"
    assert len(run.writes) == 1
    assert len(handed) > 10
    readings = [item["reading"] for item in handed if item["reading"]]
    progress = [reading["progress"] for reading in readings if reading["progress"] is not None]
    assert progress == sorted(progress)
    assert progress[-1] > 80


@pytest.mark.parametrize("seconds", [1, 3, 20])
def test_slices_of_a_deletion_whose_action_vanishes(bench: Bench, seconds: float) -> None:
    bench.ok(MODULE, CACHE)
    run, _handed = bench.sliced(MODULE, {"name": "cache", "state": "absent"}, seconds)
    assert run.changed
    assert methods(run) == ["DELETE"]


def test_unknown_status_keeps_waiting(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "cache", "status": "defragmenting", "any_status": True}])
    late = bench.fails(MODULE, name="cache", memory_size="2GB", wait_timeout=120)
    assert "defragmenting" in late.message
    assert late.writes == []
    assert 120 <= late.seconds < 121


@pytest.mark.parametrize("version", ["7.4", "7.22"])
def test_action_that_is_listed_as_running_after_its_end(bench: Bench, version: str) -> None:
    """RS166122."""
    bench.options("enterprise", version=version, stale_actions=True, stale_action_seconds=100000)
    wanted = dict(CACHE, redis_version="7.2")
    assert bench.ok(MODULE, wanted).seconds < 30
    updated = bench.ok(MODULE, dict(wanted, memory_size="2GB"))
    assert updated.seconds < 30
    assert updated["action"]["state"] == "succeeded"
    requested = bench.ok(MODULE, dict(wanted, memory_size="3GB"), wait=False)
    handle = requested["action"]["id"]
    waited = bench.ok(ACTION, action_uid=handle)
    assert waited.seconds < 90
    assert waited["action"]["state"] == "succeeded"
    assert bench.ok(MODULE, name="cache", state="absent").seconds < 60
    assert not bench.ok(MODULE, name="cache", state="absent").changed


@pytest.mark.parametrize(
    "options",
    [
        {"v2_list_broken": "on"},
        {"v2_list_broken": "on", "v2_single_broken": True},
        {"version": "8.2.0-25"},
        {"v2_raw_words": True},
        {"bdb_actions_wrapper": True},
        {"action_retention_seconds": 0.0},
        {"action_visible_after_seconds": 4.0},
        {"update_status_lag_seconds": 4.0},
        {"update_visible": "start"},
        {"delete_answers_bdb": False},
        {"delete_action_vanishes": False},
        {"error_shape": "message", "plain_error_body": "empty"},
        {"plain_error_body": "json", "version": "7.4"},
    ],
    ids=str,
)
def test_every_reading_of_what_is_not_established(bench: Bench, options: dict[str, Any]) -> None:
    bench.options("enterprise", **options)
    wanted = dict(CACHE, redis_version="7.2")
    created = bench.ok(MODULE, wanted)
    assert created.changed
    assert created["database"]["status"] == "active"
    updated = bench.ok(MODULE, dict(wanted, memory_size="2GB", tags=[{"key": "a", "value": "b"}]))
    assert updated.changed
    assert methods(updated) == ["PUT"]
    assert updated["database"]["memory_size"] == 2 * GB
    assert bench.ok(MODULE, dict(wanted, memory_size="2GB")).writes == []
    bench.options("enterprise", fail_updates=1)
    failed = bench.fails(MODULE, dict(wanted, memory_size="3GB"))
    assert not failed.changed or options.get("action_retention_seconds") == 0.0
    assert cluster_bdbs(bench)[0]["memory_size"] == 2 * GB
    deleted = bench.ok(MODULE, name="cache", state="absent")
    assert deleted.changed
    assert methods(deleted) == ["DELETE"]


# -- failures of the cluster -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_failed_creation(bench: Bench, version: str) -> None:
    bench.options("enterprise", version=version, fail_creates=1, failure_text="No room on any node")
    wanted = dict(CACHE, redis_version="7.2")
    failed = bench.fails(MODULE, wanted)
    assert "No room on any node" in failed.message
    assert "state=absent" in failed.message
    assert failed["error"]["description"] == "No room on any node"
    assert failed.changed
    again = bench.fails(MODULE, wanted)
    assert "creation-failed: No room on any node" in again.message
    assert again.writes == []
    assert bench.ok(MODULE, name="cache", state="absent").changed
    assert bench.ok(MODULE, wanted).changed


def test_creation_that_failed_long_ago(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "cache", "status": "creation-failed"}])
    failed = bench.fails(MODULE, CACHE)
    assert "the cluster gives no reason" in failed.message


@pytest.mark.parametrize("version", VERSIONS)
def test_failed_update_changes_nothing(bench: Bench, version: str) -> None:
    bench.options("enterprise", version=version)
    wanted = dict(CACHE, redis_version="7.2")
    bench.ok(MODULE, wanted)
    bench.options("enterprise", fail_updates=1, failure_text="Not enough memory")
    failed = bench.fails(MODULE, dict(wanted, memory_size="2GB"))
    assert "SMUpdateBDB" in failed.message
    assert "Not enough memory" in failed.message
    assert not failed.changed
    assert failed["action"]["state"] == "failed"
    assert failed["database"]["memory_size"] == GB


def test_update_without_effect_is_no_success(bench: Bench) -> None:
    bench.options("enterprise", action_retention_seconds=0.0)
    bench.ok(MODULE, CACHE)
    bench.options("enterprise", fail_updates=1)
    failed = bench.fails(MODULE, dict(CACHE, memory_size="2GB"))
    assert "still has its old value" in failed.message


@pytest.mark.parametrize("vanishes", [True, False])
def test_failed_deletion(bench: Bench, vanishes: bool) -> None:
    bench.ok(MODULE, CACHE)
    bench.options("enterprise", fail_deletes=1, action_retention_seconds=0.0 if vanishes else 900.0)
    failed = bench.fails(MODULE, name="cache", state="absent")
    assert not failed.changed
    assert ("active again" if vanishes else "SMDeleteBDB") in failed.message
    assert len(cluster_bdbs(bench)) == 1


def test_busy_database_is_waited_for(bench: Bench) -> None:
    """The status lags, so that the second update is refused with 409 at first."""
    bench.options("enterprise", update_status_lag_seconds=5.0)
    bench.ok(MODULE, CACHE)
    bench.ok(MODULE, dict(CACHE, memory_size="2GB"), wait=False)
    second = bench.ok(MODULE, dict(CACHE, tags=[{"key": "a", "value": "b"}], memory_size="2GB"))
    assert second.changed
    assert cluster_bdbs(bench)[0]["memory_size"] == 2 * GB


def test_refusal_for_the_moment_is_waited_out(bench: Bench) -> None:
    for method, path in (("POST", "/v1/bdbs$"), ("PUT", "/v1/bdbs/1$"), ("DELETE", "/v1/bdbs/1$")):
        bench.fault("status", method=method, path=path, status=409, body="json", times=2)
    created = bench.ok(MODULE, CACHE)
    assert methods(created) == ["POST"] * 3
    updated = bench.ok(MODULE, dict(CACHE, memory_size="2GB"))
    assert methods(updated) == ["PUT"] * 3
    deleted = bench.ok(MODULE, name="cache", state="absent")
    assert methods(deleted) == ["DELETE"] * 3


def test_uid_that_is_taken_is_no_refusal_for_the_moment(bench: Bench) -> None:
    bench.ok(MODULE, CACHE, create_uid=7)
    failed = bench.fails(MODULE, name="other", memory_size=GB, create_uid=7)
    assert "uid_exists" in failed.message
    assert methods(failed) == ["POST"]


def test_update_that_fails_between_two_looks(bench: Bench) -> None:
    """The action is read while it runs, the database when it has come to rest again."""
    bench.ok(MODULE, CACHE)
    bench.options("enterprise", fail_updates=1, failure_text="no room")
    bench.fault("delay", method="GET", path="/v2/actions/", seconds=20, after=1)
    failed = bench.fails(MODULE, dict(CACHE, memory_size="2GB"))
    assert "no room" in failed.message
    assert failed["action"]["state"] == "failed"
    assert not failed.changed


def test_expired_license_is_named(bench: Bench) -> None:
    bench.options("enterprise", license_expired=True)
    failed = bench.fails(MODULE, CACHE)
    assert "license of the cluster has expired" in failed.message
    assert len(failed.writes) == 1


def test_refusal_shows_the_code(bench: Bench) -> None:
    failed = bench.fails(MODULE, CACHE, rack_aware=True)
    assert "not_rack_aware" in failed.message
    assert failed["error"]["http_status"] == 406
    assert not failed.changed


def test_wrong_password_is_tried_once(bench: Bench) -> None:
    failed = bench.fails(MODULE, CACHE, api_password="wrong")
    assert "HTTP 401" in failed.message
    assert "Check api_username and api_password" in failed.message
    assert len(failed.requests) == 1


PRIMARY = "https://node2.example.com:9443"


def test_unanswered_update_whose_values_show_before_its_status(bench: Bench) -> None:
    bench.options("enterprise", update_seconds=40, update_visible="start", update_status_lag_seconds=3)
    bench.ok(MODULE, CACHE)
    bench.fault("status_after", method="PUT", status=502, body="html")
    run = bench.ok(MODULE, CACHE, memory_size="2GB")
    assert methods(run) == ["PUT"]
    assert [bdb["status"] for bdb in cluster_bdbs(bench)] == ["active"]
    assert run.seconds > 40


@pytest.mark.parametrize("minutes", [1, 3, 50])
def test_front_that_is_away_when_something_is_to_be_sent(bench: Bench, minutes: int) -> None:
    """A request that could not be sent is certain to have had no effect: the deadline decides, as it does for reads."""
    bench.fault("refuse", method="POST", times=3 + 2 * minutes)
    run = bench.run(MODULE, CACHE, wait_timeout=1800)
    assert run.failed == (minutes == 50)
    assert len(cluster_bdbs(bench)) == (minutes < 50)
    assert run.changed == (not run.failed)
    assert run.seconds >= 30 * min(minutes, 55)
    bench.simulator.faults.replace([])
    bench.ok(MODULE, CACHE)
    assert len(cluster_bdbs(bench)) == 1


class PrimaryAdapter(RecordingAdapter):
    """The node to which the others redirect."""

    def send(self, request: requests.PreparedRequest, *args: Any, **how: Any) -> requests.Response:
        self._bench.options("enterprise", redirect_to="")
        try:
            return super().send(request, *args, **how)
        finally:
            self._bench.options("enterprise", redirect_to=PRIMARY)


def test_redirect_to_a_host_of_the_cluster_is_followed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def session() -> requests.Session:
        made = bench.session()
        made.mount(PRIMARY, PrimaryAdapter(bench, "enterprise"))
        return made

    monkeypatch.setattr(core_module, "new_session", session)
    bench.options("enterprise", redirect_to=PRIMARY)
    assert bench.fails(MODULE, CACHE).writes == []
    created = bench.ok(MODULE, CACHE, redirect_hosts=["node2.example.com"])
    assert created.changed
    assert len(cluster_bdbs(bench)) == 1
    there = [request for request in created.requests if request.url.startswith(PRIMARY)]
    assert all("Authorization" in request.headers for request in there)
    assert [request.body["name"] for request in there if request.method == "POST"] == ["cache"]


def test_credentials_stay_in_the_cluster(bench: Bench) -> None:
    bench.options("enterprise", redirect_to="https://elsewhere.example.com:9443")
    failed = bench.fails(MODULE, CACHE)
    assert "redirects to elsewhere.example.com:9443" in failed.message
    assert "redirect_hosts" in failed.message
    assert len(failed.requests) == 1


# -- requests that get lost --------------------------------------------------------------------------------------------

LOST: list[dict[str, Any]] = [
    {"kind": "lose"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "cut"},
    {"kind": "html"},
    {"kind": "empty"},
    {"kind": "status", "status": 503, "body": "html"},
    {"kind": "status_after", "status": 502, "body": "html"},
    {"kind": "status_after", "status": 500, "body": "json"},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("version", ["7.4", "8.2"])
def test_lost_writes_happen_once(bench: Bench, fault: dict[str, Any], version: str) -> None:
    bench.options("enterprise", version=version)
    wanted = dict(CACHE, redis_version="7.2")
    bench.fault(method="POST", path="/v1/bdbs$", **fault)
    created = bench.ok(MODULE, wanted)
    assert created.changed
    assert [bdb["name"] for bdb in cluster_bdbs(bench)] == ["cache"]
    bench.fault(method="PUT", path="/v1/bdbs/1$", **fault)
    updated = bench.ok(MODULE, dict(wanted, memory_size="2GB"))
    assert updated.changed
    assert cluster_bdbs(bench)[0]["memory_size"] == 2 * GB
    bench.fault(method="DELETE", path="/v1/bdbs/1$", **fault)
    deleted = bench.ok(MODULE, name="cache", state="absent")
    assert deleted.changed
    assert cluster_bdbs(bench) == []


@pytest.mark.parametrize("fault", [*LOST, {"kind": "status", "status": 404, "body": "html"}], ids=lambda fault: fault["kind"])
def test_trouble_with_reads_is_survived(bench: Bench, fault: dict[str, Any]) -> None:
    bench.fault(method="GET", path="/v1/bdbs", after=1, times=2, **fault)
    bench.fault(method="GET", path="/v2/actions", after=2, times=2, **fault)
    created = bench.run(MODULE, CACHE)
    if fault.get("status") == 404:
        # for a list, 404 is no answer that this API gives
        assert len(cluster_bdbs(bench)) <= 1
        return
    assert not created.failed, created.result
    assert len(cluster_bdbs(bench)) == 1
    assert methods(created) == ["POST"]


def test_404_for_a_database_that_is_listed_is_not_believed(bench: Bench) -> None:
    bench.ok(MODULE, CACHE)
    bench.fault("status", method="GET", path="/v1/bdbs/1$", status=404, body="html", after=4, times=2)
    deleted = bench.ok(MODULE, name="cache", state="absent")
    assert deleted.seconds > 5
    assert cluster_bdbs(bench) == []


def test_cluster_that_is_down_fails_at_the_deadline(bench: Bench) -> None:
    bench.ok(MODULE, CACHE)
    bench.fault("status", status=503, body="html", times=None)
    failed = bench.fails(MODULE, CACHE, wait_timeout=60)
    assert failed.seconds < 95
    assert "HTTP 503" in failed.message


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"name": "-cache"}, "name must be at most 63 letters"),
        ({"name": "x" * 64}, "name must be at most 63 letters"),
        ({"memory_size": -1}, "memory_size"),
        ({"memory_size": "lots"}, "memory_size"),
        ({"shards_count": 0}, "shards_count must be between 1 and 512"),
        ({"port": 80}, "port must be 0"),
        ({"port": 70000}, "port must be 0"),
        ({"repl_backlog_size": "much"}, 'repl_backlog_size must be a size such as "100mb", or "auto"'),
        ({"active_defrag_ignore_bytes": "1 zb"}, "active_defrag_ignore_bytes must be a size"),
        ({"slave_buffer": "1024:2048"}, 'slave_buffer must be "auto", a number of megabytes'),
        ({"search": {"search_default_dialect": 5}}, "search.search_default_dialect must be between 1 and 4"),
        ({"search": {"search_on_timeout": "WAIT"}}, "search_on_timeout must be one of"),
        ({"audit_settings": {"audit_mode": "connection"}, "db_conns_auditing": True}, "audit_settings|db_conns_auditing"),
        ({"redis_version": "7.2.4"}, "redis_version must be of the form"),
        ({"eviction_policy": "random"}, "eviction_policy must be one of"),
        ({"use_nodes": ["1"], "avoid_nodes": ["2"]}, "use_nodes|avoid_nodes"),
        ({"uid": 1, "create_uid": 1}, "uid|create_uid"),
        ({"type": "memcached", "module_list": [{"module_name": "search"}]}, "module_list"),
        ({"oss_cluster": True, "hash_slots_policy": "legacy"}, "hash_slots_policy"),
        ({"data_persistence": "snapshot", "snapshot_policy": []}, "snapshot_policy"),
        ({"tags": [{"key": "1a", "value": "b"}]}, "tags\\[0\\].key"),
        ({"tags": [{"key": "a", "value": "b"}, {"key": "a", "value": "c"}]}, "tags has a more than once"),
        ({"backup_location": {"type": "s3", "bucket_name": "b"}}, "access_key_id, secret_access_key"),
        ({"backup_location": {"type": "abs", "container": "c", "account_name": "a"}}, "account_key and sas_token"),
        ({"dataset_import_sources": [{"type": "abs", "container": "c", "account_name": "a", "sas_token": "t"}]}, "filename"),
        ({"replica_sources": [{"uri": "redis://h:1", "compression": 7}]}, "compression must be between 0 and 6"),
        ({"probabilistic": {"bf_error_rate": 2}}, "bf_error_rate must be between 0 and 1"),
        ({"extra": {"memory_size": 1}}, "extra.memory_size has an option of its own"),
        ({"extra": {"ssl": True}}, "use tls_mode"),
        ({"extra": {"status": "active"}}, "extra.status is reported by the cluster"),
        ({"extra": {"conns": "many"}}, "extra.conns must be of type int"),
        ({"extra": {"sched_policy": "best"}}, "extra.sched_policy must be one of"),
        ({"extra": {"max_client_pipeline": 5000}}, "extra.max_client_pipeline must be at most 2047"),
        ({"extra": {"sched_policy": None}}, "extra.sched_policy cannot be reset"),
        ({"wait_interval": 0}, "wait_interval"),
        ({"api_url": "cluster.example.com"}, "api_url must be an absolute https URL"),
        ({"api_url": "https://user:secret@cluster.example.com:9443"}, "must not hold credentials"),
        ({"api_password": ""}, "api_password must not be empty"),
        ({"ca_path": "/nowhere/ca.pem"}, "ca_path names /nowhere/ca.pem"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_can_be_known_is_refused_before_anything_is_sent(bench: Bench, options: dict[str, Any], named: str) -> None:
    failed = bench.fails(MODULE, {**CACHE, **options})
    assert failed.requests == []
    assert re.search(named, failed.message), failed.message
    assert not failed.changed


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"memory_size": None}, "memory_size is required"),
        ({"sharding": True}, "sharding=true needs shard_key_regex"),
        ({"data_persistence": "snapshot"}, "needs snapshot_policy"),
        ({"backup": True}, "backup_interval and backup_location"),
        ({"authentication_sasl_uname": "user"}, "needed together"),
    ],
    ids=str,
)
def test_what_a_creation_lacks_is_refused_in_check_mode_too(bench: Bench, options: dict[str, Any], named: str) -> None:
    wanted = {name: value for name, value in {**CACHE, **options}.items() if value is not None}
    for check in (True, False):
        failed = bench.run(MODULE, wanted, check=check)
        assert failed.failed
        assert named in failed.message
        assert failed.writes == []


# -- extra -------------------------------------------------------------------------------------------------------------


def test_extra_is_compared_key_by_key(bench: Bench) -> None:
    bench.ok(MODULE, CACHE, extra={"conns": "8"})
    assert cluster_bdbs(bench)[0]["conns"] == 8
    assert bench.ok(MODULE, CACHE, extra={"conns": 8}).writes == []
    changed = bench.ok(MODULE, CACHE, extra={"conns": 8, "max_pipelined": 500}, diff=True)
    assert changed.bodies("PUT") == [{"max_pipelined": 500}]
    assert changed["diff"] == {"before": {"max_pipelined": 2000}, "after": {"max_pipelined": 500}}
    reset = bench.ok(MODULE, CACHE, extra={"conns": None})
    assert reset.bodies("PUT") == [{"conns": 5}]


def test_extra_passes_on_what_is_not_known(bench: Bench) -> None:
    bench.options("enterprise", unknown_fields="ignore")
    told = bench.ok(MODULE, CACHE, extra={"crdt_replica_id": 3})
    assert told.bodies("POST")[0]["crdt_replica_id"] == 3


# -- info --------------------------------------------------------------------------------------------------------------


def test_info(bench: Bench) -> None:
    assert bench.ok(INFO)["databases"] == []
    bench.ok(MODULE, CACHE)
    bench.ok(MODULE, name="web", memory_size="100MB")
    everything = bench.ok(INFO)
    assert [row["name"] for row in everything["databases"]] == ["cache", "web"]
    assert len(everything.requests) == 1
    assert [row["uid"] for row in bench.ok(INFO, name="web")["databases"]] == [2]
    assert bench.ok(INFO, name="WEB")["databases"] == []
    assert [row["name"] for row in bench.ok(INFO, uid=1)["databases"]] == ["cache"]
    assert bench.ok(INFO, uid=7)["databases"] == []
    some = bench.ok(INFO, fields=["port", "memory_size"])
    assert [sorted(row) for row in some["databases"]] == [["memory_size", "name", "port", "uid"]] * 2
    assert all(row["port"] > 0 for row in some["databases"])
    assert some.requests[0].query == {"fields": "uid,name,status,port,memory_size,endpoints"}
    assert "search" in bench.ok(INFO, extended=True)["databases"][0]
    assert bench.ok(INFO, check=True)["databases"] == everything["databases"]


@pytest.mark.parametrize("masked", [True, False])
def test_locations_show_no_keys(bench: Bench, masked: bool) -> None:
    bench.options("enterprise", mask_bdb_credentials=masked)
    azure = {"type": "abs", "container": "c", "account_name": "a", "sas_token": "canary-token"}
    run = bench.ok(MODULE, CACHE, backup=True, backup_interval=60, backup_location=azure, diff=True)
    again = bench.ok(MODULE, CACHE, backup_location=azure, diff=True)
    assert again.writes == []
    for result in (run.result, again.result, bench.ok(INFO).result):
        assert "canary" not in str(result)
    forced = bench.ok(MODULE, CACHE, backup_location=dict(azure, sas_token="canary-new"), update_password="always")
    assert forced.bodies("PUT") == [{"backup_location": dict(azure, sas_token="canary-new")}]


def test_token_of_the_credentials_that_the_cluster_quotes(bench: Bench) -> None:
    """Without the header's name and scheme beside it nothing shows what it is."""
    known = bench.credentials["enterprise"]
    token = b64encode(f"{known['api_username']}:{known['api_password']}".encode()).decode()
    bench.options("enterprise", memory_bytes=1)
    bench.fault("rewrite", method="POST", set={"description": f"{token} may not do that"})
    run = bench.fails(MODULE, CACHE)
    assert "******** may not do that" in run.message
    assert token not in str(run.result)


def test_two_that_were_created_at_the_same_time_are_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no lock between machines: the one that ends later says so, and deletes nothing."""
    sleep = bench.module_clock.sleep

    def other_machine(seconds: float) -> None:
        if len(cluster_bdbs(bench)) == 1:
            bench.seed("enterprise", bdbs=[{"name": "cache"}])
        sleep(seconds)

    monkeypatch.setattr(bench.module_clock, "sleep", other_machine)
    failed = bench.fails(MODULE, CACHE)
    assert failed["uids"] == [1, 2]
    assert methods(failed) == ["POST"]
    assert failed.changed
    assert failed["action"]["resource_id"] == 1


def test_address_may_end_with_a_version(bench: Bench) -> None:
    run = bench.ok(MODULE, CACHE, api_url="https://cluster.example.com:9443/v1/")
    assert {request.path.split("/")[1] for request in run.requests} == {"v1", "v2"}
