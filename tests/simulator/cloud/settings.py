# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a request to the settings of a database: server defaults on create, partial changes on update. Pure."""

from __future__ import annotations

import random
import string
from typing import Any

from . import reference

PASSWORD_ALPHABET = string.ascii_letters + string.digits
PASSWORD_LENGTH = 32
LOCAL_THROUGHPUT = {"writeOperationsPerSecond": 1000, "readOperationsPerSecond": 1000}
# Fields that a change simply replaces, lists as a whole.
PLAIN = (
    "name",
    "dataPersistence",
    "dataEvictionPolicy",
    "replication",
    "respVersion",
    "supportOSSClusterApi",
    "useExternalEndpointForOSSClusterApi",
    "throughputMeasurement",
    "regexRules",
    "password",
    "saslUsername",
    "saslPassword",
    "sourceIp",
    "enableDefaultUser",
    "alerts",
    "ramPercentage",
    "autoMinorVersionUpgrade",
    "queryPerformanceFactor",
)


def new_settings(
    body: dict[str, Any], version: str, memory_storage: str, rng: random.Random
) -> dict[str, Any]:
    """All settings of a new database. ``version`` is what counts when the request names none."""
    chosen = str(body.get("redisVersion") or version)
    protocol = body.get("protocol") or "redis"
    settings: dict[str, Any] = {
        "name": body["name"],
        "protocol": protocol,
        "redisVersion": chosen,
        "replication": True,
        "dataPersistence": "none",
        "dataEvictionPolicy": "volatile-lru",
        "supportOSSClusterApi": False,
        "useExternalEndpointForOSSClusterApi": False,
        "throughputMeasurement": {"by": "operations-per-second", "value": 1000},
        "autoMinorVersionUpgrade": True,
        "queryPerformanceFactor": "Standard",
        "respVersion": "resp3" if reference.version_number(chosen) >= (7, 2) else "resp2",
        "shardingType": body.get("shardingType") or "default-regex-rules",
        "modules": [] if reference.bundles_modules(chosen) else body.get("modules") or [],
        "enableDefaultUser": True,
        "enableTls": False,
        "certificates": 0,
        "alerts": [],
    }
    if protocol == "redis":
        settings["password"] = "".join(rng.choices(PASSWORD_ALPHABET, k=PASSWORD_LENGTH))
    if memory_storage == "ram-and-flash":
        settings["ramPercentage"] = 20
    return changed_settings(settings, body)


def changed_settings(settings: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """``settings`` after a partial change; what ``body`` leaves out stays."""
    changed = dict(settings)
    for name in PLAIN:
        if body.get(name) is not None:
            changed[name] = body[name]
    if not changed.get("sourceIp", True):
        del changed["sourceIp"]  # an empty list: back to the default
    _change_size(changed, body)
    _change_tls(changed, body)
    _change_replica(changed, body)
    if body.get("remoteBackup") is not None:
        changed["remoteBackup"] = body["remoteBackup"]
    elif body.get("periodicBackupPath") is not None:
        changed["remoteBackup"] = {
            "active": True,
            "interval": "every-24-hours",
            "storagePath": body["periodicBackupPath"],
        }
    return changed


def _change_size(changed: dict[str, Any], body: dict[str, Any]) -> None:
    copies = 2 if changed["replication"] else 1
    if body.get("datasetSizeInGb") is not None:
        changed["datasetSizeInGb"] = body["datasetSizeInGb"]
    elif body.get("memoryLimitInGb") is not None:
        changed["datasetSizeInGb"] = body["memoryLimitInGb"] / copies


def _change_tls(changed: dict[str, Any], body: dict[str, Any]) -> None:
    if body.get("enableTls") is not None:
        changed["enableTls"] = body["enableTls"]
    if body.get("clientTlsCertificates") is not None:
        changed["certificates"] = len(body["clientTlsCertificates"])
    elif body.get("clientSslCertificate") is not None:
        changed["certificates"] = 1 if body["clientSslCertificate"] else 0
    if not changed["enableTls"]:
        changed["certificates"] = 0  # switching TLS off erases the stored client certificates


def _change_replica(changed: dict[str, Any], body: dict[str, Any]) -> None:
    if body.get("replica") is not None:
        changed["replica"] = body["replica"]["syncSources"]
    elif "replicaOf" in body:  # null clears as the empty list does: the vendor's SDK always sends the key
        changed["replica"] = [{"endpoint": uri} for uri in body["replicaOf"] or []]


def local_settings(regions: list[str], throughput: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The regional part of a new Active-Active database, by region."""
    given = {item.get("region"): item for item in throughput}
    local = {}
    for region in regions:
        item = given.get(region, {})
        local[region] = {name: item.get(name) or value for name, value in LOCAL_THROUGHPUT.items()}
    return local


def changed_active_active(settings: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Settings of an Active-Active database after a change of its global properties."""
    renamed = {
        name: body[name] for name in body if name in PLAIN or name in ("enableTls", "clientTlsCertificates")
    }
    for sent, kept in (
        ("globalDataPersistence", "dataPersistence"),
        ("globalPassword", "password"),
        ("globalEnableDefaultUser", "enableDefaultUser"),
        ("globalSourceIp", "sourceIp"),
        ("globalAlerts", "alerts"),
        ("datasetSizeInGb", "datasetSizeInGb"),
        ("memoryLimitInGb", "memoryLimitInGb"),
        ("clientSslCertificate", "clientSslCertificate"),
    ):
        if body.get(sent) is not None:
            renamed[kept] = body[sent]
    return changed_settings(settings, renamed)


def changed_region(local: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """The regional part of an Active-Active database after a change."""
    changed = dict(local)
    for name, value in (body.get("localThroughputMeasurement") or {}).items():
        if name != "region" and value is not None:
            changed[name] = value
    for name in (
        "dataPersistence",
        "password",
        "sourceIp",
        "alerts",
        "enableDefaultUser",
        "respVersion",
        "remoteBackup",
    ):
        if body.get(name) is not None:
            changed[name] = body[name]
    return changed
