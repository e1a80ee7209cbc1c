# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts the parts together: one clock, the state machines, faults, journal, redis-servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TextIO

from .clock import Clock
from .cloud.api import CloudApi
from .cloud.options import CloudOptions
from .enterprise.api import EnterpriseApi
from .enterprise.options import EnterpriseOptions
from .exchange import Exchange
from .faults import Faults
from .journal import Journal
from .options import set_options
from .redis_servers import RedisServers
from .service import Service


class Simulator:
    """Both services on one clock. Everything the control port can do is a method here."""

    def __init__(
        self,
        clock: Clock,
        redis: RedisServers | None = None,
        cloud: CloudOptions | None = None,
        enterprise: EnterpriseOptions | None = None,
        seed: int = 1,
        chaos: float = 0.0,
        log: TextIO | None = None,
    ) -> None:
        self.clock = clock
        self.redis = redis
        self.options: dict[str, Any] = {
            "cloud": cloud or CloudOptions(),
            "enterprise": enterprise or EnterpriseOptions(),
        }
        self.faults = Faults(seed, chaos)
        self.journal = Journal(log)
        self.services: dict[str, Service] = {}
        self.exchange = Exchange(clock, self.services, self.faults, self.journal)
        self._makers: dict[str, Callable[[], Service]] = {
            "cloud": lambda: CloudApi(clock, self.options["cloud"], redis),
            "enterprise": lambda: EnterpriseApi(clock, self.options["enterprise"], redis),
        }
        self.reset()

    def reset(self) -> None:
        """Forget all resources, requests and fault rules; options stay."""
        for service in self.services.values():
            service.close()
        self.services.update({product: make() for product, make in self._makers.items()})
        self.faults.replace([])
        self.journal.clear()

    def state(self) -> dict[str, Any]:
        """All resources, tasks and actions of both services."""
        return {product: service.state() for product, service in self.services.items()}

    def seed(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Put ready-made resources: ``{"cloud": {...}, "enterprise": {...}}``. Raises ``ValueError``."""
        self._check_products(resources)
        return {product: self.services[product].seed(item) for product, item in resources.items()}

    def show_options(self) -> dict[str, Any]:
        return {product: asdict(options) for product, options in self.options.items()}

    def set_options(self, values: dict[str, Any]) -> None:
        """Change options while running: ``{"cloud": {"processing_seconds": 1}}``. Raises ``ValueError``."""
        self._check_products(values)
        for product, item in values.items():
            set_options(self.options[product], item)

    def close(self) -> None:
        """Stop all redis-servers."""
        if self.redis is not None:
            self.redis.stop_all()

    def _check_products(self, values: dict[str, Any]) -> None:
        unknown = set(values) - set(self._makers)
        if unknown:
            raise ValueError(f"the products are {', '.join(self._makers)}, not {', '.join(sorted(unknown))}")
