# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of one resource of every kind, from the first check to the last repeated deletion, in playbooks."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from integration.world import SPEED, Play, World, step

pytestmark = pytest.mark.fast_clock

# Long enough for the create to be sent on a busy machine, and over before it is done; in real and in simulated seconds
TIMEOUT = 5
SLOW = 9.0 * SPEED


@dataclasses.dataclass(frozen=True)
class Story:
    """``task`` creates it, ``update`` changes it, ``reset`` holds nulls; each is laid over the one before.

    :param absent: a task that deletes what ``task`` creates.
    :param handle: module and option that take over a wait, and the expression for the handle in a result.
    :param failing: options of the simulator with which creating "bad" fails. :param slow: with which all takes long.
    """

    module: str
    product: str
    task: dict[str, Any]
    update: dict[str, Any]
    reset: dict[str, Any]
    absent: dict[str, Any]
    handle: tuple[str, str, str]
    failing: dict[str, Any]
    slow: dict[str, Any]
    seed: dict[str, Any] = dataclasses.field(default_factory=dict)

    def named(self, name: str) -> dict[str, Any]:
        """A task for a resource of another name."""
        if "name" in self.task:
            return {**self.task, "name": name}
        return {**self.task, "databases": [{**self.task["databases"][0], "name": name}]}

    def deletion(self) -> dict[str, Any]:
        return self.absent if "name" not in self.absent else {**self.absent, "state": "absent"}


REGION = {"provider": "AWS", "regions": [{"region": "us-east-1"}]}
QUICK: dict[str, Any] = {"wait_interval": 2}
CLOUD_HANDLE = ("redis_cloud_task", "task_id", "{{ slow.task.id }}")
STORIES = {
    "cloud subscription": Story(
        "redis_cloud_subscription",
        "cloud",
        {
            "name": "main",
            "cloud_providers": [REGION],
            "databases": [
                {"name": "one", "dataset_size_in_gb": 1},
                {"name": "two", "dataset_size_in_gb": 0.5},
            ],
            "public_endpoint_access": True,
        },
        {"public_endpoint_access": False},
        {"public_endpoint_access": None},
        {"name": "main", "delete_databases": True},
        CLOUD_HANDLE,
        {"fail_processing": "^bad$"},
        {"subscription_seconds": SLOW},
    ),
    "cloud database": Story(
        "redis_cloud_database",
        "cloud",
        {
            "subscription_name": "main",
            "name": "cache",
            "dataset_size_in_gb": 1,
            "password": "a-password-of-ours",
            "throughput_measurement": {"by": "operations-per-second", "value": 2000},
        },
        {
            "dataset_size_in_gb": 2,
            "data_persistence": "aof-every-1-second",
            "source_ip": ["192.0.2.0/24"],
            "alerts": [{"name": "dataset-size", "value": 80}],
        },
        {"alerts": None, "data_persistence": None},
        {"subscription_name": "main", "name": "cache"},
        CLOUD_HANDLE,
        {"fail_processing": "^bad$"},
        {"database_seconds": SLOW},
        {"subscriptions": [{"request": {"name": "main"}}]},
    ),
    "cloud databases": Story(
        "redis_cloud_databases",
        "cloud",
        {
            "subscription_name": "main",
            "databases": [
                {"name": "one", "dataset_size_in_gb": 1, "data_persistence": "aof-every-1-second"},
                {"name": "two", "dataset_size_in_gb": 1, "alerts": [{"name": "dataset-size", "value": 80}]},
            ],
        },
        {
            "databases": [
                {"name": "one", "dataset_size_in_gb": 2, "data_persistence": "aof-every-1-second"},
                {"name": "two", "dataset_size_in_gb": 1},
                {"name": "three", "dataset_size_in_gb": 1},
            ]
        },
        {
            "databases": [
                {"name": "one", "data_persistence": None},
                {"name": "two", "alerts": None},
                {"name": "three"},
            ]
        },
        {
            "subscription_name": "main",
            "databases": [{"name": name, "state": "absent"} for name in ("one", "two", "three")],
        },
        ("redis_cloud_task", "task_id", "{{ slow.results[0].task.id }}"),
        {"fail_processing": "^bad$"},
        {"database_seconds": SLOW},
        {"subscriptions": [{"request": {"name": "main"}}]},
    ),
    "enterprise database": Story(
        "redis_enterprise_database",
        "enterprise",
        {
            "name": "cache",
            "memory_size": "1GB",
            "authentication_redis_pass": "a-password-of-ours",
            "tags": [{"key": "team", "value": "web"}],
        },
        {"memory_size": "2GB", "eviction_policy": "allkeys-lru"},
        {"tags": None},
        {"name": "cache"},
        ("redis_enterprise_action", "bdb_uid", "{{ slow.action.resource_id }}"),
        {"fail_create_names": "^bad$"},
        {"create_seconds": SLOW},
    ),
    "enterprise databases": Story(
        "redis_enterprise_databases",
        "enterprise",
        {
            "databases": [
                {"name": "one", "memory_size": "1GB", "tags": [{"key": "team", "value": "web"}]},
                {"name": "two", "memory_size": "1GB", "authentication_redis_pass": "a-password-of-ours"},
            ],
        },
        {
            "databases": [
                {"name": "one", "memory_size": "2GB", "tags": [{"key": "team", "value": "web"}]},
                {"name": "two", "memory_size": "1GB", "eviction_policy": "allkeys-lru"},
                {"name": "three", "memory_size": "1GB"},
            ]
        },
        {
            "databases": [
                {"name": "one", "tags": None},
                {"name": "two", "eviction_policy": None},
                {"name": "three"},
            ]
        },
        {"databases": [{"name": name, "state": "absent"} for name in ("one", "two", "three")]},
        ("redis_enterprise_action", "bdb_uid", "{{ slow.results[0].action.resource_id }}"),
        {"fail_create_names": "^bad$"},
        {"create_seconds": SLOW},
    ),
}


@pytest.mark.every_core
@pytest.mark.parametrize("name", list(STORIES))
def test_story(world: World, name: str) -> None:
    story = STORIES[name]
    if story.seed:
        world.seed(story.product, **story.seed)
    play = world.play(life(story))
    check(play)


def life(story: Story) -> list[dict[str, Any]]:
    """The tasks of a story."""
    module, task = story.module, story.task
    changed = {**task, **story.update}
    cleared = {**changed, **story.reset}
    gone = story.deletion()
    taker, option, handle = story.handle
    return [
        step("told: created", module, task, check=True, diff=True),
        step("created", module, task, diff=True, **QUICK),
        step("created again", module, task, diff=True),
        step("told: updated", module, changed, check=True, diff=True),
        step("updated", module, changed, diff=True, **QUICK),
        step("updated again", module, changed, diff=True),
        step("told: reset", module, cleared, check=True, diff=True),
        step("reset", module, cleared, diff=True, **QUICK),
        step("reset again", module, cleared, diff=True),
        step(
            "bad",
            module,
            story.named("bad"),
            fails=True,
            simulator={"options": {story.product: story.failing}},
            **QUICK,
        ),
        step(
            "slow",
            module,
            story.named("slow"),
            fails=True,
            wait_timeout=TIMEOUT,
            keywords={"register": "slow"},
            simulator={"options": {story.product: story.slow}},
        ),
        step("resumed", taker, {option: handle}, **QUICK),
        step("resumed again", module, story.named("slow"), **QUICK),
        step("told: gone", module, gone, check=True, diff=True),
        step("gone", module, gone, diff=True, **QUICK),
        step("gone again", module, gone, diff=True),
        step("told: gone again", module, gone, check=True, diff=True),
    ]


def check(play: Play) -> None:
    """What has to be true of every story."""
    for kind in ("created", "updated", "reset", "gone"):
        told, done, again = play[f"told: {kind}"], play[kind], play[f"{kind} again"]
        assert told.writes == []
        assert told.changed, kind
        assert done.changed, kind
        assert done.writes, kind
        assert told["diff"] == done["diff"], kind
        assert not again.changed, kind
        assert again.writes == [], kind
        assert again["diff"] == {"before": {}, "after": {}}
    bad = play["bad"]
    assert bad.failed
    assert "PROVISION_FAILURE" in bad.message or "Not enough memory" in bad.message
    slow = play["slow"]
    assert slow.failed
    assert slow.changed
    assert f"after {TIMEOUT} seconds (wait_timeout)" in slow.message
    assert not play["resumed"].failed
    assert play["resumed"].writes == []
    assert play["resumed again"].writes == []
    assert not play["resumed again"].changed
    assert play["told: gone again"].writes == []
    assert not play["told: gone again"].changed
    assert [found.warnings for found in play.steps if found.warnings] == []


def test_whole_play_on_an_empty_account_and_cluster(world: World) -> None:
    """What check mode says of tasks that build on each other is what a run then does; so with their deletion."""
    cloud, enterprise = {"dataset_size_in_gb": 1}, {"memory_size": "1GB"}
    pairs = [
        ("redis_cloud_subscription", {**STORIES["cloud subscription"].task, "delete_databases": True}),
        ("redis_cloud_database", {"subscription_name": "main", "name": "three", **cloud, "enable_default_user": False}),
        (
            "redis_cloud_databases",
            {
                "subscription_name": "main",
                "databases": [
                    {"name": "four", **cloud, "password": "a-password"},
                    {"name": "five", **cloud, "data_persistence": "none"},
                ],
            },
        ),
        ("redis_enterprise_database", {"name": "one", **enterprise, "port": 12345}),
        (
            "redis_enterprise_databases",
            {"databases": [{"name": "two", **enterprise}, {"name": "three", **enterprise, "port": 0}]},
        ),
    ]
    present = [step(module, module, task, **QUICK) for module, task in pairs]
    absent = [step(module, module, gone(task), **QUICK) for module, task in reversed(pairs)]
    for tasks in (present, absent):
        told = world.play(tasks, arguments=["--check", "--diff"])
        done = world.play(tasks, arguments=["--diff"])
        again = world.play(tasks, arguments=["--diff"])
        for module, _task in pairs:
            assert told[module].writes == [], module
            assert told[module].changed, module
            assert done[module].changed, module
            assert told[module]["diff"] == done[module]["diff"], module
            assert again[module].writes == [], module
            assert not again[module].changed, module


def gone(task: dict[str, Any]) -> dict[str, Any]:
    """The task that deletes what ``task`` creates."""
    if "name" in task:
        return {**task, "state": "absent"}
    return {**task, "databases": [{**item, "state": "absent"} for item in task["databases"]]}
