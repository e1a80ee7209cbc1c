# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Callback plugin: writes when each task and each item of a loop began and ended, as lines of JSON."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: benchmark_times
type: aggregate
short_description: Times of tasks and items for the benchmark
description: Writes them to the file that the variable BENCHMARK_TIMES of the environment names.
"""


class CallbackModule(CallbackBase):
    """Times are those of the controller, at which it learns of a result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "benchmark_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._file = open(os.environ["BENCHMARK_TIMES"], "a", encoding="utf-8")  # noqa: SIM115 - as long as the process

    def _write(self, event: str, result: Any = None, **more: Any) -> None:
        line = {"event": event, "time": time.monotonic(), **more}
        if result is not None:
            returned = result._result
            line.update(
                task=result._task.get_name(),
                host=result._host.get_name(),
                failed=event == "failed",
                changed=bool(returned.get("changed")),
                api_requests=returned.get("api_requests"),
                message=str(returned.get("msg", ""))[:500],
            )
        print(json.dumps(line), file=self._file, flush=True)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._write("start", task=task.get_name())

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._write("item", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write("item_failed", result)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("failed", result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write("end")
