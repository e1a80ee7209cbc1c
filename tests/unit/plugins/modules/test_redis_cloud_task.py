# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_task: waiting by ids alone, through both phases; what it says instead of cancelling."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core import slices
from unit.cloud_world import Account
from unit.harness import Bench

MODULE = "redis_cloud_task"
UNKNOWN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


@pytest.fixture
def home(account: Account) -> int:
    return account.seed(databases=1)


class TestWaiting:
    def test_create_of_a_database(self, bench: Bench, account: Account, home: int) -> None:
        run = bench.ok(MODULE, task_id=account.start_database(home, "cache"))
        assert not run.changed
        assert run.seconds > 180
        assert run["task"] == run["tasks"][0]
        assert run["task"]["settled"] is True
        assert run["task"]["state"] == "succeeded"
        assert {database["status"] for database in account.databases()} == {"active"}
        assert run.writes == []

    def test_create_of_a_subscription(self, bench: Bench, account: Account) -> None:
        run = bench.ok(MODULE, task_id=account.start_subscription("main"))
        assert run.seconds > 600
        assert run["task"]["resource_type"] == "subscription"
        assert account.subscriptions()[0]["status"] == "active"

    def test_update_and_delete(self, bench: Bench, account: Account, home: int) -> None:
        known = account.databases()[0]["id"]
        path = f"/subscriptions/{home}/databases/{known}"
        run = bench.ok(MODULE, task_id=account.call("PUT", path, {"replication": False})["taskId"])
        assert run.seconds > 30
        run = bench.ok(MODULE, task_id=account.call("DELETE", path)["taskId"])
        assert run["task"]["settled"] is True
        assert account.subscriptions()[0]["databases"] == []
        run = bench.ok(MODULE, task_id=account.call("DELETE", f"/subscriptions/{home}")["taskId"])
        assert run["task"]["settled"] is True
        assert account.subscriptions() == []

    def test_processing_only(self, bench: Bench, account: Account, home: int) -> None:
        run = bench.ok(MODULE, task_id=account.start_database(home, "cache"), wait_for="processing")
        assert 5 < run.seconds < 60
        assert run["task"]["state"] == "succeeded"

    def test_several_are_waited_for_together(self, bench: Bench, account: Account, home: int) -> None:
        ids = [account.start_database(home, f"db-{number}") for number in range(3)]
        run = bench.ok(MODULE, task_ids=[*ids, ids[0]])
        assert [item["id"] for item in run["tasks"]] == ids
        assert run.seconds < 2 * 180
        assert all(item["settled"] for item in run["tasks"])

    def test_subscription_that_flips_to_pending(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", flip_every=1, flip_seconds=500)
        run = bench.ok(MODULE, task_id=account.start_database(home, "cache"))
        assert run.seconds > 500

    def test_finished_long_ago(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        bench.pass_time(3600)
        run = bench.ok(MODULE, task_id=task_id)
        assert run.seconds < 1
        assert run["task"]["settled"] is True

    @pytest.mark.parametrize(
        "options", [{"create_response": "empty"}, {"create_response": "absent"}, {"links_style": "_links"}]
    )
    def test_every_form_of_the_answer(
        self, bench: Bench, account: Account, home: int, options: dict[str, Any]
    ) -> None:
        bench.options("cloud", **options)
        run = bench.ok(MODULE, task_id=account.start_database(home, "cache"))
        assert run.seconds > 180
        assert {database["status"] for database in account.databases()} == {"active"}

    @pytest.mark.parametrize("what", ["cidr", "databases/{0}/backup", "databases/{0}/import"])
    def test_asynchronous_get(self, bench: Bench, account: Account, what: str) -> None:
        region = {"region": "us-east-1", "networking": {"deploymentCIDR": "10.0.1.0/24"}}
        home = account.seed(databases=1, cloudProviders=[{"cloudAccountId": 7, "regions": [region]}])
        known = account.databases()[0]["id"]
        task_id = account.call("GET", f"/subscriptions/{home}/{what.format(known)}")["taskId"]
        run = bench.ok(MODULE, task_id=task_id)
        assert run["task"]["settled"] is True
        assert run["task"]["state"] == "succeeded"
        assert run["task"]["status"] == "processing-completed"
        (listed,) = bench.ok("redis_cloud_task_info", task_id=task_id)["tasks"]
        assert listed == {name: value for name, value in run["task"].items() if name != "settled"}

    def test_asynchronous_get_of_what_is_not_there(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.call("GET", f"/subscriptions/{home}/databases/77/backup")["taskId"]
        run = bench.fails(MODULE, task_id=task_id)
        assert "DATABASE_NOT_FOUND" in run.message

    def test_task_that_names_no_resource(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", create_response="absent")
        bench.fault("rewrite", path="/tasks/", times=None, drop=["links"])
        run = bench.ok(MODULE, task_id=account.start_database(home, "cache"))
        assert run["task"]["state"] == "succeeded"
        assert run["task"]["resource_id"] is None

    def test_id_that_is_not_known_yet(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", task_404_seconds=30)
        assert bench.ok(MODULE, task_id=account.start_database(home, "cache"))["task"]["settled"] is True

    def test_id_that_is_never_known(self, bench: Bench) -> None:
        run = bench.fails(MODULE, task_id=UNKNOWN)
        assert UNKNOWN in run.message
        assert "HTTP 404 for 60 seconds" in run.message
        assert 60 <= run.seconds < 100

    def test_reads_that_do_not_get_through(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        for kind in ("reset_after", "lose", "cut", "html"):
            bench.fault(kind, method="GET", after=1, times=2)
        assert bench.ok(MODULE, task_id=task_id)["task"]["settled"] is True

    @pytest.mark.parametrize("kind", ["refuse", "html"])
    def test_address_at_which_nothing_answers(self, bench: Bench, kind: str) -> None:
        """That is not waited for: it is more likely a mistake."""
        bench.fault(kind, times=None)
        run = bench.fails(MODULE, task_id=UNKNOWN)
        assert "Check api_url" in run.message
        assert run.seconds < 60

    @pytest.mark.parametrize("kind", ["refuse", "html"])
    def test_address_that_has_answered_before(
        self, bench: Bench, account: Account, home: int, kind: str
    ) -> None:
        task_id = account.start_database(home, "cache")
        bench.fault(kind, after=1, times=12)
        assert bench.ok(MODULE, task_id=task_id)["task"]["settled"] is True
        bench.fault(kind, times=None)
        share = {"seconds": 25, "waited": 0, "known": None}
        assert "Check api_url" in bench.fails(MODULE, task_id=task_id, share=share).message

    def test_wrong_key_fails_at_once(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        bench.fault("status", status=401, body="html", after=3, times=None)
        run = bench.fails(MODULE, task_id=task_id)
        assert "HTTP 401" in run.message

    def test_slices_end_like_one_run(self, bench: Bench, account: Account, home: int) -> None:
        run, handed = bench.sliced(MODULE, {"task_id": account.start_database(home, "cache")}, 20)
        assert run["task"]["settled"] is True
        assert run["api_requests"] == len(run.requests)
        assert len(handed) >= 5

    def test_slice_that_begins_while_nothing_answers(self, bench: Bench, account: Account, home: int) -> None:
        """The address is right: the slice before has been answered. So this is waited out."""
        params = {"task_id": account.start_database(home, "cache")}
        first = bench.run(MODULE, params, share=slices.share(5, 0.0))
        pending = first.result[slices.PENDING_RESULT]
        bench.fault("refuse", times=12)
        second = bench.run(MODULE, params, share=slices.share(100, first.seconds, pending))
        assert not second.failed, second.result
        assert bench.simulator.faults.rules[0].applied == 12

    def test_what_has_vanished_is_noticed_over_many_slices(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        bench.pass_time(200)
        known = next(found["id"] for found in account.databases() if found["settings"]["name"] == "cache")
        account.call("DELETE", f"/subscriptions/{home}/databases/{known}")
        bench.pass_time(60)
        for seconds in (1000, 25):
            run, handed = bench.sliced(MODULE, {"task_id": task_id}, seconds)
            assert run.failed
            assert f"was created with id {known}, and is not there any more" in run.message
            assert 75 <= run.seconds < 110
        assert len(handed) >= 3


class TestNoWaiting:
    def test_one_look(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        bench.pass_time(3)
        for options, check in (({"wait": False}, False), ({}, True)):
            run = bench.ok(MODULE, {"task_id": task_id, **options}, check=check)
            assert run["task"]["state"] == "running"
            assert run["task"]["settled"] is False
            assert len(run.requests) == 1

    def test_timeout_and_resume(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        run = bench.fails(MODULE, task_id=task_id, wait_timeout=60)
        assert "Gave up waiting for" in run.message
        assert task_id in run.message
        assert run["task"]["settled"] is False
        assert run["task"]["state"] == "succeeded"
        assert 60 <= run.seconds < 62
        assert bench.ok(MODULE, task_id=task_id)["task"]["settled"] is True


class TestFailures:
    def test_failed_task(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^bad")
        run = bench.fails(MODULE, task_id=account.start_database(home, "bad"))
        assert "PROVISION_FAILURE: 500 INTERNAL_SERVER_ERROR: Provisioning failed" in run.message
        assert run["error"]["code"] == "PROVISION_FAILURE"
        assert run["task"]["state"] == "failed"

    def test_error_as_a_string(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^bad", error_style="string")
        run = bench.fails(MODULE, task_id=account.start_database(home, "bad"))
        assert run["error"]["code"] == "PROVISION_FAILURE"

    def test_error_beside_a_word_of_success(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_processing="^bad")
        task_id = account.start_database(home, "bad")
        bench.pass_time(30)
        bench.fault("rewrite", path="/tasks/", times=None, set={"status": "processing-completed"})
        run = bench.fails(MODULE, task_id=task_id)
        assert "PROVISION_FAILURE" in run.message
        assert run["task"]["state"] == "failed"

    def test_one_that_fails_does_not_end_the_wait_for_the_others(
        self, bench: Bench, account: Account, home: int
    ) -> None:
        bench.options("cloud", fail_processing="^bad")
        ids = [account.start_database(home, name) for name in ("bad", "good")]
        run = bench.fails(MODULE, task_ids=ids)
        assert run.seconds > 180
        assert [item["state"] for item in run["tasks"]] == ["failed", "succeeded"]
        assert run["tasks"][1]["settled"] is True

    def test_provisioning_that_fails(self, bench: Bench, account: Account, home: int) -> None:
        bench.options("cloud", fail_provisioning="^bad")
        run = bench.fails(MODULE, task_id=account.start_database(home, "bad"))
        assert "is in state error" in run.message
        assert run["task"]["state"] == "succeeded"

    def test_refused_because_the_server_was_busy(self, bench: Bench, account: Account) -> None:
        for number in range(3):
            account.start_subscription(f"sub-{number}")
        run = bench.fails(MODULE, task_id=account.start_subscription("one-too-many"))
        assert "TOO_MANY_PENDING_SUBSCRIPTIONS" in run.message
        assert "run the task again that sent it" in run.message

    def test_deletion_of_what_is_not_there_is_no_failure(
        self, bench: Bench, account: Account, home: int
    ) -> None:
        task_id = account.call("DELETE", f"/subscriptions/{home}/databases/77")["taskId"]
        assert not bench.ok(MODULE, task_id=task_id).failed


class TestCancel:
    @pytest.mark.parametrize("check", [False, True])
    def test_create_is_undone_by_a_deletion(
        self, bench: Bench, account: Account, home: int, check: bool
    ) -> None:
        task_id = account.start_database(home, "cache")
        bench.pass_time(2)
        run = bench.fails(MODULE, task_id=task_id, state="canceled", check=check)
        assert "Redis Cloud cannot cancel a task" in run.message
        assert "Nothing was changed" in run.message
        assert task_id in run.message
        assert "state=absent" in run.message
        assert run.writes == []
        assert not run.changed

    @pytest.mark.parametrize(
        ("method", "body", "advice"),
        [("PUT", {"replication": False}, "change it back"), ("DELETE", None, "create the resource anew")],
    )
    def test_other_kinds(
        self, bench: Bench, account: Account, home: int, method: str, body: Any, advice: str
    ) -> None:
        known = account.databases()[0]["id"]
        task_id = account.call(method, f"/subscriptions/{home}/databases/{known}", body)["taskId"]
        bench.pass_time(2)
        assert advice in bench.fails(MODULE, task_id=task_id, state="canceled").message

    def test_what_has_ended_needs_no_cancelling(self, bench: Bench, account: Account, home: int) -> None:
        task_id = account.start_database(home, "cache")
        bench.pass_time(600)
        run = bench.ok(MODULE, task_id=task_id, state="canceled")
        assert not run.changed
        assert run["task"]["state"] == "succeeded"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "task_id, task_ids"),
        ({"task_id": UNKNOWN, "task_ids": [UNKNOWN]}, "mutually exclusive: task_id|task_ids"),
        ({"task_id": ""}, "task_id must not be empty"),
        ({"task_ids": []}, "task_id"),
        ({"task_id": UNKNOWN, "state": "done"}, "value of state must be one of"),
    ],
)
def test_bad_input(bench: Bench, options: dict[str, Any], words: str) -> None:
    run = bench.fails(MODULE, options)
    assert words in run.message
    assert run.requests == []
