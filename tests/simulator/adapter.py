# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator inside a test process: a transport adapter for ``requests`` that calls the state machine directly.

    clock = VirtualClock()
    exchange = Exchange(clock, {"cloud": CloudApi(clock)}, Faults(), Journal())
    session.mount("https://cloud.example/", SimulatorAdapter(exchange, "cloud", clock))

Faults end in the exceptions that ``requests`` raises for them over a real connection. Time passes on the virtual clock
only: every request takes ``latency``, a lost answer takes the read timeout.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from .clock import VirtualClock
from .exchange import Exchange
from .messages import Request, Response

FOR_EVER = 3600.0  # how long a request without a timeout hangs before the connection is reset


class SimulatorAdapter(BaseAdapter):
    """Serves the API of one product."""

    def __init__(self, exchange: Exchange, product: str, clock: VirtualClock, latency: float = 0.05) -> None:
        super().__init__()
        self._exchange = exchange
        self._product = product
        self._clock = clock
        self._latency = latency

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float | None, float | None] | None = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        connect_timeout, read_timeout = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        self._clock.advance(self._latency)
        result = self._exchange.process(self._product, to_message(request))
        kind = result.kind
        if kind == "refuse":
            raise _refused(request)
        if kind == "connect_timeout":
            self._hang(connect_timeout)
            raise requests.ConnectTimeout("connection timed out (simulated)", request=request)
        if kind == "lose" or (kind == "delay" and self._too_slow(result.action, read_timeout)):
            self._hang(read_timeout)
            if read_timeout is None:
                raise _reset(request)
            raise requests.ReadTimeout("read timed out (simulated)", request=request)
        if kind in ("reset_before", "reset_after"):
            raise _reset(request)
        if kind == "delay" and result.action is not None:
            self._clock.advance(float(result.action.get("seconds", 1)))
        if kind == "cut" and result.true_response is not None:
            return _response(request, result.true_response, cut=True)
        if result.response is None:
            raise _reset(request)
        return _response(request, result.response)

    def close(self) -> None:
        """There is nothing to close."""

    def _hang(self, timeout: float | None) -> None:
        self._clock.advance(FOR_EVER if timeout is None else timeout)

    def _too_slow(self, action: dict[str, Any] | None, timeout: float | None) -> bool:
        seconds = float((action or {}).get("seconds", 1))
        return timeout is not None and seconds > timeout


def to_message(request: requests.PreparedRequest) -> Request:
    """A prepared request as the state machines see it."""
    parts = urlsplit(request.url or "")
    body = request.body or b""
    return Request(
        method=(request.method or "GET").upper(),
        path=unquote(parts.path) or "/",
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): _text(value) for name, value in request.headers.items()},
        body=body.encode("utf-8") if isinstance(body, str) else bytes(body),
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(request: requests.PreparedRequest, answer: Response, cut: bool = False) -> requests.Response:
    """A ``requests.Response`` around ``answer``; with ``cut`` its body ends before its announced length."""
    payload = answer.payload()
    headers = CaseInsensitiveDict(answer.headers)
    headers["Content-Length"] = str(len(payload))
    if answer.content_type():
        headers["Content-Type"] = answer.content_type()
    if cut:
        payload = payload[: len(payload) // 2]
        headers["Content-Length"] = str(2 * len(payload) + 10)
    reason = HTTPStatus(answer.status).phrase
    raw = HTTPResponse(
        body=io.BytesIO(payload),
        headers=dict(headers),
        status=answer.status,
        reason=reason,
        preload_content=False,
        enforce_content_length=True,
        request_method=request.method,
    )
    response = requests.Response()
    response.status_code = answer.status
    response.reason = reason
    response.headers = headers
    response.encoding = requests.utils.get_encoding_from_headers(headers)
    response.raw = raw
    response.request = request
    response.url = request.url or ""
    return response


def _reset(request: requests.PreparedRequest) -> requests.ConnectionError:
    cause = ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
    return requests.ConnectionError(cause, request=request)


def _refused(request: requests.PreparedRequest) -> requests.ConnectionError:
    """The exception of a refused connection: nothing was sent, and a client may know that."""
    parts = urlsplit(request.url or "")
    pool: Any = HTTPSConnectionPool(parts.hostname or "localhost", parts.port)
    reason = NewConnectionError(pool, "Failed to establish a new connection: [Errno 111] Connection refused")
    return requests.ConnectionError(MaxRetryError(pool, request.url or "", reason), request=request)
