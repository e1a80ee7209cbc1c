# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: look, classify, pause, until it is settled or the deadline has passed."""

from __future__ import annotations

import dataclasses
import typing as t

from .clock import Clock, Deadline
from .errors import NoContact, TransientError, WaitTimeout
from .operation import Operation

FIRST_DELAY = 1.0
GROWTH = 1.5
JITTER = (0.8, 1.2)
# The pace of looking once work has taken as long as expected, as a share of that
EXPECTED_SLACK = 0.1
# What is left of an expectation that was too long
EARLIER = 0.9


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
        return words_of(self.public())

    def public(self) -> dict[str, t.Any]:
        """What the action plugin shows of it."""
        return {"phase": self.phase, "status": self.status, "progress": self.progress}


def words_of(reading: t.Mapping[str, t.Any]) -> str:
    """A public reading in the words by which people, and slices, tell it from others."""
    return " ".join(reading[key] for key in ("phase", "status") if reading.get(key))


def tally(done: int, total: int, failed: int, nouns: str) -> str:
    """How far several things are that are waited for together. One that has failed is not done."""
    return "{0} of {1} {2}{3}".format(done - failed, total, nouns, ", {0} failed".format(failed) if failed else "")


def next_delay(delay: float, cap: float) -> float:
    """The delay that follows ``delay``: growing, bounded by the user's wait_interval."""
    return min(delay * GROWTH, cap)


@dataclasses.dataclass
class Pace:
    """How fast to look: the next delay in seconds, which grows up to ``cap``. Goes on from slice to slice.

    ``skip`` is how long looking makes no sense, because the same kind of work has taken longer before.
    """

    cap: float
    delay: float = FIRST_DELAY
    skip: float = 0.0

    def step(self, clock: Clock) -> float:
        skip, self.skip = self.skip, 0.0
        if skip > self.delay:
            return min(skip, self.cap)
        pause = min(self.delay, self.cap) * clock.jitter(*JITTER)
        self.delay = next_delay(self.delay, self.cap)
        return pause

    def restart(self, expected: float | None = None) -> None:
        """Something new begins. ``expected``: how long the same has taken at least before, in seconds."""
        self.delay = FIRST_DELAY if expected is None else max(EXPECTED_SLACK * expected, FIRST_DELAY / 2)
        self.skip = expected or 0.0


class Durations:
    """How long each phase of each kind of work takes at least, as far as this run has seen.

    What counts is the last look at which a phase had not ended: that is a lower bound, while the look that found it
    ended says more about the pace of looking than about the server.
    """

    def __init__(self) -> None:
        self._at_least: dict[str, float] = {}
        self._phase = ""
        self._since = 0.0
        self._last = 0.0

    def begin(self, kind: str, now: float) -> float | None:
        """A phase of this kind begins; returns how long it is expected to take at least."""
        self._phase, self._since, self._last = kind, now, now
        return self._at_least.get(kind)

    def going_on(self, kind: str, now: float) -> tuple[bool, float | None]:
        """The phase at a look. Returns whether it is a new one, and then how long that is expected to take."""
        if kind == self._phase:
            self._last = now
            return False, None
        self.end(now)
        return True, self.begin(kind, now)

    def end(self, now: float) -> None:
        if not self._phase:
            return
        seen = self._last - self._since
        known = self._at_least.get(self._phase)
        # ended before it was expected to: it was too long a guess
        self._at_least[self._phase] = seen if known is None or seen >= known else EARLIER * known
        self._phase = ""


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
    through is survived until the deadline, unless there has been no contact with the API at all. The last look
    happens after the last pause, so that nothing that finished in time is reported late. Raises WaitTimeout with
    ``reading`` set to the last one.
    """
    last: Reading | None = None
    trouble: TransientError | None = None
    while True:
        final = deadline.passed()
        try:
            last = look()
            trouble = None
        except NoContact:
            raise
        except TransientError as error:
            trouble = error
        if last is not None and trouble is None:
            if on_reading is not None:
                on_reading(last)
            if last.settled:
                return last
        if final or (trouble is not None and deadline.passed()):
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
