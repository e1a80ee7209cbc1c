# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known after a request, whatever happened to it; over real sockets."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import urllib3
from requests.auth import AuthBase

from ansible_collections.community.redis.plugins.module_utils._cloud.product import KeyAuth
from ansible_collections.community.redis.plugins.module_utils._core import transport as transport_module
from ansible_collections.community.redis.plugins.module_utils._core.clock import Clock, Deadline
from ansible_collections.community.redis.plugins.module_utils._core.errors import (
    ApiError,
    AuthError,
    Busy,
    InvalidInput,
    NotFound,
    RedisError,
    TransientError,
    UnclearWrite,
    WaitTimeout,
)
from ansible_collections.community.redis.plugins.module_utils._core.transport import (
    Connection,
    Problem,
    Transport,
    read_problem,
)
from ansible_collections.community.redis.plugins.module_utils._enterprise.product import BasicAuth
from unit.fake_clock import FakeClock
from unit.raw_server import Answer, RawServer, drip, drip_without_end, hang, html, reply, reset

TIMEOUT = 0.3
WRITES = ["POST", "PUT", "PATCH", "DELETE"]


class BrokenTls:
    """A server that answers every request with bytes that are no TLS. ``received`` are the methods."""

    def __init__(self, directory: Path) -> None:
        authority = trustme.CA()
        self.ca_path = str(directory / "ca.pem")
        authority.cert_pem.write_to_path(self.ca_path)
        self.received: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self._context)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _address = self._socket.accept()
                with plain, contextlib.suppress(OSError):
                    secure = self._context.wrap_socket(plain.dup(), server_side=True)
                    self.received.append(secure.recv(65536).split(b" ")[0].decode())
                    plain.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                    secure.close()


class Key(AuthBase):
    """Credentials in a header, as Redis Cloud wants them."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["x-api-key"] = "canary-key"
        return request


Serve = Callable[..., RawServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers; they end with the test."""
    with contextlib.ExitStack() as stack:

        def start(*answers: Answer) -> RawServer:
            server = RawServer(*answers)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def broken_tls(tmp_path: Path) -> Iterator[BrokenTls]:
    server = BrokenTls(tmp_path)
    yield server
    server.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The timeouts of the requests that were made."""
    found: list[float] = []
    request = requests.Session.request

    def noting(self: requests.Session, *args: Any, **how: Any) -> requests.Response:
        found.append(how["timeout"])
        return request(self, *args, **{**how, "timeout": 5})

    monkeypatch.setattr(requests.Session, "request", noting)
    return found


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def make(url: str, clock: Clock | None = None, seconds: float = 3600, **more: Any) -> Transport:
    names = ("retries", "redirect_hosts", "timeout", "verify")
    connection = {name: more.pop(name) for name in names if name in more}
    connection.setdefault("retries", 2)
    connection.setdefault("timeout", TIMEOUT)
    return Transport(
        requests.Session(),
        Connection(url, Key(), option_hint="Check api_key.", **connection),
        Deadline(clock or FakeClock(), seconds),
        **more,
    )


def refused_url() -> str:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return f"http://127.0.0.1:{closed.getsockname()[1]}"


class TestSuccess:
    def test_request_and_reply(self, serve: Serve) -> None:
        server = serve(reply(202, {"taskId": "1"}, {"X-Rate-Limit-Remaining": "7"}))
        transport = make(server.url + "/v1/")
        answer = transport.request("POST", "/tasks", query={"limit": 3, "name": "a b"}, body={"x": None})
        assert (answer.status, answer.data) == (202, {"taskId": "1"})
        assert answer.headers["x-rate-limit-remaining"] == "7"
        (received,) = server.received
        assert (received.method, received.target) == ("POST", "/v1/tasks?limit=3&name=a+b")
        assert json.loads(received.body) == {"x": None}
        assert received.headers["x-api-key"] == "canary-key"
        assert received.headers["accept"] == received.headers["content-type"] == "application/json"
        assert received.headers["user-agent"].startswith("community.redis/")
        assert transport.requests_made == 1

    def test_content_type_also_without_a_body(self, serve: Serve) -> None:
        server = serve(reply(200, []))
        make(server.url).get("/")
        assert server.received[0].headers["content-type"] == "application/json"

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_empty_body_is_none(self, serve: Serve, status: int) -> None:
        assert make(serve(reply(status)).url).request("DELETE", "/").data is None


class TestNoAnswer:
    """(what happens, is it certain that nothing was done)"""

    def test_refused(self) -> None:
        for method in ["GET", *WRITES]:
            clock = FakeClock()
            transport = make(refused_url(), clock)
            with pytest.raises(TransientError) as caught:
                transport.request(method, "/")
            assert transport.requests_made == 3, "a request that was never sent can be repeated"
            assert clock.slept == [0.5, 2.0]
            assert "127.0.0.1" in caught.value.message
            assert "refused" in caught.value.message
            assert "Check api_url" in caught.value.hint

    def test_connect_timeout(self) -> None:
        with socket.socket() as full, contextlib.ExitStack() as stack:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _connection in range(4):  # nobody accepts them, and more than these are not answered
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            transport = make(f"http://127.0.0.1:{full.getsockname()[1]}", retries=0)
            with pytest.raises(TransientError) as caught:
                transport.request("POST", "/")
        assert "could not be made in time" in caught.value.message

    def test_unknown_name(self) -> None:
        with pytest.raises(TransientError, match=r"no-such-host\.invalid: the host name cannot be resolved"):
            make("https://no-such-host.invalid", retries=0).request("POST", "/")

    @pytest.mark.parametrize("answer", [hang, reset, reply(200, {"a": 1}, length=100)])
    def test_write_that_may_have_had_an_effect_is_sent_once(self, serve: Serve, answer: Answer) -> None:
        for method in WRITES:
            server = serve(answer)
            with pytest.raises(UnclearWrite) as caught:
                make(server.url).request(method, "/things")
            assert len(server.received) == 1
            assert "Whether the request had an effect is not known" in str(caught.value)
            assert caught.value.facts["error"]["retryable"] is False

    @pytest.mark.parametrize("answer", [hang, reset, reply(200, {"a": 1}, length=100)])
    def test_read_is_repeated(self, serve: Serve, answer: Answer) -> None:
        server = serve(answer, answer, reply(200, {"a": 1}))
        clock = FakeClock()
        assert make(server.url, clock).get("/") == {"a": 1}
        assert clock.slept == [0.5, 2.0]
        with pytest.raises(TransientError):
            make(serve(answer).url, retries=1).get("/")

    def test_body_that_urllib3_does_not_count(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        """Before its version 2 it takes the end of a connection for the end of the body: half a list looks like a whole."""
        uncounted = property(lambda response: False, lambda response, value: None)
        monkeypatch.setattr(urllib3.HTTPResponse, "enforce_content_length", uncounted, raising=False)
        cut = reply(200, [{"id": 1}], length=100)
        assert requests.get(serve(cut).url, timeout=5).json() == [{"id": 1}]
        for method, kind in (("GET", TransientError), ("POST", UnclearWrite)):
            with pytest.raises(kind, match="the body was cut off"):
                make(serve(cut).url, retries=0).request(method, "/")

    def test_body_that_comes_too_slowly(self, serve: Serve) -> None:
        server = serve(drip)
        for method, kind in (("GET", TransientError), ("POST", UnclearWrite)):
            with pytest.raises(kind, match="did not arrive in time"):
                make(server.url, clock=Clock(), retries=0).request(method, "/")

    def test_body_without_an_end_in_sight(self, serve: Serve) -> None:
        """A socket's own timeout would start anew with every byte."""
        for method, kind in (("GET", TransientError), ("POST", UnclearWrite)):
            server = serve(drip_without_end)
            with pytest.raises(kind, match="did not arrive in time"):
                make(server.url, clock=Clock(), retries=0).request(method, "/")

    def test_tls_that_breaks_after_the_request(self, broken_tls: BrokenTls) -> None:
        """The request has arrived, and perhaps it was carried out: a write must not be taken for one that was not sent."""
        for method in WRITES:
            with pytest.raises(UnclearWrite):
                make(broken_tls.url, verify=broken_tls.ca_path).request(method, "/")
        assert broken_tls.received == WRITES
        clock = FakeClock()
        with pytest.raises(TransientError):
            make(broken_tls.url, clock, verify=broken_tls.ca_path, reached=True, seconds=100).request("GET", "/")
        assert broken_tls.received.count("GET") > 3
        with pytest.raises(ApiError, match="The TLS connection to"):
            make(broken_tls.url, verify=broken_tls.ca_path).request("GET", "/")
        for method in ["GET", *WRITES]:
            with pytest.raises(ApiError, match="certificate verify failed") as caught:
                make(broken_tls.url, reached=True).request(method, "/")
            assert "Nothing was sent" in caught.value.hint

    def test_impatient_read_is_not_repeated(self, serve: Serve) -> None:
        server = serve(reset)
        with pytest.raises(TransientError):
            make(server.url).get("/", patient=False)
        assert len(server.received) == 1

    def test_body_without_end(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transport_module, "BODY_MAX", 1000)
        with pytest.raises(TransientError, match="larger than 1000 bytes"):
            make(serve(reply(200, b" " * 2000)).url, retries=0).get("/")


class TestDeadline:
    """After the deadline all requests together take no longer than one may."""

    @pytest.mark.parametrize(("overdue", "timeout"), [(-5, 30), (0, 30), (10, 20), (29, 1)])
    def test_time_of_a_read(self, serve: Serve, asked: list[float], overdue: float, timeout: float) -> None:
        clock = FakeClock()
        transport = make(serve(reply(200, {})).url, clock, seconds=100, timeout=30)
        clock.now = 100 + overdue
        transport.get("/")
        assert asked == [timeout]

    def test_nothing_left_for_a_read(self, serve: Serve) -> None:
        server = serve(reply(200, {}))
        clock = FakeClock()
        transport = make(server.url, clock, seconds=100, timeout=30, reached=True)
        clock.now = 130
        with pytest.raises(TransientError, match="no time left to ask 127"):
            transport.get("/")
        assert (server.received, transport.requests_made, clock.slept) == ([], 0, [])

    @pytest.mark.parametrize("method", WRITES)
    def test_write_is_not_sent_when_its_answer_would_be_missed(
        self, serve: Serve, asked: list[float], method: str
    ) -> None:
        server = serve(reply(200, {}))
        clock = FakeClock()
        transport = make(server.url, clock, seconds=100, timeout=30)
        clock.now = 115
        transport.request(method, "/")
        clock.now = 116
        with pytest.raises(WaitTimeout, match="before the request was sent"):
            transport.request(method, "/")
        assert (len(server.received), asked) == (1, [15])

    def test_last_chance_of_a_read_comes_at_the_deadline(self, serve: Serve) -> None:
        clock = FakeClock()
        server = serve(*[reply(503)] * 6, reply(200, ["back"]))
        assert make(server.url, clock, seconds=40, reached=True).get("/") == ["back"]
        assert clock.slept == [0.5, 2, 4, 8, 16, 9.5]
        with pytest.raises(TransientError):
            make(serve(reply(503)).url, clock := FakeClock(), seconds=40, reached=True).get("/")
        assert clock.now == 40

    def test_write_is_not_left_alone_at_the_deadline(self, serve: Serve) -> None:
        server = serve(reply(429))
        with pytest.raises(Busy):
            make(server.url, clock := FakeClock(), seconds=40).request("POST", "/")
        assert clock.now < 40
        assert len(server.received) == 6

    def test_a_slice_never_ends_in_a_request(self, serve: Serve) -> None:
        """What this run has read before would have to be read again, for ever if the server is slow enough."""
        clock = FakeClock()
        transport = make(serve(*[reply(429)] * 6, reply(200, {})).url, clock, reached=True)
        transport.deadline = Deadline(clock, 3600, slice_seconds=5)
        assert transport.get("/") == {}
        assert clock.now > 30


class TestRefusals:
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, ApiError),
            (401, AuthError),
            (403, AuthError),
            (404, NotFound),
            (405, ApiError),
            (407, ApiError),
            (409, ApiError),
            (412, ApiError),
            (422, ApiError),
            (501, ApiError),
        ],
    )
    def test_definite_answer_is_final(
        self, serve: Serve, method: str, status: int, kind: type[ApiError]
    ) -> None:
        server = serve(reply(status, {"message": "no such thing", "error": "Not Found"}))
        with pytest.raises(kind) as caught:
            make(server.url).request(method, "/things")
        assert caught.value.__class__ is kind
        assert caught.value.status == status
        assert len(server.received) == 1
        assert (
            caught.value.message
            == f"{method} /things: 127.0.0.1:{server.port} answered HTTP {status} (no such thing)."
        )
        assert ("Check api_key" in str(caught.value)) == (kind is AuthError)

    @pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
    @pytest.mark.parametrize("body", [reply, html])
    def test_trouble_of_the_server(self, serve: Serve, status: int, body: Callable[[int], Answer]) -> None:
        server = serve(body(status), body(status), reply(200, []))
        assert make(server.url).get("/") == []
        for method in WRITES:
            server = serve(body(status))
            with pytest.raises(UnclearWrite) as caught:
                make(server.url).request(method, "/")
            assert len(server.received) == 1
            assert caught.value.status == status

    @pytest.mark.parametrize("method", ["GET", *WRITES])
    @pytest.mark.parametrize(
        ("headers", "pause"),
        [
            ({}, 0.5),
            ({"x-rate-limit-retry-after-seconds": "7"}, 7),
            ({"Retry-After": "9"}, 9),
            ({"Retry-After": "9", "X-Rate-Limit-Retry-After-Seconds": "3"}, 3),
            ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.5),
            ({"Retry-After": "-5"}, 0.5),
            ({"Retry-After": "99999"}, 120),
        ],
    )
    def test_too_many_requests(
        self, serve: Serve, method: str, headers: dict[str, str], pause: float
    ) -> None:
        server = serve(reply(429, None, headers), reply(200, {}))
        clock = FakeClock()
        make(server.url, clock).request(method, "/")
        assert len(server.received) == 2
        assert clock.slept == [pause]

    def test_too_many_requests_until_the_deadline(self, serve: Serve) -> None:
        server = serve(reply(429, {"message": "slow down"}))
        clock = FakeClock()
        with pytest.raises(Busy) as caught:
            make(server.url, clock, seconds=100).request("POST", "/")
        assert len(server.received) > 3
        assert clock.now <= 100
        assert caught.value.facts["error"]["retryable"] is True

    def test_first_contact_with_a_server_that_asks_for_patience(self, serve: Serve) -> None:
        """That is an answer, too, also if something in front of the API gives it."""
        server = serve(*[html(429)] * 12, reply(200, []))
        assert make(server.url, retries=2).get("/") == []
        with pytest.raises(TransientError, match="HTTP 429"):
            make(serve(html(429)).url, retries=2, seconds=100).get("/")

    @pytest.mark.parametrize("told", [{"X-Rate-Limit-Remaining": "300"}, {}])
    def test_too_many_changes(self, serve: Serve, told: dict[str, str]) -> None:
        """The other meaning of 429: known by requests that are left, or by a code. Asking again soon does not help; a
        read has changed nothing, so that for it the quota is the only meaning."""
        refusal = reply(429, {"error_code": "" if told else "TOO_MANY"}, told)
        transport = make(
            serve(refusal).url,
            clock := FakeClock(),
            reached=True,
            read_error=lambda status, method, data, text: Problem("x", "y", busy=data["error_code"] != ""),
        )
        with pytest.raises(Busy) as caught:
            transport.request("POST", "/")
        assert caught.value.quota is False
        assert clock.slept == []
        assert make(serve(refusal, reply(200, {})).url, reached=True).get("/") == {}

    def test_budget_learns_from_every_answer(self, serve: Serve) -> None:
        server = serve(
            reply(200, {}, {"X-Rate-Limit-Remaining": "12"}),
            reply(429, None, {"X-Rate-Limit-Remaining": "0", "x-rate-limit-retry-after-seconds": "9"}),
            reply(429, None, {"X-Rate-Limit-Remaining": "5"}),
            reply(503),
            reply(200, []),
        )
        told: list[tuple[float | None, bool, float | None]] = []

        class Ledger:
            def take(self) -> float:
                return 0.0

            def observe(self, *what: Any) -> None:
                told.append(what)

        transport = make(server.url, budget=Ledger())
        transport.get("/")
        transport.get("/")
        assert told == [
            (12, False, None),
            (0, True, 9),
            (5, False, None),
            (None, False, None),
            (None, False, None),
        ]

    def test_busy_server_is_the_callers_business(self, serve: Serve) -> None:
        server = serve(reply(409, {"error_code": "db_busy"}))
        transport = make(
            server.url, read_error=lambda status, method, data, text: Problem("db_busy", "wait", busy=True)
        )
        with pytest.raises(Busy) as caught:
            transport.request("PUT", "/")
        assert caught.value.code == "db_busy"
        assert len(server.received) == 1

    def test_reads_go_on_until_the_deadline_once_the_api_has_answered(self, serve: Serve) -> None:
        server = serve(reply(200, []), *[reply(503)] * 8, reply(200, ["back"]))
        clock = FakeClock()
        transport = make(server.url, clock, retries=1)
        transport.get("/")
        assert transport.get("/") == ["back"]
        assert clock.slept == [0.5, 2, 4, 8, 16, 30, 30, 30]
        clock = FakeClock()
        transport = make(serve(reply(200, []), reply(503)).url, clock, seconds=40, retries=1)
        transport.get("/")
        with pytest.raises(TransientError):
            transport.get("/")
        assert clock.now <= 40

    def test_page_of_a_proxy_is_no_answer_of_the_api(self, serve: Serve) -> None:
        server = serve(html(200))
        transport = make(server.url, retries=1)
        with pytest.raises(TransientError, match="an HTML page instead of JSON"):
            transport.get("/")
        assert len(server.received) == 2
        with pytest.raises(UnclearWrite, match="an HTML page"):
            transport.request("POST", "/")

    @pytest.mark.parametrize("body", [b"not json", b'{"cut": ', "\xff\xfe".encode("latin-1")])
    def test_what_is_no_json(self, serve: Serve, body: bytes) -> None:
        with pytest.raises(TransientError, match="something that this API does not answer"):
            make(serve(reply(200, body)).url, retries=0).get("/")

    @pytest.mark.parametrize("body", [b'{"password": "canary"}', b'[{"password": "canary"}]', b'{"password": "canary", '])
    def test_json_is_not_quoted(self, serve: Serve, body: bytes) -> None:
        transport = make(serve(reply(200, body)).url, retries=0)
        with pytest.raises(TransientError, match=r"answered HTTP 200 .*: JSON ") as caught:
            transport.get("/", check=lambda data: False)
        assert "canary" not in str(caught.value.payload())

    def test_answer_of_a_wrong_shape(self, serve: Serve) -> None:
        server = serve(reply(200, {"error": "half"}), reply(200, {"things": []}))
        assert make(server.url).get("/", check=lambda data: "things" in data) == {"things": []}
        with pytest.raises(UnclearWrite):
            make(serve(reply(200, {})).url).request("POST", "/", check=lambda data: False)


class TestRedirects:
    def test_within_the_host_the_request_is_repeated_as_it_was(self, serve: Serve) -> None:
        server = serve(reply(307, None, {"Location": "/elsewhere"}), reply(200, {"ok": True}))
        assert make(server.url).request("POST", "/here", body={"a": 1}).data == {"ok": True}
        assert [(item.method, item.target) for item in server.received] == [
            ("POST", "/here"),
            ("POST", "/elsewhere"),
        ]
        assert server.received[1].body == b'{"a": 1}'
        assert server.received[1].headers["x-api-key"] == "canary-key"

    @pytest.mark.parametrize("status", [307, 308])
    def test_credentials_go_to_no_other_host(self, serve: Serve, status: int) -> None:
        other = serve(reply(200, {}))
        server = serve(reply(status, None, {"Location": f"http://localhost:{other.port}/"}))
        with pytest.raises(
            InvalidInput, match=rf"redirects to localhost:{other.port}, and credentials are not sent"
        ) as caught:
            make(server.url).get("/")
        assert other.received == []
        assert "redirect_hosts" in caught.value.hint

    def test_unless_the_user_says_that_it_belongs_to_the_cluster(self, serve: Serve) -> None:
        other = serve(reply(200, {"ok": True}))
        server = serve(reply(307, None, {"Location": f"http://localhost:{other.port}/v1/bdbs"}))
        assert make(server.url, redirect_hosts=("localhost",)).get("/") == {"ok": True}
        assert other.received[0].headers["x-api-key"] == "canary-key"

    def test_credentials_in_a_redirect_are_not_shown(self, serve: Serve) -> None:
        server = serve(reply(307, None, {"Location": "https://user:canary@elsewhere.example:1/v1?token=canary"}))
        with pytest.raises(InvalidInput, match=r"redirects to elsewhere\.example:1, and") as caught:
            make(server.url).get("/")
        assert "canary" not in str(caught.value.payload())

    @pytest.mark.parametrize(
        "location",
        [
            "https://cluster.example.evil.example/",
            "https://evil.example/cluster.example",
            "https://cluster.example@evil.example/",
            "//evil.example/v1",
            "https://evil.example\\@cluster.example/",
            "https://evil.example\\.cluster.example/",
            "https://evil.example#cluster.example",
            "ftp://cluster.example/",
        ],
    )
    def test_no_way_around_the_rule(self, location: str) -> None:
        transport = make("https://cluster.example:9443", redirect_hosts=("node-2.cluster.example",))
        with pytest.raises(InvalidInput, match="credentials are not sent there"):
            transport._redirected("https://cluster.example:9443/v1/bdbs", location)

    @pytest.mark.parametrize("location", ["https://[bad/", "https://exa mple:port/"])
    def test_address_that_is_none(self, location: str) -> None:
        with pytest.raises(InvalidInput, match="redirects to something that is not an address"):
            make("https://cluster.example")._redirected("https://cluster.example/v1/bdbs", location)

    def test_never_from_https_to_http(self) -> None:
        transport = make("https://cluster.example:9443")
        with pytest.raises(InvalidInput, match="credentials are not sent"):
            transport._redirected("https://cluster.example:9443/v1", "http://cluster.example:8080/v1")
        assert (
            transport._redirected("https://cluster.example:9443/v1", "/v2")
            == "https://cluster.example:9443/v2"
        )

    def test_circle(self, serve: Serve) -> None:
        with pytest.raises(InvalidInput, match="circles"):
            make(serve(reply(307, None, {"Location": "/"})).url).get("/")

    @pytest.mark.parametrize("status", [301, 302, 303])
    def test_others_are_not_followed(self, serve: Serve, status: int) -> None:
        server = serve(reply(status, None, {"Location": "/login"}))
        with pytest.raises(ApiError, match=f"HTTP {status}"):
            make(server.url).get("/")
        assert len(server.received) == 1


class TestCheckMode:
    @pytest.mark.parametrize("method", WRITES)
    def test_nothing_is_written(self, serve: Serve, method: str) -> None:
        server = serve(reply(200, {}))
        transport = make(server.url, check_mode=True)
        with pytest.raises(RedisError, match=f"{method} /things was about to be sent in check mode"):
            transport.request(method, "/things")
        assert transport.get("/things") == {}
        assert [item.method for item in server.received] == ["GET"]


@pytest.mark.parametrize("url", ["http://api.example.com", "http://10.0.0.1:9443", "ftp://localhost", "localhost:9443"])
def test_credentials_are_not_sent_in_clear_text(url: str) -> None:
    with pytest.raises(InvalidInput, match="api_url must be an absolute https URL"):
        make(url)


class TestSurroundings:
    @pytest.mark.parametrize("auth", [Key(), KeyAuth("key", "secret"), BasicAuth("me", "password")])
    def test_netrc_is_ignored(
        self, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auth: Any
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("default login canary password canary\n", encoding="utf-8")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        server = serve(reply(200, {}))
        assert requests.Session().get(server.url).ok
        transport = make(server.url)
        transport._session.auth = auth
        transport.get("/")
        sent = [item.headers.get("authorization", "") for item in server.received]
        assert sent[0] == "Basic Y2FuYXJ5OmNhbmFyeQ==", "a session without the collection's credentials reads it"
        assert sent[1] == ("Basic bWU6cGFzc3dvcmQ=" if isinstance(auth, BasicAuth) else "")

    def test_proxy_of_the_environment(self, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
        proxy = serve(reply(200, {"through": "proxy"}))
        monkeypatch.setenv("http_proxy", proxy.url)
        assert make("http://localhost").get("/v1") == {"through": "proxy"}
        assert proxy.received[0].target == "http://localhost/v1"
        direct = serve(reply(200, {"through": "nothing"}))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert make(direct.url).get("/") == {"through": "nothing"}

    def test_proxy_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", refused_url())
        with pytest.raises(TransientError):
            make("http://localhost", retries=0).request("POST", "/")

    @pytest.mark.parametrize("url", ["http://localhost", "https://api.example"])
    @pytest.mark.parametrize(
        "proxy",
        [
            "http://user:canary@127.0.0.1:1",
            "http://user:can/ary@127.0.0.1:1",
            "http://user:canary@[bad:1",
            "http://user:canary@host:port",
            "user:canary@127.0.0.1:1",
            "unknown://user:canary@127.0.0.1:1",
        ],
    )
    def test_credentials_of_a_proxy(self, monkeypatch: pytest.MonkeyPatch, url: str, proxy: str) -> None:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        with pytest.raises(RedisError) as caught:
            make(url, retries=0).request("POST", "/")
        assert "can" not in caught.value.message.replace("cannot", "")

    @pytest.mark.parametrize(
        "url",
        ["", "api.example", "//api.example", "ftp://api.example", "https://", "file:///etc/passwd"],
    )
    def test_url_that_is_none(self, url: str) -> None:
        with pytest.raises(InvalidInput, match="api_url must be an absolute https URL"):
            make(url)

    @pytest.mark.parametrize(
        "url", ["https://u:p@api.example", "https://api.example?key=1", "https://api.example#x"]
    )
    def test_url_with_more_than_a_place(self, url: str) -> None:
        with pytest.raises(InvalidInput, match="must not hold credentials") as caught:
            make(url)
        assert "u:p" not in str(caught.value)

    def test_credentials_are_not_in_messages(self, serve: Serve) -> None:
        server = serve(reply(400, {"message": "cannot read redis://default:canary@host:1/"}))
        with pytest.raises(ApiError) as caught:
            make(server.url).get("/")
        assert "canary" not in str(caught.value.payload())
        assert "********@host:1" in caught.value.message


@pytest.mark.parametrize(
    ("data", "text", "code", "description"),
    [
        # Redis Cloud: Spring envelope with and without a message; empty body; page of the proxy
        (
            {"timestamp": "", "status": 404, "error": "Not Found", "message": "ACL user 4 not found"},
            "",
            "",
            "ACL user 4 not found",
        ),
        ({"timestamp": "", "status": 404, "error": "Not Found"}, "", "", "Not Found"),
        (None, "", "", ""),
        (None, "  <html><body>401</body></html>", "", "an HTML page instead of JSON"),
        # Redis Enterprise: two spellings, and the shape of Active-Active
        (
            {"error_code": "db_busy", "description": "the database is busy"},
            "",
            "db_busy",
            "the database is busy",
        ),
        ({"error_code": "db_busy", "message": "the database is busy"}, "", "db_busy", "the database is busy"),
        ({"detail": "no", "status": 400, "title": "Bad", "type": "about:blank"}, "", "about:blank", "no"),
        (["odd"], "[odd]", "", "[odd]"),
        (None, "some\n text", "", "some\n text"),
    ],
)
def test_known_error_bodies(data: Any, text: str, code: str, description: str) -> None:
    assert read_problem(data, text) == Problem(code, description)


def test_long_descriptions_are_cut_and_secrets_go_before(serve: Serve) -> None:
    texts = {"x" * 5000: "x" * 297 + "...", "x" * 290 + "canary  with\nspaces": "x" * 290 + "it"}
    for text, shown in texts.items():
        for body in ({"message": text}, text.encode()):
            server = serve(reply(400, body))
            transport = make(server.url, mask=lambda said: said.replace("canary  with\nspaces", "it"))
            with pytest.raises(ApiError) as caught:
                transport.get("/")
            assert caught.value.description == shown
            assert shown.rstrip(".") in caught.value.message
