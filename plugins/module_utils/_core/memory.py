# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this machine remembers of a write until its work is known to be over.

The server may show the traces of a request late, and it has no idempotency key. A run that is killed after it has sent
a write, or after it was answered, would be repeated by the next run, if that had nothing but the server to ask. So
each write is noted in a small file before it is sent, with the operation once it is known, and the note is removed
when the work is over. No secrets are in it, and nothing that the server has said.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import stat
import tempfile
import typing as t
from pathlib import Path

from .clock import Clock
from .errors import RedisError
from .operation import Operation

# Redis Cloud keeps tasks for ten days (facts 2.4); nothing older can be followed
FORGET_AFTER = 10 * 24 * 3600.0


@dataclasses.dataclass
class Note:
    """A write: what it was to do, when it was sent (epoch seconds), and what the server has called it."""

    action: str
    when: float
    resource_id: str | None = None
    operation: Operation | None = None


@contextlib.contextmanager
def explained() -> t.Iterator[None]:
    """A full disk, or a directory that cannot be written to, is for the user to mend."""
    try:
        yield
    except OSError as error:
        raise RedisError(
            "The small files that prevent double creates cannot be kept on this machine: {0}.".format(error),
            hint="Make room, or set TMPDIR to a directory that can be written to, and run the task again.",
        ) from error


def directory() -> str:
    """A directory that only this user can use; refuses one that somebody else has prepared."""
    with explained():
        path = os.path.join(tempfile.gettempdir(), "community.redis-{0}".format(os.getuid()))
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        status = os.lstat(path)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RedisError(
            "{0} is not a private directory of this user, so it cannot hold what prevents double creates.".format(path),
            hint="Remove it, or set TMPDIR.",
        )
    return path


def file_name(words: t.Iterable[str], ending: str) -> str:
    """A name that tells nothing about the account."""
    digest = hashlib.sha256("\0".join(words).encode("utf-8")).hexdigest()[:32]
    return os.path.join(directory(), digest + ending)


class Memory:
    """The note about one resource.

    ``known`` is when the write was sent that this run has to do with: what another process has noted since is not
    this run's to forget.
    """

    def __init__(self, scope: t.Sequence[str], label: str, clock: Clock, known: float | None = None) -> None:
        self._words = (*scope, label)
        self._clock = clock
        self._note: Note | None = None
        self.known = known

    def recall(self) -> Note | None:
        """The note that an earlier run has left, if it can still mean something."""
        note = self._read()
        self.known = note.when if note is not None else None
        return note

    def is_current(self, note: Note) -> bool:
        """Has no other process sent something since, or seen the end of it?"""
        return self._read() == note

    def age(self, note: Note) -> float:
        """In seconds. A clock that was set back since does not make it younger than new."""
        return max(0.0, self._clock.time() - note.when)

    def intend(self, action: str, resource_id: str | None) -> float:
        """To be called before the write is sent: when this fails, nothing must be. Returns when, which is what the note
        is known by."""
        self.known = self._clock.time()
        self._save(Note(action, self.known, resource_id))
        return self.known

    def answered(self, operation: Operation | None, resource_id: str | None) -> None:
        if self._note is not None:
            handle = operation.handle() if operation else None
            # The write is under way, and this run follows it, whatever happens to files. The next one still finds what
            # was intended.
            with contextlib.suppress(RedisError):
                self._save(dataclasses.replace(self._note, operation=handle, resource_id=resource_id))

    def settle(self) -> None:
        self._note = None
        # one that stays behind only makes the next run look whether the work is over
        with contextlib.suppress(RedisError):
            note = self._read()
            if note is not None and note.when == self.known:
                self._remove()

    def _read(self) -> Note | None:
        with explained():
            try:
                content = Path(self._path()).read_bytes()
            except FileNotFoundError:
                return None
        note = _parse(content)
        if note is None or self.age(note) >= FORGET_AFTER:
            self._remove()
            return None
        return note

    def _remove(self) -> None:
        with explained(), contextlib.suppress(FileNotFoundError):
            os.unlink(self._path())

    def _path(self) -> str:
        return file_name(self._words, ".json")

    def _save(self, note: Note) -> None:
        """At once and as a whole: a reader sees the old note or the new one."""
        self._note = note
        data = dict(vars(note), operation=note.operation.public() if note.operation else None)
        with explained():
            handle, temporary = tempfile.mkstemp(dir=directory())
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    json.dump(data, stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, self._path())
            except OSError:
                os.unlink(temporary)
                raise


def _parse(content: bytes) -> Note | None:
    """None: written by another version, or damaged; it says nothing."""
    try:
        data = json.loads(content)
        operation = data.get("operation")
        return Note(
            str(data["action"]),
            float(data["when"]),
            data.get("resource_id"),
            Operation.from_public(operation) if operation else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
