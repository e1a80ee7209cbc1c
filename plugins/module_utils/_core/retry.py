# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which failed request may be sent again, and when. The arithmetic is urllib3's.

Reads may always be repeated. A write may be repeated only when it is certain that the first one had no effect:
the connection was never made, or the server refused it for its rate (429). After any other failure of a write
the outcome is unknown, and UnclearWrite goes to the caller, who looks before doing anything else.
"""

from __future__ import annotations

import typing as t

try:
    from urllib3.util.retry import Retry
except ImportError:  # reported by transport.py together with requests
    Retry = None  # type: ignore[assignment,misc]  # never used without the library

READS = frozenset(("GET", "HEAD", "OPTIONS"))
# Cloud facts 1.3, Enterprise facts 1.4; 408 = the server did not get the whole request in time
TRANSIENT_STATUS = frozenset((408, 429, 500, 502, 503, 504))
BACKOFF_FACTOR = 1.0
BACKOFF_MAX = 30.0
# A hint of the server is obeyed, within reason
RETRY_AFTER_MAX = 120.0
REMAINING_HEADER = "x-rate-limit-remaining"
RETRY_AFTER_HEADERS = ("x-rate-limit-retry-after-seconds", "retry-after")


class Backoff:
    """Counts the failures of one request; says how long to wait, or None when it is time to give up.

    :param tries: how many times a request may be repeated; None: until the deadline.
    """

    def __init__(self, tries: int | None) -> None:
        self._tries = tries
        self._failed = 0
        self._retry = Retry(total=None, backoff_factor=BACKOFF_FACTOR, redirect=False)

    def next(self, method: str, url: str, hint: float | None, *, unlimited: bool = False) -> float | None:
        self._failed += 1
        if not unlimited and self._tries is not None and self._failed > self._tries:
            return None
        self._retry = self._retry.increment(method=method, url=url, error=None)
        # urllib3 starts backing off at the second failure in a row; the first repetition waits half a second
        delay = min(self._retry.get_backoff_time() or BACKOFF_FACTOR / 2, BACKOFF_MAX)
        return max(delay, hint or 0.0)


def remaining(headers: t.Mapping[str, str]) -> float | None:
    """How many requests the quota still allows, as far as the server tells."""
    return number(headers.get(REMAINING_HEADER))


def is_over_quota(status: int, headers: t.Mapping[str, str]) -> bool:
    """429 has two meanings (Cloud facts 1.2): too many requests, or too many changes at once. It is the second when the
    quota allows more requests, and may be either when the server does not tell."""
    return status == 429 and not remaining(headers)


def retry_after(headers: t.Mapping[str, str]) -> float | None:
    """The server's hint in seconds, or None. Dates are left to the ordinary backoff."""
    for name in RETRY_AFTER_HEADERS:
        seconds = number(headers.get(name))
        if seconds is not None:
            return min(seconds, RETRY_AFTER_MAX)
    return None


def number(text: str | None) -> float | None:
    """A number that is not negative, or None."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if value >= 0 else None
