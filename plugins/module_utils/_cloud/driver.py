# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the drivers of Redis Cloud resources have in common: tasks, and the two phases of every change."""

from __future__ import annotations

import abc
import dataclasses
import typing as t

from .._core.clock import Deadline
from .._core.errors import Busy, Mistaken, OperationFailed
from .._core.operation import FAILED, SUCCEEDED, Operation
from .._core.options import PROCESSING
from .._core.poller import Reading
from .._core.since import parse_time
from .._core.work import ANOTHERS, CLEARING, CREATING, DELETING, JOINING, UPDATING, Reply, Work
from .api import CloudApi
from .facts import (
    ACTIVE,
    CREATING_WORDS,
    DELETING_WORDS,
    IN_USE_CODES,
    LISTING_GRACE,
    NAME_TAKEN_CODES,
    TASK_VISIBLE_GRACE,
    command_words,
)
from .tasks import is_busy, is_create_of, is_not_found

# How far the clocks of this machine and of the server may be apart, in seconds
CLOCK_SKEW = 120.0

# in a driver's memory: since when a new resource is not found
GONE = "not found "
# in a driver's memory: when the server has refused a name for the first time, and for the last
NAME_TAKEN, NAME_REFUSED = "name taken", "name refused"

# Snapshot of the account's tasks: id -> operation
Snapshot = dict[str, Operation]


class CloudDriver(abc.ABC):
    """See work.Driver. Subclasses say what the resource is; this class knows how Redis Cloud changes it.

    :param wait_for: PROCESSING ends a wait with the task and the subscription's readiness for the next change.
    """

    noun = ""
    id_key = ""
    failed_words: tuple[str, ...] = ()
    ready_words: tuple[str, ...] = ACTIVE
    label = ""
    scope: tuple[str, ...] = ()

    def __init__(self, api: CloudApi, deadline: Deadline, wait_for: str) -> None:
        self.api = api
        self.deadline = deadline
        self.wait_for = wait_for
        self.memory: dict[str, float] = {}

    # what a subclass defines

    @abc.abstractmethod
    def find(self) -> Reply | None:
        """See work.Driver."""

    @abc.abstractmethod
    def get(self, resource_id: str) -> Reply | None:
        """The resource with this id, or None."""

    @abc.abstractmethod
    def is_mine(self, reply: Reply) -> bool:
        """Is this the resource that the task means?"""

    def is_own_create(self, operation: Operation) -> bool:
        """May this create have been sent for the resource that the task means?"""
        return is_create_of(operation, self.noun)

    @abc.abstractmethod
    def listed(self) -> list[Reply]:
        """Everything that is listed beside it."""

    def surroundings(self, work: Work, reply: Reply | None) -> Reading | None:
        """What else has to come to rest before the resource counts as settled; None: nothing."""
        return None

    # reading

    def identify(self, reply: Reply) -> str:
        return str(reply[self.id_key])

    def status(self, reply: Reply) -> str:
        return str(reply.get("status") or "")

    def under_way(self, reply: Reply) -> str:
        word = self.status(reply).lower()
        if word in DELETING_WORDS:
            return DELETING
        if word in CREATING_WORDS:
            return CREATING
        return "" if word in self.ready_words + self.failed_words else UPDATING

    def check_usable(self, reply: Reply) -> None:
        if self.status(reply).lower() in self.failed_words:
            raise OperationFailed(
                "{0} is in state {1}; the API gives no reason.".format(self.label, self.status(reply)),
                reply=reply,
                hint="It exists and may be billed. Look at it in the Redis Cloud console; delete it with state=absent "
                "to create it anew.",
            )

    def check_deletable(self, reply: Reply) -> None:
        """Nothing is in the way, unless a subclass knows better."""
        return

    def foresee_create(self) -> None:
        """Nothing more than what the plan knows, unless a subclass knows better."""
        return

    def look(self, work: Work) -> Reading:
        operation = work.operation
        if operation is not None and not operation.finished:
            operation = work.operation = self._look_at_task(operation)
            new = work.action == CREATING and operation.state == SUCCEEDED and self.wait_for != PROCESSING
            # what is new is not looked at in the same moment: its provisioning takes minutes
            if not operation.finished or (new and not self.deadline.passed()):
                return Reading(False, PROCESSING, operation.status, operation=operation, value=None)
        if work.action == JOINING:
            return self._look_at_join(operation)
        if work.doubtful and operation is not None:
            if self._is_anothers(work, operation):
                raise Mistaken()
            work.doubtful = False
        if operation is not None and operation.state == FAILED:
            self.judge_failure(work, operation)
        if work.action == CLEARING:
            return Reading(True, "deleting", value=self.get(work.resource_id) if work.resource_id else None)
        return self._look_at_resource(work)

    def _look_at_join(self, operation: Operation | None) -> Reading:
        if operation is None:
            return Reading(True, PROCESSING, "")
        hidden = "not listed yet" if self.is_coming(operation) else "not read back yet" if self.is_hidden(operation) else ""
        return Reading(not hidden, PROCESSING, hidden or operation.status, operation=operation)

    def is_hidden(self, operation: Operation) -> bool:
        """Has this change succeeded so recently that its values may not be read back yet?"""
        return False

    def _look_at_task(self, known: Operation) -> Operation:
        """The task as it is now. That it is not found means little while it is young (2.4)."""
        seen = self.api.task(known.id)
        missing = "missing " + known.id
        if seen is not None:
            self.memory.pop(missing, None)
            seen.resource_type = seen.resource_type or known.resource_type
            seen.resource_id = seen.resource_id or known.resource_id
            seen.parent_id = seen.parent_id or known.parent_id
            seen.kind = seen.kind or known.kind
            return seen
        if self.noticed(missing) < TASK_VISIBLE_GRACE:
            return known
        raise OperationFailed(
            "Task {0} of {1} is not known to the API (HTTP 404 for {2:.0f} seconds).".format(known.id, self.label, TASK_VISIBLE_GRACE),
            hint="Tasks are kept for ten days. Run the task again: it looks at the resource itself.",
        )

    def noticed(self, what: str) -> float:
        """How long ago, in seconds, this was noticed for the first time."""
        now = self.deadline.clock.time()
        return now - self.memory.setdefault(what, now)

    def may_show_up(self) -> bool:
        """A name was refused because it is taken: by something not listed yet, an earlier create, which will show up?"""
        self.memory[NAME_REFUSED] = self.deadline.clock.time()
        return self.noticed(NAME_TAKEN) < LISTING_GRACE

    def judge_failure(self, work: Work, operation: Operation) -> None:
        """Raises, unless the failure is what was asked for: deleting what is not there."""
        error = operation.error or {}
        if work.action in (DELETING, CLEARING) and is_not_found(error):
            # somebody else has deleted it
            work.ours = False
            return
        message = "The task {0} of {1} failed: {2}.".format(
            operation.kind or operation.id, self.label, operation.reason().rstrip(".")
        )
        taken = work.action == CREATING and error.get("code") in NAME_TAKEN_CODES
        in_use = work.action == DELETING and error.get("code") in IN_USE_CODES
        if is_busy(error) or in_use or (taken and self.may_show_up()):
            code, description = str(error.get("code", "")), str(error.get("description", ""))
            raise Busy(message, own=taken, code=code, description=description)
        # a task that fails has not been carried out; what fails later shows in the resource (2.1)
        raise OperationFailed(message, had_effect=False, error=error)

    def _look_at_resource(self, work: Work) -> Reading:
        operation = work.operation
        work.resource_id = work.resource_id or (operation.resource_id if operation is not None else None)
        reply = self.read(work)
        if reply is not None:
            work.resource_id = self.identify(reply)
            if operation is not None:
                operation.resource_id = operation.resource_id or work.resource_id
        reading = Reading(False, "provisioning", self.status(reply) if reply else "not listed yet", operation=operation, value=reply)
        if work.action == DELETING:
            processed = self.wait_for == PROCESSING and operation is not None
            reading.phase, reading.settled = "deleting", reply is None or processed
            reading.status = self.status(reply) if reply else "gone"
            return self._with_surroundings(work, reading)
        if reply is None:
            # a new resource may be listed late (2.4); one that existed before has been deleted by somebody
            reading.settled = work.action != CREATING
            if not reading.settled and work.resource_id and self.noticed(GONE + work.resource_id) >= LISTING_GRACE:
                raise OperationFailed(
                    "{0} was created with id {1}, and is not there any more.".format(self.label, work.resource_id),
                    hint="Somebody has deleted it. Run the task again to create it anew.",
                )
            return reading
        self.memory.pop(GONE + self.identify(reply), None)
        if work.action == CREATING and not self.is_mine(reply):
            mine = self.find()
            if mine is None or self.identify(mine) != self.identify(reply):
                # the traced task was somebody else's
                return Reading(True, "provisioning", value=mine)
        if self.wait_for == PROCESSING and operation is not None:
            reading.settled = True
            return self._with_surroundings(work, reading)
        word = self.status(reply).lower()
        if word in self.failed_words:
            self.check_usable(reply)
        reading.settled = word in self.ready_words
        return self._with_surroundings(work, reading)

    def read(self, work: Work) -> Reply | None:
        return self.get(work.resource_id) if work.resource_id else self.find()

    def _with_surroundings(self, work: Work, reading: Reading) -> Reading:
        if not reading.settled:
            return reading
        if work.action == CREATING and not self.is_listed(t.cast(Reply, reading.value)):
            return dataclasses.replace(reading, settled=False, status=reading.status + ", not listed yet")
        return self.surroundings(work, t.cast("Reply | None", reading.value)) or reading

    # creating exactly once

    def snapshot(self, since: float | None = None) -> Snapshot:
        return {operation.id: operation for operation in self.api.tasks() if since is None or _before(operation, since)}

    def joinable(self, snapshot: Snapshot) -> Work | None:
        creates = [operation for operation in snapshot.values() if self.is_own_create(operation)]
        for operation in creates:
            if not operation.finished:
                return Work(JOINING, operation)
        gone = {operation.resource_id for operation in snapshot.values() if self._is_deletion(operation)}
        fresh = [operation for operation in creates if self.is_fresh(operation) and operation.resource_id not in gone]
        rows = self.listed() if fresh else []
        listed = {self.identify(row) for row in rows}
        unlisted = [operation for operation in fresh if operation.resource_id not in listed]
        for operation in unlisted:
            if self.is_coming(operation):
                return Work(JOINING, operation)
        # it was not found, but it may have come into the list since
        appeared = any(self.is_mine(row) for row in rows) or (unlisted and self.find() is not None)
        return Work(JOINING, fresh[-1]) if appeared else None

    def appeared(self, snapshot: Snapshot) -> bool:
        return self.find() is not None

    def _is_deletion(self, operation: Operation) -> bool:
        words = command_words(operation.kind)
        return words.startswith(self.noun) and DELETING in words and operation.state != FAILED and bool(operation.resource_id)

    def is_listed(self, reply: Reply) -> bool:
        """Will another run find what has just been created? Lists lag behind (2.4), and whoever looks in vain creates
        a second one. Raises Ambiguous when another machine has created one, too."""
        listed = self.find()
        own = self.identify(reply)
        return (listed is not None and self.identify(listed) == own) or self.noticed("not listed " + own) >= LISTING_GRACE

    def is_coming(self, operation: Operation) -> bool:
        """Has this create made what the task means, or may it have, and the list does not show it yet?"""
        if not (self.is_own_create(operation) and self.is_fresh(operation)) or self.find() is not None:
            return False
        made = self.get(operation.resource_id) if operation.resource_id else None
        if made is not None and not self.is_mine(made):
            return False
        return self.noticed("not listed " + operation.id) < LISTING_GRACE

    def is_fresh(self, operation: Operation) -> bool:
        """Has it succeeded so recently that lists may not show it yet? What has a result was a dry run."""
        if operation.state != SUCCEEDED or operation.result is not None or not operation.updated:
            return False
        return not _before(operation, self.deadline.clock.time() - LISTING_GRACE)

    def queued(self, action: str, resource_id: str) -> Work | None:
        for operation in self.snapshot().values():
            if self._may_be(operation, action, resource_id):
                return self._found(action, operation, resource_id)
        return None

    def trace(self, action: str, resource_id: str | None, snapshot: t.Any) -> Work | None:
        known: Snapshot = snapshot or {}
        for operation in self.api.tasks():
            new = operation.id not in known or not known[operation.id].finished
            mine = new and self._may_be(operation, action, resource_id)
            if mine and (action != CREATING or not operation.finished or self._created_mine(operation)):
                return self._found(action, operation, resource_id)
        reply = self.get(resource_id) if resource_id else self.find()
        if action == CREATING:
            return Work(CREATING, None, self.identify(reply)) if reply is not None else None
        change = DELETING if reply is None else self.under_way(reply)
        # what is being updated is not being deleted because of that
        if change == DELETING or (change and action == UPDATING):
            return Work(action, None, resource_id)
        return None

    def _found(self, action: str, operation: Operation, resource_id: str | None) -> Work:
        """A task that is not finished does not tell what it is about, and neither does one that has failed (2.2)."""
        return Work(action, operation, resource_id, doubtful=operation.resource_id is None)

    def _is_anothers(self, work: Work, operation: Operation) -> bool:
        """Now that it has ended: is it about something else? Nobody can tell of one that has failed without naming what
        it was about; if it was ours, it had no effect, and sending it once more shows why."""
        if work.action == CLEARING:
            # it is about a database of what is to be deleted
            return operation.parent_id != work.resource_id
        if operation.resource_id is None:
            return operation.state == FAILED
        if work.action == CREATING:
            return not self._created_mine(operation)
        return operation.resource_id != work.resource_id

    def _may_be(self, operation: Operation, action: str, resource_id: str | None) -> bool:
        if ANOTHERS + operation.id in self.memory:
            return False
        if action == CREATING:
            return self.is_own_create(operation)
        words = command_words(operation.kind)
        same = action in words and words.startswith(self.noun)
        return not operation.finished and same and operation.resource_id in (None, resource_id)

    def _created_mine(self, operation: Operation) -> bool:
        """A finished create: ours unless what it made has another name. What cannot be seen yet may be ours."""
        reply = self.get(operation.resource_id) if operation.resource_id else None
        return reply is None or self.is_mine(reply)


def _before(operation: Operation, since: float) -> bool:
    """Had it its present status before that time? What does not tell counts as new."""
    updated = parse_time(operation.updated) if operation.updated else None
    return updated is not None and updated < since - CLOCK_SKEW
