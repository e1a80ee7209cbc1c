# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator over HTTPS inside the test process, real processes that use it, and SIGKILL at exactly the wrong moment.

The server kills its client while it holds one of the client's requests: before it has worked on it, or after it has
and before it answers.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import dataclasses
import functools
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
from integration.fast_clock import fast_collections
from integration.safety.clients import Client, until
from integration.world import DROPPED, ROOT

from simulator.clock import SimClock
from simulator.exchange import Exchange, Result
from simulator.messages import Request
from simulator.redis_servers import RedisServers
from simulator.server import Server
from simulator.wiring import Simulator
from unit.safety.bench import Heard

# Simulated seconds in a real one
SPEED = 400.0
UNPROCESSED = {"kind": "reset_before"}


@dataclasses.dataclass
class Blow:
    """``hit`` is called when the n-th request arrives (counted are all, or only writes), ``before`` the server has worked
    on it or after, and before it answers. Without it the moment is only noted."""

    number: int = 1
    before: bool = False
    writes: bool = False
    hit: Callable[[], None] = lambda: None
    seen: int = 0
    struck: threading.Event = dataclasses.field(default_factory=threading.Event)

    def falls(self, request: Request) -> bool:
        if self.struck.is_set() or (self.writes and request.method == "GET"):
            return False
        self.seen += 1
        return self.seen == self.number

    def strike(self) -> None:
        self.hit()
        self.struck.set()

    def __str__(self) -> str:
        what = "write" if self.writes else "request"
        return f"SIGKILL {'before' if self.before else 'after'} {what} {self.number}"


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
                return self._noted(request, Result(None, None, UNPROCESSED))
            result = self._noted(request, super().process(product, request))
            if falls and blow is not None:
                blow.strike()
            return result

    def _noted(self, request: Request, result: Result) -> Result:
        truth = result.true_response
        status, answer = (truth.status, truth.body) if truth else (None, None)
        self._live.heard.append(
            Heard(
                "", request.method, request.path, status, answer, result.kind or "", self.clock.now(), request.body
            )
        )
        return result


class Live:
    """One simulator with its server. It is a Place for subjects (unit.safety.subjects).

    :param fast: the clock of the collection is fast, too (fast_clock.py).
    """

    def __init__(self, directory: Path, speed: float = SPEED, fast: bool = False) -> None:
        self.directory = directory
        self.speed = speed
        self.collections = fast_collections() if fast else collections(directory)
        self.lock = threading.RLock()
        self.heard: list[Heard] = []
        self.blow: Blow | None = None
        self._clients: list[Client] = []
        self.simulator = Simulator(SimClock(speed), RedisServers(False, str(directory), 0))
        self.simulator.exchange = StrikingExchange(self.simulator.exchange, self)
        self._server = Server(self.simulator, speed, directory)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._server.start(), self._loop).result(60)

    def close(self) -> None:
        # a test that has failed leaves them behind
        for client in self._clients:
            client.end()
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # the simulator

    def options(self, product: str, **values: Any) -> None:
        with self.lock:
            self.simulator.set_options({product: values})

    def seed(self, product: str, **resources: Any) -> Any:
        with self.lock:
            return self.simulator.seed({product: resources})[product]

    def state(self, product: str) -> Any:
        with self.lock:
            return self.simulator.state()[product]

    def wait_until_quiet(self) -> None:
        """Everything that a client has sent before its end has arrived."""
        until(lambda: self._server.connections() == 0, "there are still connections")

    def restart_front(self, seconds: float) -> None:
        """Connections are cut, and new ones refused for so many real seconds."""
        url = f"http://127.0.0.1:{self._server.ports.control}/restart"
        requests.post(url, json={"seconds": seconds * self.speed}, timeout=seconds + 60).raise_for_status()

    # clients

    def struck(self, start: Callable[[], Client], blow: Blow, tree: bool = True) -> Client:
        """Start a client that the blow falls upon, with ``tree`` upon all that it has started, too; wait for its end."""
        # no request is worked on before it is known whom to hit
        with self.lock:
            client = start()
            blow.hit = functools.partial(client.kill, tree)
            self.blow = blow
        client.wait()
        self.blow = None
        return client

    def client(
        self, command: list[str], directory: Path, environment: Mapping[str, str], stdin: str | None = None
    ) -> Client:
        """Start a process, which ends with the server at the latest."""
        client = Client(command, directory, environment, stdin)
        self._clients.append(client)
        return client

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

    def machine(self, name: str = "machine-1") -> Path:
        """A directory that stands for a machine: TMPDIR of what runs there."""
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path

    def notes(self, name: str = "machine-1") -> list[Path]:
        """What a machine still remembers."""
        return list(self.machine(name).glob("community.redis-*/*.json"))

    def environment(self, machine: str = "machine-1") -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        own.pop("PYTHONDONTWRITEBYTECODE", None)
        return {
            **own,
            "PYTHONPYCACHEPREFIX": compiled(),
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

    def module(self, name: str, params: Mapping[str, Any], machine: str = "machine-1") -> Client:
        """Start a module as a process of its own, as Ansible does on a target."""
        product = "cloud" if name.startswith("redis_cloud_") else "enterprise"
        arguments = {**self.credentials[product], "wait_interval": 1, **params}
        command = [sys.executable, "-m", f"ansible_collections.community.redis.plugins.modules.{name}"]
        stdin = json.dumps({"ANSIBLE_MODULE_ARGS": arguments})
        return self.client(command, self.directory, self.environment(machine), stdin)

    def playbook(
        self,
        tasks: list[dict[str, Any]],
        environment: Mapping[str, str] | None = None,
        machine: str = "machine-1",
        inventory: str | None = None,
        arguments: Iterable[str] = ("-v",),
        **keywords: Any,
    ) -> Client:
        """Start ansible-playbook with these tasks on all hosts of an inventory."""
        directory = self.machine("plays")
        (directory / "inventory").write_text(inventory or self.inventory(), encoding="utf-8")
        playbook = directory / f"play-{len(list(directory.iterdir()))}.yml"
        playbook.write_text(self.play(tasks, **keywords), encoding="utf-8")
        command = ["ansible-playbook", "-i", "inventory", *arguments, str(playbook)]
        return self.client(command, directory, {**self.environment(machine), **(environment or {})})

    def play(self, tasks: list[dict[str, Any]], **keywords: Any) -> str:
        """The text of a playbook with these tasks."""
        content = {"hosts": "all", "gather_facts": False, "module_defaults": self.defaults, "tasks": tasks}
        return json.dumps([{**content, **keywords}])

    @property
    def defaults(self) -> dict[str, dict[str, Any]]:
        """module_defaults for both products."""
        both = self.credentials
        return {f"group/community.redis.{product}": both[product] for product in both}

    @staticmethod
    def inventory(hosts: str = "localhost") -> str:
        variables = "ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}"
        return "".join(f"{name} {variables}\n" for name in hosts.split(","))


@functools.cache
def compiled() -> str:
    """A directory for what Python compiles. Hundreds of processes use it; each would compile the collection anew."""
    directory = tempfile.mkdtemp(prefix="compiled-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


def collections(directory: Path) -> Path:
    """Where the collection is found: the tree that we are in, or a link to it."""
    if ROOT.parts[-3:] == ("ansible_collections", "community", "redis"):
        return ROOT.parents[2]
    place = directory / "collections" / "ansible_collections" / "community"
    place.mkdir(parents=True)
    (place / "redis").symlink_to(ROOT, target_is_directory=True)
    return directory / "collections"


@contextlib.contextmanager
def running(directory: Path, speed: float = SPEED, fast: bool = False) -> Iterator[Live]:
    live = Live(directory, speed, fast)
    live.start()
    try:
        yield live
    finally:
        live.close()
