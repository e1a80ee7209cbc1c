# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are not what they should be, for everything that every module does: no traceback, no second create, no
"ok" that is not true.

A failing one says how to replay it alone. ``SAFETY_MUTATIONS`` sets how many seeds each errand gets.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from ansible.release import __version__ as ansible_version

from unit.harness import Run

from .bench import ChaosBench
from .errands import ERRANDS, Errand
from .mutation import Mutator
from .verdicts import wrong_words

MAIN_VERSION = "2.19."
SEEDS = int(os.environ.get("SAFETY_MUTATIONS", 25 if ansible_version.startswith(MAIN_VERSION) else 4))
REPLAY = os.environ.get("SAFETY_REPLAY", "")
WRITES = ("POST", "PUT", "DELETE")


def play(errand: Errand, seed: int) -> Run:
    """One run with mutated answers. Raises AssertionError with its story."""
    rng = random.Random(f"{errand.name}/{seed}")
    methods = rng.choice((("GET",), ("GET",), WRITES, ("GET", *WRITES)))
    lasting = rng.random() < 0.2
    mutator = Mutator(rng, methods, rng.randrange(8), None if lasting else rng.choice((1, 1, 2, 5)))
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory(prefix="safety-") as directory:
        bench = ChaosBench(patch, Path(directory))
        try:
            params = errand.prepare(bench)
            if errand.waits:
                params["wait_timeout"] = 300 if lasting else 3600
            bench.distort = mutator
            if errand.waits and rng.random() < 0.3:
                run, _handed = bench.sliced(errand.module, params, 25)
            else:
                run = bench.run(errand.module, params)
            judge(errand, bench, run, lasting)
        except Exception as error:
            story = [f"{errand.name}/{seed}: {error!r}", *mutator.story, *map(str, bench.heard)]
            raise AssertionError("\n".join(story)) from error
        finally:
            patch.undo()
    return run


def judge(errand: Errand, bench: ChaosBench, run: Run, lasting: bool) -> None:
    existing = errand.existing(bench)
    assert all(len(rows) == 1 for rows in existing.values()), "there are two of them"
    creates = Counter(
        str(request.path) for request in bench.heard if request.method == "POST" and request.accepted
    )
    wanted = sum(1 for truth in errand.wanted.values() if truth is not None)
    assert sum(creates.values()) <= max(wanted, 1), f"created more than once: {creates}"
    carried_out = any(request.accepted for request in bench.heard if request.method in WRITES)
    if run.failed:
        assert "exception" not in run.result
        wrong = wrong_words(run, run.message)
        # what an answer seems to forbid is told as what the task asks for in vain, and begins with the option's name; what
        # a server says instead of JSON, and several tasks to go on with, can make a message long
        usual = re.match(r"[a-z_]+ (is|of) ", run.message) or "\n" not in run.message
        assert not wrong or (usual and wrong.startswith("not a ")), f"{wrong}: {run.message}"
        assert carried_out or not run.changed, "a change without a write"
        return
    wrong = errand.wrong(bench, run)
    assert not wrong, f"a wrong ok: {wrong}"
    assert run.changed == carried_out, f"changed={run.changed}"


@pytest.mark.parametrize("name", ERRANDS)
def test_no_answer_is_too_strange(name: str) -> None:
    failures = []
    seeds = range(SEEDS)
    if REPLAY:
        errand, _slash, number = REPLAY.partition("/")
        seeds = range(int(number), int(number) + 1) if errand == name else range(0)
    for seed in seeds:
        try:
            play(ERRANDS[name], seed)
        except AssertionError as error:
            command = f"SAFETY_REPLAY={name}/{seed} .venv/bin/python -m pytest tests/unit/safety/test_tolerance.py"
            failures.append(f"{error}\n\nreplay this one alone:\n  {command}")
    assert not failures, "\n\n".join(failures)
