# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: what ends it, what it survives, how often it looks."""

from __future__ import annotations

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.clock import Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import (
    AuthError,
    OperationFailed,
    SliceOver,
    TransientError,
    WaitTimeout,
)
from ansible_collections.community.redis.plugins.module_utils._core.poller import (
    Durations,
    Pace,
    Reading,
    next_delay,
    wait_until,
)
from unit.fake_clock import FakeClock


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
    return wait_until(looks, Deadline(clock, seconds, **more), what="the thing", pace=Pace(cap))


def test_what_is_settled_is_not_waited_for() -> None:
    clock = FakeClock()
    assert wait(Looks(DONE), clock).value == "it"
    assert clock.slept == []


@pytest.mark.parametrize("word", ["pending", "", "a-word-of-the-future", "succeeded", "error"])
def test_the_word_does_not_matter_only_whether_it_is_settled(word: str) -> None:
    looks = Looks(going(word), going(word), DONE)
    wait(looks, FakeClock())
    assert looks.count == 3


def test_delays_grow_up_to_the_cap() -> None:
    clock = FakeClock()
    wait(Looks(*[going()] * 9, DONE), clock, seconds=1000, cap=10)
    assert clock.slept == pytest.approx([1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10, 10, 10])


@pytest.mark.parametrize(("factor", "expected"), [(0, 0.8), (0.5, 1.0), (1, 1.2)])
def test_jitter(factor: float, expected: float) -> None:
    clock = FakeClock(factor)
    wait(Looks(going(), DONE), clock)
    assert clock.slept == pytest.approx([expected])


def test_cap_below_the_first_delay() -> None:
    clock = FakeClock()
    wait(Looks(going(), going(), DONE), clock, cap=0.5)
    assert clock.slept == [0.5, 0.5]


def test_delay_that_follows() -> None:
    assert [next_delay(delay, 30) for delay in (2, 20, 25, 30)] == [3, 30, 30, 30]


def test_hint_of_the_server() -> None:
    clock = FakeClock()
    wait(Looks(going(poll_in=20), going(poll_in=0.1), DONE), clock)
    assert clock.slept == [20, 1.5]
    clock = FakeClock()
    wait(Looks(TransientError("slow down", retry_after=40), DONE), clock)
    assert clock.slept == [40]


def test_last_look_comes_after_the_last_pause() -> None:
    clock = FakeClock()
    looks = Looks(going(), going(), going(), DONE)
    assert wait(looks, clock, seconds=4.5).settled
    assert clock.slept == [1, 1.5, 2.0], "the last pause ends at the deadline, and there is one more look"


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
    wait_until(
        looks,
        Deadline(FakeClock(), 100),
        what="it",
        pace=Pace(30),
        on_reading=lambda r: shown.append(r.words()),
    )
    assert shown == ["provisioning draft", "provisioning pending", "provisioning active"]


def test_slice_ends_in_a_pause_and_the_pace_goes_on() -> None:
    clock = FakeClock()
    pace = Pace(30)
    with pytest.raises(SliceOver):
        wait_until(Looks(going()), Deadline(clock, 1000, slice_seconds=10), what="it", pace=pace)
    assert clock.now == 10
    assert pace.delay > 5
    with pytest.raises(SliceOver):
        wait_until(Looks(going()), Deadline(clock, 1000, waited=10, slice_seconds=1), what="it", pace=pace)
    assert clock.now == 11


def test_words_and_public_form() -> None:
    assert Reading(False, "processing", "received").words() == "processing received"
    assert Reading(False, "", "received").words() == "received"
    assert Reading(False, "x", "y", 12.5).public() == {"phase": "x", "status": "y", "progress": 12.5}


class TestPace:
    def test_expected_duration_is_waited_for_once(self) -> None:
        clock = FakeClock()
        pace = Pace(30)
        pace.restart(20)
        assert [pace.step(clock) for _number in range(3)] == pytest.approx([20, 2, 3])

    def test_not_longer_than_the_cap(self) -> None:
        clock = FakeClock()
        pace = Pace(30)
        pace.restart(600)
        assert pace.step(clock) == 30

    def test_restart_begins_with_short_delays(self) -> None:
        clock = FakeClock()
        pace = Pace(30, delay=25)
        pace.restart()
        assert pace.step(clock) == 1


class TestDurations:
    def test_what_was_seen_is_expected_next_time(self) -> None:
        seen = Durations()
        assert seen.begin("create processing", 0) is None
        assert seen.going_on("create processing", 4) == (False, None)
        assert seen.going_on("create provisioning", 5) == (True, None)
        assert seen.going_on("create provisioning", 25) == (False, None)
        seen.end(30)
        assert seen.begin("create processing", 100) == 4
        assert seen.going_on("create provisioning", 105) == (True, 20)

    def test_guess_that_was_too_long_is_corrected(self) -> None:
        seen = Durations()
        seen.begin("create", 0)
        seen.going_on("create", 100)
        seen.end(101)
        assert seen.begin("create", 200) == 100
        seen.end(210)
        assert seen.begin("create", 300) == pytest.approx(90)
