# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every record of asynchronous work that a cluster keeps, in one shape: v1 and v2 actions, node actions, CRDB tasks,
the bootstrap of a node, and the exports, imports and backups that v1 shows only as fields of a database."""

from __future__ import annotations

import dataclasses
import math
import re
import typing as t

from .._core.operation import FAILED, FINISHED, RUNNING, SUCCEEDED, Operation
from .._core.since import iso, parse_time
from .facts import (
    ACTION_STATES,
    BDB,
    BOOTSTRAP,
    BOOTSTRAP_IDLE,
    BOOTSTRAP_STATES,
    CLUSTER,
    CRDB,
    CRDB_TASK,
    MACHINE,
    NODE,
    OTHER,
    TASK,
    TRANSFER_STATES,
    TRANSFERS,
)

Data = dict[str, t.Any]

_TRANSFER_ID = re.compile(r"bdb:(\d+):({0})".format("|".join(TRANSFERS)))


@dataclasses.dataclass
class Action(Operation):
    """An Operation with the cluster's own division into kinds (facts.ACTION_TYPES)."""

    action_type: str = ""


def parse_v1_task(row: Data) -> Action:
    """A row of ``actions`` in v1: numbers are strings there (2.2)."""
    action = _parse(row, TASK)
    node = row.get("node_uid")
    if node not in (None, ""):
        action.resource_type, action.resource_id = NODE, str(node)
    return action


def parse_v1_machine(row: Data) -> Action:
    """A row of ``state-machines`` in v1; nearly all keys are optional (2.2)."""
    action = _parse(row, MACHINE)
    object_type, colon, object_uid = str(row.get("object_name") or "").partition(":")
    if colon:
        action.resource_type, action.resource_id = object_type, object_uid
    action.description = str(row.get("state") or "")
    action.updated = _time(row.get("heartbeat"))
    return action


def parse_v1(row: Data) -> Action:
    """One action from v1, of either kind: GET /v1/actions/{uid} does not say which."""
    return parse_v1_machine(row) if "object_name" in row or "heartbeat" in row else parse_v1_task(row)


def parse_v2(row: Data) -> Action:
    """A row of GET /v2/actions; what is not always there stands in ``additional_info`` (2.3)."""
    info = row.get("additional_info")
    info = info if isinstance(info, dict) else {}
    action = _parse(dict(info, **row), str(row.get("action_type") or OTHER))
    action.resource_type = str(info.get("object_type") or "")
    action.resource_id = _id(info.get("object_uid"))
    action.description = str(info.get("description") or "")
    action.source = "v2/actions"
    return action


def parse_node_action(row: Data) -> Action:
    """A row of GET /v1/nodes/{uid}/actions. ``task_id`` is the uid that the lists of actions give it (2.2)."""
    action = parse_v1_task(row)
    action.id = action.id or "node:{0}:{1}".format(action.resource_id, action.kind)
    action.source = "v1/nodes/actions"
    return action


def parse_cluster_action(row: Data, name: str = "") -> Action:
    action = _parse(dict({"name": name}, **row), TASK)
    action.id = action.id or "cluster:" + action.kind
    action.resource_type = CLUSTER
    action.source = "v1/cluster/actions"
    return action


def parse_crdb_task(row: Data) -> Action:
    """2.8: ``progress`` is an object, ``errors`` a list."""
    progress = row.get("progress")
    percents = [_percent(progress.get("worker"))] if isinstance(progress, dict) else [_percent(progress)]
    clusters = progress.get("clusters") if isinstance(progress, dict) else None
    percents += [_percent(item.get("progress")) for item in clusters or [] if isinstance(item, dict)]
    known = [percent for percent in percents if percent is not None]
    status = str(row.get("status") or "")
    state = ACTION_STATES.get(status.lower(), RUNNING)
    return Action(
        id=str(row.get("id") or ""),
        kind=str(row.get("operation") or ""),
        status=status,
        state=state,
        progress=100.0 if state == SUCCEEDED else min(known) if known else None,
        resource_type=CRDB,
        resource_id=_id(row.get("crdb_guid")),
        error=_crdb_error(row.get("errors"), state),
        started=_time(row.get("started")),
        updated=_time(row.get("ended")),
        source="v1/crdb_tasks",
        action_type=CRDB_TASK,
    )


def parse_bootstrap(data: Data) -> Action | None:
    """2.10: about the local node alone; None: it has nothing to report. While it works, the state is the kind; when it
    has ended, what it was is not known any more."""
    status = data.get("bootstrap_status")
    status = status if isinstance(status, dict) else {}
    word = str(status.get("state") or "")
    if word in ("", BOOTSTRAP_IDLE):
        return None
    state = BOOTSTRAP_STATES.get(word, RUNNING)
    local = data.get("local_node_info")
    error = None
    if state == FAILED:
        details = status.get("error_details")
        error = _error(status.get("error_code"), str(details) if details else "")
    return Action(
        id="bootstrap",
        kind=word if word.endswith("_cluster") else "bootstrap",
        status=word,
        state=state,
        resource_type=NODE,
        resource_id=_id(local.get("uid")) if isinstance(local, dict) else None,
        error=error,
        started=_time(status.get("start_time")),
        updated=_time(status.get("end_time")),
        source="v1/bootstrap",
        action_type=BOOTSTRAP,
    )


def parse_transfers(bdb: Data) -> list[Action]:
    """Backup, export and import of a database, from its own fields (2.7): all that a cluster without v2 tells.

    They stay until the next one or a reset. They have no uid; what stands in for it is made from the database's.
    """
    found = []
    for name in TRANSFERS:
        word = str(bdb.get(name + "_status") or "")
        if word in ("", "idle"):
            continue
        state = TRANSFER_STATES.get(word, RUNNING)
        reason = str(bdb.get(name + "_failure_reason") or "")
        found.append(
            Action(
                id="bdb:{0}:{1}".format(bdb["uid"], name),
                kind="bdb_" + name,
                status=word,
                state=state,
                progress=100.0 if state == SUCCEEDED else _percent(bdb.get(name + "_progress")),
                resource_type=BDB,
                resource_id=str(bdb["uid"]),
                error=_error(reason, "") if state == FAILED else None,
                updated=_time(bdb.get("last_{0}_time".format(name))) if state in FINISHED else None,
                source="v1/bdbs",
                action_type=OTHER,
            )
        )
    return found


def transfer_of(action_uid: str) -> tuple[str, str] | None:
    """(uid of the database, name) of an id that parse_transfers has made; None for every other id."""
    match = _TRANSFER_ID.fullmatch(action_uid)
    return (match.group(1), match.group(2)) if match else None


def _parse(row: Data, action_type: str) -> Action:
    """What all rows have in common, wherever a version puts it (2.4, 2.11)."""
    status = str(row.get("status") or "")
    state = ACTION_STATES.get(status.lower(), RUNNING)
    text = next((str(row[key]) for key in ("error", "error_message") if row.get(key)), "")
    error = _error(row.get("error_code"), text) if text or row.get("error_code") else None
    return Action(
        id=str(row.get("action_uid") or row.get("task_id") or ""),
        kind=str(row.get("name") or ""),
        status=status,
        state=state,
        progress=100.0 if state == SUCCEEDED else _percent(row.get("progress")),
        error=error,
        started=_time(row.get("creation_time")),
        source="v1/actions",
        action_type=action_type,
    )


def _error(code: t.Any, description: str) -> dict[str, t.Any]:
    return {"code": str(code or ""), "status": "", "description": description}


def _crdb_error(errors: t.Any, state: str) -> dict[str, t.Any] | None:
    rows = [row for row in errors if isinstance(row, dict)] if isinstance(errors, list) else []
    if not rows and (not errors or state != FAILED):
        return None
    if not rows:
        return _error("", str(errors))
    texts = [
        "{0}: {1}".format(row["cluster_name"], row.get("description") or row.get("error_code") or "")
        if row.get("cluster_name")
        else str(row.get("description") or "")
        for row in rows
    ]
    return _error(rows[0].get("error_code"), "; ".join(texts))


def _percent(value: t.Any) -> float | None:
    """A string before 7.4.2 and in v1 tasks, a number elsewhere; what is out of range tells nothing."""
    if isinstance(value, bool):
        return None
    try:
        percent = float(value)
    except (TypeError, ValueError):
        return None
    return percent if math.isfinite(percent) and 0.0 <= percent <= 100.0 else None


def _time(value: t.Any) -> str | None:
    """Epoch seconds as number or string, or ISO 8601; what is neither is shown as it is."""
    if value in (None, "") or isinstance(value, bool):
        return None
    when = parse_time(value)
    if when is None:
        return str(value)
    try:
        return iso(when)
    except (OverflowError, ValueError, OSError):
        return str(value)


def _id(value: t.Any) -> str | None:
    return str(value) if value not in (None, "") else None
