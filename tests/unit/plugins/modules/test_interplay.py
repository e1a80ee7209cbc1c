# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run finds of other runs: of those that did not wait, of those that were killed, and of somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._core import slices
from unit.cloud_samples import SUBSCRIPTION
from unit.cloud_world import Account
from unit.fleet_world import meanwhile, sent
from unit.harness import Bench, Run
from unit.safety.errands import ask

GB = 1024**3
ENTERPRISE, ENTERPRISE_FLEET = "redis_enterprise_database", "redis_enterprise_databases"
CLOUD, CLOUD_FLEET, CLOUD_SUBSCRIPTION = "redis_cloud_database", "redis_cloud_databases", "redis_cloud_subscription"
# ways of not waiting to the end
SHORT: list[dict[str, Any]] = [{"wait": False}, {"wait_for": "processing"}]


@pytest.fixture
def account(bench: Bench) -> Account:
    return Account(bench)


def kill_after_write(bench: Bench, module: str, params: dict[str, Any], method: str) -> None:
    """The server has the write, and the run is killed before it knows."""
    for moment in range(1, 60):
        assert bench.killed(moment, "after", module, params)
        if bench.sent[-1].method == method:
            return


def in_slices(
    bench: Bench, module: str, params: dict[str, Any], seconds: float, before: dict[int, Callable[[], None]]
) -> Run:
    """Run in slices; ``before``: what happens right before a slice, by its number from 0."""
    pending, began, number = None, bench.clock.now(), 0
    while True:
        before.get(number, lambda: None)()
        run = bench.run(module, params, share=slices.share(seconds, bench.clock.now() - began, pending))
        pending, number = run.result.get(slices.PENDING_RESULT), number + 1
        if pending is None:
            assert number > max(before), "it ended before that"
            return run


def one(module: str, item: dict[str, Any]) -> dict[str, Any]:
    """The parameters for one database, of the singular or of the plural module."""
    return {"databases": [item]} if module.endswith("s") else item


def cloud_home(account: Account, *names: str) -> int:
    return account.seed(databases=[{"name": name, "datasetSizeInGb": 1} for name in names])


class TestAfterOneThatDidNotWait:
    """What is being changed or deleted need not stay as it reads now, although it reads as it should."""

    @pytest.mark.parametrize("how", SHORT)
    @pytest.mark.parametrize("module", [ENTERPRISE, ENTERPRISE_FLEET])
    def test_back_to_the_old_value(self, bench: Bench, module: str, how: dict[str, Any]) -> None:
        bench.seed("enterprise", bdbs=[{"name": "cache", "memory_size": GB}])
        bench.ok(module, one(module, {"name": "cache", "memory_size": 2 * GB}), wait=False)
        bench.ok(module, one(module, {"name": "cache", "memory_size": GB}), **how)
        bench.pass_time(100)
        assert bench.state("enterprise")["bdbs"][0]["memory_size"] == GB

    @pytest.mark.parametrize("how", SHORT)
    @pytest.mark.parametrize("module", [ENTERPRISE, ENTERPRISE_FLEET])
    def test_deleted_then_wanted(self, bench: Bench, module: str, how: dict[str, Any]) -> None:
        bench.seed("enterprise", bdbs=[{"name": "cache", "memory_size": GB}])
        bench.ok(module, one(module, {"name": "cache", "state": "absent"}), wait=False)
        bench.ok(module, one(module, {"name": "cache", "memory_size": GB}), **how)
        bench.pass_time(100)
        assert [row["name"] for row in bench.state("enterprise")["bdbs"]] == ["cache"]

    @pytest.mark.parametrize("how", SHORT)
    @pytest.mark.parametrize("module", [CLOUD, CLOUD_FLEET])
    def test_deleted_then_wanted_in_the_cloud(
        self, bench: Bench, account: Account, module: str, how: dict[str, Any]
    ) -> None:
        home = cloud_home(account, "cache")
        bench.options("cloud", database_delete_seconds=20.0)
        bench.ok(module, one(module, {"name": "cache", "state": "absent"}), subscription_id=home, wait=False)
        bench.ok(module, one(module, {"name": "cache", "dataset_size_in_gb": 1}), subscription_id=home, **how)
        bench.pass_time(500)
        assert account.names() == ["cache"]

    @pytest.mark.parametrize("how", SHORT)
    def test_subscription_deleted_then_wanted(
        self, bench: Bench, account: Account, how: dict[str, Any]
    ) -> None:
        account.seed("main")
        bench.ok(CLOUD_SUBSCRIPTION, name="main", state="absent", wait=False)
        bench.ok(CLOUD_SUBSCRIPTION, SUBSCRIPTION, **how)
        bench.pass_time(2000)
        assert account.subscription_names() == ["main"]

    @pytest.mark.parametrize("how", SHORT)
    @pytest.mark.parametrize("tasks", [0.0, 30.0])
    @pytest.mark.parametrize("seconds", [None, 25.0])
    def test_created_then_unwanted(
        self, bench: Bench, account: Account, seconds: float | None, tasks: float, how: dict[str, Any]
    ) -> None:
        """The lists do not show it yet."""
        bench.options("cloud", task_visible_seconds=tasks, resource_visible_seconds=30.0)
        bench.options("cloud", processing_seconds=2.0, database_seconds=5.0)
        home, names = {"subscription_id": account.seed()}, ("a", "b", "c")
        there = [{"name": name, "dataset_size_in_gb": 1} for name in names]
        bench.ok(CLOUD_FLEET, home, databases=there, **how)
        away = {**home, "databases": [{"name": name, "state": "absent"} for name in names]}
        run = bench.run(CLOUD_FLEET, away) if seconds is None else bench.sliced(CLOUD_FLEET, away, seconds)[0]
        assert not run.failed, run.message
        bench.pass_time(500)
        assert account.names() == []


class TestWithoutWaiting:
    def test_what_was_requested_is_not_waited_for_by_the_next_run(self, bench: Bench, account: Account) -> None:
        """A new database reads as it will be."""
        home = account.seed()
        item = {"name": "cache", "dataset_size_in_gb": 1}
        for module in (CLOUD, CLOUD_FLEET):
            bench.ok(module, one(module, item), subscription_id=home, wait_for="processing")
            run = bench.ok(module, one(module, item), subscription_id=home, wait=False)
            assert run.writes == []
            assert run.seconds < 10
        assert account.databases()[0]["status"] != "active"

    @pytest.mark.parametrize("how", SHORT)
    @pytest.mark.parametrize("databases", [1, 2])
    def test_subscription_goes_after_its_databases(
        self, bench: Bench, account: Account, databases: int, how: dict[str, Any]
    ) -> None:
        """It can only be requested when they are gone."""
        account.seed("main", databases=databases)
        run = bench.ok(CLOUD_SUBSCRIPTION, name="main", state="absent", delete_databases=True, **how)
        assert len(run.writes) == databases + 1
        bench.pass_time(3000)
        assert account.subscription_names() == []

    @pytest.mark.parametrize("how", SHORT)
    @pytest.mark.parametrize("module", [CLOUD, CLOUD_FLEET])
    def test_what_takes_a_second_request_is_said_and_not_claimed(
        self, bench: Bench, account: Account, module: str, how: dict[str, Any]
    ) -> None:
        home = cloud_home(account, "cache")
        item = {"name": "cache", "dataset_size_in_gb": 2, "enable_default_user": False}
        run = bench.ok(module, one(module, item), subscription_id=home, diff=True, **how)
        after = run["diff"]["after"]["cache"] if module == CLOUD_FLEET else run["diff"]["after"]
        assert "dataset_size_in_gb" in after
        assert "enable_default_user" not in after
        assert "enable_default_user takes a request of its own; run the task again" in str(run.warnings)
        again = bench.ok(module, one(module, item), subscription_id=home)
        assert again.changed
        assert account.databases()[0]["settings"]["enableDefaultUser"] is False


class TestAfterOneThatWasKilled:
    def test_change_that_does_not_read_back_yet(self, bench: Bench, account: Account) -> None:
        bench.options("cloud", public_access_seconds=29.0)
        account.seed("main")
        name = {"name": "main"}
        kill_after_write(bench, CLOUD_SUBSCRIPTION, {**name, "public_endpoint_access": False}, "PUT")
        bench.ok(CLOUD_SUBSCRIPTION, name, public_endpoint_access=True)
        bench.pass_time(500)
        assert account.subscriptions()[0]["settings"]["publicEndpointAccess"] is True

    def test_killed_while_it_was_read_back(self, bench: Bench, account: Account) -> None:
        """Whoever comes next does not send it again."""
        bench.options("cloud", public_access_seconds=29.0)
        account.seed("main")
        wanted = {"name": "main", "public_endpoint_access": False}
        assert bench.killed(14, "after", CLOUD_SUBSCRIPTION, wanted)
        assert [request.method for request in bench.sent if request.write] == ["PUT"]
        assert bench.ok(CLOUD_SUBSCRIPTION, wanted).writes == []

    def test_change_under_way_without_waiting(self, bench: Bench) -> None:
        bench.seed("enterprise", bdbs=[{"name": "cache", "memory_size": GB}])
        kill_after_write(bench, ENTERPRISE, {"name": "cache", "memory_size": 2 * GB}, "PUT")
        bench.ok(ENTERPRISE, name="cache", memory_size=GB, wait_for="processing")
        bench.pass_time(100)
        assert bench.state("enterprise")["bdbs"][0]["memory_size"] == GB

    @pytest.mark.parametrize("gap", [0.0, 80.0])
    @pytest.mark.parametrize("seconds", [None, 25.0])
    @pytest.mark.parametrize("module", [CLOUD, CLOUD_FLEET])
    @pytest.mark.parametrize("killed", ["update", "delete"])
    def test_long_queue(
        self, bench: Bench, account: Account, killed: str, module: str, seconds: float | None, gap: float
    ) -> None:
        """One task is processed after the other; this one needs two minutes until it is through."""
        bench.options("cloud", processing_seconds=120.0)
        home = {"subscription_id": cloud_home(account, "cache")}
        first = {"name": "cache", **({"dataset_size_in_gb": 2} if killed == "update" else {"state": "absent"})}
        second = {**home, **one(module, {"name": "cache", "dataset_size_in_gb": 1})}
        kill_after_write(bench, module, {**home, **one(module, first)}, "PUT" if killed == "update" else "DELETE")
        bench.pass_time(gap)
        run = bench.run(module, second) if seconds is None else bench.sliced(module, second, seconds)[0]
        assert not run.failed, run.message
        bench.pass_time(1000)
        assert [row["settings"]["datasetSizeInGb"] for row in account.databases()] == [1]

    @pytest.mark.parametrize("gap", [0.0, 60.0])
    def test_many_deletes(self, bench: Bench, gap: float) -> None:
        """How long each may still be listed counts from when it was sent, not for one after the other."""
        names = [f"db-{number}" for number in range(20)]
        bench.options("enterprise", delete_seconds=20.0)
        bench.seed("enterprise", bdbs=[{"name": name} for name in names])
        wanted = {"databases": [{"name": name, "state": "absent"} for name in names]}
        assert bench.killed(len(names) + 3, "after", ENTERPRISE_FLEET, wanted)
        bench.pass_time(gap)
        assert bench.ok(ENTERPRISE_FLEET, wanted).seconds < 60

    @pytest.mark.parametrize("how", [{}, *SHORT])
    def test_list_that_is_old_by_the_time_it_decides(
        self, bench: Bench, account: Account, how: dict[str, Any]
    ) -> None:
        """While the fleet waits for its turn to change one database, another one comes into the list."""
        bench.options("cloud", flip_every=1, flip_seconds=150.0, resource_visible_seconds=30.0)
        home = {"subscription_id": cloud_home(account, "a")}
        killed = {**home, "databases": [{"name": "b", "dataset_size_in_gb": 1}]}
        kill_after_write(bench, CLOUD_FLEET, killed, "POST")
        bench.pass_time(10)
        wanted = [{"name": "a", "dataset_size_in_gb": 2}, {"name": "b", "state": "absent"}]
        bench.ok(CLOUD_FLEET, home, databases=wanted, **how)
        bench.pass_time(500)
        assert account.names() == ["a"]

    @pytest.mark.parametrize("early", [number / 100 for number in range(2, 30, 2)])
    def test_it_appears_between_two_looks(self, bench: Bench, account: Account, early: float) -> None:
        bench.options("cloud", resource_visible_seconds=30.0, database_seconds=5.0)
        home = account.seed()
        account.start_database(home, "cache")
        bench.pass_time(30.0 - early)
        bench.ok(CLOUD, subscription_id=home, name="cache", state="absent")
        bench.pass_time(500)
        assert account.names() == []


class TestBesideSomebodyElse:
    """A task that is not finished does not tell what it is about: somebody else's may look like ours."""

    @pytest.fixture
    def home(self, account: Account) -> int:
        return cloud_home(account, "cache")

    @pytest.fixture
    def theirs(self, account: Account, home: int) -> str:
        """The path of a database in another subscription."""
        other = account.seed("second", databases=[{"name": name, "datasetSizeInGb": 1} for name in ("x", "y")])
        return f"/subscriptions/{other}/databases/{account.databases(other)[0]['id']}"

    def test_their_change_fails(self, bench: Bench, account: Account, home: int, theirs: str) -> None:
        bench.options("cloud", processing_seconds=10.0, error_seconds=10.0)
        account.call("PUT", theirs, {"name": "y"})
        run = bench.ok(CLOUD, subscription_id=home, name="cache", dataset_size_in_gb=2)
        assert (run.changed, run["adopted"]) == (True, False)

    @pytest.mark.parametrize(
        ("method", "body", "item"),
        [
            ("DELETE", None, {"state": "absent"}),
            ("PUT", {"datasetSizeInGb": 3}, {"dataset_size_in_gb": 2}),
            ("PUT", {"name": "y"}, {"dataset_size_in_gb": 2}),
        ],
        ids=["deletes", "changes", "fails to change"],
    )
    @pytest.mark.parametrize("fault", ["reset_before", "lose"])
    @pytest.mark.parametrize("module", [CLOUD, CLOUD_FLEET])
    def test_our_answer_is_lost(
        self,
        bench: Bench,
        account: Account,
        monkeypatch: pytest.MonkeyPatch,
        home: int,
        theirs: str,
        module: str,
        fault: str,
        method: str,
        body: Any,
        item: dict[str, Any],
    ) -> None:
        """Whether our request has arrived or not, while theirs is being processed."""
        bench.options("cloud", processing_seconds=60.0, error_seconds=60.0, initialized_seconds=3.0)
        bench.fault(fault, method=method, after=1)
        meanwhile(bench, monkeypatch, method, 1, lambda: account.call(method, theirs, body))
        run = bench.ok(module, one(module, {"name": "cache", **item}), subscription_id=home)
        assert run.changed
        arrived = fault == "lose"
        assert len(sent(run, method)) == (1 if arrived else 2), "theirs is not counted"
        if method == "PUT":
            assert account.databases(home)[0]["settings"]["datasetSizeInGb"] == 2
        else:
            assert account.names(home) == []

    def test_their_create_fails(
        self, bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.options("cloud", processing_seconds=60.0, error_seconds=60.0, initialized_seconds=3.0)
        bench.options("cloud", fail_processing="bad")
        bench.fault("lose", method="POST", after=1)
        meanwhile(bench, monkeypatch, "POST", 1, lambda: account.start_subscription("bad"))
        run = bench.ok(CLOUD_SUBSCRIPTION, SUBSCRIPTION)
        assert run.changed
        assert sent(run, "POST") == ["/v1/subscriptions"]
        assert account.subscription_names() == ["main"]

    def test_database_that_they_change_is_not_being_deleted(
        self, bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch, home: int
    ) -> None:
        bench.options("cloud", processing_seconds=5.0)
        own = f"/subscriptions/{home}/databases/{account.databases()[0]['id']}"
        bench.fault("reset_before", method="DELETE")
        meanwhile(bench, monkeypatch, "DELETE", 1, lambda: account.call("PUT", own, {"datasetSizeInGb": 3}))
        bench.ok(CLOUD, subscription_id=home, name="cache", state="absent")
        assert account.names() == []

    def test_subscription_that_is_pending_is_not_being_deleted(self, bench: Bench, account: Account) -> None:
        """The answer to the delete of a database is lost; that makes the subscription pending for a while."""
        bench.options("cloud", flip_every=1, flip_on_update=True, flip_seconds=100.0)
        account.seed("main", databases=2)
        bench.fault("lose", method="DELETE")
        bench.ok(CLOUD_SUBSCRIPTION, name="main", state="absent", delete_databases=True)
        assert account.subscription_names() == []

    def test_delete_of_their_database_is_not_a_step_of_ours(
        self, bench: Bench, account: Account, monkeypatch: pytest.MonkeyPatch, theirs: str
    ) -> None:
        """Our delete never arrived, and after that nothing does."""
        bench.options("cloud", processing_seconds=20.0)
        account.seed("third", databases=1)
        bench.fault("reset_before", method="DELETE", after=1)
        bench.fault("status", status=403, method="DELETE", after=1, times=None)
        meanwhile(bench, monkeypatch, "DELETE", 1, lambda: account.call("DELETE", theirs))
        run = bench.fails(CLOUD_SUBSCRIPTION, name="third", state="absent", delete_databases=True)
        assert "HTTP 403" in run.message
        assert not run.changed

    def test_delete_of_a_database_waits_in_a_long_queue(self, bench: Bench, account: Account) -> None:
        bench.options("cloud", processing_seconds=120.0)
        account.seed("main", databases=1)
        bench.fault("reset_after", method="DELETE", path="/databases/")
        run = bench.ok(CLOUD_SUBSCRIPTION, name="main", state="absent", delete_databases=True)
        assert len(sent(run, "DELETE")) == 2, "the database, and the subscription"


class TestFromSliceToSlice:
    @pytest.mark.parametrize("status", [401, 503])
    @pytest.mark.parametrize("module", [CLOUD_FLEET, ENTERPRISE_FLEET])
    def test_purge_tells_what_it_has_done(
        self, bench: Bench, account: Account, module: str, status: int
    ) -> None:
        """Also when the list cannot be read any more."""
        params: dict[str, Any] = {"purge": True, "wait_timeout": 100}
        if module == CLOUD_FLEET:
            params.update(subscription_id=cloud_home(account, "old"))
            params.update(databases=[{"name": "cache", "dataset_size_in_gb": 1}])
        else:
            bench.options("enterprise", create_seconds=300.0)
            bench.seed("enterprise", bdbs=[{"name": "old"}])
            params.update(databases=[{"name": "cache", "memory_size": GB}])

        def fail() -> None:
            bench.fault("status", status=status, method="GET", times=None)

        run = in_slices(bench, module, params, 20.0, {2: fail})
        assert run.failed
        assert [request.method for request in bench.sent if request.write] == ["POST", "DELETE"]
        assert [row["name"] for row in run["results"] if row["changed"]] == ["cache", "old"]

    @pytest.mark.parametrize("status", [401, 503])
    def test_cancel_tells_what_it_has_done(self, bench: Bench, status: int) -> None:
        bench.options("enterprise", node_action_seconds=300.0, cancel_seconds=80.0)
        ask(bench, "enterprise", "POST", "/v1/nodes/3/actions/maintenance_on", {})
        params = {"state": "canceled", "node_uid": 3, "node_action": "maintenance_on", "wait_timeout": 60}

        def fail() -> None:
            bench.fault("status", status=status, method="GET", times=None)

        run = in_slices(bench, "redis_enterprise_action", params, 20.0, {1: fail})
        assert run.failed
        assert run.changed, run.message


def test_two_subscriptions_that_are_ready_one_after_the_other(bench: Bench, account: Account) -> None:
    bench.options("cloud", subscription_seconds=100.0, creation_database_listed_seconds=30.0)
    first = account.start_subscription("one")
    bench.pass_time(100)
    second = account.start_subscription("two")
    bench.ok("redis_cloud_task", task_ids=[first, second])
    assert [row["status"] for row in account.databases()] == ["active", "active"]
