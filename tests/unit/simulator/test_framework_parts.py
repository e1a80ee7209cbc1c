# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clock, timeline, messages, options, faults, journal, redis-servers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from simulator.clock import SimClock, VirtualClock, iso
from simulator.cloud.options import CloudOptions
from simulator.faults import Faults, Rule, altered_response, was_processed
from simulator.journal import Journal
from simulator.messages import Request, Response
from simulator.options import describe_options, option, set_option_text, set_options
from simulator.redis_servers import RedisServers
from simulator.timeline import Timeline

needs_redis = pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")


def test_virtual_clock() -> None:
    clock = VirtualClock(epoch=1000.0)
    clock.advance(2.5)
    assert (clock.now(), clock.timestamp()) == (2.5, 1002.5)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_fast_clock() -> None:
    clock = SimClock(speed=1000)
    before = clock.now()
    time.sleep(0.05)
    assert 50 <= clock.now() - before < 1000
    with pytest.raises(ValueError, match="speed"):
        SimClock(0)


def test_iso() -> None:
    assert iso(1.25, 3) == "1970-01-01T00:00:01.250Z"
    assert iso(1.25, 0) == "1970-01-01T00:00:01Z"


def test_timeline_works_events_off_in_their_order() -> None:
    clock = VirtualClock()
    timeline = Timeline(clock)
    seen: list[tuple[str, float]] = []
    timeline.after(5, lambda: seen.append(("late", timeline.time)))
    timeline.after(2, lambda: timeline.after(1, lambda: seen.append(("nested", timeline.time))))
    timeline.after(5, lambda: seen.append(("later", timeline.time)))
    clock.advance(4)
    timeline.advance()
    assert (seen, timeline.time, timeline.next_event()) == ([("nested", 3.0)], 4.0, 5.0)
    clock.advance(10)
    timeline.advance()
    assert seen == [("nested", 3.0), ("late", 5.0), ("later", 5.0)]
    assert timeline.timestamp() == clock.timestamp()


def test_messages() -> None:
    assert Request("GET", "/").json() is None
    assert Request("POST", "/", body=b'{"a": 1}').json() == {"a": 1}
    assert Response(200, {"a": "é"}).payload() == '{"a":"é"}'.encode()
    assert (Response(204).payload(), Response(204).content_type()) == (b"", "")
    assert Response(200, b"x", {"content-type": "text/plain"}).content_type() == "text/plain"


@dataclass
class Sample:
    number: float = option(1.0, "A number.")
    count: int = option(1, "A count.")
    word: str = option("a", "A word.", ("a", "b"))
    flag: bool = option(False, "A flag.")
    names: list[str] = field(default_factory=list)


def test_options_from_text() -> None:
    sample = Sample()
    for text in ("number=2", "count=3", "word=b", "flag=true", 'names=["x"]'):
        set_option_text(sample, text)
    assert sample == Sample(2.0, 3, "b", True, ["x"])
    assert ("word", '"a"', "A word. One of: a, b.") in describe_options(Sample())


@pytest.mark.parametrize(
    "text",
    [
        "number=x",
        "number=true",
        "count=1.5",
        "count=true",
        "word=c",
        "flag=1",
        "names=x",
        "nothing=1",
        "number",
    ],
)
def test_bad_options(text: str) -> None:
    with pytest.raises(ValueError, match=r"option|form"):
        set_option_text(Sample(), text)


def test_options_are_set_together_or_not_at_all() -> None:
    sample = Sample()
    with pytest.raises(ValueError, match="word"):
        set_options(sample, {"number": 5, "word": "nonsense"})
    assert sample == Sample()


def get(path: str = "/v1/tasks", method: str = "GET") -> Request:
    return Request(method, path)


def test_rule_matches_and_counts() -> None:
    faults = Faults()
    faults.add(
        {
            "match": {"product": "cloud", "method": "post", "path": "/databases$"},
            "after": 1,
            "times": 2,
            "action": {"kind": "lose"},
        }
    )
    others = [
        ("enterprise", get("/databases", "POST")),
        ("cloud", get("/databases")),
        ("cloud", get("/x", "POST")),
    ]
    assert [faults.choose(product, request) for product, request in others] == [None] * 3
    struck = [faults.choose("cloud", get("/v1/databases", "POST")) is not None for _number in range(5)]
    assert struck == [False, True, True, False, False]
    assert (faults.rules[0].as_json()["seen"], faults.rules[0].as_json()["applied"]) == (5, 2)


def test_rule_with_probability_follows_the_seed() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add({"times": None, "probability": 0.5, "action": {"kind": "lose"}})
        return [faults.choose("cloud", get()) is not None for _number in range(200)]

    assert run(1) == run(1) != run(2)
    assert 60 < sum(run(1)) < 140


def test_chaos_rate_and_survivable_kinds() -> None:
    faults = Faults(1, chaos=0.3)
    for method in ("GET", "POST"):
        actions = [faults.choose("cloud", get(method=method)) for _number in range(1000)]
        struck = [action for action in actions if action is not None]
        assert 200 < len(struck) < 400
        assert {action["kind"] for action in struck} >= {
            "status",
            "reset_before",
            "reset_after",
            "lose",
            "cut",
        }


@pytest.mark.parametrize(
    "rule",
    [
        "x",
        {"action": {"kind": "explode"}},
        {"action": {"kind": "lose"}, "when": 1},
        {"action": {"kind": "lose"}, "match": {"host": "x"}},
    ],
)
def test_bad_rules_change_nothing(rule: Any) -> None:
    faults = Faults()
    faults.add({"action": {"kind": "lose"}})
    with pytest.raises(ValueError, match=r"rule|action|match"):
        faults.replace([rule])
    assert len(faults.rules) == 1


@pytest.mark.parametrize(
    ("action", "processed", "status", "body"),
    [
        ({"kind": "status", "status": 503, "body": "json"}, False, 503, b'"status":503'),
        ({"kind": "status", "status": 500, "body": "empty"}, False, 500, b""),
        ({"kind": "status_after", "status": 502, "body": "html"}, True, 502, b"<html>"),
        ({"kind": "empty"}, True, 202, b""),
        ({"kind": "html"}, True, 200, b"<html>"),
        ({"kind": "reset_before"}, False, None, b""),
        ({"kind": "refuse"}, False, None, b""),
        ({"kind": "connect_timeout"}, False, None, b""),
        ({"kind": "reset_after"}, True, None, b""),
        ({"kind": "lose"}, True, None, b""),
        ({"kind": "cut"}, True, None, b""),
        ({"kind": "delay"}, True, 202, b'"a"'),
    ],
)
def test_what_faults_do(action: dict[str, Any], processed: bool, status: int | None, body: bytes) -> None:
    assert was_processed(action) is processed
    sent = altered_response(action, Request("GET", "/"), Response(202, {"a": 1}) if processed else None)
    assert (sent.status if sent else None) == status
    assert body in (sent.payload() if sent else b"")


def test_rewriting_an_answer() -> None:
    action = {
        "kind": "rewrite",
        "set": {"status": "invented"},
        "drop": ["links"],
        "retype": ["id", "name", "ok", "list"],
    }
    body = {
        "items": [{"status": "active", "id": 1, "links": [], "name": "n", "ok": True, "list": [1]}],
        "status": "x",
    }
    sent = altered_response(action, Request("GET", "/"), Response(200, body))
    assert sent is not None
    assert sent.body == {
        "items": [{"status": "invented", "id": "1", "name": ["n"], "ok": "true", "list": None}],
        "status": "invented",
    }
    assert Rule.from_json({"action": action}).action == action


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        # the body is JSON in JSON in JSON
        (
            "json",
            rb'"message":"Cannot work on {\"headers\": {\"x-api-key\": \"a key\"}, \"body\": \"{\\\"name\\\": ',
        ),
        ("repr", rb"Cannot work on {'headers': {'x-api-key': 'a key'}, 'body': {'name': "),
        ("text", b'POST /things\r\nx-api-key: a key\r\n\r\n{"name": '),
    ],
)
def test_echo_quotes_the_request(body: str, quoted: bytes) -> None:
    action = {"kind": "echo", "status": 409, "body": body}
    assert not was_processed(action)
    request = Request("POST", "/things", headers={"x-api-key": "a key"}, body=b'{"name": "it"}')
    sent = altered_response(action, request, None)
    assert sent is not None
    assert sent.status == 409
    assert quoted in sent.payload()


def test_journal_masks_secrets() -> None:
    journal = Journal()
    body = (
        b'{"name": "n", "password": "#1", "regions": [{"globalPassword": "#2", "accessSecretKey": "#3"}],'
        b' "replicaOf": ["redis://u:#4@h:1"], "saslPassword": null}'
    )
    entry = journal.received("cloud", Request("POST", "/v1/x", {"a": "b"}, {}, body), 3.0)
    journal.answered(entry, 202)
    journal.answered(journal.received("cloud", get(), 4.0), None, "lose")
    assert "#" not in str(entry.body)
    assert entry.body["replicaOf"] == ["redis://***@h:1"]
    assert entry.body["saslPassword"] is None
    assert [item["seq"] for item in journal.entries()] == [1, 2]
    assert [item["seq"] for item in journal.entries(since=1)] == [2]
    assert [item["path"] for item in journal.entries(writes=True)] == ["/v1/x"]
    journal.clear()
    assert journal.received("cloud", get(), 5.0).seq == 3


def ask(address: tuple[str, int], *commands: str) -> bytes:
    """Send inline commands to a redis-server, return its answers."""
    with socket.create_connection(address, timeout=2) as connection:
        connection.sendall("".join(f"{command}\r\n" for command in (*commands, "QUIT")).encode())
        answer = b""
        while part := connection.recv(4096):
            answer += part
    return answer


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[RedisServers]:
    redis = RedisServers(True, str(tmp_path), limit=3)
    yield redis
    redis.stop_all()


@needs_redis
def test_real_servers(servers: RedisServers) -> None:
    assert servers.start("a", 12345, 'p"w\\ #') is True
    servers.settle()
    address = servers.address("a")
    assert address is not None
    assert address[1] == 12345
    assert b"NOAUTH" in ask(address, "PING")
    assert ask(address, 'AUTH "p\\"w\\\\ #"', "PING").startswith(b"+OK\r\n+PONG")
    assert servers.set_password("a", "new") is True
    assert ask(address, "AUTH new", "PING").startswith(b"+OK\r\n+PONG")
    servers.stop("a")
    assert servers.address("a") is None
    with pytest.raises(ConnectionRefusedError):
        ask(address, "PING")


@needs_redis
def test_two_servers_on_one_port(servers: RedisServers) -> None:
    assert servers.start("a", 12346, None)
    assert servers.start("b", 12346, None)
    servers.settle()
    first, second = servers.address("a"), servers.address("b")
    assert first is not None
    assert second is not None
    assert first != second
    assert b"+PONG" in ask(first, "PING")
    assert b"+PONG" in ask(second, "PING")


@needs_redis
def test_limit_and_unexpected_end(servers: RedisServers, capfd: pytest.CaptureFixture[str]) -> None:
    assert [servers.start(key, 12347, None) for key in "abcd"] == [True, True, True, False]
    assert servers.start("a", 12347, None) is True
    os.kill(servers.running()["a"][2], signal.SIGKILL)
    deadline = time.monotonic() + 5
    while servers.address("a") is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert servers.address("a") is None
    assert "ended by itself" in capfd.readouterr().err


@needs_redis
def test_servers_end_with_their_killed_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from simulator.redis_servers import RedisServers; r = RedisServers(True, sys.argv[1]);"
        "r.start('a', 12348, None); r.settle(); print(*r.address('a'), flush=True); time.sleep(60)"
    )
    tests = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": tests, "PATH": "/usr/bin:/bin"},
    ) as parent:
        assert parent.stdout is not None
        host, port = parent.stdout.readline().split()
        assert b"+PONG" in ask((host, int(port)), "PING")
        parent.kill()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            ask((host, int(port)), "PING")
        except OSError:
            return
        time.sleep(0.02)
    pytest.fail("the redis-server outlived its parent")


def test_without_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    redis = RedisServers(True, str(tmp_path))
    assert (redis.available, redis.start("a", 12349, None), redis.address("a")) == (False, False, None)
    assert capsys.readouterr().err.count("no program redis-server") == 1
    assert RedisServers(False).available is False
    assert capsys.readouterr().err == ""


def test_readme_lists_every_option() -> None:
    readme = (Path(__file__).parents[2] / "simulator" / "README.md").read_text(encoding="utf-8")
    missing = [
        name for name, _default, text in describe_options(CloudOptions()) if f"| `{name}` |" not in readme
    ]
    assert missing == []
    assert [name for name, _default, text in describe_options(CloudOptions()) if text not in readme] == []
