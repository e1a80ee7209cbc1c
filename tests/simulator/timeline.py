# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What will happen when: the events of a state machine in the order of simulated time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from .clock import Clock


class Timeline:
    """Events ordered by time, then by the order in which they were planned.

    ``time`` is the moment that is being worked on: during an event the time of that event, which may lie far behind the
    clock when nobody has asked for a while. State machines read it instead of the clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.time = clock.now()

    def after(self, seconds: float, event: Callable[[], None]) -> None:
        """Plan ``event`` for ``seconds`` after ``time``."""
        heapq.heappush(self._events, (self.time + max(0.0, seconds), next(self._order), event))

    def advance(self) -> None:
        """Work off everything that is due by the clock."""
        until = self._clock.now()
        while self._events and self._events[0][0] <= until:
            self.time, _order, event = heapq.heappop(self._events)
            event()
        self.time = until

    def timestamp(self) -> float:
        """``time`` in seconds since 1970-01-01T00:00:00Z."""
        return self._clock.timestamp() - self._clock.now() + self.time

    def next_event(self) -> float | None:
        """When the next event is due, ``None`` if nothing is planned."""
        return self._events[0][0] if self._events else None
