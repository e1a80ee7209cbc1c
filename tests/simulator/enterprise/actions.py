# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions: what the cluster remembers about asynchronous work, in the shapes of API v1 and v2.

Three kinds: state machines (all work on databases), tasks (work on nodes) and others (export, import, backup; only v2
shows them). The same action reads differently in the two versions: see ``_v1_row`` and ``_v2_row``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError, bad_request
from .routing import Call, Route
from .validation import not_found
from .world import World

MACHINE, TASK, OTHER = "state-machine", "task", "other"
WAITING = {MACHINE: "pending", TASK: "queued", OTHER: "queued"}
WORKING = {MACHINE: "active", TASK: "running", OTHER: "running"}
ENDED = frozenset({"completed", "failed", "cancelled", "aborted"})
MACHINE_STEPS = ("config_security", "proxy_policy")  # the two steps that recordings and documents show
V2_WORDS = {
    "pending": "queued",
    "active": "running",
    "starting": "running",
    "cancelling": "running",
    "cancelled": "failed",
    "aborted": "failed",
}
V2_SINCE = (7, 22, 0, 95)
FIXED_LISTING = (8, 0, 2)  # RS166122
FIXED_V2 = (8, 2, 0, 46)  # RS200753


def _nothing() -> None:
    """What happens to the object when its action is cancelled: by default nothing."""


@dataclass
class Action:
    """``work`` is called when the time is over and returns the error text, empty if all went well."""

    uid: str
    kind: str
    name: str
    object_type: str
    object_uid: str
    created: float
    seconds: float = 0.0
    status: str = ""
    node_uid: str = "1"
    progress: float | None = None
    started: float | None = None
    ended: float | None = None
    error: str = ""
    error_code: str = "internal_error"
    vanishes: bool = False
    work: Callable[[], str] = field(default=lambda: "")
    undo: Callable[[], None] = _nothing

    def percent(self, now: float) -> float:
        """Progress from 0 to 100; a fixed one if it was given, else by the time that has passed."""
        if self.progress is not None:
            return self.progress
        if self.status == "completed":
            return 100.0
        if self.started is None:
            return 0.0
        until = now if self.ended is None else self.ended
        return min(100.0, round(100.0 * (until - self.started) / self.seconds, 2)) if self.seconds else 0.0


class Actions:
    """All actions that the cluster still remembers, oldest first."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._actions: dict[str, Action] = {}
        self.bdb_exists: Callable[[int], bool] = lambda uid: False

    # -- life

    def start(self, action: Action, queue_seconds: float | None = None) -> Action:
        """Let a new action wait, work and end."""
        action.status = WAITING[action.kind]
        self._actions[action.uid] = action
        waiting = self._world.options.queue_seconds if queue_seconds is None else queue_seconds
        self._world.timeline.after(waiting, lambda: self._begin(action))
        return action

    def new(self, kind: str, name: str, object_type: str, object_uid: int | str, seconds: float) -> Action:
        """An action that is not known to the cluster yet."""
        return Action(self._world.uuid(), kind, name, object_type, str(object_uid), self._world.now, seconds)

    def put(self, action: Action) -> None:
        """Remember an action as it is: nothing happens to it by itself."""
        self._actions[action.uid] = action

    def forget(self, action: Action) -> None:
        self._actions.pop(action.uid, None)

    def cancel(self, action: Action) -> None:
        """Stop an action by the documented words: queued -> cancelled, starting -> aborted, running -> cancelling."""
        if action.status == WAITING[action.kind]:
            self._end(action, "cancelled")
        elif action.status == "starting":
            self._end(action, "aborted")
        elif action.status != "cancelling":
            action.status = "cancelling"
            self._world.timeline.after(
                self._world.options.cancel_seconds,
                lambda: self._end(action, "cancelled") if action.status == "cancelling" else None,
            )

    def _begin(self, action: Action) -> None:
        if action.status != WAITING[action.kind]:
            return
        action.started = self._world.now
        action.status = "starting" if action.kind == TASK else WORKING[action.kind]
        if action.kind == TASK:
            self._world.timeline.after(min(1.0, action.seconds / 10), lambda: self._run(action))
        self._world.timeline.after(action.seconds, lambda: self._finish(action))

    def _run(self, action: Action) -> None:
        if action.status == "starting":
            action.status = WORKING[TASK]

    def _finish(self, action: Action) -> None:
        if action.status not in ("starting", WORKING[action.kind]):
            return
        action.error = action.work()
        self._end(action, "failed" if action.error else "completed")

    def _end(self, action: Action, status: str) -> None:
        action.status = status
        action.ended = self._world.now
        if status in ("cancelled", "aborted"):
            action.undo()
        if action.vanishes and status == "completed":
            self.forget(action)
        else:
            self._world.timeline.after(
                self._world.options.action_retention_seconds, lambda: self.forget(action)
            )

    # -- reading

    def rows(self) -> list[Action]:
        """What can be seen now."""
        oldest = self._world.now - self._world.options.action_visible_after_seconds
        return [action for action in self._actions.values() if action.created <= oldest]

    def listed(self, kind: str) -> list[Action]:
        return [action for action in self.rows() if action.kind == kind]

    def by_uid(self, uid: str) -> Action:
        """Raises :class:`ApiError` 404 in the recorded shape."""
        action = next((action for action in self.rows() if action.uid == uid), None)
        if action is None:
            raise ApiError(404, "action_not_found", f"Action {uid} does not exist")
        return action

    def dump(self) -> list[dict[str, Any]]:
        return [{**self._v2_row(action), "raw_status": action.status} for action in self._actions.values()]

    # -- routes

    def routes(self) -> list[Route]:
        view, cancel = "view_status_of_cluster_action", "cancel_cluster_action"
        return [
            Route("GET", "/v1/actions", view, self._list_v1),
            Route("GET", "/v1/actions/{uid}", view, self._get_v1),
            Route("DELETE", "/v1/actions/{uid}", cancel, self._cancel_generic),
            Route("GET", "/v1/actions/bdb/{uid}", view, self._list_bdb, since=(7, 4, 2)),
            Route("GET", "/v2/actions", view, self._list_v2, since=V2_SINCE),
            Route("GET", "/v2/actions/{uid}", view, self._get_v2, since=V2_SINCE),
        ]

    def _list_v1(self, call: Call) -> dict[str, Any]:
        return {
            "actions": [self._v1_row(action) for action in self.listed(TASK)],
            "state-machines": [self._v1_row(action) for action in self.listed(MACHINE)],
        }

    def _get_v1(self, call: Call) -> dict[str, Any]:
        action = self.by_uid(call.params["uid"])
        if action.kind == OTHER:  # v1 knows nothing of exports, imports and backups
            raise ApiError(404, "action_not_found", f"Action {action.uid} does not exist")
        return self._v1_row(action)

    def _list_bdb(self, call: Call) -> Any:
        uid = call.number("uid")
        if not self.bdb_exists(uid) or not call.user.sees(uid):
            raise not_found(uid)
        rows = [
            self._v1_row(action)
            for action in self.listed(MACHINE)
            if (action.object_type, action.object_uid) == ("bdb", str(uid))
        ]
        return {"actions": [], "state-machines": rows} if self._world.options.bdb_actions_wrapper else rows

    def _list_v2(self, call: Call) -> list[dict[str, Any]]:
        build = self._world.version
        if self._world.switched(self._world.options.v2_list_broken, (8, 2, 0, 0) <= build < FIXED_V2):
            raise bad_request("The response does not match its schema")
        return [self._v2_row(action) for action in self.rows()]

    def _get_v2(self, call: Call) -> dict[str, Any]:
        if self._world.options.v2_single_broken:
            raise bad_request("The response does not match its schema")
        return self._v2_row(self.by_uid(call.params["uid"]))

    def _cancel_generic(self, call: Call) -> None:
        if not self._world.options.generic_cancel:
            raise ApiError(405, headers={"Allow": "GET"})
        action = self.by_uid(call.params["uid"])
        if action.status in ENDED:
            raise ApiError(409, "action_already_finished", f"Action {action.uid} is not running")
        self.cancel(action)

    # -- shapes

    def _stale(self, action: Action) -> bool:
        options = self._world.options
        return (
            options.stale_actions
            and self._world.version < FIXED_LISTING
            and action.kind == MACHINE
            and action.status == "completed"
            and action.ended is not None
            and self._world.now < action.ended + options.stale_action_seconds
        )

    def _v1_row(self, action: Action) -> dict[str, Any]:
        percent = action.percent(self._world.now)
        return self._task_row(action, percent) if action.kind == TASK else self._machine_row(action, percent)

    def _task_row(self, action: Action, percent: float) -> dict[str, Any]:
        """Progress and creation time are strings here, as recorded."""
        row: dict[str, Any] = {
            "action_uid": action.uid,
            "creation_time": str(self._world.epoch(action.created)),
            "name": action.name,
            "node_uid": action.node_uid,
            "progress": f"{percent:g}" if self._world.version >= (7, 4, 2) else str(int(percent)),
            "status": action.status,
            "task_id": action.uid,
        }
        if action.error:
            row["error_code"] = action.error_code
            row["error_message"] = action.error
        return row

    def _machine_row(self, action: Action, percent: float) -> dict[str, Any]:
        """A finished one was recorded without progress, state and pending_ops; a running one has them."""
        stale = self._stale(action)
        row: dict[str, Any] = {
            "action_uid": action.uid,
            "heartbeat": self._world.epoch(action.ended),
            "name": action.name,
            "object_name": f"{action.object_type}:{action.object_uid}",
            "status": WORKING[MACHINE] if stale else action.status,
        }
        if stale or action.status not in ENDED:
            step = MACHINE_STEPS[min(len(MACHINE_STEPS) - 1, int(percent * len(MACHINE_STEPS) / 100))]
            row.update({"pending_ops": {}, "progress": percent, "state": step})
        elif self._world.options.completed_machines_with_progress:
            row["progress"] = percent
        if action.error:
            row["error"] = action.error
        return row

    def _v2_row(self, action: Action) -> dict[str, Any]:
        status = WORKING[MACHINE] if self._stale(action) else action.status
        row: dict[str, Any] = {
            "action_type": action.kind,
            "action_uid": action.uid,
            "creation_time": self._world.epoch(action.created),
            "name": action.name,
            "progress": float(action.percent(self._world.now)),
            "status": status if self._world.options.v2_raw_words else V2_WORDS.get(status, status),
        }
        info = {"error": action.error, "object_type": action.object_type, "object_uid": action.object_uid}
        known = {key: value for key, value in info.items() if value}
        if known:
            row["additional_info"] = known
        return row
