# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Redis Cloud account for the tests of the modules: what is in it, and somebody else who works in it."""

from __future__ import annotations

from typing import Any

import requests

from unit.harness import CLOUD_URL, Bench


class Account:
    """The simulated account behind a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        options = bench.simulator.options["cloud"]
        self._headers = {"x-api-key": options.api_key, "x-api-secret-key": options.api_secret_key}

    # what is in it

    def subscriptions(self) -> list[dict[str, Any]]:
        found = self.bench.state("cloud")["subscriptions"]
        assert isinstance(found, list)
        return found

    def subscription_names(self) -> list[str]:
        return sorted(subscription["settings"]["name"] for subscription in self.subscriptions())

    def databases(self, subscription_id: int | None = None) -> list[dict[str, Any]]:
        """Those that exist or are on their way; deleted ones that are still listed do not count."""
        return [
            database
            for subscription in self.subscriptions()
            if subscription_id in (None, subscription["id"])
            for database in subscription["databases"]
            if not database["deleted"]
        ]

    def names(self, subscription_id: int | None = None) -> list[str]:
        return sorted(database["settings"]["name"] for database in self.databases(subscription_id))

    def tasks(self) -> list[dict[str, Any]]:
        found = self.bench.state("cloud")["tasks"]
        assert isinstance(found, list)
        return found

    # how it came to be

    def seed(self, name: str = "main", databases: Any = 0, **request: Any) -> int:
        """An active subscription with ready databases; returns its id."""
        placed = self.bench.seed(
            "cloud", subscriptions=[{"request": {"name": name, **request}, "databases": databases}]
        )
        return int(placed["subscriptions"][0]["id"])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Somebody else's request; the harness does not count it as one of the collection's."""
        session = self.bench.session()
        before = len(self.bench.sent)
        response: requests.Response = session.request(
            method, CLOUD_URL + path, json=body, headers=self._headers
        )
        del self.bench.sent[before:]
        assert response.ok, (response.status_code, response.text)
        return response.json()

    def start_subscription(self, name: str, **fields: Any) -> str:
        """Somebody else creates a subscription; returns the id of the task."""
        body = {
            "name": name,
            "cloudProviders": [{"provider": "AWS", "regions": [{"region": "us-east-1"}]}],
            "databases": [{"name": "first", "protocol": "redis", "datasetSizeInGb": 1}],
            **fields,
        }
        return str(self.call("POST", "/subscriptions", body)["taskId"])

    def start_database(self, subscription_id: int, name: str, **fields: Any) -> str:
        """Somebody else creates a database; returns the id of the task."""
        body = {"name": name, "datasetSizeInGb": 1, **fields}
        return str(self.call("POST", f"/subscriptions/{subscription_id}/databases", body)["taskId"])
