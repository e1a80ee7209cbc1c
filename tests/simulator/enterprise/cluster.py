# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be read about the cluster itself: settings, license, users, roles, modules."""

from __future__ import annotations

import copy
from typing import Any

from .bdb import MODULES
from .bdbs import SYSTEM_PORTS, Bdbs
from .errors import ApiError
from .routing import Call, Route
from .users import ROLE_NAMES, Users
from .world import World

BASIC_SWITCH_SINCE = (8, 2)
MASKING_SINCE = (8, 0)
TRIAL_SHARDS = 4
TRIAL_SECONDS = 30 * 86400
BUILT_IN_ROLES = {
    "admin": "Admin",
    "cluster_member": "Cluster Member",
    "cluster_viewer": "Cluster Viewer",
    "db_member": "DB Member",
    "db_viewer": "DB Viewer",
    "none": "None",
}
# Recorded from a fresh one-node cluster (a preview of 8.0); keys and certificates are left out of the values.
OBSERVED: dict[str, Any] = {
    "alert_settings": {
        "cluster_ca_cert_about_to_expire": {"enabled": True, "threshold": "90"},
        "cluster_certs_about_to_expire": {"enabled": True, "threshold": "45"},
        "cluster_license_about_to_expire": {"enabled": True, "threshold": "7"},
        "cluster_node_operation_failed": True,
        "cluster_ocsp_query_failed": True,
        "cluster_ocsp_status_revoked": True,
        "node_checks_error": True,
        "node_ephemeral_storage": {"enabled": True, "threshold": "70"},
        "node_free_flash": {"enabled": True, "threshold": "70"},
        "node_internal_certs_about_to_expire": {"enabled": True, "threshold": "45"},
        "node_persistent_storage": {"enabled": True, "threshold": "70"},
    },
    "availability_lag_tolerance_ms": 100,
    "bigstore_driver": "speedb",
    "block_cluster_changes": False,
    "ccs_internode_encryption": True,
    "cluster_api_internal_port": 3346,
    "cm_port": 8443,
    "cm_server_version": 1,
    "cm_session_timeout_minutes": 15,
    "cnm_http_max_threads_per_worker": 10,
    "cnm_http_port": 8080,
    "cnm_http_workers": 1,
    "control_cipher_suites": "DEFAULT:!3DES",
    "control_cipher_suites_tls_1_3": "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
    "crdb_coordinator_ignore_requests": False,
    "crdb_coordinator_port": 9081,
    "crdt_supported_featureset_version": 8,
    "crdt_supported_protocol_versions": ["1"],
    "data_cipher_list": "DEFAULT:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!MD5:!PSK:!aECDH:!EDH-DSS-DES-CBC3-SHA:!EDH-RSA-DES-CBC3-SHA:!KRB5-DES-CBC3-SHA",
    "data_cipher_suites_tls_1_3": [],
    "debuginfo_path": "/tmp",
    "email_alerts": False,
    "encrypt_pkeys": False,
    "entra_id_cache_ttl": 30,
    "envoy_admin_port": 8002,
    "envoy_external_authorization": False,
    "envoy_max_downstream_connections": 1024,
    "envoy_mgmt_server_port": 8004,
    "gossip_envoy_admin_port": 8006,
    "handle_metrics_redirects": False,
    "http_support": True,
    "logrotate_settings": {"maxage": 7, "maxsize": "200M", "rotate": 10},
    "metrics_system": 0,
    "min_control_TLS_version": "1.2",
    "min_data_TLS_version": "1.2",
    "min_sentinel_TLS_version": "1.2",
    "module_upload_max_size_mb": 40,
    "mtls_authorized_subjects": [],
    "mtls_certificate_authentication": False,
    "mtls_client_cert_subject_validation_type": "disabled",
    "multi_commands_opt": "batch",
    "options_method_forbidden": False,
    "password_complexity": False,
    "password_expiration_duration": 0,
    "password_hashing_algorithm": "SHA-256",
    "password_min_length": 8,
    "reserved_ports": [],
    "robust_crdt_syncer": True,
    "s3_certificate_verification": True,
    "sentinel_cipher_suites": [],
    "sentinel_cipher_suites_tls_1_3": "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256",
    "sentinel_tls_mode": "allowed",
    "slave_ha": True,
    "slave_ha_bdb_cooldown_period": 7200,
    "slave_ha_cooldown_period": 3600,
    "slave_ha_grace_period": 600,
    "slowlog_in_sanitized_support": True,
    "smtp_tls_mode": "none",
    "smtp_use_tls": False,
    "upgrade_in_progress": False,
    "upgrade_mode": False,
    "use_external_ipv6": True,
    "use_ipv6": True,
    "wait_command": True,
    "cnm_https_port": 9443,
    "cluster_ssh_public_key": "ssh-rsa AAAA",
    "proxy_certificate": "",
    "syncer_certificate": "",
}


class Cluster:
    """Reads that need no state of their own. ``name`` changes when the node founds a cluster."""

    def __init__(self, world: World, users: Users, bdbs: Bdbs) -> None:
        self._world = world
        self._users = users
        self._bdbs = bdbs
        self.created = world.now

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/v1/cluster", "view_cluster_info", self._cluster),
            Route("GET", "/v1/license", "view_license", self._license),
            Route("GET", "/v1/users", "view_all_users_info", self._list_users),
            Route("GET", "/v1/users/role", None, lambda call: {"role": call.user.role}),
            Route("GET", "/v1/users/{uid}", "view_user_info", self._get_user),
            Route("GET", "/v1/roles", "view_all_roles_info", self._roles),
            Route("GET", "/v1/redis_acls", "view_all_redis_acls_info", self._acls),
            Route("GET", "/v1/modules", "view_cluster_modules", self._modules),
            Route("GET", "/v1/bdb_groups", None, lambda call: {"bdb_groups": []}),
        ]

    def _cluster(self, call: Call) -> dict[str, Any]:
        options = self._world.options
        answer = {
            **copy.deepcopy(OBSERVED),
            "created_time": self._world.time_text(self.created),
            "handle_redirects": options.handle_redirects,
            "name": options.cluster_name,
            "rack_aware": options.rack_aware,
            "system_reserved_ports": sorted(SYSTEM_PORTS),
        }
        if self._world.version >= MASKING_SINCE:
            answer["mask_bdb_credentials"] = options.mask_bdb_credentials
        if self._world.version >= BASIC_SWITCH_SINCE:
            answer["control_plane_basic_authentication"] = options.basic_authentication
        return answer

    def _license(self, call: Call) -> dict[str, Any]:
        """The trial license that a cluster without one has."""
        return {
            "activation_date": self._world.time_text(self.created),
            "cluster_name": None,
            "expiration_date": self._world.time_text(self.created + TRIAL_SECONDS),
            "expired": self._world.options.license_expired,
            "features": ["trial", "bigstore"],
            "flash_shards_in_use": 0,
            "flash_shards_limit": None,
            "key": "",
            "license": "----- DEFAULT LICENSE START -----\nsimulated\n----- LICENSE END -----\n",
            "owner": None,
            "ram_shards_in_use": sum(len(bdb.shards) for bdb in self._bdbs.bdbs.values()),
            "ram_shards_limit": None,
            "shards_limit": TRIAL_SHARDS,
        }

    def _list_users(self, call: Call) -> list[dict[str, Any]]:
        return [self._users.row(user) for user in self._users.users]

    def _get_user(self, call: Call) -> dict[str, Any]:
        uid = call.number("uid")
        user = next((user for user in self._users.users if user.uid == uid), None)
        if user is None:
            raise ApiError(404, "user_not_exist", f"User {uid} does not exist")
        return self._users.row(user)

    def _roles(self, call: Call) -> list[dict[str, Any]]:
        return [
            {"management": name, "name": BUILT_IN_ROLES[name], "uid": uid}
            for uid, name in enumerate(ROLE_NAMES, 1)
        ]

    def _acls(self, call: Call) -> list[dict[str, Any]]:
        return [{"acl": "+@all ~*", "name": "Full Access", "uid": 1}]

    def _modules(self, call: Call) -> list[dict[str, Any]]:
        return [
            {
                "author": "Redis",
                "bigstore_version_2_support": False,
                "capabilities": ["backup_restore", "clustering", "persistence_aof", "persistence_rdb"],
                "capability_name": name,
                "command_line_args": "",
                "compatible_redis_version": redis_version,
                "config_command": "",
                "crdb": {},
                "dependencies": {},
                "description": name,
                "display_name": name,
                "email": "",
                "homepage": "",
                "is_bundled": True,
                "license": "",
                "min_redis_version": redis_version,
                "module_name": name,
                "semantic_version": semantic,
                "uid": uid,
                "version": _module_number(semantic),
            }
            for redis_version, installed in MODULES.items()
            for name, (uid, semantic) in installed.items()
        ]


def _module_number(semantic: str) -> int:
    """``2.8.7`` -> 20807."""
    major, minor, patch = (int(part) for part in semantic.split("."))
    return major * 10000 + minor * 100 + patch
