# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for the live services work: here they meet the simulator."""

from __future__ import annotations

from pathlib import Path

import pytest
from integration.world import World

LIVE = Path(__file__).resolve().parent.parent / "live"


def variables(world: World) -> dict[str, str]:
    """What somebody exports who has an account and a cluster."""
    cloud, enterprise = world.ready["cloud"], world.ready["enterprise"]
    return {
        "REDISCLOUD_URL": world.ready["cloud_url"],
        "REDISCLOUD_ACCESS_KEY": cloud["api_key"],
        "REDISCLOUD_SECRET_KEY": cloud["api_secret_key"],
        "REDIS_ENTERPRISE_URL": world.ready["enterprise_url"],
        "REDIS_ENTERPRISE_USER": enterprise["username"],
        "REDIS_ENTERPRISE_PASSWORD": enterprise["password"],
        "REDIS_ENTERPRISE_CA_CERT": world.ca_path,
        "REQUESTS_CA_BUNDLE": world.ca_path,
        "NO_PROXY": "127.0.0.1",
    }


@pytest.mark.parametrize("product", ["cloud", "enterprise"])
def test_live_playbook(world: World, product: str) -> None:
    content = (LIVE / f"{product}.yml").read_text(encoding="utf-8")
    play = world.playbook(content, ["-e", "live_accept_costs=true"], variables(world))
    assert play.status == 0, play.output
    assert {entry["method"] for entry in world.received()} >= {"POST", "PUT", "DELETE"}
    state = world.state(product)
    left = state["subscriptions"] if product == "cloud" else state["bdbs"]
    assert not left


def test_nothing_is_bought_unasked(world: World) -> None:
    play = world.playbook((LIVE / "cloud.yml").read_text(encoding="utf-8"), (), variables(world))
    assert play.status != 0
    assert "live_accept_costs=true" in play.output
    assert world.received() == []
