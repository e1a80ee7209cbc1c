# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invented states at random places: a run only takes longer. 1,000 runs on the main version of ansible-core."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from ansible.release import __version__ as ansible_version

from .bench import ChaosBench
from .catalogue import SUBJECTS
from .words import Inventor

MAIN_VERSION = "2.19."
# Seeds per resource; each is three runs
SEEDS = 40 if ansible_version.startswith(MAIN_VERSION) else 5
FIRST = int(os.environ.get("SAFETY_FIRST", "0"))
PORTION = 10
REPLAY = os.environ.get("SAFETY_WORDS", "")


def replay_command(name: str, seed: int) -> str:
    return f"SAFETY_WORDS={name}/{seed} .venv/bin/python -m pytest tests/unit/safety/test_invented_words.py"


def play(name: str, seed: int) -> tuple[int, int]:
    """Create, update, delete. Returns how many runs there were, and how many answers held an invented word."""
    rng = random.Random(f"words/{name}/{seed}")
    patch = pytest.MonkeyPatch()
    runs = strange = 0
    with tempfile.TemporaryDirectory(prefix="safety-") as directory:
        bench = ChaosBench(patch, Path(directory))
        try:
            subject = SUBJECTS[name]()
            subject.prepare(bench, rng)
            for step in subject.steps(rng):
                first = len(bench.heard)
                bench.distort = inventor = Inventor(rng)
                if rng.random() < 0.3:
                    run, _handed = bench.sliced(subject.module, step.params, 25)
                else:
                    run = bench.run(subject.module, step.params)
                bench.distort = None
                runs, strange = runs + 1, strange + inventor.count
                assert not run.failed, f"{name}/{seed} {step.action}: {run.message}"
                assert run.changed, f"{name}/{seed} {step.action}: no change"
                found = subject.ours(bench)
                assert len(found) == step.left, f"{name}/{seed} {step.action}: {len(found)} of them"
                states = {row["status"] for row in found}
                assert states <= {"active", "pending"}, f"{name}/{seed}: {states}"
                done = subject.carried_out(bench, bench.heard[first:])
                assert done == step.writes, f"{name}/{seed} {step.action}: {done}"
        finally:
            patch.undo()
    return runs, strange


def portions() -> list[tuple[str, range]]:
    """Which seeds of which resource run in one test."""
    if REPLAY:
        name, _slash, seed = REPLAY.partition("/")
        return [(name, range(int(seed), int(seed) + 1))]
    starts = range(FIRST, FIRST + SEEDS, PORTION)
    return [(name, range(start, min(start + PORTION, FIRST + SEEDS))) for name in SUBJECTS for start in starts]


@pytest.mark.parametrize(
    ("name", "seeds"),
    portions(),
    ids=lambda value: value if isinstance(value, str) else f"{value[0]}-{value[-1]}",
)
def test_words_that_nobody_knows(name: str, seeds: range) -> None:
    runs = strange = 0
    for seed in seeds:
        try:
            more = play(name, seed)
        except AssertionError as error:
            raise AssertionError(f"{error}\n\nreplay this one alone:\n  {replay_command(name, seed)}") from error
        runs, strange = runs + more[0], strange + more[1]
    # the test would be worth nothing if the runs had not met any
    assert REPLAY or strange > runs


@pytest.mark.parametrize("name", SUBJECTS)
def test_words_that_never_end(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource that stays in an unknown state is waited for until the deadline, and then that state is named."""
    rng = random.Random(name)
    bench = ChaosBench(monkeypatch, tmp_path)
    subject = SUBJECTS[name]()
    subject.prepare(bench, rng)
    create = subject.steps(rng)[0]
    bench.fault("rewrite", method="GET", times=None, set={"status": "hibernating"})
    run = bench.fails(subject.module, create.params, wait_timeout=1000)
    assert 1000 <= run.seconds <= 1035
    assert "wait_timeout" in run.message
    assert len(run.writes) <= create.left
    bench.simulator.faults.replace([])
    again = bench.ok(subject.module, create.params)
    assert len(subject.ours(bench)) == create.left
    posts = [request for request in (*run.writes, *again.writes) if request.method == "POST"]
    assert len(posts) == create.left
