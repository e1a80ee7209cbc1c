# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How modules treat secrets of the resources that they manage."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  update_password:
    description:
      - What to do with values that the API does not return, such as some passwords and certificates. Whether they have
        changed cannot be seen.
      - With V(on_create) they are sent when the resource is created, and not afterwards.
      - With V(always) they are sent in every run, which then always reports a change.
      - Secrets that the API does return are compared and kept up to date with both values.
    type: str
    choices:
      - always
      - on_create
    default: on_create
  return_secrets:
    description:
      - Whether to return the secrets that the API tells, such as the password of a database.
      - Set C(no_log=true) on the task when you turn this on. A secret that was given in an option of the task is masked
        in any case.
    type: bool
    default: false
"""
