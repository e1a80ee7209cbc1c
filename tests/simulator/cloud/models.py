# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an account owns. Settings keep the names under which clients send them; views.py renames them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NEVER = float("inf")


@dataclass
class Database:
    """Times ``created``, ``activated``, ``modified`` are epoch seconds, ``listed_from`` is simulated seconds."""

    id: int
    subscription_id: int
    settings: dict[str, Any]
    port: int
    status: str
    created: float
    modified: float
    listed_from: float
    activated: float | None = None
    active_active: bool = False
    deleted: bool = False
    address: tuple[str, int] | None = None
    start_server: bool = True
    regions: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, Any]] | None = None
    backups: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_import: dict[str, Any] = field(default_factory=dict)
    upgrade: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return str(self.settings["name"])

    @property
    def key(self) -> str:
        """Name of the redis-server process behind this database."""
        return f"cloud-{self.id}"


@dataclass
class Subscription:
    """``holds``: how many changes keep it pending; ``creates`` counts towards the next flip to pending."""

    id: int
    settings: dict[str, Any]
    status: str
    listed_from: float
    databases: dict[int, Database] = field(default_factory=dict)
    provisioned: bool = False
    holds: int = 0
    creates: int = 0
    public_access_shown: bool = True
    maintenance: dict[str, Any] = field(default_factory=lambda: {"mode": "automatic"})
    cidr: dict[str, list[str]] = field(default_factory=lambda: {"cidr_ips": [], "security_group_ids": []})

    @property
    def active_active(self) -> bool:
        return self.settings.get("deploymentType") == "active-active"

    @property
    def provider(self) -> dict[str, Any]:
        """The one element of cloudProviders."""
        first: dict[str, Any] = self.settings["cloudProviders"][0]
        return first

    @property
    def region_names(self) -> list[str]:
        return [region["region"] for region in self.provider["regions"]]
