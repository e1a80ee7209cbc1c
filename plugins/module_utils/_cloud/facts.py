# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words of the Redis Cloud API. Numbers in comments are sections of its reference: status, code and state words."""

from __future__ import annotations

from .._core.operation import FAILED, PENDING, RUNNING, SUCCEEDED

DEFAULT_URL = "https://api.redislabs.com/v1"

# 2.2; every other word is still going
TASK_STATES = {
    "initialized": PENDING,
    "received": PENDING,
    "processing-in-progress": RUNNING,
    "processing-completed": SUCCEEDED,
    "processing-error": FAILED,
}

# 3; closed lists: every other word is a transition
ACTIVE = ("active",)
SUBSCRIPTION_FAILED = ("error",)
DATABASE_FAILED = ("error", "creation-failed")
DELETING_WORDS = ("deleting", "delete-pending", "delete-draft")
# 3.1: what is new is called so; a subscription also while one of its databases is changed
CREATING_WORDS = ("draft", "pending", "rcp-draft", "dynamic-endpoints-creation-pending")
# waits for the user's key, not for the server
KEY_PENDING = "encryption_key_pending"

# 2.6, 4: the request had no effect, because something else is being changed
BUSY_CODES = frozenset(
    (
        "TOO_MANY_PENDING_SUBSCRIPTIONS",
        "SUBSCRIPTION_NOT_ACTIVE",
        "DATABASE_SUBSCRIPTION_IN_PENDING_STATUS",
        "SUBSCRIPTION_CONTAINS_NON_ACTIVE_DATABASE",
        "DATABASE_NOT_ACTIVE",
        "DATABASE_IS_NOT_ACTIVE",
        "CLUSTER_UNDER_MAINTENANCE",
        "DATABASE_CLUSTER_IS_IN_MAINTENANCE",
        "DATABASE_UPGRADE_IS_ALREADY_RUNNING",
        "CONFLICT_ERROR",
    )
)
# a database that is being removed still counts (2.4: removed databases vanish up to 30 s late)
IN_USE_CODES = frozenset(("SUBSCRIPTION_IN_USE",))
NAME_TAKEN_CODES = frozenset(("DATABASE_NAME_EXISTS",))

# 4: "You cannot change (make non-active) more than three subscriptions at the same time"
SUBSCRIPTIONS_CHANGING_MAX = 3
# 2.4: a task can answer 404 for 31 s after its id was issued
TASK_VISIBLE_GRACE = 60.0
# 2.4: resources can be listed 30 s late, and stay listed 30 s after their removal; and that with a margin
LISTING_LAG, LISTING_GRACE = 30.0, 75.0
# 1.2: per API key of the account, over all processes that use it
REQUESTS_PER_MINUTE = 400
# How often to look at work (see poller.Rhythm). Requests are processed in seconds (2.3), a change is provisioned in a
# minute, and new machines take about ten (8: "minutes"; the documentation of the console says 10 to 15); a create of
# ten minutes shall take no more than 40 of the requests that an account has in a minute.
RHYTHM = ((0.0, 1.8), (5.0, 5.5), (68.0, 30.0), (530.0, 19.0), (700.0, 30.0))
# 1.1: what the vendor's own client asks for
PAGE_SIZE = 100


def command_words(command_type: str) -> str:
    """commandType without spelling: only letters, lower case (2.3: "never branch on commandType: spelling varies")."""
    return "".join(char for char in command_type.lower() if char.isalpha())
