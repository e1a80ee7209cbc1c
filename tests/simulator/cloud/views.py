# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources as the service shows them: fields renamed, secrets left out, forms as recorded (facts 5.2, 5.3, 5.5)."""

from __future__ import annotations

import ipaddress
import math
from typing import Any

from ..clock import iso
from . import reference
from .models import Database, Subscription
from .options import CloudOptions

HASHING = {
    "default-regex-rules": "standard",
    "custom-regex-rules": "custom",
    "redis-oss-hashing": "redis-oss-hashing",
}
GB_PER_SHARD = 25
DEFAULT_ALERT_VALUE = 80
GRACE_PERIODS = [
    "alerts-only",
    "immediate",
    "15-minutes",
    "30-minutes",
    "1-hour",
    "4-hours",
    "8-hours",
    "12-hours",
    "24-hours",
]


def self_link(options: CloudOptions, path: str) -> list[dict[str, str]]:
    """The links of a resource that has only itself to point to."""
    return [{"rel": "self", "href": options.base_url + path, "type": "GET"}]


def subscription_view(
    subscription: Subscription, listed: int, options: CloudOptions, by_id: bool = True
) -> dict[str, Any]:
    """``listed``: how many databases are listed now."""
    settings = subscription.settings
    size = sum(database.settings["datasetSizeInGb"] for database in subscription.databases.values())
    view: dict[str, Any] = {
        "id": subscription.id,
        "name": settings.get("name", ""),
        "status": subscription.status,
        "deploymentType": settings.get("deploymentType", "single-region"),
        "paymentMethodType": settings.get("paymentMethod", "credit-card"),
        "memoryStorage": settings.get("memoryStorage", "ram"),
        "storageEncryption": settings.get("persistentStorageEncryptionType") is not None,
        "numberOfDatabases": listed,
        "subscriptionPricing": pricing(subscription),
        "cloudDetails": [_cloud_details(subscription, size)] if subscription.provisioned else [],
        "links": self_link(options, f"/subscriptions/{subscription.id}") if by_id else [],
    }
    if settings.get("paymentMethodId"):
        view["paymentMethodId"] = settings["paymentMethodId"]
    if options.public_access_shown:
        view["publicEndpointAccess"] = subscription.public_access_shown
    if settings.get("persistentStorageEncryptionType"):
        view["persistentStorageEncryptionType"] = settings["persistentStorageEncryptionType"]
    if settings.get("persistentStorageEncryptionType") == "customer-managed-key":
        view["customerManagedKeyAccessDetails"] = _key_access(subscription)
        if settings.get("deletionGracePeriod"):
            view["deletionGracePeriod"] = settings["deletionGracePeriod"]
    return view


def _cloud_details(subscription: Subscription, size: float) -> dict[str, Any]:
    provider = subscription.provider
    account = provider.get("cloudAccountId") or reference.INTERNAL_ACCOUNT
    details: dict[str, Any] = {
        "provider": provider.get("provider") or "AWS",
        "cloudAccountId": account,
        "totalSizeInGb": round(size, 4),
        "regions": [_region(region, account) for region in provider["regions"]],
        "links": [],
    }
    if details["provider"] == "AWS":
        details["awsAccountId"] = f"{account:012d}"
    if provider.get("resourceTags"):
        details["resourceTags"] = provider["resourceTags"]
    return details


def _region(region: dict[str, Any], account: int) -> dict[str, Any]:
    networking = region.get("networking") or {}
    cidr = networking.get("deploymentCIDR") or reference.DEFAULT_CIDR
    multiple = bool(region.get("multipleAvailabilityZones"))
    # Several zones share the network: the CIDR that was asked for cannot be read back.
    parts = (
        [str(part) for part in ipaddress.ip_network(cidr).subnets(prefixlen_diff=2)][:3]
        if multiple
        else [cidr]
    )
    subnets = networking.get("subnetIds") or []
    networks = []
    for number, part in enumerate(parts):
        subnet = subnets[number] if number < len(subnets) else f"subnet-{account:08x}{number:02x}"
        vpc = networking.get("vpcId") or f"vpc-{account:010x}"
        networks.append({"deploymentCIDR": part, "vpcId": vpc, "subnetId": subnet})
    name = region["region"]
    zones = region.get("preferredAvailabilityZones") or [
        name + letter for letter in ("abc" if multiple else "a")
    ]
    return {
        "region": name,
        "networking": networks,
        "preferredAvailabilityZones": zones,
        "multipleAvailabilityZones": multiple,
    }


def _key_access(subscription: Subscription) -> dict[str, Any]:
    if (subscription.provider.get("provider") or "AWS") == "GCP":
        return {
            "redisServiceAccount": "redis-cmk@simulator.iam.gserviceaccount.com",
            "googlePredefinedRoles": ["roles/cloudkms.cryptoKeyEncrypterDecrypter"],
            "googleCustomPermissions": ["cloudkms.cryptoKeyVersions.useToEncrypt"],
            "deletionGracePeriodOptions": GRACE_PERIODS,
        }
    return {
        "redisIamRole": f"arn:aws:iam::{subscription.id:012d}:role/redis-cmk",
        "requiredKeyPolicyStatements": {},
        "deletionGracePeriodOptions": GRACE_PERIODS,
    }


def pricing(subscription: Subscription) -> list[dict[str, Any]]:
    """What a subscription is charged for."""
    shards = sum(_shards(database) for database in subscription.databases.values())
    return shard_pricing(max(1, shards))


def shard_pricing(shards: int) -> list[dict[str, Any]]:
    """One price line, as recorded."""
    return [
        {
            "type": "Shards",
            "typeDetails": "micro",
            "quantity": shards,
            "quantityMeasurement": "shards",
            "pricePerUnit": 0.027,
            "priceCurrency": "USD",
            "pricePeriod": "hour",
        }
    ]


def _shards(database: Database) -> int:
    throughput = database.settings["throughputMeasurement"]
    if throughput["by"] == "number-of-shards":
        return max(1, int(throughput["value"]))
    return max(1, math.ceil(float(database.settings["datasetSizeInGb"]) / GB_PER_SHARD))


def database_view(
    database: Database, subscription: Subscription, options: CloudOptions, by_id: bool = True
) -> dict[str, Any]:
    """A Pro database; the password only when asked for by id."""
    if database.active_active:
        return _active_active_view(database, subscription, options, by_id)
    settings = database.settings
    provider = subscription.provider.get("provider") or "AWS"
    region = subscription.region_names[0]
    view: dict[str, Any] = {
        "databaseId": database.id,
        "name": settings["name"],
        "protocol": settings["protocol"],
        "provider": provider,
        "region": region,
        "redisVersion": settings["redisVersion"],
        "respVersion": settings["respVersion"],
        "status": database.status,
        **_sizes(settings, options),
        "memoryUsedInMb": _used(database),
        "memoryStorage": subscription.settings.get("memoryStorage", "ram"),
        "supportOSSClusterApi": settings["supportOSSClusterApi"],
        "useExternalEndpointForOSSClusterApi": settings["useExternalEndpointForOSSClusterApi"],
        "dataPersistence": settings["dataPersistence"],
        "replication": settings["replication"],
        "dataEvictionPolicy": settings["dataEvictionPolicy"],
        "throughputMeasurement": settings["throughputMeasurement"],
        "queryPerformanceFactor": settings["queryPerformanceFactor"],
        "autoMinorVersionUpgrade": settings["autoMinorVersionUpgrade"],
        **_dates(database),
        **_endpoints(database, region, options),
        "clustering": {
            "numberOfShards": _shards(database),
            "regexRules": _regex_rules(settings),
            "hashingPolicy": HASHING[settings["shardingType"]],
        },
        "security": _security(settings, settings, subscription, by_id),
        "modules": _modules(settings),
        "alerts": _alerts(database, settings["alerts"]),
        "links": self_link(options, f"/subscriptions/{subscription.id}/databases/{database.id}")
        if by_id
        else [],
    }
    if settings.get("replica"):
        view["replica"] = {"syncSources": [_sync_source(source) for source in settings["replica"]]}
    if settings.get("remoteBackup"):
        view["backup"] = _backup(settings["remoteBackup"])
    if "ramPercentage" in settings:
        view["ramPercentage"] = settings["ramPercentage"]
    return view


def _active_active_view(
    database: Database, subscription: Subscription, options: CloudOptions, by_id: bool
) -> dict[str, Any]:
    settings = database.settings
    view: dict[str, Any] = {
        "databaseId": database.id,
        "name": settings["name"],
        "redisVersion": settings["redisVersion"],
        "protocol": settings["protocol"],
        "status": database.status,
        "memoryStorage": "ram",
        "activeActiveRedis": True,
        **_dates(database),
        "supportOSSClusterApi": settings["supportOSSClusterApi"],
        "useExternalEndpointForOSSClusterApi": settings["useExternalEndpointForOSSClusterApi"],
        "replication": True,
        "dataEvictionPolicy": settings["dataEvictionPolicy"],
        "autoMinorVersionUpgrade": settings["autoMinorVersionUpgrade"],
        "modules": _modules(settings),
        "globalDataPersistence": settings["dataPersistence"],
        "globalSourceIp": _sources(settings, subscription),
        "globalAlerts": settings["alerts"],
        "globalEnableDefaultUser": settings["enableDefaultUser"],
        "crdbDatabases": [
            _region_view(database, subscription, region, options, by_id)
            for region in sorted(database.regions)
        ],
        "links": self_link(options, f"/subscriptions/{subscription.id}/databases/{database.id}")
        if by_id
        else [],
    }
    if by_id and "password" in settings:
        view["globalPassword"] = settings["password"]
    return view


def _region_view(
    database: Database, subscription: Subscription, region: str, options: CloudOptions, by_id: bool
) -> dict[str, Any]:
    local = database.regions[region]
    effective = {**database.settings, **local}
    view = {
        "provider": subscription.provider.get("provider") or "AWS",
        "region": region,
        **_endpoints(database, region, options),
        **_sizes(effective, options),
        "memoryUsedInMb": _used(database),
        "readOperationsPerSecond": local["readOperationsPerSecond"],
        "writeOperationsPerSecond": local["writeOperationsPerSecond"],
        "dataPersistence": effective["dataPersistence"],
        "respVersion": effective["respVersion"],
        "queryPerformanceFactor": effective["queryPerformanceFactor"],
        "alerts": _alerts(database, effective["alerts"]),
        "security": _security(effective, database.settings, subscription, by_id),
    }
    if effective.get("remoteBackup"):
        view["backup"] = _backup(effective["remoteBackup"])
    return view


def regions_view(subscription: Subscription, options: CloudOptions) -> dict[str, Any]:
    """``GET /subscriptions/{id}/regions`` of an Active-Active subscription."""
    regions = []
    for number, region in enumerate(subscription.provider["regions"], start=1):
        name = region["region"]
        databases = [
            {
                "databaseId": database.id,
                "databaseName": database.name,
                "readOperationsPerSecond": database.regions[name]["readOperationsPerSecond"],
                "writeOperationsPerSecond": database.regions[name]["writeOperationsPerSecond"],
                "respVersion": database.regions[name].get("respVersion", database.settings["respVersion"]),
                "links": [],
            }
            for database in subscription.databases.values()
            if name in database.regions
        ]
        networking = region.get("networking") or {}
        regions.append(
            {
                "regionId": region.get("id", number),
                "region": name,
                "deploymentCidr": networking.get("deploymentCIDR", reference.DEFAULT_CIDR),
                "vpcId": networking.get("vpcId") or f"vpc-{subscription.id:010x}{number:02x}",
                "databases": databases,
                "links": [],
            }
        )
    links = self_link(options, f"/subscriptions/{subscription.id}/regions")
    return {"subscriptionId": subscription.id, "regions": regions, "links": links}


def _sizes(settings: dict[str, Any], options: CloudOptions) -> dict[str, float]:
    dataset = settings["datasetSizeInGb"]
    sizes = {
        "datasetSizeInGb": _tidy(dataset),
        "memoryLimitInGb": _tidy(dataset * (2 if settings["replication"] else 1)),
    }
    return sizes if options.memory_fields == "both" else {options.memory_fields: sizes[options.memory_fields]}


def _tidy(number: float) -> float:
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _used(database: Database) -> float:
    return 0 if database.activated is None else 2.5


def _dates(database: Database) -> dict[str, str]:
    dates = {} if database.activated is None else {"activatedOn": iso(database.activated, 0)}
    return {**dates, "lastModified": iso(database.modified, 0)}


def _endpoints(database: Database, region: str, options: CloudOptions) -> dict[str, Any]:
    """Endpoints exist from the first activation on; with a redis-server behind them they are its address."""
    names = ("publicEndpoint", "privateEndpoint", "dynamicEndpoints")
    if database.activated is None:
        return dict.fromkeys(names) if options.early_endpoints == "null" else {}
    if database.address is not None:
        place = f"{database.address[0]}:{database.address[1]}"
        return {
            "publicEndpoint": place,
            "privateEndpoint": place,
            "dynamicEndpoints": {"public": place, "private": place},
        }
    port = database.port
    domain = f"c{database.subscription_id}.{region}-1.ec2.cloud.simulator.example:{port}"
    return {
        "publicEndpoint": f"redis-{port}.{domain}",
        "privateEndpoint": f"redis-{port}.internal.{domain}",
        "dynamicEndpoints": {
            "public": f"public-{database.id}.db.simulator.example:{port}",
            "private": f"private-{database.id}.db.simulator.example:{port}",
        },
    }


def _regex_rules(settings: dict[str, Any]) -> list[dict[str, Any]]:
    if settings["shardingType"] == "redis-oss-hashing":
        return []
    patterns = settings.get("regexRules") or reference.DEFAULT_REGEX_RULES
    return [
        {"ordinal": ordinal, "pattern": pattern} for ordinal, pattern in reversed(list(enumerate(patterns)))
    ]


def _sources(settings: dict[str, Any], subscription: Subscription) -> list[str]:
    if settings.get("sourceIp"):
        return list(settings["sourceIp"])
    return reference.OPEN_SOURCES if subscription.public_access_shown else reference.PRIVATE_SOURCES


def _security(
    settings: dict[str, Any], shared: dict[str, Any], subscription: Subscription, by_id: bool
) -> dict[str, Any]:
    """``shared`` holds TLS, which an Active-Active database has in common for all regions."""
    certified = shared["certificates"] > 0
    security = {
        "enableDefaultUser": settings["enableDefaultUser"],
        "sslClientAuthentication": certified,
        "tlsClientAuthentication": certified,
        "enableTls": shared["enableTls"],
        "sourceIps": _sources(settings, subscription),
    }
    if by_id and "password" in settings:
        security["password"] = settings["password"]
    return security


def _modules(settings: dict[str, Any]) -> list[dict[str, Any]]:
    if settings["protocol"] == "memcached":
        return []
    names = (
        reference.MODULES
        if reference.bundles_modules(settings["redisVersion"])
        else [m["name"] for m in settings["modules"]]
    )
    return [
        {"id": 18500 + number, "name": name, **reference.MODULES[name], "parameters": []}
        for number, name in enumerate(names)
    ]


def _alerts(database: Database, alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{database.id}-{number}",
            "name": alert["name"],
            "value": alert["value"],
            "defaultValue": DEFAULT_ALERT_VALUE,
        }
        for number, alert in enumerate(alerts, start=1)
    ]


def _sync_source(source: dict[str, Any]) -> dict[str, Any]:
    view = {"endpoint": source["endpoint"], "encryption": bool(source.get("encryption"))}
    if source.get("serverCert"):
        view["clientCert"] = source["serverCert"]
    return view


def _backup(backup: dict[str, Any]) -> dict[str, Any]:
    if not backup.get("active"):
        return {"enableRemoteBackup": False}
    view = {"enableRemoteBackup": True, "interval": backup["interval"], "destination": backup["storagePath"]}
    time = backup.get("timeUTC")
    if time:
        hour = int(time[:2])
        # Twice a day: an hour of the afternoon comes back as its twin of the morning.
        view["timeUTC"] = f"{hour % 12 if backup['interval'] == 'every-12-hours' else hour:02d}:00"
    return view
