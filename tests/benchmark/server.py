# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator in a process of its own, and its control port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
START_LIMIT = 30.0


class Server:
    """``speed`` simulated seconds pass in a second. ``info`` has the addresses and credentials."""

    def __init__(self, directory: Path, speed: float = 1.0, **options: Any) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.speed = speed
        ready = directory / "ready.json"
        words = [f"--cloud-option={name}={json.dumps(value)}" for name, value in options.items()]
        command = [sys.executable, "-m", "simulator", f"--speed={speed}", "--no-redis", "--exit-with-parent"]
        with open(directory / "simulator.log", "ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--ready-file={ready}", f"--state-dir={directory}", *words],
                env={**os.environ, "PYTHONPATH": str(TESTS)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        limit = time.monotonic() + START_LIMIT
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > limit:
                self._process.kill()
                raise RuntimeError(f"the simulator did not start, see {directory / 'simulator.log'}")
            time.sleep(0.05)
        self.info: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.info["control_url"] + path, data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def seed(self, **subscription: Any) -> list[dict[str, Any]]:
        """Ready-made subscriptions; see the simulator's README."""
        answer = self.control("POST", "/seed", {"cloud": {"subscriptions": [subscription]}})
        return list(answer["cloud"]["subscriptions"])

    def forget_requests(self) -> None:
        self.control("DELETE", "/requests")

    def requests(self) -> list[dict[str, Any]]:
        answer = self.control("GET", "/requests")
        return list(answer)

    def state(self) -> Any:
        return self.control("GET", "/state")["cloud"]

    def now(self) -> float:
        """Simulated seconds since its start."""
        answer = self.control("GET", "/clock")
        return float(answer["now"])

    @property
    def credentials(self) -> dict[str, Any]:
        """The connection options of the Redis Cloud modules."""
        return {
            "api_url": self.info["cloud_url"],
            "ca_path": self.info["ca_path"],
            **self.info["cloud"],
        }
