# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of every module run as they stand in its documentation, and a second run of each changes nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from integration.world import NAMESPACE, ROOT, SPEED, World

pytestmark = pytest.mark.fast_clock

MODULES = sorted(file.stem for file in (ROOT / "plugins" / "modules").glob("redis_*.py"))
WAITING = ("redis_cloud_task", "redis_enterprise_action")
NODE = "/v1/nodes/3/actions/remove"


def examples(module: str) -> str:
    """The EXAMPLES of a module, as text."""
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES":
            text = ast.literal_eval(node.value)
            assert isinstance(text, str)
            return text
    raise AssertionError(f"{module} has no EXAMPLES")


# What an example takes for granted: a function of the world that returns what to put in the place of words in its text.


def nothing(_world: World) -> dict[str, str]:
    return {}


def production(world: World) -> dict[str, str]:
    world.seed(
        "cloud", subscriptions=[{"request": {"name": "production"}, "databases": [{"name": "old-cache"}]}]
    )
    return {}


def task_of_an_earlier_job(world: World) -> dict[str, str]:
    known = world.seed("cloud", subscriptions=[{"request": {"name": "production"}}])["subscriptions"][0]["id"]
    body = {"name": "earlier", "datasetSizeInGb": 1}
    task = world.call("cloud", "POST", f"/subscriptions/{known}/databases", body)["taskId"]
    return {"784299af-17ea-4ed6-b08f-dd643238c8dd": task}


def payment(world: World) -> dict[str, str]:
    world.options("cloud", payment_methods=[8240])
    return {}


def busy_cluster(world: World) -> dict[str, str]:
    """A node on its way out and an Active-Active database in the making, both slow enough to be cancelled."""
    world.options("enterprise", node_action_seconds=60.0 * SPEED, crdb_task_seconds=60.0 * SPEED)
    world.call("enterprise", "POST", NODE, {})
    clusters = [
        {
            "cluster": {
                "name": name,
                "url": f"https://{name}:9443",
                "credentials": {"username": "u", "password": "p"},
            }
        }
        for name in ("cluster.example.com", "other.example.com")
    ]
    config = {"memory_size": 1024**3, "port": 12345}
    body = {"name": "global", "instances": clusters, "default_db_config": config}
    task = world.call("enterprise", "POST", "/v1/crdbs", body)["id"]
    return {"5901ab5d-5ab7-4a2f-8e94-6ba0aefb4cae": task}


def finished_action(world: World) -> dict[str, str]:
    uid = world.call("enterprise", "POST", "/v1/bdbs", {"name": "cache", "memory_size": 1024**3})[
        "action_uid"
    ]
    return {"04d7b6ea-f377-4d40-9b23-9a8f291988df": uid}


BEFORE: dict[str, Callable[[World], dict[str, str]]] = {
    "redis_cloud_subscription": payment,
    "redis_cloud_database": production,
    "redis_cloud_database_info": production,
    "redis_cloud_databases": production,
    "redis_cloud_task": task_of_an_earlier_job,
    "redis_enterprise_action": busy_cluster,
    "redis_enterprise_action_info": finished_action,
}


def twice(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each task, and the same once more without keeping the result."""
    doubled = []
    for task in tasks:
        if "block" in task:
            doubled.append({**task, "block": twice(task["block"])})
            continue
        again = {key: value for key, value in task.items() if key != "register"}
        doubled += [task, {**again, "name": f"again: {task['name']}"}]
    return doubled


def uses(task: dict[str, Any], modules: tuple[str, ...]) -> bool:
    return any(NAMESPACE + module in task for module in modules)


@pytest.mark.parametrize("module", MODULES)
def test_examples_run_and_repeat(world: World, module: str) -> None:
    text = examples(module)
    for word, value in BEFORE.get(module, nothing)(world).items():
        assert word in text
        text = text.replace(word, value)
    text = text.replace("https://cluster.example.com:9443", world.ready["enterprise_url"])
    text = text.replace("/etc/ssl/cluster.example.com.pem", world.ca_path)
    tasks = yaml.safe_load(text)
    passwords = {
        "cluster_password": world.ready["enterprise"]["password"],
        "sessions_password": "one-password",
        "new_sessions_password": "another-password",
        "backup_key_id": "an-id",
        "backup_key": "a-key",
    }
    play = world.play(twice(tasks), vars=passwords, environment={"REDIS_ENTERPRISE_CA_CERT": world.ca_path})
    assert len(play.steps) >= 2 * len(tasks) > 0
    for found in play.steps:
        assert found.status in ("ok", "skipped"), found.name
        always = "that the cluster does not tell" in found.name
        if found.name.startswith("again: ") and not always:
            assert found.writes == [], found.name
            assert not found.changed, found.name
        # that there is nothing left to cancel is said in a warning
        assert found.warnings == [] or found.name.startswith(("again: Stop", "again: Cancel")), found.name
