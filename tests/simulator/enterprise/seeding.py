# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ready-made resources, put into the cluster without requests: for tests, demonstrations and benchmarks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .actions import ENDED, MACHINE, OTHER, TASK, Actions
from .bdbs import Bdbs
from .bootstrap import Bootstrap
from .crdbs import Crdbs
from .nodes import NODE_ACTIONS, Nodes
from .transfers import Transfers
from .users import Users
from .world import World

BDB_STATUSES = frozenset(
    {
        "active",
        "pending",
        "active-change-pending",
        "import-pending",
        "delete-pending",
        "creation-failed",
        "recovery",
    }
)
MEGABYTE = 1024 * 1024


class Seeder:
    """Puts resources of every kind; answers with their ids."""

    def __init__(
        self,
        world: World,
        actions: Actions,
        bdbs: Bdbs,
        nodes: Nodes,
        transfers: Transfers,
        crdbs: Crdbs,
        bootstrap: Bootstrap,
        users: Users,
    ) -> None:
        self._world = world
        self._actions = actions
        self._bdbs = bdbs
        self._nodes = nodes
        self._transfers = transfers
        self._crdbs = crdbs
        self._bootstrap = bootstrap
        self._users = users

    def seed(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Raises ``ValueError`` for what it does not understand."""
        makers: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
            "users": self._user,
            "nodes": lambda row: [self._nodes.add(**row).uid],
            "bdbs": self._bdb,
            "actions": self._action,
            "node_actions": self._node_action,
            "backups": lambda row: [self._transfers.start_backup(self._existing(row.pop("bdb_uid"))).uid],
            "crdbs": self._crdb,
            "crdb_tasks": self._crdb_task,
        }
        unknown = set(resources) - set(makers) - {"bootstrap"}
        if unknown:
            raise ValueError(f"cannot seed {sorted(unknown)}, only {sorted([*makers, 'bootstrap'])}")
        made: dict[str, Any] = {}
        for kind, maker in makers.items():
            rows = resources.get(kind, [])
            if rows:
                made[kind] = [uid for row in rows for uid in maker(dict(row))]
        if "bootstrap" in resources:
            self._bootstrap.set(**resources["bootstrap"])
        return made

    def _user(self, row: dict[str, Any]) -> list[int]:
        return [self._users.add(**row).uid]

    def _existing(self, uid: int) -> int:
        if uid not in self._bdbs.bdbs:
            raise ValueError(f"there is no database {uid}")
        return uid

    def _bdb(self, row: dict[str, Any]) -> list[int]:
        """``count`` databases (their names numbered from 1), in ``status``; ``server`` starts redis-servers."""
        count, status = row.pop("count", 1), row.pop("status", "active")
        server, name = row.pop("server", False), row.pop("name", "seeded")
        progress = row.pop("progress", None)
        if status not in BDB_STATUSES and not row.pop("any_status", False):
            raise ValueError(f"a database has no status '{status}' (any_status: true puts it all the same)")
        row.setdefault("memory_size", 100 * MEGABYTE)
        uids = []
        for number in range(1, count + 1):
            wanted = {**row, "name": name if count == 1 else f"{name}-{number}"}
            bdb = self._bdbs.add_ready(wanted, status, server)
            if status in ("pending", "active-change-pending", "delete-pending") and progress is not None:
                action = self._actions.new(MACHINE, "SMUpdateBDB", "bdb", bdb.uid, 0.0)
                action.status, action.progress = "active", float(progress)
                self._actions.put(action)
                bdb.action = action
            uids.append(bdb.uid)
        return uids

    def _action(self, row: dict[str, Any]) -> list[str]:
        """``status`` is any raw word; ``finish_after`` seconds later it becomes ``then``."""
        kind = row.pop("kind", MACHINE)
        if kind not in (MACHINE, TASK, OTHER):
            raise ValueError(f"there is no kind of action '{kind}'")
        defaults = {"bdb": "SMUpdateBDB", "node": "retry_bdb"}
        object_type = row.pop("object_type", "node" if kind == TASK else "bdb")
        name = row.pop("name", defaults.get(object_type, "action"))
        action = self._actions.new(kind, name, object_type, row.pop("object_uid", 1), row.pop("seconds", 0.0))
        action.uid = row.pop("action_uid", action.uid)
        action.status = row.pop("status", "completed")
        action.node_uid = str(row.pop("node_uid", "1"))
        action.created -= row.pop("age", 0.0)
        action.error = row.pop("error", "")
        action.error_code = row.pop("error_code", action.error_code)
        progress = row.pop("progress", None)
        action.progress = None if progress is None else float(progress)
        action.started = action.created
        action.ended = self._world.now if action.status in ENDED else None
        later, then = row.pop("finish_after", None), row.pop("then", "completed")
        if row:
            raise ValueError(f"an action has no {sorted(row)}")
        self._actions.put(action)
        if later is not None:

            def finish() -> None:
                action.status, action.ended, action.progress = then, self._world.now, None

            self._world.timeline.after(later, finish)
        return [action.uid]

    def _node_action(self, row: dict[str, Any]) -> list[str]:
        """``status`` given = it stays in this state; not given = it runs as if it had been requested."""
        node = self._nodes.nodes.get(row.pop("node_uid", 1))
        name, status = row.pop("action", "maintenance_on"), row.pop("status", None)
        progress, error = row.pop("progress", None), row.pop("error", "")
        if node is None or name not in NODE_ACTIONS:
            raise ValueError("a node action needs an existing node_uid and a known action")
        if row:
            raise ValueError(f"a node action has no {sorted(row)}")
        if status is None:
            return [self._nodes.begin(node, name, {}).uid]
        action = self._actions.new(TASK, name, "node", node.uid, self._world.options.node_action_seconds)
        action.status, action.error, action.node_uid = status, error, str(node.uid)
        action.progress = None if progress is None else float(progress)
        node.actions[name] = action
        self._actions.put(action)
        return [action.uid]

    def _crdb(self, row: dict[str, Any]) -> list[str]:
        crdb = self._crdbs.new(row)
        self._crdbs.establish(crdb)
        return [crdb.guid]

    def _crdb_task(self, row: dict[str, Any]) -> list[str]:
        """A task in a given ``status`` that nothing moves on, on an existing or invented CRDB."""
        status, operation = row.pop("status", "started"), row.pop("operation", "create_crdb")
        clusters = row.pop("clusters", [self._world.options.cluster_name])
        task_id, errors = row.pop("id", self._world.uuid()), row.pop("errors", [])
        guid = row.pop("crdb_guid", self._world.uuid())
        if row:
            raise ValueError(f"a CRDB task has no {sorted(row)}")
        self._crdbs.put_task(task_id, guid, operation, clusters, status, errors)
        return [task_id]
