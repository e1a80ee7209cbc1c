# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: what ends it, what it survives, how often it looks."""

from __future__ import annotations

import pytest

from ansible_collections.community.redis.plugins.module_utils._cloud import facts as cloud
from ansible_collections.community.redis.plugins.module_utils._core.clock import Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import (
    AuthError,
    OperationFailed,
    SliceOver,
    TransientError,
    WaitTimeout,
)
from ansible_collections.community.redis.plugins.module_utils._core.poller import (
    STEADY,
    Course,
    Durations,
    Pace,
    Reading,
    expected_in,
    next_delay,
    pause_at,
    wait_until,
)
from ansible_collections.community.redis.plugins.module_utils._enterprise import facts as enterprise
from unit.fake_clock import FakeClock

# always the same, so that pauses can be foreseen
EVEN = ((0.0, 2.0), (10.0, 5.0), (20.0, 40.0))


def going(status: str = "pending", poll_in: float | None = None) -> Reading:
    return Reading(False, "provisioning", status, poll_in=poll_in)


DONE = Reading(True, "provisioning", "active", value="it")


class Looks:
    """Gives one reading after the other, the last one for ever."""

    def __init__(self, *looks: Reading | Exception) -> None:
        self.looks = list(looks)
        self.count = 0

    def __call__(self) -> Reading:
        self.count += 1
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        return look


def wait(looks: Looks, clock: FakeClock, seconds: float = 100, cap: float = 30, **more: float) -> Reading:
    pace = Pace(clock, cap, EVEN)
    return wait_until(looks, Deadline(clock, seconds, **more), what="the thing", pace=pace)


def test_what_is_settled_is_not_waited_for() -> None:
    clock = FakeClock()
    assert wait(Looks(DONE), clock).value == "it"
    assert clock.slept == []


@pytest.mark.parametrize("word", ["pending", "", "a-word-of-the-future", "succeeded", "error"])
def test_the_word_does_not_matter_only_whether_it_is_settled(word: str) -> None:
    looks = Looks(going(word), going(word), DONE)
    wait(looks, FakeClock())
    assert looks.count == 3


def test_pauses_follow_the_age_of_the_work_up_to_the_cap() -> None:
    clock = FakeClock()
    wait(Looks(*[going()] * 9, DONE), clock, seconds=1000, cap=30)
    assert clock.slept == pytest.approx([2, 2, 2, 2, 2, 5, 5, 30, 30])


@pytest.mark.parametrize(("factor", "expected"), [(0, 1.9), (0.5, 2.0), (1, 2.1)])
def test_jitter(factor: float, expected: float) -> None:
    clock = FakeClock(factor)
    wait(Looks(going(), DONE), clock)
    assert clock.slept == pytest.approx([expected])


@pytest.mark.parametrize("factor", [0, 0.5, 1])
def test_cap_below_the_first_pause(factor: float) -> None:
    clock = FakeClock(factor)
    wait(Looks(going(), going(), DONE), clock, cap=0.5)
    assert clock.slept == [0.5, 0.5]


def test_delay_that_follows() -> None:
    assert [next_delay(delay, 30) for delay in (2, 20, 25, 30)] == [3, 30, 30, 30]


def test_hint_of_the_server() -> None:
    clock = FakeClock()
    wait(Looks(going(poll_in=20), going(poll_in=0.1), DONE), clock)
    assert clock.slept == [20, 30]
    clock = FakeClock()
    wait(Looks(TransientError("slow down", retry_after=40), DONE), clock)
    assert clock.slept == [40]


def test_end_that_is_expected() -> None:
    """Looked at when it is expected to have ended; but not later than usual."""
    clock = FakeClock()
    wait(Looks(*(Reading(False, "x", end_in=seconds) for seconds in (1.5, 100)), DONE), clock)
    assert clock.slept == [1.5, 2]


def test_last_look_comes_after_the_last_pause() -> None:
    clock = FakeClock()
    looks = Looks(going(), going(), going(), DONE)
    assert wait(looks, clock, seconds=4.5).settled
    assert clock.slept == [2, 2, 0.5], "the last pause ends at the deadline, and there is one more look"


@pytest.mark.parametrize("seconds", [0, 0.5, 10, 59])
def test_timeout_says_what_was_last_seen(seconds: float) -> None:
    clock = FakeClock()
    with pytest.raises(WaitTimeout) as caught:
        wait(Looks(going("draft")), clock, seconds=seconds)
    assert clock.now == pytest.approx(seconds)
    assert caught.value.message == (
        f"Gave up waiting for the thing after {seconds:.0f} seconds (wait_timeout); last seen: provisioning draft."
    )
    assert caught.value.reading.status == "draft"


def test_failure_ends_it_at_once() -> None:
    clock = FakeClock()
    for error in (OperationFailed("broken"), AuthError("no", status=401)):
        with pytest.raises(type(error)):
            wait(Looks(error), clock)
    assert clock.slept == []


def test_reads_that_do_not_get_through_are_survived() -> None:
    trouble = TransientError("no answer")
    assert wait(Looks(trouble, trouble, going(), trouble, DONE), FakeClock()).settled


def test_reads_that_never_get_through() -> None:
    with pytest.raises(WaitTimeout) as caught:
        wait(Looks(TransientError("no answer from the host")), FakeClock())
    assert "it was never seen. The last request failed: no answer from the host" in caught.value.message
    assert caught.value.reading is None


def test_every_reading_is_shown() -> None:
    shown: list[str] = []
    looks = Looks(going("draft"), TransientError("no"), going("pending"), DONE)
    clock = FakeClock()
    wait_until(
        looks,
        Deadline(clock, 100),
        what="it",
        pace=Pace(clock, 30),
        on_reading=lambda r: shown.append(r.words()),
    )
    assert shown == ["provisioning draft", "provisioning pending", "provisioning active"]


def moments_of_looks(clock: FakeClock, until: float, seconds: float, start: float) -> list[float]:
    """When it is looked at, in slices of so many seconds, each of which takes ``start`` to begin."""
    found: list[float] = []
    handed = vars(Course())

    def look() -> Reading:
        found.append(clock.now)
        return going()

    while clock.now < until:
        course = Course(**handed)
        deadline = Deadline(clock, 1000, waited=clock.now, slice_seconds=seconds)
        with pytest.raises(SliceOver):
            wait_until(look, deadline, what="it", pace=Pace(clock, 30, EVEN, course))
        handed = vars(course)
        clock.now += start
    return [moment for moment in found if moment < until]


@pytest.mark.parametrize("seconds", [1, 4, 7, 25, 90])
def test_slices_look_no_more_often_than_one_run(seconds: float) -> None:
    """The next slice goes on with the rest of the pause in which the one before has ended."""
    assert moments_of_looks(FakeClock(), 100, seconds, 0.0) == [0, 2, 4, 6, 8, 10, 15, 20, 50, 80]


def test_start_of_a_slice_delays_a_look_only_when_it_is_due() -> None:
    found = moments_of_looks(FakeClock(), 100, 4, 0.5)
    assert found == pytest.approx([0, 2, 4.5, 6.5, 8.5, 10.5, 15.5, 20.5, 50.5, 80.5], abs=0.6)
    assert len(found) == 10


def test_words_and_public_form() -> None:
    assert Reading(False, "processing", "received").words() == "processing received"
    assert Reading(False, "", "received").words() == "received"
    assert Reading(False, "x", "y", 12.5).public() == {"phase": "x", "status": "y", "progress": 12.5}


class TestPace:
    def test_what_was_sent_or_read_a_moment_ago_is_not_looked_at_at_once(self) -> None:
        pace = Pace(FakeClock(), 30, EVEN)
        pace.begin("create", at_once=False)
        assert pace.left() == 2
        pace.begin("join")
        assert pace.left() == 0

    def test_the_same_wait_goes_on_and_another_begins(self) -> None:
        clock = FakeClock()
        pace = Pace(clock, 30, EVEN)
        pace.begin("create", at_once=False)
        clock.now += 1.5
        pace.begin("create", at_once=False)
        assert pace.left() == 0.5
        clock.now += 20
        pace.looked("")
        assert pace.left() == 30
        pace.begin("update", at_once=False)
        assert pace.left() == 2

    def test_work_that_is_older_than_the_wait(self) -> None:
        clock = FakeClock()
        pace = Pace(clock, 30, EVEN)
        pace.begin("create", since=clock.time() - 12)
        pace.looked("")
        assert pace.left() == 5

    def test_phase_that_has_been_seen_before_is_looked_at_when_it_should_end(self) -> None:
        clock = FakeClock()
        pace = Pace(clock, 30, EVEN, durations=Durations({"create processing": 12.0}))
        pace.begin("the first", "create", "processing", at_once=False)
        pauses = []
        for _look in range(5):
            pauses.append(pace.left())
            clock.now += pace.left()
            pace.looked("processing")
        assert pauses == pytest.approx([12, 0.4, 0.4, 0.4, 0.6])
        pace.looked("provisioning")
        assert pace.left() == 5, "of this phase nothing is known"

    def test_long_expectation_is_not_longer_than_the_cap(self) -> None:
        pace = Pace(FakeClock(), 30, EVEN, durations=Durations({"create processing": 600.0}))
        pace.begin("it", "create", "processing", at_once=False)
        assert pace.left() == 30

    def test_phases_are_learned(self) -> None:
        clock = FakeClock()
        durations = Durations()
        pace = Pace(clock, 30, EVEN, durations=durations)
        pace.begin("it", "create", "processing", at_once=False)
        for seconds, phase in ((4, "processing"), (2, "provisioning"), (9, "provisioning")):
            clock.now += seconds
            pace.looked(phase)
        clock.now += 5
        pace.end()
        assert durations.at_least == {"create processing": 4, "create provisioning": 9}
        assert pace.course == Course()

    @pytest.mark.parametrize("jump", [-1e6, -5, 5, 1e6])
    def test_clock_that_is_set(self, jump: float) -> None:
        """Never a longer pause than was planned, and never a look after the other."""
        clock = FakeClock()
        pace = Pace(clock, 30, EVEN)
        pace.begin("it", at_once=False)
        clock.now += jump
        assert 0 <= pace.left() <= 2
        pace.looked("")
        assert 2 <= pace.left() <= 30


@pytest.mark.parametrize("rhythm", [STEADY, cloud.RHYTHM, enterprise.RHYTHM])
def test_rhythms(rhythm: tuple[tuple[float, float], ...]) -> None:
    """They begin at once and say for every age how long to pause."""
    ages = [age for age, _pause in rhythm]
    assert ages[0] == 0
    assert ages == sorted(set(ages))
    assert all(pause_at(rhythm, age) == pause_at(rhythm, age + 0.001) == pause for age, pause in rhythm)
    assert pause_at(rhythm, 1e9) == rhythm[-1][1] == 30
    assert all(0.2 <= pause <= 30 for _age, pause in rhythm)


@pytest.mark.parametrize(
    ("left", "expected", "pause"),
    [(12, 100, 12), (0.001, 100, 0.001), (0, 100, 2), (-1, 100, 2), (-50, 100, 25), (0, 5, 0.4), (-2, 5, 1)],
)
def test_what_is_expected_soon_and_what_is_overdue(left: float, expected: float, pause: float) -> None:
    assert expected_in(left, expected) == pytest.approx(pause)


class TestDurations:
    def test_the_longest_time_that_it_was_seen_going_on(self) -> None:
        seen = Durations()
        for at_least in (4, 6, 5):
            seen.learn("create", at_least, at_least + 3)
        assert seen.at_least == {"create": 6}

    def test_guess_that_was_too_long_is_corrected(self) -> None:
        seen = Durations({"create": 100.0})
        seen.learn("create", 0, 100)
        assert seen.at_least == {"create": pytest.approx(95)}
        seen.learn("create", 93, 95.2)
        assert seen.at_least == {"create": 93}

    def test_what_ended_later_than_expected_corrects_nothing(self) -> None:
        seen = Durations({"create": 100.0})
        seen.learn("create", 80, 110)
        assert seen.at_least == {"create": 100}
