# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_enterprise_action and redis_enterprise_action_info: finding, awaiting and canceling."""

from __future__ import annotations

from typing import Any

import pytest

from unit import harness
from unit.harness import Bench, Run

INFO = "redis_enterprise_action_info"
MODULE = "redis_enterprise_action"
DATABASE = "redis_enterprise_database"
VERSIONS = ["7.4", "7.22", "8.2", "8.2.0-25"]
BUSY: dict[str, Any] = {
    "bdbs": [{"name": "one"}, {"name": "two", "status": "active-change-pending", "progress": 40}, {"name": "three"}],
    "node_actions": [{"node_uid": 2, "action": "maintenance_on", "status": "running", "progress": 30}],
    "crdb_tasks": [
        {"id": "task-1", "status": "started"},
        {"id": "task-2", "status": "queued", "operation": "update_crdb"},
    ],
    "actions": [
        {"action_uid": "create-1", "name": "SMCreateBDB", "status": "completed", "object_uid": 1, "age": 7200},
        {"action_uid": "update-1", "name": "SMUpdateBDB", "status": "failed", "error": "no memory", "object_uid": 1},
        {"action_uid": "retry-1", "name": "retry_bdb", "kind": "task", "status": "starting", "progress": 50},
        {"action_uid": "install-1", "name": "module_installation", "kind": "task", "status": "queued"},
    ],
    "backups": [{"bdb_uid": 3}],
}


@pytest.fixture
def busy(bench: Bench, request: pytest.FixtureRequest) -> Bench:
    """A cluster with something of every kind."""
    bench.options("enterprise", version=getattr(request, "param", "8.2"))
    bench.seed("enterprise", **BUSY)
    bench.pass_time(2)
    return bench


def kinds(run: Run) -> list[str]:
    return sorted(action["kind"].replace("bdb_", "") for action in run["actions"])


def paths(run: Run) -> list[str]:
    return [request.path for request in run.requests]


# -- finding -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("busy", VERSIONS, indirect=True)
def test_everything_is_listed_in_one_shape(busy: Bench) -> None:
    run = busy.ok(INFO)
    assert kinds(run) == [
        "SMCreateBDB",
        "SMUpdateBDB",
        "SMUpdateBDB",
        "backup",
        "bootstrap",
        "create_crdb",
        "maintenance_on",
        "module_installation",
        "retry_bdb",
        "update_crdb",
    ]
    for action in run["actions"]:
        assert set(action) == set(run["actions"][0])
        assert action["id"]
        assert action["state"] in ("pending", "running", "succeeded", "failed", "canceled")
        assert action["progress"] is None or isinstance(action["progress"], float)
    ids = [action["id"] for action in run["actions"]]
    assert len(ids) == len(set(ids))
    assert [action["id"] for action in busy.ok(INFO, check=True)["actions"]] == ids


@pytest.mark.parametrize("busy", VERSIONS, indirect=True)
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "failed"}, ["SMUpdateBDB"]),
        ({"state": ["pending"]}, ["module_installation", "update_crdb"]),
        ({"name": "bdb_create"}, ["SMCreateBDB"]),
        ({"name": "BDB_CREATE"}, ["SMCreateBDB"]),
        ({"name": "smcreatebdb"}, ["SMCreateBDB"]),
        ({"name": "bdb_update"}, ["SMUpdateBDB", "SMUpdateBDB"]),
        ({"name": "bdb_update", "state": "running"}, ["SMUpdateBDB"]),
        ({"name": ["bdb_delete"]}, []),
        ({"name": "bdb_backup"}, ["backup"]),
        ({"name": ["bdb_import", "bdb_export"]}, []),
        ({"name": "crdb_create"}, ["create_crdb"]),
        ({"name": "create_crdb"}, ["create_crdb"]),
        ({"name": "node_maintenance_on"}, ["maintenance_on"]),
        ({"name": "node_join"}, ["bootstrap"]),
        ({"name": "cluster_recovery"}, ["bootstrap"]),
        ({"action_type": "other"}, ["backup"]),
        ({"action_type": "crdb-task", "state": "running"}, ["create_crdb"]),
        ({"action_type": "bootstrap"}, ["bootstrap"]),
        ({"object_type": "node", "object_uid": "2"}, ["maintenance_on"]),
        ({"object_type": "crdb"}, ["create_crdb", "update_crdb"]),
        ({"object_type": "bdb", "object_uid": "2"}, ["SMUpdateBDB"]),
        ({"status": "FAILED"}, ["SMUpdateBDB"]),
        ({"status": "started"}, ["create_crdb"]),
        ({"bdb_uid": 1}, ["SMCreateBDB", "SMUpdateBDB"]),
        ({"bdb_uid": 1, "state": "failed"}, ["SMUpdateBDB"]),
        ({"bdb_uid": 3}, ["backup"]),
        ({"bdb_uid": 77}, []),
        ({"action_uid": "create-1"}, ["SMCreateBDB"]),
        ({"action_uid": "task-1"}, ["create_crdb"]),
        ({"action_uid": "unknown"}, []),
        ({"action_uid": "create-1", "state": "failed"}, []),
    ],
    ids=str,
)
def test_filters(busy: Bench, filters: dict[str, Any], found: list[str]) -> None:
    assert kinds(busy.ok(INFO, filters)) == found


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        ({"name": "bdb_create"}, ["/v2/actions"]),
        ({"name": "crdb_create"}, ["/v1/crdb_tasks"]),
        ({"name": "node_join"}, ["/v1/bootstrap"]),
        ({"object_type": "crdb", "action_type": "crdb-task"}, ["/v1/crdb_tasks"]),
        ({"action_type": ["state-machine"]}, ["/v2/actions"]),
        ({"bdb_uid": 1}, ["/v1/actions/bdb/1", "/v2/actions"]),
        ({"action_uid": "create-1"}, ["/v2/actions/create-1"]),
        ({"action_type": "bootstrap", "name": "crdb_create"}, []),
    ],
    ids=str,
)
def test_only_what_can_match_is_asked(busy: Bench, filters: dict[str, Any], asked: list[str]) -> None:
    assert paths(busy.ok(INFO, filters)) == asked


@pytest.mark.parametrize("busy", ["7.4"], indirect=True)
def test_databases_are_read_for_transfers_only(busy: Bench) -> None:
    assert paths(busy.ok(INFO, name="bdb_create")) == ["/v2/actions", "/v1/actions"]
    assert paths(busy.ok(INFO, name="bdb_backup")) == ["/v2/actions", "/v1/actions", "/v1/bdbs"]


def test_since(busy: Bench) -> None:
    assert "SMCreateBDB" in kinds(busy.ok(INFO, since="3h"))
    assert "SMCreateBDB" not in kinds(busy.ok(INFO, since="1h"))
    failed = busy.fails(INFO, since="yesterday")
    assert "since must be an age" in failed.message
    assert failed.requests == []


def test_only_the_status(busy: Bench) -> None:
    run = busy.ok(INFO, action_uid="update-1", fields=["status"])
    assert run["actions"] == [{"status": "failed"}]


@pytest.mark.parametrize("busy", VERSIONS, indirect=True)
def test_failed_actions_carry_their_reason(busy: Bench) -> None:
    (failed,) = busy.ok(INFO, action_uid="update-1")["actions"]
    assert failed["error"] == {"code": "", "status": "", "description": "no memory"}
    assert failed["started"] or failed["updated"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["import", "export"])
def test_imports_and_exports_are_found_on_every_release(bench: Bench, version: str, kind: str) -> None:
    bench.options("enterprise", version=version, **{f"fail_{kind}s": 1})
    bench.seed("enterprise", bdbs=[{"name": "one"}])
    location = {"type": "url", "url": "ftp://example.com/dump.rdb"}
    body: dict[str, Any] = {"export_location": location}
    if kind == "import":
        body = {"dataset_import_sources": [location]}
    credentials = (bench.credentials["enterprise"]["api_username"], bench.credentials["enterprise"]["api_password"])
    answer = bench.session().post(f"{harness.ENTERPRISE_URL}/v1/bdbs/1/actions/{kind}", json=body, auth=credentials)
    assert answer.status_code == 200
    bench.pass_time(5)
    (running,) = bench.ok(INFO, name=f"bdb_{kind}")["actions"]
    assert running["state"] == "running"
    assert running["resource_id"] == 1
    waited = bench.fails(MODULE, action_uid=running["id"])
    assert waited.seconds > 10
    assert ("download-error" if kind == "import" else "no-permission") in waited.message
    (failed,) = bench.ok(INFO, bdb_uid=1, state="failed")["actions"]
    assert failed["error"]["description"] or failed["error"]["code"]


def test_bootstrap_of_a_node_that_joins(bench: Bench) -> None:
    """A node that is not in a cluster yet answers nothing else."""
    bench.options("enterprise", bootstrap_state="idle")
    bench.simulator.reset()
    assert bench.ok(INFO, name="node_join")["actions"] == []
    bench.seed("enterprise", bootstrap={"state": "joining_cluster", "seconds": 60, "then": "error", "error_code": "time_not_sync"})
    (joining,) = bench.ok(INFO, name="node_join")["actions"]
    assert (joining["kind"], joining["state"]) == ("joining_cluster", "running")
    assert bench.ok(INFO, name="cluster_recovery")["actions"] == []
    waited = bench.fails(MODULE, action_uid=joining["id"])
    assert "time_not_sync" in waited.message
    assert 55 < waited.seconds < 90


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("joining_cluster", "node_join"),
        ("recovering_cluster", "cluster_recovery"),
        ("creating_cluster", "cluster_create"),
    ],
)
def test_bootstrap_says_what_it_is_while_it_runs(bench: Bench, state: str, name: str) -> None:
    bench.seed("enterprise", bootstrap={"state": state, "seconds": 60})
    (found,) = bench.ok(INFO, name=name)["actions"]
    assert (found["kind"], found["state"]) == (state, "running")
    others = {"node_join", "cluster_recovery", "cluster_create"} - {name}
    assert bench.ok(INFO, name=sorted(others))["actions"] == []
    waited = bench.ok(MODULE, action_uid=found["id"])
    assert waited["action"]["state"] == "succeeded"
    assert 50 < waited.seconds < 90


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", ["create", "update", "delete"])
def test_work_on_a_database_is_found_while_it_runs(bench: Bench, version: str, kind: str) -> None:
    bench.options("enterprise", version=version, create_seconds=100, update_seconds=100, delete_seconds=100)
    task: dict[str, Any] = {"name": "one", "memory_size": 1024**3, "redis_version": "7.2", "wait": False}
    if kind != "create":
        bench.seed("enterprise", bdbs=[{"name": "one", "memory_size": 1024**3, "redis_version": "7.2"}])
        task.update({"memory_size": 2 * 1024**3} if kind == "update" else {"state": "absent"})
    handle = bench.ok(DATABASE, task)["action"]["id"]
    bench.pass_time(5)
    for filters in ({"name": f"bdb_{kind}"}, {"object_type": "bdb", "state": "running"}, {"bdb_uid": 1}):
        (found,) = bench.ok(INFO, filters)["actions"]
        assert (found["id"], found["state"], found["resource_id"]) == (handle, "running", 1)


def test_lists_that_were_cut_are_not_taken_for_empty(busy: Bench) -> None:
    for path in ("/v2/actions", "/v1/crdb_tasks", "/v1/nodes/actions"):
        busy.fault("cut", method="GET", path=path)
    assert len(busy.ok(INFO)["actions"]) == 10


# -- waiting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_wait_for_several(bench: Bench, version: str) -> None:
    bench.options("enterprise", version=version)
    handles = []
    for name in ("one", "two", "three"):
        run = bench.ok(DATABASE, name=name, memory_size=1024**3, redis_version="7.2", wait=False)
        handles.append(run["action"]["id"])
    waited = bench.ok(MODULE, action_uids=handles)
    assert not waited.changed
    assert waited.writes == []
    assert [row["id"] for row in waited["actions"]] == handles
    assert all(row["settled"] and row["state"] == "succeeded" for row in waited["actions"])
    assert {bdb["status"] for bdb in bench.state("enterprise")["bdbs"]} == {"active"}


def test_one_failure_does_not_end_the_wait_for_others(bench: Bench) -> None:
    bench.options("enterprise", fail_create_names="bad", failure_text="no room")
    bad = bench.ok(DATABASE, name="bad", memory_size=1024**3, wait=False)["action"]["id"]
    bench.options("enterprise", create_seconds=120)
    good = bench.ok(DATABASE, name="good", memory_size=1024**3, wait=False)["action"]["id"]
    waited = bench.fails(MODULE, action_uids=[bad, good])
    assert "no room" in waited.message
    assert waited["error"]["description"] == "no room"
    assert waited.seconds > 100
    assert [row["state"] for row in waited["actions"]] == ["failed", "succeeded"]


def test_deletion_whose_action_vanishes_is_judged_by_its_database(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "one"}])
    handle = bench.ok(DATABASE, name="one", state="absent", wait=False)["action"]
    waited = bench.ok(MODULE, action_uid=handle["id"])
    assert waited["action"]["state"] == "succeeded"
    # long after, from the handle alone
    forgotten = bench.fails(MODULE, action_uid=handle["id"])
    assert "is not known to the cluster" in forgotten.message
    assert "bdb_uid" in forgotten.message
    assert bench.ok(MODULE, action_uid=handle["id"], bdb_uid=handle["resource_id"])["action"]["state"] == "succeeded"


@pytest.mark.parametrize("named", [True, False])
def test_action_that_is_not_visible_yet(bench: Bench, named: bool) -> None:
    """Its database still looks as before, so that it tells nothing either."""
    bench.seed("enterprise", bdbs=[{"name": "one", "memory_size": 1024**3}])
    bench.options(
        "enterprise", action_visible_after_seconds=8, update_status_lag_seconds=8, update_seconds=60
    )
    handle = bench.ok(DATABASE, name="one", memory_size="2GB", wait=False)["action"]
    about = {"bdb_uid": handle["resource_id"]} if named else {}
    waited = bench.ok(MODULE, {"action_uid": handle["id"], **about})
    assert waited.seconds > 50
    assert waited["action"]["kind"] == "SMUpdateBDB"
    assert waited["action"]["state"] == "succeeded"


@pytest.mark.parametrize("seconds", [2, 7, 30])
def test_slices(bench: Bench, seconds: float) -> None:
    bench.seed("enterprise", bdbs=[{"name": "one"}])
    bench.options("enterprise", delete_seconds=100)
    handle = bench.ok(DATABASE, name="one", state="absent", wait=False)["action"]["id"]
    run, handed = bench.sliced(MODULE, {"action_uid": handle}, seconds)
    assert not run.failed, run.result
    assert run["action"]["state"] == "succeeded"
    assert run["action"]["kind"] == "SMDeleteBDB"
    assert 100 < run.seconds < 180
    assert handed[0]["what"].startswith("action " + handle)


def test_all_actions_of_a_database(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "one"}])
    bench.ok(DATABASE, name="one", memory_size="2GB", wait=False)
    waited = bench.ok(MODULE, bdb_uid=1)
    assert waited["action"]["kind"] == "SMUpdateBDB"
    assert bench.state("enterprise")["bdbs"][0]["status"] == "active"
    idle = bench.ok(MODULE, bdb_uid=1)
    assert idle["actions"] == []
    assert idle["action"] is None


def test_database_that_could_not_be_created(bench: Bench) -> None:
    bench.seed("enterprise", bdbs=[{"name": "one", "status": "creation-failed"}])
    assert "creation-failed" in bench.fails(MODULE, bdb_uid=1).message
    assert not bench.run(MODULE, bdb_uid=1, wait_for="processing").failed


def test_removal_of_a_node_ends_with_the_node(bench: Bench) -> None:
    bench.seed("enterprise", node_actions=[{"node_uid": 3, "action": "remove"}])
    waited = bench.ok(MODULE, node_uid=3, node_action="remove")
    assert waited["action"]["kind"] == "remove_node"
    assert waited["action"]["state"] == "succeeded"
    assert [node["uid"] for node in bench.state("enterprise")["nodes"]] == [1, 2]


def test_failed_node_action_and_crdb_task(bench: Bench) -> None:
    bench.options("enterprise", fail_node_actions=1, failure_text="no room elsewhere")
    bench.seed("enterprise", node_actions=[{"node_uid": 3, "action": "remove"}])
    assert "insufficient_resources: no room elsewhere" in bench.fails(MODULE, node_uid=3, node_action="remove").message
    errors = [{"cluster_name": "west", "description": "unreachable", "error_code": "internal_error"}]
    bench.seed("enterprise", crdb_tasks=[{"id": "task-9", "status": "failed", "errors": errors}])
    assert "internal_error: west: unreachable" in bench.fails(MODULE, crdb_task_id="task-9").message


def test_one_look(busy: Bench) -> None:
    for how in ({"check": True}, {"wait": False}):
        run = busy.ok(MODULE, {"action_uid": "retry-1"}, **how)
        assert run["action"]["state"] == "running"
        assert not run["action"]["settled"]
        assert run.seconds < 1


def test_timeout_says_how_to_go_on(busy: Bench) -> None:
    late = busy.fails(MODULE, action_uid="retry-1", wait_timeout=30)
    assert 30 <= late.seconds < 31
    assert "redis_enterprise_action: {action_uid: retry-1}" in late.message
    assert late["action"]["id"] == "retry-1"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "one of the following is required"),
        ({"action_uid": ""}, "must not be empty"),
        ({"action_uids": []}, "must not be empty"),
        ({"action_uid": "a", "action_uids": ["b"]}, "mutually exclusive"),
        ({"node_uid": 1}, "node_action"),
        ({"node_uid": 1, "node_action": "explode"}, "node_action must be one of"),
    ],
    ids=str,
)
def test_bad_input(bench: Bench, options: dict[str, Any], named: str) -> None:
    failed = bench.fails(MODULE, options)
    assert named in failed.message
    assert failed.requests == []


# -- canceling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("by_uid", [True, False])
def test_cancel_a_node_action(bench: Bench, version: str, by_uid: bool) -> None:
    bench.options("enterprise", version=version)
    (uid,) = bench.seed("enterprise", node_actions=[{"node_uid": 3, "action": "remove"}])["node_actions"]
    bench.pass_time(5)
    handle: dict[str, Any] = {"action_uid": uid} if by_uid else {"node_uid": 3, "node_action": "remove"}
    told = bench.ok(MODULE, handle, state="canceled", check=True)
    assert told.changed
    done = bench.ok(MODULE, handle, state="canceled")
    assert done.changed
    assert [str(request) for request in done.writes] == ["DELETE /v1/nodes/3/actions/remove"]
    assert done["action"]["state"] == "canceled"
    again = bench.ok(MODULE, handle, state="canceled")
    assert not again.changed
    assert again.writes == []
    assert len(bench.state("enterprise")["nodes"]) == 3


@pytest.mark.parametrize("word", ["failed", "cancelled", "canceled"])
def test_cancel_a_crdb_task(bench: Bench, word: str) -> None:
    bench.options("enterprise", crdb_cancelled_word=word)
    bench.seed("enterprise", crdb_tasks=[{"id": "task-1", "status": "queued"}])
    done = bench.ok(MODULE, crdb_task_id="task-1", state="canceled")
    assert done.changed
    assert done["action"]["state"] == "canceled"
    assert done["action"]["status"] == word
    assert [request.query for request in done.writes] == [{}]


def test_cancel_in_the_commit_phase_needs_force(bench: Bench) -> None:
    bench.seed("enterprise", crdb_tasks=[{"id": "task-1", "status": "started"}])
    bench.pass_time(14)
    refused = bench.fails(MODULE, crdb_task_id="task-1", state="canceled")
    assert "commit phase" in refused.message
    assert "Nothing was changed" in refused.message
    assert "force=true" in refused.message
    assert not refused.changed
    forced = bench.ok(MODULE, crdb_task_id="task-1", state="canceled", force=True)
    assert forced.writes[0].query == {"force": "true"}
    assert forced["action"]["state"] == "canceled"


def test_cancel_that_fails(bench: Bench) -> None:
    bench.options("enterprise", fail_crdb_cancels=1)
    bench.seed("enterprise", crdb_tasks=[{"id": "task-1", "status": "queued"}])
    refused = bench.fails(MODULE, crdb_task_id="task-1", state="canceled")
    assert "cannot be canceled now" in refused.message
    assert not refused.changed


@pytest.mark.parametrize("version", VERSIONS)
def test_work_on_databases_cannot_be_canceled(bench: Bench, version: str) -> None:
    bench.options("enterprise", version=version, create_seconds=1000)
    handle = bench.ok(DATABASE, name="one", memory_size=1024**3, redis_version="7.2", wait=False)["action"]["id"]
    for check in (True, False):
        refused = bench.run(MODULE, {"action_uid": handle, "state": "canceled"}, check=check)
        assert refused.failed
        assert refused.writes == []
        assert not refused.changed
        assert "cannot be canceled" in refused.message
        assert "Nothing was changed" in refused.message
        assert "delete the database with state=absent" in refused.message
        assert refused["action"]["id"] == handle


def test_nothing_is_canceled_when_not_all_can_be(busy: Bench) -> None:
    refused = busy.fails(MODULE, node_uid=2, node_action="maintenance_on", action_uid="retry-1", state="canceled")
    assert "retry-1" in refused.message
    assert refused.writes == []


def test_generic_route_is_used_where_a_cluster_has_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    # no release has it, and so the facts about the API do not list it
    monkeypatch.setattr(harness, "violations", lambda *arguments: [])
    bench.options("enterprise", generic_cancel=True, create_seconds=1000)
    handle = bench.ok(DATABASE, name="one", memory_size=1024**3, wait=False)["action"]["id"]
    bench.pass_time(5)
    assert bench.ok(MODULE, action_uid=handle, state="canceled", check=True).changed
    done = bench.ok(MODULE, action_uid=handle, state="canceled")
    assert [str(request) for request in done.writes] == [f"DELETE /v1/actions/{handle}"]
    assert done["action"]["state"] == "canceled"
    assert done.changed


def test_what_has_ended_is_left_alone(busy: Bench) -> None:
    ended = busy.ok(MODULE, action_uid="create-1", state="canceled")
    assert not ended.changed
    assert ended.writes == []
    assert "there was nothing to cancel" in ended.warnings[0]
    unknown = busy.ok(MODULE, node_uid=1, node_action="remove", state="canceled")
    assert not unknown.changed
    assert "there was nothing to cancel" in unknown.warnings[0]


def test_cancel_that_is_lost_is_sent_again(bench: Bench) -> None:
    bench.options("enterprise", node_action_seconds=300)
    bench.seed("enterprise", node_actions=[{"node_uid": 3, "action": "remove"}])
    bench.pass_time(5)
    bench.fault("reset_before", method="DELETE", path="/v1/nodes/3/actions/remove")
    done = bench.ok(MODULE, node_uid=3, node_action="remove", state="canceled")
    assert done.changed
    assert len(done.writes) == 2
    assert done["action"]["state"] == "canceled"


@pytest.mark.parametrize("seconds", [1, 3])
def test_cancel_in_slices_is_sent_once(bench: Bench, seconds: float) -> None:
    bench.options("enterprise", node_action_seconds=300, cancel_seconds=20)
    bench.seed("enterprise", node_actions=[{"node_uid": 3, "action": "remove"}])
    bench.pass_time(5)
    run, handed = bench.sliced(MODULE, {"node_uid": 3, "node_action": "remove", "state": "canceled"}, seconds)
    assert not run.failed, run.result
    assert run.changed
    assert len(run.writes) == 1
    assert len(handed) > 1


def test_permission_is_not_guessed_around(busy: Bench) -> None:
    viewer = busy.simulator.options["enterprise"]
    refused = busy.fails(
        MODULE,
        node_uid=2,
        node_action="maintenance_on",
        state="canceled",
        api_username=viewer.viewer_username,
        api_password=viewer.viewer_password,
    )
    assert "HTTP 403" in refused.message
    assert not refused.changed
