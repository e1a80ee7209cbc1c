# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every part of the simulated cluster shares: time, options, chance, redis-servers."""

from __future__ import annotations

import random
import uuid

from ..clock import Clock, iso
from ..redis_servers import RedisServers
from ..timeline import Timeline
from . import versions
from .options import EnterpriseOptions


class World:
    """The surroundings of the state machines."""

    def __init__(self, clock: Clock, options: EnterpriseOptions, redis: RedisServers | None) -> None:
        self.options = options
        self.redis = redis
        self.timeline = Timeline(clock)
        self.random = random.Random(options.seed)

    @property
    def now(self) -> float:
        """Simulated seconds since the start, of the moment that is being worked on."""
        return self.timeline.time

    @property
    def build(self) -> str:
        """The build as the cluster spells it, e.g. ``7.4.6-272``."""
        return versions.build(self.options.version)

    @property
    def version(self) -> versions.Version:
        """The build as numbers that compare."""
        return versions.parse(self.build)

    def epoch(self, moment: float | None = None) -> int:
        """``moment`` (default now) in whole seconds since 1970."""
        return int(self.timeline.timestamp() + (0.0 if moment is None else moment - self.now))

    def time_text(self, moment: float | None = None) -> str:
        """``moment`` (default now) as the cluster writes it: ``2025-10-14T00:01:22Z``."""
        return iso(self.epoch(moment), 0)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def switched(self, switch: str, automatic: bool) -> bool:
        """An option with the values auto, on, off."""
        return automatic if switch == "auto" else switch == "on"

    def fails(self, option: str) -> bool:
        """Use up one of the failures that the option of this name orders."""
        left = int(getattr(self.options, option))
        if left > 0:
            setattr(self.options, option, left - 1)
        return left > 0
