# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows of every version and kind in one shape, and the words that find them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.community.redis.plugins.module_utils._enterprise import actions
from ansible_collections.community.redis.plugins.module_utils._enterprise.facts import is_kind
from ansible_collections.community.redis.plugins.module_utils._enterprise.finding import sources, sources_of

# recorded from a cluster
TASK = {
    "action_uid": "8fc32a11",
    "creation_time": "1760400087",
    "name": "retry_bdb",
    "node_uid": "1",
    "progress": "100",
    "status": "completed",
    "task_id": "8fc32a11",
}
MACHINE = {
    "action_uid": "04d7b6ea",
    "heartbeat": 1760400082,
    "name": "SMCreateBDB",
    "object_name": "bdb:1",
    "status": "completed",
}
V2 = {
    "action_type": "state-machine",
    "action_uid": "04d7b6ea",
    "creation_time": 1760400082,
    "name": "SMCreateBDB",
    "progress": 42.5,
    "status": "running",
    "additional_info": {"object_type": "bdb", "object_uid": "1", "description": "placing shards"},
}


def test_v1_task() -> None:
    action = actions.parse_v1(TASK)
    assert (action.id, action.kind, action.state, action.progress) == ("8fc32a11", "retry_bdb", "succeeded", 100.0)
    assert (action.resource_type, action.resource_id) == ("node", "1")
    assert action.started == "2025-10-14T00:01:27Z"
    assert action.action_type == "task"
    failed = actions.parse_v1(dict(TASK, status="failed", error_code="internal_error", error_message="no room"))
    assert failed.reason() == "internal_error: no room"


def test_v1_state_machine() -> None:
    action = actions.parse_v1(MACHINE)
    assert (action.kind, action.state, action.progress) == ("SMCreateBDB", "succeeded", 100.0)
    assert (action.resource_type, action.resource_id) == ("bdb", "1")
    assert action.updated == "2025-10-14T00:01:22Z"
    assert action.action_type == "state-machine"
    failed = actions.parse_v1(dict(MACHINE, status="failed", error="no room", state="proxy_policy", progress=12))
    assert (failed.state, failed.reason(), failed.progress) == ("failed", "no room", 12.0)
    assert failed.description == "proxy_policy"


def test_v2() -> None:
    action = actions.parse_v2(V2)
    assert (action.kind, action.status, action.state, action.progress) == ("SMCreateBDB", "running", "running", 42.5)
    assert (action.resource_type, action.resource_id) == ("bdb", "1")
    assert action.description == "placing shards"
    failed = actions.parse_v2(dict(V2, status="failed", additional_info={"error": "no room"}))
    assert failed.reason() == "no room"
    assert actions.parse_v2({"action_uid": "x"}).state == "running"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "pending"),
        ("pending", "pending"),
        ("starting", "running"),
        ("running", "running"),
        ("active", "running"),
        ("cancelling", "running"),
        ("started", "running"),
        ("completed", "succeeded"),
        ("finished", "succeeded"),
        ("failed", "failed"),
        ("aborted", "canceled"),
        ("cancelled", "canceled"),
        ("canceled", "canceled"),
        ("COMPLETED", "succeeded"),
        ("defragmenting", "running"),
        ("", "running"),
    ],
)
def test_words(word: str, state: str) -> None:
    parsers = (actions.parse_v1_task, actions.parse_v1_machine, actions.parse_v2, actions.parse_crdb_task)
    assert {parse({"status": word}).state for parse in parsers} == {state}


@pytest.mark.parametrize(
    ("sent", "percent"),
    [("100", 100.0), (7, 7.0), (0.5, 0.5), ("x", None), (None, None), (True, None), (101, None), (-1, None), ("nan", None)],
)
def test_progress(sent: Any, percent: float | None) -> None:
    assert actions.parse_v2(dict(V2, progress=sent)).progress == percent


def test_crdb_task() -> None:
    row = {
        "id": "task-1",
        "crdb_guid": "guid-1",
        "operation": "create_crdb",
        "status": "started",
        "progress": {"clusters": [{"name": "east", "progress": 80}, {"name": "west", "progress": 20}], "worker": 50},
        "started": "2026-01-01T00:00:00.123456Z",
    }
    action = actions.parse_crdb_task(row)
    assert (action.state, action.progress, action.resource_type, action.resource_id) == ("running", 20.0, "crdb", "guid-1")
    assert action.started == "2026-01-01T00:00:00Z"
    assert action.error is None
    errors = [{"cluster_name": "west", "description": "down", "error_code": "unreachable"}, {"description": "sorry"}]
    failed = actions.parse_crdb_task(dict(row, status="failed", errors=errors, progress=None))
    assert failed.reason() == "unreachable: west: down; sorry"
    assert failed.progress is None


def test_node_and_cluster_actions_get_an_id() -> None:
    node = actions.parse_node_action({"status": "running", "progress": 3, "node_uid": "2", "name": "remove"})
    assert (node.id, node.kind, node.resource_id) == ("node:2:remove", "remove", "2")
    listed = actions.parse_node_action({"name": "remove_node", "node_uid": "2", "status": "running", "task_id": "t"})
    assert (listed.id, listed.kind) == ("t", "remove_node")
    assert actions.parse_cluster_action({"name": "change_master", "status": "running"}).id == "cluster:change_master"


@pytest.mark.parametrize(
    ("state", "kind", "normal"),
    [
        ("initiated", "bootstrap", "pending"),
        ("joining_cluster", "joining_cluster", "running"),
        ("recovering_cluster", "recovering_cluster", "running"),
        ("completed", "bootstrap", "succeeded"),
        ("error", "bootstrap", "failed"),
        ("waking_up", "bootstrap", "running"),
    ],
)
def test_bootstrap(state: str, kind: str, normal: str) -> None:
    status = {"state": state, "error_code": "time_not_sync", "error_details": {"skew": 9}}
    action = actions.parse_bootstrap({"bootstrap_status": status, "local_node_info": {"uid": "3"}})
    assert action is not None
    assert (action.kind, action.state, action.resource_id) == (kind, normal, "3")
    assert (action.error is not None) == (normal == "failed")


def test_nothing_to_report() -> None:
    assert actions.parse_bootstrap({"bootstrap_status": {"state": "idle"}}) is None
    assert actions.parse_bootstrap({}) is None
    assert actions.parse_transfers({"uid": 1, "import_status": "idle", "export_status": ""}) == []


def test_transfers() -> None:
    bdb = {
        "uid": 5,
        "import_status": "failed",
        "import_failure_reason": "download-error",
        "import_progress": 12.5,
        "export_status": "exporting",
        "export_progress": 40,
        "backup_status": "succeeded",
        "last_backup_time": "2026-01-01T00:00:00Z",
    }
    backup, export, imported = actions.parse_transfers(bdb)
    assert (backup.state, backup.progress, backup.updated) == ("succeeded", 100.0, "2026-01-01T00:00:00Z")
    assert (export.state, export.progress, export.kind) == ("running", 40.0, "bdb_export")
    assert (imported.state, imported.reason()) == ("failed", "download-error")
    assert actions.transfer_of(imported.id) == ("5", "import")
    assert actions.transfer_of("04d7b6ea") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("a1*:/", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a1*", max_size=4), inner, max_size=3),
    max_leaves=4,
)
KEYS = sorted({*TASK, *MACHINE, *V2, "error", "errors", "operation", "id", "started", "ended", "error_code", "state"})


@settings(deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_reply_ends_in_a_traceback(row: dict[str, Any]) -> None:
    parsers = (actions.parse_v1, actions.parse_v2, actions.parse_crdb_task, actions.parse_node_action)
    for parse in parsers:
        public = parse(row).public()
        assert public["state"] in ("pending", "running", "succeeded", "failed", "canceled")
    actions.parse_bootstrap({"bootstrap_status": row, "local_node_info": row})
    actions.parse_transfers(dict(row, uid=1))


@pytest.mark.parametrize(
    ("kind", "wanted", "same"),
    [
        ("SMCreateBDB", "bdb_create", True),
        ("SMCreateBDB", "sm_create_bdb", True),
        ("SMDeleteBDB", "bdb_create", False),
        ("database_import", "bdb_import", True),
        ("create_crdb", "crdb_create", True),
        ("remove", "node_remove", True),
        ("bootstrap", "node_join", True),
        ("creating_cluster", "node_join", False),
        ("SMSomethingNew", "smsomethingnew", True),
    ],
)
def test_kinds(kind: str, wanted: str, same: bool) -> None:
    assert is_kind(kind, wanted) is same


def test_sources() -> None:
    everything = {"actions", "transfers", "crdb", "nodes", "cluster", "bootstrap"}
    assert sources({}) == everything
    assert sources_of("SMSomethingNew") == everything
    assert sources({"name": ["bdb_create"]}) == {"actions"}
    assert sources({"name": ["bdb_create", "crdb_create"]}) == {"actions", "crdb"}
    assert sources({"name": ["bdb_import"]}) == {"actions", "transfers"}
    assert sources({"object_type": ["cluster"]}) == {"actions", "cluster"}
    assert sources({"action_type": ["crdb-task"], "object_type": ["bdb"]}) == set()
