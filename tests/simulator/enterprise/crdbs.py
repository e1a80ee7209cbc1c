# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Active-Active databases: every write is a task of the coordinator, which answers errors in a shape of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .bdbs import Bdbs
from .errors import ApiError
from .routing import Call, Route
from .validation import check_name
from .world import World

PREFIXES = ("/v1/crdbs", "/v1/crdb_tasks")
ENDED = frozenset({"finished", "failed"})
# Defaults of the database configuration (they differ from those of a plain database).
CONFIG_DEFAULTS: dict[str, Any] = {
    "aof_policy": "appendfsync-every-sec",
    "data_persistence": "aof",
    "eviction_policy": "noeviction",
    "max_aof_load_time": 3600,
    "memory_size": 0,
    "oss_cluster": False,
    "oss_sharding": False,
    "rack_aware": False,
    "replication": True,
    "sharding": False,
    "shards_count": 1,
    "tls_mode": "disabled",
}
CONFIG_FIELDS = frozenset(CONFIG_DEFAULTS) | {
    "authentication_admin_pass",
    "authentication_redis_pass",
    "authentication_ssl_client_certs",
    "cert",
    "enforce_client_authentication",
    "max_aof_file_size",
    "module_list",
    "mtls_allow_outdated_certs",
    "mtls_allow_weak_hashing",
    "name",
    "oss_cluster_api_preferred_ip_type",
    "port",
    "private_key",
    "proxy_policy",
    "redis_version",
    "replication_oom_threshold_percent",
    "shard_key_regex",
    "shards_placement",
    "snapshot_policy",
}
CRDB_FIELDS = frozenset(
    {
        "causal_consistency",
        "default_db_config",
        "encryption",
        "featureset_version",
        "instances",
        "name",
        "protocol_version",
    }
)
UPDATES_FIELDS = frozenset({"add_instances", "remove_instances", "force_remove", "crdb", "force_update"})
NOT_FOR_BDB = frozenset({"cert", "private_key", "replication_oom_threshold_percent"})


def problem(status: int, text: str) -> ApiError:
    """An error of the coordinator: the code only marks it as such, the shape has none."""
    return ApiError(status, "coordinator", text)


@dataclass
class Task:
    """``committed``: from this moment on it cannot be cancelled."""

    id: str
    crdb_guid: str
    operation: str
    seconds: float
    ttl: float
    clusters: list[str]
    status: str = "queued"
    started: float | None = None
    ended: float | None = None
    committed: float = 0.0
    errors: list[dict[str, str]] = field(default_factory=list)
    work: Callable[[], None] = lambda: None
    undo: Callable[[], None] = lambda: None


@dataclass
class Crdb:
    """``instances``: as asked for, plus ids; ``bdb_uid``: the local database."""

    guid: str
    values: dict[str, Any]
    instances: list[dict[str, Any]]
    bdb_uid: int = 0


class Crdbs:
    """The coordinator of this cluster. Other clusters are only names."""

    def __init__(self, world: World, bdbs: Bdbs) -> None:
        self._world = world
        self._bdbs = bdbs
        self.crdbs: dict[str, Crdb] = {}
        self.tasks: dict[str, Task] = {}

    def routes(self) -> list[Route]:
        one, update = "/v1/crdbs/{guid}", "update_crdb"
        return [
            Route("GET", "/v1/crdbs", "view_crdb_list", self._list),
            Route("POST", "/v1/crdbs", "create_crdb", self._create),
            Route("GET", one, "view_crdb", lambda call: self._row(self._crdb(call))),
            Route("PATCH", one, update, self._patch),
            Route("DELETE", one, "delete_crdb", self._delete),
            Route("POST", f"{one}/updates", update, self._updates),
            Route("PUT", f"{one}/flush", "flush_crdb", self._flush),
            Route("PUT", f"{one}/purge", "purge_instance", self._purge),
            Route("GET", f"{one}/health_report", None, self._health),
            Route("GET", "/v1/crdb_tasks", "view_crdb_task_list", self._task_list),
            Route(
                "GET", "/v1/crdb_tasks/{id}", "view_crdb_task", lambda call: self._task_row(self._task(call))
            ),
            Route("POST", "/v1/crdb_tasks/{id}/actions/cancel", update, self._cancel),
        ]

    # -- tasks

    def _task(self, call: Call) -> Task:
        task = self.tasks.get(call.params["id"])
        if task is None:
            raise problem(404, f"Task {call.params['id']} was not found")
        return task

    def _task_row(self, task: Task) -> dict[str, Any]:
        percent = self._percent(task)
        row: dict[str, Any] = {
            "id": task.id,
            "crdb_guid": task.crdb_guid,
            "operation": task.operation,
            "status": task.status,
            "errors": task.errors,
            "progress": {
                "clusters": [{"name": name, "progress": percent} for name in task.clusters],
                "worker": percent,
            },
        }
        if task.started is not None:
            row["started"] = self._world.time_text(task.started)
            row["worker_name"] = f"crdb_worker:{self._world.options.cluster_name}"
        if task.ended is not None:
            row["ended"] = self._world.time_text(task.ended)
        return row

    def _percent(self, task: Task) -> float:
        if task.status == "finished":
            return 100.0
        if task.started is None:
            return 0.0
        until = self._world.now if task.ended is None else task.ended
        return min(99.0, round(100 * (until - task.started) / task.seconds, 2)) if task.seconds else 0.0

    def _task_list(self, call: Call) -> Any:
        options = self._world.options
        rows = [
            self._task_row(task)
            for task in self.tasks.values()
            if options.crdb_tasks_list_finished or task.status not in ENDED
        ]
        return {"crdb_tasks": rows} if options.crdb_tasks_wrapper else rows

    def submit(
        self,
        call: Call | None,
        operation: str,
        crdb: Crdb,
        work: Callable[[], None],
        undo: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """Queue a task; its row is the answer."""
        options = self._world.options
        headers = call.request.headers if call is not None else {}
        ttl = _ttl(headers.get("x-result-ttl"), options.crdb_task_ttl_seconds)
        names = [str(instance["cluster"]["name"]) for instance in crdb.instances]
        task_id = headers.get("x-task-id") or self._world.uuid()
        task = Task(
            task_id, crdb.guid, operation, options.crdb_task_seconds, ttl, names, work=work, undo=undo
        )
        self.tasks[task.id] = task
        self._world.timeline.after(options.queue_seconds, lambda: self._begin(task))
        return self._task_row(task)

    def put_task(
        self,
        task_id: str,
        guid: str,
        operation: str,
        clusters: list[str],
        status: str,
        errors: list[dict[str, str]],
    ) -> None:
        """Remember a task as it is: nothing happens to it by itself."""
        options = self._world.options
        task = Task(
            task_id, guid, operation, options.crdb_task_seconds, options.crdb_task_ttl_seconds, clusters
        )
        task.status, task.errors = status, errors
        task.started = None if status == "queued" else self._world.now
        task.ended = self._world.now if status in ENDED else None
        task.committed = self._world.now + task.seconds * options.crdb_commit_share
        self.tasks[task_id] = task

    def _begin(self, task: Task) -> None:
        if task.status != "queued":
            return
        task.status, task.started = "started", self._world.now
        task.committed = self._world.now + task.seconds * self._world.options.crdb_commit_share
        self._world.timeline.after(task.seconds, lambda: self._finish(task))

    def _finish(self, task: Task) -> None:
        if task.status != "started":
            return
        if self._world.fails("fail_crdb_tasks"):
            self._end(task, "failed", self._world.options.failure_text)
        else:
            task.work()
            self._end(task, "finished")

    def _end(self, task: Task, status: str, text: str = "") -> None:
        task.status, task.ended = status, self._world.now
        if text:
            error = {"cluster_name": task.clusters[0], "description": text, "error_code": "internal_error"}
            task.errors.append(error)
            task.undo()
        self._world.timeline.after(task.ttl, lambda: self._forget(task))

    def _forget(self, task: Task) -> None:
        self.tasks.pop(task.id, None)

    def _cancel(self, call: Call) -> None:
        task = self._task(call)
        committing = task.status == "started" and self._world.now >= task.committed
        if task.started is not None and task.status != "started":
            raise problem(406, f"Task {task.id} has ended")
        if committing and not call.flag("force"):
            raise problem(406, f"Task {task.id} is in its commit phase and cannot be cancelled")
        if self._world.fails("fail_crdb_cancels"):
            raise problem(409, f"Cancelling task {task.id} failed")
        self._end(task, self._world.options.crdb_cancelled_word, "Task was cancelled")

    # -- databases

    def _crdb(self, call: Call, missing: int = 404) -> Crdb:
        crdb = self.crdbs.get(call.params["guid"])
        if crdb is None:
            raise problem(missing, f"CRDB {call.params['guid']} was not found")
        return crdb

    def _row(self, crdb: Crdb) -> dict[str, Any]:
        instances = copy.deepcopy(crdb.instances)
        if not self._world.options.crdb_return_credentials:
            for instance in instances:
                instance["cluster"].pop("credentials", None)
                instance["cluster"].pop("certificate_auth", None)
        local = self._local(crdb)
        return {
            "guid": crdb.guid,
            **copy.deepcopy(crdb.values),
            "instances": instances,
            "local_databases": [{"bdb_uid": str(crdb.bdb_uid), "id": local["id"]}] if crdb.bdb_uid else [],
        }

    def _list(self, call: Call) -> Any:
        rows = [self._row(crdb) for crdb in self.crdbs.values()]
        return {"crdbs": rows} if self._world.options.crdbs_wrapper else rows

    def _local(self, crdb: Crdb) -> dict[str, Any]:
        """The instance on this cluster: by name, else the first one."""
        name = self._world.options.cluster_name
        return next((row for row in crdb.instances if row["cluster"]["name"] == name), crdb.instances[0])

    def _create(self, call: Call) -> dict[str, Any] | None:
        body = _body(call)
        _only(body, CRDB_FIELDS)
        for name in ("name", "default_db_config", "instances"):
            if not body.get(name):
                raise problem(400, f"'{name}' is a required property")
        crdb = self.new(body)
        if call.flag("dry_run"):
            return self._row(crdb)
        return self.submit(call, "create_crdb", crdb, lambda: self.establish(crdb))

    def new(self, body: dict[str, Any]) -> Crdb:
        """A CRDB that is not known yet. Raises :class:`ApiError` 400 for a body that does not fit."""
        try:
            check_name(str(body["name"]))
        except ApiError as error:
            raise problem(400, error.text) from error
        config = {**CONFIG_DEFAULTS, "name": body["name"], **_config(body["default_db_config"])}
        values = {
            "causal_consistency": body.get("causal_consistency", False),
            "default_db_config": config,
            "encryption": body.get("encryption", False),
            "featureset_version": body.get("featureset_version", 8),
            "modules": [],
            "name": body["name"],
            "protocol_version": body.get("protocol_version", 1),
            "volatile_config_fields": [],
        }
        instances = [_instance(row, number) for number, row in enumerate(body["instances"], 1)]
        return Crdb(self._world.uuid(), values, instances)

    def establish(self, crdb: Crdb) -> None:
        """Create the local database and put the CRDB into the list."""
        local = self._local(crdb)
        config = {**crdb.values["default_db_config"], **local.get("db_config", {})}
        wanted = {name: value for name, value in config.items() if name not in NOT_FOR_BDB}
        wanted.update(name=crdb.values["name"], crdt=True, crdt_guid=crdb.guid, crdt_replica_id=local["id"])
        wanted["crdt_sync"] = "enabled"
        bdb = self._bdbs.add_ready(wanted, server=True)
        crdb.bdb_uid = bdb.uid
        local["db_uid"] = str(bdb.uid)
        self.crdbs[crdb.guid] = crdb

    def _patch(self, call: Call) -> dict[str, Any]:
        crdb = self._crdb(call)
        return self._modify(call, crdb, "update_crdb", _body(call))

    def _modify(self, call: Call, crdb: Crdb, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        _only(body, CRDB_FIELDS)
        config = _config(body.get("default_db_config", {}))
        if config.get("replication") is False and crdb.values["default_db_config"]["replication"]:
            raise problem(406, "Replication cannot be turned off")
        known = {instance["id"] for instance in crdb.instances}
        if [row for row in body.get("instances", []) if row.get("id") not in known]:
            raise problem(400, "An instance does not exist")
        bdb = self._bdbs.bdbs.get(crdb.bdb_uid)
        if bdb is not None:
            bdb.status = "active-change-pending"

        def release() -> None:
            if bdb is not None:
                bdb.status = "active"

        def work() -> None:
            release()
            simple = {
                key: value for key, value in body.items() if key not in ("default_db_config", "instances")
            }
            crdb.values = {**crdb.values, **simple}
            crdb.values["default_db_config"] = {**crdb.values["default_db_config"], **config}
            for row in body.get("instances", []):
                instance = next(item for item in crdb.instances if item["id"] == row["id"])
                instance["db_config"] = {**instance.get("db_config", {}), **(row.get("db_config") or {})}
            if bdb is not None:
                changes = {**config, **self._local(crdb).get("db_config", {})}
                changes = {name: value for name, value in changes.items() if name not in NOT_FOR_BDB}
                bdb.values = {**bdb.values, **changes, "name": crdb.values["name"]}

        return self.submit(call, operation, crdb, work, release)

    def _updates(self, call: Call) -> dict[str, Any]:
        crdb, body = self._crdb(call), _body(call)
        _only(body, UPDATES_FIELDS)
        removed = body.get("remove_instances", [])
        known = [instance["id"] for instance in crdb.instances]
        if [number for number in removed if number not in known]:
            raise problem(400, "An instance does not exist")
        added = [
            _instance(row, max(known) + place) for place, row in enumerate(body.get("add_instances", []), 1)
        ]
        if body.get("crdb"):
            return self._modify(call, crdb, "update_crdb", body["crdb"])

        def work() -> None:
            crdb.instances = [row for row in crdb.instances if row["id"] not in removed] + added

        return self.submit(call, "update_crdb", crdb, work)

    def _delete(self, call: Call) -> dict[str, Any]:
        crdb = self._crdb(call, missing=406)

        def work() -> None:
            self.crdbs.pop(crdb.guid, None)
            bdb = self._bdbs.bdbs.get(crdb.bdb_uid)
            if bdb is not None:
                self._bdbs.remove(bdb)

        return self.submit(call, "delete_crdb", crdb, work)

    def _flush(self, call: Call) -> dict[str, Any]:
        return self.submit(call, "flush_crdb", self._crdb(call), lambda: None)

    def _purge(self, call: Call) -> dict[str, Any]:
        crdb = self._crdb(call)
        if not isinstance(_body(call).get("instances"), list):
            raise problem(400, "'instances' is a required property")
        return self.submit(call, "purge_crdb", crdb, lambda: None)

    def _health(self, call: Call) -> list[dict[str, Any]]:
        crdb = self._crdb(call)
        return [
            {
                "active_config_version": 1,
                "cluster_name": instance["cluster"]["name"],
                "configurations": [],
                "connections": [],
                "name": crdb.values["name"],
            }
            for instance in crdb.instances
        ]

    def dump(self) -> dict[str, Any]:
        return {
            "crdbs": [self._row(crdb) for crdb in self.crdbs.values()],
            "crdb_tasks": [self._task_row(task) for task in self.tasks.values()],
        }


def _body(call: Call) -> dict[str, Any]:
    try:
        return call.body()
    except ApiError as error:
        raise problem(400, error.text) from error


def _only(body: dict[str, Any], known: frozenset[str]) -> None:
    if set(body) - known:
        raise problem(400, f"Additional properties are not allowed: {sorted(set(body) - known)}")


def _config(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise problem(400, "a database configuration must be an object")
    _only(value, CONFIG_FIELDS)
    return value


def _instance(row: Any, number: int) -> dict[str, Any]:
    cluster = row.get("cluster") if isinstance(row, dict) else None
    if not isinstance(cluster, dict) or not cluster.get("name") or not cluster.get("url"):
        raise problem(400, "'name' and 'url' of the cluster of an instance are required properties")
    if ("credentials" in cluster) == ("certificate_auth" in cluster):
        raise problem(400, "an instance needs either credentials or certificate_auth")
    _config(row.get("db_config", {}))
    return {"compression": 0, **copy.deepcopy(row), "id": number}


def _ttl(text: str | None, default: float) -> float:
    return float(text) if text is not None and text.isdigit() else default
