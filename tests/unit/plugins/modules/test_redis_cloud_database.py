# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_database: life cycle, waiting, joining, refusing. Its fields have a file of their own."""

from __future__ import annotations

from typing import Any

import pytest

from unit.cloud_world import Account
from unit.fleet_world import meanwhile
from unit.harness import Bench, Run

MODULE = "redis_cloud_database"
# every word for a database that the facts know and that is neither usable nor broken (section 3), and an unknown one
TRANSITIONS = [
    "draft",
    "pending",
    "rcp-draft",
    "rcp-change-pending",
    "rcp-active-change-draft",
    "active-change-draft",
    "active-change-pending",
    "active-upgrade-pending",
    "dynamic-endpoints-creation-pending",
    "proxy-policy-change-pending",
    "proxy-policy-change-draft",
    "bdb-update-pending",
    "import-pending",
    "recovery",
    "a-word-of-the-future",
]


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


@pytest.fixture
def home(account: Account) -> int:
    """The id of an active subscription called main, without databases."""
    return account.seed()


def task(home: int, **more: Any) -> dict[str, Any]:
    return {"subscription_id": home, "name": "cache", "dataset_size_in_gb": 1, **more}


def paths(run: Run, method: str) -> list[str]:
    return [request.path for request in run.requests if request.method == method]


class TestLifeCycle:
    def test_created_database_is_usable(self, bench: Bench, home: int) -> None:
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert run.seconds > 180
        assert run["adopted"] is False
        assert run["database"]["status"] == "active"
        assert run["database"]["subscription_id"] == home
        assert run["database"]["public_endpoint"].endswith(str(run["database"]["port"]))
        assert run["task"]["state"] == "succeeded"
        assert run["task"]["kind"] == "databaseCreateRequest"
        assert run["task"]["resource_id"] == run["database"]["database_id"]
        assert run["task"]["parent_id"] == home
        assert run["api_requests"] == len(run.requests)
        assert run.warnings == []

    def test_repeated_run_needs_one_request(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home))
        run = bench.ok(MODULE, task(home))
        assert not run.changed
        assert len(run.requests) == 1
        assert run["task"] is None

    def test_absent_then_absent_again(self, bench: Bench, account: Account, home: int) -> None:
        bench.ok(MODULE, task(home))
        told = bench.ok(MODULE, task(home, state="absent"), check=True, diff=True)
        run = bench.ok(MODULE, task(home, state="absent"), diff=True)
        assert told.changed
        assert run.changed
        assert told["diff"] == run["diff"]
        assert run["diff"]["after"] == {}
        assert run["diff"]["before"]["name"] == "cache"
        assert run["database"]["name"] == "cache"
        assert account.subscriptions()[0]["databases"] == []
        again = bench.ok(MODULE, task(home, state="absent"), diff=True)
        assert not again.changed
        assert again.writes == []
        assert again["diff"] == {"before": {}, "after": {}}
        assert not bench.ok(MODULE, task(home, state="absent"), check=True).changed

    def test_deleted_one_is_not_awaited(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", database_seconds=1)
        bench.ok(MODULE, task(home))
        assert bench.ok(MODULE, task(home, state="absent")).seconds < 40
        assert bench.ok(MODULE, task(home, state="absent")).seconds < 5
        assert bench.ok(MODULE, task(home)).seconds < 40
        assert account.names() == ["cache"]

    def test_subscription_can_be_named(self, bench: Bench, account: Account, home: int) -> None:
        run = bench.ok(MODULE, subscription_name="main", name="cache", dataset_size_in_gb=1)
        assert run["database"]["subscription_id"] == home
        assert account.names(home) == ["cache"]

    def test_one_of_two_hundred(self, bench: Bench, account: Account) -> None:
        home = account.seed("large", databases=200)
        run = bench.ok(MODULE, subscription_id=home, name="db-0177", dataset_size_in_gb=1)
        assert not run.changed
        assert [request.query["offset"] for request in run.requests] == ["0", "100", "200"]

    def test_full_last_page_is_followed_by_a_404(self, bench: Bench, account: Account) -> None:
        home = account.seed("large", databases=100)
        assert bench.ok(MODULE, subscription_id=home, name="db-0100", dataset_size_in_gb=1).writes == []

    def test_slices_end_like_one_run(self, bench: Bench, home: int) -> None:
        run, handed = bench.sliced(MODULE, task(home), 20)
        assert run.changed
        assert len(run.bodies("POST")) == 1
        assert run["api_requests"] == len(run.requests)
        assert {item["what"] for item in handed} == {f"database 'cache' in subscription {home}"}
        assert next(item["reading"]["status"] for item in handed) == "received"
        assert handed[-1]["reading"]["phase"] == "provisioning"


class TestNames:
    def test_renamed_by_id(self, bench: Bench, account: Account, home: int) -> None:
        known = bench.ok(MODULE, task(home))["database"]["database_id"]
        told = bench.ok(
            MODULE, subscription_id=home, database_id=known, name="sessions", check=True, diff=True
        )
        run = bench.ok(MODULE, subscription_id=home, database_id=known, name="sessions", diff=True)
        assert told["diff"] == run["diff"] == {"before": {"name": "cache"}, "after": {"name": "sessions"}}
        assert run.bodies("PUT") == [{"name": "sessions"}]
        assert account.names() == ["sessions"]
        assert not bench.ok(MODULE, subscription_id=home, database_id=known, name="sessions").changed

    def test_id_alone_is_enough(self, bench: Bench, home: int) -> None:
        known = bench.ok(MODULE, task(home))["database"]["database_id"]
        assert not bench.ok(MODULE, subscription_id=home, database_id=known, dataset_size_in_gb=1).changed
        assert bench.ok(MODULE, subscription_id=home, database_id=known, state="absent").changed

    def test_two_of_one_name_are_refused_with_their_ids(self, bench: Bench, account: Account) -> None:
        home = account.seed(databases=[{"name": "cache"}, {"name": "cache"}])
        ids = [str(database["id"]) for database in account.databases()]
        for state in ("present", "absent"):
            run = bench.fails(MODULE, task(home, state=state))
            assert run.writes == []
            assert all(known in run.message for known in ids)
            assert "database_id" in run.message
        assert bench.ok(MODULE, subscription_id=home, database_id=int(ids[0]), state="absent").changed

    def test_unknown_id(self, bench: Bench, home: int) -> None:
        run = bench.fails(MODULE, subscription_id=home, database_id=77, name="cache", dataset_size_in_gb=1)
        assert "database_id 77 does not exist" in run.message
        assert not bench.ok(MODULE, subscription_id=home, database_id=77, state="absent").changed

    def test_unknown_subscription(self, bench: Bench) -> None:
        run = bench.fails(MODULE, task(77))
        assert "subscription_id 77 does not exist" in run.message
        assert run.writes == []
        assert not bench.ok(MODULE, task(77, state="absent")).changed
        named = bench.fails(MODULE, subscription_name="nowhere", name="cache", dataset_size_in_gb=1)
        assert "no subscription called 'nowhere'" in named.message
        assert not bench.ok(MODULE, subscription_name="nowhere", name="cache", state="absent").changed

    def test_check_mode_before_the_subscription_exists(self, bench: Bench) -> None:
        run = bench.ok(
            MODULE, subscription_name="soon", name="cache", dataset_size_in_gb=1, check=True, diff=True
        )
        assert run.changed
        assert run["diff"] == {"before": {}, "after": {"name": "cache", "dataset_size_in_gb": 1}}


class TestWaiting:
    @pytest.mark.parametrize("word", TRANSITIONS)
    def test_any_other_word_keeps_waiting(self, bench: Bench, home: int, word: str) -> None:
        bench.options("cloud", provisioning_states=[word], update_states=[word])
        created = bench.ok(MODULE, task(home))
        assert created.seconds > 180
        assert created["database"]["status"] == "active"
        updated = bench.ok(MODULE, task(home, dataset_size_in_gb=2))
        assert updated.seconds > 30
        assert updated["database"]["status"] == "active"

    def test_no_waiting(self, bench: Bench, account: Account, home: int) -> None:
        run = bench.ok(MODULE, task(home, wait=False))
        assert run.changed
        assert run.seconds < 5
        assert run["database"] is None
        assert run["task"]["status"] == "received"
        later = bench.ok(MODULE, task(home))
        assert not later.changed
        assert later["adopted"] is True
        assert later["database"]["status"] == "active"
        assert account.names() == ["cache"]

    def test_waiting_for_the_processing_only(self, bench: Bench, home: int) -> None:
        run = bench.ok(MODULE, task(home, wait_for="processing"))
        assert run.changed
        assert 5 < run.seconds < 60
        assert run["task"]["state"] == "succeeded"
        assert run["database"]["status"] != "active"

    def test_finishing_with_the_handle(self, bench: Bench, home: int) -> None:
        handle = bench.ok(MODULE, task(home, wait=False))["task"]["id"]
        run = bench.ok("redis_cloud_task", task_id=handle)
        assert run["task"]["settled"] is True
        assert run.seconds > 180
        assert not bench.ok(MODULE, task(home)).changed

    @pytest.mark.parametrize("timeout", [0, 3, 60])
    def test_timeout_returns_the_handle_and_the_next_run_goes_on(
        self, bench: Bench, account: Account, home: int, timeout: int
    ) -> None:
        run = bench.fails(MODULE, task(home, wait_timeout=timeout))
        assert timeout <= run.seconds < timeout + 3
        assert run.message.startswith(
            f"Gave up waiting for database 'cache' in subscription {home} after {timeout} seconds"
        )
        assert run["task"]["id"] in run.message
        assert "community.redis.redis_cloud_task" in run.message
        assert run.changed
        resumed = bench.ok(MODULE, task(home))
        assert resumed["adopted"] is True
        assert not resumed.changed
        assert resumed.writes == []
        assert account.names() == ["cache"]

    def test_subscription_that_flips_to_pending(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", flip_every=1, flip_seconds=400)
        run = bench.ok(MODULE, task(home))
        assert run.seconds > 400
        assert account.subscriptions()[0]["status"] == "active"

    def test_deadline_is_not_exceeded_by_more_than_a_request(self, bench: Bench, home: int) -> None:
        bench.options("cloud", database_seconds=100000)
        assert bench.fails(MODULE, task(home, wait_timeout=1000)).seconds < 1001

    @pytest.mark.parametrize("seconds", [None, 20])
    def test_create_ends_when_the_next_run_finds_it(
        self, bench: Bench, home: int, seconds: float | None
    ) -> None:
        """A database that is ready before it is listed, and a task that is not listed once it has ended."""
        bench.options("cloud", resource_visible_seconds=60, database_seconds=1, finished_tasks_listed=False)
        run = bench.ok(MODULE, task(home)) if seconds is None else bench.sliced(MODULE, task(home), seconds)[0]
        assert run.changed
        assert 60 < run.seconds < 95
        again = bench.ok(MODULE, task(home))
        assert again.writes == []
        assert len(again.requests) == 1

    def test_create_that_is_never_listed_ends_nevertheless(self, bench: Bench, home: int) -> None:
        bench.options("cloud", resource_visible_seconds=1000, database_seconds=1)
        assert 75 < bench.ok(MODULE, task(home)).seconds < 120


class TestSequence:
    def test_next_create_waits_while_the_subscription_is_pending(
        self, bench: Bench, account: Account, home: int
    ) -> None:
        bench.options("cloud", flip_every=1, flip_seconds=120)
        first = bench.ok(MODULE, task(home, wait_for="processing"))
        assert first.seconds > 120
        second = bench.ok(MODULE, task(home, name="sessions"))
        posted = next(number for number, request in enumerate(second.requests) if request.method == "POST")
        looked = [request.path for request in second.requests[:posted] if request.method == "GET"]
        assert f"/v1/subscriptions/{home}" in looked
        assert all(found["status"] == "processing-completed" for found in account.tasks())

    def test_databases_provision_side_by_side(self, bench: Bench, account: Account, home: int) -> None:
        began = bench.clock.now()
        for number in range(5):
            bench.ok(MODULE, task(home, name=f"db-{number}", wait_for="processing"))
        for number in range(5):
            bench.ok(MODULE, task(home, name=f"db-{number}"))
        assert len(account.databases()) == 5
        assert bench.clock.now() - began < 2 * 180

    def test_create_sent_to_a_pending_subscription_waits_its_turn(
        self, bench: Bench, account: Account
    ) -> None:
        account.start_subscription("main")
        bench.pass_time(20)
        home = account.subscriptions()[0]["id"]
        run = bench.ok(MODULE, task(home))
        assert run.seconds > 590
        assert len(run.bodies("POST")) == 1
        assert account.names() == ["cache", "first"]

    def test_queue_of_the_account(self, bench: Bench, account: Account, home: int) -> None:
        other = account.seed("other")
        for number in range(6):
            account.start_database(other, f"theirs-{number}")
        run = bench.ok(MODULE, task(home))
        assert run.seconds > 30
        assert account.names(home) == ["cache"]


class TestJoining:
    """Work of an earlier run or of somebody else is followed to its end, never started again."""

    @pytest.mark.parametrize("age", [0, 0.7, 3, 6, 30, 170])
    def test_create_in_flight(self, bench: Bench, account: Account, home: int, age: float) -> None:
        account.start_database(home, "cache")
        bench.pass_time(age)
        run = bench.ok(MODULE, task(home))
        assert not run.changed
        assert run["adopted"] is True
        assert run.writes == []
        assert account.names() == ["cache"]

    def test_create_in_flight_with_other_values_is_updated_afterwards(
        self, bench: Bench, account: Account, home: int
    ) -> None:
        account.start_database(home, "cache")
        run = bench.ok(MODULE, task(home, dataset_size_in_gb=3))
        assert run.changed
        assert run["adopted"] is True
        assert [request.method for request in run.writes] == ["PUT"]

    def test_create_in_flight_of_another_name_is_not_ours(
        self, bench: Bench, account: Account, home: int
    ) -> None:
        account.start_database(home, "theirs")
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert account.names() == ["cache", "theirs"]

    def test_create_in_flight_that_fails(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^theirs")
        account.start_database(home, "theirs")
        assert bench.ok(MODULE, task(home)).changed
        assert account.names() == ["cache"]

    def test_update_in_flight(self, bench: Bench, account: Account, home: int) -> None:
        known = bench.ok(MODULE, task(home))["database"]["database_id"]
        account.call("PUT", f"/subscriptions/{home}/databases/{known}", {"replication": False})
        bench.pass_time(8)
        run = bench.ok(MODULE, task(home, dataset_size_in_gb=2))
        assert run.changed
        assert run.bodies("PUT") == [{"datasetSizeInGb": 2}]

    def test_deletion_under_way_then_created_again(self, bench: Bench, account: Account, home: int) -> None:
        known = bench.ok(MODULE, task(home))["database"]["database_id"]
        account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
        bench.pass_time(6)
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert run["database"]["database_id"] != known
        assert account.names() == ["cache"]

    def test_deletion_under_way_is_joined(self, bench: Bench, account: Account, home: int) -> None:
        known = bench.ok(MODULE, task(home))["database"]["database_id"]
        account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
        bench.pass_time(6)
        run = bench.ok(MODULE, task(home, state="absent"))
        assert run.writes == []
        assert not run.changed
        assert account.subscriptions()[0]["databases"] == []

    @pytest.mark.parametrize("age", [0, 3, 30])
    def test_absent_while_it_is_being_created(
        self, bench: Bench, account: Account, home: int, age: float
    ) -> None:
        account.start_database(home, "cache")
        bench.pass_time(age)
        run = bench.ok(MODULE, task(home, state="absent"))
        assert run.changed
        assert account.databases() == []


class TestFailures:
    def test_task_that_fails(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="cache")
        run = bench.fails(MODULE, task(home))
        assert "PROVISION_FAILURE: 500 INTERNAL_SERVER_ERROR: Provisioning failed" in run.message
        assert run["error"]["code"] == "PROVISION_FAILURE"
        assert run["task"]["state"] == "failed"
        assert run["task"]["error"]["status"] == "500 INTERNAL_SERVER_ERROR"
        assert not run.changed
        assert account.names() == []

    def test_error_as_a_string(self, bench: Bench, home: int) -> None:
        bench.options("cloud", fail_processing="cache", error_style="string")
        assert "PROVISION_FAILURE" in bench.fails(MODULE, task(home)).message

    def test_provisioning_that_fails(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_provisioning="cache")
        run = bench.fails(MODULE, task(home))
        assert "is in state error" in run.message
        assert run.changed
        again = bench.fails(MODULE, task(home))
        assert again.writes == []
        assert again.seconds < 5
        assert bench.ok(MODULE, task(home, state="absent")).changed
        assert account.databases() == []

    def test_creation_failed_is_a_failure_too(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home))
        bench.fault("rewrite", path="/databases", times=None, set={"status": "creation-failed"})
        assert "creation-failed" in bench.fails(MODULE, task(home)).message

    def test_update_that_fails_changes_nothing(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home))
        run = bench.fails(MODULE, task(home, throughput_measurement={"by": "number-of-shards", "value": 2}))
        assert "DATABASE_CANT_EDIT_THROUGHPUT_BY" in run.message
        assert not run.changed

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_wrong_key_fails_at_once(self, bench: Bench, home: int, method: str) -> None:
        bench.fault("status", method=method, status=401, body="html", times=None)
        run = bench.fails(MODULE, task(home))
        assert "HTTP 401" in run.message
        assert "api_key" in run.message
        assert run.seconds < 10

    def test_rate_limit_is_waited_for(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", rate_limit=5)
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert account.names() == ["cache"]

    def test_value_that_the_server_does_not_take_over(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home))
        bench.fault("rewrite", path="/databases", times=None, set={"replication": True})
        run = bench.fails(MODULE, task(home, replication=False))
        assert "replication" in run.message
        assert "still has its old value" in run.message
        assert len(run.bodies("PUT")) == 1

    def test_value_that_the_server_rounds(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home))
        bench.fault(
            "rewrite", method="GET", path="/databases", after=2, times=None, set={"datasetSizeInGb": 2.5}
        )
        run = bench.ok(MODULE, task(home, dataset_size_in_gb=2.4))
        assert run.changed
        assert len(run.bodies("PUT")) == 1
        assert "dataset_size_in_gb" in run.warnings[0]

    def test_active_active_is_refused_before_anything_is_sent(self, bench: Bench, account: Account) -> None:
        providers = [{"regions": [{"region": "us-east-1", "networking": {"deploymentCIDR": "10.0.1.0/24"}}]}]
        home = account.seed(
            "global", deploymentType="active-active", cloudProviders=providers, databases=[{"name": "cache"}]
        )
        for check in (True, False):
            known = bench.fails(MODULE, task(home, dataset_size_in_gb=2), check=check)
            assert "Active-Active" in known.message
            assert known.writes == []
            new = bench.fails(MODULE, task(home, name="new"), check=check)
            assert "Active-Active" in new.message
            assert new.writes == []


class TestBadInput:
    @pytest.mark.parametrize(
        ("option", "value", "words"),
        [
            ("name", "-cache", "name must be at most 40 letters"),
            ("name", "x" * 41, "name must be at most 40 letters"),
            ("name", "under_score", "name must be at most 40 letters"),
            ("name", "", "name must be at most 40 letters"),
            ("dataset_size_in_gb", 0, "dataset_size_in_gb must be at least 0.1"),
            ("dataset_size_in_gb", -1, "dataset_size_in_gb must be at least 0.1"),
            ("dataset_size_in_gb", "much", "dataset_size_in_gb"),
            ("port", 9999, "port must be between 10000 and 19999"),
            ("port", 20000, "port must be between 10000 and 19999"),
            ("ram_percentage", 15, "ram_percentage must be 10, 20, 30, 40 or 50"),
            ("ram_percentage", 60, "ram_percentage must be 10, 20, 30, 40 or 50"),
            ("average_item_size_in_bytes", 0, "average_item_size_in_bytes must be at least 1"),
            ("data_persistence", "always", "value of data_persistence must be one of"),
            ("data_eviction_policy", "none", "value of data_eviction_policy must be one of"),
            ("password", "x" * 50, "password must be shorter than 50 characters"),
            (
                "throughput_measurement",
                {"by": "number-of-shards", "value": 0},
                "throughput_measurement.value must be at least 1",
            ),
            ("throughput_measurement", {"by": "luck", "value": 1}, "value of by must be one of"),
            ("throughput_measurement", {"value": 1}, "by"),
            ("source_ip", ["192.0.2.1"] * 33, "source_ip takes at most 32 entries"),
            ("source_ip", ["192.0.2.0/24", "here"], "source_ip[1] must be an address or a network"),
            ("regex_rules", [".*"] * 33, "regex_rules takes at most 32 entries"),
            ("regex_rules", [".*", "x" * 257], "regex_rules[1] must be at most 256 characters long, not 257"),
            ("alerts", [{"name": "noise", "value": 1}], "value of name must be one of"),
            ("remote_backup", {"active": True}, "remote_backup"),
            (
                "remote_backup",
                {
                    "active": True,
                    "interval": "every-24-hours",
                    "time_utc": "14:30",
                    "storage_type": "ftp",
                    "storage_path": "x",
                },
                "remote_backup.time_utc must be a full hour",
            ),
            (
                "remote_backup",
                {
                    "active": True,
                    "interval": "every-6-hours",
                    "time_utc": "14:00",
                    "storage_type": "ftp",
                    "storage_path": "x",
                },
                "remote_backup takes time_utc only with an interval of 24 or 12 hours",
            ),
            ("memory_limit_in_gb", 1, "mutually exclusive: dataset_size_in_gb|memory_limit_in_gb"),
            ("subscription_name", "main", "mutually exclusive: subscription_id|subscription_name"),
            ("wait_timeout", -1, "wait_timeout must not be negative"),
            ("wait_interval", 0, "wait_interval must be at least 1 second"),
            ("wait_for", "luck", "value of wait_for must be one of"),
            ("api_timeout", 0, "api_timeout must be at least 1 second"),
            ("api_key", "", "api_key must not be empty"),
            ("api_url", "ftp://api.example", "api_url must be an absolute https URL"),
            ("api_url", "https://me:secret@api.example", "api_url must not hold credentials"),
            ("ca_path", "/no/such/file", "ca_path names /no/such/file"),
            ("client_key", "/etc/hostname", "client_key needs client_cert"),
            ("colour", "red", "colour"),
        ],
    )
    def test_refused_before_anything_is_sent(
        self, bench: Bench, home: int, option: str, value: Any, words: str
    ) -> None:
        run = bench.fails(MODULE, task(home, **{option: value}))
        assert words in run.message
        assert run.requests == []
        assert not run.changed
        assert "me:secret" not in run.message

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"protocol": "memcached", "password": "x"}, "password needs protocol=redis"),
            ({"protocol": "redis", "sasl_username": "x"}, "sasl_username needs protocol=memcached"),
            (
                {
                    "support_oss_cluster_api": False,
                    "use_external_endpoint_for_oss_cluster_api": True,
                },
                "use_external_endpoint_for_oss_cluster_api needs support_oss_cluster_api=true",
            ),
            (
                {"sharding_type": "redis-oss-hashing", "regex_rules": [".*"]},
                "regex_rules needs sharding_type=custom-regex-rules",
            ),
            (
                {"enable_tls": False, "client_ssl_certificate": "PEM"},
                "client_ssl_certificate needs enable_tls=true",
            ),
        ],
        ids=str,
    )
    @pytest.mark.parametrize("module", [MODULE, "redis_cloud_databases"])
    def test_options_that_do_not_go_together(
        self, bench: Bench, home: int, module: str, options: dict[str, Any], words: str
    ) -> None:
        item = {"name": "cache", "dataset_size_in_gb": 1, **options}
        whole = {"databases": [{"name": "other"}, item]} if module != MODULE else item
        run = bench.fails(module, {"subscription_id": home, **whole})
        assert run.message.startswith(words if module == MODULE else f"databases[cache]: {words}")
        assert run.requests == []

    @pytest.mark.parametrize("missing", ["api_key", "api_secret_key"])
    def test_missing_credentials_are_named(self, bench: Bench, home: int, missing: str) -> None:
        del bench.credentials["cloud"][missing]
        run = bench.fails(MODULE, task(home))
        assert missing in run.message
        assert run.requests == []

    def test_name_or_id_and_a_subscription_are_required(self, bench: Bench, home: int) -> None:
        assert "name, database_id" in bench.fails(MODULE, subscription_id=home).message
        assert "subscription_id, subscription_name" in bench.fails(MODULE, name="cache").message

    @pytest.mark.parametrize("check", [False, True])
    def test_size_is_required_to_create(self, bench: Bench, home: int, check: bool) -> None:
        run = bench.fails(MODULE, subscription_id=home, name="cache", check=check)
        assert "dataset_size_in_gb or memory_limit_in_gb is required to create" in run.message
        assert run.writes == []


class TestSecrets:
    def test_password_is_returned_only_on_request(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home, password="open-sesame"))
        hidden = bench.ok(MODULE, task(home))
        assert "password" not in hidden["database"]["security"]
        shown = bench.ok(MODULE, task(home, return_secrets=True))
        assert shown["database"]["security"]["password"] == "open-sesame"

    def test_generated_password_can_be_had(self, bench: Bench, account: Account, home: int) -> None:
        run = bench.ok(MODULE, task(home, return_secrets=True))
        assert run["database"]["password"] == account.databases()[0]["settings"]["password"]

    def test_credentials_in_a_source_are_masked(self, bench: Bench, home: int) -> None:
        sources = {"sync_sources": [{"endpoint": "redis://default:canary@one.example:6379"}]}
        run = bench.ok(MODULE, task(home, replica=sources), diff=True)
        assert "canary" not in str(run.result)
        assert "one.example:6379" in str(run["diff"])
        assert run.bodies("POST")[0]["replica"]["syncSources"][0]["endpoint"].startswith(
            "redis://default:canary@"
        )

    def test_password_that_the_server_echoes(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home, password="first-secret"))
        bench.fault(
            "rewrite",
            path="/tasks/",
            times=None,
            set={"status": "processing-error", "description": "no canary-secret"},
        )
        run = bench.fails(MODULE, task(home, password="canary-secret"))
        assert "canary-secret" not in str(run.result)

    def test_generated_password_that_the_server_quotes(
        self, bench: Bench, account: Account, home: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The task does not know it: it is a secret because a reply of this run has told it."""

        def quote() -> None:
            said = f"no use for {account.databases()[0]['settings']['password']} here"
            error = {"type": "PROVISION_FAILURE", "status": "500", "description": said}
            answer = {"status": "processing-error", "response": {"error": error}}
            bench.fault("rewrite", path="/tasks/", times=None, set=answer)

        meanwhile(bench, monkeypatch, "PUT", 1, quote)
        run = bench.fails(MODULE, task(home, enable_default_user=False))
        assert "no use for ******** here" in run.message
        assert account.databases()[0]["settings"]["password"] not in str(run.result)


class TestDryRun:
    def test_plan_of_a_create(self, bench: Bench, account: Account, home: int) -> None:
        run = bench.ok(MODULE, task(home, dry_run=True))
        assert not run.changed
        assert run["dry_run_plan"]["pricing"][0]["priceCurrency"] == "USD"
        assert run.bodies("POST")[0]["dryRun"] is True
        assert run["task"]["state"] == "succeeded"
        assert account.names() == []

    def test_plan_of_an_update(self, bench: Bench, account: Account, home: int) -> None:
        bench.ok(MODULE, task(home))
        run = bench.ok(MODULE, task(home, dataset_size_in_gb=9, dry_run=True))
        assert not run.changed
        assert run.bodies("PUT") == [{"datasetSizeInGb": 9, "dryRun": True}]
        assert account.databases()[0]["settings"]["datasetSizeInGb"] == 1

    def test_slices_do_not_repeat_it(self, bench: Bench, home: int) -> None:
        run, _handed = bench.sliced(MODULE, task(home, dry_run=True), 1)
        assert run["dry_run_plan"]
        assert len(run.writes) == 1

    def test_nothing_to_plan(self, bench: Bench, home: int) -> None:
        bench.ok(MODULE, task(home))
        assert bench.ok(MODULE, task(home, dry_run=True)).writes == []

    def test_nothing_is_sent_in_check_mode(self, bench: Bench, home: int) -> None:
        assert bench.ok(MODULE, task(home, dry_run=True), check=True)["dry_run_plan"] is None

    def test_plan_that_the_server_refuses(self, bench: Bench, home: int) -> None:
        run = bench.fails(MODULE, task(home, dry_run=True, redis_version="1.0"))
        assert "DATABASE_REDIS_VERSION_IS_NOT_SUPPORTED" in run.message


class TestExactlyOnce:
    """Whatever happens to a request, one database comes of it."""

    LOST = [
        ("reset_before", {}),
        ("reset_after", {}),
        ("lose", {}),
        ("cut", {}),
        ("empty", {}),
        ("html", {}),
        ("status", {"status": 503}),
        ("status", {"status": 500, "body": "empty"}),
        ("status", {"status": 429}),
        ("status_after", {"status": 502, "body": "html"}),
        ("status_after", {"status": 500}),
        ("refuse", {}),
        ("connect_timeout", {}),
    ]

    @pytest.mark.parametrize(("kind", "how"), LOST)
    def test_create_whose_answer_is_lost(
        self, bench: Bench, account: Account, home: int, kind: str, how: dict[str, Any]
    ) -> None:
        bench.fault(kind, method="POST", **how)
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert account.names() == ["cache"]
        assert run["database"]["status"] == "active"
        assert not bench.ok(MODULE, task(home)).changed

    @pytest.mark.parametrize(("kind", "how"), LOST)
    def test_update_whose_answer_is_lost(
        self, bench: Bench, home: int, kind: str, how: dict[str, Any]
    ) -> None:
        bench.ok(MODULE, task(home))
        bench.fault(kind, method="PUT", **how)
        run = bench.ok(MODULE, task(home, dataset_size_in_gb=2))
        assert run.changed
        assert run["database"]["dataset_size_in_gb"] == 2

    @pytest.mark.parametrize(("kind", "how"), LOST)
    def test_delete_whose_answer_is_lost(
        self, bench: Bench, account: Account, home: int, kind: str, how: dict[str, Any]
    ) -> None:
        bench.ok(MODULE, task(home))
        bench.fault(kind, method="DELETE", **how)
        run = bench.ok(MODULE, task(home, state="absent"))
        assert run.changed
        assert account.databases() == []

    @pytest.mark.parametrize(("kind", "how"), LOST)
    def test_reads_that_do_not_get_through(
        self, bench: Bench, account: Account, home: int, kind: str, how: dict[str, Any]
    ) -> None:
        bench.fault(kind, method="GET", after=1, times=3, **how)
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert account.names() == ["cache"]

    def test_lost_create_that_shows_late(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", task_visible_seconds=25, resource_visible_seconds=30)
        bench.fault("lose", method="POST")
        run = bench.ok(MODULE, task(home))
        assert run.changed
        assert len(run.bodies("POST")) == 1
        assert account.names() == ["cache"]

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("moment", range(1, 12))
    def test_run_killed_at_any_request_is_simply_repeated(
        self, bench: Bench, account: Account, home: int, moment: int, when: str
    ) -> None:
        assert bench.killed(moment, when, MODULE, task(home))
        run = bench.ok(MODULE, task(home))
        assert run["database"]["status"] == "active"
        assert account.names() == ["cache"]
        assert not bench.ok(MODULE, task(home)).changed
