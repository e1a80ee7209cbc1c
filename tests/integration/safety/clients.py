# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that use the server, as people start them; and SIGKILL, which nothing can catch."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

PROCESS_LIMIT = 240.0
RESULT = re.compile(r"^(?:ok|changed): \[\w+\] => (\{.*\})$", re.MULTILINE)
_numbers = itertools.count(1)


class Client:
    """A process in a session of its own. Its output goes to a file: what it leaves behind may write on."""

    def __init__(
        self, command: list[str], directory: Path, environment: Mapping[str, str], stdin: str | None = None
    ) -> None:
        self._log = directory / f"output-{next(_numbers)}"
        self.orphans: list[int] = []
        with open(self._log, "wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if self.process.stdin is not None:
            self.process.stdin.write((stdin or "").encode("utf-8"))
            self.process.stdin.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait(self, limit: float = PROCESS_LIMIT) -> Client:
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill(tree=True)
            raise AssertionError(f"it does not end: {self.output}") from None
        return self

    def ends_within(self, seconds: float) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.returncode is not None

    def succeeds(self) -> dict[str, Any]:
        """Wait for its end; the result of the module, or of the last task of the playbook."""
        self.wait()
        assert self.process.returncode == 0, self.output
        assert "Traceback" not in self.output, self.output
        return self.result

    @property
    def result(self) -> dict[str, Any]:
        """What a module has printed, or ansible-playbook with -v of its last task."""
        found = RESULT.findall(self.output) or [line for line in self.output.splitlines() if line[:1] == "{"]
        assert found, f"no result: {self.output}"
        value = json.loads(found[-1])
        assert isinstance(value, dict)
        return value

    def kill(self, tree: bool) -> None:
        """SIGKILL, to the process alone or with everything that it has started. ``orphans`` are what is left then.

        The workers of ansible-playbook have sessions of their own, so a process group is not enough.
        """
        started = descendants(self.pid)
        for one in [self.pid, *(started if tree else [])]:
            kill(one)
        self.orphans = [] if tree else started
        self.process.wait(PROCESS_LIMIT)

    def end(self) -> None:
        """Nothing of it is left."""
        for one in self.orphans:
            kill(one)
        if self.process.poll() is None:
            self.kill(tree=True)

    def wait_for_orphans(self) -> None:
        wait_for(self.orphans)


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def until(true: Callable[[], bool], complaint: str, limit: float = PROCESS_LIMIT) -> None:
    """Wait until it is true."""
    deadline = time.monotonic() + limit
    while not true():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.05)


def wait_for(left: list[int]) -> None:
    """What was left behind comes to its own end."""
    until(lambda: not any(map(is_running, left)), "what was left behind does not end")


def is_running(pid: int) -> bool:
    return any(one == pid and state != "Z" for one, state, _parent in _processes())


def descendants(pid: int) -> list[int]:
    """Everything that a process has started and that still runs."""
    children: dict[int, list[int]] = {}
    for one, _state, parent in _processes():
        children.setdefault(parent, []).append(one)
    found, open_ones = [], [pid]
    while open_ones:
        below = children.get(open_ones.pop(), [])
        found += below
        open_ones += below
    return found


def _processes() -> Iterable[tuple[int, str, int]]:
    """Id, state and parent of every process of this machine."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # the name of the program stands in parentheses and may hold anything
                words = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                yield int(entry.name), words[0], int(words[1])
