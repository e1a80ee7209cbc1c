# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waits do not lie: they end with the first look at a failure, go on past their deadline for one request at most, and hand
over what is needed to go on.

A failing schedule says how to replay it alone. ``SAFETY_DEADLINES`` sets how many seeds each errand gets.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.release import __version__ as ansible_version

from unit.harness import Run

from .bench import ChaosBench
from .chaos import fault_rules
from .errands import ERRANDS, Errand
from .screen import Screen

MAIN = ansible_version.startswith("2.19.")
SEEDS = int(os.environ.get("SAFETY_DEADLINES", 12 if MAIN else 2))
FIRST = int(os.environ.get("SAFETY_FIRST", 0))
REPLAY = os.environ.get("SAFETY_REPLAY", "")
WAITING = [name for name, errand in ERRANDS.items() if errand.waits and not re.search(r"-7\.\d+-databases", name)]
WRITES = ("POST", "PUT", "DELETE")
# What a run takes beside its requests and pauses, and the latency of the simulator
SLACK = 1.0


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ChaosBench:
    return ChaosBench(monkeypatch, tmp_path)


@pytest.fixture
def screen(bench: ChaosBench, monkeypatch: pytest.MonkeyPatch) -> Screen:
    return Screen(bench, monkeypatch)


# -- the deadline ------------------------------------------------------------------------------------------------------


def schedules() -> list[tuple[str, int]]:
    if REPLAY:
        name, _slash, seed = REPLAY.partition("/")
        return [(name, int(seed))]
    return [(name, seed) for name in WAITING for seed in range(FIRST, FIRST + SEEDS)]


def trouble(bench: ChaosBench, rng: random.Random, errand: Errand) -> None:
    """Some faults of requests; or a server that is slow, or gone, from some moment on."""
    for rule in fault_rules(rng, errand.product, rng.choice((0, 1, 3))):
        bench.simulator.faults.add(rule)
    kind = rng.choice(("none", "slow", "slow", "gone", "lost", "broken", "limited", "busy"))
    after, lasting = rng.choice((0, 3, 6, 10)), None
    if kind == "slow":
        bench.fault("delay", after=after, times=lasting, seconds=rng.choice((3, 12, 29, 40)))
    elif kind == "gone":
        bench.fault("refuse", after=after, times=lasting)
    elif kind == "lost":
        bench.fault("lose", after=after, times=lasting)
    elif kind == "broken":
        bench.fault("status", after=after, times=lasting, status=503, body="html")
    elif kind == "limited":
        bench.fault("status", after=after, times=lasting, status=429, body="json")
    elif kind == "busy":
        for method in WRITES:
            bench.fault("status", method=method, times=lasting, status=409, body="json")


@pytest.mark.parametrize(("name", "seed"), schedules())
def test_no_wait_goes_on_after_its_deadline(
    name: str, seed: int, bench: ChaosBench, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than one request may take, that is."""
    errand, rng = ERRANDS[name], random.Random(f"deadline/{name}/{seed}")
    timeout, api_timeout = rng.choice((0, 1, 10, 35, 120, 600)), rng.choice((5, 30, 30, 90))
    params = {
        **bench.credentials[errand.product],
        **errand.prepare(bench),
        "wait_timeout": timeout,
        "api_timeout": api_timeout,
        "wait_interval": rng.choice((1, 30, 300)),
    }
    if errand.product == "cloud" and rng.random() < 0.2:
        params["api_requests_per_minute"] = rng.choice((1, 4))
    trouble(bench, rng, errand)
    run = screen.run(errand.module, params) if rng.random() < 0.5 else bench.run(errand.module, params)
    replay = f"SAFETY_REPLAY={name}/{seed} .venv/bin/python -m pytest tests/unit/safety/test_waits.py -k deadline"
    story = "\n".join([replay, run.message, *map(str, bench.heard)])
    assert run.seconds <= timeout + api_timeout + SLACK, f"{run.seconds - timeout:.0f} s too late\n{story}"
    assert "exception" not in run.result, story
    if not run.failed:
        assert errand.wrong(bench, run) == "", story
    accepted = [request for request in bench.heard if request.method in WRITES and request.accepted]
    told = [number for number, request in enumerate(accepted) if not request.fault]
    if told and "cancel" not in name:
        # the last one that was answered and seen to be, or one since then whose answer was only late, is in the result
        # of every way out
        answers = [request.answer for request in accepted[told[-1] :]]
        handles = [answer.get("taskId") or answer.get("action_uid") for answer in answers]
        assert None in handles or any(str(handle) in json.dumps(run.result) for handle in handles), story
        assert run.changed, story


# -- going on ----------------------------------------------------------------------------------------------------------


def pasted(run: Run) -> list[dict[str, Any]]:
    """The tasks in the message of a timeout, as YAML in a playbook."""
    found = re.findall(r"'(- community\.redis\.[^']*)'", run.message)
    return [task for text in found for task in yaml.safe_load(text)]


@pytest.mark.parametrize("timeout", [2, 12, 30, 55, 90])
@pytest.mark.parametrize("name", [name for name in WAITING if "cancel" not in name])
def test_task_in_the_message_of_a_timeout_goes_on(name: str, timeout: int, bench: ChaosBench) -> None:
    errand = ERRANDS[name]
    params = errand.prepare(bench)
    run = bench.run(errand.module, params, wait_timeout=timeout)
    if not run.failed:
        return
    assert f" {timeout} seconds (wait_timeout)" in run.message
    tasks = pasted(run)
    handle = run.result.get("task") or run.result.get("action")
    assert tasks or not handle, run.message
    for task in tasks:
        ((module, options),) = task.items()
        waited = bench.ok(module.rpartition(".")[2], options)
        assert not waited.changed
    again = bench.ok(errand.module, params)
    assert errand.wrong(bench, again) == ""
    # a subscription is deleted after its databases, and some fields need a request of their own
    assert not again.changed or again.writes
    creates = [request for request in bench.heard if request.method == "POST" and request.accepted]
    assert len(creates) == sum(1 for row in errand.existing(bench) if row in ("cache", "new")), creates


# -- failures ----------------------------------------------------------------------------------------------------------

CREATES = ["cloud-database-create", "cloud-subscription-create"]
CLUSTER_CREATES = [f"enterprise-{version}-database-create" for version in ("7.4", "7.22", "8.2")]


@pytest.mark.parametrize("interval", [1, 30])
@pytest.mark.parametrize("seconds", [5.0, 47.0, 333.0, 1000.0])
@pytest.mark.parametrize("name", CREATES)
def test_failed_task_ends_the_wait_within_one_poll(
    name: str, seconds: float, interval: int, bench: ChaosBench, screen: Screen
) -> None:
    errand = ERRANDS[name]
    params = {**bench.credentials["cloud"], **errand.prepare(bench), "wait_interval": interval}
    bench.options("cloud", processing_seconds=seconds, fail_processing="cache|new", error_seconds=seconds)
    for run in (bench.run(errand.module, params), screen.run(errand.module, params)):
        assert run.failed
        assert "PROVISION_FAILURE" in run.message
        assert seconds <= run.seconds <= seconds + 1.2 * interval + SLACK
        assert run["task"]["state"] == "failed"
        assert not run.changed


@pytest.mark.parametrize("interval", [1, 30])
@pytest.mark.parametrize("seconds", [5.0, 47.0, 333.0, 1000.0])
@pytest.mark.parametrize("name", [*CREATES, *CLUSTER_CREATES])
def test_broken_resource_ends_the_wait_within_one_poll(
    name: str, seconds: float, interval: int, bench: ChaosBench, screen: Screen
) -> None:
    errand = ERRANDS[name]
    params = {**bench.credentials[errand.product], **errand.prepare(bench), "wait_interval": interval}
    bench.options(
        "cloud",
        processing_seconds=1.0,
        subscription_seconds=seconds,
        database_seconds=seconds,
        fail_provisioning="cache|new",
    )
    bench.options("enterprise", create_seconds=seconds, fail_create_names="cache")
    run = screen.run(errand.module, params)
    assert run.failed
    assert seconds <= run.seconds <= seconds + 1.2 * interval + 10
    noun = "subscription" if "subscription" in name else "database"
    reason = "in state error" if errand.product == "cloud" else "Not enough memory"
    assert reason in run.message
    # what is known of it: it exists, and this is its state and its handle
    assert run[noun]["status"] in ("error", "creation-failed")
    assert run["task" if errand.product == "cloud" else "action"]["id"]
    assert run.changed


@pytest.mark.parametrize("interval", [1, 30])
@pytest.mark.parametrize("name", ["cloud-task", *[f"enterprise-{version}-action" for version in ("7.4", "7.22", "8.2")]])
def test_failed_operation_of_another_run(name: str, interval: int, bench: ChaosBench, screen: Screen) -> None:
    errand = ERRANDS[name]
    bench.options("cloud", processing_seconds=100.0, error_seconds=100.0, fail_processing="coming")
    bench.options("enterprise", fail_create_names="coming")
    params = {**bench.credentials[errand.product], **errand.prepare(bench), "wait_interval": interval}
    seconds = 100.0 if errand.product == "cloud" else 20.0
    run = screen.run(errand.module, params)
    assert run.failed
    assert run.seconds <= seconds + 1.2 * interval + SLACK
    assert "PROVISION_FAILURE" in run.message or "Not enough memory" in run.message


@pytest.mark.parametrize("name", ERRANDS)
@pytest.mark.parametrize("status", [401, 403])
def test_no_permission_is_never_waited_out(name: str, status: int, bench: ChaosBench) -> None:
    errand = ERRANDS[name]
    params = errand.prepare(bench)
    bench.fault("status", status=status, times=None, body="json")
    run = bench.fails(errand.module, params)
    assert run.seconds < SLACK
    assert len(run.requests) == 1
    assert f"HTTP {status}" in run.message


@pytest.mark.parametrize("name", [name for name in ERRANDS if "7.22" not in name])
@pytest.mark.parametrize(
    "trouble",
    [
        *[{"kind": "status", "status": status, "body": "html"} for status in (408, 429, 500, 502, 503, 504)],
        {"kind": "reset_before"},
        {"kind": "reset_after"},
        {"kind": "lose"},
        {"kind": "cut"},
    ],
    ids=str,
)
def test_reads_are_repeated(name: str, trouble: dict[str, Any], bench: ChaosBench) -> None:
    """Whatever happens to them, twenty times in a row, once the API has answered."""
    errand = ERRANDS[name]
    params = errand.prepare(bench)
    if not errand.waits:
        # they take two minutes at most
        trouble = {**trouble, "times": 2}
    how = {key: value for key, value in trouble.items() if key != "kind"}
    # that this version has no v2 is told by a page which anything between could have sent
    after = 2 if "-7.4-action" in name else 1
    bench.fault(trouble["kind"], method="GET", **{"after": after, "times": 20, **how})
    run = bench.ok(errand.module, params)
    assert errand.wrong(bench, run) == ""
