# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draws how a fleet comes to be: from the state and the journal of the simulator after a run on the virtual clock."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from simulator.clock import VIRTUAL_EPOCH

from . import schedule
from .rows import figure
from .schedule import Create, Rules
from .svg import Plot
from .virtual import DIRECT_START, World
from .virtual_rows import FLEET, fleet_run, one_by_one

QUEUED, PROCESSING, PROVISIONING, PENDING = "#bbbbbb", "#b3261e", "#3b7dd8", "#f6d9a8"
BAR, GAP = 13.0, 3.0
KINDS = {
    "tasks": "#b3261e",
    "lists of databases": "#3b7dd8",
    "single databases": "#8fb8ee",
    "subscriptions": "#e0a030",
    "writes": "#333333",
}


def seconds_of(timestamp: str) -> float:
    """A time of the API on the virtual clock."""
    from datetime import datetime

    text = re.sub(r"(\.\d{6})\d*Z", r"\1+00:00", timestamp)
    return datetime.fromisoformat(text).timestamp() - VIRTUAL_EPOCH


def creates_of(world: World, rules: Rules) -> list[tuple[float, Create]]:
    """When each create was sent and what the server made of it, in the order of processing."""
    active = {item["id"]: item["active_at"] for item in world.databases()}
    found = []
    for task in world.state("cloud")["tasks"]:
        identifier = task.get("response", {}).get("resourceId")
        if task["commandType"] != "databaseCreateRequest" or identifier not in active:
            continue
        processed = seconds_of(task["timestamp"])
        found.append((task["submitted"], Create(processed - rules.processing, processed, active[identifier])))
    return sorted(found, key=lambda pair: pair[1].processed)


def kind_of(entry: dict[str, Any]) -> str:
    if entry["write"]:
        return "writes"
    if "/tasks" in entry["path"]:
        return "tasks"
    if re.search(r"/databases/\d+$", entry["path"]):
        return "single databases"
    return "lists of databases" if entry["path"].endswith("/databases") else "subscriptions"


def gantt(world: World, rules: Rules, seconds: float, bound: float, file: Path) -> None:
    creates = creates_of(world, rules)
    height = len(creates) * (BAR + GAP) + 16
    plot = Plot(f"{len(creates)} databases in one run of redis_cloud_databases", seconds * 1.02, height)
    for number, (_sent, create) in enumerate(creates, 1):
        if number % rules.flip_every == 0:
            plot.box(create.processed, create.processed + rules.flip_seconds, 16, height - 16, PENDING)
    for number, (sent, create) in enumerate(creates):
        top = 16 + number * (BAR + GAP)
        plot.box(sent, create.begin, top, BAR, QUEUED)
        plot.box(create.begin, create.processed, top, BAR, PROCESSING)
        plot.box(create.processed, create.active, top, BAR, PROVISIONING)
        plot.label(top + BAR - 2, f"db-{number + 1:04d}")
    plot.mark(bound, f"lower bound {figure(bound)} s")
    plot.legend({"processing": PROCESSING, "provisioning": PROVISIONING, "subscription pending": PENDING})
    plot.save(file)


def compared(runs: list[tuple[str, float, list[Create]]], file: Path) -> None:
    """The same fleet with different clients, on one axis."""
    thin, space = 4.0, 34.0
    rows = max(len(creates) for _name, _seconds, creates in runs)
    height = len(runs) * (rows * thin + space)
    plot = Plot(
        f"{rows} databases: when each is processed and provisioned", max(run[1] for run in runs), height
    )
    for position, (name, seconds, creates) in enumerate(runs):
        top = position * (rows * thin + space)
        plot.heading(top + 18, f"{name}: {figure(seconds)} s")
        for number, create in enumerate(creates):
            line = top + 24 + number * thin
            plot.box(create.begin, create.processed, line, thin - 1, PROCESSING)
            plot.box(create.processed, create.active, line, thin - 1, PROVISIONING)
    plot.legend({"processing": PROCESSING, "provisioning": PROVISIONING})
    plot.save(file)


def requests_over_time(world: World, seconds: float, file: Path) -> None:
    bin_seconds, inner = 10.0, 180.0
    entries = world.simulator.journal.entries()
    bins: Counter[tuple[int, str]] = Counter(
        (int(entry["time"] // bin_seconds), kind_of(entry)) for entry in entries
    )
    slots = range(int(seconds // bin_seconds) + 1)
    most = max(sum(bins[slot, kind] for kind in KINDS) for slot in slots)
    plot = Plot(f"{len(entries)} requests, per {bin_seconds:g} seconds", seconds * 1.02, inner)
    for level in (0, most // 2, most):
        plot.level(inner - inner * level / most)
        plot.label(inner - inner * level / most + 4, str(level))
    for slot in slots:
        bottom = inner
        for kind, color in KINDS.items():
            height = inner * bins[slot, kind] / most
            if height:
                bottom -= height
                plot.box(slot * bin_seconds + 0.5, (slot + 1) * bin_seconds - 0.5, bottom, height, color)
    plot.legend(KINDS)
    plot.save(file)


def draw(directory: Path) -> list[Path]:
    """All plots. They are the same in every run of the same code."""
    rules = Rules()
    world, run = fleet_run(rules, DIRECT_START)
    serial_world, serial_seconds = one_by_one(rules)
    bound = schedule.makespan(schedule.best(rules, FLEET))
    names = ("fleet_gantt.svg", "fleet_compared.svg", "fleet_requests.svg")
    files = [directory / name for name in names]
    gantt(world, rules, run.seconds, bound, files[0])
    compared(
        [
            ("redis_cloud_databases", run.seconds, [create for _sent, create in creates_of(world, rules)]),
            (
                "redis_cloud_database in a loop",
                serial_seconds,
                [create for _sent, create in creates_of(serial_world, rules)],
            ),
            (
                "Terraform provider 2.11.0, computed",
                schedule.terraform_ends(rules, FLEET),
                schedule.terraform(rules, FLEET),
            ),
        ],
        files[1],
    )
    requests_over_time(world, run.seconds, files[2])
    return files
