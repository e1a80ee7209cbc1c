# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task for every module and everything that it does, in a plain world, and what must be true when it says "ok"."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable
from typing import Any

from simulator.messages import Request
from unit.harness import Bench, Run

Params = dict[str, Any]
Truth = dict[str, Any]
MEGABYTE = 1024 * 1024
HEADERS = {
    "cloud": {"x-api-key": "sim-api-key", "x-api-secret-key": "sim-secret-key", "content-type": "application/json"},
    "enterprise": {
        "authorization": "Basic YWRtaW5AZXhhbXBsZS5jb206c2ltLXBhc3N3b3Jk",
        "content-type": "application/json",
    },
}


@dataclasses.dataclass(frozen=True)
class Errand:
    """``prepare`` builds the world and returns the parameters; ``wanted`` is what must exist afterwards, by name: some
    of its values, or None for what must not exist. ``judge`` says what else is wrong with a result."""

    name: str
    module: str
    prepare: Callable[[Bench], Params]
    wanted: dict[str, Truth | None] = dataclasses.field(default_factory=dict)
    judge: Callable[[Bench, Run], str] = lambda bench, run: ""

    @property
    def product(self) -> str:
        return "cloud" if self.module.startswith("redis_cloud_") else "enterprise"

    @property
    def waits(self) -> bool:
        return not self.module.endswith("_info")

    def __str__(self) -> str:
        return self.name

    def existing(self, bench: Bench) -> dict[str, list[Truth]]:
        """What exists at the server, by name, and is not on its way out."""
        rows = _cloud_rows(bench) if self.product == "cloud" else _enterprise_rows(bench)
        found: dict[str, list[Truth]] = {}
        for row in rows:
            found.setdefault(row["name"], []).append(row)
        return found

    def wrong(self, bench: Bench, run: Run) -> str:
        """What this run has claimed and is not true; empty when all is well."""
        found = self.existing(bench)
        for name, truth in self.wanted.items():
            rows = found.get(name, [])
            if len(rows) != (truth is not None):
                return f"{len(rows)} of {name}"
            for key, value in (truth or {}).items():
                if rows[0][key] != value and not _told(key, run):
                    return f"{key} of {name} is {rows[0][key]}"
        return self.judge(bench, run)


def _told(key: str, run: Run) -> bool:
    """Has a warning said that this could not be compared? Options are called otherwise than the fields of a server."""
    return key.replace("_", "").lower() in json.dumps(run.warnings).replace("_", "").lower()


def _cloud_rows(bench: Bench) -> list[Truth]:
    rows: list[Truth] = []
    for subscription in bench.state("cloud")["subscriptions"]:
        if subscription["status"] != "deleting":
            settings = subscription["settings"]
            access = subscription.get("public_access_shown", settings.get("publicEndpointAccess"))
            rows.append({**subscription, **settings, "publicEndpointAccess": access})
            rows += [{**row, **row["settings"]} for row in subscription["databases"] if not row["deleted"]]
    return rows


def _enterprise_rows(bench: Bench) -> list[Truth]:
    return [row for row in bench.state("enterprise")["bdbs"] if row["status"] != "delete-pending"]


def ask(bench: Bench, product: str, method: str, path: str, body: Any = None) -> Any:
    """A request of somebody else: no faults, not in the list of what was heard."""
    payload = b"" if body is None else json.dumps(body).encode("utf-8")
    answer = bench.simulator.services[product].handle(Request(method, path, {}, HEADERS[product], payload))
    assert answer.status < 300, answer
    return answer.body


# -- Redis Cloud -------------------------------------------------------------------------------------------------------


def account(bench: Bench) -> list[int]:
    """Ids of two subscriptions, main with two databases."""
    bench.options(
        "cloud", subscription_seconds=100.0, database_seconds=40.0, database_update_seconds=20.0, flip_every=0
    )
    placed = bench.seed(
        "cloud",
        subscriptions=[
            {"request": {"name": "elsewhere"}, "databases": 1},
            {
                "request": {"name": "main"},
                "databases": [{"name": "old-1", "datasetSizeInGb": 1}, {"name": "old-2", "datasetSizeInGb": 1}],
            },
        ],
    )
    return [row["id"] for row in placed["subscriptions"]]


def in_account(**params: Any) -> Callable[[Bench], Params]:
    def prepare(bench: Bench) -> Params:
        account(bench)
        return copy.deepcopy(params)

    return prepare


def task_in_flight(bench: Bench) -> Params:
    main = account(bench)[1]
    body = {"name": "coming", "datasetSizeInGb": 1}
    return {"task_id": ask(bench, "cloud", "POST", f"/v1/subscriptions/{main}/databases", body)["taskId"]}


def two_tasks(bench: Bench) -> Params:
    first = task_in_flight(bench)["task_id"]
    main = next(row["id"] for row in bench.state("cloud")["subscriptions"] if row["settings"]["name"] == "main")
    old = next(row["id"] for row in _cloud_rows(bench) if row["name"] == "old-1")
    second = ask(bench, "cloud", "DELETE", f"/v1/subscriptions/{main}/databases/{old}")["taskId"]
    return {"task_ids": [first, second]}


def tasks_to_list(bench: Bench) -> Params:
    two_tasks(bench)
    return {}


def all_ids(key: str, id_key: str, rows: Callable[[Bench], list[Any]]) -> Callable[[Bench, Run], str]:
    """Nothing is missing in a list, and nothing is in it that does not exist."""

    def judge(bench: Bench, run: Run) -> str:
        told = sorted(str(row.get(id_key)) for row in run[key])
        true = sorted(str(row) for row in rows(bench))
        return "" if told == true else f"{told} instead of {true}"

    return judge


def database_ids(bench: Bench) -> list[int]:
    (main,) = [row for row in bench.state("cloud")["subscriptions"] if row["settings"]["name"] == "main"]
    return [row["id"] for row in main["databases"]]


def honest_states(bench: Bench, run: Run) -> str:
    """No task is called finished that is not."""
    words = {row["taskId"]: row["status"] for row in bench.state("cloud")["tasks"]}
    for row in run["tasks"]:
        finished = {"succeeded": "processing-completed", "failed": "processing-error"}.get(row["state"])
        if finished not in (None, words[row["id"]]):
            return f"{row['id']} is {words[row['id']]} and not {row['state']}"
    return all_ids("tasks", "id", lambda bench: list(words))(bench, run)


def done_and_settled(bench: Bench, run: Run) -> str:
    return next((f"{row['id']} is {row['state']}" for row in run["tasks"] if row["state"] != "succeeded"), "")


NEW_SUBSCRIPTION: Params = {
    "name": "new",
    "cloud_providers": [{"regions": [{"region": "us-east-1"}]}],
    "databases": [{"name": "first", "dataset_size_in_gb": 1}],
}
ACTIVE = {"status": "active"}
GONE: dict[str, Truth | None] = {"main": None, "old-1": None, "old-2": None}
CLOUD = [
    Errand(
        "cloud-database-create",
        "redis_cloud_database",
        in_account(subscription_name="main", name="cache", dataset_size_in_gb=1),
        {"cache": {**ACTIVE, "datasetSizeInGb": 1}},
    ),
    Errand(
        "cloud-database-update",
        "redis_cloud_database",
        in_account(
            subscription_name="main", name="old-1", dataset_size_in_gb=2, data_persistence="aof-every-1-second"
        ),
        {"old-1": {**ACTIVE, "datasetSizeInGb": 2}},
    ),
    Errand(
        "cloud-database-delete",
        "redis_cloud_database",
        in_account(subscription_name="main", name="old-1", state="absent"),
        {"old-1": None, "old-2": ACTIVE},
    ),
    Errand(
        "cloud-databases",
        "redis_cloud_databases",
        in_account(
            subscription_name="main",
            databases=[
                {"name": "cache", "dataset_size_in_gb": 1},
                {"name": "old-1", "dataset_size_in_gb": 2},
                {"name": "old-2", "state": "absent"},
            ],
        ),
        {"cache": {**ACTIVE, "datasetSizeInGb": 1}, "old-1": {**ACTIVE, "datasetSizeInGb": 2}, "old-2": None},
    ),
    Errand(
        "cloud-subscription-create",
        "redis_cloud_subscription",
        in_account(**NEW_SUBSCRIPTION),
        {"new": ACTIVE, "first": ACTIVE},
    ),
    Errand(
        "cloud-subscription-update",
        "redis_cloud_subscription",
        in_account(name="main", public_endpoint_access=False),
        {"main": {"publicEndpointAccess": False}},
    ),
    Errand(
        "cloud-subscription-delete",
        "redis_cloud_subscription",
        in_account(name="main", state="absent", delete_databases=True),
        {**GONE, "elsewhere": ACTIVE},
    ),
    Errand(
        "cloud-subscription-info",
        "redis_cloud_subscription_info",
        in_account(),
        judge=all_ids("subscriptions", "id", lambda bench: [row["id"] for row in bench.state("cloud")["subscriptions"]]),
    ),
    Errand(
        "cloud-database-info",
        "redis_cloud_database_info",
        in_account(subscription_name="main"),
        judge=all_ids("databases", "database_id", database_ids),
    ),
    Errand("cloud-task", "redis_cloud_task", task_in_flight, {"coming": ACTIVE}, done_and_settled),
    Errand("cloud-tasks", "redis_cloud_task", two_tasks, {"coming": ACTIVE, "old-1": None}, done_and_settled),
    Errand(
        "cloud-task-info",
        "redis_cloud_task_info",
        tasks_to_list,
        judge=honest_states,
    ),
]


# -- Redis Enterprise --------------------------------------------------------------------------------------------------


def cluster(version: str, bench: Bench) -> None:
    bench.options("enterprise", version=version, create_seconds=20.0, update_seconds=15.0, delete_seconds=10.0)
    bench.simulator.reset()
    bench.seed("enterprise", bdbs=[{"name": "old-1"}, {"name": "old-2"}])


def in_cluster(version: str, **params: Any) -> Callable[[Bench], Params]:
    def prepare(bench: Bench) -> Params:
        cluster(version, bench)
        return copy.deepcopy(params)

    return prepare


def action_in_flight(version: str) -> Callable[[Bench], Params]:
    def prepare(bench: Bench) -> Params:
        cluster(version, bench)
        made = ask(bench, "enterprise", "POST", "/v1/bdbs", {"name": "coming", "memory_size": 100 * MEGABYTE})
        return {"action_uid": made["action_uid"], "bdb_uid": made["uid"]}

    return prepare


def actions_of_database(version: str) -> Callable[[Bench], Params]:
    def prepare(bench: Bench) -> Params:
        return {"bdb_uid": action_in_flight(version)(bench)["bdb_uid"]}

    return prepare


def node_action(version: str) -> Callable[[Bench], Params]:
    def prepare(bench: Bench) -> Params:
        cluster(version, bench)
        bench.options("enterprise", node_action_seconds=300.0)
        ask(bench, "enterprise", "POST", "/v1/nodes/3/actions/maintenance_on", {})
        return {"state": "canceled", "node_uid": 3, "node_action": "maintenance_on"}

    return prepare


def node_is_free(bench: Bench, run: Run) -> str:
    """An action that is said to be stopped is not running."""
    rows = ask(bench, "enterprise", "GET", "/v1/nodes/actions")["actions"]
    running = [row for row in rows if row["status"] in ("queued", "running")]
    return f"still running: {running}" if running else ""


def some_actions(version: str) -> Callable[[Bench], Params]:
    def prepare(bench: Bench) -> Params:
        action_in_flight(version)(bench)
        return {}

    return prepare


def create_told(bench: Bench, run: Run) -> str:
    """An action in flight is not missing in the list, and not called finished before it is."""
    rows = bench.state("enterprise")["actions"]
    # what has begun in the meantime need not be told
    true = {row["action_uid"]: row["status"] for row in rows if row["name"] == "SMCreateBDB"}
    told = {row["id"]: row["state"] for row in run["actions"]}
    for uid, status in true.items():
        if uid not in told:
            return f"{uid} is missing"
        if told[uid] in ("succeeded", "failed") and status not in ("completed", "failed"):
            return f"{uid} is {status} and not {told[uid]}"
    return ""


def of_cluster(version: str) -> list[Errand]:
    prefix, size = f"enterprise-{version}", 200 * MEGABYTE
    return [
        Errand(
            f"{prefix}-database-create",
            "redis_enterprise_database",
            in_cluster(version, name="cache", memory_size=size),
            {"cache": {**ACTIVE, "memory_size": size}},
        ),
        Errand(
            f"{prefix}-database-update",
            "redis_enterprise_database",
            in_cluster(version, name="old-1", memory_size=size, eviction_policy="noeviction"),
            {"old-1": {**ACTIVE, "memory_size": size}},
        ),
        Errand(
            f"{prefix}-database-delete",
            "redis_enterprise_database",
            in_cluster(version, name="old-1", state="absent"),
            {"old-1": None, "old-2": ACTIVE},
        ),
        Errand(
            f"{prefix}-databases",
            "redis_enterprise_databases",
            in_cluster(
                version,
                databases=[
                    {"name": "cache", "memory_size": size},
                    {"name": "old-1", "memory_size": size},
                    {"name": "old-2", "state": "absent"},
                ],
            ),
            {"cache": {**ACTIVE, "memory_size": size}, "old-1": {**ACTIVE, "memory_size": size}, "old-2": None},
        ),
        Errand(
            f"{prefix}-database-info",
            "redis_enterprise_database_info",
            in_cluster(version),
            judge=all_ids("databases", "uid", lambda bench: [row["uid"] for row in bench.state("enterprise")["bdbs"]]),
        ),
        Errand(f"{prefix}-action", "redis_enterprise_action", action_in_flight(version), {"coming": ACTIVE}),
        Errand(f"{prefix}-actions", "redis_enterprise_action", actions_of_database(version), {"coming": ACTIVE}),
        Errand(f"{prefix}-action-cancel", "redis_enterprise_action", node_action(version), judge=node_is_free),
        Errand(f"{prefix}-action-info", "redis_enterprise_action_info", some_actions(version), judge=create_told),
    ]


ENTERPRISE = [errand for version in ("7.4", "7.22", "8.2") for errand in of_cluster(version)]
ERRANDS = {errand.name: errand for errand in [*CLOUD, *ENTERPRISE]}
