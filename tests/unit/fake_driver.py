# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server with one thing in it, for tests of the reconcile loop. What goes wrong is put in by the test."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.redis.plugins.module_utils._core.errors import (
    InvalidInput,
    OperationFailed,
)
from ansible_collections.community.redis.plugins.module_utils._core.fields import CREATE, UPDATE, Field
from ansible_collections.community.redis.plugins.module_utils._core.operation import SUCCEEDED, Operation
from ansible_collections.community.redis.plugins.module_utils._core.plan import Resource
from ansible_collections.community.redis.plugins.module_utils._core.poller import Reading
from ansible_collections.community.redis.plugins.module_utils._core.work import (
    CREATING,
    DELETING,
    UPDATING,
    Reply,
    Work,
)
from unit.fake_clock import FakeClock

THING = Resource(
    "thing",
    "test thing",
    (
        Field("name"),
        Field("size", "int"),
        Field("region", mode=CREATE),
        Field("rules", "list", elements="str", mode=UPDATE, reset=[], default=[]),
        Field("hidden", secret=True, write_only=True),
        Field("own", channel="own"),
    ),
    required_to_create=(("name",),),
)
STATUS = {"creating": CREATING, "updating": UPDATING, "deleting": DELETING}


class FakeDriver:
    """See work.Driver. Every change takes ``seconds`` and then is done.

    :param reply: what exists at the start.

    ``calls`` are the writes that the server has had. ``errors`` are raised by the next writes: an exception before it has
    any effect, or a tuple with it after it had. ``refusals`` are raised by the next looks at work of ours,
    which then has not been done.
    """

    label = "thing 'a'"
    scope = ("account", "things")

    def __init__(self, clock: FakeClock, reply: Reply | None = None, seconds: float = 10) -> None:
        self.clock = clock
        self.memory: dict[str, float] = {}
        self.seconds = seconds
        self.calls: list[tuple[str, Any]] = []
        self.unwanted = False
        self.errors: list[Exception | tuple[Exception]] = []
        self.refusals: list[Exception] = []
        self.turns: list[Reading] = []
        self.in_flight: list[Work] = []
        self.traceable = True
        self.ignores: set[str] = set()
        self._thing = reply
        self._before = reply
        self._change: tuple[float, Reply | None] | None = None

    # the server

    def begin(self, status: str, result: Reply | None, seconds: float | None = None) -> None:
        """A change begins, of ours or of somebody else; at its end the thing is ``result``."""
        base = self._thing or result or {}
        self._thing = {**base, "status": status}
        self._change = (self.clock.now + (self.seconds if seconds is None else seconds), result)

    def thing(self) -> Reply | None:
        if self._change is not None and self.clock.now >= self._change[0]:
            self._thing, self._change = self._change[1], None
        return self._thing

    def _write(self, action: str, body: Any, status: str, result: Reply | None) -> Work:
        before = [error for error in self.errors[:1] if isinstance(error, Exception)]
        after = [error for error in self.errors[:1] if isinstance(error, tuple)]
        del self.errors[:1]
        for error in before:
            raise error
        self.calls.append((action, body))
        self._before = self._thing
        self.begin(status, result)
        for (error,) in after:
            raise error
        return self._work(action)

    def _work(self, action: str) -> Work:
        return Work(action, Operation(f"op-{len(self.calls)}", kind=action), "1")

    # the driver

    def find(self) -> Reply | None:
        return self.thing()

    def get(self, resource_id: str) -> Reply | None:
        return self.thing()

    def identify(self, reply: Reply) -> str:
        return str(reply["id"])

    def under_way(self, reply: Reply) -> str:
        return STATUS.get(str(reply.get("status")), "")

    def check_usable(self, reply: Reply) -> None:
        if reply.get("status") == "error":
            raise OperationFailed("thing 'a' is broken")

    def foresee_create(self) -> None:
        if self.unwanted:
            raise InvalidInput("things are not wanted here")

    def check_deletable(self, reply: Reply) -> None:
        if reply.get("protected"):
            raise InvalidInput("thing 'a' is protected")

    def look(self, work: Work) -> Reading:
        if work.ours and self.refusals:
            self._thing, self._change = self._before, None
            raise self.refusals.pop(0)
        reply = self.thing()
        going = reply is not None and self.under_way(reply) != ""
        if work.operation is not None and not going:
            work.operation.state = SUCCEEDED
        status = str(reply.get("status")) if reply else "gone"
        return Reading(not going, "provisioning", status, operation=work.operation, value=reply)

    def snapshot(self, since: float | None = None) -> Any:
        return len(self.calls)

    def joinable(self, snapshot: Any) -> Work | None:
        return self.in_flight.pop(0) if self.in_flight else None

    def appeared(self, snapshot: Any) -> bool:
        return self.find() is not None

    def queued(self, action: str, resource_id: str) -> Work | None:
        return None

    def trace(self, action: str, resource_id: str | None, snapshot: Any) -> Work | None:
        reply = self.thing()
        if not self.traceable or reply is None or not self.under_way(reply):
            return None
        return self._work(action)

    def turn(self, action: str, reply: Reply | None) -> Reading:
        return self.turns.pop(0) if self.turns else Reading(True, "ready")

    def create(self, body: dict[str, Any]) -> Work:
        return self._write(CREATING, body, "creating", {"id": 1, "status": "active", **body})

    def update(self, reply: Reply, body: dict[str, Any]) -> Work:
        kept = {name: value for name, value in body.items() if name not in self.ignores and name != "hidden"}
        return self._write(UPDATING, body, "updating", {**reply, "status": "active", **kept})

    def delete(self, reply: Reply) -> Work:
        return self._write(DELETING, self.identify(reply), "deleting", None)
