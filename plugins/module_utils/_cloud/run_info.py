# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of redis_cloud_database_info. It never fails because there is nothing."""

from __future__ import annotations

import typing as t

from .._core.module import RedisModule
from .database import DatabaseDriver
from .parent import PARENT_SPEC, as_id, parent_of
from .product import CLOUD, connect

SECRETS_SPEC: dict[str, t.Any] = {"return_secrets": {"type": "bool", "default": False, "no_log": False}}


def database_info_module() -> RedisModule:
    spec = dict(PARENT_SPEC, **SECRETS_SPEC, name={"type": "str"}, database_id={"type": "int"})
    return RedisModule(
        CLOUD,
        spec,
        required_one_of=[("subscription_id", "subscription_name")],
        mutually_exclusive=[("subscription_id", "subscription_name"), ("name", "database_id")],
    )


def database_info(module: RedisModule) -> None:
    params = module.params
    deadline = module.deadline()
    api = connect(module, deadline)
    parent = parent_of(module, api, False)
    module.report["databases"] = []
    if parent is None:
        return
    driver = DatabaseDriver(api, deadline, "", parent, wanted=False, detail=params["return_secrets"])
    if params["database_id"] is not None:
        one = driver.get(str(as_id(params["database_id"])))
        replies = [one] if one is not None else []
    else:
        replies = [reply for reply in driver.listed() if params["name"] in (None, reply.get("name"))]
        if params["return_secrets"]:
            # only the reply for one database tells the password (trap 37)
            details = [driver.get(driver.identify(reply)) for reply in replies]
            replies = [reply for reply in details if reply is not None]
    for reply in replies:
        view = driver.view(reply)
        module.keep_secret(view)
        module.report["databases"].append(module.show(view))
