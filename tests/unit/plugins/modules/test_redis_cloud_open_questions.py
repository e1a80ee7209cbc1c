# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is not established about Redis Cloud: the same story has to come out well under every reading."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.cloud.options import CloudOptions
from unit.cloud_samples import SUBSCRIPTION
from unit.cloud_world import Account
from unit.harness import Bench

# Options that are no question of how the service behaves
SETTINGS = {"payment_required"}
# Durations whose extremes are readings of their own
MORE: list[dict[str, Any]] = [
    {"task_404_seconds": 31.0},
    {"task_404_seconds": 0.0},
    {"task_visible_seconds": 20.0},
    {"resource_visible_seconds": 30.0},
    {"creation_database_listed_seconds": 60.0, "creation_database_seconds": 30.0},
    {"public_access_seconds": 30.0},
    {"flip_every": 1, "flip_seconds": 90.0, "flip_on_update": True},
    {"update_visible_late": True, "database_update_seconds": 100.0},
    {"database_delete_seconds": 100.0, "name_free_at_once": False},
    {"processing_seconds": 0.0},
    {"subscription_seconds": 0.0, "database_seconds": 0.0, "database_update_seconds": 0.0},
    {"database_delete_status": "deleting"},
    {"provisioning_states": ["rcp-draft", "dynamic-endpoints-creation-pending", "invented"]},
    {"rate_limit": 20},
]


def readings() -> Iterator[dict[str, Any]]:
    """Every value of every option that has a closed list of them."""
    for option in dataclasses.fields(CloudOptions):
        if option.name in SETTINGS:
            continue
        if option.metadata.get("choices"):
            yield from ({option.name: value} for value in option.metadata["choices"])
        elif isinstance(option.default, bool):
            yield from ({option.name: value} for value in (False, True))
    yield from MORE


@pytest.mark.parametrize("reading", list(readings()), ids=str)
def test_story_of_a_subscription(bench: Bench, reading: dict[str, Any]) -> None:
    bench.options("cloud", **reading)
    account = Account(bench)
    subscription = {**SUBSCRIPTION, "public_endpoint_access": True}
    assert bench.ok("redis_cloud_subscription", subscription).changed
    assert bench.ok("redis_cloud_subscription", subscription).writes == []
    cache: dict[str, Any] = {"subscription_name": "main", "name": "cache", "dataset_size_in_gb": 1}
    assert bench.ok("redis_cloud_database", cache).changed
    assert bench.ok("redis_cloud_database", cache).writes == []
    cache.update(dataset_size_in_gb=2, source_ip=["192.0.2.0/24"], alerts=[{"name": "latency", "value": 9}])
    assert bench.ok("redis_cloud_database", cache).changed
    again = bench.ok("redis_cloud_database", cache)
    assert again.writes == []
    assert not again.changed
    assert account.names() == ["cache", "first"]
    if reading.get("public_access_shown", True):
        # what the service does not show cannot be compared
        assert bench.ok("redis_cloud_subscription", {**subscription, "public_endpoint_access": False}).changed
    assert bench.ok("redis_cloud_database", {**cache, "state": "absent"}).changed
    assert bench.ok("redis_cloud_database", {**cache, "state": "absent"}).writes == []
    gone = {"name": "main", "state": "absent", "delete_databases": True}
    assert bench.ok("redis_cloud_subscription", gone).changed
    assert bench.ok("redis_cloud_subscription", gone).writes == []
    assert account.subscriptions() == []


@pytest.mark.parametrize("style", ["task", "http"])
def test_name_that_is_taken_by_something_not_listed_yet(bench: Bench, style: str) -> None:
    bench.options("cloud", duplicate_name=style, resource_visible_seconds=40.0, finished_tasks_listed=False)
    account = Account(bench)
    home = account.seed()
    account.start_database(home, "cache")
    bench.pass_time(8)
    run = bench.ok("redis_cloud_database", subscription_id=home, name="cache", dataset_size_in_gb=1)
    assert run["database"]["status"] == "active"
    assert account.names() == ["cache"]


@pytest.mark.parametrize("style", ["task", "http"])
def test_subscription_that_is_pending_when_the_create_arrives(bench: Bench, style: str) -> None:
    bench.options("cloud", subscription_not_active=style, flip_every=1, flip_seconds=200.0)
    account = Account(bench)
    home = account.seed()
    account.start_database(home, "theirs")
    run = bench.ok("redis_cloud_database", subscription_id=home, name="cache", dataset_size_in_gb=1)
    assert run.changed
    assert account.names() == ["cache", "theirs"]


@pytest.mark.parametrize("choice", ["refuse", "ignore"])
def test_modules_of_redis_8(bench: Bench, choice: str) -> None:
    bench.options("cloud", explicit_modules=choice)
    home = Account(bench).seed()
    options = {
        "subscription_id": home,
        "name": "cache",
        "dataset_size_in_gb": 1,
        "modules": [{"name": "RedisJSON"}],
    }
    run = bench.run("redis_cloud_database", options)
    assert run.failed == (choice == "refuse")
    if choice == "refuse":
        assert "DATABASE_EXPLICIT_MODULES_NOT_SUPPORTED_FOR_THIS_REDIS_VERSION" in run.message
    else:
        assert bench.ok("redis_cloud_database", options).writes == []


@pytest.mark.parametrize("unknown", ["task", "http"])
def test_deleted_by_somebody_else_in_between(bench: Bench, unknown: str) -> None:
    bench.options("cloud", unknown_resource=unknown)
    account = Account(bench)
    home = account.seed(databases=[{"name": "cache"}])
    known = account.databases()[0]["id"]
    # their deletion is done, but the list that we read is an old one
    stale = account.call("GET", f"/subscriptions/{home}/databases")
    account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
    bench.pass_time(60)
    bench.fault("rewrite", method="GET", path=f"/subscriptions/{home}/databases$", set=stale)
    run = bench.ok("redis_cloud_database", subscription_id=home, name="cache", state="absent")
    assert account.subscriptions()[0]["databases"] == []
    assert not bench.ok("redis_cloud_database", subscription_id=home, name="cache", state="absent").changed
    assert run["database"] is None or run["database"]["name"] == "cache"
