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
from .errors import Ambiguous, RedisError, SliceOver, TransientError, WaitTimeout
from .poller import Pace, Reading, tally, wait_until
from .reconcile import Reconciler
from .survey import Survey
from .work import Driver, Reply


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
        before = self.reconciler.writes
        try:
            if self.desired is None:
                self.reply = self.reconciler.absent() or self.reply
            else:
                self.reply = self.reconciler.present(self.desired)
        except (WaitTimeout, TransientError):
            # what cannot be reached in time for one, cannot for all
            raise
        except RedisError as error:
            self.error = error
            self.reply = self.reconciler.seen or self.reply
        wrote = self.reconciler.writes > before
        joined = self.desired is not None and self.reply is not None and bool(self.driver.under_way(self.reply))
        self.done = self.error is not None or not (wrote or joined)

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
        settle: bool = True,
        on_reading: t.Callable[[Reading], None] | None = None,
    ) -> None:
        self.items = items
        self.survey = survey
        self.deadline = deadline
        self.pace = pace
        self.noun = noun
        self.settle = settle
        self._on_reading = on_reading

    def run(self) -> None:
        """Raises WaitTimeout, SliceOver and TransientError; what went wrong with one item stands in the item."""
        while True:
            for item in self.items:
                if item.done:
                    continue
                if self._is_moving(item):
                    item.join()
                    continue
                self._breathe()
                item.advance()
                item.done = item.done or not self.settle
            if all(item.done for item in self.items):
                break
            self.pace.restart()
            wait_until(self._look, self.deadline, what=self.noun, pace=self.pace, on_reading=self._on_reading)
        if self.settle and self.survey.is_behind():
            self.pace.restart()
            wait_until(self._look_at_list, self.deadline, what=self.noun, pace=self.pace, on_reading=self._on_reading)
        for item in self.items:
            item.reconciler.forget()

    def _look_at_list(self) -> Reading:
        return Reading(not self.survey.is_behind(), "provisioning", "not all {0} are listed yet".format(self.noun))

    def _breathe(self) -> None:
        """Between two steps: many of them take long, even if none of them waits."""
        if self.deadline.passed() and any(item.reconciler.writes for item in self.items):
            raise WaitTimeout(
                "Gave up after {0:.0f} seconds (wait_timeout), before all {1} were requested.".format(
                    self.deadline.seconds, self.noun
                )
            )
        try:
            self.deadline.pause(0.0)
        except SliceOver:
            if self._on_reading is not None:
                self._on_reading(Reading(False, "requesting", ""))
            raise

    def _seen(self, item: Item) -> Reply | None:
        """What the list tells of it. None also when it has to be asked about, because it is there twice."""
        try:
            return self.survey.find(item.name, item.driver.under_way, item.driver.label)
        except Ambiguous:
            return None

    def _is_moving(self, item: Item) -> bool:
        """Is it being changed? Then it waits with the others, instead of holding them up."""
        if not self.settle:
            return False
        reply = self._seen(item)
        if item.leaving is not None:
            return reply is not None and item.driver.identify(reply) == item.leaving
        return reply is not None and bool(item.driver.under_way(reply))

    def _look(self) -> Reading:
        waiting = [item for item in self.items if not item.done]
        known = [self._seen(item) for item in waiting]
        self.survey.update([item.driver.identify(row) for item, row in zip(waiting, known) if row is not None])
        moving = [item for item in waiting if self._is_moving(item)]
        failed = sum(item.error is not None for item in self.items)
        status = tally(len(self.items) - len(moving), len(self.items), failed, self.noun + " ready")
        return Reading(not moving, "provisioning", status)
