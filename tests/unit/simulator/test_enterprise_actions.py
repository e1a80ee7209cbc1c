# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions of the simulated cluster in the shapes of API v1 and v2, and work that is no state machine."""

from __future__ import annotations

import pytest

from simulator.enterprise.harness import Cluster

LOCATION = {"type": "mount_point", "path": "/mnt/backups"}
SOURCES = {"dataset_import_sources": [{"type": "mount_point", "path": "/mnt/backups/dump.rdb"}]}


def test_v1_lists_tasks_and_machines_apart_and_v2_in_one_array() -> None:
    cluster = Cluster()
    cluster.create()
    v1, v2 = cluster.get("/v1/actions"), cluster.get("/v2/actions")
    assert [row["name"] for row in v1["actions"]] == ["retry_bdb"]
    assert [row["name"] for row in v1["state-machines"]] == ["SMCreateBDB"]
    assert [(row["action_type"], row["name"]) for row in v2] == [
        ("state-machine", "SMCreateBDB"),
        ("task", "retry_bdb"),
    ]


def test_a_task_row_has_texts_where_a_machine_row_has_numbers() -> None:
    cluster = Cluster()
    cluster.create()
    listed = cluster.get("/v1/actions")
    task, machine = listed["actions"][0], listed["state-machines"][0]
    assert task["progress"] == "100"
    assert task["creation_time"].isdigit()
    assert task["task_id"] == task["action_uid"]
    assert not {"progress", "state", "pending_ops", "node_uid"} & set(machine)
    assert isinstance(machine["heartbeat"], int)
    assert machine["object_name"] == "bdb:1"


def test_a_machine_at_work_shows_step_and_progress() -> None:
    cluster = Cluster()
    cluster.create()
    answer = cluster.call("PUT", "/v1/bdbs/1", {"memory_size": 2**31})
    assert cluster.get(f"/v2/actions/{answer['action_uid']}")["status"] == "queued"
    cluster.advance(4)
    v1 = cluster.get(f"/v1/actions/{answer['action_uid']}")
    assert (v1["status"], v1["progress"], v1["pending_ops"]) == ("active", 50.0, {})
    v2 = cluster.get(f"/v2/actions/{answer['action_uid']}")
    assert (v2["status"], v2["progress"]) == ("running", 50.0)
    assert v2["additional_info"] == {"object_type": "bdb", "object_uid": "1"}


def test_progress_was_an_integer_before_7_4_2() -> None:
    cluster = Cluster(version="7.4.1-1")
    cluster.api.seed({"actions": [{"kind": "task", "status": "running", "progress": 33.3}]})
    assert cluster.get("/v1/actions")["actions"][0]["progress"] == "33"
    cluster.options.version = "7.4"
    assert cluster.get("/v1/actions")["actions"][0]["progress"] == "33.3"


@pytest.mark.parametrize(
    ("version", "of_bdb", "v2"),
    [("7.4.1-1", 404, 404), ("7.4", 200, 404), ("7.22", 200, 200), ("8.2.0", 200, 400), ("8.2", 200, 200)],
)
def test_what_exists_depends_on_the_version(version: str, of_bdb: int, v2: int) -> None:
    cluster = Cluster(version=version)
    cluster.create()
    assert cluster.status("GET", "/v1/actions") == 200
    assert cluster.status("GET", "/v1/actions/bdb/1") == of_bdb
    assert cluster.status("GET", "/v2/actions") == v2
    if v2 == 400:
        assert cluster.error("GET", "/v2/actions") == (400, "invalid_schema")
        uid = cluster.get("/v1/actions")["state-machines"][0]["action_uid"]
        assert cluster.status("GET", f"/v2/actions/{uid}") == 200
        cluster.options.v2_single_broken = True
        assert cluster.status("GET", f"/v2/actions/{uid}") == 400


def test_actions_of_one_database_are_an_array_or_the_object() -> None:
    cluster = Cluster()
    cluster.create()
    cluster.create("second")
    assert [row["object_name"] for row in cluster.get("/v1/actions/bdb/2")] == ["bdb:2"]
    cluster.options.bdb_actions_wrapper = True
    wrapped = cluster.get("/v1/actions/bdb/2")
    assert wrapped["actions"] == []
    assert [row["object_name"] for row in wrapped["state-machines"]] == ["bdb:2"]
    assert cluster.status("GET", "/v1/actions/bdb/3") == 404


def test_an_unknown_action_is_told_from_an_unknown_route() -> None:
    cluster = Cluster(version="7.4")
    assert cluster.error("GET", "/v1/actions/none") == (404, "action_not_found")
    route_missing = cluster.send("GET", "/v2/actions/none")
    assert route_missing.status == 404
    assert isinstance(route_missing.body, bytes)


def test_actions_may_show_up_late_and_are_forgotten_after_a_while() -> None:
    cluster = Cluster(action_visible_after_seconds=3, action_retention_seconds=100)
    answer = cluster.call("POST", "/v1/bdbs", {"name": "cache", "memory_size": 1})
    path = f"/v1/actions/{answer['action_uid']}"
    assert cluster.status("GET", path) == 404
    cluster.advance(3)
    assert cluster.status("GET", path) == 200
    cluster.advance(107)
    assert cluster.status("GET", path) == 200
    cluster.advance(2)
    assert cluster.status("GET", path) == 404


def test_errors_are_where_the_version_and_kind_puts_them() -> None:
    cluster = Cluster()
    rows = [
        {"kind": "task", "status": "failed", "error": "no room", "error_code": "insufficient_resources"},
        {"kind": "state-machine", "status": "failed", "error": "no room"},
    ]
    task, machine = cluster.api.seed({"actions": rows})["actions"]
    row = cluster.get(f"/v1/actions/{task}")
    assert (row["error_code"], row["error_message"]) == ("insufficient_resources", "no room")
    assert "error" not in row
    assert cluster.get(f"/v1/actions/{machine}")["error"] == "no room"
    for uid in (task, machine):
        assert cluster.get(f"/v2/actions/{uid}")["additional_info"]["error"] == "no room"


@pytest.mark.parametrize(
    ("raw", "v2"),
    [
        ("starting", "running"),
        ("cancelling", "running"),
        ("cancelled", "failed"),
        ("aborted", "failed"),
        ("postponed", "postponed"),
    ],
)
def test_v2_knows_four_words_and_passes_invented_ones_on(raw: str, v2: str) -> None:
    cluster = Cluster()
    (uid,) = cluster.api.seed({"actions": [{"kind": "task", "status": raw}]})["actions"]
    assert cluster.get(f"/v1/actions/{uid}")["status"] == raw
    assert cluster.get(f"/v2/actions/{uid}")["status"] == v2
    cluster.options.v2_raw_words = True
    assert cluster.get(f"/v2/actions/{uid}")["status"] == raw


def test_finished_machines_may_be_listed_as_running_before_8_0_2() -> None:
    cluster = Cluster(version="7.22", stale_actions=True, stale_action_seconds=100)
    answer = cluster.create()
    path = f"/v1/actions/{answer['action_uid']}"
    assert cluster.get("/v1/bdbs/1")["status"] == "active"
    assert (cluster.get(path)["status"], cluster.get(path)["progress"]) == ("active", 100.0)
    cluster.options.version = "8.2"
    assert cluster.get(path)["status"] == "completed"
    cluster.options.version = "7.22"
    cluster.advance(100)
    assert cluster.get(path)["status"] == "completed"


def test_seeded_actions_stay_or_move_on_as_told() -> None:
    cluster = Cluster()
    cluster.create()
    rows = [
        {"status": "active", "progress": 10, "age": 50},
        {"status": "active", "finish_after": 30, "then": "failed"},
    ]
    stays, moves = cluster.api.seed({"actions": rows})["actions"]
    cluster.advance(31)
    assert cluster.get(f"/v1/actions/{stays}")["progress"] == 10.0
    assert cluster.get(f"/v1/actions/{moves}")["status"] == "failed"
    with pytest.raises(ValueError, match="colour"):
        cluster.api.seed({"actions": [{"colour": "red"}]})


def test_there_is_no_generic_cancel_unless_switched_on() -> None:
    cluster = Cluster()
    cluster.create()
    answer = cluster.call("PUT", "/v1/bdbs/1", {"memory_size": 2**31})
    path = f"/v1/actions/{answer['action_uid']}"
    assert cluster.status("DELETE", path) == 405
    cluster.options.generic_cancel = True
    cluster.advance(2)
    cluster.call("DELETE", path)
    assert cluster.get(path)["status"] == "cancelling"
    cluster.advance(30)
    assert cluster.get(path)["status"] == "cancelled"
    assert cluster.get("/v1/bdbs/1?fields=memory_size,status") == {"memory_size": 2**30, "status": "active"}
    assert cluster.status("DELETE", path) == 409


def test_an_export_shows_in_the_database_and_in_v2_only() -> None:
    cluster = Cluster()
    cluster.create()
    known = len(cluster.get("/v1/actions")["state-machines"])
    assert cluster.call("POST", "/v1/bdbs/1/actions/export", {"export_location": LOCATION}) is None
    assert cluster.status("POST", "/v1/bdbs/1/actions/export", {"export_location": LOCATION}) == 409
    cluster.advance(11)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["status"], bdb["export_status"], bdb["export_progress"]) == ("active", "exporting", 50.0)
    action = cluster.get("/v2/actions")[-1]
    assert (action["action_type"], action["name"], action["status"]) == ("other", "export", "running")
    assert len(cluster.get("/v1/actions")["state-machines"]) == known
    assert cluster.status("GET", f"/v1/actions/{action['action_uid']}") == 404
    assert cluster.status("PUT", "/v1/bdbs/1/actions/export_reset_status") == 409
    cluster.advance(60)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["export_status"], bdb["export_progress"]) == ("succeeded", 100.0)
    assert bdb["last_export_time"].endswith("Z")
    cluster.call("PUT", "/v1/bdbs/1/actions/export_reset_status")
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["export_status"], bdb["export_progress"]) == ("", 0.0)
    assert "last_export_time" in bdb


def test_an_import_holds_the_database_and_the_old_result_stays_until_reset() -> None:
    cluster = Cluster(fail_imports=1)
    cluster.create()
    cluster.call("POST", "/v1/bdbs/1/actions/import", SOURCES)
    cluster.advance(2)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["status"], bdb["import_status"]) == ("import-pending", "initializing")
    assert cluster.status("PUT", "/v1/bdbs/1", {"memory_size": 2**31}) == 409
    cluster.advance(10)
    assert cluster.get("/v1/bdbs/1")["import_status"] == "importing"
    cluster.advance(60)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["status"], bdb["import_status"]) == ("active", "failed")
    assert bdb["import_failure_reason"] == "download-error"
    assert cluster.get("/v2/actions")[-1]["additional_info"]["error"] == "download-error"
    cluster.call("PUT", "/v1/bdbs/1/actions/import_reset_status")
    assert cluster.get("/v1/bdbs/1")["import_failure_reason"] == ""


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("export", {}, 400),
        ("export", {"export_location": {"type": "s3", "bucket_name": "b"}}, 400),
        ("export", {"export_location": LOCATION, "more": 1}, 400),
        ("import", {**SOURCES, "more": 1}, 400),
        ("import", {"dataset_import_sources": [{"type": "url"}]}, 400),
        ("import", {}, 406),
        ("import", {"dataset_import_sources": [{"type": "mount_point", "path": "/opt/redislabs/x"}]}, 406),
    ],
)
def test_bad_transfers_are_refused(path: str, body: dict[str, object], status: int) -> None:
    cluster = Cluster()
    cluster.create()
    assert cluster.status("POST", f"/v1/bdbs/1/actions/{path}", body) == status
    assert cluster.status("POST", f"/v1/bdbs/9/actions/{path}", body) == 404
    assert cluster.get("/v1/bdbs/1")["status"] == "active"


def test_a_scheduled_backup_appears_by_itself() -> None:
    cluster = Cluster(fail_backups=1)
    cluster.create()
    cluster.api.seed({"backups": [{"bdb_uid": 1}]})
    cluster.advance(10)
    assert cluster.get("/v1/bdbs/1")["backup_status"] == "exporting"
    assert cluster.get("/v2/actions")[-1]["name"] == "backup"
    cluster.advance(60)
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["backup_status"], bdb["backup_failure_reason"]) == ("failed", "no-permission")
    assert "last_backup_time" not in bdb
