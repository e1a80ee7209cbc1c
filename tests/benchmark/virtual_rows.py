# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows that are measured on the virtual clock: nothing in them depends on the machine."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator

from unit.harness import CLOUD_URL, LATENCY, Run

from . import schedule
from .rows import AT_LEAST, Row, figure
from .schedule import Rules
from .virtual import DIRECT_START, PROCESS_START, World, wanted

HOUR = 3600
FLEET = 20
LAGS = ((5.0, 2.0, 1.0), (60.0, 5.0, 3.0), (600.0, 5.0, 10.0))  # server time, of it processing, target
TICK = 1e-6
LATENCY_TEXT = f"each request takes {LATENCY:g} s"
DIRECTLY = f"in slices run directly, each costing {DIRECT_START:g} s"
PROCESSES = f"in slices that start a process, each costing {PROCESS_START:g} s"
# What each slice of a run costs, None for a run without slices, and how that is called
WAYS: tuple[tuple[float | None, str], ...] = (
    (DIRECT_START, DIRECTLY),
    (PROCESS_START, PROCESSES),
    (None, "in one piece"),
)


def fleet_run(rules: Rules, start: float | None, count: int = FLEET) -> tuple[World, Run]:
    """``count`` databases in one run. ``start``: what each slice costs; None: in one piece."""
    with World(rules.options(), start=start or 0.0) as world:
        options = {
            "subscription_id": world.subscription(),
            "databases": wanted(count),
            "wait_timeout": 10 * HOUR,
        }
        if start is None:
            return world, world.ok("redis_cloud_databases", options)
        return world, world.in_slices("redis_cloud_databases", **options)


def one_by_one(rules: Rules, count: int = FLEET) -> tuple[World, float]:
    """redis_cloud_database in a loop, each waiting for its database."""
    with World(rules.options()) as world:
        parent, began = world.subscription(), world.clock.now()
        for options in wanted(count):
            world.ok("redis_cloud_database", options, subscription_id=parent, wait_timeout=HOUR)
        return world, world.clock.now() - began


def attained(rules: Rules, count: int = FLEET) -> float:
    """The makespan of a client that knows the best schedule beforehand and sends each create at its moment."""
    with World(rules.options()) as world:
        url = f"{CLOUD_URL}/subscriptions/{world.subscription()}/databases"
        options = world.credentials["cloud"]
        headers = {"x-api-key": options["api_key"], "x-api-secret-key": options["api_secret_key"]}
        session, began = world.session(), world.clock.now() + 1.0
        for number, create in enumerate(schedule.best(rules, count)):
            world.pass_time(began + create.begin - LATENCY - world.clock.now() + TICK)
            body = {"name": f"db-{number}", "datasetSizeInGb": 1}
            session.post(url, json=body, headers=headers).raise_for_status()
        world.pass_time(HOUR)
        active = [item["active_at"] for item in world.databases()]
        if len(active) != count:
            raise RuntimeError(f"the best schedule does not work: {len(active)} of {count} databases")
        return max(active) - began


def makespans(quick: bool) -> Iterator[Row]:
    rules = Rules()
    bound = schedule.makespan(schedule.best(rules, FLEET))
    possible = attained(rules)
    if abs(possible - bound) > 0.01:
        raise RuntimeError(
            f"the lower bound is {bound} s, but {possible} s is what the simulator makes possible"
        )
    directly = 0.0
    for start, how in WAYS:
        _world, run = fleet_run(rules, start)
        directly = directly or run.seconds
        yield Row(
            f"create {FLEET} databases: makespan / lower bound of the rules",
            run.seconds / bound,
            f"{figure(run.seconds)} s, {len(run.requests)} requests",
            f"{figure(bound)} s",
            1.05,
            how=f"virtual clock, {how}; {LATENCY_TEXT}",
        )
    for name, serial in (
        ("one by one (redis_cloud_database in a loop)", one_by_one(rules)[1]),
        ("Terraform provider 2.11.0, computed", schedule.terraform_ends(rules, FLEET)),
    ):
        yield Row(
            f"the same: times faster than {name}",
            serial / directly,
            f"{figure(directly)} s",
            f"{figure(serial)} s",
            8,
            AT_LEAST,
            how=f"virtual clock, {DIRECTLY}",
        )
    yield from _with_subscription(rules)


def _with_subscription(rules: Rules) -> Iterator[Row]:
    """The subscription is created in the same play; its provisioning and that of its first database take as long."""
    options = {
        "subscription_seconds": rules.provisioning,
        "creation_database_seconds": rules.provisioning,
        **rules.options(),
    }
    with World(options, start=DIRECT_START) as world:
        began = world.clock.now()
        provider = {
            "provider": "AWS",
            "regions": [{"region": "us-east-1", "networking": {"deployment_cidr": "10.0.0.0/24"}}],
        }
        first = wanted(FLEET)[:1]
        world.in_slices(
            "redis_cloud_subscription",
            name="fleet",
            cloud_providers=[provider],
            databases=first,
            wait_timeout=HOUR,
            # the databases are awaited with the others
            wait_for="processing",
        )
        middle = world.clock.now() - began
        world.in_slices(
            "redis_cloud_databases",
            subscription_name="fleet",
            databases=wanted(FLEET),
            wait_timeout=10 * HOUR,
        )
        ours = world.clock.now() - began
    ready = rules.processing + rules.provisioning
    bound = schedule.makespan(schedule.best(rules, FLEET - 1, ready))
    serial = schedule.SUBSCRIPTION_SLEEPS + ready + schedule.terraform_ends(rules, FLEET)
    both = (
        "redis_cloud_subscription with the first database and wait_for=processing, then redis_cloud_databases"
    )
    yield Row(
        f"create the subscription and {FLEET} databases: makespan / lower bound",
        ours / bound,
        f"{figure(ours)} s, {figure(middle)} of them for the subscription",
        f"{figure(bound)} s",
        how=f"virtual clock, {DIRECTLY}; {both}",
    )
    yield Row(
        "the same: times faster than Terraform provider 2.11.0, computed",
        serial / ours,
        f"{figure(ours)} s",
        f"{figure(serial)} s",
        how=f"virtual clock, {DIRECTLY}",
    )


def lag(server: float, processing: float, seed: int, start: float | None) -> float:
    """How much later than the server is done a create returns.

    The server is done when the database is active. Its time varies by a tenth, so that it ends anywhere between two looks.
    """
    seconds = server * random.Random(seed).uniform(0.9, 1.1)
    rules = Rules(processing=processing, provisioning=seconds - processing, flip_every=0)
    with World(rules.options(), seed, start or 0.0) as world:
        options = {"subscription_id": world.subscription(), **wanted(1)[0], "wait_timeout": HOUR}
        if start is None:
            world.ok("redis_cloud_database", options)
        else:
            world.in_slices("redis_cloud_database", **options)
        return world.clock.now() - world.databases()[0]["active_at"]


def lags(quick: bool) -> Iterator[Row]:
    samples = 6 if quick else 24
    for server, processing, limit in LAGS:
        for start, how in WAYS:
            found = [lag(server, processing, seed, start) for seed in range(samples)]
            yield Row(
                f"create of {server:g} s: from 'server done' to 'module returns', mean",
                statistics.mean(found),
                f"{figure(min(found))}-{figure(max(found))} s",
                f"{samples} creates of {0.9 * server:g}-{1.1 * server:g} s",
                limit,
                unit=" s",
                how=f"virtual clock, {how}; {LATENCY_TEXT}",
                raw={"seconds": found},
            )


def requests_needed(quick: bool) -> Iterator[Row]:
    rules = Rules(processing=5.0, provisioning=595.0)
    for start, how in WAYS:
        with World(rules.options(), start=start or 0.0) as world:
            options = {"subscription_id": world.subscription(), **wanted(1)[0], "wait_timeout": HOUR}
            run = (
                world.ok("redis_cloud_database", options)
                if start is None
                else world.in_slices("redis_cloud_database", **options)
            )
        yield Row(
            "requests of one 10-minute create, all included",
            len(run.requests),
            f"{len(run.requests)} requests in {figure(run.seconds)} s",
            limit=40,
            how=f"virtual clock, {how}",
        )
    _world, alone = fleet_run(rules, DIRECT_START, 1)
    _world, many = fleet_run(rules, DIRECT_START, 1 + FLEET)
    yield Row(
        "requests of each further database of the same run",
        (len(many.requests) - len(alone.requests)) / FLEET,
        f"{len(many.requests)} requests for {1 + FLEET}",
        f"{len(alone.requests)} for one",
        8,
        how=f"virtual clock, redis_cloud_databases, {DIRECTLY}",
    )
