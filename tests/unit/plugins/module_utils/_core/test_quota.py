# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request budget of an account: how many requests all processes of this machine send in a minute."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.memory import file_name
from ansible_collections.community.redis.plugins.module_utils._core.quota import (
    PAUSE_REQUESTS,
    RESERVE,
    WINDOW,
    Budget,
)
from ansible_collections.community.redis.plugins.module_utils._core.retry import is_over_quota, remaining
from unit.fake_clock import FakeClock

ACCOUNT = ("https://api.example.com", "key")
PAUSE = WINDOW / 10 * PAUSE_REQUESTS


def budget(clock: FakeClock, per_minute: int = 10, account: tuple[str, ...] = ACCOUNT) -> Budget:
    return Budget(account, per_minute, clock)


def path_of(one: Budget) -> Path:
    return Path(file_name(one._words, ".quota"))


def spend(one: Budget, times: int) -> list[float]:
    return [one.take() for _time in range(times)]


def test_so_many_in_any_minute() -> None:
    clock = FakeClock()
    one = budget(clock)
    assert spend(one, 6) == [0] * 6
    clock.now += 30
    assert spend(one, 4) == [0] * 4
    assert one.take() == pytest.approx(30)
    clock.now += 30.001
    assert spend(one, 6) == [0] * 6
    assert one.take() == pytest.approx(30, abs=0.01)


def test_everybody_who_uses_the_account_takes_from_the_same_budget() -> None:
    clock = FakeClock()
    assert spend(budget(clock), 7) == [0] * 7
    assert spend(budget(clock), 3) == [0] * 3
    assert budget(clock).take() == pytest.approx(WINDOW)
    assert budget(clock, account=("https://api.example.com", "another")).take() == 0


def test_smaller_budget_beside_a_larger_one() -> None:
    clock = FakeClock()
    spend(budget(clock), 8)
    assert budget(clock, 5).take() > 0
    assert budget(clock).take() == 0


@pytest.mark.parametrize(
    ("left", "refused", "hint", "pause"),
    [
        (None, False, None, 0),
        (RESERVE, False, None, 0),
        (RESERVE - 1, False, None, WINDOW),
        (0, False, 7.0, WINDOW),
        (None, True, None, WINDOW),
        (0, True, 7.0, 7),
        (None, True, 20.0, 20),
    ],
)
def test_what_the_server_says_counts_for_all(
    left: float | None, refused: bool, hint: float | None, pause: float
) -> None:
    """Somebody else has spent what this machine does not know of."""
    assert PAUSE > WINDOW, "nobody is told to wait longer than a minute at a time"
    clock = FakeClock()
    budget(clock).observe(left, refused, hint)
    assert budget(clock).take() == pytest.approx(pause)


def test_shorter_pause_does_not_end_a_longer_one() -> None:
    clock = FakeClock()
    budget(clock).observe(0, True, 30.0)
    budget(clock).observe(0, True, 5.0)
    assert budget(clock).take() == pytest.approx(30)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sent": [1, "x"], "closed_until": 0}', '{"sent": null}'])
def test_damaged_file_is_begun_anew(text: str) -> None:
    clock = FakeClock()
    one = budget(clock)
    spend(one, 10)
    path_of(one).write_text(text, encoding="utf-8")
    assert spend(one, 10) == [0] * 10
    assert one.take() > 0


def test_full_disk_keeps_nobody_from_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server refuses what is too much; a wait that ends for lack of a file is worse."""

    def full(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    one = budget(FakeClock())
    assert spend(one, 30) == [0] * 30
    one.observe(0, True, 30.0)


def test_directory_that_was_tidied_away() -> None:
    one = budget(FakeClock())
    spend(one, 3)
    shutil.rmtree(path_of(one).parent)
    assert spend(one, 10) == [0] * 10
    assert one.take() > 0


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_clock_that_is_set(jump: float) -> None:
    """Nobody waits for an hour because of it."""
    clock = FakeClock()
    one = budget(clock)
    spend(one, 10)
    one.observe(0, True, 30.0)
    clock.now += jump
    waited = 0.0
    while (pause := one.take()) > 0:
        clock.now += pause
        waited += pause
    assert waited <= WINDOW


def test_file_names_no_key(tmp_path: Path) -> None:
    one = budget(FakeClock())
    one.take()
    assert oct(path_of(one).stat().st_mode & 0o777) == "0o600"
    assert "key" not in path_of(one).name
    assert "key" not in path_of(one).read_text(encoding="utf-8")


def test_processes_share_it(tmp_path: Path) -> None:
    """Eight processes that try as often as they can get exactly what there is."""
    code = """
from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock
from ansible_collections.community.redis.plugins.module_utils._core.quota import Budget
print(sum(Budget(("account",), 100, Clock()).take() == 0 for _time in range(50)))
"""
    env = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    crowd = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _number in range(8)]
    assert sum(int(process.communicate()[0]) for process in crowd) == 100


@pytest.mark.parametrize(
    ("status", "headers", "over"),
    [
        (429, {}, True),
        (429, {"x-rate-limit-remaining": "0"}, True),
        (429, {"x-rate-limit-remaining": "many"}, True),
        (429, {"x-rate-limit-remaining": "399"}, False),
        (200, {"x-rate-limit-remaining": "0"}, False),
        (403, {}, False),
    ],
)
def test_two_meanings_of_429(status: int, headers: dict[str, str], over: bool) -> None:
    assert is_over_quota(status, headers) is over


def test_what_remains() -> None:
    assert remaining({"x-rate-limit-remaining": "17"}) == 17
    assert remaining({}) is None
