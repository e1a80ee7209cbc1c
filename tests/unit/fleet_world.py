# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of the plural modules have in common: reading their results, and somebody else who acts meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from unit.harness import Bench, Killed, Run


def gone(name: str) -> dict[str, Any]:
    """An item that is to be deleted."""
    return {"name": name, "state": "absent"}


def results(run: Run) -> dict[str, dict[str, Any]]:
    """The results by name."""
    found = {result["name"]: result for result in run["results"]}
    assert len(found) == len(run["results"])
    return found


def changed(run: Run) -> list[str]:
    return [result["name"] for result in run["results"] if result["changed"]]


def adopted(run: Run) -> list[str]:
    return [result["name"] for result in run["results"] if result["adopted"]]


def errors(run: Run) -> dict[str, str]:
    return {result["name"]: result["error"] for result in run["results"] if result["failed"]}


def same_prediction(told: Run, run: Run) -> bool:
    """Has check mode told what then happened, altogether and for each item?"""
    items = [[(row["name"], row["changed"], row["diff"]) for row in one["results"]] for one in (told, run)]
    return bool(told["diff"] == run["diff"] and told.changed == run.changed and items[0] == items[1])


def meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, method: str, number: int, act: Callable[[], Any]
) -> None:
    """Somebody else acts right before the collection's request of this method and number (from 1) arrives."""
    note = bench.note
    seen = 0

    def noting(request: requests.PreparedRequest, product: str) -> None:
        nonlocal seen
        seen += request.method == method
        if seen == number:
            # his own requests are not counted
            monkeypatch.setattr(bench, "note", note)
            act()
        note(request, product)

    monkeypatch.setattr(bench, "note", noting)


def killed(
    bench: Bench, module: str, params: dict[str, Any], moment: int, when: str, seconds: float | None = None
) -> bool:
    """Run a module, in slices if ``seconds`` are given, and kill it at this request. False: it ended before."""
    if seconds is None:
        return bench.killed(moment, when, module, params)
    bench.kill_at = (len(bench.sent) + moment, when)
    try:
        bench.sliced(module, params, seconds)
    except Killed:
        return True
    finally:
        bench.kill_at = None
    return False


def accepted(bench: Bench, method: str) -> list[str]:
    """The paths of the writes that a server has accepted, in their order."""
    entries = bench.simulator.exchange.journal.entries(writes=True)
    return [entry["path"] for entry in entries if entry["method"] == method and entry["status"] in (200, 202)]


def sent(run: Run, method: str) -> list[str]:
    """The paths of the writes that a run has sent, whatever has come of them."""
    return [request.path for request in run.writes if request.method == method]
