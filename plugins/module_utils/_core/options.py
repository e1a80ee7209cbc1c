# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that many modules share, and how they are checked."""

from __future__ import annotations

import os
import typing as t

from .errors import InvalidInput

PROCESSING, PROVISIONING = "processing", "provisioning"

CONNECTION_SPEC: dict[str, t.Any] = {
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "client_cert": {"type": "path"},
    "client_key": {"type": "path", "no_log": False},
    "api_timeout": {"type": "int", "default": 30},
    "api_retries": {"type": "int", "default": 5},
}
WAIT_SPEC: dict[str, t.Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_for": {"type": "str", "choices": [PROCESSING, PROVISIONING], "default": PROVISIONING},
    "wait_timeout": {"type": "int", "default": 3600},
    "wait_interval": {"type": "int", "default": 30},
}
SECRET_SPEC: dict[str, t.Any] = {
    "return_secrets": {"type": "bool", "default": False, "no_log": False},
    "update_password": {"type": "str", "choices": ["always", "on_create"], "default": "on_create", "no_log": False},
}


def connection_options(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """The arguments of transport.Connection that both products take from their options. Raises InvalidInput."""
    for name in ("ca_path", "client_cert", "client_key"):
        if params[name] and not os.path.exists(params[name]):
            raise InvalidInput("{0} names {1}, which does not exist on the host that runs the module.".format(name, params[name]))
    if params["client_key"] and not params["client_cert"]:
        raise InvalidInput("client_key needs client_cert.")
    if params["api_timeout"] < 1 or params["api_retries"] < 0:
        raise InvalidInput("api_timeout must be at least 1 second, and api_retries must not be negative.")
    cert = params["client_cert"] or None
    return {
        "timeout": float(params["api_timeout"]),
        "retries": params["api_retries"],
        "verify": (params["ca_path"] or True) if params["validate_certs"] else False,
        "cert": (cert, params["client_key"]) if cert and params["client_key"] else cert,
    }
