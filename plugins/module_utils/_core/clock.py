# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time, in one object that tests replace. All durations are seconds."""

from __future__ import annotations

import random
import time

from .errors import SliceOver

# Seconds that are not worth waiting for; a pause can be too short for the resolution of a clock
NOTHING = 0.001


class Clock:
    """The machine's clock. ``monotonic`` measures durations, ``time`` is the epoch for people and files."""

    def monotonic(self) -> float:
        return time.monotonic()

    def time(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def jitter(self, low: float, high: float) -> float:
        return random.uniform(low, high)


class Deadline:
    """The one deadline of a module run, and the slice of it that this call may use.

    :param seconds: the user's ``wait_timeout``. :param waited: how much of it earlier slices have used.
    :param slice_seconds: how long this call may wait before it hands back to the action plugin; None: all of it.
    """

    def __init__(self, clock: Clock, seconds: float, waited: float = 0.0, slice_seconds: float | None = None) -> None:
        self.clock = clock
        self.seconds = seconds
        self._waited = waited
        self._start = clock.monotonic()
        self._slice = slice_seconds

    def elapsed(self) -> float:
        """Seconds since this call began."""
        return self.clock.monotonic() - self._start

    def left(self) -> float:
        left = self.seconds - self._waited - self.elapsed()
        return left if left > NOTHING else 0.0

    def passed(self) -> bool:
        return self.left() <= 0

    def overdue(self) -> float:
        """Seconds since it has passed."""
        return max(0.0, self._waited + self.elapsed() - self.seconds)

    def whole(self) -> Deadline:
        """The same deadline, for what has to be done in one slice."""
        return Deadline(self.clock, self.seconds, self._waited + self.elapsed())

    def end_slice(self) -> None:
        """There is something to show: the next pause hands back, if there is anybody to hand back to."""
        if self._slice is not None:
            self._slice = 0.0

    def pause(self, seconds: float) -> None:
        """Sleep, but not past the deadline. Raises SliceOver when the slice ends first."""
        seconds = min(seconds, self.left())
        if self._slice is None:
            self.clock.sleep(seconds)
            return
        slice_left = max(0.0, self._slice - self.elapsed())
        self.clock.sleep(min(seconds, slice_left))
        if seconds >= slice_left and not self.passed():
            raise SliceOver()

    def pause_within(self, seconds: float) -> None:
        """Sleep like pause, but never end the slice: for moments in which nothing may be forgotten."""
        self.clock.sleep(min(seconds, self.left()))
