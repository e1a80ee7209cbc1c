# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources of one parent as they were listed last: what the items of a fleet read instead of asking the server."""

from __future__ import annotations

import collections
import contextlib
import typing as t

from .clock import Clock
from .errors import Ambiguous, Busy, NotFound
from .poller import Reading
from .work import DELETING, JOINING, Reply, Work

# what a page of a list holds (Cloud facts 1.1); only used to choose between a list and single reads
PAGE = 100
# How old a list may be that decides what is done, in seconds. What others do meanwhile is not in it, and neither is what
# a killed run has requested and could not be seen yet.
AGE_MAX = 60.0


class Survey:
    """
    :param fetch: lists all. :param get: reads one by its id, or None when it does not exist.
    :param lag: how many seconds a list may lag behind.

    ``pins`` are what this run has created, changed or deleted, by id: whether it exists, and since when (epoch seconds)
    that is known. As long as the list does not agree they are read one by one; the next slice has to know them, too.
    """

    def __init__(
        self,
        fetch: t.Callable[[], list[Reply]],
        get: t.Callable[[str], Reply | None],
        id_key: str,
        clock: Clock,
        lag: float = 0.0,
    ) -> None:
        self._fetch = fetch
        self._get = get
        self._id_key = id_key
        self._clock = clock
        self._lag = lag
        self._rows: dict[str, Reply] | None = None
        self._read = clock.monotonic()
        # ids by name, as an ordered set: each of thousands of items asks for its own
        self._named: dict[str, dict[str, None]] = {}
        self.pins: dict[str, tuple[bool, float]] = {}

    @property
    def rows(self) -> list[Reply]:
        if self._rows is None:
            self.refresh()
        return list((self._rows or {}).values())

    def find(self, name: str, under_way: t.Callable[[Reply], str], label: str) -> Reply | None:
        """The one that is called so. One that is on its way out counts only when there is no other."""
        if self._rows is None:
            self.refresh()
        rows = self._rows or {}
        matches = [rows[one] for one in self._named.get(name, ())]
        matches = [row for row in matches if under_way(row) != DELETING] or matches
        if len(matches) > 1:
            ids = ", ".join(str(row[self._id_key]) for row in matches)
            raise Ambiguous("{0} is there {1} times: {2}.".format(label, len(matches), ids), hint="Nothing was deleted.")
        return matches[0] if matches else None

    def refresh(self) -> None:
        """List anew. Lists lag behind (Cloud facts 2.4)."""
        self._read = self._clock.monotonic()
        rows = {str(row[self._id_key]): row for row in self._fetch()}
        for one, (exists, _since) in list(self.pins.items()):
            if (one in rows) == exists:
                del self.pins[one]
                continue
            reply = self._get(one)
            if reply is None:
                rows.pop(one, None)
            else:
                rows[one] = reply
        self._rows = rows
        self._named = collections.defaultdict(dict)
        for one, row in rows.items():
            self._named[str(row.get("name"))][one] = None

    def is_behind(self) -> bool:
        """Does the list not show yet what this run has created? Whoever looks there in vain creates a second one."""
        if self._missing():
            self.refresh()
        return self._missing()

    def _missing(self) -> bool:
        now = self._clock.time()
        return any(exists and now - since < self._lag for exists, since in self.pins.values())

    def freshen(self) -> None:
        """Before something is decided: what is too old is read again when it is needed."""
        if self._clock.monotonic() - self._read >= AGE_MAX:
            self.forget()

    def forget(self) -> None:
        """Something has happened that the list does not show: read it again when it is needed."""
        self._rows = None

    @contextlib.contextmanager
    def questioned(self, forget: t.Callable[[], None] | None = None) -> t.Iterator[None]:
        """Around a write: a refusal for now, whether it comes at once or in the work, and that something is not there
        any more, both tell that somebody else has done something since the list was read."""
        try:
            yield
        except (Busy, NotFound):
            (forget or self.forget)()
            raise

    def through(self, look: t.Callable[[Work], Reading], work: Work) -> Reading:
        """A look at some work, after which the rows show what it has told."""
        try:
            reading = look(work)
        finally:
            if work.action == JOINING:
                # another run has sent it; what was listed before may be different now
                self.forget()
        if reading.settled and work.resource_id and work.action != JOINING:
            self.note(work.resource_id, t.cast("Reply | None", reading.value))
        return reading

    def update(self, ids: t.Collection[str]) -> None:
        """Bring these up to date, in the way that takes fewer requests."""
        if self._rows is None or len(ids) >= 1 + len(self._rows) // PAGE:
            self.refresh()
            return
        for one in ids:
            self._put(one, self._get(one))

    def note(self, resource_id: str, reply: Reply | None) -> None:
        """This run has just created, changed or deleted it, and this is how it is now."""
        exists = reply is not None
        agrees = self._rows is not None and (resource_id in self._rows) == exists
        if not agrees and self.pins.get(resource_id, (not exists, 0.0))[0] != exists:
            self.pins[resource_id] = (exists, self._clock.time())
        self._put(resource_id, reply)

    def _put(self, resource_id: str, reply: Reply | None) -> None:
        if self._rows is None:
            return
        before = self._rows.pop(resource_id, None)
        if before is not None:
            self._named[str(before.get("name"))].pop(resource_id, None)
        if reply is not None:
            self._rows[resource_id] = reply
            self._named[str(reply.get("name"))][resource_id] = None
