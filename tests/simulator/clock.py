# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of the simulated services: real time times a factor, or a number that a test moves."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

VIRTUAL_EPOCH = 1767225600.0  # 2026-01-01T00:00:00Z: answers of a virtual clock are the same in every run


class Clock(Protocol):
    """What the state machines need to know about time."""

    def now(self) -> float:
        """Simulated seconds since the start."""

    def timestamp(self) -> float:
        """Simulated seconds since 1970-01-01T00:00:00Z."""


class SimClock:
    """Real time, ``speed`` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be greater than 0")
        self.speed = speed
        self._started = time.monotonic()
        self._epoch = time.time()

    def now(self) -> float:
        return (time.monotonic() - self._started) * self.speed

    def timestamp(self) -> float:
        return self._epoch + self.now()


class VirtualClock:
    """Time that stands still until it is told to go on."""

    def __init__(self, epoch: float = VIRTUAL_EPOCH) -> None:
        self._now = 0.0
        self._epoch = epoch

    def now(self) -> float:
        return self._now

    def timestamp(self) -> float:
        return self._epoch + self._now

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._now += seconds


def iso(timestamp: float, digits: int = 6) -> str:
    """``timestamp`` as ISO 8601 in UTC with ``digits`` (0 to 9) fractional digits and a ``Z``."""
    whole = int(timestamp // 1)
    if digits == 0:
        return _seconds_text(whole) + "Z"
    fraction = int((timestamp - whole) * 10**digits)
    return f"{_seconds_text(whole)}.{fraction:0{digits}d}Z"


@lru_cache(maxsize=4096)
def _seconds_text(whole: int) -> str:
    return datetime.fromtimestamp(whole, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")
