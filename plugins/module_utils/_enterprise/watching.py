# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for actions by their handles alone, and canceling those that can be canceled."""

from __future__ import annotations

import typing as t

from .._core.clock import Deadline
from .._core.errors import ApiError, InvalidInput, OperationFailed, UnclearWrite
from .._core.operation import CANCELED, FAILED, PENDING, SUCCEEDED
from .._core.options import PROCESSING
from .._core.poller import Reading, tally
from .actions import Action
from .api import EnterpriseApi
from .driver import DatabaseDriver
from .facts import BDB, CRDB_TASK, NODE, NODE_ACTION_NAMES, NODE_ACTIONS, VISIBLE_GRACE, is_kind
from .finding import find_action

# as long as one of these runs, its database is not active (2.6)
CHANGES_STATUS = ("bdb_create", "bdb_update", "bdb_delete")
CANCELLING = ("cancelling", "canceling")
# what helps where nothing can be cancelled; the first that fits
COMPENSATION = (
    ("bdb_create", "delete the database with state=absent of redis_enterprise_database"),
    ("bdb_update", "set the earlier values again with redis_enterprise_database"),
    ("bdb_delete", "create the database anew; its data is lost unless there is a backup"),
    ("bdb_import", "import the former data again, if it is needed"),
)


class Watch:
    """One action, from its handle to its end and, if asked for, to the rest of the database that it is about.

    :param fetch: reads it; None when the cluster does not know it.
    :param bdb_uid: the database that decides when the cluster has forgotten the action.
    :param memory: when something was first noticed, in epoch seconds; kept from slice to slice.
    """

    def __init__(
        self,
        api: EnterpriseApi,
        deadline: Deadline,
        memory: dict[str, float],
        fetch: t.Callable[[], Action | None],
        action: Action,
        *,
        wait_for: str,
        bdb_uid: str | None = None,
    ) -> None:
        self.api = api
        self.deadline = deadline
        self.memory = memory
        self.fetch = fetch
        self.action = action
        self.wait_for = wait_for
        self.bdb_uid = bdb_uid
        self.key = action.id
        self.missing = False
        self.reading = Reading(False, PROCESSING, action.status)
        self.error: OperationFailed | None = None

    @property
    def done(self) -> bool:
        return self.reading.settled or self.error is not None

    def look(self) -> None:
        try:
            self.reading = self._look()
        except OperationFailed as error:
            self.error = error

    def _look(self) -> Reading:
        self._read()
        action = self.action
        if action.state in (FAILED, CANCELED):
            raise OperationFailed(
                "{0} {1}: {2}.".format(
                    self.label, "failed" if action.state == FAILED else "was stopped", action.reason().rstrip(".")
                ),
                error=action.error,
            )
        if not action.finished and not self.missing and not self._outlived():
            return Reading(False, PROCESSING, action.status, action.progress, action)
        if self.wait_for == PROCESSING and action.finished:
            return Reading(True, PROCESSING, action.status, action.progress, action)
        return self._look_at_object()

    def _read(self) -> None:
        if self.action.finished:
            return
        seen = self.fetch()
        self.missing = seen is None
        if seen is None:
            return
        self.memory.pop("missing " + self.key, None)
        seen.id = seen.id or self.action.id
        seen.resource_type = seen.resource_type or self.action.resource_type
        seen.resource_id = seen.resource_id or self.action.resource_id
        self.action = seen

    def _look_at_object(self) -> Reading:
        """The action has ended, or is forgotten; in both cases the object decides (2.11)."""
        action = self.action
        uid = action.resource_id if action.resource_type == BDB else self.bdb_uid
        if uid is not None:
            reading = look_at_database(self.api, self.deadline, uid, action)
        elif self.missing and action.resource_type == NODE and is_kind(action.kind, "node_remove"):
            gone = not self.api.has_node(str(action.resource_id))
            reading = Reading(gone, "removing", "gone" if gone else "still there", operation=action)
        else:
            reading = Reading(not self.missing, PROCESSING, action.status, action.progress, action)
        if not self.missing:
            return reading
        if self._noticed("missing") < VISIBLE_GRACE:
            # not visible yet, or gone already
            reading.settled = False
        elif reading.settled:
            action.state, action.progress = SUCCEEDED, 100.0
        elif uid is None:
            raise OperationFailed(
                "{0} is not known to the cluster: it is not running, and how it ended is not kept.".format(self.label),
                hint="Check the uid. If it belongs to a database, name that in bdb_uid as well; its state then decides.",
            )
        return reading

    def _outlived(self) -> bool:
        """Is it only listed as running (2.5, RS166122)? Then its database does not change any more."""
        action = self.action
        if action.resource_type != BDB or not any(is_kind(action.kind, word) for word in CHANGES_STATUS):
            return False
        if self._noticed("running") < VISIBLE_GRACE:
            return False
        if not look_at_database(self.api, self.deadline, str(action.resource_id)).settled:
            self.memory.pop("idle " + self.key, None)
            return False
        if self._noticed("idle") < VISIBLE_GRACE:
            return False
        action.state, action.progress = SUCCEEDED, 100.0
        return True

    def _noticed(self, what: str) -> float:
        """How long ago, in seconds, this was noticed for the first time, which may be now."""
        now = self.deadline.clock.time()
        return now - self.memory.setdefault(what + " " + self.key, now)

    @property
    def label(self) -> str:
        return describe(self.action)

    # canceling

    def cancelling(self) -> bool:
        """Has it been asked to stop, by us or by somebody else?"""
        return "cancel " + self.key in self.memory or self.action.status.lower() in CANCELLING

    def cancel(self, force: bool) -> None:
        """Ask the cluster to stop it. Raises InvalidInput when it cannot be stopped."""
        route = cancel_route(self.action)
        try:
            if route == CRDB_TASK:
                self.api.cancel_crdb_task(self.action.id, force)
            elif route == NODE:
                name = NODE_ACTION_NAMES.get(self.action.kind, self.action.kind)
                self.api.cancel_node_action(str(self.action.resource_id), name)
            elif not self.api.cancel_action(self.action.id):
                raise cannot_cancel(self.action)
            self._noticed("cancel")
        except UnclearWrite:
            # it is asked again at the next look, which does no harm
            pass
        except ApiError as error:
            if error.status not in (406, 409):
                raise
            raise InvalidInput(
                "{0} cannot be canceled now: {1} Nothing was changed.".format(
                    self.label, (error.description or error.message).rstrip(".") + "."
                ),
                hint="In its commit phase an Active-Active task can only be canceled with force=true, which can break "
                "the configuration of the database; to wait for its end is safer." if route == CRDB_TASK else "",
                error=error.facts.get("error"),
            ) from None
        self._noticed("asked")

    @property
    def asked(self) -> bool:
        """Have we asked it to stop, and perhaps with success?"""
        return "asked " + self.key in self.memory and self.action.state != SUCCEEDED

    def look_for_end(self) -> None:
        """A look after canceling, where every end is a good one."""
        self._read()
        if self.missing or self.action.state in (FAILED, CANCELED):
            # no version documents how a canceled CRDB task reads, and v2 has no word for it (2.3, 2.8)
            self.action.state = CANCELED
        self.reading = Reading(self.action.finished, "canceling", self.action.status, self.action.progress, self.action)


def look_at_database(api: EnterpriseApi, deadline: Deadline, uid: str, action: Action | None = None) -> Reading:
    """Settled when a database can be used, or is gone. Raises OperationFailed when it could not be created."""
    driver = DatabaseDriver(api, deadline, "", uid=uid, wanted=False)
    reply = api.bdb(uid)
    if reply is None:
        return Reading(True, "provisioning", "gone", operation=action)
    driver.check_usable(reply)
    return Reading(not driver.under_way(reply), "provisioning", str(reply["status"]), operation=action, value=reply)


def watch_uid(
    api: EnterpriseApi, deadline: Deadline, memory: dict[str, float], action: Action, wait_for: str, bdb_uid: str | None
) -> Watch:
    return Watch(
        api, deadline, memory, lambda: find_action(api, action.id), action, wait_for=wait_for, bdb_uid=bdb_uid
    )


def placeholder(action_uid: str, **known: t.Any) -> Action:
    """An action of which only the handle is known."""
    return Action(id=action_uid, state=PENDING, **known)


def describe(action: Action) -> str:
    about = " of {0} {1}".format(action.resource_type, action.resource_id) if action.resource_id else ""
    kind = " ({0}{1})".format(action.kind, about) if action.kind else ""
    return "Action {0}{1}".format(action.id, kind)


def cancel_route(action: Action) -> str:
    """How an action can be canceled: CRDB_TASK, NODE, or "" for the generic route."""
    if action.action_type == CRDB_TASK:
        return CRDB_TASK
    if action.resource_type == NODE and NODE_ACTION_NAMES.get(action.kind, action.kind) in NODE_ACTIONS:
        return NODE
    return ""


def check_cancel(action: Action, api: EnterpriseApi, guess: bool) -> None:
    """Raises InvalidInput when this cluster has no way to cancel an action; sends nothing that could change anything.

    :param guess: what to believe when the cluster does not tell; no known release can (2.5).
    """
    if cancel_route(action):
        return
    offered = api.offers_cancel(action.id)
    if offered is False or (offered is None and not guess):
        raise cannot_cancel(action)


def cannot_cancel(action: Action) -> InvalidInput:
    advice = next((text for word, text in COMPENSATION if is_kind(action.kind, word)), "")
    return InvalidInput(
        "{0} cannot be canceled: this cluster can do that only for actions of nodes and for tasks of Active-Active "
        "databases. Nothing was changed.".format(describe(action)),
        hint="What can be done: wait for its end with state=completed{0}.".format(", and then " + advice if advice else ""),
    )


def look_at_all(watches: t.Sequence[Watch]) -> Reading:
    """One look at everything that is not done; settled when all is."""
    for watch in watches:
        if not watch.done:
            watch.look()
    open_ones = [watch for watch in watches if not watch.done]
    return _summary(watches, open_ones) if open_ones else Reading(True, "done", "")


def cancel_all(watches: t.Sequence[Watch], force: bool) -> Reading:
    """One look at everything that has not stopped; what has not been asked to stop is asked now."""
    for watch in watches:
        if not watch.reading.settled:
            watch.look_for_end()
            if not watch.reading.settled and not watch.cancelling():
                watch.cancel(force)
    open_ones = [watch for watch in watches if not watch.reading.settled]
    return _summary(watches, open_ones) if open_ones else Reading(True, "done", "")


def _summary(watches: t.Sequence[Watch], open_ones: t.Sequence[Watch]) -> Reading:
    first = open_ones[0].reading
    if len(watches) == 1:
        return Reading(False, first.phase, first.status, first.progress)
    failed = sum(watch.error is not None for watch in watches)
    done = tally(len(watches) - len(open_ones), len(watches), failed, "actions done")
    return Reading(False, first.phase, "{0}; {1}".format(done, first.status))
