# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which failures of a run are no lies. Everything here is about a server that is sound and only hard to reach."""

from __future__ import annotations

import re
from collections.abc import Sequence

from unit.harness import Run

from .bench import Heard

# Seconds. What one request may take beyond the deadline: api_timeout, and what came before it
OVERTIME = 35.0
LENGTH_MAX = 700
TIMEOUTS = (
    r"^Gave up waiting for ",
    r"^Gave up after \d+ seconds \(wait_timeout\), before ",
    r"^There was no time left to ask \S+ again \(wait_timeout\)",
    r"^It is not known whether the request to ",
    r"^The server stayed busy for ",
    r"^Another process on this machine is (creating|changing) ",
    r"^The account's budget of requests was used up ",
)
NO_ANSWER = r"^(GET|POST|PUT|DELETE) \S+: (no answer from|\S+ answered HTTP (408|429|5\d\d|2\d\d))"
DOUBLE = r"^2 (databases|subscriptions)( of subscription \d+)? are called '|^database '\w+' is there 2 times: "


def wrong_words(run: Run, message: str) -> str:
    """What is wrong with how a failure is told; empty when nothing is."""
    if "exception" in run.result or "Traceback" in message:
        return "a traceback"
    if not message or "\n" in message or len(message) > LENGTH_MAX:
        return "not a clear sentence"
    if not re.match(r"[A-Z0-9]", message) or not re.search(r"[.}'\"]$", message.rstrip()):
        return "not a sentence"
    if re.search(r"object at 0x|<class|HTTPSConnectionPool|\bNone\b", message):
        return "internal words"
    return ""


def lie(run: Run, message: str, timeout: float, heard: Sequence[Heard]) -> str:
    """Why this failure must not have happened; empty when it may. ``heard``: the requests of this run."""
    if any(re.match(pattern, message) for pattern in TIMEOUTS):
        return "" if run.seconds >= timeout - 1 else "it gave up too early"
    if re.match(NO_ANSWER, message):
        if run.seconds >= timeout - OVERTIME:
            return ""
        answered = [request for request in heard if not request.fault]
        return "the API could be reached" if answered else ""
    return "nothing of the kind has happened"
