# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator under ``requests`` in one process: answers, faults as exceptions, time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from simulator.adapter import SimulatorAdapter
from simulator.clock import VirtualClock
from simulator.cloud.api import CloudApi
from simulator.exchange import Exchange
from simulator.faults import Faults
from simulator.journal import Journal

URL = "https://cloud.example/v1"
NEW: dict[str, Any] = {
    "cloudProviders": [{"regions": [{"region": "us-east-1"}]}],
    "databases": [{"name": "a", "protocol": "redis", "datasetSizeInGb": 1}],
}


class World:
    """A session whose requests end in the state machine."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.faults = Faults()
        self.journal = Journal()
        self.api = CloudApi(self.clock)
        exchange = Exchange(self.clock, {"cloud": self.api}, self.faults, self.journal)
        self.session = requests.Session()
        self.session.headers.update({"x-api-key": "sim-api-key", "x-api-secret-key": "sim-secret-key"})
        self.session.mount(URL, SimulatorAdapter(exchange, "cloud", self.clock))

    def strike(self, **action: Any) -> None:
        self.faults.add({"action": action})

    def tasks(self) -> int:
        return len(self.api.state()["tasks"])


@pytest.fixture
def world() -> World:
    return World()


def test_answers(world: World) -> None:
    answer = world.session.post(f"{URL}/subscriptions?x=1", json=NEW, timeout=5)
    assert (answer.status_code, answer.reason, answer.json()["status"]) == (202, "Accepted", "received")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["X-Rate-Limit-Remaining"] == "399"
    assert world.clock.now() == pytest.approx(0.05)
    entry = world.journal.entries()[0]
    assert (entry["method"], entry["query"], entry["write"], entry["status"]) == (
        "POST",
        {"x": "1"},
        True,
        202,
    )
    empty = world.session.get(f"{URL}/subscriptions/1", timeout=5)
    assert (empty.status_code, empty.content) == (404, b"")


@pytest.mark.parametrize(
    ("action", "exception", "processed"),
    [
        ({"kind": "refuse"}, requests.ConnectionError, False),
        ({"kind": "connect_timeout"}, requests.ConnectTimeout, False),
        ({"kind": "reset_before"}, requests.ConnectionError, False),
        ({"kind": "reset_after"}, requests.ConnectionError, True),
        ({"kind": "lose"}, requests.ReadTimeout, True),
        ({"kind": "delay", "seconds": 6}, requests.ReadTimeout, True),
        ({"kind": "cut"}, requests.exceptions.ChunkedEncodingError, True),
    ],
)
def test_faults_raise(
    world: World, action: dict[str, Any], exception: type[Exception], processed: bool
) -> None:
    world.strike(**action)
    with pytest.raises(exception) as caught:
        world.session.post(f"{URL}/subscriptions", json=NEW, timeout=5)
    assert caught.value.__class__ is exception
    assert world.tasks() == (1 if processed else 0)
    assert world.journal.entries()[0]["processed"] is processed
    assert world.session.get(f"{URL}/tasks", timeout=5).status_code == 200


def test_refused_connections_can_be_told_apart(world: World) -> None:
    world.strike(kind="refuse")
    with pytest.raises(requests.ConnectionError) as caught:
        world.session.get(URL, timeout=5)
    assert isinstance(caught.value.args[0], MaxRetryError)
    assert isinstance(caught.value.args[0].reason, NewConnectionError)


def reset(world: World, kind: str) -> str:
    world.strike(kind=kind)
    with pytest.raises(requests.ConnectionError) as caught:
        world.session.post(f"{URL}/subscriptions", json=NEW, timeout=5)
    return repr(caught.value.args)


def test_resets_before_and_after_look_the_same(world: World) -> None:
    assert reset(world, "reset_before") == reset(world, "reset_after")


@pytest.mark.parametrize(
    ("timeout", "seconds"), [(7, 7.0), ((3, 11), 11.0), (None, 3600.0), ((3, None), 3600.0)]
)
def test_a_lost_answer_takes_the_read_timeout(world: World, timeout: Any, seconds: float) -> None:
    world.strike(kind="lose")
    with pytest.raises((requests.ReadTimeout, requests.ConnectionError)):
        world.session.get(f"{URL}/tasks", timeout=timeout)
    assert world.clock.now() == pytest.approx(seconds + 0.05)


def test_other_faults(world: World) -> None:
    world.faults.replace(
        [
            {"action": {"kind": "status", "status": 503, "body": "html"}},
            {"action": {"kind": "empty"}},
            {"action": {"kind": "delay", "seconds": 2}},
            {"action": {"kind": "rewrite", "drop": ["tasks"]}},
        ]
    )
    get: Callable[[], requests.Response] = lambda: world.session.get(f"{URL}/tasks", timeout=5)  # noqa: E731  # shorter
    first, second, third, fourth = get(), get(), get(), get()
    assert (first.status_code, first.text[:6], first.headers["content-type"]) == (503, "<html>", "text/html")
    assert (second.status_code, second.content) == (200, b"")
    assert third.json() == {"tasks": []}
    assert fourth.json() == {}
    assert world.clock.now() == pytest.approx(2.2)


def test_large_answers_stream(world: World) -> None:
    world.api.seed({"subscriptions": [{"databases": 100}]})
    subscription = world.session.get(f"{URL}/subscriptions", timeout=5).json()["subscriptions"][0]["id"]
    answer = world.session.get(f"{URL}/subscriptions/{subscription}/databases", stream=True, timeout=5)
    assert sum(len(part) for part in answer.iter_content(1000)) == int(answer.headers["Content-Length"])
