# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.redis.plugins.plugin_utils.waiting import WaitingAction


class ActionModule(WaitingAction):
    """Shared by the modules that meta/runtime.yml routes here."""
