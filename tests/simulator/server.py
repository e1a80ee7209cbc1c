# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator on the network: HTTPS for the two products, plain HTTP on the loopback address for the control port."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from aiohttp import web

from .exchange import Result
from .messages import Request, Response
from .wiring import Simulator

HOST = "127.0.0.1"
MAX_BODY = 16 * 1024 * 1024
HOLD_SECONDS = 300.0  # real time; how long a request without an answer is held open
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Ports:
    """Where the server listens."""

    cloud: int = 0
    enterprise: int = 0
    control: int = 0


class Server:
    """Serves a ``Simulator``. ``speed`` converts simulated into real seconds for delays."""

    def __init__(self, simulator: Simulator, speed: float, directory: Path) -> None:
        self.simulator = simulator
        self.host = HOST
        self.ports = Ports()
        self.ca_path = directory / "ca.pem"
        self._speed = speed
        self._tls = self._make_certificate()
        self._listeners: dict[str, Listener] = {}

    def _make_certificate(self) -> ssl.SSLContext:
        authority = trustme.CA(organization_name="Simulator", organization_unit_name="private CA")
        authority.cert_pem.write_to_path(str(self.ca_path))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(HOST, "localhost").configure_cert(context)
        return context

    async def start(self, cloud: int = 0, enterprise: int = 0, control: int = 0) -> None:
        """Listen on these ports, 0 for any free one. Afterwards ``ports`` says where. Raises ``OSError``."""
        products = {"cloud": cloud, "enterprise": enterprise}
        for product, port in products.items():
            self._listeners[product] = Listener(self._product_handler(product), port, self._tls)
        self._listeners["control"] = Listener(None, control, None, self._control_routes())
        for listener in self._listeners.values():
            await listener.start()
        self.ports = Ports(*(self._listeners[name].port for name in ("cloud", "enterprise", "control")))
        self.simulator.set_options({"cloud": {"base_url": f"https://{HOST}:{self.ports.cloud}/v1"}})

    async def stop(self) -> None:
        for listener in self._listeners.values():
            await listener.close()

    def connections(self) -> int:
        """How many connections to the products are open. What a client has sent before its end is worked on first."""
        return sum(self._listeners[product].connections() for product in self.simulator.services)

    # The products

    def _product_handler(self, product: str) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            message = await to_message(request)
            result = self.simulator.exchange.process(product, message)
            if self.simulator.redis is not None:
                self.simulator.redis.settle()
            return await self._act(request, result)

        return handle

    async def _act(self, request: web.Request, result: Result) -> web.StreamResponse:
        """Send what ``result`` says, or do to the connection what its fault says."""
        kind = result.kind
        if kind == "lose":
            await _hold(request)
            return _abort(request)
        if kind == "delay" and result.action is not None:
            await asyncio.sleep(float(result.action.get("seconds", 1)) / self._speed)
        if kind == "cut" and result.true_response is not None:
            return await _cut(request, result.true_response)
        if result.response is None:
            return _abort(request)
        return to_web(result.response)

    # The control port

    def _control_routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._index),
            web.get("/requests", self._get_requests),
            web.delete("/requests", self._delete_requests),
            web.get("/faults", self._get_faults),
            web.put("/faults", self._put_faults),
            web.post("/faults", self._post_fault),
            web.delete("/faults", self._delete_faults),
            web.get("/options", self._get_options),
            web.put("/options", self._put_options),
            web.get("/state", self._get_state),
            web.get("/clock", self._get_clock),
            web.post("/seed", self._post_seed),
            web.post("/restart", self._post_restart),
            web.post("/reset", self._post_reset),
        ]

    async def _index(self, _request: web.Request) -> web.Response:
        return web.json_response([f"{route.method} {route.path}" for route in self._control_routes()])

    async def _get_requests(self, request: web.Request) -> web.Response:
        since = int(request.query.get("since", "0"))
        writes = request.query.get("writes", "0") in ("1", "true")
        return web.json_response(self.simulator.journal.entries(since, writes))

    async def _delete_requests(self, _request: web.Request) -> web.Response:
        self.simulator.journal.clear()
        return web.json_response({})

    async def _get_faults(self, _request: web.Request) -> web.Response:
        return web.json_response([rule.as_json() for rule in self.simulator.faults.rules])

    async def _put_faults(self, request: web.Request) -> web.Response:
        self.simulator.faults.replace(await _control_body(request, list))
        return await self._get_faults(request)

    async def _post_fault(self, request: web.Request) -> web.Response:
        self.simulator.faults.add(await _control_body(request, dict))
        return await self._get_faults(request)

    async def _delete_faults(self, _request: web.Request) -> web.Response:
        self.simulator.faults.replace([])
        return web.json_response([])

    async def _get_options(self, _request: web.Request) -> web.Response:
        return web.json_response(self.simulator.show_options())

    async def _put_options(self, request: web.Request) -> web.Response:
        self.simulator.set_options(await _control_body(request, dict))
        return await self._get_options(request)

    async def _get_state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.simulator.state())

    async def _get_clock(self, _request: web.Request) -> web.Response:
        clock = self.simulator.clock
        return web.json_response({"now": clock.now(), "timestamp": clock.timestamp(), "speed": self._speed})

    async def _post_seed(self, request: web.Request) -> web.Response:
        placed = self.simulator.seed(await _control_body(request, dict))
        if self.simulator.redis is not None:
            self.simulator.redis.settle()
        return web.json_response(placed)

    async def _post_restart(self, request: web.Request) -> web.Response:
        """Cut all connections of the products and refuse new ones; the answer comes when they listen again."""
        body = await _control_body(request, dict) if request.can_read_body else {}
        listeners = [self._listeners[product] for product in self.simulator.services]
        for listener in listeners:
            await listener.pause()
        await asyncio.sleep(float(body.get("seconds", 5)) / self._speed)
        for listener in listeners:
            await listener.start()
        return web.json_response({})

    async def _post_reset(self, _request: web.Request) -> web.Response:
        self.simulator.reset()
        return web.json_response({})


class Listener:
    """One port. It can be closed and opened again on the same number."""

    def __init__(
        self,
        handler: Handler | None,
        port: int,
        tls: ssl.SSLContext | None,
        routes: list[web.RouteDef] | None = None,
    ) -> None:
        self.port = port
        self._tls = tls
        app = web.Application(client_max_size=MAX_BODY, middlewares=[] if handler else [_control_errors])
        app.add_routes(routes or [])
        if handler is not None:
            app.router.add_route("*", "/{path:.*}", handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        self._site: web.SockSite | None = None

    async def start(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, self.port))
        self.port = listening.getsockname()[1]
        if self._runner.server is None:
            await self._runner.setup()
        self._site = web.SockSite(self._runner, listening, ssl_context=self._tls)
        await self._site.start()

    async def pause(self) -> None:
        """Stop listening and cut what is connected."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        for protocol in self._runner.server.connections if self._runner.server else []:
            if protocol.transport is not None:
                protocol.transport.abort()

    def connections(self) -> int:
        return len(self._runner.server.connections) if self._runner.server else 0

    async def close(self) -> None:
        await self.pause()
        await self._runner.cleanup()


async def to_message(request: web.Request) -> Request:
    """A request as the state machines see it."""
    return Request(
        method=request.method,
        path=request.path,
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.read(),
    )


def to_web(response: Response) -> web.Response:
    """An answer of a state machine for the wire."""
    headers = dict(response.headers)
    if response.content_type():
        headers["Content-Type"] = response.content_type()
    return web.Response(status=response.status, body=response.payload(), headers=headers)


def _abort(request: web.Request) -> web.StreamResponse:
    """Cut the connection; what is returned here cannot be sent any more."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def _hold(request: web.Request) -> None:
    """Keep the connection open without an answer until the client gives up."""
    deadline = asyncio.get_running_loop().time() + HOLD_SECONDS
    while request.transport is not None and not request.transport.is_closing():
        if asyncio.get_running_loop().time() > deadline:
            return
        await asyncio.sleep(0.1)


async def _cut(request: web.Request, answer: Response) -> web.StreamResponse:
    """Announce more than is sent, then close."""
    payload = answer.payload()
    response = web.StreamResponse(status=answer.status, headers={**answer.headers})
    response.content_type = answer.content_type().partition(";")[0] or "application/json"
    response.content_length = len(payload) + 10
    await response.prepare(request)
    await response.write(payload[: len(payload) // 2])
    if request.transport is not None:
        request.transport.close()
    return response


async def _control_body(request: web.Request, kind: type) -> Any:
    value = json.loads(await request.read() or b"null")
    if not isinstance(value, kind):
        raise ValueError(f"the body is a JSON {'object' if kind is dict else 'array'}")
    return value


@web.middleware
async def _control_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What is wrong with a request to the control port is said in words, not in a traceback."""
    try:
        return await handler(request)
    except (ValueError, TypeError) as error:
        return web.json_response({"error": str(error)}, status=400)
