# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The deadline of a run and the slices of it."""

from __future__ import annotations

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import SliceOver
from unit.fake_clock import FakeClock


def test_clock_of_the_machine() -> None:
    clock = Clock()
    before = clock.monotonic()
    clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.01
    assert clock.time() > 1700000000
    assert all(2 <= clock.jitter(2, 3) <= 3 for _number in range(100))


def test_deadline_runs_down() -> None:
    clock = FakeClock()
    clock.now = 1000.0
    deadline = Deadline(clock, 10)
    assert (deadline.elapsed(), deadline.left(), deadline.passed()) == (0, 10, False)
    clock.now += 4
    assert (deadline.elapsed(), deadline.left(), deadline.passed()) == (4, 6, False)
    clock.now += 60
    assert (deadline.left(), deadline.passed()) == (0, True)


def test_earlier_slices_have_used_some_of_it() -> None:
    assert Deadline(FakeClock(), 10, waited=7).left() == 3
    assert Deadline(FakeClock(), 10, waited=70).passed()


@pytest.mark.parametrize(("seconds", "slept"), [(3, 3), (30, 10), (0, 0)])
def test_pause_ends_at_the_deadline(seconds: float, slept: float) -> None:
    clock = FakeClock()
    Deadline(clock, 10).pause(seconds)
    assert clock.slept == [slept]


@pytest.mark.parametrize(
    ("seconds", "left_of_slice", "slept", "over"),
    [
        (3, 5, 3, False),
        (5, 5, 5, True),
        (8, 5, 5, True),
        (100, 5, 5, True),
        (0, 0, 0, True),
        (100, 50, 20, False),
    ],
)
def test_pause_ends_with_the_slice(seconds: float, left_of_slice: float, slept: float, over: bool) -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 20, slice_seconds=left_of_slice)
    if over:
        with pytest.raises(SliceOver):
            deadline.pause(seconds)
    else:
        deadline.pause(seconds)
    assert clock.slept == [slept]


def test_pause_within_never_ends_the_slice() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 20, slice_seconds=5)
    deadline.pause_within(15)
    deadline.pause_within(15)
    assert clock.slept == [15, 5]


def test_slice_can_be_ended_early() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 20, slice_seconds=15)
    deadline.end_slice()
    with pytest.raises(SliceOver):
        deadline.pause(1)
    assert clock.slept == [0]
    whole = Deadline(clock, 20)
    whole.end_slice()
    whole.pause(1)


def test_deadline_comes_before_the_end_of_the_slice() -> None:
    clock = FakeClock()
    deadline = Deadline(clock, 5, slice_seconds=5)
    deadline.pause(30)
    assert deadline.passed()
