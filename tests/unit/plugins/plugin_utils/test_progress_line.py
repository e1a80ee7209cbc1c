# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that people see."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.plugin_utils.progress_line import duration, gauge, line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.9, "0s"),
        (59.9, "59s"),
        (60, "1m00s"),
        (75, "1m15s"),
        (3599, "59m59s"),
        (3600, "1h00m"),
        (3660, "1h01m"),
        (90000, "25h00m"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("percent", "full", "text"),
    [(0, 0, "0%"), (4.9, 0, "5%"), (41.4, 8, "41%"), (100, 20, "100%"), (130, 20, "130%"), (-3, 0, "-3%")],
)
def test_gauge(percent: float, full: int, text: str) -> None:
    assert gauge(percent) == "[" + "#" * full + "-" * (20 - full) + "] " + text


@pytest.mark.parametrize(
    ("pending", "text"),
    [
        (None, "[web] still waiting, 12s of 1h00m"),
        ({}, "[web] waiting: starting, 12s of 1h00m"),
        ({"what": "database 'x'", "reading": None}, "[web] database 'x': starting, 12s of 1h00m"),
        (
            {"what": "database 'x'", "reading": {"phase": "processing", "status": "received", "progress": None}},
            "[web] database 'x': processing received, 12s of 1h00m",
        ),
        (
            {"what": "database 'x'", "reading": {"phase": "creating", "status": "", "progress": 50}},
            "[web] database 'x': creating, [##########----------] 50%, 12s of 1h00m",
        ),
        (
            {"what": "database 'x'", "reading": {"phase": "creating", "progress": "half"}},
            "[web] database 'x': creating, 12s of 1h00m",
        ),
        (
            {"what": "it\n[db] all done", "reading": {"phase": "\x1b[2J", "status": 5}},
            "[web] it [db] all done: [2J 5, 12s of 1h00m",
        ),
        (
            {"what": "it", "reading": {"phase": "", "status": "x" * 300}},
            "[web] it: " + "x" * 197 + "..., 12s of 1h00m",
        ),
    ],
)
def test_line(pending: dict[str, Any] | None, text: str) -> None:
    assert line("[web]", 12.3, 3600, pending) == text


@pytest.mark.parametrize("progress", [float("nan"), float("inf"), -float("inf"), [50], {}])
def test_progress_that_is_no_number(progress: Any) -> None:
    """Servers are free to answer whatever JSON can hold, and more."""
    reading = {"phase": "creating", "progress": progress}
    assert line("[web]", 12.3, 3600, {"what": "it", "reading": reading}) == "[web] it: creating, 12s of 1h00m"


def test_line_without_a_deadline() -> None:
    assert line("[web]", 12.3, None, None) == "[web] still waiting, 12s"


def test_line_without_news() -> None:
    reading = {"phase": "creating", "progress": 50}
    text = line("[web]", 112.3, 3600, {"what": "it", "reading": reading}, 55.7)
    assert text == "[web] it: creating, [##########----------] 50%, no news for 55s, 1m52s of 1h00m"
