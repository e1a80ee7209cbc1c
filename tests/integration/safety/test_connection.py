# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections that are lost: SSH to the target in the middle of a module, and the API's front that restarts."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.safety.clients import PROCESS_LIMIT, Client, descendants, kill
from integration.safety.live import Blow, Live, running
from integration.safety.ssh_target import NoSshError, SshTarget

from unit.safety.catalogue import SUBJECTS
from unit.safety.subjects import Step, Subject

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


def start(live: Live, target: SshTarget, subject: Subject, step: Step) -> Client:
    task: dict[str, Any] = {
        "name": step.action,
        f"community.redis.{subject.module}": {**step.params, "wait_interval": 2},
        "environment": {"TMPDIR": str(live.machine("target"))},
    }
    return live.playbook([task], inventory=target.inventory())


def test_ssh_to_the_target_is_lost(tmp_path: Path, target: SshTarget) -> None:
    """The server's end of the connection is killed, or the client's; before a write has arrived, or after."""
    with running(tmp_path, fast=True) as live:
        subject = SUBJECTS["cloud-databases"]()
        subject.prepare(live, random.Random(1))
        ends = (False, "server"), (False, "client"), (True, "server")
        for step, (before, end) in zip(subject.steps(random.Random(1)), ends, strict=True):
            begin = len(live.heard)
            with live.lock:
                victim = start(live, target, subject, step)
                blow = Blow(1, before, writes=True)
                blow.hit = target.cut if end == "server" else functools.partial(hang_up, victim)
                live.blow = blow
            assert victim.wait().process.returncode in LOST, victim.output
            live.blow = None
            assert blow.struck.is_set()
            result = start(live, target, subject, step).succeeds()
            assert subject.carried_out(live, live.heard[begin:]) == step.writes
            found = subject.ours(live)
            assert len(found) == step.left
            assert not step.unmet(found), step.unmet(found)
            assert [shown["status"] for shown in subject.shown(result) if step.left] == ["active"] * step.left
        assert not live.notes("target")


def hang_up(client: Client) -> None:
    """Kill ssh below ansible-playbook, and the connection that it shares, which has left its parent."""
    for one in descendants(client.pid):
        if "ssh" in Path(f"/proc/{one}/comm").read_text(encoding="utf-8"):
            kill(one)


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
