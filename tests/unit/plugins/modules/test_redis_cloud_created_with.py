# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A subscription that is created together with its databases, and redis_cloud_databases right after it, as the role does it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._cloud.database import CREATION_FIELDS
from unit.cloud_samples import DATABASE, DATABASE_SAMPLES, SUBSCRIPTION
from unit.fleet_world import changed
from unit.harness import Bench, Run

MODULE = "redis_cloud_databases"
TAKEN = {field.name for field in CREATION_FIELDS}
# Active-Active only, which these modules refuse
TESTED = sorted(set(DATABASE_SAMPLES) - {"local_throughput_measurement"})


def databases(bench: Bench, wanted: list[dict[str, Any]], **more: Any) -> Run:
    task = {"subscription_name": "main", "databases": wanted, "created_with_subscription": True}
    return bench.ok(MODULE, task, diff=True, **more)


def subscription(bench: Bench, wanted: list[dict[str, Any]], account: dict[str, Any]) -> Run:
    created = [{key: value for key, value in item.items() if key in TAKEN} for item in wanted]
    return bench.ok("redis_cloud_subscription", {**SUBSCRIPTION, **account, "databases": created})


@pytest.mark.parametrize("which", ["first", "second"])
@pytest.mark.parametrize("name", TESTED)
def test_check_mode_tells_what_is_left_to_change(bench: Bench, name: str, which: str) -> None:
    sample = DATABASE_SAMPLES[name]
    item = {**DATABASE, **sample.needs, name: getattr(sample, which)}
    for other in sample.without:
        del item[other]
    bench.options("cloud", **sample.options)
    told = databases(bench, [item], check=True)
    account = {"memory_storage": "ram-and-flash"} if sample.account else {}
    subscription(bench, [item], account)
    # this is the run after the creation, in which what cannot be compared is sent, too
    task = {"subscription_name": "main", "databases": [item], "update_password": "always"}
    done = bench.ok(MODULE, task, diff=True)
    assert changed(told) == changed(done)
    after = [run["results"][0]["diff"]["after"] for run in (told, done)]
    assert after[0] == after[1]
    again = databases(bench, [item])
    assert not again.changed
    assert again.writes == []


def test_every_database_for_itself(bench: Bench) -> None:
    wanted: list[dict[str, Any]] = [
        {"name": "plain", "dataset_size_in_gb": 1, "data_persistence": "aof-every-1-second"},
        {"name": "secret", "dataset_size_in_gb": 1, "password": "canary-one"},
        {"name": "default", "dataset_size_in_gb": 1, "data_eviction_policy": "volatile-lru", "alerts": None},
        {"name": "gone", "state": "absent"},
    ]
    told = databases(bench, wanted, check=True)
    assert changed(told) == ["secret"]
    assert told["diff"]["before"] == {}
    assert list(told["diff"]["after"]["secret"]) == ["password"]
    assert "canary" not in str(told.result)
    created = [{key: value for key, value in item.items() if key in TAKEN} for item in wanted[:3]]
    bench.ok("redis_cloud_subscription", {**SUBSCRIPTION, "databases": created})
    done = databases(bench, wanted)
    assert changed(done) == ["secret"]
    assert [request.method for request in done.writes] == ["PUT"]
    assert not databases(bench, wanted).changed


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"name": "cache"}, "dataset_size_in_gb or memory_limit_in_gb is required"),
        ({**DATABASE, "password": "x" * 50}, "shorter than 50 characters"),
        ({**DATABASE, "replica_of": [], "replica": {"sync_sources": []}}, "only one of replica"),
    ],
)
def test_what_a_create_would_refuse_is_known_before(bench: Bench, item: dict[str, Any], reason: str) -> None:
    task = {"subscription_name": "main", "databases": [item], "created_with_subscription": True}
    run = bench.fails(MODULE, task, check=True)
    assert reason in run.message
    assert run.writes == []
