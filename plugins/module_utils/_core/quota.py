# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The request budget of an account, shared by every process on the machine.

Redis Cloud allows 400 requests a minute and key, whoever sends them (Cloud facts 1.2). A small locked file holds when
the requests of the last minute were sent; who finds it full waits. Counting over a sliding minute keeps the limit for
every minute, whenever the server's begins. What the server says about its own count and after a 429 is obeyed, too.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import typing as t

from .clock import Clock
from .memory import explained, file_name
from .retry import RETRY_AFTER_MAX

WINDOW = 60.0
# Requests that are left to others: when the server says that fewer remain, everybody here pauses
RESERVE = 20
# How many requests' worth of time such a pause is long
PAUSE_REQUESTS = 40


class Budget:
    """:param per_minute: the limit. :param words: what the account is known by; not readable in the file's name."""

    def __init__(self, words: t.Sequence[str], per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._words = (*words, "quota")

    def take(self) -> float:
        """Take a request out of the budget and return 0, or return how many seconds to wait before asking again."""
        with self._locked() as (sent, closed_until, save):
            now = self._clock.time()
            # what is long in the future was noted before the clock was set back
            sent = [when for when in sent if now - WINDOW < when < now + WINDOW]
            # the same goes for a pause: none is longer than that
            if now < closed_until <= now + RETRY_AFTER_MAX:
                return min(closed_until - now, WINDOW)
            if len(sent) >= self.per_minute:
                return max(sent[len(sent) - self.per_minute] + WINDOW - now, 0.001)
            save([*sent, now], closed_until)
            return 0.0

    def observe(self, remaining: float | None, refused: bool, retry_after: float | None) -> None:
        """What an answer says: how many requests remain, or that there were too many."""
        if not refused and (remaining is None or remaining >= RESERVE):
            return
        pause = min(WINDOW / self.per_minute * PAUSE_REQUESTS, RETRY_AFTER_MAX)
        if refused and retry_after is not None:
            pause = retry_after
        with self._locked() as (sent, closed_until, save):
            save(sent, max(closed_until, self._clock.time() + pause))

    def _locked(self) -> _Ledger:
        return _Ledger(file_name(self._words, ".quota"))


Save = t.Callable[[list[float], float], None]


class _Ledger:
    """The file, locked for as long as it is open: send times, until when nobody may send, and how to save both."""

    def __init__(self, path: str) -> None:
        with explained():
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> tuple[list[float], float, Save]:
        with explained():
            fcntl.flock(self._file, fcntl.LOCK_EX)
            content = os.pread(self._file, os.fstat(self._file).st_size, 0)
        try:
            data = json.loads(content)
            sent = [float(when) for when in data["sent"]]
            closed_until = float(data["closed_until"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            # new, or cut off by a full disk
            sent, closed_until = [], 0.0
        return sent, closed_until, self._save

    def __exit__(self, *error: object) -> None:
        os.close(self._file)

    def _save(self, sent: list[float], closed_until: float) -> None:
        data = {"sent": [round(when, 3) for when in sent], "closed_until": closed_until}
        # On a full disk nobody here counts any more, and the server's refusals have to do: a wait must not end for that.
        with contextlib.suppress(OSError):
            # cut off after writing: emptying a file first makes some file systems wait for the disk
            os.ftruncate(self._file, os.pwrite(self._file, json.dumps(data).encode(), 0))
