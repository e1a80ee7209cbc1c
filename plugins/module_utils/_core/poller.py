# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: look, classify, pause, until it is settled or the deadline has passed."""

from __future__ import annotations

import dataclasses
import typing as t

from .clock import Clock, Deadline
from .errors import TransientError, WaitTimeout
from .operation import Operation

FIRST_DELAY = 1.0
GROWTH = 1.5
JITTER = (0.8, 1.2)


@dataclasses.dataclass
class Reading:
    """One look at work under way.

    ``settled`` ends the wait. ``phase`` (processing, provisioning, ...), ``status`` (the server's word) and
    ``progress`` (0-100 or None) are what people are shown. ``value`` is what was read. ``poll_in`` is the
    server's hint, in seconds, when looking again makes sense.
    """

    settled: bool
    phase: str = ""
    status: str = ""
    progress: float | None = None
    operation: Operation | None = None
    value: t.Any = None
    poll_in: float | None = None

    def words(self) -> str:
        return " ".join(part for part in (self.phase, self.status) if part)

    def public(self) -> dict[str, t.Any]:
        """What the action plugin shows of it."""
        return {"phase": self.phase, "status": self.status, "progress": self.progress}


def next_delay(delay: float, cap: float) -> float:
    """The delay that follows ``delay``: growing, bounded by the user's wait_interval."""
    return min(delay * GROWTH, cap)


@dataclasses.dataclass
class Pace:
    """How fast to look: the next delay in seconds, which grows up to ``cap``. Goes on from slice to slice."""

    cap: float
    delay: float = FIRST_DELAY

    def step(self, clock: Clock) -> float:
        pause = min(self.delay, self.cap) * clock.jitter(*JITTER)
        self.delay = next_delay(self.delay, self.cap)
        return pause

    def restart(self) -> None:
        self.delay = FIRST_DELAY


def wait_until(
    look: t.Callable[[], Reading],
    deadline: Deadline,
    *,
    what: str,
    pace: Pace,
    on_reading: t.Callable[[Reading], None] | None = None,
) -> Reading:
    """Look until a reading is settled.

    A look raises OperationFailed for a definite failure; that ends the wait at once. A read that does not get
    through is survived until the deadline. The last look happens after the last pause, so that nothing that
    finished in time is reported late. Raises WaitTimeout with ``reading`` set to the last one.
    """
    last: Reading | None = None
    trouble: TransientError | None = None
    while True:
        final = deadline.passed()
        try:
            last = look()
            trouble = None
        except TransientError as error:
            trouble = error
        if last is not None and trouble is None:
            if on_reading is not None:
                on_reading(last)
            if last.settled:
                return last
        if final:
            raise _timeout(what, deadline, last, trouble)
        hint = trouble.retry_after if trouble else last.poll_in if last else None
        deadline.pause(max(pace.step(deadline.clock), hint or 0.0))


def _timeout(what: str, deadline: Deadline, last: Reading | None, trouble: TransientError | None) -> WaitTimeout:
    seen = "last seen: {0}.".format(last.words() or "no status") if last else "it was never seen."
    if trouble is not None:
        seen += " The last request failed: {0}".format(trouble.message)
    error = WaitTimeout(
        "Gave up waiting for {0} after {1:.0f} seconds (wait_timeout); {2}".format(what, deadline.seconds, seen)
    )
    error.reading = last
    return error
