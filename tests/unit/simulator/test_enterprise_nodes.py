# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes, the actions on them, and the bootstrap of a node."""

from __future__ import annotations

import pytest

from simulator.enterprise.harness import Cluster

ACTION = "/v1/nodes/2/actions/maintenance_on"


def test_an_action_is_queued_runs_and_can_be_forgotten() -> None:
    cluster = Cluster()
    answer = cluster.call("POST", ACTION, {"overwrite_snapshot": True})
    assert set(answer) == {"status", "task_id"}
    assert answer["status"] == "queued"
    assert cluster.status("POST", ACTION) == 409
    assert cluster.get(ACTION)["status"] == "queued"
    cluster.advance(1)
    assert cluster.get(ACTION)["status"] == "starting"
    cluster.advance(10)
    row = cluster.get(ACTION)
    assert (row["status"], row["progress"], row["task_id"]) == ("running", 50, answer["task_id"])
    assert cluster.get("/v1/nodes/2/actions") == {"actions": [row]}
    assert cluster.get("/v1/nodes/actions") == {"actions": [row]}
    assert cluster.get("/v1/actions")["actions"][0]["action_uid"] == answer["task_id"]
    cluster.advance(30)
    assert cluster.get(ACTION)["status"] == "completed"
    cluster.call("DELETE", ACTION)
    assert cluster.status("GET", ACTION) == 404
    assert cluster.status("DELETE", ACTION) == 404


def test_a_running_action_is_cancelled_and_a_new_one_replaces_its_result() -> None:
    cluster = Cluster()
    first = cluster.call("POST", ACTION)["task_id"]
    cluster.advance(5)
    cluster.call("DELETE", ACTION)
    assert cluster.get(ACTION)["status"] == "cancelling"
    cluster.advance(2)
    assert cluster.get(ACTION)["status"] == "cancelled"
    assert cluster.get("/v1/nodes/2")["accept_servers"] is True
    second = cluster.call("POST", ACTION)["task_id"]
    assert second != first
    assert cluster.status("GET", f"/v1/actions/{first}") == 404
    cluster.call("DELETE", ACTION)
    assert cluster.get(ACTION)["status"] == "cancelled"


def test_maintenance_stacks_and_keeps_its_snapshot() -> None:
    cluster = Cluster()
    off = "/v1/nodes/2/actions/maintenance_off"
    for _time in range(2):
        cluster.call("POST", ACTION)
        cluster.advance(60)
    snapshot = cluster.get("/v1/nodes/2/status")["maintenance_snapshot"]
    assert snapshot["node_uid"] == "2"
    assert cluster.get("/v1/nodes/2/snapshots") == [snapshot]
    node = cluster.get("/v1/nodes/2")
    assert (node["accept_servers"], node["max_listeners"]) == (False, 0)
    cluster.call("POST", off)
    cluster.advance(60)
    assert cluster.get("/v1/nodes/2")["accept_servers"] is False
    cluster.call("POST", off, {"skip_shards_restore": True})
    cluster.advance(60)
    assert cluster.get("/v1/nodes/2")["accept_servers"] is True
    assert "maintenance_snapshot" not in cluster.get("/v1/nodes/2/status")
    cluster.call("POST", off)
    cluster.advance(60)
    assert cluster.get(off)["status"] == "cancelled"


def test_a_removed_node_is_gone_with_its_actions() -> None:
    cluster = Cluster()
    cluster.call("POST", "/v1/nodes/1/actions/remove", {"wait_for_persistence": True})
    assert cluster.get("/v1/nodes/1")["accept_servers"] is False
    assert cluster.get("/v1/nodes/1/actions")["actions"][0]["name"] == "remove_node"
    cluster.advance(60)
    assert [node["uid"] for node in cluster.get("/v1/nodes")] == [2, 3]
    assert cluster.status("GET", "/v1/nodes/1/actions/remove") == 404
    roles = {uid: row["role"] for uid, row in cluster.get("/v1/nodes/status").items()}
    assert roles == {"2": "master", "3": "slave"}


def test_a_failed_removal_leaves_the_node_without_new_shards() -> None:
    cluster = Cluster(fail_node_actions=1)
    cluster.call("POST", "/v1/nodes/2/actions/remove")
    cluster.advance(60)
    row = cluster.get("/v1/nodes/2/actions/remove")
    assert (row["status"], row["error_code"]) == ("failed", "insufficient_resources")
    assert cluster.get("/v1/nodes/2")["accept_servers"] is False


def test_bad_node_requests() -> None:
    cluster = Cluster()
    assert cluster.status("POST", "/v1/nodes/2/actions/dance") == 400
    assert cluster.status("POST", ACTION, {"colour": "red"}) == 400
    assert cluster.status("GET", "/v1/nodes/9") == 404
    assert cluster.status("GET", ACTION) == 404
    assert cluster.error("PUT", "/v1/nodes/2", {"addr": "10.1.1.1"}) == (406, "node_not_offline")
    assert cluster.call("PUT", "/v1/nodes/2", {"rack_id": "a"}) is None
    assert cluster.error("PUT", "/v1/nodes/2", {"rack_id": "b"}) == (406, "node_already_has_rack_id")
    assert cluster.status("PUT", "/v1/nodes/2", {"colour": "red"}) == 400


def test_the_primary_can_be_moved() -> None:
    cluster = Cluster()
    path = "/v1/cluster/actions/change_master"
    assert cluster.status("GET", path) == 404
    assert cluster.call("POST", path, {"node_uid": "3"}) is None
    assert cluster.status("POST", path, {"node_uid": "2"}) == 409
    cluster.advance(30)
    assert cluster.get(path)["status"] == "completed"
    assert cluster.get("/v1/cluster/actions")["actions"][0]["name"] == "change_master"
    assert cluster.get("/v1/nodes/status")["3"]["role"] == "master"
    cluster.call("DELETE", path)
    assert cluster.status("GET", path) == 404
    assert cluster.status("POST", path, {"node_uid": "9"}) == 404
    assert cluster.status("POST", "/v1/cluster/actions/dance", {"node_uid": "1"}) == 400


def test_node_actions_can_be_seeded_in_any_state() -> None:
    cluster = Cluster()
    rows = [
        {"node_uid": 1, "action": "maintenance_off", "status": "waiting-for-godot", "progress": 7},
        {"node_uid": 2, "action": "remove"},
    ]
    cluster.api.seed({"node_actions": rows})
    row = cluster.get("/v1/nodes/1/actions/maintenance_off")
    assert (row["status"], row["progress"]) == ("waiting-for-godot", 7)
    cluster.advance(60)
    assert cluster.status("GET", "/v1/nodes/2") == 404
    with pytest.raises(ValueError, match="existing node_uid"):
        cluster.api.seed({"node_actions": [{"node_uid": 9}]})


def test_a_node_becomes_a_cluster() -> None:
    cluster = Cluster(bootstrap_state="idle")
    nobody = {"authorization": ""}
    assert cluster.send("GET", "/v1/bootstrap", headers=nobody).body["bootstrap_status"] == {"state": "idle"}
    assert cluster.status("GET", "/v1/bdbs") == 503
    body = {
        "action": "create_cluster",
        "cluster": {"name": "new.example.com"},
        "credentials": {"username": "boss@example.com", "password": "p"},
    }
    assert cluster.call("POST", "/v1/bootstrap/validate/create_cluster", body) is None
    assert cluster.call("POST", "/v1/bootstrap/create_cluster", body) is None
    assert cluster.status("POST", "/v1/bootstrap/create_cluster", body) == 409
    assert cluster.get("/v1/bootstrap")["bootstrap_status"]["state"] == "initiated"
    cluster.advance(2)
    assert cluster.get("/v1/bootstrap")["bootstrap_status"]["state"] == "creating_cluster"
    cluster.advance(60)
    assert cluster.status("GET", "/v1/bootstrap", headers=nobody) == 401
    cluster.user = ("boss@example.com", "p")
    assert cluster.get("/v1/bootstrap")["bootstrap_status"]["state"] == "completed"
    assert cluster.get("/v1/cluster")["name"] == "new.example.com"


def test_bootstrap_errors_are_shown_and_can_be_tried_again() -> None:
    cluster = Cluster(bootstrap_state="idle", bootstrap_error="time_not_sync")
    body = {"cluster": {"nodes": ["10.0.0.9"]}}
    refused = cluster.send("POST", "/v1/bootstrap/validate/join_cluster", body)
    assert (refused.status, refused.body["error_code"]) == (406, "time_not_sync")
    cluster.options.bootstrap_error = "rack_id_required"
    cluster.call("POST", "/v1/bootstrap/join_cluster", body)
    cluster.advance(60)
    status = cluster.get("/v1/bootstrap")["bootstrap_status"]
    assert (status["state"], status["error_code"]) == ("error", "rack_id_required")
    assert cluster.status("POST", "/v1/bootstrap/join_cluster", {}) == 400
    cluster.call("POST", "/v1/bootstrap/join_cluster", body)
    cluster.advance(60)
    assert cluster.get("/v1/bootstrap")["bootstrap_status"]["state"] == "completed"


@pytest.mark.parametrize("state", ["joining_cluster", "recovering_cluster"])
def test_joins_and_recoveries_can_be_shown_on_a_running_cluster(state: str) -> None:
    cluster = Cluster()
    cluster.api.seed({"bootstrap": {"state": state, "seconds": 20}})
    assert cluster.get("/v1/bootstrap")["bootstrap_status"]["state"] == state
    assert cluster.status("GET", "/v1/bdbs") == 200
    cluster.advance(20)
    assert cluster.get("/v1/bootstrap")["bootstrap_status"]["state"] == "completed"
    with pytest.raises(ValueError, match="states"):
        cluster.api.seed({"bootstrap": {"state": "bored"}})
