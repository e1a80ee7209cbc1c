# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The body of redis_enterprise_databases."""

from __future__ import annotations

import dataclasses
import typing as t

from .._core.errors import InvalidInput
from .._core.fields import Field, about, validate
from .._core.module import RedisModule
from .._core.module_fleet import PURGE_SPEC, FleetRun, check_names, check_purge, names_of, wants
from .._core.options import PROVISIONING, SECRET_SPEC, WAIT_SPEC
from .database import (
    DATABASE,
    DATABASE_FIELDS,
    EXCLUSIVE,
    EXTENDED,
    check_together,
    extra_values,
    resource_for,
)
from .driver import DatabaseDriver
from .fleet import FleetDatabaseDriver, Shared
from .product import ENTERPRISE, connect

ITEM_FIELDS: tuple[Field, ...] = (
    Field("state", choices=("present", "absent")),
    Field("extra", "dict"),
    *(dataclasses.replace(field, required=True) if field.name == "name" else field for field in DATABASE_FIELDS),
)
FIELDS: tuple[Field, ...] = (Field("databases", "list", elements="dict", options=ITEM_FIELDS, required=True),)


def databases_module() -> RedisModule:
    return RedisModule(ENTERPRISE, dict(WAIT_SPEC, **SECRET_SPEC, **PURGE_SPEC), FIELDS)


def databases(module: RedisModule) -> None:
    params = module.params
    items = t.cast("list[dict[str, t.Any]]", module.desired().get("databases") or [])
    check_names(items)
    check_purge(params, items)
    desired = {item["name"]: desired_of(item) for item in items}
    deadline = module.deadline()
    api = connect(module, deadline)
    extended = any(name in EXTENDED for item in desired.values() for name in item)
    shared = Shared(api, deadline, extended)
    module.report["results"] = []
    # every write is sent at once; the fleet waits for all of them together
    # an action ends together with the change of its database, so that wait_for makes no difference here
    settle = params["wait"]
    mode = dataclasses.replace(module.mode(), wait=False, settle=False, resumes=settle)
    run = FleetRun(module, DATABASE, shared.survey, deadline, mode, DatabaseDriver(api, deadline, "").view)

    def driver(name: str, wanted: bool) -> FleetDatabaseDriver:
        one = FleetDatabaseDriver(
            api, deadline, PROVISIONING, name=name, wanted=wanted, desired=desired.get(name, {}), extended=extended
        )
        one.shared = shared
        return one

    for item in items:
        name = item["name"]
        resource = resource_for(extra_values(item.get("extra") or {}), mode.send_secrets) if wants(item) else DATABASE
        run.add(name, driver(name, wants(item)), desired[name] if wants(item) else None, resource)

    def deletable() -> list[str]:
        return [str(row["name"]) for row in shared.survey.rows if not row.get("crdt") and not row.get("internal")]

    def complete() -> None:
        # names are not unique (T1): two of one name are one item, which fails naming both
        for name in run.unlisted(names_of(items), deletable) if params["purge"] else ():
            run.add(name, driver(name, False), None)

    run.run("databases", settle, complete)


def desired_of(item: dict[str, t.Any]) -> dict[str, t.Any]:
    """The fields of one item, with those of ``extra``. Raises InvalidInput."""
    if not wants(item):
        return {}
    desired = {name: value for name, value in item.items() if name not in ("state", "extra")}
    with about("databases[{0}]:".format(item["name"])):
        extra = extra_values(item.get("extra") or {})
        validate([field for field in resource_for(extra, False).fields if field.name in extra], extra, "extra.")
        desired.update(extra)
        for pair in EXCLUSIVE:
            if all(desired.get(name) is not None for name in pair):
                raise InvalidInput("only one of {0} can be given.".format(" and ".join(pair)))
        check_together(desired)
    return desired
