# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles, killed in the middle and run again."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from integration.safety.clients import Client
from integration.safety.live import Blow, Live, running

REGION = {"region": "us-east-1", "networking": {"deployment_cidr": "10.0.1.0/24"}}
VARIABLES: dict[str, dict[str, Any]] = {
    "cloud": {
        "subscription": {"name": "main", "cloud_providers": [{"provider": "AWS", "regions": [REGION]}]},
        "databases": [
            {"name": "one", "dataset_size_in_gb": 1, "password": "a-password"},
            {"name": "two", "dataset_size_in_gb": 1, "data_eviction_policy": "allkeys-lru"},
        ],
    },
    "enterprise": {
        "databases": [
            {"name": "one", "memory_size": "1GB", "authentication_redis_pass": "a-password"},
            {"name": "two", "memory_size": "1GB"},
        ]
    },
}
WRITES = {
    ("cloud", "present"): ["POST", "PUT", "PUT"],
    ("cloud", "absent"): ["DELETE"] * 3,
    ("enterprise", "present"): ["POST", "POST"],
    ("enterprise", "absent"): ["DELETE", "DELETE"],
}


def start(live: Live, product: str, state: str) -> Client:
    values = {**live.credentials[product], **VARIABLES[product], "state": state, "wait_interval": 1}
    own = {f"redis_{product}_{name}": value for name, value in values.items()}
    role = {"name": "role", "ansible.builtin.include_role": {"name": f"community.redis.redis_{product}"}}
    return live.playbook([{**role, "vars": own}])


@pytest.mark.parametrize("product", list(VARIABLES))
def test_killed_after_the_first_write(tmp_path: Path, product: str) -> None:
    """A subscription has come with its databases, but they still lack what only another request can set."""
    with running(tmp_path) as live:
        for state in ("present", "absent"):
            begin = len(live.heard)
            victim = live.struck(functools.partial(start, live, product, state), Blow(writes=True))
            assert victim.process.returncode == -9, victim.output
            start(live, product, state).succeeds()
            sent = [heard.method for heard in live.heard[begin:] if heard.method != "GET"]
            assert sent == WRITES[product, state], live.heard
            assert names(live, product) == (["one", "two"] if state == "present" else [])


def names(live: Live, product: str) -> list[str]:
    """The databases that exist; in Redis Cloud they are complete as well."""
    if product == "enterprise":
        return sorted(bdb["name"] for bdb in live.state(product)["bdbs"])
    found = []
    for subscription in live.state(product)["subscriptions"]:
        found += [row["settings"] for row in subscription["databases"] if not row["deleted"]]
    if found:
        by_name = {settings["name"]: settings for settings in found}
        assert by_name["one"]["password"] == "a-password"
        assert by_name["two"]["dataEvictionPolicy"] == "allkeys-lru"
    return sorted(settings["name"] for settings in found)
