#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_subscription
short_description: Manage a Redis Cloud Pro subscription
description:
  - Creates, updates and deletes a Redis Cloud Pro subscription, and waits until it is usable or gone.
  - A run that was interrupted can simply be repeated. What it had started is found and joined; a subscription, which
    costs money, is never created twice.
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
    support: full
  async:
    support: full
options:
  state:
    description:
      - Whether the subscription should exist.
      - A subscription that still has databases is deleted only with O(delete_databases=true).
    type: str
    choices: [present, absent]
    default: present
  subscription_id:
    description:
      - Id of an existing subscription. Together with O(name) it renames the subscription.
      - At least one of O(name) and O(subscription_id) is required.
    type: int
  name:
    description:
      - Name of the subscription. Redis Cloud allows several subscriptions with one name; this module does not. It fails
        and names their ids when there is more than one.
    type: str
  deployment_type:
    description:
      - Whether the subscription lives in one region or in several. Can only be set when it is created. The server's
        default is V(single-region).
    type: str
    choices: [single-region, active-active]
  payment_method:
    description:
      - How the subscription is paid. The server's default is V(credit-card).
    type: str
    choices: [credit-card, marketplace]
  payment_method_id:
    description:
      - Id of the payment method, at least 1. Required when the account has several. It must be left out with
        O(payment_method=marketplace).
    type: int
  memory_storage:
    description:
      - Where the data is kept. Can only be set when the subscription is created. The server's default is V(ram).
    type: str
    choices: [ram, ram-and-flash]
  persistent_storage_encryption_type:
    description:
      - Whose key encrypts the disks. Can only be set when the subscription is created. The server's default is
        V(cloud-provider-managed-key).
      - With V(customer-managed-key) and without O(persistent_storage_encryption_keys) the new subscription stops in the
        state V(encryption_key_pending), and RV(subscription.customer_managed_key_access_details) says who needs access
        to the key. Run the task again with the keys to go on.
    type: str
    choices: [cloud-provider-managed-key, customer-managed-key]
  persistent_storage_encryption_keys:
    description:
      - The keys of O(persistent_storage_encryption_type=customer-managed-key). They are names, not secrets, and are not
        read back. They are sent when the subscription waits for them.
    type: dict
    suboptions:
      customer_managed_keys:
        description: The keys; one for each region of an Active-Active subscription.
        type: list
        elements: dict
        required: true
        suboptions:
          resource_name:
            description: Name of the key at its provider.
            type: str
            required: true
          region:
            description: Region of the key, for Active-Active subscriptions.
            type: str
      deletion_grace_period:
        description: When the subscription is deleted after its key cannot be used any more. The API wants it for a new subscription.
        type: str
        choices: [alerts-only, immediate, 15-minutes, 30-minutes, 1-hour, 4-hours, 8-hours, 12-hours, 24-hours]
  public_endpoint_access:
    description:
      - Whether databases can be reached through their public endpoints. The server's default is V(true).
    type: bool
  redis_version:
    description:
      - Version of Redis of the databases that are created together with the subscription. The API calls it deprecated in
        favor of O(databases[].redis_version). Can only be set when the subscription is created, and is not read back.
    type: str
  cloud_providers:
    description:
      - Provider, regions and networks; exactly one entry. Required to create a subscription, and cannot be changed afterwards.
    type: list
    elements: dict
    suboptions:
      provider:
        description: The cloud provider. The server's default is V(AWS).
        type: str
        choices: [AWS, GCP]
      cloud_account_id:
        description: Id of the cloud account. The server's default is 1, which belongs to Redis.
        type: int
      regions:
        description: The regions. Exactly one unless O(deployment_type=active-active).
        type: list
        elements: dict
        required: true
        suboptions:
          region:
            description: Name of the region, such as V(us-east-1).
            type: str
            required: true
          multiple_availability_zones:
            description: Whether to use several availability zones. The server's default is V(false) in a single region.
            type: bool
          preferred_availability_zones:
            description:
              - Ids of the availability zones to use, one, or three with several zones. They are not compared, because
                the API reports names instead of ids.
            type: list
            elements: str
          networking:
            description: The network. It is not compared, because the API splits and fills it up.
            type: dict
            suboptions:
              deployment_cidr:
                description: A /24 network in CIDR notation. The server's default is V(192.168.0.0/24) for an account of Redis.
                type: str
              vpc_id:
                description: Id of an existing VPC, in a cloud account of your own.
                type: str
              subnet_ids:
                description: Ids of existing subnets, in a cloud account of your own.
                type: list
                elements: str
              security_group_id:
                description: Id of an existing security group, in a cloud account of your own.
                type: str
  resource_tags:
    description:
      - Tags for the resources at the provider, in a cloud account of your own. All of them; those that are not listed
        are removed. At most 30.
    type: list
    elements: dict
    suboptions:
      key:
        description: Name of the tag.
        type: str
        required: true
      value:
        description: Value of the tag.
        type: str
        required: true
  databases:
    description:
      - The databases to create together with the subscription. At least one is required to create a subscription; use
        databases that you want to keep.
      - They are part of the creation only. Manage them with M(community.redis.redis_cloud_database) afterwards.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the database. At most 40 letters, digits and hyphens; it starts with a letter and ends with a letter
            or a digit.
        type: str
        required: true
      protocol:
        description: Protocol of the database. V(redis) is used when it is left out.
        type: str
        choices: [redis, memcached]
      port:
        description: TCP port, between 10000 and 19999. The server chooses one by default.
        type: int
      dataset_size_in_gb:
        description:
          - The largest amount of data, in GB, at least 0.1. Exactly one of this and O(databases[].memory_limit_in_gb) is required.
        type: float
      memory_limit_in_gb:
        description: The total memory in GB, including replication and other overhead, at least 0.1.
        type: float
      replication:
        description: Whether to keep a replica of the data. The server's default is V(true).
        type: bool
      throughput_measurement:
        description: The throughput that the database is built for.
        type: dict
        suboptions:
          by:
            description: The unit of O(databases[].throughput_measurement.value).
            type: str
            choices: [operations-per-second, number-of-shards]
            required: true
          value:
            description: The throughput, at least 1.
            type: int
            required: true
      local_throughput_measurement:
        description: The throughput in each region of an Active-Active subscription.
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
        description: How the data is kept on disk. The server's default is V(none).
        type: str
        choices: [none, aof-every-1-second, aof-every-write, snapshot-every-1-hour, snapshot-every-6-hours, snapshot-every-12-hours]
      redis_version:
        description: Version of Redis, such as V(7.4).
        type: str
      auto_minor_version_upgrade:
        description: Whether the service upgrades the database to new minor versions by itself. The server's default is V(true).
        type: bool
      resp_version:
        description: Version of the Redis serialization protocol.
        type: str
        choices: [resp2, resp3]
      support_oss_cluster_api:
        description: Whether clients can use the cluster API of open source Redis. The server's default is V(false).
        type: bool
      ram_percentage:
        description: Share of the data that is kept in RAM, in percent, with O(memory_storage=ram-and-flash). One of
          10, 20, 30, 40 and 50. The server's default is 20.
        type: int
      average_item_size_in_bytes:
        description:
          - Estimated size of an item in bytes, at least 1, with O(memory_storage=ram-and-flash). The server's default is
            1000. The API calls it deprecated.
        type: int
      query_performance_factor:
        description: Extra computing power for search and query. V(2x), V(4x), V(6x), V(8x) or V(Standard), which means none.
        type: str
      modules:
        description: The modules to load, below Redis 8.
        type: list
        elements: dict
        suboptions:
          name:
            description: Name of the module.
            type: str
            required: true
          parameters:
            description: Parameters of the module.
            type: dict
      sharding_type:
        description: How keys are distributed over the shards.
        type: str
        choices: [default-regex-rules, custom-regex-rules, redis-oss-hashing]
  delete_databases:
    description:
      - Whether O(state=absent) may delete the databases of the subscription, and all their data, together with it.
      - Without it a subscription that still has databases is left alone, and the module fails.
    type: bool
    default: false
  dry_run:
    description:
      - Let the server plan and price the creation without doing it; see RV(dry_run_plan). Nothing is changed, and nothing
        is sent for a subscription that exists.
      - It takes a task of the account's queue. In check mode it is not sent.
    type: bool
    default: false
notes:
  - Redis Cloud allows three subscriptions of an account to change at the same time. When three are changing, this module
    waits for its turn.
  - An empty subscription is still billed. Use O(state=absent) to get rid of it.
seealso:
  - module: community.redis.redis_cloud_database
  - module: community.redis.redis_cloud_subscription_info
  - module: community.redis.redis_cloud_task
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: A subscription with its first database
  community.redis.redis_cloud_subscription:
    name: production
    payment_method_id: 8240
    cloud_providers:
      - provider: AWS
        regions:
          - region: us-east-1
            networking:
              deployment_cidr: 10.0.1.0/24
    databases:
      - name: sessions
        dataset_size_in_gb: 1
        throughput_measurement:
          by: operations-per-second
          value: 5000
  register: production

- name: Close the public endpoints
  community.redis.redis_cloud_subscription:
    name: production
    public_endpoint_access: false

- name: Rename it
  community.redis.redis_cloud_subscription:
    subscription_id: "{{ production.subscription.subscription_id }}"
    name: production-us

- name: Delete it, with its databases and all their data
  community.redis.redis_cloud_subscription:
    name: production-us
    state: absent
    delete_databases: true
"""

RETURN = r"""
subscription:
  description:
    - The subscription as the API reports it at the end, with keys in snake_case. With O(state=absent) what was there before.
    - It is null when there is no subscription, in check mode before a creation, and when O(wait=false) right after a creation.
  returned: always
  type: dict
  contains:
    subscription_id:
      description: Id of the subscription.
      returned: success
      type: int
      sample: 120416
    name:
      description: Name of the subscription.
      returned: success
      type: str
      sample: production
    status:
      description: State of the subscription in the words of the API.
      returned: success
      type: str
      sample: active
    number_of_databases:
      description: How many databases it has.
      returned: success
      type: int
      sample: 3
    cloud_providers:
      description: Provider, regions and networks as they are.
      returned: once the subscription is active
      type: list
      elements: dict
    customer_managed_key_access_details:
      description: Who needs access to the key of the customer.
      returned: with customer managed keys
      type: dict
task:
  description:
    - The last task of this run, also when the run failed or ran out of time. With it another run can go on waiting, see
      M(community.redis.redis_cloud_task). It is null when nothing was sent.
  returned: always
  type: dict
  sample:
    id: 36d4b04d-72d4-4404-8600-a223120a553e
    kind: subscriptionCreateRequest
    status: processing-completed
    state: succeeded
    progress: null
    description: Request processing completed successfully and its resources are now being provisioned / de-provisioned.
    resource_type: subscription
    resource_id: 120416
    parent_id: null
    error: null
    started: null
    updated: "2026-08-08T06:49:15.929Z"
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

from ansible_collections.community.redis.plugins.module_utils._cloud.run_subscription import (
    subscription,
    subscription_module,
)


def main() -> None:
    subscription_module().run(subscription)


if __name__ == "__main__":
    main()
