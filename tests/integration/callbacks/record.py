# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A callback plugin for the integration tests: one line of JSON for each task, with the requests that it caused.

A task can set up the simulator just before it runs: its variable ``simulator`` holds requests to the control port, such
as ``{"options": {"cloud": {...}}, "faults": [...]}``, which are sent with PUT.
"""

from __future__ import annotations

import json
import os
import time
import urllib.request
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: aggregate
short_description: Record results and requests
description:
  - Writes the result of each task, and the requests that the simulator has received meanwhile, to the file in RECORD_FILE.
requirements:
  - The environment variables RECORD_FILE and RECORD_CONTROL.
"""

# Never ask a proxy for the way to 127.0.0.1
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._file = os.environ["RECORD_FILE"]
        self._control = os.environ["RECORD_CONTROL"]
        self._began = 0.0
        self._seen = max((entry["seq"] for entry in self._call("GET", "requests")), default=0)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._began = time.monotonic()
        for what, value in (task.vars.get("simulator") or {}).items():
            self._call("PUT", what, value)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "failed")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "unreachable")

    def _write(self, result: Any, status: str) -> None:
        # since 2.19 the attributes have no underscore
        task = getattr(result, "task", None) or result._task
        data = getattr(result, "result", None) or result._result
        requests = self._call("GET", f"requests?since={self._seen}")
        self._seen = max((entry["seq"] for entry in requests), default=self._seen)
        line = {
            "name": task.get_name(),
            "status": status,
            "result": data,
            "requests": requests,
            "seconds": time.monotonic() - self._began,
        }
        with open(self._file, "a", encoding="utf-8") as record:
            record.write(json.dumps(line, default=str) + "\n")

    def _call(self, method: str, what: str, value: Any = None) -> Any:
        body = None if value is None else json.dumps(value, default=str).encode("utf-8")
        request = urllib.request.Request(f"{self._control}/{what}", body, method=method)
        with OPENER.open(request, timeout=30) as response:
            return json.loads(response.read())
