# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The local node before, while and after it becomes part of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import ApiError, bad_request
from .routing import Call, Route
from .versions import supported_database_versions
from .world import World

ACTIONS = {
    "create_cluster": "creating_cluster",
    "join_cluster": "joining_cluster",
    "recover_cluster": "recovering_cluster",
}
STATES = frozenset({"idle", "initiated", *ACTIONS.values(), "completed", "error"})
STARTABLE = frozenset({"idle", "error"})
INITIATED_SECONDS = 1.0


class Bootstrap:
    """The bootstrap machine of one node. ``clustered``: the node answers the rest of the API."""

    def __init__(self, world: World, founded: Callable[[str, str, str], None]) -> None:
        """``founded`` is called with cluster name, user and password when a cluster was created."""
        self._world = world
        self._founded = founded
        self.state = world.options.bootstrap_state
        self.clustered = self.state == "completed"
        self.error_code = world.options.bootstrap_error if self.state == "error" else ""
        self.started = self.ended = world.now

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v1/bootstrap", None, self._get),
            Route("POST", "/v1/bootstrap/{action}", "update_cluster", self._start),
            Route("POST", "/v1/bootstrap/validate/{action}", "update_cluster", self._validate),
        ]

    def set(self, state: str, seconds: float = 0.0, then: str = "completed", error_code: str = "") -> None:
        """Put the machine into a state, which it leaves by itself after ``seconds`` (0 = never)."""
        if not {state, then} <= STATES:
            raise ValueError(f"bootstrap has the states {sorted(STATES)}")
        self.state, self.started = state, self._world.now
        self.error_code = error_code if state == "error" else ""
        if seconds:
            self._world.timeline.after(seconds, lambda: self._leave(state, then, error_code))

    def _leave(self, state: str, then: str, error_code: str) -> None:
        if self.state != state:
            return
        self.state, self.ended = then, self._world.now
        self.error_code = error_code if then == "error" else ""
        self.clustered = self.clustered or then == "completed"

    def status(self) -> dict[str, Any]:
        row: dict[str, Any] = {"state": self.state}
        if self.state != "idle":
            row["start_time"] = self._world.time_text(self.started)
        if self.state in ("completed", "error"):
            row["end_time"] = self._world.time_text(self.ended)
        if self.error_code:
            row.update({"error_code": self.error_code, "error_details": {}})
        return row

    def _get(self, call: Call) -> dict[str, Any]:
        version = self._world.version
        return {
            "bootstrap_status": self.status(),
            "local_node_info": {
                "architecture": "x86_64",
                "available_addresses": [
                    {"address": "10.0.0.1", "format": "ipv4", "if_name": "eth0", "private": True}
                ],
                "bigredis_storage_path": "/var/opt/redislabs/flash",
                "bridge_interfaces": [],
                "cnm_version_sha": "0" * 40,
                "cores": 8,
                "ephemeral_storage_path": "/var/opt/redislabs/tmp",
                "ephemeral_storage_size": 1081100128256.0,
                "fips_enabled": False,
                "os_family": "ubuntu",
                "os_name": "ubuntu",
                "os_semantic_version": "22.04",
                "os_version": "Ubuntu 22.04.5 LTS",
                "persistent_storage_path": "/var/opt/redislabs/persist",
                "persistent_storage_size": 1081100128256.0,
                "short_hostname": "node1",
                "software_version": self._world.build,
                "supported_bigstore_drivers": ["rocksdb"],
                "supported_database_versions": supported_database_versions(version),
                "total_memory": 8217473024,
                "uid": "1",
                "uptime": int(self._world.now),
            },
        }

    def _checked(self, call: Call) -> tuple[str, dict[str, Any]]:
        action, body = call.params["action"], call.body()
        if action not in ACTIONS:
            raise ApiError(404)
        cluster = body.get("cluster")
        if action != "recover_cluster":
            key = "name" if action == "create_cluster" else "nodes"
            if not isinstance(cluster, dict) or not cluster.get(key):
                raise bad_request(f"cluster.{key} is required")
        return action, body

    def _start(self, call: Call) -> None:
        action, body = self._checked(call)
        if self.state not in STARTABLE:
            raise ApiError(409, "bootstrap_already_started", f"The bootstrap state is {self.state}")
        error = self._take_error()
        self.set("initiated", INITIATED_SECONDS, ACTIONS[action])
        self._world.timeline.after(INITIATED_SECONDS, lambda: self._work(action, body, error))

    def _work(self, action: str, body: dict[str, Any], error: str) -> None:
        seconds = self._world.options.bootstrap_seconds
        self.set(ACTIONS[action], seconds, "error" if error else "completed", error)
        if action == "create_cluster" and not error:
            credentials = body.get("credentials", {})
            name, user, password = (
                body["cluster"]["name"],
                credentials.get("username"),
                credentials.get("password"),
            )
            self._world.timeline.after(seconds, lambda: self._founded(str(name), str(user), str(password)))

    def _validate(self, call: Call) -> None:
        self._checked(call)
        if self.state not in STARTABLE:
            raise ApiError(409, "bootstrap_already_started", f"The bootstrap state is {self.state}")
        error = self._take_error()
        if error:
            raise ValidationFailed(
                {**self.status(), "state": "error", "error_code": error, "error_details": {}}
            )

    def _take_error(self) -> str:
        error, self._world.options.bootstrap_error = self._world.options.bootstrap_error, ""
        return error


class ValidationFailed(Exception):
    """406 with a bootstrap status as its body, the one error that has this shape."""

    def __init__(self, status: dict[str, Any]) -> None:
        super().__init__(str(status))
        self.status = status
