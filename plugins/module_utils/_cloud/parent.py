# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subscription that a task about databases names. Such tasks need nothing else of subscriptions, and ship no more."""

from __future__ import annotations

import typing as t

from .._core.errors import Ambiguous, InvalidInput
from .._core.module import RedisModule
from .._core.work import Reply
from .api import CloudApi
from .facts import DELETING_WORDS

PARENT_SPEC: dict[str, t.Any] = {"subscription_id": {"type": "int"}, "subscription_name": {"type": "str"}}


def as_id(value: t.Any) -> str | None:
    return None if value is None else str(value)


def the_one_called(name: str | None, subscriptions: t.Iterable[Reply]) -> Reply | None:
    """The subscription of this name. One that is on its way out counts only when there is no other. Raises Ambiguous."""
    matches = [row for row in subscriptions if row.get("name") == name]
    staying = [row for row in matches if str(row.get("status") or "").lower() not in DELETING_WORDS]
    matches = staying or matches
    if len(matches) > 1:
        # names are not unique, and a wrong guess costs money or data (trap 2)
        raise Ambiguous(
            "{0} subscriptions are called {1!r}: {2}.".format(len(matches), name, ", ".join(str(row["id"]) for row in matches)),
            hint="Say which one with subscription_id.",
        )
    return matches[0] if matches else None


def parent_of(module: RedisModule, api: CloudApi, wanted: bool) -> str | None:
    """The id of the subscription that the task names; None: it does not exist, and need not."""
    given = module.params["subscription_id"]
    known = as_id(given) if given is not None else module.handed("parent")
    if known is not None:
        return str(known)
    name = module.params["subscription_name"]
    reply = the_one_called(name, api.subscriptions())
    if reply is not None:
        module.hand_on(parent=str(reply["id"]))
        return str(reply["id"])
    if wanted and not module.check_mode:
        raise InvalidInput("There is no subscription called {0!r}.".format(name), hint="Create it with redis_cloud_subscription.")
    return None
