# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that reads an answer, by itself, with thousands of answers that are not what they should be: of those a run
meets only a few. Nothing is raised but what becomes a clear sentence."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.community.redis.plugins.module_utils._cloud import api as cloud_api
from ansible_collections.community.redis.plugins.module_utils._cloud.database import DATABASE, DatabaseDriver
from ansible_collections.community.redis.plugins.module_utils._cloud.subscription import (
    SUBSCRIPTION,
    SubscriptionDriver,
)
from ansible_collections.community.redis.plugins.module_utils._cloud.tasks import parse_task
from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import RedisError
from ansible_collections.community.redis.plugins.module_utils._core.plan import (
    Resource,
    plan_delete,
    plan_update,
)
from ansible_collections.community.redis.plugins.module_utils._core.redact import secrets_in, without_secrets
from ansible_collections.community.redis.plugins.module_utils._enterprise import actions
from ansible_collections.community.redis.plugins.module_utils._enterprise import api as cluster_api
from ansible_collections.community.redis.plugins.module_utils._enterprise.database import DATABASE as BDB
from ansible_collections.community.redis.plugins.module_utils._enterprise.driver import (
    DatabaseDriver as BdbDriver,
)
from simulator.messages import Response

from .bench import ChaosBench
from .desires import some
from .errands import ERRANDS, MEGABYTE, ask
from .mutation import mutate

Data = dict[str, Any]
MANY = settings(max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck))


class NoApi:
    """What is only read asks nothing."""

    account = cluster = ""

    def bdb_actions(self, uid: str) -> list[Any]:
        return []


def driver(kind: Callable[..., Any]) -> Any:
    parent = ("1",) if kind is DatabaseDriver else ()
    return kind(NoApi(), Deadline(Clock(), 1.0), "provisioning", *parent, name="x")


@lru_cache
def answers(product: str) -> dict[str, Any]:
    """Bodies as the simulated service sends them, with everything that a resource can have."""
    patch = pytest.MonkeyPatch()
    with TemporaryDirectory(prefix="safety-") as directory:
        bench = ChaosBench(patch, Path(directory))
        try:
            return _cloud(bench) if product == "cloud" else _enterprise(bench)
        finally:
            patch.undo()


def _cloud(bench: ChaosBench) -> dict[str, Any]:
    ERRANDS["cloud-task"].prepare(bench)
    rich: Data = {
        "name": "rich",
        "dataset_size_in_gb": 1,
        "alerts": [{"name": "dataset-size", "value": 80}],
        "source_ip": ["192.0.2.0/24"],
        "modules": [{"name": "RedisJSON"}],
        "remote_backup": {
            "active": True, "interval": "every-24-hours", "time_utc": "03:00", "storage_type": "aws-s3",
            "storage_path": "s3://x",
        },
        "throughput_measurement": {"by": "operations-per-second", "value": 1000},
        "replica_of": ["redis://u:p@one.example:6379"],
    }
    made = bench.ok("redis_cloud_database", rich, subscription_name="main", redis_version="7.4")
    main = ask(bench, "cloud", "GET", "/v1/subscriptions")["subscriptions"][1]["id"]
    path = f"/v1/subscriptions/{main}"
    tasks = ask(bench, "cloud", "GET", "/v1/tasks")
    return {
        "database": ask(bench, "cloud", "GET", f"{path}/databases/{made['database']['database_id']}"),
        "subscription": ask(bench, "cloud", "GET", path),
        "tasks": tasks["tasks"],
    }


def _enterprise(bench: ChaosBench) -> dict[str, Any]:
    ERRANDS["enterprise-8.2-action"].prepare(bench)
    rich = {
        "name": "rich",
        "memory_size": 200 * MEGABYTE,
        "sharding": True,
        "shards_count": 2,
        "shard_key_regex": [{"regex": ".*\\{(?<tag>.*)\\}.*"}, {"regex": "(?<tag>.*)"}],
        "snapshot_policy": [{"secs": 3600, "writes": 1}],
        "data_persistence": "snapshot",
        "tags": [{"key": "team", "value": "a"}],
        "replica_sources": [{"uri": "redis://admin:p@one.example:12000"}],
        "module_list": [{"module_name": "search"}],
        "backup_location": {"type": "s3", "bucket_name": "b", "access_key_id": "k", "secret_access_key": "s"},
        "backup": True,
        "backup_interval": 3600,
    }
    uid = bench.ok("redis_enterprise_database", rich)["database"]["uid"]
    return {"bdb": ask(bench, "enterprise", "GET", f"/v1/bdbs/{uid}"), "v2": ask(bench, "enterprise", "GET", "/v2/actions")}


def mutations(body: Any, seed: int) -> Iterator[Any]:
    """The body with more and more that is not what it was, as far as it is JSON."""
    rng = random.Random(seed)
    response = Response(200, body)
    for _number in range(6):
        response = mutate(rng, response)[1]
        if isinstance(response.body, bytes):
            with contextlib.suppress(ValueError):
                yield json.loads(response.body)
            return
        yield response.body


CASES: dict[str, tuple[str, Resource, Callable[..., Any], Callable[[Any], bool]]] = {
    "database": ("cloud", DATABASE, DatabaseDriver, lambda data: cloud_api._is_row(data, "databaseId")),
    "subscription": ("cloud", SUBSCRIPTION, SubscriptionDriver, lambda data: cloud_api._is_row(data, "id")),
    "bdb": ("enterprise", BDB, BdbDriver, cluster_api._is_bdb),
}


@pytest.mark.parametrize("kind", CASES)
def test_resources(kind: str) -> None:
    product, resource, driver_class, is_valid = CASES[kind]
    body, own = answers(product)[kind], driver(driver_class)

    @MANY
    @given(seed=st.integers(0, 2**32), desired=some(product, resource.fields, creating=True, most=8))
    def read(seed: int, desired: Data) -> None:
        for reply in [body, *mutations(body, seed)]:
            if not is_valid(reply):
                continue
            for send_secrets in (False, True):
                with contextlib.suppress(RedisError):
                    plan = plan_update(resource, desired, reply, send_secrets=send_secrets)
                    json.dumps([plan.body, plan.before, plan.after, plan.sent])
            json.dumps(plan_delete(resource, reply).before)
            json.dumps(without_secrets(own.view(reply)))
            assert all(isinstance(secret, str) for secret in secrets_in(own.view(reply)))
            assert isinstance(own.identify(reply), str)
            assert own.under_way(reply) in ("", "create", "update", "delete")
            with contextlib.suppress(RedisError):
                own.check_usable(reply)

    read()


PARSERS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "task": ("cloud", "tasks", parse_task),
    "v2": ("enterprise", "v2", actions.parse_v2),
    "v1": ("enterprise", "v2", actions.parse_v1),
    "machine": ("enterprise", "v2", actions.parse_v1_machine),
    "node": ("enterprise", "v2", actions.parse_node_action),
    "cluster": ("enterprise", "v2", actions.parse_cluster_action),
    "crdb": ("enterprise", "v2", actions.parse_crdb_task),
    "transfer": ("enterprise", "bdb", actions.parse_transfers),
}


@pytest.mark.parametrize("kind", PARSERS)
def test_operations(kind: str) -> None:
    product, where, parse = PARSERS[kind]
    body = answers(product)[where]

    @MANY
    @given(seed=st.integers(0, 2**32))
    def read(seed: int) -> None:
        for row in mutations(body[seed % len(body)] if isinstance(body, list) else body, seed):
            if not isinstance(row, dict) or (where == "bdb" and not cluster_api._is_bdb(row)):
                continue
            found = parse(row)
            for operation in found if isinstance(found, list) else [found]:
                shown = operation.public()
                json.dumps(shown)
                assert operation.state in ("pending", "running", "succeeded", "failed", "canceled")
                assert isinstance(operation.status, str)
                assert operation.progress is None or 0 <= operation.progress <= 100
                assert isinstance(operation.reason(), str)
                assert type(operation).from_public(shown).public() == shown

    read()


@pytest.mark.parametrize("read_error", [cloud_api.read_error, cluster_api.read_error])
def test_errors(read_error: Callable[[int, str, Any, str], Any]) -> None:
    body = {
        "timestamp": "2026-01-01", "status": 409, "error": "Conflict", "message": "busy", "error_code": "db_busy",
        "description": "the database is busy", "title": "x", "detail": "y", "type": "about:blank", "code": "Z",
    }

    @MANY
    @given(seed=st.integers(0, 2**32))
    def read(seed: int) -> None:
        for data in mutations(body, seed):
            for method, status in (("GET", 503), ("POST", 409), ("PUT", 406), ("DELETE", 400)):
                problem = read_error(status, method, data, json.dumps(data))
                assert isinstance(problem.code, str)
                assert isinstance(problem.description, str)

    read()
