# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run says when it gives up can be pasted into another play, on a machine that knows nothing else."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
import yaml
from integration.safety.live import running

from unit.safety.catalogue import SUBJECTS

# slower than a run that waits for two seconds
SPEED = 20.0


@pytest.mark.parametrize("name", ["cloud-subscription", "cloud-database", "enterprise-7.4"])
def test_pasted_into_another_play(tmp_path: Path, name: str) -> None:
    with running(tmp_path, SPEED, fast=True) as live:
        subject = SUBJECTS[name]()
        subject.prepare(live, random.Random(1))
        slow = {"database_seconds": 60, "subscription_seconds": 60, "task_404_seconds": 0, "task_visible_seconds": 0}
        live.options("cloud", resource_visible_seconds=0, **slow)
        live.options("enterprise", create_seconds=60)
        step = subject.steps(random.Random(1))[0]
        gave_up = live.module(subject.module, {**step.params, "wait_timeout": 8}).wait().result
        assert gave_up["failed"]
        assert gave_up["changed"]
        (pasted,) = re.findall(r"'(- .*)'", gave_up["msg"])
        (task,) = yaml.safe_load(pasted)
        result = live.playbook([{"name": "pasted", **task}], machine="machine-2").succeeds()
        assert not result["changed"]
        posts = [request for request in live.heard if request.method == "POST"]
        assert len(posts) == sum(step.writes.values())
        rows = subject.ours(live)
        assert [row["status"] for row in rows] == ["active"] * step.left
        again = live.module(subject.module, step.params).succeeds()
        assert not again["changed"]
        assert len([request for request in live.heard if request.method == "POST"]) == len(posts)
