# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the creation of a fleet takes at best, and with clients that go through it one by one. Pure functions.

The server's rules (documented: one request is processed at a time per account, a new database provisions in parallel to
others, a create may make the subscription pending, and a pending subscription takes no create) leave no choice to a
client whose databases are all alike. Create number k can begin to be processed at the end of create k-1, or when the
subscription is active again, whichever is later; so the schedule that begins each at its earliest moment is the shortest.
Requests, looks and pauses take no time in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import accumulate, chain, repeat


@dataclasses.dataclass(frozen=True)
class Rules:
    """What the server takes its time for, in seconds."""

    processing: float = 5.0
    provisioning: float = 180.0
    flip_every: int = 4
    flip_seconds: float = 30.0

    def options(self) -> dict[str, float]:
        """The same as options of the simulator."""
        return {
            "processing_seconds": self.processing,
            "database_seconds": self.provisioning,
            "flip_every": self.flip_every,
            "flip_seconds": self.flip_seconds,
        }


@dataclasses.dataclass(frozen=True)
class Create:
    """One create: processed from ``begin`` to ``processed``, usable at ``active``."""

    begin: float
    processed: float
    active: float


def best(rules: Rules, databases: int, ready: float = 0.0) -> list[Create]:
    """The shortest schedule for an active subscription; nothing is processed before ``ready``."""
    schedule: list[Create] = []
    free = ready
    for number in range(1, databases + 1):
        processed = free + rules.processing
        schedule.append(Create(free, processed, processed + rules.provisioning))
        flips = rules.flip_every and number % rules.flip_every == 0
        free = processed + (rules.flip_seconds if flips else 0.0)
    return schedule


def makespan(schedule: list[Create]) -> float:
    return max((create.active for create in schedule), default=0.0)


# Terraform provider 2.11.0: each wait pauses once, then looks at regular intervals
DELAY, INTERVAL = 10.0, 30.0
# ... and each task is looked at after these pauses, then every 30 seconds
TASK_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
SUBSCRIPTION_SLEEPS = 72.0  # one dummy database, server time not included


def waited(seconds: float) -> float:
    """When a wait of the provider notices what is done after ``seconds``."""
    looks = chain([DELAY], repeat(INTERVAL))
    return _first(accumulate(looks), seconds)


def task_noticed(seconds: float) -> float:
    """When the provider's SDK notices the end of a task that takes ``seconds``."""
    return _first(accumulate(chain(TASK_PAUSES, repeat(30.0))), seconds)


def _first(moments: Iterator[float], seconds: float) -> float:
    return next(moment for moment in moments if moment >= seconds)


def terraform(rules: Rules, databases: int) -> list[Create]:
    """The provider's schedule in an existing subscription: one after the other, under the subscription's mutex.

    Per database: wait for the subscription, create, follow the task, wait for the database, wait for the subscription;
    then an update without a change: the same waits with one for the database more. In favour of the provider, requests take
    no time, that update takes processing time only, and the final read counts once.
    """
    schedule: list[Create] = []
    now = 0.0
    for number in range(1, databases + 1):
        begin = now + waited(0.0)
        noticed = begin + task_noticed(rules.processing)
        processed = begin + rules.processing
        active = processed + rules.provisioning
        schedule.append(Create(begin, processed, active))
        now = noticed + waited(active - noticed)
        rest = 0.0
        if rules.flip_every and number % rules.flip_every == 0:
            rest = max(0.0, processed + rules.flip_seconds - now)
        now += waited(rest)
        now += 2 * waited(0.0) + task_noticed(rules.processing) + 2 * waited(0.0)
    return schedule


def terraform_ends(rules: Rules, databases: int) -> float:
    """When the provider's run ends: after the waits that follow the last database."""
    if not databases:
        return 0.0
    last = terraform(rules, databases)[-1]
    noticed = last.begin + task_noticed(rules.processing)
    create = noticed + waited(last.active - noticed) + waited(0.0)
    update = 2 * waited(0.0) + task_noticed(rules.processing) + 2 * waited(0.0)
    return create + update + DELAY
