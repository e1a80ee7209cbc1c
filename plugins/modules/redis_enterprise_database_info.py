#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_enterprise_database_info
short_description: List the databases of a Redis Enterprise cluster
description:
  - Returns the databases of a Redis Enterprise cluster, all of them or the ones that are asked for.
  - The local parts of Active-Active databases are among them; their C(crdt) is true.
extends_documentation_fragment:
  - community.redis.enterprise
  - community.redis.attributes
  - community.redis.attributes.info
  - community.redis.attributes.actiongroup_enterprise
options:
  name:
    description:
      - Return only the databases with this name. A cluster does not make sure that there is only one.
      - It cannot be combined with O(uid).
    type: str
  uid:
    description:
      - Return only the database with this uid.
    type: int
  fields:
    description:
      - Ask for these fields only, in the words of the API, such as V(memory_size) or V(endpoints). C(uid) and C(name) are
        always returned. Databases have more than a hundred fields, so this makes a difference on large clusters.
    type: list
    elements: str
  extended:
    description:
      - Whether to ask for C(search), C(timeseries) and C(probabilistic) as well, the settings of modules. Clusters have them
        since version 8.0.
    type: bool
    default: false
  return_secrets:
    description:
      - Whether to return the passwords and keys that the cluster tells.
      - Set C(no_log=true) on the task when you turn this on.
    type: bool
    default: false
seealso:
  - module: community.redis.redis_enterprise_database
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: The databases of a cluster
  community.redis.redis_enterprise_database_info:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    fields:
      - status
      - port
  register: cluster

- name: Those that cannot be used
  ansible.builtin.debug:
    msg: "{{ cluster.databases | rejectattr('status', 'equalto', 'active') | map(attribute='name') }}"
"""

RETURN = r"""
databases:
  description:
    - The databases as the API reports them, with the keys of RV(community.redis.redis_enterprise_database#module:database).
      The list is empty when there is none.
  returned: success
  type: list
  elements: dict
  sample:
    - uid: 1
      name: cache
      status: active
      port: 12000
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 1
"""

from ansible_collections.community.redis.plugins.module_utils._enterprise.run import (
    database_info,
    database_info_module,
)


def main() -> None:
    database_info_module().run(database_info)


if __name__ == "__main__":
    main()
