# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes of the modules. Each module says itself what it supports."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying anything.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled or queried by the module has not changed in a relevant way.
  async:
    description: Supports use with the C(async) keyword.
"""

    # for modules that only read
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This action does not modify state.
  diff_mode:
    support: N/A
    details:
      - This action does not modify state.
  idempotent:
    support: full
    details:
      - This action does not modify state.
  async:
    support: full
"""

    ACTIONGROUP_CLOUD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/community.redis.cloud) in C(module_defaults) to set the connection options for all modules of this group.
    support: full
    membership:
      - community.redis.cloud
      - community.redis.all
"""

    ACTIONGROUP_ENTERPRISE = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/community.redis.enterprise) in C(module_defaults) to set the connection options for all modules of this group.
    support: full
    membership:
      - community.redis.enterprise
      - community.redis.all
"""
