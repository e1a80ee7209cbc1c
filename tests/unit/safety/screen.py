# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The screen in front of a task: the action plugin on the simulator's clock, with everything that it says and when.

What is real: the action plugin and its slices, the modules, when something is said without news. What is replaced: the
thread that asks for that; here the clock does, whenever it is moved, also in the middle of a request.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.community.redis.plugins.plugin_utils import progress as progress_module
from ansible_collections.community.redis.plugins.plugin_utils import waiting
from ansible_collections.community.redis.plugins.plugin_utils.progress import Progress
from unit.harness import Bench, Run

# Nobody sits in front of a silent screen for longer, in seconds
SILENCE_MAX = 30.0


class Action(waiting.WaitingAction):
    """A task; its module runs on the bench."""

    def __init__(self, bench: Bench, module: str, args: dict[str, Any], check: bool) -> None:
        self._bench = bench
        self._module = module
        self._task = SimpleNamespace(
            args=args,
            async_val=0,
            check_mode=check,
            no_log=False,
            loop_control=None,
            action=f"community.redis.{module}",
        )
        self._connection = SimpleNamespace(_shell=SimpleNamespace(tmpdir=""))
        self._play_context = SimpleNamespace(remote_addr="")
        self._templar = SimpleNamespace(template=lambda value: value)

    def _runner(self, task_vars: dict[str, Any]) -> waiting.Runner:
        check = bool(self._task.check_mode)
        return lambda args: self._bench.run(self._module, args, check=check).result

    def _remove_tmp_path(self, tmp_path: str, force: bool = False) -> None:
        return


class Screen:
    """Runs tasks and keeps ``lines``: when each was shown, and its text."""

    def __init__(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bench = bench
        self.lines: list[tuple[float, str]] = []
        self._beating: Progress | None = None
        self._advance = bench.clock.advance
        monkeypatch.setattr(bench.clock, "advance", self._tick)
        monkeypatch.setattr(progress_module, "time", SimpleNamespace(monotonic=bench.clock.now))

        def beats(shown: Progress) -> contextlib.AbstractContextManager[None]:
            return self._beats(shown)

        monkeypatch.setattr(Progress, "beating", beats)
        monkeypatch.setattr(waiting, "display", SimpleNamespace(display=self._show, warning=self._show))
        monkeypatch.setattr(ActionBase, "run", lambda action, tmp, task_vars: {})
        monkeypatch.delenv(waiting.INTERVAL_ENVIRONMENT, raising=False)

    def run(self, module: str, params: dict[str, Any], check: bool = False, **variables: Any) -> Run:
        """Run a task from its beginning to its end."""
        self.lines = []
        began, first = self.bench.clock.now(), len(self.bench.sent)
        result = Action(self.bench, module, params, check).run(
            task_vars={"inventory_hostname": "web", **variables}
        )
        return Run(result, self.bench.sent[first:], self.bench.clock.now() - began)

    def longest_silence(self, run: Run) -> float:
        """Seconds, the time before the first line and after the last one included."""
        end = self.bench.clock.now()
        times = [end - run.seconds, *[when for when, _text in self.lines], end]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    @property
    def text(self) -> str:
        return "\n".join(f"{when:8.1f} {text}" for when, text in self.lines)

    def _show(self, text: str) -> None:
        self.lines.append((self.bench.clock.now(), text))

    @contextlib.contextmanager
    def _beats(self, shown: Progress) -> Iterator[None]:
        self._beating = shown
        try:
            yield
        finally:
            self._beating = None

    def _tick(self, seconds: float) -> None:
        end = self.bench.clock.now() + seconds
        while self._beating is not None and self.bench.clock.now() < end:
            # not less than what makes a difference to a number as large as the time
            pause = max(self._beating.beat(), 0.001)
            self._advance(min(pause, end - self.bench.clock.now()))
        self._advance(max(end - self.bench.clock.now(), 0.0))
        if self._beating is not None:
            self._beating.beat()
