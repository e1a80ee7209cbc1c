# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_subscription: life cycle, turns, joining, refusing. Its fields have a file of their own."""

from __future__ import annotations

from typing import Any

import pytest

from unit.cloud_samples import OWN_ACCOUNT, SUBSCRIPTION
from unit.cloud_world import Account
from unit.fleet_world import meanwhile
from unit.harness import Bench

MODULE = "redis_cloud_subscription"
DATABASE = {"subscription_name": "main", "name": "db-0001", "dataset_size_in_gb": 1}


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


def task(**more: Any) -> dict[str, Any]:
    return {**SUBSCRIPTION, **more}


class TestLifeCycle:
    def test_created_subscription_is_usable_with_its_databases(self, bench: Bench, account: Account) -> None:
        databases = [{"name": name, "dataset_size_in_gb": 1} for name in ("one", "two", "three")]
        run = bench.ok(MODULE, task(databases=databases))
        assert run.changed
        assert len(run.writes) == 1
        assert run["subscription"]["status"] == "active"
        assert run["subscription"]["number_of_databases"] == 3
        assert run["subscription"]["cloud_providers"][0]["regions"][0]["region"] == "us-east-1"
        assert run["task"]["kind"] == "subscriptionCreateRequest"
        assert run["task"]["resource_id"] == run["subscription"]["subscription_id"]
        assert {database["status"] for database in account.databases()} == {"active"}
        assert account.names() == ["one", "three", "two"]

    def test_repeated_run_needs_one_request(self, bench: Bench) -> None:
        bench.ok(MODULE, SUBSCRIPTION)
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert not run.changed
        assert len(run.requests) == 1

    def test_check_mode_on_an_empty_account(self, bench: Bench) -> None:
        run = bench.ok(MODULE, SUBSCRIPTION, check=True, diff=True)
        assert run.changed
        assert run["subscription"] is None
        assert run["diff"]["before"] == {}
        assert run["diff"]["after"]["name"] == "main"

    def test_absent_then_absent_again(self, bench: Bench, account: Account) -> None:
        account.seed()
        told = bench.ok(MODULE, name="main", state="absent", check=True, diff=True)
        run = bench.ok(MODULE, name="main", state="absent", diff=True)
        assert told.changed
        assert run.changed
        assert told["diff"] == run["diff"]
        assert run["diff"]["before"]["name"] == "main"
        assert run["diff"]["after"] == {}
        assert run.seconds > 60
        assert account.subscriptions() == []
        again = bench.ok(MODULE, name="main", state="absent")
        assert not again.changed
        assert again.writes == []
        assert not bench.ok(MODULE, subscription_id=77, state="absent").changed

    def test_renamed_by_id(self, bench: Bench, account: Account) -> None:
        known = account.seed()
        run = bench.ok(MODULE, subscription_id=known, name="other", diff=True)
        assert run["diff"] == {"before": {"name": "main"}, "after": {"name": "other"}}
        assert account.subscription_names() == ["other"]
        assert not bench.ok(MODULE, subscription_id=known, name="other").changed

    def test_unknown_id(self, bench: Bench) -> None:
        run = bench.fails(MODULE, task(subscription_id=77))
        assert "subscription_id 77 does not exist" in run.message
        assert run.writes == []

    def test_two_of_one_name_are_refused_with_their_ids(self, bench: Bench, account: Account) -> None:
        ids = [account.seed(), account.seed()]
        for state in ("present", "absent"):
            run = bench.fails(MODULE, task(state=state))
            assert run.writes == []
            assert all(str(known) in run.message for known in ids)
            assert "subscription_id" in run.message

    def test_slices_end_like_one_run(self, bench: Bench, account: Account) -> None:
        run, handed = bench.sliced(MODULE, task(wait_interval=10), 25)
        assert run.changed
        assert len(run.writes) == 1
        assert account.subscription_names() == ["main"]
        assert {item["reading"]["phase"] for item in handed} >= {"processing", "provisioning"}

    def test_no_waiting_then_joined(self, bench: Bench, account: Account) -> None:
        run = bench.ok(MODULE, task(wait=False))
        assert run.changed
        assert run.seconds < 5
        assert run["subscription"] is None
        later = bench.ok(MODULE, SUBSCRIPTION)
        assert not later.changed
        assert later["adopted"] is True
        assert later["subscription"]["status"] == "active"
        assert len(account.subscriptions()) == 1

    def test_waiting_for_the_processing_only(self, bench: Bench) -> None:
        run = bench.ok(MODULE, task(wait_for="processing"))
        assert run.changed
        assert run.seconds < 60
        assert run["subscription"]["status"] == "pending"

    @pytest.mark.parametrize("timeout", [0, 4, 300, 640])
    def test_timeout_returns_the_handle_and_the_next_run_goes_on(
        self, bench: Bench, account: Account, timeout: int
    ) -> None:
        run = bench.fails(MODULE, task(wait_timeout=timeout))
        assert timeout <= run.seconds < timeout + 3
        assert f"Gave up waiting for subscription 'main' after {timeout} seconds" in run.message
        assert run["task"]["id"] in run.message
        resumed = bench.ok(MODULE, SUBSCRIPTION)
        assert not resumed.changed
        assert resumed.writes == []
        assert len(account.subscriptions()) == 1

    def test_finishing_with_the_handle(self, bench: Bench) -> None:
        handle = bench.fails(MODULE, task(wait_timeout=30))["task"]["id"]
        run = bench.ok("redis_cloud_task", task_id=handle)
        assert run["task"]["settled"] is True
        assert bench.ok(MODULE, SUBSCRIPTION)["subscription"]["status"] == "active"

    @pytest.mark.parametrize("word", ["pending", "not_activated", "a-word-of-the-future"])
    def test_any_other_word_keeps_waiting(self, bench: Bench, account: Account, word: str) -> None:
        bench.fault("rewrite", path=r"/subscriptions/\d+$", times=5, set={"status": word})
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert run["subscription"]["status"] == "active"
        assert len(account.subscriptions()) == 1


class TestTurns:
    """At most three subscriptions may be changing; a fourth waits its turn."""

    def test_fourth_waits(self, bench: Bench, account: Account) -> None:
        for number in range(3):
            account.start_subscription(f"theirs-{number}")
        bench.pass_time(20)
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert run.changed
        assert run.seconds > 2 * 580
        assert len(run.writes) == 1
        assert len(account.subscriptions()) == 4

    @pytest.mark.parametrize("style", ["task", "http"])
    def test_refusal_of_the_server_is_waited_out(self, bench: Bench, account: Account, style: str) -> None:
        bench.options("cloud", too_many_pending=style)
        for number in range(3):
            account.start_subscription(f"theirs-{number}")
        # they are still in the queue, so that the list does not show them yet
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert run.changed
        assert len(account.subscriptions()) == 4

    @pytest.mark.parametrize("style", ["task", "http"])
    def test_deletion_waits_its_turn_too(self, bench: Bench, account: Account, style: str) -> None:
        bench.options("cloud", too_many_pending=style)
        account.seed()
        for number in range(3):
            account.start_subscription(f"theirs-{number}")
        run = bench.ok(MODULE, name="main", state="absent")
        assert run.changed
        assert len(account.subscriptions()) == 3

    def test_timeout_while_waiting_for_the_turn(self, bench: Bench, account: Account) -> None:
        for number in range(3):
            account.start_subscription(f"theirs-{number}")
        bench.pass_time(20)
        run = bench.fails(MODULE, task(wait_timeout=60))
        assert "3 subscriptions are changing" in run.message
        assert run.writes == []
        assert not run.changed


class TestDeletion:
    def test_databases_in_the_way(self, bench: Bench, account: Account) -> None:
        account.seed(databases=3)
        for check in (True, False):
            run = bench.fails(MODULE, name="main", state="absent", check=check)
            assert "still has 3 databases (db-0001, db-0002, db-0003)" in run.message
            assert "delete_databases=true" in run.message
            assert run.writes == []

    def test_databases_go_first(self, bench: Bench, account: Account) -> None:
        known = account.seed(databases=3)
        told = bench.ok(MODULE, name="main", state="absent", delete_databases=True, check=True)
        assert told.changed
        run = bench.ok(MODULE, name="main", state="absent", delete_databases=True)
        assert run.changed
        deleted = [request.path.removeprefix(f"/v1/subscriptions/{known}") for request in run.writes]
        assert all(path.startswith("/databases/") for path in deleted[:3])
        assert deleted[3:] == [""]
        assert account.subscriptions() == []
        assert not bench.ok(MODULE, name="main", state="absent", delete_databases=True).changed

    def test_database_in_the_making_is_waited_for(self, bench: Bench, account: Account) -> None:
        known = account.seed()
        account.start_database(known, "late")
        bench.pass_time(10)
        run = bench.ok(MODULE, name="main", state="absent", delete_databases=True)
        assert run.changed
        assert account.subscriptions() == []

    def test_databases_that_are_deleted_slowly(self, bench: Bench, account: Account) -> None:
        bench.options("cloud", database_delete_seconds=100)
        account.seed(databases=2)
        assert bench.ok(MODULE, name="main", state="absent", delete_databases=True).changed
        assert account.subscriptions() == []

    @pytest.mark.parametrize("unknown", ["http", "task"])
    @pytest.mark.parametrize("count", [1, 2])
    def test_database_that_somebody_else_deletes_first(
        self, bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch, count: int, unknown: str
    ) -> None:
        bench.options("cloud", unknown_resource=unknown)
        known = account.seed(databases=count)
        first = account.databases()[0]["id"]

        def other() -> None:
            account.call("DELETE", f"/subscriptions/{known}/databases/{first}")
            bench.pass_time(100)

        meanwhile(bench, monkeypatch, "DELETE", 1, other)
        assert bench.ok(MODULE, name="main", state="absent", delete_databases=True).changed
        assert account.subscriptions() == []

    def test_subscription_in_the_making(self, bench: Bench, account: Account) -> None:
        account.start_subscription("main")
        run = bench.ok(MODULE, name="main", state="absent", delete_databases=True)
        assert run.changed
        assert account.subscriptions() == []

    def test_deletion_under_way_is_joined(self, bench: Bench, account: Account) -> None:
        known = account.seed()
        account.call("DELETE", f"/subscriptions/{known}")
        bench.pass_time(6)
        run = bench.ok(MODULE, name="main", state="absent")
        assert not run.changed
        assert run.writes == []
        assert account.subscriptions() == []

    def test_deletion_under_way_then_created_again(self, bench: Bench, account: Account) -> None:
        known = account.seed()
        account.call("DELETE", f"/subscriptions/{known}")
        bench.pass_time(6)
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert run.changed
        assert run["subscription"]["subscription_id"] != known


class TestJoining:
    @pytest.mark.parametrize("age", [0, 3, 6, 300, 610, 640])
    def test_create_in_flight(self, bench: Bench, account: Account, age: float) -> None:
        account.start_subscription("main")
        bench.pass_time(age)
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert not run.changed
        assert run.writes == []
        assert len(account.subscriptions()) == 1

    def test_create_in_flight_of_another_name_is_not_ours(self, bench: Bench, account: Account) -> None:
        account.start_subscription("theirs")
        assert bench.ok(MODULE, SUBSCRIPTION).changed
        assert account.subscription_names() == ["main", "theirs"]


class TestWithoutName:
    """A subscription may have none (facts 5.2), and an answer may have lost it: then it is asked for again."""

    @pytest.mark.parametrize("change", [{"drop": ["name"]}, {"set": {"name": None}}])
    def test_name_that_an_answer_has_lost(self, bench: Bench, account: Account, change: dict[str, Any]) -> None:
        account.seed(databases=1)
        for module, params in ((MODULE, task()), ("redis_cloud_database", DATABASE)):
            bench.fault("rewrite", method="GET", path=r"/subscriptions$", times=2, **change)
            run = bench.ok(module, params)
            assert run.writes == []
            assert len(run.requests) <= 4

    def test_subscription_that_has_none(self, bench: Bench, account: Account) -> None:
        account.seed(name="")
        bench.fault("rewrite", method="GET", path=r"/subscriptions$", times=None, drop=["name"])
        lost = bench.ok(MODULE, task(name="None"), check=True)
        assert lost["subscription"] is None
        assert len(lost.requests) <= 4, "it is taken for one without a name only once"


class TestFailures:
    def test_task_that_fails(self, bench: Bench, account: Account) -> None:
        run = bench.fails(MODULE, task(payment_method_id=99))
        assert "SUBSCRIPTION_PI_NOT_FOUND: 400 BAD_REQUEST: Payment info was not found" in run.message
        assert run["error"]["code"] == "SUBSCRIPTION_PI_NOT_FOUND"
        assert run["task"]["state"] == "failed"
        assert not run.changed
        assert account.subscriptions() == []

    def test_provisioning_that_fails(self, bench: Bench, account: Account) -> None:
        bench.options("cloud", fail_provisioning="main")
        run = bench.fails(MODULE, SUBSCRIPTION)
        assert "is in state error" in run.message
        assert run["subscription"]["subscription_id"] == account.subscriptions()[0]["id"]
        again = bench.fails(MODULE, SUBSCRIPTION)
        assert again.writes == []
        assert bench.ok(MODULE, name="main", state="absent", delete_databases=True).changed
        assert account.subscriptions() == []

    def test_database_of_the_creation_that_fails(self, bench: Bench) -> None:
        bench.options("cloud", fail_provisioning="^first$")
        run = bench.fails(MODULE, SUBSCRIPTION)
        assert "its database 'first' is in state error" in run.message
        assert run["subscription"]["name"] == "main"

    def test_name_that_somebody_else_uses_at_the_same_time(self, bench: Bench, account: Account) -> None:
        # their request is accepted between our last look and our POST: nothing can prevent two, and nobody picks one
        account.seed("main")
        account.seed("main")
        run = bench.fails(MODULE, SUBSCRIPTION)
        assert len(account.subscriptions()) == 2
        assert run.writes == []

    @pytest.mark.parametrize("status", [401, 403])
    def test_no_permission_fails_at_once(self, bench: Bench, status: int) -> None:
        bench.fault("status", method="POST", status=status, times=None)
        run = bench.fails(MODULE, SUBSCRIPTION)
        assert f"HTTP {status}" in run.message
        assert run.seconds < 10
        assert not run.changed


class TestBadInput:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"cloud_providers": []}, "cloud_providers"),
            ({"cloud_providers": [{"regions": []}]}, "cloud_providers[0].regions takes exactly one region"),
            ({"cloud_providers": [{"provider": "AWS"}]}, "regions"),
            (
                {"cloud_providers": SUBSCRIPTION["cloud_providers"] * 2},
                "cloud_providers takes exactly one entry, not 2",
            ),
            (
                {"cloud_providers": [{"regions": [{"region": "us-east-1"}, {"region": "us-west-1"}]}]},
                "cloud_providers[0].regions takes exactly one region",
            ),
            (
                {
                    "cloud_providers": [
                        {
                            "regions": [
                                {"region": "us-east-1", "networking": {"deployment_cidr": "10.0.0.0/8"}}
                            ]
                        }
                    ]
                },
                "deployment_cidr must be a /24 network, not 10.0.0.0/8",
            ),
            (
                {
                    "cloud_providers": [
                        {"regions": [{"region": "us-east-1", "networking": {"deployment_cidr": "here"}}]}
                    ]
                },
                "deployment_cidr must be a network such as 10.0.0.0/24",
            ),
            (
                {"cloud_providers": [{"provider": "IBM", "regions": [{"region": "x"}]}]},
                "value of provider must be one of",
            ),
            ({"databases": []}, "databases"),
            (
                {"databases": [{"name": "one"}]},
                "databases[one]: exactly one of dataset_size_in_gb and memory_limit_in_gb is needed",
            ),
            (
                {"databases": [{"name": "one", "dataset_size_in_gb": 1, "memory_limit_in_gb": 1}]},
                "databases[one]: exactly one of dataset_size_in_gb and memory_limit_in_gb is needed",
            ),
            ({"databases": [{"dataset_size_in_gb": 1}]}, "missing required arguments: name"),
            (
                {
                    "databases": [
                        {"name": "one", "dataset_size_in_gb": 1},
                        {"name": "one", "dataset_size_in_gb": 2},
                    ]
                },
                "databases names one more than once",
            ),
            (
                {"databases": [{"name": "1one", "dataset_size_in_gb": 1}]},
                "databases[1one].name must be at most 40 letters",
            ),
            (
                {"databases": [{"name": "one", "dataset_size_in_gb": 0}]},
                "databases[one].dataset_size_in_gb must be at least 0.1",
            ),
            (
                {"databases": [{"name": "one", "dataset_size_in_gb": 1, "port": 80}]},
                "databases[one].port must be between",
            ),
            (
                {"databases": [{"name": "one", "dataset_size_in_gb": 1, "ram_percentage": 20}]},
                "databases[one]: ram_percentage needs memory_storage=ram-and-flash",
            ),
            (
                {
                    "databases": [
                        {"name": "one", "dataset_size_in_gb": 1},
                        {"name": "two", "dataset_size_in_gb": 1, "resp_version": "resp4"},
                    ]
                },
                "found in databases (databases[two])",
            ),
            ({"name": ""}, "name must not be empty"),
            ({"name": " "}, "name must not be empty"),
            (
                {"payment_method": "marketplace", "payment_method_id": 2},
                "payment_method_id does not go with payment_method=marketplace",
            ),
            (
                {
                    "persistent_storage_encryption_type": "cloud-provider-managed-key",
                    "persistent_storage_encryption_keys": {"customer_managed_keys": [{"resource_name": "x"}]},
                },
                "persistent_storage_encryption_keys needs persistent_storage_encryption_type=customer-managed-key",
            ),
            (
                {"cloud_providers": [{"regions": [{"region": "x", "preferred_availability_zones": ["a", "b"]}]}]},
                "cloud_providers[0].regions[0] needs one zone in preferred_availability_zones",
            ),
            (
                {
                    "cloud_providers": [
                        {
                            "regions": [
                                {
                                    "region": "x",
                                    "multiple_availability_zones": True,
                                    "preferred_availability_zones": ["a"],
                                }
                            ]
                        }
                    ]
                },
                "cloud_providers[0].regions[0] needs three zones in preferred_availability_zones",
            ),
            ({"payment_method": "cash"}, "value of payment_method must be one of"),
            ({"payment_method_id": 0}, "payment_method_id must be at least 1"),
            (
                {"resource_tags": [{"key": str(n), "value": "x"} for n in range(31)]},
                "resource_tags takes at most 30 entries",
            ),
            ({"resource_tags": [{"value": "x"}]}, "missing required arguments: key"),
            ({"persistent_storage_encryption_keys": {}}, "customer_managed_keys"),
        ],
    )
    @pytest.mark.parametrize("check", [False, True])
    def test_refused_before_anything_is_sent(
        self, bench: Bench, options: dict[str, Any], words: str, check: bool
    ) -> None:
        run = bench.fails(MODULE, task(**options), check=check)
        assert words in run.message
        assert run.writes == []
        assert not run.changed

    @pytest.mark.parametrize("missing", ["cloud_providers", "databases"])
    def test_what_a_create_needs(self, bench: Bench, missing: str) -> None:
        options = task()
        del options[missing]
        run = bench.fails(MODULE, options)
        assert f"{missing} is required to create a Redis Cloud subscription" in run.message
        assert run.writes == []


class TestOwnKey:
    """Customer managed keys: the subscription stops half-way and asks for its key (facts 3.1)."""

    TASK = task(persistent_storage_encryption_type="customer-managed-key", cloud_providers=OWN_ACCOUNT)
    KEYS: dict[str, Any] = {
        "customer_managed_keys": [{"resource_name": "arn:aws:kms:us-east-1:1:key/1"}],
        "deletion_grace_period": "1-hour",
    }

    def test_key_in_two_steps(self, bench: Bench, account: Account) -> None:
        first = bench.ok(MODULE, self.TASK)
        assert first.changed
        assert first["subscription"]["status"] == "encryption_key_pending"
        assert (
            "role/redis-cmk" in first["subscription"]["customer_managed_key_access_details"]["redis_iam_role"]
        )
        waiting = bench.ok(MODULE, self.TASK)
        assert not waiting.changed
        second = bench.ok(MODULE, {**self.TASK, "persistent_storage_encryption_keys": self.KEYS})
        assert second.changed
        assert second.bodies("PUT") == [
            {
                "customerManagedKeys": [{"resourceName": "arn:aws:kms:us-east-1:1:key/1"}],
                "deletionGracePeriod": "1-hour",
            }
        ]
        assert second["subscription"]["status"] == "active"
        assert account.names() == ["first"]
        again = bench.ok(MODULE, {**self.TASK, "persistent_storage_encryption_keys": self.KEYS})
        assert not again.changed
        assert again.writes == []

    def test_key_from_the_start(self, bench: Bench) -> None:
        run = bench.ok(MODULE, {**self.TASK, "persistent_storage_encryption_keys": self.KEYS})
        assert len(run.writes) == 1
        assert run["subscription"]["status"] == "active"

    def test_given_up_while_the_key_is_missing(self, bench: Bench, account: Account) -> None:
        bench.ok(MODULE, self.TASK)
        assert bench.ok(MODULE, name="main", state="absent", delete_databases=True).changed
        assert account.subscriptions() == []


class TestTags:
    def test_tags_are_replaced_and_cleared(self, bench: Bench, account: Account) -> None:
        base = task(cloud_providers=OWN_ACCOUNT)
        bench.ok(MODULE, base)
        for tags in ([{"key": "team", "value": "a"}], [{"key": "stage", "value": "b"}], [], None):
            before = account.subscriptions()[0]["settings"]["cloudProviders"][0].get("resourceTags", [])
            run = bench.ok(MODULE, {**base, "resource_tags": tags})
            assert run.changed == (before != (tags or []))
            assert account.subscriptions()[0]["settings"]["cloudProviders"][0].get("resourceTags", []) == (
                tags or []
            )

    def test_tags_and_name_take_two_requests(self, bench: Bench, account: Account) -> None:
        known = bench.ok(MODULE, task(cloud_providers=OWN_ACCOUNT))["subscription"]["subscription_id"]
        change: dict[str, Any] = {
            "subscription_id": known,
            "name": "other",
            "resource_tags": [{"key": "a", "value": "b"}],
        }
        told = bench.ok(MODULE, change, check=True, diff=True)
        run = bench.ok(MODULE, change, diff=True)
        assert told["diff"] == run["diff"]
        assert [request.path.rpartition("/")[2] for request in run.writes] == [str(known), "resource-tags"]
        assert run.changed
        assert account.subscription_names() == ["other"]


class TestDryRun:
    def test_plan_of_a_create(self, bench: Bench, account: Account) -> None:
        run = bench.ok(MODULE, task(dry_run=True))
        assert not run.changed
        assert run["dry_run_plan"]["pricing"][0]["priceCurrency"] == "USD"
        assert run.bodies("POST")[0]["dryRun"] is True
        assert account.subscriptions() == []
        assert bench.ok(MODULE, SUBSCRIPTION).changed

    def test_existing_one_is_not_planned(self, bench: Bench, account: Account) -> None:
        account.seed()
        run = bench.ok(MODULE, name="main", public_endpoint_access=False, dry_run=True)
        assert run.writes == []


class TestActiveActive:
    def test_created_and_repeated(self, bench: Bench, account: Account) -> None:
        regions = [
            {"region": "us-east-1", "networking": {"deployment_cidr": "10.0.1.0/24"}},
            {"region": "eu-west-1", "networking": {"deployment_cidr": "10.0.2.0/24"}},
        ]
        local = [
            {"region": "us-east-1", "write_operations_per_second": 1500, "read_operations_per_second": 500}
        ]
        options = task(
            deployment_type="active-active",
            cloud_providers=[{"regions": regions}],
            databases=[{"name": "first", "dataset_size_in_gb": 1, "local_throughput_measurement": local}],
        )
        run = bench.ok(MODULE, options)
        assert run["subscription"]["deployment_type"] == "active-active"
        assert account.databases()[0]["active_active"]
        assert bench.ok(MODULE, options).writes == []


class TestExactlyOnce:
    LOST = [
        ("reset_before", {}),
        ("reset_after", {}),
        ("lose", {}),
        ("cut", {}),
        ("empty", {}),
        ("html", {}),
        ("status", {"status": 503}),
        ("status", {"status": 429}),
        ("status_after", {"status": 502, "body": "html"}),
        ("status_after", {"status": 500}),
    ]

    @pytest.mark.parametrize(("kind", "how"), LOST)
    def test_create_whose_answer_is_lost(
        self, bench: Bench, account: Account, kind: str, how: dict[str, Any]
    ) -> None:
        bench.fault(kind, method="POST", **how)
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert run.changed
        assert len(account.subscriptions()) == 1
        assert run["subscription"]["status"] == "active"

    def test_lost_create_that_shows_late(self, bench: Bench, account: Account) -> None:
        bench.options("cloud", task_visible_seconds=25, resource_visible_seconds=30)
        bench.fault("lose", method="POST")
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert len(run.bodies("POST")) == 1
        assert len(account.subscriptions()) == 1

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("moment", range(1, 15))
    def test_run_killed_at_any_request_is_simply_repeated(
        self, bench: Bench, account: Account, moment: int, when: str
    ) -> None:
        assert bench.killed(moment, when, MODULE, SUBSCRIPTION)
        run = bench.ok(MODULE, SUBSCRIPTION)
        assert run["subscription"]["status"] == "active"
        assert account.subscription_names() == ["main"]
        assert account.names() == ["first"]

    @pytest.mark.parametrize("moment", range(1, 30, 2))
    def test_killed_deletion_is_simply_repeated(self, bench: Bench, account: Account, moment: int) -> None:
        account.seed(databases=2)
        options = {"name": "main", "state": "absent", "delete_databases": True}
        assert bench.killed(moment, "after", MODULE, options)
        assert not bench.run(MODULE, options).failed
        assert account.subscriptions() == []
