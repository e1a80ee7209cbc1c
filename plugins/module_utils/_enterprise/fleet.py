# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many databases of one cluster: drivers that share a list. The cluster builds databases side by side, so that every
write is sent at once and the wait is for all of them."""

from __future__ import annotations

import typing as t

from .._core.clock import Deadline
from .._core.options import PROVISIONING
from .._core.poller import Reading
from .._core.survey import Survey
from .._core.work import Reply, Work
from .api import IDENTITY, EnterpriseApi
from .driver import DatabaseDriver, Snapshot
from .facts import CREATING_WORDS


class Shared:
    """What the items of one run have in common. ``actions`` are those that were there before its first create."""

    def __init__(self, api: EnterpriseApi, deadline: Deadline, extended: bool) -> None:
        plain = DatabaseDriver(api, deadline, PROVISIONING, wanted=False, extended=extended)
        self.survey = Survey(lambda: api.bdbs((), extended), plain.get, "uid", deadline.clock)
        self.actions: Snapshot | None = None


class FleetDatabaseDriver(DatabaseDriver):
    """A DatabaseDriver that asks the cluster only what the others have not asked before.

    Names are not unique in a cluster (T1), so that the names are listed again right before each create.
    """

    shared: Shared

    def find(self) -> Reply | None:
        if self.name is None:
            return super().find()
        return self.shared.survey.find(self.name, self.under_way, self.label)

    def snapshot(self, since: float | None = None) -> Snapshot:
        self._list_names()
        if since is not None:
            return super().snapshot(since)
        if self.shared.actions is None:
            self.shared.actions = super().snapshot()
        return self.shared.actions

    def _list_names(self) -> None:
        known = {str(row["uid"]) for row in self.shared.survey.rows}
        if any(self.is_mine(row) and self.identify(row) not in known for row in self.api.bdbs(IDENTITY)):
            self.shared.survey.forget()

    def joinable(self, snapshot: Snapshot) -> Work | None:
        work = super().joinable(snapshot)
        if work is not None:
            self.shared.actions = None
        return work

    def queued(self, action: str, resource_id: str) -> Work | None:
        """A change that is on its way shows in the status of the database (2.6), which the list tells."""
        return None

    def trace(self, action: str, resource_id: str | None, snapshot: t.Any) -> Work | None:
        # an unanswered write may have changed what the list says
        self.shared.survey.forget()
        return super().trace(action, resource_id, snapshot)

    def look(self, work: Work) -> Reading:
        return self.shared.survey.through(super().look, work)

    def create(self, body: dict[str, t.Any]) -> Work:
        with self.shared.survey.questioned():
            work = super().create(body)
        if work.resource_id:
            # nothing is read here: should that fail, a create that was taken would look like one that was not
            row = {"uid": work.resource_id, "name": self.name, "status": CREATING_WORDS[0]}
            self.shared.survey.note(work.resource_id, row)
        return work

    def update(self, reply: Reply, body: dict[str, t.Any]) -> Work:
        with self.shared.survey.questioned():
            work = super().update(reply, body)
        # it may still look as before, and is not settled until its action says so
        self.shared.survey.note(self.identify(reply), dict(reply, status="active-change-pending"))
        return work

    def delete(self, reply: Reply) -> Work:
        with self.shared.survey.questioned():
            return super().delete(reply)
