# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at the same time: on one machine they create one, on two machines the later one says what has happened."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from integration.safety.live import Live, running

from unit.safety.catalogue import SUBJECTS
from unit.safety.subjects import Step, Subject

# a clock that is not so fast that the first is done before the second has started
SPEED = 100.0


def prepared(live: Live, name: str) -> tuple[str, Step, Subject]:
    """A world without open questions: the module, the step that creates, and the subject."""
    subject = SUBJECTS[name]()
    subject.prepare(live, random.Random(1))
    live.simulator.set_options(
        {
            "cloud": {
                "task_404_seconds": 0,
                "task_visible_seconds": 0,
                "resource_visible_seconds": 0,
                "subscription_seconds": 200,
                "max_pending_subscriptions": 3,
            },
            "enterprise": {"action_visible_after_seconds": 0, "create_seconds": 200},
        }
    )
    return subject.module, subject.steps(random.Random(1))[0], subject


@pytest.mark.parametrize(
    "name",
    [
        "cloud-database",
        "cloud-subscription",
        "cloud-databases",
        "enterprise-8.2",
        "enterprise-7.4",
        "enterprise-databases-8.2",
    ],
)
def test_two_on_one_machine_create_one(tmp_path: Path, name: str) -> None:
    with running(tmp_path, SPEED, fast=True) as live:
        module, step, subject = prepared(live, name)
        both = [live.module(module, step.params), live.module(module, step.params)]
        results = [client.succeeds() for client in both]
        # of many, each of the two runs may create some
        claims = [subject.claimed(result) for result in results]
        assert len(claims[0]) + len(claims[1]) == len(claims[0] | claims[1]) == step.left
        assert len(subject.ours(live)) == step.left
        # one of a name that is taken already may be sent to Redis Cloud, which refuses it
        assert subject.carried_out(live, live.heard) == step.writes


@pytest.mark.parametrize("name", ["cloud-subscription", "enterprise-8.2"])
def test_two_on_two_machines_and_the_later_one_names_both(tmp_path: Path, name: str) -> None:
    """The server is slow to show what was created, so that neither can see the other's in time."""
    with running(tmp_path, SPEED, fast=True) as live:
        module, step, subject = prepared(live, name)
        # neither request is answered before both have arrived: only then both see nothing
        gate = Gate(live)
        both = [live.module(module, step.params, f"machine-{number}") for number in (1, 2)]
        results = [client.wait().result for client in both]
        gate.open()
        rows = subject.ours(live)
        ids = [str(row.get("id", row.get("uid"))) for row in rows]
        assert len(ids) == 2, "the race did not take place"
        failed = [result for result in results if result.get("failed")]
        assert failed, "both say that all is well"
        for result in failed:
            assert all(one in result["msg"] for one in ids), result["msg"]
        again = live.module(module, step.params).wait().result
        assert again["failed"]
        assert all(one in again["msg"] for one in ids)
        assert not any(request.method == "DELETE" for request in live.heard)


class Gate:
    """Hides from each of two clients what the other one creates, until both have sent their create."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._handle = live.simulator.exchange.process
        live.simulator.exchange.process = self._process  # type: ignore[method-assign]
        self._before: Any = None

    def open(self) -> None:
        self._live.simulator.exchange.process = self._handle  # type: ignore[method-assign]

    def _process(self, product: str, request: Any) -> Any:
        posts = sum(entry.method == "POST" for entry in self._live.heard)
        result = self._handle(product, request)
        if request.method == "GET" and posts < 2 and result.response is not None:
            if posts == 0 and request.path.endswith(("/subscriptions", "/bdbs", "/tasks", "/actions")):
                self._before = {**(self._before or {}), request.path: result.response.body}
            elif request.path in (self._before or {}):
                result.response.body = self._before[request.path]
        return result
