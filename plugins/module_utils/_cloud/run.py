# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Redis Cloud modules do, from their parameters to their report. Each function is the body of a module."""

from __future__ import annotations

import typing as t

from .._core.errors import InvalidInput
from .._core.fields import Field
from .._core.module import RedisModule, drive
from .._core.options import SECRET_SPEC, WAIT_SPEC
from .._core.plan import NONE, Resource, plan_create, plan_update
from .._core.poller import wait_until
from .._core.work import JOINING, Work
from .api import CloudApi
from .database import DATABASE, DATABASE_FIELDS, EXCLUSIVE, DatabaseDriver, check_together
from .product import CLOUD, connect
from .subscription import SUBSCRIPTION, SUBSCRIPTION_FIELDS, SubscriptionDriver, check_creation

STATE_SPEC: dict[str, t.Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}
PARENT_SPEC: dict[str, t.Any] = {"subscription_id": {"type": "int"}, "subscription_name": {"type": "str"}}
DRY_RUN_SPEC: dict[str, t.Any] = {"dry_run": {"type": "bool", "default": False}}


def subscription_module() -> RedisModule:
    spec = dict(STATE_SPEC, **WAIT_SPEC, **SECRET_SPEC, **DRY_RUN_SPEC)
    spec.update(subscription_id={"type": "int"}, delete_databases={"type": "bool", "default": False})
    return RedisModule(CLOUD, spec, SUBSCRIPTION_FIELDS, required_one_of=[("name", "subscription_id")])


def database_module() -> RedisModule:
    spec = dict(STATE_SPEC, **PARENT_SPEC, **WAIT_SPEC, **SECRET_SPEC, **DRY_RUN_SPEC)
    spec.update(database_id={"type": "int"})
    return RedisModule(
        CLOUD,
        spec,
        DATABASE_FIELDS,
        required_one_of=[("name", "database_id"), ("subscription_id", "subscription_name")],
        mutually_exclusive=[("subscription_id", "subscription_name"), *EXCLUSIVE],
    )


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
        dry_run(module, SUBSCRIPTION, driver, desired)
    else:
        drive(module, SUBSCRIPTION, driver, deadline, desired, driver.view)


def database(module: RedisModule) -> None:
    params = module.params
    wanted = params["state"] == "present"
    desired = module.desired() if wanted else {}
    check_together(desired)
    deadline = module.deadline()
    api = connect(module, deadline)
    parent = parent_of(module, api, wanted)
    if parent is None:
        nothing_there(module, desired)
        return
    driver = DatabaseDriver(
        api,
        deadline,
        params["wait_for"],
        parent,
        name=params["name"],
        database_id=as_id(params["database_id"]),
        detail=params["return_secrets"] or any(is_secret(field) for field in DATABASE_FIELDS if field.name in desired),
        wanted=wanted,
    )
    if params["dry_run"]:
        dry_run(module, DATABASE, driver, desired)
    else:
        drive(module, DATABASE, driver, deadline, desired, driver.view)


def is_secret(field: Field) -> bool:
    return field.secret and not field.write_only


def as_id(value: t.Any) -> str | None:
    return None if value is None else str(value)


def parent_of(module: RedisModule, api: CloudApi, wanted: bool) -> str | None:
    """The id of the subscription that the task names; None: it does not exist, and need not."""
    if module.params["subscription_id"] is not None:
        return str(module.params["subscription_id"])
    if "parent" in module.found:
        return str(module.found["parent"])
    name = module.params["subscription_name"]
    driver = SubscriptionDriver(api, module.deadline(), module.params.get("wait_for", ""), name=name, wanted=wanted)
    reply = driver.find()
    if reply is not None:
        module.found["parent"] = driver.identify(reply)
        return driver.identify(reply)
    if wanted and not module.check_mode:
        raise InvalidInput("There is no subscription called {0!r}.".format(name), hint="Create it with redis_cloud_subscription.")
    return None


def nothing_there(module: RedisModule, desired: dict[str, t.Any]) -> None:
    """The subscription does not exist (yet): in check mode its database would be created, else there is nothing to do."""
    module.report.update(changed=False, adopted=False, task=None, database=None)
    if module.params["state"] != "present":
        return
    plan = plan_create(DATABASE, desired)
    module.warn("There is no subscription called {0!r} yet.".format(module.params["subscription_name"]))
    module.report["changed"] = True
    if module._diff:
        module.report["diff"] = {"before": plan.before, "after": plan.after}


def dry_run(
    module: RedisModule,
    resource: Resource,
    driver: SubscriptionDriver | DatabaseDriver,
    desired: dict[str, t.Any],
) -> None:
    """Let the server plan and price the change without making it (5.2, 5.3: dryRun). Never reports a change."""
    reply = driver.find()
    plan = plan_create(resource, desired) if reply is None else plan_update(resource, desired, reply)
    module.report.update(changed=False, adopted=False, task=None, dry_run_plan=None)
    module.report[resource.noun] = module.show(driver.view(reply)) if reply is not None else None
    # only the creation of a subscription can be planned (5.2)
    if plan.action == NONE or module.check_mode or (reply is not None and resource is SUBSCRIPTION):
        return
    body = dict(plan.body, dryRun=True)
    sent = driver.create(body) if reply is None else driver.update(reply, body)
    work = Work(JOINING, sent.operation)
    module.report["task"] = sent.operation.public() if sent.operation else None
    # in one piece: the next slice would send it again
    reading = wait_until(lambda: driver.look(work), driver.deadline.whole(), what="the dry run for " + driver.label, pace=module.pace())
    operation = reading.operation
    if operation is not None:
        module.report["task"] = operation.public()
        module.keep_secret(operation.result)
        module.report["dry_run_plan"] = module.show(operation.result)
        if operation.error:
            raise InvalidInput("The dry run for {0} failed: {1}.".format(driver.label, operation.reason()), error=operation.error)
