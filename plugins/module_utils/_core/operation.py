# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The common view of a Redis Cloud task and a Redis Enterprise action."""

from __future__ import annotations

import dataclasses
import typing as t

from .redact import mask_text

PENDING, RUNNING, SUCCEEDED, FAILED, CANCELED = "pending", "running", "succeeded", "failed", "canceled"
STATES = (PENDING, RUNNING, SUCCEEDED, FAILED, CANCELED)
FINISHED = (SUCCEEDED, FAILED, CANCELED)


@dataclasses.dataclass
class Operation:
    """One asynchronous request at the server.

    ``state`` is normalised (STATES); ``status`` is the server's own word; ``progress`` is 0-100 or None;
    times are ISO 8601 strings in UTC, as far as the server tells; ``error`` is
    ``{"code", "status", "description"}`` or None. ``source`` says which API reported it.
    """

    id: str
    kind: str = ""
    status: str = ""
    state: str = RUNNING
    progress: float | None = None
    description: str = ""
    resource_type: str = ""
    resource_id: str | None = None
    parent_id: str | None = None
    error: dict[str, t.Any] | None = None
    started: str | None = None
    updated: str | None = None
    source: str = ""
    result: t.Any = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Whoever's request it was, the server may quote it."""
        self.description = mask_text(self.description)
        if self.error:
            self.error = {key: mask_text(text) if isinstance(text, str) else text for key, text in self.error.items()}

    @property
    def finished(self) -> bool:
        return self.state in FINISHED

    def public(self) -> dict[str, t.Any]:
        """The handle of a result: everything but the payload."""
        view = dataclasses.asdict(self)
        view.pop("result")
        for key in ("resource_id", "parent_id"):
            if isinstance(view[key], str) and view[key].isdigit():
                view[key] = int(view[key])
        return view

    def handle(self) -> Operation:
        """What it takes to look at it again."""
        return dataclasses.replace(self, status="", state=PENDING, progress=None, description="", error=None, result=None)

    @classmethod
    def from_public(cls, view: t.Mapping[str, t.Any]) -> Operation:
        names = {field.name for field in dataclasses.fields(cls)}
        given = {key: value for key, value in view.items() if key in names}
        for key in ("resource_id", "parent_id"):
            if given.get(key) is not None:
                given[key] = str(given[key])
        return cls(**given)

    def reason(self) -> str:
        """What the server said about the failure, in one line."""
        error = self.error or {}
        parts = [str(error[key]) for key in ("code", "status", "description") if error.get(key)]
        return ": ".join(parts) or self.description or self.status or "no reason given"
