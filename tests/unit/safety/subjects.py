# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources that the schedules create, change and delete, and where the server's own truth about them is found."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

from simulator.messages import Request, Response
from simulator.wiring import Simulator

from .bench import Heard
from .chaos import cloud_options, enterprise_options

CREATE, UPDATE, DELETE = "create", "update", "delete"
MEGABYTE = 1024 * 1024


class Place(Protocol):
    """Where a subject lives: the simulator in this process, or one that is served over HTTPS."""

    simulator: Simulator

    def options(self, product: str, **values: Any) -> None:
        """Set options of a simulated product."""

    def seed(self, product: str, **resources: Any) -> Any:
        """Put ready-made resources."""

    def state(self, product: str) -> Any:
        """Everything the product holds."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One task of a play. ``writes``: what the server must have carried out at its end, no more and no less.
    ``holds``: what the server's own records must say then, by name. ``left``: how many of ours there are then.
    ``repeatable``: the same values may be sent again, because a run that ended too early could not see them read back."""

    action: str
    params: dict[str, Any]
    writes: Counter[str]
    holds: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    left: int = 1
    repeatable: bool = False

    def unmet(self, rows: Iterable[dict[str, Any]]) -> list[str]:
        """What the records of ours do not say although they must."""
        return [
            f"{name} of {row['name']} is {row[name]}"
            for row in rows
            for name, value in self.holds.get(row["name"], {}).items()
            if row[name] != value
        ]


def is_create(kind: str) -> bool:
    """Whether a word of Step.writes stands for creates."""
    return kind == "POST" or "Create" in kind


def doubled(rows: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    """Names that stand for more than one resource, with the ids."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row["name"], []).append(str(row.get("id", row.get("uid"))))
    return {name: found for name, found in ids.items() if len(found) > 1}


class Subject:
    """One kind of resource. A schedule uses one object of it for one seed."""

    name = ""
    product = ""
    module = ""
    noun = ""
    id_key = ""
    #: what ours are called
    names = frozenset({"cache"})

    def prepare(self, place: Place, rng: random.Random) -> None:
        """Draw the options of the simulator and put what is there already."""
        raise NotImplementedError

    def steps(self, rng: random.Random) -> list[Step]:
        raise NotImplementedError

    def disturb(self, place: Place, rng: random.Random) -> None:
        """Somebody else creates something beside ours, with another tool."""
        raise NotImplementedError

    def ours(self, place: Place) -> list[dict[str, Any]]:
        """What exists under our name at the server and is not on its way out."""
        raise NotImplementedError

    def others(self, place: Place) -> set[str]:
        """The names of everything else."""
        raise NotImplementedError

    def carried_out(self, place: Place, heard: Iterable[Heard]) -> Counter[str]:
        """What the server has made of these requests, by kind; what it refused afterwards does not count."""
        raise NotImplementedError

    # what a result says; a fleet has one for each of its items

    def shown(self, result: dict[str, Any]) -> list[dict[str, Any]]:
        """The resources that a successful run says to have brought to where they should be."""
        return [result[self.noun]]

    def failures(self, result: dict[str, Any]) -> list[str]:
        """Each sentence by which a failed run explains itself."""
        return [result["msg"]]

    def claimed(self, result: dict[str, Any]) -> set[str]:
        """What a run says to have changed."""
        return {self.name} if result["changed"] else set()

    def touched(self, place: Place, heard: Iterable[Heard], carried_out: bool = True) -> set[str]:
        """What these requests have changed, in the words of ``claimed``; or what they at least were accepted for."""
        written = self.carried_out(place, heard) if carried_out else accepted(heard)
        return {self.name} if written else set()


def accepted(heard: Iterable[Heard]) -> list[Heard]:
    return [request for request in heard if request.method != "GET" and request.accepted]


class _Cloud(Subject):
    product = "cloud"
    base = "/v1"

    def _ask(self, place: Place, method: str, path: str, body: bytes) -> Response:
        """A request of somebody else: no faults, not in the list of what was heard."""
        secrets = {
            "x-api-key": "sim-api-key",
            "x-api-secret-key": "sim-secret-key",
            "content-type": "application/json",
        }
        return place.simulator.services["cloud"].handle(Request(method, path, {}, secrets, body))

    def _meddle(self, place: Place, rng: random.Random) -> None:
        """Somebody changes a database elsewhere, or fails to: a task that does not tell what it is about."""
        rows = place.state("cloud")["subscriptions"]
        elsewhere = next(row for row in rows if row["settings"]["name"] == "elsewhere")
        path = f"/v1/subscriptions/{elsewhere['id']}/databases/{elsewhere['databases'][0]['id']}"
        body = rng.choice((b'{"datasetSizeInGb": 2}', b'{"name": "db-0002"}'))
        self._ask(place, "PUT", path, body)

    def carried_out(self, place: Place, heard: Iterable[Heard]) -> Counter[str]:
        status = {task["taskId"]: task["status"] for task in place.state("cloud")["tasks"]}
        return Counter(
            request.answer["commandType"]
            for request in accepted(heard)
            if status.get(request.answer["taskId"]) != "processing-error"
        )


class CloudDatabase(_Cloud):
    name = "cloud-database"
    module = "redis_cloud_database"
    noun = "database"
    id_key = "databaseId"

    def prepare(self, place: Place, rng: random.Random) -> None:
        options = cloud_options(rng)
        place.options("cloud", **options)
        place.simulator.reset()
        placed = place.seed(
            "cloud",
            subscriptions=[
                {"request": {"name": "elsewhere"}, "databases": 2},
                {"request": {"name": "main"}, "databases": rng.choice((0, 0, 1, 2, 3))},
            ],
        )
        self._subscription = placed["subscriptions"][1]["id"]
        self.parent: dict[str, Any] = {"subscription_id": self._subscription}
        if rng.random() < 0.5:
            self.parent = {"subscription_name": "main"}
        self._disturbed = 0

    def steps(self, rng: random.Random) -> list[Step]:
        base = {**self.parent, "name": "cache"}
        first = {**base, "dataset_size_in_gb": 1}
        second = {**base, "dataset_size_in_gb": 2, "data_persistence": "aof-every-1-second"}
        changes = 1
        if rng.random() < 0.2:
            # goes through a request of its own
            second["enable_default_user"] = False
            changes = 2
        return [
            Step(CREATE, first, Counter({"databaseCreateRequest": 1}), {"cache": {"datasetSizeInGb": 1}}),
            Step(UPDATE, second, Counter({"databaseUpdateRequest": changes}), {"cache": {"datasetSizeInGb": 2}}),
            Step(DELETE, {**base, "state": "absent"}, Counter({"databaseDeleteRequest": 1}), left=0),
        ]

    def disturb(self, place: Place, rng: random.Random) -> None:
        if rng.random() < 0.5:
            self._meddle(place, rng)
            return
        self._disturbed += 1
        body = '{{"name": "other-{0}", "datasetSizeInGb": 1}}'.format(self._disturbed)
        self._ask(place, "POST", f"/v1/subscriptions/{self._subscription}/databases", body.encode())

    def ours(self, place: Place) -> list[dict[str, Any]]:
        return [
            {**row, **row["settings"]}
            for row in self._rows(place)
            if row["settings"]["name"] in self.names and not row["deleted"]
        ]

    def others(self, place: Place) -> set[str]:
        return {row["settings"]["name"] for row in self._rows(place)} - self.names

    def _rows(self, place: Place) -> list[dict[str, Any]]:
        return [
            row
            for subscription in place.state("cloud")["subscriptions"]
            if subscription["id"] == self._subscription
            for row in subscription["databases"]
        ]


class CloudSubscription(_Cloud):
    name = "cloud-subscription"
    module = "redis_cloud_subscription"
    noun = "subscription"
    id_key = "id"
    names = frozenset({"main"})

    def prepare(self, place: Place, rng: random.Random) -> None:
        options = cloud_options(rng)
        place.options("cloud", **options)
        place.simulator.reset()
        place.seed("cloud", subscriptions=[{"request": {"name": "elsewhere"}, "databases": 2}])
        self._late = options["public_access_seconds"] > 0
        self._databases = rng.choice((1, 1, 2))
        self._disturbed = 0

    def steps(self, rng: random.Random) -> list[Step]:
        databases = [{"name": f"db-{number}", "dataset_size_in_gb": 1} for number in range(self._databases)]
        first = {
            "name": "main",
            "cloud_providers": [{"regions": [{"region": "us-east-1"}]}],
            "databases": databases,
        }
        gone = {"name": "main", "state": "absent", "delete_databases": True}
        deletes = Counter({"databaseDeleteRequest": self._databases, "subscriptionDeleteRequest": 1})
        return [
            Step(CREATE, first, Counter({"subscriptionCreateRequest": 1})),
            Step(
                UPDATE,
                {"name": "main", "public_endpoint_access": False},
                Counter({"subscriptionUpdateRequest": 1}),
                {"main": {"publicEndpointAccess": False}},
                repeatable=self._late,
            ),
            Step(DELETE, gone, deletes, left=0),
        ]

    def disturb(self, place: Place, rng: random.Random) -> None:
        self._disturbed += 1
        if self._disturbed > 1:
            # three of them at once would be all that may change, until they are active
            self._meddle(place, rng)
            return
        body = (
            '{"name": "other", "cloudProviders": [{"regions": [{"region": "us-east-1"}]}], '
            '"databases": [{"name": "db", "protocol": "redis", "datasetSizeInGb": 1}]}'
        )
        self._ask(place, "POST", "/v1/subscriptions", body.encode())

    def ours(self, place: Place) -> list[dict[str, Any]]:
        return [
            {**row, **row["settings"]}
            for row in place.state("cloud")["subscriptions"]
            if row["settings"]["name"] in self.names and row["status"] != "deleting"
        ]

    def others(self, place: Place) -> set[str]:
        return {row["settings"]["name"] for row in place.state("cloud")["subscriptions"]} - self.names


class EnterpriseDatabase(Subject):
    product = "enterprise"
    module = "redis_enterprise_database"
    noun = "database"
    id_key = "uid"
    version = ""

    def prepare(self, place: Place, rng: random.Random) -> None:
        place.options("enterprise", **enterprise_options(rng, self.version))
        place.simulator.reset()
        if rng.random() < 0.5:
            place.seed("enterprise", bdbs=[{"name": "there", "count": rng.choice((1, 3))}])
        self._disturbed = 0

    def steps(self, rng: random.Random) -> list[Step]:
        first = {"name": "cache", "memory_size": 100 * MEGABYTE}
        second = {"name": "cache", "memory_size": 200 * MEGABYTE, "eviction_policy": "noeviction"}
        return [
            Step(CREATE, first, Counter(POST=1), {"cache": {"memory_size": 100 * MEGABYTE}}),
            Step(UPDATE, second, Counter(PUT=1), {"cache": {"memory_size": 200 * MEGABYTE}}),
            Step(DELETE, {"name": "cache", "state": "absent"}, Counter(DELETE=1), left=0),
        ]

    def disturb(self, place: Place, rng: random.Random) -> None:
        self._disturbed += 1
        headers = {
            "authorization": "Basic YWRtaW5AZXhhbXBsZS5jb206c2ltLXBhc3N3b3Jk",
            "content-type": "application/json",
        }
        body = '{{"name": "other-{0}", "memory_size": 104857600}}'.format(self._disturbed)
        place.simulator.services["enterprise"].handle(Request("POST", "/v1/bdbs", {}, headers, body.encode()))

    def ours(self, place: Place) -> list[dict[str, Any]]:
        return [
            row
            for row in self._rows(place)
            if row["name"] in self.names and row["status"] != "delete-pending"
        ]

    def others(self, place: Place) -> set[str]:
        return {str(row["name"]) for row in self._rows(place)} - self.names

    def _rows(self, place: Place) -> list[dict[str, Any]]:
        rows = place.state("enterprise")["bdbs"]
        assert isinstance(rows, list)
        return rows

    def carried_out(self, place: Place, heard: Iterable[Heard]) -> Counter[str]:
        return Counter(request.method for request in accepted(heard))
