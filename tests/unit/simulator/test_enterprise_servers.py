# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Active databases of the simulated cluster are real Redis servers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.enterprise.harness import Cluster
from simulator.redis_servers import RedisServers


@pytest.fixture(name="redis")
def _redis(tmp_path: Path) -> Iterator[RedisServers]:
    servers = RedisServers(directory=str(tmp_path))
    if not servers.available:
        pytest.skip("redis-server is not installed")
    yield servers
    servers.stop_all()


def ask(cluster: Cluster, redis: RedisServers, *lines: str, uid: int = 1) -> list[str]:
    """The answers of the server behind a database to inline commands."""
    endpoint = cluster.get(f"/v1/bdbs/{uid}")["endpoints"][0]
    redis.settle()
    with socket.create_connection((endpoint["addr"][0], endpoint["port"]), timeout=5) as connection:
        stream = connection.makefile("rwb")
        answers = []
        for line in lines:
            stream.write(line.encode() + b"\r\n")
            stream.flush()
            answers.append(stream.readline().decode().strip())
        return answers


def test_a_server_lives_as_long_as_its_database(redis: RedisServers) -> None:
    cluster = Cluster(redis)
    cluster.create(authentication_redis_pass="first")
    assert ask(cluster, redis, "PING")[0].startswith("-NOAUTH")
    assert ask(cluster, redis, "AUTH first", "SET key value") == ["+OK", "+OK"]
    cluster.call("PUT", "/v1/bdbs/1", {"authentication_redis_pass": "second"})
    assert ask(cluster, redis, "AUTH first") == ["+OK"]
    cluster.advance(60)
    assert ask(cluster, redis, "AUTH second", "EXISTS key") == ["+OK", ":1"]
    cluster.call("PUT", "/v1/bdbs/1/flush", {})
    cluster.advance(60)
    assert ask(cluster, redis, "AUTH second", "EXISTS key") == ["+OK", ":0"]
    cluster.call("DELETE", "/v1/bdbs/1")
    cluster.advance(60)
    assert cluster.get("/v1/bdbs") == []
    assert redis.running() == {}


def test_no_server_before_the_database_is_active_nor_after_a_failure(redis: RedisServers) -> None:
    cluster = Cluster(redis, fail_creates=1)
    cluster.call("POST", "/v1/bdbs", {"name": "cache", "memory_size": 1})
    assert redis.running() == {}
    cluster.advance(60)
    assert cluster.get("/v1/bdbs/1")["status"] == "creation-failed"
    assert redis.running() == {}


def test_an_asked_for_port_is_the_port_of_the_server(redis: RedisServers) -> None:
    cluster = Cluster(redis)
    cluster.create(port=17654)
    cluster.create()
    first, second = (bdb["endpoints"][0] for bdb in cluster.get("/v1/bdbs"))
    assert first["port"] == 17654
    assert ask(cluster, redis, "PING") == ask(cluster, redis, "PING", uid=2) == ["+PONG"]
    assert second["port"] != first["port"]
    cluster.api.close()
    assert redis.running() == {}


def test_seeded_databases_have_servers_only_when_asked_for(redis: RedisServers) -> None:
    cluster = Cluster(redis)
    cluster.api.seed({"bdbs": [{"name": "plain"}, {"name": "real", "server": True}]})
    assert list(redis.running()) == ["enterprise-2"]
    assert ask(cluster, redis, "PING", uid=2) == ["+PONG"]
