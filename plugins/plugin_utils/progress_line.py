# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that people see while a task waits. Pure functions."""

from __future__ import annotations

import math
import typing as t

BAR_WIDTH = 20
ITEM_MAX = 40
TEXT_MAX = 200


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


def label(host: str, item: t.Any = None) -> str:
    """Who waits: the host and, in a loop over plain values, the item as Ansible itself shows it."""
    if isinstance(item, bool) or not isinstance(item, (str, int, float)):
        return "[{0}]".format(host)
    return "[{0}] (item={1})".format(host, one_line(str(item), ITEM_MAX))


def one_line(text: str, longest: int = TEXT_MAX) -> str:
    """What comes from elsewhere must not break the line, nor move the cursor of a terminal."""
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= longest else text[: longest - 3] + "..."


def line(
    who: str,
    waited: float,
    timeout: float | None,
    pending: t.Mapping[str, t.Any] | None,
    silent: float | None = None,
) -> str:
    """One line: who, what, phase and state, percent where known, elapsed time and deadline.

    :param pending: ``{"what", "reading": {"phase", "status", "progress"}}``; None: say nothing but the time.
    :param silent: for how many seconds there has been no news; None: this is news.
    """
    clock = duration(waited) + (" of {0}".format(duration(timeout)) if timeout is not None else "")
    if pending is None:
        return "{0} still waiting, {1}".format(who, clock)
    reading = pending.get("reading") or {}
    words = one_line(" ".join(str(reading[key]) for key in ("phase", "status") if reading.get(key))) or "starting"
    parts = ["{0} {1}: {2}".format(who, one_line(str(pending.get("what") or "waiting")), words)]
    progress = reading.get("progress")
    if isinstance(progress, (int, float)) and math.isfinite(progress):
        parts.append(gauge(float(progress)))
    if silent is not None:
        parts.append("no news for {0}".format(duration(silent)))
    return ", ".join([*parts, clock])
