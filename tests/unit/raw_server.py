# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on a real socket that answers as it is told, well or badly, one connection after the other."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

Answer = Callable[[socket.socket], None]


@dataclasses.dataclass
class Received:
    """A request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def reply(
    status: int, body: Any = None, headers: dict[str, str] | None = None, length: int | None = None
) -> Answer:
    """A well-formed answer; with ``length`` it announces another length than it has."""
    payload = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    size = len(payload) if length is None else length
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {size}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return lambda connection: connection.sendall(head + payload)


def html(status: int) -> Answer:
    return reply(status, b"<html><head><title>Login</title></head></html>", {"Content-Type": "text/html"})


def reset(connection: socket.socket) -> None:
    """The connection is torn down after the request was read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(connection: socket.socket) -> None:
    """No answer until the client gives up."""
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """A body that comes byte by byte, each of them in time."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")
    for _byte in range(40):
        connection.sendall(b" ")
        time.sleep(0.02)


def drip_without_end(connection: socket.socket) -> None:
    """Each byte is in time, the body never is."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.02)


class RawServer:
    """``answers`` are used up in turn, the last one for ever. ``received`` are the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.received: list[Received] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._socket.accept()
                with connection, contextlib.suppress(OSError):
                    self.received.append(_read(connection))
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                    answer(connection)


def _read(connection: socket.socket) -> Received:
    connection.settimeout(5)
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            raise OSError("nothing was sent")
        data += part
    head, _blank, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _version = first.split(" ")
    headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    return Received(method, target, headers, body)
