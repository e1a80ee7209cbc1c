# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGKILL at request boundaries and at random moments, each followed by a run that finishes the job."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from integration.safety.histories import Plot, play, plots
from integration.safety.live import Blow, running

from unit.safety.subjects import MEGABYTE

ROUNDS = int(os.environ.get("SAFETY_KILL_ROUNDS", "1"))
FIRST = int(os.environ.get("SAFETY_KILL_FIRST", "0"))
REPLAY = os.environ.get("SAFETY_PLOT", "")
KILLS = 40
# Most of the time these processes wait for each other's next second
AT_ONCE = 5


def replay_command(plot: Plot) -> str:
    return f"SAFETY_PLOT={plot} .venv/bin/python -m pytest tests/integration/safety/test_kills.py"


def test_exactly_one_of_everything_whenever_processes_are_killed(tmp_path: Path) -> None:
    wanted = [Plot.parse(REPLAY)] if REPLAY else list(plots(ROUNDS, FIRST))
    struck, failures = 0, []

    def run(plot: Plot) -> int | str:
        try:
            return play(plot, tmp_path)
        except AssertionError as error:
            return f"{error}\n\nreplay this one alone:\n  {replay_command(plot)}"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(run, wanted):
            if isinstance(result, int):
                struck += result
            else:
                failures.append(result)
    print(f"{struck} processes were killed")
    assert not failures, "\n\n".join(failures)
    assert REPLAY or struck >= KILLS * ROUNDS, f"only {struck} processes were killed"


@pytest.mark.skipif(bool(REPLAY), reason="one plot alone is replayed")
@pytest.mark.parametrize("product", ["cloud", "enterprise"])
def test_killed_in_the_middle_of_twenty_creates(tmp_path: Path, product: str) -> None:
    """Twice: after the seventh request to create, and before the fourteenth has been worked on."""
    names = [f"db-{number}" for number in range(20)]
    size: dict[str, Any] = {"dataset_size_in_gb": 1} if product == "cloud" else {"memory_size": 100 * MEGABYTE}
    params: dict[str, Any] = {"databases": [{"name": name, **size} for name in names]}
    with running(tmp_path, fast=True) as live:
        if product == "cloud":
            live.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
            params["subscription_name"] = "main"
        module = f"redis_{product}_databases"
        for blow in (Blow(7, writes=True), Blow(7, before=True, writes=True)):
            victim = live.struck(lambda: live.module(module, params), blow)
            assert victim.process.returncode == -9, victim.output
        result = live.module(module, params).succeeds()
        # the seventh of each run: one was taken, one never arrived
        assert [item["name"] for item in result["results"] if item["changed"]] == names[13:]
        created = Counter(request.status for request in live.heard if request.method == "POST")
        assert created == {(202 if product == "cloud" else 200): 20, None: 1}
        state = live.state(product)
        rows = state["subscriptions"][0]["databases"] if product == "cloud" else state["bdbs"]
        assert sorted(row.get("settings", row)["name"] for row in rows) == sorted(names)
        assert not live.module(module, params).succeeds()["changed"]
