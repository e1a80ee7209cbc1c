# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs of ansible-runner, as AWX runs them: killed, or cancelled, and relaunched at once beside what they have left."""

from __future__ import annotations

import functools
import os
import random
import sys
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
from integration.safety.clients import descendants, wait_for
from integration.safety.live import Blow, Live, running

from unit.safety.catalogue import SUBJECTS
from unit.safety.subjects import Step, Subject

# so slow that what a job has left behind is still at work when the next one begins
SPEED = 60.0
SLOW = {"create_seconds": 300, "update_seconds": 300, "delete_seconds": 300}


@pytest.fixture
def live(tmp_path: Path) -> Any:
    with running(tmp_path, SPEED, fast=True) as found:
        found.options("enterprise", version="8.2", **SLOW)
        yield found


def project(live: Live, subject: Subject, step: Step) -> Path:
    """The private data directory of a job with this step."""
    directory = live.machine(f"job-{step.action}")
    (directory / "project").mkdir()
    (directory / "inventory").mkdir()
    task = {"name": step.action, f"community.redis.{subject.module}": {**step.params, "wait_interval": 1}}
    (directory / "project" / "site.yml").write_text(live.play([task]), encoding="utf-8")
    (directory / "inventory" / "hosts").write_text(live.inventory(), encoding="utf-8")
    return directory


def job(live: Live, directory: Path, **more: Any) -> Any:
    return ansible_runner.run(
        private_data_dir=str(directory), playbook="site.yml", envvars=live.environment(), quiet=True, **more
    )


def judge(live: Live, subject: Subject, step: Step, begin: int) -> None:
    assert subject.carried_out(live, live.heard[begin:]) == step.writes
    assert len(subject.ours(live)) == step.left


def test_cancelled(live: Live) -> None:
    """The runner is gone within a second; what it had started goes on."""
    subject = SUBJECTS["enterprise-8.2"]()
    for step in subject.steps(random.Random(1)):
        begin = len(live.heard)
        directory = project(live, subject, step)
        left = cancelled(live, directory)
        again = job(live, directory)
        assert again.status == "successful", again.stdout.read()
        wait_for(left)
        judge(live, subject, step, begin)


def cancelled(live: Live, directory: Path) -> list[int]:
    """Run a job that is cancelled at its first write. Returns the processes that it had started."""
    live.blow = blow = Blow(writes=True)
    left: list[int] = []
    blow.hit = lambda: left.extend(descendants(os.getpid()))
    assert job(live, directory, cancel_callback=blow.struck.is_set).status == "canceled"
    return left


@pytest.mark.parametrize("whom", ["alone", "tree"])
def test_killed(live: Live, whom: str) -> None:
    """SIGKILL for ansible-runner itself, alone or with everything that it has started."""
    subject = SUBJECTS["enterprise-8.2"]()
    step = subject.steps(random.Random(1))[0]
    directory = project(live, subject, step)
    command = [sys.executable, "-m", "ansible_runner", "run", str(directory), "-p", "site.yml"]
    start = functools.partial(live.client, command, directory, live.environment())
    victim = live.struck(start, Blow(writes=True), whom == "tree")
    assert victim.process.returncode == -9, victim.output
    again = job(live, directory)
    assert again.status == "successful", again.stdout.read()
    judge(live, subject, step, 0)
    # without its terminal ansible-playbook waits for ever for the output that a worker could not write
    victim.end()
