# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SIGKILL at request boundaries and at random moments, each followed by a run that finishes the job."""

from __future__ import annotations

import json
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ansible_runner
from integration.safety.histories import Plot, play, plots
from integration.safety.live import Blow, Live, running

from unit.safety.catalogue import SUBJECTS

ROUNDS = int(os.environ.get("SAFETY_KILL_ROUNDS", "1"))
FIRST = int(os.environ.get("SAFETY_KILL_FIRST", "0"))
KILLS = 40
# Most of the time these processes wait for each other's next second
AT_ONCE = 4


def test_exactly_one_of_everything_whenever_processes_are_killed(tmp_path: Path) -> None:
    wanted = [*plots(ROUNDS, FIRST), Plot("cloud-database", 1000 + FIRST), Plot("enterprise-7.22", 1000 + FIRST)]
    struck, failures = 0, []

    def run(plot: Plot) -> int | str:
        try:
            return play(plot, tmp_path)
        except AssertionError as error:
            return str(error)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for result in pool.map(run, wanted):
            if isinstance(result, int):
                struck += result
            else:
                failures.append(result)
    assert not failures, "\n\n".join(failures)
    assert struck >= KILLS * ROUNDS, f"only {struck} processes were killed"


class Job:
    """An ansible-runner job, as AWX runs it, in a thread; it can be cancelled."""

    def __init__(self, live: Live, directory: Path, task: dict[str, Any]) -> None:
        self.cancel = threading.Event()
        (directory / "project").mkdir(parents=True, exist_ok=True)
        content = [{"hosts": "localhost", "gather_facts": False, "module_defaults": live.defaults, "tasks": [task]}]
        (directory / "project" / "site.yml").write_text(json.dumps(content), encoding="utf-8")
        (directory / "inventory").mkdir(exist_ok=True)
        (directory / "inventory" / "hosts").write_text(live.inventory(), encoding="utf-8")
        self._thread = threading.Thread(target=self._run, args=(live, directory), daemon=True)
        self.run: Any = None
        self._thread.start()

    def _run(self, live: Live, directory: Path) -> None:
        self.run = ansible_runner.run(
            private_data_dir=str(directory),
            playbook="site.yml",
            envvars=live.environment(),
            quiet=True,
            cancel_callback=self.cancel.is_set,
        )

    def join(self) -> Any:
        self._thread.join(150)
        assert not self._thread.is_alive(), "the job does not end"
        return self.run


def test_relaunch_beside_what_a_cancelled_job_has_left(tmp_path: Path) -> None:
    """The runner is gone within a second; what it had started may go on, and the relaunch begins beside it."""
    with running(tmp_path, speed=60) as live:
        subject = SUBJECTS["enterprise-8.2"]()
        live.options("enterprise", create_seconds=300, update_seconds=300, delete_seconds=300)
        for step in subject.steps(random.Random(1)):
            begin = len(live.heard)
            task = {
                "name": step.action,
                f"community.redis.{subject.module}": {**step.params, "wait_interval": 1},
            }
            live.blow = blow = Blow(1, writes=True, flag=True)
            job = Job(live, tmp_path / f"job-{step.action}", task)
            while not blow.struck:
                assert job._thread.is_alive(), job.run.stdout.read()
                job._thread.join(0.05)
            job.cancel.set()
            assert job.join().status == "canceled"
            again = Job(live, tmp_path / f"again-{step.action}", task).join()
            assert again.status == "successful", again.stdout.read()
            done = subject.carried_out(live, live.heard[begin:])  # type: ignore[arg-type]
            assert done == step.writes, done
            assert len(subject.ours(live)) == (step.action != DELETE)  # type: ignore[arg-type]
