#!/usr/bin/python

# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_cloud_task_info
short_description: List the tasks of a Redis Cloud account
description:
  - Returns the tasks of a Redis Cloud account, or one of them. A task is the record of one asynchronous request.
  - The API keeps tasks for about ten days.
  - All filters that are given have to match.
extends_documentation_fragment:
  - community.redis.cloud
  - community.redis.attributes
  - community.redis.attributes.info
  - community.redis.attributes.actiongroup_cloud
options:
  task_id:
    description:
      - Return only the task with this id.
    type: str
  state:
    description:
      - Return only tasks in one of these states. They are the same for Redis Cloud and Redis Enterprise, see RV(tasks[].state).
    type: list
    elements: str
    choices: [pending, running, succeeded, failed, canceled]
  status:
    description:
      - Return only tasks whose RV(tasks[].status) is one of these words of the API, such as V(processing-error).
    type: list
    elements: str
  command_type:
    description:
      - Return only tasks of one of these kinds. Spelling does not matter, and a part is enough, so that V(database create)
        finds V(databaseCreateRequest).
    type: list
    elements: str
  resource_id:
    description:
      - Return only tasks about the subscription or the database with this id, or about the databases of this subscription.
    type: int
  since:
    description:
      - Return only tasks whose status has changed since then. An age such as V(30m), V(2h) or V(3d), or a time in
        ISO 8601 format.
    type: str
seealso:
  - module: community.redis.redis_cloud_task
author:
  - community.redis contributors (@ansible-collections)
"""

EXAMPLES = r"""
- name: What is the account busy with?
  community.redis.redis_cloud_task_info:
    state:
      - pending
      - running
  register: busy

- name: What went wrong today?
  community.redis.redis_cloud_task_info:
    state: failed
    since: 1d
  register: failed

- name: The reasons
  ansible.builtin.debug:
    msg: "{{ failed.tasks | map(attribute='error') | map(attribute='description') }}"
"""

RETURN = r"""
tasks:
  description: The tasks, in the order of the API. The list is empty when there is none.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Id of the task.
      returned: success
      type: str
      sample: 784299af-17ea-4ed6-b08f-dd643238c8dd
    kind:
      description: What was requested, in the words of the API.
      returned: success
      type: str
      sample: databaseCreateRequest
    status:
      description: How far it is, in the words of the API.
      returned: success
      type: str
      sample: processing-completed
    state:
      description:
        - How far it is, in the words of this collection. One of V(pending), V(running), V(succeeded), V(failed) and V(canceled).
        - A word of the API that is not known counts as V(running).
        - V(succeeded) means that the request has been processed. Its resource can still be in the making.
      returned: success
      type: str
      sample: succeeded
    progress:
      description: Percentage. Redis Cloud does not tell one for tasks.
      returned: success
      type: float
    description:
      description: The status in a sentence of the API.
      returned: success
      type: str
    resource_type:
      description: Kind of the resource, V(subscription) or V(database), or an empty string when the task does not tell.
      returned: success
      type: str
      sample: database
    resource_id:
      description: Id of the resource, as soon as the task tells it.
      returned: success
      type: int
      sample: 51170941
    parent_id:
      description: Id of the subscription, for the tasks of databases.
      returned: success
      type: int
      sample: 120416
    error:
      description: Why it failed. Null when it did not.
      returned: success
      type: dict
      contains:
        code:
          description: Code of the error.
          returned: success
          type: str
          sample: DATABASE_NAME_EXISTS
        status:
          description: The HTTP status that the API gives to this error.
          returned: success
          type: str
          sample: 400 BAD_REQUEST
        description:
          description: The reason in a sentence.
          returned: success
          type: str
    started:
      description: When it was requested. Redis Cloud does not tell.
      returned: success
      type: str
    updated:
      description: When the status has changed for the last time.
      returned: success
      type: str
      sample: "2026-05-10T14:14:34.153537279Z"
    source:
      description: Which part of the API has reported it.
      returned: success
      type: str
      sample: tasks
api_requests:
  description: How many requests this run has made.
  returned: always
  type: int
  sample: 1
"""

from ansible_collections.community.redis.plugins.module_utils._cloud.run_tasks import (
    task_info,
    task_info_module,
)


def main() -> None:
    task_info_module().run(task_info)


if __name__ == "__main__":
    main()
