# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes from slice to slice, whatever else is masked on the way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.basic import remove_values

from ansible_collections.community.redis.plugins.module_utils._core.slices import pack, share, unpack
from unit.harness import Bench

KNOWN: dict[str, Any] = {"requests": 11, "state": {"id": "120011", "words": ["create", "pässwörd", None]}, "reached": True}
# what a password may be, if a server takes it, and what ids, numbers and words are made of
SHORT = ["1", "11", "e", "a", "create", "bdb", "true", "2026", "x", ":", '"']


@pytest.mark.parametrize("known", [{}, KNOWN, {"state": {str(number): number for number in range(5000)}}])
def test_packed_and_unpacked(known: dict[str, Any]) -> None:
    assert unpack(json.loads(json.dumps(pack(known)))) == known
    assert unpack(None) == {}


@pytest.mark.parametrize("secret", SHORT)
def test_nothing_in_it_can_be_masked(secret: str) -> None:
    assert unpack(remove_values(pack(KNOWN), {secret})) == KNOWN


def test_share() -> None:
    assert share(25) == {"seconds": 25, "waited": 0.0, "known": None}
    assert share(25, 3.5, {"what": "it", "known": "x"}) == {"seconds": 25, "waited": 3.5, "known": "x"}


@pytest.mark.parametrize("secret", SHORT)
def test_password_that_is_part_of_everything(bench: Bench, secret: str) -> None:
    """Masking it hides parts of every id; the slices go on with the right one all the same."""
    bench.seed("enterprise", bdbs=[{"name": "there", "count": 3}])
    task = {"name": "cache", "memory_size": "1GB", "authentication_redis_pass": secret}
    for step in (task, {**task, "memory_size": "2GB"}):
        run, handed = bench.sliced("redis_enterprise_database", step, 2)
        assert not run.failed, run.result
        assert handed
        assert run.changed
        assert len(run.writes) == 1
    items = [{**task, "name": name} for name in ("one", "two")]
    run, handed = bench.sliced("redis_enterprise_databases", {"databases": items}, 2)
    assert not run.failed, run.result
    assert handed
    assert len(run.writes) == 2
    assert not bench.ok("redis_enterprise_database", {**task, "memory_size": "2GB"}).changed
