# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of redis_cloud_databases."""

from __future__ import annotations

import dataclasses
import typing as t

from .._core.errors import InvalidInput
from .._core.fields import Field, about
from .._core.module import RedisModule
from .._core.module_fleet import PURGE_SPEC, FleetRun, check_names, check_purge, names_of, wants
from .._core.options import PROCESSING, PROVISIONING, SECRET_SPEC, WAIT_SPEC
from .._core.plan import NONE, Plan, plan_create, plan_rest
from .database import CREATION_FIELDS, DATABASE, DATABASE_FIELDS, EXCLUSIVE, check_together
from .fleet import FleetDatabaseDriver, Shared
from .naming import cloud_field as F
from .parent import PARENT_SPEC, parent_of
from .product import CLOUD, connect
from .run import is_secret

ITEM_FIELDS: tuple[Field, ...] = (F("state", choices=("present", "absent")),) + tuple(
    dataclasses.replace(field, required=True) if field.name == "name" else field for field in DATABASE_FIELDS
)
FIELDS: tuple[Field, ...] = (F("databases", "list", elements="dict", options=ITEM_FIELDS, required=True),)


def databases_module() -> RedisModule:
    spec = dict(PARENT_SPEC, **WAIT_SPEC, **SECRET_SPEC, **PURGE_SPEC)
    spec.update(created_with_subscription={"type": "bool", "default": False})
    return RedisModule(
        CLOUD,
        spec,
        FIELDS,
        required_one_of=[("subscription_id", "subscription_name")],
        mutually_exclusive=[("subscription_id", "subscription_name")],
    )


def databases(module: RedisModule) -> None:
    params = module.params
    desired = t.cast("list[dict[str, t.Any]]", module.desired().get("databases") or [])
    check_items(desired)
    check_purge(params, desired)
    deadline = module.deadline()
    api = connect(module, deadline)
    parent = parent_of(module, api, any(wants(item) for item in desired))
    module.report["results"] = []
    if parent is None:
        plan_all(module, desired)
        return
    shared = Shared(api, deadline, parent, creates=bool(module.handed("creates")))
    settle = params["wait"] and params["wait_for"] == PROVISIONING
    mode = dataclasses.replace(module.mode(), wait=True, settle=False, resumes=settle, late_lists=True)
    view = FleetDatabaseDriver(api, deadline, "", parent).view
    run = FleetRun(module, DATABASE, shared.survey, deadline, mode, view)

    def driver(item: dict[str, t.Any], wanted: bool) -> FleetDatabaseDriver:
        one = FleetDatabaseDriver(
            api, deadline, PROCESSING, parent, name=item["name"], wanted=wanted,
            # only the reply for one database tells the password (trap 37): a request for each that is given one
            detail=params["return_secrets"] or any(is_secret(field) for field in DATABASE_FIELDS if field.name in item),
        )
        one.shared, one.recent = shared, shared.recent
        return one

    for item in desired:
        wanted = {key: value for key, value in item.items() if key != "state"} if wants(item) else None
        run.add(item["name"], driver(item, wanted is not None), wanted)

    def complete() -> None:
        if params["purge"]:
            for name in run.unlisted(names_of(desired), lambda: [str(row.get("name")) for row in shared.survey.rows]):
                run.add(name, driver({"name": name}, False), None)
        if run.items and not params["wait"]:
            # every other request is awaited anyway, because the next one may be sent only afterwards (4)
            run.items[-1].reconciler.mode = dataclasses.replace(mode, wait=False)

    try:
        run.run("databases", settle, complete)
    finally:
        module.hand_on(creates=shared.creates)


def check_items(desired: list[dict[str, t.Any]]) -> None:
    """What can be known before anything is sent. Raises InvalidInput."""
    check_names(desired)
    for item in desired:
        with about("databases[{0}]:".format(item["name"])):
            for pair in EXCLUSIVE:
                if all(item.get(name) is not None for name in pair):
                    raise InvalidInput("only one of {0} can be given.".format(" and ".join(pair)))
            check_together(item)


def plan_all(module: RedisModule, desired: list[dict[str, t.Any]]) -> None:
    """The subscription does not exist (yet): what would be done to its databases in check mode."""
    results = []
    for item in desired:
        plan = Plan()
        if wants(item):
            values = {key: value for key, value in item.items() if key != "state"}
            # also when the subscription brings it along, because it checks what a create needs
            with about("databases[{0}]:".format(item["name"])):
                plan = plan_create(DATABASE, values)
            if module.params["created_with_subscription"]:
                plan = plan_rest(DATABASE, values, [field.name for field in CREATION_FIELDS])
        results.append(
            {
                "name": item["name"],
                "state": item.get("state", "present"),
                "changed": plan.action != NONE,
                "adopted": False,
                "failed": False,
                "error": None,
                "diff": {"before": plan.before, "after": plan.after},
                "task": None,
                "database": None,
            }
        )
    module.report.update(changed=any(result["changed"] for result in results), results=results)
    if module._diff:
        module.report["diff"] = {"before": {}, "after": {row["name"]: row["diff"]["after"] for row in results if row["changed"]}}
