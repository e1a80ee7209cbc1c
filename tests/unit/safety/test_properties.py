# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of compare, normalise and plan, over all declared fields.

Applying a task twice changes nothing the second time; check mode says what then happens; what a task does not name
stays as it is. Against the simulated servers, whose replies rename, reorder, default and hide; and for the pure functions.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ansible_collections.community.redis.plugins.module_utils._cloud.database import (
    DATABASE as CLOUD_DATABASE,
)
from ansible_collections.community.redis.plugins.module_utils._cloud.subscription import SUBSCRIPTION
from ansible_collections.community.redis.plugins.module_utils._core import compare
from ansible_collections.community.redis.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.community.redis.plugins.module_utils._core.fields import Field, decode
from ansible_collections.community.redis.plugins.module_utils._core.plan import NONE, Resource, plan_update
from ansible_collections.community.redis.plugins.module_utils._enterprise.database import (
    DATABASE as ENTERPRISE_DATABASE,
)
from unit.harness import Bench

from .chaos import cloud_options, enterprise_options
from .desires import FIXED, Values, drawable, fitting, some, value_of

RESOURCES = {"cloud": CLOUD_DATABASE, "enterprise": ENTERPRISE_DATABASE}
MODULES = {"cloud": "redis_cloud_database", "enterprise": "redis_enterprise_database"}
BASES: dict[str, Values] = {
    "cloud": {"subscription_name": "main", "name": "cache", "dataset_size_in_gb": 1},
    "enterprise": {"name": "cache", "memory_size": 100 * 1024 * 1024},
}
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.text(max_size=8))
EXAMPLES = int(os.environ.get("SAFETY_EXAMPLES", "40"))

property_test = settings(
    max_examples=EXAMPLES,
    deadline=None,
    # what fails is small as it is; making it smaller takes longer than finding it
    phases=(Phase.explicit, Phase.generate),
    # the same examples in every build; `make soak` draws new ones
    derandomize="SAFETY_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@contextmanager
def world(product: str, readings: Any) -> Iterator[Bench]:
    """A bench of its own for one example, with every open question answered at random."""
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory(prefix="safety-") as directory:
        patch.setattr(tempfile, "tempdir", directory)
        try:
            bench = Bench(patch)
            options = cloud_options(readings) if product == "cloud" else enterprise_options(readings, "8.2")
            bench.options(product, **options)
            bench.simulator.reset()
            if product == "cloud":
                bench.options("cloud", rate_limit=0, resource_visible_seconds=0)
                bench.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
            yield bench
        finally:
            patch.undo()


def apply(bench: Bench, product: str, task: Values) -> Values | None:
    """Predict, apply, apply again. None: the server does not take these values together."""
    module = MODULES[product]
    # an option that reads back as something else must not be told from one that reads back late
    task = {**task, "wait_timeout": 100000}
    told = bench.run(module, task, check=True, diff=True)
    done = bench.run(module, task, diff=True)
    if done.failed:
        assert "exception" not in done.result, done.result
        assert "wait_timeout" not in done.message, done.message
        return None
    assert not told.failed, told.message
    assert told.changed == done.changed, (told["diff"], done["diff"])
    assert told["diff"] == done["diff"]
    assert done.changed == bool(done.writes)
    again = bench.run(module, task, diff=True)
    assert not again.failed, again.message
    assert not again.changed, again["diff"]
    assert again.writes == []
    assert again["diff"] == {"before": {}, "after": {}}
    return task


@pytest.mark.parametrize("product", RESOURCES)
@given(data=st.data(), readings=st.randoms(use_true_random=False))
@property_test
def test_applied_twice_changes_once_and_as_predicted(
    product: str, data: st.DataObject, readings: Any
) -> None:
    resource = RESOURCES[product]
    first = data.draw(some(product, resource.fields, True), "created with")
    with world(product, readings) as bench:
        created = apply(bench, product, {**fitting(product, first, {}), **BASES[product]})
        if created is None:
            return
        second = data.draw(some(product, resource.fields, False), "changed to")
        changed = fitting(product, second, created)
        kept = {name: created[name] for name in BASES[product] if name in created}
        before = others(bench, product, set(changed))
        if apply(bench, product, {**kept, **changed}) is not None:
            assert others(bench, product, set(changed)) == before


def others(bench: Bench, product: str, named: set[str]) -> Values:
    """What the options say that a task does not name, as the server would report it."""
    resource = RESOURCES[product]
    run = bench.ok(MODULES[product] + "_info", _address(product))
    (row,) = run["databases"]
    if product == "cloud":
        shown = {field.name: row[field.name] for field in resource.fields if field.name in row}
    else:
        shown = decode(resource.fields, row)
    # what one option does to another at the server: its own business
    linked = named & set(LINKED) and {name for option in named for name in LINKED.get(option, ())}
    return {name: value for name, value in shown.items() if name not in named and name not in (linked or ())}


# Options that the servers change by themselves when another one changes (Cloud facts 5.3, Enterprise facts 4.1)
LINKED: dict[str, tuple[str, ...]] = {
    "replication": ("memory_limit_in_gb", "dataset_size_in_gb", "slave_ha"),
    "replica": ("replica_of",),
    "replica_of": ("replica",),
    "enable_tls": ("client_tls_certificates", "client_ssl_certificate"),
    "client_tls_certificates": ("client_ssl_certificate",),
    "client_ssl_certificate": ("client_tls_certificates",),
    "remote_backup": ("periodic_backup_path",),
    "periodic_backup_path": ("remote_backup",),
    "replica_sync": ("sync",),
    "tls_mode": ("ssl",),
    "audit_settings": ("db_conns_auditing",),
}


def _address(product: str) -> Values:
    if product == "cloud":
        return {"subscription_name": "main", "name": "cache"}
    return {"name": "cache"}


# -- the pure functions ------------------------------------------------------------------------------------------------


def test_every_field_is_drawn_or_has_a_reason() -> None:
    for product, resource in RESOURCES.items():
        names = {field.name for field in resource.fields}
        drawn = {field.name for field in drawable(product, resource.fields)}
        assert drawn | set(FIXED[product]) == names
        assert all(FIXED[product].values())


def plain(resource: Resource) -> list[Field]:
    """Fields that read back where they were sent, in the same form."""
    return [field for field in resource.fields if not callable(field.read) and not field.write_only]


def store(reply: Values, field: Field, value: Any) -> None:
    """What a server does that keeps a value where it reports it."""
    *parents, last = (field.read or field.wire).split(".")  # type: ignore[union-attr]  # plain() leaves out functions
    for name in parents:
        reply = reply.setdefault(name, {})
    reply[last] = value


@pytest.mark.parametrize("product", RESOURCES)
@given(data=st.data())
@settings(property_test, max_examples=3 * EXAMPLES)
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(product: str, data: st.DataObject) -> None:
    """From any state of the server to any desired one, in as many writes as there are channels."""
    resource = RESOURCES[product]
    fields = [field for field in plain(resource) if field.mode != "create"]
    chosen = data.draw(
        st.lists(st.sampled_from(fields), min_size=1, max_size=8, unique_by=lambda one: one.name)
    )
    reply: Values = {}
    for field in chosen:
        if data.draw(st.booleans()):
            store(reply, field, field.encode(data.draw(value_of(product, field), "present " + field.name)))
    desired = {field.name: data.draw(value_of(product, field), "desired " + field.name) for field in chosen}
    wires = {field.wire: field for field in resource.fields}
    for _write in range(1 + len({field.channel for field in chosen})):
        plan = plan_update(resource, desired, reply)
        if plan.action == NONE:
            break
        assert set(plan.after) <= set(desired)
        for name, value in copy.deepcopy(plan.body).items():
            if name in wires:
                store(reply, wires[name], value)
    else:
        raise AssertionError(f"never done: {plan_update(resource, desired, reply).after}")
    unknown = {field.name for field in chosen if field.decode(reply) is not None} - set(desired)
    assert unknown == set()


@pytest.mark.parametrize("product", RESOURCES)
@given(data=st.data())
@property_test
def test_what_is_not_desired_is_never_sent(product: str, data: st.DataObject) -> None:
    resource = RESOURCES[product]
    fields = [field for field in plain(resource) if field.mode != "create"]
    reply: Values = {}
    for field in data.draw(st.lists(st.sampled_from(fields), max_size=8, unique_by=lambda one: one.name)):
        store(reply, field, data.draw(SCALARS))
    assert plan_update(resource, {}, reply).action == NONE


@pytest.mark.parametrize(
    "resource", [CLOUD_DATABASE, SUBSCRIPTION, ENTERPRISE_DATABASE], ids=lambda one: one.title
)
@given(data=st.data())
@settings(property_test, max_examples=3 * EXAMPLES)
def test_replies_of_any_shape_are_read_without_a_traceback(resource: Resource, data: st.DataObject) -> None:
    """Missing, null, otherwise typed: a plan or a refusal comes out, never an exception of Python."""
    product = "enterprise" if resource is ENTERPRISE_DATABASE else "cloud"
    keys = sorted(
        {str(field.read or field.wire).partition(".")[0] for field in resource.fields if not callable(field.read)}
    )
    keys += [
        "clustering",
        "security",
        "replica",
        "replicaOf",
        "backup",
        "modules",
        "cloudDetails",
        "status",
        "endpoints",
    ]
    shapes = st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(keys), inner, max_size=3),
    )
    reply = data.draw(st.dictionaries(st.sampled_from(keys), shapes, max_size=6))
    if resource is SUBSCRIPTION:
        desired: Values = {
            "public_endpoint_access": False,
            "payment_method": "marketplace",
            "resource_tags": [],
        }
    else:
        desired = data.draw(some(product, resource.fields, True))
    with suppress(InvalidInput):
        # a create-only option may be found to differ
        plan_update(resource, desired, reply)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES.filter(lambda value: value is not None))
@property_test
def test_a_value_equals_itself_and_what_has_more_keys(value: Any) -> None:
    if _holds_none(value):
        return
    assert compare.value(value, copy.deepcopy(value))
    if isinstance(value, dict):
        assert compare.value(value, {**value, "more": 1})
        if value:
            assert not compare.value(value, {})


def _holds_none(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_none, value.values()))
    return value is None or (isinstance(value, list) and any(map(_holds_none, value)))


@given(
    items=st.lists(st.text(max_size=4), max_size=6), seed=st.randoms(use_true_random=False), more=st.text()
)
@property_test
def test_order_does_not_count_where_it_means_nothing(items: list[str], seed: Any, more: str) -> None:
    shuffled = list(items)
    seed.shuffle(shuffled)
    assert compare.unordered(items, shuffled)
    assert compare.unordered(items, [*items, more]) == (more in items)


@given(number=st.integers(-(2**53), 2**53))
@property_test
def test_a_number_equals_its_other_spellings(number: int) -> None:
    assert compare.value(number, float(number))
    assert compare.value(number, str(number))
    assert compare.value(str(number), number)
    assert not compare.value(number, number + max(10, abs(number) // 1000))
