# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows that are measured on the virtual clock: nothing in them depends on the machine."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from typing import Any

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


def fleet_run(rules: Rules, start: float | None, count: int = FLEET, seed: int = 1) -> tuple[World, Run]:
    """``count`` databases in one run. ``start``: what each slice costs; None: in one piece."""
    with World(rules.options(), seed, start=start or 0.0) as world:
        run = world.as_run(
            start is not None,
            "redis_cloud_databases",
            subscription_id=world.subscription(),
            databases=wanted(count),
            wait_timeout=10 * HOUR,
        )
        return world, run


def fleet_with_subscription(rules: Rules, start: float | None, seed: int) -> float:
    """A subscription with the first database, and then the others: seconds. The databases are awaited together."""
    options = {
        "subscription_seconds": rules.provisioning,
        "creation_database_seconds": rules.provisioning,
        **rules.options(),
    }
    with World(options, seed, start=start or 0.0) as world:
        began = world.clock.now()
        region = {"region": "us-east-1", "networking": {"deployment_cidr": "10.0.0.0/24"}}
        world.as_run(
            start is not None,
            "redis_cloud_subscription",
            name="fleet",
            cloud_providers=[{"provider": "AWS", "regions": [region]}],
            databases=wanted(FLEET)[:1],
            wait_timeout=HOUR,
            wait_for="processing",
        )
        world.as_run(
            start is not None,
            "redis_cloud_databases",
            subscription_name="fleet",
            databases=wanted(FLEET),
            wait_timeout=10 * HOUR,
        )
        return world.clock.now() - began


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
    seeds = range(1 if quick else 6)
    ready = rules.processing + rules.provisioning
    yield from _fleet_rows(
        f"create 1 subscription + {FLEET} databases",
        [[fleet_with_subscription(rules, start, seed) for seed in seeds] for start, _how in WAYS],
        schedule.makespan(schedule.best(rules, FLEET - 1, ready)),
        {
            "the serial schedule of Terraform provider 2.11.0, computed": schedule.SUBSCRIPTION_SLEEPS
            + ready
            + schedule.terraform_ends(rules, FLEET)
        },
        f"A subscription with {FLEET} databases, compared with what the service's rules allow at best",
    )
    yield from _fleet_rows(
        f"create {FLEET} databases in a subscription",
        [[fleet_run(rules, start, seed=seed)[1].seconds for seed in seeds] for start, _how in WAYS],
        bound,
        {
            "one by one (redis_cloud_database in a loop)": one_by_one(rules)[1],
            "the serial schedule of Terraform provider 2.11.0, computed": schedule.terraform_ends(
                rules, FLEET
            ),
        },
    )


def _fleet_rows(
    what: str, seconds: list[list[float]], bound: float, serials: dict[str, float], short: str = ""
) -> Iterator[Row]:
    """``seconds``: of each way, and in it of each run."""
    for found, (start, how) in zip(seconds, WAYS, strict=True):
        yield Row(
            f"{what}: makespan / lower bound of the rules",
            statistics.mean(found) / bound,
            f"{figure(statistics.mean(found))} s ({figure(min(found))}-{figure(max(found))})",
            f"{figure(bound)} s",
            1.05,
            how=f"virtual clock, mean of {len(found)} runs {how}; {LATENCY_TEXT}",
            short=short if start == DIRECT_START else "",
            raw={"seconds": found},
        )
    ours = statistics.mean(seconds[0])
    for number, (name, serial) in enumerate(serials.items()):
        yield Row(
            f"{what}: times faster than {name}",
            serial / ours,
            f"{figure(ours)} s",
            f"{figure(serial)} s",
            8,
            AT_LEAST,
            how=f"virtual clock, {DIRECTLY}",
            short=f"The same, times faster than {name}" if short and not number else "",
        )


def lag(server: float, processing: float, seed: int, start: float | None) -> float:
    """How much later than the server is done a create returns.

    The server is done when the database is active. Its time varies by a tenth, so that it ends anywhere between two looks.
    """
    seconds = server * random.Random(seed).uniform(0.9, 1.1)
    rules = Rules(processing=processing, provisioning=seconds - processing, flip_every=0)
    with World(rules.options(), seed, start or 0.0) as world:
        single(world, start)
        return world.clock.now() - world.databases()[0]["active_at"]


def lag_of_cluster(server: float, seed: int, start: float | None) -> float:
    """The same of a cluster, which is done so long after it has been asked."""
    seconds = server * random.Random(seed).uniform(0.9, 1.1)
    with World({}, seed, start or 0.0) as world:
        world.options("enterprise", create_seconds=seconds, queue_seconds=0.0)
        options = {"name": "db-0001", "memory_size": "1GB"}
        run = world.as_run(start is not None, "redis_enterprise_database", **options)
        asked = next(request.time for request in run.requests if request.method == "POST")
        return world.clock.now() - asked - seconds


def single(world: World, start: float | None, **more: Any) -> Run:
    """redis_cloud_database with options that a task could not do without, and the defaults of all others."""
    options = {"subscription_id": world.subscription(), **wanted(1)[0], **more}
    return world.as_run(start is not None, "redis_cloud_database", **options)


def lags(quick: bool) -> Iterator[Row]:
    samples = 6 if quick else 24
    for server, processing, limit in LAGS:
        for start, how in WAYS:
            ways = {
                "Redis Cloud": [lag(server, processing, seed, start) for seed in range(samples)],
                "Redis Enterprise": [lag_of_cluster(server, seed, start) for seed in range(samples)],
            }
            for product, found in ways.items():
                yield Row(
                    f"create of {server:g} s, {product}: from 'server done' to 'module returns', mean",
                    statistics.mean(found),
                    f"{figure(min(found))}-{figure(max(found))} s",
                    f"{samples} creates of {0.9 * server:g}-{1.1 * server:g} s",
                    limit,
                    unit=" s",
                    how=f"virtual clock, {how}; {LATENCY_TEXT}",
                    short=f"From the end of a create of {server:g} s to the end of the task, {product}, mean"
                    if start == DIRECT_START
                    else "",
                    raw={"seconds": found},
                )


def requests_needed(quick: bool) -> Iterator[Row]:
    rules = Rules(processing=5.0, provisioning=595.0)
    seeds = range(4 if quick else 24)
    for start, how in WAYS:
        made = []
        for seed in seeds:
            with World(rules.options(), seed, start=start or 0.0) as world:
                made.append(len(single(world, start).requests))
        yield Row(
            "requests of one 10-minute create, all included",
            statistics.mean(made),
            f"{min(made)}-{max(made)} requests",
            limit=40,
            how=f"virtual clock, mean of {len(made)} creates with redis_cloud_database {how}",
            short="Requests of one 10-minute create" if start == DIRECT_START else "",
            raw={"requests": made},
        )
    for start, how in WAYS:
        _world, alone = fleet_run(rules, start, 1)
        _world, many = fleet_run(rules, start, 1 + FLEET)
        yield Row(
            "requests of each further database of the same run",
            (len(many.requests) - len(alone.requests)) / FLEET,
            f"{len(many.requests)} requests for {1 + FLEET}",
            f"{len(alone.requests)} for one",
            8,
            how=f"virtual clock, redis_cloud_databases {how}",
            short="Requests of each further database of the same task" if start == DIRECT_START else "",
        )
