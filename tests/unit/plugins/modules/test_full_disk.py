# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The disk of the controller fills up somewhere in a run: nothing is sent, or it is followed to its end."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest

from unit.cloud_samples import SUBSCRIPTION
from unit.cloud_world import Account
from unit.harness import Bench

CLOUD = {"name": "one", "dataset_size_in_gb": 1}
ENTERPRISE = {"name": "one", "memory_size": "100MB"}


@pytest.mark.parametrize("room_for", [0, 1, 2])
@pytest.mark.parametrize(
    ("module", "params"),
    [
        ("redis_cloud_subscription", SUBSCRIPTION),
        ("redis_cloud_database", CLOUD),
        ("redis_cloud_databases", {"databases": [CLOUD]}),
        ("redis_enterprise_database", ENTERPRISE),
        ("redis_enterprise_databases", {"databases": [ENTERPRISE]}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_disk_that_fills_up(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, room_for: int, module: str, params: dict[str, Any]
) -> None:
    """With room for so many notes; a create needs two."""
    if module.startswith("redis_cloud_database"):
        params = {**params, "subscription_id": Account(bench).seed()}
    usual = os.fsync
    left = [None] * room_for

    def fsync(handle: int) -> None:
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        left.pop()
        usual(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        if room_for:
            assert bench.ok(module, params).changed
        else:
            run = bench.fails(module, params)
            assert run.writes == []
            assert "No space left on device" in run.message
            assert "TMPDIR" in run.message
    again = bench.ok(module, params)
    assert again.changed == (not room_for)
    assert len(again.writes) == (not room_for)
