#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_databases
short_description: Manage many databases of a Redis Cloud Pro subscription at once
description:
  - Brings the databases of one Redis Cloud Pro subscription to the desired state in one run. They are listed and compared
    together, requested one after the other as fast as the API allows, and provisioned in parallel.
  - It manages the databases of single-region subscriptions. Those of Active-Active subscriptions have fields and requests of
    their own and are refused.
  - A run that was interrupted can simply be repeated. What it had started is found and joined; a database is never
    created twice.
  - One database that fails at the server does not stop the others. The module fails at the end and names all reasons.
  - A mistake that can be known beforehand, such as a value that an option does not take, fails the task before anything is sent.
  - The API takes one request after the other. So the module waits until each has been carried out, and only the last one is
    not awaited with O(wait=false).
extends_documentation_fragment:
  - community.redis.cloud
  - community.redis.wait
  - community.redis.secrets
  - community.redis.attributes
  - community.redis.attributes.actiongroup_cloud
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(update_password=always) and one of O(databases[].sasl_password), O(databases[].sasl_username),
        O(databases[].client_tls_certificates), O(databases[].client_ssl_certificate) or O(databases[].periodic_backup_path),
        every run sends them and reports a change.
  async:
    support: full
options:
  subscription_id:
    description:
      - Id of the subscription.
      - Exactly one of O(subscription_id) and O(subscription_name) is required.
    type: int
  subscription_name:
    description:
      - Name of the subscription. It has to be unique in the account.
      - In check mode the subscription need not exist yet; the databases are then reported as ones that would be created.
    type: str
  created_with_subscription:
    description:
      - Whether an earlier task creates the subscription, if there is none, together with the databases of O(databases), see
        O(community.redis.redis_cloud_subscription#module:databases).
      - This makes a difference only in check mode, as long as there is no subscription. With V(true) those databases are
        reported as changed that would have to be changed afterwards, because a subscription cannot be created with all of
        their options.
    type: bool
    default: false
  purge:
    description:
      - Whether to delete the databases of the subscription that O(databases) does not name, and all their data.
      - One that somebody has just requested and that is not listed yet is deleted by a later run.
    type: bool
    default: false
  purge_all:
    description:
      - Whether O(purge=true) may delete every database of the subscription, when O(databases) keeps none.
    type: bool
    default: false
  databases:
    description:
      - The databases.
      - The list of a subscription does not tell passwords. Therefore each database with O(databases[].password) takes one
        request more.
    type: list
    elements: dict
    required: true
    suboptions:
      state:
        description:
          - Whether the database should exist. V(present) is used when it is left out.
        type: str
        choices: [present, absent]
      # fields of redis_cloud_database, see scripts/plural_docs.py
      name:
        description:
          - Name of the database. At most 40 letters, digits and hyphens; it starts with a letter and ends with a letter or
            a digit. It is unique in the subscription.
        type: str
        required: true
      protocol:
        description:
          - Protocol of the database. Can only be set when it is created. The server's default is V(redis).
        type: str
        choices: [redis, memcached]
      port:
        description:
          - TCP port, between 10000 and 19999. Can only be set when the database is created. The server chooses one by default.
        type: int
      dataset_size_in_gb:
        description:
          - The largest amount of data, in GB, at least 0.1. With O(databases[].replication) the memory used is twice as much.
          - To create a database exactly one of O(databases[].dataset_size_in_gb) and O(databases[].memory_limit_in_gb) is required.
        type: float
      memory_limit_in_gb:
        description:
          - The total memory in GB, including replication and other overhead, at least 0.1. The API calls this deprecated in
            favor of O(databases[].dataset_size_in_gb).
        type: float
      replication:
        description:
          - Whether to keep a replica of the data. The server's default is V(true).
        type: bool
      throughput_measurement:
        description:
          - The throughput that the database is built for.
        type: dict
        suboptions:
          by:
            description:
              - The unit of O(databases[].throughput_measurement.value). V(number-of-shards) is for old databases only.
            type: str
            choices: [operations-per-second, number-of-shards]
            required: true
          value:
            description:
              - The throughput, at least 1. The server may round it.
            type: int
            required: true
      local_throughput_measurement:
        description:
          - The throughput in each region of an Active-Active subscription. Can only be set when the database is created, and
            is not read back.
          - As this module refuses databases of such subscriptions, it is of use in
            O(community.redis.redis_cloud_subscription#module:databases[].local_throughput_measurement) only.
        type: list
        elements: dict
        suboptions:
          region:
            description: The region.
            type: str
            required: true
          write_operations_per_second:
            description: Write operations per second. The server's default is 1000.
            type: int
          read_operations_per_second:
            description: Read operations per second. The server's default is 1000.
            type: int
      data_persistence:
        description:
          - How the data is kept on disk. The server's default is V(none).
        type: str
        choices: [none, aof-every-1-second, aof-every-write, snapshot-every-1-hour, snapshot-every-6-hours, snapshot-every-12-hours]
      data_eviction_policy:
        description:
          - What is removed when the memory is full. The server's default is V(volatile-lru).
        type: str
        choices:
          - allkeys-lru
          - allkeys-lfu
          - allkeys-lrm
          - allkeys-random
          - volatile-lru
          - volatile-lfu
          - volatile-lrm
          - volatile-random
          - volatile-ttl
          - noeviction
      redis_version:
        description:
          - Version of Redis, such as V(7.4). Can only be set when the database is created.
          - A database that has been upgraded beyond this version counts as up to date.
        type: str
      auto_minor_version_upgrade:
        description:
          - Whether the service upgrades the database to new minor versions by itself. It has an effect from Redis 8.4 on.
            The server's default is V(true).
        type: bool
      resp_version:
        description:
          - Version of the Redis serialization protocol. The default depends on O(databases[].redis_version).
        type: str
        choices: [resp2, resp3]
      support_oss_cluster_api:
        description:
          - Whether clients can use the cluster API of open source Redis. The server's default is V(false).
        type: bool
      use_external_endpoint_for_oss_cluster_api:
        description:
          - Whether the cluster API uses the public endpoint. Needs O(databases[].support_oss_cluster_api=true). The server's default is V(false).
        type: bool
      ram_percentage:
        description:
          - Share of the data that is kept in RAM, in percent. One of 10, 20, 30, 40 and 50. The server's default is 20.
          - For subscriptions with O(community.redis.redis_cloud_subscription#module:memory_storage=ram-and-flash).
        type: int
      average_item_size_in_bytes:
        description:
          - Estimated size of an item in bytes, at least 1, in a subscription with RAM and flash. The server's default is 1000.
          - Can only be set when the database is created, and is not read back. The API calls it deprecated.
        type: int
      query_performance_factor:
        description:
          - Extra computing power for search and query. V(2x), V(4x), V(6x) or V(8x); the server's default V(Standard) means none.
        type: str
      modules:
        description:
          - The modules to load. Can only be set when the database is created, and only below Redis 8, which has all of them built in.
          - For Redis 8 and later the modules are not compared.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the module, such as V(RedisJSON).
            type: str
            required: true
          parameters:
            description: Parameters of the module. They are not compared.
            type: dict
      sharding_type:
        description:
          - How keys are distributed over the shards. Can only be set when the database is created.
        type: str
        choices: [default-regex-rules, custom-regex-rules, redis-oss-hashing]
      regex_rules:
        description:
          - The hashing rules of O(databases[].sharding_type=custom-regex-rules), in the order in which they are tried. At most 32, each with
            at most 256 characters.
          - The API takes them only for an existing database, so that a creation takes a second request.
        type: list
        elements: str
      password:
        description:
          - Password of the user V(default), shorter than 50 characters. Only with O(databases[].protocol=redis).
          - When it is left out, the server makes one up. Use O(return_secrets) to learn it.
        type: str
      sasl_username:
        description:
          - User name for O(databases[].protocol=memcached). It is not read back, see O(update_password).
        type: str
      sasl_password:
        description:
          - Password for O(databases[].protocol=memcached). It is not read back, see O(update_password).
        type: str
      enable_default_user:
        description:
          - Whether one can log in as the user V(default). The server's default is V(true).
          - The API takes it only for an existing database, so that a creation takes a second request.
        type: bool
      source_ip:
        description:
          - The networks from which clients may connect, such as V(192.0.2.0/24). At most 32. The order does not matter.
        type: list
        elements: str
      enable_tls:
        description:
          - Whether clients have to use TLS. The server's default is V(false).
          - Turning TLS off also removes the client certificates from the database.
        type: bool
      client_tls_certificates:
        description:
          - Certificates of the clients. When there are any, clients have to show one of them. An empty list removes all. It
            needs O(databases[].enable_tls=true).
          - The API only tells whether there are any, see O(update_password).
        type: list
        elements: dict
        suboptions:
          public_certificate_pem_string:
            description: The certificate in PEM format.
            type: str
            required: true
      client_ssl_certificate:
        description:
          - A single client certificate in PEM format. It needs O(databases[].enable_tls=true). The API calls it deprecated in favor of
            O(databases[].client_tls_certificates).
        type: str
      alerts:
        description:
          - The alerts of the database, all of them; those that are not listed are removed.
        type: list
        elements: dict
        suboptions:
          name:
            description: What to watch. V(datasets-size) and V(connections-limit) belong to other plans.
            type: str
            required: true
            choices:
              - dataset-size
              - datasets-size
              - throughput-higher-than
              - throughput-lower-than
              - latency
              - syncsource-error
              - syncsource-lag
              - connections-limit
          value:
            description: The threshold. A percentage for V(dataset-size).
            type: int
            required: true
      replica:
        description:
          - The databases that this one replicates.
          - Sources are compared by their address, without user and password, and by whether they are encrypted.
        type: dict
        suboptions:
          sync_sources:
            description: The sources. An empty list ends the replication.
            type: list
            elements: dict
            required: true
            suboptions:
              endpoint:
                description: URI of the source, such as V(redis://user:password@host:port).
                type: str
                required: true
              encryption:
                description: Whether to use TLS to reach the source.
                type: bool
              server_cert:
                description: The certificate chain of the source in PEM format. It is not read back.
                type: str
      replica_of:
        description:
          - URIs of the databases that this one replicates. The API calls it deprecated in favor of O(databases[].replica).
        type: list
        elements: str
      remote_backup:
        description:
          - Regular backups to a place of yours.
        type: dict
        suboptions:
          active:
            description: Whether backups are made.
            type: bool
            required: true
          interval:
            description: Time between two backups. Required when O(databases[].remote_backup.active=true).
            type: str
            choices: [every-24-hours, every-12-hours, every-6-hours, every-4-hours, every-2-hours, every-1-hours]
          time_utc:
            description: The full hour of the backup in UTC, such as V(14:00). Only for intervals of 24 and 12 hours.
            type: str
          storage_type:
            description: Kind of storage. Required when O(databases[].remote_backup.active=true). It is not read back.
            type: str
            choices: [aws-s3, google-blob-storage, azure-blob-storage, ftp]
          storage_path:
            description: Where to put the backups. Required when O(databases[].remote_backup.active=true).
            type: str
      periodic_backup_path:
        description:
          - Where to put a backup every 24 hours. An empty string turns it off. The API calls it deprecated in favor of O(databases[].remote_backup).
        type: str
      # end of the fields of redis_cloud_database
seealso:
  - module: community.redis.redis_cloud_database
  - module: community.redis.redis_cloud_subscription
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: The databases of a shop
  community.redis.redis_cloud_databases:
    subscription_name: production
    databases:
      - name: sessions
        dataset_size_in_gb: 1
        data_persistence: aof-every-1-second
      - name: cart
        dataset_size_in_gb: 1
      - name: search-index
        dataset_size_in_gb: 2
      - name: old-cache
        state: absent

- name: Exactly these, and no others
  community.redis.redis_cloud_databases:
    subscription_name: production
    databases:
      - name: sessions
        dataset_size_in_gb: 1
      - name: cart
        dataset_size_in_gb: 1
    purge: true
"""

RETURN = r"""
results:
  description:
    - One entry for each database that was named or purged, also when the module failed or ran out of time.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Name of the database.
      returned: always
      type: str
      sample: sessions
    state:
      description: What was asked for, V(present) or V(absent).
      returned: always
      type: str
      sample: present
    changed:
      description: Whether this run has changed it.
      returned: always
      type: bool
    adopted:
      description: Whether this run has joined work on it that was already under way.
      returned: always
      type: bool
    failed:
      description: Whether it could not be brought to the desired state.
      returned: always
      type: bool
    error:
      description: Why not. Null when it did not fail.
      returned: always
      type: str
    diff:
      description: What has changed.
      returned: always
      type: dict
    task:
      description: The last task about it, see RV(community.redis.redis_cloud_database#module:task).
      returned: always
      type: dict
    database:
      description: The database, see RV(community.redis.redis_cloud_database#module:database).
      returned: always
      type: dict
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 44
"""

from ansible_collections.community.redis.plugins.module_utils._cloud.run_fleet import (
    databases,
    databases_module,
)


def main() -> None:
    databases_module().run(databases)


if __name__ == "__main__":
    main()
