# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator over HTTPS inside the test process, real processes that use it, and SIGKILL at exactly the wrong moment.

The server kills its client while it holds one of the client's requests: before it has worked on it, or after it has
and before it answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from integration.world import DROPPED, HERE

from simulator.clock import SimClock
from simulator.exchange import Exchange, Result
from simulator.messages import Request
from simulator.redis_servers import RedisServers
from simulator.server import Server
from simulator.wiring import Simulator
from unit.safety.bench import Heard

ROOT = HERE.parents[1]
# A database takes less than a second; a module looks again after one second at the earliest
SPEED = 400.0
PROCESS_LIMIT = 150.0
UNPROCESSED = {"kind": "reset_before"}


@dataclasses.dataclass
class Blow:
    """SIGKILL when the n-th request of a victim arrives (counted are all, or only writes), ``before`` the server has
    worked on it or after. ``tree``: with everything that the process has started, else only the process itself.
    ``flag``: instead of a blow, only say that the moment has come."""

    number: int
    before: bool = False
    writes: bool = False
    tree: bool = False
    pid: int = 0
    flag: bool = False
    seen: int = 0
    struck: bool = False

    def falls(self, request: Request) -> bool:
        if not (self.pid or self.flag) or self.struck or (self.writes and request.method == "GET"):
            return False
        self.seen += 1
        return self.seen == self.number

    def strike(self) -> None:
        self.struck = True
        if self.pid:
            kill(self.pid, self.tree)

    def __str__(self) -> str:
        what = "write" if self.writes else "request"
        return f"SIGKILL {'before' if self.before else 'after'} {what} {self.number}"


def kill(pid: int, tree: bool = False) -> None:
    """SIGKILL. The workers of ansible-playbook have sessions of their own, so a process group is not enough."""
    for one in [pid, *(descendants(pid) if tree else [])]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """Everything that a process has started and that still runs."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                # the name of the program stands in parentheses and may hold anything
                fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ones = [], [pid]
    while open_ones:
        children = parents.get(open_ones.pop(), [])
        found += children
        open_ones += children
    return found


class StrikingExchange(Exchange):
    """Notes what the server did, and lets blows fall."""

    def __init__(self, exchange: Exchange, live: Live) -> None:
        super().__init__(exchange.clock, exchange.services, exchange.faults, exchange.journal)
        self._live = live

    def process(self, product: str, request: Request) -> Result:
        with self._live.lock:
            blow = self._live.blow
            falls = blow is not None and blow.falls(request)
            if falls and blow is not None and blow.before:
                blow.strike()
                self._note(request, Result(None, None, UNPROCESSED))
                return Result(None, None, UNPROCESSED)
            result = super().process(product, request)
            self._note(request, result)
            if falls and blow is not None:
                blow.strike()
            return result

    def _note(self, request: Request, result: Result) -> None:
        truth = result.true_response
        status, answer = (truth.status, truth.body) if truth else (None, None)
        now = self.clock.now()
        self._live.heard.append(
            Heard("", request.method, request.path, status, answer, result.kind or "", now)
        )


class Live:
    """One simulator with its server, and the same handles as the in-process bench."""

    def __init__(self, directory: Path, speed: float = SPEED) -> None:
        self.directory = directory
        self.speed = speed
        self.lock = threading.RLock()
        self.heard: list[Heard] = []
        self.blow: Blow | None = None
        redis = RedisServers(False, str(directory), 0)
        self.simulator = Simulator(SimClock(speed), redis)
        self.simulator.exchange = StrikingExchange(self.simulator.exchange, self)
        self._server = Server(self.simulator, speed, directory)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._server.start(), self._loop).result(30)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # the simulator, as unit.safety.subjects knows it

    def options(self, product: str, **values: Any) -> None:
        with self.lock:
            self.simulator.set_options({product: values})

    def seed(self, product: str, **resources: Any) -> Any:
        with self.lock:
            return self.simulator.seed({product: resources})[product]

    def state(self, product: str) -> Any:
        with self.lock:
            return self.simulator.state()[product]

    # clients

    @property
    def credentials(self) -> dict[str, dict[str, Any]]:
        """Connection options by product."""
        ports, options = self._server.ports, self.simulator.options
        ca_path = str(self._server.ca_path)
        return {
            "cloud": {
                "api_url": f"https://127.0.0.1:{ports.cloud}/v1",
                "api_key": options["cloud"].api_key,
                "api_secret_key": options["cloud"].api_secret_key,
                "ca_path": ca_path,
            },
            "enterprise": {
                "api_url": f"https://127.0.0.1:{ports.enterprise}",
                "api_username": options["enterprise"].username,
                "api_password": options["enterprise"].password,
                "ca_path": ca_path,
            },
        }

    def machine(self, name: str) -> Path:
        """A directory that stands for a machine: TMPDIR of what runs there."""
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path

    def environment(self, machine: str = "machine-1") -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        return {
            **own,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{own.get('PATH', os.defpath)}",
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(self.machine(machine)),
            "PYTHONPATH": str(self.collections),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_HOME": str(self.machine(machine) / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_NOCOLOR": "1",
            # the simulator runs faster than time, and its minutes are shorter
            "REDIS_CLOUD_REQUESTS_PER_MINUTE": "0",
        }

    @property
    def collections(self) -> Path:
        """Where the collection is found: the tree that we are in, or a link to it."""
        if ROOT.parts[-3:] == ("ansible_collections", "community", "redis"):
            return ROOT.parents[2]
        place = self.directory / "collections" / "ansible_collections" / "community"
        if not place.exists():
            place.mkdir(parents=True)
            (place / "redis").symlink_to(ROOT, target_is_directory=True)
        return self.directory / "collections"

    def module(self, name: str, params: Mapping[str, Any], machine: str = "machine-1") -> Client:
        """Start a module as a process of its own, as Ansible does on a target."""
        product = "cloud" if name.startswith("redis_cloud_") else "enterprise"
        arguments = {**self.credentials[product], "wait_interval": 1, **params}
        command = [sys.executable, "-m", f"ansible_collections.community.redis.plugins.modules.{name}"]
        return Client(self, command, machine, json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))

    def playbook(
        self,
        tasks: list[dict[str, Any]],
        machine: str = "machine-1",
        environment: Mapping[str, str] | None = None,
        arguments: tuple[str, ...] = (),
        hosts: str = "localhost",
        **keywords: Any,
    ) -> Client:
        """Start ansible-playbook with these tasks."""
        directory = self.machine(f"play-{time.monotonic_ns()}")
        content = [
            {"hosts": hosts, "gather_facts": False, "module_defaults": self.defaults, "tasks": tasks, **keywords}
        ]
        (directory / "playbook.yml").write_text(json.dumps(content), encoding="utf-8")
        (directory / "inventory").write_text(self.inventory(hosts), encoding="utf-8")
        command = ["ansible-playbook", "-i", "inventory", "playbook.yml", *arguments]
        return Client(self, command, machine, None, directory, environment)

    @property
    def defaults(self) -> dict[str, dict[str, Any]]:
        """module_defaults for both products."""
        both = self.credentials
        return {f"group/community.redis.{product}": both[product] for product in both}

    @staticmethod
    def inventory(hosts: str = "localhost") -> str:
        variables = "ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}"
        return "".join(f"{name} {variables}\n" for name in hosts.split(","))


class Client:
    """A process that uses the server, in a process group of its own."""

    def __init__(
        self,
        live: Live,
        command: list[str],
        machine: str,
        stdin: str | None,
        directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=directory or live.directory,
            env={**live.environment(machine), **(environment or {})},
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )
        self._stdin = stdin
        self.output = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    def wait(self, limit: float = PROCESS_LIMIT) -> Client:
        self.output, _none = self.process.communicate(self._stdin, timeout=limit)
        return self

    def wait_a_little(self, seconds: float) -> bool:
        """True: it has ended within this time."""
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def killed(self) -> bool:
        return self.process.returncode == -signal.SIGKILL

    @property
    def result(self) -> dict[str, Any]:
        """What a module has printed."""
        for line in self.output.splitlines():
            if line.startswith("{"):
                value = json.loads(line)
                assert isinstance(value, dict)
                return value
        raise AssertionError(f"no result: {self.output}")


@contextlib.contextmanager
def running(directory: Path, speed: float = SPEED) -> Iterator[Live]:
    live = Live(directory, speed)
    live.start()
    try:
        yield live
    finally:
        live.close()


def strike_at_random(client: Client, rng: random.Random, longest: float, tree: bool = False) -> bool:
    """SIGKILL after a random time. True: it was still at work."""
    if client.wait_a_little(rng.uniform(0.3, longest)):
        return False
    kill(client.pid, tree)
    client.wait()
    return True
