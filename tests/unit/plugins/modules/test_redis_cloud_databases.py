# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_databases: many databases in one run, each of them with everything that holds for a single one."""

from __future__ import annotations

import itertools
import random
import re
import time
import tracemalloc
from collections import Counter
from typing import Any

import pytest

from unit.cloud_world import Account
from unit.fleet_world import (
    accepted,
    adopted,
    changed,
    errors,
    gone,
    killed,
    meanwhile,
    results,
    same_prediction,
    sent,
)
from unit.harness import Bench

MODULE = "redis_cloud_databases"
FLEET = 20


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


@pytest.fixture
def home(account: Account) -> int:
    """The id of an active subscription called main, without databases."""
    return account.seed()


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "dataset_size_in_gb": 1, **more}


def fleet(count: int = FLEET, **more: Any) -> list[dict[str, Any]]:
    """Items called as a seed calls its databases."""
    return [item(f"db-{number:04d}", **more) for number in range(1, count + 1)]


def task(home: int, databases: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"subscription_id": home, "databases": databases, **more}


def refusals(account: Account) -> list[str]:
    """The error codes of the account's tasks: requests that should not have been sent, or not yet."""
    responses = [found.get("response") or {} for found in account.tasks()]
    return [response["error"]["type"] for response in responses if response.get("error")]


def creates(account: Account) -> int:
    """How many creates the server has carried out."""
    done = [found for found in account.tasks() if found["status"] == "processing-completed"]
    return sum(found["commandType"] == "databaseCreateRequest" for found in done)


class TestLifeCycle:
    def test_twenty_at_once(self, bench: Bench, account: Account, home: int) -> None:
        told = bench.ok(MODULE, task(home, fleet()), check=True, diff=True)
        run = bench.ok(MODULE, task(home, fleet()), diff=True)
        assert same_prediction(told, run)
        assert changed(run) == [f"db-{number:04d}" for number in range(1, FLEET + 1)]
        assert account.names() == changed(run)
        assert len(run.bodies("POST")) == FLEET
        assert run["api_requests"] == len(run.requests)
        assert run.warnings == []
        for result in run["results"]:
            assert result["state"] == "present"
            assert result["failed"] is False
            assert result["error"] is None
            assert result["adopted"] is False
            assert result["diff"]["after"] == {"name": result["name"], "dataset_size_in_gb": 1}
            assert result["task"]["state"] == "succeeded"
            assert result["task"]["kind"] == "databaseCreateRequest"
            assert result["task"]["resource_id"] == result["database"]["database_id"]
            assert result["database"]["name"] == result["name"]
            assert result["database"]["status"] == "active"
            assert result["database"]["subscription_id"] == home

    def test_they_are_provisioned_side_by_side(self, bench: Bench, account: Account, home: int) -> None:
        """Five processed one by one in 5 s each, one flip of 30 s, then 180 s for all of them together."""
        run = bench.ok(MODULE, task(home, fleet(5)))
        assert 180 < run.seconds < 5 * 5 + 30 + 180 + 15
        assert refusals(account) == []

    def test_repeated_run_reads_one_list(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home, fleet()))
        for check in (True, False):
            run = bench.ok(MODULE, task(home, fleet()), check=check, diff=True)
            assert not run.changed
            assert changed(run) == adopted(run) == []
            assert run["diff"] == {"before": {}, "after": {}}
            assert [request.path for request in run.requests] == [f"/v1/subscriptions/{home}/databases"]
            assert {result["task"] for result in run["results"]} == {None}

    def test_all_kinds_of_change_in_one_run(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=6)
        wanted = [
            item("db-0001"),
            item("db-0002", dataset_size_in_gb=2, source_ip=["192.0.2.0/24"]),
            gone("db-0003"),
            gone("never-was"),
            item("new"),
            {"name": "db-0004", "alerts": None},
            {"name": "db-0005", "data_persistence": "aof-every-1-second"},
        ]
        told = bench.ok(MODULE, task(home, wanted), check=True, diff=True)
        run = bench.ok(MODULE, task(home, wanted), diff=True)
        assert same_prediction(told, run)
        assert changed(run) == ["db-0002", "db-0003", "new", "db-0005"]
        assert results(run)["db-0002"]["diff"] == {
            "before": {"dataset_size_in_gb": 1, "source_ip": ["0.0.0.0/0"]},
            "after": {"dataset_size_in_gb": 2, "source_ip": ["192.0.2.0/24"]},
        }
        assert results(run)["db-0003"]["state"] == "absent"
        assert results(run)["db-0003"]["diff"]["before"]["name"] == "db-0003"
        assert results(run)["db-0003"]["diff"]["after"] == {}
        assert results(run)["db-0003"]["database"]["name"] == "db-0003"
        assert results(run)["never-was"]["database"] is None
        assert results(run)["db-0005"]["task"]["kind"] == "databaseUpdateRequest"
        assert sorted(request.method for request in run.writes) == ["DELETE", "POST", "PUT", "PUT"]
        assert account.names() == ["db-0001", "db-0002", "db-0004", "db-0005", "db-0006", "new"]
        assert refusals(account) == []
        again = bench.ok(MODULE, task(home, wanted), diff=True)
        assert not again.changed
        assert again.writes == []

    def test_fields_that_only_an_update_takes(self, bench: Bench, account: Account, home: int) -> None:
        wanted = [
            item("one", sharding_type="custom-regex-rules", regex_rules=[".*"], enable_default_user=False),
            item("two", enable_default_user=False),
            item("three"),
        ]
        told = bench.ok(MODULE, task(home, wanted), check=True, diff=True)
        run = bench.ok(MODULE, task(home, wanted), diff=True)
        assert same_prediction(told, run)
        assert results(run)["two"]["diff"]["after"] == {
            "name": "two",
            "dataset_size_in_gb": 1,
            "enable_default_user": False,
        }
        assert Counter(request.method for request in run.writes) == {"POST": 3, "PUT": 3}
        assert run.warnings == []
        settings = {database["settings"]["name"]: database["settings"] for database in account.databases()}
        assert settings["one"]["regexRules"] == [".*"]
        assert [settings[name]["enableDefaultUser"] for name in ("one", "two", "three")] == [
            False,
            False,
            True,
        ]
        assert not bench.ok(MODULE, task(home, wanted)).changed

    def test_subscription_can_be_named(self, bench: Bench, account: Account, home: int) -> None:
        bench.ok(MODULE, subscription_name="main", databases=fleet(2))
        assert account.names(home) == ["db-0001", "db-0002"]

    def test_check_mode_before_the_subscription_exists(self, bench: Bench) -> None:
        wanted = [item("one"), gone("two")]
        run = bench.ok(MODULE, subscription_name="soon", databases=wanted, check=True, diff=True)
        assert changed(run) == ["one"]
        assert run["diff"] == {"before": {}, "after": {"one": {"name": "one", "dataset_size_in_gb": 1}}}
        assert set(run["results"][0]) == set(run["results"][1])

    def test_without_a_subscription(self, bench: Bench) -> None:
        assert "no subscription called" in bench.fails(MODULE, subscription_name="no", databases=fleet(1)).message
        assert not bench.ok(MODULE, subscription_name="no", databases=[gone("one")]).changed
        run = bench.fails(MODULE, task(77, fleet(2)))
        assert "subscription_id 77 does not exist" in run.message
        assert run.writes == []

    def test_nothing_to_do(self, bench: Bench, home: int) -> None:
        run = bench.ok(MODULE, task(home, []))
        assert run["results"] == []
        assert not run.changed

    def test_passwords(self, bench: Bench, account: Account, home: int) -> None:
        wanted = [item("one", password="canary-one"), item("two", password="canary-two")]
        run = bench.ok(MODULE, task(home, wanted), diff=True)
        assert "canary" not in str(run.result)
        assert not bench.ok(MODULE, task(home, wanted)).changed
        shown = bench.ok(MODULE, task(home, fleet(0) + [item("one")], return_secrets=True))
        assert shown["results"][0]["database"]["security"]["password"] == "canary-one"
        wanted[1]["password"] = "canary-three"
        told = bench.ok(MODULE, task(home, wanted), check=True, diff=True)
        run = bench.ok(MODULE, task(home, wanted), diff=True)
        assert same_prediction(told, run)
        assert changed(run) == ["two"]
        assert "canary" not in str([told.result, run.result])
        settings = {database["settings"]["name"]: database["settings"] for database in account.databases()}
        assert settings["two"]["password"] == "canary-three"

    @pytest.mark.parametrize("check", [True, False])
    def test_a_password_takes_one_request(self, bench: Bench, account: Account, check: bool) -> None:
        """The list does not tell it, and nobody else's is asked for."""
        home = account.seed(databases=[{"name": f"db-{number}", "password": "secret"} for number in range(5)])
        wanted = [item("db-1", password="secret"), item("db-2"), item("db-3", password="secret")]
        run = bench.ok(MODULE, task(home, wanted), check=check)
        assert not run.changed
        known = {row["settings"]["name"]: row["id"] for row in account.databases()}
        below = f"/v1/subscriptions/{home}/databases"
        assert [request.path for request in run.requests] == [
            below,
            f"{below}/{known['db-1']}",
            f"{below}/{known['db-3']}",
        ]


class TestPurge:
    @pytest.mark.parametrize("more", [{}, {"purge_all": True}])
    def test_what_is_not_named_is_deleted(self, bench: Bench, account: Account, more: dict[str, Any]) -> None:
        home = account.seed(databases=5)
        other = account.seed("other", databases=2)
        wanted = task(home, fleet(2), purge=True, **more)
        told = bench.ok(MODULE, wanted, check=True, diff=True)
        run = bench.ok(MODULE, wanted, diff=True)
        assert same_prediction(told, run)
        assert changed(run) == ["db-0003", "db-0004", "db-0005"]
        assert {results(run)[name]["state"] for name in changed(run)} == {"absent"}
        assert account.names(home) == ["db-0001", "db-0002"]
        assert account.names(other) == ["db-0001", "db-0002"]
        again = bench.ok(MODULE, wanted)
        assert not again.changed
        assert list(results(again)) == ["db-0001", "db-0002"]

    def test_off_by_default(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=3)
        assert not bench.ok(MODULE, task(home, fleet(1))).changed
        assert len(account.names()) == 3

    @pytest.mark.parametrize("wanted", [[], [gone("db-0001")]])
    @pytest.mark.parametrize("check", [True, False])
    def test_everything_only_by_name(
        self, bench: Bench, account: Account, wanted: list[dict[str, Any]], check: bool
    ) -> None:
        home = account.seed(databases=3)
        run = bench.fails(MODULE, task(home, wanted, purge=True), check=check)
        assert "every database would be deleted" in run.message
        assert "purge_all=true" in run.message
        assert run.requests == []
        assert len(account.names()) == 3

    def test_everything(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=3)
        run = bench.ok(MODULE, task(home, [], purge=True, purge_all=True))
        assert len(changed(run)) == 3
        assert account.databases() == []
        assert not bench.ok(MODULE, task(home, [], purge=True, purge_all=True)).changed

    def test_without_purge_its_second_half_means_nothing(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=2)
        assert not bench.ok(MODULE, task(home, [], purge_all=True)).changed
        assert len(account.names()) == 2

    def test_two_of_one_name_are_not_guessed_at(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=[{"name": "one"}, {"name": "twin"}, {"name": "twin"}])
        twins = [str(row["id"]) for row in account.databases() if row["settings"]["name"] == "twin"]
        run = bench.fails(MODULE, task(home, [item("one")], purge=True))
        assert list(errors(run)) == ["twin"]
        assert all(known in run.message for known in twins)
        assert account.names() == ["one", "twin", "twin"]


class TestFailures:
    def test_one_does_not_stop_the_others(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^db-0002$", fail_provisioning="^db-0004$")
        wanted = fleet(6)
        wanted[5]["redis_version"] = "1.0"
        run = bench.fails(MODULE, task(home, wanted), diff=True)
        assert run.message.startswith("3 of 6 databases failed. db-0002: ")
        assert list(errors(run)) == ["db-0002", "db-0004", "db-0006"]
        assert "PROVISION_FAILURE" in errors(run)["db-0002"]
        assert "in state error" in errors(run)["db-0004"]
        assert "DATABASE_REDIS_VERSION_IS_NOT_SUPPORTED" in errors(run)["db-0006"]
        assert all(reason in run.message for reason in errors(run).values())
        assert changed(run) == ["db-0001", "db-0003", "db-0004", "db-0005"]
        assert run.changed
        assert results(run)["db-0002"]["task"]["state"] == "failed"
        assert results(run)["db-0002"]["diff"] == {"before": {}, "after": {}}
        assert results(run)["db-0005"]["database"]["status"] == "active"
        assert sorted(run["diff"]["after"]) == changed(run)
        assert account.names() == ["db-0001", "db-0003", "db-0004", "db-0005"]

    def test_next_run_does_what_is_left(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^db-0002$")
        bench.fails(MODULE, task(home, fleet(3)))
        bench.options("cloud", fail_processing="")
        run = bench.ok(MODULE, task(home, fleet(3)))
        assert changed(run) == ["db-0002"]
        assert account.names() == ["db-0001", "db-0002", "db-0003"]

    def test_change_of_a_field_that_cannot_be_changed(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=2)
        wanted = [item("db-0001", protocol="memcached"), item("db-0002", dataset_size_in_gb=3)]
        for check in (True, False):
            run = bench.fails(MODULE, task(home, wanted), check=check)
            assert "protocol of a" in errors(run)["db-0001"]
            assert changed(run) == ["db-0002"]

    def test_two_of_one_name_are_refused_with_their_ids(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=[{"name": "twin"}, {"name": "twin"}])
        twins = [str(row["id"]) for row in account.databases()]
        run = bench.fails(MODULE, task(home, [gone("twin"), item("new")]))
        assert all(known in errors(run)["twin"] for known in twins)
        assert changed(run) == ["new"]
        assert account.names() == ["new", "twin", "twin"]

    def test_size_is_required_to_create(self, bench: Bench, home: int) -> None:
        for check in (True, False):
            run = bench.fails(MODULE, task(home, [{"name": "small"}, item("large")]), check=check)
            assert "dataset_size_in_gb or memory_limit_in_gb is required" in errors(run)["small"]

    def test_wrong_key_is_reported_once(self, bench: Bench, home: int) -> None:
        bench.fault("status", status=401, body="html", times=None)
        run = bench.fails(MODULE, task(home, fleet(3)))
        assert "HTTP 401" in run.message
        assert run.writes == []
        assert run.seconds < 10

    def test_rate_limit_is_waited_for(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", rate_limit=8)
        run = bench.ok(MODULE, task(home, fleet(6)))
        assert len(changed(run)) == 6
        assert len(run.bodies("POST")) >= 6
        assert creates(account) == 6

    @pytest.mark.parametrize(
        "kind", ["lose", "reset_before", "reset_after", "cut", "empty", "html", "status_after"]
    )
    def test_answers_that_are_lost(self, bench: Bench, account: Account, home: int, kind: str) -> None:
        """Every third write and every seventh read."""
        how: dict[str, Any] = {"status": 502} if kind == "status_after" else {}
        for number in range(4):
            bench.fault(kind, method="POST", after=2, **how)
            bench.fault(kind, method="GET", after=7 * (number + 1), **how)
        run = bench.ok(MODULE, task(home, fleet(8)))
        assert len(changed(run)) == 8
        assert len(account.names()) == creates(account) == 8
        assert "DATABASE_NAME_EXISTS" not in refusals(account)
        assert not bench.ok(MODULE, task(home, fleet(8))).changed


def test_active_active_is_refused_even_after_a_deletion(bench: Bench, account: Account) -> None:
    """A look at the subscription serves several requests, but not the first create."""
    providers = [{"regions": [{"region": "us-east-1", "networking": {"deploymentCIDR": "10.0.1.0/24"}}]}]
    home = account.seed(
        deploymentType="active-active", cloudProviders=providers, databases=[{"name": "old"}, {"name": "kept"}]
    )
    wanted = [gone("old"), item("new"), item("kept", dataset_size_in_gb=2)]
    told = bench.fails(MODULE, task(home, wanted), check=True)
    run = bench.fails(MODULE, task(home, wanted))
    assert told.message == run.message
    assert [request.method for request in run.writes] == ["DELETE"]
    assert "2 of 3 databases failed" in run.message
    assert run.message.count("Active-Active") == 2
    assert account.names() == ["kept"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("databases", "words"),
        [
            ([item("one"), item("two"), item("one"), item("two")], "names one, two more than once"),
            ([item("one"), gone("one")], "names one more than once"),
            ([item("-one")], "databases[-one].name must be at most 40 letters"),
            ([{"dataset_size_in_gb": 1}], "name"),
            ([item("one", memory_limit_in_gb=1)], "databases[one]: only one of dataset_size_in_gb and memory_limit_in_gb can be given"),
            ([item("one", dataset_size_in_gb=0)], "databases[one].dataset_size_in_gb must be at least 0.1"),
            ([item("one"), item("two", colour="red")], "(databases[two])"),
            ([item("one"), item("two", state="started")], "found in databases (databases[two])"),
            ([item("one"), "two"], "(databases[1])"),
            (None, "databases"),
        ],
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_refused_before_anything_is_sent(
        self, bench: Bench, home: int, databases: list[dict[str, Any]], words: str, check: bool
    ) -> None:
        run = bench.fails(MODULE, {"subscription_id": home, "databases": databases}, check=check)
        assert words in run.message
        assert run.requests == []


class TestSequence:
    """What the API's documentation asks for: a request only when the one before has been processed and the
    subscription is active. What is sent too early ends in a failed task, which the simulator remembers."""

    @pytest.mark.parametrize("every", [1, 2, 4, 7])
    @pytest.mark.parametrize("how", [{}, {"wait": False}, {"wait_for": "processing"}])
    def test_nothing_is_sent_to_a_pending_subscription(
        self, bench: Bench, account: Account, every: int, how: dict[str, Any]
    ) -> None:
        home = account.seed(databases=[{"name": name} for name in ("old", "bad")])
        bench.options("cloud", flip_every=every, flip_seconds=40, flip_on_update=True)
        wanted = fleet(6) + [gone("bad"), item("old", dataset_size_in_gb=2)]
        run = bench.ok(MODULE, task(home, wanted, **how))
        assert len(changed(run)) == 8
        bench.pass_time(600)
        assert refusals(account) == []
        assert account.names() == sorted(["old", *(found["name"] for found in fleet(6))])
        assert not bench.ok(MODULE, task(home, wanted)).changed

    def test_one_request_at_a_time(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", processing_seconds=20)
        run = bench.ok(MODULE, task(home, fleet(6)))
        moments = [request.time for request in run.requests if request.method == "POST"]
        assert min(later - earlier for earlier, later in itertools.pairwise(moments)) >= 20

    @pytest.mark.parametrize("style", ["task", "http"])
    def test_somebody_else_makes_it_pending(
        self, bench: Bench, account: Account, home: int, monkeypatch: pytest.MonkeyPatch, style: str
    ) -> None:
        """Between our look at the subscription and our request: it is refused, and sent again later."""
        bench.options("cloud", flip_every=1, flip_seconds=90, subscription_not_active=style)
        meanwhile(bench, monkeypatch, "POST", 3, lambda: self._create_elsewhere(bench, account, home))
        run = bench.ok(MODULE, task(home, fleet(5)))
        assert len(changed(run)) == 5
        assert account.names() == [*(found["name"] for found in fleet(5)), "theirs"]
        assert creates(account) == 6

    def _create_elsewhere(self, bench: Bench, account: Account, home: int) -> None:
        account.start_database(home, "theirs")
        bench.pass_time(6)

    def test_queue_of_the_account(self, bench: Bench, account: Account, home: int) -> None:
        other = account.seed("other")
        for number in range(6):
            account.start_database(other, f"theirs-{number}")
        assert len(changed(bench.ok(MODULE, task(home, fleet(3))))) == 3

    def test_subscription_that_is_being_created(self, bench: Bench, account: Account) -> None:
        account.start_subscription("main")
        bench.pass_time(20)
        home = account.subscriptions()[0]["id"]
        run = bench.ok(MODULE, task(home, fleet(3)))
        assert run.seconds > 590
        assert len(run.bodies("POST")) == 3
        assert refusals(account) == []


class TestWaiting:
    def test_no_waiting(self, bench: Bench, account: Account, home: int) -> None:
        """Each request waits for the one before it; the last one is only sent."""
        run = bench.ok(MODULE, task(home, fleet(4), wait=False))
        assert changed(run) == [found["name"] for found in fleet(4)]
        assert run.seconds < 4 * 8
        assert run["results"][3]["task"]["status"] == "received"
        assert run["results"][3]["database"] is None
        bench.pass_time(10)
        assert len(account.names()) == 4
        later = bench.ok(MODULE, task(home, fleet(4)))
        assert not later.changed
        assert adopted(later) == [found["name"] for found in fleet(4)]
        assert {result["database"]["status"] for result in later["results"]} == {"active"}

    def test_no_waiting_for_the_only_one(self, bench: Bench, home: int) -> None:
        assert bench.ok(MODULE, task(home, fleet(1), wait=False)).seconds < 2

    def test_waiting_for_the_processing_only(self, bench: Bench, home: int) -> None:
        run = bench.ok(MODULE, task(home, fleet(3), wait_for="processing"))
        assert len(changed(run)) == 3
        assert run.seconds < 40
        assert {result["task"]["state"] for result in run["results"]} == {"succeeded"}
        assert "active" not in {result["database"]["status"] for result in run["results"]}

    @pytest.mark.parametrize("how", [{"wait": False}, {"wait_for": "processing"}])
    def test_fields_for_a_second_request_are_not_forgotten_silently(
        self, bench: Bench, account: Account, home: int, how: dict[str, Any]
    ) -> None:
        wanted = [item("one", enable_default_user=False)]
        run = bench.ok(MODULE, task(home, wanted, **how))
        assert "enable_default_user can only be set after the creation" in run.warnings[0]
        bench.ok(MODULE, task(home, wanted))
        assert account.databases()[0]["settings"]["enableDefaultUser"] is False

    @pytest.mark.parametrize("timeout", [0, 3, 20, 60, 150, 300])
    def test_timeout_and_resume(self, bench: Bench, account: Account, home: int, timeout: int) -> None:
        run = bench.fails(MODULE, task(home, fleet(12), wait_timeout=timeout), diff=True)
        assert timeout <= run.seconds < timeout + 3
        assert f"after {timeout} seconds (wait_timeout)" in run.message
        assert "Run the same task again" in run.message
        going = [row["task"]["id"] for row in run["results"] if row["task"]]
        assert all(one in going for one in re.findall(r"[0-9a-f]{8}-[0-9a-f-]+", run.message))
        assert len(run["results"]) == 12
        assert len(changed(run)) == len(run.writes)
        assert sorted(run["diff"]["after"]) == changed(run)
        resumed = bench.ok(MODULE, task(home, fleet(12)))
        assert len(changed(run)) + len(changed(resumed)) == 12
        assert set(adopted(resumed)) <= set(changed(run))
        assert creates(account) == len(account.names()) == 12
        assert refusals(account) == []

    def test_what_an_earlier_run_has_started_is_joined(self, bench: Bench, account: Account, home: int) -> None:
        account.start_database(home, "db-0001")
        bench.pass_time(30)
        run = bench.ok(MODULE, task(home, fleet(3)))
        assert adopted(run) == ["db-0001"]
        assert changed(run) == ["db-0002", "db-0003"]

    def test_joined_and_then_updated(self, bench: Bench, account: Account, home: int) -> None:
        account.start_database(home, "db-0001")
        bench.pass_time(30)
        run = bench.ok(MODULE, task(home, [item("db-0001", dataset_size_in_gb=2), item("new")]))
        assert adopted(run) == ["db-0001"]
        assert changed(run) == ["db-0001", "new"]
        assert [request.method for request in run.writes] == ["POST", "PUT"]

    def test_deletion_under_way_is_joined(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=2)
        known = account.databases()[0]["id"]
        account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
        bench.pass_time(6)
        run = bench.ok(MODULE, task(home, [gone("db-0001"), gone("db-0002")]))
        assert adopted(run) == ["db-0001"]
        assert changed(run) == ["db-0002"]
        assert account.subscriptions()[0]["databases"] == []

    def test_deletion_under_way_then_created_again(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=2)
        known = account.databases()[0]["id"]
        account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
        bench.pass_time(6)
        run = bench.ok(MODULE, task(home, fleet(2)))
        assert changed(run) == ["db-0001"]
        assert run["results"][0]["database"]["database_id"] != known

    def test_deadline_is_not_exceeded_by_more_than_a_request(self, bench: Bench, home: int) -> None:
        bench.options("cloud", database_seconds=100000)
        assert bench.fails(MODULE, task(home, fleet(3), wait_timeout=1000)).seconds < 1001


class TestSlices:
    @pytest.mark.parametrize("seconds", [3, 8, 25])
    def test_end_like_one_run(self, bench: Bench, account: Account, seconds: float) -> None:
        home = account.seed(databases=3)
        wanted = [
            item("db-0001", dataset_size_in_gb=2),
            gone("db-0002"),
            item("new", enable_default_user=False),
            item("newer"),
            item("db-0003"),
        ]
        told = bench.ok(MODULE, task(home, wanted), check=True, diff=True)
        run, handed = bench.sliced(MODULE, task(home, wanted), seconds, diff=True)
        assert same_prediction(told, run)
        assert adopted(run) == []
        assert Counter(request.method for request in run.writes) == {"PUT": 2, "DELETE": 1, "POST": 2}
        assert run["api_requests"] == len(run.requests)
        assert results(run)["db-0002"]["database"]["name"] == "db-0002"
        assert refusals(account) == []
        together = [found["reading"]["status"] for found in handed if found["what"] == "databases"]
        assert "3 of 5 databases ready" in together

    def test_no_waiting(self, bench: Bench, account: Account, home: int) -> None:
        run, handed = bench.sliced(MODULE, task(home, fleet(6), wait=False), 5)
        assert len(changed(run)) == len(run.writes) == 6
        assert handed
        bench.pass_time(10)
        assert len(account.names()) == 6

    def test_failures_of_earlier_slices_are_reported(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^db-0001$")
        run, _handed = bench.sliced(MODULE, task(home, fleet(3)), 8)
        assert run.failed
        assert list(errors(run)) == ["db-0001"]
        assert changed(run) == ["db-0002", "db-0003"]
        assert len(run.bodies("POST")) == 3

    @pytest.mark.parametrize("count", [1, 3])
    @pytest.mark.parametrize("seconds", [2, 25])
    def test_deletes_are_awaited_to_their_end(
        self, bench: Bench, account: Account, seconds: float, count: int
    ) -> None:
        """Also those that the slice before has sent, and that this one has only followed."""
        home = account.seed(databases=count)
        bench.options("cloud", database_delete_seconds=60)
        run, _handed = bench.sliced(MODULE, task(home, [gone(found["name"]) for found in fleet(count)]), seconds)
        assert len(changed(run)) == len(run.bodies("DELETE")) == count
        assert run.seconds > 60
        assert account.subscriptions()[0]["databases"] == []

    @pytest.mark.parametrize("seconds", [2, 25])
    def test_delete_that_fails_after_the_slice_that_sent_it(
        self, bench: Bench, account: Account, seconds: float
    ) -> None:
        home = account.seed(databases=2)
        error = {"type": "DELETE_FAILURE", "status": "500", "description": "Something went wrong"}
        failure = {"status": "processing-error", "response": {"error": error}}
        bench.fault("rewrite", path="/tasks/", after=2, times=None, set=failure)
        run, handed = bench.sliced(MODULE, task(home, [gone("db-0001"), item("db-0002")]), seconds)
        assert handed
        assert run.failed
        assert "Something went wrong" in errors(run)["db-0001"]
        assert changed(run) == []
        assert len(run.bodies("DELETE")) == 1

    def test_the_subscription_is_looked_up_once(self, bench: Bench, home: int) -> None:
        params = {"subscription_name": "main", "databases": fleet(3)}
        run, handed = bench.sliced(MODULE, params, 8)
        assert len(handed) > 3
        assert [request.path for request in run.requests].count("/v1/subscriptions") == 1

    def test_timeout_counts_from_the_first(self, bench: Bench, home: int) -> None:
        run, _handed = bench.sliced(MODULE, task(home, fleet(12), wait_timeout=100), 8)
        assert run.failed
        assert 100 <= run.seconds < 103


class TestLateLists:
    @pytest.mark.parametrize(
        "lag",
        [
            {"resource_visible_seconds": 20},
            {"task_visible_seconds": 20},
            {"resource_visible_seconds": 30, "task_visible_seconds": 25},
            {"resource_visible_seconds": 30, "task_404_seconds": 25},
        ],
    )
    def test_nothing_is_created_twice(
        self, bench: Bench, account: Account, home: int, lag: dict[str, Any]
    ) -> None:
        bench.options("cloud", **lag)
        run = bench.ok(MODULE, task(home, fleet(6)))
        assert len(changed(run)) == 6
        assert len(run.bodies("POST")) == 6
        assert refusals(account) == []
        again = bench.ok(MODULE, task(home, fleet(6)))
        assert not again.changed
        assert creates(account) == 6

    @pytest.mark.parametrize("seconds", [None, 5])
    def test_run_ends_when_the_next_one_finds_all(
        self, bench: Bench, home: int, seconds: float | None
    ) -> None:
        """Databases that are ready before they are listed, and tasks that are not listed once they have ended."""
        bench.options("cloud", resource_visible_seconds=30, database_seconds=1, finished_tasks_listed=False)
        if seconds is None:
            run = bench.ok(MODULE, task(home, fleet(3)))
        else:
            run, _handed = bench.sliced(MODULE, task(home, fleet(3)), seconds)
        assert len(changed(run)) == len(run.writes) == 3
        assert [found.path for found in bench.ok(MODULE, task(home, fleet(3))).requests] == [
            f"/v1/subscriptions/{home}/databases"
        ]

    @pytest.mark.parametrize("seconds", [3, 8])
    @pytest.mark.parametrize("ready", [1, 180])
    def test_next_slice_knows_what_is_not_listed_yet(
        self, bench: Bench, account: Account, seconds: float, ready: float
    ) -> None:
        """It is not looked for as if it might be another run's, which takes the time until it is listed."""
        bench.options("cloud", resource_visible_seconds=30, database_seconds=ready)
        whole = bench.ok(MODULE, task(account.seed("one"), fleet(3)))
        run, handed = bench.sliced(MODULE, task(account.seed("other"), fleet(3)), seconds)
        assert changed(run) == changed(whole)
        assert len(handed) > 3
        assert run.seconds == pytest.approx(whole.seconds, abs=10)

    def test_killed_before_all_are_listed(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", resource_visible_seconds=30, database_seconds=1, finished_tasks_listed=False)
        assert killed(bench, MODULE, task(home, fleet(2)), 16, "before")
        assert creates(account) == 2
        run = bench.ok(MODULE, task(home, fleet(2)))
        assert not run.changed
        assert run.writes == []
        assert adopted(run) == ["db-0001", "db-0002"]

    @pytest.mark.parametrize("how", [{"wait": False}, {"wait_for": "processing"}, {"wait_timeout": 25}])
    def test_next_run_does_not_trust_the_list(
        self, bench: Bench, account: Account, home: int, how: dict[str, Any]
    ) -> None:
        bench.options("cloud", resource_visible_seconds=30, task_visible_seconds=25)
        bench.run(MODULE, task(home, fleet(4), **how))
        bench.ok(MODULE, task(home, fleet(4)))
        assert creates(account) == 4
        assert account.names() == [found["name"] for found in fleet(4)]

    def test_databases_of_a_new_subscription(self, bench: Bench, account: Account) -> None:
        account.start_subscription("main")
        bench.pass_time(610)
        home = account.subscriptions()[0]["id"]
        run = bench.ok(MODULE, task(home, [item("first"), item("second")]))
        assert changed(run) == ["second"]
        assert account.names() == ["first", "second"]

    def test_deleted_ones_are_still_listed(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=3)
        bench.options("cloud", database_delete_seconds=120)
        run = bench.ok(MODULE, task(home, [gone("db-0001"), gone("db-0002"), item("db-0003")]))
        assert run.seconds > 120
        assert changed(run) == ["db-0001", "db-0002"]
        assert len(run.bodies("DELETE")) == 2


class TestPaceOfAFleet:
    """How often is looked, and that nobody waits for what only another item has to wait for."""

    @pytest.mark.parametrize("seconds", [5, 25])
    def test_slices_ask_for_little_more_than_one_run(self, bench: Bench, account: Account, seconds: float) -> None:
        """Each of them reads the list and, before a create, the tasks."""
        whole = bench.ok(MODULE, task(account.seed("one"), fleet(10)))
        run, handed = bench.sliced(MODULE, task(account.seed("other"), fleet(10)), seconds)
        assert run.seconds == pytest.approx(whole.seconds, abs=10)
        assert len(run.requests) <= len(whole.requests) + 3 * len(handed)

    def test_a_line_for_every_slice_is_enough(self, bench: Bench, account: Account, home: int) -> None:
        """Not one for every change of every database."""
        run, handed = bench.sliced(MODULE, task(home, fleet()), 25)
        assert len(handed) < run.seconds / 25 + FLEET
        said = [found["reading"]["status"] for found in handed if found["reading"]["phase"] == "requesting"]
        assert re.fullmatch(r"1 of 20: processing received", said[0])
        assert any(re.match(r"1\d of 20: ", status) for status in said)

    @pytest.mark.parametrize("seconds", [None, 8, 25])
    @pytest.mark.parametrize("style", ["task", "http"])
    def test_name_that_is_taken_holds_up_no_others(
        self, bench: Bench, account: Account, seconds: float | None, style: str
    ) -> None:
        """A subscription is active before the database is listed that it was created with."""
        bench.options("cloud", creation_database_listed_seconds=50, duplicate_name=style, flip_every=0)
        region = {"region": "us-east-1", "networking": {"deployment_cidr": "10.0.0.0/24"}}
        providers = [{"provider": "AWS", "regions": [region]}]
        created = {"name": "main", "cloud_providers": providers, "databases": fleet(1)}
        bench.ok("redis_cloud_subscription", created, wait_for="processing")
        bench.pass_time(bench.simulator.options["cloud"].subscription_seconds)
        params = {"subscription_name": "main", "databases": fleet(6)}
        run = bench.ok(MODULE, params) if seconds is None else bench.sliced(MODULE, params, seconds)[0]
        assert changed(run) == [f"db-{number:04d}" for number in range(2, 7)]
        assert errors(run) == {}
        sent = [request for request in run.requests if request.method == "POST"]
        others = [request.time for request in sent if request.body["name"] != "db-0001"]
        assert max(others) - sent[0].time < 6 * 5 + 5, "they do not wait for the first one"
        assert len(sent) - len(others) <= 3, "it is looked for, and not requested again and again"
        assert account.names() == [found["name"] for found in fleet(6)]

    @pytest.mark.parametrize("seconds", [None, 25])
    def test_waiting_for_the_turn(self, bench: Bench, account: Account, home: int, seconds: float | None) -> None:
        """The pace does not begin anew with each slice; and what all wait for is looked at more often."""
        account.start_database(home, "theirs")
        bench.options("cloud", flip_every=1, flip_seconds=600.0)
        account.start_database(home, "theirs, too")
        bench.pass_time(10)
        bench.options("cloud", flip_every=0)
        params = task(home, fleet(2))
        run = bench.ok(MODULE, params) if seconds is None else bench.sliced(MODULE, params, seconds)[0]
        first = next(request.time for request in run.requests if request.write)
        before = [request for request in run.requests if request.time < first]
        assert len(before) < 600 / 10 + 20 + (0 if seconds is None else 3 * 600 / seconds)


class TestOtherMachines:
    @pytest.mark.parametrize("style", ["task", "http"])
    @pytest.mark.parametrize("age", [0, 10])
    def test_name_is_taken_meanwhile(
        self,
        bench: Bench,
        account: Account,
        home: int,
        monkeypatch: pytest.MonkeyPatch,
        style: str,
        age: float,
    ) -> None:
        """Another machine creates the third one just before our request for it."""
        bench.options("cloud", duplicate_name=style, flip_every=0)

        def other() -> None:
            account.start_database(home, "db-0003", datasetSizeInGb=2)
            bench.pass_time(age)

        meanwhile(bench, monkeypatch, "POST", 3, other)
        run = bench.ok(MODULE, task(home, fleet(5)))
        assert account.names() == [found["name"] for found in fleet(5)]
        assert creates(account) == 5
        # it is brought to what this task asks for
        assert results(run)["db-0003"]["changed"] is True
        assert results(run)["db-0003"]["diff"]["before"] == {"dataset_size_in_gb": 2}
        assert run.bodies("PUT") == [{"datasetSizeInGb": 1}]

    @pytest.mark.parametrize("style", ["task", "http"])
    def test_database_vanishes_meanwhile(
        self, bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch, style: str
    ) -> None:
        bench.options("cloud", unknown_resource=style)
        home = account.seed(databases=4)
        known = account.databases()[2]["id"]

        def other() -> None:
            account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
            bench.pass_time(30)

        meanwhile(bench, monkeypatch, "DELETE", 2, other)
        run = bench.ok(MODULE, task(home, [gone(found["name"]) for found in fleet(4)]))
        assert account.databases() == []
        assert "db-0003" not in changed(run)
        assert len(changed(run)) == 3

    def test_change_that_reads_back_late(self, bench: Bench, account: Account) -> None:
        """The old value is seen twice after the end of the change, the first time in the list of the fleet."""
        home = account.seed(databases=1)
        bench.fault("rewrite", method="GET", path="/databases", after=7, times=2, set={"datasetSizeInGb": 1})
        run = bench.ok(MODULE, task(home, fleet(1, dataset_size_in_gb=2)))
        assert bench.simulator.faults.rules[0].applied == 2
        assert len(run.writes) == 1

    def test_same_create_in_flight(self, bench: Bench, account: Account, home: int) -> None:
        """Another machine's create that no list shows yet."""
        bench.options("cloud", resource_visible_seconds=20)
        account.start_database(home, "db-0002")
        run = bench.ok(MODULE, task(home, fleet(3)))
        assert creates(account) == 3
        assert len(run.bodies("POST")) == 2
        assert changed(run) == ["db-0001", "db-0003"]


class TestManyUnchanged:
    @pytest.mark.parametrize(("count", "pages"), [(100, 2), (500, 6), (1001, 11)])
    def test_one_list_is_all(self, bench: Bench, account: Account, count: int, pages: int) -> None:
        """The page after a full one is asked for; it is empty, or a 404."""
        home = account.seed(databases=count)
        run = bench.ok(MODULE, task(home, fleet(count)))
        assert not run.changed
        assert len(run["results"]) == count
        assert len(run.requests) == pages
        assert run.writes == []

    def test_time_grows_with_the_number(self, bench: Bench, account: Account) -> None:
        spent: list[float] = []
        for count in (500, 5000):
            home = account.seed(f"of {count}", databases=count)
            began = time.process_time()
            run = bench.ok(MODULE, task(home, fleet(count)))
            spent.append(time.process_time() - began)
            assert not run.changed
            assert len(run.requests) == count // 100 + 1
        # a hundred times as much would be the square
        assert spent[1] < 25 * spent[0]

    def test_memory_grows_with_the_number(self, bench: Bench, account: Account) -> None:
        peaks: list[float] = []
        for count in (50, 100, 500):
            home = account.seed(f"of {count}", databases=count)
            tracemalloc.start()
            try:
                assert not bench.ok(MODULE, task(home, fleet(count))).changed
                peaks.append(tracemalloc.get_traced_memory()[1])
            finally:
                tracemalloc.stop()
        # the first run also imports the code
        assert peaks[2] < 6 * peaks[1]
        assert peaks[2] < 200e6 / 10


class TestExactlyOnce:
    @pytest.mark.parametrize("seed", range(24))
    def test_killed_in_the_middle_of_twenty_creates(
        self, bench: Bench, account: Account, home: int, seed: int
    ) -> None:
        """Up to three times, anywhere, and continued at once or later: each is created once."""
        chance = random.Random(seed)
        if seed % 3 == 0:
            bench.options("cloud", resource_visible_seconds=25, task_visible_seconds=20)
        kills = 0
        for _attempt in range(chance.randint(1, 3)):
            seconds = chance.choice([None, 8.0])
            moment, when = chance.randint(1, 150), chance.choice(["before", "after"])
            kills += killed(bench, MODULE, task(home, fleet()), moment, when, seconds)
            bench.pass_time(chance.choice([0.0, 0.0, 3.0, 40.0]))
        assert kills, "a run was to be killed"
        run = bench.ok(MODULE, task(home, fleet()))
        assert account.names() == [found["name"] for found in fleet()]
        assert creates(account) == FLEET
        # where nothing shows what was made, the server still knows the name; and what is about to be made may make the
        # subscription pending before it comes to the next request
        unseen = {"DATABASE_NAME_EXISTS", "SUBSCRIPTION_NOT_ACTIVE"}
        assert set(refusals(account)) <= (unseen if seed % 3 == 0 else set())
        assert {result["database"]["status"] for result in run["results"]} == {"active"}
        assert not bench.ok(MODULE, task(home, fleet())).changed

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("moment", range(2, 16))
    @pytest.mark.parametrize("late", [False, True])
    def test_killed_while_changing(
        self, bench: Bench, account: Account, late: bool, moment: int, when: str
    ) -> None:
        """The next run follows the last write of the killed one; what it has listed before that is old by then."""
        bench.options("cloud", update_visible_late=late)
        home = account.seed(databases=3)
        wanted = task(home, fleet(3, dataset_size_in_gb=2))
        assert killed(bench, MODULE, wanted, moment, when)
        done = accepted(bench, "PUT")
        done += sent(bench.ok(MODULE, wanted), "PUT")
        assert len(done) == len(set(done)) == 3
        assert not bench.ok(MODULE, wanted).changed

    @pytest.mark.parametrize("seed", range(8))
    def test_killed_while_deleting(self, bench: Bench, account: Account, seed: int) -> None:
        chance = random.Random(seed)
        home = account.seed(databases=12)
        wanted = task(home, fleet(4), purge=True)
        assert killed(bench, MODULE, wanted, chance.randint(1, 30), chance.choice(["before", "after"]))
        bench.pass_time(chance.choice([0.0, 3.0, 40.0]))
        bench.ok(MODULE, wanted)
        assert account.names() == [found["name"] for found in fleet(4)]
        assert refusals(account) == []
        assert not bench.ok(MODULE, wanted).changed
