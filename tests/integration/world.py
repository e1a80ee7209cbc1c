# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator over HTTPS and a way to run playbooks against it.

    play = world.play([
        step("created", "redis_cloud_database", subscription_name="main", name="cache", dataset_size_in_gb=1),
        step("told", "redis_cloud_database", {...}, check=True, diff=True),
        step("refused", "redis_cloud_database", {...}, fails=True, simulator={"options": {"cloud": {...}}}),
    ])
    assert play["created"].changed and len(play["created"].writes) == 1

Modules, plugins and playbooks run as they do for users; only time is faster at the other end.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import requests
from contract import violations
from integration.fast_clock import fast_collections
from requests import Response

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMESPACE = "community.redis."
# So fast that a database takes less than a second; the collection's first look comes after one second
SPEED = 300
PLAYBOOK_LIMIT = 300
# Variables of whoever runs the tests must not change a result
DROPPED = ("ANSIBLE_", "REDISCLOUD_", "REDIS_CLOUD_", "REDIS_ENTERPRISE_", "COMMUNITY_REDIS_")
CREDENTIALS = ("redis_cloud_", "redis_enterprise_")


@dataclasses.dataclass
class Step:
    """What became of one task."""

    name: str
    status: str
    result: dict[str, Any]
    requests: list[dict[str, Any]]
    seconds: float

    def __getitem__(self, key: str) -> Any:
        return self.result[key]

    @property
    def failed(self) -> bool:
        return self.status == "failed"

    @property
    def changed(self) -> bool:
        return bool(self.result.get("changed"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", ""))

    @property
    def warnings(self) -> list[Any]:
        return list(self.result.get("warnings") or [])

    @property
    def writes(self) -> list[str]:
        return [f"{entry['method']} {entry['path']}" for entry in self.requests if entry["write"]]

    def bodies(self, method: str) -> list[Any]:
        return [entry["body"] for entry in self.requests if entry["method"] == method]


class Play:
    """What became of a playbook: its steps by name, its output."""

    def __init__(self, steps: list[Step], output: str, status: int) -> None:
        self.steps = steps
        self.output = output
        self.status = status

    def __getitem__(self, name: str) -> Step:
        (found,) = [found for found in self.steps if found.name == name]
        return found


def step(
    title: str,
    module: str,
    params: Mapping[str, Any] | None = None,
    /,
    *,
    check: bool = False,
    diff: bool = False,
    fails: bool = False,
    simulator: Mapping[str, Any] | None = None,
    keywords: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """A task of this title. ``simulator``: what to set up at the control port before it; see callbacks/record.py."""
    task: dict[str, Any] = {"name": title, NAMESPACE + module: {**(params or {}), **options}}
    if check:
        task["check_mode"] = True
    if diff:
        task["diff"] = True
    if fails:
        task["ignore_errors"] = True
    if simulator:
        task["vars"] = {"simulator": dict(simulator)}
    return {**task, **(keywords or {})}


class World:
    """One simulator process and one place for Ansible's files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.collections = self._usual_collections = self._collections()
        self._process, self.ready = self._start()
        self.ca_path = str(self.ready["ca_path"])
        self._control = str(self.ready["control_url"])
        self._session = requests.Session()
        self._session.trust_env = False
        self._options = self.control("GET", "options")
        self._plays = self._resets = 0
        self.machine = directory

    # the simulator

    def _start(self) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
        ready = self.directory / "ready.json"
        # not in the way of its redis-servers: the address of a UNIX socket may not be long
        command = [
            sys.executable,
            "-m",
            "simulator",
            "--speed",
            str(SPEED),
            "--exit-with-parent",
            "--ready-file",
            str(ready),
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
        with open(self.directory / "simulator.log", "wb") as log:
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        for _attempt in range(300):
            if ready.exists():
                return process, json.loads(ready.read_text(encoding="utf-8"))
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError((self.directory / "simulator.log").read_text(encoding="utf-8"))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def control(self, method: str, what: str, value: Any = None) -> Any:
        """A request to the control port."""
        response = self._session.request(method, f"{self._control}/{what}", json=value, timeout=30)
        assert response.ok, response.text
        return response.json()

    def reset(self) -> None:
        """Nothing exists, nothing goes wrong, everything takes its usual time."""
        self.control("PUT", "options", self._options)
        self.control("POST", "reset")
        self.collections = self._usual_collections
        # what a machine remembers of writes belongs to resources that are gone now
        self._resets += 1
        self.machine = self.directory / f"machine-{self._resets}"
        self.machine.mkdir()

    def hurry(self) -> None:
        """Until the next reset the collection's clock is fast. For tests of which no moment is a part."""
        self.collections = fast_collections()

    def options(self, product: str, **values: Any) -> None:
        self.control("PUT", "options", {product: values})

    def seed(self, product: str, **resources: Any) -> Any:
        return self.control("POST", "seed", {product: resources})[product]

    def state(self, product: str) -> Any:
        return self.control("GET", "state")[product]

    def received(self) -> list[dict[str, Any]]:
        """Everything that was received since the last reset."""
        found = self.control("GET", "requests")
        assert isinstance(found, list)
        return found

    def call(self, product: str, method: str, path: str, body: Any = None) -> Any:
        """Somebody else's request to a product."""
        return self._call(product, method, path, body).json()

    def _call(self, product: str, method: str, path: str, body: Any) -> Response:
        secret = self.ready[product]
        if product == "cloud":
            headers = {"x-api-key": secret["api_key"], "x-api-secret-key": secret["api_secret_key"]}
            response = self._session.request(
                method,
                self.ready["cloud_url"] + path,
                json=body,
                headers=headers,
                verify=self.ca_path,
                timeout=30,
            )
        else:
            response = self._session.request(
                method,
                self.ready["enterprise_url"] + path,
                json=body,
                auth=(secret["username"], secret["password"]),
                verify=self.ca_path,
                timeout=30,
            )
        assert response.ok, response.text
        return response

    # playbooks

    @property
    def defaults(self) -> dict[str, dict[str, Any]]:
        """module_defaults for both products."""
        cloud, enterprise = self.ready["cloud"], self.ready["enterprise"]
        return {
            "group/community.redis.all": {"ca_path": self.ca_path},
            "group/community.redis.cloud": {
                "api_url": self.ready["cloud_url"],
                "api_key": cloud["api_key"],
                "api_secret_key": cloud["api_secret_key"],
            },
            "group/community.redis.enterprise": {
                "api_url": self.ready["enterprise_url"],
                "api_username": enterprise["username"],
                "api_password": enterprise["password"],
            },
        }

    def environment(self) -> dict[str, str]:
        """The environment of ansible-playbook."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(DROPPED)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{own.get('PATH', os.defpath)}"
        return {
            **own,
            "PATH": path,
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_HOME": str(self.directory / "ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "0",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "0",
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "RECORD_CONTROL": self._control,
            "ANSIBLE_ASYNC_DIR": str(self.directory / "async"),
            "TMPDIR": str(self.machine),
            # the simulator runs faster than time, and its minutes are shorter
            "REDIS_CLOUD_REQUESTS_PER_MINUTE": "0",
        }

    def play(
        self,
        tasks: Iterable[Mapping[str, Any]],
        *,
        arguments: Iterable[str] = (),
        environment: Mapping[str, str] | None = None,
        defaults: Mapping[str, Any] | None = None,
        **keywords: Any,
    ) -> Play:
        """Run a play on localhost. Steps that may fail are marked in the task; anything else has to work."""
        content = {
            "name": "Integration test",
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "module_defaults": self.defaults if defaults is None else defaults,
            "tasks": list(tasks),
            **keywords,
        }
        play = self.playbook(json.dumps([content], indent=2), arguments, environment)
        assert play.status == 0, play.output
        return play

    def playbook(
        self, content: str, arguments: Iterable[str] = (), environment: Mapping[str, str] | None = None
    ) -> Play:
        """Run a playbook given as text."""
        self._plays += 1
        directory = self.directory / f"play-{self._plays:03d}"
        directory.mkdir()
        (directory / "playbook.yml").write_text(content, encoding="utf-8")
        (directory / "record").touch()
        inventory = (
            "localhost ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n"
        )
        (directory / "inventory").write_text(inventory, encoding="utf-8")
        command = ["ansible-playbook", "-i", "inventory", "playbook.yml", *arguments]
        done = subprocess.run(
            command,
            cwd=directory,
            env={**self.environment(), "RECORD_FILE": str(directory / "record"), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PLAYBOOK_LIMIT,
            check=False,
        )
        lines = (directory / "record").read_text(encoding="utf-8").splitlines()
        output = done.stdout.decode("utf-8", errors="replace")
        assert "Traceback" not in output, output
        return Play([Step(**json.loads(line)) for line in lines], output, done.returncode)

    def _collections(self) -> Path:
        """Where Ansible finds the collection: the tree that we are in, or a link to it."""
        if ROOT.parts[-3:] == ("ansible_collections", "community", "redis"):
            return ROOT.parents[2]
        place = self.directory / "collections" / "ansible_collections" / "community"
        place.mkdir(parents=True)
        (place / "redis").symlink_to(ROOT, target_is_directory=True)
        return self.directory / "collections"

    # what holds for every test

    def unknown_requests(self) -> list[str]:
        """Requests since the last reset that the APIs do not have, according to the committed facts."""
        found = []
        for entry in self.received():
            path = entry["path"]
            for wrong in violations(entry["product"], entry["method"], path, entry["query"], entry["body"]):
                found.append(f"{entry['method']} {path}: {wrong}")
        return found
