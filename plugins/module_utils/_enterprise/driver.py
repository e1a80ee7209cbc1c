# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a Redis Enterprise database is found, changed, removed, and waited for. The object decides, not the action."""

from __future__ import annotations

import typing as t

from .._core.clock import Deadline
from .._core.errors import Ambiguous, ApiError, InvalidInput, OperationFailed
from .._core.operation import FAILED, SUCCEEDED
from .._core.options import PROCESSING
from .._core.poller import Reading
from .._core.since import parse_time
from .._core.work import CREATING, DELETING, JOINING, SETTLING, UPDATING, Reply, Work
from .actions import Action
from .api import IDENTITY, EnterpriseApi
from .database import check_creation
from .facts import (
    ACTION_STATES,
    ACTIVE,
    BDB,
    BDB_FAILED,
    CHANGING_WORDS,
    CREATING_WORDS,
    DELETING_WORDS,
    VISIBLE_GRACE,
)
from .matching import listening_port

# Snapshot of the cluster's actions, by id
Snapshot = dict[str, Action]

# How far the clocks of this machine and of the cluster may be apart, in seconds
CLOCK_SKEW = 120.0

BROKEN_HINT = "It stays listed and has to be deleted with state=absent before it can be created anew."


class DatabaseDriver:
    """See work.Driver. One database, known by name or by uid.

    :param wait_for: PROCESSING ends a wait with the action, whatever the database is like then.
    :param wanted: it is to exist, so that a uid that is not there is a mistake in the task.
    :param desired: what a create would be sent with, to refuse early what cannot work.
    :param extended: also read the settings of modules.
    """

    def __init__(
        self,
        api: EnterpriseApi,
        deadline: Deadline,
        wait_for: str,
        *,
        name: str | None = None,
        uid: str | None = None,
        wanted: bool = True,
        desired: dict[str, t.Any] | None = None,
        extended: bool = False,
    ) -> None:
        self.api = api
        self.deadline = deadline
        self.wait_for = wait_for
        self.name = name
        self.uid = uid
        self.wanted = wanted
        self.desired = desired or {}
        self.extended = extended
        self.label = "database {0}".format(repr(name) if name and not uid else uid)
        self.scope = (api.cluster, "bdbs")
        self.memory: dict[str, float] = {}
        self._searched = False

    # finding

    def find(self) -> Reply | None:
        if self.uid:
            reply = self.get(self.uid)
            if reply is None and self.wanted:
                raise InvalidInput(
                    "uid {0} does not exist.".format(self.uid), hint="Leave uid out to create a database."
                )
            return reply
        match = self._one_of(self.api.bdbs(IDENTITY))
        reply = self.get(self.identify(match)) if match is not None else None
        if reply is None and self.wanted:
            check_creation(self.desired)
        return reply

    def _one_of(self, rows: list[Reply]) -> Reply | None:
        matches = [row for row in rows if self.is_mine(row)]
        staying = [row for row in matches if not self._is(row, DELETING_WORDS)]
        matches = staying or matches
        if len(matches) > 1:
            # names are not documented as unique (T1), and a wrong guess costs data
            raise Ambiguous(
                "{0} databases are called {1!r}: {2}.".format(
                    len(matches),
                    self.name,
                    ", ".join("{0} ({1})".format(row["uid"], row["status"]) for row in matches),
                ),
                hint="Say which one with uid. Nothing was deleted.",
                uids=[row["uid"] for row in matches],
            )
        return matches[0] if matches else None

    def get(self, uid: str) -> Reply | None:
        return self.api.bdb(uid, extended=self.extended)

    def is_mine(self, reply: Reply) -> bool:
        return str(reply.get("name")) == self.name

    def identify(self, reply: Reply) -> str:
        return str(reply["uid"])

    # judging a reply

    def _is(self, reply: Reply, words: tuple[str, ...]) -> bool:
        return str(reply.get("status") or "").lower() in words

    def under_way(self, reply: Reply) -> str:
        if self._is(reply, DELETING_WORDS):
            return DELETING
        if self._is(reply, CREATING_WORDS):
            return CREATING
        return "" if self._is(reply, ACTIVE + BDB_FAILED) else UPDATING

    def check_usable(self, reply: Reply) -> None:
        if self._is(reply, BDB_FAILED):
            raise OperationFailed(
                "{0} is in state {1}: {2}.".format(
                    self.label, reply["status"], self._reason(self.identify(reply)).rstrip(".")
                ),
                reply=reply,
                hint=BROKEN_HINT,
            )

    def _reason(self, uid: str) -> str:
        """Why a database could not be created, as far as its actions still tell."""
        try:
            failed = [action for action in self.api.bdb_actions(uid) if action.state == FAILED]
        except ApiError:
            failed = []
        return failed[-1].reason() if failed else "the cluster gives no reason"

    def foresee_create(self) -> None:
        """find() has looked already."""
        return

    def check_deletable(self, reply: Reply) -> None:
        if reply.get("crdt"):
            raise InvalidInput(
                "{0} is the local part of Active-Active database {1}, so it was not deleted.".format(
                    self.label, reply.get("crdt_guid") or "(unknown)"
                ),
                hint="Delete the Active-Active database, or remove this cluster from it.",
            )
        if reply.get("internal"):
            raise InvalidInput("{0} is an internal database of the cluster, so it was not deleted.".format(self.label))

    # waiting

    def look(self, work: Work) -> Reading:
        if work.operation is not None and not isinstance(work.operation, Action):
            # it comes from a slice or a run before this one
            work.operation = Action(**vars(work.operation))
        self._look_at_action(work)
        operation = work.operation
        if work.action == JOINING:
            return self._look_at_join(work)
        self._judge_ours(work)
        if operation is not None and operation.finished and work.ours and self.wait_for == PROCESSING:
            value = self.get(work.resource_id) if work.resource_id else None
            return Reading(True, "processing", operation.status, operation=operation, value=value)
        return self._look_at_database(work)

    def _look_at_action(self, work: Work) -> None:
        """Bring the record of the action up to date. It may vanish at any time, which says nothing (2.5)."""
        known = work.operation
        if known is None:
            if not work.ours and work.resource_id:
                work.operation = self._running_action(work.resource_id)
            return
        if known.finished or not known.id:
            return
        seen = self.api.action(known.id)
        if seen is not None:
            seen.resource_type = seen.resource_type or known.resource_type
            seen.resource_id = seen.resource_id or known.resource_id
            seen.kind = seen.kind or known.kind
            seen.started = seen.started or known.started
            seen.progress = known.progress if seen.progress is None else seen.progress
            work.operation = seen

    def _running_action(self, uid: str) -> Action | None:
        """What somebody else's change is called: only to show it, and only asked once."""
        if self._searched:
            return None
        self._searched = True
        running = [action for action in self.api.bdb_actions(uid) if not action.finished]
        return running[-1] if running else None

    def _look_at_join(self, work: Work) -> Reading:
        """A create in flight, whose database is not listed yet, or a write of an earlier run, whose database is known.
        A finished one can be listed as running (2.5), so it is not waited for longer than a new database may stay
        invisible; a database that is still changing then is waited for by its own status."""
        operation = work.operation
        settled = operation is None or operation.finished or self._lasts("joined " + operation.id)
        uid = work.resource_id or (operation.resource_id if operation is not None else None)
        if not settled and uid:
            row = self._listed(uid)
            # the status of a database that was to be changed may lag behind, as long as it says active
            settled = row is not None and not (work.resource_id and self._is(row, ACTIVE))
        return Reading(settled, "processing", operation.status if operation else "", operation=operation)

    def _judge_ours(self, work: Work) -> None:
        """Raises when the action has failed. A failed update leaves the database active (2.6): only here it shows.
        Whether the change of somebody else has failed is not our business."""
        operation = work.operation
        if operation is None or not operation.finished or operation.state == SUCCEEDED or not work.ours:
            return
        raise OperationFailed(
            "The action {0} of {1} {2}: {3}.".format(
                operation.kind or operation.id,
                self.label,
                "failed" if operation.state == FAILED else "was stopped",
                operation.reason().rstrip("."),
            ),
            error=operation.error,
            reply=self.get(work.resource_id) if work.resource_id else None,
            hint=BROKEN_HINT if work.action == CREATING else "",
            # a failed update or delete leaves the database as it was; a failed create leaves something behind
            had_effect=work.action == CREATING,
        )

    def _look_at_database(self, work: Work) -> Reading:
        reply = self.get(work.resource_id) if work.resource_id else self.find()
        operation = work.operation
        status = str(reply["status"]) if reply is not None else "gone" if work.action == DELETING else "not listed"
        percent = operation.progress if operation is not None else None
        reading = Reading(False, _PHASES.get(work.action, "changing"), status, percent, operation, reply)
        if reply is None:
            reading.settled = work.action != CREATING or self._gave_up(work)
            if work.action == DELETING and work.resource_id:
                self.noticed("deleted " + work.resource_id)
        elif self._is(reply, BDB_FAILED) and work.action != DELETING:
            self._look_at_action(work)
            self._judge_broken(work, reply)
        elif self._is(reply, ACTIVE):
            reading.settled = self._active_means_done(work)
        else:
            self._notice_change(reply, self.identify(reply))
            self.memory.pop("active", None)
        if reading.settled:
            self._conclude(work, reading)
        return reading

    def _notice_change(self, reply: Reply, uid: str) -> None:
        if self._is(reply, CHANGING_WORDS):
            self.noticed("changing " + uid)

    def _judge_broken(self, work: Work, reply: Reply) -> None:
        self._judge_ours(work)
        self.check_usable(reply)

    def _gave_up(self, work: Work) -> bool:
        """A database that was being created and is not there: not yet, or not any more?"""
        going = work.operation is not None and not work.operation.finished
        return self._lasts("missing") and not (going and self._still_listed(work))

    def _still_listed(self, work: Work) -> bool:
        return work.operation is not None and self.api.action(work.operation.id) is not None

    def _active_means_done(self, work: Work) -> bool:
        """Active ends a create. It ends another change once the action has ended, too, or when the database was seen
        changing before, or when nothing has happened for a while: a new status may lag behind, and a finished action
        may be listed as running, or have vanished (2.5)."""
        operation = work.operation
        if work.action in (CREATING, SETTLING) or (operation is None and not work.guessed):
            done = work.action != DELETING or self._lasts("active")
        else:
            ended = operation is not None and operation.finished
            changed = ended or "changing {0}".format(work.resource_id) in self.memory
            done = work.action == UPDATING and changed or self._lasts("active")
        if done and work.action == DELETING and work.ours:
            raise OperationFailed(
                "{0} is active again: the cluster has not deleted it.".format(self.label),
                hint="Look at the cluster's log, and run the task again.",
                had_effect=False,
            )
        return done

    def _conclude(self, work: Work, reading: Reading) -> None:
        """The object has decided; an action that is forgotten, or still listed as running, agrees with it."""
        if reading.value is not None:
            # it may have ended between the two looks, and how is only known to it
            self._look_at_action(work)
            self._judge_ours(work)
        if work.action == CREATING and self.name and reading.value is not None:
            # two that were created at the same time from two machines are found here
            self._one_of(self.api.bdbs(IDENTITY))
            if not self.is_mine(reading.value):
                # what was taken for the trace of our create has become somebody else's database
                reading.value = self.find()
        operation = reading.operation = work.operation
        if operation is not None and not operation.finished:
            operation.state, operation.progress = SUCCEEDED, 100.0

    def _lasts(self, what: str) -> bool:
        """Has this been so for longer than the cluster may take to show something?"""
        return self.noticed(what) >= VISIBLE_GRACE

    def noticed(self, what: str) -> float:
        """How long ago, in seconds, this was noticed for the first time, which may be now."""
        self.memory.setdefault(what, self.deadline.clock.time())
        return self._age(what)

    def _age(self, what: str) -> float:
        now = self.deadline.clock.time()
        return now - self.memory.get(what, now)

    def _listed(self, uid: str) -> Reply | None:
        return next((row for row in self.api.bdbs(IDENTITY) if str(row["uid"]) == uid), None)

    # creating exactly once

    def snapshot(self, since: float | None = None) -> Snapshot:
        """What tells no time, as state machines in v1, counts as new."""
        actions = self.api.actions(transfers=False)
        return {action.id: action for action in actions if since is None or _started_before(action, since)}

    def joinable(self, snapshot: Snapshot) -> Work | None:
        """One that was waited for already, or whose database is gone, is listed as running although it has ended (2.5):
        it is left out."""
        new = [action for action in snapshot.values() if self._age("joined " + action.id) < VISIBLE_GRACE]
        new = [action for action in new if "deleted {0}".format(action.resource_id) not in self.memory]
        return next((Work(JOINING, action) for action in self._unlisted(new)), None)

    def appeared(self, snapshot: Snapshot) -> bool:
        return self.find() is not None

    def queued(self, action: str, resource_id: str) -> Work | None:
        return self.trace(action, resource_id, None)

    def trace(self, action: str, resource_id: str | None, snapshot: t.Any) -> Work | None:
        reply = self.get(resource_id) if resource_id else self._by_name()
        if action != CREATING:
            change = DELETING if reply is None else self.under_way(reply)
            # what is being updated is not being deleted because of that
            ours = change == DELETING or (change and action == UPDATING)
            return Work(action, self._latest(resource_id, snapshot), resource_id) if ours else None
        if reply is not None:
            uid = self.identify(reply)
            return Work(CREATING, self._latest(uid, snapshot), uid)
        for candidate in self._unlisted(self.api.actions(transfers=False)):
            if candidate.id not in (snapshot or {}):
                return Work(CREATING, candidate, candidate.resource_id)
        return None

    def _by_name(self) -> Reply | None:
        match = self._one_of(self.api.bdbs(IDENTITY))
        return self.get(self.identify(match)) if match is not None else None

    def _unlisted(self, actions: t.Iterable[Action]) -> list[Action]:
        """Running work on databases that are not listed: what a create looks like before its database shows. A delete
        that is listed for longer than its database is none."""
        running = [
            action
            for action in actions
            if not action.finished and action.resource_type == BDB and DELETING not in action.kind.lower()
        ]
        if not running:
            return []
        listed = {str(row["uid"]) for row in self.api.bdbs(IDENTITY)}
        return [action for action in running if action.resource_id and action.resource_id not in listed]

    def _latest(self, uid: str | None, snapshot: t.Any) -> Action | None:
        """The record of a write whose answer was lost: the running action of its database, if there is one."""
        try:
            actions = self.api.bdb_actions(uid) if uid else []
        except ApiError:
            return None
        new = [action for action in actions if not action.finished and action.id not in (snapshot or {})]
        return new[-1] if new else None

    # writing

    def turn(self, action: str, reply: Reply | None) -> Reading:
        """Databases are independent of each other; one that is busy itself is settled before it is changed."""
        return Reading(True, "ready", "")

    def create(self, body: dict[str, t.Any]) -> Work:
        self._forget_what_was_noticed("")
        answer = self.api.create_bdb(body)
        return self._work(CREATING, answer, str(answer["uid"]))

    def update(self, reply: Reply, body: dict[str, t.Any]) -> Work:
        uid = self.identify(reply)
        self._forget_what_was_noticed(uid)
        return self._work(UPDATING, self.api.update_bdb(uid, body), uid)

    def delete(self, reply: Reply) -> Work:
        uid = self.identify(reply)
        self._forget_what_was_noticed(uid)
        return self._work(DELETING, self.api.delete_bdb(uid), uid)

    def _forget_what_was_noticed(self, uid: str) -> None:
        """Something new begins."""
        for noticed in ("active", "missing", "changing " + uid):
            self.memory.pop(noticed, None)

    def _work(self, action: str, answer: Reply | None, uid: str) -> Work:
        """The handle is the action in the answer. Without one (2.1: "status only") the database alone tells."""
        answer = answer or {}
        self._notice_change(answer, uid)
        action_uid = answer.get("action_uid")
        if not action_uid:
            # an answer that tells nothing at all: the status may not show it yet
            return Work(action, None, uid, guessed=not answer.get("status"))
        rows = answer.get("background_op")
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
        status = str(row.get("status") or "queued")
        status = status if status in ACTION_STATES else "queued"
        operation = Action(
            id=str(action_uid),
            kind=str(row.get("name") or ""),
            status=status,
            state=ACTION_STATES[status],
            resource_type=BDB,
            resource_id=uid,
            source="v1/bdbs",
        )
        return Work(action, operation, uid)

    def view(self, reply: Reply) -> dict[str, t.Any]:
        """As it is returned to users: the API's own keys, and the port on which it really listens."""
        port = listening_port(reply)
        return dict(reply, port=port) if port else dict(reply)


def _started_before(action: Action, since: float) -> bool:
    started = parse_time(action.started) if action.started else None
    return started is not None and started < since - CLOCK_SKEW


_PHASES = {CREATING: "creating", UPDATING: "updating", DELETING: "deleting"}
