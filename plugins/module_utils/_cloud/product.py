# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Redis Cloud as module.py sees it: connection options, authentication, how a wait is resumed."""

from __future__ import annotations

import typing as t

from ansible.module_utils.basic import env_fallback

from .._core.errors import InvalidInput
from .._core.options import CONNECTION_SPEC, connection_options
from .._core.poller import Rhythm
from .._core.quota import Budget
from .._core.transport import Connection
from .api import CloudApi, read_error
from .facts import DEFAULT_URL, REQUESTS_PER_MINUTE, RHYTHM

if t.TYPE_CHECKING:
    from requests import PreparedRequest

    from .._core.clock import Clock, Deadline
    from .._core.module import RedisModule
    from .._core.operation import Operation

KEY_HEADER, SECRET_HEADER = "x-api-key", "x-api-secret-key"


class KeyAuth:
    """Two headers on every call (1). Being the session's auth, it also keeps requests from reading ~/.netrc."""

    def __init__(self, api_key: str, api_secret_key: str) -> None:
        self._headers = {KEY_HEADER: api_key, SECRET_HEADER: api_secret_key}

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.update(self._headers)
        return request


class Cloud:
    handle = "task"
    rhythm: Rhythm = RHYTHM
    connection_spec: dict[str, t.Any] = {
        "api_url": {
            "type": "str",
            "default": DEFAULT_URL,
            "fallback": (env_fallback, ["REDISCLOUD_URL", "REDIS_CLOUD_API_URL"]),
        },
        "api_key": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (env_fallback, ["REDISCLOUD_ACCESS_KEY", "REDIS_CLOUD_API_KEY"]),
        },
        "api_secret_key": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (env_fallback, ["REDISCLOUD_SECRET_KEY", "REDIS_CLOUD_API_SECRET"]),
        },
        **CONNECTION_SPEC,
        "api_requests_per_minute": {
            "type": "int",
            "default": REQUESTS_PER_MINUTE,
            "fallback": (env_fallback, ["REDIS_CLOUD_REQUESTS_PER_MINUTE"]),
        },
    }

    def connection(self, params: dict[str, t.Any]) -> Connection:
        for name in ("api_key", "api_secret_key"):
            if not params[name]:
                raise InvalidInput("{0} must not be empty.".format(name))
            if not (params[name].isascii() and params[name].isprintable()):
                raise InvalidInput("{0} must consist of printable ASCII characters, without a line break.".format(name))
        return Connection(
            url=params["api_url"],
            auth=t.cast(t.Any, KeyAuth(params["api_key"], params["api_secret_key"])),
            option_hint="Check api_key and api_secret_key, and that the API is enabled for the account and this address.",
            **connection_options(params),
        )

    def transport_options(self, params: dict[str, t.Any], clock: Clock) -> dict[str, t.Any]:
        per_minute = params["api_requests_per_minute"]
        if per_minute < 0:
            raise InvalidInput("api_requests_per_minute must not be negative.")
        words = (params["api_url"], params["api_key"])
        return {"read_error": read_error, "budget": Budget(words, per_minute, clock) if per_minute else None}

    def resume_hint(self, operations: t.Sequence[Operation], resource_id: str | None = None) -> str:
        ids = [operation.id for operation in operations if operation.id]
        if not ids:
            return "It goes on at the server. Run the same task again to wait for it."
        named = "task_id: {0}".format(ids[0]) if len(ids) == 1 else "task_ids: [{0}]".format(", ".join(ids))
        return (
            "It goes on at the server. Run the same task again, or wait for it with "
            "'- community.redis.redis_cloud_task: {{{0}}}'.".format(named)
        )


CLOUD = Cloud()


def connect(module: RedisModule, deadline: Deadline) -> CloudApi:
    return CloudApi(module.connect(deadline), module.params["api_key"])
