# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that can go wrong, each kind with the payload that it becomes in a failed result.

The classes say what is *known* after the failure, because that decides what may be done next:

==================  =====================================================================
InvalidInput        nothing was sent; the task has to be changed
AuthError           the server refused the credentials or the permission; never retried
NotFound            the server says that the path or the object is not there
Busy                the server refused for the moment; the request certainly had no effect
TransientError      a read did not get through; reading again is always safe
NoContact           the same, and nothing that could be the API has answered this run
UnclearWrite        a write may or may not have had an effect; it must never be repeated blindly
OperationFailed     the server accepted the request and then failed to carry it out
WaitTimeout         the deadline passed while the server was still at work
Ambiguous           more than one resource matches; choosing is the user's business
==================  =====================================================================
"""

from __future__ import annotations

import typing as t


class RedisError(Exception):
    """Base of all expected failures. ``facts`` become top-level keys of the failed result."""

    def __init__(self, message: str, *, hint: str = "", **facts: t.Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.hint) if part)

    def payload(self) -> dict[str, t.Any]:
        return dict({"msg": str(self)}, **{key: value for key, value in self.facts.items() if value is not None})


class InvalidInput(RedisError):
    """The task asks for something impossible. Raised before anything is sent."""


class Ambiguous(RedisError):
    """Several resources match where one was meant."""


class ApiError(RedisError):
    """An answer with an error status, or no answer at all (``status`` is None)."""

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        description: str = "",
        method: str = "",
        path: str = "",
        retry_after: float | None = None,
        hint: str = "",
        **facts: t.Any,
    ) -> None:
        self.status = status
        self.code = code
        self.description = description
        self.method = method
        self.path = path
        self.retry_after = retry_after
        error = {
            "http_status": status,
            "code": code,
            "description": description,
            "method": method,
            "path": path,
            "retryable": self.retryable,
        }
        super().__init__(message, hint=hint, error=error, **facts)


class AuthError(ApiError):
    pass


class NotFound(ApiError):
    pass


class TransientError(ApiError):
    retryable = True


class NoContact(TransientError):
    """More likely a wrong address than trouble that passes: not worth waiting for."""


class Busy(ApiError):
    """Refused for now, without any effect. ``quota``: only because of too many requests. ``own``: for a reason that lies
    in the resource itself, so that others need not wait."""

    retryable = True

    def __init__(self, message: str, *, quota: bool = False, own: bool = False, **facts: t.Any) -> None:
        self.quota = quota
        self.own = own
        super().__init__(message, **facts)


class UnclearWrite(ApiError):
    pass


class OperationFailed(RedisError):
    """``had_effect`` is False when the server gave up before it changed anything. ``reply`` is the broken resource, if
    it was seen."""

    def __init__(
        self, message: str, *, had_effect: bool = True, reply: dict[str, t.Any] | None = None, hint: str = "", **facts: t.Any
    ) -> None:
        self.had_effect = had_effect
        self.reply = reply
        super().__init__(message, hint=hint, **facts)


class WaitTimeout(RedisError):
    """``reading`` is the last look (poller.Reading), or None when there never was one."""

    reading: t.Any = None


class Mistaken(Exception):
    """Not a failure: what was followed turns out to be about something else."""


class SliceOver(Exception):
    """Not a failure: this call's share of the waiting is over (see module.py, "slices")."""
