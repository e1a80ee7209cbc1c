# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bodies of redis_cloud_subscription and redis_cloud_subscription_info."""

from __future__ import annotations

from .._core.module import RedisModule, drive
from .._core.options import SECRET_SPEC, WAIT_SPEC
from .._core.redact import without_secrets
from .parent import as_id
from .product import CLOUD, connect
from .run import DRY_RUN_SPEC, STATE_SPEC, dry_run
from .subscription import SUBSCRIPTION, SUBSCRIPTION_FIELDS, SubscriptionDriver, check_creation


def subscription_module() -> RedisModule:
    spec = dict(STATE_SPEC, **WAIT_SPEC, **SECRET_SPEC, **DRY_RUN_SPEC)
    spec.update(subscription_id={"type": "int"}, delete_databases={"type": "bool", "default": False})
    return RedisModule(CLOUD, spec, SUBSCRIPTION_FIELDS, required_one_of=[("name", "subscription_id")])


def subscription(module: RedisModule) -> None:
    params = module.params
    wanted = params["state"] == "present"
    desired = module.desired() if wanted else {}
    check_creation(desired)
    deadline = module.deadline()
    driver = SubscriptionDriver(
        connect(module, deadline),
        deadline,
        params["wait_for"],
        name=params["name"],
        subscription_id=as_id(params["subscription_id"]),
        wanted=wanted,
        delete_databases=params["delete_databases"],
        created_with=[database["name"] for database in desired.get("databases") or []],
    )
    if params["dry_run"]:
        # only the creation of a subscription can be planned (5.2)
        dry_run(module, SUBSCRIPTION, driver, deadline, desired, driver.view, updates=False)
    else:
        drive(module, SUBSCRIPTION, driver, deadline, desired, driver.view)


def subscription_info_module() -> RedisModule:
    return RedisModule(CLOUD, {"name": {"type": "str"}, "subscription_id": {"type": "int"}})


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
