# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Databases: requests, life cycle, and the redis-server behind each active one."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

from . import bdb as model
from .actions import MACHINE, TASK, Action, Actions
from .bdb import Bdb
from .bdb_fields import BDB_FIELDS
from .errors import ApiError, bad_request, refused
from .routing import Call, Route
from .users import User
from .validation import (
    ClusterFacts,
    check_certificates,
    check_combination,
    check_location,
    check_name,
    check_redis_version,
    check_tags,
    checked_fields,
    not_found,
)
from .versions import database_versions, full_database_version
from .world import World

AUTOMATIC_PORTS = range(10000, 20000)
# Ports the cluster keeps for itself, as recorded.
SYSTEM_PORTS = frozenset(
    (
        1968,
        3333,
        3334,
        3335,
        3336,
        *range(3339, 3347),
        *range(3348, 3356),
        8000,
        8001,
        8002,
        8004,
        8006,
        8070,
        8071,
    )
    + (8080, 8443, 8444, 9080, 9081, 9091, 9125, 9443, 10050, 36379)
)
BODY_OPTIONAL_SINCE = (7, 22)  # RS94080
EMPTY_MODULE_LIST_REFUSED_SINCE = (7, 22)  # RS142296
RECORDED_STRICT_BUILDS = ((7, 4, 6, 0), (7, 4, 7, 0))  # a create without redis_version was refused by 7.4.6
UPGRADE_FIELDS = frozenset(
    {
        "force_restart",
        "keep_redis_version",
        "keep_crdt_protocol_version",
        "may_discard_data",
        "force_discard",
        "preserve_roles",
        "parallel_shards_upgrade",
        "modules",
        "redis_version",
        "latest_with_modules",
    }
)


class Bdbs:
    """All databases of the cluster."""

    def __init__(self, world: World, actions: Actions, node_count: Callable[[], int]) -> None:
        self._world = world
        self._actions = actions
        self._node_count = node_count
        self.bdbs: dict[int, Bdb] = {}
        self._last_uid = 0
        self._last_shard = 0
        actions.bdb_exists = self.bdbs.__contains__

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v1/bdbs", "view_all_bdbs_info", self._list),
            Route("POST", "/v1/bdbs", "create_bdb", lambda call: self._create(call, call.body())),
            Route("POST", "/v2/bdbs", "create_bdb", self._create_v2),
            Route("GET", "/v1/bdbs/{uid}", "view_bdb_info", self._get),
            Route("PUT", "/v1/bdbs/{uid}", "update_bdb", self._update),
            Route("DELETE", "/v1/bdbs/{uid}", "delete_bdb", self._delete),
            Route("PUT", "/v1/bdbs/{uid}/{action}", "update_bdb_with_action", self._update_with_action),
            Route("POST", "/v1/bdbs/{uid}/upgrade", "update_bdb_with_action", self._upgrade),
            Route("GET", "/v1/shards", None, self._shards),
            Route("GET", "/v1/bdbs/{uid}/shards", None, self._shards),
        ]

    # -- reading

    def visible(self, uid: int, user: User) -> Bdb:
        """Raises :class:`ApiError` 404, also for a database outside the scope of the user's role."""
        if uid not in self.bdbs or not user.sees(uid):
            raise not_found(uid)
        return self.bdbs[uid]

    def _read(self, call: Call, bdb: Bdb) -> dict[str, Any]:
        answer = model.render(bdb, self._world, call.flag("extended"))
        wanted = call.request.query.get("fields")
        if not wanted:
            return answer
        names = {name.strip() for name in wanted.split(",")}
        return {name: value for name, value in answer.items() if name in names}

    def _list(self, call: Call) -> list[dict[str, Any]]:
        return [self._read(call, bdb) for bdb in self.bdbs.values() if call.user.sees(bdb.uid)]

    def _get(self, call: Call) -> dict[str, Any]:
        return self._read(call, self.visible(call.number("uid"), call.user))

    def _shards(self, call: Call) -> list[dict[str, Any]]:
        bdbs = (
            [self.visible(call.number("uid"), call.user)]
            if "uid" in call.params
            else list(self.bdbs.values())
        )
        rows = []
        for bdb in bdbs:
            masters = bdb.values["shards_count"]
            for place, shard in enumerate(bdb.shards):
                slot, width = place % masters, 16384 // masters
                last = 16383 if slot == masters - 1 else (slot + 1) * width - 1
                rows.append(
                    {
                        "assigned_slots": f"{slot * width}-{last}",
                        "bdb_uid": bdb.uid,
                        "detailed_status": "ok",
                        "loading": {"status": "idle"},
                        "node_uid": "1" if place < masters else "2",
                        "redis_info": {},
                        "report_timestamp": self._world.time_text(),
                        "role": "master" if place < masters else "slave",
                        "status": "active",
                        "uid": str(shard),
                    }
                )
        return rows

    # -- create

    def _create_v2(self, call: Call) -> dict[str, Any]:
        body = call.body()
        if set(body) - {"bdb", "recovery_plan"} or not isinstance(body.get("bdb"), dict):
            raise bad_request("The request body needs an object 'bdb' and takes 'recovery_plan'")
        return self._create(call, body["bdb"])

    def _create(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        self._check_license()
        wanted = self._checked_creation(body)
        uid = wanted.get("uid") or self._last_uid + 1
        bdb = self._new(uid, wanted)
        if call.flag("dry_run"):
            return model.render(bdb, self._world)
        action = self.add(bdb)
        return {**model.render(bdb, self._world), "action_uid": action.uid}

    def _checked_creation(self, body: dict[str, Any]) -> dict[str, Any]:
        world = self._world
        wanted = checked_fields(body, world.options, world.version)
        if not wanted.get("name"):
            raise refused("missing_db_name", "A database needs a name")
        if "memory_size" not in wanted:
            raise refused("missing_memory_size", "A database needs a memory size")
        for name in [name for name in wanted if "read-only" in BDB_FIELDS[name].flags]:
            if world.options.read_only_fields == "refuse":
                raise bad_request(f"{name} is read-only")
            del wanted[name]
        check_name(wanted["name"])
        if wanted.get("uid") in self.bdbs:
            raise ApiError(409, "uid_exists", f"A database with the uid {wanted['uid']} exists")
        known = database_versions(world.version)
        if "redis_version" in wanted:
            check_redis_version(wanted["redis_version"], known)
        elif world.switched(
            world.options.require_redis_version, _in_range(world.version, RECORDED_STRICT_BUILDS)
        ):
            check_redis_version("", known)
        if wanted.get("type") == "memcached" and wanted.get("module_list"):
            raise refused("memcached_cannot_use_modules", "A memcached database has no modules")
        unknown = [
            row for row in wanted.get("module_list", []) if row.get("module_name") not in model.MODULES["8.0"]
        ]
        if unknown:
            raise refused("missing_module", f"Module {unknown[0].get('module_name')} is not installed")
        self._check_values(wanted, model.filled(wanted, world), None)
        return wanted

    def _new(self, uid: int, wanted: dict[str, Any]) -> Bdb:
        values = model.filled(wanted, self._world)
        values["uid"] = uid
        bdb = Bdb(uid, values, set(wanted), self._world.now, self._world.now)
        bdb.shards = self._shard_ids(values)
        return bdb

    def add(self, bdb: Bdb, finish: Callable[[], str] | None = None) -> Action:
        """Put a new database and let it be created."""
        self.bdbs[bdb.uid] = bdb
        self._last_uid = max(self._last_uid, bdb.uid)
        self._last_shard = max(self._last_shard, *bdb.shards)
        seconds = self._world.options.create_seconds
        return self._machine("SMCreateBDB", bdb, seconds, finish or (lambda: self._created(bdb)))

    def add_ready(self, wanted: dict[str, Any], status: str = "active", server: bool = False) -> Bdb:
        """Put a database as it is, without an action. Used for seeding and by Active-Active databases."""
        bdb = self._new(wanted.get("uid") or self._last_uid + 1, wanted)
        self.bdbs[bdb.uid] = bdb
        self._last_uid = max(self._last_uid, bdb.uid)
        self._last_shard = max(self._last_shard, *bdb.shards)
        bdb.status = status
        if status != "creation-failed":
            self._listen(bdb, server)
        return bdb

    def _created(self, bdb: Bdb) -> str:
        options = self._world.options
        bdb.action = None
        if _matches(options.fail_create_names, bdb.name) or self._world.fails("fail_creates"):
            bdb.status = "creation-failed"
            return options.failure_text
        bdb.status = "active"
        self._listen(bdb)
        if options.retry_tasks:
            retry = self._actions.new(TASK, "retry_bdb", "node", "1", options.retry_task_seconds)
            self._actions.start(retry)
        return ""

    # -- update

    def _update(self, call: Call) -> dict[str, Any]:
        bdb = self.visible(call.number("uid"), call.user)
        return self._change(call, bdb, call.body(), self._world.options.update_seconds)

    def _update_with_action(self, call: Call) -> dict[str, Any]:
        name = call.params["action"]
        if name not in ("flush", "reset_admin_pass"):
            raise ApiError(404)
        bdb = self.visible(call.number("uid"), call.user)
        body = call.body(required=self._world.version < BODY_OPTIONAL_SINCE)
        if name == "flush":
            return self._change(call, bdb, body, self._world.options.flush_seconds, self._emptied)
        if bdb.values["crdt"]:
            raise refused("not_supported_action_on_crdt", "Not possible on an Active-Active database")
        return self._change(call, bdb, body, self._world.options.update_seconds, self._new_admin_password)

    def _upgrade(self, call: Call) -> dict[str, Any]:
        bdb = self.visible(call.number("uid"), call.user)
        body = call.body(required=False)
        if set(body) - UPGRADE_FIELDS:
            raise bad_request(f"Additional properties are not allowed: {sorted(set(body) - UPGRADE_FIELDS)}")
        if bdb.values["type"] != "redis":
            raise refused("invalid_version", "Only Redis databases can be upgraded")
        known = database_versions(self._world.version)
        target = body.get("redis_version", known[-1])
        check_redis_version(target, known)
        if known.index(target) < known.index(bdb.values["redis_version"]):
            raise refused("invalid_version", "A database cannot be downgraded")
        if target == bdb.values["redis_version"]:
            raise refused("bdb_already_upgraded", "The database has this version already")

        def upgraded(changed: Bdb) -> None:
            changed.values.update(redis_version=target, version=full_database_version(target))
            changed.values["module_list"] = model.modules(changed.values)

        return self._change(call, bdb, {}, self._world.options.update_seconds, upgraded)

    def _change(
        self,
        call: Call,
        bdb: Bdb,
        body: dict[str, Any],
        seconds: float,
        effect: Callable[[Bdb], None] = lambda bdb: None,
    ) -> dict[str, Any]:
        self._check_license()
        self.check_free(bdb)
        changes = self._checked_changes(bdb, body)
        preview = copy.copy(bdb)
        preview.values = {**bdb.values, **changes}
        preview.explicit = bdb.explicit | set(changes)
        if call.flag("dry_run"):
            return model.render(preview, self._world)
        action = self.begin_change(bdb, changes, seconds, effect)
        preview.action, preview.status = bdb.action, bdb.status
        return {**model.render(preview, self._world), "action_uid": action.uid}

    def begin_change(
        self,
        bdb: Bdb,
        changes: dict[str, Any],
        seconds: float,
        effect: Callable[[Bdb], None] = lambda bdb: None,
    ) -> Action:
        """Start the state machine of an update. The object is unchanged when it fails."""
        before = (dict(bdb.values), set(bdb.explicit))
        options = self._world.options

        def finish() -> str:
            bdb.action = None
            bdb.status = "active"
            if _matches(options.fail_update_names, bdb.name) or self._world.fails("fail_updates"):
                bdb.values, bdb.explicit = before
                return options.failure_text
            self._apply(bdb, changes)
            effect(bdb)
            bdb.changed = self._world.now
            return ""

        action = self._machine("SMUpdateBDB", bdb, seconds, finish, undo=lambda: self._restore(bdb, before))
        if options.update_visible == "start":
            self._apply(bdb, changes)
        self._world.timeline.after(options.update_status_lag_seconds, lambda: self._show_change(bdb, action))
        if not options.update_status_lag_seconds:
            self._show_change(bdb, action)
        return action

    def check_free(self, bdb: Bdb) -> None:
        """Raises :class:`ApiError` 409 unless the database can be changed now."""
        if bdb.busy:
            code = self._world.options.busy_error_code
            raise ApiError(409, code, f"Database {bdb.uid} is busy, try again later")

    def _checked_changes(self, bdb: Bdb, body: dict[str, Any]) -> dict[str, Any]:
        options, version = self._world.options, self._world.version
        changes: dict[str, Any] = {}
        for name, value in checked_fields(body, options, version).items():
            flags = BDB_FIELDS[name].flags
            if "read-only" in flags:
                if options.read_only_fields == "refuse":
                    raise bad_request(f"{name} is read-only")
            elif "create-only" in flags and value != bdb.values.get(name):
                if name == "module_list" and value == [] and version < EMPTY_MODULE_LIST_REFUSED_SINCE:
                    changes[name] = value  # used to remove all modules
                elif options.create_only_fields == "refuse":
                    raise bad_request(f"{name} cannot be changed after the database was created")
            elif "create-only" not in flags:
                changes[name] = value
        changes.pop("shards_blueprint", None)
        if bdb.values["crdt"] and changes.get("name", bdb.name) != bdb.name:
            raise refused("name_violation", "An Active-Active database cannot be renamed here")
        if "name" in changes:
            check_name(changes["name"])
        changes = model.with_aliases(changes)
        self._check_values(changes, {**bdb.values, **changes}, bdb)
        return changes

    def _check_values(self, given: dict[str, Any], whole: dict[str, Any], bdb: Bdb | None) -> None:
        """Rules of the values. ``bdb`` is the database of an update, ``None`` for a creation."""
        check_tags(given.get("tags", []))
        check_certificates(given.get("authentication_ssl_client_certs", []))
        if given.get("backup_location"):
            check_location(given["backup_location"])
        if bdb is None and given.get("port"):
            self._check_port(given["port"])
        options = self._world.options
        taken = sum(other.memory for other in self.bdbs.values() if other is not bdb)
        free = options.memory_bytes - taken if options.memory_bytes else None
        check_combination(whole, ClusterFacts(self._node_count(), options.rack_aware, free, bdb is None))

    def _check_port(self, port: int) -> None:
        if not 1024 <= port <= 65535:
            raise bad_request("port: the value is not between 1024 and 65535")
        if port in SYSTEM_PORTS or port in self._ports():
            raise refused("port_unavailable", f"Port {port} is not available")

    def _check_license(self) -> None:
        if self._world.options.license_expired:
            raise ApiError(403, "license_expired", "The license has expired")

    def _show_change(self, bdb: Bdb, action: Action) -> None:
        if bdb.action is action and bdb.status == "active":
            bdb.status = "active-change-pending"

    def _apply(self, bdb: Bdb, changes: dict[str, Any]) -> None:
        shape = (bdb.values["shards_count"], bdb.values["replication"])
        bdb.values = {**bdb.values, **changes}
        bdb.explicit = bdb.explicit | set(changes)
        if shape != (bdb.values["shards_count"], bdb.values["replication"]):
            bdb.shards = self._shard_ids(bdb.values)
            self._last_shard = max(self._last_shard, *bdb.shards)
        if "authentication_redis_pass" in changes and self._world.redis is not None:
            self._world.redis.set_password(_key(bdb), bdb.values["authentication_redis_pass"] or None)

    def _restore(self, bdb: Bdb, before: tuple[dict[str, Any], set[str]]) -> None:
        bdb.values, bdb.explicit = before
        bdb.action, bdb.status = None, "active"

    def _emptied(self, bdb: Bdb) -> None:
        """A server without persistence is empty after a restart."""
        if self._world.redis is not None:
            self._world.redis.stop(_key(bdb))
        self._listen(bdb)

    def _new_admin_password(self, bdb: Bdb) -> None:
        bdb.values = {**bdb.values, "authentication_admin_pass": model.random_password(self._world)}

    # -- delete

    def _delete(self, call: Call) -> dict[str, Any] | None:
        bdb = self.visible(call.number("uid"), call.user)
        if bdb.values["internal"]:
            raise ApiError(403, "internal_bdb", "An internal database cannot be deleted")
        if bdb.values["crdt"]:
            raise refused("not_supported_action_on_crdt", "Delete the Active-Active database instead")
        if bdb.status != "creation-failed":
            self.check_free(bdb)
        action = self._begin_delete(bdb)
        answer = {**model.render(bdb, self._world), "action_uid": action.uid}
        return answer if self._world.options.delete_answers_bdb else None

    def _begin_delete(self, bdb: Bdb) -> Action:
        before = bdb.status

        def finish() -> str:
            bdb.action = None
            if self._world.fails("fail_deletes"):
                bdb.status = before
                return self._world.options.failure_text
            self.remove(bdb)
            return ""

        action = self._machine("SMDeleteBDB", bdb, self._world.options.delete_seconds, finish)
        action.vanishes = self._world.options.delete_action_vanishes
        bdb.status = "delete-pending"
        return action

    def remove(self, bdb: Bdb) -> None:
        """Take a database away with its server. What is remembered of its actions stays."""
        self.bdbs.pop(bdb.uid, None)
        if self._world.redis is not None:
            self._world.redis.stop(_key(bdb))

    # -- parts

    def _machine(
        self,
        name: str,
        bdb: Bdb,
        seconds: float,
        finish: Callable[[], str],
        undo: Callable[[], None] | None = None,
    ) -> Action:
        action = self._actions.new(MACHINE, name, "bdb", bdb.uid, seconds)
        action.work = finish
        action.undo = undo or (lambda: self._stopped(bdb))
        bdb.action = action
        return self._actions.start(action)

    def _stopped(self, bdb: Bdb) -> None:
        """After the cancelling of a creation or deletion, which only a hypothetical cluster offers."""
        bdb.action = None
        bdb.status = "creation-failed" if bdb.status == "pending" else "active"

    def _listen(self, bdb: Bdb, server: bool = True) -> None:
        """Give an active database its port and, if possible, a real server on it."""
        bdb.port = bdb.port or bdb.values["port"] or self._free_port()
        redis = self._world.redis
        if redis is not None and server:
            redis.start(_key(bdb), bdb.port, bdb.values["authentication_redis_pass"] or None)
            bdb.host, bdb.port = redis.address(_key(bdb)) or (bdb.host, bdb.port)

    def _ports(self) -> set[int]:
        return {port for bdb in self.bdbs.values() for port in (bdb.port, bdb.values["port"]) if port}

    def _free_port(self) -> int:
        taken = self._ports() | SYSTEM_PORTS
        while (port := self._world.random.choice(AUTOMATIC_PORTS)) in taken:
            pass
        return port

    def _shard_ids(self, values: dict[str, Any]) -> list[int]:
        count = values["shards_count"] * (2 if values["replication"] else 1)
        return list(range(self._last_shard + 1, self._last_shard + 1 + count))

    def dump(self) -> list[dict[str, Any]]:
        return [
            {
                **bdb.values,
                **model.render(bdb, self._world),
                "authentication_redis_pass": _redis_password(bdb),
            }
            for bdb in self.bdbs.values()
        ]

    def close(self) -> None:
        for bdb in self.bdbs.values():
            if self._world.redis is not None:
                self._world.redis.stop(_key(bdb))


def _key(bdb: Bdb) -> str:
    return f"enterprise-{bdb.uid}"


def _redis_password(bdb: Bdb) -> str:
    return str(bdb.values["authentication_redis_pass"])


def _matches(pattern: str, name: str) -> bool:
    return bool(pattern) and re.search(pattern, name) is not None


def _in_range(version: tuple[int, ...], bounds: tuple[tuple[int, ...], tuple[int, ...]]) -> bool:
    return bounds[0] <= version < bounds[1]
