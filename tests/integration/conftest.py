# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for the integration tests: one simulator for the session, empty again for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.world import World


@pytest.fixture(scope="session")
def simulated_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("world"))
    yield world
    world.close()


@pytest.fixture
def world(simulated_world: World, request: pytest.FixtureRequest) -> Iterator[World]:
    """The simulator without any resources. Afterwards all requests are held against the facts about the APIs."""
    simulated_world.reset()
    if request.node.get_closest_marker("fast_clock"):
        simulated_world.hurry()
    yield simulated_world
    assert simulated_world.unknown_requests() == []
