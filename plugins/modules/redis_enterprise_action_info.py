#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_enterprise_action_info
short_description: List the actions of a Redis Enterprise cluster
description:
  - Returns the actions of a Redis Enterprise cluster, or some of them. An action is the record of asynchronous work.
  - A cluster reports its work in several places. This module asks those in which something can match the filters, and
    returns everything in one shape. They are the actions of API version 2, or on clusters before 7.22, and where version 2
    is out of order, those of version 1 together with the backup, export and import fields of the databases; the tasks of
    Active-Active databases; the actions of nodes and of the cluster; and the bootstrap of the node that answers.
  - How long a cluster remembers an action that has ended is not documented. Some are forgotten at once.
  - All filters that are given have to match.
extends_documentation_fragment:
  - community.redis.enterprise
  - community.redis.attributes
  - community.redis.attributes.info
  - community.redis.attributes.actiongroup_enterprise
options:
  action_uid:
    description:
      - Return only the action with this uid. The id of an Active-Active task is found, too, and so is every RV(actions[].id)
        that this module has returned.
      - It cannot be combined with O(bdb_uid).
    type: str
  state:
    description:
      - Return only actions in one of these states. They are the same for Redis Cloud and Redis Enterprise, see
        RV(actions[].state).
    type: list
    elements: str
    choices: [pending, running, succeeded, failed, canceled]
  status:
    description:
      - Return only actions whose RV(actions[].status) is one of these words of the API, such as V(completed). Case does
        not matter. Different places of the API have different words for the same, so O(state) is often the better choice.
    type: list
    elements: str
  name:
    description:
      - Return only actions of one of these kinds, in the words of the API, such as V(SMCreateBDB) or V(remove_node).
        Case and underscores do not matter.
      - These words find the same, whatever the release calls it.
        V(bdb_create), V(bdb_update), V(bdb_delete), V(bdb_retry), V(bdb_backup), V(bdb_export), V(bdb_import),
        V(crdb_create), V(crdb_update), V(crdb_delete), V(crdb_flush), V(crdb_purge),
        V(node_join), V(node_remove), V(node_maintenance_on), V(node_maintenance_off),
        V(cluster_create), V(cluster_recovery), V(module_install).
      - The bootstrap of a node does not tell any more what it was once it has ended. V(cluster_create), V(node_join) and
        V(cluster_recovery) all find it then.
    type: list
    elements: str
  action_type:
    description:
      - Return only actions of these types.
      - V(task), V(state-machine) and V(other) are those of the API; work on databases is a V(state-machine), and backups,
        exports and imports are V(other). V(crdb-task) is the work on Active-Active databases, and V(bootstrap) the joining,
        creating or recovering of a cluster.
    type: list
    elements: str
    choices: [task, state-machine, other, crdb-task, bootstrap]
  object_type:
    description:
      - Return only actions on these types of objects.
    type: list
    elements: str
    choices: [bdb, node, cluster, crdb]
  object_uid:
    description:
      - Return only actions on the object with this uid. For an Active-Active database it is the GUID.
      - Uids are unique only among objects of one type, so give O(object_type), too.
    type: str
  bdb_uid:
    description:
      - Return all actions of the database with this uid. It asks the cluster for this database only, as far as it can.
    type: int
  since:
    description:
      - Return only actions that have started, or changed their status, since then. An age such as V(30m), V(2h) or V(3d), or
        a time in ISO 8601 format.
      - Actions for which the cluster tells no time at all are returned in any case.
    type: str
  fields:
    description:
      - Return only these keys of each action.
    type: list
    elements: str
    choices:
      - id
      - kind
      - status
      - state
      - progress
      - description
      - resource_type
      - resource_id
      - parent_id
      - error
      - started
      - updated
      - source
      - action_type
seealso:
  - module: community.redis.redis_enterprise_action
  - module: community.redis.redis_enterprise_database
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: What is the cluster busy with?
  community.redis.redis_enterprise_action_info:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    state:
      - pending
      - running
  register: busy

- name: The imports that are running
  community.redis.redis_enterprise_action_info:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    name: bdb_import
    state: running

- name: Everything about one database that has failed
  community.redis.redis_enterprise_action_info:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    bdb_uid: 1
    state: failed
  register: failed

- name: The reasons
  ansible.builtin.debug:
    msg: "{{ failed.actions | map(attribute='error') | map(attribute='description') }}"

- name: The status of one action and nothing else
  community.redis.redis_enterprise_action_info:
    api_url: https://cluster.example.com:9443
    api_username: admin@example.com
    api_password: "{{ cluster_password }}"
    action_uid: 04d7b6ea-f377-4d40-9b23-9a8f291988df
    fields:
      - status
"""

RETURN = r"""
actions:
  description: The actions, in the order of the API. The list is empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description:
        - Uid of the action, or id of the Active-Active task.
        - What the cluster reports without a uid gets one that this collection understands wherever a uid is wanted, such as
          V(bdb:5:import), V(node:2:remove), V(cluster:change_master) or V(bootstrap).
      returned: success
      type: str
      sample: 04d7b6ea-f377-4d40-9b23-9a8f291988df
    kind:
      description: What is done, in the words of the API.
      returned: success
      type: str
      sample: SMCreateBDB
    status:
      description: How far it is, in the words of the API.
      returned: success
      type: str
      sample: completed
    state:
      description:
        - How far it is, in the words of this collection. One of V(pending), V(running), V(succeeded), V(failed) and V(canceled).
        - A word of the API that is not known counts as V(running).
      returned: success
      type: str
      sample: succeeded
    progress:
      description: Percentage, as far as the cluster tells it. For an Active-Active task that of the slowest cluster.
      returned: success
      type: float
      sample: 100.0
    description:
      description: What the cluster says about it, such as the step that a state machine has reached.
      returned: success
      type: str
    resource_type:
      description: Type of the object. One of V(bdb), V(node), V(cluster), V(crdb), another word of the API, or an empty string.
      returned: success
      type: str
      sample: bdb
    resource_id:
      description: Uid of the object; a number, or the GUID of an Active-Active database. Null when the cluster does not tell.
      returned: success
      type: raw
      sample: 1
    parent_id:
      description: Always null; here because the actions have the same keys as the tasks of Redis Cloud.
      returned: success
      type: raw
    error:
      description: Why it failed. Null when it did not.
      returned: success
      type: dict
      contains:
        code:
          description: Code of the error, such as V(insufficient_resources), or an empty string.
          returned: success
          type: str
        status:
          description: Always an empty string.
          returned: success
          type: str
        description:
          description: The reason in a sentence.
          returned: success
          type: str
    started:
      description: When it was started, in ISO 8601 format. Version 1 of the API does not tell for work on databases.
      returned: success
      type: str
      sample: "2026-01-01T00:00:00Z"
    updated:
      description: When it has ended, or has given a sign of life for the last time. Null when the cluster does not tell.
      returned: success
      type: str
    source:
      description: Which part of the API has reported it.
      returned: success
      type: str
      sample: v2/actions
    action_type:
      description: Its type, see O(action_type).
      returned: success
      type: str
      sample: state-machine
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 1
"""

from ansible_collections.community.redis.plugins.module_utils._enterprise.run_actions import (
    action_info,
    action_info_module,
)


def main() -> None:
    action_info_module().run(action_info)


if __name__ == "__main__":
    main()
