# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules in this process, against the simulator, on a virtual clock. Used as a context manager: one world, one account."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core import module as core_module
from simulator.clock import VIRTUAL_EPOCH, VirtualClock
from unit.harness import Bench, BenchClock, Run

# Seconds that a slice of a long wait costs on 2 cores: run in the worker of the action plugin, and as a module process
DIRECT_START = 0.05
PROCESS_START = 0.5
# of the action plugin
SLICE_SECONDS = 25.0


class JitterClock(BenchClock):
    """The pauses are spread as they are in real runs, but the same in every benchmark."""

    def __init__(self, virtual: VirtualClock, seed: int) -> None:
        super().__init__(virtual)
        self._random = random.Random(seed)

    def jitter(self, low: float, high: float) -> float:
        return self._random.uniform(low, high)


class World(Bench):
    """Both simulated products and a way to run modules. ``start`` is what each slice of a wait costs, in seconds."""

    def __init__(self, options: Mapping[str, Any] | None = None, seed: int = 1, start: float = 0.0) -> None:
        self._patch = pytest.MonkeyPatch()
        super().__init__(self._patch)
        self._start = start
        # in memory, where there is such a directory: the modules' notes are written through to the disk
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self._directory = tempfile.TemporaryDirectory(prefix="benchmark-", dir=place)
        # notes about writes of one world mean nothing in another one
        self._patch.setattr(tempfile, "tempdir", self._directory.name)
        self._patch.setattr(core_module.RedisModule, "clock", JitterClock(self.clock, seed))
        self.options("cloud", **(options or {}))

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._patch.undo()
        self._directory.cleanup()

    def run(self, module: str, params: Any = None, **how: Any) -> Run:
        if how.get("share") is not None:
            self.pass_time(self._start)
        return super().run(module, params, **how)

    def as_run(self, in_slices: bool, module: str, **params: Any) -> Run:
        """In slices, as a playbook runs it, each of which starts a module; or in one piece. It must not fail."""
        run = self.sliced(module, params, SLICE_SECONDS)[0] if in_slices else self.run(module, params)
        if run.failed:
            raise RuntimeError(f"{module}: {run.message}")
        return run

    def subscription(self) -> int:
        """An active subscription without databases."""
        seeded = self.seed("cloud", subscriptions=[{"databases": 0}])
        return int(seeded["subscriptions"][0]["id"])

    def databases(self) -> list[dict[str, Any]]:
        """All databases as the server knows them, with the moment at which each became active."""
        found = [item for row in self.state("cloud")["subscriptions"] for item in row["databases"]]
        return [
            {**item, "active_at": item["activated"] - VIRTUAL_EPOCH} for item in found if item["activated"]
        ]


def wanted(count: int) -> list[dict[str, Any]]:
    return [{"name": f"db-{number:04d}", "dataset_size_in_gb": 1} for number in range(1, count + 1)]
