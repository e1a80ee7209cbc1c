# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is under way at the server, in a form that survives the end of a process, and who knows how to look at it."""

from __future__ import annotations

import dataclasses
import typing as t

from .operation import Operation
from .poller import Reading

Reply = dict[str, t.Any]

CREATING, UPDATING, DELETING = "create", "update", "delete"
#: somebody's change of the resource: settled when the resource is
SETTLING = "settle"
#: a step towards deleting: settled when its operation has ended
CLEARING = "clear"
#: somebody's operation: settled when the operation has ended, however it ended
JOINING = "join"
#: in a driver's memory, before the id of an operation: since when it is known to be somebody else's
ANOTHERS = "another's "


@dataclasses.dataclass
class Work:
    """An action under way: its operation (if it has a record) and the resource (if its id is known).

    ``before``, ``after`` and ``sent`` belong to the write that started it (see plan.Plan); they are kept when the
    work is done, and dropped when the server refuses it after all. ``guessed``: nothing of it was seen but that it
    was taken, or that the resource has the values that were sent. ``recalled``: an earlier run on this machine has sent it.
    ``doubtful``: it does the right thing, but what it does it to is not known yet.
    """

    action: str
    operation: Operation | None = None
    resource_id: str | None = None
    before: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    after: dict[str, t.Any] = dataclasses.field(default_factory=dict)
    sent: dict[str, str] = dataclasses.field(default_factory=dict)
    ours: bool = False
    guessed: bool = False
    recalled: bool = False
    doubtful: bool = False

    def dump(self) -> dict[str, t.Any]:
        return dict(vars(self), operation=self.operation.public() if self.operation else None)

    @classmethod
    def load(cls, data: dict[str, t.Any]) -> Work:
        operation = data.get("operation")
        return cls(**dict(data, operation=Operation.from_public(operation) if operation else None))


class Driver(t.Protocol):
    """What a product knows about one resource of a task. It talks to the API; the order of things is not its business.

    ``memory`` holds when something was first noticed, in epoch seconds; it is kept from slice to slice.
    """

    memory: dict[str, float]

    @property
    def label(self) -> str:
        """How the resource is called in messages, such as "database 'cache' in subscription 5"."""

    @property
    def scope(self) -> tuple[str, ...]:
        """Account and parent: creates within one scope exclude each other on a machine."""

    def find(self) -> Reply | None:
        """The one resource that the task means, or None. Raises Ambiguous."""

    def identify(self, reply: Reply) -> str:
        """Its id."""

    def get(self, resource_id: str, /) -> Reply | None:
        """The resource with this id as it is now, or None. What ``find`` returns may be as old as the list of a fleet."""

    def under_way(self, reply: Reply) -> str:
        """What the resource is being changed by (CREATING, UPDATING, DELETING), or "" when it is settled."""

    def check_usable(self, reply: Reply) -> None:
        """Raises OperationFailed when the server reports the settled resource as broken."""

    def check_deletable(self, reply: Reply) -> None:
        """Raises InvalidInput when the task does not allow what deleting would take."""

    def foresee_create(self) -> None:
        """In check mode: raises what a run would raise before it sends the create."""

    def look(self, work: Work) -> Reading:
        """One look. Raises OperationFailed, Busy when the server refused the operation without any effect, or Mistaken
        when it is known at last that doubtful work is about something else; ANOTHERS + its id is in ``memory`` then."""

    def snapshot(self, since: float | None = None) -> t.Any:
        """What is known now, to recognise later what a create has started. With ``since`` (epoch seconds) as it was
        then, as far as can be told: what has changed after that counts as new."""

    def joinable(self, snapshot: t.Any) -> Work | None:
        """A create in flight that may be the one the task asks for. It has to end before another is sent."""

    def appeared(self, snapshot: t.Any) -> bool:
        """Right before a create is sent: is the resource there after all, although it was not found before?"""

    def queued(self, action: str, resource_id: str) -> Work | None:
        """The same kind of change, if one is on its way already: of a run that was killed, or of somebody else."""

    def trace(self, action: str, resource_id: str | None, snapshot: t.Any) -> Work | None:
        """After an unclear answer: the work that the write has started, as far as it can be seen now."""

    def turn(self, action: str, reply: Reply | None) -> Reading:
        """Settled when the server will take the write now; otherwise what it is waiting for."""

    def create(self, body: dict[str, t.Any]) -> Work:
        """Send the create."""

    def update(self, reply: Reply, body: dict[str, t.Any]) -> Work:
        """Send the update."""

    def delete(self, reply: Reply) -> Work:
        """Send the delete, or the next step towards it: the loop comes back until nothing is found."""
