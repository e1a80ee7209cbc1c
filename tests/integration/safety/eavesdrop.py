# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that leaves a play: what it prints, its log file, the system's log, the process list, files."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from integration.safety.live import Live

from unit.safety.canaries import Canaries

LISTENING = Path(__file__).parent / "listening"
# A module process lives for half a second, and a process becomes another program soon or never
LOOK_EVERY = 0.05
LOOKS = 5


@dataclasses.dataclass
class Ears:
    """:param place: all files of a play, and nothing else: of Ansible, of its modules, of the collection."""

    canaries: Canaries
    place: Path
    commands: set[str] = dataclasses.field(default_factory=set)

    def environment(self, live: Live) -> dict[str, str]:
        """Variables for a play: as much output as there is, and every file in ``place``."""
        for name in ("tmp", "async", "facts", "remote"):
            (self.place / name).mkdir(parents=True, exist_ok=True)
        return {
            "PYTHONPATH": f"{live.collections}{os.pathsep}{LISTENING}",
            "SYSLOG_FILE": str(self.syslog),
            "TMPDIR": str(self.place / "tmp"),
            "ANSIBLE_VERBOSITY": "5",
            "ANSIBLE_LOG_PATH": str(self.place / "ansible.log"),
            "ANSIBLE_HOME": str(self.place / "ansible"),
            "ANSIBLE_REMOTE_TMP": str(self.place / "remote"),
            "ANSIBLE_ASYNC_DIR": str(self.place / "async"),
            "ANSIBLE_CACHE_PLUGIN": "jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.place / "facts"),
            # since ansible-core 2.19
            "ANSIBLE_DISPLAY_TRACEBACK": "always",
        }

    @property
    def syslog(self) -> Path:
        return self.place / "syslog"

    def found(self, said: str) -> dict[str, set[str]]:
        """The canaries that got out, by the way that they took."""
        ways = {
            "output": self.canaries.found(said),
            "process list": self.canaries.found("\n".join(self.commands)),
        }
        found = {way: names for way, names in ways.items() if names}
        return found | self.canaries.found_in_files([self.place])

    def wait_for_jobs(self) -> None:
        """What runs an asynchronous job removes Ansible's own copy of its module a moment after the result is there."""
        for _attempt in range(200):
            if not list((self.place / "remote").iterdir()):
                return
            time.sleep(0.1)

    @contextlib.contextmanager
    def watching_processes(self) -> Iterator[None]:
        """Notes the command lines of everything that runs meanwhile."""
        over = threading.Event()
        looks: dict[str, int] = {}

        def watch() -> None:
            while not over.wait(LOOK_EVERY):
                for pid in filter(str.isdigit, os.listdir("/proc")):
                    looks[pid] = looks.get(pid, 0) + 1
                    # a process may end while it is looked at
                    if looks[pid] <= LOOKS:
                        with contextlib.suppress(OSError):
                            command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
                            self.commands.add(command.decode("utf-8", "replace"))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


class Vault:
    """Where the secrets of a play are kept: in a file of variables, as people do who keep them out of playbooks."""

    def __init__(self, canaries: Canaries, path: Path) -> None:
        self._canaries = canaries
        self._values: list[str] = []
        self.path = path

    def hide(self, value: Any) -> Any:
        """The same with a template in the place of every text that holds a canary."""
        if isinstance(value, Mapping):
            return {key: self.hide(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.hide(item) for item in value]
        if not isinstance(value, str) or not self._canaries.found(value):
            return value
        if value not in self._values:
            self._values.append(value)
        return "{{{{ vault[{0}] }}}}".format(self._values.index(value))

    def write(self) -> list[str]:
        """Arguments of ansible-playbook."""
        self.path.write_text(json.dumps({"vault": self._values}), encoding="utf-8")
        return ["-e", f"@{self.path}"]
