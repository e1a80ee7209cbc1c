# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests and answers as the state machines see them: no sockets, no framework."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """One HTTP request. ``path`` starts with ``/`` and is not percent-encoded; header names are lower-case."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The decoded body, ``None`` if there is none. Raises ``ValueError`` if it is not JSON in UTF-8."""
        if not self.body.strip():
            return None
        return json.loads(self.body.decode("utf-8"))


@dataclass
class Response:
    """One HTTP answer. ``body`` is JSON-able, or ``bytes`` sent as they are, or ``None`` for an empty body."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def payload(self) -> bytes:
        """The bytes that go over the wire."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode("utf-8")

    def content_type(self) -> str:
        """The content type: what the headers say, else JSON, else none for an empty body."""
        for name, value in self.headers.items():
            if name.lower() == "content-type":
                return value
        if self.body is None:
            return ""
        return "application/octet-stream" if isinstance(self.body, bytes) else "application/json"
