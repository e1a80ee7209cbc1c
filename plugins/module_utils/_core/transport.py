# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTPS with one requests.Session per run: TLS, authentication, JSON, retries, redirects, the check mode guard."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import socket
import threading
import traceback
import typing as t
from urllib.parse import urlencode, urljoin, urlsplit

from .clock import Deadline
from .errors import (
    ApiError,
    AuthError,
    Busy,
    InvalidInput,
    NoContact,
    NotFound,
    RedisError,
    TransientError,
    UnclearWrite,
    WaitTimeout,
)
from .quota import Budget
from .redact import mask_text
from .retry import READS, TRANSIENT_STATUS, Backoff, is_over_quota, remaining, retry_after
from .version import VERSION

try:
    import requests
    from requests import exceptions as failures

    REQUESTS_ERROR = None
except ImportError:
    REQUESTS_ERROR = traceback.format_exc()

if t.TYPE_CHECKING:
    from requests import Response, Session
    from requests.auth import AuthBase

CHUNK = 65536
# No answer of either API comes near this; a run must not be filled up by a broken server
BODY_MAX = 64 * 1024 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")
REDIRECTS_MAX = 5
TEXT_MAX = 300
# Of api_timeout: with less time than this a write is not sent, because its answer would be missed
WRITE_SHARE = 0.5


@dataclasses.dataclass(frozen=True)
class Reply:
    """A successful answer. ``data`` is the decoded JSON, or None when the body was empty."""

    status: int
    data: t.Any
    headers: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Problem:
    """What an error answer says about itself. ``busy``: refused for the moment, certainly without effect."""

    code: str = ""
    description: str = ""
    busy: bool = False


@dataclasses.dataclass
class Connection:
    """How to reach an API. ``option_hint`` tells which options to look at when the credentials are refused; ``secrets`` are
    what ``auth`` makes of the credentials."""

    url: str
    auth: AuthBase
    timeout: float = 30.0
    retries: int = 5
    verify: bool | str = True
    cert: tuple[str, str] | str | None = None
    redirect_hosts: tuple[str, ...] = ()
    option_hint: str = ""
    secrets: tuple[str, ...] = ()


def read_problem(data: t.Any, text: str) -> Problem:
    """Find code and description in any of the known error bodies (Cloud facts 1.3, Enterprise facts 1.4), as they are:
    they may quote the request, with everything in it."""
    if isinstance(data, dict):
        code = data.get("error_code") or data.get("code") or data.get("type") or ""
        for key in ("description", "message", "error_message", "detail", "title", "error"):
            if isinstance(data.get(key), str) and data[key]:
                return Problem(str(code), data[key])
        return Problem(str(code))
    if text.lstrip()[:1] == "<":
        return Problem(description="an HTML page instead of JSON")
    return Problem(description=text)


class Transport:
    """Sends requests to one API; raises the exceptions of errors.py, which say what is known afterwards.

    :param read_error: turns (status, method, data, text) into a Problem; the product's knowledge of error codes.
    :param budget: how many requests may be sent; None: as many as you like.
    :param check_mode: refuse every request that could write, whatever the code above believes.
    :param reached: whether the API has answered this run before; a first contact is given up sooner.
    :param mask: removes secrets from what the server says.
    """

    def __init__(
        self,
        session: Session,
        connection: Connection,
        deadline: Deadline,
        *,
        check_mode: bool = False,
        read_error: t.Callable[[int, str, t.Any, str], Problem] | None = None,
        budget: Budget | None = None,
        reached: bool = False,
        mask: t.Callable[[str], str] = mask_text,
    ) -> None:
        self._budget = budget
        self._mask = mask
        self.connection = connection
        self.deadline = deadline
        self.check_mode = check_mode
        self.requests_made = 0
        self._read_error = read_error or (lambda status, method, data, text: read_problem(data, text))
        self._session = session
        self.reached = reached
        try:
            parts = urlsplit(connection.url)
        except ValueError as error:
            raise InvalidInput("api_url is not a URL: {0}.".format(error)) from None
        # credentials go nowhere in clear text, except to a proxy or a test on this machine
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not secure or not parts.hostname:
            raise InvalidInput(
                "api_url must be an absolute https URL, not {0!r}.".format(self._mask(connection.url))
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise InvalidInput("api_url must not hold credentials, a query or a fragment; use the options for credentials.")
        self.host = parts.netloc
        session.auth = connection.auth
        session.headers.update(
            {
                "Accept": "application/json",
                # Redis Cloud expects it on every request, GET and DELETE included (Cloud facts 1)
                "Content-Type": "application/json",
                "User-Agent": "community.redis/{0} ansible".format(VERSION),
            }
        )

    def get(
        self,
        path: str,
        query: t.Mapping[str, t.Any] | None = None,
        *,
        check: t.Callable[[t.Any], bool] = lambda data: True,
        patient: bool = True,
    ) -> t.Any:
        """The data of a GET. An answer that does not pass ``check`` counts as one that did not get through: taking
        a mutilated list for an empty one would end in a second create.

        :param patient: False when there is another way to learn the same, and one failure is enough to take it.
        """
        return self.request("GET", path, query=query, check=check, patient=patient).data

    def request(
        self,
        method: str,
        path: str,
        *,
        query: t.Mapping[str, t.Any] | None = None,
        body: t.Any = None,
        check: t.Callable[[t.Any], bool] = lambda data: True,
        patient: bool = True,
    ) -> Reply:
        """One request with its repetitions.

        Raises AuthError, NotFound, Busy, ApiError, and TransientError (reads) or UnclearWrite (writes).
        """
        reading = method in READS
        if self.check_mode and not reading:
            raise RedisError(
                "A defect in community.redis: {0} {1} was about to be sent in check mode; it was not sent.".format(method, path)
            )
        url = self.connection.url.rstrip("/") + path
        if query:
            url += "?" + urlencode(query)
        payload = None if body is None else json.dumps(body).encode("utf-8")
        backoff = Backoff(self.connection.retries)
        while True:
            try:
                return self._once(method, path, url, payload, check)
            except (TransientError, Busy) as error:
                if not patient and error.status != 429:
                    raise
                # Once the API has answered, trouble is temporary and the deadline decides, also about a write that
                # could not be sent; before that it is more likely a wrong address, and a quick answer helps more.
                # Being asked to slow down is never an error. Any other refusal is the caller's business, who knows what
                # to look at before asking again.
                over_quota = error.status == 429 and (reading or (isinstance(error, Busy) and error.quota))
                waiting = over_quota or (self.reached and isinstance(error, TransientError))
                refused = isinstance(error, Busy) and not (over_quota or reading)
                pause = backoff.next(method, url, error.retry_after, unlimited=waiting)
                if pause is None or self._is_too_late(reading, pause) or refused:
                    if isinstance(error, TransientError) and not self.reached and error.status != 429:
                        raise _no_contact(error) from None
                    raise
                # no slice ends here: what has been read so far would have to be read again
                self.deadline.pause_within(pause)

    def _is_too_late(self, reading: bool, pause: float) -> bool:
        """A read gets a last chance when the deadline comes; a write is not sent just to be left alone."""
        return self.deadline.passed() if reading else self.deadline.left() <= pause

    def _once(
        self, method: str, path: str, url: str, payload: bytes | None, check: t.Callable[[t.Any], bool]
    ) -> Reply:
        try:
            response, text = self._send(method, url, payload)
        except failures.RequestException as error:
            raise self._no_answer(method, path, error) from None
        data, is_json = _decode(text)
        # the page of a proxy or of a login is no sign that the address is right
        self.reached = self.reached or is_json
        if 200 <= response.status_code < 300:
            if is_json and check(data):
                return Reply(response.status_code, data, response.headers)
            raise self._unreadable(method, path, response.status_code, text)
        raise self._refused(method, path, response, data, text)

    def _send(self, method: str, url: str, payload: bytes | None) -> tuple[Response, str]:
        """One exchange on the wire, redirects within the cluster included. Returns the response and its body."""
        for _hop in range(REDIRECTS_MAX):
            self._wait_for_budget()
            timeout = self._time_for(method)
            self.requests_made += 1
            response = self._session.request(
                method,
                url,
                data=payload,
                timeout=timeout,
                verify=self.connection.verify,
                cert=self.connection.cert,
                allow_redirects=False,
                stream=True,
            )
            if self._budget is not None:
                headers = response.headers
                self._budget.observe(remaining(headers), is_over_quota(response.status_code, headers), retry_after(headers))
            body = _read_body(response, timeout)
            if response.status_code not in (307, 308) or "location" not in response.headers:
                return response, body
            url = self._redirected(url, response.headers["location"])
        raise InvalidInput("{0} redirects in circles.".format(self.host))

    def _wait_for_budget(self) -> None:
        while self._budget is not None:
            pause = self._budget.take()
            if pause <= 0:
                return
            if self.deadline.passed():
                raise TransientError("The account's budget of requests was used up until the end (wait_timeout).")
            self.deadline.pause_within(pause)

    def _time_for(self, method: str) -> float:
        """How long the next exchange may take. When the deadline has passed, all that follow share the time of one.

        Raises TransientError when nothing is left of it, and WaitTimeout when it is too little for a write.
        """
        left = self.connection.timeout - self.deadline.overdue()
        if method in READS and left <= 0:
            raise TransientError("There was no time left to ask {0} again (wait_timeout).".format(self.host))
        if method not in READS and left < WRITE_SHARE * self.connection.timeout:
            raise WaitTimeout(
                "Gave up after {0:.0f} seconds (wait_timeout), before the request was sent: {1} answers too slowly.".format(
                    self.deadline.seconds, self.host
                )
            )
        return left

    def _redirected(self, url: str, location: str) -> str:
        """Where a redirect leads, if credentials may go there (Enterprise facts 1.3, T33)."""
        try:
            # as it would be sent: parsers disagree about where the host in a crooked address begins and ends
            target = str(requests.Request("GET", urljoin(url, location)).prepare().url)
        except (failures.RequestException, ValueError):
            raise InvalidInput("{0} redirects to something that is not an address.".format(self.host)) from None
        here, there = urlsplit(url), urlsplit(target)
        allowed = {urlsplit(self.connection.url).hostname, *self.connection.redirect_hosts}
        if there.scheme != "https" and there.scheme != here.scheme or there.hostname not in allowed:
            raise InvalidInput(
                "{0} redirects to {1}, and credentials are not sent there.".format(self.host, there.netloc.rpartition("@")[2]),
                hint="If {0} is a node of the same cluster, add it to redirect_hosts, or turn on handle_redirects "
                "in the cluster.".format(there.hostname),
            )
        return target

    def _no_answer(self, method: str, path: str, error: Exception) -> RedisError:
        reason = self._quotable(_reason(error)).rstrip(".")
        if isinstance(error, (failures.InvalidURL, failures.InvalidSchema, failures.MissingSchema)):
            if _proxy_has_credentials():
                # the reason may quote the wrong half of them
                return InvalidInput("api_url, or the proxy that the environment names, cannot be used.")
            return InvalidInput("api_url cannot be used: {0}.".format(reason))
        if isinstance(error, failures.SSLError) and (_is_distrust(error) or (method in READS and not self.reached)):
            return ApiError(
                "The TLS connection to {0} failed: {1}.".format(self.host, reason),
                method=method,
                path=path,
                hint="Check api_url, ca_path, client_cert and validate_certs. Nothing was sent.",
            )
        message = "{0} {1}: no answer from {2}: {3}.".format(method, path, self.host, reason)
        facts: dict[str, t.Any] = {"method": method, "path": path}
        if method in READS or _never_sent(error):
            hint = "" if self.reached else "Check api_url, the network and proxy settings."
            return TransientError(message, hint=hint, **facts)
        return UnclearWrite(message, hint="Whether the request had an effect is not known.", **facts)

    def _unreadable(self, method: str, path: str, status: int, text: str) -> ApiError:
        message = "{0} {1}: {2} answered HTTP {3} with something that this API does not answer: {4}.".format(
            method, path, self.host, status, self._quotable(_kind_of(text))
        )
        facts: dict[str, t.Any] = {"status": status, "method": method, "path": path}
        if method in READS:
            return TransientError(message, hint="Is there a proxy or a login page between? Check api_url.", **facts)
        return UnclearWrite(message, hint="Whether the request had an effect is not known.", **facts)

    def _refused(self, method: str, path: str, response: Response, data: t.Any, text: str) -> ApiError:
        status = response.status_code
        problem = self._read_error(status, method, data, text)
        description = self._quotable(problem.description)
        said = ": ".join(part for part in (self._quotable(problem.code), description) if part)
        message = "{0} {1}: {2} answered HTTP {3}{4}.".format(
            method, path, self.host, status, " ({0})".format(said.rstrip(".")) if said else ""
        )
        facts: dict[str, t.Any] = {
            "status": status,
            "code": problem.code,
            "description": description,
            "method": method,
            "path": path,
            "retry_after": retry_after(response.headers),
        }
        if problem.busy or (status == 429 and method not in READS):
            return Busy(message, quota=is_over_quota(status, response.headers) and not problem.busy, **facts)
        if status in (401, 403):
            return AuthError(message, hint=self.connection.option_hint, **facts)
        if status == 404:
            # of the first request it may be the address that is wrong
            return NotFound(message, hint="Check api_url." if self.requests_made <= 1 else "", **facts)
        if status in TRANSIENT_STATUS:
            if method in READS:
                return TransientError(message, **facts)
            return UnclearWrite(message, hint="Whether the request had an effect is not known.", **facts)
        return ApiError(message, **facts)

    def _quotable(self, text: str) -> str:
        """What the server says, in one line. Secrets go first: half of one, or one in other white space, is found
        by nobody."""
        # what comes from elsewhere must not move the cursor of a terminal
        text = " ".join("".join(char if char.isprintable() else " " for char in self._mask(text)).split())
        return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 3] + "..."


def _kind_of(text: str) -> str:
    """What an answer looks like that cannot be used. Of JSON nothing is quoted: secrets can be anywhere in it."""
    text = text.strip()
    if text[:1] in ("{", "["):
        return "JSON of an unexpected form" if _decode(text)[1] else "JSON that is cut off or damaged"
    return read_problem(None, text).description or "nothing"


def new_session() -> Session:
    return requests.Session()


def _decode(text: str) -> tuple[t.Any, bool]:
    if not text.strip():
        return None, True
    try:
        return json.loads(text), True
    except ValueError:
        return None, False


def _no_contact(error: TransientError) -> NoContact:
    return NoContact(error.message, status=error.status, method=error.method, path=error.path, hint=error.hint)


def _read_body(response: Response, timeout: float) -> str:
    """The body, but not longer than BODY_MAX and not slower than the request's timeout."""
    chunks, size = [], 0
    with response, _cut_off(response, timeout):
        for chunk in response.iter_content(CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > BODY_MAX:
                raise failures.ContentDecodingError("the body is larger than {0} bytes".format(BODY_MAX))
        expected = response.headers.get("content-length", "")
    if expected.isdigit() and "content-encoding" not in response.headers and size < int(expected):
        raise failures.ChunkedEncodingError("the body was cut off")
    return b"".join(chunks).decode("utf-8", errors="replace")


@contextlib.contextmanager
def _cut_off(response: Response, seconds: float) -> t.Iterator[None]:
    """End the connection after so long, and raise ReadTimeout: the timeout of a socket starts anew with every byte."""
    try:
        twin = socket.socket(fileno=os.dup(response.raw.fileno()))
    except (OSError, ValueError, AttributeError):
        # everything has arrived already
        yield
        return
    late = threading.Event()

    def end() -> None:
        late.set()
        with contextlib.suppress(OSError):
            twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except failures.RequestException:
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        twin.close()
    if late.is_set():
        raise failures.ReadTimeout("the body did not arrive within the timeout")


def _is_distrust(error: Exception) -> bool:
    """The certificate is not accepted, so nothing was sent. Other troubles of TLS can come after the request."""
    return "certificate verify failed" in str(error).lower() or "doesn't match" in str(error)


def _proxy_has_credentials() -> bool:
    return any("@" in value for name, value in os.environ.items() if name.lower().endswith("_proxy"))


def _never_sent(error: Exception) -> bool:
    """True when the connection was not made, so that the request cannot have had an effect."""
    if isinstance(error, (failures.ConnectTimeout, failures.ProxyError)):
        return True
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return type(cause).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _reason(error: Exception) -> str:
    """The innermost reason of a requests exception, without the noise of the layers in between."""
    if isinstance(error, failures.ConnectTimeout):
        return "the connection could not be made in time"
    if isinstance(error, failures.Timeout):
        return "the answer did not arrive in time (api_timeout)"
    cause = getattr(error.args[0], "reason", None) if error.args else None
    text = str(cause or error)
    if type(cause).__name__ == "NameResolutionError":
        return "the host name cannot be resolved"
    # urllib3 names the connection first, as <... object at ...> or, since 2.6, as HTTPSConnection(host=..., port=...)
    return re.split(r"(?:>|\)): ", text)[-1]
