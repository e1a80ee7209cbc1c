# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles from the first check on an empty account to the last repeated teardown, and what may go wrong in between."""

from __future__ import annotations

from typing import Any

import pytest
from integration.world import SPEED, Step, World

pytestmark = pytest.mark.fast_clock

SUBSCRIPTION: dict[str, Any] = {
    "name": "main",
    "cloud_providers": [
        {
            "provider": "AWS",
            "regions": [{"region": "us-east-1", "networking": {"deployment_cidr": "10.0.1.0/24"}}],
        }
    ],
}
CLOUD: list[dict[str, Any]] = [
    {"name": "sessions", "dataset_size_in_gb": 1, "password": "canary-sessions", "enable_tls": False},
    {
        "name": "memory",
        "dataset_size_in_gb": 1,
        "protocol": "memcached",
        "sasl_username": "app",
        "sasl_password": "canary-memory",
    },
    {"name": "cache", "dataset_size_in_gb": 0.5, "replication": False, "alerts": None},
    {"name": "never", "state": "absent"},
]
ENTERPRISE: list[dict[str, Any]] = [
    {"name": "sessions", "memory_size": "1GB", "authentication_redis_pass": "canary-sessions"},
    {"name": "cache", "memory_size": "200MB", "tags": [{"key": "team", "value": "web"}]},
    {"name": "never", "state": "absent"},
]
DATABASES = "Create or update the databases"


class Role:
    """One of the roles with its variables. Whatever it does, it says nothing of a secret."""

    def __init__(self, world: World, product: str, **variables: Any) -> None:
        self.world = world
        self.name = f"redis_{product}"
        connection = {**world.defaults[f"group/community.redis.{product}"], "ca_path": world.ca_path}
        self.variables = {**connection, **variables}

    def play(self, *calls: dict[str, Any], check: bool = False) -> list[Call]:
        """Calls one after the other in one playbook. Each may have other variables than usual, and may fail."""
        blocks = [self._block(number, variables) for number, variables in enumerate(calls)]
        arguments = ["-vvv", "--diff", *(["--check"] if check else [])]
        play = self.world.play(blocks, defaults={}, arguments=arguments)
        assert "canary" not in play.output
        ends = [index for index, found in enumerate(play.steps) if found.name.startswith("end of ")]
        assert len(ends) == len(calls)
        begins = [0, *(end + 1 for end in ends)]
        return [Call(play.steps[begin : end + 1]) for begin, end in zip(begins, ends, strict=False)]

    def call(self, check: bool = False, **variables: Any) -> Call:
        (call,) = self.play(variables, check=check)
        return call

    def _block(self, number: int, variables: dict[str, Any]) -> dict[str, Any]:
        own = {f"{self.name}_{name}": value for name, value in {**self.variables, **variables}.items()}
        role = {"name": "role", "ansible.builtin.include_role": {"name": f"community.redis.{self.name}"}}
        result = {"name": f"end of {number}", "ansible.builtin.debug": {"msg": f"{{{{ {self.name}_result }}}}"}}
        reason = {"name": f"end of {number}", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}
        return {"name": f"call {number}", "vars": own, "block": [role, result], "rescue": [reason]}


class Call:
    """What became of a call of a role. ``end`` is its result, or why it has failed."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        self.end: Any = steps[-1]["msg"]

    @property
    def changed(self) -> list[str]:
        """The tasks that have changed something."""
        return [found.name.partition(" : ")[2] for found in self.steps if found.status == "ok" and found.changed]

    @property
    def writes(self) -> list[str]:
        return [write.partition(" ")[0] for found in self.steps for write in found.writes]

    @property
    def requests(self) -> int:
        return sum(len(found.requests) for found in self.steps)

    @property
    def diff(self) -> Any:
        """The diff of the databases."""
        (found,) = [found for found in self.steps if found.name.endswith(" : " + DATABASES)]
        return found["diff"]


@pytest.fixture
def cloud(world: World) -> Role:
    return Role(world, "cloud", subscription=SUBSCRIPTION, databases=CLOUD)


@pytest.fixture
def enterprise(world: World) -> Role:
    return Role(world, "enterprise", databases=ENTERPRISE)


def cloud_databases(world: World) -> dict[str, dict[str, Any]]:
    """The settings of the databases of the one subscription, by name."""
    (subscription,) = world.state("cloud")["subscriptions"]
    found = [database for database in subscription["databases"] if not database["deleted"]]
    settings = {database["settings"]["name"]: database["settings"] for database in found}
    assert len(settings) == len(found)
    return settings


@pytest.mark.every_core
def test_cloud(world: World, cloud: Role) -> None:
    told = cloud.call(check=True)
    done, again = cloud.play({}, {})
    assert told.writes == []
    assert told.end == {"subscription_id": None, "databases": {}, "task_ids": []}
    assert told.changed == done.changed == ["Create or update the subscription", DATABASES]
    for call in (told, done):
        assert {name: sorted(values) for name, values in call.diff["after"].items()} == {
            "sessions": ["password"],
            "memory": ["sasl_password", "sasl_username"],
        }
    assert done.writes == ["POST", "PUT", "PUT"]
    assert sorted(done.end["databases"]) == ["cache", "memory", "sessions"]
    assert len(done.end["task_ids"]) == 3
    for name, database in done.end["databases"].items():
        assert sorted(database) == ["database_id", "name", "private_endpoint", "public_endpoint", "status"]
        assert (database["name"], database["status"]) == (name, "active")
        assert ":" in database["public_endpoint"]
    settings = cloud_databases(world)
    assert settings["sessions"]["password"] == "canary-sessions"
    assert settings["memory"]["saslPassword"] == "canary-memory"

    told, told_gone = cloud.play({}, {"state": "absent"}, check=True)
    for call in (again, told):
        assert call.changed == call.writes == []
        assert call.end == {**done.end, "task_ids": []}
    # two for the subscription, one list, one for the password, one for what is to be absent and may be in the making
    assert (again.requests, told.requests) == (5, 4)

    gone, again = cloud.play({"state": "absent"}, {"state": "absent"})
    assert told_gone.writes == again.writes == again.changed == []
    assert told_gone.changed == gone.changed == ["Delete the databases", "Delete the subscription"]
    assert gone.writes == ["DELETE"] * 4
    assert gone.end["databases"] == {}
    assert (len(gone.end["task_ids"]), len(again.end["task_ids"])) == (4, 0)
    assert world.state("cloud")["subscriptions"] == []


def test_cloud_later_changes(world: World, cloud: Role) -> None:
    """Databases that come and go, a new password, and what is not listed."""
    others = [{"name": name, "datasetSizeInGb": 1} for name in ("sessions", "cache", "old", "other")]
    world.seed("cloud", subscriptions=[{"request": {"name": "main"}, "databases": others}])
    wanted = [
        {"name": "sessions", "dataset_size_in_gb": 1, "password": "canary-one"},
        {"name": "cache", "dataset_size_in_gb": 2},
        {"name": "new", "dataset_size_in_gb": 1, "password": "canary-two"},
        {"name": "old", "state": "absent"},
    ]
    told = cloud.call(databases=wanted, check=True)
    done, refused, all_refused = cloud.play(
        {"databases": wanted}, {"databases": wanted, "state": "absent"}, {"databases": [], "purge": True}
    )
    assert told.writes == []
    assert told.changed == done.changed == [DATABASES]
    assert told.diff == done.diff
    assert sorted(done.writes) == ["DELETE", "POST", "PUT", "PUT"]
    assert sorted(done.end["databases"]) == ["cache", "new", "sessions"]
    settings = cloud_databases(world)
    assert sorted(settings) == ["cache", "new", "other", "sessions"]
    assert [settings[name]["password"] for name in ("sessions", "new")] == ["canary-one", "canary-two"]
    assert "not listed in redis_cloud_databases: other. Nothing was deleted." in refused.end
    assert "every database would be deleted" in all_refused.end
    assert refused.writes == all_refused.writes == []

    everything = {"databases": [], "state": "absent", "delete_databases": True}
    told_purged, told_gone = cloud.play({"databases": wanted, "purge": True}, everything, check=True)
    purged, gone = cloud.play({"databases": wanted, "purge": True}, everything)
    assert told_purged.writes == told_gone.writes == []
    assert (told_purged.changed, told_gone.changed) == (purged.changed, gone.changed)
    assert purged.writes == ["DELETE"]
    assert gone.writes == ["DELETE"] * 4
    assert world.state("cloud")["subscriptions"] == []


@pytest.mark.every_core
def test_nothing_is_created_when_an_option_of_a_database_is_wrong(world: World, cloud: Role) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"password": "canary-" + "x" * 50}, "shorter than 50 characters"),
        ({"data_eviction_policy": "first-come"}, "data_eviction_policy"),
        ({"passwort": "canary-misspelt"}, "passwort"),
        ({"dataset_size_in_gb": None}, "dataset_size_in_gb"),
    ]
    calls = cloud.play(*({"databases": [{**CLOUD[0], **wrong}]} for wrong, _reason in cases))
    for call, (_wrong, reason) in zip(calls, cases, strict=True):
        assert reason in call.end
        assert call.writes == []
    assert world.state("cloud")["subscriptions"] == []


def test_cloud_after_a_run_that_ended_before_the_databases_were_complete(world: World, cloud: Role) -> None:
    """The subscription has come with its databases, but nobody has set their passwords yet."""
    world.options("cloud", subscription_seconds=20.0 * SPEED)
    cut_off, done = cloud.play({"wait_timeout": 2}, {})
    assert "after 2 seconds (wait_timeout)" in cut_off.end
    assert sorted(done.end["databases"]) == ["cache", "memory", "sessions"]
    settings = cloud_databases(world)
    assert settings["sessions"]["password"] == "canary-sessions"
    assert settings["memory"]["saslPassword"] == "canary-memory"
    assert [entry["method"] for entry in world.received() if entry["write"]].count("POST") == 1


@pytest.mark.every_core
def test_enterprise(world: World, enterprise: Role) -> None:
    wanted = [{**ENTERPRISE[0], "authentication_redis_pass": "canary-another"}]
    told = enterprise.call(check=True)
    done, again, new_password, forced = enterprise.play(
        {}, {}, {"databases": wanted}, {"databases": wanted, "update_password": "always"}
    )
    assert told.writes == again.writes == new_password.writes == again.changed == []
    assert told.changed == done.changed == [DATABASES]
    assert told.diff == done.diff
    assert done.writes == ["POST", "POST"]
    assert forced.writes == ["PUT"]
    assert told.end == {"databases": {}, "action_uids": []}
    assert sorted(done.end["databases"]) == ["cache", "sessions"]
    assert len(done.end["action_uids"]) == 2
    for name, database in done.end["databases"].items():
        assert sorted(database) == ["endpoints", "name", "port", "status", "uid"]
        assert (database["name"], database["status"]) == (name, "active")
        assert database["endpoints"][0]["port"] == database["port"]
    assert again.end == {**done.end, "action_uids": []}
    # a list, and two for what is to be absent and may be in the making
    assert again.requests == 3

    world.call("enterprise", "POST", "/v1/bdbs", {"name": "other", "memory_size": 1024**3})
    calls = ({"state": "absent", "databases": wanted}, {"databases": ENTERPRISE[1:], "purge": True})
    all_told = enterprise.play(*calls, check=True)
    gone, purged, gone_again, refused = enterprise.play(*calls, calls[0], {"databases": [], "purge": True})
    assert [call.writes for call in all_told] == [[], []]
    assert all_told[0].changed == gone.changed == ["Delete the databases"]
    assert all_told[1].changed == purged.changed == [DATABASES]
    assert gone.writes == purged.writes == ["DELETE"]
    assert gone_again.writes == gone_again.changed == []
    assert "every database would be deleted" in refused.end
    assert [bdb["name"] for bdb in world.state("enterprise")["bdbs"]] == ["cache"]
