# Copyright: (c) 2026, community.redis contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Things that go wrong between a client and the service: chosen by rules or at random, always from a seed.

A fault is chosen per request. Whether the service processed the request is part of the fault: that is what a client
cannot know after a lost answer.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from .messages import Request, Response

UNPROCESSED = ("status", "echo", "reset_before", "refuse", "connect_timeout")
PROCESSED = ("status_after", "reset_after", "lose", "delay", "cut", "empty", "html", "rewrite")
KINDS = UNPROCESSED + PROCESSED
# What --chaos mixes: everything here can be survived by asking again (reads) or by looking first (writes).
CHAOS_READS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 503, "body": "json"},
    {"kind": "status", "status": 502, "body": "html"},
    {"kind": "status", "status": 500, "body": "empty"},
    {"kind": "status", "status": 429, "body": "json"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "lose"},
    {"kind": "delay", "seconds": 3},
    {"kind": "cut"},
)
CHAOS_WRITES: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 503, "body": "json"},
    {"kind": "status", "status": 429, "body": "json"},
    {"kind": "status_after", "status": 502, "body": "html"},
    {"kind": "status_after", "status": 500, "body": "json"},
    {"kind": "reset_before"},
    {"kind": "reset_after"},
    {"kind": "lose"},
    {"kind": "cut"},
)
HTML = "<html><head><title>{status} {name}</title></head><body><center><h1>{status} {name}</h1></center></body></html>\n"


@dataclass
class Rule:
    """Which requests, how many of them, and what happens to them.

    ``match``: product (cloud, enterprise), method, path (a regular expression searched in the path); all optional.
    ``after``: so many matching requests pass first. ``times``: how often it strikes, ``None`` for ever.
    """

    match: dict[str, str] = field(default_factory=dict)
    action: dict[str, Any] = field(default_factory=dict)
    after: int = 0
    times: int | None = 1
    probability: float = 1.0
    seen: int = 0
    applied: int = 0

    @classmethod
    def from_json(cls, value: Any) -> Rule:
        """Raises ``ValueError`` that says what is wrong with ``value``."""
        if not isinstance(value, dict):
            raise ValueError("a fault rule is an object")
        unknown = set(value) - {"match", "action", "after", "times", "probability", "seen", "applied"}
        if unknown:
            raise ValueError(f"a fault rule has no key {sorted(unknown)}")
        rule = cls(**{name: value[name] for name in value if name not in ("seen", "applied")})
        if set(rule.match) - {"product", "method", "path"}:
            raise ValueError(f"match takes product, method and path, not {sorted(rule.match)}")
        if rule.action.get("kind") not in KINDS:
            raise ValueError(f"action.kind is one of {', '.join(KINDS)}, not {rule.action.get('kind')!r}")
        re.compile(rule.match.get("path", ""))
        return rule

    def as_json(self) -> dict[str, Any]:
        return {
            "match": self.match,
            "after": self.after,
            "times": self.times,
            "probability": self.probability,
            "action": self.action,
            "seen": self.seen,
            "applied": self.applied,
        }

    def matches(self, product: str, request: Request) -> bool:
        wanted = self.match
        return (
            wanted.get("product") in (None, product)
            and (wanted.get("method") or request.method).upper() == request.method
            and re.search(wanted.get("path", ""), request.path) is not None
        )


class Faults:
    """The rules in force. The first rule that strikes decides; ``chaos`` is the rate of random faults beside them."""

    def __init__(self, seed: int = 1, chaos: float = 0.0) -> None:
        self._rng = random.Random(seed)
        self.chaos = chaos
        self.rules: list[Rule] = []

    def add(self, rule: dict[str, Any]) -> Rule:
        """Add one rule given as in the control port. Raises ``ValueError``."""
        self.rules.append(Rule.from_json(rule))
        return self.rules[-1]

    def replace(self, rules: list[dict[str, Any]]) -> None:
        """Put ``rules`` in the place of all others. Raises ``ValueError`` and changes nothing then."""
        self.rules = [Rule.from_json(rule) for rule in rules]

    def choose(self, product: str, request: Request) -> dict[str, Any] | None:
        """The action for this request, ``None`` if all goes well."""
        for rule in self.rules:
            if not rule.matches(product, request):
                continue
            rule.seen += 1
            exhausted = rule.times is not None and rule.applied >= rule.times
            if rule.seen <= rule.after or exhausted or self._rng.random() >= rule.probability:
                continue
            rule.applied += 1
            return rule.action
        if self.chaos and self._rng.random() < self.chaos:
            return self._rng.choice(CHAOS_READS if request.method == "GET" else CHAOS_WRITES)
        return None


def was_processed(action: dict[str, Any]) -> bool:
    """Whether the service works on a request that meets this fault."""
    return action["kind"] in PROCESSED


def altered_response(action: dict[str, Any], request: Request, response: Response | None) -> Response | None:
    """The answer that the client sees; ``None`` if the fault is one of the connection.

    ``response``: the true answer, ``None`` if the request was not processed.
    """
    kind = action["kind"]
    if kind == "echo":
        return echo(action.get("status", 400), action.get("body", "json"), request)
    if kind in ("status", "status_after"):
        return error_response(action.get("status", 503), action.get("body", "json"))
    if kind == "html":
        return error_response(action.get("status", 200), "html")
    if response is None:
        return None
    if kind == "empty":
        return Response(response.status, None, response.headers)
    if kind == "rewrite":
        return Response(response.status, rewritten(response.body, action), response.headers)
    return response if kind == "delay" else None


def error_response(status: int, body: str) -> Response:
    """An answer of something in front of the service: ``body`` is json, html or empty."""
    name = HTTPStatus(status).phrase
    if body == "html":
        return Response(status, HTML.format(status=status, name=name).encode(), {"Content-Type": "text/html"})
    if body == "empty":
        return Response(status)
    return Response(status, {"status": status, "error": name, "message": name})


def echo(status: int, body: str, request: Request) -> Response:
    """An error that quotes the request, with its headers: as JSON in a sentence (``json``), as Python writes it
    (``repr``), or as it stands on the wire (``text``)."""
    sent = request.body.decode("utf-8", errors="replace")
    if body == "text":
        head = [
            f"{request.method} {request.path}",
            *(f"{name}: {item}" for name, item in request.headers.items()),
        ]
        return Response(status, "\r\n".join([*head, "", sent]).encode(), {"Content-Type": "text/plain"})
    quoted: Any = {"headers": request.headers, "body": request.json() if body == "repr" else sent}
    text = f"Cannot work on {quoted if body == 'repr' else json.dumps(quoted)}"
    return Response(status, {"status": status, "error": HTTPStatus(status).phrase, "message": text})


def rewritten(body: Any, action: dict[str, Any]) -> Any:
    """``body`` with fields set, dropped or given another type, wherever they occur."""
    changes: list[Callable[[str, Any], Any]] = []
    replaced = action.get("set", {})
    dropped = set(action.get("drop", []))
    retyped = set(action.get("retype", []))
    changes.append(replaced.get)
    changes.append(lambda name, value: retype(value) if name in retyped else value)

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        result = {}
        for name, item in value.items():
            if name in dropped:
                continue
            new = walk(item)
            for change in changes:
                new = change(name, new)
            result[name] = new
        return result

    return walk(body)


def retype(value: Any) -> Any:
    """The same in another type: numbers as text, text as a list, flags as text, containers as null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return [value]
    return None
