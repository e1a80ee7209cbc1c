#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_database_info
short_description: List the databases of a Redis Cloud Pro subscription
description:
  - Returns the databases of one Redis Cloud Pro subscription, all of them or the one that is asked for.
extends_documentation_fragment:
  - community.redis.cloud
  - community.redis.attributes
  - community.redis.attributes.info
  - community.redis.attributes.actiongroup_cloud
options:
  subscription_id:
    description:
      - Id of the subscription.
      - Exactly one of O(subscription_id) and O(subscription_name) is required.
    type: int
  subscription_name:
    description:
      - Name of the subscription. It has to be unique in the account.
    type: str
  name:
    description:
      - Return only the database with this name.
    type: str
  database_id:
    description:
      - Return only the database with this id.
    type: int
  return_secrets:
    description:
      - Whether to return the passwords of the databases. This takes one request more for each database.
      - Set C(no_log=true) on the task when you turn this on.
    type: bool
    default: false
seealso:
  - module: community.redis.redis_cloud_database
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: The databases of a subscription
  community.redis.redis_cloud_database_info:
    subscription_name: production
  register: production

- name: Their addresses
  ansible.builtin.debug:
    msg: "{{ dict(production.databases | map(attribute='name') | zip(production.databases | map(attribute='public_endpoint'))) }}"
"""

RETURN = r"""
databases:
  description:
    - The databases, with the keys of RV(community.redis.redis_cloud_database#module:database). The list is empty when
      there is none, and when the subscription does not exist.
  returned: success
  type: list
  elements: dict
  sample:
    - database_id: 51170941
      subscription_id: 120416
      name: sessions
      status: active
      public_endpoint: redis-17571.c1.us-east-1-1.ec2.cloud.example.com:17571
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 2
"""

from ansible_collections.community.redis.plugins.module_utils._cloud.run_info import (
    database_info,
    database_info_module,
)


def main() -> None:
    database_info_module().run(database_info)


if __name__ == "__main__":
    main()
