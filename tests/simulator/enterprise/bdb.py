# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One database: its settings, what the cluster adds to them, and how it reads in an answer."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .actions import ENDED, Action
from .bdb_defaults import OBSERVED
from .bdb_fields import BDB_FIELDS, MISSING
from .validation import size_in_bytes
from .versions import Version, database_versions, full_database_version
from .world import World

# Redis version -> name -> (id, version), as recorded; later versions than 8.0 are taken to bring the same.
MODULES: dict[str, dict[str, tuple[str, str]]] = {
    "6.2": {
        "timeseries": ("61a103baf5d5f45296ce4e00b1642374", "1.8.18"),
        "bf": ("8ab1b35cf8ee6384489efb9bab3b0f48", "2.4.15"),
        "search": ("2536126fd6a2bb27b8e9a95f13fab8e6", "2.6.29"),
        "ReJSON": ("be851e0bbb15da3d142da356bfc5c138", "2.4.13"),
    },
    "7.2": {
        "timeseries": ("9915de6cd3a80631634f7cb352843b8e", "1.10.18"),
        "bf": ("3ad494ef63ee40d6352417a1270576ab", "2.6.18"),
        "search": ("7f976c52f927ad1d0a2921fe349f01f5", "2.8.26"),
        "ReJSON": ("e498441c107b69c94feae975a9f78330", "2.6.17"),
    },
    "7.4": {
        "timeseries": ("5c5a760cc60b20adc6a1615a3f575d02", "1.12.7"),
        "bf": ("567f47c6f755187e9fda49be4b77d379", "2.8.7"),
        "search": ("b212cb64b206074750414b81d9fb1135", "2.10.17"),
        "ReJSON": ("3a82b335f9fede93926e1e3504a91326", "2.8.10"),
    },
    "8.0": {
        "timeseries": ("891142de155df09c6739543b422178f4", "8.0.2"),
        "bf": ("b14385b09778a335835ee3ae380bbc77", "8.0.1"),
        "search": ("4e6efe7fa848e35cbae142dd1e4564a2", "7.99.91"),
        "ReJSON": ("259bc961ae0ed766d6294bcdb7af9039", "7.99.3"),
    },
}
# Flash and Active-Active databases get only these two by themselves.
FLASH_MODULES = ("search", "ReJSON")
MODULE_SETTINGS: dict[str, dict[str, Any]] = {
    "probabilistic": {
        "bf-error-rate": 0.01,
        "bf-initial-size": 100,
        "bf-expansion-factor": 2,
        "cf-initial-size": 1024,
        "cf-bucket-size": 2,
        "cf-max-iterations": 20,
        "cf-expansion-factor": 1,
        "cf-max-expansions": 32,
    },
    "timeseries": {
        "ts-retention-policy": 0,
        "ts-duplicate-policy": "BLOCK",
        "ts-encoding": "COMPRESSED",
        "ts-chunk-size-bytes": 4096,
        "ts-ignore-max-time-diff": 0,
        "ts-ignore-max-val-diff": 0.0,
    },
    "search": {"search-timeout": 500, "search-cursor-max-idle": 300000},
}
ALWAYS_SHOWN = frozenset({"uid", "name", "memory_size", "type"})
DEFAULTS_RETURNED_SINCE = (7, 22, 2, 20)  # RS107596
MASKING_SINCE = (8, 0)
INITIALIZING_PERCENT = 20.0


@dataclass
class Transfer:
    """Export, import or backup of one database: the last one, which may be running."""

    status: str = ""
    reason: str = ""
    last_time: float | None = None
    progress: float = 0.0
    action: Action | None = None

    @property
    def running(self) -> bool:
        return self.action is not None and self.action.status not in ENDED


@dataclass
class Bdb:
    """``explicit``: fields somebody set. ``action``: the state machine at work. ``port``: where it really listens."""

    uid: int
    values: dict[str, Any]
    explicit: set[str]
    created: float
    changed: float
    status: str = "pending"
    action: Action | None = None
    host: str = "127.0.0.1"
    port: int = 0
    shards: list[int] = field(default_factory=list)
    transfers: dict[str, Transfer] = field(
        default_factory=lambda: {"export": Transfer(), "import": Transfer(), "backup": Transfer()}
    )

    @property
    def name(self) -> str:
        return str(self.values["name"])

    @property
    def busy(self) -> bool:
        return self.status != "active" or self.action is not None

    @property
    def memory(self) -> int:
        """What it takes of the cluster's memory."""
        return int(self.values["memory_size"]) * (2 if self.values.get("replication") else 1)


def filled(body: dict[str, Any], world: World) -> dict[str, Any]:
    """The settings of a new database: what was asked for, completed as a cluster completes it."""
    values: dict[str, Any] = copy.deepcopy(OBSERVED)
    values.update(authentication_admin_pass="", module_list=[])
    if body.get("type") == "memcached":
        values.update(eviction_policy="allkeys-lru", version="1.4.17")
    else:
        redis_version = body.get("redis_version") or database_versions(world.version)[-1]
        values.update(redis_version=redis_version, version=full_database_version(redis_version))
    values.update(with_aliases(body))
    values.pop("shards_blueprint", None)
    values["module_list"] = modules(values)
    values["authentication_admin_pass"] = body.get("authentication_admin_pass") or random_password(world)
    if values["backup"] and "backup_interval_offset" not in body:
        values["backup_interval_offset"] = world.random.randrange(values["backup_interval"])
    return values


def with_aliases(body: dict[str, Any]) -> dict[str, Any]:
    """``body`` plus the fields that move along with those in it; texts in the spelling of the cluster."""
    values = copy.deepcopy(body)
    if "tls_mode" in body:
        values["ssl"] = body["tls_mode"] != "disabled"
    elif "ssl" in body:
        values["tls_mode"] = "enabled" if body["ssl"] else "disabled"
    for old, new in (("sync", "replica_sync"), ("sync_sources", "replica_sources")):
        if new in body:
            values[old] = copy.deepcopy(body[new])
        elif old in body:
            values[new] = copy.deepcopy(body[old])
    if "authorized_names" in body and "authorized_subjects" not in body:
        values["authorized_subjects"] = [{"CN": name} for name in body["authorized_names"]]
    if "audit_mode" in body.get("audit_settings", {}):
        values["db_conns_auditing"] = body["audit_settings"]["audit_mode"] != "disabled"
    if "active_defrag_ignore_bytes" in body:
        values["active_defrag_ignore_bytes"] = size_in_bytes(body["active_defrag_ignore_bytes"])
    return values


def modules(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The modules as answered: ids and versions added, and from Redis 8 on the bundled ones enabled by themselves."""
    asked = {row.get("module_name", ""): row.get("module_args", "") for row in values["module_list"]}
    if values["type"] != "redis":
        return []
    installed = MODULES.get(values["redis_version"], MODULES["8.0"])
    if _major(values["redis_version"]) >= 8:
        bundled = FLASH_MODULES if values["bigstore"] or values["crdt"] else tuple(installed)
        asked = {**dict.fromkeys(bundled, ""), **asked}
    return [
        {
            "module_args": args,
            "module_id": installed[name][0],
            "module_name": name,
            "semantic_version": installed[name][1],
        }
        for name, args in asked.items()
    ]


def random_password(world: World) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(world.random.choice(alphabet) for _position in range(48))


def render(bdb: Bdb, world: World, extended: bool = False) -> dict[str, Any]:
    """The database as GET shows it."""
    options, version = world.options, world.version
    omit = world.switched(options.omit_defaults, version < DEFAULTS_RETURNED_SINCE)
    answer = {
        name: copy.deepcopy(value)
        for name, value in bdb.values.items()
        if _shown(name, value, name in bdb.explicit, version, omit)
    }
    answer.update(_runtime_fields(bdb, world))
    if not options.return_redis_password:
        answer["authentication_redis_pass"] = ""
    if options.tag_markers and "tags" in answer:
        answer["tags"] = [{"isSystem": False, **tag} for tag in answer["tags"]]
    for key in ("replica_sources", "sync_sources"):
        if answer.get(key):
            answer[key] = [_source(number, row, world) for number, row in enumerate(answer[key], 1)]
    if extended and version >= (8, 0):
        answer.update(_module_settings(bdb))
    if options.action_uid_in_reads and bdb.action is not None:
        answer["action_uid"] = bdb.action.uid
    if options.mask_bdb_credentials and version >= MASKING_SINCE:
        mask_secrets(answer, options.mask_text)
    return answer


def mask_secrets(answer: dict[str, Any], mask: str) -> None:
    """Replace the secrets of a database in an answer."""
    for name, spec in BDB_FIELDS.items():
        if "secret" in spec.flags and answer.get(name):
            answer[name] = mask
    for key in ("account_key", "sas_token", "secret_access_key", "access_key_id", "private_key", "key"):
        if answer.get("backup_location", {}).get(key):
            answer["backup_location"][key] = mask
    for source in answer.get("replica_sources", []):
        if source.get("client_key"):
            source["client_key"] = mask


def _shown(name: str, value: Any, explicit: bool, version: Version, omit: bool) -> bool:
    spec = BDB_FIELDS.get(name)
    if spec is None or explicit:
        return spec is None or "extended" not in spec.flags
    if "extended" in spec.flags or spec.since > version:
        return False
    return not (omit and name not in ALWAYS_SHOWN and spec.default is not MISSING and spec.default == value)


def _runtime_fields(bdb: Bdb, world: World) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "uid": bdb.uid,
        "status": bdb.status,
        "background_op": [_background(bdb.action, world.now)],
        "created_time": world.time_text(bdb.created),
        "last_changed_time": world.time_text(bdb.changed),
        "shard_list": list(bdb.shards),
        "endpoints": _endpoints(bdb, world),
        "dataset_import_sources": [],  # write-only; recorded as an empty list
    }
    for kind, transfer in bdb.transfers.items():
        percent = transfer.progress
        if transfer.running and transfer.action is not None:
            percent = transfer.action.percent(world.now)
        fields[f"{kind}_status"] = _transfer_word(kind, transfer, percent, world)
        fields[f"{kind}_progress"] = float(percent)
        fields[f"{kind}_failure_reason"] = transfer.reason
        if transfer.last_time is not None and kind != "import":
            fields[f"last_{kind}_time"] = world.time_text(transfer.last_time)
    return fields


def _transfer_word(kind: str, transfer: Transfer, percent: float, world: World) -> str:
    if kind != "import":
        return transfer.status
    if transfer.running:
        return "initializing" if percent < INITIALIZING_PERCENT else "importing"
    return transfer.status or world.options.idle_import_word


def _background(action: Action | None, now: float) -> dict[str, Any]:
    if action is None:
        return {"status": "idle"}
    return {"name": action.name, "progress": action.percent(now) or 0, "status": action.status}


def _endpoints(bdb: Bdb, world: World) -> list[dict[str, Any]]:
    if not bdb.port:
        return []
    return [
        {
            "addr": [bdb.host],
            "addr_type": "external",
            "dns_name": f"redis-{bdb.port}.{world.options.cluster_name}",
            "oss_cluster_api_preferred_endpoint_type": bdb.values["oss_cluster_api_preferred_endpoint_type"],
            "oss_cluster_api_preferred_ip_type": bdb.values["oss_cluster_api_preferred_ip_type"],
            "port": bdb.port,
            "proxy_policy": bdb.values["proxy_policy"],
            "uid": f"{bdb.uid}:1",
        }
    ]


def _source(number: int, row: dict[str, Any], world: World) -> dict[str, Any]:
    """A replication source with what the server adds to it."""
    added = {
        "uid": number,
        "status": "in-sync",
        "lag": 0,
        "last_error": "",
        "last_update": world.time_text(),
        "rdb_size": 0,
        "rdb_transferred": 0,
    }
    return {**added, **row}


def _module_settings(bdb: Bdb) -> dict[str, Any]:
    """``search``, ``timeseries``, ``probabilistic``: only with ``extended=true`` and only with the module."""
    enabled = {row["module_name"] for row in bdb.values["module_list"]}
    names = {"search": "search", "timeseries": "timeseries", "probabilistic": "bf"}
    return {
        field: {**MODULE_SETTINGS[field], **bdb.values.get(field, {})}
        for field, module in names.items()
        if module in enabled
    }


def _major(redis_version: str) -> int:
    return int(redis_version.partition(".")[0])
