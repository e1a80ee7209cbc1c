#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_task
short_description: Wait for tasks of a Redis Cloud account
description:
  - Waits for one or several tasks of a Redis Cloud account, through their processing and through the provisioning of the
    subscriptions and databases that they are about.
  - Its ids are all that it needs, so that it can go on in another play or job after a timeout.
extends_documentation_fragment:
  - community.redis.cloud
  - community.redis.wait
  - community.redis.attributes
  - community.redis.attributes.actiongroup_cloud
attributes:
  check_mode:
    support: full
    details:
      - This action does not modify state. In check mode it looks once and does not wait.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    support: full
  async:
    support: full
options:
  task_id:
    description:
      - Id of the task.
      - Exactly one of O(task_id) and O(task_ids) is required.
    type: str
  task_ids:
    description:
      - Ids of several tasks. They are waited for together; one that fails does not end the wait for the others.
    type: list
    elements: str
  state:
    description:
      - V(completed) waits for the end of the tasks, and fails when one of them has failed.
      - V(canceled) is there to say that Redis Cloud cannot do this. A task that has been received is carried out. The
        module changes nothing, fails while a task is still under way, and says how to undo it afterwards.
    type: str
    choices: [completed, canceled]
    default: completed
seealso:
  - module: community.redis.redis_cloud_task_info
  - module: community.redis.redis_cloud_database
  - module: community.redis.redis_cloud_subscription
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: Wait for a task of an earlier job
  community.redis.redis_cloud_task:
    task_id: 784299af-17ea-4ed6-b08f-dd643238c8dd

- name: Request two databases
  community.redis.redis_cloud_database:
    subscription_name: production
    name: "{{ item }}"
    dataset_size_in_gb: 1
    wait: false
  loop:
    - sessions
    - cache
  register: requested

- name: Wait for both
  community.redis.redis_cloud_task:
    task_ids: "{{ requested.results | map(attribute='task') | select | map(attribute='id') }}"
    wait_timeout: 1800
  when: requested.results | map(attribute='task') | select | length > 0
"""

RETURN = r"""
tasks:
  description:
    - The tasks as they are at the end, also when the module failed or ran out of time. Their keys are those of
      RV(community.redis.redis_cloud_task_info#module:tasks), and C(settled), which says whether there was nothing left
      to wait for.
  returned: always
  type: list
  elements: dict
task:
  description: The first of RV(tasks).
  returned: always
  type: dict
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 12
"""

from ansible_collections.community.redis.plugins.module_utils._cloud.run_tasks import task, task_module


def main() -> None:
    task_module().run(task)


if __name__ == "__main__":
    main()
