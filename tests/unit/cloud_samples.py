# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two values for every option of the Redis Cloud resources, from which the tests of the modules are made.

A field that is declared without an entry here fails a test: the tests of a new field are one line in this file.
"""

from __future__ import annotations

import dataclasses
from typing import Any

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
OTHER_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n"
ABSENT: Any = object()

SUBSCRIPTION: dict[str, Any] = {
    "name": "main",
    "cloud_providers": [
        {
            "provider": "AWS",
            "regions": [{"region": "us-east-1", "networking": {"deployment_cidr": "10.0.1.0/24"}}],
        }
    ],
    "databases": [{"name": "first", "dataset_size_in_gb": 1}],
}
DATABASE: dict[str, Any] = {"name": "cache", "dataset_size_in_gb": 1}


@dataclasses.dataclass(frozen=True)
class Sample:
    """``first`` and ``second``: two values of the option; a create-only one is refused the second.

    :param needs: further options of the task. :param without: options of the usual task that do not go with this one.
    :param account: what the subscription of the database must be like (part of its create request).
    :param shown: False when the API does not tell the value, so that only ``update_password: always`` changes it.
    :param wire: the body of the update from first to second, when it is not the option's wire name and encoded value.
    :param options: settings of the simulator without which the values cannot be used.
    """

    first: Any
    second: Any
    needs: dict[str, Any] = dataclasses.field(default_factory=dict)
    without: tuple[str, ...] = ()
    account: dict[str, Any] = dataclasses.field(default_factory=dict)
    shown: bool = True
    wire: dict[str, Any] | None = None
    options: dict[str, Any] = dataclasses.field(default_factory=dict)


BACKUP = {"interval": "every-24-hours", "storage_type": "aws-s3", "storage_path": "s3://backups"}
TLS = {"enable_tls": True}
OWN_ACCOUNT = [
    {
        "provider": "AWS",
        "cloud_account_id": 77,
        "regions": [{"region": "us-east-1", "networking": {"deployment_cidr": "10.0.1.0/24"}}],
    }
]

DATABASE_SAMPLES: dict[str, Sample] = {
    "name": Sample("cache", "sessions"),
    "protocol": Sample("memcached", "redis"),
    "port": Sample(12000, 12001),
    "dataset_size_in_gb": Sample(1, 2.5),
    "memory_limit_in_gb": Sample(1.0, 3, without=("dataset_size_in_gb",)),
    "replication": Sample(False, True),
    "throughput_measurement": Sample(
        {"by": "operations-per-second", "value": 2000}, {"by": "operations-per-second", "value": 5000}
    ),
    "local_throughput_measurement": Sample([], []),
    "data_persistence": Sample("aof-every-1-second", "snapshot-every-1-hour"),
    "redis_version": Sample("8.0", "8.4"),
    "auto_minor_version_upgrade": Sample(False, True),
    "resp_version": Sample("resp2", "resp3"),
    "support_oss_cluster_api": Sample(True, False),
    "ram_percentage": Sample(30, 50, account={"memoryStorage": "ram-and-flash"}),
    "average_item_size_in_bytes": Sample(500, 600, account={"memoryStorage": "ram-and-flash"}, shown=False),
    "query_performance_factor": Sample("2x", "8x"),
    "modules": Sample([{"name": "RedisJSON"}], [{"name": "RediSearch"}], {"redis_version": "7.4"}),
    "sharding_type": Sample("default-regex-rules", "custom-regex-rules"),
    "data_eviction_policy": Sample("allkeys-lru", "noeviction"),
    "use_external_endpoint_for_oss_cluster_api": Sample(True, False, {"support_oss_cluster_api": True}),
    "regex_rules": Sample(
        ["(?<tag>.*)x", "(?<tag>.*)y"],
        ["(?<tag>.*)y", "(?<tag>.*)x"],
        {"sharding_type": "custom-regex-rules"},
    ),
    "password": Sample("first-secret", "second-secret"),
    "sasl_username": Sample("app", "other", {"protocol": "memcached"}, shown=False),
    "sasl_password": Sample(
        "first-sasl", "second-sasl", {"protocol": "memcached", "sasl_username": "app"}, shown=False
    ),
    "source_ip": Sample(["192.0.2.0/24"], ["198.51.100.0/24", "192.0.2.0/24"]),
    "enable_tls": Sample(True, False),
    "client_tls_certificates": Sample(
        [{"public_certificate_pem_string": CERTIFICATE}],
        [{"public_certificate_pem_string": OTHER_CERTIFICATE}],
        TLS,
        shown=False,
    ),
    "client_ssl_certificate": Sample(CERTIFICATE, OTHER_CERTIFICATE, TLS, shown=False),
    "alerts": Sample(
        [{"name": "dataset-size", "value": 80}],
        [{"name": "dataset-size", "value": 90}, {"name": "latency", "value": 50}],
    ),
    "replica": Sample(
        {"sync_sources": [{"endpoint": "redis://one.example:6379"}]},
        {"sync_sources": [{"endpoint": "redis://two.example:6379", "encryption": True}]},
    ),
    "replica_of": Sample(["redis://one.example:6379"], ["redis://two.example:6379"]),
    "remote_backup": Sample(
        {"active": True, "time_utc": "14:00", **BACKUP}, {"active": True, "time_utc": "03:00", **BACKUP}
    ),
    "periodic_backup_path": Sample("ftp://one.example/dumps", "ftp://two.example/dumps"),
    "enable_default_user": Sample(False, True),
}

SUBSCRIPTION_SAMPLES: dict[str, Sample] = {
    "name": Sample("main", "renamed"),
    "deployment_type": Sample("single-region", "active-active"),
    "payment_method": Sample("credit-card", "marketplace"),
    "payment_method_id": Sample(2, 8240, options={"payment_methods": [2, 8240]}),
    "memory_storage": Sample("ram-and-flash", "ram"),
    "persistent_storage_encryption_type": Sample("cloud-provider-managed-key", "customer-managed-key"),
    "persistent_storage_encryption_keys": Sample(
        {
            "customer_managed_keys": [{"resource_name": "key-1"}],
            "deletion_grace_period": "alerts-only",
        },
        {
            "customer_managed_keys": [{"resource_name": "key-1"}],
            "deletion_grace_period": "24-hours",
        },
        {"persistent_storage_encryption_type": "customer-managed-key", "cloud_providers": OWN_ACCOUNT},
        wire={"customerManagedKeys": [{"resourceName": "key-1"}], "deletionGracePeriod": "24-hours"},
    ),
    "public_endpoint_access": Sample(False, True),
    "redis_version": Sample("8.0", "8.2", shown=False),
    "cloud_providers": Sample(
        [{"provider": "AWS", "regions": [{"region": "us-east-1"}]}],
        [{"provider": "GCP", "regions": [{"region": "us-east1"}]}],
    ),
    "resource_tags": Sample(
        [{"key": "team", "value": "a"}],
        [{"key": "team", "value": "b"}, {"key": "stage", "value": "test"}],
        {"cloud_providers": OWN_ACCOUNT},
    ),
    "databases": Sample([{"name": "first", "dataset_size_in_gb": 1}], [], shown=False),
}
