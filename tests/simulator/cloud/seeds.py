# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ready-made resources: an account that has been in use for a while, in one call."""

from __future__ import annotations

from typing import Any

from . import rules
from .account import Account
from .errors import HttpProblem, TaskProblem
from .models import Subscription
from .validation import check_body

SUBSCRIPTION_KEYS = {"count", "databases", "request", "start_servers"}
DEFAULT_SUBSCRIPTION = {
    "name": "seeded",
    "cloudProviders": [{"provider": "AWS", "regions": [{"region": "us-east-1"}]}],
}
DEFAULT_DATABASE = {"name": "db", "protocol": "redis", "datasetSizeInGb": 1}


def seed_account(account: Account, resources: dict[str, Any]) -> dict[str, Any]:
    """Put active subscriptions with active databases.

    ``{"subscriptions": [{"request": {part of a create request}, "count": 1, "databases": N or [create requests],
    "start_servers": false}]}``; N databases are called ``db-0001`` and so on, of ``count`` subscriptions the name gets
    a number. Answers with the ids. Raises ``ValueError``.
    """
    if set(resources) - {"subscriptions"}:
        raise ValueError(f"a seed of Redis Cloud has the key subscriptions, not {sorted(resources)}")
    placed = []
    for item in resources.get("subscriptions", []):
        if set(item) - SUBSCRIPTION_KEYS:
            raise ValueError(
                f"a seeded subscription has the keys {sorted(SUBSCRIPTION_KEYS)}, not {sorted(item)}"
            )
        placed += _seed_subscriptions(account, item)
    return {"subscriptions": placed}


def _seed_subscriptions(account: Account, item: dict[str, Any]) -> list[dict[str, Any]]:
    count = item.get("count", 1)
    body = {**DEFAULT_SUBSCRIPTION, **item.get("request", {})}
    specs = _database_specs(item.get("databases", 0))
    try:
        rules.check_subscription({**body, "databases": specs[:1] or [DEFAULT_DATABASE]}, account.options)
        for spec in specs:
            check_body("DatabaseCreateRequest", spec)
    except (TaskProblem, HttpProblem) as problem:
        raise ValueError(f"not a valid seed: {problem}") from None
    placed = []
    for number in range(1, count + 1):
        name = body["name"] if count == 1 else f"{body['name']}-{number:04d}"
        subscription = account.place_active_subscription({**body, "name": name})
        identifiers = [
            _seed_database(account, subscription, spec, item.get("start_servers", False)) for spec in specs
        ]
        placed.append({"id": subscription.id, "name": name, "databases": identifiers})
    return placed


def _database_specs(databases: int | list[dict[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(databases, int):
        return [{**DEFAULT_DATABASE, "name": f"db-{number:04d}"} for number in range(1, databases + 1)]
    return [{**DEFAULT_DATABASE, **spec} for spec in databases]


def _seed_database(
    account: Account, subscription: Subscription, spec: dict[str, Any], start_server: bool
) -> int:
    database = account.place_database(subscription, spec, "active")
    database.start_server = start_server
    account.activate_database(database)
    return database.id
