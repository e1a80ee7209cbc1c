# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which management role may do what.

Source: the vendor's permission tables (8.2); a permission that a route asks for is named there, too.
"""

from __future__ import annotations

ALL = frozenset({"admin", "cluster_member", "cluster_viewer", "db_member", "db_viewer", "user_manager"})
DATABASE_WRITERS = frozenset({"admin", "cluster_member", "db_member"})
ADMIN = frozenset({"admin"})
USER_MANAGERS = frozenset({"admin", "user_manager"})

PERMISSIONS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "view_all_bdbs_info",
            "view_bdb_info",
            "view_all_nodes_info",
            "view_node_info",
            "view_cluster_info",
            "view_cluster_modules",
            "view_license",
            "view_all_roles_info",
            "view_all_redis_acls_info",
            "view_status_of_cluster_action",
            "view_status_of_node_action",
            "view_status_of_all_node_actions",
            "view_crdb",
            "view_crdb_list",
            "view_crdb_task",
            "view_crdb_task_list",
        ),
        ALL,
    ),
    **dict.fromkeys(
        (
            "create_bdb",
            "update_bdb",
            "update_bdb_with_action",
            "delete_bdb",
            "start_bdb_export",
            "start_bdb_import",
            "reset_bdb_current_backup_status",
            "reset_bdb_current_export_status",
            "reset_bdb_current_import_status",
            "create_crdb",
            "update_crdb",
            "delete_crdb",
            "flush_crdb",
            "purge_instance",
        ),
        DATABASE_WRITERS,
    ),
    **dict.fromkeys(
        (
            "start_node_action",
            "cancel_node_action",
            "start_cluster_action",
            "cancel_cluster_action",
            "update_node",
            "update_cluster",
        ),
        ADMIN,
    ),
    **dict.fromkeys(("view_all_users_info", "view_user_info"), USER_MANAGERS),
}


def allowed(role: str, permission: str | None) -> bool:
    """Whether ``role`` has ``permission``; ``None`` = any role but ``none``."""
    return role in (ALL if permission is None else PERMISSIONS[permission])
