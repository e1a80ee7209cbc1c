# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people see while a task waits: in a terminal, without one, and as events of ansible-runner. Gaps are measured on
the simulator's clock, for which a slow server is as good as a fast one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import pty
import re
import subprocess
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
from integration.safety.live import Live, running

# Seconds of the simulator: nobody sits in front of a silent screen for longer
SILENCE_MAX = 30.0
# Where the clock is fast, lines come as often as this, in its seconds. What the machine needs to start a module is not
# faster there, and must fit in between.
INTERVAL = 10.0
SPEED = 4.0
LIMIT = 150.0
SUBSCRIPTION = {
    "name": "main",
    "cloud_providers": [{"regions": [{"region": "us-east-1"}]}],
    "databases": [{"name": "first", "dataset_size_in_gb": 1}],
}
CACHE = {"name": "cache", "memory_size": "1GB"}
LINE = re.compile(r"^\[(?P<host>[^\]]+)\]( \(item=(?P<item>[^)]*)\))? (?P<what>.+?): (?P<words>.+), \S+ of \S+$")


@dataclasses.dataclass
class Transcript:
    """What was printed: when, on the simulator's clock, and the text of each line; and how it ended."""

    lines: list[tuple[float, str]]
    status: int

    @property
    def text(self) -> str:
        return "\n".join(f"{when:7.1f} {text}" for when, text in self.lines)

    def of_task(self, title: str) -> Transcript:
        """From the headline of a task to the next one."""
        heads = [number for number, (_when, text) in enumerate(self.lines) if re.match(r"(TASK|PLAY)", text)]
        begin = next(number for number in heads if f"[{title}]" in self.lines[number][1])
        end = next((number for number in heads if number > begin), len(self.lines))
        return Transcript(self.lines[begin : end + 1], self.status)

    def said(self) -> list[re.Match[str]]:
        """The lines of the collection."""
        return [found for _when, text in self.lines if (found := LINE.match(text))]

    def longest_silence(self, host: str = "") -> float:
        """Between two lines; with ``host`` only those of that host count, as in a play over many hosts."""
        times = [when for when, text in self.lines if not host or f"[{host}]" in text or "TASK" in text]
        return max(later - earlier for earlier, later in itertools.pairwise(times))


def play(
    live: Live,
    tasks: list[dict[str, Any]],
    *,
    hosts: str = "localhost",
    terminal: bool = False,
    interval: float | None = INTERVAL,
    environment: Mapping[str, str] | None = None,
    **keywords: Any,
) -> Transcript:
    """Run ansible-playbook and read along. ``interval`` in simulated seconds; None: as it comes."""
    directory = live.machine("play")
    defaults = {**live.defaults, **keywords.pop("module_defaults", {})}
    content = {"hosts": hosts, "gather_facts": False, "module_defaults": defaults, "tasks": tasks, **keywords}
    (directory / "playbook.yml").write_text(json.dumps([content]), encoding="utf-8")
    (directory / "inventory").write_text(live.inventory(hosts), encoding="utf-8")
    own = {**live.environment(), **pace(live, interval), **(environment or {})}
    reading, writing = pty.openpty() if terminal else os.pipe()
    process = subprocess.Popen(
        ["ansible-playbook", "-i", "inventory", "playbook.yml"],
        cwd=directory,
        env=own,
        stdin=writing if terminal else subprocess.DEVNULL,
        stdout=writing,
        stderr=writing,
        start_new_session=True,
    )
    os.close(writing)
    limit = threading.Timer(LIMIT, process.kill)
    limit.start()
    lines: list[tuple[float, str]] = []
    rest = b""
    # the end of a terminal is an error
    with contextlib.suppress(OSError):
        while part := os.read(reading, 65536):
            *whole, rest = (rest + part).split(b"\n")
            now = live.simulator.clock.now()
            lines += [(now, text.decode("utf-8").strip()) for text in whole if text.strip()]
    os.close(reading)
    status = process.wait()
    limit.cancel()
    found = Transcript(lines, status)
    assert "Traceback" not in found.text
    return found


def pace(live: Live, interval: float | None) -> dict[str, str]:
    if interval is None:
        return {}
    return {"COMMUNITY_REDIS_PROGRESS_INTERVAL": str(interval / live.speed)}


def task(title: str, module: str, params: Mapping[str, Any], **keywords: Any) -> dict[str, Any]:
    # the first looks come a second apart, whatever the simulator's clock shows
    return {"name": title, f"community.redis.{module}": {"wait_interval": 2, **params}, **keywords}


# -- long waits: they are recorded at the same time, because most of it is waiting --------------------------------------


def in_a_terminal(directory: Path) -> Transcript:
    """At the pace of the real service, with the defaults of the collection: two minutes in front of a terminal."""
    with running(directory, speed=1.0) as live:
        live.options(
            "cloud",
            subscription_seconds=65.0,
            creation_database_listed_seconds=0.0,
            creation_database_seconds=5.0,
        )
        return play(live, [task("create", "redis_cloud_subscription", SUBSCRIPTION)], terminal=True, interval=None)


def on_many_hosts(directory: Path) -> Transcript:
    """Three hosts, two items each, one after the other; modules as processes; nobody's terminal."""
    with running(directory, SPEED) as live:
        live.options("enterprise", create_seconds=35.0)
        params = {"name": "{{ inventory_hostname }}-{{ item }}", "memory_size": "100MB"}
        one = task("create", "redis_enterprise_database", params, loop=["small", "large"])
        return play(live, [one], hosts="one,two,three", environment={"COMMUNITY_REDIS_DIRECT": "0"})


def behind_a_slow_server(directory: Path) -> Transcript:
    """Requests that take longer than an interval, and a front of the API that is away for a while."""
    with running(directory, SPEED) as live:
        live.options("enterprise", create_seconds=60.0)
        for rule in (
            {"match": {"method": "POST"}, "times": 1, "action": {"kind": "delay", "seconds": 40}},
            {"match": {"method": "GET"}, "after": 5, "times": 4, "action": {"kind": "status", "status": 503}},
            {"match": {"method": "GET"}, "after": 10, "times": 1, "action": {"kind": "delay", "seconds": 50}},
        ):
            live.simulator.faults.add(rule)
        return play(live, [task("create", "redis_enterprise_database", CACHE)], terminal=True)


LONG = {scene.__name__: scene for scene in (in_a_terminal, on_many_hosts, behind_a_slow_server)}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Transcript]:
    with ThreadPoolExecutor(len(LONG)) as pool:
        pending = {name: pool.submit(scene, tmp_path_factory.mktemp(name)) for name, scene in LONG.items()}
        return {name: future.result() for name, future in pending.items()}


@pytest.mark.parametrize("name", LONG)
def test_no_silence(recorded: dict[str, Transcript], name: str) -> None:
    found = recorded[name]
    assert found.status == 0, found.text
    assert found.of_task("create").longest_silence() <= SILENCE_MAX, found.text


def test_states_and_deadline_in_a_terminal(recorded: dict[str, Transcript]) -> None:
    said = recorded["in_a_terminal"].said()
    words = [line["words"] for line in said]
    assert words[:2] == ["processing received", "processing processing-in-progress"]
    assert "provisioning pending" in words
    assert len(said) >= 5
    assert all(line["what"] == "subscription 'main'" for line in said)
    assert all(line[0].endswith("of 1h00m") for line in said)


def test_everybody_knows_whose_line_it_is(recorded: dict[str, Transcript]) -> None:
    found = recorded["on_many_hosts"].of_task("create")
    said = found.said()
    for host in ("one", "two", "three"):
        assert found.longest_silence(host) <= SILENCE_MAX, found.text
        for item in ("small", "large"):
            mine = [line for line in said if (line["host"], line["item"]) == (host, item)]
            assert mine, found.text
            assert all(line["what"] in ("waiting", f"database '{host}-{item}'") for line in mine)
    # percent, and a bar
    assert any(re.search(r"\[#+-+\] \d+%", line["words"]) for line in said), found.text


def test_a_server_that_keeps_silent(recorded: dict[str, Transcript]) -> None:
    found = recorded["behind_a_slow_server"]
    assert any("no news for" in line["words"] for line in found.said()), found.text


# -- ansible-runner ----------------------------------------------------------------------------------------------------


@pytest.mark.every_core
def test_events_of_ansible_runner(tmp_path: Path) -> None:
    """As AWX runs a job: every line is an event, and comes when it is said; also while a request takes long."""
    events: list[tuple[float, str, str]] = []
    with running(tmp_path, SPEED) as live:
        live.options("enterprise", create_seconds=50.0)
        slow = {"match": {"method": "GET"}, "after": 5, "times": 1, "action": {"kind": "delay", "seconds": 40}}
        live.simulator.faults.add(slow)
        job = tmp_path / "job"
        (job / "project").mkdir(parents=True)
        content = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "module_defaults": live.defaults,
                "tasks": [task("create", "redis_enterprise_database", CACHE)],
            }
        ]
        (job / "project" / "site.yml").write_text(json.dumps(content), encoding="utf-8")
        (job / "inventory").mkdir()
        (job / "inventory" / "hosts").write_text(live.inventory(), encoding="utf-8")

        def hear(event: dict[str, Any]) -> bool:
            events.append((live.simulator.clock.now(), event["event"], event["stdout"]))
            return True

        run = ansible_runner.run(
            private_data_dir=str(job),
            playbook="site.yml",
            envvars={**live.environment(), **pace(live, INTERVAL)},
            event_handler=hear,
            quiet=True,
            timeout=int(LIMIT),
        )
    assert run.status == "successful", run.stdout.read()
    kinds = [kind for _when, kind, _text in events]
    begin, end = kinds.index("runner_on_start"), kinds.index("runner_on_ok")
    times = [when for when, _kind, _text in events[begin : end + 1]]
    story = "\n".join(f"{when:7.1f} {kind} {text}" for when, kind, text in events)
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) <= SILENCE_MAX, story
    said = [text for _when, kind, text in events[begin:end] if kind == "verbose"]
    assert len(said) >= 4, story
    assert all(LINE.match(text.strip()) for text in said), story
    assert any("no news for" in text for text in said), story


# -- ways to run -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    """One play with every way to run a task that waits."""
    with running(tmp_path_factory.mktemp("ways"), speed=60.0) as live:
        live.options("enterprise", create_seconds=240.0)
        module = "redis_enterprise_database"

        def create(name: str, **keywords: Any) -> dict[str, Any]:
            how = keywords.pop("how", {})
            return task(name, module, {"name": name, "memory_size": "100MB", **how}, **keywords)

        tasks = [
            create("secret", no_log=True),
            create("predicted", check_mode=True),
            create("requested", how={"wait": False}),
            create("background", **{"async": 60, "poll": 1}),
            create("quiet", vars={"community_redis_progress_interval": 0}),
            create("delegated", delegate_to="helper"),
            create("labelled", loop=[{"is": "canary"}], loop_control={"label": "the label"}),
            create("patient", how={"wait_timeout": 900}),
        ]
        defaults = {
            "group/community.redis.enterprise": {**live.defaults["group/community.redis.enterprise"], "wait_timeout": 600}
        }
        return play(live, tasks, hosts="web,helper", interval=30.0, module_defaults=defaults, run_once=True)


def test_no_log_says_nothing_but_the_time(ways: Transcript) -> None:
    found = ways.of_task("secret")
    assert any(re.match(r"\[web\] still waiting, \S+ of 10m00s$", text) for _when, text in found.lines), found.text
    assert "database" not in found.text


@pytest.mark.parametrize("title", ["predicted", "requested", "background", "quiet"])
def test_nothing_is_said_where_nothing_is_awaited_or_wanted(ways: Transcript, title: str) -> None:
    found = ways.of_task(title)
    assert found.said() == [], found.text
    assert "changed: [web]" in found.text


@pytest.mark.parametrize(
    ("title", "label", "deadline"),
    [
        ("delegated", "[web] ", "10m00s"),
        ("labelled", "[web] (item=the label) ", "10m00s"),
        ("patient", "[web] ", "15m00s"),
    ],
)
def test_host_item_and_deadline(ways: Transcript, title: str, label: str, deadline: str) -> None:
    """Of a delegated task the host is the one that it is about, as in Ansible's own lines."""
    found = ways.of_task(title)
    said = found.said()
    assert said, found.text
    for line in said:
        assert line[0].startswith(f"{label}database '{title}': "), found.text
        assert line[0].endswith(f" of {deadline}"), found.text
    assert "canary" not in found.text


def test_play_with_all_ways_is_sound(ways: Transcript) -> None:
    assert ways.status == 0, ways.text
