# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every integration test relies on."""

from __future__ import annotations

import pytest
from integration.world import World


def test_request_that_the_apis_do_not_have_is_noticed(world: World) -> None:
    world.call("enterprise", "GET", "/v1/bdbs")
    assert world.unknown_requests() == []
    with pytest.raises(AssertionError):
        world.call("enterprise", "GET", "/v1/nothing")
    assert world.unknown_requests() == ["GET /v1/nothing: the API has no GET /v1/nothing"]
    world.control("DELETE", "requests")
