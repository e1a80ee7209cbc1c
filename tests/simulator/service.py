# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the framework needs of a simulated service (CloudApi, EnterpriseApi)."""

from __future__ import annotations

from typing import Any, Protocol

from .messages import Request, Response


class Service(Protocol):
    """One simulated API: a state machine that is only ever called, never calls back."""

    options: Any

    def handle(self, request: Request) -> Response:
        """Bring the state up to the clock's time, then answer."""

    def state(self) -> dict[str, Any]:
        """Everything there is, as JSON-able values, brought up to the clock's time. Secrets are in clear."""

    def seed(self, resources: dict[str, Any]) -> dict[str, Any]:
        """Put ready-made resources; answers with their ids. Raises ``ValueError`` for what it does not understand."""

    def close(self) -> None:
        """Stop the redis-servers of this service."""
