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

# How much of a pause is left to chance, so that what has begun together does not ask together for ever
JITTER = (0.95, 1.05)
GROWTH = 1.5
# How soon to look again at what has taken as long as expected, as a share of that, and at least, in seconds
EXPECTED_SLACK = 0.02
SOON = 0.4
# What is left of an expectation that was too long
EARLIER = 0.95

#: Pauses between two looks at work, by its age, both in seconds: (from this age, this pause), ascending. Short where
#: work of its kind may end, and long where that is less likely.
Rhythm = t.Sequence[tuple[float, float]]
STEADY: Rhythm = ((0.0, 1.0), (10.0, 3.0), (60.0, 10.0), (300.0, 30.0))


@dataclasses.dataclass
class Reading:
    """One look at work under way.

    ``settled`` ends the wait. ``phase`` (processing, provisioning, ...), ``status`` (the server's word) and
    ``progress`` (0-100 or None) are what people are shown. ``value`` is what was read. ``poll_in`` is the
    server's hint, in seconds, when looking again makes sense; ``end_in`` is when the end of what is looked at is
    expected. ``minor``: only another phase is worth a line of its own.
    """

    settled: bool
    phase: str = ""
    status: str = ""
    progress: float | None = None
    operation: Operation | None = None
    value: t.Any = None
    poll_in: float | None = None
    end_in: float | None = None
    minor: bool = False

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


def pause_at(rhythm: Rhythm, age: float) -> float:
    """How long to pause before the next look at work of this age."""
    return next((pause for begin, pause in reversed(rhythm) if age >= begin), rhythm[0][1])


def expected_in(left: float, expected: float) -> float:
    """How long to pause when something is expected to take ``expected`` seconds, of which ``left`` are left. When it
    takes longer, at first a little, and more and more the longer it takes."""
    return left if left > 0 else max(SOON, EXPECTED_SLACK * expected, -left * (GROWTH - 1))


class Durations:
    """How long each phase of each kind of work takes at least, as far as this run has seen.

    What counts is the last look at which a phase had not ended: that is a lower bound, while the look that found it
    ended says more about the pace of looking than about the server.
    """

    def __init__(self, known: dict[str, float] | None = None) -> None:
        self.at_least: dict[str, float] = {} if known is None else known

    def learn(self, kind: str, seen: float, ended: float) -> None:
        """A phase was last seen going on after ``seen`` seconds, and had ended after ``ended``."""
        if seen < 0:
            # a clock was set back, or the change was another one
            return
        known = self.at_least.get(kind)
        if known is None or seen >= known:
            self.at_least[kind] = seen
        elif ended <= known + SOON:
            # ended before it was expected to: it was too long a guess
            self.at_least[kind] = max(seen, EARLIER * known)


@dataclasses.dataclass
class Course:
    """How far a wait has come. It goes on from slice to slice, so the moments are epoch seconds.

    ``what`` is waited for since ``begun``, and looked at again ``pause`` seconds after the last look, when it is ``due``.
    Its ``phase`` began ``since``, and was seen to go on at ``seen``.
    """

    what: str = ""
    kind: str = ""
    begun: float = 0.0
    due: float = 0.0
    pause: float = 0.0
    phase: str = ""
    since: float = 0.0
    seen: float = 0.0


class Pace:
    """When to look next.

    :param cap: the longest pause, in seconds. :param course: of the slice before; it is kept up to date.
    :param durations: what is known of phases; the items of a fleet share it.
    """

    def __init__(
        self, clock: Clock, cap: float, rhythm: Rhythm = STEADY, course: Course | None = None, durations: Durations | None = None
    ) -> None:
        self.cap = cap
        self.course = course or Course()
        self._clock = clock
        self._rhythm = rhythm
        self._durations = durations or Durations()

    def left(self) -> float:
        """How long to wait before the next look makes sense. Never longer than the pause, whatever clocks may do."""
        now = self._clock.time()
        # a clock that was set back moves the moment, and not only what is left of this pause
        self.course.due = min(self.course.due, now + self.course.pause)
        return max(self.course.due - now, 0.0)

    def begin(
        self, what: str, kind: str = "", phase: str = "", *, at_once: bool = True, since: float | None = None
    ) -> None:
        """A wait begins, or goes on when it is the one that the slice before was at.

        :param kind: of work, to learn how long its phases take. :param at_once: nothing is known of it yet; what has just
            been sent or read need not be looked at again right away. :param since: when the work began, if not now.
        """
        if self.course.what == what:
            return
        now = self._clock.time()
        self._become(Course(what, kind, now if since is None else since, now, 0.0, phase, now, now))
        if not at_once:
            self._plan(now)

    def looked(self, phase: str, hint: float | None = None, end_in: float | None = None) -> None:
        """It was not settled at a look. ``hint`` and ``end_in``: see Reading."""
        now = self._clock.time()
        if phase != self.course.phase:
            self._learn()
            self.course.phase, self.course.since = phase, now
        self.course.seen = now
        self._plan(now, hint or 0.0, end_in)

    def rest(self, seconds: float) -> None:
        """Nothing is to be done before so many seconds have passed."""
        self.course.due, self.course.pause = self._clock.time() + seconds, seconds

    def end(self) -> None:
        """What was waited for has come."""
        self._learn()
        self._become(Course())

    def _become(self, course: Course) -> None:
        vars(self.course).update(vars(course))

    def _learn(self) -> None:
        if self.course.kind and self.course.phase:
            since = self.course.since
            self._durations.learn(self._key(), self.course.seen - since, self._clock.time() - since)

    def _key(self) -> str:
        return "{0} {1}".format(self.course.kind, self.course.phase)

    def _plan(self, now: float, hint: float = 0.0, end_in: float | None = None) -> None:
        # a clock that was set back would make it younger than new
        self.course.begun = min(self.course.begun, now)
        pause = pause_at(self._rhythm, now - self.course.begun) * self._clock.jitter(*JITTER)
        expected = self._durations.at_least.get(self._key())
        if expected is not None:
            left = self.course.since + expected - now
            # nothing is to be seen before that
            pause = left if left > 0 else min(pause, expected_in(left, expected))
        if end_in is not None:
            pause = min(pause, end_in)
        self.rest(max(min(pause, self.cap), hint))


def wait_until(
    look: t.Callable[[], Reading],
    deadline: Deadline,
    *,
    what: str,
    pace: Pace,
    on_reading: t.Callable[[Reading], None] | None = None,
) -> Reading:
    """Look until a reading is settled. Goes on where the slice before has ended (see Pace).

    A look raises OperationFailed for a definite failure; that ends the wait at once. A read that does not get
    through is survived until the deadline, unless there has been no contact with the API at all. The last look
    happens after the last pause, so that nothing that finished in time is reported late. Raises WaitTimeout with
    ``reading`` set to the last one.
    """
    last: Reading | None = None
    trouble: TransientError | None = None
    if not pace.course.what:
        pace.begin(what)
    while True:
        if pace.left() > 0:
            deadline.pause(pace.left())
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
        pace.looked(last.phase if last else pace.course.phase, hint, last.end_in if last else None)


def _timeout(what: str, deadline: Deadline, last: Reading | None, trouble: TransientError | None) -> WaitTimeout:
    seen = "last seen: {0}.".format(last.words() or "no status") if last else "it was never seen."
    if trouble is not None:
        seen += " The last request failed: {0}".format(trouble.message)
    error = WaitTimeout(
        "Gave up waiting for {0} after {1:.0f} seconds (wait_timeout); {2}".format(what, deadline.seconds, seen)
    )
    error.reading = last
    return error
