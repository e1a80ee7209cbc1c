# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The harness itself: what the other tests rely on."""

from __future__ import annotations

from typing import Any

import pytest

from unit.harness import Bench

SUBSCRIPTION: dict[str, Any] = {
    "name": "main",
    "cloud_providers": [{"regions": [{"region": "us-east-1"}]}],
    "databases": [{"name": "first", "dataset_size_in_gb": 1}],
}


def test_module_runs_on_the_virtual_clock(bench: Bench) -> None:
    run = bench.ok("redis_cloud_subscription", SUBSCRIPTION)
    assert run.changed
    assert run.seconds > 600
    assert [str(request).partition(" {")[0] for request in run.writes] == ["POST /v1/subscriptions"]
    assert run["api_requests"] == len(run.requests)


def test_slices_end_where_one_run_ends(bench: Bench) -> None:
    run, handed = bench.sliced("redis_cloud_subscription", SUBSCRIPTION, 30)
    assert run.changed
    assert not run.failed
    assert 20 < len(handed) < 40
    assert len(run.writes) == 1
    assert run["api_requests"] == len(run.requests)


def test_request_that_the_api_does_not_have_is_refused(bench: Bench) -> None:
    with pytest.raises(AssertionError, match="has no GET /v1/nothing"):
        bench.session().get("https://api.redislabs.com/v1/nothing")
