# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes the collection's clock run BENCHMARK_SPEED times as fast, in every Python process that has this on its path.

With a simulator of the same speed the collection then behaves as it does at speed 1, in less time. What does not
scale is what the machine itself takes: its share of the result grows with the speed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import time
from collections.abc import Sequence
from types import ModuleType

CLOCK_MODULE = "ansible_collections.community.redis.plugins.module_utils._core.clock"
SPEED = float(os.environ.get("BENCHMARK_SPEED", "1"))
EPOCH = float(
    os.environ.get("BENCHMARK_EPOCH", "0")
)  # one moment for all processes, because they share files


def speed_up(module: ModuleType) -> None:
    class Scaled(module.Clock):  # type: ignore[name-defined]  # known only while the process runs
        def monotonic(self) -> float:
            return time.monotonic() * SPEED

        def time(self) -> float:
            return EPOCH + (time.time() - EPOCH) * SPEED

        def sleep(self, seconds: float) -> None:
            time.sleep(seconds / SPEED)

    module.Clock = Scaled  # type: ignore[attr-defined]  # the same


class Loader(importlib.abc.Loader):
    """Another loader, with something to do afterwards."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        speed_up(module)


class Finder(importlib.abc.MetaPathFinder):
    """Lets the others find the clock's module and wraps its loader."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != CLOCK_MODULE:
            return None
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find(name, path, target) if find else None
            if spec is not None and spec.loader is not None:
                spec.loader = Loader(spec.loader)
                return spec
        return None


if SPEED != 1:
    sys.meta_path.insert(0, Finder())
