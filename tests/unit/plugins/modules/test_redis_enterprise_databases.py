# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_enterprise_databases: many databases of a cluster in one run, whose names need not be unique."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

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
from unit.harness import ENTERPRISE_URL, Bench

MODULE = "redis_enterprise_databases"
GB = 1024**3
FLEET = 20
VERSIONS = ["7.4", "7.22", "8.2"]
# what may be so in a cluster, or otherwise
READINGS: list[dict[str, Any]] = [
    {"v2_list_broken": "on", "v2_single_broken": True},
    {"version": "8.2.0-25"},
    {"v2_raw_words": True},
    {"bdb_actions_wrapper": True},
    {"action_retention_seconds": 0.0},
    {"action_visible_after_seconds": 4.0},
    {"update_status_lag_seconds": 4.0},
    {"stale_actions": True, "stale_action_seconds": 100000, "version": "7.4"},
    {"update_visible": "start"},
    {"delete_answers_bdb": False},
    {"delete_action_vanishes": False},
    {"error_shape": "message", "plain_error_body": "empty"},
]


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "memory_size": GB, **more}


def fleet(count: int = FLEET, **more: Any) -> list[dict[str, Any]]:
    """Items called as a seed calls its databases."""
    return [item(f"db-{number}", **more) for number in range(1, count + 1)]


def seed(bench: Bench, count: int, name: str = "db", **fields: Any) -> list[int]:
    row = {"name": name, "count": count, "memory_size": GB, **fields}
    uids: list[int] = bench.seed("enterprise", bdbs=[row])["bdbs"]
    return uids


def cluster(bench: Bench) -> list[dict[str, Any]]:
    bdbs: list[dict[str, Any]] = bench.state("enterprise")["bdbs"]
    return bdbs


def names(bench: Bench) -> list[str]:
    return sorted(bdb["name"] for bdb in cluster(bench))


def call(bench: Bench, method: str, path: str, body: Any = None) -> Any:
    """Somebody else's request; the harness does not count it as one of the collection's."""
    known = bench.credentials["enterprise"]
    before = len(bench.sent)
    response = bench.session().request(
        method, ENTERPRISE_URL + path, json=body, auth=(known["api_username"], known["api_password"])
    )
    del bench.sent[before:]
    assert response.ok, (response.status_code, response.text)
    return response.json() if response.text else None


class TestLifeCycle:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_twenty_at_once(self, bench: Bench, version: str) -> None:
        bench.options("enterprise", version=version)
        wanted = fleet(redis_version="7.2")
        told = bench.ok(MODULE, databases=wanted, check=True, diff=True)
        run = bench.ok(MODULE, databases=wanted, diff=True)
        assert same_prediction(told, run)
        assert changed(run) == [found["name"] for found in wanted]
        assert names(bench) == sorted(changed(run))
        # the cluster builds them side by side: not much longer than one of them takes
        assert 11 < run.seconds < 30
        assert len(run.bodies("POST")) == FLEET
        assert run["api_requests"] == len(run.requests)
        assert run.warnings == []
        for result in run["results"]:
            assert result["state"] == "present"
            assert result["failed"] is result["adopted"] is False
            assert result["error"] is None
            assert result["diff"]["after"] == {
                "name": result["name"],
                "memory_size": GB,
                "redis_version": "7.2",
            }
            assert result["action"]["state"] == "succeeded"
            assert result["action"]["kind"] == "SMCreateBDB"
            assert result["action"]["resource_id"] == result["database"]["uid"]
            assert result["database"]["status"] == "active"
            assert result["database"]["port"] == result["database"]["endpoints"][0]["port"] > 0
        for check in (True, False):
            again = bench.ok(MODULE, databases=wanted, check=check, diff=True)
            assert not again.changed
            assert changed(again) == adopted(again) == []
            assert [request.path for request in again.requests] == ["/v1/bdbs"]

    @pytest.mark.parametrize("version", VERSIONS)
    def test_all_kinds_of_change_in_one_run(self, bench: Bench, version: str) -> None:
        bench.options("enterprise", version=version)
        seed(bench, 5, eviction_policy="allkeys-lru")
        wanted = [
            item("db-1"),
            item("db-2", memory_size="2GB", tags=[{"key": "team", "value": "web"}]),
            gone("db-3"),
            gone("never-was"),
            item("new"),
            {"name": "db-4", "eviction_policy": None},
        ]
        told = bench.ok(MODULE, databases=wanted, check=True, diff=True)
        run = bench.ok(MODULE, databases=wanted, diff=True)
        assert same_prediction(told, run)
        assert changed(run) == ["db-2", "db-3", "new", "db-4"]
        assert results(run)["db-2"]["diff"]["before"]["memory_size"] == GB
        assert results(run)["db-2"]["diff"]["after"]["memory_size"] == 2 * GB
        assert results(run)["db-2"]["action"]["kind"] == "SMUpdateBDB"
        assert results(run)["db-2"]["database"]["memory_size"] == 2 * GB
        assert results(run)["db-3"]["diff"]["after"] == {}
        assert results(run)["db-3"]["database"]["name"] == "db-3"
        assert results(run)["never-was"]["database"] is None
        assert Counter(request.method for request in run.writes) == {"PUT": 2, "DELETE": 1, "POST": 1}
        assert names(bench) == ["db-1", "db-2", "db-4", "db-5", "new"]
        again = bench.ok(MODULE, databases=wanted, diff=True)
        assert again.writes == []
        assert not again.changed

    def test_fields_without_an_option(self, bench: Bench) -> None:
        seed(bench, 2)
        wanted = [item("db-1", extra={"conns": 9}), item("db-2"), item("db-3", extra={"max_pipelined": 100})]
        told = bench.ok(MODULE, databases=wanted, check=True, diff=True)
        run = bench.ok(MODULE, databases=wanted, diff=True)
        assert same_prediction(told, run)
        assert changed(run) == ["db-1", "db-3"]
        assert run.bodies("PUT") == [{"conns": 9}]
        assert bench.ok(MODULE, databases=wanted).writes == []

    def test_secrets(self, bench: Bench) -> None:
        wanted = [item("one", authentication_redis_pass="canary-one"), item("two")]
        run = bench.ok(MODULE, databases=wanted, diff=True)
        admin = {bdb["authentication_admin_pass"] for bdb in cluster(bench)}
        assert "canary" not in str(run.result)
        assert not any(secret in str(run.result) for secret in admin)
        shown = bench.ok(MODULE, databases=wanted, return_secrets=True)
        assert {result["database"]["authentication_admin_pass"] for result in shown["results"]} == admin
        assert bench.ok(MODULE, databases=wanted).writes == []

    def test_secret_in_an_entry_that_nothing_was_done_to(self, bench: Bench) -> None:
        """It is masked in its own entry."""
        bench.options("enterprise", return_redis_password=True)
        seed(bench, 1, "of-canary-one", authentication_redis_pass="canary-one")
        seed(bench, 1, "two", authentication_redis_pass="canary-two")
        run = bench.ok(MODULE, databases=[item("of-canary-one"), item("two")])
        assert not run.changed
        assert [result["database"]["name"] for result in run["results"]] == ["of-********", "two"]
        assert "canary-two" not in str(run.result)

    def test_nothing_to_do(self, bench: Bench) -> None:
        run = bench.ok(MODULE, databases=[])
        assert run["results"] == []
        assert not run.changed


class TestPurge:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_what_is_not_named_is_deleted(self, bench: Bench, version: str) -> None:
        bench.options("enterprise", version=version)
        seed(bench, 5)
        told = bench.ok(MODULE, databases=fleet(2), purge=True, check=True, diff=True)
        run = bench.ok(MODULE, databases=fleet(2), purge=True, diff=True)
        assert same_prediction(told, run)
        assert changed(run) == ["db-3", "db-4", "db-5"]
        assert names(bench) == ["db-1", "db-2"]
        assert not bench.ok(MODULE, databases=fleet(2), purge=True).changed

    @pytest.mark.parametrize("wanted", [[], [gone("db-1")]])
    def test_everything_only_by_name(self, bench: Bench, wanted: list[dict[str, Any]]) -> None:
        seed(bench, 3)
        for check in (True, False):
            run = bench.fails(MODULE, databases=wanted, purge=True, check=check)
            assert "purge_all=true" in run.message
            assert run.requests == []
        assert bench.ok(MODULE, databases=wanted, purge=True, purge_all=True).changed
        assert cluster(bench) == []

    def test_what_is_never_purged(self, bench: Bench) -> None:
        bench.seed(
            "enterprise",
            bdbs=[
                {"name": "part", "crdt": True, "crdt_guid": "guid-1"},
                {"name": "inner", "internal": True},
                {"name": "plain"},
            ],
        )
        run = bench.ok(MODULE, databases=[], purge=True, purge_all=True)
        assert changed(run) == ["plain"]
        assert names(bench) == ["inner", "part"]
        refused = bench.fails(MODULE, databases=[gone("part"), gone("inner")])
        assert "Active-Active database guid-1" in errors(refused)["part"]
        assert "internal database" in errors(refused)["inner"]
        assert refused.writes == []

    def test_two_of_one_name_are_not_guessed_at(self, bench: Bench) -> None:
        bench.seed("enterprise", bdbs=[{"name": "twin"}, {"name": "twin"}, {"name": "other"}])
        run = bench.fails(MODULE, databases=[item("new")], purge=True)
        assert list(errors(run)) == ["twin"]
        assert "1, 2" in errors(run)["twin"]
        assert changed(run) == ["new", "other"]
        assert names(bench) == ["new", "twin", "twin"]


class TestNames:
    @pytest.mark.parametrize("wanted", [item("twin"), gone("twin")])
    def test_two_of_one_name_are_refused_with_their_uids(self, bench: Bench, wanted: dict[str, Any]) -> None:
        bench.seed("enterprise", bdbs=[{"name": "twin"}, {"name": "twin"}])
        for check in (True, False):
            run = bench.fails(MODULE, databases=[wanted, item("new")], check=check)
            assert "1, 2" in errors(run)["twin"]
            assert changed(run) == ["new"]
        assert names(bench) == ["new", "twin", "twin"]

    def test_one_that_is_being_deleted_does_not_count(self, bench: Bench) -> None:
        bench.seed("enterprise", bdbs=[{"name": "db-1", "status": "delete-pending"}, item("db-1")])
        run = bench.ok(MODULE, databases=fleet(1))
        assert not run.changed
        assert run["results"][0]["database"]["uid"] == 2

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("age", [0, 20])
    def test_somebody_else_creates_it_before_us(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch, version: str, age: float
    ) -> None:
        """The names are listed again before each create."""
        bench.options("enterprise", version=version)

        def other() -> None:
            call(bench, "POST", "/v1/bdbs", item("db-3", memory_size=2 * GB))
            bench.pass_time(age)

        meanwhile(bench, monkeypatch, "POST", 2, other)
        run = bench.ok(MODULE, databases=fleet(5))
        assert names(bench) == sorted(found["name"] for found in fleet(5))
        assert results(run)["db-3"]["diff"] == {
            "before": {"memory_size": 2 * GB},
            "after": {"memory_size": GB},
        }
        assert adopted(run) == ["db-3"]

    @pytest.mark.parametrize("seconds", [None, 3.0])
    def test_somebody_else_creates_it_together_with_us(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch, seconds: float | None
    ) -> None:
        """Too late to be seen before: both are named, none is deleted, and the others are not stopped."""
        meanwhile(bench, monkeypatch, "POST", 3, lambda: call(bench, "POST", "/v1/bdbs", item("db-3")))
        params = {"databases": fleet(5)}
        run = bench.run(MODULE, params) if seconds is None else bench.sliced(MODULE, params, seconds)[0]
        assert run.failed
        assert list(errors(run)) == ["db-3"]
        assert all(uid in errors(run)["db-3"] for uid in "34")
        assert changed(run) == [found["name"] for found in fleet(5)]
        assert names(bench) == ["db-1", "db-2", "db-3", "db-3", "db-4", "db-5"]
        assert {bdb["status"] for bdb in cluster(bench)} == {"active"}
        assert run.bodies("DELETE") == []


class TestFailures:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_one_does_not_stop_the_others(self, bench: Bench, version: str) -> None:
        bench.options("enterprise", version=version)
        seed(bench, 2)
        bench.options("enterprise", fail_create_names="^db-4$", fail_update_names="^db-2$", failure_text="No room")
        wanted = fleet(5)
        wanted[0]["memory_size"] = wanted[1]["memory_size"] = "2GB"
        run = bench.fails(MODULE, databases=wanted, diff=True)
        assert run.message.startswith("2 of 5 databases failed. db-2: ")
        assert list(errors(run)) == ["db-2", "db-4"]
        assert all("No room" in reason for reason in errors(run).values())
        assert all(reason in run.message for reason in errors(run).values())
        # a failed creation leaves something behind, a failed update does not
        assert changed(run) == ["db-1", "db-3", "db-4", "db-5"]
        assert sorted(run["diff"]["after"]) == changed(run)
        assert results(run)["db-5"]["database"]["status"] == "active"
        assert results(run)["db-1"]["database"]["memory_size"] == 2 * GB
        again = bench.fails(MODULE, databases=wanted)
        assert [request.method for request in again.writes] == ["PUT"]
        assert list(errors(again)) == ["db-2", "db-4"]

    def test_failed_deletion(self, bench: Bench) -> None:
        seed(bench, 3)
        bench.options("enterprise", fail_deletes=1, failure_text="Nobody knows why")
        run = bench.fails(MODULE, databases=[gone(found["name"]) for found in fleet(3)])
        assert len(errors(run)) == 1
        assert "Nobody knows why" in run.message
        assert run.seconds < 30
        assert len(changed(run)) == 2
        assert len(cluster(bench)) == 1

    def test_change_of_a_field_that_cannot_be_changed(self, bench: Bench) -> None:
        seed(bench, 2)
        wanted = [item("db-1", type="memcached"), item("db-2", memory_size="2GB")]
        for check in (True, False):
            run = bench.fails(MODULE, databases=wanted, check=check)
            assert list(errors(run)) == ["db-1"]
            assert changed(run) == ["db-2"]

    def test_refused_create(self, bench: Bench) -> None:
        bench.options("enterprise", memory_bytes=2 * GB)
        run = bench.run(MODULE, databases=[item("one"), item("two", memory_size="64GB"), item("three")])
        assert run.failed
        assert list(errors(run)) == ["two"]
        assert names(bench)[:1] == ["one"]

    def test_wrong_password(self, bench: Bench) -> None:
        bench.credentials["enterprise"]["api_password"] = "wrong"
        run = bench.fails(MODULE, databases=fleet(3))
        assert "HTTP 401" in run.message
        assert run.writes == []
        assert run.seconds < 5

    @pytest.mark.parametrize(
        "kind", ["lose", "reset_before", "reset_after", "cut", "empty", "html", "status_after"]
    )
    @pytest.mark.parametrize("version", VERSIONS)
    def test_answers_that_are_lost(self, bench: Bench, version: str, kind: str) -> None:
        bench.options("enterprise", version=version)
        how: dict[str, Any] = {"status": 502} if kind == "status_after" else {}
        for number in range(3):
            bench.fault(kind, method="POST", after=2, **how)
            bench.fault(kind, method="GET", after=7 * (number + 1), **how)
        run = bench.ok(MODULE, databases=fleet(8))
        assert len(changed(run)) == 8
        assert names(bench) == sorted(found["name"] for found in fleet(8))
        assert not bench.ok(MODULE, databases=fleet(8)).changed

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    @pytest.mark.parametrize("kind", ["lose", "reset_before", "cut", "empty"])
    def test_other_answers_that_are_lost(self, bench: Bench, method: str, kind: str) -> None:
        seed(bench, 4)
        bench.fault(kind, method=method, after=1, times=2)
        wanted = [found if method == "PUT" else gone(found["name"]) for found in fleet(4, memory_size=2 * GB)]
        run = bench.ok(MODULE, databases=wanted)
        assert len(changed(run)) == 4
        assert {bdb["memory_size"] for bdb in cluster(bench)} == ({2 * GB} if method == "PUT" else set())


class TestBadInput:
    @pytest.mark.parametrize(
        ("databases", "words"),
        [
            ([item("one"), item("two"), item("one")], "names one more than once"),
            ([item("one"), gone("one")], "names one more than once"),
            ([{"memory_size": GB}], "name"),
            ([item("one", use_nodes=[1], avoid_nodes=[2])], "databases[one]: only one of use_nodes and avoid_nodes can be given"),
            ([item("one", extra={"memory_size": 1})], "databases[one]: extra.memory_size has an option"),
            ([item("one", extra={"conns": "many"})], "databases[one]: extra.conns must be of type int"),
            ([item("one", oss_cluster=True, hash_slots_policy="legacy")], "databases[one]: oss_cluster=true needs"),
            ([item("one"), item("two", port=80)], "databases[two].port must be 0"),
            ([item("one", memory_size="much")], "memory_size"),
            ([item("one"), item("two", memory_size="much")], "(databases[two])"),
            ([item("one"), item("two", colour="red")], "(databases[two])"),
            ([item("one"), item("two", state="started")], "found in databases (databases[two])"),
            ([item("one"), "two"], "(databases[1])"),
            (None, "databases"),
        ],
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_refused_before_anything_is_sent(
        self, bench: Bench, databases: list[dict[str, Any]], words: str, check: bool
    ) -> None:
        run = bench.fails(MODULE, {"databases": databases}, check=check)
        assert words in run.message
        assert run.requests == []


class TestWaiting:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_no_waiting(self, bench: Bench, version: str) -> None:
        bench.options("enterprise", version=version)
        run = bench.ok(MODULE, databases=fleet(6), wait=False)
        assert len(changed(run)) == 6
        assert run.seconds < 3
        assert {result["action"]["state"] for result in run["results"]} == {"pending"}
        later = bench.ok(MODULE, databases=fleet(6))
        assert not later.changed
        assert len(adopted(later)) == 6
        assert {result["database"]["status"] for result in later["results"]} == {"active"}

    def test_processing_ends_with_the_actions(self, bench: Bench) -> None:
        run = bench.ok(MODULE, databases=fleet(6), wait_for="processing")
        assert {result["action"]["state"] for result in run["results"]} == {"succeeded"}

    @pytest.mark.parametrize("timeout", [0, 1, 5, 10])
    def test_timeout_and_resume(self, bench: Bench, timeout: int) -> None:
        run = bench.fails(MODULE, databases=fleet(), wait_timeout=timeout)
        assert timeout <= run.seconds < timeout + 3
        assert f"after {timeout} seconds (wait_timeout)" in run.message
        assert len(run["results"]) == FLEET
        assert len(changed(run)) == len(run.writes)
        resumed = bench.ok(MODULE, databases=fleet())
        assert len(changed(run)) + len(changed(resumed)) == FLEET
        assert set(adopted(resumed)) <= set(changed(run))
        assert names(bench) == sorted(found["name"] for found in fleet())

    @pytest.mark.parametrize("wait", [True, False])
    def test_nothing_more_is_requested_after_the_deadline(self, bench: Bench, wait: bool) -> None:
        """It comes between two items. What was requested before is reported; the others are left to the next run."""
        run = bench.fails(MODULE, databases=fleet(100), wait=wait, wait_timeout=2)
        assert "Gave up after 2 seconds (wait_timeout), before all databases were requested." in run.message
        assert 2 <= run.seconds < 2.5
        assert 0 < len(run.bodies("POST")) < 50
        assert changed(run) == [request.body["name"] for request in run.writes]
        assert names(bench) == sorted(changed(run))

    def test_deadline_is_for_what_is_requested(self, bench: Bench) -> None:
        """Where nothing is left to request, it ends nothing: neither a comparison, nor reading back what is ready by then."""
        bench.options("enterprise", create_seconds=10.5)
        run = bench.ok(MODULE, databases=fleet(2), wait_timeout=12)
        assert changed(run) == ["db-1", "db-2"]
        assert 12 <= run.seconds < 13
        again = bench.ok(MODULE, databases=fleet(2), wait_timeout=0)
        assert not again.changed

    def test_what_somebody_else_has_started_is_joined(self, bench: Bench) -> None:
        seed(bench, 2)
        call(bench, "POST", "/v1/bdbs", item("db-3"))
        call(bench, "PUT", "/v1/bdbs/1", {"memory_size": 2 * GB})
        call(bench, "DELETE", "/v1/bdbs/2")
        bench.pass_time(2)
        run = bench.ok(MODULE, databases=[item("db-1"), gone("db-2"), item("db-3"), item("db-4")])
        assert adopted(run) == ["db-1", "db-2", "db-3"]
        assert changed(run) == ["db-1", "db-4"]
        assert results(run)["db-1"]["diff"]["before"] == {"memory_size": 2 * GB}
        assert names(bench) == ["db-1", "db-3", "db-4"]

    def test_deletion_under_way_then_created_again(self, bench: Bench) -> None:
        seed(bench, 2)
        call(bench, "DELETE", "/v1/bdbs/1")
        run = bench.ok(MODULE, databases=fleet(2))
        assert changed(run) == ["db-1"]
        assert run["results"][0]["database"]["uid"] == 3

    @pytest.mark.parametrize("seconds", [1, 4, 25])
    def test_slices_end_like_one_run(self, bench: Bench, seconds: float) -> None:
        seed(bench, 3)
        wanted = [item("db-1", memory_size="2GB"), gone("db-2"), item("db-3"), item("new"), item("newer")]
        told = bench.ok(MODULE, databases=wanted, check=True, diff=True)
        run, handed = bench.sliced(MODULE, {"databases": wanted}, seconds, diff=True)
        assert same_prediction(told, run)
        assert adopted(run) == []
        assert Counter(request.method for request in run.writes) == {"PUT": 1, "DELETE": 1, "POST": 2}
        assert run["api_requests"] == len(run.requests)
        assert results(run)["db-2"]["database"]["name"] == "db-2"
        together = {found["reading"]["status"] for found in handed if found["what"] == "databases"}
        assert "1 of 5 databases ready" in together

    @pytest.mark.parametrize("seconds", [1, 4])
    def test_failures_of_earlier_slices_are_reported(self, bench: Bench, seconds: float) -> None:
        bench.options("enterprise", fail_create_names="^db-1$")
        run, _handed = bench.sliced(MODULE, {"databases": fleet(3)}, seconds)
        assert run.failed
        assert list(errors(run)) == ["db-1"]
        assert len(changed(run)) == 3
        assert len(run.bodies("POST")) == 3

    @pytest.mark.parametrize("seconds", [1, 4, 25])
    def test_delete_that_fails_after_the_slice_that_sent_it(self, bench: Bench, seconds: float) -> None:
        seed(bench, 2)
        bench.options("enterprise", fail_deletes=1, delete_seconds=30)
        run, handed = bench.sliced(MODULE, {"databases": [gone("db-1"), item("db-2")]}, seconds)
        assert handed
        assert run.failed
        assert list(errors(run)) == ["db-1"]
        assert len(run.bodies("DELETE")) == 1
        assert names(bench) == ["db-1", "db-2"]


@pytest.mark.parametrize("options", READINGS, ids=str)
def test_every_reading_of_what_is_not_established(bench: Bench, options: dict[str, Any]) -> None:
    bench.options("enterprise", **options)
    created = bench.ok(MODULE, databases=fleet(4, redis_version="7.2"))
    assert len(changed(created)) == len(created.writes) == 4
    assert {result["database"]["status"] for result in created["results"]} == {"active"}
    assert bench.ok(MODULE, databases=fleet(4)).writes == []
    wanted = [item("db-1", memory_size="2GB"), gone("db-2"), item("db-3"), item("new", redis_version="7.2")]
    run = bench.ok(MODULE, databases=wanted, purge=True)
    assert changed(run) == ["db-1", "db-2", "new", "db-4"]
    assert len(run.writes) == 4
    assert names(bench) == ["db-1", "db-3", "new"]
    assert bench.ok(MODULE, databases=wanted, purge=True).writes == []


@pytest.mark.parametrize("count", [100, 500])
def test_many_unchanged_take_one_list(bench: Bench, count: int) -> None:
    seed(bench, count)
    run = bench.ok(MODULE, databases=fleet(count))
    assert not run.changed
    assert len(run["results"]) == count
    assert len(run.requests) <= 3


class TestExactlyOnce:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("seed", range(10))
    def test_killed_in_the_middle_of_twenty_creates(self, bench: Bench, version: str, seed: int) -> None:
        """Up to three times, anywhere, and continued at once or later: each is created once."""
        bench.options("enterprise", version=version)
        chance = random.Random(f"{version} {seed}")
        wanted = {"databases": fleet(redis_version="7.2")}
        kills = 0
        for _attempt in range(chance.randint(1, 3)):
            moment, when = chance.randint(1, 100), chance.choice(["before", "after"])
            kills += killed(bench, MODULE, wanted, moment, when, chance.choice([None, 4.0]))
            bench.pass_time(chance.choice([0.0, 0.0, 3.0, 40.0]))
        assert kills, "a run was to be killed"
        run = bench.ok(MODULE, wanted)
        assert names(bench) == sorted(found["name"] for found in fleet())
        assert len([request for request in bench.sent if request.method == "POST"]) <= FLEET + kills
        assert max(bdb["uid"] for bdb in cluster(bench)) == FLEET, "more were created, and deleted again"
        assert {result["database"]["status"] for result in run["results"]} == {"active"}
        assert bench.ok(MODULE, wanted).writes == []

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("moment", range(2, 12))
    @pytest.mark.parametrize("lag", [0.0, 4.0])
    @pytest.mark.parametrize("version", VERSIONS)
    def test_killed_while_changing(
        self, bench: Bench, version: str, lag: float, moment: int, when: str
    ) -> None:
        """The next run follows the last write of the killed one; what it has listed before that is old by then."""
        bench.options("enterprise", version=version, update_status_lag_seconds=lag)
        uids = seed(bench, 3)
        wanted = {"databases": fleet(3, memory_size=2 * GB)}
        assert killed(bench, MODULE, wanted, moment, when)
        done = accepted(bench, "PUT")
        done += sent(bench.ok(MODULE, wanted), "PUT")
        assert done == [f"/v1/bdbs/{uid}" for uid in uids]
        assert bench.ok(MODULE, wanted).writes == []

    @pytest.mark.parametrize("seed_", range(6))
    def test_killed_while_deleting(self, bench: Bench, seed_: int) -> None:
        chance = random.Random(seed_)
        seed(bench, 10)
        wanted = {"databases": fleet(4), "purge": True}
        assert killed(bench, MODULE, wanted, chance.randint(1, 20), chance.choice(["before", "after"]))
        bench.pass_time(chance.choice([0.0, 3.0, 40.0]))
        bench.ok(MODULE, wanted)
        assert names(bench) == [found["name"] for found in fleet(4)]
        assert bench.ok(MODULE, wanted).writes == []


class TestOldList:
    """The list that the items share is as old as the last look."""

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_database_vanishes_meanwhile(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch, method: str
    ) -> None:
        bench.options("enterprise", delete_seconds=1)
        uids = seed(bench, 4)

        def other() -> None:
            call(bench, "DELETE", f"/v1/bdbs/{uids[2]}")
            bench.pass_time(10)

        meanwhile(bench, monkeypatch, method, 3, other)
        wanted = fleet(4, memory_size=2 * GB)
        if method == "DELETE":
            wanted = [gone(found["name"]) for found in wanted]
        run = bench.ok(MODULE, databases=wanted)
        assert names(bench) == ([] if method == "DELETE" else sorted(found["name"] for found in wanted))
        assert changed(run) == [f"db-{number}" for number in (1, 2, 3, 4) if method == "PUT" or number != 3]

    def test_update_that_is_done_before_anybody_can_look(self, bench: Bench) -> None:
        bench.options("enterprise", update_seconds=1)
        seed(bench, 2)
        bench.fault("reset_after", method="PUT")
        bench.fault("connect_timeout", method="GET", path=r"/v1/bdbs", after=1, times=2)
        run = bench.ok(MODULE, databases=fleet(2, memory_size=2 * GB))
        assert [request.path for request in run.writes] == ["/v1/bdbs/1", "/v1/bdbs/2"]
        assert changed(run) == ["db-1", "db-2"]

    def test_change_that_reads_back_late(self, bench: Bench) -> None:
        """The old value is seen twice after the end of the change, the first time in the list."""
        seed(bench, 1, "db-1")
        bench.fault("rewrite", method="GET", path=r"/v1/bdbs(/1)?$", after=11, times=2, set={"memory_size": GB})
        run = bench.ok(MODULE, databases=fleet(1, memory_size=2 * GB))
        assert bench.simulator.faults.rules[0].applied == 2
        assert len(run.writes) == 1

    def test_what_was_created_is_known_when_nothing_can_be_read(self, bench: Bench) -> None:
        bench.fault("lose", method="GET", path=r"/v1/bdbs/\d+$", times=None)
        run = bench.fails(MODULE, databases=fleet(3), wait_timeout=5)
        assert changed(run) == ["db-1", "db-2", "db-3"]
        assert errors(run) == {}
        assert "Run the same task again" in run.message
        bench.simulator.faults.replace([])
        assert bench.ok(MODULE, databases=fleet(3)).writes == []

    def test_no_answer_in_time_is_not_the_failure_of_each(self, bench: Bench) -> None:
        seed(bench, 3)
        bench.fault("lose", method="GET", path=r"/v1/bdbs$", after=1, times=None)
        run = bench.fails(MODULE, databases=[gone(f"db-{number}") for number in (1, 2, 3)], wait_timeout=5)
        assert errors(run) == {}
        assert changed(run) == ["db-1", "db-2", "db-3"]
        assert "wait_timeout" in run.message
        assert "Run the same task again" in run.message

    def test_api_that_cannot_be_reached_is_said_once(self, bench: Bench) -> None:
        bench.fault("refuse", times=None)
        run = bench.fails(MODULE, databases=fleet(3))
        assert run.message.count("Check api_url") == 1
        assert "failed." not in run.message

    def test_waits_for_what_lasts_go_on_from_slice_to_slice(self, bench: Bench) -> None:
        """The create of a killed run, whose action is forgotten: how long that has been so is counted on."""
        bench.options("enterprise", action_retention_seconds=0)
        assert killed(bench, MODULE, {"databases": fleet(3)}, 5, "before")
        assert [request.method for request in bench.sent[3:]] == ["POST", "GET"]
        bench.pass_time(100)
        run, _handed = bench.sliced(MODULE, {"databases": fleet(3)}, 3)
        assert not run.failed
        assert run.seconds < 200
        assert names(bench) == ["db-1", "db-2", "db-3"]
