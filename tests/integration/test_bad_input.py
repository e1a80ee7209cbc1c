# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in a playbook and around it: one clear sentence that names the option or the host, and nothing changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import trustme
from integration.world import World, step

UUID = "11111111-2222-4333-8444-555555555555"
REGION = {"regions": [{"region": "us-east-1"}]}


@dataclasses.dataclass(frozen=True)
class Case:
    """A module with options that would do. ``wrong``: options laid over them, and words of the refusal."""

    options: dict[str, Any]
    wrong: list[tuple[dict[str, Any], str]]


def entries(**wrong: Any) -> dict[str, Any]:
    """A list of databases, the second of which has something wrong about it."""
    return {"databases": [{"name": "good"}, {"name": "cache", **wrong}]}


CLOUD_SIZES = {"dataset_size_in_gb": 1, "memory_limit_in_gb": 1}
CASES: dict[str, Case] = {
    "redis_cloud_subscription": Case(
        {"name": "main", "cloud_providers": [REGION], "databases": [{"name": "cache", "dataset_size_in_gb": 1}]},
        [
            ({"payment_method": "cash"}, "payment_method"),
            ({"databases": [{"name": "cache", "dataset_size_in_gb": 0}]}, "databases[cache].dataset_size_in_gb must be at least 0.1"),
            ({"databases": [{"name": "cache", **CLOUD_SIZES}]}, "exactly one of dataset_size_in_gb and memory_limit_in_gb"),
            ({"databases": [{"name": "cache", "dataset_size_in_gb": 1, "port": 80}]}, "databases[cache].port must be between 10000 and 19999"),
            ({"databases": [{"name": "under_score", "dataset_size_in_gb": 1}]}, "name must be at most 40 letters"),
            ({"databases": [{"name": "cache", "data_persistence": "always"}]}, "(databases[cache])"),
            ({"name": ""}, "name must not be empty"),
            ({"cloud_providers": [REGION, REGION]}, "cloud_providers takes exactly one entry"),
            ({"name": None}, "name, subscription_id"),
        ],
    ),
    "redis_cloud_subscription_info": Case({}, [({"subscription_id": "main"}, "subscription_id")]),
    "redis_cloud_database": Case(
        {"subscription_id": 120001, "name": "cache", "dataset_size_in_gb": 1},
        [
            ({"data_persistence": "always"}, "data_persistence"),
            ({"dataset_size_in_gb": 0}, "dataset_size_in_gb must be at least 0.1"),
            ({"memory_limit_in_gb": 1}, "dataset_size_in_gb|memory_limit_in_gb"),
            ({"port": 80}, "port must be between 10000 and 19999"),
            ({"name": "no_underscores"}, "name must be at most 40 letters"),
            ({"alerts": [{"name": "noise", "value": 1}]}, "(alerts[noise])"),
        ],
    ),
    "redis_cloud_databases": Case(
        {"subscription_id": 120001, "databases": [{"name": "cache", "dataset_size_in_gb": 1}]},
        [
            (entries(data_persistence="always"), "found in databases (databases[cache])"),
            (entries(dataset_size_in_gb=0), "databases[cache].dataset_size_in_gb must be at least 0.1"),
            (entries(**CLOUD_SIZES), "databases[cache]: only one of dataset_size_in_gb and memory_limit_in_gb"),
            (entries(port=80), "databases[cache].port must be between 10000 and 19999"),
            (entries(name="no_underscores"), "databases[no_underscores].name must be at most 40 letters"),
            (entries(name="good"), "databases names good more than once"),
            ({"databases": [{"dataset_size_in_gb": 1}]}, "(databases[0])"),
            ({"databases": [], "purge": True}, "purge_all"),
        ],
    ),
    "redis_cloud_database_info": Case(
        {"subscription_id": 120001},
        [
            ({"subscription_name": "main"}, "subscription_id|subscription_name"),
            ({"name": "cache", "database_id": 1}, "name|database_id"),
        ],
    ),
    "redis_cloud_task": Case(
        {"task_id": UUID},
        [
            ({"state": "done"}, "state"),
            ({"task_ids": [UUID]}, "task_id|task_ids"),
            ({"task_id": ""}, "task_id must not be empty"),
        ],
    ),
    "redis_cloud_task_info": Case({}, [({"state": "done"}, "state"), ({"since": "yesterday"}, "since")]),
    "redis_enterprise_database": Case(
        {"name": "cache", "memory_size": "1GB"},
        [
            ({"data_persistence": "always"}, "data_persistence"),
            ({"memory_size": -1}, "memory_size"),
            ({"shards_count": 0}, "shards_count must be between 1 and 512"),
            ({"uid": 1, "create_uid": 2}, "uid|create_uid"),
            ({"port": 80}, "port must be"),
            ({"name": "no_underscores"}, "name must be"),
        ],
    ),
    "redis_enterprise_databases": Case(
        {"databases": [{"name": "cache", "memory_size": "1GB"}]},
        [
            (entries(data_persistence="always"), "found in databases (databases[cache])"),
            (entries(memory_size=-1), "(databases[cache])"),
            (entries(shards_count=0), "databases[cache].shards_count must be between 1 and 512"),
            (entries(use_nodes=["1"], avoid_nodes=["2"]), "databases[cache]: only one of use_nodes and avoid_nodes"),
            (entries(port=80), "databases[cache].port must be"),
            (entries(name="no_underscores"), "databases[no_underscores].name must be"),
            (entries(oss_cluster=True, hash_slots_policy="legacy"), "databases[cache]: oss_cluster=true"),
            (entries(extra={"status": "active"}), "databases[cache]: extra.status"),
        ],
    ),
    "redis_enterprise_database_info": Case({}, [({"name": "cache", "uid": 1}, "name|uid")]),
    "redis_enterprise_action": Case(
        {"action_uid": UUID},
        [
            ({"state": "done"}, "state"),
            ({"action_uids": [UUID]}, "action_uid|action_uids"),
            ({"node_uid": 1, "node_action": "explode"}, "node_action"),
        ],
    ),
    "redis_enterprise_action_info": Case(
        {}, [({"state": "done"}, "state"), ({"action_uid": UUID, "bdb_uid": 1}, "action_uid|bdb_uid")]
    ),
}
MISSING = {"cloud": ("api_key", "api_secret_key"), "enterprise": ("api_url", "api_username", "api_password")}
MESSAGE_LIMIT = 900


def product_of(module: str) -> str:
    return module.split("_")[1]


def is_clear(message: str) -> bool:
    """One paragraph of ordinary length, without a trace of the code."""
    return 0 < len(message) < MESSAGE_LIMIT and "\n" not in message and "Traceback" not in message


@pytest.mark.every_core
@pytest.mark.parametrize("module", list(CASES))
def test_wrong_values(world: World, module: str) -> None:
    """What can be known beforehand is refused before anything is sent."""
    case = CASES[module]
    tasks = [step(f"{number}", module, {**case.options, **wrong}, fails=True) for number, (wrong, _words) in enumerate(case.wrong)]
    play = world.play([*tasks, step("unknown option", module, {**case.options, "nonsense": 1}, fails=True)])
    for found, (wrong, words) in zip(play.steps, [*case.wrong, ({}, "nonsense")], strict=True):
        assert found.failed, wrong
        assert words in found.message
        # with an unknown option ansible-core lists all that there are
        assert is_clear(found.message) or words == "nonsense"
        assert found.requests == []
        assert not found.changed


@pytest.mark.parametrize("product", list(MISSING))
def test_missing_credentials(world: World, product: str) -> None:
    group = f"group/community.redis.{product}"
    cases = [(module, name) for module in CASES if product_of(module) == product for name in MISSING[product]]
    tasks = []
    for module, name in cases:
        given = {key: value for key, value in world.defaults[group].items() if key != name}
        tasks.append(step(f"{module} without {name}", module, {**given, **CASES[module].options}, fails=True))
    play = world.play(tasks, defaults={})
    for found, (_module, name) in zip(play.steps, cases, strict=True):
        assert found.failed, found.name
        assert name in found.message
        assert is_clear(found.message)
        assert found.requests == []


@pytest.mark.parametrize("module", list(CASES))
def test_unreachable_and_wrong_hosts(world: World, module: str, tmp_path: Path) -> None:
    other_authority = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other_authority))
    url = world.defaults[f"group/community.redis.{product_of(module)}"]["api_url"]
    host = url.split("/")[2]
    quick = {**CASES[module].options, "api_retries": 1, "api_timeout": 5}
    html = {"kind": "html", "status": 200}
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"api_url": "https://127.0.0.1:9"}, "127.0.0.1:9", "refused"),
        ({"api_url": "https://no-such-host.invalid:9443"}, "no-such-host.invalid", "api_url"),
        ({"ca_path": str(other_authority)}, host, "ca_path"),
        ({"ca_path": None}, host, "certificate"),
        ({"ca_path": "/no/such/file.pem"}, "/no/such/file.pem", "ca_path"),
        ({"api_url": url.replace("https:", "http:")}, host, "api_url"),
        ({"api_url": "cluster.example.com"}, "cluster.example.com", "api_url must be an absolute https URL"),
    ]
    tasks = [
        step(f"{number}", module, {**quick, **wrong}, fails=True)
        for number, (wrong, _host, _words) in enumerate(cases)
    ]
    rules = [{"action": html, "times": None}]
    tasks.append(step("a proxy", module, quick, fails=True, simulator={"faults": rules}))
    page = [{"action": {"kind": "status", "status": 407, "body": "html"}, "times": None}]
    tasks.append(step("a login page", module, quick, fails=True, simulator={"faults": page}))
    play = world.play(tasks)
    for number, (wrong, named, words) in enumerate(cases):
        found = play[f"{number}"]
        assert found.failed, wrong
        assert named in found.message, wrong
        assert words in found.message, wrong
        assert is_clear(found.message), found.message
        assert found.requests == []
        assert not found.changed
    for name in ("a proxy", "a login page"):
        found = play[name]
        assert found.failed
        assert host in found.message
        assert "HTML page" in found.message
        assert is_clear(found.message)
        assert found.writes == []
        assert not found.changed


@pytest.mark.parametrize("product", list(MISSING))
def test_refused_credentials(world: World, product: str) -> None:
    secret = MISSING[product][-1]
    modules = [module for module in CASES if product_of(module) == product]
    play = world.play(
        [step(module, module, {**CASES[module].options, secret: "canary-secret"}, fails=True) for module in modules],
        arguments=["-vvv"],
    )
    for found in play.steps:
        assert "HTTP 401" in found.message, found.name
        assert secret in found.message
        assert is_clear(found.message)
        assert found.writes == []
        assert len(found.requests) == 1
    assert "canary-secret" not in play.output
