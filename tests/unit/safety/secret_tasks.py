# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options for tasks, with a canary in every place that can hold a secret."""

from __future__ import annotations

from typing import Any

from .canaries import HEADER, PLAIN, Canaries

Params = dict[str, Any]
MEGABYTE = 1024 * 1024


def cloud_credentials(canaries: Canaries) -> Params:
    return {
        "api_key": canaries.make("cloud api_key", HEADER),
        "api_secret_key": canaries.make("cloud api_secret_key", HEADER),
    }


def enterprise_credentials(canaries: Canaries) -> Params:
    return {"api_username": "admin@example.com", "api_password": canaries.make("enterprise api_password")}


def cloud_database(canaries: Canaries, which: str = "") -> Params:
    """A database with the first of each two spellings; ``which`` tells the canaries of several apart."""
    return {
        "dataset_size_in_gb": 1,
        "password": canaries.make(which + "cloud password"),
        "replica": {
            "sync_sources": [
                {"endpoint": canaries.url(which + "cloud sync source")},
                {"endpoint": canaries.url(which + "cloud sync source, as people write it", quoted=False)},
            ]
        },
        "remote_backup": {
            "active": True,
            "interval": "every-12-hours",
            "storage_type": "ftp",
            "storage_path": canaries.url(which + "cloud storage_path", "ftp", host="ftp.example/dumps"),
        },
    }


def old_cloud_database(canaries: Canaries, which: str = "") -> Params:
    """The same with the older spellings."""
    return {
        "dataset_size_in_gb": 1,
        "password": canaries.make(which + "another cloud password"),
        "replica_of": [
            canaries.url(which + "cloud replica_of"),
            canaries.url(which + "cloud replica_of, as people write it", quoted=False),
        ],
        "periodic_backup_path": canaries.url(
            which + "cloud periodic_backup_path", "ftp", host="ftp.example/dumps"
        ),
    }


def memcached(canaries: Canaries, which: str = "") -> Params:
    return {
        "dataset_size_in_gb": 1,
        "protocol": "memcached",
        "sasl_username": "me",
        "sasl_password": canaries.make(which + "cloud sasl_password"),
    }


def cloud_subscription(canaries: Canaries) -> Params:
    """Nothing that it takes is a secret, apart from what a module of Redis may be given."""
    parameters = {"remote": {"password": canaries.make("cloud module parameter")}}
    return {
        "cloud_providers": [{"regions": [{"region": "us-east-1"}]}],
        "databases": [
            {
                "name": "cache",
                "dataset_size_in_gb": 1,
                "redis_version": "7.2",
                "modules": [{"name": "RedisJSON", "parameters": parameters}],
            }
        ],
    }


def locations(canaries: Canaries, which: str = "") -> list[Params]:
    """One of each kind, for backups."""

    def make(name: str) -> str:
        return canaries.make(which + name)

    return [
        {"type": "url", "url": canaries.url(which + "location url", "ftp", host="ftp.example/dump.rdb")},
        {
            "type": "sftp",
            "sftp_url": canaries.url(which + "location sftp_url", "sftp", host="sftp.example/dump.rdb"),
            "key": canaries.key(which + "location key"),
        },
        {
            "type": "s3",
            "bucket_name": "bucket",
            "access_key_id": make("location access_key_id"),
            "secret_access_key": make("location secret_access_key"),
        },
        {
            "type": "gs",
            "bucket_name": "bucket",
            "client_id": "1",
            "client_email": "me@example.com",
            "private_key_id": make("location private_key_id"),
            "private_key": canaries.key(which + "location private_key"),
        },
        {"type": "abs", "container": "c", "account_name": "me", "account_key": make("location account_key")},
        {"type": "abs", "container": "c", "account_name": "me", "sas_token": make("location sas_token")},
    ]


def enterprise_database(canaries: Canaries, which: str = "", location: int = 2) -> Params:
    """:param location: which of the kinds of locations the backup goes to."""
    sources = [
        dict(place, **({"filename": "dump.rdb"} if place["type"] in ("s3", "gs", "abs") else {}))
        for place in locations(canaries, which + "import ")
    ]
    return {
        "memory_size": 100 * MEGABYTE,
        "authentication_redis_pass": canaries.make(which + "authentication_redis_pass"),
        "authentication_admin_pass": canaries.make(which + "authentication_admin_pass"),
        "authentication_sasl_uname": "me",
        "authentication_sasl_pass": canaries.make(which + "authentication_sasl_pass"),
        "backup": True,
        "backup_interval": 3600,
        "backup_location": locations(canaries, which + "backup ")[location],
        "dataset_import_sources": sources,
        "replica_sources": [
            {
                "uri": canaries.url(which + "replica uri"),
                "client_key": canaries.key(which + "replica client_key"),
            },
            {
                "uri": canaries.url(
                    which + "replica uri, as people write it", quoted=False, host="two.example:1"
                )
            },
        ],
    }


def enterprise_extra(canaries: Canaries, which: str = "") -> Params:
    """Settings of releases to come, of which only the names tell that they are secrets."""
    return {
        "replication_password": canaries.make(which + "extra password"),
        "login_secret": canaries.make(which + "extra secret", PLAIN),
        "nested": {"list": [{"private_key": canaries.key(which + "extra nested key")}]},
        "remote": canaries.url(which + "extra url"),
        "auth_token": canaries.make(which + "extra token"),
        "proxy_pass": canaries.make(which + "extra pass"),
    }
