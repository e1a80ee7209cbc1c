# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks of the account: queued first in, first out, processed one at a time (facts 2.1, 2.2, 2.4, 4)."""

from __future__ import annotations

import random
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ..clock import iso
from ..timeline import Timeline
from .errors import TaskProblem
from .options import CloudOptions

DESCRIPTIONS = {
    "received": "Task request received and is being queued for processing.",
    "processing-completed": (
        "Request processing completed successfully and its resources are now being provisioned / de-provisioned."
    ),
    "processing-error": "Task request failed during processing. See error information for failure details.",
}
SECONDS_PER_DAY = 86400.0


@dataclass
class Outcome:
    """What a completed task tells: ids, a payload, and where the resource is (path below the base URL)."""

    resource_id: int | None = None
    additional_resource_id: int | None = None
    resource: Any = None
    path: str | None = None


@dataclass
class Work:
    """What a task does. ``check`` runs when processing begins, ``apply`` when it ends; both may raise TaskProblem."""

    command: str
    check: Callable[[], None]
    apply: Callable[[], Outcome]
    kind: str = "change"  # create, change or read
    ids: dict[str, int] = field(default_factory=dict)


@dataclass
class Task:
    """One request on its way.

    ``submitted`` and ``changed`` are simulated seconds, ``changed_at`` is ``changed`` as epoch seconds, ``change`` counts
    the changes of all tasks.
    """

    id: str
    work: Work
    submitted: float
    changed: float
    changed_at: float
    change: int
    status: str = "received"
    outcome: Outcome | None = None
    problem: TaskProblem | None = None

    @property
    def finished(self) -> bool:
        return self.status in ("processing-completed", "processing-error")


class TaskQueue:
    """Accepts work, does one piece at a time, remembers what became of it."""

    def __init__(self, timeline: Timeline, options: CloudOptions, rng: random.Random) -> None:
        self._timeline = timeline
        self._options = options
        self._rng = rng
        self._tasks: dict[str, Task] = {}
        self._waiting: deque[Task] = deque()
        self._working: Task | None = None
        self._changes = count()

    def submit(self, work: Work) -> Task:
        """Queue ``work``; its processing may begin within this call."""
        now = self._timeline.time
        identifier = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        task = Task(identifier, work, now, now, self._timeline.timestamp(), next(self._changes))
        self._tasks[task.id] = task
        self._waiting.append(task)
        # Begun by an event of this very moment, so that the answer to the request still says "received".
        self._timeline.after(0.0, self._begin)
        return task

    def get(self, identifier: str) -> Task | None:
        """The task as ``GET /tasks/{id}`` finds it: not when too new, not when too old."""
        task = self._tasks.get(identifier)
        if (
            task is None
            or self._timeline.time - task.submitted < self._options.task_404_seconds
            or self._forgotten(task)
        ):
            return None
        return task

    def listed(self) -> list[Task]:
        """The tasks as ``GET /tasks`` lists them: latest change first."""
        for identifier in [task.id for task in self._tasks.values() if self._forgotten(task)]:
            del self._tasks[identifier]
        now = self._timeline.time
        visible = [
            task
            for task in self._tasks.values()
            if now - task.submitted >= self._options.task_visible_seconds
            and (self._options.finished_tasks_listed or not task.finished)
        ]
        return sorted(visible, key=lambda task: task.change, reverse=True)

    def unfinished(self, command: str) -> int:
        """How many tasks of this command are waiting or being processed."""
        return sum(1 for task in self.open_tasks() if task.work.command == command)

    def open_tasks(self) -> list[Task]:
        """What is being processed, then what waits."""
        return ([self._working] if self._working else []) + list(self._waiting)

    def all(self) -> list[Task]:
        """Every remembered task, visible or not, oldest first."""
        return list(self._tasks.values())

    def view(self, task: Task, accepted: bool = False) -> dict[str, Any]:
        """The task as JSON; ``accepted``: as the answer to the request that made it."""
        body: dict[str, Any] = {"taskId": task.id, "commandType": task.work.command, "status": task.status}
        if task.status in DESCRIPTIONS:
            body["description"] = DESCRIPTIONS[task.status]
        body["timestamp"] = iso(task.changed_at, 9)
        response = self._response(task)
        if response is not None:
            body["response"] = response
        href = f"{self._options.base_url}/tasks/{task.id}"
        links = [{"rel": "task" if accepted else "self", "type": "GET", "href": href}]
        if task.outcome and task.outcome.path:
            links.insert(
                0, {"rel": "resource", "type": "GET", "href": self._options.base_url + task.outcome.path}
            )
        if self._options.links_style == "links":
            body["links"] = links
        else:
            body["_links"] = {link["rel"]: {"href": link["href"], "type": "GET"} for link in links}
        return body

    def _response(self, task: Task) -> dict[str, Any] | None:
        if task.status in ("initialized", "processing-in-progress"):
            return {}  # recorded beside these two words
        if task.problem is not None:
            if self._options.error_style == "string":
                return {"error": task.problem.code}
            return {"error": task.problem.as_object()}
        if task.outcome is None:
            return None
        style = {"create": self._options.create_response, "change": self._options.change_response}.get(
            task.work.kind, "full"
        )
        if style != "full":
            return {} if style == "empty" else None
        named = {
            "resourceId": task.outcome.resource_id,
            "additionalResourceId": task.outcome.additional_resource_id,
            "resource": task.outcome.resource,
        }
        return {name: value for name, value in named.items() if value is not None}

    def _forgotten(self, task: Task) -> bool:
        age = self._timeline.time - task.changed
        return task.finished and age > self._options.task_retention_days * SECONDS_PER_DAY

    def _move(self, task: Task, status: str) -> None:
        task.status = status
        task.changed = self._timeline.time
        task.changed_at = self._timeline.timestamp()
        task.change = next(self._changes)

    def _begin(self) -> None:
        if self._working is not None or not self._waiting:
            return
        task = self._working = self._waiting.popleft()
        try:
            task.work.check()
        except TaskProblem as problem:
            self._plan(task, self._options.error_seconds, problem)
        else:
            self._plan(task, self._seconds(task.work), None)

    def _plan(self, task: Task, seconds: float, problem: TaskProblem | None) -> None:
        self._move(task, "initialized")
        self._timeline.after(
            min(self._options.initialized_seconds, seconds),
            lambda: self._move(task, "processing-in-progress"),
        )
        self._timeline.after(seconds, lambda: self._end(task, problem))

    def _end(self, task: Task, problem: TaskProblem | None) -> None:
        if problem is None:
            try:
                task.outcome = task.work.apply()
            except TaskProblem as late:
                problem = late
        task.problem = problem
        self._move(task, "processing-error" if problem else "processing-completed")
        self._working = None
        self._begin()

    def _seconds(self, work: Work) -> float:
        general = (
            self._options.read_processing_seconds if work.kind == "read" else self._options.processing_seconds
        )
        return float(self._options.processing_by_command.get(work.command, general))
