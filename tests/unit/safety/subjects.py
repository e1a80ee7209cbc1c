# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The resources that the schedules create, change and delete, and where the server's own truth about them is found."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from simulator.messages import Request, Response

from .bench import ChaosBench, Heard
from .chaos import cloud_options, enterprise_options

CREATE, UPDATE, DELETE = "create", "update", "delete"
MEGABYTE = 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Step:
    """One task of a play. ``writes``: what the server must have carried out at its end, no more and no less.
    ``holds``: what the server's own record must say then. ``repeatable``: the same values may be sent again, because a
    run that ended too early could not see them read back."""

    action: str
    params: dict[str, Any]
    writes: Counter[str]
    holds: dict[str, Any] = dataclasses.field(default_factory=dict)
    repeatable: bool = False


class Subject:
    """One kind of resource. A schedule uses one object of it for one seed."""

    name = ""
    product = ""
    module = ""
    noun = ""
    id_key = ""
    #: whether the server itself refuses a second resource of the same name
    unique = False

    def prepare(self, bench: ChaosBench, rng: random.Random) -> None:
        """Draw the options of the simulator and put what is there already."""
        raise NotImplementedError

    def steps(self, rng: random.Random) -> list[Step]:
        raise NotImplementedError

    def disturb(self, bench: ChaosBench, rng: random.Random) -> None:
        """Somebody else creates something beside ours, with another tool."""
        raise NotImplementedError

    def ours(self, bench: ChaosBench) -> list[dict[str, Any]]:
        """What exists under our name at the server and is not on its way out."""
        raise NotImplementedError

    def others(self, bench: ChaosBench) -> set[str]:
        """The names of everything else."""
        raise NotImplementedError

    def carried_out(self, bench: ChaosBench, heard: Iterable[Heard]) -> Counter[str]:
        """What the server has made of these requests, by kind; what it refused afterwards does not count."""
        raise NotImplementedError


class _Cloud(Subject):
    product = "cloud"
    base = "/v1"

    def _ask(self, bench: ChaosBench, method: str, path: str, body: bytes) -> Response:
        """A request of somebody else: no faults, not in the list of what was heard."""
        secrets = {
            "x-api-key": "sim-api-key",
            "x-api-secret-key": "sim-secret-key",
            "content-type": "application/json",
        }
        return bench.simulator.services["cloud"].handle(Request(method, path, {}, secrets, body))

    def carried_out(self, bench: ChaosBench, heard: Iterable[Heard]) -> Counter[str]:
        status = {task["taskId"]: task["status"] for task in bench.state("cloud")["tasks"]}
        done: Counter[str] = Counter()
        for request in heard:
            if request.method != "GET" and request.accepted:
                task = request.answer["taskId"]
                if status.get(task) != "processing-error":
                    done[request.answer["commandType"]] += 1
        return done


class CloudDatabase(_Cloud):
    name = "cloud-database"
    module = "redis_cloud_database"
    noun = "database"
    id_key = "databaseId"
    unique = True

    def prepare(self, bench: ChaosBench, rng: random.Random) -> None:
        options = cloud_options(rng)
        bench.options("cloud", **options)
        bench.simulator.reset()
        placed = bench.seed(
            "cloud",
            subscriptions=[
                {"request": {"name": "elsewhere"}, "databases": 1},
                {"request": {"name": "main"}, "databases": rng.choice((0, 0, 1, 2, 3))},
            ],
        )
        self._subscription = placed["subscriptions"][1]["id"]
        self._by_name = rng.random() < 0.5
        self._disturbed = 0

    def steps(self, rng: random.Random) -> list[Step]:
        parent: dict[str, Any] = (
            {"subscription_name": "main"} if self._by_name else {"subscription_id": self._subscription}
        )
        base = {**parent, "name": "cache"}
        first = {**base, "dataset_size_in_gb": 1}
        second = {**base, "dataset_size_in_gb": 2, "data_persistence": "aof-every-1-second"}
        changes = 1
        if rng.random() < 0.2:
            # goes through a request of its own
            second["enable_default_user"] = False
            changes = 2
        return [
            Step(CREATE, first, Counter({"databaseCreateRequest": 1}), {"datasetSizeInGb": 1}),
            Step(UPDATE, second, Counter({"databaseUpdateRequest": changes}), {"datasetSizeInGb": 2}),
            Step(DELETE, {**base, "state": "absent"}, Counter({"databaseDeleteRequest": 1})),
        ]

    def disturb(self, bench: ChaosBench, rng: random.Random) -> None:
        self._disturbed += 1
        body = '{{"name": "other-{0}", "datasetSizeInGb": 1}}'.format(self._disturbed)
        self._ask(bench, "POST", f"/v1/subscriptions/{self._subscription}/databases", body.encode())

    def ours(self, bench: ChaosBench) -> list[dict[str, Any]]:
        return [
            {**row, **row["settings"]}
            for row in self._rows(bench)
            if row["settings"]["name"] == "cache" and not row["deleted"]
        ]

    def others(self, bench: ChaosBench) -> set[str]:
        return {row["settings"]["name"] for row in self._rows(bench)} - {"cache"}

    def _rows(self, bench: ChaosBench) -> list[dict[str, Any]]:
        return [
            row
            for subscription in bench.state("cloud")["subscriptions"]
            if subscription["id"] == self._subscription
            for row in subscription["databases"]
        ]


class CloudSubscription(_Cloud):
    name = "cloud-subscription"
    module = "redis_cloud_subscription"
    noun = "subscription"
    id_key = "id"

    def prepare(self, bench: ChaosBench, rng: random.Random) -> None:
        options = cloud_options(rng)
        bench.options("cloud", **options)
        bench.simulator.reset()
        bench.seed("cloud", subscriptions=[{"request": {"name": "elsewhere"}, "databases": 1}])
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
                {"publicEndpointAccess": False},
                repeatable=self._late,
            ),
            Step(DELETE, gone, deletes),
        ]

    def disturb(self, bench: ChaosBench, rng: random.Random) -> None:
        self._disturbed += 1
        if self._disturbed > 1:
            # three of them at once would be all that may change, until they are active
            return
        body = (
            '{"name": "other", "cloudProviders": [{"regions": [{"region": "us-east-1"}]}], '
            '"databases": [{"name": "db", "protocol": "redis", "datasetSizeInGb": 1}]}'
        )
        self._ask(bench, "POST", "/v1/subscriptions", body.encode())

    def ours(self, bench: ChaosBench) -> list[dict[str, Any]]:
        return [
            {**row, **row["settings"]}
            for row in bench.state("cloud")["subscriptions"]
            if row["settings"]["name"] == "main" and row["status"] != "deleting"
        ]

    def others(self, bench: ChaosBench) -> set[str]:
        return {row["settings"]["name"] for row in bench.state("cloud")["subscriptions"]} - {"main"}


class EnterpriseDatabase(Subject):
    product = "enterprise"
    module = "redis_enterprise_database"
    noun = "database"
    id_key = "uid"
    version = ""

    def prepare(self, bench: ChaosBench, rng: random.Random) -> None:
        bench.options("enterprise", **enterprise_options(rng, self.version))
        bench.simulator.reset()
        if rng.random() < 0.5:
            bench.seed("enterprise", bdbs=[{"name": "there", "count": rng.choice((1, 3))}])
        self._disturbed = 0

    def steps(self, rng: random.Random) -> list[Step]:
        first = {"name": "cache", "memory_size": 100 * MEGABYTE}
        second = {"name": "cache", "memory_size": 200 * MEGABYTE, "eviction_policy": "noeviction"}
        return [
            Step(CREATE, first, Counter(POST=1), {"memory_size": 100 * MEGABYTE}),
            Step(UPDATE, second, Counter(PUT=1), {"memory_size": 200 * MEGABYTE}),
            Step(DELETE, {"name": "cache", "state": "absent"}, Counter(DELETE=1)),
        ]

    def disturb(self, bench: ChaosBench, rng: random.Random) -> None:
        self._disturbed += 1
        headers = {
            "authorization": "Basic YWRtaW5AZXhhbXBsZS5jb206c2ltLXBhc3N3b3Jk",
            "content-type": "application/json",
        }
        body = '{{"name": "other-{0}", "memory_size": 104857600}}'.format(self._disturbed)
        bench.simulator.services["enterprise"].handle(Request("POST", "/v1/bdbs", {}, headers, body.encode()))

    def ours(self, bench: ChaosBench) -> list[dict[str, Any]]:
        return [
            row for row in self._rows(bench) if row["name"] == "cache" and row["status"] != "delete-pending"
        ]

    def others(self, bench: ChaosBench) -> set[str]:
        return {str(row["name"]) for row in self._rows(bench)} - {"cache"}

    def _rows(self, bench: ChaosBench) -> list[dict[str, Any]]:
        rows = bench.state("enterprise")["bdbs"]
        assert isinstance(rows, list)
        return rows

    def carried_out(self, bench: ChaosBench, heard: Iterable[Heard]) -> Counter[str]:
        return Counter(request.method for request in heard if request.method != "GET" and request.accepted)


def _of_version(version: str) -> type[EnterpriseDatabase]:
    return type(
        "EnterpriseDatabase", (EnterpriseDatabase,), {"name": f"enterprise-{version}", "version": version}
    )


_ALL: list[type[Subject]] = [CloudDatabase, CloudSubscription]
_ALL += [_of_version(version) for version in ("7.4", "7.22", "8.2", "8.2.0")]
SUBJECTS = {subject.name: subject for subject in _ALL}
