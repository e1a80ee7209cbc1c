# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes, the actions on them, and the one action on the cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .actions import ENDED, TASK, Action, Actions
from .bdbs import Bdbs
from .errors import ApiError, bad_request, refused
from .routing import Call, Route
from .versions import supported_database_versions
from .world import World

MEMORY = 8217473024
DISK = 1081100128256.0
# Fields of the request body by action.
NODE_ACTIONS: dict[str, frozenset[str]] = {
    "remove": frozenset({"wait_for_persistence"}),
    "maintenance_on": frozenset(
        {
            "overwrite_snapshot",
            "evict_ha_replica",
            "evict_active_active_replica",
            "evict_dbs",
            "keep_slave_shards",
        }
    ),
    "maintenance_off": frozenset({"snapshot_name", "skip_shards_restore"}),
    "enslave_node": frozenset(),
}
LISTED_NAMES = {"remove": "remove_node"}  # the list was documented with this name, the path with the other
UPDATE_FIELDS = frozenset(
    {
        "accept_servers",
        "addr",
        "external_addr",
        "max_listeners",
        "max_redis_forks",
        "max_redis_servers",
        "max_slave_full_syncs",
        "rack_id",
        "recovery_path",
        "second_rack_id",
    }
)
CHANGE_MASTER_406_SINCE = (8, 0, 2)


@dataclass
class Node:
    """``maintenance``: how often maintenance was switched on more than off. ``actions``: by name, the last one."""

    uid: int
    settings: dict[str, Any]
    master: bool = False
    status: str = "active"
    maintenance: int = 0
    snapshot: dict[str, str] | None = None
    actions: dict[str, Action] = field(default_factory=dict)


class Nodes:
    """The nodes of the cluster."""

    def __init__(self, world: World, actions: Actions) -> None:
        self._world = world
        self._actions = actions
        self.bdbs: Bdbs | None = None
        self.nodes: dict[int, Node] = {}
        self.cluster_actions: dict[str, Action] = {}
        for _number in range(world.options.nodes):
            self.add()
        self.nodes[1].master = True

    def add(self, **settings: Any) -> Node:
        uid = max(self.nodes, default=0) + 1
        known = {
            "accept_servers": True,
            "addr": f"10.0.0.{uid}",
            "external_addr": [],
            "max_listeners": 100,
            "max_redis_forks": -1,
            "max_redis_servers": 100,
            "max_slave_full_syncs": -1,
            "rack_id": "",
            "second_rack_id": "",
        }
        self.nodes[uid] = Node(uid, {**known, **settings})
        return self.nodes[uid]

    def routes(self) -> list[Route]:
        view, watch = "view_node_info", "view_status_of_node_action"
        return [
            Route("GET", "/v1/nodes", "view_all_nodes_info", self._list),
            Route("GET", "/v1/nodes/status", view, self._all_status),
            Route("GET", "/v1/nodes/actions", "view_status_of_all_node_actions", self._all_actions),
            Route("GET", "/v1/nodes/{uid}", view, lambda call: self._row(self._node(call))),
            Route("PUT", "/v1/nodes/{uid}", "update_node", self._update),
            Route("GET", "/v1/nodes/{uid}/status", view, lambda call: self._status(self._node(call))),
            Route("GET", "/v1/nodes/{uid}/snapshots", view, self._snapshots),
            Route("GET", "/v1/nodes/{uid}/actions", watch, self._node_actions),
            Route("GET", "/v1/nodes/{uid}/actions/{action}", watch, self._action_status),
            Route("POST", "/v1/nodes/{uid}/actions/{action}", "start_node_action", self._start),
            Route("DELETE", "/v1/nodes/{uid}/actions/{action}", "cancel_node_action", self._cancel),
            Route("GET", "/v1/cluster/actions", "view_status_of_cluster_action", self._cluster_list),
            Route(
                "GET", "/v1/cluster/actions/{action}", "view_status_of_cluster_action", self._cluster_status
            ),
            Route("POST", "/v1/cluster/actions/{action}", "start_cluster_action", self._cluster_start),
            Route("DELETE", "/v1/cluster/actions/{action}", "cancel_cluster_action", self._cluster_forget),
            Route(
                "GET",
                "/v1/local/node/master_healthcheck",
                "view_cluster_info",
                lambda call: {"status": "active"},
            ),
        ]

    # -- reading

    def _node(self, call: Call) -> Node:
        node = self.nodes.get(call.number("uid"))
        if node is None:
            raise ApiError(404, "node_not_found", f"Node {call.params['uid']} does not exist")
        return node

    def _shards_of(self, node: Node) -> list[int]:
        """Masters live on the primary, replicas on the next node: enough to count with."""
        bdbs = list(self.bdbs.bdbs.values()) if self.bdbs is not None else []
        place = sorted(self.nodes).index(node.uid)
        return [
            shard
            for bdb in bdbs
            for index, shard in enumerate(bdb.shards)
            if (0 if index < bdb.values["shards_count"] else 1) == place
        ]

    def _row(self, node: Node) -> dict[str, Any]:
        shards = self._shards_of(node)
        return {
            **node.settings,
            "architecture": "x86_64",
            "bigredis_storage_path": "/var/opt/redislabs/flash",
            "bigstore_enabled": False,
            "cores": 8,
            "ephemeral_storage_path": "/var/opt/redislabs/tmp",
            "ephemeral_storage_size": DISK,
            "fips_enabled": False,
            "flash_shard_count": 0,
            "os_family": "ubuntu",
            "os_name": "ubuntu",
            "os_semantic_version": "22.04",
            "os_version": "Ubuntu 22.04.5 LTS",
            "persistent_storage_path": "/var/opt/redislabs/persist",
            "persistent_storage_size": DISK,
            "ram_shard_count": len(shards),
            "shard_count": len(shards),
            "shard_list": shards,
            "software_version": self._world.build,
            "status": node.status,
            "supported_database_versions": supported_database_versions(self._world.version),
            "total_memory": MEMORY,
            "uid": node.uid,
            "uptime": int(self._world.now),
            "use_internal_ipv6": False,
        }

    def _status(self, node: Node) -> dict[str, Any]:
        row: dict[str, Any] = {
            "cores": 8,
            "free_provisional_ram": MEMORY // 2 if node.settings["accept_servers"] else 0,
            "free_ram": MEMORY // 2,
            "hostname": f"node{node.uid}.{self._world.options.cluster_name}",
            "master_shards": self._shards_of(node) if node.master else [],
            "node_overbooking_depth": 0,
            "node_status": node.status,
            "role": "master" if node.master else "slave",
            "slave_shards": [] if node.master else self._shards_of(node),
            "software_version": self._world.build,
            "software_version_sha": "0" * 64,
            "total_memory": MEMORY,
            "total_provisional_ram": MEMORY // 2,
        }
        if node.snapshot is not None:
            row["maintenance_snapshot"] = node.snapshot
        return row

    def _list(self, call: Call) -> list[dict[str, Any]]:
        return [self._row(node) for node in self.nodes.values()]

    def _all_status(self, call: Call) -> dict[str, Any]:
        return {str(node.uid): self._status(node) for node in self.nodes.values()}

    def _snapshots(self, call: Call) -> list[dict[str, str]]:
        node = self._node(call)
        return [node.snapshot] if node.snapshot is not None else []

    def _update(self, call: Call) -> None:
        node, body = self._node(call), call.body()
        if set(body) - UPDATE_FIELDS:
            raise bad_request(f"Additional properties are not allowed: {sorted(set(body) - UPDATE_FIELDS)}")
        if (
            body.get("rack_id", node.settings["rack_id"]) != node.settings["rack_id"]
            and node.settings["rack_id"]
        ):
            raise refused("node_already_has_rack_id", f"Node {node.uid} has a rack id")
        if body.get("addr", node.settings["addr"]) != node.settings["addr"] and node.status != "down":
            raise refused("node_not_offline", f"Node {node.uid} is online")
        if body.get("accept_servers") is False and self._shards_of(node):
            raise refused("node_already_populated", f"Node {node.uid} has shards")
        node.settings.update(body)

    # -- node actions

    def _action_row(self, node: Node, name: str, action: Action) -> dict[str, Any]:
        row: dict[str, Any] = {
            "name": LISTED_NAMES.get(name, name),
            "node_uid": str(node.uid),
            "progress": int(action.percent(self._world.now)),
            "status": action.status,
            "task_id": action.uid,
        }
        if action.error:
            row.update({"error_code": action.error_code, "error_message": action.error})
        return row

    def _node_actions(self, call: Call) -> dict[str, Any]:
        node = self._node(call)
        return {"actions": [self._action_row(node, name, action) for name, action in node.actions.items()]}

    def _all_actions(self, call: Call) -> Any:
        rows = [
            self._action_row(node, name, action)
            for node in self.nodes.values()
            for name, action in node.actions.items()
        ]
        return {"actions": rows} if self._world.options.node_actions_wrapper else rows

    def _known(self, call: Call) -> tuple[Node, str, Action]:
        node, name = self._node(call), call.params["action"]
        if name not in node.actions:
            raise ApiError(404, "action_not_found", f"Action {name} of node {node.uid} does not exist")
        return node, name, node.actions[name]

    def _action_status(self, call: Call) -> dict[str, Any]:
        return self._action_row(*self._known(call))

    def _start(self, call: Call) -> dict[str, Any]:
        node, name = self._node(call), call.params["action"]
        if name not in NODE_ACTIONS:
            raise bad_request(f"'{name}' is not a node action")
        body = call.body(required=False)
        if set(body) - NODE_ACTIONS[name]:
            raise bad_request(
                f"Additional properties are not allowed: {sorted(set(body) - NODE_ACTIONS[name])}"
            )
        last = node.actions.get(name)
        if last is not None and last.status not in ENDED:
            raise ApiError(409, "action_already_running", f"Action {name} of node {node.uid} is running")
        action = self.begin(node, name, body)
        return {"status": action.status, "task_id": action.uid}

    def begin(self, node: Node, name: str, body: dict[str, Any]) -> Action:
        """Start an action; the result of the last one of this name is gone."""
        last = node.actions.pop(name, None)
        if last is not None:
            self._actions.forget(last)
        options = self._world.options
        action = self._actions.new(
            TASK, LISTED_NAMES.get(name, name), "node", node.uid, options.node_action_seconds
        )
        action.node_uid = str(node.uid)
        action.work = lambda: self._finish(node, name, action, body)
        node.actions[name] = action
        if name == "remove":  # takes no new shards from now on, whatever becomes of the removal
            node.settings["accept_servers"] = False
        self._actions.start(action)
        if name == "maintenance_off" and node.snapshot is None:  # nothing to restore: it is cancelled
            self._world.timeline.after(0, lambda: self._actions.cancel(action))
        if not options.node_actions_listed:
            self._actions.forget(action)
        return action

    def _finish(self, node: Node, name: str, action: Action, body: dict[str, Any]) -> str:
        if self._world.fails("fail_node_actions") or (name == "remove" and len(self.nodes) == 1):
            action.error_code = "insufficient_resources"
            return self._world.options.failure_text
        if name == "remove":
            del self.nodes[node.uid]
            self._move_master(node)
        elif name == "maintenance_on":
            self._maintenance_on(node, bool(body.get("overwrite_snapshot")))
        elif name == "maintenance_off":
            self._maintenance_off(node)
        elif name == "enslave_node":
            self._move_master(node)
        return ""

    def _maintenance_on(self, node: Node, overwrite: bool) -> None:
        """Activations stack; the first snapshot is kept unless told otherwise (7.4.2)."""
        node.maintenance += 1
        node.settings.update(accept_servers=False, max_listeners=0)
        if node.snapshot is None or overwrite:
            moment = self._world.time_text().rstrip("Z")
            node.snapshot = {
                "created_time": moment.replace("T", " "),
                "name": f"maintenance_mode_{moment.replace('T', '_').replace(':', '-')}",
                "node_uid": str(node.uid),
            }
        self._move_master(node)

    def _maintenance_off(self, node: Node) -> None:
        node.maintenance = max(0, node.maintenance - 1)
        if not node.maintenance:
            node.settings.update(accept_servers=True, max_listeners=100)
            node.snapshot = None

    def _move_master(self, node: Node) -> None:
        others = [other for other in self.nodes.values() if other is not node and not other.maintenance]
        if node.master and others:
            node.master, others[0].master = False, True

    def _cancel(self, call: Call) -> None:
        node, name, action = self._known(call)
        if action.status in ENDED:
            del node.actions[name]
            self._actions.forget(action)
        else:
            self._actions.cancel(action)

    # -- cluster actions

    def _cluster_row(self, name: str) -> dict[str, Any]:
        action = self.cluster_actions.get(name)
        if action is None:
            raise ApiError(404, "action_not_found", f"Action {name} does not exist")
        return {"name": name, "progress": action.percent(self._world.now), "status": action.status}

    def _cluster_list(self, call: Call) -> dict[str, Any]:
        return {"actions": [self._cluster_row(name) for name in self.cluster_actions]}

    def _cluster_status(self, call: Call) -> dict[str, Any]:
        return self._cluster_row(call.params["action"])

    def _cluster_start(self, call: Call) -> None:
        name, body = call.params["action"], call.body()
        if name != "change_master" or set(body) != {"node_uid"}:
            raise bad_request("The only cluster action is change_master, its body is {node_uid}")
        uid = str(body["node_uid"])
        node = self.nodes.get(int(uid)) if uid.isdigit() else None
        if node is None:
            raise ApiError(404, "node_not_found", f"Node {uid} does not exist")
        if node.status != "active" and self._world.version >= CHANGE_MASTER_406_SINCE:
            raise refused("node_not_bootstrapped", f"Node {uid} is not active")
        last = self.cluster_actions.get(name)
        if last is not None and last.status not in ENDED:
            raise ApiError(409, "action_already_running", f"Action {name} is running")
        action = self._actions.new(TASK, name, "cluster", "", self._world.options.cluster_action_seconds)
        action.node_uid = uid
        action.work = lambda: self._become_master(node)
        self.cluster_actions[name] = self._actions.start(action)

    def _become_master(self, chosen: Node) -> str:
        for node in self.nodes.values():
            node.master = node is chosen
        return ""

    def _cluster_forget(self, call: Call) -> None:
        """No cluster action can be cancelled; a finished one is forgotten."""
        name = call.params["action"]
        self._cluster_row(name)
        if self.cluster_actions[name].status in ENDED:
            del self.cluster_actions[name]

    def dump(self) -> list[dict[str, Any]]:
        return [
            {
                **self._row(node),
                "role": self._status(node)["role"],
                "maintenance": node.maintenance,
                "actions": [self._action_row(node, name, action) for name, action in node.actions.items()],
            }
            for node in self.nodes.values()
        ]
