# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ages and points in time."""

from __future__ import annotations

import pytest

from ansible_collections.community.redis.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.community.redis.plugins.module_utils._core.since import iso, parse_since, parse_time

NOON = 1767268800.0  # 2026-01-01T12:00:00Z


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("3d", 259200), (" 2 h ", 7200), ("0s", 0)]
)
def test_age(text: str, seconds: float) -> None:
    assert parse_since(text, NOON) == NOON - seconds


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-01-01T12:00:00Z", 0),
        ("2026-01-01 12:00:00", 0),
        ("2026-01-01T12:00:00.25Z", 0.25),
        ("2026-01-01T12:00:00.736763484Z", 0.736763484),
        ("2026-01-01T14:00:00+02:00", 0),
        ("2026-01-01T14:00:00+0200", 0),
        ("2026-01-01T12:00:00.000+0000", 0),
        ("2026-01-01T06:30:00-05:30", 0),
        ("1767268800", 0),
        ("1767268800.5", 0.5),
    ],
)
def test_time(text: str, offset: float) -> None:
    assert parse_time(text) == pytest.approx(NOON + offset, abs=1e-6)
    assert parse_since(text, 0) == pytest.approx(NOON + offset, abs=1e-6)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2h ago", "-2h", "2026-13-01T00:00:00Z", "2026-01-01", "None", "1w"]
)
def test_anything_else_is_refused(text: str) -> None:
    assert parse_time(text) is None
    with pytest.raises(InvalidInput, match="since must be an age such as 30m, 2h or 3d, or an ISO 8601 time"):
        parse_since(text, NOON)


def test_iso_and_back() -> None:
    assert iso(NOON) == "2026-01-01T12:00:00Z"
    assert parse_time(iso(NOON)) == NOON
