# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Business rules: what the real service finds out while a task is processed. Pure; a violation raises TaskProblem."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from . import reference
from .errors import TaskProblem
from .models import Database, Subscription
from .options import CloudOptions

NAME = re.compile(r"[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?")
MAX_NAME = 40
MAX_PASSWORD = 49
MAX_SOURCES = 32
MAX_REGEX_RULES = 32
MAX_REGEX_LENGTH = 256
MAX_RESOURCE_TAGS = 30
LOCAL_THROUGHPUT_STEP = 500


def check_subscription(body: dict[str, Any], options: CloudOptions) -> None:
    """A request to create a subscription."""
    providers = body["cloudProviders"]
    if len(providers) != 1:
        raise TaskProblem("MULTIPLE_CLOUD_PROVIDERS_NOT_SUPPORTED")
    active_active = body.get("deploymentType") == "active-active"
    _check_provider(providers[0], active_active)
    _check_payment(body, options)
    if active_active and body.get("memoryStorage") == "ram-and-flash":
        raise TaskProblem("ACTIVE_ACTIVE_RAM_AND_FLASH_MEMORY_STORAGE_NOT_SUPPORTED")
    keys = body.get("persistentStorageEncryptionKeys")
    if keys and body.get("persistentStorageEncryptionType") != "customer-managed-key":
        raise TaskProblem(
            "CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_NOT_ALLOWED_WITH_CLOUD_PROVIDER_MANAGED_KEY"
        )
    databases = body["databases"]
    if not databases:
        raise TaskProblem("SUBSCRIPTION_MUST_HAVE_AT_LEAST_ONE_DATABASE")
    names = [database["name"] for database in databases]
    if len(set(names)) != len(names):
        raise TaskProblem("DATABASE_NAME_DUPLICATE")
    ports = [database["port"] for database in databases if database.get("port")]
    if len(set(ports)) != len(ports):
        raise TaskProblem("DATABASE_CUSTOM_PORT_NOT_UNIQUE")
    regions = [region["region"] for region in providers[0]["regions"]]
    for database in databases:
        if not 1 <= (database.get("quantity") or 1) <= 1000:
            raise TaskProblem("DATABASE_INVALID_QUANTITY")
        spec = {name: value for name, value in database.items() if name != "quantity"}
        if body.get("redisVersion"):
            spec.setdefault("redisVersion", body["redisVersion"])
        check_new_database(spec, body.get("memoryStorage") or "ram", active_active, regions, options)


def _check_provider(provider: dict[str, Any], active_active: bool) -> None:
    name = provider.get("provider") or "AWS"
    internal = (provider.get("cloudAccountId") or reference.INTERNAL_ACCOUNT) == reference.INTERNAL_ACCOUNT
    if name == "GCP" and not internal:
        raise TaskProblem("SUBSCRIPTION_GCP_ALLOW_ONLY_INTERNAL")
    check_resource_tags(provider.get("resourceTags") or [], internal)
    regions = provider["regions"]
    if not active_active and len(regions) != 1:
        raise TaskProblem("SINGLE_REGION_SUBSCRIPTION_MUST_DEFINE_ONLY_ONE_REGION")
    for region in regions:
        _check_region(region, name, internal, active_active)


def _check_region(region: dict[str, Any], provider: str, internal: bool, active_active: bool) -> None:
    if region["region"] not in reference.REGION_NAMES[provider]:
        raise TaskProblem("SUBSCRIPTION_INVALID_REGION_NAME")
    zones = region.get("preferredAvailabilityZones") or []
    if zones and len(zones) != (3 if region.get("multipleAvailabilityZones") else 1):
        raise TaskProblem("SUBSCRIPTION_BAD_PREFERRED_AZ_SIZE")
    networking = region.get("networking") or {}
    cidr = networking.get("deploymentCIDR")
    if cidr is None and (active_active or not internal) and not networking.get("vpcId"):
        raise TaskProblem("NETWORKING_CIDR_MISSING")
    if cidr is not None:
        check_cidr(cidr)
    if internal and (
        networking.get("vpcId") or networking.get("subnetIds") or networking.get("securityGroupId")
    ):
        raise TaskProblem("VPC_ID_NOT_ALLOWED_WITH_INTERNAL_CLOUD_ACCOUNT")


def check_cidr(cidr: str) -> None:
    """A deployment CIDR is a network of 256 addresses."""
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        raise TaskProblem("SUBSCRIPTION_INVALID_CIDR") from None
    if network.prefixlen != 24:
        raise TaskProblem("SUBSCRIPTION_INVALID_CIDR")


def check_resource_tags(tags: list[dict[str, Any]], internal: bool) -> None:
    """Tags of the cloud provider's resources: only in a cloud account of one's own."""
    if tags and internal:
        raise TaskProblem("RESOURCE_TAGS_NOT_ALLOWED_WITH_INTERNAL_CLOUD_ACCOUNT")
    if len(tags) > MAX_RESOURCE_TAGS:
        raise TaskProblem("RESOURCE_TAGS_EXCEEDS_MAXIMUM_COUNT")


def _check_payment(body: dict[str, Any], options: CloudOptions) -> None:
    if body.get("paymentMethod") == "marketplace":
        return
    identifier = body.get("paymentMethodId")
    if identifier is None:
        if options.payment_required or len(options.payment_methods) > 1:
            raise TaskProblem("PAYMENT_INFO_NOT_PROVIDED")
    elif identifier not in options.payment_methods:
        raise TaskProblem("SUBSCRIPTION_PI_NOT_FOUND")


def check_subscription_update(body: dict[str, Any], options: CloudOptions) -> None:
    """Name, payment or public access of a subscription."""
    if body.get("paymentMethodId") is not None:
        _check_payment(body, options)


def check_keys(subscription: Subscription, body: dict[str, Any]) -> None:
    """The customer managed keys of a subscription."""
    if subscription.settings.get("persistentStorageEncryptionType") != "customer-managed-key":
        raise TaskProblem(
            "CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_NOT_ALLOWED_WITH_CLOUD_PROVIDER_MANAGED_KEY"
        )
    if subscription.status not in ("encryption_key_pending", "active"):
        raise TaskProblem("CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_SUBSCRIPTION_INVALID_STATUS")
    if not body["customerManagedKeys"]:
        raise TaskProblem("CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_MISSING_KEYS")


def check_maintenance(body: dict[str, Any]) -> None:
    """Maintenance windows: manual with windows, or automatic without."""
    windows = body.get("windows") or []
    if body["mode"] == "manual" and not windows:
        raise TaskProblem("MAINTENANCE_WINDOW_MANUAL_MODE_WITH_NO_MAINTENANCE_WINDOWS")
    if body["mode"] == "automatic" and windows:
        raise TaskProblem("MAINTENANCE_WINDOW_AUTOMATIC_MODE_WITH_MAINTENANCE_WINDOWS")


def check_new_database(
    body: dict[str, Any], memory_storage: str, active_active: bool, regions: list[str], options: CloudOptions
) -> None:
    """A database on its own or inside the request that creates its subscription."""
    check_name(body["name"])
    port = body.get("port")
    if port is not None and not 10000 <= port <= 19999:
        raise TaskProblem("DATABASE_PORT_INVALID_VALUE")
    if body.get("datasetSizeInGb") is None and body.get("memoryLimitInGb") is None:
        raise TaskProblem("DATABASE_SIZE_LIMIT_NOT_DEFINED")
    version = body.get("redisVersion") or default_version(options)
    if version not in [known["version"] for known in options.redis_versions]:
        raise TaskProblem("DATABASE_REDIS_VERSION_IS_NOT_SUPPORTED")
    modules = [module["name"] for module in body.get("modules") or []]
    _check_modules(modules, version, options)
    searchable = reference.bundles_modules(version) or reference.SEARCH_MODULE in modules
    _check_local_throughput(body.get("localThroughputMeasurement") or [], active_active, regions)
    if active_active and body.get("replication") is False:
        raise TaskProblem("ACTIVE_ACTIVE_DATABASE_REPLICATION_CANNOT_BE_FALSE")
    _check_common(body, memory_storage, searchable)


def check_database_update(database: Database, body: dict[str, Any], memory_storage: str) -> None:
    """A partial change of a Pro database."""
    settings = database.settings
    if body.get("name") is not None:
        check_name(body["name"])
    throughput = body.get("throughputMeasurement")
    if throughput and throughput["by"] != settings["throughputMeasurement"]["by"]:
        raise TaskProblem("DATABASE_CANT_EDIT_THROUGHPUT_BY")
    rules = body.get("regexRules")
    if rules is not None:
        if settings["shardingType"] != "custom-regex-rules":
            raise TaskProblem("DATABASE_REGEX_RULES_NO_CLUSTERING")
        if len(rules) > MAX_REGEX_RULES or any(len(rule) > MAX_REGEX_LENGTH for rule in rules):
            raise TaskProblem("DATABASE_INVALID_REGEX_RULES")
    if body.get("password") is not None:
        if body.get("enableDefaultUser") is False:
            raise TaskProblem("DISABLING_THE_DEFAULT_USER_AND_UPDATING_A_NEW_PASSWORD_IS_NOT_ALLOWED")
        if not settings["enableDefaultUser"] and not body.get("enableDefaultUser"):
            raise TaskProblem("NOT_ALLOWED_TO_UPDATE_A_DATABASE_PASSWORD_WHEN_DEFAULT_USER_IS_DISABLED")
    modules = [module["name"] for module in settings["modules"]]
    searchable = reference.bundles_modules(settings["redisVersion"]) or reference.SEARCH_MODULE in modules
    merged = {name: body.get(name, settings.get(name)) for name in ("supportOSSClusterApi", "enableTls")}
    _check_common({**merged, **body}, memory_storage, searchable)


def check_name(name: str) -> None:
    """Names of databases: at most 40 characters, a letter first, a letter or digit last."""
    if len(name) > MAX_NAME:
        raise TaskProblem("DATABASE_NAME_TOO_LONG")
    if not NAME.fullmatch(name):
        raise TaskProblem("DATABASE_INVALID_NAME")


def default_version(options: CloudOptions) -> str:
    """The Redis version of databases that do not name one."""
    return str(
        next((known for known in options.redis_versions if known["isDefault"]), options.redis_versions[-1])[
            "version"
        ]
    )


def _check_modules(names: list[str], version: str, options: CloudOptions) -> None:
    if not names:
        return
    if reference.bundles_modules(version):
        if options.explicit_modules == "refuse":
            raise TaskProblem("DATABASE_EXPLICIT_MODULES_NOT_SUPPORTED_FOR_THIS_REDIS_VERSION")
        return
    if any(name not in reference.MODULES for name in names):
        raise TaskProblem("DATABASE_INVALID_MODULE")
    if len(set(names)) != len(names):
        raise TaskProblem("DATABASE_MODULE_MUST_BE_DEFINED_ONCE")


def _check_local_throughput(items: list[dict[str, Any]], active_active: bool, regions: list[str]) -> None:
    if items and not active_active:
        raise TaskProblem("LOCAL_THROUGHPUT_MEASUREMENT_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION")
    for item in items:
        if item.get("region") not in regions:
            raise TaskProblem("SUBSCRIPTION_INVALID_REGION_NAME")
        check_local_throughput(item)


def check_local_throughput(item: dict[str, Any]) -> None:
    """Throughput of an Active-Active region goes in steps of 500 operations per second."""
    for name in ("readOperationsPerSecond", "writeOperationsPerSecond"):
        if (item.get(name) or 0) % LOCAL_THROUGHPUT_STEP:
            raise TaskProblem(
                "LOCAL_THROUGHPUT_READ_AND_WRITE_OPERATIONS_PER_SECOND_VALUES_MUST_BE_IN_INCREMENTS_OF_500_OR_MINIMUM"
            )


def _check_common(body: dict[str, Any], memory_storage: str, searchable: bool) -> None:
    if body.get("datasetSizeInGb") is not None and body.get("memoryLimitInGb") is not None:
        raise TaskProblem("DATABASE_SIZE_LIMIT_INVALID_TOO_MANY_MEMORY_SPECIFICATIONS")
    if len(body.get("password") or "") > MAX_PASSWORD:
        raise TaskProblem("DATABASE_PASSWORD_IS_TOO_LONG")
    if body.get("useExternalEndpointForOSSClusterApi") and not body.get("supportOSSClusterApi"):
        raise TaskProblem("DATABASE_EXTERNAL_ENDPOINT_WITHOUT_OSS_CLUSTER")
    if (body.get("clientTlsCertificates") or body.get("clientSslCertificate")) and not body.get("enableTls"):
        raise TaskProblem("CLIENT_SSL_CERTIFICATE_IS_NOT_ALLOWED_WITHOUT_ENABLE_TLS_IS_TRUE")
    check_sources(body.get("sourceIp") or [])
    check_alerts(body.get("alerts") or [])
    check_backup(body.get("remoteBackup") or {})
    factor = body.get("queryPerformanceFactor")
    if factor is not None and factor not in reference.QUERY_PERFORMANCE_FACTORS:
        raise TaskProblem("DATABASE_QUERY_PERFORMANCE_FACTOR_IS_NOT_SUPPORTED")
    if factor not in (None, "Standard") and not searchable:
        raise TaskProblem("DATABASE_QUERY_PERFORMANCE_FACTOR_SEARCH_IS_REQUIRED")
    percentage = body.get("ramPercentage")
    if percentage is not None and (
        memory_storage != "ram-and-flash" or percentage not in (10, 20, 30, 40, 50)
    ):
        raise TaskProblem("DATABASE_RAM_PERCENTAGE_NOT_SUPPORTED")


def check_sources(sources: list[str]) -> None:
    """Addresses and networks that may connect."""
    if len(sources) > MAX_SOURCES:
        raise TaskProblem("DATABASE_SIP_OVER_LIMIT")
    for source in sources:
        try:
            ipaddress.ip_network(source)
        except ValueError:
            raise TaskProblem("DATABASE_INVALID_SIP") from None


def check_alerts(alerts: list[dict[str, Any]]) -> None:
    """Alerts of Pro databases; the plural ``datasets-size`` and ``connections-limit`` belong to Essentials."""
    names = [alert["name"] for alert in alerts]
    if len(set(names)) != len(names) or any(name not in reference.PRO_ALERTS for name in names):
        raise TaskProblem("DATABASE_INVALID_ALERTS")


def check_backup(backup: dict[str, Any]) -> None:
    """Backups to remote storage."""
    if not backup.get("active"):
        return
    if not backup.get("interval") or not backup.get("storageType") or not backup.get("storagePath"):
        raise TaskProblem("DATABASE_INVALID_BACKUP_CONFIGURATION")
    if backup["interval"] not in reference.BACKUP_INTERVALS:
        raise TaskProblem("DATABASE_INVALID_BACKUP_INTERVAL")
    if backup["storageType"] not in reference.BACKUP_STORAGE:
        raise TaskProblem("DATABASE_INVALID_BACKUP_STORAGE_TYPE")
    time = backup.get("timeUTC")
    if time is not None:
        if backup["interval"] not in reference.BACKUP_INTERVALS_WITH_TIME:
            raise TaskProblem("DATABASE_INVALID_BACKUP_INTERVAL_AND_TIME_UTC_MISMATCH")
        if not re.fullmatch(r"([01]\d|2[0-3]):00", time):
            raise TaskProblem("DATABASE_INVALID_BACKUP_TIME_UTC")
