# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of the modules that wait: runs the module in slices, and says in between how far it is.

A slice is "run the module again with what the last one knew"; that is the same thing as running the play again, so
that nothing is lost when any part of this is killed. The plugin never talks to the API.
"""

from __future__ import annotations

import os
import time
import typing as t

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from . import direct
from .progress_line import line

SLICE_ARGUMENT = "_redis_slice"
PENDING_RESULT = "_redis_pending"

# Seconds. A slice also ends at every change of state, so this is only how long nothing may be said.
INTERVAL = 25.0
# Set these to change how often progress is shown, in seconds, or to turn it off with 0.
INTERVAL_VARIABLE = "community_redis_progress_interval"
INTERVAL_ENVIRONMENT = "COMMUNITY_REDIS_PROGRESS_INTERVAL"

# executes the module once with these arguments
Runner = t.Callable[[dict[str, t.Any]], dict[str, t.Any]]

display = Display()


class WaitingAction(ActionBase):
    """Base of this collection's action plugins."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        task_vars = task_vars or {}
        result = super().run(tmp, task_vars)
        interval = self._interval(task_vars)
        if self._task.async_val:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
            return result
        run = self._runner(task_vars)
        if self._task.check_mode or not self._waits() or interval <= 0:
            result.update(run(dict(self._task.args)))
        else:
            result.update(self._in_slices(run, task_vars, interval))
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _runner(self, task_vars: dict[str, t.Any]) -> Runner:
        """How a slice is executed: in this process where that is the same, and as a module on the target elsewhere."""
        if direct.is_possible(self, task_vars):
            return lambda module_args: direct.run(self, module_args, task_vars)
        return lambda module_args: self._execute_module(module_args=module_args, task_vars=task_vars)

    def _waits(self) -> bool:
        """The requests of a fleet wait for each other, even if nothing else is waited for."""
        fleet = str(self._task.action).endswith("_databases")
        return fleet or boolean(self._task.args.get("wait", True), strict=False)

    def _interval(self, task_vars: dict[str, t.Any]) -> float:
        given = task_vars.get(INTERVAL_VARIABLE)
        value = self._templar.template(given) if given is not None else os.environ.get(INTERVAL_ENVIRONMENT)
        try:
            return float(value) if value not in (None, "") else INTERVAL
        except (TypeError, ValueError):
            display.warning("{0} must be a number of seconds; {1!r} is not.".format(INTERVAL_VARIABLE, value))
            return INTERVAL

    def _in_slices(self, run: Runner, task_vars: dict[str, t.Any], interval: float) -> dict[str, t.Any]:
        start = time.monotonic()
        share: dict[str, t.Any] = {"seconds": interval, "waited": 0.0, "requests": 0, "state": None, "shown": None}
        warnings: list[t.Any] = []
        while True:
            result = run(dict(self._task.args, **{SLICE_ARGUMENT: share}))
            pending = result.pop(PENDING_RESULT, None)
            warnings += [item for item in result.pop("warnings", []) if item not in warnings]
            if pending is None:
                return dict(result, warnings=warnings) if warnings else result
            waited = time.monotonic() - start
            self._say(task_vars, waited, pending)
            reading = pending.get("reading") or {}
            share.update(
                waited=waited,
                requests=result.get("api_requests", 0),
                state=pending.get("state"),
                shown=" ".join(part for part in (reading.get("phase"), reading.get("status")) if part),
            )

    def _say(self, task_vars: dict[str, t.Any], waited: float, pending: dict[str, t.Any]) -> None:
        host = str(task_vars.get("inventory_hostname") or self._play_context.remote_addr)
        display.display(line(host, waited, self._timeout(), None if self._task.no_log else pending))

    def _timeout(self) -> float | None:
        try:
            return float(self._task.args.get("wait_timeout", 3600))
        except (TypeError, ValueError):
            return None
