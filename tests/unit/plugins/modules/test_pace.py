# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When is looked, and what comes of it: clocks that are moved, deadlines, items that need not wait for each other."""

from __future__ import annotations

from typing import Any

import pytest

from unit.cloud_world import Account
from unit.harness import Bench, Run

ONE, MANY = "redis_cloud_database", "redis_cloud_databases"
# the simulator's times, in seconds: how long a database or two take, and how much later a run may notice it
READY_MAX, PAUSE_MAX = 195.0, 30.0


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


def wanted(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "dataset_size_in_gb": 1} for name in names]


def run_in_slices(bench: Bench, module: str, params: dict[str, Any], seconds: float) -> Run:
    run, _handed = bench.sliced(module, params, seconds)
    assert not run.failed, run.message
    return run


def move_clock(bench: Bench, monkeypatch: pytest.MonkeyPatch, after: float, seconds: float) -> None:
    """From some moment on this machine's clock shows another time; durations are not touched."""
    clock = bench.module_clock
    usual, since = type(clock).time, clock.monotonic() + after
    monkeypatch.setattr(
        clock, "time", lambda: usual(clock) + (seconds if clock.monotonic() >= since else 0.0), raising=False
    )


@pytest.mark.parametrize("seconds", [-3600.0, 3600.0])
@pytest.mark.parametrize("slices", [7.0, 25.0])
@pytest.mark.parametrize(
    ("module", "params"), [(ONE, wanted("one")[0]), (MANY, {"databases": wanted("one", "two")})], ids=[ONE, MANY]
)
def test_clock_that_is_set(
    bench: Bench,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    params: dict[str, Any],
    slices: float,
    seconds: float,
) -> None:
    home = account.seed()
    move_clock(bench, monkeypatch, 150.0, seconds)
    run = run_in_slices(bench, module, {"subscription_id": home, **params}, slices)
    assert run.seconds < READY_MAX + PAUSE_MAX
    assert len(run.requests) < 100


def test_row_of_a_list_is_no_result(bench: Bench, account: Account) -> None:
    """It does not tell the password (trap 37)."""
    home = account.seed()
    params = {"subscription_id": home, **wanted("cache")[0], "wait_for": "processing", "return_secrets": True}
    assert bench.ok(ONE, params)["database"]["password"]


@pytest.mark.parametrize("slices", [7.0, 25.0])
def test_delete_that_takes_long_holds_up_nobody(bench: Bench, account: Account, slices: float) -> None:
    bench.options("cloud", database_delete_seconds=120)
    home = account.seed(databases=1)
    databases = [{"name": "db-0001", "state": "absent"}, *wanted("two", "three")]
    run = run_in_slices(bench, MANY, {"subscription_id": home, "databases": databases}, slices)
    creates = [request.time - run.requests[0].time for request in run.requests if request.method == "POST"]
    assert len(creates) == 2
    assert max(creates) < 30


@pytest.mark.parametrize("processing", [5.0, 5.6, 6.2, 6.5])
def test_ready_at_the_deadline(bench: Bench, account: Account, processing: float) -> None:
    bench.options("cloud", database_seconds=0.1, processing_seconds=processing)
    home = account.seed()
    run = bench.ok(ONE, {"subscription_id": home, **wanted("cache")[0], "wait_timeout": 7})
    assert run["database"]["status"] == "active"


@pytest.mark.parametrize("timeout", [192, 194, 196, 198])
@pytest.mark.parametrize("slices", [None, 25.0])
def test_fleet_that_is_ready_at_the_deadline(bench: Bench, account: Account, slices: float | None, timeout: int) -> None:
    home = account.seed()
    params = {"subscription_id": home, "databases": wanted("one", "two"), "wait_timeout": timeout}
    run = bench.ok(MANY, params) if slices is None else run_in_slices(bench, MANY, params, slices)
    assert [result["database"]["status"] for result in run["results"]] == ["active", "active"]


def test_fleet_that_is_not_ready_says_how_far_it_is(bench: Bench, account: Account) -> None:
    home = account.seed()
    params = {"subscription_id": home, "databases": wanted("one", "two"), "wait_timeout": 189}
    run = bench.fails(MANY, params)
    assert "before all" not in run.message
    assert "databases ready" in run.message


@pytest.mark.parametrize("module", [ONE, MANY])
@pytest.mark.parametrize("after", [1, 2])
def test_nothing_is_said_to_go_on_that_was_not_requested(bench: Bench, account: Account, module: str, after: int) -> None:
    home = account.seed()
    bench.fault("status", method="GET", after=after, times=None, status=503, body="html")
    params: dict[str, Any] = wanted("one")[0] if module == ONE else {"databases": wanted("one", "two")}
    run = bench.fails(module, {"subscription_id": home, **params, "wait_timeout": 60})
    assert run.writes == []
    assert "goes on at the server" not in run.message
    assert "Nothing that this task has requested is under way" in run.message


@pytest.mark.parametrize("slices", [None, 7.0, 25.0])
def test_fleet_adopts_what_somebody_creates_meanwhile(
    bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch, slices: float | None
) -> None:
    home = account.seed()
    usual = bench.note
    taken: list[Any] = []

    def note(request: Any, product: str) -> None:
        if request.method == "POST" and not taken:
            taken.append(request)
            account.start_database(home, "one")
        usual(request, product)

    monkeypatch.setattr(bench, "note", note)
    params = {"subscription_id": home, "databases": wanted("one", "two")}
    run = bench.ok(MANY, params) if slices is None else run_in_slices(bench, MANY, params, slices)
    assert [result["adopted"] for result in run["results"]] == [True, False]
    assert account.names(home) == ["one", "two"]


@pytest.mark.parametrize("slices", [None, 25.0])
@pytest.mark.parametrize("module", [ONE, MANY])
def test_deleted_by_somebody_while_it_is_waited_for(
    bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch, module: str, slices: float | None
) -> None:
    home = account.seed()
    cloud: Any = bench.simulator.services["cloud"]
    databases = cloud._account.subscriptions[home].databases
    usual = bench.note
    gone: list[Any] = []

    def note(request: Any, product: str) -> None:
        if databases and not gone:
            gone.append(databases.pop(next(iter(databases))))
        usual(request, product)

    monkeypatch.setattr(bench, "note", note)
    params: dict[str, Any] = wanted("one")[0] if module == ONE else {"databases": wanted("one", "two")}
    task = {"subscription_id": home, **params}
    run = bench.run(module, task) if slices is None else bench.sliced(module, task, slices)[0]
    assert gone
    assert run.seconds < 600
    if run.failed:
        assert "is not there any more" in run.message
        assert "goes on at the server" not in run.message
    assert bench.ok(module, task).seconds < 400
