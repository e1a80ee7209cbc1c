# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for tasks by their ids alone: through processing and the provisioning of what they touch."""

from __future__ import annotations

import typing as t

from .._core.clock import Deadline
from .._core.errors import Busy, OperationFailed
from .._core.operation import Operation
from .._core.options import PROCESSING
from .._core.poller import Reading, tally
from .._core.work import CREATING, DELETING, JOINING, UPDATING, Reply, Work
from .api import CloudApi
from .database import DatabaseDriver
from .driver import CloudDriver
from .facts import command_words
from .subscription import SubscriptionDriver


def action_of(operation: Operation) -> str:
    """What a task does to its resource, from the words of its kind."""
    words = command_words(operation.kind)
    if "create" in words:
        return CREATING
    return DELETING if "delete" in words else UPDATING


class TaskWaiter:
    """Follows one task. ``look`` has the meaning of work.Driver.look; ``error`` keeps a definite failure."""

    def __init__(
        self, api: CloudApi, deadline: Deadline, wait_for: str, task_id: str, memory: dict[str, float] | None = None
    ) -> None:
        self.memory: dict[str, float] = {} if memory is None else memory
        self.api = api
        self.deadline = deadline
        self.wait_for = wait_for
        self.operation = Operation(id=task_id, state="pending")
        self.reading = Reading(False, PROCESSING, "")
        self.error: OperationFailed | None = None
        self._driver: CloudDriver | None = None
        self._work: Work | None = None

    @property
    def done(self) -> bool:
        return self.reading.settled or self.error is not None

    def look(self) -> None:
        try:
            self.reading = self._look()
        except Busy as error:
            self.error = OperationFailed(
                error.message, hint="It had no effect; run the task again that sent it.", error=self.operation.error
            )
        except OperationFailed as error:
            self.error = error

    def _look(self) -> Reading:
        if self._work is None or self._driver is None:
            # which resource a task is about can be known late: until then any driver can read the task
            probe = _TaskOnly(self.api, self.deadline, self.wait_for)
            probe.label = "what it is about"
            probe.memory = self.memory
            work = Work(JOINING, self.operation)
            reading = probe.look(work)
            self.operation = work.operation or self.operation
            if not reading.settled:
                return reading
            self._driver = self._driver_of(self.operation)
            self._driver.memory = self.memory
            self._work = Work(action_of(self.operation), self.operation, self.operation.resource_id)
            if self.operation.error:
                self._driver.judge_failure(self._work, self.operation)
        if self._driver is None or isinstance(self._driver, _TaskOnly):
            return Reading(True, PROCESSING, self.operation.status, operation=self.operation)
        return self._driver.look(self._work)

    def _driver_of(self, operation: Operation) -> CloudDriver:
        if operation.resource_type == "database" and operation.resource_id and operation.parent_id:
            return DatabaseDriver(
                self.api, self.deadline, self.wait_for, operation.parent_id, database_id=operation.resource_id, wanted=False
            )
        if operation.resource_type == "subscription" and operation.resource_id:
            return SubscriptionDriver(
                self.api, self.deadline, self.wait_for, subscription_id=operation.resource_id, wanted=False, created_with=None
            )
        driver = _TaskOnly(self.api, self.deadline, self.wait_for)
        driver.label = "a resource that it does not name"
        return driver


class _TaskOnly(CloudDriver):
    """For tasks whose resource is not known (yet): their processing is all there is to wait for."""

    def find(self) -> Reply | None:
        return None

    def get(self, resource_id: str) -> Reply | None:
        return None

    def is_mine(self, reply: Reply) -> bool:
        return False

    def listed(self) -> list[Reply]:
        return []

    def is_coming(self, operation: Operation) -> bool:
        return False


def wait_for_all(waiters: t.Sequence[TaskWaiter]) -> Reading:
    """One look at all tasks that are not done; settled when every one is."""
    for waiter in waiters:
        if not waiter.done:
            waiter.look()
    open_ones = [waiter for waiter in waiters if not waiter.done]
    if not open_ones:
        return Reading(True, "done", "")
    first = open_ones[0].reading
    if len(waiters) == 1:
        return Reading(False, first.phase, first.status)
    failed = sum(waiter.error is not None for waiter in waiters)
    done = tally(len(waiters) - len(open_ones), len(waiters), failed, "tasks done")
    return Reading(False, first.phase, "{0}; {1}".format(done, first.status))
