# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The wait options, the same in every module that waits."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the change has really taken place.
      - With V(false) the module returns as soon as the server has accepted the request. What it returns identifies the
        operation, so that another task, play or job can wait for it.
      - What has to end before a request can be sent, or before it is known whether one is needed, is waited for all the
        same, for example an earlier change, and databases that are deleted before their subscription.
    type: bool
    default: true
  wait_for:
    description:
      - What to wait for when O(wait=true).
      - With V(provisioning) the module returns when the resource is settled, which means that it can be used, or is gone.
      - With V(processing) the module returns when the server has carried out the request, and leaves the resource to be
        provisioned. In Redis Cloud this is the moment from which the next database can be requested.
    type: str
    choices:
      - processing
      - provisioning
    default: provisioning
  wait_timeout:
    description:
      - How many seconds the whole module run may take. Everything that the module waits for shares this one deadline.
      - When it has passed, the module fails, after one more request at most, and returns what is needed to go on waiting.
        Nothing is lost or undone on the server; running the same task again joins the operation that is still under way.
    type: int
    default: 3600
  wait_interval:
    description:
      - The longest pause between two looks at the server, in seconds.
      - Pauses are shorter while the work is young, and around the time at which work of its kind usually ends.
    type: int
    default: 30
"""
