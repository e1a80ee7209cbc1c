# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creating exactly once, and finding out what an unanswered request has done.

Neither API has an idempotency key, and a subscription costs money. So nothing is created before everything that may
already be on its way has been joined, and no write is repeated while it may still turn out to have worked.
"""

from __future__ import annotations

import contextlib
import typing as t

from .clock import Deadline
from .errors import Busy, OperationFailed, RedisError, UnclearWrite, WaitTimeout
from .lock import CreateLock, create_lock
from .poller import next_delay
from .work import CREATING, Driver, Work

# How long the traces of a request may stay invisible. Redis Cloud: a task can answer 404 for 31 s after its id was
# issued (facts 2.4), and resources are listed up to 30 s late; more than twice that, to be on the safe side.
LOST_GRACE = 75.0
SEARCH_DELAY_MAX = 5.0

# (look, what is waited for) -> waits until the work is settled
Wait = t.Callable[[Work], t.Any]


class Once:
    """The write side of the reconcile loop. ``wait`` follows a piece of work to its end."""

    def __init__(self, driver: Driver, deadline: Deadline, wait: Wait, take_turn: t.Callable[[], None]) -> None:
        self.driver = driver
        self.deadline = deadline
        self._wait = wait
        self._take_turn = take_turn

    def create(self, body: dict[str, t.Any]) -> Work | None:
        """Send the create. None: something else was found and has ended; look again before anything is sent."""
        name = self.driver.label
        with create_lock(self.driver.scope, self.deadline, name) as lock:
            if self._recall(lock, name):
                return None
            self._take_turn()
            snapshot = self.driver.snapshot()
            if self.join(snapshot) or self.driver.find() is not None:
                return None
            lock.intend(name)
            try:
                work: Work | None = self.driver.create(body)
            except UnclearWrite as error:
                work = self.search(CREATING, None, snapshot, error)
            except RedisError:
                # every other failure is definite: there was no effect
                lock.settle(name)
                raise
            lock.settle(name)
            return work

    def recall(self) -> bool:
        """Was a create of this resource sent whose answer nobody has seen? True: it was looked for, look again."""
        with create_lock(self.driver.scope, self.deadline, self.driver.label) as lock:
            return self._recall(lock, self.driver.label)

    def _recall(self, lock: CreateLock, name: str) -> bool:
        ago = lock.sent_seconds_ago(name)
        if ago is None:
            return False
        if ago < LOST_GRACE:
            work = self.search(CREATING, None, self.driver.snapshot(), None, LOST_GRACE - ago)
            if work is not None:
                self._join_work(work)
        lock.settle(name)
        return True

    def join(self, snapshot: t.Any = None) -> bool:
        """Wait for creates in flight that may be ours. True: there was one, look again."""
        work = self.driver.joinable(self.driver.snapshot() if snapshot is None else snapshot)
        if work is not None:
            self._join_work(work)
        return work is not None

    def _join_work(self, work: Work) -> None:
        # whether somebody's create failed is not our business; that it has ended is
        with contextlib.suppress(OperationFailed, Busy):
            self._wait(work)

    def search(
        self,
        action: str,
        resource_id: str | None,
        snapshot: t.Any,
        error: UnclearWrite | None,
        grace: float = LOST_GRACE,
        satisfied: t.Callable[[], bool] = lambda: False,
    ) -> Work | None:
        """Look for what an unanswered request has started, for as long as it may stay invisible. None: nothing."""
        start = self.deadline.elapsed()
        delay = 1.0
        while True:
            work = self.driver.trace(action, resource_id, snapshot)
            if work is None and satisfied():
                work = Work(action, None, resource_id)
            if work is not None:
                return work
            if self.deadline.elapsed() - start >= grace:
                return None
            if self.deadline.passed():
                raise WaitTimeout(
                    "It is not known whether the request to {0} {1} had an effect{2}".format(
                        action, self.driver.label, ": " + error.message if error else "."
                    ),
                    hint="Run the task again: it looks for what was started before it sends anything.",
                )
            self.deadline.pause_within(delay)
            delay = next_delay(delay, SEARCH_DELAY_MAX)
