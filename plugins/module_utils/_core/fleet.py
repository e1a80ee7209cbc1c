# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many resources of one parent in one run: one list, one comparison, writes one after the other, one shared wait.

Each item has a Reconciler of its own, so that what holds for one resource holds for each of many. Shared are the list
(survey.py), the duration of each kind of work as it is learned, and the wait for provisioning, which goes on for all
items at the same time.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .clock import Deadline
from .errors import Ambiguous, Busy, RedisError, TransientError, WaitTimeout
from .options import PROVISIONING
from .poller import Durations, Pace, Reading, expected_in, tally, wait_until
from .reconcile import PROCESSED, WRITTEN, Reconciler
from .survey import Survey
from .work import Driver, Reply

# in a state's memory: when it was last known to be provisioned
SEEN = "seen provisioned"


@dataclasses.dataclass
class Item:
    """One resource. ``desired`` is None when it is to be removed; ``reply`` is the last thing known of it."""

    name: str
    driver: Driver
    reconciler: Reconciler
    desired: dict[str, t.Any] | None
    reply: Reply | None = None
    error: RedisError | None = None
    done: bool = False

    def join(self) -> None:
        """It is being changed already: by an earlier run or by somebody else, unless this run has done it."""
        state = self.reconciler.state
        state.adopted = state.adopted or not state.outcome()[0]

    def advance(self) -> None:
        """Take the next step. Done when it has failed, or when it took no write and what it found is at rest."""
        before, followed = self.reconciler.state.writes, self.reconciler.is_following
        try:
            if self.desired is None:
                self.reply = self.reconciler.absent() or self.reply
            else:
                self.reply = self.reconciler.present(self.desired)
        except (WaitTimeout, TransientError):
            # what cannot be reached in time for one, cannot for all
            raise
        except Busy:
            # the others go on meanwhile
            return
        except RedisError as error:
            self.error = error
            self.reply = self.reconciler.seen or self.reply
        wrote = self.reconciler.state.writes > before
        joined = self.desired is not None and self.reply is not None and bool(self.driver.under_way(self.reply))
        self.done = self.error is not None or not (wrote or joined or (followed and self.leaving is not None))

    @property
    def kind(self) -> str:
        """What is provisioned, to learn how long it takes."""
        return "delete" if self.desired is None else "create" if self.reconciler.state.created else "update"

    @property
    def leaving(self) -> str | None:
        """The id of what this run has deleted, and need not look any further after. What has left work to follow, may
        still have to be told that it failed."""
        state = self.reconciler.state
        deleted = self.desired is None and state.work is None and state.changed and state.last is not None
        return self.driver.identify(t.cast(Reply, state.last)) if deleted else None


class Fleet:
    """Brings all items to where they should be. One that fails does not stop the others.

    :param settle: wait for the provisioning of what was written; without it the run ends with the last write.
    """

    def __init__(
        self,
        items: t.Sequence[Item],
        survey: Survey,
        deadline: Deadline,
        pace: Pace,
        noun: str,
        *,
        durations: Durations,
        settle: bool = True,
        on_reading: t.Callable[[Reading], None] | None = None,
    ) -> None:
        self.items = items
        self.survey = survey
        self.deadline = deadline
        self.pace = pace
        self.noun = noun
        self.durations = durations
        self.settle = settle
        self._on_reading = on_reading

    def run(self) -> None:
        """Raises WaitTimeout, SliceOver and TransientError; what went wrong with one item stands in the item."""
        while True:
            self._advance()
            if all(item.done for item in self.items):
                break
            reading = self._reading()
            self._show(reading)
            # whenever something has been written, what it has started is young
            written = max(item.reconciler.state.memory.get(WRITTEN, 0.0) for item in self.items)
            self.pace.begin("{0} after {1} writes".format(self.noun, self._writes()), since=written or None)
            self.pace.looked(reading.phase, end_in=reading.end_in)
            wait_until(self._look, self.deadline, what=self.noun, pace=self.pace, on_reading=self._show)
        if self.settle and self.survey.is_behind():
            self.pace.begin("the list of {0}".format(self.noun), at_once=False)
            wait_until(self._look_at_list, self.deadline, what=self.noun, pace=self.pace, on_reading=self._show)
        for item in self.items if self.settle else ():
            item.reconciler.forget()

    def _look_at_list(self) -> Reading:
        return Reading(not self.survey.is_behind(), PROVISIONING, "not all {0} are listed yet".format(self.noun))

    def _advance(self) -> None:
        """Let all that is not being changed take a step; first the one that the slice before was following."""
        for item in sorted(self.items, key=lambda item: not item.reconciler.is_following):
            if item.done or item.reconciler.is_postponed:
                continue
            if self._is_moving(item):
                item.join()
                continue
            self._breathe(item)
            self.survey.freshen()
            item.advance()
            item.done = item.done or not self.settle

    def _writes(self) -> int:
        return sum(item.reconciler.state.writes for item in self.items)

    def _show(self, reading: Reading) -> None:
        if self._on_reading is not None:
            self._on_reading(reading)

    def _breathe(self, item: Item) -> None:
        """Before a step: many of them take long, even if none of them waits. What has been requested is only read back."""
        if self.deadline.passed() and self._writes() and not item.reconciler.state.writes:
            raise WaitTimeout(
                "Gave up after {0:.0f} seconds (wait_timeout), before all {1} were requested.".format(
                    self.deadline.seconds, self.noun
                )
            )
        self.deadline.pause(0.0)

    def _seen(self, item: Item) -> Reply | None:
        """What the list tells of it. None also when it has to be asked about, because it is there twice."""
        try:
            return self.survey.find(item.name, item.driver.under_way, item.driver.label)
        except Ambiguous:
            return None

    def _is_moving(self, item: Item) -> bool:
        """Is it being changed? Then it waits with the others, instead of holding them up."""
        if not self.settle or item.reconciler.is_following:
            return False
        reply = self._seen(item)
        if item.leaving is not None:
            return reply is not None and item.driver.identify(reply) == item.leaving
        return reply is not None and bool(item.driver.under_way(reply))

    def _look(self) -> Reading:
        waiting = [item for item in self.items if not item.done]
        known = [self._seen(item) for item in waiting]
        self.survey.update([item.driver.identify(row) for item, row in zip(waiting, known) if row is not None])
        return self._reading()

    def _reading(self) -> Reading:
        """Settled when one at least can take its next step."""
        waiting = [item for item in self.items if not item.done]
        moving: list[Item] = []
        postponed = [item for item in waiting if item.reconciler.is_postponed]
        now = self.deadline.clock.time()
        for item in waiting:
            if item.reconciler.is_postponed:
                continue
            moments = item.reconciler.state.memory
            if self._is_moving(item):
                moving.append(item)
                item.join()
                moments[SEEN] = now
            elif SEEN in moments and PROCESSED in moments:
                since = moments[PROCESSED]
                self.durations.learn(item.kind, moments.pop(SEEN) - since, now - since)
        failed = sum(item.error is not None for item in self.items)
        ready = len(self.items) - len(moving) - len(postponed)
        status = tally(ready, len(self.items), failed, self.noun + " ready")
        ends = [self._end_in(moving, now), *(item.reconciler.due_in() for item in postponed)]
        end_in = min((end for end in ends if end is not None), default=None)
        return Reading(len(moving) + len(postponed) < len(waiting), PROVISIONING, status, end_in=end_in)

    def _end_in(self, moving: list[Item], now: float) -> float | None:
        """When the last of them is expected to be ready, if all are of kinds that this run has seen become ready."""
        ends = []
        for item in moving:
            since, expected = item.reconciler.state.memory.get(PROCESSED), self.durations.at_least.get(item.kind)
            if since is None or expected is None:
                return None
            ends.append(expected_in(since + expected - now, expected))
        return max(ends, default=None)
