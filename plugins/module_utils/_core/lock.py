# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One creator at a time on this machine, and a memory of requests whose answer nobody has seen.

A file per account and parent, locked by the kernel (released when the process dies, however it dies). Its content
is the intent that was written down before a create was sent and is removed when its answer is known. A process
that is killed in between leaves it behind, and the next run knows that something may still show up.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import stat
import tempfile
import typing as t

from .clock import Deadline
from .errors import RedisError, WaitTimeout

POLL = 0.5


class CreateLock:
    """A held lock. ``intents`` are the unanswered creates that earlier processes left: name -> epoch seconds."""

    def __init__(self, handle: t.IO[str], clock_time: t.Callable[[], float]) -> None:
        self._handle = handle
        self._time = clock_time
        self.intents = self._read()

    def _read(self) -> dict[str, float]:
        self._handle.seek(0)
        try:
            data = json.load(self._handle)
        except ValueError:
            return {}
        if not isinstance(data, dict):
            return {}
        return {str(name): float(when) for name, when in data.items() if isinstance(when, (int, float))}

    def _write(self) -> None:
        self._handle.seek(0)
        self._handle.truncate()
        json.dump(self.intents, self._handle)
        self._handle.flush()
        os.fsync(self._handle.fileno())

    def sent_seconds_ago(self, name: str) -> float | None:
        """How long ago a create of this name was sent whose answer is not known; None when there was none."""
        when = self.intents.get(name)
        return None if when is None else max(0.0, self._time() - when)

    def intend(self, name: str) -> None:
        self.intents[name] = self._time()
        self._write()

    def settle(self, name: str) -> None:
        if self.intents.pop(name, None) is not None:
            self._write()


def directory() -> str:
    """A directory that only this user can use; refuses one that somebody else has prepared."""
    path = os.path.join(tempfile.gettempdir(), "community.redis-{0}".format(os.getuid()))
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RedisError(
            "{0} is not a private directory of this user, so it cannot hold the locks that prevent double creates.".format(path),
            hint="Remove it, or set TMPDIR.",
        )
    return path


@contextlib.contextmanager
def create_lock(scope: t.Sequence[str], deadline: Deadline, what: str) -> t.Iterator[CreateLock]:
    """Hold the lock of an account and parent. Waits for another process until the deadline."""
    name = hashlib.sha256("\0".join(scope).encode("utf-8")).hexdigest()[:32]
    path = os.path.join(directory(), name + ".lock")
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "r+", encoding="utf-8") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
            if deadline.passed():
                raise WaitTimeout("Another process on this machine is creating {0} and did not finish in time.".format(what))
            deadline.pause(POLL)
        yield CreateLock(handle, deadline.clock.time)
