# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two ways in which Redis Cloud says no: an HTTP status, or a task that ends in an error."""

from __future__ import annotations

from http import HTTPStatus

# Codes of response.error.type with the HTTP status that the real service names beside them. Recorded ones are known;
# the others follow from their meaning (facts 2.6).
CODES: dict[str, tuple[int, str]] = {
    "ACTIVE_ACTIVE_BACKUP_MISSING_REGION_NAME": (
        400,
        "The region name is required for an Active-Active database",
    ),
    "ACTIVE_ACTIVE_DATABASE_REPLICATION_CANNOT_BE_FALSE": (400, "Replication cannot be switched off"),
    "ACTIVE_ACTIVE_DELETE_SUBSCRIPTION_MUST_BE_DEPLOYED_IN_AT_LEAST_ONE_REGION": (
        400,
        "One region must stay",
    ),
    "ACTIVE_ACTIVE_RAM_AND_FLASH_MEMORY_STORAGE_NOT_SUPPORTED": (400, "Active-Active does not support flash"),
    "ADDING_REGION_IS_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION": (
        400,
        "Not an Active-Active subscription",
    ),
    "BACKUP_REGION_NAME_IS_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION": (
        400,
        "Region name is for Active-Active only",
    ),
    "CIDR_WHITELIST_NOT_ALLOWED": (400, "The allow list needs a cloud account of your own"),
    "CLIENT_SSL_CERTIFICATE_IS_NOT_ALLOWED_WITHOUT_ENABLE_TLS_IS_TRUE": (400, "Certificates need TLS"),
    "CLOUD_ACCOUNT_NOT_FOUND": (404, "Cloud account not found"),
    "CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_DELETION_GRACE_PERIOD_REQUIRED": (
        400,
        "Grace period missing",
    ),
    "CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_MISSING_KEYS": (400, "Keys are missing"),
    "CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_NOT_ALLOWED_WITH_CLOUD_PROVIDER_MANAGED_KEY": (
        400,
        "The subscription does not use a customer managed key",
    ),
    "CUSTOMER_MANAGED_PERSISTENT_STORAGE_ENCRYPTION_KEY_SUBSCRIPTION_INVALID_STATUS": (
        400,
        "Not in this status",
    ),
    "DATABASE_BACKUP_DISABLED": (400, "Database backup is disabled"),
    "DATABASE_BACKUP_NOT_CONFIGURED": (400, "Backup is not configured for the database"),
    "DATABASE_CANT_EDIT_THROUGHPUT_BY": (400, "The throughput measurement method cannot be changed"),
    "DATABASE_CUSTOM_PORT_NOT_UNIQUE": (409, "The port is used by another database"),
    "DATABASE_EVICTION_NOT_SUPPORTED": (400, "The data eviction policy is not supported"),
    "DATABASE_EXPLICIT_MODULES_NOT_SUPPORTED_FOR_THIS_REDIS_VERSION": (
        400,
        "Modules are bundled in this Redis version",
    ),
    "DATABASE_EXTERNAL_ENDPOINT_WITHOUT_OSS_CLUSTER": (
        400,
        "The external endpoint needs the OSS Cluster API",
    ),
    "DATABASE_INVALID_ALERTS": (400, "Invalid alerts"),
    "DATABASE_INVALID_BACKUP_CONFIGURATION": (400, "Invalid backup configuration"),
    "DATABASE_INVALID_BACKUP_INTERVAL": (400, "Invalid backup interval"),
    "DATABASE_INVALID_BACKUP_INTERVAL_AND_TIME_UTC_MISMATCH": (
        400,
        "timeUTC needs an interval of 12 or 24 hours",
    ),
    "DATABASE_INVALID_BACKUP_STORAGE_TYPE": (400, "Invalid backup storage type"),
    "DATABASE_INVALID_BACKUP_TIME_UTC": (400, "Invalid backup time"),
    "DATABASE_INVALID_CERT": (400, "Invalid certificate"),
    "DATABASE_INVALID_MODULE": (400, "Unknown module"),
    "DATABASE_INVALID_NAME": (400, "Invalid database name"),
    "DATABASE_INVALID_QUANTITY": (400, "Invalid quantity"),
    "DATABASE_INVALID_REGEX_RULES": (400, "Invalid regex rules"),
    "DATABASE_INVALID_SIP": (400, "Invalid source IP"),
    "DATABASE_MODULE_MUST_BE_DEFINED_ONCE": (400, "A module is given twice"),
    "DATABASE_NAME_DUPLICATE": (409, "The request names two databases alike"),
    "DATABASE_NAME_EXISTS": (409, "A database of this name exists"),
    "DATABASE_NAME_TOO_LONG": (400, "The database name is too long"),
    "DATABASE_NOT_ACTIVE": (403, "Database is not active"),
    "DATABASE_NOT_FOUND": (404, "Database not found"),
    "DATABASE_PASSWORD_IS_TOO_LONG": (400, "The password is too long"),
    "DATABASE_PORT_INVALID_VALUE": (400, "The port is outside 10000-19999"),
    "DATABASE_QUERY_PERFORMANCE_FACTOR_IS_NOT_SUPPORTED": (400, "Unknown query performance factor"),
    "DATABASE_QUERY_PERFORMANCE_FACTOR_SEARCH_IS_REQUIRED": (400, "Query performance factor needs search"),
    "DATABASE_RAM_PERCENTAGE_NOT_SUPPORTED": (
        400,
        "ramPercentage needs ram-and-flash and 10, 20, 30, 40 or 50",
    ),
    "DATABASE_REDIS_VERSION_IS_NOT_SUPPORTED": (400, "The Redis version is not supported"),
    "DATABASE_REGEX_RULES_NO_CLUSTERING": (400, "Regex rules need custom-regex-rules"),
    "DATABASE_SIP_OVER_LIMIT": (400, "Too many source IPs"),
    "DATABASE_SIZE_LIMIT_INVALID_TOO_MANY_MEMORY_SPECIFICATIONS": (400, "Give one size, not two"),
    "DATABASE_SIZE_LIMIT_NOT_DEFINED": (400, "The size of the database is not defined"),
    "DATABASE_UPGRADE_INVALID_REDIS_VERSION": (400, "The database cannot be upgraded to this version"),
    "DISABLING_THE_DEFAULT_USER_AND_UPDATING_A_NEW_PASSWORD_IS_NOT_ALLOWED": (
        400,
        "Either disable the user or set its password",
    ),
    "GENERAL_ERROR": (500, "An error occurred"),
    "GETTING_SINGLE_REGION_CIDR_WHITE_LIST_IS_NOT_ALLOWED_WITH_ACTIVE_ACTIVE_SUBSCRIPTION": (
        400,
        "Not for Active-Active",
    ),
    "LOCAL_THROUGHPUT_MEASUREMENT_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION": (
        400,
        "Local throughput is for Active-Active",
    ),
    "LOCAL_THROUGHPUT_READ_AND_WRITE_OPERATIONS_PER_SECOND_VALUES_MUST_BE_IN_INCREMENTS_OF_500_OR_MINIMUM": (
        400,
        "Local throughput goes in steps of 500",
    ),
    "MAINTENANCE_WINDOW_AUTOMATIC_MODE_WITH_MAINTENANCE_WINDOWS": (
        400,
        "Automatic mode cannot be set with a manual maintenance window",
    ),
    "MAINTENANCE_WINDOW_MANUAL_MODE_WITH_NO_MAINTENANCE_WINDOWS": (
        400,
        "Must provide at least one maintenance window with manual maintenance mode",
    ),
    "MULTIPLE_CLOUD_PROVIDERS_NOT_SUPPORTED": (400, "Exactly one cloud provider is supported"),
    "NETWORKING_CIDR_MISSING": (400, "The deployment CIDR is missing"),
    "NOT_ALLOWED_TO_UPDATE_A_DATABASE_PASSWORD_WHEN_DEFAULT_USER_IS_DISABLED": (
        400,
        "The default user is disabled",
    ),
    "PAYMENT_INFO_NOT_PROVIDED": (400, "The payment method is missing"),
    "PROVISION_FAILURE": (500, "Provisioning failed"),
    "RESOURCE_TAGS_EXCEEDS_MAXIMUM_COUNT": (400, "Too many resource tags"),
    "RESOURCE_TAGS_NOT_ALLOWED_WITH_INTERNAL_CLOUD_ACCOUNT": (
        400,
        "Resource tags need a cloud account of your own",
    ),
    "SINGLE_REGION_SUBSCRIPTION_MUST_DEFINE_ONLY_ONE_REGION": (400, "Exactly one region is supported"),
    "SUBSCRIPTION_BAD_PREFERRED_AZ_SIZE": (400, "Wrong number of availability zones"),
    "SUBSCRIPTION_GCP_ALLOW_ONLY_INTERNAL": (400, "GCP is supported with cloud account 1 only"),
    "SUBSCRIPTION_INVALID_CIDR": (400, "The deployment CIDR is not a /24 network"),
    "SUBSCRIPTION_INVALID_REGION_NAME": (400, "Unknown region"),
    "SUBSCRIPTION_IN_USE": (400, "The subscription has databases"),
    "SUBSCRIPTION_MUST_HAVE_AT_LEAST_ONE_DATABASE": (400, "The subscription needs a database"),
    "SUBSCRIPTION_NOT_ACTIVE": (403, "Subscription is not active"),
    "SUBSCRIPTION_NOT_FOUND": (404, "Subscription was not found"),
    "SUBSCRIPTION_PI_NOT_FOUND": (400, "Payment info was not found"),
    "TOO_MANY_PENDING_SUBSCRIPTIONS": (429, "Too many subscriptions are changing"),
    "UPDATING_SINGLE_REGION_CIDR_WHITE_LIST_IS_NOT_ALLOWED_WITH_ACTIVE_ACTIVE_SUBSCRIPTION": (
        400,
        "Not for Active-Active",
    ),
    "UPDATING_LOCAL_PROPERTIES_NOT_ALLOWED_WITH_SINGLE_REGION_SUBSCRIPTION": (
        400,
        "Not an Active-Active subscription",
    ),
    "UPDATING_SINGLE_REGION_DATABASE_NOT_ALLOWED_WITH_ACTIVE_ACTIVE_SUBSCRIPTION": (
        400,
        "An Active-Active subscription",
    ),
    "VPC_ID_NOT_ALLOWED_WITH_INTERNAL_CLOUD_ACCOUNT": (400, "A VPC needs a cloud account of your own"),
}


class HttpProblem(Exception):
    """The request itself is refused. ``message`` becomes the Spring envelope; ``None`` is an empty body."""

    def __init__(
        self, status: int, message: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message or str(status))
        self.status = status
        self.message = message
        self.headers = headers or {}


class TaskProblem(Exception):
    """The request was accepted, and its task fails."""

    def __init__(self, code: str, description: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status, text = CODES[code]
        self.description = description or text

    def as_object(self) -> dict[str, str]:
        """``response.error`` as recorded: the status is a number and the name of it."""
        name = HTTPStatus(self.status).name
        return {"type": self.code, "status": f"{self.status} {name}", "description": self.description}
