# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make demo` shows: both products provisioned, repeated, used and torn down, against the simulator.

Every promise is checked; the exit code is not 0 when one is broken. Nothing that was started stays behind.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SPEED = 60  # simulated seconds per second: the ten minutes of a new subscription take ten seconds
START_SECONDS = 30.0
PLAY_SECONDS = 120.0
ENV_DROPPED = ("ANSIBLE_", "REDISCLOUD_", "REDIS_CLOUD_", "REDIS_ENTERPRISE_", "PYTHONPATH")


class Broken(Exception):
    """Something is not as promised."""


@dataclasses.dataclass
class Step:
    title: str
    seconds: float
    outcome: str
    ok: bool = True


class Simulator:
    """A simulator of our own. ``facts`` is what it says about itself: addresses, credentials."""

    def __init__(self, directory: Path) -> None:
        ready, log = directory / "ready.json", directory / "simulator.log"
        with open(log, "wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "simulator", "--speed", str(SPEED), "--state-dir", str(directory)]
                + ["--ready-file", str(ready), "--exit-with-parent"],
                env={**os.environ, "PYTHONPATH": str(ROOT / "tests"), "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise Broken(f"the simulator did not start: {log.read_text(encoding='utf-8').strip()}")
            time.sleep(0.1)
        self.facts: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.facts['control_url']}{path}", timeout=10) as reply:
            return json.load(reply)

    def received(self) -> int:
        """The number of the last request."""
        return max((entry["seq"] for entry in self.ask("/requests")), default=0)

    def writes(self, since: int) -> list[str]:
        return [
            f"{entry['method']} {entry['path']}" for entry in self.ask(f"/requests?since={since}&writes=1")
        ]

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@dataclasses.dataclass
class Play:
    """What a run of ansible-playbook has shown. ``result`` is the fact that the role returns."""

    text: str

    def result(self, name: str) -> dict[str, Any]:
        for found in re.finditer(r"^ok: \[localhost\] => (\{\n.*?^\})", self.text, re.MULTILINE | re.DOTALL):
            shown = json.loads(found.group(1))
            if name in shown:
                return dict(shown[name])
        raise Broken(f"the playbook does not show {name}")

    def changed(self) -> int:
        found = re.search(r"^localhost\s.*\bchanged=(\d+)", self.text, re.MULTILINE)
        if found is None:
            raise Broken("the playbook shows no recap")
        return int(found.group(1))


class Demo:
    def __init__(self, simulator: Simulator, directory: Path) -> None:
        self.simulator = simulator
        self.directory = directory
        self.steps: list[Step] = []
        self.password = secrets.token_urlsafe(12)
        self.results: dict[str, dict[str, Any]] = {}

    def show(self, title: str, action: Callable[[], str]) -> None:
        """One step: a heading, what the action prints, a line in the table. Raises what the action raises."""
        print(f"\n=== {title} ===", flush=True)
        began = time.monotonic()
        try:
            outcome = action()
        except BaseException as error:
            self.steps.append(Step(title, time.monotonic() - began, str(error) or "interrupted", ok=False))
            raise
        self.steps.append(Step(title, time.monotonic() - began, outcome))

    def play(self, playbook: str, variables: str) -> Play:
        """Run a playbook of the collection as a user would, and pass on what it prints."""
        command = ["ansible-playbook", f"community.redis.{playbook}", "-e", f"@{variables}"]
        print("$", *command, flush=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "ansible", "playbook", *command[1:]],
            cwd=HERE,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        lines = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                print(f"  {line}".rstrip(), flush=True)
            code = process.wait(timeout=PLAY_SECONDS)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        if code != 0:
            raise Broken(f"{playbook} ended with exit code {code}")
        return Play("".join(lines))

    def _environment(self) -> dict[str, str]:
        facts = self.simulator.facts
        kept = {key: value for key, value in os.environ.items() if not key.startswith(ENV_DROPPED)}
        return {
            **kept,
            # this is what somebody exports for the real services, too
            "REDISCLOUD_URL": facts["cloud_url"],
            "REDISCLOUD_ACCESS_KEY": facts["cloud"]["api_key"],
            "REDISCLOUD_SECRET_KEY": facts["cloud"]["api_secret_key"],
            "REDIS_ENTERPRISE_URL": facts["enterprise_url"],
            "REDIS_ENTERPRISE_USER": facts["enterprise"]["username"],
            "REDIS_ENTERPRISE_PASSWORD": facts["enterprise"]["password"],
            "REDIS_ENTERPRISE_CA_CERT": facts["ca_path"],
            "REQUESTS_CA_BUNDLE": facts["ca_path"],
            "NO_PROXY": "127.0.0.1",  # everything is on this machine
            "no_proxy": "127.0.0.1",
            "DEMO_PASSWORD": self.password,
            "REDIS_CLOUD_REQUESTS_PER_MINUTE": "0",  # the simulator runs faster than time, and its minutes are shorter
            # all that Ansible writes goes where it is removed at the end
            "ANSIBLE_CONFIG": str(self.directory / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.directory / "collections"),
            "ANSIBLE_HOME": str(self.directory / "ansible"),
            "TMPDIR": str(self.directory),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    # The steps

    def provision(self, product: str) -> str:
        play = self.play(f"provision_{product}", f"vars_{product}.yml")
        self.results[product] = play.result(f"redis_{product}_result")
        names = sorted(self.results[product]["databases"])
        return f"changed={play.changed()}, databases: {', '.join(names)}"

    def repeat(self, playbook: str, product: str) -> str:
        """The same run again: nothing may change, and nothing but reading requests may arrive."""
        last = self.simulator.received()
        changed = self.play(playbook, f"vars_{product}.yml").changed()
        writes, asked = self.simulator.writes(last), self.simulator.received() - last
        if changed or writes:
            raise Broken(f"the repeated run changed={changed} and sent {writes or 'no write request'}")
        return f"changed=0, {asked} requests, none of them a write"

    def connect(self) -> str:
        """Use a database of each product with the address that the play returned."""
        if shutil.which("redis-server") is None:
            return "left out, redis-server is not installed"
        cloud = self.results["cloud"]["databases"]["sessions"]["public_endpoint"]
        endpoint = self.results["enterprise"]["databases"]["sessions"]["endpoints"][0]
        self._use("Redis Cloud", cloud)
        self._use("Redis Enterprise", f"{endpoint['addr'][0]}:{endpoint['port']}")
        return "SET and GET with the password; a wrong password is refused"

    def _use(self, product: str, endpoint: str) -> None:
        host, _colon, port = endpoint.rpartition(":")
        value = secrets.token_hex(4)
        with contextlib.closing(client_of(host, port, self.password)) as client:
            client.set("greeting", value)
            answer = client.get("greeting")
        print(
            f"  {product}, database 'sessions' at {endpoint}: SET greeting {value}; GET greeting -> {answer!r}"
        )
        if answer != value.encode():
            raise Broken(f"{endpoint} answered {answer!r} instead of {value!r}")
        with contextlib.closing(client_of(host, port, "wrong")) as client:
            try:
                client.get("greeting")
            except redis.AuthenticationError as error:
                print(f"  with another password: {error}")
                return
        raise Broken(f"{endpoint} accepts any password")

    def tear_down(self, product: str) -> str:
        changed = self.play(f"teardown_{product}", f"vars_{product}.yml").changed()
        state = self.simulator.ask("/state")
        left = state["cloud"]["subscriptions"] if product == "cloud" else state["enterprise"]["bdbs"]
        if left or not changed:
            raise Broken(f"changed={changed}, and this is left: {left}")
        return f"changed={changed}, nothing is left"

    def run(self) -> None:
        show = self.show
        show("Provision Redis Cloud", lambda: self.provision("cloud"))
        show("Provision Redis Enterprise", lambda: self.provision("enterprise"))
        show("Provision Redis Cloud again", lambda: self.repeat("provision_cloud", "cloud"))
        show("Provision Redis Enterprise again", lambda: self.repeat("provision_enterprise", "enterprise"))
        show("Connect with a Redis client", self.connect)
        show("Tear down Redis Cloud", lambda: self.tear_down("cloud"))
        show("Tear down Redis Enterprise", lambda: self.tear_down("enterprise"))
        show("Tear down Redis Cloud again", lambda: self.repeat("teardown_cloud", "cloud"))
        show("Tear down Redis Enterprise again", lambda: self.repeat("teardown_enterprise", "enterprise"))


def client_of(host: str, port: str, password: str) -> redis.Redis:
    """A client that does not try a wrong password again."""
    return redis.Redis(host, int(port), password=password, socket_timeout=5, retry=Retry(NoBackoff(), 0))


def table(steps: list[Step]) -> str:
    width = max(len(step.title) for step in steps)
    rows = [
        f"{step.title:<{width}}  {step.seconds:6.1f} s  {'ok' if step.ok else 'FAILED':<6}  {step.outcome}"
        for step in steps
    ]
    total = sum(step.seconds for step in steps)
    return "\n".join([*rows, f"{'all of it':<{width}}  {total:6.1f} s"])


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A directory for everything, in which Ansible finds this checkout as an installed collection."""
    with tempfile.TemporaryDirectory(prefix="redis-demo-") as name:
        directory = Path(name)
        place = directory / "collections" / "ansible_collections" / "community"
        place.mkdir(parents=True)
        (place / "redis").symlink_to(ROOT, target_is_directory=True)
        (directory / "ansible.cfg").touch()
        yield directory


def stop(_number: int, _frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    # told to stop, the demo still stops what it has started
    signal.signal(signal.SIGTERM, stop)
    steps: list[Step] = []
    failure = ""
    try:
        with workplace() as directory:
            began = time.monotonic()
            simulator = Simulator(directory)
            steps.append(
                Step("Start the simulator", time.monotonic() - began, f"{SPEED} times faster than real time")
            )
            try:
                demo = Demo(simulator, directory)
                demo.steps = steps
                demo.run()
            finally:
                simulator.stop()
    except KeyboardInterrupt:
        failure = "interrupted"
    except (Broken, redis.RedisError, OSError) as error:
        failure = str(error)
    if steps:
        print(f"\n=== What happened ===\n{table(steps)}")
    print(f"\nThe demo failed: {failure}" if failure else "\nEverything is as promised.", flush=True)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
