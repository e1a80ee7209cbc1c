#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_enterprise_action
short_description: Wait for actions of a Redis Enterprise cluster, or cancel them
description:
  - Waits for one or several actions of a Redis Enterprise cluster, and for the databases that they are about.
  - A handle is all that it needs, so that it can go on in another play or job after a timeout.
  - A cluster forgets some actions as soon as they have ended. The database then decides - it has to be usable, or gone.
  - Cancels actions of nodes and tasks of Active-Active databases. No release of Redis Enterprise can cancel anything else.
extends_documentation_fragment:
  - community.redis.enterprise
  - community.redis.wait
  - community.redis.attributes
  - community.redis.attributes.actiongroup_enterprise
attributes:
  check_mode:
    support: full
    details:
      - With O(state=completed) it looks once and does not wait.
  diff_mode:
    support: N/A
    details:
      - There is nothing to compare; RV(actions) says what has become of each action.
  idempotent:
    support: full
    details:
      - An action that has stopped is not canceled again.
  async:
    support: full
options:
  state:
    description:
      - V(completed) waits for the end of the actions, and fails when one of them has failed. It changes nothing.
      - V(canceled) stops those that still run, and waits until they have stopped. Before it sends anything it makes sure
        that all of them can be stopped. If not, it fails, has changed nothing, and says what can be done instead.
      - An action that has ended before it could be canceled is left as it is, with a warning when it has completed.
    type: str
    choices: [completed, canceled]
    default: completed
  action_uid:
    description:
      - Uid of an action. The id of an Active-Active task is found, too, and so is every id that
        M(community.redis.redis_enterprise_action_info) returns.
      - At least one of O(action_uid), O(action_uids), O(crdb_task_id), O(node_uid) and O(bdb_uid) is required.
    type: str
  action_uids:
    description:
      - Uids of several actions. They are waited for together; one that fails does not end the wait for the others.
      - It cannot be combined with O(action_uid).
    type: list
    elements: str
  crdb_task_id:
    description:
      - Id of a task of an Active-Active database.
    type: str
  node_uid:
    description:
      - Uid of a node. It needs O(node_action).
    type: int
  node_action:
    description:
      - The action on O(node_uid). A node remembers one of each kind, the last one.
    type: str
    choices: [remove, maintenance_on, maintenance_off, enslave_node]
  bdb_uid:
    description:
      - Uid of a database. Alone, it stands for all actions of this database that run when the module begins.
      - Together with O(action_uid) or O(action_uids) it names the database that decides when the cluster has forgotten the
        action.
      - With O(wait_for=provisioning) the module also waits until this database is usable, or gone. A database that could not
        be created is a failure.
    type: int
  force:
    description:
      - Whether to cancel the task of an Active-Active database even in its commit phase.
      - This is dangerous. It can leave the configuration of the database broken, so that it has to be repaired by hand.
    type: bool
    default: false
  wait_for:
    description:
      - What to wait for when O(wait=true).
      - With V(processing) the module returns when the actions have ended, with V(provisioning) when the databases that they
        are about are usable, or gone, as well.
    type: str
    choices: [processing, provisioning]
    default: provisioning
seealso:
  - module: community.redis.redis_enterprise_action_info
  - module: community.redis.redis_enterprise_database
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Request a database
  community.redis.redis_enterprise_database:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    name: cache
    memory_size: 1GB
    wait: false
  register: requested

- name: Wait for it
  community.redis.redis_enterprise_action:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    action_uid: "{{ requested.action.id }}"
    bdb_uid: "{{ requested.action.resource_id }}"
    wait_timeout: 600
  when: requested.action is not none

- name: Wait until a database is at rest, whatever it is busy with
  community.redis.redis_enterprise_action:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    bdb_uid: 1

- name: Stop taking a node out of the cluster
  community.redis.redis_enterprise_action:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    node_uid: 3
    node_action: remove
    state: canceled

- name: Cancel the creation of an Active-Active database
  community.redis.redis_enterprise_action:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    crdb_task_id: 5901ab5d-5ab7-4a2f-8e94-6ba0aefb4cae
    state: canceled
"""

RETURN = r"""
actions:
  description:
    - The actions as they are at the end, also when the module failed or ran out of time. Their keys are those of
      RV(community.redis.redis_enterprise_action_info#module:actions), and C(settled), which says whether there was nothing
      left to wait for.
  returned: always
  type: list
  elements: dict
action:
  description: The first of RV(actions). It is null when there is none, which can happen with O(bdb_uid) alone.
  returned: always
  type: dict
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 12
"""

from ansible_collections.community.redis.plugins.module_utils._enterprise.run_actions import (
    action,
    action_module,
)


def main() -> None:
    action_module().run(action)


if __name__ == "__main__":
    main()
