# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks and actions in playbooks: listing, filtering, waiting for them, and trying to cancel them."""

from __future__ import annotations

from typing import Any

import pytest
from integration.world import SPEED, World, step

# Simulated seconds that do not end while a test runs
FOR_EVER = 3600.0 * SPEED
GONE_ON: dict[str, Any] = {"keywords": {"register": "requested"}, "wait": False}


def test_task_that_goes_on(world: World) -> None:
    home = world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])["subscriptions"][0]["id"]
    world.options("cloud", processing_seconds=FOR_EVER)
    database = {"subscription_id": home, "name": "cache", "dataset_size_in_gb": 1}
    task_id = "{{ requested.task.id }}"
    play = world.play(
        [
            step("requested", "redis_cloud_database", database, **GONE_ON),
            step("cancel", "redis_cloud_task", task_id=task_id, state="canceled", fails=True),
            step(
                "told: cancel", "redis_cloud_task", task_id=task_id, state="canceled", fails=True, check=True
            ),
            step("busy", "redis_cloud_task_info", state=["pending", "running"]),
        ]
    )
    for name in ("cancel", "told: cancel"):
        assert "Redis Cloud cannot cancel a task" in play[name].message
        assert "state=absent" in play[name].message
        assert play[name].writes == []
        assert not play[name].changed
    assert [found["id"] for found in play["busy"]["tasks"]] == [play["requested"]["task"]["id"]]


def test_tasks_that_end(world: World) -> None:
    home = world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])["subscriptions"][0]["id"]
    world.options("cloud", fail_processing="^bad$")
    bad, good = (
        world.call("cloud", "POST", f"/subscriptions/{home}/databases", {"name": name, "datasetSizeInGb": 1})[
            "taskId"
        ]
        for name in ("bad", "good")
    )
    play = world.play(
        [
            step("failed", "redis_cloud_task", task_id=bad, fails=True, wait_interval=2),
            step("waited", "redis_cloud_task", task_ids=[good], wait_interval=2),
            step("all", "redis_cloud_task_info"),
            step("one", "redis_cloud_task_info", task_id=good),
            step(
                "wrong", "redis_cloud_task_info", state="failed", command_type="database create", since="1d"
            ),
            step("told", "redis_cloud_task_info", state=["succeeded"], check=True),
        ]
    )
    assert "PROVISION_FAILURE: 500 INTERNAL_SERVER_ERROR" in play["failed"].message
    assert play["waited"]["task"]["settled"] is True
    assert {found["id"] for found in play["all"]["tasks"]} == {bad, good}
    assert [found["state"] for found in play["one"]["tasks"]] == ["succeeded"]
    assert [found["id"] for found in play["wrong"]["tasks"]] == [bad]
    assert play["wrong"]["tasks"][0]["error"]["code"] == "PROVISION_FAILURE"
    assert [found["id"] for found in play["told"]["tasks"]] == [good]
    assert [found.name for found in play.steps if found.writes or found.changed] == []


@pytest.mark.parametrize("version", ["7.4", "8.2"])
def test_actions(world: World, version: str) -> None:
    world.options("enterprise", version=version, create_seconds=FOR_EVER, node_action_seconds=FOR_EVER)
    world.call("enterprise", "POST", "/v1/nodes/3/actions/remove", {})
    database = {"memory_size": "1GB", "redis_version": "7.2"}
    uid = "{{ requested.action.id }}"
    bdb_uid = "{{ requested.action.resource_id }}"
    quick = {"options": {"enterprise": {"create_seconds": 10.0}}}
    node: dict[str, Any] = {"node_uid": 3, "node_action": "remove", "state": "canceled"}
    play = world.play(
        [
            step("slow one", "redis_enterprise_database", database, name="slow", **GONE_ON),
            step("busy", "redis_enterprise_action_info", state=["pending", "running"]),
            step("creations", "redis_enterprise_action_info", name="bdb_create"),
            step("of a database", "redis_enterprise_action_info", bdb_uid=bdb_uid),
            step("no such cancel", "redis_enterprise_action", action_uid=uid, state="canceled", fails=True),
            step(
                "quick one", "redis_enterprise_database", database, name="quick", simulator=quick, **GONE_ON
            ),
            step("waited", "redis_enterprise_action", action_uid=uid, bdb_uid=bdb_uid, wait_interval=2),
            step("told: canceled", "redis_enterprise_action", node, check=True),
            step("canceled", "redis_enterprise_action", node, wait_interval=2),
            step("canceled again", "redis_enterprise_action", node),
        ]
    )
    slow = play["slow one"]["action"]["id"]
    assert slow in [found["id"] for found in play["busy"]["actions"]]
    assert [found["id"] for found in play["creations"]["actions"]] == [slow]
    assert slow in [found["id"] for found in play["of a database"]["actions"]]
    assert play["no such cancel"].failed
    assert "othing was changed" in play["no such cancel"].message
    assert not play["no such cancel"].changed
    assert not play["waited"].changed
    quick_uid = play["quick one"]["action"]["resource_id"]
    assert world.call("enterprise", "GET", f"/v1/bdbs/{quick_uid}")["status"] == "active"
    assert play["told: canceled"].changed
    assert play["told: canceled"].writes == []
    assert play["canceled"].changed
    assert play["canceled"].writes == ["DELETE /v1/nodes/3/actions/remove"]
    assert not play["canceled again"].changed
    assert play["canceled again"].writes == []
