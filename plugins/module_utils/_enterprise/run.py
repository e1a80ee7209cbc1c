# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Redis Enterprise database modules do, from their parameters to their report."""

from __future__ import annotations

import typing as t

from .._core.fields import validate
from .._core.module import RedisModule, drive
from .._core.options import SECRET_SPEC, WAIT_SPEC
from .database import DATABASE_FIELDS, EXCLUSIVE, EXTENDED, check_together, extra_values, resource_for
from .driver import DatabaseDriver
from .product import ENTERPRISE, connect

STATE_SPEC: dict[str, t.Any] = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}


def database_module() -> RedisModule:
    spec = dict(STATE_SPEC, **WAIT_SPEC, **SECRET_SPEC)
    spec.update(uid={"type": "int"}, extra={"type": "dict"})
    return RedisModule(
        ENTERPRISE,
        spec,
        DATABASE_FIELDS,
        required_one_of=[("name", "uid")],
        mutually_exclusive=[("uid", "create_uid"), *EXCLUSIVE],
    )


def database(module: RedisModule) -> None:
    params = module.params
    wanted = params["state"] == "present"
    desired = module.desired() if wanted else {}
    extra = extra_values(params["extra"] or {}) if wanted else {}
    resource = resource_for(extra, params["update_password"] == "always")
    validate([field for field in resource.fields if field.name in extra], extra, "extra.")
    desired.update(extra)
    check_together(desired)
    deadline = module.deadline()
    driver = DatabaseDriver(
        connect(module, deadline),
        deadline,
        params["wait_for"],
        name=params["name"],
        uid=None if params["uid"] is None else str(params["uid"]),
        wanted=wanted,
        desired=desired,
        extended=any(name in desired for name in EXTENDED),
    )
    drive(module, resource, driver, deadline, desired, driver.view)


def database_info_module() -> RedisModule:
    spec: dict[str, t.Any] = {
        "name": {"type": "str"},
        "uid": {"type": "int"},
        "fields": {"type": "list", "elements": "str"},
        "extended": {"type": "bool", "default": False},
        "return_secrets": {"type": "bool", "default": False, "no_log": False},
    }
    return RedisModule(ENTERPRISE, spec, mutually_exclusive=[("name", "uid")])


def database_info(module: RedisModule) -> None:
    params = module.params
    deadline = module.deadline()
    api = connect(module, deadline)
    driver = DatabaseDriver(api, deadline, "", wanted=False)
    fields, extended = params["fields"] or [], params["extended"]
    # the real port stands in the endpoints
    asked = [*fields, "endpoints"] if "port" in fields else fields
    if params["uid"] is not None:
        one = api.bdb(str(params["uid"]), asked, extended)
        replies = [one] if one is not None else []
    else:
        replies = [reply for reply in api.bdbs(asked, extended) if params["name"] in (None, reply["name"])]
    module.report["databases"] = []
    for reply in replies:
        view = driver.view(reply)
        if fields:
            view = {key: value for key, value in view.items() if key in {"uid", "name", *fields}}
        module.keep_secret(reply)
        module.report["databases"].append(module.show(view))
