# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that only sleeping moves."""

from __future__ import annotations

from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock

EPOCH = 1767225600.0  # 2026-01-01T00:00:00Z


class FakeClock(Clock):
    """``slept`` are the pauses that were made, in seconds; ``factor`` is what jitter() returns of its range, 0 to 1."""

    def __init__(self, factor: float = 0.5) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.factor = factor

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return EPOCH + self.now

    def sleep(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self.slept.append(seconds)
        self.now += seconds

    def jitter(self, low: float, high: float) -> float:
        return low + (high - low) * self.factor
