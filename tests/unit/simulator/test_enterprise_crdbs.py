# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Active-Active databases and the tasks of their coordinator."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.enterprise.harness import Cluster


def instance(name: str) -> dict[str, Any]:
    return {
        "cluster": {
            "name": name,
            "url": f"https://{name}:9443",
            "credentials": {"username": "u", "password": "hidden"},
        },
    }


def crdb(**fields: Any) -> dict[str, Any]:
    return {
        "name": "geo",
        "default_db_config": {"memory_size": 2**30, "port": 12000},
        "instances": [instance("other.example.com"), instance("cluster.example.com")],
        **fields,
    }


def test_a_creation_is_a_task_that_makes_the_local_database() -> None:
    cluster = Cluster()
    assert cluster.get("/v1/crdbs") == {"crdbs": []}
    task = cluster.call("POST", "/v1/crdbs", crdb())
    assert (task["status"], task["operation"]) == ("queued", "create_crdb")
    assert [row["id"] for row in cluster.get("/v1/crdb_tasks")] == [task["id"]]
    cluster.advance(5)
    row = cluster.get(f"/v1/crdb_tasks/{task['id']}")
    assert row["status"] == "started"
    assert row["progress"]["clusters"][0]["name"] == "other.example.com"
    assert cluster.get("/v1/crdbs") == {"crdbs": []}
    cluster.advance(60)
    assert cluster.get(f"/v1/crdb_tasks/{task['id']}")["status"] == "finished"
    assert cluster.get("/v1/crdb_tasks") == []
    (known,) = cluster.get("/v1/crdbs")["crdbs"]
    assert known["guid"] == task["crdb_guid"]
    assert known["local_databases"] == [{"bdb_uid": "1", "id": 2}]
    assert known["default_db_config"]["eviction_policy"] == "noeviction"
    assert "credentials" not in known["instances"][0]["cluster"]
    bdb = cluster.get("/v1/bdbs/1")
    assert (bdb["crdt"], bdb["crdt_guid"], bdb["status"]) == (True, known["guid"], "active")
    assert [row["module_name"] for row in bdb["module_list"]] == ["search", "ReJSON"]
    assert cluster.error("DELETE", "/v1/bdbs/1") == (406, "not_supported_action_on_crdt")
    assert cluster.error("PUT", "/v1/bdbs/1", {"name": "new"}) == (406, "name_violation")


def test_tasks_expire() -> None:
    cluster = Cluster()
    task = cluster.call("POST", "/v1/crdbs", crdb())
    cluster.advance(16)
    cluster.advance(499)
    assert cluster.status("GET", f"/v1/crdb_tasks/{task['id']}") == 200
    cluster.advance(2)
    assert cluster.status("GET", f"/v1/crdb_tasks/{task['id']}") == 404


def test_the_client_may_choose_how_long_a_result_is_kept() -> None:
    cluster = Cluster()
    answer = cluster.send("POST", "/v1/crdbs", crdb(), headers={"x-result-ttl": "10"})
    path = f"/v1/crdb_tasks/{answer.body['id']}"
    cluster.advance(20)
    assert cluster.status("GET", path) == 200
    cluster.advance(10)
    assert cluster.status("GET", path) == 404


def test_cancelling_works_before_the_commit_only() -> None:
    cluster = Cluster()
    early = cluster.call("POST", "/v1/crdbs", crdb())
    cluster.advance(5)
    assert cluster.call("POST", f"/v1/crdb_tasks/{early['id']}/actions/cancel") is None
    row = cluster.get(f"/v1/crdb_tasks/{early['id']}")
    assert (row["status"], row["errors"][0]["error_code"]) == ("failed", "internal_error")
    cluster.advance(60)
    assert cluster.get("/v1/crdbs") == {"crdbs": []}
    late = cluster.call("POST", "/v1/crdbs", crdb())
    cluster.advance(14)
    refused = cluster.send("POST", f"/v1/crdb_tasks/{late['id']}/actions/cancel")
    assert refused.status == 406
    assert set(refused.body) == {"detail", "status", "title", "type"}
    cluster.options.fail_crdb_cancels = 1
    forced = f"/v1/crdb_tasks/{late['id']}/actions/cancel?force=true"
    assert cluster.status("POST", forced) == 409
    assert cluster.status("POST", forced) == 200
    assert cluster.status("POST", forced) == 406
    assert cluster.status("POST", "/v1/crdb_tasks/none/actions/cancel") == 404


def test_a_failed_task_leaves_nothing() -> None:
    cluster = Cluster(fail_crdb_tasks=1)
    task = cluster.call("POST", "/v1/crdbs", crdb())
    cluster.advance(60)
    row = cluster.get(f"/v1/crdb_tasks/{task['id']}")
    assert (row["status"], row["errors"][0]["description"]) == ("failed", cluster.options.failure_text)
    assert cluster.get("/v1/bdbs") == []


def test_changes_go_through_patch_and_hold_the_local_database() -> None:
    cluster = Cluster()
    (guid,) = cluster.api.seed({"crdbs": [crdb()]})["crdbs"]
    path = f"/v1/crdbs/{guid}"
    assert cluster.status("PUT", path, {}) == 405
    task = cluster.call("PATCH", path, {"default_db_config": {"memory_size": 2**31}})
    assert task["operation"] == "update_crdb"
    assert cluster.get("/v1/bdbs/1")["status"] == "active-change-pending"
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1?fields=memory_size,status") == {"memory_size": 2**31, "status": "active"}
    assert cluster.get(path)["default_db_config"]["memory_size"] == 2**31
    assert cluster.status("PATCH", path, {"default_db_config": {"replication": False}}) == 406
    assert cluster.status("PATCH", path, {"colour": "red"}) == 400
    assert cluster.status("PATCH", "/v1/crdbs/none", {}) == 404


def test_instances_come_and_go_through_updates() -> None:
    cluster = Cluster()
    (guid,) = cluster.api.seed({"crdbs": [crdb()]})["crdbs"]
    path = f"/v1/crdbs/{guid}"
    body = {"add_instances": [instance("third.example.com")], "remove_instances": [1]}
    answer = cluster.send("POST", f"{path}/updates", body, headers={"x-task-id": "mine"})
    assert answer.body["id"] == "mine"
    cluster.advance(60)
    assert [row["id"] for row in cluster.get(path)["instances"]] == [2, 3]
    assert cluster.status("POST", f"{path}/updates", {"remove_instances": [9]}) == 400
    for kind, more in (("flush", None), ("purge", {"instances": [1]})):
        assert cluster.call("PUT", f"{path}/{kind}", more)["status"] == "queued"
    assert len(cluster.get(f"{path}/health_report")) == 2


def test_a_deletion_takes_the_local_database_along() -> None:
    cluster = Cluster()
    (guid,) = cluster.api.seed({"crdbs": [crdb()]})["crdbs"]
    assert cluster.call("DELETE", f"/v1/crdbs/{guid}")["operation"] == "delete_crdb"
    cluster.advance(60)
    assert cluster.get("/v1/bdbs") == []
    assert cluster.status("GET", f"/v1/crdbs/{guid}") == 404
    assert cluster.status("DELETE", f"/v1/crdbs/{guid}") == 406


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a b"},
        {"instances": []},
        {"default_db_config": {"colour": "red"}},
        {"colour": "red"},
        {"instances": [{"cluster": {"name": "a", "url": "https://a"}}]},
        {"instances": [{"cluster": {"name": "a"}}]},
    ],
)
def test_bad_creations_are_answered_in_the_shape_of_the_coordinator(fields: dict[str, object]) -> None:
    answer = Cluster().send("POST", "/v1/crdbs", crdb(**fields))
    assert answer.status == 400
    assert (answer.body["status"], answer.body["title"]) == (400, "Bad Request")


def test_wrappers_credentials_and_seeded_tasks() -> None:
    cluster = Cluster(crdbs_wrapper=False, crdb_tasks_wrapper=True, crdb_return_credentials=True)
    cluster.api.seed(
        {"crdbs": [crdb()], "crdb_tasks": [{"id": "t1", "status": "paused", "operation": "create_crdb"}]}
    )
    assert cluster.get("/v1/crdbs")[0]["instances"][0]["cluster"]["credentials"]["password"] == "hidden"
    assert cluster.get("/v1/crdb_tasks")["crdb_tasks"][0]["status"] == "paused"
    assert cluster.call("POST", "/v1/crdbs?dry_run=true", crdb(name="dry"))["name"] == "dry"
    assert len(cluster.get("/v1/crdbs")) == 1
