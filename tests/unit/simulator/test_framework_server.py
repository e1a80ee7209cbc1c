# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as a program: started, asked over HTTPS, disturbed through the control port, stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

TESTS = str(Path(__file__).parents[2])
NEW: dict[str, Any] = {
    "cloudProviders": [{"regions": [{"region": "us-east-1"}]}],
    "databases": [{"name": "a", "protocol": "redis", "datasetSizeInGb": 1}],
}


class Program:
    """A running ``python -m simulator``."""

    def __init__(self, directory: Path, *arguments: str) -> None:
        ready = directory / "ready.json"
        command = [
            sys.executable,
            "-m",
            "simulator",
            "--state-dir",
            str(directory),
            "--ready-file",
            str(ready),
            *arguments,
        ]
        environment = {**os.environ, "PYTHONPATH": TESTS}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + 20
        while not ready.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(self.process.communicate()[1].decode())
            time.sleep(0.02)
        self.ready_file = ready
        self.ready = json.loads(ready.read_text(encoding="utf-8"))
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = self.ready["ca_path"]
        self.session.headers.update(
            {
                "x-api-key": self.ready["cloud"]["api_key"],
                "x-api-secret-key": self.ready["cloud"]["api_secret_key"],
            }
        )

    def cloud(self, method: str, path: str, **arguments: Any) -> requests.Response:
        return self.session.request(method, self.ready["cloud_url"] + path, timeout=5, **arguments)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self.ready["control_url"] + path, json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    running = Program(tmp_path_factory.mktemp("program"), "--no-redis", "--speed", "100")
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def clean(request: pytest.FixtureRequest) -> None:
    if "program" in request.fixturenames:
        request.getfixturevalue("program").control("POST", "/reset")


def test_tls_needs_the_private_authority(program: Program) -> None:
    assert program.cloud("GET", "/").json()["account"]["id"] == 1001
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(program.ready["cloud_url"], timeout=5)


def test_links_lead_back(program: Program) -> None:
    accepted = program.cloud("POST", "/subscriptions", json=NEW).json()
    time.sleep(0.1)
    assert program.session.get(accepted["links"][0]["href"], timeout=5).json()["taskId"] == accepted["taskId"]


def test_requests_are_reported(program: Program) -> None:
    program.cloud("GET", "/tasks?x=1")
    program.cloud("POST", "/subscriptions", json={**NEW, "name": "n"})
    entries = program.control("GET", "/requests")
    assert [(entry["method"], entry["path"], entry["status"]) for entry in entries] == [
        ("GET", "/v1/tasks", 200),
        ("POST", "/v1/subscriptions", 202),
    ]
    assert entries[0]["query"] == {"x": "1"}
    assert program.control("GET", f"/requests?since={entries[0]['seq']}") == entries[1:]
    assert program.control("GET", "/requests?writes=1") == entries[1:]
    program.control("DELETE", "/requests")
    assert program.control("GET", "/requests") == []


@pytest.mark.parametrize(
    ("kind", "exception"),
    [
        ("reset_before", requests.ConnectionError),
        ("reset_after", requests.ConnectionError),
        ("refuse", requests.ConnectionError),
        ("lose", requests.ReadTimeout),
        ("cut", requests.exceptions.ChunkedEncodingError),
    ],
)
def test_broken_connections(program: Program, kind: str, exception: type[Exception]) -> None:
    program.control(
        "PUT", "/faults", [{"match": {"product": "cloud", "method": "POST"}, "action": {"kind": kind}}]
    )
    with pytest.raises(exception):
        program.session.post(program.ready["cloud_url"] + "/subscriptions", json=NEW, timeout=0.5)
    expected = 0 if kind in ("reset_before", "refuse") else 1
    assert len(program.control("GET", "/state")["cloud"]["tasks"]) == expected
    assert program.control("GET", "/faults")[0]["applied"] == 1
    assert program.cloud("GET", "/tasks").status_code == 200


def test_changed_answers(program: Program) -> None:
    for action in (
        {"kind": "status", "status": 502, "body": "html"},
        {"kind": "empty"},
        {"kind": "delay", "seconds": 50},
        {"kind": "rewrite", "set": {"tasks": "zzz"}},
    ):
        program.control("POST", "/faults", {"match": {"path": "/tasks$"}, "action": action})
    first, second = program.cloud("GET", "/tasks"), program.cloud("GET", "/tasks")
    assert (first.status_code, first.headers["content-type"]) == (502, "text/html")
    assert (second.status_code, second.content) == (200, b"")
    started = time.monotonic()
    assert program.cloud("GET", "/tasks").json() == {"tasks": []}
    assert 0.5 <= time.monotonic() - started < 3
    assert program.cloud("GET", "/tasks").json() == {"tasks": "zzz"}
    assert program.control("DELETE", "/faults") == []


def test_options_while_running(program: Program) -> None:
    before = program.control("GET", "/options")["cloud"]["task_list"]
    program.control("PUT", "/options", {"cloud": {"task_list": "bare"}})
    assert program.cloud("GET", "/tasks").json() == []
    program.control("PUT", "/options", {"cloud": {"task_list": before}})
    assert program.cloud("GET", "/tasks").json() == {"tasks": []}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/options", {"cloud": {"nonsense": 1}}),
        ("PUT", "/options", {"nonsense": {}}),
        ("PUT", "/options", []),
        ("PUT", "/faults", [{"action": {"kind": "nonsense"}}]),
        ("POST", "/seed", {"cloud": {"nonsense": 1}}),
    ],
)
def test_bad_control_requests(program: Program, method: str, path: str, body: Any) -> None:
    answer = requests.request(method, program.ready["control_url"] + path, json=body, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_seed_and_page(program: Program) -> None:
    seeded = program.control("POST", "/seed", {"cloud": {"subscriptions": [{"count": 50, "databases": 100}]}})
    subscription = seeded["cloud"]["subscriptions"][7]["id"]
    program.cloud("GET", f"/subscriptions/{subscription}/databases")
    started = time.monotonic()
    answer = program.cloud("GET", f"/subscriptions/{subscription}/databases?limit=100")
    assert len(answer.json()["subscription"][0]["databases"]) == 100
    assert time.monotonic() - started < 0.2
    assert len(program.cloud("GET", "/subscriptions").json()["subscriptions"]) == 50


def test_restart_of_the_front(program: Program) -> None:
    program.cloud("POST", "/subscriptions", json=NEW)
    process = subprocess.Popen(
        ["curl", "-s", "-X", "POST", "-d", '{"seconds": 60}', program.ready["control_url"] + "/restart"]
    )
    time.sleep(0.3)
    with pytest.raises(requests.ConnectionError):
        program.cloud("GET", "/tasks")
    assert process.wait(timeout=10) == 0
    assert len(program.cloud("GET", "/tasks").json()["tasks"]) == 1


def test_clock(program: Program) -> None:
    first = program.control("GET", "/clock")
    time.sleep(0.05)
    assert program.control("GET", "/clock")["now"] - first["now"] >= 5
    assert first["speed"] == 100


def test_help_names_every_option() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "simulator", "--help"],
        env={**os.environ, "PYTHONPATH": TESTS},
        capture_output=True,
        check=True,
    )
    assert b"processing_seconds (default 5.0)" in answer.stdout
    assert b"--enterprise-version" in answer.stdout


@pytest.mark.parametrize(
    "arguments",
    [["--cloud-option", "nonsense=1"], ["--cloud-option", "x"], ["--speed", "0"], ["--chaos", "2"]],
)
def test_bad_command_lines(arguments: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "simulator", *arguments],
        env={**os.environ, "PYTHONPATH": TESTS},
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 2
    assert b"error:" in answer.stderr
    assert b"Traceback" not in answer.stderr


def test_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = subprocess.run(
            [sys.executable, "-m", "simulator", "--cloud-port", str(taken.getsockname()[1])],
            env={**os.environ, "PYTHONPATH": TESTS},
            capture_output=True,
            check=False,
        )
    assert answer.returncode == 1
    assert b"cannot listen" in answer.stderr


def wait_until(check: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_real_database_and_nothing_left_behind(tmp_path: Path, number: int) -> None:
    program = Program(tmp_path, "--speed", "5000", "--log-file", str(tmp_path / "log"))
    program.cloud("POST", "/subscriptions", json=NEW)

    def databases() -> list[Any]:
        subscriptions = program.cloud("GET", "/subscriptions").json()["subscriptions"]
        if not subscriptions:
            return []
        answer = program.cloud("GET", f"/subscriptions/{subscriptions[0]['id']}/databases")
        found = answer.json()["subscription"][0]["databases"] if answer.status_code == 200 else []
        return [(subscriptions[0]["id"], item) for item in found if item["status"] == "active"]

    wait_until(lambda: bool(databases()))
    subscription, listed = databases()[0]
    database = program.cloud("GET", f"/subscriptions/{subscription}/databases/{listed['databaseId']}").json()
    host, _colon, port = database["publicEndpoint"].partition(":")
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        connection.sendall(f"AUTH {database['security']['password']}\r\nPING\r\n".encode())
        wait_until(lambda: b"+PONG" in connection.recv(100, socket.MSG_PEEK))
    assert program.stop(number) == (0 if number != signal.SIGKILL else -signal.SIGKILL)

    def gone() -> bool:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            return True
        return False

    wait_until(gone)
    if number != signal.SIGKILL:
        assert not program.ready_file.exists()
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0])["path"] == "/v1/subscriptions"


def test_ends_with_its_parent(tmp_path: Path) -> None:
    arguments = [
        "-m",
        "simulator",
        "--no-redis",
        "--exit-with-parent",
        "--ready-file",
        str(tmp_path / "ready"),
    ]
    program = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, *{arguments!r}]); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": TESTS}, stdout=subprocess.DEVNULL
    )
    wait_until((tmp_path / "ready").exists)
    pid = json.loads((tmp_path / "ready").read_text(encoding="utf-8"))["pid"]
    parent.kill()
    parent.wait()
    wait_until(lambda: not (tmp_path / "ready").exists())
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
