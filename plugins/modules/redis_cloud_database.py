#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_database
short_description: Manage a database in a Redis Cloud Pro subscription
description:
  - Creates, updates and deletes one database of a Redis Cloud Pro subscription, and waits until it is usable or gone.
  - A run that was interrupted can simply be repeated. What it had started is found and joined; a database is never
    created twice.
  - It manages the databases of single-region subscriptions. Those of Active-Active subscriptions have fields and requests of
    their own and are refused.
  - Options that are left out are left alone. An option that is V(null) is reset to the default of the server, as far as
    the API has a way to do that.
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
      - With O(update_password=always) and one of O(sasl_password), O(sasl_username), O(client_tls_certificates),
        O(client_ssl_certificate) or O(periodic_backup_path), every run sends them and reports a change.
  async:
    support: full
options:
  state:
    description:
      - Whether the database should exist.
    type: str
    choices: [present, absent]
    default: present
  subscription_id:
    description:
      - Id of the subscription.
      - Exactly one of O(subscription_id) and O(subscription_name) is required.
    type: int
  subscription_name:
    description:
      - Name of the subscription. It has to be unique in the account.
      - In check mode the subscription need not exist yet; the database is then reported as one that would be created.
    type: str
  database_id:
    description:
      - Id of an existing database. Together with O(name) it renames the database.
      - At least one of O(name) and O(database_id) is required.
    type: int
  name:
    description:
      - Name of the database. At most 40 letters, digits and hyphens; it starts with a letter and ends with a letter or
        a digit. It is unique in the subscription.
    type: str
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
      - The largest amount of data, in GB, at least 0.1. With O(replication) the memory used is twice as much.
      - To create a database exactly one of O(dataset_size_in_gb) and O(memory_limit_in_gb) is required.
    type: float
  memory_limit_in_gb:
    description:
      - The total memory in GB, including replication and other overhead, at least 0.1. The API calls this deprecated in
        favor of O(dataset_size_in_gb).
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
          - The unit of O(throughput_measurement.value). V(number-of-shards) is for old databases only.
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
      - Version of the Redis serialization protocol. The default depends on O(redis_version).
    type: str
    choices: [resp2, resp3]
  support_oss_cluster_api:
    description:
      - Whether clients can use the cluster API of open source Redis. The server's default is V(false).
    type: bool
  use_external_endpoint_for_oss_cluster_api:
    description:
      - Whether the cluster API uses the public endpoint. Needs O(support_oss_cluster_api=true). The server's default is V(false).
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
      - The hashing rules of O(sharding_type=custom-regex-rules), in the order in which they are tried. At most 32, each with
        at most 256 characters.
      - The API takes them only for an existing database, so that a creation takes a second request.
    type: list
    elements: str
  password:
    description:
      - Password of the user V(default), shorter than 50 characters. Only with O(protocol=redis).
      - When it is left out, the server makes one up. Use O(return_secrets) to learn it.
    type: str
  sasl_username:
    description:
      - User name for O(protocol=memcached). It is not read back, see O(update_password).
    type: str
  sasl_password:
    description:
      - Password for O(protocol=memcached). It is not read back, see O(update_password).
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
        needs O(enable_tls=true).
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
      - A single client certificate in PEM format. It needs O(enable_tls=true). The API calls it deprecated in favor of
        O(client_tls_certificates).
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
      - URIs of the databases that this one replicates. The API calls it deprecated in favor of O(replica).
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
        description: Time between two backups. Required when O(remote_backup.active=true).
        type: str
        choices: [every-24-hours, every-12-hours, every-6-hours, every-4-hours, every-2-hours, every-1-hours]
      time_utc:
        description: The full hour of the backup in UTC, such as V(14:00). Only for intervals of 24 and 12 hours.
        type: str
      storage_type:
        description: Kind of storage. Required when O(remote_backup.active=true). It is not read back.
        type: str
        choices: [aws-s3, google-blob-storage, azure-blob-storage, ftp]
      storage_path:
        description: Where to put the backups. Required when O(remote_backup.active=true).
        type: str
  periodic_backup_path:
    description:
      - Where to put a backup every 24 hours. An empty string turns it off. The API calls it deprecated in favor of O(remote_backup).
    type: str
  dry_run:
    description:
      - Let the server plan and price the change without making it; see RV(dry_run_plan). Nothing is changed.
      - It takes a task of the account's queue. In check mode it is not sent.
    type: bool
    default: false
seealso:
  - module: community.redis.redis_cloud_subscription
  - module: community.redis.redis_cloud_database_info
  - module: community.redis.redis_cloud_task
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: A database with a password of its own
  community.redis.redis_cloud_database:
    subscription_name: production
    name: sessions
    dataset_size_in_gb: 1
    throughput_measurement:
      by: operations-per-second
      value: 5000
    data_persistence: aof-every-1-second
    password: "{{ sessions_password }}"

- name: Restrict who may connect, and turn the alerts off again
  community.redis.redis_cloud_database:
    subscription_name: production
    name: sessions
    source_ip:
      - 192.0.2.0/24
    alerts: null

- name: Request a database now and wait for it later
  community.redis.redis_cloud_database:
    subscription_name: production
    name: cache
    dataset_size_in_gb: 0.5
    wait: false
  register: cache

- name: Wait for it
  community.redis.redis_cloud_task:
    task_id: "{{ cache.task.id }}"
  when: cache.task is not none

- name: Remove a database
  community.redis.redis_cloud_database:
    subscription_name: production
    name: cache
    state: absent
"""

RETURN = r"""
database:
  description:
    - The database as the API reports it at the end, with keys in snake_case. With O(state=absent) what was there before.
    - Keys that mean the same as an option have its name and form. Secrets are left out unless O(return_secrets=true).
    - It is null when there is no database, in check mode before a creation, and when O(wait=false) right after a creation.
  returned: always
  type: dict
  contains:
    database_id:
      description: Id of the database.
      returned: success
      type: int
      sample: 51170941
    name:
      description: Name of the database.
      returned: success
      type: str
      sample: sessions
    subscription_id:
      description: Id of the subscription.
      returned: success
      type: int
      sample: 120416
    status:
      description: State of the database in the words of the API.
      returned: success
      type: str
      sample: active
    public_endpoint:
      description: Host and port that can be reached from everywhere.
      returned: once the database is active
      type: str
      sample: redis-17571.c1.us-east-1-1.ec2.cloud.example.com:17571
    private_endpoint:
      description: Host and port inside the network of the provider.
      returned: once the database is active
      type: str
      sample: redis-17571.internal.c1.us-east-1-1.ec2.cloud.example.com:17571
    port:
      description: Port of the database.
      returned: once the database is active
      type: int
      sample: 17571
task:
  description:
    - The last task of this run, also when the run failed or ran out of time. With it another run can go on waiting, see
      M(community.redis.redis_cloud_task). It is null when nothing was sent.
  returned: always
  type: dict
  sample:
    id: 784299af-17ea-4ed6-b08f-dd643238c8dd
    kind: databaseCreateRequest
    status: processing-completed
    state: succeeded
    progress: null
    description: Request processing completed successfully and its resources are now being provisioned / de-provisioned.
    resource_type: database
    resource_id: 51170941
    parent_id: 120416
    error: null
    started: null
    updated: "2026-05-10T14:14:34.153537279Z"
    source: tasks
adopted:
  description: Whether the run has joined work that was already under way, instead of starting it.
  returned: always
  type: bool
dry_run_plan:
  description: What the server would build and what it would cost, in the words of the API.
  returned: when O(dry_run=true)
  type: dict
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 12
"""

from ansible_collections.community.redis.plugins.module_utils._cloud.run import database, database_module


def main() -> None:
    database_module().run(database)


if __name__ == "__main__":
    main()
