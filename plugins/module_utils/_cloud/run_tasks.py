# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules about tasks: what the account is doing, and waiting for it."""

from __future__ import annotations

import typing as t

from .._core.errors import InvalidInput, OperationFailed, WaitTimeout
from .._core.module import RedisModule
from .._core.operation import STATES, Operation
from .._core.options import WAIT_SPEC
from .._core.poller import wait_until
from .._core.since import parse_since, parse_time
from .facts import command_words
from .product import CLOUD, connect
from .waiter import TaskWaiter, action_of, wait_for_all

FILTER_SPEC: dict[str, t.Any] = {
    "task_id": {"type": "str"},
    "state": {"type": "list", "elements": "str", "choices": list(STATES)},
    "status": {"type": "list", "elements": "str"},
    "command_type": {"type": "list", "elements": "str"},
    "resource_id": {"type": "int"},
    "since": {"type": "str"},
}

# what undoes a task that cannot be cancelled (facts 2.1: undo = compensating call)
COMPENSATION = {
    "create": "delete what it creates, once it is there, with state=absent",
    "update": "change it back with the old values",
    "delete": "create the resource anew; its data is lost unless there is a backup",
}


def task_info_module() -> RedisModule:
    return RedisModule(CLOUD, FILTER_SPEC)


def task_module() -> RedisModule:
    spec: dict[str, t.Any] = {
        "state": {"type": "str", "choices": ["completed", "canceled"], "default": "completed"},
        "task_id": {"type": "str"},
        "task_ids": {"type": "list", "elements": "str"},
    }
    return RedisModule(
        CLOUD, dict(spec, **WAIT_SPEC), required_one_of=[("task_id", "task_ids")], mutually_exclusive=[("task_id", "task_ids")]
    )


def task_info(module: RedisModule) -> None:
    params = module.params
    since = parse_since(params["since"], module.clock.time()) if params["since"] else None
    api = connect(module, module.deadline())
    if params["task_id"]:
        one = api.task(params["task_id"])
        operations = [one] if one is not None else []
    else:
        operations = api.tasks()
    found = [operation for operation in operations if matches(operation, params, since)]
    module.report["tasks"] = [operation.public() for operation in found]


def matches(operation: Operation, params: t.Mapping[str, t.Any], since: float | None) -> bool:
    """All given filters at once. A kind is matched without spelling, in whole or in part ("database create")."""
    kinds = [command_words(kind) for kind in params["command_type"] or []]
    own = command_words(operation.kind)
    wanted_id = params["resource_id"]
    updated = parse_time(operation.updated) if operation.updated else None
    return (
        operation.state in (params["state"] or STATES)
        and (not params["status"] or operation.status in params["status"])
        and (not kinds or any(kind in own for kind in kinds))
        and (wanted_id is None or str(wanted_id) in (operation.resource_id, operation.parent_id))
        and (since is None or (updated is not None and updated >= since))
    )


def task(module: RedisModule) -> None:
    params = module.params
    ids = [item for item in (params["task_ids"] or [params["task_id"]]) if item]
    if not ids:
        raise InvalidInput("task_id must not be empty.")
    deadline = module.deadline()
    api = connect(module, deadline)
    memory = module.handed("memory") or {}
    module.hand_on(memory=memory)
    waiters = [TaskWaiter(api, deadline, params["wait_for"], task_id, memory) for task_id in dict.fromkeys(ids)]
    if params["state"] == "canceled":
        cancel(module, waiters)
        return
    try:
        if params["wait"] and not module.check_mode:
            module.pending.update(what=names(waiters))
            wait_until(
                lambda: wait_for_all(waiters), deadline, what=names(waiters), pace=module.pace(),
                on_reading=module.show_progress(deadline, names(waiters)),
            )
        else:
            wait_for_all(waiters)
    except WaitTimeout as error:
        error.hint = module.product.resume_hint([waiter.operation for waiter in waiters if not waiter.done])
        raise
    finally:
        report(module, waiters)
    failed = [waiter.error for waiter in waiters if waiter.error is not None]
    if failed:
        raise OperationFailed(" ".join(str(error) for error in failed), error=failed[0].facts.get("error"))


def cancel(module: RedisModule, waiters: list[TaskWaiter]) -> None:
    """Redis Cloud has no cancelling; what has not ended yet goes on. Says what can be done instead."""
    wait_for_all(waiters)
    report(module, waiters)
    going = [waiter for waiter in waiters if not waiter.operation.finished]
    if not going:
        return
    advice = "; ".join(
        "to undo {0} ({1}), {2}".format(
            waiter.operation.id, waiter.operation.kind or "unknown kind", COMPENSATION[action_of(waiter.operation)]
        )
        for waiter in going
    )
    raise InvalidInput(
        "Redis Cloud cannot cancel a task: once received it is carried out. Nothing was changed.",
        hint="Let it end, then {0}.".format(advice),
    )


def names(waiters: t.Sequence[TaskWaiter]) -> str:
    ids = [waiter.operation.id for waiter in waiters]
    return "task {0}".format(ids[0]) if len(ids) == 1 else "{0} tasks".format(len(ids))


def report(module: RedisModule, waiters: t.Sequence[TaskWaiter]) -> None:
    rows = [dict(waiter.operation.public(), settled=waiter.reading.settled) for waiter in waiters]
    module.report.update(changed=False, tasks=rows, task=rows[0])
