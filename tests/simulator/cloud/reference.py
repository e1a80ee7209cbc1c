# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of the service that never change while it runs: regions, modules, choices."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

AWS_REGIONS = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
)
GCP_REGIONS = (
    "us-central1",
    "us-east1",
    "us-east4",
    "us-west1",
    "us-west2",
    "europe-west1",
    "europe-west2",
    "europe-west3",
    "europe-north1",
    "asia-east1",
    "asia-northeast1",
    "asia-south1",
)
REGIONS: list[dict[str, Any]] = [
    {"id": number, "name": name, "provider": provider}
    for number, (provider, name) in enumerate(
        [("AWS", name) for name in AWS_REGIONS] + [("GCP", name) for name in GCP_REGIONS], start=1
    )
]
REGION_NAMES = {"AWS": set(AWS_REGIONS), "GCP": set(GCP_REGIONS)}

MODULES: dict[str, dict[str, Any]] = {
    "RedisJSON": {"capabilityName": "JSON", "version": "2.8.8", "description": "JSON documents"},
    "RediSearch": {
        "capabilityName": "Search and query",
        "version": "2.10.17",
        "description": "Secondary indexes and queries",
    },
    "RedisTimeSeries": {
        "capabilityName": "Time series",
        "version": "1.12.6",
        "description": "Series of samples over time",
    },
    "RedisBloom": {
        "capabilityName": "Probabilistic",
        "version": "2.8.7",
        "description": "Probabilistic data structures",
    },
}
SEARCH_MODULE = "RediSearch"

DATA_PERSISTENCE = (
    "none",
    "aof-every-1-second",
    "aof-every-write",
    "snapshot-every-1-hour",
    "snapshot-every-6-hours",
    "snapshot-every-12-hours",
)
QUERY_PERFORMANCE_FACTORS = ("Standard", "2x", "4x", "6x", "8x")
BACKUP_INTERVALS = tuple(f"every-{hours}-hours" for hours in (24, 12, 6, 4, 2, 1))
BACKUP_INTERVALS_WITH_TIME = ("every-24-hours", "every-12-hours")
BACKUP_STORAGE = ("aws-s3", "google-blob-storage", "azure-blob-storage", "ftp")
PRO_ALERTS = (
    "dataset-size",
    "throughput-higher-than",
    "throughput-lower-than",
    "latency",
    "syncsource-error",
    "syncsource-lag",
)
# The order in which they are evaluated is the ordinal; the real service lists them in no order.
DEFAULT_REGEX_RULES = (r".*\{(?<tag>.*)\}.*", "(?<tag>.*)")
OPEN_SOURCES = ["0.0.0.0/0"]
PRIVATE_SOURCES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"]
INTERNAL_ACCOUNT = 1
DEFAULT_CIDR = "192.168.0.0/24"


@lru_cache(maxsize=256)
def version_number(version: str) -> tuple[int, ...]:
    """``"8.2"`` as ``(8, 2)``; anything that is not a number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))


def bundles_modules(version: str) -> bool:
    """Redis 8 and later contain all modules."""
    return version_number(version) >= (8,)
