# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reconcile loop: find, settle, compare, write, follow, read back - until nothing is left to do.

A run that was cut off anywhere is continued by running the loop again: what an earlier run started is found,
joined ("adopted") and never started a second time. The slices of one run (module.py) are the same thing, except
that a slice hands on its ``State``, so that the next one need not search.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .clock import Deadline
from .errors import ApiError, Busy, InvalidInput, Mistaken, NotFound, OperationFailed, WaitTimeout
from .fields import UPDATE
from .once import Once
from .operation import SUCCEEDED, Operation
from .options import PROCESSING
from .plan import NONE, Plan, Resource, is_reset, plan_create, plan_delete, plan_update, unchanged
from .poller import STEADY, Course, Durations, Pace, Reading, Rhythm, next_delay, wait_until
from .redact import without_secrets
from .work import ANOTHERS, CLEARING, CREATING, DELETING, JOINING, SETTLING, UPDATING, Driver, Reply, Work

# How long a field may keep its old value after a write was reported as done (Cloud facts 2.4:
# publicEndpointAccess, up to 30 s)
VERIFY_GRACE = 45.0
BUSY_DELAY = 3.0
# In a state's memory: since when a field is read back, when the last write was taken, and when it had been processed
READING_BACK, WRITTEN, PROCESSED = "reading back", "written", "processed"
# In a state's memory: since when something stands in the way that others need not wait for
POSTPONED = "postponed"
# In a state's memory: how long to wait after the next refusal, in seconds
BUSY = "busy delay"
# In a state's memory: what was created may not be listed yet, so that its note is kept
UNLISTED = "unlisted"
# In a state's memory: what was changed may not be read back yet, so that its note is kept
UNREAD = "unread"


@dataclasses.dataclass
class Mode:
    """How to run. ``wait``: follow what was sent; ``settle``: to the end, so that it can be read back and verified;
    ``resumes``: somebody comes back when it has settled, or with Busy when it has to wait alone, as a fleet does; with
    ``late_lists`` they also call forget() when what was created is listed, or leave its note to the next run. ``interval``
    (seconds) bounds the pause between two looks, ``rhythm`` is what it depends on."""

    check: bool = False
    wait: bool = True
    settle: bool = True
    resumes: bool = False
    late_lists: bool = False
    interval: float = 30.0
    rhythm: Rhythm = STEADY
    send_secrets: bool = False


@dataclasses.dataclass
class State:
    """What is known of this run so far: what every way out reports, and what the next slice continues with.

    ``sent`` and ``accepted`` serve the read-back: see plan.Plan.sent and plan_update. ``course`` is how far a wait has
    come, ``memory`` the driver's. ``sending`` is a write of ours whose answer has not been seen, ``joined`` says that
    something has been waited for that another run has sent, ``last`` is what there was before it was deleted,
    ``writes`` how many writes the server has taken, ``delayed`` why it has refused the next one for now.
    """

    changed: bool = False
    created: bool = False
    adopted: bool = False
    joined: bool = False
    work: Work | None = None
    operation: Operation | None = None
    before: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    after: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    sent: dict[str, str] = dataclasses.field(default_factory=dict)
    accepted: list[str] = dataclasses.field(default_factory=list)
    course: Course = dataclasses.field(default_factory=Course)
    memory: dict[str, float] = dataclasses.field(default_factory=dict)
    sending: Work | None = None
    last: Reply | None = None
    writes: int = 0
    delayed: str = ""

    def dump(self) -> dict[str, t.Any]:
        return dict(
            vars(self),
            work=self.work.dump() if self.work else None,
            sending=self.sending.dump() if self.sending else None,
            operation=self.operation.public() if self.operation else None,
            course=vars(self.course),
        )

    @classmethod
    def load(cls, data: dict[str, t.Any]) -> State:
        work, sending, operation = data.get("work"), data.get("sending"), data.get("operation")
        return cls(
            **dict(
                data,
                work=Work.load(work) if work else None,
                sending=Work.load(sending) if sending else None,
                operation=Operation.from_public(operation) if operation else None,
                course=Course(**data["course"]),
            )
        )

    def outcome(self) -> tuple[bool, dict[str, t.Any], dict[str, t.Any]]:
        """changed, before, after, with a write of ours that the server has taken and not finished yet."""
        whole = dataclasses.replace(self, before=dict(self.before), after=dict(self.after), sent={})
        if self.work is not None and self.work.ours:
            whole.keep(self.work.action, self.work.before, self.work.after, {})
        return whole.changed, whole.before, whole.after

    @property
    def is_under_way(self) -> bool:
        """Is there, or was there, something at the server that this run knows of?"""
        return self.work is not None or self.sending is not None or self.operation is not None

    def public_operation(self) -> dict[str, t.Any] | None:
        return self.operation.public() if self.operation else None

    def keep(self, action: str, before: dict[str, t.Any], after: dict[str, t.Any], sent: dict[str, str]) -> None:
        """Add a write that took place to what people will see of the whole run."""
        if not self.changed:
            self.before, self.after = dict(before), dict(after)
        else:
            if not self.created:
                self.before = dict(before, **self.before)
            self.after.update(after)
        self.changed = True
        self.created = self.created or action == CREATING
        self.sent.update(sent)


class Reconciler:
    """Brings one resource to the desired state.

    Public, because they are reported on every way out: ``state``; ``seen``, the last reply of the server about the
    resource.

    :param durations: how long each kind of work has taken so far; shared between the items of a fleet.
    """

    def __init__(
        self,
        resource: Resource,
        driver: Driver,
        deadline: Deadline,
        mode: Mode,
        *,
        state: State | None = None,
        warn: t.Callable[[str], None] = lambda message: None,
        on_reading: t.Callable[[Reading], None] | None = None,
        durations: Durations | None = None,
    ) -> None:
        self.resource = resource
        self.driver = driver
        self.deadline = deadline
        self.mode = mode
        self.state = state or State()
        driver.memory = self.state.memory
        self.warn = warn
        self._on_reading = on_reading
        self._pace = Pace(deadline.clock, mode.interval, mode.rhythm, self.state.course, durations)
        self.seen: Reply | None = None
        self._once = Once(driver, deadline, self._wait, self._show)

    @property
    def is_following(self) -> bool:
        """Has a slice before begun to wait for what it has written, or to look for what became of it? Nothing else comes
        before that."""
        return self.state.sending is not None or (self.mode.wait and self.state.work is not None)

    @property
    def is_postponed(self) -> bool:
        """Is there nothing to do for it before some time has passed?"""
        return POSTPONED in self.state.memory and self._pace.left() > 0

    def due_in(self) -> float:
        return self._pace.left()

    def present(self, desired: dict[str, t.Any]) -> Reply | None:
        """Make it exist as desired. Returns what the server reports at the end; None before a predicted create."""
        self._rest()
        while True:
            try:
                reply = self._current()
                if reply is not None:
                    self.state.adopted = self.state.adopted or (self.state.joined and not self.state.outcome()[0])
                    self.driver.check_usable(reply)
                plan = self._plan(desired, reply)
                if plan.action == CREATING and self.mode.check:
                    self.driver.foresee_create()
                if plan.action == NONE and reply is not None and self._may_still_change(reply):
                    self._settle(reply)
                    continue
                if plan.action == NONE or self.mode.check:
                    self._own_up()
                    self._forget_change()
                    self._conclude(plan, reply)
                    return reply
                if reply is not None and self.driver.under_way(reply):
                    self._settle(reply)
                    continue
                if self._write(plan, reply, desired) and not self.mode.settle:
                    return self._hand_over(plan, desired, reply)
            except Busy as error:
                self._back_off(error)
            except Mistaken:
                self._disown()

    def absent(self) -> Reply | None:
        """Make it not exist. Returns what was there before, or None."""
        self._rest()
        while True:
            try:
                reply = self._current(leaving=True)
                if reply is None:
                    self.state.adopted = self.state.adopted or (self.state.joined and not self.state.changed)
                    if self.mode.check or not self._once.join():
                        self._own_up()
                        return self.state.last
                    continue
                self.state.last = without_secrets(reply)
                self.driver.check_deletable(reply)
                plan = plan_delete(self.resource, reply)
                if self.mode.check:
                    self._conclude(plan, reply)
                    return self.state.last
                if self.driver.under_way(reply):
                    if self.mode.resumes and self.state.changed:
                        # it has been processed; the fleet waits for it with the others
                        return self.state.last
                    self._settle(reply, leaving=True)
                    continue
                if self._write(plan, reply, {}) and not (self.mode.settle or self._is_step()):
                    self._hand_over(plan, {}, reply)
                    return self.state.last
            except Busy as error:
                self._back_off(error)
            except Mistaken:
                self._disown()

    # -- reading ---------------------------------------------------------------------------------------------------

    def _current(self, leaving: bool = False) -> Reply | None:
        """The resource. What is under way has ended before, unless the mode is not to settle."""
        if self.state.work is not None:
            return self._at_rest(self._finish(leaving), leaving)
        recalled: Work | None = None
        if self.state.sending is not None:
            if self._claim(self._once.unanswered()):
                return self._at_rest(self._finish(leaving), leaving)
            if self.state.sending is not None and self.state.sending.action == CREATING:
                # should one turn up after all, it is another process's: nobody waited longer than we did
                self.state.sending = None
        elif not (self.mode.check or UNLISTED in self.state.memory or UNREAD in self.state.memory):
            recalled = self._once.recall()
        if recalled is not None:
            self.state.joined = True
        reply = self.seen = self.driver.find()
        if reply is not None and self.mode.check and self.driver.under_way(reply) == DELETING:
            # a real run waits until it is gone
            reply = self.seen = None
        if recalled is None:
            return self._at_rest(reply, leaving)
        if recalled.action == CREATING and reply is not None and self.mode.settle and not leaving:
            # what belongs to a new resource can still be on its way when the resource itself is at rest
            operation = recalled.operation if recalled.operation and recalled.operation.state == SUCCEEDED else None
            self.state.work = Work(CREATING, operation, self.driver.identify(reply))
            return self._at_rest(self._finish(leaving), leaving)
        self._once.memory.settle()
        return self._at_rest(reply, leaving)

    def _at_rest(self, reply: Reply | None, leaving: bool) -> Reply | None:
        """It, once nothing changes it any more. The work that was followed may have been another one's after all."""
        if reply is None or self.mode.check or not self.mode.settle:
            return reply
        return self._settle(reply, leaving)

    def _may_still_change(self, reply: Reply) -> bool:
        """Without settling: what is being deleted or changed need not stay as it reads now. What is being created will,
        and so will what this run has changed."""
        settles = self.mode.settle or self.mode.resumes or self.mode.check
        return not (settles or self.state.changed) and self.driver.under_way(reply) in (DELETING, UPDATING)

    def _is_step(self) -> bool:
        """Has only a step towards the deletion been requested?"""
        return self.state.work is not None and self.state.work.action == CLEARING

    def forget(self) -> None:
        """What this run has created is listed, so that another run finds it without a note."""
        if self.state.memory.pop(UNLISTED, None) is not None:
            self._once.memory.settle()

    def _forget_change(self) -> None:
        """What this run has changed was compared, so that another run need not wait for it."""
        if self.state.memory.pop(UNREAD, None) is not None:
            self._once.memory.settle()

    def _rest(self) -> None:
        """What the slice before had still to wait; nothing is asked before that."""
        self.state.memory.pop(POSTPONED, None)
        if self._pace.left() > 0:
            self.deadline.pause(self._pace.left())

    def _show(self, reading: Reading) -> None:
        if self._on_reading is not None:
            self._on_reading(reading)

    def _settle(self, reply: Reply, leaving: bool = False) -> Reply | None:
        """Join a change that somebody has started, and wait for its end."""
        action = self.driver.under_way(reply)
        if not action:
            return reply
        self.state.adopted = self.state.adopted or not self.state.changed
        kind = DELETING if action == DELETING else SETTLING
        self.state.work = Work(kind, None, self.driver.identify(reply))
        self._begin(self.state.work, at_once=False)
        return self._finish(leaving)

    def _finish(self, leaving: bool) -> Reply | None:
        """Wait for the work under way. Returns the resource as it is afterwards."""
        work = self.state.work
        if work is None:
            return self.driver.find()
        try:
            reading = self._wait(work)
        except Busy:
            # refused after all: as if it had never been sent
            self.state.work = None
            self._once.memory.settle()
            raise
        except OperationFailed as error:
            if not work.ours and work.action in (UPDATING, DELETING):
                # somebody else's change, after which ours can be made
                raise Mistaken() from None
            work.ours = work.ours and error.had_effect
            self._once.memory.settle()
            if leaving and work.action == SETTLING:
                # what is broken may still be deleted
                self.state.work = None
                return self.driver.find()
            raise
        self.state.work = None
        self.state.joined = self.state.joined or (not work.ours and work.action in (UPDATING, DELETING))
        if work.ours and work.action == CREATING and self.mode.late_lists:
            self.state.memory[UNLISTED] = self.deadline.clock.time()
        elif work.ours and work.action == UPDATING and (self.mode.settle or self.mode.resumes):
            self.state.memory[UNREAD] = self.deadline.clock.time()
        else:
            self._once.memory.settle()
        if work.ours and (reading.value is not None or work.action != CREATING):
            self.state.keep(work.action, work.before, work.after, work.sent)
        return reading.value

    def _disown(self) -> None:
        """What was followed has been somebody else's. Ours, whose answer was not seen, has still to be looked for."""
        work, self.state.work = self.state.work, None
        if work is None:
            return
        if work.operation is not None:
            self.driver.memory[ANOTHERS + work.operation.id] = self.deadline.clock.time()
        if work.ours:
            self.state.operation = None
            self.state.writes -= 1
            self.state.sending = Work(work.action, None, None, work.before, work.after, work.sent, ours=True)

    def _wait(self, work: Work) -> Reading:
        self._begin(work, at_once=True)
        return self._until(lambda: self._look(work), self.driver.label)

    def _begin(self, work: Work, *, at_once: bool) -> None:
        """From now on it is waited for. What has just been sent or read is not looked at at once."""
        which = work.operation.id if work.operation is not None else str(work.resource_id)
        self._pace.begin(" ".join((work.action, which)), work.action, PROCESSING, at_once=at_once)

    def _look(self, work: Work) -> Reading:
        processing = work.operation is not None and not work.operation.finished
        try:
            reading = self.driver.look(work)
            if processing and work.operation is not None and work.operation.finished:
                self.state.memory[PROCESSED] = self.deadline.clock.time()
            if isinstance(reading.value, dict):
                self.seen = reading.value
            return reading
        except OperationFailed as error:
            self.seen = error.reply or self.seen
            raise
        finally:
            if work.action != JOINING or work.recalled:
                self.state.operation = work.operation or self.state.operation

    def _until(self, look: t.Callable[[], Reading], what: str) -> Reading:
        reading = wait_until(look, self.deadline, what=what, pace=self._pace, on_reading=self._on_reading)
        self._pace.end()
        return reading

    # -- deciding --------------------------------------------------------------------------------------------------

    def _plan(self, desired: dict[str, t.Any], reply: Reply | None) -> Plan:
        """What is still to be done; fields that were just written are given time to read back."""
        while True:
            if reply is None:
                return plan_create(self.resource, desired)
            try:
                plan = plan_update(
                    self.resource,
                    desired,
                    reply,
                    send_secrets=self.mode.send_secrets and not self.state.changed,
                    accepted=self.state.accepted,
                )
            except InvalidInput as error:
                if not self.state.outcome()[0]:
                    error.hint = "Nothing was changed. " + error.hint
                raise
            repeated = [name for name in plan.sent if name in self.state.sent]
            if not repeated:
                return plan
            now = self.deadline.clock.time()
            if now - self.state.memory.setdefault(READING_BACK, now) >= VERIFY_GRACE:
                self._judge(repeated, desired, reply)
                continue
            if self.deadline.passed():
                raise WaitTimeout(
                    "Gave up waiting for {0} after {1:.0f} seconds (wait_timeout); {2} was changed and still reads back "
                    "as before.".format(self.driver.label, self.deadline.seconds, ", ".join(repeated))
                )
            self._show(Reading(False, "reading back", ", ".join(repeated)))
            self.deadline.pause(BUSY_DELAY)
            reply = self.driver.get(self.driver.identify(reply)) or reply
            if self.driver.under_way(reply):
                # its status has lagged behind: it was not done after all
                self.state.memory.pop(READING_BACK, None)
                reply = self._settle(reply)

    def _judge(self, names: list[str], desired: dict[str, t.Any], reply: Reply) -> None:
        """Fields that do not read back as they were sent: the old value is a failure, another one a warning."""
        for name in names:
            field = self.resource.field(name)
            if unchanged(field, self.state.sent[name], reply):
                self._forget_change()
                raise OperationFailed(
                    "The server reported success, but {0} of {1} still has its old value.".format(name, self.driver.label),
                    hint="Run the task again; if it persists, the server does not accept this value here.",
                )
            if not (desired[name] is None and is_reset(field, field.decode(reply))):
                self.warn(
                    "{0} of {1} was changed, but the server reports another value than the one asked for.".format(
                        name, self.driver.label
                    )
                )
            self.state.accepted.append(name)

    def _conclude(self, plan: Plan, reply: Reply | None) -> None:
        """Nothing more will be written: keep a prediction, say what could not be compared."""
        if plan.action != NONE:
            self.state.keep(plan.action, plan.before, plan.after, plan.sent)
        elif plan.unknown and not self.state.changed and reply is not None and not self.driver.under_way(reply):
            self.warn(
                "The server does not report {0} of {1}, so it was not compared.".format(
                    ", ".join(plan.unknown), self.driver.label
                )
            )

    # -- writing ---------------------------------------------------------------------------------------------------

    def _write(self, plan: Plan, reply: Reply | None, desired: dict[str, t.Any]) -> bool:
        """Send one write. True: it was taken, and its work is under way; False: look again."""
        before, after = ({name: side[name] for name in plan.sent} if plan.sent else side for side in (plan.before, plan.after))
        mine = Work(plan.action, None, None, before, after, plan.sent, ours=True)
        try:
            if plan.action == CREATING or reply is None:
                work = self._once.create(
                    lambda: self._request(mine, lambda: self.driver.create(plan.body)),
                    lambda: self._take_turn(CREATING, None),
                )
                self.state.joined = work is None
            else:
                work = self._send(plan, reply, desired, mine)
        except ApiError as error:
            # a definite refusal
            self.state.sending = None
            if isinstance(error, NotFound) and reply is not None and self.driver.find() is None:
                # somebody else has deleted it since it was read
                return False
            raise
        return self._claim(work)

    def _request(self, mine: Work, send: t.Callable[[], Work]) -> Work:
        self.state.sending = mine
        self.state.memory.pop(UNREAD, None)
        return send()

    def _send(self, plan: Plan, reply: Reply, desired: dict[str, t.Any], mine: Work) -> Work | None:
        resource_id = self.driver.identify(reply)
        self._take_turn(plan.action, reply)
        earlier = self.driver.queued(plan.action, resource_id)
        if earlier is not None:
            # see first what it does: perhaps nothing is left to do afterwards
            self.state.work = earlier
            return None
        if plan.action == DELETING:
            return self._once.send(DELETING, resource_id, lambda: self._request(mine, lambda: self.driver.delete(reply)))
        return self._once.send(
            UPDATING,
            resource_id,
            lambda: self._request(mine, lambda: self.driver.update(reply, plan.body)),
            satisfied=lambda: self._already(desired),
        )

    def _claim(self, work: Work | None) -> bool:
        """The write has been answered, or what it has started was found: from now on it is work of ours.

        When nothing was found, ``sending`` stays: should its effect turn up after all, it is still our change.
        """
        mine = self.state.sending
        if work is None or mine is None:
            return False
        self.state.sending = None
        work.ours, work.before, work.after, work.sent = True, mine.before, mine.after, mine.sent
        self.state.work = work
        self.state.operation = work.operation or self.state.operation
        self.state.memory.pop(READING_BACK, None)
        self.state.memory[WRITTEN] = self.state.memory[PROCESSED] = self.deadline.clock.time()
        self.state.writes += 1
        self.state.delayed = ""
        self.state.memory.pop(BUSY, None)
        self._begin(work, at_once=False)
        if work.operation is not None and work.operation.status:
            self._show(Reading(False, PROCESSING, work.operation.status))
        return True

    def _own_up(self) -> None:
        """The goal is reached, and a write of ours without an answer has been on its way: that was it."""
        mine, self.state.sending = self.state.sending, None
        if mine is not None:
            self.state.keep(mine.action, mine.before, mine.after, mine.sent)

    def _already(self, desired: dict[str, t.Any]) -> bool:
        reply = self.driver.find()
        # what cannot be read back cannot be seen to have arrived
        plan = None if reply is None else plan_update(self.resource, desired, reply, send_secrets=self.mode.send_secrets)
        return plan is not None and plan.action == NONE

    def _hand_over(self, plan: Plan, desired: dict[str, t.Any], reply: Reply | None) -> Reply | None:
        """The run ends before the resource is settled; what needs a second request is left to the next run."""
        left = [name for name in plan.after if name not in plan.sent] if plan.action == UPDATING else []
        if plan.action == CREATING:
            left = [field.name for field in self.resource.fields if field.mode == UPDATE and desired.get(field.name) is not None]
        if left and not self.mode.resumes:
            why = "can only be set after the creation" if plan.action == CREATING else "takes a request of its own"
            self.warn("{0} {1}; run the task again, or wait for provisioning.".format(", ".join(left), why))
        if not self.mode.wait:
            return reply
        return self._finish(leaving=plan.action == DELETING)

    def _take_turn(self, action: str, reply: Reply | None) -> None:
        what = "the turn to {0} {1}".format(action, self.driver.label)
        self._pace.begin(what)
        self._until(lambda: self.driver.turn(action, reply), what)

    def _back_off(self, error: Busy) -> None:
        """The server is at something else and the request had no effect: wait, then look anew."""
        self.state.delayed = error.message or self.state.delayed
        if self.deadline.passed():
            raise WaitTimeout(
                "The server stayed busy for {0:.0f} seconds (wait_timeout): {1}".format(self.deadline.seconds, self.state.delayed),
                error=error.facts.get("error"),
            )
        longer = self.state.memory.get(BUSY, BUSY_DELAY)
        delay = max(longer, error.retry_after or 0.0)
        self.state.memory[BUSY] = next_delay(longer, self.mode.interval)
        self._show(Reading(False, "waiting", "the server is busy"))
        self._pace.rest(delay)
        if error.own and self.mode.resumes:
            self.state.memory[POSTPONED] = self.deadline.clock.time()
            raise error
        self.deadline.pause(delay)
