# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A cluster with a virtual clock and a client in one: what tests of the simulator talk to."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..clock import VirtualClock
from ..messages import Request, Response
from ..redis_servers import RedisServers
from .api import EnterpriseApi
from .options import EnterpriseOptions


class Cluster:
    """``Cluster(version="7.4")``; bodies come back as they would after a trip over the wire."""

    def __init__(self, redis: RedisServers | None = None, **options: Any) -> None:
        self.clock = VirtualClock()
        self.options = EnterpriseOptions(**options)
        self.api = EnterpriseApi(self.clock, self.options, redis)
        self.user = (self.options.username, self.options.password)

    def send(
        self,
        method: str,
        url: str,
        body: Any = None,
        user: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """One request; ``url`` is a path with an optional query, ``body`` JSON-able or bytes."""
        parts = urlsplit(url)
        name, password = user or self.user
        credentials = base64.b64encode(f"{name}:{password}".encode()).decode("ascii")
        known = {"authorization": f"Basic {credentials}", "content-type": "application/json"}
        known.update(headers or {})
        payload = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        answer = self.api.handle(Request(method, parts.path, query, known, payload))
        if answer.body is not None and not isinstance(answer.body, bytes):
            answer.body = json.loads(answer.payload())
        return answer

    def call(self, method: str, url: str, body: Any = None) -> Any:
        """The body of a request that must succeed."""
        answer = self.send(method, url, body)
        if answer.status != 200:
            raise AssertionError(f"{method} {url}: {answer.status} {answer.body!r}")
        return answer.body

    def get(self, url: str) -> Any:
        return self.call("GET", url)

    def status(self, method: str, url: str, body: Any = None, **more: Any) -> int:
        return self.send(method, url, body, **more).status

    def error(self, method: str, url: str, body: Any = None) -> tuple[int, str]:
        """Status and error code of a request that must fail with a JSON body."""
        answer = self.send(method, url, body)
        return answer.status, str(answer.body["error_code"])

    def create(self, name: str = "cache", **fields: Any) -> dict[str, Any]:
        """A new database, created to its end: the answer of the creation."""
        answer: dict[str, Any] = self.call(
            "POST", "/v1/bdbs", {"name": name, "memory_size": 1024**3, **fields}
        )
        self.advance(60)
        return answer

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
