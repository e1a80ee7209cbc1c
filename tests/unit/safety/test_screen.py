# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nobody sits in front of a silent screen for more than 30 seconds, whatever the server does or does not do."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__ as ansible_version

from .bench import ChaosBench
from .chaos import fault_rules
from .errands import ERRANDS, Errand
from .screen import SILENCE_MAX, Screen

MAIN = ansible_version.startswith("2.19.")
# One errand of each kind; the versions of a cluster differ in what they tell, not in how it is waited for
SOME = [name for name in ERRANDS if name.startswith("cloud") or "8.2" in name]
SEEDS = 6 if MAIN else 1
FOREVER = None


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ChaosBench:
    return ChaosBench(monkeypatch, tmp_path)


@pytest.fixture
def screen(bench: ChaosBench, monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(bench, monkeypatch)


def slow(bench: ChaosBench) -> None:
    """Every request takes 29 seconds, which is less than api_timeout."""
    bench.fault("delay", times=FOREVER, seconds=29)


def slow_writes(bench: ChaosBench) -> None:
    for method in ("POST", "PUT", "DELETE"):
        bench.fault("delay", method=method, times=FOREVER, seconds=29)


def away(bench: ChaosBench) -> None:
    """The front of the API is away for minutes, after it has answered a few times."""
    bench.fault("refuse", after=4, times=20)


def asks_for_less(bench: ChaosBench) -> None:
    bench.fault("status", status=429, after=2, times=8, body="json")


def fails(bench: ChaosBench) -> None:
    bench.fault("status", method="GET", status=503, after=3, times=12, body="html")


def loses_answers(bench: ChaosBench) -> None:
    bench.fault("lose", method="GET", after=3, times=5)


def loses_a_write(bench: ChaosBench) -> None:
    for method in ("POST", "PUT", "DELETE"):
        bench.fault("lose", method=method)


def refuses(bench: ChaosBench) -> None:
    for method in ("POST", "PUT", "DELETE"):
        bench.fault("status", method=method, status=409, times=6, body="json")


TROUBLES: list[Callable[[ChaosBench], None]] = [
    slow, slow_writes, away, asks_for_less, fails, loses_answers, loses_a_write, refuses,
]


def prepared(errand: Errand, bench: ChaosBench) -> dict[str, Any]:
    return {**bench.credentials[errand.product], **errand.prepare(bench)}


@pytest.mark.parametrize("name", SOME)
def test_plain_run_says_each_state_once(name: str, bench: ChaosBench, screen: Screen) -> None:
    errand = ERRANDS[name]
    run = screen.run(errand.module, prepared(errand, bench))
    assert not run.failed, run.result
    assert errand.wrong(bench, run) == ""
    assert screen.longest_silence(run) <= SILENCE_MAX
    shown = [re.sub(r", [0-9hms]+( of 1h00m)?$", "", text) for _when, text in screen.lines]
    times = [when for when, _text in screen.lines]
    for (before, after), (earlier, later) in zip(
        itertools.pairwise(shown), itertools.pairwise(times), strict=True
    ):
        assert before != after or later - earlier > 20, screen.text
    assert bool(shown) == errand.waits
    assert "no news" not in screen.text
    assert all(text.startswith("[web] ") and " of 1h00m" in text for _when, text in screen.lines)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
@pytest.mark.parametrize("name", SOME)
def test_no_silence_in_trouble(
    name: str, trouble: Callable[[ChaosBench], None], bench: ChaosBench, screen: Screen
) -> None:
    errand = ERRANDS[name]
    params = prepared(errand, bench)
    trouble(bench)
    run = screen.run(errand.module, params)
    assert screen.longest_silence(run) <= SILENCE_MAX, screen.text
    if not run.failed:
        assert errand.wrong(bench, run) == ""


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", SOME)
def test_no_silence_by_chance(name: str, seed: int, bench: ChaosBench, screen: Screen) -> None:
    """Many faults at once, requests that may take minutes, and other ways to run."""
    errand, rng = ERRANDS[name], random.Random(f"screen/{name}/{seed}")
    params = {**prepared(errand, bench), "api_timeout": rng.choice((5, 30, 300))}
    check = rng.random() < 0.2
    if errand.waits:
        params["wait_timeout"] = rng.choice((0, 40, 400, 3600))
    if "_task" not in errand.module and "_action" not in errand.module and errand.waits:
        params["wait"] = rng.random() < 0.8
    for rule in fault_rules(rng, errand.product, rng.choice((1, 3, 6))):
        rule["times"] = rng.choice((1, 5, 20))
        bench.simulator.faults.add(rule)
    if rng.random() < 0.5:
        bench.fault("delay", times=FOREVER, seconds=rng.choice((10, 29, 100)))
    run = screen.run(errand.module, params, check=check)
    assert screen.longest_silence(run) <= SILENCE_MAX, screen.text


@pytest.mark.parametrize("name", [name for name in SOME if name.endswith("-create")])
def test_no_silence_behind_another_process(
    name: str, bench: ChaosBench, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else on this machine holds the lock for five minutes."""
    errand = ERRANDS[name]
    params = prepared(errand, bench)
    free_at = bench.clock.now() + 300
    flock = fcntl.flock

    def held(handle: Any, operation: int) -> None:
        if operation & fcntl.LOCK_NB and bench.clock.now() < free_at:
            raise BlockingIOError(11, "held")
        flock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", held)
    run = screen.run(errand.module, params)
    assert not run.failed, run.result
    assert run.seconds > 300
    assert screen.longest_silence(run) <= SILENCE_MAX, screen.text
    assert "waiting another process on this machine" in screen.text


def test_no_silence_when_the_budget_of_requests_is_used_up(bench: ChaosBench, screen: Screen) -> None:
    errand = ERRANDS["cloud-database-create"]
    params = {**prepared(errand, bench), "api_requests_per_minute": 1}
    run = screen.run(errand.module, params)
    assert not run.failed, run.result
    assert run.seconds > 400
    assert screen.longest_silence(run) <= SILENCE_MAX, screen.text
    assert "no news for" in screen.text


@contextlib.contextmanager
def interval(monkeypatch: pytest.MonkeyPatch, seconds: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("COMMUNITY_REDIS_PROGRESS_INTERVAL", seconds)
        yield


@pytest.mark.parametrize(("seconds", "longest"), [("5", 7.5), ("60", 62.5), ("0", None)])
def test_interval(
    bench: ChaosBench, screen: Screen, monkeypatch: pytest.MonkeyPatch, seconds: str, longest: float | None
) -> None:
    errand = ERRANDS["cloud-subscription-create"]
    params = prepared(errand, bench)
    slow(bench)
    with interval(monkeypatch, seconds):
        run = screen.run(errand.module, params)
    assert not run.failed, run.result
    if longest is None:
        assert screen.lines == []
    else:
        assert screen.longest_silence(run) <= longest, screen.text


def test_percent_and_bar(bench: ChaosBench, screen: Screen) -> None:
    errand = ERRANDS["enterprise-8.2-action"]
    params = prepared(errand, bench)
    screen.run(errand.module, params, community_redis_progress_interval=3)
    assert re.search(r": processing \w+, \[#{5,15}-+\] \d+%, \d+s of 1h00m", screen.text), screen.text
