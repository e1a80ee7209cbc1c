# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the simulator share: the Redis Cloud API on a clock that stands still."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulator.clock import VirtualClock
from simulator.cloud.api import CloudApi
from simulator.cloud.options import CloudOptions
from simulator.messages import Request, Response
from simulator.options import set_options

HEADERS = {"x-api-key": "sim-api-key", "x-api-secret-key": "sim-secret-key"}
SUBSCRIPTION: dict[str, Any] = {
    "name": "main",
    "cloudProviders": [{"provider": "AWS", "regions": [{"region": "us-east-1"}]}],
    "databases": [{"name": "first", "protocol": "redis", "datasetSizeInGb": 1}],
}
LONG = 3600.0


class CloudDriver:
    """Talks to a Redis Cloud API and lets time pass."""

    def __init__(self, **options: Any) -> None:
        self.clock = VirtualClock()
        self.options = CloudOptions()
        set_options(self.options, options)
        self.api = CloudApi(self.clock, self.options)

    def send(self, method: str, path: str, body: Any = None, **query: str) -> Response:
        payload = b"" if body is None else json.dumps(body).encode()
        return self.api.handle(Request(method, f"/v1{path}", query, dict(HEADERS), payload))

    def get(self, path: str, **query: str) -> Any:
        response = self.send("GET", path, **query)
        assert response.status == 200, (response.status, response.body)
        return response.body

    def start(self, method: str, path: str, body: Any = None) -> str:
        """Send a request that is accepted as a task; returns the id of it."""
        response = self.send(method, path, body)
        assert response.status in (200, 202), (response.status, response.body)
        return str(response.body["taskId"])

    def run(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and follow its task to the end, second by second."""
        task_id = self.start(method, path, body)
        for _second in range(1000):
            self.clock.advance(1)
            response = self.send("GET", f"/tasks/{task_id}")
            if response.status == 200 and response.body["status"] in (
                "processing-completed",
                "processing-error",
            ):
                return response.body
        raise AssertionError("the task does not end")

    def error(self, method: str, path: str, body: Any = None) -> str:
        """The code with which the task of a request fails."""
        task = self.run(method, path, body)
        assert task["status"] == "processing-error", task
        return str(task["response"]["error"]["type"])

    def subscription(self, **changes: Any) -> int:
        """An active subscription with one active, listed database."""
        task = self.run("POST", "/subscriptions", {**SUBSCRIPTION, **changes})
        assert task["status"] == "processing-completed", task
        self.clock.advance(LONG)
        return int(task["response"]["resourceId"])

    def database(self, subscription: int, **fields: Any) -> int:
        """An active database in an active subscription."""
        body = {"name": "extra", "datasetSizeInGb": 1, **fields}
        task = self.run("POST", f"/subscriptions/{subscription}/databases", body)
        assert task["status"] == "processing-completed", task
        self.clock.advance(LONG)
        return int(task["response"]["resourceId"])


@pytest.fixture
def cloud() -> CloudDriver:
    """Redis Cloud with its defaults."""
    return CloudDriver()


@pytest.fixture
def make_cloud() -> Callable[..., CloudDriver]:
    """Redis Cloud with options of one's own."""
    return CloudDriver
