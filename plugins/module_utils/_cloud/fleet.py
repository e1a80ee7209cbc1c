# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many databases of one subscription: drivers that share a list, the account's tasks and the look at the subscription."""

from __future__ import annotations

import contextlib
import typing as t

from .._core.clock import Deadline
from .._core.operation import Operation
from .._core.options import PROCESSING
from .._core.poller import Reading
from .._core.survey import Survey
from .._core.work import CREATING, DELETING, Reply, Work
from .api import CloudApi
from .database import DatabaseDriver
from .driver import CloudDriver, Snapshot
from .facts import LISTING_GRACE


class Shared:
    """What the items of one run have in common. ``rested`` says that the subscription was active at the last look,
    and that nothing has been written since; ``creates``, that a create has been let through."""

    def __init__(self, api: CloudApi, deadline: Deadline, subscription_id: str, *, creates: bool = False) -> None:
        plain = DatabaseDriver(api, deadline, PROCESSING, subscription_id)
        self.survey = Survey(plain.listed, plain.get, plain.id_key, deadline.clock, LISTING_GRACE)
        self.recent = plain.recent
        self.tasks: Snapshot | None = None
        self.rested = False
        self.creates = creates

    def look_again(self) -> None:
        """Something has happened outside this run, or is not known to have happened."""
        self.survey.forget()
        self.tasks = None
        self.rested = False


class FleetDatabaseDriver(DatabaseDriver):
    """A DatabaseDriver that asks the server only what the others have not asked before.

    A name is unique in a subscription, and the server sees to it; a database that another machine has created since
    the list was read ends in NAME_TAKEN, upon which the list is read again.
    """

    shared: Shared
    _made: Reply | None = None

    def find(self) -> Reply | None:
        if self.name is None:
            return super().find()
        reply = self.shared.survey.find(self.name, self.under_way, self.label)
        return self.get(self.identify(reply)) if reply is not None and self.detail else reply

    def listed(self) -> list[Reply]:
        return self.shared.survey.rows

    def snapshot(self, since: float | None = None) -> Snapshot:
        if since is not None:
            return super().snapshot(since)
        if self.shared.tasks is None:
            self.shared.tasks = super().snapshot()
        return self.shared.tasks

    def joinable(self, snapshot: Snapshot) -> Work | None:
        work = super().joinable(snapshot)
        if work is not None:
            # when it has been joined, it will have left something in the list
            self.shared.look_again()
        return work

    def read(self, work: Work) -> Reply | None:
        """After a write once: what is waited for then is the subscription."""
        if self._made is None or work.operation is None:
            self._made = CloudDriver.read(self, work)
        return self._made

    def is_listed(self, reply: Reply) -> bool:
        """The fleet waits for all of them together, at its end."""
        return True

    def is_coming(self, operation: Operation) -> bool:
        self.shared.survey.forget()
        return super().is_coming(operation)

    def foresee_create(self) -> None:
        if not self.shared.creates:
            super().foresee_create()
            self.shared.creates = True

    def turn(self, action: str, reply: Reply | None) -> Reading:
        first_create = action == CREATING and not self.shared.creates
        if self.shared.rested and not first_create:
            return Reading(True, "ready", "active")
        reading = super().turn(action, reply)
        self.shared.rested = reading.settled
        # it has not been refused, and so it is a subscription that takes creates of this kind
        self.shared.creates = self.shared.creates or first_create
        return reading

    def look(self, work: Work) -> Reading:
        return self.shared.survey.through(super().look, work)

    def surroundings(self, work: Work, reply: Reply | None) -> Reading | None:
        reading = super().surroundings(work, reply)
        self.shared.rested = work.operation is not None and reading is None
        return reading

    def queued(self, action: str, resource_id: str) -> Work | None:
        work = super().queued(action, resource_id)
        if work is not None:
            self.shared.look_again()
        return work

    def trace(self, action: str, resource_id: str | None, snapshot: t.Any) -> Work | None:
        self.shared.survey.forget()
        self._made = None
        return super().trace(action, resource_id, snapshot)

    def judge_failure(self, work: Work, operation: Operation) -> None:
        with self._news():
            super().judge_failure(work, operation)

    def create(self, body: Reply) -> Work:
        with self._news():
            return super().create(body)

    def update(self, reply: Reply, body: Reply) -> Work:
        with self._news():
            return super().update(reply, body)

    def delete(self, reply: Reply) -> Work:
        with self._news():
            return super().delete(reply)

    def _news(self) -> contextlib.AbstractContextManager[None]:
        return self.shared.survey.questioned(self.shared.look_again)

    def _work(self, action: str, operation: Operation, reply: Reply | None = None) -> Work:
        self.shared.rested = False
        self._made = None
        if self.shared.tasks is not None:
            # our own tasks are no news
            self.shared.tasks[operation.id] = Operation(operation.id, state="succeeded")
        if action == DELETING and reply is not None:
            self.shared.survey.note(self.identify(reply), reply)
        return super()._work(action, operation, reply)
