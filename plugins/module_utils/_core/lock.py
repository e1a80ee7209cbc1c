# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One creator at a time on this machine, for each account and parent.

The kernel holds the lock and releases it when the process ends, however it ends. Between machines there is no lock:
the one that comes later finds the other's resource, or two of them, and then fails naming both.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import typing as t

from .clock import Deadline
from .errors import WaitTimeout
from .memory import explained, file_name
from .poller import Reading

POLL = 0.5


@contextlib.contextmanager
def create_lock(
    scope: t.Sequence[str], deadline: Deadline, what: str, on_reading: t.Callable[[Reading], None] = lambda reading: None
) -> t.Iterator[None]:
    """Hold the lock of an account and parent. Waits for another process until the deadline."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with explained():
        handle = os.open(file_name(scope, ".lock"), flags, 0o600)
    try:
        while not _is_free(handle):
            if deadline.passed():
                raise WaitTimeout("Another process on this machine is creating {0} and did not finish in time.".format(what))
            on_reading(Reading(False, "waiting", "another process on this machine is creating"))
            deadline.pause(POLL)
        yield
    finally:
        os.close(handle)


def _is_free(handle: int) -> bool:
    """Takes the lock, unless another process has it."""
    with explained():
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            return False
    return True
