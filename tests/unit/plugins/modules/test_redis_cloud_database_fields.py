# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_database: every field through create, repeat, update, reset, check mode and diff. Made from the declaration."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._cloud.database import DATABASE_FIELDS
from ansible_collections.community.redis.plugins.module_utils._core.fields import (
    BOTH,
    CREATE,
    UNSET,
    UPDATE,
    Field,
)
from unit.cloud_samples import DATABASE, DATABASE_SAMPLES, Sample
from unit.harness import Bench, Run

MODULE = "redis_cloud_database"
FIELDS = {field.name: field for field in DATABASE_FIELDS}
# Active-Active only, which this module refuses; see test_redis_cloud_database.py
ELSEWHERE = {"local_throughput_measurement"}
TESTED = sorted(set(FIELDS) - ELSEWHERE)
CREATE_ONLY = [name for name in TESTED if FIELDS[name].mode == CREATE and DATABASE_SAMPLES[name].shown]
CHANGEABLE = [name for name in TESTED if FIELDS[name].mode != CREATE and name != "name"]
COMPARED = [name for name in CHANGEABLE if DATABASE_SAMPLES[name].shown]
HIDDEN = [name for name in CHANGEABLE if not DATABASE_SAMPLES[name].shown]
RESETTABLE = [name for name in TESTED if FIELDS[name].reset is not UNSET]
NOT_RESETTABLE = [name for name in TESTED if FIELDS[name].reset is UNSET and name != "name"]
SECRETS = {"password", "sasl_password"}


class Case:
    """One field of a database in a subscription that suits it."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.field: Field = FIELDS[name]
        self.sample: Sample = DATABASE_SAMPLES[name]
        bench.options("cloud", **self.sample.options)
        seeded = bench.seed("cloud", subscriptions=[{"request": self.sample.account}])
        self.subscription_id = seeded["subscriptions"][0]["id"]

    def task(self, *value: Any, **more: Any) -> dict[str, Any]:
        """The options of a task, with or without a value for the field."""
        options = {**DATABASE, **self.sample.needs}
        for name in self.sample.without:
            del options[name]
        if value:
            options[self.field.name] = value[0]
        return {"subscription_id": self.subscription_id, **options, **more}

    def run(self, *value: Any, **more: Any) -> Run:
        return self.bench.ok(MODULE, self.task(*value), **more)

    def predicted(self, *value: Any, **more: Any) -> Run:
        """A real run, after a run in check mode that has to have said the same."""
        told = self.run(*value, check=True, diff=True, **more)
        done = self.run(*value, diff=True, **more)
        assert told.changed == done.changed
        assert told["diff"] == done["diff"]
        return done

    def wire(self, value: Any) -> dict[str, Any]:
        if self.sample.wire is not None:
            return self.sample.wire
        return {self.field.wire: self.field.encode(value)}


@pytest.fixture(params=[])
def case(bench: Bench, request: pytest.FixtureRequest) -> Case:
    return Case(bench, request.param)


def test_every_field_has_a_sample() -> None:
    assert set(DATABASE_SAMPLES) == set(FIELDS)


@pytest.mark.parametrize("case", TESTED, indirect=True)
def test_create_then_repeat(case: Case) -> None:
    created = case.predicted(case.sample.first)
    assert created.changed
    sent = {
        name: value for body in created.bodies("POST") + created.bodies("PUT") for name, value in body.items()
    }
    assert sent[case.field.wire] == case.field.encode(case.sample.first)
    assert len(created.bodies("POST")) == 1
    assert case.field.wire not in created.bodies("POST")[0] or case.field.mode != UPDATE
    assert len(created.bodies("PUT")) == (1 if case.field.mode == UPDATE else 0)
    again = case.predicted(case.sample.first)
    assert not again.changed
    assert again.writes == []
    assert again["diff"] == {"before": {}, "after": {}}


@pytest.mark.parametrize("case", COMPARED, indirect=True)
def test_update_sends_this_field_alone(case: Case) -> None:
    case.run(case.sample.first)
    updated = case.predicted(case.sample.second)
    assert updated.changed
    assert updated.bodies("PUT") == [case.wire(case.sample.second)]
    assert list(updated["diff"]["before"]) == [case.field.name] == list(updated["diff"]["after"])
    assert updated["diff"]["before"] != updated["diff"]["after"] or case.field.name in SECRETS
    assert case.predicted(case.sample.second).writes == []


@pytest.mark.parametrize("case", COMPARED, indirect=True)
def test_left_out_is_left_alone(case: Case) -> None:
    case.run(case.sample.first)
    assert case.run().writes == []
    assert case.run(case.sample.first).writes == []


@pytest.mark.parametrize("case", HIDDEN, indirect=True)
def test_what_the_api_hides_is_changed_only_on_request(case: Case) -> None:
    case.run(case.sample.first)
    assert case.run(case.sample.second).writes == []
    forced = case.predicted(case.sample.second, update_password="always")
    assert forced.changed
    assert case.field.wire in forced.bodies("PUT")[0]
    assert forced.bodies("PUT")[0][case.field.wire] == case.field.encode(case.sample.second)


@pytest.mark.parametrize("case", CREATE_ONLY, indirect=True)
def test_create_only_field_refuses_a_change(case: Case) -> None:
    case.run(case.sample.first)
    for check in (True, False):
        refused = case.bench.fails(MODULE, case.task(case.sample.second), check=check)
        assert refused.message.startswith(f"{case.field.name} of a Redis Cloud database cannot be changed")
        assert refused.writes == []
        assert not refused.changed


@pytest.mark.parametrize("case", RESETTABLE, indirect=True)
def test_null_resets_once(case: Case) -> None:
    case.run(case.sample.first)
    reset = case.predicted(None)
    assert reset.changed
    (body,) = reset.bodies("PUT")
    if case.field.name == "replica":
        assert body == {"replicaOf": []}
    else:
        assert body == {case.field.wire: case.field.reset}
    again = case.predicted(None)
    assert not again.changed
    assert again.writes == []


@pytest.mark.parametrize("case", RESETTABLE, indirect=True)
def test_null_in_a_create_means_the_servers_default(case: Case) -> None:
    created = case.predicted(None)
    assert case.field.wire not in created.bodies("POST")[0]
    assert len(created.writes) == 1
    assert case.predicted(None).writes == []


@pytest.mark.parametrize("case", NOT_RESETTABLE, indirect=True)
def test_null_that_the_api_cannot_do_is_refused_before_anything_is_sent(case: Case) -> None:
    refused = case.bench.fails(MODULE, case.task(None))
    assert refused.message.startswith(f"{case.field.name} cannot be reset")
    assert refused.requests == []


@pytest.mark.parametrize("case", TESTED, indirect=True)
def test_secrets_do_not_show(case: Case) -> None:
    shown = str(case.run(case.sample.first, diff=True).result) + str(
        case.run(case.sample.first, diff=True).result
    )
    for name in SECRETS & {case.field.name}:
        assert DATABASE_SAMPLES[name].first not in shown
    state = case.bench.state("cloud")["subscriptions"][0]["databases"][0]["settings"]
    if "password" in state:
        assert state["password"] not in shown


def test_lists_of_fields_cover_all() -> None:
    assert {FIELDS[name].mode for name in TESTED} == {BOTH, CREATE, UPDATE}
    assert set(RESETTABLE) | set(NOT_RESETTABLE) | {"name"} == set(TESTED)
    assert min(len(COMPARED), len(HIDDEN), len(CREATE_ONLY), len(RESETTABLE), len(NOT_RESETTABLE)) > 2


def test_encryption_of_a_source_is_a_difference(bench: Bench) -> None:
    case = Case(bench, "replica")
    source = {"endpoint": "redis://user:canary@one.example:6379", "encryption": False}
    case.run({"sync_sources": [source]})
    assert case.run({"sync_sources": [{"endpoint": source["endpoint"]}]}).writes == []
    updated = case.predicted({"sync_sources": [{**source, "encryption": True}]})
    assert updated.changed
    assert case.predicted({"sync_sources": [{**source, "encryption": True}]}).writes == []
    bench.fault("rewrite", path="/databases", times=None, drop=["encryption"])
    assert case.run({"sync_sources": [source]}).writes == []
