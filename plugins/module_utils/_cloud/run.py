# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of redis_cloud_database, from its parameters to its report, and what it shares with others."""

from __future__ import annotations

import typing as t

from .._core.clock import Deadline
from .._core.errors import InvalidInput
from .._core.fields import Field
from .._core.module import RedisModule, drive
from .._core.options import SECRET_SPEC, WAIT_SPEC
from .._core.plan import NONE, Resource, plan_create, plan_update
from .._core.poller import wait_until
from .._core.work import JOINING, Driver, Work
from .database import DATABASE, DATABASE_FIELDS, EXCLUSIVE, DatabaseDriver, check_together
from .parent import PARENT_SPEC, as_id, parent_of
from .product import CLOUD, connect

STATE_SPEC: dict[str, t.Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}
DRY_RUN_SPEC: dict[str, t.Any] = {"dry_run": {"type": "bool", "default": False}}


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
        dry_run(module, DATABASE, driver, deadline, desired, driver.view)
    else:
        drive(module, DATABASE, driver, deadline, desired, driver.view)


def is_secret(field: Field) -> bool:
    return field.secret and not field.write_only


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
    driver: Driver,
    deadline: Deadline,
    desired: dict[str, t.Any],
    view: t.Callable[[dict[str, t.Any]], dict[str, t.Any]],
    *,
    updates: bool = True,
) -> None:
    """Let the server plan and price the change without making it (5.2, 5.3: dryRun). Never reports a change.

    :param updates: it can plan updates, too, and not only creations.
    """
    reply = driver.find()
    plan = plan_create(resource, desired) if reply is None else plan_update(resource, desired, reply)
    module.report.update(changed=False, adopted=False, task=None, dry_run_plan=None)
    module.report[resource.noun] = module.show(view(reply)) if reply is not None else None
    if plan.action == NONE or module.check_mode or (reply is not None and not updates):
        return
    body = dict(plan.body, dryRun=True)
    sent = driver.create(body) if reply is None else driver.update(reply, body)
    work = Work(JOINING, sent.operation)
    module.report["task"] = sent.operation.public() if sent.operation else None
    # in one piece: the next slice would send it again
    reading = wait_until(lambda: driver.look(work), deadline.whole(), what="the dry run for " + driver.label, pace=module.pace())
    operation = reading.operation
    if operation is not None:
        module.report["task"] = operation.public()
        module.keep_secret(operation.result)
        module.report["dry_run_plan"] = module.show(operation.result)
        if operation.error:
            raise InvalidInput("The dry run for {0} failed: {1}.".format(driver.label, operation.reason()), error=operation.error)
