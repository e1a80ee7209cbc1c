# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules about actions: what the cluster is doing, waiting for it, and stopping it."""

from __future__ import annotations

import dataclasses
import typing as t

from .._core.clock import Deadline
from .._core.errors import InvalidInput, OperationFailed, WaitTimeout
from .._core.module import RedisModule
from .._core.operation import STATES, SUCCEEDED
from .._core.options import PROVISIONING, WAIT_SPEC
from .._core.poller import Reading, wait_until
from .._core.since import parse_since
from .actions import Action
from .api import EnterpriseApi
from .facts import ACTION_TYPES, CRDB_TASK, NODE, NODE_ACTIONS, OBJECT_TYPES, TASK
from .finding import collect, matches
from .product import ENTERPRISE, connect
from .watching import (
    Watch,
    cancel_all,
    check_cancel,
    describe,
    look_at_all,
    look_at_database,
    placeholder,
    watch_uid,
)

ROW_KEYS = tuple(field.name for field in dataclasses.fields(Action) if field.name != "result")
FILTER_SPEC: dict[str, t.Any] = {
    "action_uid": {"type": "str"},
    "state": {"type": "list", "elements": "str", "choices": list(STATES)},
    "status": {"type": "list", "elements": "str"},
    "name": {"type": "list", "elements": "str"},
    "action_type": {"type": "list", "elements": "str", "choices": list(ACTION_TYPES)},
    "object_type": {"type": "list", "elements": "str", "choices": list(OBJECT_TYPES)},
    "object_uid": {"type": "str"},
    "bdb_uid": {"type": "int"},
    "since": {"type": "str"},
    "fields": {"type": "list", "elements": "str", "choices": list(ROW_KEYS)},
}
HANDLE_SPEC: dict[str, t.Any] = {
    "state": {"type": "str", "choices": ["completed", "canceled"], "default": "completed"},
    "action_uid": {"type": "str"},
    "action_uids": {"type": "list", "elements": "str"},
    "crdb_task_id": {"type": "str"},
    "node_uid": {"type": "int"},
    "node_action": {"type": "str", "choices": list(NODE_ACTIONS)},
    "bdb_uid": {"type": "int"},
    "force": {"type": "bool", "default": False},
}


def action_info_module() -> RedisModule:
    return RedisModule(ENTERPRISE, FILTER_SPEC, mutually_exclusive=[("action_uid", "bdb_uid")])


def action_module() -> RedisModule:
    return RedisModule(
        ENTERPRISE,
        dict(HANDLE_SPEC, **WAIT_SPEC),
        required_one_of=[("action_uid", "action_uids", "crdb_task_id", "node_uid", "bdb_uid")],
        mutually_exclusive=[("action_uid", "action_uids")],
        required_together=[("node_uid", "node_action")],
    )


def action_info(module: RedisModule) -> None:
    params = module.params
    since = parse_since(params["since"], module.clock.time()) if params["since"] else None
    api = connect(module, module.deadline())
    found = [action for action in collect(api, params, module.warn) if matches(action, params, since)]
    module.report["actions"] = [
        {key: value for key, value in action.public().items() if key in (params["fields"] or ROW_KEYS)} for action in found
    ]


def action(module: RedisModule) -> None:
    params = module.params
    deadline = module.deadline()
    api = connect(module, deadline)
    memory: dict[str, float] = module.handed("memory") or {}
    watches = watches_for(api, deadline, params, memory, module.handed("seen"))
    try:
        if params["state"] == "canceled":
            cancel(module, deadline, watches, api)
        else:
            complete(module, deadline, watches, api)
    except WaitTimeout as error:
        going = [watch.action for watch in watches if not watch.done]
        error.hint = module.product.resume_hint(going, None if params["bdb_uid"] is None else str(params["bdb_uid"]))
        raise
    finally:
        rows = [dict(watch.action.public(), settled=watch.reading.settled) for watch in watches]
        module.report.update(actions=rows, action=rows[0] if rows else None)
        module.hand_on(memory=memory, seen=[dict(watch.action.public(), key=watch.key) for watch in watches])
        module.pending["what"] = names(watches, params)


def watches_for(
    api: EnterpriseApi,
    deadline: Deadline,
    params: dict[str, t.Any],
    memory: dict[str, float],
    seen: list[dict[str, t.Any]] | None,
) -> list[Watch]:
    """Everything that the task names. ``seen`` is what the slice before knew of it; None: there was none."""
    wait_for = params["wait_for"]
    bdb_uid = None if params["bdb_uid"] is None else str(params["bdb_uid"])
    uids = [uid for uid in (params["action_uids"] or [params["action_uid"]]) if uid]
    if params["action_uid"] == "" or (params["action_uids"] is not None and not uids and bdb_uid is None):
        raise InvalidInput("action_uid and action_uids must not be empty.")
    watches = [watch_uid(api, deadline, memory, placeholder(uid), wait_for, bdb_uid) for uid in dict.fromkeys(uids)]
    if params["crdb_task_id"]:
        task_id = params["crdb_task_id"]
        watches.append(
            Watch(api, deadline, memory, lambda: api.crdb_task(task_id), placeholder(task_id, action_type=CRDB_TASK), wait_for=wait_for)
        )
    if params["node_uid"] is not None:
        node_uid, name = str(params["node_uid"]), params["node_action"]
        node = placeholder(
            "node:{0}:{1}".format(node_uid, name), kind=name, action_type=TASK, resource_type=NODE, resource_id=node_uid
        )
        watches.append(Watch(api, deadline, memory, lambda: api.node_action(node_uid, name), node, wait_for=wait_for))
    if bdb_uid is not None and not uids and seen is None:
        going = [item for item in api.bdb_actions(bdb_uid) if not item.finished]
        watches += [watch_uid(api, deadline, memory, item, wait_for, bdb_uid) for item in going]
    for row in seen or []:
        restore(watches, row, api, deadline, memory, wait_for, bdb_uid)
    return watches


def restore(
    watches: list[Watch],
    row: dict[str, t.Any],
    api: EnterpriseApi,
    deadline: Deadline,
    memory: dict[str, float],
    wait_for: str,
    bdb_uid: str | None,
) -> None:
    """Go on with what the slice before knew: an action that has vanished since is judged by its object."""
    before = t.cast(Action, Action.from_public(row))
    same = next((watch for watch in watches if watch.key == row["key"]), None)
    if same is None:
        watches.append(watch_uid(api, deadline, memory, before, wait_for, bdb_uid))
    else:
        same.action = before


def complete(module: RedisModule, deadline: Deadline, watches: list[Watch], api: EnterpriseApi) -> None:
    params = module.params
    decides = str(params["bdb_uid"]) if params["bdb_uid"] is not None and params["wait_for"] == PROVISIONING else None

    def look() -> Reading:
        reading = look_at_all(watches)
        return look_at_database(api, deadline, decides) if reading.settled and decides is not None else reading

    follow(module, deadline, look, names(watches, params))
    failed = [watch.error for watch in watches if watch.error is not None]
    if failed:
        raise OperationFailed(" ".join(str(error) for error in failed), error=failed[0].facts.get("error"))


def cancel(module: RedisModule, deadline: Deadline, watches: list[Watch], api: EnterpriseApi) -> None:
    """Nothing is sent before it is clear that everything can be stopped."""
    try:
        check_all(module, watches, api)
        mine = [watch for watch in watches if not watch.reading.settled]
        if not module.check_mode:
            follow(module, deadline, lambda: cancel_all(mine, module.params["force"]), names(watches, module.params))
    finally:
        # a slice before may have asked already
        module.report["changed"] = any(watch.asked for watch in watches)
    if module.check_mode:
        module.report["changed"] = any(not watch.cancelling() for watch in mine)
        return
    for watch in mine:
        if watch.action.state == SUCCEEDED:
            module.warn("{0} had completed before it could be canceled.".format(describe(watch.action)))


def check_all(module: RedisModule, watches: list[Watch], api: EnterpriseApi) -> None:
    """Raises InvalidInput when one of them cannot be canceled."""
    for watch in watches:
        watch.look_for_end()
        if watch.reading.settled and not watch.cancelling():
            reason = "is not running, or not known" if watch.missing else "has ended already ({0})".format(watch.action.status)
            module.warn("{0} {1}: there was nothing to cancel.".format(describe(watch.action), reason))
        elif not watch.cancelling():
            check_cancel(watch.action, api, guess=not module.check_mode)


def follow(module: RedisModule, deadline: Deadline, look: t.Callable[[], Reading], what: str) -> None:
    """Look once, or until everything is settled."""
    if module.check_mode or not module.params["wait"]:
        look()
        return
    wait_until(look, deadline, what=what, pace=module.pace(), on_reading=module.show_progress(deadline, what))


def names(watches: t.Sequence[Watch], params: t.Mapping[str, t.Any]) -> str:
    if len(watches) == 1:
        return describe(watches[0].action)[0].lower() + describe(watches[0].action)[1:]
    return "{0} actions".format(len(watches)) if watches else "database {0}".format(params["bdb_uid"])
