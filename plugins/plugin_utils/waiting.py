# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugin of this collection's modules: runs those that wait in slices, and says in between how far they are.

A slice is "run the module again with what the last one knew"; that is the same thing as running the play again, so
that nothing is lost when any part of this is killed. The plugin never talks to the API.
"""

from __future__ import annotations

import math
import os
import typing as t

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._core.slices import PENDING_RESULT, SLICE_ARGUMENT, share
from . import direct
from .progress import Progress
from .progress_line import label

# Seconds. A slice also ends at every change of state, so this is only how long nothing may be said.
INTERVAL = 25.0
# Set these to change how often progress is shown, in seconds, or to turn it off with 0.
INTERVAL_VARIABLE = "community_redis_progress_interval"
INTERVAL_ENVIRONMENT = "COMMUNITY_REDIS_PROGRESS_INTERVAL"
# what modules take for wait_timeout when the task does not say
DEFAULT_TIMEOUT = 3600

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
        if self._task.async_val:
            result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
            return result
        run, interval = self._runner(task_vars), self._interval(task_vars)
        if interval <= 0:
            result.update(run(dict(self._task.args)))
        else:
            progress = self._progress(task_vars, interval)
            with progress.beating():
                result.update(self._in_slices(run, progress, interval) if self._waits() else run(dict(self._task.args)))
        self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def _runner(self, task_vars: dict[str, t.Any]) -> Runner:
        """How a slice is executed: in this process where that is the same, and as a module on the target elsewhere."""
        if direct.is_possible(self, task_vars):
            return lambda module_args: direct.run(self, module_args, task_vars)
        return lambda module_args: self._execute_module(module_args=module_args, task_vars=task_vars)

    def _waits(self) -> bool:
        """The requests of a fleet wait for each other, even if nothing else is waited for."""
        name = str(self._task.action)
        if self._task.check_mode or name.endswith("_info"):
            return False
        return name.endswith("_databases") or boolean(self._task.args.get("wait", True), strict=False)

    def _interval(self, task_vars: dict[str, t.Any]) -> float:
        given = task_vars.get(INTERVAL_VARIABLE)
        value = self._templar.template(given) if given is not None else os.environ.get(INTERVAL_ENVIRONMENT)
        seconds = INTERVAL if value in (None, "") else seconds_of(value)
        if seconds is None:
            display.warning("{0} must be a number of seconds; {1!r} is not.".format(INTERVAL_VARIABLE, value))
            return INTERVAL
        return seconds

    def _progress(self, task_vars: dict[str, t.Any], interval: float) -> Progress:
        secret = bool(self._task.no_log)
        host = str(task_vars.get("inventory_hostname") or self._play_context.remote_addr)
        who = label(host, None if secret else self._item(task_vars))
        return Progress(display.display, who, self._timeout(), interval, secret)

    def _item(self, task_vars: dict[str, t.Any]) -> t.Any:
        """In a loop, what Ansible calls the item in its own output."""
        control = self._task.loop_control
        if control is not None and control.label is not None:
            try:
                return self._templar.template(control.label)
            except AnsibleError:
                # it may be about the result, which does not exist yet
                return None
        return task_vars.get(str(task_vars.get("ansible_loop_var")))

    def _in_slices(self, run: Runner, progress: Progress, interval: float) -> dict[str, t.Any]:
        pending: dict[str, t.Any] | None = None
        warnings: list[t.Any] = []
        while True:
            granted = share(interval, progress.waited(), pending)
            result = run(dict(self._task.args, **{SLICE_ARGUMENT: granted}))
            pending = result.pop(PENDING_RESULT, None)
            warnings += [item for item in result.pop("warnings", []) if item not in warnings]
            if pending is None:
                return dict(result, warnings=warnings) if warnings else result
            progress.tell(pending)

    def _timeout(self) -> float | None:
        """The deadline in seconds; None: there is none, or the module will refuse it."""
        if str(self._task.action).endswith("_info"):
            return None
        return seconds_of(self._task.args.get("wait_timeout", DEFAULT_TIMEOUT))


def seconds_of(value: t.Any) -> float | None:
    """A number of seconds; None: it is none."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if math.isfinite(seconds) else None
