# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that list subscriptions and databases. They never fail because there is nothing."""

from __future__ import annotations

import typing as t

from .._core.module import RedisModule
from .._core.redact import without_secrets
from .database import DatabaseDriver
from .product import CLOUD, connect
from .run import PARENT_SPEC, as_id, parent_of
from .subscription import SubscriptionDriver

SECRETS_SPEC: dict[str, t.Any] = {"return_secrets": {"type": "bool", "default": False, "no_log": False}}


def subscription_info_module() -> RedisModule:
    return RedisModule(CLOUD, {"name": {"type": "str"}, "subscription_id": {"type": "int"}})


def database_info_module() -> RedisModule:
    spec = dict(PARENT_SPEC, **SECRETS_SPEC, name={"type": "str"}, database_id={"type": "int"})
    return RedisModule(
        CLOUD,
        spec,
        required_one_of=[("subscription_id", "subscription_name")],
        mutually_exclusive=[("subscription_id", "subscription_name"), ("name", "database_id")],
    )


def subscription_info(module: RedisModule) -> None:
    params = module.params
    deadline = module.deadline()
    driver = SubscriptionDriver(connect(module, deadline), deadline, "", wanted=False)
    if params["subscription_id"] is not None:
        one = driver.get(str(params["subscription_id"]))
        replies = [one] if one is not None else []
    else:
        replies = driver.api.subscriptions()
    module.report["subscriptions"] = [
        without_secrets(driver.view(reply)) for reply in replies if params["name"] in (None, reply.get("name"))
    ]


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
