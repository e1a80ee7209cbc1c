# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows that are measured with the real ansible-playbook, over TLS, against a simulator in another process."""

from __future__ import annotations

import dataclasses
import math
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from . import schedule
from .playbook import Ansible, Played, Playing
from .rows import AT_LEAST, Row, figure, spread
from .schedule import Rules
from .server import Server
from .virtual import wanted
from .virtual_rows import FLEET, HOUR

BASELINE = Path(__file__).parent / "baseline" / "databases.yml"
SCALED = Path(__file__).parent / "scaled"
PAGE = 100
UNCHANGED = 500
FORKS = 10


def play(tasks: list[dict[str, Any]], server: Server) -> list[dict[str, Any]]:
    """A play with the credentials of the simulator for the modules of the collection."""
    return [
        {
            "hosts": "all",
            "gather_facts": False,
            "module_defaults": {"group/community.redis.cloud": server.credentials},
            "tasks": tasks,
        }
    ]


def fleet_task(name: str, subscription_id: Any, databases: Any, **options: Any) -> dict[str, Any]:
    return {
        "name": name,
        "community.redis.redis_cloud_databases": {
            "subscription_id": subscription_id,
            "databases": databases,
            "wait_timeout": 10 * HOUR,
            **options,
        },
    }


# a fleet that is as it should be


def unchanged_tasks(server: Server, parent: int, count: int, times: int) -> list[dict[str, Any]]:
    return play([fleet_task("ours", parent, "{{ databases }}") for _time in range(times)], server)


def unchanged(ansible: Ansible, directory: Path, quick: bool) -> Iterator[Row]:
    """All databases of a subscription, none to change."""
    count = 20 if quick else UNCHANGED
    with Server(directory / "unchanged") as server:
        parent = server.seed(databases=count)[0]["id"]
        variables = {"databases": wanted(count), "subscription_id": parent, **server.credentials}
        tasks = unchanged_tasks(server, parent, count, 4)
        server.forget_requests()
        first = ansible.play(tasks, variables)
        made = len(server.requests()) / len(first.tasks)
        check_unchanged(first)
        pages = -(-count // PAGE)
        yield Row(
            f"{count} unchanged databases in one task: requests",
            made,
            f"{figure(made)} requests",
            f"{pages} pages",
            pages + 2,
            how="real ansible-playbook and HTTPS",
            short=f"{count} unchanged databases, one task: requests",
        )
        yield Row(
            f"{count} unchanged databases in one task: wall time",
            statistics.median([task.seconds for task in first.tasks]),
            spread([task.seconds for task in first.tasks]),
            limit=3,
            unit=" s",
            how=f"the task without the start of ansible-playbook, {len(first.tasks)} times",
            short="The same: time",
            raw={"seconds": [task.seconds for task in first.tasks]},
        )
        baseline_is_correct(ansible, server)
        each = ansible.play(BASELINE, variables)
        second = ansible.play(tasks, variables)
        listed = ansible.play(BASELINE, {**variables, "trust_list": True})
        for run in (each, second, listed):
            check_unchanged(run)
        # before and after, so that both had the same machine
        ours = statistics.median([task.seconds for task in (*first.tasks, *second.tasks)])
        yield Row(
            f"{count} unchanged databases: times faster than a playbook of uri tasks that asks for each",
            each.work / ours,
            f"{figure(ours)} s",
            f"{figure(each.work)} s",
            30 if count == UNCHANGED else None,
            AT_LEAST,
            how="all tasks of each without the start of ansible-playbook, the same simulator",
            short="The same: times faster than a playbook of `uri` tasks",
        )
        yield Row(
            f"{count} unchanged databases: times faster than a playbook of uri tasks that trusts the list",
            listed.work / ours,
            f"{figure(ours)} s",
            f"{figure(listed.work)} s",
            sense=AT_LEAST,
            how="the same playbook, which compares what the pages of the list say and asks for nothing else",
        )


def check_unchanged(played: Played) -> None:
    if any(task.changed for task in played.tasks):
        raise RuntimeError("nothing was to be changed")


def baseline_is_correct(ansible: Ansible, server: Server) -> None:
    """The baseline creates and changes what it should. Its waiting is not measured, so the server is quick here."""
    quick = {
        "processing_seconds": 0.1,
        "database_seconds": 0.1,
        "database_update_seconds": 0.1,
        "task_404_seconds": 0,
    }
    before = server.control("GET", "/options")["cloud"]
    server.control("PUT", "/options", {"cloud": quick})
    parent = server.seed(request={"name": "baseline"}, databases=1)[0]["id"]
    desired = [{"name": "db-0001", "dataset_size_in_gb": 2}, {"name": "db-0002", "dataset_size_in_gb": 1}]
    ansible.play(BASELINE, {**server.credentials, "subscription_id": parent, "databases": desired})
    state = next(row for row in server.state()["subscriptions"] if row["id"] == parent)
    found = {
        row["settings"]["name"]: (row["settings"]["datasetSizeInGb"], row["status"])
        for row in state["databases"]
    }
    if found != {"db-0001": (2, "active"), "db-0002": (1, "active")}:
        raise RuntimeError(f"the baseline does not do its work: {found}")
    server.control("PUT", "/options", {"cloud": {name: before[name] for name in quick}})


# creating a fleet in real time


class RealFleet:
    """Creates a fleet with the real ansible-playbook at speed 1, while other things are measured."""

    def __init__(self, ansible: Ansible, directory: Path) -> None:
        self._ansible = ansible
        self._directory = directory / "fleet"
        self._rules = Rules()
        self._server: Server | None = None
        self._playing: Playing | None = None

    def start(self) -> None:
        """Does nothing when it has been started."""
        if self._server is not None:
            return
        self._server = Server(self._directory, **self._rules.options())
        parent = self._server.seed(databases=0)[0]["id"]
        self._server.forget_requests()
        tasks = play([fleet_task("ours", parent, "{{ databases }}")], self._server)
        ansible = dataclasses.replace(self._ansible, directory=self._directory / "play")
        self._playing = ansible.start(tasks, {"databases": wanted(FLEET)})

    def rows(self) -> Iterator[Row]:
        self.start()
        if self._playing is None or self._server is None:
            return
        played = self._playing.result()
        made = len(self._server.requests())
        seconds = played.task("ours").seconds
        bound = schedule.makespan(schedule.best(self._rules, FLEET))
        yield Row(
            f"create {FLEET} databases: makespan / lower bound of the rules",
            seconds / bound,
            f"{figure(seconds)} s, {made} requests",
            f"{figure(bound)} s",
            1.05,
            how="real ansible-playbook and HTTPS at speed 1, other measurements beside it",
        )

    def stop(self) -> None:
        if self._playing is not None:
            self._playing.stop()
        if self._server is not None:
            self._server.stop()


def scaled(server: Server) -> dict[str, str]:
    """Environment in which the collection's clock keeps up with the server's."""
    return {
        "PYTHONPATH": str(SCALED),
        "BENCHMARK_SPEED": str(server.speed),
        "BENCHMARK_EPOCH": str(time.time()),
        # the action plugin's own clock is not scaled: no slices
        "COMMUNITY_REDIS_PROGRESS_INTERVAL": "0",
    }


def fast_fleet(ansible: Ansible, directory: Path, count: int = 8, speed: float = 10.0) -> Iterator[Row]:
    """A smaller fleet in less time. The machine's own share is ``speed`` times as large as in reality: no target."""
    rules = Rules()
    with Server(directory / "fast-fleet", speed, **rules.options()) as server:
        parent = server.seed(databases=0)[0]["id"]
        server.forget_requests()
        tasks = play([fleet_task("ours", parent, "{{ databases }}")], server)
        played = ansible.play(tasks, {"databases": wanted(count)}, env=scaled(server))
        made = len(server.requests())
    seconds = speed * played.task("ours").seconds
    bound = schedule.makespan(schedule.best(rules, count))
    yield Row(
        f"create {count} databases: makespan / lower bound of the rules",
        seconds / bound,
        f"{figure(seconds)} s, {made} requests",
        f"{figure(bound)} s",
        how=f"real ansible-playbook and HTTPS, simulator and the collection's clock at speed {speed:g}, in one piece",
    )


# many at once


def quota(ansible: Ansible, directory: Path, quick: bool) -> Iterator[Row]:
    """Forks under one account whose quota of 400 requests a minute the server enforces."""
    if not quick:
        yield from quota_of_checks(ansible, directory)
    yield from quota_of_creates(ansible, directory, 5 if quick else 50)


def quota_of_checks(ansible: Ansible, directory: Path, each: int = 50) -> Iterator[Row]:
    """Every host loops over databases that are as they should be: as many requests as the machine can make."""
    with Server(directory / "quota-checks") as server:
        own = quota_subscriptions(server, each)
        task = {
            "name": "ours",
            "community.redis.redis_cloud_database": {
                "subscription_id": "{{ own[inventory_hostname] }}",
                "name": "{{ item.name }}",
                "dataset_size_in_gb": 1,
            },
            "loop": "{{ databases }}",
        }
        yield from under_quota(
            ansible,
            server,
            play([task], server),
            own,
            each,
            how=f"{FORKS} hosts on local connections, each checking {each} databases in a loop of redis_cloud_database, speed 1",
        )


def quota_of_creates(ansible: Ansible, directory: Path, each: int, speed: float = 10.0) -> Iterator[Row]:
    """Every host creates databases in a subscription of its own."""
    rules = {"processing_seconds": 1, "database_seconds": 60, "flip_every": 0}
    with Server(directory / "quota-creates", speed, **rules) as server:
        own = quota_subscriptions(server, 0)
        yield from under_quota(
            ansible,
            server,
            play([fleet_task("ours", "{{ own[inventory_hostname] }}", "{{ databases }}")], server),
            own,
            each,
            how=f"{FORKS} hosts on local connections, each creating {each} databases (processing 1 s, provisioning 60 s) "
            f"with redis_cloud_databases, simulator and the collection's clock at speed {speed:g}",
            headline=True,
        )


def quota_subscriptions(server: Server, databases: int) -> dict[str, int]:
    """A subscription for each host."""
    seeded = server.seed(count=FORKS, request={"name": "quota"}, databases=databases)
    server.forget_requests()
    return {f"fork{number}": row["id"] for number, row in enumerate(seeded)}


def under_quota(
    ansible: Ansible,
    server: Server,
    tasks: list[dict[str, Any]],
    own: dict[str, int],
    each: int,
    how: str,
    headline: bool = False,
) -> Iterator[Row]:
    played = ansible.play(
        tasks,
        {"databases": wanted(each), "own": own},
        hosts=list(own),
        forks=FORKS,
        env=scaled(server),
        expect_failures=True,
    )
    requests = server.requests()
    there = sum(len(row["databases"]) for row in server.state()["subscriptions"])
    refused = sum(1 for entry in requests if entry["status"] == 429)
    seconds = server.speed * played.task("ours").seconds
    yield Row(
        f"{FORKS} forks x {each} databases: failures",
        len(played.failures) + FORKS * each - there,
        f"{len(played.failures)} failed tasks",
        f"{there} of {FORKS * each} databases",
        0,
        how=how,
        short=f"{FORKS} forks x {each} creates, the quota enforced: failures" if headline else "",
        raw={"messages": played.failures},
    )
    yield Row(
        f"{FORKS} forks x {each} databases: requests beyond the quota",
        refused,
        f"{refused} of {len(requests)} requests",
        f"{figure(seconds)} s, at most {busiest_minute(requests)} in a minute",
        0,
        how=how,
        short="The same: requests beyond the quota" if headline else "",
    )


def busiest_minute(requests: list[dict[str, Any]]) -> int:
    """The most requests that arrived in one of the server's windows, refused ones included."""
    windows = Counter(int(entry["time"] // 60) for entry in requests)
    return max(windows.values(), default=0)


# growth


def growth(ansible: Ansible, directory: Path, quick: bool) -> Iterator[Row]:
    """Unchanged databases in subscriptions of 100, one task of a loop for all subscriptions."""
    sizes = (200, 600) if quick else (500, 1000, 2000, 5000)
    made, seconds, peaks = [], [], []
    with Server(directory / "growth", rate_limit=0) as server:
        parents = server.seed(count=max(sizes) // PAGE, request={"name": "growth"}, databases=PAGE)
        for size in sizes:
            loop = [row["id"] for row in parents[: size // PAGE]]
            task = {**fleet_task("ours", "{{ item }}", "{{ databases }}"), "loop": loop}
            server.forget_requests()
            played = ansible.play(play([task], server), {"databases": wanted(PAGE)})
            check_unchanged(played)
            made.append(float(len(server.requests())))
            seconds.append(played.work)
            peaks.append(played.peak_mb)
    largest = f"{sizes[-1]} databases in {sizes[-1] // PAGE} subscriptions"
    yield Row(
        f"{largest}: peak memory of the largest process",
        peaks[-1],
        f"{figure(peaks[-1])} MB",
        f"{figure(peaks[0])} MB for {sizes[0]}",
        200,
        unit=" MB",
        how="ansible-playbook, its workers and the modules, sampled",
        short=f"{largest}, unchanged: memory of the largest process",
    )
    for name, values, unit in (("requests", made, ""), ("time", seconds, " s")):
        shares = ", ".join(
            f"{size}: {figure(value)}{unit}" for size, value in zip(sizes, values, strict=True)
        )
        yield Row(
            f"{largest}: growth of {name} (exponent; 1 is linear)",
            exponent(sizes, values),
            shares,
            f"r2 of a straight line {fit(sizes, values):.4f}",
            1.05,
            how="one task that loops over the subscriptions",
            short=f"The same: growth of {name} with the number (exponent; 1 is linear)",
            raw={"sizes": list(sizes), "values": values},
        )


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The power of the size with which the values grow, from the smallest to the largest."""
    return math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0])


def fit(sizes: Sequence[float], values: Sequence[float]) -> float:
    """How much of the variation a straight line explains."""
    return statistics.correlation(sizes, values) ** 2
