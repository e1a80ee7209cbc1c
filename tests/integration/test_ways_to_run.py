# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Under ansible-runner with credentials from the environment, with a real Redis client, with progress, as an async job."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
import redis
from integration.world import SPEED, World, step

CACHE: dict[str, Any] = {"subscription_name": "main", "name": "cache", "dataset_size_in_gb": 1}


@pytest.mark.every_core
def test_runner_with_credentials_from_the_environment(world: World, tmp_path: Path) -> None:
    world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
    tasks = [
        step("cloud", "redis_cloud_database", CACHE, ca_path=world.ca_path),
        step("enterprise", "redis_enterprise_database", name="cache", memory_size="1GB"),
    ]
    content = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "site.yml").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "inventory").mkdir()
    inventory = "localhost ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n"
    (tmp_path / "inventory" / "hosts").write_text(inventory, encoding="utf-8")
    ready = world.ready
    environment = {
        **{
            name: value
            for name, value in world.environment().items()
            if not name.startswith("ANSIBLE_CALLBACK")
        },
        "REDISCLOUD_URL": ready["cloud_url"],
        "REDISCLOUD_ACCESS_KEY": ready["cloud"]["api_key"],
        "REDISCLOUD_SECRET_KEY": ready["cloud"]["api_secret_key"],
        "REDIS_ENTERPRISE_URL": ready["enterprise_url"],
        "REDIS_ENTERPRISE_USER": ready["enterprise"]["username"],
        "REDIS_ENTERPRISE_PASSWORD": ready["enterprise"]["password"],
        "REDIS_ENTERPRISE_CA_CERT": world.ca_path,
    }
    for changed in (2, 0):
        run = ansible_runner.run(
            private_data_dir=str(tmp_path), playbook="site.yml", envvars=environment, quiet=True, timeout=120
        )
        assert run.status == "successful", run.stdout.read()
        assert run.stats["changed"].get("localhost", 0) == changed
        events = json.dumps(list(run.events))
        assert ready["cloud"]["api_secret_key"] not in events
        assert ready["enterprise"]["password"] not in events


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server on this machine")
def test_a_client_can_use_what_was_created(world: World) -> None:
    world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
    play = world.play(
        [
            step("cloud", "redis_cloud_database", CACHE, return_secrets=True),
            step("cloud, changed", "redis_cloud_database", CACHE, password="another-secret"),
            step(
                "enterprise",
                "redis_enterprise_database",
                name="cache",
                memory_size="1GB",
                authentication_redis_pass="a-secret",
            ),
        ]
    )
    first = play["cloud"]["database"]
    host, _colon, port = first["public_endpoint"].rpartition(":")
    assert first["password"]
    client = redis.Redis(host, int(port), password="another-secret", socket_timeout=10)
    assert client.set("key", "value")
    assert client.get("key") == b"value"
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(host, int(port), password=first["password"], socket_timeout=10).ping()
    endpoint = play["enterprise"]["database"]["endpoints"][0]
    assert redis.Redis(endpoint["addr"][0], endpoint["port"], password="a-secret", socket_timeout=10).ping()


def test_progress_is_shown(world: World) -> None:
    world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
    world.options("cloud", database_seconds=5.0 * SPEED)
    play = world.play([step("created", "redis_cloud_database", CACHE, wait_interval=1)])
    lines = [line for line in play.output.splitlines() if line.startswith("[localhost] database 'cache'")]
    assert len(lines) >= 2
    assert any("provisioning" in line for line in lines)
    assert all("of 1h00m" in line for line in lines)
    quiet = world.play(
        [step("created", "redis_cloud_database", CACHE, name="other", wait_interval=1)],
        environment={"COMMUNITY_REDIS_PROGRESS_INTERVAL": "0"},
    )
    assert "[localhost] database" not in quiet.output


def test_async_job(world: World) -> None:
    world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
    play = world.play(
        [
            step(
                "started",
                "redis_cloud_database",
                CACHE,
                keywords={"async": 120, "poll": 0, "register": "job"},
            ),
            {
                "name": "finished",
                "ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"},
                "register": "status",
                "until": "status is finished",
                "retries": 60,
                "delay": 1,
            },
            step("again", "redis_cloud_database", CACHE),
        ]
    )
    assert play["finished"].changed
    assert play["finished"]["database"]["status"] == "active"
    assert not play["again"].changed


def test_loop_with_and_without_waiting(world: World) -> None:
    world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
    names = ["one", "two", "three"]
    play = world.play(
        [
            step(
                "requested",
                "redis_cloud_database",
                CACHE,
                name="{{ item }}",
                wait=False,
                keywords={"loop": names, "register": "requested"},
            ),
            step(
                "waited",
                "redis_cloud_task",
                task_ids="{{ requested.results | map(attribute='task.id') }}",
                wait_interval=2,
            ),
            step("again", "redis_cloud_database", CACHE, name="{{ item }}", keywords={"loop": names}),
        ]
    )
    assert len(play["requested"].writes) == 3
    assert all(task["settled"] for task in play["waited"]["tasks"])
    assert play["again"].writes == []
    assert [database["status"] for database in world.state("cloud")["subscriptions"][0]["databases"]] == [
        "active"
    ] * 3
