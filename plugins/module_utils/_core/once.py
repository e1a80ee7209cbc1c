# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing exactly once, and finding out what an unanswered request has done.

Neither API has an idempotency key, and a subscription costs money. So nothing is created before everything that may
already be on its way has been joined, and no write is repeated while it may still turn out to have worked.
"""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from .clock import Deadline
from .errors import Busy, Mistaken, OperationFailed, RedisError, TransientError, UnclearWrite, WaitTimeout
from .lock import create_lock
from .memory import Memory, Note
from .poller import Reading, next_delay
from .work import CREATING, JOINING, Driver, Work

# How long the traces of a request may stay invisible. Redis Cloud: a task can answer 404 for 31 s after its id was
# issued (facts 2.4), and resources are listed up to 30 s late; more than twice that, to be on the safe side.
LOST_GRACE = 75.0
SEARCH_DELAY_MAX = 5.0
# In the driver's memory: when the last write was sent, by which a later slice knows the note of its own run
SENT = "sent"

# waits until a piece of work is settled
Wait = t.Callable[[Work], t.Any]


class Once:
    """The write side of the reconcile loop."""

    def __init__(self, driver: Driver, deadline: Deadline, wait: Wait, on_reading: t.Callable[[Reading], None]) -> None:
        self.driver = driver
        self.deadline = deadline
        self.memory = Memory(driver.scope, driver.label, deadline.clock, driver.memory.get(SENT))
        self._wait = wait
        self._on_reading = on_reading

    def unanswered(self) -> Work | None:
        """What a write of this run has started whose answer an earlier slice has not seen. None: nothing; or nobody
        can tell, because another process on this machine has given it up meanwhile and may have sent its own."""
        note = self.memory.recall()
        if note is None or note.when != self.driver.memory.get(SENT):
            return None
        return self._traced(note)

    def recall(self) -> Work | None:
        """Join what an earlier run has sent and not seen to its end, and return it. When there was something, look
        again; the note is kept until the caller has seen what has come of it."""
        note = self.memory.recall()
        if note is None:
            return None
        self.driver.memory[SENT] = note.when
        if note.operation is not None:
            # it was answered: how long it may be invisible, or still be listed, counts from then
            for what in ("missing ", "joined "):
                self.driver.memory.setdefault(what + note.operation.id, self.deadline.clock.time() - self.memory.age(note))
            found: Work | None = Work(note.action, note.operation, note.resource_id)
        else:
            found = self._traced(note)
        work = Work(JOINING, found.operation if found is not None else None, note.resource_id, recalled=True)
        if found is not None and found.operation is not None:
            work.resource_id = found.resource_id
            self._join_work(work)
        return dataclasses.replace(work, action=note.action)

    def _traced(self, note: Note) -> Work | None:
        """Search for what a request has started whose answer was not seen, as long as it may be about to show up."""
        # a long queue may show it after that time, too: one look is always taken
        grace = LOST_GRACE - self.memory.age(note)
        work = self.search(note.action, note.resource_id, self.driver.snapshot(note.when), None, grace)
        if work is None:
            self.memory.settle()
        return work if self.memory.is_current(note) else None

    def create(self, request: t.Callable[[], Work], take_turn: t.Callable[[], None]) -> Work | None:
        """Send the create. None: something else was found and has ended; look again before anything is sent."""
        with create_lock(self.driver.scope, self.deadline, self.driver.label, self._on_reading):
            if self.recall() is not None:
                if self.driver.find() is None:
                    self.memory.settle()
                return None
            take_turn()
            snapshot = self.driver.snapshot()
            if self.join(snapshot) or self.driver.appeared(snapshot):
                return None
            return self.send(CREATING, None, request, snapshot)

    def send(
        self,
        action: str,
        resource_id: str | None,
        request: t.Callable[[], Work],
        snapshot: t.Any = None,
        satisfied: t.Callable[[], bool] = lambda: False,
    ) -> Work | None:
        """Send a write that has not been sent yet. None: it certainly had no effect, although nobody said so."""
        self.driver.memory[SENT] = self.memory.intend(action, resource_id)
        try:
            work: Work | None = request()
        except UnclearWrite as error:
            work = self.search(action, resource_id, snapshot, error, satisfied=satisfied)
        except RedisError:
            # every other failure is definite: there was no effect
            self.memory.settle()
            raise
        if work is None:
            self.memory.settle()
        else:
            self.memory.answered(None if work.doubtful else work.operation, work.resource_id)
        return work

    def join(self, snapshot: t.Any = None) -> bool:
        """Wait for creates in flight that may be ours. True: there was one, look again."""
        work = self.driver.joinable(self.driver.snapshot() if snapshot is None else snapshot)
        if work is not None:
            self._join_work(work)
        return work is not None

    def _join_work(self, work: Work) -> None:
        # whether somebody's create failed is not our business; that it has ended is
        with contextlib.suppress(OperationFailed, Busy, Mistaken):
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
            try:
                work = self.driver.trace(action, resource_id, snapshot)
                if work is None and satisfied():
                    work = Work(action, None, resource_id, guessed=True)
            except TransientError:
                if not self.deadline.passed():
                    raise
                raise self._unknown(action, error) from None
            if work is not None:
                return work
            if self.deadline.elapsed() - start >= grace:
                return None
            if self.deadline.passed():
                raise self._unknown(action, error)
            self._on_reading(Reading(False, "looking for what the request has started", ""))
            self.deadline.pause(delay)
            delay = next_delay(delay, SEARCH_DELAY_MAX)

    def _unknown(self, action: str, error: UnclearWrite | None) -> WaitTimeout:
        return WaitTimeout(
            "It is not known whether the request to {0} {1} had an effect{2}".format(
                action, self.driver.label, ": " + error.message if error else "."
            ),
            hint="Run the task again: it looks for what was started before it sends anything.",
        )
