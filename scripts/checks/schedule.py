# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs steps side by side, keeps their output in files, and says at the end how it went."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import shutil
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree
from collections.abc import Callable
from pathlib import Path

from checks.steps import Step, step_environment
from checks.tree import make_tree

STEP_LIMIT = 30 * 60  # seconds; a step that takes longer hangs
SHOWN_LINES = 200
PATIENCE = 10  # seconds that a step has to end when it is told to
HEARTBEAT = 60  # seconds between signs of life, for those who stop a silent job


@dataclasses.dataclass
class Outcome:
    """How one step ended."""

    name: str
    state: str
    seconds: float = 0.0
    cpu: float = 0.0  # seconds of processor time, which say more than seconds where steps run side by side
    passed: int = 0
    failed: int = 0
    note: str = ""


class Run:
    """One call of the checks: a directory for logs and tree copies, and the processes that were started."""

    def __init__(self, directory: Path, pip_settings: dict[str, str]) -> None:
        self.directory = directory
        self.pip_settings = pip_settings
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def steps(self, steps: list[Step], jobs: int) -> list[Outcome]:
        done: list[Outcome] = []
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            pending = {pool.submit(self._step, step) for step in steps}
            try:
                while pending:
                    finished, pending = concurrent.futures.wait(
                        pending, HEARTBEAT, concurrent.futures.FIRST_COMPLETED
                    )
                    done += [future.result() for future in finished]
                    if not finished:
                        print(f"  running: {', '.join(sorted(self._processes))}", flush=True)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._stop_all()
                raise
        return done

    def _step(self, step: Step) -> Outcome:
        began = time.monotonic()
        work = self.directory / step.name
        log = self.directory / f"{step.name}.log"
        junit = self.directory / f"{step.name}.xml"
        tree = make_tree(work)
        env = step_environment(step, tree, self.pip_settings)
        values = {"junit": str(junit), "work": str(work)}
        status, cpu = 0, 0.0
        for command in step.commands:
            status, used = self._command(
                [word.format(**values) for word in command], step.name, tree / step.directory, env, log
            )
            cpu += used
            if status != 0:
                break
        outcome = judge(step, status, junit)
        outcome.cpu = cpu
        outcome.seconds = time.monotonic() - began
        if outcome.state != "FAILED":
            shutil.rmtree(work, ignore_errors=True)
        with self._lock:
            report(outcome, log)
        return outcome

    def _command(
        self, command: list[str], name: str, cwd: Path, env: dict[str, str], log: Path
    ) -> tuple[int, float]:
        """Exit status, and the processor time of the command and of all that it has waited for."""
        program = f"{env['VIRTUAL_ENV']}/bin/{command[0]}"
        with open(log, "ab") as output:
            output.write(f"$ {' '.join(command)}\n".encode())
            output.flush()
            process = subprocess.Popen(
                [program, *command[1:]],
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._processes[name] = process
            limit = threading.Timer(STEP_LIMIT, stop, (process.pid,))
            limit.start()
            try:
                _pid, status, usage = os.wait4(process.pid, 0)
            finally:
                limit.cancel()
                self._processes.pop(name, None)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode < 0:
                output.write(f"ended by signal {-process.returncode}; the limit is {STEP_LIMIT} s\n".encode())
            return process.returncode, usage.ru_utime + usage.ru_stime

    def _stop_all(self) -> None:
        for process in list(self._processes.values()):
            stop(process.pid)


def stop(group: int) -> None:
    """End the whole process group: first politely, so that it can stop what it started itself."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(group, sign)
            for _tenth in range(10 * PATIENCE):
                time.sleep(0.1)
                os.killpg(group, 0)
        except ProcessLookupError:
            return


def judge(step: Step, status: int, junit: Path) -> Outcome:
    """Status and counts of a step. A step without counts of its own counts as a test when it fails."""
    outcome = Outcome(step.name, "ok" if status == 0 else "FAILED")
    if step.junit and junit.exists():
        count_tests(outcome, junit)
    if status == 5 and step.none_selected:
        outcome.state, outcome.note = "none", "no test has the marker"
    elif status != 0 and outcome.failed == 0:
        outcome.failed = 1
    return outcome


def count_tests(outcome: Outcome, junit: Path) -> None:
    for suite in xml.etree.ElementTree.parse(junit).getroot().iter("testsuite"):
        total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        outcome.failed += failed
        outcome.passed += total - skipped - failed
        outcome.note = f"{total - skipped - failed} passed" + (f", {skipped} skipped" if skipped else "")


def report(outcome: Outcome, log: Path) -> None:
    print(f"{outcome.state:7} {outcome.name:20} {outcome.seconds:7.1f} s  {outcome.note}", flush=True)
    if outcome.state == "FAILED" and log.exists():
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        if len(lines) > SHOWN_LINES:
            print(f"    ... {len(lines) - SHOWN_LINES} lines more in {log}")
        for line in lines[-SHOWN_LINES:]:
            print(f"    {line}")
        print(flush=True)


def summary(outcomes: list[Outcome], seconds: float, say: Callable[[str], None] = print) -> int:
    """Print the table and the closing line; the number of failures."""
    say("")
    say(f"{'step':22} {'seconds':>8} {'cpu':>7}  result")
    for outcome in outcomes:
        times = f"{outcome.seconds:8.1f} {outcome.cpu:7.1f}"
        say(f"{outcome.name:22} {times}  {outcome.state:7} {outcome.note}".rstrip())
    say(f"{'all together':22} {seconds:8.1f} {sum(outcome.cpu for outcome in outcomes):7.1f}")
    failed = sum(outcome.failed for outcome in outcomes)
    say(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed")
    return failed
