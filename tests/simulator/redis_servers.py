# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real ``redis-server`` processes behind the databases that the simulated services report as active."""

from __future__ import annotations

import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

LOOPBACK_HOSTS = tuple(f"127.0.0.{last}" for last in range(1, 33))
PR_SET_PDEATHSIG = 1


@dataclass
class _Server:
    process: subprocess.Popen[bytes]
    host: str
    port: int
    password: str | None
    accepting: bool = False


class RedisServers:
    """Starts and stops one ``redis-server`` per key: no persistence, on a loopback address only.

    All processes end with this one, however it ends. They must be started from the main thread: Linux sends the
    parent-death signal when the *thread* that started a process ends.
    """

    def __init__(self, enabled: bool = True, directory: str = ".", limit: int = 64) -> None:
        """``limit``: how many processes run at most; databases beyond it have no server behind them."""
        self._directory = directory
        self._limit = limit
        self._servers: dict[str, _Server] = {}
        self._said: set[str] = set()
        self._program = shutil.which("redis-server") if enabled else None
        if enabled and self._program is None:
            self._say("there is no program redis-server: databases will have no server behind them")

    @property
    def available(self) -> bool:
        """Whether servers can be started at all."""
        return self._program is not None

    def start(self, key: str, port: int, password: str | None) -> bool:
        """Start the server of ``key``; ``True`` if one runs now. ``address(key)`` tells where.

        The port is kept if at all possible: when another process has it, the server goes to the next loopback address
        (127.0.0.2, ...) with the same port, and to another port only where the machine has no such addresses.
        """
        if self._program is None:
            return False
        if self.address(key) is not None:
            return True
        if len(self._servers) >= self._limit:
            self._say(f"{self._limit} redis-servers are running: further databases have none behind them")
            return False
        place = _free_address(port, {(server.host, server.port) for server in self._servers.values()})
        if place is None:
            self._say(f"no free loopback address for port {port}")
            return False
        host, actual = place
        # The configuration goes through stdin: on the command line the password could be read by everybody.
        process = subprocess.Popen(
            [self._program, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent(),  # safe here: the simulator forks from its only thread
        )
        assert process.stdin is not None
        process.stdin.write(_configuration(host, actual, password, self._directory))
        process.stdin.close()
        self._servers[key] = _Server(process, host, actual, password)
        return True

    def address(self, key: str) -> tuple[str, int] | None:
        """Host and port of the running server of ``key``."""
        server = self._servers.get(key)
        if server is None:
            return None
        if server.process.poll() is not None:
            del self._servers[key]
            self._say(f"the redis-server of {key} ended by itself")
            return None
        return server.host, server.port

    def set_password(self, key: str, password: str | None) -> bool:
        """Change the password of a running server without losing its data."""
        server = self._servers.get(key)
        if server is None:
            return False
        if server.password == password:
            return True
        self.settle()
        commands = [["AUTH", server.password]] if server.password else []
        commands.append(["CONFIG", "SET", "requirepass", password or ""])
        if not _send_commands(server.host, server.port, commands):
            return False
        server.password = password
        return True

    def settle(self, timeout: float = 5.0) -> None:
        """Wait (real time) until every server that was started takes connections."""
        deadline = time.monotonic() + timeout
        waiting = [server for server in self._servers.values() if not server.accepting]
        while waiting and time.monotonic() < deadline:
            for server in waiting:
                server.accepting = server.process.poll() is not None or _accepts(server.host, server.port)
            waiting = [server for server in waiting if not server.accepting]
            if waiting:
                time.sleep(0.005)

    def running(self) -> dict[str, tuple[str, int, int]]:
        """Key -> host, port, process id."""
        return {key: (server.host, server.port, server.process.pid) for key, server in self._servers.items()}

    def stop(self, key: str) -> None:
        """Stop the server of ``key``, if there is one."""
        server = self._servers.pop(key, None)
        if server is not None:
            _end([server.process])

    def stop_all(self) -> None:
        """Stop every server and wait until all of them are gone."""
        processes = [server.process for server in self._servers.values()]
        self._servers.clear()
        _end(processes)

    def _say(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            print(f"simulator: {text}", file=sys.stderr, flush=True)


def _configuration(host: str, port: int, password: str | None, directory: str) -> bytes:
    lines = [
        f"bind {host}",
        f"port {port}",
        "protected-mode no",
        "daemonize no",
        'save ""',
        "appendonly no",
        'logfile ""',
        f"dir {_quote(directory)}",
    ]
    if password:
        lines.append(f"requirepass {_quote(password)}")
    return ("\n".join(lines) + "\n").encode("ascii")


def _quote(value: str) -> str:
    """A value for a redis configuration file: every byte that might mean something there is escaped."""
    plain = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")
    return (
        '"'
        + "".join(chr(byte) if byte in plain else f"\\x{byte:02x}" for byte in value.encode("utf-8"))
        + '"'
    )


def _free_address(port: int, taken: set[tuple[str, int]]) -> tuple[str, int] | None:
    """``taken``: addresses given to servers that may not listen yet, so that trying to bind does not show them."""
    for host in LOOPBACK_HOSTS:
        if (host, port) not in taken and can_bind(host, port):
            return host, port
    for other in range(20000, 30000):
        if ("127.0.0.1", other) not in taken and can_bind("127.0.0.1", other):
            return "127.0.0.1", other
    return None


def can_bind(host: str, port: int) -> bool:
    """Whether nothing listens at this address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError:
            return False
    return True


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _send_commands(host: str, port: int, commands: list[list[str]]) -> bool:
    """Send commands in the Redis protocol; ``True`` if each was answered with ``+OK``."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            for command in commands:
                parts = [part.encode("utf-8") for part in command]
                connection.sendall(
                    b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)
                )
                if not connection.recv(4096).startswith(b"+OK"):
                    return False
    except OSError:
        return False
    return True


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> Callable[[], None] | None:
    """A hook for the child that makes it end when this process is killed (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl

    def hook() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return hook
