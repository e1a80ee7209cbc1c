# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Prepares and runs the collection's checks: see --help."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from checks import packages
from checks.machine import CACHE, ROOT
from checks.schedule import Outcome, Run, summary
from checks.steps import Step, select, soak
from checks.tree import link_checkout
from checks.venvs import DEMO, MAIN, SetupError, ensure, pip_settings

KEPT_RUNS = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="checks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    setup = commands.add_parser("setup", help="make .venv and what else the demo or the tests need")
    setup.add_argument("what", choices=["demo", "test"])
    run = commands.add_parser("run", help="run checks; without names all of them")
    run.add_argument("names", nargs="*", metavar="STEP", help="a step or a group of steps")
    commands.add_parser("list", help="the steps and their groups")
    long = commands.add_parser("soak", help="the safety tests on other seeds, for as long as you like")
    long.add_argument("--rounds", type=int, default=10, help="(%(default)s)")
    long.add_argument("--first", type=int, help="number of the first round; without it one that nobody has seen")
    # half of the steps wait most of the time, for playbooks and for the simulator
    jobs = (os.cpu_count() or 1) + 1
    for command in (run, long):
        command.add_argument("--jobs", type=int, default=jobs, help="steps at the same time (%(default)s)")
    return parser.parse_args()


def setup(what: str) -> None:
    CACHE.mkdir(exist_ok=True)
    # Two calls in one checkout must not build the same venv at the same time.
    with open(CACHE / "setup.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ensure(DEMO if what == "demo" else MAIN):
            raise SetupError("ansible-core 2.19 needs Python 3.11, 3.12 or 3.13, and none of them was found")
        link_checkout(CACHE / "collections")
        packages.provide(packages.REDIS_SERVER, *([packages.SSHD] if what == "test" else []))


def prepare(steps: list[Step]) -> list[Step]:
    """Make the venvs of the steps. Returns the steps that this machine can run."""
    setup("test")
    able = {}
    with open(CACHE / "setup.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for venv in {step.venv for step in steps}:
            able[venv] = ensure(venv)
            if not able[venv]:
                wanted = ", ".join(f"{major}.{minor}" for major, minor in venv.pythons)
                print(f"No Python of {wanted} on this machine: nothing is run on {venv.core}", flush=True)
    return [step for step in steps if able[step.venv]]


def new_run_directory() -> Path:
    """A fresh directory for logs and tree copies; those of the last calls are kept to be looked at."""
    runs = CACHE / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    for old in sorted(runs.iterdir())[: 1 - KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    directory = runs / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    directory.mkdir()
    return directory


def run(steps: list[Step], jobs: int) -> int:
    began = time.monotonic()
    wanted = [step for step in steps if step.present]
    for step in steps:
        if not step.present:
            print(f"{step.name}: nothing to check, no file matches {step.needs}", flush=True)
    able = prepare(wanted)
    ready = Outcome("setup", "ok", time.monotonic() - began)
    directory = new_run_directory()
    print(f"{len(able)} steps, {jobs} at a time; logs in {directory.relative_to(ROOT)}", flush=True)
    settings = pip_settings([MAIN.python, "-m", "pip"])
    done = Run(directory, settings).steps(able, jobs)
    left_out = [
        Outcome(step.name, "skipped", note=f"no Python for {step.venv.core}")
        for step in wanted
        if step not in able
    ]
    return 1 if summary([ready, *done, *left_out], time.monotonic() - began) else 0


def main() -> int:
    options = arguments()
    # Also when we are told to stop, what we started must not live on.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if options.command == "setup":
            setup(options.what)
        elif options.command == "list":
            for step in select([]):
                print(f"{step.group:12} {step.name}")
        elif options.command == "soak":
            first = int(time.time() / 60) if options.first is None else options.first
            print(f"rounds {first} to {first + options.rounds - 1}", flush=True)
            return run(list(soak(options.rounds, first)), options.jobs)
        else:
            return run(select(options.names), options.jobs)
    except SetupError as error:
        print(f"cannot go on: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
