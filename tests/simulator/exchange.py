# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request through the middle of the simulator: journal, fault, state machine. No sockets, no waiting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .clock import Clock
from .faults import Faults, altered_response, was_processed
from .journal import Journal
from .messages import Request, Response
from .service import Service


@dataclass
class Result:
    """``response``: what to send, ``None`` for nothing. ``action``: the fault, for the transport to act out."""

    response: Response | None
    true_response: Response | None
    action: dict[str, Any] | None

    @property
    def kind(self) -> str | None:
        return None if self.action is None else str(self.action["kind"])


class Exchange:
    """What the server and the in-process adapter have in common."""

    def __init__(self, clock: Clock, services: dict[str, Service], faults: Faults, journal: Journal) -> None:
        self.clock = clock
        self.services = services
        self.faults = faults
        self.journal = journal

    def process(self, product: str, request: Request) -> Result:
        """Let the service work on ``request`` unless a fault prevents it, and note it in the journal."""
        entry = self.journal.received(product, request, self.clock.now())
        action = self.faults.choose(product, request)
        if action is None:
            response = self.services[product].handle(request)
            self.journal.answered(entry, response.status)
            return Result(response, response, None)
        processed = was_processed(action)
        true_response = self.services[product].handle(request) if processed else None
        sent = altered_response(action, request, true_response)
        self.journal.answered(entry, sent.status if sent else None, action["kind"], processed)
        return Result(sent, true_response, action)
