#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_subscription_info
short_description: List the Pro subscriptions of a Redis Cloud account
description:
  - Returns the Pro subscriptions of a Redis Cloud account, all of them or those that are asked for.
extends_documentation_fragment:
  - community.redis.cloud
  - community.redis.attributes
  - community.redis.attributes.info
  - community.redis.attributes.actiongroup_cloud
options:
  name:
    description:
      - Return only subscriptions with this name. There can be several.
    type: str
  subscription_id:
    description:
      - Return only the subscription with this id.
    type: int
seealso:
  - module: community.redis.redis_cloud_subscription
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: All subscriptions
  community.redis.redis_cloud_subscription_info:
  register: account

- name: Those that are not active
  ansible.builtin.debug:
    msg: "{{ account.subscriptions | rejectattr('status', 'equalto', 'active') | map(attribute='name') }}"
"""

RETURN = r"""
subscriptions:
  description:
    - The subscriptions, with the keys of RV(community.redis.redis_cloud_subscription#module:subscription). The list is
      empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - subscription_id: 120416
      name: production
      status: active
      number_of_databases: 3
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 1
"""

from ansible_collections.community.redis.plugins.module_utils._cloud.run_subscription import (
    subscription_info,
    subscription_info_module,
)


def main() -> None:
    subscription_info_module().run(subscription_info)


if __name__ == "__main__":
    main()
