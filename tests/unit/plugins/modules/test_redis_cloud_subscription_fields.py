# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""redis_cloud_subscription: every field through create, repeat, update, reset, check mode and diff. Made from the declaration."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.redis.plugins.module_utils._cloud.database import CREATION_FIELDS
from ansible_collections.community.redis.plugins.module_utils._cloud.subscription import SUBSCRIPTION_FIELDS
from ansible_collections.community.redis.plugins.module_utils._core.fields import CREATE, UNSET
from unit.cloud_samples import DATABASE_SAMPLES, SUBSCRIPTION, SUBSCRIPTION_SAMPLES
from unit.harness import Bench, Run

MODULE = "redis_cloud_subscription"
FIELDS = {field.name: field for field in SUBSCRIPTION_FIELDS}
CREATE_ONLY = [name for name in FIELDS if FIELDS[name].mode == CREATE and SUBSCRIPTION_SAMPLES[name].shown]
CHANGEABLE = [name for name in FIELDS if FIELDS[name].mode != CREATE and name != "name"]
RESETTABLE = [name for name in FIELDS if FIELDS[name].reset is not UNSET]
NOT_RESETTABLE = [name for name in FIELDS if FIELDS[name].reset is UNSET and name != "name"]
CREATION = {field.name: field for field in CREATION_FIELDS}


class Case:
    """One field of a subscription."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.field = FIELDS[name]
        self.sample = SUBSCRIPTION_SAMPLES[name]
        bench.options("cloud", **self.sample.options)

    def task(self, *value: Any) -> dict[str, Any]:
        options = {**SUBSCRIPTION, **self.sample.needs}
        if value:
            options[self.field.name] = value[0]
        return options

    def run(self, *value: Any, **more: Any) -> Run:
        return self.bench.ok(MODULE, self.task(*value), **more)

    def predicted(self, *value: Any) -> Run:
        """A real run, after a run in check mode that has to have said the same."""
        told = self.run(*value, check=True, diff=True)
        done = self.run(*value, diff=True)
        assert told.changed == done.changed
        assert told["diff"] == done["diff"]
        return done


@pytest.fixture(params=[])
def case(bench: Bench, request: pytest.FixtureRequest) -> Case:
    return Case(bench, request.param)


def test_every_field_has_a_sample() -> None:
    assert set(SUBSCRIPTION_SAMPLES) == set(FIELDS)
    assert set(CREATION) <= set(DATABASE_SAMPLES)


@pytest.mark.parametrize("case", list(FIELDS), indirect=True)
def test_create_then_repeat(case: Case) -> None:
    created = case.predicted(case.sample.first)
    assert created.changed
    (body,) = created.bodies("POST")
    sent = case.field.encode(case.sample.first)
    if case.field.name == "resource_tags":
        # part of the provider in a create, a call of its own afterwards
        assert body["cloudProviders"][0]["resourceTags"] == sent
    elif case.field.name == "databases":
        assert body["databases"] == [{"protocol": "redis", **sent[0]}]
    else:
        assert body[case.field.wire] == sent
    assert created["subscription"]["status"] == "active"
    again = case.predicted(case.sample.first)
    assert not again.changed
    assert again.writes == []
    assert again["diff"] == {"before": {}, "after": {}}


@pytest.mark.parametrize("case", CHANGEABLE, indirect=True)
def test_update_sends_this_field_alone(case: Case) -> None:
    case.run(case.sample.first)
    updated = case.predicted(case.sample.second)
    assert updated.changed
    wire = case.sample.wire or {case.field.wire: case.field.encode(case.sample.second)}
    assert updated.bodies("PUT") == [wire]
    (write,) = updated.writes
    assert write.path.endswith("/resource-tags") == (case.field.name == "resource_tags")
    assert list(updated["diff"]["before"]) == [case.field.name] == list(updated["diff"]["after"])
    assert updated["diff"]["before"] != updated["diff"]["after"]
    assert case.predicted(case.sample.second).writes == []


@pytest.mark.parametrize("case", CHANGEABLE, indirect=True)
def test_left_out_is_left_alone(case: Case) -> None:
    case.run(case.sample.first)
    assert case.run().writes == []
    assert case.run(case.sample.first).writes == []


@pytest.mark.parametrize("case", CREATE_ONLY, indirect=True)
def test_create_only_field_refuses_a_change(case: Case) -> None:
    case.run(case.sample.first)
    for check in (True, False):
        refused = case.bench.fails(MODULE, case.task(case.sample.second), check=check)
        assert refused.message.startswith(
            f"{case.field.name} of a Redis Cloud subscription cannot be changed"
        )
        assert refused.writes == []


@pytest.mark.parametrize("case", RESETTABLE, indirect=True)
def test_null_resets_once(case: Case) -> None:
    case.run(case.sample.first)
    reset = case.predicted(None)
    assert reset.changed
    assert reset.bodies("PUT") == [{case.field.wire: case.field.reset}]
    assert case.predicted(None).writes == []


@pytest.mark.parametrize("case", NOT_RESETTABLE, indirect=True)
def test_null_that_the_api_cannot_do_is_refused_before_anything_is_sent(case: Case) -> None:
    refused = case.bench.fails(MODULE, case.task(None))
    assert refused.message.startswith(f"{case.field.name} cannot be reset")
    assert refused.requests == []


@pytest.mark.parametrize("name", [name for name in CREATION if name != "name"])
def test_field_of_a_database_in_the_creation(bench: Bench, name: str) -> None:
    sample = DATABASE_SAMPLES[name]
    database = {"name": "first", "dataset_size_in_gb": 1, **sample.needs, name: sample.first}
    for other in sample.without:
        del database[other]
    task: dict[str, Any] = {**SUBSCRIPTION, "databases": [database]}
    if sample.account:
        task["memory_storage"] = sample.account["memoryStorage"]
    if name == "local_throughput_measurement":
        database[name] = [{"region": "us-east-1", "write_operations_per_second": 1500}]
        task["deployment_type"] = "active-active"
    created = bench.ok(MODULE, task)
    (body,) = created.bodies("POST")
    assert body["databases"][0][CREATION[name].wire] == CREATION[name].encode(database[name])
    assert bench.ok(MODULE, task).writes == []


def test_lists_of_fields_cover_all() -> None:
    assert set(CREATE_ONLY) | set(CHANGEABLE) | {"name", "redis_version", "databases"} == set(FIELDS)
    assert set(RESETTABLE) | set(NOT_RESETTABLE) | {"name"} == set(FIELDS)
