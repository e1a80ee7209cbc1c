# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redis Enterprise as module.py sees it: connection options, authentication, how a wait is resumed."""

from __future__ import annotations

import re
import typing as t
from base64 import b64encode

from ansible.module_utils.basic import env_fallback

from .._core.errors import InvalidInput
from .._core.options import CONNECTION_SPEC, connection_options
from .._core.poller import Rhythm
from .._core.transport import Connection
from .api import EnterpriseApi, read_error
from .facts import BDB, RHYTHM

if t.TYPE_CHECKING:
    from requests import PreparedRequest

    from .._core.clock import Clock, Deadline
    from .._core.module import RedisModule
    from .._core.operation import Operation

_VERSION = re.compile(r"(/v\d+)?/*$")
TRUE_WORDS = ("1", "true", "yes", "on")


class BasicAuth:
    """Basic authentication (1.2). Being the session's auth, it also keeps requests from reading ~/.netrc."""

    def __init__(self, username: str, password: str) -> None:
        token = b64encode("{0}:{1}".format(username, password).encode("utf-8"))
        self.token = token.decode("ascii")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = "Basic " + self.token
        return request


def insecure_fallback(*names: str) -> bool:
    """The opposite of an ..._INSECURE variable, for validate_certs."""
    value: str = env_fallback(*names)
    return value.strip().lower() not in TRUE_WORDS


class Enterprise:
    handle = "action"
    rhythm: Rhythm = RHYTHM
    connection_spec: dict[str, t.Any] = {
        "api_url": {"type": "str", "required": True, "fallback": (env_fallback, ["REDIS_ENTERPRISE_URL"])},
        "api_username": {"type": "str", "required": True, "fallback": (env_fallback, ["REDIS_ENTERPRISE_USER"])},
        "api_password": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (env_fallback, ["REDIS_ENTERPRISE_PASSWORD"]),
        },
        "redirect_hosts": {"type": "list", "elements": "str", "default": []},
        **CONNECTION_SPEC,
        "validate_certs": {
            "type": "bool",
            "default": True,
            "fallback": (insecure_fallback, ["REDIS_ENTERPRISE_INSECURE"]),
        },
        "ca_path": {"type": "path", "fallback": (env_fallback, ["REDIS_ENTERPRISE_CA_CERT"])},
    }

    def connection(self, params: dict[str, t.Any]) -> Connection:
        for name in ("api_username", "api_password"):
            if not params[name]:
                raise InvalidInput("{0} must not be empty.".format(name))
        auth = BasicAuth(params["api_username"], params["api_password"])
        return Connection(
            # the paths of this API begin with their version, so the address must not end with one
            url=_VERSION.sub("", params["api_url"]),
            auth=t.cast(t.Any, auth),
            secrets=(auth.token,),
            redirect_hosts=tuple(params["redirect_hosts"]),
            option_hint="Check api_username and api_password, and what the role of this user permits.",
            **connection_options(params),
        )

    def transport_options(self, params: dict[str, t.Any], clock: Clock) -> dict[str, t.Any]:
        return {"read_error": read_error}

    def resume_hint(self, operations: t.Sequence[Operation], resource_id: str | None = None) -> str:
        """One for each: which database decides when the cluster has forgotten an action differs."""
        handles = [_handle(one.id, one.resource_id if one.resource_type == BDB else None) for one in operations if one.id]
        if len(handles) < 2 and resource_id is not None and "bdb_uid" not in "".join(handles):
            handles = [", ".join([*handles, _handle("", resource_id)])]
        if not handles:
            return "It goes on in the cluster. Run the same task again to wait for it."
        tasks = ["'- community.redis.redis_enterprise_action: {{{0}}}'".format(handle) for handle in handles]
        return "It goes on in the cluster. Run the same task again, or wait for it with {0}.".format(" and ".join(tasks))


def _handle(action_uid: str, bdb_uid: str | None) -> str:
    parts = [("action_uid", action_uid), ("bdb_uid", bdb_uid)]
    return ", ".join("{0}: {1}".format(name, value) for name, value in parts if value)


ENTERPRISE = Enterprise()


def connect(module: RedisModule, deadline: Deadline) -> EnterpriseApi:
    return EnterpriseApi(module.connect(deadline))
