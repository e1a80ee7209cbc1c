# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that people see while a task waits. Pure functions."""

from __future__ import annotations

import typing as t

BAR_WIDTH = 20


def duration(seconds: float) -> str:
    """75 -> 1m15s"""
    seconds = int(seconds)
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    if hours:
        return "{0}h{1:02d}m".format(hours, minutes)
    return "{0}m{1:02d}s".format(minutes, rest) if minutes else "{0}s".format(rest)


def gauge(percent: float) -> str:
    full = int(min(max(percent, 0.0), 100.0) / 100.0 * BAR_WIDTH)
    return "[{0}{1}] {2:.0f}%".format("#" * full, "-" * (BAR_WIDTH - full), percent)


def line(host: str, waited: float, timeout: float | None, pending: t.Mapping[str, t.Any] | None) -> str:
    """One line: host, what, phase and state, percent where known, elapsed time and deadline.

    :param pending: ``{"what", "reading": {"phase", "status", "progress"}}``; None: say nothing but the time.
    """
    clock = duration(waited) + (" of {0}".format(duration(timeout)) if timeout is not None else "")
    if pending is None:
        return "[{0}] still waiting, {1}".format(host, clock)
    reading = pending.get("reading") or {}
    words = " ".join(str(reading[key]) for key in ("phase", "status") if reading.get(key)) or "starting"
    parts = ["[{0}] {1}: {2}".format(host, pending.get("what") or "waiting", words), clock]
    if isinstance(reading.get("progress"), (int, float)):
        parts.insert(1, gauge(float(reading["progress"])))
    return ", ".join(parts)
