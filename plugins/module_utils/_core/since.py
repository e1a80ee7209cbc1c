# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ages and points in time, as people write them in filters."""

from __future__ import annotations

import datetime
import re

from .errors import InvalidInput

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_since(text: str, now: float) -> float:
    """"2h" (two hours ago) or an ISO 8601 time, as epoch seconds. Raises InvalidInput."""
    match = re.fullmatch(r"(\d+)\s*([smhd])", text.strip())
    if match:
        return now - int(match.group(1)) * _UNITS[match.group(2)]
    when = parse_time(text)
    if when is None:
        raise InvalidInput("since must be an age such as 30m, 2h or 3d, or an ISO 8601 time; {0!r} is not.".format(text))
    return when


def parse_time(text: object) -> float | None:
    """An ISO 8601 time with any number of fractional digits, or epoch seconds; None when it is neither."""
    text = str(text).strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?", text)
    if not match:
        return None
    zone = match.group(4) or "Z"
    zone = "+0000" if zone == "Z" else zone.replace(":", "")
    try:
        when = datetime.datetime.strptime(match.group(1) + " " + match.group(2) + zone, "%Y-%m-%d %H:%M:%S%z")
    except ValueError:
        return None
    return when.timestamp() + float(match.group(3) or 0)


def iso(epoch: float) -> str:
    """Epoch seconds as ISO 8601 in UTC."""
    return datetime.datetime.fromtimestamp(epoch, tz=datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
