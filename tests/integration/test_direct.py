# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On a local connection modules run inside the worker process. Nobody must notice, apart from the time it takes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from integration.world import SPEED, Play, World, step

DIRECT, PROCESS = "1", "0"
WAYS = {DIRECT: "in the worker", PROCESS: "as a process"}
SWITCH = "COMMUNITY_REDIS_DIRECT"
CANARY = "canary-in-a-coal-mine"
CACHE: dict[str, Any] = {"subscription_name": "main", "name": "cache", "dataset_size_in_gb": 1}
# what depends on the moment, or is made up by the simulator
VOLATILE = re.compile(
    r"(^id|_id|_on|_at|_time|_requests|port|endpoints?|^updated|^started|^last_modified|^addr|uid|memory_used.*|^start|^end|^delta)$"
)


MODULE = re.compile(rb"AnsiballZ_redis_\w+\.py")
# shown by -vvv when a module is started as a process
STARTED = re.compile(r"EXEC .*python\S* .*AnsiballZ_(redis_\w+)\.py")


@pytest.fixture(params=WAYS, ids=WAYS.get)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def settings(way: str, place: Path, **more: str) -> dict[str, str]:
    """Environment of ansible-playbook. What modules remember of one world means nothing in the next."""
    directory = place / way
    directory.mkdir(exist_ok=True)
    return {SWITCH: way, "TMPDIR": str(directory), **more}


def main_subscription(world: World) -> int:
    seeded = world.seed("cloud", subscriptions=[{"request": {"name": "main"}}])
    return int(seeded["subscriptions"][0]["id"])


def steady(value: Any) -> Any:
    """A result without what differs from run to run."""
    if isinstance(value, dict):
        if "kind" in value:
            # how an operation was seen at last depends on the moment, what has become of it does not
            return {key: value[key] for key in ("kind", "state", "error")}
        return {key: steady(item) for key, item in value.items() if not VOLATILE.search(key)}
    if isinstance(value, list):
        return [steady(item) for item in value]
    # ids in messages
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d{5,}\b", "ID", value) if isinstance(value, str) else value


def processes(play: Play) -> dict[str, int]:
    """How many processes of our modules each task has started. Needs -vvv."""
    tasks = re.split(r"^TASK \[(.*?)\] \*+$", play.output, flags=re.MULTILINE)[1:]
    return {name: len(STARTED.findall(said)) for name, said in zip(tasks[::2], tasks[1::2], strict=True)}


def everything() -> list[dict[str, Any]]:
    """What can become of a task."""
    fleet = {"subscription_name": "main", "databases": [{"name": name, "dataset_size_in_gb": 1} for name in "ab"]}
    slow = {"options": {"cloud": {"database_seconds": 30.0 * SPEED}}}
    usual = {"options": {"cloud": {"database_seconds": 180.0, "fail_processing": "^bad$"}}}
    second: dict[str, Any] = {"enable_default_user": False, "wait": False}
    return [
        step("told", "redis_cloud_database", CACHE, check=True, diff=True),
        step("created", "redis_cloud_database", CACHE, password=CANARY, diff=True),
        step("again", "redis_cloud_database", CACHE, diff=True),
        step("updated", "redis_cloud_database", CACHE, dataset_size_in_gb=2, diff=True),
        step("hidden", "redis_cloud_database", CACHE, replication=False, keywords={"no_log": True}),
        step("no certificate", "redis_cloud_database", CACHE, validate_certs=False),
        step("wrong option", "redis_cloud_database", CACHE, colour="red", fails=True),
        step("wrong value", "redis_cloud_database", CACHE, port=3, password=CANARY, fails=True),
        step("refused", "redis_cloud_database", CACHE, name="bad", fails=True, simulator=usual),
        step("fleet", "redis_cloud_databases", fleet, diff=True),
        step("loop", "redis_cloud_database", CACHE, name="{{ item }}", keywords={"loop": ["a", "b"]}),
        step("too late", "redis_cloud_database", CACHE, name="late", wait_timeout=1, fails=True, simulator=slow),
        step("warned", "redis_cloud_database", CACHE, name="more", **second),
        step("enterprise", "redis_enterprise_database", name="cache", memory_size="1GB", diff=True),
        step("gone", "redis_enterprise_database", name="cache", state="absent", diff=True),
    ]


@pytest.mark.every_core
def test_same_results(world: World, tmp_path: Path) -> None:
    found: dict[str, Play] = {}
    for way in WAYS:
        world.reset()
        main_subscription(world)
        # in one piece: what is said of slices depends on how fast they are
        environment = settings(way, tmp_path, COMMUNITY_REDIS_PROGRESS_INTERVAL="0")
        found[way] = world.play(everything(), environment=environment, arguments=["-vvv"])
    direct, process = found[DIRECT], found[PROCESS]
    assert set(processes(direct).values()) == {0}
    assert processes(process) == {task["name"]: 2 if task["name"] == "loop" else 1 for task in everything()}
    for one, other in zip(direct.steps, process.steps, strict=True):
        assert (one.name, one.status) == (other.name, other.status)
        assert steady(one.result) == steady(other.result), one.name
        assert one.writes == other.writes or "late" in one.name, one.name
    for play in found.values():
        # the test would be of no use if all of it failed
        failed = [done.name for done in play.steps if done.failed]
        assert not [done.name for done in play.steps if "raise " in str(done.result.get("exception"))]
        assert failed == ["wrong option", "wrong value", "refused", "too late"]
        changed = [done.name for done in play.steps if done.changed]
        assert changed == ["told", "created", "updated", "hidden", "fleet", "too late", "warned", "enterprise", "gone"]
        assert play["hidden"].result["censored"]
        assert "enable_default_user" in str(play["warned"].warnings)
        assert CANARY not in play.output
        assert "InsecureRequestWarning" not in play.output


@pytest.mark.every_core
def test_where_modules_run(world: World, tmp_path: Path) -> None:
    """Directly only where that is the same: this machine, this user, this Python. And not when it is switched off."""
    home = main_subscription(world)
    world.call("cloud", "POST", f"/subscriptions/{home}/databases", {"name": "cache", "datasetSizeInGb": 1})
    python = script(tmp_path / "other-python", f'exec "{sys.executable}" "$@"')
    # as sudo is called by the become plugin, without becoming anybody
    sudo = script(tmp_path / "sudo", 'while [ "$1" != /bin/sh ]; do shift; done', 'exec "$@"')
    interpreter = "ansible_python_interpreter"
    off = "community_redis_direct"
    cases: dict[str, tuple[int, dict[str, Any]]] = {
        "plain": (0, {}),
        "loop": (0, {"loop": ["cache", "cache"]}),
        "environment": (0, {"environment": {"SOMETHING": "else"}}),
        "async": (1, {"async": 60, "poll": 1}),
        "become": (1, {"become": True, "vars": {"ansible_become_exe": sudo}}),
        "other interpreter": (1, {"vars": {interpreter: python}}),
        "any interpreter": (0, {"vars": {interpreter: "auto_silent"}}),
        "switched off": (1, {"vars": {off: False}}),
        "switched off by a template": (1, {"vars": {"wanted": "no", off: "{{ wanted }}"}}),
        "delegated": (0, {"delegate_to": "localhost"}),
        "delegated elsewhere": (1, {"delegate_to": "with-other-python"}),
    }
    tasks = [step(name, "redis_cloud_database", CACHE, keywords=how) for name, (_n, how) in cases.items()]
    hosts = {"with-other-python": {"ansible_connection": "local", interpreter: python}}
    play = world.play([*added(hosts), *tasks], environment=settings(DIRECT, tmp_path), arguments=["-vvv"])
    started = processes(play)
    assert {name: min(started[name], 1) for name in cases} == {name: n for name, (n, _how) in cases.items()}
    assert [done.name for done in play.steps if done.name in cases and done.changed] == []
    # a remote host whose tasks are delegated to this machine: its own Python does not matter
    remote = {"far-away": {"ansible_connection": "ssh", "ansible_host": "192.0.2.1", interpreter: python}}
    content = [
        {"hosts": "localhost", "gather_facts": False, "tasks": added(remote)},
        {
            "hosts": "far-away",
            "gather_facts": False,
            "module_defaults": world.defaults,
            "tasks": [step("from far", "redis_cloud_database", CACHE, keywords={"delegate_to": "localhost"})],
        },
    ]
    play = world.playbook(json.dumps(content), ["-vvv"], settings(DIRECT, tmp_path))
    assert play.status == 0, play.output
    assert processes(play)["from far"] == 0
    # the configuration can name an interpreter, too
    plain = {"plain": {"ansible_connection": "local"}}
    play = world.play(
        [
            *added(plain),
            step("configured", "redis_cloud_database", CACHE, keywords={"delegate_to": "plain"}),
        ],
        environment=settings(DIRECT, tmp_path, ANSIBLE_PYTHON_INTERPRETER=python),
        arguments=["-vvv"],
    )
    assert processes(play)["configured"] == 1


def added(hosts: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": f"add {name}", "ansible.builtin.add_host": {"name": name, **variables}, "changed_when": False}
        for name, variables in hosts.items()
    ]


def script(path: Path, *lines: str) -> str:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.every_core
def test_environment_of_a_task(world: World, way: str, tmp_path: Path) -> None:
    """Credentials, and the place for what is remembered, come from the environment keyword, and are gone afterwards."""
    main_subscription(world)
    world.options("cloud", database_seconds=6.0 * SPEED)
    own = tmp_path / "own"
    own.mkdir()
    cloud = world.ready["cloud"]
    variables = {
        "REDISCLOUD_URL": world.ready["cloud_url"],
        "REDISCLOUD_ACCESS_KEY": cloud["api_key"],
        "REDISCLOUD_SECRET_KEY": cloud["api_secret_key"],
        "TMPDIR": str(own),
    }
    params = {**CACHE, "ca_path": world.ca_path}
    play = world.play(
        [
            step("with", "redis_cloud_database", params, wait=False, keywords={"environment": variables}),
            step("without", "redis_cloud_database", params, fails=True),
            step("again", "redis_cloud_database", params, keywords={"environment": variables}),
        ],
        defaults={},
        environment=settings(way, tmp_path),
    )
    assert play["with"].changed
    assert "api_key" in play["without"].message
    assert not play["again"].changed
    assert play["again"]["adopted"] is True
    assert [path.name for path in own.glob("community.redis-*")]
    assert list((tmp_path / way).glob("community.redis-*")) == []


def test_progress_and_slices(world: World, way: str, tmp_path: Path) -> None:
    main_subscription(world)
    world.options("cloud", database_seconds=4.0 * SPEED, flip_every=0)
    databases = [{"name": name, "dataset_size_in_gb": 1} for name in ("one", "two")]
    fleet = {"subscription_name": "main", "databases": databases}
    play = world.play(
        [
            step("created", "redis_cloud_databases", fleet, wait_interval=2, diff=True),
            step("hidden", "redis_cloud_database", CACHE, wait_interval=2, keywords={"no_log": True}),
        ],
        environment=settings(way, tmp_path, COMMUNITY_REDIS_PROGRESS_INTERVAL="1"),
    )
    assert len(play["created"].writes) == 2
    assert sorted(play["created"]["diff"]["after"]) == ["one", "two"]
    assert play["created"]["api_requests"] == len(play["created"].requests)
    said = [line for line in play.output.splitlines() if line.startswith("[localhost] ")]
    assert any("databases: provisioning 0 of 2 databases ready" in line for line in said)
    assert all("of 1h00m" in line for line in said)
    assert "'cache'" not in play.output, "no_log hides what is being waited for"
    assert any(line.startswith("[localhost] still waiting, ") for line in said)


@pytest.mark.every_core
def test_task_with_a_timeout(world: World, way: str, tmp_path: Path) -> None:
    """The keyword of Ansible, which ends a task at any moment."""
    main_subscription(world)
    world.options("cloud", database_seconds=6.0 * SPEED)
    play = world.play(
        [
            step("cut off", "redis_cloud_database", CACHE, fails=True, keywords={"timeout": 3}),
            step("resumed", "redis_cloud_database", CACHE, wait_interval=2),
            step("again", "redis_cloud_database", CACHE),
        ],
        environment=settings(way, tmp_path),
    )
    assert play["cut off"].failed
    # "expected time frame" before ansible-core 2.19
    assert re.search("timed out|timeout|expected time frame", play["cut off"].message, re.IGNORECASE)
    assert play["cut off"].seconds < 6
    assert not play["resumed"].failed
    assert play["resumed"]["database"]["status"] == "active"
    assert play["again"].writes == []
    assert only_one(world)


def only_one(world: World) -> bool:
    databases = [row for home in world.state("cloud")["subscriptions"] for row in home["databases"]]
    return [row["settings"]["name"] for row in databases] == ["cache"]


def descendants(pid: int) -> list[int]:
    """Processes below this one, the nearest first."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        children = [int(word) for word in file.read_text(encoding="utf-8").split()]
        found += children
        for child in children:
            found += descendants(child)
    return found


def modules_below(pid: int) -> list[int]:
    """The Python that runs a module; what starts it, or makes its file executable, has its name among its words, too."""
    for _try in range(200):
        words = {one: Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0") for one in descendants(pid)}
        found = [one for one, (first, *rest) in words.items() if b"python" in first and MODULE.search(b" ".join(rest))]
        if found:
            return found
        time.sleep(0.02)
    return []


def workers_below(pid: int) -> list[int]:
    return descendants(pid)


@pytest.mark.parametrize(
    ("way", "victims"),
    [(DIRECT, workers_below), (PROCESS, modules_below), (DIRECT, lambda pid: [pid, *descendants(pid)])],
    ids=["worker", "module", "everything"],
)
def test_killed(world: World, tmp_path: Path, way: str, victims: Callable[[int], list[int]]) -> None:
    """SIGKILL right after the create has arrived; then the same play again."""
    main_subscription(world)
    world.options("cloud", database_seconds=5.0 * SPEED)
    tasks = [step("created", "redis_cloud_database", CACHE, wait_interval=2)]
    content = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": world.defaults,
            "tasks": tasks,
        }
    ]
    (tmp_path / "playbook.yml").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "record").touch()
    environment = {**world.environment(), **settings(way, tmp_path), "RECORD_FILE": str(tmp_path / "record")}
    if way == PROCESS:
        # in one piece: killing the process of a slice that has said all it had to say changes nothing
        environment["COMMUNITY_REDIS_PROGRESS_INTERVAL"] = "0"
    inventory = f"localhost ansible_connection=local ansible_python_interpreter={sys.executable}\n"
    (tmp_path / "inventory").write_text(inventory, encoding="utf-8")
    with open(tmp_path / "output", "wb") as output:
        run = subprocess.Popen(
            ["ansible-playbook", "-i", "inventory", "playbook.yml"],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            arrived = wait_for(lambda: any(entry["method"] == "POST" for entry in world.received()), run)
            killed = victims(run.pid)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            status = run.wait(60)
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
    said = (tmp_path / "output").read_text(encoding="utf-8", errors="replace")
    assert arrived, said
    assert killed
    assert status != 0, said
    play = world.play(tasks, environment=settings(way, tmp_path))
    assert play["created"]["database"]["status"] == "active"
    assert play["created"].writes == []
    assert only_one(world)


def wait_for(condition: Callable[[], bool], run: subprocess.Popen[bytes], seconds: float = 60.0) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until or run.poll() is not None:
            return False
        time.sleep(0.05)
    return True
