# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs playbooks with the real ansible-playbook and reads how long tasks and items took."""

from __future__ import annotations

import atexit
import dataclasses
import functools
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from checks.machine import environment

HERE = Path(__file__).parent
PLAY_LIMIT = 1200.0
SAMPLE_SECONDS = 0.1


@dataclasses.dataclass
class Task:
    """One task of a play on all its hosts. Times are seconds; ``items`` has one for each item of a loop."""

    name: str
    begin: float
    end: float = 0.0
    items: list[float] = dataclasses.field(default_factory=list)
    changed: bool = False
    api_requests: int = 0
    failures: list[str] = dataclasses.field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.end - self.begin

    @property
    def item(self) -> float:
        """The median of the items but the first, which pays for what the task does once."""
        return statistics.median(self.items[1:])


@dataclasses.dataclass
class Played:
    tasks: list[Task]
    seconds: float
    peak_mb: float = 0.0
    """Peak memory of the largest of its processes."""

    def task(self, name: str) -> Task:
        return next(task for task in self.tasks if task.name == name)

    @property
    def failures(self) -> list[str]:
        return [message for task in self.tasks for message in task.failures]

    @property
    def work(self) -> float:
        """From the beginning of the first task to the end of the last: without the start of ansible-playbook."""
        return max(task.end for task in self.tasks) - self.tasks[0].begin


@functools.cache
def scratch(directory: Path) -> str:
    """Temporary files of what belongs to a directory: elsewhere, because the address of a UNIX socket must be short."""
    place = tempfile.mkdtemp(prefix="bench-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


@dataclasses.dataclass(frozen=True)
class Ansible:
    """An ansible-core with the collection. ``directory`` is for its files, ``collections`` has the collection."""

    venv: Path
    collections: Path
    directory: Path

    @property
    def core(self) -> str:
        return self._ask("from ansible.release import __version__; print(__version__)")

    @property
    def python(self) -> str:
        return self._ask("import platform; print(platform.python_version())")

    def _ask(self, code: str) -> str:
        command = [str(self.venv / "bin" / "python"), "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        env = {
            key: value
            for key, value in environment(self.venv, {}).items()
            if not key.startswith("COMMUNITY_REDIS_")
        }
        home = self.directory / "home"
        env.update(
            ANSIBLE_COLLECTIONS_PATH=str(self.collections),
            ANSIBLE_HOME=str(home),
            ANSIBLE_REMOTE_TEMP=str(home / "remote"),
            ANSIBLE_CALLBACK_PLUGINS=str(HERE / "callback"),
            ANSIBLE_CALLBACKS_ENABLED="benchmark_times",
            ANSIBLE_RETRY_FILES_ENABLED="0",
            ANSIBLE_LOCALHOST_WARNING="0",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="0",
            TMPDIR=scratch(self.directory),
            **(more or {}),
        )
        return env

    def play(
        self,
        playbook: Path | list[dict[str, Any]],
        variables: dict[str, Any],
        *,
        hosts: Sequence[str] = ("localhost",),
        forks: int = 1,
        env: Mapping[str, str] | None = None,
        expect_failures: bool = False,
    ) -> Played:
        return self.start(playbook, variables, hosts=hosts, forks=forks, env=env).result(expect_failures)

    def start(
        self,
        playbook: Path | list[dict[str, Any]],
        variables: dict[str, Any],
        *,
        hosts: Sequence[str] = ("localhost",),
        forks: int = 1,
        env: Mapping[str, str] | None = None,
    ) -> Playing:
        self.directory.mkdir(parents=True, exist_ok=True)
        number = sum(1 for _file in self.directory.glob("play-*.json"))
        base = self.directory / f"play-{number}"
        if not isinstance(playbook, Path):
            # JSON is YAML
            file = base.with_suffix(".yml")
            file.write_text(json.dumps(playbook, indent=1), encoding="utf-8")
            playbook = file
        local = {
            "ansible_connection": "local",
            "ansible_python_interpreter": str(self.venv / "bin" / "python"),
        }
        inventory = base.with_suffix(".inventory.yml")
        inventory.write_text(json.dumps({"all": {"hosts": dict.fromkeys(hosts, local)}}), encoding="utf-8")
        extra = base.with_suffix(".json")
        extra.write_text(json.dumps(variables), encoding="utf-8")
        times = base.with_suffix(".times")
        times.touch()
        command = [
            str(self.venv / "bin" / "ansible-playbook"),
            f"--inventory={inventory}",
            f"--forks={forks}",
            f"--extra-vars=@{extra}",
            str(playbook),
        ]
        return Playing(command, self.environment({**(env or {}), "BENCHMARK_TIMES": str(times)}), base, times)


class Playing:
    """A playbook that runs."""

    def __init__(self, command: list[str], env: dict[str, str], base: Path, times: Path) -> None:
        self._log = base.with_suffix(".log")
        self._times = times
        self._began = time.monotonic()
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                command,
                env=env,
                cwd=base.parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def result(self, expect_failures: bool = False) -> Played:
        """Wait for its end. A play that failed is an error of the benchmark, unless failures are what is counted."""
        with Memory(self._process.pid) as memory:
            try:
                status = self._process.wait(PLAY_LIMIT)
            except BaseException:
                self.stop()
                raise
        seconds = time.monotonic() - self._began
        played = Played(read_times(self._times), seconds, memory.peak_mb)
        if status != 0 and not (expect_failures and played.failures):
            raise RuntimeError(
                f"ansible-playbook ended with {status}, see {self._log}: {played.failures[:1]}"
            )
        return played

    def stop(self) -> None:
        if self._process.poll() is not None:
            return
        try:
            os.killpg(self._process.pid, 15)
            self._process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            self._process.kill()


def read_times(file: Path) -> list[Task]:
    """The tasks of a play from what the callback has written; those of an include are tasks of their own."""
    tasks: list[Task] = []
    last: dict[str, float] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        moment = float(entry["time"])
        if tasks:
            tasks[-1].end = moment
        if entry["event"] == "start":
            tasks.append(Task(entry["task"], moment))
            last.clear()
        if entry["event"] == "end" or "host" not in entry:
            continue
        task = tasks[-1]
        if entry["event"] in ("item", "item_failed"):
            task.items.append(moment - last.get(entry["host"], task.begin))
            last[entry["host"]] = moment
        elif entry["event"] == "failed":
            task.failures.append(entry["message"])
        task.changed = task.changed or entry["changed"]
        task.api_requests += entry["api_requests"] or 0
    return tasks


class Memory:
    """Peak memory of the processes of a session, sampled."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    self.peak_mb = max(self.peak_mb, peak_of(entry, self._session))


def peak_of(process: Path, session: int) -> float:
    """The peak memory in MB of a process of the session, 0 for others."""
    try:
        # pid (name) state ppid pgrp session ...; the name may hold anything
        if int((process / "stat").read_text().rpartition(")")[2].split()[3]) != session:
            return 0.0
        for line in (process / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError, IndexError):
        pass  # it has ended meanwhile
    return 0.0
