# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that are lost: SSH to the target in the middle of a module, and the API's front that restarts."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.safety.clients import PROCESS_LIMIT, Client, wait_for
from integration.safety.live import Blow, Live, running
from integration.safety.ssh_target import NoSshError, SshTarget, hang_up

from unit.safety.catalogue import SUBJECTS
from unit.safety.subjects import Step

# ansible-playbook calls the target unreachable, or the task failed when only its own ssh is gone
LOST = (2, 4)
# Seconds; for a module it is eight times as long
OUTAGE = 1.5


@pytest.fixture
def target() -> Iterator[SshTarget]:
    try:
        found = SshTarget()
    except NoSshError as error:
        pytest.skip(str(error))
    yield found
    found.close()


@dataclasses.dataclass
class Loss:
    """Whose end of the connection is killed: the server's, or the client's; ``before`` the write has arrived, or after.
    Without ``pipelining`` the module has a terminal, whose end it does not survive."""

    end: str
    before: bool
    pipelining: bool


LOSSES = (Loss("server", False, True), Loss("client", False, True), Loss("server", True, False))


class Remote:
    """A module that runs on the target."""

    def __init__(self, live: Live, target: SshTarget, module: str) -> None:
        self.live = live
        self.target = target
        self._module = module

    def start(self, step: Step, **environment: str) -> Client:
        task = {
            "name": step.action,
            f"community.redis.{self._module}": {**step.params, "wait_interval": 2},
            "environment": {"TMPDIR": str(self.live.machine("target"))},
        }
        return self.live.playbook([task], environment, inventory=self.target.inventory())

    def finish(self, step: Step) -> dict[str, Any]:
        """The same again, in one piece."""
        return self.start(step, ANSIBLE_PIPELINING="1", COMMUNITY_REDIS_PROGRESS_INTERVAL="0").succeeds()

    def loses(self, step: Step, loss: Loss) -> list[int]:
        """Returns what is left running on the target."""
        left: list[int] = []
        with self.live.lock:
            victim = self.start(step, ANSIBLE_PIPELINING=str(int(loss.pipelining)))

            def lose() -> None:
                left.extend(self.target.running())
                if loss.end == "server":
                    self.target.cut()
                else:
                    hang_up(victim)

            self.live.blow = Blow(1, loss.before, writes=True, hit=lose)
        assert victim.wait().process.returncode in LOST, victim.output
        assert left, victim.output
        self.live.blow = None
        return left


def test_ssh_to_the_target_is_lost(tmp_path: Path, target: SshTarget) -> None:
    with running(tmp_path, fast=True) as live:
        subject = SUBJECTS["cloud-databases"]()
        subject.prepare(live, random.Random(1))
        remote = Remote(live, target, subject.module)
        for step, loss in zip(subject.steps(random.Random(1)), LOSSES, strict=True):
            begin = len(live.heard)
            left = remote.loses(step, loss)
            result = remote.finish(step)
            wait_for(left)
            assert subject.carried_out(live, live.heard[begin:]) == step.writes
            found = subject.ours(live)
            assert len(found) == step.left
            assert not step.unmet(found), step.unmet(found)
            assert [shown["status"] for shown in subject.shown(result) if step.left] == ["active"] * step.left
        assert not live.notes("target")


@pytest.mark.parametrize("name", ["cloud-databases", "enterprise-databases-8.2"])
def test_front_of_the_api_restarts(tmp_path: Path, name: str) -> None:
    """While it holds a request, at some moment of each run: connections are cut, and refused for a while. The same run
    survives that."""
    with running(tmp_path, fast=True) as live:
        subject = SUBJECTS[name]()
        rng = random.Random(name)
        subject.prepare(live, rng)
        for step in subject.steps(rng):
            begin = len(live.heard)
            live.blow = blow = Blow(rng.randrange(1, 4), writes=True)
            client = live.module(subject.module, step.params)
            assert blow.struck.wait(PROCESS_LIMIT), client.output
            live.restart_front(OUTAGE)
            result = client.succeeds()
            live.blow = None
            heard = live.heard[begin:]
            assert subject.carried_out(live, heard) == step.writes
            assert subject.claimed(result) == subject.touched(live, heard)
            assert len(subject.ours(live)) == step.left
            assert not live.notes()


def test_front_of_the_api_is_away_for_longer_than_a_run_waits(tmp_path: Path) -> None:
    with running(tmp_path, fast=True) as live:
        subject = SUBJECTS["cloud-database"]()
        subject.prepare(live, random.Random(1))
        step = subject.steps(random.Random(1))[0]
        live.blow = blow = Blow(writes=True)
        client = live.module(subject.module, {**step.params, "wait_timeout": 10})
        assert blow.struck.wait(PROCESS_LIMIT), client.output
        live.restart_front(3 * OUTAGE)
        failed = client.wait().result
        assert failed["failed"]
        assert "wait_timeout" in failed["msg"]
        result = live.module(subject.module, step.params).succeeds()
        assert subject.carried_out(live, live.heard) == step.writes
        assert result["database"]["status"] == "active"
