# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The harness of the unit tests, plus everything that happens to processes: they die, and they run side by side.

A process dies by an exception that nothing in the collection catches, at a request or at a pause. Several processes at
once are threads of which exactly one runs; which is next is decided by the virtual clock at every request and pause.
"""

from __future__ import annotations

import dataclasses
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible.module_utils import basic

from ansible_collections.community.redis.plugins.module_utils._core import module as core_module
from simulator.exchange import Exchange, Result
from simulator.messages import Request, Response
from unit.harness import CLOUD_URL, ENTERPRISE_URL, Bench, BenchClock, RecordingAdapter, Run

Distort = Callable[[str, Request, Response], Response]


class KilledError(BaseException):
    """SIGKILL, as far as one process can play it."""


@dataclasses.dataclass
class Fate:
    """When a process dies: at its n-th request ``before`` it leaves or ``after`` the server has worked on it, or at its
    n-th ``pause``. Without a moment it lives."""

    moment: str = ""
    number: int = 0
    counted: Counter[str] = dataclasses.field(default_factory=Counter)

    def reach(self, moment: str) -> None:
        self.counted[moment] += 1
        if moment == self.moment and self.counted[moment] == self.number:
            raise KilledError

    def __str__(self) -> str:
        return f"dies {self.moment} {self.number}" if self.moment else "lives"


@dataclasses.dataclass
class Process:
    """One run of a module on a machine, which is a directory for temporary files."""

    name: str
    machine: Path
    fate: Fate = dataclasses.field(default_factory=Fate)


@dataclasses.dataclass
class Heard:
    """One request as the server got it. ``status`` and ``answer``: what it really answered, None if it never did."""

    process: str
    method: str
    path: str
    status: int | None
    answer: Any
    fault: str
    time: float
    body: bytes = b""

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def __str__(self) -> str:
        told = f" ({self.fault})" if self.fault else ""
        return f"{self.time:8.1f} {self.process}: {self.method} {self.path} -> {self.status}{told}"


class WatchedExchange(Exchange):
    """Keeps what the server did, beside what the client was told, and can distort answers on their way."""

    def __init__(self, exchange: Exchange, bench: ChaosBench) -> None:
        super().__init__(exchange.clock, exchange.services, exchange.faults, exchange.journal)
        self._bench = bench

    def process(self, product: str, request: Request) -> Result:
        result = super().process(product, request)
        truth, told = result.true_response, result.response
        if self._bench.distort is not None and told is not None:
            told = self._bench.distort(product, request, told)
        distorted = "" if told is result.response else "distorted"
        self._bench.heard.append(
            Heard(
                self._bench.process.name,
                request.method,
                request.path,
                truth.status if truth else None,
                truth.body if truth else None,
                result.kind or distorted,
                self.clock.now(),
                request.body,
            )
        )
        return Result(told, truth, result.action)


class MortalAdapter(RecordingAdapter):
    """The network of a process that may die while it uses it."""

    def __init__(self, bench: ChaosBench, product: str) -> None:
        super().__init__(bench, product)
        self._chaos = bench

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._chaos.process.fate.reach("before")
        self._chaos.give_way(0.0)
        try:
            return super().send(request, *args, **kwargs)
        finally:
            self._chaos.process.fate.reach("after")
            self._chaos.give_way(0.0)


class ChaosClock(BenchClock):
    """A pause lets the other processes go on, and is a moment to die."""

    def __init__(self, bench: ChaosBench) -> None:
        super().__init__(bench.clock)
        self._bench = bench

    def sleep(self, seconds: float) -> None:
        self._bench.process.fate.reach("pause")
        if self._bench.stage is None:
            super().sleep(seconds)
        else:
            self._bench.stage.give_way(seconds)


class ChaosBench(Bench):
    """A bench whose processes die and run side by side. ``heard`` is everything that the server got."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
        super().__init__(monkeypatch)
        self.directory = directory
        self.process = Process("run", self.machine("machine-1"))
        self.heard: list[Heard] = []
        self.distort: Distort | None = None
        self.stage: Stage | None = None
        self.module_clock = ChaosClock(self)
        monkeypatch.setattr(core_module.RedisModule, "clock", self.module_clock)
        monkeypatch.setattr(tempfile, "tempdir", str(self.process.machine))
        # since 2.19; runs side by side would take it away from each other
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy")
        # one line for syslog per module run, at some cost
        monkeypatch.setattr(basic.AnsibleModule, "_log_invocation", lambda module: None)
        self.simulator.exchange = WatchedExchange(self.simulator.exchange, self)

    def machine(self, name: str) -> Path:
        path = self.directory / name
        path.mkdir(exist_ok=True)
        return path

    def session(self) -> requests.Session:
        session = super().session()
        session.mount(CLOUD_URL, MortalAdapter(self, "cloud"))
        session.mount(ENTERPRISE_URL, MortalAdapter(self, "enterprise"))
        return session

    def give_way(self, seconds: float) -> None:
        if self.stage is not None:
            self.stage.give_way(seconds)

    def enter(self, process: Process) -> None:
        """From now on this process is the one that runs."""
        self.process = process
        tempfile.tempdir = str(process.machine)

    def alone(self, process: Process, body: Callable[[], Run]) -> Run | None:
        """Run ``body`` as this process. None: it was killed."""
        self.enter(process)
        try:
            return body()
        except KilledError:
            return None

    def together(
        self, rng: random.Random, processes: list[tuple[Process, Callable[[], Run]]]
    ) -> list[Run | None]:
        """Run several processes at once; None for those that were killed."""
        self.stage = Stage(self, rng)
        stdout = sys.stdout
        try:
            return self.stage.play(processes)
        finally:
            self.stage = None
            sys.stdout = stdout

    def notes(self, machine: str) -> list[Path]:
        """What a machine still remembers."""
        return sorted((self.directory / machine).glob("community.redis-*/*.json"))


class Stage:
    """Several processes on one virtual clock. The one that has slept enough goes on; among equals chance decides."""

    def __init__(self, bench: ChaosBench, rng: random.Random) -> None:
        self._bench = bench
        self._rng = rng
        self._actors: list[_Actor] = []
        self._done = threading.Event()

    def play(self, processes: list[tuple[Process, Callable[[], Run]]]) -> list[Run | None]:
        self._actors = [_Actor(self, process, body) for process, body in processes]
        for actor in self._actors:
            actor.start()
        self._next().go.set()
        self._done.wait()
        for actor in self._actors:
            actor.join()
        for actor in self._actors:
            if actor.error is not None:
                raise actor.error
        return [actor.run_result for actor in self._actors]

    def give_way(self, seconds: float) -> None:
        """Called by the process that runs: it wants to go on after so many simulated seconds."""
        actor = next(item for item in self._actors if item.process is self._bench.process)
        actor.wake = self._bench.clock.now() + seconds
        other = self._next()
        if other is not actor:
            surroundings = sys.stdout, tempfile.tempdir
            actor.go.clear()
            other.go.set()
            actor.go.wait()
            sys.stdout, tempfile.tempdir = surroundings
            self._bench.process = actor.process
        late = actor.wake - self._bench.clock.now()
        if late > 0:
            self._bench.clock.advance(late)

    def ended(self) -> None:
        """Called by a process that has come to its end."""
        if any(not actor.over for actor in self._actors):
            self._next().go.set()
        else:
            self._done.set()

    def _next(self) -> _Actor:
        waiting = [actor for actor in self._actors if not actor.over]
        now = self._bench.clock.now()
        return min(waiting, key=lambda actor: (max(actor.wake, now), self._rng.random()))


class _Actor(threading.Thread):
    def __init__(self, stage: Stage, process: Process, body: Callable[[], Run]) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.go = threading.Event()
        self.wake = 0.0
        self.over = False
        self.run_result: Run | None = None
        self.error: BaseException | None = None
        self._stage = stage
        self._body = body

    def run(self) -> None:
        self.go.wait()
        try:
            self.run_result = self._stage._bench.alone(self.process, self._body)
        except BaseException as error:  # handed to the thread that waits
            self.error = error
        self.over = True
        self._stage.ended()
