# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Says how far a task is: whenever there is news, and by itself when there has been none for too long.

A slice ends within its time, unless the server keeps it waiting: a request cannot be cut, and one that fails is repeated.
Nobody shall sit in front of a silent screen meanwhile.
"""

from __future__ import annotations

import contextlib
import threading
import time
import typing as t

from .progress_line import line

# Seconds for which nothing may be said after an interval. A slice that ends in time should come first, and where it is
# a process of its own it takes a moment to start.
PATIENCE = 2.5
# An event cannot be waited for as long as you like
BEAT_MAX = 3600.0

Pending = t.Mapping[str, t.Any]


class Progress:
    """
    :param say: shows one line; called from a thread of its own, too.
    :param label: whose lines these are. :param timeout: the deadline, in seconds, if it is known.
    :param interval: seconds between two lines. :param secret: show the time and nothing else.
    """

    def __init__(
        self, say: t.Callable[[str], None], label: str, timeout: float | None, interval: float, secret: bool = False
    ) -> None:
        self._say = say
        self._label = label
        self._timeout = timeout
        self._silence = interval + PATIENCE
        self._secret = secret
        self._start = self._said = self._heard = time.monotonic()
        self._pending: Pending = {}
        self._lock = threading.Lock()

    def waited(self) -> float:
        return time.monotonic() - self._start

    def tell(self, pending: Pending) -> None:
        """A slice has ended, and this is what it has seen."""
        with self._lock:
            self._pending, self._heard = pending, time.monotonic()
            self._show(None)

    def beat(self) -> float:
        """Say something if nothing has been said for too long. Returns after how many seconds to ask again."""
        with self._lock:
            now = time.monotonic()
            if now - self._said >= self._silence:
                self._show(now - self._heard)
            return min(max(self._said + self._silence - now, 0.0), BEAT_MAX)

    def _show(self, silent: float | None) -> None:
        self._said = time.monotonic()
        self._say(line(self._label, self.waited(), self._timeout, None if self._secret else self._pending, silent))

    @contextlib.contextmanager
    def beating(self) -> t.Iterator[None]:
        """As long as this lasts, something is said in time whatever the one who waits is doing."""
        over = threading.Event()

        def watch() -> None:
            while not over.wait(self.beat()):
                continue

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            # nothing is said after the result
            thread.join()
